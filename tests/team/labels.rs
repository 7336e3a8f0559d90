//! Labels that change while members work, also offline.

use copydesk::dataset::team::{Link, Server, TeamError, TeamRole, fetch, send, take};
use copydesk::dataset::{CancelFlag, Dataset, Silent};
use copydesk::edit::Relabel;
use copydesk::formats::schema_toml;
use copydesk::model::Status;
use copydesk::store::codec;

use super::annotator::{edit, entities, make_team, tag, well};
use super::server::{OWNER_PASSWORD, Postgres, Team, password};

const UMIT: &str = "Ümit";

/// Renames a label of the team by the command, as the manager does.
pub fn rename(team: &Team, folder: &std::path::Path, from: &str, to: &str) {
    let server = team.open("lead");
    let (schema, _) = server.schema_with_version().unwrap().unwrap();
    let toml = schema_toml::print_with_guidelines(&schema);
    let toml = toml.replace(&format!("label = \"{from}\""), &format!("label = \"{to}\""));
    let file = folder.join("new.toml");
    std::fs::write(&file, toml).unwrap();
    let (_, err) = well(
        "password-of-lead",
        &[
            "team",
            "schema",
            &team.address("lead").to_string(),
            "--from",
            file.to_str().unwrap(),
            "--rename",
            &format!("{from}={to}"),
        ],
    );
    assert!(err.contains("1 label was renamed"), "{err}");
}

fn send_all(link: &mut Link, dataset: &mut Dataset) {
    let cancel = CancelFlag::default();
    let report = send(link, dataset, 600, &mut Silent, &cancel).unwrap();
    assert!(
        report.conflicts.is_empty() && report.refused.is_empty(),
        "{report:?}"
    );
}

#[test]
fn a_label_renamed_while_others_work_offline_has_its_new_name_everywhere() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(format!("{name}.copydesk"));
    make_team(&team, folder.path(), 3, 2);
    team.add("lead", &[TeamRole::Manager]);
    let cancel = CancelFlag::default();
    for name in ["ada", "ben"] {
        team.add(name, &[TeamRole::Annotator]);
        let mut link = team.link(name);
        take(&mut link, &at(name), 2, 600, &mut Silent, &cancel).unwrap();
        let mut dataset = Dataset::open(&at(name)).unwrap();
        let login = team.login(name);
        tag(
            dataset.store_mut(),
            "a0001",
            &login,
            (UMIT, "PERSON"),
            Status::Done,
        );
        tag(
            dataset.store_mut(),
            "a0002",
            &login,
            ("Ferry", "ORG"),
            Status::Started,
        );
    }
    // Ben sends and is never seen again; ada is on a train, and works on under the old names.
    let mut ben = Dataset::open(&at("ben")).unwrap();
    send_all(&mut team.link("ben"), &mut ben);
    rename(&team, folder.path(), "PERSON", "HUMAN");
    rename(&team, folder.path(), "ORG", "COMPANY");
    let ada = team.login("ada");
    let mut dataset = Dataset::open(&at("ada")).unwrap();
    tag(
        dataset.store_mut(),
        "a0002",
        &ada,
        (UMIT, "PERSON"),
        Status::Done,
    );
    let report = send(
        &mut team.link("ada"),
        &mut dataset,
        600,
        &mut Silent,
        &cancel,
    )
    .unwrap();
    assert!(
        report.labels_changed && report.refused.is_empty(),
        "{report:?}"
    );
    // Her file has the new labels now, and her work their names.
    let schema = dataset.store().schema().unwrap();
    assert!(schema.entity("HUMAN").is_some() && schema.entity("PERSON").is_none());
    assert_eq!(
        entities(dataset.store(), "a0002", &ada),
        ["COMPANY Ferry", "HUMAN Ümit"]
    );
    tag(
        dataset.store_mut(),
        "a0002",
        &ada,
        ("noon", "HUMAN"),
        Status::Done,
    );
    send_all(&mut team.link("ada"), &mut dataset);
    send_all(&mut team.link("ada"), &mut dataset);

    // An old program sends under the first labels; the work is kept and read under the new ones.
    team.add("old", &[TeamRole::Annotator]);
    let mut old = team.sql("old");
    old.run("SELECT copydesk.take_articles('00000000-0000-8000-9000-000000000077', 1, 600)")
        .unwrap();
    let article = old.number("SELECT article FROM copydesk.assignment");
    let text = "Ferry 3 sailed\n";
    assert_eq!(article, 3);
    let doc = format!(
        "{{\"v\":1,\"status\":\"done\",\"labels\":[\"PERSON\"],\"regions\":[],\"entities\":[[0,{},0,0,0]],\"remarks\":[]}}",
        text.len() - 1
    );
    let rows = old
        .run(&format!(
            "SELECT outcome FROM copydesk.save_work('00000000-0000-8000-8000-000000000077', 3, 0, 'done', '{doc}', '[1]', 0, 600)"
        ))
        .unwrap();
    assert_eq!(rows[0][0].as_deref(), Some("done"));

    let all = folder.path().join("all.copydesk");
    let report = fetch(&mut team.link("lead"), &all, false, &mut Silent, &cancel).unwrap();
    assert_eq!((report.works, report.refused), (5, 0));
    let all = Dataset::open(&all).unwrap();
    let store = all.store();
    let (ben, old) = (team.login("ben"), team.login("old"));
    assert_eq!(entities(store, "a0001", &ben), ["HUMAN Ümit"]);
    assert_eq!(entities(store, "a0002", &ben), ["COMPANY Ferry"]);
    assert_eq!(entities(store, "a0001", &ada), ["HUMAN Ümit"]);
    assert_eq!(
        entities(store, "a0002", &ada),
        ["COMPANY Ferry", "HUMAN noon", "HUMAN Ümit"]
    );
    assert_eq!(entities(store, "a0003", &old), ["HUMAN Ferry 3 sailed"]);
    // Histories come along, with the renames as steps of their own.
    let key = store.find("a0002").unwrap().unwrap();
    let article = store.article(key).unwrap();
    assert_eq!(store.history(&article, key, &ben).unwrap().len(), 2);
    assert!(store.history(&article, key, &ada).unwrap().len() >= 5);

    // A name may come back, for something else or for the same.
    rename(&team, folder.path(), "HUMAN", "PERSON");
    let again = folder.path().join("again.copydesk");
    fetch(&mut team.link("lead"), &again, false, &mut Silent, &cancel).unwrap();
    let again = Dataset::open(&again).unwrap();
    assert_eq!(entities(again.store(), "a0001", &ben), ["PERSON Ümit"]);
    assert_eq!(
        entities(again.store(), "a0003", &old),
        ["PERSON Ferry 3 sailed"]
    );
    let audited = "SELECT count(*) FROM copydesk.audit WHERE act = 'schema'";
    assert_eq!(team.owner_sql().number(audited), 3);
}

#[test]
fn earlier_work_and_suggestions_come_under_the_new_names_when_an_article_is_taken_again() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(format!("{name}.copydesk"));
    make_team(&team, folder.path(), 2, 1);
    team.add("lead", &[TeamRole::Manager]);
    team.add("ada", &[TeamRole::Annotator]);
    let (mut link, cancel) = (team.link("ada"), CancelFlag::default());
    let ada = team.login("ada");
    take(&mut link, &at("ada"), 1, 600, &mut Silent, &cancel).unwrap();
    let mut dataset = Dataset::open(&at("ada")).unwrap();
    tag(
        dataset.store_mut(),
        "a0001",
        &ada,
        (UMIT, "PERSON"),
        Status::Started,
    );
    send_all(&mut link, &mut dataset);
    let doc = codec::write_annotation(&{
        let key = dataset.store().find("a0001").unwrap().unwrap();
        let article = dataset.store().article(key).unwrap();
        let stored = dataset.store().annotations(&article, key).unwrap();
        stored[1].annotation.clone()
    })
    .unwrap();
    team.owner_sql()
        .run(&format!(
            "UPDATE copydesk.suggestion SET doc = '{}'",
            doc.replace("started", "todo")
        ))
        .unwrap();
    rename(&team, folder.path(), "PERSON", "HUMAN");
    // She goes on in a new file, on another computer.
    team.owner_sql()
        .run("UPDATE copydesk.assignment SET state = 'returned'; SELECT copydesk.recount(article) FROM copydesk.task")
        .unwrap();
    take(&mut link, &at("new"), 2, 600, &mut Silent, &cancel).unwrap();
    let mut new = Dataset::open(&at("new")).unwrap();
    assert_eq!(entities(new.store(), "a0001", &ada), ["HUMAN Ümit"]);
    let key = new.store().find("a0002").unwrap().unwrap();
    let article = new.store().article(key).unwrap();
    let suggested = new.store().annotations(&article, key).unwrap();
    assert_eq!(
        suggested[0].annotation.entities()[0].label.as_str(),
        "HUMAN"
    );
    edit(new.store_mut(), "a0001", &ada, "more", Status::Done);
    send_all(&mut link, &mut new);
    let lines = "SELECT count(*) FROM copydesk.history WHERE article = 1";
    assert_eq!(
        team.owner_sql().number(lines),
        3,
        "her edit, the rename, her edit"
    );
}

#[test]
fn two_managers_do_not_overwrite_each_others_labels() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    make_team(&team, folder.path(), 1, 1);
    team.add("lead", &[TeamRole::Manager]);
    team.add("ada", &[TeamRole::Annotator]);
    let lead = team.open("lead");
    let (schema, version) = lead.schema_with_version().unwrap().unwrap();
    let none = Relabel::default();
    assert_eq!(
        lead.change_schema(version, &schema, &none).unwrap(),
        version
    );
    let other = |name: &str| {
        let toml = schema_toml::print_with_guidelines(&schema);
        schema_toml::parse(
            &toml.replace("name = \"news\"", &format!("name = \"{name}\"")),
            None,
        )
        .unwrap()
    };
    let before = lead.head().unwrap();
    assert_eq!(
        lead.change_schema(version, &other("x"), &none).unwrap(),
        version + 1
    );
    let after = lead.head().unwrap();
    assert_eq!(
        (after.seq.0, after.schema_version),
        (before.seq.0 + 1, version + 1),
        "who waits for changes wakes"
    );
    let late = Server::open(&team.owner, &password(OWNER_PASSWORD)).unwrap();
    let error = late.change_schema(version, &other("y"), &none).unwrap_err();
    assert!(matches!(error, TeamError::Conflict { .. }), "{error}");
    let error = team
        .open("ada")
        .change_schema(version + 1, &other("z"), &none);
    assert!(matches!(error, Err(TeamError::Denied { .. })), "{error:?}");
    assert_eq!(lead.schema().unwrap().unwrap().name(), "x");
}
