//! White space and labels as Universal Dependencies' tools escape them.

/// A label inside MISC, where `|` and white space part.
pub(super) fn escape(label: &str) -> String {
    label
        .replace('\\', "\\\\")
        .replace('|', "\\p")
        .replace(' ', "\\s")
}

pub(super) fn unescape(label: &str) -> String {
    unspaces(label)
}

/// White space as Universal Dependencies' tools write it.
pub(super) fn spaces(gap: &str) -> String {
    let mut out = String::new();
    for c in gap.chars() {
        match c {
            ' ' => out.push_str("\\s"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            '|' => out.push_str("\\p"),
            '\\' => out.push_str("\\\\"),
            // The other line breaks would end the line for some readers, and they trim other white space.
            c if c.is_whitespace() || c.is_control() => {
                out.push_str(&format!("\\u{:04X}", c as u32));
            }
            c => out.push(c),
        }
    }
    out
}

pub(super) fn unspaces(gap: &str) -> String {
    let mut out = String::new();
    let mut chars = gap.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('s') => out.push(' '),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('n') => out.push('\n'),
            Some('p') => out.push('|'),
            Some('u') => {
                let digits: String = chars.by_ref().take(4).collect();
                let c = u32::from_str_radix(&digits, 16)
                    .ok()
                    .and_then(char::from_u32);
                out.extend(c);
            }
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}
