//! The dialogs, with what is typed and chosen in each.

use super::merging::MergeForm;
use super::names::PlacesForm;
use super::path_purpose::PathPurpose;
use super::review::ReasonForm;
use super::splitting::SplitForm;
use super::suggesters::SuggestersPage;
use super::team::SignInForm;
use crate::app::command::{Chord, Command};
use crate::dataset::{Existing, ExportChoice};
use crate::model::{Remark, Span};

/// The dialogs. One at a time.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialog {
    /// Whether what was learnt shall be forgotten.
    ForgetLearnt,
    /// What becomes of changes that are not saved, before the dataset goes.
    Unsaved,
    /// The dataset's file is gone, and what can be done.
    Lost,
    /// Signing in to a team.
    SignIn(Box<SignInForm>),
    /// Work that waits for the team, before the window closes.
    TeamWaits,
    /// All commands, with a search field.
    Palette {
        /// What was typed.
        query: String,
        /// Which of the matches is chosen.
        chosen: usize,
    },
    /// What is exported, how and where to.
    Export(Box<ExportForm>),
    /// What is merged, and into which dataset.
    Merge(Box<MergeForm>),
    /// Among whom the work is split.
    SplitWork(Box<SplitForm>),
    /// A path is asked for.
    Path(Box<PathForm>),
    /// One name over the whole dataset.
    Places(Box<PlacesForm>),
    /// Keys and help.
    Help,
    /// Annotator, theme, sizes.
    Settings,
    /// Who works here: what was typed.
    Name(String),
    /// Which key does what.
    Keys(KeysPage),
    /// Other programs that suggest.
    Suggesters(Box<SuggestersPage>),
    /// Whether the commands of the dataset may run.
    AllowSuggesters,
    /// Labels and guidelines.
    Schema,
    /// A remark on the article or on a place in it.
    Remark(Box<RemarkDraft>),
    /// Why something was decided.
    Reason(Box<ReasonForm>),
    /// What should be looked at in this article.
    Flag {
        /// What was typed.
        remark: String,
    },
}

/// The page of the settings that changes the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeysPage {
    /// What was typed to find a command.
    pub query: String,
    /// The command that waits for its new key.
    pub waiting: Option<KeySlot>,
    /// A key that was pressed, and the command that has it already.
    pub clash: Option<(KeySlot, Chord, Command)>,
}

/// One key of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySlot {
    /// Whose key.
    pub command: Command,
    /// Which of its keys; one beyond the last for a further one.
    pub nth: usize,
}

/// An export that is being chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportForm {
    /// What is chosen.
    pub choice: ExportChoice,
    /// What was typed to find a format.
    pub query: String,
    /// What is at the destination, while it is asked whether that may be replaced.
    pub asks_replace: Option<Existing>,
    /// Whether a file dialog was asked for, and none can be opened.
    pub no_dialog: bool,
}

/// A path that is being typed.
#[derive(Clone, Debug, PartialEq)]
pub struct PathForm {
    /// What for.
    pub purpose: PathPurpose,
    /// What was typed.
    pub path: String,
    /// Whether a file dialog was asked for, and none can be opened.
    pub no_dialog: bool,
    /// What is wrong with the path.
    pub fault: Option<String>,
    /// The dialog that comes back when this one is closed.
    pub back: Option<Dialog>,
}

/// A remark that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemarkDraft {
    /// The remark that it takes the place of, with its place in the list.
    pub old: Option<(usize, Remark)>,
    /// The remark that it answers, as a place in the list.
    pub answers: Option<usize>,
    /// What it may be about, the likeliest first; `None` is the article as a whole.
    pub places: Vec<Option<Span>>,
    /// Which of them it is about.
    pub chosen: usize,
    /// What was typed.
    pub words: String,
}
