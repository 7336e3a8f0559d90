//! Puts own changes on top of what the same person changed elsewhere.
//!
//! Two copies of one annotation were changed apart from a common base. The result is as if the
//! person had undone her changes here, made those of the other copy, and then made her own again as
//! far as they fit: entries to append to the history, each of which applies exactly.

mod on_top;
#[cfg(test)]
mod tests;
mod way;

use on_top::OnTop;
use way::{Way, is_same};

use super::{Action, Edit, Entry, EntryKind, History, Transaction};
use crate::model::{Annotation, AnnotationError, StartedFrom, Text};

/// An own history, and from where on the other copy does not have it.
#[derive(Clone, Copy, Debug)]
pub struct OwnCopy<'a> {
    /// The history.
    pub history: &'a [Entry],
    /// The number of its first entries from which both copies began.
    pub base: usize,
    /// Whether the other copy may have lost some of these.
    pub is_other_older: bool,
}

/// The other copy of the annotation.
#[derive(Clone, Copy, Debug)]
pub struct OtherCopy<'a> {
    /// Its history; empty if that is not known.
    pub history: &'a [Entry],
    /// The annotation now.
    pub annotation: &'a Annotation,
}

/// How an own history goes on with what both copies have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebased {
    /// The entries to append to the own history.
    pub entries: Vec<Entry>,
    /// After this many entries of the history that goes on so, its annotation is that of the other
    /// copy; what follows are the own changes.
    pub has_other: usize,
    /// Own changes that do not fit the other copy.
    pub left_out: Vec<Edit>,
}

/// Puts own changes on top of another copy.
///
/// # Errors
/// If the own history does not fit the text.
pub fn rebase(
    text: &Text,
    own: OwnCopy<'_>,
    other: OtherCopy<'_>,
    now_ms: i64,
) -> Result<Rebased, AnnotationError> {
    let history = own.history;
    let base = match (own.base, history.first(), other.history.first()) {
        // Both may have begun with the same suggestions, each for itself.
        (0, Some(own), Some(other)) if own.action == Action::Start && is_same(own, other) => 1,
        (base, ..) => base.min(history.len()),
    };
    let oldest = if own.is_other_older { 0 } else { base };
    if let Some(has_other) = place_of_other(text, history, other, oldest)? {
        return Ok(Rebased {
            has_other,
            ..Rebased::default()
        });
    }
    let at_base = replay(text, history.get(..base).unwrap_or_default())?;
    let mut way = Way::new(text, history, now_ms)?;
    way.go(history, base, &at_base, other)?;
    let has_other = history.len() + way.entries.len();

    let has_start = other.history.iter().any(|one| one.action == Action::Start);
    // What the other copy started from is nothing that was done there.
    let first = other.history.first().filter(|_| base == 0);
    let started = match first.filter(|one| one.action == Action::Start) {
        Some(start) => replay(text, std::slice::from_ref(start))?,
        None => at_base,
    };
    let mut on_top = OnTop::new(text, &started, other.annotation);
    for (entry, transaction) in changes_since(history, base) {
        if entry.action == Action::RenameLabels || (entry.action == Action::Start && has_start) {
            continue;
        }
        // Suggestions are made again; only a person's change is missed.
        let transaction = on_top.put(&transaction, entry.action != Action::Suggest);
        if !transaction.is_empty() {
            way.push(Entry {
                kind: EntryKind::Edit,
                action: entry.action,
                transaction,
                before: entry.before,
                after: entry.after,
                at_ms: now_ms,
                started_from: StartedFrom::Unknown,
            })?;
        }
    }
    Ok(Rebased {
        entries: way.entries,
        has_other,
        left_out: on_top.left_out,
    })
}

/// The last number of entries, not before `oldest`, after which a history is where the other copy is.
///
/// The same annotation is not enough: both copies may have come to it by changes of their own, and
/// what is taken back here later is not taken back there. The other copy's last entry has to be one
/// of this history, too.
fn place_of_other(
    text: &Text,
    history: &[Entry],
    other: OtherCopy<'_>,
    oldest: usize,
) -> Result<Option<usize>, AnnotationError> {
    let is_change = |entry: &&Entry| entry.action != Action::RenameLabels;
    let their_last = other.history.iter().rfind(is_change);
    let mut own_last = None;
    let mut annotation = Annotation::default();
    let mut is_theirs = other.history.is_empty();
    let mut found = (oldest == 0 && annotation == *other.annotation).then_some(0);
    for (before, entry) in history.iter().enumerate() {
        entry.transaction.apply(text, &mut annotation)?;
        own_last = Some(entry).filter(is_change).or(own_last);
        if before + 1 >= oldest && annotation == *other.annotation {
            found = Some(before + 1);
            let is_one = |(a, b): (&Entry, &Entry)| is_same(a, b) && a.at_ms == b.at_ms;
            is_theirs |= own_last.zip(their_last).is_some_and(is_one);
        }
    }
    Ok(found.filter(|place| is_theirs || *place == history.len()))
}

fn replay(text: &Text, entries: &[Entry]) -> Result<Annotation, AnnotationError> {
    let mut annotation = Annotation::default();
    for entry in entries {
        entry.transaction.apply(text, &mut annotation)?;
    }
    Ok(annotation)
}

/// What was changed in all since `base`, in the names that labels have now: what was undone again is
/// left out, and what was undone of the base is the inverse of it.
fn changes_since(entries: &[Entry], base: usize) -> Vec<(&Entry, Transaction)> {
    let now = History::replay(entries.iter().cloned());
    let then = History::replay(entries.iter().take(base).cloned());
    let mut changes = Vec::new();
    let mut change = |index: usize, is_inverse: bool| {
        if let Some(entry) = entries.get(index) {
            let transaction = match is_inverse {
                true => entry.transaction.inverse(),
                false => entry.transaction.clone(),
            };
            changes.push((entry, now.in_names_of_now(transaction, index + 1).0));
        }
    };
    let undone = then.standing().iter().rev();
    for index in undone.filter(|index| !now.standing().contains(index)) {
        change(*index, true);
    }
    let is_new = |index: &usize| *index >= base || !then.standing().contains(index);
    let mut later: Vec<usize> = now.standing().iter().copied().filter(is_new).collect();
    let is_start = |index: &usize| {
        let entry = entries.get(*index);
        entry.is_some_and(|one| one.kind == EntryKind::Edit && one.action == Action::Start)
    };
    later.extend((base..entries.len()).filter(is_start));
    later.sort_unstable();
    for index in later {
        change(index, false);
    }
    changes
}
