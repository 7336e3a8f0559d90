//! Train: a model of regions from what people labelled, with scores on sites that it has not seen.
//!
//! Nothing is random but what the seed says, and every sum is made in one order: the same gold gives the same bytes.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, bail};

use super::evaluate::{Scores, View};
use super::gold::Gold;
use crate::dataset::io::ordered::threads;
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::extract::model::StackedModel;
use crate::extract::model::confidence;
use crate::extract::model::confidence::Confidence;
pub use crate::extract::model::voice::VoiceModel;
pub use crate::extract::{ArticleKind, RegionModel};
use crate::extract::{FeaturizedArticle, UNSURE_BELOW, model};
use crate::learn::{Example, Features, Model, Sequence, Sink as _, TrainOptions, train};
use crate::model::{Label, Nesting, Region, RegionLabel, Rgb, Schema};

use crate::store::write_atomically;

/// How to train.
#[derive(Clone, Debug)]
pub struct Options {
    /// How the weights of each kind are found.
    pub kinds: Kinds<KindOptions>,
    /// In how many parts the sites are dealt out to measure with; each part is labelled by a model that has not seen it.
    /// Under 2: nothing is measured.
    pub folds: usize,
    /// By which the sites are dealt out.
    pub seed: u64,
    /// Features that the model does without, to see what they are worth.
    pub without: Vec<String>,
    /// How many models are trained at once; 0: one for each core.
    pub jobs: usize,
    /// For each fold the voice model that has heard nothing of it; empty: the shipped one for all. What the shipped one says of
    /// the texts that it was fitted to is surer than what it will say of others.
    pub voices: Vec<VoiceModel>,
}

/// One value for each kind of article.
#[derive(Clone, Copy, Debug)]
pub struct Kinds<T> {
    /// For pages.
    pub page: T,
    /// For bare texts of whole pages.
    pub long_text: T,
    /// For short bare texts.
    pub short_text: T,
}

impl<T> Kinds<T> {
    fn of(&self, kind: ArticleKind) -> &T {
        match kind {
            ArticleKind::Page => &self.page,
            ArticleKind::LongText => &self.long_text,
            ArticleKind::ShortText => &self.short_text,
        }
    }
}

/// How the weights of one kind are found.
#[derive(Clone, Copy, Debug)]
pub struct KindOptions {
    /// The steps of learning.
    pub learn: TrainOptions,
    /// How much more it costs to miss a comment than to see one where there is none: they are few, and an annotator sooner sees
    /// that one is too much than that one is missing.
    pub missed: f64,
    /// The number of passes, 1 or 2: the second one sees what the first took everything for.
    pub passes: usize,
}

/// How weights are found unless somebody says otherwise.
///
/// A page's markup says most, and a plain model keeps to it. In bare text many weak signs have to add up, so that a model may
/// go further from the rules.
#[must_use]
pub fn defaults() -> Kinds<KindOptions> {
    let page = TrainOptions::default();
    Kinds {
        page: KindOptions {
            learn: page,
            missed: 1.3,
            passes: 1,
        },
        long_text: KindOptions {
            learn: TrainOptions {
                l2: 20.0,
                rounds: 25,
                ..page
            },
            missed: 1.3,
            passes: 2,
        },
        short_text: KindOptions {
            learn: TrainOptions {
                l2: 20.0,
                rounds: 25,
                ..page
            },
            missed: 1.3,
            passes: 1,
        },
    }
}

/// A label that fewer regions have than this is not learnt: it is left over, like nav.
const FEWEST_REGIONS: usize = 10;

/// With fewer lessons than this it is cheaper to leave the rules' weights, in proportion.
const FEW_LESSONS: f64 = 400.0;

/// The share of all characters of held-out sites that may be suggested as unsure.
const FLAGGED: f64 = 0.15;

/// The labels that every model tells apart.
const CORE: [&str; 3] = ["body", "comment", "nav"];

/// What came of it.
pub struct Outcome {
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
}

/// Scores and suggestions on sites that the model has not seen.
#[derive(Default)]
pub struct HeldOut {
    /// Of texts, by view.
    pub texts: [Scores; 2],
    /// Of pages, by view.
    pub pages: [Scores; 2],
    /// What was suggested, as native records: of texts, of pages.
    pub suggested: [Vec<u8>; 2],
}

/// The model that the program ships.
#[must_use]
pub fn shipped() -> &'static RegionModel {
    RegionModel::shipped()
}

/// Reads a model from a file.
///
/// # Errors
/// If it cannot be read, or is no model that this program understands.
pub fn load(path: &Path) -> Result<RegionModel> {
    /// Far above the largest model.
    const MAX_BYTES: u64 = 64 << 20;

    let file =
        std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {}", path.display()))?;
    RegionModel::read(&bytes).map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))
}

/// Writes a model beside its place and puts it there whole.
///
/// # Errors
/// If it cannot be written.
pub fn save(model: &RegionModel, path: &Path) -> Result<()> {
    write_atomically(path, |out| out.write_all(&model.write()))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// One article as text or as page.
struct Lesson {
    gold: usize,
    is_composed: bool,
    /// Measured with: all of it is labelled, and it is read as it was labelled.
    is_measured: bool,
    reading: FeaturizedArticle,
    example: Example,
}

impl Lesson {
    fn is_page(&self) -> bool {
        self.reading.is_page
    }

    /// Returns true if the weights for a kind learn from it. Those for texts of either length learn from all texts.
    fn teaches(&self, kind: ArticleKind) -> bool {
        self.is_page() == kind.is_page()
    }
}

/// Trains a model.
///
/// # Errors
/// If there is nothing to learn from, or somebody stopped it.
pub fn train_regions(
    gold: &[Gold],
    options: &Options,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Outcome> {
    let labels = labels_of(gold);
    let lessons = lessons(gold, &labels, &options.voices, cancel);
    if lessons.is_empty() {
        bail!("there is nothing to learn from: no record has regions");
    }
    let fold_of = deal(gold, options.folds, options.seed);
    // The work: for each kind one model from all, and one for each part without it.
    let mut tasks: Vec<(ArticleKind, Option<usize>)> = Vec::new();
    for kind in ArticleKind::ALL {
        if lessons.iter().any(|lesson| lesson.teaches(kind)) {
            tasks.push((kind, None));
            if options.folds >= 2 {
                tasks.extend((0..options.folds).map(|fold| (kind, Some(fold))));
            }
        }
    }
    progress.expect(tasks.len() as u64);
    let inner = deal(gold, INNER_PARTS, options.seed.wrapping_add(1));
    let teacher = Teacher {
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
        let lessons: Vec<&Lesson> = lessons
            .iter()
            .filter(|lesson| lesson.teaches(kind))
            .filter(|lesson| left_out.is_none_or(|fold| fold_of[lesson.gold] != fold))
            .collect();
        teacher.teach(kind, &lessons)
    })?;
    if cancel.is_cancelled() {
        bail!("stopped; nothing was written");
    }
    let schema = schema_of(&labels)?;
    let mut outcome = Outcome {
        model: RegionModel::default(),
        texts: lessons
            .iter()
            .filter(|lesson| !lesson.is_page() && lesson.is_measured)
            .count(),
        pages: lessons
            .iter()
            .filter(|lesson| lesson.is_page() && lesson.is_measured)
            .count(),
        sites: gold
            .iter()
            .map(|gold| &gold.site)
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        held_out: HeldOut::default(),
    };
    let mut outcomes: [Vec<confidence::Outcome>; 3] = Default::default();
    for ((kind, left_out), model) in tasks.iter().zip(&models) {
        let Some(fold) = left_out else {
            outcome.model.set(*kind, Some(model.clone()));
            continue;
        };
        for lesson in lessons.iter().filter(|lesson| {
            lesson.reading.kind() == *kind && lesson.is_measured && fold_of[lesson.gold] == *fold
        }) {
            measure(
                lesson,
                &gold[lesson.gold],
                model,
                &schema,
                &mut outcome.held_out,
            )?;
            if gold[lesson.gold].is_whole() {
                let held = lesson.reading.outcomes(model, &lesson.example.allowed);
                outcomes[*kind as usize].extend(held);
            }
        }
    }
    for (kind, outcomes) in ArticleKind::ALL.into_iter().zip(&outcomes) {
        if let Some(weights) = outcome.model.of(kind).cloned() {
            let confidence = Confidence::fit(outcomes, FLAGGED, UNSURE_BELOW);
            let weights = StackedModel {
                confidence,
                ..weights
            };
            outcome.model.set(kind, Some(weights));
        }
    }
    Ok(outcome)
}

/// In so many parts the sites are dealt out for the second look, which has to learn from first looks that are as wrong as
/// they will be on sites that nobody has seen.
const INNER_PARTS: usize = 4;

/// Makes models of lessons.
struct Teacher<'a> {
    labels: &'a [String],
    options: &'a Options,
    /// For each gold record the inner part that it is in.
    inner: &'a [usize],
    /// The features that are not learnt.
    dropped: &'a [bool],
    /// The same for what is composed of several articles.
    dropped_of_composed: &'a [bool],
    cancel: &'a CancelFlag,
}

impl Teacher<'_> {
    fn teach(&self, kind: ArticleKind, lessons: &[&Lesson]) -> StackedModel {
        let options = self.options.kinds.of(kind);
        let mut learn = options.learn;
        // The costs are in the examples.
        learn.cost = 1.0;
        let first = |keep: &dyn Fn(&Lesson) -> bool| -> Model {
            let examples: Vec<Example> = lessons
                .iter()
                .filter(|lesson| keep(lesson))
                .map(|lesson| self.example(kind, lesson, lesson.reading.sequence().clone()))
                .collect();
            let labels: Vec<&str> = self.labels.iter().map(String::as_str).collect();
            self.train(model::initial_weights(&labels), &examples, &learn)
        };
        let all = first(&|_| true);
        let second = (options.passes >= 2).then(|| {
            let mut examples = Vec::with_capacity(lessons.len());
            for part in 0..INNER_PARTS {
                let model = first(&|lesson| self.inner[lesson.gold] != part);
                for lesson in lessons
                    .iter()
                    .filter(|lesson| self.inner[lesson.gold] == part)
                {
                    examples.push(self.example(
                        kind,
                        lesson,
                        lesson.reading.second_pass_sequence(&model),
                    ));
                }
            }
            // It begins with what the first pass knows, and learns what to change about it.
            self.train(all.clone(), &examples, &learn)
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
        train::train(start, examples, learn, |_, _| !self.cancel.is_cancelled()).rounded()
    }

    /// A lesson with what is seen of it, as far as it is learnt.
    fn example(&self, kind: ArticleKind, lesson: &Lesson, mut sequence: Sequence) -> Example {
        let dropped = if lesson.is_composed {
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
        let allowed = lesson.example.allowed.clone();
        let options = self.options.kinds.of(kind);
        // In bare text it is the short lines that tell comments from the story; dear long ones lose them.
        let dearness = if kind.is_page() {
            options.learn.cost as f32
        } else {
            0.0
        };
        let comment = self.labels.iter().position(|label| label == "comment");
        let costs = allowed
            .iter()
            .zip(&lesson.example.costs)
            .map(|(allowed, cost)| {
                let is_comment = comment.is_some_and(|label| *allowed == 1 << label);
                cost * dearness
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

fn measure(
    lesson: &Lesson,
    gold: &Gold,
    model: &StackedModel,
    schema: &Schema,
    held_out: &mut HeldOut,
) -> Result<()> {
    let found = lesson.reading.suggest_by(model, schema);
    let which = usize::from(lesson.is_page());
    if gold.is_whole() {
        let known = match &gold.labelled {
            Some((_, regions)) if !lesson.is_page() => regions.clone(),
            _ => regions_of(&lesson.reading, &lesson.example, model.labels()),
        };
        let scores = if lesson.is_page() {
            &mut held_out.pages
        } else {
            &mut held_out.texts
        };
        for (scores, view) in scores.iter_mut().zip([View::Core, View::Full]) {
            scores.add(&lesson.reading.text, &known, &found, view)?;
        }
    }
    write_suggested(
        gold,
        &lesson.reading,
        &found,
        &mut held_out.suggested[which],
    );
    Ok(())
}

fn write_suggested(gold: &Gold, reading: &FeaturizedArticle, found: &[Region], out: &mut Vec<u8>) {
    let regions: Vec<serde_json::Value> = found
        .iter()
        .map(|region| {
            serde_json::json!({
                "start": reading.text.char_of_byte(region.span.start()).0,
                "end": reading.text.char_of_byte(region.span.end()).0,
                "label": region.label.as_str(),
            })
        })
        .collect();
    let record = serde_json::json!({"id": gold.id, "site": gold.site, "text": reading.text.as_str(), "regions": regions});
    out.extend_from_slice(record.to_string().as_bytes());
    out.push(b'\n');
}

/// The labels of a reading's blocks as regions, as far as they are known.
pub(crate) fn regions_of(
    reading: &FeaturizedArticle,
    example: &Example,
    labels: &[String],
) -> Vec<Region> {
    reading
        .blocks
        .iter()
        .zip(&example.allowed)
        .filter_map(|(block, allowed)| {
            if allowed.count_ones() > 2 {
                return None; // nobody knows
            }
            let label = labels.get(allowed.trailing_zeros() as usize)?;
            Some(Region {
                span: block.span,
                label: Label::new(label).ok()?,
                provenance: crate::model::Provenance::Import,
            })
        })
        .collect()
}

/// The labels worth learning: the core first, the rest by name.
pub(crate) fn labels_of(gold: &[Gold]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for region in gold
        .iter()
        .filter_map(|gold| gold.labelled.as_ref())
        .flat_map(|(_, regions)| regions)
    {
        *counts.entry(region.label.as_str()).or_default() += 1;
    }
    let others = counts
        .into_iter()
        .filter(|(label, count)| *count >= FEWEST_REGIONS && !CORE.contains(label))
        .map(|(label, _)| label);
    CORE.into_iter()
        .chain(others)
        .take(crate::learn::crf::MAX_LABELS)
        .map(str::to_owned)
        .collect()
}

/// A schema that has these labels and nothing else.
pub(crate) fn schema_of(labels: &[String]) -> Result<Schema> {
    let mut regions = Vec::new();
    for label in labels {
        regions.push(RegionLabel {
            label: Label::new(label)?,
            color: Rgb(0, 0, 0),
            key: None,
            enabled: true,
            tag_entities: false,
            separate: label == "comment",
            description: String::new(),
            examples: Vec::new(),
        });
    }
    Ok(Schema::new(
        "labels".to_owned(),
        Nesting::Flat,
        regions,
        Vec::new(),
        String::new(),
    )?)
}

fn lessons(
    gold: &[Gold],
    labels: &[String],
    voices: &[VoiceModel],
    cancel: &CancelFlag,
) -> Vec<Lesson> {
    let mut lessons = Vec::new();
    for (at, gold) in gold.iter().enumerate() {
        if cancel.is_cancelled() {
            break;
        }
        let voice = gold.fold.and_then(|fold| voices.get(fold));
        let mut add = |reading: FeaturizedArticle, is_measured: bool| {
            let reading = match voice {
                Some(voice) => reading.with_voice_model(voice),
                None => reading,
            };
            let example = gold.example(&reading, labels);
            lessons.push(Lesson {
                gold: at,
                is_composed: gold.is_composed,
                is_measured: is_measured && !gold.is_composed,
                reading,
                example,
            });
        };
        if let Some(reading) = gold.read_text() {
            add(reading, true);
        }
        if let Some(reading) = gold.read_page() {
            // The page's own layout without its markup: people paste that.
            let as_text = FeaturizedArticle::of_text(reading.text.clone());
            let flattened = reading.flattened();
            add(reading, true);
            // Most pages declare no story. A model that has only seen what it declares beside the rest would lean on it.
            if let Some(silent) = gold.read_silent_page() {
                add(silent, false);
            }
            if gold.is_whole() {
                add(as_text, false);
                if let Some(glued) = gold.read_glued() {
                    add(glued, false);
                }
                add(flattened, false);
            }
        }
    }
    lessons
}

/// Deals the sites out to parts of about equal size: for each gold record the part that it is in.
///
/// Where all records say their part themselves, that is it.
fn deal(gold: &[Gold], folds: usize, seed: u64) -> Vec<usize> {
    let said: Option<Vec<usize>> = gold.iter().map(|gold| gold.fold).collect();
    if let Some(said) = said {
        return said.iter().map(|fold| fold % folds.max(1)).collect();
    }
    deal_out(gold.iter().map(|gold| gold.site.as_str()), folds, seed)
}

/// Deals sites out to parts of about equal size: for each article, of which the site is given, the part that it is in.
pub(crate) fn deal_out<'a>(
    of: impl Iterator<Item = &'a str> + Clone,
    folds: usize,
    seed: u64,
) -> Vec<usize> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for site in of.clone() {
        *sizes.entry(site).or_default() += 1;
    }
    let mut sites: Vec<(&str, usize)> = sizes.into_iter().collect();
    // Large sites first, and otherwise in an order that the seed makes.
    sites.sort_by_key(|(site, size)| {
        let key = format!("{seed} {site}");
        (
            std::cmp::Reverse(*size),
            *blake3::hash(key.as_bytes()).as_bytes(),
        )
    });
    let mut parts = vec![0_usize; folds.max(1)];
    let mut part_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (site, size) in sites {
        let least = (0..parts.len())
            .min_by_key(|part| parts[*part])
            .unwrap_or(0);
        parts[least] += size;
        part_of.insert(site, least);
    }
    of.map(|site| part_of[site]).collect()
}

/// Does `count` tasks on several threads; the results in order.
pub(crate) fn at_once<T: Send>(
    count: usize,
    jobs: usize,
    progress: &mut dyn Progress,
    work: impl Fn(usize) -> T + Sync,
) -> Result<Vec<T>> {
    let jobs = threads(jobs);
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<T>>> = (0..count).map(|_| Mutex::new(None)).collect();
    let (sender, done) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(count) {
            let (next, results, work, sender) = (&next, &results, &work, sender.clone());
            scope.spawn(move || {
                loop {
                    let task = next.fetch_add(1, Ordering::Relaxed);
                    let Some(slot) = results.get(task) else {
                        return;
                    };
                    let result = work(task);
                    if let Ok(mut slot) = slot.lock() {
                        *slot = Some(result);
                    }
                    // Nobody listens when the caller is gone.
                    let _ = sender.send(());
                }
            });
        }
        drop(sender);
        for (so_far, ()) in done.iter().enumerate() {
            progress.advance(so_far as u64 + 1, 0);
        }
    });
    results
        .into_iter()
        .map(|slot| {
            slot.into_inner().ok().flatten().ok_or_else(|| {
                anyhow::anyhow!("training ended early; this is a fault of the program")
            })
        })
        .collect()
}
