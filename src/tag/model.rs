//! An entity model: types of names, the weights for them, and their file.

use std::collections::BTreeSet;
use std::ops::Range;

use super::features::candidates::CandidateFilter;
use super::lexicon::Lexicon;
use crate::learn::bytes::{
    OTHER_VERSION, put_number, put_text, take, take_finite, take_number, take_text,
};
use crate::learn::perceptron::{Grammar, MAX_TAGS, Perceptron};

/// The first bytes of a file. The last one is the version.
const MAGIC: &[u8; 8] = b"cdtag\0\0\x02";

/// The first bytes of the differences of a model from another one.
const PACK_MAGIC: &[u8; 8] = b"cdpack\0\x01";

/// The version of the features. It changes whenever `features` makes others, so that no model meets
/// features it does not know.
const FEATURES: &str = "words 4";

/// Turns the scores of the weights into the probability that a name is right: a temperature, then a
/// curve of its odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// The factor of the scores before they become exponents. A small one makes the probabilities
    /// less extreme.
    pub inverse_temperature: f32,
    /// The factor of the logarithm of the odds.
    pub slope: f32,
    /// The number that is added to it.
    pub shift: f32,
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            inverse_temperature: 0.1,
            slope: 1.0,
            shift: 0.0,
        }
    }
}

/// A model that finds names.
#[derive(Clone, Debug, PartialEq)]
pub struct TagModel {
    /// The BCP 47 tag of its language, which chooses the lexicon. Empty if it is for any language.
    pub language: String,
    /// The types of names, such as `PER`.
    pub types: Vec<String>,
    /// The weights. Tag 0 is "no name"; then come, for each type, the tags of the first word of a
    /// name and of the others.
    pub weights: Perceptron,
    /// The words that the model looks at.
    pub candidates: CandidateFilter,
    /// How scores become probabilities.
    pub calibration: Calibration,
    /// For each type its group. Types of one group share weights and cannot be told apart yet.
    /// Empty if there are no groups.
    pub type_groups: Vec<usize>,
}

/// The tag of the first word of a name, or of a later one.
#[must_use]
pub fn tag_of(kind: usize, first: bool) -> u8 {
    (1 + kind * 2 + usize::from(!first)) as u8
}

/// The names in a sequence of tags, as ranges of words.
pub(super) fn names_in(tags: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let from = at + tags.get(at..)?.iter().position(|tag| *tag != 0)?;
        let later = tags[from] + tags[from] % 2;
        at = from + 1;
        while tags.get(at) == Some(&later) {
            at += 1;
        }
        Some(from..at)
    })
}

/// Which tags may follow each other: a later word follows only its own type.
#[must_use]
pub fn grammar(types: usize) -> Grammar {
    let tags = 1 + 2 * types;
    let begins = (0..types).fold(1_u64, |bits, kind| bits | 1 << tag_of(kind, true));
    let follows = (0..tags)
        .map(|tag| match tag.checked_sub(1) {
            None => begins,
            Some(tag) => begins | 1 << tag_of(tag / 2, false),
        })
        .collect();
    Grammar {
        tags,
        follows,
        begins,
        ends: (1 << tags) - 1,
    }
}

/// The largest number of types.
pub const MAX_TYPES: usize = (MAX_TAGS - 2) / 2;

impl TagModel {
    /// The first bytes of the file of any version.
    pub const HEAD: &'static [u8] = b"cdtag";

    /// A model whose weights are all zero.
    #[must_use]
    pub fn new(types: Vec<String>, bits: u32) -> Self {
        Self {
            language: String::new(),
            weights: Perceptron::new(grammar(types.len()), bits),
            types,
            candidates: CandidateFilter::default(),
            calibration: Calibration::default(),
            type_groups: Vec::new(),
        }
    }

    /// The lexicon of the model's language, or the English one.
    #[must_use]
    pub fn lexicon(&self) -> &'static Lexicon {
        Lexicon::of(&self.language).unwrap_or_else(Lexicon::shipped)
    }

    /// The other types of the same group.
    pub(super) fn siblings_of(&self, kind: usize) -> impl Iterator<Item = usize> + '_ {
        self.type_groups
            .iter()
            .enumerate()
            .filter(move |(other, group)| {
                *other != kind && Some(*group) == self.type_groups.get(kind)
            })
            .map(|(other, _)| other)
    }

    /// The model as the bytes of a file.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        put_text(&mut out, FEATURES);
        self.write_settings(&mut out);
        self.weights.write(&mut out);
        out
    }

    /// The model as bytes that hold its differences from `base`, which has the same types.
    ///
    /// # Errors
    /// Returns an error if the bytes cannot be compressed, which does not happen in memory.
    pub fn write_pack(&self, base: &Self) -> std::io::Result<Vec<u8>> {
        let mut out = PACK_MAGIC.to_vec();
        put_text(&mut out, FEATURES);
        self.write_settings(&mut out);
        self.weights.write_delta(&base.weights, &mut out)?;
        Ok(out)
    }

    fn write_settings(&self, out: &mut Vec<u8>) {
        put_text(out, &self.language);
        put_number(out, self.types.len());
        for kind in &self.types {
            put_text(out, kind);
        }
        for number in [
            self.calibration.inverse_temperature,
            self.calibration.slope,
            self.calibration.shift,
        ] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        let words: BTreeSet<u64> = self.candidates.words().collect();
        put_number(out, words.len());
        for word in words {
            out.extend_from_slice(&word.to_le_bytes());
        }
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// Returns a message for people if the bytes are no such model.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = &mut &bytes[..];
        let magic = take(bytes, MAGIC.len())?;
        if magic[..Self::HEAD.len()] != *Self::HEAD {
            return Err(
                "not an entity model\nhint: name a file that `copydesk train --task entities` wrote"
                    .to_owned(),
            );
        }
        let fits = magic == MAGIC && take_text(bytes).is_ok_and(|features| features == FEATURES);
        if !fits {
            return Err(OTHER_VERSION.to_owned());
        }
        let mut model = Self::read_settings(bytes)?;
        model.weights = Perceptron::read(grammar(model.types.len()), bytes)?;
        if !bytes.is_empty() {
            return Err("the model file is longer than its model".to_owned());
        }
        Ok(model)
    }

    /// Reads the bytes of [`write_pack`](Self::write_pack) with the same `base`.
    ///
    /// # Errors
    /// Returns a message for people if the bytes are no such model.
    pub fn read_pack(base: &Self, bytes: &[u8]) -> Result<Self, String> {
        let bytes = &mut &bytes[..];
        let magic = take(bytes, PACK_MAGIC.len())?;
        if magic != PACK_MAGIC || take_text(bytes)? != FEATURES {
            return Err(OTHER_VERSION.to_owned());
        }
        let mut model = Self::read_settings(bytes)?;
        if model.types != base.types {
            return Err("the language pack has other types than its base".to_owned());
        }
        model.weights = Perceptron::read_delta(&base.weights, bytes)?;
        Ok(model)
    }

    /// Takes a model without weights from the front of `bytes`.
    fn read_settings(bytes: &mut &[u8]) -> Result<Self, String> {
        let language = take_text(bytes)?;
        let count = take_number(bytes)?;
        if count > MAX_TYPES {
            return Err(format!(
                "the model has {count} types; a model has at most {MAX_TYPES}"
            ));
        }
        let mut types = Vec::with_capacity(count);
        for _ in 0..count {
            types.push(take_text(bytes)?);
        }
        let calibration = Calibration {
            inverse_temperature: take_finite(bytes)?,
            slope: take_finite(bytes)?,
            shift: take_finite(bytes)?,
        };
        let count = take_number(bytes)?;
        let (words, _) = take(bytes, count.saturating_mul(8))?.as_chunks();
        let candidates = CandidateFilter::new(words.iter().copied().map(u64::from_le_bytes));
        Ok(Self {
            language,
            weights: Perceptron::new(grammar(types.len()), 0),
            types,
            candidates,
            calibration,
            type_groups: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_model_reads_back_and_damage_is_an_error() {
        let mut model = TagModel::new(vec!["PER".into(), "ORG".into()], 3);
        model.candidates = CandidateFilter::new([7, 3]);
        model.calibration.shift = 0.25;
        let bytes = model.write();
        assert_eq!(TagModel::read(&bytes).as_ref(), Ok(&model));
        for end in 0..bytes.len() {
            assert!(TagModel::read(&bytes[..end]).is_err(), "{end}");
        }
        let mut other = bytes.clone();
        other[7] = 9;
        assert!(TagModel::read(&other).is_err_and(|why| why.contains("another version")));
        assert!(
            TagModel::read(b"not a model at all")
                .is_err_and(|why| why.contains("not an entity model"))
        );
    }

    #[test]
    fn a_pack_reads_back_with_its_base_and_damage_is_an_error() {
        let base = TagModel::new(vec!["PER".into()], 3);
        let mut model = base.clone();
        model.language = "de".to_owned();
        model.candidates = CandidateFilter::new([7, 3]);
        model.weights.shift(2, 1, 2.25);
        model.weights.shift(5, 2, -0.01); // too small to be kept
        let bytes = model.write_pack(&base).unwrap();
        model.weights.shift(5, 2, 0.01);
        assert_eq!(TagModel::read_pack(&base, &bytes).as_ref(), Ok(&model));
        for end in 0..bytes.len() {
            assert!(TagModel::read_pack(&base, &bytes[..end]).is_err(), "{end}");
        }
        let other = TagModel::new(vec!["LOC".into()], 3);
        assert!(TagModel::read_pack(&other, &bytes).is_err());
    }

    #[test]
    fn a_later_word_follows_only_its_own_type() {
        let grammar = grammar(2);
        assert_eq!(grammar.follows[0], 0b01011);
        assert_eq!(grammar.follows[usize::from(tag_of(1, true))], 0b11011);
        assert_eq!(grammar.follows[usize::from(tag_of(0, false))], 0b01111);
        assert_eq!(grammar.begins, 0b01011);
    }
}
