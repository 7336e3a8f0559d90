//! The native record: JSONL, one article a line, offsets in code points. In short:
//!
//! ```json
//! {"format":"copydesk/1","id":"a","text":"…","regions":[{"start":0,"end":92,"label":"nav"}],"entities":[],
//!  "status":"done","annotator":"maria","updated_at":"2026-11-22T18:24:05Z","language":"en","url":"",
//!  "source":"a.html","suggested_by":[],"meta":{}}
//! ```
//!
//! Every field is always written, in this order, with one type. A suggestion's `score` is written if asked for.
//! An article that came from a page also has `blocks`: `[{"start","end","path"}]`.
//!
//! What the record has no field for travels in `meta`: the title as `title`, a remark on the article as `remark`;
//! several remarks, or remarks on places, as `remarks`, a JSON list `[{"start","end","text"}]` in a string. Who wrote them, what was
//! answered and who resolved them is in `remark_threads`.
//!
//! Reading also takes plain records, `{"text": …}` or `{"html": …}` with or without an `id`. Unknown fields that
//! are strings are kept in `meta`; others are told. `raw` is the JSON, `read` checks it and makes it a record,
//! `repair` mends lines that are nearly JSON, `write` prints.

mod raw;
mod read;
mod repair;
mod write;

use super::{
    Capabilities, Fault, Format, FormatSpec, Parsed, ReadOptions, RecordSplit, RecordView,
    WriteOptions,
};

/// What a record that this program writes says of its format: `copydesk/`, and the version.
pub const FORMAT: &str = "copydesk/1";

/// The contract of the record: a JSON Schema, draft 2020-12.
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
