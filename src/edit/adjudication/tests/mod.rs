//! Adjudication on articles written in the notation.

mod promises;

use std::sync::Arc;

use super::*;
use crate::edit::LabelKind;
use crate::model::notation;
use crate::model::{
    Annotation, BytePos, Entity, EntityLabel, Label, Nesting, Provenance, Region, RegionLabel, Rgb,
    Schema, Span, Text,
};

fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

pub(super) fn schema(nesting: Nesting) -> Arc<Schema> {
    let region = |name: &str| RegionLabel {
        label: label(name),
        color: Rgb(0, 0, 0),
        key: None,
        enabled: true,
        tag_entities: true,
        separate: false,
        description: String::new(),
        examples: Vec::new(),
    };
    let entity = |name: &str| EntityLabel {
        label: label(name),
        color: Rgb(0, 0, 0),
        key: None,
        enabled: true,
        tagger_types: Vec::new(),
        description: String::new(),
        examples: Vec::new(),
    };
    let regions = ["body", "nav", "comment"].map(region).to_vec();
    let entities = ["PERSON", "ORG", "GPE"].map(entity).to_vec();
    Arc::new(Schema::new("test".to_owned(), nesting, regions, entities, String::new()).unwrap())
}

/// The work of annotators who are called after the letters, at revision 1.
fn inputs(notated: &[&str]) -> (Text, Vec<AdjudicationInput>) {
    let parsed: Vec<_> = notated
        .iter()
        .map(|one| notation::parse(one).unwrap())
        .collect();
    let text = parsed[0].text.clone();
    let names = ["ada", "ben", "cleo", "dora", "emil", "fay", "gus", "hal"];
    let inputs = parsed.into_iter().zip(names).map(|(notated, name)| {
        assert_eq!(notated.text, text);
        AdjudicationInput {
            annotator: name.into(),
            revision: 1,
            annotation: notated.annotation,
        }
    });
    (text.clone(), inputs.collect())
}

fn begin(notated: &[&str]) -> Adjudication {
    let (text, inputs) = inputs(notated);
    Adjudication::new(text, schema(Nesting::Nested), inputs)
}

/// The spans of a version as `LABEL words`, or `-`.
fn words(text: &Text, spans: &[LabelledSpan]) -> String {
    let spans: Vec<String> = spans
        .iter()
        .map(|one| format!("{} {}", one.label, text.slice(one.span)))
        .collect();
    if spans.is_empty() {
        "-".to_owned()
    } else {
        spans.join(" + ")
    }
}

/// Each place as `words: version (names) | version (names)`.
fn listed(work: &Adjudication) -> Vec<String> {
    let text = work.text();
    let version = |version: &Version| {
        format!(
            "{} ({})",
            words(text, &version.spans),
            version.annotators.join(" ")
        )
    };
    let place = |place: &Place| {
        let versions: Vec<String> = place.versions.iter().map(version).collect();
        format!("{}: {}", text.slice(place.span), versions.join(" | "))
    };
    work.places().iter().map(place).collect()
}

fn printed(work: &Adjudication) -> String {
    let annotation = work.result().unwrap().annotation;
    let text = work.text();
    let regions = annotation
        .regions()
        .iter()
        .map(|one| (one.span, one.label.clone()));
    let entities = annotation
        .entities()
        .iter()
        .map(|one| (one.span, one.label.clone()));
    let all: Vec<LabelledSpan> = regions
        .chain(entities)
        .map(|(span, label)| LabelledSpan { span, label })
        .collect();
    words(text, &all)
}

#[test]
fn places_are_as_small_as_they_can_be() {
    let work = begin(&[
        "body| {ORG Port of {GPE Malta}} met {PERSON Ada} B. in {GPE Rome}",
        "body| {ORG Port of Malta} met {PERSON Ada B.} in {GPE Rome}",
        "nav | Port of {ORG Malta} met {PERSON Ada B.} in {GPE Rome}",
    ]);
    assert_eq!(
        listed(&work),
        [
            "Port of Malta met Ada B. in Rome: body Port of Malta met Ada B. in Rome (ada ben) | \
             nav Port of Malta met Ada B. in Rome (cleo)",
            "Port of Malta: ORG Port of Malta (ben) | ORG Port of Malta + GPE Malta (ada) | \
             ORG Malta (cleo)",
            "Ada B.: PERSON Ada B. (ben cleo) | PERSON Ada (ada)",
            "Rome: GPE Rome (ada ben cleo)",
        ]
    );
    assert_eq!(work.open().collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn what_all_have_around_a_disagreement_is_no_part_of_it() {
    let work = begin(&[
        "body| {ORG Port of {GPE Malta}}",
        "body| {ORG Port of Malta}",
    ]);
    assert_eq!(
        listed(&work),
        [
            "Port of Malta: body Port of Malta (ada ben)",
            "Port of Malta: ORG Port of Malta (ada ben)",
            "Malta: GPE Malta (ada) | - (ben)",
        ]
    );
    assert_eq!(work.open().count(), 1);
}

#[test]
fn stacked_labels_of_one_span_are_one_place() {
    let work = begin(&[
        "| {ORG {GPE Malta}} and {ORG {GPE Rome}}",
        "| {ORG {GPE Malta}} and {GPE Rome}",
    ]);
    assert_eq!(
        listed(&work),
        [
            "Malta: GPE Malta + ORG Malta (ada ben)",
            "Rome: GPE Rome (ben) | GPE Rome + ORG Rome (ada)",
        ]
    );
}

#[test]
fn white_space_at_an_edge_is_no_disagreement() {
    let (text, mut inputs) = inputs(&[
        "body| It rains.\n    | \nnav| Home",
        "| It rains.\n    | \nnav| Home",
    ]);
    let wide = text.span(BytePos(0), BytePos(10)).unwrap();
    let region = Region {
        span: wide,
        label: label("body"),
        provenance: Provenance::Person,
    };
    inputs[1].annotation.add_region(&text, region).unwrap();
    let work = Adjudication::new(text, schema(Nesting::Flat), inputs);
    assert_eq!(work.open().count(), 0);
    assert_eq!(printed(&work), "body It rains. + nav Home");
}

#[test]
fn an_article_is_adjudicated_place_by_place() {
    let mut work = begin(&[
        "body| {GPE Malta} met {PERSON Ada} B., then {ORG Port} left {GPE Malta} x",
        "body| {ORG Malta} met {PERSON Ada B.}, then {GPE Port} left {ORG Malta} x",
        "body| {GPE Malta} met Ada B., then Port left {GPE Malta} x",
    ]);
    let open: Vec<usize> = work.open().collect();
    let [malta, ada, port, again] = open[..] else {
        panic!("{:?}", listed(&work))
    };
    // The first two of three have GPE.
    let by_hand = |work: &mut Adjudication, at, choice| work.decide(at, choice, How::ByHand, None);
    by_hand(&mut work, malta, Choice::Version(0)).unwrap();
    assert_eq!(work.decide_same(malta), [again]);
    let place = work.places()[malta].span;
    assert_eq!(work.made(again).unwrap().how, How::SameAs(place));
    assert_eq!(
        by_hand(&mut work, ada, Choice::Version(7)),
        Err(Unresolved::NoSuchVersion(work.places()[ada].id()))
    );
    by_hand(&mut work, ada, Choice::Nobody).unwrap();
    assert_eq!(
        work.result(),
        Err(Unresolved::Open(vec![work.places()[port].id()]))
    );
    // Nobody has the second word.
    let at = work.text().as_str().find("Port").unwrap() as u32;
    let wide = work.text().span(BytePos(at), BytePos(at + 9)).unwrap();
    let own = vec![LabelledSpan {
        span: wide,
        label: label("ORG"),
    }];
    work.decide(
        port,
        Choice::Own(own),
        How::ByHand,
        Some("its full name".to_owned()),
    )
    .unwrap();
    assert_eq!(
        printed(&work),
        "body Malta met Ada B., then Port left Malta x + GPE Malta + ORG Port left + GPE Malta"
    );
    let result = work.result().unwrap();
    let from = |words: &str| {
        let of = result.annotation.entities().iter();
        let mut found = of.filter(|one| work.text().slice(one.span) == words);
        found.next().unwrap().provenance
    };
    assert_eq!(from("Malta"), Provenance::Colleague);
    assert_eq!(from("Port left"), Provenance::Person);
    assert_eq!(result.decisions.len(), work.places().len());
    let changed: Vec<String> = changes_of("cleo", &result.decisions)
        .iter()
        .map(|one| {
            format!(
                "{} -> {}",
                words(work.text(), &one.before),
                words(work.text(), &one.after)
            )
        })
        .collect();
    assert_eq!(changed, ["- -> ORG Port left"]);
    assert_eq!(changes_of("ada", &result.decisions).len(), 2);

    work.take_back(malta).unwrap();
    assert_eq!(work.open().collect::<Vec<_>>(), [malta]);
}

#[test]
fn own_spans_must_fit() {
    let mut work = begin(&["| {GPE Malta} met {GPE Rome}", "| Malta met {GPE Rome}"]);
    let (text, malta) = (work.text().clone(), work.open().next().unwrap());
    let own = |from: u32, to: u32, name: &str| {
        let span = text.span(BytePos(from), BytePos(to)).unwrap();
        Choice::Own(vec![LabelledSpan {
            span,
            label: label(name),
        }])
    };
    let refused = [
        own(0, 12, "GPE"), // crosses Rome
        own(5, 6, "GPE"),  // blank
        own(0, 5, "UNKNOWN"),
    ];
    for choice in refused {
        assert!(work.decide(malta, choice, How::ByHand, None).is_err());
        assert!(work.made(malta).is_none());
    }
    work.decide(malta, own(0, 14, "ORG"), How::ByHand, None)
        .unwrap();
    assert_eq!(printed(&work), "ORG Malta met Rome + GPE Rome");

    let inputs = work.inputs().to_vec();
    let mut flat = Adjudication::new(text.clone(), schema(Nesting::Flat), inputs);
    let nested = flat.decide(malta, own(0, 14, "ORG"), How::ByHand, None);
    assert_eq!(nested, Err(Unresolved::Nested(flat.places()[malta].id())));
}

#[test]
fn a_span_can_be_added_where_nobody_has_one() {
    let mut work = begin(&["| {GPE Malta} met Ada", "| {GPE Malta} met Ada"]);
    let span = work.text().span(BytePos(10), BytePos(13)).unwrap();
    let at = work.place_for(LabelKind::Entity, span);
    assert!(!work.is_open(at));
    let own = vec![LabelledSpan {
        span,
        label: label("PERSON"),
    }];
    work.decide(at, Choice::Own(own), How::ByHand, None)
        .unwrap();
    assert_eq!(printed(&work), "GPE Malta + PERSON Ada");
    // It is there after a restart.
    let made: Vec<Decision> = work.all_made().cloned().collect();
    let (text, inputs) = (work.text().clone(), work.inputs().to_vec());
    let (again, reconciled) =
        Adjudication::resume(text.clone(), schema(Nesting::Nested), inputs.clone(), &made);
    assert_eq!((reconciled.kept.len(), reconciled.reopened.len()), (1, 0));
    assert_eq!(printed(&again), "GPE Malta + PERSON Ada");
    let resolved = resolve(&text, &schema(Nesting::Nested), &inputs, &made).unwrap();
    assert_eq!(resolved, again.result().unwrap());
}

#[test]
fn a_majority_counts_and_says_so() {
    let mut work = begin(&[
        "| {GPE Malta} met {PERSON Ada} in {GPE Rome}",
        "| {GPE Malta} met {ORG Ada} in Rome",
        "| {ORG Malta} met {GPE Ada} in Rome",
        "| {GPE Malta} met Ada in {GPE Rome}",
    ]);
    let tried = |share| {
        let mut work = work.clone();
        work.decide_by_majority(Threshold::new(share).unwrap())
            .len()
    };
    // Malta: 3 of 4; Ada: four opinions; Rome: a tie.
    assert_eq!([0.0, 0.5, 0.74, 0.75].map(tried), [1, 1, 1, 0]);
    assert_eq!(Threshold::new(1.0), None);
    work.decide_by_majority(Threshold::HALF);
    let malta = work.made(0).unwrap();
    assert_eq!(
        malta.choice,
        Choice::Majority {
            threshold: Threshold::HALF
        }
    );
    assert_eq!((malta.how, malta.version()), (How::ByRule, Some(0)));
}

#[test]
fn a_changed_input_reopens_only_its_places() {
    let before = [
        "| {GPE Malta} met {PERSON Ada} in {GPE Rome} and {ORG Bonn} x",
        "| {ORG Malta} met {PERSON Ada} in Rome and {GPE Bonn} x",
    ];
    let mut work = begin(&before);
    for at in work.open().collect::<Vec<_>>() {
        work.decide(at, Choice::Version(0), How::ByHand, None)
            .unwrap();
    }
    let made: Vec<Decision> = work.all_made().cloned().collect();
    assert_eq!(made.len(), 3);
    let resumed = |second: &str| {
        let (text, mut inputs) = inputs(&[before[0], second]);
        inputs[1].revision = 2;
        Adjudication::resume(text, schema(Nesting::Nested), inputs, &made)
    };
    // Ben changes Ada, gives up on Bonn and agrees on Rome.
    let (work, reconciled) = resumed("| {ORG Malta} met {ORG Ada} in {GPE Rome} and Bonn x");
    let words = |span: Span| work.text().slice(span).to_owned();
    let kept: Vec<_> = reconciled
        .kept
        .iter()
        .map(|one| words(one.place.span))
        .collect();
    let reopened: Vec<_> = reconciled
        .reopened
        .iter()
        .map(|one| words(one.place.span))
        .collect();
    let settled: Vec<_> = reconciled
        .settled
        .iter()
        .map(|one| words(one.place.span))
        .collect();
    assert_eq!(
        (kept, reopened, settled),
        (
            vec!["Malta".to_owned()],
            vec!["Bonn".to_owned()],
            vec!["Rome".to_owned()]
        )
    );
    let open: Vec<_> = work
        .open()
        .map(|at| words(work.places()[at].span))
        .collect();
    assert_eq!(open, ["Ada", "Bonn"]);
    // A new revision without a change of labels reopens nothing.
    let (work, reconciled) = resumed(before[1]);
    assert_eq!((reconciled.kept.len(), work.open().count()), (3, 0));
    assert_eq!(work.made(0).unwrap().inputs[1].revision, 1);
}

#[test]
fn an_annotator_who_joins_reopens_only_what_is_new() {
    let two = [
        "| {GPE Malta} met {PERSON Ada} in {GPE Rome}",
        "| {ORG Malta} met {PERSON Ada} in Rome",
    ];
    let mut work = begin(&two);
    for at in work.open().collect::<Vec<_>>() {
        work.decide(at, Choice::Version(1), How::ByHand, None)
            .unwrap();
    }
    assert_eq!(printed(&work), "ORG Malta + PERSON Ada");
    let made: Vec<Decision> = work.all_made().cloned().collect();
    let (text, three) = inputs(&[two[0], two[1], "| {ORG Malta} met Ada in {PERSON Rome}"]);
    let (work, reconciled) = Adjudication::resume(text, schema(Nesting::Nested), three, &made);
    let words = |at: usize| work.text().slice(work.places()[at].span).to_owned();
    assert_eq!(reconciled.kept.len(), 1);
    // Now most have ORG, so that it is the first version.
    assert_eq!(work.made(0).unwrap().choice, Choice::Version(0));
    assert_eq!(work.open().map(words).collect::<Vec<_>>(), ["Ada", "Rome"]);
}

#[test]
fn the_transaction_to_a_result_is_exact() {
    let (text, inputs) = inputs(&[
        "body| {GPE Malta} met\nnav| Ada",
        "body| {ORG Malta} {GPE met}\nbody| Ada",
    ]);
    let mut changed = inputs[0].annotation.clone();
    let transaction = labels_transaction(&inputs[0].annotation, &inputs[1].annotation);
    transaction.apply(&text, &mut changed).unwrap();
    assert_eq!(changed, inputs[1].annotation);
    transaction.inverse().apply(&text, &mut changed).unwrap();
    assert_eq!(changed, inputs[0].annotation);
}

#[test]
fn eight_annotators_of_a_megabyte_are_compared_in_linear_time() {
    // Twice the text takes about twice the places; how long they take is in `benches/`.
    let sentence = "Ada Lovelace of the Port of Malta met Charles Babbage in Rome on Monday. ";
    let text = Text::new(&sentence.repeat((1 << 20) / sentence.len()));
    let names = [
        ("Ada Lovelace", "PERSON"),
        ("Port of Malta", "ORG"),
        ("Rome", "GPE"),
        ("Monday", "ORG"),
    ];
    let input = |who: usize| {
        let mut entities = Vec::new();
        for (at, (name, label_name)) in names.iter().enumerate() {
            for (nth, (start, _)) in text.as_str().match_indices(name).enumerate() {
                if (nth + at) % 8 == who {
                    continue;
                }
                let end = start + name.len();
                let span = text
                    .span(BytePos::from_index(start), BytePos::from_index(end))
                    .unwrap();
                entities.push(Entity {
                    span,
                    label: label(label_name),
                    provenance: Provenance::Person,
                });
            }
        }
        AdjudicationInput {
            annotator: format!("annotator {who}").into(),
            revision: 1,
            annotation: Annotation::from_parts(
                &text,
                Vec::new(),
                entities,
                Default::default(),
                Vec::new(),
            )
            .unwrap(),
        }
    };
    let team: Vec<AdjudicationInput> = (0..8).map(input).collect();
    let mut work = Adjudication::new(text, schema(Nesting::Nested), team);
    let open: Vec<usize> = work.open().collect();
    assert!(open.len() > 50_000, "{}", open.len());
    work.decide(open[0], Choice::Version(0), How::ByHand, None)
        .unwrap();
    let alike = work.decide_same(open[0]).len();
    assert!(alike > 10_000, "{alike}");
    work.decide_by_majority(Threshold::HALF);
    assert_eq!(work.open().count(), 0);
    assert_eq!(work.result().unwrap().decisions.len(), work.places().len());
}
