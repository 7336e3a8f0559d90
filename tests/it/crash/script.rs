//! An editing session that is made to be interrupted. It runs in a process of its own and says on
//! stdout what it did, after the store has acknowledged it.

use copydesk::store::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use copydesk::edit::{Action, PlanError, Selection};
use copydesk::model::{Label, Rng, Status};
use copydesk::store::{
    Added, ArticleKey, Filter, NewArticle, SqliteStore, StoreError, codec, write_atomically,
};

use crate::store::story::{Annotator, article, schema};

pub const FOLDER: &str = "COPYDESK_CRASH_FOLDER";
pub const SEED: &str = "COPYDESK_CRASH_SEED";
pub const STEPS: &str = "COPYDESK_CRASH_STEPS";

pub const DATASET: &str = "news.copydesk";
pub const EXPORT: &str = "news.jsonl";
/// A setting that grows.
pub const COUNTER: &str = "counter";

const ANNOTATORS: [&str; 2] = ["jo", "maria"];

/// The article that has this id, always the same.
pub fn article_of(id: &str) -> NewArticle {
    let mut marked = format!("title?.9| Article {id}\n");
    let paragraphs = 3 + id.len() % 3;
    for n in 0..paragraphs {
        writeln!(
            marked,
            "body?.8| Paragraph {n} of {id}, as {{PERSON?.7 Ada Lovelace}} said."
        )
        .unwrap();
    }
    article(id, &marked)
}

/// The whole content of the export with this number.
pub fn export_of(number: usize) -> String {
    let mut text = format!("export {number}\n");
    for line in 0..2000 + number % 100 {
        writeln!(text, "{number} {line}").unwrap();
    }
    text.push_str("end\n");
    text
}

fn say(line: &str) {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "ACK {line}").unwrap();
    stdout.flush().unwrap();
}

#[test]
#[ignore = "is run by the crash tests"]
fn editing() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let number = |name: &str| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let mut rng = Rng::new(number(SEED));
    let path = folder.join(DATASET);
    let mut store = if path.exists() {
        SqliteStore::open(&path).unwrap()
    } else {
        SqliteStore::create(&path, &schema()).unwrap()
    };
    say("created");
    let mut at_work: BTreeMap<(ArticleKey, &str), Annotator> = BTreeMap::new();
    let mut keys = store.keys(&Filter::default()).unwrap();
    let mut exported = std::fs::read_to_string(folder.join(EXPORT)).map_or(0, |text| {
        let first = text.lines().next().unwrap_or_default();
        first.rsplit(' ').next().unwrap().parse().unwrap()
    });
    for _ in 0..number(STEPS) {
        match rng.below(30) {
            _ if keys.is_empty() => add(&mut store, &mut keys),
            0 => add(&mut store, &mut keys),
            1 => {
                exported += 1;
                write_atomically(&folder.join(EXPORT), |file| {
                    file.write_all(export_of(exported).as_bytes())
                })
                .unwrap();
                say(&format!("export {exported}"));
            }
            2 => {
                let before = store.setting(COUNTER).unwrap();
                let value = before.map_or(0, |value| value.parse().unwrap()) + 1_usize;
                store
                    .set_setting(COUNTER, Some(&value.to_string()))
                    .unwrap();
                say(&format!("setting {value}"));
            }
            3 => {
                store.index_some().unwrap();
            }
            _ => {
                let key = keys[rng.below(keys.len())];
                let name = ANNOTATORS[rng.below(2)];
                let annotator = (at_work.entry((key, name)))
                    .or_insert_with(|| Annotator::at(&store, name, key));
                annotate(&mut store, annotator, &mut rng);
            }
        }
    }
}

fn add(store: &mut SqliteStore, keys: &mut Vec<ArticleKey>) {
    let ids: Vec<String> = (0..3).map(|n| format!("a{}", keys.len() + n)).collect();
    let articles: Vec<NewArticle> = ids.iter().map(|id| article_of(id)).collect();
    for added in store.add_articles(&articles).unwrap() {
        let (Added::New(key) | Added::NewWork(key) | Added::Known(key) | Added::IdTaken(key)) =
            added;
        keys.push(key);
    }
    say(&format!("added {}", ids.join(" ")));
}

/// One step of an annotator's work, if the step that the generator chooses can be done.
fn annotate(store: &mut SqliteStore, annotator: &mut Annotator, rng: &mut Rng) {
    match step(store, annotator, rng) {
        Ok(Some(saved)) => saved.unwrap(),
        Ok(None) | Err(_) => return,
    }
    say(&format!(
        "commit {} {} {} {}",
        annotator.key.0,
        annotator.name,
        annotator.revision.0,
        mark(annotator.session.annotation())
    ));
}

/// By which an annotation is known again.
pub fn mark(annotation: &copydesk::model::Annotation) -> String {
    let json = codec::write_annotation(annotation).unwrap();
    blake3::hash(json.as_bytes()).to_hex()[..16].to_owned()
}

type Saved = Result<(), StoreError>;

fn step(
    store: &mut SqliteStore,
    annotator: &mut Annotator,
    rng: &mut Rng,
) -> Result<Option<Saved>, PlanError> {
    let blocks = annotator.session.article().blocks.clone();
    let block = rng.below(blocks.len());
    let region = Label::new(["body", "comment"][rng.below(2)]).unwrap();
    let person = Label::new("PERSON").unwrap();
    let text = annotator.session.article().text.clone();
    match rng.below(8) {
        0 | 1 => annotator.try_apply(store, Action::LabelRegion, |scope| {
            scope.label_blocks(block..block + 1, &region)
        }),
        2 | 3 => {
            let span = blocks[block].span;
            let words = text.slice(span);
            let word = rng.below(words.split(' ').count());
            let begin: usize = words.split(' ').take(word).map(|w| w.len() + 1).sum();
            let len = words.split(' ').nth(word).unwrap_or_default().len();
            let start = copydesk::model::BytePos::from_index(span.start().index() + begin);
            let end = copydesk::model::BytePos::from_index(start.index() + len);
            let Ok(span) = text.span(start, end) else {
                return Ok(None);
            };
            annotator.try_apply(store, Action::Tag, |scope| scope.tag(span, &person))
        }
        4 => {
            let status = Status::ALL[rng.below(5)];
            annotator.try_apply(store, Action::SetStatus, |scope| scope.set_status(status))
        }
        5 => {
            let words = format!("remark {}", rng.below(1000));
            annotator.try_apply(store, Action::Remark, |scope| {
                scope.add_remark(None, &words)
            })
        }
        6 => match annotator.session.undo(Selection::default(), 5) {
            None => return Ok(None),
            Some(entry) => Ok(annotator.commit(store, &[entry.unwrap()])),
        },
        _ => match annotator.session.redo(Selection::default(), 6) {
            None => return Ok(None),
            Some(entry) => Ok(annotator.commit(store, &[entry.unwrap()])),
        },
    }
    .map(Some)
}
