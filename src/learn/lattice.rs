//! The sum over all labellings of a sequence, by the forward-backward algorithm.

use super::math::{exp, ln};

/// The largest number of labels: masks of labels have 16 bits.
pub const MAX_LABELS: usize = 16;

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
    /// For each item, row by row, the share of the sum that each label has.
    pub shares: Vec<f64>,
    /// The sum of the items' largest scores.
    most: f64,
    /// What each row of forward sums was divided by.
    scales: Vec<f64>,
}

impl Sums {
    /// The logarithm of the sum over all labellings.
    pub fn log_sum(&self) -> f64 {
        let scales = self.scales.iter();
        scales.fold(self.most, |sum, scale| sum + ln(*scale))
    }
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
        on_step: impl FnMut(usize, usize, usize, f64),
    ) -> Sums {
        // The compiler unrolls loops over a known number of labels. Labels that fill up a row have
        // the factor zero, so that they change no sum.
        match self.labels {
            3 => self.sum_in::<3>(allowed, on_step),
            4 => self.sum_in::<4>(allowed, on_step),
            6 => self.sum_in::<6>(allowed, on_step),
            5..=8 => self.sum_in::<8>(allowed, on_step),
            _ => self.sum_in::<MAX_LABELS>(allowed, on_step),
        }
    }

    #[allow(
        clippy::needless_range_loop,
        reason = "indices show that all rows are walked through together"
    )]
    fn sum_in<const ROOM: usize>(
        &self,
        allowed: Option<&[u16]>,
        mut on_step: impl FnMut(usize, usize, usize, f64),
    ) -> Sums {
        let count = self.labels.clamp(1, ROOM);
        let steps = self.steps_in::<ROOM>();
        let end = padded::<ROOM>(self.end);
        let (factors, most) = self.factors::<ROOM>(allowed);
        let (forward, scales) = self.forward(&factors, &steps, &end);
        // Backwards, and the shares.
        let items = forward.len();
        let mut shares = vec![0.0; items * count];
        if let (Some(last), Some(row)) = (forward.last(), shares.rchunks_exact_mut(count).next()) {
            row.copy_from_slice(&last[..count]);
        }
        let mut after = [1.0; ROOM];
        for at in (1..items).rev() {
            let mut weighed = [0.0; ROOM];
            for label in 0..ROOM {
                let end = if at + 1 == items { end[label] } else { 1.0 };
                weighed[label] = after[label] * factors[at][label] * end / scales[at];
            }
            let steps = &steps[self.kind(at)];
            let before = &forward[at - 1];
            let row = &mut shares[(at - 1) * count..at * count];
            for from in 0..count {
                let mut sum = 0.0;
                for label in 0..ROOM {
                    let worth = steps[from][label] * weighed[label];
                    if label < count {
                        on_step(at, from, label, before[from] * worth);
                    }
                    sum += worth;
                }
                after[from] = sum;
                row[from] = before[from] * sum;
            }
        }
        Sums {
            shares,
            most,
            scales,
        }
    }

    /// The scores as factors, each row scaled so that its largest is one, and the sum of what they
    /// were scaled by.
    #[allow(
        clippy::needless_range_loop,
        reason = "indices show that all rows are walked through together"
    )]
    fn factors<const ROOM: usize>(&self, allowed: Option<&[u16]>) -> (Vec<[f64; ROOM]>, f64) {
        let count = self.labels.clamp(1, ROOM);
        let all = ((1_u32 << count) - 1) as u16;
        let mut sum = 0.0;
        let rows = self.scores.chunks_exact(count).enumerate();
        let factors = rows.map(|(at, scores)| {
            let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            sum += most;
            let mut row = [most; ROOM];
            row[..count].copy_from_slice(scores);
            let may = allowed.map_or(all, |masks| masks[at] & all);
            let mut factors = [0.0; ROOM];
            for label in 0..ROOM {
                factors[label] = exp(row[label] - most);
            }
            for (label, factor) in factors.iter_mut().enumerate() {
                if may >> label & 1 == 0 {
                    *factor = 0.0;
                }
            }
            factors
        });
        (factors.collect(), sum)
    }

    /// The sum over the labellings up to each item, by its label, each row scaled to one, and the
    /// scales.
    #[allow(
        clippy::needless_range_loop,
        reason = "indices show that all rows are walked through together"
    )]
    fn forward<const ROOM: usize>(
        &self,
        factors: &[[f64; ROOM]],
        steps: &[[[f64; ROOM]; ROOM]],
        end: &[f64; ROOM],
    ) -> (Vec<[f64; ROOM]>, Vec<f64>) {
        let items = factors.len();
        let (mut forward, mut scales) = (Vec::with_capacity(items), Vec::with_capacity(items));
        let mut before = padded::<ROOM>(self.start);
        for (at, factors) in factors.iter().enumerate() {
            let mut row = [0.0; ROOM];
            if at == 0 {
                row = before;
            } else {
                let steps = &steps[self.kind(at)];
                for from in 0..ROOM {
                    for label in 0..ROOM {
                        row[label] += before[from] * steps[from][label];
                    }
                }
            }
            for label in 0..ROOM {
                row[label] *= factors[label];
            }
            if at + 1 == items {
                for label in 0..ROOM {
                    row[label] *= end[label];
                }
            }
            let scale = row.iter().sum::<f64>().max(LEAST);
            row.iter_mut().for_each(|sum| *sum /= scale);
            before = row;
            forward.push(row);
            scales.push(scale);
        }
        (forward, scales)
    }

    /// The factors of the transitions, by kind, label before and label.
    fn steps_in<const ROOM: usize>(&self) -> Vec<[[f64; ROOM]; ROOM]> {
        let count = self.labels.max(1);
        let kinds = self.steps.chunks_exact(count * count);
        let kind = |kind: &[f64]| {
            let mut steps = [[0.0; ROOM]; ROOM];
            for (row, known) in steps.iter_mut().zip(kind.chunks_exact(count)) {
                *row = padded(known);
            }
            steps
        };
        kinds.map(kind).collect()
    }

    /// The kind of the transition to an item.
    fn kind(&self, at: usize) -> usize {
        usize::from(self.edges.get(at).copied().unwrap_or(0))
    }
}

/// A row with zeros after its end.
fn padded<const ROOM: usize>(row: &[f64]) -> [f64; ROOM] {
    let mut padded = [0.0; ROOM];
    padded
        .iter_mut()
        .zip(row)
        .for_each(|(value, known)| *value = *known);
    padded
}
