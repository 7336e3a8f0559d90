//! WARC, as crawlers write it: each page that was fetched is an article. (`.warc.gz` is read through like any gzip.)
//!
//! Taken are responses and resources whose content is HTML, XHTML or plain text, responses only with a status of 200 to 299,
//! and conversions (WET) as plain text; requests, metadata, pictures and the like are passed over. The id is the record's,
//! `url` its address, `date` the day on which it was fetched.
//!
//! A body that was cut short is taken as far as it came, with a warning. One that is still no text after it was unpacked is refused.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

use crate::extract::{self, SourceKind};
use crate::formats::articles::text;
use crate::formats::reading::lines::too_long;
use crate::formats::{
    Bounds, Capabilities, Code, Content, Fault, Format, FormatSpec, Parsed, RawRecord, RawRecords,
    ReadOptions, Record, RecordSplit, metadata,
};
use crate::model::{Annotation, Text};

/// WARC.
#[derive(Clone, Copy, Debug)]
pub struct Warc;

/// The longest head of a record or of an HTTP response, in bytes.
const HEAD: usize = 1 << 20;

const SPEC: FormatSpec = FormatSpec {
    name: "warc",
    summary: "WARC (or WET): each HTML page that was fetched is an article",
    extensions: &["warc", "wet"],
    capabilities: Capabilities {
        metadata: true,
        ..Capabilities::ARTICLES
    },
    records: RecordSplit::Custom,
    reads_bytes: true,
    ..FormatSpec::DEFAULT
};

impl Format for Warc {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn raw_records<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn RawRecords + 'a>> {
        Ok(Box::new(Records {
            reader: BufReader::with_capacity(256 << 10, input),
            number: 0,
            bound: bounds.article_bytes,
            ended: false,
        }))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let damaged = || Fault::new(Code::BadRecord, "the record has no head");
        let (head, block) = cut_head(&bytes).ok_or_else(damaged)?;
        let head = fields(head);
        let get = |name: &str| head.get(name).map_or("", String::as_str);
        let mut declared = get("content-type").to_owned();
        let mut body = block.to_vec();
        let mut cut = false;
        if get("warc-type") == "response" {
            let (http, content) = cut_head(block).ok_or_else(damaged)?;
            let http = fields(http);
            let of = |name: &str| http.get(name).map_or("", String::as_str);
            declared = of("content-type").to_owned();
            body = content.to_vec();
            if of("transfer-encoding")
                .split(',')
                .any(|coding| coding.trim().eq_ignore_ascii_case("chunked"))
                && let Some((whole, is_cut)) = dechunk(&body)
            {
                body = whole;
                cut |= is_cut;
            }
            let (unpacked, is_cut) =
                decompress(body, of("content-encoding"), options.bounds.article_bytes)?;
            body = unpacked;
            cut |= is_cut;
        }
        let kind = match media_type(&declared) {
            Some(kind) => kind,
            None => SourceKind::guess(&body, None),
        };
        // What the server says of the encoding counts more than what the page says, but less than its byte order mark.
        let charset = declared
            .split(';')
            .filter_map(|part| part.trim().split_once('='))
            .find(|(name, _)| name.eq_ignore_ascii_case("charset"))
            .and_then(|(_, label)| {
                encoding_rs::Encoding::for_label(label.trim_matches(['"', '\'', ' ']).as_bytes())
            });
        let is_wide = charset.is_some_and(|encoding| !encoding.is_ascii_compatible());
        if let Some(what) = text::not_text(&body) {
            return Err(Fault::new(
                Code::NotText,
                format!("the page is {what}, not text"),
            ));
        }
        if !is_wide && !looks_like_text(&body) {
            return Err(Fault::new(
                Code::NotText,
                "the page is binary data and no text, or packed in a way that is not read",
            ));
        }
        let mut warnings = Vec::new();
        if cut {
            warnings.push(Fault::new(
                Code::CutShort,
                "the page was cut short while it was fetched; what came of it was taken",
            ));
        }
        let content = if charset.is_some() {
            let decoded = extract::decode_as(&body, kind, charset);
            warnings.extend(decoded.warnings.iter().map(|warning| {
                let code = match warning.code {
                    "invalid-bytes" => Code::InvalidBytes,
                    _ => Code::Extractor,
                };
                Fault::new(code, warning.message.trim_end_matches('.'))
            }));
            match kind {
                SourceKind::Html => Content::Page(decoded.text),
                SourceKind::Text => Content::Text(
                    Text::try_new(decoded.text).map_err(|_long| too_long(Text::MAX_LEN))?,
                    Vec::new(),
                ),
            }
        } else {
            Content::File(body, kind)
        };
        let mut known = BTreeMap::new();
        let id = get("warc-record-id").trim_matches(['<', '>']);
        known.insert(
            "id".to_owned(),
            id.trim_start_matches("urn:uuid:").to_owned(),
        );
        known.insert(
            "url".to_owned(),
            get("warc-target-uri").trim_matches(['<', '>']).to_owned(),
        );
        known.insert("date".to_owned(), get("warc-date").to_owned());
        known.retain(|_, value| !value.is_empty());
        let metadata = metadata::from_map(known, &Text::new(""));
        Ok(Parsed {
            record: Record {
                id: metadata.id,
                content,
                annotation: Annotation::default(),
                annotator: String::new(),
                updated_at_ms: 0,
                meta: metadata.meta,
            },
            warnings,
        })
    }
}

/// What stands before the first empty line, and what after it.
fn cut_head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
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
fn fields(head: &[u8]) -> BTreeMap<String, String> {
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
fn media_type(declared: &str) -> Option<SourceKind> {
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
            format!("the page's compressed data are damaged: {error}"),
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
            format!(
                "the page is compressed with {encoding}, which is not read; let the crawler store it plain"
            ),
        )),
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
fn looks_like_text(body: &[u8]) -> bool {
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

/// The records of a stream that may be articles.
struct Records<'a> {
    reader: BufReader<Box<dyn Read + Send + 'a>>,
    number: u64,
    bound: usize,
    ended: bool,
}

impl Records<'_> {
    /// The head of the next record; `None` at the end.
    fn head(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut head = Vec::new();
        loop {
            let mut line = Vec::new();
            let read = (&mut self.reader)
                .take(HEAD as u64)
                .read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(None);
            }
            let blank = line.iter().all(u8::is_ascii_whitespace);
            if head.is_empty() {
                if blank {
                    continue;
                }
                if !line.starts_with(b"WARC/") {
                    return Err(io::Error::other(
                        "this is no WARC file, or it is damaged here",
                    ));
                }
            }
            head.extend_from_slice(&line);
            if blank {
                return Ok(Some(head));
            }
            if head.len() > HEAD {
                return Err(io::Error::other("the head of a WARC record has no end"));
            }
        }
    }

    fn record(&mut self) -> io::Result<Option<Option<RawRecord>>> {
        let Some(mut bytes) = self.head()? else {
            return Ok(None);
        };
        self.number += 1;
        let line = Some(self.number);
        let head = fields(&bytes);
        let get = |name: &str| head.get(name).map_or("", String::as_str);
        let length: u64 = get("content-length")
            .parse()
            .map_err(|_no_number| io::Error::other("a WARC record does not say how long it is"))?;
        let kind = get("warc-type").to_ascii_lowercase();
        let wanted = match kind.as_str() {
            "response" => get("content-type")
                .to_ascii_lowercase()
                .starts_with("application/http"),
            "resource" => media_type(get("content-type")).is_some(),
            "conversion" => true,
            _ => false,
        };
        if !wanted || length > (self.bound + HEAD) as u64 {
            io::copy(&mut (&mut self.reader).take(length), &mut io::sink())?;
            let long = RawRecord {
                line,
                bytes: Err(too_long(self.bound)),
            };
            return Ok(Some(wanted.then_some(long)));
        }
        let start = bytes.len();
        let read = (&mut self.reader).take(length).read_to_end(&mut bytes)?;
        if (read as u64) < length {
            let cut = Fault::new(Code::BadRecord, "the file ends inside this record");
            return Ok(Some(Some(RawRecord {
                line,
                bytes: Err(cut),
            })));
        }
        if kind == "response" {
            let block = bytes.get(start..).unwrap_or_default();
            let status = block
                .split(|byte| *byte == b' ')
                .nth(1)
                .and_then(<[u8]>::first);
            let page = cut_head(block).is_some_and(|(http, _)| {
                let http = fields(http);
                http.get("content-type")
                    .is_none_or(|declared| media_type(declared).is_some())
            });
            if status != Some(&b'2') || !page {
                return Ok(Some(None));
            }
        }
        Ok(Some(Some(RawRecord {
            line,
            bytes: Ok(bytes),
        })))
    }
}

impl RawRecords for Records<'_> {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        while !self.ended {
            match self.record()? {
                None => self.ended = true,
                Some(Some(piece)) => return Ok(Some(piece)),
                Some(None) => {}
            }
        }
        Ok(None)
    }

    fn is_ready(&self) -> bool {
        !self.reader.buffer().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: &str, more: &str, block: &[u8]) -> Vec<u8> {
        let mut bytes = format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}-1>\r\n{more}Content-Length: {}\r\n\r\n",
            block.len()
        )
        .into_bytes();
        bytes.extend_from_slice(block);
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes
    }

    fn http(status: &str, head: &str, body: &[u8]) -> Vec<u8> {
        let mut block = format!("HTTP/1.1 {status}\r\n{head}\r\n\r\n").into_bytes();
        block.extend_from_slice(body);
        block
    }

    const HTTP: &str = "Content-Type: application/http; msgtype=response\r\nWARC-Target-URI: https://a.org/x\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n";

    fn read(bytes: &[u8]) -> Vec<Result<(String, String), Code>> {
        let mut pieces = Warc
            .raw_records(Box::new(io::Cursor::new(bytes.to_vec())), Bounds::default())
            .unwrap();
        let mut out = Vec::new();
        while let Some(piece) = pieces.next().unwrap() {
            let parsed = piece
                .bytes
                .and_then(|bytes| Warc.parse(bytes, &ReadOptions::default()));
            out.push(parsed.map_err(|fault| fault.code).map(|parsed| {
                let body = match parsed.record.content {
                    Content::Page(page) => page,
                    Content::Text(text, _) => text.as_str().to_owned(),
                    Content::File(bytes, _) => String::from_utf8_lossy(&bytes).into_owned(),
                };
                (parsed.record.meta.url, body)
            }));
        }
        out
    }

    #[test]
    fn pages_are_taken_and_the_rest_is_passed_over() {
        use flate2::write::GzEncoder;
        use std::io::Write as _;

        let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"<p>zip").unwrap();
        let packed = packed.finish().unwrap();
        let mut file = record(
            "warcinfo",
            "Content-Type: application/warc-fields\r\n",
            b"software: x",
        );
        file.extend(record(
            "request",
            "Content-Type: application/http\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
        ));
        let latin = http(
            "200 OK",
            "Content-Type: text/html; charset=windows-1252",
            b"<p>caf\xe9",
        );
        file.extend(record("response", HTTP, &latin));
        let chunked = http(
            "200 OK",
            "Content-Type: text/html\r\nTransfer-Encoding: chunked",
            b"4\r\n<p>a\r\n2;x\r\nbc\r\n0\r\n\r\n",
        );
        file.extend(record("response", HTTP, &chunked));
        file.extend(record(
            "response",
            HTTP,
            &http(
                "200 OK",
                "Content-Type: text/html\r\nContent-Encoding: gzip",
                &packed,
            ),
        ));
        file.extend(record(
            "response",
            HTTP,
            &http("404 Gone", "Content-Type: text/html", b"<p>no"),
        ));
        file.extend(record(
            "response",
            HTTP,
            &http("200 OK", "Content-Type: image/png", b"\x89PNG"),
        ));
        file.extend(record(
            "conversion",
            "Content-Type: text/plain\r\n",
            "näh".as_bytes(),
        ));
        let url = || "https://a.org/x".to_owned();
        assert_eq!(
            read(&file),
            [
                Ok((url(), "<p>café".to_owned())),
                Ok((url(), "<p>abc".to_owned())),
                Ok((url(), "<p>zip".to_owned())),
                Ok((String::new(), "näh".to_owned())),
            ]
        );
        let cut = &file[..file.len() - 6];
        assert_eq!(read(cut).last(), Some(&Err(Code::BadRecord)));
    }

    /// A record of a page with these heads, as it is read: its body, the codes of its warnings, or the code of its fault.
    fn page(head: &str, body: &[u8]) -> Result<(String, Vec<Code>), Code> {
        let head = format!("Content-Type: text/html\r\n{head}");
        let bytes = record("response", HTTP, &http("200 OK", &head, body));
        let mut pieces = Warc
            .raw_records(Box::new(io::Cursor::new(bytes)), Bounds::default())
            .unwrap();
        let piece = pieces.next().unwrap().unwrap().bytes.unwrap();
        let parsed = Warc
            .parse(piece, &ReadOptions::default())
            .map_err(|fault| fault.code)?;
        let Content::File(bytes, _) = parsed.record.content else {
            panic!("not a file");
        };
        let warnings = parsed.warnings.iter().map(|fault| fault.code);
        Ok((
            String::from_utf8_lossy(&bytes).into_owned(),
            warnings.collect(),
        ))
    }

    const STORY: &str = "<p>The ferry stops at the end of the month.</p>";

    #[test]
    fn chunks_that_were_cut_short_give_what_came() {
        let chunked = "Transfer-Encoding: chunked";
        let whole = b"6\r\n<p>The\r\n9\r\n ferry st\r\n0\r\n\r\n";
        let came = |to: usize| page(chunked, &whole[..to]);
        assert_eq!(came(whole.len()), Ok(("<p>The ferry st".into(), vec![])));
        let cut = |words: &str| Ok((words.to_owned(), vec![Code::CutShort]));
        for to in [4, 7, 9, 10, 11, 12, 14, 18, 23, 24, 25] {
            let words = match to {
                ..=9 => &"<p>The"[..(to - 3).min(6)],
                10..=13 => "<p>The",
                _ => &"<p>The ferry st"[..(6 + to - 14).min(15)],
            };
            assert_eq!(came(to), cut(words), "{to}");
        }
        let listed = page("Transfer-Encoding: gzip, Chunked", whole);
        assert_eq!(listed, Ok(("<p>The ferry st".into(), vec![])));
        // Stored whole, with the header left.
        let stored = Ok((STORY.to_owned(), vec![]));
        assert_eq!(page(chunked, STORY.as_bytes()), stored);
        let number = "2024\r\nwas a year";
        assert_eq!(
            page(chunked, number.as_bytes()),
            Ok((number.into(), vec![]))
        );
    }

    #[test]
    fn packed_bodies_are_unpacked_however_they_were_packed_and_binary_ones_refused() {
        use flate2::Compression;
        use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
        use std::io::Write as _;

        let mut raw = DeflateEncoder::new(Vec::new(), Compression::best());
        raw.write_all(STORY.as_bytes()).unwrap();
        let raw = raw.finish().unwrap();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        zlib.write_all(STORY.as_bytes()).unwrap();
        let zlib = zlib.finish().unwrap();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(STORY.as_bytes()).unwrap();
        let gzip = gzip.finish().unwrap();
        let whole = || Ok((STORY.to_owned(), vec![]));
        let (deflate, gzipped) = ("Content-Encoding: deflate", "Content-Encoding: gzip");
        assert_eq!(page(deflate, &raw), whole());
        assert_eq!(page(deflate, &zlib), whole());
        assert_eq!(page(deflate, STORY.as_bytes()), whole());
        let padded = [&gzip[..], b"\0\0 no gzip"].concat();
        assert_eq!(page(gzipped, &padded), whole());
        let twice = [&gzip[..], &gzip].concat();
        assert_eq!(page(gzipped, &twice), Ok((STORY.repeat(2), vec![])));
        let (begun, warnings) = page(gzipped, &gzip[..gzip.len() - 12]).unwrap();
        assert!(!begun.is_empty() && STORY.starts_with(&begun), "{begun}");
        assert_eq!(warnings, [Code::CutShort]);

        // What stays binary is no article: packed without saying so, or with a name that is wrong.
        let noise: Vec<u8> = (0..2000_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        assert_eq!(page("X: y", &noise), Err(Code::NotText));
        assert_eq!(page(gzipped, &noise), Err(Code::NotText));
        assert_eq!(page("Content-Encoding: br", &noise), Err(Code::NotText));
        assert_eq!(page("X: y", b"%PDF-1.7 ..."), Err(Code::NotText));
        assert_eq!(
            page("X: y", "näh \u{1b}(B\0".as_bytes()).map(|_| ()),
            Ok(())
        );
    }
}
