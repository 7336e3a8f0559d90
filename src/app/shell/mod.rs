//! The side that faces eframe and the desktop: the frame, keys and file dialogs.

mod file_dialogs;
pub(crate) mod frame;
pub(crate) mod key_input;
pub(crate) mod launch;
mod ui_probe;
