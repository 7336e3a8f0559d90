//! The use cases that the command line and the window share: open, import, prelabel, export,
//! validate, statistics.
//!
//! They take a store, a [`Progress`] to tell how far they are, and a [`CancelFlag`] by which they
//! are stopped. The rooms, in reading order: `io` makes a stream of articles from files, [`config`]
//! holds settings and built-in schemas, [`transfer`] moves articles and records in and out,
//! [`training`] trains and measures the models, [`suggesters`] asks other programs, [`maintenance`]
//! changes whole datasets,
//! [`adjudication`] decides between annotators, [`report`] describes datasets, [`session`] holds the
//! threads behind the window, and `team` works with the server of a team.

pub mod adjudication;
pub mod config;
pub mod io;
pub mod maintenance;
pub mod report;
pub mod session;
pub mod suggesters;
#[cfg(feature = "postgres")]
pub mod team;
pub mod training;
pub mod transfer;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

pub use config::annotators::Annotators;
pub use config::review_settings::ReviewSettings;
pub use config::settings::{KeyTable, Settings, Theme, full_path};
pub use config::window_state::{ViewTop, WindowState};
pub use config::work_mode::WorkMode;
pub use io::clock::{Clock, FixedClock, SystemClock};
pub use io::inputs::Input;
pub use io::output::{check_copy_target, check_output};
pub use io::page_folder::PageFolder;
pub use io::progress::{CancelFlag, Cancelled, Progress, Silent};
pub use maintenance::near_duplicates::{SplitBy, SplitOptions, duplicates};
pub use maintenance::project_labels::{LabelledCopy, project_labels};
pub use maintenance::schema_change::{SchemaChange, Touched, change_schema, touched};
pub use report::calendar::Calendar;
pub use report::dashboard::DatasetCounts;
pub use report::part_count::PartCount;
pub use report::stats::{DatasetSummary, SummaryOptions, facts, statistics, summarise};
pub use training::entities::language::{other_languages, supported_language, unsupported_language};
pub use transfer::convert::{ConvertOptions, ConvertReport, convert};
pub use transfer::export::{ExportOptions, ExportReport, export, export_to_file, export_to_stream};
pub use transfer::export_choice::{Existing, ExportChoice, SplitChoice};
pub use transfer::export_plan::{
    ExportPlan, Exported, PreviewFile, Replace, Stamp, export_as_chosen, plan,
};
pub use transfer::import::{ImportOptions, ImportReport, import};
pub use transfer::kept_export::KeptExport;
pub use transfer::predictions::Predictions;
pub use transfer::prelabel::{PrelabelOptions, PrelabelReport, model_in_file, prelabel};
pub use transfer::record_writer::{Destination, Strict};
pub use transfer::selection::{Selected, Selection, Task};
pub use transfer::tokenizer::tokenizer;
pub use transfer::validate::{ValidateReport, validate};

use crate::model::Schema;
pub use crate::store::folder::list as names;
use crate::store::{SqliteStore, Store, StoreError, write_atomically};
pub use crate::tag::languages::{
    Figure, SUPPORTED as SUPPORTED_LANGUAGES, Support as LanguageSupport,
    support as language_support,
};

/// The file extension of datasets.
pub const EXTENSION: &str = "copydesk";

/// Articles, schema, annotations and history in one store.
pub struct Dataset {
    store: Box<dyn Store>,
    path: PathBuf,
    earlier: Option<PathBuf>,
}

impl Dataset {
    /// Creates a dataset at `path`.
    ///
    /// # Errors
    /// If something of that name is there already, or it cannot be written.
    pub fn create(path: &Path, schema: &Schema) -> Result<Self> {
        Ok(Self {
            store: Box::new(SqliteStore::create(path, schema)?),
            path: path.to_path_buf(),
            earlier: None,
        })
    }

    /// Opens a dataset for reading and writing.
    ///
    /// # Errors
    /// If there is none, it is something else, or it cannot be written.
    pub fn open(path: &Path) -> Result<Self> {
        refuse_articles(path)?;
        Ok(Self::over(SqliteStore::open(path)?, path))
    }

    /// Opens a dataset for reading, also where it cannot be written.
    ///
    /// # Errors
    /// If there is none, or it is something else.
    pub fn open_to_read(path: &Path) -> Result<Self> {
        refuse_articles(path)?;
        let store = match SqliteStore::open(path) {
            Err(StoreError::ReadOnly { .. }) => SqliteStore::open_read_only(path)?,
            other => other?,
        };
        Ok(Self::over(store, path))
    }

    fn over(store: SqliteStore, path: &Path) -> Self {
        Self {
            earlier: store.earlier().map(Path::to_path_buf),
            store: Box::new(store),
            path: path.to_path_buf(),
        }
    }

    /// Returns the copy of the dataset in its earlier format, if opening it brought it up to date.
    #[must_use]
    pub fn earlier(&self) -> Option<&Path> {
        self.earlier.as_deref()
    }

    /// Opens the dataset at `path`, or makes it with the schema that `schema` gives if there is
    /// nothing of that name. Says whether it was made.
    ///
    /// # Errors
    /// As [`Dataset::open`] and [`Dataset::create`], or what `schema` says.
    pub fn open_or_create(
        path: &Path,
        schema: impl FnOnce() -> Result<Schema>,
    ) -> Result<(Self, bool)> {
        if path.exists() {
            return Ok((Self::open(path)?, false));
        }
        if path
            .extension()
            .is_none_or(|extension| extension != EXTENSION)
        {
            bail!(
                "a dataset's name ends in .{EXTENSION}; did you mean {}?",
                with_extension(path, EXTENSION).display()
            );
        }
        Ok((Self::create(path, &schema()?)?, true))
    }

    /// Removes the log and journal that an earlier dataset of this name left behind, if there is no
    /// dataset now. Returns the removed files.
    ///
    /// # Errors
    /// If they cannot be removed.
    pub fn remove_left(path: &Path) -> Result<Vec<PathBuf>> {
        Ok(SqliteStore::remove_left(path)?)
    }

    /// Copies the dataset at `from` to the file `to`, whole or not at all, also while others work
    /// on it. With `replace`, it overwrites another dataset.
    ///
    /// # Errors
    /// If `from` is no dataset, or `to` is there and may not be replaced, or cannot be written.
    pub fn copy(from: &Path, to: &Path, replace: bool) -> Result<()> {
        refuse_articles(from)?;
        check_copy_target(to)?;
        let store = match SqliteStore::open(from) {
            Err(StoreError::ReadOnly { .. }) => SqliteStore::open_read_only(from)?,
            other => other?,
        };
        Ok(store.back_up(to, replace)?)
    }

    /// Returns its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the store, to read.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Returns the store, to write.
    pub fn store_mut(&mut self) -> &mut dyn Store {
        &mut *self.store
    }

    /// Returns the store, for the thread that will own it.
    #[must_use]
    pub fn into_store(self) -> Box<dyn Store> {
        self.store
    }
}

/// Writes a picture to a file, whole or not at all.
///
/// # Errors
/// If it cannot be written.
pub fn write_picture(path: &Path, bytes: &[u8]) -> Result<()> {
    write_atomically(path, |file| file.write_all(bytes))?;
    Ok(())
}

/// What a user opens by a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenTarget {
    /// A dataset.
    Dataset(PathBuf),
    /// A file or folder of articles, with the dataset beside it into which they are imported.
    Articles {
        /// The file or folder.
        input: PathBuf,
        /// The dataset; it may be there already.
        dataset: PathBuf,
    },
}

impl OpenTarget {
    /// Determines what `path` is.
    ///
    /// # Errors
    /// If nothing does.
    pub fn of(path: &Path) -> Result<Self> {
        let found =
            std::fs::metadata(path).with_context(|| format!("cannot open {}", path.display()))?;
        if found.is_file()
            && path
                .extension()
                .is_some_and(|extension| extension == EXTENSION)
        {
            return Ok(Self::Dataset(path.to_path_buf()));
        }
        // `.` and `..` have no name of their own.
        let named = path
            .canonicalize()
            .with_context(|| format!("cannot open {}", path.display()))?;
        let beside = if found.is_dir() {
            with_extension(&named, EXTENSION)
        } else {
            named.with_extension(EXTENSION)
        };
        if named.file_name().is_none() {
            bail!(
                "{} is a whole disk\nhint: open a folder or a file on it",
                path.display()
            );
        }
        Ok(Self::Articles {
            input: path.to_path_buf(),
            dataset: beside,
        })
    }
}

/// Appends an extension, also to a name that contains a dot.
fn with_extension(path: &Path, extension: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// Rejects a folder with a message that explains what a dataset is.
fn refuse_articles(path: &Path) -> Result<()> {
    if path.is_dir() {
        bail!(
            "{} is a folder, not a dataset; a dataset is a file whose name ends in .{EXTENSION}",
            path.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_dataset_or_articles_beside_one() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let at = |name: &str| root.join(name);
        std::fs::write(at("data.copydesk"), "").unwrap();
        std::fs::write(at("a.b.jsonl"), "").unwrap();
        std::fs::create_dir(at("in.2026")).unwrap();
        let articles = |input: &str, dataset: &str| OpenTarget::Articles {
            input: at(input),
            dataset: at(dataset),
        };
        assert_eq!(
            OpenTarget::of(&at("data.copydesk")).unwrap(),
            OpenTarget::Dataset(at("data.copydesk"))
        );
        assert_eq!(
            OpenTarget::of(&at("a.b.jsonl")).unwrap(),
            articles("a.b.jsonl", "a.b.copydesk")
        );
        assert_eq!(
            OpenTarget::of(&at("in.2026")).unwrap(),
            articles("in.2026", "in.2026.copydesk")
        );
        assert!(OpenTarget::of(&at("nothing")).is_err());
        assert!(OpenTarget::of(Path::new("/")).is_err());
    }

    #[test]
    fn a_dataset_is_made_once_and_has_a_telling_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.copydesk");
        let (_, made) = Dataset::open_or_create(&path, config::built_in_schemas::news).unwrap();
        assert!(made);
        let (dataset, made) = Dataset::open_or_create(&path, || bail!("not asked")).unwrap();
        assert!(!made);
        assert_eq!(dataset.store().schema().unwrap().name(), "news");
        let error = Dataset::open_or_create(
            &folder.path().join("data.json"),
            config::built_in_schemas::news,
        )
        .err()
        .unwrap();
        assert!(error.to_string().contains("data.json.copydesk"), "{error}");
        assert!(
            Dataset::open(folder.path())
                .err()
                .unwrap()
                .to_string()
                .contains("is a folder")
        );
    }
}
