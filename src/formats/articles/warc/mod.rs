//! WARC, as crawlers write it. Each fetched page is an article.
//!
//! Responses with a status of 200 to 299 and resources are read if their content is HTML, XHTML or
//! plain text. Conversions (WET) are read as plain text. Everything else is skipped. The id is that
//! of the record, `url` its address, and `date` the day on which it was fetched.
//!
//! A body that was cut short is imported as far as it goes, with a warning. A body that is not text
//! after decompression is rejected.

mod http;
mod stream;

use std::io::{self, BufReader};

use self::http::{Body, cut_head, fields, looks_like_text, media_type};
use self::stream::Records;
use crate::extract::{self, SourceKind};
use crate::formats::articles::text;
use crate::formats::reading::lines::too_long;
use crate::formats::{
    Bounds, Capabilities, Code, Content, Fault, Format, FormatSpec, Input, Parsed, RawRecordStream,
    ReadOptions, Record, RecordSplit, metadata,
};
use crate::model::{Annotation, Text};

/// WARC.
#[derive(Clone, Copy, Debug)]
pub struct Warc;

/// The longest head of a record or of an HTTP response, in bytes.
pub(super) const HEAD: usize = 1 << 20;

const SPEC: FormatSpec = FormatSpec {
    name: "warc",
    summary: "WARC or WET: each fetched page is an article",
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

    fn raw_records<'a>(&self, input: Input<'a>, bounds: Bounds) -> io::Result<RawRecordStream<'a>> {
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
        let body = if get("warc-type") == "response" {
            Body::of_response(block, options.bounds.article_bytes)?.ok_or_else(damaged)?
        } else {
            Body {
                declared: get("content-type").to_owned(),
                bytes: block.to_vec(),
                is_cut: false,
            }
        };
        let mut warnings = Vec::new();
        let is_cut = body.is_cut;
        let content = content(body, &mut warnings)?;
        if is_cut {
            let message =
                "the page was cut short while it was fetched; the available part was imported";
            warnings.insert(0, Fault::new(Code::CutShort, message));
        }
        let id = get("warc-record-id").trim_matches(['<', '>']);
        let known = [
            ("id", id.trim_start_matches("urn:uuid:")),
            ("url", get("warc-target-uri").trim_matches(['<', '>'])),
            ("date", get("warc-date")),
        ];
        let known = known.into_iter().filter(|(_, value)| !value.is_empty());
        let known = known.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let metadata = metadata::from_map(known.collect(), &Text::new(""));
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

/// Makes the content of a body. Rejects a body that is not text.
fn content(body: Body, warnings: &mut Vec<Fault>) -> Result<Content, Fault> {
    let Body {
        declared, bytes, ..
    } = body;
    let kind = media_type(&declared).unwrap_or_else(|| SourceKind::guess(&bytes, None));
    // The server's charset counts more than the page's own, but less than a byte order mark.
    let charset = declared
        .split(';')
        .filter_map(|part| part.trim().split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("charset"))
        .and_then(|(_, label)| {
            encoding_rs::Encoding::for_label(label.trim_matches(['"', '\'', ' ']).as_bytes())
        });
    let is_wide = charset.is_some_and(|encoding| !encoding.is_ascii_compatible());
    if let Some(what) = text::not_text(&bytes) {
        return Err(Fault::new(
            Code::NotText,
            format!("the page is {what}, not text"),
        ));
    }
    if !is_wide && !looks_like_text(&bytes) {
        return Err(Fault::new(
            Code::NotText,
            "the page is binary data, or compressed in an unsupported way",
        ));
    }
    if charset.is_none() {
        return Ok(Content::File(bytes, kind));
    }
    let decoded = extract::decode_as(&bytes, kind, charset);
    warnings.extend(decoded.warnings.iter().map(|warning| {
        let code = match warning.code {
            "invalid-bytes" => Code::InvalidBytes,
            _ => Code::Extractor,
        };
        Fault::new(code, warning.message.trim_end_matches('.'))
    }));
    Ok(match kind {
        SourceKind::Html => Content::Page(decoded.text),
        SourceKind::Text => Content::Text(
            Text::try_new(decoded.text).map_err(|_long| too_long(Text::MAX_LEN))?,
            Vec::new(),
        ),
    })
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

    /// A record of a page with these heads, as it is read: its body, the codes of its warnings, or
    /// the code of its fault.
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
        // Stored whole, with the header kept.
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

        // Binary data is not an article: compressed without a header, or with a wrong one.
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
