//! Networks and servers that fail: nothing acknowledged is lost, and nothing is there twice.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use copydesk::dataset::team::{
    Server, ServerAddress, TeamError, TeamPack, TeamRole, WorkOutcome, dump, restore_dump, send,
    take,
};
use copydesk::dataset::{CancelFlag, Dataset, Silent};
use copydesk::model::Status;
use copydesk::store::Store;

use super::annotator::{edit, make_team};
use super::proxy::Proxy;
use super::server::{OWNER_PASSWORD, Postgres, Team, password};

/// Makes a team with one annotator, and takes articles into a file.
pub fn team_with_ada(server: &Arc<Postgres>, folder: &Path, articles: usize) -> Team {
    let team = server.database();
    make_team(&team, folder, articles, 2);
    team.add("ada", &[TeamRole::Annotator]);
    team
}

pub fn ids(dataset: &Dataset) -> Vec<String> {
    let pack = TeamPack::load(dataset.store()).unwrap().unwrap();
    pack.articles
        .values()
        .map(|noted| noted.id.clone())
        .collect()
}

/// The history lines that the server has of a member, and those in the file: in order, and the same.
pub fn assert_all_there_once(team: &Team, name: &str, store: &dyn Store) -> usize {
    let login = team.login(name);
    let mut lines = 0;
    let pack = TeamPack::load(store).unwrap().unwrap();
    for (number, noted) in &pack.articles {
        let key = store.find(&noted.id).unwrap().unwrap();
        let article = store.article(key).unwrap();
        let here = store.history(&article, key, &login).unwrap();
        let there = team
            .owner_sql()
            .run(&format!(
                "SELECT line->>'change' FROM copydesk.history WHERE article = {number} AND annotator = '{login}' ORDER BY n"
            ))
            .unwrap();
        let there: Vec<String> = there
            .into_iter()
            .map(|row| row[0].clone().unwrap())
            .collect();
        let here: Vec<String> = here
            .iter()
            .map(|entry| copydesk::store::codec::write_transaction(&entry.transaction).unwrap())
            .collect();
        assert_eq!(there, here, "{}", noted.id);
        lines += here.len();
    }
    lines
}

#[test]
fn a_save_whose_answer_is_lost_is_there_once() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_ada(&server, folder.path(), 5);
    let proxy = Proxy::start(server.port);
    let (mut link, cancel) = (proxy.link(&team, "ada"), CancelFlag::default());
    let file = folder.path().join("ada.copydesk");
    take(&mut link, &file, 5, 600, &mut Silent, &cancel).unwrap();
    let mut dataset = Dataset::open(&file).unwrap();
    let ada = team.login("ada");
    proxy.state.swallows.store(true, Ordering::SeqCst);
    let mut edits = 0;
    for round in 0..3 {
        proxy.state.cuts.store(round == 2, Ordering::SeqCst);
        for id in ids(&dataset) {
            edit(
                dataset.store_mut(),
                &id,
                &ada,
                &format!("edit {edits}"),
                Status::Started,
            );
            edits += 1;
        }
        let report = send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
        assert_eq!((report.entries, report.conflicts.len()), (5, 0));
    }
    let swallowed = proxy.state.swallowed.load(Ordering::SeqCst);
    assert!(swallowed >= 5, "{swallowed}");
    assert_eq!(assert_all_there_once(&team, "ada", dataset.store()), edits);
    println!("{edits} edits, {swallowed} answers swallowed");
}

#[test]
fn a_frozen_line_is_found_out_and_nobody_waits_for_it() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_ada(&server, folder.path(), 2);
    let proxy = Proxy::start(server.port);
    let address = ServerAddress {
        port: proxy.port,
        ..team.address("ada")
    };
    let secret = password("password-of-ada");
    let line = Server::open(&address, &secret).unwrap();
    line.heartbeat().unwrap();
    proxy.state.is_frozen.store(true, Ordering::SeqCst);
    let began = Instant::now();
    let error = line.heartbeat().unwrap_err();
    assert!(
        matches!(error, TeamError::TimedOut { seconds: 3, .. }) && error.can_retry(),
        "{error}"
    );
    let error = line.head().unwrap_err();
    assert!(
        matches!(error, TeamError::Lost { .. }),
        "what comes now answers something else: {error}"
    );
    drop(line);
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    proxy.state.is_frozen.store(false, Ordering::SeqCst);
    Server::open(&address, &secret)
        .unwrap()
        .heartbeat()
        .unwrap();
}

/// Four members edit and send while `disturb` does its worst; then all send once more in peace.
fn work_through(
    server: &Arc<Postgres>,
    rounds: usize,
    disturb: impl FnOnce(&Team, &AtomicBool) + Send,
) {
    let names = ["ada", "ben", "cleo", "dan"];
    let folder = tempfile::tempdir().unwrap();
    let team = server.database();
    make_team(&team, folder.path(), 3, 4);
    for name in names {
        team.add(name, &[TeamRole::Annotator]);
    }
    let file = |name: &str| folder.path().join(format!("{name}.copydesk"));
    for name in names {
        take(
            &mut team.link(name),
            &file(name),
            3,
            3_600,
            &mut Silent,
            &CancelFlag::default(),
        )
        .unwrap();
    }
    let finished = AtomicBool::new(false);
    let acknowledged = AtomicUsize::new(0);
    thread::scope(|scope| {
        let workers: Vec<_> = names
            .iter()
            .map(|name| {
                let (team, file, acknowledged) = (&team, file(name), &acknowledged);
                scope.spawn(move || {
                    let (mut link, cancel) = (team.link(name), CancelFlag::default());
                    let mut dataset = Dataset::open(&file).unwrap();
                    for round in 0..rounds {
                        for id in ids(&dataset) {
                            let words = format!("edit {round}");
                            edit(
                                dataset.store_mut(),
                                &id,
                                &team.login(name),
                                &words,
                                Status::Started,
                            );
                        }
                        match send(&mut link, &mut dataset, 3_600, &mut Silent, &cancel) {
                            Ok(report) => {
                                assert!(
                                    report.conflicts.is_empty() && report.refused.is_empty(),
                                    "{report:?}"
                                );
                                acknowledged.fetch_add(report.entries, Ordering::SeqCst);
                            }
                            Err(error) => {
                                let error = error.downcast::<TeamError>().unwrap();
                                assert!(error.can_retry(), "{error}");
                            }
                        }
                    }
                })
            })
            .collect();
        let (team, finished_flag) = (&team, &finished);
        let disturber = scope.spawn(move || disturb(team, finished_flag));
        for worker in workers {
            worker.join().unwrap();
        }
        finished.store(true, Ordering::SeqCst);
        disturber.join().unwrap();
    });
    let mut all = 0;
    for name in names {
        let mut dataset = Dataset::open(&file(name)).unwrap();
        send(
            &mut team.link(name),
            &mut dataset,
            3_600,
            &mut Silent,
            &CancelFlag::default(),
        )
        .unwrap();
        all += assert_all_there_once(&team, name, dataset.store());
    }
    assert_eq!(all, names.len() * 3 * rounds);
    println!(
        "{all} edits there once, {} acknowledged on the way",
        acknowledged.into_inner()
    );
}

#[test]
fn killed_backends_cost_nothing() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    work_through(&server, 12, |team, finished| {
        let mut admin = team.admin_sql();
        let mut killed = 0;
        for _ in 0..15 {
            if finished.load(Ordering::SeqCst) {
                break;
            }
            killed += admin.number(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                 WHERE application_name = 'copydesk' AND datname = current_database()",
            );
            thread::sleep(Duration::from_millis(400));
        }
        println!("{killed} backends killed");
    });
}

#[test]
fn crashes_and_restarts_of_the_server_lose_nothing_acknowledged() {
    let Some(server) = Postgres::start("", |_| {}).map(Arc::new) else {
        return;
    };
    let server = &server;
    work_through(server, 10, |_, finished| {
        for mode in ["immediate", "fast", "immediate", "fast"] {
            if finished.load(Ordering::SeqCst) {
                break;
            }
            thread::sleep(Duration::from_millis(400));
            server.stop(mode);
            server.resume();
        }
    });
}

#[test]
fn a_restored_backup_is_refilled_by_the_members() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = server.database();
    make_team(&team, folder.path(), 4, 1);
    for name in ["ada", "ben"] {
        team.add(name, &[TeamRole::Annotator]);
    }
    let (mut link, cancel) = (team.link("ada"), CancelFlag::default());
    let file = folder.path().join("ada.copydesk");
    let ada = team.login("ada");
    take(&mut link, &file, 2, 600, &mut Silent, &cancel).unwrap();
    let mut dataset = Dataset::open(&file).unwrap();
    let first = ids(&dataset);
    edit(
        dataset.store_mut(),
        &first[0],
        &ada,
        "before",
        Status::Started,
    );
    send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();

    let backup = folder.path().join("gold.dump");
    let secret = password(OWNER_PASSWORD);
    dump(&team.owner, &secret, &backup).unwrap();

    // After the backup she finishes both articles, and takes and finishes the other two.
    edit(dataset.store_mut(), &first[0], &ada, "after", Status::Done);
    edit(dataset.store_mut(), &first[1], &ada, "after", Status::Done);
    drop(dataset);
    take(&mut link, &file, 4, 600, &mut Silent, &cancel).unwrap();
    let mut dataset = Dataset::open(&file).unwrap();
    for id in ids(&dataset).iter().filter(|id| !first.contains(id)) {
        edit(dataset.store_mut(), id, &ada, "after", Status::Done);
    }
    let report = send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
    assert_eq!(report.with(WorkOutcome::Done).len(), 4);

    let settings = "SELECT coalesce(sum(cardinality(setconfig)), 0) FROM pg_db_role_setting \
                    JOIN pg_database d ON d.oid = setdatabase WHERE d.datname = current_database()";
    let mut owner = team.owner_sql();
    assert_eq!(owner.number(settings), 4);
    // As in another database: no dump holds its settings.
    owner
        .run(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET ALL', current_database()); END $$",
        )
        .unwrap();
    assert_eq!(owner.number(settings), 0);
    let missing = Team::making_roles(|| restore_dump(&team.owner, &secret, &backup)).unwrap();
    assert_eq!(missing, Vec::<String>::new());
    assert_eq!(owner.number(settings), 4);
    assert_eq!(owner.number("SELECT count(*) FROM copydesk.history"), 1);
    // Meanwhile somebody else takes one of the articles that she had.
    take(
        &mut team.link("ben"),
        &folder.path().join("ben.copydesk"),
        1,
        600,
        &mut Silent,
        &cancel,
    )
    .unwrap();

    let report = send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
    assert!(
        report.was_restored && report.refused.is_empty() && report.conflicts.is_empty(),
        "{report:?}"
    );
    assert_eq!(report.with(WorkOutcome::Done).len(), 3);
    assert_eq!(
        report.with(WorkOutcome::Extra).len(),
        1,
        "ben has the slot of one: {report:?}"
    );
    assert_eq!(assert_all_there_once(&team, "ada", dataset.store()), 5);
    let report = send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
    assert!(!report.was_restored && report.entries == 0);
    assert_eq!(assert_all_there_once(&team, "ada", dataset.store()), 5);
}

#[test]
fn late_work_is_kept_as_extra_and_work_on_closed_articles_as_late() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = server.database();
    make_team(&team, folder.path(), 2, 1);
    team.add("ada", &[TeamRole::Annotator]);
    team.add("ben", &[TeamRole::Annotator]);
    let cancel = CancelFlag::default();
    let at = |name: &str| folder.path().join(format!("{name}.copydesk"));
    // Ada takes both for a second and goes away; ben gets one of them, and finishes it.
    take(
        &mut team.link("ada"),
        &at("ada"),
        2,
        1,
        &mut Silent,
        &cancel,
    )
    .unwrap();
    thread::sleep(Duration::from_millis(1_200));
    let report = take(
        &mut team.link("ben"),
        &at("ben"),
        1,
        600,
        &mut Silent,
        &cancel,
    )
    .unwrap();
    assert_eq!(report.new, 1);
    let mut ben = Dataset::open(&at("ben")).unwrap();
    let bens = ids(&ben);
    edit(
        ben.store_mut(),
        &bens[0],
        &team.login("ben"),
        "done",
        Status::Done,
    );
    send(&mut team.link("ben"), &mut ben, 600, &mut Silent, &cancel).unwrap();
    // She was slow, but alive: one is extra, the other one still counts.
    let mut ada = Dataset::open(&at("ada")).unwrap();
    for id in ids(&ada) {
        edit(
            ada.store_mut(),
            &id,
            &team.login("ada"),
            "done",
            Status::Done,
        );
    }
    let report = send(&mut team.link("ada"), &mut ada, 600, &mut Silent, &cancel).unwrap();
    assert_eq!(report.with(WorkOutcome::Extra), [bens[0].as_str()]);
    assert_eq!(report.with(WorkOutcome::Done).len(), 1);
    // Finished work does not lapse; what comes after an article is closed is late, and kept.
    team.owner_sql()
        .run("SELECT copydesk.close_article(article, true) FROM copydesk.task")
        .unwrap();
    edit(
        ben.store_mut(),
        &bens[0],
        &team.login("ben"),
        "one more thing",
        Status::Done,
    );
    let report = send(&mut team.link("ben"), &mut ben, 600, &mut Silent, &cancel).unwrap();
    assert_eq!(report.with(WorkOutcome::Late), [bens[0].as_str()]);
    assert_eq!(assert_all_there_once(&team, "ben", ben.store()), 2);
    let done = "SELECT count(*) FROM copydesk.assignment WHERE state = 'done'";
    assert_eq!(team.owner_sql().number(done), 2);
}

#[test]
fn a_newer_or_older_database_is_refused_with_words() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_ada(&server, folder.path(), 1);
    let open = || Server::open(&team.address("ada"), &password("password-of-ada")).map(|_| ());
    open().unwrap();
    let mut owner = team.owner_sql();
    owner
        .run("INSERT INTO copydesk.migration (version) VALUES (1001)")
        .unwrap();
    let error = open().unwrap_err();
    assert!(
        matches!(error, TeamError::TooNew { found: 1001, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("update Copydesk"), "{error}");
    owner
        .run("DELETE FROM copydesk.migration; INSERT INTO copydesk.migration (version) VALUES (0)")
        .unwrap();
    let error = open().unwrap_err();
    assert!(
        matches!(error, TeamError::TooOld { found: 0, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("backup"), "{error}");
}

#[test]
fn a_server_that_would_forget_is_not_used() {
    let Some(server) = Postgres::start("-c fsync=off", |_| {}) else {
        return;
    };
    let error = Server::connect(
        &server.address("postgres", "postgres"),
        &password(OWNER_PASSWORD),
    )
    .unwrap_err();
    assert!(matches!(error, TeamError::NotDurable { .. }), "{error}");
}
