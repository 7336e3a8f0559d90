//! The pages that articles were read from, found again: a record keeps the text and not the page.

use std::fmt;
use std::sync::Arc;

use crate::model::Article;

/// Where pages are found. The files are somebody else's business.
pub trait FindPage: Send + Sync {
    /// The bytes of an article's page, decompressed; `None` if it is not there or cannot be read.
    fn find(&self, article: &Article) -> Option<Vec<u8>>;
}

/// Where pages are found, in the options of an export.
#[derive(Clone)]
pub struct Pages(Arc<dyn FindPage>);

impl Pages {
    /// Of whatever finds them.
    #[must_use]
    pub fn new(find: impl FindPage + 'static) -> Self {
        Self(Arc::new(find))
    }

    /// The bytes of an article's page.
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

/// The same if it is one and the same.
impl PartialEq for Pages {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Pages {}
