//! Changes in many articles at once: of the schema, of one name, and of duplicates.

use std::path::PathBuf;

use super::job::{JobKind, SessionTask};
use super::outcome::JobOutcome;
use crate::dataset::maintenance::name_view::{self, Relabelled, Relabelling};
use crate::dataset::{self, SchemaChange, SystemClock, WorkMode, project_labels};
use crate::store::{Filter, Order};

/// Counts what a change of the schema would touch.
#[must_use]
pub fn count_schema_change(change: Box<SchemaChange>) -> SessionTask {
    SessionTask::with_opening(JobKind::CountSchemaChange, move |store, meter, cancel| {
        let counted = store
            .and_then(|store| dataset::touched(store, &change, meter, cancel))
            .map_err(|error| format!("{error:#}"));
        Ok(JobOutcome::ChangeCounted((change, counted)))
    })
}

/// Changes the schema, and the annotations with it. The change is dated when it is made: edits from
/// before it get the new names.
#[must_use]
pub fn change_schema(
    change: Box<SchemaChange>,
    annotator: String,
    now_ms: fn() -> i64,
) -> SessionTask {
    SessionTask::new(JobKind::ChangeSchema, move |store, meter, cancel| {
        let changed = dataset::change_schema(store, &change, now_ms(), meter, cancel)?;
        let outdated = Filter {
            outdated: true,
            ..Filter::default()
        };
        store.view_as(&annotator);
        let outdated = match changed.outdates {
            true => store.list(&outdated, Order::default())?.len(),
            false => 0,
        };
        Ok(JobOutcome::SchemaChanged(change, changed, outdated))
    })
}

/// Copies the labels of done articles to their duplicates that nobody has touched, as work begun by
/// this annotator.
#[must_use]
pub fn copy_labels(annotator: String) -> SessionTask {
    SessionTask::new(JobKind::CopyLabels, move |store, meter, cancel| {
        let copied = project_labels(store, Some(&annotator), &SystemClock, meter, cancel)?;
        Ok(JobOutcome::LabelsCopied(copied))
    })
}

/// Looks a name up in all articles, as this annotator sees them.
#[must_use]
pub fn look_up_name(
    dataset: PathBuf,
    name: String,
    annotator: String,
    mode: WorkMode,
) -> SessionTask {
    SessionTask::new(JobKind::LookUpName, move |store, meter, cancel| {
        let found = name_view::look_up(store, &name, &annotator, &mode, meter, cancel)?;
        Ok(JobOutcome::NameFound(dataset, Box::new(found)))
    })
}

/// Relabels a name in all articles. The step is known by its time, so no two steps may have the
/// same.
#[must_use]
pub fn relabel_name(
    dataset: PathBuf,
    step: Box<Relabelling>,
    annotator: String,
    now_ms: i64,
) -> SessionTask {
    SessionTask::new(JobKind::RelabelName, move |store, meter, cancel| {
        let made = name_view::relabel_name(store, &step, &annotator, now_ms, meter, cancel)?;
        Ok(JobOutcome::Relabelled(dataset, Box::new(made)))
    })
}

/// Takes a relabelling back.
#[must_use]
pub fn undo_relabelling(
    dataset: PathBuf,
    made: Box<Relabelled>,
    annotator: String,
    now_ms: i64,
) -> SessionTask {
    SessionTask::new(JobKind::UndoRelabelling, move |store, meter, cancel| {
        let taken = name_view::undo_relabelling(store, &made, &annotator, now_ms, meter, cancel)?;
        Ok(JobOutcome::RelabellingUndone(
            dataset,
            made,
            Box::new(taken),
        ))
    })
}
