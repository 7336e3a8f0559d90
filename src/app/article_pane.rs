//! The article view in the frame: what it shows, and what its events mean.

use std::sync::Arc;

use egui::Ui;

use super::article_view::{ArticleView, Scene, ViewEvent, ViewStyle};
use super::command::{Command, Group};
use super::dispatch::Message;
use super::state::State;
use super::theme::Look;
use super::widgets;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::edit::{Selection, segment};
use crate::model::{Article, BytePos, Region, Schema, Span};

/// So many words are told to scripts.
const WORDS_AT_MOST: usize = 1200;

/// The view with what it remembers between frames.
#[derive(Default)]
pub struct ArticlePane {
    view: Option<ArticleView>,
    reveal: Option<BytePos>,
    focus: bool,
    style: Option<(StyleKey, ViewStyle)>,
    /// Where the menu is open.
    menu: Option<egui::Pos2>,
}

/// What a style is made from; made anew when one of these changes.
#[derive(Clone, PartialEq)]
struct StyleKey {
    dark: bool,
    high_contrast: bool,
    size: u32,
    schema: usize,
}

impl ArticlePane {
    /// Brings a place of the article into view, at the next frame.
    pub fn reveal(&mut self, pos: BytePos) {
        self.reveal = Some(pos);
    }

    /// Gives the keyboard to the article, at the next frame.
    pub fn focus(&mut self) {
        self.focus = true;
    }

    /// Another article comes: its view starts from the top.
    pub fn forget(&mut self) {
        self.view = None;
        self.reveal = None;
        self.menu = None;
    }

    /// Puts the menu away; true if it was open.
    pub fn close_menu(&mut self) -> bool {
        self.menu.take().is_some()
    }

    /// Where the first row of a span stands on the screen.
    pub fn rect_of(&self, span: Span) -> Option<egui::Rect> {
        self.view.as_ref()?.rect_of(span)
    }

    /// The words on the screen with their middles, at most so many; for scripts that drive the window.
    pub fn words_in_view(&self, article: &Article) -> Vec<(String, egui::Pos2)> {
        let Some(view) = &self.view else {
            return Vec::new();
        };
        let visible = view.visible();
        let Ok(span) = article.text.span(visible.start, visible.end) else {
            return Vec::new();
        };
        article
            .text
            .slice(span)
            .unicode_word_indices()
            .take(WORDS_AT_MOST)
            .filter_map(|(at, word)| {
                let start = BytePos::from_index(span.start().index() + at);
                let end = BytePos::from_index(start.index() + word.len());
                let rect = view.rect_of(article.text.span(start, end).ok()?)?;
                Some((word.to_owned(), rect.center()))
            })
            .collect()
    }

    /// Where the ends of a region's bar can be taken hold of, if they are on the screen; for scripts that drive the window.
    pub fn edges_in_view(&self, article: &Article, region: &Region) -> [Option<egui::Pos2>; 2] {
        let text = &article.text;
        let Some((view, x)) = self
            .view
            .as_ref()
            .and_then(|view| Some((view, view.bars_at()?)))
        else {
            return [None, None];
        };
        let (start, end) = (region.span.start(), region.span.end());
        let after = BytePos::from_index(segment::next_grapheme(text.as_str(), start.index()));
        let before = BytePos::from_index(segment::prev_grapheme(text.as_str(), end.index()));
        let rect = |from, to| text.span(from, to).ok().and_then(|span| view.rect_of(span));
        [
            rect(start, after).map(|rect| egui::pos2(x, rect.top())),
            rect(before, end).map(|rect| egui::pos2(x, rect.bottom())),
        ]
    }

    /// Draws the article.
    pub fn show(&mut self, ui: &mut Ui, state: &State, look: &Look, out: &mut Vec<Message>) {
        let (Some(dataset), Some(article)) = (&state.dataset, &state.article) else {
            return;
        };
        let key = StyleKey {
            dark: look.dark,
            high_contrast: look.high_contrast,
            size: (state.settings.text_size * 4.0) as u32,
            schema: Arc::as_ptr(&dataset.schema) as usize,
        };
        if self
            .style
            .as_ref()
            .is_none_or(|(made_from, _)| *made_from != key)
        {
            self.style = Some((key, style(&dataset.schema, look, state.settings.text_size)));
        }
        let Some((_, style)) = &self.style else {
            return;
        };
        let view = self
            .view
            .get_or_insert_with(|| ArticleView::new(article.article()));
        if let Some(pos) = self.reveal.take() {
            view.scroll_to_pos(pos);
        }
        if std::mem::take(&mut self.focus) {
            view.request_focus(ui.ctx());
        }
        if let Some(words) = lacking(view) {
            egui::Frame::new()
                .fill(look.panel)
                .inner_margin(egui::Margin::symmetric(12, 6))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.label(egui::RichText::new(words).color(look.warn));
                });
            ui.add_space(-ui.spacing().item_spacing.y);
        }
        let highlights: &[Span] = article.find.as_ref().map_or(&[], |find| &find.hits);
        let blocks = article.blocks();
        let scene = Scene {
            article: article.article(),
            regions: article.session.annotation().regions(),
            entities: article.session.annotation().entities(),
            revision: article.version,
            selection: article.selection,
            current_block: Some(article.block),
            block_selection: if blocks.len() > 1 { blocks } else { 0..0 },
            highlights,
            style,
            editable: true,
        };
        for event in view.show(ui, &scene) {
            match event {
                ViewEvent::Select { anchor, head } => {
                    out.push(Message::Select(Selection::new(anchor, head)));
                }
                ViewEvent::CaretAt(pos) => out.push(Message::Select(Selection::caret(pos))),
                ViewEvent::BlockClicked { index, extend } => {
                    out.push(Message::SelectBlock { index, extend });
                }
                ViewEvent::RegionEdgeMoved { region, edge, to } => {
                    out.push(Message::MoveRegionEdge(region, edge, to));
                }
                ViewEvent::EntityEdgeMoved { entity, edge, to } => {
                    out.push(Message::MoveEntityEdge(entity, edge, to));
                }
                ViewEvent::EntityClicked { entity } => {
                    // At the caret the keys act on the innermost; one around it has to be selected.
                    let annotation = article.session.annotation();
                    let start = entity.span.start();
                    out.push(Message::Select(
                        if annotation.entity_at(start) == Some(&entity) {
                            Selection::caret(start)
                        } else {
                            Selection::new(start, entity.span.end())
                        },
                    ));
                }
                ViewEvent::ContextMenu { at, pos } => {
                    let inside = article.selected().is_some_and(|span| span.contains_pos(at));
                    if !inside {
                        out.push(Message::Select(Selection::caret(at)));
                    }
                    self.menu = Some(pos);
                }
                ViewEvent::EntityHovered { .. } | ViewEvent::Focused => {}
            }
        }
        if let Some(at) = self.menu
            && !menu(ui, state, look, at, out)
        {
            self.menu = None;
        }
    }
}

/// What to say of letters that no font has.
fn lacking(view: &ArticleView) -> Option<String> {
    let scripts = view.lacking_scripts();
    if scripts.is_empty() {
        return None;
    }
    let names: Vec<&str> = scripts.iter().map(|script| script.name).collect();
    let names = names.join(", ");
    let mut words = format!("No font on this system has these letters: {names}.");
    if cfg!(target_os = "linux") {
        let mut packages: Vec<&str> = scripts.iter().map(|script| script.package).collect();
        packages.sort_unstable();
        packages.dedup();
        words.push_str(&format!(
            " On Debian and Ubuntu, install {}, and start Copydesk again.",
            packages.join(" and ")
        ));
    } else {
        words.push_str(" Install one, and start Copydesk again.");
    }
    Some(words)
}

fn style(schema: &Schema, look: &Look, size: f32) -> ViewStyle {
    let mut style = ViewStyle::of_schema(schema, look.dark);
    style.font = egui::FontId::new(size, super::theme::reading_family());
    // The window's grounds and inks, and colours that keep their contrast on them.
    style.palette.paper = look.paper;
    style.palette.ink = look.ink;
    style.palette.faint = look.faint;
    style.palette.accent = look.accent;
    style.palette.unsure = look.warn;
    style.palette.on_color = look.paper;
    style.palette.selection = look.selection;
    style.palette.highlight = look.highlight;
    for shown in &mut style.regions {
        if let Some(label) = schema.region(shown.label.as_str()) {
            shown.color = look.mark(label.color);
            shown.tint = look.tint(label.color);
        }
    }
    for shown in &mut style.entities {
        if let Some(label) = schema.entity(shown.label.as_str()) {
            shown.color = look.mark(label.color);
        }
    }
    style
}

/// The menu of a place in the article: what the keys would do there, with the keys.
fn menu(ui: &Ui, state: &State, look: &Look, at: egui::Pos2, out: &mut Vec<Message>) -> bool {
    let schema = state.schema();
    let mut commands: Vec<Option<Command>> = Vec::new();
    for group in [Group::Regions, Group::Entities] {
        let of_group = Command::all(schema)
            .into_iter()
            .filter(|command| command.group() == group);
        commands.extend(
            of_group
                .filter(|command| !matches!(command, Command::LabelToEnd(_)))
                .map(Some),
        );
        commands.push(None);
    }
    commands.pop();
    let mut open = true;
    let area = egui::Area::new(egui::Id::unique("article menu"))
        .fixed_pos(at)
        .order(egui::Order::Foreground)
        .constrain(true)
        .show(ui.ctx(), |ui| {
            egui::Frame::menu(ui.style()).show(ui, |ui| {
                ui.set_width(370.0);
                ui.spacing_mut().item_spacing.y = 1.0;
                for command in commands {
                    let Some(command) = command else {
                        ui.separator();
                        continue;
                    };
                    let label = command.label(schema);
                    if widgets::command_row(
                        ui,
                        look,
                        command,
                        &label,
                        &state.shown_key(command),
                        false,
                    )
                    .clicked()
                    {
                        out.push(Message::Run(command));
                        open = false;
                    }
                }
            });
        });
    let elsewhere = ui.input(|i| {
        i.pointer.any_pressed()
            && i.pointer
                .interact_pos()
                .is_some_and(|pos| !area.response.rect.contains(pos))
    });
    open && !elsewhere
}
