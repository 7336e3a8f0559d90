//! What adjudication promises on arbitrary annotations.

use proptest::prelude::*;

use super::*;

/// A text of short words, some of characters of more than one byte.
fn text() -> Text {
    Text::new(&"ab é 日本 x😀 the cat ".repeat(8))
}

/// An annotation of [`text`]: whatever fits of arbitrary spans between words.
fn annotation() -> impl Strategy<Value = Annotation> {
    let marks = prop::collection::vec((0_usize..48, 1_usize..5, 0_usize..3, any::<bool>()), 0..24);
    marks.prop_map(|marks| {
        let text = text();
        let words: Vec<Span> = {
            let mut words = Vec::new();
            let mut at = 0;
            for word in text.as_str().split(' ') {
                let end = at + word.len();
                words.extend(
                    text.span(BytePos::from_index(at), BytePos::from_index(end))
                        .ok(),
                );
                at = end + 1;
            }
            words
        };
        let mut annotation = Annotation::default();
        for (first, length, which, is_region) in marks {
            let Some(&start) = words.get(first) else {
                continue;
            };
            let last = words.get(first + length - 1).copied().unwrap_or(start);
            let span = start.cover(last);
            let provenance = Provenance::Person;
            let _ = if is_region {
                let label = label(["body", "nav", "comment"][which]);
                annotation.add_region(
                    &text,
                    Region {
                        span,
                        label,
                        provenance,
                    },
                )
            } else {
                let label = label(["PERSON", "ORG", "GPE"][which]);
                annotation.add_entity(
                    &text,
                    Entity {
                        span,
                        label,
                        provenance,
                    },
                )
            };
        }
        annotation
    })
}

/// Up to six annotators, some of whom did the same.
fn team() -> impl Strategy<Value = Vec<AdjudicationInput>> {
    let people = prop::collection::vec((annotation(), any::<bool>()), 1..6);
    people.prop_map(|people| {
        let mut inputs: Vec<AdjudicationInput> = Vec::new();
        for (at, (annotation, is_copy)) in people.into_iter().enumerate() {
            let first = inputs.first().map(|one| one.annotation.clone());
            inputs.push(AdjudicationInput {
                annotator: format!("annotator {at}").into(),
                revision: at as i64,
                annotation: first.filter(|_| is_copy).unwrap_or(annotation),
            });
        }
        inputs
    })
}

fn spans_of(annotation: &Annotation) -> Vec<LabelledSpan> {
    let regions = annotation
        .regions()
        .iter()
        .map(|one| (one.span, one.label.clone()));
    let entities = annotation
        .entities()
        .iter()
        .map(|one| (one.span, one.label.clone()));
    let all = regions.chain(entities);
    all.map(|(span, label)| LabelledSpan { span, label })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn choosing_one_annotators_version_everywhere_gives_that_annotation(team in team(), who in any::<prop::sample::Index>()) {
        let who = who.get(&team).clone();
        let mut work = Adjudication::new(text(), schema(Nesting::Nested), team.clone());
        for at in work.open().collect::<Vec<_>>() {
            let version = work.places()[at].version_of(&who.annotator).unwrap();
            work.decide(at, Choice::Version(version), How::ByHand, None).unwrap();
        }
        let result = work.result().unwrap();
        prop_assert_eq!(spans_of(&result.annotation), spans_of(&who.annotation));
        prop_assert_eq!(changes_of(&who.annotator, &result.decisions).len(), 0);
    }

    #[test]
    fn any_choices_give_a_valid_result_with_each_place_decided_once(
        team in team(), choices in prop::collection::vec((0_usize..4, any::<prop::sample::Index>()), 64)
    ) {
        let text = text();
        let mut work = Adjudication::new(text.clone(), schema(Nesting::Nested), team.clone());
        let mut choices = choices.into_iter().cycle();
        loop {
            let next = work.open().next();
            let Some(at) = next else { break };
            let (kind, which) = choices.next().unwrap();
            let version = which.index(work.places()[at].versions.len());
            match kind {
                0 => { work.decide(at, Choice::Nobody, How::ByHand, None).unwrap(); }
                1 => { work.decide_by_majority(Threshold::HALF); }
                _ => { work.decide(at, Choice::Version(version), How::ByHand, None).unwrap(); work.decide_same(at); }
            }
            if work.is_open(at) {
                work.decide(at, Choice::Version(version), How::ByHand, None).unwrap();
            }
        }
        let result = work.result().unwrap();
        // What everybody has is there, unless nobody was right about all at its place.
        let nobody: Vec<Span> = result.decisions.iter().filter(|one| one.choice == Choice::Nobody).map(|one| one.place.span).collect();
        let found = spans_of(&result.annotation);
        for one in spans_of(&team[0].annotation) {
            let by_all = team.iter().all(|input| spans_of(&input.annotation).contains(&one));
            if by_all && !nobody.contains(&one.span) {
                prop_assert!(found.contains(&one), "{one:?}");
            }
        }
        // Nothing is there that no annotator has.
        for one in &found {
            prop_assert!(team.iter().any(|input| spans_of(&input.annotation).contains(one)));
        }
        // One decision a place, and the same again from what is stored.
        let mut ids: Vec<PlaceId> = result.decisions.iter().map(Decision::id).collect();
        let places: Vec<PlaceId> = find_places(&text, &team).iter().map(Place::id).collect();
        prop_assert_eq!(&ids, &places);
        ids.dedup();
        prop_assert_eq!(ids.len(), places.len());
        let made: Vec<Decision> = work.all_made().cloned().collect();
        let again = resolve(&text, &schema(Nesting::Nested), &team, &made).unwrap();
        prop_assert_eq!(again, result.clone());
        // A decision twice, or one less, is refused.
        if let Some(first) = made.first() {
            let twice = [made.clone(), vec![first.clone()]].concat();
            prop_assert_eq!(resolve(&text, &schema(Nesting::Nested), &team, &twice), Err(Unresolved::DecidedTwice(first.id())));
            prop_assert_eq!(resolve(&text, &schema(Nesting::Nested), &team, &made[1..]), Err(Unresolved::Open(vec![first.id()])));
        }
    }

    #[test]
    fn the_order_of_the_inputs_does_not_matter(team in team(), by in any::<prop::sample::Index>()) {
        let mut other = team.clone();
        other.rotate_left(by.index(team.len()));
        other.reverse();
        prop_assert_eq!(find_places(&text(), &team), find_places(&text(), &other));
    }

    #[test]
    fn after_a_change_the_rest_of_the_decisions_holds(team in team(), changed in annotation(), who in any::<prop::sample::Index>()) {
        let text = text();
        let schema = schema(Nesting::Nested);
        let mut work = Adjudication::new(text.clone(), schema.clone(), team.clone());
        for at in work.open().collect::<Vec<_>>() {
            work.decide(at, Choice::Version(0), How::ByHand, None).unwrap();
        }
        let made: Vec<Decision> = work.all_made().cloned().collect();
        let mut after = team.clone();
        let who = who.index(team.len());
        after[who].annotation = changed;
        after[who].revision += 1;
        let (work, reconciled) = Adjudication::resume(text.clone(), schema, after.clone(), &made);
        // A place that is open was not there before, or was another one.
        let before = find_places(&text, &team);
        for at in work.open() {
            prop_assert!(!before.contains(&work.places()[at]));
        }
        // Each decision is kept, or said to be gone.
        let gone = reconciled.reopened.iter().flat_map(|one| one.before.iter().map(Decision::id)).chain(reconciled.settled.iter().map(Decision::id));
        let mut ids: Vec<PlaceId> = reconciled.kept.iter().map(Decision::id).chain(gone).collect();
        ids.sort_by_key(|id| (id.span, id.kind));
        ids.dedup();
        for decision in &made {
            prop_assert!(ids.contains(&decision.id()), "{decision:?}");
        }
        work.so_far().unwrap();
    }
}
