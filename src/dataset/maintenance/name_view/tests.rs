//! A name over a small dataset of two annotators.

use super::*;
use crate::dataset::config::built_in_schemas;
use crate::dataset::io::progress::Silent;
use crate::edit::{Action, Entry, EntryKind, History, Scope, Selection, Session};
use crate::model::{
    Annotation, Article, ArticleId, Metadata, Owner, Provenance, StartedFrom, Text, notation,
};
use crate::store::prelude::*;
use crate::store::{Commit, Imported, NewArticle, SqliteStore};

const MARIA: &str = "maria";

fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

fn article(at: usize, marked: &str, by: Option<(&str, Status)>) -> NewArticle {
    let notated = notation::parse(marked).unwrap();
    let imported = by.map(|(annotator, status)| Imported {
        decisions: Vec::new(),
        owner: Owner::named(annotator),
        at_ms: 1,
        started_from: StartedFrom::Nothing,
        annotation: Annotation::from_parts(
            &notated.text,
            notated.annotation.regions().to_vec(),
            notated.annotation.entities().to_vec(),
            status,
            Vec::new(),
        )
        .unwrap(),
    });
    NewArticle {
        kept: Vec::new(),
        content_hash: format!("{at:064}"),
        article: Article {
            id: ArticleId::new(&format!("article-{at}")).unwrap(),
            blocks: Vec::new(),
            text: notated.text,
            meta: Metadata::default(),
        },
        suggestions: match imported {
            Some(_) => Annotation::default(),
            None => notated.annotation,
        },
        imported,
    }
}

fn dataset() -> SqliteStore {
    let mut store = SqliteStore::in_memory(&built_in_schemas::news().unwrap()).unwrap();
    let maria = |status| Some((MARIA, status));
    let articles = [
        article(
            1,
            "body| {ORG Montenegro} beat Wales. {ORG Montenegro} won.\nnav| Montenegro",
            maria(Status::Done),
        ),
        article(
            2,
            "body| In {GPE Montenegro} it rained. The Montenegrobank and Montenegro's coast.",
            maria(Status::Started),
        ),
        article(
            3,
            "body| {ORG?0.7 Montenegro} lost. {ORG Bank of Montenegro} did not.",
            None,
        ),
        article(
            4,
            "body| {GPE Montenegro} votes.",
            Some(("bob", Status::Done)),
        ),
        article(5, "body| Wales won.", maria(Status::Done)),
    ];
    store.add_articles(&articles).unwrap();
    while store.index_some().unwrap() > 0 {}
    store
}

fn view(store: &SqliteStore) -> NameView {
    let cancel = CancelFlag::default();
    let mode = WorkMode::Independent;
    look_up(store, "Montenegro", MARIA, &mode, &mut Silent, &cancel).unwrap()
}

fn counts(view: &NameView) -> Vec<(&str, usize)> {
    let name = |label: &Option<Label>| match label {
        Some(label) if *label == *"ORG" => "ORG",
        Some(_) => "GPE",
        None => "untagged",
    };
    let groups = view.by_label.iter();
    groups.map(|(l, places)| (name(l), places.len())).collect()
}

fn shown(store: &SqliteStore, key: i64, annotator: &str) -> (String, Status) {
    let key = ArticleKey(key);
    let article = store.article(key).unwrap();
    let all = store.annotations(&article, key).unwrap();
    let own = all
        .into_iter()
        .find(|stored| stored.owner == Owner::named(annotator));
    let annotation = own.unwrap().annotation;
    let history = store.history(&article, key, annotator).unwrap();
    let mut replayed = Annotation::default();
    for entry in &history {
        entry
            .transaction
            .apply(&article.text, &mut replayed)
            .unwrap();
    }
    if !annotator.is_empty() {
        assert_eq!(replayed, annotation, "the history gives what stands");
    }
    let text: &Text = &article.text;
    (
        notation::print(text, &annotation, None),
        annotation.status(),
    )
}

fn relabel(store: &mut SqliteStore, chosen: &[usize], to: Option<&str>, at_ms: i64) -> Relabelled {
    let view = view(store);
    let to = to.map(label);
    let step = Relabelling {
        name: view.name.clone(),
        places: view.preview(chosen, to.as_ref()).places,
        to,
    };
    let cancel = CancelFlag::default();
    relabel_name(store, &step, MARIA, at_ms, &mut Silent, &cancel).unwrap()
}

fn undo(store: &mut SqliteStore, made: &Relabelled, at_ms: i64) -> UndoneRelabelling {
    let cancel = CancelFlag::default();
    undo_relabelling(store, made, MARIA, at_ms, &mut Silent, &cancel).unwrap()
}

/// Something else that Maria does in an article.
fn edit(
    store: &mut SqliteStore,
    key: i64,
    plan: impl FnOnce(&Scope<'_>) -> crate::edit::Transaction,
) {
    let key = ArticleKey(key);
    let article = Arc::new(store.article(key).unwrap());
    let all = store.annotations(&article, key).unwrap();
    let own = all.into_iter().find(|stored| stored.owner.is(MARIA));
    let own = own.unwrap();
    let history = History::replay(store.history(&article, key, MARIA).unwrap());
    let schema = store.schema().unwrap();
    let transaction = plan(&Scope {
        article: &article,
        annotation: &own.annotation,
        schema: &schema,
    });
    let mut session = Session::new(article, own.annotation, history);
    let here = Selection::default();
    let entry: Entry = session
        .apply(Action::Tag, transaction, here, here, 50)
        .unwrap();
    assert_eq!(entry.kind, EntryKind::Edit);
    let commit = Commit {
        key,
        annotator: MARIA,
        expected: own.revision,
        entries: &[entry],
        annotation: session.annotation(),
    };
    store.commit(&commit, 50).unwrap();
}

#[test]
fn a_name_is_counted_by_label_where_entities_are_tagged_as_a_whole_word() {
    let store = dataset();
    let view = view(&store);
    assert_eq!(
        counts(&view),
        [("ORG", 3), ("GPE", 1), ("untagged", 2)],
        "not in nav, not within a longer word or a longer name, and not by what Bob has said"
    );
    let keys: Vec<i64> = view.places.iter().map(|place| place.key.0).collect();
    assert_eq!(keys, [1, 1, 2, 2, 3, 4]);
    let third = &view.places[2];
    assert_eq!((&*third.before, third.is_started), ("In ", true));
    assert!(third.after.starts_with(" it rained."));
    let suggested = &view.places[4];
    assert!(suggested.is_suggestion && !suggested.is_started);
    assert!(!view.places[5].is_started, "Bob's article is new to Maria");
    assert_eq!(
        &*view.places[0].headline,
        "Montenegro beat Wales. Montenegro won."
    );
}

#[test]
fn all_of_a_label_is_relabelled_and_comes_back_as_one_step() {
    let mut store = dataset();
    let before: Vec<_> = [1, 2].map(|key| shown(&store, key, MARIA)).into();
    let all: Vec<usize> = (0..6).collect();
    let preview = view(&store).preview(&all, Some(&label("GPE")));
    assert_eq!((preview.places.len(), preview.articles), (3, 2));
    assert_eq!((preview.so_already, preview.not_started), (1, 2));

    let made = relabel(&mut store, &all, Some("GPE"), 40);
    assert_eq!((made.places, made.left), (3, 0));
    assert_eq!(made.articles, [ArticleKey(1), ArticleKey(2)]);
    assert_eq!(
        shown(&store, 1, MARIA),
        (
            "body| {GPE Montenegro} beat Wales. {GPE Montenegro} won.\nnav | Montenegro\n".into(),
            Status::Done
        ),
        "a done article stays done"
    );
    assert!(
        shown(&store, 2, MARIA)
            .0
            .contains("{GPE Montenegro}'s coast")
    );
    assert_eq!(shown(&store, 4, "bob").0, "body| {GPE Montenegro} votes.\n");
    assert!(shown(&store, 3, "").0.contains("{ORG?0.7 Montenegro}"));
    let article = store.article(ArticleKey(1)).unwrap();
    let history = store.history(&article, ArticleKey(1), MARIA).unwrap();
    let last = history.last().unwrap();
    assert_eq!((last.action, last.at_ms), (Action::RelabelName, 40));
    assert_eq!(
        counts(&view(&store)),
        [("GPE", 4), ("ORG", 1), ("untagged", 1)]
    );

    let taken = undo(&mut store, &made, 60);
    assert_eq!((taken.articles.len(), taken.left), (2, 0));
    let after: Vec<_> = [1, 2].map(|key| shown(&store, key, MARIA)).into();
    assert_eq!(after, before);
    // Nothing is left to take back.
    let again = undo(&mut store, &made, 70);
    assert_eq!((again.articles.len(), again.left), (0, 0));
}

#[test]
fn chosen_places_lose_their_label() {
    let mut store = dataset();
    let made = relabel(&mut store, &[1], None, 40);
    assert_eq!(made.places, 1);
    assert_eq!(
        shown(&store, 1, MARIA).0,
        "body| {ORG Montenegro} beat Wales. Montenegro won.\nnav | Montenegro\n"
    );
    undo(&mut store, &made, 60);
    assert_eq!(counts(&view(&store))[0], ("ORG", 3));
}

#[test]
fn what_was_done_since_survives_the_undo() {
    let mut store = dataset();
    let made = relabel(&mut store, &[0, 1, 2], Some("PERSON"), 40);
    let span = |scope: &Scope<'_>, words: &str| {
        let text = &scope.article.text;
        let at = text.as_str().find(words).unwrap();
        text.span(
            crate::model::BytePos::from_index(at),
            crate::model::BytePos::from_index(at + words.len()),
        )
        .unwrap()
    };
    // In the first article another name is tagged; in the second the same place gets yet another
    // label.
    edit(&mut store, 1, |scope| {
        scope.tag(span(scope, "Wales"), &label("GPE")).unwrap()
    });
    edit(&mut store, 2, |scope| {
        scope
            .tag(span(scope, "Montenegro"), &label("EVENT"))
            .unwrap()
    });
    let taken = undo(&mut store, &made, 60);
    assert_eq!((taken.articles, taken.left), (vec![ArticleKey(1)], 1));
    assert!(
        shown(&store, 1, MARIA)
            .0
            .contains("{ORG Montenegro} beat {GPE Wales}. {ORG Montenegro} won.")
    );
    assert!(shown(&store, 2, MARIA).0.contains("In {EVENT Montenegro}"));
}

#[test]
fn what_changed_since_it_was_shown_is_left_and_counted() {
    let mut store = dataset();
    let stale = view(&store);
    relabel(&mut store, &[0], Some("PERSON"), 40);
    let to = label("GPE");
    let step = Relabelling {
        name: stale.name.clone(),
        places: stale.preview(&[0, 1, 3], Some(&to)).places,
        to: Some(to),
    };
    let cancel = CancelFlag::default();
    let made = relabel_name(&mut store, &step, MARIA, 45, &mut Silent, &cancel).unwrap();
    assert_eq!((made.places, made.left), (2, 1));
    assert!(
        shown(&store, 1, MARIA)
            .0
            .contains("{PERSON Montenegro} beat")
    );

    let unknown = Relabelling {
        to: Some(label("PLANET")),
        ..step
    };
    let error = relabel_name(&mut store, &unknown, MARIA, 46, &mut Silent, &cancel).unwrap_err();
    assert!(error.to_string().contains("no enabled label PLANET"));
    cancel.cancel();
    let stopped = relabel_name(&mut store, &unknown, MARIA, 47, &mut Silent, &cancel);
    assert!(stopped.unwrap_err().is::<Cancelled>());
}

#[test]
fn a_suggestion_that_is_relabelled_is_a_persons() {
    let mut store = dataset();
    let marked = "body| {ORG?0.5 Montenegro} it is.";
    let new = article(9, marked, Some((MARIA, Status::Started)));
    store.add_articles(&[new]).unwrap();
    let view = view(&store);
    let last = view.places.len() - 1;
    assert!(
        view.places[last].is_suggestion,
        "found before it is indexed"
    );
    let preview = view.preview(&[last], Some(&label("ORG")));
    assert_eq!(preview.places.len(), 1, "the same label confirms it");
    relabel(&mut store, &[last], Some("ORG"), 40);
    let article = store.article(ArticleKey(6)).unwrap();
    let all = store.annotations(&article, ArticleKey(6)).unwrap();
    let own = all.iter().find(|stored| stored.owner.is(MARIA)).unwrap();
    let entity = &own.annotation.entities()[0];
    assert_eq!(entity.provenance, Provenance::Person);
}
