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
            C::ExtendToNextBlock => "Select the next block too",
            C::ExtendToPreviousBlock => "Select the previous block too",
            C::SplitRegion => "Split the region at the caret",
            C::MergeRegion => "Merge the region with the one before",
            C::NextWord => "Caret to the next word",
            C::PreviousWord => "Caret to the previous word",
            C::ExtendByWord => "Select the next word too",
            C::ExtendBackByWord => "Select the previous word too",
            C::NextSentence => "Caret to the next sentence",
            C::PreviousSentence => "Caret to the previous sentence",
            C::ExtendBySentence => "Select to the end of the sentence",
            C::ExtendBackBySentence => "Select to the start of the sentence",
            C::NextCharacter => "Caret to the next character",
            C::PreviousCharacter => "Caret to the previous character",
            C::ExtendByCharacter => "Select the next character too",
            C::ExtendBackByCharacter => "Select the previous character too",
            C::BlockStart => "Caret to the start of the block",
            C::BlockEnd => "Caret to the end of the block",
            C::ExtendToBlockStart => "Select to the start of the block",
            C::ExtendToBlockEnd => "Select to the end of the block",
            C::NextRegion => "Next region",
            C::PreviousRegion => "Previous region",
            C::FirstBlock => "First block",
            C::LastBlock => "Last block",
            C::NextName => "Select the next name that is not tagged",
            C::PreviousName => "Select the previous name that is not tagged",
            C::TagEverywhere => "Same tag on every further occurrence",
            C::GrowStart => "Begin one word earlier",
            C::GrowEnd => "End one word later",
            C::ShrinkStart => "Begin one word later",
            C::ShrinkEnd => "End one word earlier",
            C::Copy => "Copy the selected text",
            C::OpenMenu => "Menu of this place",
            C::NextTab => "Next list beside the article",
            C::PreviousTab => "Previous list beside the article",
            C::Remove => "Remove the entity or region, or reject the suggestion",
            C::NextUnsure => "Next unsure suggestion",
            C::PreviousUnsure => "Previous unsure suggestion",
            C::ConfirmAndNext => "Confirm, and on to the next unsure one",
            C::Why => "Why this label?",
            C::ForgetLearnt => "Forget what the models learnt…",
            C::CarryLabels => "Carry the labels of done articles over to their copies",
            C::Done => "Done, next article",
            C::Skip => "Skip, next article",
            C::Flag => "Flag with a remark, next article",
            C::Remark => "Remark…",
            C::FindInLists => "Find among the entities and regions",
            C::Guide => "Guidelines for the label at the caret",
            C::Schema => "Labels and guidelines…",
            C::NextArticle => "Next article",
            C::PreviousArticle => "Previous article",
            C::Undo => "Undo",
            C::Redo => "Redo",
            C::FindInArticle => "Find in the article",
            C::FindInDataset => "Find in the dataset",
            C::NewWindow => "New window",
            C::CloseDataset => "Close the dataset",
            C::OpenFiles => "Open files or a dataset…",
            C::OpenFolder => "Open a folder of articles…",
            C::SaveCopy => "Save a copy…",
            C::Export => "Export now",
            C::ShowAnnotate => "Annotate",
            C::ShowDashboard => "Dashboard",
            C::Palette => "All commands…",
            C::Help => "Keys and help",
            C::Settings => "Settings…",
            C::KeySettings => "Change the keys…",
            C::ToggleTheme => "Light or dark",
            C::ToggleList => "Show or hide the article list",
            C::ToggleInspector => "Show or hide the labels",
            C::ZoomIn => "Larger",
            C::ZoomOut => "Smaller",
            C::ZoomReset => "Normal size",
            C::Escape => "Close, or select nothing",
            C::LabelRegion(_) | C::LabelToEnd(_) | C::Tag(_) => "",
        }
    }
}
