//! The article view in the frame: what it shows, and what its events mean.

use std::sync::Arc;

use egui::Ui;

use super::article_view::{ArticleView, Scene, ViewEvent, ViewStyle};
use super::dispatch::Message;
use super::state::State;
use super::theme::Look;
use crate::edit::Selection;
use crate::model::{BytePos, Schema, Span};

/// The view with what it remembers between frames.
#[derive(Default)]
pub struct ArticlePane {
    view: Option<ArticleView>,
    reveal: Option<BytePos>,
    focus: bool,
    style: Option<(StyleKey, ViewStyle)>,
}

/// What a style is made from; made anew when one of these changes.
#[derive(Clone, PartialEq)]
struct StyleKey {
    dark: bool,
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
    }

    /// Draws the article.
    pub fn show(&mut self, ui: &mut Ui, state: &State, look: &Look, out: &mut Vec<Message>) {
        let (Some(dataset), Some(article)) = (&state.dataset, &state.article) else {
            return;
        };
        let key = StyleKey {
            dark: look.dark,
            size: (state.settings.text_size * 4.0) as u32,
            schema: Arc::as_ptr(&dataset.schema) as usize,
        };
        if self.style.as_ref().is_none_or(|(made_from, _)| *made_from != key) {
            self.style = Some((key, style(&dataset.schema, look, state.settings.text_size)));
        }
        let Some((_, style)) = &self.style else { return };
        let view = self.view.get_or_insert_with(|| ArticleView::new(article.article()));
        if let Some(pos) = self.reveal.take() {
            view.scroll_to(pos);
        }
        if std::mem::take(&mut self.focus) {
            view.request_focus();
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
                ViewEvent::Select { anchor, head } => out.push(Message::Select(Selection::new(anchor, head))),
                ViewEvent::CaretAt(pos) => out.push(Message::Select(Selection::caret(pos))),
                ViewEvent::BlockClicked { index, extend } => out.push(Message::SelectBlock { index, extend }),
                ViewEvent::RegionEdgeMoved { region, edge, to } => out.push(Message::MoveRegionEdge(region, edge, to)),
                ViewEvent::EntityEdgeMoved { entity, edge, to } => out.push(Message::MoveEntityEdge(entity, edge, to)),
                ViewEvent::EntityClicked { entity } => out.push(Message::Select(Selection::caret(entity.span.start()))),
                _ => {}
            }
        }
    }
}

fn style(_schema: &Schema, _look: &Look, _size: f32) -> ViewStyle {
    ViewStyle::default()
}
