//! The sum over all labellings of a sequence, by the forward-backward algorithm.

use super::math::{exp, ln};

/// The scores of the labels and transitions of a sequence.
pub struct Lattice<'a> {
    /// The number of labels.
    pub labels: usize,
    /// For each item, row by row, the score of each label.
    pub scores: &'a [f64],
    /// For each kind of transition and each label before, row by row, the factor of each label.
    pub steps: &'a [f64],
    /// For each label, the factor of starting with it.
    pub start: &'a [f64],
    /// For each label, the factor of ending with it.
    pub end: &'a [f64],
    /// For each item, the kind of transition that leads to it.
    pub edges: &'a [u8],
}

/// The result of [`Lattice::sum`].
pub struct Sums {
    /// The logarithm of the sum over all labellings.
    pub log_sum: f64,
    /// For each item, row by row, the share of the sum that each label has.
    pub shares: Vec<f64>,
}

/// The least value of a sum, so that nothing is divided by zero.
const LEAST: f64 = 1e-280;

impl Lattice<'_> {
    /// Sums over the labellings in which each item has one of the labels in its bit mask, or over
    /// all labellings.
    ///
    /// Calls `on_step` with the share of each transition: the item, the label before, the label and
    /// the share.
    pub fn sum(
        &self,
        allowed: Option<&[u16]>,
        mut on_step: impl FnMut(usize, usize, usize, f64),
    ) -> Sums {
        let count = self.labels;
        let items = self.scores.len() / count.max(1);
        let (factors, mut log_sum) = self.factors(allowed);
        let (forward, scales) = self.forward(&factors, &mut log_sum);
        // Backwards, and the shares.
        let mut shares = forward.clone();
        let mut after = vec![1.0; count];
        let mut weighed = vec![0.0; count];
        for at in (1..items).rev() {
            for label in 0..count {
                let end = if at + 1 == items {
                    self.end[label]
                } else {
                    1.0
                };
                weighed[label] = after[label] * factors[at * count + label] * end / scales[at];
            }
            let steps = self.steps_to(at);
            let before = &forward[(at - 1) * count..at * count];
            for from in 0..count {
                let mut sum = 0.0;
                for (label, weight) in weighed.iter().enumerate() {
                    let worth = steps[from * count + label] * weight;
                    on_step(at, from, label, before[from] * worth);
                    sum += worth;
                }
                after[from] = sum;
                shares[(at - 1) * count + from] = before[from] * sum;
            }
        }
        Sums { log_sum, shares }
    }

    /// The scores as factors, each row scaled so that its largest is one, and the logarithm of all
    /// scales.
    fn factors(&self, allowed: Option<&[u16]>) -> (Vec<f64>, f64) {
        let count = self.labels;
        let items = self.scores.len() / count.max(1);
        let mut factors = vec![0.0; items * count];
        let mut log_sum = 0.0;
        for at in 0..items {
            let row = &self.scores[at * count..(at + 1) * count];
            let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            log_sum += most;
            for label in 0..count {
                let may = allowed.is_none_or(|masks| masks[at] >> label & 1 == 1);
                factors[at * count + label] = if may { exp(row[label] - most) } else { 0.0 };
            }
        }
        (factors, log_sum)
    }

    /// The sum over the labellings up to each item, by its label, each row scaled to one, and the
    /// scales.
    fn forward(&self, factors: &[f64], log_sum: &mut f64) -> (Vec<f64>, Vec<f64>) {
        let count = self.labels;
        let items = self.scores.len() / count.max(1);
        let mut forward = vec![0.0; items * count];
        let mut scales = vec![1.0; items];
        for at in 0..items {
            let (done, rest) = forward.split_at_mut(at * count);
            let row = &mut rest[..count];
            if at == 0 {
                row.copy_from_slice(self.start);
            } else {
                let before = &done[(at - 1) * count..];
                let steps = self.steps_to(at);
                for (from, share) in before.iter().enumerate() {
                    for (label, sum) in row.iter_mut().enumerate() {
                        *sum += share * steps[from * count + label];
                    }
                }
            }
            for (sum, factor) in row.iter_mut().zip(&factors[at * count..]) {
                *sum *= factor;
            }
            if at + 1 == items {
                for (sum, factor) in row.iter_mut().zip(self.end) {
                    *sum *= factor;
                }
            }
            let scale = row.iter().sum::<f64>().max(LEAST);
            row.iter_mut().for_each(|sum| *sum /= scale);
            scales[at] = scale;
            *log_sum += ln(scale);
        }
        (forward, scales)
    }

    fn steps_to(&self, at: usize) -> &[f64] {
        let size = self.labels * self.labels;
        let kind = usize::from(self.edges.get(at).copied().unwrap_or(0));
        &self.steps[kind * size..(kind + 1) * size]
    }
}
