//! brat's standoff: a folder with a `.txt` and an `.ann` for each article; offsets in code points.
//!
//! A span of brat's holds no line break, so one that does is written in fragments (`0 10;11 20`), and fragments that only
//! white space parts are one span when they are read. Regions are told by the attribute `Region`; status, ids and the rest
//! stand in a note on the first annotation, or on the document where it has none. Names that brat cannot hold lose
//! their odd letters.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::io::{self, Read, Write as _};
use std::ops::Range;

use super::draft::{Draft, Kind};
use super::lines::Whole;
use super::{
    Bounds, Capabilities, Code, Fault, Format, Loss, Losses, OffsetUnit, Parsed, Pieces,
    ReadOptions, RecordView, Shape, Target, WriteOptions, Writer, facts, unpaired,
};
use crate::model::{BytePos, Label, Schema, Span, Text};

/// brat's standoff.
#[derive(Clone, Copy, Debug)]
pub struct Brat;

const UNIT: OffsetUnit = OffsetUnit::Codepoint;
const REGION: &str = "Region";
/// The note that holds what else is known.
const FACTS: &str = "CopydeskFacts";

impl Format for Brat {
    fn name(&self) -> &'static str {
        "brat"
    }

    fn about(&self) -> &'static str {
        "brat's standoff: a folder of .ann files, with their .txt beside"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["ann"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            scores: false,
            ..Capabilities::EVERYTHING
        }
    }

    fn beside(&self) -> Option<&'static str> {
        Some("txt")
    }

    fn pieces<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn Pieces + 'a>> {
        let bounds = Bounds {
            article_bytes: bounds.article_bytes.saturating_mul(2),
            ..bounds
        };
        Ok(Box::new(Whole::new(input, bounds)))
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
        let mut draft = Draft::new(text.to_owned(), options)?;
        read_notes(&mut draft, &notes);
        Ok(draft.finish())
    }

    fn shape(&self) -> Shape {
        Shape::Folder
    }

    fn writer(&self, _options: &WriteOptions, schema: Option<&Schema>) -> Option<Box<dyn Writer>> {
        let mut files = Files::default();
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
fn read_notes(draft: &mut Draft<'_>, notes: &str) {
    let mut spans: Vec<(&str, &str, Range<usize>)> = Vec::new();
    let mut regions: BTreeSet<&str> = BTreeSet::new();
    let mut remarks: Vec<(&str, &str)> = Vec::new();
    let mut other: BTreeSet<&str> = BTreeSet::new();
    for line in notes.split('\n').map(|line| line.trim_end_matches('\r')) {
        let mut columns = line.splitn(3, '\t');
        let (Some(id), Some(what)) = (columns.next(), columns.next()) else {
            if !line.trim().is_empty() {
                draft.leave_out(
                    &format!("{:?}", excerpt(line)),
                    "a line of an .ann file has columns parted by tabs",
                );
            }
            continue;
        };
        let rest = columns.next().unwrap_or_default();
        match id.as_bytes().first() {
            Some(b'T') => match place(draft, what) {
                Ok((label, range)) => spans.push((id, label, range)),
                Err(why) => draft.leave_out(&format!("{:?}", excerpt(line)), &why),
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
                Some((FACTS, _)) => {
                    if let Ok(facts) = serde_json::from_str(rest) {
                        draft.set_facts(facts);
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
            Some(b'N') => {
                other.insert("normalizations");
            }
            _ => {
                other.insert("lines of unknown kinds");
            }
        }
    }
    let mut places: HashMap<&str, Range<usize>> = HashMap::new();
    for (id, label, range) in spans {
        places.insert(id, range.clone());
        let known = !regions.is_empty() || draft.facts.id.is_some();
        let kind = match regions.contains(id) {
            true => Kind::Region,
            // Where regions are marked, what is not marked is none.
            false if known => Kind::Entity,
            false => Kind::ByName,
        };
        draft.add_bytes(kind, range, label, None);
    }
    for (target, words) in remarks {
        let at = places.get(target).and_then(|range| {
            let (start, end) = (
                BytePos::from_index(range.start),
                BytePos::from_index(range.end),
            );
            draft.text.span(start, end).ok()
        });
        let known = draft
            .facts
            .remarks
            .iter()
            .any(|remark| remark.text == words);
        if !known {
            draft.remark(at, words.to_owned());
        }
    }
    for name in other {
        draft.not_kept(name);
    }
}

/// The label and the place, in bytes, of `PER 3 16` or `PER 3 9;10 16`.
fn place<'a>(draft: &Draft<'_>, what: &'a str) -> Result<(&'a str, Range<usize>), String> {
    let (label, offsets) = what
        .split_once(' ')
        .ok_or("a label and offsets are expected")?;
    let mut whole: Option<Range<usize>> = None;
    for fragment in offsets.split(';') {
        let number = |word: Option<&str>| word.and_then(|word| word.trim().parse::<i64>().ok());
        let mut numbers = fragment.trim().split(' ');
        let (Some(start), Some(end)) = (number(numbers.next()), number(numbers.next())) else {
            return Err("its offsets are no numbers".into());
        };
        let span = draft
            .span(start, end, UNIT)
            .ok_or("it lies outside the text or is empty")?
            .range();
        whole = Some(match whole {
            None => span,
            Some(before) => {
                let gap = draft.text.as_str().get(before.end..span.start);
                if gap.is_none_or(|gap| !gap.trim().is_empty()) {
                    return Err("it has a gap with words in it".into());
                }
                before.start..span.end
            }
        });
    }
    whole
        .map(|range| (label, range))
        .ok_or_else(|| "it has no offsets".into())
}

fn excerpt(line: &str) -> String {
    line.chars().take(60).collect()
}

/// The folder as it is written.
#[derive(Default)]
struct Files {
    taken: BTreeSet<String>,
    names: BTreeSet<String>,
    configured: BTreeSet<String>,
}

impl Writer for Files {
    fn add(
        &mut self,
        part: &str,
        record: &RecordView<'_>,
        target: &mut dyn Target,
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
        let facts = serde_json::to_string(&facts::of(record)).unwrap_or_default();
        notes.push_str(&format!("#1\t{FACTS} {about}\t{facts}\n"));
        target
            .create(&format!("{stem}.ann"))?
            .write_all(notes.as_bytes())?;
        Ok(true)
    }

    fn finish(self: Box<Self>, target: &mut dyn Target) -> io::Result<()> {
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

/// A file's name without its ending, made of an id: an id may hold anything, a name may not.
pub(super) fn file_stem(id: &str, part: &str, taken: &mut BTreeSet<String>) -> String {
    const CHARS: usize = 80;
    let mut name: String = id
        .chars()
        .take(CHARS)
        .map(|c| {
            if c.is_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    while name.len() > 200 {
        name.pop();
    }
    let name = name.trim_matches(['.', '-']);
    let name = if name.is_empty() { "article" } else { name };
    let folder = if part.is_empty() {
        String::new()
    } else {
        format!("{part}/")
    };
    let mut stem = format!("{folder}{name}");
    let mut number = 1;
    // Without regard to case: some file systems have none.
    while !taken.insert(stem.to_lowercase()) {
        number += 1;
        stem = format!("{folder}{name}-{number}");
    }
    stem
}
