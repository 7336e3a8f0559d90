//! The native record: JSONL with one article per line, and offsets in code points. In short:
//!
//! ```json
//! {"format":"copydesk/1","id":"a","text":"…","regions":[{"start":0,"end":92,"label":"nav"}],"entities":[],
//!  "status":"done","annotator":"maria","updated_at":"2026-11-22T18:24:05Z","language":"en","url":"",
//!  "source":"a.html","suggested_by":[],"meta":{}}
//! ```
//!
//! All fields are always written, in this order and with one type. Suggestions have a `score` if
//! scores are written. An article that came from a page also has `blocks`:
//! `[{"start","end","path"}]`.
//!
//! Everything without a field is in `meta`: the title as `title`, and remarks as described in
//! [`remarks`](crate::formats::metadata::remarks).
//!
//! Plain records, `{"text": …}` or `{"html": …}` with or without an `id`, are read too. Unknown
//! string fields are kept in `meta`; other unknown fields are reported. `raw` parses the JSON,
//! `read` checks it and makes a record, `repair` mends lines that are almost JSON, and `write`
//! prints records.

mod raw;
mod read;
mod repair;
mod write;

use super::{
    Capabilities, Fault, Format, FormatSpec, Parsed, ReadOptions, RecordSplit, RecordView,
    WriteOptions,
};

/// The format and version of a written record.
pub const FORMAT: &str = "copydesk/1";

/// The JSON Schema of a record (draft 2020-12).
pub const SCHEMA: &str = include_str!("../../../assets/record.schema.json");

/// The native record.
#[derive(Clone, Copy, Debug)]
pub struct Jsonl;

const SPEC: FormatSpec = FormatSpec {
    name: "jsonl",
    summary: "one JSON record per line: Copydesk's own, or plain {\"id\",\"text\"} or {\"id\",\"html\"}",
    extensions: &["jsonl", "ndjson", "jl"],
    capabilities: Capabilities::EVERYTHING,
    records: RecordSplit::Lines,
    ..FormatSpec::DEFAULT
};

impl Format for Jsonl {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        read::parse(bytes, options)
    }

    fn write(&self, record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
        write::write(record, options, out);
    }
}

pub use read::id_of;
pub use write::write_error;

#[cfg(test)]
mod tests;
