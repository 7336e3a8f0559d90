//! All commands, each declared once: its variant, its name in settings files, its group and its
//! words.
//!
//! A name in settings files never changes: the keys that users have chosen are kept under it.

use super::Group;

/// Declares the commands that set no label, in the order of menus and the help sheet.
macro_rules! commands {
    ($($variant:ident: $name:literal, $group:ident, $label:literal;)*) => {
        /// One thing that a person can do. The numbers are places in the schema's lists of labels.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each says what it does through `label`")]
        pub enum Command {
            LabelRegion(usize),
            LabelToEnd(usize),
            Tag(usize),
            $($variant,)*
        }

        impl Command {
            /// The commands that set no label, in the order in which they are shown.
            pub(super) const FIXED: &[Self] = &[$(Self::$variant,)*];

            /// Returns its name in settings files, such as `split-region`; `None` for a command
            /// that sets a label, whose key is the schema's.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                match self {
                    Self::LabelRegion(_) | Self::LabelToEnd(_) | Self::Tag(_) => None,
                    $(Self::$variant => Some($name),)*
                }
            }

            /// Returns the heading under which the help sheet shows it.
            #[must_use]
            pub fn group(self) -> Group {
                match self {
                    Self::LabelRegion(_) | Self::LabelToEnd(_) => Group::Regions,
                    Self::Tag(_) => Group::Entities,
                    $(Self::$variant => Group::$group,)*
                }
            }

            /// Returns what it is called; empty for a command that sets a label, which is called
            /// after the label.
            pub(super) fn fixed_label(self) -> &'static str {
                match self {
                    Self::LabelRegion(_) | Self::LabelToEnd(_) | Self::Tag(_) => "",
                    $(Self::$variant => $label,)*
                }
            }
        }
    };
}

commands! {
    NextBlock: "next-block", Move, "Next block";
    PreviousBlock: "previous-block", Move, "Previous block";
    ExtendToNextBlock: "extend-to-next-block", Move, "Extend to the next block";
    ExtendToPreviousBlock: "extend-to-previous-block", Move, "Extend to the previous block";
    NextWord: "next-word", Move, "Caret to the next word";
    PreviousWord: "previous-word", Move, "Caret to the previous word";
    ExtendByWord: "extend-by-word", Move, "Extend by a word";
    ExtendBackByWord: "extend-back-by-word", Move, "Extend back by a word";
    NextSentence: "next-sentence", Move, "Caret to the next sentence";
    PreviousSentence: "previous-sentence", Move, "Caret to the previous sentence";
    ExtendBySentence: "extend-by-sentence", Move, "Extend to the end of the sentence";
    ExtendBackBySentence: "extend-back-by-sentence", Move, "Extend to the start of the sentence";
    NextCharacter: "next-character", Move, "Caret to the next character";
    PreviousCharacter: "previous-character", Move, "Caret to the previous character";
    ExtendByCharacter: "extend-by-character", Move, "Extend by a character";
    ExtendBackByCharacter: "extend-back-by-character", Move, "Extend back by a character";
    BlockStart: "block-start", Move, "Caret to the start of the block";
    BlockEnd: "block-end", Move, "Caret to the end of the block";
    ExtendToBlockStart: "extend-to-block-start", Move, "Extend to the start of the block";
    ExtendToBlockEnd: "extend-to-block-end", Move, "Extend to the end of the block";
    NextRegion: "next-region", Move, "Next region";
    PreviousRegion: "previous-region", Move, "Previous region";
    FirstBlock: "first-block", Move, "First block";
    LastBlock: "last-block", Move, "Last block";
    ToggleFolds: "toggle-folds", Move, "Fold or unfold long navigation";
    FindInArticle: "find-in-article", Move, "Find in the article";
    FindInDataset: "find-in-dataset", Article, "Find in the dataset";
    SplitRegion: "split-region", Regions, "Split the region at the caret";
    MergeRegion: "merge-region", Regions, "Merge the region with the one above";
    NextName: "next-name", Move, "Select the next untagged name";
    PreviousName: "previous-name", Move, "Select the previous untagged name";
    NextEntity: "next-entity", Move, "Next entity";
    PreviousEntity: "previous-entity", Move, "Previous entity";
    TagEverywhere: "tag-everywhere", Entities, "Tag all later occurrences the same";
    GrowStart: "grow-start", Entities, "Begin one word earlier";
    GrowEnd: "grow-end", Entities, "End one word later";
    ShrinkStart: "shrink-start", Entities, "Begin one word later";
    ShrinkEnd: "shrink-end", Entities, "End one word earlier";
    Remove: "remove", Entities, "Remove the current entity, region or suggestion";
    NextUnsure: "next-unsure", Suggestions, "Next unsure suggestion";
    PreviousUnsure: "previous-unsure", Suggestions, "Previous unsure suggestion";
    ConfirmAndNext: "confirm-and-next", Suggestions, "Confirm, next unsure suggestion";
    Why: "why", Suggestions, "Why this label?";
    NextDoubt: "next-doubt", Suggestions, "Next label that the models doubt";
    DoubtIsRight: "doubt-is-right", Suggestions, "The doubted label is right";
    CheckWithModels: "check-with-models", Suggestions, "Have the models check finished work";
    ForgetLearnt: "forget-learnt", Suggestions, "Reset the models…";
    Suggesters: "suggesters", Suggestions, "Suggesters: other programs that suggest…";
    SuggestForOpen: "suggest-for-open", Suggestions, "Ask the suggesters about all open articles";
    CarryLabels: "carry-labels", Suggestions, "Copy labels from done articles to their duplicates";
    NextPlace: "next-place", Adjudication, "Next disagreement";
    PreviousPlace: "previous-place", Adjudication, "Previous disagreement";
    TakeFirst: "take-first", Adjudication, "Take version 1";
    TakeSecond: "take-second", Adjudication, "Take version 2";
    TakeThird: "take-third", Adjudication, "Take version 3";
    TakeFourth: "take-fourth", Adjudication, "Take version 4";
    TakeFifth: "take-fifth", Adjudication, "Take version 5";
    TakeSixth: "take-sixth", Adjudication, "Take version 6";
    TakeSeventh: "take-seventh", Adjudication, "Take version 7";
    TakeEighth: "take-eighth", Adjudication, "Take version 8";
    TakeNinth: "take-ninth", Adjudication, "Take version 9";
    TakeNobody: "take-nobody", Adjudication, "Nobody is right: no label here";
    DecideAlike: "decide-alike", Adjudication, "The same at all places like this one";
    ConfirmPlace: "confirm-place", Adjudication, "Confirm, next open place; in the end, the article";
    Reason: "reason", Adjudication, "Give a reason for the decision…";
    DecideByMajority: "decide-by-majority", Adjudication, "Decide open places by majority";
    FinishUnanimous: "finish-unanimous", Adjudication, "Finish all articles on which all agree…";
    Done: "done", Article, "Done, next article";
    Skip: "skip", Article, "Skip, next article";
    Flag: "flag", Article, "Flag with a remark, next article";
    Remark: "remark", Article, "Remark…";
    AnswerRemark: "answer-remark", Article, "Answer the remark…";
    ResolveRemark: "resolve-remark", Article, "Resolve the remark, or reopen it";
    NextRemark: "next-remark", Article, "Next open remark";
    History: "history", Article, "History of this article";
    NextArticle: "next-article", Article, "Next article";
    PreviousArticle: "previous-article", Article, "Previous article";
    NextUnfinished: "next-unfinished", Article, "Next unfinished article";
    Copy: "copy", Move, "Copy the selected text";
    OpenMenu: "open-menu", Move, "Context menu";
    Undo: "undo", Article, "Undo";
    Redo: "redo", Article, "Redo";
    NewWindow: "new-window", Program, "New window";
    NameEverywhere: "name-everywhere", Entities, "Show the name in all articles…";
    UndoRelabelling: "undo-relabelling", Entities, "Undo the last relabelling of a name";
    FindInLists: "find-in-lists", Program, "Find in the entities and regions";
    Guide: "guide", Program, "Guidelines for the label at the caret";
    Schema: "schema", Program, "Edit labels and guidelines…";
    OpenFiles: "open-files", Program, "Open files or a dataset…";
    OpenFolder: "open-folder", Program, "Open a folder of articles…";
    OpenPath: "open-path", Program, "Open by path…";
    OpenSample: "open-sample", Program, "Open the sample dataset";
    OpenTeam: "open-team", Program, "Open team…";
    TeamSend: "team-send", Program, "Send to the team now";
    TeamSignIn: "team-sign-in", Program, "Sign in to the team…";
    TakeMore: "take-more", Program, "Take more articles from the team";
    TakeAlong: "take-along", Program, "Take 20 articles along, for two days without a connection";
    GiveBack: "give-back", Program, "Give unstarted articles back to the team";
    TeamProblems: "team-problems", Program, "Show work that the team has not accepted";
    Import: "import", Program, "Add articles to this dataset…";
    Merge: "merge", Program, "Merge datasets or JSONL…";
    SplitWork: "split-work", Program, "Split the work among annotators…";
    CloseDataset: "close-dataset", Program, "Close the dataset";
    SaveCopy: "save-copy", Program, "Save a copy…";
    Export: "export", Program, "Export…";
    RepeatExport: "repeat-export", Program, "Repeat the last export";
    ShowAnnotate: "show-annotate", Program, "Annotate";
    ShowReview: "show-review", Program, "Review";
    ShowDashboard: "show-dashboard", Program, "Dashboard";
    Palette: "palette", Program, "All commands…";
    Help: "help", Program, "Keys and help";
    Settings: "settings", Program, "Settings…";
    KeySettings: "key-settings", Program, "Change keys…";
    ToggleTheme: "toggle-theme", Program, "Switch theme: light, dark, system";
    ToggleList: "toggle-list", Program, "Show or hide the article list";
    ToggleInspector: "toggle-inspector", Program, "Show or hide the side panel";
    NextTab: "next-tab", Program, "Next tab of the side panel";
    PreviousTab: "previous-tab", Program, "Previous tab of the side panel";
    ZoomIn: "zoom-in", Program, "Zoom in";
    ZoomOut: "zoom-out", Program, "Zoom out";
    ZoomReset: "zoom-reset", Program, "Reset zoom";
    Escape: "escape", Move, "Close / clear selection";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_settings_files_is_the_variant_in_small_letters() {
        for command in Command::FIXED {
            let mut derived = String::new();
            for c in format!("{command:?}").chars() {
                if c.is_ascii_uppercase() && !derived.is_empty() {
                    derived.push('-');
                }
                derived.push(c.to_ascii_lowercase());
            }
            assert_eq!(
                command.name(),
                Some(derived.as_str()),
                "older settings files have this name"
            );
        }
    }
}
