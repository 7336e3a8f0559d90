//! Small pieces that several views share.

use egui::{Align, Button, Color32, Layout, Response, RichText, Ui};
use egui_material_icons::{MaterialIcon, icons};

use super::theme::Theme;
use crate::app::command::Command;
use crate::model::Status;

/// A button that is an icon, named for screen readers and in its tooltip.
pub fn icon_button(ui: &mut Ui, icon: MaterialIcon, name: &str) -> Response {
    let response = ui
        .add(Button::new(icon.rich_text().size(18.0)).frame_when_inactive(false))
        .on_hover_text(name);
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::Button, ui.is_enabled(), name)
    });
    response
}

/// The font of an icon that is painted, not laid out.
#[must_use]
pub fn icon_font(icon: MaterialIcon, size: f32) -> egui::FontId {
    egui::FontId::new(size, icon.font_family())
}

/// Gives fields, boxes and buttons an outline: where a person fills in a form, empty places shall
/// be seen.
pub fn outlined(ui: &mut Ui, theme: &Theme) {
    let line = theme.panel.lerp_to_gamma(theme.ink, 0.28);
    let widgets = &mut ui.visuals_mut().widgets;
    widgets.inactive.bg_stroke = egui::Stroke::new(1.0, line);
    widgets.inactive.bg_fill = theme.paper;
    widgets.hovered.bg_stroke = egui::Stroke::new(1.0, theme.accent);
    widgets.open.bg_stroke = egui::Stroke::new(1.0, line);
}

/// A slider whose track can be seen on any ground.
pub fn slider(ui: &mut Ui, theme: &Theme, slider: egui::Slider<'_>) -> Response {
    ui.scope(|ui| {
        let track = theme.panel.lerp_to_gamma(theme.ink, 0.28);
        let widgets = &mut ui.visuals_mut().widgets;
        widgets.inactive.bg_fill = track;
        widgets.hovered.bg_fill = track;
        widgets.active.bg_fill = track;
        ui.spacing_mut().slider_width = 180.0;
        ui.add(slider)
    })
    .inner
}

/// A dashed outline.
pub fn dashed_frame(
    painter: &egui::Painter,
    frame: egui::Rect,
    stroke: egui::Stroke,
    (dash, gap): (f32, f32),
) {
    let corners = [
        frame.left_top(),
        frame.right_top(),
        frame.right_bottom(),
        frame.left_bottom(),
        frame.left_top(),
    ];
    painter.extend(egui::Shape::dashed_line(&corners, stroke, dash, gap));
}

/// The ground of a row that can be chosen, and the inside of it, filled from the right.
pub fn row(ui: &mut Ui, theme: &Theme, height: f32, chosen: bool) -> (Ui, Response) {
    row_inside(ui, theme, height, chosen, 8.0)
}

/// As [`row`], with so much room at both sides, in points.
pub fn row_inside(
    ui: &mut Ui,
    theme: &Theme,
    height: f32,
    chosen: bool,
    margin: f32,
) -> (Ui, Response) {
    let size = egui::vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
    let ground = if chosen {
        theme.accent_ground
    } else if response.hovered() {
        theme.panel.lerp_to_gamma(theme.ink, 0.06)
    } else {
        Color32::TRANSPARENT
    };
    ui.painter().rect_filled(rect, 6.0, ground);
    let mut row = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(rect.shrink2(egui::vec2(margin, 0.0)))
            .layout(Layout::right_to_left(Align::Center)),
    );
    row.spacing_mut().item_spacing.x = 6.0;
    (row, response)
}

/// A key as it is on a keyboard.
pub fn key_cap(ui: &mut Ui, theme: &Theme, key: &str) {
    if key.is_empty() {
        return;
    }
    let font = egui::FontId::proportional(11.0);
    let words = ui
        .painter()
        .layout_no_wrap(key.to_owned(), font, theme.faint);
    let size = egui::vec2((words.size().x + 10.0).max(18.0), 18.0);
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::empty());
    ui.painter().rect(
        rect,
        4.0,
        theme.paper,
        egui::Stroke::new(1.0, theme.line),
        egui::StrokeKind::Inside,
    );
    let at = rect.center() - words.size() / 2.0;
    ui.painter().galley(at, words, theme.faint);
}

/// A line of a menu: icon, name, key.
pub fn command_row(
    ui: &mut Ui,
    theme: &Theme,
    command: Command,
    label: &str,
    key: &str,
    chosen: bool,
) -> Response {
    let (mut row, response) = row(ui, theme, 28.0, chosen);
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::accesskit::Role::MenuItem, true, chosen, label)
    });
    key_cap(&mut row, theme, key);
    row.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.label(command.icon().rich_text().size(17.0).color(theme.faint));
        ui.add(
            egui::Label::new(RichText::new(label).color(theme.ink))
                .truncate()
                .selectable(false),
        );
    });
    response
}

/// The sign of a status: a shape of its own, so that colour is never the only sign.
#[must_use]
pub fn status_icon(status: Status) -> MaterialIcon {
    match status {
        Status::Todo => icons::ICON_RADIO_BUTTON_UNCHECKED,
        Status::Started => icons::ICON_TIMELAPSE,
        Status::Done => icons::ICON_CHECK_CIRCLE,
        Status::Skipped => icons::ICON_DO_NOT_DISTURB_ON,
        Status::Flagged => icons::ICON_FLAG,
    }
}

/// The colour of a status.
#[must_use]
pub fn status_color(status: Status, theme: &Theme) -> Color32 {
    match status {
        Status::Todo | Status::Skipped => theme.faint,
        Status::Started => theme.accent,
        Status::Done => theme.good,
        Status::Flagged => theme.warn,
    }
}

/// A heading of a part of a panel.
pub fn heading(ui: &mut Ui, theme: &Theme, words: &str) {
    ui.add_space(6.0);
    ui.label(
        RichText::new(words)
            .size(11.5)
            .color(theme.faint)
            .family(super::theme::strong_family()),
    );
    ui.add_space(2.0);
}
