//! WARC, as crawlers write it: each page that was fetched is an article. (`.warc.gz` is read through like any gzip.)
//!
//! Taken are responses and resources whose content is HTML, XHTML or plain text, responses only with a status of 200 to 299,
//! and conversions (WET) as plain text; requests, metadata, pictures and the like are passed over. The id is the record's,
//! `url` its address, `date` the day on which it was fetched.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

use super::lines::too_long;
use super::{
    Bounds, Capabilities, Code, Content, Fault, Format, Parsed, Piece, Pieces, ReadOptions, Record,
    facts,
};
use crate::extract::SourceKind;
use crate::model::{Annotation, Text};

/// WARC.
#[derive(Clone, Copy, Debug)]
pub struct Warc;

/// The longest head of a record or of an HTTP response, in bytes.
const HEAD: usize = 1 << 20;

impl Format for Warc {
    fn name(&self) -> &'static str {
        "warc"
    }

    fn about(&self) -> &'static str {
        "WARC (or WET): each HTML page that was fetched is an article"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["warc", "wet"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            metadata: true,
            ..Capabilities::ARTICLES
        }
    }

    fn holds_many(&self) -> bool {
        true
    }

    fn pieces<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn Pieces + 'a>> {
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
        if get("warc-type") == "response" {
            let (http, content) = cut_head(block).ok_or_else(damaged)?;
            let http = fields(http);
            let of = |name: &str| http.get(name).map_or("", String::as_str);
            declared = of("content-type").to_owned();
            body = content.to_vec();
            if of("transfer-encoding").eq_ignore_ascii_case("chunked")
                && let Some(whole) = dechunk(&body)
            {
                body = whole;
            }
            body = decompress(body, of("content-encoding"), options.bounds.article_bytes)?;
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
        let content = match (charset, kind) {
            (Some(encoding), SourceKind::Html) => {
                Content::Page(encoding.decode(&body).0.into_owned())
            }
            (Some(encoding), SourceKind::Text) => {
                let text = encoding.decode(&body).0.into_owned();
                Content::Text(
                    Text::try_new(text).map_err(|_long| too_long(Text::MAX_LEN))?,
                    Vec::new(),
                )
            }
            (None, kind) => Content::File(body, kind),
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
        let facts = facts::from(known, &Text::new(""));
        Ok(Parsed {
            record: Record {
                id: facts.id,
                content,
                annotation: Annotation::default(),
                annotator: String::new(),
                updated_at_ms: 0,
                meta: facts.meta,
            },
            warnings: Vec::new(),
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

/// A body that came in chunks; `None` if it did not (crawlers often store it whole and leave the header).
fn dechunk(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        let end = memchr::memchr(b'\n', rest)?;
        let line = str::from_utf8(rest.get(..end)?).ok()?;
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        rest = rest.get(end + 1..)?;
        if size == 0 {
            return Some(out);
        }
        out.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?;
        rest = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))?;
    }
}

fn decompress(body: Vec<u8>, encoding: &str, bound: usize) -> Result<Vec<u8>, Fault> {
    let encoding = encoding.trim().to_ascii_lowercase();
    let gzip = body.starts_with(&[0x1f, 0x8b]) && matches!(encoding.as_str(), "gzip" | "x-gzip");
    let mut out = Vec::new();
    let limit = bound as u64 + 1;
    let read = match encoding.as_str() {
        _ if gzip => flate2::read::MultiGzDecoder::new(&*body)
            .take(limit)
            .read_to_end(&mut out),
        "deflate" if body.starts_with(&[0x78]) => flate2::read::ZlibDecoder::new(&*body)
            .take(limit)
            .read_to_end(&mut out),
        "br" | "zstd" if !looks_like_text(&body) => {
            return Err(Fault::new(
                Code::NotText,
                format!(
                    "the page is compressed with {encoding}, which is not read; let the crawler store it plain"
                ),
            ));
        }
        _ => return Ok(body),
    };
    read.map_err(|error| {
        Fault::new(
            Code::BadGzip,
            format!("the page's compressed data are damaged: {error}"),
        )
    })?;
    if out.len() > bound {
        return Err(too_long(bound));
    }
    Ok(out)
}

fn looks_like_text(body: &[u8]) -> bool {
    body.iter()
        .take(512)
        .all(|byte| *byte >= 0x20 || byte.is_ascii_whitespace())
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

    fn record(&mut self) -> io::Result<Option<Option<Piece>>> {
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
            let long = Piece {
                line,
                bytes: Err(too_long(self.bound)),
            };
            return Ok(Some(wanted.then_some(long)));
        }
        let start = bytes.len();
        let read = (&mut self.reader).take(length).read_to_end(&mut bytes)?;
        if (read as u64) < length {
            let cut = Fault::new(Code::BadRecord, "the file ends inside this record");
            return Ok(Some(Some(Piece {
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
        Ok(Some(Some(Piece {
            line,
            bytes: Ok(bytes),
        })))
    }
}

impl Pieces for Records<'_> {
    fn next(&mut self) -> io::Result<Option<Piece>> {
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
            .pieces(Box::new(io::Cursor::new(bytes.to_vec())), Bounds::default())
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
}
