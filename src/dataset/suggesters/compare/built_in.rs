//! The scores of the built-in models.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Result, ensure};

use super::{BUILT_IN_TRAINED, Gold, Steps, SuggesterScores};
use crate::dataset::io::progress::Cancelled;
use crate::dataset::suggesters::config::BUILT_IN;
use crate::dataset::training::entities::online_trainer::OnlineEntityTrainer;
use crate::dataset::training::regions::online_trainer::OnlineRegionTrainer;
use crate::extract::RegionModel;
use crate::formats::metadata::suggested_by::SuggestedTask;
use crate::model::{Entity, Region, Schema};
use crate::store::{ArticleKey, FinishedAnnotation, Store};

/// Into how many parts the articles are split for cross-validation.
const FOLDS: usize = 5;
/// What a row of the built-in models says if they are as shipped.
const BUILT_IN_SHIPPED: &str = "as shipped";
/// The finished annotations without those of one part of the articles.
fn without_fold(
    finished: &[FinishedAnnotation],
    fold: &BTreeSet<ArticleKey>,
) -> Vec<FinishedAnnotation> {
    let others = finished.iter().filter(|one| !fold.contains(&one.key));
    others.cloned().collect()
}

/// The articles of each part, by place.
fn folds(gold: &[Gold]) -> Vec<Vec<&Gold>> {
    let count = FOLDS.min(gold.len());
    let mut folds: Vec<Vec<&Gold>> = vec![Vec::new(); count];
    for (at, one) in gold.iter().enumerate() {
        if let Some(fold) = folds.get_mut(at % count) {
            fold.push(one);
        }
    }
    folds
}

fn keys_of(fold: &[&Gold]) -> BTreeSet<ArticleKey> {
    fold.iter().map(|gold| gold.finished.key).collect()
}

pub(super) fn built_in_entities(
    store: &dyn Store,
    schema: &Arc<Schema>,
    gold: &[Gold],
    finished: &[FinishedAnnotation],
    meter: &mut Steps<'_>,
) -> Result<Vec<SuggesterScores>> {
    let task = SuggestedTask::Entities;
    let mut shipped = SuggesterScores::new(BUILT_IN, BUILT_IN_SHIPPED, task);
    let mut trained = SuggesterScores::new(BUILT_IN, BUILT_IN_TRAINED, task);
    let untrained = OnlineEntityTrainer::new(Arc::clone(schema), true);
    let guess = |model: &OnlineEntityTrainer, one: &Gold| {
        let regions = one.annotation.regions();
        model.suggest(&one.article, regions).unwrap_or_default()
    };
    let mut found: BTreeMap<ArticleKey, Vec<Entity>> = BTreeMap::new();
    if gold.len() > 1 {
        for fold in folds(gold) {
            let mut model = OnlineEntityTrainer::new(Arc::clone(schema), true);
            model.catch_up(&without_fold(finished, &keys_of(&fold)));
            while model.waiting() > 0 {
                ensure!(!meter.cancel.is_cancelled(), Cancelled);
                model.take(store)?;
            }
            model.refit();
            for one in fold {
                found.insert(one.key, guess(&model, one));
            }
        }
    }
    for one in gold {
        shipped.count_entities(one, guess(&untrained, one), schema);
        if let Some(found) = found.remove(&one.key) {
            trained.count_entities(one, found, schema);
        }
        meter.step()?;
    }
    Ok(both(shipped, trained, gold))
}

pub(super) fn built_in_regions(
    store: &dyn Store,
    schema: &Schema,
    gold: &[Gold],
    finished: &[FinishedAnnotation],
    meter: &mut Steps<'_>,
) -> Result<Vec<SuggesterScores>> {
    let task = SuggestedTask::Regions;
    let mut shipped = SuggesterScores::new(BUILT_IN, BUILT_IN_SHIPPED, task);
    let mut trained = SuggesterScores::new(BUILT_IN, BUILT_IN_TRAINED, task);
    let base = Arc::new(RegionModel::shipped().clone());
    let untrained = OnlineRegionTrainer::new(Arc::clone(&base));
    let mut found: BTreeMap<ArticleKey, Vec<Region>> = BTreeMap::new();
    if gold.len() > 1 {
        for fold in folds(gold) {
            let mut model = OnlineRegionTrainer::new(Arc::clone(&base));
            model.catch_up(&without_fold(finished, &keys_of(&fold)));
            while !model.is_settled() {
                ensure!(!meter.cancel.is_cancelled(), Cancelled);
                model.step(store)?;
            }
            for one in fold {
                let regions = model.suggest(store, one.key, &one.article, schema)?;
                found.insert(one.key, regions.unwrap_or_default());
            }
        }
    }
    for one in gold {
        let regions = untrained.suggest(store, one.key, &one.article, schema)?;
        shipped.count_regions(one, regions.unwrap_or_default());
        if let Some(found) = found.remove(&one.key) {
            trained.count_regions(one, found);
        }
        meter.step()?;
    }
    Ok(both(shipped, trained, gold))
}

/// The row of the trained models competes, if there is one.
fn both(
    mut shipped: SuggesterScores,
    trained: SuggesterScores,
    gold: &[Gold],
) -> Vec<SuggesterScores> {
    if gold.len() < 2 {
        return vec![shipped];
    }
    shipped.competes = false;
    vec![trained, shipped]
}
