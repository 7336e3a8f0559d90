//! Asks the suggesters of a dataset about its articles, and stores what they suggest.

use std::collections::BTreeSet;
use std::ops::Range;

use anyhow::Result;

use super::answer::fitting;
use super::plan::{KnownModel, KnownModels, SuggesterPlan};
use super::pool::SuggesterPool;
use super::supervisor::SuggestError;
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::dataset::session::unopened::{Models, trained_regions};
use crate::dataset::training::learning;
use crate::dataset::training::regions::online_trainer::OnlineRegionTrainer;
use crate::model::{Annotation, Article, Entity, Provenance, Region, Schema, Status};
use crate::store::{ArticleKey, Store, StoreError, Suggestions};
use crate::tag;

/// How many failures a report names.
const NAMED: usize = 3;

/// What a run over many articles came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuggestReport {
    /// The number of articles that were asked about.
    pub articles: u64,
    /// The number of articles that have other suggestions now.
    pub changed: u64,
    /// The number of articles about which a suggester gave no answer that could be used.
    pub failed: u64,
    /// The number of spans that did not fit their article.
    pub refused: usize,
    /// The first few failures, for people.
    pub problems: Vec<String>,
    /// Why it ended early, if a suggester failed too often.
    pub stopped: Option<String>,
    /// Whether somebody cancelled it. What was suggested before is stored.
    pub cancelled: bool,
}

impl SuggestReport {
    fn fail(&mut self, article: &Article, error: &SuggestError) {
        self.failed += 1;
        if self.problems.len() < NAMED {
            self.problems
                .push(format!("{}: {}", article.id, error.words()));
        }
        if let SuggestError::Stopped(why) = error {
            self.stopped = Some(why.clone());
        }
    }
}

/// What the suggesters say of one article.
pub(crate) struct Asked {
    /// The suggestions to be stored, if they differ from those that are.
    pub(crate) suggestions: Option<Suggestions>,
    /// The models that made them.
    pub(crate) models: Vec<KnownModel>,
    /// The number of spans that were refused.
    pub(crate) refused: usize,
    /// Why suggesters gave no answer.
    pub(crate) errors: Vec<SuggestError>,
    pub(crate) article: Article,
    /// The ranges of bytes in which entities were kept.
    pub(crate) pieces: Vec<Range<usize>>,
}

/// Asks all suggesters that are used about an article; `None` if a person has touched it.
///
/// Entities are kept in the regions of the suggester that is used for regions. If there is none,
/// the regions are those that `current` suggests now, or the stored ones without it.
pub(crate) fn ask_all(
    pool: &SuggesterPool,
    plan: &SuggesterPlan,
    store: &dyn Store,
    key: ArticleKey,
    current: Option<&OnlineRegionTrainer>,
    cancel: &CancelFlag,
) -> Result<Option<Asked>, StoreError> {
    let article = store.article(key)?;
    let owned = store.annotations(&article, key)?;
    let [guess] = &owned[..] else {
        return Ok(None); // a person is at work
    };
    if !guess.owner.is_nobody()
        || !learning::is_guess(&guess.annotation)
        || article.text.len() > learning::MOST_BYTES
    {
        return Ok(None);
    }
    let schema = pool.schema();
    let models = Models {
        regions: current,
        entities: None,
        schema: &schema,
        plan,
    };
    let stored = &guess.annotation;
    let suggested = models.suggest(store, key, &article, stored, guess.revision)?;
    let before = suggested.map_or_else(|| stored.clone(), |suggested| suggested.annotation);
    let mut asked = Asked {
        suggestions: None,
        models: Vec::new(),
        refused: 0,
        errors: Vec::new(),
        article,
        pieces: Vec::new(),
    };
    let regions = asked.regions(pool, plan, &before, cancel);
    let known = learning::guess_of(&asked.article, regions.clone(), Vec::new());
    let known = known.unwrap_or_default();
    asked.pieces = tag::pieces(&asked.article.text, known.regions(), &schema);
    let entities = asked.entities(pool, plan, &schema, &before, &known, cancel);
    let new = learning::guess_of(&asked.article, regions, entities);
    asked.suggestions = new
        .filter(|annotation| annotation != stored)
        .map(|annotation| Suggestions {
            key,
            expected: guess.revision,
            annotation,
        });
    Ok(Some(asked))
}

impl Asked {
    fn regions(
        &mut self,
        pool: &SuggesterPool,
        plan: &SuggesterPlan,
        before: &Annotation,
        cancel: &CancelFlag,
    ) -> Vec<Region> {
        if let Some(name) = &plan.settings.regions {
            match pool.ask(name, &self.article, &Annotation::default(), cancel) {
                Ok((spans, model)) => {
                    self.refused += spans.refused.values().sum::<usize>();
                    self.models.push(model);
                    if !spans.regions.is_empty() {
                        return spans.regions;
                    }
                }
                Err(error) => self.errors.push(error),
            }
        }
        before.regions().to_vec()
    }

    fn entities(
        &mut self,
        pool: &SuggesterPool,
        plan: &SuggesterPlan,
        schema: &Schema,
        before: &Annotation,
        known: &Annotation,
        cancel: &CancelFlag,
    ) -> Vec<Entity> {
        let names: BTreeSet<&String> = plan.settings.entities.values().collect();
        let mut silent: BTreeSet<&str> = BTreeSet::new();
        let mut entities = Vec::new();
        for name in names {
            match pool.ask(name, &self.article, known, cancel) {
                Ok((spans, model)) => {
                    self.refused += spans.refused.values().sum::<usize>();
                    self.models.push(model);
                    let mut found = spans.entities;
                    found.retain(|one| plan.settings.of_label(&one.label) == Some(name));
                    entities.extend(found);
                }
                Err(error) => {
                    silent.insert(name);
                    self.errors.push(error);
                }
            }
        }
        // What a suggester without an answer said before stays, and what the built-in model said.
        let stays = |entity: &&Entity| match plan.settings.of_label(&entity.label) {
            None => !matches!(entity.provenance, Provenance::Suggester(..)),
            Some(name) => silent.contains(name) && plan.keeps(entity),
        };
        entities.extend(before.entities().iter().filter(stays).cloned());
        entities.retain(|entity| {
            let range = entity.span.range();
            let mut pieces = self.pieces.iter();
            pieces.any(|piece| piece.start <= range.start && range.end <= piece.end)
        });
        fitting(entities, schema).0
    }
}

/// Stores suggestions of these models; returns the articles that have new ones.
///
/// # Errors
/// If they cannot be written.
pub(crate) fn write_suggestions(
    store: &mut dyn Store,
    schema: &Schema,
    suggestions: &[Suggestions],
    models: &[KnownModel],
) -> Result<Vec<ArticleKey>, StoreError> {
    // Labels may have got other names since.
    if *schema != store.schema()? {
        return Ok(Vec::new());
    }
    for model in models {
        KnownModels::register(store, model)?;
    }
    store.suggest(suggestions)
}

/// Asks the suggesters that are used about all articles that nobody has opened, and stores what they
/// suggest article by article.
///
/// # Errors
/// If the dataset cannot be read or written.
pub fn suggest_for_open(
    pool: &SuggesterPool,
    store: &mut dyn Store,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<SuggestReport> {
    let plan = SuggesterPlan::load(store)?;
    // Somebody asks for it: one that had failed too often gets another chance.
    for suggester in plan.settings.used() {
        pool.start_again(&suggester.name);
    }
    let mut report = SuggestReport::default();
    // Articles keep the suggestions of the model of their day; it may have learnt since.
    let finished = learning::finished_annotations(store)?;
    let Some(current) = trained_regions(store, &finished, cancel)? else {
        report.cancelled = true;
        return Ok(report);
    };
    // What has learnt nothing suggests what is stored already.
    let current = Some(&current).filter(|model| model.known_articles() > 0);
    let keys = store.with_status(Status::Todo)?;
    progress.expect(keys.len() as u64);
    let schema = pool.schema();
    for (done, key) in (1_u64..).zip(keys) {
        if cancel.is_cancelled() {
            report.cancelled = true;
            break;
        }
        if let Some(asked) = ask_all(pool, &plan, store, key, current, cancel)? {
            if asked.errors.contains(&SuggestError::Cancelled) {
                report.cancelled = true;
                break;
            }
            report.articles += 1;
            report.refused += asked.refused;
            for error in &asked.errors {
                report.fail(&asked.article, error);
            }
            if let Some(suggestions) = asked.suggestions {
                let written = write_suggestions(store, &schema, &[suggestions], &asked.models)?;
                report.changed += written.len() as u64;
            }
            if report.stopped.is_some() {
                break;
            }
        }
        progress.advance(done, 0);
    }
    Ok(report)
}
