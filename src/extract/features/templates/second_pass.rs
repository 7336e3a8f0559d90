//! Features of the second pass.

use super::distances::Distances;
use super::{Template, log, put};
use crate::extract::features::positions::{DomPositions, LabelMass};
use crate::extract::features::surface::SurfaceFeatures;
use crate::learn::{Features, Sink};

/// Returns the features that the second pass adds to each block: the label probabilities that the
/// first pass gave to it, to its surroundings, and to the elements around it.
///
/// A chain sees only neighbours. These features tell it, for example, that the element around a
/// list holds the story, or that comments began further up. `core` holds each block's probabilities
/// of story, comment, and the rest.
pub fn second_pass_features(
    surfaces: &[SurfaceFeatures],
    places: Option<&DomPositions>,
    core: &[[f64; 3]],
) -> Vec<Features> {
    let pass = FirstPass::new(surfaces, places, core);
    (0..surfaces.len())
        .map(|at| {
            let mut features = Features::with_capacity(48);
            pass.write(&mut features, at);
            features
        })
        .collect()
}

/// What the first pass made of an article.
pub(super) struct FirstPass<'a> {
    core: &'a [[f64; 3]],
    /// Words of story, of comments, and of all in the blocks before each block.
    sums: Vec<[f64; 3]>,
    total: [f64; 3],
    bodies: Distances,
    comments: Distances,
    places: Option<&'a DomPositions>,
    masses: Option<LabelMass>,
}

impl<'a> FirstPass<'a> {
    pub(super) fn new(
        surfaces: &[SurfaceFeatures],
        places: Option<&'a DomPositions>,
        core: &'a [[f64; 3]],
    ) -> Self {
        let words: Vec<f64> = surfaces
            .iter()
            .map(|surface| surface.words.clamp(1, 100) as f64)
            .collect();
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
        let nearest = |what: usize| {
            Distances::new(count, |at| {
                core[at][what] > 0.5 && (surfaces[at].words >= 8 || what == 1)
            })
        };
        Self {
            core,
            total: sums[count.min(sums.len() - 1)],
            sums,
            bodies: nearest(0),
            comments: nearest(1),
            places,
            masses: places.map(|places| places.masses(core, &words)),
        }
    }

    /// Writes what the second pass adds to a block.
    pub(super) fn write(&self, sink: &mut impl Sink, at: usize) {
        let own = self.core[at];
        let mine = (0..3).fold(
            0,
            |best, label| if own[label] > own[best] { label } else { best },
        );
        self.neighbours(sink, at);
        self.surroundings(sink, at, mine);
        self.elements(sink, at, mine);
    }

    /// The share of story (0) or comments (1) among the words of some blocks.
    fn share(&self, from: usize, to: usize, what: usize) -> f64 {
        let count = self.sums.len() - 1;
        let (from, to) = (self.sums[from.min(count)], self.sums[to.min(count)]);
        let all = to[2] - from[2];
        if all > 0.0 {
            (to[what] - from[what]) / all
        } else {
            0.0
        }
    }

    /// The probabilities of the block and of its neighbours.
    fn neighbours(&self, sink: &mut impl Sink, at: usize) {
        let own = self.core[at];
        put(sink, Template::MineBody, grade(own[0]));
        put(sink, Template::MineComment, grade(own[1]));
        put(sink, Template::MineNav, grade(own[2]));
        if let Some(before) = at.checked_sub(1).and_then(|at| self.core.get(at)) {
            put(sink, Template::BodyBefore, grade(before[0]));
            put(sink, Template::CommentBefore, grade(before[1]));
        }
        if let Some(after) = self.core.get(at + 1) {
            put(sink, Template::BodyAfter, grade(after[0]));
            put(sink, Template::CommentAfter, grade(after[1]));
        }
    }

    /// Story and comments around, above and below the block; `mine` is its most likely label.
    fn surroundings(&self, sink: &mut impl Sink, at: usize, mine: usize) {
        for (what, near, wide) in [
            (0, Template::BodyNear, Template::BodyWide),
            (1, Template::CommentNear, Template::CommentWide),
        ] {
            put(
                sink,
                near,
                grade(self.share(at.saturating_sub(4), at + 5, what)),
            );
            put(
                sink,
                wide,
                grade(self.share(at.saturating_sub(15), at + 16, what)),
            );
        }
        for (what, above, below) in [
            (0, Template::BodyAbove, Template::BodyBelow),
            (1, Template::CommentAbove, Template::CommentBelow),
        ] {
            put(
                sink,
                above,
                steep(self.sums[at][what], self.total[what]) * 3 + mine,
            );
            put(
                sink,
                below,
                steep(self.total[what] - self.sums[at + 1][what], self.total[what]) * 3 + mine,
            );
        }
        put(sink, Template::SinceBody, self.bodies.since(at));
        put(sink, Template::ToBody, self.bodies.until(at));
        put(sink, Template::SinceComment, self.comments.since(at));
        put(sink, Template::ToComment, self.comments.until(at));
        put(sink, Template::BodyMass, log(self.total[0] as usize / 50));
        put(
            sink,
            Template::CommentMass,
            log(self.total[1] as usize / 25),
        );
    }

    /// Story and comments in the elements around the block, and in those of the same kind.
    fn elements(&self, sink: &mut impl Sink, at: usize, mine: usize) {
        let Some((places, masses)) = self.places.zip(self.masses.as_ref()) else {
            return;
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
                put(sink, body, grade(mean(mass, 0)));
                put(sink, comment, grade(mean(mass, 1)));
                put(sink, share, steep(mass[0], self.total[0]));
            }
        }
        for (up, template) in [
            (1, Template::Element1Comments),
            (2, Template::Element2Comments),
        ] {
            if let Some(mass) = places.mass_of_element(masses, at, up) {
                put(sink, template, steep(mass[1], self.total[1]));
            }
        }
        if let Some(mass) = places.mass_of_kind(masses, at) {
            put(sink, Template::KindBody, grade(mean(mass, 0)));
            put(sink, Template::KindComment, grade(mean(mass, 1)));
            put(
                sink,
                Template::KindBodyByMine,
                grade(mean(mass, 0)) * 3 + mine,
            );
        }
    }
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
