//! What an annotator does in a dataset file, and the articles that teams get here.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use copydesk::dataset::Dataset;
use copydesk::dataset::config::built_in_schemas;
use copydesk::dataset::team::{InitOptions, InitReport, QueueOrder, init};
use copydesk::dataset::{CancelFlag, Silent};
use copydesk::edit::{Action, Edit, Entry, EntryKind, Selection, Transaction};
use copydesk::model::{
    Annotation, Article, ArticleId, BytePos, Entity, Label, Metadata, Owner, Provenance, Remark,
    StartedFrom, Status, Text,
};
use copydesk::store::{ArticleKey, Commit, NewArticle, Revision, Store};

use super::server::{OWNER_PASSWORD, Team, password};

/// Makes a dataset of short articles.
pub fn dataset(folder: &Path, articles: usize) -> PathBuf {
    let path = folder.join("news.copydesk");
    let mut dataset = Dataset::create(&path, &built_in_schemas::news().unwrap()).unwrap();
    let new: Vec<NewArticle> = (1..=articles).map(article).collect();
    for some in new.chunks(500) {
        dataset.store_mut().add_articles(some).unwrap();
    }
    path
}

fn article(number: usize) -> NewArticle {
    let text = format!(
        "Ferry {number} sailed\nThe ferry with the number {number} left at noon. Ümit saw it 🦀."
    );
    let meta = Metadata {
        title: format!("Ferry {number} sailed"),
        url: format!("https://site{}.example/{number}", number % 7),
        ..Metadata::default()
    };
    NewArticle {
        article: Article {
            id: ArticleId::new(&format!("a{number:04}")).unwrap(),
            text: Text::new(&text),
            blocks: Vec::new(),
            meta,
        },
        content_hash: format!("hash {number}"),
        kept: Vec::new(),
        suggestions: Annotation::default(),
        imported: None,
    }
}

/// Makes the team dataset.
pub fn make_team(team: &Team, folder: &Path, articles: usize, overlap: u32) -> InitReport {
    let dataset = Dataset::open(&dataset(folder, articles)).unwrap();
    let options = InitOptions {
        overlap,
        order: QueueOrder::Import,
    };
    let secret = password(OWNER_PASSWORD);
    let cancel = CancelFlag::default();
    Team::making_roles(|| {
        init(
            &team.owner,
            &secret,
            &dataset,
            options,
            &mut Silent,
            &cancel,
        )
    })
    .unwrap()
}

/// Appends one edit by an annotator to an article of a file: a remark with these words, and the
/// status.
pub fn edit(store: &mut dyn Store, id: &str, annotator: &str, words: &str, status: Status) {
    let key = store.find(id).unwrap().unwrap();
    let article = store.article(key).unwrap();
    let stored = store.annotations(&article, key).unwrap();
    let mine = stored
        .iter()
        .find(|one| one.owner == Owner::named(annotator));
    let revision = mine.map_or(Revision(0), |mine| mine.revision);
    let mut annotation = mine.map(|mine| mine.annotation.clone()).unwrap_or_default();
    let mut edits = vec![Edit::AddRemark {
        index: annotation.remarks().len(),
        remark: Remark::new(None, words),
    }];
    if annotation.status() != status {
        edits.push(Edit::SetStatus {
            from: annotation.status(),
            to: status,
        });
    }
    let transaction = Transaction { edits };
    transaction.apply(&article.text, &mut annotation).unwrap();
    let entry = Entry {
        kind: EntryKind::Edit,
        action: Action::Remark,
        transaction,
        before: Selection::default(),
        after: Selection::default(),
        at_ms: 1,
        started_from: match revision {
            Revision(0) => StartedFrom::Nothing,
            _ => StartedFrom::Unknown,
        },
    };
    let commit = Commit {
        key,
        annotator,
        expected: revision,
        entries: &[entry],
        annotation: &annotation,
    };
    store.commit(&commit, 1).unwrap();
}

/// The words of all remarks of an annotator's annotation, in order.
pub fn remarks(store: &dyn Store, key: ArticleKey, annotator: &str) -> Vec<String> {
    let article = store.article(key).unwrap();
    let stored = store.annotations(&article, key).unwrap();
    let mine = stored
        .iter()
        .find(|one| one.owner == Owner::named(annotator));
    let remarks = mine.map(|mine| mine.annotation.remarks().to_vec());
    remarks
        .unwrap_or_default()
        .into_iter()
        .map(|remark| remark.text)
        .collect()
}

/// Runs the program with a password in its environment.
pub fn copydesk(secret: &str, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args(words)
        .env("PGPASSWORD", secret)
        .env_remove("PGPASSFILE")
        .env("HOME", "/nonexistent")
        .output()
        .unwrap()
}

/// Runs the program, which must succeed, and gives both outputs.
pub fn well(secret: &str, words: &[&str]) -> (String, String) {
    let output = copydesk(secret, words);
    let out = String::from_utf8(output.stdout).unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{words:?}: {out}{err}");
    (out, err)
}

/// Appends one edit by an annotator: an entity with this label on the first of these words, and the
/// status.
pub fn tag(
    store: &mut dyn Store,
    id: &str,
    annotator: &str,
    (words, label): (&str, &str),
    status: Status,
) {
    let key = store.find(id).unwrap().unwrap();
    let article = store.article(key).unwrap();
    let at = article.text.as_str().find(words).unwrap() as u32;
    let end = at + words.len() as u32;
    let entity = Entity {
        span: article.text.span(BytePos(at), BytePos(end)).unwrap(),
        label: Label::new(label).unwrap(),
        provenance: Provenance::Person,
    };
    change(store, key, annotator, vec![Edit::AddEntity(entity)], status);
}

/// Appends one edit by an annotator.
pub fn change(
    store: &mut dyn Store,
    key: ArticleKey,
    annotator: &str,
    mut edits: Vec<Edit>,
    status: Status,
) {
    let article = store.article(key).unwrap();
    let stored = store.annotations(&article, key).unwrap();
    let mine = stored.iter().find(|one| one.owner.is(annotator));
    let revision = mine.map_or(Revision(0), |mine| mine.revision);
    let mut annotation = mine.map(|mine| mine.annotation.clone()).unwrap_or_default();
    if annotation.status() != status {
        edits.push(Edit::SetStatus {
            from: annotation.status(),
            to: status,
        });
    }
    let transaction = Transaction { edits };
    transaction.apply(&article.text, &mut annotation).unwrap();
    let entry = Entry {
        kind: EntryKind::Edit,
        action: Action::Tag,
        transaction,
        before: Selection::default(),
        after: Selection::default(),
        at_ms: 1,
        started_from: match revision {
            Revision(0) => StartedFrom::Nothing,
            _ => StartedFrom::Unknown,
        },
    };
    let commit = Commit {
        key,
        annotator,
        expected: revision,
        entries: &[entry],
        annotation: &annotation,
    };
    store.commit(&commit, 1).unwrap();
}

/// The entities in an annotator's annotation: label and words.
pub fn entities(store: &dyn Store, id: &str, annotator: &str) -> Vec<String> {
    let key = store.find(id).unwrap().unwrap();
    let article = store.article(key).unwrap();
    let stored = store.annotations(&article, key).unwrap();
    let own = stored.iter().find(|one| one.owner.is(annotator));
    let entities = own.map(|own| own.annotation.entities().to_vec());
    let words = |one: &Entity| format!("{} {}", one.label, article.text.slice(one.span));
    entities.unwrap_or_default().iter().map(words).collect()
}
