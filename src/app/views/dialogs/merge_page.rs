//! The dialog that merges the work of several annotators: what goes in, where it goes, and what
//! would come of it.

use egui::{Align, Key, Layout, Modifiers, RichText, Ui};
use egui_material_icons::icons;

use super::shared::{path_row, title};
use crate::app::state::{Dialog, MergeForm, MergeMessage, Message, State};
use crate::app::tasks::jobs::{JobKind, MergeInput};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::dataset::maintenance::merge::MergeReport;
use crate::model::figures::counted;

/// Width of the dialog, in points.
const WIDTH: f32 = 680.0;
/// How high the list of inputs becomes before it scrolls, in points.
const INPUTS: f32 = 190.0;
/// How high the list of what would be left out becomes before it scrolls, in points.
const LEFT_OUT: f32 = 120.0;

pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    form: &MergeForm,
    out: &mut Vec<Message>,
) {
    ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 80.0));
    widgets::outlined(ui, theme);
    // Before a button that has the keyboard takes it for a click.
    let mut begins = ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::Enter));
    title(ui, "Merge the work of several annotators", out);
    let mut new = form.clone();
    let about = "Articles are matched by their text, each annotator keeps their own labels, and the files that \
                 you merge stay as they are.";
    ui.add(egui::Label::new(RichText::new(about).color(theme.faint)).wrap());
    ui.add_space(8.0);
    inputs(ui, theme, &mut new, out);
    ui.add_space(8.0);
    target(ui, theme, &mut new, out);
    ui.add_space(8.0);
    let target = new.choice.target(&state.base_of_paths());
    let is_open = state.is_open_dataset(&target);
    let known = state.merge.known(&new.choice);
    let is_ready = matches!(known, Some(Ok(_))) && !is_open;
    if is_open {
        let words = "This dataset is open. Close it first (Ctrl+W); the merge then goes into it.";
        ui.label(RichText::new(words).color(theme.warn));
    } else {
        outcome(ui, state, theme, &new, known);
    }
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        let button = egui::Button::new("Merge and open").fill(theme.accent_ground);
        begins |= ui.add_enabled(is_ready, button).clicked();
        if ui.button("Cancel").clicked() {
            out.push(Message::Dialog(None));
        }
    });
    if new != *form {
        out.push(Message::Dialog(Some(Dialog::Merge(Box::new(new)))));
    } else if begins && is_ready {
        out.push(Message::Merge(MergeMessage::Begin));
    }
}

fn inputs(ui: &mut Ui, theme: &Theme, form: &mut MergeForm, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        let words = RichText::new("Datasets and JSONL files").strong();
        ui.label(words);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let add = ui.button("Add files…");
            if form.choice.inputs.is_empty() && ui.memory(|memory| memory.focused().is_none()) {
                add.request_focus();
            }
            if add.clicked() {
                out.push(Message::Merge(MergeMessage::Browse));
            }
        });
    });
    ui.add_space(2.0);
    if form.choice.inputs.is_empty() {
        let words = "Nothing yet. Add the datasets that the annotators sent back.";
        ui.label(RichText::new(words).color(theme.faint));
        return;
    }
    let mut removed = None;
    egui::ScrollArea::vertical()
        .id_salt("merged files")
        .max_height(INPUTS)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            for (at, input) in form.choice.inputs.iter_mut().enumerate() {
                if input_row(ui, theme, input) {
                    removed = Some(at);
                }
            }
        });
    if let Some(at) = removed {
        form.choice.inputs.remove(at);
    }
}

/// One input; true if it is to be taken out.
fn input_row(ui: &mut Ui, theme: &Theme, input: &mut MergeInput) -> bool {
    let name = input.path.file_name().unwrap_or_default();
    let name = name.to_string_lossy().into_owned();
    let mut removes = false;
    ui.horizontal(|ui| {
        let icon = if input.is_dataset() {
            icons::ICON_DATASET
        } else {
            icons::ICON_DESCRIPTION
        };
        ui.label(icon.rich_text().size(16.0).color(theme.faint));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let take_out = format!("Do not merge {name}");
            removes = widgets::icon_button(ui, icons::ICON_CLOSE, &take_out).clicked();
            if !input.is_dataset() {
                let field = egui::TextEdit::singleline(&mut input.annotator)
                    .hint_text("annotator, if it names none")
                    .desired_width(190.0);
                let field = ui.add(field);
                field.widget_info(|| {
                    let words = format!("Annotator of {name}");
                    egui::WidgetInfo::labeled(egui::accesskit::Role::TextInput, true, words)
                });
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(&name).truncate())
                    .on_hover_text(input.path.display().to_string());
            });
        });
    });
    removes
}

fn target(ui: &mut Ui, theme: &Theme, form: &mut MergeForm, out: &mut Vec<Message>) {
    ui.label(RichText::new("Into").strong());
    let name = "Dataset to merge into";
    if path_row(ui, theme, &mut form.choice.out, name, form.no_dialog) {
        out.push(Message::Merge(MergeMessage::BrowseTarget));
    }
    if !form.no_dialog {
        let words =
            "If it is there, its own work is merged, too: merge as often as new work arrives.";
        ui.label(RichText::new(words).small().color(theme.faint));
    }
}

/// What would come of it.
fn outcome(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    form: &MergeForm,
    known: Option<&Result<MergeReport, String>>,
) {
    if form.choice.inputs.is_empty() {
        return;
    }
    match known {
        None => {
            let words = state
                .job(JobKind::PreviewMerge)
                .map_or_else(|| "Waiting".to_owned(), |(_, job)| job.words());
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(RichText::new(words).color(theme.faint));
            });
        }
        Some(Err(why)) => {
            ui.add(egui::Label::new(RichText::new(why).color(theme.bad)).wrap());
        }
        Some(Ok(report)) => counts(ui, theme, report),
    }
}

fn counts(ui: &mut Ui, theme: &Theme, report: &MergeReport) {
    let words = format!(
        "The dataset will have {} with {}.",
        counted(report.articles, "article", "articles"),
        counted(report.annotations, "annotation", "annotations")
    );
    ui.label(words);
    if report.faults.refused > 0 {
        let records = counted(report.faults.refused, "record", "records");
        let words = format!("{records} cannot be read and will be left out.");
        ui.label(RichText::new(words).color(theme.warn));
    }
    if report.set_aside.is_empty() && report.refused.is_empty() {
        return;
    }
    let beside = report.beside.as_ref().and_then(|path| path.file_name());
    let beside = beside.unwrap_or_default().to_string_lossy().into_owned();
    let words = format!(
        "{} set aside, {} refused; all of them go to {beside}:",
        counted(report.set_aside.len() as u64, "annotation", "annotations"),
        counted(report.refused.len() as u64, "article", "articles"),
    );
    ui.label(RichText::new(words).color(theme.warn));
    let lines = report.set_aside.len() + report.refused.len();
    let height = ui.text_style_height(&egui::TextStyle::Body);
    egui::ScrollArea::vertical()
        .id_salt("left out")
        .max_height(LEFT_OUT)
        .auto_shrink([false, true])
        .show_rows(ui, height, lines, |ui, rows| {
            for at in rows {
                let words = left_out(report, at);
                let words = RichText::new(words).color(theme.faint);
                ui.add(egui::Label::new(words).truncate());
            }
        });
}

/// One line for what would not be in the dataset.
fn left_out(report: &MergeReport, at: usize) -> String {
    if let Some(one) = report.set_aside.get(at) {
        return format!(
            "{}: older work of {}, of whom there is newer",
            one.article, one.annotator
        );
    }
    let refused = report.refused.get(at - report.set_aside.len());
    refused.map_or_else(String::new, |one| {
        let sources = one.sources.join(", ");
        format!(
            "{}: the id belongs to another text ({sources})",
            one.article
        )
    })
}
