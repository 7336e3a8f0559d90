//! Lists of articles, the search in them, and counts.

use crate::model::{Label, Span, Status};
use crate::store::{
    ArticleKey, ArticleRow, Facets, Filter, Found, LabelKind, Order, Result, StatusCounts,
};

/// Filters, orders, searches and counts articles.
pub trait ListStore {
    /// Restricts lists, rows and counts of this handle to the work of one annotator.
    fn view_as(&mut self, annotator: &str);

    /// Returns at most `limit` matching rows after `after`, in the order of their keys.
    ///
    /// # Errors
    /// If it cannot be read.
    fn page(
        &self,
        filter: &Filter,
        after: Option<ArticleKey>,
        limit: usize,
    ) -> Result<Vec<ArticleRow>>;

    /// Returns the keys of all matching articles, in order.
    ///
    /// # Errors
    /// If it cannot be read.
    fn keys(&self, filter: &Filter) -> Result<Vec<ArticleKey>>;

    /// Returns the articles with an annotation of this status by any person, or without a person's
    /// annotation, by nobody; in order. The status of the article itself is that of its newest
    /// annotation.
    ///
    /// # Errors
    /// If it cannot be read.
    fn with_status(&self, status: Status) -> Result<Vec<ArticleKey>>;

    /// Returns the articles with this label in a done annotation, in order.
    ///
    /// # Errors
    /// If it cannot be read.
    fn with_label(&self, kind: LabelKind, label: &Label) -> Result<Vec<ArticleKey>>;

    /// Returns the keys of all matching articles in this order. A search waits only briefly for the
    /// full-text index and does not find articles that are not indexed yet ([`unindexed`](Self::unindexed)).
    ///
    /// # Errors
    /// If it cannot be read, or [`StoreError::Stopped`](crate::store::StoreError::Stopped).
    fn list(&self, filter: &Filter, order: Order) -> Result<Vec<ArticleKey>>;

    /// Returns the first `limit` rows of such a list if that is much faster than the whole list.
    ///
    /// # Errors
    /// If it cannot be read.
    fn first_rows(
        &self,
        filter: &Filter,
        order: Order,
        limit: usize,
    ) -> Result<Option<Vec<ArticleRow>>>;

    /// Returns the rows of these keys in their order; unknown keys are left out.
    ///
    /// # Errors
    /// If it cannot be read.
    fn rows(&self, keys: &[ArticleKey]) -> Result<Vec<ArticleRow>>;

    /// Returns the sites, languages and annotators to filter by.
    ///
    /// # Errors
    /// If it cannot be read, or [`StoreError::Stopped`](crate::store::StoreError::Stopped).
    fn facets(&self) -> Result<Facets>;

    /// Returns the number of articles of each status.
    ///
    /// # Errors
    /// If it cannot be read.
    fn counts(&self) -> Result<StatusCounts>;

    /// Returns the hits of a search in these articles, with context.
    ///
    /// # Errors
    /// If it cannot be read.
    fn found(&self, keys: &[ArticleKey], words: &str) -> Result<Vec<Found>>;

    /// Returns all hits of a search in the text of an article.
    ///
    /// # Errors
    /// If there is no such article, or it is damaged.
    fn hits(&self, key: ArticleKey, words: &str) -> Result<Vec<Span>>;

    /// Adds some articles to the full-text index and returns how many are left. Adding articles
    /// does not index them, because indexing is slow; call this when idle. It blocks other writers
    /// for some hundredths of a second.
    ///
    /// # Errors
    /// If it cannot be written.
    fn index_some(&mut self) -> Result<u64> {
        Ok(0)
    }

    /// Returns the number of articles that are not in the full-text index.
    ///
    /// # Errors
    /// If it cannot be read.
    fn unindexed(&self) -> Result<u64> {
        Ok(0)
    }

    /// Returns a function that stops the current call on this handle from another thread; the call
    /// ends with [`StoreError::Stopped`](crate::store::StoreError::Stopped).
    fn stopper(&self) -> Box<dyn Fn() + Send> {
        Box::new(|| {})
    }
}
