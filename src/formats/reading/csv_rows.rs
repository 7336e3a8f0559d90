//! Rows of CSV in bounded memory. A row beyond the bound is skipped and reported.

use std::io::{self, BufRead, Read};

use csv_core::{ReadRecordResult, Reader};

use crate::formats::Input;
use crate::formats::reading::peek::{PeekReader, shows_bom};

/// The most columns of a row.
const MOST_COLUMNS: usize = 1 << 16;

/// A row.
#[derive(Clone, Debug, Default)]
pub(in crate::formats) struct CsvRow {
    /// The line on which it begins, from 1.
    pub(in crate::formats) line: u64,
    /// All cells, without separators.
    bytes: Vec<u8>,
    /// The end of each cell.
    ends: Vec<usize>,
}

impl CsvRow {
    /// The cells.
    pub(in crate::formats) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| self.bytes.get(start..*end).unwrap_or_default())
    }

    /// The length of all cells, in bytes.
    pub(in crate::formats) fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// A row, or the report of a row that was skipped.
pub(in crate::formats) enum CsvItem {
    Row(CsvRow),
    /// A row that is too long: its first line, and its length in bytes.
    TooLong(u64, usize),
}

/// How much of the first line is searched for the separator, in bytes.
const LONGEST_HEAD: usize = 1 << 20;

/// Opens a table whose columns are separated by commas, semicolons or tabs.
///
/// A byte order mark is skipped, and so is a line such as `sep=;`, with which spreadsheets declare
/// the separator.
pub(in crate::formats) fn table<'a>(
    input: Input<'a>,
    usual: u8,
    bound: usize,
) -> io::Result<CsvRows<Box<dyn BufRead + Send + 'a>>> {
    let mut input = PeekReader::new(input);
    if input.peek(shows_bom)?.starts_with(&[0xef, 0xbb, 0xbf]) {
        input.consume(3);
    }
    let line = first_line(&mut input)?;
    let mut separator = None;
    let mut skipped = 0;
    if let Some(said) = said_separator(line) {
        separator = Some(said);
        skipped = 1;
        let length = line.len();
        input.consume(length);
    }
    let separator = match separator {
        Some(separator) => separator,
        None => separator_of(first_line(&mut input)?, usual),
    };
    let mut rows = CsvRows::new(
        Box::new(input) as Box<dyn BufRead + Send + 'a>,
        separator,
        bound,
    );
    rows.core.set_line(1 + skipped);
    Ok(rows)
}

/// Reads the whole first line with its line break, within a limit.
fn first_line<R: Read>(input: &mut PeekReader<R>) -> io::Result<&[u8]> {
    let mut seen = 0;
    let head = input.peek(|head| {
        let more = head.get(seen..).unwrap_or_default();
        seen = head.len();
        seen > LONGEST_HEAD || memchr::memchr(b'\n', more).is_some()
    })?;
    let end = memchr::memchr(b'\n', head).map_or(head.len(), |at| at + 1);
    Ok(head.get(..end).unwrap_or_default())
}

/// Returns the separator that a line such as `sep=;` declares.
fn said_separator(line: &[u8]) -> Option<u8> {
    let (name, rest) = line.split_at_checked(4)?;
    let rest = rest.strip_suffix(b"\n").unwrap_or(rest);
    match rest.strip_suffix(b"\r").unwrap_or(rest) {
        [separator] if name.eq_ignore_ascii_case(b"sep=") => Some(*separator),
        _ => None,
    }
}

/// Returns the separator of a first line: the most frequent one outside quotation marks.
fn separator_of(line: &[u8], usual: u8) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in line {
        if *byte == b'"' {
            quoted = !quoted;
        } else if !quoted && let Some((_, count)) = counts.iter_mut().find(|(sign, _)| sign == byte)
        {
            *count += 1;
        }
    }
    let most = counts
        .into_iter()
        .max_by_key(|(sign, count)| (*count, *sign == usual));
    most.filter(|(_, count)| *count > 0)
        .map_or(usual, |(sign, _)| sign)
}

/// The rows of a stream.
pub(in crate::formats) struct CsvRows<R> {
    input: R,
    core: Reader,
    bound: usize,
}

impl<R: BufRead> CsvRows<R> {
    /// Reads rows with a separator and a limit in bytes.
    pub(in crate::formats) fn new(input: R, separator: u8, bound: usize) -> Self {
        let core = csv_core::ReaderBuilder::new().delimiter(separator).build();
        Self { input, core, bound }
    }

    /// The next row; `None` at the end.
    pub(in crate::formats) fn next(&mut self) -> io::Result<Option<CsvItem>> {
        let mut row = CsvRow {
            line: self.core.line(),
            bytes: vec![0; 1 << 10],
            ends: vec![0; 64],
        };
        let (mut length, mut columns) = (0, 0);
        // Bytes that were dropped of a row beyond the limit.
        let mut dropped = 0_usize;
        let mut is_first = true;
        loop {
            let input = match self.input.fill_buf() {
                Ok(input) => input,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if is_first {
                // The line feed of CR LF, and blank lines, are only read with the next row.
                let blank = input
                    .iter()
                    .take_while(|byte| matches!(byte, b'\r' | b'\n'));
                row.line += blank.filter(|byte| **byte == b'\n').count() as u64;
                is_first = false;
            }
            let (result, read, written, ended) = self.core.read_record(
                input,
                row.bytes.get_mut(length..).unwrap_or_default(),
                row.ends.get_mut(columns..).unwrap_or_default(),
            );
            self.input.consume(read);
            length += written;
            columns += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if dropped == 0 && length <= self.bound => {
                    let more = row.bytes.len() * 2;
                    row.bytes.resize(more.min(self.bound + 1), 0);
                }
                ReadRecordResult::OutputEndsFull if dropped == 0 && columns < MOST_COLUMNS => {
                    row.ends.resize(columns * 2, 0);
                }
                // Beyond the limit, the row overwrites itself.
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    dropped = dropped.saturating_add(length.max(1));
                    (length, columns) = (0, 0);
                    row.bytes.truncate(1 << 16);
                }
                ReadRecordResult::Record if dropped > 0 || length > self.bound => {
                    let length = dropped.saturating_add(length);
                    return Ok(Some(CsvItem::TooLong(row.line, length)));
                }
                ReadRecordResult::Record => {
                    row.bytes.truncate(length);
                    row.ends.truncate(columns);
                    return Ok(Some(CsvItem::Row(row)));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line and the cells of a row, or the line and the length of one that is too long.
    type Read = Result<(u64, Vec<String>), (u64, usize)>;

    fn rows(csv: &[u8], bound: usize) -> Vec<Read> {
        let mut rows = CsvRows::new(csv, b',', bound);
        let mut out = Vec::new();
        while let Some(found) = rows.next().unwrap() {
            out.push(match found {
                CsvItem::Row(row) => {
                    let cells = row.cells().map(|cell| String::from_utf8_lossy(cell).into());
                    Ok((row.line, cells.collect()))
                }
                CsvItem::TooLong(line, length) => Err((line, length)),
            });
        }
        out
    }

    fn row(line: u64, cells: &[&str]) -> Read {
        Ok((line, cells.iter().map(|cell| (*cell).to_owned()).collect()))
    }

    #[test]
    fn rows_have_cells_and_lines() {
        assert_eq!(
            rows(b"a,\"b\n\"\"c\"\nd\n,", 99),
            [row(1, &["a", "b\n\"c"]), row(3, &["d"]), row(4, &["", ""])]
        );
        let wide = "x,".repeat(500);
        assert_eq!(
            rows(wide.as_bytes(), 5000)[0].as_ref().unwrap().1.len(),
            501
        );
    }

    #[test]
    fn tables_of_spreadsheets_are_known() {
        for csv in [
            "a;b\r\n1;x, y\r\n",
            "\u{feff}a;b\r\n1;x, y\r\n",
            "a\tb\n1\tx, y\n",
            "\"a\";\"b\"\n1;\"x, y\"\n",
            "a,b\n1,\"x, y\"\n",
        ] {
            let mut rows = table(Box::new(csv.as_bytes()), b',', 99).unwrap();
            assert!(
                matches!(rows.next().unwrap(), Some(CsvItem::Row(row)) if row.cells().eq([b"a", b"b"])),
                "{csv:?}"
            );
            let Some(CsvItem::Row(row)) = rows.next().unwrap() else {
                panic!("no row: {csv:?}")
            };
            assert!(row.cells().eq([&b"1"[..], b"x, y"]), "{csv:?}");
            assert_eq!(row.line, 2);
        }
        // A heading with commas in it, and a table that declares its separator.
        let mut rows = table(Box::new(&b"\"a, b, c\";d\n"[..]), b',', 99).unwrap();
        assert!(
            matches!(rows.next().unwrap(), Some(CsvItem::Row(row)) if row.cells().count() == 2)
        );
        let mut rows = table(Box::new(&b"\xef\xbb\xbfsep=;\r\na,b;c\r\n"[..]), b',', 99).unwrap();
        assert!(
            matches!(rows.next().unwrap(), Some(CsvItem::Row(row)) if row.cells().count() == 2 && row.line == 2)
        );
    }

    #[test]
    fn a_row_beyond_the_bound_is_skipped_and_the_next_one_read() {
        let csv = format!("a,b\n1,\"{}\"\n2,y\n", "long\n".repeat(100_000));
        let found = rows(csv.as_bytes(), 3000);
        assert_eq!(found[0], row(1, &["a", "b"]));
        assert_eq!(found[1], Err((2, 500_001)));
        assert_eq!(found[2], row(100_003, &["2", "y"]));
        let columns = format!("{}\nz\n", ",".repeat(200_000));
        assert!(matches!(
            rows(columns.as_bytes(), 1 << 20)[..],
            [Err(_), Ok(_)]
        ));
        assert_eq!(rows(b"12345\n123456\n", 5)[0], row(1, &["12345"]));
        assert_eq!(rows(b"12345\n123456\n", 5)[1], Err((2, 6)));
    }
}
