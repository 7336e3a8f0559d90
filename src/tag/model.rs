//! A model of entities: types of names, the weights behind them, and the file that holds them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::features::Gate;
use crate::learn::chain::{Chain, Grammar, MAX_TAGS};

/// How a file begins; the last byte is the version of what follows.
const MAGIC: &[u8; 8] = b"cdtag\0\0\x01";

/// Which features a model is for; what `features` makes must change with it.
const FEATURES: &str = "words 2";

/// The weights that the program ships, as `scripts/train-tagger` made them.
static SHIPPED: LazyLock<TagModel> = LazyLock::new(|| {
    let bytes = include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/models/entities.tag"
    ));
    TagModel::read(bytes).unwrap_or_else(|_damaged| TagModel::new(Vec::new(), 1))
});

/// From the scores of a chain to how likely a name is right: times heat, then a curve of its odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// What scores are multiplied with before they are exponents.
    pub heat: f32,
    /// What the logarithm of the odds is multiplied with.
    pub slope: f32,
    /// What is added to it.
    pub shift: f32,
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            heat: 0.1,
            slope: 1.0,
            shift: 0.0,
        }
    }
}

/// What names look like.
#[derive(Clone, Debug, PartialEq)]
pub struct TagModel {
    /// The types of names that it tells apart, such as `PER`.
    pub types: Vec<String>,
    /// The weights. Tag 0 is no name; then for each type its first word and the others.
    pub chain: Chain,
    /// Which words are looked at.
    pub gate: Gate,
    /// How scores are read.
    pub calibration: Calibration,
    /// For each type the number of what it is a kind of, where some are of one kind that nobody has told apart yet; or nothing.
    pub alike: Vec<usize>,
}

/// The tag of the first word of a name, or of a later one.
#[must_use]
pub fn tag_of(kind: usize, first: bool) -> u8 {
    (1 + kind * 2 + usize::from(!first)) as u8
}

/// Which tags may follow which: a later word only its own type's.
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

/// So many types can be told apart at once.
pub const MAX_TYPES: usize = (MAX_TAGS - 2) / 2;

impl TagModel {
    /// How the file of any version of a model begins.
    pub const HEAD: &'static [u8] = b"cdtag";

    /// A model that has learnt nothing.
    #[must_use]
    pub fn new(types: Vec<String>, bits: u32) -> Self {
        Self {
            chain: Chain::new(grammar(types.len()), bits),
            types,
            gate: Gate::default(),
            calibration: Calibration::default(),
            alike: Vec::new(),
        }
    }

    /// The model that the program ships.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The other types of the same kind.
    pub(super) fn twins_of(&self, kind: usize) -> impl Iterator<Item = usize> + '_ {
        self.alike
            .iter()
            .enumerate()
            .filter(move |(other, group)| *other != kind && Some(*group) == self.alike.get(kind))
            .map(|(other, _)| other)
    }

    /// The model as the bytes of a file.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        put_text(&mut out, FEATURES);
        put_number(&mut out, self.types.len());
        for kind in &self.types {
            put_text(&mut out, kind);
        }
        for number in [
            self.calibration.heat,
            self.calibration.slope,
            self.calibration.shift,
        ] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        let words: BTreeSet<u64> = self.gate.words().collect();
        put_number(&mut out, words.len());
        for word in words {
            out.extend_from_slice(&word.to_le_bytes());
        }
        self.chain.write(&mut out);
        out
    }

    /// Reads a model's file.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut bytes = bytes;
        let short = || "the model ends too early".to_owned();
        let magic = take(&mut bytes, MAGIC.len()).ok_or_else(short)?;
        if magic[..5] != MAGIC[..5] {
            return Err("this is no model of entities".to_owned());
        }
        let features = if magic == MAGIC {
            take_text(&mut bytes)
        } else {
            None
        };
        if features.as_deref() != Some(FEATURES) {
            return Err(
                "the model was made by another version of this program; train it anew".to_owned(),
            );
        }
        let count = take_number(&mut bytes).ok_or_else(short)?;
        if count > MAX_TYPES {
            return Err(format!(
                "the model has {count} types; at most {MAX_TYPES} can be"
            ));
        }
        let mut types = Vec::with_capacity(count);
        for _ in 0..count {
            types.push(take_text(&mut bytes).ok_or_else(short)?);
        }
        let mut calibration = [0.0_f32; 3];
        for number in &mut calibration {
            let bytes = take(&mut bytes, 4).and_then(|bytes| bytes.try_into().ok());
            *number = bytes
                .map(f32::from_le_bytes)
                .filter(|number| number.is_finite())
                .ok_or_else(short)?;
        }
        let [heat, slope, shift] = calibration;
        let count = take_number(&mut bytes).ok_or_else(short)?;
        let words = take(&mut bytes, count.saturating_mul(8)).ok_or_else(short)?;
        let gate = Gate::new(
            words
                .chunks_exact(8)
                .filter_map(|word| word.try_into().ok())
                .map(u64::from_le_bytes),
        );
        let chain = Chain::read(grammar(types.len()), &mut bytes)?;
        if !bytes.is_empty() {
            return Err("something follows the model".to_owned());
        }
        Ok(Self {
            types,
            chain,
            gate,
            calibration: Calibration { heat, slope, shift },
            alike: Vec::new(),
        })
    }
}

fn put_number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

fn take_number(bytes: &mut &[u8]) -> Option<usize> {
    let number = u32::from_le_bytes(take(bytes, 4)?.try_into().ok()?);
    usize::try_from(number).ok()
}

fn take_text(bytes: &mut &[u8]) -> Option<String> {
    let length = take_number(bytes)?;
    String::from_utf8(take(bytes, length)?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_comes_back_as_it_was_and_damage_is_told() {
        let mut model = TagModel::new(vec!["PER".into(), "ORG".into()], 3);
        model.gate = Gate::new([7, 3]);
        model.calibration.shift = 0.25;
        let bytes = model.write();
        assert_eq!(TagModel::read(&bytes), Ok(model));
        for end in 0..bytes.len() {
            assert!(TagModel::read(&bytes[..end]).is_err(), "{end}");
        }
        let mut other = bytes.clone();
        other[7] = 9;
        assert!(TagModel::read(&other).is_err_and(|why| why.contains("another version")));
        assert!(TagModel::read(b"not a model at all").is_err_and(|why| why.contains("no model")));
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
