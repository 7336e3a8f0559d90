//! Start tags in the body, and in drawings.

use html5ever::{LocalName, local_name, ns};

use super::known::{Known, set};
use super::rules::Mode;
use super::stack::{Formatting, Open};
use super::tags::Tag;
use super::{Element, Kind, NONE, Parser, Unsupported};

impl<'a> Parser<'a> {
    pub(super) fn start_in_body(&mut self, tag: Tag<'a>) -> Result<(), Unsupported> {
        use Known::{
            A, Applet, Body, Button, Dd, Dt, Form, Frame, Frameset, Head, Hr, Html, Iframe, Image,
            Input, Li, Listing, Marquee, Math, Nobr, Noembed, Noframes, Noscript, Object, Optgroup,
            Option, Param, Plaintext, Pre, Rb, Rp, Rt, Rtc, Ruby, Script, Select, Source, Style,
            Svg, Table, Template, Textarea, Title, Track, Xmp,
        };
        let known = tag.known;
        match known {
            _ if known.is(set::BLOCK) => {
                self.close_paragraph_in_button_scope();
                self.insert(tag);
            }
            A => {
                if let Some((_, id)) = self.formatting_of(A) {
                    self.end_formatting(A);
                    self.forget_formatting(id);
                    self.forget_open(id);
                }
                self.reconstruct();
                self.insert_formatting(tag)?;
            }
            Nobr => {
                self.reconstruct();
                if self.has_in_scope(Nobr) {
                    self.end_formatting(Nobr);
                    self.reconstruct();
                }
                self.insert_formatting(tag)?;
            }
            _ if known.is(set::FORMATTING) => {
                self.reconstruct();
                self.insert_formatting(tag)?;
            }
            Known::P => {
                self.close_paragraph_in_button_scope();
                self.insert(tag);
            }
            Li | Dd | Dt => {
                let is_same = |open: &Open| {
                    if known == Li {
                        open.is(Li)
                    } else {
                        open.is(Dd) || open.is(Dt)
                    }
                };
                let found = self.open.iter().rev().find(|open| {
                    is_same(open)
                        || open.is_in(set::SPECIAL)
                            && !matches!(open.known, Known::Address | Known::Div | Known::P)
                });
                if let Some(open) = found.copied().filter(is_same) {
                    self.end_implied(set::IMPLIED, open.known);
                    self.pop_until(|other| other.is(open.known));
                }
                self.close_paragraph_in_button_scope();
                self.insert(tag);
            }
            _ if known.is(set::HEADING) => {
                self.close_paragraph_in_button_scope();
                if self.current().is_in(set::HEADING) {
                    self.open.pop();
                }
                self.insert(tag);
            }
            _ if known.is(set::VOID) => {
                self.reconstruct();
                self.insert_empty(tag);
            }
            Image => {
                self.reconstruct();
                self.insert_empty(Tag {
                    known: Known::Img,
                    ..tag
                });
            }
            Script | Style | Noframes | Title | Template => self.start_in_head(tag)?,
            _ if known.is(set::HEAD) => self.start_in_head(tag)?,
            Noscript | Noembed | Iframe => self.insert_raw(tag, false)?,
            Textarea => {
                self.skip_line_feed = true;
                self.insert_raw(tag, true)?;
            }
            Xmp => {
                self.close_paragraph_in_button_scope();
                self.reconstruct();
                self.insert_raw(tag, false)?;
            }
            Html => self.merge(0, tag),
            Body => {
                if self.open.get(1).is_some_and(|open| open.is(Body)) {
                    self.merge(1, tag);
                }
            }
            Pre | Listing => {
                self.close_paragraph_in_button_scope();
                self.insert(tag);
                self.skip_line_feed = true;
            }
            Form => {
                let in_template = self.in_template();
                if self.form != NONE && !in_template {
                    return Ok(());
                }
                self.close_paragraph_in_button_scope();
                let id = self.insert(tag);
                if !in_template {
                    self.form = id;
                }
            }
            Button => {
                if self.has_in_scope(Button) {
                    self.end_implied(set::IMPLIED, Known::Other);
                    self.pop_until(|open| open.is(Button));
                }
                self.reconstruct();
                self.insert(tag);
            }
            Applet | Marquee | Object => {
                self.reconstruct();
                self.insert(tag);
                self.formatting.push(Formatting::Marker);
            }
            Table => {
                match self.quirks {
                    Some(false) => self.close_paragraph_in_button_scope(),
                    Some(true) => {}
                    None if self
                        .in_scope(set::SCOPE | set::BUTTON_SCOPE, |open| open.is(Known::P)) =>
                    {
                        return Err(Unsupported("a table in a paragraph"));
                    }
                    None => {}
                }
                self.insert(tag);
                self.mode = Mode::InTable;
            }
            Input => {
                if self.has_in_scope(Select) {
                    self.pop_until(|open| open.is(Select));
                }
                self.reconstruct();
                self.insert_empty(tag);
            }
            Param | Source | Track => {
                self.insert_empty(tag);
            }
            Hr => {
                self.close_paragraph_in_button_scope();
                if self.has_in_scope(Select) {
                    self.end_implied(set::IMPLIED, Known::Other);
                }
                self.insert_empty(tag);
            }
            // One in another ends that.
            Select if self.has_in_scope(Select) => self.pop_until(|open| open.is(Select)),
            Option | Optgroup => {
                if self.has_in_scope(Select) {
                    let except = if known == Option {
                        Optgroup
                    } else {
                        Known::Other
                    };
                    self.end_implied(set::IMPLIED, except);
                } else if self.current().is(Option) {
                    self.open.pop();
                }
                self.reconstruct();
                self.insert(tag);
            }
            Rb | Rtc | Rp | Rt => {
                if self.has_in_scope(Ruby) {
                    let except = if matches!(known, Rp | Rt) {
                        Rtc
                    } else {
                        Known::Other
                    };
                    self.end_implied(set::IMPLIED, except);
                }
                self.insert(tag);
            }
            Svg => {
                self.reconstruct();
                self.insert_drawing(tag);
            }
            Math => return Err(Unsupported("a formula")),
            Plaintext => return Err(Unsupported("plaintext")),
            Frameset => return Err(Unsupported("frames")),
            Frame | Head => {}
            _ if known.is(set::TABLE_PART) => {}
            _ => {
                self.reconstruct();
                self.insert(tag);
            }
        }
        Ok(())
    }

    pub(super) fn insert_drawing(&mut self, tag: Tag<'a>) {
        let closes_itself = tag.closes_itself;
        let known = tag.known;
        let id = self.push(Kind::Element(Element {
            ns: ns!(svg),
            name: tag.name(),
            attributes: tag.attributes,
        }));
        self.append(self.current().id, id);
        if !closes_itself {
            self.open.push(Open {
                id,
                known,
                foreign: true,
            });
        }
    }

    /// In a drawing all names are taken as they are, until something that only a page can hold.
    pub(super) fn start_in_drawing(&mut self, tag: Tag<'a>) -> Result<(), Unsupported> {
        let name = self.name_of(self.current());
        if tag.known.is(set::BREAKS_OUT) || matches!(&*name, "foreignobject" | "desc" | "title") {
            return Err(Unsupported("HTML in a drawing"));
        }
        self.insert_drawing(tag);
        Ok(())
    }

    pub(super) fn name_of(&self, open: Open) -> LocalName {
        match &self.nodes[open.id as usize].kind {
            Kind::Element(element) => element.name.clone(),
            Kind::Document | Kind::Text(_) | Kind::Other => local_name!(""),
        }
    }
}
