//! Writing: marks put into a page, and the marks of an earlier export taken off.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

use super::read::read;
use super::{ENTITY, ID, METADATA, METADATA_END, PREFIX, REGION, SCORE, is_marked};
use crate::extract::{self, MappedChar, MappedPage, SourceKind, SourceMap};
use crate::formats::writing::file_names::file_stem;
use crate::formats::{
    Bounds, ExportTarget, ReadOptions, RecordView, RecordWriter, WriteOptions, metadata,
};
use crate::model::{Annotation, Provenance, Span, Text};

/// Why a page is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unmarked {
    /// It was not found.
    NotFound,
    /// Its text differs from the article.
    OtherText,
    /// Marks in it would not be read back correctly.
    Refused,
}

/// Finds the page of an article and marks it.
pub(super) fn marked(record: &RecordView<'_>, options: &WriteOptions) -> Result<Vec<u8>, Unmarked> {
    let pages = options.pages.as_ref().ok_or(Unmarked::NotFound)?;
    let page = pages.find(record.article).ok_or(Unmarked::NotFound)?;
    mark(&page, record, options)
}

/// Puts marks into a page, and reads it back.
pub(super) fn mark(
    page: &[u8],
    record: &RecordView<'_>,
    options: &WriteOptions,
) -> Result<Vec<u8>, Unmarked> {
    let page = without_marks(page);
    let source_map = SourceMap::of(&page, SourceKind::Html).ok_or(Unmarked::Refused)?;
    let text = &record.article.text;
    if extract::lay_out(&source_map.text).text != *text {
        return Err(Unmarked::OtherText);
    }
    let mapped = extract::parse_with_source_map(&source_map.text)
        .filter(|mapped| mapped.text == *text)
        .ok_or(Unmarked::Refused)?;
    let mut insertions = insertions(&source_map.text, &mapped, record.annotation, options.scores);
    insertions.sort_by_key(|(at, _)| *at); // keeps the order of those in one place
    let mut out = Vec::with_capacity(page.len() + 64 * insertions.len());
    let mut done = 0;
    for (at, words) in insertions {
        let place = source_map.place(at);
        out.extend_from_slice(page.get(done..place).ok_or(Unmarked::Refused)?);
        out.extend(source_map.ascii(&words));
        done = place;
    }
    out.extend_from_slice(page.get(done..).unwrap_or_default());
    out.extend(source_map.ascii(&metadata_comment(record)));
    if says_the_same(&out, record, options) {
        Ok(out)
    } else {
        Err(Unmarked::Refused)
    }
}

/// Returns whether a marked page has the annotation of the article when it is read back.
fn says_the_same(page: &[u8], record: &RecordView<'_>, options: &WriteOptions) -> bool {
    let read_options = ReadOptions {
        bounds: Bounds {
            article_bytes: usize::MAX,
            ..Bounds::default()
        },
        ..ReadOptions::default()
    };
    let Ok(parsed) = read(page, &read_options) else {
        return false;
    };
    let crate::formats::Content::Text(text, _) = &parsed.record.content else {
        return false;
    };
    let reported = |text: &Text, annotation: &Annotation, scores: bool| {
        let all = annotation.regions().iter();
        let regions = all.map(|r| (true, r.span, &r.label, r.provenance));
        let all = annotation.entities().iter();
        let entities = all.map(|e| (false, e.span, &e.label, e.provenance));
        let mut reported: Vec<(bool, Option<Span>, String, Option<String>)> = regions
            .chain(entities)
            .map(|(region, span, label, provenance)| {
                let score = provenance.score().filter(|_| scores);
                let score = score.map(|score| score.value().to_string());
                (region, text.trim(span), label.to_string(), score)
            })
            .collect();
        reported.sort();
        reported.dedup(); // two that differ in white space at their edges alone
        reported
    };
    *text == record.article.text
        && reported(text, &parsed.record.annotation, true)
            == reported(&record.article.text, record.annotation, options.scores)
}

/// Returns the insertions into the source, with their places.
fn insertions(
    html: &str,
    mapped: &MappedPage,
    annotation: &Annotation,
    scores: bool,
) -> Vec<(usize, String)> {
    // The page's own bare `<span>` must not look like an inserted one.
    let is_bare = |at: usize| {
        let (before, after) = html.split_at(at);
        after.starts_with('>') && (before.ends_with("<span") || before.ends_with("<mark"))
    };
    let chars = &mapped.chars;
    let letters_of = |span: Span| {
        let range = span.range();
        let start = chars.partition_point(|letter| (letter.at as usize) < range.start);
        let end = chars.partition_point(|letter| (letter.at as usize) < range.end);
        start..end
    };
    let mut out = Vec::new();
    let mut wrappers: Vec<Wrapper> = Vec::new();

    let mut elements = mapped.elements.iter().peekable();
    for (number, region) in annotation.regions().iter().enumerate() {
        let whole = letters_of(region.span);
        let attributes = attributes(
            REGION,
            region.label.as_str(),
            &format!("r{}", number + 1),
            region.provenance,
            scores,
        );
        let mut wrap = |range: Range<usize>| {
            wrappers.extend(stretches(chars, range).map(|chars| Wrapper {
                chars,
                depth: 0,
                open: format!("<span{attributes}>"),
                close: "</span>",
            }));
        };
        let mut covered = whole.start;
        // Elements come in document order, outer ones first.
        while let Some(element) = elements.next_if(|element| element.chars.start < whole.end) {
            let fits = element.chars.start >= covered && element.chars.end <= whole.end;
            if let Some(at) = element.attributes_at
                && fits
                && !element.chars.is_empty()
                && !is_bare(at)
            {
                wrap(covered..element.chars.start);
                covered = element.chars.end;
                out.push((at, attributes.clone()));
            }
        }
        wrap(covered..whole.end);
    }
    for (number, entity) in annotation.entities().iter().enumerate() {
        let attributes = attributes(
            ENTITY,
            entity.label.as_str(),
            &format!("e{}", number + 1),
            entity.provenance,
            scores,
        );
        let whole = letters_of(entity.span);
        wrappers.extend(stretches(chars, whole).map(|chars| Wrapper {
            chars,
            depth: 1 + number,
            open: format!("<mark{attributes}>"),
            close: "</mark>",
        }));
    }
    wrap_all(chars, wrappers, &mut out);
    out
}

/// A tag around the characters of one stretch.
pub(super) struct Wrapper {
    pub(super) chars: Range<usize>,
    /// Of two tags around the same characters, the lower is outside.
    pub(super) depth: usize,
    pub(super) open: String,
    pub(super) close: &'static str,
}

/// Splits a range of characters into stretches without markup.
fn stretches(chars: &[MappedChar], range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut start = range.start;
    let chunks = chars
        .get(range)
        .unwrap_or_default()
        .chunk_by(|a, b| a.stretch == b.stretch);
    chunks.map(move |chunk| {
        let from = start;
        start += chunk.len();
        from..start
    })
}

/// Inserts opening and closing tags, properly nested. An entity that crosses the edge of a region
/// is split.
fn wrap_all(chars: &[MappedChar], wrappers: Vec<Wrapper>, out: &mut Vec<(usize, String)>) {
    let edges: BTreeSet<usize> = wrappers
        .iter()
        .filter(|wrapper| wrapper.depth == 0)
        .flat_map(|wrapper| [wrapper.chars.start, wrapper.chars.end])
        .collect();
    let mut all: Vec<Wrapper> = Vec::with_capacity(wrappers.len());
    for wrapper in wrappers {
        let mut start = wrapper.chars.start;
        let inner = start + 1..wrapper.chars.end.max(start + 1);
        for edge in edges.range(inner).copied().chain([wrapper.chars.end]) {
            all.push(Wrapper {
                chars: start..edge,
                depth: wrapper.depth,
                open: wrapper.open.clone(),
                close: wrapper.close,
            });
            start = edge;
        }
    }
    all.sort_by_key(|wrapper| {
        let end = std::cmp::Reverse(wrapper.chars.end);
        (wrapper.chars.start, end, wrapper.depth)
    });
    let start_of = |index: usize| chars.get(index).map(|l| l.source.start as usize);
    let end_of = |index: usize| chars.get(index).map(|l| l.source.end as usize);
    let mut open: Vec<(usize, &'static str)> = Vec::new();
    let close_until = |until: usize, open: &mut Vec<(usize, &'static str)>, out: &mut Vec<_>| {
        while let Some((end, close)) = open.pop_if(|(end, _)| *end <= until) {
            if let Some(at) = end.checked_sub(1).and_then(end_of) {
                out.push((at, close.to_owned()));
            }
        }
    };
    for wrapper in all {
        close_until(wrapper.chars.start, &mut open, out);
        if let Some(at) = start_of(wrapper.chars.start) {
            out.push((at, wrapper.open));
            open.push((wrapper.chars.end, wrapper.close));
        }
    }
    close_until(usize::MAX, &mut open, out);
}

/// Returns the attributes of a mark, in ASCII, each after a space.
fn attributes(kind: &str, label: &str, id: &str, provenance: Provenance, scores: bool) -> String {
    let mut out = format!(" {PREFIX}{kind}=\"");
    for c in label.chars() {
        if c.is_ascii_graphic() && !matches!(c, '&' | '"' | '<' | '>') || c == ' ' {
            out.push(c);
        } else {
            let _ = write!(out, "&#{};", u32::from(c));
        }
    }
    let _ = write!(out, "\" {PREFIX}{ID}=\"{id}\"");
    if let Some(score) = provenance.score().filter(|_| scores) {
        let _ = write!(out, " {PREFIX}{SCORE}=\"{}\"", score.value());
    }
    out
}

/// Returns the metadata as a comment, in ASCII and without anything that could end it.
fn metadata_comment(record: &RecordView<'_>) -> String {
    let json = serde_json::to_string(&metadata::to_map(record)).unwrap_or_default();
    let mut out = String::from(METADATA);
    let mut units = [0; 2];
    for c in json.chars() {
        if c.is_ascii() && !matches!(c, '-' | '>' | '<') {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out + METADATA_END
}

/// Removes the marks of an earlier export. Inserted tags contain only text and other inserted tags,
/// so each ends at the next end tag of its kind. Anything else stays.
pub(super) fn without_marks(page: &[u8]) -> Cow<'_, [u8]> {
    if !is_marked(page) {
        return Cow::Borrowed(page);
    }
    let end = match memchr::memmem::rfind(page, METADATA.as_bytes()) {
        Some(at) if page.ends_with(METADATA_END.as_bytes()) => at,
        _ => page.len(),
    };
    let page = page.get(..end).unwrap_or(page);
    let mut out = Vec::with_capacity(page.len());
    let mut open: Vec<&[u8]> = Vec::new();
    let mut rest = page;
    while let Some(at) = memchr::memchr(b'<', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        if let Some(close) = open.last().copied().filter(|close| rest.starts_with(close)) {
            open.pop();
            rest = &rest[close.len()..];
            continue;
        }
        if !rest.get(1).is_some_and(u8::is_ascii_alphabetic) {
            out.push(b'<');
            rest = &rest[1..];
            continue;
        }
        let is_letter = |byte: &u8| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>');
        let name = 1 + rest
            .iter()
            .skip(1)
            .take_while(|byte| is_letter(byte))
            .count();
        let (tag, mut after) = rest.split_at(name);
        let before = after.len();
        while let Some(tail) = without_attribute(after) {
            after = tail;
        }
        let wraps = after.len() < before && after.starts_with(b">");
        match tag {
            b"<span" if wraps => open.push(b"</span>"),
            b"<mark" if wraps => open.push(b"</mark>"),
            _ => {
                out.extend_from_slice(tag);
                rest = after;
                continue;
            }
        }
        rest = &after[1..];
    }
    out.extend_from_slice(rest);
    if open.is_empty() {
        Cow::Owned(out)
    } else {
        Cow::Borrowed(page)
    }
}

/// Returns the bytes after an attribute that [`attributes`] wrote, if there is one here.
fn without_attribute(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(b" ")?.strip_prefix(PREFIX.as_bytes())?;
    let names = [REGION, ENTITY, ID, SCORE];
    let rest = names
        .iter()
        .find_map(|name| rest.strip_prefix(name.as_bytes()))?;
    let value = rest.strip_prefix(b"=\"")?;
    let end = memchr::memchr3(b'"', b'<', b'>', value)?;
    value.get(end..)?.strip_prefix(b"\"")
}

pub(super) fn spans(annotation: &Annotation) -> impl Iterator<Item = Span> + '_ {
    let regions = annotation.regions().iter().map(|region| region.span);
    regions.chain(annotation.entities().iter().map(|entity| entity.span))
}

/// Writes the folder.
pub(super) struct MarkedPages {
    pub(super) options: WriteOptions,
    pub(super) taken: BTreeSet<String>,
}

impl RecordWriter for MarkedPages {
    fn add(
        &mut self,
        part: &str,
        record: &RecordView<'_>,
        target: &mut dyn ExportTarget,
    ) -> io::Result<bool> {
        // Articles that are not written were counted before.
        let Ok(page) = marked(record, &self.options) else {
            return Ok(false);
        };
        let stem = file_stem(record.article.id.as_str(), part, &mut self.taken);
        let mut file = target.create(&format!("{stem}.html"))?;
        file.write_all(&page)?;
        file.flush()?;
        Ok(true)
    }
}
