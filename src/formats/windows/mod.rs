//! Splits articles into the parts that are written: annotated stretches, and windows of the size
//! that encoders read.
//!
//! Encoders read about 512 word pieces and GLiNER 384 words; they ignore the rest of an article.
//! [`Windows`] consist of whole sentences as far as possible, never split an entity, and together
//! contain the whole text. Each window is a record with the id `id#3` and its place in the
//! metadata. [`join`] puts them together again.

pub mod entity_regions;
pub mod join;
pub mod outside;

use std::collections::BTreeMap;
use std::ops::Range;

use super::tokens::{cut_at, sentences};
use super::{Format, Loss, Losses, Outside, RecordUnit, RecordView, Windows, WriteOptions};
use crate::formats::metadata::span_attributes;
use crate::model::{
    Annotation, Article, ArticleId, Block, BytePos, Metadata, Region, Remark, Span, Text,
};
use outside::annotated;

/// The metadata field with the id of a window's article.
pub const WINDOW_OF: &str = "window_of";
/// The field with its number and how many there are, such as `3/7`.
pub const WINDOW: &str = "window";
/// The field with its start in the article, in code points.
pub const WINDOW_START: &str = "window_start";
/// The field with its end.
pub const WINDOW_END: &str = "window_end";
/// The field that is `region` if the last region continues in the next window.
pub const WINDOW_GOES_ON: &str = "window_goes_on";

/// The longest sentence, in tokens. Longer ones are split.
const LONGEST_SENTENCE: usize = 256;

impl Windows {
    /// Returns the windows of a format with these options.
    #[must_use]
    pub fn of(format: &dyn Format, options: &WriteOptions) -> Self {
        options
            .windows
            .unwrap_or_else(|| format.spec().default_windows(options))
    }
}

/// A part of an article, as a record.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its text, with an id that refers to the article.
    pub article: Article,
    /// The annotation inside it.
    pub annotation: Annotation,
}

/// The parts of an article that are written.
#[derive(Clone, Debug, Default)]
pub struct Cut {
    /// The parts, in order.
    pub parts: Vec<Part>,
    /// Tokens in no part, because they are outside the annotated regions.
    pub tokens_left_out: u64,
    /// Regions in no part.
    pub regions_left_out: Vec<Span>,
    /// Remarks whose places are in no part.
    pub places_lost: u64,
}

/// Splits an article for a format; `None` if it is written whole.
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
        // A window of only unknown tokens is useless for training: its mean loss is not a number.
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

/// Returns the indices of tokens where a sentence ends.
fn sentence_ends(text: &Text, tokens: &[Span]) -> Vec<usize> {
    let sentences = sentences(text, tokens);
    sentences.into_iter().map(|range| range.end).collect()
}

/// Returns the spans that windows must not split: the outermost entities.
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

/// Returns whether a text may be split at a place outside entities.
fn may_cut(entities: &[Span], at: BytePos) -> bool {
    let before = entities.partition_point(|entity| entity.start() < at);
    before
        .checked_sub(1)
        .and_then(|last| entities.get(last))
        .is_none_or(|entity| entity.end() <= at)
}

/// Returns the units of windows: sentences, joined where an entity crosses their edge, and split if
/// they are too long.
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
            // At the end of the window, or before an entity there, or else after it.
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

/// Packs units into windows. Each window repeats up to `stride` tokens of the previous one.
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
        // A window must have room for something new.
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

/// Returns the windows of a record as ranges of tokens, for a format that makes its own windows.
/// Without windows, returns sentences of any length.
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

/// Returns whether any of these sorted spans overlaps another.
fn overlapped(spans: &[Span], other: Span) -> bool {
    let at = spans.partition_point(|span| span.end() <= other.start());
    spans.get(at).is_some_and(|span| span.overlaps(other))
}

/// Returns the index of the first span that contains another.
fn holding(spans: &[Span], other: Span) -> Option<usize> {
    let at = spans.partition_point(|span| span.end() < other.end());
    spans.get(at)?.contains(other).then_some(at)
}

/// Makes records of the parts of an article.
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
    // A remark goes with its place. One without a place, or whose place is not written, goes with
    // the first part.
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
    let blocks = blocks_in(article, span, |block| text.trim(moved(block)?));
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

/// Returns the blocks in a span of an article, with their spans in the part.
fn blocks_in(article: &Article, span: Span, moved: impl Fn(Span) -> Option<Span>) -> Vec<Block> {
    let blocks = &article.blocks;
    let from = blocks.partition_point(|block| block.span.end() <= span.start());
    let inside = blocks.iter().skip(from);
    let inside = inside.take_while(|block| block.span.start() < span.end());
    let parts = inside.filter_map(|block| {
        Some(Block {
            span: moved(block.span)?,
            ..block.clone()
        })
    });
    parts.collect()
}

/// Returns the metadata of a part.
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

/// Returns `id#3`. An id that would become too long is shortened.
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

/// Counts the losses of an article as a format writes it, whole or in parts.
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
    /// Returns the part as a record.
    #[must_use]
    pub fn view<'a>(&'a self, of: &RecordView<'a>) -> RecordView<'a> {
        RecordView {
            article: &self.article,
            annotation: &self.annotation,
            ..*of
        }
    }
}
