//! Features of the first pass: the block, its neighbours, its place in the text and in the DOM.

use super::distances::Distances;
use super::kinds::{kind, links, marks, rough_size, size, sort, tag};
use super::second_pass::FirstPass;
use super::sums::{CHARACTERS, DATES, PROSE, REPLIES, Sums, WORDS};
use super::voice::VoiceFeatures;
use super::{KINDS, SIZES, TAGS, Template, features_of, folded, log, part, put};
use crate::extract::features::positions::{DomPositions, Tally, mixed};
use crate::extract::features::repetition;
use crate::extract::features::repetition::Repetition;
use crate::extract::features::surface::SurfaceFeatures;
use crate::extract::features::{DocumentFeatures, Hints, Tag};
use crate::extract::html::DESCRIPTION;
use crate::learn::crf::{Both, Labelling, Votes};
use crate::learn::{Features, Model, Sequence, Sink};
use crate::model::{Block, Text};

/// A neighbour that is not there.
const NOTHING: usize = KINDS - 1;

/// What kind of step leads to a block: in a text, over a gap, to the next line or within one; on a
/// page, how near the two are in the tree.
fn edge(places: Option<&DomPositions>, at: usize, gap: usize) -> u8 {
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

/// Room for what nearly all blocks have, so that no list is moved while it grows.
const ROOM: usize = 136;
const ROOM_ON_PAGES: usize = 176;

/// Returns the feature vectors of all blocks of an article.
pub fn sequence(
    text: &Text,
    blocks: &[Block],
    hints: &[Hints],
    document: &DocumentFeatures,
    places: Option<&DomPositions>,
) -> Sequence {
    let writer = Writer::new(text, blocks, hints, document, places);
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

/// What a model says of a text or page, as [`Model::label`] says it of the [`sequence`], without
/// keeping that; `None` if the model has more labels than can be summed up while looking.
pub fn label(
    model: &Model,
    text: &Text,
    blocks: &[Block],
    hints: &[Hints],
    document: &DocumentFeatures,
    places: Option<&DomPositions>,
) -> Option<Labelling> {
    let scores = |writer: &Writer<'_>| {
        None.or_else(|| Some(writer.scores(model.votes::<4>()?)))
            .or_else(|| Some(writer.scores(model.votes::<8>()?)))
    };
    let mut writer = Writer::new(text, blocks, hints, document, places);
    writer.skip_unused(&[model]);
    Some(model.label_by_votes(&scores(&writer)?, writer.edges()))
}

/// What two models say in two passes, as [`label`] does for one: each feature of the first pass is
/// computed once and adds to the scores of both.
///
/// `core` makes each block's probabilities of story, comment and the rest out of the first pass's
/// probabilities.
pub fn label_in_two_passes(
    (first, second): (&Model, &Model),
    text: &Text,
    blocks: &[Block],
    hints: &[Hints],
    document: &DocumentFeatures,
    places: Option<&DomPositions>,
    core: impl Fn(&[f64]) -> Vec<[f64; 3]>,
) -> Option<Labelling> {
    let mut writer = Writer::new(text, blocks, hints, document, places);
    writer.skip_unused(&[first, second]);
    let of_first = |scores: &[f64]| core(&first.marginals_by_votes(scores, writer.edges()));
    let scores = None
        .or_else(|| Some(writer.scores_of_two(first.votes::<4>()?, second.votes::<4>()?, of_first)))
        .or_else(|| {
            Some(writer.scores_of_two(first.votes::<8>()?, second.votes::<8>()?, of_first))
        });
    Some(second.label_by_votes(&scores?, writer.edges()))
}

struct Writer<'a> {
    text: &'a Text,
    blocks: &'a [Block],
    hints: &'a [Hints],
    document: &'a DocumentFeatures,
    surfaces: &'a [SurfaceFeatures],
    kinds: Vec<usize>,
    repetitions: Vec<Repetition>,
    voices: VoiceFeatures<'a>,
    sums: Sums,
    /// The sums over all blocks, over the run, and behind it.
    total: [usize; 5],
    in_run: [usize; 5],
    behind_run: [usize; 5],
    run: std::ops::Range<usize>,
    comments: Distances,
    related: Distances,
    forms: Distances,
    titles: Distances,
    dates: Distances,
    replies: Distances,
    has_gaps: bool,
    places: Option<&'a DomPositions>,
    /// The features about one site are left out.
    skips_local: bool,
}

impl<'a> Writer<'a> {
    fn new(
        text: &'a Text,
        blocks: &'a [Block],
        hints: &'a [Hints],
        document: &'a DocumentFeatures,
        places: Option<&'a DomPositions>,
    ) -> Self {
        let surfaces = &document.surfaces[..];
        let run = document.run();
        let sums = Sums::new(surfaces);
        let distances = |is: &dyn Fn(&SurfaceFeatures) -> bool| {
            Distances::new(surfaces.len(), |at| is(&surfaces[at]))
        };
        Self {
            text,
            blocks,
            hints,
            document,
            surfaces,
            kinds: (0..surfaces.len())
                .map(|at| kind(&surfaces[at], &hints[at], &blocks[at]))
                .collect(),
            repetitions: repetition::repetitions(text, blocks, surfaces),
            voices: VoiceFeatures::new(&document.voices, surfaces, run.clone()),
            total: sums.over(0..surfaces.len()),
            in_run: sums.over(run.clone()),
            behind_run: sums.over(run.end..surfaces.len()),
            sums,
            comments: Distances::new(surfaces.len(), |at| {
                surfaces[at].comments_heading && at >= run.end
            }),
            related: distances(&|surface| surface.related_heading),
            forms: distances(&|surface| surface.asks_for_comment),
            titles: Distances::new(surfaces.len(), |at| {
                (surfaces[at].title && at > 0) || hints[at].tag == Tag::Heading(1)
            }),
            dates: distances(&|surface| surface.date_line || surface.says),
            replies: distances(&|surface| surface.reply),
            has_gaps: document.gaps.iter().any(|gap| *gap >= 2),
            run,
            places,
            skips_local: false,
        }
    }

    /// Leaves out the features about one site if no model has weights for them, as is true of the
    /// shipped ones: their many weights are seldom in the processor's cache.
    fn skip_unused(&mut self, models: &[&Model]) {
        /// The fewest blocks of an article for which it pays to look.
        const LEAST: usize = 64;

        let (paths, words) = (Template::SitePath, Template::SiteWords);
        let local = features_of(paths).start..features_of(words).end;
        let is_used = |model: &&Model| model.has_weights(local.clone());
        self.skips_local = self.blocks.len() >= LEAST && !models.iter().any(is_used);
    }

    /// Writes all features of a block.
    fn write(&self, sink: &mut impl Sink, at: usize) {
        self.document
            .describe(at, &self.blocks[at], &self.hints[at], sink);
        self.block(sink, at);
        self.around(sink, at);
        self.far(sink, at);
        self.repetition(sink, at);
        self.signs(sink, at);
        self.voices.write(sink, at, self.surfaces, self.side(at));
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

    /// What speaks for each label of each block in the second of two passes, row by row; `core` is
    /// handed the scores of the first.
    fn scores_of_two<const ROOM: usize>(
        &self,
        mut first: Votes<'_, ROOM>,
        mut second: Votes<'_, ROOM>,
        core: impl Fn(&[f64]) -> Vec<[f64; 3]>,
    ) -> Vec<f64> {
        let mut scores = Vec::with_capacity(self.blocks.len() * ROOM);
        let mut paused = Vec::with_capacity(self.blocks.len());
        for at in 0..self.blocks.len() {
            self.write(&mut Both(&mut first, &mut second), at);
            first.take(&mut scores);
            paused.push(second.pause());
        }
        let core = core(&scores);
        let pass = FirstPass::new(self.surfaces, self.places, &core);
        scores.clear();
        for (at, sums) in paused.into_iter().enumerate() {
            second.resume(sums);
            pass.write(&mut second, at);
            second.take(&mut scores);
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
        self.document.gaps.get(at).copied().unwrap_or(0)
    }

    fn kind(&self, at: usize, by: isize) -> usize {
        at.checked_add_signed(by)
            .and_then(|at| self.kinds.get(at))
            .copied()
            .unwrap_or(NOTHING)
    }

    fn surface(&self, at: usize, by: isize) -> Option<&SurfaceFeatures> {
        self.surfaces.get(at.checked_add_signed(by)?)
    }

    fn hints(&self, at: usize, by: isize) -> Option<&Hints> {
        self.hints.get(at.checked_add_signed(by)?)
    }

    /// The block by itself.
    fn block(&self, sink: &mut impl Sink, at: usize) {
        let surface = &self.surfaces[at];
        let (size, rough) = (size(surface), rough_size(surface));
        put(sink, Template::Size, size);
        put(sink, Template::Kind, self.kinds[at]);
        put(sink, Template::First, surface.first as usize);
        put(sink, Template::Last, surface.last as usize);
        put(
            sink,
            Template::LastBySize,
            surface.last as usize * SIZES + size,
        );
        let capitals = part(surface.capitalised, surface.cased, 10);
        put(sink, Template::Capitals, capitals);
        put(sink, Template::CapitalsBySize, capitals * 5 + rough);
        let small = part(surface.small_words, surface.words, 14).min(7);
        put(sink, Template::SmallWords, small);
        put(sink, Template::SmallWordsBySize, small * 5 + rough);
        put(sink, Template::DigitShare, log(surface.digit_percent));
        put(sink, Template::Commas, surface.commas);
        put(
            sink,
            Template::WordLength,
            surface.characters / surface.words.max(1),
        );
        put(sink, Template::SelfWords, log(surface.self_words));
        put(
            sink,
            Template::SelfShare,
            part(surface.self_words, surface.words, 40).min(5),
        );
        put(sink, Template::Sentences, log(surface.sentences));
        if surface.credit {
            put(sink, Template::Credit, rough);
        }
        if surface.words <= 12 && !self.skips_local {
            let words = self.text.slice(self.blocks[at].span).as_bytes();
            put(sink, Template::SiteWords, folded(mixed(0, words), 12));
        }
    }

    /// Its neighbours.
    fn around(&self, sink: &mut impl Sink, at: usize) {
        for (template, by) in [
            (Template::SizeBefore, -1),
            (Template::SizeAfter, 1),
            (Template::SizeBefore2, -2),
            (Template::SizeAfter2, 2),
        ] {
            if let Some(surface) = self.surface(at, by) {
                put(sink, template, size(surface));
            }
        }
        for (template, by) in [
            (Template::KindBefore, -1),
            (Template::KindAfter, 1),
            (Template::KindBefore2, -2),
            (Template::KindAfter2, 2),
            (Template::KindBefore3, -3),
            (Template::KindAfter3, 3),
        ] {
            put(sink, template, self.kind(at, by));
        }
        let (before, here, after) = (self.kind(at, -1), self.kind(at, 0), self.kind(at, 1));
        put(sink, Template::KindPair, before * KINDS + here);
        put(sink, Template::KindPairAfter, here * KINDS + after);
        put(
            sink,
            Template::KindTriple,
            (before * KINDS + here) * KINDS + after,
        );
        if let Some(before) = self.surface(at, -1) {
            put(sink, Template::LastBefore, before.last as usize);
        }
        if let Some(after) = self.surface(at, 1) {
            put(sink, Template::LastAfter, after.last as usize);
            put(sink, Template::FirstAfter, after.first as usize);
        }
        if self.has_gaps && self.places.is_none() {
            put(sink, Template::GapBefore, self.gap(at));
            put(sink, Template::GapAfter, self.gap(at + 1));
        }
    }

    /// Where a block is from the densest run of prose: before it, in it, behind it.
    fn side(&self, at: usize) -> usize {
        usize::from(at >= self.run.start) + usize::from(at >= self.run.end)
    }

    /// What repeats around it.
    fn repetition(&self, sink: &mut impl Sink, at: usize) {
        let (surface, repetition, side) = (&self.surfaces[at], self.repetitions[at], self.side(at));
        if repetition.copies > 1 {
            let copies = log(repetition.copies as usize).min(7);
            put(
                sink,
                Template::Copies,
                copies * 4 + rough_size(surface).min(3),
            );
            put(
                sink,
                Template::NearestCopy,
                log(repetition.nearest as usize).min(5) * 3 + side,
            );
        }
        let place = side * 2 + usize::from(surface.prose);
        for (template, pairs) in [
            (Template::FramedByWords, repetition.words),
            (Template::FramedByLeads, repetition.leads),
            (Template::FramedByShapes, repetition.shapes),
        ] {
            if pairs > 0 {
                put(sink, template, (pairs as usize - 1).min(3) * 6 + place);
            }
        }
        let pattern = (-2..=2).fold(0, |pattern, by| {
            pattern * 4 + self.surface(at, by).map_or(0, sort)
        });
        put(sink, Template::Pattern, pattern * 3 + side);
    }

    /// Who speaks, and what is in rows.
    fn signs(&self, sink: &mut impl Sink, at: usize) {
        let (surface, side) = (&self.surfaces[at], self.side(at));
        let signs = usize::from(surface.lead_name)
            + 2 * usize::from(surface.lead_date)
            + 4 * usize::from(surface.tail_date);
        if signs > 0 {
            put(sink, Template::Signed, signs * 3 + side);
        }
        let around = self.surfaces[at.saturating_sub(3)..self.surfaces.len().min(at + 4)].iter();
        let (mut signed, mut rows) = (0, 0);
        for surface in around {
            signed += usize::from(surface.lead_name || surface.lead_date || surface.tail_date);
            rows += usize::from(surface.tabs > 0);
        }
        if signed > 0 {
            let place = side * 2 + usize::from(surface.prose);
            put(
                sink,
                Template::SignedAround,
                (signed - 1).min(4) * 6 + place,
            );
        }
        if surface.cites {
            put(sink, Template::Cites, side);
        }
        if surface.tabs > 0 {
            put(sink, Template::Tabs, surface.tabs.min(3) * 3 + side);
        }
        if rows > 0 {
            put(sink, Template::TabsAround, (rows - 1).min(2) * 3 + side);
        }
    }

    /// What the page declares.
    fn declared(&self, sink: &mut impl Sink, at: usize) {
        let declared = self.hints[at].declared;
        let part = usize::from(declared & !DESCRIPTION);
        if part > 0 {
            let size = rough_size(&self.surfaces[at]);
            put(sink, Template::Declared, (part - 1) * 5 + size);
        }
        if self.hints[at].byline {
            put(sink, Template::Author, self.side(at));
        }
        if declared & DESCRIPTION != 0 {
            put(sink, Template::Description, self.side(at));
        }
    }

    /// The whole text.
    fn far(&self, sink: &mut impl Sink, at: usize) {
        let count = self.surfaces.len();
        put(sink, Template::FromStart, log(at));
        put(sink, Template::FromEnd, log(count - 1 - at));
        let before = self.sums.over(0..at)[CHARACTERS];
        put(
            sink,
            Template::Tenth,
            part(before, self.total[CHARACTERS], 10),
        );

        self.far_from_run(sink, at);
        self.distances(sink, at);
        self.prose_around(sink, at);
    }

    /// Where the block is relative to the densest run of prose: before 0, in it 1, behind it 2; and
    /// how far, in blocks.
    fn side_of_run(&self, at: usize) -> (usize, usize) {
        if at < self.run.start {
            (0, self.run.start - at)
        } else if at >= self.run.end {
            (2, at + 1 - self.run.end)
        } else {
            (1, 0)
        }
    }

    /// The densest run of prose, and the block's place from it.
    fn far_from_run(&self, sink: &mut impl Sink, at: usize) {
        let (side, from) = self.side_of_run(at);
        let from = log(from).min(8);
        put(
            sink,
            Template::Run,
            if side == 1 { 18 } else { side / 2 * 9 + from },
        );
        put(sink, Template::RunByKind, side * KINDS + self.kinds[at]);
        let (run, total) = (self.in_run, self.total);
        put(sink, Template::RunWords, log(run[WORDS] / 50));
        put(sink, Template::RunShare, part(run[PROSE], total[PROSE], 5));
    }

    /// Blocks since and to headings, forms, dates and replies.
    fn distances(&self, sink: &mut impl Sink, at: usize) {
        let (side, _) = self.side_of_run(at);
        let since_comments = self.comments.since(at);
        put(sink, Template::SinceComments, since_comments);
        let near = since_comments.div_ceil(2).min(3);
        put(
            sink,
            Template::SinceCommentsByKind,
            near * KINDS + self.kinds[at],
        );
        put(sink, Template::ToComments, self.comments.until(at));
        put(sink, Template::SinceRelated, self.related.since(at));
        put(sink, Template::SinceForm, self.forms.since(at));
        put(sink, Template::SinceTitle, self.titles.since(at));
        put(sink, Template::ToTitle, self.titles.until(at));
        let behind = usize::from(side == 2);
        for (template, distance) in [
            (Template::SinceDate, self.dates.since(at)),
            (Template::ToDate, self.dates.until(at)),
            (Template::SinceReply, self.replies.since(at)),
            (Template::ToReply, self.replies.until(at)),
        ] {
            put(sink, template, behind * 7 + distance.min(6));
        }
    }

    /// Prose, dates and replies around the block, and behind the run.
    fn prose_around(&self, sink: &mut impl Sink, at: usize) {
        let (side, _) = self.side_of_run(at);
        let prose = usize::from(self.surfaces[at].prose);
        let near = self.sums.over(at.saturating_sub(6)..at + 7);
        put(
            sink,
            Template::DatesAround,
            prose * 5 + log(near[DATES]).min(4),
        );
        put(
            sink,
            Template::RepliesAround,
            prose * 5 + log(near[REPLIES]).min(4),
        );
        let tail = self.behind_run;
        if side == 2 {
            put(
                sink,
                Template::DatesBehind,
                prose * 7 + log(tail[DATES]).min(6),
            );
            put(
                sink,
                Template::RepliesBehind,
                prose * 7 + log(tail[REPLIES]).min(6),
            );
        }
        put(
            sink,
            Template::ProseAround,
            part(near[PROSE], near[WORDS], 10),
        );
        let above = self.sums.over(at.saturating_sub(4)..at);
        put(
            sink,
            Template::ProseAbove,
            part(above[PROSE], above[WORDS], 10),
        );
        let below = self.sums.over(at + 1..at + 5);
        put(
            sink,
            Template::ProseBelow,
            part(below[PROSE], below[WORDS], 10),
        );
        let wide = self.sums.over(at.saturating_sub(20)..at + 21);
        put(sink, Template::ProseFar, part(wide[PROSE], wide[WORDS], 10));
        put(sink, Template::WordsAround, log(near[WORDS] / 20));
    }

    /// The markup.
    fn page(&self, sink: &mut impl Sink, at: usize, places: &DomPositions) {
        let (block, hints, surface) = (&self.blocks[at], &self.hints[at], &self.surfaces[at]);
        let (size, own) = (size(surface), tag(hints));
        put(sink, Template::TagHere, own);
        put(sink, Template::TagBySize, own * SIZES + size);
        for (template, by) in [
            (Template::TagBefore, -1),
            (Template::TagAfter, 1),
            (Template::TagBefore2, -2),
            (Template::TagAfter2, 2),
        ] {
            put(sink, template, self.hints(at, by).map_or(TAGS - 1, tag));
        }
        let before = self.hints(at, -1).map_or(TAGS - 1, tag);
        put(sink, Template::TagPair, before * TAGS + own);
        let own_links = links(block);
        put(sink, Template::Links, own_links);
        put(sink, Template::LinksBySize, own_links * SIZES + size);
        put(sink, Template::LinksByTag, own_links * TAGS + own);
        if let Some(before) = at.checked_sub(1).and_then(|at| self.blocks.get(at)) {
            put(sink, Template::LinksBefore, links(before));
        }
        if let Some(after) = self.blocks.get(at + 1) {
            put(sink, Template::LinksAfter, links(after));
        }
        self.tree(sink, at, places);
        put(sink, Template::Marks, marks(hints));
        if let Some(before) = self.hints(at, -1) {
            put(sink, Template::MarksBefore, marks(before));
        }
        if let Some(after) = self.hints(at, 1) {
            put(sink, Template::MarksAfter, marks(after));
        }
        put(sink, Template::Steps2, last_steps(&block.path));
    }

    /// The block's place in the DOM, and what the elements around it hold.
    fn tree(&self, sink: &mut impl Sink, at: usize, places: &DomPositions) {
        let own = tag(&self.hints[at]);
        if let Some((up, down)) = places.way_from_main(at) {
            put(sink, Template::FromMain, up.min(7) * 8 + down.min(7));
            put(sink, Template::FromMainByTag, up.min(7) * TAGS + own);
        }
        if let Some((up, down)) = places.way_from_before(at) {
            put(sink, Template::FromBefore, up.min(5) * 6 + down.min(5));
        }
        if let Some((up, down)) = places.way_from_before(at + 1) {
            put(sink, Template::ToAfter, up.min(5) * 6 + down.min(5));
        }
        let all = places.all();
        let prose_share = |tally: &Tally| share(tally.prose_words, all.prose_words, 7);
        for (up, template) in [
            Template::Shares0,
            Template::Shares1,
            Template::Shares2,
            Template::Shares3,
        ]
        .into_iter()
        .enumerate()
        {
            if let Some(tally) = places.element(at, up) {
                put(sink, template, prose_share(&tally));
            }
        }
        for (up, prose, linked) in [
            (1, Template::Prose1, Template::Linked1),
            (2, Template::Prose2, Template::Linked2),
            (3, Template::Prose3, Template::Linked3),
        ] {
            if let Some(tally) = places.element(at, up) {
                put(sink, prose, share(tally.prose_words, tally.words, 5));
                put(sink, linked, share(tally.linked_words, tally.words, 5));
            }
        }
        for (up, template) in [(1, Template::Many1), (2, Template::Many2)] {
            if let Some(tally) = places.element(at, up) {
                put(sink, template, log(tally.blocks as usize));
            }
        }
        if let Some((kind, tally)) = places.kind(at) {
            put(sink, Template::KindMany, log(tally.blocks as usize));
            put(
                sink,
                Template::KindWords,
                log((tally.words / tally.blocks.max(1)) as usize),
            );
            put(
                sink,
                Template::KindLinked,
                share(tally.linked_words, tally.words, 5),
            );
            put(
                sink,
                Template::KindProse,
                share(tally.prose_words, tally.words, 5),
            );
            put(sink, Template::KindShare, prose_share(&tally));
            put(
                sink,
                Template::KindDates,
                share(tally.date_lines, tally.blocks, 3),
            );
            if !self.skips_local {
                put(sink, Template::SitePath, folded(kind, 11));
            }
        }
        put(sink, Template::Depth, places.depth(at) / 2);
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
