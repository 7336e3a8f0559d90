//! Keeps the JSONL beside a dataset up to date.
//!
//! It is written only where there is no file, or over a file that this dataset wrote: the dataset
//! remembers by hash what it wrote last and what it is about to write, so that a crash at any
//! moment leaves one that it knows. A symbolic link is never followed, since who packs a folder
//! decides where it leads.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::dataset::{CancelFlag, ExportOptions, Silent, export_to_stream};
use crate::model::figures;
use crate::store::{Store, replace_atomically};

/// The setting of a dataset that names the file that was written.
const SETTING: &str = "export_mark";

/// What a dataset wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    /// The file, without its folder.
    name: String,
    /// What may be in it: size and hash, the newest last.
    contents: Vec<(u64, String)>,
}

/// Returns the name of the export that a dataset keeps up to date, if it has written one.
pub(crate) fn kept_name(store: &dyn Store) -> Option<String> {
    let stored = store.setting(SETTING).ok().flatten()?;
    let mark: Mark = serde_json::from_str(&stored).ok()?;
    Some(mark.name).filter(|name| !name.is_empty())
}

/// The export that one dataset keeps up to date.
pub struct KeptExport {
    /// `NAME.jsonl`, and the name that is taken if that is somebody else's.
    names: [PathBuf; 2],
    /// The dataset, to remember in.
    store: RefCell<Box<dyn Store>>,
}

impl KeptExport {
    /// Makes the export of the dataset at `path`; `store` is a handle that may write.
    #[must_use]
    pub fn new(path: &Path, store: Box<dyn Store>) -> Self {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        Self {
            names: [
                path.with_file_name(format!("{stem}.jsonl")),
                path.with_file_name(format!("{stem}-labels.jsonl")),
            ],
            store: RefCell::new(store),
        }
    }

    /// Writes the done records; returns a message with the file and their number.
    ///
    /// # Errors
    /// If both names are files that are not the dataset's, or the file cannot be written.
    pub fn write(&self, store: &dyn Store) -> Result<String> {
        store.check_place()?;
        let mark = self.mark()?;
        let path = self.choose(&mark)?;
        let name = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut why = None;
        let written = replace_atomically(
            &path,
            |out| {
                let options = ExportOptions::default();
                export_to_stream(store, out, &options, &mut Silent, &CancelFlag::default()).map_err(
                    |error| {
                        why = Some(error);
                        io::Error::other("the export stopped")
                    },
                )
            },
            |new| self.remember(&mark, &name, new),
        );
        match (written, why) {
            (Ok(report), _) => {
                let records = figures::count(report.records as usize, "record");
                let mut words = format!("{name}: {records}");
                if report.passed_over > 0 {
                    let articles = figures::count(report.passed_over as usize, "article");
                    let _ = write!(words, ", of {articles} by several the newest");
                }
                Ok(words)
            }
            (Err(_), Some(why)) => Err(why),
            (Err(error), None) => {
                Err(error).with_context(|| format!("cannot write {}", path.display()))
            }
        }
    }

    fn mark(&self) -> Result<Mark> {
        let stored = self.store.borrow().setting(SETTING)?;
        // What cannot be read is not known: then no file is the dataset's.
        Ok(stored
            .and_then(|stored| serde_json::from_str(&stored).ok())
            .unwrap_or_default())
    }

    /// Chooses the file: the one that was written last, or else the first free name.
    fn choose(&self, mark: &Mark) -> Result<PathBuf> {
        let [plain, other] = &self.names;
        let last = |path: &Path| path.file_name().is_some_and(|name| *name == *mark.name);
        let in_turn = if last(other) {
            [other, plain]
        } else {
            [plain, other]
        };
        for path in in_turn {
            match fs::symlink_metadata(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(path.clone()),
                Ok(found) if found.is_file() && last(path) => {
                    let content = (found.len(), hash(path)?);
                    if mark.contents.contains(&content) {
                        return Ok(path.clone());
                    }
                }
                _ => {}
            }
        }
        bail!(
            "{} and {} are not as this dataset wrote them, or are not from it, and are left as they are\n\
             hint: move one of them away, or write an export elsewhere with `copydesk export`",
            plain.display(),
            other.display()
        )
    }

    /// Stores which file is about to be written, beside the one that exists.
    fn remember(&self, old: &Mark, name: &str, new: &Path) -> io::Result<()> {
        let mut contents = Vec::new();
        if old.name == name {
            contents.extend(old.contents.last().cloned());
        }
        contents.push((fs::metadata(new)?.len(), hash(new)?));
        let mark = Mark {
            name: name.to_owned(),
            contents,
        };
        let written = serde_json::to_string(&mark).map_err(io::Error::other)?;
        self.store
            .borrow_mut()
            .set_setting(SETTING, Some(&written))
            .map_err(io::Error::other)
    }
}

fn hash(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Dataset;
    use crate::dataset::config::built_in_schemas;

    struct Place {
        folder: tempfile::TempDir,
        dataset: PathBuf,
    }

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let dataset = folder.path().join("news.copydesk");
            drop(Dataset::create(&dataset, &built_in_schemas::news().unwrap()).unwrap());
            Self { folder, dataset }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn export(&self) -> Result<String> {
            let dataset = Dataset::open(&self.dataset)?;
            let store = dataset.into_store();
            KeptExport::new(&self.dataset, store.writer()?).write(&*store)
        }
    }

    #[test]
    fn it_is_written_again_over_what_it_wrote() {
        let place = Place::new();
        for _ in 0..3 {
            assert_eq!(place.export().unwrap(), "news.jsonl: 0 records");
        }
        fs::remove_file(place.path("news.jsonl")).unwrap();
        assert_eq!(place.export().unwrap(), "news.jsonl: 0 records");
    }

    #[test]
    fn what_somebody_else_wrote_or_changed_stays() {
        let place = Place::new();
        fs::write(place.path("news.jsonl"), "mine").unwrap();
        for _ in 0..2 {
            assert_eq!(place.export().unwrap(), "news-labels.jsonl: 0 records");
        }
        fs::write(place.path("news-labels.jsonl"), "corrected").unwrap();
        let refused = place.export().unwrap_err().to_string();
        assert!(refused.contains("news-labels.jsonl"), "{refused}");
        assert_eq!(fs::read(place.path("news.jsonl")).unwrap(), b"mine");
        assert_eq!(
            fs::read(place.path("news-labels.jsonl")).unwrap(),
            b"corrected"
        );
    }

    #[test]
    fn carried_elsewhere_it_takes_nobodys_place() {
        let place = Place::new();
        place.export().unwrap();
        let other = tempfile::tempdir().unwrap();
        let carried = other.path().join("news.copydesk");
        fs::copy(&place.dataset, &carried).unwrap();
        fs::write(other.path().join("news.jsonl"), "theirs").unwrap();
        let there = Place {
            folder: other,
            dataset: carried,
        };
        assert_eq!(there.export().unwrap(), "news-labels.jsonl: 0 records");
        assert_eq!(fs::read(there.path("news.jsonl")).unwrap(), b"theirs");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_neither_followed_nor_replaced() {
        let place = Place::new();
        let victim = place.path("bashrc");
        fs::write(&victim, "").unwrap();
        for name in ["news.jsonl", "news-labels.jsonl"] {
            std::os::unix::fs::symlink(&victim, place.path(name)).unwrap();
        }
        // Not even if the dataset says that it wrote what is there.
        let mark = Mark {
            name: "news.jsonl".to_owned(),
            contents: vec![(0, hash(&victim).unwrap())],
        };
        let mut store = Dataset::open(&place.dataset).unwrap().into_store();
        let written = serde_json::to_string(&mark).unwrap();
        store.set_setting(SETTING, Some(&written)).unwrap();
        drop(store);
        assert!(place.export().is_err());
        assert_eq!(fs::read(&victim).unwrap(), b"");
        assert!(
            place
                .path("news.jsonl")
                .symlink_metadata()
                .unwrap()
                .is_symlink()
        );
    }

    #[test]
    fn killed_before_or_after_the_rename_it_still_knows_its_file() {
        let place = Place::new();
        place.export().unwrap();
        let store = Dataset::open(&place.dataset).unwrap().into_store();
        let kept = KeptExport::new(&place.dataset, store);
        let new = place.path("new");
        fs::write(&new, "the next export").unwrap();
        let mark = kept.mark().unwrap();
        kept.remember(&mark, "news.jsonl", &new).unwrap();
        let path = place.path("news.jsonl");
        assert_eq!(kept.choose(&kept.mark().unwrap()).unwrap(), path);
        fs::rename(&new, &path).unwrap();
        assert_eq!(kept.choose(&kept.mark().unwrap()).unwrap(), path);
    }
}
