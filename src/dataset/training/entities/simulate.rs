//! Simulates an annotator who tags gold articles one by one while the model learns, and counts the
//! edits.
//!
//! The suggestions for an article are made before its gold is learnt. An edit adds, deletes,
//! relabels or resizes one entity. With "everywhere", it is repeated on all later occurrences in
//! the article, and each wrong repeat costs one more edit.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::effort::everywhere;
use super::evaluate::{as_annotation, schema_of};
use super::gold::{Gold, labels_of};
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::model::{Annotation, Entity};
use crate::quality::RegionView;
use crate::quality::score::{Counts, Score, Tally, score};
use crate::tag::{OnlineTagger, TagModel};

/// Edits of one article, one by one and with "everywhere".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    /// The edits of each entity by itself.
    pub single: u64,
    /// The edits if each is repeated everywhere.
    pub everywhere: u64,
    /// The counts of exact spans: right, suggested and gold.
    pub spans: Counts,
}

/// One article of a simulation.
#[derive(Clone, Debug)]
pub struct EntitySimulationStep {
    /// The article's id.
    pub id: String,
    /// The number of gold entities.
    pub entities: u64,
    /// The edits without suggestions.
    pub none: Edits,
    /// The edits with suggestions of a model that does not learn.
    pub frozen: Edits,
    /// The edits with suggestions of a model that learns.
    pub learning: Edits,
    /// The time that it took to learn from the article.
    pub time: Duration,
    /// The scores on the held-out articles, after every stretch of articles and after the last one.
    pub held_out: Option<Tally>,
}

/// Simulates the articles in their order, with two models that start from `base`.
///
/// After every `stretch` articles, the model that learns is scored on the `held_out` articles, if
/// there are any.
///
/// # Errors
/// Returns an error if the gold has a label that no schema can hold.
pub fn simulate(
    gold: &[Gold],
    held_out: &[Gold],
    stretch: usize,
    base: &TagModel,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Vec<EntitySimulationStep>> {
    let schema = schema_of(&labels_of(gold.iter().chain(held_out)))?;
    let frozen = OnlineTagger::new(base, &schema);
    let mut learning = frozen.clone();
    let count = gold.len();
    progress.expect(count as u64);
    let mut steps = Vec::with_capacity(gold.len());
    for gold in gold {
        if cancel.is_cancelled() {
            break;
        }
        steps.push(EntitySimulationStep {
            id: gold.id.clone(),
            entities: gold.annotation.entities().len() as u64,
            none: edits(gold, Vec::new())?,
            frozen: edits(gold, frozen.suggest_in(&gold.text, &gold.pieces))?,
            learning: edits(gold, learning.suggest_in(&gold.text, &gold.pieces))?,
            time: Duration::ZERO,
            held_out: None,
        });
        let start = Instant::now();
        learning.learn(
            steps.len() as i64,
            &gold.text,
            gold.pieces.clone(),
            gold.annotation.entities(),
        );
        let so_far = steps.len();
        if let Some(step) = steps.last_mut() {
            step.time = start.elapsed();
            if !held_out.is_empty() && (so_far % stretch == 0 || so_far == count) {
                let mut tally = Tally::default();
                for gold in held_out {
                    let found = learning.suggest_in(&gold.text, &gold.pieces);
                    let found = as_annotation(&gold.text, found)?;
                    tally.merge(&scores_of(gold, &found).entity_spans);
                }
                step.held_out = Some(tally);
            }
        }
        progress.advance(so_far as u64, 0);
    }
    Ok(steps)
}

fn scores_of(gold: &Gold, found: &Annotation) -> Score {
    score(&gold.text, &gold.annotation, found, RegionView::default())
}

fn edits(gold: &Gold, found: Vec<Entity>) -> Result<Edits> {
    let found = as_annotation(&gold.text, found)?;
    let scores = scores_of(gold, &found);
    Ok(Edits {
        single: scores.entity_edits.total(),
        everywhere: everywhere(gold, &found),
        spans: scores.entity_spans.micro(),
    })
}

/// Draws the curves: edits for 100 entities, over a moving window of articles.
#[must_use]
pub fn svg(steps: &[EntitySimulationStep], window: usize) -> String {
    let curve = |value: &dyn Fn(&EntitySimulationStep) -> u64| -> Vec<f64> {
        (0..steps.len())
            .map(|at| {
                let stretch = &steps[(at + 1).saturating_sub(window.max(1))..=at];
                let entities: u64 = stretch.iter().map(|step| step.entities).sum();
                100.0 * stretch.iter().map(value).sum::<u64>() as f64 / entities.max(1) as f64
            })
            .collect()
    };
    let curves = [
        (
            "everywhere alone",
            "#999999",
            curve(&|step| step.none.everywhere),
        ),
        (
            "suggestions, cold",
            "#e69f00",
            curve(&|step| step.frozen.everywhere),
        ),
        (
            "suggestions, learning",
            "#0072b2",
            curve(&|step| step.learning.everywhere),
        ),
    ];
    let title = format!(
        "Edits for 100 entities, with \u{201c}everywhere\u{201d}, over the last {window} articles (from scratch: 100)"
    );
    crate::dataset::training::curve::draw(&title, &curves)
}
