//! Changes in many articles at once: of the schema, of one name, and of duplicates.

use std::path::PathBuf;

use super::job::{JobKind, Task};
use super::outcome::Outcome;
use crate::dataset::maintenance::name_view::{self, Relabelled, Relabelling};
use crate::dataset::{self, Dataset, SchemaChange, SystemClock, WorkMode, carry};
use crate::store::{Filter, Order};

/// Counts what a change of the schema would touch.
#[must_use]
pub fn count_schema_change(dataset: PathBuf, change: Box<SchemaChange>) -> Task {
    Task::new(JobKind::CountSchemaChange, move |meter, cancel| {
        let counted = Dataset::open_to_read(&dataset)
            .and_then(|dataset| dataset::touched(dataset.store(), &change, meter, cancel))
            .map_err(|error| format!("{error:#}"));
        Ok(Outcome::ChangeCounted((change, counted)))
    })
}

/// Changes the schema, and the annotations with it. The change is dated when it is made: edits from before it get the new names.
#[must_use]
pub fn change_schema(
    dataset: PathBuf,
    change: Box<SchemaChange>,
    annotator: String,
    now_ms: fn() -> i64,
) -> Task {
    Task::new(JobKind::ChangeSchema, move |meter, cancel| {
        let mut dataset = Dataset::open(&dataset)?;
        let store = dataset.store_mut();
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
        Ok(Outcome::SchemaChanged(change, changed, outdated))
    })
}

/// Copies the labels of done articles to their duplicates that nobody has touched, as work begun by this annotator.
#[must_use]
pub fn copy_labels(dataset: PathBuf, annotator: String) -> Task {
    Task::new(JobKind::CopyLabels, move |meter, cancel| {
        let mut dataset = Dataset::open(&dataset)?;
        let copied = carry(
            dataset.store_mut(),
            Some(&annotator),
            &SystemClock,
            meter,
            cancel,
        )?;
        Ok(Outcome::LabelsCopied(copied))
    })
}

/// Looks a name up in all articles, as this annotator sees them.
#[must_use]
pub fn look_up_name(dataset: PathBuf, name: String, annotator: String, mode: WorkMode) -> Task {
    Task::new(JobKind::LookUpName, move |meter, cancel| {
        let opened = Dataset::open_to_read(&dataset)?;
        let found = name_view::look_up(opened.store(), &name, &annotator, &mode, meter, cancel)?;
        Ok(Outcome::NameFound(dataset, Box::new(found)))
    })
}

/// Relabels a name in all articles. The step is known by its time, so no two steps may have the same.
#[must_use]
pub fn relabel_name(
    dataset: PathBuf,
    step: Box<Relabelling>,
    annotator: String,
    now_ms: i64,
) -> Task {
    Task::new(JobKind::RelabelName, move |meter, cancel| {
        let mut opened = Dataset::open(&dataset)?;
        let store = opened.store_mut();
        let made = name_view::relabel_name(store, &step, &annotator, now_ms, meter, cancel)?;
        Ok(Outcome::Relabelled(dataset, Box::new(made)))
    })
}

/// Takes a relabelling back.
#[must_use]
pub fn undo_relabelling(
    dataset: PathBuf,
    made: Box<Relabelled>,
    annotator: String,
    now_ms: i64,
) -> Task {
    Task::new(JobKind::UndoRelabelling, move |meter, cancel| {
        let mut opened = Dataset::open(&dataset)?;
        let store = opened.store_mut();
        let taken = name_view::undo_relabelling(store, &made, &annotator, now_ms, meter, cancel)?;
        Ok(Outcome::RelabellingUndone(dataset, made, Box::new(taken)))
    })
}
