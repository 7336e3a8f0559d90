//! Spans that a tokenizer cannot represent, reported while they can still be changed.

use std::fmt;

use crate::formats::Tokenizer;
use crate::model::{Span, Text};

/// A span that begins or ends inside a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MisalignedSpan {
    /// The span.
    pub span: Span,
    /// The token that it begins inside of; `None` if it begins with a token.
    pub starts_in: Option<Span>,
    /// The token that it ends inside of; `None` if it ends with a token.
    pub ends_in: Option<Span>,
}

impl MisalignedSpan {
    /// Returns the span from the first to the last token that it touches: the closest span that
    /// fits.
    #[must_use]
    pub fn whole_tokens(&self) -> Span {
        let mut whole = self.span;
        for token in [self.starts_in, self.ends_in].into_iter().flatten() {
            whole = whole.cover(token);
        }
        whole
    }

    /// Describes why it does not fit.
    #[must_use]
    pub fn reason<'t>(&'t self, text: &'t Text) -> impl fmt::Display + 't {
        fmt::from_fn(move |f| {
            let word = |token: Span| text.slice(token);
            match (self.starts_in, self.ends_in) {
                (Some(one), Some(other)) if one == other => {
                    write!(f, "it is inside the token “{}”", word(one))
                }
                (Some(one), Some(other)) => write!(
                    f,
                    "it begins inside the token “{}” and ends inside “{}”",
                    word(one),
                    word(other)
                ),
                (Some(one), None) => write!(f, "it begins inside the token “{}”", word(one)),
                (None, Some(one)) => write!(f, "it ends inside the token “{}”", word(one)),
                (None, None) => f.write_str("it contains no token"),
            }
        })
    }
}

/// Returns the spans that a tokenizer cannot represent, in order. White space at the edges of a
/// span does not matter.
///
/// These are the spans that exports with tokens leave out and count. The text is tokenized once, at
/// some megabytes per second, so a long article needs a background thread.
#[must_use]
pub fn misaligned_spans(
    tokenizer: &Tokenizer,
    text: &Text,
    spans: impl IntoIterator<Item = Span>,
) -> Vec<MisalignedSpan> {
    let mut spans = spans.into_iter().peekable();
    if spans.peek().is_none() {
        return Vec::new();
    }
    misaligned_spans_in(&tokenizer.tokens(text), text, spans)
}

/// Like [`misaligned_spans`], for a text whose tokens are known. Fast enough for each edit.
#[must_use]
pub fn misaligned_spans_in(
    tokens: &[Span],
    text: &Text,
    spans: impl IntoIterator<Item = Span>,
) -> Vec<MisalignedSpan> {
    // The token that an edge is inside of.
    let across = |edge: crate::model::BytePos| {
        let after = tokens.partition_point(|token| token.end() <= edge);
        tokens
            .get(after)
            .copied()
            .filter(|token| token.start() < edge)
    };
    spans
        .into_iter()
        .filter_map(|span| {
            let words = text.trim(span)?;
            let (starts_in, ends_in) = (across(words.start()), across(words.end()));
            (starts_in.is_some() || ends_in.is_some()).then_some(MisalignedSpan {
                span,
                starts_in,
                ends_in,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::formats::tokens::covered;
    use crate::formats::tokens::model_tokenizer::tests::of_bytes;
    use crate::model::BytePos;

    fn span(text: &Text, words: &str) -> Span {
        let at = text.as_str().find(words).unwrap();
        let (start, end) = (
            BytePos::from_index(at),
            BytePos::from_index(at + words.len()),
        );
        text.span(start, end).unwrap()
    }

    #[test]
    fn spans_that_cut_a_token_are_told_with_the_token() {
        let text = Text::new("A pro-Russian 😀 Anti-EU mob in Malta's port.");
        let reported = |tokenizer: &Tokenizer, words: &str| {
            let found = misaligned_spans(tokenizer, &text, [span(&text, words)]);
            let of = |m: &MisalignedSpan| {
                (
                    m.reason(&text).to_string(),
                    text.slice(m.whole_tokens()).to_owned(),
                )
            };
            found.first().map(of)
        };
        let told_as = |reason: &str, whole: &str| Some((reason.to_owned(), whole.to_owned()));
        let whole = Tokenizer::Whitespace;
        assert_eq!(reported(&whole, "mob in"), None);
        assert_eq!(reported(&whole, " mob "), None);
        assert_eq!(
            reported(&whole, "Russian"),
            told_as("it begins inside the token “pro-Russian”", "pro-Russian")
        );
        assert_eq!(
            reported(&whole, "Malta"),
            told_as("it ends inside the token “Malta's”", "Malta's")
        );
        assert_eq!(
            reported(&whole, "ort"),
            told_as("it is inside the token “port.”", "port.")
        );
        assert_eq!(
            reported(&whole, "Russian 😀 Anti"),
            told_as(
                "it begins inside the token “pro-Russian” and ends inside “Anti-EU”",
                "pro-Russian 😀 Anti-EU"
            )
        );
        assert_eq!(reported(&Tokenizer::SpacyLike, "Malta"), None);
        assert!(misaligned_spans(&whole, &text, []).is_empty());
        assert!(misaligned_spans(&whole, &Text::new(""), []).is_empty());
    }

    proptest! {
        /// The reported spans are those that exports count, for every tokenizer.
        #[test]
        fn misfits_are_the_spans_that_exports_leave_out(
            string in "(a|-|'s| |\n|é|😀|Paris|e\u{301}|日本|[.]|\u{a0}){0,20}",
            edges in prop::collection::vec((0_usize..40, 0_usize..40), 1..6),
        ) {
            let text = Text::new(&string);
            let all: Vec<BytePos> = string
                .char_indices()
                .map(|(at, _)| BytePos::from_index(at))
                .chain([text.end()])
                .collect();
            let edge = |at: usize| all[at % all.len()];
            let spans: Vec<Span> = edges
                .into_iter()
                .filter_map(|(a, b)| text.span(edge(a).min(edge(b)), edge(a).max(edge(b))).ok())
                .filter(|span| text.trim(*span).is_some())
                .collect();
            let file = Tokenizer::File(Arc::new(of_bytes()));
            for tokenizer in Tokenizer::NAMED.into_iter().chain([file]) {
                let tokens = tokenizer.tokens(&text);
                let cut: Vec<Span> = spans
                    .iter()
                    .copied()
                    .filter(|span| covered(&text, &tokens, *span).is_none())
                    .collect();
                let reported = misaligned_spans(&tokenizer, &text, spans.iter().copied());
                prop_assert_eq!(reported.iter().map(|m| m.span).collect::<Vec<_>>(), cut);
                for mismatch in reported {
                    prop_assert!(covered(&text, &tokens, mismatch.whole_tokens()).is_some());
                }
            }
        }
    }
}
