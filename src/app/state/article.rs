//! The article that is open.

use std::ops::Range;
use std::sync::Arc;

use super::focus::Focus;
use super::folds::Folds;
use super::span_ref::SpanRef;
use crate::app::tasks::snapshot::ArticleSnapshot;
use crate::dataset::LanguageSupport;
use crate::dataset::report::article_history::HistoryStep;
use crate::edit::adjudication::AdjudicatedChange;
use crate::edit::plan::Scope;
use crate::edit::{Selection, Session};
use crate::model::{Article, BytePos, Remark, Schema, Span};
use crate::quality::Effort;
use crate::store::{ArticleKey, Revision};

/// The article that is open.
pub struct OpenArticle {
    /// Its number.
    pub key: ArticleKey,
    /// The annotation with its history.
    pub session: Session,
    /// The revision after all changes that were sent to be saved.
    pub revision: Revision,
    /// The revision that is on disk.
    pub saved: Revision,
    /// Whether it was opened without its suggestions, to measure unswayed.
    pub is_blind: bool,
    /// Whether it is done, and was last marked so before the labels changed.
    pub is_outdated: bool,
    /// Whose imported labels are in the dataset and not shown here.
    pub imported_by: Vec<String>,
    /// Its language, in English, if the shipped tagger does not know it.
    pub unsupported: Option<&'static str>,
    /// What the shipped tagger can do in its language, if that is known.
    pub language: Option<&'static LanguageSupport>,
    /// The other languages of its blocks, in English.
    pub other_languages: Vec<&'static str>,
    /// Whether the tagger has suggested something in it.
    pub has_suggested: bool,
    /// How many lines of the history were sent to be saved.
    pub sent: usize,
    /// Grows with each change, so that views know when to look again.
    pub version: u64,
    /// The version in which it was last marked done, or came so: the check has nothing to ask about
    /// that.
    pub checked: Option<u64>,
    /// The caret, or the selected text.
    pub selection: Selection,
    /// What the keys act on: text, blocks or a region.
    pub focus: Focus,
    /// The block that the selection of blocks began with.
    pub block_anchor: usize,
    /// The block that the keys act on.
    pub block: usize,
    /// The blocks that are not shown: long runs of what surrounds the story.
    pub folds: Folds,
    /// Search in the article: the words, and the hits.
    pub find: Option<Find>,
    /// The remark that was gone to, as a place in the list of remarks.
    pub remark: Option<usize>,
    /// What was done in it, once somebody looked.
    pub past: Past,
    /// What the annotator's history of it tells, earlier sittings included.
    pub effort: Effort,
    /// How many lines of the history are in it.
    pub counted: usize,
    /// Edits in earlier sittings.
    pub earlier_edits: u64,
    /// Time spent on it in earlier sittings, in milliseconds; pauses over half a minute do not
    /// count.
    pub earlier_ms: i64,
    /// Time spent on it since it was opened, in milliseconds.
    pub active_ms: i64,
    /// The part of that which was not yet sent to the session.
    pub unsent_ms: i64,
    /// When the last thing happened.
    pub last_active_ms: i64,
}

/// What was done in the open article, as the store's reader tells it.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// The steps, oldest first.
    pub steps: Option<Arc<Vec<HistoryStep>>>,
    /// The revision on disk when they were asked for.
    pub asked: Option<Revision>,
    /// What adjudication changed of the annotator's work, as far as it is known and to be seen.
    pub adjudicated: Option<Arc<Vec<AdjudicatedChange>>>,
}

/// A search in the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// What to look for.
    pub words: String,
    /// Where it is.
    pub hits: Vec<Span>,
    /// The hit that is shown.
    pub current: usize,
    /// Where the caret was: the first hit from here on is shown.
    pub from: BytePos,
}

impl OpenArticle {
    /// The article as it is now, for work in the background.
    #[must_use]
    pub fn snapshot(&self) -> ArticleSnapshot<'_> {
        ArticleSnapshot {
            key: self.key,
            version: self.version,
            article: self.session.article(),
            annotation: self.session.annotation(),
        }
    }

    /// The article.
    #[must_use]
    pub fn article(&self) -> &Article {
        self.session.article()
    }

    /// The remark that the keys act on: the one that was gone to, or else one at the caret, or the
    /// first that is open.
    #[must_use]
    pub fn remark_here(&self) -> Option<usize> {
        let remarks = self.session.annotation().remarks();
        let head = self.selection.head;
        let at_caret = remarks
            .iter()
            .position(|remark| remark.at.is_some_and(|span| span.contains_pos(head)));
        self.remark
            .filter(|at| *at < remarks.len())
            .or(at_caret)
            .or_else(|| remarks.iter().position(Remark::is_open))
    }

    /// What plans are made from.
    #[must_use]
    pub fn scope<'a>(&'a self, schema: &'a Schema) -> Scope<'a> {
        Scope {
            article: self.session.article(),
            annotation: self.session.annotation(),
            schema,
        }
    }

    /// The selected blocks, as indices.
    #[must_use]
    pub fn blocks(&self) -> Range<usize> {
        let count = self.article().blocks.len();
        let from = self.block.min(self.block_anchor).min(count);
        from..(self.block.max(self.block_anchor) + 1).min(count)
    }

    /// The selected text; `None` for a caret.
    #[must_use]
    pub fn selected(&self) -> Option<Span> {
        self.selection.span(&self.article().text)
    }

    /// What the models are unsure of, in the order of the text.
    #[must_use]
    pub fn unsure_spans(&self) -> Vec<SpanRef> {
        let annotation = self.session.annotation();
        let regions = annotation
            .regions()
            .iter()
            .filter(|r| r.provenance.is_unsure());
        let entities = annotation
            .entities()
            .iter()
            .filter(|e| e.provenance.is_unsure());
        let mut unsure_spans: Vec<SpanRef> = regions
            .cloned()
            .map(SpanRef::Region)
            .chain(entities.cloned().map(SpanRef::Entity))
            .collect();
        unsure_spans.sort_by_key(|span_ref| {
            (
                span_ref.span().start(),
                matches!(span_ref, SpanRef::Entity(_)),
            )
        });
        unsure_spans
    }

    /// How many things the models are unsure of.
    #[must_use]
    pub fn unsure(&self) -> usize {
        let annotation = self.session.annotation();
        let regions = annotation
            .regions()
            .iter()
            .filter(|r| r.provenance.is_unsure())
            .count();
        regions
            + annotation
                .entities()
                .iter()
                .filter(|e| e.provenance.is_unsure())
                .count()
    }

    /// Whether everything that was done is on disk.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.saved == self.revision
    }
}
