//! Suggestions by another program: it reads native records, one a line, and prints for each one record with its `entities`.
//!
//! Nothing that it prints is trusted: the id must be the one that was asked about, every span must lie on characters of the text,
//! every label must be one of the schema's. If it gives no answer in time it is killed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::Builder;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::formats::{Code, Fault, OffsetUnit};
use crate::model::{Annotation, Article, Entity, Label, Provenance, Schema, Score, Status};

/// An answer may be so long, in bytes.
const LONGEST: u64 = 256 << 20;

/// A program that suggests entities.
pub struct Helper {
    command: String,
    child: Child,
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
            // What the shell starts takes its place, so that killing it leaves nothing behind.
            shell.args(["-c", &format!("exec {command}")]);
            shell
        };
        let mut child = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("{command:?} has no input or output");
        };
        let (questions, to_ask) = channel::<Vec<u8>>();
        let (to_answer, answers) = channel();
        // Threads of their own: a program that does not read, or prints without end, holds up nobody.
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
            .context("no thread to ask with")?;
        Builder::new()
            .name("copydesk-listen".into())
            .spawn(move || {
                let mut output = BufReader::new(output);
                loop {
                    let mut line = Vec::new();
                    let read = output.by_ref().take(LONGEST).read_until(b'\n', &mut line);
                    let is_over = !matches!(read, Ok(1..));
                    let answer = read.map(|_bytes| line);
                    // Its end is told by the channel's.
                    let is_end = is_over && answer.is_ok();
                    if is_end || to_answer.send(answer).is_err() || is_over {
                        return;
                    }
                }
            })
            .context("no thread to listen with")?;
        Ok(Self {
            command: command.to_owned(),
            child,
            questions,
            answers,
            patience,
        })
    }

    /// What the program would tag.
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
                self.end();
                return Err(over(format!(
                    "{:?} gave no answer for {id} in {} seconds and was ended; it must print one line for each that it reads, at once (in Python: flush=True)",
                    self.command,
                    self.patience.as_secs()
                )));
            }
        };
        entities(article, &line, schema).map_err(NoAnswer::Bad)
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.end();
    }
}

/// What an answer says, if all of it can be used.
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
    use crate::dataset::presets;
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
            &presets::by_name("news").unwrap(),
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
}
