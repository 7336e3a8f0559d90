//! Chores that may wait for a disk, kept off the frame's thread and finished before the window is gone:
//! keeping the settings and where the window was, closing a dataset that another one takes the place of, and starting
//! another window.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{Builder, JoinHandle};

use crate::app::state::OpenDataset;
use crate::app::state::notices::Gravity;
use crate::dataset::{Settings, WindowState};
use crate::model::figures;

/// What is kept for the next start.
pub enum Kept {
    /// What a user has chosen.
    Settings(Box<Settings>),
    /// Where a user was.
    WindowState(WindowState),
}

/// What there is to tell, and what shall be put on the clipboard.
type News = (Gravity, String, Option<String>);

/// The chores under way. Dropping it waits until they are done.
pub struct Chores {
    keeper: Option<Sender<(PathBuf, Kept)>>,
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
    /// Writes what is kept into its file, the newest last, however fast it changes.
    pub fn keep(&mut self, file: PathBuf, kept: Kept) {
        let keeper = match self.keeper.take() {
            Some(keeper) => keeper,
            None => self.start_keeper(),
        };
        let _no_thread = keeper.send((file, kept));
        self.keeper = Some(keeper);
    }

    fn start_keeper(&mut self) -> Sender<(PathBuf, Kept)> {
        let (send, changes) = mpsc::channel::<(PathBuf, Kept)>();
        let news = self.news.0.clone();
        self.spawn("copydesk-settings", move || {
            while let Ok(first) = changes.recv() {
                let newest: BTreeMap<PathBuf, Kept> =
                    [first].into_iter().chain(changes.try_iter()).collect();
                for (file, kept) in newest {
                    let saved = match kept {
                        Kept::Settings(settings) => settings.save(&file),
                        Kept::WindowState(memory) => memory.save(&file),
                    };
                    if let Err(error) = saved {
                        let _closed = news.send((Gravity::Failure, format!("{error:#}"), None));
                    }
                }
            }
        });
        send
    }

    /// Closes a dataset: waits for its changes to be on disk and its export to be up to date. Adds to `discarded` how many
    /// changes the disk did not take.
    pub fn close(&mut self, dataset: OpenDataset, discarded: Arc<AtomicUsize>) {
        let news = self.news.0.clone();
        self.spawn("copydesk-closing", move || {
            let name = dataset.name;
            let lost = dataset.session.close();
            if lost > 0 {
                discarded.fetch_add(lost, Ordering::SeqCst);
                let changes = figures::count(lost, "change");
                let words = format!("{name} was closed without {changes}");
                let _closed = news.send((Gravity::Failure, words, None));
            }
        });
    }

    /// Opens another window: the same program once more, on its own.
    pub fn open_window(&mut self) {
        let news = self.news.0.clone();
        self.spawn("copydesk-window", move || {
            let started = std::env::current_exe().and_then(|program| {
                Command::new(program)
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
            });
            if let Err(error) = started {
                let trouble = format!("Could not open another window: {error}");
                let _closed = news.send((Gravity::Failure, trouble, None));
            }
        });
    }

    /// Shows a file in its folder; where the system has no program for that, its path goes to the clipboard. Nobody waits for
    /// it: some of these programs stay as long as the folder is shown.
    pub fn show_file(&mut self, path: PathBuf, wake: crate::dataset::session::Wake) {
        let news = self.news.0.clone();
        let work = move || {
            if crate::app::shell::programs::show(&path) {
                return;
            }
            let words = format!(
                "No file manager found; the path was copied: {}",
                path.display()
            );
            let path = path.display().to_string();
            let _closed = news.send((Gravity::Hint, words, Some(path)));
            wake();
        };
        let started = Builder::new().name("copydesk-show".to_owned()).spawn(work);
        if let Err(error) = started {
            let trouble = format!("Could not show the folder: {error}");
            let _closed = self.news.0.send((Gravity::Failure, trouble, None));
        }
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) {
        match Builder::new().name(name.to_owned()).spawn(work) {
            Ok(thread) => self.threads.push(thread),
            Err(error) => {
                let trouble = format!("Could not start {name}: {error}");
                let _closed = self.news.0.send((Gravity::Failure, trouble, None));
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
                    format!("Settings exported to {}", file.display()),
                    None,
                ),
                Err(error) => (Gravity::Failure, format!("{error:#}"), None),
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
