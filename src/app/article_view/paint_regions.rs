//! Painting regions: the tint behind their rows, the bar and the letter in the gutter, the seam
//! inside a row.

use eframe::egui::{
    Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rangef, Rect, Shape, Stroke, StrokeKind,
    pos2, vec2,
};

use super::page::Page;
use super::show::{Shown, ShownRegion};
use super::style::{Bar, Standing, ViewStyle, fade, mix};

/// Free on each side of a seam between two regions, in points.
const SEAM: f32 = 1.5;
/// Width of the bar, in points.
const BAR: f32 = 5.0;
/// After how much its pattern comes again, in points.
const PERIOD: f32 = 12.0;

/// Where the bars are, across.
pub(super) fn bar_x(page: &Page) -> Rangef {
    Rangef::new(page.gutter.max - 6.0 - BAR, page.gutter.max - 6.0)
}

/// The tint behind the rows of each region; painted before anything else.
pub(super) fn grounds(painter: &Painter, page: &Page, shown: &Shown<'_>) {
    for region in &shown.regions {
        let mut rects = page.ground(&region.bytes);
        if let Some(first) = rects.first_mut() {
            first.min.y += if region.begins { SEAM } else { -40.0 };
        }
        if let Some(last) = rects.last_mut() {
            last.max.y += if region.ends { -SEAM } else { 40.0 };
        }
        for rect in rects {
            let inside = rect.left() > page.column.min || rect.right() < page.column.max;
            let rect = if inside {
                rect.shrink2(vec2(SEAM / 2.0, 0.0))
            } else {
                rect
            };
            painter.rect_filled(rect, CornerRadius::same(3), region.look.tint);
        }
    }
}

/// Bars and letters; painted after the text.
pub(super) fn gutter(painter: &Painter, page: &Page, shown: &Shown<'_>, style: &ViewStyle) {
    for region in &shown.regions {
        bar(painter, page, region, style);
        letter(painter, page, region, style);
        seam(painter, page, region, style);
    }
}

/// The handles of the region whose bar is under the pointer: where one can take its edges.
pub(super) fn handles(
    painter: &Painter,
    page: &Page,
    shown: &Shown<'_>,
    pointer: Pos2,
    style: &ViewStyle,
) {
    if !page.gutter.contains(pointer.x) {
        return;
    }
    let across = bar_x(page).expand(4.0);
    for region in &shown.regions {
        if !region.bar.contains(pointer.y) {
            continue;
        }
        let ends = [
            (region.begins, region.bar.min + 1.5),
            (region.ends, region.bar.max - 5.5),
        ];
        for (_, y) in ends.into_iter().filter(|(there, _)| *there) {
            let rect = Rect::from_x_y_ranges(across, Rangef::new(y, y + 4.0));
            let corner = CornerRadius::same(2);
            let outline = Stroke::new(1.5, region.look.color);
            painter.rect(
                rect,
                corner,
                style.palette.paper,
                outline,
                StrokeKind::Inside,
            );
        }
    }
}

fn bar(painter: &Painter, page: &Page, region: &ShownRegion<'_>, style: &ViewStyle) {
    let rect = Rect::from_x_y_ranges(bar_x(page), region.bar).shrink2(vec2(0.0, SEAM));
    // Far above and below the view nothing needs a stroke; a pattern goes on where it would have
    // been.
    let y = rect
        .y_range()
        .intersection(page.view.expand(2.0 * PERIOD).y_range());
    let y = if region.begins {
        y
    } else {
        let above = (y.min / PERIOD).floor() * PERIOD;
        Rangef::new(above, y.max)
    };
    match region.standing {
        Standing::Confirmed => pattern(painter, rect.x_range(), y, region, region.look.color),
        Standing::Suggested => {
            let pale = mix(style.palette.paper, region.look.color, 0.5);
            pattern(painter, rect.x_range(), y, region, pale);
        }
        Standing::Unsure => {
            let line = [
                pos2(rect.center().x, y.min + 2.0),
                pos2(rect.center().x, y.max),
            ];
            painter.extend(Shape::dotted_line(&line, style.palette.unsure, 6.0, 2.0));
        }
    }
}

/// The bar of a label in its own pattern.
fn pattern(painter: &Painter, x: Rangef, y: Rangef, region: &ShownRegion<'_>, color: Color32) {
    let block = |x: Rangef, y: Rangef| {
        painter.rect_filled(Rect::from_x_y_ranges(x, y), CornerRadius::same(2), color);
    };
    // Strokes of some lengths, each followed by a gap, until the bar is full.
    let strokes = |lengths: &[f32]| {
        let mut top = y.min;
        for length in lengths.iter().cycle() {
            if top >= y.max {
                break;
            }
            block(x, Rangef::new(top, (top + length).min(y.max)));
            top += length + 2.5;
        }
    };
    match region.look.bar {
        Bar::Solid => block(x, y),
        Bar::Double => {
            let width = x.span() * 0.36;
            block(Rangef::new(x.min, x.min + width), y);
            block(Rangef::new(x.max - width, x.max), y);
        }
        Bar::Thin => {
            let width = x.span() * 0.4;
            block(
                Rangef::new(x.center() - width / 2.0, x.center() + width / 2.0),
                y,
            );
        }
        Bar::Strokes => strokes(&[PERIOD - 2.5]),
        Bar::Squares => strokes(&[x.span()]),
        Bar::LongShort => strokes(&[PERIOD * 1.2, 2.5]),
        Bar::Rungs => {
            block(Rangef::new(x.max - 1.5, x.max), y);
            let mut top = y.min;
            while top < y.max {
                block(x, Rangef::new(top, (top + 1.5).min(y.max)));
                top += PERIOD / 2.0;
            }
        }
        Bar::Zigzag => {
            let mut points = vec![pos2(x.min, y.min)];
            let mut top = y.min;
            while top < y.max {
                top = (top + PERIOD / 3.0).min(y.max);
                let right = points.len() % 2 == 1;
                points.push(pos2(if right { x.max } else { x.min }, top));
            }
            painter.add(Shape::line(points, Stroke::new(1.5, color)));
        }
    }
}

fn letter(painter: &Painter, page: &Page, region: &ShownRegion<'_>, style: &ViewStyle) {
    // The letter of a region that began above the view stays in sight.
    let head = if region.begins {
        region.bar.min
    } else {
        page.view.top() + 4.0
    };
    let room = (region.bar.max - head).min(style.font.size * style.leading);
    let height = (room - 3.0).clamp(8.0, 17.0);
    let unsure = region.standing == Standing::Unsure;
    let words = if unsure {
        format!("{}?", region.look.letter)
    } else {
        region.look.letter.clone()
    };
    let width = if words.chars().count() > 1 {
        height * 1.45
    } else {
        height * 1.15
    };
    let right = bar_x(page).min - 5.0;
    let center_y = head + room / 2.0;
    let badge = Rect::from_min_max(
        pos2(right - width, center_y - height / 2.0),
        pos2(right, center_y + height / 2.0),
    );
    let corner = CornerRadius::same(4);
    let ink = match region.standing {
        Standing::Confirmed => {
            painter.rect_filled(badge, corner, region.look.color);
            style.palette.on_color
        }
        Standing::Suggested => {
            painter.rect_stroke(
                badge,
                corner,
                Stroke::new(1.0, fade(region.look.color, 0.8)),
                StrokeKind::Inside,
            );
            region.look.color
        }
        Standing::Unsure => {
            dotted_box(painter, badge, style.palette.unsure);
            style.palette.unsure
        }
    };
    let font = FontId::new(height * 0.74, style.label_family.clone());
    painter.text(badge.center(), Align2::CENTER_CENTER, words, font, ink);
}

/// Where a region begins inside a row: a thin line before its first letter, with its letter above.
fn seam(painter: &Painter, page: &Page, region: &ShownRegion<'_>, style: &ViewStyle) {
    let Some(at) = seam_at(page, region) else {
        return;
    };
    let color = if region.standing == Standing::Unsure {
        style.palette.unsure
    } else {
        region.look.color
    };
    let line = Rangef::new(at.top() + 2.0, at.bottom() - 2.0);
    painter.vline(at.left(), line, Stroke::new(1.5, color));
    let font = FontId::new(8.5, style.label_family.clone());
    painter.text(
        pos2(at.left() + 3.0, at.top() - 1.0),
        Align2::LEFT_TOP,
        &region.look.letter,
        font,
        color,
    );
}

/// The row's height at the place inside it where a region begins; `None` if the region begins with
/// the row.
pub(super) fn seam_at(page: &Page, region: &ShownRegion<'_>) -> Option<Rect> {
    let line = page.line_of(region.bytes.start)?;
    let inside = line.words.start < region.bytes.start && region.bytes.start < line.words.end;
    inside.then(|| {
        let x = line.x_of(region.bytes.start) - 1.0;
        Rect::from_min_max(pos2(x, line.top()), pos2(x, line.bottom()))
    })
}

pub(super) fn dotted_box(painter: &Painter, rect: Rect, color: Color32) {
    let corners: [Pos2; 5] = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    painter.extend(Shape::dotted_line(&corners, color, 3.2, 0.9));
}
