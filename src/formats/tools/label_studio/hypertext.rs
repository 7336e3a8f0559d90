//! An article as a simple page, for programs that show pages and use their offsets.
//!
//! The elements follow the paths of the article's blocks. The text of all elements together is
//! exactly the article's text, including white space between blocks, so places in the page and in
//! the text correspond. The page contains only divisions, lists, paragraphs, headings and
//! quotations without attributes: nothing that a browser would restructure or a program would
//! sanitise.

use std::collections::{HashMap, HashSet};

use crate::model::{Article, Span};

/// The page, and the places of its text nodes.
pub(in crate::formats) struct HyperText {
    pub(in crate::formats) html: String,
    texts: Vec<TextNode>,
}

/// A text node.
struct TextNode {
    /// Its start in the article's text, in bytes.
    start: usize,
    end: usize,
    /// Such as `/div[1]/p[2]/text()[1]`.
    path: String,
}

/// A place in the page: the path of a text node, and an offset in it in UTF-16.
pub(in crate::formats) type DomPoint<'h> = (&'h str, usize);

impl HyperText {
    pub(in crate::formats) fn of(article: &Article) -> Self {
        let text = article.text.as_str();
        // An element with children cannot be a paragraph.
        let mut holders: HashSet<&str> = HashSet::new();
        for block in &article.blocks {
            let path = below_body(&block.path);
            holders.extend(path.match_indices('/').map(|(at, _)| &path[..at]));
        }
        let mut page = RecordWriter::default();
        let mut at = 0;
        let mut open: Vec<&str> = Vec::new();
        for block in &article.blocks {
            let path = below_body(&block.path);
            let range = block.span.range();
            let steps: Vec<&str> = path
                .match_indices('/')
                .map(|(end, _)| &path[..end])
                .chain((!path.is_empty()).then_some(path))
                .collect();
            let same = open.iter().zip(&steps).take_while(|(a, b)| a == b).count();
            open.truncate(same);
            page.close(same);
            page.text(text, at..range.start);
            for step in steps.get(same..).unwrap_or_default() {
                let outer = page.open.last().map(|element| element.name);
                page.open(name(step, holders.contains(step), outer));
                open.push(step);
            }
            page.text(text, range.clone());
            at = range.end;
        }
        page.close(0);
        page.text(text, at..text.len());
        page.flush();
        Self {
            html: page.html,
            texts: page.texts,
        }
    }

    /// Returns the places of a span.
    pub(in crate::formats) fn places(
        &self,
        article: &Article,
        span: Span,
    ) -> Option<(DomPoint<'_>, DomPoint<'_>)> {
        let range = span.range();
        let place = |at: usize, holds: usize| {
            let index = self.texts.partition_point(|text| text.end <= holds);
            let node = self.texts.get(index)?;
            let before = article.text.as_str().get(node.start..at)?;
            Some((node.path.as_str(), before.encode_utf16().count()))
        };
        Some((
            place(range.start, range.start)?,
            place(range.end, range.end.checked_sub(1)?)?,
        ))
    }
}

/// Returns the part of a path below the body.
fn below_body(path: &str) -> &str {
    let path = path.strip_prefix("html").unwrap_or(path);
    let path = path.strip_prefix("/body").unwrap_or(path);
    path.strip_prefix('/').unwrap_or(path)
}

/// Returns the name of an element. Only names that a browser keeps as written are used.
fn name(step: &str, holds: bool, outer: Option<&'static str>) -> &'static str {
    let last = step.rsplit('/').next().unwrap_or(step);
    let given = last.split('[').next().unwrap_or(last);
    const HOLDERS: [&str; 9] = [
        "section", "article", "aside", "header", "footer", "main", "nav", "ul", "ol",
    ];
    const LEAVES: [&str; 8] = ["p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"];
    let known = |names: &[&'static str]| names.iter().find(|name| **name == given).copied();
    if given == "li" && matches!(outer, Some("ul" | "ol")) {
        return "li";
    }
    let found = known(&HOLDERS).or_else(|| known(&LEAVES).filter(|_| !holds));
    found.unwrap_or("div")
}

/// An open element.
#[derive(Default)]
struct Element {
    name: &'static str,
    path: String,
    children: HashMap<&'static str, usize>,
    texts: usize,
}

#[derive(Default)]
struct RecordWriter {
    html: String,
    open: Vec<Element>,
    root: Element,
    texts: Vec<TextNode>,
    /// The current text node.
    text: Option<TextNode>,
}

impl RecordWriter {
    fn innermost(&mut self) -> &mut Element {
        self.open.last_mut().unwrap_or(&mut self.root)
    }

    fn open(&mut self, name: &'static str) {
        self.flush();
        let outer = self.innermost();
        let number = outer.children.entry(name).or_default();
        *number += 1;
        let path = format!("{}/{name}[{number}]", outer.path);
        self.html.push_str(&format!("<{name}>"));
        self.open.push(Element {
            name,
            path,
            ..Element::default()
        });
    }

    /// Closes elements until `remaining` are open.
    fn close(&mut self, remain: usize) {
        while self.open.len() > remain {
            self.flush();
            if let Some(element) = self.open.pop() {
                self.html.push_str(&format!("</{}>", element.name));
            }
        }
    }

    fn text(&mut self, all: &str, range: std::ops::Range<usize>) {
        let words = all.get(range.clone()).unwrap_or_default();
        if words.is_empty() {
            return;
        }
        for c in words.chars() {
            match c {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                // Unescaped, a browser would convert it to a line feed.
                '\r' => self.html.push_str("&#13;"),
                c => self.html.push(c),
            }
        }
        if let Some(text) = &mut self.text {
            text.end = range.end;
            return;
        }
        let element = self.innermost();
        element.texts += 1;
        let path = format!("{}/text()[{}]", element.path, element.texts);
        self.text = Some(TextNode {
            start: range.start,
            end: range.end,
            path,
        });
    }

    fn flush(&mut self) {
        self.texts.extend(self.text.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract;
    use crate::model::{ArticleId, BytePos, Metadata};

    fn article(page: &str) -> Article {
        let laid_out = extract::lay_out(page);
        Article {
            id: ArticleId::new("a").unwrap(),
            text: laid_out.text,
            blocks: laid_out.blocks,
            meta: Metadata::default(),
        }
    }

    #[test]
    fn a_page_becomes_a_simple_one_with_the_articles_text() {
        let article = article(
            "<body><article><h1>Storm &amp; sea</h1><div><p>One <b>two</b>.<p>Three</div><ul><li>a<li>b<ul><li>c</ul></ul>\
             <table><tr><td>x<td>y<tr><td>z</table><custom-x><p>😀 end</custom-x></article>",
        );
        let page = HyperText::of(&article);
        assert_eq!(
            page.html,
            "<article><h1>Storm &amp; sea</h1>\n\n<div><p>One two.</p>\n\n<p>Three</p></div>\n\n\
             <ul><li>a</li>\n<li>b\n\n<ul><li>c</li></ul></li></ul>\n\n\
             <div><div><div>x\ty</div>\n<div><div>z</div></div></div></div>\n\n<div><p>😀 end</p></div></article>"
        );
        let again = extract::lay_out(&page.html);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(again.text.as_str()), words(article.text.as_str()));
        let span = |words: &str| {
            let at = article.text.as_str().find(words).unwrap();
            let (start, end) = (
                BytePos::from_index(at),
                BytePos::from_index(at + words.len()),
            );
            article.text.span(start, end).unwrap()
        };
        let of = |words: &str| page.places(&article, span(words)).unwrap();
        assert_eq!(
            of("two.\n\nThr"),
            (
                ("/article[1]/div[1]/p[1]/text()[1]", 4),
                ("/article[1]/div[1]/p[2]/text()[1]", 3)
            )
        );
        assert_eq!(of("b").0, ("/article[1]/ul[1]/li[2]/text()[1]", 0));
        assert_eq!(
            of(" end"),
            (
                ("/article[1]/div[3]/p[1]/text()[1]", 2),
                ("/article[1]/div[3]/p[1]/text()[1]", 6)
            )
        );
    }

    #[test]
    fn bare_text_is_one_text() {
        let mut article = article("<p>x");
        article.blocks.clear();
        article.text = crate::model::Text::new(" a<b\r\nc ");
        let page = HyperText::of(&article);
        assert_eq!(page.html, " a&lt;b&#13;\nc ");
        let whole = article.text.whole().unwrap();
        assert_eq!(
            page.places(&article, whole),
            Some((("/text()[1]", 0), ("/text()[1]", 8)))
        );
    }
}
