//! What an empty window shows: what to do first.

use egui::{RichText, Ui};
use egui_material_icons::icons;

use super::command::Command;
use super::dispatch::Message;
use super::state::State;
use super::theme::Look;

/// Draws the invitation.
pub fn show(ui: &mut Ui, state: &State, look: &Look, out: &mut Vec<Message>) {
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.22).max(24.0));
        ui.label(icons::ICON_ARTICLE.rich_text().size(56.0).color(look.faint));
        ui.add_space(8.0);
        ui.label(
            RichText::new("Copydesk")
                .size(26.0)
                .family(super::theme::strong_family()),
        );
        ui.add_space(4.0);
        let words = "Drop article files or a folder here: plain text, HTML or JSONL.";
        ui.label(RichText::new(words).color(look.faint));
        ui.add_space(16.0);
        for command in [Command::OpenFolder, Command::OpenFiles] {
            let words = format!("{}   {}", command.icon().codepoint, command.label(None));
            let button = egui::Button::new(RichText::new(words).size(14.5))
                .min_size(egui::vec2(260.0, 36.0));
            if ui
                .add(button)
                .on_hover_text(state.shown_key(command))
                .clicked()
            {
                out.push(Message::Run(command));
            }
            ui.add_space(2.0);
        }
        if !state.settings.recent.is_empty() {
            ui.add_space(20.0);
            ui.label(
                RichText::new("RECENT")
                    .size(11.5)
                    .color(look.faint)
                    .family(super::theme::strong_family()),
            );
            for path in &state.settings.recent {
                let name = path
                    .file_stem()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                if ui
                    .link(name)
                    .on_hover_text(path.display().to_string())
                    .clicked()
                {
                    out.push(Message::OpenPaths(vec![path.clone()]));
                }
            }
        }
    });
}
