//! Reading: the lines of an `.ann` file.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::{METADATA_NOTE, REGION, UNIT};
use crate::formats::metadata::span_attributes;
use crate::formats::reading::offset_convention::{OffsetConvention, OffsetMap, visible_chars};
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::model::{BytePos, Text};

/// Reads the lines of an `.ann` file.
pub(super) fn read_notes(builder: &mut RecordBuilder<'_>, notes: &str, had_mark: bool) {
    let mut read = Notes::default();
    for line in notes.split('\n').map(|line| line.trim_end_matches('\r')) {
        read.line(builder, line);
    }
    let places = read.add_spans(builder, had_mark);
    for (target, words) in read.remarks {
        let at = places.get(target).and_then(|range| {
            let (start, end) = (
                BytePos::from_index(range.start),
                BytePos::from_index(range.end),
            );
            builder.text.span(start, end).ok()
        });
        let mut known = builder.metadata.remarks.iter();
        if !known.any(|remark| remark.text == words) {
            builder.remark(at, words.to_owned());
        }
    }
    for name in read.other {
        builder.not_kept(name);
    }
}

/// The lines of an `.ann` file, by kind.
#[derive(Default)]
struct Notes<'a> {
    spans: Vec<Standoff<'a>>,
    /// The ids of spans that are regions.
    regions: BTreeSet<&'a str>,
    /// The id of a span, and the remark on it.
    remarks: Vec<(&'a str, &'a str)>,
    /// The id of a span, and its entry in a knowledge base, such as `Wikidata:Q567`.
    entries: Vec<(&'a str, &'a str)>,
    /// The kinds of lines that are not kept.
    other: BTreeSet<&'static str>,
}

impl<'a> Notes<'a> {
    /// Reads a line.
    fn line(&mut self, builder: &mut RecordBuilder<'_>, line: &'a str) {
        let mut columns = line.splitn(3, '\t');
        let (Some(id), Some(what)) = (columns.next(), columns.next()) else {
            if !line.trim().is_empty() {
                builder.leave_out(
                    &format!("{:?}", excerpt(line)),
                    "the columns of an .ann file are separated by tabs",
                );
            }
            return;
        };
        let rest = columns.next().unwrap_or_default();
        let not_kept = match id.as_bytes().first() {
            Some(b'T') => {
                match Standoff::read(line, id, what, rest) {
                    Ok(span) => self.spans.push(span),
                    Err(why) => builder.leave_out(&format!("{:?}", excerpt(line)), why),
                }
                return;
            }
            Some(b'A' | b'M') => match what.split_once(' ') {
                Some((REGION, target)) => {
                    self.regions.insert(target.trim());
                    return;
                }
                _ => "attributes",
            },
            Some(b'#') => match what.split_once(' ') {
                Some((METADATA_NOTE, _)) => {
                    if let Ok(metadata) = serde_json::from_str(rest) {
                        builder.set_metadata(metadata);
                    }
                    return;
                }
                Some(("AnnotatorNotes", target)) => {
                    return self.remarks.push((target.trim(), rest));
                }
                _ => "notes",
            },
            Some(b'R' | b'*') => "relations",
            Some(b'E') => "events",
            Some(b'N') => match what.split_whitespace().collect::<Vec<_>>()[..] {
                ["Reference", target, entry] => return self.entries.push((target, entry)),
                _ => "normalizations",
            },
            _ => "lines of unknown kinds",
        };
        self.other.insert(not_kept);
    }

    /// Adds the spans, and returns the places of those that fit, by id.
    fn add_spans(
        &self,
        builder: &mut RecordBuilder<'_>,
        had_mark: bool,
    ) -> HashMap<&'a str, Range<usize>> {
        let mut places = HashMap::new();
        let convention = convention(builder, &self.spans, had_mark);
        for span in &self.spans {
            let range = match span.place(&builder.text, &convention) {
                Ok(range) => range,
                Err(why) => {
                    builder.leave_out(&format!("{:?}", excerpt(span.line)), why);
                    continue;
                }
            };
            places.insert(span.id, range.clone());
            let known = !self.regions.is_empty() || builder.metadata.id.is_some();
            let kind = match self.regions.contains(span.id) {
                true => SpanKind::Region,
                // Where regions are marked, an unmarked span is an entity.
                false if known => SpanKind::Entity,
                false => SpanKind::ByName,
            };
            builder.forget_last();
            builder.add_bytes(kind, range, span.label, None);
            let entries = self.entries.iter().filter(|(id, _)| *id == span.id);
            let entries: Vec<&str> = entries.map(|(_, entry)| *entry).collect();
            builder.add_attributes(span_attributes::kb_id(&entries.join(" ")));
        }
        places
    }
}

/// A text-bound annotation.
pub(super) struct Standoff<'a> {
    pub(super) line: &'a str,
    pub(super) id: &'a str,
    pub(super) label: &'a str,
    /// The offsets of its fragments.
    pub(super) offsets: Vec<(i64, i64)>,
    /// The text that it covers. Older tools leave it out.
    pub(super) words: &'a str,
}

impl<'a> Standoff<'a> {
    /// Parses `PER 3 16` or `PER 3 9;10 16`, with the text after it.
    pub(super) fn read(
        line: &'a str,
        id: &'a str,
        what: &'a str,
        words: &'a str,
    ) -> Result<Self, &'static str> {
        let (label, fragments) = what
            .split_once(' ')
            .ok_or("a label and offsets are expected")?;
        let mut offsets = Vec::new();
        for fragment in fragments.split(';') {
            let number = |word: Option<&str>| word.and_then(|word| word.trim().parse::<i64>().ok());
            let mut numbers = fragment.trim().split(' ');
            match (number(numbers.next()), number(numbers.next())) {
                (Some(start), Some(end)) => offsets.push((start, end)),
                _ => return Err("its offsets are not numbers"),
            }
        }
        Ok(Self {
            line,
            id,
            label,
            offsets,
            words,
        })
    }

    /// Returns its fragments, in bytes.
    pub(super) fn fragments(
        &self,
        text: &Text,
        convention: &OffsetMap,
    ) -> Option<Vec<Range<usize>>> {
        let offsets = self.offsets.iter();
        offsets
            .map(|(start, end)| convention.range(text, *start, *end))
            .collect()
    }

    /// Returns whether the text matches. An annotation without text always matches.
    pub(super) fn fits(&self, text: &Text, fragments: &[Range<usize>]) -> bool {
        let found = fragments
            .iter()
            .filter_map(|f| text.as_str().get(f.clone()));
        self.words.trim().is_empty() || found.flat_map(visible_chars).eq(visible_chars(self.words))
    }

    /// Returns its place, in bytes.
    pub(super) fn place(
        &self,
        text: &Text,
        convention: &OffsetMap,
    ) -> Result<Range<usize>, &'static str> {
        let fragments = self
            .fragments(text, convention)
            .ok_or("it is outside the text or empty")?;
        if !self.fits(text, &fragments) {
            return Err("the text has other words at its offsets");
        }
        let mut fragments = fragments.into_iter();
        let mut whole = fragments.next().ok_or("it has no offsets")?;
        for fragment in fragments {
            let gap = text.as_str().get(whole.end..fragment.start);
            if gap.is_none_or(|gap| !gap.trim().is_empty()) {
                return Err("there are words between its fragments");
            }
            whole.end = fragment.end;
        }
        Ok(whole)
    }
}

/// Returns the convention that fits most spans; brat's own if there is a tie.
fn convention(builder: &RecordBuilder<'_>, spans: &[Standoff<'_>], had_mark: bool) -> OffsetMap {
    let fitting = |places: &OffsetMap| {
        let spans = spans.iter().filter(|span| {
            span.fragments(&builder.text, places)
                .is_some_and(|fragments| span.fits(&builder.text, &fragments))
        });
        spans.count()
    };
    let mut best = OffsetConvention::plain(UNIT).places(&builder.text);
    let mut most = fitting(&best);
    let all = OffsetConvention::all(builder.text.as_str(), UNIT, had_mark);
    for convention in all.into_iter().skip(1) {
        if most == spans.len() {
            break;
        }
        let places = convention.places(&builder.text);
        let fits = fitting(&places);
        if fits > most {
            (best, most) = (places, fits);
        }
    }
    best
}

fn excerpt(line: &str) -> String {
    line.chars().take(60).collect()
}
