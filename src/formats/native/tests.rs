use proptest::prelude::*;

use super::*;
use crate::formats::{Code, Content, OffsetUnit, Record};
use crate::model::{
    Annotation, Article, ArticleId, Block, BytePos, Entity, Label, Metadata, Provenance, Region,
    Remark, Score, Status, Text, notation,
};

fn read(line: &str) -> Result<Parsed, Fault> {
    Jsonl.parse(line.as_bytes().to_vec(), &ReadOptions::default())
}

fn code(line: &str) -> Option<Code> {
    read(line).err().map(|fault| fault.code)
}

fn message(line: &str) -> String {
    read(line).unwrap_err().to_string()
}

fn warned(line: &str) -> Vec<Code> {
    read(line)
        .unwrap()
        .warnings
        .iter()
        .map(|fault| fault.code)
        .collect()
}

/// Writes a record and reads it again.
fn written(
    article: &Article,
    annotation: &Annotation,
    annotator: &str,
    at_ms: i64,
    unit: OffsetUnit,
) -> (String, Record) {
    let view = RecordView {
        article,
        annotation,
        annotator,
        updated_at_ms: at_ms,
    };
    let mut line = Vec::new();
    Jsonl.write(
        &view,
        &WriteOptions {
            offsets: unit,
            scores: true,
            ..WriteOptions::default()
        },
        &mut line,
    );
    assert_eq!(line.pop(), Some(b'\n'));
    let options = ReadOptions {
        offsets: unit,
        ..ReadOptions::default()
    };
    let parsed = Jsonl.parse(line.clone(), &options).unwrap();
    (String::from_utf8(line).unwrap(), parsed.record)
}

fn article(text: &Text) -> Article {
    Article {
        id: ArticleId::new("a").unwrap(),
        text: text.clone(),
        blocks: Vec::new(),
        meta: Metadata::default(),
    }
}

#[test]
fn a_record_has_every_field_in_one_order() {
    let notated = notation::parse("nav| Home 😀\nbody| The {GPE Malta} ferry").unwrap();
    let article = article(&notated.text);
    let (line, record) = written(
        &article,
        &notated.annotation,
        "maria",
        1_795_371_845_000,
        OffsetUnit::Codepoint,
    );
    assert_eq!(
        line,
        "{\"format\":\"copydesk/1\",\"id\":\"a\",\"text\":\"Home 😀\\nThe Malta ferry\",\"regions\":[{\"start\":0,\"end\":6,\"label\":\"nav\"},\
         {\"start\":7,\"end\":22,\"label\":\"body\"}],\"entities\":[{\"start\":11,\"end\":16,\"label\":\"GPE\"}],\
         \"status\":\"todo\",\"annotator\":\"maria\",\"updated_at\":\"2026-11-22T18:24:05Z\",\"language\":\"\",\
         \"url\":\"\",\"source\":\"\",\"suggested_by\":[],\"meta\":{}}"
    );
    assert_eq!(
        (record.annotator.as_str(), record.updated_at_ms),
        ("maria", 1_795_371_845_000)
    );
}

#[test]
fn scores_make_suggestions_and_come_back() {
    let notated =
        notation::parse("nav?0.8| Home\nbody?1| The {GPE?0.9123 Malta} {ORG Line}").unwrap();
    let (line, record) = written(
        &article(&notated.text),
        &notated.annotation,
        "",
        0,
        OffsetUnit::Codepoint,
    );
    assert!(
        line.contains("\"label\":\"nav\",\"score\":0.8}") && line.contains("\"score\":1.0}"),
        "{line}"
    );
    assert!(line.contains("\"label\":\"ORG\"}"), "{line}");
    let provenances: Vec<Provenance> = record
        .annotation
        .entities()
        .iter()
        .map(|entity| entity.provenance)
        .collect();
    assert_eq!(
        provenances,
        [Provenance::Tagger(Score::new(0.9123)), Provenance::Import]
    );
    assert_eq!(record.annotation.regions(), notated.annotation.regions());
}

#[test]
fn a_label_that_was_projected_from_a_near_duplicate_says_so() {
    let notated = notation::parse("body?0.3| The {GPE?0.3 Malta} Line").unwrap();
    let projected = Provenance::Projected(Score::new(0.3));
    let regions = notated.annotation.regions().iter().map(|region| Region {
        provenance: projected,
        ..region.clone()
    });
    let entities = notated.annotation.entities().iter().map(|entity| Entity {
        provenance: projected,
        ..entity.clone()
    });
    let annotation = Annotation::from_parts(
        &notated.text,
        regions.collect(),
        entities.collect(),
        Status::Started,
        Vec::new(),
    )
    .unwrap();
    let article = article(&notated.text);
    let (line, record) = written(&article, &annotation, "maria", 0, OffsetUnit::Codepoint);
    assert!(
        line.contains("\"label\":\"GPE\",\"score\":0.3,\"projected\":true}"),
        "{line}"
    );
    assert_eq!(record.annotation.regions(), annotation.regions());
    assert_eq!(record.annotation.entities(), annotation.entities());
    // What another program writes there is not taken for it.
    let other = line.replace("\"projected\":true", "\"projected\":\"no\"");
    let read = read(&other).unwrap().record.annotation;
    assert_eq!(
        read.entities()[0].provenance,
        Provenance::Tagger(Score::new(0.3))
    );
}

#[test]
fn title_remarks_and_blocks_travel_along() {
    let text = Text::new("Märchen\n\nEs war einmal");
    let whole = text.whole().unwrap();
    let first = text.span(BytePos(0), BytePos(8)).unwrap();
    let second = text.span(BytePos(10), text.end()).unwrap();
    let mut article = article(&text);
    article.meta.title = "Ein Titel".into();
    article.meta.other.insert("byline".into(), "Grimm".into());
    article.blocks = [(first, "html/body/h1"), (second, "html/body/p[1]")]
        .map(|(span, path)| Block {
            span,
            path: path.into(),
            link_permille: 0,
        })
        .to_vec();
    let remark = |at, words: &str| Remark::new(at, words);
    for remarks in [
        vec![],
        vec![remark(None, "hm")],
        vec![
            remark(None, "a"),
            remark(Some(whole), "b"),
            remark(None, "c"),
        ],
    ] {
        let annotation =
            Annotation::from_parts(&text, vec![], vec![], Status::Flagged, remarks).unwrap();
        for unit in OffsetUnit::ALL {
            let (_, record) = written(&article, &annotation, "x", 5, unit);
            assert_eq!(record.annotation, annotation);
            assert_eq!(record.meta, article.meta);
            let Content::Text(_, blocks) = record.content else {
                panic!("not a text")
            };
            assert_eq!(blocks, article.blocks);
        }
    }
}

#[test]
fn plain_records_are_taken() {
    let parsed =
        read(r#"{"id":7,"text":"Hi","title":"T","byline":"B","n":3,"tags":["x"],"gone":null}"#)
            .unwrap();
    assert_eq!(parsed.record.id.unwrap().as_str(), "7");
    assert_eq!(parsed.record.meta.title, "T");
    assert_eq!(
        parsed.record.meta.other.get("byline").map(String::as_str),
        Some("B")
    );
    assert_eq!(parsed.warnings.len(), 1);
    assert_eq!(
        parsed.warnings[0].message,
        "2 fields were not kept, since only strings are: n, tags"
    );
    assert!(matches!(
        read(r#"{"html":"<p>Hi"}"#).unwrap().record.content,
        Content::Page(_)
    ));
    assert_eq!(warned(r#"{"text":""}"#), [Code::EmptyText]);
    assert_eq!(warned(r#"{"text":"a","html":"<p>a"}"#), [Code::NotKept]);
    assert_eq!(
        warned(r#"{"text":"a","meta":{"x":1,"y":"z"},"y":"other"}"#),
        [Code::NotKept]
    );
}

#[test]
fn each_fault_has_its_code_and_says_where() {
    for (line, expected) in [
        ("hello", Code::NotJson),
        ("{\"text\":\"a\"", Code::NotJson),
        ("{\"text\":\"a\"} x", Code::NotJson),
        ("{\"text\":\"cut off", Code::NotJson),
        ("{\"text\":}", Code::NotJson),
        ("{\"text\":\"a\",\"regions\":[{\"start\":0,", Code::NotJson),
        ("[1,2]", Code::NotAnObject),
        ("\"text\"", Code::NotAnObject),
        ("{}", Code::NoText),
        ("{\"text\":null}", Code::NoText),
        ("{\"text\":5}", Code::WrongType),
        ("{\"text\":\"a\",\"regions\":{}}", Code::WrongType),
        (
            "{\"text\":\"a\",\"regions\":[{\"start\":0.5,\"end\":1,\"label\":\"nav\"}]}",
            Code::WrongType,
        ),
        ("{\"text\":\"a\",\"meta\":[]}", Code::WrongType),
        ("{\"id\":\" \",\"text\":\"a\"}", Code::BadId),
        ("{\"id\":{},\"text\":\"a\"}", Code::WrongType),
        ("{\"text\":\"a\",\"status\":\"finished\"}", Code::BadStatus),
        (
            "{\"text\":\"a\",\"updated_at\":\"yesterday\"}",
            Code::BadTime,
        ),
        (
            "{\"text\":\"ab\",\"regions\":[{\"start\":0,\"end\":3,\"label\":\"nav\"}]}",
            Code::OutOfRange,
        ),
        (
            "{\"text\":\"ab\",\"regions\":[{\"start\":-1,\"end\":1,\"label\":\"nav\"}]}",
            Code::OutOfRange,
        ),
        (
            "{\"text\":\"ab\",\"entities\":[{\"start\":1,\"end\":1,\"label\":\"ORG\"}]}",
            Code::EmptySpan,
        ),
        (
            "{\"text\":\"ab\",\"regions\":[{\"start\":0,\"end\":1,\"label\":\"\"}]}",
            Code::BadLabel,
        ),
        (
            "{\"text\":\" b\",\"regions\":[{\"start\":0,\"end\":1,\"label\":\"nav\"}]}",
            Code::Blank,
        ),
        (
            "{\"html\":\"<p>a\",\"regions\":[{\"start\":0,\"end\":1,\"label\":\"nav\"}]}",
            Code::LabelsWithoutText,
        ),
        (
            "{\"text\":\"\",\"error\":\"E001 not JSON\"}",
            Code::ErrorRecord,
        ),
    ] {
        assert_eq!(code(line), Some(expected), "{line}");
    }
    let spans = |list: &str| format!("{{\"text\":\"é Malta ferry\",{list}}}");
    assert_eq!(
        message(&spans(
            r#""regions":[{"start":2,"end":7,"label":"nav"},{"start":0,"end":3,"label":"body"}]"#
        )),
        "E012 the region nav 2..7 overlaps the region body 0..3"
    );
    assert_eq!(
        message(&spans(
            r#""entities":[{"start":2,"end":7,"label":"GPE"},{"start":0,"end":3,"label":"ORG"}]"#
        )),
        "E013 the entity GPE 2..7 crosses the entity ORG 0..3"
    );
    assert_eq!(
        message(&spans(
            r#""entities":[{"start":2,"end":7,"label":"GPE"},{"start":2,"end":7,"label":"GPE"}]"#
        )),
        "E014 the entity GPE 2..7 is a duplicate"
    );
    assert_eq!(
        message(&spans(r#""entities":[{"start":2,"end":99,"label":"GPE"}]"#)),
        "E010 entities[0] (\"GPE\" 2..99): offset 99 lies beyond the text, which has length 13"
    );
    assert!(
        message("{\"text\":5}")
            .starts_with("E004 `text`: invalid type: integer `5`, expected a string"),
        "{}",
        message("{\"text\":5}")
    );
}

#[test]
fn deep_json_harms_nobody_and_half_characters_are_mended() {
    // What is skipped is skipped without recursion, so no depth is too deep.
    const DEEP: usize = 1_000_000;
    let open = format!("{{\"text\":\"a\",\"x\":{}", "[".repeat(DEEP));
    assert_eq!(code(&open), Some(Code::NotJson));
    assert_eq!(code(&"{\"x\":".repeat(DEEP)), Some(Code::NotJson));
    let whole = format!("{open}{}}}", "]".repeat(DEEP));
    assert_eq!(warned(&whole), [Code::NotKept]);
    let meta = format!(
        "{{\"text\":\"a\",\"meta\":{}{}}}",
        "{\"x\":".repeat(DEEP),
        "}".repeat(DEEP)
    );
    assert!(matches!(code(&meta), Some(Code::NotJson | Code::WrongType)));
    let regions = format!(
        "{{\"text\":\"a\",\"regions\":{}{}}}",
        "[".repeat(DEEP),
        "]".repeat(DEEP)
    );
    assert_eq!(code(&regions), Some(Code::WrongType));

    let parsed =
        read(r#"{"text":"a\ud83db","entities":[{"start":2,"end":3,"label":"X"}]}"#).unwrap();
    let Content::Text(text, _) = &parsed.record.content else {
        panic!("not a text")
    };
    assert_eq!(text.as_str(), "a\u{fffd}b");
    assert_eq!(text.slice(parsed.record.annotation.entities()[0].span), "b");
    assert_eq!(parsed.warnings[0].code, Code::LoneSurrogates);

    let broken = Jsonl
        .parse(
            b"{\"text\":\"a\xff\xfeb\"}".to_vec(),
            &ReadOptions::default(),
        )
        .unwrap();
    assert_eq!(broken.warnings[0].code, Code::InvalidBytes);
    let nul = read("{\"text\":\"a\\u0000b\"}").unwrap();
    assert!(matches!(&nul.record.content, Content::Text(text, _) if text.as_str() == "a\0b"));
}

#[test]
fn blocks_that_do_not_fit_are_left_out_and_told() {
    let line = |blocks: &str| format!(r#"{{"text":"one two","blocks":[{blocks}]}}"#);
    for bad in [
        r#"{"start":0,"end":3,"path":"p"}"#,
        r#"{"start":0,"end":4,"path":"p"},{"start":4,"end":7,"path":"p"}"#,
        r#"{"start":0,"end":7,"path":"p"},{"start":4,"end":7,"path":"p"}"#,
        r#"{"start":0,"end":70,"path":"p"}"#,
    ] {
        assert_eq!(warned(&line(bad)), [Code::BadBlocks], "{bad}");
    }
    assert_eq!(
        warned(&line(
            r#"{"start":0,"end":3,"path":"p"},{"start":4,"end":7,"path":"q"}"#
        )),
        []
    );
}

#[test]
fn an_error_record_names_its_input_and_is_refused_by_readers() {
    let mut out = Vec::new();
    let fault = Fault::new(Code::NotJson, "not JSON: \"quoted\"");
    write_error(
        &ArticleId::new("bad-1").unwrap(),
        "a.jsonl",
        &fault,
        &mut out,
    );
    let line = String::from_utf8(out).unwrap();
    assert!(
        line.ends_with("\"error\":\"E001 not JSON: \\\"quoted\\\"\"}\n"),
        "{line}"
    );
    assert_eq!(code(line.trim_end()), Some(Code::ErrorRecord));
    assert_eq!(id_of(line.as_bytes()).unwrap().as_str(), "bad-1");
}

fn words() -> impl Strategy<Value = String> {
    // What breaks offsets: astral characters, combining marks, ZWJ families, CR LF, NBSP,
    // right-to-left, NUL.
    let piece = prop::sample::select(vec![
        "a",
        "Ω",
        "😀",
        "e\u{301}",
        "👩\u{200d}👩\u{200d}👧",
        "\r\n",
        "\u{a0}",
        "שלום",
        "\0",
        " ",
        "\"",
        "\\",
        "\u{2028}",
        "𝄞",
    ]);
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_back(
        string in words(),
        cuts in prop::collection::vec(0_usize..200, 0..12),
        at in 0_i64..4_000_000_000_000,
        id in "[^\\p{Cc}]{1,20}",
        status in prop::sample::select(Status::ALL.to_vec()),
    ) {
        let text = Text::new(&string);
        let mut edges: Vec<BytePos> = cuts
            .into_iter()
            .map(|cut| string.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(string.len()))
            .map(BytePos::from_index)
            .collect();
        edges.sort_unstable();
        let spans: Vec<_> = edges.chunks(2).filter_map(|pair| match pair {
            [start, end] => text.span(*start, *end).ok().filter(|span| text.trim(*span).is_some()),
            _ => None,
        }).collect();
        let label = |name: &str| Label::new(name).unwrap();
        let regions = spans.iter().map(|span| Region {
            span: *span, label: label("body"), provenance: Provenance::Extractor(Score::new(0.25)),
        }).collect();
        let entities = spans.iter().flat_map(|span| ["ORG", "GPE"].map(|name| Entity {
            span: *span, label: label(name), provenance: Provenance::Import,
        })).collect();
        let annotation = Annotation::from_parts(&text, regions, entities, status, vec![]).unwrap();
        let mut article = article(&text);
        if let Some(id) = ArticleId::new(&id) {
            article.id = id;
        }
        for unit in OffsetUnit::ALL {
            let (line, record) = written(&article, &annotation, "x", at, unit);
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(&record.annotation, &annotation);
            prop_assert_eq!(record.updated_at_ms, at);
            prop_assert_eq!(record.id.as_ref(), Some(&article.id));
            let Content::Text(read, _) = record.content else { panic!("not a text") };
            prop_assert_eq!(&read, &text);
        }
    }

    #[test]
    fn no_line_makes_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), noise in "[\\[\\]{}\":,a-z0-9\\\\]{0,80}") {
        let _ = Jsonl.parse(bytes, &ReadOptions::default());
        let _ = Jsonl.parse(noise.into_bytes(), &ReadOptions::default());
    }
}
