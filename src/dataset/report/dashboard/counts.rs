//! The figures that all charts are made from.

use std::collections::BTreeMap;

use crate::dataset::io::progress::CancelFlag;
use crate::dataset::report::calendar::{Calendar, Day};
use crate::dataset::report::outcome::compute_outcomes;
use crate::model::{Schema, Site, Status};
use crate::store::{ArticleKey, LabelKind, LabelOutcome, Outcome, SiteScore, Store, StoreError};

/// How many annotations without an outcome are computed at once.
const PIECE: usize = 64;

/// What is known of one done annotation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fact {
    /// Which article.
    pub key: ArticleKey,
    /// Whose: a place in [`DatasetCounts::annotators`].
    pub annotator: usize,
    /// When it became done, milliseconds since 1970 UTC; 0 if that is not known, as of records
    /// without a time.
    pub done_ms: i64,
    /// On which day that was, if that is known.
    pub day: Option<Day>,
    /// Milliseconds spent on it; 0 if that is not known.
    pub active_ms: i64,
    /// Edits made.
    pub edits: u64,
    /// The guess at the regions, by characters, from 0 to 1.
    pub regions: Option<f64>,
    /// The guess at the entities, by exact spans, from 0 to 1; `None` too if no model ever
    /// suggested any.
    pub entities: Option<f64>,
    /// Whether there was a guess at all.
    pub scored: bool,
}

/// All that the charts are made from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatasetCounts {
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

impl DatasetCounts {
    /// Reads the figures.
    ///
    /// With `complete`, missing outcomes are computed here; without, they are left to the session's
    /// writer, which stores them. `progress` is called with values from 0 to 1.
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
