//! Tests of every format: what it declares to hold is read back, and every loss is counted.

mod cut_articles;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::metadata::span_attributes;
use super::tokens::covered;
use super::windows::join;
use super::*;
use crate::model::{
    Annotation, Article, ArticleId, BytePos, Entity, Label, Metadata, Provenance, Region, Remark,
    Score, Span, Status, Text,
};

/// A record of one's own, to be written.
#[derive(Clone, Debug)]
pub(super) struct Owned {
    pub(super) article: Article,
    pub(super) annotation: Annotation,
    pub(super) annotator: String,
    pub(super) updated_at_ms: i64,
}

impl Owned {
    pub(super) fn view(&self) -> RecordView<'_> {
        RecordView {
            article: &self.article,
            annotation: &self.annotation,
            annotator: &self.annotator,
            updated_at_ms: self.updated_at_ms,
        }
    }
}

/// Files in memory, by their paths; a stream is the file without a name.
#[derive(Clone, Default)]
struct MemoryFiles(Arc<Mutex<BTreeMap<String, Vec<u8>>>>, String);

impl Write for MemoryFiles {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut files = self.0.lock().unwrap();
        files
            .entry(self.1.clone())
            .or_default()
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ExportTarget for MemoryFiles {
    fn out(&mut self) -> &mut dyn Write {
        self
    }

    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        let before = self.0.lock().unwrap().insert(path.to_owned(), Vec::new());
        assert!(before.is_none(), "{path} is written twice");
        Ok(Box::new(Self(Arc::clone(&self.0), path.to_owned())))
    }
}

pub(super) fn written(
    format: &dyn Format,
    records: &[Owned],
    options: &WriteOptions,
) -> BTreeMap<String, Vec<u8>> {
    let mut files = MemoryFiles::default();
    let mut writer = format.writer(options, None);
    let frame = format.spec().frame;
    let mut out = frame.head.as_bytes().to_vec();
    let mut first = true;
    let mut one = |bytes: Vec<u8>| {
        if !bytes.is_empty() {
            if !first {
                out.extend_from_slice(frame.between.as_bytes());
            }
            first = false;
            out.extend_from_slice(&bytes);
        }
    };
    for record in records {
        let view = record.view();
        let cut = windows::cut(format, &view, options);
        let parts: Vec<RecordView<'_>> = match &cut {
            Some(cut) => cut.parts.iter().map(|part| part.view(&view)).collect(),
            None => vec![view],
        };
        let mut bytes = Vec::new();
        if format.spec().makes_windows {
            format.write_parts(&parts, options, &mut bytes);
            one(bytes);
            continue;
        }
        for part in &parts {
            let mut bytes = Vec::new();
            match &mut writer {
                Some(writer) => {
                    writer.add("", part, &mut files).unwrap();
                }
                None => format.write(part, options, &mut bytes),
            }
            one(bytes);
        }
    }
    if let Some(writer) = writer {
        writer.finish(&mut files).unwrap();
    } else {
        out.extend_from_slice(frame.foot.as_bytes());
        files.write_all(&out).unwrap();
    }
    let files = files.0.lock().unwrap();
    files.clone()
}

/// Reads files as the inputs of a command would.
pub(super) fn read(
    format: &'static dyn Format,
    files: &BTreeMap<String, Vec<u8>>,
    options: &ReadOptions,
) -> Vec<Parsed> {
    let mut out = Vec::new();
    for (name, bytes) in files {
        if format.spec().shape == OutputShape::Folder && by_file_name(name) != Some(format) {
            continue;
        }
        let bytes = match format.spec().companion {
            Some(beside) => {
                let beside = format!("{}.{beside}", name.rsplit_once('.').unwrap().0);
                paired(bytes, &files[&beside])
            }
            None => bytes.clone(),
        };
        let pieces = format
            .raw_records(Box::new(io::Cursor::new(bytes)), Bounds::default())
            .unwrap();
        let mut pieces = join::WindowJoiner::new(pieces, Bounds::default());
        while let Some(piece) = pieces.next().unwrap() {
            out.push(join::parse(format, piece.bytes.unwrap(), options).unwrap());
        }
    }
    out
}

pub(super) fn text_of(record: &Record) -> &Text {
    match &record.content {
        Content::Text(text, _) => text,
        other => panic!("no text: {other:?}"),
    }
}

/// Reads a record, and returns its entities with their labels, and its warnings.
pub(super) fn entities_and_warnings(
    format: &dyn Format,
    bytes: Vec<u8>,
) -> (Vec<(String, String)>, Vec<String>) {
    let parsed = format.parse(bytes, &ReadOptions::default()).unwrap();
    let text = text_of(&parsed.record);
    let entities = parsed.record.annotation.entities().iter();
    let entities = entities.map(|e| (text.slice(e.span).to_owned(), e.label.to_string()));
    let warnings = parsed.warnings.iter().map(ToString::to_string);
    (entities.collect(), warnings.collect())
}

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

/// All that breaks offsets: astral characters, families, combining marks, CR LF, NBSP,
/// right-to-left, what formats use as marks of their own.
fn string() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "Paris",
        "Ω",
        "😀",
        "e\u{301}",
        "👩\u{200d}👩\u{200d}👧",
        "\r\n",
        "\n",
        "\n\n",
        "\u{a0}",
        "שלום",
        " ",
        " ",
        "  ",
        "\"",
        "\\",
        "\u{2028}",
        "𝄞",
        ".",
        ",",
        "'s",
        "-",
        "\t",
        "_",
        "|",
        "<b>",
        "&amp;",
        "日本",
        "O",
        "-DOCSTART-",
        "#",
        "[1]",
        "*",
        ";",
        "->",
        "B-PER",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

pub(super) fn record() -> impl Strategy<Value = Owned> {
    (
        string(),
        prop::collection::vec((0_usize..60, 0_usize..60, 0_usize..3, 0_u8..4), 0..8),
        prop::collection::vec(0_usize..60, 0..6),
        prop::sample::select(Status::ALL.to_vec()),
        prop::collection::vec(
            (
                prop::option::of((0_usize..60, 0_usize..60)),
                "[a-zé\n😀]{1,8}",
            ),
            0..3,
        ),
        (
            0_i64..4_000_000_000,
            "[a-z0-9]{1,8}",
            prop::option::of("[a-z]{1,6}"),
        ),
    )
        .prop_map(
            |(string, entities, cuts, status, remarks, (seconds, id, annotator))| {
                let text = Text::new(&string);
                let edges: Vec<BytePos> = string
                    .char_indices()
                    .map(|(at, _)| BytePos::from_index(at))
                    .chain([text.end()])
                    .collect();
                let edge = |nth: usize| edges[nth % edges.len()];
                let label = |name: &str| Label::new(name).unwrap();
                let mut annotation = Annotation::default();
                for (start, end, name, score) in entities {
                    let Ok(span) =
                        text.span(edge(start).min(edge(end)), edge(start).max(edge(end)))
                    else {
                        continue;
                    };
                    let provenance = match score {
                        0 => Provenance::Person,
                        1 => Provenance::Tagger(Score::new(0.25)),
                        _ => Provenance::Import,
                    };
                    let label = label(["PERSON", "ORG", "body"][name]);
                    let _crosses = annotation.add_entity(
                        &text,
                        Entity {
                            span,
                            label,
                            provenance,
                        },
                    );
                }
                let mut cuts: Vec<BytePos> = cuts.into_iter().map(edge).collect();
                cuts.sort_unstable();
                for (nth, pair) in cuts.windows(2).enumerate() {
                    let Ok(span) = text.span(pair[0], pair[1]) else {
                        continue;
                    };
                    let provenance = if nth == 0 {
                        Provenance::Extractor(Score::new(0.75))
                    } else {
                        Provenance::Import
                    };
                    let label = label(["body", "comment", "nav"][nth % 3]);
                    let _blank = annotation.add_region(
                        &text,
                        Region {
                            span,
                            label,
                            provenance,
                        },
                    );
                }
                annotation.set_status(Status::Todo, status).unwrap();
                for (nth, (at, words)) in remarks.into_iter().enumerate() {
                    let at = at.and_then(|(start, end)| text.span(edge(start), edge(end)).ok());
                    if !words.trim().is_empty() {
                        annotation
                            .add_remark(&text, nth, Remark::new(at, words))
                            .unwrap();
                    }
                }
                let known = annotator.is_some();
                let mut other: BTreeMap<String, String> = known
                    .then(|| ("site".to_owned(), "the \"site\"\n😀".to_owned()))
                    .into_iter()
                    .collect();
                let about = annotation.entities().iter().filter(|_| known).take(2);
                let about: Vec<_> = about
                    .map(|entity| {
                        let fields = [("kb_id", "Q7259"), ("notes", "a \"note\"\n😀")];
                        let fields =
                            fields.map(|(name, words)| (name.to_owned(), words.to_owned()));
                        (
                            entity.span,
                            entity.label.clone(),
                            fields.into_iter().collect(),
                        )
                    })
                    .collect();
                span_attributes::put(&mut other, &text, about);
                Owned {
                    article: Article {
                        id: ArticleId::new(&id).unwrap(),
                        text,
                        blocks: Vec::new(),
                        meta: Metadata {
                            title: annotator.clone().unwrap_or_default(),
                            language: if known { "en".into() } else { String::new() },
                            url: if known {
                                "https://example.org/a?b=c&d".into()
                            } else {
                                String::new()
                            },
                            source: if known {
                                "articles/ä 1.html".into()
                            } else {
                                String::new()
                            },
                            other,
                        },
                    },
                    annotation,
                    annotator: annotator.unwrap_or_default(),
                    updated_at_ms: if known { seconds * 1000 } else { 0 },
                }
            },
        )
}

pub(super) fn both_ways() -> Vec<&'static dyn Format> {
    let both = ALL.into_iter().filter(|format| {
        let can = format.spec().capabilities;
        // Two hold nothing but the words of body and comments: see the test of their own.
        // So has what writes pages.
        can.reads
            && can.writes
            && !format.spec().needs_pages
            && !["dragnet", "trafilatura"].contains(&format.spec().name)
    });
    both.collect()
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
        // The contract: nothing comes back changed that was not counted.
        if losses.is_empty() && options.scores {
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
        }
    }
    Ok(())
}

/// Each case goes through all formats, so a quarter of the usual number will do, unless another is
/// asked for.
pub(super) fn cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    let cases = if usual.cases == 256 { 64 } else { usual.cases };
    ProptestConfig { cases, ..usual }
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

#[test]
fn every_format_holds_an_empty_export() {
    for format in both_ways() {
        let files = written(format, &[], &WriteOptions::default());
        assert!(
            read(format, &files, &ReadOptions::default()).is_empty(),
            "{}",
            format.spec().name
        );
    }
}

#[test]
fn region_text_holds_the_words_of_body_and_comments() {
    let notated = crate::model::notation::parse(
        "nav| Home\nbody| Storm closes ferry\nbody| Two hurt.\ncomment| I was there.\nnav| Next",
    )
    .unwrap();
    let record = Owned {
        article: Article {
            id: ArticleId::new("a").unwrap(),
            text: notated.text,
            blocks: Vec::new(),
            meta: Metadata::default(),
        },
        annotation: notated.annotation,
        annotator: String::new(),
        updated_at_ms: 0,
    };
    for name in ["dragnet", "trafilatura"] {
        let format = by_name(name).unwrap();
        let options = WriteOptions::default();
        let mut losses = Losses::default();
        losses.count_record(format, &record.view(), &options);
        assert_eq!(
            (losses.count(Loss::Region), losses.count(Loss::Text)),
            (2, 1),
            "{name}"
        );
        let files = written(format, std::slice::from_ref(&record), &options);
        let parsed = read(format, &files, &ReadOptions::default());
        let [parsed] = parsed.as_slice() else {
            panic!("{name}: {files:?}");
        };
        let text = text_of(&parsed.record);
        let regions = parsed.record.annotation.regions().iter();
        let reported: Vec<(&str, &str)> = regions
            .map(|r| (r.label.as_str(), text.slice(r.span)))
            .collect();
        assert_eq!(
            reported,
            [
                ("body", "Storm closes ferry\nTwo hurt."),
                ("comment", "I was there.")
            ],
            "{name}"
        );
    }
}
