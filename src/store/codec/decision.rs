//! Decisions between annotators, as the history holds them.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{CodecError, Result, label, len, span};
use crate::edit::LabelKind;
use crate::edit::adjudication::{
    Choice, Decision, DecisionChange, How, InputRevision, LabelledSpan, Place, PlaceId, Threshold,
    Version,
};
use crate::model::{Span, Text};

/// `[start, length]`.
type PlaceDto = (u32, u32);

/// `[start, length, label]`.
type LabelledDto<'a> = (u32, u32, Cow<'a, str>);

#[derive(Serialize, Deserialize)]
pub(super) struct DecisionChangeDto<'a> {
    /// `region` or `entity`.
    kind: Cow<'a, str>,
    at: PlaceDto,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    from: Option<DecisionDto<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    to: Option<DecisionDto<'a>>,
}

#[derive(Serialize, Deserialize)]
struct DecisionDto<'a> {
    /// What each version has, and whose it is.
    #[serde(borrow)]
    options: Vec<(Vec<Cow<'a, str>>, Vec<LabelledDto<'a>>)>,
    #[serde(borrow)]
    choice: ChoiceDto<'a>,
    how: HowDto,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    reason: Option<Cow<'a, str>>,
    /// Names and revisions.
    #[serde(borrow)]
    inputs: Vec<(Cow<'a, str>, i64)>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ChoiceDto<'a> {
    Unanimous,
    /// More than this share of the annotators.
    Majority(f64),
    Version(usize),
    Nobody,
    Own(#[serde(borrow)] Vec<LabelledDto<'a>>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum HowDto {
    Hand,
    Rule,
    /// Like the place of this span.
    Same(u32, u32),
}

pub(super) fn decision_change_dto(change: &DecisionChange) -> DecisionChangeDto<'_> {
    DecisionChangeDto {
        kind: change.place.kind.as_str().into(),
        at: place_dto(change.place.span),
        from: change.from.as_ref().map(decision_dto),
        to: change.to.as_ref().map(decision_dto),
    }
}

fn place_dto(at: Span) -> PlaceDto {
    (at.start().0, len(at))
}

fn labelled_dto(one: &LabelledSpan) -> LabelledDto<'_> {
    (one.span.start().0, len(one.span), one.label.as_str().into())
}

fn decision_dto(decision: &Decision) -> DecisionDto<'_> {
    let options = decision.place.versions.iter().map(|version| {
        let names = version.annotators.iter().map(|name| Cow::from(&**name));
        (
            names.collect(),
            version.spans.iter().map(labelled_dto).collect(),
        )
    });
    let inputs = decision.inputs.iter();
    DecisionDto {
        options: options.collect(),
        choice: match &decision.choice {
            Choice::Unanimous => ChoiceDto::Unanimous,
            Choice::Majority { threshold } => ChoiceDto::Majority(threshold.share()),
            Choice::Version(at) => ChoiceDto::Version(*at),
            Choice::Nobody => ChoiceDto::Nobody,
            Choice::Own(spans) => ChoiceDto::Own(spans.iter().map(labelled_dto).collect()),
        },
        how: match decision.how {
            How::ByHand => HowDto::Hand,
            How::ByRule => HowDto::Rule,
            How::SameAs(at) => HowDto::Same(at.start().0, len(at)),
        },
        reason: decision.reason.as_deref().map(Cow::from),
        inputs: inputs
            .map(|one| (Cow::from(&*one.annotator), one.revision))
            .collect(),
    }
}

pub(super) fn decision_change(dto: DecisionChangeDto<'_>, text: &Text) -> Result<DecisionChange> {
    let kind = LabelKind::parse(&dto.kind)
        .ok_or_else(|| CodecError::new(format_args!("unknown kind of place {:?}", dto.kind)))?;
    let place = PlaceId {
        kind,
        span: span(text, dto.at.0, dto.at.1)?,
    };
    let read = |dto: Option<DecisionDto<'_>>| dto.map(|dto| decision(dto, place, text));
    Ok(DecisionChange {
        place,
        from: read(dto.from).transpose()?,
        to: read(dto.to).transpose()?,
    })
}

fn labelled(dtos: Vec<LabelledDto<'_>>, text: &Text) -> Result<Vec<LabelledSpan>> {
    let spans = dtos.into_iter().map(|(start, len, name)| {
        Ok(LabelledSpan {
            span: span(text, start, len)?,
            label: label(&name)?,
        })
    });
    spans.collect()
}

fn decision(dto: DecisionDto<'_>, place: PlaceId, text: &Text) -> Result<Decision> {
    let versions = dto.options.into_iter().map(|(names, spans)| {
        Ok(Version {
            annotators: names.iter().map(|name| Arc::from(&**name)).collect(),
            spans: labelled(spans, text)?,
        })
    });
    let choice = match dto.choice {
        ChoiceDto::Unanimous => Choice::Unanimous,
        ChoiceDto::Majority(share) => Choice::Majority {
            threshold: Threshold::new(share)
                .ok_or_else(|| CodecError::new(format_args!("no share of a majority: {share}")))?,
        },
        ChoiceDto::Version(at) => Choice::Version(at),
        ChoiceDto::Nobody => Choice::Nobody,
        ChoiceDto::Own(spans) => Choice::Own(labelled(spans, text)?),
    };
    let inputs: Vec<InputRevision> = dto
        .inputs
        .iter()
        .map(|(name, revision)| InputRevision {
            annotator: Arc::from(&**name),
            revision: *revision,
        })
        .collect();
    Ok(Decision {
        place: Place {
            kind: place.kind,
            span: place.span,
            versions: versions.collect::<Result<_>>()?,
        },
        choice,
        how: match dto.how {
            HowDto::Hand => How::ByHand,
            HowDto::Rule => How::ByRule,
            HowDto::Same(start, len) => How::SameAs(span(text, start, len)?),
        },
        reason: dto.reason.map(Cow::into_owned),
        inputs: inputs.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{read_transaction, write_transaction};
    use super::*;
    use crate::edit::{Edit, Transaction};
    use crate::model::{BytePos, Label};

    fn change(text: &Text, choice: Choice, how: How) -> Edit {
        let at = text
            .span(BytePos(0), BytePos(text.as_str().find(' ').unwrap() as u32))
            .unwrap();
        let labelled = |name: &str| LabelledSpan {
            span: at,
            label: Label::new(name).unwrap(),
        };
        let version = |name: &str, spans: Vec<LabelledSpan>| Version {
            annotators: vec![name.into()],
            spans,
        };
        let place = Place {
            kind: LabelKind::Entity,
            span: at,
            versions: vec![
                version("ada", vec![labelled("GPE")]),
                version("ben b", vec![]),
            ],
        };
        let inputs = ["ada", "ben b"].map(|name| InputRevision {
            annotator: name.into(),
            revision: 7,
        });
        Edit::Decide(Box::new(DecisionChange {
            place: place.id(),
            from: None,
            to: Some(Decision {
                place,
                choice,
                how,
                reason: Some("\"why\"".to_owned()),
                inputs: inputs.to_vec().into(),
            }),
        }))
    }

    #[test]
    fn every_decision_comes_back() {
        let text = Text::new("Malmö met");
        let at = text.span(BytePos(7), BytePos(10)).unwrap();
        let own = LabelledSpan {
            span: at,
            label: Label::new("ORG").unwrap(),
        };
        let majority = Choice::Majority {
            threshold: Threshold::new(0.66).unwrap(),
        };
        for (choice, how) in [
            (Choice::Unanimous, How::ByRule),
            (majority, How::ByRule),
            (Choice::Version(1), How::ByHand),
            (Choice::Nobody, How::SameAs(at)),
            (Choice::Own(vec![own]), How::ByHand),
        ] {
            let made = change(&text, choice, how);
            let edits = vec![made.clone(), made.inverse()];
            let transaction = Transaction { edits };
            let json = write_transaction(&transaction).unwrap();
            assert_eq!(read_transaction(&json, &text).unwrap(), transaction);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let text = Text::new("Malta met");
        let made = change(&text, Choice::Version(0), How::ByHand);
        let json = write_transaction(&Transaction { edits: vec![made] }).unwrap();
        for (sound, broken) in [
            ("\"at\":[0,5]", "\"at\":[0,50]"),
            ("[0,5,\"GPE\"]", "[0,0,\"GPE\"]"),
            ("\"entity\"", "\"entities\""),
            ("{\"version\":0}", "{\"majority\":1.5}"),
        ] {
            assert!(json.contains(sound), "{json}");
            let broken = json.replace(sound, broken);
            assert!(read_transaction(&broken, &text).is_err(), "{broken}");
        }
    }
}
