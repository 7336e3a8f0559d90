//! What can happen to a dataset's file, and what is said then.

use copydesk::store::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
#[cfg(target_os = "linux")]
use std::process::Command;

use copydesk::edit::{Action, Entry, EntryKind, Selection, plan};
use copydesk::model::Rng;
use copydesk::store::{
    ArticleKey, Commit, Filter, NewArticle, Order, OrderBy, Result, Revision, SqliteStore, Store,
    StoreError,
};

use super::story::{article, schema};

/// A dataset of three articles, one of them worked on.
fn sample(path: &Path) -> SqliteStore {
    let mut store = SqliteStore::create(path, &schema()).unwrap();
    let articles: Vec<NewArticle> = (1..=3)
        .map(|n| {
            let marked =
                format!("body?.9| Article {n} by {{PERSON?.8 Ada}}.\nbody?.7| And a second line.");
            article(&format!("a{n}"), &marked)
        })
        .collect();
    store.add_articles(&articles).unwrap();
    commit_start(&mut store, &articles[1], ArticleKey(2), "jo").unwrap();
    store
}

/// The first change to an article: its suggestions are taken over.
pub fn commit_start(
    store: &mut dyn Store,
    new: &NewArticle,
    key: ArticleKey,
    annotator: &str,
) -> Result<Revision> {
    let entry = Entry {
        kind: EntryKind::Edit,
        action: Action::Start,
        transaction: plan::start_from(&new.suggestions),
        before: Selection::default(),
        after: Selection::default(),
        at_ms: 1,
        started_from: copydesk::model::StartedFrom::Suggestions { revision: 0 },
    };
    store.commit(
        &Commit {
            key,
            annotator,
            expected: Revision(0),
            entries: &[entry],
            annotation: &new.suggestions,
        },
        1,
    )
}

/// Reads everything that can be read.
fn read_all(store: &dyn Store) -> Result<()> {
    store.schema()?;
    store.counts()?;
    store.change_seq()?;
    store.changes_since(copydesk::store::ChangeSeq(0))?;
    store.page(&Filter::default(), None, 100)?;
    for by in OrderBy::ALL {
        let descending = false;
        store.list(&Filter::default(), Order { by, descending })?;
    }
    store.facets()?;
    store.keys(&Filter {
        words: "article".to_owned(),
        ..Filter::default()
    })?;
    for key in store.keys(&Filter::default())? {
        let article = store.article(key)?;
        store.annotations(&article, key)?;
        store.history(&article, key, "jo")?;
    }
    Ok(())
}

fn not_a_dataset(path: &Path) -> String {
    for opened in [SqliteStore::open(path), SqliteStore::open_read_only(path)] {
        match opened {
            Err(StoreError::NotADataset { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    SqliteStore::open(path).unwrap_err().to_string()
}

/// The file changed behind SQLite's back, by another SQLite.
pub fn meddle(path: &Path, sql: &str) {
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch(sql).unwrap();
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("news.copydesk");
    (folder, path)
}

#[test]
fn a_new_dataset_takes_nobodys_place_and_leaves_nothing_beside_it() {
    let (folder, path) = folder();
    fs::write(&path, "my notes").unwrap();
    let refused = SqliteStore::create(&path, &schema()).unwrap_err();
    assert!(refused.to_string().contains("already"), "{refused}");
    assert_eq!(fs::read(&path).unwrap(), b"my notes");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let nowhere = folder.path().join("missing/news.copydesk");
    let refused = SqliteStore::create(&nowhere, &schema()).unwrap_err();
    assert!(refused.to_string().contains("no such"), "{refused}");

    fs::remove_file(&path).unwrap();
    drop(sample(&path));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn another_file_is_not_a_dataset_and_stays_as_it_is() {
    let (folder, path) = folder();
    let missing = SqliteStore::open(&path).unwrap_err().to_string();
    assert!(missing.contains("no such file"), "{missing}");
    assert!(not_a_dataset(folder.path()).contains("folder"));
    for (content, said) in [
        (&b""[..], "empty"),
        (b"{\"id\":\"1\"}\n", "another kind"),
        (b"SQLite format 3\0\x10\0", "cut off"),
    ] {
        fs::write(&path, content).unwrap();
        let told = not_a_dataset(&path);
        assert!(told.contains(said), "{told}");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    fs::remove_file(&path).unwrap();
    meddle(&path, "CREATE TABLE cookies (name TEXT)");
    let before = fs::read(&path).unwrap();
    assert!(not_a_dataset(&path).contains("another program"));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_newer_dataset_is_not_touched() {
    let (_folder, path) = folder();
    drop(sample(&path));
    meddle(&path, "PRAGMA user_version = 1000");
    for opened in [SqliteStore::open(&path), SqliteStore::open_read_only(&path)] {
        assert!(matches!(
            opened,
            Err(StoreError::TooNew { found: 1000, .. })
        ));
    }
    meddle(&path, "PRAGMA user_version = 9");
    assert!(
        SqliteStore::open(&path)
            .unwrap()
            .faults()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_file_cut_short_is_said_to_be_damaged() {
    let (folder, path) = folder();
    drop(sample(&path));
    let whole = fs::read(&path).unwrap();
    let short = folder.path().join("short.copydesk");
    for len in (100..whole.len()).step_by(whole.len() / 40) {
        fs::write(&short, &whole[..len]).unwrap();
        if whole[len..].iter().all(|byte| *byte == 0) {
            continue; // only room that nothing stands in is gone
        }
        let told = SqliteStore::open(&short).and_then(|store| read_all(&store));
        assert!(
            matches!(
                told,
                Err(StoreError::Damaged { .. } | StoreError::NotADataset { .. })
            ),
            "{len} bytes: {told:?}"
        );
    }
}

#[test]
fn a_damaged_file_gives_errors_and_never_a_panic() {
    let (folder, path) = folder();
    drop(sample(&path));
    let whole = fs::read(&path).unwrap();
    let broken = folder.path().join("broken.copydesk");
    let mut rng = Rng::new(7);
    let (mut told, mut unharmed) = (0, 0);
    for round in 0..400 {
        let mut bytes = whole.clone();
        for _ in 0..=rng.below(3) {
            // The first page holds the tables' definitions; without them nothing else is even
            // looked at.
            let first = if round % 4 == 0 { 0 } else { 16_384 };
            let at = first + rng.below(bytes.len() - first);
            // Where there is something: most of a small file is empty.
            if let Some(at) = (at..bytes.len()).find(|&at| bytes[at] != 0) {
                bytes[at] = (rng.below(256)) as u8;
            }
        }
        fs::write(&broken, &bytes).unwrap();
        let read = SqliteStore::open(&broken).and_then(|store| {
            let read = read_all(&store);
            let faults = store.faults();
            if let Err(error) = &read {
                let seen = faults.map_or(true, |faults| !faults.is_empty());
                assert!(seen, "the doctor does not see: {error}");
            }
            read
        });
        match read {
            Ok(()) => unharmed += 1,
            Err(_) => told += 1,
        }
    }
    assert!(
        told > 100 && unharmed > 0,
        "{told} told, {unharmed} unharmed"
    );
}

#[test]
fn what_does_not_fit_the_text_is_named_and_kept_from_the_program() {
    let (_folder, path) = folder();
    drop(sample(&path));
    let docs = [
        r#"not JSON"#,
        r#"{"v":2,"something":"new"}"#,
        r#"{"v":1,"status":"done","labels":["body"],"regions":[[0,4000000000,0,0,0]],"entities":[],"remarks":[]}"#,
        r#"{"v":1,"status":"done","labels":["body"],"regions":[[4294967295,5,0,0,0]],"entities":[],"remarks":[]}"#,
        r#"{"v":1,"status":"done","labels":["body"],"regions":[[0,5,1,0,0]],"entities":[],"remarks":[]}"#,
        r#"{"v":1,"status":"done","labels":["body"],"regions":[[0,5,0,9,0]],"entities":[],"remarks":[]}"#,
        r#"{"v":1,"status":"done","labels":["body"],"regions":[[0,5,0,0,0],[3,5,0,0,0]],"entities":[],"remarks":[]}"#,
        r#"{"v":1,"status":"finished","labels":[],"regions":[],"entities":[],"remarks":[]}"#,
        r#"{"v":1,"status":"done","labels":["a\nb"],"regions":[],"entities":[],"remarks":[]}"#,
        r#"{"v":1,"status":"done","labels":[],"regions":[],"entities":[],"remarks":[[[900,1],"x"]]}"#,
    ];
    for doc in docs {
        let conn = rusqlite::Connection::open(&path).unwrap();
        conn.execute(
            "UPDATE annotation SET doc = ?1 WHERE annotator = 'jo'",
            [doc],
        )
        .unwrap();
        drop(conn);
        let store = SqliteStore::open(&path).unwrap();
        let article = store.article(ArticleKey(2)).unwrap();
        match store.annotations(&article, ArticleKey(2)) {
            Err(StoreError::Damaged { what, .. }) => {
                assert!(what.contains("article number 2 by \"jo\""), "{what}");
            }
            other => panic!("{doc}: {other:?}"),
        }
        assert_eq!(store.faults().unwrap().len(), 1, "{doc}");
        assert!(
            store.article(ArticleKey(1)).is_ok(),
            "the others can be read"
        );
    }
}

#[test]
fn the_doctor_finds_what_does_not_agree() {
    let (_folder, path) = folder();
    let store = sample(&path);
    assert_eq!(store.faults().unwrap(), [""; 0]);
    meddle(
        &path,
        "UPDATE tally SET articles = articles + 1 WHERE status = 4",
    );
    meddle(
        &path,
        r#"UPDATE annotation SET doc = '{"v":1,"status":"todo","labels":[],"regions":[],"entities":[],"remarks":[]}'
           WHERE annotator = 'jo'"#,
    );
    let faults = store.faults().unwrap().join("\n");
    assert!(faults.contains("counts"), "{faults}");
    assert!(
        faults.contains("history of \"jo\" does not give"),
        "{faults}"
    );
}

#[test]
fn the_history_cannot_be_rewritten() {
    let (_folder, path) = folder();
    let _store = sample(&path);
    let conn = rusqlite::Connection::open(&path).unwrap();
    for sql in [
        "UPDATE history SET at_ms = 0",
        "DELETE FROM history",
        "DELETE FROM history WHERE seq = 1",
    ] {
        let refused = conn.execute_batch(sql).unwrap_err().to_string();
        assert!(refused.contains("only appended to"), "{refused}");
    }
}

#[test]
fn a_copy_is_a_dataset_of_its_own() {
    let (folder, path) = folder();
    let mut store = sample(&path);
    let copy = folder.path().join("copy.copydesk");
    fs::write(&copy, "no copy at all").unwrap();
    assert!(store.back_up(&copy, true).is_err());
    fs::remove_file(&copy).unwrap();
    store.back_up(&copy, true).unwrap();
    store
        .add_articles(&[article("a4", "body| One more.")])
        .unwrap();
    let copied = SqliteStore::open(&copy).unwrap();
    assert_eq!(copied.counts().unwrap().total(), 3);
    assert_eq!(copied.faults().unwrap(), [""; 0]);
    assert_eq!(store.counts().unwrap().total(), 4);
}

// -- disks that refuse -----------------------------------------------------------------------

/// A small disk of its own, which only root can have.
#[cfg(target_os = "linux")]
struct SmallDisk {
    folder: tempfile::TempDir,
}

#[cfg(target_os = "linux")]
impl SmallDisk {
    /// `None`, saying so, where the system does not let us.
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(folder.path())
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self { folder });
        }
        eprintln!("skipped: only root can mount a small disk");
        None
    }

    fn remount(&self, options: &str) {
        let status = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(self.folder.path())
            .status()
            .unwrap();
        assert!(status.success());
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _gone = Command::new("umount").arg(self.folder.path()).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_nothing_acknowledged_is_lost_and_work_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount("2m") else {
        return;
    };
    let path = disk.folder.path().join("news.copydesk");
    let mut store = sample(&path);
    let mut added = 3;
    let refused = loop {
        let number = added + 1;
        let new = article(&format!("a{number}"), &format!("body| Article {number}."));
        match store.add_articles(&[new]) {
            Ok(_) => added += 1,
            Err(error) => break error,
        }
        assert!(added < 100_000, "the disk never filled up");
    };
    assert!(matches!(refused, StoreError::DiskFull { .. }), "{refused}");
    let refused = SqliteStore::create(&disk.folder.path().join("b.copydesk"), &schema());
    assert!(refused.is_err());
    assert!(read_all(&*store.reader().unwrap()).is_err() || added > 0);
    assert_eq!(store.counts().unwrap().total(), added);

    disk.remount("size=20m");
    let more = article("more", "body| There is room again.");
    store.add_articles(&[more]).unwrap();
    assert_eq!(store.faults().unwrap(), [""; 0]);
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.counts().unwrap().total(), added + 1);
    assert_eq!(store.faults().unwrap(), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_disk_can_be_read_and_says_so() {
    let Some(disk) = SmallDisk::mount("8m") else {
        return;
    };
    let path = disk.folder.path().join("news & more?.copydesk");
    let mut store = sample(&path);
    while store.index_some().unwrap() > 0 {}
    drop(store);
    disk.remount("ro");
    let refused = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly { .. }), "{refused}");
    let mut store = SqliteStore::open_read_only(&path).unwrap();
    read_all(&store).unwrap();
    read_all(&*store.reader().unwrap()).unwrap();
    assert_eq!(store.faults().unwrap(), [""; 0]);
    let refused = store.set_setting("a", Some("b")).unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly { .. }), "{refused}");
    let new = disk.folder.path().join("new.copydesk");
    let refused = SqliteStore::create(&new, &schema()).unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly { .. }), "{refused}");
    drop(store);

    disk.remount("rw");
    let mut store = SqliteStore::open(&path).unwrap();
    store
        .add_articles(&[article("a4", "body| Not indexed.")])
        .unwrap();
    drop(store);
    disk.remount("ro");
    let store = SqliteStore::open_read_only(&path).unwrap();
    let told = read_all(&store).unwrap_err().to_string();
    assert!(told.contains("cannot be searched"), "{told}");
}
