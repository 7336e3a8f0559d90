//! The way from an annotation to another copy of it.

use super::{OtherCopy, replay};
use crate::edit::{Action, Edit, Entry, EntryKind, History, Selection, Transaction};
use crate::model::{Annotation, AnnotationError, StartedFrom, Text};

/// A history that goes on.
pub(super) struct Way<'a> {
    text: &'a Text,
    history: History,
    annotation: Annotation,
    now_ms: i64,
    /// What was appended.
    pub(super) entries: Vec<Entry>,
}

impl<'a> Way<'a> {
    pub(super) fn new(text: &'a Text, own: &[Entry], now_ms: i64) -> Result<Self, AnnotationError> {
        Ok(Self {
            text,
            history: History::replay(own.iter().cloned()),
            annotation: replay(text, own)?,
            now_ms,
            entries: Vec::new(),
        })
    }

    /// Appends an entry.
    pub(super) fn push(&mut self, entry: Entry) -> Result<(), AnnotationError> {
        entry.transaction.apply(self.text, &mut self.annotation)?;
        self.history.push(entry.clone());
        self.entries.push(entry);
        Ok(())
    }

    /// Goes to the other copy: back to the base, and on by its history. Where that cannot be, by
    /// one change that can be undone.
    pub(super) fn go(
        &mut self,
        own: &[Entry],
        base: usize,
        at_base: &Annotation,
        other: OtherCopy<'_>,
    ) -> Result<(), AnnotationError> {
        self.undo_to(base)?;
        let of_base = own.get(..base).unwrap_or_default();
        if self.annotation == *at_base
            && self.history.standing() == History::replay(of_base.iter().cloned()).standing()
            && let Some(news) = news_of(self.text, of_base, own, at_base, other)
        {
            for entry in news {
                self.push(Entry {
                    started_from: StartedFrom::Unknown,
                    ..entry.clone()
                })?;
            }
            return Ok(());
        }
        let transaction = difference(&self.annotation, other.annotation);
        if transaction.is_empty() {
            return Ok(());
        }
        let touches_regions = transaction
            .edits
            .iter()
            .any(|edit| matches!(edit, Edit::AddRegion(_) | Edit::RemoveRegion(_)));
        self.push(Entry {
            kind: EntryKind::Edit,
            action: match touches_regions {
                true => Action::LabelRegion,
                false => Action::Tag,
            },
            transaction,
            before: Selection::default(),
            after: Selection::default(),
            at_ms: self.now_ms,
            started_from: StartedFrom::Unknown,
        })
    }

    /// Undoes what stands of the entries from number `base`, as far as it can be undone.
    fn undo_to(&mut self, base: usize) -> Result<(), AnnotationError> {
        while self.history.standing().last().is_some_and(|at| *at >= base) {
            let (Some(edit), Some((transaction, _))) =
                (self.history.next_undo(), self.history.undo_transaction())
            else {
                break;
            };
            let entry = Entry {
                kind: EntryKind::Undo,
                action: edit.action,
                transaction,
                before: edit.after,
                after: edit.before,
                at_ms: self.now_ms,
                started_from: StartedFrom::Unknown,
            };
            if entry
                .transaction
                .apply(self.text, &mut self.annotation.clone())
                .is_err()
            {
                // Labels that have become one since cannot be told apart any more.
                break;
            }
            self.push(entry)?;
        }
        Ok(())
    }
}

/// What the other copy's history has after the base, if it leads from there to its annotation.
fn news_of<'a>(
    text: &Text,
    of_base: &[Entry],
    own: &[Entry],
    at_base: &Annotation,
    other: OtherCopy<'a>,
) -> Option<&'a [Entry]> {
    let from = place_of_base(text, of_base, own, at_base, other.history)?;
    let news = other.history.get(from..)?;
    // An entry that does again what was undone before the base has nothing to do again here.
    let mut undone = 0_usize;
    for entry in news {
        undone = match entry.kind {
            EntryKind::Undo => undone + 1,
            EntryKind::Redo => undone.checked_sub(1)?,
            EntryKind::Edit => undone,
        };
    }
    let mut annotation = at_base.clone();
    for entry in news {
        entry.transaction.apply(text, &mut annotation).ok()?;
    }
    (annotation == *other.annotation).then_some(news)
}

/// Whether two entries did the same.
pub(super) fn is_same(a: &Entry, b: &Entry) -> bool {
    (a.kind, a.action, &a.transaction) == (b.kind, b.action, &b.transaction)
}

/// After how many of its entries the other history is at the base.
fn place_of_base(
    text: &Text,
    of_base: &[Entry],
    own: &[Entry],
    at_base: &Annotation,
    other: &[Entry],
) -> Option<usize> {
    if of_base.is_empty() {
        let mut first = own.iter().take(1).chain(other.first());
        let has_start = first.any(|one| one.action == Action::Start);
        return (!has_start).then_some(0);
    }
    let standing = |entries: &[Entry]| {
        let history = History::replay(entries.iter().cloned());
        let standing = history.standing().iter();
        let standing = standing.filter_map(|at| history.entries().get(*at));
        standing
            .map(|entry| entry.transaction.clone())
            .collect::<Vec<_>>()
    };
    let wanted = standing(of_base);
    let last = of_base.last()?;
    let mut annotation = Annotation::default();
    let mut found = None;
    for (before, entry) in other.iter().enumerate() {
        entry.transaction.apply(text, &mut annotation).ok()?;
        if is_same(entry, last)
            && annotation == *at_base
            && standing(other.get(..=before)?) == wanted
        {
            found = Some(before + 1);
        }
    }
    found
}

/// What makes one annotation the other.
pub(super) fn difference(from: &Annotation, to: &Annotation) -> Transaction {
    let mut edits = Vec::new();
    let gone = from.regions().iter();
    edits.extend(
        gone.filter(|one| !to.regions().contains(one))
            .map(|one| Edit::RemoveRegion(one.clone())),
    );
    let gone = from.entities().iter();
    edits.extend(
        gone.filter(|one| to.entity(one.span, &one.label) != Some(one))
            .map(|one| Edit::RemoveEntity(one.clone())),
    );
    let new = to.regions().iter();
    edits.extend(
        new.filter(|one| !from.regions().contains(one))
            .map(|one| Edit::AddRegion(one.clone())),
    );
    let new = to.entities().iter();
    edits.extend(
        new.filter(|one| from.entity(one.span, &one.label) != Some(one))
            .map(|one| Edit::AddEntity(one.clone())),
    );
    if from.status() != to.status() {
        edits.push(Edit::SetStatus {
            from: from.status(),
            to: to.status(),
        });
    }
    let pairs = from.remarks().iter().zip(to.remarks());
    let same = pairs.take_while(|(a, b)| a == b).count();
    for (index, remark) in from.remarks().iter().enumerate().skip(same).rev() {
        let remark = remark.clone();
        edits.push(Edit::RemoveRemark { index, remark });
    }
    for (index, remark) in to.remarks().iter().enumerate().skip(same) {
        let remark = remark.clone();
        edits.push(Edit::AddRemark { index, remark });
    }
    Transaction { edits }
}
