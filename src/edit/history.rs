//! The history of an annotation: appended to, never rewritten. Undo and redo are entries like any
//! other.

use super::label_kind::LabelKind;
use super::{Edit, Selection, Transaction};
use crate::model::{Label, StartedFrom};

/// The kind of a user action, as the history list and the effort counts name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// The models' suggestions, or another's work, were put before the annotator.
    Start,
    /// A region label was set.
    LabelRegion,
    /// A region was cut in two.
    SplitRegion,
    /// Two regions were made one.
    MergeRegions,
    /// An edge of a region was moved.
    MoveRegionEdge,
    /// A region was removed.
    RemoveRegion,
    /// An entity was tagged.
    Tag,
    /// An entity got another label.
    Retag,
    /// An entity's further occurrences were tagged.
    TagEverywhere,
    /// An edge of an entity was moved.
    MoveEntityEdge,
    /// An entity was removed.
    RemoveEntity,
    /// A name got another label, or lost it, at many places of many articles at once.
    RelabelName,
    /// A suggestion was confirmed.
    Confirm,
    /// The article was marked done, skipped, flagged, or taken up again.
    SetStatus,
    /// A remark was written, changed or removed.
    Remark,
    /// The schema gave labels another name, or moved what had them to other labels.
    RenameLabels,
    /// The schema gave labels up, with what had them.
    RemoveLabels,
    /// The tagger put suggestions into text that had just become such that entities are tagged in
    /// it. A step of undo, but none by itself: it goes and comes back with the edit before it.
    Suggest,
    /// An adjudicator decided between annotators.
    Adjudicate,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Start,
        Self::LabelRegion,
        Self::SplitRegion,
        Self::MergeRegions,
        Self::MoveRegionEdge,
        Self::RemoveRegion,
        Self::Tag,
        Self::Retag,
        Self::TagEverywhere,
        Self::MoveEntityEdge,
        Self::RemoveEntity,
        Self::RelabelName,
        Self::Confirm,
        Self::SetStatus,
        Self::Remark,
        Self::RenameLabels,
        Self::RemoveLabels,
        Self::Suggest,
        Self::Adjudicate,
    ];

    /// The word under which the history stores it; never changed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::LabelRegion => "label-region",
            Self::SplitRegion => "split-region",
            Self::MergeRegions => "merge-regions",
            Self::MoveRegionEdge => "move-region-edge",
            Self::RemoveRegion => "remove-region",
            Self::Tag => "tag",
            Self::Retag => "retag",
            Self::TagEverywhere => "tag-everywhere",
            Self::MoveEntityEdge => "move-entity-edge",
            Self::RemoveEntity => "remove-entity",
            Self::RelabelName => "relabel-name",
            Self::Confirm => "confirm",
            Self::SetStatus => "set-status",
            Self::Remark => "remark",
            Self::RenameLabels => "rename-labels",
            Self::RemoveLabels => "remove-labels",
            Self::Suggest => "suggest",
            Self::Adjudicate => "adjudicate",
        }
    }

    /// From the stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }
}

/// Whether an entry did something, or took something back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A change; can be undone. Two cannot: the entry with [`Action::Start`], where the annotation
    /// begins, and those with [`Action::RenameLabels`], which are the schema's and not the
    /// annotator's.
    Edit,
    /// Returns the newest change that was not undone.
    Undo,
    /// Does again what was undone last.
    Redo,
}

impl EntryKind {
    /// The word under which the history stores it; never changed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Undo => "undo",
            Self::Redo => "redo",
        }
    }

    /// From the stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Edit, Self::Undo, Self::Redo]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// One line of the history: what was done, exactly, and where the annotator was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whether it did something or took something back.
    pub kind: EntryKind,
    /// The action; for an undo or redo, the action that was undone or redone.
    pub action: Action,
    /// The change as it was applied: for an undo, the inverse of what it takes back.
    pub transaction: Transaction,
    /// The selection before.
    pub before: Selection,
    /// The selection after.
    pub after: Selection,
    /// When, in milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// What the annotation started from, in its first entry; [`StartedFrom::Unknown`] in all
    /// others.
    pub started_from: StartedFrom,
}

/// All entries of one annotation, with what can be undone and redone; both follow from the entries
/// alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    entries: Vec<Entry>,
    /// Indices of edits that were not undone, oldest first.
    undo: Vec<usize>,
    /// Indices of edits that were undone, the next to redo last.
    redo: Vec<usize>,
    /// The entries that renamed labels, with the names.
    renames: Vec<(usize, Vec<Rename>)>,
}

impl History {
    /// From the stored entries, oldest first.
    #[must_use]
    pub fn replay(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut history = Self::default();
        for entry in entries {
            history.push(entry);
        }
        history
    }

    /// Appends an entry.
    pub fn push(&mut self, entry: Entry) {
        let index = self.entries.len();
        match entry.kind {
            EntryKind::Edit if entry.action == Action::Start => {}
            EntryKind::Edit if entry.action == Action::RenameLabels => {
                self.renames.push((index, renamed(&entry.transaction)));
            }
            EntryKind::Edit => {
                self.undo.push(index);
                self.redo.clear();
            }
            EntryKind::Undo => self.redo.extend(self.undo.pop()),
            EntryKind::Redo => self.undo.extend(self.redo.pop()),
        }
        self.entries.push(entry);
    }

    /// Everything that ever happened, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What the annotation started from.
    #[must_use]
    pub fn started_from(&self) -> &StartedFrom {
        const UNKNOWN: &StartedFrom = &StartedFrom::Unknown;
        let first = self.entries.first();
        first.map_or(UNKNOWN, |entry| &entry.started_from)
    }

    /// The edit that an undo would take back.
    #[must_use]
    pub fn next_undo(&self) -> Option<&Entry> {
        self.entries.get(*self.undo.last()?)
    }

    /// The edit that a redo would do again.
    #[must_use]
    pub fn next_redo(&self) -> Option<&Entry> {
        self.entries.get(*self.redo.last()?)
    }

    /// The change that takes the newest standing edit back, in the names that its labels have now;
    /// and whether these are other names than those it was made with.
    #[must_use]
    pub fn undo_transaction(&self) -> Option<(Transaction, bool)> {
        let index = *self.undo.last()?;
        let edit = self.entries.get(index)?;
        Some(self.in_names_of_now(edit.transaction.inverse(), index + 1))
    }

    /// As [`History::undo_transaction`], for what was undone last.
    #[must_use]
    pub fn redo_transaction(&self) -> Option<(Transaction, bool)> {
        let index = *self.redo.last()?;
        let edit = self.entries.get(index)?;
        Some(self.in_names_of_now(edit.transaction.clone(), index + 1))
    }

    /// What takes a standing edit back, in the names that its labels have now, with whether it is
    /// the newest standing one. The newest edit for which `is` is true; `None` if there is none.
    #[must_use]
    pub fn inverse_of(&self, is: impl Fn(&Entry) -> bool) -> Option<(Transaction, bool)> {
        let standing = self.undo.iter().rev().enumerate();
        for (newer, index) in standing {
            let edit = self.entries.get(*index)?;
            if is(edit) {
                let (inverse, _) = self.in_names_of_now(edit.transaction.inverse(), index + 1);
                return Some((inverse, newer == 0));
            }
        }
        None
    }

    /// A change that was made elsewhere at a time, in the names that its labels have been given
    /// since; and whether these are others.
    #[must_use]
    pub fn translated(&self, transaction: Transaction, since_ms: i64) -> (Transaction, bool) {
        let from = self
            .entries
            .iter()
            .position(|entry| entry.action == Action::RenameLabels && entry.at_ms >= since_ms);
        match from {
            Some(from) => self.in_names_of_now(transaction, from),
            None => (transaction, false),
        }
    }

    /// `from`: the first line of the history whose names count.
    pub(super) fn in_names_of_now(
        &self,
        mut transaction: Transaction,
        from: usize,
    ) -> (Transaction, bool) {
        let mut differs = false;
        for (_, names) in self.renames.iter().filter(|(at, _)| *at >= from) {
            for edit in &mut transaction.edits {
                if let Edit::Decide(change) = edit {
                    differs |= change.relabel(|kind, label| {
                        let new = names.iter();
                        let mut new = new.filter(|(of, from, _)| *of == kind && from == label);
                        new.next().map(|(_, _, to)| to.clone())
                    });
                    continue;
                }
                let (kind, label) = match edit {
                    Edit::AddRegion(region) | Edit::RemoveRegion(region) => {
                        (LabelKind::Region, &mut region.label)
                    }
                    Edit::AddEntity(entity) | Edit::RemoveEntity(entity) => {
                        (LabelKind::Entity, &mut entity.label)
                    }
                    _ => continue,
                };
                let new = names
                    .iter()
                    .find(|(of, from, _)| *of == kind && from == label);
                if let Some((_, _, to)) = new {
                    *label = to.clone();
                    differs = true;
                }
            }
        }
        (transaction, differs)
    }

    /// The places of the edits that were not undone, oldest first.
    pub(super) fn standing(&self) -> &[usize] {
        &self.undo
    }

    /// The number of edits that were not undone: the measure of effort.
    #[must_use]
    pub fn standing_edits(&self) -> usize {
        self.undo.len()
    }
}

/// Whose label, its old name, its new one.
type Rename = (LabelKind, Label, Label);

fn renamed(transaction: &Transaction) -> Vec<Rename> {
    transaction
        .edits
        .iter()
        .filter_map(|edit| match edit {
            Edit::Renamed { kind, from, to } => Some((*kind, from.clone(), to.clone())),
            _ => None,
        })
        .collect()
}
