//! Trains an entity model from what annotators tagged, with scores on sites that it has not seen.
//!
//! All randomness comes from the seed, and every sum has one order: the same gold gives the same
//! bytes on any number of threads.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::evaluate::{EntityScores, measure, schema_of};
use super::gold::{Gold, labels_of};
use crate::dataset::io::progress::{CancelFlag, Progress, Silent};
use crate::dataset::training::folds::deal_out;
use crate::dataset::training::parallel::at_once;
use crate::learn::math::ln;
use crate::learn::perceptron::Perceptron;
use crate::tag::features::candidates::CandidateFilter;
use crate::tag::lexicon::Lexicon;
use crate::tag::model::{Calibration, MAX_TYPES};
pub use crate::tag::training::Hyperparameters;
use crate::tag::training::{
    TaggedArticle, TrainingExample, WeightedExample, average, candidate_filter, mark_known_names,
    scored_mentions, train,
};
use crate::tag::{Mapping, TagModel};

/// The least number of entities from which a label is learnt.
const FEWEST: usize = 10;

/// One in this many parts of the sites is held out to calibrate scores.
const CALIBRATION_FOLDS: usize = 8;

/// The least number of occurrences inside names that makes an uncapitalised word a candidate.
pub(super) const OFTEN: usize = 2;

/// The result of training.
pub struct TrainedEntities {
    /// The model, trained on all of the gold.
    pub model: TagModel,
    /// The number of articles.
    pub articles: usize,
    /// The number of entities.
    pub entities: usize,
    /// The scores on sites that a model has not seen.
    pub held_out: EntityScores,
}

/// Trains a model. With two `folds` or more, each fold of the sites is scored by a model of the
/// others.
///
/// # Errors
/// Returns an error if no label has enough entities, or if the user cancelled.
pub fn train_entities(
    gold: &[Gold],
    options: &Hyperparameters,
    folds: usize,
    jobs: usize,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<TrainedEntities> {
    let _span = tracing::info_span!("train entities", records = gold.len()).entered();
    let types = types_of(gold)?;
    let (examples, candidates) = examples_of(gold, &types, options, jobs)?;
    let sites = || gold.iter().map(|gold| gold.site.as_str());
    let fold_of = deal_out(sites(), folds, options.seed);
    let calibration_fold_of = deal_out(sites(), CALIBRATION_FOLDS, options.seed.wrapping_add(1));
    // The tasks: the runs on all gold, one model to calibrate scores with, and one for each fold
    // without it.
    let parts = if folds >= 2 { folds } else { 0 };
    let count = options.runs + 1 + parts;
    progress.expect(count as u64);
    let mut trained = at_once(count, jobs, progress, |task| {
        if cancel.is_cancelled() {
            return None;
        }
        let is_kept = |at: usize| match task.checked_sub(options.runs) {
            None => true,
            Some(0) => calibration_fold_of[at] != 0,
            Some(part) => fold_of[at] != part - 1,
        };
        let kept: Vec<WeightedExample<'_>> = examples
            .iter()
            .enumerate()
            .filter(|(at, _)| is_kept(*at))
            .map(|(at, example)| (example, gold[at].weight))
            .collect();
        Some(train(types.len(), &kept, options, task.min(options.runs)))
    })?
    .into_iter();
    if cancel.is_cancelled() {
        bail!("stopped; nothing was written");
    }
    let runs: Vec<_> = trained.by_ref().take(options.runs).flatten().collect();
    let Some(weights) = average(runs) else {
        bail!("a model needs at least one run");
    };
    let mut model = TagModel {
        language: language_of_gold(gold).to_owned(),
        weights: weights.clone(),
        candidates,
        calibration: Calibration::default(),
        type_groups: Vec::new(),
        types,
    };
    if let Some(Some(weights)) = trained.next() {
        model.weights = weights;
        let held_out = gold.iter().zip(&calibration_fold_of);
        let held_out = held_out.filter(|(_, fold)| **fold == 0);
        let held_out: Vec<&Gold> = held_out.map(|(gold, _)| gold).collect();
        model.calibration = calibrated(&model, &held_out, jobs)?;
    }
    let held_out = score_folds(gold, &fold_of, trained, &mut model)?;
    model.weights = weights.rounded();
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

/// Scores each fold by the weights that were trained without it.
fn score_folds(
    gold: &[Gold],
    fold_of: &[usize],
    trained: impl Iterator<Item = Option<Perceptron>>,
    model: &mut TagModel,
) -> Result<EntityScores> {
    let mut scores = EntityScores::default();
    let mapping = Mapping::new(&model.types, &schema_of(&model.types)?);
    for (fold, weights) in trained.enumerate() {
        let Some(weights) = weights else { continue };
        model.weights = weights;
        for (gold, own) in gold.iter().zip(fold_of) {
            if *own == fold {
                measure(gold, model, &mapping, &mut scores)?;
            }
        }
    }
    Ok(scores)
}

/// The language of most articles.
pub(crate) fn language_of_gold(gold: &[Gold]) -> &str {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for gold in gold {
        *counts.entry(&gold.language).or_default() += 1;
    }
    let most = counts
        .into_iter()
        .max_by_key(|(tag, count)| (*count, std::cmp::Reverse(*tag)));
    most.map_or("", |(tag, _)| tag)
}

/// The labels with enough entities. Those that other labels are mapped to come first, so that
/// models are alike.
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
    types.sort_by_key(|kind| {
        ["PER", "ORG", "LOC"]
            .iter()
            .position(|known| known == kind)
            .unwrap_or(3)
    });
    if types.is_empty() {
        bail!(
            "there is nothing to learn from: no label has {FEWEST} entities\nhint: add more tagged records"
        );
    }
    Ok(types)
}

/// The features and right tags of all articles, and the words that have any.
fn examples_of(
    gold: &[Gold],
    types: &[String],
    options: &Hyperparameters,
    jobs: usize,
) -> Result<(Vec<TrainingExample>, CandidateFilter)> {
    let lexicon = Lexicon::of(language_of_gold(gold)).unwrap_or_else(Lexicon::shipped);
    let mut tagged: Vec<TaggedArticle> = each(gold, jobs, |gold| {
        TaggedArticle::new(
            gold.text.as_str(),
            &gold.pieces,
            &gold.names(types),
            lexicon,
        )
    })?;
    let texts = gold.iter().map(|gold| gold.text.as_str());
    mark_known_names(texts.zip(&mut tagged), options.seed);
    let candidates = candidate_filter(&tagged, OFTEN);
    let examples = each(&tagged, jobs, |tagged| {
        tagged.example(&candidates, options.bits)
    })?;
    Ok((examples, candidates))
}

/// Does something for each item on several threads. The results are in the order of the items.
pub(super) fn each<T: Sync, R: Send>(
    all: &[T],
    jobs: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Result<Vec<R>> {
    /// The items of one task: enough to outweigh the cost of a thread, and few enough to keep all
    /// threads busy to the end.
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

/// Calibrates the scores of a model on articles that it has not seen: the best temperature, with
/// the curve that fits it best.
pub(super) fn calibrated(model: &TagModel, unseen: &[&Gold], jobs: usize) -> Result<Calibration> {
    const INVERSE_TEMPERATURES: [f32; 4] = [0.04, 0.08, 0.16, 0.32];

    let models = INVERSE_TEMPERATURES.map(|inverse_temperature| TagModel {
        calibration: Calibration {
            inverse_temperature,
            slope: 1.0,
            shift: 0.0,
        },
        ..model.clone()
    });
    let of_articles = each(unseen, jobs, |gold| {
        let names = gold.names(&model.types);
        scored_mentions(&models, gold.text.as_str(), &gold.pieces, &names)
    })?;
    let mut best = (f64::NEG_INFINITY, Calibration::default());
    for (nth, inverse_temperature) in INVERSE_TEMPERATURES.into_iter().enumerate() {
        let cases: Vec<(f64, bool)> = of_articles
            .iter()
            .flat_map(|of_article| &of_article[nth])
            .copied()
            .collect();
        let calibration = Calibration::fitted(inverse_temperature, &cases);
        let sum: f64 = cases
            .iter()
            .map(|(share, right)| {
                let score = calibration.score(*share).clamp(1e-6, 1.0 - 1e-6);
                ln(if *right { score } else { 1.0 - score })
            })
            .sum();
        let fit = sum / cases.len().max(1) as f64;
        if fit > best.0 {
            best = (fit, calibration);
        }
    }
    Ok(best.1)
}
