//! Tokens and sentences, for formats that consist of them.
//!
//! The tagger's tokens are the default; the other tokenizers are for training models that expect
//! similar tokens. A token contains no white space and does not split a grapheme. Tokens of a
//! model's own file are as the model defines them. Sentences are the tagger's.

pub mod alignment;
pub mod flat_entities;
pub mod model_tokenizer;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::edit::segment;
use crate::formats::tokens::model_tokenizer::TokenizerFile;
use crate::model::{BytePos, Span, Text};
use crate::tag;

/// Begins an article in CoNLL. A token never begins with it, because it would split an article in
/// two.
const DOCSTART: &str = "-DOCSTART-";

/// A tokenizer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Tokenizer {
    /// The tagger's tokens: names stay whole and clitics are separate; see [`tag::tokens`].
    #[default]
    Tagger,
    /// Like spaCy's for English: splits off punctuation, at hyphens, `do n't`, `Malta 's`; keeps
    /// `U.S.` whole.
    SpacyLike,
    /// The words between white space.
    Whitespace,
    /// Like the Penn Treebank's: as `SpacyLike`, but words with hyphens stay whole.
    Treebank,
    /// A model's own tokenizer, from its `tokenizer.json`.
    File(Arc<TokenizerFile>),
}

impl Tokenizer {
    /// All tokenizers without a file.
    pub const NAMED: [Self; 4] = [
        Self::Tagger,
        Self::SpacyLike,
        Self::Whitespace,
        Self::Treebank,
    ];

    /// Returns the name on the command line, or the name of the file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Tagger => "tagger",
            Self::SpacyLike => "spacy-like",
            Self::Whitespace => "whitespace",
            Self::Treebank => "treebank",
            Self::File(file) => file.name(),
        }
    }

    /// Returns the tokens of a text, in order.
    #[must_use]
    pub fn tokens(&self, text: &Text) -> Vec<Span> {
        let string = text.as_str();
        let ranges = match self {
            Self::Tagger => tag::tokens::tokenize(string),
            Self::Whitespace => chunks(string).collect(),
            Self::SpacyLike | Self::Treebank => {
                let mut ranges = Vec::with_capacity(string.len() / 5);
                for chunk in chunks(string) {
                    cut(string, chunk, *self == Self::SpacyLike, &mut ranges);
                }
                ranges
            }
            Self::File(file) => file.ranges(string),
        };
        let tokens = spans(text, ranges);
        if !string.contains(DOCSTART) {
            return tokens;
        }
        let begins = tokens
            .iter()
            .filter(|token| text.slice(**token).starts_with(DOCSTART));
        let edges = begins.map(|token| BytePos(token.start().0 + 1)).collect();
        cut_at(text, &tokens, edges)
    }
}

impl fmt::Display for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn spans(text: &Text, ranges: Vec<Range<usize>>) -> Vec<Span> {
    let spans = ranges.into_iter().filter_map(|range| {
        let (start, end) = (
            BytePos::from_index(range.start),
            BytePos::from_index(range.end),
        );
        text.span(start, end).ok()
    });
    spans.collect()
}

/// The words between white space.
pub(super) fn chunks(string: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    string.split_whitespace().map(move |chunk| {
        let start = chunk.as_ptr() as usize - string.as_ptr() as usize;
        start..start + chunk.len()
    })
}

const OPENING: &str = "([{<\"'`“”„‘’‚«»‹›¿¡*#$£€¥§—–-…";
const CLOSING: &str = ")]}>\"'`“”‘’«»‹›,;:!?…%*—–-。、，！？；：";
/// Abbreviations that keep their point.
const ABBREVIATIONS: [&str; 44] = [
    "a.m", "adm", "apr", "aug", "ave", "bros", "capt", "co", "col", "corp", "dec", "dr", "e.g",
    "feb", "gen", "gov", "hon", "i.e", "inc", "jan", "jr", "jul", "jun", "lt", "ltd", "maj", "mar",
    "messrs", "mr", "mrs", "ms", "mt", "no", "nov", "oct", "p.m", "prof", "rep", "rev", "sen",
    "sep", "sgt", "sr", "vs",
];
const CLITICS: [&str; 14] = [
    "'s", "’s", "'m", "’m", "'d", "’d", "'ll", "’ll", "'re", "’re", "'ve", "’ve", "n't", "n’t",
];

/// Splits a word: punctuation off both ends, then clitics, then hyphens if requested.
fn cut(string: &str, chunk: Range<usize>, hyphens: bool, out: &mut Vec<Range<usize>>) {
    let (mut start, mut end) = (chunk.start, chunk.end);
    while let Some(c) = string[start..end].chars().next() {
        let lone = start + c.len_utf8() == end;
        // A minus before a digit belongs to the number, and an apostrophe to a year ('90s).
        let next = string[start + c.len_utf8()..end].chars().next();
        let number = matches!(c, '-' | '\'' | '’') && next.is_some_and(|c| c.is_ascii_digit());
        if lone || number || !OPENING.contains(c) {
            break;
        }
        let run = run_of(&string[start..end], c);
        push(string, start..start + run, out);
        start += run;
        if start == end {
            return;
        }
    }
    let mut tail: Vec<Range<usize>> = Vec::new();
    while let Some(c) = string[start..end].chars().next_back() {
        let rest = &string[start..end];
        if rest.chars().count() == 1 {
            break;
        }
        if CLOSING.contains(c) {
            end -= c.len_utf8();
            match tail.last_mut() {
                // "..." and "--" are one token each.
                Some(last)
                    if matches!(c, '-' | '!' | '?') && string[last.clone()].starts_with(c) =>
                {
                    last.start = end;
                }
                _ => tail.push(end..end + c.len_utf8()),
            }
        } else if c == '.' {
            let dots = rest.len() - rest.trim_end_matches('.').len();
            if dots > 1 && dots < rest.len() {
                end -= dots;
                tail.push(end..end + dots);
            } else if dots > 1 || stays(rest) {
                break;
            } else {
                end -= 1;
                tail.push(end..end + 1);
            }
        } else if let Some(clitic) = CLITICS.iter().find(|clitic| ends_with(rest, clitic)) {
            end -= clitic.len();
            tail.push(end..end + clitic.len());
        } else {
            break;
        }
    }
    if start < end {
        inside(string, start..end, hyphens, out);
    }
    for range in tail.into_iter().rev() {
        push(string, range, out);
    }
}

/// Returns the length of the run of `c` at the beginning: "--" and "..." are one token.
fn run_of(rest: &str, c: char) -> usize {
    if matches!(c, '-' | '`' | '\'') {
        let run = rest.len() - rest.trim_start_matches(c).len();
        return run.min(rest.len());
    }
    c.len_utf8()
}

/// Returns whether a word keeps the point at its end: `U.S.`, `J.`, `Mr.`
fn stays(word: &str) -> bool {
    let Some(bare) = word.strip_suffix('.') else {
        return false;
    };
    let mut chars = bare.chars();
    let initial = chars.next().is_some_and(char::is_uppercase) && chars.next().is_none();
    let dotted = bare.contains('.')
        && bare
            .split('.')
            .all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic));
    initial
        || dotted
        || (bare.len() <= 6 && ABBREVIATIONS.contains(&bare.to_ascii_lowercase().as_str()))
}

fn ends_with(word: &str, clitic: &str) -> bool {
    word.len() > clitic.len()
        && word
            .get(word.len() - clitic.len()..)
            .is_some_and(|end| end.eq_ignore_ascii_case(clitic))
}

/// Splits inside a word: at dashes and slashes between letters, and at hyphens if requested.
fn inside(string: &str, word: Range<usize>, hyphens: bool, out: &mut Vec<Range<usize>>) {
    let rest = &string[word.clone()];
    if rest.contains("://") || rest.contains('@') || rest.starts_with("www.") {
        return push(string, word, out);
    }
    let mut start = word.start;
    let mut before: Option<char> = None;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|(_, c)| *c);
        let letters =
            before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic);
        let splits = match c {
            '-' => hyphens && letters,
            '—' | '…' => true,
            '–' | '/' => hyphens && letters,
            ',' | ';' | ':' | '(' | ')' | '"' | '“' | '”' => letters,
            '。' | '、' | '，' | '！' | '？' | '「' | '」' | '『' | '』' | '（' | '）' | '・' => {
                true
            }
            _ => false,
        };
        if splits {
            let at = word.start + at;
            if start < at {
                push(string, start..at, out);
            }
            push(string, at..at + c.len_utf8(), out);
            start = at + c.len_utf8();
        }
        before = Some(c);
    }
    if start < word.end {
        push(string, start..word.end, out);
    }
}

/// Adds a token. Two tokens within one grapheme, such as `!` and a combining mark, become one.
fn push(string: &str, range: Range<usize>, out: &mut Vec<Range<usize>>) {
    if let Some(last) = out.last_mut()
        && last.end == range.start
        && !string.is_ascii_at(range.start)
        && !segment::is_grapheme_boundary(string, range.start)
    {
        last.end = range.end;
        return;
    }
    out.push(range);
}

trait AsciiAt {
    /// Returns whether two ASCII characters meet at `at`. There is always a grapheme boundary
    /// between them.
    fn is_ascii_at(&self, at: usize) -> bool;
}

impl AsciiAt for str {
    fn is_ascii_at(&self, at: usize) -> bool {
        let bytes = self.as_bytes();
        bytes.get(at).is_some_and(u8::is_ascii)
            && at
                .checked_sub(1)
                .and_then(|before| bytes.get(before))
                .is_some_and(u8::is_ascii)
    }
}

/// Splits tokens at edges inside them, so that each edge is that of a token. `edges` may be in any
/// order.
#[must_use]
pub fn cut_at(text: &Text, tokens: &[Span], mut edges: Vec<BytePos>) -> Vec<Span> {
    edges.sort_unstable();
    edges.dedup();
    let mut edges = edges.into_iter().peekable();
    let mut out = Vec::with_capacity(tokens.len() + 4);
    for token in tokens {
        let mut rest = *token;
        while let Some(&edge) = edges.peek() {
            if edge >= rest.end() {
                break;
            }
            edges.next();
            if let (Some(before), Some(after)) = (rest.before(edge), rest.from(edge)) {
                out.push(before);
                rest = after;
            }
        }
        out.push(rest);
    }
    debug_assert!(out.iter().all(|token| text.holds(*token)));
    out
}

/// Returns the tokens that a span covers, white space at its edges aside; `None` if it splits one.
#[must_use]
pub fn covered(text: &Text, tokens: &[Span], span: Span) -> Option<Range<usize>> {
    let span = text.trim(span)?;
    let first = tokens.partition_point(|token| token.start() < span.start());
    let end = tokens.partition_point(|token| token.start() < span.end());
    let fits = first < end
        && tokens.get(first)?.start() == span.start()
        && tokens.get(end - 1)?.end() == span.end();
    fits.then_some(first..end)
}

/// Returns the sentences as ranges of tokens. They are in order, not empty, and contain all tokens.
#[must_use]
pub fn sentences(text: &Text, tokens: &[Span]) -> Vec<Range<usize>> {
    let ranges: Vec<Range<usize>> = tokens.iter().map(|token| token.range()).collect();
    tag::sentences::sentences(text.as_str(), &ranges)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formats::tokens::model_tokenizer::tests::of_bytes;

    fn words(tokenizer: Tokenizer, string: &str) -> Vec<String> {
        let text = Text::new(string);
        let tokens = tokenizer.tokens(&text);
        tokens
            .iter()
            .map(|token| text.slice(*token).to_owned())
            .collect()
    }

    #[test]
    fn punctuation_goes_off_words_and_abbreviations_stay_whole() {
        let string = "“Don't go,” said Mr. Smith of the U.S. (Malta's envoy) to well-known J. Doe... $5.40, 3:00, http://a.b/c.";
        let spacy = [
            "“",
            "Do",
            "n't",
            "go",
            ",",
            "”",
            "said",
            "Mr.",
            "Smith",
            "of",
            "the",
            "U.S.",
            "(",
            "Malta",
            "'s",
            "envoy",
            ")",
            "to",
            "well",
            "-",
            "known",
            "J.",
            "Doe",
            "...",
            "$",
            "5.40",
            ",",
            "3:00",
            ",",
            "http://a.b/c",
            ".",
        ];
        assert_eq!(words(Tokenizer::SpacyLike, string), spacy);
        let treebank = words(Tokenizer::Treebank, string);
        assert!(treebank.contains(&"well-known".to_owned()), "{treebank:?}");
        assert_eq!(words(Tokenizer::Whitespace, " a  b.\n"), ["a", "b."]);
        assert_eq!(
            words(Tokenizer::SpacyLike, "-- - ... 'tis -5 go!!"),
            ["--", "-", "...", "'", "tis", "-5", "go", "!!"]
        );
    }

    #[test]
    fn a_token_is_cut_at_an_edge_inside_it() {
        let text = Text::new("8Previous article");
        let tokens = Tokenizer::SpacyLike.tokens(&text);
        let cut = cut_at(
            &text,
            &tokens,
            vec![BytePos(1), BytePos(0), BytePos(9), BytePos(17)],
        );
        let words: Vec<&str> = cut.iter().map(|token| text.slice(*token)).collect();
        assert_eq!(words, ["8", "Previous", "article"]);
        let whole = text.whole().unwrap();
        assert_eq!(covered(&text, &cut, whole), Some(0..3));
        let inside = text.span(BytePos(0), BytePos(3)).unwrap();
        assert_eq!(covered(&text, &cut, inside), None);
    }

    proptest! {
        #[test]
        fn tokens_hold_everything_but_white_space(
            string in prop::collection::vec(prop::sample::select(vec![
                "a", "B", ".", ",", "'s", "n't", "-", " ", "\n", "“", "”", "(", "😀", "e\u{301}", "\u{301}",
                "👩\u{200d}👧", "\u{a0}", "שלום", "日本。", "1", "/", "://", "@", "...", "U.S.", "\u{200d}",
            ]), 0..30).prop_map(|pieces| pieces.concat())
        ) {
            let text = Text::new(&string);
            let file = Tokenizer::File(Arc::new(of_bytes()));
            for tokenizer in Tokenizer::NAMED.iter().chain([&file]) {
                let tokens = tokenizer.tokens(&text);
                let mut end = 0;
                for token in &tokens {
                    prop_assert!(string[end..token.start().index()].trim().is_empty());
                    prop_assert_eq!(text.trim(*token), Some(*token));
                    end = token.end().index();
                }
                prop_assert!(string[end..].trim().is_empty());
                let sentences = sentences(&text, &tokens);
                let flat: Vec<usize> = sentences.into_iter().flatten().collect();
                prop_assert_eq!(flat, (0..tokens.len()).collect::<Vec<_>>());
            }
        }
    }
}
