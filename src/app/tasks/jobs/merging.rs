//! Merging datasets and files of records.

use std::path::{Path, PathBuf};

use super::job::{JobKind, Meter, ThreadTask};
use super::merge_choice::MergeChoice;
use super::outcome::JobOutcome;
use crate::dataset::io::sources::WorkSource;
use crate::dataset::maintenance::merge::{MergeOptions, MergeReport, merge, preview_merge};
use crate::dataset::{CancelFlag, Cancelled, Input, Progress};

type Merge = fn(
    &Path,
    &[WorkSource],
    &MergeOptions,
    &mut dyn Progress,
    &CancelFlag,
) -> anyhow::Result<MergeReport>;

/// Counts what a merge would do.
#[must_use]
pub fn preview_merge_of(choice: MergeChoice, target: PathBuf) -> ThreadTask {
    ThreadTask::new(JobKind::PreviewMerge, move |meter, cancel| {
        let counted = run(&choice, &target, preview_merge, meter, cancel);
        if counted.as_ref().is_err_and(|error| error.is::<Cancelled>()) {
            return Err(Cancelled.into());
        }
        let counted = counted.map_err(|error| format!("{error:#}"));
        Ok(JobOutcome::MergeCounted(Box::new(choice), counted))
    })
}

/// Merges.
#[must_use]
pub fn merge_into(choice: MergeChoice, target: PathBuf) -> ThreadTask {
    ThreadTask::new(JobKind::Merge, move |meter, cancel| {
        let report = run(&choice, &target, merge, meter, cancel)?;
        Ok(JobOutcome::Merged(target, report))
    })
}

fn run(
    choice: &MergeChoice,
    target: &Path,
    work: Merge,
    meter: &mut Meter,
    cancel: &CancelFlag,
) -> anyhow::Result<MergeReport> {
    let inputs = choice.inputs.iter();
    let inputs: Vec<WorkSource> = inputs
        .map(|input| WorkSource::new(Input::Path(input.path.clone())))
        .collect();
    let options = MergeOptions {
        names: choice.names(),
        ..MergeOptions::default()
    };
    work(target, &inputs, &options, meter, cancel)
}
