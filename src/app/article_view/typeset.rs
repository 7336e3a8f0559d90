//! Paragraphs that egui cannot be trusted with: those with right-to-left characters, and those
//! whose glyphs do not correspond to their characters.
//!
//! egui 0.37 shapes text, but knows no bidirectional order, and in a right-to-left run its glyph
//! indices are not character indices: an offset taken from them would be wrong, and so would the
//! annotation be. Such a paragraph is laid out by parley, which knows both, with the fonts that
//! egui has and the system's behind them.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use eframe::egui::epaint::text::{Blob, FontsView};
use eframe::egui::{Color32, FontDefinitions, FontFamily, Painter, Pos2, vec2};
use parley::fontique::{
    self, Collection, CollectionOptions, FontInfoOverride, GenericFamily, SourceCache,
};
use parley::style::{FontFamilyName, OverflowWrap};
use parley::{FontContext, Layout, LayoutContext, StyleProperty};
use unicode_segmentation::UnicodeSegmentation as _;

use super::geometry::{Geometry, Line, Run, Stop};
use super::glyphs::{Face, Glyphs, PlacedGlyph};
use super::paragraph_layout::{ParagraphLayout, Readiness, Refreshed, ink};
use super::scripts::is_seen;
use super::typeset_job::{TypesetJob, lock};
use crate::formats::reading::catch_panic::catch_panic;

/// Whether a text holds characters of right-to-left scripts, or marks that turn the direction.
pub(super) fn has_right_to_left(text: &str) -> bool {
    !text.is_ascii()
        && text.chars().any(|c| {
            matches!(c,
                '\u{0590}'..='\u{08ff}' | '\u{200f}' | '\u{202b}' | '\u{202e}' | '\u{2067}'
                | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
        })
}

/// Faces of right-to-left scripts that go well with the reading face, where they are installed.
const SERIFS: [&str; 2] = ["Noto Naskh Arabic", "Noto Serif Hebrew"];

/// Lays paragraphs out, with the fonts of egui and of the system.
pub(super) struct Engine {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    /// The fonts of each family that egui knows.
    families: Vec<(FontFamily, Vec<FontFamilyName<'static>>)>,
}

impl Engine {
    /// Lists the system's fonts, and adds those that egui has.
    pub(super) fn new(definitions: &FontDefinitions) -> Self {
        let mut fonts = system_fonts();
        for (name, data) in &definitions.font_data {
            let font = fontique::Blob::new(Arc::new(Bytes(Arc::clone(&data.font))));
            let as_named = FontInfoOverride {
                family_name: Some(&own(name)),
                ..FontInfoOverride::default()
            };
            fonts.collection.register_fonts(font, Some(as_named));
        }
        let mut families = Vec::new();
        for (family, names) in &definitions.families {
            let mut chain: Vec<FontFamilyName<'static>> = names
                .iter()
                .map(|name| FontFamilyName::Named(own(name).into()))
                .collect();
            if matches!(family, FontFamily::Name(_)) {
                chain.extend(SERIFS.map(FontFamilyName::named));
                chain.push(FontFamilyName::Generic(GenericFamily::Serif));
            }
            chain.push(FontFamilyName::Generic(GenericFamily::SansSerif));
            chain.push(FontFamilyName::Generic(GenericFamily::Emoji));
            families.push((family.clone(), chain));
        }
        Self {
            fonts,
            layouts: LayoutContext::new(),
            families,
        }
    }

    /// Typesets a paragraph.
    pub(super) fn typeset(&mut self, job: &TypesetJob, glyphs: &Arc<Mutex<Glyphs>>) -> Typeset {
        let font = &job.params.font;
        let layout = self.lay_out(&job.text, font.size, &font.family, job.params.width);
        Typeset::new(job, &layout, glyphs)
    }

    fn lay_out(&mut self, text: &str, size: f32, family: &FontFamily, width: f32) -> Layout<()> {
        let mut builder = self
            .layouts
            .ranged_builder(&mut self.fonts, text, 1.0, false);
        if let Some((_, chain)) = self.families.iter().find(|(known, _)| known == family) {
            let chain = parley::style::FontFamily::List(chain.as_slice().into());
            builder.push_default(StyleProperty::FontFamily(chain));
        }
        builder.push_default(StyleProperty::FontSize(size));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        let mut layout = builder.build(text);
        layout.break_all_lines(Some(width));
        // Joined emoji are wider than parley takes them for when it breaks lines.
        for narrower in 1..=3u8 {
            let beyond = layout.lines().map(|line| words_width(&line) - width);
            let beyond = beyond.fold(0.0, f32::max);
            if beyond < 0.5 {
                break;
            }
            layout.break_all_lines(Some((width - beyond * f32::from(narrower)).max(size)));
        }
        layout
    }
}

/// The fonts of the system; none if listing them panics, as it does where there is no font at all.
fn system_fonts() -> FontContext {
    catch_panic(FontContext::new).unwrap_or_else(|| FontContext {
        collection: Collection::new(CollectionOptions {
            shared: false,
            system_fonts: false,
        }),
        source_cache: SourceCache::default(),
    })
}

/// The name under which one of egui's fonts is registered: the system may have another of the same
/// name.
fn own(name: &str) -> String {
    format!("copydesk {name}")
}

/// egui's bytes of a font, as parley wants them.
struct Bytes(Blob);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

/// A paragraph as parley lays it out.
pub(super) struct Typeset {
    geometry: Arc<Geometry>,
    /// Baseline of each line, and its glyphs from left to right.
    lines: Vec<(f32, Vec<PlacedGlyph>)>,
    size: f32,
    /// A character without a glyph.
    lacking: Option<char>,
    glyphs: Arc<Mutex<Glyphs>>,
}

impl Typeset {
    fn new(job: &TypesetJob, layout: &Layout<()>, glyphs: &Arc<Mutex<Glyphs>>) -> Self {
        let (text, base) = (job.text.as_str(), job.base);
        let height = job.params.line_height;
        let baseline = job.letter.map_or(height * 0.7, |letter| letter.baseline);
        let edges: Vec<usize> = text
            .grapheme_indices(true)
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        let mut geometry = Geometry::default();
        let mut lines = Vec::new();
        let mut start = 0;
        let count = layout.len();
        for (nth, line) in layout.lines().enumerate() {
            let top = height * nth as f32;
            // The lines are the text, whatever the layouter thinks of what cannot be seen.
            let end = if nth + 1 == count {
                text.len()
            } else {
                grapheme_end(&edges, line.text_range().end).max(start)
            };
            let left = left_of(&line, layout.is_rtl(), job.params.width);
            let mut runs = runs_of(&line, left, &edges, &(start..end), base);
            runs.sort_by_key(|run| run.stops.first().map_or(0, |stop| stop.at));
            let (ink_top, ink_bottom) = ink(top, height, job.letter);
            geometry.lines.push(Line {
                top,
                bottom: top + height,
                ink_top,
                ink_bottom,
                bytes: base + start as u32..base + end as u32,
                runs,
            });
            lines.push((top + baseline, glyphs_of(&line, left, glyphs)));
            start = end;
        }
        geometry.height = height * count.max(1) as f32;
        Self {
            geometry: Arc::new(geometry),
            lines,
            size: job.params.font.size,
            lacking: lacking(layout),
            glyphs: Arc::clone(glyphs),
        }
    }
}

/// The first character that has no glyph: every font draws a box for glyph 0.
fn lacking(layout: &Layout<()>) -> Option<char> {
    for line in layout.lines() {
        for run in line.runs() {
            let boxed = run.clusters().find(|cluster| {
                is_seen(cluster.source_char()) && cluster.glyphs().any(|glyph| glyph.id == 0)
            });
            if let Some(cluster) = boxed {
                return Some(cluster.source_char());
            }
        }
    }
    None
}

/// The first edge between two characters at or after byte `at`.
fn grapheme_end(edges: &[usize], at: usize) -> usize {
    let next = edges.partition_point(|&edge| edge < at);
    edges.get(next).or(edges.last()).copied().unwrap_or(at)
}

/// The width of a line without the space at its end; 0 for one character, which can be broken no
/// further.
fn words_width(line: &parley::Line<'_, ()>) -> f32 {
    let mut cells: Vec<(usize, f32, bool)> = line
        .runs()
        .flat_map(|run| {
            let cells = run.clusters().map(|cluster| {
                let (start, space) = (cluster.text_range().start, cluster.is_space_or_nbsp());
                (start, cluster.advance(), space)
            });
            cells.collect::<Vec<_>>()
        })
        .collect();
    cells.sort_by_key(|cell| cell.0);
    while cells.last().is_some_and(|cell| cell.2) {
        cells.pop();
    }
    if cells.len() < 2 {
        return 0.0;
    }
    cells.iter().map(|cell| cell.1).sum()
}

/// Where a line begins: a paragraph from right to left is set flush right, and the space at the end
/// of its lines hangs out of the column. Summed here, since parley's own sum goes wrong over joined
/// emoji.
fn left_of(line: &parley::Line<'_, ()>, from_right: bool, width: f32) -> f32 {
    if !from_right {
        return 0.0;
    }
    let whole: f32 = line
        .runs()
        .map(|run| run.clusters().map(|cluster| cluster.advance()).sum::<f32>())
        .sum();
    width - whole
}

/// The characters of a line with their places. Bytes that no cluster covers are given to the
/// character before them.
fn runs_of(
    line: &parley::Line<'_, ()>,
    left: f32,
    edges: &[usize],
    bytes: &Range<usize>,
    base: u32,
) -> Vec<Run> {
    let is_edge = |at: usize| edges.binary_search(&at).is_ok();
    let mut x = left;
    // Each character: its first byte, its left and right, whether it is read from the right.
    let mut cells: Vec<(usize, f32, f32, bool)> = Vec::new();
    for run in line.runs() {
        for cluster in run.visual_clusters() {
            let advance = cluster.advance();
            cells.push((cluster.text_range().start, x, x + advance, run.is_rtl()));
            x += advance;
        }
    }
    cells.sort_by_key(|cell| cell.0);
    let mut whole: Vec<(usize, f32, f32, bool)> = Vec::new();
    for cell in cells {
        if !bytes.contains(&cell.0) {
            continue;
        }
        match whole.last_mut() {
            // Told twice, where a line ends within a word of another font: the first is beside its
            // neighbour.
            Some(last) if last.0 == cell.0 => {}
            // A part of a character: it widens the whole.
            Some(last) if !is_edge(cell.0) => {
                last.1 = last.1.min(cell.1);
                last.2 = last.2.max(cell.2);
            }
            _ => whole.push(cell),
        }
    }
    if let Some(first) = whole.first_mut() {
        first.0 = bytes.start;
    }
    let mut runs: Vec<Run> = Vec::new();
    let mut at = 0;
    while let Some(&(_, _, _, from_right)) = whole.get(at) {
        // As long as each character is beside the one before it.
        let mut end = at + 1;
        while whole.get(end).is_some_and(|next| {
            let last = &whole[end - 1];
            let touches = if from_right {
                (last.1 - next.2).abs() < 0.05
            } else {
                (next.1 - last.2).abs() < 0.05
            };
            next.3 == from_right && touches
        }) {
            end += 1;
        }
        let mut stops: Vec<Stop> = whole[at..end]
            .iter()
            .map(|&(byte, left, right, _)| Stop {
                at: base + byte as u32,
                x: if from_right { right } else { left },
            })
            .collect();
        let last = whole[end - 1];
        stops.push(Stop {
            at: base + whole.get(end).map_or(bytes.end, |next| next.0) as u32,
            x: if from_right { last.1 } else { last.2 },
        });
        runs.push(Run { stops });
        at = end;
    }
    if runs.is_empty() {
        runs.push(Run {
            stops: vec![Stop {
                at: base + bytes.start as u32,
                x: 0.0,
            }],
        });
    }
    runs
}

fn glyphs_of(line: &parley::Line<'_, ()>, left: f32, glyphs: &Mutex<Glyphs>) -> Vec<PlacedGlyph> {
    let mut placed = Vec::new();
    let mut glyphs = lock(glyphs);
    let mut x = left;
    for run in line.runs() {
        let face = glyphs.face(Face::of(run.font(), run.normalized_coords()));
        for glyph in run.visual_clusters().flat_map(|cluster| cluster.glyphs()) {
            placed.push(PlacedGlyph {
                face,
                id: glyph.id,
                x: x + glyph.x,
                y: glyph.y,
                advance: glyph.advance,
            });
            x += glyph.advance;
        }
    }
    placed
}

impl Typeset {
    /// Paints its glyphs ahead of time.
    pub(super) fn paint_glyphs(&self) {
        for glyph in self.lines.iter().flat_map(|line| &line.1) {
            // Locked anew for each, so that a frame waits for no more than one.
            lock(&self.glyphs).prepare(glyph, self.size);
        }
    }
}

impl ParagraphLayout for Arc<Typeset> {
    fn geometry(&self) -> &Arc<Geometry> {
        &self.geometry
    }

    fn lacking(&self, _: &mut FontsView<'_>) -> Option<char> {
        self.lacking
    }

    fn refresh(&mut self, _: &mut FontsView<'_>) -> Refreshed {
        // The glyphs are found anew in every frame; where they are depends on nothing that
        // changes.
        Refreshed::Same
    }

    fn readiness(&self) -> Readiness {
        Readiness::Typeset
    }

    fn paint(&self, painter: &Painter, origin: Pos2, ink: Color32) {
        let mut glyphs = lock(&self.glyphs);
        let clip = painter.clip_rect();
        for (line, (baseline, placed)) in self.geometry.lines.iter().zip(&self.lines) {
            let (top, bottom) = (origin.y + line.top, origin.y + line.bottom);
            if bottom < clip.top() || clip.bottom() < top {
                continue;
            }
            glyphs.paint(
                painter,
                placed,
                origin + vec2(0.0, *baseline),
                self.size,
                ink,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::article_view::paragraph_layout::LayoutParams;
    use eframe::egui::{Context, FontId, RawInput};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// Listing the system's fonts once is enough.
    static ENGINE: LazyLock<Mutex<Engine>> =
        LazyLock::new(|| Mutex::new(Engine::new(&FontDefinitions::default())));

    fn laid_out(text: &str, width: f32) -> Arc<Geometry> {
        let params = LayoutParams {
            font: FontId::proportional(16.0),
            body_size: 16.0,
            heading_family: FontFamily::Proportional,
            line_height: 27.0,
            width,
        };
        let context = Context::default();
        let mut geometry = Arc::default();
        let mut output = context.run_ui(RawInput::default(), |ui| {
            let job = ui.fonts_mut(|fonts| TypesetJob::new(fonts, &params, text, 0));
            let typeset = lock(&ENGINE).typeset(&job, &Arc::default());
            geometry = typeset.geometry;
        });
        output.textures_delta.clear();
        geometry
    }

    /// Where the first character of a word is, and in which line.
    fn place(geometry: &Geometry, text: &str, word: &str) -> (usize, f32) {
        let at = text.find(word).unwrap() as u32;
        let line = geometry.line_of(at);
        (line, geometry.lines[line].x_of(at))
    }

    #[test]
    fn only_what_needs_it_counts_as_right_to_left() {
        assert!(has_right_to_left("Tom said שלום"));
        assert!(has_right_to_left("قال"));
        assert!(has_right_to_left("a \u{202e}b"));
        assert!(!has_right_to_left("naïve 東京 हिन्दी 😀"));
    }

    #[test]
    fn numbers_and_latin_names_run_left_to_right_inside_right_to_left_text() {
        let text = "אלף 12 בית Ada Lovelace גימל";
        let geometry = laid_out(text, 600.0);
        let words = ["אלף", "12", "בית", "Lovelace", "Ada", "גימל"];
        let xs: Vec<f32> = words
            .iter()
            .map(|word| place(&geometry, text, word).1)
            .collect();
        // Two Latin words in a row keep their own order: Ada is left of Lovelace.
        assert!(xs.is_sorted_by(|a, b| a > b), "{xs:?}");
        let digits = (
            place(&geometry, text, "12").1,
            place(&geometry, text, "2 ").1,
        );
        assert!(digits.0 < digits.1, "{digits:?}");
        let right = geometry.lines[0].extent().1;
        assert!(
            (right - 600.0).abs() < 0.1,
            "set flush right, not at {right}"
        );
    }

    #[test]
    fn a_paragraph_is_as_its_first_letter_goes() {
        let text = "Tom אמר שלום ל-Ada";
        let geometry = laid_out(text, 600.0);
        assert_eq!(geometry.lines[0].extent().0, 0.0);
        assert!(place(&geometry, text, "אמר").1 > place(&geometry, text, "שלום").1);
        assert!(place(&geometry, text, "Tom").1 < place(&geometry, text, "Ada").1);
    }

    #[test]
    fn every_letter_of_a_joined_word_has_its_own_width() {
        // The letters of an Arabic word have shapes of very different width: shares of the word
        // would be wrong.
        let text = "المستشفيات";
        let geometry = laid_out(text, 600.0);
        let [run] = geometry.lines[0].runs.as_slice() else {
            panic!("{:?}", geometry.lines[0].runs);
        };
        let widths: Vec<f32> = run
            .stops
            .windows(2)
            .map(|pair| pair[0].x - pair[1].x)
            .collect();
        assert!(widths.iter().all(|width| *width > 0.5), "{widths:?}");
        let (least, most) = widths
            .iter()
            .fold((f32::MAX, 0f32), |(least, most), &width| {
                (least.min(width), most.max(width))
            });
        assert!(most > 1.6 * least, "{widths:?}");
    }

    fn scripts() -> impl Strategy<Value = String> {
        let word = prop_oneof![
            "[א-ת]{1,7}",
            "[ا-ي]{1,9}",
            "[a-zA-Z]{1,8}",
            "[0-9]{1,5}",
            "[٠-٩]{1,4}",
            "[.,!?()%:-]",
            "[ก-ฮ]{1,20}ำ",
            "[א-ת]{60,90}",
            Just("👨‍👩‍👧".to_owned()),
            Just("שָׁלוֹם".to_owned()),
            Just("\u{202e}x\u{202c}".to_owned()),
        ];
        prop::collection::vec((word, " {0,2}"), 1..30).prop_map(|words| {
            words
                .into_iter()
                .flat_map(|(word, space)| [word, space])
                .collect()
        })
    }

    #[test]
    fn a_word_that_a_line_end_cuts_has_one_place_for_each_character() {
        let text = "אאאא\u{202e}x\u{202c}  ااا٠٠٠٠👨\u{200d}👩\u{200d}👧กกกกกกกกกกฃำ 👨\u{200d}👩\u{200d}👧י  28 8ขฆงณซนรชฬำ  سوضؿةطه";
        for line in &laid_out(text, 464.5).lines {
            for run in &line.runs {
                assert!(
                    run.stops.is_sorted_by(|a, b| a.at < b.at),
                    "{:?}",
                    run.stops
                );
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_character_has_its_place_and_can_be_hit_there(text in scripts(), width in 80f32..500.0) {
            let geometry = laid_out(&text, width);
            let mut at = 0;
            for line in &geometry.lines {
                prop_assert_eq!(line.bytes.start, at, "no byte is lost between lines");
                let mut run_end = at;
                for run in &line.runs {
                    prop_assert_eq!(run.stops[0].at, run_end, "nor between runs");
                    run_end = run.stops[run.stops.len() - 1].at;
                    for pair in run.stops.windows(2) {
                        let cell = pair[0].at..pair[1].at;
                        let middle = (pair[0].x + pair[1].x) / 2.0;
                        if (pair[0].x - pair[1].x).abs() > 0.5 {
                            prop_assert_eq!(line.hit(middle).cell, cell.clone(), "at {}", middle);
                            prop_assert_eq!(line.stretches(&cell).len(), 1, "{:?} in {:?}", cell, run.stops);
                        }
                        let is_edge = |at: u32| {
                            text.grapheme_indices(true).any(|(edge, _)| edge == at as usize) || at as usize == text.len()
                        };
                        prop_assert!(is_edge(cell.start) && is_edge(cell.end), "{:?} splits a character", cell);
                    }
                }
                prop_assert_eq!(run_end, line.bytes.end);
                let all = &text[line.bytes.start as usize..line.bytes.end as usize];
                let words = all.trim_end();
                let shown = line.bytes.start..line.bytes.start + words.len() as u32;
                // Where the direction turns at the end of a line, its space may be on the other
                // side; where a mark overrides directions, that may be any space.
                let spaces = if text.contains('\u{202e}') {
                    all.matches(' ').count()
                } else {
                    all.len() - words.len()
                };
                // A sign that may begin no line is conspicuous where the word before it fills the
                // column.
                let hanging = spaces as f32 * 5.0 + 8.0;
                for (left, right) in line.stretches(&shown) {
                    let inside = left > -1.0 - hanging && right < width + 1.0 + hanging;
                    prop_assert!(inside || words.graphemes(true).count() == 1, "{left}..{right} leaves {width}");
                }
                at = line.bytes.end;
            }
            prop_assert_eq!(at as usize, text.len());
        }
    }
}
