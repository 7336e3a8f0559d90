//! A Hugging Face dataset: a folder with Parquet files in `data/` and the card, `README.md`, that `load_dataset` reads.
//!
//! Each article is a row: `id`, `text`, `tokens` and `ner_tags` (IOB2, a `ClassLabel`), `entities` and `regions` as lists of
//! `{start, end, label, score}` in code points with labels that are `ClassLabel`s, then what else is known; `meta` is a JSON
//! object in a string. Of nested entities, and of one that cuts a token, `ner_tags` tell the outermost or nothing; `entities`
//! has them all. Read, any Parquet file will do: see `rows`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Read, Write};

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::reader::FileReader as _;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::record::Field;
use parquet::record::reader::RowIter;
use serde_json::{Map, Value, json};

use super::conll::outermost;
use crate::formats::reading::growth::Growth;
use crate::formats::reading::json_objects::object;
use crate::formats::reading::parquet_guard;
use crate::formats::reading::table_row::{self, ClassNames};
use crate::formats::tokens::covered;
use crate::formats::windows::outside;
use crate::formats::writing::parquet_columns::{column, failed, new_file, plain};
use crate::formats::{
    Bounds, Capabilities, ExportTarget, Fault, Format, FormatSpec, Loss, Losses, OffsetUnit,
    OutputShape, Outside, Parsed, RawRecord, RawRecords, ReadOptions, RecordSplit, RecordView,
    RecordWriter, Tokenizer, Unlabelled, Windows, WriteOptions, metadata,
};
use crate::model::{Label, Provenance, Schema, Span};

/// A Hugging Face dataset.
#[derive(Clone, Copy, Debug)]
pub struct HuggingFace;

/// Any Parquet file with a column of texts or pages.
#[derive(Clone, Copy, Debug)]
pub struct Parquet;

const UNIT: OffsetUnit = OffsetUnit::Codepoint;
/// The tag of a token that nobody looked at: the number that losses pass over.
const UNKNOWN: i64 = -100;
/// So many rows are a row group, or so many bytes of text.
const GROUP_ROWS: usize = 1000;
const GROUP_BYTES: usize = 16 << 20;
/// The key under which `datasets` keeps the features of a file.
const FEATURES: &str = "huggingface";

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
    // Words that make about the 512 pieces an encoder reads; of pieces, 512 less the two special ones.
    windows: Windows::Tokens(256),
    windows_of_pieces: Some(Windows::Tokens(510)),
    ..FormatSpec::DEFAULT
};

impl Format for HuggingFace {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn raw_records<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn RawRecords + 'a>> {
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
        // Those that the schema does not know come after it, by name, whichever record comes first.
        for label in &options.labels.regions {
            number(&mut folder.regions, label);
        }
        for label in &options.labels.entities {
            number(&mut folder.entities, label);
        }
        schema.map_or("", Schema::name).clone_into(&mut folder.name);
        Some(Box::new(folder))
    }

    /// Nothing is lost; but who names a model's tokenizer wants its tags, and those cannot tell all.
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
    summary: "a Parquet table of articles: a column text or html, id, url, …",
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

    fn raw_records<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn RawRecords + 'a>> {
        HuggingFace.raw_records(input, bounds)
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        HuggingFace.parse(bytes, options)
    }
}

// -- writing -------------------------------------------------------------------------------------

/// The columns. All are always there, so that every file of a dataset has the same.
const COLUMNS: &str = "message article {
    required binary id (UTF8);
    required binary text (UTF8);
    required group tokens (LIST) { repeated group list { required binary element (UTF8); } }
    required group ner_tags (LIST) { repeated group list { required int64 element; } }
    required group entities (LIST) { repeated group list { required group element {
        required int32 start; required int32 end; required int64 label; optional double score; } } }
    required group regions (LIST) { repeated group list { required group element {
        required int32 start; required int32 end; required int64 label; optional double score; } } }
    required binary status (UTF8);
    required binary annotator (UTF8);
    required binary updated_at (UTF8);
    required binary language (UTF8);
    required binary url (UTF8);
    required binary source (UTF8);
    required binary title (UTF8);
    required binary meta (UTF8);
}";

/// The columns that are strings after the lists, in order.
const STRINGS: [&str; 7] = [
    "status",
    "annotator",
    "updated_at",
    "language",
    "url",
    "source",
    "title",
];

/// A folder as it grows.
#[derive(Default)]
struct DatasetFolder {
    options: WriteOptions,
    name: String,
    parts: BTreeMap<String, ParquetPart>,
    entities: Vec<String>,
    regions: Vec<String>,
}

/// A file as it grows.
struct ParquetPart {
    writer: SerializedFileWriter<Box<dyn Write + Send>>,
    group: RowGroup,
    rows: u64,
}

/// Rows that wait to be written, column by column.
#[derive(Default)]
struct RowGroup {
    rows: usize,
    bytes: usize,
    ids: Vec<ByteArray>,
    texts: Vec<ByteArray>,
    tokens: ListColumn<ByteArray>,
    tags: ListColumn<i64>,
    entities: SpanColumns,
    regions: SpanColumns,
    strings: [Vec<ByteArray>; 7],
    metas: Vec<ByteArray>,
}

/// The values of a column of lists, with the levels by which Parquet knows where lists begin and which are empty.
#[derive(Default)]
struct ListColumn<T> {
    values: Vec<T>,
    definition: Vec<i16>,
    repetition: Vec<i16>,
}

impl<T> ListColumn<T> {
    fn push(&mut self, list: impl IntoIterator<Item = T>) {
        let before = self.values.len();
        for value in list {
            self.repetition.push(i16::from(self.values.len() > before));
            self.definition.push(1);
            self.values.push(value);
        }
        if self.values.len() == before {
            self.repetition.push(0);
            self.definition.push(0);
        }
    }
}

/// A column of lists of spans.
#[derive(Default)]
struct SpanColumns {
    starts: ListColumn<i32>,
    ends: ListColumn<i32>,
    labels: ListColumn<i64>,
    scores: Vec<f64>,
    score_levels: Vec<i16>,
}

fn number(names: &mut Vec<String>, label: &Label) -> i64 {
    let at = names.iter().position(|name| name == label.as_str());
    let at = at.unwrap_or_else(|| {
        names.push(label.to_string());
        names.len() - 1
    });
    at as i64
}

impl DatasetFolder {
    fn part(&mut self, part: &str, target: &mut dyn ExportTarget) -> io::Result<()> {
        if self.parts.contains_key(part) {
            return Ok(());
        }
        let name = match part {
            "" => "train",
            "dev" => "validation", // as the hub calls it
            other => other,
        };
        let out = target.create(&format!("data/{name}-00000-of-00001.parquet"))?;
        let part_of = ParquetPart {
            writer: new_file(out, COLUMNS)?,
            group: RowGroup::default(),
            rows: 0,
        };
        self.parts.insert(part.to_owned(), part_of);
        Ok(())
    }

    /// The features as `datasets` keeps them in the file.
    fn features(&self) -> Value {
        let string = || json!({"dtype": "string", "_type": "Value"});
        let class = |names: &[String]| json!({"names": names, "_type": "ClassLabel"});
        let spans = |names: &[String]| {
            json!({"_type": "List", "feature": {
                "start": {"dtype": "int32", "_type": "Value"},
                "end": {"dtype": "int32", "_type": "Value"},
                "label": class(names),
                "score": {"dtype": "float64", "_type": "Value"},
            }})
        };
        let mut features = json!({
            "id": string(), "text": string(),
            "tokens": {"_type": "List", "feature": string()},
            "ner_tags": {"_type": "List", "feature": class(&self.tags())},
            "entities": spans(&self.entities),
            "regions": spans(&self.regions),
            "meta": string(),
        });
        for name in STRINGS {
            features[name] = string();
        }
        json!({"info": {"features": features}})
    }

    fn tags(&self) -> Vec<String> {
        let mut tags = vec!["O".to_owned()];
        for name in &self.entities {
            tags.push(format!("B-{name}"));
            tags.push(format!("I-{name}"));
        }
        tags
    }

    /// The card.
    fn card(&self) -> String {
        let mut card = String::from("---\n");
        if self.name.is_empty() {
            card.push_str("pretty_name: News articles with regions and entities\n");
        } else {
            let _ = writeln!(
                card,
                "pretty_name: {}",
                yaml(&format!("Labelled articles ({})", self.name))
            );
        }
        card.push_str("task_categories:\n- token-classification\n");
        card.push_str("task_ids:\n- named-entity-recognition\n");
        card.push_str("configs:\n- config_name: default\n  data_files:\n");
        let shown = |part: &str| match part {
            "" => "train".to_owned(),
            "dev" => "validation".to_owned(),
            other => other.to_owned(),
        };
        for part in self.parts.keys() {
            let name = shown(part);
            let _ = writeln!(card, "  - split: {name}\n    path: data/{name}-*");
        }
        card.push_str("dataset_info:\n  features:\n");
        let class = |card: &mut String, indent: &str, names: &[String]| {
            let _ = writeln!(card, "{indent}class_label:\n{indent}  names:");
            for (index, name) in names.iter().enumerate() {
                let _ = writeln!(card, "{indent}    '{index}': {}", yaml(name));
            }
        };
        for name in ["id", "text"] {
            let _ = writeln!(card, "  - name: {name}\n    dtype: string");
        }
        card.push_str("  - name: tokens\n    list: string\n");
        card.push_str("  - name: ner_tags\n    list:\n");
        class(&mut card, "      ", &self.tags());
        for (name, names) in [("entities", &self.entities), ("regions", &self.regions)] {
            let _ = writeln!(card, "  - name: {name}\n    list:");
            card.push_str(
                "    - name: start\n      dtype: int32\n    - name: end\n      dtype: int32\n",
            );
            card.push_str("    - name: label\n      dtype:\n");
            class(&mut card, "        ", names);
            card.push_str("    - name: score\n      dtype: float64\n");
        }
        for name in STRINGS.iter().chain(&["meta"]) {
            let _ = writeln!(card, "  - name: {name}\n    dtype: string");
        }
        card.push_str("---\n\n# News articles with regions and entities\n\n");
        card.push_str(CARD);
        let list = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(", ")
            }
        };
        let _ = write!(
            card,
            "| part | articles |\n| --- | --- |\n{}\nRegion labels: {}.\n\nEntity labels: {}.\n",
            self.parts
                .iter()
                .fold(String::new(), |mut lines, (part, rows)| {
                    let _ = writeln!(lines, "| {} | {} |", shown(part), rows.rows);
                    lines
                }),
            list(&self.regions),
            list(&self.entities)
        );
        card
    }
}

/// What the card says of every export.
const CARD: &str = "Exported by Copydesk. Each row is an article: its `text`; `regions` (which text is story, comment or \
navigation) and `entities` as `{start, end, label, score}`, counted in Unicode code points with the end excluded, so that \
`text[start:end]` is the span; and `tokens` with `ner_tags` in IOB2. Of nested entities `ner_tags` hold the outermost. \
`score` is null for what a person did.\n\nA licence and where the articles are from have to be added here before this is \
shared.\n\n";

/// A string as YAML takes it, whatever it holds: JSON is YAML.
fn yaml(words: &str) -> String {
    Value::from(words).to_string()
}

impl RecordWriter for DatasetFolder {
    fn add(
        &mut self,
        part: &str,
        record: &RecordView<'_>,
        target: &mut dyn ExportTarget,
    ) -> io::Result<bool> {
        self.part(part, target)?;
        let Self {
            options,
            parts,
            entities,
            regions,
            ..
        } = self;
        let Some(part) = parts.get_mut(part) else {
            return Ok(false);
        };
        let group = &mut part.group;
        let (text, annotation) = (&record.article.text, record.annotation);
        let tokens = options.tokenizer.tokens(text);
        let mut tags = vec![0_i64; tokens.len()];
        if outside::rule(&HuggingFace, options) == Outside::Missing
            && let Some(known) = outside::annotated(record, options)
        {
            for (tag, inside) in tags.iter_mut().zip(outside::inside(&tokens, &known)) {
                *tag = if inside { 0 } else { UNKNOWN };
            }
        }
        for (range, label) in outermost(record, &tokens) {
            let begin = 1 + 2 * number(entities, label);
            for (index, at) in range.enumerate() {
                tags[at] = begin + i64::from(index > 0);
            }
        }
        let add = |marks: &mut SpanColumns, spans: Vec<(Span, i64, Provenance)>| {
            let of = |at| UNIT.of(text, at) as i32;
            marks
                .starts
                .push(spans.iter().map(|mark| of(mark.0.start())));
            marks.ends.push(spans.iter().map(|mark| of(mark.0.end())));
            marks.labels.push(spans.iter().map(|mark| mark.1));
            for (_, _, provenance) in &spans {
                match provenance.score().filter(|_| options.scores) {
                    Some(score) => {
                        marks.scores.push(score.value());
                        marks.score_levels.push(2);
                    }
                    None => marks.score_levels.push(1),
                }
            }
            if spans.is_empty() {
                marks.score_levels.push(0);
            }
        };
        let spans = annotation.entities().iter();
        let spans = spans.map(|mark| (mark.span, number(entities, &mark.label), mark.provenance));
        add(&mut group.entities, spans.collect());
        let spans = annotation.regions().iter();
        let spans = spans.map(|mark| (mark.span, number(regions, &mark.label), mark.provenance));
        add(&mut group.regions, spans.collect());
        group.ids.push(record.article.id.as_str().into());
        group.texts.push(text.as_str().into());
        group
            .tokens
            .push(tokens.iter().map(|token| text.slice(*token).into()));
        group.tags.push(tags);
        let mut metadata = metadata::to_map(record);
        metadata.remove("id");
        for (column, name) in group.strings.iter_mut().zip(STRINGS) {
            column.push(metadata.remove(name).unwrap_or_default().as_str().into());
        }
        let meta = serde_json::to_string(&metadata).unwrap_or_default();
        group.metas.push(meta.as_str().into());
        group.rows += 1;
        group.bytes += text.len();
        part.rows += 1;
        if group.rows >= GROUP_ROWS || group.bytes >= GROUP_BYTES {
            part.flush()?;
        }
        Ok(true)
    }

    fn finish(mut self: Box<Self>, target: &mut dyn ExportTarget) -> io::Result<()> {
        if self.parts.is_empty() {
            self.part("", target)?; // a table without rows is a table too
        }
        let features = self.features().to_string();
        for part in self.parts.values_mut() {
            part.flush()?;
            let features = KeyValue::new(FEATURES.to_owned(), features.clone());
            part.writer.append_key_value_metadata(features);
            part.writer.finish().map_err(failed)?;
            part.writer.inner_mut().flush()?;
        }
        target
            .create("README.md")?
            .write_all(self.card().as_bytes())
    }
}

impl ParquetPart {
    fn flush(&mut self) -> io::Result<()> {
        let group = std::mem::take(&mut self.group);
        if group.rows == 0 {
            return Ok(());
        }
        let mut rows = self.writer.next_row_group().map_err(failed)?;
        group.write(&mut rows).map_err(failed)?;
        rows.close().map_err(failed)?;
        Ok(())
    }
}

impl RowGroup {
    /// In the order of [`COLUMNS`].
    fn write<W: Write + Send>(
        self,
        rows: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        plain(rows, &self.ids)?;
        plain(rows, &self.texts)?;
        let levels =
            |list: &ListColumn<ByteArray>| (list.definition.clone(), list.repetition.clone());
        let (definition, repetition) = levels(&self.tokens);
        column::<ByteArrayType, _>(rows, &self.tokens.values, &definition, &repetition)?;
        let tags = &self.tags;
        column::<Int64Type, _>(rows, &tags.values, &tags.definition, &tags.repetition)?;
        for marks in [&self.entities, &self.regions] {
            for list in [&marks.starts, &marks.ends] {
                column::<Int32Type, _>(rows, &list.values, &list.definition, &list.repetition)?;
            }
            let labels = &marks.labels;
            column::<Int64Type, _>(rows, &labels.values, &labels.definition, &labels.repetition)?;
            column::<DoubleType, _>(rows, &marks.scores, &marks.score_levels, &labels.repetition)?;
        }
        for strings in &self.strings {
            plain(rows, strings)?;
        }
        plain(rows, &self.metas)
    }
}

// -- reading -------------------------------------------------------------------------------------

/// The field in which the names of classes travel from the pieces to the parser.
const NAMES: &str = "\u{0}class names";

/// The rows of a file, as JSON.
struct ParquetRows {
    rows: Option<RowIter<'static>>,
    names: ClassNames,
    given: u64,
    growth: Growth,
}

impl ParquetRows {
    fn new(mut input: Box<dyn Read + Send + '_>, bounds: Bounds) -> io::Result<Self> {
        let mut bytes = Vec::new();
        // What tells where the rows are stands at the end.
        (&mut input)
            .take(bounds.file_bytes as u64 + 1)
            .read_to_end(&mut bytes)?;
        if bytes.len() > bounds.file_bytes {
            return Err(io::Error::other(
                "the Parquet file is larger than what is read at once",
            ));
        }
        if bytes.is_empty() {
            return Ok(Self {
                rows: None,
                names: ClassNames::new(),
                given: 0,
                growth: Growth::default(),
            });
        }
        let growth = Growth::of(bytes.len() as u64);
        let reader = parquet_guard::check(&bytes::Bytes::from(bytes), bounds.line_bytes)?;
        let names = class_names(reader.metadata().file_metadata().key_value_metadata());
        Ok(Self {
            rows: Some(RowIter::from_file_into(Box::new(reader))),
            names,
            given: 0,
            growth,
        })
    }
}

/// The names of classes that `datasets` keeps in the file.
fn class_names(pairs: Option<&Vec<KeyValue>>) -> ClassNames {
    let mut names = ClassNames::new();
    let features = pairs
        .into_iter()
        .flatten()
        .find(|pair| pair.key == FEATURES)
        .and_then(|pair| serde_json::from_str::<Value>(pair.value.as_deref()?).ok());
    let Some(Value::Object(features)) = features.map(|mut all| all["info"]["features"].take())
    else {
        return names;
    };
    for (column, feature) in features {
        // A list's feature stands in `feature`; in older files a list of one.
        let inside = [&feature["feature"], &feature[0], &feature];
        let found = inside.iter().find_map(|inside| {
            let of_label = ["label", "type", "tag"].into_iter();
            let of_label = of_label.flat_map(|name| {
                // An object of lists has a feature for each list.
                [&inside[name]["names"], &inside[name]["feature"]["names"]]
            });
            std::iter::once(&inside["names"])
                .chain(of_label)
                .find_map(Value::as_array)
        });
        if let Some(found) = found {
            let found = found.iter().filter_map(Value::as_str).map(str::to_owned);
            names.insert(column, found.collect());
        }
    }
    names
}

impl RawRecords for ParquetRows {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        let Some(rows) = &mut self.rows else {
            return Ok(None);
        };
        let Some(row) = rows.next() else {
            return Ok(None);
        };
        self.given += 1;
        let row = row.map_err(failed)?;
        let mut object: Map<String, Value> = row
            .get_column_iter()
            .map(|(name, field)| (name.clone(), value(field)))
            .collect();
        if !self.names.is_empty() {
            object.insert(NAMES.into(), json!(self.names));
        }
        let bytes = Value::Object(object).to_string().into_bytes();
        self.growth.make(bytes.len() as u64)?;
        Ok(Some(RawRecord {
            line: Some(self.given),
            bytes: Ok(bytes),
        }))
    }

    fn is_ready(&self) -> bool {
        self.rows.is_some()
    }
}

/// A cell as JSON; what JSON cannot say is null.
fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => (*value).into(),
        Field::Byte(value) => (*value).into(),
        Field::Short(value) => (*value).into(),
        Field::Int(value) => (*value).into(),
        Field::Long(value) => (*value).into(),
        Field::UByte(value) => (*value).into(),
        Field::UShort(value) => (*value).into(),
        Field::UInt(value) => (*value).into(),
        Field::ULong(value) => (*value).into(),
        Field::Float(value) => (*value).into(),
        Field::Double(value) => (*value).into(),
        Field::Str(value) => value.as_str().into(),
        Field::Bytes(value) => str::from_utf8(value.data()).map_or(Value::Null, Value::from),
        Field::Group(row) => row
            .get_column_iter()
            .map(|(name, field)| (name.clone(), value(field)))
            .collect::<Map<String, Value>>()
            .into(),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        other => other.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::schema::parser::parse_message_type;

    use super::*;
    use crate::formats::Content;

    /// What `datasets` made of a `Sequence` of an object: an object of lists.
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
            let Content::Text(text, _) = &parsed.record.content else {
                panic!("not a text");
            };
            let entities = parsed.record.annotation.entities().iter();
            let entities = entities.map(|e| format!("{} {}", e.label, text.slice(e.span)));
            found.push(entities.collect::<Vec<_>>());
        }
        assert_eq!(found, [vec!["PER Weel", "LOC Oslo"], vec![]]);
    }
}
