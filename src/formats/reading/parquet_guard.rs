//! Measures a Parquet file before it is read.
//!
//! The `parquet` crate trusts its input: it recurses as deep as the schema nests, allocates what a
//! page header declares, and builds rows of any size. `check` therefore reads the footer and
//! every page first. It measures the depth and width of the schema, the size of pages, and the size
//! of each row with dictionaries and shared prefixes expanded. Files that exceed the limits of
//! [`Growth`] are rejected.

mod measure;
#[cfg(test)]
mod tests;
mod thrift;

use std::io;

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};

use self::measure::PageMeasure;
use self::thrift::{ELEMENT, I32, LIST, PAGE, STRUCT, Thrift};
use super::growth::Growth;

/// The deepest nesting of the schema and of values in the footer.
const DEPTH: usize = 32;
/// The longest footer, in bytes.
const MOST_FOOTER: usize = 16 << 20;
/// The most columns, counting those in groups.
const MOST_COLUMNS: usize = 1 << 12;
/// Why a file is refused.
#[derive(Debug)]
pub(in crate::formats) enum Refusal {
    /// It is damaged or malicious.
    Bad(String),
    /// It grows too much.
    TooLarge(super::growth::TooLarge),
}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Bad(why) => Self::other(format!("this is not a readable Parquet file: {why}")),
            Refusal::TooLarge(error) => error.into(),
        }
    }
}

impl From<super::growth::TooLarge> for Refusal {
    fn from(error: super::growth::TooLarge) -> Self {
        Self::TooLarge(error)
    }
}

impl From<ParquetError> for Refusal {
    fn from(error: ParquetError) -> Self {
        Self::Bad(error.to_string())
    }
}

type Checked<T> = Result<T, Refusal>;

fn bad<T>(why: impl Into<String>) -> Checked<T> {
    Err(Refusal::Bad(why.into()))
}

/// Opens a file if it passes all checks. A row may take `row_bytes`.
pub(in crate::formats) fn check(
    file: &Bytes,
    row_bytes: usize,
) -> Checked<SerializedFileReader<Bytes>> {
    footer(file)?;
    let reader = SerializedFileReader::new(file.clone())?;
    let mut measure = PageMeasure {
        growth: Growth::of(file.len() as u64),
        row_bytes: row_bytes as u64,
    };
    for nth in 0..reader.num_row_groups() {
        let group = reader.get_row_group(nth)?;
        let mut row = 0_u64;
        for (column, chunk) in group.metadata().columns().iter().enumerate() {
            page_headers(file, chunk, &mut measure.growth)?;
            let pages = group.get_column_page_reader(column)?;
            let largest = measure.column(pages, chunk.column_descr())?;
            row = row.saturating_add(largest);
            if row > measure.row_bytes {
                return bad(format!(
                    "a row is larger than {} MiB, in the column {}",
                    row_bytes >> 20,
                    chunk.column_path()
                ));
            }
        }
    }
    Ok(reader)
}

/// Checks everything that the crate would recurse into or allocate for the footer.
fn footer(file: &[u8]) -> Checked<()> {
    let tail = file
        .len()
        .checked_sub(8)
        .and_then(|at| file.get(at..at + 4))
        .and_then(|length| length.try_into().ok());
    let length = tail.map_or(0, u32::from_le_bytes) as usize;
    let body = file.get(..file.len().saturating_sub(8)).unwrap_or_default();
    let start = body.len().checked_sub(length);
    let footer = start.and_then(|start| body.get(start..));
    let Some(footer) = footer.filter(|_| length > 0) else {
        return bad("it is cut off, or not Parquet");
    };
    if length > MOST_FOOTER {
        return bad(format!(
            "its footer takes {} MiB, and at most {} are read",
            length >> 20,
            MOST_FOOTER >> 20
        ));
    }
    let mut thrift = Thrift(footer);
    let mut children: Vec<u64> = Vec::new();
    thrift.fields(0, &mut |thrift, id, kind| {
        // The version and the schema come first. What follows is shallow, and has no second schema.
        match (id, kind) {
            (1, I32) if children.is_empty() => thrift.skip(kind, 1),
            (2, LIST) if children.is_empty() => {
                let (count, element) = thrift.list()?;
                if element != STRUCT || count == 0 {
                    return bad("its schema is not a list of columns");
                }
                for _ in 0..count {
                    let mut of_this = 0;
                    thrift.known(ELEMENT, 1, &mut |id, number| {
                        if id == 5 {
                            of_this = number;
                        }
                    })?;
                    match u32::try_from(of_this) {
                        Ok(number) => children.push(u64::from(number)),
                        Err(_) => return bad("a column has a negative number of children"),
                    }
                }
                Ok(())
            }
            _ if children.is_empty() => bad("it does not begin with its schema"),
            _ => thrift.skip(kind, 1),
        }
    })?;
    if children.len() > MOST_COLUMNS {
        return bad(format!("it has more than {MOST_COLUMNS} columns"));
    }
    // The schema is a tree: each node has the number of its children.
    let mut open: Vec<u64> = Vec::new();
    for of_this in &children {
        while let Some(0) = open.last() {
            open.pop();
        }
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if *of_this > children.len() as u64 {
            return bad("its schema counts columns that do not exist");
        }
        open.push(*of_this);
        if open.len() > DEPTH {
            return bad(format!("its columns nest more than {DEPTH} deep"));
        }
    }
    Ok(())
}

/// Checks the sizes in the page headers of a column.
fn page_headers(file: &[u8], chunk: &ColumnChunkMetaData, growth: &mut Growth) -> Checked<()> {
    let first = chunk
        .dictionary_page_offset()
        .unwrap_or_else(|| chunk.data_page_offset());
    let bytes = usize::try_from(first)
        .ok()
        .zip(usize::try_from(chunk.compressed_size()).ok())
        .and_then(|(first, length)| file.get(first..first.checked_add(length)?));
    let Some(mut rest) = bytes else {
        return bad("its pages lie outside the file");
    };
    while !rest.is_empty() {
        let mut thrift = Thrift(rest);
        let (mut unpacked, mut packed) = (0_i64, 0_i64);
        thrift.known(PAGE, 0, &mut |id, number| match id {
            2 => unpacked = number,
            3 => packed = number,
            _ => {}
        })?;
        let body = thrift.0;
        let (Ok(unpacked), Ok(packed)) = (u64::try_from(unpacked), usize::try_from(packed)) else {
            return bad("a page has a negative size");
        };
        growth.make(unpacked)?;
        let Some(after) = body.get(packed..) else {
            return bad("a page is cut off");
        };
        rest = after;
    }
    Ok(())
}
