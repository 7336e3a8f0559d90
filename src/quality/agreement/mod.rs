//! How far annotators agree, on articles that more than one of them has done independently.
//!
//! An annotator who starts from a colleague's labels agrees with them before reading a word, so
//! such annotations are left out and counted. An article that an annotator has not finished is
//! missing data, not "no label". Sums are pooled before ratios are made. Where a figure has no
//! value it is a [`NoValue`] that says why.
//!
//! [`Agreement`] counts what the statistics and the dashboard show. [`Report`] holds everything,
//! from one [`ArticleFigures`] for each article:
//!
//! | module | figures |
//! | --- | --- |
//! | `units` | the units that are compared, and counts of opinions on them |
//! | [`coefficients`] | observed agreement, Cohen's and Fleiss' kappa, Krippendorff's alpha, Gwet's AC1 |
//! | [`continuum`] | uα, \|uα and αU |
//! | `boundary` | boundary similarity |
//! | `spans` | F1 of exact, relaxed and partly equal spans, and of characters |
//! | `gamma`, `alignment` | gamma |
//! | `bootstrap` | confidence intervals |
//! | `places` | where annotators differ |

mod alignment;
mod article;
mod bootstrap;
mod boundary;
pub mod coefficients;
pub mod continuum;
mod gamma;
mod places;
mod random;
mod report;
mod spans;
mod units;

use std::collections::BTreeMap;
use std::fmt;

pub use article::{
    AgainstReference, ArticleFigures, FinishedWork, Measures, PairFigures, PairSums,
};
pub use bootstrap::Interval;
pub use boundary::Boundaries;
pub use gamma::Gamma;
pub use places::{Disagreement, Layer};
pub use report::{Headline, Report, headline};
pub use spans::Lenience;
pub(super) use units::stretches;
pub use units::{Coded, Confusion, Value};
use units::{Ruler, overlay, tiles};

use super::score::Tally;
use crate::model::figures::counted;
use crate::model::{Annotation, StartedFrom, Status, Text};

/// A figure, or why it has no value.
pub type Figure = Result<f64, NoValue>;

/// Why a figure has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoValue {
    /// No article was done by the annotators in question.
    NothingShared,
    /// No article was done by all annotators, who are as many as this.
    NotByAll(usize),
    /// All opinions are one label, so that chance alone would agree.
    AllAlike,
    /// Everything has a label, so there are no gaps to tell labelled text from.
    NoGaps,
    /// Nobody labelled anything.
    NothingLabelled,
    /// One of the annotators labelled nothing.
    SomebodyWithout,
    /// Nobody put a boundary anywhere.
    NoBoundary,
    /// An interval needs several articles.
    OneArticle,
}

impl fmt::Display for NoValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingShared => "no article was done by these annotators",
            Self::NotByAll(all) => {
                return write!(f, "no article was done by all {all} annotators");
            }
            Self::AllAlike => "all labels are alike: nothing to correct for chance",
            Self::NoGaps => "all text has a label: there are no gaps to compare",
            Self::NothingLabelled => "nobody labelled anything",
            Self::SomebodyWithout => "one of the annotators labelled nothing",
            Self::NoBoundary => "nobody put a boundary anywhere",
            Self::OneArticle => "a confidence interval needs at least two articles",
        })
    }
}

/// Why an annotation does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOutBecause {
    /// It is not finished.
    NotDone(Status),
    /// It reviews a colleague's work, or decides between several.
    Review,
    /// An older Copydesk wrote it, which put colleagues' labels before everybody.
    Unknown,
    /// There is newer work of the same annotator on the same article in another file.
    Older,
}

impl LeftOutBecause {
    /// Why an annotation is left out, if it is: only finished work counts that an annotator did
    /// without seeing a colleague's labels.
    #[must_use]
    pub fn of(annotator: &str, from: &StartedFrom, status: Status) -> Option<Self> {
        match from {
            // Labels that an annotator projected from another copy of the article are the
            // annotator's.
            StartedFrom::Person {
                annotator: whose, ..
            } if whose == annotator => {}
            StartedFrom::Person { .. } | StartedFrom::People { .. } => return Some(Self::Review),
            StartedFrom::Unknown => return Some(Self::Unknown),
            StartedFrom::Nothing | StartedFrom::Suggestions { .. } | StartedFrom::Import => {}
        }
        (status != Status::Done).then_some(Self::NotDone(status))
    }
}

impl fmt::Display for LeftOutBecause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDone(status) => write!(f, "not finished ({})", status.as_str()),
            Self::Review => f.write_str("started from a colleague's labels"),
            Self::Unknown => {
                f.write_str("an older Copydesk did not note what the annotation started from")
            }
            Self::Older => f.write_str("newer work of the same annotator is there"),
        }
    }
}

/// What two annotators have both done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pair {
    /// Articles.
    pub articles: u64,
    characters: Confusion,
    /// Exact entities: those of the first in the alphabet count as guessed, those of the other as
    /// gold.
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

    /// Cohen's kappa over the characters; `None` where both give one label to all, so that chance
    /// alone would agree.
    #[must_use]
    pub fn kappa(&self) -> Option<f64> {
        coefficients::cohen(&self.characters).ok()
    }

    fn merge(&mut self, other: Self) {
        self.articles += other.articles;
        for (both, count) in other.characters {
            *self.characters.entry(both).or_default() += count;
        }
        self.entities.merge(&other.entities);
    }
}

/// Agreement over a dataset, in the figures that the statistics show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agreement {
    /// Articles that more than one annotator has done independently.
    pub articles: u64,
    /// By annotators, the first in the alphabet first.
    pub pairs: BTreeMap<(String, String), Pair>,
    characters: Coded,
    /// Annotations that are not counted, and why.
    pub left_out: LeftOut,
    /// Annotations among those counted that came by an import, whose independence only the file
    /// vouches for.
    pub imported: u64,
}

/// Finished annotations of shared articles that do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Those that review a colleague's work, or decide between several.
    pub reviews: u64,
    /// Those by an older Copydesk, which put colleagues' labels before everybody.
    pub unknown: u64,
}

impl fmt::Display for LeftOut {
    /// Writes a sentence for people; nothing if nothing is left out.
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
    /// Adds an article with the finished work on it and what each annotator started from. Only
    /// independent work counts.
    pub fn add_done(&mut self, text: &Text, work: &[(&str, &StartedFrom, &Annotation)]) {
        if work.len() < 2 {
            return;
        }
        let mut independent = Vec::with_capacity(work.len());
        let mut imported = 0;
        for (name, from, annotation) in work {
            match LeftOutBecause::of(name, from, Status::Done) {
                Some(LeftOutBecause::Unknown) => self.left_out.unknown += 1,
                Some(_) => self.left_out.reviews += 1,
                None => {
                    imported += u64::from(**from == StartedFrom::Import);
                    independent.push((*name, *annotation));
                }
            }
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
        let ruler = Ruler::new(text, work.iter().map(|(_, annotation)| *annotation));
        let (_, length) = ruler.length();
        let regions: Vec<_> = work
            .iter()
            .map(|(_, annotation)| tiles(&ruler.regions(annotation), length))
            .collect();
        let stretches = overlay(&regions);
        self.characters.merge(&Coded::count(&stretches, &regions));
        for (at, (name, annotation)) in work.iter().enumerate() {
            for (beside, (other, theirs)) in work.iter().enumerate() {
                if name >= other {
                    continue;
                }
                let names = ((*name).to_owned(), (*other).to_owned());
                let pair = self.pairs.entry(names).or_default();
                pair.articles += 1;
                for stretch in &stretches {
                    let label = |of: usize| stretch.values.get(of).copied().flatten().cloned();
                    let both = (label(at), label(beside));
                    *pair.characters.entry(both).or_default() += stretch.units;
                }
                let (ours, theirs) = (ruler.entities(annotation), ruler.entities(theirs));
                pair.entities.merge(&spans::exact(&ours, &theirs));
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
        self.characters.merge(&other.characters);
    }

    /// Krippendorff's alpha over the characters of all annotators; `None` where all have one label.
    #[must_use]
    pub fn alpha(&self) -> Option<f64> {
        coefficients::krippendorff(&self.characters).ok()
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
