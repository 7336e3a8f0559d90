//! Charts: what they show, as data, and how they are written as SVG. The window draws the same charts on the screen.
//!
//! A chart's colours are its series' own; beside colour, series differ by hatching, by the marks' shape and by the
//! line's dashes, and the legend names them, so that colour is never the only sign.

use std::fmt::Write as _;

use crate::model::Rgb;
use crate::model::figures::number;

/// Colours for what has none of its own, such as annotators: Okabe and Ito's, which the colour-blind tell apart.
pub const PALETTE: [Rgb; 7] = [
    Rgb(0x00, 0x72, 0xb2),
    Rgb(0xe6, 0x9f, 0x00),
    Rgb(0x00, 0x9e, 0x73),
    Rgb(0xcc, 0x79, 0xa7),
    Rgb(0x56, 0xb4, 0xe9),
    Rgb(0xd5, 0x5e, 0x00),
    Rgb(0x8c, 0x8c, 0x8c),
];

/// One chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// A short word for files and identities: `progress`.
    pub name: &'static str,
    /// What it shows.
    pub title: String,
    /// What it says, in a sentence, for who cannot see it.
    pub summary: String,
    /// Along the bottom.
    pub x: Axis,
    /// Along the side.
    pub y: Axis,
    /// What is drawn. Nothing: the chart is empty.
    pub series: Vec<Series>,
}

/// An axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// What it measures.
    pub title: String,
    /// The names of the places 0, 1, 2, …; none if it is an axis of numbers.
    pub names: Vec<String>,
    /// Where the axis ends at least.
    pub at_least: f64,
    /// Whether its numbers are shares, from 0 to 1, to be shown as per cent.
    pub percent: bool,
}

/// Some marks of one meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What they are; empty if the chart has but one series, which its title names.
    pub name: String,
    /// Their colour on a light ground.
    pub color: Rgb,
    /// Which hatching, shape or dashes they have; 0 is plain.
    pub style: usize,
    /// The marks.
    pub marks: Marks,
}

/// The marks of a series.
#[derive(Clone, Debug, PartialEq)]
pub enum Marks {
    /// A standing bar at each place, on top of those of the series before.
    Bars(Vec<f64>),
    /// A lying bar at each place, from the top down, each in a colour of its own; only one such series.
    Rows(Vec<(f64, Rgb)>),
    /// Dots.
    Dots(Vec<[f64; 2]>),
    /// A line.
    Line(Vec<[f64; 2]>),
}

impl Chart {
    /// Whether there is nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.series.iter().all(|series| match &series.marks {
            Marks::Bars(values) => values.iter().all(|value| *value <= 0.0),
            Marks::Rows(rows) => rows.iter().all(|(value, _)| *value <= 0.0),
            Marks::Dots(points) | Marks::Line(points) => points.is_empty(),
        })
    }

    /// The upper end of the value axis: a round number that holds all.
    #[must_use]
    pub fn top(&self) -> f64 {
        let mut stacked: Vec<f64> = Vec::new();
        let mut top: f64 = 0.0;
        for series in &self.series {
            match &series.marks {
                Marks::Bars(values) => {
                    stacked.resize(stacked.len().max(values.len()), 0.0);
                    for (sum, value) in stacked.iter_mut().zip(values) {
                        *sum += value.max(0.0);
                        top = top.max(*sum);
                    }
                }
                Marks::Rows(rows) => top = rows.iter().map(|(value, _)| *value).fold(top, f64::max),
                Marks::Dots(points) | Marks::Line(points) => {
                    top = points.iter().map(|[_, y]| *y).fold(top, f64::max);
                }
            }
        }
        if self.y.percent {
            return 1.0;
        }
        let step = step(top.max(self.y.at_least));
        (top.max(self.y.at_least) / step).ceil().max(1.0) * step
    }

    /// Where lines are drawn across, from 0 to the top.
    #[must_use]
    pub fn ticks(&self) -> Vec<f64> {
        let top = self.top();
        let step = if self.y.percent { 0.25 } else { step(top) };
        let count = (top / step).round().clamp(1.0, 20.0) as usize;
        (0..=count).map(|at| at as f64 * step).collect()
    }

    /// How many places the bottom axis has.
    #[must_use]
    pub fn places(&self) -> usize {
        let bars = self.series.iter().map(|series| match &series.marks {
            Marks::Bars(values) => values.len(),
            Marks::Rows(rows) => rows.len(),
            Marks::Dots(_) | Marks::Line(_) => 0,
        });
        bars.max().unwrap_or(0)
    }

    /// Left and right end of the bottom axis.
    #[must_use]
    pub fn reach(&self) -> (f64, f64) {
        match self.places() {
            0 => {
                let xs = self.series.iter().flat_map(|series| match &series.marks {
                    Marks::Dots(points) | Marks::Line(points) => points.as_slice(),
                    Marks::Bars(_) | Marks::Rows(_) => &[],
                });
                let right = xs.map(|[x, _]| *x).fold(1.0, f64::max);
                (0.0, (right + 1.0) * 1.01)
            }
            places => (-0.5, places as f64 - 0.5),
        }
    }
}

/// A step of 1, 2 or 5 times a power of ten that cuts a range into about four; at least 1, since things are counted.
fn step(top: f64) -> f64 {
    let raw = (top / 4.0).max(1.0);
    let power = 10f64.powf(raw.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    let step = steps.iter().find(|step| *step * power >= raw * 0.999);
    step.unwrap_or(&10.0) * power
}

/// A number as an axis shows it: `1,200`, `0.5`, `75 %`.
#[must_use]
pub fn figure(value: f64, percent: bool) -> String {
    if percent {
        return format!("{:.0} %", value * 100.0);
    }
    if value.abs() < 10.0 && (value - value.round()).abs() > 1e-6 {
        return format!("{value:.1}");
    }
    let mut out = number(value.abs().round() as u64);
    if value <= -0.5 {
        out.insert(0, '-');
    }
    out
}

// -- SVG -------------------------------------------------------------------------------------

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

/// The chart as a picture of its own, on a light ground.
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
        standing(&mut out, chart);
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

/// How far apart the lines of a hatching are, and how they are turned, in degrees; `None` for plain.
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

fn standing(out: &mut String, chart: &Chart) {
    let (left, top, right, bottom) = INNER;
    let high = chart.top();
    let (from, to) = chart.reach();
    let x_of = |x: f64| left + (x - from) / (to - from) * (right - left);
    let y_of = |y: f64| bottom - (y / high).clamp(0.0, 1.0) * (bottom - top);
    for tick in chart.ticks() {
        let y = y_of(tick);
        line(out, (left, y), (right, y), LINE);
        let words = figure(tick, chart.y.percent);
        text(
            out,
            (left - 8.0, y + 4.0),
            "end",
            11.5,
            FAINT,
            false,
            &words,
        );
    }
    let mut base = vec![0.0; chart.places()];
    for (at, series) in chart.series.iter().enumerate() {
        match &series.marks {
            Marks::Bars(values) => {
                let width = (x_of(1.0) - x_of(0.0)) * 0.76;
                for ((place, value), base) in values.iter().enumerate().zip(&mut base) {
                    if *value > 0.0 {
                        let (low, high) = (y_of(*base), y_of(*base + value));
                        let _ = writeln!(
                            out,
                            "<rect x=\"{:.1}\" y=\"{high:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"1.5\" fill=\"{}\" stroke=\"{PAPER}\" stroke-width=\"0.8\"/>",
                            x_of(place as f64) - width / 2.0,
                            (low - high).max(0.5),
                            fill(at, series)
                        );
                        *base += value;
                    }
                }
            }
            Marks::Dots(points) => {
                for [x, y] in points {
                    dot(out, (x_of(*x), y_of(*y)), series);
                }
            }
            Marks::Line(points) => {
                let points: Vec<_> = points.iter().map(|[x, y]| (x_of(*x), y_of(*y))).collect();
                stroke(out, &points, series);
            }
            Marks::Rows(_) => {}
        }
    }
    line(out, (left, bottom), (right, bottom), FAINT);
    if chart.x.names.is_empty() {
        let step = step(to);
        let mut tick = 0.0;
        while tick <= to {
            let words = figure(tick, chart.x.percent);
            text(
                out,
                (x_of(tick), bottom + 18.0),
                "middle",
                11.5,
                FAINT,
                false,
                &words,
            );
            tick += step;
        }
    } else {
        for (place, name) in shown_names(&chart.x.names, 10) {
            let at = (x_of(place as f64), bottom + 18.0);
            text(out, at, "middle", 11.5, FAINT, false, name);
        }
    }
    let middle = f64::midpoint(left, right);
    text(
        out,
        (middle, bottom + 44.0),
        "middle",
        12.0,
        FAINT,
        false,
        &chart.x.title,
    );
    text(
        out,
        (left - 8.0, top - 10.0),
        "start",
        11.5,
        FAINT,
        false,
        &chart.y.title,
    );
}

/// Of many names, as many as there is room for, evenly spread, with their places.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(values: &[f64]) -> Chart {
        Chart {
            name: "test",
            title: "A < B & \u{7}C".to_owned(),
            x: Axis {
                names: values.iter().map(|v| v.to_string()).collect(),
                ..Axis::default()
            },
            series: vec![Series {
                name: "one".to_owned(),
                color: PALETTE[0],
                style: 1,
                marks: Marks::Bars(values.to_vec()),
            }],
            ..Chart::default()
        }
    }

    #[test]
    fn an_axis_ends_on_a_round_number_above_everything() {
        for (value, top) in [
            (0.0, 1.0),
            (1.0, 1.0),
            (7.0, 8.0),
            (41.0, 60.0),
            (1_234.0, 1_500.0),
        ] {
            let chart = bars(&[value]);
            assert!((chart.top() - top).abs() < 1e-9, "{value}: {}", chart.top());
            assert!(chart.ticks().len() <= 6, "{:?}", chart.ticks());
            assert_eq!(chart.ticks().last().copied(), Some(chart.top()));
        }
    }

    #[test]
    fn stacked_bars_count_together() {
        let mut chart = bars(&[3.0, 4.0]);
        chart.series.push(chart.series[0].clone());
        assert!(chart.top() >= 8.0);
    }

    #[test]
    fn figures_are_as_people_write_them() {
        assert_eq!(figure(1_200.0, false), "1,200");
        assert_eq!(figure(0.5, false), "0.5");
        assert_eq!(figure(0.75, true), "75 %");
    }

    #[test]
    fn a_picture_has_a_bar_for_each_value_and_words_that_are_xml() {
        let picture = svg(&bars(&[3.0, 0.0, 5.0]));
        assert_eq!(picture.matches("fill=\"url(#h0)\" stroke").count(), 2);
        assert!(picture.contains("A &lt; B &amp; C"), "{picture}");
        assert!(picture.contains("pattern id=\"h0\""));
    }

    #[test]
    fn few_of_many_names_are_shown() {
        let names: Vec<String> = (0..95).map(|n| n.to_string()).collect();
        let shown = shown_names(&names, 10);
        assert_eq!((shown.len(), shown[1]), (10, (10, "10")));
    }
}
