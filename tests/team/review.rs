//! Adjudication on a team: in a fetched file, sent back, and seen by everybody who may see it.

use std::path::Path;
use std::sync::Arc;

use copydesk::dataset::adjudication::{
    ArticleAdjudication, Choice, How, NotAdjudicated, changes_for,
};
use copydesk::dataset::team::{
    TeamError, TeamRole, WorkOutcome, dump, fetch, restore_dump, send, take,
};
use copydesk::dataset::{CancelFlag, Dataset, Silent};
use copydesk::edit::{Edit, History, Selection};
use copydesk::model::{Annotation, Status};
use copydesk::store::{ArticleKey, Commit, Revision, Store};

use super::annotator::{change, copydesk, entities, make_team, tag, well};
use super::server::{OWNER_PASSWORD, Postgres, Team, password};

const UMIT: &str = "Ümit";

/// An article as the adjudicator's window opens it.
fn open(store: &dyn Store, id: &str, judge: &str) -> Result<ArticleAdjudication, NotAdjudicated> {
    let (key, article) = article(store, id);
    let stored = store.annotations(&article, key).unwrap();
    let own = stored.iter().find(|one| one.owner.is(judge));
    let annotation = own.map_or_else(Annotation::default, |own| own.annotation.clone());
    let history = History::replay(store.history(&article, key, judge).unwrap());
    let schema = Arc::new(store.schema().unwrap());
    let own = (annotation, history);
    ArticleAdjudication::open(&Arc::new(article), &schema, &stored, own, judge, 1)
}

fn article(store: &dyn Store, id: &str) -> (ArticleKey, copydesk::model::Article) {
    let key = store.find(id).unwrap().unwrap();
    (key, store.article(key).unwrap())
}

/// Decides all open places of an article for the version of one annotator, and finishes it.
fn decide(store: &mut dyn Store, id: &str, judge: &str, whose: &str) {
    let mut opened = open(store, id, judge).unwrap();
    for at in opened.work.open().collect::<Vec<_>>() {
        let version = opened.work.places()[at].version_of(whose).unwrap();
        let choice = Choice::Version(version);
        opened.work.decide(at, choice, How::ByHand, None).unwrap();
    }
    let here = Selection::default();
    opened.record(here, here, 2).unwrap();
    opened.set_status(Status::Done, 3).unwrap();
    save(store, id, judge, &mut opened);
}

fn save(store: &mut dyn Store, id: &str, judge: &str, opened: &mut ArticleAdjudication) {
    let (key, article) = article(store, id);
    let stored = store.annotations(&article, key).unwrap();
    let own = stored.iter().find(|one| one.owner.is(judge));
    let entries = opened.take_unsaved();
    let commit = Commit {
        key,
        annotator: judge,
        expected: own.map_or(Revision(0), |own| own.revision),
        entries: &entries,
        annotation: opened.session().annotation(),
    };
    store.commit(&commit, 3).unwrap();
}

/// Two articles that ada and ben have finished: they differ on two names in the first, and on none
/// in the second.
fn team(server: &Arc<Postgres>, folder: &Path) -> Team {
    let team = server.database();
    make_team(&team, folder, 3, 2);
    for (name, role) in [
        ("ada", TeamRole::Annotator),
        ("ben", TeamRole::Annotator),
        ("judge", TeamRole::Adjudicator),
        ("jury", TeamRole::Adjudicator),
        ("lead", TeamRole::Manager),
    ] {
        team.add(name, &[role]);
    }
    let cancel = CancelFlag::default();
    for (name, label) in [("ada", "PERSON"), ("ben", "ORG")] {
        let file = folder.join(format!("{name}.copydesk"));
        take(&mut team.link(name), &file, 3, 600, &mut Silent, &cancel).unwrap();
        let mut dataset = Dataset::open(&file).unwrap();
        let store = dataset.store_mut();
        let login = team.login(name);
        tag(store, "a0001", &login, (UMIT, label), Status::Started);
        tag(store, "a0001", &login, ("Ferry", label), Status::Done);
        tag(store, "a0002", &login, (UMIT, "PERSON"), Status::Done);
        let report = send(
            &mut team.link(name),
            &mut dataset,
            600,
            &mut Silent,
            &cancel,
        );
        assert_eq!(report.unwrap().with(WorkOutcome::Done).len(), 2);
    }
    team
}

fn fetched(team: &Team, name: &str, file: &Path) -> Dataset {
    let mut link = team.link(name);
    fetch(&mut link, file, true, &mut Silent, &CancelFlag::default()).unwrap();
    Dataset::open(file).unwrap()
}

#[test]
fn decisions_reach_everybody_and_only_changed_places_reopen() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(format!("{name}.copydesk"));
    let team = team(&server, folder.path());
    let cancel = CancelFlag::default();
    let (ada, ben) = (team.login("ada"), team.login("ben"));
    let (judge, jury) = (team.login("judge"), team.login("jury"));

    let mut file = fetched(&team, "judge", &at("all"));
    decide(file.store_mut(), "a0001", &judge, &ben);
    decide(file.store_mut(), "a0002", &judge, &ben);
    assert_eq!(
        entities(file.store(), "a0001", &judge),
        ["ORG Ferry", "ORG Ümit"],
        "the version of ben"
    );
    // What is not sent is not replaced.
    drop(file);
    let address = team.address("judge").to_string();
    let all = at("all").display().to_string();
    let again = ["team", "fetch", &address, "--out", &all, "--replace"];
    let output = copydesk("password-of-judge", &again);
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && err.contains("a0001, a0002"),
        "{err}"
    );
    let (_, err) = well("password-of-judge", &["team", "send", &all]);
    assert!(err.contains("2 articles done"), "{err}");
    let (out, _) = well("password-of-judge", &["team", "send", &all, "--json"]);
    assert!(
        out.contains("\"entries\": 0"),
        "each decision is sent once: {out}"
    );
    well("password-of-judge", &again);

    // The manager has the result with its decisions; an annotator has it once it is shared.
    let lead = fetched(&team, "lead", &at("lead"));
    assert_eq!(
        entities(lead.store(), "a0001", &judge),
        ["ORG Ferry", "ORG Ümit"]
    );
    let changed = changes_for(lead.store(), &ada, &mut Silent, &cancel).unwrap();
    assert_eq!((changed.len(), changed[0].changes.len()), (2, 2));
    let hers = fetched(&team, "ada", &at("hers"));
    assert_eq!(entities(hers.store(), "a0001", &judge), [""; 0]);
    drop(hers);
    let lead_address = team.address("lead").to_string();
    well("password-of-lead", &["team", "share", &lead_address, "on"]);
    let hers = fetched(&team, "ada", &at("hers"));
    let changed = changes_for(hers.store(), &ada, &mut Silent, &cancel).unwrap();
    assert_eq!(changed[0].adjudicator, judge);
    assert_eq!(changed[0].changes.len(), 2);
    assert_eq!(
        entities(hers.store(), "a0001", &ben),
        [""; 0],
        "annotations of others stay hidden"
    );

    // Of two adjudicators, the second is told, and nothing is overwritten.
    let mut other = fetched(&team, "jury", &at("jury"));
    decide(other.store_mut(), "a0001", &jury, &ada);
    let sent = send(
        &mut team.link("jury"),
        &mut other,
        600,
        &mut Silent,
        &cancel,
    )
    .unwrap();
    assert_eq!(
        sent.entries, 0,
        "the file has no notes on articles of others: {sent:?}"
    );

    // Ada takes an article up again. The judge works on without knowing, and is told.
    let mut mine = Dataset::open(&at("ada")).unwrap();
    tag(
        mine.store_mut(),
        "a0001",
        &ada,
        ("noon", "DATE"),
        Status::Done,
    );
    let (key, _) = article(mine.store(), "a0001");
    let umit = {
        let (_, article) = article(mine.store(), "a0001");
        let stored = mine.store().annotations(&article, key).unwrap();
        let own = stored.iter().find(|one| one.owner.is(&ada)).unwrap();
        let is_umit = |one: &&copydesk::model::Entity| article.text.slice(one.span) == UMIT;
        own.annotation
            .entities()
            .iter()
            .find(is_umit)
            .unwrap()
            .clone()
    };
    change(
        mine.store_mut(),
        key,
        &ada,
        vec![Edit::RemoveEntity(umit)],
        Status::Done,
    );
    send(&mut team.link("ada"), &mut mine, 600, &mut Silent, &cancel).unwrap();
    let mut file = Dataset::open(&at("all")).unwrap();
    let mut opened = open(file.store(), "a0001", &judge).unwrap();
    assert!(opened.set_status(Status::Started, 4).unwrap());
    save(file.store_mut(), "a0001", &judge, &mut opened);
    let mut link = team.link("judge");
    let report = send(&mut link, &mut file, 600, &mut Silent, &cancel).unwrap();
    assert_eq!(
        report.inputs_changed,
        [("a0001".to_owned(), vec![ada.clone()])]
    );
    drop(file);
    let mut file = fetched(&team, "judge", &at("all"));
    let opened = open(file.store(), "a0001", &judge).unwrap();
    let words = |at: usize| {
        let place = &opened.work.places()[at];
        opened.work.text().slice(place.span).to_owned()
    };
    let reopened: Vec<String> = opened.work.open().map(words).collect();
    assert_eq!(reopened, ["noon", UMIT], "the ferry stays decided");
    assert_eq!(opened.reconciled.kept.len(), 1);
    decide(file.store_mut(), "a0001", &judge, &ben);
    let report = send(&mut link, &mut file, 600, &mut Silent, &cancel).unwrap();
    assert!(
        report.inputs_changed.is_empty() && report.entries > 0,
        "{report:?}"
    );

    // All of it is one history on the server, numbered as changes of nobody's own annotation.
    let mut owner = team.owner_sql();
    let lines =
        owner.number("SELECT count(*) FROM copydesk.adjudication_history WHERE article = 1");
    let (_, article) = article(file.store(), "a0001");
    let history = file.store().history(&article, key, &judge).unwrap();
    assert_eq!(lines, history.len() as i64);
    let starred = owner.number("SELECT count(*) FROM copydesk.change WHERE annotator = '*'");
    assert_eq!(starred, 4);
    let gaps = owner.number("SELECT max(seq) - count(*) FROM copydesk.change");
    assert_eq!(gaps, 0);
}

#[test]
fn who_may_not_adjudicate_cannot_send_decisions() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team(&server, folder.path());
    let file = folder.path().join("all.copydesk");
    let mut dataset = fetched(&team, "judge", &file);
    let judge = team.login("judge");
    decide(dataset.store_mut(), "a0001", &judge, &team.login("ada"));
    // The role is taken away before she sends; the decisions stay in her file.
    team.owner_sql()
        .run(&format!(
            "UPDATE copydesk.member SET roles = '{{annotator}}' WHERE login = '{judge}'"
        ))
        .unwrap();
    let cancel = CancelFlag::default();
    let error = send(
        &mut team.link("judge"),
        &mut dataset,
        600,
        &mut Silent,
        &cancel,
    )
    .unwrap_err();
    let denied = error.downcast_ref::<TeamError>();
    assert!(
        matches!(denied, Some(TeamError::Denied { .. })),
        "{error:#}"
    );
    assert!(
        format!("{error:#}").contains("is not an adjudicator"),
        "{error:#}"
    );
    team.owner_sql()
        .run(&format!(
            "UPDATE copydesk.member SET roles = '{{adjudicator}}' WHERE login = '{judge}'"
        ))
        .unwrap();
    let report = send(
        &mut team.link("judge"),
        &mut dataset,
        600,
        &mut Silent,
        &cancel,
    )
    .unwrap();
    assert_eq!(report.with(WorkOutcome::Done), ["a0001"]);
    // By SQL, too: not in an annotator's name, not in another's, not on an article of one's own.
    let call = |op: u32, article: i64| {
        format!(
            "SELECT rev FROM copydesk.save_adjudication('00000000-0000-8000-8000-{op:012}', {article}, 0, 'done', \
             '{{\"v\":1}}', '[{{\"v\":1}}]', '[[\"{}\", 1]]', 0, 1)",
            team.login("ada")
        )
    };
    for (name, article, words) in [
        ("ada", 2, "permission denied"),
        ("lead", 2, "permission denied"),
        ("jury", 1, "adjudicates article 1"),
        ("jury", 99, "no article 99"),
    ] {
        let error = team.sql(name).run(&call(900, article)).unwrap_err();
        assert!(error.1.contains(words), "{name}: {error:?}");
    }
    for table in ["adjudication", "adjudication_history", "adjudication_input"] {
        let mut ada = team.sql("ada");
        let seen = ada.run(&format!("SELECT article FROM copydesk.{table}"));
        assert!(seen.is_err() || seen.unwrap().is_empty(), "{table}");
        let written = ada.run(&format!("DELETE FROM copydesk.{table}"));
        assert!(written.is_err(), "{table}");
    }
}

#[test]
fn decisions_that_a_restored_backup_lacks_are_sent_again() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team(&server, folder.path());
    let backup = folder.path().join("gold.dump");
    let secret = password(OWNER_PASSWORD);
    dump(&team.owner, &secret, &backup).unwrap();
    let file = folder.path().join("all.copydesk");
    let mut dataset = fetched(&team, "judge", &file);
    let (judge, ben) = (team.login("judge"), team.login("ben"));
    for id in ["a0001", "a0002"] {
        decide(dataset.store_mut(), id, &judge, &ben);
    }
    let cancel = CancelFlag::default();
    let mut send_all = || {
        send(
            &mut team.link("judge"),
            &mut dataset,
            600,
            &mut Silent,
            &cancel,
        )
        .unwrap()
    };
    let entries = send_all().entries as i64;
    let lines = "SELECT count(*) FROM copydesk.adjudication_history";
    assert_eq!(team.owner_sql().number(lines), entries);
    Team::making_roles(|| restore_dump(&team.owner, &secret, &backup)).unwrap();
    assert_eq!(team.owner_sql().number(lines), 0);
    let report = send_all();
    assert!(
        report.was_restored && report.refused.is_empty(),
        "{report:?}"
    );
    assert_eq!(report.with(WorkOutcome::Done).len(), 2);
    assert!(!send_all().was_restored);
    assert_eq!(
        team.owner_sql().number(lines),
        entries,
        "each is there once"
    );
}
