//! Words from data as they may reach a terminal: nothing that moves its cursor, changes its title
//! or turns the order of letters.

use std::borrow::Cow;

/// Whether a character does something to a terminal, or to the order in which letters are shown,
/// instead of being one. A line break and a tab are such characters too.
#[must_use]
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' // marks of direction
            | '\u{2028}'..='\u{202e}' // breaks of lines, embeddings and overrides
            | '\u{2066}'..='\u{206f}' // isolates, and controls that are out of use
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

/// Words of one line: each control character becomes an escape, such as `\u001b`.
#[must_use]
pub fn line(words: &str) -> Cow<'_, str> {
    escaped(words, is_control)
}

/// The same for words of several lines: breaks and tabs stay. In JSON the escapes are JSON's.
#[must_use]
pub fn lines(words: &str) -> Cow<'_, str> {
    escaped(words, |c| is_control(c) && !matches!(c, '\n' | '\t'))
}

fn escaped(words: &str, is_bad: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !words.contains(&is_bad) {
        return Cow::Borrowed(words);
    }
    let mut out = String::with_capacity(words.len() + 16);
    for c in words.chars() {
        if is_bad(c) {
            // All of them have at most four digits.
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(line("Zoë ‹met› 日本 שלום 👩‍👧"), "Zoë ‹met› 日本 שלום 👩‍👧");
        assert_eq!(
            line("\u{1b}]0;title\u{7}\u{9b}31m\r\nforged\t\u{202e}gnp.exe\u{2066}"),
            r"\u001b]0;title\u0007\u009b31m\u000d\u000aforged\u0009\u202egnp.exe\u2066"
        );
        assert_eq!(lines("a\n\tb\r\u{7f}"), "a\n\tb\\u000d\\u007f");
        for code in (0..=0x10_ffff_u32)
            .filter_map(char::from_u32)
            .filter(|c| is_control(*c))
        {
            assert!(u32::from(code) <= 0xffff);
            assert!(line(&code.to_string()).is_ascii());
        }
    }
}
