//! How far annotators agree, on the articles that more than one of them has done independently.
//!
//! Who starts from a colleague's labels agrees with them before a word is read, so such annotations are left out and counted.
//!
//! Regions by characters that are not white space, each with a label or none: Cohen's kappa for two annotators (J. Cohen, "A
//! coefficient of agreement for nominal scales", 1960), Krippendorff's alpha, nominal, for all (K. Krippendorff, "Computing
//! Krippendorff's alpha-reliability", 2011). Entities by exact spans: F1 of one annotator's against the other's, which is the
//! same both ways; for spans there is no chance agreement to take off (G. Hripcsak and A. Rothschild, 2005).

use std::collections::BTreeMap;
use std::fmt;

use super::score::{Counts, Tally};
use crate::model::figures::counted;
use crate::model::{Annotation, BytePos, Entity, Label, StartedFrom, Text};

/// Characters by what one annotator says, and another; `None` is no region.
type Confusion = BTreeMap<(Option<Label>, Option<Label>), u64>;

/// What two annotators have both done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pair {
    /// Articles.
    pub articles: u64,
    characters: Confusion,
    /// Entities, exactly: what the first in the alphabet has counts as found, what the other has as there to be found.
    pub entities: Tally,
}

impl Pair {
    /// The share of characters to which both give the same label; `None` without characters.
    #[must_use]
    pub fn same_characters(&self) -> Option<f64> {
        let all: u64 = self.characters.values().sum();
        let same = self.characters.iter().filter(|((a, b), _)| a == b);
        let same: u64 = same.map(|(_, count)| count).sum();
        (all > 0).then(|| same as f64 / all as f64)
    }

    /// Cohen's kappa over the characters; `None` where both give one label to all, so that chance alone would agree.
    #[must_use]
    pub fn kappa(&self) -> Option<f64> {
        let observed = self.same_characters()?;
        let all: u64 = self.characters.values().sum();
        let (mut ours, mut theirs) = (BTreeMap::new(), BTreeMap::new());
        for ((a, b), count) in &self.characters {
            *ours.entry(a).or_insert(0) += count;
            *theirs.entry(b).or_insert(0) += count;
        }
        let by_chance: f64 = ours
            .iter()
            .map(|(label, count)| {
                let other: u64 = theirs.get(*label).copied().unwrap_or_default();
                (*count as f64 / all as f64) * (other as f64 / all as f64)
            })
            .sum();
        (by_chance < 1.0).then(|| (observed - by_chance) / (1.0 - by_chance))
    }

    fn merge(&mut self, other: Self) {
        self.articles += other.articles;
        for (both, count) in other.characters {
            *self.characters.entry(both).or_default() += count;
        }
        self.entities.merge(&other.entities);
    }
}

/// Agreement over a dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agreement {
    /// Articles that more than one annotator has done independently.
    pub articles: u64,
    /// By annotators, the first in the alphabet first.
    pub pairs: BTreeMap<(String, String), Pair>,
    /// Characters by the pairs of labels that they have, each pair weighed by how many annotators there are.
    coincidences: BTreeMap<(Option<Label>, Option<Label>), f64>,
    /// Annotations that are not counted, and why.
    pub left_out: LeftOut,
    /// Annotations among those counted that came by an import, of which only the file's word is known.
    pub imported: u64,
}

/// Annotations of articles that several have done which say nothing of agreement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// They review a colleague's work, or decide between several.
    pub reviews: u64,
    /// An older Copydesk, which put colleagues' labels before everybody, wrote them.
    pub unknown: u64,
}

impl fmt::Display for LeftOut {
    /// For people; empty if nothing is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let annotations = |count| counted(count, "annotation", "annotations");
        let mut parts = Vec::new();
        if self.reviews > 0 {
            let count = annotations(self.reviews);
            parts.push(format!("{count} started from a colleague's labels"));
        }
        if self.unknown > 0 {
            let count = annotations(self.unknown);
            parts.push(format!(
                "{count} from an older Copydesk, which did not note what they started from"
            ));
        }
        f.write_str(&parts.join("; "))
    }
}

impl Agreement {
    /// Adds an article with the work of all who have done it and what each started from. Only independent work counts.
    pub fn add_done(&mut self, text: &Text, work: &[(&str, &StartedFrom, &Annotation)]) {
        if work.len() < 2 {
            return;
        }
        let mut independent = Vec::with_capacity(work.len());
        let mut imported = 0;
        for (name, from, annotation) in work {
            match from {
                // Labels that somebody carried over from a copy of the article are still their own.
                StartedFrom::Person { annotator, .. } if annotator == name => {}
                StartedFrom::Person { .. } | StartedFrom::People { .. } => {
                    self.left_out.reviews += 1;
                    continue;
                }
                StartedFrom::Unknown => {
                    self.left_out.unknown += 1;
                    continue;
                }
                StartedFrom::Import => imported += 1,
                StartedFrom::Nothing | StartedFrom::Suggestions { .. } => {}
            }
            independent.push((*name, *annotation));
        }
        if independent.len() > 1 {
            self.imported += imported;
        }
        self.add(text, &independent);
    }

    /// Adds an article with the independent work of those who have done it, whose names differ.
    pub fn add(&mut self, text: &Text, work: &[(&str, &Annotation)]) {
        if work.len() < 2 {
            return;
        }
        self.articles += 1;
        let stretches = stretches(text, work);
        for (labels, chars) in &stretches {
            for (at, one) in labels.iter().enumerate() {
                for (beside, other) in labels.iter().enumerate() {
                    if at != beside {
                        let both = (one.cloned(), other.cloned());
                        *self.coincidences.entry(both).or_default() +=
                            *chars as f64 / (labels.len() - 1) as f64;
                    }
                }
            }
        }
        for (at, (name, annotation)) in work.iter().enumerate() {
            for (beside, (other, theirs)) in work.iter().enumerate() {
                if name >= other {
                    continue;
                }
                let names = ((*name).to_owned(), (*other).to_owned());
                let pair = self.pairs.entry(names).or_default();
                pair.articles += 1;
                for (labels, chars) in &stretches {
                    let label = |of: usize| labels.get(of).copied().flatten().cloned();
                    *pair
                        .characters
                        .entry((label(at), label(beside)))
                        .or_default() += chars;
                }
                count_entities(annotation.entities(), theirs.entities(), &mut pair.entities);
            }
        }
    }

    /// Adds what was gathered elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.articles += other.articles;
        self.left_out.reviews += other.left_out.reviews;
        self.left_out.unknown += other.left_out.unknown;
        self.imported += other.imported;
        for (names, pair) in other.pairs {
            self.pairs.entry(names).or_default().merge(pair);
        }
        for (both, count) in other.coincidences {
            *self.coincidences.entry(both).or_default() += count;
        }
    }

    /// Krippendorff's alpha over the characters of all annotators; `None` where all have one label.
    #[must_use]
    pub fn alpha(&self) -> Option<f64> {
        let mut by_label: BTreeMap<&Option<Label>, f64> = BTreeMap::new();
        let (mut all, mut differ) = (0.0, 0.0);
        for ((a, b), count) in &self.coincidences {
            *by_label.entry(a).or_default() += count;
            all += count;
            if a != b {
                differ += count;
            }
        }
        let same_by_chance: f64 = by_label.values().map(|count| count * (count - 1.0)).sum();
        let expected = all * (all - 1.0) - same_by_chance;
        (expected > 0.0).then(|| 1.0 - (all - 1.0) * differ / expected)
    }
}

/// The text cut at all edges of regions: what each annotator calls a stretch, and its characters that are not white space.
pub(super) fn stretches<'a>(
    text: &Text,
    work: &[(&str, &'a Annotation)],
) -> Vec<(Vec<Option<&'a Label>>, u64)> {
    let regions = work.iter().flat_map(|(_, annotation)| annotation.regions());
    let mut edges: Vec<BytePos> = regions
        .flat_map(|region| [region.span.start(), region.span.end()])
        .collect();
    edges.extend([BytePos(0), text.end()]);
    edges.sort_unstable();
    edges.dedup();
    let mut out = Vec::new();
    for pair in edges.windows(2) {
        let [start, end] = pair else { continue };
        let words = text
            .as_str()
            .get(start.index()..end.index())
            .unwrap_or_default();
        let chars = words.chars().filter(|c| !c.is_whitespace()).count() as u64;
        if chars > 0 {
            let labels = work
                .iter()
                .map(|(_, annotation)| annotation.region_at(*start).map(|region| &region.label));
            out.push((labels.collect(), chars));
        }
    }
    out
}

fn count_entities(ours: &[Entity], theirs: &[Entity], tally: &mut Tally) {
    for entity in ours {
        let same = |other: &&Entity| other.span == entity.span && other.label == entity.label;
        let hits = u64::from(theirs.iter().find(same).is_some());
        tally.add(
            &entity.label,
            Counts {
                hits,
                guessed: 1,
                gold: 0,
            },
        );
    }
    for entity in theirs {
        tally.add(
            &entity.label,
            Counts {
                hits: 0,
                guessed: 0,
                gold: 1,
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    fn of(work: &[(&str, &str)]) -> Agreement {
        let parsed: Vec<_> = work
            .iter()
            .map(|(name, marked)| (*name, notation::parse(marked).unwrap()))
            .collect();
        let work: Vec<(&str, &Annotation)> = parsed
            .iter()
            .map(|(name, notated)| (*name, &notated.annotation))
            .collect();
        let mut agreement = Agreement::default();
        agreement.add(&parsed[0].1.text, &work);
        agreement
    }

    #[test]
    fn two_annotators_are_compared_by_characters_and_by_spans() {
        let agreement = of(&[
            ("zoe", "nav | Home\nbody| {GPE Malta} waits"),
            ("ada", "body| Home\nbody| {GPE Malta} {PERSON waits}"),
        ]);
        let pair = &agreement.pairs[&("ada".to_owned(), "zoe".to_owned())];
        // Of 14 characters 10 have one label; by chance 14/14 × 10/14 would.
        assert!((pair.same_characters().unwrap() - 10.0 / 14.0).abs() < 1e-9);
        assert!(pair.kappa().unwrap().abs() < 1e-9);
        assert!((pair.entities.micro().f1().unwrap() - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(agreement.articles, 1);
    }

    #[test]
    fn alpha_is_krippendorffs() {
        // Ten units of two observers, as in his paper: alpha is 0.095.
        let marks = |bits: &str| {
            let lines: Vec<String> = bits
                .chars()
                .map(|bit| format!("{}| x", if bit == '1' { "one" } else { "nil" }))
                .collect();
            lines.join("\n")
        };
        let agreement = of(&[("a", &marks("0100000000")), ("b", &marks("1110010100"))]);
        assert!(
            (agreement.alpha().unwrap() - 0.095).abs() < 0.0005,
            "{:?}",
            agreement.alpha()
        );
        let same = of(&[("a", "body| x y"), ("b", "body| x y"), ("c", "body| x y")]);
        assert_eq!((same.alpha(), same.pairs.len()), (None, 3));
    }

    #[test]
    fn what_is_gathered_apart_is_the_same_together() {
        let (one, other) = (
            of(&[("a", "nav| x\nbody| y"), ("b", "nav| x\nbody| y")]),
            of(&[("a", "nav| xx\nbody| y"), ("b", "body| xx\nbody| y")]),
        );
        let mut both = one.clone();
        both.merge(other);
        assert_eq!(
            (
                both.articles,
                both.pairs[&("a".into(), "b".into())].articles
            ),
            (2, 2)
        );
        assert!(both.alpha().unwrap() < 1.0 && one.alpha() == Some(1.0));
    }
}
