//! Reading: the documents of a DocBin as JSON objects with byte offsets.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Read};
use std::ops::Range;

use flate2::read::ZlibDecoder;
use rmpv::Value;
use serde_json::json;

use super::guard::damaged;
use super::{ENT_IOB, ENT_TYPE, ENTITIES, METADATA, ORTH, REGIONS, guard, number_of};
use crate::formats::Bounds;
use crate::formats::Input;
use crate::formats::reading::growth::{Growth, TooLarge};

/// The size of a span in memory.
const SPAN_BYTES: u64 = 512;

/// The size of a token in memory.
const TOKEN_BYTES: u64 = 32;

/// Returns the documents of a DocBin, each as JSON with byte offsets.
pub(super) fn unpack(input: Input<'_>, bounds: Bounds) -> io::Result<Vec<Vec<u8>>> {
    let mut growth = Growth::default();
    let bytes = decompress(input, bounds, &mut growth)?;
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let value = guard::unpack(&bytes, &mut growth)?
        .ok_or_else(|| damaged("it is not MessagePack, or it nests too deep"))?;
    drop(bytes);
    let mut tokens = TokenRows::of(&value)?;
    let lengths = field(&value, "lengths")?.as_slice().unwrap_or_default();
    let all =
        |name: &str| -> Vec<&Value> { get(&value, name).into_iter().flat_map(list).collect() };
    let (groups, user_data, flags) = (all("span_groups"), all("user_data"), all("flags"));
    let mut out = Vec::new();
    for (index, length) in lengths.chunks_exact(4).enumerate() {
        let length = length
            .try_into()
            .map(i32::from_le_bytes)
            .unwrap_or_default();
        let unknown_spaces = flags
            .get(index)
            .and_then(|flags| get(flags, "has_unknown_spaces"))
            .and_then(Value::as_bool)
            .unwrap_or_default();
        let mut doc = DocReader::default();
        for _ in 0..length {
            tokens.read(&mut doc, unknown_spaces, &mut growth)?;
        }
        doc.groups(groups.get(index).copied(), &tokens.strings, &mut growth)?;
        let metadata = match user_data.get(index) {
            Some(data) => user_metadata(data, &mut growth)?,
            None => None,
        };
        out.push(doc.into_json(metadata));
    }
    Ok(out)
}

/// Decompresses a file within its bounds.
fn decompress(input: Input<'_>, bounds: Bounds, growth: &mut Growth) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    input
        .take(bounds.file_bytes as u64 + 1)
        .read_to_end(&mut packed)?;
    if packed.len() > bounds.file_bytes {
        return Err(damaged("it is too large to be read at once"));
    }
    growth.set_read(packed.len() as u64);
    let mut bytes = Vec::new();
    let mut unpacked = ZlibDecoder::new(packed.as_slice());
    loop {
        let read = (&mut unpacked).take(1 << 20).read_to_end(&mut bytes)?;
        if read == 0 {
            return Ok(bytes);
        }
        growth.make(read as u64)?;
        if bytes.len() > bounds.file_bytes {
            return Err(damaged("it is too large to be read at once"));
        }
    }
}

/// The tokens of all documents: a row of numbers each.
struct TokenRows<'a> {
    rows: std::slice::ChunksExact<'a, u8>,
    spaces: std::slice::Iter<'a, u8>,
    strings: HashMap<u64, &'a str>,
    /// The columns of the word and, if they exist, of the entity tag and label.
    orth: usize,
    iob: Option<usize>,
    kind: Option<usize>,
}

impl<'a> TokenRows<'a> {
    fn of(value: &'a Value) -> io::Result<Self> {
        let attributes: Vec<u64> = list(field(value, "attrs")?)
            .filter_map(Value::as_u64)
            .collect();
        let column = |attribute: u64| attributes.iter().position(|found| *found == attribute);
        let width = attributes.len() * 8;
        let tokens = field(value, "tokens")?.as_slice().unwrap_or_default();
        let spaces = field(value, "spaces")?.as_slice().unwrap_or_default();
        Ok(Self {
            rows: tokens.chunks_exact(width.max(8)),
            spaces: spaces.iter(),
            strings: list(field(value, "strings")?)
                .filter_map(Value::as_str)
                .map(|string| (number_of(string), string))
                .collect(),
            orth: column(ORTH).ok_or_else(|| damaged("its tokens have no ORTH"))?,
            iob: column(ENT_IOB),
            kind: column(ENT_TYPE),
        })
    }

    /// Reads the next token into a document.
    fn read(
        &mut self,
        doc: &mut DocReader,
        unknown_spaces: bool,
        growth: &mut Growth,
    ) -> io::Result<()> {
        let row = self.rows.next();
        let row = row.ok_or_else(|| damaged("it has fewer tokens than it declares"))?;
        let cell = |column: usize| {
            let bytes = row.get(column * 8..column * 8 + 8);
            let bytes = bytes.and_then(|cell| cell.try_into().ok());
            bytes.map_or(0, u64::from_le_bytes)
        };
        let word = cell(self.orth);
        let word = match self.strings.get(&word) {
            Some(word) => *word,
            None if word == 0 => "",
            None => return Err(damaged("a token's string is missing")),
        };
        let (iob, label) = (self.iob.map_or(0, cell), self.kind.map_or(0, cell));
        let span = if iob == 0 { 0 } else { SPAN_BYTES };
        growth.make(word.len() as u64 + TOKEN_BYTES + span)?;
        let space = self.spaces.next().is_some_and(|space| *space != 0) || unknown_spaces;
        let label = self.strings.get(&label).copied().unwrap_or_default();
        doc.add(word, space, iob, label);
        Ok(())
    }
}

/// Returns a field that must exist.
fn field<'a>(value: &'a Value, name: &str) -> io::Result<&'a Value> {
    get(value, name).ok_or_else(|| damaged(&format!("it has no {name}")))
}

/// A document that is being read.
#[derive(Default)]
pub(super) struct DocReader {
    pub(super) text: String,
    /// The place of each token, in bytes.
    pub(super) tokens: Vec<Range<usize>>,
    pub(super) spans: Vec<serde_json::Value>,
    /// The current entity: its start and its label.
    pub(super) open: Option<(usize, String)>,
}

impl DocReader {
    pub(super) fn add(&mut self, word: &str, space: bool, iob: u64, label: &str) {
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

    pub(super) fn close(&mut self) {
        if let (Some((start, label)), Some(last)) = (self.open.take(), self.tokens.last()) {
            self.spans
                .push(json!({"group": "ents", "start": start, "end": last.end, "label": label}));
        }
    }

    /// Reads the span groups, which are packed again inside the DocBin, as a map or, in older
    /// versions, a list.
    pub(super) fn groups(
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
                // Token offsets, not character offsets: they are always valid.
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

    pub(super) fn into_json(mut self, metadata: Option<BTreeMap<String, String>>) -> Vec<u8> {
        self.close();
        // spaCy writes `doc.ents` separately. Spans that are also in a group are dropped.
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

/// Returns the strings in `doc.user_data`, from this program or any other.
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
