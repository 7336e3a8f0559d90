//! The trait of every format, and the streams that it reads and writes.

use std::io::{self, Write};

use super::reading::json_objects::JsonObjectReader;
use super::reading::lines::{LineReader, WholeFile};
use super::{
    Bounds, Code, Fault, FormatSpec, Input, Losses, Parsed, RawRecordStream, ReadOptions,
    RecordSplit, RecordView, WriteOptions,
};
use crate::model::Schema;

/// A format: reads records from bytes, and writes them.
pub trait Format: Sync {
    /// Returns what the format declares.
    fn spec(&self) -> &'static FormatSpec;

    /// Splits a stream into records, as [`FormatSpec::records`] declares.
    ///
    /// # Errors
    /// If the beginning of the stream cannot be read, or the format is only written.
    fn raw_records<'a>(&self, input: Input<'a>, bounds: Bounds) -> io::Result<RawRecordStream<'a>> {
        let spec = self.spec();
        let files = if spec.companion.is_some() { 2 } else { 1 };
        Ok(match spec.records {
            RecordSplit::WholeFile => Box::new(WholeFile::new(
                input,
                bounds.article_bytes.saturating_mul(files),
            )),
            RecordSplit::LongFile => Box::new(WholeFile::new(input, bounds.line_bytes)),
            RecordSplit::Lines => Box::new(LineReader::new(input, bounds)?),
            RecordSplit::JsonObjects => Box::new(JsonObjectReader::new(input, bounds)?),
            RecordSplit::Custom => {
                return Err(io::Error::new(io::ErrorKind::Unsupported, self.not_read()));
            }
        })
    }

    /// Parses the bytes of a record.
    ///
    /// # Errors
    /// If they are not a record of this format. A format that is only written rejects everything.
    fn parse(&self, _bytes: Vec<u8>, _options: &ReadOptions) -> Result<Parsed, Fault> {
        Err(Fault::new(Code::BadRecord, self.not_read()))
    }

    /// Returns the error message of a format that is only written.
    #[doc(hidden)]
    fn not_read(&self) -> String {
        format!("{} is written and not read", self.spec().name)
    }

    /// Appends the parts of an article to `out`, as one record; see [`FormatSpec::makes_windows`].
    fn write_parts(&self, parts: &[RecordView<'_>], options: &WriteOptions, out: &mut Vec<u8>) {
        for part in parts {
            self.write(part, options, out);
        }
    }

    /// Appends the work of several annotators on one article to `out`, as one record; see
    /// [`FormatSpec::unites_annotators`].
    fn write_annotators(
        &self,
        records: &[RecordView<'_>],
        options: &WriteOptions,
        out: &mut Vec<u8>,
    ) {
        for record in records {
            self.write(record, options, out);
        }
    }

    /// Appends a record to `out`.
    ///
    /// Formats that are only read, or have a [`Format::writer`], append nothing.
    fn write(&self, _record: &RecordView<'_>, _options: &WriteOptions, _out: &mut Vec<u8>) {}

    /// Returns the writer that replaces [`Format::write`], if there is one. `schema` is that of the
    /// dataset.
    fn writer(
        &self,
        _options: &WriteOptions,
        _schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        None
    }

    /// Returns the configuration that the other program needs to show the labels of a schema.
    fn configuration(&self, _schema: &Schema) -> Option<String> {
        None
    }

    /// Counts the losses of a record that its [`Capabilities`](super::Capabilities) do not already imply.
    fn losses(&self, _record: &RecordView<'_>, _options: &WriteOptions, _losses: &mut Losses) {}
}

/// Formats are equal if they have the same name.
impl PartialEq for dyn Format {
    fn eq(&self, other: &Self) -> bool {
        self.spec().name == other.spec().name
    }
}

impl Eq for dyn Format {}

impl std::fmt::Debug for dyn Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.spec().name)
    }
}

/// The files that a [`RecordWriter`] writes to.
pub trait ExportTarget {
    /// Returns the file of a [`OutputShape::Stream`](super::OutputShape::Stream).
    fn out(&mut self) -> &mut dyn Write;

    /// Creates a file of a [`OutputShape::Folder`](super::OutputShape::Folder). `path` has `/`; its folders are created.
    ///
    /// # Errors
    /// If it cannot be created.
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>>;
}

/// Writes records whose bytes cannot simply be concatenated.
pub trait RecordWriter {
    /// Adds a record of a part of the dataset: `train`, `dev`, `test`, or `""` without parts.
    ///
    /// Returns whether it is written. A record of which the format can hold nothing is not, as
    /// [`Format::losses`] counted.
    ///
    /// # Errors
    /// If it cannot be written.
    fn add(
        &mut self,
        part: &str,
        record: &RecordView<'_>,
        target: &mut dyn ExportTarget,
    ) -> io::Result<bool>;

    /// Writes what had to wait for the last record. By default nothing.
    ///
    /// # Errors
    /// If it cannot be written.
    fn finish(self: Box<Self>, _target: &mut dyn ExportTarget) -> io::Result<()> {
        Ok(())
    }
}
