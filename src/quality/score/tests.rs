use super::*;
use crate::model::notation::{self, Notated};

fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

fn parse(marked: &str) -> Notated {
    notation::parse(marked).unwrap()
}

fn of(gold: &str, guess: &str, skip: &[Label]) -> Score {
    let (gold, guess) = (parse(gold), parse(guess));
    assert_eq!(gold.text.as_str(), guess.text.as_str());
    let nav = label("nav");
    let view = RegionView {
        default: Some(&nav),
        skip,
    };
    score(&gold.text, &gold.annotation, &guess.annotation, view)
}

fn near(found: Option<f64>, wanted: f64) {
    assert!((found.unwrap() - wanted).abs() < 1e-9, "{found:?}");
}

const GOLD: &str = "nav| Menu\ntitle| Big news\nbody| It rained. 🌧 é\nbody| It stopped.\ncomment| Bob: nice!\nnav| © 2020";

#[test]
fn what_is_all_right_scores_one_however_it_is_cut() {
    let merged = of(GOLD, GOLD, &[]);
    near(merged.region_chars.macro_f1(), 1.0);
    near(merged.region_spans.macro_f1(), 1.0);
    assert_eq!(merged.region_edits, Edits::default());
    let body = merged.region_spans.0.get("body");
    assert_eq!(body.map(|body| body.gold), Some(1), "a run is one span");
}

#[test]
fn a_comment_called_body_costs_both_labels() {
    let guess = GOLD.replace("comment|", "body   |");
    let score = of(GOLD, &guess, &[]);
    let body = score.region_chars.0["body"];
    let (story, comment) = ("Itrained.🌧éItstopped.", "Bob:nice!");
    let (b, c) = (story.chars().count() as u64, comment.chars().count() as u64);
    assert_eq!((body.hits, body.guessed, body.gold), (b, b + c, b));
    near(score.region_chars.0["comment"].f1(), 0.0);
    near(score.region_spans.0["body"].f1(), 0.0);
    // One body too long, one comment missing.
    assert_eq!(
        score.region_edits,
        Edits {
            add: 1,
            boundary: 1,
            ..Edits::default()
        }
    );
}

#[test]
fn what_is_in_no_region_has_the_default_label() {
    let guess = "| Menu\n| Big news\n| It rained. 🌧 é\n| It stopped.\n| Bob: nice!\n| © 2020";
    let score = of(GOLD, guess, &[]);
    near(score.region_chars.0["body"].f1(), 0.0);
    assert!((score.region_chars.0["nav"].recall() - 1.0).abs() < 1e-9);
}

#[test]
fn labels_that_are_left_out_cost_nothing() {
    let title = [label("title")];
    let guess = GOLD.replace("title|", "body |");
    near(of(GOLD, &guess, &title).region_chars.macro_f1(), 1.0);
    near(of(GOLD, &guess, &title).region_spans.macro_f1(), 1.0);
    assert!(of(GOLD, &guess, &[]).region_chars.macro_f1().unwrap() < 1.0);
}

#[test]
fn entities_are_right_only_if_bounds_and_label_are() {
    let gold = "body| {PERSON Ada Lovelace} met {ORG Acme} in {GPE Rome} with {PERSON Bob}";
    let guess = "body| {PERSON Ada} Lovelace met {GPE Acme} in {GPE Rome} {ORG with} Bob";
    let score = of(gold, guess, &[]);
    let all = score.entity_spans.micro();
    assert_eq!((all.hits, all.guessed, all.gold), (1, 4, 4));
    near(all.f1(), 0.25);
    // Macro over PERSON 0, ORG 0, GPE 2/3.
    near(score.entity_spans.macro_f1(), 2.0 / 9.0);
    assert_eq!(
        score.entity_edits,
        Edits {
            add: 1,
            delete: 1,
            relabel: 1,
            boundary: 1
        }
    );
}

#[test]
fn other_bounds_and_another_label_cost_two() {
    let score = of(
        "body| {PERSON Ada Lovelace} spoke",
        "body| {ORG Ada} Lovelace spoke",
        &[],
    );
    assert_eq!(score.entity_edits.total(), 2);
}

#[test]
fn the_fewest_edits_are_found_where_pairs_compete() {
    // The long guess overlaps both names; pairing it with the wrong one would leave the other guess
    // without any.
    let score = of(
        "body| {PERSON Ann Lee} {PERSON Bob Ray} spoke",
        "body| {PERSON Ann} {PERSON Lee Bob} Ray spoke",
        &[],
    );
    assert_eq!(
        score.entity_edits,
        Edits {
            boundary: 2,
            ..Edits::default()
        }
    );
}

#[test]
fn mistakes_are_listed_by_what_is_wrong() {
    let list = |gold: &str, guess: &str| -> Vec<(MistakeKind, std::ops::Range<usize>)> {
        let (gold, guess) = (
            notation::parse(gold).unwrap(),
            notation::parse(guess).unwrap(),
        );
        let mistakes = entity_mistakes(&gold.annotation, &guess.annotation);
        mistakes.iter().map(|m| (m.kind, m.bytes())).collect()
    };
    assert_eq!(
        list(
            "body| {PERSON Ada} met {ORG Bob Ray} and {PERSON Cy Lee} in {LOC Oslo} today",
            "body| Ada met {PERSON Bob Ray} and {PERSON Cy} Lee in {ORG Oslo today}",
        ),
        [
            (MistakeKind::Missed, 0..3),
            (MistakeKind::Label, 8..15),
            (MistakeKind::Boundary, 20..26),
            (MistakeKind::LabelAndBoundary, 30..40),
        ]
    );
    assert_eq!(
        list("body| Ada left.", "body| {PERSON Ada} left."),
        [(MistakeKind::Extra, 0..3)]
    );
}

#[test]
fn regions_that_are_wrong_in_one_way_are_one_mistake() {
    let (gold, guess) = (
        notation::parse("body| One.\nbody| Two.\nnav| Home\n").unwrap(),
        notation::parse("nav| One.\nnav| Two.\nnav| Home\n").unwrap(),
    );
    let view = RegionView::default();
    let found = region_mistakes(&gold.text, &gold.annotation, &guess.annotation, view);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].bytes(), 0..9);
    assert_eq!(found[0].gold.as_ref().unwrap().label, *"body");
}

#[test]
fn a_chain_longer_than_any_stack_is_matched() {
    let label = label("X");
    let chain = |shift: u32| -> Vec<Mark> {
        (0..50_000)
            .map(|n| Mark {
                start: n * 10 + shift,
                end: n * 10 + shift + 8,
                label: label.clone(),
            })
            .collect()
    };
    let found = edits(&chain(0), &chain(5));
    assert_eq!((found.boundary, found.total()), (50_000, 50_000));
    let found = edits(&chain(5), &chain(0));
    assert_eq!((found.boundary, found.total()), (50_000, 50_000));
}

#[test]
fn nothing_to_find_and_nothing_guessed_has_no_score() {
    let score = of("body| No names.", "body| No names.", &[]);
    assert_eq!(score.entity_spans.micro().f1(), None);
    assert_eq!(score.entity_spans.macro_f1(), None);
}
