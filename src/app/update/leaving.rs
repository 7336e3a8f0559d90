//! Before the dataset goes, every change is saved, or the person has said what becomes of those
//! that cannot be.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::app::state::notices::Severity;
use crate::app::state::{Dialog, Effect, Leaving, State};
use crate::dataset::EXTENSION;
use crate::dataset::session::{Copied, WriterRequest};

/// How long changes may be on their way before the person is asked: as a rule, they are saved long
/// before.
const PATIENCE: Duration = Duration::from_millis(700);

impl State {
    /// How many changes are not on disk, and not refused for good.
    #[must_use]
    pub fn unsaved(&self) -> usize {
        let refused: usize = self.rebase.values().map(Vec::len).sum();
        self.dataset
            .as_ref()
            .map_or(0, |dataset| dataset.unsaved + refused)
    }

    /// Whether work on the dataset is under way that would go with it.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.dataset.is_some() && !self.jobs.is_empty()
    }

    /// Whether what takes the dataset away has to wait.
    fn waits(&self, leaving: &Leaving) -> bool {
        let opens = matches!(leaving, Leaving::Open(_));
        self.unsaved() > 0 || (!opens && self.is_busy()) || self.waits_for_team()
    }

    /// Does what takes the dataset away, once every change is saved and nothing is under way.
    pub(super) fn leave(&mut self, leaving: Leaving) {
        if !self.waits(&leaving) {
            self.leave_now(leaving);
        } else {
            self.leaving = Some((leaving, Instant::now()));
        }
    }

    /// Whether the window has to stay open although it was asked to close. It closes by itself when
    /// it can.
    pub(super) fn must_stay(&mut self) -> bool {
        if self.may_quit || !self.waits(&Leaving::Quit) {
            return false;
        }
        if !matches!(self.leaving, Some((Leaving::Quit, _))) {
            self.leaving = Some((Leaving::Quit, Instant::now()));
        }
        true
    }

    /// Looks whether what waits for every change to be saved can happen, and asks if that takes too
    /// long. Gives whether something waits.
    pub(super) fn go_on_leaving(&mut self) -> bool {
        self.part_from_team();
        let Some((leaving, since)) = &self.leaving else {
            return false;
        };
        if !self.waits(leaving) {
            let leaving = leaving.clone();
            self.leave_now(leaving);
            return false;
        }
        let is_stuck = self
            .dataset
            .as_ref()
            .is_some_and(|dataset| !dataset.save_waits.is_empty() || dataset.lost.is_some());
        let asks = matches!(self.dialog, Some(Dialog::Unsaved | Dialog::Path(_)));
        let is_local = self.unsaved() > 0 || self.is_busy();
        let is_late = is_local && (is_stuck || self.is_busy() || since.elapsed() > PATIENCE);
        if is_late && !asks {
            self.dialog = Some(Dialog::Unsaved);
        }
        true
    }

    /// The person stays after all.
    pub(super) fn stay(&mut self) {
        if matches!(self.dialog, Some(Dialog::Unsaved | Dialog::TeamWaits)) {
            self.leaving = None;
            self.stay_with_team();
        }
    }

    /// What was to happen happens without the changes that are not saved.
    pub(super) fn discard(&mut self) {
        if let Some((leaving, _)) = self.leaving.take() {
            for job in &self.jobs {
                job.cancel();
            }
            self.leave_now(leaving);
        }
    }

    fn leave_now(&mut self, leaving: Leaving) {
        self.leaving = None;
        if matches!(self.dialog, Some(Dialog::Unsaved | Dialog::TeamWaits)) {
            self.dialog = None;
        }
        match leaving {
            Leaving::Quit => {
                self.may_quit = true;
                self.effects.push(Effect::CloseWindow);
            }
            Leaving::Close => self.close_dataset(),
            Leaving::Open(paths) => {
                if self.unsaved() > 0 {
                    self.close_dataset(); // discarded, as was asked
                }
                self.open_paths(paths);
            }
        }
    }

    pub(super) fn save_copy(&mut self, mut path: PathBuf) {
        if path.extension().is_none() {
            path.set_extension(EXTENSION);
        }
        if let Some(dataset) = &self.dataset {
            dataset.session.send(WriterRequest::Copy(path));
        }
    }

    /// A copy is there. If it took over changes that could not be saved, work goes on in it.
    pub(super) fn copied(&mut self, copied: Copied) {
        let place = copied.to.display();
        let words = match copied.only {
            None => format!("Saved a copy: {place}"),
            Some(1) => format!(
                "Saved the article that was opened in this window, with your work on it: {place}. The rest of the dataset is \
                 gone with its file"
            ),
            Some(articles) => format!(
                "Saved the {articles} articles that were opened in this window, with your work on them: {place}. The rest of \
                 the dataset is gone with its file"
            ),
        };
        let severity = match copied.only {
            None => Severity::News,
            Some(_) => Severity::Failure,
        };
        self.notices.notify(severity, words);
        if copied.takes_over {
            if self.dialog == Some(Dialog::Lost) {
                self.dialog = None;
            }
            if self.leaving.is_none() {
                self.leave(Leaving::Open(vec![copied.to]));
            }
        }
    }

    pub(super) fn lost(&mut self, why: String) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        let is_news = dataset.lost.as_deref() != Some(&why);
        dataset.lost = Some(why);
        if is_news && self.leaving.is_none() {
            self.dialog = Some(Dialog::Lost);
        }
    }

    pub(super) fn back_in_place(&mut self) {
        if let Some(dataset) = &mut self.dataset {
            dataset.lost = None;
        }
        if self.dialog == Some(Dialog::Lost) {
            self.dialog = None;
        }
        let words = "The dataset is back in its place. Changes are saved again.";
        self.notices.notify(Severity::News, words);
    }

    pub(super) fn keep_export(&mut self, keep: bool) {
        if let Some(dataset) = &mut self.dataset {
            dataset.asks_export = false;
            if keep {
                dataset.session.send(WriterRequest::MakeHome);
            }
        }
    }

    /// The dataset may have its export beside it: it is opened anew with it.
    pub(super) fn at_home(&mut self) {
        if let Some(dataset) = &self.dataset {
            let path = dataset.path.clone();
            self.leave(Leaving::Open(vec![path]));
        }
    }
}
