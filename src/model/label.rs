//! The name of a region or entity label.

use std::fmt;
use std::sync::Arc;

/// A label's name, such as `body` or `PERSON`. Cloning shares it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(Arc<str>);

/// Why a string is no label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelError {
    /// Nothing but white space.
    Empty,
    /// More than [`Label::MAX_CHARS`] characters.
    TooLong,
    /// A control character, or a character that other tools' formats use as a separator.
    BadCharacter(char),
}

impl fmt::Display for LabelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "a label needs a name"),
            Self::TooLong => write!(
                f,
                "a label's name has at most {} characters",
                Label::MAX_CHARS
            ),
            Self::BadCharacter(c) => write!(f, "a label's name cannot hold {c:?}"),
        }
    }
}

impl std::error::Error for LabelError {}

impl Label {
    /// The longest name, in characters.
    pub const MAX_CHARS: usize = 64;

    /// A label from its name; white space at the edges is dropped.
    ///
    /// # Errors
    /// If the name is empty, too long, or holds a control character or a line break.
    pub fn new(name: &str) -> Result<Self, LabelError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(LabelError::Empty);
        }
        if name.chars().count() > Self::MAX_CHARS {
            return Err(LabelError::TooLong);
        }
        if let Some(c) = name
            .chars()
            .find(|c| c.is_control() || (c.is_whitespace() && *c != ' '))
        {
            return Err(LabelError::BadCharacter(c));
        }
        Ok(Self(name.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for Label {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Label {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Label {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}
