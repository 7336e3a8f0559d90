//! A stream whose beginning can be inspected before it is read, even from a slow pipe.

use std::io::{self, BufRead, Read};

/// How many bytes are requested at once.
const CHUNK: usize = 64 << 10;

/// A stream with a beginning that was inspected.
pub struct PeekReader<R> {
    /// The inspected bytes, and how many of them were read.
    head: Vec<u8>,
    at: usize,
    rest: io::BufReader<R>,
}

impl<R: Read> PeekReader<R> {
    /// Starts at the beginning of a stream.
    pub fn new(input: R) -> Self {
        Self {
            head: Vec::new(),
            at: 0,
            rest: io::BufReader::with_capacity(CHUNK, input),
        }
    }

    /// Returns the next bytes: as many as needed until `is_enough`, or all that are left.
    ///
    /// # Errors
    /// If the stream cannot be read.
    pub fn peek(&mut self, mut is_enough: impl FnMut(&[u8]) -> bool) -> io::Result<&[u8]> {
        while !is_enough(self.head.get(self.at..).unwrap_or_default()) {
            let more = match self.rest.fill_buf() {
                Ok(more) => more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if more.is_empty() {
                break;
            }
            let length = more.len();
            self.head.extend_from_slice(more);
            self.rest.consume(length);
        }
        Ok(self.head.get(self.at..).unwrap_or_default())
    }
}

impl<R: Read> Read for PeekReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.head.len() {
            return self.rest.read(buffer);
        }
        let read = self.head.get(self.at..).unwrap_or_default().read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for PeekReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at < self.head.len() {
            return Ok(self.head.get(self.at..).unwrap_or_default());
        }
        self.rest.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        if self.at == self.head.len() {
            return self.rest.consume(bytes);
        }
        self.at = self.head.len().min(self.at + bytes);
        if self.at == self.head.len() {
            (self.head, self.at) = (Vec::new(), 0);
        }
    }
}

/// Returns whether enough bytes were seen to recognise a byte order mark.
#[must_use]
pub fn shows_bom(head: &[u8]) -> bool {
    match head {
        [] | [0xef] | [0xef, 0xbb] | [0xfe] | [0xff] => false,
        [..] => true,
    }
}

#[cfg(test)]
pub(in crate::formats) mod tests {
    use super::*;

    /// A pipe that returns a few bytes at a time.
    pub(in crate::formats) struct Slow<'a>(
        pub(in crate::formats) &'a [u8],
        pub(in crate::formats) usize,
    );

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }

    #[test]
    fn what_was_looked_at_is_read_all_the_same() {
        for at_once in [1, 2, 7, 100] {
            let words = b"a line\nand another one\n";
            let mut stream = PeekReader::new(Slow(words, at_once));
            assert!(
                stream
                    .peek(|head| head.len() >= 3)
                    .unwrap()
                    .starts_with(b"a l")
            );
            let mut first = [0; 2];
            stream.read_exact(&mut first).unwrap();
            let line = stream.peek(|head| head.contains(&b'\n')).unwrap();
            assert!(line.starts_with(b"line\n"), "{line:?}");
            let mut rest = String::new();
            stream.read_to_string(&mut rest).unwrap();
            assert_eq!(rest.as_bytes(), &words[2..]);
            assert_eq!(stream.peek(|_| false).unwrap(), b"");
        }
    }

    #[test]
    fn a_mark_is_known_once_it_cannot_be_another() {
        for head in [&b""[..], b"\xef", b"\xef\xbb", b"\xff", b"\xfe"] {
            assert!(!shows_bom(head));
        }
        for head in [&b"a"[..], b"\xef\xbb\xbf", b"\xef\xbc", b"\xff\xfe"] {
            assert!(shows_bom(head));
        }
    }
}
