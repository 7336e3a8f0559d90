//! Where each text and tag goes: the standard's "insertion modes".

use std::borrow::Cow;

use super::known::{Known, set};
use super::stack::{Formatting, Open};
use super::tags::Tag;
use super::{Kind, Parser, Unsupported};

/// What the parser expects next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Initial,
    BeforeHtml,
    BeforeHead,
    InHead,
    AfterHead,
    InBody,
    InTable,
    InCaption,
    InColumnGroup,
    InTableBody,
    InRow,
    InCell,
    InTemplate,
}

/// What a rule made of a tag.
pub enum Step<'a> {
    Done,
    /// Under another mode it may mean something.
    Again(Mode, Tag<'a>),
}

pub const TABLE_BODY: [Known; 5] = [
    Known::Tbody,
    Known::Tfoot,
    Known::Thead,
    Known::Template,
    Known::Html,
];
pub const TABLE_ROW: [Known; 3] = [Known::Tr, Known::Template, Known::Html];
pub const TABLE: [Known; 3] = [Known::Html, Known::Table, Known::Template];

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

impl<'a> Parser<'a> {
    pub fn text(&mut self, mut text: Cow<'a, str>) -> Result<(), Unsupported> {
        if std::mem::take(&mut self.skip_line_feed) && text.starts_with('\n') {
            text = match text {
                Cow::Borrowed(text) => Cow::Borrowed(&text[1..]),
                Cow::Owned(text) => Cow::Owned(text[1..].to_owned()),
            };
        }
        if text.is_empty() {
            return Ok(());
        }
        let current = self.current();
        if current.foreign {
            self.append_text(current.id, text);
            return Ok(());
        }
        match self.mode {
            Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead => {
                let text = without_leading_space(text);
                if text.is_empty() {
                    return Ok(());
                }
                self.begin_body();
                self.text_in_body(text);
            }
            Mode::InHead | Mode::AfterHead => {
                let trimmed = without_leading_space(text.clone());
                let space = text.len() - trimmed.len();
                let space = match text {
                    Cow::Borrowed(text) => Cow::Borrowed(&text[..space]),
                    Cow::Owned(text) => Cow::Owned(text[..space].to_owned()),
                };
                self.append_text(current.id, space);
                if !trimmed.is_empty() {
                    self.begin_body();
                    self.text_in_body(trimmed);
                }
            }
            Mode::InTable | Mode::InTableBody | Mode::InRow => {
                let in_table = [
                    Known::Table,
                    Known::Tbody,
                    Known::Tfoot,
                    Known::Thead,
                    Known::Tr,
                ]
                .contains(&current.known);
                if !in_table || !is_blank(&text) {
                    return Err(Unsupported("text straight in a table"));
                }
                self.append_text(current.id, text);
            }
            Mode::InColumnGroup => {
                if !is_blank(&text) {
                    return Err(Unsupported("text in a column group"));
                }
                self.append_text(current.id, text);
            }
            Mode::InBody | Mode::InCaption | Mode::InCell | Mode::InTemplate => {
                self.text_in_body(text);
            }
        }
        Ok(())
    }

    pub(super) fn text_in_body(&mut self, text: Cow<'a, str>) {
        self.reconstruct();
        self.append_text(self.current().id, text);
    }

    /// Goes on to the body, implying what was left out.
    pub(super) fn begin_body(&mut self) {
        if matches!(self.mode, Mode::Initial) {
            self.quirks = Some(true);
            self.mode = Mode::BeforeHtml;
        }
        if self.mode == Mode::BeforeHtml {
            self.imply(Known::Html);
            self.mode = Mode::BeforeHead;
        }
        if self.mode == Mode::BeforeHead {
            self.head = self.imply(Known::Head);
            self.mode = Mode::InHead;
        }
        if self.mode == Mode::InHead {
            self.open.pop();
            self.mode = Mode::AfterHead;
        }
        if self.mode == Mode::AfterHead {
            self.imply(Known::Body);
            self.mode = Mode::InBody;
        }
    }

    /// The page has ended: one without a body gets one.
    pub fn finish(&mut self) {
        while self.in_template() {
            self.end_template();
        }
        if matches!(
            self.mode,
            Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead | Mode::InHead | Mode::AfterHead
        ) {
            self.begin_body();
        }
    }

    pub fn start(&mut self, tag: Tag<'a>) -> Result<(), Unsupported> {
        if self.current().foreign {
            return self.start_in_drawing(tag);
        }
        let (mut mode, mut tag) = (self.mode, tag);
        loop {
            let step = match mode {
                Mode::Initial
                | Mode::BeforeHtml
                | Mode::BeforeHead
                | Mode::InHead
                | Mode::AfterHead => self.start_before_body(mode, tag)?,
                Mode::InBody => {
                    self.start_in_body(tag)?;
                    Step::Done
                }
                Mode::InTable => self.start_in_table(tag)?,
                Mode::InTableBody => self.start_in_table_body(tag)?,
                Mode::InRow => self.start_in_row(tag)?,
                Mode::InCell => self.start_in_cell(tag)?,
                Mode::InCaption => self.start_in_caption(tag)?,
                Mode::InColumnGroup => self.start_in_column_group(tag)?,
                Mode::InTemplate => self.start_in_template(tag)?,
            };
            match step {
                Step::Done => return Ok(()),
                Step::Again(next, again) => {
                    self.mode = next;
                    (mode, tag) = (next, again);
                }
            }
        }
    }

    pub(super) fn start_before_body(
        &mut self,
        mode: Mode,
        tag: Tag<'a>,
    ) -> Result<Step<'a>, Unsupported> {
        use Known::{
            Body, Frameset, Head, Html, Noframes, Noscript, Script, Style, Template, Title,
        };
        Ok(match (mode, tag.known) {
            (Mode::Initial, _) => {
                self.quirks = Some(true);
                Step::Again(Mode::BeforeHtml, tag)
            }
            (Mode::BeforeHtml, Html) => {
                self.insert(tag);
                self.mode = Mode::BeforeHead;
                Step::Done
            }
            (Mode::BeforeHtml, _) => {
                self.imply(Html);
                Step::Again(Mode::BeforeHead, tag)
            }
            (_, Html) => {
                self.merge(0, tag);
                Step::Done
            }
            (Mode::BeforeHead, Head) => {
                self.head = self.insert(tag);
                self.mode = Mode::InHead;
                Step::Done
            }
            (Mode::BeforeHead, _) => {
                self.head = self.imply(Head);
                Step::Again(Mode::InHead, tag)
            }
            (Mode::InHead, Noscript) => {
                self.start_in_head(tag)?;
                Step::Done
            }
            (Mode::InHead, known)
                if known.is(set::HEAD)
                    || matches!(known, Noframes | Script | Style | Template | Title) =>
            {
                self.start_in_head(tag)?;
                Step::Done
            }
            (_, Head) => Step::Done,
            (Mode::InHead, _) => {
                self.open.pop();
                Step::Again(Mode::AfterHead, tag)
            }
            (_, Body) => {
                self.insert(tag);
                self.mode = Mode::InBody;
                Step::Done
            }
            (_, Frameset) => return Err(Unsupported("frames")),
            (_, known)
                if known.is(set::HEAD)
                    || matches!(known, Noframes | Script | Style | Template | Title) =>
            {
                let head = self.head;
                self.open.push(Open {
                    id: head,
                    known: Head,
                    foreign: false,
                });
                self.start_in_head(tag)?;
                self.forget_open(head);
                Step::Done
            }
            _ => {
                self.imply(Body);
                Step::Again(Mode::InBody, tag)
            }
        })
    }

    /// The rules for what belongs into the head, wherever it is.
    pub(super) fn start_in_head(&mut self, tag: Tag<'a>) -> Result<(), Unsupported> {
        match tag.known {
            Known::Title => self.insert_raw(tag, true)?,
            Known::Noframes | Known::Style | Known::Noscript | Known::Script => {
                self.insert_raw(tag, false)?;
            }
            Known::Template => {
                if tag.shadow {
                    return Err(Unsupported("a shadow"));
                }
                self.formatting.push(Formatting::Marker);
                self.insert(tag);
                self.mode = Mode::InTemplate;
                self.templates.push(Mode::InTemplate);
            }
            _ => {
                self.insert_empty(tag);
            }
        }
        Ok(())
    }

    /// An element that holds nothing but text.
    pub(super) fn insert_raw(&mut self, tag: Tag<'a>, resolves: bool) -> Result<(), Unsupported> {
        let known = tag.known;
        let id = self.insert(tag);
        let mut text = self.raw(known)?;
        if std::mem::take(&mut self.skip_line_feed) {
            text = text.strip_prefix('\n').unwrap_or(text);
        }
        let text = if resolves {
            super::references::resolve(text, false)
        } else {
            Cow::Borrowed(text)
        };
        self.append_text(id, text);
        self.open.pop();
        Ok(())
    }

    /// Gives an open element the attributes that it lacks.
    pub(super) fn merge(&mut self, at: usize, tag: Tag<'a>) {
        if self.in_template() {
            return;
        }
        let Some(open) = self.open.get(at) else {
            return;
        };
        if let Kind::Element(element) = &mut self.nodes[open.id as usize].kind {
            for (name, value) in tag.attributes {
                if element.attribute(&name).is_none() {
                    element.attributes.push((name, value));
                }
            }
        }
    }
}

fn without_leading_space(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_space = |c: char| matches!(c, ' ' | '\n' | '\t' | '\x0c' | '\r');
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_start_matches(is_space)),
        Cow::Owned(text) => Cow::Owned(text.trim_start_matches(is_space).to_owned()),
    }
}
