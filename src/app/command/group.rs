//! The headings under which commands are shown.

/// Under which heading the help sheet shows a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "each says what it does through `label` and `title`"
)]
pub enum Group {
    Move,
    Regions,
    Entities,
    Suggestions,
    Adjudication,
    Article,
    Program,
}

impl Group {
    /// In the order of the help sheet.
    pub const ALL: [Self; 7] = [
        Self::Move,
        Self::Regions,
        Self::Entities,
        Self::Suggestions,
        Self::Adjudication,
        Self::Article,
        Self::Program,
    ];

    /// The heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Move => "Move and select",
            Self::Regions => "Regions",
            Self::Entities => "Entities",
            Self::Suggestions => "Suggestions",
            Self::Adjudication => "Review of annotators",
            Self::Article => "Articles",
            Self::Program => "Window",
        }
    }
}
