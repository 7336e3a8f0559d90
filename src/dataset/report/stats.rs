//! Statistics over a whole dataset, on all cores.

use std::collections::BTreeSet;

use anyhow::Result;

use super::dashboard::DatasetCounts;
use super::outcome::suggested;
use crate::dataset::config::annotators::chosen_annotation;
use crate::dataset::io::article_reader::{Batches, each_batch};
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::dataset::report::calendar::Calendar;
use crate::dataset::report::dataset_card::{CardFacts, card};
use crate::dataset::report::part_count::PartCount;
use crate::dataset::training::learning::is_guess;
use crate::model::{Annotation, Schema, StartedFrom, Status};
use crate::quality::{Agreement, Confusion, Examples, Statistics};
use crate::store::{ArticleKey, Filter, Store};

/// How many articles go to a worker at once. Sums of fractions depend on it in their last digit.
const BATCH_ARTICLES: usize = 256;
/// How many languages are listed; a hostile dataset may name millions.
const LANGUAGES: usize = 100;

/// What is counted besides numbers: it takes longer than these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SummaryOptions {
    /// Writes the section on agreement.
    pub agreement: bool,
    /// What has which label, in words.
    pub examples: bool,
    /// What was suggested against what was made of it.
    pub confusion: bool,
}

/// What one walk over a dataset counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatasetSummary {
    /// What it holds.
    pub statistics: Statistics,
    /// How far its annotators agree, if that is wanted.
    pub agreement: Agreement,
    /// What has a label, in words, if that is wanted.
    pub examples: Examples,
    /// Suggested labels compared with those of done annotations, if asked for.
    pub confusion: Confusion,
    /// The lengths of the articles, in code points.
    pub lengths: Vec<u32>,
    /// The languages of its articles, as far as they are known.
    pub languages: BTreeSet<String>,
    /// What is done: its articles and labels.
    pub done: PartCount,
}

impl DatasetSummary {
    fn merge(&mut self, other: Self) {
        self.statistics.merge(other.statistics);
        self.agreement.merge(other.agreement);
        self.examples.merge(other.examples);
        self.confusion.merge(other.confusion);
        self.lengths.extend(other.lengths);
        self.languages.extend(other.languages);
        self.done.add(other.done);
    }

    /// Writes the dataset card: Markdown with the YAML header of the Hugging Face hub.
    #[must_use]
    pub fn card(&self, schema: &Schema) -> String {
        card(&CardFacts {
            schema,
            parts: std::slice::from_ref(&self.done),
            format: ("jsonl", "jsonl"),
            languages: &self.languages,
            annotators: Some(self.statistics.annotators.len() as u64),
            agreement: Some(&self.agreement),
        })
    }
}

/// Counts the contents of a dataset. Each article counts by its newest annotation by a person, or
/// else by its suggestions.
///
/// # Errors
/// If the dataset cannot be read.
pub fn statistics(
    store: &dyn Store,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Statistics> {
    Ok(summarise(store, SummaryOptions::default(), progress, cancel)?.statistics)
}

/// Counts the contents of a dataset with languages, done annotations, and what `wanted` asks for.
///
/// # Errors
/// If the dataset cannot be read.
pub fn summarise(
    store: &dyn Store,
    wanted: SummaryOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<DatasetSummary> {
    let keys = store.keys(&Filter::default())?;
    let schema = store.schema()?;
    progress.expect(keys.len() as u64);
    let mut sum = DatasetSummary::default();
    let work = move |store: &dyn Store, keys: &[ArticleKey]| {
        let mut counted = DatasetSummary::default();
        for key in keys {
            count(store, *key, wanted, &schema, &mut counted)?;
        }
        Ok(counted)
    };
    let batches = Batches::of(BATCH_ARTICLES);
    each_batch(store, keys, batches, cancel, work, |counted| {
        sum.merge(counted);
        progress.advance(sum.statistics.articles, 0);
        Ok(())
    })?;
    Ok(sum)
}

/// Gathers time, edits, scores and days of done annotations. Outcomes that are missing are
/// computed, but not stored.
///
/// # Errors
/// If the dataset cannot be read.
pub fn facts(store: &dyn Store, calendar: &Calendar, cancel: &CancelFlag) -> Result<DatasetCounts> {
    let schema = store.schema()?;
    Ok(DatasetCounts::gather(
        store,
        &schema,
        calendar,
        true,
        cancel,
        &mut |_| {},
    )?)
}

fn count(
    store: &dyn Store,
    key: ArticleKey,
    wanted: SummaryOptions,
    schema: &Schema,
    counted: &mut DatasetSummary,
) -> Result<()> {
    let article = store.article(key)?;
    let stored = store.annotations(&article, key)?;
    let persons = stored.iter().filter(|stored| stored.owner.is_person());
    for stored in persons.clone() {
        let status = stored.annotation.status();
        let imported = stored.started_from == StartedFrom::Import;
        let name = stored.owner.as_str();
        counted.statistics.add_work(name, status, imported);
    }
    counted.lengths.push(article.text.chars().0);
    if wanted.confusion {
        let unseen = stored.first().map(|suggestions| &suggestions.annotation);
        let unseen = unseen.filter(|guess| schema.is_blind(&article.id) && is_guess(guess));
        for own in persons.clone() {
            if own.annotation.status() != Status::Done {
                continue;
            }
            let history = store.history(&article, key, own.owner.as_str())?;
            if let Some(guess) = suggested(&article.text, &history, unseen) {
                let (text, gold) = (&article.text, &own.annotation);
                counted.confusion.add(text, gold, &guess);
            }
        }
    }
    if wanted.agreement {
        let done = persons.filter(|stored| stored.annotation.status() == Status::Done);
        let done: Vec<(&str, &StartedFrom, &Annotation)> = done
            .map(|stored| {
                let name = stored.owner.as_str();
                (name, &stored.started_from, &stored.annotation)
            })
            .collect();
        counted.agreement.add_done(&article.text, &done);
    }
    if let Some(chosen) = chosen_annotation(&stored) {
        let annotation = &chosen.annotation;
        counted.statistics.add_article(&article.text, annotation);
        if wanted.examples {
            counted.examples.add(&article.text, annotation);
        }
        if annotation.status() == Status::Done {
            counted.done.count(annotation);
        }
    }
    if !article.meta.language.is_empty() && counted.languages.len() < LANGUAGES {
        counted.languages.insert(article.meta.language);
    }
    Ok(())
}
