use super::*;
use crate::store::codec;

fn schema() -> Schema {
    codec::read_schema("name = 'x'\n[[region]]\nlabel = 'body'\ncolor = '#000000'").unwrap()
}

fn pragma(conn: &Connection, name: &str) -> String {
    conn.pragma_query_value(None, name, |row| {
        row.get(0).map(|value: rusqlite::types::Value| match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => panic!("{other:?}"),
        })
    })
    .unwrap()
}

#[test]
fn a_dataset_is_durable_and_known_by_its_header() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder.path().join("a"), &schema()).unwrap();
    for (name, value) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("page_size", "16384"),
        ("application_id", "1131444580"),
    ] {
        assert_eq!(pragma(&store.conn, name), value, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn without_shared_memory_a_rollback_journal_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    // Left in WAL mode by a system that has it, and carried to one that has not.
    drop(create(&path, &schema()).unwrap());
    let store = open_through(&path, Some("unix-dotfile")).unwrap();
    assert_eq!(pragma(&store.conn, "journal_mode"), "delete");
    assert_eq!(pragma(&store.conn, "synchronous"), "3");
    store
        .conn
        .execute("INSERT INTO setting VALUES ('a', 'b')", [])
        .unwrap();
    drop(store);
    let store = open_through(&path, Some("unix-dotfile")).unwrap();
    let value = work::setting(&store.conn, "a").unwrap();
    assert_eq!(value.as_deref(), Some("b"));
    drop(store);
    let store = open(&path).unwrap();
    assert_eq!(pragma(&store.conn, "journal_mode"), "wal");
}

#[test]
fn a_dataset_of_any_earlier_format_is_upgraded_and_opened_a_second_time_beside() {
    for format in 1..MIGRATIONS.len() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.copydesk");
        {
            let mut conn = Connection::open(&path).unwrap();
            conn.pragma_update(None, "application_id", APPLICATION_ID)
                .unwrap();
            migrate::migrate(&mut conn, &MIGRATIONS[..format], None).unwrap();
            work::set_schema(&conn, &schema()).unwrap();
        }
        let first = SqliteStore::open(&path).unwrap();
        // As the window does: further handles, while the first is open and its log is not empty.
        let second = SqliteStore::open(&path);
        assert!(
            second.is_ok(),
            "from format {format}: {}",
            second.err().unwrap()
        );
        assert_eq!(migrate::format(&first.conn).unwrap(), 9);
    }
}

#[test]
fn a_dataset_of_the_first_format_is_brought_up_to_date_with_all_that_is_in_it() {
    use crate::edit::plan;
    use crate::model::{Status, notation};
    use crate::store::Revision;
    use crate::store::prelude::*;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.copydesk");
    let notated = notation::parse("body?0.9| Ada spoke.\nbody?0.9| It rained.").unwrap();
    let (key, rev) = {
        // As the first Copydesk wrote it: its tables, and work in them.
        let mut conn = Connection::open(&path).unwrap();
        conn.pragma_update(None, "application_id", APPLICATION_ID)
            .unwrap();
        migrate::migrate(&mut conn, &MIGRATIONS[..1], None).unwrap();
        work::set_schema(&conn, &schema()).unwrap();
        conn.execute_batch(
            "INSERT INTO article VALUES (1, 'one', 'h', 0, 26, 'Ada spoke.', '', '', '', '', '{}');
             INSERT INTO article_body VALUES (1, 'Ada spoke.\nIt rained.', '{\"v\":1,\"paths\":[],\"blocks\":[]}');
             UPDATE tally SET articles = 1 WHERE status = 0;",
        )
        .unwrap();
        let key = crate::store::ArticleKey(1);
        let mut annotation = notated.annotation;
        annotation.set_status(Status::Todo, Status::Done).unwrap();
        let doc = codec::write_annotation(&annotation).unwrap();
        let start = codec::write_transaction(&plan::start_from(&annotation)).unwrap();
        conn.execute_batch("UPDATE article SET status = 2; UPDATE tally SET articles = 0 WHERE status = 0; UPDATE tally SET articles = 1 WHERE status = 2;")
            .unwrap();
        conn.execute(
            "INSERT INTO annotation VALUES (1, 'maria', 1, 2, 8, ?1)",
            [doc],
        )
        .unwrap();
        conn.execute(
            "INSERT INTO history VALUES (1, 1, 'maria', 1, 'edit', 'start', ?1, 0, 0, 0, 0, 7)",
            [start],
        )
        .unwrap();
        (key, Revision(1))
    };
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(migrate::format(&store.conn).unwrap(), 9);
    assert_eq!(store.faults().unwrap(), Vec::<String>::new());
    let article = store.article(key).unwrap();
    assert_eq!(store.history(&article, key, "maria").unwrap().len(), 1);
    let unsettled = store.stale_outcomes(None, 10).unwrap();
    assert_eq!(
        unsettled.len(),
        1,
        "what was done before is still to be worked out"
    );
    assert_eq!((unsettled[0].key, unsettled[0].revision), (key, rev));
    let copy = folder.path().join("old.copydesk.format-1.backup");
    assert_eq!(store.earlier(), Some(copy.as_path()));
    let old = Connection::open(copy).unwrap();
    assert_eq!(migrate::format(&old).unwrap(), 1);
    drop(store);
    assert_eq!(SqliteStore::open(&path).unwrap().earlier(), None);
}

#[test]
fn a_writer_that_waits_in_vain_says_who_it_waits_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let mut store = create(&path, &schema()).unwrap();
    let other = open(&path).unwrap();
    other.conn.execute_batch("BEGIN IMMEDIATE").unwrap();
    store.conn.busy_timeout(Duration::from_millis(50)).unwrap();
    let refused = store.write(|_| Ok(())).unwrap_err();
    assert!(matches!(refused, crate::store::StoreError::Busy { .. }));
    other.conn.execute_batch("COMMIT").unwrap();
    store.write(|_| Ok(())).unwrap();
}

#[test]
fn any_path_can_be_opened_immutable() {
    assert_eq!(
        immutable_uri(Path::new("/a b/ü?#%.x")),
        "file:/a%20b/%C3%BC%3F%23%25.x?immutable=1"
    );
}
