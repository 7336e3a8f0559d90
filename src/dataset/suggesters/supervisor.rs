//! A suggester that is started when it is first asked, and again after it failed.
//!
//! After each failure in a row the next start waits longer. After [`MOST_FAILURES`] it stays
//! stopped until somebody starts it again.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::answer::{self, SuggestedSpans};
use super::config::SuggesterConfig;
use super::plan::KnownModel;
use super::process::{Launch, Limits, NoAnswer, SuggesterProcess};
use crate::formats::metadata::suggested_by::SuggestedTask;
use crate::formats::{Format as _, RecordView, WriteOptions, native};
use crate::model::{Annotation, Article, Provenance, Schema, Status};

/// How many failures in a row stop a suggester.
const MOST_FAILURES: u32 = 5;
/// The pause before the second start; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// How long an answer may be, in bytes.
const ANSWER_BYTES: u64 = 16 << 20;
/// The shortest time for the first answer: many programs load a large model first.
const START_LIMIT: Duration = Duration::from_secs(180);
/// How often a wait looks whether it was cancelled.
const SLICE: Duration = Duration::from_millis(50);

/// Why a suggester has no suggestions for an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuggestError {
    /// This article has none; others may.
    Article(String),
    /// It failed too often and stays stopped.
    Stopped(String),
    /// The work was cancelled.
    Cancelled,
}

impl SuggestError {
    /// Returns what happened, for people.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Article(why) | Self::Stopped(why) => why,
            Self::Cancelled => "stopped",
        }
    }
}

/// How a suggester is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuggesterStatus {
    /// The name of the suggester.
    pub name: String,
    /// The name and version that the program gave itself; empty if none yet.
    pub model: String,
    /// Whether it failed so often that it stays stopped.
    pub is_stopped: bool,
    /// What went wrong last, for people; empty if its last answer was good.
    pub last_error: String,
}

/// A suggester with its running program, if it runs.
pub(super) struct SupervisedSuggester {
    config: SuggesterConfig,
    folder: Option<PathBuf>,
    labels: Vec<String>,
    limits: Limits,
    first_pause: Duration,
    process: Option<SuggesterProcess>,
    model: KnownModel,
    failures: u32,
    not_before: Option<Instant>,
    last_error: String,
}

impl SupervisedSuggester {
    pub(super) fn new(config: SuggesterConfig, folder: Option<&Path>, schema: &Schema) -> Self {
        let labels: Vec<String> = match config.task {
            SuggestedTask::Regions => {
                let labels = schema.regions().iter().filter(|label| label.enabled);
                labels.map(|one| one.label.as_str().to_owned()).collect()
            }
            SuggestedTask::Entities => {
                let labels = schema.entities().iter().filter(|label| label.enabled);
                labels.map(|one| one.label.as_str().to_owned()).collect()
            }
        };
        let answer = Duration::from_secs(config.time_limit_s);
        Self {
            folder: folder.map(Path::to_path_buf),
            labels,
            limits: Limits {
                answer,
                start: answer.max(START_LIMIT),
                answer_bytes: ANSWER_BYTES,
            },
            first_pause: FIRST_PAUSE,
            process: None,
            model: KnownModel::unnamed(&config.name),
            failures: 0,
            not_before: None,
            last_error: String::new(),
            config,
        }
    }

    /// Whether it was made from this and need not be made again.
    pub(super) fn is_of(&self, config: &SuggesterConfig, labels_of: &Schema) -> bool {
        let other = Self::new(config.clone(), None, labels_of);
        self.config == *config && self.labels == other.labels
    }

    /// The model as it named itself, or as the suggester is called.
    pub(super) fn model(&self) -> &KnownModel {
        &self.model
    }

    pub(super) fn status(&self) -> SuggesterStatus {
        SuggesterStatus {
            name: self.config.name.clone(),
            model: match self.model.is_named() {
                true => self.model.in_words(),
                false => String::new(),
            },
            is_stopped: self.failures >= MOST_FAILURES,
            last_error: self.last_error.clone(),
        }
    }

    /// Forgets all failures, so that it starts again.
    pub(super) fn start_again(&mut self) {
        self.failures = 0;
        self.not_before = None;
        self.last_error.clear();
    }

    /// Ends the program. It starts again when it is asked.
    pub(super) fn end(&mut self) {
        self.process = None;
    }

    /// Asks for suggestions for an article with these regions, which no person has seen.
    pub(super) fn suggest(
        &mut self,
        article: &Article,
        known: &Annotation,
        schema: &Schema,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<SuggestedSpans, SuggestError> {
        let record = record_for(article, known, self.config.task);
        let answered = match self.ask(article, &record, is_cancelled) {
            // One that died may have done so of anything; one that hung has hung on this article.
            Err(Failure::Died(_)) if self.failures < MOST_FAILURES => {
                self.ask(article, &record, is_cancelled)
            }
            other => other,
        };
        let line = match answered {
            Ok(line) => line,
            Err(Failure::Cancelled) => return Err(SuggestError::Cancelled),
            Err(Failure::Died(why) | Failure::Hung(why)) => {
                return Err(match self.failures >= MOST_FAILURES {
                    true => SuggestError::Stopped(why),
                    false => SuggestError::Article(why),
                });
            }
        };
        let id = self.model.id();
        let by = |score| Provenance::Suggester(id, score);
        match answer::read(article, &line, schema, self.config.task, by) {
            Ok(spans) => {
                self.failures = 0;
                self.last_error = refused_in_words(article, &spans);
                Ok(spans)
            }
            Err(fault) => {
                let why = match &fault.hint {
                    Some(hint) => format!("{}\nhint: {hint}", fault.message),
                    None => fault.message.clone(),
                };
                if answer::is_out_of_step(&fault) {
                    self.process = None;
                    self.failed(&why);
                } else {
                    self.failures = 0;
                    self.last_error.clone_from(&why);
                }
                Err(match self.failures >= MOST_FAILURES {
                    true => SuggestError::Stopped(why),
                    false => SuggestError::Article(why),
                })
            }
        }
    }

    fn ask(
        &mut self,
        article: &Article,
        record: &[u8],
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Vec<u8>, Failure> {
        if self.failures >= MOST_FAILURES {
            return Err(Failure::Died(format!(
                "{} has failed {MOST_FAILURES} times in a row and stays stopped: {}",
                self.config.name, self.last_error
            )));
        }
        self.wait_for_turn(is_cancelled)?;
        let process = match &mut self.process {
            Some(process) => process,
            None => {
                let launch = Launch {
                    command: &self.config.command,
                    folder: self.folder.as_deref(),
                    task: self.config.task,
                    labels: &self.labels,
                    keeps_errors: true,
                    limits: self.limits,
                };
                match SuggesterProcess::start(&launch) {
                    Ok(started) => self.process.insert(started),
                    Err(error) => {
                        let why = format!("{error:#}");
                        self.failed(&why);
                        return Err(Failure::Died(why));
                    }
                }
            }
        };
        let answered = process.ask(article.id.as_str(), record, is_cancelled);
        if let Some(hello) = process.hello() {
            self.model = KnownModel::named(&self.config.name, &hello.name, &hello.version);
        }
        match answered {
            Ok(line) => Ok(line),
            Err(NoAnswer::Cancelled) => {
                self.process = None;
                Err(Failure::Cancelled)
            }
            Err(NoAnswer::Ended(error)) => {
                self.process = None;
                let why = error.to_string();
                self.failed(&why);
                Err(Failure::Died(why))
            }
            Err(NoAnswer::Killed(error)) => {
                self.process = None;
                let why = error.to_string();
                self.failed(&why);
                Err(Failure::Hung(why))
            }
            Err(NoAnswer::Bad(fault)) => Err(Failure::Hung(fault.message)),
        }
    }

    fn failed(&mut self, why: &str) {
        why.clone_into(&mut self.last_error);
        let pause = self.first_pause * 2_u32.saturating_pow(self.failures);
        self.not_before = Some(Instant::now() + pause);
        self.failures += 1;
    }

    /// Waits until the pause after the last failure is over.
    fn wait_for_turn(&mut self, is_cancelled: &dyn Fn() -> bool) -> Result<(), Failure> {
        while let Some(until) = self.not_before {
            if is_cancelled() {
                return Err(Failure::Cancelled);
            }
            match until.checked_duration_since(Instant::now()) {
                Some(left) => std::thread::sleep(left.min(SLICE)),
                None => self.not_before = None,
            }
        }
        Ok(())
    }
}

/// Why a program gave no line.
enum Failure {
    /// It ended, or did not start.
    Died(String),
    /// It took too long, or printed too much.
    Hung(String),
    Cancelled,
}

/// Makes the record that a suggester reads: the article with its regions, and no entities. For
/// regions, without those, too.
fn record_for(article: &Article, known: &Annotation, task: SuggestedTask) -> Vec<u8> {
    let regions = match task {
        SuggestedTask::Regions => Vec::new(),
        SuggestedTask::Entities => known.regions().to_vec(),
    };
    let parts =
        Annotation::from_parts(&article.text, regions, Vec::new(), Status::Todo, Vec::new());
    let annotation = parts.unwrap_or_default();
    let view = RecordView {
        article,
        annotation: &annotation,
        annotator: "",
        updated_at_ms: 0,
    };
    let mut record = Vec::new();
    native::Jsonl.write(&view, &WriteOptions::default(), &mut record);
    record
}

/// Says which spans of an answer were refused; empty if none.
fn refused_in_words(article: &Article, spans: &SuggestedSpans) -> String {
    let all: usize = spans.refused.values().sum();
    match spans.refused.keys().next() {
        None => String::new(),
        Some(first) if all == 1 => format!("refused a span of {}: {first}", article.id),
        Some(first) => format!("refused {all} spans of {}, such as: {first}", article.id),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
