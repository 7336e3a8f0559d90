//! Simulates an annotator who corrects gold articles one by one, while the models learn from each.
//!
//! An edit is one change to a stretch of neighbouring blocks: all that need the same other label
//! are selected and get it with one key. A place where the gold changes its label inside a block
//! costs one more, for the cut. From scratch, each region costs one.

use anyhow::{Result, bail};

use super::gold::Gold;
use super::labels::labels_of;
use super::training_set::{ExampleMetadata, TrainingSet, open_unused, with};
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::dataset::training::curve;
use crate::extract::model::StackedModel;
use crate::extract::sites::{PageFingerprints, SiteMemory};
use crate::extract::{ArticleKind, FeaturizedArticle, RegionModel};
use crate::learn::{Example, Model, Sequence};
use crate::model::Label;
use crate::store::ArticleKey;

/// The model is trained anew after each article while it knows so many; then the more rarely, the
/// more it knows.
const EVERY: usize = 50;

/// What one article took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionSimulationStep {
    /// The article.
    pub id: String,
    /// Where it is from.
    pub site: String,
    /// Regions that it has: what it takes from scratch.
    pub regions: usize,
    /// Edits from the suggestions of a model that never learns.
    pub cold: usize,
    /// Edits from the suggestions of a model that has learnt from the articles before, and is
    /// reminded of what was said about others of the site.
    pub learning: usize,
}

/// Simulates the annotator on the articles, in their order.
///
/// # Errors
/// If there is no gold, or the model knows no pages or texts as the gold has them.
pub fn simulate(
    gold: &[Gold],
    model: &RegionModel,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Vec<RegionSimulationStep>> {
    if gold.iter().all(|gold| !gold.is_whole()) {
        bail!(
            "no record has regions, so there is nothing to simulate\nhint: simulate with records whose regions were labelled by people"
        );
    }
    let mut learning = RegionModel::clone(model);
    let mut sets: [TrainingSet; 3] = Default::default();
    let mut trained = [0; 3];
    let mut sites = SiteMemory::default();
    let core_only: Vec<String> = labels_of(gold);
    let mut steps = Vec::new();
    progress.expect(gold.len() as u64);
    for (done, gold) in gold.iter().enumerate() {
        if cancel.is_cancelled() {
            break;
        }
        let Some(mut reading) = gold.read_page().or_else(|| gold.read_text()) else {
            continue;
        };
        if !gold.is_whole() {
            continue;
        }
        let kind = reading.kind();
        let (Some(now), Some(base)) = (learning.of(kind), model.of(kind)) else {
            bail!(
                "the model is not trained on {}\nhint: choose a model that was trained on {0}",
                if kind.is_page() { "pages" } else { "bare text" }
            );
        };
        let cold = found(base.last(), &reading.deciding_sequence(base));
        let mut example = gold.example(&reading, base.labels());
        example.sequence = reading.deciding_sequence(base).into_owned();
        let priors = sites.priors(&gold.site, &reading);
        reading.add_site_priors(&priors, base.labels());
        let warm = found(now.last(), &reading.deciding_sequence(base));
        let cuts = cuts(&example);
        let fold = Fold::new(base.labels(), &core_only);
        steps.push(RegionSimulationStep {
            id: gold.id.clone(),
            site: gold.site.clone(),
            regions: fold.regions(&example) + cuts,
            cold: fold.edits(&reading, &cold, &example) + cuts,
            learning: fold.edits(&reading, &warm, &example) + cuts,
        });
        let said: Vec<Option<Label>> = example
            .allowed
            .iter()
            .map(|allowed| {
                let label = base.labels().get(allowed.trailing_zeros() as usize)?;
                let is_known = allowed.count_ones() == 1;
                is_known.then(|| Label::new(label).ok()).flatten()
            })
            .collect();
        let signs = PageFingerprints::of(&reading);
        let key = ArticleKey(done as i64);
        sites.learn_blocks(&gold.site, &key.to_string(), &signs, &said);
        let facts = ExampleMetadata::new(&gold.site, signs, said, &example);
        let used = |label: &str| gold.labels().contains(label);
        open_unused(&mut example, base.labels(), used);
        let set = &mut sets[kind as usize];
        set.put(key, example, facts, true);
        if let Some(new) = retrained(set, &mut trained[kind as usize], model, kind, &sites) {
            learning.set(kind, Some(new));
        }
        progress.advance(done as u64 + 1, 0);
    }
    Ok(steps)
}

/// Trains on all examples of a kind if enough are new, as in a dataset, where training takes longer
/// with more articles.
fn retrained(
    set: &mut TrainingSet,
    trained: &mut usize,
    model: &RegionModel,
    kind: ArticleKind,
    sites: &SiteMemory,
) -> Option<StackedModel> {
    if (set.keys.len() - *trained) * EVERY < set.keys.len() {
        return None;
    }
    let (base, mut run) = (model.of(kind)?, set.begin(model, kind)?);
    *trained = set.keys.len();
    loop {
        if let Some(new) = run.advance(set, base, sites) {
            return Some(with(base, new));
        }
    }
}

/// Returns the predicted label of each item.
fn found(model: &Model, sequence: &Sequence) -> Vec<usize> {
    let labelling = model.label(sequence);
    labelling
        .predictions
        .iter()
        .map(|verdict| verdict.label)
        .collect()
}

/// Counts the blocks in which the gold has two labels.
fn cuts(example: &Example) -> usize {
    example
        .allowed
        .iter()
        .filter(|allowed| allowed.count_ones() == 2)
        .count()
}

/// Maps a model's labels to those of the gold.
struct Fold {
    fates: Vec<usize>,
}

impl Fold {
    fn new(labels: &[String], known: &[String]) -> Self {
        let nav = labels.iter().position(|label| label == "nav").unwrap_or(0);
        let fates = labels
            .iter()
            .enumerate()
            .map(|(at, label)| if known.contains(label) { at } else { nav })
            .collect();
        Self { fates }
    }

    fn gold(&self, allowed: u16) -> Option<usize> {
        (allowed.count_ones() <= 2).then(|| self.fates[allowed.trailing_zeros() as usize])
    }

    fn regions(&self, example: &Example) -> usize {
        let mut before = None;
        let mut regions = 0;
        for label in example
            .allowed
            .iter()
            .filter_map(|allowed| self.gold(*allowed))
        {
            regions += usize::from(before != Some(label));
            before = Some(label);
        }
        regions
    }

    fn edits(&self, reading: &FeaturizedArticle, found: &[usize], example: &Example) -> usize {
        let mut edits = 0;
        let mut open = None;
        for at in 0..reading.blocks.len() {
            let allowed = example.allowed[at];
            let Some(gold) = self.gold(allowed) else {
                continue; // nobody knows, and nobody minds
            };
            let found = self.fates[found[at]];
            let is_right = found == gold || allowed >> found & 1 == 1;
            let needs = (!is_right).then_some(gold);
            // A block that has the label already may lie in the selection.
            if needs.is_some() && needs != open {
                edits += 1;
            }
            if needs.is_some() || open != Some(gold) {
                open = needs;
            }
        }
        edits
    }
}

/// Draws the curve: edits per article, as means over a window of articles.
#[must_use]
pub fn svg(steps: &[RegionSimulationStep], window: usize) -> String {
    let curve = |value: &dyn Fn(&RegionSimulationStep) -> usize| -> Vec<f64> {
        steps
            .iter()
            .enumerate()
            .map(|(at, _)| {
                let from = (at + 1).saturating_sub(window.max(1));
                let stretch = &steps[from..=at];
                stretch.iter().map(value).sum::<usize>() as f64 / stretch.len() as f64
            })
            .collect()
    };
    let curves = [
        ("one per region", "#999999", curve(&|step| step.regions)),
        ("suggestions, cold", "#e69f00", curve(&|step| step.cold)),
        (
            "suggestions, learning",
            "#0072b2",
            curve(&|step| step.learning),
        ),
    ];
    curve::draw(
        &format!("Region edits per article, mean of the last {window}"),
        &curves,
    )
}
