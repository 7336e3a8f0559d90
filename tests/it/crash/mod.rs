//! What the screen shows as saved is on disk: tried by killing the program, and by cutting the
//! power.
//!
//! The test program runs itself as a [`script`] that edits a dataset and acknowledges each step
//! once the store has it.
//!
//! - *Killed*: `kill -9` at a random moment, then everything that was acknowledged must be there,
//!   whole; and the script goes on from what it finds.
//! - *Power cut*: the script is watched by `strace`; [`disk`] replays what it did to its files up
//!   to a random moment, keeps what was synced by then and a random part of the rest, even of
//!   single writes. The same must hold. That this test can fail is shown by a disk that lies about
//!   syncs.
//!
//! - `commands`: each command is killed, too; what it writes is there whole or as it was, the next
//!   run finishes the job, and nothing is left behind. The window is killed in `tests/ui/crash.rs`.
//!
//! Each is done 20 times, the kills shared out; `scripts/crash 1000 300` does more. The moments are
//! the same in each run, unless `COPYDESK_SEED` is a number other than 0.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "clippy knows tests, but not the functions that tests share"
)]

mod check;
mod commands;
mod disk;
mod script;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use check::Acknowledged;
use copydesk::model::Rng;
use disk::{Disk, Honesty};

/// How often the tests do it: 20 times, or as often as the environment says.
fn times(variable: &str) -> usize {
    let asked = std::env::var(variable).ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(20)
}

/// A seed that no other run has in which `COPYDESK_SEED` is another number.
fn seed(number: u64) -> u64 {
    let run = std::env::var("COPYDESK_SEED").ok();
    let run: u64 = run.and_then(|n| n.parse().ok()).unwrap_or(0);
    number + run * 1_000_000
}

/// So many of a hundred of them: kills are shared out over the store, the commands and the window.
fn share(variable: &str, percent: usize) -> usize {
    (times(variable) * percent).div_ceil(100)
}

/// The command that runs the script in `folder`, `steps` long, with its acknowledgements on stdout.
fn script_command(
    program: &str,
    arguments: &[&str],
    folder: &Path,
    seed: u64,
    steps: usize,
) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .args([
            "crash::script::editing",
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(script::FOLDER, folder)
        .env(script::SEED, seed.to_string())
        .env(script::STEPS, steps.to_string())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    command
}

fn myself() -> String {
    std::env::current_exe().unwrap().display().to_string()
}

/// A random moment: after so many steps, and so many microseconds. So it falls into the work on a
/// busy machine, too.
struct Moment {
    steps: usize,
    then_us: usize,
}

impl Moment {
    /// Some are before the first step, while the script starts.
    fn random(rng: &mut Rng) -> Self {
        let steps = rng.below(40);
        let most = if steps == 0 { 300_000 } else { 10_000 };
        Self {
            steps,
            then_us: rng.below(most),
        }
    }
}

/// Kills the child at a moment; what it had acknowledged until then.
fn kill_at(mut child: Child, moment: &Moment) -> Vec<String> {
    let stdout = child.stdout.take().unwrap();
    let (sender, steps) = std::sync::mpsc::channel();
    let reader = std::thread::Builder::new()
        .name("acknowledgements".to_owned())
        .spawn(move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            let heard = lines.inspect(|line| {
                if line.contains("ACK ") {
                    let _ = sender.send(()); // nobody waits for the last ones
                }
            });
            heard.collect()
        })
        .unwrap();
    for _ in 0..moment.steps {
        steps.recv().unwrap();
    }
    std::thread::sleep(Duration::from_micros(moment.then_us as u64));
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost() {
    let mut rng = Rng::new(seed(1));
    let (mut steps, mut commits) = (0, 0);
    let mut folder = tempfile::tempdir().unwrap();
    let mut acknowledged = Acknowledged::default();
    let kills = share("COPYDESK_KILLS", 40);
    for kill in 0..kills {
        if kill % 5 == 0 {
            // A new dataset now and then: its making is to be killed too.
            folder = tempfile::tempdir().unwrap();
            acknowledged = Acknowledged::default();
        }
        let child = script_command(&myself(), &[], folder.path(), seed(kill as u64), usize::MAX)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = kill_at(child, &Moment::random(&mut rng));
        for line in lines {
            steps += usize::from(acknowledged.hear(&line));
        }
        acknowledged.crashed();
        if let Err(fault) = check::check(folder.path(), &acknowledged) {
            panic!("after kill {kill}: {fault}");
        }
        commits += acknowledged.commits();
    }
    println!("{kills} kills; {steps} acknowledged steps, none lost");
    assert!(
        steps > kills && commits > kills,
        "the script hardly ran: {steps} steps"
    );
}

/// Enough for SQLite to empty its log into the dataset and to begin it anew.
const TRACED_STEPS: usize = 300;

/// What the script did to its files, from its system calls.
fn trace(seed: u64) -> Option<(tempfile::TempDir, Vec<disk::Event>)> {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("disk");
    fs::create_dir(&inside).unwrap();
    let log = folder.path().join("strace.log");
    let log_argument = log.display().to_string();
    let traced = script_command(
        "strace",
        &[
            "-f",
            "-y",
            "-xx",
            "-s",
            "100000000",
            "-o",
            &log_argument,
            "-e",
            disk::CALLS,
            &myself(),
        ],
        &inside,
        seed,
        TRACED_STEPS,
    )
    .stdout(Stdio::null())
    .status();
    match traced {
        Ok(status) if status.success() => {}
        other => {
            eprintln!("skipped: no power cuts without strace ({other:?})");
            return None;
        }
    }
    let events = disk::parse(&fs::read_to_string(&log).unwrap(), &inside);
    Some((folder, events))
}

/// Whether the log was written from its beginning for a second time, over what had been there:
/// where a store is most vulnerable.
fn begins_log_anew(events: &[disk::Event]) -> bool {
    let begun = events.iter().filter(|event| {
        matches!(event, disk::Event::Write { name, at: 0, .. } if name == &format!("{}-wal", script::DATASET))
    });
    begun.count() > 1
}

/// Cuts the power at random moments; how often that went wrong, and the first time.
fn cut_power(
    events: &[disk::Event],
    honesty: Honesty,
    cuts: usize,
    rng: &mut Rng,
) -> (usize, Option<String>) {
    let (mut bad, mut first) = (0, None);
    for _ in 0..cuts {
        let at = 1 + rng.below(events.len());
        let mut disk = Disk::new(honesty);
        let mut acknowledged = Acknowledged::after(1);
        for event in &events[..at] {
            match event {
                disk::Event::Said(line) => {
                    acknowledged.hear(line);
                }
                event => disk.happen(event),
            }
        }
        let folder = tempfile::tempdir().unwrap();
        disk.cut(folder.path(), rng);
        if let Err(fault) = check::check(folder.path(), &acknowledged) {
            bad += 1;
            first.get_or_insert(format!("cut at event {at} of {}: {fault}", events.len()));
        }
    }
    (bad, first)
}

#[test]
fn after_a_power_cut_nothing_acknowledged_is_lost() {
    let mut rng = Rng::new(seed(2));
    let cuts = times("COPYDESK_CUTS");
    let mut left = cuts;
    let mut traced = 0;
    while left > 0 {
        let Some((_folder, events)) = trace(seed(traced)) else {
            return;
        };
        let said = events
            .iter()
            .filter(|e| matches!(e, disk::Event::Said(_)))
            .count();
        assert!(said > 200, "only {said} steps in the trace");
        assert!(begins_log_anew(&events), "the log was never begun anew");
        let now = left.min(100);
        let (bad, first) = cut_power(&events, Honesty::Honest, now, &mut rng);
        assert_eq!(bad, 0, "{}", first.unwrap_or_default());
        left -= now;
        traced += 1;
    }
    println!("{cuts} power cuts, nothing acknowledged lost");
}

#[test]
fn a_disk_that_does_not_sync_is_found_out() {
    let Some((_folder, events)) = trace(seed(99)) else {
        return;
    };
    let mut rng = Rng::new(seed(3));
    let cuts = times("COPYDESK_CUTS").min(100);
    for honesty in [Honesty::SyncsAllButTheLog, Honesty::NeverSyncs] {
        let (bad, first) = cut_power(&events, honesty, cuts, &mut rng);
        println!(
            "{honesty:?}: {bad} of {cuts} cuts lose something, such as: {}",
            first.unwrap_or_default()
        );
        assert!(
            bad * 4 > cuts,
            "only {bad} of {cuts} cuts were noticed: the test has no teeth"
        );
    }
}
