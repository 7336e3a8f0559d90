//! Lays out a page: the visible text, cut into blocks.
//!
//! - Invisible content is left out: see `hidden`. So are readings over East Asian characters
//!   (`<rt>`), which would be in the middle of words, soft hyphens, and control characters.
//! - White space is collapsed to one space, except in `<pre>`; no-break spaces stay.
//! - Paragraphs, headings, lists, tables, sections and the like are separated by one blank line;
//!   divisions, list items, rows and captions are on their own lines. `<br>` ends the line and
//!   the block; two of them make a blank line.
//! - The cells of a table row are on one line with a tab between them, as one block, if they are
//!   several, short ([`SHORT_CELL`]) and hold no block elements; else each is a line and a block of
//!   its own, as on pages that are laid out with tables.
//! - Inline elements add nothing: where a browser shows no gap, there is none. A line in which
//!   things are glued together is cut into several blocks (see `split_points`), and so is a block
//!   beyond [`MAX_BLOCK_BYTES`](crate::extract::MAX_BLOCK_BYTES).

use std::collections::HashMap;
use std::sync::Arc;

use html5ever::{LocalName, local_name, ns};

use super::hidden;
use super::names::{self, Names};
use super::parse::tree::{DOCUMENT, Element, Kind, NONE, NodeId, Tree};
use crate::extract::FastMap;
use crate::extract::blocks::BlockSplitter;
use crate::extract::features::{Hints, Tag};
use crate::model::{Block, BytePos, Text};

/// Cells of at most so many characters make their row one line.
const SHORT_CELL: usize = 80;

/// How many bytes the DOM paths of a page may take together; blocks beyond have an empty path.
const MAX_PATH_BYTES: usize = 64 << 20;

/// A page's text and blocks.
pub struct LaidOut {
    pub text: Text,
    pub blocks: Vec<Block>,
    /// One entry for each block.
    pub hints: Vec<Hints>,
    pub too_many_blocks: bool,
}

/// How much running text an element holds, in bytes: what is in links and what is never seen is
/// none.
fn prose_in(tree: &Tree<'_>, root: NodeId) -> usize {
    let mut length = 0;
    let mut at = tree.following(root, root, true);
    while let Some(id) = at {
        let mut enter = true;
        match &tree.node(id).kind {
            Kind::Text(text) => {
                length += text
                    .split_whitespace()
                    .map(|word| word.len() + 1)
                    .sum::<usize>();
            }
            Kind::Element(element) => {
                enter = element.name != local_name!("a")
                    && !hidden::is_left_out(tree, id, element)
                    && !hidden::hides_itself(element);
            }
            Kind::Document | Kind::Other => {}
        }
        at = tree.following(id, root, enter);
    }
    length
}

/// How an element is separated from its neighbours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Display {
    Inline,
    /// On lines of its own.
    Line,
    /// With a blank line before and after.
    Paragraph,
}

/// An open element.
struct Frame {
    id: NodeId,
    display: Display,
    link: bool,
    pre: bool,
    /// The row's cells are on one line.
    data_row: bool,
    hints: Hints,
    children: Children,
    /// Where the path to it ends in the path to the innermost element.
    path_end: usize,
    path: Option<Arc<str>>,
}

/// An element's children so far, by name: the numbers in the paths.
#[derive(Default)]
struct Children {
    /// The first few names, which are mostly all.
    few: Vec<(LocalName, u32)>,
    more: HashMap<LocalName, u32>,
}

impl Children {
    const FEW: usize = 12;

    /// Counts one more child of a name, and returns its number.
    fn count(&mut self, name: &LocalName) -> u32 {
        let count = if let Some(at) = self.few.iter().position(|(known, _)| known == name) {
            &mut self.few[at].1
        } else if self.few.len() < Self::FEW {
            self.few.push((name.clone(), 0));
            let last = self.few.len() - 1;
            &mut self.few[last].1
        } else {
            self.more.entry(name.clone()).or_default()
        };
        *count += 1;
        *count
    }
}

/// A run of inline content in the making: one block, unless it is cut.
struct Run {
    /// Where the text was before the line breaks in front of the run.
    before: usize,
    start: usize,
    characters: usize,
    link_characters: usize,
    path: Arc<str>,
    hints: Hints,
}

/// A finished run.
struct Piece {
    start: usize,
    end: usize,
    path: Arc<str>,
    link_permille: u16,
    hints: Hints,
}

struct Layout<'a> {
    tree: &'a Tree<'a>,
    out: String,
    frames: Vec<Frame>,
    run: Option<Run>,
    pieces: Vec<Piece>,
    /// Line feeds owed before the next text: 0, 1 or 2.
    breaks: usize,
    space: bool,
    tab: bool,
    links_open: usize,
    next_comment: u32,
    /// The path to the innermost open element.
    path: String,
    path_bytes: usize,
    /// A cache of class names, which pages repeat.
    names: FastMap<(&'a str, &'a str), Names>,
    /// Elements that hide themselves and were left out, as long as they are few.
    hiding: Vec<NodeId>,
    /// Hidden elements that are shown nevertheless.
    shown: Vec<NodeId>,
}

/// How many hidden elements are inspected; a page that a script shows has one or two.
const MOST_HIDING: usize = 64;

/// How often a page is laid out again with a hidden element shown.
const MOST_AGAIN: usize = 3;

/// The least hidden text that can be a story, in bytes.
const LEAST_HIDDEN: usize = 160;

/// Where a text of the tree went: its node, and how long the page's text was before it. Of what
/// follows, white space at its edges may have been taken back.
pub type NodeOffset = (NodeId, usize);

/// Lays a page out.
pub fn lay_out(tree: &Tree<'_>) -> LaidOut {
    let mut layout = Layout::new(tree);
    layout.walk::<false>(&mut Vec::new());
    while let Some(again) = layout.again() {
        layout = again;
        layout.walk::<false>(&mut Vec::new());
    }
    layout.finish()
}

/// Lays out a page, and returns which texts of the tree are visible, in order.
pub fn lay_out_with_sources(tree: &Tree<'_>) -> (LaidOut, Vec<NodeOffset>) {
    let mut layout = Layout::new(tree);
    let mut seen = Vec::new();
    layout.walk::<true>(&mut seen);
    while let Some(again) = layout.again() {
        layout = again;
        seen.clear();
        layout.walk::<true>(&mut seen);
    }
    (layout.finish(), seen)
}

impl<'a> Layout<'a> {
    fn new(tree: &'a Tree<'a>) -> Self {
        Self {
            tree,
            out: String::new(),
            frames: Vec::new(),
            run: None,
            pieces: Vec::new(),
            breaks: 0,
            space: false,
            tab: false,
            links_open: 0,
            next_comment: 0,
            path: String::new(),
            path_bytes: 0,
            names: FastMap::default(),
            hiding: Vec::new(),
            shown: Vec::new(),
        }
    }

    /// Lays out the page again if a hidden element holds more text than all visible ones: then a
    /// script shows it.
    fn again(&self) -> Option<Self> {
        if self.shown.len() >= MOST_AGAIN {
            return None;
        }
        let seen = self.out.len();
        let hidden = |id: &NodeId| prose_in(self.tree, *id);
        let (id, most) = self
            .hiding
            .iter()
            .map(|id| (*id, hidden(id)))
            .max_by_key(|(_, length)| *length)?;
        if most < LEAST_HIDDEN || most <= seen {
            return None;
        }
        let mut again = Self::new(self.tree);
        again.shown.clone_from(&self.shown);
        again.shown.push(id);
        Some(again)
    }

    /// Walks the tree in document order, without recursion, so that depth costs no stack.
    fn walk<const TRACED: bool>(&mut self, seen: &mut Vec<NodeOffset>) {
        let mut at = self.tree.node(DOCUMENT).first;
        while at != NONE {
            let node = self.tree.node(at);
            let mut enter = false;
            match &node.kind {
                Kind::Text(text) => {
                    if TRACED {
                        seen.push((at, self.out.len()));
                    }
                    self.text(text);
                }
                Kind::Element(element) => enter = self.enter(at, element) && node.first != NONE,
                Kind::Document | Kind::Other => {}
            }
            if enter {
                at = node.first;
                continue;
            }
            // On to the next one, leaving what is thereby finished.
            let mut done = at;
            loop {
                self.leave(done);
                let node = self.tree.node(done);
                if node.next != NONE {
                    at = node.next;
                    break;
                }
                done = node.parent;
                if done == NONE || done == DOCUMENT {
                    at = NONE;
                    break;
                }
            }
        }
        self.flush();
    }

    /// Opens an element. Returns false if its content is invisible.
    fn enter(&mut self, id: NodeId, element: &'a Element<'a>) -> bool {
        let number = self
            .frames
            .last_mut()
            .map_or(1, |parent| parent.children.count(&element.name));
        if hidden::is_left_out(self.tree, id, element) || element.name == local_name!("rt") {
            return false;
        }
        if hidden::hides_itself(element) && !self.shown.contains(&id) {
            if self.hiding.len() < MOST_HIDING && hidden::may_be_shown(element) {
                self.hiding.push(id);
            }
            return false;
        }
        match element.name {
            local_name!("br") => {
                self.flush();
                self.breaks = (self.breaks + 1).min(2);
                return false;
            }
            local_name!("hr") => {
                self.owe(2);
                return false;
            }
            local_name!("wbr") | local_name!("img") => return false,
            _ => {}
        }
        let parent = self.frames.last();
        let mut display = display(element);
        let in_data_row = parent.is_some_and(|parent| parent.data_row);
        let is_cell = matches!(element.name, local_name!("td") | local_name!("th"));
        if is_cell && in_data_row {
            display = Display::Inline;
            self.tab = self.run.is_some();
        }
        let pre = parent.is_some_and(|parent| parent.pre)
            || matches!(
                element.name,
                local_name!("pre") | local_name!("listing") | local_name!("plaintext")
            );
        let mut hints = parent
            .map(|parent| parent.hints.clone())
            .unwrap_or_default();
        hints.html = true;
        self.hint(element, &mut hints, display);
        let data_row = element.name == local_name!("tr") && self.is_data_row(id);
        match display {
            Display::Inline => {}
            Display::Line => self.owe(1),
            Display::Paragraph => self.owe(2),
        }
        let link =
            element.name == local_name!("a") && element.attribute(&local_name!("href")).is_some();
        self.links_open += usize::from(link);
        let path_end = self.step(&element.name, number);
        self.frames.push(Frame {
            id,
            display,
            link,
            pre,
            data_row,
            hints,
            children: Children::default(),
            path_end,
            path: None,
        });
        true
    }

    /// Goes a step such as `/p[3]` on in the path, and says where it ends.
    fn step(&mut self, name: &LocalName, number: u32) -> usize {
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(name);
        if !matches!(*name, local_name!("html") | local_name!("body")) {
            self.path.push('[');
            if let Some(digit) = char::from_digit(number, 10) {
                self.path.push(digit);
            } else {
                self.path.push_str(&number.to_string());
            }
            self.path.push(']');
        }
        self.path.len()
    }

    fn leave(&mut self, id: NodeId) {
        if self.frames.last().is_none_or(|frame| frame.id != id) {
            return; // a text, or an element that was never opened
        }
        if let Some(frame) = self.frames.pop() {
            match frame.display {
                Display::Inline => {}
                Display::Line => self.owe(1),
                Display::Paragraph => self.owe(2),
            }
            self.links_open -= usize::from(frame.link);
            self.path
                .truncate(self.frames.last().map_or(0, |frame| frame.path_end));
        }
    }

    /// Adds the hints that an element gives about the blocks in it.
    fn hint(&mut self, element: &'a Element<'a>, hints: &mut Hints, display: Display) {
        match element.name {
            local_name!("p") => hints.tag = Tag::Paragraph,
            local_name!("h1") => hints.tag = Tag::Heading(1),
            local_name!("h2") => hints.tag = Tag::Heading(2),
            local_name!("h3") => hints.tag = Tag::Heading(3),
            local_name!("h4") | local_name!("h5") | local_name!("h6") => {
                hints.tag = Tag::Heading(4);
            }
            local_name!("li") | local_name!("dt") | local_name!("dd") => hints.tag = Tag::Item,
            local_name!("td") | local_name!("th") => hints.tag = Tag::Cell,
            local_name!("blockquote") => hints.tag = Tag::Quote,
            local_name!("figcaption") | local_name!("caption") => hints.tag = Tag::Caption,
            local_name!("figure") => hints.figure = true,
            local_name!("form") => hints.form = true,
            local_name!("article") | local_name!("main") => {
                hints.article = true;
            }
            local_name!("nav")
            | local_name!("footer")
            | local_name!("aside")
            | local_name!("menu") => hints.nav = true,
            local_name!("header") if !hints.article => hints.nav = true,
            _ if display != Display::Inline => hints.tag = Tag::Other,
            _ => {}
        }
        if let Some(role) = element.attribute(&local_name!("role")) {
            match role {
                "navigation" | "banner" | "contentinfo" | "complementary" | "search" | "menu"
                | "menubar" | "dialog" | "alert" | "alertdialog" => hints.nav = true,
                "article" | "main" => hints.article = true,
                _ => {}
            }
        }
        if element
            .attribute(&local_name!("itemprop"))
            .is_some_and(|names| {
                names
                    .split_ascii_whitespace()
                    .any(|name| name == "articleBody")
            })
        {
            hints.article_body = true;
        }
        if matches!(element.name, local_name!("html") | local_name!("body"))
            || display == Display::Inline
        {
            return; // what the whole page is called says nothing about its parts
        }
        let class = element.attribute(&local_name!("class")).unwrap_or_default();
        let id = element.attribute(&local_name!("id")).unwrap_or_default();
        let is_schema_comment = element
            .attribute(&local_name!("itemtype"))
            .is_some_and(|kind| kind.ends_with("/Comment") || kind.ends_with("/UserComments"));
        if class.is_empty() && id.is_empty() && !is_schema_comment {
            return;
        }
        let names = *self
            .names
            .entry((class, id))
            .or_insert_with(|| names::names(class, id));
        if names.nav {
            hints.nav_name = true;
        }
        if names.body {
            hints.body_name = true;
        }
        if names.comments || is_schema_comment {
            hints.comments = true;
        }
        if names.comment_item || is_schema_comment {
            hints.comments = true;
            hints.comment = Some(self.next_comment);
            self.next_comment += 1;
        }
    }

    /// Whether a row's cells are several, short, and without block elements. Stops at the first
    /// that is not, so that nested tables cost no more than one lookup each.
    fn is_data_row(&self, row: NodeId) -> bool {
        let mut cells = 0;
        for cell in self.tree.children(row) {
            let Some(element) = self.tree.element(cell) else {
                continue;
            };
            if !matches!(element.name, local_name!("td") | local_name!("th")) {
                continue;
            }
            cells += 1;
            let mut characters = 0;
            let mut at = self.tree.following(cell, cell, true);
            while let Some(id) = at {
                match &self.tree.node(id).kind {
                    Kind::Text(text) => {
                        characters += text.split_ascii_whitespace().map(str::len).sum::<usize>();
                        if characters > SHORT_CELL {
                            return false;
                        }
                    }
                    Kind::Element(element) => {
                        if element.name == local_name!("br") || display(element) != Display::Inline
                        {
                            return false;
                        }
                    }
                    Kind::Document | Kind::Other => {}
                }
                at = self.tree.following(id, cell, true);
            }
        }
        cells > 1
    }

    /// Ends the run and owes so many line feeds.
    fn owe(&mut self, breaks: usize) {
        self.flush();
        self.breaks = self.breaks.max(breaks);
    }

    fn text(&mut self, text: &str) {
        if self.frames.last().is_some_and(|frame| frame.pre) {
            self.preformatted(text);
            return;
        }
        let mut rest = text;
        while let Some(first) = rest.bytes().next() {
            if matches!(first, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r') {
                self.space = true;
                rest = &rest[1..];
                continue;
            }
            // Mostly words of plain letters, which go in whole.
            let plain = rest
                .bytes()
                .take_while(|byte| (0x21..0x7f).contains(byte))
                .count();
            if plain > 0 {
                let (word, tail) = rest.split_at(plain);
                self.word(word);
                rest = tail;
                continue;
            }
            let Some(c) = rest.chars().next() else { break };
            rest = &rest[c.len_utf8()..];
            match c {
                c if !is_shown(c) => {}
                c => self.character(c),
            }
        }
    }

    fn preformatted(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' => {
                    if self.run.is_some() {
                        self.out.push('\n');
                    }
                    self.space = false;
                }
                ' ' | '\t' => {
                    if self.run.is_some() {
                        self.out.push(c);
                    }
                }
                '\x0c' | '\r' => self.space = true,
                c if !is_shown(c) => {}
                c => self.character(c),
            }
        }
    }

    /// Adds a word without anything special in it.
    fn word(&mut self, word: &str) {
        self.begin();
        self.out.push_str(word);
        if let Some(run) = &mut self.run {
            run.characters += word.len();
            if self.links_open > 0 {
                run.link_characters += word.len();
            }
        }
    }

    fn character(&mut self, c: char) {
        self.begin();
        self.out.push(c);
        if let Some(run) = &mut self.run
            && !c.is_whitespace()
        {
            run.characters += 1;
            run.link_characters += usize::from(self.links_open > 0);
        }
    }

    /// Sets what is next apart from what was before.
    fn begin(&mut self) {
        if self.run.is_none() {
            let run = self.new_run();
            self.run = Some(run);
        } else if self.tab {
            self.out.push('\t');
        } else if self.space {
            self.out.push(' ');
        }
        self.space = false;
        self.tab = false;
    }

    fn new_run(&mut self) -> Run {
        let before = self.out.len();
        if before > 0 {
            for _ in 0..self.breaks.max(1) {
                self.out.push('\n');
            }
        }
        Run {
            before,
            start: self.out.len(),
            characters: 0,
            link_characters: 0,
            path: self.path(),
            hints: self
                .frames
                .last()
                .map(|frame| frame.hints.clone())
                .unwrap_or_default(),
        }
    }

    /// The path of the innermost open element that is not inline.
    fn path(&mut self) -> Arc<str> {
        let Some(at) = self
            .frames
            .iter()
            .rposition(|frame| frame.display != Display::Inline)
        else {
            return "".into();
        };
        if let Some(path) = &self.frames[at].path {
            return Arc::clone(path);
        }
        let path = &self.path[..self.frames[at].path_end];
        self.path_bytes += path.len();
        let path: Arc<str> = if self.path_bytes > MAX_PATH_BYTES {
            "".into()
        } else {
            path.into()
        };
        self.frames[at].path = Some(Arc::clone(&path));
        path
    }

    /// Ends the run, if there is one.
    fn flush(&mut self) {
        self.space = false;
        self.tab = false;
        let Some(run) = self.run.take() else {
            return;
        };
        if run.characters == 0 {
            // Nothing but no-break spaces: what people once used for an empty line.
            self.out.truncate(run.before);
            self.breaks = 2;
            return;
        }
        self.out.truncate(self.out.trim_end().len());
        self.breaks = 0;
        let permille = run.link_characters * 1000 / run.characters;
        self.pieces.push(Piece {
            start: run.start,
            end: self.out.len(),
            path: run.path,
            link_permille: u16::try_from(permille).unwrap_or(1000),
            hints: run.hints,
        });
    }

    fn finish(self) -> LaidOut {
        let text = Text::new(&self.out);
        let mut cutter = BlockSplitter::new(text.as_str());
        let mut blocks = Vec::with_capacity(self.pieces.len());
        let mut hints = Vec::with_capacity(self.pieces.len());
        for piece in self.pieces {
            cutter.cut(piece.start, piece.end, |start, end| {
                if let Ok(span) = text.span(BytePos::from_index(start), BytePos::from_index(end)) {
                    blocks.push(Block {
                        span,
                        path: Arc::clone(&piece.path),
                        link_permille: piece.link_permille,
                    });
                    hints.push(piece.hints.clone());
                }
            });
        }
        // Some sites put the whole page into one form: that says nothing.
        let in_forms: usize = blocks
            .iter()
            .zip(&hints)
            .filter(|(_, hints)| hints.form)
            .map(|(block, _)| block.span.len())
            .sum();
        if in_forms * 2 > text.len() {
            for hints in &mut hints {
                hints.form = false;
            }
        }
        LaidOut {
            too_many_blocks: cutter.is_exhausted(),
            text,
            blocks,
            hints,
        }
    }
}

/// Returns true if a character other than white space is part of the text: not soft hyphens, byte
/// order marks or control characters.
pub fn is_shown(c: char) -> bool {
    !matches!(c, '\u{ad}' | '\u{feff}') && !c.is_control()
}

fn display(element: &Element<'_>) -> Display {
    if element.ns != ns!(html) {
        return Display::Inline;
    }
    match element.name {
        local_name!("p")
        | local_name!("h1")
        | local_name!("h2")
        | local_name!("h3")
        | local_name!("h4")
        | local_name!("h5")
        | local_name!("h6")
        | local_name!("hgroup")
        | local_name!("ul")
        | local_name!("ol")
        | local_name!("dl")
        | local_name!("menu")
        | local_name!("dir")
        | local_name!("blockquote")
        | local_name!("pre")
        | local_name!("listing")
        | local_name!("plaintext")
        | local_name!("xmp")
        | local_name!("figure")
        | local_name!("table")
        | local_name!("form")
        | local_name!("fieldset")
        | local_name!("section")
        | local_name!("article")
        | local_name!("aside")
        | local_name!("header")
        | local_name!("footer")
        | local_name!("main")
        | local_name!("nav")
        | local_name!("details")
        | local_name!("dialog")
        | local_name!("html")
        | local_name!("body") => Display::Paragraph,
        local_name!("div")
        | local_name!("li")
        | local_name!("dt")
        | local_name!("dd")
        | local_name!("tr")
        | local_name!("td")
        | local_name!("th")
        | local_name!("tbody")
        | local_name!("thead")
        | local_name!("tfoot")
        | local_name!("caption")
        | local_name!("figcaption")
        | local_name!("summary")
        | local_name!("legend")
        | local_name!("address")
        | local_name!("center")
        | local_name!("search")
        | local_name!("frameset")
        | local_name!("marquee") => Display::Line,
        _ => Display::Inline,
    }
}
