//! How annotations, blocks, changes and the schema are written down.
//!
//! The model knows no serde: what is stored has shapes of its own, here, each with a version, so
//! that the model can change and a later Copydesk still reads what this one wrote. Reading trusts
//! nothing: every span goes through [`Text::span`], every annotation through
//! [`Annotation::from_parts`](crate::model::Annotation::from_parts), every label through
//! [`Label::new`]. All offsets are bytes of UTF-8.

mod annotation;
mod article;
mod change;
mod decision;
mod finished;
mod schema;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{BytePos, Label, Provenance, Score, Span, Status, SuggesterId, Text};

pub use annotation::{read_annotation, write_annotation};
pub use article::{read_blocks, read_other, write_blocks, write_other};
pub use change::{read_transaction, write_label, write_transaction};
pub use finished::{read_finished, write_finished};
pub use schema::{read_schema, write_schema};

/// The version that this program writes, and the newest that it reads.
const VERSION: u32 = 1;

/// Why something stored cannot be read, or something cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodecError(String);

impl CodecError {
    pub(crate) fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string())
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CodecError {}

type Result<T> = std::result::Result<T, CodecError>;

#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

/// Reads a JSON text of version 1. The version is looked at first: a newer text may have another
/// shape.
fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T> {
    let Versioned { v } = serde_json::from_str(json).map_err(CodecError::new)?;
    check_version(v)?;
    serde_json::from_str(json).map_err(CodecError::new)
}

fn check_version(version: u32) -> Result<()> {
    match version {
        VERSION => Ok(()),
        newer => Err(CodecError::new(format_args!(
            "version {newer} of the format is not known (this Copydesk reads {VERSION}): update Copydesk"
        ))),
    }
}

fn write(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(CodecError::new)
}

fn span(text: &Text, start: u32, len: u32) -> Result<Span> {
    let end = start
        .checked_add(len)
        .ok_or_else(|| CodecError::new("a span ends beyond all texts"))?;
    text.span(BytePos(start), BytePos(end))
        .map_err(CodecError::new)
}

fn len(span: Span) -> u32 {
    span.end().0 - span.start().0
}

fn label(name: &str) -> Result<Label> {
    Label::new(name).map_err(CodecError::new)
}

fn status(word: &str) -> Result<Status> {
    Status::parse(word).ok_or_else(|| CodecError::new(format_args!("unknown status {word:?}")))
}

/// Who put a span there: a number for the kind, and the score of a suggestion in ten-thousandths
/// (else 0). The kind of a suggester holds its number above the lowest eight bits.
type Origin = (u64, u16);

/// The kind of a suggester, in the lowest eight bits.
const SUGGESTER: u64 = 6;

fn origin(provenance: Provenance) -> Origin {
    match provenance {
        Provenance::Person => (0, 0),
        Provenance::Import => (1, 0),
        Provenance::Extractor(score) => (2, score.ten_thousandths()),
        Provenance::Tagger(score) => (3, score.ten_thousandths()),
        Provenance::Colleague => (4, 0),
        Provenance::Projected(score) => (5, score.ten_thousandths()),
        Provenance::Suggester(SuggesterId(id), score) => {
            (u64::from(id) << 8 | SUGGESTER, score.ten_thousandths())
        }
    }
}

fn provenance((kind, score): Origin) -> Result<Provenance> {
    let score = Score::from_ten_thousandths(score);
    match kind {
        0 => Ok(Provenance::Person),
        1 => Ok(Provenance::Import),
        2 => Ok(Provenance::Extractor(score)),
        3 => Ok(Provenance::Tagger(score)),
        4 => Ok(Provenance::Colleague),
        5 => Ok(Provenance::Projected(score)),
        other => match u32::try_from(other >> 8) {
            Ok(id) if id > 0 && other & 0xff == SUGGESTER => {
                Ok(Provenance::Suggester(SuggesterId(id), score))
            }
            _ => Err(CodecError::new(format_args!("unknown origin {other}"))),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::edit::plan;
    use crate::model::{Annotation, Block, Remark, notation};

    const MARKED: &str = "nav?.25| Ünïcode 🦀\nbody| {PERSON 李 {GPE?.5 Wien}} said so.\n| rest";

    fn flagged() -> (Text, Annotation) {
        let notated = notation::parse(MARKED).unwrap();
        let mut annotation = notated.annotation;
        let remark = |at, text: &str| Remark::new(at, text);
        let at = annotation.regions().first().map(|region| region.span);
        for (index, remark) in [remark(None, "why?"), remark(at, "\"here\"")]
            .into_iter()
            .enumerate()
        {
            annotation.add_remark(&notated.text, index, remark).unwrap();
        }
        annotation
            .set_status(Status::Todo, Status::Flagged)
            .unwrap();
        (notated.text, annotation)
    }

    #[test]
    fn every_origin_is_read_back() {
        let score = Score::new(0.3);
        for one in [
            Provenance::Person,
            Provenance::Import,
            Provenance::Extractor(score),
            Provenance::Tagger(score),
            Provenance::Colleague,
            Provenance::Projected(score),
            Provenance::Suggester(SuggesterId(1), score),
            Provenance::Suggester(SuggesterId(u32::MAX), score),
        ] {
            assert_eq!(provenance(origin(one)).unwrap(), one);
        }
        for unknown in [6, 7, 256 + 5, (1 << 40) + 6, u64::MAX] {
            assert!(provenance((unknown, 0)).is_err(), "{unknown}");
        }
    }

    /// These strings are in people's datasets. If one must change, it gets the next version, and
    /// stays readable.
    #[test]
    fn what_version_1_wrote_is_written_and_read_for_good() {
        let (text, annotation) = flagged();
        let json = concat!(
            r#"{"v":1,"status":"flagged","labels":["nav","body","PERSON","GPE"],"#,
            r#""regions":[[0,14,0,2,2500],[15,17,1,0,0]],"#,
            r#""entities":[[15,8,2,0,0],[19,4,3,3,5000]],"#,
            r#""remarks":[[null,"why?"],[[0,14],"\"here\""]]}"#
        );
        assert_eq!(write_annotation(&annotation).unwrap(), json);
        assert_eq!(read_annotation(json, &text).unwrap(), annotation);

        let start = plan::start_from(&annotation);
        let json = concat!(
            r#"{"v":1,"edits":[{"+region":[0,14,"nav",2,2500]},{"+region":[15,17,"body",0,0]},"#,
            r#"{"+entity":[15,8,"PERSON",0,0]},{"+entity":[19,4,"GPE",3,5000]},"#,
            r#"{"+remark":[0,[null,"why?"]]},{"+remark":[1,[[0,14],"\"here\""]]},"#,
            r#"{"status":["todo","flagged"]}]}"#
        );
        assert_eq!(write_transaction(&start).unwrap(), json);
        assert_eq!(read_transaction(json, &text).unwrap(), start);
        let back = start.inverse();
        let json = write_transaction(&back).unwrap();
        assert_eq!(read_transaction(&json, &text).unwrap(), back);

        let blocks: Vec<Block> = annotation
            .regions()
            .iter()
            .zip(["html/body/p[1]", "html/body/p[2]"])
            .map(|(region, path)| Block {
                span: region.span,
                path: path.into(),
                link_permille: 5,
            })
            .collect();
        let json = concat!(
            r#"{"v":1,"paths":[[0,"html/body/p[1]"],[12,"2]"]],"#,
            r#""blocks":[[0,14,0,5],[1,17,1,5]]}"#
        );
        assert_eq!(write_blocks(&blocks).unwrap(), json);
        assert_eq!(read_blocks(json, &text).unwrap(), blocks);
    }

    #[test]
    fn a_later_version_is_refused_whatever_its_shape() {
        let text = Text::new("x");
        let later = r#"{"v":2,"anything":{}}"#;
        let errors = [
            read_annotation(later, &text).unwrap_err(),
            read_transaction(later, &text).unwrap_err(),
            read_blocks(later, &text).unwrap_err(),
            read_schema("version = 2\nanything = 1").unwrap_err(),
        ];
        for error in errors {
            assert!(error.to_string().contains("update Copydesk"), "{error}");
        }
    }

    #[test]
    fn blocks_that_lie_about_their_paths_are_refused() {
        let text = Text::new("some words");
        for json in [
            r#"{"v":1,"paths":[[1,"a"]],"blocks":[]}"#,
            r#"{"v":1,"paths":[[0,"ü"],[1,"a"]],"blocks":[]}"#,
            r#"{"v":1,"paths":[],"blocks":[[0,4,0,0]]}"#,
            r#"{"v":1,"paths":[[0,""]],"blocks":[[4294967295,4,0,0]]}"#,
            r#"{"v":1,"paths":[[0,""]],"blocks":[[0,4,0,0],[4294967295,4,0,0]]}"#,
        ] {
            assert!(read_blocks(json, &text).is_err(), "{json}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_fits_the_text(
            spans in prop::collection::vec((0_u32..40, 0_u32..40, 0_usize..3, 0_u8..5, 0_u16..20_000), 0..6),
        ) {
            let text = Text::new("Zwölf Boxkämpfer jagen 🦀 quer über");
            let json = serde_json::json!({
                "v": 1, "status": "todo", "labels": ["a", "b"],
                "regions": spans, "entities": spans, "remarks": [],
            });
            if let Ok(annotation) = read_annotation(&json.to_string(), &text) {
                prop_assert!(annotation.regions().iter().all(|region| text.holds(region.span)));
                let again = write_annotation(&annotation).unwrap();
                prop_assert_eq!(read_annotation(&again, &text).unwrap(), annotation);
            }
        }

        #[test]
        fn no_text_at_all_makes_the_reader_panic(json in "[\\[\\]{}\",:0-9a-z]{0,60}") {
            let text = Text::new("some words");
            let _ = read_annotation(&json, &text);
            let _ = read_transaction(&json, &text);
            let _ = read_blocks(&json, &text);
            let _ = read_schema(&json);
        }
    }
}
