//! Streams in any encoding, converted to UTF-8 as they are read.
//!
//! The encoding is found as for article files (`extract::decode`): a byte order mark, UTF-16 by its
//! NULs, an XML declaration, then UTF-8. At the first invalid UTF-8 the stream is classified once.
//! If the text around it is UTF-8, each invalid sequence becomes U+FFFD; otherwise the encoding is
//! guessed and the rest of the stream is read in it. Both are reported once per stream.

use std::io::{self, BufRead, Read};
use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::{CoderResult, Decoder, UTF_8, UTF_16BE, UTF_16LE};

use crate::extract::{declared_encoding, guess_encoding, is_mostly_utf8};
use crate::formats::reading::peek::PeekReader;
use crate::formats::{Code, Fault};

/// How many bytes, from the first invalid one, are used to guess the encoding.
const WINDOW: usize = 64 << 10;

/// The longest XML declaration that is searched for an encoding, in bytes.
const DECLARATION: usize = 256;

/// What was found out about the encoding of a stream.
#[derive(Clone, Debug, Default)]
pub struct EncodingReport(Arc<Mutex<Findings>>);

#[derive(Debug, Default)]
struct Findings {
    guessed: Option<&'static str>,
    replaced: u64,
    /// The line of the first replacement.
    line: u64,
}

impl EncodingReport {
    /// Returns a warning about the encoding, if there is one.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let places = match found.replaced {
            0 => String::new(),
            1 => format!(
                "; replaced 1 invalid sequence with U+FFFD, on line {}",
                found.line
            ),
            more => format!(
                "; replaced {more} invalid sequences with U+FFFD, the first on line {}",
                found.line
            ),
        };
        let words = match found.guessed {
            Some(name) => format!("the file is not UTF-8 and was read as {name}{places}"),
            None => places.strip_prefix("; ")?.to_owned(),
        };
        Some(Fault::new(Code::InvalidBytes, words))
    }

    fn note(&self, change: impl FnOnce(&mut Findings)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// How the bytes are decoded.
enum DecodeState {
    /// Nothing was read yet.
    Beginning,
    /// As UTF-8, all valid so far; `seen` says whether some of it was not ASCII.
    Utf8 { seen: bool },
    /// In this encoding.
    As(Box<Decoder>),
}

/// A stream as UTF-8. A UTF-8 byte order mark stays.
pub struct Utf8Reader<R> {
    input: PeekReader<R>,
    state: DecodeState,
    noticed: EncodingReport,
    line: u64,
    /// Decoded bytes, and how many of them were returned.
    ready: Vec<u8>,
    given: usize,
    ended: bool,
    /// Whether invalid UTF-8 stays, for a reader that reports the lines itself.
    keeps_broken: bool,
}

impl<R: Read> Utf8Reader<R> {
    /// Reads a stream of unknown encoding. Findings go to `noticed`.
    pub fn new(input: R, noticed: EncodingReport) -> Self {
        Self {
            input: PeekReader::new(input),
            state: DecodeState::Beginning,
            noticed,
            line: 1,
            ready: Vec::new(),
            given: 0,
            ended: false,
            keeps_broken: false,
        }
    }

    /// Keeps invalid bytes if the rest is UTF-8.
    #[must_use]
    pub fn keeping_broken(self) -> Self {
        Self {
            keeps_broken: true,
            ..self
        }
    }

    /// Decodes more bytes, unless the stream is at its end.
    fn more(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        while self.ready.is_empty() && !self.ended {
            match &mut self.state {
                DecodeState::Beginning => self.begin()?,
                DecodeState::Utf8 { .. } => self.utf8()?,
                DecodeState::As(_) => self.decode()?,
            }
        }
        let lines = memchr::memchr_iter(b'\n', &self.ready).count();
        self.line += lines as u64;
        Ok(())
    }

    fn begin(&mut self) -> io::Result<()> {
        let head = self.input.peek(|head| head.len() >= 4)?;
        let (encoding, skip) = match head {
            [0xff, 0xfe, ..] => (UTF_16LE, 2),
            [0xfe, 0xff, ..] => (UTF_16BE, 2),
            [a, 0, b, 0, ..] if *a != 0 && *b != 0 => (UTF_16LE, 0),
            [0, a, 0, b, ..] if *a != 0 && *b != 0 => (UTF_16BE, 0),
            [b'<', b'?', b'x', b'm', ..] => {
                let head = self.input.peek(|head| {
                    head.len() >= DECLARATION || memchr::memchr(b'>', head).is_some()
                })?;
                let end = memchr::memchr(b'>', head).unwrap_or(head.len());
                let head = head.get(..end).unwrap_or_default();
                (declared_encoding(head).unwrap_or(UTF_8), 0)
            }
            _ => (UTF_8, 0),
        };
        self.input.consume(skip);
        self.state = if encoding == UTF_8 {
            DecodeState::Utf8 { seen: false }
        } else {
            DecodeState::As(Box::new(encoding.new_decoder_without_bom_handling()))
        };
        Ok(())
    }

    /// Passes valid UTF-8 on. At the first invalid bytes, decides what they are.
    fn utf8(&mut self) -> io::Result<()> {
        let mut wanted = 1;
        loop {
            let buffer = self.input.peek(|head| head.len() >= wanted)?;
            let at_end = buffer.len() < wanted;
            let error = str::from_utf8(buffer).err();
            let valid = error.map_or(buffer.len(), |error| error.valid_up_to());
            let DecodeState::Utf8 { seen } = &mut self.state else {
                return Ok(());
            };
            if valid > 0 {
                let good = buffer.get(..valid).unwrap_or_default();
                *seen |= !good.is_ascii();
                self.ready.extend_from_slice(good);
                self.input.consume(valid);
                return Ok(());
            }
            let Some(error) = error else {
                self.ended = true;
                return Ok(());
            };
            if error.error_len().is_none() && !at_end {
                wanted = buffer.len() + 1; // a character whose end has not come yet
                continue;
            }
            if !*seen {
                let window = self.input.peek(|head| head.len() >= WINDOW)?;
                let window = window.get(..window.len().min(WINDOW)).unwrap_or_default();
                if !is_mostly_utf8(window) {
                    let guess = guess_encoding(window);
                    self.noticed
                        .note(|found| found.guessed = Some(guess.name()));
                    self.state =
                        DecodeState::As(Box::new(guess.new_decoder_without_bom_handling()));
                    return Ok(());
                }
                *seen = true;
            }
            let bad = self.input.peek(|head| !head.is_empty())?;
            let length = error.error_len().unwrap_or(bad.len()).min(bad.len());
            if self.keeps_broken {
                let bad = bad.get(..length).unwrap_or_default();
                self.ready.extend_from_slice(bad);
            } else {
                self.ready.extend_from_slice("\u{fffd}".as_bytes());
                self.replaced(1, self.line);
            }
            self.input.consume(length);
            return Ok(());
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        let DecodeState::As(decoder) = &mut self.state else {
            return Ok(());
        };
        let bytes = self.input.peek(|head| !head.is_empty())?;
        let last = bytes.is_empty();
        // At least as long as the longest character.
        let room = decoder
            .max_utf8_buffer_length(bytes.len())
            .unwrap_or(WINDOW);
        self.ready.resize(room.max(16), 0);
        let (result, read, written, lossy) = decoder.decode_to_utf8(bytes, &mut self.ready, last);
        self.ready.truncate(written);
        self.input.consume(read);
        self.ended = last && result == CoderResult::InputEmpty;
        if lossy {
            let first = memchr::memmem::find(&self.ready, "\u{fffd}".as_bytes());
            let before = self.ready.get(..first.unwrap_or(0)).unwrap_or_default();
            let line = self.line + memchr::memchr_iter(b'\n', before).count() as u64;
            let places = memchr::memmem::find_iter(&self.ready, "\u{fffd}".as_bytes()).count();
            self.replaced(places as u64, line);
        }
        Ok(())
    }

    fn replaced(&self, places: u64, line: u64) {
        self.noticed.note(|found| {
            if found.replaced == 0 {
                found.line = line;
            }
            found.replaced += places;
        });
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.more()?;
        }
        let read = self.ready.get(self.given..).unwrap_or_default().read(out)?;
        self.given += read;
        Ok(read)
    }
}

/// Converts a whole file to UTF-8, and returns a warning if there is one.
///
/// # Errors
/// Never: the file is in memory.
pub fn to_utf8(bytes: &[u8]) -> io::Result<(Vec<u8>, Option<Fault>)> {
    let noticed = EncodingReport::default();
    let mut out = Vec::with_capacity(bytes.len());
    Utf8Reader::new(bytes, noticed.clone()).read_to_end(&mut out)?;
    Ok((out, noticed.fault()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::reading::peek::tests::Slow;

    fn read(bytes: &[u8]) -> (String, String) {
        let noticed = EncodingReport::default();
        let mut at_once = Vec::new();
        Utf8Reader::new(bytes, noticed.clone())
            .read_to_end(&mut at_once)
            .unwrap();
        // The result does not depend on how many bytes arrive at a time.
        let again = EncodingReport::default();
        let mut dripped = Vec::new();
        Utf8Reader::new(Slow(bytes, 1), again.clone())
            .read_to_end(&mut dripped)
            .unwrap();
        assert_eq!(at_once, dripped);
        let reported = noticed.fault().map(|fault| fault.message);
        assert_eq!(reported, again.fault().map(|fault| fault.message));
        (
            String::from_utf8(at_once).unwrap(),
            reported.unwrap_or_default(),
        )
    }

    const WORDS: &str =
        "id;text\r\n1;\"Die Bürgermeisterin Grete Möller sagte:\n„Die Fähre fährt nicht mehr“\"\n";

    #[test]
    fn utf8_passes_as_it_is_with_its_mark() {
        for words in [WORDS, "\u{feff}a", "", "a", "😀", "\0\0\0\0"] {
            assert_eq!(read(words.as_bytes()), (words.to_owned(), String::new()));
        }
    }

    #[test]
    fn utf16_is_known_by_its_mark_or_its_nuls() {
        for mark in ["\u{feff}", ""] {
            let words = format!("{mark}{WORDS}");
            let units = words.encode_utf16();
            let little: Vec<u8> = units.clone().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = units.flat_map(u16::to_be_bytes).collect();
            assert_eq!(read(&little), (WORDS.to_owned(), String::new()));
            assert_eq!(read(&big), (WORDS.to_owned(), String::new()));
        }
    }

    #[test]
    fn what_is_not_utf8_is_guessed_and_told() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(WORDS);
        let (words, reported) = read(&bytes);
        assert_eq!(words, WORDS);
        assert_eq!(
            reported,
            "the file is not UTF-8 and was read as windows-1252"
        );
    }

    #[test]
    fn one_bad_byte_costs_one_character() {
        let mut bytes = WORDS.as_bytes().to_vec();
        bytes.extend(b"2;Caf\xe9 Nord\n");
        let (words, reported) = read(&bytes);
        assert_eq!(words, format!("{WORDS}2;Caf\u{fffd} Nord\n"));
        assert!(reported.ends_with("U+FFFD, on line 4"), "{reported}");
        // Before the first good sequence as well, and with the last one cut off.
        let mut bytes = b"Caf\xe9 Nord\n".to_vec();
        bytes.extend("„Die Fähre“ \u{20ac}".as_bytes());
        bytes.pop();
        let (words, reported) = read(&bytes);
        assert_eq!(words, "Caf\u{fffd} Nord\n„Die Fähre“ \u{fffd}");
        assert!(
            reported.contains("replaced 2 invalid sequences with U+FFFD, the first on line 1"),
            "{reported}"
        );
    }

    #[test]
    fn an_xml_declaration_is_obeyed() {
        let words = "<?xml version=\"1.0\" encoding=\"iso-8859-2\"?><a>ő</a>";
        let (bytes, _, _) = encoding_rs::ISO_8859_2.encode(words);
        assert_eq!(read(&bytes), (words.to_owned(), String::new()));
    }
}
