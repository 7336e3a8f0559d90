//! Before a dataset of a team goes, what waits is sent once more; nobody waits long for that.

use std::time::{Duration, Instant};

use crate::app::state::notices::Severity;
use crate::app::state::{Dialog, Leaving, Parting, State, TeamFile};
use crate::dataset::team::sync::{Line, SyncRequest};
use crate::model::figures;

/// How long the last attempt to send may take.
const PATIENCE: Duration = Duration::from_secs(2);

impl State {
    /// Whether the dataset stays for a moment, or the person is asked, because work waits for the
    /// team.
    pub(super) fn waits_for_team(&self) -> bool {
        let waits = |team: &TeamFile| match team.parting {
            Some(Parting::Accepted) => false,
            Some(Parting::Sending(_) | Parting::Over) | None => team.waiting() > 0,
        };
        self.team().is_some_and(waits)
    }

    /// Sends what waits, if the dataset is to go and everything else is saved.
    pub(super) fn part_from_team(&mut self) {
        let Some((leaving, _)) = &self.leaving else {
            return;
        };
        let is_quit = *leaving == Leaving::Quit;
        if self.unsaved() > 0 || !self.waits_for_team() {
            return;
        }
        let Some(team) = self.dataset.as_mut().and_then(|one| one.team.as_mut()) else {
            return;
        };
        match team.parting {
            None => {
                let can_send = matches!(team.status.line, Line::Connected | Line::Connecting);
                if can_send {
                    team.sync.send(SyncRequest::Flush);
                    team.parting = Some(Parting::Sending(Instant::now()));
                } else {
                    team.parting = Some(Parting::Over);
                }
            }
            Some(Parting::Sending(since)) if since.elapsed() > PATIENCE => {
                team.parting = Some(Parting::Over);
            }
            Some(Parting::Over) if is_quit => {
                if !matches!(self.dialog, Some(Dialog::TeamWaits | Dialog::Path(_))) {
                    self.dialog = Some(Dialog::TeamWaits);
                }
            }
            Some(Parting::Over) => {
                team.parting = Some(Parting::Accepted);
                let words = format!(
                    "{} not with the team yet. It is safe in the file, and is sent when you open it again.",
                    figures::counted(team.waiting() as u64, "edit is", "edits are")
                );
                self.notices.notify(Severity::Hint, words);
            }
            Some(Parting::Sending(_) | Parting::Accepted) => {}
        }
    }

    /// The last attempt to send is over.
    pub(super) fn flushed(&mut self) {
        if let Some(team) = self.dataset.as_mut().and_then(|one| one.team.as_mut())
            && matches!(team.parting, Some(Parting::Sending(_)))
        {
            team.parting = Some(Parting::Over);
        }
    }

    /// The person stays.
    pub(super) fn stay_with_team(&mut self) {
        if let Some(team) = self.dataset.as_mut().and_then(|one| one.team.as_mut()) {
            team.parting = None;
        }
    }

    /// The person leaves although work waits.
    pub(super) fn leave_with_waiting_work(&mut self) {
        if let Some(team) = self.dataset.as_mut().and_then(|one| one.team.as_mut()) {
            team.parting = Some(Parting::Accepted);
        }
        if self.dialog == Some(Dialog::TeamWaits) {
            self.dialog = None;
        }
    }
}
