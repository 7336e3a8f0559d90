//! Writing: a token a line, spans as columns.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::ops::Range;

use super::UNIT;
use crate::formats::tokens::{cut_at, sentences};
use crate::formats::writing::file_names::file_stem;
use crate::formats::{ExportTarget, RecordView, RecordWriter, WriteOptions};
use crate::model::{Span, Text};

const HEAD: &str = "#FORMAT=WebAnno TSV 3.3\n\
    #T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value\n\
    #T_SP=webanno.custom.Region|value\n\n";

/// Returns the tokens, split where a span begins or ends.
pub(super) fn tokens(record: &RecordView<'_>, options: &WriteOptions) -> Vec<Span> {
    let text = &record.article.text;
    let regions = record.annotation.regions().iter().map(|r| r.span);
    let spans = regions.chain(record.annotation.entities().iter().map(|e| e.span));
    let edges = spans
        .filter_map(|span| text.trim(span))
        .flat_map(|span| [span.start(), span.end()])
        .collect();
    cut_at(text, &options.tokenizer.tokens(text), edges)
}

/// Returns the sentences, and the text range of each.
///
/// A range goes from the first token to the last or, if there is more than a line break before the
/// next sentence, up to that.
pub(super) fn stretches(text: &Text, tokens: &[Span]) -> Vec<(Range<usize>, Range<usize>)> {
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

/// Returns the text as a reader rebuilds it: missing text before, between and after sentences
/// becomes line breaks.
pub(super) fn rebuilt(text: &Text, stretches: &[(Range<usize>, Range<usize>)]) -> String {
    let mut out = String::new();
    for (_, range) in stretches {
        let missing = range.start.saturating_sub(out.len());
        out.push_str(&"\n".repeat(missing));
        out.push_str(text.as_str().get(range.clone()).unwrap_or_default());
    }
    out
}

/// Escapes `\ [ ] | _ ; *`, tabs, line breaks and arrows with a backslash.
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

/// The most entities of a token. Each is repeated at each of its tokens, so unlimited nesting would
/// make quadratic files.
const DEPTH: usize = 64;

/// Removes spans inside [`DEPTH`] others. Spans are in the order of an annotation.
pub(super) fn within_depth<T: Copy>(spans: Vec<(Span, T)>) -> Vec<(Span, T)> {
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

pub(super) struct TsvFolder {
    pub(super) options: WriteOptions,
    pub(super) taken: BTreeSet<String>,
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
        // The tokens of each span. Spans that share a token or cover several have a number.
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
}
