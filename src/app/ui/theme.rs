//! How the window looks: calm grounds, one accent, colours of labels that keep their contrast in
//! light and dark.

use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke, TextStyle,
};

use super::color::{Oklch, contrast};
use crate::model::Rgb;

/// The colours of one theme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theme {
    /// Whether this is the dark one.
    pub dark: bool,
    /// Whether contrast comes before calm: strong lines, no tints that one might miss.
    pub high_contrast: bool,
    /// Behind the article.
    pub paper: Color32,
    /// Behind the panels.
    pub panel: Color32,
    /// Lines between things.
    pub line: Color32,
    /// Text.
    pub ink: Color32,
    /// Text of less weight.
    pub faint: Color32,
    /// What is chosen, and where the keyboard is.
    pub accent: Color32,
    /// Behind what is chosen.
    pub accent_ground: Color32,
    /// Behind selected text.
    pub selection: Color32,
    /// Behind search hits and previews.
    pub highlight: Color32,
    /// It went well.
    pub good: Color32,
    /// Look here.
    pub warn: Color32,
    /// It failed.
    pub bad: Color32,
}

impl Theme {
    /// The light theme.
    pub const LIGHT: Self = Self {
        dark: false,
        high_contrast: false,
        paper: Color32::from_rgb(0xfd, 0xfc, 0xfa),
        panel: Color32::from_rgb(0xf3, 0xf2, 0xef),
        line: Color32::from_rgb(0xdd, 0xda, 0xd4),
        ink: Color32::from_rgb(0x22, 0x24, 0x28),
        faint: Color32::from_rgb(0x63, 0x66, 0x6d),
        accent: Color32::from_rgb(0x1f, 0x5f, 0xa8),
        accent_ground: Color32::from_rgb(0xdb, 0xe8, 0xf6),
        selection: Color32::from_rgb(0xb9, 0xd4, 0xfb),
        highlight: Color32::from_rgb(0xff, 0xe4, 0x8a),
        good: Color32::from_rgb(0x17, 0x6b, 0x3b),
        warn: Color32::from_rgb(0x8a, 0x50, 0x00),
        bad: Color32::from_rgb(0xb3, 0x26, 0x1e),
    };

    /// The dark theme.
    pub const DARK: Self = Self {
        dark: true,
        high_contrast: false,
        paper: Color32::from_rgb(0x1c, 0x1d, 0x20),
        panel: Color32::from_rgb(0x24, 0x26, 0x2a),
        line: Color32::from_rgb(0x3a, 0x3d, 0x43),
        ink: Color32::from_rgb(0xe4, 0xe3, 0xdf),
        faint: Color32::from_rgb(0xa2, 0xa4, 0xa9),
        accent: Color32::from_rgb(0x7c, 0xb4, 0xf2),
        accent_ground: Color32::from_rgb(0x26, 0x3b, 0x55),
        selection: Color32::from_rgb(0x2b, 0x4d, 0x80),
        highlight: Color32::from_rgb(0x66, 0x52, 0x12),
        good: Color32::from_rgb(0x6f, 0xcf, 0x97),
        warn: Color32::from_rgb(0xf0, 0xb4, 0x4c),
        bad: Color32::from_rgb(0xf2, 0x8b, 0x82),
    };

    /// Black on white.
    pub const LIGHT_HIGH_CONTRAST: Self = Self {
        dark: false,
        high_contrast: true,
        paper: Color32::WHITE,
        panel: Color32::WHITE,
        line: Color32::from_rgb(0x40, 0x40, 0x40),
        ink: Color32::BLACK,
        faint: Color32::from_rgb(0x30, 0x30, 0x30),
        accent: Color32::from_rgb(0x00, 0x2e, 0x8a),
        accent_ground: Color32::from_rgb(0xd6, 0xe6, 0xff),
        selection: Color32::from_rgb(0x9c, 0xc9, 0xff),
        highlight: Color32::from_rgb(0xff, 0xe1, 0x4d),
        good: Color32::from_rgb(0x00, 0x4d, 0x1f),
        warn: Color32::from_rgb(0x6b, 0x32, 0x00),
        bad: Color32::from_rgb(0x8f, 0x00, 0x0c),
    };

    /// White on black.
    pub const DARK_HIGH_CONTRAST: Self = Self {
        dark: true,
        high_contrast: true,
        paper: Color32::BLACK,
        panel: Color32::BLACK,
        line: Color32::from_rgb(0xb8, 0xb8, 0xb8),
        ink: Color32::WHITE,
        faint: Color32::from_rgb(0xd8, 0xd8, 0xd8),
        accent: Color32::from_rgb(0x8f, 0xd0, 0xff),
        accent_ground: Color32::from_rgb(0x00, 0x2c, 0x5c),
        selection: Color32::from_rgb(0x00, 0x3f, 0x8f),
        highlight: Color32::from_rgb(0x5c, 0x46, 0x00),
        good: Color32::from_rgb(0x8a, 0xf0, 0xb0),
        warn: Color32::from_rgb(0xff, 0xd6, 0x5c),
        bad: Color32::from_rgb(0xff, 0xa8, 0xa0),
    };

    /// All of them.
    #[cfg(test)]
    pub const ALL: [Self; 4] = [
        Self::LIGHT,
        Self::DARK,
        Self::LIGHT_HIGH_CONTRAST,
        Self::DARK_HIGH_CONTRAST,
    ];

    /// The look by darkness and contrast.
    #[must_use]
    pub fn of(dark: bool, high_contrast: bool) -> &'static Self {
        match (dark, high_contrast) {
            (false, false) => &Self::LIGHT,
            (true, false) => &Self::DARK,
            (false, true) => &Self::LIGHT_HIGH_CONTRAST,
            (true, true) => &Self::DARK_HIGH_CONTRAST,
        }
    }

    /// What text and ground keep between them at least: WCAG AA, or AAA in high contrast.
    #[must_use]
    pub fn least_contrast(&self) -> f32 {
        if self.high_contrast { 7.0 } else { 4.5 }
    }

    /// Behind the words that a search found.
    #[must_use]
    pub fn hit_ground(&self) -> Color32 {
        if self.dark {
            Color32::from_rgb(0x5c, 0x4a, 0x12)
        } else {
            Color32::from_rgb(0xff, 0xe9, 0x9c)
        }
    }

    /// A label's colour as a mark on this ground: dark enough on paper, light enough in the dark.
    /// Lighter and darker labels keep their order, since some eyes tell colours by nothing else.
    #[must_use]
    pub fn mark(&self, color: Rgb) -> Color32 {
        let (from, to, step) = match (self.dark, self.high_contrast) {
            (false, false) => (0.30, 0.56, -0.01),
            (true, false) => (0.66, 0.93, 0.01),
            (false, true) => (0.22, 0.46, -0.01),
            (true, true) => (0.70, 0.95, 0.01),
        };
        let mut mark = Oklch::of(Color32::from_rgb(color.0, color.1, color.2));
        let share = ((mark.lightness - 0.35) / 0.55).clamp(0.0, 1.0);
        mark.lightness = from + (to - from) * share;
        for _ in 0..40 {
            if contrast(mark.color(), self.paper) >= self.least_contrast() {
                break;
            }
            mark.lightness += step;
        }
        mark.color()
    }

    /// A label's colour as a tint behind text: barely there.
    #[must_use]
    pub fn tint(&self, color: Rgb) -> Color32 {
        let strength = match (self.dark, self.high_contrast) {
            (true, false) => 0.11,
            (false, false) => 0.09,
            (true, true) => 0.20,
            (false, true) => 0.12,
        };
        self.paper
            .lerp_to_gamma(Color32::from_rgb(color.0, color.1, color.2), strength)
    }
}

/// The family in which articles are read.
#[must_use]
pub fn reading_family() -> FontFamily {
    FontFamily::Name("reading".into())
}

/// The family of headings.
#[must_use]
pub fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// The shipped fonts, each with egui's own behind it, and the system's behind those.
pub fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let shipped: [(&str, &'static [u8]); 3] = [
        (
            "Inter",
            include_bytes!("../../../assets/fonts/Inter-Regular.otf"),
        ),
        (
            "Inter SemiBold",
            include_bytes!("../../../assets/fonts/Inter-SemiBold.otf"),
        ),
        (
            "Noto Serif",
            include_bytes!("../../../assets/fonts/NotoSerif-Regular.ttf"),
        ),
    ];
    for (name, bytes) in shipped {
        fonts
            .font_data
            .insert(name.to_owned(), FontData::from_static(bytes).into());
    }
    let behind = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    for (family, name) in [
        (FontFamily::Proportional, "Inter"),
        (strong_family(), "Inter SemiBold"),
        (reading_family(), "Noto Serif"),
    ] {
        let mut names = vec![name.to_owned()];
        names.extend(behind.iter().cloned());
        fonts.families.insert(family, names);
    }
    fonts
}

/// Gives egui the fonts and the looks.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    egui_material_icons::initialize(ctx);
    dress(ctx, false);
}

/// Gives both of egui's themes their look.
pub fn dress(ctx: &egui::Context, high_contrast: bool) {
    for mode in [egui::Theme::Light, egui::Theme::Dark] {
        let theme = Theme::of(mode == egui::Theme::Dark, high_contrast);
        ctx.style_mut_of(mode, |style| {
            let visuals = &mut style.visuals;
            visuals.panel_fill = theme.panel;
            visuals.window_fill = theme.panel;
            visuals.extreme_bg_color = theme.paper;
            visuals.faint_bg_color = theme.panel.lerp_to_gamma(theme.line, 0.35);
            visuals.override_text_color = None;
            visuals.selection.bg_fill = theme.accent_ground;
            visuals.selection.stroke = Stroke::new(1.0, theme.accent);
            visuals.hyperlink_color = theme.accent;
            visuals.warn_fg_color = theme.warn;
            visuals.error_fg_color = theme.bad;
            visuals.window_stroke = Stroke::new(1.0, theme.line);
            visuals.window_corner_radius = CornerRadius::same(10);
            visuals.menu_corner_radius = CornerRadius::same(8);
            visuals.popup_shadow.blur = 12;
            visuals.window_shadow.blur = 24;
            let widgets = &mut visuals.widgets;
            widgets.noninteractive.bg_stroke = Stroke::new(1.0, theme.line);
            widgets.noninteractive.fg_stroke = Stroke::new(1.0, theme.ink);
            widgets.noninteractive.weak_bg_fill = theme.panel;
            let hover = theme.panel.lerp_to_gamma(theme.ink, 0.08);
            let press = theme.panel.lerp_to_gamma(theme.ink, 0.14);
            for (widget, ground) in [
                (
                    &mut widgets.inactive,
                    theme.panel.lerp_to_gamma(theme.ink, 0.04),
                ),
                (&mut widgets.hovered, hover),
                (&mut widgets.active, press),
                (&mut widgets.open, hover),
            ] {
                widget.bg_fill = ground;
                widget.weak_bg_fill = ground;
                widget.bg_stroke = if theme.high_contrast {
                    Stroke::new(1.0, theme.line)
                } else {
                    Stroke::NONE
                };
                widget.fg_stroke = Stroke::new(1.0, theme.ink);
                widget.corner_radius = CornerRadius::same(6);
                widget.expansion = 0.0;
            }
            style.spacing.item_spacing = egui::vec2(8.0, 6.0);
            style.spacing.button_padding = egui::vec2(8.0, 4.0);
            style.spacing.window_margin = Margin::same(16);
            style.spacing.menu_margin = Margin::same(8);
            style.spacing.interact_size.y = 26.0;
            style.spacing.scroll = egui::style::ScrollStyle::thin();
            for (name, size) in [
                (TextStyle::Small, 11.5),
                (TextStyle::Body, 13.5),
                (TextStyle::Button, 13.5),
                (TextStyle::Heading, 18.0),
                (TextStyle::Monospace, 12.5),
            ] {
                let family = if name == TextStyle::Monospace {
                    FontFamily::Monospace
                } else {
                    FontFamily::Proportional
                };
                style.text_styles.insert(name, FontId::new(size, family));
            }
            // Nothing on this screen is worth waiting for an animation.
            style.animation_time = 0.08;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_the_contrast_that_wcag_aa_asks_for() {
        for theme in Theme::ALL {
            for ground in [theme.paper, theme.panel, theme.accent_ground] {
                for ink in [
                    theme.ink,
                    theme.faint,
                    theme.accent,
                    theme.good,
                    theme.warn,
                    theme.bad,
                ] {
                    let found = contrast(ink, ground);
                    let least = theme.least_contrast();
                    assert!(found >= least, "{ink:?} on {ground:?}: {found}");
                }
            }
        }
    }

    #[test]
    fn the_text_of_an_article_can_be_read_where_it_is_selected_or_found() {
        for theme in Theme::ALL {
            for ground in [theme.selection, theme.highlight, theme.paper] {
                assert!(contrast(theme.ink, ground) >= theme.least_contrast());
            }
        }
    }

    #[test]
    fn what_steps_back_behind_the_story_can_still_be_read() {
        use crate::app::article_view::style::{DIMMED, DIMMED_IN_HIGH_CONTRAST};
        for theme in Theme::ALL {
            let dimmed = if theme.high_contrast {
                DIMMED_IN_HIGH_CONTRAST
            } else {
                DIMMED
            };
            for rgb in [
                Rgb(0x80, 0x80, 0x80),
                Rgb(0, 0x46, 0x31),
                Rgb(0xff, 0xff, 0),
                Rgb(0, 0, 0),
                Rgb(0xff, 0xff, 0xff),
            ] {
                let ground = theme.tint(rgb);
                let ink = theme.ink.lerp_to_gamma(ground, dimmed);
                let found = contrast(ink, ground);
                assert!(found >= theme.least_contrast(), "{rgb:?}: {found}");
                assert!(found < contrast(theme.ink, ground) * 0.75, "it steps back");
            }
        }
    }

    #[test]
    fn any_label_colour_can_be_read_as_a_mark_and_read_upon_as_a_tint() {
        for theme in Theme::ALL {
            for rgb in [
                Rgb(0xff, 0xff, 0),
                Rgb(0, 0, 0),
                Rgb(0xff, 0xff, 0xff),
                Rgb(0, 0x72, 0xb2),
                Rgb(0xe6, 0x9f, 0),
            ] {
                assert!(
                    contrast(theme.mark(rgb), theme.paper) >= theme.least_contrast(),
                    "{rgb:?}"
                );
                // A badge is filled with the mark, and its letter is in the colour of the paper.

                assert!(contrast(theme.ink, theme.tint(rgb)) >= 7.0, "{rgb:?}");
            }
        }
    }
}
