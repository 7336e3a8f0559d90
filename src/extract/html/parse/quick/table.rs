//! Start tags in tables and templates.

use super::known::{Known, set};
use super::rules::{Mode, Step, TABLE, TABLE_BODY, TABLE_ROW};
use super::stack::Formatting;
use super::tags::Tag;
use super::{NONE, Parser, Unsupported};

impl<'a> Parser<'a> {
    pub(super) fn start_in_table(&mut self, tag: Tag<'a>) -> Result<Step<'a>, Unsupported> {
        use Known::{
            Caption, Col, Colgroup, Form, Input, Script, Style, Table, Tbody, Td, Template, Tfoot,
            Th, Thead, Tr,
        };
        Ok(match tag.known {
            Caption => {
                self.pop_to(&TABLE);
                self.formatting.push(Formatting::Marker);
                self.insert(tag);
                self.mode = Mode::InCaption;
                Step::Done
            }
            Colgroup => {
                self.pop_to(&TABLE);
                self.insert(tag);
                self.mode = Mode::InColumnGroup;
                Step::Done
            }
            Col => {
                self.pop_to(&TABLE);
                self.imply(Colgroup);
                Step::Again(Mode::InColumnGroup, tag)
            }
            Tbody | Tfoot | Thead => {
                self.pop_to(&TABLE);
                self.insert(tag);
                self.mode = Mode::InTableBody;
                Step::Done
            }
            Td | Th | Tr => {
                self.pop_to(&TABLE);
                self.imply(Tbody);
                Step::Again(Mode::InTableBody, tag)
            }
            Table => {
                if !self.has_in_table_scope(Table) {
                    return Ok(Step::Done);
                }
                self.pop_until(|open| open.is(Table));
                Step::Again(self.mode_of_stack(), tag)
            }
            Style | Script | Template => {
                self.start_in_head(tag)?;
                Step::Done
            }
            Input if tag.hidden_input => {
                self.insert_empty(tag);
                Step::Done
            }
            Form => {
                if self.form == NONE && !self.in_template() {
                    self.form = self.insert_empty(tag);
                }
                Step::Done
            }
            _ => return Err(Unsupported("an element straight in a table")),
        })
    }

    pub(super) fn start_in_table_body(&mut self, tag: Tag<'a>) -> Result<Step<'a>, Unsupported> {
        use Known::{Caption, Col, Colgroup, Table, Tbody, Td, Tfoot, Th, Thead, Tr};
        Ok(match tag.known {
            Tr => {
                self.pop_to(&TABLE_BODY);
                self.insert(tag);
                self.mode = Mode::InRow;
                Step::Done
            }
            Td | Th => {
                self.pop_to(&TABLE_BODY);
                self.imply(Tr);
                Step::Again(Mode::InRow, tag)
            }
            Caption | Col | Colgroup | Tbody | Tfoot | Thead => {
                if self.leave_table_body() {
                    Step::Again(Mode::InTable, tag)
                } else {
                    Step::Done
                }
            }
            Table => self.start_in_table(tag)?,
            _ => self.start_in_table(tag)?,
        })
    }

    /// Closes the group of rows, if there is a table around it.
    pub(super) fn leave_table_body(&mut self) -> bool {
        let is_in_table = self.in_scope(set::TABLE_SCOPE, |open| {
            open.is(Known::Table) || open.is(Known::Tbody) || open.is(Known::Tfoot)
        });
        if is_in_table {
            self.pop_to(&TABLE_BODY);
            self.open.pop();
        }
        is_in_table
    }

    pub(super) fn start_in_row(&mut self, tag: Tag<'a>) -> Result<Step<'a>, Unsupported> {
        use Known::{Caption, Col, Colgroup, Tbody, Td, Tfoot, Th, Thead, Tr};
        Ok(match tag.known {
            Td | Th => {
                self.pop_to(&TABLE_ROW);
                self.insert(tag);
                self.mode = Mode::InCell;
                self.formatting.push(Formatting::Marker);
                Step::Done
            }
            Caption | Col | Colgroup | Tbody | Tfoot | Thead | Tr => {
                if self.leave_row() {
                    Step::Again(Mode::InTableBody, tag)
                } else {
                    Step::Done
                }
            }
            _ => self.start_in_table(tag)?,
        })
    }

    /// Closes the row, if there is one.
    pub(super) fn leave_row(&mut self) -> bool {
        let is_in_row = self.has_in_table_scope(Known::Tr);
        if is_in_row {
            self.pop_to(&TABLE_ROW);
            self.open.pop();
        }
        is_in_row
    }

    pub(super) fn start_in_cell(&mut self, tag: Tag<'a>) -> Result<Step<'a>, Unsupported> {
        if !tag.known.is(set::TABLE_PART) {
            self.start_in_body(tag)?;
            return Ok(Step::Done);
        }
        let is_in_cell = self.in_scope(set::TABLE_SCOPE, |open| {
            open.is(Known::Td) || open.is(Known::Th)
        });
        if !is_in_cell {
            return Ok(Step::Done);
        }
        self.close_cell();
        Ok(Step::Again(Mode::InRow, tag))
    }

    pub(super) fn close_cell(&mut self) {
        self.end_implied(set::IMPLIED, Known::Other);
        self.pop_until(|open| open.is(Known::Td) || open.is(Known::Th));
        self.clear_formatting_to_marker();
    }

    pub(super) fn start_in_caption(&mut self, tag: Tag<'a>) -> Result<Step<'a>, Unsupported> {
        if !tag.known.is(set::TABLE_PART) {
            self.start_in_body(tag)?;
            return Ok(Step::Done);
        }
        if self.close_caption() {
            Ok(Step::Again(Mode::InTable, tag))
        } else {
            Ok(Step::Done)
        }
    }

    pub(super) fn close_caption(&mut self) -> bool {
        if !self.has_in_table_scope(Known::Caption) {
            return false;
        }
        self.end_implied(set::IMPLIED, Known::Other);
        self.pop_until(|open| open.is(Known::Caption));
        self.clear_formatting_to_marker();
        true
    }

    pub(super) fn start_in_column_group(&mut self, tag: Tag<'a>) -> Result<Step<'a>, Unsupported> {
        Ok(match tag.known {
            Known::Html => {
                self.merge(0, tag);
                Step::Done
            }
            Known::Col => {
                self.insert_empty(tag);
                Step::Done
            }
            Known::Template => {
                self.start_in_head(tag)?;
                Step::Done
            }
            _ if self.current().is(Known::Colgroup) => {
                self.open.pop();
                Step::Again(Mode::InTable, tag)
            }
            _ => Step::Done,
        })
    }

    pub(super) fn start_in_template(&mut self, tag: Tag<'a>) -> Result<Step<'a>, Unsupported> {
        use Known::{
            Caption, Col, Colgroup, Noframes, Script, Style, Tbody, Td, Template, Tfoot, Th, Thead,
            Title, Tr,
        };
        let next = match tag.known {
            known
                if known.is(set::HEAD)
                    || matches!(known, Noframes | Script | Style | Template | Title) =>
            {
                self.start_in_head(tag)?;
                return Ok(Step::Done);
            }
            Caption | Colgroup | Tbody | Tfoot | Thead => Mode::InTable,
            Col => Mode::InColumnGroup,
            Tr => Mode::InTableBody,
            Td | Th => Mode::InRow,
            _ => Mode::InBody,
        };
        self.templates.pop();
        self.templates.push(next);
        Ok(Step::Again(next, tag))
    }

    /// The mode that fits what is open.
    pub(super) fn mode_of_stack(&self) -> Mode {
        for (at, open) in self.open.iter().enumerate().rev() {
            if open.foreign {
                continue;
            }
            match open.known {
                Known::Td | Known::Th if at > 0 => return Mode::InCell,
                Known::Tr => return Mode::InRow,
                Known::Tbody | Known::Thead | Known::Tfoot => return Mode::InTableBody,
                Known::Caption => return Mode::InCaption,
                Known::Colgroup => return Mode::InColumnGroup,
                Known::Table => return Mode::InTable,
                Known::Template => return self.templates.last().copied().unwrap_or(Mode::InBody),
                Known::Head => return Mode::InHead,
                Known::Body => return Mode::InBody,
                Known::Html if self.head == NONE => return Mode::BeforeHead,
                Known::Html => return Mode::AfterHead,
                _ => {}
            }
        }
        Mode::InBody
    }
}
