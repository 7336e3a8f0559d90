//! What was heard of all blocks of an article, and how far each speaks of what the story speaks of.

use std::cell::RefCell;

use super::{Voice, VoiceModel};
use crate::extract::features::line_cache::LineCache;
use crate::extract::features::surface::SurfaceFeatures;
use crate::model::{Block, Text};

/// Bits of the table of words that a story uses.
const TABLE_BITS: u32 = 14;

/// The most telling words that are stored of a short line. Only lines of odd characters have more.
const FEW: usize = 9;

/// What the shipped model hears in a short line.
struct Heard {
    voice: Voice,
    /// Its telling words.
    names: [u32; FEW],
    count: usize,
}

impl Heard {
    /// Listens to a line; `None` if it has more telling words than are stored.
    fn of(model: &VoiceModel, line: &str, surface: &SurfaceFeatures) -> Option<Self> {
        let mut found = Vec::with_capacity(FEW);
        let voice = model.listen(line, surface, &mut found);
        let mut names = [0; FEW];
        names.get_mut(..found.len())?.copy_from_slice(&found);
        Some(Self {
            voice,
            names,
            count: found.len(),
        })
    }
}

thread_local! {
    /// What the shipped model hears in short lines; `None` if that is too much to store.
    static KNOWN: RefCell<LineCache<Option<Heard>>> = const { RefCell::new(LineCache::new()) };
}

/// How many of a block's telling words the story uses, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    /// Words that the story uses.
    pub shared: u32,
    /// Telling words in all.
    pub words: u32,
}

/// The voices of all blocks of an article.
#[derive(Clone, Debug, Default)]
pub struct Voices {
    /// One for each block.
    pub voices: Vec<Voice>,
    /// One for each block; empty for blocks inside the story.
    pub overlaps: Vec<Overlap>,
    /// The mean voice of the story's prose.
    pub story: Voice,
}

impl Voices {
    /// Listens to all blocks; `run` is where the story is, as a range of blocks.
    pub fn new(
        model: &VoiceModel,
        text: &Text,
        blocks: &[Block],
        surfaces: &[SurfaceFeatures],
        run: std::ops::Range<usize>,
    ) -> Self {
        let mut voices = Vec::with_capacity(blocks.len());
        let mut names = Vec::new();
        let mut ends = Vec::with_capacity(blocks.len());
        let is_shipped = std::ptr::eq(model, VoiceModel::shipped());
        KNOWN.with_borrow_mut(|known| {
            for (block, surface) in blocks.iter().zip(surfaces) {
                let line = text.slice(block.span);
                let heard = match is_shipped {
                    true => known.get(line, 0, || Heard::of(model, line, surface)),
                    false => None,
                };
                voices.push(match heard {
                    Some(Some(heard)) => {
                        names.extend_from_slice(&heard.names[..heard.count]);
                        heard.voice
                    }
                    _ => model.listen(line, surface, &mut names),
                });
                ends.push(names.len());
            }
        });
        let of = |at: usize| {
            let start = at.checked_sub(1).map_or(0, |before| ends[before]);
            &names[start..ends[at]]
        };
        let mut table = vec![0_u64; 1 << (TABLE_BITS - 6)];
        let place = |name: u32| ((name >> (32 - TABLE_BITS + 6)) as usize, name >> 3 & 63);
        // A title speaks of what the story speaks of.
        for at in run.clone().chain(0..1.min(blocks.len())) {
            for name in of(at) {
                let (slot, bit) = place(*name);
                table[slot] |= 1 << bit;
            }
        }
        let overlaps = (0..blocks.len()).map(|at| {
            if run.contains(&at) {
                return Overlap::default();
            }
            let own = of(at);
            let shared = own.iter().filter(|name| {
                let (slot, bit) = place(**name);
                table[slot] >> bit & 1 == 1
            });
            Overlap {
                shared: u32::try_from(shared.count()).unwrap_or(u32::MAX),
                words: u32::try_from(own.len()).unwrap_or(u32::MAX),
            }
        });
        let overlaps = overlaps.collect();
        let story = mean(&voices, surfaces, run);
        Self {
            voices,
            overlaps,
            story,
        }
    }
}

impl Voices {
    /// Says in words how a block sounds.
    #[must_use]
    pub fn name(&self, at: usize) -> &'static str {
        let voice = self.voices.get(at).copied().unwrap_or_default();
        if voice.comment <= 0.0 && voice.furniture <= 0.0 {
            "a story"
        } else if voice.comment > voice.furniture {
            "a reader's comment"
        } else {
            "a heading, a menu or a notice"
        }
    }
}

/// The mean voice of the prose in a range of blocks.
fn mean(voices: &[Voice], surfaces: &[SurfaceFeatures], range: std::ops::Range<usize>) -> Voice {
    let (mut sum, mut count) = (Voice::default(), 0.0_f32);
    for (voice, surface) in voices
        .iter()
        .zip(surfaces)
        .take(range.end)
        .skip(range.start)
    {
        if surface.prose {
            sum.comment += voice.comment;
            sum.furniture += voice.furniture;
            count += 1.0;
        }
    }
    let count = count.max(1.0);
    Voice {
        comment: sum.comment / count,
        furniture: sum.furniture / count,
    }
}
