//! The places of a name, as rows with what is around it.

use std::sync::Arc;

use egui::{FontId, Rect, RichText, Sense, Ui, pos2, vec2};
use egui_material_icons::icons;

use crate::app::state::State;
use crate::app::state::names::{PlacesForm, row_words};
use crate::app::ui::theme::Theme;
use crate::app::ui::{text_line, widgets};
use crate::dataset::maintenance::name_view::{NameOccurrence, NameView};
use crate::model::{Label, Rgb, Schema};

pub(super) const ROW: f32 = 46.0;

const TICK: f32 = 30.0;

const LABEL: f32 = 104.0;

/// The colour of a label that the schema does not know.
const UNKNOWN: Rgb = Rgb(128, 128, 128);

pub(super) fn toggle(form: &mut PlacesForm, at: usize) {
    let chosen = Arc::make_mut(&mut form.chosen);
    if !chosen.remove(&at) {
        chosen.insert(at);
    }
}

pub(super) fn color_of(schema: Option<&Schema>, label: &Label) -> Rgb {
    let known = schema.and_then(|schema| schema.entity(label.as_str()));
    known.map_or(UNKNOWN, |known| known.color)
}

#[expect(
    clippy::too_many_arguments,
    reason = "what the page knows, lent piece by piece"
)]
pub(super) fn list<'a>(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    view: &'a NameView,
    rows: &[usize],
    (height, moved): (f32, bool),
    new: &mut PlacesForm,
    open: &mut Option<&'a NameOccurrence>,
) {
    if rows.is_empty() {
        let words = format!("“{}” is in no text where entities are tagged.", view.name);
        ui.label(RichText::new(words).color(theme.faint));
        return;
    }
    let frame = egui::Frame::new()
        .fill(theme.paper)
        .stroke(egui::Stroke::new(1.0, theme.line))
        .corner_radius(6);
    frame.show(ui, |ui| {
        egui::ScrollArea::vertical()
            .id_salt((&view.name, &new.shown))
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink([false, true])
            .show_viewport(ui, |ui, viewport| {
                let width = ui.available_width();
                let total = rows.len() as f32 * ROW;
                ui.set_height(total);
                let origin = ui.max_rect().left_top();
                let rect_of = |nth: usize| {
                    let at = origin + vec2(0.0, nth as f32 * ROW);
                    Rect::from_min_size(at, vec2(width, ROW))
                };
                if moved {
                    ui.scroll_to_rect(rect_of(new.row), None);
                }
                let first = (viewport.top() / ROW).floor().max(0.0) as usize;
                let end = ((viewport.bottom() / ROW).ceil() as usize).min(rows.len());
                for nth in first..end {
                    let Some(place) = rows.get(nth).and_then(|at| view.places.get(*at)) else {
                        continue;
                    };
                    let is_chosen = new.chosen.contains(&rows[nth]);
                    let clicked = row(
                        ui,
                        state,
                        theme,
                        view,
                        place,
                        rect_of(nth),
                        (is_chosen, new.row == nth),
                    );
                    match clicked {
                        Some(true) => {
                            toggle(new, rows[nth]);
                            new.row = nth;
                        }
                        Some(false) => *open = Some(place),
                        None => {}
                    }
                }
            });
    });
}

/// A row; true if it was chosen or no longer is, false if it was clicked to be opened.
fn row(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    view: &NameView,
    place: &NameOccurrence,
    rect: Rect,
    (is_chosen, is_here): (bool, bool),
) -> Option<bool> {
    let id = ui.scope_id().with((
        place.key.0,
        place.at.span.start().0,
        place.at.label.as_ref(),
    ));
    let response = ui.interact(rect, id, Sense::click());
    let words = row_words(&view.name, place);
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::accesskit::Role::ListItem, true, is_here, &words)
    });
    let box_rect = Rect::from_min_size(rect.min, vec2(TICK, ROW));
    let tick = ui.interact(box_rect, id.with("choose"), Sense::click());
    tick.widget_info(|| {
        let name = format!("Choose {words}");
        egui::WidgetInfo::selected(egui::accesskit::Role::CheckBox, true, is_chosen, &name)
    });
    let painter = ui.painter();
    let inner = rect.shrink2(vec2(3.0, 1.0));
    if is_here {
        painter.rect_filled(inner, 6.0, theme.accent_ground);
    } else if response.hovered() || tick.hovered() {
        let ground = theme.paper.lerp_to_gamma(theme.ink, 0.05);
        painter.rect_filled(inner, 6.0, ground);
    }
    let (icon, ink) = if is_chosen {
        (icons::ICON_CHECK_BOX, theme.accent)
    } else {
        (icons::ICON_CHECK_BOX_OUTLINE_BLANK, theme.faint)
    };
    painter.text(
        box_rect.center(),
        egui::Align2::CENTER_CENTER,
        icon.codepoint,
        widgets::icon_font(icon, 18.0),
        ink,
    );
    let left = rect.left() + TICK;
    label_sign(ui, state, theme, place, pos2(left, rect.top() + 6.0));
    let at = pos2(left + LABEL, rect.top() + 5.0);
    let room = rect.right() - 12.0 - at.x;
    let context = format!("{}{}{}", place.before, view.name, place.after);
    let mark = place.before.len()..place.before.len() + view.name.len();
    let style = |size: f32, ink| text_line::Style {
        font: FontId::proportional(size),
        ink,
        marked_ink: theme.ink,
        marked_ground: theme.highlight,
    };
    text_line::paint(
        ui.painter(),
        at,
        room,
        1,
        &context,
        &[mark],
        &style(13.5, theme.ink),
    );
    let mut below = format!("{} · {}", place.headline, place.status.as_str());
    if !place.is_started {
        below = format!("{} · not started by you: stays as it is", place.headline);
    }
    let at = pos2(at.x, rect.top() + 25.0);
    text_line::paint(
        ui.painter(),
        at,
        room,
        1,
        &below,
        &[],
        &style(11.5, theme.faint),
    );
    if tick.clicked() {
        return Some(true);
    }
    response.clicked().then_some(false)
}

/// The label of a place, dashed around if nobody has confirmed it.
fn label_sign(ui: &Ui, state: &State, theme: &Theme, place: &NameOccurrence, at: egui::Pos2) {
    let (words, color) = match &place.at.label {
        Some(label) => (label.as_str(), theme.mark(color_of(state.schema(), label))),
        None => ("untagged", theme.faint),
    };
    let swatch = Rect::from_min_size(at + vec2(2.0, 4.0), vec2(9.0, 9.0));
    let painter = ui.painter();
    if place.at.label.is_none() || place.is_suggestion {
        let stroke = egui::Stroke::new(1.2, color);
        painter.rect_stroke(swatch, 2.0, stroke, egui::StrokeKind::Inside);
    } else {
        painter.rect_filled(swatch, 2.0, color);
    }
    let style = text_line::Style {
        font: FontId::proportional(12.5),
        ink: if place.at.label.is_some() {
            theme.ink
        } else {
            theme.faint
        },
        marked_ink: theme.ink,
        marked_ground: theme.highlight,
    };
    text_line::paint(
        painter,
        at + vec2(17.0, 0.0),
        LABEL - 24.0,
        1,
        words,
        &[],
        &style,
    );
    if place.is_suggestion {
        let style = text_line::Style {
            font: FontId::proportional(11.0),
            ink: theme.faint,
            ..style
        };
        text_line::paint(
            painter,
            at + vec2(17.0, 19.0),
            LABEL - 24.0,
            1,
            "suggested",
            &[],
            &style,
        );
    }
}
