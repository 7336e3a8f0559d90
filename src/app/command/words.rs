//! What the commands are called.

use super::Command;
use crate::model::Schema;

impl Command {
    /// What it is called. Names of labels come from the schema.
    pub fn label(self, schema: Option<&Schema>) -> String {
        use Command as C;
        let region = |at: usize| {
            schema
                .and_then(|s| s.regions().get(at))
                .map_or("?", |r| r.label.as_str())
        };
        let entity = |at: usize| {
            schema
                .and_then(|s| s.entities().get(at))
                .map_or("?", |e| e.label.as_str())
        };
        match self {
            C::LabelRegion(at) => format!("Label as {}", region(at)),
            C::LabelToEnd(at) => format!("Label as {} from here to the end", region(at)),
            C::Tag(at) => format!("Tag as {}", entity(at)),
            other => other.fixed_label().to_owned(),
        }
    }

    /// What the schema says of the label that it sets.
    #[must_use]
    pub fn description(self, schema: Option<&Schema>) -> Option<&str> {
        let words = match self {
            Self::LabelRegion(at) | Self::LabelToEnd(at) => &schema?.regions().get(at)?.description,
            Self::Tag(at) => &schema?.entities().get(at)?.description,
            _ => return None,
        };
        (!words.is_empty()).then_some(words)
    }

    fn fixed_label(self) -> &'static str {
        use Command as C;
        match self {
            C::NextBlock => "Next block",
            C::PreviousBlock => "Previous block",
            C::ExtendToNextBlock => "Extend to the next block",
            C::ExtendToPreviousBlock => "Extend to the previous block",
            C::SplitRegion => "Split the region at the caret",
            C::MergeRegion => "Merge the region with the one above",
            C::NextWord => "Caret to the next word",
            C::PreviousWord => "Caret to the previous word",
            C::ExtendByWord => "Extend by a word",
            C::ExtendBackByWord => "Extend back by a word",
            C::NextSentence => "Caret to the next sentence",
            C::PreviousSentence => "Caret to the previous sentence",
            C::ExtendBySentence => "Extend to the end of the sentence",
            C::ExtendBackBySentence => "Extend to the start of the sentence",
            C::NextCharacter => "Caret to the next character",
            C::PreviousCharacter => "Caret to the previous character",
            C::ExtendByCharacter => "Extend by a character",
            C::ExtendBackByCharacter => "Extend back by a character",
            C::BlockStart => "Caret to the start of the block",
            C::BlockEnd => "Caret to the end of the block",
            C::ExtendToBlockStart => "Extend to the start of the block",
            C::ExtendToBlockEnd => "Extend to the end of the block",
            C::NextRegion => "Next region",
            C::PreviousRegion => "Previous region",
            C::FirstBlock => "First block",
            C::LastBlock => "Last block",
            C::ToggleFolds => "Fold or unfold long navigation",
            C::NextName => "Select the next untagged name",
            C::PreviousName => "Select the previous untagged name",
            C::NextEntity => "Next entity",
            C::PreviousEntity => "Previous entity",
            C::TagEverywhere => "Tag all later occurrences the same",
            C::GrowStart => "Begin one word earlier",
            C::GrowEnd => "End one word later",
            C::ShrinkStart => "Begin one word later",
            C::ShrinkEnd => "End one word earlier",
            C::Copy => "Copy the selected text",
            C::OpenMenu => "Context menu",
            C::NextTab => "Next tab of the side panel",
            C::PreviousTab => "Previous tab of the side panel",
            C::Remove => "Remove the current entity, region or suggestion",
            C::NextUnsure => "Next unsure suggestion",
            C::PreviousUnsure => "Previous unsure suggestion",
            C::ConfirmAndNext => "Confirm, next unsure suggestion",
            C::Why => "Why this label?",
            C::ForgetLearnt => "Reset the models…",
            C::CarryLabels => "Copy labels from done articles to their duplicates",
            C::Done => "Done, next article",
            C::Skip => "Skip, next article",
            C::Flag => "Flag with a remark, next article",
            C::Remark => "Remark…",
            C::NameEverywhere => "Show the name in all articles…",
            C::UndoRelabelling => "Undo the last relabelling of a name",
            C::AnswerRemark => "Answer the remark…",
            C::ResolveRemark => "Resolve the remark, or reopen it",
            C::NextRemark => "Next open remark",
            C::History => "History of this article",
            C::FindInLists => "Find in the entities and regions",
            C::Guide => "Guidelines for the label at the caret",
            C::Schema => "Edit labels and guidelines…",
            C::NextArticle => "Next article",
            C::PreviousArticle => "Previous article",
            C::NextUnfinished => "Next unfinished article",
            C::Undo => "Undo",
            C::Redo => "Redo",
            C::FindInArticle => "Find in the article",
            C::FindInDataset => "Find in the dataset",
            C::NewWindow => "New window",
            C::CloseDataset => "Close the dataset",
            C::OpenFiles => "Open files or a dataset…",
            C::OpenFolder => "Open a folder of articles…",
            C::OpenPath => "Open by path…",
            C::OpenSample => "Open the sample dataset",
            C::Import => "Add articles to this dataset…",
            C::RepeatExport => "Repeat the last export",
            C::SaveCopy => "Save a copy…",
            C::Export => "Export…",
            C::ShowAnnotate => "Annotate",
            C::ShowDashboard => "Dashboard",
            C::Palette => "All commands…",
            C::Help => "Keys and help",
            C::Settings => "Settings…",
            C::KeySettings => "Change keys…",
            C::ToggleTheme => "Switch theme: light, dark, system",
            C::ToggleList => "Show or hide the article list",
            C::ToggleInspector => "Show or hide the side panel",
            C::ZoomIn => "Zoom in",
            C::ZoomOut => "Zoom out",
            C::ZoomReset => "Reset zoom",
            C::Escape => "Close / clear selection",
            C::LabelRegion(_) | C::LabelToEnd(_) | C::Tag(_) => "",
        }
    }
}
