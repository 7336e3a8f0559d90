//! Training: one example after the other, with the mean of the weights after the last rounds as the
//! result.
//!
//! Nothing here is random or runs on several threads, and the exponentials are the program's own.
//! The same examples in the same order give the same weights, to the last bit, on any machine.

use super::descent::{Descent, Weights};
use super::example::Example;
use super::{MAX_LABELS, Model};

/// The hyperparameters of training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainOptions {
    /// The L2 penalty towards the initial weights; larger values give a simpler model.
    pub l2: f64,
    /// The number of passes over all examples.
    pub rounds: usize,
    /// The size of the first steps.
    pub rate: f64,
    /// The weight of the costs of items.
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

/// Trains a model on examples, from the weights of `start`.
///
/// After each pass, `on_round` receives its number and the objective before its steps, and returns
/// whether to continue.
pub fn train(
    start: Model,
    examples: &[Example],
    options: &TrainOptions,
    mut on_round: impl FnMut(usize, f64) -> bool,
) -> Model {
    let mut training = Training::new(start, examples, options);
    let mut finished = 0;
    while let Some(at) = training.next() {
        training.step(&examples[at]);
        if training.round > finished {
            finished = training.round;
            if !on_round(finished - 1, training.objective) {
                break;
            }
        }
    }
    training.model()
}

/// A training run that advances by one example per call, so that the caller can pause in between.
///
/// The same start, examples and options give the same model, however the calls are spread over
/// time.
pub struct Training {
    start: Model,
    count: usize,
    rounds: usize,
    round: usize,
    /// The position in the current round.
    at: usize,
    /// The objective over the last whole round, before its steps.
    objective: f64,
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
        // The narrowest rows that hold the labels, so that sums over labels use whole registers.
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
            objective: 0.0,
            sum: 0.0,
            run,
        }
    }

    /// The number of the example to train on next; `None` once all rounds are finished.
    #[must_use]
    pub fn next(&self) -> Option<usize> {
        // Every other round goes backwards, so that the last examples do not always have the last
        // word.
        (self.round < self.rounds).then(|| {
            if self.round.is_multiple_of(2) {
                self.at
            } else {
                self.count - 1 - self.at
            }
        })
    }

    /// The finished share of the work, from 0 to 1.
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
        self.objective = std::mem::take(&mut self.sum);
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

#[cfg(test)]
mod tests {
    use super::super::super::{Features, Sink as _};
    use super::*;
    use crate::learn::Sequence;

    /// Items that show their label with feature 0 or 1, and one between equals that does not.
    fn examples() -> Vec<Example> {
        let example = |labels: &[usize], shown: &[bool]| {
            let items = labels
                .iter()
                .zip(shown)
                .map(|(label, shown)| {
                    let mut features = Features::default();
                    features.push(if *shown { *label as u32 } else { 2 }, 1.0);
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

    fn trained(examples: &[Example]) -> Model {
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
    fn labels_follow_from_neighbours() {
        let examples = examples();
        let model = trained(&examples);
        for example in &examples {
            let found = model.label(&example.sequence);
            for (prediction, allowed) in found.predictions.iter().zip(&example.allowed) {
                assert_eq!(1 << prediction.label, *allowed);
                assert!(prediction.score > 0.8, "{}", prediction.score);
            }
        }
    }

    #[test]
    fn the_same_examples_give_the_same_weights() {
        assert_eq!(trained(&examples()), trained(&examples()));
    }

    #[test]
    fn items_without_known_labels_change_nothing() {
        let mut examples = examples();
        for example in &mut examples {
            example.allowed.fill(0b11);
        }
        assert!(
            trained(&examples)
                .weights
                .iter()
                .all(|weight| *weight == 0.0)
        );
    }
}
