//! Learning on the session: what is done teaches, what is taken back is forgotten, what a person
//! did stays.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use copydesk::store::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use copydesk::dataset::config::built_in_schemas;
use copydesk::dataset::session::{
    LearnerRequest, Loaded, Reply, Save, SessionHandle, SessionSetup, WriterRequest,
};
use copydesk::dataset::{CancelFlag, Dataset, ImportOptions, Input, Silent, import};
use copydesk::edit::{Action, Scope, Selection, Transaction};
use copydesk::extract::extract_html;
use copydesk::model::{Article, ArticleId, Label, Schema, StartedFrom};
use copydesk::store::{ArticleKey, Filter, ModelKind, NewArticle, Revision, SqliteStore};

const PATIENCE: Duration = Duration::from_secs(20);

fn now_ms() -> i64 {
    static NOW: AtomicI64 = AtomicI64::new(1_700_000_000_000);
    NOW.fetch_add(1000, Ordering::Relaxed)
}

fn schema() -> Schema {
    built_in_schemas::news().unwrap()
}

/// A page of a site whose readers write in boxes that no name gives away, so that the shipped model
/// takes them for story.
fn page(number: usize) -> String {
    let letters = [
        "I have lived by the harbour for thirty years and nobody has ever asked us what we think of the ferry.",
        "The council will of course do nothing at all, as it did nothing when the bridge was closed last spring.",
        "My sister takes that ferry to work every morning, and now she has to drive around the whole bay for it.",
    ];
    let mut html = format!(
        "<html><head><title>Storm {number} closes the ferry</title></head><body><div class=top><a href=/>Home</a> <a href=/s>Sport</a></div>\
         <h1>Storm {number} closes the ferry</h1>"
    );
    for paragraph in 0..4 {
        html += &format!(
            "<p>The harbour master said on day {number} that the port would stay closed until the wind had dropped, the {paragraph}th \
             such warning this year, and that no ship would leave before noon.</p>"
        );
    }
    for (at, letter) in letters.iter().enumerate() {
        html += &format!(
            "<section class=kx7><div class=q2>{letter} That is letter {at} of day {number}.</div></section>"
        );
    }
    html + "<div class=end>Copyright The Harbour Times</div></body></html>"
}

fn dataset(folder: &tempfile::TempDir, pages: usize) -> PathBuf {
    let path = folder.path().join("learning.copydesk");
    let mut store = SqliteStore::create(&path, &schema()).unwrap();
    let new: Vec<NewArticle> = (0..pages)
        .map(|number| {
            let extraction = extract_html(&page(number), &schema());
            let mut meta = extraction.meta;
            meta.url = format!("https://harbour.example/{number}");
            NewArticle {
                content_hash: format!("{number:064}"),
                kept: extraction.kept,
                suggestions: copydesk::model::Annotation::from_parts(
                    &extraction.text,
                    extraction.regions,
                    Vec::new(),
                    copydesk::model::Status::Todo,
                    Vec::new(),
                )
                .unwrap(),
                article: Article {
                    id: ArticleId::new(&format!("storm-{number}")).unwrap(),
                    text: extraction.text,
                    blocks: extraction.blocks,
                    meta,
                },
                imported: None,
            }
        })
        .collect();
    store.add_articles(&new).unwrap();
    path
}

fn start(path: &Path, learn: bool) -> SessionHandle {
    SessionHandle::start(SessionSetup {
        store: Box::new(SqliteStore::open(path).unwrap()),
        annotator: "maria".to_owned(),
        now_ms,
        exporter: None,
        learn,
        tag: false,
        wake: Arc::new(|| {}),
    })
    .unwrap()
}

fn await_reply<T>(session: &SessionHandle, mut wanted: impl FnMut(Reply) -> Option<T>) -> T {
    loop {
        let reply = session.wait(PATIENCE).expect("the session answers");
        if let Some(found) = wanted(reply) {
            return found;
        }
    }
}

fn load(session: &SessionHandle, key: i64) -> Loaded {
    session.send(WriterRequest::Load(ArticleKey(key)));
    await_reply(session, |reply| match reply {
        Reply::Loaded(loaded) if loaded.key == ArticleKey(key) => Some(*loaded),
        _ => None,
    })
}

/// Waits until so many articles were learnt from.
fn await_learnt(session: &SessionHandle, count: usize) {
    await_reply(session, |reply| match reply {
        Reply::ModelsTrained(articles) if articles == count => Some(()),
        _ => None,
    });
}

/// An annotator with an article open.
struct AtWork<'a> {
    session: &'a SessionHandle,
    loaded: Loaded,
    sent: usize,
}

impl<'a> AtWork<'a> {
    fn on(session: &'a SessionHandle, key: i64) -> Self {
        let loaded = load(session, key);
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

    fn apply(&mut self, action: Action, plan: impl FnOnce(&Scope<'_>) -> Transaction) {
        let schema = schema();
        let scope = Scope {
            article: self.loaded.session.article(),
            annotation: self.loaded.session.annotation(),
            schema: &schema,
        };
        let transaction = plan(&scope);
        let here = Selection::default();
        self.loaded
            .session
            .apply(action, transaction, here, here, now_ms())
            .unwrap();
        self.save();
    }

    fn save(&mut self) {
        let entries = self.loaded.session.history().entries();
        let new = entries[self.sent..].to_vec();
        self.sent = entries.len();
        let expected = self.loaded.revision;
        self.loaded.revision = Revision(expected.0 + 1);
        self.session.send(WriterRequest::Save(Save {
            key: self.loaded.key,
            expected,
            entries: new,
            annotation: Arc::new(self.loaded.session.annotation().clone()),
        }));
    }

    /// Labels the letters as the comments that they are, where they have another label.
    fn correct(&mut self) {
        let letters: Vec<_> = self
            .loaded
            .session
            .article()
            .blocks
            .iter()
            .filter(|block| self.text(block.span).contains("That is letter"))
            .map(|block| block.span)
            .collect();
        assert_eq!(letters.len(), 3);
        for span in letters {
            self.apply(Action::LabelRegion, |scope| {
                scope
                    .label_span(span, &Label::new("comment").unwrap())
                    .unwrap_or_default()
            });
        }
    }

    fn done(&mut self) {
        self.apply(Action::SetStatus, |scope| scope.done().unwrap());
    }

    fn undo(&mut self) {
        let undone = self.loaded.session.undo(Selection::default(), now_ms());
        undone.unwrap().unwrap();
        self.save();
    }

    fn text(&self, span: copydesk::model::Span) -> &str {
        self.loaded.session.article().text.slice(span)
    }
}

/// How many of the three letters the suggestions of an article take for comments.
fn letters_known(loaded: &Loaded) -> usize {
    assert!(
        matches!(loaded.begun_from, Some(StartedFrom::Suggestions { .. })),
        "nobody has touched it"
    );
    let article = loaded.session.article();
    let is_known = |block: &&copydesk::model::Block| {
        article.text.slice(block.span).contains("That is letter")
            && loaded
                .session
                .annotation()
                .region_at(block.span.start())
                .is_some_and(|region| region.label.as_str() == "comment")
    };
    article.blocks.iter().filter(is_known).count()
}

/// Corrects pages until the next one is right; how many it took.
fn teach(session: &SessionHandle) -> i64 {
    for key in 1..=6 {
        let mut work = AtWork::on(session, key);
        work.correct();
        work.done();
        await_learnt(session, key as usize);
        if letters_known(&load(session, key + 1)) == 3 {
            return key;
        }
    }
    panic!("six pages taught nothing");
}

#[test]
fn what_was_corrected_on_pages_of_a_site_is_right_on_the_next_as_soon_as_it_opens() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder, 9);
    let session = start(&path, true);
    assert_eq!(
        letters_known(&load(&session, 2)),
        0,
        "the shipped model does not know"
    );
    let took = teach(&session);
    assert!(took <= 4, "{took} pages had to be corrected");
    // It is in the store, too, for lists and other programs.
    let next = load(&session, took + 1);
    let store = SqliteStore::open(&path).unwrap();
    let until = Instant::now() + PATIENCE;
    loop {
        let article = store.article(next.key).unwrap();
        let stored = store.annotations(&article, next.key).unwrap();
        if stored[0].annotation == *next.session.annotation() {
            break;
        }
        assert!(Instant::now() < until, "the suggestions were not kept");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(store.faults().unwrap(), Vec::<String>::new());
}

#[test]
fn articles_that_come_next_get_their_suggestions_before_they_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder, 9);
    let session = start(&path, true);
    let took = teach(&session);
    session.send(LearnerRequest::Ahead(vec![ArticleKey(1), ArticleKey(9)]));
    let keys = await_reply(&session, |reply| match reply {
        Reply::Suggested(keys) if keys.contains(&ArticleKey(9)) => Some(keys),
        _ => None,
    });
    assert!(!keys.contains(&ArticleKey(1)), "that is a person's by now");
    drop(session);
    // Where nothing is learnt any more, they are still there.
    let session = start(&path, false);
    assert_eq!(letters_known(&load(&session, 9)), 3, "after {took}");
}

#[test]
fn what_was_learnt_outlives_the_window_and_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder, 9);
    let session = start(&path, true);
    let took = teach(&session) as usize;
    let store = SqliteStore::open(&path).unwrap();
    let until = Instant::now() + PATIENCE;
    let kept = loop {
        match store.load_model(ModelKind::Regions).unwrap() {
            Some(learnt) if learnt.trained_on.len() == took => break learnt,
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
        assert!(Instant::now() < until, "what was learnt was not kept");
    };
    drop(session);
    let session = start(&path, true);
    await_learnt(&session, took);
    assert_eq!(letters_known(&load(&session, 9)), 3);
    drop(session);
    // Killed before it was written: there is none, or one of before. It is learnt again, and is the
    // same.
    let mut store = SqliteStore::open(&path).unwrap();
    store.forget_models().unwrap();
    drop(store);
    let session = start(&path, true);
    await_learnt(&session, took);
    assert_eq!(letters_known(&load(&session, 8)), 3);
    let store = SqliteStore::open(&path).unwrap();
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(again) = store.load_model(ModelKind::Regions).unwrap() {
            assert_eq!(again, kept, "the same articles give the same model");
            break;
        }
        assert!(Instant::now() < until, "what was learnt was not kept");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn taking_done_back_takes_back_what_was_learnt_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder, 9);
    let session = start(&path, true);
    let first = load(&session, 9);
    let mut done = Vec::new();
    for key in 1..=4 {
        let mut work = AtWork::on(&session, key);
        work.correct();
        work.done();
        done.push(work);
    }
    await_learnt(&session, 4);
    assert_eq!(letters_known(&load(&session, 9)), 3);
    for mut work in done.into_iter().rev() {
        work.undo();
    }
    await_learnt(&session, 0);
    let last = load(&session, 9);
    assert_eq!(
        last.session.annotation(),
        first.session.annotation(),
        "as if nothing had been done"
    );
}

#[test]
fn what_was_learnt_is_forgotten_for_good_and_learning_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder, 9);
    let session = start(&path, true);
    let took = teach(&session);
    assert_eq!(letters_known(&load(&session, 9)), 3);
    session.send(LearnerRequest::ResetModels);
    await_learnt(&session, 0);
    assert_eq!(letters_known(&load(&session, 9)), 0);
    drop(session);
    let session = start(&path, true);
    assert_eq!(
        letters_known(&load(&session, 8)),
        0,
        "nor after the next start"
    );
    // An article that is done from now on teaches again.
    let mut work = AtWork::on(&session, took + 1);
    work.correct();
    work.done();
    await_learnt(&session, 1);
    let store = SqliteStore::open(&path).unwrap();
    let done = store.keys(&Filter {
        status: Some(copydesk::model::Status::Done),
        ..Filter::default()
    });
    assert_eq!(
        done.unwrap().len() as i64,
        took + 1,
        "the work itself stays"
    );
}

#[test]
fn who_switches_learning_off_gets_the_suggestions_that_came_with_the_articles() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder, 9);
    let session = start(&path, false);
    for key in 1..=4 {
        let mut work = AtWork::on(&session, key);
        work.correct();
        work.done();
    }
    assert_eq!(letters_known(&load(&session, 9)), 0);
    // Switched on, it learns from what was done meanwhile.
    session.send(LearnerRequest::SetLearning(true));
    await_learnt(&session, 4);
    assert_eq!(letters_known(&load(&session, 9)), 3);
}

#[test]
fn what_a_person_did_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder, 3);
    let mut store = SqliteStore::open(&path).unwrap();
    let session = start(&path, true);
    let guess = load(&session, 1).session.annotation().clone();
    let mut work = AtWork::on(&session, 1);
    work.correct();
    await_reply(&session, |reply| match reply {
        Reply::Saved { revision, .. } if revision == work.loaded.revision => Some(()),
        _ => None,
    });
    let new = |key, expected| copydesk::store::Suggestions {
        key: ArticleKey(key),
        expected: Revision(expected),
        annotation: copydesk::model::Annotation::default(),
    };
    // A person is at work on the first; the second has other suggestions by now; there is no ninth.
    assert_eq!(store.suggest(&[new(2, 0)]).unwrap(), [ArticleKey(2)]);
    assert_eq!(
        store.suggest(&[new(1, 0), new(2, 0), new(9, 0)]).unwrap(),
        []
    );
    assert_eq!(store.suggest(&[new(2, 1)]).unwrap(), [ArticleKey(2)]);
    let article = store.article(ArticleKey(1)).unwrap();
    let stored = store.annotations(&article, ArticleKey(1)).unwrap();
    assert_eq!(
        stored[0].annotation, guess,
        "nor what the person began with"
    );
    assert_eq!(stored[1].annotation, *work.loaded.session.annotation());
    assert_eq!(store.faults().unwrap(), Vec::<String>::new());
}

#[test]
fn nobody_waits_while_much_is_learnt() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder, 42);
    let session = start(&path, false);
    for key in 1..=40 {
        AtWork::on(&session, key).done();
    }
    session.send(LearnerRequest::SetLearning(true));
    let begin = Instant::now();
    let mut work = AtWork::on(&session, 41);
    work.correct();
    let wanted = work.loaded.revision;
    // Opened and saved, before it has learnt from all forty.
    await_reply(&session, |reply| match reply {
        Reply::Saved { revision, .. } => (revision == wanted).then_some(()),
        Reply::ModelsTrained(40) => panic!("learning came first"),
        _ => None,
    });
    let waited = begin.elapsed();
    await_learnt(&session, 40);
    assert!(
        begin.elapsed() > waited * 2,
        "{waited:?} of {:?}",
        begin.elapsed()
    );
}

/// How long it takes to learn from an article, to open one right after it, and to save each change
/// meanwhile. `cargo test --release --test it how_long_learning -- --ignored --nocapture`
#[test]
#[ignore = "measures; takes a while"]
fn how_long_learning_and_opening_take_on_real_pages() {
    let pages =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/regions/html/scrapinghub");
    if !pages.exists() {
        println!("skipped: no pages in {}", pages.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pages.copydesk");
    let mut dataset = Dataset::create(&path, &schema()).unwrap();
    let inputs = [Input::new(pages.as_os_str())];
    let options = ImportOptions::default();
    let (mut silent, never) = (Silent, CancelFlag::default());
    import(dataset.store_mut(), &inputs, &options, &mut silent, &never).unwrap();
    let keys = dataset.store().keys(&Filter::default()).unwrap();
    drop(dataset);
    let session = start(&path, true);
    let (mut trainings, mut openings, mut saves) = (Vec::new(), Vec::new(), Vec::new());
    for (at, key) in keys.iter().enumerate() {
        let mut work = AtWork::on(&session, key.0);
        let mut next = keys.get(at + 1).map(|next| AtWork::on(&session, next.0));
        work.done();
        let sent = Instant::now();
        match (at % 3, &mut next) {
            (0, _) => {
                await_learnt(&session, at + 1);
                trainings.push(sent.elapsed());
            }
            (1, Some(next)) => {
                let _next = load(&session, next.loaded.key.0);
                openings.push(sent.elapsed());
            }
            (_, Some(next)) => {
                // Ten keys, one after the other, as fast as they are saved, while the model trains.
                let block = next.loaded.session.article().blocks[0].span;
                for nth in 0..10 {
                    let label = Label::new(["body", "comment"][nth % 2]).unwrap();
                    let pressed = Instant::now();
                    next.apply(Action::LabelRegion, |scope| {
                        scope.label_span(block, &label).unwrap()
                    });
                    let key = next.loaded.key;
                    await_reply(&session, |reply| match reply {
                        Reply::Saved { key: saved, .. } if saved == key => Some(()),
                        _ => None,
                    });
                    saves.push(pressed.elapsed());
                }
            }
            _ => {}
        }
    }
    for (what, times) in [
        ("from done to learnt", &mut trainings),
        ("from done to the next article", &mut openings),
        ("from a key to the disk while that goes on", &mut saves),
    ] {
        times.sort_unstable();
        let at = |part: usize| times[(times.len() - 1) * part / 100];
        println!(
            "{what}: median {:?}, 9 in 10 {:?}, most {:?}",
            at(50),
            at(90),
            at(100)
        );
    }
}

#[test]
fn some_articles_are_shown_without_suggestions_and_measure_them_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = dataset(&folder, 20);
    let mut store = SqliteStore::open(&path).unwrap();
    let schema = schema().with_blind_share(0.5);
    store.set_schema(&schema).unwrap();
    drop(store);
    let session = start(&path, true);
    let blind: Vec<i64> = (1..=20)
        .filter(|key| load(&session, *key).is_blind)
        .collect();
    assert!((4..=16).contains(&blind.len()), "about half: {blind:?}");
    let mut work = AtWork::on(&session, blind[0]);
    assert_eq!(
        *work.loaded.session.annotation(),
        copydesk::model::Annotation::default()
    );
    let whole = work.loaded.session.article().text.clone();
    let all = whole
        .span(copydesk::model::BytePos(0), whole.end())
        .unwrap();
    work.apply(Action::LabelRegion, |scope| {
        scope.label_span(all, &Label::new("body").unwrap()).unwrap()
    });
    work.done();
    await_reply(&session, |reply| {
        matches!(reply, Reply::OutcomesChanged).then_some(())
    });
    let store = SqliteStore::open(&path).unwrap();
    let mut scores = Vec::new();
    store
        .outcomes(&mut |outcome| scores.push(outcome.scores))
        .unwrap();
    let score = scores[0].unwrap().region_chars.unwrap();
    assert!(
        score > 0.0 && score < 1.0,
        "the guess that nobody saw had {score}"
    );
    // How right the guesses were, by site.
    let sites = store.site_scores().unwrap();
    assert_eq!(sites.len(), 1);
    assert_eq!(
        (sites[0].site.as_str(), sites[0].articles),
        ("harbour.example", 1)
    );
    assert!(sites[0].by_chars.hits > 0 && sites[0].by_chars.hits < sites[0].by_chars.gold);
}
