//! Gradient descent on one example at a time.

use super::super::Features;
use super::super::lattice::{Lattice, Sums};
use super::super::math::exp;
use super::Model;
use super::example::Example;

/// The weights of a model in rows of a fixed width, so that loops over labels are unrolled.
#[derive(Clone, Debug)]
pub(super) struct Weights<const WIDE: usize> {
    /// For each feature, one weight for each label, filled up with zeros.
    features: Vec<[f64; WIDE]>,
    /// The weights of the transitions, the start and the end, in the order of a model.
    tail: Vec<f64>,
}

impl<const WIDE: usize> Weights<WIDE> {
    /// The weights of a model.
    pub(super) fn of(model: &Model) -> Self {
        let count = model.labels.len();
        let (features, tail) = model.weights.split_at(model.features * count);
        let mut rows = vec![[0.0; WIDE]; model.features];
        for (row, weights) in rows.iter_mut().zip(features.chunks_exact(count)) {
            for (slot, weight) in row.iter_mut().zip(weights) {
                *slot = f64::from(*weight);
            }
        }
        Self {
            features: rows,
            tail: tail.iter().map(|weight| f64::from(*weight)).collect(),
        }
    }

    /// Moves the weights by `share` of the way to others.
    pub(super) fn approach(&mut self, other: &Self, share: f64) {
        let own = self.features.iter_mut().flatten().chain(&mut self.tail);
        let others = other.features.iter().flatten().chain(&other.tail);
        for (own, other) in own.zip(others) {
            *own += share * (other - *own);
        }
    }

    /// Writes the weights to a model.
    pub(super) fn write_to(&self, model: &mut Model) {
        let count = model.labels.len();
        let (features, tail) = model.weights.split_at_mut(model.features * count);
        for (weights, row) in features.chunks_exact_mut(count).zip(&self.features) {
            for (weight, value) in weights.iter_mut().zip(row) {
                *weight = *value as f32;
            }
        }
        for (weight, value) in tail.iter_mut().zip(&self.tail) {
            *weight = *value as f32;
        }
    }
}

/// The state of a descent: steps shrink for each weight as it is changed (AdaGrad; Duchi, Hazan and
/// Singer 2011).
#[derive(Clone, Debug)]
pub(super) struct Descent<const WIDE: usize> {
    labels: usize,
    edges: usize,
    /// The size of the first steps.
    pub(super) rate: f64,
    /// The weight of the costs of items.
    pub(super) cost: f64,
    pub(super) weights: Weights<WIDE>,
    /// For each weight, the sum of the squares of its slopes so far.
    squares: Weights<WIDE>,
    /// The slope of one example, which is zero except for the features in `touched`.
    slope: Weights<WIDE>,
    touched: Vec<u32>,
    /// For each feature, the number of the example that touched it last.
    touched_by: Vec<u32>,
    example: u32,
    /// The initial weights. Leaving them has a price.
    home: Weights<WIDE>,
    /// For each feature, the price divided by the number of examples that have it, so that they pay
    /// it once together.
    prices: Vec<f64>,
    tail_price: f64,
}

impl<const WIDE: usize> Descent<WIDE> {
    /// Starts from the weights of a model.
    pub(super) fn new(model: &Model) -> Self {
        let weights = Weights::of(model);
        let zeros = Weights {
            features: vec![[0.0; WIDE]; weights.features.len()],
            tail: vec![0.0; weights.tail.len()],
        };
        Self {
            labels: model.labels.len(),
            edges: model.edges,
            rate: 0.1,
            cost: 1.0,
            prices: vec![0.0; weights.features.len()],
            tail_price: 0.0,
            home: weights.clone(),
            squares: zeros.clone(),
            slope: zeros,
            touched: Vec::new(),
            touched_by: vec![0; weights.features.len()],
            example: 0,
            weights,
        }
    }

    /// Sets the price of leaving the initial weights.
    pub(super) fn share_out(&mut self, l2: f64, examples: &[&Example]) {
        let mut having = vec![0_u32; self.prices.len()];
        let mut last = vec![usize::MAX; self.prices.len()];
        for (at, example) in examples.iter().enumerate() {
            for (feature, _) in example.sequence.items.iter().flat_map(Features::iter) {
                let feature = feature as usize;
                if last.get(feature).is_some_and(|last| *last != at) {
                    last[feature] = at;
                    having[feature] += 1;
                }
            }
        }
        for (price, having) in self.prices.iter_mut().zip(having) {
            *price = l2 / f64::from(having.max(1));
        }
        self.tail_price = l2 / examples.len().max(1) as f64;
    }

    /// Takes one step down the slope of an example. Returns the example's part of the objective.
    pub(super) fn step(&mut self, example: &Example) -> f64 {
        let value = self.add_slope(example);
        let rate = self.rate;
        let go = |weight: &mut f64, square: &mut f64, slope: &mut f64, home: f64, price: f64| {
            let full = *slope + price * (*weight - home);
            *slope = 0.0;
            *square += full * full;
            *weight -= rate * full / (1.0 + *square).sqrt();
        };
        for feature in self.touched.drain(..) {
            let at = feature as usize;
            let price = self.prices[at];
            for label in 0..self.labels {
                go(
                    &mut self.weights.features[at][label],
                    &mut self.squares.features[at][label],
                    &mut self.slope.features[at][label],
                    self.home.features[at][label],
                    price,
                );
            }
        }
        for at in 0..self.weights.tail.len() {
            go(
                &mut self.weights.tail[at],
                &mut self.squares.tail[at],
                &mut self.slope.tail[at],
                self.home.tail[at],
                self.tail_price,
            );
        }
        value
    }

    /// Puts an example's slope into `slope`, and returns its part of the objective.
    fn add_slope(&mut self, example: &Example) -> f64 {
        let count = self.labels;
        let items = &example.sequence.items;
        if items.is_empty() {
            return 0.0;
        }
        let bare = self.scores(items);
        // Softmax-margin (Gimpel and Smith 2010): a wrong label gains its cost, so that it has to
        // be more than just less likely.
        let mut scores = bare.clone();
        for (at, cost) in example.costs.iter().enumerate() {
            for label in 0..count {
                if example.allowed[at] >> label & 1 == 0 {
                    scores[at * count + label] += self.cost * f64::from(*cost);
                }
            }
        }
        let last = u8::try_from(self.edges - 1).unwrap_or(u8::MAX);
        let mut edges: Vec<u8> = example
            .sequence
            .edges
            .iter()
            .map(|edge| (*edge).min(last))
            .collect();
        edges.resize(items.len(), 0);
        let all = self.add_tail_slope(&scores, &edges, None, 1.0);
        let right = self.add_tail_slope(&bare, &edges, Some(&example.allowed), -1.0);
        self.add_feature_slope(items, &all.shares, &right.shares);
        all.log_sum() - right.log_sum()
    }

    /// The score of each label for each item, row by row.
    fn scores(&self, items: &[Features]) -> Vec<f64> {
        let mut scores = Vec::with_capacity(items.len() * self.labels);
        for features in items {
            let mut row = [0.0; WIDE];
            for (feature, value) in features.iter() {
                if let Some(weights) = self.weights.features.get(feature as usize) {
                    let value = f64::from(value);
                    for (sum, weight) in row.iter_mut().zip(weights) {
                        *sum += weight * value;
                    }
                }
            }
            scores.extend_from_slice(&row[..self.labels]);
        }
        scores
    }

    /// Sums over labellings, and adds the shares of their transitions, starts and ends to the
    /// slope.
    fn add_tail_slope(
        &mut self,
        scores: &[f64],
        edges: &[u8],
        allowed: Option<&[u16]>,
        sign: f64,
    ) -> Sums {
        let count = self.labels;
        let factors: Vec<f64> = self
            .weights
            .tail
            .iter()
            .map(|weight| exp(*weight))
            .collect();
        let size = self.edges * count * count;
        let (steps, ends) = factors.split_at(size);
        let (start, end) = ends.split_at(count);
        let lattice = Lattice {
            labels: count,
            scores,
            steps,
            start,
            end,
            edges,
        };
        let tail = &mut self.slope.tail;
        let found = lattice.sum(allowed, |at, from, label, share| {
            let kind = usize::from(edges[at]);
            tail[(kind * count + from) * count + label] += sign * share;
        });
        let last = (edges.len() - 1) * count;
        for label in 0..count {
            tail[size + label] += sign * found.shares[label];
            tail[size + count + label] += sign * found.shares[last + label];
        }
        found
    }

    /// Adds the differences between the shares of all labellings and of the right ones to the
    /// slope.
    fn add_feature_slope(&mut self, items: &[Features], all: &[f64], right: &[f64]) {
        let count = self.labels;
        self.example = self.example.wrapping_add(1);
        for (at, features) in items.iter().enumerate() {
            let mut row = [0.0; WIDE];
            for (label, slot) in row.iter_mut().enumerate().take(count) {
                *slot = all[at * count + label] - right[at * count + label];
            }
            for (feature, value) in features.iter() {
                let Some(slope) = self.slope.features.get_mut(feature as usize) else {
                    continue;
                };
                if self.touched_by[feature as usize] != self.example {
                    self.touched_by[feature as usize] = self.example;
                    self.touched.push(feature);
                }
                let value = f64::from(value);
                for (slope, difference) in slope.iter_mut().zip(row) {
                    *slope += difference * value;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{model, sequence};
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn the_slope_is_the_slope(model in model(), sequence in sequence(), masks in prop::collection::vec(1_u16..8, 6), costs in prop::collection::vec(0.0_f32..2.0, 6)) {
            let every = (1_u16 << model.labels.len()) - 1;
            let count = sequence.items.len();
            let allowed = masks[..count].iter().map(|mask| if mask & every == 0 { every } else { mask & every }).collect();
            let example = Example { sequence, allowed, costs: costs[..count].to_vec() };
            let value_of = |weights: &Weights<4>| {
                let mut descent = Descent::<4>::new(&model);
                descent.weights = weights.clone();
                descent.add_slope(&example)
            };
            let mut descent = Descent::<4>::new(&model);
            descent.add_slope(&example);
            let weights = Weights::<4>::of(&model);
            let labels = model.labels.len();
            for at in 0..weights.features.len() * labels + weights.tail.len() {
                let place = |weights: &mut Weights<4>, by: f64| {
                    let (row, column) = (at / labels, at % labels);
                    match weights.features.get_mut(row) {
                        Some(row) => row[column] += by,
                        None => weights.tail[at - model.features * labels] += by,
                    }
                };
                let (mut up, mut down) = (weights.clone(), weights.clone());
                place(&mut up, 1e-5);
                place(&mut down, -1e-5);
                let slope = descent.slope.features.get(at / labels).map_or_else(
                    || descent.slope.tail[at - model.features * labels],
                    |row| row[at % labels],
                );
                prop_assert!(((value_of(&up) - value_of(&down)) / 2e-5 - slope).abs() < 1e-3, "{at}");
            }
        }
    }
}
