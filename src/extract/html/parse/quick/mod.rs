//! A fast parser for most pages: the standard's rules (WHATWG HTML, "Tree construction") without
//! the rare cases.
//!
//! It borrows from the page, keeps only the attributes that the extractor uses, and gives up where
//! the standard does something rare (text directly in a table, formulas, frames). Then html5ever
//! reads the page. Tests check that both parsers build the same tree.

mod body;
mod ends;
mod known;
mod references;
mod rules;
mod stack;
mod table;
mod tags;

use std::borrow::Cow;

use super::tree::{self, Element, KEPT, Kind, MAX_NODES, MAX_VALUE, NONE, Node, NodeId, Tree};
use rules::Mode;
use stack::{Formatting, Open};

/// Why a page is left to the exact parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsupported(
    #[cfg_attr(
        not(test),
        allow(
            dead_code,
            reason = "a test counts the pages that are left to it, by reason"
        )
    )]
    pub &'static str,
);

/// How many elements may be open at once: below what makes the exact parser drop tags.
const MAX_OPEN: usize = 400;

/// Parses a page, or gives up. The lines must end as [`tree::with_line_feeds`] makes them.
pub fn parse(html: &str) -> Result<Tree<'_>, Unsupported> {
    if memchr::memchr2(b'\r', b'\0', html.as_bytes()).is_some() {
        return Err(Unsupported("NUL"));
    }
    let mut parser = Parser {
        html,
        at: 0,
        nodes: Vec::with_capacity(html.len() / 40 + 16),
        open: Vec::new(),
        formatting: Vec::new(),
        head: NONE,
        form: NONE,
        mode: Mode::Initial,
        templates: Vec::new(),
        quirks: None,
        skip_line_feed: false,
    };
    if html.starts_with('\u{feff}') {
        parser.at = '\u{feff}'.len_utf8();
    }
    parser.push(Kind::Document);
    parser.run()?;
    Ok(Tree::of(parser.nodes))
}

/// The character reference behind an `&` in text: how many bytes it takes, 0 if it is none, and
/// what it represents.
pub fn reference(after: &str) -> (usize, String) {
    let mut resolved = String::new();
    let used = references::one(after, false, &mut resolved);
    (used, resolved)
}

struct Parser<'a> {
    html: &'a str,
    /// Where it reads, in bytes.
    at: usize,
    nodes: Vec<Node<'a>>,
    /// The open elements, outermost first.
    open: Vec<Open>,
    /// Formatting that is open, or was when its block ended; [`Formatting::Marker`] where a cell or
    /// the like begins.
    formatting: Vec<Formatting>,
    head: NodeId,
    form: NodeId,
    mode: Mode,
    /// The modes of the open templates.
    templates: Vec<Mode>,
    /// Whether the page is read as the oldest browsers did; `None` if the doctype is not one of the
    /// usual.
    quirks: Option<bool>,
    /// The line feed right behind `<pre>` and `<textarea>` is none.
    skip_line_feed: bool,
}

impl<'a> Parser<'a> {
    fn push(&mut self, kind: Kind<'a>) -> NodeId {
        let id = self.nodes.len() as NodeId; // at most MAX_NODES and a few
        self.nodes.push(Node::new(kind));
        id
    }

    /// Puts a node without parent at the end of another's children.
    fn append(&mut self, parent: NodeId, id: NodeId) {
        let before = self.nodes[parent as usize].last;
        self.nodes[parent as usize].last = id;
        let node = &mut self.nodes[id as usize];
        node.parent = parent;
        node.previous = before;
        if before == NONE {
            self.nodes[parent as usize].first = id;
        } else {
            self.nodes[before as usize].next = id;
        }
    }

    /// Adds text to an element.
    fn append_text(&mut self, parent: NodeId, text: Cow<'a, str>) {
        if text.is_empty() {
            return;
        }
        let last = self.nodes[parent as usize].last;
        if last != NONE
            && let Kind::Text(before) = &mut self.nodes[last as usize].kind
        {
            before.to_mut().push_str(&text);
            return;
        }
        let id = self.push(Kind::Text(text));
        self.append(parent, id);
    }

    fn run(&mut self) -> Result<(), Unsupported> {
        let bytes = self.html.as_bytes();
        while self.at < bytes.len() {
            if self.nodes.len() >= MAX_NODES / 2
                || self.open.len() >= MAX_OPEN
                || self.formatting.len() >= 64
            {
                return Err(Unsupported("too much is open"));
            }
            let next = match memchr::memchr(b'<', &bytes[self.at..]) {
                Some(next) => self.at + next,
                None => bytes.len(),
            };
            if next > self.at {
                let text = references::resolve(&self.html[self.at..next], false);
                self.at = next;
                self.text(text)?;
            }
            if next < bytes.len() {
                self.markup()?;
            }
        }
        self.finish();
        Ok(())
    }

    /// Reads what begins with `<`.
    fn markup(&mut self) -> Result<(), Unsupported> {
        let bytes = self.html.as_bytes();
        match bytes.get(self.at + 1) {
            Some(byte) if byte.is_ascii_alphabetic() => {
                let Some(tag) = self.tag(self.at + 1)? else {
                    return Ok(()); // the page ends within the tag: there is none
                };
                self.skip_line_feed = false;
                self.start(tag)
            }
            Some(b'/') => match bytes.get(self.at + 2) {
                Some(byte) if byte.is_ascii_alphabetic() => {
                    let Some(tag) = self.tag(self.at + 2)? else {
                        return Ok(());
                    };
                    self.skip_line_feed = false;
                    self.end(&tag)
                }
                Some(b'>') => {
                    self.at += 3;
                    Ok(())
                }
                Some(_) => {
                    self.at = self.find(self.at + 2, b">");
                    Ok(())
                }
                None => {
                    self.at = bytes.len();
                    self.text(Cow::Borrowed("</"))
                }
            },
            Some(b'!') => self.declaration(),
            Some(b'?') => {
                self.at = self.find(self.at + 1, b">");
                Ok(())
            }
            _ => {
                self.at += 1;
                self.text(Cow::Borrowed("<"))
            }
        }
    }

    /// The place behind the next occurrence of a sign from `from` on, or the page's end.
    fn find(&self, from: usize, sign: &[u8]) -> usize {
        let bytes = self.html.as_bytes();
        memchr::memmem::find(bytes.get(from..).unwrap_or_default(), sign)
            .map_or(bytes.len(), |at| from + at + sign.len())
    }

    /// Reads a comment, a doctype, or anything that looks like one.
    fn declaration(&mut self) -> Result<(), Unsupported> {
        let rest = &self.html.as_bytes()[self.at + 2..];
        if let Some(comment) = rest.strip_prefix(b"--") {
            let body = self.at + 4;
            self.at = if comment.starts_with(b">") {
                body + 1
            } else if comment.starts_with(b"->") {
                body + 2
            } else {
                // `--!>` ends it, too.
                let mut from = body;
                loop {
                    let end = self.find(from, b"--");
                    match self.html.as_bytes().get(end..) {
                        Some([b'>', ..]) => break end + 1,
                        Some([b'!', b'>', ..]) => break end + 2,
                        Some([]) | None => break end,
                        _ => from = end - 1,
                    }
                }
            };
            return Ok(());
        }
        if rest
            .get(..7)
            .is_some_and(|word| word.eq_ignore_ascii_case(b"doctype"))
        {
            let end = self.find(self.at + 9, b">");
            let doctype = self.html.get(self.at + 9..end).unwrap_or_default();
            self.at = end;
            if self.mode == Mode::Initial {
                self.quirks = quirks(doctype.trim_end_matches('>'));
                self.mode = Mode::BeforeHtml;
            }
            self.skip_line_feed = false;
            return Ok(());
        }
        if rest.starts_with(b"[CDATA[") && self.open.last().is_some_and(|open| open.foreign) {
            return Err(Unsupported("CDATA"));
        }
        self.at = self.find(self.at + 2, b">");
        Ok(())
    }
}

/// Whether a doctype asks for what the oldest browsers did; `None` for the unusual ones.
fn quirks(doctype: &str) -> Option<bool> {
    let doctype = doctype.trim().to_ascii_lowercase();
    let modern = doctype == "html"
        || doctype.starts_with("html public \"-//w3c//dtd xhtml 1.")
            && doctype.matches('"').count() == 4
            && doctype.ends_with('"');
    modern.then_some(false)
}

/// An attribute's value, held to a length.
fn short(value: Cow<'_, str>) -> Cow<'_, str> {
    if value.len() <= MAX_VALUE {
        return value;
    }
    let mut end = MAX_VALUE;
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    match value {
        Cow::Borrowed(value) => Cow::Borrowed(&value[..end]),
        Cow::Owned(mut value) => {
            value.truncate(end);
            Cow::Owned(value)
        }
    }
}

#[cfg(test)]
mod tests;
