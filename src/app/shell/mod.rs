//! The side that faces eframe and the desktop: the frame, keys, fonts and file dialogs.

mod file_dialogs;
pub(crate) mod frame;
pub(crate) mod key_input;
pub(crate) mod launch;
mod system_fonts;
mod ui_probe;
