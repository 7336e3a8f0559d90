use super::*;
use crate::model::Score;

fn text() -> Text {
    Text::new("Ada Lovelace spoke.\n \nMore")
}

fn span(start: u32, end: u32) -> Span {
    Span::new(BytePos(start), BytePos(end)).unwrap()
}

fn region(start: u32, end: u32, label: &str) -> Region {
    Region {
        span: span(start, end),
        label: Label::new(label).unwrap(),
        provenance: Provenance::Person,
    }
}

fn entity(start: u32, end: u32, label: &str) -> Entity {
    Entity {
        span: span(start, end),
        label: Label::new(label).unwrap(),
        provenance: Provenance::Person,
    }
}

fn annotation(regions: Vec<Region>, entities: Vec<Entity>) -> Result<Annotation, AnnotationError> {
    Annotation::from_parts(&text(), regions, entities, Status::Todo, Vec::new())
}

#[test]
fn parts_are_sorted_whatever_their_order() {
    let made = annotation(
        vec![region(22, 26, "nav"), region(0, 19, "body")],
        vec![
            entity(4, 12, "PERSON"),
            entity(0, 3, "PERSON"),
            entity(0, 12, "PERSON"),
        ],
    );
    let made = made.unwrap();
    let spans: Vec<Span> = made.entities().iter().map(|entity| entity.span).collect();
    assert_eq!(
        spans,
        [span(0, 12), span(0, 3), span(4, 12)],
        "longest first"
    );
    assert_eq!(made.regions()[0].label.as_str(), "body");
}

#[test]
fn parts_that_do_not_fit_each_other_or_the_text_are_refused() {
    let regions = |regions| annotation(regions, Vec::new()).unwrap_err();
    let entities = |entities| annotation(Vec::new(), entities).unwrap_err();
    let overlapping = vec![region(0, 12, "body"), region(11, 19, "nav")];
    assert!(matches!(
        regions(overlapping),
        AnnotationError::RegionOverlap { .. }
    ));
    assert_eq!(
        regions(vec![region(19, 22, "nav")]),
        AnnotationError::Blank(span(19, 22))
    );
    assert_eq!(
        regions(vec![region(0, 27, "nav")]),
        AnnotationError::OutsideText(span(0, 27))
    );
    let crossing = vec![entity(0, 8, "PERSON"), entity(4, 12, "ORG")];
    assert!(matches!(
        entities(crossing),
        AnnotationError::EntityCrosses { .. }
    ));
    let twice = vec![entity(0, 3, "PERSON"), entity(0, 3, "PERSON")];
    assert!(matches!(
        entities(twice),
        AnnotationError::DuplicateEntity(_)
    ));
    assert!(
        annotation(
            Vec::new(),
            vec![entity(0, 3, "PERSON"), entity(0, 3, "ORG")]
        )
        .is_ok()
    );
    let remark = Remark::new(Some(span(20, 40)), "Where?");
    let outside = Annotation::from_parts(&text(), vec![], vec![], Status::Todo, vec![remark]);
    assert_eq!(
        outside.unwrap_err(),
        AnnotationError::OutsideText(span(20, 40))
    );
}

#[test]
fn a_change_that_does_not_fit_changes_nothing() {
    let text = text();
    let start = annotation(vec![region(0, 19, "body")], vec![entity(0, 12, "PERSON")]).unwrap();
    let mut changed = start.clone();
    assert!(changed.add_region(&text, region(4, 12, "nav")).is_err());
    assert!(changed.add_entity(&text, entity(4, 19, "ORG")).is_err());
    assert!(changed.add_entity(&text, entity(0, 12, "PERSON")).is_err());
    assert!(changed.set_status(Status::Done, Status::Todo).is_err());
    assert!(changed.remove_remark(0, &Remark::new(None, "x")).is_err());
    // The same span with another origin is another region.
    let suggested = Region {
        provenance: Provenance::Extractor(Score::new(0.9)),
        ..region(0, 19, "body")
    };
    assert!(changed.remove_region(&suggested).is_err());
    assert!(changed.remove_entity(&entity(0, 12, "ORG")).is_err());
    assert_eq!(changed, start);
}

#[test]
fn what_was_added_can_be_removed() {
    let text = text();
    let start = annotation(vec![region(0, 19, "body")], Vec::new()).unwrap();
    let mut changed = start.clone();
    let (new, named) = (region(22, 26, "nav"), entity(0, 3, "PERSON"));
    let remark = Remark::new(Some(span(0, 3)), "Which Ada?");
    changed.add_region(&text, new.clone()).unwrap();
    changed.add_entity(&text, named.clone()).unwrap();
    changed.add_remark(&text, 7, remark.clone()).unwrap();
    changed.set_status(Status::Todo, Status::Flagged).unwrap();
    assert_eq!((changed.remarks().len(), changed.open_remarks()), (1, 1));
    changed.set_status(Status::Flagged, Status::Todo).unwrap();
    changed.remove_remark(0, &remark).unwrap();
    changed.remove_entity(&named).unwrap();
    changed.remove_region(&new).unwrap();
    assert_eq!(changed, start);
}

#[test]
fn labels_are_found_by_place() {
    let made = annotation(
        vec![region(0, 19, "body"), region(22, 26, "nav")],
        vec![entity(0, 12, "PERSON"), entity(4, 12, "ORG")],
    );
    let made = made.unwrap();
    let at = |pos| {
        made.region_at(BytePos(pos))
            .map(|region| region.label.as_str())
    };
    assert_eq!(
        [at(0), at(18), at(19), at(22)],
        [Some("body"), Some("body"), None, Some("nav")]
    );
    let shortest = |pos| {
        made.entity_at(BytePos(pos))
            .map(|entity| entity.label.as_str())
    };
    assert_eq!(
        [shortest(0), shortest(4), shortest(12)],
        [Some("PERSON"), Some("ORG"), None]
    );
    assert_eq!(made.regions_in(span(18, 23)).len(), 2);
    assert_eq!(made.regions_in(span(19, 22)).len(), 0);
    assert_eq!(made.entities_in(span(0, 4)).count(), 1);
    assert!(
        made.entity(span(4, 12), &Label::new("ORG").unwrap())
            .is_some()
    );
    assert!(
        made.entity(span(4, 12), &Label::new("PERSON").unwrap())
            .is_none()
    );
}
