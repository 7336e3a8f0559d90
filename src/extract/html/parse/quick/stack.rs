//! The open elements and the open formatting.

use html5ever::ns;

use super::known::{Known, set};
use super::tags::Tag;
use super::{Element, Kind, NodeId, Parser, Unsupported};

/// An open element.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    pub id: NodeId,
    pub known: Known,
    /// In a drawing.
    pub foreign: bool,
}

impl Open {
    pub fn is(&self, known: Known) -> bool {
        self.known == known && !self.foreign
    }

    pub fn is_in(&self, sets: u32) -> bool {
        !self.foreign && self.known.is(sets)
    }
}

/// An entry in the list of active formatting elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formatting {
    Marker,
    Element(NodeId, Known),
}

impl<'a> Parser<'a> {
    pub fn current(&self) -> Open {
        self.open.last().copied().unwrap_or(Open {
            id: super::tree::DOCUMENT,
            known: Known::Other,
            foreign: false,
        })
    }

    /// Makes an element of a tag, in the current one, and opens it.
    pub fn insert(&mut self, tag: Tag<'a>) -> NodeId {
        let known = tag.known;
        let id = self.push(Kind::Element(Element {
            ns: ns!(html),
            name: tag.name(),
            attributes: tag.attributes,
        }));
        self.append(self.current().id, id);
        self.open.push(Open {
            id,
            known,
            foreign: false,
        });
        id
    }

    /// Makes an element that no tag represents.
    pub fn imply(&mut self, known: Known) -> NodeId {
        self.insert(Tag {
            known,
            other: None,
            attributes: Vec::new(),
            closes_itself: false,
            hidden_input: false,
            shadow: false,
        })
    }

    /// Makes an element that holds nothing.
    pub fn insert_empty(&mut self, tag: Tag<'a>) -> NodeId {
        let id = self.insert(tag);
        self.open.pop();
        id
    }

    pub fn in_scope(&self, edges: u32, is: impl Fn(&Open) -> bool) -> bool {
        for open in self.open.iter().rev() {
            if is(open) {
                return true;
            }
            // In drawings what may hold HTML is an edge; those are given up before.
            if open.is_in(edges) {
                return false;
            }
        }
        false
    }

    pub fn has_in_scope(&self, known: Known) -> bool {
        self.in_scope(set::SCOPE, |open| open.is(known))
    }

    pub fn has_in_table_scope(&self, known: Known) -> bool {
        self.in_scope(set::TABLE_SCOPE, |open| open.is(known))
    }

    pub fn in_template(&self) -> bool {
        self.open.iter().any(|open| open.is(Known::Template))
    }

    /// Ends what ends by itself, but not `except`.
    pub fn end_implied(&mut self, sets: u32, except: Known) {
        while self
            .open
            .last()
            .is_some_and(|open| open.is_in(sets) && !open.is(except))
        {
            self.open.pop();
        }
    }

    /// Closes up to and with the innermost element that is one.
    pub fn pop_until(&mut self, is: impl Fn(&Open) -> bool) {
        while let Some(open) = self.open.pop() {
            if is(&open) {
                break;
            }
        }
    }

    /// Closes what is inside the innermost element of these.
    pub fn pop_to(&mut self, sets: &[Known]) {
        while self
            .open
            .last()
            .is_some_and(|open| open.foreign || !sets.contains(&open.known))
        {
            self.open.pop();
        }
    }

    pub fn close_paragraph_in_button_scope(&mut self) {
        if self.in_scope(set::SCOPE | set::BUTTON_SCOPE, |open| open.is(Known::P)) {
            self.close_paragraph();
        }
    }

    pub fn close_paragraph(&mut self) {
        self.end_implied(set::IMPLIED, Known::P);
        self.pop_until(|open| open.is(Known::P));
    }

    /// Takes an element out of the open ones, wherever it is.
    pub fn forget_open(&mut self, id: NodeId) {
        if let Some(at) = self.open.iter().rposition(|open| open.id == id) {
            self.open.remove(at);
        }
    }

    fn is_open(&self, id: NodeId) -> bool {
        self.open.iter().rev().any(|open| open.id == id)
    }

    /// Opens formatting again that was open when its block ended.
    pub fn reconstruct(&mut self) {
        let is_settled = |parser: &Self, entry: &Formatting| match entry {
            Formatting::Marker => true,
            Formatting::Element(id, _) => parser.is_open(*id),
        };
        if self
            .formatting
            .last()
            .is_none_or(|last| is_settled(self, last))
        {
            return;
        }
        let from = self
            .formatting
            .iter()
            .rposition(|entry| is_settled(self, entry))
            .map_or(0, |at| at + 1);
        for at in from..self.formatting.len() {
            if let Formatting::Element(id, known) = self.formatting[at] {
                let copy = self.copy(id);
                self.append(self.current().id, copy);
                self.open.push(Open {
                    id: copy,
                    known,
                    foreign: false,
                });
                self.formatting[at] = Formatting::Element(copy, known);
            }
        }
    }

    /// An element of the same name with the same attributes, nowhere yet.
    fn copy(&mut self, id: NodeId) -> NodeId {
        let kind = match &self.nodes[id as usize].kind {
            Kind::Element(element) => Kind::Element(element.clone()),
            Kind::Document | Kind::Text(_) | Kind::Other => Kind::Other,
        };
        self.push(kind)
    }

    /// Opens formatting.
    pub fn insert_formatting(&mut self, tag: Tag<'a>) -> Result<(), Unsupported> {
        let known = tag.known;
        // Of three that are equal the first goes ("Noah's Ark"), and what is equal hangs on
        // attributes that are not kept.
        let alike = self
            .formatting
            .iter()
            .rev()
            .take_while(|entry| **entry != Formatting::Marker)
            .filter(|entry| matches!(entry, Formatting::Element(_, name) if *name == known))
            .count();
        if alike >= 3 {
            return Err(Unsupported("four of a formatting element"));
        }
        let id = self.insert(tag);
        self.formatting.push(Formatting::Element(id, known));
        Ok(())
    }

    pub fn clear_formatting_to_marker(&mut self) {
        while self
            .formatting
            .pop()
            .is_some_and(|entry| entry != Formatting::Marker)
        {}
    }

    /// The innermost formatting of that name since the last marker: its place in the list, and its
    /// node.
    pub fn formatting_of(&self, known: Known) -> Option<(usize, NodeId)> {
        for (at, entry) in self.formatting.iter().enumerate().rev() {
            match entry {
                Formatting::Marker => return None,
                Formatting::Element(id, name) if *name == known => return Some((at, *id)),
                Formatting::Element(..) => {}
            }
        }
        None
    }

    fn place_in_formatting(&self, id: NodeId) -> Option<usize> {
        self.formatting
            .iter()
            .position(|entry| matches!(entry, Formatting::Element(known, _) if *known == id))
    }

    /// Forgets formatting, wherever it is in the list.
    pub fn forget_formatting(&mut self, id: NodeId) {
        if let Some(at) = self.place_in_formatting(id) {
            self.formatting.remove(at);
        }
    }

    /// Ends formatting that may be misnested: the standard's "adoption agency algorithm".
    pub fn end_formatting(&mut self, known: Known) {
        let current = self.current();
        if current.is(known) && self.place_in_formatting(current.id).is_none() {
            self.open.pop();
            return;
        }
        for _ in 0..8 {
            let Some((place, id)) = self.formatting_of(known) else {
                self.end_other(known, None);
                return;
            };
            let Some(depth) = self.open.iter().rposition(|open| open.id == id) else {
                self.formatting.remove(place);
                return;
            };
            if !self.in_scope(set::SCOPE, |open| open.id == id) {
                return;
            }
            let block = self.open[depth..]
                .iter()
                .position(|open| open.is_in(set::SPECIAL));
            let Some(block) = block.map(|at| depth + at) else {
                self.open.truncate(depth);
                self.formatting.remove(place);
                return;
            };
            self.adopt(id, known, depth, block);
        }
    }

    /// One round for formatting that holds a block: what was inside it goes into a copy inside the
    /// block.
    fn adopt(&mut self, id: NodeId, known: Known, depth: usize, block: usize) {
        let ancestor = self.open[depth - 1].id;
        let furthest = self.open[block].id;
        // Where the copy goes in the list: in place of the old one, or behind this.
        let mut behind: Option<NodeId> = None;
        let mut last = furthest;
        let mut at = block;
        for round in 1.. {
            at -= 1;
            let node = self.open[at];
            if node.id == id {
                break;
            }
            let place = self.place_in_formatting(node.id);
            if round > 3
                && let Some(place) = place
            {
                self.formatting.remove(place);
            }
            let Some(place) = place.filter(|_| round <= 3) else {
                self.open.remove(at);
                continue;
            };
            let copy = self.copy(node.id);
            self.open[at].id = copy;
            self.formatting[place] = Formatting::Element(copy, node.known);
            if last == furthest {
                behind = Some(copy);
            }
            self.detach(last);
            self.append(copy, last);
            last = copy;
        }
        self.detach(last);
        self.append(ancestor, last);
        let copy = self.copy(id);
        loop {
            let child = self.nodes[furthest as usize].first;
            if child == super::NONE {
                break;
            }
            self.detach(child);
            self.append(copy, child);
        }
        self.append(furthest, copy);
        let entry = Formatting::Element(copy, known);
        match behind.and_then(|behind| self.place_in_formatting(behind)) {
            None => {
                if let Some(place) = self.place_in_formatting(id) {
                    self.formatting[place] = entry;
                }
            }
            Some(place) => {
                self.formatting.insert(place + 1, entry);
                self.forget_formatting(id);
            }
        }
        self.forget_open(id);
        let below = self
            .open
            .iter()
            .position(|open| open.id == furthest)
            .map_or(self.open.len(), |at| at + 1);
        self.open.insert(
            below,
            Open {
                id: copy,
                known,
                foreign: false,
            },
        );
    }

    fn detach(&mut self, id: NodeId) {
        super::tree::detach(&mut self.nodes, id);
    }
}
