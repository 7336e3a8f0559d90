//! What every store must do, told once. [`all`] makes a test of each story for one kind of store.

use std::collections::BTreeMap;
use std::sync::Arc;

use copydesk::edit::{Action, Entry, History, PlanError, Scope, Selection, Session, Transaction};
use copydesk::model::{
    Annotation, Article, ArticleId, Block, Label, Metadata, Owner, Schema, StartedFrom, Status,
    Text, notation,
};
use copydesk::store::outcome::{
    FewestEdits, Hits, LabelKind, LabelOutcome, Outcome, Scores, TimeSpent,
};
use copydesk::store::{
    Added, ArticleKey, ArticleRow, ChangeSeq, Commit, Filter, Imported, NewArticle, Revision,
    Store, StoreError, codec,
};

use super::Scene;

macro_rules! all {
    ($kind:ident, $scene:expr) => {
        mod $kind {
            use crate::store::story;

            #[test]
            fn an_article_comes_back_as_it_went_in() {
                story::an_article_comes_back_as_it_went_in(&$scene);
            }

            #[test]
            fn nothing_is_added_twice() {
                story::nothing_is_added_twice(&$scene);
            }

            #[test]
            fn a_batch_that_cannot_be_written_is_not_written_at_all() {
                story::a_batch_that_cannot_be_written_is_not_written_at_all(&$scene);
            }

            #[test]
            fn imported_work_has_an_owner_and_a_history() {
                story::imported_work_has_an_owner_and_a_history(&$scene);
            }

            #[test]
            fn lists_are_paged() {
                story::lists_are_paged(&$scene);
            }

            #[test]
            fn words_are_found_in_many_scripts() {
                story::words_are_found_in_many_scripts(&$scene);
            }

            #[test]
            fn edits_and_undo_outlive_the_program() {
                story::edits_and_undo_outlive_the_program(&$scene);
            }

            #[test]
            fn of_two_writers_the_second_is_told() {
                story::of_two_writers_the_second_is_told(&$scene);
            }

            #[test]
            fn several_changes_are_written_together_or_not_at_all() {
                story::several_changes_are_written_together_or_not_at_all(&$scene);
            }

            #[test]
            fn changes_by_others_are_seen() {
                story::changes_by_others_are_seen(&$scene);
            }

            #[test]
            fn readers_do_not_write() {
                story::readers_do_not_write(&$scene);
            }

            #[test]
            fn schema_and_settings_are_kept() {
                story::schema_and_settings_are_kept(&$scene);
            }

            #[test]
            fn time_and_outcomes_are_kept() {
                story::time_and_outcomes_are_kept(&$scene);
            }

            #[test]
            fn what_is_not_there_is_said_so() {
                story::what_is_not_there_is_said_so(&$scene);
            }
        }
    };
}
pub(super) use all;

// -- properties ------------------------------------------------------------------------------

/// A schema with the labels that the stories use.
pub fn schema() -> Schema {
    codec::read_schema(
        r##"
        name = "news"
        guidelines = "# What is *body*?\n"

        [[region]]
        label = "body"
        color = "#1b7f4d"
        key = "b"
        tag_entities = true

        [[region]]
        label = "comment"
        color = "#8844aa"
        key = "c"
        separate = true
        examples = ["First!"]

        [[entity]]
        label = "PERSON"
        color = "#aa3300"
        key = "1"
        "##,
    )
    .unwrap()
}

/// A new article with suggestions, from notation.
pub fn article(id: &str, marked: &str) -> NewArticle {
    let notated = notation::parse(marked).unwrap();
    let text = notated.text;
    let blocks = notated
        .annotation
        .regions()
        .iter()
        .enumerate()
        .map(|(at, region)| Block {
            span: region.span,
            path: Arc::from(format!("html/body/div[2]/p[{}]", at + 1)),
            link_permille: 7,
        })
        .collect();
    NewArticle {
        kept: Vec::new(),
        content_hash: blake3::hash(text.as_str().as_bytes()).to_hex().to_string(),
        article: Article {
            id: ArticleId::new(id).unwrap(),
            text,
            blocks,
            meta: Metadata::default(),
        },
        suggestions: notated.annotation,
        imported: None,
    }
}

fn add_one(store: &mut dyn Store, new: NewArticle) -> ArticleKey {
    match store.add_articles(&[new]).unwrap()[..] {
        [Added::New(key)] => key,
        ref other => panic!("{other:?}"),
    }
}

/// An annotator at work, as the window does it: each step is one commit.
pub struct Annotator {
    pub name: &'static str,
    pub key: ArticleKey,
    pub session: Session,
    pub revision: Revision,
    clock: i64,
}

impl Annotator {
    /// Takes up the work where it was left, or begins with the suggestions.
    pub fn at(store: &dyn Store, name: &'static str, key: ArticleKey) -> Self {
        let article = Arc::new(store.article(key).unwrap());
        let all = store.annotations(&article, key).unwrap();
        let own = all.into_iter().find(|stored| stored.owner.is(name));
        let entries = store.history(&article, key, name).unwrap();
        let (revision, annotation) = own.map_or((Revision(0), Annotation::default()), |stored| {
            (stored.revision, stored.annotation)
        });
        let clock = entries.last().map_or(1000, |entry| entry.at_ms);
        Self {
            name,
            key,
            session: Session::new(article, annotation, History::replay(entries)),
            revision,
            clock,
        }
    }

    pub fn commit(&mut self, store: &mut dyn Store, entries: &[Entry]) -> Result<(), StoreError> {
        self.revision = store.commit(
            &Commit {
                key: self.key,
                annotator: self.name,
                expected: self.revision,
                entries,
                annotation: self.session.annotation(),
            },
            self.clock,
        )?;
        Ok(())
    }

    fn apply(
        &mut self,
        store: &mut dyn Store,
        action: Action,
        plan: impl FnOnce(Scope<'_>) -> Transaction,
    ) -> Result<(), StoreError> {
        self.try_apply(store, action, |scope| Ok(plan(scope)))
            .unwrap()
    }

    /// The plan's error, if it cannot be done here; else what the store says.
    pub fn try_apply(
        &mut self,
        store: &mut dyn Store,
        action: Action,
        plan: impl FnOnce(Scope<'_>) -> Result<Transaction, PlanError>,
    ) -> Result<Result<(), StoreError>, PlanError> {
        self.clock += 10;
        let article = Arc::clone(self.session.article());
        let transaction = plan(Scope {
            article: &article,
            annotation: self.session.annotation(),
            schema: &schema(),
        })?;
        let selection = Selection::default();
        let entry = self
            .session
            .apply(action, transaction, selection, selection, self.clock)
            .unwrap();
        Ok(self.commit(store, &[entry]))
    }

    pub fn label_block(&mut self, store: &mut dyn Store, block: usize) -> Result<(), StoreError> {
        let body = Label::new("body").unwrap();
        self.apply(store, Action::LabelRegion, |scope| {
            scope.label_blocks(block..block + 1, &body).unwrap()
        })
    }

    pub fn set_status(&mut self, store: &mut dyn Store, to: Status) -> Result<(), StoreError> {
        self.apply(store, Action::SetStatus, |scope| {
            scope.set_status(to).unwrap()
        })
    }

    pub fn undo(&mut self, store: &mut dyn Store) {
        self.clock += 10;
        let entry = self
            .session
            .undo(Selection::default(), self.clock)
            .expect("something to undo")
            .unwrap();
        self.commit(store, &[entry]).unwrap();
    }
}

const STORM: &str = "body?.9| The {PERSON?.8 Ada Lovelace} sailed at noon.\nbody?.7| A second paragraph.\nnav?.6| Next article";

fn status(row: &ArticleRow) -> Status {
    row.status
}

fn words(words: &str) -> Filter {
    Filter {
        words: words.to_owned(),
        ..Filter::default()
    }
}

// -- the stories -----------------------------------------------------------------------------

pub fn an_article_comes_back_as_it_went_in(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    let mut new = article(
        "a/1 ü",
        "nav?.6| Ünïcode 🦀\nbody?.9| {PERSON?.8 李} said so.",
    );
    new.article.meta = Metadata {
        title: "A title".to_owned(),
        language: "en".to_owned(),
        url: "https://example.org/?a='b'--".to_owned(),
        source: "articles/0001.html".to_owned(),
        other: BTreeMap::from([("by\"line".to_owned(), "O'Hara\n\u{1}".to_owned())]),
    };
    let key = add_one(&mut *store, new.clone());
    assert_eq!(store.article(key).unwrap(), new.article);
    assert_eq!(store.find("a/1 ü").unwrap(), Some(key));
    assert_eq!(store.find("a/1").unwrap(), None);
    let stored = store.annotations(&new.article, key).unwrap();
    assert_eq!(stored.len(), 1);
    assert!(stored[0].owner.is_nobody());
    assert_eq!(stored[0].revision, Revision(0));
    assert_eq!(stored[0].annotation, new.suggestions);
    let rows = store.page(&Filter::default(), None, 10).unwrap();
    assert_eq!(rows, store.rows(&[key, ArticleKey(99)]).unwrap());
    assert_eq!(rows[0].headline, "A title");
    assert_eq!(rows[0].text_len, new.article.text.len() as u64);

    // An empty text is a text, and so is one with a zero in it.
    let mut empty = article("empty", "| x");
    empty.article.text = Text::new("");
    empty.content_hash = "e".to_owned();
    let empty_key = add_one(&mut *store, empty.clone());
    let back = store.article(empty_key).unwrap();
    assert_eq!(back, empty.article);
    let suggestions = &store.annotations(&back, empty_key).unwrap()[0];
    assert_eq!(suggestions.annotation, Annotation::default());
    let mut zero = article("zero", "| x");
    zero.article.text = Text::new("a\0b");
    zero.content_hash = "z".to_owned();
    let zero_key = add_one(&mut *store, zero.clone());
    assert_eq!(store.article(zero_key).unwrap(), zero.article);
}

pub fn nothing_is_added_twice(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    let one = article("1", "body| One.");
    let other_text = article("1", "body| Something else.");
    let other_id = article("2", "body| One.");
    let three = article("3", "body| Three.");
    let outcomes = store
        .add_articles(&[
            one.clone(),
            one.clone(),
            other_text,
            other_id,
            three.clone(),
        ])
        .unwrap();
    let (first, third) = match outcomes[..] {
        [
            Added::New(first),
            Added::Known(a),
            Added::IdTaken(b),
            Added::Known(c),
            Added::New(third),
        ] => {
            assert_eq!([a, b, c], [first; 3]);
            (first, third)
        }
        ref other => panic!("{other:?}"),
    };
    assert!(first < third);
    assert_eq!(
        store.add_articles(&[three, one]).unwrap(),
        [Added::Known(third), Added::Known(first)]
    );
    assert_eq!(store.counts().unwrap().total(), 2);
    assert_eq!(store.article(first).unwrap().text.as_str(), "One.");
    assert_eq!(scene.faults(), [""; 0]);
}

pub fn a_batch_that_cannot_be_written_is_not_written_at_all(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    let good = article("1", "body| One.");
    let mut bad = article("2", "body| Two.\nbody| Three.");
    bad.article.blocks.reverse(); // an article's blocks are sorted; these cannot be stored
    assert!(store.add_articles(&[good.clone(), bad]).is_err());
    assert_eq!(store.counts().unwrap().total(), 0);
    assert_eq!(store.keys(&Filter::default()).unwrap(), []);
    assert_eq!(store.change_seq().unwrap(), ChangeSeq(0));
    add_one(&mut *store, good);
    assert_eq!(scene.faults(), [""; 0]);
}

fn imported(annotator: &str, at_ms: i64, annotation: Annotation) -> Imported {
    Imported {
        decisions: Vec::new(),
        owner: Owner::named(annotator),
        at_ms,
        started_from: StartedFrom::Import,
        annotation,
    }
}

pub fn imported_work_has_an_owner_and_a_history(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    let done = |marked: &str, to: Status| {
        let notated = notation::parse(marked).unwrap();
        let (regions, entities) = (notated.annotation.regions(), notated.annotation.entities());
        let (regions, entities) = (regions.to_vec(), entities.to_vec());
        Annotation::from_parts(&notated.text, regions, entities, to, Vec::new()).unwrap()
    };
    let gold = "body| The {PERSON Ada Lovelace} sailed at noon.\nbody| A second paragraph.\n| Next article";
    let mut new = article("1", STORM);
    new.imported = Some(imported("maria", 5000, done(gold, Status::Done)));
    let key = add_one(&mut *store, new.clone());
    let stored = store.annotations(&new.article, key).unwrap();
    let names: Vec<&str> = stored.iter().map(|s| s.owner.as_str()).collect();
    assert_eq!(names, ["", "maria"]);
    assert_eq!(stored[1].revision, Revision(1));
    assert_eq!(stored[1].updated_at_ms, 5000);
    assert_eq!(store.counts().unwrap().of(Status::Done), 1);

    // Another annotator's record of the same article brings the work, once.
    let older = "body| The Ada Lovelace sailed at noon.\n| A second paragraph.\n| Next article";
    new.imported = Some(imported("jo", 4000, done(older, Status::Flagged)));
    assert_eq!(
        store.add_articles(&[new.clone(), new.clone()]).unwrap(),
        [Added::NewWork(key), Added::Known(key)]
    );
    let stored = store.annotations(&new.article, key).unwrap();
    assert_eq!(stored.len(), 3);
    let status_now = store.rows(&[key]).unwrap().first().map(status);
    assert_eq!(status_now, Some(Status::Flagged), "jo's work came last");

    // Nobody's work is the ground on which annotators start.
    let mut corpus = article("2", "body?.9| From a corpus.");
    let nobodys = done("body| From a corpus.", Status::Done);
    corpus.imported = Some(imported("", 0, nobodys.clone()));
    let corpus_key = add_one(&mut *store, corpus.clone());
    let stored = store.annotations(&corpus.article, corpus_key).unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].annotation, nobodys);
    assert_eq!(store.counts().unwrap().of(Status::Done), 1);

    // The owner goes on from there; the import cannot be undone, what follows can.
    let mut maria = Annotator::at(&*store, "maria", key);
    assert!(maria.session.history().next_undo().is_none());
    maria.set_status(&mut *store, Status::Started).unwrap();
    assert_eq!(store.counts().unwrap().of(Status::Started), 1);
    maria.undo(&mut *store);
    assert_eq!(store.counts().unwrap().of(Status::Done), 2);
    assert_eq!(scene.faults(), [""; 0]);
}

pub fn lists_are_paged(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    let articles: Vec<NewArticle> = (0..25)
        .map(|n| article(&format!("a{n}"), &format!("body| Number {n} is here.")))
        .collect();
    store.add_articles(&articles).unwrap();
    let all = store.keys(&Filter::default()).unwrap();
    assert_eq!(all.len(), 25);
    assert!(all.is_sorted());
    for key in all.iter().skip(1).step_by(2) {
        let mut jo = Annotator::at(&*store, "jo", *key);
        jo.set_status(&mut *store, Status::Done).unwrap();
    }

    let filters = [
        (Filter::default(), 25),
        (
            Filter {
                status: Some(Status::Done),
                ..Filter::default()
            },
            12,
        ),
        (words("number"), 25),
        (
            Filter {
                status: Some(Status::Todo),
                words: "numb".to_owned(),
                ..Filter::default()
            },
            13,
        ),
        (words("nowhere"), 0),
        (words("*"), 0),
    ];
    for (filter, expected) in filters {
        let keys = store.keys(&filter).unwrap();
        assert_eq!(keys.len(), expected, "{filter:?}");
        let mut forward = Vec::new();
        while let page = store.page(&filter, forward.last().copied(), 4).unwrap()
            && !page.is_empty()
        {
            assert!(page.len() <= 4);
            assert!(
                filter
                    .status
                    .is_none_or(|s| page.iter().all(|row| row.status == s))
            );
            forward.extend(page.iter().map(|row| row.key));
        }
        assert_eq!(forward, keys, "{filter:?}");
    }
    let counts = store.counts().unwrap();
    assert_eq!(counts.of(Status::Done), 12);
    assert_eq!(counts.of(Status::Todo), 13);
    let odd: Vec<ArticleKey> = all.iter().rev().step_by(5).copied().collect();
    let rows = store.rows(&odd).unwrap();
    assert_eq!(rows.iter().map(|row| row.key).collect::<Vec<_>>(), odd);
    assert_eq!(scene.faults(), [""; 0]);
}

pub fn words_are_found_in_many_scripts(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    let texts = [
        "The U.S. Navy didn't sail from Saint-Malo to Zürich.",
        "Президент России Владимир Путин отрицает.",
        "俄罗斯否认清洗承诺，外交部长说。",
        "東京タワーで記者会見が行われた。",
        "서울에서 기자회견이 열렸다.",
        "กรุงเทพมหานครเป็นเมืองหลวง",
        "قال الرَّئِيسُ محمد في القاهرة",
        "בִּנְיָמִין נתניהו אמר",
        "प्रधानमंत्री ने हिन्दी में कहा",
        "Ο πρωθυπουργός Μητσοτάκης στην Αθήνα",
        "Nguyễn Xuân Phúc ở Hà Nội",
        "cafe\u{301} decomposed",
    ];
    let articles: Vec<NewArticle> = (texts.iter().enumerate())
        .map(|(n, text)| article(&n.to_string(), &format!("body| {text}")))
        .collect();
    store.add_articles(&articles).unwrap();
    let searches = [
        ("navy sail", Some(0)),
        ("NAV", Some(0)),
        ("zurich", Some(0)),
        ("U.S.", Some(0)),
        ("didn't", Some(0)),
        ("\"Saint-Malo to\"", Some(0)),
        ("\"to Saint-Malo\"", None),
        ("путин", Some(1)),
        ("России", Some(1)),
        ("清洗", Some(2)),
        ("外交部长", Some(2)),
        ("外部", None),
        ("会見", Some(3)),
        ("タワー", Some(3)),
        ("서울", Some(4)),
        ("เมืองหลวง", Some(5)),
        ("เทพ", Some(5)),
        ("الرئيس", Some(6)),
        ("القاهرة", Some(6)),
        ("בנימין", Some(7)),
        ("हिन्दी", Some(8)),
        ("हिन्दु", None),
        ("Μητσοτακης", Some(9)),
        ("ΜΗΤΣΟΤΆΚΗΣ Αθηνα", Some(9)),
        ("nguyen xuan", Some(10)),
        ("café", Some(11)),
        ("cafe", Some(11)),
        ("navy путин", None),
    ];
    for (wanted, found) in searches {
        let ids: Vec<String> = store
            .page(&words(wanted), None, 10)
            .unwrap()
            .into_iter()
            .map(|row| row.id)
            .collect();
        let expected: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(ids, expected, "{wanted}");
    }
    // Whatever is typed is a search, not an error.
    for wanted in [
        "\"",
        "a\"b\"c\"",
        "NOT",
        "a AND",
        "(",
        "text:x",
        "^a",
        "a*b",
        "{a}",
        "-",
        "\0",
    ] {
        store.keys(&words(wanted)).unwrap();
    }
}

pub fn edits_and_undo_outlive_the_program(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    let key = add_one(&mut *store, article("1", STORM));
    let mut jo = Annotator::at(&*store, "jo", key);
    assert_eq!(jo.revision, Revision(0));
    let suggestions = store.annotations(jo.session.article(), key).unwrap()[0]
        .annotation
        .clone();
    jo.apply(&mut *store, Action::Start, |_| {
        copydesk::edit::plan::start_from(&suggestions)
    })
    .unwrap();
    jo.label_block(&mut *store, 0).unwrap();
    jo.label_block(&mut *store, 2).unwrap();
    jo.apply(&mut *store, Action::Remark, |scope| {
        scope.add_remark(None, "who is \"Ada\"?").unwrap()
    })
    .unwrap();
    jo.set_status(&mut *store, Status::Flagged).unwrap();
    jo.undo(&mut *store);
    jo.undo(&mut *store);
    assert_eq!(jo.revision, Revision(7));
    let (before, history) = (
        jo.session.annotation().clone(),
        jo.session.history().clone(),
    );
    if let Some(reopened) = scene.open() {
        drop(store);
        store = reopened;
    }
    let mut jo = Annotator::at(&*store, "jo", key);
    assert_eq!(jo.revision, Revision(7));
    assert_eq!(*jo.session.annotation(), before);
    assert_eq!(*jo.session.history(), history);
    jo.undo(&mut *store);
    jo.undo(&mut *store);
    assert!(jo.session.history().next_undo().is_none());
    assert_eq!(
        *jo.session.annotation(),
        suggestions,
        "undo reaches back to the first edit"
    );
    assert_eq!(store.counts().unwrap().of(Status::Todo), 1);

    let mut replayed = Annotation::default();
    for entry in store.history(jo.session.article(), key, "jo").unwrap() {
        entry
            .transaction
            .apply(&jo.session.article().text, &mut replayed)
            .unwrap();
    }
    assert_eq!(replayed, suggestions);
    assert_eq!(scene.faults(), [""; 0]);
}

pub fn of_two_writers_the_second_is_told(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    let key = add_one(&mut *store, article("1", STORM));
    let mut here = Annotator::at(&*store, "jo", key);
    let mut there = Annotator::at(&*store, "jo", key);
    let mut maria = Annotator::at(&*store, "maria", key);
    here.label_block(&mut *store, 0).unwrap();
    let before = store.change_seq().unwrap();

    let conflict = |result: Result<(), StoreError>, expected: i64, found: i64| match result {
        Err(StoreError::Conflict {
            expected: e,
            found: f,
        }) => assert_eq!((e.0, f.0), (expected, found)),
        other => panic!("{other:?}"),
    };
    conflict(there.label_block(&mut *store, 1), 0, 1);
    here.label_block(&mut *store, 1).unwrap();
    there.revision = Revision(1);
    conflict(there.set_status(&mut *store, Status::Done), 1, 2);
    maria.revision = Revision(3);
    conflict(maria.label_block(&mut *store, 1), 3, 0);
    assert_eq!(store.change_seq().unwrap(), ChangeSeq(before.0 + 1));
    assert_eq!(store.counts().unwrap().of(Status::Todo), 1);

    // Another annotator on the same article is in nobody's way.
    let mut maria = Annotator::at(&*store, "maria", key);
    maria.label_block(&mut *store, 1).unwrap();
    here.label_block(&mut *store, 2).unwrap();
    assert_eq!(scene.faults(), [""; 0]);
}

pub fn several_changes_are_written_together_or_not_at_all(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    let first = add_one(&mut *store, article("1", STORM));
    let second = add_one(&mut *store, article("2", "body| Another one."));
    let mut steps = Vec::new();
    for key in [first, second] {
        let mut jo = Annotator::at(&*store, "jo", key);
        jo.label_block(&mut *store, 0).unwrap();
        let article = Arc::clone(jo.session.article());
        let scope = Scope {
            article: &article,
            annotation: jo.session.annotation(),
            schema: &schema(),
        };
        let done = scope.done().unwrap();
        let here = Selection::default();
        let entry = jo
            .session
            .apply(Action::SetStatus, done, here, here, 5)
            .unwrap();
        steps.push((jo, entry));
    }
    let before = store.change_seq().unwrap();
    let mut write = |revisions: [i64; 2]| {
        let commits: Vec<Commit<'_>> = steps
            .iter()
            .zip(revisions)
            .map(|((jo, entry), revision)| Commit {
                key: jo.key,
                annotator: "jo",
                expected: Revision(revision),
                entries: std::slice::from_ref(entry),
                annotation: jo.session.annotation(),
            })
            .collect();
        store.commit_all(&commits, 5)
    };
    // The second comes too late: the first is not written either.
    assert!(matches!(
        write([1, 0]),
        Err(StoreError::Conflict { expected, found }) if (expected.0, found.0) == (0, 1)
    ));
    let changes = write([1, 1]).unwrap();
    assert_eq!(changes, (before, ChangeSeq(before.0 + 2)));
    assert_eq!(store.counts().unwrap().of(Status::Done), 2);
    assert_eq!(scene.faults(), [""; 0]);
}

pub fn changes_by_others_are_seen(scene: &dyn Scene) {
    let mut here = scene.create(&schema());
    let first = add_one(&mut *here, article("1", STORM));
    let Some(mut there) = scene.open() else {
        return; // nobody else can be in it
    };
    let seen = here.change_seq().unwrap();
    let version = here.data_version().unwrap();
    assert_eq!(here.changes_since(seen).unwrap(), []);
    assert_eq!(here.data_version().unwrap(), version);

    let second = add_one(&mut *there, article("2", "body| Another one."));
    let mut jo = Annotator::at(&*there, "jo", first);
    jo.label_block(&mut *there, 0).unwrap();
    jo.set_status(&mut *there, Status::Done).unwrap();

    assert_ne!(here.data_version().unwrap(), version);
    let changes = here.changes_since(seen).unwrap();
    let told: Vec<(ArticleKey, &str)> = changes
        .iter()
        .map(|change| (change.key, change.annotator.as_str()))
        .collect();
    assert_eq!(told, [(second, ""), (first, "jo"), (first, "jo")]);
    assert!(changes.is_sorted_by_key(|change| change.seq));
    assert_eq!(changes.last().unwrap().seq, here.change_seq().unwrap());
    assert_eq!(here.changes_since(changes[1].seq).unwrap().len(), 1);
    assert_eq!(here.counts().unwrap().of(Status::Done), 1);

    // A second program works on: neither waits for the other for long, and nothing is lost.
    let name = "another program".to_owned();
    let other = std::thread::Builder::new().name(name).spawn(move || {
        for n in 0..50 {
            add_one(
                &mut *there,
                article(&format!("there{n}"), &format!("body| There {n}.")),
            );
        }
    });
    for n in 0..50 {
        add_one(
            &mut *here,
            article(&format!("here{n}"), &format!("body| Here {n}.")),
        );
    }
    other.unwrap().join().unwrap();
    assert_eq!(here.counts().unwrap().total(), 102);
    assert_eq!(scene.faults(), [""; 0]);
}

pub fn readers_do_not_write(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    let mut reader = store.reader().unwrap();
    let key = add_one(&mut *store, article("1", STORM));
    assert_eq!(reader.keys(&Filter::default()).unwrap(), [key]);
    assert_eq!(reader.schema().unwrap(), schema());
    assert!(matches!(
        reader.set_setting("a", Some("b")),
        Err(StoreError::ReadOnly { .. })
    ));
    assert!(matches!(
        reader.add_articles(&[article("2", "body| Two.")]),
        Err(StoreError::ReadOnly { .. })
    ));
}

pub fn schema_and_settings_are_kept(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    assert_eq!(store.schema().unwrap(), schema());
    assert_eq!(store.setting("annotator").unwrap(), None);
    store.set_setting("annotator", Some("jo")).unwrap();
    store.set_setting("annotator", Some("maria")).unwrap();
    store.set_setting("gone", Some("x")).unwrap();
    store.set_setting("gone", None).unwrap();
    let toml = codec::write_schema(&schema()).unwrap();
    let other = codec::read_schema(&toml.replace("news", "olds")).unwrap();
    store.set_schema(&other).unwrap();
    if let Some(reopened) = scene.open() {
        store = reopened;
    }
    assert_eq!(store.schema().unwrap().name(), "olds");
    assert_eq!(
        store.setting("annotator").unwrap().as_deref(),
        Some("maria")
    );
    assert_eq!(store.setting("gone").unwrap(), None);
}

pub fn what_is_not_there_is_said_so(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    let key = add_one(&mut *store, article("1", STORM));
    let article = store.article(key).unwrap();
    let nowhere = ArticleKey(77);
    let missing = |error: StoreError| match error {
        StoreError::NoSuchArticle(key) => assert_eq!(key, nowhere),
        other => panic!("{other:?}"),
    };
    missing(store.article(nowhere).unwrap_err());
    missing(store.annotations(&article, nowhere).unwrap_err());
    missing(store.history(&article, nowhere, "jo").unwrap_err());
    let mut jo = Annotator::at(&*store, "jo", key);
    jo.key = nowhere;
    missing(jo.label_block(&mut *store, 0).unwrap_err());
    assert_eq!(store.history(&article, key, "jo").unwrap(), []);

    let mut nobody = Annotator::at(&*store, "jo", key);
    nobody.name = " ";
    assert!(nobody.label_block(&mut *store, 0).is_err());
    let mut jo = Annotator::at(&*store, "jo", key);
    assert!(jo.commit(&mut *store, &[]).is_err(), "nothing was done");
}

pub fn time_and_outcomes_are_kept(scene: &dyn Scene) {
    let mut store = scene.create(&schema());
    let key = add_one(&mut *store, article("one", "body?0.9| Ada spoke."));
    let other = add_one(&mut *store, article("two", "body?0.9| It rained."));
    let spent = |key, at_ms, active_ms| TimeSpent {
        key,
        annotator: "maria".to_owned(),
        at_ms,
        active_ms,
    };
    let quarter = 900_000;
    store
        .add_time(&[spent(key, 5, 1_000), spent(other, 6, 100)])
        .unwrap();
    store
        .add_time(&[spent(key, 7, 500), spent(key, quarter, 20)])
        .unwrap();
    assert_eq!(store.time_on(key, "maria").unwrap(), 1_520);
    assert_eq!(store.time_on(key, "olga").unwrap(), 0);
    assert_eq!(
        store.time_by_slot().unwrap(),
        [
            ("maria".to_owned(), 0, 1_600),
            ("maria".to_owned(), quarter, 20)
        ]
    );
    assert!(
        store
            .add_time(&[spent(key, 5, 1), spent(ArticleKey(99), 5, 1)])
            .is_err(),
        "time on no article"
    );
    assert_eq!(
        store.time_on(key, "maria").unwrap(),
        1_520,
        "all or nothing"
    );

    // Nothing is done, so nothing is to be settled; then one is.
    assert_eq!(store.stale_outcomes(None, 10).unwrap(), []);
    let mut maria = Annotator::at(&*store, "maria", key);
    let done = |scope: Scope<'_>| scope.set_status(Status::Done).unwrap();
    maria.apply(&mut *store, Action::SetStatus, done).unwrap();
    let found = store.stale_outcomes(None, 10).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].key, found[0].revision), (key, maria.revision));
    assert_eq!(store.stale_outcomes(Some((key, "maria")), 10).unwrap(), []);

    let label = |kind, name: &str, spans| LabelOutcome {
        kind,
        label: Label::new(name).unwrap(),
        spans,
        chars: 10,
        by_chars: Hits::default(),
        by_spans: Hits {
            hits: 1,
            guessed: 2,
            gold: 3,
        },
        edits: 4,
        active_ms: 5,
    };
    let outcome = Outcome {
        key,
        annotator: "maria".to_owned(),
        revision: maria.revision,
        first_ms: 1,
        done_ms: 2,
        edits: 3,
        scores: Some(Scores {
            region_chars: Some(0.5),
            region_spans: None,
            entities: Some(1.0),
        }),
        fewest: FewestEdits {
            regions: [1, 2, 3, 4],
            entities: [5, 6, 7, 8],
        },
        active_ms: 0,
        labels: vec![
            label(LabelKind::Region, "body", 1),
            label(LabelKind::Entity, "PERSON", 0),
        ],
    };
    store
        .write_outcomes(std::slice::from_ref(&outcome))
        .unwrap();
    store
        .write_outcomes(std::slice::from_ref(&outcome))
        .unwrap(); // in place of what was there
    assert_eq!(store.stale_outcomes(None, 10).unwrap(), []);
    let outcomes = |store: &dyn Store| {
        let mut found = Vec::new();
        store.outcomes(&mut |outcome| found.push(outcome)).unwrap();
        found
    };
    let known = Outcome {
        active_ms: 1_520,
        labels: Vec::new(),
        ..outcome.clone()
    };
    assert_eq!(outcomes(&*store), [known]);
    let sums = store.label_sums().unwrap();
    assert_eq!(sums, outcome.labels);
    let body = Label::new("body").unwrap();
    let person = Label::new("PERSON").unwrap();
    assert_eq!(store.with_label(LabelKind::Region, &body).unwrap(), [key]);
    assert_eq!(store.with_label(LabelKind::Entity, &body).unwrap(), []);
    assert_eq!(
        store.with_label(LabelKind::Entity, &person).unwrap(),
        [],
        "it was only guessed"
    );

    // A guess that was none counts for the labels, and not against the models.
    let unscored = Outcome {
        scores: None,
        ..outcome
    };
    store.write_outcomes(&[unscored]).unwrap();
    let sums = store.label_sums().unwrap();
    assert_eq!((sums[0].spans, sums[0].by_spans.gold), (1, 0));

    // What is changed after it was settled is to be settled again, and counts for nothing until
    // then.
    let started = |scope: Scope<'_>| scope.set_status(Status::Started).unwrap();
    maria
        .apply(&mut *store, Action::SetStatus, started)
        .unwrap();
    assert_eq!(
        store.stale_outcomes(None, 10).unwrap(),
        [],
        "it is not done"
    );
    assert_eq!(outcomes(&*store), []);
    maria.apply(&mut *store, Action::SetStatus, done).unwrap();
    assert_eq!(store.stale_outcomes(None, 10).unwrap().len(), 1);
    assert_eq!(outcomes(&*store), []);
    assert_eq!(store.label_sums().unwrap(), []);
    assert_eq!(scene.faults(), Vec::<String>::new());
}
