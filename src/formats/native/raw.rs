//! The JSON of a record, before it is checked against the text.
//!
//! It is parsed by hand, because unknown fields must be kept or reported, and because a message
//! should name the wrong field.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::formats::metadata::adjudication;
use crate::formats::metadata::span_attributes::{self, Fields};
use crate::formats::metadata::suggested_by::{self, SuggestedBy};
use crate::formats::reading::json_objects::{LABEL_FIELDS, holds_labels};
use crate::model::{Provenance, Score};

/// How many names of fields that were not kept are remembered. A hostile record may have millions.
const MAX_NAMES: usize = 20;

/// A record's fields.
#[derive(Debug, Default)]
pub(super) struct Raw<'a> {
    pub(super) id: Option<String>,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    pub(super) regions: Vec<RawSpan<'a>>,
    pub(super) entities: Vec<RawSpan<'a>>,
    pub(super) blocks: Vec<RawBlock>,
    pub(super) status: Option<String>,
    pub(super) annotator: Option<String>,
    pub(super) updated_at: Option<String>,
    pub(super) language: Option<String>,
    pub(super) url: Option<String>,
    pub(super) source: Option<String>,
    pub(super) error: Option<String>,
    /// The version of the record, if it names Copydesk's format.
    pub(super) version: Option<String>,
    pub(super) suggested_by: Vec<SuggestedBy>,
    /// The account of an adjudication: see [`adjudication`].
    pub(super) adjudication: Option<serde_json::Value>,
    pub(super) meta: BTreeMap<String, String>,
    /// Unknown fields that are strings; `meta` wins over them.
    pub(super) unknown: BTreeMap<String, String>,
    /// Names of unknown fields that hold labels.
    pub(super) labels: Vec<String>,
    /// Names of fields that could not be kept.
    pub(super) not_kept: Vec<String>,
    /// How many fields could not be kept.
    pub(super) not_kept_count: usize,
}

impl Raw<'_> {
    fn not_kept(&mut self, name: impl FnOnce() -> String) {
        self.not_kept_count += 1;
        if self.not_kept.len() < MAX_NAMES {
            self.not_kept.push(name());
        }
    }
}

/// A region or an entity.
#[derive(Debug)]
pub(super) struct RawSpan<'a> {
    pub(super) start: i64,
    pub(super) end: i64,
    /// Borrowed from the line unless it has escapes.
    pub(super) label: Cow<'a, str>,
    pub(super) score: Option<f64>,
    /// Whether the score is that of a projection, not of a model.
    pub(super) projected: bool,
    /// Its other fields: see [`span_attributes`].
    pub(super) fields: Fields,
}

impl RawSpan<'_> {
    /// Who put it there: a person without a score, a projection, or a model.
    pub(super) fn provenance(&self, model: fn(Score) -> Provenance) -> Provenance {
        match self.score.map(Score::new) {
            None => Provenance::Import,
            Some(score) if self.projected => Provenance::Projected(score),
            Some(score) => model(score),
        }
    }
}

impl<'de> Deserialize<'de> for RawSpan<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SpanVisitor;

        impl<'de> Visitor<'de> for SpanVisitor {
            type Value = RawSpan<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a span: {\"start\", \"end\", \"label\"}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawSpan<'de>, A::Error> {
                let (mut start, mut end, mut label, mut score) = (None, None, None, None);
                let mut projected = false;
                let mut fields = Fields::new();
                while let Some(Name(name)) = map.next_key::<Name<'de>>()? {
                    match &*name {
                        "start" => start = Some(map.next_value()?),
                        "end" => end = Some(map.next_value()?),
                        "label" => label = Some(map.next_value::<Name<'de>>()?.0),
                        "score" => score = map.next_value()?,
                        "projected" => projected = map.next_value::<serde_json::Value>()? == true,
                        name if span_attributes::is_kept(name) => {
                            match map.next_value::<Loose>()? {
                                Loose::String(value) | Loose::Number(value) => {
                                    fields.insert(name.to_owned(), value);
                                }
                                Loose::Null | Loose::Other => {}
                            }
                        }
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(RawSpan {
                    start: start.ok_or_else(|| de::Error::missing_field("start"))?,
                    end: end.ok_or_else(|| de::Error::missing_field("end"))?,
                    label: label.ok_or_else(|| de::Error::missing_field("label"))?,
                    score,
                    projected,
                    fields,
                })
            }
        }

        deserializer.deserialize_map(SpanVisitor)
    }
}

/// A block.
#[derive(Debug, serde::Deserialize)]
pub(super) struct RawBlock {
    pub(super) start: i64,
    pub(super) end: i64,
    #[serde(default)]
    pub(super) path: String,
}

/// Any value. Only strings are kept.
enum Loose {
    Null,
    String(String),
    Number(String),
    Other,
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LooseVisitor;

        impl<'de> Visitor<'de> for LooseVisitor {
            type Value = Loose;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_str<E>(self, value: &str) -> Result<Loose, E> {
                Ok(Loose::String(value.to_owned()))
            }

            fn visit_string<E>(self, value: String) -> Result<Loose, E> {
                Ok(Loose::String(value))
            }

            fn visit_unit<E>(self) -> Result<Loose, E> {
                Ok(Loose::Null)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Loose, E> {
                Ok(Loose::Other)
            }

            fn visit_i64<E>(self, value: i64) -> Result<Loose, E> {
                Ok(Loose::Number(value.to_string()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Loose, E> {
                Ok(Loose::Number(value.to_string()))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Loose, E> {
                Ok(Loose::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Loose::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Loose::Other)
            }
        }

        deserializer.deserialize_any(LooseVisitor)
    }
}

/// `meta`, an object whose strings are kept.
struct Meta {
    kept: BTreeMap<String, String>,
    not_kept: Vec<String>,
    not_kept_count: usize,
}

impl<'de> Deserialize<'de> for Meta {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MetaVisitor;

        impl<'de> Visitor<'de> for MetaVisitor {
            type Value = Meta;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Meta, A::Error> {
                let mut meta = Meta {
                    kept: BTreeMap::new(),
                    not_kept: Vec::new(),
                    not_kept_count: 0,
                };
                while let Some((name, value)) = map.next_entry::<String, Loose>()? {
                    match value {
                        Loose::String(value) => {
                            meta.kept.insert(name, value);
                        }
                        Loose::Null => {}
                        Loose::Number(_) | Loose::Other => {
                            meta.not_kept_count += 1;
                            if meta.not_kept.len() < MAX_NAMES {
                                meta.not_kept.push(format!("meta.{name}"));
                            }
                        }
                    }
                }
                Ok(meta)
            }
        }

        deserializer.deserialize_any(MetaVisitor)
    }
}

/// Reads a record, and remembers the current field for error messages.
#[derive(Default)]
pub(super) struct Reader {
    /// The known field that is being read; empty between fields.
    at: Cell<&'static str>,
}

impl Reader {
    /// Parses the record on a line.
    pub(super) fn read<'a>(&self, line: &'a [u8]) -> serde_json::Result<Raw<'a>> {
        self.at.set("");
        // UTF-8 is checked once for the line rather than for each string. Strings that are not kept
        // may be broken.
        match str::from_utf8(line) {
            Ok(line) => self.read_from(serde_json::Deserializer::from_str(line)),
            Err(_broken) => self.read_from(serde_json::Deserializer::from_slice(line)),
        }
    }

    fn read_from<'a, R: serde_json::de::Read<'a>>(
        &self,
        mut json: serde_json::Deserializer<R>,
    ) -> serde_json::Result<Raw<'a>> {
        let raw = self.deserialize(&mut json)?;
        json.end()?;
        Ok(raw)
    }

    /// Returns the field where the last line went wrong, if it was inside one.
    pub(super) fn at(&self) -> Option<&'static str> {
        Some(self.at.get()).filter(|name| !name.is_empty())
    }

    /// Reads a known field; `null` means that it is absent.
    fn field<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
        &self,
        map: &mut A,
        name: &'static str,
    ) -> Result<Option<T>, A::Error> {
        self.at.set(name);
        let value = map.next_value()?;
        self.at.set("");
        Ok(value)
    }
}

impl<'de> DeserializeSeed<'de> for &Reader {
    type Value = Raw<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &Reader {
    type Value = Raw<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record: a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw<'de>, A::Error> {
        let mut raw = Raw::default();
        let map = &mut map;
        while let Some(Name(name)) = map.next_key::<Name<'de>>()? {
            match &*name {
                "id" => raw.id = self.field::<_, Id>(map, "id")?.map(|id| id.0),
                "text" => raw.text = self.field(map, "text")?,
                "html" => raw.html = self.field(map, "html")?,
                "regions" => raw.regions = self.field(map, "regions")?.unwrap_or_default(),
                "entities" => raw.entities = self.field(map, "entities")?.unwrap_or_default(),
                "blocks" => raw.blocks = self.field(map, "blocks")?.unwrap_or_default(),
                "status" => raw.status = self.field(map, "status")?,
                "annotator" => raw.annotator = self.field(map, "annotator")?,
                "updated_at" => raw.updated_at = self.field(map, "updated_at")?,
                "language" => raw.language = self.field(map, "language")?,
                "url" => raw.url = self.field(map, "url")?,
                "source" => raw.source = self.field(map, "source")?,
                "error" => raw.error = self.field(map, "error")?,
                "meta" => {
                    if let Some(meta) = self.field::<_, Meta>(map, "meta")? {
                        raw.meta = meta.kept;
                        raw.not_kept_count += meta.not_kept_count;
                        raw.not_kept.extend(meta.not_kept);
                    }
                }
                // Other programs use this name too.
                "format" => match map.next_value::<Loose>()? {
                    Loose::String(value) => match value.strip_prefix("copydesk/") {
                        Some(version) => raw.version = Some(version.to_owned()),
                        None => {
                            raw.unknown.insert(name.into_owned(), value);
                        }
                    },
                    Loose::Null => {}
                    Loose::Number(_) | Loose::Other => raw.not_kept(|| name.into_owned()),
                },
                suggested_by::NAME => match map.next_value::<serde_json::Value>()? {
                    serde_json::Value::String(value) => {
                        raw.unknown.insert(name.into_owned(), value);
                    }
                    serde_json::Value::Null => {}
                    value => match serde_json::from_value(value) {
                        Ok(models) => raw.suggested_by = models,
                        Err(_other) => raw.not_kept(|| name.into_owned()),
                    },
                },
                adjudication::NAME => match map.next_value::<serde_json::Value>()? {
                    serde_json::Value::String(value) => {
                        raw.unknown.insert(name.into_owned(), value);
                    }
                    serde_json::Value::Null => {}
                    value => raw.adjudication = Some(value),
                },
                name if LABEL_FIELDS.contains(&name) => {
                    let name = name.to_owned();
                    match map.next_value::<serde_json::Value>()? {
                        serde_json::Value::String(value) => {
                            raw.unknown.insert(name, value);
                        }
                        serde_json::Value::Null => {}
                        value if holds_labels(&value) => raw.labels.push(name),
                        _ => raw.not_kept(|| name),
                    }
                }
                _ => match map.next_value::<Loose>()? {
                    Loose::String(value) => {
                        raw.unknown.insert(name.into_owned(), value);
                    }
                    Loose::Null => {}
                    Loose::Number(_) | Loose::Other => raw.not_kept(|| name.into_owned()),
                },
            }
        }
        Ok(raw)
    }
}

/// An id. Many programs use numbers.
struct Id(String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Loose::deserialize(deserializer)? {
            Loose::String(id) | Loose::Number(id) => Ok(Self(id)),
            Loose::Null | Loose::Other => {
                Err(de::Error::custom("expected a string or a whole number"))
            }
        }
    }
}

/// The name of a field or label, borrowed from the line unless it has escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}
