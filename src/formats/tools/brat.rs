//! brat's standoff: a folder with a `.txt` and an `.ann` for each article; offsets in code points.
//!
//! A span of brat's holds no line break, so one that does is written in fragments (`0 10;11 20`), and fragments that only
//! white space parts are one span when they are read. Each span repeats its words. They are compared with the text, and where
//! they disagree, the offsets are read as UTF-16, as bytes or with CR LF counted once, whichever fits most spans of the file; a
//! span that still covers other words is left out. Regions are told by the attribute `Region`; status, ids and the rest
//! stand in a note on the first annotation, or on the document where it has none. Names that brat cannot hold lose
//! their odd letters.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::io::{self, Read, Write as _};
use std::ops::Range;

use crate::formats::metadata::span_attributes;
use crate::formats::reading::companion::unpaired;
use crate::formats::reading::lines::WholeFile;
use crate::formats::reading::offset_convention::{OffsetConvention, OffsetMap, visible_chars};
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::writing::file_names::file_stem;
use crate::formats::{
    Bounds, Capabilities, Code, ExportTarget, Fault, Format, FormatSpec, Loss, Losses, OffsetUnit,
    OutputShape, Parsed, RawRecords, ReadOptions, RecordView, RecordWriter, WriteOptions, metadata,
};
use crate::model::{BytePos, Label, Schema, Span, Text};

/// brat's standoff.
#[derive(Clone, Copy, Debug)]
pub struct Brat;

const UNIT: OffsetUnit = OffsetUnit::Codepoint;
const REGION: &str = "Region";
/// The note that holds what else is known.
const METADATA_NOTE: &str = "CopydeskFacts";

const SPEC: FormatSpec = FormatSpec {
    name: "brat",
    summary: "brat's standoff: a folder of .ann files, with their .txt beside",
    extensions: &["ann"],
    capabilities: Capabilities {
        scores: false,
        ..Capabilities::EVERYTHING
    },
    companion: Some("txt"),
    shape: OutputShape::Folder,
    ..FormatSpec::DEFAULT
};

impl Format for Brat {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn raw_records<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn RawRecords + 'a>> {
        let bounds = Bounds {
            article_bytes: bounds.article_bytes.saturating_mul(2),
            ..bounds
        };
        Ok(Box::new(WholeFile::new(input, bounds)))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let Some((notes, text)) = unpaired(&bytes) else {
            return Err(Fault::new(
                Code::NoTextBeside,
                "an .ann file says nothing without the .txt file of the same name beside it",
            ));
        };
        let Ok(text) = str::from_utf8(text) else {
            return Err(Fault::new(Code::NotText, "the .txt file is not UTF-8"));
        };
        let notes = String::from_utf8_lossy(notes);
        let notes = notes.trim_start_matches('\u{feff}');
        // A text that this program wrote may begin with the character of a byte order mark.
        let bare = match text.strip_prefix('\u{feff}') {
            Some(bare) if !notes.contains(METADATA_NOTE) => bare,
            _ => text,
        };
        let mut builder = RecordBuilder::new(bare.to_owned(), options)?;
        read_notes(&mut builder, notes, bare.len() < text.len());
        Ok(builder.finish())
    }

    fn writer(
        &self,
        _options: &WriteOptions,
        schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        let mut files = BratFolder::default();
        for label in schema.into_iter().flat_map(Schema::regions) {
            files.names.insert(type_name(&label.label));
        }
        for label in schema.into_iter().flat_map(Schema::entities) {
            files.names.insert(type_name(&label.label));
        }
        Some(Box::new(files))
    }

    fn losses(&self, record: &RecordView<'_>, _options: &WriteOptions, losses: &mut Losses) {
        let text = &record.article.text;
        let annotation = record.annotation;
        let regions = annotation.regions().iter().map(|r| (r.span, &r.label));
        let entities = annotation.entities().iter().map(|e| (e.span, &e.label));
        for (span, label) in regions.chain(entities) {
            if type_name(label) != label.as_str() {
                losses.add_span(Loss::Renamed, record.article, span);
            }
            // Fragments are trimmed, so white space at the edges of a span in fragments goes.
            if is_in_fragments(text, span) && text.trim(span) != Some(span) {
                losses.add_span(Loss::Moved, record.article, span);
            }
        }
    }
}

fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn is_in_fragments(text: &Text, span: Span) -> bool {
    text.slice(span).contains(is_line_break)
}

/// The pieces of a span that hold no line break and no white space at their edges.
fn fragments(text: &Text, span: Span) -> Vec<Span> {
    if !is_in_fragments(text, span) {
        return vec![span];
    }
    let words = text.slice(span);
    let mut out = Vec::new();
    for line in words.split(is_line_break) {
        let start = span.start().index() + (line.as_ptr() as usize - words.as_ptr() as usize);
        let found = text.span(
            BytePos::from_index(start),
            BytePos::from_index(start + line.len()),
        );
        out.extend(found.ok().and_then(|line| text.trim(line)));
    }
    out
}

/// A label as brat's parser takes it: letters, digits, `-` and `_`.
fn type_name(label: &Label) -> String {
    label.as_str().replace(
        |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'),
        "_",
    )
}

/// Reads the lines of an `.ann` file.
fn read_notes(builder: &mut RecordBuilder<'_>, notes: &str, had_mark: bool) {
    let mut spans: Vec<Standoff<'_>> = Vec::new();
    let mut regions: BTreeSet<&str> = BTreeSet::new();
    let mut remarks: Vec<(&str, &str)> = Vec::new();
    // Entries of knowledge bases that spans mean, as `Wikidata:Q567`.
    let mut meant: Vec<(&str, &str)> = Vec::new();
    let mut other: BTreeSet<&str> = BTreeSet::new();
    for line in notes.split('\n').map(|line| line.trim_end_matches('\r')) {
        let mut columns = line.splitn(3, '\t');
        let (Some(id), Some(what)) = (columns.next(), columns.next()) else {
            if !line.trim().is_empty() {
                builder.leave_out(
                    &format!("{:?}", excerpt(line)),
                    "a line of an .ann file has columns parted by tabs",
                );
            }
            continue;
        };
        let rest = columns.next().unwrap_or_default();
        match id.as_bytes().first() {
            Some(b'T') => match Standoff::read(line, id, what, rest) {
                Ok(span) => spans.push(span),
                Err(why) => builder.leave_out(&format!("{:?}", excerpt(line)), why),
            },
            Some(b'A' | b'M') => match what.split_once(' ') {
                Some((REGION, target)) => {
                    regions.insert(target.trim());
                }
                _ => {
                    other.insert("attributes");
                }
            },
            Some(b'#') => match what.split_once(' ') {
                Some((METADATA_NOTE, _)) => {
                    if let Ok(metadata) = serde_json::from_str(rest) {
                        builder.set_metadata(metadata);
                    }
                }
                Some(("AnnotatorNotes", target)) => remarks.push((target.trim(), rest)),
                _ => {
                    other.insert("notes");
                }
            },
            Some(b'R' | b'*') => {
                other.insert("relations");
            }
            Some(b'E') => {
                other.insert("events");
            }
            Some(b'N') => match what.split_whitespace().collect::<Vec<_>>()[..] {
                ["Reference", target, entry] => meant.push((target, entry)),
                _ => {
                    other.insert("normalizations");
                }
            },
            _ => {
                other.insert("lines of unknown kinds");
            }
        }
    }
    let mut places: HashMap<&str, Range<usize>> = HashMap::new();
    let convention = convention(builder, &spans, had_mark);
    for span in spans {
        let Standoff { id, label, .. } = span;
        let range = match span.place(&builder.text, &convention) {
            Ok(range) => range,
            Err(why) => {
                builder.leave_out(&format!("{:?}", excerpt(span.line)), why);
                continue;
            }
        };
        places.insert(id, range.clone());
        let known = !regions.is_empty() || builder.metadata.id.is_some();
        let kind = match regions.contains(id) {
            true => SpanKind::Region,
            // Where regions are marked, what is not marked is none.
            false if known => SpanKind::Entity,
            false => SpanKind::ByName,
        };
        builder.forget_last();
        builder.add_bytes(kind, range, label, None);
        let entries = meant.iter().filter(|(target, _)| *target == id);
        let entries: Vec<&str> = entries.map(|(_, entry)| *entry).collect();
        builder.add_attributes(span_attributes::kb_id(&entries.join(" ")));
    }
    for (target, words) in remarks {
        let at = places.get(target).and_then(|range| {
            let (start, end) = (
                BytePos::from_index(range.start),
                BytePos::from_index(range.end),
            );
            builder.text.span(start, end).ok()
        });
        let known = builder
            .metadata
            .remarks
            .iter()
            .any(|remark| remark.text == words);
        if !known {
            builder.remark(at, words.to_owned());
        }
    }
    for name in other {
        builder.not_kept(name);
    }
}

/// A text-bound annotation as it is written.
struct Standoff<'a> {
    line: &'a str,
    id: &'a str,
    label: &'a str,
    /// Where its fragments begin and end.
    offsets: Vec<(i64, i64)>,
    /// The words that it covers; older tools leave them out.
    words: &'a str,
}

impl<'a> Standoff<'a> {
    /// Reads `PER 3 16` or `PER 3 9;10 16`, with the words behind it.
    fn read(
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
                _ => return Err("its offsets are no numbers"),
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

    /// Its fragments, in bytes.
    fn fragments(&self, text: &Text, convention: &OffsetMap) -> Option<Vec<Range<usize>>> {
        let offsets = self.offsets.iter();
        offsets
            .map(|(start, end)| convention.range(text, *start, *end))
            .collect()
    }

    /// Whether the text has its words there. Without words nothing speaks against it.
    fn fits(&self, text: &Text, fragments: &[Range<usize>]) -> bool {
        let found = fragments
            .iter()
            .filter_map(|f| text.as_str().get(f.clone()));
        self.words.trim().is_empty() || found.flat_map(visible_chars).eq(visible_chars(self.words))
    }

    /// Its place, in bytes.
    fn place(&self, text: &Text, convention: &OffsetMap) -> Result<Range<usize>, &'static str> {
        let fragments = self
            .fragments(text, convention)
            .ok_or("it lies outside the text or is empty")?;
        if !self.fits(text, &fragments) {
            return Err("its words are not those that stand there");
        }
        let mut fragments = fragments.into_iter();
        let mut whole = fragments.next().ok_or("it has no offsets")?;
        for fragment in fragments {
            let gap = text.as_str().get(whole.end..fragment.start);
            if gap.is_none_or(|gap| !gap.trim().is_empty()) {
                return Err("it has a gap with words in it");
            }
            whole.end = fragment.end;
        }
        Ok(whole)
    }
}

/// The convention by which most spans cover the words that they name; brat's own if several do.
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

/// The folder as it is written.
#[derive(Default)]
struct BratFolder {
    taken: BTreeSet<String>,
    names: BTreeSet<String>,
    configured: BTreeSet<String>,
}

impl RecordWriter for BratFolder {
    fn add(
        &mut self,
        part: &str,
        record: &RecordView<'_>,
        target: &mut dyn ExportTarget,
    ) -> io::Result<bool> {
        self.configured.insert(part.to_owned());
        let stem = file_stem(record.article.id.as_str(), part, &mut self.taken);
        let text = &record.article.text;
        target
            .create(&format!("{stem}.txt"))?
            .write_all(text.as_str().as_bytes())?;
        let mut notes = String::new();
        let mut marks = 0_u32;
        let mut mark = |span: Span, label: &Label, notes: &mut String| {
            marks += 1;
            let fragments = fragments(text, span);
            let offsets: Vec<String> = fragments
                .iter()
                .map(|fragment| {
                    format!(
                        "{} {}",
                        UNIT.of(text, fragment.start()),
                        UNIT.of(text, fragment.end())
                    )
                })
                .collect();
            let words: Vec<&str> = fragments.iter().map(|part| text.slice(*part)).collect();
            let name = type_name(label);
            notes.push_str(&format!(
                "T{marks}\t{name} {}\t{}\n",
                offsets.join(";"),
                words.join(" ")
            ));
            self.names.insert(name);
            marks
        };
        for (index, region) in record.annotation.regions().iter().enumerate() {
            let id = mark(region.span, &region.label, &mut notes);
            notes.push_str(&format!("A{}\t{REGION} T{id}\n", index + 1));
        }
        for entity in record.annotation.entities() {
            mark(entity.span, &entity.label, &mut notes);
        }
        let about = if marks > 0 { "T1" } else { "T0" };
        let metadata = serde_json::to_string(&metadata::to_map(record)).unwrap_or_default();
        notes.push_str(&format!("#1\t{METADATA_NOTE} {about}\t{metadata}\n"));
        target
            .create(&format!("{stem}.ann"))?
            .write_all(notes.as_bytes())?;
        Ok(true)
    }

    fn finish(self: Box<Self>, target: &mut dyn ExportTarget) -> io::Result<()> {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let config = format!(
            "[entities]\n{}\n\n[relations]\n\n[events]\n\n[attributes]\n{REGION}\tArg:<ENTITY>\n",
            names.join("\n")
        );
        for part in &self.configured {
            let folder = if part.is_empty() {
                String::new()
            } else {
                format!("{part}/")
            };
            target
                .create(&format!("{folder}annotation.conf"))?
                .write_all(config.as_bytes())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Content, paired};

    fn reported(text: &str, notes: &str) -> (Vec<(String, String)>, Vec<String>) {
        let bytes = paired(notes.as_bytes(), text.as_bytes());
        let parsed = Brat.parse(bytes, &ReadOptions::default()).unwrap();
        let Content::Text(text, _) = &parsed.record.content else {
            panic!("not a text");
        };
        let entities = parsed.record.annotation.entities().iter();
        let spans = entities.map(|e| (text.slice(e.span).to_owned(), e.label.to_string()));
        let warnings = parsed.warnings.iter().map(ToString::to_string);
        (spans.collect(), warnings.collect())
    }

    #[test]
    fn the_words_of_spans_show_how_their_offsets_count() {
        let both = vec![
            ("Weel".to_owned(), "PER".to_owned()),
            ("Oslo".into(), "LOC".into()),
        ];
        for (text, notes, why) in [
            (
                "😀 Weel left\r\nOslo.",
                "T1\tPER 2 6\tWeel\nT2\tLOC 13 17\tOslo\n",
                "characters",
            ),
            (
                "😀 Weel left\r\nOslo.",
                "T1\tPER 2 6\tWeel\nT2\tLOC 12 16\tOslo\n",
                "CR LF once",
            ),
            (
                "😀 Weel left\r\nOslo.",
                "T1\tPER 3 7\tWeel\r\nT2\tLOC 13 17\tOslo\r\n",
                "UTF-16, CR LF once",
            ),
            (
                "😀 Weel left\nOslo.",
                "T1\tPER 3 7\tWeel\nT2\tLOC 13 17\tOslo\n",
                "UTF-16",
            ),
            (
                "😀 Weel left\nOslo.",
                "T1\tPER 5 9\tWeel\nT2\tLOC 15 19\tOslo\n",
                "bytes",
            ),
            (
                "\u{feff}Weel left Oslo.",
                "T1\tPER 0 4\tWeel\nT2\tLOC 10 14\tOslo\n",
                "a mark that is not counted",
            ),
            (
                "\u{feff}Weel left Oslo.",
                "\u{feff}T1\tPER 1 5\tWeel\nT2\tLOC 11 15\tOslo\n",
                "a mark that is counted",
            ),
        ] {
            assert_eq!(reported(text, notes), (both.clone(), vec![]), "{why}");
        }
    }

    #[test]
    fn a_span_over_other_words_is_left_out_by_name() {
        let (spans, warnings) = reported(
            "Weel left Oslo\nfor New\nYork.",
            "T1\tPER 0 4\tWeel\nT2\tLOC 9 13\tOslo\nT3\tLOC 19 22;23 27\tNew York\nT4\tLOC 10 14\n",
        );
        let expected = [("Weel", "PER"), ("Oslo", "LOC"), ("New\nYork", "LOC")];
        let expected: Vec<(String, String)> = expected
            .into_iter()
            .map(|(words, label)| (words.into(), label.into()))
            .collect();
        assert_eq!(spans, expected);
        let [warning] = &warnings[..] else {
            panic!("one is wanted: {warnings:?}");
        };
        assert!(
            warning.starts_with("W112")
                && warning.contains("T2")
                && warning.ends_with("its words are not those that stand there"),
            "{warning}"
        );
    }
}
