use super::*;
use crate::dataset::config::built_in_schemas;
use crate::model::{ArticleId, Metadata, Score, Text};

fn start(command: &str, answer: Duration) -> SuggesterProcess {
    let launch = Launch {
        command,
        folder: None,
        task: SuggestedTask::Entities,
        labels: &["PERSON".to_owned(), "ORG".to_owned()],
        keeps_errors: true,
        limits: Limits {
            answer,
            start: answer,
            answer_bytes: 1 << 20,
        },
    };
    SuggesterProcess::start(&launch).unwrap()
}

fn ask(command: &str) -> Result<Vec<Entity>, NoAnswer> {
    let article = Article {
        id: ArticleId::new("a").unwrap(),
        text: Text::new("Zoë met Ada."),
        blocks: Vec::new(),
        meta: Metadata::default(),
    };
    let mut helper = start(command, Duration::from_secs(2));
    helper.suggest(
        &article,
        b"{\"id\":\"a\"}\n",
        &built_in_schemas::by_name("news").unwrap(),
    )
}

fn bad(entities: &str) -> String {
    match ask(&format!(
        "sh -c 'read line; echo \"$0\"' '{{\"id\":\"a\",\"entities\":[{entities}]}}'"
    )) {
        Err(NoAnswer::Bad(fault)) => fault.message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_program_suggests_and_nothing_that_it_says_is_trusted() {
    let found = ask(r#"sh -c 'read line; echo "$0"' '{"id":"a","entities":[{"start":8,"end":11,"label":"PERSON","score":0.5}]}'"#)
        .unwrap();
    assert_eq!(found[0].span.range(), 9..12);
    assert_eq!(found[0].provenance, Provenance::Tagger(Score::new(0.5)));
    assert!(bad(r#"{"start":0,"end":99,"label":"PERSON"}"#).contains("beyond"));
    assert!(bad(r#"{"start":0,"end":3,"label":"HERO"}"#).contains("HERO"));
    assert!(
        bad(r#"{"start":0,"end":5,"label":"ORG"},{"start":2,"end":8,"label":"PERSON"}"#)
            .contains("cross")
    );
    assert!(matches!(ask("echo nonsense"), Err(NoAnswer::Bad(_))));
    assert!(matches!(
        ask("echo '{\"id\":\"b\"}'"),
        Err(NoAnswer::Bad(_))
    ));
}

#[test]
fn one_that_hangs_or_ends_is_told() {
    let why = |answer: Result<Vec<Entity>, NoAnswer>| match answer {
        Err(NoAnswer::Ended(error) | NoAnswer::Killed(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let begun = Instant::now();
    assert!(why(ask("sleep 60")).contains("no answer"));
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert!(why(ask("true")).contains("ended before"));
}

#[test]
fn a_program_that_prints_without_end_waits() {
    let folder = tempfile::tempdir().unwrap();
    let count = folder.path().join("count");
    // It says how far it came: without a bound it would come as far as the memory goes.
    let script = format!(
        "sh -c 'n=0; while :; do n=$((n+1)); echo $n >{}; head -c 65536 /dev/zero | tr \"\\0\" x; echo; done'",
        count.display()
    );
    let mut helper = start(&script, Duration::from_secs(20));
    assert!(helper.printed.recv_timeout(Duration::from_secs(20)).is_ok());
    let so_far = || std::fs::read_to_string(&count).unwrap_or_default();
    let mut last = so_far();
    loop {
        std::thread::sleep(Duration::from_millis(300));
        let now = so_far();
        if now == last && !now.is_empty() {
            break; // it waits
        }
        last = now;
    }
    let lines: u64 = last.trim().parse().unwrap();
    assert!(
        lines <= 8,
        "{lines} lines were taken of a program that was asked nothing"
    );
    helper.group.end();
}

/// Returns whether a process is running.
fn is_alive(pid: &str) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", pid]).output();
    let state = String::from_utf8(state.unwrap().stdout).unwrap();
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

fn lines(file: &Path) -> usize {
    std::fs::read_to_string(file).map_or(0, |read| read.matches('\n').count())
}

#[test]
fn whatever_a_hanging_program_started_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pids");
    let shown = pids.display();
    for command in [
        format!("sh -c 'echo $$ >>{shown}; sleep 77' | cat"),
        format!("sh -c 'sleep 77 & echo $! >>{shown}; wait'"),
        format!("sh -c 'echo $$ >>{shown}; sleep 77 & wait; true'"),
    ] {
        let before = lines(&pids);
        let mut helper = start(&command, Duration::from_secs(1));
        while lines(&pids) == before {
            std::thread::sleep(Duration::from_millis(20));
        }
        helper.group.end();
    }
    let pids = std::fs::read_to_string(&pids).unwrap();
    assert_eq!(pids.lines().count(), 3);
    for pid in pids.lines() {
        // Killed, and soon gone.
        let mut tries = 0;
        while is_alive(pid) {
            tries += 1;
            assert!(tries < 100, "{pid} goes on");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
