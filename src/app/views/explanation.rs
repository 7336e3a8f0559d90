//! What is shown of why a region has its label: beside it, small, until something else is done.

use egui::{Align2, RichText, Ui};
use egui_material_icons::icons;

use crate::app::command::Command;
use crate::app::state::{State, Why};
use crate::app::ui::theme;
use crate::app::ui::theme::Theme;

/// Width of it, in points.
const WIDTH: f32 = 360.0;

/// Draws it below the region's first row, or above where there is no room.
pub fn show(ui: &Ui, state: &State, theme: &Theme, row: Option<egui::Rect>) {
    let Some(why) = state.shown_why() else { return };
    let screen = ui.max_rect();
    // The region may have been scrolled away.
    let row = row.unwrap_or(egui::Rect::from_min_size(
        screen.left_top(),
        egui::vec2(1.0, 1.0),
    ));
    let below = row.bottom() < screen.center().y;
    let (pivot, y) = if below {
        (Align2::LEFT_TOP, row.bottom() + 6.0)
    } else {
        (Align2::LEFT_BOTTOM, row.top() - 6.0)
    };
    let x = row.left().clamp(
        screen.left() + 8.0,
        (screen.right() - WIDTH - 32.0).max(screen.left() + 8.0),
    );
    let y = y.clamp(screen.top() + 8.0, screen.bottom() - 8.0);
    egui::Area::new(egui::Id::unique("why"))
        .fixed_pos(egui::pos2(x, y))
        .pivot(pivot)
        .order(egui::Order::Foreground)
        .constrain_to(screen)
        .show(ui.ctx(), |ui| {
            egui::Frame::popup(ui.style())
                .inner_margin(12)
                .show(ui, |ui| {
                    ui.set_width(WIDTH);
                    ui.spacing_mut().item_spacing.y = 4.0;
                    contents(ui, state, theme, why);
                });
        });
}

fn contents(ui: &mut Ui, state: &State, theme: &Theme, why: &Why) {
    ui.label(RichText::new(&why.who).family(theme::strong_family()));
    let Some(reasons) = &why.reasons else {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.label(RichText::new("Asking the model…").color(theme.faint));
        });
        return;
    };
    ui.label(&reasons.verdict);
    let label = why.of.label().as_str();
    let sides = [
        (
            format!("For {label}"),
            &reasons.pros,
            icons::ICON_ADD,
            theme.good,
        ),
        (
            format!("Against {label}"),
            &reasons.cons,
            icons::ICON_REMOVE,
            theme.bad,
        ),
        (
            "Learnt in this dataset".to_owned(),
            &reasons.learnt,
            icons::ICON_SCHOOL,
            theme.accent,
        ),
    ];
    for (heading, sentences, icon, color) in sides {
        if sentences.is_empty() {
            continue;
        }
        crate::app::ui::widgets::heading(ui, theme, &heading.to_uppercase());
        for words in sentences {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                ui.label(icon.rich_text().size(15.0).color(color));
                ui.label(format!("{words}."));
            });
        }
    }
    ui.add_space(2.0);
    let keys = format!(
        "{} or {} closes this",
        state.shown_key(Command::Why),
        state.shown_key(Command::Escape)
    );
    ui.label(RichText::new(keys).small().color(theme.faint));
}
