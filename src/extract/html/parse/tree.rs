//! A page as a tree: an arena, which one of two parsers builds.
//!
//! `quick` builds it for most pages and borrows from their source; `exact` builds it for the rest.

use std::borrow::Cow;

use html5ever::{LocalName, Namespace, local_name};

/// How many elements may be open at once; start tags beyond are ignored.
pub const MAX_DEPTH: usize = 512;

/// How many nodes a page may have; tags beyond are ignored.
pub const MAX_NODES: usize = 2_000_000;

/// The attributes that the extractor uses; parsers drop all others.
pub static KEPT: [LocalName; 17] = [
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
    local_name!("shadowrootmode"),
];

/// The longest attribute value that is kept, in bytes.
pub const MAX_VALUE: usize = 4096;

/// Index of a node in its tree.
pub type NodeId = u32;

/// Where no node is.
pub const NONE: NodeId = NodeId::MAX;

/// The document, always the first node.
pub const DOCUMENT: NodeId = 0;

/// What a node is.
#[derive(Debug)]
pub enum Kind<'a> {
    /// The root.
    Document,
    /// An element.
    Element(Element<'a>),
    /// Text; neighbouring pieces are one node.
    Text(Cow<'a, str>),
    /// A comment, a processing instruction: nothing that is seen.
    Other,
}

/// An element's name and the attributes that are kept.
#[derive(Clone, Debug)]
pub struct Element<'a> {
    /// Namespace.
    pub ns: Namespace,
    /// Name without prefix, in lower case.
    pub name: LocalName,
    /// Those that are kept; no name twice.
    pub attributes: Vec<(LocalName, Cow<'a, str>)>,
}

impl Element<'_> {
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
pub struct Node<'a> {
    /// What it is.
    pub kind: Kind<'a>,
    /// The node that holds it.
    pub parent: NodeId,
    /// Its first child.
    pub first: NodeId,
    /// Its last child.
    pub last: NodeId,
    /// The sibling before it.
    pub previous: NodeId,
    /// Its next sibling.
    pub next: NodeId,
}

impl<'a> Node<'a> {
    /// A node without neighbours.
    pub fn new(kind: Kind<'a>) -> Self {
        Self {
            kind,
            parent: NONE,
            first: NONE,
            last: NONE,
            previous: NONE,
            next: NONE,
        }
    }
}

/// A parsed page.
#[derive(Debug)]
pub struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    /// Whether start tags were dropped because too many elements were open.
    pub too_deep: bool,
    /// Whether tags were dropped because there were too many nodes.
    pub too_many: bool,
    /// Whether tags had too many attributes.
    pub too_wide: bool,
}

impl<'a> Tree<'a> {
    /// A tree of these nodes, the document first.
    pub fn of(nodes: Vec<Node<'a>>) -> Self {
        Self {
            nodes,
            too_deep: false,
            too_many: false,
            too_wide: false,
        }
    }

    /// The node of that index; beyond the tree, the document.
    pub fn node(&self, id: NodeId) -> &Node<'a> {
        self.nodes.get(id as usize).unwrap_or(&self.nodes[0])
    }

    /// The element of that index, if it is one.
    pub fn element(&self, id: NodeId) -> Option<&Element<'a>> {
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

    /// The node after `id` in document order within `root`, skipping what `id` holds unless
    /// `enter`.
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

/// A page's line ends as the standard wants them before it is parsed: LF alone.
pub fn with_line_feeds(html: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', html.as_bytes()).is_none() {
        return Cow::Borrowed(html);
    }
    Cow::Owned(html.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Takes a node out of its parent.
pub fn detach(nodes: &mut [Node<'_>], id: NodeId) {
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

/// Puts a node without parent into another, before its child `next`; at the end for [`NONE`].
pub fn attach(nodes: &mut [Node<'_>], id: NodeId, parent: NodeId, next: NodeId) {
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
