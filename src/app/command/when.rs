//! In which fields a command works.

use super::Command;

impl Command {
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
                | C::Reason
                | C::Palette
                | C::Export
                | C::OpenPath
                | C::OpenTeam
                | C::TeamSignIn
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
                | C::OpenTeam
                | C::TeamSend
                | C::TeamSignIn
                | C::TakeMore
                | C::TakeAlong
                | C::GiveBack
                | C::TeamProblems
                | C::Import
                | C::SaveCopy
                | C::Merge
                | C::SplitWork
                | C::Export
                | C::RepeatExport
                | C::ShowAnnotate
                | C::ShowReview
                | C::ShowDashboard
                | C::Palette
                | C::Help
                | C::Settings
                | C::KeySettings
                | C::Suggesters
                | C::ZoomIn
                | C::ZoomOut
                | C::ZoomReset
                | C::Escape
        )
    }
}
