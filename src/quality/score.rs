//! How good a guess was, measured against what a person made of it: precision, recall and F1, and the edits between.
//!
//! Two ways to count. **Characters** of regions: each character that is not white space has a label, the default one
//! where no region is, and is right or wrong; the corpus figure for each label is micro, their mean is macro. **Exact
//! spans**: right only if start, end and label are. A region's span is a longest run of one label over the counted
//! characters, so that a region cut in two without need is no error; an entity's span is the entity.
//!
//! **Edits** are the fewest operations on single spans that turn the guess into what is right: add, delete, relabel
//! (same bounds, other label), move the boundary (same label, overlapping). Equal spans are paired first, the rest by
//! maximum bipartite matching (Kuhn 1955), so the number is exact.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::model::{Annotation, Label, Text};

/// How many were right, guessed, and there to be found: characters or spans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Guessed and right.
    pub hits: u64,
    /// Guessed.
    pub guessed: u64,
    /// There to be found.
    pub gold: u64,
}

impl Counts {
    /// The share of the guesses that is right; 0 if nothing was guessed.
    #[must_use]
    pub fn precision(self) -> f64 {
        share(self.hits, self.guessed)
    }

    /// The share of what is there that was found; 0 if nothing is.
    #[must_use]
    pub fn recall(self) -> f64 {
        share(self.hits, self.gold)
    }

    /// The harmonic mean of both; `None` if nothing was guessed and nothing is there.
    #[must_use]
    pub fn f1(self) -> Option<f64> {
        let both = self.guessed + self.gold;
        (both > 0).then(|| share(2 * self.hits, both))
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.hits += other.hits;
        self.guessed += other.guessed;
        self.gold += other.gold;
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// One way of counting, label by label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(pub BTreeMap<Label, Counts>);

impl Tally {
    /// All labels taken together.
    #[must_use]
    pub fn micro(&self) -> Counts {
        let mut sum = Counts::default();
        for counts in self.0.values() {
            sum += *counts;
        }
        sum
    }

    /// The mean of the labels' F1, over those that are there to be found; `None` if none is.
    #[must_use]
    pub fn macro_f1(&self) -> Option<f64> {
        let there: Vec<f64> = self
            .0
            .values()
            .filter(|counts| counts.gold > 0)
            .filter_map(|counts| counts.f1())
            .collect();
        (!there.is_empty()).then(|| there.iter().sum::<f64>() / there.len() as f64)
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (label, counts) in &other.0 {
            self.add(label, *counts);
        }
    }

    /// Adds to one label.
    pub fn add(&mut self, label: &Label, counts: Counts) {
        match self.0.get_mut(label) {
            Some(sum) => *sum += counts,
            None => {
                self.0.insert(label.clone(), counts);
            }
        }
    }
}

/// The fewest edits from a guess to what is right, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    /// Spans that nothing guessed is paired with.
    pub add: u64,
    /// Guessed spans that nothing right is paired with.
    pub delete: u64,
    /// Same bounds, other label.
    pub relabel: u64,
    /// Same label, overlapping, other bounds.
    pub boundary: u64,
}

impl Edits {
    /// All of them, each counted as one.
    #[must_use]
    pub fn total(self) -> u64 {
        self.add + self.delete + self.relabel + self.boundary
    }
}

impl AddAssign for Edits {
    fn add_assign(&mut self, other: Self) {
        self.add += other.add;
        self.delete += other.delete;
        self.relabel += other.relabel;
        self.boundary += other.boundary;
    }
}

/// How characters of regions are counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct RegionView<'a> {
    /// The label of characters in no region; `None`: they have none, and count as neither guessed nor there.
    pub default: Option<&'a Label>,
    /// Characters that truly have one of these labels are not counted; where one is guessed, it counts as the default.
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

/// A labelled stretch, in whatever unit. Ordered as the pairs of the matching are tried: start, end, label.
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

/// White space as Python counts it, by which others score: Unicode's, and the four separators of ASCII.
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

// -- edits -----------------------------------------------------------------------------------

/// The fewest edits from `guess` to `gold`, both sorted.
/// One thing that is wrong in a guess.
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

    /// What it is called in files.
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
    /// What is right, unless nothing is.
    pub gold: Option<Side>,
    /// What was guessed, unless nothing was.
    pub guess: Option<Side>,
}

impl Mistake {
    /// Whether the labels are the same on both sides.
    fn is_like(&self, other: &Self) -> bool {
        let label = |side: &Option<Side>| side.as_ref().map(|side| side.label.clone());
        label(&self.gold) == label(&other.gold) && label(&self.guess) == label(&other.guess)
    }

    /// Where it is, in bytes: both sides together.
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

/// Lists where the regions of a guess have another label than is right, in the order of the text. Neighbouring stretches that
/// are wrong in the same way are one.
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

fn marks(annotation: &Annotation) -> Vec<Mark> {
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

fn edits(gold: &[Mark], guess: &[Mark]) -> Edits {
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

/// Pairs as many as can be, one to one: for each of the right-hand side, its partner. Each takes a free partner if it
/// has one; else others are moved on. With a stack of its own, because a chain of overlapping spans may be longer
/// than the thread's.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation::{self, Notated};

    fn label(name: &str) -> Label {
        Label::new(name).unwrap()
    }

    fn parse(marked: &str) -> Notated {
        notation::parse(marked).unwrap()
    }

    fn of(gold: &str, guess: &str, skip: &[Label]) -> Score {
        let (gold, guess) = (parse(gold), parse(guess));
        assert_eq!(gold.text.as_str(), guess.text.as_str());
        let nav = label("nav");
        let view = RegionView {
            default: Some(&nav),
            skip,
        };
        score(&gold.text, &gold.annotation, &guess.annotation, view)
    }

    fn near(found: Option<f64>, wanted: f64) {
        assert!((found.unwrap() - wanted).abs() < 1e-9, "{found:?}");
    }

    const GOLD: &str = "nav| Menu\ntitle| Big news\nbody| It rained. 🌧 é\nbody| It stopped.\ncomment| Bob: nice!\nnav| © 2020";

    #[test]
    fn what_is_all_right_scores_one_however_it_is_cut() {
        let merged = of(GOLD, GOLD, &[]);
        near(merged.region_chars.macro_f1(), 1.0);
        near(merged.region_spans.macro_f1(), 1.0);
        assert_eq!(merged.region_edits, Edits::default());
        let body = merged.region_spans.0.get("body");
        assert_eq!(body.map(|body| body.gold), Some(1), "a run is one span");
    }

    #[test]
    fn a_comment_called_body_costs_both_labels() {
        let guess = GOLD.replace("comment|", "body   |");
        let score = of(GOLD, &guess, &[]);
        let body = score.region_chars.0["body"];
        let (story, comment) = ("Itrained.🌧éItstopped.", "Bob:nice!");
        let (b, c) = (story.chars().count() as u64, comment.chars().count() as u64);
        assert_eq!((body.hits, body.guessed, body.gold), (b, b + c, b));
        near(score.region_chars.0["comment"].f1(), 0.0);
        near(score.region_spans.0["body"].f1(), 0.0);
        // One body too long, one comment missing.
        assert_eq!(
            score.region_edits,
            Edits {
                add: 1,
                boundary: 1,
                ..Edits::default()
            }
        );
    }

    #[test]
    fn what_is_in_no_region_has_the_default_label() {
        let guess = "| Menu\n| Big news\n| It rained. 🌧 é\n| It stopped.\n| Bob: nice!\n| © 2020";
        let score = of(GOLD, guess, &[]);
        near(score.region_chars.0["body"].f1(), 0.0);
        assert!((score.region_chars.0["nav"].recall() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn labels_that_are_left_out_cost_nothing() {
        let title = [label("title")];
        let guess = GOLD.replace("title|", "body |");
        near(of(GOLD, &guess, &title).region_chars.macro_f1(), 1.0);
        near(of(GOLD, &guess, &title).region_spans.macro_f1(), 1.0);
        assert!(of(GOLD, &guess, &[]).region_chars.macro_f1().unwrap() < 1.0);
    }

    #[test]
    fn entities_are_right_only_if_bounds_and_label_are() {
        let gold = "body| {PERSON Ada Lovelace} met {ORG Acme} in {GPE Rome} with {PERSON Bob}";
        let guess = "body| {PERSON Ada} Lovelace met {GPE Acme} in {GPE Rome} {ORG with} Bob";
        let score = of(gold, guess, &[]);
        let all = score.entity_spans.micro();
        assert_eq!((all.hits, all.guessed, all.gold), (1, 4, 4));
        near(all.f1(), 0.25);
        // Macro over PERSON 0, ORG 0, GPE 2/3.
        near(score.entity_spans.macro_f1(), 2.0 / 9.0);
        assert_eq!(
            score.entity_edits,
            Edits {
                add: 1,
                delete: 1,
                relabel: 1,
                boundary: 1
            }
        );
    }

    #[test]
    fn other_bounds_and_another_label_cost_two() {
        let score = of(
            "body| {PERSON Ada Lovelace} spoke",
            "body| {ORG Ada} Lovelace spoke",
            &[],
        );
        assert_eq!(score.entity_edits.total(), 2);
    }

    #[test]
    fn the_fewest_edits_are_found_where_pairs_compete() {
        // The long guess overlaps both names; pairing it with the wrong one would leave the other guess without any.
        let score = of(
            "body| {PERSON Ann Lee} {PERSON Bob Ray} spoke",
            "body| {PERSON Ann} {PERSON Lee Bob} Ray spoke",
            &[],
        );
        assert_eq!(
            score.entity_edits,
            Edits {
                boundary: 2,
                ..Edits::default()
            }
        );
    }

    #[test]
    fn mistakes_are_listed_by_what_is_wrong() {
        let list = |gold: &str, guess: &str| -> Vec<(MistakeKind, std::ops::Range<usize>)> {
            let (gold, guess) = (
                notation::parse(gold).unwrap(),
                notation::parse(guess).unwrap(),
            );
            let mistakes = entity_mistakes(&gold.annotation, &guess.annotation);
            mistakes.iter().map(|m| (m.kind, m.bytes())).collect()
        };
        assert_eq!(
            list(
                "body| {PERSON Ada} met {ORG Bob Ray} and {PERSON Cy Lee} in {LOC Oslo} today",
                "body| Ada met {PERSON Bob Ray} and {PERSON Cy} Lee in {ORG Oslo today}",
            ),
            [
                (MistakeKind::Missed, 0..3),
                (MistakeKind::Label, 8..15),
                (MistakeKind::Boundary, 20..26),
                (MistakeKind::LabelAndBoundary, 30..40),
            ]
        );
        assert_eq!(
            list("body| Ada left.", "body| {PERSON Ada} left."),
            [(MistakeKind::Extra, 0..3)]
        );
    }

    #[test]
    fn regions_that_are_wrong_in_one_way_are_one_mistake() {
        let (gold, guess) = (
            notation::parse("body| One.\nbody| Two.\nnav| Home\n").unwrap(),
            notation::parse("nav| One.\nnav| Two.\nnav| Home\n").unwrap(),
        );
        let view = RegionView::default();
        let found = region_mistakes(&gold.text, &gold.annotation, &guess.annotation, view);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].bytes(), 0..9);
        assert_eq!(found[0].gold.as_ref().unwrap().label, *"body");
    }

    #[test]
    fn a_chain_longer_than_any_stack_is_matched() {
        let label = label("X");
        let chain = |shift: u32| -> Vec<Mark> {
            (0..50_000)
                .map(|n| Mark {
                    start: n * 10 + shift,
                    end: n * 10 + shift + 8,
                    label: label.clone(),
                })
                .collect()
        };
        let found = edits(&chain(0), &chain(5));
        assert_eq!((found.boundary, found.total()), (50_000, 50_000));
        let found = edits(&chain(5), &chain(0));
        assert_eq!((found.boundary, found.total()), (50_000, 50_000));
    }

    #[test]
    fn nothing_to_find_and_nothing_guessed_has_no_score() {
        let score = of("body| No names.", "body| No names.", &[]);
        assert_eq!(score.entity_spans.micro().f1(), None);
        assert_eq!(score.entity_spans.macro_f1(), None);
    }
}
