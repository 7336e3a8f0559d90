//! The strip over the article that names what the check before Done has found.

use egui::{Align, Layout, RichText, Ui};
use egui_material_icons::icons;

use crate::app::command::Command;
use crate::app::state::check;
use crate::app::state::{Message, State};
use crate::app::ui::theme::{Theme, strong_family};
use crate::app::ui::widgets;
use crate::quality::lint::{Finding, Lint};

/// The strip, if there is something to show.
pub fn show(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let (Some(dataset), Some(article)) = (&state.dataset, &state.article) else {
        return;
    };
    let is_awaited = state.check.is_awaited();
    if !is_awaited && !state.check.is_shown(article) {
        return;
    }
    let known = state.check.known(article);
    let frame = egui::Frame::new()
        .fill(theme.panel.lerp_to_gamma(theme.warn, 0.10))
        .inner_margin(egui::Margin::symmetric(12, 7));
    let strip = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 4.0);
        let Some(found) = known else {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(RichText::new("Checking the article…").color(theme.faint));
            });
            return;
        };
        if found.is_empty() {
            all_clear(ui, state, theme, out);
            return;
        }
        let current = state.check.current(&found);
        let must = dataset.schema.requires_check();
        items(ui, &found, current, theme, out);
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                keys(ui, state, must, theme, out);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let text = &article.article().text;
                    let words = match current.and_then(|at| found.get(at)) {
                        Some(finding) => check::words(text, finding),
                        None => format!(
                            "{} goes from one to the next",
                            state.shown_key(Command::NextUnsure)
                        ),
                    };
                    let words = RichText::new(words).color(theme.faint);
                    ui.add(egui::Label::new(words).truncate());
                });
            });
        });
    });
    let rect = strip.response.rect;
    let line = egui::Stroke::new(1.0, theme.line);
    ui.painter().hline(rect.x_range(), rect.bottom(), line);
    ui.add_space(-ui.spacing().item_spacing.y);
}

/// One button for each kind of finding, with how many there are.
fn items(
    ui: &mut Ui,
    found: &[Finding],
    current: Option<usize>,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let here = current
        .and_then(|at| found.get(at))
        .map(|finding| finding.lint);
    ui.horizontal_wrapped(|ui| {
        ui.label(icons::ICON_RULE.rich_text().size(17.0).color(theme.warn));
        ui.label(RichText::new("Before Done").family(strong_family()));
        for lint in Lint::ALL {
            let count = found.iter().filter(|finding| finding.lint == lint).count();
            if count == 0 {
                continue;
            }
            let is_here = here == Some(lint);
            let mut words = lint.summary(count);
            if is_here && count > 1 {
                let before = found.iter().take(current.unwrap_or_default());
                let nth = before.filter(|finding| finding.lint == lint).count() + 1;
                words = format!("{words} · {nth}");
            }
            let button = egui::Button::new(RichText::new(&words).color(theme.ink))
                .fill(if is_here {
                    theme.accent_ground
                } else {
                    theme.paper
                })
                .stroke(egui::Stroke::new(
                    1.0,
                    if is_here { theme.accent } else { theme.line },
                ))
                .corner_radius(9);
            let response = ui.add(button).on_hover_text("Go to the next one");
            response.widget_info(|| {
                egui::WidgetInfo::selected(egui::accesskit::Role::Button, true, is_here, &words)
            });
            if response.clicked() {
                out.push(Message::GoToFinding(lint));
            }
        }
    });
}

/// What Done, Tab and Escape do now, as buttons, from the right.
fn keys(ui: &mut Ui, state: &State, must: bool, theme: &Theme, out: &mut Vec<Message>) {
    let close = match state.shown_key(Command::Escape) {
        key if key.is_empty() => "Close".to_owned(),
        key => format!("Close ({key})"),
    };
    if widgets::icon_button(ui, icons::ICON_CLOSE, &close).clicked() {
        out.push(Message::CloseCheck);
    }
    if must {
        let words = "This dataset needs a clean check";
        ui.label(RichText::new(words).color(theme.warn));
    } else if accept(ui, state, "Done all the same") {
        out.push(Message::Run(Command::Done));
    }
}

fn all_clear(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        ui.label(
            icons::ICON_CHECK_CIRCLE
                .rich_text()
                .size(17.0)
                .color(theme.good),
        );
        ui.label("Nothing left to look at.");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::icon_button(ui, icons::ICON_CLOSE, "Close").clicked() {
                out.push(Message::CloseCheck);
            }
            if accept(ui, state, "Done") {
                out.push(Message::Run(Command::Done));
            }
        });
    });
}

/// A button for Done, with its key.
fn accept(ui: &mut Ui, state: &State, words: &str) -> bool {
    let words = match state.shown_key(Command::Done) {
        key if key.is_empty() => words.to_owned(),
        key => format!("{words} ({key})"),
    };
    ui.button(words).clicked()
}
