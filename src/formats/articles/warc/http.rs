//! The HTTP response in a record: its head and body.

use std::collections::BTreeMap;
use std::io::{self, Read};

use super::HEAD;
use crate::extract::SourceKind;
use crate::formats::reading::lines::too_long;
use crate::formats::{Code, Fault};

/// The body of a response, or of a resource.
pub(super) struct Body {
    /// The declared media type, with its parameters.
    pub(super) declared: String,
    pub(super) bytes: Vec<u8>,
    /// Whether it was cut short.
    pub(super) is_cut: bool,
}

impl Body {
    /// Takes the body out of an HTTP response, without chunks and compression; `None` if there is no head.
    pub(super) fn of_response(response: &[u8], bound: usize) -> Result<Option<Self>, Fault> {
        let Some((http, content)) = cut_head(response) else {
            return Ok(None);
        };
        let http = fields(http);
        let of = |name: &str| http.get(name).map_or("", String::as_str);
        let mut codings = of("transfer-encoding").split(',');
        let chunked = codings.any(|coding| coding.trim().eq_ignore_ascii_case("chunked"));
        let whole = if chunked { dechunk(content) } else { None };
        let (bytes, ends_early) = whole.unwrap_or_else(|| (content.to_vec(), false));
        let (bytes, is_cut) = decompress(bytes, of("content-encoding"), bound)?;
        Ok(Some(Self {
            declared: of("content-type").to_owned(),
            bytes,
            is_cut: is_cut || ends_early,
        }))
    }
}

/// What stands before the first empty line, and what after it.
pub(super) fn cut_head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let window = bytes.get(..bytes.len().min(HEAD))?;
    let crlf = memchr::memmem::find(window, b"\r\n\r\n").map(|at| (at, at + 4));
    let lf = memchr::memmem::find(window, b"\n\n").map(|at| (at, at + 2));
    let (end, next) = match (crlf, lf) {
        (Some(a), Some(b)) => a.min(b),
        (Some(found), None) | (None, Some(found)) => found,
        (None, None) => return None,
    };
    Some((bytes.get(..end)?, bytes.get(next..)?))
}

/// The fields of a head, by their names in lower case; of one that is there twice, the first.
pub(super) fn fields(head: &[u8]) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for line in String::from_utf8_lossy(head).lines().skip(1) {
        if let Some((name, value)) = line.split_once(':') {
            fields
                .entry(name.trim().to_ascii_lowercase())
                .or_insert_with(|| value.trim().to_owned());
        }
    }
    fields
}

/// What a media type is, if it is text at all.
pub(super) fn media_type(declared: &str) -> Option<SourceKind> {
    match declared
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
        .as_str()
    {
        "text/html" | "application/xhtml+xml" => Some(SourceKind::Html),
        "text/plain" => Some(SourceKind::Text),
        _ => None,
    }
}

/// A body that came in chunks, and whether it was cut short; `None` if it did not come so (crawlers often store it whole and
/// leave the header).
fn dechunk(bytes: &[u8]) -> Option<(Vec<u8>, bool)> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        let first = out.is_empty();
        let Some((size, data)) = chunk_size(rest) else {
            // Behind a chunk, this is where the connection ended.
            return (!first).then_some((out, true));
        };
        if size == 0 {
            return Some((out, false));
        }
        let Some(chunk) = data.get(..size) else {
            // A text whose first line is a number is no chunk; a page or packed data behind it is.
            let begins = data.trim_ascii_start().first();
            let is_chunk = !first || matches!(begins, Some(b'<' | 0x1f | 0x78));
            out.extend_from_slice(data);
            return is_chunk.then_some((out, true));
        };
        out.extend_from_slice(chunk);
        rest = data.get(size..)?;
        rest = match rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))
        {
            Some(rest) => rest,
            // Nothing more than the beginning of a line break came.
            None if !first || rest.is_empty() || rest == b"\r" => return Some((out, true)),
            None => return None,
        };
    }
}

/// The size that a chunk says it has, and what follows.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    let line = str::from_utf8(bytes.get(..end)?).ok()?;
    let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
    Some((size, bytes.get(end + 1..)?))
}

/// The body as it was before it was packed, and whether it was cut short.
fn decompress(body: Vec<u8>, encoding: &str, bound: usize) -> Result<(Vec<u8>, bool), Fault> {
    use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};

    let encoding = encoding.trim().to_ascii_lowercase();
    let damaged = |error: io::Error| {
        Fault::new(
            Code::BadGzip,
            format!("the page's compressed data is damaged: {error}"),
        )
    };
    match encoding.as_str() {
        "gzip" | "x-gzip" if body.starts_with(&GZIP) => {
            let mut out = Vec::new();
            let mut rest = body.as_slice();
            // What follows the last member is no part of the page.
            while rest.starts_with(&GZIP) {
                let mut member = GzDecoder::new(rest);
                let left = bound.saturating_sub(out.len());
                let result = unpack(&mut member, left, &mut out)?;
                rest = member.into_inner();
                match result {
                    Ok(()) => {}
                    Err(_) if !out.is_empty() => return Ok((out, true)),
                    Err(error) => return Err(damaged(error)),
                }
            }
            Ok((out, false))
        }
        "deflate" => {
            let mut out = Vec::new();
            let mut result = Err(io::Error::from(io::ErrorKind::InvalidData));
            if is_zlib(&body) {
                result = unpack(&mut ZlibDecoder::new(&*body), bound, &mut out)?;
            }
            // Servers took "deflate" for the bare data, and browsers follow them.
            if result.is_err() && out.is_empty() {
                result = unpack(&mut DeflateDecoder::new(&*body), bound, &mut out)?;
            }
            match result {
                Ok(()) => Ok((out, false)),
                Err(_) if looks_like_text(&body) => Ok((body, false)),
                Err(_) if !out.is_empty() => Ok((out, true)),
                Err(error) => Err(damaged(error)),
            }
        }
        "br" | "zstd" if !looks_like_text(&body) => Err(Fault::new(
            Code::NotText,
            format!("the page is compressed with {encoding}, which is not supported"),
        )
        .with_hint("configure the crawler to store pages uncompressed")),
        _ => Ok((body, false)),
    }
}

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Unpacks as far as it goes; the inner error is that of damaged data.
fn unpack(from: &mut dyn Read, bound: usize, out: &mut Vec<u8>) -> Result<io::Result<()>, Fault> {
    let before = out.len();
    let result = from.take(bound as u64 + 1).read_to_end(out);
    if out.len() - before > bound {
        return Err(too_long(bound));
    }
    Ok(result.map(|_read| ()))
}

/// Whether data have the head of zlib: its method and a sum that fits.
fn is_zlib(body: &[u8]) -> bool {
    match body {
        [method, flags, ..] => {
            method & 0x0f == 8 && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31)
        }
        _ => false,
    }
}

/// Whether bytes may be text: hardly any of them are control characters, or they are UTF-16.
pub(super) fn looks_like_text(body: &[u8]) -> bool {
    let head = body.get(..body.len().min(4096)).unwrap_or_default();
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return true;
    }
    // The escape character begins another set of characters in ISO-2022.
    let is_control = |byte: &&u8| {
        **byte < 0x20 && !byte.is_ascii_whitespace() && **byte != 0x1b || **byte == 0x7f
    };
    let controls = head.iter().filter(is_control).count();
    controls <= 2 || controls * 50 <= head.len()
}
