//! Joins the windows of an article when they are read.
//!
//! Windows that [`windows`](crate::formats::windows) made have their place in the metadata.
//! Adjacent windows of one article in a file are collected and joined: offsets move, split regions
//! become whole, and overlaps are merged. Windows that were shuffled remain separate records.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use crate::formats::metadata::span_attributes::{self, Fields};
use crate::formats::reading::lines::too_long;
use crate::formats::windows::{WINDOW, WINDOW_END, WINDOW_GOES_ON, WINDOW_OF, WINDOW_START};
use crate::formats::{
    Bounds, Code, Content, Fault, Format, Parsed, RawRecord, RawRecords, ReadOptions, Record,
};
use crate::model::{
    Annotation, ArticleId, Block, BytePos, Entity, Label, Region, Remark, Span, Text,
};

/// Marks the windows of an article in one record. No format has records that begin like this.
const WINDOWS_HEAD: &[u8] = b"\0windows\n";

/// A stream of records in which the windows of one article are combined.
pub struct WindowJoiner<'a> {
    inner: Box<dyn RawRecords + 'a>,
    waiting: Option<RawRecord>,
    broken: Option<io::Error>,
    bound: usize,
}

impl<'a> WindowJoiner<'a> {
    /// Wraps the records of a format.
    #[must_use]
    pub fn new(inner: Box<dyn RawRecords + 'a>, bounds: Bounds) -> Self {
        Self {
            inner,
            waiting: None,
            broken: None,
            bound: bounds.line_bytes,
        }
    }
}

impl RawRecords for WindowJoiner<'_> {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        let first = match self.waiting.take() {
            Some(piece) => piece,
            None => match self.broken.take() {
                Some(error) => return Err(error),
                None => match self.inner.next()? {
                    Some(piece) => piece,
                    None => return Ok(None),
                },
            },
        };
        let Some(key) = key(&first).map(<[u8]>::to_vec) else {
            return Ok(Some(first));
        };
        let Ok(bytes) = first.bytes else {
            return Ok(Some(first));
        };
        let mut pieces = vec![bytes];
        let mut length = pieces.iter().map(Vec::len).sum::<usize>();
        loop {
            match self.inner.next() {
                Ok(None) => break,
                Err(error) => {
                    self.broken = Some(error);
                    break;
                }
                Ok(Some(piece)) => {
                    let fits = self::key(&piece) == Some(key.as_slice());
                    match piece.bytes {
                        Ok(bytes) if fits && length + bytes.len() <= self.bound => {
                            length += bytes.len();
                            pieces.push(bytes);
                        }
                        bytes => {
                            self.waiting = Some(RawRecord { bytes, ..piece });
                            break;
                        }
                    }
                }
            }
        }
        Ok(Some(RawRecord {
            line: first.line,
            bytes: Ok(framed(pieces)),
        }))
    }

    fn is_ready(&self) -> bool {
        self.waiting.is_some() || self.broken.is_some() || self.inner.is_ready()
    }
}

/// Combines records. A single one stays as it is; of several each has its length before it.
fn framed(mut pieces: Vec<Vec<u8>>) -> Vec<u8> {
    if pieces.len() == 1 {
        return pieces.pop().unwrap_or_default();
    }
    let mut out = WINDOWS_HEAD.to_vec();
    for piece in pieces {
        out.extend_from_slice(format!("{}\n", piece.len()).as_bytes());
        out.extend_from_slice(&piece);
    }
    out
}

/// Returns the id of the article that a record is a window of, whatever the escapes. It is only
/// compared with other records.
fn key(piece: &RawRecord) -> Option<&[u8]> {
    let bytes = piece.bytes.as_deref().ok()?;
    let at = memchr::memmem::find(bytes, WINDOW_OF.as_bytes())? + WINDOW_OF.len();
    let rest = bytes.get(at..)?;
    let opening = |byte: &u8| matches!(byte, b'\\' | b'"' | b':' | b' ');
    let from = rest.iter().position(|byte| !opening(byte))?;
    // It must be a key, a colon and a value, and not part of a text.
    let between = rest.get(..from)?;
    let quotes = between.iter().filter(|byte| **byte == b'"').count();
    if !between.contains(&b':') || quotes < 2 {
        return None;
    }
    let value = rest.get(from..)?;
    value.get(..memchr::memchr(b'"', value)?)
}

/// Parses a record from [`WindowJoiner`].
///
/// # Errors
/// As [`Format::parse`], and if windows do not fit together.
pub fn parse(format: &dyn Format, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
    let Some(mut rest) = bytes.strip_prefix(WINDOWS_HEAD) else {
        return format.parse(bytes, options);
    };
    let mut windows = Vec::new();
    while !rest.is_empty() {
        let (piece, after) = next(rest).ok_or_else(|| mismatch("they are damaged"))?;
        windows.push(format.parse(piece.to_vec(), options)?);
        rest = after;
    }
    joined(windows, options.bounds)
}

/// Splits off the first of several records.
fn next(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    let length: usize = str::from_utf8(bytes.get(..end)?).ok()?.parse().ok()?;
    bytes.get(end + 1..)?.split_at_checked(length)
}

fn mismatch(why: &str) -> Fault {
    Fault::new(
        Code::BadRecord,
        format!("the windows of an article do not fit together: {why}"),
    )
}

/// The place of a window in its article.
struct WindowPosition {
    of: String,
    number: usize,
    all: usize,
    start: usize,
    end: usize,
    continues: bool,
}

impl WindowPosition {
    /// Reads it from the metadata of a record.
    fn of(record: &Record) -> Option<Self> {
        let fact = |name: &str| record.meta.other.get(name);
        let (number, all) = fact(WINDOW)?.split_once('/')?;
        Some(Self {
            of: fact(WINDOW_OF)?.clone(),
            number: number.parse().ok()?,
            all: all.parse().ok()?,
            start: fact(WINDOW_START)?.parse().ok()?,
            end: fact(WINDOW_END)?.parse().ok()?,
            continues: fact(WINDOW_GOES_ON).is_some(),
        })
    }
}

/// An article that is being joined. Spans are byte ranges until the text is complete.
#[derive(Default)]
struct Growing {
    text: String,
    regions: Vec<(Range<usize>, Region)>,
    /// Overlapping windows repeat entities.
    entities: BTreeMap<(usize, usize, Label), Entity>,
    remarks: Vec<(Option<Range<usize>>, Remark)>,
    blocks: Vec<(Range<usize>, Block)>,
    /// The attributes of spans.
    attributes: Vec<(Range<usize>, Label, Fields)>,
    /// The end of the text in the article, in code points.
    end: usize,
    continues: bool,
    gap: bool,
}

/// Joins the windows of an article.
fn joined(windows: Vec<Parsed>, bounds: Bounds) -> Result<Parsed, Fault> {
    let mut growing = Growing::default();
    let mut warnings = Vec::new();
    let mut record: Option<Record> = None;
    let (mut of, mut all, mut numbers) = (String::new(), 0, Vec::new());
    for window in windows {
        let place =
            WindowPosition::of(&window.record).ok_or_else(|| mismatch("one has no place"))?;
        if record.is_none() {
            (of, all) = (place.of.clone(), place.all);
        } else if (place.of.as_str(), place.all) != (of.as_str(), all) {
            return Err(mismatch("they are of several articles"));
        }
        warnings.extend(window.warnings);
        growing.add(&window.record, &place)?;
        if growing.text.len() > bounds.article_bytes {
            return Err(too_long(bounds.article_bytes));
        }
        numbers.push(place.number);
        record.get_or_insert(window.record);
    }
    let mut record = record.ok_or_else(|| mismatch("there are none"))?;
    let gap = growing.gap;
    growing.finish(&mut record)?;
    // Only a whole article gets its own id back.
    if numbers == (1..=all).collect::<Vec<_>>() {
        record.id = ArticleId::new(&of).or(record.id);
        for name in [WINDOW_OF, WINDOW, WINDOW_START, WINDOW_END, WINDOW_GOES_ON] {
            record.meta.other.remove(name);
        }
    }
    if gap {
        warnings.push(Fault::new(
            Code::NotKept,
            "not kept: text between the parts of the article, which was left out when they were written",
        ));
    }
    Ok(Parsed { record, warnings })
}

impl Growing {
    /// Adds the next window.
    fn add(&mut self, record: &Record, place: &WindowPosition) -> Result<(), Fault> {
        let Content::Text(text, blocks) = &record.content else {
            return Err(mismatch("one is no text"));
        };
        let exact = text.chars().0 as usize == place.end.saturating_sub(place.start);
        let overlap = match self.text.is_empty() {
            true => 0,
            false => self.end.saturating_sub(place.start),
        };
        let mut base = self.text.len();
        if overlap > 0 && exact {
            let chars = crate::model::CharPos(u32::try_from(overlap).unwrap_or(u32::MAX));
            let shared = text.byte_of_char(chars).map_or(text.len(), BytePos::index);
            let (again, new) = text.as_str().split_at(shared);
            base = base
                .checked_sub(shared)
                .filter(|_| self.text.ends_with(again))
                .ok_or_else(|| mismatch("what overlaps is not the same text"))?;
            self.text.push_str(new);
        } else {
            if !self.text.is_empty() && (place.start > self.end || !exact) {
                // Text is missing here, or only its white space.
                self.gap |= place.start > self.end;
                self.text.push_str(if exact { "\n\n" } else { "\n" });
            }
            base = self.text.len();
            self.text.push_str(text.as_str());
        }
        let moved = |span: Span| base + span.start().index()..base + span.end().index();
        for region in record.annotation.regions() {
            let range = moved(region.span);
            // A repeated region overlaps the known one; a split region continues where the last
            // window ended.
            let again = self.regions.iter_mut().rev();
            let again = again
                .take_while(|(known, _)| known.end >= range.start)
                .find(|(known, _)| {
                    let repeated = known.start < range.end && range.start < known.end;
                    repeated || self.continues && overlap == 0 && known.end == range.start
                })
                .filter(|(_, known)| known.label == region.label);
            match again {
                Some((known, _)) => known.end = known.end.max(range.end),
                None => self.regions.push((range, region.clone())),
            }
        }
        for entity in record.annotation.entities() {
            let range = moved(entity.span);
            let key = (range.start, range.end, entity.label.clone());
            self.entities.entry(key).or_insert_with(|| entity.clone());
        }
        let remarks = record.annotation.remarks().iter();
        self.remarks
            .extend(remarks.map(|remark| (remark.at.map(moved), remark.clone())));
        let known = span_attributes::of_text(&record.meta.other, text);
        self.attributes
            .extend(known.map(|(at, label, fields)| (moved(at), label, fields)));
        for block in blocks {
            let range = moved(block.span);
            match self.blocks.last_mut() {
                Some((last, _)) if range.start < last.end => last.end = last.end.max(range.end),
                _ => self.blocks.push((range, block.clone())),
            }
        }
        self.continues = place.continues;
        self.end = self.end.max(place.end);
        Ok(())
    }

    /// Puts the joined text, annotation and blocks into a record.
    fn finish(self, record: &mut Record) -> Result<(), Fault> {
        let text = Text::try_new(self.text).map_err(|_text| mismatch("they are too long"))?;
        let span = |range: Range<usize>| {
            let (start, end) = (
                BytePos::from_index(range.start),
                BytePos::from_index(range.end),
            );
            text.span(start, end)
                .map_err(|error| mismatch(&error.to_string()))
        };
        let regions = self.regions.into_iter();
        let regions = regions.map(|(range, region)| {
            Ok(Region {
                span: span(range)?,
                ..region
            })
        });
        let entities = self.entities.into_iter();
        let entities = entities.map(|((start, end, label), entity)| {
            Ok(Entity {
                span: span(start..end)?,
                label,
                ..entity
            })
        });
        let remarks = self.remarks.into_iter();
        let remarks = remarks.map(|(at, remark)| {
            let at = at.map(span).transpose()?;
            Ok(Remark { at, ..remark })
        });
        record.annotation = Annotation::from_parts(
            &text,
            regions.collect::<Result<_, Fault>>()?,
            entities.collect::<Result<_, Fault>>()?,
            record.annotation.status(),
            remarks.collect::<Result<_, Fault>>()?,
        )
        .map_err(|error| mismatch(&error.to_string()))?;
        let known = self.attributes.into_iter();
        let known = known.map(|(range, label, fields)| Ok((span(range)?, label, fields)));
        let known = known.collect::<Result<Vec<_>, Fault>>()?;
        record.meta.other.remove(span_attributes::NAME);
        span_attributes::put(&mut record.meta.other, &text, known);
        let blocks = self.blocks.into_iter();
        let blocks = blocks.map(|(range, block)| {
            Ok(Block {
                span: span(range)?,
                ..block
            })
        });
        let blocks = blocks.collect::<Result<_, Fault>>()?;
        record.content = Content::Text(text, blocks);
        Ok(())
    }
}
