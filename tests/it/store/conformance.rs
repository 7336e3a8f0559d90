//! A store against a reference: random calls go to both, and after each of them both say the same.
//!
//! The [`Reference`] is a dataset in memory that is as simple as the contract of `Store` allows. A new
//! kind of store passes this suite when it has a [`Scene`](super::Scene) and a line with [`all`].

use std::collections::BTreeMap;

use copydesk::edit::{Action, Edit, Entry, EntryKind, Selection, Transaction};
use copydesk::model::{Annotation, Article, Owner, Remark, Rng, StartedFrom, Status};
use copydesk::store::outcome::TimeSpent;
use copydesk::store::{
    Added, ArticleKey, ChangeSeq, Commit, Filter, NewArticle, Revision, Store, StoreError,
};

use super::Scene;
use super::story::{article, schema};

macro_rules! all {
    ($kind:ident, $scene:expr) => {
        mod $kind {
            #[test]
            fn a_store_says_what_the_reference_says() {
                for seed in 1..=6 {
                    crate::store::conformance::compare(&$scene, seed, 120);
                }
            }
        }
    };
}
pub(super) use all;

/// An annotator's work as the reference has it.
#[derive(Clone, Default)]
struct Work {
    revision: i64,
    annotation: Annotation,
    entries: Vec<Entry>,
    active_ms: i64,
}

/// A dataset in memory.
#[derive(Default)]
struct Reference {
    /// The first has the key 1.
    articles: Vec<NewArticle>,
    works: BTreeMap<(i64, String), Work>,
    /// The stream of changes: the first has the number 1.
    changes: Vec<(i64, String)>,
    /// Whose annotation of an article is the newest, by article.
    newest: BTreeMap<i64, Status>,
    settings: BTreeMap<String, String>,
}

const NAMES: [&str; 3] = ["ada", "ben", "Ümit Ö"];

impl Reference {
    fn add(&mut self, new: &NewArticle) -> Added {
        let same_id = |one: &NewArticle| one.article.id == new.article.id;
        let same_content = |one: &NewArticle| one.content_hash == new.content_hash;
        let key_of = |at: usize| ArticleKey(at as i64 + 1);
        if let Some(at) = self.articles.iter().position(same_id) {
            return match same_content(&self.articles[at]) {
                true => Added::Known(key_of(at)),
                false => Added::IdTaken(key_of(at)),
            };
        }
        if let Some(at) = self.articles.iter().position(same_content) {
            return Added::Known(key_of(at));
        }
        self.articles.push(new.clone());
        let key = self.articles.len() as i64;
        self.changes.push((key, String::new()));
        self.newest.insert(key, Status::Todo);
        Added::New(ArticleKey(key))
    }

    fn work(&self, key: i64, name: &str) -> Work {
        self.works
            .get(&(key, name.to_owned()))
            .cloned()
            .unwrap_or_default()
    }

    fn apply(&mut self, step: &Step) {
        let work = self
            .works
            .entry((step.key.0, step.name.to_owned()))
            .or_default();
        work.revision += 1;
        work.annotation = step.annotation.clone();
        work.entries.push(step.entry.clone());
        self.changes.push((step.key.0, step.name.to_owned()));
        self.newest.insert(step.key.0, step.annotation.status());
    }
}

/// An edit by an annotator.
struct Step {
    key: ArticleKey,
    name: &'static str,
    expected: Revision,
    entry: Entry,
    annotation: Annotation,
}

impl Step {
    /// A remark and perhaps another status, on what the reference has.
    fn draw(reference: &Reference, key: i64, random: &mut Rng) -> Self {
        let name = NAMES[random.below(NAMES.len())];
        let work = reference.work(key, name);
        let mut annotation = work.annotation;
        let words = format!("remark {} 🦀", random.below(1_000));
        let mut edits = vec![Edit::AddRemark {
            index: annotation.remarks().len(),
            remark: Remark::new(None, &words),
        }];
        let to = Status::ALL[random.below(Status::ALL.len())];
        if to != annotation.status() {
            edits.push(Edit::SetStatus {
                from: annotation.status(),
                to,
            });
        }
        let transaction = Transaction { edits };
        let text = &reference.articles[key as usize - 1].article.text;
        transaction.apply(text, &mut annotation).unwrap();
        let is_first = work.revision == 0;
        Self {
            key: ArticleKey(key),
            name,
            expected: Revision(work.revision),
            entry: Entry {
                kind: EntryKind::Edit,
                action: Action::Remark,
                transaction,
                before: Selection::default(),
                after: Selection::default(),
                at_ms: random.below(1_000_000) as i64,
                started_from: if is_first {
                    StartedFrom::Nothing
                } else {
                    StartedFrom::Unknown
                },
            },
            annotation,
        }
    }

    fn commit(&self) -> Commit<'_> {
        Commit {
            key: self.key,
            annotator: self.name,
            expected: self.expected,
            entries: std::slice::from_ref(&self.entry),
            annotation: &self.annotation,
        }
    }
}

/// Makes random calls on a store and on the reference.
pub fn compare(scene: &dyn Scene, seed: u64, calls: usize) {
    let mut random = Rng::new(seed);
    let mut store = scene.create(&schema());
    let mut reference = Reference::default();
    for _ in 0..calls {
        call(&mut *store, &mut reference, &mut random);
        if random.percent(5)
            && let Some(again) = scene.open()
        {
            store = again;
        }
        assert_same(&*store, &reference, &mut random);
    }
    let reader = store.reader().unwrap();
    assert_same(&*reader, &reference, &mut random);
    assert_eq!(scene.faults(), [""; 0]);
}

fn call(store: &mut dyn Store, reference: &mut Reference, random: &mut Rng) {
    let articles = reference.articles.len();
    let some_key = |random: &mut Rng| random.below(articles.max(1)) as i64 + 1;
    match random.below(if articles == 0 { 1 } else { 7 }) {
        0 => {
            // Ids and texts come again, also crosswise.
            let new: Vec<NewArticle> = (0..=random.below(3))
                .map(|_| {
                    let (id, text) = (random.below(12), random.below(12));
                    article(&format!("a{id}"), &format!("body| Text number {text}."))
                })
                .collect();
            let expected: Vec<Added> = new.iter().map(|one| reference.add(one)).collect();
            assert_eq!(store.add_articles(&new).unwrap(), expected);
        }
        1 | 2 => {
            let step = Step::draw(reference, some_key(random), random);
            let revision = store.commit(&step.commit(), 7).unwrap();
            reference.apply(&step);
            assert_eq!(revision.0, step.expected.0 + 1);
        }
        3 => {
            // A commit on another revision, and one on no article, change nothing.
            let mut step = Step::draw(reference, some_key(random), random);
            let found = step.expected;
            step.expected.0 += 1 + random.below(3) as i64;
            match store.commit(&step.commit(), 7) {
                Err(StoreError::Conflict { expected, found: f }) => {
                    assert_eq!((expected, f), (step.expected, found));
                }
                other => panic!("{other:?}"),
            }
            step.key = ArticleKey(articles as i64 + 50);
            step.expected = Revision(0);
            match store.commit(&step.commit(), 7) {
                Err(StoreError::NoSuchArticle(key)) => assert_eq!(key, step.key),
                other => panic!("{other:?}"),
            }
        }
        4 => {
            // Several at once: all, or none if one of them is late.
            let mut steps: Vec<Step> = Vec::new();
            for key in 1..=articles.min(3) as i64 {
                steps.push(Step::draw(reference, key, random));
            }
            let is_late = random.percent(50);
            if is_late && let Some(last) = steps.last_mut() {
                last.expected.0 += 1;
            }
            let commits: Vec<Commit<'_>> = steps.iter().map(Step::commit).collect();
            let before = reference.changes.len() as i64;
            let done = store.commit_all(&commits, 7);
            if is_late {
                assert!(matches!(done, Err(StoreError::Conflict { .. })), "{done:?}");
            } else {
                steps.iter().for_each(|step| reference.apply(step));
                let after = reference.changes.len() as i64;
                assert_eq!(done.unwrap(), (ChangeSeq(before), ChangeSeq(after)));
            }
        }
        5 => {
            let name = format!("setting {}", random.below(3));
            let value = random.percent(70).then(|| random.below(100).to_string());
            store.set_setting(&name, value.as_deref()).unwrap();
            match value {
                Some(value) => reference.settings.insert(name, value),
                None => reference.settings.remove(&name),
            };
        }
        _ => add_time(store, reference, some_key(random), random),
    }
}

/// Adds time on articles with work, all of it or nothing.
fn add_time(store: &mut dyn Store, reference: &mut Reference, key: i64, random: &mut Rng) {
    let name = NAMES[random.below(NAMES.len())];
    let mut spent = vec![TimeSpent {
        key: ArticleKey(key),
        annotator: name.to_owned(),
        at_ms: random.below(10_000_000) as i64,
        active_ms: random.below(5_000) as i64 + 1,
    }];
    if random.percent(25) {
        let nowhere = TimeSpent {
            key: ArticleKey(reference.articles.len() as i64 + 50),
            ..spent[0].clone()
        };
        spent.push(nowhere);
        assert!(store.add_time(&spent).is_err());
        return;
    }
    store.add_time(&spent).unwrap();
    let work = reference.works.entry((key, name.to_owned())).or_default();
    work.active_ms += spent[0].active_ms;
}

fn assert_same(store: &dyn Store, reference: &Reference, random: &mut Rng) {
    let all: Vec<ArticleKey> = (1..=reference.articles.len() as i64)
        .map(ArticleKey)
        .collect();
    assert_eq!(store.keys(&Filter::default()).unwrap(), all);
    let mut paged = Vec::new();
    while let page = store
        .page(&Filter::default(), paged.last().copied(), 3)
        .unwrap()
        && !page.is_empty()
    {
        paged.extend(page.iter().map(|row| row.key));
    }
    assert_eq!(paged, all, "pages are a cursor over all keys");
    let counts = store.counts().unwrap();
    assert_eq!(counts.total(), all.len() as u64);
    for status in Status::ALL {
        let with = reference.newest.values().filter(|one| **one == status);
        assert_eq!(counts.of(status), with.count() as u64, "{status:?}");
    }
    assert_same_changes(store, reference, random);
    for at in 0..3 {
        let name = format!("setting {at}");
        let expected = reference.settings.get(&name).cloned();
        assert_eq!(store.setting(&name).unwrap(), expected);
    }
    if !all.is_empty() {
        let key = random.below(all.len()) as i64 + 1;
        assert_same_article(store, reference, key);
    }
}

fn assert_same_changes(store: &dyn Store, reference: &Reference, random: &mut Rng) {
    let newest = reference.changes.len();
    assert_eq!(store.change_seq().unwrap(), ChangeSeq(newest as i64));
    let since = random.below(newest + 1);
    let changes = store.changes_since(ChangeSeq(since as i64)).unwrap();
    let found: Vec<(i64, i64, String)> = changes
        .into_iter()
        .map(|one| (one.seq.0, one.key.0, one.annotator))
        .collect();
    let expected: Vec<(i64, i64, String)> = (1..)
        .zip(&reference.changes)
        .skip(since)
        .map(|(seq, (key, name))| (seq, *key, name.clone()))
        .collect();
    assert_eq!(found, expected, "in the order of commits and without gaps");
}

fn assert_same_article(store: &dyn Store, reference: &Reference, key: i64) {
    let expected = &reference.articles[key as usize - 1];
    let (key, number) = (ArticleKey(key), key);
    let found: Article = store.article(key).unwrap();
    assert_eq!(found, expected.article);
    let id = expected.article.id.as_str();
    assert_eq!(store.find(id).unwrap(), Some(key));
    let row = store.rows(&[key]).unwrap().remove(0);
    assert_eq!(
        (row.id.as_str(), row.status),
        (id, reference.newest[&number])
    );
    let stored = store.annotations(&found, key).unwrap();
    assert!(stored[0].owner.is_nobody());
    assert_eq!(stored[0].annotation, expected.suggestions);
    let with_work = |name: &&str| reference.work(number, name).revision > 0;
    let mut names: Vec<&str> = NAMES.into_iter().filter(with_work).collect();
    names.sort_unstable();
    let owners: Vec<&str> = stored[1..].iter().map(|one| one.owner.as_str()).collect();
    assert_eq!(owners, names);
    let mut entries = 0;
    for name in NAMES {
        let work = reference.work(number, name);
        assert_eq!(store.history(&found, key, name).unwrap(), work.entries);
        assert_eq!(store.time_on(key, name).unwrap(), work.active_ms);
        entries += work.entries.len();
        let own = stored.iter().find(|one| one.owner == Owner::named(name));
        let own = own.map(|own| (own.revision.0, own.annotation.clone()));
        let expected = (work.revision > 0).then_some((work.revision, work.annotation));
        assert_eq!(own, expected);
    }
    let timeline = store.timeline(&found, key).unwrap();
    assert_eq!(timeline.len(), entries);
    assert!(timeline.is_sorted_by_key(|past| past.seq));
}
