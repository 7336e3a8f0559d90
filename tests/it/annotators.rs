//! Several annotators in one dataset: independent work, review, what the export and the agreement
//! say of both.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use copydesk::store::prelude::*;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use copydesk::dataset::session::{
    ListRequest, Loaded, Reply, RowRequest, Save, SessionHandle, SessionSetup, WriterRequest,
};
use copydesk::edit::{Action, PlanError, Scope, Selection, Transaction};
use copydesk::model::{BytePos, Label, Provenance, StartedFrom, Status};
use copydesk::store::{ArticleKey, Filter, Order, Revision, SqliteStore, StatusCounts};
use serde_json::{Value, json};

use crate::cli::program;
use crate::store::{files, story};

const KEY: ArticleKey = ArticleKey(1);
const TEXT: &str = "body?0.9| Ada met Bob in town.\ncomment?0.8| Well, Carl did not.";

/// An annotator with the article open.
pub struct AtWork {
    session: SessionHandle,
    pub loaded: Loaded,
    sent: usize,
}

fn await_reply<T>(session: &SessionHandle, mut wanted: impl FnMut(Reply) -> Option<T>) -> T {
    loop {
        let reply = session
            .wait(Duration::from_secs(60))
            .expect("the session answers");
        if let Some(found) = wanted(reply) {
            return found;
        }
    }
}

impl AtWork {
    pub fn open(path: &Path, annotator: &str) -> Self {
        let session = SessionHandle::start(SessionSetup {
            learn: false,
            tag: false,
            store: Box::new(SqliteStore::open(path).unwrap()),
            annotator: annotator.to_owned(),
            now_ms: || 1_700_000_000_000,
            exporter: None,
            wake: Arc::new(|| {}),
        })
        .unwrap();
        session.send(WriterRequest::Load(KEY));
        let loaded = await_reply(&session, |reply| match reply {
            Reply::Loaded(loaded) => Some(*loaded),
            _ => None,
        });
        let sent = match loaded.begun_from {
            Some(_) => 0,
            None => loaded.session.history().entries().len(),
        };
        Self {
            session,
            loaded,
            sent,
        }
    }

    pub fn apply(
        &mut self,
        action: Action,
        plan: impl FnOnce(&Scope<'_>) -> Result<Transaction, PlanError>,
    ) {
        let schema = story::schema();
        let session = &mut self.loaded.session;
        let scope = Scope {
            article: session.article(),
            annotation: session.annotation(),
            schema: &schema,
        };
        let plan = plan(&scope).unwrap();
        let here = Selection::default();
        session.apply(action, plan, here, here, 1).unwrap();
        self.save();
    }

    pub fn undo(&mut self) {
        let session = &mut self.loaded.session;
        session.undo(Selection::default(), 2_000).unwrap().unwrap();
        self.save();
    }

    pub fn redo(&mut self) {
        let session = &mut self.loaded.session;
        session.redo(Selection::default(), 3_000).unwrap().unwrap();
        self.save();
    }

    fn save(&mut self) {
        let session = &self.loaded.session;
        let entries = session.history().entries();
        let save = Save {
            key: KEY,
            expected: self.loaded.revision,
            entries: entries[self.sent..].to_vec(),
            annotation: Arc::new(session.annotation().clone()),
        };
        self.sent = entries.len();
        self.loaded.revision = Revision(save.expected.0 + 1);
        self.session.send(WriterRequest::Save(save));
    }

    pub fn tag(&mut self, words: &str) {
        let text = self.loaded.session.article().text.clone();
        let at = text.as_str().find(words).unwrap();
        let (start, end) = (at, at + words.len());
        let span = text.span(BytePos::from_index(start), BytePos::from_index(end));
        let label = Label::new("PERSON").unwrap();
        self.apply(Action::Tag, |scope| scope.tag(span.unwrap(), &label));
    }

    pub fn done(mut self) {
        self.apply(Action::SetStatus, |scope| scope.done());
        assert_eq!(self.session.close(), 0);
    }

    fn names(&self) -> Vec<&str> {
        let (text, annotation) = (
            &self.loaded.session.article().text,
            self.loaded.session.annotation(),
        );
        let entities = annotation.entities().iter();
        entities.map(|entity| text.slice(entity.span)).collect()
    }

    fn counts(&self) -> StatusCounts {
        self.session.send(RowRequest::Counts);
        await_reply(&self.session, |reply| match reply {
            Reply::Counts(counts) => Some(counts),
            _ => None,
        })
    }

    fn listed(&self, status: Status) -> usize {
        let filter = Filter {
            status: Some(status),
            ..Filter::default()
        };
        self.session
            .send(ListRequest::List(1, filter, Order::default()));
        await_reply(&self.session, |reply| match reply {
            Reply::List(1, keys) => Some(keys.len()),
            _ => None,
        })
    }
}

/// A dataset of one article, in a folder in which commands can be run.
pub fn dataset() -> program::Desk {
    let folder = program::Desk::new();
    let mut store = SqliteStore::create(&folder.path("d.copydesk"), &story::schema()).unwrap();
    let added = store.add_articles(&[story::article("one", TEXT)]);
    added.unwrap();
    folder
}

/// Maria tags Ada and Bob, Paul tags Bob and Carl, each for themselves.
pub fn two_independent_annotators() -> program::Desk {
    let folder = dataset();
    let path = folder.path("d.copydesk");
    for (name, tagged) in [("maria", ["Ada", "Bob"]), ("paul", ["Bob", "Carl"])] {
        let mut work = AtWork::open(&path, name);
        let from = StartedFrom::Suggestions { revision: 0 };
        assert_eq!(work.loaded.begun_from, Some(from), "{name}");
        assert_eq!(work.names(), [""; 0], "{name} sees nobody's names");
        for words in tagged {
            work.tag(words);
        }
        work.done();
    }
    folder
}

fn agreement(folder: &program::Desk, dataset: &str) -> Value {
    let stats = folder.run(&["stats", dataset, "--json"]);
    assert_eq!(stats.code, Some(0), "{}", stats.stderr);
    let mut stats: Value = serde_json::from_str(&stats.stdout).unwrap();
    stats["agreement"].take()
}

fn records(jsonl: &str) -> Vec<Value> {
    let lines = jsonl.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn two_annotators_work_independently_and_their_agreement_is_measured() {
    let folder = two_independent_annotators();
    let told = agreement(&folder, "d.copydesk");
    assert_eq!(told["articles"], 1);
    assert_eq!(told["pairs"][0]["annotators"], json!(["maria", "paul"]));
    assert_eq!(
        told["pairs"][0]["entities_f1"], 0.5,
        "each has two names, one of them the same"
    );
    let none = json!({"reviews": 0, "unknown": 0});
    assert_eq!(told["left_out_annotations"], none);

    // One record of an article, unless more are asked for; and never without a word.
    let newest = folder.run(&["export", "d.copydesk"]);
    let found = records(&newest.stdout);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["annotator"], "paul");
    assert_eq!(
        newest.stderr,
        "warning: 1 article was labelled by several annotators; the newest annotation of each was exported\n\
         hint: --annotators all exports every annotation, --annotators NAME those of one annotator\n\
         exported 1 record\n"
    );
    let all = folder.run(&["export", "d.copydesk", "--annotators", "all"]);
    let found = records(&all.stdout);
    let of: Vec<(&Value, &Value)> = found
        .iter()
        .map(|record| (&record["id"], &record["annotator"]))
        .collect();
    let id = &json!("one");
    assert_eq!(of, [(id, &json!("maria")), (id, &json!("paul"))]);
    assert_eq!(all.stderr, "exported 2 records\n");
    for annotators in ["--annotators", "--annotator"] {
        let marias = folder.run(&["export", "d.copydesk", annotators, "maria"]);
        assert_eq!(records(&marias.stdout), found[..1]);
        assert_eq!(marias.stderr, "exported 1 record\n");
    }
    let none = folder.run(&["export", "d.copydesk", "--annotators", "adjudicated"]);
    assert_eq!(none.stdout, "", "nobody has decided between them yet");
}

#[test]
fn records_of_one_article_have_names_of_their_own_where_a_format_knows_them_by_name() {
    let folder = two_independent_annotators();
    let all = |format: &str, out: &str| {
        let words = [
            "export",
            "d.copydesk",
            "--annotators",
            "all",
            "--format",
            format,
            "--out",
            out,
        ];
        let run = folder.run(&words);
        assert_eq!(run.code, Some(0), "{format}: {}", run.stderr);
    };
    all("brat", "brat");
    for name in ["maria", "paul"] {
        let path = folder.path("brat").join(format!("one-{name}.ann"));
        let found = std::fs::read_to_string(&path);
        assert!(found.is_ok(), "{path:?}");
    }
    all("label-studio", "tasks.json");
    let tasks: Value = serde_json::from_str(&folder.read("tasks.json")).unwrap();
    let tasks = tasks.as_array().unwrap();
    assert_eq!(tasks.len(), 1, "one task, with an annotation for each");
    // And they come back as the work of two, on one article.
    let words = ["convert", "tasks.json", "--from", "label-studio"];
    let back = records(&folder.run(&words).stdout);
    let names: Vec<&str> = back
        .iter()
        .map(|record| record["annotator"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["maria", "paul"]);
}

#[test]
fn a_reviewer_starts_from_a_colleagues_work_which_stays_the_colleagues() {
    let folder = two_independent_annotators();
    let path = folder.path("d.copydesk");
    let mode = |words: &[&str]| folder.run(&[&["mode", "d.copydesk"], words].concat());
    mode(&[]).well("independent\n", "");
    let unknown = mode(&["review", "mario"]);
    assert_eq!(unknown.code, Some(1));
    assert!(
        unknown
            .stderr
            .contains("hint: its annotators are maria, paul"),
        "{}",
        unknown.stderr
    );
    mode(&["review", "maria"]).well(
        "",
        "review: other annotators start from the articles that maria has finished\n",
    );
    mode(&[]).well("review maria\n", "");

    // Paul's own work is his, whatever the mode; Olga starts from Maria's.
    assert_eq!(AtWork::open(&path, "paul").names(), ["Bob", "Carl"]);
    let mut olga = AtWork::open(&path, "olga");
    assert_eq!(olga.names(), ["Ada", "Bob"]);
    let started_from = olga.loaded.begun_from.clone().unwrap();
    assert_eq!(started_from.person(), Some("maria"));
    let session = &olga.loaded.session;
    assert_eq!(session.annotation().status(), Status::Todo, "not yet hers");
    olga.tag("Carl");
    olga.done();

    let store = SqliteStore::open(&path).unwrap();
    let article = store.article(KEY).unwrap();
    let stored = store.annotations(&article, KEY).unwrap();
    let stored = stored.iter().find(|one| one.owner.is("olga")).unwrap();
    assert_eq!(stored.started_from, started_from);
    let whose: Vec<Provenance> = stored
        .annotation
        .entities()
        .iter()
        .map(|entity| entity.provenance)
        .collect();
    let colleague = Provenance::Colleague;
    assert_eq!(whose, [colleague, colleague, Provenance::Person]);
    assert_eq!(store.faults().unwrap(), [""; 0]);
    drop(store);

    // Her review says nothing of agreement, here or wherever its record goes.
    let told = agreement(&folder, "d.copydesk");
    assert_eq!(told["articles"], 1);
    assert_eq!(told["pairs"].as_array().unwrap().len(), 1);
    assert_eq!(told["left_out_annotations"]["reviews"], 1);
    let table = folder.run(&["stats", "d.copydesk"]).stdout;
    assert!(
        table.contains("left out: 1 annotation started from a colleague's labels"),
        "{table}"
    );
    let words = ["export", "d.copydesk", "--annotators", "all"];
    let all = folder.run(&words);
    folder.write("all.jsonl", &all.stdout);
    folder.run(&["import", "e.copydesk", "all.jsonl"]);
    let told = agreement(&folder, "e.copydesk");
    assert_eq!(told["imported_annotations"], 2);
    assert_eq!(told["left_out_annotations"]["reviews"], 1);
    let again = folder.run(&["export", "e.copydesk", "--annotators", "all"]);
    assert_eq!(again.stdout, all.stdout);
}

#[test]
fn a_list_shows_how_far_its_annotator_is_and_not_how_far_others_are() {
    let folder = dataset();
    let path = folder.path("d.copydesk");
    let mut maria = AtWork::open(&path, "maria");
    maria.tag("Ada");
    maria.done();
    for (name, own) in [("maria", Status::Done), ("paul", Status::Todo)] {
        let work = AtWork::open(&path, name);
        for status in Status::ALL {
            let expected = u64::from(status == own);
            assert_eq!(work.counts().of(status), expected, "{name}: {status:?}");
            assert_eq!(work.listed(status) as u64, expected, "{name}: {status:?}");
        }
        work.session.send(RowRequest::Rows(vec![KEY]));
        let rows = await_reply(&work.session, |reply| match reply {
            Reply::Rows(rows) => Some(rows),
            _ => None,
        });
        assert_eq!(rows[0].status, own, "{name}");
    }
    // What Paul begins does not take Maria's finished record away.
    let mut paul = AtWork::open(&path, "paul");
    paul.tag("Carl");
    assert_eq!(paul.session.close(), 0);
    let export = folder.run(&["export", "d.copydesk"]);
    assert_eq!(records(&export.stdout)[0]["annotator"], "maria");
    assert_eq!(export.stderr, "exported 1 record\n");
}

#[test]
fn of_an_older_dataset_nobody_knows_who_saw_what_and_it_is_said() {
    let folder = two_independent_annotators();
    let path = folder.path("d.copydesk");
    // As the format before had it.
    files::meddle(
        &path,
        "DROP INDEX annotation_open_remarks; ALTER TABLE annotation DROP COLUMN open_remarks;
         ALTER TABLE history DROP COLUMN started_from; DROP INDEX annotation_by_annotator; DROP INDEX annotation_by_status;
         DROP INDEX annotation_of_nobody; DELETE FROM migration WHERE number > 5; PRAGMA user_version = 5",
    );
    let told = agreement(&folder, "d.copydesk");
    assert_eq!((&told["articles"], &told["pairs"]), (&json!(0), &json!([])));
    assert_eq!(told["left_out_annotations"]["unknown"], 2);
    let table = folder.run(&["stats", "d.copydesk"]).stdout;
    assert!(
        table.contains("no article was done by two annotators independently")
            && table.contains("2 annotations from an older Copydesk, which did not note"),
        "{table}"
    );
    assert!(folder.path("d.copydesk.format-5.backup").exists());
    let store = SqliteStore::open(&path).unwrap();
    let article = store.article(KEY).unwrap();
    let stored = store.annotations(&article, KEY).unwrap();
    assert!(
        stored
            .iter()
            .all(|one| one.started_from == StartedFrom::Unknown)
    );
    drop(store);
    // The export says so too, and what is imported from it does not pass for independent.
    let all = folder.run(&["export", "d.copydesk", "--annotators", "all"]);
    folder.write("all.jsonl", &all.stdout);
    folder.run(&["import", "e.copydesk", "all.jsonl"]);
    let told = agreement(&folder, "e.copydesk");
    assert_eq!(told["left_out_annotations"]["unknown"], 2);
}

#[test]
fn imported_labels_are_the_named_annotators_and_everybodys_if_nobody_is_named() {
    let folder = program::Desk::new();
    let line = program::record("r1", "Malta waits.");
    folder.write("hers.jsonl", &line);
    folder.write("corpus.jsonl", line.replace("maria", ""));
    for name in ["hers", "corpus"] {
        let (dataset, file) = (format!("{name}.copydesk"), format!("{name}.jsonl"));
        folder.run(&["import", &dataset, &file]);
        let work = AtWork::open(&folder.path(&dataset), "paul");
        let begun_from = work.loaded.begun_from.clone().unwrap();
        if name == "hers" {
            assert_eq!(work.names(), [""; 0]);
            assert_eq!(work.loaded.imported_by, ["maria"]);
            assert_eq!(begun_from, StartedFrom::Nothing);
        } else {
            assert_eq!(work.names(), ["Malta"]);
            assert_eq!(work.loaded.imported_by, [""; 0]);
            assert_eq!(begun_from, StartedFrom::Suggestions { revision: 0 });
        }
    }
    // Who asks for it starts from Maria's, as a reviewer.
    folder.run(&["mode", "hers.copydesk", "review", "maria"]);
    let work = AtWork::open(&folder.path("hers.copydesk"), "paul");
    assert_eq!(work.names(), ["Malta"]);
    assert_eq!(
        work.loaded.session.history().started_from().person(),
        Some("maria")
    );
}
