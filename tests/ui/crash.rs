//! A window that is killed while somebody works in it: what it showed as saved is there.

use copydesk::store::prelude::*;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use copydesk::app::Message;
use copydesk::dataset::{ViewTop, WindowState};
use copydesk::model::{Rng, notation};
use copydesk::store::{ArticleKey, SqliteStore};

use crate::desk::{self, Window};

const DATASET: &str = "COPYDESK_CRASH_DATASET";
const SEED: &str = "COPYDESK_CRASH_SEED";
const MEMORY: &str = "COPYDESK_CRASH_MEMORY";

/// What is done over and over: labels, entities, undo, redo, done, and on to the next.
const KEYS: [&str; 10] = [
    "c",
    "n",
    "b",
    "1",
    "2",
    "Ctrl+Z",
    "Ctrl+Shift+Z",
    "↓",
    "↑",
    "Ctrl+Enter",
];

/// A seed that no other run has in which `COPYDESK_SEED` is another number.
fn seed(number: u64) -> u64 {
    let run = std::env::var("COPYDESK_SEED").ok();
    let run: u64 = run.and_then(|n| n.parse().ok()).unwrap_or(0);
    number + run * 1_000_000
}

fn mark(annotation: &str) -> String {
    blake3::hash(annotation.as_bytes()).to_hex()[..16].to_owned()
}

/// The session that is killed. It says what the window shows as saved.
#[test]
#[ignore = "is run by the test below"]
fn session() {
    let Some(dataset) = std::env::var_os(DATASET).map(PathBuf::from) else {
        return;
    };
    let mut rng = Rng::new(std::env::var(SEED).unwrap().parse().unwrap());
    let mut window = Window::on_dataset(dataset);
    let say = |line: String| {
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "ACK {line}").unwrap();
        stdout.flush().unwrap();
    };
    let mut told = None;
    loop {
        window.press(KEYS[rng.below(KEYS.len())]);
        let state = window.state();
        if let Some(article) = state.article.as_ref().filter(|article| article.is_saved()) {
            let now = (article.key.0, article.revision.0);
            if told != Some(now) && now.1 > 0 {
                say(format!(
                    "{} {} {}",
                    now.0,
                    now.1,
                    mark(&window.annotation())
                ));
                told = Some(now);
            }
        }
    }
}

/// What was acknowledged of an article: its revision and what it looked like.
type Acknowledged = std::collections::BTreeMap<i64, (i64, String)>;

fn check(path: &Path, acknowledged: &Acknowledged) -> Result<(), String> {
    let store = SqliteStore::open(path).map_err(|error| error.to_string())?;
    let faults = store.faults().map_err(|error| error.to_string())?;
    if !faults.is_empty() {
        return Err(faults.join("\n"));
    }
    for (key, (revision, looked)) in acknowledged {
        let article = store.article(ArticleKey(*key)).unwrap();
        let stored = store.annotations(&article, ArticleKey(*key)).unwrap();
        let own = stored.iter().find(|stored| stored.owner.is("maria"));
        let Some(own) = own.filter(|own| own.revision.0 >= *revision) else {
            return Err(format!(
                "revision {revision} of article {key} is lost: {own:?}"
            ));
        };
        let marked = notation::print(&article.text, &own.annotation, None);
        if own.revision.0 == *revision && mark(&marked) != *looked {
            return Err(format!("article {key} is another: {marked}"));
        }
    }
    Ok(())
}

#[test]
fn a_window_that_is_killed_loses_nothing_that_it_showed_as_saved() {
    let kills = std::env::var("COPYDESK_KILLS")
        .ok()
        .and_then(|n| n.parse().ok());
    let kills = (kills.unwrap_or(20_usize) * 20).div_ceil(100);
    let mut rng = Rng::new(seed(5));
    let (mut folder, mut acknowledged) = (tempfile::tempdir().unwrap(), Acknowledged::new());
    let mut steps = 0;
    for kill in 0..kills as u64 {
        if kill % 4 == 0 {
            folder = tempfile::tempdir().unwrap();
            acknowledged = Acknowledged::new();
            desk::make(
                &folder.path().join("story.copydesk"),
                &["body?.9| Ada Lovelace spoke at noon.\nbody?.9| It rained in Paris."; 6],
            );
        }
        let path = folder.path().join("story.copydesk");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "crash::session",
                "--exact",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(DATASET, &path)
            .env(SEED, seed(kill).to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let (sender, shown) = std::sync::mpsc::channel();
        let reader = std::thread::Builder::new()
            .spawn(move || {
                let lines = BufReader::new(stdout).lines().map_while(Result::ok);
                let heard = lines.inspect(|line| {
                    if line.contains("ACK ") {
                        let _ = sender.send(()); // nobody waits for the last ones
                    }
                });
                heard.collect::<Vec<_>>()
            })
            .unwrap();
        // After a number of saved states, so that it falls into the work on a busy machine, too.
        for _ in 0..rng.below(12) {
            shown.recv().unwrap();
        }
        std::thread::sleep(Duration::from_millis(rng.below(300) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        for line in reader.join().unwrap() {
            let Some((_, said)) = line.split_once("ACK ") else {
                continue;
            };
            let words: Vec<&str> = said.split(' ').collect();
            let revision = (words[1].parse().unwrap(), words[2].to_owned());
            acknowledged.insert(words[0].parse().unwrap(), revision);
            steps += 1;
        }
        if let Err(fault) = check(&path, &acknowledged) {
            panic!("after kill {kill} of the window: {fault}");
        }
    }
    println!("{kills} kills of the window; {steps} acknowledged states, none lost");
    assert!(steps > 0, "the window hardly ran");
}

/// Where somebody is: the article, the selection, and what is at the top of the view.
fn place(window: &Window) -> (i64, u32, u32, ViewTop) {
    let article = window.state().article.as_ref().unwrap();
    let selection = article.selection;
    (
        article.key.0,
        selection.anchor.0,
        selection.head.0,
        window.state().view_top,
    )
}

/// The session that is killed far down in an article far down the list. It says when its place is
/// on disk, and goes on.
#[test]
#[ignore = "is run by the test below"]
fn session_with_a_place() {
    let var = |name| std::env::var_os(name).map(PathBuf::from);
    let (Some(dataset), Some(memory)) = (var(DATASET), var(MEMORY)) else {
        return;
    };
    let mut window = Window::remembering(dataset.clone(), &memory);
    window.send(Message::OpenArticle(ArticleKey(280)));
    window.until(|state| state.article.as_ref().is_some_and(|a| a.key.0 == 280));
    window.press("Ctrl+End ↑ ↑ ↑ → → Shift+→");
    window.harness.run_steps(10);
    let (here, key) = (place(&window), ArticleKey(280));
    loop {
        window.harness.step();
        let kept = WindowState::load(&memory);
        let text = &window.state().article.as_ref().unwrap().article().text;
        let found = kept.place(&dataset.canonicalize().unwrap());
        let selection = found.and_then(|place| place.selection(key, text));
        let is_kept = selection.is_some_and(|s| (s.anchor.0, s.head.0) == (here.1, here.2));
        if is_kept && found.unwrap().top() == here.3 {
            let ViewTop { paragraph, above } = here.3;
            println!("ACK {} {} {} {paragraph} {above}", here.0, here.1, here.2);
            std::io::stdout().flush().unwrap();
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    loop {
        window.harness.step(); // until it is killed
    }
}

#[test]
fn a_window_that_is_killed_opens_again_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join("story.copydesk");
    let memory = folder.path().join("window.toml");
    let long =
        "body?0.9| Ada Lovelace spoke at noon, and it rained in Paris for the rest of the day.\n"
            .repeat(90);
    let mut articles = vec!["body?0.9| Ada Lovelace spoke at noon."; 300];
    articles[279] = long.trim_end();
    desk::make(&path, &articles);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "crash::session_with_a_place",
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(DATASET, &path)
        .env(MEMORY, &memory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
    let acknowledged = told
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("ACK ")?.1.to_owned()));
    child.kill().unwrap(); // as `kill -9` does
    child.wait().unwrap();
    let numbers: Vec<i64> = acknowledged
        .expect("the session ended before its place was kept")
        .split(' ')
        .map(|word| word.parse().unwrap())
        .collect();
    // By another name for the same file, as from another folder.
    let again = folder.path().join(".").join("story.copydesk");
    let window = Window::remembering(again, &memory);
    let (article, anchor, head, top) = place(&window);
    assert_eq!([article, anchor.into(), head.into()], numbers[..3]);
    assert_eq!(i64::from(top.paragraph), numbers[3]);
    assert!(
        (i64::from(top.above) - numbers[4]).abs() <= 1,
        "{top:?} {numbers:?}"
    );
    assert!(top.paragraph > 0, "it was scrolled");
}
