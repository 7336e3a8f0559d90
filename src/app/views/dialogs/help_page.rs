//! The help sheet: keys, and what the mouse does.

use egui::{Align, Layout, RichText, Ui};

use super::shared::title;
use crate::app::command::{Command, Group};
use crate::app::state::{Message, State};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;

/// Draws the keys of all commands, by group.
pub(super) fn show(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let screen = ui.ctx().content_rect();
    let wide = screen.width() >= 1180.0;
    let widest = if wide { 1240.0 } else { 920.0 };
    ui.set_width((screen.width() - 120.0).clamp(360.0, widest));
    title(ui, "Keys", out);
    let all = Command::all(state.schema());
    // What one does all day comes first.
    let work = vec![
        Group::Regions,
        Group::Entities,
        Group::Suggestions,
        Group::Article,
        Group::Adjudication,
    ];
    let columns = if wide {
        vec![work, vec![Group::Move], vec![Group::Program]]
    } else {
        vec![work, vec![Group::Move, Group::Program]]
    };
    let height = screen.height() - 170.0;
    egui::ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 28.0;
            ui.columns(columns.len(), |uis| {
                for (ui, groups) in uis.iter_mut().zip(&columns) {
                    ui.spacing_mut().item_spacing = egui::vec2(8.0, 2.0);
                    for &group in groups {
                        widgets::heading(ui, theme, &group.title().to_uppercase());
                        for &command in all.iter().filter(|command| command.group() == group) {
                            help_row(ui, state, theme, command);
                        }
                        ui.add_space(6.0);
                    }
                }
                if let Some(ui) = uis.last_mut() {
                    widgets::heading(ui, theme, "MOUSE");
                    ui.with_layout(Layout::top_down(Align::Min), |ui| {
                        ui.spacing_mut().item_spacing.y = 4.0;
                        for words in MOUSE {
                            ui.add(
                                egui::Label::new(RichText::new(words).color(theme.faint)).wrap(),
                            );
                        }
                    });
                }
            });
            about(ui, theme);
        });
}

/// The crates that the program contains, with their licences: made by `make licences`.
const CRATES: &str = include_str!("../../../../assets/licences/crates.txt");

/// Draws what program this is, and what it is made of.
fn about(ui: &mut Ui, theme: &Theme) {
    ui.add_space(8.0);
    widgets::heading(ui, theme, "ABOUT");
    let version = env!("CARGO_PKG_VERSION");
    ui.label(format!(
        "Copydesk {version}, MIT OR Apache-2.0. Inter and Noto Serif: SIL Open Font License 1.1."
    ));
    let count = CRATES.lines().count();
    egui::CollapsingHeader::new(format!("Licences of the {count} crates that it contains"))
        .show(ui, |ui| ui.label(RichText::new(CRATES).color(theme.faint)));
}

/// What the mouse does.
const MOUSE: [&str; 6] = [
    "Drag to select text by words; hold Alt to select, and label, by characters.",
    "Double-click selects a word, three clicks a sentence, four a block; Shift+click extends.",
    "Click the letter beside the text to select its block, Shift+click to extend to there.",
    "Right-click the text or the margin for everything you can do there.",
    "Drag the edge of a region or entity to move it; click it to move it with [ and ].",
    "Drop files or a folder on the window to open them.",
];

fn help_row(ui: &mut Ui, state: &State, theme: &Theme, command: Command) {
    let keys: Vec<String> = state
        .keymap
        .keys_of(command)
        .iter()
        .map(|chord| chord.show())
        .collect();
    if keys.is_empty() {
        return;
    }
    let row = egui::vec2(ui.available_width(), 22.0);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for key in keys.iter().rev() {
            widgets::key_cap(ui, theme, key);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let label = command.label(state.schema());
            ui.add(egui::Label::new(label).truncate().selectable(false));
        });
    });
}
