//! Gamma: how far annotators agree on where spans are and what they are called, both at once.
//!
//! Gamma is 1 less the disorder of the best alignment by the disorder that chance would bring
//! (Mathet, Widlöcher and Métivier 2015). Chance is estimated from random annotations whose number,
//! lengths, gaps and labels are distributed as those of the annotators, as pygamma-agreement does.
//! The observed disorder is exact; gamma itself is an estimate.

use std::collections::BTreeMap;

use super::alignment::{Effort, Unit, disorder};
use super::random::Rng;
use super::units::Piece;
use super::{Figure, NoValue};
use crate::model::Label;

/// The number of random annotations that are drawn at least.
const FEWEST_SAMPLES: usize = 30;
/// The number that are drawn at most.
const MOST_SAMPLES: usize = 20_000;
/// The work that goes into one article at most, in pairs of spans. It lies far above what is needed
/// for precision.
const MOST_WORK: usize = 40_000_000;
/// What is tried to align spans of more than two annotators.
const EFFORT: Effort = Effort(200_000);
/// The same for random annotations, whose mean forgives a disorder that is a little too large.
const EFFORT_BY_CHANCE: Effort = Effort(2_000);
/// Where the random numbers begin; the same for every article, so that its gamma does not depend on
/// others.
const SEED: u64 = 2015;

/// Gamma of one article.
#[derive(Clone, Debug, PartialEq)]
pub struct Gamma {
    /// The disorder of the best alignment.
    pub observed: f64,
    /// What chance would bring.
    pub expected: Option<f64>,
    /// The standard error of gamma that comes from drawing.
    pub error: Option<f64>,
    /// How many random annotations were drawn.
    pub samples: usize,
    /// Gamma.
    pub gamma: Figure,
}

/// Computes gamma, to a standard error of `precision` if that is possible. `None` if nobody has a
/// span.
pub(super) fn gamma(people: &[Vec<Piece<'_>>], precision: f64) -> Option<Gamma> {
    let mut labels: Vec<&Label> = people.iter().flatten().map(|piece| piece.label).collect();
    labels.sort_unstable();
    labels.dedup();
    let mut people: Vec<Vec<Unit>> = people
        .iter()
        .map(|pieces| {
            let units = pieces.iter().map(|piece| Unit {
                start: f64::from(piece.start),
                end: f64::from(piece.end),
                label: labels.binary_search(&piece.label).unwrap_or_default(),
            });
            units.collect()
        })
        .collect();
    for units in &mut people {
        units.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.end.total_cmp(&b.end)));
    }
    let observed = disorder(&people, EFFORT)?;
    let bare = Gamma {
        observed,
        expected: None,
        error: None,
        samples: 0,
        gamma: Err(NoValue::SomebodyWithout),
    };
    if people.iter().any(Vec::is_empty) {
        return Some(bare);
    }
    let Some(chance) = by_chance(&people, observed, precision) else {
        return Some(bare);
    };
    let gamma = match chance.mean {
        _ if observed == 0.0 => 1.0,
        mean => 1.0 - observed / mean,
    };
    Some(Gamma {
        expected: Some(chance.mean),
        error: Some(chance.error_of_gamma(observed)),
        samples: chance.samples,
        gamma: Ok(gamma),
        ..bare
    })
}

/// The disorders of random annotations.
#[derive(Clone, Copy, Debug, Default)]
struct Chance {
    samples: usize,
    mean: f64,
    /// The summed squares of what they differ from the mean.
    squares: f64,
}

impl Chance {
    /// Adds a sample (B. Welford, "Note on a method for calculating corrected sums of squares and
    /// products", 1962).
    fn add(&mut self, disorder: f64) {
        self.samples += 1;
        let apart = disorder - self.mean;
        self.mean += apart / self.samples as f64;
        self.squares += apart * (disorder - self.mean);
    }

    fn error_of_gamma(&self, observed: f64) -> f64 {
        let samples = self.samples as f64;
        let variance = self.squares / (samples - 1.0).max(1.0);
        observed / (self.mean * self.mean) * (variance / samples).sqrt()
    }
}

fn by_chance(people: &[Vec<Unit>], observed: f64, precision: f64) -> Option<Chance> {
    let sampler = Sampler::new(people);
    let mut rng = Rng::new(SEED);
    let mut chance = Chance::default();
    let mut work = 0;
    while chance.samples < MOST_SAMPLES {
        let drawn = sampler.draw_all(people.len(), &mut rng);
        let spans: usize = drawn.iter().map(Vec::len).sum();
        work += spans * spans;
        chance.add(disorder(&drawn, EFFORT_BY_CHANCE)?);
        let enough = chance.error_of_gamma(observed) < precision || work > MOST_WORK;
        if chance.samples >= FEWEST_SAMPLES && enough {
            break;
        }
    }
    Some(chance)
}

/// How the annotators' spans are distributed.
struct Sampler {
    count: Spread,
    gap: Spread,
    length: Spread,
    /// How many spans have this label or one before it.
    labels: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Spread {
    mean: f64,
    deviation: f64,
}

impl Spread {
    fn of(numbers: &[f64]) -> Self {
        let count = (numbers.len() as f64).max(1.0);
        let mean = numbers.iter().sum::<f64>() / count;
        let squares = numbers.iter().map(|x| (x - mean) * (x - mean));
        Self {
            mean,
            deviation: (squares.sum::<f64>() / count).sqrt(),
        }
    }

    fn draw(self, rng: &mut Rng) -> f64 {
        rng.normal(self.mean, self.deviation)
    }
}

impl Sampler {
    fn new(people: &[Vec<Unit>]) -> Self {
        // The gap of 0 lets the place of an annotator's only span vary.
        let mut gaps = vec![0.0];
        let (mut lengths, mut labels) = (Vec::new(), BTreeMap::new());
        for units in people {
            gaps.extend(units.windows(2).map(|pair| pair[1].start - pair[0].end));
            for unit in units {
                lengths.push(unit.end - unit.start);
                *labels.entry(unit.label).or_insert(0_usize) += 1;
            }
        }
        let first = people.iter().filter_map(|units| units.first());
        gaps.extend(first.map(|unit| unit.start).filter(|start| *start > 0.0));
        let counts: Vec<f64> = people.iter().map(|units| units.len() as f64).collect();
        let last = labels.keys().last().copied().unwrap_or_default();
        let mut sum = 0;
        let summed = (0..=last).map(|label| {
            sum += labels.get(&label).copied().unwrap_or_default();
            sum
        });
        Self {
            count: Spread::of(&counts),
            gap: Spread::of(&gaps),
            length: Spread::of(&lengths),
            labels: summed.collect(),
        }
    }

    /// The spans of some annotators, drawn by chance. Somebody has one.
    fn draw_all(&self, people: usize, rng: &mut Rng) -> Vec<Vec<Unit>> {
        let mut drawn: Vec<Vec<Unit>> = Vec::with_capacity(people);
        for _ in 0..people {
            let fewest = usize::from(drawn.iter().all(Vec::is_empty));
            let count = self.count.draw(rng).abs() as usize;
            drawn.push(self.draw(count.max(fewest), rng));
        }
        drawn
    }

    /// An annotator's spans, drawn by chance.
    fn draw(&self, count: usize, rng: &mut Rng) -> Vec<Unit> {
        let mut at = 0.0;
        let mut units = Vec::with_capacity(count);
        for _ in 0..count {
            let start = at + self.gap.draw(rng);
            let mut length = self.length.draw(rng).abs();
            while length <= 0.0 {
                length = self.length.draw(rng).abs();
            }
            let drawn = rng.below(self.labels.last().copied().unwrap_or_default());
            at = start + length;
            units.push(Unit {
                start,
                end: at,
                label: self.labels.partition_point(|upto| *upto <= drawn),
            });
        }
        units
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(people: &[&[(u32, u32, &str)]], check: impl Fn(Option<Gamma>)) {
        let labels: BTreeMap<&str, Label> = people
            .iter()
            .flat_map(|units| units.iter())
            .map(|(_, _, label)| (*label, Label::new(label).unwrap()))
            .collect();
        let people: Vec<Vec<Piece<'_>>> = people
            .iter()
            .map(|units| {
                let pieces = units.iter().map(|(start, end, label)| Piece {
                    start: *start,
                    end: *end,
                    label: &labels[label],
                });
                pieces.collect()
            })
            .collect();
        check(gamma(&people, 0.002));
    }

    #[test]
    fn the_same_spans_have_gamma_one() {
        let spans: &[_] = &[(3, 9, "A"), (20, 25, "B")];
        with(&[spans, spans], |found| {
            let found = found.unwrap();
            assert_eq!((found.observed, found.gamma), (0.0, Ok(1.0)));
        });
    }

    #[test]
    fn gamma_is_missing_where_somebody_has_no_span() {
        with(&[&[(3, 9, "A")], &[]], |found| {
            let found = found.unwrap();
            assert_eq!(found.observed, 2.0);
            assert_eq!(found.gamma, Err(NoValue::SomebodyWithout));
        });
        with(&[&[], &[]], |found| assert_eq!(found, None));
    }

    #[test]
    fn spans_that_only_chance_would_bring_have_gamma_about_zero() {
        let one: Vec<_> = (0..40)
            .map(|at| (at * 31 % 997, at * 31 % 997 + 7, "A"))
            .collect();
        let other: Vec<_> = (0..40)
            .map(|at| (at * 57 % 991, at * 57 % 991 + 7, "A"))
            .collect();
        with(&[&one, &other], |found| {
            let gamma = found.unwrap().gamma.unwrap();
            assert!(gamma.abs() < 0.25, "{gamma}");
        });
    }
}
