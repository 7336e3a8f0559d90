//! How far a figure could have come out otherwise, had other articles of the same kind been
//! annotated.
//!
//! Articles are drawn with replacement, as many as there are, and the figure is computed anew from
//! what was drawn (B. Efron, "Bootstrap methods: another look at the jackknife", 1979). The
//! interval leaves 2.5 per cent of the results out at each end. Articles are drawn, not characters
//! or spans, because those of one article are not independent.

use super::NoValue;
use super::random::Rng;

/// The number of draws.
const DRAWS: usize = 1000;
/// The number of articles that are drawn in all at most; of many articles fewer draws are made.
const MOST_DRAWN: usize = 20_000_000;
/// The number of draws at least.
const FEWEST_DRAWS: usize = 200;
const SEED: u64 = 1979;

/// Where 95 per cent of the results lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How many draws had a value.
    pub draws: usize,
}

/// Draws articles of which each has some numbers that add up, and computes a figure of the sums.
///
/// # Errors
/// If there are fewer than two articles, or hardly any draw has a value.
pub(super) fn interval(
    articles: &[Vec<f64>],
    figure: impl Fn(&[f64]) -> Option<f64>,
) -> Result<Interval, NoValue> {
    if articles.len() < 2 {
        return Err(NoValue::OneArticle);
    }
    let numbers = articles.iter().map(Vec::len).max().unwrap_or_default();
    let draws = (MOST_DRAWN / articles.len()).clamp(FEWEST_DRAWS, DRAWS);
    let mut rng = Rng::new(SEED);
    let mut results = Vec::with_capacity(draws);
    let mut sums = vec![0.0; numbers];
    for _ in 0..draws {
        sums.fill(0.0);
        for _ in 0..articles.len() {
            let drawn = articles
                .get(rng.below(articles.len()))
                .into_iter()
                .flatten();
            for (sum, number) in sums.iter_mut().zip(drawn) {
                *sum += number;
            }
        }
        results.extend(figure(&sums));
    }
    if results.len() < draws / 2 {
        return Err(NoValue::OneArticle);
    }
    results.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * (results.len() - 1) as f64;
        results
            .get(place.round() as usize)
            .copied()
            .unwrap_or_default()
    };
    Ok(Interval {
        low: at(0.025),
        high: at(0.975),
        draws: results.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_share_is_about_what_the_normal_curve_says() {
        // Of 100 articles 50 agree: 1.96 × 0.05 to each side.
        let articles: Vec<Vec<f64>> = (0..100).map(|at| vec![f64::from(at % 2), 1.0]).collect();
        let found = interval(&articles, |sums| Some(sums[0] / sums[1])).unwrap();
        assert!((found.low - 0.402).abs() < 0.02, "{found:?}");
        assert!((found.high - 0.598).abs() < 0.02, "{found:?}");
        assert_eq!(
            interval(&articles, |sums| Some(sums[0] / sums[1])),
            Ok(found)
        );
    }

    #[test]
    fn one_article_has_no_interval() {
        assert_eq!(
            interval(&[vec![1.0]], |sums| sums.first().copied()),
            Err(NoValue::OneArticle)
        );
    }
}
