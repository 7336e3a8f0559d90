//! Tests of every format: what it declares to hold is read back, and every loss is counted.

mod cut_articles;
mod records;
mod round_trip;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::windows::join;
use super::*;
use crate::model::{Annotation, Article, ArticleId, Metadata, Text};

/// A record of one's own, to be written.
#[derive(Clone, Debug)]
pub(super) struct Owned {
    pub(super) article: Article,
    pub(super) annotation: Annotation,
    pub(super) annotator: String,
    pub(super) updated_at_ms: i64,
}

impl Owned {
    pub(super) fn view(&self) -> RecordView<'_> {
        RecordView {
            article: &self.article,
            annotation: &self.annotation,
            annotator: &self.annotator,
            updated_at_ms: self.updated_at_ms,
        }
    }
}

/// Files in memory, by their paths; a stream is the file without a name.
#[derive(Clone, Default)]
struct MemoryFiles(Arc<Mutex<BTreeMap<String, Vec<u8>>>>, String);

impl Write for MemoryFiles {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut files = self.0.lock().unwrap();
        files
            .entry(self.1.clone())
            .or_default()
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ExportTarget for MemoryFiles {
    fn out(&mut self) -> &mut dyn Write {
        self
    }

    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        let before = self.0.lock().unwrap().insert(path.to_owned(), Vec::new());
        assert!(before.is_none(), "{path} is written twice");
        Ok(Box::new(Self(Arc::clone(&self.0), path.to_owned())))
    }
}

pub(super) fn written(
    format: &dyn Format,
    records: &[Owned],
    options: &WriteOptions,
) -> BTreeMap<String, Vec<u8>> {
    let mut files = MemoryFiles::default();
    let mut writer = format.writer(options, None);
    let frame = format.spec().frame;
    let mut out = frame.head.as_bytes().to_vec();
    let mut first = true;
    let mut one = |bytes: Vec<u8>| {
        if !bytes.is_empty() {
            if !first {
                out.extend_from_slice(frame.between.as_bytes());
            }
            first = false;
            out.extend_from_slice(&bytes);
        }
    };
    for record in records {
        let view = record.view();
        let cut = windows::cut(format, &view, options);
        let parts: Vec<RecordView<'_>> = match &cut {
            Some(cut) => cut.parts.iter().map(|part| part.view(&view)).collect(),
            None => vec![view],
        };
        let mut bytes = Vec::new();
        if format.spec().makes_windows {
            format.write_parts(&parts, options, &mut bytes);
            one(bytes);
            continue;
        }
        for part in &parts {
            let mut bytes = Vec::new();
            match &mut writer {
                Some(writer) => {
                    writer.add("", part, &mut files).unwrap();
                }
                None => format.write(part, options, &mut bytes),
            }
            one(bytes);
        }
    }
    if let Some(writer) = writer {
        writer.finish(&mut files).unwrap();
    } else {
        out.extend_from_slice(frame.foot.as_bytes());
        files.write_all(&out).unwrap();
    }
    let files = files.0.lock().unwrap();
    files.clone()
}

/// Reads files as the inputs of a command would.
pub(super) fn read(
    format: &'static dyn Format,
    files: &BTreeMap<String, Vec<u8>>,
    options: &ReadOptions,
) -> Vec<Parsed> {
    let mut out = Vec::new();
    for (name, bytes) in files {
        if format.spec().shape == OutputShape::Folder && by_file_name(name) != Some(format) {
            continue;
        }
        let bytes = match format.spec().companion {
            Some(beside) => {
                let beside = format!("{}.{beside}", name.rsplit_once('.').unwrap().0);
                paired(bytes, &files[&beside])
            }
            None => bytes.clone(),
        };
        let pieces = format
            .raw_records(Box::new(io::Cursor::new(bytes)), Bounds::default())
            .unwrap();
        let mut pieces = join::WindowJoiner::new(pieces, Bounds::default());
        while let Some(piece) = pieces.next().unwrap() {
            out.push(join::parse(format, piece.bytes.unwrap(), options).unwrap());
        }
    }
    out
}

pub(super) fn text_of(record: &Record) -> &Text {
    match &record.content {
        Content::Text(text, _) => text,
        other => panic!("no text: {other:?}"),
    }
}

/// Reads a record, and returns its entities with their labels, and its warnings.
pub(super) fn entities_and_warnings(
    format: &dyn Format,
    bytes: Vec<u8>,
) -> (Vec<(String, String)>, Vec<String>) {
    let parsed = format.parse(bytes, &ReadOptions::default()).unwrap();
    let text = text_of(&parsed.record);
    let entities = parsed.record.annotation.entities().iter();
    let entities = entities.map(|e| (text.slice(e.span).to_owned(), e.label.to_string()));
    let warnings = parsed.warnings.iter().map(ToString::to_string);
    (entities.collect(), warnings.collect())
}

pub(super) fn both_ways() -> Vec<&'static dyn Format> {
    let both = ALL.into_iter().filter(|format| {
        let can = format.spec().capabilities;
        // Two hold nothing but the words of body and comments: see the test of their own.
        // So has what writes pages.
        can.reads
            && can.writes
            && !format.spec().needs_pages
            && !["dragnet", "trafilatura"].contains(&format.spec().name)
    });
    both.collect()
}

/// Each case goes through all formats, so a quarter of the usual number will do, unless another is
/// asked for.
pub(super) fn cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    let cases = if usual.cases == 256 { 64 } else { usual.cases };
    ProptestConfig { cases, ..usual }
}

#[test]
fn every_format_holds_an_empty_export() {
    for format in both_ways() {
        let files = written(format, &[], &WriteOptions::default());
        assert!(
            read(format, &files, &ReadOptions::default()).is_empty(),
            "{}",
            format.spec().name
        );
    }
}

#[test]
fn region_text_holds_the_words_of_body_and_comments() {
    let notated = crate::model::notation::parse(
        "nav| Home\nbody| Storm closes ferry\nbody| Two hurt.\ncomment| I was there.\nnav| Next",
    )
    .unwrap();
    let record = Owned {
        article: Article {
            id: ArticleId::new("a").unwrap(),
            text: notated.text,
            blocks: Vec::new(),
            meta: Metadata::default(),
        },
        annotation: notated.annotation,
        annotator: String::new(),
        updated_at_ms: 0,
    };
    for name in ["dragnet", "trafilatura"] {
        let format = by_name(name).unwrap();
        let options = WriteOptions::default();
        let mut losses = Losses::default();
        losses.count_record(format, &record.view(), &options);
        assert_eq!(
            (losses.count(Loss::Region), losses.count(Loss::Text)),
            (2, 1),
            "{name}"
        );
        let files = written(format, std::slice::from_ref(&record), &options);
        let parsed = read(format, &files, &ReadOptions::default());
        let [parsed] = parsed.as_slice() else {
            panic!("{name}: {files:?}");
        };
        let text = text_of(&parsed.record);
        let regions = parsed.record.annotation.regions().iter();
        let reported: Vec<(&str, &str)> = regions
            .map(|r| (r.label.as_str(), text.slice(r.span)))
            .collect();
        assert_eq!(
            reported,
            [
                ("body", "Storm closes ferry\nTwo hurt."),
                ("comment", "I was there.")
            ],
            "{name}"
        );
    }
}
