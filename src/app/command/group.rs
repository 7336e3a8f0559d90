//! The headings under which commands are shown.

use super::Command;

/// Under which heading the help sheet shows a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "each says what it does through `label` and `title`"
)]
pub enum Group {
    Move,
    Regions,
    Entities,
    Suggestions,
    Article,
    Program,
}

impl Group {
    /// In the order of the help sheet.
    pub const ALL: [Self; 6] = [
        Self::Move,
        Self::Regions,
        Self::Entities,
        Self::Suggestions,
        Self::Article,
        Self::Program,
    ];

    /// The heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Move => "Move and select",
            Self::Regions => "Regions",
            Self::Entities => "Entities",
            Self::Suggestions => "Suggestions",
            Self::Article => "Articles",
            Self::Program => "Window",
        }
    }
}

impl Command {
    /// Under which heading the help sheet shows it.
    #[must_use]
    pub fn group(self) -> Group {
        use Command as C;
        match self {
            C::NextBlock
            | C::PreviousBlock
            | C::ExtendToNextBlock
            | C::ExtendToPreviousBlock
            | C::NextWord
            | C::PreviousWord
            | C::ExtendByWord
            | C::ExtendBackByWord
            | C::NextSentence
            | C::PreviousSentence
            | C::ExtendBySentence
            | C::ExtendBackBySentence
            | C::NextCharacter
            | C::PreviousCharacter
            | C::ExtendByCharacter
            | C::ExtendBackByCharacter
            | C::BlockStart
            | C::BlockEnd
            | C::ExtendToBlockStart
            | C::ExtendToBlockEnd
            | C::NextRegion
            | C::PreviousRegion
            | C::FirstBlock
            | C::LastBlock
            | C::ToggleFolds
            | C::NextName
            | C::PreviousName
            | C::NextEntity
            | C::PreviousEntity
            | C::FindInArticle
            | C::Copy
            | C::OpenMenu
            | C::Escape => Group::Move,
            C::LabelRegion(_) | C::LabelToEnd(_) | C::SplitRegion | C::MergeRegion => {
                Group::Regions
            }
            C::Tag(_)
            | C::TagEverywhere
            | C::NameEverywhere
            | C::UndoRelabelling
            | C::GrowStart
            | C::GrowEnd
            | C::ShrinkStart
            | C::ShrinkEnd
            | C::Remove => Group::Entities,
            C::NextUnsure
            | C::PreviousUnsure
            | C::ConfirmAndNext
            | C::Why
            | C::ForgetLearnt
            | C::CarryLabels => Group::Suggestions,
            C::Done
            | C::Skip
            | C::Flag
            | C::Remark
            | C::AnswerRemark
            | C::ResolveRemark
            | C::NextRemark
            | C::History
            | C::NextArticle
            | C::PreviousArticle
            | C::NextUnfinished
            | C::Undo
            | C::Redo
            | C::FindInDataset => Group::Article,
            C::FindInLists
            | C::Guide
            | C::Schema
            | C::NewWindow
            | C::CloseDataset
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
            | C::ToggleTheme
            | C::ToggleList
            | C::ToggleInspector
            | C::NextTab
            | C::PreviousTab
            | C::ZoomIn
            | C::ZoomOut
            | C::ZoomReset => Group::Program,
        }
    }
}
