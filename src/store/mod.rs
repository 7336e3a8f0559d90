//! Stores articles, annotations with revisions, their history, the schema and settings, behind one
//! trait.
//!
//! [`Store`] is the sum of seven smaller traits, one for each kind of data ([`families`]); a file that
//! calls their methods on a concrete store imports them with [`prelude`]. [`sqlite`] keeps a dataset
//! in one file. [`AnnotationStore::commit`] returns after the disk has the change (synced). A revision
//! number guards each annotation: a commit against an old revision is refused and changes nothing.

use std::fmt;
use std::path::Path;

pub mod atomic;
pub mod codec;
mod context;
mod error;
pub mod families;
mod filter;
pub mod folder;
mod guard;
mod location;
pub mod models;
pub mod outcome;
mod records;
mod same_file;
mod sidecar;
pub mod sqlite;

pub use atomic::{WorkFolder, replace_atomically, write_atomically};
pub use context::{Found, Marked};
pub use error::{Result, StoreError};
pub use families::{
    AnnotationStore, ArticleStore, ChangeStore, ListStore, ModelStore, OutcomeStore, SchemaStore,
};
pub use filter::{Chosen, Facets, Filter, OUTDATED_SETTING, Order, OrderBy};
pub use folder::write_folder_atomically;
pub use guard::{is_dataset, refuse_dataset};
pub use location::Location;
pub use models::{FinishedAnnotation, ModelKind, ModelSnapshot, Suggestions};
pub use outcome::{LabelKind, LabelOutcome, Outcome, SiteScore, StaleOutcome, TimeSpent};
pub use records::{
    Added, ArticleRow, Change, Commit, Imported, LabelUse, NewArticle, PastEntry, Rewrite,
    StatusCounts, StoredAnnotation,
};
pub use same_file::is_same_file;
pub use sqlite::SqliteStore;

/// The traits of a store, for files that call their methods on a concrete store.
pub mod prelude {
    pub use super::Store;
    pub use super::families::{
        AnnotationStore as _, ArticleStore as _, ChangeStore as _, ListStore as _, ModelStore as _,
        OutcomeStore as _, SchemaStore as _,
    };
}

/// The number of an article in its dataset, in the order of import, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleKey(pub i64);

/// The number of commits of an annotation; 0 for one that nobody has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub i64);

/// A position in the dataset's stream of changes; it grows with every commit of any program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeSeq(pub i64);

impl fmt::Display for ArticleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A store of one dataset. Calls block; one thread owns the store that writes.
pub trait Store:
    ArticleStore
    + ListStore
    + AnnotationStore
    + ChangeStore
    + SchemaStore
    + OutcomeStore
    + ModelStore
    + Send
{
    /// Opens another handle on the same dataset, for reading in another thread.
    ///
    /// # Errors
    /// If it cannot be opened.
    fn reader(&self) -> Result<Box<dyn Store>>;

    /// Opens another handle on the same dataset, for writing in another thread.
    ///
    /// # Errors
    /// If it cannot be opened.
    fn writer(&self) -> Result<Box<dyn Store>>;

    /// Checks that the file is still the one that was opened. Writing does this by itself.
    ///
    /// # Errors
    /// [`StoreError::Moved`] if it is not.
    fn check_place(&self) -> Result<()> {
        Ok(())
    }

    /// Copies the dataset to a new file, completely or not at all, while others go on writing.
    ///
    /// # Errors
    /// If there is a file of that name, or it cannot be written.
    fn copy_to(&self, to: &Path) -> Result<()>;

    /// Whether the dataset is in its home: where it was created, or where [`Store::set_home`] was
    /// called. A copy is not.
    ///
    /// # Errors
    /// If it cannot be read.
    fn is_at_home(&self) -> Result<bool> {
        Ok(true)
    }

    /// Makes the current place of the dataset its home.
    ///
    /// # Errors
    /// If it cannot be written.
    fn set_home(&mut self) -> Result<()> {
        Ok(())
    }
}
