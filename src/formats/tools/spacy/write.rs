//! Writing: documents packed into a DocBin.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use rmpv::Value;

use super::{ATTRIBUTES, DocBin, ENTITIES, METADATA, REGIONS, number_of};
use crate::formats::tokens::flat_entities::outermost;
use crate::formats::tokens::{cut_at, sentences};
use crate::formats::windows::outside;
use crate::formats::{ExportTarget, Outside, RecordView, RecordWriter, WriteOptions, metadata};
use crate::model::{BytePos, Label, Provenance, Span, Status, Text};

/// A DocBin that is being built.
#[derive(Default)]
pub(super) struct DocBinBuilder {
    pub(super) options: WriteOptions,
    pub(super) tokens: Vec<u8>,
    pub(super) spaces: Vec<u8>,
    pub(super) lengths: Vec<u8>,
    pub(super) docs: usize,
    pub(super) strings: BTreeSet<String>,
    pub(super) groups: Vec<Value>,
    pub(super) user_data: Vec<Value>,
    /// The categories of each document.
    pub(super) cats: Vec<Value>,
}

/// A token, and whether a single space follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SpacyToken {
    pub(super) span: Span,
    pub(super) space: bool,
}

impl DocBinBuilder {
    pub(super) fn number(&mut self, string: &str) -> u64 {
        if !self.strings.contains(string) {
            self.strings.insert(string.to_owned());
        }
        number_of(string)
    }

    /// Returns a group of spans. Tokens were split at their edges, so each covers whole tokens.
    pub(super) fn group(
        &mut self,
        name: &str,
        text: &Text,
        tokens: &[Span],
        spans: &[(Span, &Label, Provenance)],
    ) -> Value {
        let scores: Vec<Option<f64>> = spans
            .iter()
            .map(|(_, _, provenance)| provenance.score().map(crate::model::Score::value))
            .collect();
        let mut packed = Vec::with_capacity(spans.len());
        for (span, label, _) in spans {
            let start = tokens.partition_point(|token| token.start() < span.start());
            let end = tokens.partition_point(|token| token.start() < span.end());
            let mut bytes = [0_u8; 16].to_vec(); // no id and no knowledge base
            bytes.extend(self.number(label.as_str()).to_be_bytes());
            for at in [
                start as u32,
                end as u32,
                text.char_of_byte(span.start()).0,
                text.char_of_byte(span.end()).0,
            ] {
                bytes.extend(at.to_be_bytes());
            }
            packed.push(Value::Binary(bytes));
        }
        let mut attrs = Vec::new();
        if self.options.scores && scores.iter().any(Option::is_some) {
            let scores = scores
                .into_iter()
                .map(|score| score.map_or(Value::Nil, Value::from));
            attrs.push(("scores".into(), Value::Array(scores.collect())));
        }
        Value::Map(vec![
            ("name".into(), name.into()),
            ("attrs".into(), Value::Map(attrs)),
            ("spans".into(), Value::Array(packed)),
        ])
    }

    /// Adds a document. Without `has_entities`, its entities are unknown.
    pub(super) fn add_document(
        &mut self,
        record: &RecordView<'_>,
        metadata: BTreeMap<String, String>,
        cats: Value,
        has_entities: bool,
    ) -> io::Result<()> {
        let (text, annotation) = (&record.article.text, record.annotation);
        let regions: Vec<_> = annotation
            .regions()
            .iter()
            .map(|region| (region.span, &region.label, region.provenance))
            .collect();
        let entities: Vec<_> = annotation
            .entities()
            .iter()
            .map(|entity| (entity.span, &entity.label, entity.provenance))
            .collect();
        let marked: Vec<Span> = regions.iter().chain(&entities).map(|mark| mark.0).collect();
        let words = self.options.tokenizer.tokens(text);
        let tokens = with_space(text, &words, &marked);
        let spans: Vec<Span> = tokens.iter().map(|token| token.span).collect();

        // spaCy refuses to train on `doc.ents` with white space at their edges.
        let reviewed = has_entities && annotation.status() == Status::Done;
        let known = (outside::rule(&DocBin, &self.options) == Outside::Missing)
            .then(|| outside::annotated(record, &self.options))
            .flatten();
        let inside = match &known {
            None => vec![true; tokens.len()],
            Some(known) => outside::inside(&spans, known),
        };
        let tag = |inside: bool| (if reviewed && inside { 2 } else { 0 }, 0);
        let mut tags: Vec<(u64, u64)> = inside.into_iter().map(tag).collect();
        for (range, label) in outermost(record, &spans) {
            let label = self.number(label.as_str());
            for (index, at) in range.enumerate() {
                tags[at] = (if index == 0 { 3 } else { 1 }, label);
            }
        }
        let starts: BTreeSet<BytePos> = sentences(text, &words)
            .into_iter()
            .filter_map(|sentence| words.get(sentence.start).map(|word| word.start()))
            .collect();
        for (index, (token, (iob, label))) in tokens.iter().zip(tags).enumerate() {
            let begins = index == 0 || starts.contains(&token.span.start());
            let row = [
                self.number(text.slice(token.span)),
                iob,
                label,
                if begins { 1 } else { u64::MAX }, // -1: certainly none
            ];
            for value in row {
                self.tokens.extend(value.to_le_bytes());
            }
            self.spaces.push(u8::from(token.space));
        }
        let length = i32::try_from(tokens.len()).map_err(io::Error::other)?;
        self.lengths.extend(length.to_le_bytes());
        self.docs += 1;

        let mut groups = Vec::new();
        for (name, marks) in [(REGIONS, &regions), (ENTITIES, &entities)] {
            let group = self.group(name, text, &spans, marks);
            groups.push((
                Value::Binary(pack(&group)?),
                Value::Array(vec![name.into()]),
            ));
        }
        self.groups.push(Value::Binary(pack(&Value::Map(groups))?));
        self.cats.push(cats);
        let metadata: Vec<(Value, Value)> = metadata
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let user_data = Value::Map(vec![(METADATA.into(), Value::Map(metadata))]);
        self.user_data.push(Value::Binary(pack(&user_data)?));
        Ok(())
    }
}

impl RecordWriter for DocBinBuilder {
    fn add(
        &mut self,
        _part: &str,
        record: &RecordView<'_>,
        _target: &mut dyn ExportTarget,
    ) -> io::Result<bool> {
        self.add_document(
            record,
            metadata::to_map(record),
            Value::Map(Vec::new()),
            true,
        )?;
        Ok(true)
    }

    fn finish(self: Box<Self>, target: &mut dyn ExportTarget) -> io::Result<()> {
        const MOST: usize = u32::MAX as usize; // what MessagePack can say
        if self.tokens.len() > MOST {
            return Err(io::Error::other(
                "a DocBin cannot hold this many tokens\nhint: export in parts with --split, or export fewer articles",
            ));
        }
        let empty = |value: Value| Value::Array(vec![value; self.docs]);
        let flags = vec![("has_unknown_spaces".into(), false.into())];
        let strings = self.strings.iter().map(|string| string.as_str().into());
        let bin = Value::Map(vec![
            ("version".into(), "0.1".into()),
            (
                "attrs".into(),
                Value::Array(ATTRIBUTES.map(Value::from).to_vec()),
            ),
            ("strings".into(), Value::Array(strings.collect())),
            ("cats".into(), Value::Array(self.cats)),
            ("flags".into(), empty(Value::Map(flags))),
            ("tokens".into(), Value::Binary(self.tokens)),
            ("spaces".into(), Value::Binary(self.spaces)),
            ("lengths".into(), Value::Binary(self.lengths)),
            ("span_groups".into(), Value::Array(self.groups)),
            ("user_data".into(), Value::Array(self.user_data)),
        ]);
        let mut packed = ZlibEncoder::new(target.out(), Compression::default());
        rmpv::encode::write_value(&mut packed, &bin).map_err(io::Error::other)?;
        packed.finish()?.flush()
    }
}

fn pack(value: &Value) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, value).map_err(io::Error::other)?;
    Ok(bytes)
}

/// Returns words and white space as spaCy's tokens: a single space is a flag of the word before it,
/// other white space is a token. Tokens are split at the edges of `marked`.
pub(super) fn with_space(text: &Text, words: &[Span], marked: &[Span]) -> Vec<SpacyToken> {
    let starts: BTreeSet<BytePos> = marked.iter().map(|span| span.start()).collect();
    let ends: BTreeSet<BytePos> = marked.iter().map(|span| span.end()).collect();
    let edges: Vec<BytePos> = starts.union(&ends).copied().collect();
    let mut out: Vec<SpacyToken> = Vec::with_capacity(words.len() * 2);
    let mut at = BytePos(0);
    let gap = |out: &mut Vec<SpacyToken>, from: BytePos, to: BytePos| {
        let Ok(gap) = text.span(from, to) else {
            return; // nothing between
        };
        let after = BytePos(from.0 + 1);
        // A span cannot begin or end at a flag.
        let flag =
            text.slice(gap).starts_with(' ') && !starts.contains(&from) && !ends.contains(&after);
        let rest = match out.last_mut() {
            Some(last) if flag => {
                last.space = true;
                gap.from(after)
            }
            _ => Some(gap),
        };
        let Some(rest) = rest else { return };
        let cut = cut_at(text, &[rest], edges_in(&edges, rest));
        out.extend(
            cut.into_iter()
                .map(|span| SpacyToken { span, space: false }),
        );
    };
    for word in cut_at(text, words, edges.clone()) {
        gap(&mut out, at, word.start());
        out.push(SpacyToken {
            span: word,
            space: false,
        });
        at = word.end();
    }
    gap(&mut out, at, text.end());
    out
}

/// Returns the edges inside a span; `edges` is sorted.
fn edges_in(edges: &[BytePos], span: Span) -> Vec<BytePos> {
    let from = edges.partition_point(|edge| *edge < span.start());
    let to = edges.partition_point(|edge| *edge < span.end());
    edges.get(from..to).unwrap_or_default().to_vec()
}
