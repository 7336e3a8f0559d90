//! Tables of blocks: JSONL, CSV and Parquet, with the same columns.

use std::io;

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedFileWriter;
use serde::Serialize;

use super::rows::{BlockRow, SPEC, each};
use crate::formats::writing::json_lines::write_line;
use crate::formats::writing::parquet_columns::{column, failed, new_file, plain};
use crate::formats::{
    ExportTarget, Format, FormatSpec, Loss, Losses, RecordView, RecordWriter, StreamFrame,
    WriteOptions,
};
use crate::model::Schema;

/// Writes a row of JSON for each block.
#[derive(Clone, Copy, Debug)]
pub struct BlockJsonl;
/// Writes a row of CSV for each block.
#[derive(Clone, Copy, Debug)]
pub struct BlockCsv;
/// Writes a row of Parquet for each block.
#[derive(Clone, Copy, Debug)]
pub struct BlockParquet;

/// Blocks as JSONL.
pub static JSONL: BlockJsonl = BlockJsonl;
/// Blocks as CSV.
pub static CSV: BlockCsv = BlockCsv;
/// Blocks as Parquet.
pub static PARQUET: BlockParquet = BlockParquet;

/// Returns the id of a row: the id of its article and its number.
pub(in crate::formats) fn id(record: &RecordView<'_>, row: &BlockRow<'_>) -> String {
    format!("{}#{}", record.article.id, row.number)
}

/// The columns, in order.
const COLUMNS: [&str; 17] = [
    "id",
    "article",
    "block",
    "blocks",
    "start",
    "end",
    "label",
    "score",
    "text",
    "path",
    "tag",
    "depth",
    "link_share",
    "language",
    "url",
    "status",
    "annotator",
];

/// A row of JSON, with the columns in their order.
#[derive(Serialize)]
struct BlockLine<'a> {
    id: &'a str,
    article: &'a str,
    block: usize,
    blocks: usize,
    start: u32,
    end: u32,
    label: Option<&'a str>,
    score: Option<f64>,
    text: &'a str,
    path: &'a str,
    tag: &'a str,
    depth: usize,
    link_share: f64,
    language: &'a str,
    url: &'a str,
    status: &'a str,
    annotator: &'a str,
}

/// Counts the metadata that has no column.
fn count(record: &RecordView<'_>, losses: &mut Losses) {
    let meta = &record.article.meta;
    if !(meta.title.is_empty() && meta.source.is_empty() && meta.other.is_empty()) {
        losses.add(Loss::Metadata, || record.article.id.to_string());
    }
}

const JSONL_SPEC: FormatSpec = FormatSpec {
    name: "jsonl of blocks",
    summary: "a line of JSON for each block",
    extensions: &["jsonl"],
    ..SPEC
};

impl Format for BlockJsonl {
    fn spec(&self) -> &'static FormatSpec {
        &JSONL_SPEC
    }

    fn write(&self, record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
        let (article, text) = (record.article, &record.article.text);
        each(record, options, |row| {
            let line = BlockLine {
                id: &id(record, row),
                article: article.id.as_str(),
                block: row.number,
                blocks: row.of,
                start: options.offsets.of(text, row.span.start()),
                end: options.offsets.of(text, row.span.end()),
                label: row.label.map(crate::model::Label::as_str),
                score: row.score,
                text: text.slice(row.span),
                path: row.path,
                tag: row.tag(),
                depth: row.depth(),
                link_share: row.link_share,
                language: &article.meta.language,
                url: &article.meta.url,
                status: record.annotation.status().as_str(),
                annotator: record.annotator,
            };
            write_line(&line, out);
        });
    }

    fn losses(&self, record: &RecordView<'_>, _options: &WriteOptions, losses: &mut Losses) {
        count(record, losses);
    }
}

const CSV_SPEC: FormatSpec = FormatSpec {
    name: "csv of blocks",
    summary: "a row of CSV for each block",
    extensions: &["csv"],
    frame: StreamFrame {
        head: "id,article,block,blocks,start,end,label,score,text,path,tag,depth,link_share,language,url,status,annotator\n",
        ..StreamFrame::NONE
    },
    ..SPEC
};

impl Format for BlockCsv {
    fn spec(&self) -> &'static FormatSpec {
        &CSV_SPEC
    }

    fn write(&self, record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
        let (article, text) = (record.article, &record.article.text);
        let mut table = csv::WriterBuilder::new().from_writer(Vec::new());
        each(record, options, |row| {
            let cells: [&str; COLUMNS.len()] = [
                &id(record, row),
                article.id.as_str(),
                &row.number.to_string(),
                &row.of.to_string(),
                &options.offsets.of(text, row.span.start()).to_string(),
                &options.offsets.of(text, row.span.end()).to_string(),
                row.label.map_or("", crate::model::Label::as_str),
                &row.score.map_or(String::new(), |score| score.to_string()),
                text.slice(row.span),
                row.path,
                row.tag(),
                &row.depth().to_string(),
                &row.link_share.to_string(),
                &article.meta.language,
                &article.meta.url,
                record.annotation.status().as_str(),
                record.annotator,
            ];
            let _memory_takes_all = table.write_record(cells);
        });
        out.extend(table.into_inner().unwrap_or_default());
    }

    fn losses(&self, record: &RecordView<'_>, _options: &WriteOptions, losses: &mut Losses) {
        count(record, losses);
    }
}

const PARQUET_SPEC: FormatSpec = FormatSpec {
    name: "parquet of blocks",
    summary: "a row of Parquet for each block",
    extensions: &["parquet"],
    ..SPEC
};

impl Format for BlockParquet {
    fn spec(&self) -> &'static FormatSpec {
        &PARQUET_SPEC
    }

    fn writer(
        &self,
        options: &WriteOptions,
        _schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        Some(Box::new(ParquetTable {
            options: options.clone(),
            file: None,
            group: RowGroup::default(),
        }))
    }

    fn losses(&self, record: &RecordView<'_>, _options: &WriteOptions, losses: &mut Losses) {
        count(record, losses);
    }
}

/// The columns, as [`COLUMNS`] lists them.
const SCHEMA: &str = "message block {
    required binary id (UTF8);
    required binary article (UTF8);
    required int32 block;
    required int32 blocks;
    required int32 start;
    required int32 end;
    optional binary label (UTF8);
    optional double score;
    required binary text (UTF8);
    required binary path (UTF8);
    required binary tag (UTF8);
    required int32 depth;
    required double link_share;
    required binary language (UTF8);
    required binary url (UTF8);
    required binary status (UTF8);
    required binary annotator (UTF8);
}";

/// The limits of a row group, in rows and in bytes of text.
const GROUP_ROWS: usize = 10_000;
const GROUP_BYTES: usize = 16 << 20;

/// Writes a Parquet file. Finished row groups go to the target at once.
struct ParquetTable {
    options: WriteOptions,
    file: Option<SerializedFileWriter<Vec<u8>>>,
    group: RowGroup,
}

/// The rows of the next row group, by column.
#[derive(Default)]
struct RowGroup {
    bytes: usize,
    ids: Vec<ByteArray>,
    articles: Vec<ByteArray>,
    /// The number of the block, how many there are, start, end, depth.
    numbers: [Vec<i32>; 5],
    labels: Vec<ByteArray>,
    label_levels: Vec<i16>,
    scores: Vec<f64>,
    score_levels: Vec<i16>,
    texts: Vec<ByteArray>,
    paths: Vec<ByteArray>,
    tags: Vec<ByteArray>,
    link_shares: Vec<f64>,
    /// Language, address, status, annotator.
    metadata: [Vec<ByteArray>; 4],
}

impl RowGroup {
    fn add(&mut self, record: &RecordView<'_>, row: &BlockRow<'_>, options: &WriteOptions) {
        let (article, text) = (record.article, &record.article.text);
        self.ids.push(id(record, row).as_str().into());
        self.articles.push(article.id.as_str().into());
        let at = |pos| options.offsets.of(text, pos) as i32;
        let numbers = [
            row.number as i32,
            row.of as i32,
            at(row.span.start()),
            at(row.span.end()),
            row.depth() as i32,
        ];
        for (column, number) in self.numbers.iter_mut().zip(numbers) {
            column.push(number);
        }
        self.label_levels.push(i16::from(row.label.is_some()));
        self.labels
            .extend(row.label.map(|label| ByteArray::from(label.as_str())));
        self.score_levels.push(i16::from(row.score.is_some()));
        self.scores.extend(row.score);
        self.texts.push(text.slice(row.span).into());
        self.paths.push(row.path.into());
        self.tags.push(row.tag().into());
        self.link_shares.push(row.link_share);
        let metadata = [
            article.meta.language.as_str(),
            &article.meta.url,
            record.annotation.status().as_str(),
            record.annotator,
        ];
        for (column, fact) in self.metadata.iter_mut().zip(metadata) {
            column.push(fact.into());
        }
        self.bytes += row.span.len();
    }

    fn write(self, file: &mut SerializedFileWriter<Vec<u8>>) -> Result<(), ParquetError> {
        let mut rows = file.next_row_group()?;
        let all = vec![0_i16; self.ids.len()];
        let [number, of, start, end, depth] = &self.numbers;
        plain(&mut rows, &self.ids)?;
        plain(&mut rows, &self.articles)?;
        for numbers in [number, of, start, end] {
            column::<Int32Type, _>(&mut rows, numbers, &all, &all)?;
        }
        column::<ByteArrayType, _>(&mut rows, &self.labels, &self.label_levels, &all)?;
        column::<DoubleType, _>(&mut rows, &self.scores, &self.score_levels, &all)?;
        for strings in [&self.texts, &self.paths, &self.tags] {
            plain(&mut rows, strings)?;
        }
        column::<Int32Type, _>(&mut rows, depth, &all, &all)?;
        column::<DoubleType, _>(&mut rows, &self.link_shares, &all, &all)?;
        for strings in &self.metadata {
            plain(&mut rows, strings)?;
        }
        rows.close()?;
        Ok(())
    }
}

impl ParquetTable {
    fn flush(&mut self, target: &mut dyn ExportTarget) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(new_file(Vec::new(), SCHEMA)?),
        };
        let group = std::mem::take(&mut self.group);
        if !group.ids.is_empty() {
            group.write(file).map_err(failed)?;
        }
        // The file only counts its bytes, so they can move to the target.
        let ready = std::mem::take(file.inner_mut());
        target.out().write_all(&ready)
    }
}

impl RecordWriter for ParquetTable {
    fn add(
        &mut self,
        _part: &str,
        record: &RecordView<'_>,
        target: &mut dyn ExportTarget,
    ) -> io::Result<bool> {
        let before = self.group.ids.len();
        let (group, options) = (&mut self.group, &self.options);
        each(record, options, |row| group.add(record, row, options));
        let written = self.group.ids.len() > before;
        if self.group.ids.len() >= GROUP_ROWS || self.group.bytes >= GROUP_BYTES {
            self.flush(target)?;
        }
        Ok(written)
    }

    fn finish(mut self: Box<Self>, target: &mut dyn ExportTarget) -> io::Result<()> {
        self.flush(target)?;
        if let Some(file) = self.file {
            let rest = file.into_inner().map_err(failed)?;
            target.out().write_all(&rest)?;
        }
        Ok(())
    }
}
