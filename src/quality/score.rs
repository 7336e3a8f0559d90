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
    let marks = |annotation: &Annotation| -> Vec<Mark> {
        sorted(annotation.entities().iter().map(|entity| Mark {
            start: entity.span.start().0,
            end: entity.span.end().0,
            label: entity.label.clone(),
        }))
    };
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
fn edits(gold: &[Mark], guess: &[Mark]) -> Edits {
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
    let mut edits = Edits::default();
    let mut paired = 0;
    for (owner, guess) in owner.iter().zip(&guess) {
        match owner.and_then(|at| gold.get(at)) {
            None => edits.delete += 1,
            Some(gold) => {
                paired += 1;
                if (gold.start, gold.end) == (guess.start, guess.end) {
                    edits.relabel += 1;
                } else {
                    edits.boundary += 1;
                }
            }
        }
    }
    edits.add = (gold.len() - paired) as u64;
    edits
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
