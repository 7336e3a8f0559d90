//! The exchange of an open file with its team, as the window runs it, over a line that fails.

use copydesk::store::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use copydesk::dataset::session::{Reply, Save, SessionHandle, SessionSetup, WriterRequest};
use copydesk::dataset::team::sync::{
    Line, Standing, SyncEvent, SyncPace, SyncRequest, SyncSetup, SyncStatus, TeamSync,
};
use copydesk::dataset::team::{PostgresConnector, ServerAddress, TeamRole, take};
use copydesk::dataset::{CancelFlag, Clock as _, Dataset, Silent, SystemClock};
use copydesk::edit::{Action, Edit, Entry, EntryKind, Selection, Transaction};
use copydesk::model::{Remark, StartedFrom, Status};
use copydesk::store::{ArticleKey, Revision, SqliteStore};

use super::annotator::{edit, make_team, remarks};
use super::faults::{assert_all_there_once, ids, team_with_ada};
use super::proxy::Proxy;
use super::scale::is_whole;
use super::server::{Postgres, Sql, Team, password};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(90);

fn pace() -> SyncPace {
    SyncPace {
        ahead: 2,
        debounce: Duration::from_millis(20),
        renew: Duration::from_secs(600),
        backoff: (Duration::from_millis(50), Duration::from_millis(300)),
    }
}

/// A member at work: what the window holds, without the window.
struct AtWork {
    session: SessionHandle,
    sync: TeamSync,
    status: SyncStatus,
    events: Vec<SyncEvent>,
    file: PathBuf,
    login: String,
    /// Looks at what the server really has.
    owner: Sql,
    /// Edits that are on disk here.
    saved: i64,
    /// How often the status was compared with the server.
    compared: usize,
}

impl AtWork {
    fn open(team: &Team, name: &str, address: ServerAddress, file: &Path) -> Self {
        let login = team.login(name);
        let session = SessionHandle::start(SessionSetup {
            store: Box::new(SqliteStore::open(file).unwrap()),
            annotator: login.clone(),
            now_ms: || SystemClock.now_ms(),
            exporter: None,
            learn: false,
            tag: false,
            wake: Arc::new(|| {}),
        })
        .unwrap();
        let setup = SyncSetup {
            address,
            password: Some(password(&format!("password-of-{name}"))),
            connector: Arc::new(PostgresConnector),
            pace: pace(),
        };
        let sync = TeamSync::start(&session, setup, Arc::new(|| {}));
        let owner = team.owner_sql();
        Self {
            session,
            sync,
            status: SyncStatus::default(),
            events: Vec::new(),
            file: file.to_owned(),
            login,
            owner,
            saved: 0,
            compared: 0,
        }
    }

    fn reader(&self) -> SqliteStore {
        SqliteStore::open(&self.file).unwrap()
    }

    /// Makes an edit as the window does, and waits until it is saved here.
    fn edit(&mut self, id: &str, words: &str, status: Status) {
        let reader = self.reader();
        let key = reader.find(id).unwrap().unwrap();
        let article = reader.article(key).unwrap();
        let stored = reader.annotations(&article, key).unwrap();
        let mine = stored.iter().find(|one| one.owner.is(&self.login));
        let revision = mine.map_or(Revision(0), |mine| mine.revision);
        let mut annotation = mine.map(|mine| mine.annotation.clone()).unwrap_or_default();
        let mut edits = vec![Edit::AddRemark {
            index: annotation.remarks().len(),
            remark: Remark::new(None, words),
        }];
        if annotation.status() != status {
            let from = annotation.status();
            edits.push(Edit::SetStatus { from, to: status });
        }
        let transaction = Transaction { edits };
        transaction.apply(&article.text, &mut annotation).unwrap();
        let entry = Entry {
            kind: EntryKind::Edit,
            action: Action::Remark,
            transaction,
            before: Selection::default(),
            after: Selection::default(),
            at_ms: 1,
            started_from: match revision {
                Revision(0) => StartedFrom::Nothing,
                _ => StartedFrom::Unknown,
            },
        };
        self.session.send(WriterRequest::Save(Save {
            key,
            expected: revision,
            entries: vec![entry],
            annotation: Arc::new(annotation),
        }));
        let until = Instant::now() + PATIENCE;
        loop {
            match self.session.wait(Duration::from_millis(100)) {
                Some(Reply::Saved { key: saved, .. }) if saved == key => break,
                Some(Reply::Conflict { .. }) => panic!("a conflict in the file"),
                _ => assert!(Instant::now() < until, "not saved here"),
            }
        }
        self.sync.note_save();
        self.saved += 1;
        // "Saved here": another program finds it on disk.
        assert!(remarks(&self.reader(), key, &self.login).contains(&words.to_owned()));
        assert!(
            !self.says_all_is_there(),
            "it cannot be with the team yet, as far as is known"
        );
    }

    /// Whether the window shows "Saved for the team", with nothing waiting.
    fn says_all_is_there(&self) -> bool {
        self.status.line == Line::Connected
            && self.status.waiting == 0
            && self.sync.is_newest(&self.status)
    }

    /// Takes what the thread reports, and checks that it is true.
    fn look(&mut self) {
        while let Some(event) = self.sync.poll() {
            match event {
                SyncEvent::Status(status) => {
                    self.status = *status;
                    if self.says_all_is_there() && self.owner_answers() {
                        let there = self.lines_there();
                        assert_eq!(there, self.saved, "{:?}", self.status);
                        self.compared += 1;
                    }
                }
                event => self.events.push(event),
            }
        }
        while self.session.poll().is_some() {}
    }

    fn owner_answers(&mut self) -> bool {
        self.owner.run("SELECT 1").is_ok()
    }

    fn lines_there(&mut self) -> i64 {
        self.owner.number(&format!(
            "SELECT count(*) FROM copydesk.history WHERE annotator = '{}'",
            self.login
        ))
    }

    #[track_caller]
    fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        loop {
            self.look();
            if is(self) {
                return;
            }
            assert!(Instant::now() < until, "{what}: {:?}", self.status);
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[track_caller]
    fn until_all_is_there(&mut self) {
        self.until("all is with the team", Self::says_all_is_there);
    }

    fn open_articles(&self) -> BTreeMap<ArticleKey, Standing> {
        (*self.status.standings).clone()
    }
}

/// Takes articles into a file, past the proxy.
fn file_of(team: &Team, name: &str, folder: &Path, articles: u32) -> PathBuf {
    let file = folder.join(format!("{name}.copydesk"));
    let (mut link, cancel) = (team.link(name), CancelFlag::default());
    take(&mut link, &file, articles, 3_600, &mut Silent, &cancel).unwrap();
    file
}

#[test]
fn whatever_the_line_does_edits_are_safe_here_and_arrive_once_and_the_window_says_so() {
    let Some(server) = Postgres::start("", |_| {}).map(Arc::new) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_ada(&server, folder.path(), 3);
    let file = file_of(&team, "ada", folder.path(), 3);
    let proxy = Proxy::start(server.port);
    let articles = ids(&Dataset::open(&file).unwrap());
    let mut ada = AtWork::open(&team, "ada", proxy.address(&team, "ada"), &file);
    ada.until_all_is_there();
    let state = &proxy.state;
    let rounds = if is_whole() { 4 } else { 1 };
    for round in 0..rounds {
        for disturbance in 0..6 {
            match disturbance {
                0 => state.go_away(),
                1 => state.is_frozen.store(true, Ordering::SeqCst),
                2 => state.swallows.store(true, Ordering::SeqCst),
                3 => state.cuts.store(true, Ordering::SeqCst),
                4 => server.stop(if round % 2 == 0 { "immediate" } else { "fast" }),
                _ => {}
            }
            for (at, id) in articles.iter().enumerate() {
                ada.edit(id, &format!("{round} {disturbance} {at}"), Status::Started);
                ada.look();
            }
            match disturbance {
                0 | 4 => {
                    // Told apart: safe here, and not with the team.
                    ada.until("there is no line", |ada| {
                        matches!(ada.status.line, Line::Offline { .. })
                            && ada.status.waiting == articles.len()
                    });
                }
                1 => {
                    ada.until("they wait", |ada| !ada.says_all_is_there());
                    thread::sleep(Duration::from_millis(300));
                    ada.look();
                    assert!(!ada.says_all_is_there(), "{:?}", ada.status);
                }
                _ => {}
            }
            match disturbance {
                0 => state.come_back(),
                1 => state.is_frozen.store(false, Ordering::SeqCst),
                4 => {
                    server.resume();
                    ada.owner = team.owner_sql();
                }
                _ => {}
            }
            ada.until_all_is_there();
            state.swallows.store(false, Ordering::SeqCst);
            state.cuts.store(false, Ordering::SeqCst);
        }
    }
    let (edits, compared) = (ada.saved, ada.compared);
    let swallowed = state.swallowed.load(Ordering::SeqCst);
    assert!(swallowed > 0);
    assert!(ada.session.close() == 0);
    let store = SqliteStore::open(&file).unwrap();
    assert_eq!(assert_all_there_once(&team, "ada", &store) as i64, edits);
    println!(
        "{edits} edits there once, {swallowed} answers swallowed; \"Saved for the team\" was said {compared} times, each time rightly"
    );
}

#[test]
fn a_frozen_line_is_offline_after_its_limit_and_what_is_done_meanwhile_waits() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_ada(&server, folder.path(), 1);
    let file = file_of(&team, "ada", folder.path(), 1);
    let proxy = Proxy::start(server.port);
    let id = ids(&Dataset::open(&file).unwrap()).remove(0);
    let mut ada = AtWork::open(&team, "ada", proxy.address(&team, "ada"), &file);
    ada.until_all_is_there();
    proxy.state.is_frozen.store(true, Ordering::SeqCst);
    ada.edit(&id, "first", Status::Started);
    let began = Instant::now();
    // While the call is under way, which nobody answers, she goes on, and is not told otherwise.
    ada.edit(&id, "second", Status::Started);
    ada.until("the line is given up", |ada| {
        matches!(ada.status.line, Line::Offline { .. })
    });
    let waited = began.elapsed();
    assert!(waited < Duration::from_secs(30), "{waited:?}");
    ada.until("both wait", |ada| ada.status.waiting == 2);
    let Line::Offline { why } = &ada.status.line else {
        panic!("{:?}", ada.status);
    };
    assert!(why.contains("did not answer within"), "{why}");
    proxy.state.is_frozen.store(false, Ordering::SeqCst);
    ada.sync.send(SyncRequest::Retry);
    ada.until_all_is_there();
    println!("a frozen line was noticed after {waited:.1?}");
}

#[test]
fn a_login_that_expires_is_said_and_the_work_goes_on_and_is_sent_after_signing_in() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_ada(&server, folder.path(), 1);
    let file = file_of(&team, "ada", folder.path(), 1);
    let id = ids(&Dataset::open(&file).unwrap()).remove(0);
    let mut ada = AtWork::open(&team, "ada", team.address("ada"), &file);
    ada.until_all_is_there();
    let login = team.login("ada");
    let mut admin = team.admin_sql();
    admin
        .run(&format!(
            "ALTER ROLE \"{login}\" PASSWORD 'another'; \
             SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{login}'"
        ))
        .unwrap();
    ada.edit(&id, "after it expired", Status::Started);
    ada.until("a password is asked for", |ada| {
        matches!(ada.status.line, Line::SignIn { why: Some(_) }) && ada.status.waiting == 1
    });
    ada.edit(&id, "still at work", Status::Done);
    ada.until("both wait", |ada| ada.status.waiting == 2);
    ada.sync.send(SyncRequest::SignIn(password("another")));
    ada.until_all_is_there();
    assert_eq!(ada.status.finished, 1);
}

#[test]
fn changes_on_another_computer_come_into_the_open_file() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = team_with_ada(&server, folder.path(), 1);
    let file = file_of(&team, "ada", folder.path(), 1);
    let other = folder.path().join("other.copydesk");
    Dataset::copy(&file, &other, false).unwrap();
    let login = team.login("ada");
    let id = ids(&Dataset::open(&file).unwrap()).remove(0);
    let mut dataset = Dataset::open(&other).unwrap();
    edit(
        dataset.store_mut(),
        &id,
        &login,
        "elsewhere",
        Status::Started,
    );
    let (mut link, cancel) = (team.link("ada"), CancelFlag::default());
    copydesk::dataset::team::send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
    let mut ada = AtWork::open(&team, "ada", team.address("ada"), &file);
    ada.saved = 1; // that of the other computer
    ada.edit(&id, "here", Status::Started);
    ada.until_all_is_there();
    let merged = ada.events.iter().find_map(|event| match event {
        SyncEvent::Merged {
            title, left_out, ..
        } => Some((title.clone(), left_out.clone())),
        _ => None,
    });
    let (title, left_out) = merged.unwrap();
    assert!(
        title.starts_with("Ferry") && left_out.is_empty(),
        "{title} {left_out:?}"
    );
    let reader = ada.reader();
    let key = reader.find(&id).unwrap().unwrap();
    let mut said = remarks(&reader, key, &login);
    said.sort();
    assert_eq!(said, ["elsewhere", "here"]);
    assert!(ada.status.problems().is_empty());
}

#[test]
fn members_see_who_else_is_connected_and_given_back_articles_are_passed_over() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let team = server.database();
    make_team(&team, folder.path(), 6, 2);
    for name in ["ada", "ben"] {
        team.add(name, &[TeamRole::Annotator, TeamRole::Manager]);
    }
    let [adas, bens] = ["ada", "ben"].map(|name| file_of(&team, name, folder.path(), 2));
    let mut ada = AtWork::open(&team, "ada", team.address("ada"), &adas);
    ada.until_all_is_there();
    assert_eq!(ada.status.here, Vec::<String>::new());
    let mut ben = AtWork::open(&team, "ben", team.address("ben"), &bens);
    ben.until_all_is_there();
    let [adas_login, bens_login] = ["ada", "ben"].map(|name| team.login(name));
    assert_eq!(ben.status.here, [adas_login]);
    ada.sync.send(SyncRequest::Retry);
    ada.until("she sees him", |ada| {
        ada.status.here == [bens_login.clone()]
    });
    drop(ben);
    ada.until("he is gone", |ada| {
        ada.sync.send(SyncRequest::Retry);
        ada.status.here.is_empty()
    });
    ada.sync.send(SyncRequest::SetAhead(4));
    ada.until("four are open", |ada| ada.status.open == 4);
    ada.sync.send(SyncRequest::GiveBack);
    ada.until("they are given back", |ada| ada.status.open == 0);
    assert_eq!(ada.status.given_back().count(), 4);
    assert!(
        ada.open_articles()
            .values()
            .all(|one| *one == Standing::GivenBack)
    );
    // Also in a file that is opened without a line.
    drop(ada);
    let proxy = Proxy::start(server.port);
    proxy.state.go_away();
    let mut ada = AtWork::open(&team, "ada", proxy.address(&team, "ada"), &adas);
    ada.until("there is no line", |ada| {
        matches!(ada.status.line, Line::Offline { .. })
    });
    assert_eq!(ada.status.given_back().count(), 4);
}
