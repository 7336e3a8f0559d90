//! Many articles, of which every decision is accounted for.

use super::*;
use copydesk::store::prelude::*;

/// Articles of twelve names each, on which three annotators differ now and then.
fn many(articles: usize) -> Desk {
    let desk = Desk::new();
    let mut rng = Rng::new(7);
    let names = [
        "Ada Lovelace",
        "Port of Malta",
        "Rome",
        "Oslo",
        "Bonn Club",
        "Charles Babbage",
    ];
    let labels = ["PERSON", "ORG", "GPE"];
    let mut lines = String::new();
    for at in 0..articles {
        let mut text = format!("Article {at}.");
        let mut words: Vec<&str> = Vec::new();
        for _ in 0..12 {
            let name = names[rng.below(names.len())];
            let _ = write!(text, " Then {name} came.");
            words.push(name);
        }
        let is_easy = rng.below(3) == 0;
        for annotator in ["ada", "ben", "cleo"] {
            let mut tagged: Vec<(&str, &str)> = Vec::new();
            for (nth, name) in words.iter().enumerate() {
                let slip = if is_easy { 0 } else { rng.below(8) };
                let label = labels[(name.len() + usize::from(slip == 1)) % labels.len()];
                // A name that is left out shifts the following ones of the same words.
                let _ = nth;
                if slip != 2 {
                    tagged.push((name, label));
                }
            }
            lines.push_str(&record(
                &format!("a{at}"),
                annotator,
                "done",
                &text,
                &tagged,
            ));
        }
    }
    desk.write("many.jsonl", lines);
    well(desk.run(&["import", "d.copydesk", "many.jsonl"]));
    desk
}

/// Adjudicates by rule, then by hand, and counts every decision.
fn all_accounted_for(articles: usize) {
    let began = Instant::now();
    let desk = many(articles);
    let imported = began.elapsed();
    let began = Instant::now();
    let unanimous = adjudicate(&desk, &["--unanimous"]);
    let by_unanimity = began.elapsed();
    let began = Instant::now();
    let majority = adjudicate(&desk, &["--majority", "0.5"]);
    let by_majority = began.elapsed();
    let count = |told: &Value, name: &str| told["places"][name].as_u64().unwrap();
    let total = count(&unanimous, "total");
    assert_eq!(count(&majority, "total"), total);
    assert_eq!(
        count(&unanimous, "open"),
        count(&majority, "majority") + count(&majority, "open")
    );
    let left = majority["open"].as_array().unwrap().len() as u64;
    assert_eq!(left, count(&majority, "open"));
    assert!(
        left > 0 && count(&majority, "majority") > left,
        "{majority}"
    );

    // The rest by hand, as the window does it.
    let began = Instant::now();
    let path = desk.path("d.copydesk");
    let session = start(&path, "lead");
    let store = SqliteStore::open(&path).unwrap();
    let (mut by_hand, mut opened, mut slowest) = (0, 0, Duration::ZERO);
    for key in store.with_status(Status::Started).unwrap() {
        let mut loaded = open(&session, key).unwrap();
        opened += 1;
        for at in loaded.article.work.open().collect::<Vec<_>>() {
            let step = Instant::now();
            let version = at % loaded.article.work.places()[at].versions.len();
            loaded
                .article
                .work
                .decide(at, Choice::Version(version), How::ByHand, None)
                .unwrap();
            record_step(&mut loaded);
            slowest = slowest.max(step.elapsed());
            by_hand += 1;
        }
        loaded.article.set_status(Status::Done, 2).unwrap();
        save(&session, &mut loaded);
    }
    drop(session);
    let by_hands = began.elapsed();
    assert_eq!(by_hand, left);

    let done = adjudicate(&desk, &[]);
    assert_eq!(done["articles"]["already_finished"], articles);
    assert_eq!(count(&done, "total"), total);
    assert_eq!((count(&done, "open"), count(&done, "by_hand")), (0, left));
    // Each decision is in the history of the result exactly once, and in the export.
    let mut stored = 0;
    for key in store.with_status(Status::Done).unwrap() {
        let article = store.article(key).unwrap();
        let decisions = decisions_in(&store.history(&article, key, "lead").unwrap());
        let mut ids: Vec<_> = decisions
            .iter()
            .map(|one| (one.place.span, one.place.kind))
            .collect();
        ids.dedup();
        assert_eq!(ids.len(), decisions.len());
        stored += decisions.len() as u64;
    }
    assert_eq!(stored + count(&done, "unanimous"), total);
    let exported: usize = export(&desk, "d.copydesk", &["--annotators", "adjudicated"])
        .iter()
        .map(|one| one["adjudication"]["decisions"].as_array().unwrap().len())
        .sum();
    assert_eq!(exported as u64, stored);
    eprintln!(
        "{articles} articles × 3 annotators, {total} places: {} all agree, {} by majority, {by_hand} by hand in {opened} articles; \
         import {imported:.1?}, all alike {by_unanimity:.1?}, majority {by_majority:.1?}, by hand with saving {by_hands:.1?}, slowest step {slowest:.1?}",
        count(&done, "unanimous"),
        count(&done, "majority"),
    );
}

#[test]
fn every_decision_is_accounted_for() {
    all_accounted_for(60);
}

/// `cargo test --release --test it a_thousand_articles -- --ignored --nocapture`
#[test]
#[ignore = "the long form of the test above"]
fn a_thousand_articles_by_three_annotators_are_accounted_for() {
    all_accounted_for(1_000);
}
