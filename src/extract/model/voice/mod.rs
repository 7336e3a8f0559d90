//! The voice model: whether a block sounds like a news story, a reader's comment or page furniture.
//!
//! A comment judges, addresses, doubts, jokes and corrects; a story reports and attributes;
//! furniture names, counts and invites. Where a scraper dropped the names, dates and headings of a
//! thread, this is what is left to tell them apart.
//!
//! The model is a multinomial logistic regression over hashed features (feature hashing: Weinberger
//! et al. 2009) with weights of 8 bits: words, pairs of words, word endings, punctuation and the
//! block's style. It knows no language and no layout. Its log-odds become features of the sequence
//! model, which decides.
//!
//! In reading order: `tokens` makes features of a text, [`VoiceModel`] weighs them, [`train`] fits
//! the weights, [`Voices`] holds what was heard of all blocks of an article.

mod article_voices;
mod tokens;
pub mod train;

use std::sync::LazyLock;

use crate::extract::features::surface::SurfaceFeatures;

pub use article_voices::{Overlap, Voices};

/// The weights that the program ships, as `scripts/train-voice` made them.
static SHIPPED: &[u8] = include_bytes!("../../../../assets/models/voice.bin");

/// The first bytes of a voice model's file; the last one is the version of what follows.
const MAGIC: &[u8; 8] = b"cdvoice\x01";

/// Number of bits of a bucket's index.
const BUCKET_BITS: u32 = 18;

/// Number of hash buckets.
const BUCKETS: usize = 1 << BUCKET_BITS;

/// How a block sounds: log-odds against the voice of a story.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Voice {
    /// `ln P(comment) / P(story)`.
    pub comment: f32,
    /// `ln P(furniture) / P(story)`.
    pub furniture: f32,
}

/// Weights of the voice model.
#[derive(Clone, Debug, PartialEq)]
pub struct VoiceModel {
    /// For each bucket the weight for comment and for furniture, in steps; the story's is zero.
    weights: Vec<[i8; 2]>,
    /// The size of one step.
    step: f32,
}

impl VoiceModel {
    /// Returns the model that the program ships.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static MODEL: LazyLock<VoiceModel> =
            LazyLock::new(|| VoiceModel::read(SHIPPED).unwrap_or_else(|_| VoiceModel::silent()));
        &MODEL
    }

    /// Returns a model that hears no difference between any two texts.
    fn silent() -> Self {
        Self {
            weights: vec![[0; 2]; BUCKETS],
            step: 0.0,
        }
    }

    /// Rounds weights to 8 bits.
    fn from_weights(weights: &[[f32; 2]]) -> Self {
        let largest = weights
            .iter()
            .flatten()
            .fold(0.0_f32, |a, b| a.max(b.abs()));
        let step = largest / 127.0;
        let in_steps = |weight: f32| match step > 0.0 {
            true => (weight / step).round() as i8,
            false => 0,
        };
        Self {
            weights: weights.iter().map(|pair| pair.map(in_steps)).collect(),
            step,
        }
    }

    /// Reads a model's file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let body = bytes
            .strip_prefix(MAGIC)
            .ok_or("this is not a voice model of this version of Copydesk")?;
        let (step, body) = body
            .split_first_chunk()
            .ok_or("the voice model ends too early")?;
        let step = f32::from_le_bytes(*step);
        if body.len() != 2 * BUCKETS || !step.is_finite() || step < 0.0 {
            return Err("the voice model is damaged".to_owned());
        }
        let weights = body
            .chunks_exact(2)
            .map(|pair| [pair[0] as i8, pair[1] as i8]);
        Ok(Self {
            weights: weights.collect(),
            step,
        })
    }

    /// Returns the model as the bytes of a file.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(MAGIC.len() + 4 + 2 * self.weights.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&self.step.to_le_bytes());
        out.extend(self.weights.iter().flatten().map(|weight| *weight as u8));
        out
    }

    /// Listens to one block; the hashes of its telling words are added to `names`.
    fn listen(&self, block: &str, surface: &SurfaceFeatures, names: &mut Vec<u32>) -> Voice {
        let (mut sums, mut count) = ([0_i32; 2], 0_u32);
        let mut style = [0_i32; 2];
        let weigh = |sums: &mut [i32; 2], bucket: u32| {
            if let Some([comment, furniture]) = self.weights.get(bucket as usize) {
                sums[0] += i32::from(*comment);
                sums[1] += i32::from(*furniture);
            }
        };
        tokens::each(
            block,
            |bucket| {
                weigh(&mut sums, bucket);
                count += 1;
            },
            names,
        );
        tokens::each_of_style(surface, |bucket| weigh(&mut style, bucket));
        let share = tokens::scale(count);
        let odds = |at: usize| (sums[at] as f32 * share + style[at] as f32) * self.step;
        Voice {
            comment: odds(0),
            furniture: odds(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_survives_its_file() {
        let mut weights = vec![[0.0; 2]; BUCKETS];
        weights[7] = [1.0, -2.0];
        let model = VoiceModel::from_weights(&weights);
        assert_eq!(VoiceModel::read(&model.write()), Ok(model));
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let bytes = VoiceModel::silent().write();
        assert!(VoiceModel::read(&bytes[..bytes.len() - 1]).is_err());
        assert!(VoiceModel::read(b"cdvoice\x02").is_err());
        assert!(VoiceModel::read(b"").is_err());
    }

    #[test]
    fn the_shipped_model_tells_three_voices_apart() {
        let heard = |text: &str| {
            VoiceModel::shipped().listen(text, &SurfaceFeatures::of(text, 0), &mut Vec::new())
        };
        let story = heard(
            "The council said on Monday that the ferry would not sail before Thursday, citing a report by the harbour master.",
        );
        assert!(story.comment < 0.0 && story.furniture < 0.0, "{story:?}");
        let comment =
            heard("I don't think they ever asked us, and you all know why. Shame on them!");
        assert!(comment.comment > 0.0, "{comment:?}");
        let furniture = heard("Sign up for our newsletter");
        assert!(
            furniture.furniture > 0.0 && furniture.furniture > furniture.comment,
            "{furniture:?}"
        );
    }
}
