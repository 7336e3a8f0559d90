//! Repetition features: lines that recur or have the same shape, and the lines between two of them.
//!
//! A thread of comments repeats, whatever its language and markup: `Reply`, a name with a place,
//! `Posted by … on …` come back every few lines. So do `Article content` and `View gallery` inside
//! a story, which are no part of it.

use crate::extract::FastMap;

use crate::extract::features::char_kind::CharKind;
use crate::extract::features::surface::SurfaceFeatures;
use crate::model::hash::fx_step;
use crate::model::{Block, Text};

/// The largest distance of two lines that frame the blocks between them, in blocks.
const REACH: usize = 12;

/// The longest line that frames, in words.
const LONGEST: usize = 12;

/// How often a block's words recur, and how many pairs of similar lines frame it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repetition {
    /// Blocks with the same words, numbers aside; 0 for a long block.
    pub copies: u32,
    /// Blocks to the nearest of them; 0 if there is none.
    pub nearest: u32,
    /// Pairs of lines around it with the same words.
    pub words: u32,
    /// Pairs of lines around it that begin with the same two words.
    pub leads: u32,
    /// Pairs of lines around it with the same shape: words, numbers and marks in the same order.
    pub shapes: u32,
}

/// Finds the repetitions of all blocks, in time that is linear in the text.
pub fn repetitions(text: &Text, blocks: &[Block], surfaces: &[SurfaceFeatures]) -> Vec<Repetition> {
    let mut repetitions = vec![Repetition::default(); blocks.len()];
    // For each block the group of its words, and for each group how many blocks it has, and the
    // last.
    let mut group_of: Vec<Option<usize>> = vec![None; blocks.len()];
    let mut groups: Vec<(u32, usize)> = Vec::new();
    let mut by_words: FastMap<u64, usize> = FastMap::default();
    let mut last_leads: FastMap<u64, usize> = FastMap::default();
    let mut last_shapes: FastMap<u64, usize> = FastMap::default();
    // What begins and ends at each block: pairs of lines by words, leads, shapes.
    let mut opened = vec![[0_i32; 3]; blocks.len() + 1];
    let mut frame = |from: usize, to: usize, which: usize| {
        if (2..=REACH).contains(&(to - from)) {
            opened[from][which] += 1;
            opened[to + 1][which] -= 1;
        }
    };
    for (at, (block, surface)) in blocks.iter().zip(surfaces).enumerate() {
        if surface.words > LONGEST || surface.prose {
            continue;
        }
        let line = Line::read(text.slice(block.span));
        let group = *by_words.entry(line.words).or_insert(groups.len());
        group_of[at] = Some(group);
        if let Some((count, last)) = groups.get_mut(group) {
            frame(*last, at, 0);
            let between = (at - *last) as u32;
            let before = &mut repetitions[*last].nearest;
            *before = if *before == 0 {
                between
            } else {
                between.min(*before)
            };
            repetitions[at].nearest = between;
            (*count, *last) = (*count + 1, at);
        } else {
            groups.push((1, at));
        }
        if let Some(lead) = line.lead
            && let Some(last) = last_leads.insert(lead, at)
        {
            frame(last, at, 1);
        }
        if let Some(shape) = line.shape
            && let Some(last) = last_shapes.insert(shape, at)
        {
            frame(last, at, 2);
        }
    }
    for (repetition, group) in repetitions.iter_mut().zip(group_of) {
        let count = group.map_or(0, |group| groups[group].0);
        repetition.copies = if count > 1 { count } else { 0 };
    }
    let mut open = [0_i32; 3];
    for (repetition, opened) in repetitions.iter_mut().zip(&opened) {
        for (open, opened) in open.iter_mut().zip(opened) {
            *open += opened;
        }
        [repetition.words, repetition.leads, repetition.shapes] = open.map(i32::unsigned_abs);
    }
    repetitions
}

/// Hashes of a short line's words and shape.
struct Line {
    words: u64,
    /// Of its first two words, if it has more.
    lead: Option<u64>,
    /// Of its words, numbers and marks, if it has at least two kinds of them.
    shape: Option<u64>,
}

/// Takes a sign into a hash.
fn step(hash: u64, sign: char) -> u64 {
    fx_step(hash, u64::from(sign))
}

impl Line {
    fn read(line: &str) -> Self {
        let (mut words, mut shape, mut lead) = (0, 0, None);
        let (mut count, mut kinds) = (0, 0_u8);
        let mut last = ' ';
        for c in line.chars() {
            let of = CharKind::of(c);
            let kind = if of.is_numeric() {
                '0'
            } else if of.is_alphabetic() {
                if last != 'a' && last != 'A' && of.is_uppercase() {
                    'A'
                } else {
                    'a'
                }
            } else if c.is_whitespace() {
                ' '
            } else {
                c
            };
            if kind == ' ' && last != ' ' {
                count += 1;
                if count == 2 {
                    lead = Some(words);
                }
            }
            // A word, and a number, is one sign whatever its length.
            let goes_on = matches!(
                (last, kind),
                ('0', '0') | ('a' | 'A', 'a' | 'A') | (' ', ' ')
            );
            if kind != '0' || !goes_on {
                let sign = if kind == '0' { '0' } else { c };
                words = step(words, sign);
            }
            if !goes_on {
                shape = step(shape, kind);
                kinds |= match kind {
                    '0' => 1,
                    'a' | 'A' => 2,
                    ' ' => 0,
                    _ => 4,
                };
            }
            last = kind;
        }
        Self {
            words,
            lead,
            shape: (kinds.count_ones() >= 2).then_some(shape),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks_of_text;
    use crate::extract::features::Hints;

    fn beats_of(lines: &[&str]) -> Vec<Repetition> {
        let text = Text::new(&lines.join("\n"));
        let blocks = blocks_of_text(&text);
        assert_eq!(blocks.len(), lines.len());
        let hints = vec![Hints::default(); blocks.len()];
        repetitions(
            &text,
            &blocks,
            &SurfaceFeatures::at_all(&text, &blocks, &hints, "zzz"),
        )
    }

    #[test]
    fn a_thread_has_a_beat() {
        let found = beats_of(&[
            "The ferry stays in the harbour until the storm is over, the captain said.",
            "What a lovely bridge that is!",
            "Ada Byron, Nordby, Fanø",
            "It is far too narrow for my old lorry.",
            "Ben Holm, Esbjerg, Denmark",
            "Then leave the lorry where it is.",
            "Cleo Lund, Ribe, Denmark",
        ]);
        assert_eq!(found[0], Repetition::default());
        assert_eq!(found[3].shapes, 1);
        assert_eq!(found[5].shapes, 1);
    }

    #[test]
    fn what_is_said_again_is_counted_and_frames_what_is_between() {
        let found = beats_of(&[
            "Article content",
            "The ferry stays in the harbour until the storm is over, the captain said.",
            "Article content",
            "Nobody on the island had expected that it would take the whole of the week.",
            "Article content",
        ]);
        assert_eq!((found[0].copies, found[0].nearest), (3, 2));
        assert_eq!((found[1].copies, found[1].words), (0, 1));
        assert_eq!(found[2].words, 2);
    }

    #[test]
    fn numbers_are_alike() {
        let found = beats_of(&["12 hours ago", "Nice!", "3 hours ago"]);
        assert_eq!((found[0].copies, found[2].copies), (2, 2));
    }
}
