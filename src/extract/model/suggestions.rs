//! Region suggestions: predicted labels as regions of the schema, with calibrated scores.

use super::confidence::{self, Evidence, LabelledBlocks};
use super::{FeaturizedArticle, RegionModel, StackedModel, rules};
use crate::extract::blocks::comments;
use crate::extract::blocks::merge::{LabelledBlock, merge_runs};
use crate::learn::Prediction;
use crate::model::{Label, Region, Schema, Score};

impl FeaturizedArticle {
    /// Suggests regions for the labels that the schema has enabled. The rules decide if the model
    /// has no weights for this kind.
    #[must_use]
    pub fn suggest(&self, model: &RegionModel, schema: &Schema) -> Vec<Region> {
        match model.of(self.kind()) {
            Some(model) => self.suggest_by(model, schema),
            None => rules::suggest(
                &self.text,
                &self.blocks,
                &self.hints,
                &self.document,
                schema,
            ),
        }
    }

    /// Suggests regions by the weights of one kind.
    #[must_use]
    pub fn suggest_by(&self, stacked: &StackedModel, schema: &Schema) -> Vec<Region> {
        let labelling = self.labelling_by(stacked);
        let names = stacked.labels();
        let count = names.len();
        let has = |name: &str| schema.region(name).is_some_and(|known| known.enabled);
        // A label that the schema lacks counts as nav.
        let targets: Vec<&str> = names
            .iter()
            .map(|name| if has(name) { name.as_str() } else { "nav" })
            .collect();
        let index_of = |name: &str| names.iter().position(|known| known == name);
        let mut verdicts = labelling.predictions;
        // A target's probability is the sum over all labels that map to it.
        for (at, verdict) in verdicts.iter_mut().enumerate() {
            let row = labelling.marginals.get(at * count..(at + 1) * count);
            verdict.score = row
                .unwrap_or_default()
                .iter()
                .zip(&targets)
                .filter(|(_, target)| **target == targets[verdict.label])
                .map(|(share, _)| share)
                .sum();
        }
        let groups = match (index_of("comment"), index_of("nav")) {
            (Some(comment), Some(nav)) => comments::group(
                &self.document.surfaces,
                &self.hints,
                &self.document.gaps,
                &mut verdicts,
                comment,
                nav,
            ),
            _ => vec![None; verdicts.len()],
        };
        let scores: Vec<f64> = match &stacked.confidence {
            Some(confidence) => self
                .evidence(&labelling.marginals, &targets, &verdicts)
                .map(|evidence| confidence.score(&evidence))
                .collect(),
            None => verdicts
                .iter()
                .map(|verdict| verdict.score.clamp(0.5, 1.0))
                .collect(),
        };
        let labelled: Vec<LabelledBlock> = self
            .blocks
            .iter()
            .zip(verdicts)
            .zip(groups)
            .zip(scores)
            .enumerate()
            .map(|(at, (((block, verdict), group), score))| {
                let mut target = targets[verdict.label];
                if target == "nav" {
                    // The rules have labels that the training data has hardly any examples of.
                    let finer = rules::finer_label(at, false, false, &self.document, &self.hints);
                    target = finer
                        .filter(|name| has(name) && *name != "title")
                        .unwrap_or(target);
                }
                let site_labels = self.site_labels.get(at).cloned().flatten();
                let site_labels = site_labels
                    .filter(|(label, is_plain)| {
                        (target == "nav" || *is_plain) && has(label.as_str())
                    })
                    .map(|(label, _)| label);
                LabelledBlock {
                    span: block.span,
                    label: site_labels.or_else(|| Label::new(target).ok()),
                    score: Score::new(score),
                    group,
                }
            })
            .collect();
        merge_runs(&self.text, &labelled, schema)
    }

    /// Returns the calibration inputs of each block's prediction; `targets` holds the suggested
    /// name of each label.
    fn evidence<'a>(
        &'a self,
        marginals: &'a [f64],
        targets: &'a [&'a str],
        verdicts: &'a [Prediction],
    ) -> impl Iterator<Item = Evidence> + 'a {
        let run = self.document.run();
        let names: Vec<&str> = verdicts
            .iter()
            .map(|verdict| targets[verdict.label])
            .collect();
        let shares: Vec<[f64; 2]> = marginals
            .chunks_exact(targets.len().max(1))
            .map(|row| {
                ["body", "comment"].map(|name| {
                    let row = row.iter().zip(targets).filter(|(_, own)| **own == name);
                    row.map(|(share, _)| share).sum()
                })
            })
            .collect();
        let surfaces = &self.document.surfaces;
        let characters: Vec<usize> = surfaces.iter().map(|surface| surface.characters).collect();
        let blocks = LabelledBlocks::new(&names, &shares, &characters);
        let share = move |at: usize, target: &str| -> f64 {
            let row = marginals.get(at * targets.len()..(at + 1) * targets.len());
            let row = row.unwrap_or_default().iter().zip(targets);
            row.filter(|(_, own)| **own == target)
                .map(|(share, _)| share)
                .sum()
        };
        verdicts.iter().enumerate().map(move |(at, verdict)| {
            let target = targets[verdict.label];
            let side = usize::from(at >= run.start) + usize::from(at >= run.end);
            Evidence::new(
                &blocks,
                at,
                share(at, target),
                &self.document.surfaces[at],
                self.document
                    .voices
                    .voices
                    .get(at)
                    .copied()
                    .unwrap_or_default(),
                side,
            )
        })
    }

    /// Holds what one model says of each block against the labels that it may have, as
    /// [`FeaturizedArticle::example`] gives them.
    #[must_use]
    pub fn outcomes(&self, stacked: &StackedModel, allowed: &[u16]) -> Vec<confidence::Outcome> {
        let labelling = self.labelling_by(stacked);
        let targets: Vec<&str> = stacked
            .labels()
            .iter()
            .map(|label| match label.as_str() {
                core @ ("body" | "comment") => core,
                _ => "nav",
            })
            .collect();
        let mut verdicts = labelling.predictions;
        let index_of = |name: &str| stacked.labels().iter().position(|known| known == name);
        if let (Some(comment), Some(nav)) = (index_of("comment"), index_of("nav")) {
            let (document, hints) = (&self.document, &self.hints);
            comments::group(
                &document.surfaces,
                hints,
                &document.gaps,
                &mut verdicts,
                comment,
                nav,
            );
        }
        let all = self.evidence(&labelling.marginals, &targets, &verdicts);
        all.zip(allowed)
            .enumerate()
            .filter(|(_, (_, allowed))| allowed.count_ones() < targets.len().min(3) as u32)
            .map(|(at, (evidence, allowed))| confidence::Outcome {
                evidence,
                is_right: targets.iter().enumerate().any(|(label, target)| {
                    allowed >> label & 1 == 1 && *target == targets[verdicts[at].label]
                }),
                characters: u32::try_from(self.document.surfaces[at].characters)
                    .unwrap_or(u32::MAX),
            })
            .collect()
    }
}
