//! A running program that suggests, and the limits on it.
//!
//! The program reads native records, one a line, and prints an answer for each. Nothing that it does
//! holds up anybody else: threads write to it and read what it prints, an answer has a limit of time
//! and of bytes, and a program that exceeds one is killed with all that it started. If Copydesk
//! itself is killed, a guard process kills the program.

mod group;

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use self::group::Group;
use super::answer;
use crate::formats::Fault;
use crate::formats::metadata::suggested_by::SuggestedTask;
use crate::model::{Article, Entity, Provenance, Schema, printable};

/// How many answers are buffered. A program that prints more has to wait.
const WAITING: usize = 1;
/// How much of what a program prints on standard error is kept, in bytes.
const KEPT_ERRORS: usize = 8 << 10;
/// How many of its last lines on standard error a message shows.
const SHOWN_ERRORS: usize = 3;
/// The longest line of an error in a message, in characters.
const LONGEST_ERROR: usize = 200;
/// How often a wait looks whether it was cancelled.
const SLICE: Duration = Duration::from_millis(50);
/// How long a program that has closed its output may take to end by itself.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// The longest name and version that a program may give itself, in characters.
const LONGEST_NAME: usize = 100;

/// The limits on a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long an answer may take.
    pub answer: Duration,
    /// How long the first answer may take: the program loads its model first.
    pub start: Duration,
    /// How long an answer may be, in bytes.
    pub answer_bytes: u64,
}

/// How a program is started.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// The command, for the system's shell.
    pub command: &'a str,
    /// The folder in which it runs; `None`: the current one.
    pub folder: Option<&'a Path>,
    /// What it suggests, in the environment variable `COPYDESK_TASK`.
    pub task: SuggestedTask,
    /// The labels that the dataset wants, in `COPYDESK_LABELS`, separated by commas.
    pub labels: &'a [String],
    /// Whether its last lines on standard error are kept for messages; otherwise they go to
    /// Copydesk's own standard error.
    pub keeps_errors: bool,
    /// The limits on it.
    pub limits: Limits,
}

/// The name and version that a program gave itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hello {
    /// Its name, such as `spaCy en_core_web_md`.
    pub name: String,
    /// Its version.
    pub version: String,
}

#[derive(Deserialize)]
struct HelloRecord {
    copydesk: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
}

impl Hello {
    /// Reads a line as a greeting: `{"copydesk":"hello","name":"…","version":"…"}`.
    fn read(line: &[u8]) -> Option<Self> {
        let read: HelloRecord = serde_json::from_slice(line).ok()?;
        let short = |words: &str| -> String {
            let words = printable::line(words.trim());
            words.chars().take(LONGEST_NAME).collect()
        };
        (read.copydesk == "hello").then(|| Self {
            name: short(&read.name),
            version: short(&read.version),
        })
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// This answer is wrong; the next one may be right.
    Bad(Fault),
    /// The program ended by itself.
    Ended(anyhow::Error),
    /// The program took too long or printed too much, and was ended.
    Killed(anyhow::Error),
    /// The wait was cancelled; the program was ended.
    Cancelled,
}

/// What the thread that reads the program's output passes on.
enum Printed {
    Line(Vec<u8>),
    /// A line is longer than the limit.
    Flood,
    Unreadable(std::io::Error),
}

/// A program that suggests.
pub struct SuggesterProcess {
    command: String,
    group: Group,
    questions: Sender<Vec<u8>>,
    printed: Receiver<Printed>,
    errors: Option<LastErrors>,
    limits: Limits,
    hello: Option<Hello>,
    has_answered: bool,
}

impl SuggesterProcess {
    /// Starts a program.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(launch: &Launch<'_>) -> Result<Self> {
        let command = launch.command;
        let mut shell = shell_for(command);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped());
        if launch.keeps_errors {
            shell.stderr(Stdio::piped());
        }
        if let Some(folder) = launch.folder {
            shell.current_dir(folder);
        }
        shell.env("COPYDESK_LABELS", launch.labels.join(","));
        let task = match launch.task {
            SuggestedTask::Regions => "regions",
            SuggestedTask::Entities => "entities",
        };
        shell.env("COPYDESK_TASK", task);
        let mut group = Group::start(shell).with_context(|| format!("cannot start {command:?}"))?;
        let (Some(input), Some(output)) = (group.child.stdin.take(), group.child.stdout.take())
        else {
            bail!("{command:?} has no input or output");
        };
        let errors = match group.child.stderr.take() {
            Some(errors) => Some(LastErrors::of(errors)?),
            None => None,
        };
        let (questions, to_ask) = channel::<Vec<u8>>();
        let (to_pass, printed) = sync_channel(WAITING);
        let longest = launch.limits.answer_bytes;
        // A program that does not read, or prints without end, holds up no other thread.
        Builder::new()
            .name("copydesk-ask".into())
            .spawn(move || write_questions(input, &to_ask))
            .context("cannot start a thread for requests")?;
        Builder::new()
            .name("copydesk-listen".into())
            .spawn(move || read_lines(output, longest, &to_pass))
            .context("cannot start a thread for answers")?;
        Ok(Self {
            command: command.to_owned(),
            group,
            questions,
            printed,
            errors,
            limits: launch.limits,
            hello: None,
            has_answered: false,
        })
    }

    /// Returns the name and version that the program gave itself, if it has.
    #[must_use]
    pub fn hello(&self) -> Option<&Hello> {
        self.hello.as_ref()
    }

    /// Asks the program for the entities of an article, and rejects the answer if any is bad.
    ///
    /// # Errors
    /// If its answer cannot be used, or there is none.
    pub fn suggest(
        &mut self,
        article: &Article,
        record: &[u8],
        schema: &Schema,
    ) -> Result<Vec<Entity>, NoAnswer> {
        let line = self.ask(article.id.as_str(), record, &|| false)?;
        answer::strict_entities(article, &line, schema, Provenance::Tagger).map_err(NoAnswer::Bad)
    }

    /// Asks about a record and returns the line that the program prints.
    ///
    /// # Errors
    /// If there is none, or the wait was cancelled. The program is ended then.
    pub fn ask(
        &mut self,
        id: &str,
        record: &[u8],
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Vec<u8>, NoAnswer> {
        if self.questions.send(record.to_vec()).is_err() {
            return Err(self.gone(id));
        }
        let limit = match self.has_answered {
            true => self.limits.answer,
            false => self.limits.start,
        };
        let mut until = Instant::now() + limit;
        loop {
            if is_cancelled() {
                self.group.end();
                return Err(NoAnswer::Cancelled);
            }
            let left = until.saturating_duration_since(Instant::now());
            match self.printed.recv_timeout(left.min(SLICE)) {
                Ok(Printed::Line(line)) => {
                    if let (None, Some(hello)) = (&self.hello, Hello::read(&line)) {
                        self.hello = Some(hello);
                        // It has loaded its model.
                        until = Instant::now() + self.limits.answer;
                        continue;
                    }
                    self.has_answered = true;
                    return Ok(line);
                }
                Ok(Printed::Flood) => {
                    self.group.end();
                    let why = format!(
                        "{:?} printed a line of more than {} bytes for {id} and was ended",
                        self.command, self.limits.answer_bytes
                    );
                    return Err(NoAnswer::Killed(self.with_last_words(&why)));
                }
                Ok(Printed::Unreadable(error)) => {
                    self.group.end();
                    let why = format!("cannot read what {:?} prints: {error}", self.command);
                    return Err(NoAnswer::Killed(self.with_last_words(&why)));
                }
                Err(RecvTimeoutError::Disconnected) => return Err(self.gone(id)),
                Err(RecvTimeoutError::Timeout) if left > SLICE => {}
                Err(RecvTimeoutError::Timeout) => {
                    self.group.end();
                    let why = format!(
                        "{:?} gave no answer for {id} in {} seconds and was ended; it must print one line for each that it reads, at once (in Python: flush=True)",
                        self.command,
                        limit.as_secs_f64()
                    );
                    return Err(NoAnswer::Killed(self.with_last_words(&why)));
                }
            }
        }
    }

    fn gone(&mut self, id: &str) -> NoAnswer {
        let how = self.group.end_in_words(LAST_WORDS);
        let why = format!("{:?} ended before it answered for {id}{how}", self.command);
        NoAnswer::Ended(self.with_last_words(&why))
    }

    /// Adds the last lines that the program printed on standard error.
    fn with_last_words(&mut self, why: &str) -> anyhow::Error {
        let said = self.errors.as_mut().map(LastErrors::in_words);
        match said {
            Some(said) if !said.is_empty() => anyhow::anyhow!("{why}\nits last words: {said}"),
            _ => anyhow::anyhow!("{why}"),
        }
    }
}

fn shell_for(command: &str) -> Command {
    if cfg!(windows) {
        let mut shell = Command::new("cmd");
        shell.args(["/C", command]);
        shell
    } else {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]);
        shell
    }
}

fn write_questions(mut input: std::process::ChildStdin, to_ask: &Receiver<Vec<u8>>) {
    for question in to_ask {
        let written = input.write_all(&question).and_then(|()| input.flush());
        if written.is_err() {
            return; // it is gone; whoever waits for the answer notices
        }
    }
}

fn read_lines(output: impl Read, longest: u64, to: &SyncSender<Printed>) {
    let mut output = BufReader::new(output);
    loop {
        let mut line = Vec::new();
        let printed = match output.by_ref().take(longest).read_until(b'\n', &mut line) {
            Ok(0) => return, // the channel closes when the program ends
            Ok(read) if read as u64 == longest && !line.ends_with(b"\n") => Printed::Flood,
            Ok(_) => Printed::Line(line),
            Err(error) => Printed::Unreadable(error),
        };
        let is_over = !matches!(printed, Printed::Line(_));
        if to.send(printed).is_err() || is_over {
            return;
        }
    }
}

/// The end of what a program prints on standard error.
struct LastErrors {
    kept: Arc<Mutex<VecDeque<u8>>>,
    reader: JoinHandle<()>,
}

impl LastErrors {
    fn of(mut errors: impl Read + Send + 'static) -> Result<Self> {
        let kept = Arc::new(Mutex::new(VecDeque::with_capacity(KEPT_ERRORS)));
        let ring = Arc::clone(&kept);
        let reader = Builder::new()
            .name("copydesk-errors".into())
            .spawn(move || {
                let mut bytes = [0; 1024];
                while let Ok(read @ 1..) = errors.read(&mut bytes) {
                    let mut ring = ring.lock().unwrap_or_else(PoisonError::into_inner);
                    ring.extend(bytes.iter().take(read));
                    let spare = ring.len().saturating_sub(KEPT_ERRORS);
                    ring.drain(..spare);
                }
            })
            .context("cannot start a thread for errors")?;
        Ok(Self { kept, reader })
    }

    /// Returns the last lines as they may be shown: without the commands of a terminal.
    fn in_words(&mut self) -> String {
        // What the program started may hold its standard error open.
        let until = Instant::now() + LAST_WORDS;
        while !self.reader.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let words = String::from_utf8_lossy(kept.make_contiguous()).into_owned();
        drop(kept);
        last_lines(&words)
    }
}

/// The last lines of some words that are not empty, without escape sequences.
fn last_lines(words: &str) -> String {
    let plain = without_escapes(words);
    let mut lines: Vec<String> = plain
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let short: String = line.chars().take(LONGEST_ERROR).collect();
            printable::line(&short).into_owned()
        })
        .collect();
    let spare = lines.len().saturating_sub(SHOWN_ERRORS);
    lines.drain(..spare);
    lines.join(" / ")
}

/// Removes the sequences by which programs colour their words.
fn without_escapes(words: &str) -> String {
    let mut plain = String::with_capacity(words.len());
    let mut chars = words.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            plain.push(c);
            continue;
        }
        if chars.next_if_eq(&'[').is_some() {
            while chars.next_if(|c| !('@'..='~').contains(c)).is_some() {}
            chars.next();
        }
    }
    plain
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
