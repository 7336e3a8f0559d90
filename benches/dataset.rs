//! Measures how fast a large dataset is opened, listed, filtered, sorted and searched. `cargo bench
//! --bench dataset`
//!
//! `COPYDESK_BENCH_ARTICLES=1000000` uses a million articles in place of 100,000.
//! `COPYDESK_BENCH_DATASET=FILE` uses an existing dataset, which is only read, except that its
//! full-text index is completed.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first thing that is wrong"
)]

use copydesk::store::prelude::*;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::dataset::config::built_in_schemas;
use copydesk::dataset::session::{ListRequest, Reply, SessionHandle, SessionSetup};
use copydesk::model::{Annotation, Article, ArticleId, Metadata, Status, Text};
use copydesk::store::{Filter, NewArticle, Order, OrderBy, SqliteStore};
use criterion::Criterion;

const PATIENCE: Duration = Duration::from_secs(120);

fn main() {
    let asked = std::env::var("COPYDESK_BENCH_ARTICLES").ok();
    let count: usize = asked.and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    let given = std::env::var_os("COPYDESK_BENCH_DATASET").map(PathBuf::from);
    let path = given.unwrap_or_else(|| make(folder.path(), count));
    index(&path);
    let mut criterion = Criterion::default()
        .sample_size(20)
        .measurement_time(Duration::from_secs(4))
        .warm_up_time(Duration::from_millis(500))
        .configure_from_args();
    criterion.bench_function("open, first 60 rows", |bench| {
        bench.iter(|| {
            let store = SqliteStore::open(&path).unwrap();
            let rows = store.first_rows(&Filter::default(), Order::default(), 60);
            black_box(rows.unwrap().map(|rows| rows.len()))
        });
    });
    for (name, filter, order) in questions() {
        let session = session(&path);
        let mut ticket = 0;
        for (what, first) in [("first rows", true), ("whole list", false)] {
            let mut times = Vec::new();
            let mut ask = || {
                ticket += 1;
                let begin = Instant::now();
                let found = answer(&session, ticket, &filter, order, first);
                times.push(begin.elapsed());
                found
            };
            let found = ask();
            criterion.bench_function(&format!("{name}: {what}"), |bench| bench.iter(&mut ask));
            times.sort();
            let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
            let (p50, p99) = (at(0.5), at(0.99));
            println!("{name}: {what}: p50 {p50:.1?}, p99 {p99:.1?}; {found} rows\n");
        }
    }
    criterion.final_summary();
}

/// What an annotator asks of the list.
fn questions() -> Vec<(&'static str, Filter, Order)> {
    let words = |words: &str| Filter {
        words: words.to_owned(),
        ..Filter::default()
    };
    let by = |by, descending| Order { by, descending };
    let all = Filter::default;
    let done = Filter {
        status: Some(Status::Done),
        ..Filter::default()
    };
    let site = Filter {
        site: Some("ellery.example".to_owned()),
        ..Filter::default()
    };
    let import = Order::default();
    vec![
        ("all", all(), import),
        ("done", done.clone(), import),
        ("one site", site, import),
        ("by title", all(), by(OrderBy::Title, false)),
        ("by length", all(), by(OrderBy::Length, true)),
        ("by last change", all(), by(OrderBy::Changed, true)),
        ("by site", all(), by(OrderBy::Site, false)),
        ("search that finds all", words("harbour"), import),
        (
            "search by a beginning that finds all",
            words("harb"),
            import,
        ),
        (
            "search that finds some",
            words("\"nobody had asked\" lodwar"),
            import,
        ),
        (
            "search in what is done",
            Filter {
                words: "harbour".to_owned(),
                ..done
            },
            import,
        ),
    ]
}

fn session(path: &Path) -> SessionHandle {
    SessionHandle::start(SessionSetup {
        learn: true,
        tag: false,
        store: Box::new(SqliteStore::open(path).unwrap()),
        annotator: "bench".to_owned(),
        now_ms: || 0,
        exporter: None,
        wake: Arc::new(|| {}),
    })
    .unwrap()
}

/// Asks as the window does, and waits for the first rows or for the whole list; tells how many
/// rows.
fn answer(
    session: &SessionHandle,
    ticket: u64,
    filter: &Filter,
    order: Order,
    first: bool,
) -> usize {
    session.send(ListRequest::List(ticket, filter.clone(), order));
    loop {
        match session.wait(PATIENCE).unwrap() {
            Reply::ListBegins(of, rows) if of == ticket && first => return rows.len(),
            Reply::List(of, keys) if of == ticket => return keys.len(),
            Reply::Failed { what, why } => unreachable!("{what}: {why}"),
            _ => {}
        }
    }
}

/// Prepares what is missing of the full-text index, as an idle session does, and tells what it
/// costs.
fn index(path: &Path) {
    let mut store = SqliteStore::open(path).unwrap();
    let missing = store.unindexed().unwrap();
    if missing == 0 {
        return;
    }
    let begin = Instant::now();
    let mut steps = Vec::new();
    loop {
        let step = Instant::now();
        let left = store.index_some().unwrap();
        steps.push(step.elapsed());
        if left == 0 {
            break;
        }
    }
    steps.sort();
    let at = |share: f64| steps[((steps.len() - 1) as f64 * share) as usize];
    println!(
        "full-text index of {missing} articles: {:.1?}; a step holds others up for p50 {:.1?}, p99 {:.1?}, at most {:.1?}",
        begin.elapsed(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// Articles of some 300 bytes, from 48 sites, one in twenty done.
fn make(folder: &Path, count: usize) -> PathBuf {
    let path = folder.join("bench.copydesk");
    let mut store = SqliteStore::create(&path, &built_in_schemas::news().unwrap()).unwrap();
    let towns = [
        "Ellery", "Lodwar", "Graz", "Aqaba", "Tromso", "Cork", "Sfax", "Quito",
    ];
    let begin = Instant::now();
    let numbers: Vec<usize> = (0..count).collect();
    for batch in numbers.chunks(1000) {
        let articles: Vec<NewArticle> = batch
            .iter()
            .map(|&n| {
                let town = towns[n % 8];
                let other = towns[n / 8 % 8];
                let title = format!("{town}: what {other} wants, part {}", n * 7919 % count);
                let body = "Nobody had asked the fishermen of ".to_owned() + other;
                let text = Text::new(&format!(
                    "Harbour Herald\n{title}\n{body}. {}They wrote again in week {n}.",
                    "The ferry sails in spring. ".repeat(n % 13)
                ));
                let status = if n % 20 == 7 {
                    Status::Done
                } else {
                    Status::Todo
                };
                let suggestions =
                    Annotation::from_parts(&text, Vec::new(), Vec::new(), status, Vec::new())
                        .unwrap();
                NewArticle {
                    kept: Vec::new(),
                    content_hash: blake3::hash(text.as_str().as_bytes()).to_hex().to_string(),
                    article: Article {
                        id: ArticleId::new(&format!("article-{n}")).unwrap(),
                        blocks: copydesk::extract::blocks_of_text(&text),
                        text,
                        meta: Metadata {
                            title,
                            language: "en".to_owned(),
                            url: format!("https://www.{}.example/{n}", town.to_lowercase()),
                            ..Metadata::default()
                        },
                    },
                    suggestions,
                    imported: None,
                }
            })
            .collect();
        store.add_articles(&articles).unwrap();
    }
    println!("{count} articles made and added in {:.1?}", begin.elapsed());
    path
}
