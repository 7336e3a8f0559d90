//! How a block and its neighbours sound, as features.

use super::kinds::rough_size;
use super::{HEARD, Template, VOICES, log, put};
use crate::extract::features::surface::SurfaceFeatures;
use crate::extract::model::voice::{Voice, Voices};
use crate::learn::Sink;

/// How far the prose ahead of and behind a block is listened to, in blocks.
const REACH: usize = 6;

/// Above this, in log-odds, a voice is sure.
const SURE: f32 = 1.5;

/// What was heard of an article, ready to be told block by block.
pub(super) struct VoiceFeatures<'a> {
    voices: &'a Voices,
    /// The most likely voice of each block: see [`loudest`].
    loudest: Vec<usize>,
    /// How many breaks there are from the story's end to each block.
    breaks: Vec<usize>,
    /// For each block the one of the last break.
    last_break: Vec<Option<usize>>,
}

/// The most likely voice: story 0, comment 1, furniture 2; three more where it is sure.
fn loudest(voice: Voice) -> usize {
    let odds = [0.0, voice.comment, voice.furniture];
    let mut best = 0;
    for at in 1..3 {
        if odds[at] > odds[best] {
            best = at;
        }
    }
    let second = (0..3)
        .filter(|at| *at != best)
        .map(|at| odds[at])
        .fold(f32::NEG_INFINITY, f32::max);
    best + 3 * usize::from(odds[best] - second > SURE)
}

/// Log-odds in [`VOICES`] bins, finer around zero.
fn bin(odds: f32) -> usize {
    const EDGES: [f32; VOICES - 1] = [-4.5, -3.0, -2.0, -1.2, -0.5, 0.3, 1.0, 1.8, 2.8, 4.2];
    EDGES.iter().filter(|edge| odds > **edge).count()
}

impl<'a> VoiceFeatures<'a> {
    pub(super) fn new(
        voices: &'a Voices,
        surfaces: &[SurfaceFeatures],
        run: std::ops::Range<usize>,
    ) -> Self {
        let loudest: Vec<usize> = voices.voices.iter().copied().map(loudest).collect();
        let is_break = |at: usize| {
            let (surface, voice) = (&surfaces[at], loudest[at]);
            !surface.prose
                && (voice % 3 == 2 || surface.ui || surface.related_heading || surface.site_lead)
        };
        let (mut breaks, mut last_break) = (Vec::new(), Vec::new());
        let (mut count, mut last) = (0, None);
        for at in 0..surfaces.len() {
            breaks.push(count);
            last_break.push(last);
            if is_break(at) {
                last = Some(at);
                // Several in a row are one.
                count += usize::from(at >= run.end && (at == 0 || !is_break(at - 1)));
            }
        }
        Self {
            voices,
            loudest,
            breaks,
            last_break,
        }
    }

    fn loudest(&self, at: usize, by: isize) -> usize {
        let at = at.checked_add_signed(by);
        at.and_then(|at| self.loudest.get(at)).copied().unwrap_or(2)
    }

    /// The mean log-odds of comment against story over the prose of some blocks, up to the first
    /// block that is none.
    fn mean(
        &self,
        surfaces: &[SurfaceFeatures],
        blocks: impl Iterator<Item = usize>,
    ) -> Option<f32> {
        let (mut sum, mut count) = (0.0, 0.0);
        for at in blocks {
            let (Some(surface), Some(voice)) = (surfaces.get(at), self.voices.voices.get(at))
            else {
                break;
            };
            if surface.words < 4 || self.loudest[at] % 3 == 2 {
                break;
            }
            sum += voice.comment;
            count += 1.0_f32;
        }
        (count > 0.0).then(|| sum / count)
    }

    /// Tells how a block sounds; `side` is its place from the story: before 0, inside 1, behind 2.
    pub(super) fn write(
        &self,
        sink: &mut impl Sink,
        at: usize,
        surfaces: &[SurfaceFeatures],
        side: usize,
    ) {
        let Some(voice) = self.voices.voices.get(at).copied() else {
            return;
        };
        let surface = &surfaces[at];
        let place = side * 2 + usize::from(surface.prose);
        put(sink, Template::VoiceComment, bin(voice.comment) * 6 + place);
        put(
            sink,
            Template::VoiceFurniture,
            bin(voice.furniture) * 6 + place,
        );
        let spoken = bin(voice.comment - voice.furniture);
        put(sink, Template::VoiceSpoken, spoken * 6 + place);
        let here = self.loudest(at, 0);
        put(sink, Template::Voice, here * 5 + rough_size(surface));
        let before = self.loudest(at, -1);
        put(sink, Template::VoiceBefore, before);
        put(sink, Template::VoiceAfter, self.loudest(at, 1));
        put(sink, Template::VoiceBefore2, self.loudest(at, -2));
        put(sink, Template::VoiceAfter2, self.loudest(at, 2));
        put(sink, Template::VoicePair, before * HEARD + here);
        let contrast = bin(voice.comment - self.voices.story.comment - 2.0);
        put(sink, Template::VoiceContrast, contrast * 6 + place);
        put(
            sink,
            Template::VoiceOfStory,
            (bin(self.voices.story.comment) / 2) * 6 + place,
        );
        let length = match surfaces.len() {
            0..30 => 0,
            30..70 => 1,
            70..160 => 2,
            _ => 3,
        };
        let margin = bin(voice.comment - voice.furniture.max(0.0));
        let prose = usize::from(surface.prose);
        put(
            sink,
            Template::VoiceByLength,
            (length * VOICES + margin) * 2 + prose,
        );
        put(
            sink,
            Template::VoicePlaceByLength,
            (length * HEARD + here) * 3 + side,
        );
        if let Some(ahead) = self.mean(surfaces, at + 1..at + 1 + REACH) {
            put(sink, Template::VoiceAhead, bin(ahead) * 3 + side);
        }
        if let Some(behind) = self.mean(surfaces, (at.saturating_sub(REACH)..at).rev()) {
            put(sink, Template::VoiceBehind, bin(behind) * 3 + side);
        }
        if side == 2 {
            put(
                sink,
                Template::Breaks,
                log(self.breaks[at]).min(4) * HEARD + here,
            );
            let since = self.last_break[at].map_or(4, |last| log(at - last).min(3));
            put(sink, Template::SinceBreak, since * HEARD + here);
        }
        if side != 1 {
            let overlap = self.voices.overlaps[at];
            let part = match (overlap.shared, overlap.words) {
                (_, 0) => 0,
                (0, 1..=3) => 1,
                (0, _) => 2,
                (shared, words) if shared * 8 <= words => 3,
                (shared, words) if shared * 4 <= words => 4,
                (shared, words) if shared * 2 <= words => 5,
                _ => 6,
            };
            put(sink, Template::Overlap, part * 6 + place);
            let prose = usize::from(surface.prose);
            put(
                sink,
                Template::OverlapByVoice,
                (part * 3 + here % 3) * 2 + prose,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loudest_voice_wins() {
        let voice = |comment, furniture| loudest(Voice { comment, furniture });
        assert_eq!(voice(-1.0, -0.5), 0);
        assert_eq!(voice(-4.0, -3.0), 3);
        assert_eq!(voice(1.0, 0.0), 1);
        assert_eq!(voice(0.5, 3.0), 5);
    }

    #[test]
    fn bins_rise_with_the_odds() {
        assert_eq!((bin(-9.0), bin(0.0), bin(9.0)), (0, 5, VOICES - 1));
    }
}
