//! The review of several annotators' work: the open article's places, and the articles to review.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::edit::adjudication::{Adjudication, Choice, Decision, LabelledSpan, Place, PlaceId};
use crate::model::hash::StableHash;
use crate::model::{BytePos, Schema, Text};
use crate::store::ArticleKey;

/// The open article with what its annotators have, and what was decided.
pub struct OpenReview {
    /// Which article.
    pub key: ArticleKey,
    /// The places and the decisions.
    pub work: Adjudication,
    /// The place whose lanes are open.
    pub current: Option<PlaceId>,
    /// Places that were decided, and whose annotators have changed something since.
    pub reopened: Vec<PlaceId>,
    /// The decisions in the history of the article.
    pub stored: Vec<Decision>,
    /// How many other places are like the one whose lanes are open, and of which place that was
    /// counted.
    pub alike: (Option<PlaceId>, usize),
    /// The letters that the annotators go by, if their names are hidden.
    letters: Option<BTreeMap<Arc<str>, char>>,
    /// Grows with each decision, so that views know when to look again.
    pub version: u64,
}

/// What is known of a place, for lists and lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceState {
    /// Nothing was decided.
    Open,
    /// It was decided, and an annotator has changed something there since.
    Reopened,
    /// A version was taken.
    Taken(usize),
    /// A majority has it.
    Majority(usize),
    /// Nobody is right.
    Nobody,
    /// The adjudicator has a version that nobody else has.
    Own,
}

impl OpenReview {
    /// The review of an article. With `hides_names`, annotators go by letters, in an order that
    /// differs from article to article.
    #[must_use]
    pub fn new(
        key: ArticleKey,
        work: Adjudication,
        stored: Vec<Decision>,
        reopened: Vec<PlaceId>,
        hides_names: bool,
    ) -> Self {
        let letters = hides_names.then(|| letters(key, &work));
        Self {
            key,
            work,
            current: None,
            reopened,
            stored,
            alike: (None, 0),
            letters,
            version: 0,
        }
    }

    /// Shows letters instead of names, or names again.
    pub fn hide_names(&mut self, hides: bool) {
        self.letters = hides.then(|| letters(self.key, &self.work));
    }

    /// Takes other decisions, as they are in the history.
    pub fn reset(&mut self, stored: Vec<Decision>, schema: &Arc<Schema>) {
        let inputs = self.work.inputs().to_vec();
        let text = self.work.text().clone();
        (self.work, _) = Adjudication::resume(text, Arc::clone(schema), inputs, &stored);
        self.stored = stored;
        self.version += 1;
    }

    /// The first place that is decided otherwise.
    #[must_use]
    pub fn first_difference(&self, decisions: &[Decision]) -> Option<PlaceId> {
        let by_id = |all: &[Decision]| -> HashMap<PlaceId, Decision> {
            all.iter().map(|one| (one.id(), one.clone())).collect()
        };
        let (before, after) = (by_id(&self.stored), by_id(decisions));
        let gone = self
            .stored
            .iter()
            .find(|one| after.get(&one.id()) != Some(*one));
        let new = decisions
            .iter()
            .find(|one| before.get(&one.id()) != Some(*one));
        gone.or(new).map(Decision::id)
    }

    /// What an annotator is called here.
    #[must_use]
    pub fn name<'a>(&'a self, annotator: &'a str) -> String {
        let letter = self.letters.as_ref().and_then(|all| all.get(annotator));
        letter.map_or_else(|| annotator.to_owned(), char::to_string)
    }

    /// What somebody in the article's history is called here. If names are hidden, so is who worked on
    /// the article without being an input.
    #[must_use]
    pub fn name_in_history(&self, annotator: &str) -> String {
        match &self.letters {
            Some(all) if !all.contains_key(annotator) => "somebody else".to_owned(),
            _ => self.name(annotator),
        }
    }

    /// What annotators are called here, in one line.
    #[must_use]
    pub fn names(&self, annotators: &[Arc<str>]) -> String {
        let mut names: Vec<String> = annotators.iter().map(|name| self.name(name)).collect();
        names.sort();
        names.join(", ")
    }

    /// The number of the place whose lanes are open.
    #[must_use]
    pub fn here(&self) -> Option<usize> {
        self.work.find(self.current?)
    }

    /// The place whose lanes are open.
    #[must_use]
    pub fn place_here(&self) -> Option<&Place> {
        self.work.places().get(self.here()?)
    }

    /// The numbers of the places that the adjudicator goes through: where annotators differ, or
    /// where something was decided against all of them.
    pub fn disputed(&self) -> impl DoubleEndedIterator<Item = usize> {
        (0..self.work.places().len()).filter(|at| self.is_disputed(*at))
    }

    fn is_disputed(&self, at: usize) -> bool {
        let place = self.work.places().get(at);
        place.is_some_and(|place| !place.is_unanimous()) || self.work.made(at).is_some()
    }

    /// How many places are to be decided.
    #[must_use]
    pub fn open(&self) -> usize {
        self.work.open().count()
    }

    /// The first open place after a place in the text, or from the start.
    #[must_use]
    pub fn next_open(&self, after: Option<usize>) -> Option<usize> {
        let after = after.map_or(0, |at| at + 1);
        let mut open = self.work.open();
        let first = self.work.open().next();
        open.find(|at| *at >= after).or(first)
    }

    /// The number of the disputed place after, or before, the one that is open or else a position
    /// in the text; round at the ends.
    #[must_use]
    pub fn step(&self, head: BytePos, forward: bool) -> Option<usize> {
        let places = self.work.places();
        let here = self.here();
        let is_after = |at: &usize| match here {
            Some(here) => *at > here,
            None => places
                .get(*at)
                .is_some_and(|place| place.span.start() >= head),
        };
        let is_before = |at: &usize| match here {
            Some(here) => *at < here,
            None => places
                .get(*at)
                .is_some_and(|place| place.span.start() < head),
        };
        if forward {
            let next = self.disputed().find(is_after);
            next.or_else(|| self.disputed().next())
        } else {
            let last = self.disputed().rev().find(is_before);
            last.or_else(|| self.disputed().next_back())
        }
    }

    /// What became of a place.
    #[must_use]
    pub fn state(&self, at: usize) -> PlaceState {
        let Some(decision) = self.work.made(at) else {
            let id = self.work.places().get(at).map(Place::id);
            return match id {
                Some(id) if self.reopened.contains(&id) => PlaceState::Reopened,
                _ => PlaceState::Open,
            };
        };
        match (&decision.choice, decision.version()) {
            (Choice::Nobody, _) => PlaceState::Nobody,
            (Choice::Majority { .. }, Some(version)) => PlaceState::Majority(version),
            (_, Some(version)) => PlaceState::Taken(version),
            (_, None) => PlaceState::Own,
        }
    }

    /// The decision on a place in words, for lists.
    #[must_use]
    pub fn outcome_words(&self, at: usize) -> String {
        let versions = self.work.places().get(at).map(|place| &place.versions);
        let whose = |version: usize| {
            let version = versions.and_then(|versions| versions.get(version));
            version.map_or_else(String::new, |version| self.names(&version.annotators))
        };
        match self.state(at) {
            PlaceState::Open => "open".to_owned(),
            PlaceState::Reopened => "changed since, open again".to_owned(),
            PlaceState::Taken(version) => format!("as {}", whose(version)),
            PlaceState::Majority(version) => format!("majority: as {}", whose(version)),
            PlaceState::Nobody => "nobody".to_owned(),
            PlaceState::Own => "your own".to_owned(),
        }
    }
}

/// Gives each annotator a letter, in an order that depends on the article.
fn letters(key: ArticleKey, work: &Adjudication) -> BTreeMap<Arc<str>, char> {
    let mut names: Vec<Arc<str>> = work
        .inputs()
        .iter()
        .map(|input| input.annotator.clone())
        .collect();
    names.sort_by_key(|name| {
        let hash = StableHash::new().bytes(&key.0.to_le_bytes());
        hash.bytes(name.as_bytes()).finish()
    });
    let letters = ('A'..='Z').cycle();
    names.into_iter().zip(letters).collect()
}

/// What an annotator has at a place, in words: `ORG Port of Valletta`.
#[must_use]
pub fn version_words(text: &Text, spans: &[LabelledSpan]) -> String {
    if spans.is_empty() {
        return "nothing".to_owned();
    }
    let one =
        |span: &LabelledSpan| format!("{} “{}”", span.label, shortened(text.slice(span.span)));
    spans.iter().map(one).collect::<Vec<_>>().join(" · ")
}

/// The beginning and the end of long words.
#[must_use]
pub fn shortened(words: &str) -> String {
    /// How many characters are shown of each.
    const SHOWN: (usize, usize) = (36, 14);
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = words.chars().count();
    if count <= SHOWN.0 + SHOWN.1 + 2 {
        return words;
    }
    let head: String = words.chars().take(SHOWN.0).collect();
    let tail: String = words.chars().skip(count - SHOWN.1).collect();
    format!("{} … {}", head.trim_end(), tail.trim_start())
}

/// A reason that is being written for a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct ReasonForm {
    /// The place.
    pub place: PlaceId,
    /// The decision as it is.
    pub decision: Box<Decision>,
    /// What was typed.
    pub words: String,
}
