//! Fits the voice model: multinomial logistic regression by stochastic gradient descent with
//! AdaGrad steps.
//!
//! Examples are gone over in the order given, and every sum is made in one order: the same examples
//! give the same bytes.

use super::{BUCKETS, VoiceModel, tokens};
use crate::extract::features::surface::SurfaceFeatures;
use crate::learn::math::exp;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Speaker {
    /// A news story.
    Story,
    /// A reader.
    Comment,
    /// The page around: menus, headlines, invitations, notices.
    Furniture,
}

/// A text, who speaks in it, and how much it counts.
#[derive(Clone, Debug)]
pub struct Example {
    /// Buckets of the text's words.
    words: Vec<u32>,
    /// Buckets of its style.
    style: Vec<u32>,
    speaker: Speaker,
    weight: f32,
}

impl Example {
    /// Reads a text.
    #[must_use]
    pub fn new(text: &str, speaker: Speaker, weight: f32) -> Self {
        let text = text.trim();
        let (mut words, mut style) = (Vec::new(), Vec::new());
        tokens::each(text, |bucket| words.push(bucket), &mut Vec::new());
        tokens::each_of_style(&SurfaceFeatures::of(text, 0), |bucket| style.push(bucket));
        Self {
            words,
            style,
            speaker,
            weight,
        }
    }
}

impl VoiceModel {
    /// Returns the most likely speaker of an example.
    #[must_use]
    pub fn who(&self, example: &Example) -> Speaker {
        let sum = |buckets: &[u32]| {
            let mut sum = [0_i32; 2];
            for bucket in buckets {
                let [comment, furniture] = self.weights[*bucket as usize];
                sum[0] += i32::from(comment);
                sum[1] += i32::from(furniture);
            }
            sum
        };
        let scale = tokens::scale(u32::try_from(example.words.len()).unwrap_or(u32::MAX));
        let (words, style) = (sum(&example.words), sum(&example.style));
        let odds = [0, 1].map(|at| words[at] as f32 * scale + style[at] as f32);
        match odds {
            [comment, furniture] if comment <= 0.0 && furniture <= 0.0 => Speaker::Story,
            [comment, furniture] if comment > furniture => Speaker::Comment,
            _ => Speaker::Furniture,
        }
    }
}

/// How to fit.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How often each example is gone over.
    pub rounds: usize,
    /// The size of the first steps.
    pub rate: f32,
    /// L2 penalty of each weight for each example that has it; larger values give a simpler model.
    pub l2: f32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rounds: 4,
            rate: 0.25,
            l2: 1e-4,
        }
    }
}

/// Fits a model to examples.
#[must_use]
pub fn train<'a>(
    examples: impl Iterator<Item = &'a Example> + Clone,
    options: &Options,
) -> VoiceModel {
    let mut weights = vec![[0.0_f32; 2]; BUCKETS];
    let mut squares = vec![[0.0_f32; 2]; BUCKETS];
    for _ in 0..options.rounds {
        for example in examples.clone() {
            let scale = tokens::scale(u32::try_from(example.words.len()).unwrap_or(u32::MAX));
            let slopes = slopes(example, &weights, scale);
            let parts = [(&example.words, scale), (&example.style, 1.0)];
            for (buckets, value) in parts {
                for bucket in buckets {
                    let at = *bucket as usize;
                    for class in 0..2 {
                        let weight = &mut weights[at][class];
                        let slope = slopes[class] * value + options.l2 * *weight;
                        let square = &mut squares[at][class];
                        *square += slope * slope;
                        *weight -= options.rate * slope / (1e-3 + *square).sqrt();
                    }
                }
            }
        }
    }
    VoiceModel::from_weights(&weights)
}

/// The slope of the loss along the log-odds of comment and of furniture.
fn slopes(example: &Example, weights: &[[f32; 2]], scale: f32) -> [f32; 2] {
    let mut odds = [0.0_f32; 2];
    for (buckets, value) in [(&example.words, scale), (&example.style, 1.0)] {
        for bucket in buckets {
            let [comment, furniture] = weights[*bucket as usize];
            odds[0] += comment * value;
            odds[1] += furniture * value;
        }
    }
    let factors = odds.map(|odds| exp(f64::from(odds.clamp(-30.0, 30.0))));
    let total = 1.0 + factors[0] + factors[1];
    let is = |speaker: Speaker| f64::from(u8::from(example.speaker == speaker));
    [
        (factors[0] / total - is(Speaker::Comment)) as f32 * example.weight,
        (factors[1] / total - is(Speaker::Furniture)) as f32 * example.weight,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::model::voice::Voice;

    #[test]
    fn a_few_examples_teach_it_three_voices() {
        let examples: Vec<Example> = [
            (
                "The council voted on Monday to close the bridge.",
                Speaker::Story,
            ),
            (
                "Police said on Sunday that two men were held.",
                Speaker::Story,
            ),
            ("I think you are all wrong about this!", Speaker::Comment),
            ("You must be joking, who would do this?", Speaker::Comment),
            ("Sign up now", Speaker::Furniture),
            ("Read more: weather, sport", Speaker::Furniture),
        ]
        .iter()
        .map(|(text, speaker)| Example::new(text, *speaker, 1.0))
        .collect();
        let options = Options {
            rounds: 40,
            ..Options::default()
        };
        let model = train(examples.iter(), &options);
        let heard = |text: &str| -> Voice {
            model.listen(text, &SurfaceFeatures::of(text, 0), &mut Vec::new())
        };
        assert!(heard("I think you must be joking about this!").comment > 0.0);
        assert!(heard("The police said on Monday that the bridge was closed.").comment < 0.0);
        assert!(heard("Sign up").furniture > 0.0);
    }
}
