//! The outcome of a done annotation: the score of the suggestions it began with, and the work it
//! took.

use std::collections::BTreeMap;

use crate::dataset::config::annotators::chosen_annotation;
use crate::dataset::training::learning::is_guess;
use crate::edit::{Action, Edit, Entry, History};
use crate::model::{Annotation, Article, Label, Schema, Span, Status, Text};
use crate::quality::score::{Counts, Edits};
use crate::quality::{Effort, RegionView, score};
use crate::store::outcome::{FewestEdits, Hits, LabelKind, LabelOutcome, Outcome, Scores};
use crate::store::{ArticleKey, StaleOutcome, Store, StoreError, StoredAnnotation};

/// The label of characters in no region, where the schema has it.
const DEFAULT: &str = "nav";

/// Computes stale outcomes. Annotations that are gone, or not done, are left out.
///
/// # Errors
/// If the dataset cannot be read.
pub fn compute_outcomes(
    store: &dyn Store,
    schema: &Schema,
    of: &[StaleOutcome],
) -> Result<Vec<Outcome>, StoreError> {
    let mut outcomes = Vec::new();
    for StaleOutcome { key, annotator, .. } in of {
        let article = match store.article(*key) {
            Err(StoreError::NoSuchArticle(_)) => continue,
            article => article?,
        };
        let stored = store.annotations(&article, *key)?;
        let own = stored.iter().find(|stored| {
            stored.owner.is(annotator) && stored.annotation.status() == Status::Done
        });
        let Some(own) = own else { continue };
        let history = store.history(&article, *key, annotator)?;
        // Shown without suggestions, it had some all the same, as they were when it was opened.
        let unseen = stored
            .first()
            .map(|suggestions| &suggestions.annotation)
            .filter(|guess| schema.is_blind(&article.id) && is_guess(guess));
        outcomes.push(outcome(&article, *key, own, &history, unseen, schema));
    }
    Ok(outcomes)
}

/// Computes the outcome of one annotation from its history; `unseen` are suggestions that the
/// annotator was not shown.
#[must_use]
pub fn outcome(
    article: &Article,
    key: ArticleKey,
    stored: &StoredAnnotation,
    history: &[Entry],
    unseen: Option<&Annotation>,
    schema: &Schema,
) -> Outcome {
    let effort = Effort::of(history);
    let mut labels = Labels::default();
    labels.count(&article.text, &stored.annotation);
    for (kind, efforts) in [
        (LabelKind::Region, &effort.regions),
        (LabelKind::Entity, &effort.entities),
    ] {
        for (label, effort) in efforts {
            let outcome = labels.get(kind, label);
            outcome.edits = effort.edits;
            outcome.active_ms = effort.active_ms;
        }
    }
    let guess = suggested(&article.text, history, unseen);
    let mut fewest = FewestEdits::default();
    let scores = guess.map(|guess| {
        let view = RegionView {
            default: schema.region(DEFAULT).map(|region| &region.label),
            skip: &[],
        };
        let score = score(&article.text, &stored.annotation, &guess, view);
        fewest = FewestEdits {
            regions: four(score.region_edits),
            entities: four(score.entity_edits),
        };
        for (label, counts) in &score.region_chars.0 {
            labels.get(LabelKind::Region, label).by_chars = hits(*counts);
        }
        for (label, counts) in &score.region_spans.0 {
            labels.get(LabelKind::Region, label).by_spans = hits(*counts);
        }
        for (label, counts) in &score.entity_spans.0 {
            labels.get(LabelKind::Entity, label).by_spans = hits(*counts);
        }
        Scores {
            region_chars: score.region_chars.macro_f1(),
            region_spans: score.region_spans.micro().f1(),
            entities: score.entity_spans.micro().f1(),
        }
    });
    let done_ms = effort.done_ms.unwrap_or(stored.updated_at_ms);
    Outcome {
        key,
        annotator: stored.owner.as_str().to_owned(),
        revision: stored.revision,
        first_ms: effort.first_ms.unwrap_or(done_ms),
        done_ms,
        edits: effort.edits,
        scores,
        fewest,
        active_ms: 0,
        labels: labels.0.into_values().collect(),
    }
}

/// Returns the suggestions that the annotator began with: the first entry of the history, if it
/// holds only suggestions. An annotator who started from a person's work, or from nothing, began
/// with none.
fn guess(text: &Text, history: &[Entry]) -> Option<Annotation> {
    let start = history
        .first()
        .filter(|entry| entry.action == Action::Start && !entry.transaction.is_empty())?;
    let is_guess = start.transaction.edits.iter().all(|edit| match edit {
        Edit::AddRegion(region) => region.provenance.is_suggestion(),
        Edit::AddEntity(entity) => entity.provenance.is_suggestion(),
        _ => false,
    });
    if !is_guess {
        return None;
    }
    // A label that the schema has given another name since was guessed all the same.
    let names = History::replay(history.iter().cloned());
    let (start, _) = names.translated(start.transaction.clone(), start.at_ms);
    let mut guess = Annotation::default();
    start.apply(text, &mut guess).is_ok().then_some(guess)
}

/// Returns the suggestions to score: those that the annotator began with, or those that were not
/// shown.
pub(crate) fn suggested(
    text: &Text,
    history: &[Entry],
    unseen: Option<&Annotation>,
) -> Option<Annotation> {
    let began_empty = history
        .first()
        .is_none_or(|entry| entry.action != Action::Start || entry.transaction.is_empty());
    guess(text, history).or_else(|| unseen.filter(|_| began_empty).cloned())
}

fn hits(counts: Counts) -> Hits {
    Hits {
        hits: counts.hits,
        guessed: counts.guessed,
        gold: counts.gold,
    }
}

fn four(edits: Edits) -> [u64; 4] {
    [edits.add, edits.delete, edits.relabel, edits.boundary]
}

#[derive(Default)]
struct Labels(BTreeMap<(LabelKind, Label), LabelOutcome>);

impl Labels {
    fn get(&mut self, kind: LabelKind, label: &Label) -> &mut LabelOutcome {
        self.0
            .entry((kind, label.clone()))
            .or_insert_with(|| LabelOutcome {
                kind,
                label: label.clone(),
                spans: 0,
                chars: 0,
                by_chars: Hits::default(),
                by_spans: Hits::default(),
                edits: 0,
                active_ms: 0,
            })
    }

    fn count(&mut self, text: &Text, annotation: &Annotation) {
        let chars = |span: Span| {
            u64::from(text.char_of_byte(span.end()).0 - text.char_of_byte(span.start()).0)
        };
        for region in annotation.regions() {
            let outcome = self.get(LabelKind::Region, &region.label);
            outcome.spans += 1;
            outcome.chars += chars(region.span);
        }
        for entity in annotation.entities() {
            let outcome = self.get(LabelKind::Entity, &entity.label);
            outcome.spans += 1;
            outcome.chars += chars(entity.span);
        }
    }
}

/// Returns the newest remark of the annotator who worked on an article last, and the annotator's
/// name.
#[must_use]
pub fn last_remark(stored: &[StoredAnnotation]) -> Option<(&str, &str)> {
    let chosen = chosen_annotation(stored)?;
    let remark = chosen.annotation.remarks().last()?;
    Some((chosen.owner.as_str(), &remark.text))
}
