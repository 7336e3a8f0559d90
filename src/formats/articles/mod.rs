//! Formats that hold articles without labels and are only read.

pub mod csv;
pub mod html;
pub mod text;
pub mod warc;
