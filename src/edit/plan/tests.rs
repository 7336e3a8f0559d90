//! What each key does to a text, written in the notation.

use proptest::prelude::*;

use super::*;
use crate::edit::Action;
use crate::model::notation::{self, Notated};
use crate::model::{EntityLabel, RegionLabel, Rgb};

fn schema(nesting: Nesting) -> Schema {
    let region = |name: &str, separate: bool| RegionLabel {
        label: Label::new(name).unwrap(),
        color: Rgb(0, 0, 0),
        key: None,
        enabled: name != "ad",
        tag_entities: name != "nav",
        separate,
        description: String::new(),
        examples: Vec::new(),
    };
    let entity = |name: &str| EntityLabel {
        label: Label::new(name).unwrap(),
        color: Rgb(0, 0, 0),
        key: None,
        enabled: true,
        tagger_types: Vec::new(),
        description: String::new(),
        examples: Vec::new(),
    };
    Schema::new(
        "test".to_owned(),
        nesting,
        vec![
            region("body", false),
            region("nav", false),
            region("comment", true),
            region("ad", false),
        ],
        vec![entity("PERSON"), entity("ORG"), entity("GPE")],
        String::new(),
    )
    .unwrap()
}

fn article(notated: &Notated) -> Article {
    let mut blocks = Vec::new();
    let mut start = 0;
    for line in notated.text.as_str().split_inclusive('\n') {
        let end = start + line.len();
        if let Some(span) = notated
            .text
            .span(BytePos::from_index(start), BytePos::from_index(end))
            .ok()
            .and_then(|span| notated.text.trim(span))
        {
            blocks.push(crate::model::Block {
                span,
                path: "".into(),
                link_permille: 0,
            });
        }
        start = end;
    }
    Article {
        id: crate::model::ArticleId::new("a").unwrap(),
        text: notated.text.clone(),
        blocks,
        meta: crate::model::Metadata::default(),
    }
}

fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

/// Plans on the notated text, applies, prints; then checks that the inverse brings back what was
/// there.
#[track_caller]
fn check(nesting: Nesting, before: &str, plan: impl Fn(&Scope<'_>, &Notated) -> Plan, after: &str) {
    let notated = notation::parse(before).unwrap();
    let article = article(&notated);
    let schema = schema(nesting);
    let scope = Scope {
        article: &article,
        annotation: &notated.annotation,
        schema: &schema,
    };
    let outcome = match plan(&scope, &notated) {
        Err(error) => error.to_string(),
        Ok(transaction) => {
            let mut annotation = notated.annotation.clone();
            transaction.apply(&article.text, &mut annotation).unwrap();
            let printed = notation::print(&article.text, &annotation, None);
            transaction
                .inverse()
                .apply(&article.text, &mut annotation)
                .unwrap();
            assert_eq!(
                annotation, notated.annotation,
                "the inverse brings everything back"
            );
            printed
        }
    };
    let normal = |s: &str| match notation::parse(s) {
        Ok(n) => notation::print(&n.text, &n.annotation, None),
        Err(_) => s.to_owned(),
    };
    assert_eq!(outcome, normal(after), "\nfrom\n{before}");
}

fn selected(notated: &Notated) -> Span {
    let (anchor, head) = notated.selection.unwrap();
    notated.text.span(anchor, head).unwrap()
}

fn caret(notated: &Notated) -> BytePos {
    notated.selection.unwrap().1
}

fn first_entity(scope: &Scope<'_>) -> Entity {
    scope.annotation.entities()[0].clone()
}

#[test]
fn a_selection_is_carved_out_of_a_suggestion_which_stays_one() {
    check(
        Nesting::Flat,
        "body?0.7| One «two» three",
        |s, n| s.label_span(selected(n), &label("nav")),
        "body?0.7| One\\\n|  \\\nnav| two\\\n|  \\\nbody?0.7| three",
    );
}

#[test]
fn labelling_a_block_next_to_ones_own_makes_one_region() {
    check(
        Nesting::Flat,
        "body| One.\n| ‸Two.\nnav| Three.",
        |s, n| {
            s.label_blocks(
                s.article.block_at(caret(n)).map_or(0..0, |b| b..b + 1),
                &label("body"),
            )
        },
        "body| One.\n+| Two.\nnav| Three.",
    );
}

#[test]
fn a_suggested_neighbour_is_not_vouched_for() {
    check(
        Nesting::Flat,
        "body?0.9| One.\n| Two.",
        |s, _| s.label_blocks(1..2, &label("body")),
        "body?0.9| One.\nbody| Two.",
    );
}

#[test]
fn comments_stay_apart() {
    check(
        Nesting::Flat,
        "| One.\n| Two.\n| Three.",
        |s, _| s.label_blocks(1..3, &label("comment")),
        "| One.\ncomment| Two.\ncomment| Three.",
    );
}

#[test]
fn from_here_to_the_end() {
    check(
        Nesting::Flat,
        "body| One.\nbody?0.3| T‸wo.\ncomment| Three.",
        |s, n| s.label_from(caret(n), &label("nav")),
        "body| One.\nbody?0.3| T\\\nnav| wo.\n+| Three.",
    );
    check(
        Nesting::Flat,
        "body| One.\nbody| ‸Two.\n|\ncomment| Three.",
        |s, n| s.label_from(caret(n), &label("comment")),
        "body| One.\ncomment| Two.\n|\ncomment| Three.",
    );
}

#[test]
fn split_and_merge() {
    check(
        Nesting::Flat,
        "body?0.5| One ‸two",
        |s, n| s.split_region(caret(n)),
        "body| One\\\n|  \\\nbody| two",
    );
    check(
        Nesting::Flat,
        "body| ‸One",
        |s, n| s.split_region(caret(n)),
        "To split a region, put the caret between two of its words.",
    );
    check(
        Nesting::Flat,
        "body| One\n|\nnav?0.2| tw‸o",
        |s, n| s.merge_with_previous(caret(n)),
        "body| One\n+|\n+| two",
    );
}

#[test]
fn an_edge_pushes_its_neighbour_back_and_swallows_it() {
    check(
        Nesting::Flat,
        "body| One\nnav?0.2| two ‸three",
        |s, n| s.move_region_edge(&s.annotation.regions()[0].clone(), Edge::End, caret(n)),
        "body| One\n+| two\\\n|  \\\nnav?0.2| three",
    );
    check(
        Nesting::Flat,
        "body| One\nnav| two‸",
        |s, n| s.move_region_edge(&s.annotation.regions()[0].clone(), Edge::End, caret(n)),
        "body| One\n+| two",
    );
    check(
        Nesting::Flat,
        "| On‸e\nbody| two",
        |s, _| {
            s.move_region_edge(
                &s.annotation.regions()[0].clone(),
                Edge::Start,
                s.text().end(),
            )
        },
        "Nothing would be left of it. Use Delete to remove it.",
    );
}

#[test]
fn a_label_is_taken_off_blocks_and_what_is_outside_of_them_keeps_it() {
    let flat = |before: &str, blocks: Range<usize>, after: &str| {
        check(
            Nesting::Flat,
            before,
            move |s, _| s.unlabel_blocks(blocks.clone()),
            after,
        );
    };
    flat(
        "body| One.\n+| Two.\n+| Three.\nnav| Four.",
        1..2,
        "body| One.\n| Two.\nbody| Three.\nnav| Four.",
    );
    flat(
        "body| One.\n+| Two.\n+| Three.\nnav| Four.",
        2..4,
        "body| One.\n+| Two.\n| Three.\n| Four.",
    );
    // What is left of a suggestion is still one.
    flat("body?0.8| One.\n+| Two.", 0..1, "| One.\nbody?0.8| Two.");
}

#[test]
fn an_entity_lies_within_one_region_unless_the_person_says_otherwise() {
    let notated = notation::parse("nav| «Islands\nbody| A» ferry left.").unwrap();
    let article = article(&notated);
    let schema = schema(Nesting::Flat);
    let scope = Scope {
        article: &article,
        annotation: &notated.annotation,
        schema: &schema,
    };
    let span = selected(&notated);
    let care = Care::default();
    assert_eq!(scope.entity_span(span, care), Err(PlanError::AcrossRegions));
    let across = Care {
        across: true,
        ..care
    };
    assert_eq!(scope.entity_span(span, across), Ok(span));
}

#[test]
fn an_edge_comes_to_no_end_in_the_middle_of_another_entity() {
    let notated = notation::parse(
        "body| The {ORG City} of {ORG Birmingham Symphony Orchestra} and {GPE Kent} played.",
    )
    .unwrap();
    let article = article(&notated);
    let schema = schema(Nesting::Flat);
    let scope = Scope {
        article: &article,
        annotation: &notated.annotation,
        schema: &schema,
    };
    let entities = notated.annotation.entities();
    let words = notated.text.as_str();
    let at = |words_before: &str| BytePos::from_index(words.find(words_before).unwrap());
    let symphony = at(" Symphony");
    assert_eq!(
        scope.beyond_whole_entities(&entities[0], Edge::End, symphony),
        entities[1].span.end()
    );
    assert_eq!(
        scope.beyond_whole_entities(&entities[2], Edge::Start, symphony),
        entities[1].span.start()
    );
    let and = at(" and");
    assert_eq!(
        scope.beyond_whole_entities(&entities[0], Edge::End, and),
        and,
        "where the other one ends"
    );
}

#[test]
fn a_tag_wins_over_what_is_in_its_way() {
    check(
        Nesting::Flat,
        "body| «Bank of {GPE?0.4 England}»",
        |s, n| s.tag(selected(n), &label("ORG")),
        "body| {ORG Bank of England}",
    );
    check(
        Nesting::Nested,
        "body| «Bank of {GPE?0.4 England}»",
        |s, n| s.tag(selected(n), &label("ORG")),
        "body| {ORG Bank of {GPE?0.4 England}}",
    );
    check(
        Nesting::Flat,
        "body| {ORG Ada «Lovelace»}",
        |s, n| s.tag(selected(n), &label("PERSON")),
        "body| Ada {PERSON Lovelace}",
    );
    check(
        Nesting::Flat,
        "body| {PERSON?0.4 «Ada»}",
        |s, n| s.tag(selected(n), &label("PERSON")),
        "body| {PERSON Ada}",
    );
    check(
        Nesting::Flat,
        "body| {PERSON «Ada»}",
        |s, n| s.tag(selected(n), &label("PERSON")),
        "Already tagged PERSON.",
    );
}

#[test]
fn everywhere_means_whole_words_further_on_where_entities_are_tagged() {
    check(
        Nesting::Flat,
        "body| Ada met {PERSON Ada} and {ORG Ada} and Adam, then {GPE?0.2 Ada}.\nnav| Ada\ncomment| Ada!",
        |s, _| s.tag_everywhere(&first_entity(s)),
        "body| Ada met {PERSON Ada} and {ORG Ada} and Adam, then {PERSON Ada}.\nnav| Ada\ncomment| {PERSON Ada}!",
    );
    check(
        Nesting::Flat,
        "body| {GPE 東京}は東京です",
        |s, _| s.tag_everywhere(&first_entity(s)),
        "body| {GPE 東京}は{GPE 東京}です",
    );
}

#[test]
fn done_vouches_for_everything_and_joins_what_the_models_cut() {
    check(
        Nesting::Flat,
        "body?0.9| One\nbody?0.4| two {PERSON?0.3 Ada}\ncomment?0.8| a\ncomment?0.8| b\nnav| x\nnav| y",
        |s, _| s.done(),
        "body| One\n+| two {PERSON Ada}\ncomment| a\ncomment| b\nnav| x\nnav| y",
    );
}

#[test]
fn a_label_that_is_switched_off_cannot_be_set() {
    check(
        Nesting::Flat,
        "| One",
        |s, _| s.label_blocks(0..1, &label("ad")),
        "The schema has no enabled label ad.",
    );
}

/// One thing an annotator may do, with numbers that are taken modulo what there is.
#[derive(Clone, Debug)]
enum Act {
    LabelSpan(u32, u32, usize),
    LabelFrom(u32, usize),
    LabelBlocks(usize, usize, usize),
    Split(u32),
    Merge(u32),
    MoveRegion(usize, bool, u32),
    RemoveRegion(u32),
    Tag(u32, u32, usize),
    Retag(usize, usize),
    MoveEntity(usize, bool, u32),
    Everywhere(usize),
    Untag(usize),
    Done,
    Undo,
    Redo,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..300u32, 0..300u32, 0..4usize).prop_map(|(a, b, l)| Act::LabelSpan(a, b, l)),
        (0..300u32, 0..4usize).prop_map(|(a, l)| Act::LabelFrom(a, l)),
        (0..9usize, 0..4usize, 0..4usize).prop_map(|(a, n, l)| Act::LabelBlocks(a, n, l)),
        (0..300u32).prop_map(Act::Split),
        (0..300u32).prop_map(Act::Merge),
        (0..9usize, any::<bool>(), 0..300u32).prop_map(|(r, e, p)| Act::MoveRegion(r, e, p)),
        (0..300u32).prop_map(Act::RemoveRegion),
        (0..300u32, 0..300u32, 0..3usize).prop_map(|(a, b, l)| Act::Tag(a, b, l)),
        (0..9usize, 0..3usize).prop_map(|(e, l)| Act::Retag(e, l)),
        (0..9usize, any::<bool>(), 0..300u32).prop_map(|(r, e, p)| Act::MoveEntity(r, e, p)),
        (0..9usize).prop_map(Act::Everywhere),
        (0..9usize).prop_map(Act::Untag),
        Just(Act::Done),
        Just(Act::Undo),
        Just(Act::Redo),
    ]
}

/// Text as hostile as people type it: astral characters, combining marks, joined emoji,
/// right-to-left, CR LF, blank lines.
fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("a"),
        Just("Ada "),
        Just("b. "),
        Just("\n"),
        Just("\r\n"),
        Just(" "),
        Just("é"),
        Just("e\u{301}"),
        Just("👨‍👩‍👧"),
        Just("😀"),
        Just("🇩🇪"),
        Just("東京"),
        Just("سلام "),
        Just("\u{a0}"),
        Just("\u{200d}"),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// Any sequence of acts keeps every invariant, and undoing all of it brings back the beginning.
    #[test]
    fn any_sequence_of_acts_can_be_undone(text in hostile_text(), acts in proptest::collection::vec(act(), 0..30), nested: bool) {
        let notated = Notated { text: Text::new(&text), annotation: Annotation::default(), selection: None };
        let article = std::sync::Arc::new(article(&notated));
        let schema = schema(if nested { Nesting::Nested } else { Nesting::Flat });
        let regions = ["body", "nav", "comment", "ad"].map(label);
        let entities = ["PERSON", "ORG", "GPE"].map(label);
        let mut session = crate::edit::Session::new(article.clone(), Annotation::default(), crate::edit::History::default());
        let at = |p: u32| BytePos(p % (article.text.len() as u32 + 1));
        let boundary = |p: u32| BytePos::from_index(segment::floor_grapheme(article.text.as_str(), at(p).index()));
        let here = crate::edit::Selection::default();
        for act in acts {
            let annotation = session.annotation().clone();
            let scope = Scope { article: &article, annotation: &annotation, schema: &schema };
            let span = |a, b| {
                let (a, b) = (boundary(a), boundary(b));
                article.text.span(a.min(b), a.max(b)).map_err(|_empty| PlanError::NothingThere)
            };
            let edge = |end: bool| if end { Edge::End } else { Edge::Start };
            let region = |r: usize| annotation.regions().get(r).cloned().ok_or(PlanError::NoRegion);
            let entity = |e: usize| annotation.entities().get(e).cloned().ok_or(PlanError::NoEntity);
            let plan = match act {
                Act::LabelSpan(a, b, l) => span(a, b).and_then(|s| scope.label_span(s, &regions[l])),
                Act::LabelFrom(a, l) => scope.label_from(boundary(a), &regions[l]),
                Act::LabelBlocks(a, n, l) => scope.label_blocks(a..a + n, &regions[l]),
                Act::Split(p) => scope.split_region(at(p)),
                Act::Merge(p) => scope.merge_with_previous(at(p)),
                Act::MoveRegion(r, e, p) => region(r).and_then(|r| scope.move_region_edge(&r, edge(e), at(p))),
                Act::RemoveRegion(p) => scope.remove_region(at(p)),
                Act::Tag(a, b, l) => span(a, b).and_then(|s| scope.tag(s, &entities[l])),
                Act::Retag(e, l) => entity(e).and_then(|e| scope.retag(&e, &entities[l])),
                Act::MoveEntity(e, end, p) => entity(e).and_then(|e| scope.move_entity_edge(&e, edge(end), at(p))),
                Act::Everywhere(e) => entity(e).and_then(|e| scope.tag_everywhere(&e)),
                Act::Untag(e) => entity(e).and_then(|e| scope.remove_entity(&e)),
                Act::Done => scope.done(),
                Act::Undo => { session.undo(here, 0).transpose().unwrap(); continue }
                Act::Redo => { session.redo(here, 0).transpose().unwrap(); continue }
            };
            if let Ok(transaction) = plan {
                session.apply(Action::Tag, transaction, here, here, 0).unwrap();
            }
            let now = session.annotation();
            let rebuilt = Annotation::from_parts(
                &article.text, now.regions().to_vec(), now.entities().to_vec(), now.status(), now.remarks().to_vec());
            prop_assert_eq!(rebuilt.as_ref(), Ok(now));
            for span in now.regions().iter().map(|r| r.span).chain(now.entities().iter().map(|e| e.span)) {
                prop_assert_eq!(segment::tidy(&article.text, span), Some(span), "whole graphemes, no white space at the edges");
            }
            if !nested {
                prop_assert!(now.entities().windows(2).all(|w| !w[0].span.overlaps(w[1].span)));
            }
            let replayed = crate::edit::History::replay(session.history().entries().iter().cloned());
            prop_assert_eq!(&replayed, session.history());
        }
        let end = session.annotation().clone();
        let mut undone = 0;
        while session.undo(here, 0).transpose().unwrap().is_some() { undone += 1; }
        prop_assert_eq!(session.annotation(), &Annotation::default());
        for _ in 0..undone { session.redo(here, 0).unwrap().unwrap(); }
        prop_assert_eq!(session.annotation(), &end);
    }

    /// What is printed parses to what was printed.
    #[test]
    fn the_notation_is_inverse_to_itself(text in hostile_text(), spans in proptest::collection::vec((0..300u32, 0..300u32, 0..3usize), 0..12)) {
        let text = Text::new(&text);
        let mut annotation = Annotation::default();
        for (i, (a, b, l)) in spans.into_iter().enumerate() {
            let n = text.len() as u32 + 1;
            let floor = |p: u32| BytePos::from_index(segment::floor_grapheme(text.as_str(), (p % n) as usize));
            let Ok(span) = text.span(floor(a), floor(b)) else { continue };
            let provenance = if i % 3 == 0 { Provenance::Extractor(crate::model::Score::new(0.25)) } else { Provenance::Person };
            if i % 2 == 0 {
                let _ = annotation.add_region(&text, Region { span, label: label(["body", "nav", "comment"][l]), provenance });
            } else {
                let provenance = if i % 3 == 0 { Provenance::Tagger(crate::model::Score::new(0.25)) } else { Provenance::Person };
                let _ = annotation.add_entity(&text, Entity { span, label: label(["PERSON", "ORG", "GPE"][l]), provenance });
            }
        }
        let printed = notation::print(&text, &annotation, None);
        let parsed = notation::parse(&printed);
        prop_assert_eq!(parsed.as_ref().map(|p| &p.text), Ok(&text), "{}", printed);
        prop_assert_eq!(&parsed.unwrap().annotation, &annotation, "{}", printed);
    }

    /// Offsets in the three units come back as they were.
    #[test]
    fn units_convert_there_and_back(text in hostile_text(), long: bool) {
        let string = if long { text.repeat(30) } else { text };
        let text = Text::new(&string);
        let (mut chars, mut utf16) = (0, 0);
        for (at, c) in string.char_indices().chain([(string.len(), '\0')]) {
            let pos = BytePos::from_index(at);
            prop_assert_eq!(text.char_of_byte(pos).0, chars);
            prop_assert_eq!(text.utf16_of_byte(pos).0, utf16);
            prop_assert_eq!(text.byte_of_char(crate::model::CharPos(chars)), Some(pos));
            prop_assert_eq!(text.byte_of_utf16(crate::model::Utf16Pos(utf16)), Some(pos));
            if c.len_utf16() == 2 {
                prop_assert_eq!(text.byte_of_utf16(crate::model::Utf16Pos(utf16 + 1)), None);
            }
            chars += 1;
            utf16 += c.len_utf16() as u32;
        }
        prop_assert_eq!(text.byte_of_char(crate::model::CharPos(chars)), None);
    }
}

#[test]
fn suggestions_go_where_no_entities_are_tagged_and_what_a_person_confirmed_stays() {
    let to_nav = |scope: &Scope<'_>, _: &Notated| scope.label_blocks(0..1, &label("nav"));
    check(
        Nesting::Flat,
        "body| {PERSON?.8 Ada} met {ORG Acme} and {GPE?.3 Graz}.\nbody| {PERSON?.8 Ben} too.",
        to_nav,
        "nav | Ada met {ORG Acme} and Graz.\nbody| {PERSON?.8 Ben} too.",
    );
}

#[test]
fn done_confirms_no_suggestion_where_no_entities_are_tagged() {
    check(
        Nesting::Flat,
        "body| {PERSON?.8 Ada}.\nnav | {GPE?.8 Graz} {GPE Linz}",
        |scope, _| {
            let mut done = scope.done()?;
            done.edits
                .retain(|edit| !matches!(edit, Edit::SetStatus { .. }));
            Ok(done)
        },
        "body| {PERSON Ada}.\nnav | Graz {GPE Linz}",
    );
}

#[test]
fn text_is_opened_for_entities_by_the_label_of_its_region() {
    let opened = |before: &str, blocks: Range<usize>, name: &str| {
        let notated = notation::parse(before).unwrap();
        let (article, schema) = (article(&notated), schema(Nesting::Flat));
        let scope = Scope {
            article: &article,
            annotation: &notated.annotation,
            schema: &schema,
        };
        let plan = scope.label_blocks(blocks, &label(name)).unwrap();
        let spans = scope.newly_tagged(&plan).into_iter();
        spans
            .map(|span| notated.text.slice(span).trim().to_owned())
            .collect::<Vec<_>>()
    };
    let lines = "body| Ada\nnav | Ben\ncomment| Eve\n | Zoe";
    assert_eq!(opened(lines, 1..2, "body"), ["Ben"]);
    assert_eq!(opened(lines, 3..4, "comment"), ["Zoe"]);
    assert_eq!(opened(lines, 0..4, "body"), ["Ben", "Zoe"]);
    assert_eq!(opened(lines, 0..1, "comment"), [""; 0]);
    assert_eq!(opened(lines, 0..1, "nav"), [""; 0]);
}

#[test]
fn suggestions_come_only_into_text_that_is_open_and_free() {
    let suggested = |start: u32, end: u32| Entity {
        span: Text::new("Ada\nBen\nEve")
            .span(BytePos(start), BytePos(end))
            .unwrap(),
        label: label("PERSON"),
        provenance: Provenance::Tagger(crate::model::Score::new(0.8)),
    };
    let all = vec![suggested(0, 3), suggested(4, 7), suggested(8, 11)];
    check(
        Nesting::Flat,
        "body| Ada\nnav | Ben\ncomment| {ORG Eve}",
        |scope, _| Ok(scope.suggest(all.clone())),
        "body| {PERSON?.8 Ada}\nnav | Ben\ncomment| {ORG Eve}",
    );
}
