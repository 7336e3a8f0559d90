//! The probabilities of tags over all labellings (the forward-backward algorithm; Rabiner 1989).

use super::super::math;
use super::{Perceptron, Scratch};

/// The probabilities of the tags in a stretch of items that all have features.
#[derive(Clone, Debug, Default)]
pub struct Marginals {
    /// The first item.
    pub start: usize,
    tags: usize,
    /// For each item and tag, the scaled likelihood of the items up to it.
    ahead: Vec<f32>,
    /// For each item and tag, the scaled likelihood of the items after it.
    behind: Vec<f32>,
    /// For each item and tag, the scaled exponential of its score.
    own: Vec<f32>,
    /// The exponentials of the weights of the transitions.
    steps: Vec<f32>,
}

impl Marginals {
    /// The probability that the items from `from` on have exactly these tags and that the next one
    /// has none of `not_next` (bits).
    #[must_use]
    pub fn of(&self, from: usize, tags: &[u8], not_next: u64) -> f64 {
        let count = self.tags;
        let from = from - self.start;
        let to = from + tags.len();
        let length = self.own.len() / count;
        let Some(&first) = tags.first() else {
            return 0.0;
        };
        // Each item is scaled by the sum of `ahead` over its tags: see `Perceptron::marginals`.
        let mut value = f64::from(self.ahead[from * count + usize::from(first)]);
        for (nth, pair) in tags.windows(2).enumerate() {
            let (last, tag) = (usize::from(pair[0]), usize::from(pair[1]));
            let at = (from + nth + 1) * count + tag;
            value *= f64::from(self.steps[last * count + tag]) * f64::from(self.own[at]);
        }
        let last = usize::from(tags[tags.len() - 1]);
        if to == length {
            return value * f64::from(self.behind[(to - 1) * count + last]);
        }
        let mut after = 0.0_f64;
        for tag in 0..count {
            if not_next >> tag & 1 == 0 {
                after += f64::from(self.steps[last * count + tag])
                    * f64::from(self.own[to * count + tag])
                    * f64::from(self.behind[to * count + tag]);
            }
        }
        value * after
    }
}

impl Perceptron {
    /// Finds the probabilities of the tags of the items from `start` to before `end`, in a sequence
    /// of `len` items.
    ///
    /// All of these items have features. Their scores are multiplied by `inverse_temperature`.
    pub fn marginals(
        &self,
        start: usize,
        end: usize,
        len: usize,
        inverse_temperature: f32,
        scratch: &Scratch,
        out: &mut Marginals,
    ) {
        let count = self.grammar.tags;
        out.start = start;
        out.tags = count;
        out.steps.clear();
        for (from, follows) in self.grammar.follows.iter().enumerate() {
            for tag in 0..count {
                let allowed = follows >> tag & 1 == 1;
                let step = self.steps[from * count + tag] * inverse_temperature;
                out.steps.push(if allowed { exp(step) } else { 0.0 });
            }
        }
        for part in [&mut out.ahead, &mut out.behind, &mut out.own] {
            part.clear();
            part.resize((end - start) * count, 0.0);
        }
        for nth in 0..end - start {
            let scores = &scratch.scores[(start + nth) * self.stride..][..count];
            let most = scores
                .iter()
                .fold(f32::NEG_INFINITY, |most, score| most.max(*score));
            for (own, score) in out.own[nth * count..][..count].iter_mut().zip(scores) {
                *own = exp((score - most) * inverse_temperature);
            }
        }
        out.go_forward((start == 0).then_some(self.grammar.begins));
        out.go_backward((end == len).then_some(self.grammar.ends));
    }
}

impl Marginals {
    /// Fills `ahead`, and scales `own`. `begins` holds the tags that may begin the sequence, if the
    /// first item does.
    fn go_forward(&mut self, begins: Option<u64>) {
        let count = self.tags;
        for nth in 0..self.own.len() / count {
            let (done, now) = self.ahead.split_at_mut(nth * count);
            let now = &mut now[..count];
            if nth == 0 {
                for (tag, now) in now.iter_mut().enumerate() {
                    *now = match begins {
                        Some(begins) => f32::from(u8::from(begins >> tag & 1 == 1)),
                        None => self.steps[tag],
                    };
                }
            } else {
                for (from, so_far) in done[(nth - 1) * count..].iter().enumerate() {
                    for (now, step) in now.iter_mut().zip(&self.steps[from * count..]) {
                        *now += so_far * step;
                    }
                }
            }
            let own = &mut self.own[nth * count..][..count];
            let sum: f32 = now.iter().zip(&*own).map(|(now, own)| now * own).sum();
            let scale = 1.0 / sum.max(f32::MIN_POSITIVE);
            for own in own.iter_mut() {
                *own *= scale;
            }
            for (now, own) in now.iter_mut().zip(own) {
                *now *= *own;
            }
        }
    }

    /// Fills `behind`. `ends` holds the tags that may end the sequence, if the last item does.
    fn go_backward(&mut self, ends: Option<u64>) {
        let count = self.tags;
        let Some(last) = (self.own.len() / count).checked_sub(1) else {
            return;
        };
        let last_row = last * count;
        for tag in 0..count {
            self.behind[last_row + tag] = match ends {
                Some(ends) => f32::from(u8::from(ends >> tag & 1 == 1)),
                None => self.steps[tag * count],
            };
        }
        // Scaled so that the probabilities of the last item's tags add up to one.
        let sum: f32 = (0..count)
            .map(|tag| self.ahead[last_row + tag] * self.behind[last_row + tag])
            .sum();
        let scale = 1.0 / sum.max(f32::MIN_POSITIVE);
        for behind in &mut self.behind[last_row..] {
            *behind *= scale;
        }
        for nth in (0..last).rev() {
            let (now, after) = self.behind.split_at_mut((nth + 1) * count);
            let own = &self.own[(nth + 1) * count..][..count];
            for tag in 0..count {
                let steps = &self.steps[tag * count..][..count];
                now[nth * count + tag] = steps
                    .iter()
                    .zip(own)
                    .zip(&*after)
                    .map(|((step, own), after)| step * own * after)
                    .sum();
            }
        }
    }
}

/// The exponential, the same on every machine.
fn exp(x: f32) -> f32 {
    math::exp(f64::from(x)) as f32
}
