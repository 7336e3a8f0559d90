//! The weights of a perceptron as bytes: their signed square roots as 8-bit integers times one
//! scale, since most weights are small and are added up.

use super::super::bytes::{take, take_finite, take_number};
use super::{Grammar, MAX_TAGS, Perceptron};

/// A bound on the number of rows (as its logarithm to base 2), so that a damaged file cannot ask
/// for more memory.
const MAX_BITS: u32 = 22;

impl Perceptron {
    /// Rounds the weights to those that a file can hold.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        let step = self.step();
        for weight in &mut self.rows {
            *weight = weight_of(in_steps(*weight, step), step);
        }
        self
    }

    /// The scale: the largest weight is the square of 127 times it.
    fn step(&self) -> f32 {
        let most = self
            .rows
            .iter()
            .fold(0.0_f32, |most, weight| most.max(weight.abs()));
        most / (127.0 * 127.0)
    }

    /// Appends the model as bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        let step = self.step();
        out.extend_from_slice(&self.bits.to_le_bytes());
        out.extend_from_slice(&step.to_le_bytes());
        for weight in &self.steps {
            out.extend_from_slice(&weight.to_le_bytes());
        }
        for row in self.rows.chunks_exact(self.stride) {
            out.extend(
                row[..self.grammar.tags]
                    .iter()
                    .map(|weight| in_steps(*weight, step) as u8),
            );
        }
    }

    /// Takes a model for this grammar from the front of `bytes`.
    ///
    /// # Errors
    /// Returns a message for people if the bytes are no such model.
    pub fn read(grammar: Grammar, bytes: &mut &[u8]) -> Result<Self, String> {
        let tags = grammar.tags;
        if tags > MAX_TAGS {
            return Err(format!(
                "the model has {tags} tags; a model has at most {MAX_TAGS}"
            ));
        }
        let bits = take_number(bytes)? as u32;
        let step = take_finite(bytes)?;
        if bits > MAX_BITS {
            return Err("the model is larger than any that Copydesk makes".to_owned());
        }
        let mut steps = Vec::with_capacity(tags * tags);
        for _ in 0..tags * tags {
            steps.push(take_finite(bytes)?);
        }
        let rows = take(bytes, tags << bits)?;
        let mut model = Self::new(grammar, bits);
        model.steps = steps;
        for (row, read) in model
            .rows
            .chunks_exact_mut(model.stride)
            .zip(rows.chunks_exact(tags))
        {
            for (weight, read) in row.iter_mut().zip(read) {
                *weight = weight_of(*read as i8, step);
            }
        }
        Ok(model)
    }
}

fn in_steps(weight: f32, step: f32) -> i8 {
    if step == 0.0 {
        return 0;
    }
    let root = (weight.abs() / step).sqrt().round_ties_even().min(127.0);
    root.copysign(weight) as i8
}

fn weight_of(steps: i8, step: f32) -> f32 {
    let steps = f32::from(steps);
    steps * steps.abs() * step
}
