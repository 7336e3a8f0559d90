//! The dashboard: what was done, how good the models were, what it took. A click on a mark lists
//! the articles behind it.

mod agreement;
mod marks;
mod plot;
mod team;

use egui::{Align, Frame, Layout, Margin, RichText, Sense, Ui};
use egui_material_icons::icons;

use super::status_bar::duration;
use crate::app::state::{Message, OpenDataset, Picture, State};
use crate::app::ui::theme::{Theme, strong_family};
use crate::app::ui::widgets;
use crate::dataset::report::dashboard::{Card, Dashboard, DrillDown};
use crate::model::Status;
use crate::model::figures;
use crate::store::Filter;

/// Cards side by side want so much room, in points.
const TWO_COLUMNS: f32 = 780.0;
/// Height of a card's plot, in points.
const PLOT: f32 = 220.0;
/// The least width of a tile, in points.
const TILE: f32 = 122.0;
/// The page's own margin, and the room between cards, in points.
const GAP: f32 = 16.0;

/// What the dashboard remembers between frames.
#[derive(Default)]
pub struct DashboardPane {
    /// Which plot of each card is shown.
    chosen: [usize; 8],
}

impl DashboardPane {
    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
        let Some(dataset) = &state.dataset else {
            return;
        };
        let Some(made) = dataset.board.made.clone() else {
            ui.centered_and_justified(|ui| {
                ui.label(RichText::new("Loading the dashboard…").color(theme.faint));
            });
            return;
        };
        egui::ScrollArea::vertical()
            .auto_shrink(false)
            .id_salt("dashboard")
            .show(ui, |ui| {
                Frame::new()
                    .inner_margin(Margin::same(GAP as i8))
                    .show(ui, |ui| {
                        ui.spacing_mut().item_spacing = egui::vec2(GAP, GAP);
                        ui.set_width(ui.available_width());
                        tiles(ui, dataset, &made, theme, out);
                        team::show(ui, state, dataset, theme, out);
                        self.cards(ui, &made, theme, out);
                        agreement::show(ui, state, dataset, theme, out);
                        flagged(ui, &made, theme, out);
                    });
            });
    }

    fn cards(&mut self, ui: &mut Ui, made: &Dashboard, theme: &Theme, out: &mut Vec<Message>) {
        let columns = if ui.available_width() >= TWO_COLUMNS {
            2
        } else {
            1
        };
        for (row, cards) in made.cards.chunks(columns).enumerate() {
            // One that is left over has the row for itself.
            ui.columns(cards.len(), |places| {
                for (at, (ui, card)) in places.iter_mut().zip(cards).enumerate() {
                    if let Some(chosen) = self.chosen.get_mut(row * columns + at) {
                        show_card(ui, card, chosen, theme, out);
                    }
                }
            });
        }
    }
}

/// A panel of the page.
fn panel(theme: &Theme) -> Frame {
    Frame::new()
        .fill(theme.panel)
        .stroke(egui::Stroke::new(1.0, theme.line))
        .corner_radius(10)
        .inner_margin(Margin::symmetric(16, 12))
}

fn show_card(ui: &mut Ui, card: &Card, chosen: &mut usize, theme: &Theme, out: &mut Vec<Message>) {
    panel(theme).show(ui, |ui| {
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 6.0);
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let title = RichText::new(card.title).family(strong_family()).size(15.0);
            ui.label(title).on_hover_ui(|ui| {
                ui.set_max_width(360.0);
                ui.label(card.help);
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(plot) = card.plots.get(*chosen) {
                    save_menu(ui, plot.chart.name, card.title, plot.chart.is_empty(), out);
                }
                if card.plots.len() > 1 {
                    choice(ui, card, chosen, theme);
                }
            });
        });
        let Some(plot) = card.plots.get(*chosen) else {
            return;
        };
        let summary = RichText::new(&plot.chart.summary).color(theme.faint);
        if plot.chart.is_empty() {
            ui.allocate_ui(egui::vec2(ui.available_width(), PLOT + 42.0), |ui| {
                ui.centered_and_justified(|ui| {
                    ui.label(RichText::new(plot.empty).color(theme.faint));
                });
            });
            return;
        }
        // Two lines, so that cards side by side stay level.
        let size = egui::vec2(ui.available_width(), 36.0);
        ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
            ui.set_min_height(size.y);
            ui.add(egui::Label::new(summary).wrap());
        });
        if let Some(behind) = plot::show(ui, plot, PLOT, theme) {
            out.push(Message::ShowBehind(behind));
        }
    });
}

/// The plots of a card, one of which is shown.
fn choice(ui: &mut Ui, card: &Card, chosen: &mut usize, theme: &Theme) {
    Frame::new()
        .fill(theme.panel.lerp_to_gamma(theme.ink, 0.06))
        .corner_radius(7)
        .inner_margin(Margin::same(2))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.spacing_mut().button_padding = egui::vec2(7.0, 1.0);
            ui.spacing_mut().interact_size.y = 20.0;
            for (at, plot) in card.plots.iter().enumerate().rev() {
                let is_chosen = *chosen == at;
                let ink = if is_chosen { theme.ink } else { theme.faint };
                let ground = if is_chosen {
                    theme.paper
                } else {
                    egui::Color32::TRANSPARENT
                };
                let words = RichText::new(plot.tab).size(12.5).color(ink);
                let response = ui.add(egui::Button::new(words).fill(ground).corner_radius(5));
                response.widget_info(|| {
                    let name = format!("{}: {}", card.title, plot.tab);
                    egui::WidgetInfo::selected(egui::accesskit::Role::Tab, true, is_chosen, name)
                });
                if response.clicked() {
                    *chosen = at;
                }
            }
        });
}

fn save_menu(ui: &mut Ui, chart: &'static str, title: &str, empty: bool, out: &mut Vec<Message>) {
    ui.add_enabled_ui(!empty, |ui| {
        let name = format!("Save plot: {title}");
        let icon = icons::ICON_DOWNLOAD.rich_text().size(17.0);
        let button = egui::Button::new(icon).frame_when_inactive(false);
        let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
            for (words, png) in [("Save as PNG…", true), ("Save as SVG…", false)] {
                if ui.button(words).clicked() {
                    out.push(Message::SavePlot(Picture { chart, png }));
                    ui.close();
                }
            }
        });
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::accesskit::Role::Button, !empty, &name)
        });
        response.on_hover_text(&name);
    });
}

// -- what is counted -------------------------------------------------------------------------

fn tiles(
    ui: &mut Ui,
    dataset: &OpenDataset,
    made: &Dashboard,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let total = made.counts.total().max(1);
    let per_article = |n: f64| n / made.done.max(1) as f64;
    let mut all: Vec<Tile> = Status::ALL
        .into_iter()
        .map(|status| {
            let n = made.counts.of(status);
            let share = format!("{:.0} %", n as f64 / total as f64 * 100.0);
            // The list counts one's own work only.
            let own = dataset.counts.of(status);
            let is_shared = status == Status::Done && own != n;
            let icon = widgets::status_icon(status).rich_text();
            Tile {
                icon: Some(icon.size(16.0).color(widgets::status_color(status, theme))),
                name: status.as_str(),
                figure: figures::number(n),
                more: if is_shared {
                    format!("{share}, {} of them by you", figures::number(own))
                } else {
                    share
                },
                status: Some(status),
                behind: None,
            }
        })
        .collect();
    if made.open_remarks > 0 {
        all.push(Tile {
            icon: Some(
                icons::ICON_CHAT_BUBBLE
                    .rich_text()
                    .size(16.0)
                    .color(theme.accent),
            ),
            name: "open remarks",
            figure: figures::number(made.open_remarks as u64),
            more: if made.open_remarks == 1 {
                "article".to_owned()
            } else {
                "articles".to_owned()
            },
            status: None,
            behind: Some(DrillDown::OpenRemarks),
        });
    }
    let mut plain = |name, figure, more| {
        all.push(Tile {
            icon: None,
            name,
            figure,
            more,
            status: None,
            behind: None,
        });
    };
    plain("time", duration(made.active_ms), "all articles".to_owned());
    let each = format!("{:.1} per article", per_article(made.edits as f64));
    plain("edits", figures::number(made.edits), each);
    for (name, score) in [("regions", made.regions), ("entities", made.entities)] {
        if let Some((mean, over)) = score {
            let over = format!("Suggestion F1, last {over} articles");
            plain(name, format!("{:.0} %", mean * 100.0), over);
        }
    }
    // All in one row, or the statuses in one and the rest in the next, or as many as fit.
    let gap = 12.0;
    let room = ui.available_width();
    let fits = |count: usize| (room + gap) / count as f32 - gap >= TILE;
    let in_row = [all.len(), Status::ALL.len(), 3, 2]
        .into_iter()
        .find(|count| fits(*count))
        .unwrap_or(1);
    ui.spacing_mut().item_spacing = egui::vec2(gap, gap);
    for row in all.chunks(in_row) {
        let width = (room + gap) / row.len().max(in_row.min(4)) as f32 - gap;
        ui.horizontal(|ui| {
            for one in row {
                let chosen = one.status.is_some() && dataset.filter.status == one.status;
                let clicked = tile(ui, theme, one, width, chosen);
                if let (true, Some(behind)) = (clicked, &one.behind) {
                    out.push(Message::ShowBehind(behind.clone()));
                } else if clicked {
                    let status = one.status.filter(|_| !chosen);
                    out.push(Message::SetFilter(Filter {
                        status,
                        ..dataset.filter.clone()
                    }));
                }
            }
        });
    }
}

/// A number with its name.
struct Tile {
    icon: Option<RichText>,
    name: &'static str,
    figure: String,
    more: String,
    /// The status that a click filters the list by.
    status: Option<Status>,
    /// What a click shows in the list.
    behind: Option<DrillDown>,
}

/// A number with its name; true if it was clicked.
fn tile(ui: &mut Ui, theme: &Theme, tile: &Tile, width: f32, chosen: bool) -> bool {
    let Tile {
        icon,
        name,
        figure,
        more,
        status,
        behind,
    } = tile;
    let clickable = status.is_some() || behind.is_some();
    let sense = if clickable {
        Sense::click()
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(egui::vec2(width, 82.0), sense);
    response.widget_info(|| {
        let words = format!("{name}: {figure}, {more}");
        if clickable {
            egui::WidgetInfo::selected(egui::accesskit::Role::Button, true, chosen, words)
        } else {
            egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, words)
        }
    });
    let ground = if chosen {
        theme.accent_ground
    } else if clickable && response.hovered() {
        theme.panel.lerp_to_gamma(theme.ink, 0.05)
    } else {
        theme.panel
    };
    let edge = if response.has_focus() {
        theme.accent
    } else {
        theme.line
    };
    let stroke = egui::Stroke::new(1.0, edge);
    ui.painter()
        .rect(rect, 10.0, ground, stroke, egui::StrokeKind::Inside);
    let inner = rect.shrink2(egui::vec2(14.0, 9.0));
    let layout = Layout::top_down(Align::Min);
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(inner).layout(layout));
    ui.spacing_mut().item_spacing = egui::vec2(6.0, 1.0);
    let words = |words: RichText| egui::Label::new(words).selectable(false).truncate();
    ui.horizontal(|ui| {
        ui.set_height(18.0);
        if let Some(icon) = icon {
            ui.add(words(icon.clone()));
        }
        ui.add(words(RichText::new(*name).size(12.5).color(theme.faint)));
    });
    let figure = RichText::new(figure.as_str())
        .size(22.0)
        .family(strong_family());
    ui.add(words(figure.color(theme.ink)));
    ui.add(words(
        RichText::new(more.as_str()).small().color(theme.faint),
    ));
    clickable && response.clicked()
}

// -- flagged articles ------------------------------------------------------------------------

fn flagged(ui: &mut Ui, made: &Dashboard, theme: &Theme, out: &mut Vec<Message>) {
    panel(theme).show(ui, |ui| {
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 2.0);
        ui.set_width(ui.available_width());
        let all = made.counts.of(Status::Flagged);
        let title = match all {
            0 => "Flagged".to_owned(),
            n => format!("Flagged · {}", figures::number(n)),
        };
        ui.label(RichText::new(title).family(strong_family()).size(15.0));
        ui.add_space(4.0);
        if made.flagged.is_empty() {
            let words = "No flagged articles. Flag an article that needs a second look with Ctrl+Alt+Enter.";
            ui.label(RichText::new(words).color(theme.faint));
            ui.add_space(4.0);
        }
        for flagged in &made.flagged {
            let size = egui::vec2(ui.available_width(), 30.0);
            let (rect, response) = ui.allocate_exact_size(size, Sense::click());
            let (who, words) = flagged
                .remark
                .as_ref()
                .map_or(("", ""), |(who, words)| (who.as_str(), words.as_str()));
            response.widget_info(|| {
                let name = format!("Open {}: {words}", flagged.row.headline);
                egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name)
            });
            if response.hovered() || response.has_focus() {
                let ground = theme.panel.lerp_to_gamma(theme.ink, 0.06);
                ui.painter().rect_filled(rect, 6.0, ground);
            }
            if response.clicked() {
                out.push(Message::OpenArticle(flagged.row.key));
            }
            let layout = Layout::left_to_right(Align::Center);
            let inner = rect.shrink2(egui::vec2(8.0, 0.0));
            let mut row = ui.new_child(egui::UiBuilder::new().max_rect(inner).layout(layout));
            let icon = widgets::status_icon(Status::Flagged).rich_text();
            row.add(egui::Label::new(icon.size(16.0).color(theme.warn)).selectable(false));
            let half = row.available_width() * 0.45;
            row.allocate_ui_with_layout(egui::vec2(half, 30.0), layout, |ui| {
                ui.set_width(half);
                let headline = RichText::new(&flagged.row.headline).color(theme.ink);
                ui.add(egui::Label::new(headline).truncate().selectable(false));
            });
            let why = match (words, who) {
                ("", _) => "no remark".to_owned(),
                (words, "") => words.to_owned(),
                (words, who) => format!("{who}: {words}"),
            };
            let why = RichText::new(why.replace('\n', " ")).color(theme.faint);
            row.add(egui::Label::new(why).truncate().selectable(false));
        }
        let hidden = all.saturating_sub(made.flagged.len() as u64);
        if hidden > 0 {
            let words = format!("and {} more in the list on the left", figures::number(hidden));
            ui.label(RichText::new(words).color(theme.faint));
        }
    });
}
