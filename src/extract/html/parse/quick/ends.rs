//! End tags.

use html5ever::LocalName;

use super::known::{Known, set};
use super::rules::{Mode, TABLE_BODY};
use super::stack::Open;
use super::tags::Tag;
use super::{NONE, Parser, Unsupported};

impl<'a> Parser<'a> {
    pub fn end(&mut self, tag: &Tag<'a>) -> Result<(), Unsupported> {
        if self.current().foreign {
            return self.end_in_drawing(tag);
        }
        use Known::{
            Body, Br, Caption, Col, Colgroup, Head, Html, Table, Tbody, Td, Template, Tfoot, Th,
            Thead, Tr,
        };
        let known = tag.known;
        match self.mode {
            Mode::Initial
            | Mode::BeforeHtml
            | Mode::BeforeHead
            | Mode::InHead
            | Mode::AfterHead => {
                if self.mode == Mode::Initial {
                    self.quirks = Some(true);
                    self.mode = Mode::BeforeHtml;
                }
                match known {
                    Head if self.mode == Mode::InHead => {
                        self.open.pop();
                        self.mode = Mode::AfterHead;
                    }
                    Head if self.mode == Mode::AfterHead => {}
                    Head => {
                        // What was left out is implied, and this closes it.
                        if self.mode == Mode::BeforeHtml {
                            self.imply(Html);
                        }
                        self.head = self.imply(Head);
                        self.open.pop();
                        self.mode = Mode::AfterHead;
                    }
                    Body | Html | Br => {
                        self.begin_body();
                        return self.end(tag);
                    }
                    Template if matches!(self.mode, Mode::InHead | Mode::AfterHead) => {
                        self.end_template();
                    }
                    _ => {}
                }
            }
            Mode::InBody => self.end_in_body(tag),
            Mode::InTable => self.end_in_table(tag)?,
            Mode::InTableBody => match known {
                Tbody | Tfoot | Thead => {
                    if self.has_in_table_scope(known) {
                        self.pop_to(&TABLE_BODY);
                        self.open.pop();
                        self.mode = Mode::InTable;
                    }
                }
                Table => {
                    if self.leave_table_body() {
                        self.mode = Mode::InTable;
                        return self.end(tag);
                    }
                }
                Body | Caption | Col | Colgroup | Html | Td | Th | Tr => {}
                _ => self.end_in_table(tag)?,
            },
            Mode::InRow => match known {
                Tr => {
                    if self.leave_row() {
                        self.mode = Mode::InTableBody;
                    }
                }
                Table => {
                    if self.leave_row() {
                        self.mode = Mode::InTableBody;
                        return self.end(tag);
                    }
                }
                Tbody | Tfoot | Thead => {
                    if self.has_in_table_scope(known) && self.leave_row() {
                        self.mode = Mode::InTableBody;
                        return self.end(tag);
                    }
                }
                Body | Caption | Col | Colgroup | Html | Td | Th => {}
                _ => self.end_in_table(tag)?,
            },
            Mode::InCell => match known {
                Td | Th => {
                    if self.has_in_table_scope(known) {
                        self.end_implied(set::IMPLIED, Known::Other);
                        self.pop_until(|open| open.is(known));
                        self.clear_formatting_to_marker();
                        self.mode = Mode::InRow;
                    }
                }
                Body | Caption | Col | Colgroup | Html => {}
                Table | Tbody | Tfoot | Thead | Tr => {
                    if self.has_in_table_scope(known) {
                        self.close_cell();
                        self.mode = Mode::InRow;
                        return self.end(tag);
                    }
                }
                _ => self.end_in_body(tag),
            },
            Mode::InCaption => match known {
                Caption => {
                    if self.close_caption() {
                        self.mode = Mode::InTable;
                    }
                }
                Table => {
                    if self.close_caption() {
                        self.mode = Mode::InTable;
                        return self.end(tag);
                    }
                }
                Body | Col | Colgroup | Html | Tbody | Td | Tfoot | Th | Thead | Tr => {}
                _ => self.end_in_body(tag),
            },
            Mode::InColumnGroup => match known {
                Colgroup => {
                    if self.current().is(Colgroup) {
                        self.open.pop();
                        self.mode = Mode::InTable;
                    }
                }
                Col => {}
                Template => self.end_template(),
                _ => {
                    if self.current().is(Colgroup) {
                        self.open.pop();
                        self.mode = Mode::InTable;
                        return self.end(tag);
                    }
                }
            },
            Mode::InTemplate => {
                if known == Template {
                    self.end_template();
                }
            }
        }
        Ok(())
    }

    pub(super) fn end_in_table(&mut self, tag: &Tag<'a>) -> Result<(), Unsupported> {
        use Known::{
            Body, Caption, Col, Colgroup, Html, Table, Tbody, Td, Template, Tfoot, Th, Thead, Tr,
        };
        match tag.known {
            Table => {
                if self.has_in_table_scope(Table) {
                    self.pop_until(|open| open.is(Table));
                    self.mode = self.mode_of_stack();
                }
            }
            Body | Caption | Col | Colgroup | Html | Tbody | Td | Tfoot | Th | Thead | Tr => {}
            Template => self.end_template(),
            // What would be put before the table if it inserted anything.
            Known::P | Known::Br => return Err(Unsupported("an end tag straight in a table")),
            known if known.is(set::FORMATTING) && self.formatting_of(known).is_some() => {
                return Err(Unsupported("formatting ends straight in a table"));
            }
            _ => self.end_in_body(tag),
        }
        Ok(())
    }

    pub(super) fn end_template(&mut self) {
        if !self.in_template() {
            return;
        }
        self.end_implied(set::IMPLIED | set::THOROUGH, Known::Other);
        self.pop_until(|open| open.is(Known::Template));
        self.clear_formatting_to_marker();
        self.templates.pop();
        self.mode = self.mode_of_stack();
    }

    pub(super) fn end_in_body(&mut self, tag: &Tag<'a>) {
        use Known::{
            Applet, Body, Br, Button, Dd, Dt, Form, Html, Li, Listing, Marquee, Object, P, Pre,
            Select, Template,
        };
        let known = tag.known;
        match known {
            Body | Html => {} // what follows goes into the body all the same
            _ if known.is(set::BLOCK) || matches!(known, Button | Listing | Pre | Select) => {
                if self.has_in_scope(known) {
                    self.end_implied(set::IMPLIED, Known::Other);
                    self.pop_until(|open| open.is(known));
                }
            }
            P => {
                if !self.in_scope(set::SCOPE | set::BUTTON_SCOPE, |open| open.is(P)) {
                    self.imply(P);
                }
                self.close_paragraph();
            }
            _ if known.is(set::FORMATTING) => self.end_formatting(known),
            Li | Dd | Dt => {
                let edges = if known == Li {
                    set::SCOPE | set::LIST_SCOPE
                } else {
                    set::SCOPE
                };
                if self.in_scope(edges, |open| open.is(known)) {
                    self.end_implied(set::IMPLIED, known);
                    self.pop_until(|open| open.is(known));
                }
            }
            _ if known.is(set::HEADING) => {
                if self.in_scope(set::SCOPE, |open| open.is_in(set::HEADING)) {
                    self.end_implied(set::IMPLIED, Known::Other);
                    self.pop_until(|open| open.is_in(set::HEADING));
                }
            }
            Form => self.end_form(),
            Applet | Marquee | Object => {
                if self.has_in_scope(known) {
                    self.end_implied(set::IMPLIED, Known::Other);
                    self.pop_until(|open| open.is(known));
                    self.clear_formatting_to_marker();
                }
            }
            Br => {
                self.reconstruct();
                self.imply(Br);
                self.open.pop();
            }
            Template => self.end_template(),
            _ => self.end_other(known, tag.other.as_ref()),
        }
    }

    pub(super) fn end_form(&mut self) {
        if self.in_template() {
            if self.has_in_scope(Known::Form) {
                self.end_implied(set::IMPLIED, Known::Other);
                self.pop_until(|open| open.is(Known::Form));
            }
            return;
        }
        let form = std::mem::replace(&mut self.form, NONE);
        if form != NONE && self.in_scope(set::SCOPE, |open| open.id == form) {
            self.end_implied(set::IMPLIED, Known::Other);
            self.forget_open(form);
        }
    }

    /// The end tag of an element without rules of its own.
    pub fn end_other(&mut self, known: Known, other: Option<&LocalName>) {
        let is_same = |parser: &Self, open: &Open| {
            open.is(known)
                && (known != Known::Other
                    || other.is_some_and(|name| parser.name_of(*open) == *name))
        };
        for at in (0..self.open.len()).rev() {
            let open = self.open[at];
            if is_same(self, &open) {
                while self
                    .open
                    .last()
                    .is_some_and(|open| open.is_in(set::IMPLIED) && !is_same(self, open))
                {
                    self.open.pop();
                }
                self.open.truncate(at);
                return;
            }
            if open.is_in(set::SPECIAL) {
                return;
            }
        }
    }

    pub(super) fn end_in_drawing(&mut self, tag: &Tag<'a>) -> Result<(), Unsupported> {
        let name = tag.name();
        for at in (1..self.open.len()).rev() {
            let open = self.open[at];
            if !open.foreign {
                return Err(Unsupported("HTML in a drawing"));
            }
            if self.name_of(open) == name {
                self.open.truncate(at);
                return Ok(());
            }
        }
        Ok(())
    }
}
