//! The merge that is being chosen, and what comes of it.

use crate::app::state::notices::{Offer, Severity};
use crate::app::state::{
    Dialog, Effect, Leaving, MergeForm, MergeMessage, MergePreview, PathPurpose, State,
};
use crate::app::tasks::jobs::{self, Job, JobKind, MergeChoice};
use crate::dataset::EXTENSION;
use crate::dataset::maintenance::merge::MergeReport;
use crate::model::figures;

use std::path::{Path, PathBuf};

impl State {
    /// Opens the dialog. What was chosen last is still chosen.
    pub(super) fn choose_merge(&mut self) {
        let mut choice = self.merge.of.clone().unwrap_or_default();
        if choice.out.is_empty() {
            let name = format!("team.{EXTENSION}");
            choice.out = self.base_of_paths().join(name).display().to_string();
        }
        self.merge = MergePreview::default();
        self.dialog = Some(Dialog::Merge(Box::new(MergeForm {
            choice,
            no_dialog: false,
        })));
    }

    pub(super) fn merge(&mut self, message: MergeMessage) {
        let Some(Dialog::Merge(form)) = &mut self.dialog else {
            return;
        };
        match message {
            MergeMessage::Browse => {
                self.effects.push(Effect::AskPath(PathPurpose::MergeInputs));
            }
            MergeMessage::BrowseTarget => {
                self.effects.push(Effect::AskPath(PathPurpose::MergeTarget));
            }
            MergeMessage::Add(paths) => form.choice.add(paths),
            MergeMessage::To(path) => form.choice.out = path.display().to_string(),
            MergeMessage::Begin => self.begin_merge(),
        }
    }

    fn begin_merge(&mut self) {
        let Some(Dialog::Merge(form)) = &self.dialog else {
            return;
        };
        let choice = form.choice.clone();
        let target = choice.target(&self.base_of_paths());
        self.cancel_merge_preview();
        self.dialog = None;
        self.merge.of = Some(choice.clone());
        self.effects.push(Effect::FocusArticle);
        self.start(jobs::merge_into(choice, target));
    }

    /// Counts what the merge would do whenever another one is chosen.
    pub(super) fn refresh_merge(&mut self) {
        let Some(Dialog::Merge(form)) = &self.dialog else {
            if self.merge.outcome.is_none() && self.merge.of.is_some() {
                self.cancel_merge_preview();
            }
            return;
        };
        let choice = form.choice.clone();
        let is_known = self.merge.of.as_ref() == Some(&choice);
        if is_known || choice.inputs.is_empty() || choice.out.trim().is_empty() {
            return;
        }
        self.cancel_merge_preview();
        let target = choice.target(&self.base_of_paths());
        self.merge = MergePreview {
            of: Some(choice.clone()),
            outcome: None,
        };
        self.start(jobs::preview_merge_of(choice, target));
    }

    fn cancel_merge_preview(&mut self) {
        let is_preview = |job: &&Job| job.kind() == JobKind::PreviewMerge;
        self.jobs.iter().filter(is_preview).for_each(Job::cancel);
    }

    pub(super) fn merge_counted(
        &mut self,
        choice: &MergeChoice,
        counted: Result<MergeReport, String>,
    ) {
        if self.merge.of.as_ref() == Some(choice) {
            self.merge.outcome = Some(counted);
        }
    }

    /// The merged dataset is opened.
    pub(super) fn merged(&mut self, target: PathBuf, report: &MergeReport) {
        let words = merged_words(&target, report);
        match &report.beside {
            Some(beside) => {
                let offer = Offer::Show(beside.clone());
                self.notices.offer(Severity::News, words, offer);
            }
            None => self.notices.notify(Severity::News, words),
        }
        self.leave(Leaving::Open(vec![target]));
    }

    /// Returns true if a merge would replace the dataset that is open.
    #[must_use]
    pub fn is_open_dataset(&self, target: &Path) -> bool {
        let open = self.dataset.as_ref();
        open.is_some_and(|dataset| dataset.path == target)
    }
}

/// Says what a merge came to.
fn merged_words(target: &Path, report: &MergeReport) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let mut words = format!(
        "Merged into {name}: {} with {}",
        figures::counted(report.articles, "article", "articles"),
        figures::counted(report.annotations, "annotation", "annotations"),
    );
    let set_aside = report.set_aside.len() as u64;
    if set_aside > 0 {
        let annotations = figures::counted(set_aside, "annotation", "annotations");
        words += &format!("\n{annotations} set aside for newer work of the same annotator");
    }
    let refused = report.refused.len() as u64;
    if refused > 0 {
        let articles = figures::counted(refused, "article", "articles");
        words += &format!("\n{articles} refused, whose ids belong to other texts");
    }
    if report.faults.refused > 0 {
        let records = figures::counted(report.faults.refused, "record", "records");
        words += &format!("\n{records} could not be read");
    }
    words
}
