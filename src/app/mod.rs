//! The window. State has one owner; views are functions that get `&State` and send messages;
//! one `dispatch` holds `&mut State`; background work is named threads that send messages.
//!
//! Nothing outside this module knows egui, and nothing in it knows the store's files:
//! what has to do with data goes through `dataset`.

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
    KeysPage, Leaving, Listing, Message, OpenArticle, OpenDataset, PathForm, PathPurpose, Picture,
    PlacesMessage, RemarkDraft, ReportedChange, SpanRef, State, Tab, Target, Walk,
};
