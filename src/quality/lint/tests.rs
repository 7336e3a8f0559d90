use super::*;
use crate::model::notation;

fn found(marked: &str) -> Vec<(Lint, String)> {
    let notated = notation::parse(marked).unwrap();
    let found = lint(&notated.text, &notated.annotation, None);
    found
        .into_iter()
        .map(|finding| (finding.lint, notated.text.slice(finding.span).to_owned()))
        .collect()
}

#[test]
fn slips_are_found_where_they_are() {
    assert_eq!(
        found("body| {GPE Malta} waits. In Malta, {ORG Malta} and {GPE Malta}; Maltasia."),
        [
            (Lint::Missed, "Malta".into()),
            (Lint::TwoLabels, "Malta".into())
        ]
    );
    assert_eq!(
        found("body| {GPE Malta } waits."),
        [(Lint::EdgeSpace, "Malta ".into())]
    );
    assert_eq!(found("body| {PERSON Ada} met {ORG {GPE Paris} Club}"), []);
    assert_eq!(found("body| {PERSON Zoe\u{308}l} waits."), []);
}

#[test]
fn what_a_longer_name_goes_on_with_is_no_missed_place() {
    assert_eq!(
        found(
            "body| {GPE Malta} reads the Malta Independent, at the Malta-Gipfel and in Maltasia."
        ),
        []
    );
    assert_eq!(
        found("body| {GPE Malta} and {ORG Air Malta} meet; Air Malta waits."),
        [(Lint::Missed, "Air Malta".into())]
    );
}

#[test]
fn a_finished_article_has_no_text_without_a_region_and_nothing_unsure() {
    let notated = notation::parse("body| Ada waits.\n     |\nnav  | Menu").unwrap();
    let (text, annotation) = (notated.text, notated.annotation);
    let done = |regions: &[crate::model::Region], status| {
        let made = Annotation::from_parts(&text, regions.to_vec(), Vec::new(), status, Vec::new());
        let found = lint(&text, &made.unwrap(), None).into_iter();
        found
            .map(|finding| (finding.lint, text.slice(finding.span).to_owned()))
            .collect::<Vec<_>>()
    };
    let both = annotation.regions();
    assert_eq!(done(both, Status::Done), []);
    assert_eq!(
        done(&both[..1], Status::Done),
        [(Lint::NoRegion, "Menu".to_owned())]
    );
    assert_eq!(done(&both[..1], Status::Started), []);
    assert_eq!(
        done(&[], Status::Done),
        [(Lint::NoRegion, text.as_str().trim().to_owned())]
    );
    let mut unsure = both.to_vec();
    unsure[1].provenance = crate::model::Provenance::Extractor(crate::model::Score::new(0.2));
    assert_eq!(
        done(&unsure, Status::Done),
        [(Lint::Unsure, "Menu".to_owned())]
    );
}

#[test]
fn edges_are_mended_and_nothing_else() {
    let text = Text::new("Zoe\u{308} Kral  waits.");
    let span = |start: u32, end: u32| text.span(BytePos(start), BytePos(end)).unwrap();
    let mut annotation = Annotation::default();
    for (start, end, label) in [(0, 3, "PERSON"), (6, 12, "PERSON")] {
        let entity = crate::model::Entity {
            span: span(start, end),
            label: Label::new(label).unwrap(),
            provenance: crate::model::Provenance::Person,
        };
        annotation.add_entity(&text, entity).unwrap();
    }
    let (better, changed) = repaired(&text, &annotation);
    let told: Vec<&str> = better
        .entities()
        .iter()
        .map(|e| text.slice(e.span))
        .collect();
    assert_eq!((told, changed), (vec!["Zoe\u{308}", "Kral"], 2));
    assert_eq!(repaired(&text, &better), (better.clone(), 0));
    assert!(lint(&text, &better, None).is_empty());
}
