//! The check before Done: looks for labels that seem wrong in the open article.
//!
//! A long article is checked on a thread of its own; the frame never waits for it.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use super::snapshot::{ArticleSnapshot, VersionId};
use crate::dataset::session::Wake;
use crate::model::Schema;
use crate::quality::lint::{self, Finding};

/// A longer article is checked in the background, in bytes.
const LONG: usize = 32 << 10;
/// An article with more entities is checked in the background too.
const MANY: usize = 800;

type Answer = (VersionId, Vec<Finding>);

/// Runs the check, and keeps its newest result.
pub struct ArticleCheck {
    found: Option<(VersionId, Arc<Vec<Finding>>)>,
    /// What a thread is looking at.
    under_way: Option<VersionId>,
    answers: (Sender<Answer>, Receiver<Answer>),
}

impl Default for ArticleCheck {
    fn default() -> Self {
        Self {
            found: None,
            under_way: None,
            answers: mpsc::channel(),
        }
    }
}

impl ArticleCheck {
    /// Returns the findings of an article, by lint and then by place, or `None` if they are not
    /// known yet. Then it starts looking for them, and calls `wake` when they are there.
    pub fn findings(
        &mut self,
        open: ArticleSnapshot<'_>,
        schema: &Arc<Schema>,
        wake: &Wake,
    ) -> Option<Arc<Vec<Finding>>> {
        let now = open.id();
        if let Some(found) = self.known(now) {
            return Some(found);
        }
        let (article, annotation) = (open.article, open.annotation);
        if article.text.len() <= LONG && annotation.entities().len() <= MANY {
            let found = sorted(lint::before_done(&article.text, annotation, Some(schema)));
            let found = Arc::new(found);
            self.found = Some((now, found.clone()));
            return Some(found);
        }
        if self.under_way.is_none() {
            self.under_way = Some(now);
            let (article, annotation) = (article.clone(), annotation.clone());
            let (schema, send, wake) = (schema.clone(), self.answers.0.clone(), wake.clone());
            let started = std::thread::Builder::new()
                .name("copydesk-check".to_owned())
                .spawn(move || {
                    // Keys wait for the answer, so there is one even if the check fails.
                    let check = || lint::before_done(&article.text, &annotation, Some(&schema));
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

    /// Returns the findings of this version of an article, if they are known.
    #[must_use]
    pub fn known(&self, version: VersionId) -> Option<Arc<Vec<Finding>>> {
        let (of, found) = self.found.as_ref()?;
        (*of == version).then(|| found.clone())
    }

    /// Takes in what threads have found.
    pub fn take_answers(&mut self) {
        while let Ok((of, found)) = self.answers.1.try_recv() {
            self.under_way = None;
            self.found = Some((of, Arc::new(found)));
        }
    }

    /// Returns the version that was checked last.
    #[must_use]
    pub fn newest(&self) -> Option<VersionId> {
        self.found.as_ref().map(|(of, _)| *of)
    }
}

/// Sorts findings by lint, and then by place, as the strip shows them.
fn sorted(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|finding| (finding.lint, finding.span));
    found
}
