//! The region model: an article as features, the weights for pages and for bare text, the regions
//! that they suggest, and training examples made from labelled articles.

pub mod confidence;
pub(crate) mod rule_weights;
pub(crate) mod rules;
pub mod voice;

use std::borrow::Cow;
use std::sync::{Arc, LazyLock, OnceLock};

use self::confidence::{Confidence, Evidence};
use self::voice::VoiceModel;
use super::align;
use super::blocks::comments;
use super::blocks::merge::{LabelledBlock, merge_runs};
use super::features::positions::DomPositions;
use super::features::templates;
use super::features::{self, DocumentFeatures, Hints};
use super::{blocks_of_text, html};
use crate::learn::crf::Labelling;
use crate::learn::{Example, Features, Model, Prediction, Sequence, SequenceLabeller as _};
use crate::model::{Block, Label, Region, Schema, Score, Text};

/// The weights that the program ships, as `scripts/train-extractor` made them.
static SHIPPED: &[u8] = include_bytes!("../../../assets/models/regions.crf");

/// The kinds of articles that the region model keeps separate weights for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArticleKind {
    /// A page, whose markup helps.
    Page,
    /// Bare text of a whole page, with its menus and teasers.
    LongText,
    /// Bare text of little more than the story, where only the voice separates a comment from the
    /// rest.
    ShortText,
}

impl ArticleKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Page, Self::LongText, Self::ShortText];

    /// The most blocks of a short text.
    pub const SHORT_TEXT_BLOCKS: usize = 60;

    /// Returns the kind of an article with this number of blocks.
    #[must_use]
    pub fn new(is_page: bool, blocks: usize) -> Self {
        match is_page {
            true => Self::Page,
            false if blocks <= Self::SHORT_TEXT_BLOCKS => Self::ShortText,
            false => Self::LongText,
        }
    }

    /// Returns true for pages.
    #[must_use]
    pub fn is_page(self) -> bool {
        self == Self::Page
    }

    /// Returns the name in a model's file.
    fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::LongText => "text",
            Self::ShortText => "short text",
        }
    }
}

/// The region model: weights for each kind of article.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegionModel {
    /// In the order of [`ArticleKind::ALL`]; `None` for a kind without training data.
    weights: [Option<StackedModel>; 3],
}

/// A model of one or two stacked passes.
///
/// The second pass reads the label probabilities of the first as features, also those of distant
/// blocks and of blocks in the same element (stacking: Wolpert 1992; for sequences: Cohen and
/// Carvalho 2005).
#[derive(Clone, Debug, PartialEq)]
pub struct StackedModel {
    /// The first pass.
    pub first: Model,
    /// The second pass; without one, the first decides.
    pub second: Option<Model>,
    /// Calibration of the scores; without it, scores are the model's own probabilities.
    pub confidence: Option<Confidence>,
}

impl StackedModel {
    /// Returns the model of the last pass, which decides.
    #[must_use]
    pub fn last(&self) -> &Model {
        self.second.as_ref().unwrap_or(&self.first)
    }

    /// Returns the names of the labels, in the order of the predictions' numbers.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        self.last().labels()
    }
}

impl RegionModel {
    /// Returns the model that ships with the program.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static MODEL: LazyLock<RegionModel> =
            LazyLock::new(|| RegionModel::read(SHIPPED).unwrap_or_default());
        &MODEL
    }

    /// Reads a model's file.
    ///
    /// # Errors
    /// Returns a message for people if the bytes are no model of this version.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut rest = bytes;
        let mut model = Self::default();
        while !rest.is_empty() {
            if let Some((name, confidence)) = Confidence::read(&mut rest)? {
                let kind = ArticleKind::ALL
                    .into_iter()
                    .find(|kind| kind.name() == name);
                if let Some(stacked) = kind.and_then(|kind| model.weights[kind as usize].as_mut()) {
                    stacked.confidence = Some(confidence);
                }
                continue;
            }
            let (read, features_are) = Model::read(&mut rest)?;
            let fits = read.features() == templates::FEATURES && read.edges() == templates::EDGES;
            let kind = features_are
                .strip_prefix(templates::VERSION)
                .filter(|_| fits);
            let name = kind
                .and_then(|kind| kind.strip_prefix(' '))
                .unwrap_or_default();
            let (name, is_second) = match name.strip_suffix(" again") {
                Some(name) => (name, true),
                None => (name, false),
            };
            let Some(kind) = ArticleKind::ALL
                .into_iter()
                .find(|kind| kind.name() == name)
            else {
                return Err(
                    "the model was made by another version of this program; train it anew"
                        .to_owned(),
                );
            };
            let slot = &mut model.weights[kind as usize];
            match slot {
                None if !is_second => {
                    *slot = Some(StackedModel {
                        first: read,
                        second: None,
                        confidence: None,
                    });
                }
                Some(stacked) if is_second && stacked.first.labels() == read.labels() => {
                    stacked.second = Some(read);
                }
                _ => return Err("the parts of the model do not fit each other".to_owned()),
            }
        }
        Ok(model)
    }

    /// Serializes the model.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (kind, stacked) in ArticleKind::ALL.into_iter().zip(&self.weights) {
            if let Some(stacked) = stacked {
                let name = kind.name();
                stacked
                    .first
                    .write(&format!("{} {name}", templates::VERSION), &mut out);
                if let Some(second) = &stacked.second {
                    second.write(&format!("{} {name} again", templates::VERSION), &mut out);
                }
                if let Some(confidence) = &stacked.confidence {
                    confidence.write(name, &mut out);
                }
            }
        }
        out
    }

    /// Returns the weights for a kind of article. A model that has learnt from texts of one length
    /// serves those of the other.
    #[must_use]
    pub fn of(&self, kind: ArticleKind) -> Option<&StackedModel> {
        let other = match kind {
            ArticleKind::Page => None,
            ArticleKind::LongText => Some(ArticleKind::ShortText),
            ArticleKind::ShortText => Some(ArticleKind::LongText),
        };
        let own = self.weights[kind as usize].as_ref();
        own.or_else(|| self.weights[other? as usize].as_ref())
    }

    /// Replaces the weights for a kind of article.
    pub fn set(&mut self, kind: ArticleKind, weights: Option<StackedModel>) {
        self.weights[kind as usize] = weights;
    }

    /// Returns the labels of all its weights, sorted.
    #[must_use]
    pub fn labels(&self) -> Vec<&str> {
        let mut labels: Vec<&str> = self
            .weights
            .iter()
            .flatten()
            .flat_map(|stacked| stacked.labels().iter().map(String::as_str))
            .collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }
}

/// Returns a mask of the features to leave out of training: those about one site, and those of the
/// named templates.
#[must_use]
pub fn without(clues_named: &[String]) -> Vec<bool> {
    (0..templates::FEATURES)
        .map(|feature| {
            let name = templates::name(u32::try_from(feature).unwrap_or(u32::MAX));
            let name = name.split(' ').next().unwrap_or_default();
            templates::is_local(feature) || clues_named.iter().any(|named| named == name)
        })
        .collect()
}

/// Returns a model with initial weights: it predicts as the rules do.
#[must_use]
pub fn initial_weights(labels: &[&str]) -> Model {
    let mut model = Model::new(labels, templates::FEATURES, templates::EDGES);
    rules::set_initial_weights(&mut model);
    templates::set_site_prior_weights(&mut model);
    model
}

/// Returns the name of a feature.
#[must_use]
pub fn feature_name(feature: u32) -> String {
    templates::name(feature)
}

/// An article with the features that the models read.
pub struct FeaturizedArticle {
    /// Its text.
    pub text: Text,
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// Whether it came from an HTML page.
    pub is_page: bool,
    pub(super) document: DocumentFeatures,
    pub(super) hints: Vec<Hints>,
    places: Option<DomPositions>,
    /// The feature vectors of the first pass, computed when first needed.
    sequence: OnceLock<Sequence>,
    /// For each block the label that it had on other pages of the site, if no model knows that
    /// label, and whether that says more than what the block stacked like; may be empty.
    pub(super) site_labels: Vec<Option<(Label, bool)>>,
}

impl FeaturizedArticle {
    /// Makes an article of bare text.
    #[must_use]
    pub fn of_text(text: Text) -> Self {
        let blocks = blocks_of_text(&text);
        let hints = vec![Hints::default(); blocks.len()];
        Self::new(text, blocks, hints, "", false)
    }

    /// Makes an article of all text of a page, glued together, as a scraper without layout returns
    /// it.
    #[must_use]
    pub fn of_glued_page(page: &str) -> Self {
        Self::of_text(Text::new(&html::all_text(page)))
    }

    /// Makes an article of a page.
    #[must_use]
    pub fn of_page(page: &str) -> Self {
        let page = html::read(page);
        Self::new(page.text, page.blocks, page.hints, &page.meta.title, true)
    }

    /// Makes an article of a page and ignores its JSON-LD and metadata.
    #[must_use]
    pub fn of_silent_page(page: &str) -> Self {
        let mut page = html::read(page);
        for hints in &mut page.hints {
            hints.declared = 0;
            hints.byline = false;
        }
        Self::new(page.text, page.blocks, page.hints, &page.meta.title, true)
    }

    pub(super) fn new(
        text: Text,
        blocks: Vec<Block>,
        hints: Vec<Hints>,
        title: &str,
        is_page: bool,
    ) -> Self {
        let document = features::document_features(&text, &blocks, &hints, title);
        let places = is_page.then(|| DomPositions::new(&blocks, &document.surfaces));
        Self {
            text,
            blocks,
            is_page,
            document,
            hints,
            places,
            sequence: OnceLock::new(),
            site_labels: Vec::new(),
        }
    }

    /// Returns the kind of the article.
    #[must_use]
    pub fn kind(&self) -> ArticleKind {
        ArticleKind::new(self.is_page, self.blocks.len())
    }

    /// Returns the page with all its text in one element, as on old pages and in mails.
    ///
    /// Training on such copies keeps the model from relying on markup alone.
    #[must_use]
    pub fn flattened(&self) -> Self {
        let path: Arc<str> = "html/body/td[1]".into();
        let blocks: Vec<Block> = self
            .blocks
            .iter()
            .map(|block| Block {
                path: Arc::clone(&path),
                ..block.clone()
            })
            .collect();
        let hints = vec![
            Hints {
                html: true,
                ..Hints::default()
            };
            blocks.len()
        ];
        Self::new(self.text.clone(), blocks, hints, "", true)
    }

    /// Returns the article with voices recomputed by another model.
    #[must_use]
    pub fn with_voice_model(mut self, model: &VoiceModel) -> Self {
        self.document
            .recompute_voices(model, &self.text, &self.blocks);
        self.sequence = OnceLock::new();
        self
    }

    /// Returns the feature vectors of the first pass.
    #[must_use]
    pub fn sequence(&self) -> &Sequence {
        self.sequence.get_or_init(|| {
            templates::sequence(
                &self.text,
                &self.blocks,
                &self.hints,
                &self.document,
                self.places.as_ref(),
            )
        })
    }

    /// Returns the feature vectors of the first pass, to add features.
    pub(super) fn sequence_mut(&mut self) -> Option<&mut Sequence> {
        let _made = self.sequence();
        self.sequence.get_mut()
    }

    /// Labels the blocks.
    fn labelling_by(&self, stacked: &StackedModel) -> Labelling {
        let first = || -> Option<Labelling> {
            if stacked.second.is_some() || self.sequence.get().is_some() {
                return None;
            }
            let (text, places) = (&self.text, self.places.as_ref());
            templates::label(
                &stacked.first,
                text,
                &self.blocks,
                &self.hints,
                &self.document,
                places,
            )
        };
        first().unwrap_or_else(|| {
            let more = match &stacked.second {
                Some(_) => self.second_pass_features(&stacked.first),
                None => Vec::new(),
            };
            stacked.last().label_with(self.sequence(), &more)
        })
    }

    /// Returns the feature vectors of the second pass: those of the first and the stacked ones.
    #[must_use]
    pub fn second_pass_sequence(&self, first: &Model) -> Sequence {
        let mut sequence = self.sequence().clone();
        for (features, more) in sequence
            .items
            .iter_mut()
            .zip(self.second_pass_features(first))
        {
            features.extend(more.iter());
        }
        sequence
    }

    /// Returns the features that the second pass adds.
    fn second_pass_features(&self, first: &Model) -> Vec<Features> {
        let marginals = first.marginals(self.sequence());
        let index_of = |name: &str| first.labels().iter().position(|label| label == name);
        let (body, comment) = (index_of("body"), index_of("comment"));
        let core: Vec<[f64; 3]> = marginals
            .chunks_exact(first.labels().len())
            .map(|row| {
                let of = |label: Option<usize>| label.map_or(0.0, |label| row[label]);
                let (body, comment) = (of(body), of(comment));
                [body, comment, (1.0 - body - comment).max(0.0)]
            })
            .collect();
        templates::second_pass_features(&self.document.surfaces, self.places.as_ref(), &core)
    }

    /// Returns the feature vectors that the deciding pass reads.
    #[must_use]
    pub fn deciding_sequence(&self, stacked: &StackedModel) -> Cow<'_, Sequence> {
        match stacked.second {
            Some(_) => Cow::Owned(self.second_pass_sequence(&stacked.first)),
            None => Cow::Borrowed(self.sequence()),
        }
    }

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
                target,
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

    /// What a model would learn from this article: for each block the labels that it may have, as
    /// [`Example`] wants them. `regions` are those of `gold`, another text of the same article, or
    /// of this one.
    #[must_use]
    pub fn example(&self, gold: &Text, regions: &[Region], labels: &[String]) -> Example {
        let every = every(labels.len());
        let index_of = |label: &str| labels.iter().position(|known| known == label);
        let nav = index_of("nav");
        // Text outside all regions is nav.
        let label_at = |at: usize, from: &mut usize| {
            while regions
                .get(*from)
                .is_some_and(|region| region.span.end().index() <= at)
            {
                *from += 1;
            }
            regions
                .get(*from)
                .filter(|region| region.span.start().index() <= at)
                .map_or(nav, |region| index_of(region.label.as_str()))
        };
        let mut votes = vec![vec![0_usize; labels.len()]; self.blocks.len()];
        let mut block_of = BlockOf::new(&self.blocks);
        let mut from = 0;
        if gold.as_str() == self.text.as_str() {
            for (at, c) in gold
                .as_str()
                .char_indices()
                .filter(|(_, c)| !c.is_whitespace())
            {
                if let (Some(block), Some(label)) = (block_of.at(at), label_at(at, &mut from)) {
                    votes[block][label] += c.len_utf8();
                }
            }
        } else {
            let (gold_words, words) = (
                align::words(gold.as_str()),
                align::words(self.text.as_str()),
            );
            for (word, matched) in words.iter().zip(align::align(&gold_words, &words)) {
                let Some(matched) = matched else { continue };
                let place = gold_words[matched].start;
                if let (Some(block), Some(label)) =
                    (block_of.at(word.start), label_at(place, &mut from))
                {
                    votes[block][label] += word.word.len();
                }
            }
        }
        let allowed = votes
            .iter()
            .map(|votes| {
                let total: usize = votes.iter().sum();
                let Some((best, most)) = votes
                    .iter()
                    .enumerate()
                    .max_by_key(|(at, n)| (**n, usize::MAX - at))
                else {
                    return every;
                };
                if total == 0 {
                    return every;
                }
                if most * 10 >= total * 7 {
                    return 1 << best;
                }
                // A block with two kinds of text: either label is right.
                votes
                    .iter()
                    .enumerate()
                    .filter(|(_, votes)| **votes * 4 >= total)
                    .map(|(label, _)| 1 << label)
                    .sum()
            })
            .collect();
        Example {
            sequence: self.sequence().clone(),
            allowed,
            costs: self.costs(),
        }
    }

    /// Allows further labels where the gold says nav but the rules suggest one of the `missed`
    /// labels.
    ///
    /// Gold of some sets lacks labels that others have.
    pub fn doubt(&self, example: &mut Example, missed: &[String], labels: &[String]) {
        let Some(nav) = labels.iter().position(|label| label == "nav") else {
            return;
        };
        let verdicts = rules::Rules.label(&self.document.features(&self.blocks, &self.hints));
        for ((allowed, verdict), surface) in example
            .allowed
            .iter_mut()
            .zip(verdicts)
            .zip(&self.document.surfaces)
        {
            let name = rules::LABELS[verdict.label];
            // Buttons and headings around a thread are not part of it.
            let is_furniture =
                surface.ui || surface.site_lead || surface.separators >= 2 || surface.reply;
            if *allowed == 1 << nav
                && !is_furniture
                && missed.iter().any(|missed| missed == name)
                && let Some(label) = labels.iter().position(|label| label == name)
            {
                *allowed |= 1 << label;
            }
        }
    }

    /// Makes a training example from phrases that belong to a label (`holds`) and phrases that do
    /// not (`lacks`).
    #[must_use]
    pub fn example_of_phrases(
        &self,
        holds: &[(String, Vec<String>)],
        lacks: &[(String, Vec<String>)],
        labels: &[String],
    ) -> Example {
        let every = every(labels.len());
        let bit = |label: &str| {
            labels
                .iter()
                .position(|known| known == label)
                .map_or(0, |at| 1_u16 << at)
        };
        let flat = |text: &str| {
            align::words(text)
                .iter()
                .map(|word| format!(" {}", word.word))
                .collect::<String>()
        };
        let blocks: Vec<String> = self
            .blocks
            .iter()
            .map(|block| flat(self.text.slice(block.span)) + " ")
            .collect();
        let mut allowed = vec![every; blocks.len()];
        for (phrases, is_held) in holds
            .iter()
            .map(|h| (h, true))
            .chain(lacks.iter().map(|l| (l, false)))
        {
            let (label, phrases) = phrases;
            let mut mask = if is_held {
                bit(label)
            } else {
                every & !bit(label)
            };
            if is_held && label == "body" {
                mask |= bit("title"); // a headline counts as the story's to some
            }
            for phrase in phrases {
                let words = flat(phrase) + " ";
                if words.len() < 8 {
                    continue;
                }
                // A phrase that occurs more than once is ambiguous.
                let mut places = (0..blocks.len()).filter(|at| blocks[*at].contains(&words));
                if let (Some(at), None) = (places.next(), places.next())
                    && allowed[at] & mask != 0
                {
                    allowed[at] &= mask;
                }
            }
        }
        Example {
            sequence: self.sequence().clone(),
            allowed,
            costs: self.costs(),
        }
    }

    /// Weights blocks by length: an error in a long block costs more.
    fn costs(&self) -> Vec<f32> {
        self.document
            .surfaces
            .iter()
            .map(|surface| surface.words.min(60) as f32 / 60.0)
            .collect()
    }
}

fn every(labels: usize) -> u16 {
    u16::MAX >> (16 - labels.clamp(1, 16))
}

/// Finds the block at ascending byte offsets.
struct BlockOf<'a> {
    blocks: &'a [Block],
    at: usize,
}

impl<'a> BlockOf<'a> {
    fn new(blocks: &'a [Block]) -> Self {
        Self { blocks, at: 0 }
    }

    fn at(&mut self, place: usize) -> Option<usize> {
        while self.blocks.get(self.at)?.span.end().index() <= place {
            self.at += 1;
        }
        (self.blocks[self.at].span.start().index() <= place).then_some(self.at)
    }
}
