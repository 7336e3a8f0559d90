//! Who has what at the open place: one lane for each version, between the rows of the text, with
//! the spans right under the words that they cover.

use egui::{
    Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rangef, Rect, Sense, Stroke, StrokeKind,
    Ui, WidgetInfo, pos2, vec2,
};

use crate::app::article_view::{ArticleView, Opening};
use crate::app::command::Command;
use crate::app::state::review::{PlaceState, version_words};
use crate::app::state::{Message, OpenReview, State};
use crate::app::ui::theme::{self, Theme};
use crate::edit::LabelKind;
use crate::edit::adjudication::{LabelledSpan, Place, Threshold};
use crate::model::{BytePos, Schema};

/// Height of a lane, in points.
const LANE: f32 = 25.0;
/// Height of the line below the lanes, in points.
const FOOT: f32 = 22.0;
/// Room above and below all of it, in points.
const MARGIN: f32 = 7.0;
/// Height of a span in a lane, in points.
const SPAN: f32 = 17.0;
/// Size of the letters in a lane, in points.
const LETTERS: f32 = 13.0;
/// A place that is longer has its lanes above it, so that they are beside its beginning, in bytes.
const LONG: usize = 160;

/// Returns the room that the lanes of the open place want in the text.
#[must_use]
pub fn opening(state: &State) -> Option<Opening> {
    let review = state.shown_review()?;
    let place = review.place_here()?;
    let at = review.here()?;
    let lanes = lanes_of(review, at, place).len() as f32;
    let lines = 1.0 + f32::from(u8::from(reason(review, at).is_some()));
    let above = place.kind == LabelKind::Region || place.span.len() > LONG;
    let last = place.span.end().0.saturating_sub(1);
    let text = review.work.text().as_str();
    let mut last = last as usize;
    while !text.is_char_boundary(last) {
        last -= 1;
    }
    Some(Opening {
        at: if above {
            place.span.start()
        } else {
            BytePos::from_index(last)
        },
        above,
        height: lanes * LANE + lines * FOOT + 2.0 * MARGIN,
    })
}

/// One lane.
struct Lane<'a> {
    /// The command that takes it.
    command: Option<Command>,
    /// Whose version it is.
    who: String,
    /// What they have.
    spans: &'a [LabelledSpan],
    is_chosen: bool,
    /// Whether Enter takes it.
    is_leading: bool,
    /// Whether a rule chose it.
    by_majority: bool,
}

fn lanes_of<'a>(review: &'a OpenReview, at: usize, place: &'a Place) -> Vec<Lane<'a>> {
    let state = review.state(at);
    let is_open = matches!(state, PlaceState::Open | PlaceState::Reopened);
    let least = Threshold::new(0.0).unwrap_or(Threshold::HALF);
    let leading = place.majority(least).filter(|_| is_open);
    let mut lanes: Vec<Lane<'a>> = place
        .versions
        .iter()
        .enumerate()
        .map(|(nth, version)| Lane {
            command: Command::VERSIONS.get(nth).copied(),
            who: review.names(&version.annotators),
            spans: &version.spans,
            is_chosen: matches!(state, PlaceState::Taken(at) | PlaceState::Majority(at) if at == nth),
            is_leading: leading == Some(nth),
            by_majority: state == PlaceState::Majority(nth),
        })
        .collect();
    let made = review.work.made(at);
    if state == PlaceState::Own {
        lanes.push(Lane {
            command: None,
            who: "you".to_owned(),
            spans: made.and_then(|made| made.spans()).unwrap_or_default(),
            is_chosen: true,
            is_leading: false,
            by_majority: false,
        });
    }
    // Where somebody has nothing, that is a version already.
    if !place
        .versions
        .iter()
        .any(|version| version.spans.is_empty())
    {
        lanes.push(Lane {
            command: Some(Command::TakeNobody),
            who: "nobody".to_owned(),
            spans: &[],
            is_chosen: state == PlaceState::Nobody,
            is_leading: false,
            by_majority: false,
        });
    }
    lanes
}

fn reason(review: &OpenReview, at: usize) -> Option<&str> {
    review.work.made(at)?.reason.as_deref()
}

/// Draws the lanes in the room that the text has for them.
pub fn show_lanes(
    ui: &mut Ui,
    state: &State,
    view: &ArticleView,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let (Some(review), Some(schema)) = (state.shown_review(), state.schema()) else {
        return;
    };
    let (Some(place), Some(at), Some(room), Some(column)) = (
        review.place_here(),
        review.here(),
        view.opening(),
        view.column(),
    ) else {
        return;
    };
    let card = room.shrink2(vec2(0.0, MARGIN * 0.5));
    // What is under the card is not clicked through it.
    let _card = ui.interact(card, ui.scope_id().with("lanes"), Sense::click_and_drag());
    let ground = theme.panel;
    ui.painter().rect(
        card,
        CornerRadius::same(7),
        ground,
        Stroke::new(1.0, theme.accent.gamma_multiply(0.55)),
        StrokeKind::Inside,
    );
    let in_row = place.kind == LabelKind::Entity && view.in_one_row(place.span).is_some();
    let lanes = lanes_of(review, at, place);
    let mut y = card.top() + MARGIN * 0.5;
    for (nth, lane) in lanes.iter().enumerate() {
        let rect = Rect::from_min_max(
            pos2(card.left() + 3.0, y),
            pos2(card.right() - 3.0, y + LANE),
        );
        let text = review.work.text();
        let what = version_words(text, lane.spans);
        let response = ui.interact(rect, ui.scope_id().with(("lane", nth)), Sense::click());
        let key = lane.command.map(|command| state.shown_key(command));
        response.widget_info(|| {
            let key = key.as_deref().unwrap_or_default();
            let words = format!("{key} {}: {what}", lane.who);
            WidgetInfo::selected(
                egui::accesskit::Role::ListBoxOption,
                lane.command.is_some(),
                lane.is_chosen,
                words.trim(),
            )
        });
        if let Some(command) = lane.command.filter(|_| response.clicked()) {
            out.push(Message::Run(command));
        }
        let painter = ui.painter_at(rect);
        if lane.is_chosen {
            painter.rect_filled(rect, 5.0, theme.accent_ground);
        } else if response.hovered() && lane.command.is_some() {
            painter.rect_filled(rect, 5.0, ground.lerp_to_gamma(theme.ink, 0.06));
        }
        let scene = LaneScene {
            painter: &painter,
            theme,
            schema,
            column,
            rect,
        };
        scene.key(key.as_deref().unwrap_or("✓"), lane);
        let right = scene.who(lane);
        let bars = in_row.then(|| bars(view, place, lane.spans)).flatten();
        match bars {
            Some(bars) => scene.bars(&bars, lane.spans, view, place),
            None => scene.words(text, lane.spans, place, right),
        }
        if lane.command.is_some() {
            response.on_hover_text(what);
        }
        y += LANE;
    }
    foot(
        ui,
        state,
        review,
        at,
        Rect::from_min_max(pos2(column.min, y), card.max),
        theme,
    );
}

/// Where the spans are across the row; `None` if they are not all in one row, one after the other.
fn bars(view: &ArticleView, place: &Place, spans: &[LabelledSpan]) -> Option<Vec<Rangef>> {
    let row = view.rect_of(place.span)?;
    let mut bars: Vec<Rangef> = Vec::new();
    let mut end = None;
    for one in spans {
        if end.is_some_and(|end| one.span.start() < end) {
            return None;
        }
        end = Some(one.span.end());
        let same_row = view.rect_of(one.span)?.top() == row.top();
        match view.in_one_row(one.span)?.as_slice() {
            [first, .., last] if same_row => bars.push(Rangef::new(first.min, last.max)),
            [only] if same_row => bars.push(*only),
            _ => return None,
        }
    }
    Some(bars)
}

/// What a lane is painted with.
struct LaneScene<'a> {
    painter: &'a Painter,
    theme: &'a Theme,
    schema: &'a Schema,
    column: Rangef,
    rect: Rect,
}

impl LaneScene<'_> {
    fn font(&self) -> FontId {
        FontId::proportional(LETTERS)
    }

    /// The key in the gutter.
    fn key(&self, key: &str, lane: &Lane<'_>) {
        let x = (self.rect.left() + self.column.min) / 2.0;
        let rect = Rect::from_center_size(pos2(x, self.rect.center().y), vec2(22.0, 18.0));
        let (ground, ink) = if lane.is_chosen {
            (self.theme.accent, self.theme.paper)
        } else {
            (self.theme.paper, self.theme.ink)
        };
        let line = Stroke::new(1.0, self.theme.line);
        self.painter
            .rect(rect, 4.0, ground, line, StrokeKind::Inside);
        self.painter
            .text(rect.center(), Align2::CENTER_CENTER, key, self.font(), ink);
    }

    /// Whose version it is, at the right; returns where that begins.
    fn who(&self, lane: &Lane<'_>) -> f32 {
        let mut words = lane.who.clone();
        if lane.by_majority {
            words.push_str(" · majority");
        } else if lane.is_leading {
            words.push_str(" · Enter");
        }
        let ink = if lane.is_chosen {
            self.theme.ink
        } else {
            self.theme.faint
        };
        let right = pos2(self.column.max - 10.0, self.rect.center().y);
        let drawn = self
            .painter
            .text(right, Align2::RIGHT_CENTER, words, self.font(), ink);
        drawn.left() - 8.0
    }

    fn color(&self, kind: LabelKind, label: &str) -> Color32 {
        let color = match kind {
            LabelKind::Region => self.schema.region(label).map(|label| label.color),
            LabelKind::Entity => self.schema.entity(label).map(|label| label.color),
        };
        color.map_or(self.theme.faint, |color| self.theme.mark(color))
    }

    /// The spans right under their words.
    fn bars(&self, bars: &[Rangef], spans: &[LabelledSpan], view: &ArticleView, place: &Place) {
        let y = self.rect.center().y;
        if spans.is_empty() {
            let covered = view.in_one_row(place.span).unwrap_or_default();
            let (Some(first), Some(last)) = (covered.first(), covered.last()) else {
                return;
            };
            let line = [pos2(first.min, y), pos2(last.max, y)];
            let stroke = Stroke::new(1.25, self.theme.faint);
            self.painter
                .extend(egui::Shape::dashed_line(&line, stroke, 3.0, 3.0));
            return;
        }
        for (nth, (bar, one)) in bars.iter().zip(spans).enumerate() {
            let color = self.color(LabelKind::Entity, one.label.as_str());
            let rect = Rect::from_x_y_ranges(*bar, Rangef::new(y - SPAN / 2.0, y + SPAN / 2.0));
            let ground = self.theme.panel.lerp_to_gamma(color, 0.20);
            self.painter.rect(
                rect,
                4.0,
                ground,
                Stroke::new(1.5, color),
                StrokeKind::Inside,
            );
            let font = FontId::new(11.0, theme::strong_family());
            let words = self
                .painter
                .layout_no_wrap(one.label.as_str().to_owned(), font, color);
            let next = bars.get(nth + 1).map_or(f32::INFINITY, |next| next.min);
            let at = if words.size().x + 6.0 <= rect.width() {
                rect.center() - words.size() / 2.0
            } else if rect.right() + words.size().x + 6.0 < next {
                pos2(rect.right() + 4.0, y - words.size().y / 2.0)
            } else {
                continue;
            };
            self.painter.galley(at, words, color);
        }
    }

    /// The spans in words, where they are not all in one row.
    fn words(&self, text: &crate::model::Text, spans: &[LabelledSpan], place: &Place, right: f32) {
        let y = self.rect.center().y;
        let mut x = self.column.min + 12.0;
        let clip = Rect::from_min_max(self.rect.min, pos2(right, self.rect.max.y));
        let painter = self
            .painter
            .with_clip_rect(clip.intersect(self.painter.clip_rect()));
        let put = |x: f32, words: String, font: FontId, ink: Color32| {
            let at = pos2(x, y);
            let drawn = painter.text(at, Align2::LEFT_CENTER, words, font, ink);
            drawn.right()
        };
        if spans.is_empty() {
            put(x, "no label".to_owned(), self.font(), self.theme.faint);
            return;
        }
        for one in spans {
            let color = self.color(place.kind, one.label.as_str());
            let dot = Rect::from_center_size(pos2(x + 4.0, y), vec2(8.0, 12.0));
            painter.rect_filled(dot, 2.0, color);
            let strong = FontId::new(LETTERS, theme::strong_family());
            x = put(x + 13.0, one.label.to_string(), strong, color) + 6.0;
            if one.span != place.span || spans.len() > 1 {
                let words = crate::app::state::review::shortened(text.slice(one.span));
                x = put(x, words, self.font(), self.theme.ink);
            }
            x += 14.0;
        }
    }
}

/// What else the keys do here, and the reason that was given.
fn foot(ui: &Ui, state: &State, review: &OpenReview, place: usize, rect: Rect, theme: &Theme) {
    let painter = ui.painter_at(rect);
    let font = FontId::proportional(11.5);
    let mut y = rect.top() + FOOT / 2.0;
    let mut line = |words: String, ink: Color32| {
        let at: Pos2 = pos2(rect.left() + 12.0, y);
        let drawn = painter.text(at, Align2::LEFT_CENTER, &words, font.clone(), ink);
        // Screen readers read it too.
        let id = ui.scope_id().with(("review foot", place, y.to_bits()));
        ui.interact(drawn, id, Sense::hover())
            .widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Label, true, &words));
        y += FOOT;
    };
    if let Some(reason) = reason(review, place) {
        line(format!("Because: {reason}"), theme.ink);
    }
    let key = |command| state.shown_key(command);
    let alike = review.alike.1;
    let mut words = Vec::new();
    if !state.decides_here() {
        words.push("Text is selected: the keys label it. Esc goes back to the versions".to_owned());
    } else {
        let nobody = review
            .place_here()
            .is_some_and(|place| place.versions.iter().any(|one| one.spans.is_empty()));
        if nobody {
            words.push(format!("{} nobody is right", key(Command::TakeNobody)));
        }
        if alike > 0 {
            words.push(format!(
                "{} the same at {alike} more",
                key(Command::DecideAlike)
            ));
        }
        words.push(format!("{} confirm", key(Command::ConfirmPlace)));
        words.push(format!("{} next", key(Command::NextPlace)));
        words.push(format!("{} reason", key(Command::Reason)));
        words.push("or edit".to_owned());
    }
    line(words.join("  ·  "), theme.faint);
}
