//! The article list: filter, search, status, progress. Only the rows in view are asked for and drawn.

use egui::{Align, Layout, RichText, Sense, Ui, Widget as _};

use super::dashboard;
use super::dispatch::Message;
use super::state::{OpenDataset, State};
use super::theme::Look;
use super::widgets;
use crate::model::Status;
use crate::store::{ArticleKey, Filter};

/// Height of a row, in points.
const ROW: f32 = 46.0;

/// What the list remembers between frames.
#[derive(Default)]
pub struct ListPane {
    /// What is being typed into the search field.
    words: String,
    /// Put the keyboard into the search field.
    pub focus_search: bool,
    /// The article that was scrolled to last.
    shown: Option<ArticleKey>,
}

impl ListPane {
    /// Draws the list.
    pub fn show(&mut self, ui: &mut Ui, state: &State, look: &Look, out: &mut Vec<Message>) {
        let Some(dataset) = &state.dataset else {
            return;
        };
        progress(ui, dataset, look);
        ui.add_space(4.0);
        self.filter(ui, dataset, out);
        dashboard::chip(ui, dataset, look, out);
        ui.add_space(4.0);
        if dataset.listed && dataset.keys.is_empty() {
            ui.add_space(24.0);
            ui.vertical_centered(|ui| {
                let words = if dataset.filter == Filter::default() {
                    "No articles yet.\nDrop files or a folder here."
                } else {
                    "No article matches."
                };
                ui.label(RichText::new(words).color(look.faint));
            });
            return;
        }
        self.rows(ui, state, dataset, look, out);
    }

    fn filter(&mut self, ui: &mut Ui, dataset: &OpenDataset, out: &mut Vec<Message>) {
        let mut filter = dataset.filter.clone();
        ui.horizontal(|ui| {
            let name = |status: Option<Status>| status.map_or("all", Status::as_str);
            let combo = egui::ComboBox::from_id_salt("status")
                .width(84.0)
                .selected_text(name(filter.status))
                .show_ui(ui, |ui| {
                    for status in [None].into_iter().chain(Status::ALL.map(Some)) {
                        let n = status.map_or(dataset.counts.total(), |s| dataset.counts.of(s));
                        let words = format!("{}  ({})", name(status), widgets::number(n));
                        ui.selectable_value(&mut filter.status, status, words);
                    }
                });
            combo.response.widget_info(|| {
                egui::WidgetInfo::labeled(
                    egui::accesskit::Role::ComboBox,
                    true,
                    "Status shown in the list",
                )
            });
            let field = egui::TextEdit::singleline(&mut self.words)
                .hint_text("find…")
                .desired_width(f32::INFINITY)
                .margin(egui::Margin::symmetric(8, 5))
                .ui(ui);
            field.widget_info(|| {
                egui::WidgetInfo::labeled(
                    egui::accesskit::Role::TextInput,
                    true,
                    "Find in the dataset",
                )
            });
            if std::mem::take(&mut self.focus_search) {
                field.request_focus();
            }
            if field.has_focus() && ui.input(|i| i.key_pressed(egui::Key::Escape)) {
                self.words.clear();
                field.surrender_focus();
            }
        });
        filter.words = self.words.trim().to_owned();
        if filter != dataset.filter {
            out.push(Message::SetFilter(filter));
        }
    }

    fn rows(
        &mut self,
        ui: &mut Ui,
        state: &State,
        dataset: &OpenDataset,
        look: &Look,
        out: &mut Vec<Message>,
    ) {
        let open = dataset
            .loading
            .or(state.article.as_ref().map(|article| article.key));
        let mut area = egui::ScrollArea::vertical()
            .auto_shrink(false)
            .id_salt("articles");
        if open != self.shown
            && let Some(place) = open.and_then(|key| dataset.place_of(key))
        {
            self.shown = open;
            // Keep the open article in the middle third, so that what comes next is seen.
            let height = ui.available_height();
            let top = place as f32 * ROW;
            let id = ui.make_persistent_id(egui::Id::unique("articles"));
            let now = egui::scroll_area::State::load(ui.ctx(), id)
                .map_or(0.0, |s| s.unclamped_offset().y);
            if top < now + ROW || top + 2.0 * ROW > now + height {
                area = area.vertical_scroll_offset((top - height / 3.0).max(0.0));
            }
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        area.show_rows(ui, ROW, dataset.keys.len(), |ui, range| {
            let visible: Vec<ArticleKey> =
                dataset.keys.get(range.clone()).unwrap_or_default().to_vec();
            let missing: Vec<ArticleKey> = visible
                .iter()
                .copied()
                .filter(|key| !dataset.rows.contains_key(key) && !dataset.asked.contains(key))
                .collect();
            if !missing.is_empty() {
                // One page more than is seen, so that scrolling finds it there.
                let to = (range.end + visible.len()).min(dataset.keys.len());
                out.push(Message::WantRows(
                    dataset
                        .keys
                        .get(range.start..to)
                        .unwrap_or_default()
                        .to_vec(),
                ));
            }
            for key in visible {
                row(ui, dataset, key, open == Some(key), look, out);
            }
        });
    }
}

fn progress(ui: &mut Ui, dataset: &OpenDataset, look: &Look) {
    let total = dataset.counts.total();
    let done = dataset.counts.of(Status::Done);
    ui.horizontal(|ui| {
        let words = format!(
            "{} of {} done",
            widgets::number(done),
            widgets::number(total)
        );
        ui.label(RichText::new(words).family(super::theme::strong_family()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let flagged = dataset.counts.of(Status::Flagged);
            if flagged > 0 {
                ui.label(RichText::new(format!("{flagged} flagged")).color(look.warn));
            }
        });
    });
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 4.0), Sense::empty());
    ui.painter().rect_filled(rect, 2.0, look.line);
    if total > 0 {
        let mut part = rect;
        part.set_width(rect.width() * (done as f32 / total as f32));
        ui.painter().rect_filled(part, 2.0, look.good);
    }
}

fn row(
    ui: &mut Ui,
    dataset: &OpenDataset,
    key: ArticleKey,
    open: bool,
    look: &Look,
    out: &mut Vec<Message>,
) {
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW), Sense::click());
    let row = dataset.rows.get(&key);
    response.widget_info(|| {
        let name = row.map_or_else(
            || "Article".to_owned(),
            |row| format!("{} ({})", row.headline, row.status.as_str()),
        );
        egui::WidgetInfo::selected(egui::accesskit::Role::ListItem, true, open, name)
    });
    if response.clicked() {
        out.push(Message::OpenArticle(key));
    }
    let card = rect.shrink2(egui::vec2(2.0, 1.0));
    if open {
        ui.painter().rect_filled(card, 6.0, look.accent_ground);
    } else if response.hovered() {
        ui.painter()
            .rect_filled(card, 6.0, look.panel.lerp_to_gamma(look.ink, 0.06));
    }
    let Some(row) = row else { return };
    let mut inner = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(card.shrink2(egui::vec2(8.0, 5.0)))
            .layout(Layout::left_to_right(Align::Min)),
    );
    inner.spacing_mut().item_spacing.x = 8.0;
    inner.add(
        egui::Label::new(
            widgets::status_icon(row.status)
                .rich_text()
                .size(16.0)
                .color(widgets::status_color(row.status, look)),
        )
        .selectable(false),
    );
    inner.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let mut title = RichText::new(&row.headline).color(look.ink);
        if open {
            title = title.family(super::theme::strong_family());
        }
        ui.add(egui::Label::new(title).truncate().selectable(false));
        let words = format!("{} · {}", row.status.as_str(), size(row.text_len));
        ui.add(
            egui::Label::new(RichText::new(words).small().color(look.faint))
                .truncate()
                .selectable(false),
        );
    });
    if response.hovered() {
        response.on_hover_ui(|ui| {
            ui.label(&row.headline);
            ui.label(RichText::new(&row.id).small().color(look.faint));
        });
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
