//! Which commands are possible now.

use super::{State, Tab};
use crate::app::command::Command;

impl State {
    /// Returns true if the command can be done now.
    #[must_use]
    pub fn allows(&self, command: Command) -> bool {
        use Command as C;
        // What is done to an article is done where it is seen.
        let article = self.article.as_ref().filter(|_| self.tab == Tab::Annotate);
        match command {
            C::NewWindow
            | C::OpenFiles
            | C::OpenFolder
            | C::OpenPath
            | C::OpenSample
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
            | C::ShowDashboard => self.dataset.is_some(),
            C::NextArticle
            | C::PreviousArticle
            | C::NextUnfinished
            | C::NextRemark
            | C::Guide
            | C::ToggleInspector
            | C::NextTab
            | C::PreviousTab => self.dataset.is_some() && self.tab == Tab::Annotate,
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
}
