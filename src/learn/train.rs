//! Learning: weights that make labelled sequences likely, one example after the other, with steps that get smaller for
//! each weight as it learns (AdaGrad; Duchi, Hazan, Singer 2011), and the mean of the weights of the last rounds.
//!
//! Nothing here is random or runs on several threads, and the exponentials are our own: the same examples in the same
//! order give the same weights, to the last bit, on any machine.

use super::Features;
use super::crf::{MAX_LABELS, Model, Sequence};
use super::lattice::Lattice;
use super::math::exp;

/// A sequence and what is known of its labels.
#[derive(Clone, Debug, Default)]
pub struct Example {
    /// What is seen.
    pub sequence: Sequence,
    /// For each item the labels that it may have, as bits: one bit where the label is known, all where nothing is.
    pub allowed: Vec<u16>,
    /// For each item how much a wrong label costs beyond being wrong: the longer ones matter more. May be empty.
    pub costs: Vec<f32>,
}

/// How to learn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainOptions {
    /// How dear it is to leave the weights that one begins with: the larger, the plainer the model.
    pub l2: f64,
    /// How often each example is gone over.
    pub rounds: usize,
    /// How large the first steps are.
    pub rate: f64,
    /// How much the cost of an item counts.
    pub cost: f64,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            l2: 250.0,
            rounds: 12,
            rate: 0.3,
            cost: 1.0,
        }
    }
}

/// Learns from examples, beginning with the weights of `start` and staying near them unless the examples say otherwise. `on_round` is told each round's number and what was left of
/// the objective before its steps, and says whether to go on.
pub fn train(
    start: Model,
    examples: &[Example],
    options: &TrainOptions,
    mut on_round: impl FnMut(usize, f64) -> bool,
) -> Model {
    let mut training = Training::new(start, examples, options);
    let mut told = 0;
    while let Some(at) = training.next() {
        training.step(&examples[at]);
        if training.round > told {
            told = training.round;
            if !on_round(told - 1, training.left) {
                break;
            }
        }
    }
    training.model()
}

/// A training run that advances by one example per call, so that the caller can pause between them.
///
/// The same start, examples and options give the same model, however the calls are spread over time.
pub struct Training {
    start: Model,
    count: usize,
    rounds: usize,
    round: usize,
    /// The position in the current round.
    at: usize,
    /// The objective of all examples over the last whole round, before their steps.
    left: f64,
    sum: f64,
    run: Box<dyn Run>,
}

impl Training {
    /// Prepares a run over `examples`.
    #[must_use]
    pub fn new<'a>(
        start: Model,
        examples: impl IntoIterator<Item = &'a Example>,
        options: &TrainOptions,
    ) -> Self {
        let examples: Vec<&Example> = examples.into_iter().collect();
        // Rows as wide as the labels need, so that sums over labels are sums over whole registers.
        let run: Box<dyn Run> = match start.labels.len() {
            0..=4 => Box::new(Wide::<4>::new(&start, &examples, options)),
            5..=8 => Box::new(Wide::<8>::new(&start, &examples, options)),
            _ => Box::new(Wide::<MAX_LABELS>::new(&start, &examples, options)),
        };
        Self {
            start,
            count: examples.len(),
            rounds: if examples.is_empty() {
                0
            } else {
                options.rounds
            },
            round: 0,
            at: 0,
            left: 0.0,
            sum: 0.0,
            run,
        }
    }

    /// The number of the example to train on next; `None` once all rounds are finished.
    #[must_use]
    pub fn next(&self) -> Option<usize> {
        // Every other round backwards, so that the last ones do not always have the last word.
        (self.round < self.rounds).then(|| {
            if self.round.is_multiple_of(2) {
                self.at
            } else {
                self.count - 1 - self.at
            }
        })
    }

    /// The share of the work that is done, from 0 to 1.
    #[must_use]
    pub fn progress(&self) -> f64 {
        let all = self.rounds * self.count;
        (self.round * self.count + self.at) as f64 / all.max(1) as f64
    }

    /// Trains on the example that [`Training::next`] named.
    pub fn step(&mut self, example: &Example) {
        self.sum += self.run.step(example);
        self.at += 1;
        if self.at < self.count {
            return;
        }
        // The mean is taken over the second half of the rounds.
        if self.round >= self.rounds / 2 {
            self.run.add_to_mean();
        }
        self.left = std::mem::take(&mut self.sum);
        self.round += 1;
        self.at = 0;
    }

    /// The trained model: the mean of the weights after the last rounds.
    #[must_use]
    pub fn model(&self) -> Model {
        self.run.model(&self.start)
    }
}

/// A [`Wide`] run of any width.
trait Run: Send + Sync {
    fn step(&mut self, example: &Example) -> f64;
    fn add_to_mean(&mut self);
    fn model(&self, start: &Model) -> Model;
}

struct Wide<const WIDE: usize> {
    descent: Descent<WIDE>,
    mean: Option<Weights<WIDE>>,
    rounds_in_mean: f64,
}

impl<const WIDE: usize> Wide<WIDE> {
    fn new(start: &Model, examples: &[&Example], options: &TrainOptions) -> Self {
        let mut descent = Descent::<WIDE>::new(start);
        descent.rate = options.rate;
        descent.cost = options.cost;
        descent.share_out(options.l2, examples);
        Self {
            descent,
            mean: None,
            rounds_in_mean: 0.0,
        }
    }
}

impl<const WIDE: usize> Run for Wide<WIDE> {
    fn step(&mut self, example: &Example) -> f64 {
        self.descent.step(example)
    }

    fn add_to_mean(&mut self) {
        self.rounds_in_mean += 1.0;
        match &mut self.mean {
            None => self.mean = Some(self.descent.weights.clone()),
            Some(mean) => mean.approach(&self.descent.weights, 1.0 / self.rounds_in_mean),
        }
    }

    fn model(&self, start: &Model) -> Model {
        let mut model = start.clone();
        let weights = self.mean.as_ref().unwrap_or(&self.descent.weights);
        weights.write_to(&mut model);
        model
    }
}

/// Weights in rows.
#[derive(Clone, Debug)]
struct Weights<const WIDE: usize> {
    /// For each feature: one for each label, and zeros.
    features: Vec<[f64; WIDE]>,
    /// The steps, the start and the end, as a model holds them.
    tail: Vec<f64>,
}

impl<const WIDE: usize> Weights<WIDE> {
    fn of(model: &Model) -> Self {
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

    fn approach(&mut self, other: &Self, share: f64) {
        let own = self.features.iter_mut().flatten().chain(&mut self.tail);
        let others = other.features.iter().flatten().chain(&other.tail);
        for (own, other) in own.zip(others) {
            *own += share * (other - *own);
        }
    }

    fn write_to(&self, model: &mut Model) {
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

/// Weights on their way down.
#[derive(Clone, Debug)]
struct Descent<const WIDE: usize> {
    labels: usize,
    edges: usize,
    rate: f64,
    cost: f64,
    weights: Weights<WIDE>,
    /// The squares of each weight's slopes so far, added up.
    squares: Weights<WIDE>,
    /// The slope of one example: zero but for the features in `touched`.
    slope: Weights<WIDE>,
    touched: Vec<u32>,
    /// For each feature the example that touched it last, by number.
    touched_by: Vec<u32>,
    example: u32,
    /// The weights that one began with, from which it costs to go away.
    home: Weights<WIDE>,
    /// For each feature its part of that cost, so that all examples that have it together pay it once.
    prices: Vec<f64>,
    tail_price: f64,
}

impl<const WIDE: usize> Descent<WIDE> {
    fn new(model: &Model) -> Self {
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

    fn share_out(&mut self, l2: f64, examples: &[&Example]) {
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

    /// One step down one example's slope; returns its part of the objective.
    fn step(&mut self, example: &Example) -> f64 {
        let value = self.look(example);
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
    fn look(&mut self, example: &Example) -> f64 {
        let count = self.labels;
        let items = &example.sequence.items;
        if items.is_empty() {
            return 0.0;
        }
        let mut scores = Vec::with_capacity(items.len() * count);
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
            scores.extend_from_slice(&row[..count]);
        }
        // Softmax-margin (Gimpel and Smith 2010): what is wrong is made dearer by its cost, so that it has to be more
        // than just less likely.
        let bare = scores.clone();
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
        let factors: Vec<f64> = self
            .weights
            .tail
            .iter()
            .map(|weight| exp(*weight))
            .collect();
        let size = self.edges * count * count;
        let (steps, ends) = factors.split_at(size);
        let (start, end) = ends.split_at(count);
        let lattice = |scores| Lattice {
            labels: count,
            scores,
            steps,
            start,
            end,
            edges: &edges,
        };
        let tail = &mut self.slope.tail;
        let mut sum = |scores, masks, sign: f64| {
            let found = lattice(scores).sum(masks, |at, from, label, share| {
                let kind = usize::from(edges[at]);
                tail[(kind * count + from) * count + label] += sign * share;
            });
            let last = (items.len() - 1) * count;
            for label in 0..count {
                tail[size + label] += sign * found.shares[label];
                tail[size + count + label] += sign * found.shares[last + label];
            }
            found
        };
        self.example = self.example.wrapping_add(1);
        let all = sum(&scores, None, 1.0);
        let right = sum(&bare, Some(&example.allowed[..]), -1.0);
        for (at, features) in items.iter().enumerate() {
            let mut row = [0.0; WIDE];
            for (label, slot) in row.iter_mut().enumerate().take(count) {
                *slot = all.shares[at * count + label] - right.shares[at * count + label];
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
        all.log_sum - right.log_sum
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Sink as _;
    use super::super::crf::tests::{model, sequence};
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
                descent.look(&example)
            };
            let mut descent = Descent::<4>::new(&model);
            descent.look(&example);
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

    /// Items that say what they are with feature 0 or 1, and one that says nothing but stands between equals.
    fn lesson() -> Vec<Example> {
        let example = |labels: &[usize], told: &[bool]| {
            let items = labels
                .iter()
                .zip(told)
                .map(|(label, told)| {
                    let mut features = Features::default();
                    features.push(if *told { *label as u32 } else { 2 }, 1.0);
                    features
                })
                .collect();
            Example {
                sequence: Sequence {
                    items,
                    edges: vec![0; labels.len()],
                },
                allowed: labels.iter().map(|label| 1 << label).collect(),
                costs: Vec::new(),
            }
        };
        vec![
            example(&[0, 0, 0, 1, 1, 1], &[true, false, true, true, false, true]),
            example(&[1, 1, 1, 0, 0, 0], &[true, false, true, true, false, true]),
        ]
    }

    fn learnt(examples: &[Example]) -> Model {
        let options = TrainOptions {
            l2: 0.1,
            rounds: 60,
            ..TrainOptions::default()
        };
        train(Model::new(&["a", "b"], 3, 1), examples, &options, |_, _| {
            true
        })
    }

    #[test]
    fn neighbours_are_learnt_from() {
        let lesson = lesson();
        let model = learnt(&lesson);
        for example in &lesson {
            let found = model.label(&example.sequence);
            for (verdict, allowed) in found.verdicts.iter().zip(&example.allowed) {
                assert_eq!(1 << verdict.label, *allowed);
                assert!(verdict.score > 0.8, "{}", verdict.score);
            }
        }
    }

    #[test]
    fn the_same_lesson_gives_the_same_weights() {
        assert_eq!(learnt(&lesson()), learnt(&lesson()));
    }

    #[test]
    fn items_of_which_nothing_is_known_teach_nothing() {
        let mut lesson = lesson();
        for example in &mut lesson {
            example.allowed.fill(0b11);
        }
        assert!(learnt(&lesson).weights.iter().all(|weight| *weight == 0.0));
    }
}
