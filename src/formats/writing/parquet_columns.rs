//! Parquet files written column by column.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DataType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

/// Begins a compressed file with the columns of a schema in Parquet's notation.
pub(in crate::formats) fn new_file<W: Write + Send>(
    out: W,
    columns: &str,
) -> io::Result<SerializedFileWriter<W>> {
    let schema = parse_message_type(columns).map_err(failed)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("copydesk".to_owned())
        .build();
    SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties)).map_err(failed)
}

/// Converts an error of the Parquet library into an I/O error.
pub(in crate::formats) fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

/// Writes a column of strings.
pub(in crate::formats) fn plain<W: Write + Send>(
    rows: &mut SerializedRowGroupWriter<'_, W>,
    values: &[ByteArray],
) -> Result<(), ParquetError> {
    let Some(mut column) = rows.next_column()? else {
        return Ok(());
    };
    column
        .typed::<ByteArrayType>()
        .write_batch(values, None, None)?;
    column.close()
}

/// Writes a column of lists or optional values, as its levels say. For a required column the levels
/// are ignored.
pub(in crate::formats) fn column<T: DataType, W: Write + Send>(
    rows: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    definition: &[i16],
    repetition: &[i16],
) -> Result<(), ParquetError> {
    let Some(mut column) = rows.next_column()? else {
        return Ok(());
    };
    column
        .typed::<T>()
        .write_batch(values, Some(definition), Some(repetition))?;
    column.close()
}
