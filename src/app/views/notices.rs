//! The notices in the lower right corner.

use egui_material_icons::icons;

use crate::app::command::Command;
use crate::app::state::notices::{Notice, Notices, Offer, Severity};
use crate::app::state::{Message, PlacesMessage};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;

/// Draws the notices. Behind an open dialog they lie under it, so that no button is covered.
pub fn show(
    ui: &egui::Ui,
    notices: &Notices,
    theme: &Theme,
    behind_dialog: bool,
    out: &mut Vec<Message>,
) {
    if notices.list().is_empty() {
        return;
    }
    let order = if behind_dialog {
        egui::Order::Middle
    } else {
        egui::Order::Tooltip
    };
    egui::Area::new(egui::Id::unique("notices"))
        .anchor(egui::Align2::RIGHT_BOTTOM, [-16.0, -44.0])
        .order(order)
        .show(ui.ctx(), |ui| {
            ui.set_max_width(420.0);
            for notice in notices.list() {
                egui::Frame::popup(ui.style())
                    .inner_margin(egui::Margin::symmetric(12, 8))
                    .show(ui, |ui| ui.horizontal(|ui| row(ui, notice, theme, out)));
                ui.add_space(4.0);
            }
        });
}

fn row(ui: &mut egui::Ui, notice: &Notice, theme: &Theme, out: &mut Vec<Message>) {
    let (icon, color) = match notice.severity {
        Severity::News => (icons::ICON_CHECK_CIRCLE, theme.good),
        Severity::Hint => (icons::ICON_INFO, theme.accent),
        Severity::Failure => (icons::ICON_ERROR, theme.bad),
    };
    ui.label(icon.rich_text().color(color).size(18.0));
    ui.add(egui::Label::new(&notice.words).wrap());
    if let Some(offer) = &notice.offer
        && ui.button(offer.words()).clicked()
    {
        out.push(message(offer));
    }
    if notice.stays() && widgets::icon_button(ui, icons::ICON_CLOSE, "Dismiss").clicked() {
        out.push(Message::DismissNotice(notice.id));
    }
}

/// Returns what the button of an offer asks for.
fn message(offer: &Offer) -> Message {
    match offer {
        Offer::Show(path) => Message::ShowFile(path.clone()),
        Offer::UndoRelabelling => Message::Places(PlacesMessage::Undo),
        Offer::ShowOutdated => Message::ShowOutdated,
        Offer::ShowTeamProblems => Message::Run(Command::TeamProblems),
    }
}
