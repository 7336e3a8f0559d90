//! How the article looks: type, measure, colours, and the looks of the labels, in light and dark.

use eframe::egui::{Color32, FontFamily, FontId};

use crate::app::state::folds::is_furniture;
use crate::model::{Label, Provenance, Rgb, Schema};

/// How far the text of what surrounds the story steps back: it can still be read with ease (WCAG
/// AA).
pub const DIMMED: f32 = 0.34;
/// The same where contrast comes first (WCAG AAA).
pub const DIMMED_IN_HIGH_CONTRAST: f32 = 0.3;

/// How a region label is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionStyle {
    /// The label that it represents.
    pub label: Label,
    /// One or two letters for the gutter, so that colour is never the only sign.
    pub letter: String,
    /// The bar and the letter.
    pub color: Color32,
    /// The ground behind the text.
    pub tint: Color32,
    /// How the bar is drawn.
    pub bar: Bar,
    /// Whether it surrounds the story: its text steps back.
    pub is_furniture: bool,
}

/// How the bar beside a region is drawn: each label has its own, so that one can tell them without
/// colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// One broad line.
    Solid,
    /// Two lines.
    Double,
    /// One thin line.
    Thin,
    /// Long strokes.
    Strokes,
    /// A line with rungs.
    Rungs,
    /// A line to and fro.
    Zigzag,
    /// A row of squares.
    Squares,
    /// A long stroke and a short one.
    LongShort,
}

impl Bar {
    /// All of them, in the order in which labels get them.
    pub const ALL: [Self; 8] = [
        Self::Solid,
        Self::Double,
        Self::Thin,
        Self::Rungs,
        Self::Zigzag,
        Self::Strokes,
        Self::Squares,
        Self::LongShort,
    ];
}

/// How an entity is underlined: neighbours in the list of labels differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Underline {
    /// One line.
    Plain,
    /// Two thin lines.
    Double,
    /// One line whose ends are turned up.
    Bracket,
    /// One broad line.
    Broad,
}

impl Underline {
    /// All of them, in the order in which labels get them.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Double, Self::Bracket, Self::Broad];
}

/// How an entity label is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityStyle {
    /// The label that it represents.
    pub label: Label,
    /// The words on the chip above the entity.
    pub chip: String,
    /// Underline and chip.
    pub color: Color32,
    /// How it is underlined.
    pub line: Underline,
}

/// Colours that belong to no label.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewPalette {
    /// Whether the ground is dark.
    pub dark: bool,
    /// The ground.
    pub paper: Color32,
    /// The letters of the article.
    pub ink: Color32,
    /// Text of less weight: letters of no region, hints.
    pub faint: Color32,
    /// Letters on a filled badge or chip.
    pub on_color: Color32,
    /// Behind selected text.
    pub selection: Color32,
    /// Behind search hits and previews.
    pub highlight: Color32,
    /// Focus, caret, current block.
    pub accent: Color32,
    /// What the models are unsure of.
    pub unsure: Color32,
    /// What cannot stay as it is.
    pub wrong: Color32,
}

impl ViewPalette {
    /// Dark letters on warm white.
    #[must_use]
    pub fn light() -> Self {
        Self {
            dark: false,
            paper: Color32::from_rgb(0xfc, 0xfb, 0xf8),
            ink: Color32::from_rgb(0x1d, 0x20, 0x25),
            faint: Color32::from_rgb(0x68, 0x6d, 0x76),
            on_color: Color32::WHITE,
            selection: Color32::from_rgb(0xb9, 0xd4, 0xfb),
            highlight: Color32::from_rgb(0xff, 0xe4, 0x8a),
            accent: Color32::from_rgb(0x1f, 0x62, 0xd0),
            unsure: Color32::from_rgb(0xb0, 0x5e, 0x00),
            wrong: Color32::from_rgb(0xb3, 0x26, 0x1e),
        }
    }

    /// Light letters on a ground that is not quite black.
    #[must_use]
    pub fn dark() -> Self {
        Self {
            dark: true,
            paper: Color32::from_rgb(0x17, 0x19, 0x1d),
            ink: Color32::from_rgb(0xe2, 0xe3, 0xe5),
            faint: Color32::from_rgb(0x98, 0x9e, 0xa8),
            on_color: Color32::from_rgb(0x12, 0x14, 0x17),
            selection: Color32::from_rgb(0x2b, 0x4d, 0x80),
            highlight: Color32::from_rgb(0x66, 0x52, 0x12),
            accent: Color32::from_rgb(0x7a, 0xae, 0xff),
            unsure: Color32::from_rgb(0xff, 0xb3, 0x4d),
            wrong: Color32::from_rgb(0xff, 0x8a, 0x80),
        }
    }
}

/// Everything that the view needs to know about looks.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewStyle {
    /// The reading font.
    pub font: FontId,
    /// The family of chips and gutter letters.
    pub label_family: FontFamily,
    /// The family of the page's headings.
    pub heading_family: FontFamily,
    /// How far the text of what surrounds the story steps back, from 0 to 1.
    pub dimmed: f32,
    /// Width of the column, in characters of average width.
    pub measure: f32,
    /// From line to line, as a multiple of the font's size.
    pub leading: f32,
    /// Colours that belong to no label.
    pub palette: ViewPalette,
    /// Looks of the region labels.
    pub regions: Vec<RegionStyle>,
    /// Looks of the entity labels.
    pub entities: Vec<EntityStyle>,
}

impl ViewStyle {
    /// The looks of a schema's labels on a light or a dark ground.
    #[must_use]
    pub fn of_schema(schema: &Schema, dark: bool) -> Self {
        let palette = if dark {
            ViewPalette::dark()
        } else {
            ViewPalette::light()
        };
        let mut style = Self {
            font: FontId::proportional(16.0),
            label_family: FontFamily::Proportional,
            heading_family: FontFamily::Proportional,
            dimmed: DIMMED,
            measure: 72.0,
            leading: 1.7,
            palette,
            regions: Vec::new(),
            entities: Vec::new(),
        };
        for (nth, region) in schema.regions().iter().enumerate() {
            let color = style.on_ground(region.color);
            style.regions.push(RegionStyle {
                letter: region.key.map_or_else(
                    || initial(&region.label),
                    |key| key.to_uppercase().to_string(),
                ),
                label: region.label.clone(),
                color,
                tint: style.tint(color),
                bar: Bar::ALL[nth % Bar::ALL.len()],
                is_furniture: is_furniture(&region.label),
            });
        }
        for (nth, entity) in schema.entities().iter().enumerate() {
            style.entities.push(EntityStyle {
                chip: entity.label.as_str().to_owned(),
                color: style.on_ground(entity.color),
                label: entity.label.clone(),
                line: Underline::ALL[nth % Underline::ALL.len()],
            });
        }
        style
    }

    /// A schema's colour, which is meant for a light ground, on this one.
    fn on_ground(&self, Rgb(r, g, b): Rgb) -> Color32 {
        let color = Color32::from_rgb(r, g, b);
        if self.palette.dark {
            mix(color, Color32::WHITE, 0.42)
        } else {
            color
        }
    }

    fn tint(&self, color: Color32) -> Color32 {
        mix(
            self.palette.paper,
            color,
            if self.palette.dark { 0.10 } else { 0.075 },
        )
    }

    /// The look of a region label; one that the schema does not know is grey, with its initial.
    #[must_use]
    pub fn region(&self, label: &Label) -> RegionStyle {
        let known = self
            .regions
            .iter()
            .find(|look| look.label == *label)
            .cloned();
        known.unwrap_or_else(|| RegionStyle {
            label: label.clone(),
            letter: initial(label),
            color: self.palette.faint,
            tint: self.tint(self.palette.faint),
            bar: Bar::Solid,
            is_furniture: is_furniture(label),
        })
    }

    /// The look of an entity label; one that the schema does not know is grey, with its name.
    #[must_use]
    pub fn entity(&self, label: &Label) -> EntityStyle {
        let known = self
            .entities
            .iter()
            .find(|look| look.label == *label)
            .cloned();
        known.unwrap_or_else(|| EntityStyle {
            label: label.clone(),
            chip: label.as_str().to_owned(),
            color: self.palette.faint,
            line: Underline::Plain,
        })
    }

    /// How sure a region or an entity is.
    #[must_use]
    pub fn standing(&self, provenance: Provenance) -> Standing {
        match provenance.score() {
            None => Standing::Confirmed,
            Some(_) if provenance.is_unsure() => Standing::Unsure,
            Some(_) => Standing::Suggested,
        }
    }
}

/// What a region or an entity is to the annotator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A person vouches for it.
    Confirmed,
    /// A model proposes it.
    Suggested,
    /// A model proposes it and is unsure.
    Unsure,
}

fn initial(label: &Label) -> String {
    label
        .as_str()
        .chars()
        .take(1)
        .flat_map(char::to_uppercase)
        .collect()
}

/// `share` of `b` in `a`, both opaque.
pub(super) fn mix(a: Color32, b: Color32, share: f32) -> Color32 {
    let part = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round() as u8;
    Color32::from_rgb(part(a.r(), b.r()), part(a.g(), b.g()), part(a.b(), b.b()))
}

/// The same colour, let through to `alpha` of 1.
pub(super) fn fade(color: Color32, alpha: f32) -> Color32 {
    color.gamma_multiply(alpha)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::ui::color::contrast;

    #[test]
    fn all_text_colours_can_be_read_on_their_grounds() {
        for palette in [ViewPalette::light(), ViewPalette::dark()] {
            for ground in [palette.paper, palette.selection, palette.highlight] {
                assert!(
                    contrast(palette.ink, ground) >= 4.5,
                    "{:?} on {ground:?}",
                    palette.ink
                );
            }
            for color in [palette.faint, palette.unsure, palette.wrong, palette.accent] {
                assert!(contrast(color, palette.paper) >= 4.5, "{color:?} on paper");
            }
        }
    }

    #[test]
    fn a_label_that_the_schema_does_not_know_still_has_a_letter() {
        let schema = Schema::new(
            "test".to_owned(),
            crate::model::Nesting::Flat,
            vec![crate::model::RegionLabel {
                label: Label::new("body").unwrap(),
                color: Rgb(0, 90, 200),
                key: Some('b'),
                enabled: true,
                tag_entities: true,
                separate: false,
                description: String::new(),
                examples: Vec::new(),
            }],
            Vec::new(),
            String::new(),
        )
        .unwrap();
        let style = ViewStyle::of_schema(&schema, false);
        assert_eq!(style.region(&Label::new("body").unwrap()).letter, "B");
        assert_eq!(style.region(&Label::new("épave").unwrap()).letter, "É");
    }
}
