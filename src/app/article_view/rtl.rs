//! Paragraphs that egui cannot be trusted with: those with right-to-left characters, and those whose glyphs do not
//! correspond to their characters.
//!
//! egui 0.37 shapes text, but knows no bidirectional order, and in a right-to-left run its glyph indices are not
//! character indices: an offset taken from them would be wrong, and so would the annotation be. So the paragraph is cut into
//! words; each is laid out alone, which egui does well; and line breaking and visual order are done here, by the
//! levels of the Unicode bidirectional algorithm. Offsets are exact at the edges of words; inside a word each
//! character gets an equal share of its width.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::epaint::text::FontsView;
use eframe::egui::text::LayoutJob;
use eframe::egui::{Color32, Galley, Painter, Pos2, vec2};
use unicode_bidi::{BidiInfo, Level};
use unicode_segmentation::UnicodeSegmentation as _;

use super::geometry::{Geometry, Line, Run, Stop, stops_by_share, stops_from_edges};
use super::layout::{LayoutParams, ParagraphLayout, Refreshed, ink};

/// Whether a text holds characters of right-to-left scripts, or marks that turn the direction.
pub(super) fn has_right_to_left(text: &str) -> bool {
    !text.is_ascii()
        && text.chars().any(|c| {
            matches!(c,
                '\u{0590}'..='\u{08ff}' | '\u{200f}' | '\u{202b}' | '\u{202e}' | '\u{2067}'
                | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
        })
}

/// A word, the space between two words, or a stretch of one that is wider than the column.
struct Fragment {
    /// Bytes within the paragraph.
    range: Range<usize>,
    level: Level,
    space: bool,
    /// A line may begin here although no space stands before it.
    may_break: bool,
    job: LayoutJob,
    galley: Arc<Galley>,
}

impl Fragment {
    fn width(&self) -> f32 {
        self.galley.rows.first().map_or(0.0, |row| row.size.x)
    }

    fn stops(&self, text: &str, base: u32, left: f32) -> Vec<Stop> {
        let words = text.get(self.range.clone()).unwrap_or_default();
        let base = base + self.range.start as u32;
        let row = self.galley.rows.first();
        match row {
            Some(row) if self.level.is_ltr() && row.glyphs.len() == words.chars().count() => {
                stops_from_edges(words, base, |nth| {
                    left + row.glyphs.get(nth).map_or(row.size.x, |glyph| glyph.pos.x)
                })
            }
            _ => stops_by_share(words, base, left, self.width(), self.level.is_rtl()),
        }
    }
}

/// A paragraph as words, each laid out alone.
pub(super) struct BidiLayout {
    text: String,
    base: u32,
    params: LayoutParams,
    direction: Level,
    fragments: Vec<Fragment>,
    /// Where each fragment is painted, relative to the paragraph.
    places: Vec<(f32, f32)>,
    geometry: Arc<Geometry>,
}

impl BidiLayout {
    pub(super) fn new(
        fonts: &mut FontsView<'_>,
        params: &LayoutParams,
        text: &str,
        base: u32,
    ) -> Self {
        let bidi = BidiInfo::new(text, None);
        let direction = bidi
            .paragraphs
            .first()
            .map_or_else(Level::ltr, |paragraph| paragraph.level);
        let mut fragments = Vec::new();
        for range in pieces(text, &bidi.levels) {
            let level = bidi.levels.get(range.start).copied().unwrap_or(direction);
            push_fragment(fonts, params, text, range, level, &mut fragments);
        }
        let mut layout = Self {
            text: text.to_owned(),
            base,
            params: params.clone(),
            direction,
            fragments,
            places: Vec::new(),
            geometry: Arc::default(),
        };
        layout.place();
        layout
    }

    /// Breaks the fragments into lines and orders each line as it is read.
    fn place(&mut self) {
        let lines = self.break_lines();
        let height = self.params.line_height;
        let mut places = vec![(0.0, 0.0); self.fragments.len()];
        let mut geometry = Geometry::default();
        let mut top = 0.0;
        for line in lines {
            let order = visual_order(&self.fragments, line.clone(), self.direction);
            let width: f32 = order.iter().map(|&nth| self.fragments[nth].width()).sum();
            let hanging: f32 = self.trailing_space(&line);
            // Space at the end of a line hangs out of the column, as it does in a line from left to right.
            let mut x = if self.direction.is_rtl() {
                self.params.width - (width - hanging) - hanging
            } else {
                0.0
            };
            let mut runs = Vec::with_capacity(line.len());
            for nth in order {
                places[nth] = (x, top);
                let fragment = &self.fragments[nth];
                runs.push(Run {
                    stops: fragment.stops(&self.text, self.base, x),
                });
                x += fragment.width();
            }
            runs.sort_by_key(|run| run.stops.first().map_or(0, |stop| stop.at));
            let glyph = self
                .fragments
                .get(line.start)
                .and_then(|fragment| fragment.galley.rows.first()?.glyphs.first());
            let (ink_top, ink_bottom) = ink(top, height, glyph);
            let bytes = match (
                self.fragments.get(line.start),
                self.fragments.get(line.end.wrapping_sub(1)),
            ) {
                (Some(first), Some(last)) => first.range.start as u32..last.range.end as u32,
                _ => 0..0,
            };
            geometry.lines.push(Line {
                top,
                bottom: top + height,
                ink_top,
                ink_bottom,
                bytes: self.base + bytes.start..self.base + bytes.end,
                runs,
            });
            top += height;
        }
        geometry.height = top;
        self.places = places;
        self.geometry = Arc::new(geometry);
    }

    fn trailing_space(&self, line: &Range<usize>) -> f32 {
        self.fragments[line.clone()]
            .iter()
            .rev()
            .take_while(|fragment| fragment.space)
            .map(Fragment::width)
            .sum()
    }

    /// The fragments of each line, greedily: a line is full when the next unbreakable stretch does not fit.
    fn break_lines(&self) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let (mut start, mut used) = (0, 0.0);
        let mut at = 0;
        while at < self.fragments.len() {
            let mut end = at + 1;
            let mut stretch = self.fragments[at].width();
            while let Some(next) = self.fragments.get(end) {
                if next.space || next.may_break || self.fragments[at].space {
                    break;
                }
                stretch += next.width();
                end += 1;
            }
            let fits = used + stretch <= self.params.width || self.fragments[at].space;
            if !fits && at > start {
                lines.push(start..at);
                (start, used) = (at, 0.0);
            }
            if stretch > self.params.width && end > at + 1 {
                // Many fragments without a break that are wider than the column: fill it and go on.
                end = at + 1;
                stretch = self.fragments[at].width();
            }
            used += stretch;
            at = end;
        }
        lines.push(start..self.fragments.len());
        lines
    }
}

impl ParagraphLayout for BidiLayout {
    fn geometry(&self) -> &Arc<Geometry> {
        &self.geometry
    }

    fn refresh(&mut self, fonts: &mut FontsView<'_>) -> Refreshed {
        let mut moved = false;
        for fragment in &mut self.fragments {
            let galley = fonts.layout_job(fragment.job.clone());
            if !Arc::ptr_eq(&galley, &fragment.galley) {
                moved |= galley.rows.first().map(|row| row.size)
                    != fragment.galley.rows.first().map(|row| row.size);
                fragment.galley = galley;
            }
        }
        if !moved {
            return Refreshed::Same;
        }
        self.place();
        Refreshed::Changed
    }

    fn paint(&self, painter: &Painter, origin: Pos2, ink: Color32) {
        for (fragment, &(x, y)) in self.fragments.iter().zip(&self.places) {
            if !fragment.space {
                painter.galley(origin + vec2(x, y), Arc::clone(&fragment.galley), ink);
            }
        }
    }
}

/// Scripts without spaces between words, for which the Unicode rules call each character a word.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// How many characters of an unspaced script are laid out together.
const UNSPACED_TOGETHER: usize = 8;

/// Cuts a text at the edges of words and where the direction changes, never inside a character.
fn pieces(text: &str, levels: &[Level]) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut unspaced = 0;
    let mut word_edges = text.split_word_bound_indices().map(|(at, _)| at).peekable();
    for (at, grapheme) in text.grapheme_indices(true) {
        while word_edges.peek().is_some_and(|&edge| edge < at) {
            word_edges.next();
        }
        let edge = word_edges.peek() == Some(&at);
        let turn = at > 0 && levels.get(at) != levels.get(at - 1);
        let joins = grapheme.starts_with(is_unspaced)
            && text[..at].ends_with(|c: char| is_unspaced(c) || c.is_alphanumeric())
            && (1..UNSPACED_TOGETHER).contains(&unspaced);
        if at > start && (turn || (edge && !joins)) {
            pieces.push(start..at);
            start = at;
            unspaced = 0;
        }
        if grapheme.starts_with(is_unspaced) {
            unspaced += 1;
        }
    }
    if start < text.len() {
        pieces.push(start..text.len());
    }
    pieces
}

/// The characters to paint: brackets that are read from right to left are mirrored (rule L4 of the bidirectional
/// algorithm). Among right-to-left letters the shaper does it itself.
fn shown(words: &str, level: Level) -> std::borrow::Cow<'_, str> {
    if !level.is_rtl() || has_right_to_left(words) {
        return words.into();
    }
    let mirrored = words.chars().map(|c| match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        '‹' => '›',
        '›' => '‹',
        c => c,
    });
    mirrored.collect::<String>().into()
}

fn push_fragment(
    fonts: &mut FontsView<'_>,
    params: &LayoutParams,
    text: &str,
    range: Range<usize>,
    level: Level,
    fragments: &mut Vec<Fragment>,
) {
    let words = text.get(range.clone()).unwrap_or_default();
    let job = params.job(&shown(words, level), f32::INFINITY);
    let galley = fonts.layout_job(job.clone());
    let fragment = Fragment {
        space: words.chars().all(char::is_whitespace),
        may_break: words.starts_with(is_unspaced),
        range,
        level,
        job,
        galley,
    };
    let (width, count) = (fragment.width(), words.graphemes(true).count());
    if width <= params.width || count < 2 || fragment.space {
        fragments.push(fragment);
        return;
    }
    let share = ((count as f32 * params.width / width * 0.9) as usize).clamp(1, count - 1);
    let edges: Vec<usize> = words
        .grapheme_indices(true)
        .map(|(at, _)| at)
        .step_by(share)
        .collect();
    for (nth, &at) in edges.iter().enumerate() {
        let end = edges.get(nth + 1).copied().unwrap_or(words.len());
        let piece = fragment.range.start + at..fragment.range.start + end;
        let before = fragments.len();
        push_fragment(fonts, params, text, piece, level, fragments);
        if nth > 0
            && let Some(first) = fragments.get_mut(before)
        {
            first.may_break = true;
        }
    }
}

/// Rule L2 of the bidirectional algorithm: from the highest level down to the lowest odd one, turn every
/// stretch at that level or above. Space at the end of a line takes the paragraph's direction (rule L1).
fn visual_order(fragments: &[Fragment], line: Range<usize>, direction: Level) -> Vec<usize> {
    let mut levels: Vec<u8> = fragments[line.clone()]
        .iter()
        .map(|fragment| fragment.level.number())
        .collect();
    let spaces = fragments[line.clone()]
        .iter()
        .rev()
        .take_while(|fragment| fragment.space)
        .count();
    let words = levels.len() - spaces;
    for level in &mut levels[words..] {
        *level = direction.number();
    }
    let mut order: Vec<usize> = line.collect();
    let highest = levels.iter().copied().max().unwrap_or(0);
    let lowest_odd = levels
        .iter()
        .copied()
        .filter(|level| level % 2 == 1)
        .min()
        .unwrap_or(u8::MAX);
    for level in (lowest_odd..=highest).rev() {
        let mut at = 0;
        while at < levels.len() {
            let end = at
                + levels[at..]
                    .iter()
                    .take_while(|&&other| other >= level)
                    .count();
            if end > at {
                // Both turn together: a level is that of the fragment which now stands there.
                order[at..end].reverse();
                levels[at..end].reverse();
                at = end;
            } else {
                at += 1;
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{Context, FontId, RawInput};
    use proptest::prelude::*;

    fn laid_out(text: &str, width: f32) -> Arc<Geometry> {
        let params = LayoutParams {
            font: FontId::proportional(16.0),
            line_height: 27.0,
            width,
        };
        let context = Context::default();
        let mut geometry = Arc::default();
        let mut output = context.run_ui(RawInput::default(), |ui| {
            geometry = ui
                .fonts_mut(|fonts| Arc::clone(BidiLayout::new(fonts, &params, text, 0).geometry()));
        });
        output.textures_delta.clear();
        geometry
    }

    /// Where the first character of a word stands, and in which line.
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
        // Two Latin words in a row keep their own order: Ada stands left of Lovelace.
        assert!(xs.is_sorted_by(|a, b| a > b), "{xs:?}");
        let digits = (
            place(&geometry, text, "12").1,
            place(&geometry, text, "2 ").1,
        );
        assert!(digits.0 < digits.1, "{digits:?}");
        assert_eq!(geometry.lines[0].extent().1, 600.0, "set flush right");
    }

    #[test]
    fn a_paragraph_is_as_its_first_letter_goes() {
        let text = "Tom אמר שלום ל-Ada";
        let geometry = laid_out(text, 600.0);
        assert_eq!(geometry.lines[0].extent().0, 0.0);
        assert!(place(&geometry, text, "אמר").1 > place(&geometry, text, "שלום").1);
        assert!(place(&geometry, text, "Tom").1 < place(&geometry, text, "Ada").1);
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
                            prop_assert_eq!(line.stretches(&cell).len(), 1);
                        }
                        let is_edge = |at: u32| {
                            text.grapheme_indices(true).any(|(edge, _)| edge == at as usize) || at as usize == text.len()
                        };
                        prop_assert!(is_edge(cell.start) && is_edge(cell.end), "{:?} splits a character", cell);
                    }
                }
                prop_assert_eq!(run_end, line.bytes.end);
                let words = text[line.bytes.start as usize..line.bytes.end as usize].trim_end();
                let shown = line.bytes.start..line.bytes.start + words.len() as u32;
                for (left, right) in line.stretches(&shown) {
                    let inside = left > -1.0 && right < width + 1.0;
                    prop_assert!(inside || words.graphemes(true).count() == 1, "{left}..{right} leaves {width}");
                }
                at = line.bytes.end;
            }
            prop_assert_eq!(at as usize, text.len());
        }
    }
}
