//! Time spent, and what became of suggestions.

use crate::store::{ArticleKey, LabelOutcome, Outcome, Result, SiteScore, StaleOutcome, TimeSpent};

/// Keeps time spent, and what became of suggestions.
pub trait OutcomeStore {
    /// Adds time spent, all of it or nothing.
    ///
    /// # Errors
    /// If it cannot be written, say because there is no such article.
    fn add_time(&mut self, times: &[TimeSpent]) -> Result<()>;

    /// Returns how long an annotator has worked on an article, in milliseconds.
    ///
    /// # Errors
    /// If it cannot be read.
    fn time_on(&self, key: ArticleKey, annotator: &str) -> Result<i64>;

    /// Returns all time spent, in order: annotator, start of the quarter of an hour (milliseconds
    /// since 1970 UTC), and milliseconds.
    ///
    /// # Errors
    /// If it cannot be read.
    fn time_by_slot(&self) -> Result<Vec<(String, i64, i64)>>;

    /// Saves the outcomes of done annotations, replacing earlier ones.
    ///
    /// # Errors
    /// If it cannot be written.
    fn write_outcomes(&mut self, outcomes: &[Outcome]) -> Result<()>;

    /// Returns at most `limit` done annotations after `after` without an outcome, or with one of an
    /// older revision, by article and annotator.
    ///
    /// # Errors
    /// If it cannot be read.
    fn stale_outcomes(
        &self,
        after: Option<(ArticleKey, &str)>,
        limit: usize,
    ) -> Result<Vec<StaleOutcome>>;

    /// Calls `each` with every outcome of a current done annotation, in no order, without labels.
    ///
    /// # Errors
    /// If they cannot be read.
    fn outcomes(&self, each: &mut dyn FnMut(Outcome)) -> Result<()>;

    /// Returns the sums for each label over all outcomes of [`outcomes`](Self::outcomes); suggestions count
    /// only where there were any.
    ///
    /// # Errors
    /// If it cannot be read.
    fn label_sums(&self) -> Result<Vec<LabelOutcome>>;

    /// Returns the scores of suggested regions by site over all outcomes of [`outcomes`](Self::outcomes), in
    /// the order of names. Articles without a site are left out.
    ///
    /// # Errors
    /// If they cannot be read.
    fn site_scores(&self) -> Result<Vec<SiteScore>>;
}
