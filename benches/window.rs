//! Measures the waiting times of an annotator in the whole window, on the longest sample article
//! with all its gold labels. `cargo bench --bench window`
//!
//! The times are: opening the article, a key to its painted change (CPU time of the frame,
//! tessellated, without rasterising), and a key to its change on disk (synced).
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports, and stops where it cannot go on"
)]

use copydesk::store::prelude::*;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::app::{App, Command, Message, State};
use copydesk::dataset::Settings;
use copydesk::dataset::config::built_in_schemas;
use copydesk::extract::blocks_of_text;
use copydesk::model::{Article, ArticleId, Metadata, notation};
use copydesk::store::{NewArticle, SqliteStore};
use criterion::{Criterion, criterion_group};
use eframe::egui::{self, RawInput, Rect, pos2, vec2};

/// So many strokes make the table.
const STROKES: usize = 300;

struct Window {
    context: egui::Context,
    app: App,
    time: f64,
    _folder: tempfile::TempDir,
}

impl Window {
    fn open() -> Self {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/datasets/gold/13-parliament-transcript.marked"
        );
        let notated = notation::parse(&std::fs::read_to_string(file).unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bench.copydesk");
        let mut store = SqliteStore::create(&path, &built_in_schemas::news().unwrap()).unwrap();
        let article = NewArticle {
            kept: Vec::new(),
            content_hash: "0".repeat(64),
            article: Article {
                id: ArticleId::new("transcript").unwrap(),
                blocks: blocks_of_text(&notated.text),
                text: notated.text,
                meta: Metadata::default(),
            },
            suggestions: notated.annotation,
            imported: None,
        };
        store.add_articles(&[article]).unwrap();
        drop(store);
        let context = egui::Context::default();
        let settings = Settings {
            annotator: "bench".to_owned(),
            keep_export: false,
            ..Settings::default()
        };
        let mut window = Self {
            app: App::new(&context, State::new(settings, Arc::new(|| {}))),
            context,
            time: 0.0,
            _folder: folder,
        };
        window.app.send(Message::OpenPaths(vec![path]));
        while window.app.state().article.is_none() {
            window.frame();
        }
        for _ in 0..10 {
            window.frame();
        }
        window
    }

    /// One frame, tessellated as for the screen.
    fn frame(&mut self) {
        self.time += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1400.0, 900.0))),
            time: Some(self.time),
            ..RawInput::default()
        };
        let mut output = self.context.run_ui(input, |ui| self.app.ui(ui));
        output.textures_delta.clear();
        let pixels = output.pixels_per_point;
        black_box(self.context.tessellate(output.shapes, pixels));
    }

    fn run(&mut self, command: Command) {
        self.app.send(Message::Run(command));
        self.frame(); // takes it in
        self.frame(); // shows it
    }

    fn is_saved(&self) -> bool {
        self.app.state().article.as_ref().unwrap().is_saved()
    }

    fn save(&mut self) {
        while !self.is_saved() {
            self.frame();
        }
    }
}

fn at(sorted: &[Duration], share: f64) -> f64 {
    let place = ((sorted.len() - 1) as f64 * share).round() as usize;
    sorted[place].as_secs_f64() * 1e3
}

fn table() {
    let opening = Instant::now();
    let mut window = Window::open();
    let opened = opening.elapsed();
    let article = window.app.state().article.as_ref().unwrap();
    println!(
        "{} characters, {} entities, {} regions; parsed, stored and opened in {:.0} ms",
        article.article().text.chars().0,
        article.session.annotation().entities().len(),
        article.session.annotation().regions().len(),
        opened.as_secs_f64() * 1e3,
    );
    let (mut painted, mut durable) = (Vec::new(), Vec::new());
    for stroke in 0..STROKES {
        window.run(Command::NextBlock);
        let start = Instant::now();
        window.run(Command::LabelRegion(stroke % 2));
        painted.push(start.elapsed());
        window.save();
        durable.push(start.elapsed());
    }
    for (what, mut times) in [("key to painted change", painted), ("key to disk", durable)] {
        times.sort();
        println!(
            "{what}: median {:.2} ms, p99 {:.2} ms, slowest {:.2} ms",
            at(&times, 0.5),
            at(&times, 0.99),
            at(&times, 1.0),
        );
    }
}

fn strokes(criterion: &mut Criterion) {
    let mut window = Window::open();
    criterion.bench_function("window/key to painted change", |b| {
        let mut stroke = 0;
        b.iter(|| {
            stroke += 1;
            window.run(Command::LabelRegion(stroke % 2));
        });
    });
    window.save();
    criterion.bench_function("window/frame in which nothing happens", |b| {
        b.iter(|| window.frame());
    });
}

criterion_group!(benches, strokes);

fn main() {
    table();
    benches();
    Criterion::default().configure_from_args().final_summary();
}
