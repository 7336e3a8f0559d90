//! The weights of a perceptron as their differences from another one's, which take little room:
//! most rows are the same.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::super::bytes::{put_number, take, take_finite, take_number};
use super::Perceptron;

/// The largest difference is the square of this number times the step.
const LEVELS: f32 = 15.0;

/// Smaller differences, by their square roots in steps, count as none.
const LEAST: i8 = 3;

impl Perceptron {
    /// Appends the differences from `base`, a model of the same shape, as bytes.
    ///
    /// # Errors
    /// Returns an error if the bytes cannot be compressed, which does not happen in memory.
    pub fn write_delta(&self, base: &Self, out: &mut Vec<u8>) -> std::io::Result<()> {
        let pairs = || self.rows.iter().zip(&base.rows);
        let most = pairs().fold(0.0_f32, |most, (own, base)| most.max((own - base).abs()));
        let step = most / (LEVELS * LEVELS);
        out.extend_from_slice(&step.to_le_bytes());
        for weight in &self.steps {
            out.extend_from_slice(&weight.to_le_bytes());
        }
        let tags = self.grammar.tags;
        let (mut masks, mut values) = (Vec::new(), Vec::new());
        for (own, base) in self
            .rows
            .chunks_exact(self.stride)
            .zip(base.rows.chunks_exact(self.stride))
        {
            for from in (0..tags).step_by(8) {
                let mut mask = 0_u8;
                for tag in from..tags.min(from + 8) {
                    let level = level_of(own[tag] - base[tag], step);
                    if level != 0 {
                        mask |= 1 << (tag - from);
                        values.push(level as u8);
                    }
                }
                masks.push(mask);
            }
        }
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&masks)?;
        packed.write_all(&values)?;
        let packed = packed.finish()?;
        put_number(out, values.len());
        put_number(out, packed.len());
        out.extend_from_slice(&packed);
        Ok(())
    }

    /// Takes a model from the front of `bytes` that was written as differences from `base`.
    ///
    /// # Errors
    /// Returns a message for people if the bytes are no such model.
    pub fn read_delta(base: &Self, bytes: &mut &[u8]) -> Result<Self, String> {
        let damaged = || "the model file is damaged".to_owned();
        let step = take_finite(bytes)?;
        let mut model = base.clone();
        for weight in &mut model.steps {
            *weight = take_finite(bytes)?;
        }
        let tags = model.grammar.tags;
        let count = take_number(bytes)?;
        if count > model.rows.len() {
            return Err(damaged());
        }
        let length = take_number(bytes)?;
        let packed = take(bytes, length)?;
        let mut masks = vec![0; tags.div_ceil(8) << model.bits];
        let mut values = vec![0; count];
        let mut unpacked = DeflateDecoder::new(packed);
        let whole = unpacked
            .read_exact(&mut masks)
            .and_then(|()| unpacked.read_exact(&mut values));
        whole.map_err(|_short| damaged())?;
        let mut values = values.into_iter();
        let masks = masks.chunks_exact(tags.div_ceil(8));
        for (row, masks) in model.rows.chunks_exact_mut(model.stride).zip(masks) {
            for (part, mask) in row.chunks_mut(8).zip(masks) {
                if *mask == 0 {
                    continue;
                }
                for (tag, weight) in part.iter_mut().enumerate() {
                    if mask >> tag & 1 == 1 {
                        let level = f32::from(values.next().ok_or_else(damaged)? as i8);
                        *weight += level * level.abs() * step;
                    }
                }
            }
        }
        Ok(model)
    }
}

fn level_of(difference: f32, step: f32) -> i8 {
    if step == 0.0 {
        return 0;
    }
    let root = (difference.abs() / step).sqrt().round_ties_even();
    let level = root.min(LEVELS) as i8;
    if level < LEAST {
        0
    } else if difference < 0.0 {
        -level
    } else {
        level
    }
}
