//! Splits a stream of lines into documents that begin with a certain line.

use std::io::{self, BufRead as _, BufReader, Read as _};

use crate::formats::reading::lines::line_too_long;
use crate::formats::{Bounds, Input, RawRecord, RawRecords};

/// Returns the number of a document's first line, which [`DocumentReader`] puts before it, and the
/// document.
pub(in crate::formats) fn first_line(words: &str) -> (u64, &str) {
    words
        .strip_prefix('\0')
        .and_then(|words| words.split_once('\n'))
        .and_then(|(number, words)| Some((number.parse().ok()?, words)))
        .unwrap_or((1, words))
}

/// Splits a stream of lines into documents.
pub(in crate::formats) struct DocumentReader<'a> {
    reader: BufReader<Input<'a>>,
    begins: fn(&str) -> bool,
    line: u64,
    bound: usize,
    /// The line that began the next document.
    next: Option<(u64, Vec<u8>)>,
}

impl<'a> DocumentReader<'a> {
    /// Starts to read; `begins` recognises the first line of a document.
    pub(in crate::formats) fn new(
        input: Input<'a>,
        bounds: Bounds,
        begins: fn(&str) -> bool,
    ) -> Self {
        Self {
            reader: BufReader::with_capacity(256 << 10, input),
            begins,
            line: 0,
            bound: bounds.line_bytes,
            next: None,
        }
    }
}

impl RawRecords for DocumentReader<'_> {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        let (mut start, mut bytes) = self.next.take().unwrap_or((self.line + 1, Vec::new()));
        let first = start;
        let mut length = bytes.len();
        // Blank lines at the beginning do not belong to a document.
        let mut has_content = bytes.iter().any(|byte| !byte.is_ascii_whitespace());
        loop {
            let mut line = Vec::new();
            let limit = self.bound as u64 + 1;
            let read = (&mut self.reader)
                .take(limit)
                .read_until(b'\n', &mut line)?;
            if read == 0 {
                break;
            }
            self.line += 1;
            let blank = line.iter().all(u8::is_ascii_whitespace);
            let begins = !blank
                && str::from_utf8(&line)
                    .is_ok_and(|line| (self.begins)(line.trim_start_matches('\u{feff}')));
            if begins && has_content {
                self.next = Some((self.line, line));
                break;
            }
            if !has_content && !blank {
                start = self.line;
            }
            has_content |= !blank;
            length += line.len();
            if length <= self.bound {
                bytes.extend_from_slice(&line);
            } else {
                bytes = Vec::new();
            }
        }
        if !has_content {
            return Ok(None);
        }
        let bytes = if length > self.bound {
            Err(line_too_long(length, self.bound))
        } else {
            // Problems name their line, which only the stream knows.
            let mut numbered = format!("\0{first}\n").into_bytes();
            numbered.append(&mut bytes);
            Ok(numbered)
        };
        Ok(Some(RawRecord {
            line: Some(start),
            bytes,
        }))
    }

    fn is_ready(&self) -> bool {
        !self.reader.buffer().is_empty()
    }
}
