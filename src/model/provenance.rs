//! Where a region or an entity came from. A machine never passes for a person.

use std::fmt;

/// A model's confidence, from 0 to 1, in steps of a ten-thousandth so that it compares exactly.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u16);

impl Score {
    /// Below this the extractor is unsure, and the eye is led there.
    pub const SURE: Self = Self(6_000);

    /// Below this the tagger is: more than half of what lies below is wrong (docs/tagger.md).
    pub const SURE_OF_NAME: Self = Self(5_000);

    /// Certain.
    pub const ONE: Self = Self(10_000);

    /// From a number; what lies outside 0 to 1, or is no number, is clamped.
    #[must_use]
    pub fn new(value: f64) -> Self {
        Self((value.clamp(0.0, 1.0) * 10_000.0).round() as u16)
    }

    /// From 0 to 1.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }

    /// From 0 to 10,000, as it is stored.
    #[must_use]
    pub fn ten_thousandths(self) -> u16 {
        self.0
    }

    /// From what was stored; beyond 10,000 counts as 10,000.
    #[must_use]
    pub fn from_ten_thousandths(value: u16) -> Self {
        Self(value.min(10_000))
    }
}

impl fmt::Debug for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value())
    }
}

/// Who put a span there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provenance {
    /// A person, in this program.
    Person,
    /// The extractor: a suggestion.
    Extractor(Score),
    /// The tagger: a suggestion.
    Tagger(Score),
    /// It came with the record that was imported; taken for a person's work.
    Import,
    /// A colleague, from whose work the annotation started ([`StartedFrom::Person`](super::StartedFrom) names them), and the
    /// annotator left it as it was.
    Colleague,
}

impl Provenance {
    /// Whether a model proposed this and no person has vouched for it yet.
    #[must_use]
    pub fn is_suggestion(self) -> bool {
        self.score().is_some()
    }

    /// Whether a model proposed this and doubts it.
    #[must_use]
    pub fn is_unsure(self) -> bool {
        match self {
            Self::Extractor(score) => score < Score::SURE,
            Self::Tagger(score) => score < Score::SURE_OF_NAME,
            Self::Person | Self::Import | Self::Colleague => false,
        }
    }

    /// The model's confidence; `None` for what a person did.
    #[must_use]
    pub fn score(self) -> Option<Score> {
        match self {
            Self::Extractor(score) | Self::Tagger(score) => Some(score),
            Self::Person | Self::Import | Self::Colleague => None,
        }
    }
}
