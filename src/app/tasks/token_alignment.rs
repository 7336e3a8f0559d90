//! Entities that the tokenizer of the person's choice cannot represent: seen while they can still
//! be changed.
//!
//! A thread cuts the text into tokens, whatever its length; the frame never waits for it, and shows
//! what was found last until then.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::Builder;

use super::snapshot::ArticleSnapshot;
use crate::dataset;
use crate::dataset::session::Wake;
use crate::formats::{Tokenizer, misaligned_spans_in};
use crate::model::{Span, Text};
use crate::store::ArticleKey;

/// What was looked at, by which tokenizer.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    tokenizer: String,
    article: ArticleKey,
    version: u64,
}

impl Question {
    /// Whether it is about the same article, by the same tokenizer.
    fn is_alike(&self, other: &Self) -> bool {
        (&self.tokenizer, self.article) == (&other.tokenizer, other.article)
    }
}

/// The question with what it is about: the text, and the entities in it.
type Asked = (Question, Text, Vec<Span>);

/// For each entity that does not fit, why; or why the tokenizer cannot be used.
type Answer = (Question, Result<Vec<(Span, String)>, String>);

/// The entities of the open article that cut a token.
#[derive(Default)]
pub struct TokenAlignment {
    asked: Option<Question>,
    found: Vec<Span>,
    /// In the order of `found`.
    reasons: Vec<String>,
    fault: Option<String>,
    worker: Option<(Sender<Asked>, Receiver<Answer>)>,
}

impl TokenAlignment {
    /// The entities that do not fit, in the order of the text.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.found
    }

    /// Why an entity does not fit, in words.
    #[must_use]
    pub fn reason(&self, span: Span) -> Option<&str> {
        let at = self.found.iter().position(|found| *found == span)?;
        Some(self.reasons.get(at)?)
    }

    /// Why the tokenizer cannot be used, for people.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Looks again if the article, its annotation or the tokenizer is another; an empty name asks
    /// for none. `wake` is called when there is an answer.
    pub fn refresh(&mut self, tokenizer: &str, open: Option<ArticleSnapshot<'_>>, wake: &Wake) {
        let question = open.filter(|_| !tokenizer.is_empty()).map(|open| Question {
            tokenizer: tokenizer.to_owned(),
            article: open.key,
            version: open.version,
        });
        if question != self.asked {
            let is_same = match (&question, &self.asked) {
                (Some(one), Some(other)) => one.is_alike(other),
                _ => false,
            };
            if !is_same {
                self.show(Ok(Vec::new()));
            }
            self.asked.clone_from(&question);
            if let (Some(question), Some(open)) = (question, open) {
                let entities = open.annotation.entities();
                let spans = entities.iter().map(|entity| entity.span).collect();
                self.ask((question, open.article.text.clone(), spans), wake);
            }
        }
        let answers = self
            .worker
            .iter()
            .flat_map(|(_, answers)| answers.try_iter());
        let newest = answers
            .filter(|(question, _)| self.asked.as_ref() == Some(question))
            .last();
        if let Some((_, found)) = newest {
            self.show(found);
        }
    }

    fn show(&mut self, found: Result<Vec<(Span, String)>, String>) {
        self.fault = found.as_ref().err().cloned();
        (self.found, self.reasons) = found.unwrap_or_default().into_iter().unzip();
    }

    fn ask(&mut self, asked: Asked, wake: &Wake) {
        let worker = self.worker.take().or_else(|| start(wake.clone()));
        if let Some((questions, _)) = &worker {
            let _no_thread = questions.send(asked);
        }
        self.worker = worker;
    }
}

/// Starts the thread; without one nothing is underlined, which harms nobody.
fn start(wake: Wake) -> Option<(Sender<Asked>, Receiver<Answer>)> {
    let (ask, questions) = mpsc::channel::<Asked>();
    let (answer, answers) = mpsc::channel();
    let work = move || {
        // A model's file is read once, and an article is cut once.
        let mut tokenizer: Option<(String, Result<Tokenizer, String>)> = None;
        let mut cut: Option<(String, Text, Vec<Span>)> = None;
        while let Ok(first) = questions.recv() {
            // Only the newest is still of interest.
            let (question, text, spans) = questions.try_iter().last().unwrap_or(first);
            if tokenizer
                .as_ref()
                .is_none_or(|(name, _)| *name != question.tokenizer)
            {
                let name = question.tokenizer.clone();
                tokenizer = Some((name, dataset::tokenizer(&question.tokenizer)));
            }
            let Some((_, usable)) = &tokenizer else {
                continue;
            };
            let found = usable.as_ref().map_err(String::clone).map(|tokenizer| {
                let tokens = match cut.take() {
                    Some((by, of, tokens)) if by == question.tokenizer && of == text => tokens,
                    _ => tokenizer.tokens(&text),
                };
                let found = misaligned_spans_in(&tokens, &text, spans);
                cut = Some((question.tokenizer.clone(), text.clone(), tokens));
                let said = found
                    .iter()
                    .map(|misfit| (misfit.span, misfit.reason(&text).to_string()));
                said.collect()
            });
            if answer.send((question, found)).is_err() {
                return;
            }
            wake();
        }
    };
    let started = Builder::new()
        .name("copydesk-tokens".to_owned())
        .spawn(work);
    started.ok().map(|_running| (ask, answers))
}
