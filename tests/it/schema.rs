//! A schema changes under annotations that are there: names are followed, nothing is lost, nothing
//! is done by halves.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use copydesk::store::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::dataset::session::{Reply, SessionHandle, SessionSetup, WriterRequest};
use copydesk::dataset::{CancelFlag, SchemaChange, Silent, change_schema, touched};
use copydesk::edit::{Action, LabelKind, Relabel, Selection};
use copydesk::formats::schema_toml;
use copydesk::model::{Label, Schema, notation};
use copydesk::store::{ArticleKey, Filter, Revision, Rewrite, SqliteStore, Store, StoreError};

use crate::store::story::{self, Annotator};

fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

/// The stories' schema with other words in it.
fn schema_with(replace: &[(&str, &str)]) -> Schema {
    let mut toml = schema_toml::print_with_guidelines(&story::schema());
    for (old, new) in replace {
        assert!(toml.contains(old), "{old}");
        toml = toml.replace(old, new);
    }
    schema_toml::parse(&toml, None).unwrap()
}

fn rename(kind: LabelKind, from: &str, to: &str) -> SchemaChange {
    let (old, new) = (format!("label = \"{from}\""), format!("label = \"{to}\""));
    SchemaChange {
        schema: schema_with(&[(&old, &new)]),
        relabel: Relabel {
            moved: BTreeMap::from([((kind, label(from)), label(to))]),
            removed: BTreeSet::new(),
        },
        based_on: None,
    }
}

/// Articles with suggestions; two annotators have worked on every second one, and undone some of
/// it.
fn worked_on(path: &Path, articles: usize) -> SqliteStore {
    let mut store = SqliteStore::create(path, &story::schema()).unwrap();
    let new: Vec<_> = (0..articles)
        .map(|at| {
            let marked = format!(
                "body?.9| Number {at}: {{PERSON?.7 Ada}} spoke.\nbody?.4| Then rain.\ncomment?.8| Well said, Ada."
            );
            story::article(&format!("a{at}"), &marked)
        })
        .collect();
    store.add_articles(&new).unwrap();
    for key in store
        .keys(&Filter::default())
        .unwrap()
        .into_iter()
        .step_by(2)
    {
        for name in ["jo", "maria"] {
            let mut who = Annotator::at(&store, name, key);
            let body = label("body");
            for block in [0, 1] {
                who.try_apply(&mut store, Action::LabelRegion, |scope| {
                    scope.label_blocks(block..block + 1, &body)
                })
                .unwrap()
                .unwrap();
            }
            who.undo(&mut store);
        }
    }
    store
}

fn shown(store: &dyn Store, key: ArticleKey, who: &str) -> String {
    let article = store.article(key).unwrap();
    let all = store.annotations(&article, key).unwrap();
    let stored = all
        .iter()
        .find(|stored| stored.owner.as_str() == who)
        .unwrap();
    notation::print(&article.text, &stored.annotation, None)
}

#[test]
fn a_new_name_is_given_in_a_thousand_articles_and_undo_still_reaches_the_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = worked_on(&folder.path().join("a.copydesk"), 1000);
    let change = rename(LabelKind::Region, "body", "story");
    let told: Vec<String> = touched(&store, &change, &mut Silent, &CancelFlag::default())
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        told,
        ["body → story: 1,000 regions in 500 articles by 2 annotators, 2,000 suggestions"]
    );

    let key = ArticleKey(1);
    let article = store.article(key).unwrap();
    let before = store.annotations(&article, key).unwrap();
    let history = store.history(&article, key, "jo").unwrap();
    let begin = Instant::now();
    let changed = change_schema(
        &mut store,
        &change,
        9_000,
        &mut Silent,
        &CancelFlag::default(),
    );
    let changed = changed.unwrap();
    let took = begin.elapsed();
    assert_eq!(
        changed.annotations, 2000,
        "1,000 of persons, 1,000 of nobody"
    );
    assert!(took < Duration::from_secs(30), "{took:?}");

    assert_eq!(store.schema().unwrap(), change.schema);
    assert_eq!(store.faults().unwrap(), Vec::<String>::new());
    for key in store.keys(&Filter::default()).unwrap() {
        let suggested = shown(&store, key, "");
        assert!(
            suggested.contains("story") && !suggested.contains("body"),
            "{suggested}"
        );
    }
    let after = store.annotations(&article, key).unwrap();
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(
            before.updated_at_ms, after.updated_at_ms,
            "nobody annotated"
        );
        let counted = i64::from(before.owner.is_person());
        assert_eq!(after.revision, Revision(before.revision.0 + counted));
    }
    let longer = store.history(&article, key, "jo").unwrap();
    assert_eq!(
        &longer[..history.len()],
        &history[..],
        "the history is only appended to"
    );

    // The annotator goes on, and undoes what was done under the old name.
    let mut jo = Annotator::at(&store, "jo", key);
    let mut steps = 0;
    while jo.session.history().next_undo().is_some() {
        jo.undo(&mut store);
        steps += 1;
    }
    assert_eq!(steps, 1);
    let entry = jo
        .session
        .redo(Selection::default(), 9_500)
        .unwrap()
        .unwrap();
    jo.commit(&mut store, &[entry]).unwrap();
    let jo = shown(&store, key, "jo");
    assert!(jo.contains("story") && !jo.contains("body"), "{jo}");
    assert_eq!(store.faults().unwrap(), Vec::<String>::new());
}

#[test]
fn what_is_removed_comes_back_with_undo_and_what_is_orphaned_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = worked_on(&folder.path().join("a.copydesk"), 4);
    let key = ArticleKey(1);
    let before = shown(&store, key, "jo");
    let without = schema_with(&[(
        "\n[[regions]]\nlabel = \"body\"\nkey = \"b\"\ncolor = \"#1b7f4d\"\n",
        "",
    )]);
    let orphaned = SchemaChange::to(without.clone());
    let told = touched(&store, &orphaned, &mut Silent, &CancelFlag::default()).unwrap();
    assert_eq!(
        told[0].to_string(),
        "body is no longer a label: 4 regions in 2 articles by 2 annotators, 8 suggestions; they keep it"
    );
    assert!(!told[0].loses());

    let removed = SchemaChange {
        schema: without,
        relabel: Relabel {
            moved: BTreeMap::new(),
            removed: BTreeSet::from([(LabelKind::Region, label("body"))]),
        },
        based_on: None,
    };
    let told = touched(&store, &removed, &mut Silent, &CancelFlag::default()).unwrap();
    assert!(told[0].loses(), "{}", told[0]);
    change_schema(
        &mut store,
        &removed,
        9_000,
        &mut Silent,
        &CancelFlag::default(),
    )
    .unwrap();
    assert!(!shown(&store, key, "jo").contains("body"));
    assert!(!shown(&store, key, "").contains("body"));
    Annotator::at(&store, "jo", key).undo(&mut store);
    assert_eq!(shown(&store, key, "jo"), before);
    assert_eq!(store.faults().unwrap(), Vec::<String>::new());
}

#[test]
fn who_stops_in_the_middle_has_changed_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = worked_on(&folder.path().join("a.copydesk"), 20);
    let before: Vec<String> = (1..=20).map(|n| shown(&store, ArticleKey(n), "")).collect();
    let seq = store.change_seq().unwrap();
    let change = rename(LabelKind::Region, "body", "story");
    let mut seen = 0;
    let stopped = store.change_schema(&change.schema, &[label("body")], &mut |use_| {
        seen += 1;
        if seen > 15 {
            return Rewrite::Stop;
        }
        let mut annotation = use_.stored.annotation.clone();
        let renaming = change.relabel.renaming(&annotation);
        renaming.apply(&use_.article.text, &mut annotation).unwrap();
        Rewrite::To {
            entries: Vec::new(),
            annotation,
        }
    });
    assert!(matches!(stopped, Err(StoreError::Stopped)), "{stopped:?}");
    let cancel = CancelFlag::default();
    cancel.cancel();
    assert!(change_schema(&mut store, &change, 1, &mut Silent, &cancel).is_err());
    let after: Vec<String> = (1..=20).map(|n| shown(&store, ArticleKey(n), "")).collect();
    assert_eq!(before, after);
    assert_eq!(store.schema().unwrap(), story::schema());
    assert_eq!(store.change_seq().unwrap(), seq);
    assert_eq!(store.faults().unwrap(), Vec::<String>::new());
}

/// The program is killed at any moment of `schema set --rename`: the dataset has the old name
/// everywhere or the new one everywhere, and is sound; and the same command then does what is left
/// to do.
#[test]
fn killed_in_the_middle_the_dataset_has_one_name_or_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.copydesk");
    drop(worked_on(&path, 400));
    let new = rename(LabelKind::Region, "body", "story").schema;
    let old = folder.path().join("old.toml");
    let file = folder.path().join("new.toml");
    std::fs::write(&old, schema_toml::print_with_guidelines(&story::schema())).unwrap();
    std::fs::write(&file, schema_toml::print_with_guidelines(&new)).unwrap();
    let set = |file: &Path, rename: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
        command
            .args(["schema", "set"])
            .args([&path, file])
            .args(["--rename", rename])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    let begin = Instant::now();
    assert!(set(&file, "body=story").status().unwrap().success());
    let whole = begin.elapsed();
    assert!(set(&old, "story=body").status().unwrap().success());

    let (mut olds, mut news) = (0, 0);
    for kill in 0..12_u32 {
        let mut child = set(&file, "body=story").spawn().unwrap();
        std::thread::sleep(whole * kill / 10);
        let _it_may_be_done = child.kill();
        child.wait().unwrap();
        let store = SqliteStore::open(&path).unwrap();
        let is_new = store.schema().unwrap().region("story").is_some();
        let (has, has_not) = if is_new {
            ("story", "body")
        } else {
            ("body", "story")
        };
        for key in store.keys(&Filter::default()).unwrap() {
            let article = store.article(key).unwrap();
            for stored in store.annotations(&article, key).unwrap() {
                let shown = notation::print(&article.text, &stored.annotation, None);
                assert!(shown.contains(has), "after kill {kill}: {shown}");
                assert!(
                    !shown.contains(&format!("{has_not}?")),
                    "after kill {kill}: {shown}"
                );
            }
        }
        assert_eq!(
            store.faults().unwrap(),
            Vec::<String>::new(),
            "after kill {kill}"
        );
        drop(store);
        if is_new {
            news += 1;
            assert!(set(&old, "story=body").status().unwrap().success());
        } else {
            olds += 1;
        }
    }
    assert!(olds > 0, "no kill came before the end: {olds} and {news}");
}

fn start(path: &Path, annotator: &str) -> SessionHandle {
    SessionHandle::start(SessionSetup {
        learn: true,
        tag: false,
        store: Box::new(SqliteStore::open(path).unwrap()),
        annotator: annotator.to_owned(),
        now_ms: || 1_700_000_000_000,
        exporter: None,
        wake: Arc::new(|| {}),
    })
    .unwrap()
}

#[test]
fn other_windows_are_told_and_the_one_that_did_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.copydesk");
    let mut store = worked_on(&path, 4);
    let (mine, other) = (start(&path, "jo"), start(&path, "jo"));
    // Both have looked once.
    std::thread::sleep(Duration::from_millis(1500));
    let change = rename(LabelKind::Region, "body", "story");
    let changed = change_schema(
        &mut store,
        &change,
        9_000,
        &mut Silent,
        &CancelFlag::default(),
    )
    .unwrap();
    mine.send(WriterRequest::OwnChanges(
        changed.changes.0,
        changed.changes.1,
    ));
    let replies = |session: &SessionHandle| {
        let mut replies = Vec::new();
        while let Some(reply) = session.wait(Duration::from_secs(3)) {
            replies.push(reply);
        }
        replies
    };
    let told = replies(&other);
    let schema = told.iter().find_map(|reply| match reply {
        Reply::SchemaChanged(schema) => Some(schema),
        _ => None,
    });
    assert_eq!(schema.map(|schema| &**schema), Some(&change.schema));
    let own = told.iter().find_map(|reply| match reply {
        Reply::ChangedElsewhere { own, .. } => Some(own.clone()),
        _ => None,
    });
    assert_eq!(own, Some(vec![ArticleKey(1), ArticleKey(3)]));
    let news = replies(&mine);
    assert!(
        !news
            .iter()
            .any(|reply| matches!(reply, Reply::ChangedElsewhere { .. })),
        "{news:?}"
    );
}
