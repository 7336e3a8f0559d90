//! The rows of a model that some examples use, side by side.
//!
//! A model has millions of weights, and an example uses rows from all over them, so that training
//! waits for memory. Side by side, in the order of their first use, frequent rows share the
//! processor's cache. Training on them alone gives the same weights sooner.

use super::{FeatureRows, Perceptron};

/// The rows that some examples use, numbered in the order of their first use.
#[derive(Clone, Debug, Default)]
pub struct RowSubset {
    /// For each row of the whole model its number in the subset, counted from 1; 0 if it is not
    /// used.
    numbers: Vec<u32>,
    /// The rows of the whole model.
    rows: Vec<u32>,
}

impl RowSubset {
    /// No rows of a model with 2^`bits` of them.
    #[must_use]
    pub fn new(bits: u32) -> Self {
        Self {
            numbers: vec![0; 1 << bits],
            rows: Vec::new(),
        }
    }

    /// Adds the rows of features, and renumbers these to rows of the subset.
    pub fn renumber(&mut self, features: &mut FeatureRows) {
        for feature in &mut features.features {
            let number = &mut self.numbers[*feature as usize];
            if *number == 0 {
                self.rows.push(*feature);
                *number = self.rows.len() as u32;
            }
            *feature = *number - 1;
        }
    }
}

impl Perceptron {
    /// The model with the rows of a subset alone.
    #[must_use]
    pub fn gather(&self, subset: &RowSubset) -> Self {
        let rows = subset.rows.iter();
        Self {
            grammar: self.grammar.clone(),
            stride: self.stride,
            bits: self.bits,
            rows: rows.flat_map(|row| self.row(*row)).copied().collect(),
            steps: self.steps.clone(),
        }
    }

    /// Replaces the rows of a subset, and the transitions, by those of the model
    /// [gathered](Self::gather) from it.
    pub fn put_back(&mut self, subset: &RowSubset, part: &Self) {
        for (row, weights) in subset.rows.iter().zip(part.rows.chunks_exact(part.stride)) {
            let at = *row as usize * self.stride;
            self.rows[at..at + self.stride].copy_from_slice(weights);
        }
        self.steps.clone_from(&part.steps);
    }

    fn row(&self, row: u32) -> &[f32] {
        &self.rows[row as usize * self.stride..][..self.stride]
    }
}

#[cfg(test)]
mod tests {
    use super::super::Grammar;
    use super::super::train::Trainer;
    use super::*;

    #[test]
    fn training_on_the_rows_of_the_examples_alone_gives_the_same_weights() {
        let grammar = Grammar {
            tags: 3,
            follows: vec![7, 7, 7],
            begins: 7,
            ends: 7,
        };
        let mut start = Perceptron::new(grammar, 6);
        for row in 0..64 {
            start.shift(row, row as usize % 3, row as f32 / 7.0);
        }
        let examples = [
            (vec![63, 5, 17], vec![1, 2]),
            (vec![5, 40, 2], vec![0, 1]),
            (vec![17, 63, 40], vec![2, 2]),
        ]
        .map(|(features, tags)| {
            let rows = FeatureRows {
                features,
                ends: vec![2, 3],
            };
            (rows, tags)
        });
        let train = |model: Perceptron, examples: &[(FeatureRows, Vec<u8>)]| {
            let mut trainer = Trainer::new(model);
            (trainer.margin, trainer.before) = (9.0, 2.0);
            for (rows, tags) in examples.iter().chain(examples) {
                trainer.learn(rows, tags);
            }
            trainer.averaged()
        };
        let whole = train(start.clone(), &examples);

        let mut subset = RowSubset::new(6);
        let renumbered = examples.map(|(mut rows, tags)| {
            subset.renumber(&mut rows);
            (rows, tags)
        });
        assert_eq!(subset.rows, [63, 5, 17, 40, 2]);
        let part = train(start.gather(&subset), &renumbered);
        let mut model = start.clone();
        model.put_back(&subset, &part);
        assert_eq!(model, whole);
        assert_ne!(model, start);
    }
}
