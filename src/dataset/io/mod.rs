//! Inputs and outputs that the use cases share: files as a stream of pieces, ordered work on all
//! cores, progress.

pub(crate) mod article_builder;
pub(crate) mod article_reader;
pub mod clock;
pub(crate) mod inputs;
pub(crate) mod ordered;
pub(crate) mod output;
pub mod page_folder;
pub mod path_completion;
pub mod progress;
pub mod sources;
