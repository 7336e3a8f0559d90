//! Stories that users of other tools tell: see the table in docs/team.md.

use std::path::Path;
use std::thread;
use std::time::Duration;

use copydesk::dataset::team::{
    InitOptions, Link, QueueOrder, ServerAddress, TeamError, TeamRole, WorkOutcome, fetch, init,
    send, take,
};
use copydesk::dataset::{CancelFlag, Dataset, Progress, Silent};
use copydesk::formats::Problem;
use copydesk::model::Status;

use super::annotator::{dataset, edit, make_team, remarks};
use super::server::{OWNER_PASSWORD, Postgres, Team, password};

#[test]
fn nothing_left_is_said_only_when_nothing_is_left() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = server.database();
    make_team(&team, folder.path(), 1, 1);
    team.add("ada", &[TeamRole::Annotator]);
    // Somebody else's transaction has the only row for a moment.
    let mut other = team.owner_sql();
    other
        .run("BEGIN; SELECT FROM copydesk.task FOR UPDATE")
        .unwrap();
    let taken = thread::scope(|scope| {
        let taker = scope.spawn(|| {
            let file = folder.path().join("ada.copydesk");
            let cancel = CancelFlag::default();
            take(&mut team.link("ada"), &file, 1, 600, &mut Silent, &cancel).unwrap()
        });
        thread::sleep(Duration::from_millis(800));
        other.run("ROLLBACK").unwrap();
        taker.join().unwrap()
    });
    assert_eq!((taken.new, taken.open), (1, 1));
}

#[test]
fn an_annotator_may_have_more_or_fewer_and_take_finished_work_up_again() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = server.database();
    make_team(&team, folder.path(), 4, 1);
    team.add("ada", &[TeamRole::Annotator]);
    let (mut link, cancel) = (team.link("ada"), CancelFlag::default());
    let (file, ada) = (folder.path().join("ada.copydesk"), team.login("ada"));
    take(&mut link, &file, 1, 600, &mut Silent, &cancel).unwrap();
    let more = take(&mut link, &file, 3, 600, &mut Silent, &cancel).unwrap();
    assert_eq!((more.new, more.open), (2, 3));
    let mut dataset = Dataset::open(&file).unwrap();
    edit(dataset.store_mut(), "a0001", &ada, "first", Status::Done);
    send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
    let fewer = copydesk::dataset::team::give_back(&mut link, &mut dataset, &cancel).unwrap();
    assert_eq!(fewer, 2);
    let states = "SELECT string_agg(state, ' ' ORDER BY article) FROM copydesk.assignment";
    let mut owner = team.owner_sql();
    let mut states = || owner.run(states).unwrap()[0][0].clone().unwrap();
    assert_eq!(states(), "done returned returned");
    // Finished is not final: she reopens it, and finishes it again.
    edit(
        dataset.store_mut(),
        "a0001",
        &ada,
        "second thoughts",
        Status::Started,
    );
    send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
    assert_eq!(states(), "leased returned returned");
    edit(dataset.store_mut(), "a0001", &ada, "third", Status::Done);
    let report = send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
    assert_eq!(report.with(WorkOutcome::Done), ["a0001"]);
    assert_eq!(states(), "done returned returned");
}

#[test]
fn work_without_a_line_or_a_valid_login_stays_and_is_sent_later() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = server.database();
    make_team(&team, folder.path(), 2, 1);
    team.add("ada", &[TeamRole::Annotator]);
    let cancel = CancelFlag::default();
    let (file, ada) = (folder.path().join("ada.copydesk"), team.login("ada"));
    take(&mut team.link("ada"), &file, 2, 600, &mut Silent, &cancel).unwrap();
    let mut dataset = Dataset::open(&file).unwrap();
    let mut edits = 0;
    let mut fails = |dataset: &mut Dataset, link: &mut Link| {
        edits += 1;
        let words = format!("edit {edits}");
        edit(dataset.store_mut(), "a0001", &ada, &words, Status::Started);
        let error = send(link, dataset, 600, &mut Silent, &cancel).unwrap_err();
        error.downcast::<TeamError>().unwrap()
    };
    // Nobody answers: it is said, and that a retry can help.
    let nowhere = ServerAddress {
        port: 1,
        ..team.address("ada")
    };
    let mut away = Link::new(nowhere, password("password-of-ada"));
    let error = fails(&mut dataset, &mut away);
    assert!(matches!(error, TeamError::Unreachable { .. }) && error.can_retry());
    // The password has expired: it is said at once, and that a retry cannot help.
    let mut admin = team.admin_sql();
    admin
        .run(&format!("ALTER ROLE {ada} VALID UNTIL '2001-01-01'"))
        .unwrap();
    let error = fails(&mut dataset, &mut team.link("ada"));
    assert!(
        matches!(error, TeamError::Login { .. }) && !error.can_retry(),
        "{error}"
    );
    assert!(!error.to_string().contains("password-of-ada"), "{error}");
    assert_eq!(error.location(), Some(&team.owner.location()));
    admin
        .run(&format!("ALTER ROLE {ada} VALID UNTIL 'infinity'"))
        .unwrap();
    // The membership has ended in the middle of a connection: told at once as well.
    let mut link = team.link("ada");
    send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
    let mut owner = team.owner_sql();
    let mut set_active = |active: bool| {
        let sql = format!("UPDATE copydesk.member SET active = {active} WHERE login = '{ada}'");
        owner.run(&sql).unwrap();
    };
    set_active(false);
    let error = fails(&mut dataset, &mut link);
    assert!(
        matches!(error, TeamError::Denied { .. }) && !error.can_retry(),
        "{error}"
    );
    set_active(true);
    let report = send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
    assert_eq!(report.entries, 1);
    let key = dataset.store().find("a0001").unwrap().unwrap();
    assert_eq!(
        remarks(dataset.store(), key, &ada),
        ["edit 1", "edit 2", "edit 3"]
    );
    let lines = "SELECT count(*) FROM copydesk.history";
    assert_eq!(team.owner_sql().number(lines), 3);
}

/// Counts what could not be read.
#[derive(Default)]
struct Listed(Vec<String>);

impl Progress for Listed {
    fn problem(&mut self, problem: &Problem) {
        self.0.push(problem.to_string());
    }
}

fn team_with_work(server: &std::sync::Arc<Postgres>, folder: &Path) -> Team {
    let team = server.database();
    make_team(&team, folder, 3, 2);
    team.add("lead", &[TeamRole::Manager]);
    let cancel = CancelFlag::default();
    for name in ["ada", "ben"] {
        team.add(name, &[TeamRole::Annotator]);
        let file = folder.join(format!("{name}.copydesk"));
        take(&mut team.link(name), &file, 3, 600, &mut Silent, &cancel).unwrap();
        let mut dataset = Dataset::open(&file).unwrap();
        for id in ["a0001", "a0002", "a0003"] {
            edit(
                dataset.store_mut(),
                id,
                &team.login(name),
                "done",
                Status::Done,
            );
        }
        send(
            &mut team.link(name),
            &mut dataset,
            600,
            &mut Silent,
            &cancel,
        )
        .unwrap();
    }
    team
}

#[test]
fn looking_at_a_colleagues_work_changes_nothing() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_work(&server, folder.path());
    let mut owner = team.owner_sql();
    let mut state = || {
        owner
            .run(
                "SELECT article, annotator, rev, saved_at, md5(doc) FROM copydesk.work ORDER BY 1, 2;
                 SELECT article, annotator, state, changed_at FROM copydesk.assignment ORDER BY 1, 2;
                 SELECT count(*) FROM copydesk.history; SELECT seq FROM copydesk.stream",
            )
            .unwrap()
    };
    let before = state();
    let lead = team.open("lead");
    lead.progress().unwrap();
    lead.works(&[1, 2, 3], false).unwrap();
    let cancel = CancelFlag::default();
    let file = folder.path().join("all.copydesk");
    fetch(&mut team.link("lead"), &file, false, &mut Silent, &cancel).unwrap();
    assert_eq!(state(), before);
}

#[test]
fn a_fetch_that_is_stopped_leaves_nothing_and_one_unreadable_annotation_stops_none() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_work(&server, folder.path());
    let file = folder.path().join("all.copydesk");
    let cancel = CancelFlag::default();
    cancel.cancel();
    assert!(fetch(&mut team.link("lead"), &file, false, &mut Silent, &cancel).is_err());
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("all") || name.contains("fetched"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    // A member sends what no program of ours can read; it is named, and all else comes.
    team.owner_sql()
        .run(&format!(
            "UPDATE copydesk.work SET doc = '{{\"v\":1}}' WHERE article = 2 AND annotator = '{}'",
            team.login("ben")
        ))
        .unwrap();
    let (mut listed, cancel) = (Listed::default(), CancelFlag::default());
    let report = fetch(&mut team.link("lead"), &file, false, &mut listed, &cancel).unwrap();
    assert_eq!((report.articles, report.works, report.refused), (3, 5, 1));
    assert_eq!(listed.0.len(), 1);
    let named = &listed.0[0];
    assert!(
        named.contains("a0002") && named.contains(&team.login("ben")),
        "{named}"
    );
    let all = Dataset::open(&file).unwrap();
    let key = all.store().find("a0002").unwrap().unwrap();
    assert_eq!(remarks(all.store(), key, &team.login("ada")), ["done"]);
}

#[test]
fn a_dataset_of_the_first_format_is_brought_up_to_date_by_its_owner() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    let first = include_str!("../../assets/migrations/postgres/0001_team.sql");
    Team::making_roles(|| {
        team.owner_sql().run(&format!(
            "BEGIN; CREATE SCHEMA copydesk; SET LOCAL search_path = copydesk, pg_temp; \
             CREATE TABLE migration (version bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp()); \
             INSERT INTO migration (version) VALUES (1);\n{first}\n\
             GRANT SELECT ON migration TO copydesk_annotator, copydesk_adjudicator, copydesk_manager; COMMIT"
        ))
    })
    .unwrap();
    team.add("ada", &[TeamRole::Annotator]);
    let open = || {
        let secret = password("password-of-ada");
        copydesk::dataset::team::Server::open(&team.address("ada"), &secret)
    };
    let error = open().map(|_| ()).unwrap_err();
    assert!(
        matches!(error, TeamError::TooOld { found: 1, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("backup"), "{error}");
    let articles = Dataset::open(&dataset(folder.path(), 2)).unwrap();
    let secret = password(OWNER_PASSWORD);
    let options = InitOptions {
        overlap: 1,
        order: QueueOrder::Import,
    };
    let cancel = CancelFlag::default();
    Team::making_roles(|| {
        init(
            &team.owner,
            &secret,
            &articles,
            options,
            &mut Silent,
            &cancel,
        )
    })
    .unwrap();
    assert_eq!(open().unwrap().head().unwrap().schema_version, 1);
    let file = folder.path().join("ada.copydesk");
    let taken = take(&mut team.link("ada"), &file, 2, 600, &mut Silent, &cancel).unwrap();
    assert_eq!(taken.new, 2);
}

#[test]
fn the_table_of_scenarios_names_tests_that_exist() {
    let page = include_str!("../../docs/team.md");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut numbers = Vec::new();
    let mut faults = Vec::new();
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some(Ok(number)) = cells.get(1).map(|cell| cell.parse::<usize>()) else {
            continue;
        };
        numbers.push(number);
        let mut sources = String::new();
        for name in cells[3].split('`').skip(1).step_by(2) {
            if let Some((module, test)) = name.split_once("::") {
                let file = root.join(format!("tests/team/{module}.rs"));
                let text = std::fs::read_to_string(file).unwrap_or_default();
                let test = test.trim_end_matches('…');
                if !text.contains(&format!("fn {test}")) {
                    faults.push(name.to_owned());
                }
            } else if name.contains('/') {
                let path = root.join(name);
                let files = match path.is_dir() {
                    true => vec![path.join("mod.rs")],
                    false => vec![path],
                };
                for file in files {
                    sources.push_str(&std::fs::read_to_string(&file).unwrap_or_else(|_| {
                        faults.push(name.to_owned());
                        String::new()
                    }));
                }
            } else if !name.contains(' ') {
                let test = name.trim_end_matches('…');
                if !sources.contains(&format!("fn {test}")) {
                    faults.push(name.to_owned());
                }
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(numbers, Vec::from_iter(1..=30));
}
