//! Learning from one example at a time: what somebody just corrected.

use std::collections::VecDeque;

use super::crf::{MAX_LABELS, Model};
use super::train::{Descent, Example};

/// How many examples are remembered and gone over again, so that the last one does not wipe out those before.
const REMEMBERED: usize = 24;

/// How often the new example is gone over at least, and at most: until it is labelled as it should be. One step moves
/// whatever the wrong items share with the right ones, and may take these along; the next steps bring them back.
const PASSES: (usize, usize) = (3, 16);

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
        for pass in 0..PASSES.1 {
            if pass >= PASSES.0 {
                self.descent.write_to(&mut self.model);
                if is_right(&self.model, &example) {
                    break;
                }
            }
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
        // Whole in 32 bits, so that what is written is all there is, and who goes on from it goes on as if never stopped.
        self.descent.round();
        self.descent.write_to(&mut self.model);
    }

    /// How many examples are gone over again: who resumes has to bring so many of the last ones.
    #[must_use]
    pub const fn remembers() -> usize {
        REMEMBERED
    }

    /// What was learnt, as bytes; the examples are not in them.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.descent.write(out);
    }

    /// Goes on from what [`Learner::write`] wrote, with the same base and the last examples that were learnt from,
    /// oldest first. What it was written from and what is resumed learn the same from here on. The bytes are taken
    /// from the front.
    ///
    /// # Errors
    /// If they are no learner's with such a base.
    pub fn resume(
        base: Model,
        bytes: &mut &[u8],
        remembered: impl IntoIterator<Item = Example>,
    ) -> Result<Self, String> {
        let mut learner = Self::new(base);
        learner.descent.read(bytes)?;
        learner.descent.write_to(&mut learner.model);
        learner.remember(remembered);
        Ok(learner)
    }

    /// Brings examples that were learnt from before; see [`Learner::resume`].
    pub fn remember(&mut self, examples: impl IntoIterator<Item = Example>) {
        self.remembered = examples.into_iter().collect();
        while self.remembered.len() > REMEMBERED {
            self.remembered.pop_front();
        }
    }
}

/// Whether a model gives each item a label that it may have.
fn is_right(model: &Model, example: &Example) -> bool {
    let verdicts = model.label(&example.sequence).verdicts;
    verdicts
        .iter()
        .zip(&example.allowed)
        .all(|(verdict, allowed)| allowed >> verdict.label & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::super::{Features, Sequence, Sink as _};
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

    #[test]
    fn what_is_right_is_not_taken_along_by_what_was_wrong() {
        // Many features that all items share, and some that tell the last from the others.
        let item = |own: std::ops::Range<u32>| {
            let mut features = Features::default();
            for feature in (0..100).chain(own) {
                features.push(feature, 1.0);
            }
            features
        };
        let lesson = Example {
            sequence: Sequence {
                items: vec![item(100..120), item(100..120), item(120..140)],
                edges: vec![0; 3],
            },
            allowed: vec![1, 1, 2],
            costs: Vec::new(),
        };
        let mut base = Model::new(&["a", "b"], 140, 1);
        base.set_weight(0, 0, 3.0);
        let mut learner = Learner::new(base);
        learner.learn(lesson.clone());
        assert!(is_right(learner.model(), &lesson));
    }

    #[test]
    fn who_resumes_learns_as_if_never_stopped() {
        let base = Model::new(&["a", "b"], 4, 1);
        let mut learner = Learner::new(base.clone());
        let lessons = [example(0, 1), example(1, 0), example(2, 1), example(0, 1)];
        for lesson in &lessons[..2] {
            learner.learn(lesson.clone());
        }
        let mut bytes = Vec::new();
        learner.write(&mut bytes);
        let resume =
            |bytes: &mut &[u8]| Learner::resume(base.clone(), bytes, lessons[..2].iter().cloned());
        let mut rest = &bytes[..];
        let mut resumed = resume(&mut rest).unwrap();
        assert!(rest.is_empty());
        assert_eq!(resumed.model(), learner.model());
        for lesson in &lessons[2..] {
            learner.learn(lesson.clone());
            resumed.learn(lesson.clone());
        }
        assert_eq!(resumed.model(), learner.model());
        for end in 0..bytes.len() {
            assert!(resume(&mut &bytes[..end]).is_err(), "{end}");
        }
        let other = Model::new(&["a", "b", "c"], 4, 1);
        assert!(Learner::resume(other, &mut &bytes[..], []).is_err());
    }
}
