//! How quick the store is, measured in release and on request: `cargo test --release
//! --no-default-features --test it store::speed -- --ignored --nocapture --test-threads=1`.
//!
//! The bounds that are asserted are what the program promises; the figures printed are what this
//! machine does.

use copydesk::store::prelude::*;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use copydesk::edit::{Action, Entry, EntryKind, Selection, Transaction};
use copydesk::model::{
    Annotation, Article, ArticleId, Block, BytePos, Entity, Label, Metadata, Provenance, Region,
    Rng, Score, Status, Text,
};
use copydesk::store::{Added, ArticleKey, Commit, Filter, NewArticle, Revision, SqliteStore};

use super::story::schema;

/// A word, the frequent ones far more often: 40,000 in all, as a news corpus has.
fn word(rng: &mut Rng) -> String {
    let rank = 40_000_usize >> rng.below(16);
    let mut number = rng.below(rank.max(1)) + 7;
    let mut word = String::new();
    while number > 0 {
        word.push_str(["ba", "ti", "no", "re", "s", "lum", "ke", "di"][number % 8]);
        number /= 8;
    }
    word
}

/// An article of about `len` bytes with a region a line and an entity in each, all suggestions.
fn news(number: usize, len: usize) -> NewArticle {
    let mut rng = Rng::new(number as u64);
    let mut words = format!("Article {number} of the corpus\n");
    while words.len() < len {
        let end = words.len() + 400;
        while words.len() < end {
            words.push_str(&word(&mut rng));
            words.push(' ');
        }
        words.pop();
        words.push('\n');
    }
    let text = Text::new(words.trim_end());
    let mut regions = Vec::new();
    let mut entities = Vec::new();
    let mut blocks = Vec::new();
    let mut at = 0;
    for line in text.as_str().split('\n') {
        let pos = |n: usize| BytePos::from_index(n);
        let span = text.span(pos(at), pos(at + line.len())).unwrap();
        blocks.push(Block {
            span,
            path: "".into(),
            link_permille: 0,
        });
        regions.push(Region {
            span,
            label: Label::new("body").unwrap(),
            provenance: Provenance::Extractor(Score::new(0.9)),
        });
        let name = line.find(' ').unwrap_or(line.len());
        entities.push(Entity {
            span: text.span(pos(at), pos(at + name)).unwrap(),
            label: Label::new("PERSON").unwrap(),
            provenance: Provenance::Tagger(Score::new(0.8)),
        });
        at += line.len() + 1;
    }
    let suggestions =
        Annotation::from_parts(&text, regions, entities, Status::Todo, Vec::new()).unwrap();
    let mut id = String::new();
    write!(id, "article-{number:07}").unwrap();
    NewArticle {
        kept: Vec::new(),
        content_hash: blake3::hash(text.as_str().as_bytes()).to_hex().to_string(),
        article: Article {
            id: ArticleId::new(&id).unwrap(),
            text,
            blocks,
            meta: Metadata::default(),
        },
        suggestions,
        imported: None,
    }
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

fn at(sorted: &[Duration], quantile: f64) -> Duration {
    sorted[((sorted.len() - 1) as f64 * quantile) as usize]
}

#[test]
#[ignore = "a measurement"]
fn import_of_20_000_articles() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("import.copydesk");
    let mut store = SqliteStore::create(&path, &schema()).unwrap();
    let articles: Vec<NewArticle> = (0..20_000).map(|n| news(n, 2000)).collect();
    let bytes: usize = articles.iter().map(|a| a.article.text.len()).sum();
    let begin = Instant::now();
    for batch in articles.chunks(1000) {
        store.add_articles(batch).unwrap();
    }
    let took = begin.elapsed();
    println!(
        "import: 20,000 articles, {bytes} bytes of text: {took:?}, {:.0} a second; file {} bytes",
        20_000.0 / took.as_secs_f64(),
        size(&path)
    );
    let begin = Instant::now();
    let again = store.add_articles(&articles[..5000]).unwrap();
    println!("importing 5,000 again: {:?}", begin.elapsed());
    assert!(again.iter().all(|added| matches!(added, Added::Known(_))));
    let begin = Instant::now();
    while store.index_some().unwrap() > 0 {}
    println!(
        "filling the full-text index: {:?}; file {} bytes",
        begin.elapsed(),
        size(&path)
    );
    for words in ["bati", "ti", "article 777", "\"bati nore\""] {
        let filter = Filter {
            words: words.to_owned(),
            ..Filter::default()
        };
        let begin = Instant::now();
        let found = store.keys(&filter).unwrap().len();
        println!("search {words}: {found} found in {:?}", begin.elapsed());
    }
    assert!(took < Duration::from_secs(3));
}

#[test]
#[ignore = "a measurement"]
fn commit_at_5_000_spans() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("commit.copydesk");
    let mut store = SqliteStore::create(&path, &schema()).unwrap();
    let mut new = news(1, 300_000);
    let text = new.article.text.clone();
    let mut entities = Vec::new();
    let mut start = 0;
    for word in text.as_str().split(' ') {
        if entities.len() == 4_990 {
            break;
        }
        let word_end = word.find('\n').unwrap_or(word.len());
        if word_end > 0 {
            entities.push(Entity {
                span: text
                    .span(
                        BytePos::from_index(start),
                        BytePos::from_index(start + word_end),
                    )
                    .unwrap(),
                label: Label::new("PERSON").unwrap(),
                provenance: Provenance::Person,
            });
        }
        start += word.len() + 1;
    }
    assert_eq!(entities.len(), 4_990);
    new.suggestions =
        Annotation::from_parts(&text, Vec::new(), entities, Status::Todo, Vec::new()).unwrap();
    let mut annotation = new.suggestions.clone();
    store.add_articles(&[new]).unwrap();
    let mut times = Vec::new();
    for n in 0..2000_i64 {
        let (from, to) = if n % 2 == 0 {
            (Status::Todo, Status::Started)
        } else {
            (Status::Started, Status::Todo)
        };
        let transaction = Transaction {
            edits: vec![copydesk::edit::Edit::SetStatus { from, to }],
        };
        transaction.apply(&text, &mut annotation).unwrap();
        let entry = Entry {
            kind: EntryKind::Edit,
            action: Action::SetStatus,
            transaction,
            before: Selection::default(),
            after: Selection::default(),
            at_ms: n,
            started_from: copydesk::model::StartedFrom::Unknown,
        };
        let begin = Instant::now();
        store
            .commit(
                &Commit {
                    key: ArticleKey(1),
                    annotator: "jo",
                    expected: Revision(n),
                    entries: &[entry],
                    annotation: &annotation,
                },
                n,
            )
            .unwrap();
        times.push(begin.elapsed());
    }
    times.sort();
    let (p50, p99) = (at(&times, 0.5), at(&times, 0.99));
    println!(
        "commit at 4,990 spans: p50 {p50:?}, p99 {p99:?}, longest {:?}",
        at(&times, 1.0)
    );
    let begin = Instant::now();
    let article = store.article(ArticleKey(1)).unwrap();
    let stored = store.annotations(&article, ArticleKey(1)).unwrap();
    let history = store.history(&article, ArticleKey(1), "jo").unwrap();
    println!(
        "loading it, with {} lines of history: {:?}",
        history.len(),
        begin.elapsed()
    );
    assert_eq!(stored.len(), 2);
    assert!(p99 < Duration::from_millis(50));
}

#[test]
#[ignore = "a measurement"]
fn a_million_articles() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("million.copydesk");
    let mut store = SqliteStore::create(&path, &schema()).unwrap();
    let begin = Instant::now();
    let mut slowest = Duration::ZERO;
    for batch in 0..1000 {
        let articles: Vec<NewArticle> = (batch * 1000..(batch + 1) * 1000)
            .map(|n| news(n, 200))
            .collect();
        let batch_begin = Instant::now();
        store.add_articles(&articles).unwrap();
        slowest = slowest.max(batch_begin.elapsed());
    }
    println!(
        "1,000,000 articles of 400 bytes made and added in {:?}, slowest batch {slowest:?}; file {} bytes",
        begin.elapsed(),
        size(&path)
    );
    drop(store);
    let begin = Instant::now();
    let mut store = SqliteStore::open(&path).unwrap();
    let opened = begin.elapsed();
    let page = store.page(&Filter::default(), None, 50).unwrap();
    let paged = begin.elapsed();
    println!("open {opened:?}, open and first page {paged:?}");
    assert_eq!(page.len(), 50);
    let begin = Instant::now();
    let keys = store.keys(&Filter::default()).unwrap();
    let listed = begin.elapsed();
    println!("all keys: {listed:?}");
    assert_eq!(keys.len(), 1_000_000);
    let begin = Instant::now();
    while store.index_some().unwrap() > 0 {}
    println!("filling the full-text index: {:?}", begin.elapsed());
    let begin = Instant::now();
    let counts = store.counts().unwrap();
    println!("counts: {:?}", begin.elapsed());
    assert_eq!(counts.total(), 1_000_000);
    for (status, words) in [
        (Some(Status::Todo), ""),
        (Some(Status::Done), ""),
        (None, "article"),
        (None, "kerelum"),
        (None, "777"),
    ] {
        let filter = Filter {
            status,
            words: words.to_owned(),
            ..Filter::default()
        };
        let begin = Instant::now();
        let found = store.keys(&filter).unwrap().len();
        println!("keys of {filter:?}: {found} in {:?}", begin.elapsed());
        let begin = Instant::now();
        let page = store.page(&filter, Some(ArticleKey(500_000)), 50).unwrap();
        println!("  a page of {} in {:?}", page.len(), begin.elapsed());
    }
    let begin = Instant::now();
    let rows = store.rows(&keys[700_000..700_050]).unwrap();
    println!("rows of 50: {:?}", begin.elapsed());
    assert_eq!(rows.len(), 50);
    assert!(paged < Duration::from_millis(500));
    assert!(listed < Duration::from_secs(1));
}
