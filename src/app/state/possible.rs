//! Which commands are possible now.

use super::{State, Tab};
use crate::app::command::Command;

impl State {
    /// Returns true if the command can be done now.
    #[must_use]
    pub fn allows(&self, command: Command) -> bool {
        use Command as C;
        // What is done to an article is done where it is seen.
        let is_shown = match self.tab {
            Tab::Annotate => true,
            Tab::Review => self.shown_review().is_some(),
            Tab::Dashboard => false,
        };
        let article = self.article.as_ref().filter(|_| is_shown);
        if command.is_of_review() {
            return self.allows_review(command);
        }
        match command {
            C::NewWindow
            | C::OpenFiles
            | C::OpenFolder
            | C::OpenPath
            | C::OpenSample
            | C::OpenTeam
            | C::Merge
            | C::Palette
            | C::Help
            | C::Settings
            | C::KeySettings
            | C::ToggleTheme
            | C::ZoomIn
            | C::ZoomOut
            | C::ZoomReset
            | C::Escape => true,
            C::FindInDataset
            | C::NameEverywhere
            | C::CloseDataset
            | C::Schema
            | C::SaveCopy
            | C::SplitWork
            | C::Import
            | C::Export
            | C::RepeatExport
            | C::ToggleList
            | C::ForgetLearnt
            | C::CarryLabels
            | C::CheckWithModels
            | C::Suggesters
            | C::SuggestForOpen
            | C::ShowAnnotate
            | C::ShowReview
            | C::ShowDashboard => self.dataset.is_some(),
            C::TeamSend | C::TeamSignIn => self.team().is_some(),
            C::TakeMore | C::TakeAlong | C::GiveBack => self
                .team()
                .is_some_and(|team| team.status.has_role("annotator")),
            C::TeamProblems => self
                .team()
                .is_some_and(|team| !team.status.problems().is_empty()),
            C::NextArticle | C::PreviousArticle | C::ToggleInspector => {
                self.dataset.is_some() && self.tab != Tab::Dashboard
            }
            C::NextUnfinished | C::NextRemark | C::Guide | C::NextTab | C::PreviousTab => {
                self.dataset.is_some() && self.tab == Tab::Annotate
            }
            C::Why => article.is_some_and(|a| a.here().is_some()),
            C::AnswerRemark | C::ResolveRemark => {
                article.is_some_and(|a| a.remark_here().is_some())
            }
            C::Copy => article.is_some_and(|a| a.selected().is_some()),
            C::UndoRelabelling => self.names.last.is_some(),
            C::Undo if self.undoes_relabelling() => article.is_some(),
            C::Undo => article.is_some_and(|a| a.session.history().next_undo().is_some()),
            C::Redo => article.is_some_and(|a| a.session.history().next_redo().is_some()),
            _ => article.is_some(),
        }
    }

    /// The keys of the review are those of the article where nothing is to be decided.
    fn allows_review(&self, command: Command) -> bool {
        use Command as C;
        let Some(review) = self.shown_review() else {
            let is_listed = self.tab == Tab::Review && self.dataset.is_some();
            return command == C::FinishUnanimous && is_listed;
        };
        let place = review.place_here().filter(|_| self.decides_here());
        match command {
            C::NextPlace | C::PreviousPlace | C::ConfirmPlace | C::FinishUnanimous => true,
            C::DecideByMajority => review.open() > 0,
            _ => match (command.version(), place) {
                (Some(version), Some(place)) => version < place.versions.len(),
                (None, Some(_)) => true,
                (_, None) => false,
            },
        }
    }
}
