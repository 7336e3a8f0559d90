//! A dataset's own model as its difference from the shipped weights.

use super::super::bytes::{put_number, take_finite, take_number};
use super::Model;

/// Appends the weights in which `model` differs from `base`, a model of the same shape.
pub fn write_changes(base: &Model, model: &Model, out: &mut Vec<u8>) {
    let changed: Vec<(usize, f32)> = base
        .weights
        .iter()
        .zip(&model.weights)
        .enumerate()
        .filter(|(_, (before, now))| before.to_bits() != now.to_bits())
        .map(|(at, (_, now))| (at, *now))
        .collect();
    put_number(out, base.weights.len());
    put_number(out, changed.len());
    for (at, weight) in changed {
        put_number(out, at);
        out.extend_from_slice(&weight.to_le_bytes());
    }
}

/// Takes what [`write_changes`] wrote from the front of `bytes`.
///
/// # Errors
/// Returns an error if the bytes are damaged or belong to a base of another shape.
pub fn read_changes(base: &Model, bytes: &mut &[u8]) -> Result<Model, String> {
    let wrong = || "the stored model does not fit the shipped one".to_owned();
    let mut model = base.clone();
    if take_number(bytes)? != model.weights.len() {
        return Err(wrong());
    }
    for _ in 0..take_number(bytes)? {
        let at = take_number(bytes)?;
        let weight = take_finite(bytes)?;
        *model.weights.get_mut(at).ok_or_else(wrong)? = weight;
    }
    Ok(model)
}

/// The model between `base` and `model`: its weights have moved by `part` of the way, from 0 to 1.
#[must_use]
pub fn part_way(base: &Model, model: &Model, part: f32) -> Model {
    let mut between = base.clone();
    for (weight, target) in between.weights.iter_mut().zip(&model.weights) {
        *weight += part * (target - *weight);
    }
    between
}

#[cfg(test)]
mod tests {
    use super::*;

    fn models() -> (Model, Model) {
        let mut base = Model::new(&["a", "b"], 4, 1);
        base.set_weight(1, 0, 2.0);
        let mut model = base.clone();
        model.set_weight(1, 0, 3.0);
        model.set_weight(3, 1, -1.0);
        (base, model)
    }

    #[test]
    fn a_stored_difference_gives_the_same_model_again() {
        let (base, model) = models();
        let mut bytes = Vec::new();
        write_changes(&base, &model, &mut bytes);
        let mut rest = &bytes[..];
        assert_eq!(read_changes(&base, &mut rest), Ok(model));
        assert!(rest.is_empty());
    }

    #[test]
    fn damaged_bytes_and_other_shapes_are_refused() {
        let (base, model) = models();
        let mut bytes = Vec::new();
        write_changes(&base, &model, &mut bytes);
        for end in 0..bytes.len() {
            assert!(read_changes(&base, &mut &bytes[..end]).is_err(), "{end}");
        }
        let other = Model::new(&["a", "b", "c"], 4, 1);
        assert!(read_changes(&other, &mut &bytes[..]).is_err());
        bytes[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(
            read_changes(&base, &mut &bytes[..]).is_err(),
            "a weight that does not exist"
        );
    }

    #[test]
    fn half_of_the_way_is_half_of_each_change() {
        let (base, model) = models();
        let half = part_way(&base, &model, 0.5);
        assert_eq!(half.weights_of(1), [2.5, 0.0]);
        assert_eq!(half.weights_of(3), [0.0, -0.5]);
        assert_eq!(part_way(&base, &model, 0.0), base);
    }
}
