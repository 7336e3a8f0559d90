//! Files of every encoding are measured as they are, and those that were made to hurt are refused
//! before they do.

use std::sync::Arc;

use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::*;

/// A file with a column of lists of strings, a list for each row.
fn lists(rows: &[Vec<&str>], properties: WriterProperties) -> Bytes {
    let schema = parse_message_type(
        "message m { required group words (LIST) { repeated group list { required binary element (UTF8); } } }",
    )
    .unwrap();
    let mut file = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut file, Arc::new(schema), Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let (mut values, mut definition, mut repetition) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        if row.is_empty() {
            definition.push(0);
            repetition.push(0);
        }
        for (nth, word) in row.iter().enumerate() {
            values.push(ByteArray::from(*word));
            definition.push(1);
            repetition.push(i16::from(nth > 0));
        }
    }
    column
        .typed::<ByteArrayType>()
        .write_batch(&values, Some(&definition), Some(&repetition))
        .unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    file.into()
}

/// A file with a column of strings, some of which are not there.
fn strings(rows: &[Option<&str>], properties: WriterProperties) -> Bytes {
    let schema = parse_message_type("message m { optional binary text (UTF8); }").unwrap();
    let mut file = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut file, Arc::new(schema), Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let values: Vec<ByteArray> = rows.iter().flatten().map(|row| (*row).into()).collect();
    let levels: Vec<i16> = rows.iter().map(|row| i16::from(row.is_some())).collect();
    column
        .typed::<ByteArrayType>()
        .write_batch(&values, Some(&levels), None)
        .unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    file.into()
}

/// Every way to write strings that other programs use.
fn ways() -> Vec<WriterProperties> {
    let mut ways = Vec::new();
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for packed in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::ZSTD(ZstdLevel::default()),
        ] {
            let begin = || {
                WriterProperties::builder()
                    .set_writer_version(version)
                    .set_compression(packed)
                    .set_data_page_row_count_limit(100)
                    .set_write_batch_size(64)
            };
            ways.push(begin().build());
            for encoding in [
                Encoding::PLAIN,
                Encoding::DELTA_LENGTH_BYTE_ARRAY,
                Encoding::DELTA_BYTE_ARRAY,
            ] {
                let begin = begin().set_dictionary_enabled(false);
                ways.push(begin.set_encoding(encoding).build());
            }
        }
    }
    ways
}

/// The largest row that a check finds: the smallest bound that it passes.
fn largest(file: &Bytes) -> u64 {
    let reader = SerializedFileReader::new(file.clone()).unwrap();
    let mut measure = PageMeasure {
        growth: Growth::of(u64::MAX),
        row_bytes: u64::MAX,
    };
    let group = reader.get_row_group(0).unwrap();
    let pages = group.get_column_page_reader(0).unwrap();
    let column = group.metadata().column(0).column_descr();
    measure.column(pages, column).unwrap()
}

#[test]
fn rows_are_measured_whatever_they_are_written_in() {
    let mut words: Vec<String> = (0..700)
        .map(|nth| format!("prefix that many words share {nth}{}", "x".repeat(nth % 37)))
        .collect();
    words.push("longest".repeat(100));
    let mut rows: Vec<Vec<&str>> = words[..700]
        .chunks(7)
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    rows.push(Vec::new());
    rows.push(vec![&words[700]; 5]);
    rows.push(vec!["a"]);
    let texts: Vec<Option<&str>> = words
        .iter()
        .enumerate()
        .map(|(nth, word)| (nth % 3 > 0).then_some(word.as_str()))
        .collect();
    for way in ways() {
        let file = lists(&rows, way.clone());
        assert_eq!(largest(&file), 5 * (700 + 48), "{way:?}");
        assert!(check(&file, 1 << 20).is_ok(), "{way:?}");
        assert!(
            matches!(check(&file, 3000), Err(Refusal::Bad(_))),
            "{way:?}"
        );
        let file = strings(&texts, way.clone());
        assert_eq!(largest(&file), 700 + 48, "{way:?}");
        assert!(check(&file, 1 << 20).is_ok(), "{way:?}");
    }
}

#[test]
fn a_few_bytes_that_are_many_rows_or_a_large_one_are_refused() {
    let long = "x".repeat(64 << 10);
    let packed = || {
        WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
    };
    for way in [
        packed().build(),
        packed()
            .set_dictionary_enabled(false)
            .set_encoding(Encoding::DELTA_BYTE_ARRAY)
            .build(),
    ] {
        let file = lists(&[vec![long.as_str(); 2000]], way.clone());
        assert!(file.len() < 64 << 10, "{}", file.len());
        assert!(check(&file, 256 << 20).is_err(), "a large row");
        let file = strings(&vec![Some(long.as_str()); 2000], way);
        assert!(
            matches!(check(&file, 256 << 20), Err(Refusal::TooLarge(_))),
            "many rows"
        );
    }
}

/// A file that is nothing but a footer: groups in groups.
fn nested(depth: usize) -> Bytes {
    let mut footer = vec![0x15, 2, 0x19]; // version 1, then the schema
    let elements = depth + 2;
    footer.push(0xfc);
    let mut count = elements;
    while count > 127 {
        footer.push(count as u8 | 0x80);
        count >>= 7;
    }
    footer.push(count as u8);
    for _ in 0..=depth {
        footer.extend([0x35, 0, 0x18, 1, b'g', 0x15, 2, 0]); // required, its name, one child
    }
    footer.extend([0x15, 12, 0x25, 0, 0x18, 1, b'x', 0]); // a string, required, its name
    footer.extend([0x16, 0, 0x19, 0x0c, 0]); // no rows in no groups
    closed(b"PAR1", &footer)
}

fn closed(before: &[u8], footer: &[u8]) -> Bytes {
    let mut file = before.to_vec();
    file.extend(footer);
    file.extend((footer.len() as u32).to_le_bytes());
    file.extend(b"PAR1");
    file.into()
}

#[test]
fn columns_nest_only_so_deep() {
    assert!(check(&nested(5), 1 << 20).is_ok());
    for depth in [DEPTH, 10_000, 1_000_000] {
        let why = match check(&nested(depth), 1 << 20) {
            Err(Refusal::Bad(why)) => why,
            _ => panic!("{depth} deep was let through"),
        };
        assert!(
            why.contains("nest") || why.contains("columns"),
            "{depth}: {why}"
        );
    }
    // Values that nobody knows nest as well.
    for deep in [
        vec![0x1c; 100_000],
        vec![0x19; 100_000],
        [0xdc, 0x2, 0x19].repeat(50_000),
    ] {
        assert!(check(&closed(b"PAR1", &deep), 1 << 20).is_err());
    }
}

#[test]
fn what_a_header_says_is_not_believed() {
    // A schema of 2^31 elements, and one whose root has as many children.
    let many = [0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 7, 0];
    assert!(check(&closed(b"PAR1", &many), 1 << 20).is_err());
    let children = [
        0x15, 2, 0x19, 0x1c, 0x48, 1, b'm', 0x15, 0xfe, 0xff, 0xff, 0xff, 0xf, 0, 0,
    ];
    assert!(check(&closed(b"PAR1", &children), 1 << 20).is_err());
    for broken in [&b""[..], b"PAR1", b"PAR1PAR1", b"PAR1\xff\xff\xff\xffPAR1"] {
        assert!(check(&Bytes::copy_from_slice(broken), 1 << 20).is_err());
    }
}

/// Damage at every byte: it is refused or read, and nothing else. `unwind` is what the reader of
/// inputs catches.
#[test]
fn a_damaged_file_takes_no_memory_that_it_does_not_have() {
    let words = ["one", "two", "three", "a longer one"];
    for way in ways() {
        let file = lists(&[words.to_vec(), vec![], words[..2].to_vec()], way);
        for at in 0..file.len() {
            for damage in [0x00, 0x7f, 0xff] {
                let mut bytes = file.to_vec();
                bytes[at] ^= damage;
                let mut thrift_only = Growth::of(bytes.len() as u64);
                let bytes = Bytes::from(bytes);
                if footer(&bytes).is_err() {
                    continue;
                }
                let Ok(Ok(reader)) =
                    std::panic::catch_unwind(|| SerializedFileReader::new(bytes.clone()))
                else {
                    continue;
                };
                for group in reader.metadata().row_groups() {
                    for chunk in group.columns() {
                        // Beyond this a page would be given more than the rule allows.
                        let _ = page_headers(&bytes, chunk, &mut thrift_only);
                    }
                }
                let _ = std::panic::catch_unwind(|| check(&bytes, 1 << 20).is_ok());
            }
        }
    }
}
