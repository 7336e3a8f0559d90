//! The regions that the region model doubts, block by block.

use std::sync::Arc;

use anyhow::Result;

use super::elsewhere::letters;
use super::{DoubtKind, Judge, Suspect, Suspects, Work, percent};
use crate::dataset::io::progress::{CancelFlag, Cancelled};
use crate::dataset::training::regions::online_trainer::OnlineRegionTrainer;
use crate::edit::LabelKind;
use crate::extract::model::StackedModel;
use crate::extract::{FeaturizedArticle, RegionModel};
use crate::model::{Label, Region, Span};
use crate::quality::model_check::Opinion;
use crate::store::{FinishedAnnotation, Store};

/// The largest number of doubts of one article that get the features that decided as reasons.
const EXPLAINED: usize = 8;

/// The region model, trained without the articles that it judges.
pub(super) struct RegionJudge {
    trainer: OnlineRegionTrainer,
}

impl RegionJudge {
    pub(super) fn new() -> Self {
        Self {
            trainer: OnlineRegionTrainer::new(Arc::new(RegionModel::shipped().clone())),
        }
    }
}

/// Neighbouring blocks of one region in which the model sees the same other label.
struct Run {
    span: Span,
    /// The first block.
    first: Span,
    region: Option<Region>,
    given: usize,
    thought: usize,
    /// The sums of the blocks' probabilities, each by its length.
    sums: Vec<f64>,
    weight: f64,
}

impl Judge for RegionJudge {
    fn train(
        &mut self,
        store: &dyn Store,
        on: &[FinishedAnnotation],
        cancel: &CancelFlag,
    ) -> Result<()> {
        self.trainer.catch_up(on);
        while !self.trainer.is_settled() {
            if cancel.is_cancelled() {
                return Err(Cancelled.into());
            }
            self.trainer.step(store)?;
        }
        Ok(())
    }

    fn judge(&self, store: &dyn Store, work: &Work<'_>, found: &mut Suspects) -> Result<()> {
        let article = self.trainer.read(store, work.key, work.article)?;
        let Some(model) = self.trainer.model().of(article.kind()) else {
            return Ok(());
        };
        let regions = work.stored.annotation.regions();
        let runs = runs(&article, model, regions, found);
        let explained = most_doubted(&runs);
        for (nth, run) in runs.into_iter().enumerate() {
            let is_explained = explained.contains(&nth);
            let suspect = suspect(run, work, &article, model, is_explained);
            found.suspects.extend(suspect);
        }
        Ok(())
    }
}

/// Judges each block, and joins neighbours that are doubted alike.
fn runs(
    article: &FeaturizedArticle,
    model: &StackedModel,
    regions: &[Region],
    found: &mut Suspects,
) -> Vec<Run> {
    let labels = model.labels();
    let allowed = article.example(&article.text, regions, labels).allowed;
    let probabilities = article.label_probabilities(model);
    let mut runs: Vec<Run> = Vec::new();
    let mut is_open = false;
    for (at, block) in article.blocks.iter().enumerate() {
        let row = probabilities.get(at * labels.len()..(at + 1) * labels.len());
        let (Some(row), Some(allowed)) = (row, allowed.get(at)) else {
            break;
        };
        // A block with two kinds of text, or with a label that the model lacks, is not judged.
        if allowed.count_ones() != 1 {
            is_open = false;
            continue;
        }
        let opinion = Opinion {
            given: allowed.trailing_zeros() as usize,
            probabilities: row.to_vec(),
        };
        found
            .thresholds
            .add(opinion.given, opinion.self_confidence());
        found.judged += 1;
        let thought = opinion.most_probable();
        if thought == opinion.given {
            is_open = false;
            continue;
        }
        let after = regions.partition_point(|region| region.span.end() <= block.span.start());
        let region = regions
            .get(after)
            .filter(|region| region.span.start() < block.span.end());
        let weight = block.span.len().max(1) as f64;
        match runs.last_mut() {
            Some(run)
                if is_open
                    && run.given == opinion.given
                    && run.thought == thought
                    && run.region.as_ref() == region =>
            {
                run.span = article
                    .text
                    .span(run.span.start(), block.span.end())
                    .unwrap_or(run.span);
                for (sum, share) in run.sums.iter_mut().zip(row) {
                    *sum += share * weight;
                }
                run.weight += weight;
            }
            _ => runs.push(Run {
                span: block.span,
                first: block.span,
                region: region.cloned(),
                given: opinion.given,
                thought,
                sums: row.iter().map(|share| share * weight).collect(),
                weight,
            }),
        }
        is_open = true;
    }
    runs
}

/// The runs with the largest margins, which get reasons: those with small ones are hardly ever
/// doubted in the end.
fn most_doubted(runs: &[Run]) -> Vec<usize> {
    let margin = |run: &Run| (run.sums[run.thought] - run.sums[run.given]) / run.weight;
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by(|one, other| margin(&runs[*other]).total_cmp(&margin(&runs[*one])));
    order.truncate(EXPLAINED);
    order
}

fn suspect(
    run: Run,
    work: &Work<'_>,
    article: &FeaturizedArticle,
    model: &StackedModel,
    is_explained: bool,
) -> Option<Suspect> {
    let thought = Label::new(model.labels().get(run.thought)?).ok()?;
    let given = run.region.as_ref().map(|region| &region.label);
    let kind = match given {
        Some(_) => DoubtKind::OtherLabel,
        None => DoubtKind::Missing,
    };
    let opinion = Opinion {
        given: run.given,
        probabilities: run.sums.iter().map(|sum| sum / run.weight).collect(),
    };
    let (own, other) = (opinion.self_confidence(), opinion.of(run.thought));
    let mut doubt = work.doubt(
        (LabelKind::Region, kind),
        run.span,
        (given, own),
        (Some(&thought), other),
    );
    doubt.why.push(match given {
        Some(given) => format!(
            "Models that have not seen this article say {thought} ({}); {given} has {}",
            percent(other),
            percent(own)
        ),
        None => format!(
            "Models that have not seen this article say {thought} ({}); no label is given",
            percent(other)
        ),
    });
    if is_explained {
        let why = article.why(model, run.span, model.labels().get(run.given)?);
        let against = why.into_iter().flat_map(|why| why.reasons);
        let against = against.filter(|reason| reason.weight < 0.0);
        doubt
            .why
            .extend(against.map(|reason| format!("For {thought}: {}", reason.words)));
    }
    Some(Suspect {
        words: letters(article.text.slice(run.first)),
        thought_words: String::new(),
        doubt,
        opinion,
        thought: run.thought,
    })
}
