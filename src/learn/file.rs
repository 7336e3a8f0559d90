//! A model as bytes: a header, names, and the weights as whole numbers of 16 bits times one scale.
//!
//! Runs of zeros, of which there are many, take three bytes. All numbers are little-endian.

use super::crf::{MAX_LABELS, Model};

/// How a file of weights begins; the last byte is the version of what follows.
const MAGIC: &[u8; 8] = b"cdcrf\0\0\x01";

/// No model that this program makes has more weights.
const MAX_WEIGHTS: usize = 1 << 24;

/// Stands for a run of zeros, the length of which follows.
const ZEROS: i16 = i16::MIN;

impl Model {
    /// The weights as they will be read back: each a whole number of steps of one scale. Writing a model that was
    /// rounded loses nothing.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        let step = step_of(&self.weights);
        for weight in &mut self.weights {
            *weight = f32::from(in_steps(*weight, step)) * step;
        }
        self
    }

    /// The model as bytes, with a line that says what its features are, which [`Model::read`] gives back.
    pub fn write(&self, features_are: &str, out: &mut Vec<u8>) {
        let step = step_of(&self.weights);
        out.extend_from_slice(MAGIC);
        put_text(out, features_are);
        put_number(out, self.labels.len());
        for label in &self.labels {
            put_text(out, label);
        }
        put_number(out, self.features);
        put_number(out, self.edges);
        out.extend_from_slice(&step.to_le_bytes());
        let mut zeros = 0_u16;
        let flush = |zeros: &mut u16, out: &mut Vec<u8>| {
            if *zeros > 0 {
                out.extend_from_slice(&ZEROS.to_le_bytes());
                out.extend_from_slice(&zeros.to_le_bytes());
                *zeros = 0;
            }
        };
        for weight in &self.weights {
            let steps = in_steps(*weight, step);
            if steps == 0 && zeros < u16::MAX {
                zeros += 1;
                continue;
            }
            flush(&mut zeros, out);
            if steps == 0 {
                zeros = 1;
            } else {
                out.extend_from_slice(&steps.to_le_bytes());
            }
        }
        flush(&mut zeros, out);
    }

    /// Reads a model from the front of `bytes`, and what its features are; what follows it stays in `bytes`.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn read(bytes: &mut &[u8]) -> Result<(Self, String), String> {
        let short = || "the model ends too early".to_owned();
        let magic = take(bytes, MAGIC.len()).ok_or_else(short)?;
        if magic[..5] != MAGIC[..5] {
            return Err("this is no model of regions".to_owned());
        }
        if magic != MAGIC {
            return Err("the model was made by another version of this program".to_owned());
        }
        let features_are = take_text(bytes).ok_or_else(short)?;
        let count = take_number(bytes).ok_or_else(short)?;
        if !(1..=MAX_LABELS).contains(&count) {
            return Err(format!(
                "the model has {count} labels; 1 to {MAX_LABELS} can be"
            ));
        }
        let mut labels = Vec::with_capacity(count);
        for _ in 0..count {
            labels.push(take_text(bytes).ok_or_else(short)?);
        }
        let features = take_number(bytes).ok_or_else(short)?;
        let edges = take_number(bytes).ok_or_else(short)?;
        if !(1..=256).contains(&edges) || features > MAX_WEIGHTS / count {
            return Err("the model is larger than any that this program makes".to_owned());
        }
        let step = take(bytes, 4)
            .and_then(|bytes| bytes.try_into().ok())
            .map(f32::from_le_bytes)
            .ok_or_else(short)?;
        if !step.is_finite() || step < 0.0 {
            return Err("the model's weights are no numbers".to_owned());
        }
        let size = Self::size(count, features, edges);
        let mut weights = Vec::with_capacity(size);
        while weights.len() < size {
            let steps = take_i16(bytes).ok_or_else(short)?;
            if steps == ZEROS {
                let zeros = take_i16(bytes).ok_or_else(short)? as u16;
                let end = weights.len() + usize::from(zeros);
                if zeros == 0 || end > size {
                    return Err("the model's weights are damaged".to_owned());
                }
                weights.resize(end, 0.0);
            } else {
                weights.push(f32::from(steps) * step);
            }
        }
        let model = Self {
            labels,
            features,
            edges,
            weights,
        };
        Ok((model, features_are))
    }
}

/// What one step is worth, so that the largest weight is 32,767 of them.
fn step_of(weights: &[f32]) -> f32 {
    let most = weights.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
    most / f32::from(i16::MAX)
}

fn in_steps(weight: f32, step: f32) -> i16 {
    if step == 0.0 {
        return 0;
    }
    let most = f32::from(i16::MAX);
    (weight / step).round_ties_even().clamp(-most, most) as i16
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

fn take_i16(bytes: &mut &[u8]) -> Option<i16> {
    Some(i16::from_le_bytes(take(bytes, 2)?.try_into().ok()?))
}

fn take_text(bytes: &mut &[u8]) -> Option<String> {
    let length = take_number(bytes)?;
    String::from_utf8(take(bytes, length)?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::crf::tests::model;
    use super::*;

    proptest! {
        #[test]
        fn a_rounded_model_comes_back_as_it_was(model in model(), zeros in prop::collection::vec(any::<bool>(), 64)) {
            let mut model = model;
            for (weight, zero) in model.weights.iter_mut().zip(zeros) {
                if zero {
                    *weight = 0.0;
                }
            }
            let model = model.rounded();
            let mut bytes = Vec::new();
            model.write("these", &mut bytes);
            bytes.push(7);
            let mut rest = &bytes[..];
            let (read, features_are) = Model::read(&mut rest).unwrap();
            prop_assert_eq!(&features_are, "these");
            prop_assert_eq!(rest, [7]);
            let mut again = Vec::new();
            read.write("these", &mut again);
            prop_assert_eq!(&again[..], &bytes[..bytes.len() - 1]);
            for (one, other) in read.weights.iter().zip(&model.weights) {
                prop_assert!((one - other).abs() <= 1e-6);
            }
        }

        #[test]
        fn damage_is_told_and_never_a_panic(model in model(), at in 0_usize..200, byte in any::<u8>(), end in 0_usize..200) {
            let mut bytes = Vec::new();
            model.write("these", &mut bytes);
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            let _ = Model::read(&mut &bytes[..]);
            bytes.truncate(end);
            let _ = Model::read(&mut &bytes[..]);
        }
    }

    #[test]
    fn what_is_no_model_is_refused() {
        assert!(
            Model::read(&mut &b"cdcrf\0\0\x63"[..])
                .unwrap_err()
                .contains("another version")
        );
        assert!(
            Model::read(&mut &b"not a model at all"[..])
                .unwrap_err()
                .contains("no model")
        );
        assert!(
            Model::read(&mut &b""[..])
                .unwrap_err()
                .contains("too early")
        );
    }
}
