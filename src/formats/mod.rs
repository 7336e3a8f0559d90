//! Files of articles and labels: bytes in and out.
//!
//! A [`Format`] declares what it can do in a [`FormatSpec`] and reads and writes records.
//!
//! Reading takes two steps, so that the second can run on all cores. [`Format::raw_records`] splits
//! a stream into raw records, in constant memory; [`Format::parse`] makes a [`Record`] of each. An
//! error is a [`Fault`] with a code. It does not stop other records.
//!
//! Writing is the same in reverse. [`Format::write`] makes bytes of a record on any core, and they
//! are put one after the other. A format whose file holds all records at once, or several files a
//! record, has a [`RecordWriter`]. The losses of an export are counted before it is written: see
//! [`contract`].
//!
//! | room | holds |
//! | --- | --- |
//! | [`native`] | Copydesk's own record, JSONL |
//! | [`articles`] | formats of articles without labels: text, HTML, CSV, WARC |
//! | [`tools`] | the formats of other tools, a file or folder each |
//! | [`blocks`] | tables with a row for each block of an article |
//! | [`reading`] | what readers share: streams, encodings, the record builder |
//! | [`writing`] | what writers share |
//! | [`metadata`] | fields that travel as strings: status, remarks, attributes of spans |
//! | [`tokens`] | tokenizers |
//! | [`windows`] | articles cut into windows, and joined again |

pub mod articles;
pub mod blocks;
pub mod contract;
mod count_losses;
pub mod detect;
mod format;
pub mod metadata;
pub mod native;
mod options;
pub mod problem;
mod raw_record;
pub mod reading;
pub mod record;
mod registry;
pub mod schema_toml;
mod spec;
pub mod tokens;
pub mod tools;
pub mod windows;
pub mod writing;

#[cfg(test)]
mod tests;

pub use contract::{Loss, Losses};
pub use format::{ExportTarget, Format, RecordWriter};
pub use options::{Bounds, Labels, Outside, ReadOptions, Windows, WriteOptions};
pub use problem::{Code, Fault, Problem};
pub use raw_record::{Input, RawRecord, RawRecordStream, RawRecords};
pub use reading::companion::paired;
pub use record::{Content, OffsetUnit, Parsed, Record, RecordView};
pub use registry::{ALL, by_file_name, by_name, readable, readable_endings, writable};
pub use spec::{
    Capabilities, FormatSpec, OutputShape, RecordSplit, RecordUnit, StreamFrame, Unlabelled,
};
pub use tokens::Tokenizer;
pub use tokens::alignment::{MisalignedSpan, misaligned_spans, misaligned_spans_in};
pub use tokens::model_tokenizer::TokenizerFile;
pub use windows::entity_regions::EntityRegions;
pub use writing::pages::{FindPage, Pages};
