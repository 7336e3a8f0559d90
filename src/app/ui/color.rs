//! What colours are to the eye: lightness as it is seen, and the contrast between two.

use egui::Color32;

/// A colour by lightness, chroma and hue in Björn Ottosson's OKLab, where equal steps look equal.
#[derive(Clone, Copy, Debug)]
pub struct Oklch {
    /// From 0, black, to 1, white.
    pub lightness: f32,
    /// From 0, grey, to some 0.3.
    pub chroma: f32,
    /// In radians.
    pub hue: f32,
}

impl Oklch {
    /// What an opaque colour is to the eye.
    #[must_use]
    pub fn of(color: Color32) -> Self {
        let [r, g, b] = linear(color);
        let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
        let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
        let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
        let a = 1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s;
        let b = 0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s;
        Self {
            lightness: 0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
            chroma: a.hypot(b),
            hue: b.atan2(a),
        }
    }

    /// The colour, as strong as a screen can show it at this lightness.
    #[must_use]
    pub fn color(self) -> Color32 {
        let mut chroma = self.chroma;
        loop {
            let (a, b) = (chroma * self.hue.cos(), chroma * self.hue.sin());
            let l = (self.lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
            let m = (self.lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
            let s = (self.lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
            let rgb = [
                4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
                -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
                -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
            ];
            let inside = |part: &f32| (-0.0005..=1.0005).contains(part);
            if chroma <= 0.0 || rgb.iter().all(inside) {
                let [r, g, b] = rgb.map(encoded);
                return Color32::from_rgb(r, g, b);
            }
            chroma = (chroma - 0.004).max(0.0);
        }
    }
}

/// The parts of an opaque colour in proportion to their light.
fn linear(color: Color32) -> [f32; 3] {
    [color.r(), color.g(), color.b()].map(|part| {
        let part = f32::from(part) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn encoded(part: f32) -> u8 {
    let part = part.clamp(0.0, 1.0);
    let part = if part <= 0.003_130_8 {
        12.92 * part
    } else {
        1.055 * part.powf(1.0 / 2.4) - 0.055
    };
    (255.0 * part).round() as u8
}

/// The contrast of two opaque colours, from 1 to 21, as WCAG 2.1 defines it.
#[must_use]
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let luminance = |color: Color32| {
        let [r, g, b] = linear(color);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::ui::theme::Theme;
    use crate::dataset::config::built_in_schemas;
    use crate::model::{Rgb, Schema};

    /// How eyes without one kind of cone see, as matrices on linear light: Machado, Oliveira and
    /// Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009),
    /// severity 1.
    const EYES: [(&str, [[f32; 3]; 3]); 4] = [
        (
            "all cones",
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        ),
        (
            "protanopia",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "deuteranopia",
            [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
        ),
        (
            "tritanopia",
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ),
    ];

    fn seen(color: Color32, eye: &[[f32; 3]; 3]) -> [f32; 3] {
        let light = linear(color);
        eye.map(|row| {
            let sum: f32 = row.iter().zip(light).map(|(a, b)| a * b).sum();
            sum.clamp(0.0, 1.0)
        })
    }

    /// CIELAB, for daylight (D65).
    fn lab([r, g, b]: [f32; 3]) -> [f32; 3] {
        let f = |t: f32| {
            if t > 216.0 / 24389.0 {
                t.cbrt()
            } else {
                (24389.0 / 27.0 * t + 16.0) / 116.0
            }
        };
        let x = f((0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b) / 0.95047);
        let y = f(0.212_672_9 * r + 0.715_152_2 * g + 0.072_175 * b);
        let z = f((0.019_333_9 * r + 0.119_192 * g + 0.950_304_1 * b) / 1.08883);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// How different two colours look: CIEDE2000.
    fn difference(one: [f32; 3], other: [f32; 3]) -> f32 {
        let mean = (one[1].hypot(one[2]) + other[1].hypot(other[2])) / 2.0;
        let g = 0.5 * (1.0 - (mean.powi(7) / (mean.powi(7) + 25f32.powi(7))).sqrt());
        let polar = |[_, a, b]: [f32; 3]| {
            let a = a * (1.0 + g);
            (a.hypot(b), b.atan2(a).to_degrees().rem_euclid(360.0))
        };
        let ((c1, h1), (c2, h2)) = (polar(one), polar(other));
        let grey = c1 * c2 == 0.0;
        let mut turn = if grey { 0.0 } else { h2 - h1 };
        if turn > 180.0 {
            turn -= 360.0;
        } else if turn < -180.0 {
            turn += 360.0;
        }
        let hue = if grey {
            h1 + h2
        } else if (h1 - h2).abs() <= 180.0 {
            (h1 + h2) / 2.0
        } else {
            ((h1 + h2 + 360.0) / 2.0).rem_euclid(360.0)
        };
        let chroma = (c1 + c2) / 2.0;
        let lightness = (one[0] + other[0]) / 2.0;
        let cos = |degrees: f32| degrees.to_radians().cos();
        let t = 1.0 - 0.17 * cos(hue - 30.0) + 0.24 * cos(2.0 * hue) + 0.32 * cos(3.0 * hue + 6.0)
            - 0.20 * cos(4.0 * hue - 63.0);
        let off = (lightness - 50.0).powi(2);
        let dl = (other[0] - one[0]) / (1.0 + 0.015 * off / (20.0 + off).sqrt());
        let dc = (c2 - c1) / (1.0 + 0.045 * chroma);
        let dh =
            2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin() / (1.0 + 0.015 * chroma * t);
        let rotation = -2.0
            * (chroma.powi(7) / (chroma.powi(7) + 25f32.powi(7))).sqrt()
            * (60.0 * (-((hue - 275.0) / 25.0).powi(2)).exp())
                .to_radians()
                .sin();
        (dl * dl + dc * dc + dh * dh + rotation * dc * dh).sqrt()
    }

    #[test]
    fn the_difference_of_colours_is_ciede2000() {
        // Pairs from the test data of Sharma, Wu and Dalal (2005).
        for (one, other, wanted) in [
            ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
            ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
            (
                [6.7747, -0.2908, -2.4247],
                [5.8714, -0.0985, -2.2286],
                0.6377,
            ),
        ] {
            let found = difference(one, other);
            assert!((found - wanted).abs() < 0.01, "{found} for {wanted}");
        }
    }

    /// The least difference between two of these labels, as displayed, over all looks and all eyes.
    fn least(labels: &[(String, Rgb)]) -> (f32, String) {
        let mut least = (f32::MAX, String::new());
        for theme in Theme::ALL {
            for (eye, matrix) in EYES {
                for (nth, (one, rgb)) in labels.iter().enumerate() {
                    for (other, second) in &labels[..nth] {
                        let seen = |rgb: &Rgb| lab(seen(theme.mark(*rgb), &matrix));
                        let found = difference(seen(rgb), seen(second));
                        if found < least.0 {
                            let words = format!(
                                "{one} and {other}, {eye}, dark {}, high contrast {}",
                                theme.dark, theme.high_contrast
                            );
                            least = (found, words);
                        }
                    }
                }
            }
        }
        least
    }

    fn regions(schema: &Schema, all: bool) -> Vec<(String, Rgb)> {
        let labels = schema.regions().iter().filter(|label| all || label.enabled);
        labels
            .map(|label| (label.label.to_string(), label.color))
            .collect()
    }

    fn entities(schema: &Schema, all: bool) -> Vec<(String, Rgb)> {
        let labels = schema
            .entities()
            .iter()
            .filter(|label| all || label.enabled);
        labels
            .map(|label| (label.label.to_string(), label.color))
            .collect()
    }

    /// A difference of 2.3 is just noticeable for two patches side by side. Marks are small and
    /// are separate: what is on the screen from the start keeps four times as much, and what one can
    /// switch on twice.
    #[test]
    fn the_labels_can_be_told_apart_with_any_eyes() {
        for schema in [
            built_in_schemas::news().unwrap(),
            built_in_schemas::by_name("conll").unwrap(),
        ] {
            for (labels, wanted) in [
                (regions(&schema, false), 9.2),
                (entities(&schema, false), 9.2),
                (regions(&schema, true), 4.6),
                (entities(&schema, true), 4.6),
            ] {
                let (found, which) = least(&labels);
                assert!(found >= wanted, "{found}: {which}");
            }
        }
    }

    #[test]
    fn a_colour_survives_the_way_to_the_eye_and_back() {
        for color in [
            Color32::from_rgb(200, 40, 90),
            Color32::BLACK,
            Color32::WHITE,
            Color32::from_rgb(0, 114, 178),
        ] {
            let back = Oklch::of(color).color();
            for (a, b) in color.to_array().into_iter().zip(back.to_array()) {
                assert!(a.abs_diff(b) <= 2, "{color:?} became {back:?}");
            }
        }
    }
}
