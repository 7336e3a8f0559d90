//! Reading: the rows of a Parquet file as JSON objects.

use std::io::{self, Read};

use parquet::file::metadata::KeyValue;
use parquet::file::reader::FileReader as _;
use parquet::record::Field;
use parquet::record::reader::RowIter;
use serde_json::{Map, Value, json};

use super::FEATURES;
use crate::formats::reading::growth::Growth;
use crate::formats::reading::parquet_guard;
use crate::formats::reading::table_row::ClassNames;
use crate::formats::writing::parquet_columns::failed;
use crate::formats::{Bounds, Input, RawRecord, RawRecords};

/// The field with the names of classes, from the stream to the parser.
pub(super) const NAMES: &str = "\u{0}class names";

/// The rows of a file, as JSON.
pub(super) struct ParquetRows {
    pub(super) rows: Option<RowIter<'static>>,
    pub(super) names: ClassNames,
    pub(super) given: u64,
    pub(super) growth: Growth,
}

impl ParquetRows {
    pub(super) fn new(mut input: Input<'_>, bounds: Bounds) -> io::Result<Self> {
        let mut bytes = Vec::new();
        // The footer, with the places of the rows, is at the end.
        (&mut input)
            .take(bounds.file_bytes as u64 + 1)
            .read_to_end(&mut bytes)?;
        if bytes.len() > bounds.file_bytes {
            return Err(io::Error::other(
                "the Parquet file is too large to be read at once",
            ));
        }
        if bytes.is_empty() {
            return Ok(Self {
                rows: None,
                names: ClassNames::new(),
                given: 0,
                growth: Growth::default(),
            });
        }
        let growth = Growth::of(bytes.len() as u64);
        let reader = parquet_guard::check(&bytes::Bytes::from(bytes), bounds.line_bytes)?;
        let names = class_names(reader.metadata().file_metadata().key_value_metadata());
        Ok(Self {
            rows: Some(RowIter::from_file_into(Box::new(reader))),
            names,
            given: 0,
            growth,
        })
    }
}

/// Returns the names of classes that `datasets` keeps in a file.
fn class_names(pairs: Option<&Vec<KeyValue>>) -> ClassNames {
    let mut names = ClassNames::new();
    let features = pairs
        .into_iter()
        .flatten()
        .find(|pair| pair.key == FEATURES)
        .and_then(|pair| serde_json::from_str::<Value>(pair.value.as_deref()?).ok());
    let Some(Value::Object(features)) = features.map(|mut all| all["info"]["features"].take())
    else {
        return names;
    };
    for (column, feature) in features {
        // The feature of a list is in `feature`, in older files in a list of one.
        let inside = [&feature["feature"], &feature[0], &feature];
        let found = inside.iter().find_map(|inside| {
            let of_label = ["label", "type", "tag"].into_iter();
            let of_label = of_label.flat_map(|name| {
                // An object of lists has a feature for each list.
                [&inside[name]["names"], &inside[name]["feature"]["names"]]
            });
            std::iter::once(&inside["names"])
                .chain(of_label)
                .find_map(Value::as_array)
        });
        if let Some(found) = found {
            let found = found.iter().filter_map(Value::as_str).map(str::to_owned);
            names.insert(column, found.collect());
        }
    }
    names
}

impl RawRecords for ParquetRows {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        let Some(rows) = &mut self.rows else {
            return Ok(None);
        };
        let Some(row) = rows.next() else {
            return Ok(None);
        };
        self.given += 1;
        let row = row.map_err(failed)?;
        let mut object: Map<String, Value> = row
            .get_column_iter()
            .map(|(name, field)| (name.clone(), value(field)))
            .collect();
        if !self.names.is_empty() {
            object.insert(NAMES.into(), json!(self.names));
        }
        let bytes = Value::Object(object).to_string().into_bytes();
        self.growth.make(bytes.len() as u64)?;
        Ok(Some(RawRecord {
            line: Some(self.given),
            bytes: Ok(bytes),
        }))
    }

    fn is_ready(&self) -> bool {
        self.rows.is_some()
    }
}

/// Converts a cell to JSON. Values that JSON cannot represent are null.
pub(super) fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => (*value).into(),
        Field::Byte(value) => (*value).into(),
        Field::Short(value) => (*value).into(),
        Field::Int(value) => (*value).into(),
        Field::Long(value) => (*value).into(),
        Field::UByte(value) => (*value).into(),
        Field::UShort(value) => (*value).into(),
        Field::UInt(value) => (*value).into(),
        Field::ULong(value) => (*value).into(),
        Field::Float(value) => (*value).into(),
        Field::Double(value) => (*value).into(),
        Field::Str(value) => value.as_str().into(),
        Field::Bytes(value) => str::from_utf8(value.data()).map_or(Value::Null, Value::from),
        Field::Group(row) => row
            .get_column_iter()
            .map(|(name, field)| (name.clone(), value(field)))
            .collect::<Map<String, Value>>()
            .into(),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        other => other.to_string().into(),
    }
}
