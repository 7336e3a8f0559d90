//! Feature templates of the region model: binned counts, kinds of neighbours, distances, DOM
//! positions, voices, site priors.
//!
//! Each template has a fixed number of values; each value of each template is one feature of the
//! model. The rules' features come first. A model's file names the list by [`VERSION`]: change it
//! with the templates, and train the shipped model again.

mod distances;
mod first_pass;
mod kinds;
mod second_pass;
mod site_priors;
mod sums;
mod voice;

pub use first_pass::{label, label_in_two_passes, sequence};
pub use second_pass::second_pass_features;
pub use site_priors::{FingerprintKind, add_site_priors, label_of_prior, set_site_prior_weights};

use crate::extract::features::Feature;
use crate::extract::features::surface::Edge;
use crate::extract::features::topic::Topic;
use crate::learn::Sink;
use crate::learn::crf::MAX_LABELS;

/// The version of the feature templates, as a model's file names it.
pub const VERSION: &str = "copydesk clues 5";

/// How many kinds of steps from block to block are told apart: see [`first`].
pub const EDGES: usize = 7;

/// Lists the templates once: the enum, its names, how many values each has, and the topic that
/// explains it.
macro_rules! templates {
    ($($(#[$doc:meta])* $name:ident: $values:expr => $topic:ident,)*) => {
        /// A feature template.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Template { $($(#[$doc])* $name,)* }

        const VALUES: &[usize] = &[$($values,)*];
        const NAMES: &[&str] = &[$(stringify!($name),)*];
        const TOPICS: &[Topic] = &[$(Topic::$topic,)*];
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
    Size: SIZES => Size, SizeBefore: SIZES => Neighbours, SizeAfter: SIZES => Neighbours,
    SizeBefore2: SIZES => Neighbours, SizeAfter2: SIZES => Neighbours,
    Kind: KINDS => Sentences, KindBefore: KINDS => Neighbours, KindAfter: KINDS => Neighbours,
    KindBefore2: KINDS => Neighbours, KindAfter2: KINDS => Neighbours,
    KindBefore3: KINDS => Neighbours, KindAfter3: KINDS => Neighbours,
    /// The kinds of a block and its neighbours together.
    KindPair: KINDS * KINDS => Neighbours, KindPairAfter: KINDS * KINDS => Neighbours,
    KindTriple: KINDS * KINDS * KINDS => Neighbours,
    /// How a block begins and ends.
    First: Edge::COUNT => Sentences, Last: Edge::COUNT => Sentences,
    LastBySize: Edge::COUNT * SIZES => Sentences, LastBefore: Edge::COUNT => Neighbours,
    LastAfter: Edge::COUNT => Neighbours,
    FirstAfter: Edge::COUNT => Neighbours,
    /// Shares of capitals, small words, digits, commas, and the mean length of words.
    Capitals: 11 => Capitals, CapitalsBySize: 11 * 5 => Capitals, SmallWords: 8 => SmallWords,
    SmallWordsBySize: 8 * 5 => SmallWords, DigitShare: 8 => Digits, Commas: 6 => Sentences,
    WordLength: 10 => SmallWords, SelfWords: 6 => Person,
    SelfShare: 6 => Person, Sentences: 8 => Sentences,
    /// Whose picture something is, by size.
    Credit: 5 => PictureCredit,
    /// Who says a long block, and when, if it says so; how many around do; by place.
    Signed: 8 * 3 => AuthorOrDate, SignedAround: 5 * 6 => AuthorOrDate,
    /// Cites a work, by place.
    Cites: 3 => Cites,
    /// Tabs, as between the cells of a row, by place; and of the rows around.
    Tabs: 4 * 3 => Table, TabsAround: 3 * 3 => Table,
    /// Where in the text: blocks from both ends, tenths of its characters.
    FromStart: 10 => Place, FromEnd: 10 => Place, Tenth: 11 => Place,
    /// Where from the densest run of prose.
    Run: 20 => Run, RunByKind: 3 * KINDS => Run, RunWords: 8 => Run, RunShare: 6 => Run,
    /// Blocks since a heading of comments, of other stories, a form for comments, a title; and to
    /// the next.
    SinceComments: 10 => Comments, SinceCommentsByKind: 4 * KINDS => Comments,
    SinceRelated: 10 => Related, SinceForm: 10 => Comments, SinceTitle: 12 => Title,
    ToTitle: 6 => Title, ToComments: 8 => Comments,
    /// Blocks since and to lines that comments have, behind the run or not.
    SinceDate: 14 => Dates, ToDate: 14 => Dates, SinceReply: 14 => Dates, ToReply: 14 => Dates,
    /// How many such lines are around and behind the run, for prose and the rest.
    DatesAround: 10 => Dates, RepliesAround: 10 => Dates, DatesBehind: 14 => Dates,
    RepliesBehind: 14 => Dates,
    /// Share of prose around by itself and on each side.
    ProseAround: 11 => ProseAround, ProseAbove: 11 => ProseAround, ProseBelow: 11 => ProseAround,
    ProseFar: 11 => ProseAround, WordsAround: 8 => ProseAround,
    /// Empty lines before and after, in texts that have any.
    GapBefore: 4 => Neighbours, GapAfter: 4 => Neighbours,
    /// How many others say the same, by size; how far the next one is, by place.
    Copies: 8 * 4 => Copies, NearestCopy: 6 * 3 => Copies,
    /// How many pairs of lines around say the same, begin alike, have the same shape: for prose and
    /// the rest, by place.
    FramedByWords: 4 * 6 => Repeats, FramedByLeads: 4 * 6 => Repeats,
    FramedByShapes: 4 * 6 => Repeats,
    /// Prose, short and middling blocks around, in their order, by place.
    Pattern: PATTERNS * 3 => Repeats,
    /// How a block sounds: comment or story, furniture or story, comment or furniture, by place;
    /// see [`voices`].
    VoiceComment: VOICES * 6 => Voice, VoiceFurniture: VOICES * 6 => Voice,
    VoiceSpoken: VOICES * 6 => Voice,
    /// The most likely voice and how sure it is, by size; of the neighbours; with the one before.
    Voice: HEARD * 5 => Voice, VoiceBefore: HEARD => Voice, VoiceAfter: HEARD => Voice,
    VoiceBefore2: HEARD => Voice, VoiceAfter2: HEARD => Voice, VoicePair: HEARD * HEARD => Voice,
    /// How much more like a comment it sounds than the story does, by place; how much the story
    /// itself does.
    VoiceContrast: VOICES * 6 => Voice, VoiceOfStory: 6 * 6 => Voice,
    /// How the prose up to the next break, and the prose before, sounds; by place.
    VoiceAhead: VOICES * 3 => Voice, VoiceBehind: VOICES * 3 => Voice,
    /// How much more like a comment than like anything else it sounds, for prose and the rest, and
    /// the voice by place, each by how many blocks the article has: among hundreds, some sound like
    /// comments by chance.
    VoiceByLength: 4 * VOICES * 2 => Voice, VoicePlaceByLength: 4 * HEARD * 3 => Voice,
    /// Breaks since the story ended, by voice; blocks since the last break, by voice.
    Breaks: 5 * HEARD => Breaks, SinceBreak: 5 * HEARD => Breaks,
    /// How many of its telling words the story uses, by place and voice.
    Overlap: 7 * 6 => Subject, OverlapByVoice: 7 * 3 * 2 => Subject,
    // -- pages
    TagHere: TAGS => Element, TagBefore: TAGS => Neighbours, TagAfter: TAGS => Neighbours,
    TagBefore2: TAGS => Neighbours, TagAfter2: TAGS => Neighbours, TagPair: TAGS * TAGS => Element,
    TagBySize: TAGS * SIZES => Element,
    Links: LINKS => Links, LinksBefore: LINKS => Neighbours, LinksAfter: LINKS => Neighbours,
    LinksBySize: LINKS * SIZES => Links, LinksByTag: LINKS * TAGS => Links,
    /// Steps from the element with most prose: up and down.
    FromMain: 8 * 8 => Tree, FromMainByTag: 8 * TAGS => Tree,
    /// Steps from the block before, up and down; and to the block after.
    FromBefore: 6 * 6 => Neighbours, ToAfter: 6 * 6 => Neighbours,
    /// What the elements around hold: share of the page's prose, share of prose, of links, how many
    /// blocks.
    Shares0: 8 => Tree, Shares1: 8 => Tree, Shares2: 8 => Tree, Shares3: 8 => Tree,
    Prose1: 6 => Tree, Prose2: 6 => Tree, Prose3: 6 => Tree, Linked1: 6 => Tree, Linked2: 6 => Tree,
    Linked3: 6 => Tree, Many1: LOGS => Tree, Many2: LOGS => Tree,
    /// What the blocks in the same kind of element hold.
    KindMany: LOGS => Tree, KindWords: LOGS => Tree, KindLinked: 6 => Tree, KindProse: 6 => Tree,
    KindShare: 8 => Tree, KindDates: 4 => Tree,
    /// How much of a block is in the story that the page declares, whether that is a long one,
    /// by size.
    Declared: 4 * 2 * 5 => Declared,
    /// Says what the page's description says, by place.
    Description: 3 => Declared,
    /// Names the author whom the page declares, by place.
    Author: 3 => Byline,
    Depth: 10 => Unexplained, Marks: 1 << 8 => Markup, MarksBefore: 1 << 8 => Markup,
    MarksAfter: 1 << 8 => Markup,
    /// The innermost elements by name.
    Steps2: 1 << 9 => Element,
    // -- what tells one site from another: see [`is_local`]
    /// The whole path by name.
    SitePath: 1 << 11 => SameKindHere,
    /// What a short block says.
    SiteWords: 1 << 12 => SameWordsHere,
    /// What was said about its fingerprints on other pages of the site: see [`priors`].
    SaidOfWords: REMINDERS => SitePriors, SaidOfFewWords: REMINDERS => SitePriors,
    SaidOfSpot: REMINDERS => SitePriors, SaidOfKind: REMINDERS => SitePriors,
    SaidOfKindAndSize: REMINDERS => SitePriors, SaidOfBetween: REMINDERS => SitePriors,
    // -- the second pass, see [`second_pass_features`]
    MineBody: 10 => FirstPass, MineComment: 10 => FirstPass, MineNav: 10 => FirstPass,
    BodyBefore: 10 => Around, BodyAfter: 10 => Around, CommentBefore: 10 => Around,
    CommentAfter: 10 => Around,
    /// Means over the blocks around.
    BodyNear: 10 => Around, BodyWide: 10 => Around, CommentNear: 10 => Around,
    CommentWide: 10 => Around,
    /// How much of all story and of all comments is above, by what the block itself was taken
    /// for.
    BodyAbove: 9 * 3 => Around, BodyBelow: 9 * 3 => Around, CommentAbove: 9 * 3 => Around,
    CommentBelow: 9 * 3 => Around,
    /// Blocks to the next that was taken for story, for comment.
    SinceBody: LOGS => Around, ToBody: LOGS => Around, SinceComment: LOGS => Around,
    ToComment: LOGS => Around,
    /// How much story and how many comments there are in all.
    BodyMass: 8 => Around, CommentMass: 8 => Around,
    /// What the elements around, and those of the same kind, were taken for.
    Element1Body: 10 => Around, Element2Body: 10 => Around, Element3Body: 10 => Around,
    Element1Comment: 10 => Around, Element2Comment: 10 => Around, Element3Comment: 10 => Around,
    KindBody: 10 => Around, KindComment: 10 => Around, KindBodyByMine: 10 * 3 => Around,
    Element1Share: 9 => Around, Element2Share: 9 => Around, Element3Share: 9 => Around,
    Element1Comments: 9 => Around, Element2Comments: 9 => Around,
}

/// The rules' features come first.
const FIRST: usize = Feature::ALL.len();

/// The first feature of each template.
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

/// Returns true for features about one site. The shipped model has none; a dataset's model learns
/// them.
pub fn is_local(feature: usize) -> bool {
    (BASES[Template::SitePath as usize]..BASES[Template::MineBody as usize]).contains(&feature)
}

/// Returns the features of a template.
fn features_of(template: Template) -> std::ops::Range<usize> {
    BASES[template as usize]..BASES[template as usize + 1]
}

/// Returns the name of a feature, such as `SizeBefore 3`.
pub fn name(feature: u32) -> String {
    let feature = feature as usize;
    if let Some(known) = Feature::ALL.get(feature) {
        return format!("{known:?}");
    }
    let template = BASES
        .partition_point(|base| *base <= feature)
        .saturating_sub(1);
    match (NAMES.get(template), BASES.get(template)) {
        (Some(name), Some(base)) => format!("{name} {}", feature - base),
        _ => format!("feature {feature}"),
    }
}

/// Returns the topic that explains a feature, and for [`Topic::SitePriors`] the label, by number,
/// that the prior is about.
pub fn topic(feature: u32) -> (Topic, usize) {
    let feature = feature as usize;
    if let Some(topic) = Feature::TOPICS.get(feature) {
        return (*topic, 0);
    }
    let template = BASES
        .partition_point(|base| *base <= feature)
        .saturating_sub(1);
    match (TOPICS.get(template), BASES.get(template)) {
        (Some(Topic::SitePriors), Some(base)) => {
            (Topic::SitePriors, label_of_prior(feature - base))
        }
        (Some(topic), _) => (*topic, 0),
        (None, _) => (Topic::Unexplained, 0),
    }
}

#[inline(always)] // the first feature of a template is then known to the compiler
fn put(sink: &mut impl Sink, template: Template, value: usize) {
    let template = template as usize;
    if let (Some(base), Some(values)) = (BASES.get(template), VALUES.get(template)) {
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
    fn almost_every_feature_has_a_topic() {
        let mut unexplained: Vec<String> = (0..FEATURES as u32)
            .filter(|feature| topic(*feature).0 == Topic::Unexplained)
            .map(|feature| name(feature).split(' ').next().unwrap().to_owned())
            .collect();
        unexplained.dedup();
        assert_eq!(unexplained, ["Bias", "Html", "Depth"]);
    }

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
