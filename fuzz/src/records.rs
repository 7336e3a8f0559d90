//! The samples as records of every format that can be written.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use copydesk::formats::{ExportTarget, Format, RecordView, WriteOptions, paired};

use crate::samples;

/// Files in memory by their paths; a stream is the file without a name.
#[derive(Clone, Default)]
struct MemoryFiles(Arc<Mutex<BTreeMap<String, Vec<u8>>>>, String);

impl Write for MemoryFiles {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.entry(self.1.clone()).or_default().extend_from_slice(bytes);
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
        Ok(Box::new(Self(Arc::clone(&self.0), path.to_owned())))
    }
}

/// Returns streams that the reader of a format takes: each sample as a file.
///
/// # Panics
/// If a sample cannot be written, which is a fault of the writer.
#[must_use]
pub fn streams(format: &dyn Format) -> Vec<Vec<u8>> {
    let samples = samples::annotated();
    let (options, frame) = (WriteOptions { scores: true, ..WriteOptions::default() }, format.spec().frame);
    let mut streams = Vec::new();
    for (number, sample) in samples.iter().enumerate().take(8) {
        let article = samples::article(sample, number);
        let view = RecordView { article: &article, annotation: &sample.annotation, annotator: "ada", updated_at_ms: 1_700_000_000_000 };
        let mut target = MemoryFiles::default();
        if let Some(mut writer) = format.writer(&options, None) {
            writer.add("", &view, &mut target).expect("memory");
            writer.finish(&mut target).expect("memory");
        } else {
            let mut out = frame.head.as_bytes().to_vec();
            format.write(&view, &options, &mut out);
            out.extend_from_slice(frame.foot.as_bytes());
            target.write_all(&out).expect("memory");
        }
        let files = target.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (name, bytes) in &files {
            let Some(beside) = format.spec().companion else {
                streams.push(bytes.clone());
                continue;
            };
            let beside = name.rsplit_once('.').and_then(|(stem, _)| files.get(&format!("{stem}.{beside}")));
            streams.extend(beside.map(|beside| paired(bytes, beside)));
        }
    }
    streams.retain(|stream| !stream.is_empty());
    streams
}
