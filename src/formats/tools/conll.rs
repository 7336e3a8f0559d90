//! CoNLL-2003: one token per line with its label last, a blank line after each sentence, and
//! `-DOCSTART-` before each article.
//!
//! IOB2 is written, where each entity begins with `B-`. IOB1, IOB2, BIOES and BILUO are read and
//! need not be declared. The format has no white space, regions or ids. Read back, the text is its
//! tokens with single spaces and one sentence per line.
//!
//! A line that begins with `#` and does not end in a tag is a comment. A line without a tag keeps
//! its token.

use std::io;
use std::ops::Range;

use crate::formats::reading::documents::{DocumentReader, first_line};
use crate::formats::reading::iob_tags::{decode, is_outside, is_tag};
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::tokens::covered;
use crate::formats::tokens::flat_entities::outermost;
use crate::formats::{
    Bounds, Capabilities, Code, Fault, Format, FormatSpec, Input, Loss, Losses, Parsed,
    RawRecordStream, ReadOptions, RecordSplit, RecordView, Unlabelled, Windows, WriteOptions,
    windows,
};
use crate::model::{BytePos, Label, Span};

/// CoNLL-2003.
#[derive(Clone, Copy, Debug)]
pub struct Conll;

const DOCSTART: &str = "-DOCSTART-";

const SPEC: FormatSpec = FormatSpec {
    name: "conll",
    summary: "CoNLL-2003: one token per line; writes IOB2, reads IOB1, IOB2, BIOES, BILUO",
    extensions: &["conll", "iob", "iob2", "bio"],
    capabilities: Capabilities {
        writes: true,
        text: false,
        entities: true,
        cuts: false,
        ..Capabilities::ARTICLES
    },
    records: RecordSplit::Custom,
    has_tokens: true,
    unlabelled: Unlabelled::NotMarked,
    // An encoder reads what lies between two empty lines at once.
    windows: Windows::Sentences,
    makes_windows: true,
    ..FormatSpec::DEFAULT
};

impl Format for Conll {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn write_parts(&self, parts: &[RecordView<'_>], options: &WriteOptions, out: &mut Vec<u8>) {
        let before = out.len();
        out.extend_from_slice(b"-DOCSTART- -X- -X- O\n\n");
        let head = out.len();
        for part in parts {
            lines(part, options, out);
        }
        if out.len() == head {
            out.truncate(before);
        }
    }

    fn raw_records<'a>(&self, input: Input<'a>, bounds: Bounds) -> io::Result<RawRecordStream<'a>> {
        Ok(Box::new(DocumentReader::new(input, bounds, |line| {
            line.starts_with(DOCSTART)
        })))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let words = String::from_utf8_lossy(&bytes);
        let (first, words) = first_line(&words);
        let mut rows: Vec<Vec<(&str, &str)>> = vec![Vec::new()];
        let mut short: Vec<u64> = Vec::new();
        let mut odd: Option<&str> = None;
        let mut tagged = false;
        for (number, line) in (first..).zip(words.lines()) {
            let line = line.trim_start_matches('\u{feff}');
            if line.trim().is_empty() {
                rows.push(Vec::new());
                continue;
            }
            if line.starts_with(DOCSTART) {
                continue;
            }
            // If there are tabs, they separate columns, and a token may contain a space.
            let (token, tag) = if line.contains('\t') {
                let (token, rest) = line.split_once('\t').unwrap_or((line, ""));
                (token, rest.rsplit('\t').next().unwrap_or_default())
            } else {
                let mut columns = line.split_ascii_whitespace();
                let token = columns.next().unwrap_or_default();
                (token, columns.next_back().unwrap_or_default())
            };
            if line.starts_with('#') && !is_tag(tag) {
                continue; // `# id 7`, and no token
            }
            let tag = match tag.trim() {
                "" => {
                    short.push(number);
                    "O"
                }
                tag => {
                    tagged = true;
                    if !is_tag(tag) && !is_outside(tag) {
                        odd = odd.or(Some(tag));
                    }
                    tag
                }
            };
            if let Some(sentence) = rows.last_mut() {
                sentence.push((token, tag));
            }
        }
        if let Some(number) = short.first().filter(|_| !tagged) {
            return Err(Fault::new(
                Code::BadRecord,
                format!("line {number} has a token and no label, like every other line"),
            ));
        }
        rows.retain(|sentence| !sentence.is_empty());
        let (text, entities) = text_and_entities(&rows);
        let mut builder = RecordBuilder::new(text, options)?;
        for (range, label) in entities {
            builder.add_bytes(SpanKind::Entity, range, label, None);
        }
        for number in short {
            builder.leave_out(
                &format!("of line {number}"),
                "the line has a token and no label",
            );
        }
        if let Some(tag) = odd {
            builder.not_kept(&format!("labels without B- or I-, such as {tag:?}"));
        }
        Ok(builder.finish())
    }

    fn write(&self, record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
        self.write_parts(std::slice::from_ref(record), options, out);
    }

    fn losses(&self, record: &RecordView<'_>, options: &WriteOptions, losses: &mut Losses) {
        let text = &record.article.text;
        let tokens = options.tokenizer.tokens(text);
        lost_tokens(record, &tokens, losses);
        if tokens.is_empty() {
            losses.add(Loss::Empty, || record.article.id.to_string());
        } else if !is_plain(text.as_str(), &tokens, &blocks(record, &tokens, options)) {
            losses.add(Loss::Text, || record.article.id.to_string());
        }
        lost_names(record, losses);
    }
}

/// Joins tokens by spaces and sentences by line breaks, and returns the text with its entities.
fn text_and_entities<'a>(
    rows: &[Vec<(&'a str, &'a str)>],
) -> (String, Vec<(Range<usize>, &'a str)>) {
    let mut text = String::new();
    let mut entities = Vec::new();
    for sentence in rows {
        if !text.is_empty() {
            text.push('\n');
        }
        let mut places = Vec::with_capacity(sentence.len());
        for (index, (token, _)) in sentence.iter().enumerate() {
            if index > 0 {
                text.push(' ');
            }
            places.push(text.len()..text.len() + token.len());
            text.push_str(token);
        }
        for (range, label) in decode(sentence.iter().map(|(_, tag)| *tag)) {
            entities.push((places[range.start].start..places[range.end - 1].end, label));
        }
    }
    (text, entities)
}

/// Writes the lines of an article or of a part of one.
fn lines(record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
    let text = &record.article.text;
    let tokens = options.tokenizer.tokens(text);
    let tags = tags(record, &tokens);
    for block in blocks(record, &tokens, options) {
        for (token, tag) in tokens[block.clone()].iter().zip(&tags[block]) {
            out.extend_from_slice(text.slice(*token).as_bytes());
            out.extend_from_slice(b" -X- -X- ");
            out.extend_from_slice(tag.as_bytes());
            out.push(b'\n');
        }
        out.push(b'\n');
    }
}

/// Returns the text between two empty lines: windows or, without windows, sentences of any length.
fn blocks(record: &RecordView<'_>, tokens: &[Span], options: &WriteOptions) -> Vec<Range<usize>> {
    let size = Windows::of(&Conll, options);
    windows::ranges(record, tokens, size, options.stride)
}

/// Returns whether a text consists of its tokens with single spaces and one sentence per line.
fn is_plain(text: &str, tokens: &[Span], sentences: &[Range<usize>]) -> bool {
    let mut at = 0;
    for sentence in sentences {
        for (index, token) in tokens[sentence.clone()].iter().enumerate() {
            let gap = match (index, sentence.start) {
                (0, 0) => "",
                (0, _) => "\n",
                _ => " ",
            };
            if text.get(at..token.start().index()) != Some(gap) {
                return false;
            }
            at = token.end().index();
        }
    }
    at == text.len()
}

/// Returns a label as a tag, without white space.
fn tag_name(label: &Label) -> String {
    label.as_str().replace(char::is_whitespace, "_")
}

/// Returns the IOB2 tag of each token. Only the outermost of nested entities has tags, and an
/// entity that splits a token has none.
pub(in crate::formats) fn tags(record: &RecordView<'_>, tokens: &[Span]) -> Vec<String> {
    let mut tags = vec!["O".to_owned(); tokens.len()];
    for (range, label) in outermost(record, tokens) {
        let name = tag_name(label);
        for (index, at) in range.enumerate() {
            let prefix = if index == 0 { "B" } else { "I" };
            tags[at] = format!("{prefix}-{name}");
        }
    }
    tags
}

/// Counts the entities that split a token. Nested ones are counted elsewhere.
pub(in crate::formats) fn lost_tokens(
    record: &RecordView<'_>,
    tokens: &[Span],
    losses: &mut Losses,
) {
    let mut end = BytePos(0);
    for entity in record.annotation.entities() {
        if entity.span.start() < end {
            continue;
        }
        end = entity.span.end();
        if covered(&record.article.text, tokens, entity.span).is_none() {
            losses.add_span(Loss::Cut, record.article, entity.span);
        }
    }
}

fn lost_names(record: &RecordView<'_>, losses: &mut Losses) {
    for entity in record.annotation.entities() {
        if entity.label.as_str().contains(char::is_whitespace) {
            losses.add_span(Loss::Renamed, record.article, entity.span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::text_of;

    #[test]
    fn comments_and_short_lines_refuse_no_file_and_are_named_by_their_own_numbers() {
        let read = |words: &str| {
            let mut pieces = Conll
                .raw_records(Box::new(words.as_bytes()), Bounds::default())
                .unwrap();
            let mut out = Vec::new();
            while let Some(piece) = pieces.next().unwrap() {
                out.push(Conll.parse(piece.bytes.unwrap(), &ReadOptions::default()));
            }
            out
        };
        let words = "-DOCSTART- O\n\nYes O\n\n-DOCSTART- O\n\n# id 4-a\tdomain=en\nWeel B-PER\nleft\nOslo B-LOC\n# 1 NN O\n";
        let found = read(words);
        let parsed = found[1].as_ref().unwrap();
        let text = text_of(&parsed.record);
        assert_eq!(text.as_str(), "Weel left Oslo #");
        let labels = parsed.record.annotation.entities().iter();
        let labels: Vec<_> = labels
            .map(|e| (text.slice(e.span), e.label.as_str()))
            .collect();
        assert_eq!(labels, [("Weel", "PER"), ("Oslo", "LOC")]);
        let warnings: Vec<_> = parsed.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(
            warnings,
            ["W112 the span of line 9 was left out: the line has a token and no label"]
        );
        let bare = read("Weel PER\nleft O\n");
        let warnings = &bare[0].as_ref().unwrap().warnings;
        assert_eq!(warnings[0].code, Code::NotKept);
        assert!(warnings[0].message.contains("PER"), "{warnings:?}");
        let fault = read("\n\nWeel\nleft\n")[0].clone().unwrap_err();
        assert_eq!(fault.code, Code::BadRecord);
        assert!(fault.message.starts_with("line 3 "), "{fault}");
    }

    #[test]
    fn documents_are_cut_where_they_begin() {
        let read = |words: &str| {
            let mut pieces = Conll
                .raw_records(Box::new(words.as_bytes()), Bounds::default())
                .unwrap();
            let mut out = Vec::new();
            while let Some(piece) = pieces.next().unwrap() {
                let parsed = Conll.parse(piece.bytes.unwrap(), &ReadOptions::default());
                let record = parsed.unwrap().record;
                let crate::formats::Content::Text(text, _) = record.content else {
                    panic!("not a text");
                };
                out.push((piece.line, text.as_str().to_owned()));
            }
            out
        };
        let words = "\n-DOCSTART- -X- O O\n\nA NN B O\nb X Y O\n\nC X Y O\n\n-DOCSTART- -X- O O\n\nD X Y O\n";
        assert_eq!(
            read(words),
            [(Some(2), "A b\nC".to_owned()), (Some(9), "D".to_owned())]
        );
        assert_eq!(read("New York\tO\n\n"), [(Some(1), "New York".to_owned())]);
        assert_eq!(read(""), []);
    }
}
