//! Stories of the review: one decides between several annotators, by keys alone.

use copydesk::store::prelude::*;
use std::path::Path;
use std::time::{Duration, Instant};

use copydesk::app::{Command, Message, State, Tab};
use copydesk::dataset::config::built_in_schemas;
use copydesk::edit::adjudication::{Choice, How};
use copydesk::edit::{Action, Edit, Session, Transaction};
use copydesk::model::{
    Annotation, Article, ArticleId, Metadata, Owner, Provenance, StartedFrom, Status, notation,
};
use copydesk::store::{ArticleKey, Commit, Imported, NewArticle, SqliteStore};
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

const NAMES: [&str; 8] = ["ada", "ben", "cleo", "dora", "emil", "fay", "gus", "hal"];

/// A dataset of articles, each finished by some annotators, in notation.
fn make(path: &Path, articles: &[&[&str]]) {
    let mut store = SqliteStore::create(path, &built_in_schemas::news().unwrap()).unwrap();
    for (at, versions) in articles.iter().enumerate() {
        let (mut hash, mut id) = (String::new(), None);
        for (marked, name) in versions.iter().zip(NAMES) {
            let parsed = notation::parse(marked).unwrap();
            let text = parsed.text;
            let annotation = Annotation::from_parts(
                &text,
                parsed.annotation.regions().to_vec(),
                parsed.annotation.entities().to_vec(),
                Status::Done,
                Vec::new(),
            )
            .unwrap();
            if id.is_none() {
                hash = format!("{at:064}");
                id = Some(ArticleId::new(&format!("article-{at}")).unwrap());
            }
            let article = NewArticle {
                kept: Vec::new(),
                content_hash: hash.clone(),
                article: Article {
                    id: id.clone().unwrap(),
                    blocks: copydesk::extract::blocks_of_text(&text),
                    text,
                    meta: Metadata::default(),
                },
                suggestions: Annotation::default(),
                imported: Some(Imported {
                    owner: Owner::named(name),
                    at_ms: 1,
                    started_from: StartedFrom::Import,
                    annotation,
                    decisions: Vec::new(),
                }),
            };
            store.add_articles(&[article]).unwrap();
        }
    }
}

/// A window in the review of such a dataset.
struct Desk {
    window: Window,
    folder: tempfile::TempDir,
    strokes: usize,
}

impl Desk {
    fn over(articles: &[&[&str]]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        make(&folder.path().join("team.copydesk"), articles);
        let mut desk = Self {
            window: Window::on_dataset(folder.path().join("team.copydesk")),
            folder,
            strokes: 0,
        };
        desk.enter();
        desk
    }

    fn enter(&mut self) {
        self.window.press("Shift+F5");
        self.window
            .until(|state| state.shown_review().is_some() && state.jobs.is_empty());
        self.window.harness.run_steps(3);
    }

    /// Closes the window and opens it again.
    fn again(self) -> Self {
        let Self {
            mut window,
            folder,
            strokes,
        } = self;
        window.close();
        let mut desk = Self {
            window: Window::on_dataset(folder.path().join("team.copydesk")),
            folder,
            strokes,
        };
        desk.enter();
        desk
    }

    fn press(&mut self, chords: &str) -> &mut Self {
        self.strokes += chords.split_whitespace().count();
        self.window.press(chords);
        self
    }

    fn state(&self) -> &State {
        self.window.state()
    }

    /// The words of the place whose lanes are open.
    fn here(&self) -> String {
        let review = self.state().shown_review().unwrap();
        let place = review.place_here().map(|place| place.span);
        place.map_or_else(String::new, |span| {
            review.work.text().slice(span).to_owned()
        })
    }

    fn open(&self) -> usize {
        self.state().shown_review().unwrap().open()
    }

    fn sees(&self, words: &str) -> bool {
        let found = self.window.harness.query_all_by_label_contains(words);
        found.count() > 0
    }

    #[track_caller]
    fn expect(&mut self, marked: &str) {
        self.window.expect(marked);
    }

    fn choices(&self) -> Vec<(Choice, How)> {
        let review = self.state().shown_review().unwrap();
        let made = review.work.all_made();
        made.map(|one| (one.choice.clone(), one.how)).collect()
    }
}

const ADA: &str = "body| {GPE Oslo} waits. {PERSON Ada} of {ORG Port of Malmö} met {PERSON Bo} in {GPE Oslo}.\ncomment| Well said, {PERSON Cy}.\nnav| More news";
const BEN: &str = "body| {GPE Oslo} waits. {PERSON Ada} of Port of {GPE Malmö} met Bo in {GPE Oslo}.\nnav| Well said, {PERSON Cy}.\nnav| More news";
const CLEO: &str = "body| {ORG Oslo} waits. {PERSON Ada} of {ORG Port} of {GPE Malmö} met Bo in {ORG Oslo}.\nnav| Well said, {PERSON Cy}.\nnav| More news";
const ALIKE: &str = "body| {PERSON Dee} spoke.";

#[test]
fn an_article_is_adjudicated_by_keys_alone() {
    let mut desk = Desk::over(&[&[ADA, BEN, CLEO], &[ALIKE, ALIKE, ALIKE]]);
    assert_eq!(desk.state().tab, Tab::Review);
    assert_eq!(desk.open(), 5, "two towns, a port, Bo, and a region");
    assert_eq!(desk.here(), "Oslo", "the first place is open");
    // What all say is there by itself; what is disputed is not.
    desk.expect("body| Oslo waits. {PERSON Ada} of Port of Malmö met Bo in Oslo.\n| Well said, {PERSON Cy}.\nnav| More news");
    assert!(desk.sees("1 ada, ben: GPE “Oslo”") && desk.sees("2 cleo: ORG “Oslo”"));
    assert!(desk.sees("0 nobody: nothing"));

    desk.strokes = 0;
    desk.press("2"); // cleo is right, against the majority
    assert_eq!(desk.open(), 4);
    desk.press("."); // and at all places like this one
    assert_eq!(desk.open(), 3);
    desk.press("Enter");
    assert_eq!(desk.here(), "Port of Malmö");
    // All three differ: Enter alone decides nothing.
    desk.press("Enter");
    assert_eq!(desk.open(), 3);
    assert!(
        desk.window
            .notices()
            .contains("Choose a version first: 1 to 3")
    );
    desk.press("1 Enter");
    assert_eq!(desk.here(), "Bo");
    // Two have nothing here: that is the leading version, and Enter takes it.
    desk.press("Enter");
    assert_eq!(desk.here(), "Well said, Cy.");
    desk.press("2 Enter");
    let disagreements = 5;
    println!(
        "{} strokes for {disagreements} disagreements, one of them a mistake",
        desk.strokes
    );
    assert!(desk.strokes <= 2 * disagreements);
    desk.expect("body| {ORG Oslo} waits. {PERSON Ada} of {ORG Port of Malmö} met Bo in {ORG Oslo}.\ncomment| Well said, {PERSON Cy}.\nnav| More news");
    assert!(desk.window.notices().contains("Every place is decided"));
    let by_hand = desk
        .choices()
        .iter()
        .filter(|(_, how)| *how == How::ByHand)
        .count();
    assert_eq!((desk.choices().len(), by_hand), (5, 4));

    desk.press("Enter"); // the article
    desk.window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|article| article.key.0 == 2)
    });
    let rows = desk
        .state()
        .dataset
        .as_ref()
        .unwrap()
        .reviews
        .rows
        .clone()
        .unwrap();
    assert_eq!(rows[0].status, Status::Done);
    desk.window.until_saved();
    // In the store it is the adjudicator's annotation, made of the three.
    let store = SqliteStore::open(&desk.folder.path().join("team.copydesk")).unwrap();
    let article = store.article(ArticleKey(1)).unwrap();
    let stored = store.annotations(&article, ArticleKey(1)).unwrap();
    let own = stored.iter().find(|one| one.owner.is("maria")).unwrap();
    assert_eq!(own.annotation.status(), Status::Done);
    assert!(own.started_from.is_adjudication());
    let colleagues = own.annotation.entities().iter();
    assert!(
        colleagues
            .clone()
            .all(|one| one.provenance == Provenance::Colleague)
    );
}

#[test]
fn undo_takes_decisions_back_one_by_one_also_after_a_restart() {
    let mut desk = Desk::over(&[&[ADA, BEN, CLEO]]);
    let begun = desk.window.annotation();
    desk.press("2 . Enter 0");
    assert_eq!(desk.open(), 2);
    desk.press("Ctrl+Z");
    assert_eq!((desk.open(), desk.here().as_str()), (3, "Port of Malmö"));
    desk.press("Ctrl+Z");
    assert_eq!(desk.open(), 4, "the other Oslo is open again");
    desk.press("Ctrl+Shift+Z");
    assert_eq!(desk.open(), 3);
    desk.window.until_saved();

    let mut desk = desk.again();
    assert_eq!(desk.open(), 3, "decisions are on disk");
    desk.press("Ctrl+Z Ctrl+Z");
    assert_eq!(desk.open(), 5);
    assert_eq!(
        desk.window.annotation(),
        begun.replace("status=todo", "status=started")
    );
}

#[test]
fn an_ordinary_edit_is_a_version_of_ones_own() {
    let mut desk = Desk::over(&[&[ADA, BEN, CLEO]]);
    desk.press("Tab");
    assert_eq!(desk.here(), "Port of Malmö");
    // While the lanes are open the digits take versions; with text selected, they label it.
    desk.press("Shift+→ Shift+→ Shift+→");
    assert!(desk.sees("Text is selected"));
    desk.press("3");
    assert_eq!(desk.here(), "Port of Malmö");
    assert!(matches!(&desk.choices()[..], [(Choice::Own(spans), How::ByHand)] if spans.len() == 1));
    assert!(desk.sees("you: GPE “Port of Malmö”"));
    assert!(desk.sees("your own"));
    desk.expect("body| Oslo waits. {PERSON Ada} of {GPE Port of Malmö} met Bo in Oslo.\n| Well said, {PERSON Cy}.\nnav| More news");
    desk.press("1");
    assert_eq!(desk.choices()[0].0, Choice::Version(0));
    // What all agree on can be overruled, too.
    desk.press("Esc Alt+↑ Delete");
    assert_eq!(desk.choices()[0].0, Choice::Nobody);
    assert_eq!(desk.open(), 4);
    desk.press("Ctrl+Z");
    assert_eq!(desk.choices().len(), 1);
}

#[test]
fn a_reason_is_kept_with_the_decision() {
    let mut desk = Desk::over(&[&[ADA, BEN, CLEO]]);
    desk.press("2 Ctrl+Shift+R");
    desk.window.harness.run_steps(3);
    desk.window
        .harness
        .event(egui::Event::Text("the team plays there".to_owned()));
    desk.window.harness.run_steps(3);
    desk.press("Enter");
    desk.window.harness.run_steps(3);
    let review = desk.state().shown_review().unwrap();
    let reasons: Vec<_> = review
        .work
        .all_made()
        .map(|made| made.reason.clone())
        .collect();
    assert_eq!(reasons, [Some("the team plays there".to_owned())]);
    desk.window.until_saved();
    let desk = desk.again();
    let review = desk.state().shown_review().unwrap();
    assert!(review.work.all_made().all(|made| made.reason.is_some()));
    assert_eq!(review.work.all_made().count(), 1);
}

#[test]
fn a_majority_decides_on_wish_and_is_marked_as_such() {
    let mut desk = Desk::over(&[&[ADA, BEN, CLEO]]);
    desk.press("Ctrl+B");
    assert_eq!(desk.open(), 1, "all differ about the port");
    assert!(
        desk.window
            .notices()
            .contains("4 places decided by majority")
    );
    assert!(desk.choices().iter().all(|(_, how)| *how == How::ByRule));
    assert!(desk.sees("majority: as ada, ben"));
    desk.press("Ctrl+Z");
    assert_eq!(desk.open(), 5, "it is one step");
}

/// Ben takes his work up again and changes something.
fn change_bens(path: &Path, wanted: &str) {
    let mut store = SqliteStore::open(path).unwrap();
    let key = ArticleKey(1);
    let article = store.article(key).unwrap();
    let stored = store.annotations(&article, key).unwrap();
    let bens = stored.iter().find(|one| one.owner.is("ben")).unwrap();
    let entries = store.history(&article, key, "ben").unwrap();
    let known = entries.len();
    let history = copydesk::edit::History::replay(entries);
    let mut session = Session::new(article.into(), bens.annotation.clone(), history);
    let wanted = notation::parse(wanted).unwrap().annotation;
    let mut edits: Vec<Edit> = Vec::new();
    for old in bens.annotation.entities() {
        if !wanted.entities().contains(old) {
            edits.push(Edit::RemoveEntity(old.clone()));
        }
    }
    for new in wanted.entities() {
        if !bens.annotation.entities().contains(new) {
            edits.push(Edit::AddEntity(new.clone()));
        }
    }
    let here = copydesk::edit::Selection::default();
    session
        .apply(Action::Tag, Transaction { edits }, here, here, 5)
        .unwrap();
    let commit = Commit {
        key,
        annotator: "ben",
        expected: bens.revision,
        entries: &session.history().entries()[known..],
        annotation: session.annotation(),
    };
    store.commit(&commit, 5).unwrap();
}

#[test]
fn a_changed_input_reopens_its_place_and_says_so() {
    let mut desk = Desk::over(&[&[ADA, BEN, CLEO]]);
    desk.press("1 . Enter 1 Enter Enter");
    assert_eq!(desk.open(), 1);
    desk.window.until_saved();
    let path = desk.folder.path().join("team.copydesk");
    change_bens(&path, &BEN.replace("met Bo", "met {PERSON Bo}"));
    desk.window.until(|state| {
        let review = state.shown_review();
        review.is_some_and(|review| review.open() == 2)
    });
    desk.window.harness.run_steps(4);
    assert!(desk.sees("1 place open again"));
    let kept = desk.choices().len();
    assert_eq!(kept, 3, "both towns and the port stay as they were decided");
    desk.press("Esc Ctrl+Home Tab Tab");
    assert_eq!(desk.here(), "Bo");
    assert!(desk.sees("1 ada, ben: PERSON “Bo”"));
    desk.press("1");
    assert_eq!(desk.open(), 1);
}

#[test]
fn articles_on_which_all_agree_are_finished_in_bulk() {
    let mut desk = Desk::over(&[
        &[ADA, BEN],
        &[ALIKE, ALIKE, ALIKE],
        &[ALIKE],
        &["body| {GPE Rome}.", "body| {GPE Rome}."],
    ]);
    assert!(
        desk.sees("0 of 3 reviewed"),
        "one annotator alone is no review"
    );
    desk.window
        .harness
        .get_by_label("Finish 2 articles on which all agree")
        .click();
    desk.window.harness.run_steps(2);
    desk.window.until(|state| {
        let rows = state
            .dataset
            .as_ref()
            .and_then(|one| one.reviews.rows.as_ref());
        let done = rows.map(|rows| rows.iter().filter(|row| row.status == Status::Done).count());
        done == Some(2) && state.jobs.is_empty()
    });
    desk.window.harness.run_steps(3);
    assert!(desk.sees("2 of 3 reviewed"));
    assert!(desk.window.notices().contains("2 articles finished"));
    assert!(
        desk.open() > 0,
        "the disputed one is still open on the screen"
    );
}

#[test]
fn names_give_way_to_letters_if_the_lead_wants_it() {
    let mut desk = Desk::over(&[&[ADA, BEN, CLEO]]);
    let mut settings = desk.state().review_settings().clone();
    settings.hides_names = true;
    desk.window
        .send(Message::ReviewSettings(Box::new(settings)));
    desk.window.harness.run_steps(3);
    for name in ["ada", "ben", "cleo"] {
        assert!(
            !desk.sees(&format!("{name}:")) && !desk.sees(&format!("{name},")),
            "{name}"
        );
    }
    assert!(desk.sees("Finished by A, B, C"));
    desk.press("1");
    desk.window.until_saved();
    let desk = desk.again();
    assert!(
        desk.sees("Finished by A, B, C"),
        "it is a setting of the dataset"
    );
    let mut window = desk.window;
    window.send(Message::Run(Command::ShowAnnotate));
    window.harness.run_steps(3);
    window.harness.get_by_label("History").click();
    window.until(|state| {
        let article = state.article.as_ref();
        article.is_some_and(|article| article.past.steps.is_some())
    });
    window.harness.run_steps(3);
    let sees = |words: &str| {
        let found = window.harness.query_all_by_label_contains(words);
        found.count() > 0
    };
    assert!(sees("somebody else · "), "the history hides names, too");
    assert!(!sees("ada · ") && !sees("ben · "));
}

#[test]
fn an_annotator_sees_what_adjudication_changed_if_the_lead_lets_her() {
    for shows in [false, true] {
        let mut desk = Desk::over(&[&[ADA, BEN, CLEO]]);
        let mut settings = desk.state().review_settings().clone();
        settings.shows_changes = shows;
        desk.window
            .send(Message::ReviewSettings(Box::new(settings)));
        desk.press("2 Ctrl+Shift+R");
        desk.window.harness.run_steps(3);
        desk.window
            .harness
            .event(egui::Event::Text("the team".to_owned()));
        desk.window.harness.run_steps(3);
        desk.press("Enter . Enter 1 Enter Enter 2 Enter Enter");
        desk.window.until(|state| {
            let article = state.article.as_ref();
            article.is_some_and(|one| one.session.annotation().status() == Status::Done)
        });
        desk.window.until_saved();
        desk.window.send(Message::Name("ada".to_owned()));
        desk.window.until(|state| {
            state.settings.annotator == "ada" && state.article.is_some() && state.jobs.is_empty()
        });
        desk.window.press("Ctrl+H");
        desk.window.until(|state| {
            let article = state.article.as_ref();
            article.is_some_and(|article| article.past.adjudicated.is_some())
        });
        desk.window.harness.run_steps(3);
        assert_eq!(desk.sees("WHAT ADJUDICATION CHANGED"), shows);
        assert_eq!(desk.sees("“Oslo”: GPE → ORG, the team"), shows);
    }
}

#[test]
fn lanes_open_under_words_from_right_to_left() {
    let ada =
        "body| قالت {PERSON مريم} في {GPE القاهرة} أمس.\n| {PERSON Omar} met {PERSON Ada} there.";
    let ben = "body| قالت {PERSON مريم} في {ORG القاهرة} أمس.\n| {PERSON Omar} met Ada there.";
    let mut desk = Desk::over(&[&[ada, ben]]);
    desk.window.until_fonts_are_loaded();
    assert_eq!(desk.here(), "القاهرة");
    let word = rect_of(&desk, "القاهرة");
    let lane = desk.window.harness.get_by_label_contains("1 ada: GPE");
    let lane = lane.rect();
    assert!(lane.top() > word.center().y, "below the row");
    let next = rect_of(&desk, "Omar");
    assert!(next.top() > lane.bottom(), "the text makes room");
    desk.press("2 Enter 1 Enter");
    desk.expect(
        "body| قالت {PERSON مريم} في {ORG القاهرة} أمس.\n| {PERSON Omar} met {PERSON Ada} there.",
    );
}

fn rect_of(desk: &Desk, words: &str) -> egui::Rect {
    let article = desk.state().article.as_ref().unwrap();
    let text = &article.article().text;
    let start = text.as_str().find(words).unwrap();
    let span = text.span(
        copydesk::model::BytePos::from_index(start),
        copydesk::model::BytePos::from_index(start + words.len()),
    );
    let app = desk.window.harness.state().0.as_ref().unwrap();
    app.rect_of(span.unwrap()).unwrap()
}

#[test]
fn a_megabyte_by_eight_annotators_lays_out_what_is_seen() {
    let paragraph =
        "{PERSON Ada} met the council of {GPE Oslo} and spoke about the ferry for an hour.";
    let other = paragraph.replace("GPE", "ORG");
    let lines = 1_000_000 / 72;
    let article = |every: usize| {
        let mut marked = String::new();
        for line in 0..lines {
            marked.push_str(if line == 0 { "body| " } else { "    | " });
            let differs = every > 0 && line % 9 == every;
            marked.push_str(if differs { &other } else { paragraph });
            marked.push('\n');
        }
        marked
    };
    let versions: Vec<String> = (0..8).map(article).collect();
    let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
    let mut desk = Desk::over(&[&versions]);
    let open = desk.open();
    assert!(open > 9_000, "{open}");
    let mut slowest = Duration::ZERO;
    for nth in 0..20 {
        let begin = Instant::now();
        desk.window.press(if nth % 2 == 0 { "Tab" } else { "1" });
        slowest = slowest.max(begin.elapsed() / 2);
    }
    println!("{open} places; slowest frame of a key: {slowest:?}");
    let begin = Instant::now();
    for _ in 0..20 {
        desk.window.harness.step();
    }
    println!("a frame at rest: {:?}", begin.elapsed() / 20);
    desk.window.send(Message::Run(Command::NextPlace));
}
