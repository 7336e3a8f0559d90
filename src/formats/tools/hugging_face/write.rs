//! Writing: a folder with a Parquet file for each part and the card.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use serde_json::{Value, json};

use super::card::{CARD, yaml};
use super::{FEATURES, HuggingFace};
use crate::formats::tokens::flat_entities::outermost;
use crate::formats::windows::outside;
use crate::formats::writing::parquet_columns::{column, failed, new_file, plain};
use crate::formats::{
    ExportTarget, OffsetUnit, Outside, RecordView, RecordWriter, WriteOptions, metadata,
};
use crate::model::{Label, Provenance, Span, Text};

const UNIT: OffsetUnit = OffsetUnit::Codepoint;

/// The tag of an unknown token: the number that training ignores.
const UNKNOWN: i64 = -100;

/// The limits of a row group, in rows and in bytes of text.
const GROUP_ROWS: usize = 1000;

const GROUP_BYTES: usize = 16 << 20;

/// The columns. Every file of a dataset has all of them.
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

/// The string columns after the lists, in order.
const STRINGS: [&str; 7] = [
    "status",
    "annotator",
    "updated_at",
    "language",
    "url",
    "source",
    "title",
];

/// Writes the folder.
#[derive(Default)]
pub(super) struct DatasetFolder {
    pub(super) options: WriteOptions,
    pub(super) name: String,
    pub(super) parts: BTreeMap<String, ParquetPart>,
    pub(super) entities: Vec<String>,
    pub(super) regions: Vec<String>,
}

/// A file that is being written.
pub(super) struct ParquetPart {
    pub(super) writer: SerializedFileWriter<Box<dyn Write + Send>>,
    pub(super) group: RowGroup,
    pub(super) rows: u64,
}

/// The rows of the next row group, by column.
#[derive(Default)]
pub(super) struct RowGroup {
    pub(super) rows: usize,
    pub(super) bytes: usize,
    pub(super) ids: Vec<ByteArray>,
    pub(super) texts: Vec<ByteArray>,
    pub(super) tokens: ListColumn<ByteArray>,
    pub(super) tags: ListColumn<i64>,
    pub(super) entities: SpanColumns,
    pub(super) regions: SpanColumns,
    pub(super) strings: [Vec<ByteArray>; 7],
    pub(super) metas: Vec<ByteArray>,
}

/// A column of lists: its values, and the levels that encode where lists begin and which are empty.
#[derive(Default)]
pub(super) struct ListColumn<T> {
    pub(super) values: Vec<T>,
    pub(super) definition: Vec<i16>,
    pub(super) repetition: Vec<i16>,
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
pub(super) struct SpanColumns {
    pub(super) starts: ListColumn<i32>,
    pub(super) ends: ListColumn<i32>,
    pub(super) labels: ListColumn<i64>,
    pub(super) scores: Vec<f64>,
    pub(super) score_levels: Vec<i16>,
}

impl SpanColumns {
    /// Adds a row: spans with the numbers of their labels.
    fn push(&mut self, text: &Text, spans: &[(Span, i64, Provenance)], scores: bool) {
        let of = |at| UNIT.of(text, at) as i32;
        self.starts
            .push(spans.iter().map(|span| of(span.0.start())));
        self.ends.push(spans.iter().map(|span| of(span.0.end())));
        self.labels.push(spans.iter().map(|span| span.1));
        for (_, _, provenance) in spans {
            match provenance.score().filter(|_| scores) {
                Some(score) => {
                    self.scores.push(score.value());
                    self.score_levels.push(2);
                }
                None => self.score_levels.push(1),
            }
        }
        if spans.is_empty() {
            self.score_levels.push(0);
        }
    }
}

pub(super) fn number(names: &mut Vec<String>, label: &Label) -> i64 {
    let at = names.iter().position(|name| name == label.as_str());
    let at = at.unwrap_or_else(|| {
        names.push(label.to_string());
        names.len() - 1
    });
    at as i64
}

impl DatasetFolder {
    pub(super) fn part(&mut self, part: &str, target: &mut dyn ExportTarget) -> io::Result<()> {
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

    /// Returns the features in the form of `datasets`.
    pub(super) fn features(&self) -> Value {
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

    pub(super) fn tags(&self) -> Vec<String> {
        let mut tags = vec!["O".to_owned()];
        for name in &self.entities {
            tags.push(format!("B-{name}"));
            tags.push(format!("I-{name}"));
        }
        tags
    }

    /// Returns the dataset card.
    pub(super) fn card(&self) -> String {
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
        let spans = annotation.entities().iter();
        let spans = spans.map(|mark| (mark.span, number(entities, &mark.label), mark.provenance));
        group
            .entities
            .push(text, &spans.collect::<Vec<_>>(), options.scores);
        let spans = annotation.regions().iter();
        let spans = spans.map(|mark| (mark.span, number(regions, &mark.label), mark.provenance));
        group
            .regions
            .push(text, &spans.collect::<Vec<_>>(), options.scores);
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
    pub(super) fn flush(&mut self) -> io::Result<()> {
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
    /// Writes the columns in the order of [`COLUMNS`].
    pub(super) fn write<W: Write + Send>(
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
