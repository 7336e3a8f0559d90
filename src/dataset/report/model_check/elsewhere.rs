//! How the words of a doubted label are labelled everywhere else in the finished articles.
//!
//! A slip is rare: the same words have the right label in other places. Where other places have the
//! same label, it is a custom of the annotators that the models do not share. For entities, the same
//! words count; for regions, blocks with the same letters.

use std::collections::{BTreeMap, HashMap};

use aho_corasick::{AhoCorasick, MatchKind};
use anyhow::Result;

use super::{Doubt, DoubtKind, LabelKind, Suspect};
use crate::dataset::io::progress::{CancelFlag, Cancelled};
use crate::dataset::training::learning::{FinishedArticle, MOST_BYTES, finished_versions};
use crate::edit::segment;
use crate::extract::FeaturizedArticle;
use crate::model::{Annotation, Article, BytePos, Label, Region, Span};
use crate::store::Store;

/// Longer words are not looked for, in bytes.
const MOST_WORDS: usize = 200;
/// The most different words that are looked for.
const MOST_NAMES: usize = 50_000;

/// How often the words of a doubt are labelled in which way in other places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// Places that are labelled as this one.
    pub alike: u32,
    /// All other places with the same words.
    pub places: u32,
    /// Places that are labelled as the models would label this one.
    pub as_thought: u32,
    /// All places with the words that the models would label, which may be others.
    pub places_of_thought: u32,
}

/// How often words have which label; `None` counts places without a label.
#[derive(Default)]
struct Counts {
    labels: BTreeMap<Option<Label>, u32>,
    all: u32,
}

impl Counts {
    fn add(&mut self, label: Option<Label>) {
        *self.labels.entry(label).or_default() += 1;
        self.all += 1;
    }

    /// Counts a place with other edges, which is neither labelled nor not.
    fn add_other(&mut self) {
        self.all += 1;
    }

    fn of(&self, label: &Option<Label>) -> u32 {
        self.labels.get(label).copied().unwrap_or(0)
    }
}

/// Looks the words of all suspects up in all finished articles.
pub(super) fn look_up(
    store: &dyn Store,
    articles: &[FinishedArticle],
    suspects: &mut [Suspect],
    cancel: &CancelFlag,
) -> Result<()> {
    let is_entity = |suspect: &&Suspect| suspect.doubt.task == LabelKind::Entity;
    let mut names: HashMap<String, Counts> = HashMap::new();
    for suspect in suspects.iter().filter(is_entity) {
        for words in [&suspect.words, &suspect.thought_words] {
            if names.len() < MOST_NAMES && !words.is_empty() && words.len() <= MOST_WORDS {
                names.entry(words.clone()).or_default();
            }
        }
    }
    let mut blocks: HashMap<String, Counts> = HashMap::new();
    for suspect in suspects.iter().filter(|suspect| !is_entity(suspect)) {
        blocks.entry(suspect.words.clone()).or_default();
    }
    let patterns: Vec<String> = names.keys().cloned().collect();
    let finder = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .build(&patterns);
    for finished in articles {
        if cancel.is_cancelled() {
            return Err(Cancelled.into());
        }
        let Some((article, versions)) = finished_versions(store, finished)? else {
            continue;
        };
        if article.text.len() > MOST_BYTES {
            continue;
        }
        for annotation in &versions {
            if let (Ok(finder), false) = (&finder, patterns.is_empty()) {
                count_names(finder, &patterns, &article, annotation, &mut names);
            }
        }
        if !blocks.is_empty() {
            let kept = store.kept(finished.key)?;
            let read = FeaturizedArticle::of_article(&article, kept.as_deref());
            for annotation in &versions {
                count_blocks(&read, annotation.regions(), &mut blocks);
            }
        }
    }
    for suspect in suspects {
        let counts = match suspect.doubt.task {
            LabelKind::Entity => &names,
            LabelKind::Region => &blocks,
        };
        suspect.doubt.elsewhere = elsewhere(suspect, counts);
    }
    Ok(())
}

/// What is known of a suspect's words, its own place left out.
fn elsewhere(suspect: &Suspect, counts: &HashMap<String, Counts>) -> Elsewhere {
    let Doubt {
        kind,
        given,
        thought,
        ..
    } = &suspect.doubt;
    let Some(own) = counts.get(&suspect.words) else {
        return Elsewhere::default();
    };
    let other = match kind {
        DoubtKind::OtherEdges => counts.get(&suspect.thought_words),
        _ => Some(own),
    };
    Elsewhere {
        alike: own.of(given).saturating_sub(1),
        places: own.all.saturating_sub(1),
        as_thought: other.map_or(0, |other| other.of(thought)),
        places_of_thought: other.map_or(0, |other| other.all.saturating_sub(1)),
    }
}

fn count_names(
    finder: &AhoCorasick,
    patterns: &[String],
    article: &Article,
    annotation: &Annotation,
    names: &mut HashMap<String, Counts>,
) {
    let text = &article.text;
    for found in finder.find_overlapping_iter(text.as_str()) {
        let (start, end) = (found.start(), found.end());
        let at = BytePos::from_index;
        let (Ok(span), Some(counts)) = (
            text.span(at(start), at(end)),
            patterns
                .get(found.pattern().as_usize())
                .and_then(|words| names.get_mut(words)),
        ) else {
            continue;
        };
        if !segment::is_whole_word(text.as_str(), start, end) {
            continue;
        }
        let mut over = annotation.entities_in(span).peekable();
        if over.peek().is_none() {
            counts.add(None);
        } else if let Some(exact) = over.find(|entity| entity.span == span) {
            counts.add(Some(exact.label.clone()));
        } else {
            counts.add_other();
        }
    }
}

fn count_blocks(
    article: &FeaturizedArticle,
    regions: &[Region],
    blocks: &mut HashMap<String, Counts>,
) {
    for block in &article.blocks {
        let words = letters(article.text.slice(block.span));
        if let Some(counts) = blocks.get_mut(&words) {
            counts.add(label_at(regions, block.span));
        }
    }
}

/// The label of the region that a block begins in.
fn label_at(regions: &[Region], block: Span) -> Option<Label> {
    let after = regions.partition_point(|region| region.span.end() <= block.start());
    let region = regions.get(after)?;
    (region.span.start() < block.end()).then(|| region.label.clone())
}

/// The letters of a block in lower case: blocks that differ in dates, numbers and marks are alike.
pub(super) fn letters(words: &str) -> String {
    let letters = words.chars().filter(|c| c.is_alphabetic());
    letters
        .flat_map(char::to_lowercase)
        .take(MOST_WORDS)
        .collect()
}
