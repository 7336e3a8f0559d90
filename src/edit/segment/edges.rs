//! Where a name begins and ends: the one rule for the edges of an entity, for keys, dragging and
//! the lint alike.

use super::tokens::{is_initials, keeps_point};
use super::{is_grapheme_boundary, tidy};
use crate::model::{BytePos, Span, Text};

/// The most characters that are removed at one edge; more would not be a slip.
const MOST: usize = 64;
/// The bytes in which the partner of a bracket is searched.
const NEAR: usize = 256;

/// Names that end with a mark wherever they are written.
const EXCLAIMED: [&str; 7] = [
    "Yahoo",
    "Jeopardy",
    "Joomla",
    "Wham",
    "Guess",
    "Oklahoma",
    "Mamma Mia",
];

/// The span without white space and punctuation at its edges that is not part of a name; `None` if
/// nothing else is in it.
///
/// - Points stay that belong to a word: "U.S.", "Inc.", "J. R."; so does a mark after which the
///   sentence goes on, as in "Jan. 5", "am 21. kam", "the musical Shout! opened", and the mark of
///   "Yahoo!" and of "¡Hola!" everywhere.
/// - Brackets and quotation marks stay whose partner is inside: "Weird Al" in `"Weird Al"
///   Yankovic`, "(Greater) Manchester". A pair around the whole is taken off.
/// - An apostrophe stays before a letter or digit that it belongs to: "'s-Hertogenbosch", "’68".
/// - Signs that are no punctuation stay: "€5", "3 %", "#MeToo", "@user", "C++", "★".
///
/// Costs no more than the edges are long; the middle of the span is not looked at, except for the
/// partner of a bracket within a few hundred bytes.
#[must_use]
pub fn trim_to_name(text: &Text, span: Span) -> Option<Span> {
    let mut span = tidy(text, span)?;
    for _ in 0..MOST {
        let Some(next) = without_edge(text, span)? else {
            return Some(span);
        };
        span = next;
    }
    Some(span)
}

/// The span without one mark at its start or end; the inner `None` if both edges are right, the
/// outer if nothing is left.
#[expect(
    clippy::option_option,
    reason = "nothing to take off, and nothing left, are two things"
)]
fn without_edge(text: &Text, span: Span) -> Option<Option<Span>> {
    let string = text.as_str();
    let words = text.slice(span);
    let (first, last) = (words.chars().next()?, words.chars().next_back()?);
    let (start, end) = (span.start().index(), span.end().index());
    let cut = |start: usize, end: usize| {
        let rest = text.span(BytePos::from_index(start), BytePos::from_index(end));
        let rest = tidy(text, rest.ok()?)?;
        // A mark that cannot be parted from its grapheme stays.
        Some((rest != span).then_some(rest))
    };
    if words.chars().nth(1).is_none() {
        return if is_mark(first) { None } else { Some(None) };
    }
    if closes(first) == Some(last) {
        let inner = (start + first.len_utf8(), end - last.len_utf8());
        let near = &string[inner.0..string.floor_char_boundary(inner.1.min(inner.0 + NEAR))];
        if !near.contains([first, last]) {
            return cut(inner.0, inner.1);
        }
    }
    if is_mark(first) && !may_begin(string, start, words, first) {
        let next = start + first.len_utf8();
        if is_grapheme_boundary(string, next) {
            return cut(next, end);
        }
    }
    if is_mark(last) && !may_end(string, end, words, last) {
        let before = end - last.len_utf8();
        if is_grapheme_boundary(string, before) {
            return cut(start, before);
        }
    }
    Some(None)
}

/// Whether a name may begin with this mark here.
fn may_begin(string: &str, start: usize, words: &str, mark: char) -> bool {
    let next = words.chars().nth(1);
    let is_letter = next.is_some_and(char::is_alphanumeric);
    let is_free = string[..start]
        .chars()
        .next_back()
        .is_none_or(|before| before.is_whitespace() || is_mark(before));
    match mark {
        // "’68", "'s-Hertogenbosch"; in 'Ada' it is a quotation mark, whose partner follows the
        // span.
        '\'' | '’' | 'ʻ' => {
            let quoted = string[start + words.len()..].starts_with(['\'', '’']);
            is_letter && is_free && !quoted
        }
        // ".NET", "-5 °C"
        '.' => is_letter && is_free,
        '-' | '−' => next.is_some_and(char::is_numeric) && is_free,
        // "¡Hola!"
        '¡' => words.ends_with('!'),
        '¿' => words.ends_with('?'),
        _ => closes(mark).is_some_and(|partner| has(words, mark, partner)),
    }
}

/// Whether a name may end with this mark here.
fn may_end(string: &str, end: usize, words: &str, mark: char) -> bool {
    let rest = &string[end..];
    let next = rest.strip_prefix([' ', '\u{a0}']).unwrap_or_default();
    let goes_on = || next.starts_with(char::is_lowercase);
    match mark {
        '.' => {
            let before = &words[..words.len() - 1];
            let word = before
                .rfind(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '&'))
                .map_or(before, |at| {
                    before[at..].trim_start_matches(|c: char| !c.is_alphanumeric())
                });
            let letter = word.chars().count() == 1
                && word.chars().all(|c| c.is_alphabetic() && !c.is_lowercase());
            let is_number = !word.is_empty() && word.chars().all(char::is_numeric);
            letter
                || is_initials(word)
                || keeps_point(word)
                || (is_short(word) && (goes_on() || next.starts_with(char::is_numeric)))
                || (is_number && goes_on())
        }
        '!' | '?' => {
            let before = &words[..words.len() - 1];
            let opened = if mark == '!' { '¡' } else { '¿' };
            goes_on()
                || words.starts_with(opened)
                || rest.starts_with(['\'', '’'])
                || EXCLAIMED.iter().any(|name| before.ends_with(name))
        }
        '\'' | '’' => false,
        _ => opens(mark).is_some_and(|partner| has(words, partner, mark)),
    }
}

/// Whether a word may be an abbreviation: "Corp", "Nov", "St".
fn is_short(word: &str) -> bool {
    word.chars().count() <= 5 && word.starts_with(char::is_uppercase)
}

/// Whether both marks of a pair are in these words; only so much of them is looked at.
fn has(words: &str, open: char, close: char) -> bool {
    let head = &words[..words.floor_char_boundary(NEAR)];
    let tail = &words[words.ceil_char_boundary(words.len().saturating_sub(NEAR))..];
    if open == close {
        return head.matches(open).take(2).count() == 2;
    }
    if words.starts_with(open) {
        head.contains(close)
    } else {
        tail.contains(open)
    }
}

/// The mark that closes what this one opens.
fn closes(open: char) -> Option<char> {
    PAIRS
        .iter()
        .find(|(first, _)| *first == open)
        .map(|(_, last)| *last)
}

/// The mark that opens what this one closes.
fn opens(close: char) -> Option<char> {
    PAIRS
        .iter()
        .find(|(_, last)| *last == close)
        .map(|(first, _)| *first)
}

const PAIRS: [(char, char); 18] = [
    ('(', ')'),
    ('[', ']'),
    ('{', '}'),
    ('"', '"'),
    ('“', '”'),
    ('„', '“'),
    ('‘', '’'),
    ('‚', '‘'),
    ('«', '»'),
    ('»', '«'),
    ('‹', '›'),
    ('「', '」'),
    ('『', '』'),
    ('《', '》'),
    ('〈', '〉'),
    ('【', '】'),
    ('（', '）'),
    ('”', '”'),
];

/// Whether a character is punctuation that no name has at its edge, as a rule.
fn is_mark(c: char) -> bool {
    match c {
        '!' | '"' | '&' | '\'' | '(' | ')' | '*' | ',' | '-' | '.' | '/' | ':' | ';' | '?'
        | '[' | '\\' | ']' | '_' | '{' | '|' | '}' | '¡' | '«' | '·' | '»' | '¿' | '−' | 'ʻ' => {
            true
        }
        // Dashes, quotation marks, bullets, dots; Chinese and Japanese marks; full-width forms.
        '\u{2010}'..='\u{2027}' | '\u{2039}' | '\u{203a}' | '\u{203c}'..='\u{203e}' => true,
        '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' => true,
        '\u{ff01}' | '\u{ff08}' | '\u{ff09}' | '\u{ff0c}' | '\u{ff0e}' | '\u{ff1a}'
        | '\u{ff1b}' => true,
        '\u{ff1f}' | '\u{ff5e}' | '\u{30fb}' => true,
        // Arabic, Hebrew, Devanagari, Armenian, Ethiopic.
        '،' | '؛' | '؟' | '۔' | '־' | '׀' | '׃' | '।' | '॥' | '։' | '።' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of the words between the bars.
    fn left(marked: &str) -> String {
        let start = marked.find('|').unwrap();
        let end = marked.rfind('|').unwrap() - 1;
        let text = Text::new(&marked.replace('|', ""));
        let span = text.span(BytePos::from_index(start), BytePos::from_index(end));
        trim_to_name(&text, span.unwrap())
            .map_or_else(String::new, |span| text.slice(span).to_owned())
    }

    #[test]
    fn white_space_and_marks_at_the_edges_are_no_part_of_a_name() {
        for (marked, name) in [
            ("on 21|. November| it", "November"),
            ("in| Graz, |and", "Graz"),
            ("met |Kent.| He", "Kent"),
            ("met |Kent|.", "Kent"),
            ("(|(Malta)|)", "Malta"),
            ("the |“Hamlet”|", "Hamlet"),
            ("die |„Presse“|", "Presse"),
            ("|’Ada Lovelace|’ it", "Ada Lovelace"),
            ("the |Beatles'| song", "Beatles"),
            ("|– Tórshavn —|", "Tórshavn"),
            ("|東京、|と", "東京"),
            ("the |Johnson &| co", "Johnson"),
            ("in |« Libération »|,", "Libération"),
            ("said »|Ada«| again", "Ada"),
            ("|KYIV, Ukraine:| the", "KYIV, Ukraine"),
            ("في |القاهرة،| قال", "القاهرة"),
            ("|दिल्ली।| वह", "दिल्ली"),
            ("|Москва…|", "Москва"),
            ("¿|España?| No", "España"),
            ("stop |Putin!| They", "Putin"),
            ("|(CNN|) said", "CNN"),
            ("(|CNN)| said", "CNN"),
            ("|—|", ""),
            ("| . |", ""),
        ] {
            assert_eq!(left(marked), name, "{marked}");
        }
    }

    #[test]
    fn what_belongs_to_a_name_stays() {
        for name in [
            "in the |U.S.| on",
            "of |Apple Inc.|",
            "by |Martin Luther King Jr.|",
            "with |J.| and",
            "to |Acme Corp.| said",
            "at |Yahoo!| said",
            "left |Yahoo!| He",
            "|Yahoo!|'s",
            "the musical |Shout!| opened",
            "la revista |¡Hola!| Y",
            "on |Jan.| 5",
            "am |21.| kam",
            "|S.p.A.| Il",
            "|Dwayne “The Rock”|",
            "the |’Ndrangheta| is",
            "|กรุงเทพฯ| เป็น",
            "|צה״ל|",
            "|😀|",
            "|\"Weird Al\" Yankovic|",
            "|(Greater) Manchester|",
            "|Republican Party (GOP)|",
            "in |'s-Hertogenbosch| on",
            "in |’68| on",
            "with |.NET| and",
            "at |-5 °C| or",
            "for |€5m|",
            "by |3.5%|",
            "with |#MeToo|",
            "by |@user|",
            "in |C++|",
            "|Zoe\u{308}|",
        ] {
            let whole = name[name.find('|').unwrap() + 1..name.rfind('|').unwrap()].to_owned();
            assert_eq!(left(name), whole, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn trimming_twice_changes_nothing_more(words in "[A-Za-z .,“”()'’!-]{1,40}") {
            let text = Text::new(&words);
            let Some(whole) = text.whole() else { return Ok(()) };
            if let Some(once) = trim_to_name(&text, whole) {
                proptest::prop_assert!(whole.contains(once));
                proptest::prop_assert_eq!(trim_to_name(&text, once), Some(once));
            }
        }
    }
}
