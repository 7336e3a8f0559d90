//! A member of a team works in the window: online, without a line, and back.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use copydesk::app::{Command, Dialog, Message, Tab, TeamAccess, TeamMessage};
use copydesk::dataset::team::sync::{Line, SyncPace};
use copydesk::model::{Annotation, BytePos, Entity, Label, Provenance, Status};
use copydesk::store::ArticleKey;
use egui_kittest::kittest::Queryable as _;

use crate::desk::{Window, article};
use crate::team_in_memory::{PASSWORD, TeamInMemory};

const ADDRESS: &str = "postgres://ada@team.example/gold";

fn team(articles: usize) -> TeamInMemory {
    let article = |at: usize| article(at, &format!("body| Story {at}: rain in Gozo."));
    TeamInMemory::of((0..articles).map(article).collect())
}

fn access(team: &TeamInMemory, folder: &Path) -> TeamAccess {
    TeamAccess {
        folder: Some(folder.to_path_buf()),
        connector: Arc::new(team.clone()),
        pace: SyncPace {
            ahead: 2,
            debounce: Duration::from_millis(20),
            renew: Duration::from_secs(3_600),
            backoff: (Duration::from_millis(20), Duration::from_millis(100)),
        },
    }
}

/// A window in which a member opens her file.
fn window(team: &TeamInMemory, folder: &Path) -> Window {
    let mut window = Window::with_teams(access(team, folder));
    let mut settings = window.state().settings.clone();
    settings.articles_ahead = 2;
    window.send(Message::Settings(Box::new(settings)));
    window.send(Message::Team(TeamMessage::Open(ADDRESS.to_owned())));
    window
}

/// A window in which the file is open, and everything is with the team.
fn at_work(team: &TeamInMemory, folder: &Path) -> Window {
    let mut window = window(team, folder);
    window.until(|state| {
        let team = state.team();
        let is_there = team.is_some_and(|team| team.status.line == Line::Connected);
        is_there && state.article.is_some() && state.jobs.is_empty()
    });
    window.harness.run_steps(3);
    window
}

fn sees(window: &Window, words: &str) -> bool {
    let found = window.harness.query_all_by_label_contains(words);
    found.count() > 0
}

#[track_caller]
fn until_seen(window: &mut Window, words: &str) {
    for _ in 0..600 {
        window.harness.run_steps(2);
        if sees(window, words) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{words:?} is not shown; notices: {}", window.notices());
}

/// Waits until the team has this article as finished, and the window knows that it has everything.
#[track_caller]
fn until_sent(window: &mut Window, team: &TeamInMemory, article: i64) {
    window.until_saved();
    window.until(|state| {
        let status = state.team().map(|team| &team.status);
        team.content().is_done(article)
            && status.is_some_and(|now| now.line == Line::Connected && now.waiting == 0)
    });
    window.harness.run_steps(3);
}

#[test]
fn the_address_of_a_team_opens_the_members_file_with_the_first_articles() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(5);
    let window = at_work(&team, folder.path());
    assert_eq!(window.state().settings.annotator, "ada");
    assert!(sees(&window, "Saved for the team"));
    assert!(sees(&window, "2 open · 0 done"));
    assert_eq!(team.content().leased(), 2);
    let files: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .flatten()
        .collect();
    assert!(files.iter().any(|file| {
        let name = file.file_name().into_string().unwrap();
        name.starts_with("gold-ada-team.example") && name.ends_with(".copydesk")
    }));
    assert!(
        window.harness.query_by_label("gold").is_some(),
        "the bar names the team, not the file"
    );
}

#[test]
fn each_finished_article_fetches_the_next_until_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(4);
    let mut window = at_work(&team, folder.path());
    for done in 1..=4 {
        window.until(|state| {
            let article = state.article.as_ref();
            article.is_some_and(|one| one.session.annotation().status() != Status::Done)
        });
        window.harness.run_steps(3);
        window.press("Ctrl+Enter");
        window.until(|state| {
            let team = state.team();
            team.is_some_and(|team| team.status.finished == done)
        });
    }
    until_seen(&mut window, "Nothing left for you");
    for article in 1..=4 {
        until_sent(&mut window, &team, article);
    }
    assert_eq!(team.content().repeated, 0);
    assert!(sees(&window, "0 open · 4 done · nothing left for you"));
}

#[test]
fn without_a_line_work_is_safe_here_and_is_sent_once_when_the_line_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(3);
    let mut window = at_work(&team, folder.path());
    team.content().is_cut = true;
    window.press("Ctrl+Enter");
    window.until_saved();
    until_seen(&mut window, "No connection · 1 waiting, safe in this file");
    assert_eq!(team.content().lines(1), 0);
    // She goes on with what she has.
    window.press("Ctrl+Enter");
    window.until_saved();
    until_seen(&mut window, "2 waiting, safe in this file");

    team.content().is_cut = false;
    window.send(Message::Run(Command::TeamSend));
    until_sent(&mut window, &team, 2);
    assert!(sees(&window, "Saved for the team"));
    assert!(team.content().is_done(1) && team.content().is_done(2));
    assert_eq!(team.content().repeated, 0);
}

#[test]
fn an_answer_that_was_lost_does_not_double_what_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(2);
    let mut window = at_work(&team, folder.path());
    team.content().loses_answers = true;
    window.press("Ctrl+Enter");
    until_seen(&mut window, "No connection · 1 waiting, safe in this file");
    let lines = team.content().lines(1);
    assert!(lines > 0, "the server has it, and the window does not know");
    team.content().loses_answers = false;
    until_sent(&mut window, &team, 1);
    let content = team.content();
    assert!(content.repeated > 0);
    assert_eq!(content.lines(1), lines);
}

#[test]
fn a_wrong_password_asks_again_and_work_waits_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(2);
    team.content().password_is_kept = false;
    let mut window = window(&team, folder.path());
    window.until(|state| matches!(state.dialog, Some(Dialog::SignIn(_))));
    window.harness.run_steps(3);
    for (password, is_right) in [("wrong", false), (PASSWORD, true)] {
        window.harness.get_by_label("Password").click();
        window.harness.run_steps(2);
        window.harness.event(egui::Event::Text(password.to_owned()));
        window.harness.run_steps(2);
        window.press("Enter");
        if !is_right {
            until_seen(&mut window, "does not let ada in");
        }
    }
    window.until(|state| state.article.is_some() && state.dialog.is_none());
    until_seen(&mut window, "Saved for the team");
    let printed = format!("{:?}", window.state().dialog);
    assert!(!printed.contains(PASSWORD));
}

#[test]
fn who_closes_while_work_waits_is_told_that_it_is_safe_and_it_is_sent_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(2);
    let mut first = at_work(&team, folder.path());
    team.content().is_cut = true;
    first.press("Ctrl+Enter");
    first.until_saved();
    until_seen(&mut first, "No connection · 1 waiting");
    assert!(first.ask_to_close(), "it asks first");
    first.until(|state| matches!(state.dialog, Some(Dialog::TeamWaits)));
    first.harness.run_steps(2);
    assert!(sees(&first, "safe"));
    first.send(Message::Team(TeamMessage::LeaveAnyway));
    first.close();
    drop(first);

    // Without a line the file opens all the same.
    let mut again = window(&team, folder.path());
    again.until(|state| state.article.is_some());
    until_seen(&mut again, "No connection · 1 waiting, safe in this file");
    team.content().is_cut = false;
    again.send(Message::Run(Command::TeamSend));
    until_sent(&mut again, &team, 1);
    assert!(team.content().is_done(1));
}

#[test]
fn more_articles_are_taken_and_what_is_not_begun_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(40);
    let mut window = at_work(&team, folder.path());
    window.send(Message::Run(Command::TakeMore));
    window.until(|state| state.team().is_some_and(|team| team.status.open == 7));
    until_seen(&mut window, "5 articles taken; 7 open");
    window.send(Message::Run(Command::TakeAlong));
    window.until(|state| state.team().is_some_and(|team| team.status.open == 20));
    window.press("Ctrl+Enter");
    until_sent(&mut window, &team, 1);
    window.send(Message::Run(Command::GiveBack));
    until_seen(&mut window, "given back");
    // The article that opened next may have been begun by being looked at; nothing else is kept.
    assert!(team.content().leased() <= 1, "{}", team.content().leased());
}

#[test]
fn a_manager_sees_the_members_on_the_dashboard() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(3);
    let mut window = at_work(&team, folder.path());
    window.press("Ctrl+Enter");
    until_sent(&mut window, &team, 1);
    window.send(Message::Run(Command::ShowDashboard));
    window.until(|state| {
        let progress = state.team().and_then(|team| team.progress.as_ref());
        let is_new = matches!(progress, Some(Ok(progress)) if progress.complete == 1);
        state.tab == Tab::Dashboard && is_new
    });
    until_seen(&mut window, "1 of 3 articles complete");
    assert!(sees(&window, "ada"));
}

#[test]
fn labels_that_the_team_renames_come_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(3);
    let mut window = at_work(&team, folder.path());
    let labels = |window: &Window| -> Vec<String> {
        let schema = window.state().schema().unwrap();
        let labels = schema.entities().iter();
        labels.map(|one| one.label.to_string()).collect()
    };
    assert!(labels(&window).contains(&"ORG".to_owned()));
    team.content().rename("ORG", "BODY");
    window.press("Ctrl+Enter");
    until_seen(&mut window, "The team has changed its labels");
    until_sent(&mut window, &team, 1);
    window.close();
    drop(window);
    let window = at_work(&team, folder.path());
    let now = labels(&window);
    assert!(
        now.contains(&"BODY".to_owned()) && !now.contains(&"ORG".to_owned()),
        "{now:?}"
    );
    assert!(!sees(&window, "The team has changed its labels"));
}

#[test]
fn a_line_that_is_frozen_is_said_like_one_that_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(3);
    let mut window = at_work(&team, folder.path());
    team.content().is_frozen = true;
    window.press("Ctrl+Enter");
    window.until_saved();
    until_seen(&mut window, "No connection · 1 waiting, safe in this file");
    team.content().is_frozen = false;
    window.send(Message::Run(Command::TeamSend));
    until_sent(&mut window, &team, 1);
}

#[test]
fn a_login_that_expires_at_work_asks_to_sign_in_again_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(3);
    let mut window = at_work(&team, folder.path());
    team.content().is_locked_out = true;
    window.press("Ctrl+Enter");
    window.until_saved();
    until_seen(&mut window, "Sign in again · 1 waiting, safe in this file");
    assert!(window.state().dialog.is_none(), "nobody is interrupted");
    team.content().is_locked_out = false;
    window.send(Message::Run(Command::TeamSend));
    until_sent(&mut window, &team, 1);
}

#[test]
fn what_was_done_on_another_computer_comes_into_the_open_article() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(2);
    let mut window = at_work(&team, folder.path());
    let text = window
        .state()
        .article
        .as_ref()
        .unwrap()
        .session
        .article()
        .text
        .clone();
    let at = text.as_str().find("Gozo").unwrap() as u32;
    let gozo = Entity {
        span: text.span(BytePos(at), BytePos(at + 4)).unwrap(),
        label: Label::new("GPE").unwrap(),
        provenance: Provenance::Person,
    };
    let there = Annotation::from_parts(&text, vec![], vec![gozo], Status::Started, vec![]);
    team.content().change_elsewhere(1, there.unwrap());
    window.press("Ctrl+Enter");
    until_seen(
        &mut window,
        "on another computer, too. Both changes are in it now",
    );
    until_sent(&mut window, &team, 1);
    assert_eq!(window.state().team().unwrap().status.problems(), []);
    window.press("Ctrl+Home");
    window.send(Message::OpenArticle(ArticleKey(1)));
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|one| one.key == ArticleKey(1))
    });
    let article = window.state().article.as_ref().unwrap();
    let annotation = article.session.annotation();
    assert_eq!(annotation.status(), Status::Done);
    assert_eq!(annotation.entities().len(), 1);
}

#[test]
fn given_back_articles_stay_in_the_list_and_are_not_the_next_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let team = team(6);
    team.content().here = vec!["ada".to_owned(), "ben".to_owned()];
    let mut window = at_work(&team, folder.path());
    until_seen(&mut window, "ben is here");
    let mut settings = window.state().settings.clone();
    settings.articles_ahead = 4;
    window.send(Message::Settings(Box::new(settings)));
    window.until(|state| state.team().is_some_and(|team| team.status.open == 4));
    window.send(Message::Run(Command::GiveBack));
    window.until(|state| {
        state
            .team()
            .is_some_and(|team| team.status.given_back().count() >= 3)
    });
    until_seen(&mut window, "given back");
    window.press("Ctrl+Enter");
    window.until_saved();
    // What is given back is somebody else's: there is nothing to go on with here.
    until_seen(&mut window, "All of your articles are finished");
}
