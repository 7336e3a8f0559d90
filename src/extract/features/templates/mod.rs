//! What the learned model sees of a block: the rules' features, and finer ones that only a fitted model can weigh:
//! numbers by size, the kinds of the blocks around, distances, the place in the page's tree.
//!
//! Each clue has a number of values, and each value of each clue is one feature of the model. The model's file names
//! this list by [`VERSION`]: when the clues change, so must it, and the shipped model is made anew.

mod distances;
mod first_pass;
mod kinds;
mod second_pass;
mod site_priors;
mod voice;

pub use first_pass::{label, sequence};
pub use second_pass::second_pass_features;
pub use site_priors::{FingerprintKind, add_site_priors, label_of_prior, set_site_prior_weights};

use crate::extract::features::Feature;
use crate::extract::features::surface::Edge;
use crate::learn::Sink;
use crate::learn::crf::MAX_LABELS;

/// What the features of a model's file are called.
pub const VERSION: &str = "copydesk clues 5";

/// How many kinds of steps from block to block are told apart: see [`first`].
pub const EDGES: usize = 7;

/// Lists the clues once: the enum, its names, and how many values each has.
macro_rules! templates {
    ($($(#[$doc:meta])* $name:ident: $values:expr,)*) => {
        /// A clue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Template { $($(#[$doc])* $name,)* }

        const VALUES: &[usize] = &[$($values,)*];
        const NAMES: &[&str] = &[$(stringify!($name),)*];
    };
}

/// Kinds of blocks, see [`kinds`], and one for where the text ends.
const KINDS: usize = 20;
const SIZES: usize = 13;
const TAGS: usize = 11;
const LINKS: usize = 6;
const LOGS: usize = 9;
/// For each label, how sure a prior is: see [`priors`].
const REMINDERS: usize = MAX_LABELS * SURENESSES;
const SURENESSES: usize = 6;
/// Bins of log-odds, and most likely voices by how sure they are; see [`voices`].
const VOICES: usize = 11;
const HEARD: usize = 6;
/// Four sorts of blocks at five places, see [`kinds`].
const PATTERNS: usize = 4 * 4 * 4 * 4 * 4;

templates! {
    Size: SIZES, SizeBefore: SIZES, SizeAfter: SIZES, SizeBefore2: SIZES, SizeAfter2: SIZES,
    Kind: KINDS, KindBefore: KINDS, KindAfter: KINDS, KindBefore2: KINDS, KindAfter2: KINDS, KindBefore3: KINDS, KindAfter3: KINDS,
    /// The kinds of a block and its neighbours together.
    KindPair: KINDS * KINDS, KindPairAfter: KINDS * KINDS, KindTriple: KINDS * KINDS * KINDS,
    /// How a block begins and ends.
    First: Edge::COUNT, Last: Edge::COUNT, LastBySize: Edge::COUNT * SIZES, LastBefore: Edge::COUNT, LastAfter: Edge::COUNT,
    FirstAfter: Edge::COUNT,
    /// Shares of capitals, small words, digits, commas, and the mean length of words.
    Capitals: 11, CapitalsBySize: 11 * 5, SmallWords: 8, SmallWordsBySize: 8 * 5, DigitShare: 8, Commas: 6, WordLength: 10, SelfWords: 6,
    SelfShare: 6, Sentences: 8,
    /// Whose picture something is, by size.
    Credit: 5,
    /// Who says a long block, and when, if it says so; how many around do; by place.
    Signed: 8 * 3, SignedAround: 5 * 6,
    /// Cites a work, by place.
    Cites: 3,
    /// Tabs, as between the cells of a row, by place; and of the rows around.
    Tabs: 4 * 3, TabsAround: 3 * 3,
    /// Where in the text: blocks from both ends, tenths of its characters.
    FromStart: 10, FromEnd: 10, Tenth: 11,
    /// Where from the densest run of prose.
    Run: 20, RunByKind: 3 * KINDS, RunWords: 8, RunShare: 6,
    /// Blocks since a heading of comments, of other stories, a form for comments, a title; and to the next.
    SinceComments: 10, SinceCommentsByKind: 4 * KINDS, SinceRelated: 10, SinceForm: 10, SinceTitle: 12, ToTitle: 6, ToComments: 8,
    /// Blocks since and to lines that comments have, behind the run or not.
    SinceDate: 14, ToDate: 14, SinceReply: 14, ToReply: 14,
    /// How many such lines are around and behind the run, for prose and the rest.
    DatesAround: 10, RepliesAround: 10, DatesBehind: 14, RepliesBehind: 14,
    /// Share of prose around by itself and on each side.
    ProseAround: 11, ProseAbove: 11, ProseBelow: 11, ProseFar: 11, WordsAround: 8,
    /// Empty lines before and after, in texts that have any.
    GapBefore: 4, GapAfter: 4,
    /// How many others say the same, by size; how far the next one is, by place.
    Copies: 8 * 4, NearestCopy: 6 * 3,
    /// How many pairs of lines around say the same, begin alike, surface alike: for prose and the rest, by place.
    FramedByWords: 4 * 6, FramedByLeads: 4 * 6, FramedByShapes: 4 * 6,
    /// Prose, short and middling blocks around, in their order, by place.
    Pattern: PATTERNS * 3,
    /// How a block sounds: comment or story, furniture or story, comment or furniture, by place; see [`voices`].
    VoiceComment: VOICES * 6, VoiceFurniture: VOICES * 6, VoiceSpoken: VOICES * 6,
    /// The most likely voice and how sure it is, by size; of the neighbours; with the one before.
    Voice: HEARD * 5, VoiceBefore: HEARD, VoiceAfter: HEARD, VoiceBefore2: HEARD, VoiceAfter2: HEARD, VoicePair: HEARD * HEARD,
    /// How much more like a comment it sounds than the story does, by place; how much the story itself does.
    VoiceContrast: VOICES * 6, VoiceOfStory: 6 * 6,
    /// How the prose up to the next break, and the prose before, sounds; by place.
    VoiceAhead: VOICES * 3, VoiceBehind: VOICES * 3,
    /// How much more like a comment than like anything else it sounds, for prose and the rest, and the voice by place, each by how
    /// many blocks the article has: among hundreds, some sound like comments by chance.
    VoiceByLength: 4 * VOICES * 2, VoicePlaceByLength: 4 * HEARD * 3,
    /// Breaks since the story ended, by voice; blocks since the last break, by voice.
    Breaks: 5 * HEARD, SinceBreak: 5 * HEARD,
    /// How many of its telling words the story uses, by place and voice.
    Overlap: 7 * 6, OverlapByVoice: 7 * 3 * 2,
    // -- pages
    TagHere: TAGS, TagBefore: TAGS, TagAfter: TAGS, TagBefore2: TAGS, TagAfter2: TAGS, TagPair: TAGS * TAGS, TagBySize: TAGS * SIZES,
    Links: LINKS, LinksBefore: LINKS, LinksAfter: LINKS, LinksBySize: LINKS * SIZES, LinksByTag: LINKS * TAGS,
    /// Steps from the element with most prose: up and down.
    FromMain: 8 * 8, FromMainByTag: 8 * TAGS,
    /// Steps from the block before, up and down; and to the block after.
    FromBefore: 6 * 6, ToAfter: 6 * 6,
    /// What the elements around hold: share of the page's prose, share of prose, of links, how many blocks.
    Shares0: 8, Shares1: 8, Shares2: 8, Shares3: 8, Prose1: 6, Prose2: 6, Prose3: 6, Linked1: 6, Linked2: 6, Linked3: 6, Many1: LOGS, Many2: LOGS,
    /// What the blocks in the same kind of element hold.
    KindMany: LOGS, KindWords: LOGS, KindLinked: 6, KindProse: 6, KindShare: 8, KindDates: 4,
    /// How much of a block stands in the story that the page declares, whether that is a long one, by size.
    Declared: 4 * 2 * 5,
    /// Says what the page's description says, by place.
    Description: 3,
    /// Names the author whom the page declares, by place.
    Author: 3,
    Depth: 10, Marks: 1 << 8, MarksBefore: 1 << 8, MarksAfter: 1 << 8,
    /// The innermost elements by name.
    Steps2: 1 << 9,
    // -- what tells one site from another: see [`is_local`]
    /// The whole path by name.
    SitePath: 1 << 11,
    /// What a short block says.
    SiteWords: 1 << 12,
    /// What was said about its fingerprints on other pages of the site: see [`priors`].
    SaidOfWords: REMINDERS, SaidOfFewWords: REMINDERS, SaidOfSpot: REMINDERS, SaidOfKind: REMINDERS, SaidOfKindAndSize: REMINDERS, SaidOfBetween: REMINDERS,
    // -- the second surface, see [`again`]
    MineBody: 10, MineComment: 10, MineNav: 10, BodyBefore: 10, BodyAfter: 10, CommentBefore: 10, CommentAfter: 10,
    /// Means over the blocks around.
    BodyNear: 10, BodyWide: 10, CommentNear: 10, CommentWide: 10,
    /// How much of all story and of all comments stands above, by what the block itself was taken for.
    BodyAbove: 9 * 3, BodyBelow: 9 * 3, CommentAbove: 9 * 3, CommentBelow: 9 * 3,
    /// Blocks to the next that was taken for story, for comment.
    SinceBody: LOGS, ToBody: LOGS, SinceComment: LOGS, ToComment: LOGS,
    /// How much story and how many comments there are in all.
    BodyMass: 8, CommentMass: 8,
    /// What the elements around, and those of the same kind, were taken for.
    Element1Body: 10, Element2Body: 10, Element3Body: 10, Element1Comment: 10, Element2Comment: 10, Element3Comment: 10,
    KindBody: 10, KindComment: 10, KindBodyByMine: 10 * 3, Element1Share: 9, Element2Share: 9, Element3Share: 9,
    Element1Comments: 9, Element2Comments: 9,
}

/// The rules' features come first.
const FIRST: usize = Feature::ALL.len();

/// Where each clue's values begin.
const BASES: [usize; VALUES.len() + 1] = {
    let mut bases = [FIRST; VALUES.len() + 1];
    let mut at = 0;
    while at < VALUES.len() {
        bases[at + 1] = bases[at] + VALUES[at];
        at += 1;
    }
    bases
};

/// How many features there are.
pub const FEATURES: usize = BASES[VALUES.len()];

/// Whether a feature is about one site: what the shipped model has no use for, and what is learnt in the session.
pub fn is_local(feature: usize) -> bool {
    (BASES[Template::SitePath as usize]..BASES[Template::MineBody as usize]).contains(&feature)
}

/// What a feature of the model is called, for people who surface into it.
pub fn name(feature: u32) -> String {
    let feature = feature as usize;
    if let Some(known) = Feature::ALL.get(feature) {
        return format!("{known:?}");
    }
    let clue = BASES
        .partition_point(|base| *base <= feature)
        .saturating_sub(1);
    match (NAMES.get(clue), BASES.get(clue)) {
        (Some(name), Some(base)) => format!("{name} {}", feature - base),
        _ => format!("feature {feature}"),
    }
}

#[inline]
fn put(sink: &mut impl Sink, clue: Template, value: usize) {
    let clue = clue as usize;
    if let (Some(base), Some(values)) = (BASES.get(clue), VALUES.get(clue)) {
        sink.push((base + value.min(values - 1)) as u32, 1.0);
    }
}

/// 0, 1, 2, 3–4, 5–8, 9–16 and so on.
fn log(number: usize) -> usize {
    match number {
        0..=2 => number,
        _ => (usize::BITS - (number - 1).leading_zeros()) as usize + 1,
    }
}

/// A share in so many parts.
fn part(share: usize, of: usize, parts: usize) -> usize {
    if of == 0 {
        0
    } else {
        (share * parts).div_ceil(of).min(parts)
    }
}

/// A hash in so few bits.
fn folded(hash: u64, bits: u32) -> usize {
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::Features;

    #[test]
    fn each_value_of_each_clue_is_a_feature_of_its_own() {
        assert_eq!(name(0), "Bias");
        assert_eq!(name(FIRST as u32), "Size 0");
        assert_eq!(name(FIRST as u32 + SIZES as u32), "SizeBefore 0");
        assert_eq!(name(FEATURES as u32 - 1), "Element2Comments 8");
        let mut features = Features::default();
        put(&mut features, Template::Tenth, 99);
        let (feature, _) = features.iter().next().unwrap();
        assert_eq!(name(feature), "Tenth 10");
    }

    #[test]
    fn numbers_by_size() {
        let logs: Vec<usize> = [0, 1, 2, 3, 4, 5, 8, 9, 16, 17]
            .into_iter()
            .map(log)
            .collect();
        assert_eq!(logs, [0, 1, 2, 3, 3, 4, 4, 5, 5, 6]);
        assert_eq!(part(0, 10, 10), 0);
        assert_eq!(part(1, 10, 5), 1);
        assert_eq!(part(10, 10, 5), 5);
        assert_eq!(part(3, 0, 5), 0);
    }
}
