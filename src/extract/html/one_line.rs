//! Values of a page's metadata as one bounded line.

/// The longest value that is kept, in characters.
pub(super) const MAX_CHARS: usize = 1000;

/// One line, single-spaced, without control characters.
pub(super) fn tidy(value: &str) -> String {
    let mut out = String::new();
    for word in value.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().filter(|c| !c.is_control()));
        if out.len() > MAX_CHARS * 4 {
            break;
        }
    }
    if out.chars().count() > MAX_CHARS {
        out = out.chars().take(MAX_CHARS).collect();
    }
    out.trim_end().to_owned()
}
