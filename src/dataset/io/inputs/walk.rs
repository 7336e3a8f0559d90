//! Finds the articles in a folder.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::faults::{explain, problem, unreadable};
use crate::formats::detect;
use crate::formats::{self, Code, Fault, Format, Problem};

/// The files of a folder and of the folders in it, by name.
pub(super) struct FolderWalk {
    root: PathBuf,
    format: Option<&'static dyn Format>,
    /// `None` once all files were found.
    walk: Option<ignore::Walk>,
    /// How many files of unknown kinds were left out, and the first of them.
    left_out: (u64, String),
    /// How many symbolic links were left out.
    links: u64,
}

impl FolderWalk {
    /// Walks through `root` for files of this format, or of any that is known.
    pub(super) fn new(root: &Path, format: Option<&'static dyn Format>) -> Self {
        let walk = ignore::WalkBuilder::new(root)
            .standard_filters(false)
            .hidden(true) // what begins with a dot is not an article
            .sort_by_file_name(Ord::cmp)
            .build();
        Self {
            root: root.to_path_buf(),
            format,
            walk: Some(walk),
            left_out: (0, String::new()),
            links: 0,
        }
    }

    /// Returns the next file; after the last, a problem that says what was left out.
    pub(super) fn next(&mut self) -> Option<Result<PathBuf, Problem>> {
        for entry in self.walk.as_mut()? {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = path_of(&error).unwrap_or(&self.root);
                    let why = error.io_error().map_or_else(|| error.to_string(), explain);
                    return Some(Err(unreadable(path, &why)));
                }
            };
            let kind = entry.file_type();
            if kind.is_some_and(|kind| kind.is_symlink()) {
                self.links += 1; // following them could lead anywhere, and round in circles
            } else if kind.is_some_and(|kind| kind.is_file()) {
                let path = entry.into_path();
                if is_text_of_another(&path) {
                    continue; // read with the file that it belongs to
                }
                if !(is_dataset(&path) || is_card(&path)) && takes(self.format, &path) {
                    return Some(Ok(path));
                }
                if self.left_out.0 == 0 {
                    self.left_out.1 = path.display().to_string();
                }
                self.left_out.0 += 1;
            }
        }
        self.walk = None;
        self.left_out().map(Err)
    }

    fn left_out(&self) -> Option<Problem> {
        let mut kinds = Vec::new();
        match &self.left_out {
            (0, _) => {}
            (1, first) => kinds.push(format!("1 file of another kind ({first})")),
            (files, first) => kinds.push(format!("{files} files of other kinds (such as {first})")),
        }
        match self.links {
            0 => {}
            1 => kinds.push("1 symbolic link".to_owned()),
            links => kinds.push(format!("{links} symbolic links")),
        }
        let words = format!("{} left out", kinds.join(" and "));
        let root = self.root.display().to_string();
        (!kinds.is_empty()).then(|| problem(&root, Fault::new(Code::LeftOut, words)))
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

fn is_known(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| formats::by_file_name(&name.to_string_lossy()).is_some())
}

/// Returns whether a file in a folder is to be read.
fn takes(format: Option<&'static dyn Format>, path: &Path) -> bool {
    match format {
        None => is_known(path) || is_export(path),
        // What lies in a folder as one export has files of other kinds beside.
        Some(format) if format.spec().shape == formats::OutputShape::Folder => {
            let ending = path.extension().map(|ending| ending.to_string_lossy());
            let known = format.spec().extensions.iter();
            let mut last = known.filter_map(|ending| ending.rsplit('.').next());
            last.any(|known| ending.as_deref() == Some(known))
        }
        Some(_) => true,
    }
}

/// Returns whether a file with an ambiguous extension is an export of a tool, by its beginning.
fn is_export(path: &Path) -> bool {
    /// Enough bytes for the first record of most exports.
    const HEAD: u64 = 1 << 20;

    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    let may_be = ending.is_some_and(|ending| {
        ["json", "tsv", "csv", "xml", "xmi"]
            .iter()
            .any(|known| ending == *known)
    });
    if !may_be {
        return false;
    }
    let mut head = Vec::new();
    File::open(path).is_ok_and(|file| file.take(HEAD).read_to_end(&mut head).is_ok())
        && detect::recognised(&head).is_some()
}

/// Returns whether a file is the card of a dataset rather than an article.
fn is_card(path: &Path) -> bool {
    let is_readme = path
        .file_name()
        .is_some_and(|name| name.eq_ignore_ascii_case("README.md"));
    let beside = |name: &str| path.with_file_name(name).exists();
    is_readme && (beside(".copydesk-export") || beside("data"))
}

/// Returns whether a file is the companion of another file beside it.
fn is_text_of_another(path: &Path) -> bool {
    formats::ALL.iter().any(|format| {
        let extensions = format.spec().extensions.iter();
        format
            .spec()
            .companion
            .is_some_and(|ending| path.extension().is_some_and(|found| found == ending))
            && extensions
                .map(|extension| path.with_extension(extension))
                .any(|other| other.exists())
    })
}

fn is_dataset(path: &Path) -> bool {
    let name = path.to_string_lossy();
    [".copydesk", ".copydesk-wal", ".copydesk-shm", ".backup"]
        .iter()
        .any(|end| name.ends_with(end))
}
