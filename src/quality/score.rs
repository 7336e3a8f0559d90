//! Scores of a guess against the gold: precision, recall, F1, and the edits between them.
//!
//! Two ways to count. **Characters** of regions: each character that is not white space has a
//! label, the default one where no region is, and is right or wrong; the corpus figure for each
//! label is micro, their mean is macro. **Exact spans**: right only if start, end and label are. A
//! region's span is a longest run of one label over the counted characters, so that a region cut in
//! two without need is no error; an entity's span is the entity.
//!
//! **Edits** are the fewest operations on single spans that turn the guess into what is right: add,
//! delete, relabel (same bounds, other label), move the boundary (same label, overlapping). Equal
//! spans are paired first, the rest by maximum bipartite matching (Kuhn 1955), so the number is
//! exact.

mod counts;
mod mistakes;

use crate::model::{Annotation, Label, Text};

pub use counts::{Counts, Edits, Tally};
pub use mistakes::{Mistake, MistakeKind, Side, entity_mistakes, region_mistakes};
use mistakes::{edits, marks};

/// How regions are scored by characters.
#[derive(Clone, Copy, Debug, Default)]
pub struct RegionView<'a> {
    /// The label of characters in no region; `None`: they have none, and count as neither guessed
    /// nor there.
    pub default: Option<&'a Label>,
    /// Characters that truly have one of these labels are not counted; where one is guessed, it
    /// counts as the default.
    pub skip: &'a [Label],
}

/// A guess measured against what is right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Regions by characters that are not white space.
    pub region_chars: Tally,
    /// Regions by exact spans.
    pub region_spans: Tally,
    /// Edits of regions; runs of the default label are left out, since they are what remains.
    pub region_edits: Edits,
    /// Entities by exact spans.
    pub entity_spans: Tally,
    /// Edits of entities.
    pub entity_edits: Edits,
}

impl Score {
    /// Adds another article's.
    pub fn merge(&mut self, other: &Self) {
        self.region_chars.merge(&other.region_chars);
        self.region_spans.merge(&other.region_spans);
        self.region_edits += other.region_edits;
        self.entity_spans.merge(&other.entity_spans);
        self.entity_edits += other.entity_edits;
    }
}

/// Measures `guess` against `gold`, both annotations of `text`.
#[must_use]
pub fn score(text: &Text, gold: &Annotation, guess: &Annotation, view: RegionView<'_>) -> Score {
    let mut score = Score::default();
    regions(text, gold, guess, view, &mut score);
    let (gold, guess) = (marks(gold), marks(guess));
    score.entity_spans = exact(&gold, &guess);
    score.entity_edits = edits(&gold, &guess);
    score
}

/// A labelled stretch, in whatever unit. Ordered as the pairs of the matching are tried: start,
/// end, label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    start: u32,
    end: u32,
    label: Label,
}

fn sorted(marks: impl Iterator<Item = Mark>) -> Vec<Mark> {
    let mut marks: Vec<Mark> = marks.collect();
    marks.sort();
    marks
}

fn exact(gold: &[Mark], guess: &[Mark]) -> Tally {
    let mut tally = Tally::default();
    for mark in gold {
        let hit = guess.binary_search(mark).is_ok();
        let counts = Counts {
            hits: u64::from(hit),
            guessed: 0,
            gold: 1,
        };
        tally.add(&mark.label, counts);
    }
    for mark in guess {
        let counts = Counts {
            guessed: 1,
            ..Counts::default()
        };
        tally.add(&mark.label, counts);
    }
    tally
}

// -- regions by characters -------------------------------------------------------------------

/// Stretches of the text with one label in the gold and one in the guess, in counted characters.
struct Stretch {
    bytes: std::ops::Range<usize>,
    len: u32,
    gold: Option<Label>,
    guess: Option<Label>,
}

fn regions(
    text: &Text,
    gold: &Annotation,
    guess: &Annotation,
    view: RegionView<'_>,
    score: &mut Score,
) {
    let stretches = stretches(text, gold, guess, view);
    for stretch in &stretches {
        let len = u64::from(stretch.len);
        if let Some(label) = &stretch.gold {
            let right = stretch.gold == stretch.guess;
            let counts = Counts {
                hits: if right { len } else { 0 },
                guessed: 0,
                gold: len,
            };
            score.region_chars.add(label, counts);
        }
        if let Some(label) = &stretch.guess {
            let counts = Counts {
                guessed: len,
                ..Counts::default()
            };
            score.region_chars.add(label, counts);
        }
    }
    let gold = runs(&stretches, |stretch| stretch.gold.as_ref());
    let guess = runs(&stretches, |stretch| stretch.guess.as_ref());
    score.region_spans = exact(&gold, &guess);
    let told = |runs: Vec<Mark>| -> Vec<Mark> {
        runs.into_iter()
            .filter(|run| view.default != Some(&run.label))
            .collect()
    };
    score.region_edits = edits(&told(gold), &told(guess));
}

fn stretches(
    text: &Text,
    gold: &Annotation,
    guess: &Annotation,
    view: RegionView<'_>,
) -> Vec<Stretch> {
    let mut cuts: Vec<usize> = vec![0, text.len()];
    for region in gold.regions().iter().chain(guess.regions()) {
        cuts.extend([region.span.start().index(), region.span.end().index()]);
    }
    cuts.sort_unstable();
    cuts.dedup();
    let mut found = Vec::new();
    let (mut in_gold, mut in_guess) = (Walk::new(gold), Walk::new(guess));
    for pair in cuts.windows(2) {
        let &[from, to] = pair else { continue };
        let gold = in_gold.label_at(from).or(view.default);
        if gold.is_some_and(|label| view.skip.contains(label)) {
            continue;
        }
        let guess = in_guess
            .label_at(from)
            .filter(|label| !view.skip.contains(label))
            .or(view.default);
        let piece = text.as_str().get(from..to).unwrap_or_default();
        let len = piece.chars().filter(|c| !is_space(*c)).count();
        if len > 0 {
            found.push(Stretch {
                bytes: from..to,
                len: u32::try_from(len).unwrap_or(u32::MAX),
                gold: gold.cloned(),
                guess: guess.cloned(),
            });
        }
    }
    found
}

/// Goes through the regions from front to back.
struct Walk<'a> {
    regions: std::iter::Peekable<std::slice::Iter<'a, crate::model::Region>>,
}

impl<'a> Walk<'a> {
    fn new(annotation: &'a Annotation) -> Self {
        Self {
            regions: annotation.regions().iter().peekable(),
        }
    }

    /// The label at a byte; bytes must come in order.
    fn label_at(&mut self, at: usize) -> Option<&'a Label> {
        while self
            .regions
            .next_if(|region| region.span.end().index() <= at)
            .is_some()
        {}
        let region = self.regions.peek()?;
        (region.span.start().index() <= at).then_some(&region.label)
    }
}

/// White space as Python counts it, by which others score: Unicode's, and the four separators of
/// ASCII.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn runs(stretches: &[Stretch], label: impl Fn(&Stretch) -> Option<&Label>) -> Vec<Mark> {
    let mut runs: Vec<Mark> = Vec::new();
    let mut at: u32 = 0;
    for stretch in stretches {
        let start = at;
        at = at.saturating_add(stretch.len);
        let Some(label) = label(stretch) else {
            continue;
        };
        match runs.last_mut() {
            Some(last) if last.end == start && last.label == *label => last.end = at,
            _ => runs.push(Mark {
                start,
                end: at,
                label: label.clone(),
            }),
        }
    }
    runs
}

#[cfg(test)]
mod tests;
