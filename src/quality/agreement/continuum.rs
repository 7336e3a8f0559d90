//! Coefficients for spans that annotators cut out of a text themselves.
//!
//! - uα and its binary form |uα: K. Krippendorff, Y. Mathet, S. Bouvry and A. Widlöcher, "On the
//!   reliability of unitizing textual continua: further developments", 2016. Spans of one annotator
//!   must not overlap.
//! - αU: K. Krippendorff, "On the reliability of unitizing contiguous data", 1995, and "Content
//!   Analysis", 2004, as DKPro Statistics and INCEpTION compute it. It has no lower bound and falls
//!   as the text gets longer.

use std::collections::{BTreeMap, BTreeSet};

use super::coefficients::{not_by_all, values};
use super::units::{Coded, Coincidences, Piece, Tile, Value, tiles};
use super::{Figure, NoValue};
use crate::model::Label;

/// Krippendorff's uα over the articles that all `raters` annotators have done.
///
/// # Errors
/// If there is no such article, or all of it has one value.
pub fn u_alpha(coded: &Coded, raters: usize) -> Figure {
    let part = coded.part(raters).ok_or(not_by_all(coded, raters))?;
    unitized(part, raters, |value| value.clone())
}

/// The same with all labels taken for one: how far annotators agree on which text has a label.
///
/// # Errors
/// As for [`u_alpha`], and if everything has a label.
pub fn u_alpha_binary(coded: &Coded, raters: usize) -> Figure {
    let part = coded.part(raters).ok_or(not_by_all(coded, raters))?;
    let any = values(coded).into_iter().flatten().next().cloned();
    let figure = unitized(part, raters, |value| value.as_ref().and(any.clone()));
    match figure {
        Err(NoValue::AllAlike) if !part.pairs.contains_key(&(None, None)) => Err(NoValue::NoGaps),
        figure => figure,
    }
}

fn unitized(part: &Coincidences, raters: usize, value_of: impl Fn(&Value) -> Value) -> Figure {
    let (mut lengths, mut differ) = (BTreeMap::<Value, f64>::new(), 0.0);
    let weight = 1.0 / (raters - 1) as f64;
    for ((one, other), count) in &part.pairs {
        let (one, other) = (value_of(one), value_of(other));
        let count = *count as f64 * weight;
        differ += if one == other { 0.0 } else { count };
        *lengths.entry(one).or_default() += count;
    }
    if lengths.len() < 2 {
        return Err(NoValue::AllAlike);
    }
    let all: f64 = lengths.values().sum();
    let squares: u64 = part.squares.values().sum();
    let alike: f64 = lengths.values().map(|length| length * length).sum();
    let expected = (all * all - alike) / (all - squares as f64 / all);
    Ok(1.0 - differ / expected)
}

/// Krippendorff's αU of one article. `length` and the spans are in the same unit; each annotator's
/// spans are sorted by start, then longest first. Where spans of one label nest, the outer one
/// counts.
///
/// # Errors
/// If nobody labelled anything.
pub(super) fn alpha_u(people: &[Vec<Piece<'_>>], length: u32) -> Figure {
    let labels: BTreeSet<&Label> = people.iter().flatten().map(|piece| piece.label).collect();
    if labels.is_empty() {
        return Err(NoValue::NothingLabelled);
    }
    let (mut observed, mut expected) = (0.0, 0.0);
    for label in labels {
        let of_label = people.iter().map(|pieces| tiles_of(pieces, label, length));
        let people: Vec<_> = of_label.collect();
        observed += observed_disagreement(&people, length);
        expected += expected_disagreement(&people, length);
    }
    if expected <= 0.0 {
        return Err(NoValue::AllAlike);
    }
    Ok(1.0 - observed / expected)
}

fn tiles_of<'a>(pieces: &[Piece<'a>], label: &Label, length: u32) -> Vec<Tile<'a>> {
    let mut kept: Vec<Piece<'a>> = Vec::new();
    for piece in pieces.iter().filter(|piece| piece.label == label) {
        if kept.last().is_none_or(|last| last.end <= piece.start) {
            kept.push(*piece);
        }
    }
    tiles(&kept, length)
}

fn observed_disagreement(people: &[Vec<Tile<'_>>], length: u32) -> f64 {
    let mut sum = 0.0;
    for (at, ours) in people.iter().enumerate() {
        for theirs in people.iter().skip(at + 1) {
            let (mut one, mut other) = (0, 0);
            while let (Some(a), Some(b)) = (ours.get(one), theirs.get(other)) {
                sum += distance(a, b);
                one += usize::from(a.end <= b.end);
                other += usize::from(b.end <= a.end);
            }
        }
    }
    let (raters, length) = (people.len() as f64, f64::from(length));
    2.0 * sum / (raters * (raters - 1.0) * length * length)
}

/// The squared distance of two tiles that overlap.
fn distance(a: &Tile<'_>, b: &Tile<'_>) -> f64 {
    let square = |x: f64| x * x;
    let length = |tile: &Tile<'_>| f64::from(tile.end - tile.start);
    match (a.label, b.label) {
        (Some(_), Some(_)) => {
            square(f64::from(a.start) - f64::from(b.start))
                + square(f64::from(a.end) - f64::from(b.end))
        }
        (Some(_), None) if b.start <= a.start && a.end <= b.end => square(length(a)),
        (None, Some(_)) if a.start <= b.start && b.end <= a.end => square(length(b)),
        _ => 0.0,
    }
}

fn expected_disagreement(people: &[Vec<Tile<'_>>], length: u32) -> f64 {
    let all = || people.iter().flatten();
    let long = |tile: &Tile<'_>| f64::from(tile.end - tile.start);
    let units: Vec<f64> = all().filter(|t| t.label.is_some()).map(long).collect();
    let mut gaps: Vec<f64> = all().filter(|t| t.label.is_none()).map(long).collect();
    gaps.sort_by(|a, b| b.total_cmp(a));
    // What the longest gaps come to, so that each span is looked up instead of compared with every
    // gap.
    let mut sums = vec![0.0];
    for gap in &gaps {
        sums.push(sums.last().copied().unwrap_or_default() + gap);
    }
    let others = units.len() as f64 - 1.0;
    let (mut sum, mut within) = (0.0, 0.0);
    for unit in &units {
        let fitting = gaps.partition_point(|gap| gap >= unit);
        let room = sums.get(fitting).copied().unwrap_or_default() - fitting as f64 * (unit - 1.0);
        sum += others * (2.0 * unit.powi(3) - 3.0 * unit.powi(2) + unit) / 3.0;
        sum += unit * unit * room;
        within += unit * (unit - 1.0);
    }
    let (raters, length) = (people.len() as f64, f64::from(length));
    2.0 / length * sum / (raters * length * (raters * length - 1.0) - within)
}

#[cfg(test)]
mod tests {
    use super::super::units::overlay;
    use super::*;

    fn label(name: &str) -> Label {
        Label::new(name).unwrap()
    }

    fn coded(people: &[Vec<Piece<'_>>], length: u32) -> Coded {
        let tiles: Vec<_> = people.iter().map(|own| tiles(own, length)).collect();
        Coded::count(&overlay(&tiles), &tiles)
    }

    fn piece(start: u32, end: u32, label: &Label) -> Piece<'_> {
        Piece { start, end, label }
    }

    #[test]
    fn u_alpha_of_a_small_text_is_as_computed_by_hand() {
        let (a, b) = (label("a"), label("b"));
        // Ten characters. One calls 0..4 a and 4..8 b, the other 0..5 a and 5..8 b; 8..10 is a gap
        // for both.
        let people = [
            vec![piece(0, 4, &a), piece(4, 8, &b)],
            vec![piece(0, 5, &a), piece(5, 8, &b)],
        ];
        let both = coded(&people, 10);
        // Lengths 9, 7 and 4 of 20; squares 16+25, 16+9 and 2+2, together 70; the two differ on 1
        // character, twice.
        let expected = (400.0 - (81.0 + 49.0 + 16.0)) / (20.0 - 70.0 / 20.0);
        let figure = u_alpha(&both, 2).unwrap();
        assert!((figure - (1.0 - 2.0 / expected)).abs() < 1e-12, "{figure}");
        assert_eq!(u_alpha_binary(&both, 2), Ok(1.0));
        assert_eq!(u_alpha(&both, 3), Err(NoValue::NotByAll(3)));
        let full = coded(&[vec![piece(0, 9, &a)], vec![piece(0, 9, &b)]], 9);
        assert_eq!(u_alpha_binary(&full, 2), Err(NoValue::NoGaps));
    }

    #[test]
    fn alpha_u_of_the_same_spans_is_one_and_of_none_is_no_value() {
        let a = label("a");
        let same = vec![piece(2, 6, &a), piece(3, 5, &a)];
        assert_eq!(alpha_u(&[same.clone(), same], 10), Ok(1.0));
        assert_eq!(
            alpha_u(&[vec![], vec![]], 10),
            Err(NoValue::NothingLabelled)
        );
    }

    #[test]
    fn alpha_u_of_one_moved_span_is_as_computed_by_hand() {
        let a = label("a");
        // Ten characters, 2..6 against 3..6: observed 2 × 1 / (2 × 100). The gaps are 4, 4, 3 and 2
        // long.
        let figure = alpha_u(&[vec![piece(2, 6, &a)], vec![piece(3, 6, &a)]], 10).unwrap();
        // The span of 4: (128-48+4)/3 + 16 × (1+1); the span of 3: (54-27+3)/3 + 9 × (2+2+1).
        let sum = 28.0 + 32.0 + 10.0 + 45.0;
        let expected = 2.0 / 10.0 * sum / (20.0 * 19.0 - (12.0 + 6.0));
        assert!((figure - (1.0 - 0.01 / expected)).abs() < 1e-12, "{figure}");
    }
}
