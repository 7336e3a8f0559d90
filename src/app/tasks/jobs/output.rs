//! Files that a dataset is written to: exports, and pictures of its charts.

use std::path::PathBuf;

use super::job::{JobKind, Task};
use super::outcome::Outcome;
use crate::app::tasks::save_chart;
use crate::dataset::{ExportChoice, Replace, export_as_chosen};
use crate::quality::plot::Chart;

/// Saves a chart as a picture.
#[must_use]
pub fn save_plot(chart: Chart, png: bool, path: PathBuf) -> Task {
    Task::new(JobKind::SavePlot, move |_, _| {
        save_chart::save(&chart, png, &path)?;
        Ok(Outcome::PlotSaved(path))
    })
}

/// Exports a dataset as it was chosen.
#[must_use]
pub fn export(dataset: PathBuf, choice: ExportChoice, replace: Replace) -> Task {
    Task::new(JobKind::Export, move |meter, cancel| {
        let exported = export_as_chosen(&dataset, &choice, replace, meter, cancel)?;
        Ok(Outcome::Exported(
            dataset,
            Box::new(choice),
            Box::new(exported),
        ))
    })
}
