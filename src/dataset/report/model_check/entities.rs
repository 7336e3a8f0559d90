//! The entities that the entity model doubts, and those that it misses.

use std::ops::Range;
use std::sync::Arc;

use anyhow::Result;

use super::{DoubtKind, Judge, Suspect, Suspects, Work, percent};
use crate::dataset::io::progress::{CancelFlag, Cancelled};
use crate::dataset::training::entities::online_trainer::OnlineEntityTrainer;
use crate::edit::LabelKind;
use crate::model::{Entity, Label, Schema, Span};
use crate::quality::model_check::Opinion;
use crate::store::{FinishedAnnotation, Store};
use crate::tag::{OnlineTagger, SpanShares, pieces};

/// The probability of "no entity" under which a tagged entity is not doubted as such.
const LEAST_NONE: f64 = 0.5;

/// The probability of "no entity" for words that the model never looks at.
const UNSEEN_NONE: f64 = 0.7;

/// The entity model, trained without the articles that it judges.
pub(super) struct EntityJudge {
    schema: Arc<Schema>,
    trainer: OnlineEntityTrainer,
}

impl EntityJudge {
    pub(super) fn new(schema: Arc<Schema>) -> Self {
        Self {
            trainer: OnlineEntityTrainer::new(Arc::clone(&schema), true),
            schema,
        }
    }
}

impl Judge for EntityJudge {
    fn train(
        &mut self,
        store: &dyn Store,
        on: &[FinishedAnnotation],
        cancel: &CancelFlag,
    ) -> Result<()> {
        self.trainer.catch_up(on);
        while self.trainer.waiting() > 0 {
            if cancel.is_cancelled() {
                return Err(Cancelled.into());
            }
            self.trainer.take(store)?;
        }
        self.trainer.refit();
        Ok(())
    }

    fn judge(&self, _: &dyn Store, work: &Work<'_>, found: &mut Suspects) -> Result<()> {
        let annotation = &work.stored.annotation;
        let suggested = self.trainer.suggest(work.article, annotation.regions());
        let suggested = suggested.unwrap_or_default();
        let text = &work.article.text;
        let pieces = pieces(text, annotation.regions(), &self.schema);
        let spans: Vec<Range<usize>> = annotation
            .entities()
            .iter()
            .chain(&suggested)
            .map(|entity| entity.span.range())
            .collect();
        // Each language judges the spans in its own blocks; to the others they have no words.
        let trainer = &self.trainer;
        trainer.with_taggers(work.article, &pieces, |tagger, pieces| {
            let judged = tagger.judge(text, pieces, &spans);
            let (given, guessed) = judged.split_at(annotation.entities().len());
            let article = JudgedArticle {
                work,
                tagger,
                given: annotation.entities().iter().zip(given).collect(),
                suggested: suggested.iter().zip(guessed).collect(),
            };
            article.judge(found);
        });
        Ok(())
    }
}

/// An article with the shares of its entities and of what the model suggests.
struct JudgedArticle<'a> {
    work: &'a Work<'a>,
    tagger: &'a OnlineTagger,
    given: Vec<(&'a Entity, &'a Option<SpanShares>)>,
    suggested: Vec<(&'a Entity, &'a Option<SpanShares>)>,
}

impl JudgedArticle<'_> {
    fn judge(&self, found: &mut Suspects) {
        for (entity, shares) in &self.given {
            let Some((label, shares)) = self.known(&entity.label, shares) else {
                continue;
            };
            let opinion = opinion(label, shares);
            found.thresholds.add(label, opinion.self_confidence());
            found.judged += 1;
            let own = self.of_label(entity, opinion);
            let edges = self.of_edges(entity, &own.1);
            let suspects = [own.0, edges].into_iter().flatten();
            let most = suspects.max_by(|one, other| one.doubt.score.total_cmp(&other.doubt.score));
            found.suspects.extend(most);
        }
        for (entity, shares) in &self.suggested {
            let is_free = self
                .given
                .iter()
                .all(|(given, _)| !given.span.overlaps(entity.span));
            if let Some((label, shares)) = self.known(&entity.label, shares)
                && is_free
            {
                self.missing(entity, label, shares, found);
            }
        }
    }

    /// The number of a label that the model learns, with what it thinks of the span.
    fn known<'s>(
        &self,
        label: &Label,
        shares: &'s Option<SpanShares>,
    ) -> Option<(usize, &'s SpanShares)> {
        let number = self
            .tagger
            .labels()
            .iter()
            .position(|known| known == label)?;
        let shares = shares.as_ref()?;
        (!self.tagger.is_ruled(label)).then_some((number, shares))
    }

    /// A doubt about the label of an entity, or that it is one.
    fn of_label(&self, entity: &Entity, opinion: Opinion) -> (Option<Suspect>, Opinion) {
        let thought = opinion.most_probable();
        let none = opinion.probabilities.len() - 1;
        if thought == opinion.given || thought == none && opinion.of(none) < LEAST_NONE {
            return (None, opinion);
        }
        let label = self.tagger.labels().get(thought);
        let kind = match label {
            Some(_) => DoubtKind::OtherLabel,
            None => DoubtKind::NoLabel,
        };
        let (own, other) = (opinion.self_confidence(), opinion.of(thought));
        let mut doubt = self.work.doubt(
            (LabelKind::Entity, kind),
            entity.span,
            (Some(&entity.label), own),
            (label, other),
        );
        let given = &entity.label;
        doubt.why.push(match label {
            Some(label) => format!(
                "Models that have not seen this article say {label} ({}); {given} has {}",
                percent(other),
                percent(own)
            ),
            None => format!(
                "Models that have not seen this article tag nothing here ({}); {given} has {}",
                percent(other),
                percent(own)
            ),
        });
        let suspect = Suspect {
            words: self.words(entity.span),
            thought_words: String::new(),
            doubt,
            opinion: opinion.clone(),
            thought,
        };
        (Some(suspect), opinion)
    }

    /// A doubt about the edges of an entity: a name that the model finds there overlaps it.
    fn of_edges(&self, entity: &Entity, opinion: &Opinion) -> Option<Suspect> {
        let mut overlapping = self.suggested.iter().filter(|(suggested, _)| {
            suggested.span.overlaps(entity.span) && suggested.span != entity.span
        });
        let (suggested, shares) = overlapping.next()?;
        let (label, shares) = self.known(&suggested.label, shares)?;
        let is_given = self
            .given
            .iter()
            .any(|(given, _)| given.span == suggested.span);
        let (own, other) = (opinion.self_confidence(), shares.types[label]);
        if is_given || other <= own {
            return None;
        }
        let mut doubt = self.work.doubt(
            (LabelKind::Entity, DoubtKind::OtherEdges),
            entity.span,
            (Some(&entity.label), own),
            (Some(&suggested.label), other),
        );
        doubt.thought_span = Some(suggested.span);
        doubt.why.push(format!(
            "Models that have not seen this article tag “{}” as {} ({}); these words alone have {}",
            super::shortened(&self.work.article.text, suggested.span),
            suggested.label,
            percent(other),
            percent(own)
        ));
        let mut probabilities = vec![0.0; opinion.probabilities.len()];
        probabilities[label] = other;
        Some(Suspect {
            words: self.words(entity.span),
            thought_words: self.words(suggested.span),
            doubt,
            opinion: Opinion {
                given: probabilities.len() - 1,
                probabilities,
            },
            thought: label,
        })
    }

    /// A doubt that a name was left untagged.
    fn missing(&self, entity: &Entity, label: usize, shares: &SpanShares, found: &mut Suspects) {
        let mut opinion = opinion(label, shares);
        let none = opinion.probabilities.len() - 1;
        opinion.given = none;
        found.thresholds.add(none, opinion.self_confidence());
        let (own, other) = (opinion.self_confidence(), opinion.of(label));
        let mut doubt = self.work.doubt(
            (LabelKind::Entity, DoubtKind::Missing),
            entity.span,
            (None, own),
            (Some(&entity.label), other),
        );
        doubt.why.push(format!(
            "Models that have not seen this article tag it as {} ({})",
            entity.label,
            percent(other)
        ));
        found.suspects.push(Suspect {
            words: self.words(entity.span),
            thought_words: String::new(),
            doubt,
            opinion,
            thought: label,
        });
    }

    fn words(&self, span: Span) -> String {
        self.work.article.text.slice(span).to_owned()
    }
}

/// What the model thinks of a span, with "no entity" as the last class.
fn opinion(given: usize, shares: &SpanShares) -> Opinion {
    let mut probabilities = shares.types.clone();
    probabilities.push(shares.none);
    if !shares.is_possible {
        // The model never looks at such words, which says little about them.
        let none = shares.none.min(UNSEEN_NONE);
        probabilities[given] = 1.0 - none;
        if let Some(last) = probabilities.last_mut() {
            *last = none;
        }
    }
    Opinion {
        given,
        probabilities,
    }
}
