//! Charts as data and as SVG. The window draws the same charts.
//!
//! A chart's colours are its series' own; beside colour, series differ by hatching, by the marks'
//! shape and by the line's dashes, and the legend names them, so that colour is never the only
//! sign.

mod svg;

use crate::model::Rgb;
use crate::model::figures::number;

pub use svg::{hatching, shown_names, svg};

/// Colours for series without a given colour, such as annotators: Okabe and Ito's, which the
/// colour-blind tell apart.
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
    /// A sentence that describes the chart for those who cannot see it.
    pub summary: String,
    /// Along the bottom.
    pub x: Axis,
    /// Along the side.
    pub y: Axis,
    /// The series; none if the chart is empty.
    pub series: Vec<Series>,
}

/// An axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// What it measures.
    pub title: String,
    /// The names of the places 0, 1, 2, …; none if it is an axis of numbers.
    pub names: Vec<String>,
    /// The least end of the axis.
    pub at_least: f64,
    /// Whether its numbers are shares, from 0 to 1, to be shown as per cent.
    pub percent: bool,
}

/// Some marks of one meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The name of the series; empty if it is the only one.
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
    /// Horizontal bars from the top down, each with its own colour; only one such series.
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

    /// The values of the grid lines, from 0 to the top.
    #[must_use]
    pub fn ticks(&self) -> Vec<f64> {
        let top = self.top();
        let step = if self.y.percent { 0.25 } else { step(top) };
        let count = (top / step).round().clamp(1.0, 20.0) as usize;
        (0..=count).map(|at| at as f64 * step).collect()
    }

    /// The number of places on the horizontal axis.
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

/// A step of 1, 2 or 5 times a power of ten that cuts a range into about four; at least 1, since
/// things are counted.
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

#[cfg(test)]
mod tests;
