//! Compares suggesters on the finished articles of a dataset.
//!
//! Each suggester is asked about the same articles as if nobody had labelled them. The built-in
//! models are measured twice: as they are shipped, and trained on the other finished articles
//! (cross-validation), so that no article is scored by a model that has seen it.

mod built_in;

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::config::{LabelSource, SuggesterConfig};
use super::pool::SuggesterPool;
use super::supervisor::SuggestError;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::training::entities::effort::{LabelledSpan, edits_everywhere};
use crate::dataset::training::learning::{self, FinishedArticle};
use crate::formats::metadata::suggested_by::SuggestedTask;
use crate::model::{Annotation, Article, Entity, Label, Region, Schema, Status};
use crate::quality::score::Tally;
use crate::quality::{RegionView, Score, score};
use crate::store::{ArticleKey, FinishedAnnotation, Store};
use crate::tag;
use built_in::{built_in_entities, built_in_regions};

/// How many failures a row names.
const NAMED: usize = 3;
/// What a row of the built-in models says if they were trained on the other finished articles.
pub const BUILT_IN_TRAINED: &str = "trained on the other articles";

/// How good a suggester is.
#[derive(Clone, Debug, PartialEq)]
pub struct SuggesterScores {
    /// The name of the suggester.
    pub name: String,
    /// The model that it runs, in words.
    pub model: String,
    /// What it suggests.
    pub task: SuggestedTask,
    /// Whether [`Comparison::best`] may choose it: not the built-in models as shipped if there are
    /// trained ones.
    pub competes: bool,
    /// Its scores by label: entities by exact spans, regions by characters.
    pub labels: Tally,
    /// The number of edits that it leaves to the annotator, each repeated everywhere in the article.
    pub edits: u64,
    /// The number of edits without any suggestions.
    pub edits_without: u64,
    /// The number of entities or regions in the finished articles.
    pub gold: u64,
    /// The number of articles about which it gave no answer that could be used.
    pub failed: u64,
    /// The number of spans that did not fit their article.
    pub refused: usize,
    /// The first few failures, for people.
    pub problems: Vec<String>,
}

impl SuggesterScores {
    fn new(name: &str, model: &str, task: SuggestedTask) -> Self {
        Self {
            name: name.to_owned(),
            model: model.to_owned(),
            task,
            competes: true,
            labels: Tally::default(),
            edits: 0,
            edits_without: 0,
            gold: 0,
            failed: 0,
            refused: 0,
            problems: Vec::new(),
        }
    }

    /// The number of edits that it saves for 100 entities or regions; negative if it makes work.
    #[must_use]
    pub fn saved_per_100(&self) -> f64 {
        let saved = self.edits_without as f64 - self.edits as f64;
        100.0 * saved / (self.gold.max(1) as f64)
    }

    /// The F1 over all labels; `None` if there was nothing to find and nothing was found.
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        self.labels.micro().f1()
    }

    /// The F1 of a label.
    #[must_use]
    pub fn f1_of(&self, label: &Label) -> Option<f64> {
        self.labels.0.get(label).and_then(|counts| counts.f1())
    }

    fn count_entities(&mut self, gold: &Gold, found: Vec<Entity>, schema: &Schema) {
        let gold_entities = &gold.annotation;
        let guess = annotation(&gold.article, Vec::new(), found);
        let scores = score(
            &gold.article.text,
            gold_entities,
            &guess,
            RegionView::default(),
        );
        self.labels.merge(&scores.entity_spans);
        let text = gold.article.text.as_str();
        let (right, nothing) = (marks(gold_entities, schema), BTreeSet::new());
        self.edits += edits_everywhere(text, &right, &marks(&guess, schema));
        self.edits_without += edits_everywhere(text, &right, &nothing);
        self.gold += gold_entities.entities().len() as u64;
    }

    fn count_regions(&mut self, gold: &Gold, found: Vec<Region>) {
        let guess = annotation(&gold.article, found, Vec::new());
        let text = &gold.article.text;
        let against = |guess: &Annotation| -> Score {
            score(text, &gold.annotation, guess, RegionView::default())
        };
        let scores = against(&guess);
        self.labels.merge(&scores.region_chars);
        self.edits += scores.region_edits.total();
        self.edits_without += against(&Annotation::default()).region_edits.total();
        self.gold += gold.annotation.regions().len() as u64;
    }

    fn fail(&mut self, gold: &Gold, error: &SuggestError) {
        self.failed += 1;
        if self.problems.len() < NAMED {
            let problem = format!("{}: {}", gold.article.id, error.words());
            self.problems.push(problem);
        }
    }
}

/// How suggesters compare on the finished articles of a dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// The number of finished articles.
    pub articles: usize,
    /// The suggesters of entities, then those of regions; the built-in models first.
    pub rows: Vec<SuggesterScores>,
}

impl Comparison {
    /// Returns the labels of the rows of a task, in order.
    #[must_use]
    pub fn labels(&self, task: SuggestedTask) -> Vec<Label> {
        let rows = self.rows.iter().filter(|row| row.task == task);
        let labels: BTreeSet<Label> = rows.flat_map(|row| row.labels.0.keys().cloned()).collect();
        labels.into_iter().collect()
    }

    /// Returns the best suggester for each entity label that occurs in the finished articles, and for
    /// regions as a whole. Of equal ones, the first row wins.
    #[must_use]
    pub fn best(&self) -> Vec<(LabelSource, String)> {
        let mut best = Vec::new();
        let rows = |task: SuggestedTask| {
            let rows = self.rows.iter();
            rows.filter(move |row| row.task == task && row.competes)
        };
        let first_best = |scored: Vec<(f64, &SuggesterScores)>| -> Option<String> {
            let mut best: Option<(f64, &SuggesterScores)> = None;
            for (score, row) in scored {
                if best.is_none_or(|(before, _)| score > before) {
                    best = Some((score, row));
                }
            }
            best.map(|(_, row)| row.name.clone())
        };
        if rows(SuggestedTask::Entities).count() > 1 {
            for label in self.labels(SuggestedTask::Entities) {
                let is_there = |row: &&SuggesterScores| {
                    row.labels
                        .0
                        .get(&label)
                        .is_some_and(|counts| counts.gold > 0)
                };
                let rows = rows(SuggestedTask::Entities).filter(is_there);
                let scored = rows.map(|row| (row.f1_of(&label).unwrap_or(0.0), row));
                if let Some(name) = first_best(scored.collect()) {
                    best.push((LabelSource::Entity(label), name));
                }
            }
        }
        if rows(SuggestedTask::Regions).count() > 1 {
            let scored = rows(SuggestedTask::Regions);
            let scored = scored.map(|row| (row.labels.macro_f1().unwrap_or(0.0), row));
            if let Some(name) = first_best(scored.collect()) {
                best.push((LabelSource::Regions, name));
            }
        }
        best
    }
}

/// A finished article.
struct Gold {
    key: ArticleKey,
    article: Article,
    annotation: Annotation,
    finished: FinishedArticle,
}

fn annotation(article: &Article, regions: Vec<Region>, entities: Vec<Entity>) -> Annotation {
    let parts = Annotation::from_parts(&article.text, regions, entities, Status::Todo, Vec::new());
    parts.unwrap_or_default()
}

fn marks(annotation: &Annotation, schema: &Schema) -> BTreeSet<LabelledSpan> {
    let place = |label: &Label| {
        let mut labels = schema.entities().iter();
        labels.position(|known| known.label == *label)
    };
    let entities = annotation.entities().iter();
    entities
        .map(|entity| LabelledSpan {
            start: entity.span.start().index(),
            end: entity.span.end().index(),
            label: place(&entity.label).unwrap_or(usize::MAX),
        })
        .collect()
}

/// Asks all suggesters of a dataset, and the built-in models, about the newest finished articles.
///
/// # Errors
/// If the dataset cannot be read, has no finished article, or the work was cancelled.
pub fn compare(
    pool: &SuggesterPool,
    store: &dyn Store,
    most: usize,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Comparison> {
    let schema = pool.schema();
    let finished = learning::finished_annotations(store)?;
    let gold = gold_articles(store, &finished, most)?;
    ensure!(
        !gold.is_empty(),
        "no article is finished, so that there is nothing to compare with\nhint: mark some articles as done first"
    );
    let settings = pool.settings();
    let of_task = |task: SuggestedTask| {
        let all = settings.suggesters.iter();
        all.filter(move |one| one.task == task)
    };
    let has_regions = of_task(SuggestedTask::Regions).next().is_some();
    let asked = settings.suggesters.len() as u64 + 1 + u64::from(has_regions);
    let mut meter = Steps {
        progress,
        cancel,
        done: 0,
    };
    meter.progress.expect(asked * gold.len() as u64);
    let mut rows = Vec::new();
    rows.extend(built_in_entities(
        store, &schema, &gold, &finished, &mut meter,
    )?);
    for suggester in of_task(SuggestedTask::Entities) {
        rows.push(ask(pool, suggester, &schema, &gold, &mut meter)?);
    }
    if has_regions {
        rows.extend(built_in_regions(
            store, &schema, &gold, &finished, &mut meter,
        )?);
        for suggester in of_task(SuggestedTask::Regions) {
            rows.push(ask(pool, suggester, &schema, &gold, &mut meter)?);
        }
    }
    Ok(Comparison {
        articles: gold.len(),
        rows,
    })
}

/// Counts the steps of the work, and stops it.
struct Steps<'a> {
    progress: &'a mut dyn Progress,
    cancel: &'a CancelFlag,
    done: u64,
}

impl Steps<'_> {
    fn step(&mut self) -> Result<()> {
        ensure!(!self.cancel.is_cancelled(), Cancelled);
        self.done += 1;
        self.progress.advance(self.done, 0);
        Ok(())
    }
}

/// Reads the newest finished articles. Of several annotators, the first by name counts.
fn gold_articles(
    store: &dyn Store,
    finished: &[FinishedAnnotation],
    most: usize,
) -> Result<Vec<Gold>> {
    let mut all = learning::group(finished.to_vec());
    let newest = |one: &FinishedArticle| one.versions.iter().map(|version| version.at_ms).max();
    all.sort_by_key(|one| std::cmp::Reverse((newest(one), one.key)));
    all.truncate(most);
    all.sort_by_key(|one| one.key);
    let mut gold = Vec::with_capacity(all.len());
    for finished in all {
        if let Some((article, versions)) = learning::finished_versions(store, &finished)?
            && let Some(first) = versions.into_iter().next()
        {
            gold.push(Gold {
                key: finished.key,
                article,
                annotation: first,
                finished,
            });
        }
    }
    Ok(gold)
}

/// Asks a suggester about all articles.
fn ask(
    pool: &SuggesterPool,
    suggester: &SuggesterConfig,
    schema: &Schema,
    gold: &[Gold],
    meter: &mut Steps<'_>,
) -> Result<SuggesterScores> {
    let mut row = SuggesterScores::new(&suggester.name, "", suggester.task);
    let mut stopped: Option<SuggestError> = None;
    pool.start_again(&suggester.name);
    for one in gold {
        let answered = match &stopped {
            Some(error) => Err(error.clone()),
            None => pool.ask(&suggester.name, &one.article, &one.annotation, meter.cancel),
        };
        let (mut entities, mut regions) = (Vec::new(), Vec::new());
        match answered {
            Ok((spans, model)) => {
                row.model = model.in_words();
                row.refused += spans.refused.values().sum::<usize>();
                entities = inside(
                    &one.article,
                    one.annotation.regions(),
                    schema,
                    spans.entities,
                );
                regions = spans.regions;
            }
            Err(SuggestError::Cancelled) => return Err(Cancelled.into()),
            Err(error) => {
                row.fail(one, &error);
                if matches!(error, SuggestError::Stopped(_)) {
                    stopped = Some(error);
                }
            }
        }
        match suggester.task {
            SuggestedTask::Entities => row.count_entities(one, entities, schema),
            SuggestedTask::Regions => row.count_regions(one, regions),
        }
        meter.step()?;
    }
    // One that never answered is never the best.
    row.competes = row.failed < gold.len() as u64;
    Ok(row)
}

/// Keeps the entities in regions where entities are tagged.
fn inside(
    article: &Article,
    regions: &[Region],
    schema: &Schema,
    mut entities: Vec<Entity>,
) -> Vec<Entity> {
    let pieces = tag::pieces(&article.text, regions, schema);
    entities.retain(|entity| {
        let range = entity.span.range();
        let mut pieces = pieces.iter();
        pieces.any(|piece| piece.start <= range.start && range.end <= piece.end)
    });
    entities
}
