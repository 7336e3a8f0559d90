//! Trains region models on articles that people labelled, with scores on sites that they have not
//! seen.
//!
//! Nothing is random but what the seed says, and every sum is made in one order: the same gold
//! gives the same bytes.

use anyhow::{Result, bail};

use super::gold::Gold;
use super::gold_examples::{GoldExample, gold_examples};
pub use super::held_out::HeldOut;
use super::held_out::measure;
use super::labels::{labels_of, schema_of};
pub use super::model_file::{load, save, shipped};
pub use super::options::{KindOptions, Kinds, RegionTrainingOptions, TrainedModels, defaults};
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::dataset::training::folds::deal_out;
use crate::dataset::training::parallel::at_once;
use crate::extract::model::StackedModel;
use crate::extract::model::confidence;
use crate::extract::model::confidence::Confidence;
pub use crate::extract::model::voice::VoiceModel;
pub use crate::extract::{ArticleKind, RegionModel};
use crate::extract::{UNSURE_BELOW, model};
use crate::learn::{Example, Features, Model, Sequence, Sink as _, TrainOptions};

/// With fewer examples than this it is cheaper to leave the rules' weights, in proportion.
const FEW_LESSONS: f64 = 400.0;

/// A trained model with its scores.
pub struct TrainedRegions {
    /// The model, from all of the gold; nothing if only measured.
    pub model: RegionModel,
    /// How many texts and pages it learnt from.
    pub texts: usize,
    /// Pages, those among them that are labelled in part.
    pub pages: usize,
    /// SiteMemory.
    pub sites: usize,
    /// How right it is on sites that it has not seen.
    pub held_out: HeldOut,
    /// The models that leave out one fold each.
    pub without: Vec<RegionModel>,
}

impl TrainedRegions {
    /// Makes a result without a model yet.
    fn new(gold: &[Gold], examples: &[GoldExample]) -> Self {
        Self {
            model: RegionModel::default(),
            texts: examples
                .iter()
                .filter(|example| !example.is_page() && example.is_measured)
                .count(),
            pages: examples
                .iter()
                .filter(|example| example.is_page() && example.is_measured)
                .count(),
            sites: gold
                .iter()
                .map(|gold| &gold.site)
                .collect::<std::collections::BTreeSet<_>>()
                .len(),
            held_out: HeldOut::default(),
            without: Vec::new(),
        }
    }
}

/// Trains the region models.
///
/// # Errors
/// If there is nothing to learn from, or somebody stopped it.
pub fn train_regions(
    gold: &[Gold],
    options: &RegionTrainingOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<TrainedRegions> {
    let _span = tracing::info_span!("train regions", records = gold.len()).entered();
    let labels = labels_of(gold);
    let examples = gold_examples(gold, &labels, &options.voices, cancel);
    if examples.is_empty() {
        bail!("there is nothing to learn from: no record has regions");
    }
    let fold_of = deal(gold, options.folds, options.seed);
    let tasks = tasks(&examples, options.folds);
    progress.expect(tasks.len() as u64);
    let inner = deal(gold, INNER_PARTS, options.seed.wrapping_add(1));
    let trainer = RegionTrainer {
        labels: &labels,
        options,
        inner: &inner,
        dropped: &model::without(&options.without),
        dropped_of_composed: &model::without(
            &[
                &options.without[..],
                &["Overlap".into(), "OverlapByVoice".into()],
            ]
            .concat(),
        ),
        cancel,
    };
    let models = at_once(tasks.len(), options.jobs, progress, |task| {
        let (kind, left_out) = tasks[task];
        let known = options.trained.get(left_out);
        if let Some(known) = known.and_then(|model| model.of(kind)) {
            return known.clone();
        }
        let examples: Vec<&GoldExample> = examples
            .iter()
            .filter(|example| example.trains(kind))
            .filter(|example| left_out.is_none_or(|fold| fold_of[example.gold] != fold))
            .collect();
        trainer.train_kind(kind, &examples)
    })?;
    if cancel.is_cancelled() {
        bail!("stopped; nothing was written");
    }
    let trained = TrainedTasks {
        tasks: &tasks,
        models,
        fold_of: &fold_of,
    };
    measured(gold, &examples, &labels, trained, options)
}

/// Trained models, with what each leaves out.
struct TrainedTasks<'a> {
    tasks: &'a [(ArticleKind, Option<usize>)],
    models: Vec<StackedModel>,
    /// The fold of each gold record.
    fold_of: &'a [usize],
}

/// Measures the models that leave out a fold on that fold, and fits the scores of all to them.
fn measured(
    gold: &[Gold],
    examples: &[GoldExample],
    labels: &[String],
    trained: TrainedTasks<'_>,
    options: &RegionTrainingOptions,
) -> Result<TrainedRegions> {
    let TrainedTasks {
        tasks,
        models,
        fold_of,
    } = trained;
    let schema = schema_of(labels)?;
    let mut outcome = TrainedRegions::new(gold, examples);
    outcome.without = vec![RegionModel::default(); options.folds];
    let held_out_of = |kind: ArticleKind, fold: usize| {
        examples.iter().filter(move |example| {
            example.reading.kind() == kind && example.is_measured && fold_of[example.gold] == fold
        })
    };
    let mut outcomes: [Vec<FoldOutcomes>; 3] = Default::default();
    for ((kind, left_out), model) in tasks.iter().zip(&models) {
        let Some(fold) = *left_out else {
            outcome.model.set(*kind, Some(model.clone()));
            continue;
        };
        outcome.without[fold].set(*kind, Some(model.clone()));
        let whole = held_out_of(*kind, fold).filter(|example| gold[example.gold].is_whole());
        let of_fold = whole
            .flat_map(|example| example.reading.outcomes(model, &example.example.allowed))
            .collect();
        outcomes[*kind as usize].push((fold, of_fold));
    }
    for ((kind, left_out), model) in tasks.iter().zip(models) {
        let Some(fold) = *left_out else { continue };
        // The scores, too, are by what other sites say.
        let confidence = fitted(&outcomes[*kind as usize], Some(fold), options.unsure);
        let model = StackedModel {
            confidence,
            ..model
        };
        for example in held_out_of(*kind, fold) {
            let record = &gold[example.gold];
            measure(example, record, &model, &schema, &mut outcome.held_out)?;
        }
    }
    for kind in ArticleKind::ALL {
        if let Some(weights) = outcome.model.of(kind).cloned() {
            let confidence = fitted(&outcomes[kind as usize], None, options.unsure);
            let weights = StackedModel {
                confidence,
                ..weights
            };
            outcome.model.set(kind, Some(weights));
        }
    }
    Ok(outcome)
}

/// A fold and whether its suggestions were right.
type FoldOutcomes = (usize, Vec<confidence::Outcome>);

/// Fits the confidence to the outcomes of all folds, or of all but one.
fn fitted(outcomes: &[FoldOutcomes], left_out: Option<usize>, unsure: f64) -> Option<Confidence> {
    let kept = outcomes.iter().filter(|(fold, _)| Some(*fold) != left_out);
    let kept: Vec<confidence::Outcome> = kept.flat_map(|(_, some)| some.iter().copied()).collect();
    Confidence::fit(&kept, unsure, UNSURE_BELOW)
}

/// The models to train: for each kind one from all examples, and one for each fold without it.
fn tasks(examples: &[GoldExample], folds: usize) -> Vec<(ArticleKind, Option<usize>)> {
    let mut tasks = Vec::new();
    for kind in ArticleKind::ALL {
        if examples.iter().any(|example| example.trains(kind)) {
            tasks.push((kind, None));
            if folds >= 2 {
                tasks.extend((0..folds).map(|fold| (kind, Some(fold))));
            }
        }
    }
    tasks
}

/// How many parts the sites are assigned to for the second pass, which is trained on first passes
/// over sites that their model has not seen.
const INNER_PARTS: usize = 4;

/// Trains models on examples.
struct RegionTrainer<'a> {
    labels: &'a [String],
    options: &'a RegionTrainingOptions,
    /// For each gold record the inner part that it is in.
    inner: &'a [usize],
    /// The features that are not learnt.
    dropped: &'a [bool],
    /// The same for what is composed of several articles.
    dropped_of_composed: &'a [bool],
    cancel: &'a CancelFlag,
}

impl RegionTrainer<'_> {
    fn train_kind(&self, kind: ArticleKind, examples: &[&GoldExample]) -> StackedModel {
        let options = self.options.kinds.of(kind);
        let mut learn = options.learn;
        // The costs are in the examples.
        learn.cost = 1.0;
        let first = |keep: &dyn Fn(&GoldExample) -> bool| -> Model {
            let examples: Vec<Example> = examples
                .iter()
                .filter(|example| keep(example))
                .map(|example| self.example(kind, example, example.reading.sequence().clone()))
                .collect();
            let labels: Vec<&str> = self.labels.iter().map(String::as_str).collect();
            self.train(model::initial_weights(&labels), &examples, &learn)
        };
        let all = first(&|_| true);
        let second = (options.passes >= 2).then(|| {
            let mut second_pass = Vec::with_capacity(examples.len());
            for part in 0..INNER_PARTS {
                let model = first(&|example| self.inner[example.gold] != part);
                for example in examples
                    .iter()
                    .filter(|example| self.inner[example.gold] == part)
                {
                    second_pass.push(self.example(
                        kind,
                        example,
                        example.reading.second_pass_sequence(&model),
                    ));
                }
            }
            // It begins with what the first pass knows, and learns what to change about it.
            self.train(all.clone(), &second_pass, &learn)
        });
        StackedModel {
            first: all,
            second,
            confidence: None,
        }
    }

    fn train(&self, start: Model, examples: &[Example], learn: &TrainOptions) -> Model {
        // The price is for them all together: few would never get away from the rules.
        let mut learn = *learn;
        learn.l2 *= (examples.len() as f64 / FEW_LESSONS).min(1.0);
        let learn = &learn;
        crate::learn::train(start, examples, learn, |_, _| !self.cancel.is_cancelled()).rounded()
    }

    /// The example with the features that are learnt.
    fn example(&self, kind: ArticleKind, example: &GoldExample, mut sequence: Sequence) -> Example {
        let dropped = if example.is_composed {
            self.dropped_of_composed
        } else {
            self.dropped
        };
        for features in &mut sequence.items {
            let mut kept = Features::default();
            for (feature, value) in features.iter() {
                if dropped.get(feature as usize) == Some(&false) {
                    kept.push(feature, value);
                }
            }
            *features = kept;
        }
        let allowed = example.example.allowed.clone();
        let options = self.options.kinds.of(kind);
        // In bare text it is the short lines that tell comments from the story; dear long ones lose
        // them.
        let cost_of_length = if kind.is_page() {
            options.learn.cost as f32
        } else {
            0.0
        };
        let comment = self.labels.iter().position(|label| label == "comment");
        let costs = allowed
            .iter()
            .zip(&example.example.costs)
            .map(|(allowed, cost)| {
                let is_comment = comment.is_some_and(|label| *allowed == 1 << label);
                cost * cost_of_length
                    + if is_comment {
                        options.missed as f32
                    } else {
                        0.0
                    }
            })
            .collect();
        Example {
            sequence,
            allowed,
            costs,
        }
    }
}

/// Assigns sites to parts of about equal size; returns the part of each gold record.
///
/// Where all records say their part themselves, that is it.
fn deal(gold: &[Gold], folds: usize, seed: u64) -> Vec<usize> {
    let said: Option<Vec<usize>> = gold.iter().map(|gold| gold.fold).collect();
    if let Some(said) = said {
        return said.iter().map(|fold| fold % folds.max(1)).collect();
    }
    deal_out(gold.iter().map(|gold| gold.site.as_str()), folds, seed)
}
