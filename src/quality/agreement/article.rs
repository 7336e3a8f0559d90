//! One article, measured: what is counted for each pair of annotators, and for all of them.

use super::boundary::{Boundaries, boundaries};
use super::continuum::alpha_u;
use super::gamma::{Gamma, gamma};
use super::places::{Disagreement, places};
use super::spans::{Lenience, characters, exact, lenient, relaxed, words};
use super::units::{Coded, Confusion, Piece, Ruler, outermost, overlay, tiles};
use super::{Figure, coefficients, continuum};
use crate::model::{Annotation, Text};
use crate::quality::score::{Counts, Tally};

/// What is measured of an article.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// The standard error that gamma may have; `None` leaves gamma out, which takes most of the
    /// time.
    pub gamma: Option<f64>,
}

/// An article with what its annotators have done independently, which may be nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleFigures {
    /// Its id.
    pub id: String,
    /// Who has done it, in the order of their names.
    pub annotators: Vec<String>,
    /// Its length.
    pub code_points: u32,
    /// Its length without white space.
    pub characters: u32,
    /// When the last of them finished it, milliseconds since 1970 UTC; 0 if nobody knows.
    pub finished_at_ms: i64,
    /// Every two of them, in the order of their names.
    pub pairs: Vec<PairFigures>,
    /// Regions, of all who have done it.
    pub regions: Coded,
    /// Outermost entities, of all who have done it.
    pub entities: Coded,
    /// αU of regions, if more than one has done it.
    pub alpha_u_regions: Option<Figure>,
    /// αU of entities, if more than one has done it.
    pub alpha_u_entities: Option<Figure>,
    /// Gamma of entities of all who have done it; `None` if only one has, nobody has an entity, or
    /// it is not wanted.
    pub gamma: Option<Gamma>,
}

/// Two annotators' work on one article.
#[derive(Clone, Debug, PartialEq)]
pub struct PairFigures {
    /// Who: the first in the alphabet first.
    pub annotators: (String, String),
    /// What adds up over articles.
    pub sums: PairSums,
    /// αU of regions.
    pub alpha_u_regions: Figure,
    /// αU of entities.
    pub alpha_u_entities: Figure,
    /// Where they cut the text.
    pub boundaries: Boundaries,
    /// Gamma of entities; `None` if neither has one, or it is not wanted.
    pub gamma: Option<Gamma>,
    /// Where they differ.
    pub places: Vec<Disagreement>,
}

/// What is counted of two annotators' work, over any number of articles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairSums {
    /// Articles that both have done.
    pub articles: u64,
    /// Characters that are not white space, by the labels of their regions.
    pub characters: Confusion,
    /// The same with the lengths of the regions.
    pub regions: Coded,
    /// Regions that are the same in start, end and label.
    pub exact_regions: Counts,
    /// Entities that are the same in start, end and label, by label.
    pub entities: Tally,
    /// Entities that can be paired if their edges may differ.
    pub relaxed_hits: u64,
    /// Characters of entities with their labels.
    pub entity_characters: Counts,
    /// Code points by the labels of the outermost entities.
    pub outermost: Coded,
    /// Words by the labels of the outermost entities.
    pub words: Confusion,
    /// Half points as nervaluate gives them, in the order of [`Lenience::ALL`].
    pub lenient: [u64; 4],
}

/// One annotator's work on an article against a reference: the adjudicated version, or gold.
#[derive(Clone, Debug, PartialEq)]
pub struct AgainstReference {
    /// What is counted: the annotator's spans count as guessed, those of the reference as gold.
    pub sums: PairSums,
    /// Where they differ: what the annotator has, and what the reference has.
    pub places: Vec<Disagreement>,
}

impl AgainstReference {
    /// Compares an annotation with the reference.
    #[must_use]
    pub fn measure(text: &Text, annotation: &Annotation, reference: &Annotation) -> Self {
        let ruler = Ruler::new(text, [annotation, reference]);
        Self {
            sums: PairSums::count(text, &ruler, annotation, reference),
            places: places(text, &ruler, annotation, reference),
        }
    }
}

impl PairSums {
    fn count(text: &Text, ruler: &Ruler, one: &Annotation, other: &Annotation) -> Self {
        let both = [one, other];
        let (points, solid) = ruler.length();
        let regions = both.map(|of| tiles(&ruler.regions(of), solid));
        let stretches = overlay(&regions);
        let mut confusion = Confusion::new();
        for stretch in &stretches {
            if let [a, b] = stretch.values[..] {
                *confusion.entry((a.cloned(), b.cloned())).or_default() += stretch.units;
            }
        }
        let entities = both.map(|of| ruler.entities(of));
        let [ours, theirs] = &entities;
        let outer = [ours, theirs].map(|of| tiles(&outermost(of), points));
        let solid = both.map(|of| ruler.solid_entities(of));
        let spans = both.map(region_bytes);
        Self {
            articles: 1,
            characters: confusion,
            regions: Coded::count(&stretches, &regions),
            exact_regions: exact(&spans[0], &spans[1]).micro(),
            entities: exact(ours, theirs),
            relaxed_hits: relaxed(ours, theirs),
            entity_characters: characters(&solid[0], &solid[1]),
            outermost: Coded::count(&overlay(&outer), &outer),
            words: words(text, one, other),
            lenient: Lenience::ALL.map(|by| lenient(ours, theirs, by)),
        }
    }

    /// Adds what was counted of other articles.
    pub fn merge(&mut self, other: &Self) {
        self.articles += other.articles;
        for (mine, theirs) in [
            (&mut self.characters, &other.characters),
            (&mut self.words, &other.words),
        ] {
            for (both, count) in theirs {
                *mine.entry(both.clone()).or_default() += count;
            }
        }
        self.regions.merge(&other.regions);
        self.exact_regions += other.exact_regions;
        self.entities.merge(&other.entities);
        self.relaxed_hits += other.relaxed_hits;
        self.entity_characters += other.entity_characters;
        self.outermost.merge(&other.outermost);
        for (mine, theirs) in self.lenient.iter_mut().zip(other.lenient) {
            *mine += theirs;
        }
    }

    /// Characters that both give the same label, and all of them.
    #[must_use]
    pub fn same_characters(&self) -> (u64, u64) {
        let same = self.characters.iter().filter(|((a, b), _)| a == b);
        let same = same.map(|(_, count)| count).sum();
        (same, self.characters.values().sum())
    }

    /// The F1 of entities that can be paired if their edges may differ.
    #[must_use]
    pub fn relaxed_f1(&self) -> Option<f64> {
        let all = self.entities.micro();
        let relaxed = Counts {
            hits: self.relaxed_hits,
            ..all
        };
        relaxed.f1()
    }

    /// The F1 that nervaluate gives; `None` if neither has an entity.
    #[must_use]
    pub fn lenient_f1(&self, by: Lenience) -> Option<f64> {
        let all = self.entities.micro();
        let spans = all.guessed + all.gold;
        let at = Lenience::ALL.iter().position(|known| *known == by)?;
        let points = self.lenient.get(at)?;
        (spans > 0).then(|| *points as f64 / spans as f64)
    }

    /// Cohen's kappa over words by the labels of their entities.
    ///
    /// # Errors
    /// If there is no word, or all have one label.
    pub fn word_kappa(&self) -> Figure {
        coefficients::cohen(&self.words)
    }

    /// The same over words to which somebody gave a label.
    ///
    /// # Errors
    /// As for [`PairSums::word_kappa`].
    pub fn labelled_word_kappa(&self) -> Figure {
        let mut labelled = self.words.clone();
        labelled.remove(&(None, None));
        coefficients::cohen(&labelled)
    }

    /// uα of the outermost entities.
    ///
    /// # Errors
    /// If there is no shared article, or all of it has one value.
    pub fn outermost_u_alpha(&self) -> Figure {
        continuum::u_alpha(&self.outermost, 2)
    }
}

/// One annotator's finished work.
#[derive(Clone, Copy, Debug)]
pub struct FinishedWork<'a> {
    /// Whose.
    pub annotator: &'a str,
    /// When it was finished, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What it says.
    pub annotation: &'a Annotation,
}

impl ArticleFigures {
    /// Measures an article with the independent, finished work of its annotators, whose names
    /// differ.
    #[must_use]
    pub fn measure(id: &str, text: &Text, work: &[FinishedWork<'_>], measures: Measures) -> Self {
        let mut work = work.to_vec();
        work.sort_by_key(|own| own.annotator);
        let annotations: Vec<&Annotation> = work.iter().map(|own| own.annotation).collect();
        let ruler = Ruler::new(text, annotations.iter().copied());
        let (code_points, characters) = ruler.length();
        let regions: Vec<_> = annotations.iter().map(|of| ruler.regions(of)).collect();
        let entities: Vec<_> = annotations.iter().map(|of| ruler.entities(of)).collect();
        let mut pairs = Vec::new();
        for (at, one) in work.iter().enumerate() {
            for (beside, other) in work.iter().enumerate().skip(at + 1) {
                let of = |all: &[Vec<Piece<'_>>], length| {
                    let two = [at, beside].map(|at| all.get(at).cloned().unwrap_or_default());
                    alpha_u(&two, length)
                };
                let two = [at, beside].map(|at| entities.get(at).cloned().unwrap_or_default());
                pairs.push(PairFigures {
                    annotators: (one.annotator.to_owned(), other.annotator.to_owned()),
                    sums: PairSums::count(text, &ruler, one.annotation, other.annotation),
                    alpha_u_regions: of(&regions, characters),
                    alpha_u_entities: of(&entities, code_points),
                    boundaries: boundaries(text, one.annotation, other.annotation),
                    gamma: measures.gamma.and_then(|precision| gamma(&two, precision)),
                    places: places(text, &ruler, one.annotation, other.annotation),
                });
            }
        }
        let shared = work.len() > 1;
        let cut = |all: &[Vec<Piece<'_>>], length| -> Coded {
            if !shared {
                return Coded::default();
            }
            let outer = all.iter().map(|pieces| tiles(&outermost(pieces), length));
            let outer: Vec<_> = outer.collect();
            Coded::count(&overlay(&outer), &outer)
        };
        let gamma = match pairs.as_slice() {
            [] => None,
            [pair] => pair.gamma.clone(),
            _ => measures
                .gamma
                .and_then(|precision| gamma(&entities, precision)),
        };
        Self {
            id: id.to_owned(),
            annotators: work.iter().map(|own| own.annotator.to_owned()).collect(),
            code_points,
            characters,
            finished_at_ms: work.iter().map(|own| own.at_ms).max().unwrap_or_default(),
            regions: cut(&regions, characters),
            entities: cut(&entities, code_points),
            alpha_u_regions: shared.then(|| alpha_u(&regions, characters)),
            alpha_u_entities: shared.then(|| alpha_u(&entities, code_points)),
            gamma,
            pairs,
        }
    }
}

/// An annotator's regions by their bytes, white space at their edges and all.
fn region_bytes(annotation: &Annotation) -> Vec<Piece<'_>> {
    let regions = annotation.regions().iter().map(|region| Piece {
        start: region.span.start().0,
        end: region.span.end().0,
        label: &region.label,
    });
    regions.collect()
}
