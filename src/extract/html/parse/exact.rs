//! The exact parser: html5ever, which builds into the arena, with bounds.
//!
//! html5ever searches its stack of open elements and its list of open formatting at almost every
//! tag, and opens unclosed formatting again in every new paragraph. On a hostile page that is
//! quadratic, so the tags go past a guard first ([`Guard`]): beyond [`MAX_DEPTH`] open elements
//! start tags are dropped, with as many of their end tags; beyond [`MAX_NODES`] all tags are
//! dropped. The text always gets through.

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
use super::tree::{
    DOCUMENT, Element, KEPT, Kind, MAX_DEPTH, MAX_NODES, MAX_VALUE, NONE, Node, NodeId, Tree,
    attach, detach,
};

/// Observes how a tree is built, to map it to the source. Reading a page alone needs no observer.
pub trait Watch {
    /// Where the piece of the page ends that is fed next, in bytes.
    fn piece_end(&self, html: &str, from: usize) -> usize {
        // In pieces, since a tendril holds at most 4 GiB and copying the page once more helps
        // nobody.
        let mut end = html.len().min(from + (1 << 20));
        while !html.is_char_boundary(end) {
            end -= 1;
        }
        end
    }

    /// A token was read, and is about to become part of the tree.
    fn token(&self, _token: &Token) {}

    /// All text that was read before is in the tree, or was dropped.
    fn is_settled(&self) {}

    /// An element was made.
    fn element(&self, _id: NodeId, _name: &LocalName, _attributes: &[Attribute]) {}

    /// Text was added at the end of a node.
    fn text(&self, _id: NodeId, _text: &str) {}
}

/// No observer.
impl Watch for () {}

/// Parses a page. Never fails, never recurses. What it makes borrows nothing.
pub fn parse<'a>(html: &str) -> Tree<'a> {
    parse_watched(html, &())
}

/// [`parse`] with a [`Watch`]. Where a tag has too many attributes, what is read is not quite the
/// page: see [`Tree::too_wide`].
pub fn parse_watched<'a, W: Watch>(html: &str, watch: &W) -> Tree<'a> {
    let (html, too_wide) = attributes::limit(html);
    let options = TreeBuilderOpts {
        scripting_enabled: true, // what stands in <noscript> is then one text, which is not seen
        drop_doctype: true,
        ..TreeBuilderOpts::default()
    };
    let builder = TreeBuilder::new(Builder::new(watch), options);
    let tokenizer = Tokenizer::new(Guard::new(builder, watch), TokenizerOpts::default());
    let input = BufferQueue::default();
    let mut at = 0;
    while at < html.len() {
        let end = watch.piece_end(&html, at);
        input.push_back(StrTendril::from_slice(&html[at..end]));
        at = end;
        // A script or a declared encoding pauses the tokenizer; there is nothing to run and nothing
        // to decode again.
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    }
    tokenizer.end();
    let guard = tokenizer.sink;
    let (too_deep, too_many) = (guard.too_deep.get(), guard.too_many.get());
    let mut tree = Tree::of(guard.inner.sink.nodes.into_inner());
    (tree.too_deep, tree.too_many, tree.too_wide) = (too_deep, too_many, too_wide);
    tree
}

/// Stands between tokenizer and tree builder and keeps the builder's lists short.
struct Guard<'a, 'w, W> {
    inner: TreeBuilder<NodeId, Builder<'a, 'w, W>>,
    watch: &'w W,
    /// Start tags that may pass before the open elements are counted again.
    allowance: Cell<usize>,
    /// Start tags that were dropped, by name: as many end tags are dropped too.
    dropped: RefCell<HashMap<LocalName, usize>>,
    /// An element was let in that holds text alone, such as a script, and the builder waits for its
    /// end tag. Nothing else that is a tag can come before it, and without it the builder does not
    /// know what to do with the next one.
    in_text: Cell<bool>,
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

impl<'a, 'w, W: Watch> Guard<'a, 'w, W> {
    fn new(inner: TreeBuilder<NodeId, Builder<'a, 'w, W>>, watch: &'w W) -> Self {
        Self {
            inner,
            watch,
            allowance: Cell::new(MAX_DEPTH / 2),
            dropped: RefCell::default(),
            in_text: Cell::new(false),
            too_deep: Cell::new(false),
            too_many: Cell::new(false),
        }
    }

    /// Whether a tag may pass. Counting costs as much as there are open elements, so it is done
    /// seldom: a start tag opens at most a few elements besides what was open before.
    fn admits(&self, tag: &Tag) -> bool {
        if self.in_text.replace(false) {
            return true;
        }
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

impl<W: Watch> TokenSink for Guard<'_, '_, W> {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        self.watch.token(&token);
        match &token {
            Token::TagToken(tag) if !self.admits(tag) => TokenSinkResult::Continue,
            Token::CommentToken(_) => TokenSinkResult::Continue,
            Token::TagToken(_) => {
                let result = self.inner.process_token(token, line);
                self.in_text
                    .set(matches!(result, TokenSinkResult::RawData(_)));
                self.watch.is_settled();
                result
            }
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
struct Builder<'a, 'w, W> {
    nodes: RefCell<Vec<Node<'a>>>,
    watch: &'w W,
}

impl<'a, 'w, W: Watch> Builder<'a, 'w, W> {
    fn new(watch: &'w W) -> Self {
        let builder = Self {
            nodes: RefCell::default(),
            watch,
        };
        builder.push(Kind::Document);
        builder
    }

    fn push(&self, kind: Kind<'a>) -> NodeId {
        let mut nodes = self.nodes.borrow_mut();
        let id = nodes.len() as NodeId; // MAX_NODES and one tag's worth of nodes fit 32 bits many times over
        nodes.push(Node::new(kind));
        id
    }

    fn insert(&self, parent: NodeId, next: NodeId, child: NodeOrText<NodeId>) {
        let id = match child {
            NodeOrText::AppendNode(id) => {
                detach(&mut self.nodes.borrow_mut(), id);
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
                    before.to_mut().push_str(&text);
                    self.watch.text(previous, &text);
                    return;
                }
                drop(nodes);
                let id = self.push(Kind::Text(Cow::Owned(String::from(&*text))));
                self.watch.text(id, &text);
                id
            }
        };
        attach(&mut self.nodes.borrow_mut(), id, parent, next);
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

impl<W: Watch> TreeSink for Builder<'_, '_, W> {
    type Handle = NodeId;
    type Output = ();
    type ElemName<'n>
        = Name
    where
        Self: 'n;

    fn finish(self) {}

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        DOCUMENT
    }

    fn elem_name<'n>(&'n self, target: &'n NodeId) -> Name {
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
        // The next node's number: what is said of it must be said before its attributes are thinned
        // out.
        let id = self.nodes.borrow().len() as NodeId;
        self.watch.element(id, &name.local, &attributes);
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

    /// What is in a template is not seen, and neither is what is hung into the template itself.
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
        detach(&mut self.nodes.borrow_mut(), *target);
    }

    fn reparent_children(&self, node: &NodeId, parent: &NodeId) {
        let mut nodes = self.nodes.borrow_mut();
        while let Some(child) = nodes.get(*node as usize).map(|node| node.first)
            && child != NONE
        {
            detach(&mut nodes, child);
            attach(&mut nodes, child, *parent, NONE);
        }
    }
}

fn kept<'a>(attributes: Vec<Attribute>) -> impl Iterator<Item = (LocalName, Cow<'a, str>)> {
    attributes
        .into_iter()
        .filter(|attribute| KEPT.contains(&attribute.name.local))
        .map(|attribute| {
            let mut end = attribute.value.len().min(MAX_VALUE);
            while !attribute.value.is_char_boundary(end) {
                end -= 1;
            }
            let value = attribute.value.get(..end).unwrap_or_default().to_owned();
            (attribute.name.local, Cow::Owned(value))
        })
}
