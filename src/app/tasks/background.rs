//! Work that may wait for a disk. It stays off the frame's thread and is finished before the window
//! is gone: saving the settings and the window's place, closing a dataset that another one
//! replaces, and starting another window.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{Builder, JoinHandle};

use super::programs;
use crate::dataset::session::{SessionHandle, Wake};
use crate::dataset::suggesters::AllowedCommands;
use crate::dataset::{Settings, WindowState};

/// What is kept for the next start.
pub enum Kept {
    /// What a user has chosen.
    Settings(Box<Settings>),
    /// Where a user was.
    WindowState(WindowState),
    /// The commands of datasets that a user has allowed.
    AllowedCommands(AllowedCommands),
}

/// What background work has come to.
#[derive(Debug)]
pub enum BackgroundEvent {
    /// Something failed; why, for people.
    Failed(String),
    /// The settings were written to this file.
    SettingsExported(PathBuf),
    /// The system has no program that shows this file in its folder.
    NoFileManager(PathBuf),
    /// A dataset was closed without changes that the disk did not take.
    ClosedWithout {
        /// Its name.
        dataset: String,
        /// How many changes.
        lost: usize,
    },
}

/// The background work that is under way. Dropping it waits until it is done.
pub struct Background {
    keeper: Option<Sender<(PathBuf, Kept)>>,
    threads: Vec<JoinHandle<()>>,
    events: (Sender<BackgroundEvent>, Receiver<BackgroundEvent>),
}

impl Default for Background {
    fn default() -> Self {
        Self {
            keeper: None,
            threads: Vec::new(),
            events: mpsc::channel(),
        }
    }
}

impl Background {
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
        let events = self.events.0.clone();
        self.spawn("copydesk-settings", move || {
            while let Ok(first) = changes.recv() {
                let newest: BTreeMap<PathBuf, Kept> =
                    [first].into_iter().chain(changes.try_iter()).collect();
                for (file, kept) in newest {
                    let saved = match kept {
                        Kept::Settings(settings) => settings.save(&file),
                        Kept::WindowState(memory) => memory.save(&file),
                        Kept::AllowedCommands(allowed) => allowed.save(&file),
                    };
                    if let Err(error) = saved {
                        let _closed = events.send(BackgroundEvent::Failed(format!("{error:#}")));
                    }
                }
            }
        });
        send
    }

    /// Closes a dataset: waits for its changes to be on disk and its export to be up to date. Adds
    /// to `discarded` how many changes the disk did not take.
    pub fn close(&mut self, dataset: String, session: SessionHandle, discarded: Arc<AtomicUsize>) {
        let events = self.events.0.clone();
        self.spawn("copydesk-closing", move || {
            let lost = session.close();
            if lost > 0 {
                discarded.fetch_add(lost, Ordering::SeqCst);
                let _closed = events.send(BackgroundEvent::ClosedWithout { dataset, lost });
            }
        });
    }

    /// Opens another window: the same program once more, on its own.
    pub fn open_window(&mut self) {
        let events = self.events.0.clone();
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
                let _closed = events.send(BackgroundEvent::Failed(trouble));
            }
        });
    }

    /// Shows a file in its folder; where the system has no program for that, its path goes to the
    /// clipboard. Nobody waits for it: some of these programs stay as long as the folder is shown.
    pub fn show_file(&mut self, path: PathBuf, wake: Wake) {
        let events = self.events.0.clone();
        let work = move || {
            if programs::show(&path) {
                return;
            }
            let _closed = events.send(BackgroundEvent::NoFileManager(path));
            wake();
        };
        let started = Builder::new().name("copydesk-show".to_owned()).spawn(work);
        if let Err(error) = started {
            let trouble = format!("Could not show the folder: {error}");
            let _closed = self.events.0.send(BackgroundEvent::Failed(trouble));
        }
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) {
        match Builder::new().name(name.to_owned()).spawn(work) {
            Ok(thread) => self.threads.push(thread),
            Err(error) => {
                let trouble = format!("Could not start {name}: {error}");
                let _closed = self.events.0.send(BackgroundEvent::Failed(trouble));
            }
        }
    }

    /// Writes the settings to a file of the person's choice, and says so.
    pub fn export(&mut self, file: PathBuf, settings: Settings) {
        let events = self.events.0.clone();
        self.spawn("copydesk-export", move || {
            let event = match settings.save(&file) {
                Ok(()) => BackgroundEvent::SettingsExported(file),
                Err(error) => BackgroundEvent::Failed(format!("{error:#}")),
            };
            let _closed = events.send(event);
        });
    }

    /// Returns the next event that was not yet taken.
    #[must_use]
    pub fn next_event(&self) -> Option<BackgroundEvent> {
        self.events.1.try_recv().ok()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.keeper = None;
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
    }
}
