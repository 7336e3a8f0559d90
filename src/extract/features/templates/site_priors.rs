//! What was said on other pages of a site, as clues.

use super::{BASES, SURENESSES, Template, put};
use crate::learn::crf::MAX_LABELS;
use crate::learn::{Features, Model};

/// By what a block is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FingerprintKind {
    /// It says the same in at least four words, numbers aside.
    Words,
    /// It says the same in fewer.
    FewWords,
    /// It is in the same element, counted from the page's top.
    DomPosition,
    /// It is in the same kind of element.
    Kind,
    /// It is in the same kind of element, is about as long, and as much of it is links.
    KindAndSize,
    /// It is between the same words.
    Between,
}

impl FingerprintKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Words,
        Self::FewWords,
        Self::DomPosition,
        Self::Kind,
        Self::KindAndSize,
        Self::Between,
    ];
}

/// Adds what was said of one fingerprint of a block on other pages of its site: that it had the
/// label, on so many pages, on such a share of them.
pub fn add_site_priors(
    features: &mut Features,
    fingerprint: FingerprintKind,
    label: usize,
    pages: u32,
    share: f64,
) {
    if label < MAX_LABELS {
        let value = label * SURENESSES + sureness(pages, share);
        put(features, prior(fingerprint), value);
    }
}

fn prior(fingerprint: FingerprintKind) -> Template {
    match fingerprint {
        FingerprintKind::Words => Template::SaidOfWords,
        FingerprintKind::FewWords => Template::SaidOfFewWords,
        FingerprintKind::DomPosition => Template::SaidOfSpot,
        FingerprintKind::Kind => Template::SaidOfKind,
        FingerprintKind::KindAndSize => Template::SaidOfKindAndSize,
        FingerprintKind::Between => Template::SaidOfBetween,
    }
}

/// The label, by number, that a value of such a clue is about.
pub fn label_of_prior(value: usize) -> usize {
    value / SURENESSES
}

/// One, two or three, and more pages; on each for what was always so, and for the rest.
fn sureness(pages: u32, share: f64) -> usize {
    let many = match pages {
        0..=1 => 0,
        2..=3 => 1,
        _ => 2,
    };
    many * 2 + usize::from(share > 0.95)
}

/// Gives a model that begins to learn what priors are worth, by hand: shipped models never see any,
/// since no site is in them.
pub fn set_site_prior_weights(model: &mut Model) {
    /// For each fingerprint, by how sure it is.
    const WEIGHTS: [(FingerprintKind, [f32; SURENESSES]); 6] = [
        (FingerprintKind::Words, [0.5, 8.0, 0.7, 9.0, 0.8, 10.0]),
        (FingerprintKind::FewWords, [0.5, 2.5, 0.7, 3.5, 0.8, 4.5]),
        (FingerprintKind::DomPosition, [0.2, 0.5, 0.3, 0.8, 0.3, 1.0]),
        (FingerprintKind::Kind, [0.1, 0.5, 0.1, 0.8, 0.2, 1.2]),
        (FingerprintKind::KindAndSize, [0.3, 1.0, 0.5, 1.5, 0.8, 2.0]),
        (FingerprintKind::Between, [0.3, 1.5, 0.3, 2.0, 0.4, 2.5]),
    ];
    for (fingerprint, weights) in WEIGHTS {
        let base = BASES[prior(fingerprint) as usize];
        for label in 0..model.labels().len() {
            for (sureness, weight) in weights.iter().enumerate() {
                let feature = base + label * SURENESSES + sureness;
                model.set_weight(u32::try_from(feature).unwrap_or(u32::MAX), label, *weight);
            }
        }
    }
}
