//! The training examples of one kind, and a training run over them.
//!
//! A run starts from the shipped weights and goes over all examples in the order of their articles'
//! numbers, beside the [reference sample](super::reference), so that its result depends on what is
//! in the set and not on how it came there.

use super::reference::Reference;
use crate::extract::model::StackedModel;
use crate::extract::sites::{PageFingerprints, SiteMemory, add_site_priors};
use crate::extract::{ArticleKind, RegionModel};
use crate::learn::crf::delta::part_way;
use crate::learn::{Example, Features, Model, Sequence, TrainOptions, Training};
use crate::model::Label;
use crate::store::ArticleKey;

/// Chosen by comparing on streams and on pages of other sites: docs/extractor.md.
const OPTIONS: TrainOptions = TrainOptions {
    l2: 10.0,
    rounds: 4,
    rate: 0.05,
    cost: 1.0,
};
/// A model that agrees less with the shipped one on the reference sample, as a share of its
/// characters, is taken back part of the way.
const AGREEMENT: f64 = 0.99;
/// The fractions of the update that are tried in turn.
const PARTS: [f32; 5] = [1.0, 0.5, 0.25, 0.125, 0.0];
/// How many features all examples of a kind have at most, 8 bytes each: about 150 pages, or 600
/// texts. Beyond that, the articles with the highest numbers count.
const MOST_FEATURES: usize = 4_000_000;
/// Labels that every annotator is expected to use wherever they apply.
const CORE: [&str; 3] = ["body", "comment", "nav"];

/// The examples of one kind, by rising number of their articles.
#[derive(Default)]
pub struct TrainingSet {
    pub(crate) keys: Vec<ArticleKey>,
    examples: Vec<Example>,
    facts: Vec<ExampleMetadata>,
    reference: Option<Reference>,
    /// Whether the model was trained on others.
    pub(crate) is_stale: bool,
}

/// Metadata of an example.
pub struct ExampleMetadata {
    /// Its site.
    pub site: String,
    /// Its blocks' signs.
    pub signs: PageFingerprints,
    /// The label of each block, where all annotators agree.
    pub said: Vec<Option<Label>>,
    /// How many features each block has without priors; empty while the example is left out for
    /// want of room.
    plain: Vec<usize>,
    size: usize,
}

/// The example of one article.
pub struct TrainingExample {
    /// From what it was made.
    pub kind: ArticleKind,
    /// Its blocks and their labels.
    pub example: Example,
    /// What is known besides.
    pub facts: ExampleMetadata,
}

impl ExampleMetadata {
    /// Makes the metadata of an example without priors.
    #[must_use]
    pub fn new(
        site: &str,
        signs: PageFingerprints,
        said: Vec<Option<Label>>,
        example: &Example,
    ) -> Self {
        let plain: Vec<usize> = example.sequence.items.iter().map(Features::len).collect();
        Self {
            site: site.to_owned(),
            signs,
            said,
            size: plain.iter().sum(),
            plain,
        }
    }
}

/// A training run over the examples of one kind, in short steps.
pub struct Run {
    /// Returns the first example that there is room for.
    first: usize,
    order: Vec<Source>,
    state: RunState,
}

enum RunState {
    /// The next example that gets its priors.
    Remind(usize),
    Train(Box<Training>),
}

/// Where an example is.
#[derive(Clone, Copy)]
enum Source {
    Own(usize),
    Reference(usize),
}

impl Run {
    /// Returns the progress, from 0 to 1.
    #[must_use]
    pub fn progress(&self) -> f64 {
        match &self.state {
            RunState::Remind(_) => 0.0,
            RunState::Train(training) => training.progress(),
        }
    }

    /// Does one step, about one example. Returns the model at the end.
    pub fn advance(
        &mut self,
        set: &mut TrainingSet,
        base: &StackedModel,
        sites: &SiteMemory,
    ) -> Option<Model> {
        match &mut self.state {
            RunState::Remind(at) if *at < set.examples.len() => {
                set.remind(*at, sites, base.labels());
                *at += 1;
                None
            }
            RunState::Remind(_) => {
                let examples = self.order.iter().map(|source| set.at(self.first, *source));
                let training = Training::new(base.last().clone(), examples, &OPTIONS);
                self.state = RunState::Train(Box::new(training));
                None
            }
            RunState::Train(training) => {
                if let Some(at) = training.next() {
                    training.step(set.at(self.first, self.order[at]));
                    return None;
                }
                Some(set.checked(base.last(), &training.model()))
            }
        }
    }
}

impl TrainingSet {
    /// Returns the first example that there is room for.
    pub(crate) fn first(&self) -> usize {
        let mut room = MOST_FEATURES;
        let fit = self.facts.iter().rev().take_while(|facts| {
            let fits = facts.size <= room;
            room = room.saturating_sub(facts.size);
            fits
        });
        self.facts.len() - fit.count()
    }

    /// Adds or replaces an article's example. Returns whether its labels changed; `is_news` is the
    /// answer for a new article.
    pub fn put(
        &mut self,
        key: ArticleKey,
        example: Example,
        facts: ExampleMetadata,
        is_news: bool,
    ) -> bool {
        let at = self.keys.partition_point(|known| *known < key);
        let is_changed = if self.keys.get(at) == Some(&key) {
            let is_same =
                self.examples[at].allowed == example.allowed && self.facts[at].said == facts.said;
            self.examples[at] = example;
            self.facts[at] = facts;
            !is_same
        } else {
            self.keys.insert(at, key);
            self.examples.insert(at, example);
            self.facts.insert(at, facts);
            is_news
        };
        self.is_stale |= is_changed;
        is_changed
    }

    /// Removes an article's example, and returns its site.
    pub fn remove(&mut self, key: ArticleKey) -> Option<String> {
        let at = self.keys.binary_search(&key).ok()?;
        self.keys.remove(at);
        self.examples.remove(at);
        self.is_stale = true;
        Some(self.facts.remove(at).site)
    }

    /// Returns whether there is an example of a site.
    pub(crate) fn has(&self, site: &str) -> bool {
        self.facts.iter().any(|facts| facts.site == site)
    }

    /// Frees the examples for which there is no room. Returns the articles of those that were freed
    /// and have room again.
    pub(crate) fn make_room(&mut self) -> Vec<ArticleKey> {
        let first = self.first();
        let mut wanted = Vec::new();
        for (at, facts) in self.facts.iter_mut().enumerate() {
            let is_free = facts.plain.is_empty() && facts.size > 0;
            if at < first && !is_free {
                self.examples[at].sequence = Sequence::default();
                facts.plain = Vec::new();
            } else if at >= first && is_free {
                wanted.push(self.keys[at]);
            }
        }
        wanted
    }

    /// Adds the priors of all other finished pages of its site to an example.
    fn remind(&mut self, at: usize, sites: &SiteMemory, labels: &[String]) {
        let (facts, example) = (&self.facts[at], &mut self.examples[at]);
        let items = &mut example.sequence.items;
        for (features, count) in items.iter_mut().zip(&facts.plain) {
            features.truncate(*count);
        }
        let key = self.keys[at].to_string();
        let priors = sites.priors_without(&key, &facts.site, &facts.signs);
        add_site_priors(items, &priors, labels, |_, _| {});
    }

    /// Reads the reference sample, if that was not done yet. Returns whether it was read now.
    pub fn prepare(&mut self, base: &RegionModel, kind: ArticleKind) -> bool {
        let is_missing = self.reference.is_none() && base.of(kind).is_some();
        if is_missing {
            self.reference = Some(Reference::of(base, kind));
        }
        is_missing
    }

    /// Begins a run; `None` if there is nothing to train on, so that the shipped model is used.
    pub fn begin(&mut self, base: &RegionModel, kind: ArticleKind) -> Option<Run> {
        let first = self.first();
        if base.of(kind).is_none() || first == self.examples.len() {
            return None;
        }
        self.prepare(base, kind);
        let references = self.reference.as_ref().map_or(0, |r| r.examples().len());
        Some(Run {
            first,
            order: spread(self.examples.len() - first, references),
            state: RunState::Remind(first),
        })
    }

    /// Returns a trained model, moved back towards the shipped one as far as the reference sample
    /// requires.
    fn checked(&self, base: &Model, trained: &Model) -> Model {
        let agrees = |model: &Model| {
            let reference = self.reference.as_ref();
            reference.is_none_or(|reference| reference.agreement(model) >= AGREEMENT)
        };
        let mut models = PARTS.into_iter().map(|part| part_way(base, trained, part));
        models.find(agrees).unwrap_or_else(|| base.clone())
    }

    fn at(&self, first: usize, source: Source) -> &Example {
        match (source, &self.reference) {
            (Source::Reference(at), Some(reference)) => &reference.examples()[at],
            (Source::Own(at) | Source::Reference(at), _) => &self.examples[first + at],
        }
    }
}

/// Interleaves examples of finished articles and of the sample evenly. The sample is repeated until
/// it has at least as many examples as there are finished articles.
fn spread(own: usize, references: usize) -> Vec<Source> {
    let copies = own.div_ceil(references.max(1));
    let repeated = references * copies;
    let place = |at: usize, of: usize| (2 * at + 1) as f64 / (2 * of) as f64;
    let mut order: Vec<(f64, Source)> = (0..own)
        .map(|at| (place(at, own), Source::Own(at)))
        .chain((0..repeated).map(|at| (place(at, repeated), Source::Reference(at % references))))
        .collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0));
    order.into_iter().map(|(_, source)| source).collect()
}

/// Allows a `nav` block to have any label that is not used in this article, since an annotator who
/// labels no bylines says nothing about them.
pub fn open_unused(example: &mut Example, labels: &[String], used: impl Fn(&str) -> bool) {
    let Some(nav) = labels.iter().position(|label| label == "nav") else {
        return;
    };
    let unused = labels
        .iter()
        .enumerate()
        .filter(|(_, label)| !CORE.contains(&label.as_str()) && !used(label))
        .fold(0_u16, |bits, (at, _)| bits | 1 << at);
    for allowed in &mut example.allowed {
        if *allowed >> nav & 1 == 1 {
            *allowed |= unused;
        }
    }
}

/// Replaces the deciding model of a stack.
#[must_use]
pub fn with(base: &StackedModel, model: Model) -> StackedModel {
    match base.second {
        Some(_) => StackedModel {
            first: base.first.clone(),
            second: Some(model),
            confidence: base.confidence.clone(),
        },
        None => StackedModel {
            first: model,
            second: None,
            confidence: base.confidence.clone(),
        },
    }
}
