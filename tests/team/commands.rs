//! A team from the first day to the last, by the commands alone.

use std::collections::BTreeSet;

use copydesk::dataset::Dataset;
use copydesk::dataset::team::{TeamPack, TeamRole};
use copydesk::model::Status;
use copydesk::store::Filter;

use super::annotator::{copydesk, dataset, edit, make_team, remarks, well};
use super::server::{OWNER_PASSWORD, Postgres, Team};

#[test]
fn a_team_works_from_init_to_fetch_by_commands_alone() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let news = dataset(folder.path(), 6);
    let news = news.to_str().unwrap();
    let owner = team.owner.to_string();

    let init = [
        "team",
        "init",
        &owner,
        "--from",
        news,
        "--overlap",
        "2",
        "--order",
        "random",
    ];
    let (_, err) = Team::making_roles(|| well(OWNER_PASSWORD, &init));
    assert!(err.contains("added 6 articles"), "{err}");
    let (_, err) = well(OWNER_PASSWORD, &init);
    assert!(
        err.contains("added 0 articles") && err.contains("6 were there already"),
        "{err}"
    );

    // Members get logins; the password is printed once and is in no log.
    let mut members = Vec::new();
    for name in ["ada", "ben"] {
        let login = team.login(name);
        let (out, _) = Team::making_roles(|| {
            well(
                OWNER_PASSWORD,
                &["team", "add", &owner, &login, "--role", "annotator"],
            )
        });
        let fields: Vec<&str> = out.trim().split('\t').collect();
        assert!(!server.log().contains(fields[2]));
        members.push((login, fields[1].to_owned(), fields[2].to_owned()));
    }

    // Both take four of six articles, label three of them and send them, twice.
    for (login, address, secret) in &members {
        let file = at(&format!("{login}.copydesk"));
        let take = ["team", "take", address, "--out", &file, "--articles", "4"];
        let (_, err) = well(secret, &take);
        assert!(err.contains("took 4 articles"), "{err}");
        let (_, err) = well(secret, &take);
        assert!(
            err.contains("took 0 articles") && err.contains("has 4 open"),
            "{err}"
        );
        let mut dataset = Dataset::open(file.as_ref()).unwrap();
        let pack = TeamPack::load(dataset.store()).unwrap().unwrap();
        for article in pack.articles.values().take(3) {
            edit(
                dataset.store_mut(),
                &article.id,
                login,
                "first",
                Status::Started,
            );
            edit(
                dataset.store_mut(),
                &article.id,
                login,
                "second",
                Status::Done,
            );
        }
        drop(dataset);
        let (_, err) = well(secret, &["team", "send", &file]);
        assert!(
            err.contains("has 6 more of your edits; 3 articles done"),
            "{err}"
        );
        let (out, _) = well(secret, &["team", "send", &file, "--json"]);
        assert!(out.contains("\"entries\": 0"), "{out}");
        let (_, err) = well(secret, &["team", "return", &file]);
        assert!(err.contains("gave 1 article back"), "{err}");
    }

    let (out, _) = well(OWNER_PASSWORD, &["team", "status", &owner, "--json"]);
    let status: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(status["articles"], 6);
    assert_eq!(status["open_slots"], 6);
    assert_eq!(status["members"][0]["done"], 3);
    well(OWNER_PASSWORD, &["team", "status", &owner]);
    well(OWNER_PASSWORD, &["team", "overlap", &owner, "3"]);
    well(OWNER_PASSWORD, &["team", "order", &owner, "site"]);

    // An annotator fetches her own work, the owner everybody's.
    for (address, secret, expected) in [
        (
            &members[0].1,
            members[0].2.as_str(),
            vec![members[0].0.clone()],
        ),
        (
            &owner,
            OWNER_PASSWORD,
            vec![members[0].0.clone(), members[1].0.clone()],
        ),
    ] {
        let all = at("all.copydesk");
        well(
            secret,
            &["team", "fetch", address, "--out", &all, "--replace"],
        );
        let dataset = Dataset::open(all.as_ref()).unwrap();
        let store = dataset.store();
        let mut names = BTreeSet::new();
        for key in store.keys(&Filter::default()).unwrap() {
            for (login, ..) in &members {
                let found = remarks(store, key, login);
                if !found.is_empty() {
                    assert_eq!(found, ["first", "second"]);
                    names.insert(login.clone());
                }
            }
        }
        assert_eq!(Vec::from_iter(names), expected);
        assert_eq!(store.keys(&Filter::default()).unwrap().len(), 6);
    }

    // Who leaves can do nothing any more; the work stays.
    let (login, address, secret) = &members[1];
    well(OWNER_PASSWORD, &["team", "remove", &owner, login]);
    let refused = copydesk(
        secret,
        &["team", "take", address, "--out", &at("new.copydesk")],
    );
    let err = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{err}");
    assert!(err.contains("does not allow this"), "{err}");
    assert!(!err.contains(secret.as_str()), "{err}");
    let (out, _) = well(OWNER_PASSWORD, &["team", "status", &owner, "--json"]);
    let status: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(status["members"][1]["done"], 3);
    assert_eq!(status["members"][1]["active"], false);
}

#[test]
fn errors_say_what_to_do_and_never_the_password() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    make_team(&team, folder.path(), 1, 1);
    team.add("ada", &[TeamRole::Annotator]);
    let ada = team.address("ada").to_string();
    let right = "password-of-ada";
    let file = folder.path().join("x.copydesk");
    let file = file.to_str().unwrap();
    let nowhere = ada.replace(&server.port.to_string(), "1");
    let missing = ada.replace("/gold", "/nothing");
    let take = |address: &str| ["team", "take", address, "--out", file].map(str::to_owned);
    for (secret, words, expected) in [
        ("wrong-one", take(&ada).to_vec(), "does not let"),
        (right, take(&nowhere).to_vec(), "cannot reach"),
        (right, take(&missing).to_vec(), "there is no team dataset"),
        ("", take(&ada).to_vec(), "no password for"),
        (
            right,
            take("postgres://ada:s3cret@db/gold").to_vec(),
            "does not belong into an address",
        ),
        (
            right,
            ["team", "status", &ada].map(str::to_owned).to_vec(),
            "does not allow this",
        ),
        (
            right,
            ["team", "overlap", &ada, "9"].map(str::to_owned).to_vec(),
            "does not allow this",
        ),
        (
            right,
            ["team", "send", file].map(str::to_owned).to_vec(),
            "x.copydesk",
        ),
    ] {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = copydesk(secret, &words);
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{words:?}: {err}");
        assert!(err.to_lowercase().contains(expected), "{words:?}: {err}");
        assert!(secret.is_empty() || !err.contains(secret), "{err}");
        assert!(!err.contains("s3cret"), "{err}");
    }
}
