//! The work is split among annotators who work without a server.

use std::path::PathBuf;

use crate::app::state::notices::{Offer, Severity};
use crate::app::state::{Dialog, Effect, PathPurpose, SplitForm, SplitWorkMessage, State};
use crate::app::tasks::jobs;
use crate::dataset::maintenance::split_work::Pack;
use crate::model::figures;

impl State {
    /// Opens the dialog. What was chosen last is still chosen.
    pub(super) fn choose_split(&mut self) {
        let Some(dataset) = &self.dataset else { return };
        let mut form = self.split_form.clone();
        if form.folder.is_empty() {
            let folder = format!("{}-packs", dataset.name);
            form.folder = self.base_of_paths().join(folder).display().to_string();
        }
        form.no_dialog = false;
        self.dialog = Some(Dialog::SplitWork(Box::new(form)));
    }

    pub(super) fn split_work(&mut self, message: SplitWorkMessage) {
        let Some(Dialog::SplitWork(form)) = &mut self.dialog else {
            return;
        };
        match message {
            SplitWorkMessage::Browse => {
                self.effects.push(Effect::AskPath(PathPurpose::SplitFolder));
            }
            SplitWorkMessage::To(folder) => form.folder = folder.display().to_string(),
            SplitWorkMessage::Begin => {
                let form = SplitForm::clone(form);
                self.begin_split(form);
            }
        }
    }

    fn begin_split(&mut self, form: SplitForm) {
        let (Some(dataset), Ok(split)) = (&self.dataset, form.split()) else {
            return;
        };
        let dataset = dataset.path.clone();
        let folder = form.folder(&self.base_of_paths());
        self.split_form = form;
        self.dialog = None;
        self.effects.push(Effect::FocusArticle);
        self.start(jobs::split_work_of(dataset, folder, split));
    }

    /// The datasets are made.
    pub(super) fn work_split(&mut self, folder: PathBuf, packs: &[Pack]) {
        // The next split is another one, in another folder.
        self.split_form.folder.clear();
        let words = split_words(packs);
        self.notices
            .offer(Severity::News, words, Offer::Show(folder));
    }
}

/// Says who got how many articles.
fn split_words(packs: &[Pack]) -> String {
    let datasets = figures::counted(packs.len() as u64, "dataset", "datasets");
    let mut words = format!("Made {datasets}:");
    for pack in packs {
        let articles = figures::counted(pack.articles, "article", "articles");
        words += &format!("\n{} with {articles}", pack.annotator);
    }
    words
}
