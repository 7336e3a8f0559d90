//! Everything that a person can do, as a closed list that describes itself.
//!
//! Menus, palette, keys, help sheet and tests all come from here, so none of them can know a command that the others don't.

use egui::{Key, Modifiers};
use egui_material_icons::{MaterialIcon, icons};

use super::state::State;
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
    NextCharacter,
    PreviousCharacter,
    ExtendByCharacter,
    ExtendBackByCharacter,
    Tag(usize),
    TagEverywhere,
    Remove,
    NextUnsure,
    PreviousUnsure,
    ConfirmAndNext,
    Done,
    Skip,
    Flag,
    NextArticle,
    PreviousArticle,
    Undo,
    Redo,
    FindInArticle,
    FindInDataset,
    OpenFiles,
    OpenFolder,
    Export,
    Palette,
    Help,
    Settings,
    ToggleTheme,
    ToggleList,
    ToggleInspector,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    Escape,
}

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
            Self::Suggestions => "What the models suggest",
            Self::Article => "Articles",
            Self::Program => "Window",
        }
    }
}

/// A key with its modifiers, exactly: `Ctrl+Z` is not `Ctrl+Shift+Z`. `ctrl` is the command key on a Mac.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    /// Whether Ctrl (Command on a Mac) is held.
    pub ctrl: bool,
    /// Whether Shift is held.
    pub shift: bool,
    /// Whether Alt is held.
    pub alt: bool,
    /// The key itself.
    pub key: Key,
}

impl Chord {
    /// The key alone.
    #[must_use]
    pub const fn plain(key: Key) -> Self {
        Self {
            ctrl: false,
            shift: false,
            alt: false,
            key,
        }
    }

    /// The key with Shift.
    #[must_use]
    pub const fn shift(key: Key) -> Self {
        Self {
            shift: true,
            ..Self::plain(key)
        }
    }

    /// The key with Alt.
    #[must_use]
    pub const fn alt(key: Key) -> Self {
        Self {
            alt: true,
            ..Self::plain(key)
        }
    }

    /// The key with Ctrl.
    #[must_use]
    pub const fn ctrl(key: Key) -> Self {
        Self {
            ctrl: true,
            ..Self::plain(key)
        }
    }

    /// And Shift.
    #[must_use]
    pub const fn with_shift(self) -> Self {
        Self {
            shift: true,
            ..self
        }
    }

    /// And Alt.
    #[must_use]
    pub const fn with_alt(self) -> Self {
        Self { alt: true, ..self }
    }

    /// What was pressed.
    pub fn of(key: Key, modifiers: Modifiers) -> Self {
        Self {
            ctrl: modifiers.command || modifiers.ctrl,
            shift: modifiers.shift,
            alt: modifiers.alt,
            key,
        }
    }

    /// As egui's events carry it.
    pub fn modifiers(self) -> Modifiers {
        Modifiers {
            alt: self.alt,
            ctrl: self.ctrl,
            shift: self.shift,
            mac_cmd: false,
            command: self.ctrl,
        }
    }

    /// As the screen shows it: `Ctrl+Shift+Enter`, `b`, `→`.
    pub fn show(self) -> String {
        let mut words = String::new();
        for (held, name) in [
            (self.ctrl, "Ctrl+"),
            (self.shift, "Shift+"),
            (self.alt, "Alt+"),
        ] {
            if held {
                words.push_str(name);
            }
        }
        let key = match self.key {
            Key::ArrowDown => "↓",
            Key::ArrowUp => "↑",
            Key::ArrowLeft => "←",
            Key::ArrowRight => "→",
            Key::PageDown => "PgDn",
            Key::PageUp => "PgUp",
            Key::Escape => "Esc",
            key => key.symbol_or_name(),
        };
        let letter = key.len() == 1 && !self.ctrl;
        if letter {
            words.push_str(&key.to_lowercase());
        } else {
            words.push_str(key);
        }
        words
    }
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
            C::NextCharacter,
            C::PreviousCharacter,
            C::ExtendByCharacter,
            C::ExtendBackByCharacter,
            C::FindInArticle,
            C::FindInDataset,
        ];
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
            all.extend([C::SplitRegion, C::MergeRegion]);
            all.extend(entities.map(C::Tag));
        }
        all.extend([
            C::TagEverywhere,
            C::Remove,
            C::NextUnsure,
            C::PreviousUnsure,
            C::ConfirmAndNext,
            C::Done,
            C::Skip,
            C::Flag,
            C::NextArticle,
            C::PreviousArticle,
            C::Undo,
            C::Redo,
            C::OpenFiles,
            C::OpenFolder,
            C::Export,
            C::Palette,
            C::Help,
            C::Settings,
            C::ToggleTheme,
            C::ToggleList,
            C::ToggleInspector,
            C::ZoomIn,
            C::ZoomOut,
            C::ZoomReset,
            C::Escape,
        ]);
        all
    }

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
            | C::NextCharacter
            | C::PreviousCharacter
            | C::ExtendByCharacter
            | C::ExtendBackByCharacter
            | C::FindInArticle
            | C::Escape => Group::Move,
            C::LabelRegion(_) | C::LabelToEnd(_) | C::SplitRegion | C::MergeRegion => {
                Group::Regions
            }
            C::Tag(_) | C::TagEverywhere | C::Remove => Group::Entities,
            C::NextUnsure | C::PreviousUnsure | C::ConfirmAndNext => Group::Suggestions,
            C::Done
            | C::Skip
            | C::Flag
            | C::NextArticle
            | C::PreviousArticle
            | C::Undo
            | C::Redo
            | C::FindInDataset => Group::Article,
            C::OpenFiles
            | C::OpenFolder
            | C::Export
            | C::Palette
            | C::Help
            | C::Settings
            | C::ToggleTheme
            | C::ToggleList
            | C::ToggleInspector
            | C::ZoomIn
            | C::ZoomOut
            | C::ZoomReset => Group::Program,
        }
    }

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
            C::NextCharacter => "Caret to the next character",
            C::PreviousCharacter => "Caret to the previous character",
            C::ExtendByCharacter => "Select the next character too",
            C::ExtendBackByCharacter => "Select the previous character too",
            C::TagEverywhere => "Same tag on every further occurrence",
            C::Remove => "Remove the entity or region, or reject the suggestion",
            C::NextUnsure => "Next unsure suggestion",
            C::PreviousUnsure => "Previous unsure suggestion",
            C::ConfirmAndNext => "Confirm, and on to the next unsure one",
            C::Done => "Done, next article",
            C::Skip => "Skip, next article",
            C::Flag => "Flag with a remark, next article",
            C::NextArticle => "Next article",
            C::PreviousArticle => "Previous article",
            C::Undo => "Undo",
            C::Redo => "Redo",
            C::FindInArticle => "Find in the article",
            C::FindInDataset => "Find in the dataset",
            C::OpenFiles => "Open files or a dataset…",
            C::OpenFolder => "Open a folder of articles…",
            C::Export => "Export now",
            C::Palette => "All commands…",
            C::Help => "Keys and help",
            C::Settings => "Settings…",
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

    /// Its sign on buttons and in menus.
    #[must_use]
    pub fn icon(self) -> MaterialIcon {
        use Command as C;
        match self {
            C::NextBlock | C::ExtendToNextBlock => icons::ICON_ARROW_DOWNWARD,
            C::PreviousBlock | C::ExtendToPreviousBlock => icons::ICON_ARROW_UPWARD,
            C::NextWord | C::ExtendByWord | C::NextCharacter | C::ExtendByCharacter => {
                icons::ICON_ARROW_FORWARD
            }
            C::PreviousWord
            | C::ExtendBackByWord
            | C::PreviousCharacter
            | C::ExtendBackByCharacter => icons::ICON_ARROW_BACK,
            C::LabelRegion(_) => icons::ICON_LABEL,
            C::LabelToEnd(_) => icons::ICON_VERTICAL_ALIGN_BOTTOM,
            C::SplitRegion => icons::ICON_CONTENT_CUT,
            C::MergeRegion => icons::ICON_CALL_MERGE,
            C::Tag(_) => icons::ICON_SELL,
            C::TagEverywhere => icons::ICON_DONE_ALL,
            C::Remove => icons::ICON_DELETE,
            C::NextUnsure | C::PreviousUnsure => icons::ICON_QUESTION_MARK,
            C::ConfirmAndNext => icons::ICON_CHECK,
            C::Done => icons::ICON_CHECK_CIRCLE,
            C::Skip => icons::ICON_SKIP_NEXT,
            C::Flag => icons::ICON_FLAG,
            C::NextArticle => icons::ICON_NAVIGATE_NEXT,
            C::PreviousArticle => icons::ICON_NAVIGATE_BEFORE,
            C::Undo => icons::ICON_UNDO,
            C::Redo => icons::ICON_REDO,
            C::FindInArticle | C::FindInDataset => icons::ICON_SEARCH,
            C::OpenFiles => icons::ICON_FILE_OPEN,
            C::OpenFolder => icons::ICON_FOLDER_OPEN,
            C::Export => icons::ICON_DOWNLOAD,
            C::Palette => icons::ICON_TERMINAL,
            C::Help => icons::ICON_KEYBOARD,
            C::Settings => icons::ICON_SETTINGS,
            C::ToggleTheme => icons::ICON_DARK_MODE,
            C::ToggleList => icons::ICON_VIEW_LIST,
            C::ToggleInspector => icons::ICON_VIEW_SIDEBAR,
            C::ZoomIn => icons::ICON_ZOOM_IN,
            C::ZoomOut => icons::ICON_ZOOM_OUT,
            C::ZoomReset => icons::ICON_SEARCH,
            C::Escape => icons::ICON_CLOSE,
        }
    }

    /// The keys that do it; the first is the one that is shown.
    pub fn keys(self, schema: Option<&Schema>) -> Vec<Chord> {
        use Command as C;
        let region = |at: usize| {
            let key = schema.and_then(|s| s.regions().get(at)).and_then(|r| r.key);
            key.and_then(key_of)
        };
        let entity = |at: usize| {
            let key = schema
                .and_then(|s| s.entities().get(at))
                .and_then(|e| e.key);
            key.and_then(key_of)
        };
        match self {
            C::NextBlock => vec![Chord::plain(Key::ArrowDown), Chord::plain(Key::J)],
            C::PreviousBlock => vec![Chord::plain(Key::ArrowUp), Chord::plain(Key::K)],
            C::ExtendToNextBlock => vec![Chord::shift(Key::ArrowDown), Chord::shift(Key::J)],
            C::ExtendToPreviousBlock => vec![Chord::shift(Key::ArrowUp), Chord::shift(Key::K)],
            C::LabelRegion(at) => region(at).map(Chord::plain).into_iter().collect(),
            C::LabelToEnd(at) => region(at).map(Chord::shift).into_iter().collect(),
            C::SplitRegion => vec![Chord::plain(Key::S)],
            C::MergeRegion => vec![Chord::plain(Key::M)],
            C::NextWord => vec![Chord::plain(Key::ArrowRight)],
            C::PreviousWord => vec![Chord::plain(Key::ArrowLeft)],
            C::ExtendByWord => vec![Chord::shift(Key::ArrowRight)],
            C::ExtendBackByWord => vec![Chord::shift(Key::ArrowLeft)],
            C::NextCharacter => vec![Chord::alt(Key::ArrowRight)],
            C::PreviousCharacter => vec![Chord::alt(Key::ArrowLeft)],
            C::ExtendByCharacter => vec![Chord::shift(Key::ArrowRight).with_alt()],
            C::ExtendBackByCharacter => vec![Chord::shift(Key::ArrowLeft).with_alt()],
            C::Tag(at) => entity(at).map(Chord::plain).into_iter().collect(),
            C::TagEverywhere => vec![Chord::plain(Key::A)],
            C::Remove => vec![Chord::plain(Key::Delete), Chord::plain(Key::Backspace)],
            C::NextUnsure => vec![Chord::plain(Key::Tab)],
            C::PreviousUnsure => vec![Chord::shift(Key::Tab)],
            C::ConfirmAndNext => vec![Chord::plain(Key::Enter)],
            C::Done => vec![Chord::ctrl(Key::Enter)],
            C::Skip => vec![Chord::ctrl(Key::Enter).with_shift()],
            C::Flag => vec![Chord::ctrl(Key::Enter).with_alt()],
            C::NextArticle => vec![Chord::ctrl(Key::PageDown)],
            C::PreviousArticle => vec![Chord::ctrl(Key::PageUp)],
            C::Undo => vec![Chord::ctrl(Key::Z)],
            C::Redo => vec![Chord::ctrl(Key::Z).with_shift(), Chord::ctrl(Key::Y)],
            C::FindInArticle => vec![Chord::ctrl(Key::F)],
            C::FindInDataset => vec![Chord::ctrl(Key::F).with_shift()],
            C::OpenFiles => vec![Chord::ctrl(Key::O)],
            C::OpenFolder => vec![Chord::ctrl(Key::O).with_shift()],
            C::Export => vec![Chord::ctrl(Key::E)],
            C::Palette => vec![Chord::ctrl(Key::P)],
            C::Help => vec![Chord::plain(Key::F1)],
            C::Settings => vec![Chord::ctrl(Key::Comma)],
            C::ToggleTheme => vec![Chord::ctrl(Key::D)],
            C::ToggleList => vec![Chord::plain(Key::F2)],
            C::ToggleInspector => vec![Chord::plain(Key::F3)],
            C::ZoomIn => vec![Chord::ctrl(Key::Plus), Chord::ctrl(Key::Equals)],
            C::ZoomOut => vec![Chord::ctrl(Key::Minus)],
            C::ZoomReset => vec![Chord::ctrl(Key::Num0)],
            C::Escape => vec![Chord::plain(Key::Escape)],
        }
    }

    /// The key that is shown beside it; empty if it has none.
    pub fn shown_key(self, schema: Option<&Schema>) -> String {
        self.keys(schema)
            .first()
            .map(|chord| chord.show())
            .unwrap_or_default()
    }

    /// Whether it makes sense now.
    pub fn is_possible(self, state: &State) -> bool {
        use Command as C;
        let article = state.article.as_ref();
        match self {
            C::OpenFiles
            | C::OpenFolder
            | C::Palette
            | C::Help
            | C::Settings
            | C::ToggleTheme
            | C::ZoomIn
            | C::ZoomOut
            | C::ZoomReset
            | C::Escape => true,
            C::FindInDataset
            | C::Export
            | C::NextArticle
            | C::PreviousArticle
            | C::ToggleList
            | C::ToggleInspector => state.dataset.is_some(),
            C::Undo => article.is_some_and(|a| a.session.history().next_undo().is_some()),
            C::Redo => article.is_some_and(|a| a.session.history().next_redo().is_some()),
            _ => article.is_some(),
        }
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
                | C::FindInArticle
                | C::FindInDataset
                | C::OpenFiles
                | C::OpenFolder
                | C::Export
                | C::Palette
                | C::Help
                | C::Settings
                | C::ZoomIn
                | C::ZoomOut
                | C::ZoomReset
                | C::Escape
        )
    }
}

/// The key that types a letter or digit.
fn key_of(letter: char) -> Option<Key> {
    Key::from_name(&letter.to_uppercase().to_string())
}

/// The commands by their keys, for one schema. Made anew when the schema changes.
#[derive(Debug, Default)]
pub struct Keymap(std::collections::BTreeMap<Chord, Command>);

impl Keymap {
    /// With the fixed keys and those of the schema's labels.
    pub fn new(schema: Option<&Schema>) -> Self {
        let mut map = std::collections::BTreeMap::new();
        for command in Command::all(schema) {
            for chord in command.keys(schema) {
                map.entry(chord).or_insert(command);
            }
        }
        Self(map)
    }

    /// What a chord does.
    pub fn get(&self, chord: Chord) -> Option<Command> {
        self.0.get(&chord).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_want_the_same_key() {
        let mut seen = std::collections::BTreeMap::new();
        for command in Command::all(None) {
            for chord in command.keys(None) {
                assert_eq!(seen.insert(chord, command), None, "{}", chord.show());
            }
        }
    }

    #[test]
    fn every_command_has_a_name_and_those_without_a_label_a_key() {
        for command in Command::all(None) {
            assert!(!command.label(None).is_empty(), "{command:?}");
            assert!(!command.keys(None).is_empty(), "{command:?}");
        }
    }

    #[test]
    fn keys_are_shown_as_people_write_them() {
        assert_eq!(
            Chord::ctrl(Key::Enter).with_shift().show(),
            "Ctrl+Shift+Enter"
        );
        assert_eq!(Chord::plain(Key::B).show(), "b");
        assert_eq!(Chord::shift(Key::ArrowDown).show(), "Shift+↓");
        assert_eq!(Chord::ctrl(Key::PageDown).show(), "Ctrl+PgDn");
    }
}
