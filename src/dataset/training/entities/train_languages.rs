//! Trains the models that the program ships: one on all languages together, and from it one for
//! each language.
//!
//! All randomness comes from the seed, and every sum has one order: the same gold gives the same
//! bytes on any number of threads.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::evaluate::{EntityScores, measure, schema_of};
use super::gold::Gold;
use super::train::{OFTEN, calibrated, each};
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::dataset::training::folds::deal_out;
use crate::dataset::training::parallel::at_once;
use crate::learn::perceptron::Perceptron;
use crate::model::Annotation;
use crate::store::write_atomically;
use crate::tag::features::candidates::CandidateFilter;
use crate::tag::lexicon::Lexicon;
use crate::tag::model::{Calibration, grammar};
use crate::tag::training::{
    Hyperparameters, TaggedArticle, TrainingExample, WeightedExample, candidate_filter,
    mark_known_names, train_from,
};
use crate::tag::{Mapping, TagModel};

/// The types of names of the shipped models.
const TYPES: [&str; 3] = ["PER", "ORG", "LOC"];

/// Languages that learn from another one's articles, too: they are written alike.
const BORROWED: [(&str, &str); 3] = [("hr", "sr"), ("sr", "hr"), ("nb", "da")];

/// About the number of letters of each language that the common model is trained on, so that none
/// outweighs the others.
const COMMON_LETTERS: usize = 250_000;

/// One in this many parts of the sites is held out to calibrate scores.
const CALIBRATION_FOLDS: usize = 8;

/// For the model of all languages.
const COMMON: Hyperparameters = Hyperparameters {
    bits: 18,
    rounds: 3,
    runs: 1,
    margin: 15.0,
    missed: 5.0,
    step: 0.03,
    seed: 1,
};

/// For the models of single languages, which start from it.
const OWN: Hyperparameters = Hyperparameters {
    rounds: 24,
    ..COMMON
};

/// The models that the program ships.
pub struct LanguageModels {
    /// The model of all languages, from which the others differ.
    pub world: TagModel,
    /// The model of each language.
    pub languages: Vec<TagModel>,
}

/// The scores of the articles of a set on which no model was trained.
#[derive(Clone, Debug)]
pub struct SetScores {
    /// The set: the id up to its first slash.
    pub set: String,
    /// Its language.
    pub language: String,
    /// The scores.
    pub scores: EntityScores,
}

/// What a model that has not seen an article suggests in it.
pub struct Suggested<'a> {
    /// The article.
    pub gold: &'a Gold,
    /// The suggestions.
    pub found: Annotation,
}

/// The articles of a language with their features.
struct LanguageGold {
    tag: String,
    /// The articles as indices into the gold.
    articles: Vec<usize>,
    examples: Vec<TrainingExample>,
    candidates: CandidateFilter,
}

/// Gold in many languages with its features.
pub struct MultilingualGold<'a> {
    gold: &'a [Gold],
    types: Vec<String>,
    all: Vec<LanguageGold>,
    /// The words that are candidates in texts of other languages.
    candidates: CandidateFilter,
    jobs: usize,
}

impl<'a> MultilingualGold<'a> {
    /// Makes the features of all articles. Each record names its language.
    ///
    /// # Errors
    /// Returns an error if a thread panics.
    pub fn new(gold: &'a [Gold], jobs: usize) -> Result<Self> {
        let types: Vec<String> = TYPES.map(str::to_owned).to_vec();
        let mut articles: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (nth, one) in gold.iter().enumerate() {
            articles.entry(&one.language).or_default().push(nth);
            for (language, other) in BORROWED {
                if other == one.language {
                    articles.entry(language).or_default().push(nth);
                }
            }
        }
        let mut all = Vec::new();
        let mut inner = Vec::new();
        for (tag, articles) in articles {
            let lexicon = Lexicon::of(tag).unwrap_or_else(Lexicon::shipped);
            let mut tagged: Vec<TaggedArticle> = each(&articles, jobs, |nth| {
                let gold = &gold[*nth];
                let text = gold.text.as_str();
                TaggedArticle::new(text, &gold.pieces, &gold.names(&types), lexicon)
            })?;
            let texts = articles.iter().map(|nth| gold[*nth].text.as_str());
            mark_known_names(texts.zip(&mut tagged), OWN.seed);
            let candidates = candidate_filter(&tagged, OFTEN);
            let examples = each(&tagged, jobs, |tagged| {
                tagged.example(&candidates, OWN.bits)
            })?;
            inner.extend(candidates.words());
            all.push(LanguageGold {
                tag: tag.to_owned(),
                articles,
                examples,
                candidates,
            });
        }
        Ok(Self {
            gold,
            types,
            all,
            candidates: CandidateFilter::new(inner),
            jobs,
        })
    }

    /// Trains all models on the articles that are kept.
    ///
    /// # Errors
    /// Returns an error if the user cancelled.
    fn weights(
        &self,
        is_kept: &(impl Fn(usize) -> bool + Sync),
        progress: &mut dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<(Perceptron, Vec<Perceptron>)> {
        let start = Perceptron::new(grammar(self.types.len()), COMMON.bits);
        let common = train_from(start, &self.common(is_kept), &COMMON).rounded();
        let trained = at_once(self.all.len(), self.jobs, progress, |nth| {
            if cancel.is_cancelled() {
                return None;
            }
            let language = &self.all[nth];
            let examples = language.articles.iter().zip(&language.examples);
            let examples: Vec<WeightedExample<'_>> = examples
                .filter(|(article, _)| is_kept(**article))
                .map(|(article, example)| (example, self.gold[*article].weight))
                .collect();
            Some(train_from(common.clone(), &examples, &OWN))
        })?;
        let Some(trained) = trained.into_iter().collect() else {
            bail!("stopped; nothing was written");
        };
        Ok((common, trained))
    }

    /// The articles for the common model: about the same amount of each language, evenly spread.
    fn common(&self, is_kept: &impl Fn(usize) -> bool) -> Vec<WeightedExample<'_>> {
        let mut all = Vec::new();
        for language in &self.all {
            let letters = |nth: usize| self.gold[nth].text.len().max(1);
            let total: usize = language.articles.iter().map(|nth| letters(*nth)).sum();
            let (mut seen, mut taken) = (0_usize, 0_usize);
            for (article, example) in language.articles.iter().zip(&language.examples) {
                let size = letters(*article);
                seen += size;
                if is_kept(*article)
                    && taken as u64 * total as u64 <= seen as u64 * COMMON_LETTERS as u64
                {
                    taken += size;
                    all.push((example, self.gold[*article].weight));
                }
            }
        }
        all
    }

    /// The model of a language with these weights. Its scores are not calibrated.
    fn model(&self, language: &LanguageGold, weights: Perceptron) -> TagModel {
        TagModel {
            language: language.tag.clone(),
            types: self.types.clone(),
            weights,
            candidates: language.candidates.clone(),
            calibration: Calibration::default(),
            type_groups: Vec::new(),
        }
    }

    /// Trains the models to ship on all articles, and calibrates their scores on an eighth of them
    /// by models that have not seen it.
    ///
    /// # Errors
    /// Returns an error if the user cancelled.
    pub fn train(
        &self,
        progress: &mut dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<LanguageModels> {
        progress.expect(2 * self.all.len() as u64);
        let sites = self.gold.iter().map(|gold| gold.site.as_str());
        let fold_of = deal_out(sites, CALIBRATION_FOLDS, OWN.seed);
        let (_, unseen) = self.weights(&|nth| fold_of[nth] != 0, progress, cancel)?;
        let mut calibrations = Vec::new();
        for (language, weights) in self.all.iter().zip(unseen) {
            let held_out = language.articles.iter().filter(|nth| fold_of[**nth] == 0);
            let held_out: Vec<&Gold> = held_out.map(|nth| &self.gold[*nth]).collect();
            let model = self.model(language, weights);
            calibrations.push(calibrated(&model, &held_out, self.jobs)?);
        }
        let (common, own) = self.weights(&|_| true, progress, cancel)?;
        let world = TagModel {
            language: String::new(),
            types: self.types.clone(),
            weights: common,
            candidates: self.candidates.clone(),
            calibration: Calibration::default(),
            type_groups: Vec::new(),
        };
        let each = self.all.iter().zip(own).zip(calibrations);
        let languages = each.map(|((language, weights), calibration)| TagModel {
            calibration,
            ..self.model(language, weights)
        });
        Ok(LanguageModels {
            languages: languages.collect(),
            world,
        })
    }

    /// Scores each fold of the sites by models of the others, as they would be shipped. Articles
    /// that are only for training have no scores.
    ///
    /// # Errors
    /// Returns an error if the user cancelled.
    pub fn held_out(
        &self,
        folds: usize,
        progress: &mut dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<(Vec<SetScores>, Vec<Suggested<'_>>)> {
        let sites = self.gold.iter().map(|gold| gold.site.as_str());
        let fold_of = deal_out(sites, folds, OWN.seed.wrapping_add(1));
        let mapping = Mapping::new(&self.types, &schema_of(&self.types)?);
        let mut sets: BTreeMap<(&str, &str), EntityScores> = BTreeMap::new();
        let mut suggested = Vec::new();
        progress.expect((folds * self.all.len()) as u64);
        for fold in 0..folds {
            let (common, own) = self.weights(&|nth| fold_of[nth] != fold, progress, cancel)?;
            let base = self.model(&self.all[0], common);
            for (language, weights) in self.all.iter().zip(own) {
                let model = self.model(language, weights);
                let bytes = model.write_pack(&base)?;
                let model = TagModel::read_pack(&base, &bytes)
                    .map_err(anyhow::Error::msg)
                    .context("internal error: a pack cannot be read back")?;
                let own = language.articles.iter().map(|nth| (*nth, &self.gold[*nth]));
                for (nth, gold) in own {
                    if fold_of[nth] == fold && !gold.only_training && gold.language == language.tag
                    {
                        let set = gold.id.split('/').next().unwrap_or_default();
                        let scores = sets.entry((set, &gold.language)).or_default();
                        let found = measure(gold, &model, &mapping, scores)?;
                        suggested.push(Suggested { gold, found });
                    }
                }
            }
        }
        let sets = sets.into_iter();
        let scores = sets
            .map(|((set, language), scores)| SetScores {
                set: set.to_owned(),
                language: language.to_owned(),
                scores,
            })
            .collect();
        Ok((scores, suggested))
    }
}

impl LanguageModels {
    /// Writes the models into a folder. Returns the name and size of each file.
    ///
    /// # Errors
    /// Returns an error if a file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<Vec<(String, usize)>> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let mut files = vec![("world.tag".to_owned(), self.world.write())];
        for model in &self.languages {
            let bytes = model.write_pack(&self.world)?;
            files.push((format!("{}.tag", model.language), bytes));
        }
        for (name, bytes) in &files {
            let path = folder.join(name);
            write_atomically(&path, |out| out.write_all(bytes))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        let sizes = files.into_iter().map(|(name, bytes)| (name, bytes.len()));
        Ok(sizes.collect())
    }
}
