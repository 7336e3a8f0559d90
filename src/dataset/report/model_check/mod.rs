//! Finished work that the models doubt: labels that are likely errors.
//!
//! The finished articles are dealt out to folds. For each fold the dataset's models are trained on
//! the articles of the others, as [`learning`](crate::dataset::training::learning) does, and judge
//! the labels in that fold. [`crate::quality::model_check`] ranks what they doubt.
//! `docs/model-check.md` has the method and its figures.

mod elsewhere;
mod entities;
mod kept;
mod rank;
mod regions;

use anyhow::Result;

use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::training::learning::{FinishedArticle, MOST_BYTES, group};
use crate::model::{Annotation, Article, BytePos, Label, Span, Status, Text, stable_hash};
use crate::quality::model_check::{Opinion, Thresholds};
use crate::store::{FinishedAnnotation, Revision, Store, StoredAnnotation};

pub use crate::edit::LabelKind;
pub use crate::store::ArticleKey;
pub use elsewhere::Elsewhere;
pub use kept::{KeptCheck, dismiss, keep, kept};

/// The number of folds.
const FOLDS: usize = 5;

/// What is checked, and how.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// Only labels of this kind; `None`: both.
    pub task: Option<LabelKind>,
    /// Only work of this annotator; the models train on everybody's.
    pub annotator: Option<String>,
    /// The largest number of doubts, the most doubtful first.
    pub most: usize,
    /// Whether doubts that a person has dismissed are left out.
    pub without_dismissed: bool,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self {
            task: None,
            annotator: None,
            most: 1000,
            without_dismissed: true,
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelCheck {
    /// The doubts, the most doubtful first.
    pub doubts: Vec<Doubt>,
    /// The number of doubts before the largest number was applied.
    pub all: usize,
    /// The number of finished articles.
    pub articles: usize,
    /// The number of labels that were judged: entities, and blocks of regions.
    pub judged: u64,
    /// The number of articles that are too long to check.
    pub too_long: usize,
}

/// How a label is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DoubtKind {
    /// The models would give another label.
    OtherLabel,
    /// The models would tag an entity with another beginning or end.
    OtherEdges,
    /// The models would label what has no label.
    Missing,
    /// The models would not label it.
    NoLabel,
}

impl DoubtKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [
        Self::OtherLabel,
        Self::OtherEdges,
        Self::Missing,
        Self::NoLabel,
    ];

    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OtherLabel => "other_label",
            Self::OtherEdges => "other_edges",
            Self::Missing => "missing",
            Self::NoLabel => "no_label",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A label of finished work that the models doubt.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// The article.
    pub key: ArticleKey,
    /// The id of the article.
    pub article: String,
    /// Whose label it is.
    pub annotator: String,
    /// The revision of the annotation that was judged.
    pub revision: Revision,
    /// Whether it is about a region or an entity.
    pub task: LabelKind,
    /// How it is doubted.
    pub kind: DoubtKind,
    /// The span of the given label, or where the models would put one. Of a region, the blocks that
    /// are doubted.
    pub span: Span,
    /// The words of the span, shortened.
    pub words: String,
    /// The given label; `None` if there is none.
    pub given: Option<Label>,
    /// The label that the models would give; `None` if they would give none.
    pub thought: Option<Label>,
    /// The span that the models would label, if it is another one.
    pub thought_span: Option<Span>,
    /// How doubtful it is, from 0 to 1.
    pub score: f64,
    /// The probability of the given label.
    pub given_probability: f64,
    /// The probability of what the models would do.
    pub thought_probability: f64,
    /// How the same words are labelled in other places.
    pub elsewhere: Elsewhere,
    /// Why, in sentences.
    pub why: Vec<String>,
    /// Identifies the doubt by its content, so that a dismissed one does not return.
    pub mark: u64,
}

impl Doubt {
    /// Returns whether the label that is doubted is still there.
    #[must_use]
    pub fn holds(&self, annotation: &Annotation) -> bool {
        match (self.task, &self.given) {
            (LabelKind::Entity, Some(given)) => annotation.entity(self.span, given).is_some(),
            (LabelKind::Entity, None) => annotation.entities_in(self.span).next().is_none(),
            (LabelKind::Region, None) => annotation.regions_in(self.span).is_empty(),
            (LabelKind::Region, Some(given)) => {
                let mut regions = annotation.regions_in(self.span).iter();
                regions.next().is_some_and(|region| region.label == *given)
                    && regions.all(|region| region.label == *given)
            }
        }
    }

    /// What the models would do, in a few words.
    #[must_use]
    pub fn in_short(&self) -> String {
        match (&self.given, &self.thought, self.kind) {
            (Some(given), Some(thought), DoubtKind::OtherEdges) if given == thought => {
                format!("{given}, with other edges?")
            }
            (Some(given), Some(thought), _) => format!("{given}, or {thought}?"),
            (Some(given), None, _) => format!("{given}, or nothing?"),
            (None, Some(thought), _) => format!("{thought} missing?"),
            (None, None, _) => "doubtful".to_owned(),
        }
    }
}

/// One annotation that is judged.
struct Work<'a> {
    key: ArticleKey,
    article: &'a Article,
    stored: &'a StoredAnnotation,
}

/// A doubt before the thresholds are known.
struct Suspect {
    doubt: Doubt,
    /// The opinion that the thresholds are applied to; the last class is "no label".
    opinion: Opinion,
    thought: usize,
    /// The words that are looked up in other places.
    words: String,
    /// The words that the models would label.
    thought_words: String,
}

/// What one task found in all folds.
#[derive(Default)]
struct Suspects {
    thresholds: Thresholds,
    suspects: Vec<Suspect>,
    judged: u64,
}

/// A task's models, which are trained again for each fold.
trait Judge {
    /// Trains on these annotations and on no others.
    fn train(
        &mut self,
        store: &dyn Store,
        on: &[FinishedAnnotation],
        cancel: &CancelFlag,
    ) -> Result<()>;

    /// Judges the labels of an article that the models have not seen.
    fn judge(&self, store: &dyn Store, work: &Work<'_>, found: &mut Suspects) -> Result<()>;
}

/// Checks the finished articles of a dataset.
///
/// # Errors
/// If the dataset cannot be read, or [`Cancelled`].
pub fn check(
    store: &dyn Store,
    options: &CheckOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<ModelCheck> {
    let finished = store.finished_annotations(i64::MIN, usize::MAX)?;
    let schema = std::sync::Arc::new(store.schema()?);
    let articles = group(finished.clone());
    let mut judges: Vec<(LabelKind, Box<dyn Judge>)> = Vec::new();
    if options.task != Some(LabelKind::Entity) {
        judges.push((LabelKind::Region, Box::new(regions::RegionJudge::new())));
    }
    if options.task != Some(LabelKind::Region) {
        judges.push((
            LabelKind::Entity,
            Box::new(entities::EntityJudge::new(schema)),
        ));
    }
    progress.expect((judges.len() * articles.len()) as u64);
    let mut check = ModelCheck {
        articles: articles.len(),
        ..ModelCheck::default()
    };
    let mut done = 0;
    for (_, judge) in &mut judges {
        let mut found = Suspects::default();
        check.too_long = 0;
        for own in deal_out(&articles) {
            let is_own = |key| {
                own.binary_search_by_key(&key, |article| article.key)
                    .is_ok()
            };
            let others = finished.iter().filter(|other| !is_own(other.key));
            let others: Vec<FinishedAnnotation> = others.cloned().collect();
            judge.train(store, &others, cancel)?;
            for finished in own {
                if cancel.is_cancelled() {
                    return Err(Cancelled.into());
                }
                done += 1;
                progress.advance(done, 0);
                let article = store.article(finished.key)?;
                if article.text.len() > MOST_BYTES {
                    check.too_long += 1;
                    continue;
                }
                for stored in versions(store, &article, finished, options)? {
                    let work = Work {
                        key: finished.key,
                        article: &article,
                        stored: &stored,
                    };
                    judge.judge(store, &work, &mut found)?;
                }
            }
        }
        check.judged += found.judged;
        let doubts = rank::doubts(store, &articles, found, cancel)?;
        check.doubts.extend(doubts);
    }
    if options.without_dismissed {
        let dismissed = kept::dismissed(store)?;
        check
            .doubts
            .retain(|doubt| !dismissed.contains(&doubt.mark));
    }
    check.doubts.sort_by(|one, other| {
        let place = |doubt: &Doubt| (doubt.key, doubt.span, doubt.task);
        other
            .score
            .total_cmp(&one.score)
            .then_with(|| place(one).cmp(&place(other)))
            .then_with(|| one.annotator.cmp(&other.annotator))
    });
    check.all = check.doubts.len();
    check.doubts.truncate(options.most);
    Ok(check)
}

/// Deals articles out to folds of equal size, the same ones each time.
fn deal_out(articles: &[FinishedArticle]) -> Vec<Vec<&FinishedArticle>> {
    let folds = FOLDS.min(articles.len());
    let mut dealt: Vec<Vec<&FinishedArticle>> = vec![Vec::new(); folds];
    for (at, fold) in order(articles).into_iter().enumerate() {
        dealt[at % folds.max(1)].push(&articles[fold]);
    }
    for fold in &mut dealt {
        fold.sort_by_key(|article| article.key);
    }
    dealt
}

/// The articles in an order that does not follow their numbers.
fn order(articles: &[FinishedArticle]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..articles.len()).collect();
    order.sort_by_key(|at| stable_hash(&articles[*at].key.0.to_le_bytes()));
    order
}

/// The annotations of an article that are to be judged.
fn versions(
    store: &dyn Store,
    article: &Article,
    finished: &FinishedArticle,
    options: &CheckOptions,
) -> Result<Vec<StoredAnnotation>> {
    let mut stored = store.annotations(article, finished.key)?;
    stored.retain(|stored| {
        let is_asked_for = options
            .annotator
            .as_ref()
            .is_none_or(|name| name == stored.owner.as_str());
        is_asked_for
            && stored.annotation.status() == Status::Done
            && finished.versions.iter().any(|known| {
                known.annotator == stored.owner.as_str() && known.revision == stored.revision
            })
    });
    Ok(stored)
}

/// A probability in whole percents, of which only a certain one is 0 or 100.
fn percent(share: f64) -> String {
    match (share * 100.0).round() {
        percent if percent <= 0.0 => "under 1 %".to_owned(),
        percent if percent >= 100.0 => "over 99 %".to_owned(),
        percent => format!("{percent} %"),
    }
}

/// The words of a span, on one line, shortened.
fn shortened(text: &Text, span: Span) -> String {
    const MOST: usize = 60;
    let mut words = String::new();
    let mut count = 0;
    for word in text.slice(span).split_whitespace() {
        if count > 0 {
            words.push(' ');
        }
        for character in word.chars() {
            if count == MOST {
                words.push('…');
                return words;
            }
            words.push(character);
            count += 1;
        }
    }
    words
}

/// A span of bytes of a text.
fn span_of(text: &Text, bytes: &std::ops::Range<usize>) -> Option<Span> {
    let at = BytePos::from_index;
    text.span(at(bytes.start), at(bytes.end)).ok()
}

impl Work<'_> {
    /// A doubt about a span of this work; the reasons are still to come.
    fn doubt(
        &self,
        (task, kind): (LabelKind, DoubtKind),
        span: Span,
        (given, given_probability): (Option<&Label>, f64),
        (thought, thought_probability): (Option<&Label>, f64),
    ) -> Doubt {
        let text = &self.article.text;
        Doubt {
            key: self.key,
            article: self.article.id.to_string(),
            annotator: self.stored.owner.as_str().to_owned(),
            revision: self.stored.revision,
            task,
            kind,
            span,
            words: shortened(text, span),
            given: given.cloned(),
            thought: thought.cloned(),
            thought_span: None,
            score: 0.0,
            given_probability,
            thought_probability,
            elsewhere: Elsewhere::default(),
            why: Vec::new(),
            mark: mark(text, task, span, given, thought),
        }
    }
}

/// Identifies a doubt by the text of the article, the span and the label. A doubt about a label that
/// was given is the same whatever the models would put there.
fn mark(
    text: &Text,
    task: LabelKind,
    span: Span,
    given: Option<&Label>,
    thought: Option<&Label>,
) -> u64 {
    let label = match (given, thought) {
        (Some(given), _) => format!("given {given}"),
        (None, Some(thought)) => format!("missing {thought}"),
        (None, None) => String::new(),
    };
    let content = format!(
        "{:016x} {} {} {} {label}",
        stable_hash(text.as_str().as_bytes()),
        task.as_str(),
        span.start().index(),
        span.end().index(),
    );
    stable_hash(content.as_bytes())
}
