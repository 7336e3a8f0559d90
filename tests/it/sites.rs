//! The list, its filter, the split of an export, the dashboard and the memory of sites agree on the
//! site of each article.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use copydesk::store::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Arc;

use copydesk::dataset::CancelFlag;
use copydesk::dataset::config::built_in_schemas;
use copydesk::dataset::report::calendar::Calendar;
use copydesk::dataset::report::dashboard::DatasetCounts;
use copydesk::dataset::session::start_entry;
use copydesk::dataset::training::learning::finished_annotations;
use copydesk::dataset::training::regions::online_trainer::OnlineRegionTrainer;
use copydesk::edit::{Action, Edit, History, Selection, Session, Transaction};
use copydesk::extract::{RegionModel, extract_html};
use copydesk::model::{Annotation, Article, ArticleId, StartedFrom, Status};
use copydesk::store::{
    ArticleKey, Commit, Filter, NewArticle, Order, OrderBy, Revision, SqliteStore,
};

/// Addresses, and the site that each is of.
const ADDRESSES: [(&str, &str); 7] = [
    ("https://News.BBC.co.uk:443/1", "bbc.co.uk"),
    ("http://www.bbc.co.uk/2", "bbc.co.uk"),
    ("https://sport.bbc.co.uk./3", "bbc.co.uk"),
    ("https://xn--bcher-kva.example/4", "bücher.example"),
    ("https://www.Bücher.example:8080/5", "bücher.example"),
    ("https://itv.co.uk/6", "itv.co.uk"),
    ("", ""),
];

/// A story that is like no other of these.
fn page(number: usize) -> NewArticle {
    const WORDS: [&str; 7] = [
        "ferry captain pier",
        "garden tulip spade",
        "comet orbit lens",
        "violin concert hall",
        "bakery flour oven",
        "glacier rope summit",
        "ballot mayor council",
    ];
    let words: Vec<&str> = WORDS[number].split(' ').collect();
    let [a, b, c] = words[..] else { unreachable!() };
    let html = format!(
        "<title>The {a}</title><h1>A {a} and a {b}</h1><p>The {a} was seen beside the {b} on Monday, and nobody in the \
         {c} knew why, said the {a} of the {c}.</p><p>One {b} after the other left the {c} before a {a} came at noon.</p>"
    );
    let extraction = extract_html(&html, &built_in_schemas::news().unwrap());
    let mut meta = extraction.meta;
    meta.url = ADDRESSES[number].0.to_owned();
    let suggestions = Annotation::from_parts(
        &extraction.text,
        extraction.regions,
        Vec::new(),
        Status::Todo,
        Vec::new(),
    );
    NewArticle {
        content_hash: format!("{number:064}"),
        kept: extraction.kept,
        suggestions: suggestions.unwrap(),
        article: Article {
            id: ArticleId::new(&number.to_string()).unwrap(),
            text: extraction.text,
            blocks: extraction.blocks,
            meta,
        },
        imported: None,
    }
}

/// Maria starts from the suggestions and finishes the article.
fn finish(store: &mut SqliteStore, key: ArticleKey, suggested: &Annotation) {
    let article = store.article(key).unwrap();
    let started_from = StartedFrom::Suggestions { revision: 0 };
    let start = start_entry(&article, suggested, started_from, 1_700_000_000_000);
    let mut session = Session::new(
        Arc::new(article),
        suggested.clone(),
        History::replay(vec![start.clone()]),
    );
    let done = Transaction {
        edits: vec![Edit::SetStatus {
            from: suggested.status(),
            to: Status::Done,
        }],
    };
    let done = session
        .apply(
            Action::SetStatus,
            done,
            Selection::default(),
            Selection::default(),
            1_700_000_001_000,
        )
        .unwrap();
    let commit = Commit {
        key,
        annotator: "maria",
        expected: Revision(0),
        entries: &[start, done],
        annotation: session.annotation(),
    };
    store.commit(&commit, 1_700_000_001_000).unwrap();
}

#[test]
fn all_who_ask_for_the_site_of_an_article_get_the_same_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("news.copydesk");
    let schema = built_in_schemas::news().unwrap();
    let mut store = SqliteStore::create(&path, &schema).unwrap();
    let pages: Vec<NewArticle> = (0..ADDRESSES.len()).map(page).collect();
    store.add_articles(&pages).unwrap();
    let keys = store.keys(&Filter::default()).unwrap();
    for (key, page) in keys.iter().zip(&pages) {
        finish(&mut store, *key, &page.suggestions);
    }
    let mut expected: BTreeMap<&str, Vec<ArticleKey>> = BTreeMap::new();
    for (key, (_, site)) in keys.iter().zip(ADDRESSES) {
        expected.entry(site).or_default().push(*key);
    }
    expected.remove("");
    let names: Vec<&str> = expected.keys().copied().collect();

    // The list: its rows, its filter, its menu and its order.
    let rows = store.rows(&keys).unwrap();
    for (row, (url, site)) in rows.iter().zip(ADDRESSES) {
        assert_eq!(row.site, site, "{url}");
    }
    for (site, keys) in &expected {
        let filter = Filter {
            site: Some((*site).to_owned()),
            ..Filter::default()
        };
        assert_eq!(store.keys(&filter).unwrap(), *keys, "{site}");
    }
    let facets: BTreeMap<String, u64> = store.facets().unwrap().sites.into_iter().collect();
    let counts = expected
        .iter()
        .map(|(site, keys)| ((*site).to_owned(), keys.len() as u64));
    assert_eq!(facets, counts.collect());
    let by_site = Order {
        by: OrderBy::Site,
        descending: false,
    };
    assert_eq!(store.list(&Filter::default(), by_site).unwrap(), keys);

    // The dashboard, of outcomes that are worked out for it and of stored ones.
    let gather = |store: &SqliteStore, complete| {
        let cancel = CancelFlag::default();
        let calendar = Calendar::named("UTC");
        DatasetCounts::gather(store, &schema, &calendar, complete, &cancel, &mut |_| {}).unwrap()
    };
    let facts = gather(&store, true);
    let sites: Vec<&str> = facts
        .sites
        .iter()
        .map(|score| score.site.as_str())
        .collect();
    assert_eq!(sites, names);

    // The memory of sites.
    let mut trainer = OnlineRegionTrainer::new(Arc::new(RegionModel::shipped().clone()));
    trainer.catch_up(&finished_annotations(&store).unwrap());
    while !trainer.is_settled() {
        trainer.step(&store).unwrap();
    }
    assert_eq!(trainer.sites().names(), names);
    drop(store);

    // The split of an export.
    let out = folder.path().join("out");
    let status = Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args([
            "export",
            "--split",
            "a=0.4,b=0.3,c=0.3",
            "--split-by",
            "site",
            "--out",
        ])
        .args([&out, &path])
        .output()
        .unwrap();
    assert!(status.status.success(), "{status:?}");
    let mut parts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut exported = 0;
    for part in ["a", "b", "c"] {
        let records =
            std::fs::read_to_string(out.join(format!("{part}.jsonl"))).unwrap_or_default();
        for record in records.lines() {
            let record: serde_json::Value = serde_json::from_str(record).unwrap();
            let number: usize = record["id"].as_str().unwrap().parse().unwrap();
            parts.entry(ADDRESSES[number].1).or_default().insert(part);
            exported += 1;
        }
    }
    parts.remove("");
    assert_eq!(exported, ADDRESSES.len());
    assert!(parts.values().all(|parts| parts.len() == 1), "{parts:?}");
}

#[test]
fn hosts_that_an_earlier_version_stored_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.copydesk");
    let mut store = SqliteStore::create(&path, &built_in_schemas::news().unwrap()).unwrap();
    let pages: Vec<NewArticle> = (0..ADDRESSES.len()).map(page).collect();
    store.add_articles(&pages).unwrap();
    let keys = store.keys(&Filter::default()).unwrap();
    drop(store);
    // Hosts as they came: lower case, without `www.`, letters and punycode as in the address.
    super::store::files::meddle(
        &path,
        "UPDATE article SET site = 'sport.bbc.co.uk.' WHERE id = '2';
         UPDATE article SET site = 'xn--bcher-kva.example' WHERE id = '3'",
    );
    let store = SqliteStore::open(&path).unwrap();
    let rows = store.rows(&keys).unwrap();
    for (row, (url, site)) in rows.iter().zip(ADDRESSES) {
        assert_eq!(row.site, site, "{url}");
    }
    let found = |site: &str| {
        let filter = Filter {
            site: Some(site.to_owned()),
            ..Filter::default()
        };
        store.keys(&filter).unwrap().len()
    };
    assert_eq!(found("bbc.co.uk"), 3);
    assert_eq!(
        found("https://News.bbc.co.uk/1"),
        1,
        "a host below the site, as an address"
    );
    assert_eq!(found("BÜCHER.example"), 2);
    assert_eq!(found("xn--bcher-kva.example"), 2);
    assert_eq!(found("no host"), 0);
}
