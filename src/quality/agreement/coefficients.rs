//! Coefficients that take off the agreement that chance alone would bring.
//!
//! - Cohen's kappa for two annotators: J. Cohen, "A coefficient of agreement for nominal scales",
//!   1960.
//! - Fleiss' kappa for several, on units that all have coded: J. Fleiss, "Measuring nominal scale
//!   agreement among many raters", 1971.
//! - Krippendorff's alpha, nominal, where opinions may be missing: K. Krippendorff, "Computing
//!   Krippendorff's alpha-reliability", 2011.
//! - Gwet's AC1, which stays high where one value is much more frequent than the others: K. Gwet,
//!   "Computing inter-rater reliability and its variance in the presence of high agreement", 2008.

use std::collections::{BTreeMap, BTreeSet};

use super::units::{Coded, Confusion, Value};
use super::{Figure, NoValue};

/// The share of all pairs of opinions that are the same.
///
/// # Errors
/// If nobody shares a unit.
pub fn observed(coded: &Coded) -> Figure {
    let (mut same, mut all) = (0, 0);
    for (_, part) in coded.parts() {
        same += part.same();
        all += part.total();
    }
    if all == 0 {
        return Err(NoValue::NothingShared);
    }
    Ok(same as f64 / all as f64)
}

/// Cohen's kappa of two annotators.
///
/// # Errors
/// If they share no unit, or give all units one value.
pub fn cohen(confusion: &Confusion) -> Figure {
    let all: u64 = confusion.values().sum();
    if all == 0 {
        return Err(NoValue::NothingShared);
    }
    let (mut ours, mut theirs) = (BTreeMap::new(), BTreeMap::new());
    let mut same = 0;
    for ((a, b), count) in confusion {
        *ours.entry(a).or_insert(0) += count;
        *theirs.entry(b).or_insert(0) += count;
        same += if a == b { *count } else { 0 };
    }
    if same == all && ours.len() == 1 {
        return Err(NoValue::AllAlike);
    }
    let whole = all as f64;
    let chance: f64 = ours
        .iter()
        .map(|(value, count)| {
            let other = theirs.get(*value).copied().unwrap_or_default();
            (*count as f64 / whole) * (other as f64 / whole)
        })
        .sum();
    Ok((same as f64 / whole - chance) / (1.0 - chance))
}

/// Krippendorff's alpha for nominal values.
///
/// # Errors
/// If nobody shares a unit, or all opinions are one value.
pub fn krippendorff(coded: &Coded) -> Figure {
    let (mut by_value, mut differ, mut all) = (BTreeMap::<&Value, f64>::new(), 0.0, 0.0);
    for (raters, part) in coded.parts() {
        let weight = 1.0 / (raters - 1) as f64;
        for (value, count) in part.margins() {
            *by_value.entry(value).or_default() += count as f64 * weight;
        }
        let total = part.total();
        differ += (total - part.same()) as f64 * weight;
        all += total as f64 * weight;
    }
    match by_value.len() {
        0 => return Err(NoValue::NothingShared),
        1 => return Err(NoValue::AllAlike),
        _ => {}
    }
    let alike: f64 = by_value.values().map(|count| count * count).sum();
    Ok(1.0 - (all - 1.0) * differ / (all * all - alike))
}

/// Fleiss' kappa over the units that all `raters` annotators have coded.
///
/// # Errors
/// If there is no such unit, or all opinions on them are one value.
pub fn fleiss(coded: &Coded, raters: usize) -> Figure {
    let part = coded.part(raters).ok_or(not_by_all(coded, raters))?;
    let total = part.total() as f64;
    let margins = part.margins();
    if margins.len() == 1 {
        return Err(NoValue::AllAlike);
    }
    let chance: f64 = margins
        .values()
        .map(|count| (*count as f64 / total).powi(2))
        .sum();
    Ok((part.same() as f64 / total - chance) / (1.0 - chance))
}

/// Gwet's AC1.
///
/// # Errors
/// If nobody shares a unit, or all opinions are one value.
pub fn gwet(coded: &Coded) -> Figure {
    let (mut units, mut same) = (0.0, 0.0);
    let mut by_value: BTreeMap<&Value, f64> = BTreeMap::new();
    for (raters, part) in coded.parts() {
        let pairs = (raters * (raters - 1)) as f64;
        units += part.total() as f64 / pairs;
        same += part.same() as f64 / pairs;
        for (value, count) in part.margins() {
            *by_value.entry(value).or_default() += count as f64 / pairs;
        }
    }
    match by_value.len() {
        0 => return Err(NoValue::NothingShared),
        1 => return Err(NoValue::AllAlike),
        _ => {}
    }
    let spread: f64 = by_value
        .values()
        .map(|count| (count / units) * (1.0 - count / units))
        .sum();
    let chance = spread / (by_value.len() - 1) as f64;
    Ok((same / units - chance) / (1.0 - chance))
}

/// Why there are no units that all have coded.
pub(super) fn not_by_all(coded: &Coded, raters: usize) -> NoValue {
    match coded.units() {
        0 => NoValue::NothingShared,
        _ => NoValue::NotByAll(raters),
    }
}

/// The values that occur.
pub(super) fn values(coded: &Coded) -> BTreeSet<&Value> {
    let parts = coded.parts();
    parts
        .flat_map(|(_, part)| part.margins().into_keys())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::units::{Piece, overlay, tiles};
    use super::*;
    use crate::model::Label;

    /// Units of one character each; a letter is a label, a point none.
    fn coded(rows: &[&str]) -> Coded {
        let labels: Vec<Vec<Option<Label>>> = rows
            .iter()
            .map(|row| {
                let letters = row.chars();
                let label = letters.map(|c| Label::new(&c.to_string()).ok().filter(|_| c != '.'));
                label.collect()
            })
            .collect();
        let tiles: Vec<_> = labels
            .iter()
            .map(|row| {
                let pieces: Vec<Piece<'_>> = (0_u32..)
                    .zip(row)
                    .filter_map(|(at, label)| {
                        let label = label.as_ref()?;
                        let (start, end) = (at, at + 1);
                        Some(Piece { start, end, label })
                    })
                    .collect();
                tiles(&pieces, row.len() as u32)
            })
            .collect();
        Coded::count(&overlay(&tiles), &tiles)
    }

    fn near(figure: Figure, expected: f64) {
        let value = figure.unwrap();
        assert!((value - expected).abs() < 5e-4, "{value} is not {expected}");
    }

    #[test]
    fn two_annotators_of_ten_units_are_as_krippendorff_printed_them() {
        let both = coded(&["abaaaaaaaa", "bbbaababaa"]);
        near(observed(&both), 0.6);
        near(krippendorff(&both), 0.095);
        // Fleiss with two raters is Scott's pi: chance is 0.7² + 0.3².
        near(fleiss(&both, 2), (0.6 - 0.58) / 0.42);
        // AC1: chance is 2 × 0.7 × 0.3.
        near(gwet(&both), (0.6 - 0.42) / 0.58);
    }

    #[test]
    fn missing_opinions_weigh_as_krippendorff_says() {
        // Three units by three people and one by two: pairs of opinions 3 × 6 + 2, of them 2 + 6 +
        // 6 + 2 the same.
        let mut all = coded(&["aab", "aab", "bab"]);
        all.merge(&coded(&["b", "b"]));
        near(observed(&all), 16.0 / 20.0);
        // Opinions: 5 a, 6 b; those that differ: 4 pairs / 2.
        near(krippendorff(&all), 1.0 - 10.0 * 2.0 / (121.0 - 61.0));
        assert_eq!(fleiss(&all, 4), Err(NoValue::NotByAll(4)));
        assert!(fleiss(&all, 3).is_ok());
    }

    #[test]
    fn chance_has_no_value_where_all_is_one_label() {
        let alike = coded(&["aaa", "aaa"]);
        assert_eq!(observed(&alike), Ok(1.0));
        for figure in [krippendorff(&alike), fleiss(&alike, 2), gwet(&alike)] {
            assert_eq!(figure, Err(NoValue::AllAlike));
        }
        assert_eq!(krippendorff(&Coded::default()), Err(NoValue::NothingShared));
    }
}
