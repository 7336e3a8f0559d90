//! One dataset, one file: what is beside a dataset's name, what becomes of the file while it is
//! open, and what closing leaves.

use copydesk::store::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

use copydesk::store::{ArticleKey, Filter, NewArticle, Revision, SqliteStore, Store, StoreError};

use super::files::commit_start;
use super::story::{article, schema};

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("news.copydesk");
    (folder, path)
}

fn articles(ids: &[&str]) -> Vec<NewArticle> {
    ids.iter()
        .map(|id| article(id, &format!("body?.9| Article {id} by {{PERSON?.8 Ada}}.")))
        .collect()
}

fn made(path: &Path, ids: &[&str]) -> SqliteStore {
    let mut store = SqliteStore::create(path, &schema()).unwrap();
    store.add_articles(&articles(ids)).unwrap();
    store
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn edit(store: &mut dyn Store, key: i64) -> Result<Revision, StoreError> {
    commit_start(store, &articles(&["x"])[0], ArticleKey(key), "jo")
}

/// A dataset as a crash leaves it: with edits that are in its log alone.
fn crashed(path: &Path, ids: &[&str]) {
    let store = made(path, ids);
    let (file, log) = (
        fs::read(path).unwrap(),
        fs::read(beside(path, "-wal")).unwrap(),
    );
    assert!(!log.is_empty());
    drop(store);
    fs::write(path, file).unwrap();
    fs::write(beside(path, "-wal"), log).unwrap();
}

#[test]
fn closed_in_whatever_order_a_dataset_is_one_file() {
    // Of a window, who closes last may be a reader; of two windows, either.
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
        let (folder, path) = folder();
        drop(made(&path, &["a", "b", "c"]));
        let mut handles: Vec<Option<Box<dyn Store>>> = Vec::new();
        for _ in 0..2 {
            let mut store = SqliteStore::open(&path).unwrap();
            let key = if handles.is_empty() { 1 } else { 2 };
            edit(&mut store, key).unwrap();
            let reader = store.reader().unwrap();
            reader.counts().unwrap();
            handles.push(Some(Box::new(store)));
            handles.push(Some(reader));
        }
        for at in order {
            handles[at] = None;
        }
        let log = fs::metadata(beside(&path, "-wal")).map_or(0, |log| log.len());
        assert_eq!(log, 0, "{order:?}: the log still holds edits");
        // The file alone is the whole dataset.
        let alone = folder.path().join("mailed.copydesk");
        fs::copy(&path, &alone).unwrap();
        let store = SqliteStore::open(&alone).unwrap();
        for key in [1, 2] {
            let article = store.article(ArticleKey(key)).unwrap();
            let history = store.history(&article, ArticleKey(key), "jo").unwrap();
            assert_eq!(history.len(), 1, "{order:?}");
        }
        drop(store);
        drop(SqliteStore::open(&path).unwrap());
        assert_eq!(names(folder.path()), ["mailed.copydesk", "news.copydesk"]);
    }
}

#[test]
fn what_an_earlier_dataset_left_is_not_taken_for_that_of_a_new_one() {
    let (folder, path) = folder();
    crashed(&path, &["old-1", "old-2", "old-3"]);
    fs::remove_file(&path).unwrap();
    let refused = SqliteStore::create(&path, &schema()).unwrap_err();
    assert!(
        matches!(refused, StoreError::LeftBehind { .. }),
        "{refused}"
    );
    assert!(
        refused.to_string().contains("news.copydesk-wal"),
        "{refused}"
    );
    assert!(!path.exists() && beside(&path, "-wal").exists());

    fs::write(beside(&path, "-journal"), "old").unwrap();
    let removed = SqliteStore::remove_left(&path).unwrap();
    assert_eq!(removed.len(), 2);
    let store = made(&path, &["new"]);
    assert_eq!(store.counts().unwrap().total(), 1);
    assert_eq!(store.faults().unwrap(), [""; 0]);
    // Beside a dataset that is there, nothing is removed.
    assert_eq!(
        SqliteStore::remove_left(&path).unwrap(),
        [""; 0].map(PathBuf::from)
    );
    drop(store);
    assert_eq!(names(folder.path()), ["news.copydesk"]);
}

#[test]
fn a_log_of_another_file_is_refused_and_stays_as_it_is() {
    let (folder, path) = folder();
    let other = folder.path().join("other.copydesk");
    let is_refused = |told: &str| {
        let before = (
            fs::read(&path).unwrap(),
            fs::read(beside(&path, "-wal")).unwrap(),
        );
        for _ in 0..2 {
            match SqliteStore::open(&path) {
                Err(StoreError::StrangeLog { reason, .. }) => {
                    assert!(reason.contains(told), "{reason}");
                }
                other => panic!("{told}: {other:?}"),
            }
        }
        let after = (
            fs::read(&path).unwrap(),
            fs::read(beside(&path, "-wal")).unwrap(),
        );
        assert!(before == after, "{told}: it was changed");
    };

    // Another dataset put where this one was.
    crashed(&path, &["a", "b"]);
    drop(made(&other, &["x"]));
    fs::copy(&other, &path).unwrap();
    is_refused("another dataset");

    // A backup of this dataset, put back over it, while its log is still there.
    fs::remove_file(&path).unwrap();
    fs::remove_file(beside(&path, "-wal")).unwrap();
    drop(made(&path, &["a"]));
    let backup = fs::read(&path).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    edit(&mut store, 1).unwrap();
    drop(store);
    let mut store = SqliteStore::open(&path).unwrap();
    store.add_articles(&articles(&["b"])).unwrap();
    let log = fs::read(beside(&path, "-wal")).unwrap();
    drop(store);
    let newest = fs::read(&path).unwrap();
    fs::write(&path, backup).unwrap();
    fs::write(beside(&path, "-wal"), &log).unwrap();
    is_refused("older than its log");

    // And the other way round: a log from before.
    fs::remove_file(beside(&path, "-wal")).unwrap();
    fs::write(&path, newest).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    store.add_articles(&articles(&["c"])).unwrap();
    drop(store);
    fs::write(beside(&path, "-wal"), &log).unwrap();
    is_refused("older than the file");

    // Without the log, the file is what it was.
    fs::remove_file(beside(&path, "-wal")).unwrap();
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.counts().unwrap().total(), 3);
    assert_eq!(store.faults().unwrap(), [""; 0]);
}

#[test]
fn after_a_crash_the_log_is_the_datasets_own() {
    let (_folder, path) = folder();
    crashed(&path, &["a", "b"]);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.counts().unwrap().total(), 2);
    drop(store);
    // So it is in the middle of a checkpoint, when the file has some of it.
    let mut store = SqliteStore::open(&path).unwrap();
    let reader = store.reader().unwrap();
    for n in 0..200 {
        let id = format!("more {n}");
        store.add_articles(&articles(&[&id])).unwrap();
        if n % 20 == 0 {
            let copy = path.with_file_name(format!("copy{n}.copydesk"));
            fs::write(&copy, fs::read(&path).unwrap()).unwrap();
            fs::write(
                beside(&copy, "-wal"),
                fs::read(beside(&path, "-wal")).unwrap(),
            )
            .unwrap();
            let copied = SqliteStore::open(&copy).unwrap();
            assert_eq!(copied.counts().unwrap().total(), 3 + n);
        }
    }
    drop(reader);
}

/// What is done to a dataset's file while it is open, and what must be said then.
type Misfortune = (&'static str, fn(&Path), &'static str);

const MISFORTUNES: [Misfortune; 6] = [
    ("deleted", |path| fs::remove_file(path).unwrap(), "deleted"),
    (
        "moved",
        |path| fs::rename(path, path.with_extension("elsewhere")).unwrap(),
        "moved away",
    ),
    (
        "replaced",
        |path| {
            let other = path.with_file_name("other.copydesk");
            drop(made(&other, &["x"]));
            fs::rename(other, path).unwrap();
        },
        "another file",
    ),
    (
        "overwritten by another dataset",
        |path| {
            let other = path.with_file_name("other.copydesk");
            drop(made(&other, &["x", "y"]));
            fs::write(path, fs::read(other).unwrap()).unwrap();
        },
        "overwritten",
    ),
    (
        "overwritten",
        |path| {
            let junk = vec![b'x'; fs::metadata(path).unwrap().len() as usize];
            fs::write(path, junk).unwrap();
        },
        "overwritten",
    ),
    (
        "truncated",
        |path| {
            let file = fs::File::options().write(true).open(path).unwrap();
            file.set_len(40_000).unwrap();
        },
        "cut off",
    ),
];

#[test]
fn nothing_counts_as_saved_that_nobody_will_find() {
    for (name, happen, told) in MISFORTUNES {
        let (_folder, path) = folder();
        drop(made(&path, &["a", "b", "c"]));
        let mut store = SqliteStore::open(&path).unwrap();
        edit(&mut store, 1).unwrap();
        happen(&path);
        let after = fs::read(&path).ok();
        for _ in 0..2 {
            match edit(&mut store, 2) {
                Err(StoreError::Moved { what, .. }) => {
                    assert!(what.contains(told), "{name}: {what}");
                }
                other => panic!("{name}: {other:?}"),
            }
        }
        assert!(
            store.check_place().is_err() && store.reader().is_err(),
            "{name}"
        );
        drop(store);
        assert!(
            fs::read(&path).ok() == after,
            "{name}: what is there now was changed"
        );
        if let ("replaced", Ok(other)) = (name, SqliteStore::open(&path)) {
            assert_eq!(other.faults().unwrap(), [""; 0]);
            assert_eq!(other.counts().unwrap().total(), 1);
        }
    }
}

#[test]
fn a_file_that_comes_back_is_written_to_again() {
    let (_folder, path) = folder();
    let mut store = made(&path, &["a", "b"]);
    let away = path.with_extension("away");
    fs::rename(&path, &away).unwrap();
    assert!(edit(&mut store, 1).is_err());
    fs::rename(&away, &path).unwrap();
    edit(&mut store, 1).unwrap();
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    let article = store.article(ArticleKey(1)).unwrap();
    assert_eq!(
        store.history(&article, ArticleKey(1), "jo").unwrap().len(),
        1
    );
}

#[test]
fn a_log_that_is_deleted_takes_nothing_with_it() {
    let (folder, path) = folder();
    let mut store = made(&path, &["a", "b"]);
    edit(&mut store, 1).unwrap();
    fs::remove_file(beside(&path, "-wal")).unwrap();
    match edit(&mut store, 2) {
        Err(StoreError::Moved { what, .. }) => assert!(what.contains("log"), "{what}"),
        other => panic!("{other:?}"),
    }
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    let article = store.article(ArticleKey(1)).unwrap();
    assert_eq!(
        store.history(&article, ArticleKey(1), "jo").unwrap().len(),
        1
    );
    drop(store);
    assert_eq!(names(folder.path()), ["news.copydesk"]);
}

#[test]
fn a_copy_is_made_while_others_write_and_takes_nobodys_place() {
    let (folder, path) = folder();
    let mut store = made(&path, &["a", "b", "c"]);
    edit(&mut store, 1).unwrap();
    let copy = folder.path().join("copy.copydesk");
    store.back_up(&copy, false).unwrap();
    edit(&mut store, 2).unwrap();
    let refused = store.back_up(&copy, false).unwrap_err();
    assert!(refused.to_string().contains("already"), "{refused}");
    let total = |path: &Path| {
        let store = SqliteStore::open(path).unwrap();
        assert_eq!(store.faults().unwrap(), [""; 0]);
        let keys = store.keys(&Filter::default()).unwrap();
        keys.iter()
            .filter(|key| {
                let article = store.article(**key).unwrap();
                !store.history(&article, **key, "jo").unwrap().is_empty()
            })
            .count()
    };
    assert_eq!(total(&copy), 1);
    store.back_up(&copy, true).unwrap();
    assert_eq!(total(&copy), 2);
    // Not over something else, nor over itself.
    let notes = folder.path().join("notes.txt");
    fs::write(&notes, "mine").unwrap();
    assert!(store.back_up(&notes, true).is_err());
    assert_eq!(fs::read_to_string(&notes).unwrap(), "mine");
    assert!(store.back_up(&path, true).is_err());
    // Nor over one that somebody has open.
    let open = SqliteStore::open(&copy).unwrap();
    let refused = store.back_up(&copy, true).unwrap_err();
    assert!(refused.to_string().contains("is open"), "{refused}");
    open.check_place().unwrap();
    drop((open, store));
    let left = names(folder.path());
    let expected = ["copy.copydesk", "news.copydesk", "notes.txt"];
    assert_eq!(left, expected);
}

#[test]
fn a_dataset_knows_whether_it_is_where_it_was_made() {
    let (folder, path) = folder();
    let store = made(&path, &["a"]);
    assert!(store.is_at_home().unwrap());
    drop(store);
    let sent = folder.path().join("sent.copydesk");
    fs::copy(&path, &sent).unwrap();
    let mut store = SqliteStore::open(&sent).unwrap();
    assert!(!store.is_at_home().unwrap());
    Store::set_home(&mut store).unwrap();
    assert!(store.is_at_home().unwrap());
    drop(store);
    // Unpacked over the same name, it is another file.
    let unpacked = folder.path().join("unpacked");
    fs::copy(&path, &unpacked).unwrap();
    fs::rename(&unpacked, &path).unwrap();
    let store = SqliteStore::open(&path).unwrap();
    assert!(!store.is_at_home().unwrap());
}

#[cfg(unix)]
#[test]
fn opening_a_dataset_twice_in_one_program_keeps_its_locks() {
    // Closing any handle of a file releases all locks of the process on it. Then another program
    // would take this one for gone, and remove the log under it.
    let (folder, path) = folder();
    let mut store = made(&path, &["a", "b"]);
    edit(&mut store, 1).unwrap();
    drop(SqliteStore::open(&path).unwrap());
    assert!(copydesk::store::is_dataset(&path));
    let refused = copydesk::store::write_atomically(&path, |_| Ok(()));
    assert!(refused.is_err());
    let copydesk = super::super::cli::program::COPYDESK;
    let words = ["stats", "news.copydesk"];
    let run = super::super::cli::program::command(folder.path(), copydesk, &words);
    super::super::cli::program::finish(run, b"");
    assert!(
        beside(&path, "-wal").exists(),
        "the other program removed the log"
    );
    edit(&mut store, 2).unwrap();
}
