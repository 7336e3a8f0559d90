//! The article list: filters and orders, alone and together; what a search found; an upgrade from
//! the format before.

use copydesk::edit::Action;
use copydesk::model::{Label, Status};
use copydesk::store::prelude::*;
use copydesk::store::{
    ArticleKey, Chosen, Filter, Found, NewArticle, OUTDATED_SETTING, Order, OrderBy, SqliteStore,
    Store,
};

use super::story::{Annotator, article, schema};

/// An article with a title, from a site, in a language.
fn from(id: &str, title: &str, url: &str, language: &str, marked: &str) -> NewArticle {
    let mut new = article(id, marked);
    new.article.meta.title = title.to_owned();
    new.article.meta.url = url.to_owned();
    new.article.meta.language = language.to_owned();
    new
}

/// Five articles; their keys are 1 to 5.
fn five() -> SqliteStore {
    let mut store = SqliteStore::in_memory(&schema()).unwrap();
    let outcomes = store
        .add_articles(&[
            from(
                "a",
                "zebra crossing",
                "https://www.one.example/1",
                "en",
                "body?0.3| The ferry sailed at noon.",
            ),
            from(
                "b",
                "«Apple»",
                "https://news.one.example/2",
                "en-GB",
                "body| Storm over the harbour, and no ferry at all today.",
            ),
            from(
                "c",
                "Apple",
                "https://two.example/3",
                "de",
                "body?0.2| Die Fähre fuhr.\ncomment?0.1| Nun ja.",
            ),
            from("d", "", "", "", "body| Nothing of note."),
            from(
                "e",
                "mango",
                "https://two.example:8080/5?x",
                "en",
                "body| A ferry.",
            ),
        ])
        .unwrap();
    assert_eq!(outcomes.len(), 5);
    store
}

fn numbers(keys: &[ArticleKey]) -> Vec<i64> {
    keys.iter().map(|key| key.0).collect()
}

fn list(store: &dyn Store, filter: &Filter, by: OrderBy, descending: bool) -> Vec<i64> {
    numbers(&store.list(filter, Order { by, descending }).unwrap())
}

fn site(site: &str) -> Filter {
    Filter {
        site: Some(site.to_owned()),
        ..Filter::default()
    }
}

#[test]
fn a_list_has_any_order_one_wants() {
    let mut store = five();
    let all = Filter::default();
    Annotator::at(&store, "jo", ArticleKey(4))
        .set_status(&mut store, Status::Done)
        .unwrap();
    Annotator::at(&store, "jo", ArticleKey(2))
        .set_status(&mut store, Status::Started)
        .unwrap();
    for (by, ascending, descending) in [
        (OrderBy::Import, [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]),
        // Signs before the first letter do not count.
        (OrderBy::Title, [3, 2, 5, 4, 1], [1, 4, 5, 2, 3]),
        (OrderBy::Status, [1, 3, 5, 2, 4], [4, 2, 1, 3, 5]),
        (OrderBy::Length, [5, 4, 3, 1, 2], [2, 1, 3, 4, 5]),
        // What nobody touched is at the end either way.
        (OrderBy::Changed, [4, 2, 1, 3, 5], [2, 4, 1, 3, 5]),
        (OrderBy::Unsure, [2, 4, 5, 1, 3], [3, 1, 2, 4, 5]),
        // A host below a site is of that site.
        (OrderBy::Site, [1, 2, 3, 5, 4], [3, 5, 1, 2, 4]),
    ] {
        assert_eq!(list(&store, &all, by, false), ascending, "{by:?}");
        assert_eq!(list(&store, &all, by, true), descending, "{by:?} turned");
    }
}

#[test]
fn filters_are_asked_together_and_in_any_order() {
    let mut store = five();
    Annotator::at(&store, "jo", ArticleKey(2))
        .set_status(&mut store, Status::Done)
        .unwrap();
    let import = |filter: &Filter| list(&store, filter, OrderBy::Import, false);
    assert_eq!(import(&site("one.example")), [1, 2], "and what is below it");
    assert_eq!(import(&site("News.One.Example")), [2]);
    assert_eq!(import(&site("example")), [1, 2, 3, 5]);
    assert_eq!(import(&site("wo.example")), [0; 0], "not the end of a name");
    let english = Filter {
        language: Some("EN".to_owned()),
        ..Filter::default()
    };
    assert_eq!(import(&english), [1, 2, 5]);
    let jos = Filter {
        annotator: Some("jo".to_owned()),
        ..Filter::default()
    };
    assert_eq!(import(&jos), [2]);
    let picked = Filter {
        only: Some(Chosen::new(
            "behind a bar",
            [5, 99, 2, 1].map(ArticleKey).to_vec(),
        )),
        ..Filter::default()
    };
    assert_eq!(import(&picked), [1, 2, 5, 99], "as they were picked");
    let together = Filter {
        words: "ferry".to_owned(),
        language: Some("en".to_owned()),
        status: Some(Status::Todo),
        ..picked
    };
    assert_eq!(import(&together), [1, 5]);
    assert_eq!(list(&store, &together, OrderBy::Title, false), [5, 1]);
    assert_eq!(list(&store, &together, OrderBy::Length, true), [1, 5]);
    let page = store.page(&together, Some(ArticleKey(1)), 9).unwrap();
    assert_eq!(page.iter().map(|row| row.key.0).collect::<Vec<_>>(), [5]);
    assert_eq!(page[0].site, "two.example");
}

#[test]
fn what_there_is_to_filter_by_is_counted() {
    let mut store = five();
    Annotator::at(&store, "jo", ArticleKey(2))
        .set_status(&mut store, Status::Done)
        .unwrap();
    let facets = store.facets().unwrap();
    let count = |name: &str, n| (name.to_owned(), n);
    assert_eq!(
        facets.sites,
        [count("one.example", 2), count("two.example", 2)]
    );
    assert_eq!(
        facets.languages,
        [count("en", 2), count("de", 1), count("en-GB", 1)]
    );
    assert_eq!(
        facets.annotators,
        [count("jo", 1)],
        "suggestions are nobody's"
    );
}

#[test]
fn pages_stay_whole_while_work_goes_on() {
    let mut store = SqliteStore::in_memory(&schema()).unwrap();
    let articles: Vec<NewArticle> = (0..60)
        .map(|n| article(&format!("a{n}"), &format!("body| Number {n} is here.")))
        .collect();
    store.add_articles(&articles).unwrap();
    let todo = Filter {
        status: Some(Status::Todo),
        ..Filter::default()
    };
    // Between two pages articles leave the list, before and after the place: none is shown twice,
    // none is missed.
    let mut seen = Vec::new();
    while let page = store.page(&todo, seen.last().copied(), 7).unwrap()
        && !page.is_empty()
    {
        seen.extend(page.iter().map(|row| row.key));
        for key in [page[0].key, ArticleKey(page[page.len() - 1].key.0 + 2)] {
            if store
                .rows(&[key])
                .unwrap()
                .iter()
                .any(|row| row.status == Status::Todo)
            {
                let mut jo = Annotator::at(&store, "jo", key);
                jo.set_status(&mut store, Status::Done).unwrap();
            }
        }
    }
    assert!(seen.is_sorted_by(|a, b| a < b));
    let left = store.keys(&todo).unwrap();
    assert!(left.iter().all(|key| seen.contains(key)));
}

fn found(store: &dyn Store, key: i64, words: &str) -> Found {
    store.found(&[ArticleKey(key)], words).unwrap().remove(0)
}

fn marks(found: &Found) -> Vec<&str> {
    let context = &found.context;
    context
        .marks
        .iter()
        .map(|mark| &context.words[mark.clone()])
        .collect()
}

#[test]
fn what_was_found_is_shown_with_the_words_around_it() {
    let mut store = SqliteStore::in_memory(&schema()).unwrap();
    let texts = [
        "The harbour council met. It wants a new ferry, and the ferries want a harbour.",
        "قال الرَّئِيسُ محمد في القاهرة إن الميناء مغلق",
        "בִּנְיָמִין נתניהו אמר שלום",
        "東京タワーで記者会見が行われた。東京都は",
        "un cafe\u{301} noir, deux CAFÉS",
        "A 👨‍👩‍👧 family in Zürich",
    ];
    let articles: Vec<NewArticle> = (texts.iter().enumerate())
        .map(|(n, text)| article(&n.to_string(), &format!("body| {text}")))
        .collect();
    store.add_articles(&articles).unwrap();
    for (key, words, expected) in [
        (1, "ferr", &["ferry", "ferries"][..]),
        (1, "\"a new ferry\"", &["a new ferry"]),
        (2, "الرئيس", &["الرَّئِيسُ"]),
        (2, "الميناء", &["الميناء"]),
        (3, "בנימין", &["בִּנְיָמִין"]),
        (4, "東京", &["東京", "東京"]),
        (5, "café", &["cafe\u{301}", "CAFÉS"]),
        (6, "zurich", &["Zürich"]),
        (6, "nowhere", &[]),
    ] {
        let found = found(&store, key, words);
        assert_eq!(marks(&found), expected, "{words}");
        let text = store.article(ArticleKey(key)).unwrap().text;
        let hits = store.hits(ArticleKey(key), words).unwrap();
        let hits: Vec<&str> = hits.into_iter().map(|hit| text.slice(hit)).collect();
        assert_eq!(hits, expected, "in the whole text: {words}");
    }
    assert!(store.found(&[ArticleKey(99)], "x").unwrap().is_empty());
}

#[test]
fn a_dataset_of_the_first_format_gets_its_sites_and_doubts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.copydesk");
    let mut store = SqliteStore::create(&path, &schema()).unwrap();
    let urls = [
        "https://www.One.example:80/a",
        "http://jo@two.example?q=http://x/",
        "",
        "three.example/x",
        "https://four.example#top",
    ];
    let articles: Vec<NewArticle> = urls
        .iter()
        .enumerate()
        .map(|(n, url)| {
            let marked = format!("body?0.3| Number {n}.\ncomment?0.9| {{PERSON?0.2 Ada}} spoke.");
            from(&n.to_string(), "", url, "", &marked)
        })
        .collect();
    store.add_articles(&articles).unwrap();
    let keys = store.keys(&Filter::default()).unwrap();
    let rows = store.rows(&keys).unwrap();
    let sites: Vec<&str> = rows.iter().map(|row| row.site.as_str()).collect();
    assert_eq!(
        sites,
        ["one.example", "two.example", "", "", "four.example"]
    );
    assert!(rows.iter().all(|row| row.unsure == 2), "{rows:?}");
    drop(store);
    // As it was before: the same tables without what the later formats added.
    super::files::meddle(
        &path,
        "DROP INDEX article_by_site; DROP INDEX article_by_language; DROP INDEX article_by_doubt;
         ALTER TABLE article DROP COLUMN site; ALTER TABLE article DROP COLUMN unsure;
         DROP TABLE outcome_label; DROP TABLE outcome; DROP TABLE time_spent; DROP INDEX annotation_done;
         DROP TABLE model; DROP TABLE page_kept; DROP INDEX annotation_lessons; DROP TABLE log_stamp;
         DROP INDEX annotation_open_remarks; ALTER TABLE annotation DROP COLUMN open_remarks;
         ALTER TABLE history DROP COLUMN started_from; DROP INDEX annotation_by_annotator; DROP INDEX annotation_by_status;
         DROP INDEX annotation_of_nobody;
         DELETE FROM migration WHERE number > 1; PRAGMA user_version = 1",
    );
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.rows(&keys).unwrap(), rows);
    assert_eq!(store.faults().unwrap(), [""; 0]);
    let copy = folder.path().join("old.copydesk.format-1.backup");
    assert!(copy.exists(), "the old one is kept");
}

#[test]
fn articles_are_found_by_what_is_in_their_annotations() {
    let mut store = five();
    let by = |filter: Filter| filter;
    let label = |name: &str| Filter {
        label: Some(Label::new(name).unwrap()),
        ..Filter::default()
    };
    let unsure = by(Filter {
        unsure: true,
        ..Filter::default()
    });
    let remarks = || Filter {
        open_remark: true,
        ..Filter::default()
    };
    let keys = |store: &SqliteStore, filter: &Filter| numbers(&store.keys(filter).unwrap());
    assert_eq!(keys(&store, &label("comment")), [3], "suggestions count");
    assert_eq!(keys(&store, &label("omment")), [0; 0]);
    assert_eq!(keys(&store, &unsure), [1, 3]);

    let mut jo = Annotator::at(&store, "jo", ArticleKey(4));
    jo.try_apply(&mut store, Action::Remark, |scope| {
        scope.add_remark(None, "body? comment?")
    })
    .unwrap()
    .unwrap();
    let mut jo = Annotator::at(&store, "jo", ArticleKey(3));
    jo.label_block(&mut store, 0).unwrap();
    // Once jo has begun the article, its suggestions count no longer; jo began here with nothing.
    assert_eq!(keys(&store, &label("comment")), [0; 0]);
    assert_eq!(
        keys(&store, &remarks()),
        [4],
        "the words name labels, and are none"
    );
    let mut both = remarks();
    both.words = "note".into();
    assert_eq!(keys(&store, &both), [4]);
    both.unsure = true;
    assert_eq!(keys(&store, &both), [0; 0]);

    // Maria sees her own work and the suggestions, and nothing of jo's.
    store.view_as("maria");
    assert_eq!(keys(&store, &label("comment")), [3]);
    assert_eq!(keys(&store, &unsure), [1, 3]);
    assert_eq!(keys(&store, &remarks()), [0; 0]);
    assert_eq!(store.page(&label("comment"), None, 9).unwrap().len(), 1);
}

#[test]
fn what_was_done_before_the_labels_changed_is_a_list_until_it_is_marked_again() {
    let mut store = five();
    let outdated = Filter {
        outdated: true,
        ..Filter::default()
    };
    let keys = |store: &SqliteStore| numbers(&store.keys(&outdated).unwrap());
    for key in [1, 2, 4] {
        let mut jo = Annotator::at(&store, "jo", ArticleKey(key));
        jo.set_status(&mut store, Status::Done).unwrap();
    }
    assert_eq!(keys(&store), [0; 0], "no label has come since");
    let mark = store.change_seq().unwrap().0.to_string();
    store.set_setting(OUTDATED_SETTING, Some(&mark)).unwrap();
    assert_eq!(keys(&store), [1, 2, 4]);
    let mut jo = Annotator::at(&store, "jo", ArticleKey(5));
    jo.set_status(&mut store, Status::Done).unwrap();
    assert_eq!(keys(&store), [1, 2, 4], "done since");

    let again = |scope: copydesk::edit::Scope<'_>| scope.done_again();
    let mut jo = Annotator::at(&store, "jo", ArticleKey(2));
    jo.try_apply(&mut store, Action::SetStatus, again)
        .unwrap()
        .unwrap();
    assert_eq!(keys(&store), [1, 4]);
    assert!(store.is_outdated(ArticleKey(1), "jo").unwrap());
    assert!(!store.is_outdated(ArticleKey(2), "jo").unwrap());
    assert!(!store.is_outdated(ArticleKey(1), "maria").unwrap());
    // Taken back, it is as before; an edit alone is no mark.
    jo.undo(&mut store);
    assert_eq!(keys(&store), [1, 2, 4]);
    let mut jo = Annotator::at(&store, "jo", ArticleKey(4));
    jo.label_block(&mut store, 0).unwrap();
    assert_eq!(keys(&store), [1, 2, 4]);
    // Taken up again it is not finished.
    jo.set_status(&mut store, Status::Started).unwrap();
    assert_eq!(keys(&store), [1, 2]);
    store.view_as("maria");
    assert_eq!(keys(&store), [0; 0]);
}
