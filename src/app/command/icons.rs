//! The signs of the commands on buttons and in menus.

use egui_material_icons::{MaterialIcon, icons};

use super::Command;

impl Command {
    /// Its sign on buttons and in menus.
    #[must_use]
    pub fn icon(self) -> MaterialIcon {
        use Command as C;
        match self {
            C::NextBlock | C::ExtendToNextBlock => icons::ICON_ARROW_DOWNWARD,
            C::PreviousBlock | C::ExtendToPreviousBlock => icons::ICON_ARROW_UPWARD,
            C::NextWord
            | C::ExtendByWord
            | C::NextSentence
            | C::ExtendBySentence
            | C::NextCharacter
            | C::ExtendByCharacter => icons::ICON_ARROW_FORWARD,
            C::PreviousWord
            | C::ExtendBackByWord
            | C::PreviousSentence
            | C::ExtendBackBySentence
            | C::PreviousCharacter
            | C::ExtendBackByCharacter => icons::ICON_ARROW_BACK,
            C::BlockStart | C::ExtendToBlockStart => icons::ICON_FIRST_PAGE,
            C::BlockEnd | C::ExtendToBlockEnd => icons::ICON_LAST_PAGE,
            C::NextRegion | C::LastBlock => icons::ICON_KEYBOARD_DOUBLE_ARROW_DOWN,
            C::PreviousRegion | C::FirstBlock => icons::ICON_KEYBOARD_DOUBLE_ARROW_UP,
            C::ToggleFolds => icons::ICON_UNFOLD_MORE,
            C::NextName | C::PreviousName => icons::ICON_PERSON_SEARCH,
            C::NextEntity | C::PreviousEntity => icons::ICON_SELL,
            C::LabelRegion(_) => icons::ICON_LABEL,
            C::LabelToEnd(_) => icons::ICON_VERTICAL_ALIGN_BOTTOM,
            C::SplitRegion => icons::ICON_CONTENT_CUT,
            C::MergeRegion => icons::ICON_CALL_MERGE,
            C::Tag(_) => icons::ICON_SELL,
            C::TagEverywhere => icons::ICON_DONE_ALL,
            C::GrowStart | C::ShrinkStart => icons::ICON_KEYBOARD_TAB_RTL,
            C::GrowEnd | C::ShrinkEnd => icons::ICON_KEYBOARD_TAB,
            C::Copy => icons::ICON_CONTENT_COPY,
            C::OpenMenu => icons::ICON_MENU_OPEN,
            C::NextTab | C::PreviousTab => icons::ICON_TAB,
            C::Remove => icons::ICON_DELETE,
            C::NextUnsure | C::PreviousUnsure => icons::ICON_QUESTION_MARK,
            C::ConfirmAndNext => icons::ICON_CHECK,
            C::Why => icons::ICON_PSYCHOLOGY_ALT,
            C::NextDoubt | C::CheckWithModels => icons::ICON_TROUBLESHOOT,
            C::DoubtIsRight => icons::ICON_THUMB_UP,
            C::ForgetLearnt => icons::ICON_MEMORY,
            C::Suggesters => icons::ICON_EXTENSION,
            C::SuggestForOpen => icons::ICON_PLAYLIST_ADD_CHECK,
            C::CarryLabels => icons::ICON_FILE_COPY,
            C::NextPlace => icons::ICON_KEYBOARD_ARROW_DOWN,
            C::PreviousPlace => icons::ICON_KEYBOARD_ARROW_UP,
            C::TakeFirst => icons::ICON_COUNTER_1,
            C::TakeSecond => icons::ICON_COUNTER_2,
            C::TakeThird => icons::ICON_COUNTER_3,
            C::TakeFourth => icons::ICON_COUNTER_4,
            C::TakeFifth => icons::ICON_COUNTER_5,
            C::TakeSixth => icons::ICON_COUNTER_6,
            C::TakeSeventh => icons::ICON_COUNTER_7,
            C::TakeEighth => icons::ICON_COUNTER_8,
            C::TakeNinth => icons::ICON_COUNTER_9,
            C::TakeNobody => icons::ICON_BLOCK,
            C::DecideAlike => icons::ICON_DONE_ALL,
            C::ConfirmPlace => icons::ICON_CHECK,
            C::Reason => icons::ICON_COMMENT,
            C::DecideByMajority => icons::ICON_HOW_TO_VOTE,
            C::FinishUnanimous => icons::ICON_LIBRARY_ADD_CHECK,
            C::ShowReview => icons::ICON_RULE,
            C::Done => icons::ICON_CHECK_CIRCLE,
            C::Skip => icons::ICON_SKIP_NEXT,
            C::Flag => icons::ICON_FLAG,
            C::Remark => icons::ICON_ADD_COMMENT,
            C::NameEverywhere => icons::ICON_TRAVEL_EXPLORE,
            C::UndoRelabelling => icons::ICON_HISTORY,
            C::AnswerRemark => icons::ICON_REPLY,
            C::ResolveRemark => icons::ICON_MARK_CHAT_READ,
            C::NextRemark => icons::ICON_CHAT,
            C::History => icons::ICON_HISTORY,
            C::FindInLists => icons::ICON_MANAGE_SEARCH,
            C::Guide => icons::ICON_MENU_BOOK,
            C::Schema => icons::ICON_NEW_LABEL,
            C::NextArticle => icons::ICON_NAVIGATE_NEXT,
            C::PreviousArticle => icons::ICON_NAVIGATE_BEFORE,
            C::NextUnfinished => icons::ICON_REDO,
            C::Undo => icons::ICON_UNDO,
            C::Redo => icons::ICON_REDO,
            C::FindInArticle | C::FindInDataset => icons::ICON_SEARCH,
            C::NewWindow => icons::ICON_OPEN_IN_NEW,
            C::CloseDataset => icons::ICON_CLOSE,
            C::OpenFiles => icons::ICON_FILE_OPEN,
            C::OpenFolder => icons::ICON_FOLDER_OPEN,
            C::OpenPath => icons::ICON_KEYBOARD_RETURN,
            C::OpenSample => icons::ICON_SCHOOL,
            C::OpenTeam => icons::ICON_GROUPS,
            C::TeamSend => icons::ICON_CLOUD_UPLOAD,
            C::TeamSignIn => icons::ICON_LOGIN,
            C::TakeMore => icons::ICON_PLAYLIST_ADD,
            C::TakeAlong => icons::ICON_LUGGAGE,
            C::GiveBack => icons::ICON_ASSIGNMENT_RETURN,
            C::TeamProblems => icons::ICON_SYNC_PROBLEM,
            C::Import => icons::ICON_NOTE_ADD,
            C::Merge => icons::ICON_MERGE,
            C::SplitWork => icons::ICON_CALL_SPLIT,
            C::RepeatExport => icons::ICON_REPEAT,
            C::SaveCopy => icons::ICON_SAVE_AS,
            C::Export => icons::ICON_DOWNLOAD,
            C::ShowAnnotate => icons::ICON_EDIT_NOTE,
            C::ShowDashboard => icons::ICON_MONITORING,
            C::Palette => icons::ICON_TERMINAL,
            C::Help => icons::ICON_KEYBOARD,
            C::Settings => icons::ICON_SETTINGS,
            C::KeySettings => icons::ICON_KEYBOARD_COMMAND_KEY,
            C::ToggleTheme => icons::ICON_DARK_MODE,
            C::ToggleList => icons::ICON_VIEW_LIST,
            C::ToggleInspector => icons::ICON_VIEW_SIDEBAR,
            C::ZoomIn => icons::ICON_ZOOM_IN,
            C::ZoomOut => icons::ICON_ZOOM_OUT,
            C::ZoomReset => icons::ICON_SEARCH,
            C::Escape => icons::ICON_CLOSE,
        }
    }
}
