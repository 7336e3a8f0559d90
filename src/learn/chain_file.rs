//! A chain's weights as bytes: signed square roots, in whole numbers of 8 bits times one scale, since most weights are small and
//! add up. All numbers are little-endian.

use super::chain::{Chain, Grammar, MAX_TAGS};

/// No model that this program makes has more rows than two to the power of this.
const MAX_BITS: u32 = 22;

impl Chain {
    /// The weights as they will be read back.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        let step = self.step();
        for weight in &mut self.rows {
            *weight = weight_of(in_steps(*weight, step), step);
        }
        self
    }

    /// What the square of one step is worth, so that the largest weight is the square of 127 of them.
    fn step(&self) -> f32 {
        let most = self
            .rows
            .iter()
            .fold(0.0_f32, |most, weight| most.max(weight.abs()));
        most / (127.0 * 127.0)
    }

    /// The model as bytes.
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

    /// Reads a model for this grammar from the front of `bytes`; what follows it stays there.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn read(grammar: Grammar, bytes: &mut &[u8]) -> Result<Self, String> {
        let short = || "the model ends too early".to_owned();
        if grammar.tags > MAX_TAGS {
            return Err(format!(
                "the model has {} tags; at most {MAX_TAGS} can be",
                grammar.tags
            ));
        }
        let mut number = || {
            let (number, rest) = bytes.split_first_chunk::<4>()?;
            *bytes = rest;
            Some(*number)
        };
        let bits = number().map(u32::from_le_bytes).ok_or_else(short)?;
        let step = number().map(f32::from_le_bytes).ok_or_else(short)?;
        if bits > MAX_BITS {
            return Err("the model is larger than any that this program makes".to_owned());
        }
        let tags = grammar.tags;
        let mut steps = Vec::with_capacity(tags * tags);
        for _ in 0..tags * tags {
            steps.push(number().map(f32::from_le_bytes).ok_or_else(short)?);
        }
        if !step.is_finite() || steps.iter().any(|step| !step.is_finite()) {
            return Err("the model's weights are no numbers".to_owned());
        }
        let mut chain = Self::new(grammar, bits);
        chain.steps = steps;
        let (rows, rest) = bytes.split_at_checked(tags << bits).ok_or_else(short)?;
        *bytes = rest;
        for (row, read) in chain
            .rows
            .chunks_exact_mut(chain.stride)
            .zip(rows.chunks_exact(tags))
        {
            for (weight, read) in row.iter_mut().zip(read) {
                *weight = weight_of(*read as i8, step);
            }
        }
        Ok(chain)
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
