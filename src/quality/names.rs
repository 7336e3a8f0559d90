//! Names over many articles: the same words labelled two ways, and tagged in one article and missed
//! in another.
//!
//! Two walks. The first counts with which labels each name is tagged ([`Names`]); the second holds
//! each article against what that came to ([`Usage::look`]). Memory has a bound: of so many names
//! more come to know none that is new, and says so.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::lint::{Covered, Finding, Lint, Tagged};
use crate::model::{Annotation, Label, Schema, Span, Status, Text};
use crate::tag;

/// The most different names that are counted; about 70 MB.
const MAX_NAMES: usize = 200_000;
/// Longer names are not compared, in characters: hardly two articles have the same.
const MAX_CHARS: usize = 80;
/// A name must be tagged so often for its label to be the usual one, …
const OFTEN: u32 = 4;
/// … and so much of all its tags must have that label.
const USUAL: f64 = 0.8;
/// The most tokens of a name.
const TOKENS: usize = 8;
/// The most places of one name that are reported.
const TOLD: u32 = 3;

/// How often names have which label.
#[derive(Clone, Debug, Default)]
pub struct Names {
    tags: HashMap<Box<str>, BTreeMap<Label, u32>>,
    /// Whether some names were too many.
    pub full: bool,
}

/// The names of one article, as they are tagged.
#[must_use]
pub fn names_of(text: &Text, annotation: &Annotation) -> Vec<(Box<str>, Label)> {
    let entities = annotation.entities().iter();
    entities
        .filter(|entity| !entity.provenance.is_suggestion())
        .filter_map(|entity| Some((name(text, entity.span)?.into(), entity.label.clone())))
        .collect()
}

/// The words of an entity, if they are not too long for a name; only so much of them is looked at.
fn name(text: &Text, span: Span) -> Option<&str> {
    let words = text.slice(span).trim();
    words.chars().nth(MAX_CHARS).is_none().then_some(words)
}

impl Names {
    /// Counts the names of an article.
    pub fn add(&mut self, names: Vec<(Box<str>, Label)>) {
        for (words, label) in names {
            if self.tags.len() >= MAX_NAMES && !self.tags.contains_key(&words) {
                self.full = true;
                continue;
            }
            let labels = self.tags.entry(words).or_default();
            let count = labels.entry(label).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// The names that have a usual label.
    #[must_use]
    pub fn usage(self) -> Usage {
        let usual = self.tags.into_iter().filter_map(|(words, labels)| {
            let all = labels
                .values()
                .fold(0_u32, |all, count| all.saturating_add(*count));
            let (label, count) = labels
                .into_iter()
                .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))?;
            let fits = count >= OFTEN && f64::from(count) >= USUAL * f64::from(all);
            fits.then_some((words, Usual { label, count, all }))
        });
        Usage {
            usual: usual.collect(),
        }
    }
}

#[derive(Clone, Debug)]
struct Usual {
    label: Label,
    count: u32,
    all: u32,
}

/// The names that have a usual label.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    usual: HashMap<Box<str>, Usual>,
}

/// How often each name was reported, so that no name fills the page.
#[derive(Clone, Debug, Default)]
pub struct Told(HashMap<(Box<str>, Lint), u32>);

impl Told {
    /// Whether another place of these words may be reported.
    pub fn may_tell(&mut self, words: &str, lint: Lint) -> bool {
        let told = self.0.entry((words.into(), lint)).or_default();
        *told += 1;
        *told <= TOLD
    }
}

impl Usage {
    /// Holds an article against the others. `schema` says in which regions entities are tagged;
    /// without one, in all. An article that is neither done nor has an entity was not tagged yet,
    /// and misses nothing.
    #[must_use]
    pub fn look(
        &self,
        text: &Text,
        annotation: &Annotation,
        schema: Option<&Schema>,
    ) -> Vec<Finding> {
        let mut found = Vec::new();
        for entity in annotation.entities() {
            if let Some(usual) = name(text, entity.span).and_then(|name| self.usual.get(name))
                && usual.label != entity.label
                && !twin(annotation, entity.span, &usual.label)
            {
                found.push(Finding {
                    lint: Lint::OddLabel,
                    span: entity.span,
                    label: Some(entity.label.clone()),
                    detail: format!("{} in {} of {} places", usual.label, usual.count, usual.all),
                });
            }
        }
        if annotation.status() != Status::Done && annotation.entities().is_empty() {
            return found;
        }
        let (covered, tagged) = (Covered::new(annotation), Tagged::new(annotation, schema));
        let here: HashSet<&str> = annotation
            .entities()
            .iter()
            .filter_map(|entity| name(text, entity.span))
            .collect();
        let tokens = tag::tokens::tokenize(text.as_str());
        let mut from = 0;
        while let Some(first) = tokens.get(from) {
            from += 1;
            // What begins in lower case is hardly a name.
            let capital = text
                .as_str()
                .get(first.clone())
                .is_some_and(|word| word.starts_with(char::is_uppercase));
            if !capital {
                continue;
            }
            let longest = tokens.len().min(from - 1 + TOKENS);
            for end in (from..=longest).rev() {
                let Some(last) = tokens.get(end - 1) else {
                    break;
                };
                let Some(words) = text.as_str().get(first.start..last.end) else {
                    continue;
                };
                let Some(usual) = self
                    .usual
                    .get(words)
                    .filter(|_| words.chars().nth(1).is_some())
                else {
                    continue;
                };
                let Some(span) = span(text, first.start, last.end) else {
                    continue;
                };
                // Within one article the lint reports it already.
                let free = !covered.overlaps(span) && !here.contains(words);
                if free && tagged.holds(span) {
                    found.push(Finding {
                        lint: Lint::MissedName,
                        span,
                        label: Some(usual.label.clone()),
                        detail: format!("tagged {} times", usual.count),
                    });
                }
                from = end; // what stands in a longer name is not looked at
                break;
            }
        }
        found.sort_by_key(|finding| (finding.span, finding.lint));
        found
    }
}

/// Whether the same span has that label too: two on purpose.
fn twin(annotation: &Annotation, span: Span, label: &Label) -> bool {
    annotation.entity(span, label).is_some()
}

fn span(text: &Text, start: usize, end: usize) -> Option<Span> {
    use crate::model::BytePos;
    text.span(BytePos::from_index(start), BytePos::from_index(end))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    #[test]
    fn articles_are_held_against_each_other() {
        let marked = [
            "body| {GPE Malta} waits for {ORG Air Malta}.",
            "body| {GPE Malta} and {GPE Malta} again, with {ORG Air Malta}.",
            "body| {GPE Malta}: {ORG Air Malta} flies, {ORG Air Malta} lands.",
            "body| {ORG Malta} won; Air Malta cheered, and maltese did.",
            "body| In Malta {PERSON Ada} and Ada wait.",
            "body| Malta, which nobody has looked at.",
        ];
        let articles: Vec<_> = marked
            .iter()
            .map(|marked| notation::parse(marked).unwrap())
            .collect();
        let mut names = Names::default();
        for article in &articles {
            names.add(names_of(&article.text, &article.annotation));
        }
        let usage = names.usage();
        let told: Vec<Vec<(Lint, String, String)>> = articles
            .iter()
            .map(|article| {
                let found = usage
                    .look(&article.text, &article.annotation, None)
                    .into_iter();
                found
                    .map(|f| {
                        (
                            f.lint,
                            article.text.slice(f.span).to_owned(),
                            f.label.unwrap().to_string(),
                        )
                    })
                    .collect()
            })
            .collect();
        let one = |sign, words: &str, label: &str| vec![(sign, words.to_owned(), label.to_owned())];
        let mut odd = one(Lint::OddLabel, "Malta", "ORG");
        odd.extend(one(Lint::MissedName, "Air Malta", "ORG"));
        assert_eq!(
            told,
            [
                vec![],
                vec![],
                vec![],
                odd,
                one(Lint::MissedName, "Malta", "GPE"),
                vec![]
            ]
        );
        let mut told = Told::default();
        let times = (0..9)
            .filter(|_| told.may_tell("Malta", Lint::OddLabel))
            .count();
        assert_eq!(times, 3);
    }

    #[test]
    fn what_has_no_usual_label_says_nothing() {
        let mut names = Names::default();
        for label in ["GPE", "GPE", "ORG", "GPE", "GPE", "ORG"] {
            names.add(vec![("Washington".into(), Label::new(label).unwrap())]);
        }
        let article = notation::parse("body| {PERSON Washington} waits.").unwrap();
        assert!(
            names
                .usage()
                .look(&article.text, &article.annotation, None)
                .is_empty()
        );
    }
}
