//! Splitting tokens into sentences, for the tagger and for formats with one token a line.

use std::ops::Range;

/// Returns the sentences of a text as ranges of its `tokens`, in order. Together they hold every
/// token.
///
/// A sentence ends:
///
/// - after `.`, `!`, `?`, `…` and similar signs and the closing quotes and brackets after them, if
///   the next word can begin a sentence. It does not end in "Mr. Smith", "J. K. Rowling", "the U.S.
///   Army", "No. 5" and "Oct. 3".
/// - at the end of a line, unless the line was only wrapped: it ends in lower case or a comma, and
///   the next one begins in lower case.
#[must_use]
pub fn sentences(text: &str, tokens: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = Vec::with_capacity(tokens.len() / 20 + 1);
    let mut start = 0;
    let mut at = 0;
    while at < tokens.len() {
        let mut end = at + 1;
        let ends = if ends_sentence(text, tokens, at) {
            // The closing quotes and brackets.
            while end < tokens.len()
                && tokens[end].start == tokens[end - 1].end
                && is_closing(&text[tokens[end].clone()])
            {
                end += 1;
            }
            end == tokens.len() || begins_sentence(text, tokens, at, end)
        } else {
            end == tokens.len()
        };
        if ends || ends_line(text, tokens, end) {
            found.push(start..end);
            start = end;
        }
        at = end;
    }
    found
}

/// Whether the token `nth` is or ends with a sign that ends sentences.
fn ends_sentence(text: &str, tokens: &[Range<usize>], nth: usize) -> bool {
    let token = &text[tokens[nth].clone()];
    match token.as_bytes() {
        [b'.' | b'!' | b'?', ..] => true,
        [.., b'.'] => true, // "U.S.", "Inc."
        [first, ..] if *first < 128 => false,
        _ => matches!(
            token,
            "…" | "。" | "！" | "？" | "｡" | "।" | "؟" | "۔" | "‼" | "⁉" | "።"
        ),
    }
}

fn is_closing(token: &str) -> bool {
    token.chars().all(|c| {
        matches!(
            c,
            '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」' | '』' | '）'
        )
    })
}

/// Whether the end of a line before the token `next` ends a sentence.
fn ends_line(text: &str, tokens: &[Range<usize>], next: usize) -> bool {
    let Some(after) = tokens.get(next) else {
        return false;
    };
    let before = &tokens[next - 1];
    let gap = &text.as_bytes()[before.end..after.start];
    if gap.is_empty() || gap == b" " {
        return false;
    }
    let lines = gap.iter().filter(|byte| **byte == b'\n').count();
    if lines != 1 {
        return lines > 1;
    }
    let last = text[before.clone()].chars().next_back();
    let first = text[after.clone()].chars().next();
    let wrapped = last.is_some_and(|c| c.is_lowercase() || matches!(c, ',' | ';' | '-'))
        && first.is_some_and(char::is_lowercase);
    !wrapped
}

/// Whether the token `next` begins a sentence, after the sign at `end`.
fn begins_sentence(text: &str, tokens: &[Range<usize>], end: usize, next: usize) -> bool {
    let sign = &text[tokens[end].clone()];
    let gap = tokens[next].start > tokens[next - 1].end;
    let is_point = sign.ends_with('.') && !sign.starts_with("..");
    // The next word, after opening signs.
    let first = tokens[next..]
        .iter()
        .take(3)
        .map(|token| &text[token.clone()])
        .find(|token| token.starts_with(char::is_alphanumeric));
    let Some(first) = first else {
        return gap;
    };
    if first.starts_with(char::is_lowercase) {
        return false; // `“Go!” he said`
    }
    if !is_point {
        return gap || !sign.is_ascii();
    }
    // The word before the full stop.
    let (word, own_point) = if sign == "." {
        match end.checked_sub(1) {
            Some(before) if tokens[before].end == tokens[end].start => {
                (&text[tokens[before].clone()], false)
            }
            _ => return gap,
        }
    } else {
        (&sign[..sign.len() - 1], true)
    };
    if !gap {
        // "said.The" is two sentences, "No.5" is not.
        return first.starts_with(char::is_uppercase) && word.chars().count() > 2 && !own_point;
    }
    if next > end + 1 {
        return true; // after a closing quote
    }
    if word.bytes().all(|byte| byte.is_ascii_digit()) && word.len() <= 2 {
        // German ordinals: "3. Oktober".
        return MONTHS.binary_search(&first).is_err();
    }
    let mut letters = word.chars();
    if let (Some(only), None) = (letters.next(), letters.next()) {
        // An initial as in "George W. Bush", but not "than I. He".
        return !only.is_uppercase() || only == 'I';
    }
    let starts = STARTERS.binary_search(&first).is_ok();
    if own_point {
        return starts; // "the U.S. Army", "Apple Inc. Chief"
    }
    let mut buffer = [0_u8; 8];
    let Some(lower) = lower_case(word, &mut buffer) else {
        return true;
    };
    if ALWAYS.binary_search(&lower).is_ok() {
        return false;
    }
    if BEFORE_NUMBERS.binary_search(&lower).is_ok() {
        return !first.starts_with(char::is_numeric);
    }
    true
}

/// A short ASCII word in lower case. `None` for other words.
fn lower_case<'a>(word: &str, buffer: &'a mut [u8; 8]) -> Option<&'a str> {
    let place = buffer.get_mut(..word.len())?;
    if !word.is_ascii() {
        return None;
    }
    place.copy_from_slice(word.as_bytes());
    place.make_ascii_lowercase();
    std::str::from_utf8(place).ok()
}

/// Abbreviations that never end a sentence. In order.
const ALWAYS: [&str; 38] = [
    "adm", "bzw", "ca", "capt", "cf", "cmdr", "col", "d.h", "dr", "e.g", "ft", "gen", "gov", "hl",
    "hon", "hr", "i.e", "lt", "maj", "messrs", "mlle", "mme", "mr", "mrs", "ms", "mt", "pres",
    "prof", "rep", "rev", "sen", "sgt", "spc", "sra", "st", "supt", "vs", "z.b",
];

/// Abbreviations that do not end a sentence before a number. In order.
const BEFORE_NUMBERS: [&str; 24] = [
    "apr", "art", "arts", "aug", "ch", "dec", "feb", "fig", "figs", "jan", "jul", "jun", "mar",
    "no", "nos", "nov", "nr", "oct", "par", "pp", "sec", "sep", "sept", "vol",
];

/// Words after German ordinals. In order.
const MONTHS: [&str; 14] = [
    "April",
    "August",
    "Dezember",
    "Februar",
    "Jahrhundert",
    "Januar",
    "Juli",
    "Juni",
    "Jänner",
    "Mai",
    "März",
    "November",
    "Oktober",
    "September",
];

/// Words that begin a sentence rather than continue a name. In order.
const STARTERS: [&str; 48] = [
    "A", "After", "An", "And", "As", "At", "Before", "But", "By", "Das", "Der", "Die", "El", "For",
    "From", "He", "Her", "Here", "His", "However", "If", "In", "It", "Its", "La", "Le", "Les",
    "Los", "Many", "Most", "On", "Or", "Our", "She", "So", "Some", "That", "The", "Their", "There",
    "These", "They", "This", "Those", "We", "When", "While", "You",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tokens::tokenize;
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        let tokens = tokenize(text);
        sentences(text, &tokens)
            .into_iter()
            .map(|sentence| &text[tokens[sentence.start].start..tokens[sentence.end - 1].end])
            .collect()
    }

    #[test]
    fn full_stops_of_abbreviations_end_no_sentence() {
        for one in [
            "Mr. Smith met Dr. Jones in St. Louis.",
            "George W. Bush and J. K. Rowling spoke.",
            "The U.S. Army said so.",
            "He saw many towns, e.g. Paris and Rome.",
            "Chanel No. 5 is sold out.",
            "On Oct. 3 he left.",
            "Am 3. Oktober kam er.",
            "Apple Inc. Chief Tim Cook spoke.",
            "“Go!” he said.",
            "It rose by 3.5% to $5.2m at 5 p.m. on Tuesday",
        ] {
            assert_eq!(cut(one), [one]);
        }
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        for (text, wanted) in [
            ("He left. She stayed.", &["He left.", "She stayed."][..]),
            (
                "“We go.” The others stay!",
                &["“We go.”", "The others stay!"],
            ),
            (
                "It is in the U.S. The army is not.",
                &["It is in the U.S.", "The army is not."],
            ),
            ("he said.The end", &["he said.", "The end"]),
            (
                "Storm over Malta\n\nThe ferry stays.",
                &["Storm over Malta", "The ferry stays."],
            ),
            (
                "Storm over Malta\nThe ferry stays.",
                &["Storm over Malta", "The ferry stays."],
            ),
            (
                "the ferry that\nstays in port",
                &["the ferry that\nstays in port"],
            ),
            ("北京。东京！", &["北京。", "东京！"]),
            ("No. Peter did.", &["No.", "Peter did."]),
            ("Wait... What?", &["Wait...", "What?"]),
        ] {
            assert_eq!(cut(text), wanted);
        }
    }

    #[test]
    fn the_lists_are_in_order() {
        for list in [&ALWAYS[..], &BEFORE_NUMBERS, &MONTHS, &STARTERS] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }

    proptest! {
        #[test]
        fn together_they_hold_every_token(text in "[a-zA-Z.!?”\")。\n \u{301}5]{0,40}") {
            let tokens = tokenize(&text);
            let mut next = 0;
            for sentence in sentences(&text, &tokens) {
                prop_assert_eq!(sentence.start, next);
                prop_assert!(sentence.end > sentence.start);
                next = sentence.end;
            }
            prop_assert_eq!(next, tokens.len());
        }
    }
}
