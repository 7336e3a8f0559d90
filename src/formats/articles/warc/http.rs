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
    /// Takes the body out of an HTTP response, and undoes chunks and compression.
    ///
    /// Returns `None` if the response has no head.
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

/// Splits bytes at the first empty line.
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

/// Returns the fields of a head, by their names in lower case. The first of two equal names wins.
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

/// Returns the kind of a media type that is text.
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

/// Joins the chunks of a body, and returns whether it was cut short.
///
/// Returns `None` if it has no chunks. Crawlers often store the whole body and keep the header.
fn dechunk(bytes: &[u8]) -> Option<(Vec<u8>, bool)> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        let first = out.is_empty();
        let Some((size, data)) = chunk_size(rest) else {
            // After a chunk, this is where the connection ended.
            return (!first).then_some((out, true));
        };
        if size == 0 {
            return Some((out, false));
        }
        let Some(chunk) = data.get(..size) else {
            // A text may begin with a number, but a page or compressed data after it shows a chunk.
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
            // Only the beginning of a line break arrived.
            None if !first || rest.is_empty() || rest == b"\r" => return Some((out, true)),
            None => return None,
        };
    }
}

/// Returns the declared size of a chunk, and the bytes after it.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    let line = str::from_utf8(bytes.get(..end)?).ok()?;
    let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
    Some((size, bytes.get(end + 1..)?))
}

/// Decompresses a body, and returns whether it was cut short.
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
            // Bytes after the last member are not part of the page.
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
            // Some servers send raw data as "deflate", and browsers accept it.
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

/// Decompresses as far as possible. The inner error reports damaged data.
fn unpack(from: &mut dyn Read, bound: usize, out: &mut Vec<u8>) -> Result<io::Result<()>, Fault> {
    let before = out.len();
    let result = from.take(bound as u64 + 1).read_to_end(out);
    if out.len() - before > bound {
        return Err(too_long(bound));
    }
    Ok(result.map(|_read| ()))
}

/// Returns whether data begins with a zlib header: its method and a valid checksum.
fn is_zlib(body: &[u8]) -> bool {
    match body {
        [method, flags, ..] => {
            method & 0x0f == 8 && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31)
        }
        _ => false,
    }
}

/// Returns whether bytes may be text: UTF-16, or hardly any control characters.
pub(super) fn looks_like_text(body: &[u8]) -> bool {
    let head = body.get(..body.len().min(4096)).unwrap_or_default();
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return true;
    }
    // The escape character switches character sets in ISO-2022.
    let is_control = |byte: &&u8| {
        **byte < 0x20 && !byte.is_ascii_whitespace() && **byte != 0x1b || **byte == 0x7f
    };
    let controls = head.iter().filter(is_control).count();
    controls <= 2 || controls * 50 <= head.len()
}
