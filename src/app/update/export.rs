//! Exporting in a chosen format, and paths that are asked for.

use std::path::{Path, PathBuf};

use crate::app::state::notices::{Offer, Severity};
use crate::app::state::{Dialog, Effect, ExportForm, ExportMessage, PathForm, PathPurpose, State};
use crate::dataset::io::path_completion;
use crate::dataset::io::path_completion::folder_of;
use crate::dataset::{EXTENSION, ExportChoice, ExportReport, Exported, Replace};
use crate::formats;
use crate::model::figures;

impl State {
    pub(super) fn export(&mut self, message: ExportMessage) {
        match message {
            ExportMessage::Browse => {
                if let Some(Dialog::Export(form)) = &self.dialog {
                    let folder = form.choice.is_folder();
                    self.effects
                        .push(Effect::AskPath(PathPurpose::ExportTo { folder }));
                }
            }
            ExportMessage::To(path) => {
                if let Some(Dialog::Export(form)) = &mut self.dialog {
                    form.choice.to = path.display().to_string();
                    form.asks_replace = None;
                    form.no_dialog = false;
                }
            }
            ExportMessage::StopCounting => self.export_planner.stop(),
            ExportMessage::Begin { replace } => {
                let Some(Dialog::Export(form)) = &self.dialog else {
                    return;
                };
                let choice = form.choice.clone();
                let replace = if replace {
                    Replace::Asked
                } else {
                    Replace::Never
                };
                self.dialog = None;
                self.effects.push(Effect::FocusArticle);
                self.export_as_chosen(choice, replace);
            }
        }
    }

    /// Opens the export dialog with the last choice for this dataset.
    pub(super) fn choose_export(&mut self) {
        if let Some(form) = self.export_form() {
            self.dialog = Some(Dialog::Export(Box::new(form)));
        }
    }

    fn export_form(&self) -> Option<ExportForm> {
        let dataset = self.dataset.as_ref()?;
        let last = self.memory.last_export(&dataset.path);
        let choice = last.map(|last| last.choice.clone());
        Some(ExportForm {
            choice: choice.unwrap_or_else(|| ExportChoice::beside(&dataset.path)),
            query: String::new(),
            asks_replace: None,
            no_dialog: false,
        })
    }

    /// Exports as last time, without a question where the file is as that export left it.
    pub(super) fn repeat_export(&mut self) {
        let Some(dataset) = &self.dataset else { return };
        match self.memory.last_export(&dataset.path).cloned() {
            Some(last) => self.export_as_chosen(last.choice, Replace::Unchanged(last.stamp)),
            None => self.choose_export(),
        }
    }

    /// An export has ended.
    pub(super) fn exported(&mut self, dataset: &Path, choice: ExportChoice, exported: Exported) {
        match exported {
            Exported::Written { report, to, stamp } => {
                let words = exported_words(&choice, &report, &to);
                self.memory.note_export(dataset, choice, stamp);
                self.save_memory();
                self.notices.offer(Severity::News, words, Offer::Show(to));
            }
            Exported::WouldReplace(existing) => {
                let is_open = self
                    .dataset
                    .as_ref()
                    .is_some_and(|open| open.path == dataset);
                if !is_open || self.dialog.is_some() {
                    let words = "Not exported: the destination already exists";
                    self.notices.notify(Severity::Failure, words);
                    return;
                }
                self.dialog = Some(Dialog::Export(Box::new(ExportForm {
                    choice,
                    query: String::new(),
                    asks_replace: Some(existing),
                    no_dialog: false,
                })));
            }
        }
    }

    /// Shows a file in its folder, or says its path.
    pub(super) fn show_file(&mut self, path: PathBuf) {
        self.background.show_file(path, self.wake.clone());
    }

    // -- paths that are asked for --------------------------------------------------------------

    /// Asks for a path in the window.
    pub(super) fn type_path(&mut self, purpose: PathPurpose, no_dialog: bool) {
        if let (PathPurpose::ExportTo { .. }, Some(Dialog::Export(form))) =
            (&purpose, &mut self.dialog)
        {
            form.no_dialog = true; // it has a field of its own
            return;
        }
        if let (PathPurpose::MergeTarget, Some(Dialog::Merge(form))) = (&purpose, &mut self.dialog)
        {
            form.no_dialog = true; // so has this one
            return;
        }
        if let (PathPurpose::SplitFolder, Some(Dialog::SplitWork(form))) =
            (&purpose, &mut self.dialog)
        {
            form.no_dialog = true;
            return;
        }
        let path = self.first_path(&purpose);
        let back = self.dialog.take();
        self.dialog = Some(Dialog::Path(Box::new(PathForm {
            purpose,
            path,
            no_dialog,
            fault: None,
            back: back.filter(|dialog| !matches!(dialog, Dialog::Palette { .. } | Dialog::Path(_))),
        })));
    }

    /// The dialog that was open before a path was asked for.
    pub(super) fn dialog_behind(&mut self) -> Option<Dialog> {
        match self.dialog.take() {
            Some(Dialog::Path(form)) => form.back,
            // First back from the label that was picked.
            Some(Dialog::Places(mut form)) => form.target.take().map(|_| Dialog::Places(form)),
            _ => None,
        }
    }

    fn first_path(&self, purpose: &PathPurpose) -> String {
        let base = self.base_of_paths();
        let name = self.suggested_name(purpose);
        let mut path = base.join(name).display().to_string();
        if purpose.must_exist() && !path.ends_with(std::path::MAIN_SEPARATOR) {
            path.push(std::path::MAIN_SEPARATOR);
        }
        path
    }

    /// The name under which something is saved unless another is chosen; empty for what has to be
    /// there.
    pub(in crate::app) fn suggested_name(&self, purpose: &PathPurpose) -> String {
        let dataset = self.dataset.as_ref().map_or("", |dataset| &dataset.name);
        match purpose {
            PathPurpose::SaveCopy => format!("{dataset} copy.{EXTENSION}"),
            PathPurpose::MergeTarget => format!("team.{EXTENSION}"),
            PathPurpose::ExportSettings => "copydesk-settings.toml".to_owned(),
            PathPurpose::SavePlot(picture) => {
                let ending = if picture.png { "png" } else { "svg" };
                format!("{dataset}-{}.{ending}", picture.chart)
            }
            PathPurpose::ExportTo { .. } => match &self.dialog {
                Some(Dialog::Export(form)) => Path::new(&form.choice.to)
                    .file_name()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    /// Where a typed path begins that is not a whole one: the dataset's folder, or else the user's
    /// own.
    #[must_use]
    pub fn base_of_paths(&self) -> PathBuf {
        let dataset = self.dataset.as_ref().map(|dataset| &dataset.path);
        match dataset.and_then(|path| path.parent()) {
            Some(folder) => folder.to_path_buf(),
            None => path_completion::expanded("~"),
        }
    }

    /// Reads the folders that are typed in, and counts what is chosen to be exported.
    pub(super) fn refresh_dialogs(&mut self) {
        let base = self.base_of_paths();
        let wanted = match &self.dialog {
            Some(Dialog::Path(form)) => vec![folder_of(&base, &form.path)],
            Some(Dialog::Export(form)) => [&form.choice.to, &form.choice.pages]
                .map(|typed| folder_of(&base, typed))
                .to_vec(),
            _ => Vec::new(),
        };
        self.path_listings.refresh(&wanted, &self.wake);
        let chosen = match (&self.dialog, &self.dataset) {
            (Some(Dialog::Export(form)), Some(dataset)) => {
                Some((dataset.path.as_path(), &form.choice))
            }
            _ => None,
        };
        self.export_planner.refresh(chosen, &self.wake);
    }
}

/// What an export came to, in a few lines.
fn exported_words(choice: &ExportChoice, report: &ExportReport, to: &Path) -> String {
    let records = figures::counted(report.records, "record", "records");
    let mut words = format!("Exported {records} to {}", to.display());
    for part in report.parts.iter().filter(|_| report.parts.len() > 1) {
        let articles = figures::counted(part.articles, "article", "articles");
        words += &format!("\n{}: {articles}", part.name);
    }
    if report.passed_over > 0 {
        let articles = figures::counted(report.passed_over, "article", "articles");
        words += &format!("\n{articles} by several annotators: of each, the newest was taken");
    }
    if report.in_no_part > 0 {
        let articles = figures::counted(report.in_no_part, "article", "articles");
        words += &format!("\n{articles} in no part, because near-duplicates are in another");
    }
    if report.entities_left_out > 0 {
        let entities = figures::counted(report.entities_left_out, "entity", "entities");
        words += &format!("\n{entities} outside the chosen regions left out");
    }
    if !report.losses.is_empty() {
        let name =
            formats::by_name(&choice.format).map_or("The format", |format| format.spec().name);
        words += &format!("\n{name} cannot hold: {}", report.losses.summary());
    }
    if !report.left.is_empty() {
        let files = figures::counted(report.left.len() as u64, "file", "files");
        words += &format!("\n{files} in the folder not from an export, left as they are");
    }
    words
}
