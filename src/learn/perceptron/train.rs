//! Training: weights change where the best tags are wrong, and the result is their average over
//! time.

use super::{FeatureRows, MAX_TAGS, Perceptron, Scratch};

/// Learns the weights of a perceptron, one sequence at a time.
#[derive(Clone, Debug)]
pub struct Trainer {
    /// The current weights, which are not averaged.
    pub model: Perceptron,
    /// For each changed row, the sums of the changes of its weights, each times the number of
    /// sequences before it.
    sums: Vec<f32>,
    step_sums: Vec<f32>,
    /// The number of sequences so far, counted from 1.
    seen: f32,
    /// The weight of the initial model in the average, as a number of sequences.
    pub before: f32,
    /// The tags that the initial model does not know, as bits. It has no weight in their averages.
    pub new_tags: u64,
    scratch: Scratch,
    tags: Vec<u8>,
    /// The score that the right tags must have more than wrong ones, for each wrong item.
    pub margin: f32,
    /// The addition to the margin where an item with a tag is given tag 0.
    pub missed: f32,
    /// The same for an item with one of the [`new_tags`](Self::new_tags).
    pub missed_new: f32,
    /// The factor of changes to the weights of [`new_tags`](Self::new_tags).
    pub new_step: f32,
    /// The size of a change.
    pub step: StepSize,
    /// For each row its place among the changed ones, counted from 1; 0 if it never changed.
    places: Vec<u32>,
    /// The changed rows, each with the number of its changes.
    changed: Vec<(u32, f32)>,
}

/// The size of a change of the weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StepSize {
    /// The smallest one that makes the tags right by the margin, and at most this
    /// (passive-aggressive; Crammer et al. 2006).
    Fitting(f32),
    /// This, divided for each row by the square root of the number of its changes (after AdaGrad;
    /// Duchi et al. 2011).
    ///
    /// So frequent features soon settle, and rare ones learn from one sequence.
    Fading(f32),
}

impl Trainer {
    /// Starts from the weights of a model.
    #[must_use]
    pub fn new(model: Perceptron) -> Self {
        Self {
            sums: Vec::new(),
            step_sums: vec![0.0; model.steps.len()],
            seen: 1.0,
            before: 0.0,
            new_tags: 0,
            scratch: Scratch::default(),
            tags: Vec::new(),
            margin: 0.0,
            missed: 0.0,
            missed_new: 0.0,
            new_step: 1.0,
            step: StepSize::Fading(1.0),
            places: vec![0; model.rows.len() / model.stride],
            changed: Vec::new(),
            model,
        }
    }

    /// Forgets the averages so far: the result is the average from here on.
    pub fn restart_average(&mut self) {
        self.sums.fill(0.0);
        self.step_sums.fill(0.0);
        self.seen = 1.0;
        self.before = 0.0;
    }

    /// Learns from one sequence with its right tags.
    pub fn learn(&mut self, rows: &FeatureRows, gold: &[u8]) {
        self.model.score(rows, &mut self.scratch);
        if self.margin > 0.0 {
            let (tags, stride) = (self.model.grammar.tags, self.model.stride);
            for (nth, gold) in gold.iter().enumerate() {
                let missed = match *gold {
                    0 => 0.0,
                    tag if self.is_new(tag) => self.missed_new,
                    _ => self.missed,
                };
                let scores = &mut self.scratch.scores[nth * stride..][..tags];
                for score in scores.iter_mut() {
                    *score += self.margin;
                }
                scores[0] += missed;
                scores[usize::from(*gold)] -= self.margin;
            }
        }
        let mut tags = std::mem::take(&mut self.tags);
        self.model.best(rows, &mut self.scratch, &mut tags);
        if tags != gold {
            let by = match self.step {
                StepSize::Fitting(most) => self.fitting(rows, gold, &tags).min(most),
                StepSize::Fading(first) => first,
            };
            self.change(rows, gold, &tags, by);
        }
        self.tags = tags;
        self.seen += 1.0;
    }

    /// The place of a row among the changed ones.
    fn place_of(&mut self, row: u32) -> usize {
        let place = &mut self.places[row as usize];
        if *place == 0 {
            self.changed.push((row, 0.0));
            self.sums
                .resize(self.changed.len() * self.model.stride, 0.0);
            *place = self.changed.len() as u32;
        }
        *place as usize - 1
    }

    /// The size of the change that makes `gold` as good as `guess` with its margin.
    fn fitting(&self, rows: &FeatureRows, gold: &[u8], guess: &[u8]) -> f32 {
        let (count, stride) = (self.model.grammar.tags, self.model.stride);
        let (mut loss, mut norm) = (0.0, 0.0_f32);
        for (nth, (&right, &wrong)) in gold.iter().zip(guess).enumerate() {
            if right != wrong {
                let scores = &self.scratch.scores[nth * stride..][..count];
                loss += scores[usize::from(wrong)] - scores[usize::from(right)];
                norm += 2.0 * rows.of(nth).len() as f32;
            }
            if nth > 0 {
                let step =
                    |tags: &[u8]| usize::from(tags[nth - 1]) * count + usize::from(tags[nth]);
                let (right, wrong) = (step(gold), step(guess));
                if right != wrong {
                    loss += self.model.steps[wrong] - self.model.steps[right];
                    norm += 2.0;
                }
            }
        }
        (loss / norm.max(1.0)).max(0.0)
    }

    /// Raises the weights of `gold` and lowers those of `guess` where they differ.
    fn change(&mut self, rows: &FeatureRows, gold: &[u8], guess: &[u8], by: f32) {
        let (count, stride) = (self.model.grammar.tags, self.model.stride);
        let fades = matches!(self.step, StepSize::Fading(_));
        for (nth, (&right, &wrong)) in gold.iter().zip(guess).enumerate() {
            if right != wrong {
                let factors = [(right, self.factor(right)), (wrong, -self.factor(wrong))];
                for &row in rows.of(nth) {
                    let mut by = by;
                    let place = self.place_of(row);
                    let changed = &mut self.changed[place].1;
                    *changed += 1.0;
                    if fades {
                        by /= changed.sqrt();
                    }
                    for (tag, factor) in factors {
                        let (at, by) = (usize::from(tag), by * factor);
                        self.model.rows[row as usize * stride + at] += by;
                        self.sums[place * stride + at] += by * self.age(1 << tag);
                    }
                }
            }
            if nth > 0 {
                for (tags, by) in [(gold, by), (guess, -by)] {
                    let at = usize::from(tags[nth - 1]) * count + usize::from(tags[nth]);
                    self.model.steps[at] += by;
                    self.step_sums[at] += by * self.age(1 << tags[nth - 1] | 1 << tags[nth]);
                }
            }
        }
    }

    /// Whether a tag is one of the [`new_tags`](Self::new_tags).
    fn is_new(&self, tag: u8) -> bool {
        self.new_tags >> tag & 1 == 1
    }

    /// The factor of changes to the weights of a tag.
    fn factor(&self, tag: u8) -> f32 {
        if self.is_new(tag) { self.new_step } else { 1.0 }
    }

    /// The number of sequences that count so far in the averages of these tags.
    fn age(&self, tags: u64) -> f32 {
        if self.new_tags & tags == 0 {
            self.seen + self.before
        } else {
            self.seen
        }
    }

    /// The model with the averages of the weights over all sequences.
    #[must_use]
    pub fn averaged(self) -> Perceptron {
        let (count, stride) = (self.model.grammar.tags, self.model.stride);
        let mut shares = [0.0; MAX_TAGS];
        for (tag, share) in shares.iter_mut().enumerate() {
            *share = 1.0 / self.age(1 << tag);
        }
        let ages: Vec<f32> = (0..count * count)
            .map(|at| self.age(1 << (at / count) | 1 << (at % count)))
            .collect();
        let mut model = self.model;
        for ((row, _), sums) in self.changed.iter().zip(self.sums.chunks_exact(stride)) {
            let row = &mut model.rows[*row as usize * stride..][..stride];
            for ((weight, sum), share) in row.iter_mut().zip(sums).zip(&shares) {
                *weight -= sum * share;
            }
        }
        for ((weight, sum), age) in model.steps.iter_mut().zip(&self.step_sums).zip(&ages) {
            *weight -= sum / age;
        }
        model
    }
}

#[cfg(test)]
mod tests {
    use super::super::Grammar;
    use super::*;

    /// Two tags that may follow each other in any order.
    fn two() -> Grammar {
        Grammar {
            tags: 2,
            follows: vec![3, 3],
            begins: 3,
            ends: 3,
        }
    }

    fn rows(items: &[&[u32]]) -> FeatureRows {
        let mut rows = FeatureRows::default();
        for item in items {
            rows.features.extend_from_slice(item);
            rows.ends.push(rows.features.len() as u32);
        }
        rows
    }

    fn weight(trainer: &Trainer, row: usize) -> f32 {
        trainer.model.rows[row * trainer.model.stride + 1]
    }

    #[test]
    fn a_fitting_step_reaches_the_margin_and_has_a_limit() {
        let example = rows(&[&[1, 2]]);
        let mut trainer = Trainer::new(Perceptron::new(two(), 4));
        trainer.margin = 8.0;
        trainer.step = StepSize::Fitting(100.0);
        trainer.learn(&example, &[1]);
        // Two features, each for the right tag and against the wrong one: 8 / 4.
        assert_eq!(weight(&trainer, 1), 2.0);
        trainer.learn(&example, &[1]);
        assert_eq!(weight(&trainer, 1), 2.0, "the margin is reached");
        trainer.step = StepSize::Fitting(0.5);
        trainer.learn(&rows(&[&[3]]), &[1]);
        assert_eq!(weight(&trainer, 3), 0.5);
    }

    #[test]
    fn a_fading_step_grows_smaller_where_it_was_taken_before() {
        let mut trainer = Trainer::new(Perceptron::new(two(), 4));
        trainer.margin = 100.0;
        trainer.step = StepSize::Fading(1.0);
        trainer.learn(&rows(&[&[1]]), &[1]);
        trainer.learn(&rows(&[&[1, 2]]), &[1]);
        assert_eq!(weight(&trainer, 1), 1.0 + 1.0 / 2.0_f32.sqrt());
        assert_eq!(weight(&trainer, 2), 1.0);
    }

    #[test]
    fn the_initial_model_has_its_weight_in_the_average() {
        let trained = |before: f32, new_tags: u64| {
            let mut trainer = Trainer::new(Perceptron::new(two(), 4));
            trainer.margin = 1.0;
            (trainer.before, trainer.new_tags) = (before, new_tags);
            trainer.learn(&rows(&[&[1]]), &[1]);
            let model = trainer.averaged();
            model.rows[model.stride + 1]
        };
        assert_eq!((trained(0.0, 0), trained(2.0, 0)), (0.5, 0.25));
        assert_eq!(trained(2.0, 0b10), 0.5, "a new tag");
    }
}
