//! The second look.

use super::distances::Distances;
use super::{Clue, log, put};
use crate::extract::features::block::Look;
use crate::extract::features::positions::Places;
use crate::learn::Features;

/// What the second look sees besides what was seen at first: what the first look took each block and what is around it
/// for. A chain sees only neighbours; this lets it see that a list is the story's because the element around it is, or
/// that the comments have begun further up.
///
/// `core` holds each block's probability of being story, comment, and the rest.
pub fn again(looks: &[Look], places: Option<&Places>, core: &[[f64; 3]]) -> Vec<Features> {
    let mut more: Vec<Features> = looks.iter().map(|_| Features::with_capacity(48)).collect();
    let words: Vec<f64> = looks
        .iter()
        .map(|look| look.words.clamp(1, 100) as f64)
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
    let count = looks.len();
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
            core[at][what] > 0.5 && (looks[at].words >= 8 || what == 1)
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
        put(features, Clue::MineBody, grade(own[0]));
        put(features, Clue::MineComment, grade(own[1]));
        put(features, Clue::MineNav, grade(own[2]));
        if let Some(before) = at.checked_sub(1).and_then(|at| core.get(at)) {
            put(features, Clue::BodyBefore, grade(before[0]));
            put(features, Clue::CommentBefore, grade(before[1]));
        }
        if let Some(after) = core.get(at + 1) {
            put(features, Clue::BodyAfter, grade(after[0]));
            put(features, Clue::CommentAfter, grade(after[1]));
        }
        for (what, near, wide) in [
            (0, Clue::BodyNear, Clue::BodyWide),
            (1, Clue::CommentNear, Clue::CommentWide),
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
            (0, Clue::BodyAbove, Clue::BodyBelow),
            (1, Clue::CommentAbove, Clue::CommentBelow),
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
        put(features, Clue::SinceBody, bodies.since(at));
        put(features, Clue::ToBody, bodies.until(at));
        put(features, Clue::SinceComment, comments.since(at));
        put(features, Clue::ToComment, comments.until(at));
        put(features, Clue::BodyMass, log(total[0] as usize / 50));
        put(features, Clue::CommentMass, log(total[1] as usize / 25));
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
                Clue::Element1Body,
                Clue::Element1Comment,
                Clue::Element1Share,
            ),
            (
                2,
                Clue::Element2Body,
                Clue::Element2Comment,
                Clue::Element2Share,
            ),
            (
                3,
                Clue::Element3Body,
                Clue::Element3Comment,
                Clue::Element3Share,
            ),
        ] {
            if let Some(mass) = places.mass_of_element(masses, at, up) {
                put(features, body, grade(mean(mass, 0)));
                put(features, comment, grade(mean(mass, 1)));
                put(features, share, steep(mass[0], total[0]));
            }
        }
        for (up, clue) in [(1, Clue::Element1Comments), (2, Clue::Element2Comments)] {
            if let Some(mass) = places.mass_of_element(masses, at, up) {
                put(features, clue, steep(mass[1], total[1]));
            }
        }
        if let Some(mass) = places.mass_of_kind(masses, at) {
            put(features, Clue::KindBody, grade(mean(mass, 0)));
            put(features, Clue::KindComment, grade(mean(mass, 1)));
            put(
                features,
                Clue::KindBodyByMine,
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
