//! The team of the open dataset: signing in, what the exchange reports, and taking articles.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::app::command::Command;
use crate::app::state::notices::{Offer, Severity};
use crate::app::state::{Dialog, Effect, SignInForm, State, TeamFile, TeamMessage};
use crate::app::tasks::jobs::{self, OpenTeam, OpenedTeam};
use crate::dataset::team::sync::{
    Line, SyncEvent, SyncPace, SyncRequest, SyncSetup, SyncStatus, TeamSync,
};
use crate::dataset::team::{LEASE_SECONDS, Password, ServerAddress};
use crate::model::figures;
use crate::store::{ArticleKey, Chosen};

/// How many articles "take more" takes.
const MORE: u32 = 5;

/// How many articles are taken along, and for how long.
const ALONG: u32 = 20;
const ALONG_SECONDS: i64 = 2 * 24 * 60 * 60;

impl State {
    pub(super) fn team_message(&mut self, message: TeamMessage) {
        match message {
            TeamMessage::Open(words) => match ServerAddress::parse(&words) {
                Ok(address) => self.open_team(address, None),
                Err(error) => self
                    .notices
                    .notify(Severity::Failure, format!("Not opened: {error}")),
            },
            TeamMessage::SignIn(form) => self.sign_in(*form),
            TeamMessage::WantProgress => self.want_progress(),
            TeamMessage::LeaveAnyway => self.leave_with_waiting_work(),
        }
    }

    pub(super) fn run_team(&mut self, command: Command) {
        match command {
            Command::OpenTeam => {
                self.dialog = Some(Dialog::SignIn(Box::new(SignInForm {
                    address: "postgres://".to_owned(),
                    ..SignInForm::default()
                })));
            }
            Command::TeamSignIn => self.ask_to_sign_in(),
            Command::TeamSend => self.ask_team(SyncRequest::Retry),
            Command::TakeMore => self.ask_team(SyncRequest::Take {
                more: MORE,
                seconds: LEASE_SECONDS,
            }),
            Command::TakeAlong => self.ask_team(SyncRequest::TakeAlong {
                articles: ALONG,
                seconds: ALONG_SECONDS,
            }),
            Command::GiveBack => self.ask_team(SyncRequest::GiveBack),
            Command::TeamProblems => self.show_team_problems(),
            _ => {}
        }
    }

    fn ask_team(&mut self, request: SyncRequest) {
        if let Some(team) = self.team() {
            team.sync.send(request);
        }
    }

    // -- opening and signing in -------------------------------------------------------------------

    fn open_team(&mut self, address: ServerAddress, password: Option<Password>) {
        let Some(folder) = self.team_access.folder.clone() else {
            let words = "This system has no place for the files of teams";
            self.notices.notify(Severity::Failure, words);
            return;
        };
        let team = OpenTeam {
            address,
            password,
            folder,
            connector: Arc::clone(&self.team_access.connector),
            articles: self.settings.articles_ahead,
        };
        let options = self.open_options();
        self.start(jobs::open_team(team, options));
    }

    fn sign_in(&mut self, mut form: SignInForm) {
        let address = match form.parse() {
            Ok(address) => address,
            Err(why) => {
                form.why = Some(why);
                self.dialog = Some(Dialog::SignIn(Box::new(form)));
                return;
            }
        };
        self.dialog = None;
        self.effects.push(Effect::FocusArticle);
        let typed = std::mem::take(&mut form.password.0);
        let password = Some(typed).filter(|words| !words.is_empty());
        let password = password.map(Password::new);
        let same = self.team().filter(|_| form.is_open);
        match (same, password) {
            (Some(team), Some(password)) => team.sync.send(SyncRequest::SignIn(password)),
            (Some(team), None) => team.sync.send(SyncRequest::Retry),
            (None, password) => self.open_team(address, password),
        }
    }

    fn ask_to_sign_in(&mut self) {
        let Some(team) = self.team() else { return };
        let why = match &team.status.line {
            Line::SignIn { why } => why.clone(),
            _ => None,
        };
        self.dialog = Some(Dialog::SignIn(Box::new(SignInForm {
            address: team.address.to_string(),
            is_open: true,
            why,
            ..SignInForm::default()
        })));
    }

    /// The file of a member could not be made; the person can try again.
    pub(super) fn team_not_opened(&mut self, address: &ServerAddress, why: Option<String>) {
        self.dialog = Some(Dialog::SignIn(Box::new(SignInForm {
            address: address.to_string(),
            why,
            ..SignInForm::default()
        })));
    }

    /// Starts to exchange the dataset that was just opened with its team.
    pub(super) fn start_team(&mut self, opened: OpenedTeam) {
        self.asks_name = false;
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        let setup = SyncSetup {
            address: opened.address.clone(),
            password: opened.password,
            connector: Arc::clone(&self.team_access.connector),
            pace: SyncPace {
                ahead: self.settings.articles_ahead,
                ..self.team_access.pace
            },
        };
        let sync = TeamSync::start(&dataset.session, setup, self.wake.clone());
        dataset.team = Some(TeamFile {
            address: opened.address,
            member: opened.member.clone(),
            sync,
            status: SyncStatus::default(),
            progress: None,
            is_progress_asked: false,
            merged: BTreeSet::new(),
            awaits_next: false,
            asks_password: opened.by_address,
            parting: None,
        });
        let own = std::mem::replace(&mut self.settings.annotator, opened.member);
        self.own_name.get_or_insert(own);
    }

    /// Who works here is no longer the member of a team.
    pub(super) fn end_team(&mut self) {
        if let Some(own) = self.own_name.take() {
            self.settings.annotator = own;
        }
    }

    // -- what the exchange reports ----------------------------------------------------------------

    pub(super) fn take_sync_events(&mut self) {
        while let Some(event) = self.team().and_then(|team| team.sync.poll()) {
            self.take_sync_event(event);
        }
    }

    fn team_mut(&mut self) -> Option<&mut TeamFile> {
        self.dataset.as_mut()?.team.as_mut()
    }

    fn take_sync_event(&mut self, event: SyncEvent) {
        match event {
            SyncEvent::Status(status) => self.take_sync_status(*status),
            SyncEvent::Taken {
                new,
                open,
                until_ms,
            } => self.taken(new, open, until_ms),
            SyncEvent::GaveBack(articles) => {
                let words = match articles {
                    0 => "Nothing to give back: you have begun all of your articles.".to_owned(),
                    n => format!(
                        "{} given back. \"{}\" fetches others.",
                        figures::counted(n, "article", "articles"),
                        Command::TakeMore.label(None)
                    ),
                };
                self.notices.notify(Severity::News, words);
            }
            SyncEvent::Merged {
                key,
                title,
                left_out,
            } => self.merged_with_other_file(key, &title, &left_out),
            SyncEvent::Failed(why) => self.notices.notify(Severity::Failure, why),
            SyncEvent::Progress(progress) => {
                if let Some(team) = self.team_mut() {
                    team.progress = Some(progress);
                    team.is_progress_asked = false;
                }
            }
            SyncEvent::Flushed => self.flushed(),
        }
    }

    fn take_sync_status(&mut self, status: SyncStatus) {
        let Some(team) = self.team_mut() else { return };
        let waited = team.waiting() > 0;
        let before = std::mem::replace(&mut team.status, status);
        let now = &team.status;
        let problems = now.problems().len();
        let is_restored = now.was_restored && !before.was_restored;
        let has_new_labels = now.labels_changed && !before.labels_changed;
        let is_worse = problems > before.problems().len();
        let wants_password = matches!(now.line, Line::SignIn { .. });
        let asks = wants_password && std::mem::take(&mut team.asks_password);
        // The person asked for more and there is none, or it cannot be known.
        let is_known = now.nothing_left || now.is_paused || now.line != Line::Connected;
        let was_told =
            before.nothing_left == now.nothing_left && before.line == now.line && !waited;
        let is_answered = team.awaits_next && is_known && !was_told;
        let is_back = now.line == Line::Connected && before.line != Line::Connected;
        if is_back {
            team.asks_password = false;
        }
        if is_restored {
            let words = "The server was restored from a backup. Your work was sent to it again.";
            self.notices.notify(Severity::News, words);
        }
        if has_new_labels {
            let words = "The team has changed its labels or guidelines. Close this file and open it again by the team's address to get them; what you do meanwhile counts all the same.";
            self.notices.notify(Severity::News, words);
        }
        if is_worse {
            let words = format!(
                "The team does not have your work on {}. It is safe in this file.",
                figures::count(problems, "article")
            );
            self.notices
                .offer(Severity::Failure, words, Offer::ShowTeamProblems);
        } else if problems == 0 {
            self.notices.end_offer(&Offer::ShowTeamProblems);
        }
        if asks && self.dialog.is_none() {
            self.ask_to_sign_in();
        }
        if is_answered {
            self.say_nothing_left();
        }
    }

    /// Both files' changes of an article are in one now.
    fn merged_with_other_file(&mut self, key: ArticleKey, title: &str, left_out: &[String]) {
        if let Some(team) = self.team_mut() {
            team.merged.insert(key);
        }
        let both =
            format!("You changed “{title}” on another computer, too. Both changes are in it now");
        let words = match left_out {
            [] => return self.notices.notify(Severity::News, format!("{both}.")),
            left_out => format!(
                "{both}, except for what did not fit: {}. Please check the article.",
                left_out.join(", ")
            ),
        };
        self.notices.notify(Severity::Failure, words);
    }

    /// Whether the open article was changed by what [`State::merged_with_other_file`] tells.
    pub(super) fn was_merged(&mut self, key: ArticleKey) -> bool {
        self.team_mut().is_some_and(|team| team.merged.remove(&key))
    }

    fn taken(&mut self, new: usize, open: usize, until_ms: i64) {
        if new == 0 {
            let words = match open {
                0 => "The team has no article left for you.".to_owned(),
                n => format!(
                    "The team has no further article for you now; you have {} open.",
                    figures::number(n as u64)
                ),
            };
            self.notices.notify(Severity::News, words);
            return;
        }
        let left = (until_ms - (self.now_ms)()).max(0) / 60_000;
        let until = match left {
            0..=119 => format!("{left} minutes, and longer as long as there is a connection"),
            _ => figures::count(usize::try_from((left + 30) / 60).unwrap_or(0), "hour"),
        };
        let words = format!(
            "{} taken; {} open. They are yours for {until}.",
            figures::count(new, "article"),
            figures::number(open as u64)
        );
        self.notices.notify(Severity::News, words);
    }

    // -- the next article -------------------------------------------------------------------------

    /// Every article here is finished: the next one comes from the team. Returns false if the
    /// dataset is of no team.
    pub(super) fn await_next_of_team(&mut self) -> bool {
        let Some(team) = self.team_mut() else {
            return false;
        };
        if !team.status.has_role("annotator") && team.status.line == Line::Connected {
            return false;
        }
        let knows = team.status.line != Line::Connected;
        team.awaits_next = true;
        let has_no_more = team.status.nothing_left || team.status.is_paused;
        if knows || (has_no_more && team.waiting() == 0) {
            self.say_nothing_left();
        } else {
            let words = "Fetching the next article…";
            self.notices.notify_of_article(Severity::News, words);
        }
        true
    }

    fn say_nothing_left(&mut self) {
        let Some(team) = self.team_mut() else { return };
        let words = match &team.status.line {
            Line::Connected if team.waiting() > 0 => return,
            Line::Connecting => return,
            Line::Connected if team.status.is_paused => &format!(
                "All of your articles are finished. \"{}\" fetches others.",
                Command::TakeMore.label(None)
            ),
            Line::Connected => {
                "Nothing left for you: the team has no further article that you may have now."
            }
            Line::Offline { .. } => {
                "All articles here are finished. The next ones come when there is a connection."
            }
            Line::SignIn { .. } => {
                "All articles here are finished. Sign in to the team to get the next ones."
            }
            Line::Refused { .. } | Line::Elsewhere => {
                "All articles here are finished. New ones cannot be fetched now."
            }
        };
        // Who waits offline goes on when articles come.
        self.notices.notify_of_article(Severity::Hint, words);
    }

    /// Articles have come: goes to the first one to do, if that was waited for.
    pub(super) fn go_on_with_team(&mut self) {
        if let Some(team) = self.team_mut()
            && std::mem::take(&mut team.awaits_next)
        {
            self.ask_for_unfinished(true);
        }
    }

    // -- what needs somebody's help ---------------------------------------------------------------

    fn show_team_problems(&mut self) {
        let problems: Vec<ArticleKey> = self
            .team()
            .map(|team| team.status.problems())
            .unwrap_or_default();
        if problems.is_empty() {
            return;
        }
        self.notices.end_offer(&Offer::ShowTeamProblems);
        self.behind_found(Chosen::new("not with the team", problems));
    }

    /// Asks how far the team is, for the dashboard.
    pub(super) fn want_progress(&mut self) {
        if let Some(team) = self.team_mut()
            && team.status.has_role("manager")
            && !team.is_progress_asked
        {
            team.is_progress_asked = true;
            team.sync.send(SyncRequest::Progress);
        }
    }
}
