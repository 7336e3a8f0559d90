//! Region suggestions: predicted labels as regions of the schema, with calibrated scores.

use super::confidence::{self, Evidence, LabelledBlocks};
use super::{FeaturizedArticle, RegionModel, StackedModel, rules};
use crate::extract::blocks::comments;
use crate::extract::blocks::merge::{LabelledBlock, merge_runs};
use crate::learn::Prediction;
use crate::model::{Label, Region, Schema, Score};

/// The names under which the labels of a model are suggested.
struct Targets<'a> {
    names: Vec<&'a str>,
    /// The names as labels.
    labels: Vec<Option<Label>>,
    /// For each label, as bits, the labels with the same name.
    alike: Vec<u16>,
}

impl<'a> Targets<'a> {
    fn new(names: Vec<&'a str>) -> Self {
        let mut targets = Self {
            labels: names.iter().map(|name| Label::new(name).ok()).collect(),
            alike: Vec::new(),
            names,
        };
        let alike = targets
            .names
            .iter()
            .map(|name| targets.all_that_map_to(name));
        targets.alike = alike.collect();
        targets
    }

    /// Returns the labels with a name, as bits.
    fn all_that_map_to(&self, name: &str) -> u16 {
        let names = self.names.iter().enumerate();
        let own = names.filter(|(_, own)| **own == name);
        own.fold(0, |labels, (label, _)| labels | 1 << label)
    }

    /// Returns the probability of all labels with the name of a label, out of those of each label.
    fn share_of(&self, row: &[f64], label: usize) -> f64 {
        share_of(row, self.alike[label])
    }
}

/// Returns the probability of some labels, which are given as bits.
fn share_of(row: &[f64], labels: u16) -> f64 {
    let own = row.iter().enumerate();
    let own = own.filter(|(label, _)| labels >> label & 1 == 1);
    own.map(|(_, share)| share).sum()
}

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
        let targets = Targets::new(
            names
                .iter()
                .map(|name| if has(name) { name.as_str() } else { "nav" })
                .collect(),
        );
        let index_of = |name: &str| names.iter().position(|known| known == name);
        let mut verdicts = labelling.predictions;
        // A target's probability is the sum over all labels that map to it.
        for (at, verdict) in verdicts.iter_mut().enumerate() {
            let row = labelling.marginals.get(at * count..(at + 1) * count);
            verdict.score = targets.share_of(row.unwrap_or_default(), verdict.label);
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
        // The rules have labels that the training data has hardly any examples of.
        let finer_labels: Vec<(&str, Label)> = rules::FINER_LABELS
            .into_iter()
            .filter(|name| has(name) && *name != "title")
            .filter_map(|name| Some((name, Label::new(name).ok()?)))
            .collect();
        let labelled: Vec<LabelledBlock> = self
            .blocks
            .iter()
            .zip(verdicts)
            .zip(groups)
            .zip(scores)
            .enumerate()
            .map(|(at, (((block, verdict), group), score))| {
                let mut label = targets.labels[verdict.label].as_ref();
                let mut is_nav = targets.names[verdict.label] == "nav";
                if is_nav && !finer_labels.is_empty() {
                    let finer = rules::finer_label(at, false, false, &self.document, &self.hints);
                    let finer = finer_labels.iter().find(|(name, _)| Some(*name) == finer);
                    if let Some((_, finer)) = finer {
                        (label, is_nav) = (Some(finer), false);
                    }
                }
                let site_label = self.site_labels.get(at).and_then(Option::as_ref);
                let site_label = site_label
                    .filter(|(label, is_plain)| (is_nav || *is_plain) && has(label.as_str()))
                    .map(|(label, _)| label);
                LabelledBlock {
                    span: block.span,
                    label: site_label.or(label).cloned(),
                    score: Score::new(score),
                    group,
                }
            })
            .collect();
        merge_runs(&self.text, &labelled, schema)
    }

    /// Returns the calibration inputs of each block's prediction.
    fn evidence<'a>(
        &'a self,
        marginals: &'a [f64],
        targets: &'a Targets<'_>,
        verdicts: &'a [Prediction],
    ) -> impl Iterator<Item = Evidence> + 'a {
        let run = self.document.run();
        let core = ["body", "comment"].map(|name| targets.all_that_map_to(name));
        let rows = || marginals.chunks_exact(targets.names.len().max(1));
        let shares = rows().map(|row| core.map(|labels| share_of(row, labels)));
        let shares: Vec<[f64; 2]> = shares.collect();
        let numbers: Vec<usize> = targets
            .names
            .iter()
            .map(|name| confidence::number_of(name))
            .collect();
        let numbers = verdicts.iter().map(|verdict| numbers[verdict.label]);
        let surfaces = &self.document.surfaces;
        let characters: Vec<usize> = surfaces.iter().map(|surface| surface.characters).collect();
        let blocks = LabelledBlocks::new(numbers.collect(), &shares, &characters);
        let rows = rows().zip(verdicts).enumerate();
        rows.map(move |(at, (row, verdict))| {
            let side = usize::from(at >= run.start) + usize::from(at >= run.end);
            Evidence::new(
                &blocks,
                at,
                targets.share_of(row, verdict.label),
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
        let core = stacked.labels().iter().map(|label| match label.as_str() {
            core @ ("body" | "comment") => core,
            _ => "nav",
        });
        let targets = Targets::new(core.collect());
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
            .filter(|(_, (_, allowed))| allowed.count_ones() < targets.names.len().min(3) as u32)
            .map(|(at, (evidence, allowed))| confidence::Outcome {
                evidence,
                is_right: allowed & targets.alike[verdicts[at].label] != 0,
                characters: u32::try_from(self.document.surfaces[at].characters)
                    .unwrap_or(u32::MAX),
            })
            .collect()
    }
}
