//! The file of a conditional random field: a header, names, and the weights as 16-bit integers
//! times one scale.
//!
//! Most weights are zero: a run of zeros takes four bytes.

use super::super::bytes::{
    OTHER_VERSION, put_number, put_text, take, take_array, take_finite, take_number, take_text,
};
use super::{MAX_LABELS, Model};

/// The first bytes of a file. The last one is the version.
const MAGIC: &[u8; 8] = b"cdcrf\0\0\x01";

/// A bound on the number of weights, so that a damaged file cannot ask for more memory.
const MAX_WEIGHTS: usize = 1 << 24;

/// Marks a run of zeros, whose length follows.
const ZEROS: i16 = i16::MIN;

impl Model {
    /// Rounds the weights to those that a file can hold, so that writing and reading the model
    /// changes nothing.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        let step = step_of(&self.weights);
        for weight in &mut self.weights {
            *weight = f32::from(in_steps(*weight, step)) * step;
        }
        self
    }

    /// Appends the model as bytes. `features_are` names the meaning of its features;
    /// [`Model::read`] returns it.
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

    /// Takes a model and the name of its features from the front of `bytes`.
    ///
    /// # Errors
    /// Returns a message for people if the bytes are no such model.
    pub fn read(bytes: &mut &[u8]) -> Result<(Self, String), String> {
        let magic = take(bytes, MAGIC.len())?;
        if magic[..5] != MAGIC[..5] {
            return Err(
                "not a region model\nhint: name a file that `copydesk train` wrote".to_owned(),
            );
        }
        if magic != MAGIC {
            return Err(OTHER_VERSION.to_owned());
        }
        let features_are = take_text(bytes)?;
        let count = take_number(bytes)?;
        if !(1..=MAX_LABELS).contains(&count) {
            return Err(format!(
                "the model has {count} labels; a model has 1 to {MAX_LABELS}"
            ));
        }
        let mut labels = Vec::with_capacity(count);
        for _ in 0..count {
            labels.push(take_text(bytes)?);
        }
        let features = take_number(bytes)?;
        let edges = take_number(bytes)?;
        if !(1..=256).contains(&edges) || features > MAX_WEIGHTS / count {
            return Err("the model is larger than any that Copydesk makes".to_owned());
        }
        let step = take_finite(bytes)?;
        let size = Self::size(count, features, edges);
        let damaged = || "the model's weights are damaged".to_owned();
        if step < 0.0 {
            return Err(damaged());
        }
        let mut weights = Vec::with_capacity(size);
        while weights.len() < size {
            let steps = i16::from_le_bytes(take_array(bytes)?);
            if steps == ZEROS {
                let zeros = u16::from_le_bytes(take_array(bytes)?);
                let end = weights.len() + usize::from(zeros);
                if zeros == 0 || end > size {
                    return Err(damaged());
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

/// The scale: the largest weight is 32,767 times it.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::model;
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
        fn damage_never_panics(model in model(), at in 0_usize..200, byte in any::<u8>(), end in 0_usize..200) {
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
    fn other_files_are_refused() {
        assert!(
            Model::read(&mut &b"cdcrf\0\0\x63"[..])
                .unwrap_err()
                .contains("another version")
        );
        assert!(
            Model::read(&mut &b"not a model at all"[..])
                .unwrap_err()
                .contains("not a region model")
        );
        assert!(
            Model::read(&mut &b""[..])
                .unwrap_err()
                .contains("cut short")
        );
    }
}
