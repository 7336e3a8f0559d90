//! Remarks of annotators.

use super::offset::Span;

/// A remark on an article or on a span of it, with its answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remark {
    /// The span; `None` for the whole article.
    pub at: Option<Span>,
    /// The text; not empty.
    pub text: String,
    /// Who wrote it and when; `None` if unknown, as in files of other tools and older datasets.
    pub written: Option<Signature>,
    /// The answers, oldest first.
    pub answers: Vec<Answer>,
    /// Who resolved it and when; `None` while it is open.
    pub resolved: Option<Signature>,
}

impl Remark {
    /// Creates a remark without an author or answers.
    #[must_use]
    pub fn new(at: Option<Span>, text: impl Into<String>) -> Self {
        Self {
            at,
            text: text.into(),
            ..Self::default()
        }
    }

    /// Whether nobody has resolved it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.resolved.is_none()
    }

    /// Whether it has more than a span and a text.
    #[must_use]
    pub fn is_thread(&self) -> bool {
        self.written.is_some() || !self.answers.is_empty() || self.resolved.is_some()
    }
}

/// Who did something and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// The annotator's name.
    pub by: String,
    /// Milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// An answer to a remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The text; not empty.
    pub text: String,
    /// Who wrote it, and when.
    pub written: Signature,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_a_thread_once_it_has_an_author_an_answer_or_an_end() {
        let plain = Remark::new(None, "Which Ada?");
        assert!(plain.is_open() && !plain.is_thread());
        let maria = Signature {
            by: "maria".to_owned(),
            at_ms: 1,
        };
        let written = Remark {
            written: Some(maria.clone()),
            ..plain.clone()
        };
        assert!(written.is_open() && written.is_thread());
        let resolved = Remark {
            resolved: Some(maria),
            ..plain
        };
        assert!(!resolved.is_open() && resolved.is_thread());
    }
}
