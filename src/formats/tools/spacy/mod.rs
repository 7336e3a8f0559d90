//! spaCy's DocBin (`.spacy`), written natively: MessagePack in zlib, as spaCy 3 reads it.
//!
//! | in the `DocReader` | is |
//! | --- | --- |
//! | `doc.ents` | the entities; of nested ones the outermost |
//! | `doc.spans["entities"]` | all entities, nested ones too |
//! | `doc.spans["regions"]` | the regions |
//! | `doc.user_data["copydesk"]` | id, status, annotator and metadata |
//!
//! `doc.text` is the article's text, white space and all. Tokens are cut where a span begins or ends, so that none is lost;
//! spaCy aligns them with its own when it trains. In an article that is done, what is no entity is outside (`O`) where entities are
//! annotated; in other regions and other articles it is unknown (`ent_iob` 0), so that "somebody looked and there is none" is not the
//! same as "nobody looked". Of suggestions a group has `attrs["scores"]`.
//!
//! A DocBin is one compressed value: spaCy holds it whole in memory, and so does this.

mod guard;
mod hash;
mod symbols;
mod textcat;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{self, Read};
use std::ops::Range;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use rmpv::Value;
use serde_json::json;

use self::guard::damaged;
pub use self::textcat::TEXTCAT;
use super::conll::outermost;
use crate::formats::reading::growth::{Growth, TooLarge};
use crate::formats::reading::json_objects::{object, take_list};
use crate::formats::reading::lines::Parts;
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::tokens::{cut_at, sentences};
use crate::formats::windows::outside;
use crate::formats::{
    Bounds, Capabilities, ExportTarget, Fault, Format, FormatSpec, Outside, Parsed, RawRecords,
    ReadOptions, RecordSplit, RecordView, RecordWriter, Unlabelled, WriteOptions, metadata,
};
use crate::model::{BytePos, Label, Provenance, Schema, Span, Status, Text};

/// spaCy's DocBin.
#[derive(Clone, Copy, Debug)]
pub struct DocBin;

/// spaCy's numbers of the attributes that are written.
const ORTH: u64 = 65;
const ENT_IOB: u64 = 77;
const ENT_TYPE: u64 = 78;
const SENT_START: u64 = 80;
const ATTRIBUTES: [u64; 4] = [ORTH, ENT_IOB, ENT_TYPE, SENT_START];

const REGIONS: &str = "regions";
const ENTITIES: &str = "entities";
const METADATA: &str = "copydesk";

/// How deep values may nest: those of a DocBin hardly do.
const DEPTH: usize = 64;

const SPEC: FormatSpec = FormatSpec {
    name: "spacy",
    summary: "spaCy's DocBin: doc.ents, doc.spans[\"regions\"], doc.spans[\"entities\"]",
    extensions: &["spacy"],
    capabilities: Capabilities::EVERYTHING,
    records: RecordSplit::Custom,
    reads_bytes: true,
    has_tokens: true,
    unlabelled: Unlabelled::Marked,
    ..FormatSpec::DEFAULT
};

impl Format for DocBin {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn raw_records<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn RawRecords + 'a>> {
        Ok(Box::new(Parts::new(unpack(input, bounds)?)))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let mut doc = object(&bytes)?;
        let text = doc
            .remove("text")
            .and_then(|text| text.as_str().map(str::to_owned));
        let mut builder = RecordBuilder::new(text.unwrap_or_default(), options)?;
        if let Some(serde_json::Value::Object(metadata)) = doc.remove("facts") {
            builder.set_metadata_json(metadata);
        }
        let ours = builder.metadata.id.is_some();
        for span in take_list(&mut doc, "spans") {
            let kind = match span["group"].as_str() {
                Some(REGIONS) => SpanKind::Region,
                Some(ENTITIES) => SpanKind::Entity,
                _ if ours => continue, // `doc.ents`, which are among the entities
                _ => SpanKind::ByName,
            };
            let range = |name: &str| span[name].as_u64().unwrap_or_default() as usize;
            builder.add_bytes(
                kind,
                range("start")..range("end"),
                span["label"].as_str().unwrap_or_default(),
                span["score"].as_f64(),
            );
        }
        Ok(builder.finish())
    }

    fn writer(
        &self,
        options: &WriteOptions,
        _schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        Some(Box::new(DocBinBuilder {
            options: options.clone(),
            ..DocBinBuilder::default()
        }))
    }
}

// -- writing -------------------------------------------------------------------------------------

/// A DocBin as it grows.
#[derive(Default)]
struct DocBinBuilder {
    options: WriteOptions,
    tokens: Vec<u8>,
    spaces: Vec<u8>,
    lengths: Vec<u8>,
    docs: usize,
    strings: BTreeSet<String>,
    groups: Vec<Value>,
    user_data: Vec<Value>,
    /// For each document what its categories are.
    cats: Vec<Value>,
}

/// A token and whether a single space follows it that is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SpacyToken {
    span: Span,
    space: bool,
}

impl DocBinBuilder {
    fn number(&mut self, string: &str) -> u64 {
        if !self.strings.contains(string) {
            self.strings.insert(string.to_owned());
        }
        number_of(string)
    }

    /// A group of spans. Each covers whole tokens, because tokens were cut at their edges.
    fn group(
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
}

impl DocBinBuilder {
    /// Adds a document; where nobody was asked for its entities, nothing is known of them.
    fn add_document(
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

        // Of `doc.ents` no one begins or ends with white space: spaCy refuses to train on such.
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
                "a DocBin cannot hold so many tokens; export in parts with --split, or fewer articles",
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

/// Words and the white space between them as spaCy has them: a single space is a flag of the word before it, other white
/// space is a token; cut at the edges of `marked`.
fn with_space(text: &Text, words: &[Span], marked: &[Span]) -> Vec<SpacyToken> {
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
        // The flag cannot be the beginning or the end of a span.
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

/// The edges that lie in a span; `edges` is sorted.
fn edges_in(edges: &[BytePos], span: Span) -> Vec<BytePos> {
    let from = edges.partition_point(|edge| *edge < span.start());
    let to = edges.partition_point(|edge| *edge < span.end());
    edges.get(from..to).unwrap_or_default().to_vec()
}

/// spaCy's number of a string.
fn number_of(string: &str) -> u64 {
    if string.is_empty() {
        return 0;
    }
    match symbols::SYMBOLS.binary_search_by(|(name, _)| (*name).cmp(string)) {
        Ok(at) => symbols::SYMBOLS
            .get(at)
            .map_or(0, |(_, number)| u64::from(*number)),
        Err(_) => hash::murmur64a(string.as_bytes(), 1),
    }
}

// -- reading -------------------------------------------------------------------------------------

/// A span while it is put together, in memory.
const SPAN_BYTES: u64 = 512;

/// A token, likewise.
const TOKEN_BYTES: u64 = 32;

/// The documents of a DocBin, each as JSON with byte offsets.
fn unpack(input: Box<dyn Read + Send + '_>, bounds: Bounds) -> io::Result<Vec<Vec<u8>>> {
    let mut growth = Growth::default();
    let mut packed = Vec::new();
    input
        .take(bounds.file_bytes as u64 + 1)
        .read_to_end(&mut packed)?;
    if packed.len() > bounds.file_bytes {
        return Err(damaged("it is larger than what is read at once"));
    }
    growth.set_read(packed.len() as u64);
    let mut bytes = Vec::new();
    let mut unpacked = ZlibDecoder::new(packed.as_slice());
    loop {
        let read = (&mut unpacked).take(1 << 20).read_to_end(&mut bytes)?;
        if read == 0 {
            break;
        }
        growth.make(read as u64)?;
        if bytes.len() > bounds.file_bytes {
            return Err(damaged("it is larger than what is read at once"));
        }
    }
    drop(packed);
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let value = guard::unpack(&bytes, &mut growth)?
        .ok_or_else(|| damaged("it is not MessagePack, or it nests too deep"))?;
    drop(bytes);
    let field = |name: &str| get(&value, name).ok_or_else(|| damaged(&format!("it has no {name}")));
    let attributes: Vec<u64> = list(field("attrs")?).filter_map(Value::as_u64).collect();
    let column = |attribute: u64| attributes.iter().position(|found| *found == attribute);
    let orth = column(ORTH).ok_or_else(|| damaged("its tokens have no ORTH"))?;
    let (iob, kind) = (column(ENT_IOB), column(ENT_TYPE));
    let strings: HashMap<u64, &str> = list(field("strings")?)
        .filter_map(Value::as_str)
        .map(|string| (number_of(string), string))
        .collect();
    let tokens = field("tokens")?.as_slice().unwrap_or_default();
    let spaces = field("spaces")?.as_slice().unwrap_or_default();
    let lengths = field("lengths")?.as_slice().unwrap_or_default();
    let groups: Vec<&Value> = get(&value, "span_groups")
        .map(|all| list(all).collect())
        .unwrap_or_default();
    let user_data: Vec<&Value> = get(&value, "user_data")
        .map(|all| list(all).collect())
        .unwrap_or_default();
    let flags: Vec<&Value> = get(&value, "flags")
        .map(|all| list(all).collect())
        .unwrap_or_default();
    let width = attributes.len() * 8;
    let mut rows = tokens.chunks_exact(width.max(8));
    let mut spaces = spaces.iter();
    let mut out = Vec::new();
    for (index, length) in lengths.chunks_exact(4).enumerate() {
        let length = length
            .try_into()
            .map(i32::from_le_bytes)
            .unwrap_or_default();
        let unknown = flags
            .get(index)
            .and_then(|flags| get(flags, "has_unknown_spaces"))
            .and_then(Value::as_bool)
            .unwrap_or_default();
        let mut doc = DocReader::default();
        for _ in 0..length {
            let row = rows
                .next()
                .ok_or_else(|| damaged("it has fewer tokens than it says"))?;
            let cell = |column: usize| {
                let bytes = row
                    .get(column * 8..column * 8 + 8)
                    .and_then(|cell| cell.try_into().ok());
                bytes.map_or(0, u64::from_le_bytes)
            };
            let word = cell(orth);
            let word = match strings.get(&word) {
                Some(word) => *word,
                None if word == 0 => "",
                None => return Err(damaged("a token's string is missing")),
            };
            let label = kind.map_or(0, cell);
            let marks = if iob.map_or(0, cell) == 0 {
                0
            } else {
                SPAN_BYTES
            };
            growth.make(word.len() as u64 + TOKEN_BYTES + marks)?;
            doc.add(
                word,
                spaces.next().is_some_and(|space| *space != 0) || unknown,
                iob.map_or(0, cell),
                strings.get(&label).copied().unwrap_or_default(),
            );
        }
        doc.groups(groups.get(index).copied(), &strings, &mut growth)?;
        let metadata = match user_data.get(index) {
            Some(data) => user_metadata(data, &mut growth)?,
            None => None,
        };
        out.push(doc.into_json(metadata));
    }
    Ok(out)
}

/// A document as it is read.
#[derive(Default)]
struct DocReader {
    text: String,
    /// Where each token stands, in bytes.
    tokens: Vec<Range<usize>>,
    spans: Vec<serde_json::Value>,
    /// The entity that is going on: where it begins, and its label.
    open: Option<(usize, String)>,
}

impl DocReader {
    fn add(&mut self, word: &str, space: bool, iob: u64, label: &str) {
        let continues = iob == 1 && self.open.as_ref().is_some_and(|(_, open)| open == label);
        if !continues {
            self.close();
            if matches!(iob, 1 | 3) && !label.is_empty() {
                self.open = Some((self.text.len(), label.to_owned()));
            }
        }
        let start = self.text.len();
        self.text.push_str(word);
        self.tokens.push(start..self.text.len());
        if space {
            self.text.push(' ');
        }
    }

    fn close(&mut self) {
        if let (Some((start, label)), Some(last)) = (self.open.take(), self.tokens.last()) {
            self.spans
                .push(json!({"group": "ents", "start": start, "end": last.end, "label": label}));
        }
    }

    /// The span groups: packed once more inside the DocBin, as a map or, by older versions, a list.
    fn groups(
        &mut self,
        packed: Option<&Value>,
        strings: &HashMap<u64, &str>,
        growth: &mut Growth,
    ) -> Result<(), TooLarge> {
        let Some(packed) = packed.and_then(Value::as_slice) else {
            return Ok(());
        };
        let Some(groups) = guard::unpack(packed, growth)? else {
            return Ok(());
        };
        let groups: Vec<(Option<String>, &[u8])> = match &groups {
            Value::Map(map) => map
                .iter()
                .filter_map(|(group, keys)| {
                    let key = list(keys).next().and_then(Value::as_str);
                    Some((key.map(str::to_owned), group.as_slice()?))
                })
                .collect(),
            other => list(other)
                .filter_map(|group| Some((None, group.as_slice()?)))
                .collect(),
        };
        for (key, group) in groups {
            let Some(group) = guard::unpack(group, growth)? else {
                continue;
            };
            let name = get(&group, "name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let key = key.unwrap_or_else(|| name.to_owned());
            let attrs = get(&group, "attrs");
            let scores: Vec<&Value> = attrs
                .and_then(|attrs| get(attrs, "scores"))
                .map(|scores| list(scores).collect())
                .unwrap_or_default();
            let spans = get(&group, "spans").into_iter().flat_map(list);
            for (index, span) in spans.filter_map(Value::as_slice).enumerate() {
                let number = |at: usize| {
                    let bytes = span.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
                    bytes.map_or(0, u32::from_be_bytes) as usize
                };
                let label = span.get(16..24).and_then(|bytes| bytes.try_into().ok());
                let label = label.map_or(0, u64::from_be_bytes);
                // The places of tokens, not of characters: those hold whatever the text is.
                let (Some(first), Some(last)) = (
                    self.tokens.get(number(24)),
                    number(28)
                        .checked_sub(1)
                        .and_then(|last| self.tokens.get(last)),
                ) else {
                    continue;
                };
                let label = strings.get(&label).copied().unwrap_or_default();
                growth.make(SPAN_BYTES + (key.len() + label.len()) as u64)?;
                let mut found = json!({
                    "group": key, "start": first.start, "end": last.end,
                    "label": label,
                });
                if let Some(score) = scores.get(index).and_then(|score| score.as_f64()) {
                    found["score"] = score.into();
                }
                self.spans.push(found);
            }
        }
        Ok(())
    }

    fn into_json(mut self, metadata: Option<BTreeMap<String, String>>) -> Vec<u8> {
        self.close();
        // spaCy writes `doc.ents` apart; where a group says the same, once is enough.
        let key = |span: &serde_json::Value| {
            let number = |name: &str| span[name].as_u64().unwrap_or_default();
            let label = span["label"].as_str().unwrap_or_default();
            (number("start"), number("end"), label.to_owned())
        };
        let (ents, groups): (Vec<_>, Vec<_>) = self
            .spans
            .into_iter()
            .partition(|span| span["group"] == "ents");
        let mut spans: Vec<serde_json::Value> = Vec::with_capacity(ents.len() + groups.len());
        let mut known: HashSet<(u64, u64, String)> = HashSet::new();
        for span in groups.into_iter().chain(ents) {
            let mine = matches!(span["group"].as_str(), Some(REGIONS | ENTITIES));
            if known.insert(key(&span)) || mine {
                spans.push(span);
            }
        }
        let doc = json!({"text": self.text, "spans": spans, "facts": metadata});
        doc.to_string().into_bytes()
    }
}

/// What this program, or any other, has put into `doc.user_data` as strings.
fn user_metadata(
    packed: &Value,
    growth: &mut Growth,
) -> Result<Option<BTreeMap<String, String>>, TooLarge> {
    let Some(packed) = packed.as_slice() else {
        return Ok(None);
    };
    let Some(data) = guard::unpack(packed, growth)? else {
        return Ok(None);
    };
    let metadata = get(&data, METADATA).unwrap_or(&data);
    let pairs = metadata.as_map().map(|pairs| {
        pairs.iter().filter_map(|(name, value)| {
            Some((name.as_str()?.to_owned(), value.as_str()?.to_owned()))
        })
    });
    Ok(pairs.map(Iterator::collect))
}

fn get<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let found = value
        .as_map()?
        .iter()
        .find(|(key, _)| key.as_str() == Some(name));
    found.map(|(_, value)| value)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_a_flag_or_a_token() {
        let text = Text::new(" a b  c\n\nd ");
        let words = crate::formats::Tokenizer::SpacyLike.tokens(&text);
        let tokens = |marked: &[Span]| -> Vec<(String, bool)> {
            let made = with_space(&text, &words, marked);
            made.iter()
                .map(|token| (text.slice(token.span).to_owned(), token.space))
                .collect()
        };
        let shown = |tokens: &[(&str, bool)]| -> Vec<(String, bool)> {
            tokens
                .iter()
                .map(|(word, space)| ((*word).to_owned(), *space))
                .collect()
        };
        assert_eq!(
            tokens(&[]),
            shown(&[
                (" ", false),
                ("a", true),
                ("b", true),
                (" ", false),
                ("c", false),
                ("\n\n", false),
                ("d", true)
            ])
        );
        let edge = text.span(BytePos(2), BytePos(8)).unwrap();
        assert_eq!(
            tokens(&[edge]),
            shown(&[
                (" ", false),
                ("a", false),
                (" ", false),
                ("b", true),
                (" ", false),
                ("c", false),
                ("\n", false),
                ("\n", false),
                ("d", true)
            ])
        );
    }

    #[test]
    fn numbers_are_spacys() {
        // As spacy.strings.get_string_id gives them.
        assert_eq!(number_of(""), 0);
        assert_eq!(number_of("PERSON"), 380);
        assert_eq!(number_of("X"), 101);
        assert_eq!(number_of("Merkel"), 6_513_724_213_879_069_592);
        assert_eq!(number_of("now"), 17_157_488_710_739_566_268);
        assert_eq!(number_of("\n\n"), 908_432_558_851_201_422);
        assert!(symbols::SYMBOLS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
