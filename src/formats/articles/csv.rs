//! A table of articles as CSV, with a column `text` or `html`.
//!
//! Columns are separated by commas, semicolons or tabs; the first line shows which. See
//! [`table_row`] for the names of columns.

use std::io::{self, BufRead};

use serde_json::{Map, Value};

use crate::formats::reading::csv_rows::{self, CsvItem, CsvRows};
use crate::formats::reading::json_objects::object;
use crate::formats::reading::lines::line_too_long;
use crate::formats::reading::table_row::{self, ClassNames};
use crate::formats::{
    Bounds, Capabilities, Fault, Format, FormatSpec, Input, Parsed, RawRecord, RawRecordStream,
    RawRecords, ReadOptions, RecordSplit,
};

/// A table of articles.
#[derive(Clone, Copy, Debug)]
pub struct Csv;

const SPEC: FormatSpec = FormatSpec {
    name: "csv",
    summary: "a CSV table of articles with a column text or html",
    extensions: &["csv"],
    capabilities: Capabilities {
        metadata: true,
        ..Capabilities::ARTICLES
    },
    records: RecordSplit::Custom,
    ..FormatSpec::DEFAULT
};

impl Format for Csv {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn raw_records<'a>(&self, input: Input<'a>, bounds: Bounds) -> io::Result<RawRecordStream<'a>> {
        let mut rows = csv_rows::table(input, b',', bounds.line_bytes)?;
        let head = match rows.next()? {
            None => Vec::new(),
            Some(CsvItem::Row(head)) => head
                .cells()
                .map(|name| column(&String::from_utf8_lossy(name)))
                .collect(),
            Some(CsvItem::TooLong(_, length)) => {
                return Err(io::Error::other(
                    line_too_long(length, bounds.line_bytes).message,
                ));
            }
        };
        Ok(Box::new(CsvArticles {
            head,
            rows,
            bound: bounds.line_bytes,
        }))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let mut row = object(&bytes)?;
        // Spreadsheets do not distinguish empty cells from empty strings.
        row.retain(|_, value| value.as_str() != Some(""));
        table_row::record(row, &ClassNames::new(), options)
    }
}

/// Returns the name of a column. A known name is returned in lower case.
fn column(name: &str) -> String {
    let name = name.trim();
    let lower = name.to_lowercase();
    if table_row::is_known(&lower) {
        lower
    } else {
        name.to_owned()
    }
}

struct CsvArticles<'a> {
    head: Vec<String>,
    rows: CsvRows<Box<dyn BufRead + Send + 'a>>,
    bound: usize,
}

impl RawRecords for CsvArticles<'_> {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        let row = match self.rows.next()? {
            None => return Ok(None),
            Some(CsvItem::Row(row)) => row,
            Some(CsvItem::TooLong(line, length)) => {
                return Ok(Some(RawRecord {
                    line: Some(line),
                    bytes: Err(line_too_long(length, self.bound)),
                }));
            }
        };
        let cells = self.head.iter().zip(row.cells());
        let cells: Map<String, Value> = cells
            .map(|(name, cell)| (name.clone(), String::from_utf8_lossy(cell).into()))
            .collect();
        Ok(Some(RawRecord {
            line: Some(row.line),
            bytes: Ok(Value::Object(cells).to_string().into_bytes()),
        }))
    }

    fn is_ready(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Content;

    #[test]
    fn columns_are_known_by_name_whatever_parts_them() {
        for (separator, quoted) in [
            (",", "\"A, \"\"b\"\"\nc\""),
            (";", "\"A, \"\"b\"\"\nc\""),
            ("\t", "\"A, \"\"b\"\"\nc\""),
        ] {
            let file = format!(
                "\u{feff}doc_id{separator}content{separator}site\n7{separator}{quoted}{separator}x.org\n8{separator}d\n"
            );
            let mut pieces = Csv
                .raw_records(Box::new(file.as_bytes()), Bounds::default())
                .unwrap();
            let mut read = || {
                let bytes = pieces.next().unwrap()?.bytes.unwrap();
                let record = Csv.parse(bytes, &ReadOptions::default()).unwrap().record;
                let Content::Text(text, _) = record.content else {
                    panic!("not a text")
                };
                Some((
                    record.id.unwrap().to_string(),
                    text.as_str().to_owned(),
                    record.meta.other.get("site").cloned(),
                ))
            };
            assert_eq!(
                read(),
                Some(("7".into(), "A, \"b\"\nc".into(), Some("x.org".into())))
            );
            assert_eq!(read(), Some(("8".into(), "d".into(), None)));
            assert_eq!(read(), None);
        }
    }
}
