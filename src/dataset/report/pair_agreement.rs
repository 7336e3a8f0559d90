//! How far the annotators of a dataset agree, as the dashboard shows it: each figure with the
//! articles behind it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use anyhow::Result;

use super::agreement::{AgreementOptions, Compared, agreement};
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::model::Label;
use crate::quality::agreement::{
    ArticleFigures, Figure, Headline, Layer, NoValue, PairFigures, coefficients,
};
use crate::store::{ArticleKey, Store};

/// The most kinds of disagreement that are listed.
const MOST_KINDS: usize = 10;

/// How far the annotators of a dataset agree.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredAgreement {
    /// The figures of all pairs together.
    pub headline: Headline,
    /// The articles that more than one annotator has finished independently.
    pub shared: Vec<ArticleKey>,
    /// Every two annotators who share an article.
    pub pairs: Vec<AgreementOfPair>,
    /// The most frequent kinds of disagreement.
    pub kinds: Vec<DisagreementKind>,
    /// Annotations that do not count.
    pub left_out: Vec<LeftOutAnnotations>,
    /// Annotations among those counted that came by an import.
    pub imported: u64,
    /// How much the annotators of each shared article differ, from 0 to 1. Articles without a
    /// difference are left out.
    pub disputed: Arc<HashMap<ArticleKey, f64>>,
}

/// How far two annotators agree.
#[derive(Clone, Debug, PartialEq)]
pub struct AgreementOfPair {
    /// Who: the first in the alphabet first.
    pub annotators: (String, String),
    /// The articles that both have finished.
    pub articles: Vec<ArticleKey>,
    /// Krippendorff's alpha of the regions.
    pub alpha: Figure,
    /// F1 of exact entities.
    pub f1: Figure,
    /// The places where regions differ.
    pub regions: DifferingPlaces,
    /// The places where entities differ.
    pub entities: DifferingPlaces,
}

/// Places where annotators differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DifferingPlaces {
    /// The number of places.
    pub count: usize,
    /// The articles that they are in.
    pub articles: Vec<ArticleKey>,
}

/// Two labels that annotators give to the same words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisagreementKind {
    /// Whether they are regions or entities.
    pub layer: Layer,
    /// The labels, sorted; `None` is no label. The same label twice: only the edges differ.
    pub labels: (Option<Label>, Option<Label>),
    /// Where.
    pub places: DifferingPlaces,
}

/// Annotations that do not count, for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutAnnotations {
    /// Why, for people.
    pub why: String,
    /// The number of annotations.
    pub count: usize,
    /// The articles that they are of.
    pub articles: Vec<ArticleKey>,
}

/// Compares the annotators of a dataset.
///
/// # Errors
/// If the dataset cannot be read, or [`Cancelled`](crate::dataset::Cancelled).
pub fn measure(
    store: &dyn Store,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<MeasuredAgreement> {
    let compared = agreement(store, &AgreementOptions::default(), progress, cancel)?;
    let ids: BTreeSet<&str> = compared
        .report
        .shared()
        .map(|article| article.id.as_str())
        .chain(compared.left_out.iter().map(|left| left.article.as_str()))
        .collect();
    let mut keys: BTreeMap<&str, ArticleKey> = BTreeMap::new();
    for id in ids {
        if let Some(key) = store.find(id)? {
            keys.insert(id, key);
        }
    }
    Ok(summed_up(&compared, &keys))
}

fn summed_up(compared: &Compared, keys: &BTreeMap<&str, ArticleKey>) -> MeasuredAgreement {
    let report = &compared.report;
    let key = |id: &str| keys.get(id).copied();
    let shared = report.shared().filter_map(|article| key(&article.id));
    let mut pairs = Vec::new();
    for (annotators, sums) in report.pairs.iter().filter(|(_, sums)| sums.articles > 0) {
        let own: Vec<(&ArticleFigures, &PairFigures)> = report.articles_of(annotators).collect();
        let f1 = sums.entities.micro().f1();
        pairs.push(AgreementOfPair {
            annotators: annotators.clone(),
            articles: own
                .iter()
                .filter_map(|(article, _)| key(&article.id))
                .collect(),
            alpha: coefficients::krippendorff(&sums.regions),
            f1: f1.ok_or(NoValue::NothingLabelled),
            regions: places(&own, Layer::Regions, keys),
            entities: places(&own, Layer::Entities, keys),
        });
    }
    MeasuredAgreement {
        headline: report.headline(),
        shared: shared.collect(),
        pairs,
        kinds: kinds(compared, keys),
        left_out: left_out(compared, keys),
        imported: compared.imported,
        disputed: Arc::new(
            report
                .shared()
                .filter_map(|article| Some((key(&article.id)?, disagreement(article))))
                .filter(|(_, differs)| *differs > 0.0)
                .collect(),
        ),
    }
}

/// How much the annotators of an article differ, from 0 to 1: the mean over its pairs of the share
/// of characters with two region labels and of one minus F1 of the entities, which is left out where
/// neither has an entity.
fn disagreement(article: &ArticleFigures) -> f64 {
    let of_pair = |pair: &PairFigures| {
        let (same, all) = pair.sums.same_characters();
        let regions = (all > 0).then(|| 1.0 - same as f64 / all as f64);
        let entities = pair.sums.entities.micro().f1().map(|f1| 1.0 - f1);
        let parts: Vec<f64> = regions.into_iter().chain(entities).collect();
        parts.iter().sum::<f64>() / parts.len().max(1) as f64
    };
    let pairs = article.pairs.iter().map(of_pair);
    pairs.sum::<f64>() / article.pairs.len().max(1) as f64
}

fn places(
    own: &[(&ArticleFigures, &PairFigures)],
    layer: Layer,
    keys: &BTreeMap<&str, ArticleKey>,
) -> DifferingPlaces {
    let mut found = DifferingPlaces::default();
    for (article, pair) in own {
        let here = pair.places.iter().filter(|place| place.layer == layer);
        let count = here.count();
        found.count += count;
        if count > 0 {
            found.articles.extend(keys.get(article.id.as_str()));
        }
    }
    found
}

/// The most frequent pairs of labels, whoever gave which.
fn kinds(compared: &Compared, keys: &BTreeMap<&str, ArticleKey>) -> Vec<DisagreementKind> {
    type Labels = (Option<Label>, Option<Label>);
    let mut found: BTreeMap<(Layer, Labels), (usize, BTreeSet<ArticleKey>)> = BTreeMap::new();
    for article in compared.report.shared() {
        for place in article.pairs.iter().flat_map(|pair| &pair.places) {
            let (one, other) = place.values.clone();
            let labels = if one <= other {
                (one, other)
            } else {
                (other, one)
            };
            let (count, articles) = found.entry((place.layer, labels)).or_default();
            *count += 1;
            articles.extend(keys.get(article.id.as_str()));
        }
    }
    let mut kinds: Vec<DisagreementKind> = found
        .into_iter()
        .map(|((layer, labels), (count, articles))| DisagreementKind {
            layer,
            labels,
            places: DifferingPlaces {
                count,
                articles: articles.into_iter().collect(),
            },
        })
        .collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.places.count));
    kinds.truncate(MOST_KINDS);
    kinds
}

fn left_out(compared: &Compared, keys: &BTreeMap<&str, ArticleKey>) -> Vec<LeftOutAnnotations> {
    let mut found: BTreeMap<_, (usize, BTreeSet<ArticleKey>)> = BTreeMap::new();
    for left in &compared.left_out {
        let (count, articles) = found.entry(left.because).or_default();
        *count += 1;
        articles.extend(keys.get(left.article.as_str()));
    }
    found
        .into_iter()
        .map(|(because, (count, articles))| LeftOutAnnotations {
            why: because.to_string(),
            count,
            articles: articles.into_iter().collect(),
        })
        .collect()
}
