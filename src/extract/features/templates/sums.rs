//! Words, prose, dates and replies in any stretch of blocks.

use crate::extract::features::surface::SurfaceFeatures;

/// Sums over blocks, so that any stretch of them is known at once.
pub(super) struct Sums(Vec<[usize; 5]>);

/// What [`Sums`] adds up.
pub(super) const WORDS: usize = 0;

pub(super) const PROSE: usize = 1;

pub(super) const DATES: usize = 2;

pub(super) const REPLIES: usize = 3;

pub(super) const CHARACTERS: usize = 4;

impl Sums {
    pub(super) fn new(surfaces: &[SurfaceFeatures]) -> Self {
        let mut sum = [0; 5];
        let mut sums = vec![sum];
        for surface in surfaces {
            sum[WORDS] += surface.words.min(100);
            sum[PROSE] += if surface.prose {
                surface.words.min(100)
            } else {
                0
            };
            sum[DATES] += usize::from(surface.date_line || surface.says);
            sum[REPLIES] += usize::from(surface.reply);
            sum[CHARACTERS] += surface.characters;
            sums.push(sum);
        }
        Self(sums)
    }

    #[inline]
    pub(super) fn over(&self, range: std::ops::Range<usize>) -> [usize; 5] {
        let last = self.0.len() - 1;
        let (from, to) = (self.0[range.start.min(last)], self.0[range.end.min(last)]);
        std::array::from_fn(|index| to[index].saturating_sub(from[index]))
    }
}
