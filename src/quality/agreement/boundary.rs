//! Boundary similarity: how far two annotators cut a text at the same places, whatever the labels.
//!
//! C. Fournier, "Evaluating text segmentation using boundary edit distance", 2013, with
//! transpositions of up to two places. A text is cut into words, and words are cut where a region
//! begins or ends inside them. A boundary lies between two such pieces that are not in the same
//! region or the same gap. A boundary that is off by one piece counts half, one that the other
//! annotator does not have counts whole.

use super::{Figure, NoValue};
use crate::model::{Annotation, Text};

/// Two annotators' cuts of one article.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundaries {
    /// The lengths of each annotator's segments, in pieces of words.
    pub masses: [Vec<u32>; 2],
    /// The similarity, from 0 to 1.
    pub similarity: Figure,
}

/// Compares two annotators' regions in one article.
pub(super) fn boundaries(text: &Text, one: &Annotation, other: &Annotation) -> Boundaries {
    let pieces = pieces(text, one, other);
    let cuts = [cuts(&pieces, one), cuts(&pieces, other)];
    let masses = cuts.clone().map(|cuts| masses(&cuts, pieces.len()));
    let [one, other] = &cuts;
    Boundaries {
        similarity: similarity(one, other),
        masses,
    }
}

/// The first bytes of the words, and of their parts where a region begins or ends in them.
fn pieces(text: &Text, one: &Annotation, other: &Annotation) -> Vec<usize> {
    let regions = one.regions().iter().chain(other.regions());
    let mut edges: Vec<usize> = regions
        .flat_map(|region| [region.span.start().index(), region.span.end().index()])
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let mut edges = edges.into_iter().peekable();
    let mut pieces = Vec::new();
    let mut in_word = false;
    for (at, c) in text.as_str().char_indices() {
        let mut is_edge = false;
        while edges.next_if(|edge| *edge <= at).is_some() {
            is_edge = true;
        }
        let solid = !c.is_whitespace();
        if solid && (!in_word || is_edge) {
            pieces.push(at);
        }
        in_word = solid;
    }
    pieces
}

/// Whether there is a boundary before each piece but the first.
fn cuts(pieces: &[usize], annotation: &Annotation) -> Vec<bool> {
    let mut regions = annotation.regions().iter().enumerate().peekable();
    let mut place = |byte: usize| {
        while regions
            .next_if(|(_, region)| region.span.end().index() <= byte)
            .is_some()
        {}
        let (at, region) = regions.peek()?;
        (region.span.start().index() <= byte).then_some(*at)
    };
    let places: Vec<Option<usize>> = pieces.iter().map(|byte| place(*byte)).collect();
    places.windows(2).map(|pair| pair[0] != pair[1]).collect()
}

fn masses(cuts: &[bool], pieces: usize) -> Vec<u32> {
    if pieces == 0 {
        return Vec::new();
    }
    let mut masses = vec![1];
    for cut in cuts {
        match masses.last_mut() {
            Some(last) if !cut => *last += 1,
            _ => masses.push(1),
        }
    }
    masses
}

fn similarity(one: &[bool], other: &[bool]) -> Figure {
    let both = || one.iter().zip(other);
    let matches = both().filter(|(a, b)| **a && **b).count();
    let differ: Vec<Option<bool>> = both().map(|(a, b)| (a != b).then_some(*a)).collect();
    let (mut transposed, mut added) = (0_usize, 0_usize);
    let mut at = 0;
    while at < differ.len() {
        let pair = (differ.get(at).copied(), differ.get(at + 1).copied());
        match pair {
            // One of them cuts here, the other at the next place.
            (Some(Some(here)), Some(Some(next))) if here != next => {
                transposed += 1;
                at += 2;
                continue;
            }
            (Some(Some(_)), _) => added += 1,
            _ => {}
        }
        at += 1;
    }
    let all = matches + transposed + added;
    if all == 0 {
        return Err(NoValue::NoBoundary);
    }
    Ok(1.0 - (added as f64 + transposed as f64 / 2.0) / all as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    fn of(one: &str, other: &str) -> Boundaries {
        let (one, other) = (
            notation::parse(one).unwrap(),
            notation::parse(other).unwrap(),
        );
        assert_eq!(one.text, other.text);
        boundaries(&one.text, &one.annotation, &other.annotation)
    }

    #[test]
    fn a_boundary_that_is_off_by_a_word_counts_half() {
        let found = of(
            "nav| one two\\\nbody|  three\nnav| four",
            "nav| one\\\nbody|  two three\nnav| four",
        );
        assert_eq!(found.masses, [vec![2, 1, 1], vec![1, 2, 1]]);
        assert_eq!(found.similarity, Ok(0.75));
    }

    #[test]
    fn labels_do_not_count_and_nothing_cut_is_no_value() {
        let found = of("nav| one\nnav| two", "body| one\nad| two");
        assert_eq!(found.similarity, Ok(1.0));
        let found = of("nav| one\n+| two", "| one\n| two");
        assert_eq!(found.masses, [vec![2], vec![2]]);
        assert_eq!(found.similarity, Err(NoValue::NoBoundary));
    }

    #[test]
    fn a_word_is_cut_where_a_region_ends_in_it() {
        let found = of("nav| 8\\\nbody|Previous", "body| 8\\\n+|Previous");
        assert_eq!(found.masses, [vec![1, 1], vec![2]]);
        assert_eq!(found.similarity, Ok(0.0));
    }
}
