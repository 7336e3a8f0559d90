//! Reading: the lines of a file as a text, tokens and spans.

use std::collections::HashMap;
use std::ops::Range;

use crate::formats::reading::offset_convention::{OffsetConvention, visible_chars};
use crate::formats::tools::cas::document::no_label;
use crate::formats::{Code, Fault};
use crate::model::Text;

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

/// A span that was read.
pub(super) struct TsvSpan {
    /// Its first and its last token.
    pub(super) tokens: Range<usize>,
    pub(super) label: String,
    pub(super) region: bool,
}

/// A token that was read.
pub(super) struct TsvToken {
    /// Its place in the text, in bytes; `None` if the text differs there.
    pub(super) at: Option<Range<usize>>,
}

/// A column of features.
pub(super) struct Column {
    /// The number of its layer.
    pub(super) layer: usize,
    /// The label of spans without a value.
    pub(super) name: String,
    pub(super) kind: ColumnKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnKind {
    Entity,
    Region,
    /// Another feature of a span, or a layer without labels.
    Other,
}

/// A file that is being read.
pub(super) struct TsvDocument {
    pub(super) convention: OffsetConvention,
    pub(super) text: String,
    /// The length of the text, in the unit of the file.
    pub(super) length: u32,
    pub(super) columns: Vec<Column>,
    pub(super) layers: usize,
    /// Layers that were skipped.
    pub(super) not_kept: Vec<String>,
    /// The sentence before its first token, which has its offset.
    pub(super) waiting: Option<String>,
    /// The offsets of each token and its text, as a range of `forms`.
    pub(super) offsets: Vec<(Range<u32>, Range<usize>)>,
    pub(super) forms: String,
    pub(super) tokens: Vec<TsvToken>,
    pub(super) marks: Vec<TsvSpan>,
    /// The spans with a number, by layer and number, to find them at their next token.
    pub(super) numbered: HashMap<(usize, u32), usize>,
}

impl TsvDocument {
    /// Reads a file with an offset convention.
    pub(super) fn of(words: &str, convention: OffsetConvention) -> Result<Self, Fault> {
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
    pub(super) fn place(&mut self) -> Result<(), Fault> {
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

    /// Returns how many tokens differ from the text at their offsets.
    pub(super) fn misplaced(&self) -> usize {
        self.tokens
            .iter()
            .filter(|token| token.at.is_none())
            .count()
    }

    pub(super) fn line(&mut self, line: &str) -> Result<(), Fault> {
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
                // In older versions, a sentence with line breaks has several such lines.
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

    pub(super) fn token(&mut self, line: &str) -> Result<(), Fault> {
        let bad = || Fault::new(Code::BadRecord, format!("not a token's line: {line:?}"));
        let columns: Vec<&str> = line.split('\t').collect();
        let (start, end) = columns
            .get(1)
            .and_then(|place| place.split_once('-'))
            .and_then(|(start, end)| Some((start.parse::<u32>().ok()?, end.parse::<u32>().ok()?)))
            .ok_or_else(bad)?;
        if let Some(sentence) = self.waiting.take() {
            // A wrong offset must not create gigabytes of text.
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
                // `*` is a span without a value.
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

/// Splits overlapping spans at `|`, unless it is escaped.
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

/// Splits `PER[3]` into the label and its number.
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
