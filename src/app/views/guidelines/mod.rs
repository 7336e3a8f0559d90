//! The guidelines as they are read: Markdown, section by section, so that only what is in view is
//! laid out, and so that they open at the label one is using.
//!
//! Nothing is fetched: a picture is a file in the dataset's folder, or is in the text itself
//! (`data:`). A link is followed by the browser, when it is clicked.

mod pictures;
mod relabel;

use std::path::Path;

use egui::{Rect, RichText, ScrollArea, Ui, vec2};
use egui_commonmark::{CommonMarkCache, CommonMarkViewer};

pub use relabel::{Relabelled, relabelled};

use crate::app::ui::theme::Theme;

/// A section longer than this is cut at a blank line, in bytes: what is in view is laid out in
/// every frame.
const PIECE: usize = 3_000;
/// How many frames a jump takes until the heights on its way are known.
const JUMP_FRAMES: u8 = 4;

/// A heading with what is under it, or a piece of that.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Section {
    /// The heading, without marks; empty in a further piece.
    heading: String,
    /// Its depth, from 1; 0 in a further piece.
    depth: usize,
    /// The Markdown, with the heading.
    markdown: String,
}

/// The guidelines with what the screen remembers of them.
#[derive(Default)]
pub struct Guide {
    source: String,
    sections: Vec<Section>,
    /// Of the sections that were laid out, at `width`.
    heights: Vec<Option<f32>>,
    width: f32,
    cache: CommonMarkCache,
    jump: Option<(usize, u8)>,
    pictures: pictures::Pictures,
}

impl Guide {
    /// Takes other guidelines, if they are others. `folder`: where their pictures are.
    pub fn set(&mut self, markdown: &str, folder: &Path) {
        self.pictures.set_folder(folder);
        if self.source != markdown {
            self.source = markdown.to_owned();
            self.sections = sections(markdown);
            self.heights = vec![None; self.sections.len()];
            self.cache = CommonMarkCache::default();
            self.jump = None;
        }
    }

    /// The headings with their depth, and the section of each.
    pub fn headings(&self) -> impl Iterator<Item = (usize, usize, &str)> {
        let all = self.sections.iter().enumerate();
        all.filter(|(_, section)| section.depth > 0)
            .map(|(at, section)| (at, section.depth, section.heading.as_str()))
    }

    /// The section that is about a label, if there is one.
    #[must_use]
    pub fn section_about(&self, label: &str) -> Option<usize> {
        section_about(&self.sections, label)
    }

    /// Brings a section to the top.
    pub fn jump(&mut self, section: usize) {
        self.jump = Some((section, JUMP_FRAMES));
    }

    /// Draws the guidelines in all the room that is left.
    pub fn show(&mut self, ui: &mut Ui, theme: &Theme, name: &str) {
        self.pictures.install(ui.ctx());
        if self.sections.is_empty() {
            ui.label(RichText::new("No guidelines yet.").color(theme.faint));
            return;
        }
        // A place of its own, so that a wide table or picture is scrolled to and does not widen the
        // panel.
        let room = ui.available_rect_before_wrap();
        ui.allocate_rect(room, egui::Sense::hover());
        let mut place = ui.new_child(egui::UiBuilder::new().max_rect(room));
        place.set_clip_rect(room.intersect(ui.clip_rect()));
        let ui = &mut place;
        // There is one weight of letters here: what is bold is darker than the rest (lighter, on a
        // dark ground).
        let soft = if theme.high_contrast { 0.0 } else { 0.26 };
        let widgets = &mut ui.visuals_mut().widgets;
        widgets.noninteractive.fg_stroke.color = theme.ink.lerp_to_gamma(theme.panel, soft);
        widgets.active.fg_stroke.color = if theme.high_contrast {
            theme.accent
        } else {
            theme.ink
        };
        // A row is as high as its letters, also where a bullet begins it.
        ui.spacing_mut().interact_size.y = ui.text_style_height(&egui::TextStyle::Body);
        let width = room.width();
        if (width - self.width).abs() > 0.5 {
            self.width = width;
            self.heights.fill(None);
        }
        let mut area = ScrollArea::both().auto_shrink(false).id_salt(name);
        if let Some((section, frames)) = self.jump {
            let above: f32 = (0..section).map(|at| self.height(at)).sum();
            area = area.vertical_scroll_offset(above);
            self.jump = frames.checked_sub(1).map(|frames| (section, frames));
            ui.ctx().request_repaint();
        }
        area.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            for at in 0..self.sections.len() {
                let top = ui.cursor().min;
                let place = Rect::from_min_size(top, vec2(width, self.height(at)));
                if !ui.is_rect_visible(place) {
                    ui.allocate_space(vec2(width, self.height(at) - 4.0));
                    continue;
                }
                let Some(section) = self.sections.get(at) else {
                    continue;
                };
                let shown = ui.push_id(at, |ui| {
                    ui.set_max_width(width - 14.0);
                    CommonMarkViewer::new()
                        .default_implicit_uri_scheme(pictures::SCHEME)
                        .max_image_width(Some((width - 20.0).max(40.0) as usize))
                        .show(ui, &mut self.cache, &section.markdown);
                });
                let height = shown.response.rect.height() + 4.0;
                if let Some(known) = self.heights.get_mut(at) {
                    *known = Some(height);
                }
            }
        });
    }

    /// Of a section, with the space under it: as it was laid out, or a guess.
    fn height(&self, at: usize) -> f32 {
        match (self.heights.get(at), self.sections.get(at)) {
            (Some(Some(height)), _) => *height,
            (_, Some(section)) => {
                let letters_a_row = (self.width / 6.5).max(10.0);
                let rows = section.markdown.len() as f32 / letters_a_row
                    + section.markdown.lines().count() as f32 * 0.5;
                rows.max(1.0) * 19.0
            }
            _ => 0.0,
        }
    }
}

/// Cuts Markdown at its headings; what is in a fence of code is left alone. Definitions of links go
/// with each piece that may use them.
fn sections(markdown: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut fence = Fence::default();
    let mut definitions = String::new();
    let mut blank_before = true;
    for line in markdown.lines() {
        let plain = line.trim_start();
        let indent = line.len() - plain.len();
        let in_code = fence.pass(line);
        let heading = heading_depth(line).filter(|_| !in_code);
        if !in_code && plain.starts_with('[') && plain.contains("]:") {
            definitions.push_str(line);
            definitions.push('\n');
        }
        let continues = plain.starts_with(['-', '*', '+', '>', '|'])
            || plain.starts_with(|c: char| c.is_ascii_digit())
            || indent > 0;
        let full = sections
            .last()
            .is_some_and(|section| section.markdown.len() > PIECE);
        if let Some(depth) = heading {
            sections.push(Section {
                heading: heading_words(&plain[depth..]),
                depth,
                markdown: String::new(),
            });
        } else if sections.is_empty()
            || (full && blank_before && !in_code && !continues && !plain.is_empty())
        {
            sections.push(Section {
                heading: String::new(),
                depth: 0,
                markdown: String::new(),
            });
        }
        if let Some(section) = sections.last_mut() {
            section.markdown.push_str(&without_remote_pictures(line));
            section.markdown.push('\n');
        }
        blank_before = plain.is_empty();
    }
    sections.retain(|section| !section.markdown.trim().is_empty());
    if !definitions.is_empty() {
        for section in &mut sections {
            section.markdown.push('\n');
            section.markdown.push_str(&definitions);
        }
    }
    sections
}

/// The fence of code that is open, if one is: its sign, and how often it is there.
#[derive(Default)]
struct Fence(Option<(char, usize)>);

impl Fence {
    /// Goes past a line; says whether it is code.
    fn pass(&mut self, line: &str) -> bool {
        let plain = line.trim_start();
        let indent = line.len() - plain.len();
        let mark = plain.chars().next().filter(|c| matches!(c, '`' | '~'));
        let run = mark.map_or(0, |mark| plain.chars().take_while(|c| *c == mark).count());
        let in_code = self.0.is_some();
        match (self.0, mark) {
            (None, Some(mark)) if run >= 3 && indent < 4 => self.0 = Some((mark, run)),
            (Some((open, length)), Some(mark))
                if mark == open && run >= length && plain.trim_end().len() == run =>
            {
                self.0 = None;
            }
            _ => {}
        }
        in_code
    }
}

/// The depth of the heading that a line is, if it is one and no code.
fn heading_depth(line: &str) -> Option<usize> {
    let plain = line.trim_start();
    let indent = line.len() - plain.len();
    let depth = plain.chars().take_while(|c| *c == '#').count();
    let is_heading = indent < 4
        && (1..=6).contains(&depth)
        && plain[depth..]
            .chars()
            .next()
            .is_none_or(char::is_whitespace);
    is_heading.then_some(depth)
}

/// A heading's words: without the marks of emphasis and code, and without an id in braces.
fn heading_words(rest: &str) -> String {
    let rest = rest.trim().trim_end_matches('#').trim_end();
    let rest = match (rest.rfind("{#"), rest.ends_with('}')) {
        (Some(at), true) => rest[..at].trim_end(),
        _ => rest,
    };
    rest.chars().filter(|c| !matches!(c, '`' | '*')).collect()
}

/// A picture that lies elsewhere is not fetched: its address is shown as a link.
fn without_remote_pictures(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("![") {
        let (before, picture) = rest.split_at(at);
        out.push_str(before);
        let found = picture.find("](").and_then(|middle| {
            let end = middle + 2 + picture[middle + 2..].find(')')?;
            Some((middle, end))
        });
        let Some((middle, end)) = found else {
            out.push_str("![");
            rest = &picture[2..];
            continue;
        };
        let alt = &picture[2..middle];
        let address = picture[middle + 2..end]
            .split_whitespace()
            .next()
            .unwrap_or_default();
        if address.contains("://") {
            let words = if alt.is_empty() { "picture" } else { alt };
            out.push_str(&format!("{words}: [{address}]({address})"));
        } else {
            out.push_str(&picture[..=end]);
        }
        rest = &picture[end + 1..];
    }
    out.push_str(rest);
    out
}

/// The section whose heading is the label, or else the first whose heading has it as a word.
fn section_about(sections: &[Section], label: &str) -> Option<usize> {
    let headings = sections.iter().enumerate();
    let headings = headings
        .filter(|(_, section)| section.depth > 0)
        .map(|(at, section)| (at, section.heading.as_str()));
    heading_about(headings, label)
}

/// The heading that is the label, or else the first that has it as a word.
fn heading_about<'a>(
    headings: impl Iterator<Item = (usize, &'a str)> + Clone,
    label: &str,
) -> Option<usize> {
    let label = label.to_lowercase();
    let is = |heading: &str| heading.to_lowercase() == label;
    let names = |heading: &str| {
        heading
            .to_lowercase()
            .split(|c: char| !is_of_label(c))
            .any(|word| word == label)
    };
    let whole = headings.clone().find(|(_, heading)| is(heading));
    let found = whole.or_else(|| headings.clone().find(|(_, heading)| names(heading)))?;
    Some(found.0)
}

/// Whether a character can be in the name of a label, as headings have it.
fn is_of_label(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKDOWN: &str = "Before.\n# Regions\n## `body` {#body}\nThe story.\n```\n# no heading\n```\n\
                            ##tag\n## Persons and PERSON\nWho.\n### ORG ###\nFirms.\n";

    #[test]
    fn guidelines_are_cut_at_their_headings_and_found_by_label() {
        let sections = sections(MARKDOWN);
        let headings: Vec<(&str, usize)> = sections
            .iter()
            .map(|section| (section.heading.as_str(), section.depth))
            .collect();
        assert_eq!(
            headings,
            [
                ("", 0),
                ("Regions", 1),
                ("body", 2),
                ("Persons and PERSON", 2),
                ("ORG", 3)
            ]
        );
        let all: String = sections.iter().map(|s| s.markdown.as_str()).collect();
        assert_eq!(all, MARKDOWN, "nothing is lost");
        assert_eq!(section_about(&sections, "body"), Some(2));
        assert_eq!(section_about(&sections, "person"), Some(3));
        assert_eq!(section_about(&sections, "ORG"), Some(4));
        assert_eq!(section_about(&sections, "GPE"), None);
    }

    #[test]
    fn the_shipped_guidelines_have_a_section_for_every_label() {
        for name in crate::dataset::config::built_in_schemas::NAMES {
            let schema = crate::dataset::config::built_in_schemas::by_name(name).unwrap();
            let sections = sections(schema.guidelines());
            let regions = schema.regions().iter().map(|region| &region.label);
            let entities = schema.entities().iter().map(|entity| &entity.label);
            for label in regions.chain(entities) {
                let found = section_about(&sections, label.as_str());
                assert!(found.is_some(), "{name}: {label}");
            }
        }
    }

    #[test]
    fn a_long_section_is_cut_between_paragraphs_and_links_still_lead_somewhere() {
        let paragraph = format!("{} [link][a]\n\n", "word ".repeat(200));
        let markdown = format!("# One\n{}[a]: https://example.org\n", paragraph.repeat(100));
        let sections = sections(&markdown);
        assert!(sections.len() > 20);
        for section in &sections {
            assert!(section.markdown.len() < PIECE + 1500);
            assert!(section.markdown.contains("[a]: https://example.org"));
        }
    }

    #[test]
    fn pictures_from_elsewhere_are_addresses() {
        assert_eq!(
            without_remote_pictures("See ![a cat](https://x.org/c.png \"t\") and ![b](img/b.png)!"),
            "See a cat: [https://x.org/c.png](https://x.org/c.png) and ![b](img/b.png)!"
        );
        assert_eq!(without_remote_pictures("![broken"), "![broken");
    }
}
