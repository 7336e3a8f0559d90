//! A Hugging Face dataset: a folder with Parquet files in `data/`, and a card, `README.md`, for
//! `load_dataset`.
//!
//! Each article is a row: `id`, `text`, `tokens` and `ner_tags` (IOB2, a `ClassLabel`), `entities`
//! and `regions` as lists of `{start, end, label, score}` in code points with `ClassLabel`s, and
//! metadata. `meta` is a JSON object in a string. Nested entities, and entities that split a token,
//! are missing from `ner_tags`; `entities` has all of them. Any Parquet file can be read: see
//! [`table_row`].

mod card;
mod read;
mod write;

use std::io;

use self::read::{NAMES, ParquetRows};
use self::write::{DatasetFolder, number};
use crate::formats::reading::json_objects::object;
use crate::formats::reading::table_row;
use crate::formats::tokens::covered;
use crate::formats::{
    Bounds, Capabilities, Fault, Format, FormatSpec, Input, Loss, Losses, OutputShape, Parsed,
    RawRecordStream, ReadOptions, RecordSplit, RecordView, RecordWriter, Tokenizer, Unlabelled,
    Windows, WriteOptions,
};
use crate::model::Schema;

/// A Hugging Face dataset.
#[derive(Clone, Copy, Debug)]
pub struct HuggingFace;

/// Any Parquet file with a column of texts or pages.
#[derive(Clone, Copy, Debug)]
pub struct Parquet;

/// The key of the features that `datasets` keeps in a file.
pub(super) const FEATURES: &str = "huggingface";

const SPEC: FormatSpec = FormatSpec {
    name: "hf-parquet",
    summary: "a folder that Hugging Face's load_dataset reads: Parquet with ClassLabels, and a card",
    extensions: &["parquet"],
    capabilities: Capabilities::EVERYTHING,
    records: RecordSplit::Custom,
    reads_bytes: true,
    shape: OutputShape::Folder,
    has_tokens: true,
    numbers_labels: true,
    // The usual training script (`run_ner.py`) stops at `-100`.
    unlabelled: Unlabelled::MarkedIfAsked,
    // About as many words as make the 512 pieces that an encoder reads, two of them special.
    windows: Windows::Tokens(256),
    windows_of_pieces: Some(Windows::Tokens(510)),
    ..FormatSpec::DEFAULT
};

impl Format for HuggingFace {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn raw_records<'a>(&self, input: Input<'a>, bounds: Bounds) -> io::Result<RawRecordStream<'a>> {
        Ok(Box::new(ParquetRows::new(input, bounds)?))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let mut row = object(&bytes)?;
        let names = row
            .remove(NAMES)
            .and_then(|names| serde_json::from_value(names).ok());
        table_row::record(row, &names.unwrap_or_default(), options)
    }

    fn writer(
        &self,
        options: &WriteOptions,
        schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        let mut folder = DatasetFolder {
            options: options.clone(),
            ..DatasetFolder::default()
        };
        for label in schema.into_iter().flat_map(Schema::regions) {
            number(&mut folder.regions, &label.label);
        }
        for label in schema.into_iter().flat_map(Schema::entities) {
            number(&mut folder.entities, &label.label);
        }
        // Labels that the schema does not know come after its own, by name.
        for label in &options.labels.regions {
            number(&mut folder.regions, label);
        }
        for label in &options.labels.entities {
            number(&mut folder.entities, label);
        }
        schema.map_or("", Schema::name).clone_into(&mut folder.name);
        Some(Box::new(folder))
    }

    /// Counts entities without tags. With a model's own tokenizer the tags are what is used.
    fn losses(&self, record: &RecordView<'_>, options: &WriteOptions, losses: &mut Losses) {
        if !matches!(options.tokenizer, Tokenizer::File(_)) {
            return;
        }
        let tokens = options.tokenizer.tokens(&record.article.text);
        for entity in record.annotation.entities() {
            if covered(&record.article.text, &tokens, entity.span).is_none() {
                losses.add_span(Loss::Untagged, record.article, entity.span);
            }
        }
    }
}

const TABLE_SPEC: FormatSpec = FormatSpec {
    name: "parquet",
    summary: "a Parquet table of articles with a column text or html",
    capabilities: Capabilities {
        metadata: true,
        ..Capabilities::ARTICLES
    },
    records: RecordSplit::Custom,
    reads_bytes: true,
    has_tokens: true,
    ..FormatSpec::DEFAULT
};

impl Format for Parquet {
    fn spec(&self) -> &'static FormatSpec {
        &TABLE_SPEC
    }

    fn raw_records<'a>(&self, input: Input<'a>, bounds: Bounds) -> io::Result<RawRecordStream<'a>> {
        HuggingFace.raw_records(input, bounds)
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        HuggingFace.parse(bytes, options)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::schema::parser::parse_message_type;

    use super::*;
    use crate::formats::tests::text_of;
    use crate::formats::writing::parquet_columns::{column, plain};
    use parquet::data_type::{Int32Type, Int64Type};
    use parquet::file::metadata::KeyValue;
    use parquet::file::writer::SerializedFileWriter;
    use serde_json::json;
    use std::io::{Read as _, Write};

    /// The object of lists that `datasets` made of a `Sequence` of an object.
    #[test]
    fn an_object_of_lists_in_a_file_is_read_as_spans() {
        let columns = "message row { required binary text (UTF8); required group entities {
            required group start (LIST) { repeated group list { required int32 element; } }
            required group end (LIST) { repeated group list { required int32 element; } }
            required group label (LIST) { repeated group list { required int64 element; } } } }";
        let schema = parse_message_type(columns).unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let sink: Box<dyn Write + Send> = Box::new(file.reopen().unwrap());
        let mut writer = SerializedFileWriter::new(sink, Arc::new(schema), Arc::default()).unwrap();
        let mut rows = writer.next_row_group().unwrap();
        plain(
            &mut rows,
            &["Weel left Oslo.".into(), "Nobody came.".into()],
        )
        .unwrap();
        // Two values in the first row, none in the second.
        let (definition, repetition) = ([1, 1, 0], [0, 1, 0]);
        column::<Int32Type, _>(&mut rows, &[0, 10], &definition, &repetition).unwrap();
        column::<Int32Type, _>(&mut rows, &[4, 14], &definition, &repetition).unwrap();
        column::<Int64Type, _>(&mut rows, &[1, 0], &definition, &repetition).unwrap();
        rows.close().unwrap();
        let features = json!({"info": {"features": {"entities": {"_type": "Sequence", "feature": {
            "start": {"dtype": "int32", "_type": "Value"}, "end": {"dtype": "int32", "_type": "Value"},
            "label": {"names": ["LOC", "PER"], "_type": "ClassLabel"}}}}}});
        let features = KeyValue::new(FEATURES.to_owned(), features.to_string());
        writer.append_key_value_metadata(features);
        writer.close().unwrap();

        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        let mut pieces = HuggingFace
            .raw_records(Box::new(io::Cursor::new(bytes)), Bounds::default())
            .unwrap();
        let mut found = Vec::new();
        while let Some(piece) = pieces.next().unwrap() {
            let parsed = HuggingFace
                .parse(piece.bytes.unwrap(), &ReadOptions::default())
                .unwrap();
            assert_eq!(parsed.warnings, []);
            let text = text_of(&parsed.record);
            let entities = parsed.record.annotation.entities().iter();
            let entities = entities.map(|e| format!("{} {}", e.label, text.slice(e.span)));
            found.push(entities.collect::<Vec<_>>());
        }
        assert_eq!(found, [vec!["PER Weel", "LOC Oslo"], vec![]]);
    }
}
