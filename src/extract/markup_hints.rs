//! Markup hints that are stored with an article, so that its features can be computed again without
//! the page.
//!
//! One version byte, then five bytes a block. Hints of another version are not read; then each
//! block's DOM path supplies what it can.

use super::features::{Hints, Tag};
use super::model::FeaturizedArticle;
use crate::model::Article;

/// The version of the encoding.
const VERSION: u8 = 2;
/// Bytes a block.
const WIDE: usize = 5;
/// Shares a byte with `declared`, which needs fewer bits; older data has it unset.
const BYLINE: u8 = 0x80;
/// The highest comment number; later comments share it. No page has that many blocks.
const MOST_COMMENTS: u32 = 0xfffe;

/// Encodes the hints of a page's blocks.
pub(super) fn keep(hints: &[Hints]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(1 + hints.len() * WIDE);
    kept.push(VERSION);
    for hint in hints {
        // All fields are named, so that a new hint cannot be forgotten here.
        let Hints {
            html: _,
            tag,
            nav,
            nav_name,
            article,
            article_body,
            body_name,
            byline,
            comments,
            comment,
            form,
            figure,
            declared,
        } = *hint;
        let marks = [
            nav,
            nav_name,
            article,
            article_body,
            body_name,
            comments,
            form,
            figure,
        ];
        let marks = marks
            .iter()
            .enumerate()
            .fold(0, |bits, (at, mark)| bits | u8::from(*mark) << at);
        let comment = comment.map_or(0, |comment| comment.min(MOST_COMMENTS) as u16 + 1);
        let declared = declared & !BYLINE | if byline { BYLINE } else { 0 };
        kept.extend([marks, tag_number(tag), declared]);
        kept.extend(comment.to_le_bytes());
    }
    kept
}

fn tag_number(tag: Tag) -> u8 {
    match tag {
        Tag::Other => 0,
        Tag::Heading(level) => level.min(9),
        Tag::Paragraph => 10,
        Tag::Item => 11,
        Tag::Cell => 12,
        Tag::Quote => 13,
        Tag::Caption => 14,
    }
}

fn tag_of(number: u8) -> Tag {
    match number {
        1..=9 => Tag::Heading(number),
        10 => Tag::Paragraph,
        11 => Tag::Item,
        12 => Tag::Cell,
        13 => Tag::Quote,
        14 => Tag::Caption,
        _ => Tag::Other,
    }
}

/// Decodes hints. Returns `None` for another version or another number of blocks.
fn hints_of(kept: &[u8], blocks: usize) -> Option<Vec<Hints>> {
    let (version, rest) = kept.split_first()?;
    if *version != VERSION || rest.len() != blocks * WIDE {
        return None;
    }
    let hints = rest.chunks_exact(WIDE).map(|bytes| {
        let is = |at: usize| bytes[0] >> at & 1 == 1;
        Hints {
            html: true,
            tag: tag_of(bytes[1]),
            nav: is(0),
            nav_name: is(1),
            article: is(2),
            article_body: is(3),
            body_name: is(4),
            comments: is(5),
            comment: u32::from(u16::from_le_bytes([bytes[3], bytes[4]])).checked_sub(1),
            form: is(6),
            figure: is(7),
            declared: bytes[2] & !BYLINE,
            byline: bytes[2] & BYLINE != 0,
        }
    });
    Some(hints.collect())
}

impl FeaturizedArticle {
    /// Makes an article from a dataset's: its stored blocks and the markup hints of its page.
    #[must_use]
    pub fn of_article(article: &Article, kept: Option<&[u8]>) -> Self {
        let blocks = article.blocks.clone();
        let is_page = blocks.iter().any(|block| !block.path.is_empty());
        let hints = if is_page {
            kept.and_then(|kept| hints_of(kept, blocks.len()))
                .unwrap_or_else(|| {
                    blocks
                        .iter()
                        .map(|block| Hints::of_path(&block.path))
                        .collect()
                })
        } else {
            vec![Hints::default(); blocks.len()]
        };
        let title = if is_page { &article.meta.title } else { "" };
        Self::new(article.text.clone(), blocks, hints, title, is_page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{RegionModel, extract_html, html};
    use crate::model::ArticleId;

    const PAGE: &str = "<html><head><title>Storm</title></head><body><nav><ul><li><a href=a>Home</a><li><a href=b>Sport</a></ul></nav>\
        <article class=story><h1>Storm closes the ferry</h1><p>The harbour master closed the port at noon, and no ferry left.</p>\
        <figure><figcaption>The port</figcaption></figure></article>\
        <div id=comments class=comments><div class=comment><p>By Ada, 3 May</p><p>I was there, and it was windy.</p></div>\
        <div class=comment><p>By Ben, 4 May</p><p>So was I. Nobody told us.</p></div></div></body></html>";

    fn article() -> (Article, Vec<u8>) {
        let extraction = extract_html(
            PAGE,
            &crate::extract::tests::schema(&["body", "comment", "nav"]),
        );
        let article = Article {
            id: ArticleId::new("storm").unwrap(),
            text: extraction.text,
            blocks: extraction.blocks,
            meta: extraction.meta,
        };
        (article, extraction.kept)
    }

    #[test]
    fn a_page_that_is_gone_is_seen_as_it_was() {
        let (article, kept) = article();
        let page = html::read(PAGE);
        assert_eq!(
            hints_of(&kept, page.hints.len()).as_ref(),
            Some(&page.hints)
        );
        let again = FeaturizedArticle::of_article(&article, Some(&kept));
        let first = FeaturizedArticle::of_page(PAGE);
        assert_eq!(again.sequence(), first.sequence());
        assert!(page.hints.iter().any(|hint| hint.comment.is_some()));
    }

    #[test]
    fn without_what_was_kept_the_paths_say_what_they_can() {
        let (article, kept) = article();
        for kept in [None, Some(&kept[..kept.len() - 1]), Some(&[9_u8][..])] {
            let again = FeaturizedArticle::of_article(&article, kept);
            assert!(again.is_page);
            assert_eq!(again.hints[0].tag, Tag::Item);
            assert!(again.hints[0].nav && !again.hints[0].article);
            assert!(again.hints[2].article && again.hints[2].tag == Tag::Heading(1));
        }
        let regions = FeaturizedArticle::of_article(&article, None).suggest(
            RegionModel::shipped(),
            &crate::extract::tests::schema(&["body", "comment", "nav"]),
        );
        assert!(regions.len() <= article.blocks.len());
    }

    proptest::proptest! {
        #[test]
        fn any_hints_come_back(marks: u8, tag in 0_u8..15, comment in proptest::option::of(0_u32..0xfffe)) {
            let is = |at: usize| marks >> at & 1 == 1;
            let hint = Hints {
                html: true, tag: tag_of(tag), nav: is(0), nav_name: is(1), article: is(2), article_body: is(3),
                body_name: is(4), comments: is(5), comment, form: is(6), figure: is(7), declared: (marks ^ tag) & !BYLINE, byline: is(3) != is(5),
            };
            let hints = vec![hint.clone(), Hints { html: true, ..Hints::default() }, hint];
            proptest::prop_assert_eq!(hints_of(&keep(&hints), 3), Some(hints));
        }

        #[test]
        fn any_bytes_are_hints_or_none(bytes: Vec<u8>, blocks in 0_usize..9) {
            if let Some(hints) = hints_of(&bytes, blocks) {
                proptest::prop_assert_eq!(hints.len(), blocks);
            }
        }
    }
}
