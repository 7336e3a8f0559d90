//! Articles: added once, read by number or id.

use crate::model::Article;
use crate::store::{Added, ArticleKey, NewArticle, Result};

/// Adds articles and returns them.
pub trait ArticleStore {
    /// Adds articles in one transaction and returns the outcome of each, in order.
    ///
    /// # Errors
    /// If they cannot be written; then none of them was added.
    fn add_articles(&mut self, articles: &[NewArticle]) -> Result<Vec<Added>>;

    /// Returns an article with its text, blocks and metadata.
    ///
    /// # Errors
    /// If there is none, or it is damaged.
    fn article(&self, key: ArticleKey) -> Result<Article>;

    /// Returns the key of the article with this id.
    ///
    /// # Errors
    /// If it cannot be read.
    fn find(&self, id: &str) -> Result<Option<ArticleKey>>;

    /// Returns the markup hints of an article's page; `None` for bare text and for pages that were
    /// imported without them.
    ///
    /// # Errors
    /// If it cannot be read.
    fn kept(&self, key: ArticleKey) -> Result<Option<Vec<u8>>>;

    /// Returns the beginnings of at most `limit` texts after `after` whose articles declare no
    /// language, in the order of import.
    ///
    /// # Errors
    /// If it cannot be read, or [`StoreError::Stopped`](crate::store::StoreError::Stopped).
    fn without_language(
        &self,
        after: ArticleKey,
        limit: usize,
    ) -> Result<Vec<(ArticleKey, String)>>;
}
