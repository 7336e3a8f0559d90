//! The export dialog: what is written, in which format and where; what that would lose, and how it
//! would look, before it is done.

use egui::{Align, Key, Layout, Modifiers, RichText, Ui};

use super::export_fields::{Wanted, destination_id, fields};
use super::shared::{matches_all, title};
use crate::app::state::{Dialog, ExportForm, ExportMessage, Message, OpenDataset, State};
use crate::app::ui::theme::Theme;
use crate::app::ui::{theme, widgets};
use crate::dataset::{Existing, ExportPlan};
use crate::formats::{self, Format};
use crate::model::figures::{counted, number};

/// The widest that the dialog becomes, and the highest, in points.
const SIZE: egui::Vec2 = egui::vec2(1000.0, 760.0);
/// A dialog that is narrower has its parts below each other, in points.
const NARROW: f32 = 800.0;
/// Width of the list of formats beside the rest, in points.
const FORMATS: f32 = 300.0;
/// Height of a format in the list, in points.
const ROW: f32 = 38.0;
/// Draws the dialog.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    form: &ExportForm,
    out: &mut Vec<Message>,
) {
    let Some(dataset) = &state.dataset else {
        return;
    };
    let screen = ui.ctx().content_rect().size();
    let size = (screen - egui::vec2(72.0, 84.0)).min(SIZE);
    ui.set_width(size.x);
    widgets::outlined(ui, theme);
    title(ui, "Export", out);
    let mut new = form.clone();
    let mut wanted = Wanted::default();
    let narrow = size.x < NARROW;
    egui::ScrollArea::vertical()
        .id_salt("export")
        .max_height(size.y - 110.0)
        .min_scrolled_height(size.y - 110.0)
        .auto_shrink([false, false])
        .show(ui, |ui| {
            if narrow {
                format_list(ui, theme, &mut new, dataset, true);
                ui.add_space(8.0);
                fields(ui, state, dataset, theme, &mut new, &mut wanted);
                ui.add_space(4.0);
                losses(ui, state, theme, &new, out);
            } else {
                ui.horizontal_top(|ui| {
                    ui.allocate_ui_with_layout(
                        egui::vec2(FORMATS, 0.0),
                        Layout::top_down(Align::Min),
                        |ui| {
                            ui.set_width(FORMATS);
                            format_list(ui, theme, &mut new, dataset, false);
                        },
                    );
                    ui.add_space(10.0);
                    ui.vertical(|ui| {
                        fields(ui, state, dataset, theme, &mut new, &mut wanted);
                        ui.add_space(4.0);
                        losses(ui, state, theme, &new, out);
                    });
                });
            }
            ui.add_space(4.0);
            preview(ui, state, theme);
        });
    ui.add_space(8.0);
    footer(ui, state, theme, &new, &mut wanted, out);
    wanted.begin |= ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::Enter));
    if new.choice != form.choice {
        if new.choice.is_folder() != form.choice.is_folder() {
            new.choice.rename(&form.choice, &dataset.path);
        }
        new.asks_replace = None;
    }
    let begins = wanted.begin && can_begin(state, &new);
    let existing = place(state).copied().unwrap_or(Existing::Nothing);
    let is_asked = existing != Existing::Nothing;
    if begins && is_asked && new.asks_replace.is_none() {
        new.asks_replace = Some(existing);
    } else if begins {
        out.push(Message::Dialog(Some(Dialog::Export(Box::new(new)))));
        out.push(Message::Export(ExportMessage::Begin { replace: is_asked }));
        return;
    }
    if new != *form {
        out.push(Message::Dialog(Some(Dialog::Export(Box::new(new)))));
    }
    if wanted.browse {
        out.push(Message::Export(ExportMessage::Browse));
    }
}

fn place(state: &State) -> Option<&Existing> {
    state.export_planner.place()?.as_ref().ok()
}

/// Whether what is chosen can be exported, as far as is known.
fn can_begin(state: &State, form: &ExportForm) -> bool {
    let planner = &state.export_planner;
    planner.fault().is_none()
        && place(state).is_some()
        && !planner.is_counting()
        && form.choice.format().is_ok()
}

// -- the format ------------------------------------------------------------------------------

fn format_list(
    ui: &mut Ui,
    theme: &Theme,
    form: &mut ExportForm,
    dataset: &OpenDataset,
    narrow: bool,
) {
    let rows: f32 = if narrow { 3.4 } else { 8.6 };
    let id = egui::Id::unique("export format");
    let first = ui.memory(|memory| memory.focused().is_none());
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    let (mut down, mut up, mut enter) = (false, false, false);
    if has_focus {
        ui.input_mut(|input| {
            down = input.consume_key(Modifiers::NONE, Key::ArrowDown);
            up = input.consume_key(Modifiers::NONE, Key::ArrowUp);
            enter = input.consume_key(Modifiers::NONE, Key::Enter);
        });
    }
    let before = form.query.clone();
    let field = ui.add(
        egui::TextEdit::singleline(&mut form.query)
            .id(id)
            .hint_text("find a format")
            .desired_width(f32::INFINITY)
            .margin(egui::Margin::symmetric(8, 5)),
    );
    field.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::SearchInput, true, "Find a format")
    });
    if first {
        field.request_focus();
    }
    let fitting: Vec<&'static dyn Format> = formats::writable()
        .filter(|format| {
            matches_all(
                &format!("{} {}", format.spec().name, format.spec().summary),
                &form.query,
            )
        })
        .collect();
    let at = fitting
        .iter()
        .position(|format| format.spec().name == form.choice.format);
    let last = fitting.len().saturating_sub(1);
    let to = match (down, up, at) {
        (true, _, Some(at)) => Some((at + 1).min(last)),
        (_, true, Some(at)) => Some(at.saturating_sub(1)),
        // What was typed leaves the chosen one out: the first that fits is meant.
        (_, _, None) if down || up || form.query != before || enter => Some(0),
        _ => None,
    };
    if let Some(format) = to.and_then(|to| fitting.get(to)) {
        form.choice.set_format(*format, &dataset.path);
    }
    if enter {
        ui.memory_mut(|memory| memory.request_focus(destination_id()));
    }
    ui.add_space(4.0);
    // In a narrow dialog the list is as high as it has to be, so that what is below it is in sight.
    let rows = if narrow {
        rows.min(fitting.len().max(1) as f32)
    } else {
        rows
    };
    egui::ScrollArea::vertical()
        .id_salt("formats")
        .max_height(rows * ROW)
        .min_scrolled_height(rows * ROW)
        .auto_shrink([false, false])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for format in &fitting {
                let chosen = format.spec().name == form.choice.format;
                let response = format_row(ui, theme, *format, chosen);
                if chosen && to.is_some() {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    form.choice.set_format(*format, &dataset.path);
                }
            }
            if fitting.is_empty() {
                ui.label(RichText::new("No matching format").color(theme.faint));
            }
        });
}

fn format_row(ui: &mut Ui, theme: &Theme, format: &dyn Format, chosen: bool) -> egui::Response {
    let (mut row, response) = widgets::row(ui, theme, ROW, chosen);
    response.widget_info(|| {
        egui::WidgetInfo::selected(
            egui::accesskit::Role::ListBoxOption,
            true,
            chosen,
            format.spec().name,
        )
    });
    row.with_layout(Layout::top_down(Align::Min), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(3.0);
        let name = RichText::new(format.spec().name)
            .family(theme::strong_family())
            .color(theme.ink);
        ui.add(egui::Label::new(name).selectable(false));
        let about = RichText::new(format.spec().summary)
            .size(11.5)
            .color(theme.faint);
        ui.add(egui::Label::new(about).truncate().selectable(false));
    });
    response.on_hover_text(format.spec().summary)
}

// -- the fields ------------------------------------------------------------------------------

// -- what it would do ------------------------------------------------------------------------

/// What would be lost.
fn losses(ui: &mut Ui, state: &State, theme: &Theme, form: &ExportForm, out: &mut Vec<Message>) {
    let planner = &state.export_planner;
    if let Some((done, total)) = planner.progress() {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.label(format!(
                "Counting losses: {} of {} articles",
                number(done),
                number(total)
            ));
            if total > 0 {
                let bar = egui::ProgressBar::new(done as f32 / total as f32);
                ui.add(bar.desired_width(120.0).desired_height(6.0));
            }
            if ui.small_button("Stop counting").clicked() {
                out.push(Message::Export(ExportMessage::StopCounting));
            }
        });
    }
    if let Some(fault) = planner.fault() {
        ui.label(RichText::new(fault).color(theme.bad));
        return;
    }
    let Some(plan) = planner.plan() else {
        if !planner.is_counting() {
            ui.label(RichText::new("Losses not counted").color(theme.warn));
        }
        return;
    };
    ui.scope(|ui| {
        fade(ui, state);
        losses_of(ui, theme, form, plan);
    });
}

/// What is of an earlier choice is pale until the new one is counted.
fn fade(ui: &mut Ui, state: &State) {
    if !state.export_planner.is_fresh() {
        ui.multiply_opacity(0.5);
    }
}

fn losses_of(ui: &mut Ui, theme: &Theme, form: &ExportForm, plan: &ExportPlan) {
    widgets::heading(ui, theme, "LOST IN THIS FORMAT");
    if plan.losses.is_empty() && plan.entities_left_out == 0 {
        ui.label(RichText::new("Nothing").color(theme.good));
        return;
    }
    for (words, examples) in plan.losses.lines() {
        let line = ui.label(RichText::new(format!("• {words}")).color(theme.warn));
        if !examples.is_empty() {
            line.on_hover_text(examples.join("\n"));
        }
    }
    if plan.entities_left_out > 0 {
        let entities = counted(plan.entities_left_out, "entity", "entities");
        let words = format!("• {entities} outside the chosen regions");
        ui.label(RichText::new(words).color(theme.warn));
    }
    if form.choice.format != "jsonl" {
        let words = "jsonl holds everything.";
        ui.label(RichText::new(words).small().color(theme.faint));
    }
}

/// How the first records would look.
fn preview(ui: &mut Ui, state: &State, theme: &Theme) {
    let planner = &state.export_planner;
    let Some(plan) = planner.plan().filter(|_| planner.fault().is_none()) else {
        return;
    };
    fade(ui, state);
    let words = if plan.is_binary {
        "THE FIRST RECORDS, SHOWN AS JSONL: THE FORMAT IS BINARY"
    } else {
        "THE FIRST RECORDS"
    };
    widgets::heading(ui, theme, words);
    if plan.records == 0 {
        let words = "No articles match. Choose other statuses or another annotator.";
        ui.label(RichText::new(words).color(theme.warn));
        return;
    }
    if plan.preview.is_empty() {
        let words = "The first articles have nothing that this format can hold.";
        ui.label(RichText::new(words).color(theme.warn));
        return;
    }
    egui::Frame::new()
        .fill(theme.paper)
        .stroke(egui::Stroke::new(1.0, theme.line))
        .corner_radius(6)
        .inner_margin(egui::Margin::symmetric(10, 8))
        .show(ui, |ui| {
            egui::ScrollArea::vertical()
                .id_salt("preview")
                .max_height(ui.available_height().max(190.0))
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    for (at, file) in plan.preview.iter().enumerate() {
                        if at > 0 {
                            ui.separator();
                        }
                        if !file.name.is_empty() {
                            ui.label(RichText::new(&file.name).small().color(theme.faint));
                        }
                        let text = RichText::new(&file.text).monospace().size(11.5);
                        ui.add(egui::Label::new(text.color(theme.ink)).wrap());
                    }
                });
        });
}

fn footer(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    form: &ExportForm,
    wanted: &mut Wanted,
    out: &mut Vec<Message>,
) {
    ui.horizontal(|ui| {
        let verb = if form.asks_replace.is_some() {
            "Replace"
        } else {
            "Export"
        };
        let button = egui::Button::new(verb)
            .fill(theme.accent_ground)
            .min_size(egui::vec2(88.0, 28.0));
        let ready = can_begin(state, form);
        wanted.begin |= ui
            .add_enabled(ready, button)
            .on_hover_text("Ctrl+Enter")
            .clicked();
        if ui
            .add(egui::Button::new("Cancel").min_size(egui::vec2(0.0, 28.0)))
            .clicked()
        {
            out.push(Message::Dialog(None));
        }
        ui.add_space(6.0);
        let (words, color) = match (state.export_planner.place(), form.asks_replace) {
            (Some(Err(why)), _) => (why.replace("\nhint: ", "; "), theme.bad),
            (_, Some(existing)) => (replace_words(existing).to_owned(), theme.warn),
            (Some(Ok(Existing::File)), _) => ("This file exists.".to_owned(), theme.warn),
            (Some(Ok(Existing::Folder)), _) => ("This folder is not empty.".to_owned(), theme.warn),
            _ => (
                state
                    .export_planner
                    .plan()
                    .map_or_else(String::new, |plan| summary(plan)),
                theme.faint,
            ),
        };
        ui.add(egui::Label::new(RichText::new(words).color(color)).wrap());
    });
}

fn summary(plan: &ExportPlan) -> String {
    let mut words = counted(plan.records, "record", "records");
    if plan.left_out > 0 {
        let articles = counted(plan.left_out, "article", "articles");
        words += &format!(" · {articles} not chosen");
    }
    words
}

/// What is said of something that is at the destination already.
fn replace_words(existing: Existing) -> &'static str {
    match existing {
        Existing::Nothing => "",
        Existing::File => "This file exists. It would be replaced.",
        Existing::Folder => {
            "This folder is not empty. Files of an earlier export are replaced; all others stay."
        }
    }
}
