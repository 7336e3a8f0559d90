//! Charts as SVG pictures.

use std::fmt::Write as _;

use super::*;

/// The size of a picture, in CSS pixels.
const SIZE: (f64, f64) = (760.0, 420.0);
/// The plot's own place in it: left, top, right, bottom.
const INNER: (f64, f64, f64, f64) = (64.0, 84.0, 736.0, 352.0);
/// Names along the left need more room.
const NAMES: f64 = 150.0;

const INK: &str = "#222428";
const FAINT: &str = "#63666d";
const LINE: &str = "#dddad4";
const PAPER: &str = "#fdfcfa";

/// Draws the chart as a picture with a light background.
#[must_use]
pub fn svg(chart: &Chart) -> String {
    let (width, height) = SIZE;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"Inter, sans-serif\" font-size=\"12\" \
         role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{PAPER}\"/>\n",
        escape(&chart.title),
        escape(&chart.summary)
    );
    hatchings(&mut out, chart);
    text(
        &mut out,
        (24.0, 34.0),
        "start",
        17.0,
        INK,
        true,
        &chart.title,
    );
    legend(&mut out, chart);
    let lying = matches!(chart.series.first().map(|s| &s.marks), Some(Marks::Rows(_)));
    if chart.is_empty() {
        let at = (width / 2.0, height / 2.0);
        text(&mut out, at, "middle", 14.0, FAINT, false, &chart.summary);
    } else if lying {
        rows(&mut out, chart);
    } else {
        vertical(&mut out, chart);
    }
    out.push_str("</svg>\n");
    out
}

fn text(
    out: &mut String,
    at: (f64, f64),
    anchor: &str,
    size: f64,
    ink: &str,
    bold: bool,
    words: &str,
) {
    let weight = if bold { " font-weight=\"600\"" } else { "" };
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"{ink}\"{weight}>{}</text>",
        at.0,
        at.1,
        escape(words)
    );
}

fn line(out: &mut String, from: (f64, f64), to: (f64, f64), ink: &str) {
    let _ = writeln!(
        out,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{ink}\"/>",
        from.0, from.1, to.0, to.1
    );
}

/// The fills of the series that are not plain.
fn hatchings(out: &mut String, chart: &Chart) {
    out.push_str("<defs>\n");
    for (at, series) in chart.series.iter().enumerate() {
        let Some((width, turn)) = hatching(series.style) else {
            continue;
        };
        let _ = writeln!(
            out,
            "<pattern id=\"h{at}\" width=\"{width}\" height=\"{width}\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate({turn})\"><rect width=\"{width}\" height=\"{width}\" fill=\"{}\"/>\
             <line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"{width}\" stroke=\"{PAPER}\" stroke-width=\"2\"/></pattern>",
            series.color
        );
    }
    out.push_str("</defs>\n");
}

/// Returns the distance and angle (in degrees) of the lines of a hatching; `None` for plain.
#[must_use]
pub fn hatching(style: usize) -> Option<(f64, f64)> {
    match style % 4 {
        1 => Some((7.0, 45.0)),
        2 => Some((7.0, -45.0)),
        3 => Some((5.0, 90.0)),
        _ => None,
    }
}

fn fill(at: usize, series: &Series) -> String {
    match hatching(series.style) {
        Some(_) => format!("url(#h{at})"),
        None => series.color.to_string(),
    }
}

fn legend(out: &mut String, chart: &Chart) {
    let mut x = 24.0;
    for (at, series) in chart.series.iter().enumerate() {
        if series.name.is_empty() {
            continue;
        }
        match &series.marks {
            Marks::Bars(_) | Marks::Rows(_) => {
                let _ = writeln!(
                    out,
                    "<rect x=\"{x:.1}\" y=\"50\" width=\"14\" height=\"11\" rx=\"2\" fill=\"{}\"/>",
                    fill(at, series)
                );
            }
            Marks::Dots(_) => dot(out, (x + 7.0, 55.5), series),
            Marks::Line(_) => stroke(out, &[(x, 55.5), (x + 16.0, 55.5)], series),
        }
        text(
            out,
            (x + 21.0, 60.0),
            "start",
            12.0,
            FAINT,
            false,
            &series.name,
        );
        // Inter's letters are some 0.55 em wide.
        x += 21.0 + series.name.chars().count() as f64 * 6.8 + 18.0;
    }
}

fn dot(out: &mut String, (x, y): (f64, f64), series: &Series) {
    let color = series.color;
    let _ = if series.style.is_multiple_of(2) {
        writeln!(
            out,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\" fill=\"{color}\" fill-opacity=\"0.45\"/>"
        )
    } else {
        writeln!(
            out,
            "<path d=\"M{x:.1} {:.1}l3.2 3.2l-3.2 3.2l-3.2 -3.2z\" fill=\"{color}\" fill-opacity=\"0.45\"/>",
            y - 3.2
        )
    };
}

fn stroke(out: &mut String, points: &[(f64, f64)], series: &Series) {
    let mut path = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' });
    }
    let dashes = if series.style.is_multiple_of(2) {
        ""
    } else {
        " stroke-dasharray=\"7 4\""
    };
    let _ = writeln!(
        out,
        "<path d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2.2\" stroke-linejoin=\"round\"{dashes}/>",
        series.color
    );
}

/// The mapping from the values of a chart to points of the picture.
struct Scale {
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    fn of(chart: &Chart) -> Self {
        let (from, to) = chart.reach();
        Self {
            high: chart.top(),
            from,
            to,
        }
    }

    fn x(&self, x: f64) -> f64 {
        let (left, _, right, _) = INNER;
        left + (x - self.from) / (self.to - self.from) * (right - left)
    }

    fn y(&self, y: f64) -> f64 {
        let (_, top, _, bottom) = INNER;
        bottom - (y / self.high).clamp(0.0, 1.0) * (bottom - top)
    }
}

/// Draws a chart with vertical values: the grid, the series and both axes.
fn vertical(out: &mut String, chart: &Chart) {
    let (left, top, right, bottom) = INNER;
    let scale = Scale::of(chart);
    for tick in chart.ticks() {
        let y = scale.y(tick);
        line(out, (left, y), (right, y), LINE);
        let words = figure(tick, chart.y.percent);
        let at = (left - 8.0, y + 4.0);
        text(out, at, "end", 11.5, FAINT, false, &words);
    }
    draw_series(out, chart, &scale);
    line(out, (left, bottom), (right, bottom), FAINT);
    horizontal_axis(out, chart, &scale);
    let at = (left - 8.0, top - 10.0);
    text(out, at, "start", 11.5, FAINT, false, &chart.y.title);
}

/// Draws the bars, dots and lines of all series; bars are stacked.
fn draw_series(out: &mut String, chart: &Chart, scale: &Scale) {
    let mut base = vec![0.0; chart.places()];
    for (at, series) in chart.series.iter().enumerate() {
        match &series.marks {
            Marks::Bars(values) => {
                let width = (scale.x(1.0) - scale.x(0.0)) * 0.76;
                for ((place, value), base) in values.iter().enumerate().zip(&mut base) {
                    if *value > 0.0 {
                        let (low, high) = (scale.y(*base), scale.y(*base + value));
                        let _ = writeln!(
                            out,
                            "<rect x=\"{:.1}\" y=\"{high:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"1.5\" fill=\"{}\" stroke=\"{PAPER}\" stroke-width=\"0.8\"/>",
                            scale.x(place as f64) - width / 2.0,
                            (low - high).max(0.5),
                            fill(at, series)
                        );
                        *base += value;
                    }
                }
            }
            Marks::Dots(points) => {
                for [x, y] in points {
                    dot(out, (scale.x(*x), scale.y(*y)), series);
                }
            }
            Marks::Line(points) => {
                let points = points.iter().map(|[x, y]| (scale.x(*x), scale.y(*y)));
                stroke(out, &points.collect::<Vec<_>>(), series);
            }
            Marks::Rows(_) => {}
        }
    }
}

/// Writes the names or numbers below the chart, and the title of the axis.
fn horizontal_axis(out: &mut String, chart: &Chart, scale: &Scale) {
    let (left, _, right, bottom) = INNER;
    if chart.x.names.is_empty() {
        let step = step(scale.to);
        let mut tick = 0.0;
        while tick <= scale.to {
            let words = figure(tick, chart.x.percent);
            let at = (scale.x(tick), bottom + 18.0);
            text(out, at, "middle", 11.5, FAINT, false, &words);
            tick += step;
        }
    } else {
        for (place, name) in shown_names(&chart.x.names, 10) {
            let at = (scale.x(place as f64), bottom + 18.0);
            text(out, at, "middle", 11.5, FAINT, false, name);
        }
    }
    let at = (f64::midpoint(left, right), bottom + 44.0);
    text(out, at, "middle", 12.0, FAINT, false, &chart.x.title);
}

/// Returns as many names as fit, evenly spread, with their places.
#[must_use]
pub fn shown_names(names: &[String], most: usize) -> Vec<(usize, &str)> {
    let every = names.len().div_ceil(most.max(1)).max(1);
    let all = names.iter().map(String::as_str).enumerate();
    all.step_by(every).collect()
}

fn rows(out: &mut String, chart: &Chart) {
    let (_, top, right, bottom) = INNER;
    let left = NAMES;
    let high = chart.top();
    let Some(Marks::Rows(values)) = chart.series.first().map(|series| &series.marks) else {
        return;
    };
    let room = bottom + 36.0 - (top - 8.0);
    let each = (room / values.len().max(1) as f64).min(34.0);
    for (place, (value, color)) in values.iter().enumerate() {
        let y = top - 8.0 + each * place as f64;
        let middle = y + each / 2.0 + 4.0;
        let name = chart.x.names.get(place).map_or("", String::as_str);
        text(out, (left - 12.0, middle), "end", 12.0, INK, false, name);
        let width = value / high * (right - 70.0 - left);
        let _ = writeln!(
            out,
            "<rect x=\"{left}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"2\" fill=\"{color}\"/>",
            y + each * 0.18,
            width.max(1.0),
            each * 0.64,
        );
        let words = figure(*value, chart.y.percent);
        text(
            out,
            (left + width + 8.0, middle),
            "start",
            11.5,
            FAINT,
            false,
            &words,
        );
    }
    let middle = f64::midpoint(left, right);
    text(
        out,
        (middle, bottom + 56.0),
        "middle",
        12.0,
        FAINT,
        false,
        &chart.y.title,
    );
}

/// Words between tags. What XML cannot hold is left out.
fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\u{0}'..='\u{8}'
            | '\u{b}'
            | '\u{c}'
            | '\u{e}'..='\u{1f}'
            | '\u{fffe}'
            | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}
