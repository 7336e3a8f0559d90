//! Train: a model of entities from what people tagged, with scores on sites that it has not seen.
//!
//! Nothing is random but what the seed says, and every sum is made in one order: the same gold gives the same bytes, however
//! many threads work.

use anyhow::{Result, bail};

use super::evaluate::{EntityScores, measure};
use super::gold::{Gold, labels_of};
use crate::dataset::io::progress::{CancelFlag, Progress, Silent};
use crate::dataset::training::folds::deal_out;
use crate::dataset::training::parallel::at_once;
pub use crate::tag::lesson::Options;
use crate::tag::lesson::{Lesson, Tagged, gate, recall, seen, together, train};
use crate::tag::model::{Calibration, MAX_TYPES};
use crate::tag::{Mapping, TagModel};

/// A label that fewer entities have than this is not learnt.
const FEWEST: usize = 10;

/// Every so-manieth article is kept back to see how far scores can be trusted.
const KEPT_BACK: usize = 8;

/// So often a small word must be inside names to be looked at.
const OFTEN: usize = 2;

/// What came of it.
pub struct TrainedEntities {
    /// The model, from all of the gold.
    pub model: TagModel,
    /// How many articles it learnt from.
    pub articles: usize,
    /// How many entities are in them.
    pub entities: usize,
    /// How right it is on sites that it has not seen.
    pub held_out: EntityScores,
}

/// Trains a model. The sites are dealt out in `folds` parts to measure with; under 2, nothing is measured.
///
/// # Errors
/// If there is nothing to learn from, or somebody stopped it.
pub fn train_entities(
    gold: &[Gold],
    options: &Options,
    folds: usize,
    jobs: usize,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<TrainedEntities> {
    let _span = tracing::info_span!("train entities", records = gold.len()).entered();
    let types = types_of(gold)?;
    let mut tagged: Vec<Tagged> = each(gold, jobs, |gold| {
        Tagged::new(gold.text.as_str(), &gold.pieces, &gold.names(&types))
    })?;
    recall(
        gold.iter().map(|gold| gold.text.as_str()).zip(&mut tagged),
        options.seed,
    );
    let gate = gate(&tagged, OFTEN);
    let lessons: Vec<Lesson> = each(&tagged, jobs, |tagged| tagged.lesson(&gate, options.bits))?;
    drop(tagged);
    let fold_of = deal_out(
        gold.iter().map(|gold| gold.site.as_str()),
        folds,
        options.seed,
    );
    let back_of = deal_out(
        gold.iter().map(|gold| gold.site.as_str()),
        KEPT_BACK,
        options.seed.wrapping_add(1),
    );
    // The work: the runs of the model from all, one model to see how far scores can be trusted, and one for each part without it.
    let parts = if folds >= 2 { folds } else { 0 };
    let count = options.runs + 1 + parts;
    progress.expect(count as u64);
    let mut chains = at_once(count, jobs, progress, |task| {
        if cancel.is_cancelled() {
            return None;
        }
        let keep = |at: usize| match task.checked_sub(options.runs) {
            None => true,
            Some(0) => back_of[at] != 0,
            Some(part) => fold_of[at] != part - 1,
        };
        let kept: Vec<&Lesson> = lessons
            .iter()
            .enumerate()
            .filter(|(at, _)| keep(*at))
            .map(|(_, lesson)| lesson)
            .collect();
        Some(train(types.len(), &kept, options, task.min(options.runs)))
    })?
    .into_iter();
    if cancel.is_cancelled() {
        bail!("stopped; nothing was written");
    }
    let runs: Vec<_> = chains.by_ref().take(options.runs).flatten().collect();
    let Some(chain) = together(runs) else {
        bail!("a model needs at least one run");
    };
    let mut model = TagModel {
        chain,
        gate,
        calibration: Calibration::default(),
        alike: Vec::new(),
        types,
    };
    let all = std::mem::replace(
        &mut model.chain,
        crate::learn::chain::Chain::new(crate::tag::model::grammar(0), 0),
    );
    if let Some(Some(chain)) = chains.next() {
        model.chain = chain;
        let kept_back: Vec<&Gold> = gold
            .iter()
            .zip(&back_of)
            .filter(|(_, back)| **back == 0)
            .map(|(gold, _)| gold)
            .collect();
        model.calibration = calibrated(&model, &kept_back, jobs)?;
    }
    let mut held_out = EntityScores::default();
    let labels = super::evaluate::schema_of(&model.types)?;
    let mapping = Mapping::new(&model.types, &labels);
    for (part, chain) in chains.enumerate() {
        let Some(chain) = chain else { continue };
        model.chain = chain;
        for (_, gold) in gold
            .iter()
            .enumerate()
            .filter(|(at, _)| fold_of[*at] == part)
        {
            measure(gold, &model, &mapping, &mut held_out)?;
        }
    }
    model.chain = all.rounded();
    Ok(TrainedEntities {
        model,
        articles: gold.len(),
        entities: gold
            .iter()
            .map(|gold| gold.annotation.entities().len())
            .sum(),
        held_out,
    })
}

/// The labels that have enough entities to be learnt.
fn types_of(gold: &[Gold]) -> Result<Vec<String>> {
    let mut types = labels_of(gold);
    types.retain(|label| {
        let entities = gold.iter().flat_map(|gold| gold.annotation.entities());
        entities
            .filter(|entity| entity.label == **label)
            .take(FEWEST)
            .count()
            == FEWEST
    });
    types.truncate(MAX_TYPES);
    // The names that others' labels are mapped to come first and in this order, so that models are alike.
    types.sort_by_key(|kind| {
        ["PER", "ORG", "LOC"]
            .iter()
            .position(|known| known == kind)
            .unwrap_or(3)
    });
    if types.is_empty() {
        bail!("there is nothing to learn from: no label has {FEWEST} entities");
    }
    Ok(types)
}

/// Does something for each of many, on several threads; the results in order.
fn each<T: Sync, R: Send>(all: &[T], jobs: usize, work: impl Fn(&T) -> R + Sync) -> Result<Vec<R>> {
    /// So many at a time: little beside what a thread costs, and few enough that none waits long for the last.
    const AT_A_TIME: usize = 64;

    let parts = at_once(
        all.len().div_ceil(AT_A_TIME),
        jobs,
        &mut Silent,
        |part| -> Vec<R> {
            let from = part * AT_A_TIME;
            let to = all.len().min(from + AT_A_TIME);
            all[from..to].iter().map(&work).collect()
        },
    )?;
    Ok(parts.into_iter().flatten().collect())
}

/// How scores are to be read, by articles that the model has not seen.
fn calibrated(model: &TagModel, unseen: &[&Gold], jobs: usize) -> Result<Calibration> {
    const HEATS: [f32; 4] = [0.04, 0.08, 0.16, 0.32];

    let models = HEATS.map(|heat| TagModel {
        calibration: Calibration {
            heat,
            slope: 1.0,
            shift: 0.0,
        },
        ..model.clone()
    });
    let of_articles = each(unseen, jobs, |gold| {
        let names = gold.names(&model.types);
        seen(&models, gold.text.as_str(), &gold.pieces, &names)
    })?;
    let mut best = (f64::NEG_INFINITY, Calibration::default());
    for (nth, heat) in HEATS.into_iter().enumerate() {
        let cases: Vec<(f64, bool)> = of_articles
            .iter()
            .flat_map(|of_article| &of_article[nth])
            .copied()
            .collect();
        let calibration = Calibration::fitted(heat, &cases);
        let sum: f64 = cases
            .iter()
            .map(|(share, right)| {
                let score = calibration.score(*share).clamp(1e-6, 1.0 - 1e-6);
                crate::learn::math::ln(if *right { score } else { 1.0 - score })
            })
            .sum();
        let fit = sum / cases.len().max(1) as f64;
        if fit > best.0 {
            best = (fit, calibration);
        }
    }
    Ok(best.1)
}
