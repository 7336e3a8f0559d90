//! One member works on an article in two files: both changes come into one.

use copydesk::dataset::team::{
    Server, TeamPack, TeamRole, WorkOutcome, fetch, give_back, send, take,
};
use copydesk::dataset::{CancelFlag, Dataset, Silent};
use copydesk::edit::Edit;
use copydesk::model::{BytePos, Entity, Label, Provenance, Status};

use super::annotator::{change, edit, entities, make_team, remarks, tag, well};
use super::faults::{ids, team_with_ada};
use super::labels::rename;
use super::server::{Postgres, Team};

/// The labels in the work that everybody's fetch finds on the server, and the number of lines there.
fn on_server(team: &Team, name: &str, id: &str) -> (Vec<String>, i64) {
    let folder = tempfile::tempdir().unwrap();
    let all = folder.path().join("all.copydesk");
    let (mut link, cancel) = (team.link(name), CancelFlag::default());
    let report = fetch(&mut link, &all, false, &mut Silent, &cancel).unwrap();
    assert_eq!(report.refused, 0);
    let dataset = Dataset::open(&all).unwrap();
    let login = team.login(name);
    let key = dataset.store().find(id).unwrap().unwrap();
    let article = dataset.store().article(key).unwrap();
    let history = dataset.store().history(&article, key, &login).unwrap();
    let lines = team.owner_sql().number(&format!(
        "SELECT count(*) FROM copydesk.history h JOIN copydesk.article a ON a.key = h.article \
         WHERE a.id = '{id}' AND h.annotator = '{login}'"
    ));
    assert_eq!(
        history.len() as i64,
        lines,
        "the lines lead to the annotation"
    );
    (entities(dataset.store(), id, &login), lines)
}

/// The same article in two files of one member: a copy of the first one.
fn two_files(team: &Team, folder: &std::path::Path) -> (Dataset, Dataset, String) {
    let (mut link, cancel) = (team.link("ada"), CancelFlag::default());
    let file = folder.join("desk.copydesk");
    take(&mut link, &file, 1, 600, &mut Silent, &cancel).unwrap();
    let copy = folder.join("laptop.copydesk");
    Dataset::copy(&file, &copy, false).unwrap();
    let desk = Dataset::open(&file).unwrap();
    let laptop = Dataset::open(&copy).unwrap();
    let id = ids(&desk).remove(0);
    (desk, laptop, id)
}

#[test]
fn changes_in_two_files_come_into_one_and_none_is_lost_or_doubled() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_ada(&server, folder.path(), 2);
    let (mut link, cancel) = (team.link("ada"), CancelFlag::default());
    let ada = team.login("ada");
    let (mut desk, mut laptop, id) = two_files(&team, folder.path());
    edit(desk.store_mut(), &id, &ada, "at the desk", Status::Started);
    tag(
        desk.store_mut(),
        &id,
        &ada,
        ("Ümit", "PERSON"),
        Status::Started,
    );
    edit(
        laptop.store_mut(),
        &id,
        &ada,
        "on the train",
        Status::Started,
    );
    tag(
        laptop.store_mut(),
        &id,
        &ada,
        ("The ferry", "ORG"),
        Status::Done,
    );
    let mut send_from =
        |dataset: &mut Dataset| send(&mut link, dataset, 600, &mut Silent, &cancel).unwrap();
    assert!(send_from(&mut desk).merged.is_empty());
    let report = send_from(&mut laptop);
    assert_eq!(report.merged.len(), 1, "{report:?}");
    assert_eq!(report.merged[0].left_out, Vec::<String>::new());
    assert!(report.conflicts.is_empty() && report.refused.is_empty());
    assert_eq!(report.with(WorkOutcome::Done), [id.as_str()]);
    let both = ["ORG The ferry", "PERSON Ümit"];
    assert_eq!(entities(laptop.store(), &id, &ada), both);
    let key = laptop.store().find(&id).unwrap().unwrap();
    let mut said = remarks(laptop.store(), key, &ada);
    said.sort();
    assert_eq!(said, ["at the desk", "on the train"]);
    assert_eq!(
        on_server(&team, "ada", &id),
        (both.map(str::to_owned).to_vec(), 4)
    );
    assert_eq!(send_from(&mut laptop).entries, 0);

    // The first file goes on from what it had, and gets the other's changes with its next ones.
    tag(
        desk.store_mut(),
        &id,
        &ada,
        ("noon", "DATE"),
        Status::Started,
    );
    let report = send_from(&mut desk);
    assert_eq!(
        (report.merged.len(), report.conflicts.len()),
        (1, 0),
        "{report:?}"
    );
    let all = ["ORG The ferry", "DATE noon", "PERSON Ümit"];
    assert_eq!(entities(desk.store(), &id, &ada), all);
    assert_eq!(
        on_server(&team, "ada", &id),
        (all.map(str::to_owned).to_vec(), 5)
    );
    let article = desk.store().article(key).unwrap();
    let stored = desk.store().annotations(&article, key).unwrap();
    let mine = stored.iter().find(|one| one.owner.is(&ada)).unwrap();
    assert_eq!(
        mine.annotation.status(),
        Status::Done,
        "finished in the other file"
    );
}

#[test]
fn a_change_that_does_not_fit_the_other_files_is_named_and_stays_in_the_history() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_ada(&server, folder.path(), 2);
    let (mut link, cancel) = (team.link("ada"), CancelFlag::default());
    let ada = team.login("ada");
    let (mut desk, mut laptop, id) = two_files(&team, folder.path());
    tag(
        desk.store_mut(),
        &id,
        &ada,
        ("Ümit", "PERSON"),
        Status::Done,
    );
    tag(
        laptop.store_mut(),
        &id,
        &ada,
        ("Ümit", "ORG"),
        Status::Started,
    );
    tag(
        laptop.store_mut(),
        &id,
        &ada,
        ("noon", "DATE"),
        Status::Started,
    );
    send(&mut link, &mut desk, 600, &mut Silent, &cancel).unwrap();
    drop(laptop);
    let file = folder.path().join("laptop.copydesk");
    let file = file.to_str().unwrap();
    // By the command, whose words are for the member.
    let (out, err) = well("password-of-ada", &["team", "send", file, "--json"]);
    assert!(out.contains("\"ORG “Ümit”\""), "{out}");
    assert!(
        err.contains("both changes are in it now, except for 1 change"),
        "{err}"
    );
    assert!(err.contains("ORG “Ümit”"), "{err}");
    laptop = Dataset::open(std::path::Path::new(file)).unwrap();
    assert_eq!(
        entities(laptop.store(), &id, &ada),
        ["DATE noon", "PERSON Ümit"]
    );
    let key = laptop.store().find(&id).unwrap().unwrap();
    let article = laptop.store().article(key).unwrap();
    let history = laptop.store().history(&article, key, &ada).unwrap();
    let at = article.text.as_str().find("Ümit").unwrap() as u32;
    let tried = Entity {
        span: article.text.span(BytePos(at), BytePos(at + 5)).unwrap(),
        label: Label::new("ORG").unwrap(),
        provenance: Provenance::Person,
    };
    let has = |edit: &Edit| {
        history
            .iter()
            .any(|one| one.transaction.edits.contains(edit))
    };
    assert!(
        has(&Edit::AddEntity(tried)),
        "she did it, and the file knows"
    );
    let (there, _) = on_server(&team, "ada", &id);
    assert_eq!(there, ["DATE noon", "PERSON Ümit"]);
}

#[test]
fn two_files_that_took_the_article_at_different_times_come_into_one() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = server.database();
    make_team(&team, folder.path(), 1, 1);
    team.add("ada", &[TeamRole::Annotator]);
    let (mut link, cancel) = (team.link("ada"), CancelFlag::default());
    let ada = team.login("ada");
    // The first file gives the article back, and the second one gets it.
    let (first, second) = (
        folder.path().join("1.copydesk"),
        folder.path().join("2.copydesk"),
    );
    take(&mut link, &first, 1, 600, &mut Silent, &cancel).unwrap();
    let mut first = Dataset::open(&first).unwrap();
    assert_eq!(give_back(&mut link, &mut first, &cancel).unwrap(), 1);
    let pack = TeamPack::load(first.store()).unwrap().unwrap();
    assert!(pack.articles.values().all(|noted| noted.is_given_back));
    take(&mut link, &second, 1, 600, &mut Silent, &cancel).unwrap();
    let mut second = Dataset::open(&second).unwrap();
    let id = ids(&second).remove(0);
    // She works on it in both all the same.
    tag(
        second.store_mut(),
        &id,
        &ada,
        ("Ümit", "PERSON"),
        Status::Started,
    );
    tag(
        first.store_mut(),
        &id,
        &ada,
        ("noon", "DATE"),
        Status::Started,
    );
    send(&mut link, &mut second, 600, &mut Silent, &cancel).unwrap();
    let report = send(&mut link, &mut first, 600, &mut Silent, &cancel).unwrap();
    assert_eq!(
        (report.merged.len(), report.conflicts.len()),
        (1, 0),
        "{report:?}"
    );
    let (there, _) = on_server(&team, "ada", &id);
    assert_eq!(there, ["DATE noon", "PERSON Ümit"]);
}

#[test]
fn work_under_labels_that_this_file_does_not_know_yet_comes_into_one_with_them() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = server.database();
    make_team(&team, folder.path(), 1, 1);
    team.add("lead", &[TeamRole::Manager]);
    team.add("ada", &[TeamRole::Annotator]);
    let (mut link, cancel) = (team.link("ada"), CancelFlag::default());
    let ada = team.login("ada");
    let (mut desk, mut laptop, id) = two_files(&team, folder.path());
    let mut send_from =
        |dataset: &mut Dataset| send(&mut link, dataset, 600, &mut Silent, &cancel).unwrap();
    // At the desk she works under the new labels; the laptop was away meanwhile.
    rename(&team, folder.path(), "PERSON", "HUMAN");
    assert!(send_from(&mut desk).labels_changed);
    let umit = ("Ümit", "HUMAN");
    tag(desk.store_mut(), &id, &ada, umit, Status::Started);
    assert!(send_from(&mut desk).conflicts.is_empty());
    let noon = ("noon", "PERSON");
    tag(laptop.store_mut(), &id, &ada, noon, Status::Started);
    let report = send_from(&mut laptop);
    assert!(
        report.labels_changed && report.refused.is_empty(),
        "{report:?}"
    );
    let again = send_from(&mut laptop);
    assert!(
        again.conflicts.is_empty() && again.refused.is_empty(),
        "{again:?}"
    );
    let merged = report.merged.iter().chain(&again.merged);
    assert!(
        merged.map(|one| one.left_out.len()).eq([0]),
        "{report:?} {again:?}"
    );
    let both = ["HUMAN noon", "HUMAN Ümit"];
    assert_eq!(entities(laptop.store(), &id, &ada), both);
    assert_eq!(on_server(&team, "ada", &id).0, both);
}

#[test]
fn many_rounds_in_two_files_lose_and_double_nothing() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_ada(&server, folder.path(), 2);
    let (mut link, cancel) = (team.link("ada"), CancelFlag::default());
    let ada = team.login("ada");
    let (mut desk, mut laptop, id) = two_files(&team, folder.path());
    let words = [
        "Ferry",
        "sailed",
        "ferry with",
        "number",
        "left",
        "noon",
        "Ümit",
        "saw",
    ];
    let mut random = numbers(7);
    let mut expected = 0;
    for (round, some) in words.iter().enumerate() {
        for (dataset, at) in [(&mut desk, "desk"), (&mut laptop, "laptop")] {
            if !random().is_multiple_of(3) {
                edit(
                    dataset.store_mut(),
                    &id,
                    &ada,
                    &format!("{at} {round}"),
                    Status::Started,
                );
                expected += 1;
            }
        }
        tag(desk.store_mut(), &id, &ada, (some, "ORG"), Status::Started);
        expected += 1;
        let mut order = [&mut desk, &mut laptop];
        if random().is_multiple_of(2) {
            order.reverse();
        }
        for dataset in order {
            let report = send(&mut link, dataset, 600, &mut Silent, &cancel).unwrap();
            assert!(
                report.conflicts.is_empty() && report.refused.is_empty(),
                "{report:?}"
            );
            for merged in &report.merged {
                assert_eq!(merged.left_out, Vec::<String>::new());
            }
        }
    }
    // Whoever sends last has everything.
    edit(laptop.store_mut(), &id, &ada, "last", Status::Started);
    expected += 1;
    let report = send(&mut link, &mut laptop, 600, &mut Silent, &cancel).unwrap();
    assert!(report.conflicts.is_empty(), "{report:?}");
    let (there, lines) = on_server(&team, "ada", &id);
    assert_eq!((there.len(), lines), (words.len(), expected));
    assert_eq!(entities(laptop.store(), &id, &ada), there);
}

/// Small numbers, always the same.
fn numbers(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state >> 33
    }
}

#[test]
fn a_restored_backup_is_refilled_by_two_files_in_any_order() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    for laptop_first in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let team = team_with_ada(&server, folder.path(), 2);
        let (mut link, cancel) = (team.link("ada"), CancelFlag::default());
        let ada = team.login("ada");
        let (mut desk, mut laptop, id) = two_files(&team, folder.path());
        let backup = folder.path().join("gold.dump");
        let secret = super::server::password(super::server::OWNER_PASSWORD);
        tag(
            desk.store_mut(),
            &id,
            &ada,
            ("Ümit", "PERSON"),
            Status::Started,
        );
        send(&mut link, &mut desk, 600, &mut Silent, &cancel).unwrap();
        copydesk::dataset::team::dump(&team.owner, &secret, &backup).unwrap();
        tag(
            laptop.store_mut(),
            &id,
            &ada,
            ("noon", "DATE"),
            Status::Started,
        );
        send(&mut link, &mut laptop, 600, &mut Silent, &cancel).unwrap();
        tag(
            desk.store_mut(),
            &id,
            &ada,
            ("The ferry", "ORG"),
            Status::Started,
        );
        send(&mut link, &mut desk, 600, &mut Silent, &cancel).unwrap();
        Team::making_roles(|| copydesk::dataset::team::restore_dump(&team.owner, &secret, &backup))
            .unwrap();
        let mut order = [&mut desk, &mut laptop];
        if laptop_first {
            order.reverse();
        }
        for _ in 0..2 {
            for dataset in &mut order {
                let report = send(&mut link, dataset, 600, &mut Silent, &cancel).unwrap();
                assert!(
                    report.conflicts.is_empty() && report.refused.is_empty(),
                    "{report:?}"
                );
            }
        }
        let (there, _) = on_server(&team, "ada", &id);
        assert_eq!(there, ["ORG The ferry", "DATE noon", "PERSON Ümit"]);
    }
}

#[test]
fn giving_back_waits_for_nobody_and_takes_the_place_of_none() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_ada(&server, folder.path(), 3);
    let (mut link, cancel) = (team.link("ada"), CancelFlag::default());
    let ada = team.login("ada");
    let file = folder.path().join("desk.copydesk");
    take(&mut link, &file, 3, 600, &mut Silent, &cancel).unwrap();
    let mut desk = Dataset::open(&file).unwrap();
    let all = ids(&desk);
    tag(
        desk.store_mut(),
        &all[1],
        &ada,
        ("Ümit", "PERSON"),
        Status::Started,
    );
    assert_eq!(give_back(&mut link, &mut desk, &cancel).unwrap(), 2);
    let given = |dataset: &Dataset| -> Vec<bool> {
        let pack = TeamPack::load(dataset.store()).unwrap().unwrap();
        pack.articles
            .values()
            .map(|noted| noted.is_given_back)
            .collect()
    };
    assert_eq!(given(&desk), [true, false, true]);
    assert_eq!(entities(desk.store(), &all[1], &ada), ["PERSON Ümit"]);
    // Taken again, it is hers again.
    drop(desk);
    take(&mut link, &file, 2, 600, &mut Silent, &cancel).unwrap();
    let mut desk = Dataset::open(&file).unwrap();
    assert_eq!(given(&desk).iter().filter(|one| !**one).count(), 2);
    // What she does on one that is not hers any more is kept.
    let key = desk.store().find(&all[2]).unwrap().unwrap();
    change(desk.store_mut(), key, &ada, Vec::new(), Status::Done);
    let report = send(&mut link, &mut desk, 600, &mut Silent, &cancel).unwrap();
    assert_eq!(report.with(WorkOutcome::Done), [all[2].as_str()]);
    let line = Server::open(
        &team.address("ada"),
        &super::server::password("password-of-ada"),
    );
    assert_eq!(line.unwrap().head().unwrap().here, [ada]);
}
