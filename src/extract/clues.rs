//! What the learned model sees of a block: the rules' features, and finer ones that only a fitted model can weigh:
//! numbers by size, the kinds of the blocks around, distances, the place in the page's tree.
//!
//! Each clue has a number of values, and each value of each clue is one feature of the model. The model's file names
//! this list by [`VERSION`]: when the clues change, so must it, and the shipped model is made anew.

use super::features::{Feature, Hints, Seen, Tag};
use super::html::DESCRIPTION;
use super::look::{Edge, Look};
use super::places::{Places, Tally, mixed};
use super::rhythm::{self, Beat};
use super::sites::Sign;
use crate::learn::crf::MAX_LABELS;
use crate::learn::{Features, Model, Sequence};
use crate::model::{Block, Text};

/// What the features of a model's file are called.
pub const VERSION: &str = "copydesk clues 3";

/// How many kinds of steps from block to block are told apart: see [`edge`].
pub const EDGES: usize = 7;

/// Lists the clues once: the enum, its names, and how many values each has.
macro_rules! clues {
    ($($(#[$doc:meta])* $name:ident: $values:expr,)*) => {
        /// A clue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Clue { $($(#[$doc])* $name,)* }

        const VALUES: &[usize] = &[$($values,)*];
        const NAMES: &[&str] = &[$(stringify!($name),)*];
    };
}

/// Kinds of blocks, see [`kind`], and one for where the text ends.
const KINDS: usize = 20;
const SIZES: usize = 13;
const TAGS: usize = 11;
const LINKS: usize = 6;
const LOGS: usize = 9;
/// For each label, how sure a reminder is: see [`sureness`].
const REMINDERS: usize = MAX_LABELS * SURENESSES;
const SURENESSES: usize = 6;
/// Four sorts of blocks at five places, see [`sort`].
const PATTERNS: usize = 4 * 4 * 4 * 4 * 4;

clues! {
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
    /// How many pairs of lines around say the same, begin alike, look alike: for prose and the rest, by place.
    FramedByWords: 4 * 6, FramedByLeads: 4 * 6, FramedByShapes: 4 * 6,
    /// Prose, short and middling blocks around, in their order, by place.
    Pattern: PATTERNS * 3,
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
    Depth: 10, Marks: 1 << 8, MarksBefore: 1 << 8, MarksAfter: 1 << 8,
    /// The innermost elements by name.
    Steps2: 1 << 9,
    // -- what tells one site from another: see [`is_local`]
    /// The whole path by name.
    SitePath: 1 << 11,
    /// What a short block says.
    SiteWords: 1 << 12,
    /// What was said about its signs on other pages of the site: see [`remind`].
    SaidOfWords: REMINDERS, SaidOfFewWords: REMINDERS, SaidOfSpot: REMINDERS, SaidOfKind: REMINDERS, SaidOfKindAndSize: REMINDERS, SaidOfBetween: REMINDERS,
    // -- the second look, see [`again`]
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

/// Whether a feature is about one site: what the shipped model has no use for, and what is learnt on the desk.
pub fn is_local(feature: usize) -> bool {
    (BASES[Clue::SitePath as usize]..BASES[Clue::MineBody as usize]).contains(&feature)
}

/// What a feature of the model is called, for people who look into it.
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

fn put(features: &mut Features, clue: Clue, value: usize) {
    let clue = clue as usize;
    if let (Some(base), Some(values)) = (BASES.get(clue), VALUES.get(clue)) {
        features.push((base + value.min(values - 1)) as u32, 1.0);
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

fn size(look: &Look) -> usize {
    match look.words {
        0..=4 => look.words,
        5..=6 => 5,
        7..=9 => 6,
        10..=14 => 7,
        15..=22 => 8,
        23..=35 => 9,
        36..=60 => 10,
        61..=120 => 11,
        _ => 12,
    }
}

/// A size in five.
fn rough_size(look: &Look) -> usize {
    match look.words {
        0..=2 => 0,
        3..=6 => 1,
        7..=14 => 2,
        15..=40 => 3,
        _ => 4,
    }
}

/// Prose, a line with a date or a number, another short line, the rest.
fn sort(look: &Look) -> usize {
    if look.prose {
        0
    } else if look.words <= 8 && (look.date_line || look.digit_percent > 0) {
        1
    } else if look.words <= 8 {
        2
    } else {
        3
    }
}

/// What kind of block this is: the first that fits.
fn kind(look: &Look, hints: &Hints, block: &Block) -> usize {
    let tests = [
        look.comments_heading,
        look.asks_for_comment,
        look.reply,
        look.related_heading,
        look.says,
        look.byline && look.words <= 12,
        look.date_line,
        look.ad,
        look.site_lead,
        look.ui,
    ];
    if let Some(found) = tests.iter().position(|holds| *holds) {
        return found;
    }
    let linked = block.link_permille > 500;
    let rest = match (look.prose, look.words) {
        (true, 40..) => 0,
        (true, _) => 1,
        (false, _) if matches!(hints.tag, Tag::Heading(_)) => 2,
        (false, _) if linked => 3,
        (false, 8..) if look.ends => 4,
        (false, 8..) => 5,
        (false, 4..) => 6,
        _ => 7,
    };
    tests.len() + rest
}

/// A neighbour that is not there.
const NOTHING: usize = KINDS - 1;

fn tag(hints: &Hints) -> usize {
    match hints.tag {
        Tag::Other => 0,
        Tag::Paragraph => 1,
        Tag::Heading(1) => 2,
        Tag::Heading(2) => 3,
        Tag::Heading(3) => 4,
        Tag::Heading(_) => 5,
        Tag::Item => 6,
        Tag::Cell => 7,
        Tag::Quote => 8,
        Tag::Caption => 9,
    }
}

fn links(block: &Block) -> usize {
    match block.link_permille {
        0 => 0,
        1..=100 => 1,
        101..=300 => 2,
        301..=700 => 3,
        701..=990 => 4,
        _ => 5,
    }
}

/// What the markup says, as bits.
fn marks(hints: &Hints) -> usize {
    [
        hints.nav,
        hints.nav_name,
        hints.article,
        hints.article_body,
        hints.body_name,
        hints.comments,
        hints.comment.is_some(),
        hints.form,
    ]
    .iter()
    .enumerate()
    .map(|(bit, holds)| usize::from(*holds) << bit)
    .sum()
}

/// What kind of step leads to a block: in a text, over a gap, to the next line or within one; on a page, how near the two stand
/// in the tree.
fn edge(places: Option<&Places>, at: usize, gap: usize) -> u8 {
    match places.and_then(|places| places.way_from_before(at)) {
        None if gap >= 2 => 1,
        None if gap == 0 && at > 0 => 6,
        None => 0,
        Some((0..=1, 0..=1)) => 2,
        Some((0..=2, 0..=2)) => 3,
        Some((up, down)) if up.max(down) <= 4 => 4,
        Some(_) => 5,
    }
}

/// How far each block is from the last block of some kind before it and the next one after it.
struct Distances {
    since: Vec<Option<usize>>,
    until: Vec<Option<usize>>,
}

impl Distances {
    fn new(count: usize, is: impl Fn(usize) -> bool) -> Self {
        let mut since = vec![None; count];
        let mut until = vec![None; count];
        let mut last = None;
        for (at, slot) in since.iter_mut().enumerate() {
            *slot = last.map(|last| at - last);
            if is(at) {
                last = Some(at);
            }
        }
        let mut next: Option<usize> = None;
        for (at, slot) in until.iter_mut().enumerate().rev() {
            *slot = next.map(|next| next - at);
            if is(at) {
                next = Some(at);
            }
        }
        Self { since, until }
    }

    /// As a logarithm, from 1; 0 for none.
    fn since(&self, at: usize) -> usize {
        self.since.get(at).copied().flatten().map_or(0, log)
    }

    fn until(&self, at: usize) -> usize {
        self.until.get(at).copied().flatten().map_or(0, log)
    }
}

/// Sums over blocks, so that any stretch of them is known at once.
struct Sums(Vec<[usize; 5]>);

/// What [`Sums`] adds up.
const WORDS: usize = 0;
const PROSE: usize = 1;
const DATES: usize = 2;
const REPLIES: usize = 3;
const CHARACTERS: usize = 4;

impl Sums {
    fn new(looks: &[Look]) -> Self {
        let mut sum = [0; 5];
        let mut sums = vec![sum];
        for look in looks {
            sum[WORDS] += look.words.min(100);
            sum[PROSE] += if look.prose { look.words.min(100) } else { 0 };
            sum[DATES] += usize::from(look.date_line || look.says);
            sum[REPLIES] += usize::from(look.reply);
            sum[CHARACTERS] += look.characters;
            sums.push(sum);
        }
        Self(sums)
    }

    fn over(&self, range: std::ops::Range<usize>) -> [usize; 5] {
        let last = self.0.len() - 1;
        let (from, to) = (self.0[range.start.min(last)], self.0[range.end.min(last)]);
        std::array::from_fn(|index| to[index].saturating_sub(from[index]))
    }
}

/// Makes the model's sequence of what was seen of a text or page.
pub fn sequence(
    text: &Text,
    blocks: &[Block],
    hints: &[Hints],
    seen: &Seen,
    places: Option<&Places>,
) -> Sequence {
    let writer = Writer::new(text, blocks, hints, seen, places);
    let mut items = seen.features.clone();
    let mut edges = Vec::with_capacity(items.len());
    for (at, features) in items.iter_mut().enumerate() {
        writer.block(features, at);
        writer.around(features, at);
        writer.far(features, at);
        writer.beat(features, at);
        if let Some(places) = places {
            writer.page(features, at, places);
            writer.declared(features, at);
        }
        edges.push(edge(places, at, writer.gap(at)));
    }
    Sequence { items, edges }
}

struct Writer<'a> {
    text: &'a Text,
    blocks: &'a [Block],
    hints: &'a [Hints],
    looks: &'a [Look],
    kinds: Vec<usize>,
    beats: Vec<Beat>,
    sums: Sums,
    run: std::ops::Range<usize>,
    comments: Distances,
    related: Distances,
    forms: Distances,
    titles: Distances,
    dates: Distances,
    replies: Distances,
    /// Line feeds before each block.
    gaps: Vec<usize>,
    has_gaps: bool,
    places: Option<&'a Places>,
}

impl<'a> Writer<'a> {
    fn new(
        text: &'a Text,
        blocks: &'a [Block],
        hints: &'a [Hints],
        seen: &'a Seen,
        places: Option<&'a Places>,
    ) -> Self {
        let looks = &seen.looks[..];
        let run = seen.run.clone();
        let distances =
            |is: &dyn Fn(&Look) -> bool| Distances::new(looks.len(), |at| is(&looks[at]));
        let mut end = 0;
        let gaps: Vec<usize> = blocks
            .iter()
            .map(|block| {
                let between = text
                    .as_str()
                    .get(end..block.span.start().index())
                    .unwrap_or_default();
                end = block.span.end().index();
                between
                    .bytes()
                    .filter(|byte| *byte == b'\n')
                    .take(4)
                    .count()
            })
            .collect();
        Self {
            text,
            blocks,
            hints,
            looks,
            kinds: (0..looks.len())
                .map(|at| kind(&looks[at], &hints[at], &blocks[at]))
                .collect(),
            beats: rhythm::beats(text, blocks, looks),
            sums: Sums::new(looks),
            comments: Distances::new(looks.len(), |at| {
                looks[at].comments_heading && at >= run.end
            }),
            related: distances(&|look| look.related_heading),
            forms: distances(&|look| look.asks_for_comment),
            titles: Distances::new(looks.len(), |at| {
                (looks[at].title && at > 0) || hints[at].tag == Tag::Heading(1)
            }),
            dates: distances(&|look| look.date_line || look.says),
            replies: distances(&|look| look.reply),
            has_gaps: gaps.iter().any(|gap| *gap >= 2),
            gaps,
            run,
            places,
        }
    }

    fn gap(&self, at: usize) -> usize {
        self.gaps.get(at).copied().unwrap_or(0)
    }

    fn kind(&self, at: usize, by: isize) -> usize {
        at.checked_add_signed(by)
            .and_then(|at| self.kinds.get(at))
            .copied()
            .unwrap_or(NOTHING)
    }

    fn look(&self, at: usize, by: isize) -> Option<&Look> {
        self.looks.get(at.checked_add_signed(by)?)
    }

    fn hints(&self, at: usize, by: isize) -> Option<&Hints> {
        self.hints.get(at.checked_add_signed(by)?)
    }

    /// The block by itself.
    fn block(&self, features: &mut Features, at: usize) {
        let look = &self.looks[at];
        let (size, rough) = (size(look), rough_size(look));
        put(features, Clue::Size, size);
        put(features, Clue::Kind, self.kinds[at]);
        put(features, Clue::First, look.first as usize);
        put(features, Clue::Last, look.last as usize);
        put(
            features,
            Clue::LastBySize,
            look.last as usize * SIZES + size,
        );
        let capitals = part(look.capitalised, look.cased, 10);
        put(features, Clue::Capitals, capitals);
        put(features, Clue::CapitalsBySize, capitals * 5 + rough);
        let small = part(look.small_words, look.words, 14).min(7);
        put(features, Clue::SmallWords, small);
        put(features, Clue::SmallWordsBySize, small * 5 + rough);
        put(features, Clue::DigitShare, log(look.digit_percent));
        put(features, Clue::Commas, look.commas);
        put(
            features,
            Clue::WordLength,
            look.characters / look.words.max(1),
        );
        put(features, Clue::SelfWords, log(look.self_words));
        put(
            features,
            Clue::SelfShare,
            part(look.self_words, look.words, 40).min(5),
        );
        put(features, Clue::Sentences, log(look.sentences));
        if look.credit {
            put(features, Clue::Credit, rough);
        }
        if look.words <= 12 {
            let words = self.text.slice(self.blocks[at].span).as_bytes();
            put(features, Clue::SiteWords, folded(mixed(0, words), 12));
        }
    }

    /// Its neighbours.
    fn around(&self, features: &mut Features, at: usize) {
        for (clue, by) in [
            (Clue::SizeBefore, -1),
            (Clue::SizeAfter, 1),
            (Clue::SizeBefore2, -2),
            (Clue::SizeAfter2, 2),
        ] {
            if let Some(look) = self.look(at, by) {
                put(features, clue, size(look));
            }
        }
        for (clue, by) in [
            (Clue::KindBefore, -1),
            (Clue::KindAfter, 1),
            (Clue::KindBefore2, -2),
            (Clue::KindAfter2, 2),
            (Clue::KindBefore3, -3),
            (Clue::KindAfter3, 3),
        ] {
            put(features, clue, self.kind(at, by));
        }
        let (before, here, after) = (self.kind(at, -1), self.kind(at, 0), self.kind(at, 1));
        put(features, Clue::KindPair, before * KINDS + here);
        put(features, Clue::KindPairAfter, here * KINDS + after);
        put(
            features,
            Clue::KindTriple,
            (before * KINDS + here) * KINDS + after,
        );
        if let Some(before) = self.look(at, -1) {
            put(features, Clue::LastBefore, before.last as usize);
        }
        if let Some(after) = self.look(at, 1) {
            put(features, Clue::LastAfter, after.last as usize);
            put(features, Clue::FirstAfter, after.first as usize);
        }
        if self.has_gaps && self.places.is_none() {
            put(features, Clue::GapBefore, self.gap(at));
            put(features, Clue::GapAfter, self.gap(at + 1));
        }
    }

    /// Where a block stands from the densest run of prose: before it, in it, behind it.
    fn side(&self, at: usize) -> usize {
        usize::from(at >= self.run.start) + usize::from(at >= self.run.end)
    }

    /// What repeats around it.
    fn beat(&self, features: &mut Features, at: usize) {
        let (look, beat, side) = (&self.looks[at], self.beats[at], self.side(at));
        if beat.copies > 1 {
            let copies = log(beat.copies as usize).min(7);
            put(features, Clue::Copies, copies * 4 + rough_size(look).min(3));
            put(
                features,
                Clue::NearestCopy,
                log(beat.nearest as usize).min(5) * 3 + side,
            );
        }
        let place = side * 2 + usize::from(look.prose);
        for (clue, pairs) in [
            (Clue::FramedByWords, beat.words),
            (Clue::FramedByLeads, beat.leads),
            (Clue::FramedByShapes, beat.shapes),
        ] {
            if pairs > 0 {
                put(features, clue, (pairs as usize - 1).min(3) * 6 + place);
            }
        }
        let pattern = (-2..=2).fold(0, |pattern, by| {
            pattern * 4 + self.look(at, by).map_or(0, sort)
        });
        put(features, Clue::Pattern, pattern * 3 + side);
    }

    /// What the page declares.
    fn declared(&self, features: &mut Features, at: usize) {
        let declared = self.hints[at].declared;
        let part = usize::from(declared & !DESCRIPTION);
        if part > 0 {
            let size = rough_size(&self.looks[at]);
            put(features, Clue::Declared, (part - 1) * 5 + size);
        }
        if declared & DESCRIPTION != 0 {
            put(features, Clue::Description, self.side(at));
        }
    }

    /// The whole text.
    fn far(&self, features: &mut Features, at: usize) {
        let count = self.looks.len();
        let look = &self.looks[at];
        let prose = usize::from(look.prose);
        put(features, Clue::FromStart, log(at));
        put(features, Clue::FromEnd, log(count - 1 - at));
        let total = self.sums.over(0..count);
        put(
            features,
            Clue::Tenth,
            part(self.sums.over(0..at)[CHARACTERS], total[CHARACTERS], 10),
        );

        let (side, from) = if at < self.run.start {
            (0, self.run.start - at)
        } else if at >= self.run.end {
            (2, at + 1 - self.run.end)
        } else {
            (1, 0)
        };
        let from = log(from).min(8);
        put(
            features,
            Clue::Run,
            if side == 1 { 18 } else { side / 2 * 9 + from },
        );
        put(features, Clue::RunByKind, side * KINDS + self.kinds[at]);
        let run = self.sums.over(self.run.clone());
        put(features, Clue::RunWords, log(run[WORDS] / 50));
        put(features, Clue::RunShare, part(run[PROSE], total[PROSE], 5));

        let since_comments = self.comments.since(at);
        put(features, Clue::SinceComments, since_comments);
        let near = since_comments.div_ceil(2).min(3);
        put(
            features,
            Clue::SinceCommentsByKind,
            near * KINDS + self.kinds[at],
        );
        put(features, Clue::ToComments, self.comments.until(at));
        put(features, Clue::SinceRelated, self.related.since(at));
        put(features, Clue::SinceForm, self.forms.since(at));
        put(features, Clue::SinceTitle, self.titles.since(at));
        put(features, Clue::ToTitle, self.titles.until(at));
        let behind = usize::from(side == 2);
        for (clue, distance) in [
            (Clue::SinceDate, self.dates.since(at)),
            (Clue::ToDate, self.dates.until(at)),
            (Clue::SinceReply, self.replies.since(at)),
            (Clue::ToReply, self.replies.until(at)),
        ] {
            put(features, clue, behind * 7 + distance.min(6));
        }

        let near = self.sums.over(at.saturating_sub(6)..at + 7);
        put(
            features,
            Clue::DatesAround,
            prose * 5 + log(near[DATES]).min(4),
        );
        put(
            features,
            Clue::RepliesAround,
            prose * 5 + log(near[REPLIES]).min(4),
        );
        let tail = self.sums.over(self.run.end..count);
        if behind == 1 {
            put(
                features,
                Clue::DatesBehind,
                prose * 7 + log(tail[DATES]).min(6),
            );
            put(
                features,
                Clue::RepliesBehind,
                prose * 7 + log(tail[REPLIES]).min(6),
            );
        }
        put(
            features,
            Clue::ProseAround,
            part(near[PROSE], near[WORDS], 10),
        );
        let above = self.sums.over(at.saturating_sub(4)..at);
        put(
            features,
            Clue::ProseAbove,
            part(above[PROSE], above[WORDS], 10),
        );
        let below = self.sums.over(at + 1..at + 5);
        put(
            features,
            Clue::ProseBelow,
            part(below[PROSE], below[WORDS], 10),
        );
        let wide = self.sums.over(at.saturating_sub(20)..at + 21);
        put(features, Clue::ProseFar, part(wide[PROSE], wide[WORDS], 10));
        put(features, Clue::WordsAround, log(near[WORDS] / 20));
    }

    /// The markup.
    fn page(&self, features: &mut Features, at: usize, places: &Places) {
        let (block, hints, look) = (&self.blocks[at], &self.hints[at], &self.looks[at]);
        let (size, own) = (size(look), tag(hints));
        put(features, Clue::TagHere, own);
        put(features, Clue::TagBySize, own * SIZES + size);
        for (clue, by) in [
            (Clue::TagBefore, -1),
            (Clue::TagAfter, 1),
            (Clue::TagBefore2, -2),
            (Clue::TagAfter2, 2),
        ] {
            put(features, clue, self.hints(at, by).map_or(TAGS - 1, tag));
        }
        let before = self.hints(at, -1).map_or(TAGS - 1, tag);
        put(features, Clue::TagPair, before * TAGS + own);
        let own_links = links(block);
        put(features, Clue::Links, own_links);
        put(features, Clue::LinksBySize, own_links * SIZES + size);
        put(features, Clue::LinksByTag, own_links * TAGS + own);
        if let Some(before) = at.checked_sub(1).and_then(|at| self.blocks.get(at)) {
            put(features, Clue::LinksBefore, links(before));
        }
        if let Some(after) = self.blocks.get(at + 1) {
            put(features, Clue::LinksAfter, links(after));
        }
        if let Some((up, down)) = places.way_from_main(at) {
            put(features, Clue::FromMain, up.min(7) * 8 + down.min(7));
            put(features, Clue::FromMainByTag, up.min(7) * TAGS + own);
        }
        if let Some((up, down)) = places.way_from_before(at) {
            put(features, Clue::FromBefore, up.min(5) * 6 + down.min(5));
        }
        if let Some((up, down)) = places.way_from_before(at + 1) {
            put(features, Clue::ToAfter, up.min(5) * 6 + down.min(5));
        }
        let all = places.all();
        let prose_share = |tally: &Tally| share(tally.prose_words, all.prose_words, 7);
        for (up, clue) in [Clue::Shares0, Clue::Shares1, Clue::Shares2, Clue::Shares3]
            .into_iter()
            .enumerate()
        {
            if let Some(tally) = places.element(at, up) {
                put(features, clue, prose_share(&tally));
            }
        }
        for (up, prose, linked) in [
            (1, Clue::Prose1, Clue::Linked1),
            (2, Clue::Prose2, Clue::Linked2),
            (3, Clue::Prose3, Clue::Linked3),
        ] {
            if let Some(tally) = places.element(at, up) {
                put(features, prose, share(tally.prose_words, tally.words, 5));
                put(features, linked, share(tally.linked_words, tally.words, 5));
            }
        }
        for (up, clue) in [(1, Clue::Many1), (2, Clue::Many2)] {
            if let Some(tally) = places.element(at, up) {
                put(features, clue, log(tally.blocks as usize));
            }
        }
        if let Some((kind, tally)) = places.kind(at) {
            put(features, Clue::KindMany, log(tally.blocks as usize));
            put(
                features,
                Clue::KindWords,
                log((tally.words / tally.blocks.max(1)) as usize),
            );
            put(
                features,
                Clue::KindLinked,
                share(tally.linked_words, tally.words, 5),
            );
            put(
                features,
                Clue::KindProse,
                share(tally.prose_words, tally.words, 5),
            );
            put(features, Clue::KindShare, prose_share(&tally));
            put(
                features,
                Clue::KindDates,
                share(tally.date_lines, tally.blocks, 3),
            );
            put(features, Clue::SitePath, folded(kind, 11));
        }
        put(features, Clue::Depth, places.depth(at) / 2);
        put(features, Clue::Marks, marks(hints));
        if let Some(before) = self.hints(at, -1) {
            put(features, Clue::MarksBefore, marks(before));
        }
        if let Some(after) = self.hints(at, 1) {
            put(features, Clue::MarksAfter, marks(after));
        }
        put(features, Clue::Steps2, last_steps(&block.path));
    }
}

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

/// Adds what was said of one sign of a block on other pages of its site: that it had the label, on so many pages, on
/// such a share of them.
pub fn remind(features: &mut Features, sign: Sign, label: usize, pages: u32, share: f64) {
    if label < MAX_LABELS {
        let value = label * SURENESSES + sureness(pages, share);
        put(features, reminder(sign), value);
    }
}

fn reminder(sign: Sign) -> Clue {
    match sign {
        Sign::Words => Clue::SaidOfWords,
        Sign::FewWords => Clue::SaidOfFewWords,
        Sign::Spot => Clue::SaidOfSpot,
        Sign::Kind => Clue::SaidOfKind,
        Sign::KindAndSize => Clue::SaidOfKindAndSize,
        Sign::Between => Clue::SaidOfBetween,
    }
}

/// The label, by number, that a value of such a clue is about.
pub fn reminded_label(value: usize) -> usize {
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

/// Gives a model that begins to learn what reminders are worth, by hand: shipped models never see any, since no site is in them.
pub fn teach_reminders(model: &mut Model) {
    /// For each sign, by how sure it is.
    const WEIGHTS: [(Sign, [f32; SURENESSES]); 6] = [
        (Sign::Words, [0.5, 8.0, 0.7, 9.0, 0.8, 10.0]),
        (Sign::FewWords, [0.5, 2.5, 0.7, 3.5, 0.8, 4.5]),
        (Sign::Spot, [0.2, 0.5, 0.3, 0.8, 0.3, 1.0]),
        (Sign::Kind, [0.1, 0.5, 0.1, 0.8, 0.2, 1.2]),
        (Sign::KindAndSize, [0.3, 1.0, 0.5, 1.5, 0.8, 2.0]),
        (Sign::Between, [0.3, 1.5, 0.3, 2.0, 0.4, 2.5]),
    ];
    for (sign, weights) in WEIGHTS {
        let base = BASES[reminder(sign) as usize];
        for label in 0..model.labels().len() {
            for (sureness, weight) in weights.iter().enumerate() {
                let feature = base + label * SURENESSES + sureness;
                model.set_weight(u32::try_from(feature).unwrap_or(u32::MAX), label, *weight);
            }
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

fn share(some: u32, of: u32, parts: usize) -> usize {
    part(some as usize, of as usize, parts)
}

/// The names of a path's last two steps, as a number under 512.
fn last_steps(path: &str) -> usize {
    let mut hash = 0;
    for step in path.rsplit('/').take(2) {
        let name = step.split('[').next().unwrap_or(step);
        hash = mixed(hash, name.as_bytes());
    }
    folded(hash, 9)
}

/// A hash in so few bits.
fn folded(hash: u64, bits: u32) -> usize {
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_of_each_clue_is_a_feature_of_its_own() {
        assert_eq!(name(0), "Bias");
        assert_eq!(name(FIRST as u32), "Size 0");
        assert_eq!(name(FIRST as u32 + SIZES as u32), "SizeBefore 0");
        assert_eq!(name(FEATURES as u32 - 1), "Element2Comments 8");
        let mut features = Features::default();
        put(&mut features, Clue::Tenth, 99);
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
