//! A chart on the screen. Standing bars, dots and lines are drawn by `egui_plot`; each mark is a
//! button with a name, for the mouse, the keyboard and the screen reader alike.

use egui::accesskit::Role;
use egui::{Align2, FontId, Rect, RichText, Sense, Ui, WidgetInfo};
use egui_plot::{
    GridMark, Line, LineStyle, MarkerShape, PlotBounds, PlotPoint, PlotTransform, Points,
};

use super::marks::{self, Mark};
use crate::app::ui::theme::Theme;
use crate::dataset::report::dashboard::{DrillDown, Plot};
use crate::quality::plot::{Chart, Marks, Series, figure, shown_names};

/// Room for the figures on the left, the names below, and what the bottom axis measures, in points.
const FIGURES: f32 = 44.0;
const NAMES: f32 = 22.0;
const TITLE: f32 = 18.0;

/// Draws a chart of this height; gives what is behind the mark that was clicked.
pub fn show(ui: &mut Ui, plot: &Plot, height: f32, theme: &Theme) -> Option<DrillDown> {
    let lying = plot
        .chart
        .series
        .iter()
        .any(|series| matches!(series.marks, Marks::Rows(_)));
    let clicked = if lying {
        marks::rows(ui, plot, height, theme)
    } else {
        standing(ui, plot, height, theme)
    };
    let (at, place) = clicked?;
    plot.behind.get(at)?.get(place).cloned()
}

fn standing(ui: &mut Ui, plot: &Plot, height: f32, theme: &Theme) -> Option<(usize, usize)> {
    let chart = &plot.chart;
    let height = height - legend(ui, chart, theme);
    let title = if chart.x.title.is_empty() { 0.0 } else { TITLE };
    let (outer, _) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::empty());
    let inner = Rect::from_min_max(
        outer.min + egui::vec2(FIGURES, 6.0),
        outer.max - egui::vec2(0.0, NAMES + title),
    );
    let (left, right) = chart.reach();
    // A little room above, or the marks at the top would be cut in two.
    let top = chart.top() * if chart.y.percent { 1.04 } else { 1.0 };
    let mut place = ui.new_child(egui::UiBuilder::new().max_rect(inner));
    let drawn = egui_plot::Plot::new(chart.name)
        .width(inner.width())
        .height(inner.height())
        .sense(Sense::hover())
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_background(false)
        .show_x(false)
        .show_y(false)
        .show_axes(false)
        .show_grid([false, true])
        .grid_color(theme.line)
        .grid_fade(0.0)
        .set_margin_fraction(egui::Vec2::ZERO)
        .label_formatter(|_| None)
        .y_grid_spacer(|_| ticks_beside(chart))
        .show(&mut place, |inner| {
            inner.set_plot_bounds(PlotBounds::from_min_max([left, 0.0], [right, top]));
            for series in &chart.series {
                draw(inner, series, theme);
            }
        });
    axes(ui, chart, &drawn.transform, outer, theme);
    let id = drawn.response.id;
    drawn.response.widget_info(|| {
        WidgetInfo::labeled(
            Role::Figure,
            true,
            format!("{}. {}", chart.title, chart.summary),
        )
    });
    let frame = drawn.response.rect;
    let marks = marks_of(plot, &drawn.transform, frame);
    marks::interact(ui, id, &marks, frame, theme)
}

fn ticks_beside(chart: &Chart) -> Vec<GridMark> {
    let ticks = chart.ticks();
    let step_size = ticks.get(1).copied().unwrap_or(1.0);
    ticks
        .into_iter()
        .map(|value| GridMark { value, step_size })
        .collect()
}

/// The names and numbers along the axes, small and faint; the axis at the bottom is a line.
fn axes(ui: &Ui, chart: &Chart, transform: &PlotTransform, outer: Rect, theme: &Theme) {
    let at = |x: f64, y: f64| transform.position_from_point(&PlotPoint::new(x, y));
    let font = FontId::proportional(11.5);
    let frame = *transform.frame();
    let write = |pos: egui::Pos2, anchor: Align2, words: String| {
        ui.painter()
            .text(pos, anchor, words, font.clone(), theme.faint);
    };
    for tick in chart.ticks() {
        let y = at(0.0, tick).y;
        let words = figure(tick, chart.y.percent);
        write(
            egui::pos2(frame.left() - 8.0, y),
            Align2::RIGHT_CENTER,
            words,
        );
    }
    let stroke = egui::Stroke::new(1.0, theme.faint);
    ui.painter().hline(frame.x_range(), frame.bottom(), stroke);
    for tick in ticks_below(chart, frame.width()) {
        let place = usize::try_from(tick.value.round() as i64).unwrap_or_default();
        let words = match chart.x.names.get(place) {
            Some(name) => name.clone(),
            None => figure(tick.value, chart.x.percent),
        };
        let pos = egui::pos2(at(tick.value, 0.0).x, frame.bottom() + 5.0);
        write(pos, Align2::CENTER_TOP, words);
    }
    if !chart.x.title.is_empty() {
        let pos = egui::pos2(frame.center().x, outer.bottom());
        write(pos, Align2::CENTER_BOTTOM, chart.x.title.clone());
    }
}

/// Where names or numbers are along the bottom.
fn ticks_below(chart: &Chart, width: f32) -> Vec<GridMark> {
    let (_, right) = chart.reach();
    if chart.x.names.is_empty() {
        let mut step = 1.0;
        for factor in [2.0, 2.5, 2.0].into_iter().cycle().take(30) {
            if right / step <= 8.0 {
                break;
            }
            step *= factor;
        }
        let count = (right / step).floor() as usize;
        return (0..=count)
            .map(|at| GridMark {
                value: at as f64 * step,
                step_size: step,
            })
            .collect();
    }
    let longest = chart.x.names.iter().map(|name| name.chars().count()).max();
    let room = longest.unwrap_or(1) as f32 * 6.2 + 12.0;
    let shown = shown_names(&chart.x.names, (width / room) as usize);
    let step = shown.get(1).map_or(1, |(place, _)| *place) as f64;
    shown
        .into_iter()
        .map(|(place, _)| GridMark {
            value: place as f64,
            step_size: step,
        })
        .collect()
}

/// Names the series, if there are several; gives the height that this takes.
fn legend(ui: &mut Ui, chart: &Chart, theme: &Theme) -> f32 {
    let named: Vec<&Series> = chart.series.iter().filter(|s| !s.name.is_empty()).collect();
    if named.is_empty() {
        return 0.0;
    }
    let before = ui.cursor().top();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(6.0, 2.0);
        for series in named {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(16.0, 16.0), Sense::empty());
            let color = marks::graphic(theme, series.color);
            match &series.marks {
                Marks::Line(_) | Marks::Dots(_) => {
                    let middle = rect.center().y;
                    let ends = [rect.left_center(), rect.right_center()];
                    let stroke = egui::Stroke::new(2.2, color);
                    if series.style.is_multiple_of(2) {
                        ui.painter().hline(rect.x_range(), middle, stroke);
                    } else {
                        let dashes = egui::Shape::dashed_line(&ends, stroke, 5.0, 3.0);
                        ui.painter().extend(dashes);
                    }
                }
                Marks::Bars(_) | Marks::Rows(_) => {
                    let square = Rect::from_center_size(rect.center(), egui::vec2(13.0, 11.0));
                    ui.painter().rect_filled(square, 2.0, color);
                    marks::hatch(ui.painter(), square, series.style, theme);
                }
            }
            ui.label(RichText::new(&series.name).size(12.5).color(theme.faint));
            ui.add_space(8.0);
        }
    });
    ui.cursor().top() - before
}

fn draw<'a>(inner: &mut egui_plot::PlotUi<'a>, series: &'a Series, theme: &Theme) {
    let color = marks::graphic(theme, series.color);
    match &series.marks {
        // Bars are painted with their hatching, where they can be clicked.
        Marks::Bars(_) | Marks::Rows(_) => {}
        Marks::Dots(points) => {
            let shape = if series.style.is_multiple_of(2) {
                MarkerShape::Circle
            } else {
                MarkerShape::Diamond
            };
            inner.points(
                Points::new("dots", points.clone())
                    .shape(shape)
                    .radius(2.4)
                    .color(color.gamma_multiply(0.4))
                    .allow_hover(false),
            );
        }
        Marks::Line(points) => {
            let style = if series.style.is_multiple_of(2) {
                LineStyle::Solid
            } else {
                LineStyle::dashed_loose()
            };
            inner.line(
                Line::new(series.name.as_str(), points.clone())
                    .width(2.2)
                    .style(style)
                    .color(color)
                    .allow_hover(false),
            );
        }
    }
}

/// The marks that can be clicked, where they are on the screen.
fn marks_of(plot: &Plot, transform: &PlotTransform, frame: Rect) -> Vec<Mark> {
    let chart = &plot.chart;
    let at = |x: f64, y: f64| transform.position_from_point(&PlotPoint::new(x, y));
    let mut found = Vec::new();
    let mut base = vec![0.0; chart.places()];
    for (of, series) in chart.series.iter().enumerate() {
        let Marks::Bars(values) = &series.marks else {
            continue;
        };
        for ((place, value), base) in values.iter().enumerate().zip(&mut base) {
            if *value <= 0.0 {
                continue;
            }
            let x = place as f64;
            let rect = Rect::from_two_pos(at(x - 0.38, *base), at(x + 0.38, *base + value));
            *base += value;
            let name = chart.x.names.get(place).map_or("", String::as_str);
            let who = if series.name.is_empty() {
                String::new()
            } else {
                format!("{}, ", series.name)
            };
            let unit = &chart.y.title;
            found.push(Mark {
                place: (of, place),
                rect: rect.intersect(frame),
                name: format!("{who}{name}: {} {unit}", figure(*value, chart.y.percent)),
                bar: Some((series.color, series.style)),
            });
        }
    }
    if chart.places() == 0 {
        // Dots are too small to hit: stretches of the axis, from top to bottom.
        for (place, behind) in plot.behind.first().into_iter().flatten().enumerate() {
            let DrillDown::Order { from, to } = behind else {
                continue;
            };
            let (left, right) = (*from as f64 + 0.5, *to as f64 + 1.5);
            let x = at(left, 0.0).x..=at(right, 0.0).x;
            found.push(Mark {
                place: (0, place),
                rect: Rect::from_x_y_ranges(x, frame.y_range()).intersect(frame),
                name: stretch_words(chart, *from, *to),
                bar: None,
            });
        }
    }
    found
}

/// What a stretch of a curve says: the mean of its dots, by series.
fn stretch_words(chart: &Chart, from: usize, to: usize) -> String {
    let mut words = if from == to {
        format!("article {}", from + 1)
    } else {
        format!("articles {} – {}", from + 1, to + 1)
    };
    let mut name = "";
    for series in chart.series.iter().rev() {
        match &series.marks {
            Marks::Line(_) => name = &series.name,
            Marks::Dots(points) => {
                let inside = |x: f64| (from as f64 + 0.5..to as f64 + 1.5).contains(&x);
                let here: Vec<f64> = points
                    .iter()
                    .filter(|[x, _]| inside(*x))
                    .map(|[_, y]| *y)
                    .collect();
                if !here.is_empty() {
                    let mean = here.iter().sum::<f64>() / here.len() as f64;
                    words.push_str(&format!("; {name} {}", figure(mean, true)));
                }
            }
            Marks::Bars(_) | Marks::Rows(_) => {}
        }
    }
    words
}
