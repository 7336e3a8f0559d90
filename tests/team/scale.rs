//! Many annotators, many articles, and a server whose disk is full. The large figures are run by
//! `make team` (`TEAM_SCALE=1`), and stand in docs/benchmarks.md.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use copydesk::dataset::team::{TeamError, TeamPack, TeamRole, send, take};
use copydesk::dataset::{CancelFlag, Dataset, Silent};
use copydesk::model::{Rng, Status};

use super::annotator::{dataset, edit, make_team};
use super::faults::assert_all_there_once;
use super::server::{OWNER_PASSWORD, Postgres};

fn figure(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |words| words.parse().unwrap())
}

pub fn is_whole() -> bool {
    std::env::var_os("TEAM_SCALE").is_some()
}

/// The CPU time of a server and all its processes, in seconds.
fn cpu_seconds(server: &Postgres) -> f64 {
    let pid_file = fs::read_to_string(format!("{}/postmaster.pid", server.data())).unwrap();
    let postmaster = pid_file.lines().next().unwrap().to_owned();
    let mut ticks = 0;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        // The name of a program may have spaces; it ends with the last bracket.
        let Some((begin, rest)) = stat.rsplit_once(')') else {
            continue;
        };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let number = |at: usize| {
            fields
                .get(at)
                .and_then(|f| f.parse::<u64>().ok())
                .unwrap_or(0)
        };
        if begin.split(' ').next() == Some(postmaster.as_str()) {
            // With its children that have ended.
            ticks += number(11) + number(12) + number(13) + number(14);
        } else if fields.get(1) == Some(&postmaster.as_str()) {
            ticks += number(11) + number(12);
        }
    }
    ticks as f64 / 100.0
}

fn quantile(sorted: &[Duration], share: f64) -> f64 {
    let at = ((sorted.len() - 1) as f64 * share).round() as usize;
    sorted[at].as_secs_f64() * 1_000.0
}

/// Annotators who label, pause and send each edit, all at once.
#[test]
fn many_annotators_save_for_the_team_at_once() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let (annotators, edits) = if is_whole() { (50, 40) } else { (6, 5) };
    let pause = figure("TEAM_PAUSE_MS", if is_whole() { 2_000 } else { 50 });
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    make_team(&team, folder.path(), annotators * 5, 2);
    let name = |number: usize| format!("s{number}x");
    for number in 0..annotators {
        team.add(&name(number), &[TeamRole::Annotator]);
    }
    let times = Mutex::new(Vec::new());
    let began_cpu = cpu_seconds(&server);
    let began = Instant::now();
    thread::scope(|scope| {
        for number in 0..annotators {
            let (team, folder, times) = (&team, folder.path(), &times);
            scope.spawn(move || {
                let (mut link, cancel) = (team.link(&name(number)), CancelFlag::default());
                let file = folder.join(format!("s{number}.copydesk"));
                take(&mut link, &file, 5, 3_600, &mut Silent, &cancel).unwrap();
                let mut file = Dataset::open(&file).unwrap();
                let pack = TeamPack::load(file.store()).unwrap().unwrap();
                let ids: Vec<String> = pack.articles.values().map(|one| one.id.clone()).collect();
                let mut random = Rng::new(number as u64 + 1);
                let login = team.login(&name(number));
                let mut mine = Vec::new();
                for at in 0..edits {
                    thread::sleep(Duration::from_millis(random.below(2 * pause) as u64));
                    let id = &ids[at % ids.len()];
                    let key_press = Instant::now();
                    edit(
                        file.store_mut(),
                        id,
                        &login,
                        &format!("{at}"),
                        Status::Started,
                    );
                    let report = send(&mut link, &mut file, 3_600, &mut Silent, &cancel).unwrap();
                    mine.push(key_press.elapsed());
                    assert_eq!(report.entries, 1);
                }
                times.lock().unwrap().append(&mut mine);
            });
        }
    });
    let elapsed = began.elapsed().as_secs_f64();
    let cpu = cpu_seconds(&server) - began_cpu;
    let mut times = times.into_inner().unwrap();
    times.sort();
    let saves = team
        .owner_sql()
        .number("SELECT count(*) FROM copydesk.operation");
    assert_eq!(saves, (annotators * edits) as i64);
    println!(
        "{annotators} annotators, {saves} saves in {elapsed:.1} s: {:.1} a second; from key to saved for the team \
         p50 {:.0} ms, p99 {:.0} ms, most {:.0} ms; server CPU {cpu:.1} s ({:.0} % of one core)",
        saves as f64 / elapsed,
        quantile(&times, 0.5),
        quantile(&times, 0.99),
        quantile(&times, 1.0),
        100.0 * cpu / elapsed
    );
}

/// Runs the program and gives its time and the most memory that it had, in megabytes.
fn measured(secret: &str, words: &[&str]) -> (f64, u64, String) {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args(words)
        .env("PGPASSWORD", secret)
        .env_remove("PGPASSFILE")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let ended = loop {
        let words = fs::read_to_string(&status).unwrap_or_default();
        let line = words.lines().find(|line| line.starts_with("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        most = most.max(kilobytes.unwrap_or(0) / 1_024);
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        thread::sleep(Duration::from_millis(10));
    };
    let mut err = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut err).unwrap();
    assert!(ended.success(), "{words:?}: {err}");
    (began.elapsed().as_secs_f64(), most, err)
}

/// A dataset of many articles is made, and a member takes, labels and sends some of them.
#[test]
fn many_articles_need_little_memory() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let articles = figure(
        "TEAM_SCALE_ARTICLES",
        if is_whole() { 1_000_000 } else { 2_000 },
    );
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    let news = dataset(folder.path(), articles);
    let owner = team.owner.to_string();
    let report = |what: &str, (seconds, megabytes, _): (f64, u64, String)| {
        println!("{articles} articles, {what}: {seconds:.1} s, {megabytes} MB");
        assert!(megabytes < 200, "{what}: {megabytes} MB");
    };
    let init = [
        "team",
        "init",
        &owner,
        "--from",
        news.to_str().unwrap(),
        "--order",
        "random",
    ];
    report(
        "init",
        super::server::Team::making_roles(|| measured(OWNER_PASSWORD, &init)),
    );
    team.add("ada", &[TeamRole::Annotator]);
    team.owner_sql().run("ANALYZE").unwrap();
    let ada = team.address("ada").to_string();
    let file = folder.path().join("ada.copydesk").display().to_string();
    let take = ["team", "take", &ada, "--out", &file, "--articles", "20"];
    report("take 20", measured("password-of-ada", &take));
    let more = ["team", "take", &ada, "--out", &file, "--articles", "21"];
    report("take one more", measured("password-of-ada", &more));
    report(
        "status",
        measured(OWNER_PASSWORD, &["team", "status", &owner]),
    );
    let began = Instant::now();
    let server = team.as_owner();
    let keys = server.article_keys_after(articles as i64 / 2).unwrap();
    assert_eq!(server.articles(&keys[..50]).unwrap().len(), 50);
    println!(
        "{articles} articles, a page of 50 from the middle with its texts, with connecting: {:.3} s",
        began.elapsed().as_secs_f64()
    );
    let edited = Dataset::open(Path::new(&file)).map(|mut dataset| {
        let pack = TeamPack::load(dataset.store()).unwrap().unwrap();
        let first = pack.articles.values().next().unwrap().id.clone();
        edit(
            dataset.store_mut(),
            &first,
            &team.login("ada"),
            "x",
            Status::Done,
        );
    });
    edited.unwrap();
    report(
        "send one",
        measured("password-of-ada", &["team", "send", &file]),
    );
}

/// A small file system, which is unmounted in the end.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Mounts it; `None`, with a message, where that is not allowed.
    fn mount(megabytes: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        if !mounted.is_ok_and(|status| status.success()) {
            eprintln!("skipped: a small file system cannot be mounted here");
            return None;
        }
        Some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// The disk of the server fills up while two members work, and is freed again.
#[test]
fn a_full_disk_of_the_server_loses_nothing_acknowledged() {
    let Some(disk) = SmallDisk::mount(160) else {
        return;
    };
    let options = "-c min_wal_size=32MB -c max_wal_size=48MB";
    let Some(server) = Postgres::start_in(disk.0.path(), options).map(std::sync::Arc::new) else {
        return;
    };
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    make_team(&team, folder.path(), 3, 2);
    let names = ["ada", "ben"];
    for name in names {
        team.add(name, &[TeamRole::Annotator]);
        let file = folder.path().join(format!("{name}.copydesk"));
        take(
            &mut team.link(name),
            &file,
            3,
            3_600,
            &mut Silent,
            &CancelFlag::default(),
        )
        .unwrap();
    }
    let (failed, acknowledged) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let ballast = disk.0.path().join("ballast");
    let words = "A long remark. ".repeat(20_000);
    thread::scope(|scope| {
        for name in names {
            let (team, words) = (&team, &words);
            let (failed, acknowledged) = (&failed, &acknowledged);
            let file = folder.path().join(format!("{name}.copydesk"));
            scope.spawn(move || {
                let (mut link, cancel) = (team.link(name), CancelFlag::default());
                let mut dataset = Dataset::open(&file).unwrap();
                for round in 0..80 {
                    let words = format!("{round} {words}");
                    edit(
                        dataset.store_mut(),
                        "a0001",
                        &team.login(name),
                        &words,
                        Status::Started,
                    );
                    match send(&mut link, &mut dataset, 3_600, &mut Silent, &cancel) {
                        Ok(report) => {
                            assert!(report.refused.is_empty(), "{report:?}");
                            acknowledged.fetch_add(report.entries, Ordering::SeqCst);
                            thread::sleep(Duration::from_millis(50));
                        }
                        Err(error) => {
                            let error = error.downcast::<TeamError>().unwrap();
                            assert!(error.can_retry(), "{error}");
                            println!("{}", error.to_string().lines().next().unwrap_or_default());
                            failed.fetch_add(1, Ordering::SeqCst);
                            return;
                        }
                    }
                }
            });
        }
        // Fills what is left, a little after they have begun.
        while acknowledged.load(Ordering::SeqCst) < 10 && failed.load(Ordering::SeqCst) == 0 {
            thread::sleep(Duration::from_millis(5));
        }
        let mut filler = fs::File::create(&ballast).unwrap();
        let chunk = vec![7; 1 << 20];
        while std::io::Write::write_all(&mut filler, &chunk).is_ok() {}
    });
    assert!(failed.into_inner() > 0, "the disk was never full");
    fs::remove_file(&ballast).unwrap();
    // The server may have stopped for want of space for its log.
    server.stop_anyway();
    server.resume();
    let acknowledged = acknowledged.into_inner() as i64;
    let there = team
        .owner_sql()
        .number("SELECT count(*) FROM copydesk.history");
    assert!(there >= acknowledged, "{there} of {acknowledged}");
    println!("{acknowledged} edits were acknowledged before the disk was full; all are there");
    for name in names {
        let file = folder.path().join(format!("{name}.copydesk"));
        let mut dataset = Dataset::open(&file).unwrap();
        let cancel = CancelFlag::default();
        send(
            &mut team.link(name),
            &mut dataset,
            3_600,
            &mut Silent,
            &cancel,
        )
        .unwrap();
        assert!(assert_all_there_once(&team, name, dataset.store()) > 0);
    }
    drop(team);
    drop(server);
    drop(disk);
}
