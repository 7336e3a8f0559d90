//! Which paragraphs are headings of the page, and how those are set.

use std::collections::BTreeMap;

use eframe::egui::FontId;

use super::paragraph_layout::LayoutParams;
use super::paragraphs::Paragraphs;
use crate::model::Article;

/// The headings among the paragraphs, with their levels. It is the page that says so, so that no
/// edit moves the text.
#[derive(Clone, Debug, Default)]
pub(super) struct Headings(BTreeMap<usize, u8>);

impl Headings {
    /// The paragraphs that are blocks of a heading and nothing else.
    pub(super) fn of(article: &Article, paragraphs: &Paragraphs) -> Self {
        let mut headings = BTreeMap::new();
        for block in &article.blocks {
            let Some(level) = block.heading_level() else {
                continue;
            };
            let index = paragraphs.at(block.span.start().0);
            let whole = paragraphs.get(index).is_some_and(|paragraph| {
                let words = article.text.as_str().get(paragraph.range());
                words.is_some_and(|words| words.trim().len() == block.span.len())
            });
            if whole {
                headings.insert(index, level);
            }
        }
        Self(headings)
    }

    /// How a paragraph is set.
    pub(super) fn params(&self, index: usize, params: &LayoutParams) -> LayoutParams {
        let mut params = params.clone();
        let larger = match self.0.get(&index) {
            None => return params,
            Some(1) => 1.3,
            Some(2) => 1.12,
            Some(_) => 1.0,
        };
        // Half points, as the text's own sizes are.
        let size = (params.font.size * larger * 2.0).round() / 2.0;
        params.line_height = (params.line_height * (1.0 + (larger - 1.0) * 0.7)).round();
        params.font = FontId::new(size, params.heading_family.clone());
        params
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ArticleId, Label, Metadata, Nesting, RegionLabel, Rgb, Schema};

    fn schema() -> Schema {
        let body = RegionLabel {
            label: Label::new("body").unwrap(),
            color: Rgb(0, 90, 200),
            key: Some('b'),
            enabled: true,
            tag_entities: true,
            separate: false,
            description: String::new(),
            examples: Vec::new(),
        };
        Schema::new(
            "test".to_owned(),
            Nesting::Flat,
            vec![body],
            Vec::new(),
            String::new(),
        )
        .unwrap()
    }

    #[test]
    fn headings_of_the_page_are_known_by_their_level() {
        let page = "<html><body><main><h1>Storm closes the ferry</h1><p>The port was closed.</p>\
                    <h3>What comes next</h3><p>Nobody knows.</p></main></body></html>";
        let read = crate::extract::extract_html(page, &schema());
        let article = Article {
            id: ArticleId::new("storm").unwrap(),
            text: read.text,
            blocks: read.blocks,
            meta: Metadata::default(),
        };
        let paragraphs = Paragraphs::of(article.text.as_str());
        let headings = Headings::of(&article, &paragraphs);
        let levels: Vec<(&str, u8)> = headings
            .0
            .iter()
            .map(|(&index, &level)| {
                let paragraph = paragraphs.get(index).unwrap();
                (&article.text.as_str()[paragraph.range()], level)
            })
            .collect();
        assert_eq!(
            levels,
            [("Storm closes the ferry", 1), ("What comes next", 3)]
        );
    }
}
