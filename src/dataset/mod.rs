//! The use cases that the commands and the window share.

pub mod desk;
