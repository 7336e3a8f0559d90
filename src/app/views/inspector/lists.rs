//! The regions and entities of the article as lists that fold: by label, and by the words that
//! several of them share. What is shown is made anew only when the annotation or the choices
//! change, so that thousands cost nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{Align, Key, Layout, RichText, Sense, Ui};
use egui_material_icons::icons;

use super::span_rows::{Item, Order, Row, one_line, rows};
use crate::app::state::{Message, OpenArticle, SpanRef};
use crate::app::ui::theme;
use crate::app::ui::theme::Theme;
use crate::model::{Label, Provenance, Rgb, Schema, Span, figures};
use crate::store::ArticleKey;

/// Height of a row, in points.
const ROW: f32 = 24.0;
/// The colour of a label that the schema does not know.
const UNKNOWN: Rgb = Rgb(128, 128, 128);
/// From so many on there is a field to search among them.
const MANY: usize = 8;

/// Says who suggested a span; nothing for what a person did.
pub(super) type Who<'a> = &'a dyn Fn(Provenance) -> Option<String>;

/// The regions or the entities of an article.
struct Spans<'a, All> {
    name: &'static str,
    /// What to say where there are none.
    empty: &'static str,
    all: All,
    /// The labels as the schema has them.
    order: Vec<&'a Label>,
    color: &'a dyn Fn(&Label) -> Option<Rgb>,
    /// The one that the keys act on.
    chosen: Option<usize>,
}

/// A list with what the screen remembers of it.
#[derive(Default)]
pub(super) struct SpanList {
    /// Article and version that the items are of.
    of: Option<Stamp>,
    items: Vec<Item>,
    rows: Vec<Row>,
    query: String,
    order: Order,
    /// Labels that are folded.
    folded: BTreeSet<Label>,
    /// Words that are unfolded.
    unfolded: BTreeSet<(Label, String)>,
    /// The row that the keyboard is on.
    cursor: usize,
    focus: bool,
    stale: bool,
    /// Whether the keyboard was in the search field in the last frame.
    typing: bool,
    /// Whether the search is another one: the keyboard is on the first row that it found.
    anew: bool,
}

impl SpanList {
    /// Ends a search that the keyboard is in: all are shown again.
    pub(super) fn end_search(&mut self) {
        if std::mem::take(&mut self.typing) {
            self.query.clear();
            self.stale = true;
        }
    }

    /// Puts the keyboard into the search field.
    pub(super) fn focus(&mut self) {
        self.focus = true;
    }

    pub(super) fn entities(
        &mut self,
        ui: &mut Ui,
        article: &OpenArticle,
        schema: &Arc<Schema>,
        theme: &Theme,
        who: Who<'_>,
        out: &mut Vec<Message>,
    ) {
        let all = article.session.annotation().entities();
        let spans = Spans {
            name: "entities",
            empty: "Select a name in the text and press its label's digit.",
            all: all.iter().map(|e| (e.span, &e.label, e.provenance)),
            order: schema.entities().iter().map(|l| &l.label).collect(),
            color: &|label| schema.entity(label.as_str()).map(|label| label.color),
            chosen: article
                .entity()
                .and_then(|entity| all.iter().position(|e| e == entity)),
        };
        let clicked = self.spans(ui, article, schema, theme, who, spans);
        if let Some(entity) = clicked.and_then(|at| all.get(at)) {
            out.push(Message::GoTo(SpanRef::Entity(entity.clone())));
        }
    }

    pub(super) fn regions(
        &mut self,
        ui: &mut Ui,
        article: &OpenArticle,
        schema: &Arc<Schema>,
        theme: &Theme,
        who: Who<'_>,
        out: &mut Vec<Message>,
    ) {
        let all = article.session.annotation().regions();
        let spans = Spans {
            name: "regions",
            empty: "Press a label's key to label the block.",
            all: all.iter().map(|r| (r.span, &r.label, r.provenance)),
            order: schema.regions().iter().map(|l| &l.label).collect(),
            color: &|label| schema.region(label.as_str()).map(|label| label.color),
            chosen: article
                .region()
                .and_then(|region| all.iter().position(|r| r == region)),
        };
        let clicked = self.spans(ui, article, schema, theme, who, spans);
        if let Some(region) = clicked.and_then(|at| all.get(at)) {
            out.push(Message::GoTo(SpanRef::Region(region.clone())));
        }
    }

    /// Draws the list of regions or of entities; the one that was chosen in it.
    fn spans<'a>(
        &mut self,
        ui: &mut Ui,
        article: &OpenArticle,
        schema: &Arc<Schema>,
        theme: &Theme,
        who: Who<'_>,
        spans: Spans<'a, impl ExactSizeIterator<Item = (Span, &'a Label, Provenance)>>,
    ) -> Option<usize> {
        if spans.all.len() == 0 && !self.focus {
            ui.label(RichText::new(spans.empty).color(theme.faint));
            return None;
        }
        let text = &article.article().text;
        let stamp = Stamp::of(article, schema);
        if self.of.as_ref() != Some(&stamp) {
            let item = |(span, label, provenance): (Span, &Label, Provenance)| Item {
                label: label.clone(),
                words: one_line(text.slice(span)),
                provenance,
                suggested_by: who(provenance),
            };
            self.take(stamp, spans.all.map(item));
        }
        self.show(
            ui,
            theme,
            spans.name,
            &spans.order,
            spans.color,
            spans.chosen,
        )
    }

    fn take(&mut self, stamp: Stamp, items: impl Iterator<Item = Item>) {
        if self.of.as_ref().is_none_or(|of| of.0 != stamp.0) {
            self.unfolded.clear();
            self.cursor = 0;
        }
        self.items = items.collect();
        self.of = Some(stamp);
        self.stale = true;
    }

    /// Draws the list; the item that was chosen in it.
    fn show(
        &mut self,
        ui: &mut Ui,
        theme: &Theme,
        name: &str,
        order: &[&Label],
        color: &dyn Fn(&Label) -> Option<Rgb>,
        chosen: Option<usize>,
    ) -> Option<usize> {
        let moved = self.head(ui, theme, name);
        if std::mem::take(&mut self.stale) {
            self.rows = rows(
                &self.items,
                order,
                &self.query,
                self.order,
                &self.folded,
                &self.unfolded,
            );
            if std::mem::take(&mut self.anew) {
                self.go_to_first_item();
            }
        }
        let last = self.rows.len().saturating_sub(1);
        let searching = moved.is_some();
        let mut activated = None;
        let mut scroll = None;
        if let Some(moved) = moved {
            self.cursor = self.cursor.saturating_add_signed(moved.by).min(last);
            if moved.by != 0 {
                scroll = Some(self.cursor);
            }
            let is_fold = matches!(
                self.rows.get(self.cursor),
                Some(Row::Label { .. } | Row::Words { .. })
            );
            if moved.enter
                && let Some(Row::Words { first, .. }) = self.rows.get(self.cursor)
            {
                return Some(*first);
            }
            if moved.enter || (moved.fold && is_fold) {
                activated = Some(self.cursor);
            }
        }
        if self.rows.is_empty() {
            ui.label(RichText::new("No matches").color(theme.faint));
            return None;
        }
        let mut area = egui::ScrollArea::vertical()
            .auto_shrink(false)
            .id_salt(name);
        ui.spacing_mut().item_spacing.y = 2.0;
        if let Some(row) = scroll {
            let above = row as f32 * (ROW + 2.0);
            let room = ui.available_height();
            area = area.vertical_scroll_offset((above - room / 2.0).max(0.0));
        }
        area.show_rows(ui, ROW, self.rows.len(), |ui, range| {
            for at in range {
                let Some(row) = self.rows.get(at) else {
                    continue;
                };
                let here = searching && at == self.cursor;
                if self.row(ui, theme, row, color, chosen, here) {
                    activated = Some(at);
                }
            }
        });
        match self.rows.get(activated?)?.clone() {
            Row::Label { label, .. } => {
                if !self.folded.remove(&label) {
                    self.folded.insert(label);
                }
                self.stale = true;
                None
            }
            Row::Words { first, .. } => {
                let item = self.items.get(first)?;
                let key = (item.label.clone(), item.words.clone());
                if !self.unfolded.remove(&key) {
                    self.unfolded.insert(key);
                }
                self.stale = true;
                None
            }
            Row::Item { at, .. } => Some(at),
        }
    }

    /// Puts the keyboard on the first row that Enter goes to.
    fn go_to_first_item(&mut self) {
        let is_item = |row: &Row| !matches!(row, Row::Label { .. });
        self.cursor = self.rows.iter().position(is_item).unwrap_or(0);
    }

    /// Search field and order; what the keyboard did in the field, if it is there.
    fn head(&mut self, ui: &mut Ui, theme: &Theme, name: &str) -> Option<Moved> {
        let id = ui.make_persistent_id(("search", name));
        let typing = ui.memory(|memory| memory.has_focus(id));
        if typing && !self.typing {
            self.anew = true;
            self.stale = true;
        }
        self.typing = typing;
        if self.items.len() < MANY && !self.focus && !typing && self.query.is_empty() {
            return None;
        }
        let moved = typing.then(|| {
            ui.input_mut(|i| {
                let mut pressed = |key| i.consume_key(egui::Modifiers::NONE, key);
                let (down, up) = (pressed(Key::ArrowDown), pressed(Key::ArrowUp));
                let empty = self.query.is_empty();
                Moved {
                    by: isize::from(down) - isize::from(up),
                    enter: pressed(Key::Enter),
                    fold: empty && (pressed(Key::ArrowRight) | pressed(Key::ArrowLeft)),
                }
            })
        });
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for (order, icon, hint) in [
                    (Order::Unsure, icons::ICON_QUESTION_MARK, "Unsure first"),
                    (Order::Words, icons::ICON_SORT_BY_ALPHA, "Sort by name"),
                    (
                        Order::Place,
                        icons::ICON_FORMAT_LINE_SPACING,
                        "Sort by position",
                    ),
                ] {
                    let color = if self.order == order {
                        theme.accent
                    } else {
                        theme.faint
                    };
                    let button =
                        egui::Button::new(icon.rich_text().size(16.0).color(color)).frame(false);
                    let response = ui.add(button).on_hover_text(hint);
                    response.widget_info(|| {
                        egui::WidgetInfo::selected(
                            egui::accesskit::Role::RadioButton,
                            true,
                            self.order == order,
                            hint,
                        )
                    });
                    if response.clicked() {
                        self.order = order;
                        self.stale = true;
                    }
                }
                let field = ui.add(
                    egui::TextEdit::singleline(&mut self.query)
                        .id(id)
                        .hint_text(format!("find in {name}"))
                        .desired_width(f32::INFINITY),
                );
                field.widget_info(|| {
                    egui::WidgetInfo::labeled(
                        egui::accesskit::Role::SearchInput,
                        true,
                        format!("Find in {name}"),
                    )
                });
                if std::mem::take(&mut self.focus) {
                    field.request_focus();
                }
                if field.changed() {
                    self.stale = true;
                    self.anew = true;
                }
            });
        });
        ui.add_space(2.0);
        moved
    }

    /// Draws a row; true if it was clicked.
    fn row(
        &self,
        ui: &mut Ui,
        theme: &Theme,
        row: &Row,
        color: &dyn Fn(&Label) -> Option<Rgb>,
        chosen: Option<usize>,
        here: bool,
    ) -> bool {
        let (rect, response) =
            ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW), Sense::click());
        let (name, is_chosen, open) = match row {
            Row::Label { label, count, open } => (format!("{label}, {count}"), false, Some(*open)),
            Row::Words {
                first, count, open, ..
            } => {
                let item = self.items.get(*first);
                let words = item.map_or("", |item| item.words.as_str());
                let label = item.map_or("", |item| item.label.as_str());
                (format!("{label}: {words} ×{count}"), false, Some(*open))
            }
            Row::Item { at, .. } => {
                let item = self.items.get(*at);
                let words = item.map_or("", |item| item.words.as_str());
                let label = item.map_or("", |item| item.label.as_str());
                (format!("{label}: {words}"), chosen == Some(*at), None)
            }
        };
        response.widget_info(|| {
            egui::WidgetInfo::selected(
                egui::accesskit::Role::ListItem,
                true,
                is_chosen || here,
                &name,
            )
        });
        if let Row::Item { at, .. } = row
            && let Some(by) = self
                .items
                .get(*at)
                .and_then(|item| item.suggested_by.as_ref())
        {
            response
                .clone()
                .on_hover_text(format!("{label}: {by}", label = name));
        }
        if is_chosen || here {
            ui.painter().rect_filled(rect, 6.0, theme.accent_ground);
        } else if response.hovered() {
            let ground = theme.panel.lerp_to_gamma(theme.ink, 0.06);
            ui.painter().rect_filled(rect, 6.0, ground);
        }
        let indent = match row {
            Row::Label { .. } => 2.0,
            Row::Words { .. } | Row::Item { deep: false, .. } => 12.0,
            Row::Item { deep: true, .. } => 30.0,
        };
        let inner = egui::Rect::from_min_max(
            rect.min + egui::vec2(indent, 0.0),
            rect.max - egui::vec2(8.0, 0.0),
        );
        let mut line = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(inner)
                .layout(Layout::right_to_left(Align::Center)),
        );
        line.spacing_mut().item_spacing.x = 4.0;
        self.row_words(&mut line, theme, row, color, open);
        response.clicked()
    }

    fn row_words(
        &self,
        ui: &mut Ui,
        theme: &Theme,
        row: &Row,
        color: &dyn Fn(&Label) -> Option<Rgb>,
        open: Option<bool>,
    ) {
        let sign = |ui: &mut Ui, provenance: Provenance| {
            if provenance.is_unsure() {
                ui.label(
                    icons::ICON_QUESTION_MARK
                        .rich_text()
                        .size(13.0)
                        .color(theme.warn),
                );
            } else if provenance.is_suggestion() {
                ui.label(
                    icons::ICON_AUTO_AWESOME
                        .rich_text()
                        .size(13.0)
                        .color(theme.faint),
                );
            }
        };
        let count = |ui: &mut Ui, n: usize| {
            let words = figures::number(n as u64);
            ui.label(RichText::new(words).small().color(theme.faint));
        };
        let words = match row {
            Row::Label {
                label, count: n, ..
            } => {
                count(ui, *n);
                RichText::new(label.as_str())
                    .size(11.5)
                    .family(theme::strong_family())
                    .color(theme.mark(color(label).unwrap_or(UNKNOWN)))
            }
            Row::Words {
                first,
                count: n,
                unsure,
                ..
            } => {
                ui.label(
                    RichText::new(format!("×{}", figures::number(*n as u64)))
                        .small()
                        .color(theme.faint),
                );
                if *unsure > 0 {
                    ui.label(
                        icons::ICON_QUESTION_MARK
                            .rich_text()
                            .size(13.0)
                            .color(theme.warn),
                    );
                }
                let words = self
                    .items
                    .get(*first)
                    .map_or("", |item| item.words.as_str());
                RichText::new(words).color(theme.ink)
            }
            Row::Item { at, .. } => {
                let Some(item) = self.items.get(*at) else {
                    return;
                };
                sign(ui, item.provenance);
                RichText::new(&item.words).color(theme.ink)
            }
        };
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            if let Some(open) = open {
                let icon = if open {
                    icons::ICON_EXPAND_MORE
                } else {
                    icons::ICON_CHEVRON_RIGHT
                };
                ui.label(icon.rich_text().size(15.0).color(theme.faint));
            }
            ui.add(egui::Label::new(words).truncate().selectable(false));
        });
    }
}

/// What the keyboard did in the search field.
struct Moved {
    by: isize,
    enter: bool,
    fold: bool,
}

/// The article, version and schema that a list was made of. The schema is kept, so that no other
/// can have its address.
struct Stamp(ArticleKey, u64, Arc<Schema>);

impl Stamp {
    fn of(article: &OpenArticle, schema: &Arc<Schema>) -> Self {
        Self(article.key, article.version, schema.clone())
    }
}

impl PartialEq for Stamp {
    fn eq(&self, other: &Self) -> bool {
        (self.0, self.1) == (other.0, other.1) && Arc::ptr_eq(&self.2, &other.2)
    }
}
