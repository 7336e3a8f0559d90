//! Features of the second pass.

use super::distances::Distances;
use super::{Template, log, put};
use crate::extract::features::positions::DomPositions;
use crate::extract::features::surface::SurfaceFeatures;
use crate::learn::Features;

/// Returns the stacked features: the label probabilities that the first pass gave to each block and its surroundings.
///
///  A chain sees only neighbours; this lets it see that a list is the story's because the element around it is, or
/// that the comments have begun further up.
///
/// `core` holds each block's probability of being story, comment, and the rest.
pub fn second_pass_features(
    surfaces: &[SurfaceFeatures],
    places: Option<&DomPositions>,
    core: &[[f64; 3]],
) -> Vec<Features> {
    let mut more: Vec<Features> = surfaces
        .iter()
        .map(|_| Features::with_capacity(48))
        .collect();
    let words: Vec<f64> = surfaces
        .iter()
        .map(|surface| surface.words.clamp(1, 100) as f64)
        .collect();
    // Sums over the blocks before each: words of story, of comments, of all.
    let mut sums = vec![[0.0; 3]];
    for (core, words) in core.iter().zip(&words) {
        let last = sums.last().copied().unwrap_or_default();
        sums.push([
            last[0] + core[0] * words,
            last[1] + core[1] * words,
            last[2] + words,
        ]);
    }
    let count = surfaces.len();
    let total = sums[count.min(sums.len() - 1)];
    let over = |from: usize, to: usize, what: usize| {
        let (from, to) = (sums[from.min(count)], sums[to.min(count)]);
        let all = to[2] - from[2];
        if all > 0.0 {
            (to[what] - from[what]) / all
        } else {
            0.0
        }
    };
    let taken = |what: usize| {
        Distances::new(count, |at| {
            core[at][what] > 0.5 && (surfaces[at].words >= 8 || what == 1)
        })
    };
    let (bodies, comments) = (taken(0), taken(1));
    let masses = places.map(|places| places.masses(core, &words));
    for (at, features) in more.iter_mut().enumerate() {
        let own = core[at];
        let mine = (0..3).fold(
            0,
            |best, label| if own[label] > own[best] { label } else { best },
        );
        put(features, Template::MineBody, grade(own[0]));
        put(features, Template::MineComment, grade(own[1]));
        put(features, Template::MineNav, grade(own[2]));
        if let Some(before) = at.checked_sub(1).and_then(|at| core.get(at)) {
            put(features, Template::BodyBefore, grade(before[0]));
            put(features, Template::CommentBefore, grade(before[1]));
        }
        if let Some(after) = core.get(at + 1) {
            put(features, Template::BodyAfter, grade(after[0]));
            put(features, Template::CommentAfter, grade(after[1]));
        }
        for (what, near, wide) in [
            (0, Template::BodyNear, Template::BodyWide),
            (1, Template::CommentNear, Template::CommentWide),
        ] {
            put(
                features,
                near,
                grade(over(at.saturating_sub(4), at + 5, what)),
            );
            put(
                features,
                wide,
                grade(over(at.saturating_sub(15), at + 16, what)),
            );
        }
        for (what, above, below) in [
            (0, Template::BodyAbove, Template::BodyBelow),
            (1, Template::CommentAbove, Template::CommentBelow),
        ] {
            put(
                features,
                above,
                steep(sums[at][what], total[what]) * 3 + mine,
            );
            put(
                features,
                below,
                steep(total[what] - sums[at + 1][what], total[what]) * 3 + mine,
            );
        }
        put(features, Template::SinceBody, bodies.since(at));
        put(features, Template::ToBody, bodies.until(at));
        put(features, Template::SinceComment, comments.since(at));
        put(features, Template::ToComment, comments.until(at));
        put(features, Template::BodyMass, log(total[0] as usize / 50));
        put(features, Template::CommentMass, log(total[1] as usize / 25));
        let Some((places, masses)) = places.zip(masses.as_ref()) else {
            continue;
        };
        let mean = |mass: [f64; 3], what: usize| {
            if mass[2] > 0.0 {
                mass[what] / mass[2]
            } else {
                0.0
            }
        };
        for (up, body, comment, share) in [
            (
                1,
                Template::Element1Body,
                Template::Element1Comment,
                Template::Element1Share,
            ),
            (
                2,
                Template::Element2Body,
                Template::Element2Comment,
                Template::Element2Share,
            ),
            (
                3,
                Template::Element3Body,
                Template::Element3Comment,
                Template::Element3Share,
            ),
        ] {
            if let Some(mass) = places.mass_of_element(masses, at, up) {
                put(features, body, grade(mean(mass, 0)));
                put(features, comment, grade(mean(mass, 1)));
                put(features, share, steep(mass[0], total[0]));
            }
        }
        for (up, clue) in [
            (1, Template::Element1Comments),
            (2, Template::Element2Comments),
        ] {
            if let Some(mass) = places.mass_of_element(masses, at, up) {
                put(features, clue, steep(mass[1], total[1]));
            }
        }
        if let Some(mass) = places.mass_of_kind(masses, at) {
            put(features, Template::KindBody, grade(mean(mass, 0)));
            put(features, Template::KindComment, grade(mean(mass, 1)));
            put(
                features,
                Template::KindBodyByMine,
                grade(mean(mass, 0)) * 3 + mine,
            );
        }
    }
    more
}

/// A probability in ten, finer towards both ends.
fn grade(probability: f64) -> usize {
    const EDGES: [f64; 9] = [0.01, 0.04, 0.1, 0.25, 0.5, 0.75, 0.9, 0.96, 0.99];
    EDGES
        .iter()
        .take_while(|edge| probability >= **edge)
        .count()
}

/// A part of a whole in nine, finer towards both ends; 0 if there is no whole.
fn steep(part: f64, whole: f64) -> usize {
    const EDGES: [f64; 7] = [0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99];
    if whole < 5.0 {
        return 0;
    }
    1 + EDGES
        .iter()
        .take_while(|edge| part / whole >= **edge)
        .count()
}
