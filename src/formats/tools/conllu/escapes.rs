//! Escapes of white space and labels, as in the tools of Universal Dependencies.

/// Escapes a label in MISC, where `|` and white space are separators.
pub(super) fn escape(label: &str) -> String {
    label
        .replace('\\', "\\\\")
        .replace('|', "\\p")
        .replace(' ', "\\s")
}

pub(super) fn unescape(label: &str) -> String {
    unspaces(label)
}

/// Escapes white space.
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
            // Some readers end the line at other line breaks, and trim other white space.
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
