//! Checking what a program answered. Nothing in it is trusted.
//!
//! The id must be the one that was asked about, every span must lie on characters of the text, and
//! every label must be one of the schema's. A span that does not fit is refused with a reason; none
//! is moved.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::marked_text;
use crate::formats::metadata::suggested_by::SuggestedTask;
use crate::formats::{Code, Fault, OffsetUnit};
use crate::model::{
    Annotation, Article, Entity, Label, Nesting, Provenance, Region, Schema, Score, Span, Status,
    printable,
};

/// How much of a line that is no answer a message shows, in characters.
const SHOWN: usize = 80;

/// The spans of an answer that fit the article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuggestedSpans {
    /// Entities, in the order of the text.
    pub entities: Vec<Entity>,
    /// Regions, in the order of the text.
    pub regions: Vec<Region>,
    /// Why spans were refused, each reason with how many.
    pub refused: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
struct AnswerRecord {
    id: String,
    #[serde(default)]
    entities: Vec<AnswerSpan>,
    #[serde(default)]
    regions: Vec<AnswerSpan>,
    /// The text with marks, in place of offsets.
    #[serde(default)]
    marked: Option<String>,
    /// Why the program has no suggestions for this article.
    #[serde(default)]
    error: Option<String>,
}

#[derive(Deserialize)]
struct AnswerSpan {
    start: u32,
    end: u32,
    label: String,
    score: Option<f64>,
}

fn wrong(why: &str) -> Fault {
    Fault::new(Code::OutOfRange, format!("the command's answer: {why}"))
}

/// Whether a fault means that the program and Copydesk are out of step, so that later answers would
/// be wrong, too.
pub(super) fn is_out_of_step(fault: &Fault) -> bool {
    matches!(fault.code, Code::NotJson | Code::BadRecord)
}

/// Reads an answer, and keeps the spans that fit.
pub(super) fn read(
    article: &Article,
    line: &[u8],
    schema: &Schema,
    task: SuggestedTask,
    by: impl Fn(Score) -> Provenance,
) -> Result<SuggestedSpans, Fault> {
    let answer = parse(article, line)?;
    let mut spans = SuggestedSpans::default();
    match task {
        SuggestedTask::Entities => {
            let mut placed = place(article, "entity", answer.entities, &mut spans.refused);
            if let Some(marked) = answer.marked {
                let labels: Vec<&str> = schema
                    .entities()
                    .iter()
                    .map(|label| label.label.as_str())
                    .collect();
                let read =
                    marked_text::align(&marked, &article.text, &labels).map_err(wrong_text)?;
                for why in read.refused {
                    *spans.refused.entry(why).or_default() += 1;
                }
                placed.extend(
                    read.spans
                        .into_iter()
                        .map(|(span, label)| (span, label, None)),
                );
            }
            let is_known = |name: &str| schema.entity(name).is_some_and(|label| label.enabled);
            let entities = labelled(placed, is_known, &by, &mut spans.refused);
            let entities = entities
                .into_iter()
                .map(|(span, label, provenance)| Entity {
                    span,
                    label,
                    provenance,
                });
            let (kept, crossing) = fitting(entities.collect(), schema);
            for entity in crossing {
                let words = words_of(article, entity.span);
                let why = format!("{words} overlaps another entity");
                *spans.refused.entry(why).or_default() += 1;
            }
            spans.entities = kept;
        }
        SuggestedTask::Regions => {
            let placed = place(article, "region", answer.regions, &mut spans.refused);
            let is_known = |name: &str| schema.region(name).is_some_and(|label| label.enabled);
            let mut end = 0;
            let mut regions = labelled(placed, is_known, &by, &mut spans.refused);
            regions.sort_by_key(|(span, ..)| *span);
            for (span, label, provenance) in regions {
                if span.start().index() < end {
                    let why = format!("the region {label} overlaps another one");
                    *spans.refused.entry(why).or_default() += 1;
                    continue;
                }
                end = span.end().index();
                spans.regions.push(Region {
                    span,
                    label,
                    provenance,
                });
            }
        }
    }
    Ok(spans)
}

/// Reads an answer as that of a program without a name.
///
/// # Errors
/// If it is no answer about the article.
#[cfg(feature = "fuzz")]
pub fn read_answer(
    article: &Article,
    line: &[u8],
    schema: &Schema,
    task: SuggestedTask,
) -> Result<SuggestedSpans, Fault> {
    read(article, line, schema, task, Provenance::Tagger)
}

/// Reads an answer about entities, if all of it is valid.
pub(super) fn strict_entities(
    article: &Article,
    line: &[u8],
    schema: &Schema,
    by: impl Fn(Score) -> Provenance,
) -> Result<Vec<Entity>, Fault> {
    let answer = parse(article, line)?;
    let mut refused = BTreeMap::new();
    let first = |refused: &BTreeMap<String, usize>| match refused.keys().next() {
        Some(why) => Err(wrong(why)),
        None => Ok(()),
    };
    let mut placed = place(article, "entity", answer.entities, &mut refused);
    if let Some(marked) = answer.marked {
        let labels: Vec<&str> = schema
            .entities()
            .iter()
            .map(|label| label.label.as_str())
            .collect();
        let read = marked_text::align(&marked, &article.text, &labels).map_err(wrong_text)?;
        for why in read.refused {
            *refused.entry(why).or_default() += 1;
        }
        placed.extend(
            read.spans
                .into_iter()
                .map(|(span, label)| (span, label, None)),
        );
    }
    let is_known = |name: &str| schema.entity(name).is_some_and(|label| label.enabled);
    let entities = labelled(placed, is_known, &by, &mut refused);
    first(&refused)?;
    let entities = entities
        .into_iter()
        .map(|(span, label, provenance)| Entity {
            span,
            label,
            provenance,
        });
    // Crossing or blank spans are no annotation.
    Annotation::from_parts(
        &article.text,
        Vec::new(),
        entities.collect(),
        Status::Todo,
        Vec::new(),
    )
    .map(|sound| sound.entities().to_vec())
    .map_err(|error| wrong(&error.to_string()))
}

fn wrong_text(why: marked_text::OtherText) -> Fault {
    wrong(&why.to_string())
}

fn parse(article: &Article, line: &[u8]) -> Result<AnswerRecord, Fault> {
    let answer: AnswerRecord = serde_json::from_slice(line).map_err(|error| {
        let shown = String::from_utf8_lossy(line);
        let shown: String = shown.trim_end().chars().take(SHOWN).collect();
        Fault::new(
            Code::NotJson,
            format!(
                "the command's answer is no record: {error}; it printed \"{}\"",
                printable::line(&shown)
            ),
        )
        .with_hint(
            "only answers may go to standard output; print everything else to standard error",
        )
    })?;
    if answer.id != article.id.as_str() {
        return Err(Fault::new(
            Code::BadRecord,
            format!(
                "the command's answer: it is about {:?}, not {:?}",
                answer.id,
                article.id.as_str()
            ),
        ));
    }
    if let Some(error) = answer.error {
        let short: String = error.chars().take(SHOWN * 4).collect();
        return Err(wrong(&format!(
            "it has no suggestions: {}",
            printable::line(&short)
        )));
    }
    Ok(answer)
}

type Placed = (Span, String, Option<f64>);

/// Finds the spans in the text.
fn place(
    article: &Article,
    what: &str,
    spans: Vec<AnswerSpan>,
    refused: &mut BTreeMap<String, usize>,
) -> Vec<Placed> {
    let mut placed = Vec::with_capacity(spans.len());
    for one in spans {
        match OffsetUnit::Codepoint.span(&article.text, one.start, one.end) {
            Ok(span) if article.text.trim(span).is_none() => {
                let why = format!("{what} {} to {} is blank", one.start, one.end);
                *refused.entry(why).or_default() += 1;
            }
            Ok(span) => placed.push((span, one.label, one.score)),
            Err(error) => {
                let why = format!("{what} {} to {}: {error}", one.start, one.end);
                *refused.entry(why).or_default() += 1;
            }
        }
    }
    placed
}

/// Keeps the spans whose labels are known.
fn labelled(
    placed: Vec<Placed>,
    is_known: impl Fn(&str) -> bool,
    by: impl Fn(Score) -> Provenance,
    refused: &mut BTreeMap<String, usize>,
) -> Vec<(Span, Label, Provenance)> {
    let mut kept = Vec::with_capacity(placed.len());
    for (span, name, score) in placed {
        let label = match Label::new(&name) {
            Ok(label) if is_known(label.as_str()) => label,
            Ok(label) => {
                let why = format!("the schema has no label {label}");
                *refused.entry(why).or_default() += 1;
                continue;
            }
            Err(error) => {
                *refused.entry(error.to_string()).or_default() += 1;
                continue;
            }
        };
        kept.push((span, label, by(score.map_or(Score::ONE, Score::new))));
    }
    kept
}

/// Splits entities into those that fit beside each other and the rest. Those with the higher score
/// win, then those that begin earlier, then the longer ones.
pub(super) fn fitting(mut entities: Vec<Entity>, schema: &Schema) -> (Vec<Entity>, Vec<Entity>) {
    let is_flat = schema.nesting() == Nesting::Flat;
    let rank = |entity: &Entity| {
        let span = entity.span;
        (
            std::cmp::Reverse(entity.provenance.score()),
            span.start(),
            std::cmp::Reverse(span.end()),
            entity.label.clone(),
        )
    };
    entities.sort_by_cached_key(rank);
    let (mut kept, mut rest): (Vec<Entity>, Vec<Entity>) = (Vec::new(), Vec::new());
    for entity in entities {
        let (start, end) = (entity.span.start(), entity.span.end());
        let clashes = |other: &Entity| {
            let (from, to) = (other.span.start(), other.span.end());
            let overlap = start < to && from < end;
            let nested = (from <= start && end <= to) || (start <= from && to <= end);
            overlap && (is_flat || !nested || (from, to) == (start, end))
        };
        match kept.iter().any(clashes) {
            true => rest.push(entity),
            false => kept.push(entity),
        }
    }
    kept.sort_by_key(|entity| (entity.span.start(), std::cmp::Reverse(entity.span.end())));
    (kept, rest)
}

fn words_of(article: &Article, span: Span) -> String {
    let words: String = article.text.slice(span).chars().take(SHOWN).collect();
    format!("\"{}\"", printable::line(&words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::config::built_in_schemas;
    use crate::model::{ArticleId, Metadata, SuggesterId, Text};

    fn read_answer(json: &str, task: SuggestedTask) -> Result<SuggestedSpans, Fault> {
        let article = Article {
            id: ArticleId::new("a").unwrap(),
            text: Text::new("Zoë met Ada Borg.\nHome"),
            blocks: Vec::new(),
            meta: Metadata::default(),
        };
        let schema = built_in_schemas::news().unwrap();
        let by = |score| Provenance::Suggester(SuggesterId(9), score);
        read(&article, json.as_bytes(), &schema, task, by)
    }

    fn entities(json: &str) -> SuggestedSpans {
        let json = format!(r#"{{"id":"a","entities":[{json}]}}"#);
        read_answer(&json, SuggestedTask::Entities).unwrap()
    }

    #[test]
    fn what_fits_is_kept_and_what_does_not_is_refused_with_a_reason() {
        let spans = entities(
            r#"{"start":8,"end":16,"label":"PERSON","score":0.5},{"start":0,"end":99,"label":"PERSON"},
               {"start":0,"end":3,"label":"HERO"},{"start":17,"end":18,"label":"ORG"},{"start":5,"end":4,"label":"ORG"}"#,
        );
        assert_eq!(spans.entities.len(), 1);
        assert_eq!(spans.entities[0].span.range(), 9..17);
        let expected = Provenance::Suggester(SuggesterId(9), Score::new(0.5));
        assert_eq!(spans.entities[0].provenance, expected);
        let reasons: Vec<&str> = spans.refused.keys().map(String::as_str).collect();
        assert_eq!(reasons.len(), 4, "{reasons:?}");
        assert!(reasons.contains(&"the schema has no label HERO"));
        assert!(reasons.contains(&"entity 17 to 18 is blank"));
    }

    #[test]
    fn of_two_that_cross_the_surer_one_stays() {
        let spans = entities(
            r#"{"start":0,"end":11,"label":"ORG","score":0.4},{"start":8,"end":16,"label":"PERSON","score":0.9}"#,
        );
        assert_eq!(spans.entities.len(), 1);
        assert_eq!(spans.entities[0].label.as_str(), "PERSON");
        assert_eq!(
            spans.refused.keys().next().unwrap(),
            "\"Zoë met Ada\" overlaps another entity"
        );
    }

    #[test]
    fn marked_text_becomes_spans() {
        let json = r#"{"id":"a","marked":"Zoë met [Ada Borg](PERSON).\nHome"}"#;
        let spans = read_answer(json, SuggestedTask::Entities).unwrap();
        assert_eq!(spans.entities[0].span.range(), 9..17);
        assert_eq!(spans.refused.len(), 0);
        let json = r#"{"id":"a","marked":"I am sorry, I cannot help with that."}"#;
        let fault = read_answer(json, SuggestedTask::Entities).unwrap_err();
        assert!(
            fault.message.contains("not the article's"),
            "{}",
            fault.message
        );
    }

    #[test]
    fn regions_do_not_overlap() {
        let json = r#"{"id":"a","regions":[{"start":0,"end":17,"label":"body"},{"start":10,"end":20,"label":"nav"},{"start":18,"end":22,"label":"nav","score":0.7}]}"#;
        let spans = read_answer(json, SuggestedTask::Regions).unwrap();
        assert_eq!(spans.regions.len(), 2);
        assert_eq!(spans.refused.len(), 1);
    }

    #[test]
    fn an_answer_out_of_step_is_known_as_such() {
        let fault = |json: &str| read_answer(json, SuggestedTask::Entities).unwrap_err();
        let garbage = fault("Loading \u{1b}[32mmodel\u{1b}[0m…");
        assert!(is_out_of_step(&garbage));
        assert!(
            garbage.message.contains("Loading \\u001b[32mmodel"),
            "{garbage}"
        );
        assert!(garbage.hint.is_some());
        assert!(is_out_of_step(&fault(r#"{"id":"b"}"#)));
        let error = fault(r#"{"id":"a","error":"too long"}"#);
        assert!(!is_out_of_step(&error));
        assert!(error.message.contains("too long"));
    }
}
