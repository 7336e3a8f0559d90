//! Ranks the suspects of one task: what the models think, how the same words are labelled elsewhere,
//! and how often the models differ from people in the same way.

use std::collections::HashMap;

use anyhow::Result;

use super::{Doubt, DoubtKind, LabelKind, Suspect, Suspects, elsewhere};
use crate::dataset::io::progress::CancelFlag;
use crate::dataset::training::learning::FinishedArticle;
use crate::model::figures;
use crate::quality::model_check::{Evidence, doubt};
use crate::store::Store;

/// The suspects of which the models are as sure as they usually are of the label that they would
/// give, with their scores.
pub(super) fn doubts(
    store: &dyn Store,
    articles: &[FinishedArticle],
    found: Suspects,
    cancel: &CancelFlag,
) -> Result<Vec<Doubt>> {
    let Suspects {
        thresholds,
        mut suspects,
        ..
    } = found;
    suspects.retain(|suspect| {
        let (own, other) = (
            suspect.opinion.self_confidence(),
            suspect.opinion.of(suspect.thought),
        );
        let least = thresholds.of(suspect.thought);
        other > own && least.is_some_and(|least| other >= least)
    });
    elsewhere::look_up(store, articles, &mut suspects, cancel)?;
    // Where other places side with the given label, it is no longer doubted.
    suspects.retain(|suspect| {
        let evidence = evidence(&suspect.doubt);
        evidence.thought() > evidence.given()
    });
    let mut cells: HashMap<Cell, u64> = HashMap::new();
    for suspect in &suspects {
        *cells.entry(cell(suspect)).or_default() += 1;
    }
    let doubts = suspects.into_iter().map(|suspect| {
        let cell = cell(&suspect);
        // Of all places with this label, or, where none was given, of those with the other one.
        let places = match suspect.doubt.given {
            Some(_) => thresholds.count(suspect.opinion.given),
            None => thresholds.count(suspect.thought),
        };
        let rate = (cells[&cell] + 1) as f64 / (places + 2) as f64;
        let mut doubt_about = suspect.doubt;
        let evidence = evidence(&doubt_about);
        // Blocks of one wording have several labels for good reasons more often than names.
        let support = match doubt_about.task {
            LabelKind::Entity if evidence.alike == 0 => evidence.as_thought,
            _ => 0,
        };
        doubt_about.score = doubt(&evidence, rate, support);
        doubt_about.why.extend(words(&doubt_about));
        doubt_about
    });
    Ok(doubts.collect())
}

/// Doubts of one kind: the models put one label where people put another.
type Cell = (DoubtKind, usize, usize);

fn cell(suspect: &Suspect) -> Cell {
    (
        suspect.doubt.kind,
        suspect
            .doubt
            .given
            .as_ref()
            .map_or(usize::MAX, |_| suspect.opinion.given),
        suspect.thought,
    )
}

fn evidence(doubt: &Doubt) -> Evidence {
    let elsewhere = doubt.elsewhere;
    Evidence {
        given_probability: doubt.given_probability,
        thought_probability: doubt.thought_probability,
        alike: elsewhere.alike,
        places: elsewhere.places,
        as_thought: elsewhere.as_thought,
        places_of_thought: elsewhere.places_of_thought,
    }
}

/// How the same words are labelled elsewhere, in a sentence.
fn words(doubt: &Doubt) -> Option<String> {
    let elsewhere = doubt.elsewhere;
    let name = |label: &Option<crate::model::Label>| match label {
        Some(label) => label.to_string(),
        None => "without a label".to_owned(),
    };
    let places = |count: u32| figures::count(count as usize, "other place");
    match (elsewhere.alike, elsewhere.as_thought) {
        _ if elsewhere.places == 0 && elsewhere.places_of_thought == 0 => None,
        (0, 0) => None,
        (alike, 0) => Some(format!(
            "The same words are {} in {}",
            name(&doubt.given),
            places(alike)
        )),
        (0, other) => Some(format!(
            "The same words are {} in {}, and {} in none",
            name(&doubt.thought),
            places(other),
            name(&doubt.given)
        )),
        (alike, other) => Some(format!(
            "The same words are {} in {}, and {} in {}",
            name(&doubt.thought),
            places(other),
            name(&doubt.given),
            places(alike)
        )),
    }
}
