//! Labels blocks by rules: each feature adds a weight for or against a label, and neighbours
//! speak for each other; the labels of all blocks together are the ones for which most is said.
//!
//! The score of a verdict is how much less could be said for the best labels in which this block
//! has another: where rules disagree, it is low. Nothing here is random or depends on a clock or a
//! mathematics library, so the same text gets the same scores everywhere.

use crate::extract::blocks::comments;
use crate::extract::blocks::merge::{LabelledBlock, merge_runs};
use crate::extract::features::{DocumentFeatures, Hints, Tag};
use crate::extract::model::rule_weights::{START, TRANSITIONS, WEIGHTS};
use crate::learn::{Features, Model, Prediction, SequenceLabeller};
use crate::model::{Block, Label, Region, Schema, Score, Text};

/// The labels that the rules tell apart, in the order of the weights.
pub(crate) const LABELS: [&str; 3] = ["body", "comment", "nav"];
const BODY: usize = 0;
const COMMENT: usize = 1;
const NAV: usize = 2;

/// The rules as a labeller of sequences.
pub(crate) struct Rules;

impl SequenceLabeller for Rules {
    fn label(&self, sequence: &[Features]) -> Vec<Prediction> {
        let said: Vec<[f32; 3]> = sequence.iter().map(said_by).collect();
        // For each block and label the most that can be said for labels of the blocks up to it, and
        // from it on.
        let mut up_to: Vec<[f32; 3]> = Vec::with_capacity(said.len());
        for own in &said {
            let best = match up_to.last() {
                None => START,
                Some(before) => [0, 1, 2]
                    .map(|label| best_of(|other| before[other] + TRANSITIONS[other][label])),
            };
            let sums = [0, 1, 2].map(|label| best[label] + own[label]);
            // Only differences count, and sums over a million blocks would else lose them.
            let most = best_of(|label| sums[label]);
            up_to.push(sums.map(|sum| sum - most));
        }
        let mut verdicts = vec![
            Prediction {
                label: NAV,
                score: 0.0
            };
            said.len()
        ];
        let mut after = [0.0; 3];
        for at in (0..said.len()).rev() {
            let (Some(before), Some(own), Some(verdict)) =
                (up_to.get(at), said.get(at), verdicts.get_mut(at))
            else {
                continue;
            };
            let total = [0, 1, 2].map(|label| before[label] + after[label]);
            let label = (1..3).fold(0, |best, label| {
                if total[label] > total[best] {
                    label
                } else {
                    best
                }
            });
            let second = (0..3)
                .filter(|other| *other != label)
                .map(|other| total[other])
                .fold(f32::NEG_INFINITY, f32::max);
            *verdict = Prediction {
                label,
                score: sureness(total[label] - second),
            };
            after = [0, 1, 2].map(|label| {
                best_of(|other| TRANSITIONS[label][other] + own[other] + after[other])
            });
            let most = best_of(|label| after[label]);
            after = after.map(|sum| sum - most);
        }
        verdicts
    }
}

/// Gives a model that begins to learn the rules' weights; labels that the rules don't know are like
/// nav.
pub(crate) fn set_initial_weights(model: &mut Model) {
    let known: Vec<usize> = model
        .labels()
        .iter()
        .map(|label| {
            LABELS
                .iter()
                .position(|known| known == label)
                .unwrap_or(NAV)
        })
        .collect();
    for (feature, body, comment) in WEIGHTS {
        for (label, core) in known.iter().enumerate() {
            model.set_weight(*feature as u32, label, [*body, *comment, 0.0][*core]);
        }
    }
    for (from, core_from) in known.iter().enumerate() {
        for (label, core) in known.iter().enumerate() {
            model.set_step(from, label, TRANSITIONS[*core_from][*core]);
        }
    }
}

fn best_of(value: impl Fn(usize) -> f32) -> f32 {
    (0..3).map(value).fold(f32::NEG_INFINITY, f32::max)
}

/// What a block's features say for each label.
fn said_by(features: &Features) -> [f32; 3] {
    let mut sums = [0.0; 3];
    for (feature, value) in features.iter() {
        if let Some((_, body, comment)) = WEIGHTS.get(feature as usize) {
            sums[BODY] += body * value;
            sums[COMMENT] += comment * value;
        }
    }
    sums
}

/// A margin as a score from 0.5 to 1: the logistic curve, by steps, since every machine multiplies
/// alike but not every one takes exponentials alike.
fn sureness(margin: f32) -> f64 {
    /// The curve at 0, 0.5, 1 and so on.
    const CURVE: [f64; 13] = [
        0.5, 0.6225, 0.7311, 0.8176, 0.8808, 0.9241, 0.9526, 0.9707, 0.982, 0.989, 0.9933, 0.9959,
        0.9975,
    ];
    let place = f64::from(margin.max(0.0)) * 2.0;
    let step = place.floor();
    let index = step as usize;
    match (CURVE.get(index), CURVE.get(index + 1)) {
        (Some(low), Some(high)) => low + (high - low) * (place - step),
        _ => 0.9975,
    }
}

/// Suggests regions for the blocks of a text; `hints` has one entry for each block.
pub(crate) fn suggest(
    text: &Text,
    blocks: &[Block],
    hints: &[Hints],
    document: &DocumentFeatures,
    schema: &Schema,
) -> Vec<Region> {
    let mut verdicts = Rules.label(&document.features(blocks, hints));
    let groups = comments::group(
        &document.surfaces,
        hints,
        &document.gaps,
        &mut verdicts,
        COMMENT,
        NAV,
    );
    let has = |name: &str| schema.region(name).is_some_and(|known| known.enabled);
    let labelled: Vec<LabelledBlock> = blocks
        .iter()
        .enumerate()
        .map(|(at, block)| {
            let verdict = verdicts.get(at).copied().unwrap_or(Prediction {
                label: NAV,
                score: 0.5,
            });
            let core = LABELS.get(verdict.label).copied().unwrap_or("nav");
            let finer = finer_label(
                at,
                verdict.label == COMMENT,
                verdict.label == BODY,
                document,
                hints,
            )
            .filter(|name| has(name));
            LabelledBlock {
                span: block.span,
                label: Label::new(finer.unwrap_or(core)).ok(),
                score: Score::new(verdict.score),
                group: groups.get(at).copied().flatten(),
            }
        })
        .collect();
    merge_runs(text, &labelled, schema)
}

/// The labels that [`finer_label`] gives.
pub(crate) const FINER_LABELS: [&str; 5] = ["caption", "title", "byline", "ad", "related"];

/// The label beyond the core that a block plainly deserves, for schemas that have it.
pub(crate) fn finer_label(
    at: usize,
    is_comment: bool,
    is_body: bool,
    document: &DocumentFeatures,
    hints: &[Hints],
) -> Option<&'static str> {
    let surface = document.surfaces.get(at)?;
    let hint = hints.get(at)?;
    if is_comment {
        return None;
    }
    if hint.tag == Tag::Caption {
        return Some("caption");
    }
    if is_body {
        return None;
    }
    let (around, run) = (&document.around, document.run());
    let is_heading = if hint.html {
        matches!(hint.tag, Tag::Heading(1))
    } else {
        surface.title
    };
    if is_heading && surface.words >= 2 && (at < run.start || surface.title) {
        return Some("title");
    }
    if (surface.byline || surface.date_line || hint.byline)
        && surface.words <= 20
        && (around.is_just_before_run(at) || run.contains(&at))
    {
        return Some("byline");
    }
    if surface.ad {
        return Some("ad");
    }
    if surface.related_heading
        || (around.is_near_related(at)
            && surface.words >= 4
            && !surface.site_lead
            && !surface.date_line)
    {
        return Some("related");
    }
    None
}
