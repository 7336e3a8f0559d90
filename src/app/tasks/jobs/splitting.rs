//! Splitting the work among annotators.

use std::path::PathBuf;

use super::job::{JobKind, ThreadTask};
use super::outcome::JobOutcome;
use crate::dataset::Dataset;
use crate::dataset::maintenance::split_work::{WorkSplit, split_work};

/// Makes a dataset for each annotator in a folder.
#[must_use]
pub fn split_work_of(dataset: PathBuf, folder: PathBuf, split: WorkSplit) -> ThreadTask {
    ThreadTask::new(JobKind::SplitWork, move |meter, cancel| {
        let dataset = Dataset::open_to_read(&dataset)?;
        let packs = split_work(dataset.store(), &folder, &split, meter, cancel)?;
        Ok(JobOutcome::WorkSplit(folder, packs))
    })
}
