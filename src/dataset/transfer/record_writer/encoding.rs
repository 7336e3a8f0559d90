//! Records and their encoding, which runs on all cores.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::formats::{Format, Labels, RecordView, WriteOptions, native, windows};
use crate::model::{Annotation, Article};

/// One article with one annotation, on its way out.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) article: Article,
    pub(crate) annotation: Annotation,
    pub(crate) annotator: String,
    pub(crate) updated_at_ms: i64,
    /// Other annotators' work on the article that goes into the same record.
    pub(crate) others: Vec<Outgoing>,
}

impl Outgoing {
    /// Makes a record of a part of it.
    fn of_part(&self, part: windows::Part) -> Self {
        Self {
            article: part.article,
            annotation: part.annotation,
            annotator: self.annotator.clone(),
            updated_at_ms: self.updated_at_ms,
            others: Vec::new(),
        }
    }

    pub(crate) fn view(&self) -> RecordView<'_> {
        RecordView {
            article: &self.article,
            annotation: &self.annotation,
            annotator: &self.annotator,
            updated_at_ms: self.updated_at_ms,
        }
    }
}

/// How records are encoded; shared by the workers.
#[derive(Clone)]
pub(crate) struct Encoding {
    pub(crate) format: &'static dyn Format,
    pub(crate) options: Arc<WriteOptions>,
    /// Whether the format writes records one after the other; else they go to its writer as they
    /// are.
    pub(crate) one_by_one: bool,
}

impl Encoding {
    pub(crate) fn new(format: &'static dyn Format, options: WriteOptions) -> Self {
        Self {
            format,
            one_by_one: format.writer(&options, None).is_none(),
            options: Arc::new(options),
        }
    }

    /// Returns whether nothing can be lost: only whole native records hold everything.
    pub(crate) fn holds_all(&self) -> bool {
        self.format.spec().name == native::Jsonl.spec().name
            && self.options.outside.is_none()
            && self.options.windows.is_none()
    }
}

impl Encoding {
    /// Sets the labels of all records that will come.
    pub(crate) fn with_labels(self, labels: Labels) -> Self {
        let options = WriteOptions {
            labels,
            ..(*self.options).clone()
        };
        Self {
            options: Arc::new(options),
            ..self
        }
    }
}

impl Encoding {
    /// Returns the records that an article is written as.
    pub(crate) fn parts_of(&self, record: &Outgoing) -> Vec<Outgoing> {
        match windows::cut(self.format, &record.view(), &self.options) {
            None => vec![record.clone()],
            Some(cut) => cut
                .parts
                .into_iter()
                .map(|part| record.of_part(part))
                .collect(),
        }
    }
}

/// Some records, encoded as far as that goes.
#[derive(Default)]
pub(crate) struct Encoded {
    /// By the number of the part of the dataset.
    pub(super) bytes: BTreeMap<usize, Bytes>,
    pub(super) records: Vec<(usize, Outgoing)>,
    /// Articles that are written as several records: how many records of [`Encoded::records`] each
    /// has, by its first.
    pub(super) windows: BTreeMap<usize, usize>,
}

/// Records, one after the other.
#[derive(Default)]
pub(super) struct Bytes {
    pub(super) bytes: Vec<u8>,
    pub(super) records: u64,
    pub(super) articles: u64,
}

impl Encoded {
    /// Adds an article of a part of the dataset, as one record or as several.
    pub(crate) fn add(&mut self, encoding: &Encoding, part: usize, record: Outgoing) {
        let (format, options) = (encoding.format, &*encoding.options);
        let cut = windows::cut(format, &record.view(), options);
        if !encoding.one_by_one {
            let Some(cut) = cut else {
                self.records.push((part, record));
                return;
            };
            self.windows.insert(self.records.len(), cut.parts.len());
            let windows = cut.parts.into_iter();
            self.records
                .extend(windows.map(|window| (part, record.of_part(window))));
            return;
        }
        let bytes = self.bytes.entry(part).or_default();
        let before = bytes.records;
        let view = record.view();
        match &cut {
            None if !record.others.is_empty() => {
                let mut all = vec![view];
                all.extend(record.others.iter().map(Outgoing::view));
                bytes.add(format, |out| format.write_annotators(&all, options, out));
            }
            None => bytes.add(format, |out| format.write(&view, options, out)),
            Some(cut) => {
                let parts: Vec<_> = cut.parts.iter().map(|part| part.view(&view)).collect();
                if format.spec().makes_windows {
                    bytes.add(format, |out| format.write_parts(&parts, options, out));
                } else {
                    for part in &parts {
                        bytes.add(format, |out| format.write(part, options, out));
                    }
                }
            }
        }
        bytes.articles += u64::from(bytes.records > before);
    }
}

impl Bytes {
    /// Adds what `write` writes as a record; nothing, if it writes nothing, which was counted as a
    /// loss.
    fn add(&mut self, format: &dyn Format, write: impl FnOnce(&mut Vec<u8>)) {
        let before = self.bytes.len();
        if self.records > 0 {
            let between = format.spec().frame.between;
            self.bytes.extend_from_slice(between.as_bytes());
        }
        let start = self.bytes.len();
        write(&mut self.bytes);
        if self.bytes.len() == start {
            self.bytes.truncate(before);
        } else {
            self.records += 1;
        }
    }
}
