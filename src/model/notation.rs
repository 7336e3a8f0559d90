//! A small notation for text with regions and entities, in which tests and gold files are written.
//!
//! ```text
//! title | Storm closes {GPE Malta}'s ferry
//! +     | for a second day
//!       |
//! body  | The {PERSON Ada Lovelace} sailed at noon, said the {ORG Port of {GPE Valletta}}.
//! nav?.8| 8Previous article\
//! nav   | Next article
//! ```
//!
//! - A line is `LABEL| text`: a new region. `+|` continues the region over a line break, `|` is
//!   text in no region. White space around the label and one space after the bar do not count; a
//!   line of white space alone is skipped.
//! - Lines are joined by a line feed; a line that ends in `\` is glued to the next without one.
//! - `{LABEL words}` is an entity; they nest. `LABEL?score` marks a suggestion, by the extractor or
//!   the tagger.
//! - `«words»` is the selection, from anchor to head, and `‸` the caret.
//! - `\` before `{`, `}`, `\`, `«`, `»`, `‸` and, in the label of an entity, before a space and `\`
//!   takes them as they are; `\r` is a carriage return. Labels with `?` or `|` cannot be written.
//!
//! [`parse`] and [`print()`] are inverse to each other.

use std::fmt::{self, Write as _};

use super::annotation::{Annotation, AnnotationError, Entity, Region};
use super::label::{Label, LabelError};
use super::offset::BytePos;
use super::provenance::{Provenance, Score};
use super::status::Status;
use super::text::Text;

/// What a piece of notation says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notated {
    /// The bare text.
    pub text: Text,
    /// Its regions and entities; the status is `todo`.
    pub annotation: Annotation,
    /// Anchor and head of the selection, or twice the caret.
    pub selection: Option<(BytePos, BytePos)>,
}

/// What is wrong with a piece of notation, and in which of its lines (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotationError {
    /// Line of the notation, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for NotationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for NotationError {}

struct Parser {
    line: usize,
    text: String,
    /// Start, label, provenance of the region that is open.
    region: Option<(usize, Label, Provenance)>,
    regions: Vec<(usize, usize, Label, Provenance)>,
    open: Vec<(usize, Label, Provenance)>,
    entities: Vec<(usize, usize, Label, Provenance)>,
    anchor: Option<usize>,
    selection: Option<(usize, usize)>,
}

/// Reads the notation.
///
/// # Errors
/// If a line has no bar, a brace has no partner, a label is no label, or the spans do not make an
/// annotation.
pub fn parse(notation: &str) -> Result<Notated, NotationError> {
    let mut parser = Parser {
        line: 0,
        text: String::new(),
        region: None,
        regions: Vec::new(),
        open: Vec::new(),
        entities: Vec::new(),
        anchor: None,
        selection: None,
    };
    let mut first = true;
    let mut glued = false;
    for (number, line) in notation.split('\n').enumerate() {
        parser.line = number + 1;
        if line.trim().is_empty() {
            continue;
        }
        let Some((prefix, rest)) = line.split_once('|') else {
            return Err(parser.fault("expected `LABEL| text`"));
        };
        let line_break = !first && !glued;
        first = false;
        parser.prefix(prefix.trim(), line_break)?;
        glued = parser.words(rest.strip_prefix(' ').unwrap_or(rest))?;
    }
    parser.close_region();
    if let Some((_, label, _)) = parser.open.last() {
        let message = format!("the entity {label} is not closed");
        return Err(parser.fault(message));
    }
    if parser.anchor.is_some() {
        return Err(parser.fault("the selection is not closed"));
    }
    parser.finish()
}

impl Parser {
    fn fault(&self, message: impl Into<String>) -> NotationError {
        NotationError {
            line: self.line,
            message: message.into(),
        }
    }

    fn prefix(&mut self, prefix: &str, line_break: bool) -> Result<(), NotationError> {
        if prefix == "+" {
            if self.region.is_none() {
                return Err(self.fault("`+` continues a region, but there is none"));
            }
            if line_break {
                self.text.push('\n');
            }
            return Ok(());
        }
        self.close_region();
        if line_break {
            self.text.push('\n');
        }
        if !prefix.is_empty() {
            let (label, provenance) = self.label(prefix, Provenance::Extractor)?;
            self.region = Some((self.text.len(), label, provenance));
        }
        Ok(())
    }

    fn close_region(&mut self) {
        if let Some((start, label, provenance)) = self.region.take() {
            self.regions
                .push((start, self.text.len(), label, provenance));
        }
    }

    fn label(
        &self,
        word: &str,
        machine: fn(Score) -> Provenance,
    ) -> Result<(Label, Provenance), NotationError> {
        let (name, score) = match word.split_once('?') {
            Some((name, "")) => (name, Some(0.5)),
            Some((name, score)) => match score.parse::<f64>() {
                Ok(score) => (name, Some(score)),
                Err(_) => return Err(self.fault(format!("{score:?} is no score"))),
            },
            None => (word, None),
        };
        let label = Label::new(name).map_err(|e: LabelError| self.fault(e.to_string()))?;
        Ok((
            label,
            score.map_or(Provenance::Person, |s| machine(Score::new(s))),
        ))
    }

    /// Reads the words of one line; true if the line is glued to the next.
    fn words(&mut self, words: &str) -> Result<bool, NotationError> {
        let mut chars = words.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    None => return Ok(true),
                    Some('r') => self.text.push('\r'),
                    Some(escaped) => self.text.push(escaped),
                },
                '{' => {
                    let mut name = String::new();
                    loop {
                        match chars.next() {
                            Some(' ') => break,
                            Some('\\') => name.extend(chars.next()),
                            Some(c) => name.push(c),
                            None => return Err(self.fault("expected `{LABEL words}`")),
                        }
                    }
                    let (label, provenance) = self.label(&name, Provenance::Tagger)?;
                    self.open.push((self.text.len(), label, provenance));
                }
                '}' => {
                    let Some((start, label, provenance)) = self.open.pop() else {
                        return Err(self.fault("`}` without `{`"));
                    };
                    self.entities
                        .push((start, self.text.len(), label, provenance));
                }
                '«' => self.anchor = Some(self.text.len()),
                '»' => {
                    let Some(anchor) = self.anchor.take() else {
                        return Err(self.fault("`»` without `«`"));
                    };
                    self.selection = Some((anchor, self.text.len()));
                }
                '‸' => self.selection = Some((self.text.len(), self.text.len())),
                c => self.text.push(c),
            }
        }
        Ok(false)
    }

    fn finish(self) -> Result<Notated, NotationError> {
        let text = Text::new(&self.text);
        let span = |start: usize, end: usize, label: &Label| {
            text.span(BytePos::from_index(start), BytePos::from_index(end))
                .map_err(|e| self.fault(format!("{label}: {e}")))
        };
        let mut regions = Vec::new();
        for (start, end, label, provenance) in &self.regions {
            regions.push(Region {
                span: span(*start, *end, label)?,
                label: label.clone(),
                provenance: *provenance,
            });
        }
        let mut entities = Vec::new();
        for (start, end, label, provenance) in &self.entities {
            entities.push(Entity {
                span: span(*start, *end, label)?,
                label: label.clone(),
                provenance: *provenance,
            });
        }
        let annotation = Annotation::from_parts(&text, regions, entities, Status::Todo, Vec::new())
            .map_err(|e: AnnotationError| self.fault(e.to_string()))?;
        Ok(Notated {
            annotation,
            selection: self
                .selection
                .map(|(anchor, head)| (BytePos::from_index(anchor), BytePos::from_index(head))),
            text,
        })
    }
}

/// A mark to be written at one place of the text. The order of the variants is the order at one
/// place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    CloseEntity,
    SelectionEnd,
    Caret,
    SelectionStart,
    /// Longest first, then by label: the index into the entities says it all, since they are sorted
    /// so.
    OpenEntity(usize),
}

/// Writes the notation of a text with its regions and entities; labels are padded so that the bars
/// are in one column.
#[must_use]
pub fn print(
    text: &Text,
    annotation: &Annotation,
    selection: Option<(BytePos, BytePos)>,
) -> String {
    let marks = marks(annotation, selection);
    let width = annotation
        .regions()
        .iter()
        .map(|region| prefix_of(&region.label, region.provenance).chars().count())
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    let mut marks = marks.iter().peekable();
    for piece in pieces(text, annotation) {
        let prefix = match piece.region {
            None => String::new(),
            Some((region, true)) => prefix_of(&region.label, region.provenance),
            Some((_, false)) => "+".to_owned(),
        };
        let _ = write!(out, "{prefix:width$}|");
        let mut words = String::new();
        let end = piece.span.1;
        for (at, c) in text.as_str()[piece.span.0..end].char_indices() {
            let at = piece.span.0 + at;
            while let Some((_, mark)) = marks.next_if(|(place, _)| *place <= at) {
                write_mark(&mut words, mark, annotation);
            }
            write_char(&mut words, c);
        }
        // A mark at the end belongs here if it closes something, or if nothing follows on this
        // line.
        while let Some((_, mark)) = marks.next_if(|(place, mark)| {
            *place <= end
                && (!piece.glued || matches!(mark, Mark::CloseEntity | Mark::SelectionEnd))
        }) {
            write_mark(&mut words, mark, annotation);
        }
        if piece.glued {
            words.push('\\');
        }
        if !words.is_empty() {
            let _ = write!(out, " {words}");
        }
        out.push('\n');
    }
    out
}

fn marks(annotation: &Annotation, selection: Option<(BytePos, BytePos)>) -> Vec<(usize, Mark)> {
    let mut marks = Vec::new();
    for (index, entity) in annotation.entities().iter().enumerate() {
        marks.push((entity.span.start().index(), Mark::OpenEntity(index)));
        marks.push((entity.span.end().index(), Mark::CloseEntity));
    }
    match selection {
        Some((anchor, head)) if anchor == head => marks.push((head.index(), Mark::Caret)),
        Some((anchor, head)) => {
            marks.push((anchor.min(head).index(), Mark::SelectionStart));
            marks.push((anchor.max(head).index(), Mark::SelectionEnd));
        }
        None => {}
    }
    marks.sort();
    marks
}

struct Piece<'a> {
    span: (usize, usize),
    /// The region, and whether it begins here.
    region: Option<(&'a Region, bool)>,
    glued: bool,
}

/// Cuts the text at line feeds and at the edges of regions.
fn pieces<'a>(text: &Text, annotation: &'a Annotation) -> Vec<Piece<'a>> {
    let string = text.as_str();
    let mut cuts: Vec<usize> = annotation
        .regions()
        .iter()
        .flat_map(|region| [region.span.start().index(), region.span.end().index()])
        .chain([0, string.len()])
        .chain(string.match_indices('\n').flat_map(|(at, _)| [at, at + 1]))
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let region_of = |start: usize| {
        annotation
            .region_at(BytePos::from_index(start))
            .map(|region| (region, region.span.start().index() == start))
    };
    let mut line_open = false; // whether the line has a piece already
    let mut push = |span: (usize, usize), region, line_open: &mut bool| {
        if *line_open && let Some(last) = pieces.last_mut() {
            last.glued = true;
        }
        *line_open = true;
        pieces.push(Piece {
            span,
            region,
            glued: false,
        });
    };
    for pair in cuts.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        let region = region_of(start);
        if &string[start..end] == "\n" {
            let begins = region.is_some_and(|(_, begins)| begins);
            if !line_open || begins {
                // An empty line, or a region that begins with the line feed itself.
                push((start, start), region, &mut line_open);
            }
            line_open = false;
            if let Some((region, _)) = region
                && region.span.end().index() == end
            {
                // The region ends with the line feed: `+|` says so.
                push((end, end), Some((region, false)), &mut line_open);
            }
        } else {
            push((start, end), region, &mut line_open);
        }
    }
    if !line_open {
        push((string.len(), string.len()), None, &mut line_open);
    }
    pieces
}

fn prefix_of(label: &Label, provenance: Provenance) -> String {
    match provenance.score() {
        Some(score) => format!("{label}?{}", score.value()),
        None => label.to_string(),
    }
}

fn write_mark(words: &mut String, mark: &Mark, annotation: &Annotation) {
    match mark {
        Mark::CloseEntity => words.push('}'),
        Mark::SelectionEnd => words.push('»'),
        Mark::Caret => words.push('‸'),
        Mark::SelectionStart => words.push('«'),
        Mark::OpenEntity(index) => {
            if let Some(entity) = annotation.entities().get(*index) {
                let name = prefix_of(&entity.label, entity.provenance);
                let name = name.replace('\\', "\\\\").replace(' ', "\\ ");
                let _ = write!(words, "{{{name} ");
            }
        }
    }
}

fn write_char(words: &mut String, c: char) {
    match c {
        '\r' => words.push_str("\\r"),
        '{' | '}' | '\\' | '«' | '»' | '‸' => {
            words.push('\\');
            words.push(c);
        }
        c => words.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_backslashes_in_the_label_of_an_entity_are_read_again_as_they_were() {
        let read = parse(r"| {a\\b\ c?.5 Ada}").unwrap();
        let entity = read.annotation.entities().first().unwrap();
        assert_eq!(entity.label.as_str(), r"a\b c");
        let printed = print(&read.text, &read.annotation, None);
        assert_eq!(parse(&printed).unwrap().annotation, read.annotation);
    }

    #[test]
    fn a_region_that_ends_with_a_line_feed_is_read_again_as_it_was() {
        let text = Text::new("Menu\nAda sailed.\n\nHome\n");
        let regions = |spans: &[(usize, usize)]| {
            let region = |&(start, end): &(usize, usize)| Region {
                span: text
                    .span(BytePos::from_index(start), BytePos::from_index(end))
                    .unwrap(),
                label: Label::new("nav").unwrap(),
                provenance: Provenance::Person,
            };
            let regions = spans.iter().map(region).collect();
            Annotation::from_parts(&text, regions, Vec::new(), Status::Todo, Vec::new()).unwrap()
        };
        for spans in [
            &[(0, 5), (5, 16)][..],
            &[(4, 10), (10, 17)],
            &[(5, 17), (17, 23)],
            &[(17, 22)],
            &[(0, 23)],
        ] {
            let annotation = regions(spans);
            let printed = print(&text, &annotation, None);
            let read = parse(&printed).unwrap();
            assert_eq!(
                (read.text, read.annotation),
                (text.clone(), annotation),
                "{printed}"
            );
        }
    }
}
