//! Makes a change of the schema, in one transaction.

use anyhow::{Result, bail};

use super::change::SchemaChange;
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::edit::{Action, Edit, Entry, EntryKind, Relabel, Selection, Transaction};
use crate::model::{Annotation, Label, StartedFrom};
use crate::store::{ChangeSeq, LabelUse, OUTDATED_SETTING, Rewrite, Store, StoreError};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// How many annotations got other labels.
    pub annotations: u64,
    /// The stretch of the stream of changes: after the first place, up to the second.
    pub changes: (ChangeSeq, ChangeSeq),
    /// Whether what was marked done before may lack labels now: see [`SchemaChange::outdates`].
    pub outdates: bool,
}

/// Replaces the schema, and relabels the spans: all or nothing.
///
/// # Errors
/// If the change contradicts itself, the dataset cannot be written, or the work was cancelled.
/// Nothing has changed then.
pub fn change_schema(
    store: &mut dyn Store,
    change: &SchemaChange,
    at_ms: i64,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Changed> {
    change.check()?;
    let old = store.schema()?;
    if let Some(base) = &change.based_on
        && **base != old
    {
        bail!("another program changed them; look at them again");
    }
    let labels: Vec<Label> = change.relabel.labels().into_iter().collect();
    let mut annotations = 0;
    let mut fault = None;
    let mut expected = false;
    let outcome = store.change_schema(&change.schema, &labels, &mut |use_: LabelUse<'_>| {
        if cancel.is_cancelled() {
            return Rewrite::Stop;
        }
        if !std::mem::replace(&mut expected, true) {
            progress.expect(use_.of as u64);
        }
        progress.advance(use_.done as u64, 0);
        match rewritten(&change.relabel, &use_, at_ms) {
            Ok(Rewrite::Leave) => Rewrite::Leave,
            Ok(rewrite) => {
                annotations += 1;
                rewrite
            }
            Err(error) => {
                fault = Some(error);
                Rewrite::Stop
            }
        }
    });
    match (outcome, fault) {
        (_, Some(fault)) => Err(fault),
        (Err(StoreError::Stopped), None) => bail!("stopped; nothing was changed"),
        (Err(error), None) => Err(error.into()),
        (Ok(changes), None) => {
            let outdates = change.outdates(&old);
            if outdates {
                let mark = changes.1.0.to_string();
                store.set_setting(OUTDATED_SETTING, Some(&mark))?;
            }
            Ok(Changed {
                annotations,
                changes,
                outdates,
            })
        }
    }
}

fn rewritten(relabel: &Relabel, use_: &LabelUse<'_>, at_ms: i64) -> Result<Rewrite> {
    let stored = use_.stored;
    let mut annotation = stored.annotation.clone();
    let mut entries = Vec::new();
    let mut apply = |action: Action, transaction: Transaction, annotation: &mut Annotation| {
        if transaction.is_empty() {
            return Ok(());
        }
        if let Err(error) = transaction.apply(&use_.article.text, annotation) {
            bail!("article {}: {error}; nothing was changed", use_.article.id);
        }
        entries.push(Entry {
            kind: EntryKind::Edit,
            action,
            transaction,
            before: Selection::default(),
            after: Selection::default(),
            at_ms,
            started_from: StartedFrom::Unknown,
        });
        Ok(())
    };
    let renaming = relabel.renaming(&annotation);
    apply(Action::RenameLabels, renaming, &mut annotation)?;
    let removal = relabel.removal(&annotation);
    apply(Action::RemoveLabels, removal, &mut annotation)?;
    let names_only = entries
        .iter()
        .flat_map(|entry| &entry.transaction.edits)
        .all(|edit| matches!(edit, Edit::Renamed { .. }));
    // Suggestions have no history that would need to know the new names.
    if entries.is_empty() || (names_only && stored.owner.is_nobody()) {
        return Ok(Rewrite::Leave);
    }
    Ok(Rewrite::To {
        entries,
        annotation,
    })
}
