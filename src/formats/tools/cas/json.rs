//! CAS as JSON, which includes its type system.
//!
//! Most of it is tokens. They are written and skipped without building a tree of values.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

use super::annotation::{CasAnnotation, TYPES, language};
use super::document::{CasDocument, FEATURES, Scalar, Structure};
use super::{METADATA, OWN_METADATA, UNIT};
use crate::formats::{Code, Fault, RecordView};
use crate::model::Text;

/// Writes a CAS.
pub(super) fn write(
    record: &RecordView<'_>,
    text: &Text,
    marks: &[CasAnnotation<'_>],
    metadata: &str,
) -> String {
    let article = record.article;
    let first = [
        json!({"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView",
            "mimeType": "text", "sofaString": text.as_str()}),
        json!({"%ID": 2, "%TYPE": METADATA, "@sofa": 1, "begin": 0,
            "end": UNIT.of(text, text.end()), "language": language(record),
            "documentId": article.id.as_str(), "documentTitle": article.headline(),
            "documentUri": article.meta.url}),
        json!({"%ID": 3, "%TYPE": OWN_METADATA, "value": metadata}),
    ];
    let mut out = String::with_capacity(text.len() + 160 * marks.len() + 4096);
    let _ = write!(
        out,
        "{{\"%TYPES\":{},\"%FEATURE_STRUCTURES\":[{},{},{}",
        types(),
        first[0],
        first[1],
        first[2]
    );
    for (index, mark) in marks.iter().enumerate() {
        let _ = write!(
            out,
            ",{{\"%ID\":{},\"%TYPE\":\"{}\",\"@sofa\":1,\"begin\":{},\"end\":{}",
            index + 4,
            mark.kind, // a name of a type, which needs no escapes
            mark.begin,
            mark.end
        );
        if let Some(value) = mark.value {
            let _ = write!(out, ",\"value\":{}", Value::from(value));
        }
        if let Some(id) = mark.identifier {
            let _ = write!(out, ",\"identifier\":{}", Value::from(id));
        }
        if let Some(score) = mark.score {
            let _ = write!(out, ",\"score\":{}", Value::from(score));
        }
        out.push('}');
    }
    out.push_str("],\"%VIEWS\":{\"_InitialView\":{\"%SOFA\":1,\"%INDEX\":2,\"%MEMBERS\":[2,3");
    for id in 4..marks.len() + 4 {
        let _ = write!(out, ",{id}");
    }
    out.push_str("]}}}");
    out
}

/// Returns the type system.
fn types() -> Value {
    let mut types = Map::new();
    for (name, parent, features) in TYPES {
        let mut fields = Map::new();
        fields.insert("%NAME".into(), name.into());
        fields.insert("%SUPER_TYPE".into(), parent.into());
        for (feature, range) in features {
            fields.insert(
                (*feature).to_owned(),
                json!({"%NAME": feature, "%RANGE": range}),
            );
        }
        types.insert(name.into(), fields.into());
    }
    types.into()
}

/// Reads a CAS.
pub(super) fn read(words: &str) -> Result<CasDocument<'_>, Fault> {
    #[derive(Deserialize)]
    struct Cas<'a> {
        #[serde(borrow, default, rename = "%FEATURE_STRUCTURES")]
        structures: Structures<'a>,
    }
    if !words.trim_start().starts_with('{') {
        return Err(Fault::new(Code::NotAnObject, "expected a JSON object"));
    }
    let cas: Cas<'_> = serde_json::from_str(words)
        .map_err(|error| Fault::new(Code::NotJson, format!("not JSON: {error}")))?;
    Ok(cas.structures.0)
}

/// The structures, in a list or, in the older notation, by number.
#[derive(Default)]
struct Structures<'a>(CasDocument<'a>);

impl<'a> Structures<'a> {
    fn add(&mut self, one: ParsedStructure<'a>) {
        if let Some(text) = one.text
            && self.0.text.is_none()
        {
            self.0.text = Some(text.into_owned());
            self.0.sofa = one.id;
        }
        self.0.structures.extend(one.structure);
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Structures<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Structures<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of feature structures")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut all = Structures::default();
                while let Some(one) = list.next_element()? {
                    all.add(one);
                }
                Ok(all)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = Structures::default();
                while let Some((Key(id), mut one)) =
                    map.next_entry::<Key<'de>, ParsedStructure<'de>>()?
                {
                    if one.text.is_some() {
                        one.id.get_or_insert_with(|| id.into_owned());
                    }
                    all.add(one);
                }
                Ok(all)
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Structures::default())
            }
        }
        deserializer.deserialize_any(All)
    }
}

/// A structure: a text, a structure that is read, or neither.
#[derive(Default)]
struct ParsedStructure<'a> {
    text: Option<Cow<'a, str>>,
    /// The number of a text.
    id: Option<String>,
    structure: Option<Structure<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for ParsedStructure<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StructureVisitor)
    }
}

/// Visits a structure. Any other value is skipped.
struct StructureVisitor;

impl<'de> Visitor<'de> for StructureVisitor {
    type Value = ParsedStructure<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a feature structure")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut kind = Cow::Borrowed("");
        let (mut text, mut id) = (None, None);
        let mut features = Vec::new();
        // The type usually comes before features that can be skipped.
        let mut is_wanted = true;
        while let Some(Key(name)) = map.next_key()? {
            if name == "%TYPE" {
                if let Scalar::Text(words) = map.next_value()? {
                    is_wanted = Structure::is_wanted(&words);
                    kind = words;
                }
            } else if name == "%ID" {
                id = Some(map.next_value::<Scalar<'de>>()?);
            } else if name == "sofaString" {
                if let Scalar::Text(words) = map.next_value()? {
                    text = Some(words);
                }
            } else if let Some(known) = FEATURES
                .into_iter()
                .find(|known| *known == name)
                .filter(|_| is_wanted)
            {
                features.push((known, map.next_value()?));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let text = text.filter(|_| kind == "uima.cas.Sofa");
        let id = match id.filter(|_| text.is_some()) {
            Some(Scalar::Integer(number)) => Some(number.to_string()),
            Some(Scalar::Text(words)) => Some(words.into_owned()),
            _ => None,
        };
        Ok(ParsedStructure {
            text,
            id,
            structure: is_wanted.then_some(Structure { kind, features }),
        })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(ParsedStructure::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(ParsedStructure::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(ParsedStructure::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(ParsedStructure::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(ParsedStructure::default())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(ParsedStructure::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(ParsedStructure::default())
    }
}

/// A key, borrowed unless it has escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Scalar::deserialize(deserializer)? {
            Scalar::Text(words) => Ok(Self(words)),
            _ => Ok(Self(Cow::Borrowed(""))),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Scalar<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_borrowed_str<E>(self, words: &'de str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Borrowed(words)))
            }

            fn visit_str<E>(self, words: &str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(words.to_owned())))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Scalar::Integer(number))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(i64::try_from(number).map_or(Scalar::Other, Scalar::Integer))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Scalar::Float(number))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Scalar::Other)
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Scalar::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations_are_read_and_what_is_odd_is_passed_over() {
        let list = r#"{"%FEATURE_STRUCTURES":[7,null,"x",[1],{"%TYPE":"uima.cas.Sofa","sofaString":"A\nb"},
            {"begin":0,"end":1,"%TYPE":"x.Token"},{"%ID":3,"%TYPE":"x.Named","begin":"0","end":1,"value":"P","of":{"a":1}}],"%VIEWS":{}}"#;
        let map = r#"{"%FEATURE_STRUCTURES":{"1":{"%TYPE":"uima.cas.Sofa","sofaString":"A\nb"},
            "2":{"%TYPE":"x.Named","begin":0,"end":1.0,"value":5}}}"#;
        let found = read(list).unwrap();
        assert_eq!(found.text.as_deref(), Some("A\nb"));
        let [one] = &found.structures[..] else {
            panic!("one is wanted: {}", found.structures.len());
        };
        assert_eq!(
            (one.integer("begin"), one.integer("end")),
            (Some(0), Some(1))
        );
        assert_eq!(one.text("value").as_deref(), Some("P"));
        let found = read(map).unwrap();
        assert_eq!(found.structures.len(), 1);
        assert_eq!(found.structures[0].text("value").as_deref(), Some("5"));
        assert!(read(r#"{"%VIEWS":{}}"#).unwrap().text.is_none());
        let code = |words: &str| read(words).err().map(|fault| fault.code);
        assert_eq!(code("[]"), Some(Code::NotAnObject));
        assert_eq!(code(r#"{"%FEATURE_STRUCTURES":["#), Some(Code::NotJson));
    }
}
