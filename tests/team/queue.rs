//! The queue under clients that are killed, come back, or stay away.
//!
//! Each client is a process of its own that takes articles into a file, labels them and sends the
//! work, as a member would. It is killed with SIGKILL at any moment. `TEAM_ARTICLES` and
//! `TEAM_KILLS` make the run longer: `make team` takes 1,000 and 60.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use copydesk::dataset::team::{Link, ServerAddress, TeamPack, TeamRole, send, take};
use copydesk::dataset::{CancelFlag, Dataset, Silent};
use copydesk::model::{Rng, Status};

use super::annotator::{edit, make_team};
use super::server::{Postgres, Sql, Team, password};

/// How often each article is annotated.
const OVERLAP: u32 = 3;
/// How many clients there are, and how many of them are killed for good.
const CLIENTS: usize = 8;
const GONE: usize = 2;
/// How long a client keeps an article that it does not save, in seconds.
const LEASE: i64 = 3;
/// How many articles a client holds.
const HELD: u32 = 3;

fn figure(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |words| words.parse().unwrap())
}

/// A client process, run by the test below.
#[test]
#[ignore = "a process of another test"]
fn client() {
    let Ok(words) = std::env::var("TEAM_CLIENT") else {
        return;
    };
    let fields: Vec<&str> = words.split('\n').collect();
    let [address, secret, file, seed] = fields[..] else {
        panic!("{words}")
    };
    let address = ServerAddress::parse(address).unwrap();
    let member = address.user.clone();
    let mut link = Link::new(address, password(secret));
    let (file, cancel) = (Path::new(file), CancelFlag::default());
    let mut random = Rng::new(seed.parse().unwrap());
    let acks = file.with_extension("acks");
    let mut acks = OpenOptions::new()
        .create(true)
        .append(true)
        .open(acks)
        .unwrap();
    let mut nothing_left = 0;
    loop {
        let report = take(&mut link, file, HELD, LEASE, &mut Silent, &cancel).unwrap();
        // Others may still lose their leases, so that one waits for those before it ends.
        nothing_left = if report.open == 0 {
            nothing_left + 1
        } else {
            0
        };
        if nothing_left > 0 {
            println!("NOTHING LEFT");
            if nothing_left > 8 {
                return;
            }
            thread::sleep(Duration::from_millis(700));
        }
        let mut dataset = Dataset::open(file).unwrap();
        let pack = TeamPack::load(dataset.store()).unwrap().unwrap();
        for noted in pack.articles.values() {
            let key = dataset.store().find(&noted.id).unwrap().unwrap();
            let done = super::annotator::remarks(dataset.store(), key, &member);
            if done.iter().any(|words| words == "done") {
                continue;
            }
            if done.is_empty() {
                edit(
                    dataset.store_mut(),
                    &noted.id,
                    &member,
                    "begun",
                    Status::Started,
                );
                if random.percent(20) {
                    send_and_note(&mut link, &mut dataset, &mut acks, &cancel);
                }
                // Now and then somebody is slower than the lease.
                let slow = if random.percent(1) {
                    1_000 * LEASE as u64 + 500
                } else {
                    3
                };
                thread::sleep(Duration::from_millis(slow));
            }
            edit(
                dataset.store_mut(),
                &noted.id,
                &member,
                "done",
                Status::Done,
            );
        }
        send_and_note(&mut link, &mut dataset, &mut acks, &cancel);
    }
}

/// Sends the work and notes what was acknowledged, in a file that the client does not read.
fn send_and_note(link: &mut Link, dataset: &mut Dataset, acks: &mut fs::File, cancel: &CancelFlag) {
    let report = send(link, dataset, LEASE, &mut Silent, cancel).unwrap();
    assert!(
        report.conflicts.is_empty() && report.refused.is_empty(),
        "{report:?}"
    );
    let pack = TeamPack::load(dataset.store()).unwrap().unwrap();
    let mut lines = String::new();
    for (article, noted) in &pack.articles {
        lines.push_str(&format!("{article} {}\n", noted.sent));
    }
    acks.write_all(lines.as_bytes()).unwrap();
}

struct Client {
    process: Child,
    name: String,
    file: PathBuf,
    is_gone: bool,
    runs: u64,
}

fn start(team: &Team, name: &str, file: &Path, run: u64) -> Child {
    let words = format!(
        "{}\npassword-of-{name}\n{}\n{}",
        team.address(name),
        file.display(),
        run * 1_000 + name.len() as u64
    );
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "queue::client", "--ignored", "--nocapture"])
        .env("TEAM_CLIENT", words)
        .stdout(Stdio::null())
        .stderr(Stdio::from(
            fs::File::create(file.with_extension("log")).unwrap(),
        ))
        .spawn()
        .unwrap()
}

#[test]
fn every_article_is_done_by_exactly_three_though_clients_are_killed() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let articles = figure("TEAM_ARTICLES", 60);
    let kills = figure("TEAM_KILLS", 12);
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    make_team(&team, folder.path(), articles, OVERLAP);
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let name = format!("c{number}x");
        team.add(&name, &[TeamRole::Annotator]);
        let file = folder.path().join(format!("{name}.copydesk"));
        let process = start(&team, &name, &file, 0);
        clients.push(Client {
            process,
            name,
            file,
            is_gone: false,
            runs: 0,
        });
    }
    let began = Instant::now();
    let (mut killed, mut gone) = (0, 0);
    let mut random = Rng::new(17);
    let limit = Duration::from_secs(120 + 2 * articles as u64);
    let mut pause = Instant::now();
    loop {
        assert!(
            began.elapsed() < limit,
            "not finished within {limit:?}; {killed} kills"
        );
        thread::sleep(Duration::from_millis(40));
        if killed < kills && pause.elapsed() > Duration::from_millis(120) {
            pause = Instant::now();
            let client = &mut clients[random.below(CLIENTS)];
            if !client.is_gone && client.process.try_wait().unwrap().is_none() {
                client.process.kill().unwrap();
                client.process.wait().unwrap();
                killed += 1;
                if gone < GONE && killed >= kills / 3 {
                    client.is_gone = true;
                    gone += 1;
                }
            }
        }
        let mut running = 0;
        for client in clients.iter_mut().filter(|client| !client.is_gone) {
            match client.process.try_wait().unwrap() {
                None => running += 1,
                Some(status) if status.success() => {}
                Some(status) => {
                    let was_killed =
                        std::os::unix::process::ExitStatusExt::signal(&status) == Some(9);
                    let log = fs::read_to_string(client.file.with_extension("log")).unwrap();
                    assert!(was_killed, "{} ended with {status}: {log}", client.name);
                    client.runs += 1;
                    client.process = start(&team, &client.name, &client.file, client.runs);
                    running += 1;
                }
            }
        }
        if running == 0 {
            break;
        }
    }
    let mut owner = team.owner_sql();
    let uneven = owner.number(&uneven(
        "copydesk.assignment",
        "state = 'done'",
        "copydesk.task",
        articles,
    ));
    assert_eq!(uneven, 0, "articles without exactly {OVERLAP} annotators");
    let (acknowledged, extra) = check(&team, &clients);
    println!(
        "{articles} articles, {killed} kills, {gone} gone: {acknowledged} acknowledged edits, none lost, none doubled; {extra} extra; {:.0} s",
        began.elapsed().as_secs_f32()
    );
    assert!(
        gone == GONE && killed > kills / 2,
        "{killed} kills, {gone} gone"
    );
}

/// How many articles do not have exactly as many finished annotations as wanted.
fn uneven(table: &str, which: &str, tasks: &str, articles: usize) -> String {
    format!(
        "SELECT {articles} - count(*) FILTER (WHERE n = {OVERLAP}) FROM \
         (SELECT t.article, (SELECT count(*) FROM {table} a WHERE a.article = t.article AND {which}) AS n FROM {tasks} t) counted"
    )
}

/// Compares what clients have with what the server has, and counts acknowledged edits and extra
/// annotations.
fn check(team: &Team, clients: &[Client]) -> (usize, i64) {
    let mut owner = team.owner_sql();
    let rows = owner
        .run("SELECT article, annotator, line->>'change' FROM copydesk.history ORDER BY article, annotator, n")
        .unwrap();
    let mut there: BTreeMap<(i64, String), Vec<String>> = BTreeMap::new();
    for row in rows {
        let [article, annotator, change] = row.map_all();
        there
            .entry((article.parse().unwrap(), annotator))
            .or_default()
            .push(change);
    }
    let mut total = 0;
    for client in clients {
        let login = team.login(&client.name);
        let acks = fs::read_to_string(client.file.with_extension("acks")).unwrap_or_default();
        let mut acknowledged: BTreeMap<i64, usize> = BTreeMap::new();
        for line in acks.lines() {
            // The last line may be half there.
            let Some((article, sent)) = line.split_once(' ') else {
                continue;
            };
            let (Ok(article), Ok(sent)) = (article.parse(), sent.parse::<usize>()) else {
                continue;
            };
            let most = acknowledged.entry(article).or_default();
            *most = (*most).max(sent);
        }
        for (article, sent) in acknowledged {
            total += sent;
            let none = Vec::new();
            let lines = there.get(&(article, login.clone())).unwrap_or(&none);
            assert!(
                lines.len() >= sent,
                "{login}, article {article}: {sent} acknowledged, {} there",
                lines.len()
            );
        }
    }
    for ((article, annotator), lines) in &there {
        // Each edit of a client says something that no other of its edits on the article says.
        let distinct: BTreeSet<&String> = lines.iter().collect();
        assert_eq!(
            distinct.len(),
            lines.len(),
            "{annotator} has article {article} doubled: {lines:?}"
        );
    }
    (
        total,
        owner.number("SELECT count(*) FROM copydesk.assignment WHERE state = 'extra'"),
    )
}

/// The three columns of a row.
trait MapAll {
    fn map_all(self) -> [String; 3];
}

impl MapAll for Vec<Option<String>> {
    fn map_all(self) -> [String; 3] {
        let columns: Vec<String> = self.into_iter().map(Option::unwrap_or_default).collect();
        columns.try_into().unwrap()
    }
}

#[test]
fn a_queue_that_counts_and_then_inserts_fails_the_same_check() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = server.database();
    let mut owner = team.owner_sql();
    let articles = 40;
    owner
        .run(&format!(
            "CREATE TABLE task (article bigint PRIMARY KEY); CREATE TABLE taken (article bigint, annotator text); \
             INSERT INTO task SELECT generate_series(1, {articles})"
        ))
        .unwrap();
    let ready = Barrier::new(CLIENTS);
    thread::scope(|scope| {
        for number in 0..CLIENTS {
            let (team, ready) = (&team, &ready);
            scope.spawn(move || {
                let mut sql = team.owner_sql();
                ready.wait();
                loop {
                    let free = sql
                        .run(&format!(
                            "SELECT t.article FROM task t WHERE (SELECT count(*) FROM taken a WHERE a.article = t.article) < {OVERLAP} \
                             AND NOT EXISTS (SELECT FROM taken a WHERE a.article = t.article AND a.annotator = 'c{number}') \
                             ORDER BY t.article LIMIT 1"
                        ))
                        .unwrap();
                    let Some(article) = free.first().and_then(|row| row[0].clone()) else { break };
                    // A network has a round trip here.
                    thread::sleep(Duration::from_millis(2));
                    sql.run(&format!("INSERT INTO taken VALUES ({article}, 'c{number}')")).unwrap();
                }
            });
        }
    });
    let uneven = owner.number(&uneven("taken", "true", "task", articles));
    println!("{uneven} of {articles} articles uneven");
    assert!(uneven > 0, "the check finds nothing, so it proves nothing");
}

#[test]
fn overlap_changes_leave_no_slot_lost_while_people_work() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    make_team(&team, folder.path(), 40, 1);
    for name in ["ada", "ben", "cleo", "dan"] {
        team.add(name, &[TeamRole::Annotator]);
    }
    team.add("lead", &[TeamRole::Manager]);
    thread::scope(|scope| {
        for name in ["ada", "ben", "cleo", "dan"] {
            let (team, folder) = (&team, folder.path());
            scope.spawn(move || {
                let (mut link, cancel) = (team.link(name), CancelFlag::default());
                let file = folder.join(format!("{name}.copydesk"));
                for round in 0..8 {
                    take(&mut link, &file, 4, 600, &mut Silent, &cancel).unwrap();
                    let mut dataset = Dataset::open(&file).unwrap();
                    let pack = TeamPack::load(dataset.store()).unwrap().unwrap();
                    for noted in pack.articles.values().filter(|noted| noted.sent == 0) {
                        edit(
                            dataset.store_mut(),
                            &noted.id,
                            &team.login(name),
                            "done",
                            Status::Done,
                        );
                    }
                    let report = send(&mut link, &mut dataset, 600, &mut Silent, &cancel).unwrap();
                    assert!(
                        report.conflicts.is_empty() && report.refused.is_empty(),
                        "{round}: {report:?}"
                    );
                }
            });
        }
        let team = &team;
        scope.spawn(move || {
            let lead = team.open("lead");
            for overlap in [3, 1, 2, 4, 2] {
                lead.set_overlap(overlap).unwrap();
                thread::sleep(Duration::from_millis(60));
            }
        });
    });
    let mut owner = team.owner_sql();
    let wrong = owner.number(
        "SELECT count(*) FROM copydesk.task t WHERE t.open_slots <> greatest(0, t.overlap - (SELECT count(*) \
         FROM copydesk.assignment a WHERE a.article = t.article AND a.state IN ('leased', 'done')))",
    );
    assert_eq!(wrong, 0);
    assert_eq!(
        owner.number("SELECT min(overlap) + max(overlap) FROM copydesk.task"),
        4
    );
    assert_eq!(
        owner.number("SELECT count(*) FROM copydesk.audit WHERE act = 'overlap'"),
        5
    );
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(owner.number(deadlocks), 0);
}

#[test]
fn a_reader_of_the_stream_misses_no_change_however_slow_the_writers_are() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    make_team(&team, folder.path(), 8, CLIENTS as u32);
    let mut owner = team.owner_sql();
    owner
        .run("CREATE TABLE public.naive (seq bigserial PRIMARY KEY, what text); ")
        .unwrap();
    for number in 0..CLIENTS {
        let name = format!("w{number}x");
        team.add(&name, &[TeamRole::Annotator]);
        owner
            .run(&format!(
                "GRANT INSERT ON public.naive TO {}",
                team.login(&name)
            ))
            .unwrap();
        owner
            .run(&format!(
                "GRANT USAGE ON SEQUENCE public.naive_seq_seq TO {}",
                team.login(&name)
            ))
            .unwrap();
    }
    let finished = std::sync::atomic::AtomicUsize::new(0);
    let each = 25;
    let (seen, naive) = thread::scope(|scope| {
        for number in 0..CLIENTS {
            let (team, finished) = (&team, &finished);
            scope.spawn(move || {
                let mut sql = team.sql(&format!("w{number}x"));
                write_slowly(&mut sql, number, each);
                finished.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            });
        }
        let mut reader = team.owner_sql();
        let mut follow = |table: &str, cursor: &mut i64, seen: &mut Vec<i64>| {
            let rows = reader
                .run(&format!(
                    "SELECT seq FROM {table} WHERE seq > {cursor} ORDER BY seq"
                ))
                .unwrap();
            for row in rows {
                *cursor = row[0].as_ref().unwrap().parse().unwrap();
                seen.push(*cursor);
            }
        };
        let (mut at, mut naive_at) = (0, 0);
        let (mut seen, mut naive) = (Vec::new(), Vec::new());
        loop {
            let was_finished = finished.load(std::sync::atomic::Ordering::SeqCst) == CLIENTS;
            follow("copydesk.change", &mut at, &mut seen);
            follow("public.naive", &mut naive_at, &mut naive);
            if was_finished {
                break (seen, naive);
            }
        }
    });
    let all = (CLIENTS * each) as i64;
    assert_eq!(
        seen,
        Vec::from_iter(1..=all),
        "no change is missing and no number"
    );
    println!(
        "{all} changes: none missed; with a sequence {} missed",
        all - naive.len() as i64
    );
    assert!(
        (naive.len() as i64) < all,
        "the check finds nothing, so it proves nothing"
    );
}

/// Saves in transactions that stay open for different times.
fn write_slowly(sql: &mut Sql, number: usize, each: usize) {
    let pack = format!("'00000000-0000-8000-9000-{number:012}'");
    sql.run(&format!("SELECT copydesk.take_articles({pack}, 1, 600)"))
        .unwrap();
    let article = sql.number("SELECT article FROM copydesk.assignment");
    let mut random = Rng::new(number as u64 + 1);
    for revision in 0..each {
        let op = number * 1_000 + revision;
        sql.run(&format!(
            "BEGIN; INSERT INTO public.naive (what) VALUES ('x'); \
             SELECT copydesk.save_work('00000000-0000-8000-8000-{op:012}', {article}, {revision}, 'started', '{{}}', '[1]', 0, 600)"
        ))
        .unwrap();
        thread::sleep(Duration::from_millis(random.below(12) as u64));
        sql.run("COMMIT").unwrap();
    }
}
