//! What a dataset's own model has learnt, as the difference from the shipped weights: to store it, and to take part of it back.

use super::crf::Model;

/// Writes the weights in which `model` differs from `base`, a model of the same shape. Little-endian.
pub fn write_changes(base: &Model, model: &Model, out: &mut Vec<u8>) {
    let changed: Vec<(u32, f32)> = (0_u32..)
        .zip(base.weights.iter().zip(&model.weights))
        .filter(|(_, (before, now))| before.to_bits() != now.to_bits())
        .map(|(at, (_, now))| (at, *now))
        .collect();
    let mut number = |number: u32| out.extend_from_slice(&number.to_le_bytes());
    number(u32::try_from(base.weights.len()).unwrap_or(u32::MAX));
    number(u32::try_from(changed.len()).unwrap_or(u32::MAX));
    for (at, weight) in changed {
        number(at);
        number(weight.to_bits());
    }
}

/// Reads what [`write_changes`] wrote, from the front of the bytes.
///
/// # Errors
/// If the bytes are damaged or belong to a base of another shape.
pub fn read_changes(base: &Model, bytes: &mut &[u8]) -> Result<Model, String> {
    let wrong = || "the stored model does not fit the shipped one".to_owned();
    let mut number = || -> Result<u32, String> {
        let (four, rest) = bytes.split_first_chunk().ok_or_else(wrong)?;
        *bytes = rest;
        Ok(u32::from_le_bytes(*four))
    };
    let mut model = base.clone();
    if number()? as usize != model.weights.len() {
        return Err(wrong());
    }
    for _ in 0..number()? {
        let at = number()? as usize;
        let weight = f32::from_bits(number()?);
        let slot = model.weights.get_mut(at).ok_or_else(wrong)?;
        *slot = Some(weight).filter(|w| w.is_finite()).ok_or_else(wrong)?;
    }
    Ok(model)
}

/// The weights that lie the share `part` of the way from `base` to `model`.
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
            "a weight that is not there"
        );
    }

    #[test]
    fn half_of_what_was_learnt_is_half_way() {
        let (base, model) = models();
        let half = part_way(&base, &model, 0.5);
        assert_eq!(half.weights_of(1), [2.5, 0.0]);
        assert_eq!(half.weights_of(3), [0.0, -0.5]);
        assert_eq!(part_way(&base, &model, 0.0), base);
    }
}
