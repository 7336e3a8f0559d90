//! Files that a dataset is written to: exports, and pictures of its charts.

use std::path::PathBuf;

use super::job::{JobKind, ThreadTask};
use super::outcome::JobOutcome;
use crate::app::tasks::save_chart;
use crate::dataset::{ExportChoice, Replace, export_as_chosen};
use crate::quality::plot::Chart;

/// Saves a chart as a picture.
#[must_use]
pub fn save_plot(chart: Chart, png: bool, path: PathBuf) -> ThreadTask {
    ThreadTask::new(JobKind::SavePlot, move |_, _| {
        save_chart::save(&chart, png, &path)?;
        Ok(JobOutcome::PlotSaved(path))
    })
}

/// Exports a dataset as it was chosen.
#[must_use]
pub fn export(dataset: PathBuf, choice: ExportChoice, replace: Replace) -> ThreadTask {
    ThreadTask::new(JobKind::Export, move |meter, cancel| {
        let exported = export_as_chosen(&dataset, &choice, replace, meter, cancel)?;
        Ok(JobOutcome::Exported(
            dataset,
            Box::new(choice),
            Box::new(exported),
        ))
    })
}
