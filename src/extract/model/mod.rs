//! The region model: kinds of articles, weights for each kind, and the model's file.

mod article;
pub mod confidence;
mod examples;
pub(crate) mod rule_weights;
pub(crate) mod rules;
mod suggestions;
pub mod voice;

use std::sync::LazyLock;

pub use self::article::FeaturizedArticle;
use self::confidence::Confidence;
use super::features::templates;
use crate::learn::Model;

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
