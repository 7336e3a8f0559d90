//! Moves articles and records in and out: import, export, conversion, prelabelling, validation.

pub mod convert;
pub mod export;
pub mod export_choice;
pub mod export_plan;
pub mod import;
pub(crate) mod kept_export;
pub mod predictions;
pub mod prelabel;
pub mod record_writer;
pub mod selection;
pub mod tokenizer;
pub mod validate;
