//! Features of a block's surroundings: prose beside it, the densest run of prose, headings above,
//! the elements around it.

use crate::extract::FastMap;
use crate::extract::features::surface::SurfaceFeatures;
use crate::extract::features::{Feature, Hints, flag};
use crate::learn::Sink;
use crate::model::{Block, Text};

/// The narrow window to each side, in blocks.
const NEAR: usize = 5;
/// The wide window to each side, in blocks.
const FAR: usize = 20;
/// How many blocks below a heading of other stories are still its list.
const RELATED_REACH: usize = 8;

/// The surroundings of all blocks of a text.
pub struct Surroundings {
    /// Sums over the blocks before each block, and over all: words, words in prose, short blocks,
    /// lines that comments have.
    sums: Vec<[usize; 4]>,
    /// The densest run of prose, as a range of blocks.
    run: std::ops::Range<usize>,
    /// For each block, the heading of comments above it, if nothing ended that since.
    comments_above: Vec<Option<usize>>,
    related_above: Vec<Option<usize>>,
    form_above: Vec<bool>,
    tail: Vec<bool>,
    parents: Vec<Parent>,
    has_article: bool,
    has_article_body: bool,
}

/// The position of a block relative to the element that holds most prose.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parent {
    Same,
    Around,
    Other,
}

impl Surroundings {
    pub fn new(
        text: &Text,
        blocks: &[Block],
        hints: &[Hints],
        surfaces: &[SurfaceFeatures],
    ) -> Self {
        let mut sums = Vec::with_capacity(surfaces.len() + 1);
        let mut sum = [0; 4];
        sums.push(sum);
        for surface in surfaces {
            let words = surface.words.min(60);
            sum[0] += words;
            sum[1] += if surface.prose { words } else { 0 };
            sum[2] += usize::from(surface.words <= 5);
            sum[3] += usize::from(is_comment_line(surface));
            sums.push(sum);
        }
        let run = densest_run(surfaces, hints);
        let mut around = Self {
            sums,
            comments_above: Vec::with_capacity(surfaces.len()),
            related_above: Vec::with_capacity(surfaces.len()),
            form_above: Vec::with_capacity(surfaces.len()),
            tail: Vec::with_capacity(surfaces.len()),
            parents: parents(blocks, surfaces, hints),
            has_article: hints.iter().any(|hints| hints.article),
            has_article_body: hints.iter().any(|hints| hints.article_body),
            run,
        };
        around.look_up(text, blocks, surfaces);
        around
    }

    /// Finds the headings above each block, in one pass.
    fn look_up(&mut self, text: &Text, blocks: &[Block], surfaces: &[SurfaceFeatures]) {
        let (mut comments, mut related, mut form) = (None, None, false);
        // Behind the story came a list of other stories.
        let mut listed = false;
        let mut in_tail = false;
        let mut before: Option<usize> = None;
        for (at, surface) in surfaces.iter().enumerate() {
            let is_after_run = at >= self.run.end;
            if surface.comments_heading && is_after_run {
                comments = Some(at);
            } else if surface.related_heading {
                related = Some(at);
                comments = None;
                listed |= is_after_run;
            }
            let start = blocks.get(at).map_or(0, |block| block.span.start().index());
            let gap = before.map_or(0, |end| {
                empty_lines(text.as_str().get(end..start).unwrap_or_default())
            });
            // The first comes after a gap; the next ones may be closer.
            in_tail = listed
                && is_after_run
                && surface.prose
                && !surface.site_lead
                && (in_tail || gap >= 2);
            self.tail.push(in_tail);
            self.comments_above.push(comments);
            self.related_above.push(related);
            self.form_above.push(form);
            form |= surface.asks_for_comment && is_after_run;
            before = blocks.get(at).map(|block| block.span.end().index());
        }
    }

    /// The densest run of prose, as a range of blocks.
    pub fn run(&self) -> std::ops::Range<usize> {
        self.run.clone()
    }

    /// The sums over the blocks `at - reach ..= at + reach`.
    fn window(&self, at: usize, reach: usize) -> [usize; 4] {
        let from = self
            .sums
            .get(at.saturating_sub(reach))
            .copied()
            .unwrap_or_default();
        let to = self
            .sums
            .get((at + reach + 1).min(self.sums.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default();
        [0, 1, 2, 3].map(|index| to[index] - from[index])
    }

    /// Returns the heading of other stories above a block.
    pub fn related_above(&self, at: usize) -> Option<usize> {
        self.related_above.get(at).copied().flatten()
    }

    /// Returns true if a block is shortly below a heading of other stories.
    pub fn is_near_related(&self, at: usize) -> bool {
        self.related_above(at)
            .is_some_and(|above| (1..=RELATED_REACH).contains(&(at - above)))
    }

    /// Returns true if a block is shortly before the densest run.
    pub fn is_just_before_run(&self, at: usize) -> bool {
        at < self.run.start && self.run.start - at <= 3
    }

    /// Writes the features of a block's surroundings.
    #[inline]
    pub fn describe(
        &self,
        at: usize,
        surfaces: &[SurfaceFeatures],
        hints: &Hints,
        sink: &mut impl Sink,
    ) {
        let Some(surface) = surfaces.get(at) else {
            return;
        };
        let before = at.checked_sub(1).and_then(|before| surfaces.get(before));
        let after = surfaces.get(at + 1);
        let prose_before = before.is_some_and(|surface| surface.prose);
        let prose_after = after.is_some_and(|surface| surface.prose);
        let share = |window: [usize; 4]| {
            if window[0] == 0 {
                0.0
            } else {
                window[1] as f32 / window[0] as f32
            }
        };
        let near = self.window(at, 3);
        let count = (at + 4).min(surfaces.len()) - at.saturating_sub(3);
        sink.push(Feature::Density as u32, share(self.window(at, NEAR)));
        sink.push(Feature::WideDensity as u32, share(self.window(at, FAR)));
        sink.push(
            Feature::ShortAround as u32,
            near[2] as f32 / count.max(1) as f32,
        );

        let from_run = self.distance_from_run(at);
        sink.push(Feature::FromRun as u32, from_run.min(20) as f32 / 10.0);
        let comment_lines = self.window(at, 4)[3].min(4);
        sink.push(Feature::CommentLines as u32, comment_lines as f32);
        flag(sink, Feature::ProseBefore, prose_before);
        flag(sink, Feature::ProseAfter, prose_after);
        flag(
            sink,
            Feature::BetweenProse,
            prose_before && prose_after && !surface.prose,
        );
        self.describe_run(at, surface, sink);
        self.describe_comments(at, surfaces, sink);
        let related = self.related_above(at);
        flag(
            sink,
            Feature::BelowRelated,
            related.is_some_and(|above| at - above == 1),
        );
        flag(sink, Feature::NearRelated, self.is_near_related(at));
        flag(sink, Feature::ProseInTail, self.tail.get(at) == Some(&true));
        let parent = self.parents.get(at).copied().filter(|_| hints.html);
        flag(sink, Feature::SameParent, parent == Some(Parent::Same));
        flag(
            sink,
            Feature::SameGrandparent,
            parent == Some(Parent::Around),
        );
        flag(sink, Feature::OtherParent, parent == Some(Parent::Other));
        flag(
            sink,
            Feature::OutsideArticle,
            self.has_article && !hints.article,
        );
        flag(
            sink,
            Feature::OutsideArticleBody,
            self.has_article_body && !hints.article_body,
        );
    }

    /// How many blocks a block is from the densest run of prose; 0 within it.
    fn distance_from_run(&self, at: usize) -> usize {
        if at < self.run.start {
            self.run.start - at
        } else {
            (at + 1).saturating_sub(self.run.end)
        }
    }

    /// Writes where a block is relative to the densest run of prose.
    #[inline]
    fn describe_run(&self, at: usize, surface: &SurfaceFeatures, sink: &mut impl Sink) {
        let in_run = self.run.contains(&at);
        let (before_run, after_run) = (at < self.run.start, at >= self.run.end);
        flag(sink, Feature::InRun, in_run);
        flag(sink, Feature::ProseInRun, in_run && surface.prose);
        flag(sink, Feature::JustBeforeRun, self.is_just_before_run(at));
        flag(sink, Feature::BeforeRun, before_run);
        flag(
            sink,
            Feature::JustAfterRun,
            after_run && self.distance_from_run(at) <= 3,
        );
        flag(sink, Feature::AfterRun, after_run);
        flag(sink, Feature::ProseOutsideRun, !in_run && surface.prose);
        flag(
            sink,
            Feature::LongOutsideRun,
            !in_run && surface.words >= 15,
        );
    }

    /// Writes the headings, dates, names and replies around a block that comments have.
    #[inline]
    fn describe_comments(&self, at: usize, surfaces: &[SurfaceFeatures], sink: &mut impl Sink) {
        let Some(surface) = surfaces.get(at) else {
            return;
        };
        let comments = self.comments_above.get(at).copied().flatten();
        let is_below = comments.is_some_and(|above| at - above == 1);
        flag(sink, Feature::BelowComments, is_below);
        flag(sink, Feature::InComments, comments.is_some());
        flag(
            sink,
            Feature::ProseInComments,
            comments.is_some() && surface.prose,
        );
        let before = at.checked_sub(1).and_then(|before| surfaces.get(before));
        let after = surfaces.get(at + 1);
        flag(
            sink,
            Feature::AfterDateLine,
            before.is_some_and(is_first_line),
        );
        flag(
            sink,
            Feature::BeforeDateLine,
            after.is_some_and(is_first_line),
        );
        flag(
            sink,
            Feature::ProseAmongCommentLines,
            !self.run.contains(&at) && surface.prose && self.window(at, 4)[3] >= 2,
        );
        let mut following = surfaces[at + 1..].iter().take(2);
        let reply_follows = following.any(|surface| surface.reply);
        flag(sink, Feature::BeforeReply, reply_follows);
        let is_after_form = self.form_above.get(at) == Some(&true);
        flag(sink, Feature::AfterForm, is_after_form);
    }
}

/// Returns true for lines that are typical of comments.
fn is_comment_line(surface: &SurfaceFeatures) -> bool {
    is_first_line(surface) || surface.reply
}

/// Returns true for lines with a comment's author or date.
fn is_first_line(surface: &SurfaceFeatures) -> bool {
    surface.date_line || surface.says
}

/// Finds the run of blocks with the most words of prose; other blocks count against it.
fn densest_run(surfaces: &[SurfaceFeatures], hints: &[Hints]) -> std::ops::Range<usize> {
    let (mut best, mut best_sum) = (0..0, 0);
    let (mut start, mut sum) = (0, 0);
    for (at, surface) in surfaces.iter().enumerate() {
        let hints = hints.get(at);
        sum += worth(surface, hints);
        if sum <= 0 {
            sum = 0;
            start = at + 1;
        } else if sum > best_sum {
            best_sum = sum;
            best = start..at + 1;
        }
    }
    best
}

/// What a block adds to a run of prose, in words.
fn worth(surface: &SurfaceFeatures, hints: Option<&Hints>) -> i64 {
    if surface.comments_heading || surface.asks_for_comment {
        return -100;
    }
    if surface.related_heading {
        return -40;
    }
    if surface.reply || surface.says {
        return -25;
    }
    if let Some(hints) = hints {
        if hints.comments {
            return -60;
        }
        if hints.nav || hints.form {
            return -8;
        }
    }
    if surface.prose && !surface.site_lead {
        return surface.words.min(60) as i64;
    }
    if surface.date_line {
        return -12;
    }
    if surface.words >= 8 && surface.ends {
        0
    } else {
        -6
    }
}

/// How many empty lines a stretch of white space holds.
fn empty_lines(space: &str) -> usize {
    space
        .bytes()
        .filter(|byte| *byte == b'\n')
        .take(10)
        .count()
        .saturating_sub(1)
}

/// Finds the position of each block relative to the element that holds most prose.
fn parents(blocks: &[Block], surfaces: &[SurfaceFeatures], hints: &[Hints]) -> Vec<Parent> {
    if blocks.iter().all(|block| block.path.is_empty()) {
        return vec![Parent::Same; blocks.len()]; // bare text has no elements
    }
    let mut words: FastMap<&str, usize> = FastMap::default();
    let mut best: (&str, usize) = ("", 0);
    for ((block, surface), hints) in blocks.iter().zip(surfaces).zip(hints) {
        if surface.prose && !hints.comments {
            let holder = parent(&block.path);
            let sum = words.entry(holder).or_default();
            *sum += surface.words;
            // The first of equal ones, so that the answer is independent of the map's order.
            if *sum > best.1 {
                best = (holder, *sum);
            }
        }
    }
    let around = parent(best.0);
    let is_in = |path: &str, holder: &str| {
        path.strip_prefix(holder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    blocks
        .iter()
        .map(|block| {
            if best.1 == 0 || is_in(&block.path, best.0) {
                Parent::Same
            } else if is_in(&block.path, around) {
                Parent::Around
            } else {
                Parent::Other
            }
        })
        .collect()
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}
