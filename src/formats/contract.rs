//! The export contract: everything that a target cannot hold is counted before it is written.

use std::collections::BTreeMap;
use std::fmt;

use super::RecordView;
use crate::model::{Article, ArticleId, Span};

/// How many examples of each loss are kept.
const EXAMPLES: usize = 3;

/// A kind of thing that a format cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// The text does not come back exactly.
    Text,
    /// A region is not written.
    Region,
    /// An entity is not written, because the format has none.
    Entity,
    /// An entity inside another, or a second label of the same span, is not written.
    Nested,
    /// A span that begins or ends inside a token is not written.
    Cut,
    /// An entity is missing from the tags of tokens, though its offsets are written.
    Untagged,
    /// A region changes its edges.
    Moved,
    /// A label is written under another name.
    Renamed,
    /// An article without text is not written.
    Empty,
    /// A token outside the annotated regions is not written.
    Outside,
    /// An article without annotated regions is not written.
    NothingAnnotated,
    /// A block without a label is not written.
    Unlabelled,
    /// An article whose page is not found is not written.
    NoPage,
    /// An article whose page has a different text now is not written.
    OtherPage,
    /// An article whose page cannot be marked is not written.
    Unmarkable,
    /// Status, annotator and time are not written.
    Status,
    /// A remark is not written.
    Remark,
    /// A remark loses its place.
    RemarkPlace,
    /// A suggestion looks like a person's work.
    Score,
    /// Metadata is not written.
    Metadata,
    /// Other fields of a span, such as a knowledge base entry or a note, are not written.
    Attribute,
    /// The paths in the page from which blocks came are not written.
    Blocks,
}

impl Loss {
    /// Returns whether articles are counted, and not their contents.
    fn is_of_articles(self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::Empty
                | Self::NothingAnnotated
                | Self::NoPage
                | Self::OtherPage
                | Self::Unmarkable
                | Self::Status
                | Self::Metadata
                | Self::Blocks
        )
    }

    /// Returns the words for one and for many.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => (
                "article whose white space is not preserved",
                "articles whose white space is not preserved",
            ),
            Self::Region => ("region left out", "regions left out"),
            Self::Entity => ("entity left out", "entities left out"),
            Self::Nested => (
                "nested entity, or second label of a span, left out",
                "nested entities, or second labels of spans, left out",
            ),
            Self::Cut => (
                "span that cuts a token left out",
                "spans that cut a token left out",
            ),
            Self::Untagged => (
                "entity that cuts a token, missing from `ner_tags`",
                "entities that cut a token, missing from `ner_tags`",
            ),
            Self::Moved => (
                "region that changes its edges",
                "regions that change their edges",
            ),
            Self::Renamed => (
                "span whose label is written differently",
                "spans whose labels are written differently",
            ),
            Self::Empty => (
                "article without text left out",
                "articles without text left out",
            ),
            Self::Outside => (
                "token left out: it is outside the regions where entities are annotated",
                "tokens left out: they are outside the regions where entities are annotated",
            ),
            Self::NothingAnnotated => (
                "article left out: it has no region where entities are annotated",
                "articles left out: they have no region where entities are annotated",
            ),
            Self::Unlabelled => (
                "block without a region left out",
                "blocks without a region left out",
            ),
            Self::NoPage => (
                "article left out: its page was not found",
                "articles left out: their pages were not found",
            ),
            Self::OtherPage => (
                "article left out: the text of its page has changed",
                "articles left out: the text of their pages has changed",
            ),
            Self::Unmarkable => (
                "article left out: its page cannot be marked correctly",
                "articles left out: their pages cannot be marked correctly",
            ),
            Self::Status => (
                "article without its status, annotator and time",
                "articles without their status, annotator and time",
            ),
            Self::Remark => ("remark left out", "remarks left out"),
            Self::RemarkPlace => ("remark without its place", "remarks without their places"),
            Self::Score => (
                "suggestion that looks like a person's work",
                "suggestions that look like a person's work",
            ),
            Self::Attribute => (
                "span without its other fields, such as kb_id",
                "spans without their other fields, such as kb_id",
            ),
            Self::Metadata => (
                "article without its metadata",
                "articles without their metadata",
            ),
            Self::Blocks => (
                "article without the paths of its blocks in the page",
                "articles without the paths of their blocks in the page",
            ),
        }
    }
}

/// The count of a loss, with examples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Counted {
    count: u64,
    examples: Vec<String>,
}

/// The losses of an export, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses(BTreeMap<Loss, Counted>);

impl Losses {
    /// Returns whether nothing is lost.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns a line for each kind of loss, such as `3 remarks left out`, with examples.
    pub fn lines(&self) -> impl Iterator<Item = (String, &[String])> {
        self.0.iter().map(|(loss, counted)| {
            let (one, many) = loss.words();
            let words = if counted.count == 1 { one } else { many };
            (format!("{} {words}", counted.count), &*counted.examples)
        })
    }

    /// Returns the losses in one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let lines: Vec<String> = self.lines().map(|(words, _)| words).collect();
        lines.join(", ")
    }

    /// Returns the count of a loss.
    #[must_use]
    pub fn count(&self, loss: Loss) -> u64 {
        self.0.get(&loss).map_or(0, |counted| counted.count)
    }

    /// Counts a loss. The example is only made if it is kept.
    pub fn add(&mut self, loss: Loss, example: impl FnOnce() -> String) {
        let counted = self.0.entry(loss).or_default();
        counted.count += 1;
        if counted.examples.len() < EXAMPLES {
            counted.examples.push(example());
        }
    }

    /// Counts several losses of one article.
    pub fn add_many(&mut self, loss: Loss, count: u64, example: impl FnOnce() -> String) {
        if let Some(others) = count.checked_sub(1) {
            self.add(loss, example);
            self.0.entry(loss).or_default().count += others;
        }
    }

    /// Adds the losses of the parts of an article. A loss of the whole article is counted once.
    pub(super) fn append_article(&mut self, parts: Self, id: &ArticleId) {
        let (articles, others) = parts
            .0
            .into_iter()
            .partition(|(loss, _)| loss.is_of_articles());
        self.append(Self(others));
        for loss in Self(articles).0.into_keys() {
            self.add(loss, || id.to_string());
        }
    }

    /// Counts the loss of a span. The example is its article and its text.
    pub fn add_span(&mut self, loss: Loss, article: &Article, span: Span) {
        self.add(loss, || place(article, span));
    }

    /// Adds the losses that were counted later.
    pub fn append(&mut self, other: Self) {
        for (loss, counted) in other.0 {
            let all = self.0.entry(loss).or_default();
            all.count += counted.count;
            all.examples.extend(counted.examples);
            all.examples.truncate(EXAMPLES);
        }
    }
}

/// Returns the entities that a format without nesting leaves out: those that overlap an earlier
/// one. By the order of entities the earlier one is longer.
pub(super) fn nested<'a>(record: &RecordView<'a>) -> impl Iterator<Item = Span> + 'a {
    let mut end = crate::model::BytePos(0);
    record
        .annotation
        .entities()
        .iter()
        .filter_map(move |entity| {
            if entity.span.start() < end {
                return Some(entity.span);
            }
            end = entity.span.end();
            None
        })
}

fn place(article: &Article, span: Span) -> String {
    format!("{}: {}", article.id, excerpt(article.text.slice(span)))
}

pub(super) fn excerpt(words: &str) -> String {
    const CHARS: usize = 40;
    let mut short: String = words.chars().take(CHARS).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    format!("{short:?}")
}

impl fmt::Display for Losses {
    /// Prints a line for each kind, with examples.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (loss, counted)) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let (one, many) = loss.words();
            let words = if counted.count == 1 { one } else { many };
            write!(f, "{} {words}", counted.count)?;
            if !counted.examples.is_empty() {
                let more = if counted.count > counted.examples.len() as u64 {
                    ", …"
                } else {
                    ""
                };
                write!(f, " ({}{more})", counted.examples.join(", "))?;
            }
        }
        Ok(())
    }
}
