//! Evaluate: how right suggested entities are, on articles that people tagged.

use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::gold::{Gold, labels_of};
use crate::dataset::progress::{CancelFlag, Progress};
use crate::model::{Annotation, EntityLabel, Label, Nesting, RegionLabel, Rgb, Schema, Status};
use crate::quality::{RegionView, Score, score};
use crate::tag::{self, Mapping, TagModel};

/// How right the entities of some articles are.
#[derive(Clone, Debug, Default)]
pub struct Scores {
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

/// Counts one article.
pub(super) fn measure(
    gold: &Gold,
    model: &TagModel,
    mapping: &Mapping,
    scores: &mut Scores,
) -> Result<()> {
    let start = Instant::now();
    let entities = tag::suggest_in(model, mapping, &gold.text, &gold.pieces);
    scores.time += start.elapsed();
    let tokens = |piece: &Range<usize>| {
        let inside = gold.text.as_str().get(piece.clone()).unwrap_or_default();
        tag::tokens::tokenize(inside).len() as u64
    };
    scores.tokens += gold.pieces.iter().map(tokens).sum::<u64>();
    for entity in &entities {
        let value = entity
            .provenance
            .score()
            .map_or(1.0, crate::model::Score::value);
        let (all, right) = &mut scores.trust[((value * 10.0) as usize).min(9)];
        *all += 1;
        let is_right = gold
            .annotation
            .entities()
            .iter()
            .any(|known| known.span == entity.span && known.label == entity.label);
        *right += u64::from(is_right);
        if entity.provenance.is_unsure() {
            scores.unsure.0 += 1;
            scores.unsure.1 += u64::from(is_right);
        }
    }
    let found = Annotation::from_parts(&gold.text, Vec::new(), entities, Status::Todo, Vec::new())?;
    scores.score.merge(&score(
        &gold.text,
        &gold.annotation,
        &found,
        RegionView::default(),
    ));
    scores.articles += 1;
    Ok(())
}

/// Tags the gold's articles with a model and compares. The model's types are taken for the gold's labels by their names.
///
/// # Errors
/// If the gold has a label that no schema could hold.
pub fn evaluate(
    gold: &[Gold],
    model: &TagModel,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Option<Scores>> {
    let mapping = Mapping::new(&model.types, &schema_of(&labels_of(gold))?);
    let mut scores = Scores::default();
    progress.expect(gold.len() as u64);
    for (done, gold) in gold.iter().enumerate() {
        if cancel.is_cancelled() {
            return Ok(None);
        }
        measure(gold, model, &mapping, &mut scores)?;
        progress.advance(done as u64 + 1, 0);
    }
    Ok(Some(scores))
}
