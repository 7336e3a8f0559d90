//! The session: what the window's threads promise. An edit is acknowledged once it is on disk,
//! nobody overwrites anybody, and the export follows.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use copydesk::store::prelude::*;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use copydesk::dataset::WorkMode;
use copydesk::dataset::report::dashboard::{Dashboard, DrillDown};
use copydesk::dataset::session::{
    DashboardRequest, EXPORTED_SEQ, Exporter, ListRequest, Loaded, Reply, RowRequest, Save,
    SessionHandle, SessionSetup, WriterRequest,
};
use copydesk::edit::{Action, Selection};
use copydesk::model::{Label, StartedFrom, Status, notation};
use copydesk::quality::plot::Marks;
use copydesk::store::{ArticleKey, Filter, Order, Outcome, Revision, SqliteStore, Store};

use crate::store::story;

const PATIENCE: Duration = Duration::from_secs(20);
const KEY: ArticleKey = ArticleKey(1);
const SUGGESTED: StartedFrom = StartedFrom::Suggestions { revision: 0 };

fn start(path: &Path, annotator: &str, exporter: Option<Exporter>) -> SessionHandle {
    SessionHandle::start(SessionSetup {
        learn: true,
        tag: false,
        store: Box::new(SqliteStore::open(path).unwrap()),
        annotator: annotator.to_owned(),
        now_ms: || 1_700_000_000_000,
        exporter,
        wake: Arc::new(|| {}),
    })
    .unwrap()
}

fn dataset(folder: &tempfile::TempDir) -> std::path::PathBuf {
    let path = folder.path().join("desk.copydesk");
    let mut store = SqliteStore::create(&path, &story::schema()).unwrap();
    let marked = "body?0.9| Ada spoke.\nbody?0.4| Then rain.\ncomment?0.8| Well.";
    store
        .add_articles(&[story::article("one", marked)])
        .unwrap();
    path
}

fn await_reply<T>(session: &SessionHandle, mut wanted: impl FnMut(Reply) -> Option<T>) -> T {
    loop {
        let reply = session.wait(PATIENCE).expect("the session answers");
        if let Some(found) = wanted(reply) {
            return found;
        }
    }
}

fn load(session: &SessionHandle) -> Loaded {
    session.send(WriterRequest::Load(KEY));
    await_reply(session, |reply| match reply {
        Reply::Loaded(loaded) => Some(*loaded),
        _ => None,
    })
}

/// Applies one edit and gives what is to be saved; the start of the history goes with the first.
fn tag(loaded: &mut Loaded, sent: &mut usize, words: &str) -> Save {
    let text = loaded.session.article().text.clone();
    let at = text.as_str().find(words).unwrap();
    let span = text
        .span(
            copydesk::model::BytePos::from_index(at),
            copydesk::model::BytePos::from_index(at + words.len()),
        )
        .unwrap();
    let schema = story::schema();
    let scope = copydesk::edit::Scope {
        article: loaded.session.article(),
        annotation: loaded.session.annotation(),
        schema: &schema,
    };
    let plan = scope.tag(span, &Label::new("PERSON").unwrap()).unwrap();
    let here = Selection::default();
    loaded
        .session
        .apply(Action::Tag, plan, here, here, 1)
        .unwrap();
    save(loaded, sent)
}

fn save(loaded: &mut Loaded, sent: &mut usize) -> Save {
    let entries = loaded.session.history().entries();
    let new = entries[*sent..].to_vec();
    *sent = entries.len();
    let expected = loaded.revision;
    loaded.revision = Revision(expected.0 + 1);
    Save {
        key: KEY,
        expected,
        entries: new,
        annotation: Arc::new(loaded.session.annotation().clone()),
    }
}

fn done(loaded: &mut Loaded, sent: &mut usize) -> Save {
    let schema = story::schema();
    let scope = copydesk::edit::Scope {
        article: loaded.session.article(),
        annotation: loaded.session.annotation(),
        schema: &schema,
    };
    let plan = scope.done().unwrap();
    let here = Selection::default();
    loaded
        .session
        .apply(Action::SetStatus, plan, here, here, 1)
        .unwrap();
    save(loaded, sent)
}

#[test]
fn an_edit_is_acknowledged_and_found_again_with_its_undo() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let session = start(&path, "maria", None);
    let mut loaded = load(&session);
    assert_eq!(loaded.begun_from, Some(SUGGESTED));
    assert_eq!(loaded.revision, Revision(0));
    let mut sent = 0;
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "Ada")));
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "rain")));
    let saved = await_reply(&session, |reply| match reply {
        Reply::Saved { revision, .. } if revision == Revision(2) => Some(revision),
        _ => None,
    });
    assert_eq!(saved, loaded.revision);
    drop(session);

    let session = start(&path, "maria", None);
    let mut again = load(&session);
    assert_eq!(again.begun_from, None);
    assert_eq!(again.session.annotation(), loaded.session.annotation());
    assert_eq!(again.session.history(), loaded.session.history());
    while let Some(undone) = again.session.undo(Selection::default(), 2) {
        undone.unwrap();
    }
    let text = &again.session.article().text;
    assert_eq!(
        notation::print(text, again.session.annotation(), None),
        "body?0.9   | Ada spoke.\nbody?0.4   | Then rain.\ncomment?0.8| Well.\n",
        "undo reaches back to what the models suggested",
    );
}

#[test]
fn of_two_windows_the_second_is_told_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let (first, second) = (start(&path, "maria", None), start(&path, "maria", None));
    let (mut a, mut b) = (load(&first), load(&second));
    let (mut sent_a, mut sent_b) = (0, 0);
    first.send(WriterRequest::Save(tag(&mut a, &mut sent_a, "Ada")));
    await_reply(&first, |reply| {
        matches!(reply, Reply::Saved { .. }).then_some(())
    });
    second.send(WriterRequest::Save(tag(&mut b, &mut sent_b, "rain")));
    let refused = await_reply(&second, |reply| match reply {
        Reply::Conflict { refused, .. } => Some(refused),
        _ => None,
    });
    assert_eq!(refused.last().map(|entry| entry.action), Some(Action::Tag));
    // What was refused fits on top of what the other window did.
    let mut now = load(&second);
    assert_eq!(now.session.annotation(), a.session.annotation());
    let mut sent = now.session.history().entries().len();
    let last = refused.last().unwrap().clone();
    now.session
        .apply(last.action, last.transaction, last.before, last.after, 3)
        .unwrap();
    second.send(WriterRequest::Save(save(&mut now, &mut sent)));
    await_reply(&second, |reply| {
        matches!(reply, Reply::Saved { .. }).then_some(())
    });
    // And the first window hears of it, while its own change was no news.
    let own = await_reply(&first, |reply| match reply {
        Reply::ChangedElsewhere { own, .. } if !own.is_empty() => Some(own),
        _ => None,
    });
    assert_eq!(own, [KEY]);
    assert_eq!(load(&first).session.annotation().entities().len(), 2);
}

#[test]
fn another_annotator_starts_from_the_suggestions_and_sees_nothing_of_the_first_ones_work() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let maria = start(&path, "maria", None);
    let mut hers = load(&maria);
    let mut sent = 0;
    maria.send(WriterRequest::Save(tag(&mut hers, &mut sent, "Ada")));
    await_reply(&maria, |reply| {
        matches!(reply, Reply::Saved { .. }).then_some(())
    });
    let olga = start(&path, "olga", None);
    let mut mine = load(&olga);
    assert_eq!(mine.begun_from, Some(SUGGESTED));
    assert_eq!(mine.session.annotation().entities().len(), 0);
    let mut sent = 0;
    olga.send(WriterRequest::Save(tag(&mut mine, &mut sent, "rain")));
    await_reply(&olga, |reply| {
        matches!(reply, Reply::Saved { .. }).then_some(())
    });
    let names = |loaded: &Loaded| -> Vec<String> {
        let text = &loaded.session.article().text;
        let entities = loaded.session.annotation().entities().iter();
        entities
            .map(|entity| text.slice(entity.span).to_owned())
            .collect()
    };
    assert_eq!(names(&load(&maria)), ["Ada"]);
    assert_eq!(names(&load(&olga)), ["rain"]);
}

#[test]
fn the_export_follows_what_is_done_and_is_there_when_the_window_closes() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let exports = Arc::new(Mutex::new(Vec::new()));
    let seen = exports.clone();
    let exporter: Exporter = Box::new(move |store: &dyn Store| {
        let done = store.keys(&Filter {
            status: Some(Status::Done),
            ..Filter::default()
        })?;
        seen.lock().unwrap().push(done.len());
        Ok(format!("{} articles", done.len()))
    });
    let session = start(&path, "maria", Some(exporter));
    let mut loaded = load(&session);
    let mut sent = 0;
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "Ada")));
    session.send(WriterRequest::Save(done(&mut loaded, &mut sent)));
    drop(session);
    assert_eq!(
        exports.lock().unwrap().last(),
        Some(&1),
        "dropping waits for the export"
    );
    assert_eq!(
        exports.lock().unwrap().len(),
        1,
        "an edit of what is not done is no reason to export"
    );
}

#[test]
fn an_export_that_a_crash_overtook_is_written_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let exporter = || -> Exporter { Box::new(|_| Ok("written".to_owned())) };
    let session = start(&path, "maria", None);
    let mut loaded = load(&session);
    session.send(WriterRequest::Save(done(&mut loaded, &mut 0)));
    drop(session);
    let session = start(&path, "maria", Some(exporter()));
    let seq = await_reply(&session, |reply| match reply {
        Reply::Exported { seq, .. } => Some(seq),
        _ => None,
    });
    session.send(WriterRequest::SetSetting(
        EXPORTED_SEQ.to_owned(),
        Some(seq.0.to_string()),
    ));
    drop(session);
    let session = start(&path, "maria", Some(exporter()));
    while let Some(reply) = session.wait(Duration::from_secs(2)) {
        assert!(!matches!(reply, Reply::Exported { .. }), "nothing is new");
    }
}

#[test]
fn lists_and_counts_come_by_their_tickets() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let session = start(&path, "maria", None);
    session.send(ListRequest::List(7, Filter::default(), Order::default()));
    let (ticket, keys) = await_reply(&session, |reply| match reply {
        Reply::List(ticket, keys) => Some((ticket, keys)),
        _ => None,
    });
    assert_eq!((ticket, keys.as_slice()), (7, &[KEY][..]));
    session.send(RowRequest::Rows(keys.to_vec()));
    let rows = await_reply(&session, |reply| match reply {
        Reply::Rows(rows) => Some(rows),
        _ => None,
    });
    assert_eq!(rows[0].headline, "Ada spoke.");
    session.send(WriterRequest::Load(ArticleKey(99)));
    let why = await_reply(&session, |reply| match reply {
        Reply::NotLoaded { why, .. } => Some(why),
        _ => None,
    });
    assert!(why.contains("no article"), "{why}");
}

fn dashboard(session: &SessionHandle) -> Arc<Dashboard> {
    session.send(DashboardRequest::Gather);
    await_reply(session, |reply| match reply {
        Reply::Dashboard(made) => Some(made),
        _ => None,
    })
}

fn settled(session: &SessionHandle) {
    await_reply(session, |reply| {
        matches!(reply, Reply::OutcomesChanged).then_some(())
    });
}

fn outcomes(path: &Path) -> Vec<Outcome> {
    let mut found = Vec::new();
    let store = SqliteStore::open(path).unwrap();
    store.outcomes(&mut |outcome| found.push(outcome)).unwrap();
    found
}

#[test]
fn time_is_added_up_over_sittings_and_annotators_have_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let spent = |at_ms, active_ms| WriterRequest::AddTime {
        key: KEY,
        at_ms,
        active_ms,
    };
    let session = start(&path, "maria", None);
    assert_eq!(load(&session).active_ms, 0);
    session.send(spent(1_000, 4_000));
    session.send(spent(2_000, 1_500));
    assert_eq!(load(&session).active_ms, 5_500, "also before it is written");
    drop(session);
    let session = start(&path, "maria", None);
    assert_eq!(load(&session).active_ms, 5_500, "closing writes it");
    session.send(spent(900_000, 500));
    drop(session);
    assert_eq!(load(&start(&path, "maria", None)).active_ms, 6_000);
    assert_eq!(load(&start(&path, "olga", None)).active_ms, 0);
}

#[test]
fn an_article_that_is_done_is_scored_against_what_the_models_had_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let session = start(&path, "maria", None);
    let mut loaded = load(&session);
    let mut sent = 0;
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "Ada")));
    session.send(WriterRequest::Save(done(&mut loaded, &mut sent)));
    settled(&session);
    let made = dashboard(&session);
    assert_eq!((made.done, made.edits), (1, 1), "done itself is no edit");
    drop(session);
    let found = outcomes(&path);
    let scores = found[0].scores.unwrap();
    assert_eq!(scores.region_chars, Some(1.0), "no region was corrected");
    assert_eq!(scores.entities, Some(0.0), "one name, and none guessed");
    assert_eq!(found[0].fewest.entities, [1, 0, 0, 0]);
    assert_eq!(found[0].fewest.regions, [0; 4]);

    // Corrected and done again: the new score takes the old one's place.
    let session = start(&path, "maria", None);
    let mut loaded = load(&session);
    let mut sent = loaded.session.history().entries().len();
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "rain")));
    drop(session);
    let found = outcomes(&path);
    assert_eq!((found.len(), found[0].edits), (1, 2));
    assert_eq!(found[0].fewest.entities, [2, 0, 0, 0]);
}

#[test]
fn who_goes_on_from_a_persons_work_is_no_measure_of_the_models() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    for name in ["maria", "olga"] {
        let session = start(&path, name, None);
        session.send(WriterRequest::SetMode(WorkMode::Review("maria".to_owned())));
        let mut loaded = load(&session);
        let mut sent = 0;
        session.send(WriterRequest::Save(tag(
            &mut loaded,
            &mut sent,
            if name == "maria" { "Ada" } else { "rain" },
        )));
        session.send(WriterRequest::Save(done(&mut loaded, &mut sent)));
    }
    let found = outcomes(&path);
    let scored: Vec<_> = found
        .iter()
        .map(|outcome| (outcome.annotator.as_str(), outcome.scores.is_some()))
        .collect();
    assert_eq!(scored, [("maria", true), ("olga", false)]);
}

#[test]
fn what_was_done_without_a_desk_is_worked_out_when_one_starts() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let mut loaded = load(&start(&path, "maria", None));
    let mut sent = 0;
    let saves = [
        tag(&mut loaded, &mut sent, "Ada"),
        done(&mut loaded, &mut sent),
    ];
    let mut store = SqliteStore::open(&path).unwrap();
    for save in &saves {
        let commit = copydesk::store::Commit {
            key: KEY,
            annotator: "maria",
            expected: save.expected,
            entries: &save.entries,
            annotation: &save.annotation,
        };
        store.commit(&commit, 1_700_000_000_000).unwrap();
    }
    drop(store);
    assert_eq!(outcomes(&path), []);
    let session = start(&path, "olga", None);
    settled(&session);
    assert_eq!(dashboard(&session).done, 1);
}

#[test]
fn the_articles_behind_a_mark_are_listed_if_they_match_the_filter_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let session = start(&path, "maria", None);
    let mut loaded = load(&session);
    let mut sent = 0;
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "Ada")));
    session.send(WriterRequest::Save(done(&mut loaded, &mut sent)));
    settled(&session);
    let made = dashboard(&session);
    let list = |behind: &DrillDown, words: &str| {
        session.send(DashboardRequest::DrillDown(behind.clone()));
        let chosen = await_reply(&session, |reply| match reply {
            Reply::DrillDown(chosen) => Some(chosen),
            _ => None,
        });
        assert!(!chosen.caption().is_empty());
        let filter = Filter {
            words: words.to_owned(),
            only: Some(chosen),
            ..Filter::default()
        };
        session.send(ListRequest::List(1, filter, Order::default()));
        await_reply(&session, |reply| match reply {
            Reply::List(_, keys) => Some(keys.to_vec()),
            _ => None,
        })
    };
    // Every bar and row that is drawn has at least one article behind it, and its number says how
    // many.
    let mut marks = 0;
    for plot in made.cards.iter().flat_map(|card| &card.plots) {
        for (series, behind) in plot.chart.series.iter().zip(&plot.behind) {
            let drawn: Vec<bool> = match &series.marks {
                Marks::Bars(values) => values.iter().map(|value| *value > 0.0).collect(),
                Marks::Rows(rows) => rows.iter().map(|(value, _)| *value > 0.0).collect(),
                Marks::Dots(_) | Marks::Line(_) => vec![true; behind.len()],
            };
            for (behind, drawn) in behind.iter().zip(drawn) {
                let found = list(behind, "");
                if drawn {
                    marks += 1;
                    assert_eq!(found, [KEY], "{behind:?}");
                } else if !["pace", "minutes"].contains(&plot.chart.name) {
                    // (Without time there is no pace, though something was done.)
                    assert_eq!(found, [], "{behind:?}");
                }
                assert_eq!(list(behind, "nowhere"), []);
            }
        }
    }
    assert!(marks >= 6, "{marks}");
}

// -- when the file does not take changes ---------------------------------------------------------

fn copy(session: &SessionHandle, to: &Path) -> Result<copydesk::dataset::session::Copied, String> {
    session.send(WriterRequest::Copy(to.to_owned()));
    await_reply(session, |reply| match reply {
        Reply::Copied(copied) => Some(Ok(copied)),
        Reply::NotCopied { why, .. } => Some(Err(why)),
        _ => None,
    })
}

/// What an annotator did to the article with this id.
fn work(path: &Path, annotator: &str) -> (usize, String) {
    let store = SqliteStore::open(path).unwrap();
    assert_eq!(store.faults().unwrap(), [""; 0]);
    let article = store.article(KEY).unwrap();
    let history = store.history(&article, KEY, annotator).unwrap();
    let stored = store.annotations(&article, KEY).unwrap();
    let own = stored.iter().find(|stored| stored.owner.is(annotator));
    let annotation = &own.unwrap().annotation;
    let marked = notation::print(&article.text, annotation, None);
    (history.len(), marked)
}

#[test]
fn a_dataset_is_one_file_when_its_window_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let windows = [start(&path, "maria", None), start(&path, "jo", None)];
    for (session, words) in windows.iter().zip(["Ada", "rain"]) {
        let mut loaded = load(session);
        let mut sent = 0;
        session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, words)));
        await_reply(session, |reply| {
            matches!(reply, Reply::Saved { .. }).then_some(())
        });
        session.send(ListRequest::List(1, Filter::default(), Order::default()));
    }
    for session in windows {
        assert_eq!(session.close(), 0);
    }
    let names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .flatten()
        .map(|file| file.file_name())
        .collect();
    assert_eq!(names, ["desk.copydesk"]);
    assert!(work(&path, "maria").1.contains("{PERSON Ada}"));
    assert!(work(&path, "jo").1.contains("{PERSON rain}"));
}

#[test]
fn edits_on_a_dataset_that_is_gone_are_held_and_a_copy_has_them_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let session = start(&path, "maria", None);
    let mut loaded = load(&session);
    let mut sent = 0;
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "Ada")));
    await_reply(&session, |reply| {
        matches!(reply, Reply::Saved { .. }).then_some(())
    });
    std::fs::remove_file(&path).unwrap();
    // Told without any edit, within a second or two.
    let why = await_reply(&session, |reply| match reply {
        Reply::Lost { why, .. } => Some(why),
        _ => None,
    });
    assert!(why.contains("deleted"), "{why}");
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "rain")));
    let waiting = await_reply(&session, |reply| match reply {
        Reply::Lost { waiting, .. } => Some(waiting),
        Reply::Saved { .. } => panic!("saved where nobody will find it"),
        _ => None,
    });
    assert_eq!(waiting, 1);
    // Who leaves the article and comes back finds the work that waits.
    let again = load(&session);
    assert_eq!(again.session.annotation(), loaded.session.annotation());
    assert_eq!((again.revision, again.on_disk), (Revision(2), Revision(1)));

    let rescued = folder.path().join("rescued.copydesk");
    let copied = copy(&session, &rescued).unwrap();
    assert!(copied.takes_over && copied.only.is_none());
    // What comes after is saved there, too.
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "Well")));
    await_reply(&session, |reply| {
        matches!(
            reply,
            Reply::Saved {
                revision: Revision(3),
                ..
            }
        )
        .then_some(())
    });
    assert_eq!(session.close(), 0);
    let (lines, marked) = work(&rescued, "maria");
    assert_eq!(lines, sent);
    for words in ["Ada", "rain", "Well"] {
        assert!(marked.contains(&format!("{{PERSON {words}}}")), "{marked}");
    }
    assert!(!path.exists());
}

#[test]
fn of_a_dataset_that_was_overwritten_what_was_opened_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let session = start(&path, "maria", None);
    let mut loaded = load(&session);
    let mut sent = 0;
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "Ada")));
    await_reply(&session, |reply| {
        matches!(reply, Reply::Saved { .. }).then_some(())
    });
    std::fs::write(&path, vec![b'x'; 600_000]).unwrap();
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "rain")));
    await_reply(&session, |reply| {
        matches!(reply, Reply::Lost { .. }).then_some(())
    });
    let rescued = folder.path().join("rescued.copydesk");
    let copied = copy(&session, &rescued).unwrap();
    assert_eq!((copied.takes_over, copied.only), (true, Some(1)));
    assert_eq!(session.close(), 0);
    let (lines, marked) = work(&rescued, "maria");
    assert_eq!(lines, sent);
    assert!(
        marked.contains("{PERSON Ada}") && marked.contains("{PERSON rain}"),
        "{marked}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), vec![b'x'; 600_000]);
}

#[test]
fn a_copy_is_made_while_all_is_well_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let session = start(&path, "maria", None);
    let mut loaded = load(&session);
    let mut sent = 0;
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "Ada")));
    let place = folder.path().join("copy.copydesk");
    let copied = copy(&session, &place).unwrap();
    assert!(!copied.takes_over);
    assert!(work(&place, "maria").1.contains("{PERSON Ada}"));
    assert!(copy(&session, &place).unwrap_err().contains("already"));
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "rain")));
    assert_eq!(session.close(), 0);
    assert!(work(&path, "maria").1.contains("{PERSON rain}"));
}

#[test]
fn closing_says_how_many_changes_are_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let session = start(&path, "maria", None);
    let mut loaded = load(&session);
    let mut sent = 0;
    std::fs::remove_file(&path).unwrap();
    for words in ["Ada", "rain"] {
        session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, words)));
    }
    assert_eq!(session.close(), 2);
}

#[test]
fn a_clock_that_runs_ahead_does_not_win_every_export() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let work_at = |annotator: &str, now_ms: fn() -> i64, words: &str| {
        let session = SessionHandle::start(SessionSetup {
            learn: false,
            tag: false,
            store: Box::new(SqliteStore::open(&path).unwrap()),
            annotator: annotator.to_owned(),
            now_ms,
            exporter: None,
            wake: Arc::new(|| {}),
        })
        .unwrap();
        let mut loaded = load(&session);
        let mut sent = loaded.session.history().entries().len();
        if loaded.begun_from.is_some() {
            sent = 0;
        }
        session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, words)));
        if loaded.session.annotation().status() != Status::Done {
            session.send(WriterRequest::Save(done(&mut loaded, &mut sent)));
        }
        assert_eq!(session.close(), 0);
    };
    work_at("maria", || 4_000_000_000_000, "rain"); // in the year 2096
    work_at("jo", || 1_700_000_000_000, "Well");
    let store = SqliteStore::open(&path).unwrap();
    let export = |store: &dyn Store| {
        let mut out = Vec::new();
        let options = copydesk::dataset::ExportOptions::default();
        copydesk::dataset::export_to_stream(
            store,
            &mut out,
            &options,
            &mut copydesk::dataset::Silent,
            &copydesk::dataset::CancelFlag::default(),
        )
        .unwrap();
        String::from_utf8(out).unwrap()
    };
    assert!(
        export(&store).contains("\"annotator\":\"jo\""),
        "{}",
        export(&store)
    );
    drop(store);
}

#[test]
fn a_job_writes_through_the_session_and_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder);
    let session = start(&path, "maria", None);
    let mut loaded = load(&session);
    let mut sent = 0;
    session.send(WriterRequest::Save(tag(&mut loaded, &mut sent, "Ada")));
    let (send, seen) = std::sync::mpsc::channel();
    session.start_job(move |store| {
        let store = store.unwrap();
        let article = store.article(KEY).unwrap();
        let stored = store.annotations(&article, KEY).unwrap();
        let added = store.add_articles(&[story::article("two", "body| More.")]);
        let found = store.find("two");
        send.send((stored.len(), added, found)).unwrap();
    });
    let (annotations, added, found) = seen.recv_timeout(PATIENCE).unwrap();
    assert_eq!(
        annotations, 2,
        "the edit before it is saved before it starts"
    );
    let key = found.unwrap().expect("it reads what it wrote");
    assert_eq!(added.unwrap(), [copydesk::store::Added::New(key)]);
    // What it wrote is news to the window, as if another program had written it.
    let keys = await_reply(&session, |reply| match reply {
        Reply::ChangedElsewhere { keys, .. } => Some(keys),
        _ => None,
    });
    assert_eq!(keys, [key]);

    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (send, ended) = std::sync::mpsc::channel();
    session.start_job(move |store| {
        let _late = wait.recv_timeout(Duration::from_millis(100));
        let written = store.unwrap().set_setting("written", Some("by a job"));
        send.send(written).unwrap();
    });
    assert_eq!(session.close(), 0);
    assert!(
        ended.try_recv().unwrap().is_ok(),
        "closing waits for the job"
    );
    drop(go);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(
        store.setting("written").unwrap().as_deref(),
        Some("by a job")
    );
}
