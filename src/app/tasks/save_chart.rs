//! A plot as a file: SVG as it is written, PNG at twice its size with the fonts of the window.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use resvg::{tiny_skia, usvg};

use crate::app::ui::theme;
use crate::dataset;
use crate::quality::plot::{self, Chart};

/// Pixels of a PNG for each of the picture's own.
const SCALE: f32 = 2.0;

/// Writes the chart to a file, whole or not at all.
///
/// # Errors
/// If it cannot be drawn or written.
pub fn save(chart: &Chart, png: bool, path: &Path) -> anyhow::Result<()> {
    let svg = plot::svg(chart);
    let bytes = if png { png_of(&svg)? } else { svg.into_bytes() };
    dataset::write_picture(path, &bytes)
        .with_context(|| format!("could not save the plot as {}", path.display()))
}

fn png_of(svg: &str) -> anyhow::Result<Vec<u8>> {
    let mut options = usvg::Options {
        font_family: "Inter".to_owned(),
        ..usvg::Options::default()
    };
    let fonts = Arc::make_mut(&mut options.fontdb);
    for font in theme::fonts().font_data.into_values() {
        fonts.load_font_data((*font.font).as_ref().to_vec());
    }
    fonts.set_sans_serif_family("Inter");
    let tree = usvg::Tree::from_str(svg, &options)?;
    let size = tree.size().to_int_size();
    let scaled = |length: u32| (length as f32 * SCALE).round() as u32;
    let mut pixels = tiny_skia::Pixmap::new(scaled(size.width()), scaled(size.height()))
        .ok_or_else(|| anyhow!("the image would be too large"))?;
    let turn = tiny_skia::Transform::from_scale(SCALE, SCALE);
    resvg::render(&tree, turn, &mut pixels.as_mut());
    Ok(pixels.encode_png()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::plot::{Axis, Marks, PALETTE, Series};

    fn chart() -> Chart {
        Chart {
            name: "test",
            title: "Articles done by day".to_owned(),
            x: Axis {
                names: vec!["1 Nov".to_owned(), "2 Nov".to_owned()],
                ..Axis::default()
            },
            series: vec![Series {
                name: "maria".to_owned(),
                color: PALETTE[0],
                style: 0,
                marks: Marks::Bars(vec![4.0, 8.0]),
            }],
            ..Chart::default()
        }
    }

    #[test]
    fn a_plot_becomes_a_png_with_bars_and_words_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plot.png");
        save(&chart(), true, &file).unwrap();
        let pixels = tiny_skia::Pixmap::load_png(&file).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (1520, 840));
        let is_bar = |pixel: &&tiny_skia::PremultipliedColorU8| {
            (pixel.red(), pixel.green(), pixel.blue()) == (0x00, 0x72, 0xb2)
        };
        let blue = pixels.pixels().iter().filter(is_bar).count();
        // Two bars of three quarters of a place, one full and one half as high, of 672 by 268
        // points.
        assert!((150_000..450_000).contains(&blue), "{blue}");
        // The title is in the upper left corner; without a font there would be none.
        let dark = (0..100_u32)
            .flat_map(|y| (0..600_u32).map(move |x| (x, y)))
            .filter_map(|(x, y)| pixels.pixel(x, y))
            .filter(|pixel| pixel.red() < 0x60 && pixel.green() < 0x60 && pixel.blue() < 0x60);
        assert!(dark.count() > 500);
    }

    #[test]
    fn a_plot_becomes_an_svg_and_a_folder_that_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plot.svg");
        save(&chart(), false, &file).unwrap();
        let svg = std::fs::read_to_string(&file).unwrap();
        usvg::Tree::from_str(&svg, &usvg::Options::default()).unwrap();
        let nowhere = folder.path().join("no/plot.svg");
        let error = format!("{:#}", save(&chart(), false, &nowhere).unwrap_err());
        assert!(error.contains("no/plot.svg"), "{error}");
    }
}
