//! Learning from one example at a time: what somebody just corrected.

use std::collections::VecDeque;

use super::crf::{MAX_LABELS, Model};
use super::train::{Descent, Example};

/// How many examples are remembered and gone over again, so that the last one does not wipe out those before.
const REMEMBERED: usize = 24;

/// How often the new example is gone over.
const PASSES: usize = 3;

/// A model that goes on learning.
#[derive(Clone, Debug)]
pub struct Learner {
    base: Model,
    model: Model,
    descent: Descent<MAX_LABELS>,
    remembered: VecDeque<Example>,
}

impl Learner {
    /// Goes on from a model.
    #[must_use]
    pub fn new(base: Model) -> Self {
        Self {
            descent: Descent::new(&base),
            model: base.clone(),
            base,
            remembered: VecDeque::new(),
        }
    }

    /// The model as it is by now.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Forgets all that it learnt.
    pub fn forget(&mut self) {
        *self = Self::new(self.base.clone());
    }

    /// Learns from one example.
    pub fn learn(&mut self, example: Example) {
        for pass in 0..PASSES {
            self.descent.step(&example);
            if pass == 0 {
                for example in &self.remembered {
                    self.descent.step(example);
                }
            }
        }
        if self.remembered.len() == REMEMBERED {
            self.remembered.pop_front();
        }
        self.remembered.push_back(example);
        self.descent.write_to(&mut self.model);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Features, Sequence};
    use super::*;

    fn example(feature: u32, label: usize) -> Example {
        let mut features = Features::default();
        features.push(feature, 1.0);
        Example {
            sequence: Sequence {
                items: vec![features; 3],
                edges: vec![0; 3],
            },
            allowed: vec![1 << label; 3],
            costs: Vec::new(),
        }
    }

    fn says(learner: &Learner, feature: u32) -> usize {
        learner
            .model()
            .label(&example(feature, 0).sequence)
            .verdicts[1]
            .label
    }

    #[test]
    fn what_was_corrected_is_known_next_time_and_can_be_forgotten() {
        let mut learner = Learner::new(Model::new(&["a", "b"], 4, 1));
        learner.learn(example(0, 1));
        learner.learn(example(1, 0));
        learner.learn(example(0, 1));
        assert_eq!((says(&learner, 0), says(&learner, 1)), (1, 0));
        learner.forget();
        assert_eq!(says(&learner, 0), 0);
        assert_eq!(learner.model(), &Model::new(&["a", "b"], 4, 1));
    }
}
