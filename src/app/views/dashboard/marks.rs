//! The marks of a chart: buttons that have a name, a place and a look.

use egui::accesskit::Role;
use egui::{Align2, Color32, FontId, Id, Painter, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo};

use crate::app::ui::color::contrast;
use crate::app::ui::theme::Theme;
use crate::dataset::report::dashboard::Plot;
use crate::model::Rgb;
use crate::quality::plot::{Marks, figure, hatching};

/// Something in a chart that can be clicked.
pub struct Mark {
    /// Series and place.
    pub place: (usize, usize),
    /// Where it is.
    pub rect: Rect,
    /// What it says.
    pub name: String,
    /// A bar's colour and hatching; `None` for a stretch of a curve.
    pub bar: Option<(Rgb, usize)>,
}

/// Draws the bars and gives the mark that was clicked.
pub fn interact(
    ui: &Ui,
    id: Id,
    marks: &[Mark],
    frame: Rect,
    theme: &Theme,
) -> Option<(usize, usize)> {
    let mut clicked = None;
    let painter = ui
        .painter()
        .with_clip_rect(frame.expand(1.0).intersect(ui.clip_rect()));
    for mark in marks {
        // A bar of one among thousands is but a line: what can be hit reaches somewhat further.
        let missing = (8.0 - mark.rect.height()).max(0.0);
        let target = mark.rect.expand2(egui::vec2(0.0, missing / 2.0));
        let response = ui.interact(target, id.with(mark.place), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &mark.name));
        let chosen = response.hovered() || response.has_focus();
        match mark.bar {
            Some((color, style)) => {
                let color = graphic(theme, color);
                let ground = if chosen {
                    color.lerp_to_gamma(theme.ink, 0.25)
                } else {
                    color
                };
                let bar = mark.rect.shrink2(egui::vec2(0.0, 0.5));
                painter.rect_filled(bar, 2.0, ground);
                hatch(&painter, bar, style, theme);
            }
            None if chosen => {
                let ground = theme.accent.gamma_multiply(0.14);
                painter.rect_filled(mark.rect, 0.0, ground);
            }
            None => {}
        }
        if response.has_focus() {
            let stroke = Stroke::new(2.0, theme.accent);
            painter.rect_stroke(mark.rect.expand(1.0), 2.0, stroke, StrokeKind::Outside);
        }
        if response.clicked() {
            clicked = Some(mark.place);
        }
        if chosen {
            response.on_hover_text_at_pointer(format!("{}\nClick to list the articles", mark.name));
        }
    }
    clicked
}

/// Draws a series' hatching over a bar: thin lines in the colour of the ground.
pub fn hatch(painter: &Painter, rect: Rect, style: usize, theme: &Theme) {
    let Some((apart, turn)) = hatching(style) else {
        return;
    };
    let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    let stroke = Stroke::new(1.2, theme.panel.gamma_multiply(0.8));
    let apart = apart as f32;
    if turn > 80.0 {
        let lines = (rect.height() / apart) as usize;
        for at in 0..=lines {
            let y = rect.bottom() - (at as f32 + 0.5) * apart;
            painter.hline(rect.x_range(), y, stroke);
        }
        return;
    }
    // Lines at 45 degrees: as many as cross the bottom edge, lengthened by the height.
    let (reach, step) = (rect.height(), apart * std::f32::consts::SQRT_2);
    let lines = ((rect.width() + reach) / step) as usize;
    for at in 0..=lines {
        let x = rect.left() - reach + at as f32 * step;
        let (from, to) = if turn > 0.0 {
            (rect.bottom(), rect.top())
        } else {
            (rect.top(), rect.bottom())
        };
        painter.line_segment([egui::pos2(x, from), egui::pos2(x + reach, to)], stroke);
    }
}

/// Draws lying bars, one below the other, each with its name and figure; gives the one that was
/// clicked.
pub fn rows(ui: &mut Ui, plot: &Plot, height: f32, theme: &Theme) -> Option<(usize, usize)> {
    let chart = &plot.chart;
    let Some(Marks::Rows(values)) = chart.series.first().map(|series| &series.marks) else {
        return None;
    };
    let (outer, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::hover());
    response.widget_info(|| {
        let words = format!("{}. {}", chart.title, chart.summary);
        WidgetInfo::labeled(Role::Figure, true, words)
    });
    let each = (height / values.len().max(1) as f32).min(26.0);
    let top = values
        .iter()
        .map(|(value, _)| *value)
        .fold(chart.y.at_least.max(f64::MIN_POSITIVE), f64::max);
    let font = FontId::proportional(12.5);
    let width_of = |words: &str| {
        let galley = ui
            .painter()
            .layout_no_wrap(words.to_owned(), font.clone(), theme.ink);
        galley.size().x
    };
    let names = chart.x.names.iter().map(|name| width_of(name));
    let left = outer.left() + names.fold(40.0, f32::max).min(160.0) + 10.0;
    let right = outer.right() - 72.0;
    let mut clicked = None;
    for (place, (value, color)) in values.iter().enumerate() {
        let y = outer.top() + each * place as f32;
        let line =
            Rect::from_min_size(egui::pos2(outer.left(), y), egui::vec2(outer.width(), each));
        let name = chart.x.names.get(place).map_or("", String::as_str);
        let told = figure(
            if chart.y.percent {
                *value
            } else if *value < 10.0 {
                (*value * 10.0).round() / 10.0
            } else {
                value.round()
            },
            chart.y.percent,
        );
        let response = ui.interact(line, response.id.with(place), Sense::click());
        response.widget_info(|| {
            let words = format!("{name}: {told} {}", chart.y.title);
            WidgetInfo::labeled(Role::Button, true, words)
        });
        if response.hovered() || response.has_focus() {
            let ground = theme.panel.lerp_to_gamma(theme.ink, 0.06);
            ui.painter().rect_filled(line, 4.0, ground);
        }
        let middle = line.center().y;
        let clip = Rect::from_x_y_ranges(outer.left()..=left - 6.0, line.y_range());
        ui.painter()
            .with_clip_rect(clip.intersect(ui.clip_rect()))
            .text(
                egui::pos2(left - 10.0, middle),
                Align2::RIGHT_CENTER,
                name,
                font.clone(),
                theme.ink,
            );
        let reach = ((*value / top) as f32 * (right - left)).max(1.5);
        let bar = Rect::from_min_max(
            egui::pos2(left, y + each * 0.2),
            egui::pos2(left + reach, y + each * 0.8),
        );
        ui.painter().rect_filled(bar, 3.0, graphic(theme, *color));
        ui.painter().text(
            egui::pos2(bar.right() + 8.0, middle),
            Align2::LEFT_CENTER,
            told,
            FontId::proportional(11.5),
            theme.faint,
        );
        if response.clicked() {
            clicked = Some((0, place));
        }
        response.on_hover_text("Click to list the articles");
    }
    clicked
}

/// A colour as a bar, dot or line: 3 to 1 against the ground, as WCAG AA asks of what is no text.
pub fn graphic(theme: &Theme, color: Rgb) -> Color32 {
    let mut mark = Color32::from_rgb(color.0, color.1, color.2);
    let toward = if theme.dark {
        Color32::WHITE
    } else {
        Color32::BLACK
    };
    for _ in 0..24 {
        if contrast(mark, theme.panel) >= 3.0 {
            break;
        }
        mark = mark.lerp_to_gamma(toward, 0.06);
    }
    mark
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::plot::PALETTE;

    #[test]
    fn any_colour_stands_out_from_the_ground() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            for color in PALETTE
                .into_iter()
                .chain([Rgb(0, 0, 0), Rgb(255, 255, 255)])
            {
                let found = contrast(graphic(&theme, color), theme.panel);
                assert!(found >= 3.0, "{color}: {found}");
            }
        }
    }
}
