//! Decisions of a person, as the window makes them.

use copydesk::edit::{Action, Edit, History, Session, Transaction};
use copydesk::model::Article;
use copydesk::store::Commit;
use copydesk::store::prelude::*;

use super::*;

#[test]
fn decisions_are_saved_undone_and_found_again() {
    let desk = team();
    let path = desk.path("d.copydesk");
    let session = start(&path, "lead");
    let mut loaded = open(&session, KEY).unwrap();
    assert_eq!(
        (loaded.revision, loaded.adjudicated_by.clone()),
        (Revision(0), None)
    );
    let open_places: Vec<usize> = loaded.article.work.open().collect();
    assert_eq!(
        covered(&loaded, open_places.clone()),
        ["Malmö", "Ada Lovelace", "Rome", "Malmö"]
    );
    let [malmo, ada, rome, again] = open_places[..] else {
        unreachable!()
    };

    let work = &mut loaded.article.work;
    work.decide(
        malmo,
        Choice::Version(1),
        How::ByHand,
        Some("the club".to_owned()),
    )
    .unwrap();
    assert_eq!(work.decide_same(malmo), [again]);
    record_step(&mut loaded);
    save(&session, &mut loaded);
    // Nobody is right: no label changes, and yet it is a step.
    loaded
        .article
        .work
        .decide(rome, Choice::Nobody, How::ByHand, None)
        .unwrap();
    record_step(&mut loaded);
    save(&session, &mut loaded);
    assert!(
        loaded.article.set_status(Status::Done, 2).is_err(),
        "a place is open"
    );
    drop(session);

    let session = start(&path, "lead");
    let mut loaded = open(&session, KEY).unwrap();
    assert_eq!(loaded.revision, Revision(2));
    assert_eq!(loaded.article.work.open().collect::<Vec<_>>(), [ada]);
    assert_eq!(
        loaded.article.work.made(malmo).unwrap().reason.as_deref(),
        Some("the club")
    );
    // Undo reaches back over the restart, the decision without labels as well.
    let here = Selection::default();
    loaded.article.undo(here, 3).unwrap().unwrap();
    assert_eq!(loaded.article.work.open().collect::<Vec<_>>(), [ada, rome]);
    loaded.article.undo(here, 4).unwrap().unwrap();
    assert_eq!(loaded.article.work.open().count(), 4);
    assert!(loaded.article.undo(here, 5).is_none());
    loaded.article.redo(here, 6).unwrap().unwrap();
    assert_eq!(loaded.article.work.open().collect::<Vec<_>>(), [ada, rome]);
    save(&session, &mut loaded);

    for (at, choice) in [(ada, Choice::Version(0)), (rome, Choice::Version(0))] {
        loaded
            .article
            .work
            .decide(at, choice, How::ByHand, None)
            .unwrap();
        record_step(&mut loaded);
    }
    assert!(loaded.article.set_status(Status::Done, 7).unwrap());
    save(&session, &mut loaded);
    drop(session);
    let all = export(&desk, "d.copydesk", &["--annotators", "lead"]);
    assert_eq!(
        entities(&all[0]),
        ["ORG Malmö", "PERSON Ada Lovelace", "GPE Rome", "ORG Malmö"]
    );
    let hows: Vec<&Value> = all[0]["adjudication"]["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["how"])
        .collect();
    assert_eq!(hows, ["hand", "hand", "hand", "same"]);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.faults().unwrap(), Vec::<String>::new());
}

/// Sets the status of an annotator's work, as that annotator's window does.
fn set_status(
    store: &mut SqliteStore,
    article: &Article,
    annotator: &str,
    from: Status,
    to: Status,
) {
    let stored = store.annotations(article, KEY).unwrap();
    let own = stored.iter().find(|one| one.owner.is(annotator)).unwrap();
    let history = History::replay(store.history(article, KEY, annotator).unwrap());
    let mut work = Session::new(Arc::new(article.clone()), own.annotation.clone(), history);
    let edits = vec![Edit::SetStatus { from, to }];
    let here = Selection::default();
    let entry = work.apply(Action::SetStatus, Transaction { edits }, here, here, 9);
    let commit = Commit {
        key: KEY,
        annotator,
        expected: own.revision,
        entries: &[entry.unwrap()],
        annotation: work.annotation(),
    };
    store.commit(&commit, 9).unwrap();
}

#[test]
fn an_annotator_who_reopens_is_noticed_and_only_touched_places_reopen() {
    let desk = team();
    let path = desk.path("d.copydesk");
    let session = start(&path, "lead");
    let mut loaded = open(&session, KEY).unwrap();
    for at in loaded.article.work.open().collect::<Vec<_>>() {
        loaded
            .article
            .work
            .decide(at, Choice::Version(0), How::ByHand, None)
            .unwrap();
    }
    record_step(&mut loaded);
    loaded.article.set_status(Status::Done, 2).unwrap();
    save(&session, &mut loaded);

    // Ben takes the article up again: he no longer counts, and his versions are gone.
    let mut store = SqliteStore::open(&path).unwrap();
    let article = store.article(KEY).unwrap();
    let ben = |store: &mut SqliteStore, from, to| set_status(store, &article, "ben", from, to);
    ben(&mut store, Status::Done, Status::Started);
    let told = adjudicate(&desk, &[]);
    let storm = json!({"article": "storm", "annotator": "ben", "why": "not finished (started)"});
    assert!(
        told["left_out"].as_array().unwrap().contains(&storm),
        "{told}"
    );
    // Of ada and cleo only Rome is left to differ; both have the others.
    assert_eq!(
        (&told["places"]["open"], &told["places"]["reopened"]),
        (&json!(1), &json!(1))
    );
    let stored = store.annotations(&article, KEY).unwrap();
    let reconciled = loaded.article.take_inputs(&stored).unwrap().clone();
    assert_eq!(
        (
            reconciled.kept.len(),
            reconciled.reopened.len(),
            reconciled.settled.len()
        ),
        (0, 1, 3)
    );
    assert_eq!(
        covered(&loaded, loaded.article.work.open().collect::<Vec<_>>()),
        ["Rome"]
    );

    // Cleo does so, too: one annotator is left, and the adjudication waits as it is.
    let cleo = |store: &mut SqliteStore, from, to| set_status(store, &article, "cleo", from, to);
    cleo(&mut store, Status::Done, Status::Started);
    let stored = store.annotations(&article, KEY).unwrap();
    assert!(loaded.article.take_inputs(&stored).is_err());
    let told = adjudicate(&desk, &["--unanimous"]);
    assert_eq!(
        (&told["articles"]["too_few"], &told["places"]["open"]),
        (&json!(2), &json!(0))
    );
    cleo(&mut store, Status::Started, Status::Done);

    // He finishes it again as it was: the stored decisions hold again.
    ben(&mut store, Status::Started, Status::Done);
    drop(session);
    let session = start(&path, "lead");
    let loaded = open(&session, KEY).unwrap();
    assert_eq!(
        (
            loaded.article.work.open().count(),
            loaded.article.is_outdated()
        ),
        (0, false)
    );
    assert_eq!(loaded.article.reconciled.kept.len(), 4);
    drop(session);

    // An annotator has own work on the article and cannot adjudicate it; of calm there is one.
    let session = start(&path, "ada");
    assert_eq!(
        open(&session, KEY).unwrap_err(),
        "the adjudicator has annotated this article"
    );
    drop(session);
    let session = start(&path, "lead");
    let why = open(&session, ArticleKey(3)).unwrap_err();
    assert_eq!(
        why,
        "two annotators have to finish the article independently, and 1 did; ben: not finished (started)"
    );
}

#[test]
fn a_renamed_label_is_no_change_of_an_input() {
    let desk = team();
    let path = desk.path("d.copydesk");
    let session = start(&path, "lead");
    let mut loaded = open(&session, KEY).unwrap();
    for at in loaded.article.work.open().collect::<Vec<_>>() {
        loaded
            .article
            .work
            .decide(at, Choice::Version(1), How::ByHand, None)
            .unwrap();
    }
    record_step(&mut loaded);
    loaded.article.set_status(Status::Done, 2).unwrap();
    save(&session, &mut loaded);
    drop(session);
    let schema = well(desk.run(&["schema", "show", "d.copydesk"]));
    desk.write(
        "new.toml",
        schema.replace("label = \"ORG\"", "label = \"ORGANISATION\""),
    );
    well(desk.run(&[
        "schema",
        "set",
        "d.copydesk",
        "new.toml",
        "--rename",
        "ORG=ORGANISATION",
    ]));
    let told = adjudicate(&desk, &[]);
    assert_eq!(
        (
            &told["articles"]["already_finished"],
            &told["places"]["open"]
        ),
        (&json!(1), &json!(0)),
        "{told}"
    );
    assert_eq!(told["places"]["by_hand"], 4);
}
