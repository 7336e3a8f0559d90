//! A window over a small dataset, driven as an annotator drives it.

use copydesk::store::prelude::*;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::app::article_view::ArticleView;
use copydesk::app::{App, Chord, Message, State, TeamAccess};
use copydesk::dataset::Settings;
use copydesk::dataset::config::built_in_schemas;
use copydesk::model::{Article, ArticleId, Metadata, notation};
use copydesk::store::{NewArticle, SqliteStore};
use egui_kittest::Harness;

/// The window's contents, made in the first frame, when there is a context.
#[derive(Default)]
pub struct Screen(pub Option<App>);

/// A window with articles in it.
pub struct Window {
    pub harness: Harness<'static, Screen>,
    folder: tempfile::TempDir,
}

const PATIENCE: Duration = Duration::from_secs(30);

impl Window {
    /// A window over a dataset with these articles, in notation; the first one is open. Its models
    /// do not learn: what they suggest here is made up.
    pub fn over(articles: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        make(&folder.path().join("story.copydesk"), articles);
        let mut window = Self {
            harness: harness_with(false, Some(folder.path().join("data"))),
            folder,
        };
        window.open();
        window
    }

    /// A window without a dataset, which reaches teams in this way.
    pub fn with_teams(access: TeamAccess) -> Self {
        let mut window = Self {
            harness: harness(false),
            folder: tempfile::tempdir().unwrap(),
        };
        window.harness.step();
        window.app_mut().reach_teams(access);
        window
    }

    /// A window on a dataset that is there.
    pub fn on_dataset(path: std::path::PathBuf) -> Self {
        let mut window = Self {
            harness: harness(false),
            folder: tempfile::tempdir().unwrap(),
        };
        window.harness.step();
        window.app_mut().send(Message::OpenPaths(vec![path]));
        window.until(|state| state.article.is_some());
        window
    }

    /// A window on a dataset that is there, which keeps where somebody was in this file.
    pub fn remembering(path: std::path::PathBuf, memory: &Path) -> Self {
        let mut window = Self {
            harness: harness(false),
            folder: tempfile::tempdir().unwrap(),
        };
        window.harness.step();
        window.app_mut().remember_in(memory.to_path_buf());
        window.app_mut().send(Message::OpenPaths(vec![path]));
        window.until(|state| state.article.is_some());
        window.harness.run_steps(4);
        window
    }

    /// A window on a folder of article files, made into a dataset as a user does it. Its models do
    /// not learn.
    pub fn on_files(files: &Path) -> Self {
        Self::on_files_that(files, false)
    }

    /// As [`Window::on_files`], but the models learn from what is done.
    pub fn learning_on_files(files: &Path) -> Self {
        Self::on_files_that(files, true)
    }

    fn on_files_that(files: &Path, learn: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let articles = folder.path().join("articles");
        std::fs::create_dir(&articles).unwrap();
        for entry in std::fs::read_dir(files).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), articles.join(entry.file_name())).unwrap();
        }
        let mut window = Self {
            harness: harness(learn),
            folder,
        };
        window.harness.step();
        window.app_mut().send(Message::OpenPaths(vec![articles]));
        window.until(|state| state.jobs.is_empty() && state.article.is_some());
        window.harness.run_steps(2);
        window
    }

    /// Where the dataset is.
    pub fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("story.copydesk")
    }

    fn open(&mut self) {
        let path = self.folder.path().join("story.copydesk");
        self.harness.step();
        self.app_mut().send(Message::OpenPaths(vec![path]));
        self.until(|state| state.article.is_some());
        self.harness.run_steps(2);
    }

    /// Closes the window and opens it again on the same dataset.
    pub fn reopen(&mut self) {
        self.harness.state_mut().0 = None;
        self.harness = harness(false);
        self.open();
    }

    /// The close button of the window's frame; gives whether the window stays open.
    pub fn ask_to_close(&mut self) -> bool {
        let viewport = self
            .harness
            .input_mut()
            .viewports
            .entry(egui::ViewportId::ROOT);
        viewport
            .or_default()
            .events
            .push(egui::ViewportEvent::Close);
        self.harness.step();
        let stays = self
            .harness
            .output()
            .viewport_output
            .values()
            .any(|viewport| {
                viewport
                    .commands
                    .contains(&egui::ViewportCommand::CancelClose)
            });
        let viewport = self
            .harness
            .input_mut()
            .viewports
            .entry(egui::ViewportId::ROOT);
        viewport.or_default().events.clear();
        self.harness.step();
        stays
    }

    /// Closes the window as the frame does in the end; gives how many changes were lost.
    pub fn close(&mut self) -> usize {
        match self.harness.state_mut().0.take() {
            Some(app) => app.close(),
            None => 0,
        }
    }

    /// Sends a message, as a view would, and lets it be done.
    pub fn send(&mut self, message: Message) {
        self.app_mut().send(message);
        self.harness.run_steps(2);
    }

    fn app_mut(&mut self) -> &mut App {
        self.harness.state_mut().0.as_mut().unwrap()
    }

    /// What the window knows.
    pub fn state(&self) -> &State {
        self.harness.state().0.as_ref().unwrap().state()
    }

    /// Steps until something is so.
    #[track_caller]
    pub fn until(&mut self, wanted: impl Fn(&State) -> bool) {
        let start = Instant::now();
        while !wanted(self.state()) {
            assert!(
                start.elapsed() < PATIENCE,
                "waited too long; {}",
                self.notices()
            );
            self.harness.step();
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The dataset's file.
    pub fn dataset(&self) -> std::path::PathBuf {
        self.folder.path().join("story.copydesk")
    }

    /// Steps until the fonts of what is on the screen are loaded, and its letters painted.
    #[track_caller]
    pub fn until_fonts_are_loaded(&mut self) {
        let start = Instant::now();
        while ArticleView::are_fonts_loading(&self.harness.ctx) {
            assert!(start.elapsed() < PATIENCE, "waited too long for fonts");
            self.harness.step();
            std::thread::sleep(Duration::from_millis(5));
        }
        self.harness.run_steps(40);
    }

    /// Steps until everything that was done is on disk.
    #[track_caller]
    pub fn until_saved(&mut self) {
        self.until(|state| {
            state
                .article
                .as_ref()
                .is_some_and(|article| article.is_saved())
        });
    }

    /// Presses keys, one chord after the other, as the help sheet writes them: `b`, `Shift+↓`,
    /// `Ctrl+Enter`.
    pub fn press(&mut self, chords: &str) -> &mut Self {
        for words in chords.split_whitespace() {
            let chord = chord(words);
            self.harness
                .key_press_modifiers(chord.modifiers(), chord.key);
            self.harness.step();
            self.harness.step();
        }
        self
    }

    /// Marks the article done as an annotator does who accepts whatever the check before Done
    /// names.
    pub fn done(&mut self) -> &mut Self {
        self.press("Ctrl+Enter");
        self.until(|state| !state.check.is_awaited());
        let state = self.state();
        let article = state.article.as_ref();
        if article.is_some_and(|article| state.check.is_shown(article)) {
            self.press("Ctrl+Enter");
        }
        self
    }

    /// Presses a chord that comes to the next frame together with what else does.
    pub fn key_without_a_frame(&mut self, words: &str) {
        let chord = chord(words);
        self.harness
            .key_press_modifiers(chord.modifiers(), chord.key);
    }

    /// Presses chords that all come to one frame, as those of a fast typist do where a frame takes
    /// long.
    pub fn keys_in_one_frame(&mut self, chords: &[&str]) {
        for words in chords {
            let chord = chord(words);
            let key = |pressed| egui::Event::Key {
                key: chord.key,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers: chord.modifiers(),
            };
            let events = &mut self.harness.input_mut().events;
            events.extend([key(true), key(false)]);
        }
        self.harness.step();
    }

    /// The annotation as it is, in notation, with selection or caret.
    pub fn shown(&self) -> String {
        let article = self.state().article.as_ref().unwrap();
        let selection = (article.selection.anchor, article.selection.head);
        notation::print(
            &article.article().text,
            article.session.annotation(),
            Some(selection),
        )
    }

    /// The annotation as it is, in notation.
    pub fn annotation(&self) -> String {
        let article = self.state().article.as_ref().unwrap();
        notation::print(&article.article().text, article.session.annotation(), None)
    }

    /// What the notices in the corner say.
    pub fn notices(&self) -> String {
        let words: Vec<&str> = self
            .state()
            .notices
            .list()
            .iter()
            .map(|notice| notice.words.as_str())
            .collect();
        words.join("; ")
    }

    /// Checks the annotation against notation.
    #[track_caller]
    pub fn expect(&mut self, marked: &str) -> &mut Self {
        let notated = notation::parse(marked).unwrap();
        let wanted = notation::print(&notated.text, &notated.annotation, None);
        assert_eq!(self.annotation(), wanted, "{}", self.notices());
        self
    }
}

/// Makes a dataset of articles in notation.
pub fn make(path: &Path, articles: &[&str]) {
    let mut store = SqliteStore::create(path, &built_in_schemas::news().unwrap()).unwrap();
    let new: Vec<NewArticle> = articles
        .iter()
        .enumerate()
        .map(|(at, marked)| article(at, marked))
        .collect();
    store.add_articles(&new).unwrap();
}

fn harness(learn: bool) -> Harness<'static, Screen> {
    harness_with(learn, None)
}

fn harness_with(learn: bool, sample: Option<std::path::PathBuf>) -> Harness<'static, Screen> {
    Harness::builder()
        .with_size([1280.0, 800.0])
        .with_step_dt(1.0 / 60.0)
        .allow_missing_glyphs()
        .build_ui_state(
            move |ui, screen: &mut Screen| {
                let app = screen.0.get_or_insert_with(|| {
                    let settings = Settings {
                        annotator: "maria".to_owned(),
                        learn,
                        tag: learn,
                        ..Settings::default()
                    };
                    let mut state = State::new(settings, Arc::new(|| {}));
                    // The system's own dialogs would open on the screen of whoever runs the tests.
                    state.has_file_dialogs = || false;
                    state.sample_folder.clone_from(&sample);
                    App::new(ui.ctx(), state)
                });
                app.ui(ui);
            },
            Screen::default(),
        )
}

fn chord(words: &str) -> Chord {
    use egui::Key;
    let mut chord = Chord::plain(Key::A);
    for part in words.split('+') {
        match part {
            "Ctrl" => chord.ctrl = true,
            "Shift" => chord.shift = true,
            "Alt" => chord.alt = true,
            "↓" => chord.key = Key::ArrowDown,
            "↑" => chord.key = Key::ArrowUp,
            "→" => chord.key = Key::ArrowRight,
            "←" => chord.key = Key::ArrowLeft,
            "Esc" => chord.key = Key::Escape,
            "Home" => chord.key = Key::Home,
            "End" => chord.key = Key::End,
            "PgDn" => chord.key = Key::PageDown,
            "PgUp" => chord.key = Key::PageUp,
            name => {
                chord.key = Key::from_name(&name.to_uppercase())
                    .or(Key::from_name(name))
                    .unwrap();
            }
        }
    }
    chord
}

/// An article whose blocks are its lines.
/// An article in notation.
pub fn article(at: usize, marked: &str) -> NewArticle {
    let notated = notation::parse(marked).unwrap();
    let text = notated.text;
    NewArticle {
        kept: Vec::new(),
        content_hash: format!("{at:064}"),
        article: Article {
            id: ArticleId::new(&format!("article-{at}")).unwrap(),
            blocks: copydesk::extract::blocks_of_text(&text),
            text,
            meta: Metadata::default(),
        },
        suggestions: notated.annotation,
        imported: None,
    }
}
