//! The article for screen readers and for tests: a node for each visible paragraph, with the labels
//! of its regions, the words of its rows as text that can be read by character and word and
//! selected, and a node for each visible entity.

use std::collections::BTreeMap;
use std::ops::Range;

use eframe::egui::accesskit::{
    Action, ActionData, NodeId, Rect as Bounds, Role, TextDirection, TextPosition, TextSelection,
};
use eframe::egui::{Id, Rect, Sense, Ui, UiBuilder, WidgetInfo};
use unicode_segmentation::UnicodeSegmentation as _;

use super::event::ViewEvent;
use super::page::{Page, PageLine};
use super::scene::Scene;
use super::show::Shown;
use super::style::Standing;
use crate::model::BytePos;

/// AccessKit tells the starts of words in a byte, so that a run of text has no more characters.
const RUN: usize = 255;

/// A stretch of a row, as screen readers read it.
struct TextRun {
    id: NodeId,
    /// The byte at which each of its characters begins, and where the last one ends.
    edges: Vec<u32>,
}

/// The runs on the screen, in the order of the text.
#[derive(Default)]
struct Runs(Vec<TextRun>);

impl Runs {
    /// A place in the text, as AccessKit tells it; `None` if it is not on the screen.
    fn position(&self, at: u32) -> Option<TextPosition> {
        let holds = |run: &&TextRun| {
            run.edges.first().is_some_and(|&first| first <= at)
                && run.edges.last().is_some_and(|&last| at <= last)
        };
        let run = self.0.iter().rev().find(holds)?;
        Some(TextPosition {
            node: run.id,
            character_index: run.edges.partition_point(|&edge| edge < at),
        })
    }

    fn byte(&self, position: &TextPosition) -> Option<BytePos> {
        let run = self.0.iter().find(|run| run.id == position.node)?;
        run.edges
            .get(position.character_index)
            .copied()
            .map(BytePos)
    }
}

pub(super) fn describe(
    ui: &mut Ui,
    id: Id,
    page: &Page,
    scene: &Scene<'_>,
    shown: &Shown<'_>,
    bounds: &[(usize, Range<u32>)],
    events: &mut Vec<ViewEvent>,
) {
    // What follows hangs under the article in the tree.
    let inside = UiBuilder::new()
        .scope_id(id.with("words"))
        .accessibility_parent(id)
        .sense(Sense::empty());
    let ui = &mut ui.new_child(inside);
    let text = scene.article.text.as_str();
    let mut runs = Runs::default();
    for ((index, rect), (_, bytes)) in page.paragraphs.iter().zip(bounds) {
        let words = text
            .get(bytes.start as usize..bytes.end as usize)
            .unwrap_or_default()
            .trim();
        if words.is_empty() {
            continue;
        }
        let id = id.with(("paragraph", index));
        let response = ui.interact(rect.intersect(page.view), id, Sense::empty());
        response.widget_info(|| {
            let mut labels: Vec<String> = Vec::new();
            for region in &shown.regions {
                if region.bytes.start < bytes.end && bytes.start < region.bytes.end {
                    labels.push(format!("{}{}", region.region.label, aside(region.standing)));
                }
            }
            let label = if labels.is_empty() {
                "no region".to_owned()
            } else {
                labels.join(" | ")
            };
            WidgetInfo::labeled(Role::Paragraph, true, format!("{label}: {words}"))
        });
        if ui.ctx().has_accesskit_node(id) {
            for line in page.lines_of(bytes) {
                describe_line(ui, id, line, text, &mut runs);
            }
        }
        if ui.input(|input| input.has_accesskit_action_request(id, Action::Click))
            && let Some(block) = scene.article.block_at(BytePos(bytes.start))
        {
            events.push(ViewEvent::BlockClicked {
                index: block,
                extend: false,
            });
        }
    }
    selection(ui, id, scene, &runs, events);
    for entity in &shown.entities {
        let Some(rect) = entity.rects.iter().copied().reduce(Rect::union) else {
            continue;
        };
        // The first row alone where it wraps: the middle of the union may lie on other words.
        let rect = if entity.rects.len() > 1 {
            entity.rects[0]
        } else {
            rect
        };
        let visible = rect.intersect(page.view);
        if !visible.is_positive() {
            continue;
        }
        let id = id.with(("entity", entity.index));
        let response = ui.interact(visible, id, Sense::empty());
        response.widget_info(|| {
            let words = scene.article.text.slice(entity.entity.span);
            let label = format!("{}{}: {words}", entity.entity.label, aside(entity.standing));
            WidgetInfo::labeled(Role::Mark, true, label)
        });
        if ui.input(|input| input.has_accesskit_action_request(id, Action::Click)) {
            events.push(ViewEvent::EntityClicked {
                entity: entity.entity.clone(),
            });
        }
    }
}

/// Tells the selection, and does what a screen reader asks to select.
fn selection(ui: &Ui, id: Id, scene: &Scene<'_>, runs: &Runs, events: &mut Vec<ViewEvent>) {
    let (anchor, head) = (scene.selection.anchor.0, scene.selection.head.0);
    ui.ctx().accesskit_node_builder(id, |node| {
        node.add_action(Action::SetTextSelection);
        if let (Some(anchor), Some(focus)) = (runs.position(anchor), runs.position(head)) {
            node.set_text_selection(TextSelection { anchor, focus });
        }
    });
    let asked: Vec<TextSelection> = ui.input(|input| {
        input
            .accesskit_action_requests(id, Action::SetTextSelection)
            .filter_map(|request| match &request.data {
                Some(ActionData::SetTextSelection(selection)) => Some(*selection),
                _ => None,
            })
            .collect()
    });
    for wanted in asked {
        // What has left the screen meanwhile is not known any more.
        if let (Some(anchor), Some(head)) = (runs.byte(&wanted.anchor), runs.byte(&wanted.focus)) {
            events.push(if anchor == head {
                ViewEvent::CaretAt(head)
            } else {
                ViewEvent::Select {
                    anchor,
                    head,
                    exact: false,
                }
            });
        }
    }
}

/// Adds the words of a row under its paragraph, in pieces of bounded length.
fn describe_line(ui: &mut Ui, paragraph: Id, line: &PageLine, text: &str, runs: &mut Runs) {
    let bytes = line.bytes();
    let words = text
        .get(bytes.start as usize..bytes.end as usize)
        .unwrap_or_default();
    let mut edges: Vec<u32> = words
        .grapheme_indices(true)
        .map(|(at, _)| bytes.start + at as u32)
        .collect();
    edges.push(bytes.end);
    let word_starts: Vec<u32> = words
        .unicode_word_indices()
        .map(|(at, _)| bytes.start + at as u32)
        .collect();
    let places: BTreeMap<u32, (f32, f32)> = line.cells().collect();
    let count = (edges.len() - 1).div_ceil(RUN).max(1);
    let node_of = |nth: usize| paragraph.with(("run", bytes.start, nth));
    for nth in 0..count {
        let from = nth * RUN;
        let to = (from + RUN).min(edges.len() - 1);
        let edges = edges.get(from..=to).unwrap_or_default();
        let (Some(&first), Some(&last)) = (edges.first(), edges.last()) else {
            continue;
        };
        let id = node_of(nth);
        let child = UiBuilder::new()
            .scope_id(id)
            .accessibility_parent(paragraph)
            .accessibility_role(Role::TextRun)
            .sense(Sense::empty());
        ui.new_child(child);
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_value(
                text.get(first as usize..last as usize)
                    .unwrap_or_default()
                    .to_owned(),
            );
            let lengths = edges
                .windows(2)
                .map(|pair| (pair[1] - pair[0]).min(255) as u8);
            node.set_character_lengths(lengths.collect::<Vec<_>>());
            let starts = word_starts
                .iter()
                .filter(|start| (first..last).contains(start))
                .map(|start| edges.partition_point(|edge| edge < start) as u8);
            node.set_word_starts(starts.collect::<Vec<_>>());
            let cells: Vec<(f32, f32)> = edges[..edges.len() - 1]
                .iter()
                .map(|at| places.get(at).copied().unwrap_or_default())
                .collect();
            let left = cells.iter().map(|cell| cell.0).fold(f32::MAX, f32::min);
            let right = cells
                .iter()
                .map(|cell| cell.0 + cell.1)
                .fold(f32::MIN, f32::max);
            let from_right = cells.len() > 1 && cells[0].0 > cells[cells.len() - 1].0;
            node.set_text_direction(if from_right {
                TextDirection::RightToLeft
            } else {
                TextDirection::LeftToRight
            });
            // From where the run begins, in the direction in which it is read.
            let begin = |cell: &(f32, f32)| {
                if from_right {
                    right - cell.0 - cell.1
                } else {
                    cell.0 - left
                }
            };
            node.set_character_positions(cells.iter().map(begin).collect::<Vec<_>>());
            node.set_character_widths(cells.iter().map(|cell| cell.1).collect::<Vec<_>>());
            if left <= right {
                node.set_bounds(Bounds {
                    x0: left.into(),
                    y0: line.top().into(),
                    x1: right.into(),
                    y1: line.bottom().into(),
                });
            }
            if nth > 0 {
                node.set_previous_on_line(node_of(nth - 1).accesskit_id());
            }
            if nth + 1 < count {
                node.set_next_on_line(node_of(nth + 1).accesskit_id());
            }
        });
        runs.0.push(TextRun {
            id: id.accesskit_id(),
            edges: edges.to_vec(),
        });
    }
}

fn aside(standing: Standing) -> &'static str {
    match standing {
        Standing::Confirmed => "",
        Standing::Suggested => " (suggested)",
        Standing::Unsure => " (unsure)",
    }
}
