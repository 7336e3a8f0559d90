//! The marks of disputed places in the text: a dashed frame where something is to be decided, a
//! plain line where it was, and beside regions the versions as bars.

use egui::{Align2, FontId, Rangef, Rect, Sense, Stroke, Ui, pos2, vec2};

use crate::app::article_view::ArticleView;
use crate::app::state::review::PlaceState;
use crate::app::state::{Message, OpenReview, State};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::edit::LabelKind;
use crate::edit::adjudication::Place;

/// From one bar beside a region to the next, in points.
const BAR: f32 = 14.0;

/// Draws the marks of the places in view.
pub fn show_marks(
    ui: &mut Ui,
    state: &State,
    view: &ArticleView,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let Some(review) = state.shown_review() else {
        return;
    };
    let visible = view.visible();
    let places = review.work.places();
    for at in review.disputed() {
        let Some(place) = places.get(at) else {
            continue;
        };
        if place.span.end() <= visible.start {
            continue;
        }
        if place.span.start() >= visible.end {
            break; // they are in reading order
        }
        match place.kind {
            LabelKind::Entity => entity(ui, review, at, place, view, theme),
            LabelKind::Region => region(ui, state, review, at, place, view, theme, out),
        }
    }
}

fn ink(review: &OpenReview, at: usize, theme: &Theme) -> (egui::Color32, bool) {
    match review.state(at) {
        PlaceState::Open | PlaceState::Reopened => (theme.warn, true),
        _ => (theme.good, false),
    }
}

fn entity(
    ui: &Ui,
    review: &OpenReview,
    at: usize,
    place: &Place,
    view: &ArticleView,
    theme: &Theme,
) {
    let (color, is_open) = ink(review, at, theme);
    let is_here = review.here() == Some(at);
    for rect in view.rects_of(place.span) {
        let frame = rect.expand2(vec2(3.0, 2.0));
        if is_here {
            let line = Stroke::new(2.0, theme.accent);
            ui.painter()
                .rect_stroke(frame, 4.0, line, egui::StrokeKind::Outside);
        } else if is_open {
            let line = Stroke::new(1.5, color);
            widgets::dashed_frame(ui.painter(), frame, line, (4.0, 3.0));
        } else {
            let line = Stroke::new(1.0, color.gamma_multiply(0.7));
            ui.painter()
                .hline(frame.x_range(), frame.bottom() + 2.0, line);
        }
    }
}

/// The versions of a region beside its rows, one bar each, with the key above.
#[expect(
    clippy::too_many_arguments,
    reason = "what one mark is drawn from, and with"
)]
fn region(
    ui: &mut Ui,
    state: &State,
    review: &OpenReview,
    at: usize,
    place: &Place,
    view: &ArticleView,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let (Some(rows), Some(column), Some(schema)) =
        (view.rows_of(place.span), view.column(), state.schema())
    else {
        return;
    };
    let (color, is_open) = ink(review, at, theme);
    let is_here = review.here() == Some(at);
    let left = column.max + 5.0;
    let frame = Rect::from_x_y_ranges(
        Rangef::new(left, left + 6.0 + BAR * place.versions.len().min(9) as f32),
        rows,
    );
    let response = ui.interact(
        frame,
        ui.scope_id().with(("region place", at)),
        Sense::click(),
    );
    response.widget_info(|| {
        let words = format!("Region, {}", review.outcome_words(at));
        egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, words)
    });
    if response.clicked() {
        out.push(Message::GoToPlace(place.id()));
    }
    let painter = ui.painter();
    let edge = if is_here {
        Stroke::new(2.0, theme.accent)
    } else {
        Stroke::new(1.25, color)
    };
    if is_open && !is_here {
        widgets::dashed_frame(painter, frame.shrink2(vec2(0.0, 2.0)), edge, (4.0, 3.0));
    } else {
        let frame = frame.shrink2(vec2(0.0, 2.0));
        painter.rect_stroke(frame, 4.0, edge, egui::StrokeKind::Inside);
    }
    for (nth, version) in place.versions.iter().take(9).enumerate() {
        let x = left + 3.0 + BAR * (nth as f32 + 0.5);
        let font = FontId::proportional(10.0);
        let top = rows.min + 4.0;
        let key = format!("{}", nth + 1);
        painter.text(pos2(x, top), Align2::CENTER_TOP, key, font, theme.faint);
        for one in &version.spans {
            let Some(y) = view.rows_of(one.span) else {
                continue;
            };
            let y = Rangef::new(y.min.max(top + 13.0), y.max - 4.0);
            if y.min >= y.max {
                continue;
            }
            let color = schema.region(one.label.as_str()).map(|label| label.color);
            let color = color.map_or(theme.faint, |color| theme.mark(color));
            let bar = Rect::from_x_y_ranges(Rangef::new(x - 3.0, x + 3.0), y);
            painter.rect_filled(bar, 2.0, color);
        }
    }
    response.on_hover_text(review.outcome_words(at));
}
