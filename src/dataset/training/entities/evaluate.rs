//! Scores suggested entities on articles that annotators tagged.

use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::effort::everywhere;
use super::gold::{Gold, labels_of};
use crate::dataset::config::built_in_schemas;
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::dataset::training::regions::evaluate::Error;
use crate::dataset::transfer::predictions::{Fit, Predictions};
use crate::model::{
    Annotation, Entity, EntityLabel, Label, Nesting, RegionLabel, Rgb, Schema, Status, Text,
};
use crate::quality::{RegionView, Score, entity_mistakes, score};
use crate::tag::{self, Mapping, Models, TagModel};

/// The scores of the entities of some articles.
#[derive(Clone, Debug, Default)]
pub struct EntityScores {
    /// The scores of all articles together, without regions.
    pub score: Score,
    /// The number of articles.
    pub articles: u64,
    /// The number of suggestions and of right ones, by tenths of the score.
    pub trust: [(u64, u64); 10],
    /// The number of suggestions and of right ones among those that are shown as unsure.
    pub unsure: (u64, u64),
    /// The number of tokens of the articles.
    pub tokens: u64,
    /// The edits to the gold if each is repeated everywhere.
    pub everywhere: u64,
    /// The time from text to scored spans.
    pub time: Duration,
}

/// Makes a schema with these entity labels and nothing else.
pub(super) fn schema_of(labels: &[String]) -> Result<Schema> {
    let color = Rgb(0, 0, 0);
    let mut entities = Vec::new();
    for label in labels {
        entities.push(EntityLabel {
            label: Label::new(label)?,
            color,
            key: None,
            enabled: true,
            tagger_types: Vec::new(),
            description: String::new(),
            examples: Vec::new(),
        });
    }
    let body = RegionLabel {
        label: Label::new("body")?,
        color,
        key: None,
        enabled: true,
        tag_entities: true,
        separate: false,
        description: String::new(),
        examples: Vec::new(),
    };
    Ok(Schema::new(
        "labels".to_owned(),
        Nesting::Flat,
        vec![body],
        entities,
        String::new(),
    )?)
}

/// Scores the suggestions for one article.
pub(super) fn measure(
    gold: &Gold,
    model: &TagModel,
    mapping: &Mapping,
    scores: &mut EntityScores,
) -> Result<Annotation> {
    let start = Instant::now();
    let entities = tag::suggest_in(model, mapping, &gold.text, &gold.pieces);
    scores.time += start.elapsed();
    let found = as_annotation(&gold.text, entities)?;
    count(gold, &gold.pieces, &found, scores);
    Ok(found)
}

/// The entities as an annotation of the text.
pub(super) fn as_annotation(text: &Text, entities: Vec<Entity>) -> Result<Annotation> {
    Ok(Annotation::from_parts(
        text,
        Vec::new(),
        entities,
        Status::Todo,
        Vec::new(),
    )?)
}

/// Compares the entities that were found in these pieces of an article with its gold.
fn count(gold: &Gold, pieces: &[Range<usize>], found: &Annotation, scores: &mut EntityScores) {
    let tokens = |piece: &Range<usize>| {
        let inside = gold.text.as_str().get(piece.clone()).unwrap_or_default();
        tag::tokens::tokenize(inside).len() as u64
    };
    scores.tokens += pieces.iter().map(tokens).sum::<u64>();
    for entity in found.entities() {
        let value = entity
            .provenance
            .score()
            .map_or(1.0, crate::model::Score::value);
        let is_right = gold
            .annotation
            .entities()
            .iter()
            .any(|known| known.span == entity.span && known.label == entity.label);
        if let Some((all, right)) = scores.trust.get_mut(((value * 10.0) as usize).min(9)) {
            *all += 1;
            *right += u64::from(is_right);
        }
        if entity.provenance.is_unsure() {
            scores.unsure.0 += 1;
            scores.unsure.1 += u64::from(is_right);
        }
    }
    scores.score.merge(&score(
        &gold.text,
        &gold.annotation,
        found,
        RegionView::default(),
    ));
    scores.everywhere += everywhere(gold, found);
    scores.articles += 1;
}

/// The subject of an evaluation.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    /// Entity models.
    Model(&'a Models),
    /// Predictions from elsewhere.
    Predictions(&'a Predictions),
}

/// The result of an evaluation.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// The scores of the entities.
    pub scores: EntityScores,
    /// The errors, in the order of the gold.
    pub errors: Vec<Error>,
    /// The number of gold entities in regions whose labels take no entities, so that none are
    /// suggested there.
    pub gold_outside: u64,
    /// The number of predicted entities there. They do not count.
    pub found_outside: u64,
    /// How the predictions match the gold.
    pub fit: Fit,
}

/// Compares suggestions or predictions with the gold.
///
/// With a schema, a model's types become its labels, as in `prelabel`; without one, they become the
/// gold's labels of the same names. Entities are found in the regions of a record whose labels take
/// entities (by the schema, or by `news`), or in the whole text if it has no regions.
///
/// # Errors
/// Returns an error if the gold has a label that no schema can hold.
pub fn evaluate(
    gold: &[Gold],
    source: Source<'_>,
    schema: Option<&Schema>,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Option<Evaluation>> {
    let of_gold = schema_of(&labels_of(gold))?;
    let news = built_in_schemas::news()?;
    let (labels, regions) = schema.map_or((&of_gold, &news), |schema| (schema, schema));
    let mut evaluation = Evaluation::default();
    progress.expect(gold.len() as u64);
    for (done, gold) in gold.iter().enumerate() {
        if cancel.is_cancelled() {
            return Ok(None);
        }
        let pieces = gold.suggested_in(regions);
        let is_outside = |entity: &&Entity| {
            let range = entity.span.range();
            let holds = |piece: &Range<usize>| piece.start <= range.start && range.end <= piece.end;
            !pieces.iter().any(holds)
        };
        let found = match source {
            Source::Model(models) => {
                let start = Instant::now();
                let found = models.suggest_in_language(labels, &gold.text, &gold.language, &pieces);
                evaluation.scores.time += start.elapsed();
                found
            }
            Source::Predictions(predictions) => {
                let found = predictions.of(&gold.id, &gold.text, &mut evaluation.fit);
                let found = found.map_or(&[][..], Annotation::entities);
                let (outside, inside): (Vec<_>, Vec<_>) = found.iter().partition(is_outside);
                evaluation.found_outside += outside.len() as u64;
                inside.into_iter().cloned().collect()
            }
        };
        let outside = gold.annotation.entities().iter().filter(is_outside);
        evaluation.gold_outside += outside.count() as u64;
        let found = as_annotation(&gold.text, found)?;
        count(gold, &pieces, &found, &mut evaluation.scores);
        let mistakes = entity_mistakes(&gold.annotation, &found).into_iter();
        evaluation.errors.extend(mistakes.map(|mistake| Error {
            article: done,
            mistake,
        }));
        progress.advance(done as u64 + 1, 0);
    }
    if let Source::Predictions(predictions) = source {
        let known = gold.iter().map(|gold| (gold.id.as_str(), &gold.text));
        predictions.count_unknown(known, &mut evaluation.fit);
    }
    Ok(Some(evaluation))
}
