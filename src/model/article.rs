//! One document: its text, the blocks that the extractor cut from it, and what is known about it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::annotation::Annotation;
use super::offset::{BytePos, Span};
use super::text::Text;

/// An article's name, unique in its dataset.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(Arc<str>);

impl ArticleId {
    /// The longest id, in bytes.
    pub const MAX_LEN: usize = 512;

    /// An id from what the input gave; `None` if it is blank, longer than [`ArticleId::MAX_LEN`] or
    /// holds control characters.
    #[must_use]
    pub fn new(id: &str) -> Option<Self> {
        let fits =
            !id.trim().is_empty() && id.len() <= Self::MAX_LEN && !id.chars().any(char::is_control);
        fits.then(|| Self(id.into()))
    }

    /// The id as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known about an article besides its text. Every string is empty where unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The headline or the page's title.
    pub title: String,
    /// BCP 47 language, such as `en`.
    pub language: String,
    /// Where it was published.
    pub url: String,
    /// The file that it was read from.
    pub source: String,
    /// Whatever else came with the article.
    pub other: BTreeMap<String, String>,
}

/// A piece that the extractor cut from an article: a line, a paragraph, an HTML element, or part of
/// a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its span; not blank, without white space at its edges.
    pub span: Span,
    /// The DOM path that it came from, such as `html/body/div[2]/p[1]`; empty for bare text.
    pub path: Arc<str>,
    /// How much of it is link text, from 0 to 1000; 0 for bare text.
    pub link_permille: u16,
}

/// The most characters of a headline in a list.
const HEADLINE: usize = 200;
/// Blocks above a story that are searched for its headline.
const ABOVE: usize = 8;

/// How much a line above a story looks like its headline; `None` if it does not at all.
fn headline_score(line: &str) -> Option<usize> {
    const CRUMBS: [&str; 9] = [
        " - ", " | ", " › ", " » ", " > ", " / ", " · ", " • ", "://",
    ];
    const BY: [&str; 8] = ["by ", "von ", "par ", "por ", "di ", "da ", "door ", "af "];
    let lower = line.to_lowercase();
    let words = line.split_whitespace().count();
    let is_name_or_date = BY.iter().any(|by| lower.starts_with(by))
        || line.chars().filter(char::is_ascii_digit).count() * 4 > line.chars().count();
    let is_way = CRUMBS.iter().any(|crumb| line.contains(crumb));
    // Scripts without spaces have long "words".
    let length = words.max(line.chars().filter(|c| *c >= '\u{2e80}').count() / 2);
    (!is_name_or_date && !is_way && (3..=30).contains(&length)).then_some(length)
}

impl Block {
    /// The level of the heading that the block is on its page, from 1; `None` if it is something
    /// else.
    #[must_use]
    pub fn heading_level(&self) -> Option<u8> {
        const INLINE: [&str; 8] = ["a", "b", "em", "font", "i", "span", "strong", "u"];
        let mut steps = self.path.rsplit('/');
        let name = steps
            .by_ref()
            .map(|step| step.split('[').next().unwrap_or(step))
            .find(|name| !INLINE.contains(name))?;
        match name.as_bytes() {
            [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
            _ => None,
        }
    }
}

/// One document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Unique in its dataset.
    pub id: ArticleId,
    /// Fixed at import; every offset points into exactly this.
    pub text: Text,
    /// Sorted, never overlapping; together they hold all that is not white space.
    pub blocks: Vec<Block>,
    /// Title, language, address, source and the rest.
    pub meta: Metadata,
}

impl Article {
    /// The block that holds `pos`, or else the last one that begins before it, or the first; `None`
    /// if there are no blocks.
    #[must_use]
    pub fn block_at(&self, pos: BytePos) -> Option<usize> {
        if self.blocks.is_empty() {
            return None;
        }
        let after = self
            .blocks
            .partition_point(|block| block.span.start() <= pos);
        Some(after.saturating_sub(1))
    }

    /// What the article list shows, by what is known of the article: its title, a region that is
    /// labelled so, the main heading of its page, the line above the story that looks like a
    /// headline, or else the first line of the story.
    #[must_use]
    pub fn headline_by(&self, annotation: &Annotation) -> String {
        if !self.meta.title.trim().is_empty() {
            return self.headline();
        }
        let text = |span: Span| self.text.slice(span);
        let regions = annotation.regions();
        let named = |name: &str| {
            let region = regions
                .iter()
                .find(|region| region.label.as_str() == name)?;
            Some(region.span)
        };
        let labelled = named("title").or_else(|| named("headline")).map(text);
        let heading = || {
            let heading = self
                .blocks
                .iter()
                .find(|block| block.heading_level() == Some(1))?;
            Some(text(heading.span))
        };
        let above = || {
            let story = self.block_at(named("body")?.start())?;
            let blocks = self.blocks.get(story.saturating_sub(ABOVE)..story)?;
            let lines = || blocks.iter().map(|block| text(block.span));
            let scored = lines().rev().filter_map(|line| {
                // The window's title, which a scraper puts first, is the site's name and the
                // headline.
                let is_repeated =
                    lines().any(|other| other.len() > line.len() && other.contains(line));
                headline_score(line).map(|score| ((is_repeated, score), line))
            });
            // Of equals the nearest to the story.
            let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
            best.map(|(_, line)| line)
        };
        let found = labelled
            .or_else(heading)
            .or_else(above)
            .or_else(|| named("body").map(text));
        let line = found.and_then(|words| words.trim_start().lines().next());
        line.map_or_else(
            || self.headline(),
            |line| line.trim().chars().take(HEADLINE).collect(),
        )
    }

    /// What the article list shows: the title, or else the first line of the text, at most 200
    /// characters.
    #[must_use]
    pub fn headline(&self) -> String {
        let line = if self.meta.title.trim().is_empty() {
            self.text
                .as_str()
                .trim_start()
                .lines()
                .next()
                .unwrap_or_default()
        } else {
            self.meta.title.as_str()
        };
        line.trim().chars().take(HEADLINE).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headline(notated: &str) -> String {
        let notated = crate::model::notation::parse(notated).unwrap();
        let mut blocks = Vec::new();
        let mut at = 0;
        for line in notated.text.as_str().split_inclusive('\n') {
            let (start, end) = (BytePos(at), BytePos(at + line.trim_end().len() as u32));
            at += line.len() as u32;
            if let Ok(span) = notated.text.span(start, end) {
                blocks.push(Block {
                    span,
                    path: "".into(),
                    link_permille: 0,
                });
            }
        }
        let article = Article {
            id: ArticleId::new("a").unwrap(),
            text: notated.text,
            blocks,
            meta: Metadata::default(),
        };
        article.headline_by(&notated.annotation)
    }

    #[test]
    fn a_list_shows_the_headline_and_not_the_name_of_the_site() {
        let dump = "nav| Hill Country Courier\n|\nnav| Home - Opinion - Letters to the editor of the week\n|\n\
                    nav| Library hours should grow, not shrink\n|\nnav| By Ada Lovelace\n|\nnav| 3 May 2026, 10:15\n|\n\
                    body| When the council met on Monday it closed the library.\n|\nbody| We were there.";
        assert_eq!(headline(dump), "Library hours should grow, not shrink");
        assert_eq!(
            headline("nav| Courier\n|\nbody| It rained in Malta.\n|\nbody| All day."),
            "It rained in Malta."
        );
        assert_eq!(
            headline("nav| Courier\n|\ntitle| Rain in Malta\n|\nbody| It rained."),
            "Rain in Malta"
        );
        assert_eq!(headline("| Courier\n|\n| It rained."), "Courier");
        let repeated = "nav| Courier - Rain in all of Malta\n|\nnav| Rain in all of Malta\n|\nnav| A wet street in Valletta after the rain of last week\n|\n\
                        body| It rained all day.";
        assert_eq!(headline(repeated), "Rain in all of Malta");
    }

    #[test]
    fn a_heading_is_known_by_its_path() {
        let level = |path: &str| {
            let span = Text::new("Storm").span(BytePos(0), BytePos(5)).unwrap();
            let block = Block {
                span,
                path: path.into(),
                link_permille: 0,
            };
            block.heading_level()
        };
        assert_eq!(level("html/body/main/h1[1]"), Some(1));
        assert_eq!(level("html/body/h3[2]/a[1]"), Some(3));
        assert_eq!(level("html/body/h2/ul/li[4]"), None);
        assert_eq!(level("html/body/header/p"), None);
        assert_eq!(level("html/body/hr"), None);
        assert_eq!(level(""), None);
    }
}
