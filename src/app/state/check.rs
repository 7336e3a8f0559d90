//! The check before Done: what looks wrong in the open article, where the strip over the article stands in it, and whether Done
//! waits for it.
//!
//! A long article is checked on a thread of its own; the frame never waits for it.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use crate::app::state::OpenArticle;
use crate::model::{BytePos, Schema, Text};
use crate::quality::lint::{self, Finding, Lint};
use crate::store::ArticleKey;

/// A longer article is checked in the background, in bytes.
const LONG: usize = 32 << 10;
/// So is one with more entities.
const MANY: usize = 800;

/// An article as it was at one version.
type Of = (ArticleKey, u64);

/// What the check found, and what is shown of it.
pub struct Check {
    /// The newest result.
    found: Option<(Of, Arc<Vec<Finding>>)>,
    /// What a thread is looking at.
    under_way: Option<Of>,
    /// Done was pressed on this, and waits for the result.
    waiting: Option<Of>,
    strip: Option<Strip>,
    answers: (Sender<Answer>, Receiver<Answer>),
}

type Answer = (Of, Vec<Finding>);

/// The strip over an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Strip {
    article: ArticleKey,
    /// The finding that was gone to last.
    at: Option<(Lint, BytePos)>,
}

impl Default for Check {
    fn default() -> Self {
        Self {
            found: None,
            under_way: None,
            waiting: None,
            strip: None,
            answers: mpsc::channel(),
        }
    }
}

impl Check {
    /// Whether Done was pressed and waits for the check of a long article.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.waiting.is_some()
    }

    /// Whether the strip is shown over this article.
    #[must_use]
    pub fn is_shown(&self, article: &OpenArticle) -> bool {
        self.strip.is_some_and(|strip| strip.article == article.key)
    }

    /// Shows the strip, from its beginning.
    pub fn show(&mut self, article: &OpenArticle) {
        let article = article.key;
        self.strip = Some(Strip { article, at: None });
    }

    /// Puts the strip away; whether it was there.
    pub fn close(&mut self) -> bool {
        self.waiting = None;
        self.strip.take().is_some()
    }

    /// Remembers that Done waits for the result.
    pub fn wait(&mut self, article: &OpenArticle) {
        self.waiting = Some((article.key, article.version));
    }

    /// What was found in the article as it is now, sorted by what it is and then by place; `None` if that is not known yet. Asks
    /// for it then; `wake` is called when it is there.
    pub fn of(
        &mut self,
        article: &OpenArticle,
        schema: &Arc<Schema>,
        wake: &crate::dataset::session::Wake,
    ) -> Option<Arc<Vec<Finding>>> {
        let now = (article.key, article.version);
        if let Some(found) = self.known(article) {
            return Some(found);
        }
        let annotation = article.session.annotation();
        let text = &article.article().text;
        if text.len() <= LONG && annotation.entities().len() <= MANY {
            let found = Arc::new(sorted(lint::before_done(text, annotation, Some(schema))));
            self.found = Some((now, found.clone()));
            return Some(found);
        }
        if self.under_way.is_none() {
            self.under_way = Some(now);
            let (shared, annotation) = (article.session.article().clone(), annotation.clone());
            let (schema, send, wake) = (schema.clone(), self.answers.0.clone(), wake.clone());
            let started = std::thread::Builder::new()
                .name("copydesk-check".to_owned())
                .spawn(move || {
                    // Keys wait for the answer, so there is one even if the check fails.
                    let check = || lint::before_done(&shared.text, &annotation, Some(&schema));
                    let found = panic::catch_unwind(AssertUnwindSafe(check)).unwrap_or_default();
                    let _closed = send.send((now, sorted(found)));
                    wake();
                });
            if started.is_err() {
                self.under_way = None; // asked again with the next frame
            }
        }
        None
    }

    /// What is known of the article as it is now.
    #[must_use]
    pub fn known(&self, article: &OpenArticle) -> Option<Arc<Vec<Finding>>> {
        let (of, found) = self.found.as_ref()?;
        (*of == (article.key, article.version)).then(|| found.clone())
    }

    /// Takes in what threads have found. True if Done waits for just that.
    pub fn take_answers(&mut self, article: Option<&OpenArticle>) -> bool {
        while let Ok((of, found)) = self.answers.1.try_recv() {
            self.under_way = None;
            self.found = Some((of, Arc::new(found)));
        }
        let now = article.map(|article| (article.key, article.version));
        if let Some((key, _)) = self.waiting {
            // Done waits for the article as it is now, whatever came to it meanwhile; one that was left is not waited for.
            self.waiting = now.filter(|(open, _)| *open == key);
        }
        if self
            .strip
            .is_some_and(|strip| now.is_none_or(|(key, _)| key != strip.article))
        {
            self.strip = None;
        }
        let is_there =
            self.waiting.is_some() && self.found.as_ref().map(|(of, _)| *of) == self.waiting;
        if is_there {
            self.waiting = None;
        }
        is_there
    }

    /// Whether the result of the article as it is now is still missing, though the strip shows it or Done waits for it.
    #[must_use]
    pub fn is_stale(&self, article: &OpenArticle) -> bool {
        (self.is_shown(article) || self.is_awaited()) && self.known(article).is_none()
    }

    /// The finding that was gone to last, by its place among all of them, if it is still there.
    #[must_use]
    pub fn current(&self, found: &[Finding]) -> Option<usize> {
        let at = self.strip?.at?;
        found
            .iter()
            .position(|finding| (finding.lint, finding.span.start()) == at)
    }

    /// The next finding after the one that was gone to last, or the one before it; with `only`, among those of one lint.
    pub fn step(
        &mut self,
        found: &[Finding],
        forward: bool,
        only: Option<Lint>,
    ) -> Option<Finding> {
        let strip = self.strip.as_mut()?;
        let wanted = |finding: &&Finding| only.is_none_or(|only| finding.lint == only);
        let place = |finding: &Finding| (finding.lint, finding.span.start());
        let mut all = found.iter().filter(wanted);
        let next = if forward {
            let after = |finding: &&Finding| strip.at.is_none_or(|at| place(finding) > at);
            all.clone().find(after).or_else(|| all.next())
        } else {
            let before = |finding: &&Finding| strip.at.is_some_and(|at| place(finding) < at);
            all.clone().rfind(before).or_else(|| all.next_back())
        }?;
        strip.at = Some(place(next));
        Some(next.clone())
    }
}

/// By what they are, and then by place: as the strip shows them.
fn sorted(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|finding| (finding.lint, finding.span));
    found
}

/// The words of a finding in short, for people.
#[must_use]
pub fn words(text: &Text, finding: &Finding) -> String {
    const MOST: usize = 48;
    let words = text.slice(finding.span);
    let mut short: String = words.chars().take(MOST).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    let short = short.replace(['\n', '\r'], " ⏎ ");
    match &finding.label {
        Some(label) => format!("{label} “{short}” {}", finding.lint.what()),
        None => format!("“{short}” {}", finding.lint.what()),
    }
}
