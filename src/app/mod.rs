//! The window.
//!
//! `update` owns the state: its `Controller` lends it out read-only and changes it by `dispatch`.
//! Views are functions that read `&State` and send messages. Background work runs on named threads
//! that send outcomes.
//!
//! Nothing outside this module knows egui. The window reads and writes data through `dataset`
//! alone.

pub mod article_view;
mod command;
pub(crate) mod shell;
mod state;
pub mod tasks;
pub(crate) mod ui;
mod update;
pub(crate) mod views;

pub use command::{Bindings, Chord, Command, Group, Keymap, NoChord};
pub use shell::frame::App;
pub use shell::launch::{Launch, run};
pub use state::names::PlacesForm;
pub use state::notices::{Notice, Notices, Severity};
pub use state::{
    Addressed, Board, Dialog, Effect, ExportForm, ExportMessage, Find, Focus, KeySlot, KeysMessage,
    KeysPage, Leaving, Listing, MergeMessage, Message, OpenArticle, OpenDataset, Parting, PathForm,
    PathPurpose, Picture, PlacesMessage, RemarkDraft, ReportedChange, Secret, SignInForm, SpanRef,
    SplitForm, SplitProblem, SplitWorkMessage, State, SuggestersMessage, SuggestersPage, Tab,
    Target, TeamAccess, TeamFile, TeamMessage, Walk,
};
