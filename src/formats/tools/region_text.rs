//! Formats for training and evaluating content extractors: the text of regions only.
//!
//! - `dragnet`: a `.html.corrected.txt` for each article with the body, the line `!@#$%^&*()
//!   COMMENTS`, and the comments.
//! - `trafilatura`: the JSON that trafilatura prints, one per line, with the body as `text` and
//!   `raw_text`, and the `comments`.
//!
//! Other regions and entities are left out. Adjacent regions are separated by a line break.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use serde_json::{Value, json};

use crate::formats::reading::json_objects::object;
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::writing::file_names::file_stem;
use crate::formats::writing::json_lines::write_line;
use crate::formats::{
    Capabilities, Code, ExportTarget, Fault, Format, FormatSpec, Loss, Losses, OutputShape, Parsed,
    ReadOptions, RecordSplit, RecordView, RecordWriter, WriteOptions, metadata,
};
use crate::model::Schema;

/// dragnet's gold files.
#[derive(Clone, Copy, Debug)]
pub struct Dragnet;

/// trafilatura's JSON.
#[derive(Clone, Copy, Debug)]
pub struct Trafilatura;

const BODY: &str = "body";
const COMMENT: &str = "comment";
/// The line between body and comments in dragnet's files.
const SEPARATOR: &str = "!@#$%^&*()  COMMENTS";

const CAPABILITIES: Capabilities = Capabilities {
    reads: true,
    writes: true,
    text: false,
    regions: true,
    entities: false,
    nesting: false,
    cuts: true,
    status: false,
    remarks: false,
    scores: false,
    metadata: false,
};

/// Returns the texts of the body and of the comments.
fn parts<'a>(record: &RecordView<'a>) -> (Vec<&'a str>, Vec<&'a str>) {
    let of = |label: &str| {
        record
            .annotation
            .regions()
            .iter()
            .filter(|region| region.label == *label)
            .map(|region| record.article.text.slice(region.span).trim())
            .collect()
    };
    (of(BODY), of(COMMENT))
}

/// Counts the losses: other regions, and the exact text.
fn count(record: &RecordView<'_>, losses: &mut Losses) {
    let mut regions = 0;
    for region in record.annotation.regions() {
        if region.label == *BODY || region.label == *COMMENT {
            regions += 1;
        } else {
            losses.add_span(Loss::Region, record.article, region.span);
        }
    }
    let id = || record.article.id.to_string();
    if regions == 0 {
        losses.add(Loss::Empty, id);
    } else {
        // Even if everything is labelled, the edges of regions are lost.
        losses.add(Loss::Text, id);
    }
}

fn read(body: &str, comments: &str, options: &ReadOptions) -> Result<Parsed, Fault> {
    let (body, comments) = (body.trim(), comments.trim());
    let gap = if body.is_empty() || comments.is_empty() {
        ""
    } else {
        "\n"
    };
    let mut builder = RecordBuilder::new(format!("{body}{gap}{comments}"), options)?;
    if !body.is_empty() {
        builder.add_bytes(SpanKind::Region, 0..body.len(), BODY, None);
    }
    if !comments.is_empty() {
        let start = body.len() + gap.len();
        builder.add_bytes(
            SpanKind::Region,
            start..start + comments.len(),
            COMMENT,
            None,
        );
    }
    Ok(builder.finish())
}

const DRAGNET: FormatSpec = FormatSpec {
    name: "dragnet",
    summary: "dragnet's gold files: a folder with the body and comments of each article",
    extensions: &["corrected.txt"],
    capabilities: CAPABILITIES,
    shape: OutputShape::Folder,
    ..FormatSpec::DEFAULT
};

impl Format for Dragnet {
    fn spec(&self) -> &'static FormatSpec {
        &DRAGNET
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let words = String::from_utf8_lossy(&bytes);
        let words = words.trim_start_matches('\u{feff}');
        let (body, comments) = words.split_once(SEPARATOR).unwrap_or((words, ""));
        if body.trim().is_empty() && comments.trim().is_empty() {
            return Err(Fault::new(
                Code::EmptyFile,
                "the file has neither body nor comments",
            ));
        }
        read(body, comments, options)
    }

    fn writer(
        &self,
        _options: &WriteOptions,
        _schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        Some(Box::new(DragnetFolder::default()))
    }

    fn losses(&self, record: &RecordView<'_>, _options: &WriteOptions, losses: &mut Losses) {
        count(record, losses);
    }
}

#[derive(Default)]
struct DragnetFolder {
    taken: BTreeSet<String>,
}

impl RecordWriter for DragnetFolder {
    fn add(
        &mut self,
        part: &str,
        record: &RecordView<'_>,
        target: &mut dyn ExportTarget,
    ) -> io::Result<bool> {
        let (body, comments) = parts(record);
        if body.is_empty() && comments.is_empty() {
            return Ok(false);
        }
        let stem = file_stem(record.article.id.as_str(), part, &mut self.taken);
        let mut words = format!("{}\n", body.join("\n"));
        if !comments.is_empty() {
            words.push_str(&format!("{SEPARATOR}\n{}\n", comments.join("\n")));
        }
        target
            .create(&format!("{stem}.html.corrected.txt"))?
            .write_all(words.as_bytes())?;
        Ok(true)
    }
}

const TRAFILATURA: FormatSpec = FormatSpec {
    name: "trafilatura",
    summary: "trafilatura's JSON: the body as text, and the comments",
    capabilities: CAPABILITIES,
    records: RecordSplit::JsonObjects,
    ..FormatSpec::DEFAULT
};

impl Format for Trafilatura {
    fn spec(&self) -> &'static FormatSpec {
        &TRAFILATURA
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let mut row = object(&bytes)?;
        let mut take = |name: &str| match row.remove(name) {
            Some(Value::String(words)) => words,
            _ => String::new(),
        };
        let (mut body, comments) = (take("text"), take("comments"));
        let raw = take("raw_text");
        if body.is_empty() {
            body = raw;
        }
        if body.trim().is_empty() && comments.trim().is_empty() {
            return Err(Fault::new(
                Code::NoText,
                "there is neither `text` nor `comments`",
            ));
        }
        let mut parsed = read(&body, &comments, options)?;
        let strings = row.into_iter().filter_map(|(name, value)| match value {
            Value::String(value) if !value.is_empty() => Some((name, value)),
            _ => None,
        });
        let metadata = metadata::from_map(strings.collect(), &crate::model::Text::new(""));
        parsed.record.id = metadata.id;
        parsed.record.meta = metadata.meta;
        // Its `source` is the address.
        let meta = &mut parsed.record.meta;
        if meta.url.is_empty() && meta.source.contains("://") {
            meta.url = std::mem::take(&mut meta.source);
        } else if meta.source == meta.url {
            meta.source.clear();
        }
        Ok(parsed)
    }

    fn write(&self, record: &RecordView<'_>, _options: &WriteOptions, out: &mut Vec<u8>) {
        let (body, comments) = parts(record);
        if body.is_empty() && comments.is_empty() {
            return;
        }
        let meta = &record.article.meta;
        let other = |name: &str| meta.other.get(name).map_or("", String::as_str);
        let body = body.join("\n");
        write_line(
            &json!({
                "id": record.article.id.as_str(), "title": meta.title, "url": meta.url, "source": meta.url,
                "language": meta.language, "hostname": other("site"), "author": other("byline"),
                "date": other("date"), "text": body, "raw_text": body, "comments": comments.join("\n"),
            }),
            out,
        );
    }

    fn losses(&self, record: &RecordView<'_>, _options: &WriteOptions, losses: &mut Losses) {
        count(record, losses);
    }
}
