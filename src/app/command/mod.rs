//! Everything that a person can do, as a closed list that describes itself.
//!
//! Menus, palette, keys, help sheet and tests all come from here, so none of them can know a command that the others don't.
//! What belongs to a command is in the files beneath, one question each: its group, words, icon, keys, and when it is
//! possible. The compiler asks all of them about each new one.

mod bindings;
mod chord;
mod defaults;
mod group;
mod icons;
mod keymap;
mod when;
mod words;

pub use bindings::Bindings;
pub use chord::{Chord, NoChord};
pub use group::Group;
pub use keymap::Keymap;

use crate::model::Schema;

/// One thing that a person can do. The numbers are places in the schema's lists of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each says what it does through `label` and `title`"
)]
pub enum Command {
    NextBlock,
    PreviousBlock,
    ExtendToNextBlock,
    ExtendToPreviousBlock,
    LabelRegion(usize),
    LabelToEnd(usize),
    SplitRegion,
    MergeRegion,
    NextWord,
    PreviousWord,
    ExtendByWord,
    ExtendBackByWord,
    NextSentence,
    PreviousSentence,
    ExtendBySentence,
    ExtendBackBySentence,
    NextCharacter,
    PreviousCharacter,
    ExtendByCharacter,
    ExtendBackByCharacter,
    BlockStart,
    BlockEnd,
    ExtendToBlockStart,
    ExtendToBlockEnd,
    NextRegion,
    PreviousRegion,
    FirstBlock,
    LastBlock,
    ToggleFolds,
    NextName,
    PreviousName,
    NextEntity,
    PreviousEntity,
    Tag(usize),
    TagEverywhere,
    GrowStart,
    GrowEnd,
    ShrinkStart,
    ShrinkEnd,
    Remove,
    NextUnsure,
    PreviousUnsure,
    ConfirmAndNext,
    Why,
    ForgetLearnt,
    CarryLabels,
    Done,
    Skip,
    Flag,
    Remark,
    AnswerRemark,
    ResolveRemark,
    NextRemark,
    History,
    NextArticle,
    PreviousArticle,
    NextUnfinished,
    Copy,
    OpenMenu,
    Undo,
    Redo,
    FindInArticle,
    FindInDataset,
    NewWindow,
    NameEverywhere,
    UndoRelabelling,
    FindInLists,
    Guide,
    Schema,
    OpenFiles,
    OpenFolder,
    OpenPath,
    OpenSample,
    Import,
    CloseDataset,
    SaveCopy,
    Export,
    RepeatExport,
    ShowAnnotate,
    ShowDashboard,
    Palette,
    Help,
    Settings,
    KeySettings,
    ToggleTheme,
    ToggleList,
    ToggleInspector,
    NextTab,
    PreviousTab,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    Escape,
}

impl Command {
    /// All of them, with one `LabelRegion`, `LabelToEnd` and `Tag` for each label that is switched on.
    pub fn all(schema: Option<&Schema>) -> Vec<Self> {
        use Command as C;
        let mut all = vec![
            C::NextBlock,
            C::PreviousBlock,
            C::ExtendToNextBlock,
            C::ExtendToPreviousBlock,
            C::NextWord,
            C::PreviousWord,
            C::ExtendByWord,
            C::ExtendBackByWord,
            C::NextSentence,
            C::PreviousSentence,
            C::ExtendBySentence,
            C::ExtendBackBySentence,
            C::NextCharacter,
            C::PreviousCharacter,
            C::ExtendByCharacter,
            C::ExtendBackByCharacter,
            C::BlockStart,
            C::BlockEnd,
            C::ExtendToBlockStart,
            C::ExtendToBlockEnd,
            C::NextRegion,
            C::PreviousRegion,
            C::FirstBlock,
            C::LastBlock,
            C::ToggleFolds,
            C::FindInArticle,
            C::FindInDataset,
        ];
        let mut tags = Vec::new();
        if let Some(schema) = schema {
            let on = |(at, on): (usize, bool)| on.then_some(at);
            let regions: Vec<usize> = schema
                .regions()
                .iter()
                .map(|r| r.enabled)
                .enumerate()
                .filter_map(on)
                .collect();
            let entities = schema
                .entities()
                .iter()
                .map(|e| e.enabled)
                .enumerate()
                .filter_map(on);
            all.extend(regions.iter().copied().map(C::LabelRegion));
            all.extend(regions.iter().copied().map(C::LabelToEnd));
            tags.extend(entities.map(C::Tag));
        }
        all.extend([C::SplitRegion, C::MergeRegion]);
        all.extend(tags);
        all.extend([
            // After the labels: a schema that has a label on its key keeps it.
            C::NextName,
            C::PreviousName,
            C::NextEntity,
            C::PreviousEntity,
            C::TagEverywhere,
            C::GrowStart,
            C::GrowEnd,
            C::ShrinkStart,
            C::ShrinkEnd,
            C::Remove,
            C::NextUnsure,
            C::PreviousUnsure,
            C::ConfirmAndNext,
            C::Why,
            C::ForgetLearnt,
            C::CarryLabels,
            C::Done,
            C::Skip,
            C::Flag,
            C::Remark,
            C::AnswerRemark,
            C::ResolveRemark,
            C::NextRemark,
            C::History,
            C::NextArticle,
            C::PreviousArticle,
            C::NextUnfinished,
            C::Copy,
            C::OpenMenu,
            C::Undo,
            C::Redo,
            C::NewWindow,
            C::NameEverywhere,
            C::UndoRelabelling,
            C::FindInLists,
            C::Guide,
            C::Schema,
            C::OpenFiles,
            C::OpenFolder,
            C::OpenPath,
            C::OpenSample,
            C::Import,
            C::CloseDataset,
            C::SaveCopy,
            C::Export,
            C::RepeatExport,
            C::ShowAnnotate,
            C::ShowDashboard,
            C::Palette,
            C::Help,
            C::Settings,
            C::KeySettings,
            C::ToggleTheme,
            C::ToggleList,
            C::ToggleInspector,
            C::NextTab,
            C::PreviousTab,
            C::ZoomIn,
            C::ZoomOut,
            C::ZoomReset,
            C::Escape,
        ]);
        all
    }

    /// Whether it sets a label: then its key is the schema's, not the person's.
    #[must_use]
    pub fn is_of_schema(self) -> bool {
        matches!(
            self,
            Self::LabelRegion(_) | Self::LabelToEnd(_) | Self::Tag(_)
        )
    }

    /// What it is called in settings files: `split-region`. Empty for what sets a label.
    #[must_use]
    pub fn name(self) -> String {
        if self.is_of_schema() {
            return String::new();
        }
        let mut name = String::new();
        for c in format!("{self:?}").chars() {
            if c.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(c.to_ascii_lowercase());
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_settings_files_stay_as_they_are() {
        let names: Vec<String> = Command::all(None).into_iter().map(Command::name).collect();
        for name in [
            "next-block",
            "extend-to-next-block",
            "split-region",
            "merge-region",
            "next-word",
            "extend-by-sentence",
            "tag-everywhere",
            "remove",
            "confirm-and-next",
            "done",
            "find-in-dataset",
            "palette",
            "zoom-in",
            "escape",
        ] {
            assert!(names.iter().any(|n| n == name), "{name}");
        }
        let mut once = names.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), names.len());
    }
}
