//! The suggesters of the dataset: changing them, allowing their commands, and asking them.

use crate::app::state::notices::Severity;
use crate::app::state::{Dialog, State, SuggestersMessage, SuggestersPage};
use crate::app::tasks::background::Kept;
use crate::app::tasks::jobs::{self, JobKind};
use crate::dataset::session::{SuggesterRequest, WriterRequest};
use crate::dataset::suggesters::{
    AllowedCommands, Comparison, KnownModels, SETTING, SuggestReport, SuggesterConfig,
    SuggesterSettings,
};
use crate::model::figures;
use crate::store::{ArticleKey, Revision};

/// How many finished articles the suggesters are compared on.
const MOST_COMPARED: usize = 200;

impl State {
    pub(super) fn suggesters(&mut self, message: SuggestersMessage) {
        match message {
            SuggestersMessage::Show => self.show_suggesters(),
            SuggestersMessage::Add(page) => self.add_suggester(*page),
            SuggestersMessage::Remove(name) => {
                self.change_suggesters(|settings| settings.remove(&name));
            }
            SuggestersMessage::Choose(source, name) => {
                self.change_suggesters(|settings| settings.choose(&source, &name));
            }
            SuggestersMessage::Test(name) => self.test_suggester(name),
            SuggestersMessage::AskConsent => {
                self.dialog = Some(Dialog::AllowSuggesters);
            }
            SuggestersMessage::Allow => {
                let commands = self.commands_to_allow().into_iter();
                let commands: Vec<String> = commands.map(|one| one.command.clone()).collect();
                self.allow_commands(&commands);
                self.dialog = None;
                self.after_suggesters_changed();
            }
            SuggestersMessage::SuggestForOpen => self.suggest_for_open(),
            SuggestersMessage::Compare => self.compare_suggesters(),
            SuggestersMessage::UseBest => self.use_best(),
        }
    }

    fn show_suggesters(&mut self) {
        if self.dataset.is_some() {
            self.dialog = Some(Dialog::Suggesters(Box::default()));
        }
    }

    fn add_suggester(&mut self, mut page: SuggestersPage) {
        let new = SuggesterConfig {
            name: page.name.trim().to_owned(),
            task: page.task,
            command: page.command.trim().to_owned(),
            time_limit_s: page.time_limit_s,
        };
        let command = new.command.clone();
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        let mut settings = dataset.suggesters.settings.clone();
        match settings.add(new) {
            Ok(()) => {
                dataset.suggesters.settings = settings;
                self.allow_commands(&[command]);
                self.keep_suggesters();
                page = SuggestersPage::default();
            }
            Err(error) => page.fault = Some(format!("{error:#}")),
        }
        self.dialog = Some(Dialog::Suggesters(Box::new(page)));
    }

    fn change_suggesters(
        &mut self,
        change: impl FnOnce(&mut SuggesterSettings) -> anyhow::Result<()>,
    ) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        match change(&mut dataset.suggesters.settings) {
            Ok(()) => self.keep_suggesters(),
            Err(error) => self.notices.notify(Severity::Failure, format!("{error:#}")),
        }
    }

    /// Writes the suggesters into the dataset, and uses them.
    fn keep_suggesters(&mut self) {
        if let Some(dataset) = &mut self.dataset {
            let suggesters = &mut dataset.suggesters;
            let settings = &suggesters.settings;
            let is_there = |name: &String| settings.get(name).is_some();
            suggesters.status.retain(|name, _| is_there(name));
            let value = settings.to_setting();
            dataset
                .session
                .send(WriterRequest::SetSetting(SETTING.to_owned(), value));
        }
        self.after_suggesters_changed();
    }

    /// Lets the session work with the suggesters as they are now, and asks them about the open
    /// article.
    fn after_suggesters_changed(&mut self) {
        if let Some(dataset) = &self.dataset {
            let suggesters = &dataset.suggesters;
            dataset.session.send(SuggesterRequest::Configure(
                Box::new(suggesters.settings.clone()),
                Box::new(suggesters.allowed.clone()),
            ));
            if let Some(article) = &self.article {
                dataset.announce_next(article.key);
            }
        }
        let open = self.article.as_ref().map(|article| article.key);
        self.reload_untouched(open.as_slice());
    }

    fn allow_commands(&mut self, commands: &[String]) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        for command in commands {
            dataset.suggesters.allowed.allow(&dataset.path, command);
        }
        let allowed = dataset.suggesters.allowed.clone();
        if let Some(file) = &self.settings_file {
            let file = AllowedCommands::path_beside(file);
            self.background.keep(file, Kept::AllowedCommands(allowed));
        }
    }

    /// Asks whether commands may run that are used in a dataset that was just opened.
    pub(super) fn ask_for_consent(&mut self) {
        let Some(dataset) = &self.dataset else { return };
        let suggesters = &dataset.suggesters;
        let is_new =
            |one: &SuggesterConfig| !suggesters.allowed.allows(&dataset.path, &one.command);
        if self.dialog.is_none() && suggesters.settings.used().any(is_new) {
            self.dialog = Some(Dialog::AllowSuggesters);
        }
    }

    fn test_suggester(&mut self, name: String) {
        let (Some(dataset), Some(article)) = (&mut self.dataset, &self.article) else {
            return;
        };
        dataset.suggesters.testing = Some(name.clone());
        dataset.suggesters.test = None;
        let request = SuggesterRequest::Test(name, article.key);
        dataset.session.send(request);
    }

    /// Whether all commands may run; otherwise the window asks.
    fn has_consent(&mut self) -> bool {
        if self.commands_to_allow().is_empty() {
            return true;
        }
        self.dialog = Some(Dialog::AllowSuggesters);
        false
    }

    pub(super) fn suggest_for_open(&mut self) {
        let Some(dataset) = &self.dataset else { return };
        if dataset.suggesters.settings.used().next().is_none() {
            self.notices.notify(
                Severity::Hint,
                "No suggester is used for any label. Choose who suggests what first.",
            );
            self.show_suggesters();
            return;
        }
        if self.job(JobKind::SuggestForOpen).is_some() || !self.has_consent() {
            return;
        }
        let pool = self
            .dataset
            .as_ref()
            .and_then(|one| one.session.suggesters());
        if let Some(pool) = pool {
            self.dialog = None;
            self.start_in_session(jobs::suggest_for_open(pool));
        }
    }

    fn compare_suggesters(&mut self) {
        if self.job(JobKind::CompareSuggesters).is_some() || !self.has_consent() {
            return;
        }
        let pool = self
            .dataset
            .as_ref()
            .and_then(|one| one.session.suggesters());
        if let Some(pool) = pool {
            self.start_in_session(jobs::compare_suggesters(pool, MOST_COMPARED));
        }
    }

    fn use_best(&mut self) {
        let best = self.dataset.as_ref();
        let best = best.and_then(|dataset| dataset.suggesters.comparison.as_ref());
        let best = best.map(Comparison::best).unwrap_or_default();
        self.change_suggesters(|settings| {
            for (source, name) in &best {
                settings.choose(source, name)?;
            }
            Ok(())
        });
    }

    // -- what jobs and threads bring ------------------------------------------------------------

    pub(super) fn suggested_for_open(&mut self, report: &SuggestReport, known: KnownModels) {
        if let Some(dataset) = &mut self.dataset {
            dataset.suggesters.known = known;
        }
        let (words, severity) = report_words(report);
        self.notices.notify(severity, words);
        self.reload_list();
        let open = self.article.as_ref().map(|article| article.key);
        self.reload_untouched(open.as_slice());
    }

    pub(super) fn suggesters_compared(&mut self, comparison: Comparison) {
        if let Some(dataset) = &mut self.dataset {
            dataset.suggesters.comparison = Some(comparison);
        }
        if self.dialog.is_none() {
            self.show_suggesters();
        }
    }

    /// Opens the article again that got suggestions while it was being opened.
    pub(super) fn reload_after_opening(&mut self) {
        let waiting = self.dataset.as_mut();
        let waiting = waiting.and_then(|dataset| dataset.suggesters.reload.take());
        self.reload_untouched(waiting.as_slice());
    }

    /// Shows the newest suggestions of the open article if it is among these and nobody has touched
    /// it. What a person has begun stays as it is.
    pub(super) fn reload_untouched(&mut self, keys: &[ArticleKey]) {
        let (Some(article), Some(dataset)) = (&self.article, &mut self.dataset) else {
            return;
        };
        if let Some(loading) = dataset.loading {
            // What comes may have been read before these suggestions were written.
            if keys.contains(&loading) {
                dataset.suggesters.reload = Some(loading);
            }
            return;
        }
        let is_untouched = article.revision == Revision(0)
            && article.session.history().entries().len() <= 1
            && !article.is_blind;
        if is_untouched && keys.contains(&article.key) {
            self.open_article(article.key);
        }
    }
}

/// Says what asking about all open articles came to.
fn report_words(report: &SuggestReport) -> (String, Severity) {
    let mut words = format!(
        "Asked about {}; {} with new suggestions",
        figures::count(report.articles as usize, "article"),
        figures::number(report.changed),
    );
    if report.cancelled {
        words += "; stopped early";
    }
    if report.refused > 0 {
        words += &format!(
            "\n{} refused, because they do not fit the article",
            figures::counted(report.refused as u64, "span was", "spans were")
        );
    }
    if let Some(why) = &report.stopped {
        words += &format!("\nStopped: {why}");
    } else if report.failed > 0 {
        words += &format!(
            "\n{} without an answer:",
            figures::count(report.failed as usize, "article")
        );
        for problem in &report.problems {
            words += &format!("\n{problem}");
        }
    }
    let severity = match report.failed > 0 || report.stopped.is_some() {
        true => Severity::Failure,
        false => Severity::News,
    };
    (words, severity)
}
