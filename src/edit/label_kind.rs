//! The kind of a label.

/// The kind of a label: of regions or of entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LabelKind {
    /// The labels of regions.
    Region,
    /// The labels of entities.
    Entity,
}

impl LabelKind {
    /// The word under which the history stores it; never changed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Entity => "entity",
        }
    }

    /// From the stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Region, Self::Entity]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}
