//! The models of a dataset depend on the finished annotations as they are, not on how they came
//! about.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use copydesk::store::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use copydesk::dataset::config::built_in_schemas;
use copydesk::dataset::session::start_entry;
use copydesk::dataset::training::entities::online_trainer::OnlineEntityTrainer;
use copydesk::dataset::training::learning::finished_annotations;
use copydesk::dataset::training::regions::online_trainer::OnlineRegionTrainer;
use copydesk::dataset::{CancelFlag, SchemaChange, Silent, change_schema};
use copydesk::edit::{LabelKind, Relabel};
use copydesk::extract::{RegionModel, extract_html, extract_text};
use copydesk::formats::schema_toml;
use copydesk::model::{
    Annotation, Article, ArticleId, BytePos, Entity, Label, Provenance, Region, Schema, Status,
    Text,
};
use copydesk::store::{ArticleKey, Commit, NewArticle, Revision, SqliteStore, StoredAnnotation};
use proptest::prelude::*;

fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

/// The shipped schema, in which persons may have another name.
fn schema(person: &str) -> Schema {
    let toml = schema_toml::print_with_guidelines(&built_in_schemas::news().unwrap());
    let toml = toml.replace("label = \"PERSON\"", &format!("label = \"{person}\""));
    schema_toml::parse(&toml, None).unwrap()
}

// -- a small dataset, and what happens in it ---------------------------------------------------

const ARTICLES: i64 = 6;

/// Pages of two sites, and bare texts.
fn article(number: i64) -> NewArticle {
    let story = format!(
        "The harbour master Maria Borg said on day {number} that the port of Sliema would stay closed until the wind had dropped."
    );
    let letter =
        format!("I have lived here for {number} years and nobody ever asked us what we think.");
    let extraction = if number % 3 == 0 {
        let text = format!(
            "Port Gazette - Storm {number}\nHome Sport Weather\n\nStorm {number} closes the ferry\n\n{story}\n\nKarl Vella of the union agreed.\n\n{letter}\n\nMore stories\nTide tables"
        );
        extract_text(Text::new(&text), &schema("PERSON"))
    } else {
        extract_html(
            &format!(
                "<title>Storm {number}</title><div class=top><a href=/>Home</a> <a href=/s>Sport</a></div><h1>Storm {number} closes the ferry</h1>\
                 <p>{story}</p><p>Karl Vella of the union agreed.</p><section class=q><div>{letter}</div></section><div class=end>Copyright</div>"
            ),
            &schema("PERSON"),
        )
    };
    let mut meta = extraction.meta;
    // The last text is of one of the sites, too.
    if number != 3 {
        meta.url = format!("https://site{}.example/{number}", number % 2);
    }
    NewArticle {
        content_hash: format!("{number:064}"),
        kept: extraction.kept,
        suggestions: Annotation::default(),
        article: Article {
            id: ArticleId::new(&format!("storm-{number}")).unwrap(),
            text: extraction.text,
            blocks: extraction.blocks,
            meta,
        },
        imported: None,
    }
}

/// One way to label an article. The first is right; the others have one block with another label,
/// one without any, or other names.
fn labelled(article: &Article, variant: usize, person: &str, status: Status) -> Annotation {
    let count = article.blocks.len();
    let mut regions = Vec::new();
    for (at, block) in article.blocks.iter().enumerate() {
        let text = article.text.slice(block.span);
        let mut name = if text.contains("harbour master") || text.contains("the union") {
            "body"
        } else if text.starts_with("I have lived") {
            "comment"
        } else {
            "nav"
        };
        if variant > 0 && at == variant % count {
            match variant % 3 {
                0 => continue,
                1 => name = "body",
                _ => name = "nav",
            }
        }
        regions.push(Region {
            span: block.span,
            label: label(name),
            provenance: Provenance::Person,
        });
    }
    let mut entities = Vec::new();
    for (nth, name) in ["Maria Borg", "Sliema", "Karl Vella"].iter().enumerate() {
        let Some(start) = article.text.as_str().find(name) else {
            continue;
        };
        if variant % 4 == nth + 1 {
            continue;
        }
        let at = BytePos::from_index;
        entities.push(Entity {
            span: article
                .text
                .span(at(start), at(start + name.len()))
                .unwrap(),
            label: label(if *name == "Sliema" { "GPE" } else { person }),
            provenance: Provenance::Person,
        });
    }
    entities.sort_by_key(|entity| entity.span);
    Annotation::from_parts(&article.text, regions, entities, status, Vec::new()).unwrap()
}

#[derive(Clone, Debug)]
enum Event {
    /// Somebody finishes an article, or changes a finished one, so that it is labelled in this way.
    Finish(i64, usize, usize),
    /// Finished is undone, or the article reopened.
    Reopen(i64, usize),
    /// A region of a finished article is deleted, and restored at once.
    DeleteAndRestore(i64, usize),
    /// Persons get their other name.
    Rename,
    /// So many steps of learning, before more happens.
    Learn(usize),
    /// The window is closed and opened again.
    Restart,
}

const ANNOTATORS: [&str; 3] = ["maria", "paul", "jo"];

fn event() -> impl Strategy<Value = Event> {
    let article = 1..=ARTICLES;
    let who = 0..ANNOTATORS.len();
    prop_oneof![
        4 => (article.clone(), who.clone(), 0_usize..7).prop_map(|(a, w, v)| Event::Finish(a, w, v)),
        2 => (article.clone(), who.clone()).prop_map(|(a, w)| Event::Reopen(a, w)),
        1 => (article, who).prop_map(|(a, w)| Event::DeleteAndRestore(a, w)),
        1 => Just(Event::Rename),
        2 => (1_usize..60).prop_map(Event::Learn),
        1 => Just(Event::Restart),
    ]
}

/// A dataset with the models that learn from it.
struct World {
    store: SqliteStore,
    person: &'static str,
    clock: i64,
    regions: OnlineRegionTrainer,
    entities: OnlineEntityTrainer,
}

impl World {
    fn new(path: &Path) -> Self {
        let mut store = SqliteStore::create(path, &schema("PERSON")).unwrap();
        let new: Vec<NewArticle> = (1..=ARTICLES).map(article).collect();
        store.add_articles(&new).unwrap();
        let (regions, entities) = trainers("PERSON");
        Self {
            store,
            person: "PERSON",
            clock: 1_700_000_000_000,
            regions,
            entities,
        }
    }

    fn stored(&self, key: i64, who: usize) -> Option<StoredAnnotation> {
        let article = self.store.article(ArticleKey(key)).unwrap();
        let all = self.store.annotations(&article, ArticleKey(key)).unwrap();
        all.into_iter()
            .find(|stored| stored.owner.is(ANNOTATORS[who]))
    }

    fn commit(&mut self, key: i64, who: usize, annotation: &Annotation) {
        let expected = self
            .stored(key, who)
            .map_or(Revision(0), |stored| stored.revision);
        // Clocks of several machines do not agree.
        self.clock += if who == 1 { -7000 } else { 1000 };
        let article = self.store.article(ArticleKey(key)).unwrap();
        let entry = start_entry(
            &article,
            annotation,
            copydesk::model::StartedFrom::Suggestions { revision: 0 },
            self.clock,
        );
        let commit = Commit {
            key: ArticleKey(key),
            annotator: ANNOTATORS[who],
            expected,
            entries: &[entry],
            annotation,
        };
        self.store.commit(&commit, self.clock).unwrap();
    }

    fn happens(&mut self, event: &Event) {
        match *event {
            Event::Finish(key, who, variant) => {
                let article = self.store.article(ArticleKey(key)).unwrap();
                let annotation = labelled(&article, variant, self.person, Status::Done);
                self.commit(key, who, &annotation);
            }
            Event::Reopen(key, who) => {
                if self.stored(key, who).is_some() {
                    let article = self.store.article(ArticleKey(key)).unwrap();
                    let annotation = labelled(&article, 0, self.person, Status::Started);
                    self.commit(key, who, &annotation);
                }
            }
            Event::DeleteAndRestore(key, who) => {
                let article = self.store.article(ArticleKey(key)).unwrap();
                let Some(before) = self.stored(key, who) else {
                    return;
                };
                let before = before.annotation;
                let without = Annotation::from_parts(
                    &article.text,
                    before.regions().iter().skip(1).cloned().collect(),
                    before.entities().to_vec(),
                    before.status(),
                    Vec::new(),
                );
                self.commit(key, who, &without.unwrap());
                self.learn(7);
                self.commit(key, who, &before);
            }
            Event::Rename => {
                let to = ["PERSON", "SPEAKER"][usize::from(self.person == "PERSON")];
                let from = (LabelKind::Entity, label(self.person));
                let change = SchemaChange {
                    schema: schema(to),
                    relabel: Relabel {
                        moved: BTreeMap::from([(from, label(to))]),
                        removed: BTreeSet::new(),
                    },
                    based_on: None,
                };
                let never = CancelFlag::default();
                change_schema(&mut self.store, &change, self.clock, &mut Silent, &never).unwrap();
                self.person = to;
                self.entities = OnlineEntityTrainer::new(Arc::new(schema(to)), true);
            }
            Event::Learn(steps) => self.learn(steps),
            Event::Restart => {
                // Only a settled model is ever stored.
                let stored = self.regions.is_settled().then(|| self.regions.snapshot());
                (self.regions, self.entities) = trainers(self.person);
                if let Some(stored) = stored {
                    self.regions.resume(stored);
                }
            }
        }
    }

    fn learn(&mut self, steps: usize) {
        let now = finished_annotations(&self.store).unwrap();
        self.regions.catch_up(&now);
        self.entities.catch_up(&now);
        for _ in 0..steps {
            if self.entities.waiting() > 0 {
                self.entities.take(&self.store).unwrap();
            } else if !self.regions.is_settled() {
                self.regions.step(&self.store).unwrap();
            } else if self.entities.has_to_learn() {
                self.entities.refit();
            } else {
                break;
            }
        }
    }

    /// The regions and entities that are suggested for all articles, with their scores.
    fn suggestions(&self) -> String {
        let schema = schema(self.person);
        let mut all = String::new();
        for key in (1..=ARTICLES).map(ArticleKey) {
            let article = self.store.article(key).unwrap();
            let regions = self
                .regions
                .suggest(&self.store, key, &article, &schema)
                .unwrap()
                .unwrap();
            let entities = self.entities.suggest(&article, &regions);
            writeln!(all, "{regions:?} {entities:?}").unwrap();
        }
        all
    }
}

fn trainers(person: &str) -> (OnlineRegionTrainer, OnlineEntityTrainer) {
    (
        OnlineRegionTrainer::new(Arc::new(RegionModel::shipped().clone())),
        OnlineEntityTrainer::new(Arc::new(schema(person)), true),
    )
}

/// What happened, and then learnt to the end, beside the same finished annotations learnt in one
/// go.
fn both_ways(events: &[Event]) {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(&folder.path().join("drift.copydesk"));
    for event in events {
        world.happens(event);
    }
    world.learn(usize::MAX);
    let (learnt, suggested) = (world.regions.snapshot(), world.suggestions());
    // There is no model of a language before an article in it is finished.
    let tagger = world.entities.tagger();
    let names = tagger.map(|tagger| tagger.gazetteer().clone());
    let weights = tagger.map(|tagger| Arc::clone(tagger.model()));

    (world.regions, world.entities) = trainers(world.person);
    world.learn(usize::MAX);
    assert!(
        world.regions.snapshot() == learnt,
        "the weights of the regions"
    );
    let again = world.entities.tagger();
    assert_eq!(again.map(|tagger| tagger.gazetteer().clone()), names);
    let again = again.map(|tagger| Arc::clone(tagger.model()));
    assert!(again == weights, "the weights of the entities");
    assert_eq!(world.suggestions(), suggested);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_models_are_those_of_the_finished_annotations(
        events in prop::collection::vec(event(), 6..24),
    ) {
        both_ways(&events);
    }
}

#[test]
fn a_second_annotator_who_takes_finished_back_leaves_no_trace() {
    use Event::{DeleteAndRestore, Finish, Learn, Rename, Reopen};
    let mut events: Vec<Event> = (1..=ARTICLES).map(|key| Finish(key, 0, 0)).collect();
    events.push(Learn(usize::MAX));
    events.extend([Finish(2, 1, 3), Learn(usize::MAX), DeleteAndRestore(4, 0)]);
    events.extend([
        Rename,
        Learn(9),
        Reopen(2, 1),
        Finish(1, 0, 2),
        Learn(40),
        Finish(1, 0, 0),
    ]);
    both_ways(&events);
}

#[test]
fn nothing_is_left_of_what_was_finished_once_all_is_reopened() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(&folder.path().join("drift.copydesk"));
    world.learn(usize::MAX);
    let (fresh, suggested) = (world.regions.snapshot(), world.suggestions());
    for key in 1..=ARTICLES {
        world.happens(&Event::Finish(key, 0, 0));
    }
    world.learn(usize::MAX);
    assert!(world.regions.snapshot() != fresh && world.suggestions() != suggested);
    for key in [3, 1, 6, 2, 5, 4] {
        world.happens(&Event::Reopen(key, 0));
        world.learn(11);
    }
    world.learn(usize::MAX);
    assert!(world.regions.snapshot() == fresh);
    assert_eq!(world.suggestions(), suggested);
}
