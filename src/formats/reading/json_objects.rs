//! A stream of JSON objects: one per line, over several lines, or in a list. Only the current
//! object is held in memory.

use std::io::{self, BufRead, BufReader};

use super::lines::line_too_long;
use crate::formats::reading::peek::{PeekReader, shows_bom};
use crate::formats::{Bounds, Code, Fault, Input, RawRecord, RawRecords};

/// How much is read at once, in bytes.
const BUFFER: usize = 256 << 10;

/// Reads the objects of a stream.
pub(in crate::formats) struct JsonObjectReader<'a> {
    reader: BufReader<Input<'a>>,
    line: u64,
    bound: usize,
    /// How many lists are open.
    lists: u32,
    ended: bool,
}

impl<'a> JsonObjectReader<'a> {
    /// Begins to read.
    pub(in crate::formats) fn new(input: Input<'a>, bounds: Bounds) -> io::Result<Self> {
        let mut input = PeekReader::new(input);
        if input.peek(shows_bom)?.starts_with(&[0xef, 0xbb, 0xbf]) {
            input.consume(3);
        }
        let reader = BufReader::with_capacity(BUFFER, Box::new(input) as Input<'a>);
        Ok(Self {
            reader,
            line: 1,
            bound: bounds.line_bytes,
            lists: 0,
            ended: false,
        })
    }

    /// Skips to the next object, and returns its first byte.
    fn find(&mut self) -> io::Result<Option<u8>> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let mut used = 0;
            let mut found = None;
            for &byte in buffer {
                match byte {
                    b'\n' => self.line += 1,
                    b' ' | b'\t' | b'\r' | b',' => {}
                    b'[' if self.lists == 0 => self.lists += 1,
                    b']' if self.lists > 0 => self.lists -= 1,
                    other => {
                        found = Some(other);
                        break;
                    }
                }
                used += 1;
            }
            self.reader.consume(used);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Reads the object that begins here; `None` if the stream ends inside it.
    fn object(&mut self) -> io::Result<Option<Result<Vec<u8>, Fault>>> {
        let mut bytes = Vec::new();
        let mut length = 0_usize;
        let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let mut end = None;
            for (at, &byte) in buffer.iter().enumerate() {
                if byte == b'\n' {
                    self.line += 1;
                }
                if in_string {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => in_string = false,
                        _ => {}
                    }
                    continue;
                }
                match byte {
                    b'"' => in_string = true,
                    b'{' | b'[' => depth = depth.saturating_add(1),
                    b'}' | b']' => {
                        depth = depth.saturating_sub(1);
                        if depth == 0 {
                            end = Some(at + 1);
                            break;
                        }
                    }
                    _ => {}
                }
            }
            let taken = end.unwrap_or(buffer.len());
            length = length.saturating_add(taken);
            if length <= self.bound {
                bytes.extend_from_slice(&buffer[..taken]);
            } else if !bytes.is_empty() {
                bytes = Vec::new();
            }
            self.reader.consume(taken);
            if end.is_some() {
                return Ok(Some(if length > self.bound {
                    Err(line_too_long(length, self.bound))
                } else {
                    Ok(bytes)
                }));
            }
        }
    }

    /// Reads the rest of a line that is not an object.
    fn rest_of_line(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(bytes);
            }
            let end = memchr::memchr(b'\n', buffer);
            let taken = end.unwrap_or(buffer.len());
            if bytes.len() + taken <= self.bound {
                bytes.extend_from_slice(&buffer[..taken]);
            }
            self.reader.consume(taken);
            if end.is_some() {
                return Ok(bytes);
            }
        }
    }
}

impl RawRecords for JsonObjectReader<'_> {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        if self.ended {
            return Ok(None);
        }
        let first = self.find()?;
        let line = Some(self.line);
        match first {
            None => {
                self.ended = true;
                Ok(None)
            }
            Some(b'{') => match self.object()? {
                Some(bytes) => Ok(Some(RawRecord { line, bytes })),
                None => {
                    self.ended = true;
                    let fault = Fault::new(Code::NotJson, "the file ends inside this record");
                    Ok(Some(RawRecord {
                        line,
                        bytes: Err(fault),
                    }))
                }
            },
            Some(_) => {
                let bytes = Ok(self.rest_of_line()?);
                Ok(Some(RawRecord { line, bytes }))
            }
        }
    }

    fn is_ready(&self) -> bool {
        memchr::memchr(b'}', self.reader.buffer()).is_some()
    }
}

/// Parses a record that should be an object.
pub(in crate::formats) fn object(
    bytes: &[u8],
) -> Result<serde_json::Map<String, serde_json::Value>, Fault> {
    let words = String::from_utf8_lossy(bytes);
    match serde_json::from_str(&words) {
        Ok(serde_json::Value::Object(map)) => Ok(map),
        Ok(_) => Err(Fault::new(Code::NotAnObject, "expected a JSON object")),
        Err(error) => Err(Fault::new(Code::NotJson, format!("not JSON: {error}"))),
    }
}

/// Parses an object without one field, which is not needed and is most of the record.
pub(in crate::formats) fn object_without(
    bytes: &[u8],
    unwanted: &'static str,
) -> Result<serde_json::Map<String, serde_json::Value>, Fault> {
    use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

    struct Without(&'static str);
    impl<'de> Visitor<'de> for Without {
        type Value = serde_json::Map<String, serde_json::Value>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a JSON object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
            let mut map = serde_json::Map::new();
            while let Some(name) = fields.next_key::<String>()? {
                if name == self.0 {
                    fields.next_value::<IgnoredAny>()?;
                } else {
                    map.insert(name, fields.next_value()?);
                }
            }
            Ok(map)
        }
    }
    impl<'de> DeserializeSeed<'de> for Without {
        type Value = serde_json::Map<String, serde_json::Value>;

        fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
            from.deserialize_map(self)
        }
    }
    let words = String::from_utf8_lossy(bytes);
    let mut from = serde_json::Deserializer::from_str(&words);
    let read = Without(unwanted).deserialize(&mut from);
    match read.and_then(|map| from.end().map(|()| map)) {
        Ok(map) => Ok(map),
        Err(error) if error.is_data() => {
            Err(Fault::new(Code::NotAnObject, "expected a JSON object"))
        }
        Err(error) => Err(Fault::new(Code::NotJson, format!("not JSON: {error}"))),
    }
}

/// Takes a list out of an object; empty if there is none.
pub(in crate::formats) fn take_list(
    map: &mut serde_json::Map<String, serde_json::Value>,
    name: &str,
) -> Vec<serde_json::Value> {
    match map.remove(name) {
        Some(serde_json::Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// Fields where tools write labels.
pub(in crate::formats) const LABEL_FIELDS: [&str; 13] = [
    "entities",
    "regions",
    "spans",
    "label",
    "labels",
    "annotations",
    "predictions",
    "completions",
    "named_entities",
    "ner",
    "ner_tags",
    "tags",
    "items",
];

/// Returns whether a value is a list of labelled spans, or of tags with at least one label.
pub(in crate::formats) fn holds_labels(value: &serde_json::Value) -> bool {
    use serde_json::Value;

    let is_span = |one: &Value| match one {
        Value::Object(span) => {
            let has = |names: [&str; 4]| names.iter().any(|name| span.contains_key(*name));
            (has(["start", "start_offset", "start_char", "begin"])
                && has(["end", "end_offset", "end_char", "length"]))
                || span
                    .get("result")
                    .is_some_and(|list| *list != Value::Array(Vec::new()))
        }
        Value::Array(_) => one[0].is_number() && one[1].is_number() && one[2].is_string(),
        _ => false,
    };
    // Keywords such as `S-Bahn` look like tags, but among tags some token is outside.
    let is_tag = |one: &Value| {
        let rest = one.as_str().and_then(|tag| tag.get(1..));
        rest.is_some_and(|rest| rest.starts_with('-'))
    };
    let Some(list) = value.as_array() else {
        return false;
    };
    list.iter().any(is_span)
        || (list.iter().any(is_tag)
            && list.iter().any(|one| one == "O")
            && list.iter().all(|one| is_tag(one) || one == "O"))
}

/// Rejects a record with labels in the remaining fields, because they would be lost.
pub(in crate::formats) fn refuse_labels(
    rest: &serde_json::Map<String, serde_json::Value>,
    format: &str,
) -> Result<(), Fault> {
    let left: Vec<&str> = LABEL_FIELDS
        .into_iter()
        .filter(|name| rest.get(*name).is_some_and(holds_labels))
        .collect();
    if left.is_empty() {
        return Ok(());
    }
    Err(labels_not_read(&left, format))
}

/// Returns the fault of labels that would be lost.
pub(in crate::formats) fn labels_not_read(fields: &[&str], format: &str) -> Fault {
    let fields = fields.join("`, `");
    let message =
        format!("`{fields}` contains labels that {format} does not read: they would be lost");
    Fault::new(Code::LabelsNotRead, message).with_hint("name the format with --from")
}

/// Returns the beginning of a value, for a message.
pub(in crate::formats) fn excerpt(value: &serde_json::Value) -> String {
    value.to_string().chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(bytes: &str) -> Vec<(u64, Result<String, Code>)> {
        let mut objects =
            JsonObjectReader::new(Box::new(bytes.as_bytes()), Bounds::default()).unwrap();
        let mut out = Vec::new();
        while let Some(piece) = objects.next().unwrap() {
            let words = piece.bytes.map(|bytes| String::from_utf8(bytes).unwrap());
            out.push((piece.line.unwrap(), words.map_err(|fault| fault.code)));
        }
        out
    }

    #[test]
    fn labels_are_told_from_other_lists() {
        for (value, expected) in [
            (serde_json::json!([[0, 3, "PER"]]), true),
            (
                serde_json::json!([{"start": 0, "end": 3, "label": "PER"}]),
                true,
            ),
            (
                serde_json::json!([{"label": "PER", "start_offset": 0, "end_offset": 3}]),
                true,
            ),
            (serde_json::json!(["B-PER", "I-PER", "O"]), true),
            (serde_json::json!(["S-Bahn", "E-Auto"]), false),
            (serde_json::json!(["sports"]), false),
            (serde_json::json!([]), false),
            (serde_json::json!("PER"), false),
            (
                serde_json::json!([{"name": "sports", "start": "2026-01-01"}]),
                false,
            ),
        ] {
            assert_eq!(holds_labels(&value), expected, "{value}");
        }
    }

    #[test]
    fn a_list_and_lines_give_the_same_objects() {
        let expected = vec![
            (1, Ok("{\"a\":\"}]{\\\"\"}".to_owned())),
            (2, Ok("{\"b\":[{}]}".to_owned())),
        ];
        assert_eq!(cut("{\"a\":\"}]{\\\"\"}\n{\"b\":[{}]}\n"), expected);
        assert_eq!(cut("[{\"a\":\"}]{\\\"\"},\n{\"b\":[{}]}]"), expected);
        assert_eq!(
            cut("\u{feff}[ {\"a\":\"}]{\\\"\"}\n, {\"b\":[{}]} ]\n\n"),
            expected
        );
        assert_eq!(cut(" [ ] "), []);
        assert_eq!(cut(""), []);
    }

    #[test]
    fn what_is_no_object_is_a_piece_of_its_own_and_the_next_is_read() {
        assert_eq!(
            cut("nonsense\n{\n \"a\": 1\n}\n{\"cut"),
            [
                (1, Ok("nonsense".to_owned())),
                (2, Ok("{\n \"a\": 1\n}".to_owned())),
                (5, Err(Code::NotJson))
            ]
        );
    }
}
