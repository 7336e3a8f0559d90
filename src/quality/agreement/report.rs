//! Figures over many articles: sums are pooled before a ratio is made of them.

use std::collections::BTreeMap;

use super::article::{ArticleFigures, PairFigures, PairSums};
use super::bootstrap::{Interval, interval};
use super::places::Layer;
use super::units::{Coded, Value};
use super::{Figure, NoValue, coefficients};
use crate::quality::score::{Counts, Tally};

/// How far the annotators of some articles agree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Everybody, in the order of their names.
    pub annotators: Vec<String>,
    /// The articles that somebody has begun or done, in the order of their ids.
    pub articles: Vec<ArticleFigures>,
    /// Every two annotators, whether they share an article or not.
    pub pairs: BTreeMap<(String, String), PairSums>,
    /// Regions of all annotators.
    pub regions: Coded,
    /// Outermost entities of all annotators.
    pub entities: Coded,
}

/// The figures that one looks at first.
#[derive(Clone, Debug, PartialEq)]
pub struct Headline {
    /// Articles that more than one annotator has done.
    pub articles: u64,
    /// Krippendorff's alpha of the regions.
    pub alpha: Figure,
    /// F1 of exact entities over all pairs.
    pub f1: Figure,
}

impl Report {
    /// Sums up articles whose annotators are among `annotators`.
    #[must_use]
    pub fn new(mut annotators: Vec<String>, mut articles: Vec<ArticleFigures>) -> Self {
        annotators.sort_unstable();
        annotators.dedup();
        articles.sort_by(|a, b| a.id.cmp(&b.id));
        let mut pairs = BTreeMap::new();
        for (at, one) in annotators.iter().enumerate() {
            for other in annotators.iter().skip(at + 1) {
                pairs.insert((one.clone(), other.clone()), PairSums::default());
            }
        }
        let (mut regions, mut entities) = (Coded::default(), Coded::default());
        for article in &articles {
            regions.merge(&article.regions);
            entities.merge(&article.entities);
            for pair in &article.pairs {
                let sums = pairs.entry(pair.annotators.clone()).or_default();
                sums.merge(&pair.sums);
            }
        }
        Self {
            annotators,
            articles,
            pairs,
            regions,
            entities,
        }
    }

    /// The articles that more than one annotator has done.
    pub fn shared(&self) -> impl Iterator<Item = &ArticleFigures> {
        self.articles
            .iter()
            .filter(|article| !article.pairs.is_empty())
    }

    /// The articles that all annotators have done.
    pub fn by_all(&self) -> impl Iterator<Item = &ArticleFigures> {
        let all = self.annotators.len();
        self.articles
            .iter()
            .filter(move |article| all > 1 && article.annotators.len() == all)
    }

    /// What two annotators did with each article that both have done.
    pub fn articles_of<'a>(
        &'a self,
        pair: &'a (String, String),
    ) -> impl Iterator<Item = (&'a ArticleFigures, &'a PairFigures)> {
        self.articles.iter().filter_map(move |article| {
            let found = article.pairs.iter().find(|own| own.annotators == *pair)?;
            Some((article, found))
        })
    }

    /// Entities that every two annotators have alike, by label.
    #[must_use]
    pub fn pooled_entities(&self) -> Tally {
        let mut all = Tally::default();
        for sums in self.pairs.values() {
            all.merge(&sums.entities);
        }
        all
    }

    /// The mean F1 of the pairs that have one.
    #[must_use]
    pub fn mean_f1(&self) -> Option<f64> {
        let pairs = self.pairs.values();
        let figures: Vec<f64> = pairs
            .filter_map(|sums| sums.entities.micro().f1())
            .collect();
        (!figures.is_empty()).then(|| figures.iter().sum::<f64>() / figures.len() as f64)
    }

    /// The figures that one looks at first.
    #[must_use]
    pub fn headline(&self) -> Headline {
        headline(&self.articles)
    }

    /// Where alpha of the regions lies in 95 of 100 cases.
    ///
    /// # Errors
    /// If fewer than two articles are shared.
    pub fn alpha_interval(&self) -> Result<Interval, NoValue> {
        let mut values: Vec<&Value> = coefficients::values(&self.regions).into_iter().collect();
        values.sort_unstable();
        let articles: Vec<Vec<f64>> = self
            .shared()
            .map(|article| alpha_numbers(&article.regions, &values))
            .collect();
        interval(&articles, alpha_of_numbers)
    }

    /// Where F1 of exact entities lies in 95 of 100 cases.
    ///
    /// # Errors
    /// If fewer than two articles are shared.
    pub fn f1_interval(&self) -> Result<Interval, NoValue> {
        let articles: Vec<Vec<f64>> = self
            .shared()
            .map(|article| f1_numbers(article.pairs.iter().map(|pair| &pair.sums)))
            .collect();
        interval(&articles, f1_of_numbers)
    }

    /// The same two intervals of one pair: alpha of the regions, F1 of the entities.
    pub fn pair_intervals(
        &self,
        pair: &(String, String),
    ) -> (Result<Interval, NoValue>, Result<Interval, NoValue>) {
        let sums: Vec<&PairSums> = self.articles_of(pair).map(|(_, own)| &own.sums).collect();
        let all = self.pairs.get(pair).map(|sums| &sums.regions);
        let values: Vec<&Value> = all
            .map(|all| coefficients::values(all).into_iter().collect())
            .unwrap_or_default();
        let alpha: Vec<Vec<f64>> = sums
            .iter()
            .map(|sums| alpha_numbers(&sums.regions, &values))
            .collect();
        let f1: Vec<Vec<f64>> = sums.iter().map(|sums| f1_numbers([*sums])).collect();
        (
            interval(&alpha, alpha_of_numbers),
            interval(&f1, f1_of_numbers),
        )
    }

    /// How often one label goes with another, over all pairs: characters of regions, or entities.
    /// The annotator whose name comes first is first. Entities that are alike count once for each
    /// pair.
    #[must_use]
    pub fn confusion(&self, layer: Layer) -> BTreeMap<(Value, Value), u64> {
        let mut cells = BTreeMap::new();
        match layer {
            Layer::Regions => {
                for sums in self.pairs.values() {
                    for (both, count) in &sums.characters {
                        *cells.entry(both.clone()).or_default() += count;
                    }
                }
            }
            Layer::Entities => {
                for (label, counts) in self.pooled_entities().0 {
                    if counts.hits > 0 {
                        let value = Some(label);
                        *cells.entry((value.clone(), value)).or_default() += counts.hits;
                    }
                }
                let pairs = self.articles.iter().flat_map(|article| &article.pairs);
                let places = pairs.flat_map(|pair| &pair.places);
                for place in places.filter(|place| place.layer == Layer::Entities) {
                    *cells.entry(place.values.clone()).or_default() += 1;
                }
            }
        }
        cells
    }
}

/// The figures of some articles that one looks at first.
#[must_use]
pub fn headline<'a>(articles: impl IntoIterator<Item = &'a ArticleFigures>) -> Headline {
    let (mut regions, mut counts, mut shared) = (Coded::default(), Counts::default(), 0);
    for article in articles {
        regions.merge(&article.regions);
        shared += u64::from(!article.pairs.is_empty());
        for pair in &article.pairs {
            counts += pair.sums.entities.micro();
        }
    }
    let no_value = match shared {
        0 => NoValue::NothingShared,
        _ => NoValue::NothingLabelled,
    };
    Headline {
        articles: shared,
        alpha: coefficients::krippendorff(&regions),
        f1: counts.f1().ok_or(no_value),
    }
}

/// What alpha is computed from: how often each value occurs, and how often two opinions differ.
fn alpha_numbers(coded: &Coded, values: &[&Value]) -> Vec<f64> {
    let mut numbers = vec![0.0; values.len() + 1];
    for (raters, part) in coded.parts() {
        let weight = 1.0 / (raters - 1) as f64;
        for (value, count) in part.margins() {
            let at = values.iter().position(|known| *known == value);
            if let Some(number) = at.and_then(|at| numbers.get_mut(at)) {
                *number += count as f64 * weight;
            }
        }
        if let Some(differ) = numbers.last_mut() {
            *differ += (part.total() - part.same()) as f64 * weight;
        }
    }
    numbers
}

fn alpha_of_numbers(numbers: &[f64]) -> Option<f64> {
    let (differ, by_value) = numbers.split_last()?;
    let all: f64 = by_value.iter().sum();
    let alike: f64 = by_value.iter().map(|count| count * count).sum();
    let occurring = by_value.iter().filter(|count| **count > 0.0).count();
    (occurring > 1).then(|| 1.0 - (all - 1.0) * differ / (all * all - alike))
}

fn f1_numbers<'a>(pairs: impl IntoIterator<Item = &'a PairSums>) -> Vec<f64> {
    let mut counts = Counts::default();
    for sums in pairs {
        counts += sums.entities.micro();
    }
    vec![counts.hits as f64, (counts.guessed + counts.gold) as f64]
}

fn f1_of_numbers(numbers: &[f64]) -> Option<f64> {
    match numbers {
        [hits, all] if *all > 0.0 => Some(2.0 * hits / all),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::article::{FinishedWork, Measures};
    use super::*;
    use crate::model::notation;

    fn article(id: &str, work: &[(&str, &str)]) -> ArticleFigures {
        let parsed: Vec<_> = work
            .iter()
            .map(|(name, marked)| (*name, notation::parse(marked).unwrap()))
            .collect();
        let text = parsed[0].1.text.clone();
        let work: Vec<FinishedWork<'_>> = parsed
            .iter()
            .map(|(annotator, parsed)| FinishedWork {
                annotator,
                at_ms: 1,
                annotation: &parsed.annotation,
            })
            .collect();
        let measures = Measures { gamma: Some(0.01) };
        ArticleFigures::measure(id, &text, &work, measures)
    }

    fn report() -> Report {
        let articles = vec![
            article(
                "b",
                &[
                    ("zoe", "nav| Home\nbody| {GPE Malta} waits"),
                    ("ada", "body| Home\nbody| {GPE Malta} {PERSON waits}"),
                ],
            ),
            article(
                "a",
                &[
                    ("ada", "nav| x\nbody| {GPE Gozo}"),
                    ("bob", "nav| x\nbody| {GPE Gozo}"),
                    ("zoe", "nav| x\nbody| Gozo"),
                ],
            ),
            article("c", &[("bob", "body| alone")]),
        ];
        let names = ["zoe", "ada", "bob"].map(str::to_owned).to_vec();
        Report::new(names, articles)
    }

    #[test]
    fn sums_are_pooled_before_ratios_are_made() {
        let report = report();
        assert_eq!(report.annotators, ["ada", "bob", "zoe"]);
        assert_eq!((report.shared().count(), report.by_all().count()), (2, 1));
        let pair = ("ada".to_owned(), "zoe".to_owned());
        let sums = &report.pairs[&pair];
        // Of 14 characters of one article 10 are the same, of 5 of the other all.
        assert_eq!((sums.articles, sums.same_characters()), (2, (15, 19)));
        // GPE is a hit in one of two articles; PERSON is one annotator's.
        assert_eq!(sums.entities.micro().f1(), Some(2.0 / 4.0));
        // ada|bob 1, ada|zoe 1/2, bob|zoe 0.
        assert_eq!(report.mean_f1(), Some(0.5));
        // Two hits among 7 entities of 3 pairs.
        assert_eq!(report.headline().f1, Ok(2.0 * 2.0 / 7.0));
    }

    #[test]
    fn a_confusion_counts_what_its_places_list() {
        let report = report();
        let cells = report.confusion(Layer::Entities);
        let listed = report
            .articles
            .iter()
            .flat_map(|article| &article.pairs)
            .flat_map(|pair| &pair.places)
            .filter(|place| place.layer == Layer::Entities)
            .count() as u64;
        let differing: u64 = cells
            .iter()
            .filter(|((a, b), _)| a != b)
            .map(|(_, count)| count)
            .sum();
        assert_eq!((listed, differing), (3, 3));
        let regions = report.confusion(Layer::Regions);
        assert_eq!(regions.values().sum::<u64>(), 14 + 3 * 5);
    }

    #[test]
    fn intervals_hold_the_figure() {
        let report = report();
        let found = report.f1_interval().unwrap();
        assert!(found.low <= 0.5 && 0.5 <= found.high, "{found:?}");
        let pair = ("ada".to_owned(), "bob".to_owned());
        assert_eq!(report.pair_intervals(&pair).1, Err(NoValue::OneArticle));
    }
}
