//! Who owns an annotation.

use std::fmt;

/// The owner of an annotation: an annotator, or nobody.
///
/// The annotation of nobody holds the suggestions, or the labels of an import that names no
/// annotator.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// Nobody.
    #[default]
    Nobody,
    /// The annotator of this name, which is not blank.
    Person(String),
}

impl Owner {
    /// Returns the owner of this name; a blank name is [`Owner::Nobody`].
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        if name.trim().is_empty() {
            Self::Nobody
        } else {
            Self::Person(name)
        }
    }

    /// Whether nobody owns the annotation.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        matches!(self, Self::Nobody)
    }

    /// Whether a person owns the annotation.
    #[must_use]
    pub fn is_person(&self) -> bool {
        !self.is_nobody()
    }

    /// Whether the person of this name owns the annotation; never true of a blank name.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name() == Some(name)
    }

    /// The name of the person; `None` for nobody.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Nobody => None,
            Self::Person(name) => Some(name),
        }
    }

    /// The name as stores and records write it: empty for nobody.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.name().unwrap_or_default()
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name().unwrap_or("nobody"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_name_is_nobodys() {
        for blank in ["", " ", "\t"] {
            let owner = Owner::named(blank);
            assert!(owner.is_nobody() && !owner.is(blank));
            assert_eq!((owner.name(), owner.as_str()), (None, ""));
            assert_eq!(owner.to_string(), "nobody");
        }
        let maria = Owner::named("maria");
        assert!(maria.is_person() && maria.is("maria") && !maria.is("Maria"));
        assert_eq!(maria.to_string(), "maria");
        assert!(Owner::Nobody < maria, "suggestions come first");
    }
}
