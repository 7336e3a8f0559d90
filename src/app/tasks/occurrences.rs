//! Where "the same on every further occurrence" would tag: found ahead, so that it is seen before
//! it is done.
//!
//! In a long article the search is done on a thread of its own; the frame never waits for it.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use super::snapshot::ArticleSnapshot;
use crate::dataset::session::Wake;
use crate::edit::plan::Scope;
use crate::model::{Annotation, Entity, Schema, Span};
use crate::store::ArticleKey;

/// An article longer than this is searched in the background, in bytes.
const LONG: usize = 64 * 1024;

/// What was searched for, and in what.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    article: ArticleKey,
    version: u64,
    entity: Entity,
}

/// What was found, for which question.
type Answer = (Question, Vec<Span>);

/// The further occurrences of the entity that the keys act on.
pub struct Occurrences {
    asked: Option<Question>,
    found: Arc<Vec<Span>>,
    /// The annotation of a long article, shared with the threads: copied once for each version of
    /// it.
    shared: Option<(ArticleKey, u64, Arc<Annotation>)>,
    answers: (Sender<Answer>, Receiver<Answer>),
}

impl Default for Occurrences {
    fn default() -> Self {
        Self {
            asked: None,
            found: Arc::default(),
            shared: None,
            answers: mpsc::channel(),
        }
    }
}

impl Occurrences {
    /// The occurrences that are known by now, in the order of the text.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.found
    }

    /// The entity whose they are.
    #[must_use]
    pub fn entity(&self) -> Option<&Entity> {
        self.asked.as_ref().map(|question| &question.entity)
    }

    /// Searches again if the entity or the annotation has changed. Calls `wake` when a thread has
    /// found something.
    pub fn refresh(
        &mut self,
        sought: Option<(ArticleSnapshot<'_>, &Entity)>,
        schema: Option<&Arc<Schema>>,
        wake: &Wake,
    ) {
        let question = sought.map(|(open, entity)| Question {
            article: open.key,
            version: open.version,
            entity: entity.clone(),
        });
        if question != self.asked {
            self.asked.clone_from(&question);
            self.found = Arc::default();
            if let (Some(question), Some((open, _)), Some(schema)) = (question, sought, schema) {
                self.search(question, open, schema, wake);
            }
        }
        while let Ok((question, found)) = self.answers.1.try_recv() {
            if self.asked.as_ref() == Some(&question) {
                self.found = Arc::new(found);
            }
        }
    }

    fn search(
        &mut self,
        question: Question,
        open: ArticleSnapshot<'_>,
        schema: &Arc<Schema>,
        wake: &Wake,
    ) {
        if open.article.text.as_str().len() <= LONG {
            let scope = Scope {
                article: open.article,
                annotation: open.annotation,
                schema,
            };
            self.found = Arc::new(scope.further_occurrences(&question.entity));
            return;
        }
        let annotation = match &self.shared {
            Some((key, version, shared)) if (*key, *version) == open.id() => shared.clone(),
            _ => Arc::new(open.annotation.clone()),
        };
        self.shared = Some((open.key, open.version, annotation.clone()));
        let (article, schema) = (open.article.clone(), schema.clone());
        let (send, wake) = (self.answers.0.clone(), wake.clone());
        // Without a thread there is nothing to see ahead, which harms nobody.
        let _started = std::thread::Builder::new()
            .name("copydesk-echoes".to_owned())
            .spawn(move || {
                let scope = Scope {
                    article: &article,
                    annotation: &annotation,
                    schema: &schema,
                };
                let found = scope.further_occurrences(&question.entity);
                let _closed = send.send((question, found));
                wake();
            });
    }
}
