//! Suggestions by another program, which reads native records, one a line, and prints a record with
//! `entities` for each.
//!
//! Nothing that it prints is trusted: the id must be the one that was asked about, every span must
//! lie on characters of the text, every label must be one of the schema's. If it gives no answer in
//! time it is killed, with all that it started.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::thread::Builder;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::formats::{Code, Fault, OffsetUnit};
use crate::model::{Annotation, Article, Entity, Label, Provenance, Schema, Score, Status};

/// How long an answer may be, in bytes.
const LONGEST: u64 = 256 << 20;

/// How many answers are buffered. A program that prints more has to wait.
const WAITING: usize = 1;

/// A program that suggests entities.
pub struct Helper {
    command: String,
    child: Group,
    questions: Sender<Vec<u8>>,
    answers: Receiver<std::io::Result<Vec<u8>>>,
    patience: Duration,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// This answer is wrong; the next one may be right.
    Bad(Fault),
    /// The program is gone.
    Over(anyhow::Error),
}

#[derive(Deserialize)]
struct Answer {
    id: String,
    #[serde(default)]
    entities: Vec<Suggested>,
}

#[derive(Deserialize)]
struct Suggested {
    start: u32,
    end: u32,
    label: String,
    score: Option<f64>,
}

impl Helper {
    /// Starts a program, by the system's shell; each answer may take as long as `patience`.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(command: &str, patience: Duration) -> Result<Self> {
        let mut shell = if cfg!(windows) {
            let mut shell = Command::new("cmd");
            shell.args(["/C", command]);
            shell
        } else {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("exec {command}")]);
            shell
        };
        shell.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = Group::start(shell).with_context(|| format!("cannot start {command:?}"))?;
        let (Some(mut input), Some(output)) = (child.0.stdin.take(), child.0.stdout.take()) else {
            bail!("{command:?} has no input or output");
        };
        let (questions, to_ask) = channel::<Vec<u8>>();
        let (to_answer, answers) = sync_channel(WAITING);
        // Threads of their own: a program that does not read, or prints without end, holds up
        // nobody.
        Builder::new()
            .name("copydesk-ask".into())
            .spawn(move || {
                for question in to_ask {
                    if input
                        .write_all(&question)
                        .and_then(|()| input.flush())
                        .is_err()
                    {
                        return; // it is gone; whoever waits for the answer notices
                    }
                }
            })
            .context("cannot start a thread for requests")?;
        Builder::new()
            .name("copydesk-listen".into())
            .spawn(move || {
                let mut output = BufReader::new(output);
                loop {
                    let mut line = Vec::new();
                    let read = output.by_ref().take(LONGEST).read_until(b'\n', &mut line);
                    let is_over = !matches!(read, Ok(1..));
                    let answer = read.map(|_bytes| line);
                    // The channel closes when the program ends.
                    let is_end = is_over && answer.is_ok();
                    if is_end || to_answer.send(answer).is_err() || is_over {
                        return;
                    }
                }
            })
            .context("cannot start a thread for answers")?;
        Ok(Self {
            command: command.to_owned(),
            child,
            questions,
            answers,
            patience,
        })
    }

    /// Asks the program for the entities of an article.
    ///
    /// # Errors
    /// If its answer cannot be used, or there is none.
    pub fn suggest(
        &mut self,
        article: &Article,
        record: &[u8],
        schema: &Schema,
    ) -> Result<Vec<Entity>, NoAnswer> {
        let id = article.id.as_str();
        let over = |why: String| NoAnswer::Over(anyhow::anyhow!("{why}"));
        let gone = format!("{:?} ended before it answered for {id}", self.command);
        self.questions
            .send(record.to_vec())
            .map_err(|_closed| over(gone.clone()))?;
        let line = match self.answers.recv_timeout(self.patience) {
            Ok(Ok(line)) => line,
            Ok(Err(error)) => {
                return Err(over(format!(
                    "cannot read what {:?} prints: {error}",
                    self.command
                )));
            }
            Err(RecvTimeoutError::Disconnected) => return Err(over(gone)),
            Err(RecvTimeoutError::Timeout) => {
                self.child.end();
                return Err(over(format!(
                    "{:?} gave no answer for {id} in {} seconds and was ended; it must print one line for each that it reads, at once (in Python: flush=True)",
                    self.command,
                    self.patience.as_secs()
                )));
            }
        };
        entities(article, &line, schema).map_err(NoAnswer::Bad)
    }
}

/// A program with all processes that it starts.
struct Group(Child, bool);

impl Group {
    fn start(mut command: Command) -> std::io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        Ok(Self(command.spawn()?, false))
    }

    /// Kills all of them: a pipeline, or a script with what it runs.
    fn end(&mut self) {
        if std::mem::replace(&mut self.1, true) {
            return; // its number may be another's by now
        }
        // Any of them may have ended by itself. The first one's number stays taken until it is
        // waited for.
        #[cfg(unix)]
        {
            use rustix::process::{Pid, Signal, kill_process_group};
            let _ = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
        }
        #[cfg(windows)]
        {
            let id = self.0.id().to_string();
            let mut kill = Command::new("taskkill");
            kill.args(["/T", "/F", "/PID", &id]);
            let _ = kill.stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

/// Reads an answer, if all of it is valid.
fn entities(article: &Article, line: &[u8], schema: &Schema) -> Result<Vec<Entity>, Fault> {
    let wrong = |why: String| Fault::new(Code::OutOfRange, format!("the command's answer: {why}"));
    let answer: Answer = serde_json::from_slice(line).map_err(|error| {
        Fault::new(
            Code::NotJson,
            format!("the command's answer is no record: {error}"),
        )
    })?;
    if answer.id != article.id.as_str() {
        return Err(wrong(format!(
            "it is about {:?}, not {:?}",
            answer.id,
            article.id.as_str()
        )));
    }
    let mut entities = Vec::with_capacity(answer.entities.len());
    for one in answer.entities {
        let span = OffsetUnit::Codepoint
            .span(&article.text, one.start, one.end)
            .map_err(|error| wrong(format!("entity {} to {}: {error}", one.start, one.end)))?;
        let label = Label::new(&one.label).map_err(|error| wrong(error.to_string()))?;
        if !schema
            .entity(label.as_str())
            .is_some_and(|known| known.enabled)
        {
            return Err(wrong(format!("the schema has no label {label}")));
        }
        entities.push(Entity {
            span,
            label,
            provenance: Provenance::Tagger(one.score.map_or(Score::ONE, Score::new)),
        });
    }
    // Crossing or blank spans are no annotation.
    Annotation::from_parts(
        &article.text,
        Vec::new(),
        entities,
        Status::Todo,
        Vec::new(),
    )
    .map(|sound| sound.entities().to_vec())
    .map_err(|error| wrong(error.to_string()))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::dataset::config::built_in_schemas;
    use crate::model::{ArticleId, Metadata, Text};

    fn ask(command: &str) -> Result<Vec<Entity>, NoAnswer> {
        let article = Article {
            id: ArticleId::new("a").unwrap(),
            text: Text::new("Zoë met Ada."),
            blocks: Vec::new(),
            meta: Metadata::default(),
        };
        let mut helper = Helper::start(command, Duration::from_secs(2)).unwrap();
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
            Err(NoAnswer::Over(error)) => error.to_string(),
            other => panic!("{other:?}"),
        };
        let begun = std::time::Instant::now();
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
        let mut helper = Helper::start(&script, Duration::from_secs(20)).unwrap();
        assert!(helper.answers.recv_timeout(Duration::from_secs(20)).is_ok());
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
        helper.child.end();
    }

    /// Returns whether a process is running.
    fn is_alive(pid: &str) -> bool {
        let state = Command::new("ps").args(["-o", "stat=", "-p", pid]).output();
        let state = String::from_utf8(state.unwrap().stdout).unwrap();
        !state.trim().is_empty() && !state.trim().starts_with('Z')
    }

    fn lines(file: &std::path::Path) -> usize {
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
            let mut helper = Helper::start(&command, Duration::from_secs(1)).unwrap();
            while lines(&pids) == before {
                std::thread::sleep(Duration::from_millis(20));
            }
            helper.child.end();
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
}
