//! What is shown while files hover over the window.

use std::path::PathBuf;

use egui::Ui;
use egui_material_icons::icons;

use crate::app::state::State;
use crate::app::ui::theme::Theme;
use crate::app::ui::{theme, widgets};
use crate::dataset::EXTENSION;

/// Shows that files may be dropped while they hover over the window, and what will become of them.
pub(crate) fn show(ui: &Ui, state: &State, theme: &Theme) {
    let files: Vec<PathBuf> = ui.input(|i| {
        let hovered = i.raw.hovered_files.iter();
        hovered.filter_map(|file| file.path.clone()).collect()
    });
    let hovers = ui.input(|i| !i.raw.hovered_files.is_empty());
    if !hovers {
        return;
    }
    let is_dataset = |path: &PathBuf| path.extension().is_some_and(|e| e == EXTENSION);
    let (icon, words) = if files.iter().any(is_dataset) {
        (
            icons::ICON_FOLDER_OPEN,
            "Drop to open this dataset".to_owned(),
        )
    } else if let Some(dataset) = &state.dataset {
        (
            icons::ICON_ADD,
            format!("Drop to add these articles to {}", dataset.name),
        )
    } else {
        (
            icons::ICON_FILE_OPEN,
            "Drop to open these articles".to_owned(),
        )
    };
    let screen = ui.ctx().content_rect();
    let painter = ui.ctx().layer_painter(egui::LayerId::new(
        egui::Order::Foreground,
        egui::Id::unique("drop"),
    ));
    painter.rect_filled(screen, 0.0, theme.paper.gamma_multiply(0.88));
    let frame = screen.shrink(18.0);
    painter.rect_filled(frame, 14.0, theme.accent_ground.gamma_multiply(0.6));
    let stroke = egui::Stroke::new(2.0, theme.accent);
    widgets::dashed_frame(&painter, frame, stroke, (10.0, 7.0));
    let middle = screen.center();
    painter.text(
        middle - egui::vec2(0.0, 34.0),
        egui::Align2::CENTER_CENTER,
        icon.codepoint,
        widgets::icon_font(icon, 52.0),
        theme.accent,
    );
    painter.text(
        middle + egui::vec2(0.0, 22.0),
        egui::Align2::CENTER_CENTER,
        words,
        egui::FontId::new(20.0, theme::strong_family()),
        theme.ink,
    );
}
