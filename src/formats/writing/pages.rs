//! Finds the pages of articles: a record has the text and not the page.

use std::fmt;
use std::sync::Arc;

use crate::model::Article;

/// Finds pages.
pub trait FindPage: Send + Sync {
    /// Returns the decompressed page of an article; `None` if it is missing or unreadable.
    fn find(&self, article: &Article) -> Option<Vec<u8>>;
}

/// A finder of pages, as an option of an export.
#[derive(Clone)]
pub struct Pages(Arc<dyn FindPage>);

impl Pages {
    /// Wraps a finder.
    #[must_use]
    pub fn new(find: impl FindPage + 'static) -> Self {
        Self(Arc::new(find))
    }

    /// Returns the page of an article.
    #[must_use]
    pub fn find(&self, article: &Article) -> Option<Vec<u8>> {
        self.0.find(article)
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pages")
    }
}

/// Equal if they are the same finder.
impl PartialEq for Pages {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Pages {}
