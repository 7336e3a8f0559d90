//! WebAnno TSV 3.3, which WebAnno and INCEpTION read and write: a token a line, offsets in **UTF-16**, layers as columns.
//!
//! Entities are DKPro's `NamedEntity`, regions the span layer `webanno.custom.Region`; what stands one on another has a number
//! (`PER[1]`), and so has what covers several tokens. Tokens are cut where a span begins or ends. One file an article, so an
//! export is a folder. The format holds no metadata and no text between sentences: sentences are laid so that what is
//! between them is line breaks, which are put back as they are missing; where that is not so, it is told.
//!
//! Read, a span without a value has the name of its layer as its label, as in a CAS. Layers of the language itself, relations and
//! chains hold no labels. Each line repeats its token. Where the tokens show that a file counts in another unit, that unit is
//! used; a span whose tokens are still elsewhere in the text is left out.
//!
//! Written after the specification; not every corner of it was tried in INCEpTION itself. Prefer `cas-json`.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::{self, Read, Write as _};
use std::ops::Range;

use super::cas::no_label;
use crate::formats::reading::lines::WholeFile;
use crate::formats::reading::offset_convention::{OffsetConvention, visible_chars};
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::tokens::{cut_at, sentences};
use crate::formats::writing::file_names::file_stem;
use crate::formats::{
    Bounds, Capabilities, Code, ExportTarget, Fault, Format, FormatSpec, Loss, Losses, OffsetUnit,
    OutputShape, Parsed, RawRecords, ReadOptions, RecordView, RecordWriter, Unlabelled,
    WriteOptions,
};
use crate::model::{Schema, Span, Text};

/// WebAnno TSV 3.3.
#[derive(Clone, Copy, Debug)]
pub struct WebAnnoTsv;

const UNIT: OffsetUnit = OffsetUnit::Utf16;
const HEAD: &str = "#FORMAT=WebAnno TSV 3.3\n\
    #T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value\n\
    #T_SP=webanno.custom.Region|value\n\n";

const SPEC: FormatSpec = FormatSpec {
    name: "webanno-tsv",
    summary: "WebAnno TSV 3.3, as INCEpTION reads it: a folder, a file an article",
    extensions: &["tsv"],
    capabilities: Capabilities {
        text: false,
        status: false,
        remarks: false,
        scores: false,
        metadata: false,
        ..Capabilities::EVERYTHING
    },
    shape: OutputShape::Folder,
    has_tokens: true,
    unlabelled: Unlabelled::NotMarked,
    ..FormatSpec::DEFAULT
};

impl Format for WebAnnoTsv {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn raw_records<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn RawRecords + 'a>> {
        let bounds = Bounds {
            article_bytes: bounds.line_bytes,
            ..bounds
        };
        Ok(Box::new(WholeFile::new(input, bounds)))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let words = String::from_utf8_lossy(&bytes);
        if !words
            .trim_start_matches('\u{feff}')
            .starts_with("#FORMAT=WebAnno TSV 3")
        {
            return Err(Fault::new(
                Code::BadRecord,
                "the first line should be #FORMAT=WebAnno TSV 3.3",
            ));
        }
        let mut reading = TsvDocument::of(&words, OffsetConvention::plain(UNIT))?;
        let mut wrong = reading.misplaced();
        if wrong > 0 {
            for convention in OffsetConvention::all(&reading.text, UNIT, false)
                .into_iter()
                .skip(1)
            {
                let other = TsvDocument::of(&words, convention)?;
                let misplaced = other.misplaced();
                if misplaced < wrong {
                    (reading, wrong) = (other, misplaced);
                }
            }
        }
        let mut builder = RecordBuilder::new(std::mem::take(&mut reading.text), options)?;
        for mark in reading.marks {
            let kind = if mark.region {
                SpanKind::Region
            } else {
                SpanKind::Entity
            };
            let at = |token: usize| reading.tokens.get(token).and_then(|token| token.at.clone());
            match (at(mark.tokens.start), at(mark.tokens.end)) {
                (Some(first), Some(last)) => {
                    builder.add_bytes(kind, first.start..last.end, &mark.label, None);
                }
                _ => builder.leave_out(
                    &format!("{:?}", mark.label),
                    "its words are not those that stand there",
                ),
            }
        }
        for layer in reading.not_kept {
            builder.not_kept(&layer);
        }
        Ok(builder.finish())
    }

    fn writer(
        &self,
        options: &WriteOptions,
        _schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        Some(Box::new(TsvFolder {
            options: options.clone(),
            taken: BTreeSet::new(),
        }))
    }

    fn losses(&self, record: &RecordView<'_>, options: &WriteOptions, losses: &mut Losses) {
        let text = &record.article.text;
        let tokens = tokens(record, options);
        if tokens.is_empty() {
            losses.add(Loss::Empty, || record.article.id.to_string());
        } else if rebuilt(text, &stretches(text, &tokens)) != text.as_str() {
            losses.add(Loss::Text, || record.article.id.to_string());
        }
        let entities = record.annotation.entities();
        let written = within_depth(entities.iter().map(|e| (e.span, &e.label)).collect());
        let mut written = written.iter().peekable();
        for entity in entities {
            if written
                .next_if(|next| **next == (entity.span, &entity.label))
                .is_none()
            {
                losses.add_span(Loss::Nested, record.article, entity.span);
            }
        }
        let spans = record.annotation.regions().iter().map(|r| r.span);
        for span in spans.chain(record.annotation.entities().iter().map(|e| e.span)) {
            if text.trim(span) != Some(span) {
                losses.add_span(Loss::Moved, record.article, span);
            }
        }
    }
}

/// The tokens, cut where a span begins or ends.
fn tokens(record: &RecordView<'_>, options: &WriteOptions) -> Vec<Span> {
    let text = &record.article.text;
    let regions = record.annotation.regions().iter().map(|r| r.span);
    let spans = regions.chain(record.annotation.entities().iter().map(|e| e.span));
    let edges = spans
        .filter_map(|span| text.trim(span))
        .flat_map(|span| [span.start(), span.end()])
        .collect();
    cut_at(text, &options.tokenizer.tokens(text), edges)
}

/// Sentences and the stretch of text that each holds: from its first token to its last, and where what is between it and the
/// next is not a line break alone, up to the next.
fn stretches(text: &Text, tokens: &[Span]) -> Vec<(Range<usize>, Range<usize>)> {
    let all = sentences(text, tokens);
    let starts: Vec<usize> = all
        .iter()
        .map(|s| tokens[s.start].start().index())
        .collect();
    let mut out = Vec::with_capacity(all.len());
    for (nth, sentence) in all.iter().enumerate() {
        let end = tokens[sentence.end - 1].end().index();
        let next = starts.get(nth + 1).copied().unwrap_or(text.len());
        let gap = text.as_str().get(end..next).unwrap_or_default();
        let breaks = nth + 1 < all.len() && gap.chars().all(|c| c == '\n');
        out.push((
            sentence.clone(),
            starts[nth]..if breaks { end } else { next },
        ));
    }
    out
}

/// The text as a reader puts it together: what is missing before, between and after sentences is line breaks.
fn rebuilt(text: &Text, stretches: &[(Range<usize>, Range<usize>)]) -> String {
    let mut out = String::new();
    for (_, range) in stretches {
        let missing = range.start.saturating_sub(out.len());
        out.push_str(&"\n".repeat(missing));
        out.push_str(text.as_str().get(range.clone()).unwrap_or_default());
    }
    out
}

/// `\ [ ] | _ ; * tab and line break` have a backslash, and so have the letters of an arrow.
fn escape(words: &str) -> Cow<'_, str> {
    let special = |c: char| {
        matches!(
            c,
            '\\' | '[' | ']' | '|' | '_' | ';' | '*' | '\t' | '\n' | '\r'
        )
    };
    if !words.contains(special) && !words.contains("->") {
        return Cow::Borrowed(words);
    }
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '\\' | '[' | ']' | '|' | '_' | ';' | '*' => out.extend(['\\', c]),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    Cow::Owned(out.replace("->", "\\->"))
}

fn unescape(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut chars = words.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('t') => out.push('\t'),
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            (c, false) => out.push(c),
        }
    }
    out
}

/// So many entities of a token are written. Each is written again at each of its tokens, so that nests of any depth would make
/// a file that is a square as large.
const DEPTH: usize = 64;

/// Without those that are inside [`DEPTH`] others. Spans are in the order of an annotation.
fn within_depth<T: Copy>(spans: Vec<(Span, T)>) -> Vec<(Span, T)> {
    let mut open: Vec<Span> = Vec::new();
    let mut kept = spans;
    kept.retain(|(span, _)| {
        while open.last().is_some_and(|last| last.end() <= span.start()) {
            open.pop();
        }
        let fits = open.len() < DEPTH;
        if fits {
            open.push(*span);
        }
        fits
    });
    kept
}

struct TsvFolder {
    options: WriteOptions,
    taken: BTreeSet<String>,
}

impl RecordWriter for TsvFolder {
    fn add(
        &mut self,
        part: &str,
        record: &RecordView<'_>,
        target: &mut dyn ExportTarget,
    ) -> io::Result<bool> {
        let text = &record.article.text;
        let tokens = tokens(record, &self.options);
        if tokens.is_empty() {
            return Ok(false);
        }
        // Which tokens each span holds; numbers tell spans apart that share a token or cover several.
        let annotation = record.annotation;
        let regions = annotation.regions().iter().map(|r| (r.span, &r.label));
        let entities = annotation.entities().iter().map(|e| (e.span, &e.label));
        let layers = [entities.collect::<Vec<_>>(), regions.collect::<Vec<_>>()];
        let mut cells = Vec::new();
        let mut number = 0;
        for layer in layers {
            let mut column: Vec<Vec<u32>> = vec![Vec::new(); tokens.len()];
            let mut labels = Vec::new();
            for (span, label) in within_depth(layer) {
                labels.push(format!(
                    "{}[{}]",
                    escape(label.as_str()),
                    number + labels.len() + 1
                ));
                let first = tokens.partition_point(|token| token.start() < span.start());
                let end = tokens.partition_point(|token| token.start() < span.end());
                for cell in column.iter_mut().take(end).skip(first) {
                    cell.push(labels.len() as u32 - 1);
                }
            }
            number += labels.len();
            cells.push((column, labels));
        }
        let cell = |layer: usize, token: usize| {
            let (column, labels) = cells.get(layer)?;
            let found = column.get(token)?.iter();
            let found = found.filter_map(|nth| Some(labels.get(*nth as usize)?.as_str()));
            let found: Vec<&str> = found.collect();
            (!found.is_empty()).then(|| found.join("|"))
        };
        let cell = |layer, token| cell(layer, token).unwrap_or_else(|| "_".to_owned());
        let mut out = String::from(HEAD);
        for (nth, (sentence, range)) in stretches(text, &tokens).into_iter().enumerate() {
            let words = text.as_str().get(range).unwrap_or_default();
            out.push_str(&format!("\n#Text={}\n", escape(words)));
            for (number, at) in sentence.enumerate() {
                let token = tokens[at];
                let _ = writeln!(
                    out,
                    "{}-{}\t{}-{}\t{}\t{}\t{}\t",
                    nth + 1,
                    number + 1,
                    UNIT.of(text, token.start()),
                    UNIT.of(text, token.end()),
                    escape(text.slice(token)),
                    cell(0, at),
                    cell(1, at),
                );
            }
        }
        let stem = file_stem(record.article.id.as_str(), part, &mut self.taken);
        target
            .create(&format!("{stem}.tsv"))?
            .write_all(out.as_bytes())?;
        Ok(true)
    }

    fn finish(self: Box<Self>, _target: &mut dyn ExportTarget) -> io::Result<()> {
        Ok(())
    }
}

/// A span as it is read.
struct TsvSpan {
    /// Its first and its last token.
    tokens: Range<usize>,
    label: String,
    region: bool,
}

/// A token as it is read.
struct TsvToken {
    /// Where it is in the text, in bytes; `None` where its offsets lead to other words.
    at: Option<Range<usize>>,
}

/// A column of features.
struct Column {
    /// The number of its layer.
    layer: usize,
    /// The label of a span that has no value.
    name: String,
    kind: ColumnKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ColumnKind {
    Entity,
    Region,
    /// A further feature of a span, or a layer without labels.
    Other,
}

/// A file as it is read.
struct TsvDocument {
    convention: OffsetConvention,
    text: String,
    /// How long the text is, as this file counts.
    length: u32,
    columns: Vec<Column>,
    layers: usize,
    /// Layers that were passed over.
    not_kept: Vec<String>,
    /// The sentence that waits for its first token, which says where it begins.
    waiting: Option<String>,
    /// What each token says: its offsets and, as a range of `forms`, its words.
    offsets: Vec<(Range<u32>, Range<usize>)>,
    forms: String,
    tokens: Vec<TsvToken>,
    marks: Vec<TsvSpan>,
    /// Where those are that have a number, by layer and number: by it their next token is known.
    numbered: HashMap<(usize, u32), usize>,
}

impl TsvDocument {
    /// A file that counts by a convention.
    fn of(words: &str, convention: OffsetConvention) -> Result<Self, Fault> {
        let mut reading = Self {
            convention,
            text: String::new(),
            length: 0,
            columns: Vec::new(),
            layers: 0,
            not_kept: Vec::new(),
            waiting: None,
            offsets: Vec::new(),
            forms: String::new(),
            tokens: Vec::new(),
            marks: Vec::new(),
            numbered: HashMap::new(),
        };
        for line in words.split('\n') {
            reading.line(line.strip_suffix('\r').unwrap_or(line))?;
        }
        reading.place()?;
        Ok(reading)
    }

    /// Finds the tokens in the text.
    fn place(&mut self) -> Result<(), Fault> {
        let text = Text::try_new(std::mem::take(&mut self.text))
            .map_err(|_long| crate::formats::reading::lines::too_long(Text::MAX_LEN))?;
        let places = self.convention.places(&text);
        for (offsets, form) in &self.offsets {
            let form = self.forms.get(form.clone()).unwrap_or_default();
            let at = places.range(&text, offsets.start.into(), offsets.end.into());
            let at = at.filter(|at| {
                let found = text.as_str().get(at.clone()).unwrap_or_default();
                // Older versions escape nothing in a token.
                visible_chars(found).eq(visible_chars(form))
                    || visible_chars(found).eq(visible_chars(&unescape(form)))
            });
            self.tokens.push(TsvToken { at });
        }
        self.text = text.as_str().to_owned();
        Ok(())
    }

    /// How many tokens have other words than the text at their offsets.
    fn misplaced(&self) -> usize {
        self.tokens
            .iter()
            .filter(|token| token.at.is_none())
            .count()
    }

    fn line(&mut self, line: &str) -> Result<(), Fault> {
        if let Some(layer) = line.strip_prefix("#T_SP=") {
            let mut parts = layer.split('|');
            let name = parts.next().unwrap_or_default();
            let features: Vec<&str> = parts.collect();
            let labels = ["value", "label"];
            let first = features
                .iter()
                .position(|name| labels.contains(name))
                .unwrap_or(0);
            let short = name.rsplit('.').next().unwrap_or_default();
            let kind = if no_label(name) {
                self.not_kept.push(format!("the layer {short}"));
                ColumnKind::Other
            } else if name.ends_with("Region") {
                ColumnKind::Region
            } else {
                ColumnKind::Entity
            };
            for nth in 0..features.len().max(1) {
                self.columns.push(Column {
                    layer: self.layers,
                    name: short.to_owned(),
                    kind: if nth == first {
                        kind
                    } else {
                        ColumnKind::Other
                    },
                });
            }
            self.layers += 1;
        } else if let Some(layer) = line
            .strip_prefix("#T_RL=")
            .or_else(|| line.strip_prefix("#T_CH="))
        {
            let mut parts = layer.split('|');
            let name = parts.next().unwrap_or_default();
            let short = name.rsplit('.').next().unwrap_or_default();
            self.not_kept.push(format!("the layer {short}"));
            for _ in 0..parts.count().max(1) {
                self.columns.push(Column {
                    layer: self.layers,
                    name: String::new(),
                    kind: ColumnKind::Other,
                });
            }
            self.layers += 1;
        } else if let Some(text) = line.strip_prefix("#Text=") {
            let words = unescape(text);
            match &mut self.waiting {
                // In older versions a sentence with line breaks has several such lines.
                Some(before) => {
                    before.push('\n');
                    before.push_str(&words);
                }
                None => self.waiting = Some(words),
            }
        } else if !line.starts_with('#') && !line.trim().is_empty() {
            self.token(line)?;
        }
        Ok(())
    }

    fn token(&mut self, line: &str) -> Result<(), Fault> {
        let bad = || Fault::new(Code::BadRecord, format!("not a token's line: {line:?}"));
        let columns: Vec<&str> = line.split('\t').collect();
        let (start, end) = columns
            .get(1)
            .and_then(|place| place.split_once('-'))
            .and_then(|(start, end)| Some((start.parse::<u32>().ok()?, end.parse::<u32>().ok()?)))
            .ok_or_else(bad)?;
        if let Some(sentence) = self.waiting.take() {
            // A wrong offset must not make a text of gigabytes.
            let missing = start.saturating_sub(self.length).min(1 << 20);
            self.text.push_str(&"\n".repeat(missing as usize));
            self.length = self
                .length
                .saturating_add(missing)
                .saturating_add(self.convention.length(&sentence));
            self.text.push_str(&sentence);
        }
        let form = columns.get(2).copied().unwrap_or_default();
        let from = self.forms.len();
        self.forms.push_str(form);
        let token = self.offsets.len();
        self.offsets.push((start..end, from..self.forms.len()));
        for (cell, column) in columns.iter().skip(3).zip(&self.columns) {
            if column.kind == ColumnKind::Other || *cell == "_" || cell.is_empty() {
                continue;
            }
            for part in split(cell) {
                let (value, number) = numbered(part);
                // `*` is a span that has no value.
                let label = if value == "*" || value.is_empty() {
                    column.name.clone()
                } else {
                    unescape(value)
                };
                let number = number.map(|number| (column.layer, number));
                let known = number.and_then(|number| self.numbered.get(&number));
                match known.and_then(|at| self.marks.get_mut(*at)) {
                    Some(mark) => mark.tokens.end = token,
                    None => {
                        if let Some(number) = number {
                            self.numbered.insert(number, self.marks.len());
                        }
                        self.marks.push(TsvSpan {
                            tokens: token..token,
                            label,
                            region: column.kind == ColumnKind::Region,
                        });
                    }
                }
            }
        }
        Ok(())
    }
}

/// What stands one on another, parted by `|`, unless that has a backslash.
fn split(cell: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in cell.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '|' => {
                out.push(&cell[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(&cell[start..]);
    out
}

/// `PER[3]` as the label and its number.
fn numbered(part: &str) -> (&str, Option<u32>) {
    let found = part
        .strip_suffix(']')
        .and_then(|rest| rest.rsplit_once('['))
        .and_then(|(label, number)| Some((label, number.parse().ok()?)));
    match found {
        Some((label, number)) => (label, Some(number)),
        None => (part, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Content;

    #[test]
    fn what_the_specification_shows_is_read() {
        let file = "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n\n\n\
            #Text=A😀 Angela Merkel visited Paris.\n1-1\t0-1\tA\t_\t_\t\n1-2\t1-3\t😀\t_\t_\t\n1-3\t4-10\tAngela\t*[1]\tPER[1]\t\n\
            1-4\t11-17\tMerkel\t*[1]\tPER[1]|LOC\\_X[2]\t\n1-5\t18-25\tvisited\t_\t_\t\n1-6\t26-31\tParis\t*\tLOC\t\n1-7\t31-32\t.\t_\t_\t\n\n\
            #Text=Yes.\n2-1\t33-36\tYes\t_\t_\t\n2-2\t36-37\t.\t_\t_\t\n";
        let parsed = WebAnnoTsv
            .parse(file.as_bytes().to_vec(), &ReadOptions::default())
            .unwrap();
        let Content::Text(text, _) = &parsed.record.content else {
            panic!("not a text");
        };
        assert_eq!(text.as_str(), "A😀 Angela Merkel visited Paris.\nYes.");
        let entities = parsed.record.annotation.entities().iter();
        let reported: Vec<(&str, &str)> = entities
            .map(|e| (text.slice(e.span), e.label.as_str()))
            .collect();
        assert_eq!(
            reported,
            [
                ("Angela Merkel", "PER"),
                ("Merkel", "LOC_X"),
                ("Paris", "LOC")
            ]
        );
    }

    fn reported(file: &str) -> (Vec<(String, String)>, Vec<String>) {
        let parsed = WebAnnoTsv
            .parse(file.as_bytes().to_vec(), &ReadOptions::default())
            .unwrap();
        let Content::Text(text, _) = &parsed.record.content else {
            panic!("not a text");
        };
        let entities = parsed.record.annotation.entities().iter();
        let spans = entities.map(|e| (text.slice(e.span).to_owned(), e.label.to_string()));
        let warnings = parsed
            .warnings
            .iter()
            .map(|fault| fault.to_string())
            .collect();
        (spans.collect(), warnings)
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = pairs.iter().map(|(a, b)| ((*a).into(), (*b).into()));
        owned.collect()
    }

    #[test]
    fn a_span_without_a_value_is_named_after_its_layer_and_relations_are_no_labels() {
        let file = "#FORMAT=WebAnno TSV 3.3\n#T_SP=my.Ship|\n#T_SP=my.Port|note|value\n\
            #T_SP=de.tudarmstadt.ukp.dkpro.core.api.syntax.type.chunk.Chunk|chunkValue\n\
            #T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceType|referenceRelation\n\
            #T_RL=my.Sails|kind|BT_my.Ship\n\n\n#Text=Sea Star left Oslo\n\
            1-1\t0-3\tSea\t*[1]\t_\t_\tNP[4]\tnam[5]\t_\t_\t_\t\n1-2\t4-8\tStar\t*[1]\t_\t_\tNP[4]\tnam[5]\t_\t_\t_\t\n\
            1-3\t9-13\tleft\t_\t_\t_\t_\t_\t_\tto\t1-1[1_0]\t\n1-4\t14-18\tOslo\t_\ta|b\t*[2]|QUAY[3]\tNP\t_\t_\t_\t_\t\n";
        let (spans, warnings) = reported(file);
        assert_eq!(
            spans,
            pairs(&[("Sea Star", "Ship"), ("Oslo", "Port"), ("Oslo", "QUAY")])
        );
        let [warning] = &warnings[..] else {
            panic!("one is wanted: {warnings:?}");
        };
        for layer in ["Chunk", "CoreferenceLink", "Sails"] {
            assert!(warning.contains(layer), "{warning}");
        }
    }

    #[test]
    fn tokens_show_how_a_file_counts_and_a_span_that_is_elsewhere_is_left_out() {
        let head = "#FORMAT=WebAnno TSV 3.3\n#T_SP=my.Named|value\n\n\n";
        // Characters and not UTF-16 units, over two sentences.
        let file = format!(
            "{head}#Text=A 😀 Oslo\n1-1\t0-1\tA\t_\t\n1-2\t2-3\t😀\t_\t\n1-3\t4-8\tOslo\tLOC\t\n\n\
             #Text=Weel came\n2-1\t9-13\tWeel\tPER\t\n2-2\t14-18\tcame\t_\t\n"
        );
        assert_eq!(
            reported(&file),
            (pairs(&[("Oslo", "LOC"), ("Weel", "PER")]), vec![])
        );
        let file = format!(
            "{head}#Text=In Oslo came Weel\n1-1\t0-2\tIn\t_\t\n1-2\t2-6\tOslo\tLOC\t\n1-3\t8-12\tcame\t_\t\n1-4\t13-17\tWeel\tPER\t\n"
        );
        let (spans, warnings) = reported(&file);
        assert_eq!(spans, pairs(&[("Weel", "PER")]));
        assert!(
            warnings[0].starts_with("W112") && warnings[0].contains("LOC"),
            "{warnings:?}"
        );
    }
}
