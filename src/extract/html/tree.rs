//! The page as a tree: an arena that html5ever builds into, with bounds.
//!
//! html5ever looks through its stack of open elements and its list of open formatting at almost every tag, and
//! opens unclosed formatting again in every new paragraph. On a hostile page that is quadratic, so the tags go past a
//! guard first ([`Guard`]): beyond [`MAX_DEPTH`] open elements start tags are dropped, with as many of their
//! end tags; beyond [`MAX_NODES`] all tags are dropped. The text always gets through.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, Tracer, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, Namespace, QualName, TokenizerResult, local_name, ns};

use super::attributes;

/// How many elements may be open at once; start tags beyond are ignored.
pub const MAX_DEPTH: usize = 512;

/// How many nodes a page may have; tags beyond are ignored.
pub const MAX_NODES: usize = 2_000_000;

/// Attributes that anybody here looks at; the rest is not kept.
const KEPT: [LocalName; 16] = [
    local_name!("class"),
    local_name!("id"),
    local_name!("style"),
    local_name!("hidden"),
    local_name!("aria-hidden"),
    local_name!("role"),
    local_name!("href"),
    local_name!("rel"),
    local_name!("property"),
    local_name!("name"),
    local_name!("content"),
    local_name!("lang"),
    local_name!("itemprop"),
    local_name!("itemtype"),
    local_name!("open"),
    local_name!("datetime"),
];

/// The longest attribute value that is kept, in bytes.
const MAX_VALUE: usize = 4096;

/// Index of a node in its tree.
pub type NodeId = u32;

/// Where no node is.
pub const NONE: NodeId = NodeId::MAX;

/// The document, always the first node.
pub const DOCUMENT: NodeId = 0;

/// What a node is.
#[derive(Debug)]
pub enum Kind {
    /// The root.
    Document,
    /// An element.
    Element(Element),
    /// Text; neighbouring pieces are one node.
    Text(String),
    /// A comment, a processing instruction: nothing that is seen.
    Other,
}

/// An element's name and the attributes that are kept.
#[derive(Debug)]
pub struct Element {
    /// Namespace.
    pub ns: Namespace,
    /// Name without prefix, in lower case.
    pub name: LocalName,
    attributes: Vec<(LocalName, StrTendril)>,
}

impl Element {
    /// The value of an attribute.
    pub fn attribute(&self, name: &LocalName) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| &**value)
    }
}

/// A node and its neighbours.
#[derive(Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// The node that holds it.
    pub parent: NodeId,
    /// Its first child.
    pub first: NodeId,
    last: NodeId,
    previous: NodeId,
    /// Its next sibling.
    pub next: NodeId,
}

/// A parsed page.
#[derive(Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    /// Whether start tags were dropped because too many elements were open.
    pub too_deep: bool,
    /// Whether tags were dropped because there were too many nodes.
    pub too_many: bool,
    /// Whether tags had too many attributes.
    pub too_wide: bool,
}

impl Tree {
    /// The node of that index; beyond the tree, the document.
    pub fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id as usize).unwrap_or(&self.nodes[0])
    }

    /// The element of that index, if it is one.
    pub fn element(&self, id: NodeId) -> Option<&Element> {
        match &self.node(id).kind {
            Kind::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The children of a node, in order.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let some = |id: NodeId| (id != NONE).then_some(id);
        std::iter::successors(some(self.node(id).first), move |id| {
            some(self.node(*id).next)
        })
    }

    /// The node after `id` in document order within `root`, skipping what `id` holds unless `enter`.
    pub fn following(&self, id: NodeId, root: NodeId, enter: bool) -> Option<NodeId> {
        let node = self.node(id);
        if enter && node.first != NONE {
            return Some(node.first);
        }
        let mut at = id;
        while at != root && at != NONE {
            let node = self.node(at);
            if node.next != NONE {
                return Some(node.next);
            }
            at = node.parent;
        }
        None
    }
}

/// Parses a page. Never fails, never recurses.
pub fn parse(html: &str) -> Tree {
    let (html, too_wide) = attributes::limit(html);
    let options = TreeBuilderOpts {
        scripting_enabled: true, // what stands in <noscript> is then one text, which is not seen
        drop_doctype: true,
        ..TreeBuilderOpts::default()
    };
    let builder = TreeBuilder::new(Builder::default(), options);
    let tokenizer = Tokenizer::new(Guard::new(builder), TokenizerOpts::default());
    let input = BufferQueue::default();
    // In pieces, since a tendril holds at most 4 GiB and copying the page once more helps nobody.
    let mut rest: &str = &html;
    while !rest.is_empty() {
        let mut end = rest.len().min(1 << 20);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, tail) = rest.split_at(end);
        rest = tail;
        input.push_back(StrTendril::from_slice(piece));
        // A script or a declared encoding pauses the tokenizer; there is nothing to run and nothing to decode again.
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    }
    tokenizer.end();
    let guard = tokenizer.sink;
    Tree {
        too_deep: guard.too_deep.get(),
        too_many: guard.too_many.get(),
        too_wide,
        nodes: guard.inner.sink.nodes.into_inner(),
    }
}

/// Stands between tokenizer and tree builder and keeps the builder's lists short.
struct Guard {
    inner: TreeBuilder<NodeId, Builder>,
    /// Start tags that may pass before the open elements are counted again.
    allowance: Cell<usize>,
    /// Start tags that were dropped, by name: as many end tags are dropped too.
    dropped: RefCell<HashMap<LocalName, usize>>,
    too_deep: Cell<bool>,
    too_many: Cell<bool>,
}

/// Counts what the tree builder holds open.
struct Count(Cell<usize>);

impl Tracer for Count {
    type Handle = NodeId;
    fn trace_handle(&self, _: &NodeId) {
        self.0.set(self.0.get() + 1);
    }
}

impl Guard {
    fn new(inner: TreeBuilder<NodeId, Builder>) -> Self {
        Self {
            inner,
            allowance: Cell::new(MAX_DEPTH / 2),
            dropped: RefCell::default(),
            too_deep: Cell::new(false),
            too_many: Cell::new(false),
        }
    }

    /// Whether a tag may pass. Counting costs as much as there are open elements, so it is done seldom:
    /// a start tag opens at most a few elements besides what was open before.
    fn admits(&self, tag: &Tag) -> bool {
        if self.inner.sink.nodes.borrow().len() >= MAX_NODES {
            self.too_many.set(true);
            return false;
        }
        match tag.kind {
            TagKind::StartTag => {
                if self.allowance.get() == 0 {
                    let count = Count(Cell::new(0));
                    self.inner.trace_handles(&count);
                    self.allowance
                        .set(MAX_DEPTH.saturating_sub(count.0.get()).div_ceil(2));
                }
                if self.allowance.get() == 0 {
                    self.too_deep.set(true);
                    if !is_void(&tag.name) && !tag.self_closing {
                        *self
                            .dropped
                            .borrow_mut()
                            .entry(tag.name.clone())
                            .or_default() += 1;
                    }
                    return false;
                }
                self.allowance.set(self.allowance.get() - 1);
                true
            }
            TagKind::EndTag => {
                let mut dropped = self.dropped.borrow_mut();
                match dropped.get_mut(&tag.name) {
                    Some(count) if *count > 0 => {
                        *count -= 1;
                        false
                    }
                    _ => true,
                }
            }
        }
    }
}

fn is_void(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("area")
            | local_name!("base")
            | local_name!("br")
            | local_name!("col")
            | local_name!("embed")
            | local_name!("hr")
            | local_name!("img")
            | local_name!("input")
            | local_name!("link")
            | local_name!("meta")
            | local_name!("param")
            | local_name!("source")
            | local_name!("track")
            | local_name!("wbr")
    )
}

impl TokenSink for Guard {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        match &token {
            Token::TagToken(tag) if !self.admits(tag) => TokenSinkResult::Continue,
            Token::CommentToken(_) => TokenSinkResult::Continue,
            _ => self.inner.process_token(token, line),
        }
    }

    fn end(&self) {
        self.inner.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.inner
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// The tree while html5ever builds it.
struct Builder {
    nodes: RefCell<Vec<Node>>,
}

impl Default for Builder {
    fn default() -> Self {
        let builder = Self {
            nodes: RefCell::default(),
        };
        builder.push(Kind::Document);
        builder
    }
}

impl Builder {
    fn push(&self, kind: Kind) -> NodeId {
        let mut nodes = self.nodes.borrow_mut();
        let id = nodes.len() as NodeId; // MAX_NODES and one tag's worth of nodes fit 32 bits many times over
        nodes.push(Node {
            kind,
            parent: NONE,
            first: NONE,
            last: NONE,
            previous: NONE,
            next: NONE,
        });
        id
    }

    fn detach(nodes: &mut [Node], id: NodeId) {
        let Some(node) = nodes.get_mut(id as usize) else {
            return;
        };
        let (parent, previous, next) = (node.parent, node.previous, node.next);
        node.parent = NONE;
        node.previous = NONE;
        node.next = NONE;
        match nodes.get_mut(previous as usize) {
            Some(previous) => previous.next = next,
            None => {
                if let Some(parent) = nodes.get_mut(parent as usize) {
                    parent.first = next;
                }
            }
        }
        match nodes.get_mut(next as usize) {
            Some(next) => next.previous = previous,
            None => {
                if let Some(parent) = nodes.get_mut(parent as usize) {
                    parent.last = previous;
                }
            }
        }
    }

    /// Puts `id`, which has no parent, into `parent` before the child `next` (at the end for [`NONE`]).
    fn attach(nodes: &mut [Node], id: NodeId, parent: NodeId, next: NodeId) {
        let previous = match nodes.get(next as usize) {
            Some(next) => next.previous,
            None => nodes
                .get(parent as usize)
                .map_or(NONE, |parent| parent.last),
        };
        if let Some(node) = nodes.get_mut(id as usize) {
            node.parent = parent;
            node.previous = previous;
            node.next = next;
        }
        match nodes.get_mut(previous as usize) {
            Some(previous) => previous.next = id,
            None => {
                if let Some(parent) = nodes.get_mut(parent as usize) {
                    parent.first = id;
                }
            }
        }
        match nodes.get_mut(next as usize) {
            Some(next) => next.previous = id,
            None => {
                if let Some(parent) = nodes.get_mut(parent as usize) {
                    parent.last = id;
                }
            }
        }
    }

    fn insert(&self, parent: NodeId, next: NodeId, child: NodeOrText<NodeId>) {
        let id = match child {
            NodeOrText::AppendNode(id) => {
                Self::detach(&mut self.nodes.borrow_mut(), id);
                id
            }
            NodeOrText::AppendText(text) => {
                let mut nodes = self.nodes.borrow_mut();
                let previous = match nodes.get(next as usize) {
                    Some(next) => next.previous,
                    None => nodes
                        .get(parent as usize)
                        .map_or(NONE, |parent| parent.last),
                };
                if let Some(Node {
                    kind: Kind::Text(before),
                    ..
                }) = nodes.get_mut(previous as usize)
                {
                    before.push_str(&text);
                    return;
                }
                drop(nodes);
                self.push(Kind::Text(text.into()))
            }
        };
        Self::attach(&mut self.nodes.borrow_mut(), id, parent, next);
    }

    fn parent_of(&self, id: NodeId) -> NodeId {
        self.nodes
            .borrow()
            .get(id as usize)
            .map_or(NONE, |node| node.parent)
    }
}

/// An element's name on loan to the tree builder.
#[derive(Debug)]
struct Name {
    ns: Namespace,
    local: LocalName,
}

impl ElemName for Name {
    fn ns(&self) -> &Namespace {
        &self.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.local
    }
}

impl TreeSink for Builder {
    type Handle = NodeId;
    type Output = ();
    type ElemName<'a> = Name;

    fn finish(self) {}

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        DOCUMENT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Name {
        match self
            .nodes
            .borrow()
            .get(*target as usize)
            .map(|node| &node.kind)
        {
            Some(Kind::Element(element)) => Name {
                ns: element.ns.clone(),
                local: element.name.clone(),
            },
            _ => Name {
                ns: ns!(),
                local: local_name!(""),
            },
        }
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        _: ElementFlags,
    ) -> NodeId {
        self.push(Kind::Element(Element {
            ns: name.ns,
            name: name.local,
            attributes: kept(attributes).collect(),
        }))
    }

    fn create_comment(&self, _: StrTendril) -> NodeId {
        self.push(Kind::Other)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> NodeId {
        self.push(Kind::Other)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.insert(*parent, NONE, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        match self.parent_of(*element) {
            NONE => self.insert(*previous, NONE, child),
            parent => self.insert(parent, *element, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// What stands in a template is not seen, and neither is what is hung into the template itself.
    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        *target
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        match self.parent_of(*sibling) {
            NONE => {}
            parent => self.insert(parent, *sibling, child),
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        if let Some(Node {
            kind: Kind::Element(element),
            ..
        }) = self.nodes.borrow_mut().get_mut(*target as usize)
        {
            for (name, value) in kept(attributes) {
                if element.attribute(&name).is_none() {
                    element.attributes.push((name, value));
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        Self::detach(&mut self.nodes.borrow_mut(), *target);
    }

    fn reparent_children(&self, node: &NodeId, parent: &NodeId) {
        let mut nodes = self.nodes.borrow_mut();
        while let Some(child) = nodes.get(*node as usize).map(|node| node.first)
            && child != NONE
        {
            Self::detach(&mut nodes, child);
            Self::attach(&mut nodes, child, *parent, NONE);
        }
    }
}

fn kept(attributes: Vec<Attribute>) -> impl Iterator<Item = (LocalName, StrTendril)> {
    attributes
        .into_iter()
        .filter(|attribute| KEPT.contains(&attribute.name.local))
        .map(|attribute| {
            let mut end = attribute.value.len().min(MAX_VALUE);
            while !attribute.value.is_char_boundary(end) {
                end -= 1;
            }
            let value = match attribute.value.get(..end) {
                Some(short) if end < attribute.value.len() => StrTendril::from_slice(short),
                _ => attribute.value,
            };
            (attribute.name.local, value)
        })
}
