//! Everything that a format declares to hold is read back, and every loss is counted.

use std::io;
use std::sync::Arc;

use proptest::prelude::*;

use super::records::record;
use super::{Owned, both_ways, cases, read, text_of, written};
use crate::formats::metadata::span_attributes;
use crate::formats::tokens::{self, covered};
use crate::formats::{
    Bounds, Capabilities, Code, Format, Loss, Losses, OutputShape, Outside, Parsed, ReadOptions,
    Record, Tokenizer, Windows, WriteOptions, native, paired,
};
use crate::model::{ArticleId, BytePos, Provenance, Span, Text};

/// What of a record is compared: all of it as words, so that a difference is read at once.
#[derive(Debug, PartialEq, Eq)]
struct Summary {
    text: String,
    regions: Vec<String>,
    entities: Vec<String>,
    metadata: Vec<String>,
    remarks: Vec<String>,
}

fn span_words(text: &Text, span: Span, label: &str, provenance: Provenance, exact: bool) -> String {
    let score = provenance
        .score()
        .map_or(String::new(), |score| format!(" {score:?}"));
    if exact {
        format!("{label} {span:?}{score}")
    } else {
        let words: Vec<&str> = text.slice(span).split_whitespace().collect();
        format!("{label} {}{score}", words.concat())
    }
}

/// What a format that has these capabilities should bring back of a record, and whether that is all
/// of it.
fn expected(format: &dyn Format, record: &Owned, options: &WriteOptions) -> Summary {
    let can = format.spec().capabilities;
    let text = &record.article.text;
    let tokens = options.tokenizer.tokens(text);
    let annotation = &record.annotation;
    let provenance = |provenance: Provenance| match provenance {
        Provenance::Person | Provenance::Colleague => Provenance::Import,
        _ if !(can.scores && options.scores) => Provenance::Import,
        other => other,
    };
    let regions = annotation.regions().iter().filter(|_| can.regions);
    let mut end = BytePos(0);
    let entities = annotation.entities().iter().filter(|entity| {
        let nested = entity.span.start() < end;
        if !nested {
            end = entity.span.end();
        }
        let cut = covered(text, &tokens, entity.span).is_none();
        can.entities && (can.nesting || !nested) && (can.cuts || !cut)
    });
    let mut meta = record.article.meta.clone();
    if !can.text {
        meta.other.remove(span_attributes::NAME); // it points into the text
    }
    let mut metadata = Vec::new();
    if can.metadata {
        metadata.push(format!("id {}", record.article.id));
        metadata.push(format!("{meta:?}"));
    }
    if can.status {
        metadata.push(format!(
            "{:?} {} {}",
            annotation.status(),
            record.annotator,
            record.updated_at_ms
        ));
    }
    Summary {
        text: words(text.as_str(), can.text),
        regions: regions
            .map(|r| {
                span_words(
                    text,
                    r.span,
                    r.label.as_str(),
                    provenance(r.provenance),
                    can.text,
                )
            })
            .collect(),
        entities: entities
            .map(|e| {
                span_words(
                    text,
                    e.span,
                    e.label.as_str(),
                    provenance(e.provenance),
                    can.text,
                )
            })
            .collect(),
        metadata,
        remarks: annotation
            .remarks()
            .iter()
            .filter(|_| can.remarks)
            .map(|remark| format!("{remark:?}"))
            .collect(),
    }
}

fn words(text: &str, exact: bool) -> String {
    if exact {
        text.to_owned()
    } else {
        text.split_whitespace().collect()
    }
}

fn came_back(format: &dyn Format, record: &Record) -> Summary {
    let can = format.spec().capabilities;
    let text = text_of(record);
    let annotation = &record.annotation;
    let mut metadata = Vec::new();
    if can.metadata {
        let id = record.id.as_ref().map(ToString::to_string);
        metadata.push(format!("id {}", id.unwrap_or_default()));
        metadata.push(format!("{:?}", record.meta));
    }
    if can.status {
        metadata.push(format!(
            "{:?} {} {}",
            annotation.status(),
            record.annotator,
            record.updated_at_ms
        ));
    }
    Summary {
        text: words(text.as_str(), can.text),
        regions: annotation
            .regions()
            .iter()
            .map(|r| span_words(text, r.span, r.label.as_str(), r.provenance, can.text))
            .collect(),
        entities: annotation
            .entities()
            .iter()
            .map(|e| span_words(text, e.span, e.label.as_str(), e.provenance, can.text))
            .collect(),
        metadata,
        remarks: annotation
            .remarks()
            .iter()
            .map(|remark| format!("{remark:?}"))
            .collect(),
    }
}

/// One format, one record: what should come back does, and is all of it unless a loss was counted.
fn check(
    format: &'static dyn Format,
    records: &[Owned],
    options: &WriteOptions,
) -> Result<(), TestCaseError> {
    let files = written(format, records, options);
    let again = written(format, records, options);
    prop_assert_eq!(
        &files,
        &again,
        "{} is not the same twice",
        format.spec().name
    );
    let read_options = ReadOptions {
        offsets: options.offsets,
        ..ReadOptions::default()
    };
    let mut parsed = read(format, &files, &read_options);
    let mut records: Vec<&Owned> = records.iter().collect();
    let lost = |record: &Owned| {
        let mut losses = Losses::default();
        losses.count_record(format, &record.view(), options);
        losses
    };
    records.retain(|record| lost(record).count(Loss::Empty) == 0);
    if format.spec().shape == OutputShape::Folder {
        // Files come in the order of their names.
        records.sort_by_key(|record| record.article.id.clone());
        parsed.sort_by_key(|parsed| parsed.record.id.clone());
    }
    prop_assert_eq!(parsed.len(), records.len(), "{}", format.spec().name);
    for (parsed, record) in parsed.iter().zip(records) {
        let losses = lost(record);
        let mut wanted = expected(format, record, options);
        let mut found = came_back(format, &parsed.record);
        if !format.spec().capabilities.text {
            // Two that differ in white space alone are one, which is counted, and sorted by what is
            // left.
            for reported in [&mut wanted, &mut found] {
                reported.entities.sort();
                reported.entities.dedup();
            }
        }
        if losses.count(Loss::Moved) > 0 || losses.count(Loss::Renamed) > 0 {
            // What has moved is compared by its words.
            let exactly = |reported: &mut Summary| reported.regions.clear();
            exactly(&mut wanted);
            exactly(&mut found);
            wanted.entities.clear();
            found.entities.clear();
        }
        prop_assert_eq!(
            &found,
            &wanted,
            "{} brings back something else",
            format.spec().name
        );
        prop_assert!(
            parsed
                .warnings
                .iter()
                .all(|fault| fault.code == Code::EmptyText || losses.count(Loss::Moved) > 0),
            "{} warns of its own: {:?}",
            format.spec().name,
            parsed.warnings
        );
        let can = format.spec().capabilities;
        let whole = Capabilities {
            reads: true,
            writes: true,
            ..can
        } == Capabilities::EVERYTHING;
        if whole && options.scores {
            prop_assert!(
                losses.is_empty()
                    || losses.count(Loss::Moved) > 0
                    || losses.count(Loss::Untagged) > 0,
                "{}: {losses}",
                format.spec().name
            );
        }
        if losses.is_empty() && options.scores {
            check_contract(format, record, parsed, options)?;
        }
    }
    Ok(())
}

/// The contract: nothing comes back changed that was not counted.
fn check_contract(
    format: &'static dyn Format,
    record: &Owned,
    parsed: &Parsed,
    options: &WriteOptions,
) -> Result<(), TestCaseError> {
    let exact = expected(&native::Jsonl, record, options);
    let mut back = came_back(format, &parsed.record);
    let mut ours = expected(format, record, options);
    back.metadata.clear();
    ours.metadata.clear();
    prop_assert_eq!(
        &ours.regions.len(),
        &exact.regions.len(),
        "{}",
        format.spec().name
    );
    prop_assert_eq!(
        &ours.entities.len(),
        &exact.entities.len(),
        "{}",
        format.spec().name
    );
    prop_assert_eq!(&back.remarks, &exact.remarks, "{}", format.spec().name);
    prop_assert_eq!(
        text_of(&parsed.record),
        &record.article.text,
        "{}",
        format.spec().name
    );
    Ok(())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_format_brings_back_what_it_says_it_holds(
        record in record(),
        other in record(),
        scores in any::<bool>(),
    ) {
        let mut other = other;
        if other.article.id == record.article.id {
            other.article.id = ArticleId::new("another-one").unwrap();
        }
        let records = [record, other];
        for format in both_ways() {
            let file = Tokenizer::File(Arc::new(tokens::model_tokenizer::tests::of_bytes()));
            for tokenizer in [Tokenizer::Tagger, Tokenizer::Whitespace, file] {
                let options = WriteOptions {
                    scores,
                    tokenizer,
                    outside: Some(Outside::Negative),
                    windows: Some(Windows::Off),
                    ..WriteOptions::default()
                };
                check(format, &records, &options)?;
            }
        }
    }

    #[test]
    fn no_format_panics_at_what_it_reads(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        noise in "[\\[\\]{}\":,<>/=#\tT0-9 a-z\n-]{0,120}",
    ) {
        for format in both_ways() {
            for bytes in [bytes.clone(), noise.clone().into_bytes(), paired(b"T1\tA 0 1\ta", noise.as_bytes())] {
                let Ok(mut pieces) = format.raw_records(Box::new(io::Cursor::new(bytes)), Bounds::default()) else {
                    continue;
                };
                for _ in 0..1000 {
                    let Ok(Some(piece)) = pieces.next() else { break };
                    if let Ok(bytes) = piece.bytes {
                        let _refused_or_not = format.parse(bytes, &ReadOptions::default());
                    }
                }
            }
        }
    }
}
