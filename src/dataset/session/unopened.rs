//! Suggestions for articles that nobody has opened, for the window and for exports.
//!
//! A dataset keeps the suggestions that were made last. Those of an article that was never opened
//! are as when it came: regions alone, by the models of then.

use std::sync::Arc;

use anyhow::Result;

use crate::dataset::io::progress::CancelFlag;
use crate::dataset::suggesters::SuggesterPlan;
use crate::dataset::training::entities::online_trainer::OnlineEntityTrainer;
use crate::dataset::training::learning;
use crate::dataset::training::regions::online_trainer::OnlineRegionTrainer;
use crate::extract::RegionModel;
use crate::formats::metadata::suggested_by::{self, SuggestedBy, SuggestedTask};
use crate::model::{Annotation, Article, Entity, Provenance, Schema};
use crate::store::{ArticleKey, FinishedAnnotation, ModelKind, Revision, Store, StoreError};

/// The models of a dataset; those that are switched off are `None`.
#[derive(Clone, Copy)]
pub(crate) struct Models<'a> {
    pub(crate) regions: Option<&'a OnlineRegionTrainer>,
    pub(crate) entities: Option<&'a OnlineEntityTrainer>,
    pub(crate) schema: &'a Schema,
    /// Which stored suggestions are by other programs and stay.
    pub(crate) plan: &'a SuggesterPlan,
}

/// Suggestions, and the models that made them.
pub(crate) struct Suggested {
    pub(crate) annotation: Annotation,
    regions: bool,
    entities: bool,
}

impl Models<'_> {
    /// Makes suggestions in place of `guess`, those that are stored; `None` if a person has changed
    /// these.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub(crate) fn suggest(
        self,
        store: &dyn Store,
        key: ArticleKey,
        article: &Article,
        guess: &Annotation,
        revision: Revision,
    ) -> Result<Option<Suggested>, StoreError> {
        if !learning::is_guess(guess) {
            return Ok(None);
        }
        // Who has learnt nothing guesses as when the article came, unless somebody who had learnt
        // guessed since.
        let regions = match self.regions {
            _ if self.plan.keeps_regions(guess.regions()) => None,
            Some(model) if model.known_articles() > 0 || revision > Revision(0) => {
                model.suggest(store, key, article, self.schema)?
            }
            _ => None,
        };
        let has_regions = regions.is_some();
        let regions = regions.unwrap_or_else(|| guess.regions().to_vec());
        let entities = self
            .entities
            .and_then(|model| model.suggest(article, &regions));
        let has_entities = entities.is_some();
        let built_in = entities.unwrap_or_else(|| {
            let stored = guess.entities().iter();
            let is_built_in =
                |entity: &&Entity| !matches!(entity.provenance, Provenance::Suggester(..));
            stored.filter(is_built_in).cloned().collect()
        });
        let stored = guess.entities();
        let plan = self.plan;
        let entities = plan.combine(article, &regions, self.schema, built_in, stored);
        Ok(
            learning::guess_of(article, regions, entities).map(|annotation| Suggested {
                annotation,
                regions: has_regions,
                entities: has_entities,
            }),
        )
    }
}

/// Trains the region model of a dataset on its finished articles; `None` if it was cancelled.
///
/// # Errors
/// If the dataset cannot be read.
pub(crate) fn trained_regions(
    store: &dyn Store,
    finished: &[FinishedAnnotation],
    cancel: &CancelFlag,
) -> Result<Option<OnlineRegionTrainer>> {
    let mut regions = OnlineRegionTrainer::new(Arc::new(RegionModel::shipped().clone()));
    if let Ok(Some(model)) = store.load_model(ModelKind::Regions) {
        regions.resume(model);
    }
    regions.catch_up(finished);
    while !regions.is_settled() {
        if cancel.is_cancelled() {
            return Ok(None);
        }
        regions.step(store)?;
    }
    Ok(Some(regions))
}

/// The models of a dataset, trained on all finished articles.
pub(crate) struct Suggester {
    regions: OnlineRegionTrainer,
    entities: OnlineEntityTrainer,
    schema: Arc<Schema>,
    plan: SuggesterPlan,
}

impl Suggester {
    /// Trains on all finished articles, as the window does in the background; `None` if it was
    /// cancelled.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub(crate) fn of(store: &dyn Store, cancel: &CancelFlag) -> Result<Option<Self>> {
        let schema = Arc::new(store.schema()?);
        let finished = learning::finished_annotations(store)?;
        let mut entities = OnlineEntityTrainer::new(Arc::clone(&schema), true);
        entities.catch_up(&finished);
        while entities.waiting() > 0 {
            if cancel.is_cancelled() {
                return Ok(None);
            }
            entities.take(store)?;
        }
        entities.refit();
        let Some(regions) = trained_regions(store, &finished, cancel)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            regions,
            entities,
            schema,
            plan: SuggesterPlan::load(store)?,
        }))
    }

    /// Replaces the stored suggestions by new ones, and names the models in the metadata.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub(crate) fn renew(
        &self,
        store: &dyn Store,
        key: ArticleKey,
        article: &mut Article,
        annotation: &mut Annotation,
        revision: Revision,
    ) -> Result<(), StoreError> {
        let models = Models {
            regions: Some(&self.regions),
            entities: Some(&self.entities),
            schema: &self.schema,
            plan: &self.plan,
        };
        let Some(suggested) = models.suggest(store, key, article, annotation, revision)? else {
            return Ok(());
        };
        let learnt_from = [
            (
                SuggestedTask::Regions,
                suggested.regions,
                self.regions.known_articles(),
            ),
            (
                SuggestedTask::Entities,
                suggested.entities,
                self.entities.articles(),
            ),
        ];
        for (task, is_new, articles) in learnt_from {
            if is_new {
                let mut model = SuggestedBy::shipped(task);
                if articles > 0 {
                    model.version = format!("{}+{articles}", model.version);
                }
                suggested_by::put(&mut article.meta.other, model);
            }
        }
        for (task, model) in self.plan.models_of(&suggested.annotation) {
            suggested_by::add(&mut article.meta.other, model.suggested_by(task));
        }
        *annotation = suggested.annotation;
        Ok(())
    }
}
