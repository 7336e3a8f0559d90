//! Scores as JSON, for `--json`: stable names, numbers that are not rounded.

use serde_json::{Map, Value, json};

use crate::dataset::training::entities;
use crate::dataset::training::regions::evaluate;
use crate::quality::score::{Counts, Edits, Tally};

/// Returns precision, recall and F1 of one label with the underlying counts.
pub(super) fn counts(counts: Counts) -> Value {
    json!({
        "precision": counts.precision(),
        "recall": counts.recall(),
        "f1": counts.f1(),
        "right": counts.hits,
        "suggested": counts.guessed,
        "gold": counts.gold,
    })
}

/// Returns the scores of each label and of all together.
pub(super) fn tally(tally: &Tally) -> Value {
    let labels: Map<String, Value> = tally
        .0
        .iter()
        .map(|(label, one)| (label.to_string(), counts(*one)))
        .collect();
    json!({
        "labels": labels,
        "all": counts(tally.micro()),
        "macro_f1": tally.macro_f1(),
    })
}

fn edits(edits: Edits) -> Value {
    json!({
        "add": edits.add,
        "delete": edits.delete,
        "relabel": edits.relabel,
        "boundary": edits.boundary,
        "total": edits.total(),
    })
}

/// Returns the scores of entities.
pub(super) fn entities(scores: &entities::evaluate::EntityScores) -> Value {
    let trust: Vec<Value> = scores
        .trust
        .iter()
        .enumerate()
        .map(|(tenth, (all, right))| {
            json!({
                "from": tenth as f64 / 10.0,
                "to": (tenth + 1) as f64 / 10.0,
                "suggestions": all,
                "right": right,
            })
        })
        .collect();
    json!({
        "articles": scores.articles,
        "tokens": scores.tokens,
        "seconds": scores.time.as_secs_f64(),
        "spans": tally(&scores.score.entity_spans),
        "edits": edits(scores.score.entity_edits),
        "scores": trust,
        "unsure": {"suggestions": scores.unsure.0, "right": scores.unsure.1},
    })
}

/// Returns the scores of regions.
pub(super) fn regions(scores: &evaluate::RegionScores) -> Value {
    json!({
        "articles": scores.articles,
        "characters": tally(&scores.score.region_chars),
        "spans": tally(&scores.score.region_spans),
        "edits": edits(scores.score.region_edits),
    })
}
