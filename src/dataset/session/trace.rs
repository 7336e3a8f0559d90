//! What the threads of a session do, for the log.

use std::fmt::{self, Write as _};

use tracing::span::EnteredSpan;

/// Enters a span that lasts as long as the answer to a request takes.
///
/// It has the request's name only: what a request carries can hold text of an article, which is
/// never logged.
pub(super) fn answering(request: &impl fmt::Debug) -> EnteredSpan {
    tracing::debug_span!("request", name = %Variant(request)).entered()
}

/// Enters a span around a piece of work that nobody asked for.
pub(super) fn working(name: &'static str) -> EnteredSpan {
    tracing::debug_span!("work", name).entered()
}

/// The name of an enum's variant, without its fields.
struct Variant<'a, T>(&'a T);

impl<T: fmt::Debug> fmt::Display for Variant<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut name = UpToFields(String::new());
        // It ends with an error where the fields begin, so that they are never printed.
        let _ended = write!(name, "{:?}", self.0);
        f.write_str(&name.0)
    }
}

struct UpToFields(String);

impl fmt::Write for UpToFields {
    fn write_str(&mut self, words: &str) -> fmt::Result {
        for char in words.chars() {
            if !char.is_alphanumeric() {
                return Err(fmt::Error);
            }
            self.0.push(char);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::session::{LookupRequest, RowRequest};
    use crate::store::ArticleKey;

    #[test]
    fn the_words_that_a_request_carries_are_not_logged() {
        let words = "Ada Lovelace".to_owned();
        let hits = LookupRequest::Hits(ArticleKey(3), words.clone());
        assert_eq!(Variant(&hits).to_string(), "Hits");
        let found = LookupRequest::Found(words, Vec::new());
        assert_eq!(Variant(&found).to_string(), "Found");
        assert_eq!(Variant(&RowRequest::Counts).to_string(), "Counts");
    }

    #[test]
    fn fields_with_names_are_left_out_too() {
        #[derive(Debug)]
        struct Named {
            _text: &'static str,
        }
        assert_eq!(Variant(&Named { _text: "secret" }).to_string(), "Named");
    }
}
