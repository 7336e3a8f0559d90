//! Filters and orders of the article list by figures that the store does not hold: how much the
//! models doubt an article, and how much its annotators differ.
//!
//! The window sends the figures; the reader of lists keeps them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::store::{ArticleKey, Chosen, Filter, Order, OrderBy};

/// The articles that a figure is known of, with the figure.
pub type Ranks = Arc<HashMap<ArticleKey, f64>>;

/// What articles are ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankedBy {
    /// How much the models doubt the labels of the article.
    Doubt,
    /// How much its annotators differ.
    Disagreement,
}

/// The figures that the reader of lists knows.
#[derive(Default)]
pub(super) struct Rankings {
    doubt: Ranks,
    disagreement: Ranks,
}

impl Rankings {
    pub(super) fn set(&mut self, by: RankedBy, ranks: Ranks) {
        match by {
            RankedBy::Doubt => self.doubt = ranks,
            RankedBy::Disagreement => self.disagreement = ranks,
        }
    }

    /// Replaces the conditions that the store does not know by the articles that fulfil them.
    pub(super) fn complete(&self, mut filter: Filter) -> Filter {
        let conditions = [
            (std::mem::take(&mut filter.doubted), &self.doubt),
            (std::mem::take(&mut filter.disputed), &self.disagreement),
        ];
        for (_, ranks) in conditions.into_iter().filter(|(wanted, _)| *wanted) {
            let is_chosen = |key: &ArticleKey| {
                let only = filter.only.as_ref();
                only.is_none_or(|only| only.keys().binary_search(key).is_ok())
            };
            let keys = ranks.keys().copied().filter(is_chosen).collect();
            filter.only = Some(Chosen::new("", keys));
        }
        filter
    }

    /// The order that the store gives, and the figures to sort by afterwards.
    pub(super) fn order(&self, order: Order) -> (Order, Option<&Ranks>) {
        match order.by {
            OrderBy::Doubt => (Order::default(), Some(&self.doubt)),
            OrderBy::Disagreement => (Order::default(), Some(&self.disagreement)),
            _ => (order, None),
        }
    }
}

/// Whether a list needs figures that the store does not hold.
pub(super) fn is_ranked(filter: &Filter, order: Order) -> bool {
    filter.doubted || filter.disputed || matches!(order.by, OrderBy::Doubt | OrderBy::Disagreement)
}

/// Sorts articles by their figures. Those without one come last, whichever way.
pub(super) fn sort(keys: &mut [ArticleKey], ranks: &Ranks, descending: bool) {
    keys.sort_by(|one, other| match (ranks.get(one), ranks.get(other)) {
        (Some(one), Some(other)) if descending => other.total_cmp(one),
        (Some(one), Some(other)) => one.total_cmp(other),
        (one, other) => other.is_some().cmp(&one.is_some()),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(numbers: &[i64]) -> Vec<ArticleKey> {
        numbers.iter().copied().map(ArticleKey).collect()
    }

    fn ranks(of: &[(i64, f64)]) -> Ranks {
        let of = of.iter().map(|(key, rank)| (ArticleKey(*key), *rank));
        Arc::new(of.collect())
    }

    #[test]
    fn the_most_doubtful_come_first_and_those_without_a_doubt_last() {
        let ranks = ranks(&[(2, 0.5), (3, 0.9), (5, 0.7)]);
        let mut all = keys(&[1, 2, 3, 4, 5]);
        sort(&mut all, &ranks, true);
        assert_eq!(all, keys(&[3, 5, 2, 1, 4]));
        sort(&mut all, &ranks, false);
        assert_eq!(all, keys(&[2, 5, 3, 1, 4]));
    }

    #[test]
    fn both_conditions_hold_together_with_a_choice() {
        let mut rankings = Rankings::default();
        rankings.set(RankedBy::Doubt, ranks(&[(1, 0.5), (2, 0.5), (3, 0.5)]));
        rankings.set(RankedBy::Disagreement, ranks(&[(2, 0.1), (3, 0.1)]));
        let filter = Filter {
            doubted: true,
            disputed: true,
            only: Some(Chosen::new("done", keys(&[1, 3, 4]))),
            ..Filter::default()
        };
        let only = rankings.complete(filter).only.unwrap();
        assert_eq!(only.keys(), keys(&[3]));
        assert_eq!(rankings.complete(Filter::default()), Filter::default());
    }
}
