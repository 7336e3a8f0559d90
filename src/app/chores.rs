//! Chores that may wait for a disk, kept off the frame's thread and finished before the window is gone:
//! keeping the settings, and closing a dataset that another one takes the place of.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{Builder, JoinHandle};

use super::state::OpenDataset;
use crate::dataset::Settings;

/// The chores under way. Dropping it waits until they are done.
pub struct Chores {
    keeper: Option<Sender<(PathBuf, Settings)>>,
    threads: Vec<JoinHandle<()>>,
    troubles: (Sender<String>, Receiver<String>),
}

impl Default for Chores {
    fn default() -> Self {
        Self {
            keeper: None,
            threads: Vec::new(),
            troubles: mpsc::channel(),
        }
    }
}

impl Chores {
    /// Writes the settings, the newest last, however fast they change.
    pub fn keep(&mut self, file: PathBuf, settings: Settings) {
        let keeper = match self.keeper.take() {
            Some(keeper) => keeper,
            None => self.start_keeper(),
        };
        let _no_thread = keeper.send((file, settings));
        self.keeper = Some(keeper);
    }

    fn start_keeper(&mut self) -> Sender<(PathBuf, Settings)> {
        let (send, changes) = mpsc::channel::<(PathBuf, Settings)>();
        let troubles = self.troubles.0.clone();
        self.spawn("copydesk-settings", move || {
            while let Ok(mut newest) = changes.recv() {
                while let Ok(newer) = changes.try_recv() {
                    newest = newer;
                }
                let (file, settings) = newest;
                if let Err(error) = settings.save(&file) {
                    let _closed = troubles.send(format!("{error:#}"));
                }
            }
        });
        send
    }

    /// Closes a dataset: waits for its changes to be on disk and its export to be up to date.
    pub fn close(&mut self, dataset: OpenDataset) {
        self.spawn("copydesk-closing", move || drop(dataset));
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) {
        match Builder::new().name(name.to_owned()).spawn(work) {
            Ok(thread) => self.threads.push(thread),
            Err(error) => {
                let trouble = format!("{name} could not be started: {error}");
                let _closed = self.troubles.0.send(trouble);
            }
        }
    }

    /// What went wrong since it was last asked, for people.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.troubles.1.try_recv().ok()
    }
}

impl Drop for Chores {
    fn drop(&mut self) {
        self.keeper = None;
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
    }
}
