//! Decisions: what was chosen for a place, how, and why.

use std::fmt;
use std::sync::Arc;

use super::place::{LabelledSpan, Place, PlaceId};
use crate::edit::LabelKind;
use crate::model::{Label, Span};

/// The share of annotators that a majority must exceed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Threshold(u16);

/// The unit of a [`Threshold`].
const WHOLE: u16 = 10_000;

impl Threshold {
    /// More than half.
    pub const HALF: Self = Self(WHOLE / 2);

    /// From a share between 0 and below 1; `None` for any other number.
    #[must_use]
    pub fn new(share: f64) -> Option<Self> {
        let fits = (0.0..1.0).contains(&share);
        fits.then(|| Self(((share * f64::from(WHOLE)).round() as u16).min(WHOLE - 1)))
    }

    /// The share.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / f64::from(WHOLE)
    }

    /// Whether `votes` of `all` are more than this share.
    #[must_use]
    pub fn is_exceeded_by(self, votes: usize, all: usize) -> bool {
        votes.saturating_mul(usize::from(WHOLE)) > all.saturating_mul(usize::from(self.0))
    }
}

impl fmt::Debug for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.share())
    }
}

impl Place {
    /// The number of the version that more than `threshold` of the annotators have, and more than
    /// have any other.
    #[must_use]
    pub fn majority(&self, threshold: Threshold) -> Option<usize> {
        let votes = |at: usize| self.versions.get(at).map_or(0, |one| one.annotators.len());
        let wins = votes(0) > votes(1) && threshold.is_exceeded_by(votes(0), self.voters());
        wins.then_some(0)
    }
}

/// What is chosen for a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// What all annotators have.
    Unanimous,
    /// What more than this share of them has.
    Majority {
        /// The share.
        threshold: Threshold,
    },
    /// The version of this number.
    Version(usize),
    /// Nobody is right: nothing is labelled here.
    Nobody,
    /// The adjudicator's own spans.
    Own(Vec<LabelledSpan>),
}

/// How a choice came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// The adjudicator made it for this place.
    ByHand,
    /// A rule made it: all agree, or a majority does.
    ByRule,
    /// The adjudicator made it for another place like this one, which has this span.
    SameAs(Span),
}

/// An input with the revision on which a decision was made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InputRevision {
    /// Whose annotation.
    pub annotator: Arc<str>,
    /// Its revision.
    pub revision: i64,
}

/// A decision on one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The place, with the versions between which the choice was made.
    pub place: Place,
    /// The choice.
    pub choice: Choice,
    /// How it came about.
    pub how: How,
    /// Why, in the adjudicator's words.
    pub reason: Option<String>,
    /// The inputs at the time of the decision, in the order of their names.
    pub inputs: Arc<[InputRevision]>,
}

impl Decision {
    /// The name of the place.
    #[must_use]
    pub fn id(&self) -> PlaceId {
        self.place.id()
    }

    /// Whether the adjudicator chose spans of their own.
    #[must_use]
    pub fn is_own(&self) -> bool {
        matches!(self.choice, Choice::Own(_))
    }

    /// The number of the chosen version; `None` if it is none of them.
    #[must_use]
    pub fn version(&self) -> Option<usize> {
        match &self.choice {
            Choice::Unanimous => self.place.is_unanimous().then_some(0),
            Choice::Majority { threshold } => self.place.majority(*threshold),
            Choice::Version(at) => (*at < self.place.versions.len()).then_some(*at),
            Choice::Nobody => self.place.version_with(&[]),
            Choice::Own(spans) => self.place.version_with(spans),
        }
    }

    /// The spans that the choice puts into the result; `None` if the place has no such version.
    #[must_use]
    pub fn spans(&self) -> Option<&[LabelledSpan]> {
        match &self.choice {
            Choice::Nobody => Some(&[]),
            Choice::Own(spans) => Some(spans),
            Choice::Unanimous | Choice::Majority { .. } | Choice::Version(_) => {
                let version = self.place.versions.get(self.version()?)?;
                Some(&version.spans)
            }
        }
    }

    /// Gives labels other names; says whether there was one to rename.
    pub(super) fn relabel(
        &mut self,
        new_name: &impl Fn(LabelKind, &Label) -> Option<Label>,
    ) -> bool {
        let kind = self.place.kind;
        let versions = self.place.versions.iter_mut();
        let options = versions.flat_map(|version| &mut version.spans);
        let own = match &mut self.choice {
            Choice::Own(spans) => spans.as_mut_slice(),
            _ => &mut [],
        };
        let mut differs = false;
        for one in options.chain(own) {
            if let Some(name) = new_name(kind, &one.label) {
                one.label = name;
                differs = true;
            }
        }
        if differs {
            for version in &mut self.place.versions {
                version.spans.sort();
            }
            if let Choice::Own(spans) = &mut self.choice {
                spans.sort();
            }
        }
        differs
    }
}

/// A decision that is made, replaced or taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionChange {
    /// On which place.
    pub place: PlaceId,
    /// The decision before; `None` if there was none.
    pub from: Option<Decision>,
    /// The decision after; `None` if there is none.
    pub to: Option<Decision>,
}

impl DecisionChange {
    /// The change that takes this one back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self {
            place: self.place,
            from: self.to.clone(),
            to: self.from.clone(),
        }
    }

    /// Gives labels other names; says whether there was one to rename.
    pub(in crate::edit) fn relabel(
        &mut self,
        new_name: impl Fn(LabelKind, &Label) -> Option<Label>,
    ) -> bool {
        let mut differs = false;
        for decision in [&mut self.from, &mut self.to].into_iter().flatten() {
            differs |= decision.relabel(&new_name);
        }
        differs
    }
}
