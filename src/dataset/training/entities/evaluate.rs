//! Evaluate: how right suggested entities are, on articles that people tagged.

use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::gold::{Gold, labels_of};
use crate::dataset::config::built_in_schemas;
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::dataset::transfer::predictions::{Fit, Predictions};
use crate::model::{
    Annotation, Entity, EntityLabel, Label, Nesting, RegionLabel, Rgb, Schema, Status, Text,
};
use crate::quality::{Mistake, RegionView, Score, entity_mistakes, score};
use crate::tag::{self, Mapping, TagModel};

/// How right the entities of some articles are.
#[derive(Clone, Debug, Default)]
pub struct EntityScores {
    /// Of all of them together; regions have no part in it.
    pub score: Score,
    /// How many they are.
    pub articles: u64,
    /// So many suggestions, and so many right ones, in each tenth of the scores.
    pub trust: [(u64, u64); 10],
    /// The same of those that are shown as unsure.
    pub unsure: (u64, u64),
    /// How many tokens the articles have.
    pub tokens: u64,
    /// How long it took from text to scored spans.
    pub time: Duration,
}

/// A schema that has these entity labels and nothing else.
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

/// Counts one article where people tagged it.
pub(super) fn measure(
    gold: &Gold,
    model: &TagModel,
    mapping: &Mapping,
    scores: &mut EntityScores,
) -> Result<()> {
    let start = Instant::now();
    let entities = tag::suggest_in(model, mapping, &gold.text, &gold.pieces);
    scores.time += start.elapsed();
    let found = as_annotation(&gold.text, entities)?;
    count(gold, &gold.pieces, &found, scores);
    Ok(())
}

fn as_annotation(text: &Text, entities: Vec<Entity>) -> Result<Annotation> {
    Ok(Annotation::from_parts(
        text,
        Vec::new(),
        entities,
        Status::Todo,
        Vec::new(),
    )?)
}

/// Compares what was found in these pieces of an article with its gold.
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
    scores.articles += 1;
}

/// What is measured.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    /// A model of entities.
    Model(&'a TagModel),
    /// What somebody predicted.
    Predictions(&'a Predictions),
}

/// A wrong suggestion, or a missed entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The article's place among the gold.
    pub article: usize,
    /// What is wrong.
    pub mistake: Mistake,
}

/// What an evaluation found.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// How right the entities are.
    pub scores: EntityScores,
    /// What is wrong, in the order of the gold.
    pub errors: Vec<Error>,
    /// How many entities of the gold lie where nothing is suggested, since the labels of their regions take no entities.
    pub gold_outside: u64,
    /// How many predicted entities lie there. They are not counted.
    pub found_outside: u64,
    /// How predictions fit the gold.
    pub fit: Fit,
}

/// Compares suggestions or predictions with the gold.
///
/// With a schema, a model's types become its labels, as `prelabel` does it; without one, the gold's labels, by their names. Either way
/// entities are looked for where `prelabel` looks: in the regions of a record whose labels take entities, or in all of a text
/// without regions. Where no schema is given, `news` says which labels do.
///
/// # Errors
/// If the gold has a label that no schema could hold.
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
    let mapping = match source {
        Source::Model(model) => Mapping::new(&model.types, labels),
        Source::Predictions(_) => Mapping::new(&[], labels),
    };
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
            Source::Model(model) => {
                let start = Instant::now();
                let found = tag::suggest_in(model, &mapping, &gold.text, &pieces);
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
