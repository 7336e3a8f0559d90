//! The side that faces eframe and the desktop: the frame, keys, file dialogs, the portal.

pub(crate) mod file_dialogs;
pub(crate) mod frame;
pub(crate) mod key_input;
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) mod portal;
pub(crate) mod programs;
pub(crate) mod ui_probe;
