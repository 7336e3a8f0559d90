//! Generated records with everything that breaks offsets.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::Owned;
use crate::formats::metadata::span_attributes;
use crate::model::{
    Annotation, Article, ArticleId, BytePos, Entity, Label, Metadata, Provenance, Region, Remark,
    Score, Status, Text,
};

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

type Parts = (
    String,
    Vec<(usize, usize, usize, u8)>,
    Vec<usize>,
    Status,
    Vec<(Option<(usize, usize)>, String)>,
    (i64, String, Option<String>),
);

pub(in crate::formats) fn record() -> impl Strategy<Value = Owned> {
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
        .prop_map(owned)
}

fn owned((string, entities, cuts, status, remarks, about): Parts) -> Owned {
    let (seconds, id, annotator) = about;
    let text = Text::new(&string);
    let annotation = annotation(&text, entities, cuts, status, remarks);
    let known = annotator.is_some();
    let other = other_metadata(&text, &annotation, known);
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
}

/// Makes an annotation with entities and regions at the given edges, as far as they are valid.
fn annotation(
    text: &Text,
    entities: Vec<(usize, usize, usize, u8)>,
    cuts: Vec<usize>,
    status: Status,
    remarks: Vec<(Option<(usize, usize)>, String)>,
) -> Annotation {
    let edges: Vec<BytePos> = text
        .as_str()
        .char_indices()
        .map(|(at, _)| BytePos::from_index(at))
        .chain([text.end()])
        .collect();
    let edge = |nth: usize| edges[nth % edges.len()];
    let label = |name: &str| Label::new(name).unwrap();
    let mut annotation = Annotation::default();
    for (start, end, name, score) in entities {
        let Ok(span) = text.span(edge(start).min(edge(end)), edge(start).max(edge(end))) else {
            continue;
        };
        let provenance = match score {
            0 => Provenance::Person,
            1 => Provenance::Tagger(Score::new(0.25)),
            _ => Provenance::Import,
        };
        let label = label(["PERSON", "ORG", "body"][name]);
        let _crosses = annotation.add_entity(
            text,
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
            text,
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
                .add_remark(text, nth, Remark::new(at, words))
                .unwrap();
        }
    }
    annotation
}

/// Makes further metadata, and attributes of the first entities.
fn other_metadata(text: &Text, annotation: &Annotation, known: bool) -> BTreeMap<String, String> {
    let mut other: BTreeMap<String, String> = known
        .then(|| ("site".to_owned(), "the \"site\"\n😀".to_owned()))
        .into_iter()
        .collect();
    let about = annotation.entities().iter().filter(|_| known).take(2);
    let about: Vec<_> = about
        .map(|entity| {
            let fields = [("kb_id", "Q7259"), ("notes", "a \"note\"\n😀")];
            let fields = fields.map(|(name, words)| (name.to_owned(), words.to_owned()));
            (
                entity.span,
                entity.label.clone(),
                fields.into_iter().collect(),
            )
        })
        .collect();
    span_attributes::put(&mut other, text, about);
    other
}
