//! Chores that may wait for a disk, kept off the frame's thread and finished before the window is gone:
//! keeping the settings, and closing a dataset that another one takes the place of.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{Builder, JoinHandle};

use super::notices::Gravity;
use super::state::OpenDataset;
use crate::dataset::Settings;

/// What there is to tell.
type News = (Gravity, String);

/// The chores under way. Dropping it waits until they are done.
pub struct Chores {
    keeper: Option<Sender<(PathBuf, Settings)>>,
    threads: Vec<JoinHandle<()>>,
    news: (Sender<News>, Receiver<News>),
}

impl Default for Chores {
    fn default() -> Self {
        Self {
            keeper: None,
            threads: Vec::new(),
            news: mpsc::channel(),
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
        let news = self.news.0.clone();
        self.spawn("copydesk-settings", move || {
            while let Ok(mut newest) = changes.recv() {
                while let Ok(newer) = changes.try_recv() {
                    newest = newer;
                }
                let (file, settings) = newest;
                if let Err(error) = settings.save(&file) {
                    let _closed = news.send((Gravity::Failure, format!("{error:#}")));
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
                let _closed = self.news.0.send((Gravity::Failure, trouble));
            }
        }
    }

    /// Writes the settings to a file of the person's choice, and says so.
    pub fn export(&mut self, file: PathBuf, settings: Settings) {
        let news = self.news.0.clone();
        self.spawn("copydesk-export", move || {
            let told = match settings.save(&file) {
                Ok(()) => (
                    Gravity::News,
                    format!("The settings are in {}", file.display()),
                ),
                Err(error) => (Gravity::Failure, format!("{error:#}")),
            };
            let _closed = news.send(told);
        });
    }

    /// What there is to tell since it was last asked, for people.
    #[must_use]
    pub fn news(&self) -> Option<News> {
        self.news.1.try_recv().ok()
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
