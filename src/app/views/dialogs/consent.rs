//! The question whether the commands of a dataset may run on this machine.

use egui::{RichText, Ui};

use super::shared::title;
use crate::app::state::{Message, State, SuggestersMessage};
use crate::app::ui::theme::Theme;

/// Draws the question.
pub(super) fn show(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    ui.set_width(560.0);
    title(ui, "May this dataset run commands on this machine?", out);
    ui.label("The dataset gets suggestions from other programs, by these commands:");
    ui.add_space(4.0);
    for suggester in state.commands_to_allow() {
        ui.label(RichText::new(&suggester.name).color(theme.faint));
        ui.label(RichText::new(&suggester.command).monospace());
        ui.add_space(2.0);
    }
    if let Some(dataset) = &state.dataset {
        let folder = dataset.path.parent();
        let folder = folder.map_or_else(String::new, |folder| folder.display().to_string());
        let words = format!("They run in {folder}, and may do whatever you may do.");
        ui.label(RichText::new(words).color(theme.warn));
    }
    ui.label("Allow them only if you trust who made the dataset. The answer is kept for this dataset and these commands.");
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.button("Allow").clicked() {
            out.push(Message::Suggesters(SuggestersMessage::Allow));
        }
        let keep = ui.button("Not now");
        keep.request_focus();
        if keep.clicked() {
            out.push(Message::Dialog(None));
        }
    });
}
