//! Managers steer single articles by commands, and it is noted what they did.

use copydesk::dataset::team::{TeamPack, TeamRole, WorkOutcome, send, take};
use copydesk::dataset::{CancelFlag, Dataset, Silent};
use copydesk::model::Status;

use super::annotator::{copydesk, edit, make_team, well};
use super::server::{Postgres, Team};

fn lead(team: &Team, command: &str, words: &[&str]) -> String {
    let address = team.address("lead").to_string();
    let all = [&["team", command, address.as_str()][..], words].concat();
    well("password-of-lead", &all).1
}

#[test]
fn articles_get_priorities_other_annotators_and_are_closed_and_reopened() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(format!("{name}.copydesk"));
    make_team(&team, folder.path(), 6, 1);
    for name in ["ada", "ben"] {
        team.add(name, &[TeamRole::Annotator]);
    }
    team.add("lead", &[TeamRole::Manager]);
    let cancel = CancelFlag::default();
    let (ada, ben) = (team.login("ada"), team.login("ben"));
    let take_n = |name: &str, n| {
        take(
            &mut team.link(name),
            &at(name),
            n,
            600,
            &mut Silent,
            &cancel,
        )
        .unwrap();
        let dataset = Dataset::open(&at(name)).unwrap();
        let pack = TeamPack::load(dataset.store()).unwrap().unwrap();
        let ids: Vec<String> = pack.articles.values().map(|one| one.id.clone()).collect();
        ids
    };

    // First things first, last things last.
    let told = lead(&team, "priority", &["5", "a0005", "a0004"]);
    assert!(
        told.contains("2 articles") && told.contains("priority 5"),
        "{told}"
    );
    lead(&team, "priority", &["-1", "a0001"]);
    assert_eq!(take_n("ada", 2), ["a0004", "a0005"]);
    assert_eq!(take_n("ada", 3), ["a0002", "a0004", "a0005"]);
    let output = copydesk(
        "password-of-lead",
        &[
            "team",
            "priority",
            &team.address("lead").to_string(),
            "9",
            "a0003",
            "nothing",
        ],
    );
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && err.contains("no article nothing"),
        "{err}"
    );
    let changed = "SELECT count(*) FROM copydesk.task WHERE priority = 9";
    assert_eq!(team.owner_sql().number(changed), 0, "all or none");

    // Ben gets one of hers; she was offline, and what she sends is kept as extra.
    let told = lead(&team, "reassign", &["--from", &ada, "--to", &ben, "a0004"]);
    assert!(told.contains("1 article"), "{told}");
    let output = copydesk(
        "password-of-lead",
        &[
            "team",
            "reassign",
            &team.address("lead").to_string(),
            "--from",
            &ada,
            "--to",
            &ben,
            "a0004",
        ],
    );
    assert_eq!(
        output.status.code(),
        Some(3),
        "she does not hold it any more"
    );
    assert_eq!(take_n("ben", 1), ["a0004"]);
    let mut dataset = Dataset::open(&at("ada")).unwrap();
    for id in ["a0004", "a0005"] {
        edit(dataset.store_mut(), id, &ada, "hers", Status::Done);
    }
    let mut link = team.link("ada");
    let report = send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
    assert_eq!(report.with(WorkOutcome::Extra), ["a0004"]);
    assert_eq!(report.with(WorkOutcome::Done), ["a0005"]);

    // Nobody gets a closed article, and work on it is late; reopened, it is as before.
    lead(&team, "close", &["a0002", "a0003"]);
    assert_eq!(take_n("ben", 6), ["a0001", "a0004", "a0006"]);
    edit(dataset.store_mut(), "a0002", &ada, "too late", Status::Done);
    let report = send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
    assert_eq!(report.with(WorkOutcome::Late), ["a0002"]);
    lead(&team, "reopen", &["a0002", "a0003"]);
    assert_eq!(
        take_n("ben", 6),
        ["a0001", "a0002", "a0003", "a0004", "a0006"]
    );

    let acts = team
        .owner_sql()
        .run("SELECT act, count(*) FROM copydesk.audit WHERE act IN ('priority', 'reassign', 'close') GROUP BY act ORDER BY act")
        .unwrap();
    let acts: Vec<String> = acts
        .into_iter()
        .map(|row| row.into_iter().flatten().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(acts, ["close 4", "priority 3", "reassign 1"]);
    // An annotator has none of these commands.
    for words in [
        &["priority", "5", "a0001"][..],
        &["reassign", "--from", &ben, "--to", &ada, "a0001"],
        &["close", "a0001"],
        &["reopen", "a0001"],
        &["share", "on"],
    ] {
        let address = team.address("ada").to_string();
        let all = [&["team", words[0], address.as_str()][..], &words[1..]].concat();
        let output = copydesk("password-of-ada", &all);
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{all:?}: {err}");
        assert!(err.contains("does not allow this"), "{err}");
    }
}
