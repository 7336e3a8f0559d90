//! The account of an adjudication: which decisions were made between the annotators of an article.
//!
//! The native record has a field for it. On the way there it travels in the article's metadata, as
//! JSON under [`NAME`] with offsets in code points.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::edit::LabelKind;
use crate::edit::adjudication::{
    Choice, Decision, How, InputRevision, LabelledSpan, Place, Threshold, Version,
};
use crate::formats::OffsetUnit;
use crate::model::{Label, Span, Text};

/// The name of the field.
pub const NAME: &str = "adjudication";

/// Who was decided between, and what was decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdjudicationAccount {
    /// Whose work and which revision of it, in the order of the names.
    pub inputs: Vec<(String, i64)>,
    /// The decisions, in reading order.
    pub decisions: Vec<Decision>,
}

/// Adds an account to the metadata.
pub fn put(meta: &mut BTreeMap<String, String>, text: &Text, account: &AdjudicationAccount) {
    let words = account_value(text, OffsetUnit::Codepoint, account).to_string();
    meta.insert(NAME.to_owned(), words);
}

/// Removes the account from the metadata and returns it; `None` if the field is missing or has
/// another meaning.
pub fn take(meta: &mut BTreeMap<String, String>, text: &Text) -> Option<AdjudicationAccount> {
    let found = of(meta, text)?;
    meta.remove(NAME);
    Some(found)
}

/// Returns the account in the metadata; `None` if the field is missing or has another meaning.
pub(in crate::formats) fn of(
    meta: &BTreeMap<String, String>,
    text: &Text,
) -> Option<AdjudicationAccount> {
    let value = serde_json::from_str(meta.get(NAME)?).ok()?;
    parse(&value, text, OffsetUnit::Codepoint)
}

/// An account as JSON, with offsets in this unit.
pub(in crate::formats) fn account_value(
    text: &Text,
    unit: OffsetUnit,
    account: &AdjudicationAccount,
) -> Value {
    let inputs = account.inputs.iter();
    let inputs: Vec<Value> = inputs
        .map(|(annotator, revision)| json!({"annotator": annotator, "revision": revision}))
        .collect();
    let decisions = account.decisions.iter();
    let decisions: Vec<Value> = decisions
        .map(|decision| decision_value(text, unit, decision))
        .collect();
    json!({"inputs": inputs, "decisions": decisions})
}

/// A decision as JSON, with offsets in this unit.
#[must_use]
pub fn decision_value(text: &Text, unit: OffsetUnit, decision: &Decision) -> Value {
    let start = |span: Span| unit.of(text, span.start());
    let end = |span: Span| unit.of(text, span.end());
    let spans = |spans: &[LabelledSpan]| -> Vec<Value> {
        let spans = spans.iter();
        spans
            .map(|one| {
                json!({"start": start(one.span), "end": end(one.span), "label": one.label.as_str()})
            })
            .collect()
    };
    let options: Vec<Value> = decision
        .place
        .versions
        .iter()
        .map(|version| {
            let annotators: Vec<&str> = version.annotators.iter().map(|name| &**name).collect();
            json!({"annotators": annotators, "spans": spans(&version.spans)})
        })
        .collect();
    let inputs = decision.inputs.iter();
    let inputs: Vec<Value> = inputs
        .map(|one| json!({"annotator": &*one.annotator, "revision": one.revision}))
        .collect();
    let (choice, threshold) = match &decision.choice {
        Choice::Unanimous => ("unanimous", None),
        Choice::Majority { threshold } => ("majority", Some(threshold.share())),
        Choice::Version(_) => ("version", None),
        Choice::Nobody => ("nobody", None),
        Choice::Own(_) => ("own", None),
    };
    let (how, same_as) = match decision.how {
        How::ByHand => ("hand", None),
        How::ByRule => ("rule", None),
        How::SameAs(at) => ("same", Some(json!({"start": start(at), "end": end(at)}))),
    };
    json!({
        "of": decision.place.kind.as_str(),
        "start": start(decision.place.span),
        "end": end(decision.place.span),
        "options": options,
        "choice": choice,
        "version": decision.version(),
        "threshold": threshold,
        "spans": spans(decision.spans().unwrap_or_default()),
        "how": how,
        "same_as": same_as,
        "reason": decision.reason.as_deref().unwrap_or_default(),
        "inputs": inputs,
    })
}

/// Reads an account; `None` if it is none or does not fit the text.
pub(in crate::formats) fn parse(
    value: &Value,
    text: &Text,
    unit: OffsetUnit,
) -> Option<AdjudicationAccount> {
    let inputs = value.get("inputs")?.as_array()?.iter();
    let inputs = inputs.map(|one| {
        let annotator = one.get("annotator")?.as_str()?;
        Some((annotator.to_owned(), one.get("revision")?.as_i64()?))
    });
    let decisions = value.get("decisions")?.as_array()?.iter();
    Some(AdjudicationAccount {
        inputs: inputs.collect::<Option<_>>()?,
        decisions: decisions
            .map(|one| parse_decision(one, text, unit))
            .collect::<Option<_>>()?,
    })
}

fn parse_decision(value: &Value, text: &Text, unit: OffsetUnit) -> Option<Decision> {
    let place = |value: &Value| {
        let offset = |name: &str| u32::try_from(value.get(name)?.as_u64()?).ok();
        unit.span(text, offset("start")?, offset("end")?).ok()
    };
    let spans = |value: &Value| -> Option<Vec<LabelledSpan>> {
        let spans = value.get("spans")?.as_array()?.iter();
        let spans = spans.map(|one| {
            Some(LabelledSpan {
                span: place(one)?,
                label: Label::new(one.get("label")?.as_str()?).ok()?,
            })
        });
        spans.collect()
    };
    let options = value.get("options")?.as_array()?.iter();
    let versions = options.map(|one| {
        let names = one.get("annotators")?.as_array()?.iter();
        Some(Version {
            annotators: names
                .map(|name| name.as_str().map(Arc::from))
                .collect::<Option<_>>()?,
            spans: spans(one)?,
        })
    });
    let choice = match value.get("choice")?.as_str()? {
        "unanimous" => Choice::Unanimous,
        "majority" => Choice::Majority {
            threshold: Threshold::new(value.get("threshold")?.as_f64()?)?,
        },
        "version" => Choice::Version(usize::try_from(value.get("version")?.as_u64()?).ok()?),
        "nobody" => Choice::Nobody,
        "own" => Choice::Own(spans(value)?),
        _ => return None,
    };
    let how = match value.get("how")?.as_str()? {
        "hand" => How::ByHand,
        "rule" => How::ByRule,
        "same" => How::SameAs(place(value.get("same_as")?)?),
        _ => return None,
    };
    let inputs = value.get("inputs")?.as_array()?.iter();
    let inputs = inputs.map(|one| {
        Some(InputRevision {
            annotator: Arc::from(one.get("annotator")?.as_str()?),
            revision: one.get("revision")?.as_i64()?,
        })
    });
    let reason = value.get("reason").and_then(Value::as_str);
    let reason = reason.filter(|words| !words.trim().is_empty());
    let decision = Decision {
        place: Place {
            kind: LabelKind::parse(value.get("of")?.as_str()?)?,
            span: place(value)?,
            versions: versions.collect::<Option<_>>()?,
        },
        choice,
        how,
        reason: reason.map(str::to_owned),
        inputs: inputs.collect::<Option<Vec<_>>>()?.into(),
    };
    decision.spans().is_some().then_some(decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::adjudication::{Adjudication, AdjudicationInput};
    use crate::model::{EntityLabel, Nesting, RegionLabel, Rgb, Schema, notation};

    fn account() -> (Text, AdjudicationAccount) {
        let marked = [
            "| 🦀 {GPE Malmö} met {PERSON Ada} in {GPE Rome} and Bonn and {GPE Malmö}",
            "| 🦀 {ORG Malmö} met Ada in Rome and Bonn and {ORG Malmö}",
            "| 🦀 {GPE Malmö} met Ada in {ORG Rome} and Bonn and {GPE Malmö}",
        ];
        let parsed = marked.map(|one| notation::parse(one).unwrap());
        let text = parsed[0].text.clone();
        let inputs = parsed.into_iter().zip(["ada", "ben", "cleo"]);
        let inputs = inputs.map(|(notated, name)| AdjudicationInput {
            annotator: name.into(),
            revision: 2,
            annotation: notated.annotation,
        });
        let entity = |name: &str| EntityLabel {
            label: Label::new(name).unwrap(),
            color: Rgb(0, 0, 0),
            key: None,
            enabled: true,
            tagger_types: Vec::new(),
            description: String::new(),
            examples: Vec::new(),
        };
        let labels = vec![entity("GPE"), entity("ORG"), entity("PERSON")];
        let region = RegionLabel {
            label: Label::new("body").unwrap(),
            color: Rgb(0, 0, 0),
            key: None,
            enabled: true,
            tag_entities: true,
            separate: false,
            description: String::new(),
            examples: Vec::new(),
        };
        let name = "t".to_owned();
        let schema = Schema::new(name, Nesting::Flat, vec![region], labels, String::new());
        let schema = Arc::new(schema.unwrap());
        let mut work = Adjudication::new(text.clone(), schema, inputs.collect());
        work.decide(
            0,
            Choice::Version(1),
            How::ByHand,
            Some("the team".to_owned()),
        )
        .unwrap();
        assert_eq!(work.decide_same(0).len(), 1);
        work.decide_by_majority(Threshold::HALF);
        let rome = work.open().next().unwrap();
        work.decide(rome, Choice::Nobody, How::ByHand, None)
            .unwrap();
        let bonn = text.as_str().find("Bonn").unwrap() as u32;
        let bonn = text.span(crate::model::BytePos(bonn), crate::model::BytePos(bonn + 4));
        let at = work.place_for(LabelKind::Entity, bonn.unwrap());
        let own = LabelledSpan {
            span: bonn.unwrap(),
            label: Label::new("GPE").unwrap(),
        };
        work.decide(at, Choice::Own(vec![own]), How::ByHand, None)
            .unwrap();
        let inputs = ["ada", "ben", "cleo"].map(|name| (name.to_owned(), 2));
        let account = AdjudicationAccount {
            inputs: inputs.to_vec(),
            decisions: work.all_made().cloned().collect(),
        };
        assert_eq!(account.decisions.len(), 5);
        (text, account)
    }

    #[test]
    fn an_account_comes_back_in_every_unit() {
        let (text, account) = account();
        for unit in OffsetUnit::ALL {
            let value = account_value(&text, unit, &account);
            assert_eq!(parse(&value, &text, unit), Some(account.clone()));
        }
        let mut meta = BTreeMap::new();
        put(&mut meta, &text, &account);
        assert_eq!(take(&mut meta, &text), Some(account));
        assert!(meta.is_empty());
    }

    #[test]
    fn what_is_no_account_stays_in_the_metadata() {
        let (text, account) = account();
        let value = account_value(&text, OffsetUnit::Codepoint, &account).to_string();
        for (sound, broken) in [
            ("\"version\":1", "\"version\":7"),
            ("\"how\":\"hand\"", "\"how\":\"foot\""),
            ("\"start\":2", "\"start\":2000"),
            ("\"decisions\"", "\"choices\""),
        ] {
            assert!(value.contains(sound), "{value}");
            let words = value.replace(sound, broken);
            let mut meta = BTreeMap::from([(NAME.to_owned(), words)]);
            assert_eq!(take(&mut meta, &text), None, "{broken}");
            assert_eq!(meta.len(), 1);
        }
    }
}
