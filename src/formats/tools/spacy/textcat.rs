//! Blocks as documents for spaCy's text categorizers. `doc.cats` is 1 for the label of the block's
//! region and 0 for the others.
//!
//! A block outside regions has no category: it is left out and counted. Entities are unknown.

use std::collections::BTreeMap;
use std::io;

use rmpv::Value;

use super::write::DocBinBuilder;
use crate::formats::blocks::rows::{self, BlockRow, each};
use crate::formats::{
    ExportTarget, Format, FormatSpec, Labels, Loss, Losses, RecordView, RecordWriter, WriteOptions,
    metadata,
};
use crate::model::{Annotation, Article, ArticleId, Metadata, Schema, Text};

/// Blocks as documents with categories.
#[derive(Clone, Copy, Debug)]
pub struct TextCat;

/// Blocks as spaCy's DocBin.
pub static TEXTCAT: TextCat = TextCat;

const SPEC: FormatSpec = FormatSpec {
    name: "spacy of blocks",
    summary: "spaCy's DocBin: a document for each block, its label in doc.cats",
    extensions: &["spacy"],
    numbers_labels: true,
    ..rows::SPEC
};

impl Format for TextCat {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn writer(
        &self,
        options: &WriteOptions,
        _schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        Some(Box::new(TextCatWriter {
            labels: options.labels.clone(),
            options: options.clone(),
            bin: DocBinBuilder {
                options: options.clone(),
                ..DocBinBuilder::default()
            },
        }))
    }

    fn losses(&self, record: &RecordView<'_>, options: &WriteOptions, losses: &mut Losses) {
        each(record, options, |row| {
            if row.label.is_none() {
                losses.add_span(Loss::Unlabelled, record.article, row.span);
            }
        });
    }
}

struct TextCatWriter {
    labels: Labels,
    options: WriteOptions,
    bin: DocBinBuilder,
}

impl TextCatWriter {
    fn add_block(&mut self, record: &RecordView<'_>, row: &BlockRow<'_>) -> io::Result<()> {
        let Some(own) = row.label else { return Ok(()) };
        let cats = self.labels.regions.iter().map(|label| {
            let is = if label == own { 1.0 } else { 0.0 };
            (label.as_str().into(), Value::F64(is))
        });
        let cats = Value::Map(cats.collect());
        let text = &record.article.text;
        let mut metadata: BTreeMap<String, String> = metadata::to_map(record);
        let mut put = |name: &str, value: String| metadata.insert(name.to_owned(), value);
        let id = format!("{}#{}", record.article.id, row.number);
        put("id", id.clone());
        put("article", record.article.id.to_string());
        put("block", format!("{}/{}", row.number, row.of));
        put("start", text.char_of_byte(row.span.start()).0.to_string());
        put("end", text.char_of_byte(row.span.end()).0.to_string());
        put("path", row.path.to_owned());
        put("link_share", row.link_share.to_string());
        let block = Article {
            id: ArticleId::new(&id).unwrap_or_else(|| record.article.id.clone()),
            text: Text::new(text.slice(row.span)),
            blocks: Vec::new(),
            meta: Metadata::default(),
        };
        let nothing = Annotation::default();
        let view = RecordView {
            article: &block,
            annotation: &nothing,
            ..*record
        };
        self.bin.add_document(&view, metadata, cats, false)
    }
}

impl RecordWriter for TextCatWriter {
    fn add(
        &mut self,
        _part: &str,
        record: &RecordView<'_>,
        _target: &mut dyn ExportTarget,
    ) -> io::Result<bool> {
        let before = self.bin.docs;
        let options = self.options.clone();
        let mut result = Ok(());
        each(record, &options, |row| {
            if result.is_ok() {
                result = self.add_block(record, row);
            }
        });
        result?;
        Ok(self.bin.docs > before)
    }

    fn finish(self: Box<Self>, target: &mut dyn ExportTarget) -> io::Result<()> {
        Box::new(self.bin).finish(target)
    }
}
