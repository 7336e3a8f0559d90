//! The dashboard: what was done when and by whom, how good the models' guesses were, what it took. Gathered from the
//! outcomes that the store keeps, turned into charts, and the articles behind each mark found again.

pub mod charts;
pub mod totals;

use std::collections::BTreeMap;

use super::outcome::{compute_outcomes, last_remark};
use crate::dataset::io::progress::CancelFlag;
use crate::dataset::report::calendar::{Calendar, Day};
use crate::model::{Label, Schema, Site, Status};
use crate::store::{
    ArticleKey, ArticleRow, Chosen, Filter, LabelOutcome, Outcome, SiteScore, StatusCounts, Store,
    StoreError,
};

pub use charts::{Card, Plot};
pub use totals::{Guesses, Work};

pub use crate::store::LabelKind;

/// So many flagged articles are shown.
const FLAGGED_SHOWN: usize = 100;
/// So many annotations without an outcome are worked out at once.
const PIECE: usize = 64;

/// What is known of one done annotation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fact {
    /// Which article.
    pub key: ArticleKey,
    /// Whose: a place in [`Facts::annotators`].
    pub annotator: usize,
    /// When it became done, milliseconds since 1970 UTC; 0 if that is not known, as of records without a time.
    pub done_ms: i64,
    /// On which day that was, if that is known.
    pub day: Option<Day>,
    /// Milliseconds spent on it; 0 if that is not known.
    pub active_ms: i64,
    /// Edits made.
    pub edits: u64,
    /// The guess at the regions, by characters, from 0 to 1.
    pub regions: Option<f64>,
    /// The guess at the entities, by exact spans, from 0 to 1; `None` too if no model ever suggested any.
    pub entities: Option<f64>,
    /// Whether there was a guess at all.
    pub scored: bool,
}

/// All that the charts are made from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Who has worked here, by name.
    pub annotators: Vec<String>,
    /// The done annotations, in the order in which they became done.
    pub done: Vec<Fact>,
    /// Time spent: place of the annotator, day, milliseconds; in the order of days.
    pub time: Vec<(usize, Day, i64)>,
    /// What each label came to.
    pub labels: Vec<LabelOutcome>,
    /// How right the guesses at the regions were, by site.
    pub sites: Vec<SiteScore>,
}

impl Facts {
    /// Reads what is known. With `complete`, what no outcome is stored of is worked out here; without, it is left to
    /// the session's writer, which stores it. `progress` is told from 0 to 1.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn gather(
        store: &dyn Store,
        schema: &Schema,
        calendar: &Calendar,
        complete: bool,
        cancel: &CancelFlag,
        progress: &mut dyn FnMut(f32),
    ) -> Result<Self, StoreError> {
        let mut outcomes: Vec<Outcome> = Vec::new();
        let expected = store.counts()?.of(Status::Done).max(1);
        store.outcomes(&mut |outcome| {
            outcomes.push(outcome);
            if outcomes.len().is_multiple_of(1000) {
                progress((outcomes.len() as f32 / expected as f32).min(1.0) * 0.5);
            }
        })?;
        let mut labels = store.label_sums()?;
        let mut sites = store.site_scores()?;
        progress(0.8);
        if complete {
            let mut after: Option<(ArticleKey, String)> = None;
            while !cancel.is_cancelled() {
                let from = after.as_ref().map(|(key, who)| (*key, who.as_str()));
                let found = store.stale_outcomes(from, PIECE)?;
                let Some(last) = found.last() else { break };
                after = Some((last.key, last.annotator.clone()));
                for mut outcome in compute_outcomes(store, schema, &found)? {
                    outcome.active_ms = store.time_on(outcome.key, &outcome.annotator)?;
                    add_labels(&mut labels, &outcome);
                    add_site(&mut sites, store, &outcome)?;
                    outcomes.push(outcome);
                }
            }
        }
        let slots = store.time_by_slot()?;
        progress(0.9);
        let mut facts = Self::from_parts(&outcomes, labels, &slots, calendar);
        facts.sites = sites;
        Ok(facts)
    }

    fn from_parts(
        outcomes: &[Outcome],
        labels: Vec<LabelOutcome>,
        slots: &[(String, i64, i64)],
        calendar: &Calendar,
    ) -> Self {
        let names = outcomes.iter().map(|outcome| &outcome.annotator);
        let mut annotators: Vec<String> = Vec::new();
        for name in names.chain(slots.iter().map(|(name, _, _)| name)) {
            if let Err(at) = annotators.binary_search(name) {
                annotators.insert(at, name.clone());
            }
        }
        let place = |name: &String| annotators.binary_search(name).unwrap_or_default();
        // Where no model ever suggested entities, nothing was guessed badly.
        let guesses_entities = labels
            .iter()
            .any(|sum| sum.kind == LabelKind::Entity && sum.by_spans.guessed > 0);
        let mut done: Vec<Fact> = outcomes
            .iter()
            .map(|outcome| Fact {
                key: outcome.key,
                annotator: place(&outcome.annotator),
                done_ms: outcome.done_ms,
                day: (outcome.done_ms != 0).then(|| calendar.day(outcome.done_ms)),
                active_ms: outcome.active_ms,
                edits: outcome.edits,
                regions: outcome.scores.and_then(|scores| scores.region_chars),
                entities: outcome
                    .scores
                    .and_then(|scores| scores.entities)
                    .filter(|_| guesses_entities),
                scored: outcome.scores.is_some(),
            })
            .collect();
        done.sort_by_key(|fact| (fact.done_ms, fact.key, fact.annotator));
        let mut by_day: BTreeMap<(Day, usize), i64> = BTreeMap::new();
        for (name, at_ms, active_ms) in slots {
            *by_day
                .entry((calendar.day(*at_ms), place(name)))
                .or_default() += active_ms;
        }
        let time = by_day
            .into_iter()
            .map(|((day, annotator), ms)| (annotator, day, ms))
            .collect();
        Self {
            annotators,
            done,
            time,
            labels,
            sites: Vec::new(),
        }
    }

    /// The articles behind a mark, in order.
    fn behind(&self, behind: &Behind) -> Vec<ArticleKey> {
        let wanted = |at: usize, fact: &Fact| match behind {
            Behind::Days {
                annotator,
                from,
                to,
            } => {
                fact.day.is_some_and(|day| (*from..=*to).contains(&day))
                    && annotator
                        .as_ref()
                        .is_none_or(|name| self.annotators.get(fact.annotator) == Some(name))
            }
            Behind::Time { from_ms, to_ms } => {
                fact.active_ms > 0 && (*from_ms..*to_ms).contains(&fact.active_ms)
            }
            Behind::Edits { from, to } => (*from..=*to).contains(&fact.edits),
            Behind::Score { kind, from, to } => {
                let score = match kind {
                    LabelKind::Region => fact.regions,
                    LabelKind::Entity => fact.entities,
                };
                score.is_some_and(|score| (*from..=*to).contains(&charts::tenth(score)))
            }
            Behind::Order { from, to } => (*from..=*to).contains(&at),
            Behind::Label { .. } | Behind::Site(_) | Behind::OpenRemarks => false,
        };
        let mut keys: Vec<ArticleKey> = self
            .done
            .iter()
            .enumerate()
            .filter(|(at, fact)| wanted(*at, fact))
            .map(|(_, fact)| fact.key)
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

fn add_site(
    sites: &mut Vec<SiteScore>,
    store: &dyn Store,
    outcome: &Outcome,
) -> Result<(), StoreError> {
    if outcome.scores.is_none() {
        return Ok(());
    }
    let Some(site) = Site::of_url(&store.article(outcome.key)?.meta.url) else {
        return Ok(());
    };
    let site = site.name().to_owned();
    let at = sites.binary_search_by(|known| known.site.cmp(&site));
    let at = at.unwrap_or_else(|at| {
        let new = SiteScore {
            site,
            ..SiteScore::default()
        };
        sites.insert(at, new);
        at
    });
    let Some(score) = sites.get_mut(at) else {
        return Ok(());
    };
    score.articles += 1;
    let regions = outcome
        .labels
        .iter()
        .filter(|label| label.kind == LabelKind::Region);
    for label in regions {
        score.by_chars.add(label.by_chars);
        score.by_spans.add(label.by_spans);
    }
    Ok(())
}

fn add_labels(labels: &mut Vec<LabelOutcome>, outcome: &Outcome) {
    for label in &outcome.labels {
        let mut label = label.clone();
        if outcome.scores.is_none() {
            label.by_chars.gold = 0;
            label.by_spans.gold = 0;
        }
        let key = (label.kind, &label.label);
        match labels.binary_search_by(|sum| (sum.kind, &sum.label).cmp(&key)) {
            Err(at) => labels.insert(at, label),
            Ok(at) => {
                let Some(sum) = labels.get_mut(at) else {
                    continue;
                };
                sum.spans += label.spans;
                sum.chars += label.chars;
                sum.edits += label.edits;
                sum.active_ms += label.active_ms;
                sum.by_chars.add(label.by_chars);
                sum.by_spans.add(label.by_spans);
            }
        }
    }
}

/// What the articles behind a mark of a chart have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behind {
    /// Done on these days, both included, by this annotator or by anybody.
    Days {
        /// By whom.
        annotator: Option<String>,
        /// From this day.
        from: Day,
        /// To this day.
        to: Day,
    },
    /// Done, with this label in them.
    Label {
        /// A region's or an entity's.
        kind: LabelKind,
        /// Which.
        label: Label,
    },
    /// Done in this time, in milliseconds, the end left out.
    Time {
        /// From.
        from_ms: i64,
        /// To.
        to_ms: i64,
    },
    /// Done with so many edits, both included.
    Edits {
        /// From.
        from: u64,
        /// To.
        to: u64,
    },
    /// The guess scored so much, in tenths, both included.
    Score {
        /// At regions or at entities.
        kind: LabelKind,
        /// From.
        from: u8,
        /// To.
        to: u8,
    },
    /// Done, from this site.
    Site(String),
    /// With a remark that nobody has settled.
    OpenRemarks,
    /// By the order in which they became done, from 0, both included.
    Order {
        /// From.
        from: usize,
        /// To.
        to: usize,
    },
}

impl Behind {
    /// In a few words, as the article list's heading.
    #[must_use]
    pub fn caption(&self) -> String {
        match self {
            Self::Days {
                annotator,
                from,
                to,
            } => {
                let days = if from == to {
                    from.short()
                } else {
                    format!("{} – {}", from.short(), to.short())
                };
                match annotator {
                    Some(name) => format!("Done by {name}, {days}"),
                    None => format!("Done {days}"),
                }
            }
            Self::Label { label, .. } => format!("Done, with {label}"),
            Self::Site(site) => format!("Done, from {site}"),
            Self::OpenRemarks => "With open remarks".to_owned(),
            Self::Time { from_ms, to_ms } => {
                format!("Took {}", charts::time_words(*from_ms, *to_ms))
            }
            Self::Edits { from, to } => format!("Took {} edits", charts::edit_words(*from, *to)),
            Self::Score { kind, from, to } => {
                let what = match kind {
                    LabelKind::Region => "Regions",
                    LabelKind::Entity => "Entities",
                };
                let to = if *to >= 10 { 10 } else { to + 1 };
                format!("{what} {} – {} % right", from * 10, to * 10)
            }
            Self::Order { from, to } => {
                if from == to {
                    format!("Finished article {}", from + 1)
                } else {
                    format!("Finished articles {} – {}", from + 1, to + 1)
                }
            }
        }
    }
}

/// A flagged article, with why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flagged {
    /// The article.
    pub row: ArticleRow,
    /// Who flagged it, and the newest remark on it.
    pub remark: Option<(String, String)>,
}

/// Everything that the dashboard shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Dashboard {
    /// How many articles have each status.
    pub counts: StatusCounts,
    /// Time that was spent on all articles, in milliseconds.
    pub active_ms: i64,
    /// Edits in the articles that are done.
    pub edits: u64,
    /// How many annotations are done; two annotators of one article count twice.
    pub done: usize,
    /// The mean score of the models' guesses at regions over the last articles, and over how many.
    pub regions: Option<(f64, usize)>,
    /// As much for entities; `None` if no model suggests any.
    pub entities: Option<(f64, usize)>,
    /// The charts.
    pub cards: Vec<Card>,
    /// Flagged articles, at most some hundred.
    pub flagged: Vec<Flagged>,
    /// How many articles have a remark that nobody has settled.
    pub open_remarks: usize,
}

/// The dashboard and what it was made from, in the thread that makes it.
#[derive(Default)]
pub(crate) struct Board {
    facts: Option<Facts>,
}

impl Board {
    /// Reads everything anew.
    pub(crate) fn gather(
        &mut self,
        store: &dyn Store,
        calendar: &Calendar,
        progress: &mut dyn FnMut(f32),
    ) -> Result<Dashboard, StoreError> {
        let schema = store.schema()?;
        let cancel = CancelFlag::default();
        let facts = Facts::gather(store, &schema, calendar, false, &cancel, progress)?;
        let dashboard = dashboard(store, &facts, &schema)?;
        self.facts = Some(facts);
        Ok(dashboard)
    }

    /// The articles behind a mark.
    pub(crate) fn behind(
        &mut self,
        store: &dyn Store,
        calendar: &Calendar,
        behind: &Behind,
    ) -> Result<Chosen, StoreError> {
        let keys = match behind {
            Behind::Label { kind, label } => store.with_label(*kind, label)?,
            Behind::OpenRemarks => store.keys(&with_open_remarks())?,
            Behind::Site(site) => {
                let of_site = Filter {
                    status: Some(Status::Done),
                    site: Some(site.clone()),
                    ..Filter::default()
                };
                store.keys(&of_site)?
            }
            other => {
                if self.facts.is_none() {
                    self.gather(store, calendar, &mut |_| {})?;
                }
                self.facts
                    .as_ref()
                    .map_or_else(Vec::new, |facts| facts.behind(other))
            }
        };
        Ok(Chosen::new(&behind.caption(), keys))
    }
}

/// Makes the dashboard of what is known.
///
/// # Errors
/// If the dataset cannot be read.
pub fn dashboard(
    store: &dyn Store,
    facts: &Facts,
    schema: &Schema,
) -> Result<Dashboard, StoreError> {
    let filter = Filter {
        status: Some(Status::Flagged),
        ..Filter::default()
    };
    let mut flagged = Vec::new();
    for row in store.page(&filter, None, FLAGGED_SHOWN)? {
        let stored = match store.article(row.key) {
            Ok(article) => store.annotations(&article, row.key)?,
            Err(_damaged) => Vec::new(), // it is told of when it is opened
        };
        let remark = last_remark(&stored).map(|(who, words)| (who.to_owned(), words.to_owned()));
        flagged.push(Flagged { row, remark });
    }
    Ok(Dashboard {
        counts: store.counts()?,
        active_ms: facts.time.iter().map(|(_, _, ms)| ms).sum(),
        edits: facts.done.iter().map(|fact| fact.edits).sum(),
        done: facts.done.len(),
        regions: charts::last_mean(facts.done.iter().filter_map(|fact| fact.regions)),
        entities: charts::last_mean(facts.done.iter().filter_map(|fact| fact.entities)),
        cards: charts::cards(facts, schema),
        flagged,
        open_remarks: store.keys(&with_open_remarks())?.len(),
    })
}

fn with_open_remarks() -> Filter {
    Filter {
        open_remark: true,
        ..Filter::default()
    }
}
