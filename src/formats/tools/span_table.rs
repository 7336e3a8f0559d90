//! A table of spans, as CSV or TSV: a row for each article with its text, then one for each region
//! and entity.
//!
//! | id | kind | start | end | label | score | text |
//! | --- | --- | --- | --- | --- | --- | --- |
//!
//! The row whose kind is `article` has the text of the article; its `label` is the status, and what
//! else is known is a JSON object in `facts`. The rows of a span have the words of the span.

use std::io::{self, BufRead};

use crate::formats::reading::csv_rows::{self, CsvItem, CsvRow, CsvRows};
use crate::formats::reading::lines::line_too_long;
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::reading::resolve_span::ForeignSpan;
use crate::formats::{
    Bounds, Capabilities, Code, Fault, Format, FormatSpec, Input, OffsetUnit, Parsed, RawRecord,
    RawRecordStream, RawRecords, ReadOptions, RecordSplit, RecordView, StreamFrame, WriteOptions,
    metadata,
};
use crate::model::{Label, Provenance, Span};

/// A table of spans.
#[derive(Clone, Copy, Debug)]
pub struct SpanTable {
    /// The separator: a comma or a tab.
    separator: u8,
}

/// Separated by commas.
pub const CSV: SpanTable = SpanTable { separator: b',' };
/// Separated by tabs.
pub const TSV: SpanTable = SpanTable { separator: b'\t' };

const COLUMNS: [&str; 8] = [
    "id", "kind", "start", "end", "label", "score", "text", "facts",
];

const CSV_SPEC: FormatSpec = FormatSpec {
    name: "spans-csv",
    summary: "a CSV table with a row for each article, region and entity",
    written_extension: Some("csv"),
    capabilities: Capabilities::EVERYTHING,
    records: RecordSplit::Custom,
    frame: StreamFrame {
        head: "id,kind,start,end,label,score,text,facts\n",
        ..StreamFrame::NONE
    },
    ..FormatSpec::DEFAULT
};

const TSV_SPEC: FormatSpec = FormatSpec {
    name: "spans-tsv",
    summary: "the same table, separated by tabs",
    written_extension: Some("tsv"),
    frame: StreamFrame {
        head: "id\tkind\tstart\tend\tlabel\tscore\ttext\tfacts\n",
        ..StreamFrame::NONE
    },
    ..CSV_SPEC
};

impl Format for SpanTable {
    fn spec(&self) -> &'static FormatSpec {
        if self.separator == b',' {
            &CSV_SPEC
        } else {
            &TSV_SPEC
        }
    }

    fn raw_records<'a>(&self, input: Input<'a>, bounds: Bounds) -> io::Result<RawRecordStream<'a>> {
        Ok(Box::new(SpanTableArticles::new(
            input,
            bounds,
            self.separator,
        )?))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let mut rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes.as_slice());
        let mut rows = rows.records();
        let bad = |error: csv::Error| Fault::new(Code::BadRecord, format!("not a table: {error}"));
        let Some(head) = rows.next() else {
            return Err(Fault::new(Code::NoText, "the table has no rows"));
        };
        let head = head.map_err(bad)?;
        let at = |name: &str| head.iter().position(|column| column.trim() == name);
        let columns = COLUMNS.map(at);
        let mut texts: Vec<csv::StringRecord> = Vec::new();
        let mut spans: Vec<csv::StringRecord> = Vec::new();
        fn cell<'r>(
            row: &'r csv::StringRecord,
            columns: &[Option<usize>; 8],
            name: &str,
        ) -> &'r str {
            let nth = COLUMNS.iter().position(|column| *column == name);
            let at = nth.and_then(|nth| columns.get(nth).copied().flatten());
            at.and_then(|at| row.get(at)).unwrap_or_default()
        }
        for row in rows {
            let row = row.map_err(bad)?;
            if cell(&row, &columns, "kind") == "article" {
                texts.push(row);
            } else {
                spans.push(row);
            }
        }
        let Some(article) = texts.first() else {
            return Err(Fault::new(
                Code::NoText,
                "the first row of an article must be of the kind `article` and have its text",
            ));
        };
        let mut builder = RecordBuilder::new(cell(article, &columns, "text").to_owned(), options)?;
        let metadata = serde_json::from_str(cell(article, &columns, "facts")).unwrap_or_default();
        builder.set_metadata(metadata);
        if builder.metadata.id.is_none() {
            builder.metadata.id = crate::model::ArticleId::new(cell(article, &columns, "id"));
        }
        for row in &spans {
            let kind = match cell(row, &columns, "kind") {
                "region" => SpanKind::Region,
                "entity" => SpanKind::Entity,
                _ => SpanKind::ByName,
            };
            let number = |name: &str| cell(row, &columns, name).trim().parse::<i64>().ok();
            let label = cell(row, &columns, "label");
            let score = cell(row, &columns, "score").trim().parse().ok();
            match (number("start"), number("end")) {
                (Some(start), Some(end)) => {
                    let words = cell(row, &columns, "text");
                    let mark = ForeignSpan {
                        quote: Some(words).filter(|words| !words.trim().is_empty()),
                        ..ForeignSpan::new(kind, label, Some((start, end)), options.offsets)
                    };
                    let raw = format!("{label} {start}..{end} {words}");
                    builder.add_foreign(&mark.scored(score), &raw.into());
                }
                _ => builder.leave_out(&format!("{label:?}"), "its start or end is not a number"),
            }
        }
        Ok(builder.finish())
    }

    fn write(&self, record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
        let text = &record.article.text;
        let id = record.article.id.as_str();
        let unit: OffsetUnit = options.offsets;
        let mut table = csv::WriterBuilder::new()
            .delimiter(self.separator)
            .from_writer(Vec::new());
        let metadata = serde_json::to_string(&metadata::to_map(record)).unwrap_or_default();
        let status = record.annotation.status().as_str();
        let mut put = |row: [&str; 8]| {
            let _memory_takes_all = table.write_record(row);
        };
        put([id, "article", "", "", status, "", text.as_str(), &metadata]);
        let mut mark = |kind: &str, span: Span, label: &Label, provenance: Provenance| {
            let start = unit.of(text, span.start()).to_string();
            let end = unit.of(text, span.end()).to_string();
            let score = provenance
                .score()
                .filter(|_| options.scores)
                .map_or(String::new(), |score| score.value().to_string());
            put([
                id,
                kind,
                &start,
                &end,
                label.as_str(),
                &score,
                text.slice(span),
                "",
            ]);
        };
        for region in record.annotation.regions() {
            mark("region", region.span, &region.label, region.provenance);
        }
        for entity in record.annotation.entities() {
            mark("entity", entity.span, &entity.label, entity.provenance);
        }
        out.extend(table.into_inner().unwrap_or_default());
    }
}

/// Groups the rows of each article, with the heading before them, as CSV.
struct SpanTableArticles<'a> {
    rows: CsvRows<Box<dyn BufRead + Send + 'a>>,
    head: CsvRow,
    kind: Option<usize>,
    id: Option<usize>,
    /// The row that began the next article.
    next: Option<CsvRow>,
    bound: usize,
}

impl<'a> SpanTableArticles<'a> {
    fn new(input: Input<'a>, bounds: Bounds, separator: u8) -> io::Result<Self> {
        let mut rows = csv_rows::table(input, separator, bounds.line_bytes)?;
        let head = match rows.next()? {
            None => CsvRow::default(),
            Some(CsvItem::Row(head)) => head,
            Some(CsvItem::TooLong(_, length)) => {
                return Err(io::Error::other(
                    line_too_long(length, bounds.line_bytes).message,
                ));
            }
        };
        let at = |name: &str| {
            head.cells()
                .position(|column| column.trim_ascii() == name.as_bytes())
        };
        Ok(Self {
            kind: at("kind"),
            id: at("id"),
            rows,
            head,
            next: None,
            bound: bounds.line_bytes,
        })
    }
}

impl RawRecords for SpanTableArticles<'_> {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        let mut line = None;
        let mut table = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        let mut write = |row: &CsvRow| {
            table
                .write_record(row.cells())
                .map_err(|error| io::Error::other(error.to_string()))
        };
        write(&self.head)?;
        let mut length = 0_usize;
        let mut rows = 0;
        let mut id: Option<Vec<u8>> = None;
        loop {
            let row = match self.next.take() {
                Some(row) => row,
                None => match self.rows.next()? {
                    None => break,
                    Some(CsvItem::Row(row)) => row,
                    // Its article is unknown. It counts as part of the article before it, unless
                    // that is complete.
                    Some(CsvItem::TooLong(at, longer)) => {
                        line.get_or_insert(at);
                        length = length.saturating_add(longer);
                        rows += 1;
                        continue;
                    }
                },
            };
            let cell = |at: Option<usize>| at.and_then(|at| row.cells().nth(at));
            let begins = cell(self.kind) == Some(b"article");
            let this = cell(self.id).unwrap_or_default();
            if rows > 0 && (begins || id.as_deref().is_some_and(|id| id != this)) {
                self.next = Some(row);
                break;
            }
            line.get_or_insert(row.line);
            id = Some(this.to_owned());
            length = length.saturating_add(row.len());
            if length <= self.bound {
                write(&row)?;
            }
            rows += 1;
        }
        if rows == 0 {
            return Ok(None);
        }
        let bytes = if length > self.bound {
            Err(line_too_long(length, self.bound))
        } else {
            Ok(table
                .into_inner()
                .map_err(|error| io::Error::other(error.to_string()))?)
        };
        Ok(Some(RawRecord { line, bytes }))
    }

    fn is_ready(&self) -> bool {
        self.next.is_some()
    }
}
