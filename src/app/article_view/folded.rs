//! The line that represents blocks which are not shown: it says how many they are, and a click
//! shows them.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align2, CornerRadius, CursorIcon, FontId, Id, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use super::event::ViewEvent;
use super::page::Page;
use super::style::{ViewStyle, mix};

/// Draws the lines; says which was clicked.
pub(super) fn show(ui: &mut Ui, page: &Page, style: &ViewStyle) -> Vec<ViewEvent> {
    let mut clicked = Vec::new();
    for line in &page.folded {
        let words = format!("… {} more blocks", line.blocks.len());
        let font = FontId::new(12.5, style.label_family.clone());
        let painter = ui.painter_at(page.view);
        let galley = painter.layout_no_wrap(words.clone(), font.clone(), style.palette.faint);
        let size = galley.size() + vec2(20.0, 6.0);
        let left = line.rect.left() + 12.0;
        let middle = line.rect.center().y;
        let button = Rect::from_min_size(pos2(left, middle - size.y / 2.0), size);
        let seen = button.intersect(page.view);
        if !seen.is_positive() {
            continue;
        }
        let id = Id::unique(("folded", line.blocks.start));
        let response = ui
            .interact(seen, id, Sense::click())
            .on_hover_cursor(CursorIcon::PointingHand);
        response.widget_info(|| {
            let name = format!("Show {} more blocks", line.blocks.len());
            WidgetInfo::labeled(Role::Button, true, name)
        });
        let (ground, ink) = if response.hovered() || response.has_focus() {
            (0.12, style.palette.accent)
        } else {
            (0.05, style.palette.faint)
        };
        let ground = mix(style.palette.paper, style.palette.ink, ground);
        let edge = mix(style.palette.paper, style.palette.ink, 0.2);
        let corner = CornerRadius::same(9);
        painter.rect(
            button,
            corner,
            ground,
            Stroke::new(1.0, edge),
            StrokeKind::Inside,
        );
        painter.text(button.center(), Align2::CENTER_CENTER, words, font, ink);
        if response.clicked() {
            clicked.push(ViewEvent::Unfold(line.blocks.start));
        }
    }
    clicked
}
