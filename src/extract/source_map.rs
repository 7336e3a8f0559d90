//! Maps decoded text back to the bytes of its file, to insert markup without changing the rest.

use encoding_rs::{CoderResult, UTF_8, UTF_16BE, UTF_16LE};

use super::SourceKind;
use super::decode::{decode, find_encoding};

/// A file's text with the byte position of each character in the file.
#[derive(Clone, Debug)]
pub struct SourceMap {
    /// The text as [`decode`] returns it.
    pub text: String,
    /// Positions in the text and in the file at which their distance changes, sorted.
    steps: Vec<(usize, usize)>,
    /// The byte order, if characters take two bytes.
    wide: Option<Wide>,
}

#[derive(Clone, Copy, Debug)]
enum Wide {
    Little,
    Big,
}

impl SourceMap {
    /// Decodes a file. Returns `None` if it is longer than a text may be.
    #[must_use]
    pub fn of(bytes: &[u8], kind: SourceKind) -> Option<Self> {
        let (encoding, body) = find_encoding(bytes, kind);
        let mark = bytes.len() - body.len();
        let mut tidy = Tidy {
            steps: Vec::new(),
            at: 0,
            after_cr: false,
        };
        match str::from_utf8(body) {
            Ok(text) if encoding == UTF_8 => {
                for (at, c) in text.char_indices() {
                    tidy.push(c, mark + at);
                }
            }
            _ => {
                // One byte after the other, to see which character each completes.
                let mut decoder = encoding.new_decoder_without_bom_handling();
                let mut buffer = [0; 32];
                let mut done = 0;
                for at in 0..body.len() {
                    let last = at + 1 == body.len();
                    let (result, _, written, _) =
                        decoder.decode_to_utf8(body.get(at..=at)?, &mut buffer, last);
                    if result == CoderResult::OutputFull {
                        return None; // cannot be: a byte completes a few characters at most
                    }
                    for c in str::from_utf8(buffer.get(..written)?).ok()?.chars() {
                        tidy.push(c, mark + done);
                        done = at; // a second one is this byte, read again after what was broken
                    }
                    if written > 0 {
                        done = at + 1;
                    }
                }
            }
        }
        tidy.step(bytes.len());
        let text = decode(bytes, kind).text;
        let wide = if encoding == UTF_16LE {
            Some(Wide::Little)
        } else if encoding == UTF_16BE {
            Some(Wide::Big)
        } else {
            None
        };
        (text.len() == tidy.at).then_some(Self {
            text,
            steps: tidy.steps,
            wide,
        })
    }

    /// Returns the byte position in the file of the character at `at` in the text.
    #[must_use]
    pub fn place(&self, at: usize) -> usize {
        let after = self.steps.partition_point(|(from, _)| *from <= at);
        match after.checked_sub(1).and_then(|index| self.steps.get(index)) {
            Some((from, place)) => place + (at - from),
            None => at,
        }
    }

    /// ASCII as the file writes it.
    #[must_use]
    pub fn ascii(&self, words: &str) -> Vec<u8> {
        let bytes = words.bytes();
        match self.wide {
            None => bytes.collect(),
            Some(Wide::Little) => bytes.flat_map(|byte| [byte, 0]).collect(),
            Some(Wide::Big) => bytes.flat_map(|byte| [0, byte]).collect(),
        }
    }
}

/// Follows what [`decode`] makes of line ends and NULs.
struct Tidy {
    steps: Vec<(usize, usize)>,
    at: usize,
    after_cr: bool,
}

impl Tidy {
    fn push(&mut self, c: char, place: usize) {
        let after_cr = std::mem::replace(&mut self.after_cr, c == '\r');
        if after_cr && c == '\n' {
            return; // both are the line feed that is there already
        }
        self.step(place);
        self.at += if c == '\0' {
            '\u{fffd}'.len_utf8()
        } else {
            c.len_utf8()
        };
    }

    fn step(&mut self, place: usize) {
        let is_new = match self.steps.last() {
            Some((from, before)) => before + (self.at - from) != place,
            None => true,
        };
        if is_new {
            self.steps.push((self.at, place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each character of the text with the bytes that it was.
    fn told(bytes: &[u8]) -> Vec<(char, &[u8])> {
        let origins = SourceMap::of(bytes, SourceKind::Html).unwrap();
        assert_eq!(origins.text, decode(bytes, SourceKind::Html).text);
        let mut indices = origins.text.char_indices().peekable();
        let mut told = Vec::new();
        while let Some((at, c)) = indices.next() {
            let end = indices.peek().map_or(origins.text.len(), |(next, _)| *next);
            told.push((c, &bytes[origins.place(at)..origins.place(end)]));
        }
        told
    }

    #[test]
    fn characters_are_found_in_the_file() {
        assert_eq!(
            told("\u{feff}é\r\nx\r😀\n\0".as_bytes()),
            [
                ('é', "é".as_bytes()),
                ('\n', b"\r\n"),
                ('x', b"x"),
                ('\n', b"\r"),
                ('😀', "😀".as_bytes()),
                ('\n', b"\n"),
                ('\u{fffd}', b"\0"),
            ]
        );
        let old = told(b"<meta charset=windows-1252>caf\xe9 \x80\r\n.");
        assert_eq!(
            old[27 + 3..],
            [
                ('é', &b"\xe9"[..]),
                (' ', b" "),
                ('€', b"\x80"),
                ('\n', b"\r\n"),
                ('.', b".")
            ]
        );
        assert_eq!(
            told(b"\xff\xfeA\0\x3d\xd8\x00\xde\r\0\n\0"),
            [
                ('A', &b"A\0"[..]),
                ('😀', b"\x3d\xd8\x00\xde"),
                ('\n', b"\r\0\n\0")
            ]
        );
        let japanese = told(b"<meta charset=shift_jis>\x93\xfa\x96{!");
        assert_eq!(
            japanese[24..],
            [('日', &b"\x93\xfa"[..]), ('本', b"\x96{"), ('!', b"!")]
        );
        assert!(told(b"").is_empty());
    }

    #[test]
    fn what_is_broken_is_found_too() {
        let mut bytes = "Ő ütött-kopott űrhajója: árvíztűrő tükörfúrógép"
            .as_bytes()
            .to_vec();
        let good = bytes.len();
        bytes.extend(b"\xff\xc3x");
        let told = told(&bytes);
        let tail: Vec<(char, &[u8])> = told
            .into_iter()
            .skip_while(|(c, _)| *c != '\u{fffd}')
            .collect();
        assert_eq!(tail[0], ('\u{fffd}', &bytes[good..=good]));
        assert_eq!(tail.last().unwrap(), &('x', &b"x"[..]));
    }

    #[test]
    fn ascii_is_written_as_the_file_writes_it() {
        let wide = SourceMap::of(b"\xfe\xff\0A", SourceKind::Html).unwrap();
        assert_eq!(wide.ascii("<p"), b"\0<\0p");
        assert_eq!(
            SourceMap::of(b"A", SourceKind::Html).unwrap().ascii("<p"),
            b"<p"
        );
    }
}
