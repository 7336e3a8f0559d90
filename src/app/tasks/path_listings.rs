//! What is in the folders that somebody's typed path names so far, read on a thread: a disk may be
//! slow, and a network away.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use crate::dataset::io::path_completion;
use crate::dataset::io::path_completion::PathEntry;
use crate::dataset::session::Wake;

/// The listings of the folders that are wanted now.
pub struct PathListings {
    /// By folder; `None` while it is being read.
    folders: BTreeMap<PathBuf, Option<Arc<Vec<PathEntry>>>>,
    answers: (Sender<Listing>, Receiver<Listing>),
}

type Listing = (PathBuf, Vec<PathEntry>);

impl Default for PathListings {
    fn default() -> Self {
        Self {
            folders: BTreeMap::new(),
            answers: mpsc::channel(),
        }
    }
}

impl PathListings {
    /// What is in a folder, as far as it was read.
    #[must_use]
    pub fn of(&self, folder: &Path) -> Option<&Arc<Vec<PathEntry>>> {
        self.folders.get(folder)?.as_ref()
    }

    /// Reads the folders that are wanted and not known, and forgets all others.
    pub fn refresh(&mut self, wanted: &[PathBuf], wake: &Wake) {
        while let Ok((folder, entries)) = self.answers.1.try_recv() {
            if let Some(listing) = self.folders.get_mut(&folder) {
                *listing = Some(Arc::new(entries));
            }
        }
        self.folders.retain(|folder, _| wanted.contains(folder));
        for folder in wanted {
            if self.folders.contains_key(folder) {
                continue;
            }
            self.folders.insert(folder.clone(), None);
            let (folder, send, wake) = (folder.clone(), self.answers.0.clone(), wake.clone());
            // Without a thread nothing is offered, and the path is typed to its end.
            let _started = std::thread::Builder::new()
                .name("copydesk-paths".to_owned())
                .spawn(move || {
                    let entries = path_completion::list(&folder);
                    let _closed = send.send((folder, entries));
                    wake();
                });
        }
    }
}
