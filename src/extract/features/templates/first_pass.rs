//! The first look: all that is seen of a block and around it.

use super::distances::Distances;
use super::kinds::{kind, links, marks, rough_size, size, sort, tag};
use super::voices::Heard;
use super::{Clue, KINDS, SIZES, TAGS, folded, log, part, put};
use crate::extract::features::block::Look;
use crate::extract::features::positions::{Places, Tally, mixed};
use crate::extract::features::repetition;
use crate::extract::features::repetition::Beat;
use crate::extract::features::{Hints, Seen, Tag};
use crate::extract::html::DESCRIPTION;
use crate::learn::crf::{Labelling, Votes};
use crate::learn::{Features, Model, Sequence, Sink};
use crate::model::{Block, Text};

/// A neighbour that is not there.
const NOTHING: usize = KINDS - 1;

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

/// Room for what nearly all blocks have, so that no list is moved while it grows.
const ROOM: usize = 136;
const ROOM_ON_PAGES: usize = 176;

/// Makes the model's sequence of what was seen of a text or page.
pub fn sequence(
    text: &Text,
    blocks: &[Block],
    hints: &[Hints],
    seen: &Seen,
    places: Option<&Places>,
) -> Sequence {
    let writer = Writer::new(text, blocks, hints, seen, places);
    let room = if places.is_some() {
        ROOM_ON_PAGES
    } else {
        ROOM
    };
    let items = (0..blocks.len()).map(|at| {
        let mut features = Features::with_capacity(room);
        writer.write(&mut features, at);
        features
    });
    Sequence {
        items: items.collect(),
        edges: writer.edges(),
    }
}

/// What a model says of a text or page, as [`Model::label`] says it of the [`sequence`], without keeping that; `None` if the
/// model has more labels than can be summed up while looking.
pub fn label(
    model: &Model,
    text: &Text,
    blocks: &[Block],
    hints: &[Hints],
    seen: &Seen,
    places: Option<&Places>,
) -> Option<Labelling> {
    let scores = |writer: &Writer<'_>| {
        None.or_else(|| Some(writer.scores(model.votes::<4>()?)))
            .or_else(|| Some(writer.scores(model.votes::<8>()?)))
    };
    let writer = Writer::new(text, blocks, hints, seen, places);
    Some(model.label_by_votes(&scores(&writer)?, writer.edges()))
}

struct Writer<'a> {
    text: &'a Text,
    blocks: &'a [Block],
    hints: &'a [Hints],
    seen: &'a Seen,
    looks: &'a [Look],
    kinds: Vec<usize>,
    beats: Vec<Beat>,
    voices: Heard<'a>,
    sums: Sums,
    run: std::ops::Range<usize>,
    comments: Distances,
    related: Distances,
    forms: Distances,
    titles: Distances,
    dates: Distances,
    replies: Distances,
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
        let run = seen.run();
        let distances =
            |is: &dyn Fn(&Look) -> bool| Distances::new(looks.len(), |at| is(&looks[at]));
        Self {
            text,
            blocks,
            hints,
            seen,
            looks,
            kinds: (0..looks.len())
                .map(|at| kind(&looks[at], &hints[at], &blocks[at]))
                .collect(),
            beats: repetition::beats(text, blocks, looks),
            voices: Heard::new(&seen.voices, looks, run.clone()),
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
            has_gaps: seen.gaps.iter().any(|gap| *gap >= 2),
            run,
            places,
        }
    }

    /// Says all that is seen of a block.
    fn write(&self, sink: &mut impl Sink, at: usize) {
        self.seen
            .describe(at, &self.blocks[at], &self.hints[at], sink);
        self.block(sink, at);
        self.around(sink, at);
        self.far(sink, at);
        self.beat(sink, at);
        self.signs(sink, at);
        self.voices.write(sink, at, self.looks, self.side(at));
        if let Some(places) = self.places {
            self.page(sink, at, places);
            self.declared(sink, at);
        }
    }

    /// What speaks for each label of each block, row by row.
    fn scores<const ROOM: usize>(&self, mut votes: Votes<'_, ROOM>) -> Vec<f64> {
        let mut scores = Vec::with_capacity(self.blocks.len() * ROOM);
        for at in 0..self.blocks.len() {
            self.write(&mut votes, at);
            votes.take(&mut scores);
        }
        scores
    }

    /// The kinds of steps to all blocks.
    fn edges(&self) -> Vec<u8> {
        (0..self.blocks.len())
            .map(|at| edge(self.places, at, self.gap(at)))
            .collect()
    }

    fn gap(&self, at: usize) -> usize {
        self.seen.gaps.get(at).copied().unwrap_or(0)
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
    fn block(&self, sink: &mut impl Sink, at: usize) {
        let look = &self.looks[at];
        let (size, rough) = (size(look), rough_size(look));
        put(sink, Clue::Size, size);
        put(sink, Clue::Kind, self.kinds[at]);
        put(sink, Clue::First, look.first as usize);
        put(sink, Clue::Last, look.last as usize);
        put(sink, Clue::LastBySize, look.last as usize * SIZES + size);
        let capitals = part(look.capitalised, look.cased, 10);
        put(sink, Clue::Capitals, capitals);
        put(sink, Clue::CapitalsBySize, capitals * 5 + rough);
        let small = part(look.small_words, look.words, 14).min(7);
        put(sink, Clue::SmallWords, small);
        put(sink, Clue::SmallWordsBySize, small * 5 + rough);
        put(sink, Clue::DigitShare, log(look.digit_percent));
        put(sink, Clue::Commas, look.commas);
        put(sink, Clue::WordLength, look.characters / look.words.max(1));
        put(sink, Clue::SelfWords, log(look.self_words));
        put(
            sink,
            Clue::SelfShare,
            part(look.self_words, look.words, 40).min(5),
        );
        put(sink, Clue::Sentences, log(look.sentences));
        if look.credit {
            put(sink, Clue::Credit, rough);
        }
        if look.words <= 12 {
            let words = self.text.slice(self.blocks[at].span).as_bytes();
            put(sink, Clue::SiteWords, folded(mixed(0, words), 12));
        }
    }

    /// Its neighbours.
    fn around(&self, sink: &mut impl Sink, at: usize) {
        for (clue, by) in [
            (Clue::SizeBefore, -1),
            (Clue::SizeAfter, 1),
            (Clue::SizeBefore2, -2),
            (Clue::SizeAfter2, 2),
        ] {
            if let Some(look) = self.look(at, by) {
                put(sink, clue, size(look));
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
            put(sink, clue, self.kind(at, by));
        }
        let (before, here, after) = (self.kind(at, -1), self.kind(at, 0), self.kind(at, 1));
        put(sink, Clue::KindPair, before * KINDS + here);
        put(sink, Clue::KindPairAfter, here * KINDS + after);
        put(
            sink,
            Clue::KindTriple,
            (before * KINDS + here) * KINDS + after,
        );
        if let Some(before) = self.look(at, -1) {
            put(sink, Clue::LastBefore, before.last as usize);
        }
        if let Some(after) = self.look(at, 1) {
            put(sink, Clue::LastAfter, after.last as usize);
            put(sink, Clue::FirstAfter, after.first as usize);
        }
        if self.has_gaps && self.places.is_none() {
            put(sink, Clue::GapBefore, self.gap(at));
            put(sink, Clue::GapAfter, self.gap(at + 1));
        }
    }

    /// Where a block stands from the densest run of prose: before it, in it, behind it.
    fn side(&self, at: usize) -> usize {
        usize::from(at >= self.run.start) + usize::from(at >= self.run.end)
    }

    /// What repeats around it.
    fn beat(&self, sink: &mut impl Sink, at: usize) {
        let (look, beat, side) = (&self.looks[at], self.beats[at], self.side(at));
        if beat.copies > 1 {
            let copies = log(beat.copies as usize).min(7);
            put(sink, Clue::Copies, copies * 4 + rough_size(look).min(3));
            put(
                sink,
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
                put(sink, clue, (pairs as usize - 1).min(3) * 6 + place);
            }
        }
        let pattern = (-2..=2).fold(0, |pattern, by| {
            pattern * 4 + self.look(at, by).map_or(0, sort)
        });
        put(sink, Clue::Pattern, pattern * 3 + side);
    }

    /// Who speaks, and what stands in rows.
    fn signs(&self, sink: &mut impl Sink, at: usize) {
        let (look, side) = (&self.looks[at], self.side(at));
        let signs = usize::from(look.lead_name)
            + 2 * usize::from(look.lead_date)
            + 4 * usize::from(look.tail_date);
        if signs > 0 {
            put(sink, Clue::Signed, signs * 3 + side);
        }
        let around = self.looks[at.saturating_sub(3)..self.looks.len().min(at + 4)].iter();
        let (mut signed, mut rows) = (0, 0);
        for look in around {
            signed += usize::from(look.lead_name || look.lead_date || look.tail_date);
            rows += usize::from(look.tabs > 0);
        }
        if signed > 0 {
            let place = side * 2 + usize::from(look.prose);
            put(sink, Clue::SignedAround, (signed - 1).min(4) * 6 + place);
        }
        if look.cites {
            put(sink, Clue::Cites, side);
        }
        if look.tabs > 0 {
            put(sink, Clue::Tabs, look.tabs.min(3) * 3 + side);
        }
        if rows > 0 {
            put(sink, Clue::TabsAround, (rows - 1).min(2) * 3 + side);
        }
    }

    /// What the page declares.
    fn declared(&self, sink: &mut impl Sink, at: usize) {
        let declared = self.hints[at].declared;
        let part = usize::from(declared & !DESCRIPTION);
        if part > 0 {
            let size = rough_size(&self.looks[at]);
            put(sink, Clue::Declared, (part - 1) * 5 + size);
        }
        if self.hints[at].byline {
            put(sink, Clue::Author, self.side(at));
        }
        if declared & DESCRIPTION != 0 {
            put(sink, Clue::Description, self.side(at));
        }
    }

    /// The whole text.
    fn far(&self, sink: &mut impl Sink, at: usize) {
        let count = self.looks.len();
        let look = &self.looks[at];
        let prose = usize::from(look.prose);
        put(sink, Clue::FromStart, log(at));
        put(sink, Clue::FromEnd, log(count - 1 - at));
        let total = self.sums.over(0..count);
        put(
            sink,
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
            sink,
            Clue::Run,
            if side == 1 { 18 } else { side / 2 * 9 + from },
        );
        put(sink, Clue::RunByKind, side * KINDS + self.kinds[at]);
        let run = self.sums.over(self.run.clone());
        put(sink, Clue::RunWords, log(run[WORDS] / 50));
        put(sink, Clue::RunShare, part(run[PROSE], total[PROSE], 5));

        let since_comments = self.comments.since(at);
        put(sink, Clue::SinceComments, since_comments);
        let near = since_comments.div_ceil(2).min(3);
        put(
            sink,
            Clue::SinceCommentsByKind,
            near * KINDS + self.kinds[at],
        );
        put(sink, Clue::ToComments, self.comments.until(at));
        put(sink, Clue::SinceRelated, self.related.since(at));
        put(sink, Clue::SinceForm, self.forms.since(at));
        put(sink, Clue::SinceTitle, self.titles.since(at));
        put(sink, Clue::ToTitle, self.titles.until(at));
        let behind = usize::from(side == 2);
        for (clue, distance) in [
            (Clue::SinceDate, self.dates.since(at)),
            (Clue::ToDate, self.dates.until(at)),
            (Clue::SinceReply, self.replies.since(at)),
            (Clue::ToReply, self.replies.until(at)),
        ] {
            put(sink, clue, behind * 7 + distance.min(6));
        }

        let near = self.sums.over(at.saturating_sub(6)..at + 7);
        put(sink, Clue::DatesAround, prose * 5 + log(near[DATES]).min(4));
        put(
            sink,
            Clue::RepliesAround,
            prose * 5 + log(near[REPLIES]).min(4),
        );
        let tail = self.sums.over(self.run.end..count);
        if behind == 1 {
            put(sink, Clue::DatesBehind, prose * 7 + log(tail[DATES]).min(6));
            put(
                sink,
                Clue::RepliesBehind,
                prose * 7 + log(tail[REPLIES]).min(6),
            );
        }
        put(sink, Clue::ProseAround, part(near[PROSE], near[WORDS], 10));
        let above = self.sums.over(at.saturating_sub(4)..at);
        put(sink, Clue::ProseAbove, part(above[PROSE], above[WORDS], 10));
        let below = self.sums.over(at + 1..at + 5);
        put(sink, Clue::ProseBelow, part(below[PROSE], below[WORDS], 10));
        let wide = self.sums.over(at.saturating_sub(20)..at + 21);
        put(sink, Clue::ProseFar, part(wide[PROSE], wide[WORDS], 10));
        put(sink, Clue::WordsAround, log(near[WORDS] / 20));
    }

    /// The markup.
    fn page(&self, sink: &mut impl Sink, at: usize, places: &Places) {
        let (block, hints, look) = (&self.blocks[at], &self.hints[at], &self.looks[at]);
        let (size, own) = (size(look), tag(hints));
        put(sink, Clue::TagHere, own);
        put(sink, Clue::TagBySize, own * SIZES + size);
        for (clue, by) in [
            (Clue::TagBefore, -1),
            (Clue::TagAfter, 1),
            (Clue::TagBefore2, -2),
            (Clue::TagAfter2, 2),
        ] {
            put(sink, clue, self.hints(at, by).map_or(TAGS - 1, tag));
        }
        let before = self.hints(at, -1).map_or(TAGS - 1, tag);
        put(sink, Clue::TagPair, before * TAGS + own);
        let own_links = links(block);
        put(sink, Clue::Links, own_links);
        put(sink, Clue::LinksBySize, own_links * SIZES + size);
        put(sink, Clue::LinksByTag, own_links * TAGS + own);
        if let Some(before) = at.checked_sub(1).and_then(|at| self.blocks.get(at)) {
            put(sink, Clue::LinksBefore, links(before));
        }
        if let Some(after) = self.blocks.get(at + 1) {
            put(sink, Clue::LinksAfter, links(after));
        }
        if let Some((up, down)) = places.way_from_main(at) {
            put(sink, Clue::FromMain, up.min(7) * 8 + down.min(7));
            put(sink, Clue::FromMainByTag, up.min(7) * TAGS + own);
        }
        if let Some((up, down)) = places.way_from_before(at) {
            put(sink, Clue::FromBefore, up.min(5) * 6 + down.min(5));
        }
        if let Some((up, down)) = places.way_from_before(at + 1) {
            put(sink, Clue::ToAfter, up.min(5) * 6 + down.min(5));
        }
        let all = places.all();
        let prose_share = |tally: &Tally| share(tally.prose_words, all.prose_words, 7);
        for (up, clue) in [Clue::Shares0, Clue::Shares1, Clue::Shares2, Clue::Shares3]
            .into_iter()
            .enumerate()
        {
            if let Some(tally) = places.element(at, up) {
                put(sink, clue, prose_share(&tally));
            }
        }
        for (up, prose, linked) in [
            (1, Clue::Prose1, Clue::Linked1),
            (2, Clue::Prose2, Clue::Linked2),
            (3, Clue::Prose3, Clue::Linked3),
        ] {
            if let Some(tally) = places.element(at, up) {
                put(sink, prose, share(tally.prose_words, tally.words, 5));
                put(sink, linked, share(tally.linked_words, tally.words, 5));
            }
        }
        for (up, clue) in [(1, Clue::Many1), (2, Clue::Many2)] {
            if let Some(tally) = places.element(at, up) {
                put(sink, clue, log(tally.blocks as usize));
            }
        }
        if let Some((kind, tally)) = places.kind(at) {
            put(sink, Clue::KindMany, log(tally.blocks as usize));
            put(
                sink,
                Clue::KindWords,
                log((tally.words / tally.blocks.max(1)) as usize),
            );
            put(
                sink,
                Clue::KindLinked,
                share(tally.linked_words, tally.words, 5),
            );
            put(
                sink,
                Clue::KindProse,
                share(tally.prose_words, tally.words, 5),
            );
            put(sink, Clue::KindShare, prose_share(&tally));
            put(
                sink,
                Clue::KindDates,
                share(tally.date_lines, tally.blocks, 3),
            );
            put(sink, Clue::SitePath, folded(kind, 11));
        }
        put(sink, Clue::Depth, places.depth(at) / 2);
        put(sink, Clue::Marks, marks(hints));
        if let Some(before) = self.hints(at, -1) {
            put(sink, Clue::MarksBefore, marks(before));
        }
        if let Some(after) = self.hints(at, 1) {
            put(sink, Clue::MarksAfter, marks(after));
        }
        put(sink, Clue::Steps2, last_steps(&block.path));
    }
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
