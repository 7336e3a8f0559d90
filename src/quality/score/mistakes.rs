//! The differences between a guess and the gold: what is wrong, and the fewest edits that correct
//! it.

use super::*;

/// The kind of a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MistakeKind {
    /// A span was not found.
    Missed,
    /// There is no such span.
    Extra,
    /// The span is right, its label is not.
    Label,
    /// The label is right, the span overlaps the right one.
    Boundary,
    /// The span overlaps the right one and has another label.
    LabelAndBoundary,
}

impl MistakeKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Missed,
        Self::Extra,
        Self::Label,
        Self::Boundary,
        Self::LabelAndBoundary,
    ];

    /// The name in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::Extra => "extra",
            Self::Label => "label",
            Self::Boundary => "boundary",
            Self::LabelAndBoundary => "label and boundary",
        }
    }
}

/// A span with a label, as one side of a [`Mistake`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The span, in bytes.
    pub bytes: std::ops::Range<usize>,
    /// Its label.
    pub label: Label,
}

/// A wrong guess, a missed span, or both where they belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub kind: MistakeKind,
    /// The gold span, if there is one.
    pub gold: Option<Side>,
    /// The guessed span, if there is one.
    pub guess: Option<Side>,
}

impl Mistake {
    /// Whether the labels are the same on both sides.
    fn is_like(&self, other: &Self) -> bool {
        let label = |side: &Option<Side>| side.as_ref().map(|side| side.label.clone());
        label(&self.gold) == label(&other.gold) && label(&self.guess) == label(&other.guess)
    }

    /// The byte range of both sides together.
    #[must_use]
    pub fn bytes(&self) -> std::ops::Range<usize> {
        let sides = || [&self.gold, &self.guess].into_iter().flatten();
        let start = sides().map(|side| side.bytes.start).min();
        let end = sides().map(|side| side.bytes.end).max();
        start.unwrap_or_default()..end.unwrap_or_default()
    }
}

/// Lists what is wrong in the entities of a guess, in the order of the text.
#[must_use]
pub fn entity_mistakes(gold: &Annotation, guess: &Annotation) -> Vec<Mistake> {
    let side = |mark: &Mark| Side {
        bytes: mark.start as usize..mark.end as usize,
        label: mark.label.clone(),
    };
    let differences = differences(&marks(gold), &marks(guess));
    let mut mistakes: Vec<Mistake> = differences
        .pairs
        .iter()
        .map(|(gold, guess)| Mistake {
            kind: if (gold.start, gold.end) == (guess.start, guess.end) {
                MistakeKind::Label
            } else {
                MistakeKind::Boundary
            },
            gold: Some(side(gold)),
            guess: Some(side(guess)),
        })
        .collect();
    let mut extra = differences.extra;
    for missed in &differences.missed {
        let near = extra
            .iter()
            .position(|extra| extra.start < missed.end && missed.start < extra.end);
        let guess = near.map(|at| extra.remove(at));
        mistakes.push(Mistake {
            kind: guess
                .as_ref()
                .map_or(MistakeKind::Missed, |_| MistakeKind::LabelAndBoundary),
            gold: Some(side(missed)),
            guess: guess.as_ref().map(side),
        });
    }
    mistakes.extend(extra.iter().map(|extra| Mistake {
        kind: MistakeKind::Extra,
        gold: None,
        guess: Some(side(extra)),
    }));
    mistakes.sort_by_key(|mistake| mistake.bytes().start);
    mistakes
}

/// Lists where the regions of a guess have another label than is right, in the order of the text.
/// Neighbouring stretches that are wrong in the same way are one.
#[must_use]
pub fn region_mistakes(
    text: &Text,
    gold: &Annotation,
    guess: &Annotation,
    view: RegionView<'_>,
) -> Vec<Mistake> {
    let mut mistakes: Vec<Mistake> = Vec::new();
    let mut last_was_wrong = false;
    for stretch in stretches(text, gold, guess, view) {
        if stretch.gold == stretch.guess {
            last_was_wrong = false;
            continue;
        }
        let side = |label: Option<Label>| {
            label.map(|label| Side {
                bytes: stretch.bytes.clone(),
                label,
            })
        };
        let mistake = Mistake {
            kind: match (&stretch.gold, &stretch.guess) {
                (Some(_), Some(_)) => MistakeKind::Label,
                (Some(_), None) => MistakeKind::Missed,
                (None, _) => MistakeKind::Extra,
            },
            gold: side(stretch.gold),
            guess: side(stretch.guess),
        };
        match mistakes.last_mut() {
            Some(last) if last_was_wrong && last.is_like(&mistake) => {
                for side in [&mut last.gold, &mut last.guess].into_iter().flatten() {
                    side.bytes.end = stretch.bytes.end;
                }
            }
            _ => mistakes.push(mistake),
        }
        last_was_wrong = true;
    }
    mistakes
}

pub(super) fn marks(annotation: &Annotation) -> Vec<Mark> {
    sorted(annotation.entities().iter().map(|entity| Mark {
        start: entity.span.start().0,
        end: entity.span.end().0,
        label: entity.label.clone(),
    }))
}

/// What differs between two lists, with the most pairs that one edit each would put right.
struct Differences {
    /// Gold and guess.
    pairs: Vec<(Mark, Mark)>,
    missed: Vec<Mark>,
    extra: Vec<Mark>,
}

pub(super) fn edits(gold: &[Mark], guess: &[Mark]) -> Edits {
    let differences = differences(gold, guess);
    let relabelled = differences
        .pairs
        .iter()
        .filter(|(gold, guess)| (gold.start, gold.end) == (guess.start, guess.end))
        .count() as u64;
    Edits {
        add: differences.missed.len() as u64,
        delete: differences.extra.len() as u64,
        relabel: relabelled,
        boundary: differences.pairs.len() as u64 - relabelled,
    }
}

fn differences(gold: &[Mark], guess: &[Mark]) -> Differences {
    let only = |these: &[Mark], others: &[Mark]| -> Vec<Mark> {
        let missing = these
            .iter()
            .filter(|mark| others.binary_search(mark).is_err());
        missing.cloned().collect()
    };
    let (gold, guess) = (only(gold, guess), only(guess, gold));
    let near = Near::of(&guess);
    let pairs: Vec<Vec<usize>> = gold.iter().map(|mark| near.partners(mark)).collect();
    let owner = matching(&pairs, guess.len());
    let mut is_paired = vec![false; gold.len()];
    let (mut paired, mut extra) = (Vec::new(), Vec::new());
    for (owner, guess) in owner.iter().zip(&guess) {
        match owner.and_then(|at| Some((gold.get(at)?, is_paired.get_mut(at)?))) {
            None => extra.push(guess.clone()),
            Some((gold, is_paired)) => {
                *is_paired = true;
                paired.push((gold.clone(), guess.clone()));
            }
        }
    }
    let missed = gold.iter().zip(&is_paired).filter(|(_, paired)| !**paired);
    Differences {
        pairs: paired,
        missed: missed.map(|(gold, _)| gold.clone()).collect(),
        extra,
    }
}

/// Finds what overlaps among marks that are sorted by their starts.
struct Near<'a> {
    marks: &'a [Mark],
    /// The furthest end of all marks up to each.
    reach: Vec<u32>,
}

impl<'a> Near<'a> {
    fn of(marks: &'a [Mark]) -> Self {
        let mut furthest = 0;
        let reach = marks
            .iter()
            .map(|mark| {
                furthest = furthest.max(mark.end);
                furthest
            })
            .collect();
        Self { marks, reach }
    }

    /// The places of those that one edit turns into `wanted`.
    fn partners(&self, wanted: &Mark) -> Vec<usize> {
        let to = self.marks.partition_point(|mark| mark.start < wanted.end);
        let from = self.reach.partition_point(|reach| *reach <= wanted.start);
        let near = self.marks.iter().enumerate().take(to).skip(from);
        near.filter(|(_, mark)| {
            let same_bounds = (mark.start, mark.end) == (wanted.start, wanted.end);
            same_bounds || (mark.label == wanted.label && mark.end > wanted.start)
        })
        .map(|(at, _)| at)
        .collect()
    }
}

/// Pairs as many as can be, one to one: for each of the right-hand side, its partner. Each takes a
/// free partner if it has one; else others are moved on. With a stack of its own, because a chain
/// of overlapping spans may be longer than the thread's.
fn matching(pairs: &[Vec<usize>], right: usize) -> Vec<Option<usize>> {
    let mut owner: Vec<Option<usize>> = vec![None; right];
    let mut seen = vec![usize::MAX; right];
    let partners = |left: usize| pairs.get(left).map_or(&[][..], Vec::as_slice);
    for start in 0..pairs.len() {
        // Who looks for a partner, and which of theirs is tried next.
        let mut path = vec![(start, 0_usize)];
        while let Some(&(left, next)) = path.last() {
            let is_free = |at: &&usize| owner.get(**at) == Some(&None);
            if let Some(&free) = partners(left).iter().find(is_free) {
                // Everyone on the way moves on to what was tried last.
                path.pop();
                let mut taken = Some((left, free));
                while let Some((left, partner)) = taken {
                    if let Some(slot) = owner.get_mut(partner) {
                        *slot = Some(left);
                    }
                    taken = path.pop().and_then(|(left, next)| {
                        let tried = partners(left).get(next.checked_sub(1)?)?;
                        Some((left, *tried))
                    });
                }
                break;
            }
            let Some(&partner) = partners(left).get(next) else {
                path.pop();
                continue;
            };
            if let Some((_, next)) = path.last_mut() {
                *next += 1;
            }
            let (Some(Some(other)), Some(mark)) = (owner.get(partner), seen.get_mut(partner))
            else {
                continue;
            };
            if std::mem::replace(mark, start) != start {
                path.push((*other, 0));
            }
        }
    }
    owner
}
