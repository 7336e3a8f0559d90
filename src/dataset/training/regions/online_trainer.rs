//! The region model of one dataset: the shipped weights, trained further on the dataset's finished
//! articles.
//!
//! The model depends on the shipped weights and on the finished annotations as they are now, and on
//! nothing else: not on the order in which articles were finished, reopened, changed or undone.
//! Each training run starts from the shipped weights and goes over all finished articles in the
//! order of their numbers, beside the [reference sample](super::reference). It advances in short
//! steps; until it is finished, suggestions come from the model before. What pages of a site have
//! in common ([`SiteMemory`]) is counted at once.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::training_set::{ExampleMetadata, Run, TrainingExample, TrainingSet, open_unused, with};
use crate::dataset::training::learning::{FinishedArticle, MOST_BYTES, finished_versions, group};
use crate::extract::sites::{PageFingerprints, SiteMemory, labels_of_blocks};
use crate::extract::{ArticleKind, FeaturizedArticle, RegionModel};
use crate::learn::Model;
use crate::learn::crf::delta::{read_changes, write_changes};
use crate::model::{Article, Label, Region, Schema, Site};
use crate::store::{ArticleKey, FinishedAnnotation, ModelKind, ModelSnapshot, Store, StoreError};

/// Names the method: a stored model of another one is trained anew.
const METHOD: &str = "batch with a reference sample 2";

/// The region model of a dataset, with its memory of the dataset's sites.
pub struct OnlineRegionTrainer {
    base: Arc<RegionModel>,
    base_name: String,
    model: Arc<RegionModel>,
    /// What the model is to be trained on.
    finished: Vec<FinishedArticle>,
    /// What it is trained on.
    trained_on: Vec<FinishedArticle>,
    /// Articles whose annotations have yet to be read.
    to_read: BTreeMap<ArticleKey, FinishedArticle>,
    /// The kinds of the articles that were read; `None` if nothing can be learnt from one.
    read: BTreeMap<ArticleKey, Option<ArticleKind>>,
    sites: SiteMemory,
    sets: [TrainingSet; 3],
    run: Option<(ArticleKind, Run)>,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainingStep {
    /// There was nothing to do.
    Idle,
    /// Part of the work is done.
    Partly,
    /// The model, or the memory of sites, is another one now.
    Changed,
}

impl OnlineRegionTrainer {
    /// Makes a trainer that has seen no article.
    #[must_use]
    pub fn new(base: Arc<RegionModel>) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(METHOD.as_bytes());
        hasher.update(&base.write());
        Self {
            base_name: hasher.finalize().to_hex().to_string(),
            model: Arc::clone(&base),
            base,
            finished: Vec::new(),
            trained_on: Vec::new(),
            to_read: BTreeMap::new(),
            read: BTreeMap::new(),
            sites: SiteMemory::default(),
            sets: Default::default(),
            run: None,
        }
    }

    /// Returns how many articles the model is trained on.
    #[must_use]
    pub fn articles(&self) -> usize {
        self.trained_on.len()
    }

    /// Returns how many articles influence the suggestions: those trained on, or those whose sites
    /// are known already.
    #[must_use]
    pub fn known_articles(&self) -> usize {
        let read = self.read.values().flatten().count();
        read.max(self.trained_on.len())
    }

    /// Returns whether the model is trained on all finished annotations that it knows of.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.to_read.is_empty() && self.run.is_none() && !self.sets.iter().any(|set| set.is_stale)
    }

    /// Returns how many articles are still to be read.
    #[must_use]
    pub fn to_read(&self) -> usize {
        self.to_read.len()
    }

    /// Returns the progress of the current run, from 0 to 1.
    #[must_use]
    pub fn progress(&self) -> f64 {
        match &self.run {
            Some((_, run)) => run.progress(),
            None => 0.0,
        }
    }

    /// Reads the reference sample of one kind in advance, so that the first finished article need
    /// not wait for it. Returns false once all is read.
    pub fn prepare(&mut self) -> bool {
        let mut kinds = ArticleKind::ALL.into_iter();
        kinds.any(|kind| self.sets[kind as usize].prepare(&self.base, kind))
    }

    /// Resets the model to its initial state.
    pub fn forget(&mut self) {
        *self = Self::new(Arc::clone(&self.base));
    }

    // -- the stored model --------------------------------------------------------------------

    /// Goes on from the stored model. One of other weights, of another method or damaged is no
    /// loss: it is trained anew.
    pub fn resume(&mut self, stored: ModelSnapshot) {
        self.forget();
        if stored.base != self.base_name || stored.kind != ModelKind::Regions {
            return;
        }
        if let Ok(model) = self.read_model(&stored.bytes) {
            self.model = Arc::new(model);
            self.trained_on = group(stored.trained_on);
        }
    }

    fn read_model(&self, mut bytes: &[u8]) -> Result<RegionModel, String> {
        let mut model = RegionModel::default();
        for kind in ArticleKind::ALL {
            if let Some(base) = self.base.of(kind) {
                let read = read_changes(base.last(), &mut bytes)?;
                model.set(kind, Some(with(base, read)));
            }
        }
        if bytes.is_empty() {
            Ok(model)
        } else {
            Err("the stored model is longer than expected".to_owned())
        }
    }

    /// The model to store.
    #[must_use]
    pub fn snapshot(&self) -> ModelSnapshot {
        let mut bytes = Vec::new();
        for kind in ArticleKind::ALL {
            if let (Some(base), Some(model)) = (self.base.of(kind), self.model.of(kind)) {
                write_changes(base.last(), model.last(), &mut bytes);
            }
        }
        ModelSnapshot {
            kind: ModelKind::Regions,
            base: self.base_name.clone(),
            trained_on: self
                .trained_on
                .iter()
                .flat_map(|a| a.versions.clone())
                .collect(),
            bytes,
        }
    }

    // -- training ----------------------------------------------------------------------------

    /// Takes in which annotations are finished now. Whether something is forgotten at once.
    pub fn catch_up(&mut self, now: &[FinishedAnnotation]) -> bool {
        let now = group(now.to_vec());
        if now == self.finished && (!now.is_empty() || self.trained_on.is_empty()) {
            return false;
        }
        self.run = None;
        let still: BTreeMap<ArticleKey, &FinishedArticle> =
            now.iter().map(|article| (article.key, article)).collect();
        let gone: BTreeSet<ArticleKey> = self
            .finished
            .iter()
            .chain(&self.trained_on)
            .map(|article| article.key)
            .filter(|key| !still.contains_key(key))
            .collect();
        let mut has_forgotten = false;
        for key in gone {
            has_forgotten |= self.remove(key);
        }
        let known: HashSet<&FinishedArticle> = self.finished.iter().collect();
        for article in &now {
            if !known.contains(article) {
                self.to_read.insert(article.key, article.clone());
            }
        }
        self.finished = now;
        self.make_room();
        self.settle_if_unchanged();
        has_forgotten
    }

    fn remove(&mut self, key: ArticleKey) -> bool {
        self.to_read.remove(&key);
        match self.read.remove(&key) {
            Some(Some(kind)) => {
                self.take_out(key, kind);
                true
            }
            Some(None) => false,
            None => {
                // The model was trained on it before this window was opened, and nobody knows as
                // what.
                if self.trained_on.iter().any(|article| article.key == key) {
                    self.sets.iter_mut().for_each(|set| set.is_stale = true);
                }
                false
            }
        }
    }

    /// Does the next piece of work: reads an article, or trains on one example.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn step(&mut self, store: &dyn Store) -> Result<TrainingStep, StoreError> {
        if let Some((key, article)) = self.to_read.first_key_value() {
            let key = *key;
            let example = self.example_of(store, article)?;
            self.put(key, example);
            return Ok(if self.to_read.is_empty() {
                TrainingStep::Changed
            } else {
                TrainingStep::Partly
            });
        }
        let Some((kind, mut run)) = self.run.take() else {
            return Ok(self.begin());
        };
        if let Some(base) = self.base.of(kind) {
            let set = &mut self.sets[kind as usize];
            if let Some(model) = run.advance(set, base, &self.sites) {
                self.publish(kind, Some(model));
                return Ok(TrainingStep::Changed);
            }
            self.run = Some((kind, run));
        }
        Ok(TrainingStep::Partly)
    }

    /// Leaves out the next article, on which training panicked.
    pub fn leave_out(&mut self) {
        match self.to_read.keys().next().copied() {
            Some(key) => self.put(key, None),
            None => {
                // A run that failed would fail again: the model stays as it is until something
                // changes.
                self.run = None;
                self.sets.iter_mut().for_each(|set| set.is_stale = false);
            }
        }
    }

    /// Adds the example of an article.
    fn put(&mut self, key: ArticleKey, example: Option<TrainingExample>) {
        let finished = self.to_read.remove(&key);
        let kind = example.as_ref().map(|example| example.kind);
        let before = self.read.insert(key, kind);
        let is_trained_on = before.is_none()
            && finished.is_some_and(|finished| self.trained_on.contains(&finished));
        let had = before.flatten();
        if let Some(had) = had.filter(|had| Some(*had) != kind) {
            self.take_out(key, had);
        }
        if let Some(TrainingExample {
            kind,
            example,
            facts,
        }) = example
        {
            self.sites
                .learn_blocks(&facts.site, &key.to_string(), &facts.signs, &facts.said);
            let site = facts.site.clone();
            if self.sets[kind as usize].put(key, example, facts, !is_trained_on) {
                self.site_changed(&site);
            }
        } else if before.is_none() && !is_trained_on && !self.trained_on.is_empty() {
            // It may have taught something once.
            if self.trained_on.iter().any(|article| article.key == key) {
                self.sets.iter_mut().for_each(|set| set.is_stale = true);
            }
        }
        self.make_room();
        self.settle_if_unchanged();
    }

    fn take_out(&mut self, key: ArticleKey, kind: ArticleKind) {
        self.sites.forget(&key.to_string());
        if let Some(site) = self.sets[kind as usize].remove(key) {
            self.site_changed(&site);
        }
    }

    /// Marks the priors of a site's examples as stale.
    fn site_changed(&mut self, site: &str) {
        for set in &mut self.sets {
            set.is_stale |= !site.is_empty() && set.has(site);
        }
    }

    /// Reads the examples again for which there is room now.
    fn make_room(&mut self) {
        for key in self.sets.iter_mut().flat_map(TrainingSet::make_room) {
            if let Some(article) = self.finished.iter().find(|a| a.key == key) {
                self.to_read.insert(key, article.clone());
            }
        }
    }

    /// Marks the model as trained, if nothing is left to do.
    fn settle_if_unchanged(&mut self) {
        if self.is_settled() {
            self.trained_on = self.finished.clone();
        }
    }

    fn begin(&mut self) -> TrainingStep {
        let stale = ArticleKind::ALL
            .into_iter()
            .find(|kind| self.sets[*kind as usize].is_stale);
        let Some(kind) = stale else {
            return TrainingStep::Idle;
        };
        match self.sets[kind as usize].begin(&self.base, kind) {
            Some(run) => {
                self.run = Some((kind, run));
                TrainingStep::Partly
            }
            None => {
                self.publish(kind, None);
                TrainingStep::Changed
            }
        }
    }

    /// Sets the model of a kind; without one, the shipped model.
    fn publish(&mut self, kind: ArticleKind, model: Option<Model>) {
        let base = self.base.of(kind);
        let looks = match (base, model) {
            (Some(base), Some(model)) => Some(with(base, model)),
            (base, _) => base.cloned(),
        };
        let mut all = RegionModel::clone(&self.model);
        all.set(kind, looks);
        self.model = Arc::new(all);
        self.sets[kind as usize].is_stale = false;
        self.settle_if_unchanged();
    }

    /// Makes the example of an article; `None` if the article is gone, changed meanwhile, or too
    /// long.
    fn example_of(
        &self,
        store: &dyn Store,
        finished: &FinishedArticle,
    ) -> Result<Option<TrainingExample>, StoreError> {
        let Some((article, versions)) = finished_versions(store, finished)? else {
            return Ok(None);
        };
        let kept = store.kept(finished.key)?;
        let reading = FeaturizedArticle::of_article(&article, kept.as_deref());
        let kind = reading.kind();
        let (Some(base), Some((first, others))) = (self.base.of(kind), versions.split_first())
        else {
            return Ok(None);
        };
        let labels = base.labels();
        let mut example = reading.example(&article.text, first.regions(), labels);
        let nav = Label::new("nav").ok();
        let said_of = |regions: &[Region]| match &nav {
            Some(nav) => labels_of_blocks(&reading, regions, nav),
            None => vec![None; reading.blocks.len()],
        };
        let mut said = said_of(first.regions());
        // Where annotators disagree, either is right.
        for other in others {
            let theirs = reading.example(&article.text, other.regions(), labels);
            for (allowed, theirs) in example.allowed.iter_mut().zip(theirs.allowed) {
                *allowed |= theirs;
            }
            for (said, theirs) in said.iter_mut().zip(said_of(other.regions())) {
                if *said != theirs {
                    *said = None;
                }
            }
        }
        let used = |label: &str| {
            let mut regions = versions.iter().flat_map(|version| version.regions());
            regions.any(|region| region.label.as_str() == label)
        };
        open_unused(&mut example, labels, used);
        example.sequence = reading.deciding_sequence(base).into_owned();
        let site = Site::of_url(&article.meta.url);
        let site = site.as_ref().map_or("", Site::name);
        let facts = ExampleMetadata::new(site, PageFingerprints::of(&reading), said, &example);
        Ok(Some(TrainingExample {
            kind,
            example,
            facts,
        }))
    }

    // -- suggesting --------------------------------------------------------------------------

    /// Returns the model that suggests now.
    #[must_use]
    pub fn model(&self) -> &RegionModel {
        &self.model
    }

    /// Returns the model without training on this dataset.
    #[must_use]
    pub fn base(&self) -> &RegionModel {
        &self.base
    }

    /// Returns the priors of the dataset's sites.
    #[must_use]
    pub fn sites(&self) -> &SiteMemory {
        &self.sites
    }

    /// An article as the model sees it, with priors of what was said about other pages of its site.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn read(
        &self,
        store: &dyn Store,
        key: ArticleKey,
        article: &Article,
    ) -> Result<FeaturizedArticle, StoreError> {
        let kept = store.kept(key)?;
        let mut reading = FeaturizedArticle::of_article(article, kept.as_deref());
        let looks = self.base.of(reading.kind());
        if let (Some(looks), Some(site)) = (looks, Site::of_url(&article.meta.url))
            && self.sites.knows(site.name())
        {
            let priors = self.sites.priors(site.name(), &reading);
            reading.add_site_priors(&priors, looks.labels());
        }
        Ok(reading)
    }

    /// Suggests regions for an article; `None` where it is too long.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn suggest(
        &self,
        store: &dyn Store,
        key: ArticleKey,
        article: &Article,
        schema: &Schema,
    ) -> Result<Option<Vec<Region>>, StoreError> {
        if article.text.len() > MOST_BYTES {
            return Ok(None);
        }
        let reading = self.read(store, key, article)?;
        Ok(Some(reading.suggest(&self.model, schema)))
    }
}
