//! When a command is possible.

use super::Command;
use crate::app::state::{State, Tab};

impl Command {
    /// Whether it makes sense now.
    pub fn is_possible(self, state: &State) -> bool {
        use Command as C;
        // What is done to an article is done where it is seen.
        let article = state
            .article
            .as_ref()
            .filter(|_| state.tab == Tab::Annotate);
        match self {
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
            | C::ShowAnnotate
            | C::ShowDashboard => state.dataset.is_some(),
            C::NextArticle
            | C::PreviousArticle
            | C::NextUnfinished
            | C::NextRemark
            | C::Guide
            | C::ToggleInspector
            | C::NextTab
            | C::PreviousTab => state.dataset.is_some() && state.tab == Tab::Annotate,
            C::Why => article.is_some_and(|a| a.here().is_some()),
            C::AnswerRemark | C::ResolveRemark => {
                article.is_some_and(|a| a.remark_here().is_some())
            }
            C::Copy => article.is_some_and(|a| a.selected().is_some()),
            C::UndoRelabelling => state.names.last.is_some(),
            C::Undo if state.undoes_relabelling() => article.is_some(),
            C::Undo => article.is_some_and(|a| a.session.history().next_undo().is_some()),
            C::Redo => article.is_some_and(|a| a.session.history().next_redo().is_some()),
            _ => article.is_some(),
        }
    }

    /// Whether it opens a text field: what is typed after it is meant for that.
    pub fn opens_field(self) -> bool {
        use Command as C;
        matches!(
            self,
            C::FindInArticle
                | C::FindInDataset
                | C::FindInLists
                | C::Remark
                | C::AnswerRemark
                | C::Flag
                | C::Palette
                | C::Export
                | C::OpenPath
        )
    }

    /// Whether it works while a text field has the keyboard: only chords that no field wants.
    pub fn works_in_fields(self) -> bool {
        use Command as C;
        matches!(
            self,
            C::Done
                | C::Skip
                | C::NextArticle
                | C::PreviousArticle
                | C::NextUnfinished
                | C::FindInArticle
                | C::FindInDataset
                | C::NewWindow
                | C::CloseDataset
                | C::Guide
                | C::Schema
                | C::OpenFiles
                | C::OpenFolder
                | C::OpenPath
                | C::OpenSample
                | C::Import
                | C::SaveCopy
                | C::Export
                | C::RepeatExport
                | C::ShowAnnotate
                | C::ShowDashboard
                | C::Palette
                | C::Help
                | C::Settings
                | C::KeySettings
                | C::ZoomIn
                | C::ZoomOut
                | C::ZoomReset
                | C::Escape
        )
    }
}
