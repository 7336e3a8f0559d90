//! Makes a dataset that looks like some weeks of work by three annotators, with every edit in the
//! history, for the dashboard. The result is always the same.
//!
//! `cargo run --example team_at_work -- DATASET.copydesk [ARTICLES]`

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use copydesk::dataset::config::built_in_schemas;
use copydesk::dataset::{Dataset, session};
use copydesk::edit::{Action, History, Scope, Selection, Session, Transaction};
use copydesk::model::StartedFrom;
use copydesk::model::{
    Article, ArticleId, BytePos, Entity, Label, Metadata, Provenance, Region, Rng, Schema, Score,
    Span, Status, Text,
};
use copydesk::store::{ArticleKey, Commit, NewArticle, Revision, Store, TimeSpent};

const DAY_MS: i64 = 86_400_000;
const PEOPLE: [&str; 3] = ["amina", "jonas", "maria"];
const SITES: [&str; 5] = [
    "harbour-herald.example",
    "island-courier.example",
    "coast-daily.example",
    "storm-wire.example",
    "gazette.example",
];
const NAMES: [(&str, &str); 12] = [
    ("Ada Borg", "PERSON"),
    ("Jean-Luc Moreau", "PERSON"),
    ("Karl Vella", "PERSON"),
    ("Nairobi", "GPE"),
    ("Valletta", "GPE"),
    ("Gozo", "GPE"),
    ("Red Cross", "ORG"),
    ("Port Authority", "ORG"),
    ("Ministry of Works", "ORG"),
    ("Storm Helga", "EVENT"),
    ("Maltese", "NORP"),
    ("Grand Harbour", "LOC"),
];

/// An article: what is right, and what the models suggest.
struct Made {
    new: NewArticle,
    regions: Vec<Region>,
    entities: Vec<Entity>,
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let path = args.next().context("name the dataset that is to be made")?;
    let articles: usize = args.next().map_or(Ok(600), |n| n.parse())?;
    let schema = built_in_schemas::news()?;
    let mut dataset = Dataset::create(Path::new(&path), &schema)?;
    let store = dataset.store_mut();
    let mut rng = Rng::new(0);
    let done = articles * 3 / 4;
    let begin = 1_792_396_800_000; // Monday, 19 October 2026, 08:00 UTC
    let (mut day, mut left) = (0, 0);
    let mut clocks = [begin; 3];
    for number in 0..articles {
        // The models get better while they learn: from every fifth thing wrong to every thirtieth.
        let fault = 4 + 26 * (done.saturating_sub(number)) / done.max(1);
        let made = make(&mut rng, number, fault)?;
        store.add_articles(std::slice::from_ref(&made.new))?;
        let key = store
            .find(&format!("wire-{number:05}"))?
            .context("just added")?;
        if number >= done {
            continue;
        }
        if left == 0 {
            // Another day, with more or less time for it; nobody works at the weekend.
            day += if day % 7 == 4 { 3 } else { 1 };
            left = (done / 24).max(1) + rng.below((done / 24).max(1));
            for clock in &mut clocks {
                *clock = begin + i64::from(day) * DAY_MS + rng.below(3_600_000) as i64;
            }
        }
        left -= 1;
        let who = if day < 12 { number % 2 } else { number % 3 };
        if let (Some(clock), Some(name)) = (clocks.get_mut(who), PEOPLE.get(who)) {
            work(store, &schema, &mut rng, &made, key, name, clock)?;
        }
    }
    Ok(())
}

fn label(name: &str) -> Result<Label> {
    Label::new(name).map_err(|error| anyhow::anyhow!("{name}: {error}"))
}

fn make(rng: &mut Rng, number: usize, fault: usize) -> Result<Made> {
    let mut words = String::new();
    let mut regions: Vec<(usize, usize, &str)> = Vec::new();
    let mut entities: Vec<(usize, usize, &str)> = Vec::new();
    let mut line = |words: &mut String, label: &'static str, text: &str| {
        let start = words.len();
        words.push_str(text);
        regions.push((start, words.len(), label));
        words.push('\n');
    };
    line(&mut words, "nav", "Home News Sport Weather");
    line(&mut words, "nav", &format!("Storm diary, part {number}"));
    for _ in 0..4 + rng.below(6) {
        let mut text = String::from("On");
        text.push_str([" Monday", " Tuesday", " Friday"][rng.below(3)]);
        for _ in 0..1 + rng.below(3) {
            let (name, label) = NAMES[rng.below(NAMES.len())];
            text.push_str([" officials from ", " people in ", " the office of "][rng.below(3)]);
            let start = words.len() + text.len();
            text.push_str(name);
            entities.push((start, start + name.len(), label));
            text.push_str(
                [" said that ferries wait", " counted the damage", " spoke"][rng.below(3)],
            );
        }
        text.push('.');
        line(&mut words, "body", &text);
    }
    for reader in 0..rng.below(4) {
        line(
            &mut words,
            "comment",
            &format!("reader{reader}: I saw it all from the quay."),
        );
    }
    line(&mut words, "nav", "Share Tweet Print");
    let text = Text::new(&words);
    let span = |start: usize, end: usize| -> Result<Span> {
        let (start, end) = (BytePos::from_index(start), BytePos::from_index(end));
        text.span(start, end)
            .map_err(|error| anyhow::anyhow!("{error}"))
    };
    let (mut right, mut guessed) = (Vec::new(), Vec::new());
    for (start, end, name) in regions {
        let span = span(start, end)?;
        let wrong = rng.percent(fault / 2 + 2);
        let score = Score::new(if wrong { 0.45 } else { 0.93 });
        right.push(Region {
            span,
            label: label(name)?,
            provenance: Provenance::Person,
        });
        guessed.push(Region {
            span,
            label: label(if wrong {
                ["body", "nav"][usize::from(name == "body")]
            } else {
                name
            })?,
            provenance: Provenance::Extractor(score),
        });
    }
    let (mut tagged, mut proposed) = (Vec::new(), Vec::new());
    for (start, end, name) in entities {
        tagged.push(Entity {
            span: span(start, end)?,
            label: label(name)?,
            provenance: Provenance::Person,
        });
        if !rng.percent(fault) {
            let wrong = rng.percent(fault / 2);
            proposed.push(Entity {
                span: span(start, end)?,
                label: label(if wrong { "ORG" } else { name })?,
                provenance: Provenance::Tagger(Score::new(if wrong { 0.5 } else { 0.9 })),
            });
        }
    }
    let suggestions =
        copydesk::model::Annotation::from_parts(&text, guessed, proposed, Status::Todo, Vec::new())
            .map_err(|error| anyhow::anyhow!("{error}"))?;
    let id = format!("wire-{number:05}");
    Ok(Made {
        new: NewArticle {
            kept: Vec::new(),
            content_hash: format!("{number:064}"),
            article: Article {
                id: ArticleId::new(&id).context("an id")?,
                blocks: copydesk::extract::blocks_of_text(&text),
                text,
                meta: Metadata {
                    title: format!("Storm diary, part {number}"),
                    url: format!("https://{}/{number}", SITES[number * number % SITES.len()]),
                    ..Metadata::default()
                },
            },
            suggestions,
            imported: None,
        },
        regions: right,
        entities: tagged,
    })
}

/// Corrects one article, edit by edit, and marks it done; one in thirty is flagged.
fn work(
    store: &mut dyn Store,
    schema: &Schema,
    rng: &mut Rng,
    made: &Made,
    key: ArticleKey,
    name: &str,
    clock: &mut i64,
) -> Result<()> {
    let begin = *clock;
    let article = Arc::new(store.article(key)?);
    let guess = made.new.suggestions.clone();
    let from = StartedFrom::Suggestions { revision: 1 };
    let start = session::start_entry(&article, &guess, from, begin);
    let mut session = Session::new(article, guess, History::replay([start]));
    let mut apply = |session: &mut Session, action, transaction: Transaction| -> Result<()> {
        *clock += 1_500 + rng.below(6_000) as i64;
        let here = Selection::default();
        session
            .apply(action, transaction, here, here, *clock)
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(())
    };
    for right in &made.regions {
        let wrong = session
            .annotation()
            .regions_in(right.span)
            .iter()
            .any(|region| region.label != right.label);
        if wrong && let Ok(plan) = scope(&session, schema).label_span(right.span, &right.label) {
            apply(&mut session, Action::LabelRegion, plan)?;
        }
    }
    for right in &made.entities {
        let found = session.annotation().entities_in(right.span).next().cloned();
        match found {
            None => {
                if let Ok(plan) = scope(&session, schema).tag(right.span, &right.label) {
                    apply(&mut session, Action::Tag, plan)?;
                }
            }
            Some(entity) if entity.label != right.label => {
                if let Ok(plan) = scope(&session, schema).retag(&entity, &right.label) {
                    apply(&mut session, Action::Retag, plan)?;
                }
            }
            Some(_) => {}
        }
    }
    let plan = if key.0 % 30 == 0 {
        scope(&session, schema).flag("Is the diary's headline part of the story?", None)
    } else {
        scope(&session, schema).done()
    };
    let plan = plan.map_err(|error| anyhow::anyhow!("{error}"))?;
    apply(&mut session, Action::SetStatus, plan)?;
    *clock += 8_000 + rng.below(30_000) as i64;
    store.commit(
        &Commit {
            key,
            annotator: name,
            expected: Revision(0),
            entries: session.history().entries(),
            annotation: session.annotation(),
        },
        *clock,
    )?;
    store.add_time(&[TimeSpent {
        key,
        annotator: name.to_owned(),
        at_ms: begin,
        active_ms: *clock - begin,
    }])?;
    Ok(())
}

fn scope<'a>(session: &'a Session, schema: &'a Schema) -> Scope<'a> {
    Scope {
        article: session.article(),
        annotation: session.annotation(),
        schema,
    }
}
