//! Where the next name may stand, for a key that hops from name to name.
//!
//! This is no tagger: it knows capital letters alone, and what it finds is only selected, never tagged. In scripts without
//! capitals it finds nothing.

use crate::model::{BytePos, Span, Text};

/// Small words that stand within names: "Bank of England", "Leonardo da Vinci", "Osama bin Laden".
const WITHIN: [&str; 26] = [
    "of", "de", "la", "le", "les", "du", "des", "da", "do", "dos", "das", "di", "del", "della",
    "van", "von", "der", "den", "ter", "zu", "zur", "bin", "ibn", "al", "el", "&",
];

/// The first name at or after `from` that `skip` does not refuse.
#[must_use]
pub fn next_name(text: &Text, from: BytePos, skip: impl Fn(Span) -> bool) -> Option<Span> {
    let string = text.as_str();
    let mut start = line_start(string, from.index());
    while start < string.len() {
        let end = line_end(string, start);
        let found = names_in(text, start, end)
            .into_iter()
            .find(|name| name.start() >= from && !skip(*name));
        if found.is_some() {
            return found;
        }
        start = end + 1;
    }
    None
}

/// The last name that begins before `from` and that `skip` does not refuse.
#[must_use]
pub fn previous_name(text: &Text, from: BytePos, skip: impl Fn(Span) -> bool) -> Option<Span> {
    let string = text.as_str();
    let mut start = line_start(string, from.index());
    loop {
        let end = line_end(string, start);
        let found = names_in(text, start, end)
            .into_iter()
            .rev()
            .find(|name| name.start() < from && !skip(*name));
        if found.is_some() || start == 0 {
            return found;
        }
        start = line_start(string, start - 1);
    }
}

fn line_start(string: &str, at: usize) -> usize {
    let mut at = at.min(string.len());
    while !string.is_char_boundary(at) {
        at -= 1;
    }
    string[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

fn line_end(string: &str, start: usize) -> usize {
    string[start..]
        .find('\n')
        .map_or(string.len(), |at| start + at)
}

/// A word between spaces, without the punctuation around it.
struct Word {
    start: usize,
    end: usize,
    /// Whether punctuation or the beginning of the line stands before it, and after it.
    opens: bool,
    closes: bool,
    /// Whether a sentence begins with it.
    first: bool,
    capital: bool,
}

/// All that looks like a name in a line, in order.
fn names_in(text: &Text, line_start: usize, line_end: usize) -> Vec<Span> {
    let string = text.as_str();
    let Some(line) = string.get(line_start..line_end) else {
        return Vec::new();
    };
    if !line.chars().any(char::is_uppercase) {
        return Vec::new();
    }
    let words = words_of(line, line_start);
    let mut names = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if !words[at].capital {
            at += 1;
            continue;
        }
        let mut last = at;
        let mut next = at + 1;
        while next < words.len() && !words[next - 1].closes && !words[next].opens {
            if words[next].capital {
                last = next;
            } else if !WITHIN.contains(&&string[words[next].start..words[next].end]) {
                break;
            }
            next += 1;
        }
        let mut begin = at;
        if words[begin].first
            && stands_in_lower_case(string, &string[words[begin].start..words[begin].end])
        {
            begin += 1; // the capital is the sentence's
            while begin <= last && !words[begin].capital {
                begin += 1;
            }
        }
        if begin <= last {
            let (start, end) = (words[begin].start, words[last].end);
            let letter = string[start..end].chars().nth(1).is_none();
            let span = text.span(BytePos::from_index(start), BytePos::from_index(end));
            names.extend(span.ok().filter(|_| !letter));
        }
        at = last + 1;
    }
    names
}

fn words_of(line: &str, offset: usize) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut first = true;
    for token in line.split_whitespace() {
        // `token` is a slice of `line`, so the distance of their addresses is its place.
        let at = token.as_ptr() as usize - line.as_ptr() as usize;
        let inside = |c: char| c.is_alphanumeric() || c == '&';
        let Some(lead) = token.find(inside) else {
            first |= ends_sentence(token);
            if let Some(last) = words.last_mut() {
                last.closes = true;
            }
            continue;
        };
        let tail = token.rfind(inside).map_or(token.len(), |tail| {
            tail + token[tail..].chars().next().map_or(0, char::len_utf8)
        });
        let word = &token[lead..tail];
        let mut end = lead + word.len();
        for possessive in ["'s", "’s"] {
            if word.len() > possessive.len() && word.ends_with(possessive) {
                end -= possessive.len();
            }
        }
        let rest = &token[end..];
        let stem = &token[lead..end];
        let initial = rest == "." && stem.split('.').all(|part| part.chars().count() == 1);
        // "Mr.", "Dr.", "No.": no part of a name, and no end of a sentence.
        let title = rest == "."
            && !initial
            && stem.chars().count() <= 3
            && stem.starts_with(char::is_uppercase)
            && stem != "St";
        if initial && stem.contains('.') {
            end += 1; // the last point of "U.S." belongs to it
        }
        words.push(Word {
            start: offset + at + lead,
            end: offset + at + end,
            opens: lead > 0,
            closes: end < token.len() && !initial && rest != ".",
            first,
            capital: !title && word.chars().any(char::is_uppercase),
        });
        first = !initial && !title && stem != "St" && ends_sentence(rest);
        if first && let Some(last) = words.last_mut() {
            last.closes = true;
        }
    }
    words
}

fn ends_sentence(rest: &str) -> bool {
    rest.contains(['.', '!', '?', ':', '…'])
}

/// Whether a word also stands in the text without its capital: then the capital may be the sentence's.
fn stands_in_lower_case(text: &str, word: &str) -> bool {
    let lower = word.to_lowercase();
    lower != word
        && text.match_indices(&lower).any(|(at, hit)| {
            let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            !letter(text[..at].chars().next_back())
                && !letter(text[at + hit.len()..].chars().next())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &str) -> Vec<String> {
        let text = Text::new(words);
        let mut names = Vec::new();
        let mut from = BytePos(0);
        while let Some(name) = next_name(&text, from, |_| false) {
            names.push(text.slice(name).to_owned());
            from = name.end();
        }
        names
    }

    #[test]
    fn names_are_runs_of_capitals_with_the_small_words_within_them() {
        assert_eq!(
            names(
                "The vote in Addis Ababa surprised the Bank of England, Leonardo da Vinci and Jean-Luc Picard's crew."
            ),
            [
                "Addis Ababa",
                "Bank of England",
                "Leonardo da Vinci",
                "Jean-Luc Picard"
            ]
        );
        assert_eq!(
            names("“Nobody,” said Mr. O'Brien (of i24NEWS)."),
            ["Nobody", "O'Brien", "i24NEWS"]
        );
        assert_eq!(
            names("talks in St. Louis, the U.S. and the U.K. with J. R. Ewing"),
            ["St. Louis", "U.S.", "U.K.", "J. R. Ewing"]
        );
        assert_eq!(names("nothing here"), [""; 0]);
        assert_eq!(names("東京で会談"), [""; 0]);
    }

    #[test]
    fn a_capital_that_is_the_sentences_begins_no_name() {
        assert_eq!(
            names("The dog saw the man. Rain fell. The African Union met. Let it rain, let it."),
            ["African Union"]
        );
        assert_eq!(
            names("Kenya won. Today Kenya rests, not today."),
            ["Kenya", "Kenya"]
        );
    }

    #[test]
    fn names_that_are_refused_are_passed_over_both_ways() {
        let text = Text::new("from Rome to Paris\nto Ghent");
        let rome = next_name(&text, BytePos(0), |_| false).unwrap();
        let next = next_name(&text, BytePos(0), |name| name == rome).unwrap();
        assert_eq!(text.slice(next), "Paris");
        let back = |from, refused| {
            previous_name(&text, from, |name| Some(name) == refused).map(|name| text.slice(name))
        };
        assert_eq!(back(text.end(), None), Some("Ghent"));
        assert_eq!(back(next.end(), Some(next)), Some("Rome"));
        assert_eq!(back(rome.start(), None), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_names_in_order_on_its_characters(words in ".{0,80}", from in 0_usize..90) {
            let text = Text::new(&words);
            let mut last = BytePos::from_index(from);
            while let Some(name) = next_name(&text, last, |_| false) {
                proptest::prop_assert!(name.start() >= last);
                proptest::prop_assert!(!text.slice(name).trim().is_empty());
                last = name.end();
            }
            let mut last = text.end();
            while let Some(name) = previous_name(&text, last, |_| false) {
                proptest::prop_assert!(name.start() < last);
                last = name.start();
            }
        }
    }
}
