//! The check before Done, as the window shows it: the strip over the article, and whether Done
//! waits for the check.

use std::sync::Arc;

use super::article::OpenArticle;
use crate::app::tasks::article_check::ArticleCheck;
use crate::app::tasks::snapshot::VersionId;
use crate::dataset::session::Wake;
use crate::model::{BytePos, Schema, Text};
use crate::quality::lint::{Finding, Lint};
use crate::store::ArticleKey;

/// What the check found, and what is shown of it.
#[derive(Default)]
pub struct Check {
    runner: ArticleCheck,
    /// Done was pressed on this, and waits for the result.
    waiting: Option<VersionId>,
    strip: Option<Strip>,
}

/// The strip over an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Strip {
    article: ArticleKey,
    /// The finding that was gone to last.
    at: Option<(Lint, BytePos)>,
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

    /// Returns the findings of the article as it is now, by lint and then by place, or `None` if
    /// they are not known yet. Then it starts looking for them, and calls `wake` when they are
    /// there.
    pub fn findings(
        &mut self,
        article: &OpenArticle,
        schema: &Arc<Schema>,
        wake: &Wake,
    ) -> Option<Arc<Vec<Finding>>> {
        self.runner.findings(article.snapshot(), schema, wake)
    }

    /// Returns the findings of the article as it is now, if they are known.
    #[must_use]
    pub fn known(&self, article: &OpenArticle) -> Option<Arc<Vec<Finding>>> {
        self.runner.known(article.snapshot().id())
    }

    /// Takes in what threads have found. True if Done waits for just that.
    pub fn take_answers(&mut self, article: Option<&OpenArticle>) -> bool {
        self.runner.take_answers();
        let now = article.map(|article| (article.key, article.version));
        if let Some((key, _)) = self.waiting {
            // Done waits for the article as it is now, whatever came to it meanwhile; one that was
            // left is not waited for.
            self.waiting = now.filter(|(open, _)| *open == key);
        }
        if self
            .strip
            .is_some_and(|strip| now.is_none_or(|(key, _)| key != strip.article))
        {
            self.strip = None;
        }
        let is_there = self.waiting.is_some() && self.runner.newest() == self.waiting;
        if is_there {
            self.waiting = None;
        }
        is_there
    }

    /// Whether the result of the article as it is now is still missing, though the strip shows it
    /// or Done waits for it.
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

    /// The next finding after the one that was gone to last, or the one before it; with `only`,
    /// among those of one lint.
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
