//! An article with its features, and how a model labels it.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::voice::VoiceModel;
use super::{ArticleKind, StackedModel};
use crate::extract::features::positions::DomPositions;
use crate::extract::features::{self, DocumentFeatures, Hints, templates};
use crate::extract::{blocks_of_text, html};
use crate::learn::crf::Labelling;
use crate::learn::{Features, Model, Sequence};
use crate::model::{Block, Label, Text};

/// An article with the features that the models read.
pub struct FeaturizedArticle {
    /// Its text.
    pub text: Text,
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// Whether it came from an HTML page.
    pub is_page: bool,
    pub(in crate::extract) document: DocumentFeatures,
    pub(in crate::extract) hints: Vec<Hints>,
    places: Option<DomPositions>,
    /// The feature vectors of the first pass, computed when first needed.
    sequence: OnceLock<Sequence>,
    /// For each block the label that it had on other pages of the site, if no model knows that
    /// label, and whether that says more than what the block stacked like; may be empty.
    pub(in crate::extract) site_labels: Vec<Option<(Label, bool)>>,
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

    pub(in crate::extract) fn new(
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
    pub(in crate::extract) fn sequence_mut(&mut self) -> Option<&mut Sequence> {
        let _made = self.sequence();
        self.sequence.get_mut()
    }

    /// Labels the blocks.
    pub(super) fn labelling_by(&self, stacked: &StackedModel) -> Labelling {
        let at_once = || -> Option<Labelling> {
            if self.sequence.get().is_some() {
                return None;
            }
            let (text, blocks, hints) = (&self.text, &self.blocks, &self.hints);
            let (document, places) = (&self.document, self.places.as_ref());
            let first = &stacked.first;
            match &stacked.second {
                None => templates::label(first, text, blocks, hints, document, places),
                Some(second) => templates::label_in_two_passes(
                    (first, second),
                    text,
                    blocks,
                    hints,
                    document,
                    places,
                    |marginals| core(first, marginals),
                ),
            }
        };
        at_once().unwrap_or_else(|| {
            let more = match &stacked.second {
                Some(_) => self.second_pass_features(&stacked.first),
                None => Vec::new(),
            };
            stacked.last().label_with(self.sequence(), &more)
        })
    }

    /// Returns the probability of each label for each block, row by row, to check labels that people
    /// gave.
    #[must_use]
    pub fn label_probabilities(&self, stacked: &StackedModel) -> Vec<f64> {
        self.labelling_by(stacked).marginals
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
        let core = core(first, &first.marginals(self.sequence()));
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
}

/// The first pass's probabilities of story, comment and the rest for each block, out of those of
/// all labels.
fn core(first: &Model, marginals: &[f64]) -> Vec<[f64; 3]> {
    let index_of = |name: &str| first.labels().iter().position(|label| label == name);
    let (body, comment) = (index_of("body"), index_of("comment"));
    marginals
        .chunks_exact(first.labels().len())
        .map(|row| {
            let of = |label: Option<usize>| label.map_or(0.0, |label| row[label]);
            let (body, comment) = (of(body), of(comment));
            [body, comment, (1.0 - body - comment).max(0.0)]
        })
        .collect()
}
