//! The articles that at least two annotators have finished independently.

use egui::{Align, Layout, RichText, Ui, vec2};
use egui_material_icons::icons;

use crate::app::command::Command;
use crate::app::state::{Message, State};
use crate::app::ui::theme::{Theme, strong_family};
use crate::app::ui::widgets;
use crate::dataset::adjudication::ReviewRow;
use crate::model::Status;
use crate::model::figures::{counted, number};
use crate::store::ArticleKey;

/// Height of an article, in points.
const ROW: f32 = 46.0;

/// What the list remembers between frames.
#[derive(Default)]
pub struct ReviewList {
    /// The article that was scrolled to last.
    shown: Option<ArticleKey>,
}

impl ReviewList {
    /// Draws the list.
    pub fn show(&mut self, ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
        let Some(dataset) = &state.dataset else {
            return;
        };
        let Some(rows) = &dataset.reviews.rows else {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(RichText::new("Comparing the annotators…").color(theme.faint));
            });
            return;
        };
        head(ui, state, rows, theme, out);
        ui.add_space(8.0);
        if rows.is_empty() {
            let words = "No article has been finished by two annotators yet. Merge the work that they sent back, or wait until they are done.";
            ui.add(egui::Label::new(RichText::new(words).color(theme.faint)).wrap());
            ui.add_space(6.0);
            if ui.button("Merge their work…").clicked() {
                out.push(Message::Run(Command::Merge));
            }
            return;
        }
        let open = dataset
            .loading
            .or(state.article.as_ref().map(|article| article.key));
        let mut area = egui::ScrollArea::vertical()
            .auto_shrink(false)
            .id_salt("articles to review");
        if open != self.shown {
            self.shown = open;
            let place = rows.iter().position(|row| Some(row.key) == open);
            if let Some(place) = place {
                let top = place as f32 * ROW - ui.available_height() / 3.0;
                area = area.vertical_scroll_offset(top.max(0.0));
            }
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        area.show_rows(ui, ROW, rows.len(), |ui, range| {
            for one in rows.get(range).unwrap_or_default() {
                row(ui, state, one, open == Some(one.key), theme, out);
            }
        });
    }
}

fn head(ui: &mut Ui, state: &State, rows: &[ReviewRow], theme: &Theme, out: &mut Vec<Message>) {
    let done = rows.iter().filter(|row| row.status == Status::Done).count();
    let words = format!(
        "{} of {} reviewed",
        number(done as u64),
        number(rows.len() as u64)
    );
    ui.label(RichText::new(words).family(strong_family()));
    ui.add_space(5.0);
    let size = vec2(ui.available_width(), 4.0);
    let (bar, _) = ui.allocate_exact_size(size, egui::Sense::empty());
    ui.painter().rect_filled(bar, 2.0, theme.line);
    if !rows.is_empty() {
        let mut part = bar;
        part.set_width(bar.width() * done as f32 / rows.len() as f32);
        ui.painter().rect_filled(part, 2.0, theme.good);
    }
    let unanimous = unanimous(rows);
    if unanimous > 0 {
        ui.add_space(8.0);
        let articles = counted(unanimous as u64, "article", "articles");
        let words = format!("Finish {articles} on which all agree");
        let button = ui
            .button(words)
            .on_hover_text(state.hint(Command::FinishUnanimous));
        if button.clicked() {
            out.push(Message::Run(Command::FinishUnanimous));
        }
    }
}

/// How many articles need no decision and are not finished.
pub(super) fn unanimous(rows: &[ReviewRow]) -> usize {
    let waits = |row: &&ReviewRow| row.is_unanimous() && row.status != Status::Done;
    rows.iter().filter(waits).count()
}

fn row(
    ui: &mut Ui,
    state: &State,
    one: &ReviewRow,
    is_open: bool,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    // The open article's decisions may not be on disk yet.
    let shown = state.shown_review().filter(|review| review.key == one.key);
    let open = shown.map_or(one.open, |review| review.open());
    let status = shown
        .and(state.article.as_ref())
        .map_or(one.status, |article| article.session.annotation().status());
    let annotators = counted(one.annotators as u64, "annotator", "annotators");
    let about = match (open, status) {
        (0, Status::Done) => format!("{annotators} · reviewed"),
        (0, _) if one.is_unanimous() => format!("{annotators} · all agree"),
        (0, _) => format!("{annotators} · every place decided"),
        (n, _) => format!(
            "{annotators} · {} open",
            counted(n as u64, "place", "places")
        ),
    };
    let (mut inner, response) = widgets::row(ui, theme, ROW, is_open);
    response.widget_info(|| {
        let name = format!("{}: {about}", one.headline);
        egui::WidgetInfo::selected(egui::accesskit::Role::ListItem, true, is_open, name)
    });
    if response.clicked() {
        out.push(Message::OpenReview(one.key));
    }
    let (icon, color) = match (open, status) {
        (0, Status::Done) => (icons::ICON_CHECK_CIRCLE, theme.good),
        (0, _) => (icons::ICON_DONE_ALL, theme.accent),
        _ if one.decided > 0 || status == Status::Started => (icons::ICON_TIMELAPSE, theme.accent),
        _ => (icons::ICON_RADIO_BUTTON_UNCHECKED, theme.faint),
    };
    inner.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.label(icon.rich_text().size(17.0).color(color));
        let size = vec2(ui.available_width(), ROW);
        ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(5.0);
            let headline = RichText::new(&one.headline).color(theme.ink);
            ui.add(egui::Label::new(headline).truncate().selectable(false));
            let ink = if open > 0 { theme.warn } else { theme.faint };
            let about = RichText::new(about).size(12.0).color(ink);
            ui.add(egui::Label::new(about).truncate().selectable(false));
        });
    });
}
