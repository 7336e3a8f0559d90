//! What several dialogs share.

use egui::{Align, Layout, RichText, Ui};

use crate::app::state::{Message, State};
use crate::app::ui::theme::{self, Theme};
use crate::app::ui::widgets;
use crate::model::figures;

/// Returns true if the label holds every word of the query, in any case.
pub(super) fn matches_all(label: &str, query: &str) -> bool {
    let label = label.to_lowercase();
    query
        .split_whitespace()
        .all(|word| label.contains(&word.to_lowercase()))
}

/// Draws the title of a dialog, with a button that closes it.
pub(crate) fn title(ui: &mut Ui, words: &str, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        ui.label(
            RichText::new(words)
                .heading()
                .family(theme::strong_family()),
        );
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::icon_button(ui, egui_material_icons::icons::ICON_CLOSE, "Close (Esc)")
                .clicked()
            {
                out.push(Message::Dialog(None));
            }
        });
    });
    ui.add_space(4.0);
}

/// Draws a field for a path, with a button that opens a file dialog. Returns true if it was pressed.
///
/// `name` is what a screen reader calls the field. Where no file dialog can be opened, `no_dialog` says
/// so below the field.
pub(super) fn path_row(
    ui: &mut Ui,
    theme: &Theme,
    path: &mut String,
    name: &str,
    no_dialog: bool,
) -> bool {
    let mut browses = false;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            browses = ui.button("Browse…").clicked();
            let field = egui::TextEdit::singleline(path).desired_width(f32::INFINITY);
            ui.add(field).widget_info(|| {
                egui::WidgetInfo::labeled(egui::accesskit::Role::TextInput, true, name)
            });
        });
    });
    if no_dialog {
        let words = "No file dialog can be opened here: type the path.";
        ui.label(RichText::new(words).small().color(theme.warn));
    }
    browses
}

/// Says what the models have learnt from the dataset.
pub(super) fn learnt_words(state: &State) -> String {
    match state.dataset.as_ref().map(|dataset| dataset.learnt) {
        None | Some(0) => "The models are in their initial state.".to_owned(),
        Some(n) => format!(
            "The models have learnt from {} of this dataset.",
            figures::count(n, "done article")
        ),
    }
}

/// Returns the last part of a path.
pub(super) fn short_name(path: &str) -> String {
    let name = std::path::Path::new(path).file_name();
    name.map_or_else(
        || path.to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_palette_finds_commands_by_any_of_their_words() {
        assert!(super::matches_all(
            "Label as body from here to the end",
            "end body"
        ));
        assert!(!super::matches_all("Label as body", "comment"));
    }
}
