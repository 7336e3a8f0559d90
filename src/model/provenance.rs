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

/// The number of a suggester: another program, in one version. The dataset has its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SuggesterId(pub u32);

/// Who put a span there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provenance {
    /// A person, in this program.
    Person,
    /// The extractor: a suggestion.
    Extractor(Score),
    /// The tagger: a suggestion.
    Tagger(Score),
    /// Another program, which the dataset names: a suggestion.
    Suggester(SuggesterId, Score),
    /// It came with the record that was imported; taken for a person's work.
    Import,
    /// A label of a near-duplicate, projected onto this article where their words agree only in
    /// part: a suggestion. [`StartedFrom::Person`](super::StartedFrom) names the annotator of the
    /// near-duplicate.
    Projected(Score),
    /// A colleague, from whose work the annotation started
    /// ([`StartedFrom::Person`](super::StartedFrom) names them), and the annotator left it as it
    /// was.
    Colleague,
}

impl Provenance {
    /// Whether this is a suggestion: a model or a projection put it there, and no person has
    /// confirmed it.
    #[must_use]
    pub fn is_suggestion(self) -> bool {
        self.score().is_some()
    }

    /// Whether this is a suggestion with a low score.
    #[must_use]
    pub fn is_unsure(self) -> bool {
        match self {
            Self::Extractor(score) | Self::Projected(score) => score < Score::SURE,
            Self::Tagger(score) | Self::Suggester(_, score) => score < Score::SURE_OF_NAME,
            Self::Person | Self::Import | Self::Colleague => false,
        }
    }

    /// Whether a model or another program suggested this. A projection is not from a model.
    #[must_use]
    pub fn is_of_model(self) -> bool {
        matches!(
            self,
            Self::Extractor(_) | Self::Tagger(_) | Self::Suggester(..)
        )
    }

    /// The score of a suggestion; `None` for what a person did.
    #[must_use]
    pub fn score(self) -> Option<Score> {
        match self {
            Self::Extractor(score)
            | Self::Tagger(score)
            | Self::Suggester(_, score)
            | Self::Projected(score) => Some(score),
            Self::Person | Self::Import | Self::Colleague => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_clamped_and_compare_exactly() {
        assert_eq!(Score::new(0.1 + 0.2), Score::new(0.3));
        assert_eq!(Score::new(7.0), Score::ONE);
        assert_eq!(Score::new(-1.0), Score::new(0.0));
        assert_eq!(Score::new(f64::NAN), Score::new(0.0));
        assert_eq!(Score::from_ten_thousandths(60_000), Score::ONE);
        let score = Score::new(0.1234);
        assert_eq!(Score::from_ten_thousandths(score.ten_thousandths()), score);
        assert_eq!(format!("{score:?}"), "0.1234");
    }

    #[test]
    fn a_suggestion_is_what_no_person_has_confirmed() {
        let low = Score::new(0.55);
        for (provenance, unsure) in [
            (Provenance::Extractor(low), true),
            (Provenance::Tagger(low), false),
            (Provenance::Suggester(SuggesterId(7), low), false),
            (Provenance::Projected(low), true),
            (Provenance::Extractor(Score::ONE), false),
        ] {
            assert!(provenance.is_suggestion(), "{provenance:?}");
            assert_eq!(provenance.is_unsure(), unsure, "{provenance:?}");
        }
        for provenance in [
            Provenance::Person,
            Provenance::Import,
            Provenance::Colleague,
        ] {
            assert_eq!(provenance.score(), None);
            assert!(!provenance.is_suggestion() && !provenance.is_unsure());
        }
    }
}
