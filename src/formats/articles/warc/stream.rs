//! The records of a WARC stream.

use std::io::{self, BufRead as _, BufReader, Read};

use super::HEAD;
use super::http::{cut_head, fields, media_type};
use crate::formats::reading::lines::too_long;
use crate::formats::{Code, Fault, Input, RawRecord, RawRecords};

/// Reads the records of a stream that may be articles.
pub(super) struct Records<'a> {
    pub(super) reader: BufReader<Input<'a>>,
    pub(super) number: u64,
    pub(super) bound: usize,
    pub(super) ended: bool,
}

impl Records<'_> {
    /// Reads the head of the next record; `None` at the end.
    pub(super) fn head(&mut self) -> io::Result<Option<Vec<u8>>> {
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
                        "this is not a WARC file, or it is damaged here",
                    ));
                }
            }
            head.extend_from_slice(&line);
            if blank {
                return Ok(Some(head));
            }
            if head.len() > HEAD {
                return Err(io::Error::other("a WARC header does not end"));
            }
        }
    }

    pub(super) fn record(&mut self) -> io::Result<Option<Option<RawRecord>>> {
        let Some(mut bytes) = self.head()? else {
            return Ok(None);
        };
        self.number += 1;
        let line = Some(self.number);
        let head = fields(&bytes);
        let get = |name: &str| head.get(name).map_or("", String::as_str);
        let length: u64 = get("content-length")
            .parse()
            .map_err(|_no_number| io::Error::other("a WARC record has no valid content length"))?;
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
