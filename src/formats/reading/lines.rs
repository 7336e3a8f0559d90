//! Streams split into lines or taken whole, within limits and in constant memory.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

use crate::formats::reading::peek::{PeekReader, shows_bom};
use crate::formats::{Bounds, Code, Fault, Input, RawRecord, RawRecords};

/// How much is read at once, in bytes.
const BUFFER: usize = 256 << 10;

/// Reads the lines of a stream that are not blank.
///
/// A byte order mark is skipped, UTF-16 is converted, and CR LF ends a line like LF. A line beyond
/// the limit is skipped and reported.
pub struct LineReader<'a> {
    reader: BufReader<Input<'a>>,
    line: u64,
    bound: usize,
}

impl<'a> LineReader<'a> {
    /// Begins to read.
    ///
    /// # Errors
    /// If the first bytes cannot be read.
    pub fn new(input: Input<'a>, bounds: Bounds) -> io::Result<Self> {
        let mut reader = PeekReader::new(input);
        let head = reader.peek(shows_bom)?;
        let (skip, utf16) = match head {
            [0xff, 0xfe, ..] => (2, Some(UTF_16LE.new_decoder_without_bom_handling())),
            [0xfe, 0xff, ..] => (2, Some(UTF_16BE.new_decoder_without_bom_handling())),
            [0xef, 0xbb, 0xbf, ..] => (3, None),
            _ => (0, None),
        };
        reader.consume(skip);
        let input: Input<'a> = match utf16 {
            Some(decoder) => Box::new(Utf16 {
                input: reader,
                decoder,
                at_end: false,
            }),
            None => Box::new(reader),
        };
        Ok(Self {
            reader: BufReader::with_capacity(BUFFER, input),
            line: 0,
            bound: bounds.line_bytes,
        })
    }

    /// Reads the next line without its line break; `None` at the end.
    fn next_line(&mut self) -> io::Result<Option<Result<Vec<u8>, Fault>>> {
        let mut bytes = Vec::new();
        let mut length = 0_usize;
        loop {
            let buffer = retried(&mut self.reader)?;
            if buffer.is_empty() {
                if length == 0 {
                    return Ok(None);
                }
                break;
            }
            let end = memchr::memchr(b'\n', buffer);
            let taken = end.unwrap_or(buffer.len());
            length = length.saturating_add(taken + usize::from(end.is_some()));
            if length <= self.bound.saturating_add(1) {
                bytes.extend_from_slice(&buffer[..taken]);
            } else if !bytes.is_empty() {
                bytes = Vec::new(); // give the memory back while the rest is skipped
            }
            self.reader.consume(taken + usize::from(end.is_some()));
            if end.is_some() {
                break;
            }
        }
        self.line += 1;
        if length > self.bound.saturating_add(1) {
            return Ok(Some(Err(line_too_long(length, self.bound))));
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        Ok(Some(Ok(bytes)))
    }
}

impl RawRecords for LineReader<'_> {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        while let Some(bytes) = self.next_line()? {
            let blank = bytes
                .as_ref()
                .is_ok_and(|bytes| bytes.iter().all(u8::is_ascii_whitespace));
            if !blank {
                return Ok(Some(RawRecord {
                    line: Some(self.line),
                    bytes,
                }));
            }
        }
        Ok(None)
    }

    fn is_ready(&self) -> bool {
        memchr::memchr(b'\n', self.reader.buffer()).is_some()
    }
}

/// A stream that is one record.
pub struct WholeFile<'a> {
    input: Option<Input<'a>>,
    bound: usize,
}

impl<'a> WholeFile<'a> {
    /// Takes the whole of `input`, up to a bound in bytes.
    #[must_use]
    pub fn new(input: Input<'a>, bound: usize) -> Self {
        Self {
            input: Some(input),
            bound,
        }
    }
}

impl RawRecords for WholeFile<'_> {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        let Some(input) = self.input.take() else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        // One more than allowed, to detect a longer file without reading it.
        input.take(self.bound as u64 + 1).read_to_end(&mut bytes)?;
        let bytes = if bytes.len() > self.bound {
            Err(too_long(self.bound))
        } else {
            Ok(bytes)
        };
        Ok(Some(RawRecord { line: None, bytes }))
    }

    fn is_ready(&self) -> bool {
        false
    }
}

/// Records that were all read at once.
pub struct Parts {
    parts: std::vec::IntoIter<Vec<u8>>,
    given: u64,
}

impl Parts {
    /// Returns these records one after the other.
    #[must_use]
    pub fn new(parts: Vec<Vec<u8>>) -> Self {
        Self {
            parts: parts.into_iter(),
            given: 0,
        }
    }
}

impl RawRecords for Parts {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        self.given += 1;
        Ok(self.parts.next().map(|bytes| RawRecord {
            line: Some(self.given),
            bytes: Ok(bytes),
        }))
    }

    fn is_ready(&self) -> bool {
        self.parts.len() > 0
    }
}

/// Returns the fault of an article beyond its limit in bytes.
#[must_use]
pub fn too_long(bound: usize) -> Fault {
    Fault::new(
        Code::TextTooLong,
        format!("the article is longer than the limit of {}", mib(bound)),
    )
    .with_hint("split it into several articles")
}

/// Returns the fault of a line or record beyond its limit, both in bytes.
#[must_use]
pub fn line_too_long(length: usize, bound: usize) -> Fault {
    Fault::new(
        Code::LineTooLong,
        format!(
            "the line is {} long; the limit is {}",
            mib(length),
            mib(bound)
        ),
    )
    .with_hint("check that the file has one record per line")
}

fn mib(bytes: usize) -> String {
    if bytes >= 10 << 20 {
        format!("{} MiB", bytes >> 20)
    } else if bytes >= 10 << 10 {
        format!("{} KiB", bytes >> 10)
    } else {
        format!("{bytes} bytes")
    }
}

/// Returns the buffer, filled if it was empty. Retries interrupted reads.
fn retried<R: BufRead>(reader: &mut R) -> io::Result<&[u8]> {
    loop {
        match reader.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    reader.fill_buf() // the buffer is full or at the end: this reads nothing (borrows end with the loop)
}

/// Converts UTF-16 to UTF-8 as it is read.
struct Utf16<R> {
    input: R,
    decoder: Decoder,
    at_end: bool,
}

impl<R: BufRead> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at_end {
            return Ok(0);
        }
        if out.len() < 16 {
            // The decoder needs space for whole characters. The reader above always asks for more.
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        }
        loop {
            let (read, written, result) = {
                let bytes = retried(&mut self.input)?;
                let last = bytes.is_empty();
                let (result, read, written, _) = self.decoder.decode_to_utf8(bytes, out, last);
                self.at_end = last && result == CoderResult::InputEmpty;
                (read, written, result)
            };
            self.input.consume(read);
            if written > 0 || self.at_end || result == CoderResult::OutputFull {
                return Ok(written);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8], bound: usize) -> Vec<(u64, Result<String, Code>)> {
        let bounds = Bounds {
            line_bytes: bound,
            ..Bounds::default()
        };
        let mut lines = LineReader::new(Box::new(bytes), bounds).unwrap();
        let mut out = Vec::new();
        while let Some(piece) = lines.next().unwrap() {
            let words = piece
                .bytes
                .map(|bytes| String::from_utf8(bytes).unwrap())
                .map_err(|fault| fault.code);
            out.push((piece.line.unwrap(), words));
        }
        out
    }

    fn ok(line: u64, words: &str) -> (u64, Result<String, Code>) {
        (line, Ok(words.to_owned()))
    }

    #[test]
    fn blank_lines_count_but_are_not_given() {
        assert_eq!(
            lines(b"a\r\n\n  \t\nb\n\nc", 99),
            [ok(1, "a"), ok(4, "b"), ok(6, "c")]
        );
        assert_eq!(lines(b"", 99), []);
        assert_eq!(lines(b"\n\n", 99), []);
    }

    #[test]
    fn a_byte_order_mark_goes() {
        assert_eq!(
            lines("\u{feff}a\nb\u{feff}".as_bytes(), 99),
            [ok(1, "a"), ok(2, "b\u{feff}")]
        );
    }

    #[test]
    fn utf16_is_made_utf8() {
        let words = "{\"text\":\"naïve 😀\"}\r\n{\"x\":1}\n";
        let little: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(words.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let big: Vec<u8> = [0xfe, 0xff]
            .into_iter()
            .chain(words.encode_utf16().flat_map(u16::to_be_bytes))
            .collect();
        let expected = [ok(1, "{\"text\":\"naïve 😀\"}"), ok(2, "{\"x\":1}")];
        assert_eq!(lines(&little, 99), expected);
        assert_eq!(lines(&big, 99), expected);
        assert_eq!(lines(b"\xff\xfea", 99), [ok(1, "\u{fffd}")]);
    }

    #[test]
    fn a_line_beyond_the_bound_is_skipped_and_the_next_one_read() {
        assert_eq!(
            lines(b"12345\n1234\n123456\nend", 5),
            [
                ok(1, "12345"),
                ok(2, "1234"),
                (3, Err(Code::LineTooLong)),
                ok(4, "end")
            ]
        );
        let long = vec![b'x'; 3 * BUFFER];
        assert_eq!(lines(&long, BUFFER), [(1, Err(Code::LineTooLong))]);
        assert_eq!(lines(&long, 3 * BUFFER).len(), 1);
    }

    #[test]
    fn a_whole_file_has_a_bound_too() {
        let piece =
            |bytes: &'static [u8]| WholeFile::new(Box::new(bytes), 4).next().unwrap().unwrap();
        assert_eq!(piece(b"1234").bytes, Ok(b"1234".to_vec()));
        assert_eq!(piece(b"12345").bytes.unwrap_err().code, Code::TextTooLong);
    }
}
