//! Curves over articles as a picture.

use std::fmt::Write as _;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 56.0;
const BOTTOM: f64 = 48.0;
const TOP: f64 = 28.0;
const RIGHT: f64 = 150.0;

/// A curve: its name, its colour and a value for each article.
pub(crate) type Curve<'a> = (&'a str, &'a str, Vec<f64>);

/// The axes, from articles and values to places in the picture.
struct Scale {
    count: usize,
    most: f64,
}

impl Scale {
    fn of(curves: &[Curve<'_>]) -> Self {
        let lengths = curves.iter().map(|(_, _, values)| values.len());
        let values = curves.iter().flat_map(|(_, _, values)| values);
        Self {
            count: lengths.max().unwrap_or(0),
            most: values.fold(1.0_f64, |most, value| most.max(*value)).ceil(),
        }
    }

    fn x(&self, at: usize) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * (at as f64 + 1.0) / self.count.max(1) as f64
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / self.most
    }
}

/// Draws curves as an SVG picture.
pub(crate) fn draw(title: &str, curves: &[Curve<'_>]) -> String {
    let scale = Scale::of(curves);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
    );
    let _ = writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"17\" font-size=\"13\">{title}</text>"
    );
    draw_axes(&mut out, &scale);
    draw_curves(&mut out, &scale, curves);
    out.push_str("</svg>\n");
    out
}

fn draw_axes(out: &mut String, scale: &Scale) {
    for line in 0..=4 {
        let value = scale.most * f64::from(line) / 4.0;
        let _ = writeln!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#dddddd\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value:.1}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            scale.y(value) + 4.0,
            at = scale.y(value),
        );
    }
    for (label, at) in [(1, 0), (scale.count, scale.count.saturating_sub(1))] {
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>",
            scale.x(at),
            HEIGHT - BOTTOM + 18.0
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">article</text>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 10.0
    );
}

fn draw_curves(out: &mut String, scale: &Scale, curves: &[Curve<'_>]) {
    // Each name is written beside the end of its curve, apart enough to be read.
    let mut ends: Vec<(f64, usize)> = curves
        .iter()
        .enumerate()
        .map(|(at, (_, _, values))| (scale.y(values.last().copied().unwrap_or(0.0)), at))
        .collect();
    ends.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut lowest = f64::NEG_INFINITY;
    for (end, _) in &mut ends {
        *end = end.max(lowest + 16.0);
        lowest = *end;
    }
    for (end, at) in ends {
        let (name, colour, values) = &curves[at];
        let points: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(at, value)| format!("{:.1},{:.1}", scale.x(at), scale.y(*value)))
            .collect();
        let _ = writeln!(
            out,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{}\"/><text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{name}</text>",
            points.join(" "),
            WIDTH - RIGHT + 8.0,
            end + 4.0
        );
    }
}
