//! An article cut into the parts that are written of it: the stretches in which entities are annotated, and windows that an encoder
//! reads at once.
//!
//! Encoders read some 512 pieces of words, GLiNER 384 words; of a longer article they see the beginning. [`Windows`] are made of whole
//! sentences as far as they fit, are cut at no place inside an entity, and together hold the text, white space and all. Each is a
//! record with an id that leads back, `id#3`, and with its place in the metadata; [`join`](crate::formats::windows::join) puts them together again.

pub mod join;
pub mod outside;

use std::collections::BTreeMap;
use std::ops::Range;

use super::tokens::{cut_at, sentences};
use super::{Format, Loss, Losses, RecordUnit, RecordView, WriteOptions};
use crate::formats::metadata::span_attributes;
use crate::model::{
    Annotation, Article, ArticleId, Block, BytePos, Metadata, Region, Remark, Span, Text,
};
use outside::{Outside, annotated};

/// In the metadata of a window: the id of its article.
pub const WINDOW_OF: &str = "window_of";
/// Likewise: its number and how many there are, such as `3/7`.
pub const WINDOW: &str = "window";
/// Likewise: where it begins in the article, in code points.
pub const WINDOW_START: &str = "window_start";
/// Likewise: where it ends.
pub const WINDOW_END: &str = "window_end";
/// Likewise, where the last region goes on in the next window: `region`.
pub const WINDOW_GOES_ON: &str = "window_goes_on";

/// A sentence that is longer, in tokens, is cut where only sentences are asked for.
const LONGEST_SENTENCE: usize = 256;

/// How large windows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Windows {
    /// The whole article.
    Off,
    /// A sentence each; one beyond 256 tokens is cut.
    Sentences,
    /// As many sentences as fit into so many tokens; a longer one is cut.
    Tokens(usize),
}

impl Windows {
    /// From the word of a command: `off`, `sentences`, or a number of tokens.
    ///
    /// # Errors
    /// If it is none of them.
    pub fn parse(word: &str) -> Result<Self, String> {
        match word {
            "off" => Ok(Self::Off),
            "sentences" => Ok(Self::Sentences),
            _ => match word.parse() {
                Ok(tokens) if tokens > 0 => Ok(Self::Tokens(tokens)),
                _ => Err("expected off, sentences, or a number of tokens above 0".into()),
            },
        }
    }

    /// Those of a format, by what was asked for.
    #[must_use]
    pub fn of(format: &dyn Format, options: &WriteOptions) -> Self {
        options
            .windows
            .unwrap_or_else(|| format.spec().default_windows(options))
    }
}

/// A part of an article, as a record of its own.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its text, with an id that leads back.
    pub article: Article,
    /// What of the article's annotation lies in it.
    pub annotation: Annotation,
}

/// What is written of an article instead of the whole.
#[derive(Clone, Debug, Default)]
pub struct Cut {
    /// The parts, in order.
    pub parts: Vec<Part>,
    /// Tokens that are in no part, because nobody looked at them for entities.
    pub tokens_left_out: u64,
    /// Regions that are in no part.
    pub regions_left_out: Vec<Span>,
    /// Remarks whose places are in no part.
    pub places_lost: u64,
}

/// Cuts an article as a format and the options want it; `None` if it is written whole.
#[must_use]
pub fn cut(format: &dyn Format, record: &RecordView<'_>, options: &WriteOptions) -> Option<Cut> {
    let rule = outside::rule(format, options);
    let windows = match Windows::of(format, options) {
        _ if format.spec().makes_windows => Windows::Off,
        windows => windows,
    };
    if format.spec().unit == RecordUnit::Block
        || windows == Windows::Off && rule == Outside::Negative
    {
        return None;
    }
    let text = &record.article.text;
    let whole = text.whole()?;
    let known = (rule != Outside::Negative)
        .then(|| annotated(record, options))
        .flatten();
    if windows == Windows::Off && (known.is_none() || rule == Outside::Missing) {
        return None;
    }
    let mut tokens = options.tokenizer.tokens(text);
    if tokens.is_empty() {
        return None;
    }
    let stretches = match &known {
        Some(known) if rule == Outside::Omit => {
            let edges = known.iter().flat_map(|span| [span.start(), span.end()]);
            tokens = cut_at(text, &tokens, edges.collect());
            known.clone()
        }
        _ => vec![whole],
    };
    let ends = sentence_ends(text, &tokens);
    let uncuttable = outermost(record);
    let mut spans: Vec<Span> = Vec::new();
    let mut left_out = tokens.len();
    for stretch in &stretches {
        let first = tokens.partition_point(|token| token.start() < stretch.start());
        let end = tokens.partition_point(|token| token.start() < stretch.end());
        left_out = left_out.saturating_sub(end - first);
        let units = match windows {
            Windows::Off => vec![first..end],
            Windows::Sentences => units(&tokens, first..end, &ends, &uncuttable, LONGEST_SENTENCE),
            Windows::Tokens(most) => units(&tokens, first..end, &ends, &uncuttable, most),
        };
        for range in packed(&units, windows, options.stride) {
            let from = match range.start {
                at if at == first => stretch.start(),
                at => tokens.get(at)?.start(),
            };
            let to = match range.end {
                at if at == end => stretch.end(),
                at => tokens.get(at)?.start(),
            };
            spans.extend(text.span(from, to));
        }
    }
    if rule == Outside::Missing
        && let Some(known) = &known
    {
        // A window of nothing but unknown tokens teaches nothing, and the mean of no losses is not a number.
        spans.retain(|span| overlapped(known, *span));
        left_out = tokens
            .iter()
            .filter(|token| !overlapped(&spans, **token))
            .count();
    }
    if let [one] = spans.as_slice()
        && text.trim(*one) == text.trim(whole)
    {
        return None;
    }
    Some(parts(record, &spans, left_out as u64))
}

/// The numbers of tokens before which a sentence ends, in order.
fn sentence_ends(text: &Text, tokens: &[Span]) -> Vec<usize> {
    let sentences = sentences(text, tokens);
    sentences.into_iter().map(|range| range.end).collect()
}

/// What no window's edge may lie in: the entities, of nested ones the outermost.
fn outermost(record: &RecordView<'_>) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for entity in record.annotation.entities() {
        if out
            .last()
            .is_none_or(|last| entity.span.start() >= last.end())
        {
            out.push(entity.span);
        }
    }
    out
}

/// Whether a text may be cut at a place: no entity goes over it.
fn may_cut(entities: &[Span], at: BytePos) -> bool {
    let before = entities.partition_point(|entity| entity.start() < at);
    before
        .checked_sub(1)
        .and_then(|last| entities.get(last))
        .is_none_or(|entity| entity.end() <= at)
}

/// What is not cut further: sentences of a range of tokens, joined where an entity goes over their edge, and cut where they are longer than
/// a window.
fn units(
    tokens: &[Span],
    range: Range<usize>,
    sentence_ends: &[usize],
    entities: &[Span],
    most: usize,
) -> Vec<Range<usize>> {
    let fits = |at: usize| {
        tokens
            .get(at)
            .is_none_or(|token| may_cut(entities, token.start()))
    };
    let mut units = Vec::new();
    let mut start = range.start;
    let from = sentence_ends.partition_point(|end| *end <= start);
    let ends = sentence_ends.iter().skip(from).copied();
    let ends = ends
        .take_while(|end| *end < range.end)
        .filter(|end| fits(*end));
    for end in ends.chain([range.end]) {
        while end - start > most {
            // As far as a window goes, or if an entity is in the way before it, or else behind it.
            let before = (start + 1..=start + most).rev().find(|at| fits(*at));
            let at = before.or_else(|| (start + most + 1..end).find(|at| fits(*at)));
            let Some(at) = at.filter(|at| *at < end) else {
                break;
            };
            units.push(start..at);
            start = at;
        }
        if start < end {
            units.push(start..end);
            start = end;
        }
    }
    units
}

/// Units put together as far as a window goes, each window beginning with up to `stride` tokens of the one before.
fn packed(units: &[Range<usize>], windows: Windows, stride: usize) -> Vec<Range<usize>> {
    let Windows::Tokens(most) = windows else {
        return units.to_vec();
    };
    let mut out = Vec::new();
    let mut first = 0;
    while let Some(begin) = units.get(first) {
        let mut end = first + 1;
        while units
            .get(end)
            .is_some_and(|unit| unit.end - begin.start <= most)
        {
            end += 1;
        }
        let Some(last) = units.get(end - 1) else {
            break;
        };
        out.push(begin.start..last.end);
        if end >= units.len() {
            break;
        }
        let overlaps = |from: usize| {
            units
                .get(from)
                .is_some_and(|unit| last.end - unit.start <= stride)
        };
        // Something new must fit beside what is repeated, or the text would not go on.
        let continues = |from: usize| {
            let next = units.get(end).zip(units.get(from));
            next.is_some_and(|(next, unit)| next.end - unit.start <= most)
        };
        first = (first + 1..end)
            .find(|from| overlaps(*from) && continues(*from))
            .unwrap_or(end);
    }
    out
}

/// The windows of a record as ranges of its tokens, for a format that makes them by itself; without windows, its sentences of any
/// length.
#[must_use]
pub(super) fn ranges(
    record: &RecordView<'_>,
    tokens: &[Span],
    windows: Windows,
    stride: usize,
) -> Vec<Range<usize>> {
    let ends = sentence_ends(&record.article.text, tokens);
    let most = match windows {
        Windows::Off => usize::MAX,
        Windows::Sentences => LONGEST_SENTENCE,
        Windows::Tokens(most) => most,
    };
    let units = units(tokens, 0..tokens.len(), &ends, &outermost(record), most);
    packed(&units, windows, stride)
}

/// Whether one of some spans shares a character with another; their beginnings and ends are in order.
fn overlapped(spans: &[Span], other: Span) -> bool {
    let at = spans.partition_point(|span| span.end() <= other.start());
    spans.get(at).is_some_and(|span| span.overlaps(other))
}

/// The number of the first of these spans that holds another as a whole.
fn holding(spans: &[Span], other: Span) -> Option<usize> {
    let at = spans.partition_point(|span| span.end() < other.end());
    spans.get(at)?.contains(other).then_some(at)
}

/// Makes records of spans of an article.
fn parts(record: &RecordView<'_>, spans: &[Span], tokens_left_out: u64) -> Cut {
    let annotation = record.annotation;
    let regions = annotation.regions().iter().map(|region| region.span);
    let places = annotation.remarks().iter().filter_map(|remark| remark.at);
    let lost = places.filter(|at| holding(spans, *at).is_none());
    Cut {
        parts: (0..spans.len())
            .filter_map(|nth| part(record, spans, nth))
            .collect(),
        tokens_left_out,
        regions_left_out: regions
            .filter(|region| !overlapped(spans, *region))
            .collect(),
        places_lost: lost.count() as u64,
    }
}

fn part(record: &RecordView<'_>, spans: &[Span], nth: usize) -> Option<Part> {
    let span = *spans.get(nth)?;
    let (article, annotation) = (record.article, record.annotation);
    let text = Text::new(article.text.slice(span));
    let moved = |inner: Span| {
        let inner = inner.intersection(span)?;
        let at = |pos: BytePos| BytePos(pos.0 - span.start().0);
        text.span(at(inner.start()), at(inner.end())).ok()
    };
    let mut continues = false;
    let regions = annotation.regions_in(span).iter().filter_map(|region| {
        let inner = moved(region.span)?;
        text.trim(inner)?;
        continues = region.span.end() > span.end();
        Some(Region {
            span: inner,
            ..region.clone()
        })
    });
    let regions: Vec<Region> = regions.collect();
    let from = annotation
        .entities()
        .partition_point(|entity| entity.span.start() < span.start());
    let entities = annotation.entities().iter().skip(from);
    let entities = entities
        .take_while(|entity| entity.span.start() < span.end())
        .filter(|entity| span.contains(entity.span))
        .filter_map(|entity| {
            let mut entity = entity.clone();
            entity.span = moved(entity.span)?;
            Some(entity)
        });
    let entities = entities.collect();
    // A remark goes with its place; one without goes with the first part, and so does one whose place is not written.
    let remarks = annotation.remarks().iter().filter_map(|remark| {
        let holder = remark.at.and_then(|at| Some((at, holding(spans, at)?)));
        let at = match holder {
            None if nth == 0 => None,
            Some((at, holder)) if holder == nth => moved(at),
            _ => return None,
        };
        Some(Remark {
            at,
            ..remark.clone()
        })
    });
    let remarks = remarks.collect();
    let annotation =
        Annotation::from_parts(&text, regions, entities, annotation.status(), remarks).ok()?;
    let from = article
        .blocks
        .partition_point(|block| block.span.end() <= span.start());
    let blocks = article.blocks.iter().skip(from);
    let blocks = blocks
        .take_while(|block| block.span.start() < span.end())
        .filter_map(|block| {
            let span = text.trim(moved(block.span)?)?;
            Some(Block {
                span,
                ..block.clone()
            })
        });
    let blocks = blocks.collect();
    let continues = continues
        && spans
            .get(nth + 1)
            .is_some_and(|next| next.start() <= span.end());
    Some(Part {
        article: Article {
            id: id_of(&article.id, nth + 1),
            blocks,
            meta: Metadata {
                other: place(article, span, (nth + 1, spans.len()), continues),
                ..article.meta.clone()
            },
            text,
        },
        annotation,
    })
}

/// The metadata of a part.
fn place(
    article: &Article,
    span: Span,
    (number, of): (usize, usize),
    continues: bool,
) -> BTreeMap<String, String> {
    let mut meta = article.meta.other.clone();
    span_attributes::cut(&mut meta, &article.text, span);
    let mut put = |name: &str, value: String| meta.insert(name.to_owned(), value);
    put(WINDOW_OF, article.id.to_string());
    put(WINDOW, format!("{number}/{of}"));
    let at = |pos| article.text.char_of_byte(pos).0.to_string();
    put(WINDOW_START, at(span.start()));
    put(WINDOW_END, at(span.end()));
    if continues {
        put(WINDOW_GOES_ON, "region".to_owned());
    } else {
        meta.remove(WINDOW_GOES_ON);
    }
    meta
}

/// `id#3`; an id that is too long for that is cut.
fn id_of(id: &ArticleId, number: usize) -> ArticleId {
    let end = format!("#{number}");
    let mut stem = id.as_str();
    while stem.len() + end.len() > ArticleId::MAX_LEN {
        let mut chars = stem.chars();
        chars.next_back();
        stem = chars.as_str();
    }
    ArticleId::new(&format!("{stem}{end}")).unwrap_or_else(|| id.clone())
}

/// Counts what is lost of an article as a format writes it: whole, or cut into parts.
pub fn count_losses(
    format: &dyn Format,
    record: &RecordView<'_>,
    options: &WriteOptions,
    losses: &mut Losses,
) {
    let Some(cut) = cut(format, record, options) else {
        return losses.count_record(format, record, options);
    };
    losses.count_by_capabilities(format, record, options);
    let article = record.article;
    if format.spec().capabilities.regions {
        for region in &cut.regions_left_out {
            losses.add_span(Loss::Region, article, *region);
        }
    }
    losses.add_many(Loss::Outside, cut.tokens_left_out, || {
        article.id.to_string()
    });
    if format.spec().capabilities.remarks {
        losses.add_many(Loss::RemarkPlace, cut.places_lost, || {
            article.id.to_string()
        });
    }
    if cut.parts.is_empty() {
        losses.add(Loss::NothingAnnotated, || article.id.to_string());
    }
    let mut of_parts = Losses::default();
    for part in &cut.parts {
        format.losses(&part.view(record), options, &mut of_parts);
    }
    losses.append_article(of_parts, &article.id);
}

impl Part {
    /// As it is written.
    #[must_use]
    pub fn view<'a>(&'a self, of: &RecordView<'a>) -> RecordView<'a> {
        RecordView {
            article: &self.article,
            annotation: &self.annotation,
            ..*of
        }
    }
}
