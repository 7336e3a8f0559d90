//! Streams of bytes: counted, and decompressed where they are gzip.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;

use crate::formats::reading::growth::Growth;
use crate::formats::reading::peek::PeekReader;

/// A stream whose beginning can be looked at before it is read.
pub(super) type Peekable = PeekReader<Box<dyn Read + Send>>;

/// Counts the bytes of a stream in `bytes`, and decompresses it if it is gzip.
///
/// # Errors
/// If its beginning cannot be read.
pub(super) fn decompressed(
    input: Box<dyn Read + Send>,
    bytes: &Arc<AtomicU64>,
) -> io::Result<Peekable> {
    let counted = Counted {
        inner: input,
        bytes: Arc::clone(bytes),
    };
    let mut input: Peekable = PeekReader::new(Box::new(counted));
    if !input.peek(shows_gzip)?.starts_with(&GZIP) {
        return Ok(input);
    }
    Ok(PeekReader::new(Box::new(Guarded {
        before: bytes.load(Ordering::Relaxed),
        inner: Members(Some(GzDecoder::new(input))),
        compressed: Arc::clone(bytes),
        growth: Growth::default(),
    })))
}

/// Counts what is read.
struct Counted {
    inner: Box<dyn Read + Send>,
    bytes: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// The first bytes of a gzip member.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Returns whether enough was read of a stream to know whether it is gzip.
fn shows_gzip(head: &[u8]) -> bool {
    head.len() >= 2 || head.first().is_some_and(|first| *first != GZIP[0])
}

/// The members of a gzip stream, one after the other. Padding after the last is ignored, as by gzip
/// itself.
struct Members(Option<GzDecoder<Peekable>>);

impl Read for Members {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.0 {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if let Some(member) = self.0.take() {
                let mut rest = member.into_inner();
                if rest.peek(shows_gzip)?.starts_with(&GZIP) {
                    self.0 = Some(GzDecoder::new(rest));
                }
            }
        }
        Ok(0)
    }
}

/// Stops decompression bombs.
struct Guarded {
    inner: Members,
    compressed: Arc<AtomicU64>,
    before: u64,
    growth: Growth,
}

impl Read for Guarded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let compressed = self.compressed.load(Ordering::Relaxed);
        self.growth.set_read(compressed.saturating_sub(self.before));
        self.growth.make(read as u64)?;
        Ok(read)
    }
}
