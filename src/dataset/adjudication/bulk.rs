//! Adjudicates whole datasets by rule, and lists what has to be decided by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::article::{ArticleAdjudication, NotAdjudicated, other_adjudicator};
use super::inputs::LeftOutInput;
use crate::dataset::io::article_reader::{Batches, each_batch};
use crate::dataset::io::ordered::End;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::report::agreement::LeftOutWork;
use crate::edit::adjudication::{Choice, How, Place, Threshold};
use crate::edit::{Entry, History, Selection};
use crate::model::{Annotation, Article, Schema, Status, Text};
use crate::store::{ArticleKey, Commit, Filter, Revision, Store};

/// How many articles go to a worker, and into a transaction, at once.
const BATCH_ARTICLES: usize = 64;

/// By which rule articles are decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdjudicationRule {
    /// Only articles on which all agree are finished; no others are begun.
    Unanimous,
    /// Also what more than this share of the annotators says. Articles with open places are begun
    /// and left open.
    Majority(Threshold),
}

/// What is adjudicated, and how.
#[derive(Clone, Debug)]
pub struct AdjudicationOptions {
    /// Whose annotation the result is; not empty.
    pub adjudicator: String,
    /// The rule; without one nothing is written.
    pub rule: Option<AdjudicationRule>,
    /// Whether open places are listed, not only counted.
    pub list: bool,
    /// When, in milliseconds since 1970 UTC.
    pub now_ms: i64,
}

/// What has become of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArticleState {
    /// This run finished it.
    Finished,
    /// It was finished before, and no annotator has changed anything since.
    AlreadyFinished,
    /// Places are open.
    Open,
    /// Nothing is open, and it is not finished: without a rule, or it waits for the adjudicator.
    Ready,
    /// Somebody else has adjudicated it.
    ByAnother,
    /// Fewer than two annotators have finished it independently.
    TooFew,
    /// The adjudicator has annotated it.
    OwnWork,
}

impl ArticleState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Finished,
        Self::AlreadyFinished,
        Self::Open,
        Self::Ready,
        Self::ByAnother,
        Self::TooFew,
        Self::OwnWork,
    ];

    /// The word in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::AlreadyFinished => "already_finished",
            Self::Open => "open",
            Self::Ready => "ready",
            Self::ByAnother => "by_another",
            Self::TooFew => "too_few",
            Self::OwnWork => "own_work",
        }
    }
}

/// How places were decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlaceCounts {
    /// Places on which all agree.
    pub unanimous: u64,
    /// Places that a majority decided.
    pub majority: u64,
    /// Places that the adjudicator decided.
    pub by_hand: u64,
    /// Places that the adjudicator decided like others.
    pub same: u64,
    /// Places that are open.
    pub open: u64,
    /// Of the open places, those that were decided before an annotator changed something.
    pub reopened: u64,
}

impl PlaceCounts {
    /// All places.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.unanimous + self.majority + self.by_hand + self.same + self.open
    }

    fn add(&mut self, other: Self) {
        self.unanimous += other.unanimous;
        self.majority += other.majority;
        self.by_hand += other.by_hand;
        self.same += other.same;
        self.open += other.open;
        self.reopened += other.reopened;
    }
}

/// A place that is not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPlace {
    /// The id of the article.
    pub article: String,
    /// The article's text.
    pub text: Text,
    /// The place, with the versions.
    pub place: Place,
    /// Whether it was decided before an annotator changed something.
    pub is_reopened: bool,
}

/// What an adjudication of a dataset did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdjudicationReport {
    /// Articles that an annotator has begun, by what has become of them.
    pub articles: BTreeMap<ArticleState, u64>,
    /// The places of all articles that are adjudicated or can be.
    pub places: PlaceCounts,
    /// Those that are not decided, in the order of the articles, if they are listed.
    pub open: Vec<OpenPlace>,
    /// Annotations that do not count, in the order of the articles.
    pub left_out: Vec<LeftOutWork>,
    /// The ids of articles that cannot be written because the adjudicator has annotated them.
    pub own_work: Vec<String>,
}

/// Adjudicates the articles of a dataset that two annotators or more have finished independently.
///
/// Every place is either decided, with a decision in the history of the adjudicator's annotation,
/// or listed as open. What a person has decided stays.
///
/// # Errors
/// If the dataset cannot be read or written, or [`Cancelled`]; what is written by then stays.
pub fn adjudicate(
    store: &mut dyn Store,
    options: &AdjudicationOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<AdjudicationReport> {
    let keys = store.keys(&Filter::default())?;
    progress.expect(keys.len() as u64);
    let schema = Arc::new(store.schema()?);
    let shared = options.clone();
    let reader = store.reader()?;
    let work = move |store: &dyn Store, keys: &[ArticleKey]| {
        let articles = keys
            .iter()
            .map(|key| one(store, *key, &schema, &shared))
            .collect::<Result<Vec<_>>>()?;
        Ok(articles)
    };
    let mut report = AdjudicationReport::default();
    let mut seen = 0;
    let batches = Batches::of(BATCH_ARTICLES);
    let end = each_batch(&*reader, keys, batches, cancel, work, |articles| {
        let commits: Vec<Commit<'_>> = articles
            .iter()
            .filter_map(|article| article.save.as_ref())
            .map(|save| Commit {
                key: save.key,
                annotator: &options.adjudicator,
                expected: save.expected,
                entries: &save.entries,
                annotation: &save.annotation,
            })
            .collect();
        if !commits.is_empty() {
            store
                .commit_all(&commits, options.now_ms)
                .context("adjudicated articles cannot be saved")?;
        }
        for article in articles {
            seen += 1;
            report.add(article);
        }
        progress.advance(seen, 0);
        Ok(())
    })?;
    if end == End::Cancelled {
        return Err(Cancelled.into());
    }
    Ok(report)
}

/// What is to be written of an article.
struct Unsaved {
    key: ArticleKey,
    expected: Revision,
    entries: Vec<Entry>,
    annotation: Annotation,
}

/// What a worker made of an article.
struct Adjudicated {
    id: String,
    /// `None` if nobody has begun it.
    state: Option<ArticleState>,
    places: PlaceCounts,
    open: Vec<OpenPlace>,
    left_out: Vec<LeftOutInput>,
    save: Option<Unsaved>,
}

impl AdjudicationReport {
    fn add(&mut self, article: Adjudicated) {
        let Some(state) = article.state else {
            return;
        };
        *self.articles.entry(state).or_default() += 1;
        self.places.add(article.places);
        self.open.extend(article.open);
        let left_out = article.left_out.into_iter();
        self.left_out.extend(left_out.map(|one| LeftOutWork {
            article: article.id.clone(),
            annotator: one.annotator,
            because: one.because,
        }));
        if state == ArticleState::OwnWork {
            self.own_work.push(article.id);
        }
    }

    /// How many articles have become this.
    #[must_use]
    pub fn count(&self, state: ArticleState) -> u64 {
        self.articles.get(&state).copied().unwrap_or_default()
    }
}

fn one(
    store: &dyn Store,
    key: ArticleKey,
    schema: &Arc<Schema>,
    options: &AdjudicationOptions,
) -> Result<Adjudicated> {
    let article = Arc::new(store.article(key)?);
    let stored = store.annotations(&article, key)?;
    let adjudicator = options.adjudicator.as_str();
    let own = stored.iter().find(|one| one.owner.is(adjudicator));
    let mut made = Adjudicated {
        id: article.id.to_string(),
        state: None,
        places: PlaceCounts::default(),
        open: Vec::new(),
        left_out: Vec::new(),
        save: None,
    };
    if other_adjudicator(&stored, adjudicator).is_some() {
        made.state = Some(ArticleState::ByAnother);
        return Ok(made);
    }
    let revision = own.map_or(Revision(0), |own| own.revision);
    let begun = match own {
        Some(own) => {
            let entries = store.history(&article, key, adjudicator)?;
            (own.annotation.clone(), History::replay(entries))
        }
        None => Default::default(),
    };
    let opened = ArticleAdjudication::open(
        &article,
        schema,
        &stored,
        begun,
        adjudicator,
        options.now_ms,
    );
    let mut opened = match opened {
        Ok(opened) => opened,
        Err(NotAdjudicated::TooFew { finished, left_out }) => {
            let is_begun = finished + left_out.len() > 0;
            made.state = is_begun.then_some(ArticleState::TooFew);
            made.left_out = left_out;
            return Ok(made);
        }
        Err(NotAdjudicated::OwnWork) => {
            made.state = Some(ArticleState::OwnWork);
            return Ok(made);
        }
    };
    made.state = Some(decide(&mut opened, options)?);
    made.places = counts(&opened);
    if options.list {
        made.open = open_places(&article, &opened);
    }
    let annotation = opened.session().annotation().clone();
    let entries = opened.take_unsaved();
    made.left_out = opened.left_out;
    let is_written = match options.rule {
        None => false,
        // A disagreement that nobody has touched is not begun by this rule.
        Some(AdjudicationRule::Unanimous) => made.places.open == 0 || revision != Revision(0),
        Some(AdjudicationRule::Majority(_)) => true,
    };
    if is_written && !entries.is_empty() {
        made.save = Some(Unsaved {
            key,
            expected: revision,
            entries,
            annotation,
        });
    }
    Ok(made)
}

/// Decides what the rule decides, and records it.
fn decide(opened: &mut ArticleAdjudication, options: &AdjudicationOptions) -> Result<ArticleState> {
    let was_done = opened.session().annotation().status() == Status::Done;
    let is_current = was_done && opened.work.open().next().is_none() && !opened.is_outdated();
    if is_current {
        return Ok(ArticleState::AlreadyFinished);
    }
    if let Some(AdjudicationRule::Majority(threshold)) = options.rule {
        opened.work.decide_by_majority(threshold);
    }
    let is_open = opened.work.open().next().is_some();
    if options.rule.is_none() {
        return Ok(if is_open {
            ArticleState::Open
        } else {
            ArticleState::Ready
        });
    }
    let here = Selection::default();
    opened.record(here, here, options.now_ms)?;
    let (status, state) = if is_open {
        (Status::Started, ArticleState::Open)
    } else {
        (Status::Done, ArticleState::Finished)
    };
    opened.set_status(status, options.now_ms)?;
    Ok(state)
}

/// How the places of an article are decided now.
fn counts(opened: &ArticleAdjudication) -> PlaceCounts {
    let mut counts = PlaceCounts::default();
    for (at, place) in opened.work.places().iter().enumerate() {
        let count = match opened.work.made(at) {
            None if place.is_without_spans() => continue, // taken back
            None if place.is_unanimous() => &mut counts.unanimous,
            None => &mut counts.open,
            Some(decision) => match (&decision.choice, decision.how) {
                (Choice::Majority { .. }, _) => &mut counts.majority,
                (Choice::Unanimous, _) => &mut counts.unanimous,
                (_, How::SameAs(_)) => &mut counts.same,
                _ => &mut counts.by_hand,
            },
        };
        *count += 1;
    }
    let reopened = opened.reconciled.reopened.iter();
    let reopened = reopened.filter(|one| {
        let at = opened.work.find(one.place);
        at.is_some_and(|at| opened.work.is_open(at))
    });
    counts.reopened = reopened.count() as u64;
    counts
}

fn open_places(article: &Article, opened: &ArticleAdjudication) -> Vec<OpenPlace> {
    let open = opened.work.open();
    let places = open.filter_map(|at| opened.work.places().get(at));
    places
        .map(|place| OpenPlace {
            article: article.id.to_string(),
            text: article.text.clone(),
            is_reopened: {
                let mut reopened = opened.reconciled.reopened.iter();
                reopened.any(|one| one.place == place.id())
            },
            place: place.clone(),
        })
        .collect()
}
