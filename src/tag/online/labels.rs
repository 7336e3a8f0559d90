//! A base model with a dataset's labels as its types.

use super::super::features::{bias_row, row_of_confirmed, rows_of_head, rows_of_lists};
use super::super::gazetteer::Gazetteer;
use super::super::labels::{Mapping, words_of_natural_places};
use super::super::lexicon::part;
use super::super::model::{TagModel, grammar, tag_of};
use crate::learn::perceptron::Perceptron;
use crate::model::Label;

/// The weight of the lexicon in telling towns from seas.
const GOVERNED: f32 = 1.0;

/// Gives a model the labels as types. A label has the weights of the type that is mapped to it, or
/// those of "no name".
pub(super) fn with_labels(base: &TagModel, labels: &[Label], mapping: &Mapping) -> TagModel {
    let mut tags = vec![0_usize];
    for label in labels {
        let kind = mapping.kind(label);
        for first in [true, false] {
            tags.push(kind.map_or(0, |kind| usize::from(tag_of(kind, first))));
        }
    }
    let mut weights = Perceptron::spread(&base.weights, grammar(labels.len()), &tags);
    if let Some((governed, other)) = mapping.governed(labels) {
        tell_places_apart(&mut weights, governed, other);
    }
    TagModel {
        language: base.language.clone(),
        types: labels
            .iter()
            .map(|label| label.as_str().to_owned())
            .collect(),
        weights,
        candidates: base.candidates.clone(),
        calibration: base.calibration,
        type_groups: Vec::new(),
    }
}

/// The weight of a name that was always confirmed with one label, by how often: once, twice, three
/// times, or more.
const TRUST: [f32; 4] = [2.0, 4.0, 5.0, 6.0];

/// Adds to the weights of a label for names that were confirmed with it alone.
///
/// The base model learned from other texts, where the names of earlier articles say less.
pub(super) fn trust_confirmed(weights: &mut Perceptron, label: usize, gazetteer: &Gazetteer) {
    let bits = weights.bits();
    for (times, trust) in (1..).zip(TRUST) {
        let code = gazetteer.code_of_sure(label, times);
        for first in [true, false] {
            let row = row_of_confirmed(code, first, bits);
            weights.shift(row, usize::from(tag_of(label, first)), trust);
        }
    }
}

/// Makes the words of countries and towns prefer one label of places, and words such as "Sea" the
/// other.
fn tell_places_apart(weights: &mut Perceptron, governed: usize, other: usize) {
    let bits = weights.bits();
    let mut prefer_governed = |row: u32, by: f32| {
        for first in [true, false] {
            weights.shift(row, usize::from(tag_of(governed, first)), by);
            weights.shift(row, usize::from(tag_of(other, first)), -by);
        }
    };
    for row in rows_of_lists(part::COUNTRY | part::CITY, bits) {
        prefer_governed(row, GOVERNED / 2.0);
    }
    for word in words_of_natural_places() {
        for row in rows_of_head(word, bits) {
            prefer_governed(row, -GOVERNED / 2.0);
        }
    }
    prefer_governed(bias_row(bits), GOVERNED / 4.0);
}
