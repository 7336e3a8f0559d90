//! One article in adjudication, with the history that has to be saved.

use std::fmt;
use std::sync::Arc;

use super::inputs::{ChosenInputs, LeftOutInput};
use crate::dataset::session::start_entry;
use crate::edit::adjudication::{Adjudication, Reconciled, Unresolved, decisions_in};
use crate::edit::{Action, Edit, Entry, History, Selection, Session, Transaction};
use crate::model::{Annotation, AnnotationError, Article, Schema, StartedFrom, Status};
use crate::store::{ArticleKey, Revision, StoredAnnotation};

/// Why an article is not adjudicated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAdjudicated {
    /// Fewer than two annotators have finished it independently.
    TooFew {
        /// How many have.
        finished: usize,
        /// Whose work does not count, and why.
        left_out: Vec<LeftOutInput>,
    },
    /// The adjudicator has annotated the article.
    OwnWork,
}

impl fmt::Display for NotAdjudicated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { finished, left_out } => {
                write!(
                    f,
                    "two annotators have to finish the article independently, and {finished} did"
                )?;
                for one in left_out {
                    write!(f, "; {}: {}", one.annotator, one.because)?;
                }
                Ok(())
            }
            Self::OwnWork => f.write_str("the adjudicator has annotated this article"),
        }
    }
}

impl std::error::Error for NotAdjudicated {}

/// An article in adjudication: the places with their decisions, and the adjudicator's annotation.
///
/// Change [`ArticleAdjudication::work`], then call [`ArticleAdjudication::record`], and save what
/// [`ArticleAdjudication::take_unsaved`] returns.
#[derive(Clone, Debug)]
pub struct ArticleAdjudication {
    /// The places and the decisions on them.
    pub work: Adjudication,
    /// Annotations that are not decided between.
    pub left_out: Vec<LeftOutInput>,
    /// What became of earlier decisions, if an annotator changed something since.
    pub reconciled: Reconciled,
    session: Session,
    schema: Arc<Schema>,
    unsaved: Vec<Entry>,
}

impl ArticleAdjudication {
    /// Opens an article. `own` is what the adjudicator has done on it: the annotation and its
    /// history; the history is empty if there is none.
    ///
    /// # Errors
    /// If there is nothing to adjudicate.
    pub fn open(
        article: &Arc<Article>,
        schema: &Arc<Schema>,
        stored: &[StoredAnnotation],
        own: (Annotation, History),
        adjudicator: &str,
        now_ms: i64,
    ) -> Result<Self, NotAdjudicated> {
        let ChosenInputs { inputs, left_out } = ChosenInputs::of(stored);
        let (annotation, history) = own;
        let is_begun = !history.entries().is_empty();
        let is_annotator = |name: &str| name == adjudicator;
        let has_own_work = inputs.iter().any(|input| is_annotator(&input.annotator))
            || left_out.iter().any(|one| is_annotator(&one.annotator))
            || (is_begun && !history.started_from().is_adjudication());
        if has_own_work {
            return Err(NotAdjudicated::OwnWork);
        }
        if inputs.len() < 2 {
            return Err(NotAdjudicated::TooFew {
                finished: inputs.len(),
                left_out,
            });
        }
        let decisions = decisions_in(history.entries());
        let revisions = inputs
            .iter()
            .map(|input| (input.annotator.to_string(), input.revision));
        let from = StartedFrom::People {
            inputs: revisions.collect(),
        };
        let text = article.text.clone();
        let (work, reconciled) = Adjudication::resume(text, Arc::clone(schema), inputs, &decisions);
        let mut opened = Self {
            work,
            left_out,
            reconciled,
            session: Session::new(Arc::clone(article), annotation, history),
            schema: Arc::clone(schema),
            unsaved: Vec::new(),
        };
        if !is_begun {
            let begun = opened.work.so_far().unwrap_or_default();
            let start = start_entry(article, &begun, from, now_ms);
            let history = History::replay([start.clone()]);
            opened.session = Session::new(Arc::clone(article), begun, history);
            opened.unsaved.push(start);
        }
        Ok(opened)
    }

    /// The adjudicator's annotation with its history.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Whether the annotation is no longer what decisions and inputs say, because an annotator has
    /// changed something.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        self.pending()
            .is_ok_and(|transaction| !transaction.is_empty())
    }

    fn pending(&self) -> Result<Transaction, Unresolved> {
        let stored = decisions_in(self.session.history().entries());
        self.work.transaction(self.session.annotation(), &stored)
    }

    /// Records the decisions that were made since, and the labels that they bring about, as one
    /// step of undo. Returns whether there was anything to record.
    ///
    /// # Errors
    /// If the labels do not fit, which no sequence of calls brings about.
    pub fn record(
        &mut self,
        before: Selection,
        after: Selection,
        now_ms: i64,
    ) -> Result<bool, AdjudicationFault> {
        let transaction = self.pending().map_err(AdjudicationFault::Unresolved)?;
        if transaction.is_empty() {
            return Ok(false);
        }
        self.apply(Action::Adjudicate, transaction, (before, after), now_ms)?;
        Ok(true)
    }

    /// Records another status. Returns whether it differs.
    ///
    /// # Errors
    /// [`Unresolved::Open`] if the article is to be done and places are open.
    pub fn set_status(&mut self, to: Status, now_ms: i64) -> Result<bool, AdjudicationFault> {
        if to == Status::Done {
            self.work.result().map_err(AdjudicationFault::Unresolved)?;
        }
        let from = self.session.annotation().status();
        if from == to {
            return Ok(false);
        }
        let transaction = Transaction {
            edits: vec![Edit::SetStatus { from, to }],
        };
        let here = Selection::default();
        self.apply(Action::SetStatus, transaction, (here, here), now_ms)?;
        Ok(true)
    }

    fn apply(
        &mut self,
        action: Action,
        transaction: Transaction,
        (before, after): (Selection, Selection),
        now_ms: i64,
    ) -> Result<(), AdjudicationFault> {
        let entry = self
            .session
            .apply(action, transaction, before, after, now_ms);
        self.unsaved.push(entry.map_err(AdjudicationFault::Labels)?);
        Ok(())
    }

    /// Takes the newest step back, decisions and labels. Returns where the adjudicator was, or
    /// `None` if there is nothing to undo.
    ///
    /// # Errors
    /// If the history does not fit the annotation, which no sequence of calls brings about.
    pub fn undo(
        &mut self,
        here: Selection,
        now_ms: i64,
    ) -> Option<Result<Selection, AdjudicationFault>> {
        let entry = self.session.undo(here, now_ms)?;
        Some(self.stepped(entry))
    }

    /// Does again what was undone last, as [`ArticleAdjudication::undo`].
    ///
    /// # Errors
    /// As [`ArticleAdjudication::undo`].
    pub fn redo(
        &mut self,
        here: Selection,
        now_ms: i64,
    ) -> Option<Result<Selection, AdjudicationFault>> {
        let entry = self.session.redo(here, now_ms)?;
        Some(self.stepped(entry))
    }

    fn stepped(
        &mut self,
        entry: Result<Entry, AnnotationError>,
    ) -> Result<Selection, AdjudicationFault> {
        let entry = entry.map_err(AdjudicationFault::Labels)?;
        let there = entry.after;
        self.unsaved.push(entry);
        let decisions = decisions_in(self.session.history().entries());
        let (work, _) = Adjudication::resume(
            self.work.text().clone(),
            Arc::clone(&self.schema),
            self.work.inputs().to_vec(),
            &decisions,
        );
        self.work = work;
        Ok(there)
    }

    /// Takes the annotators' work as it is now, after one of them has changed something. Decisions
    /// on other places stay. Returns what became of the decisions, also of those that are not
    /// recorded yet.
    ///
    /// # Errors
    /// If fewer than two annotators have finished the article now; nothing has changed then.
    pub fn take_inputs(
        &mut self,
        stored: &[StoredAnnotation],
    ) -> Result<&Reconciled, NotAdjudicated> {
        let ChosenInputs { inputs, left_out } = ChosenInputs::of(stored);
        if inputs.len() < 2 {
            let finished = inputs.len();
            return Err(NotAdjudicated::TooFew { finished, left_out });
        }
        let decisions: Vec<_> = self.work.all_made().cloned().collect();
        let (work, reconciled) = Adjudication::resume(
            self.work.text().clone(),
            Arc::clone(&self.schema),
            inputs,
            &decisions,
        );
        self.work = work;
        self.left_out = left_out;
        self.reconciled = reconciled;
        Ok(&self.reconciled)
    }

    /// Returns the entries of the history that are to be saved, oldest first. They are the
    /// caller's from now on.
    pub fn take_unsaved(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.unsaved)
    }

    /// How many entries of the history are to be saved.
    #[must_use]
    pub fn unsaved(&self) -> usize {
        self.unsaved.len()
    }
}

/// Why a step of adjudication was not recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdjudicationFault {
    /// The decisions give no annotation.
    Unresolved(Unresolved),
    /// The labels do not fit the annotation.
    Labels(AnnotationError),
}

impl fmt::Display for AdjudicationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unresolved(why) => why.fmt(f),
            Self::Labels(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for AdjudicationFault {}

/// An article as the session opens it for adjudication.
#[derive(Debug)]
pub struct LoadedAdjudication {
    /// Which article.
    pub key: ArticleKey,
    /// The places, decisions and the adjudicator's annotation.
    pub article: ArticleAdjudication,
    /// How often the adjudicator's annotation was changed, counting changes that wait for the disk;
    /// 0 if it has to be begun.
    pub revision: Revision,
    /// The revision that is on disk.
    pub on_disk: Revision,
    /// How long the adjudicator has worked on it in earlier sittings, in milliseconds.
    pub active_ms: i64,
    /// Somebody else who has adjudicated the article, if there is one.
    pub adjudicated_by: Option<String>,
}

/// Whoever other than `adjudicator` has adjudicated an article, the newest first.
pub(crate) fn other_adjudicator(stored: &[StoredAnnotation], adjudicator: &str) -> Option<String> {
    let others = stored
        .iter()
        .filter(|one| one.started_from.is_adjudication() && !one.owner.is(adjudicator));
    let newest = others.max_by_key(|one| one.seq)?;
    Some(newest.owner.as_str().to_owned())
}
