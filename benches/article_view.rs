//! Measures the CPU time of a frame of the article view, without rasterising: layout, hit testing,
//! shapes and tessellation. `cargo bench --bench article_view`
//!
//! Criterion gives the mean of a scrolled frame; the table printed before it gives the slowest of a
//! hundred frames, which an annotator notices. Where a thread typesets what is to come, the next
//! frame begins a sixtieth of a second after the last, as on a screen; frames in which words were
//! missing for want of time are counted.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports, and stops where it cannot go on"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::app::article_view::{ArticleView, Ring, Scene, ViewStyle};
use copydesk::edit::Selection;
use copydesk::model::{
    Article, ArticleId, Block, BytePos, Entity, EntityLabel, Label, Metadata, Nesting, Provenance,
    Region, RegionLabel, Rgb, Schema, Score, Span, Text,
};
use criterion::{Criterion, criterion_group};
use eframe::egui::{self, Event, Modifiers, PointerButton, Pos2, RawInput, Rect, pos2, vec2};

const WORDS: [&str; 24] = [
    "the",
    "harbour",
    "of",
    "Port",
    "Ellery",
    "said",
    "that",
    "ferries",
    "and",
    "boats",
    "would",
    "Lindqvist",
    "moor",
    "at",
    "a",
    "new",
    "quay",
    "after",
    "weeks",
    "council",
    "denied",
    "it",
    "on",
    "Monday",
];

/// One open article, and the clock and pointer of a window without a screen.
struct Desk {
    context: egui::Context,
    article: Article,
    regions: Vec<Region>,
    entities: Vec<Entity>,
    style: ViewStyle,
    view: ArticleView,
    selection: Selection,
    revision: u64,
    width: f32,
    time: f64,
    /// How many frames lacked words that were not typeset yet.
    incomplete: usize,
}

impl Desk {
    fn new(text: &str, spans: usize) -> Self {
        let text = Text::new(text);
        let blocks = blocks(&text);
        let regions = blocks.iter().step_by(2).map(|block| Region {
            span: block.span,
            label: label(if block.span.start().0 % 3 == 0 {
                "comment"
            } else {
                "body"
            }),
            provenance: provenance(block.span.start().0),
        });
        let article = Article {
            id: ArticleId::new("bench").unwrap(),
            blocks: blocks.clone(),
            text: text.clone(),
            meta: Metadata::default(),
        };
        let context = egui::Context::default();
        context.enable_accesskit();
        Self {
            regions: regions.collect(),
            entities: entities(&text, spans),
            view: ArticleView::new(&article),
            style: ViewStyle::of_schema(&schema(), false),
            selection: Selection::default(),
            revision: 0,
            width: 1400.0,
            time: 0.0,
            incomplete: 0,
            article,
            context,
        }
    }

    /// One frame; returns how long it took.
    fn frame(&mut self, events: Vec<Event>) -> Duration {
        self.time += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(self.width, 900.0))),
            time: Some(self.time),
            events,
            ..RawInput::default()
        };
        let scene = Scene {
            article: &self.article,
            regions: &self.regions,
            entities: &self.entities,
            revision: self.revision,
            selection: self.selection,
            current_block: Some(3),
            block_selection: 0..0,
            ring: Ring::Nothing,
            highlights: &[],
            folded: &[],
            occurrences: None,
            misaligned: &[],
            style: &self.style,
            editable: true,
        };
        let start = Instant::now();
        let mut output = self.context.run_ui(input, |ui| {
            std::hint::black_box(self.view.show(ui, &scene));
        });
        let shapes = std::mem::take(&mut output.shapes);
        std::hint::black_box(self.context.tessellate(shapes, output.pixels_per_point));
        let took = start.elapsed();
        output.textures_delta.clear();
        self.incomplete += usize::from(!self.view.is_complete());
        if ArticleView::are_fonts_loading(&self.context) {
            std::thread::sleep(REFRESH.saturating_sub(took));
        }
        took
    }

    fn scroll(&mut self, by: f64) -> Duration {
        self.view.set_scroll_offset(self.view.scroll_offset() + by);
        self.frame(Vec::new())
    }
}

fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    }
}

/// From one frame to the next, on a screen.
const REFRESH: Duration = Duration::from_micros(16_667);

/// How often each story is told. A frame counts as the fastest of its tellings, so that what else
/// the machine did in the meantime does not.
const TELLINGS: usize = 5;

/// What an annotator does, how long each frame of it took, and how many lacked words.
type Story = (&'static str, Vec<Duration>, usize);

fn table(name: &str, text: &str, spans: usize) {
    let mut stories = tell(text, spans);
    for _ in 1..TELLINGS {
        for ((_, best, lacked), (_, again, lacks)) in stories.iter_mut().zip(tell(text, spans)) {
            for (frame, other) in best.iter_mut().zip(again) {
                *frame = other.min(*frame);
            }
            *lacked = lacks.min(*lacked);
        }
    }
    println!("{name}: {} bytes, {spans} entities", text.len());
    for (name, mut frames, lacked) in stories {
        frames.sort_unstable();
        let at = |share: f64| {
            frames[((frames.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0
        };
        let lacked = if lacked > 0 {
            format!("   {lacked} of {} frames lacked words", frames.len())
        } else {
            String::new()
        };
        println!(
            "  {name:32} median {:6.2} ms   p99 {:6.2} ms   max {:6.2} ms{lacked}",
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
}

fn tell(text: &str, spans: usize) -> Vec<Story> {
    let start = Instant::now();
    let mut desk = Desk::new(text, spans);
    let mut stories: Vec<Story> = vec![("made ready", vec![start.elapsed()], 0)];
    let mut told = 0;
    let mut story = |name, frames: Vec<Duration>, incomplete: usize| {
        stories.push((name, frames, incomplete - told));
        told = incomplete;
    };
    let first = desk.frame(Vec::new());
    story("first frame", vec![first], desk.incomplete);
    let start = Instant::now();
    if ArticleView::are_fonts_loading(&desk.context) {
        while ArticleView::are_fonts_loading(&desk.context) {
            desk.frame(Vec::new());
        }
        story(
            "until the fonts are there",
            vec![start.elapsed()],
            desk.incomplete,
        );
        let letters = (0..60).map(|_| desk.frame(Vec::new())).collect();
        story("frames with new letters", letters, desk.incomplete);
    }
    let idle = (0..300).map(|_| desk.frame(Vec::new())).collect();
    story("idle", idle, desk.incomplete);
    for (name, by, frames) in [
        ("scroll 8 points a frame", 8.0, 1000),
        ("scroll 300 points a frame", 300.0, 500),
        ("back 300 points a frame", -300.0, 400),
        ("page jumps of 3000 points", 3000.0, 100),
    ] {
        let scrolled = (0..frames).map(|_| desk.scroll(by)).collect();
        story(name, scrolled, desk.incomplete);
    }
    desk.view.set_scroll_offset(9000.0);
    let edits = (0..300)
        .map(|_| {
            desk.revision += 1;
            desk.frame(Vec::new())
        })
        .collect();
    story("an edit a frame", edits, desk.incomplete);
    desk.frame(vec![
        Event::PointerMoved(pos2(700.0, 300.0)),
        button(pos2(700.0, 300.0), true),
    ]);
    let drag = (0..300)
        .map(|nth| {
            desk.frame(vec![Event::PointerMoved(pos2(
                600.0 + (nth % 90) as f32,
                890.0,
            ))])
        })
        .collect();
    story("drag over the lower edge", drag, desk.incomplete);
    desk.frame(vec![button(pos2(600.0, 600.0), false)]);
    // Narrower than the measure, so that each frame breaks its lines anew.
    let widths = (0..300)
        .map(|nth| {
            desk.width = 300.0 + nth as f32;
            desk.frame(Vec::new())
        })
        .collect();
    story("a new width a frame", widths, desk.incomplete);
    desk.width = 1400.0;
    let sizes = (0..120)
        .map(|nth| {
            desk.style.font.size = 12.0 + nth as f32 / 8.0;
            desk.frame(Vec::new())
        })
        .collect();
    story("a new type size a frame", sizes, desk.incomplete);
    // A turn of the wheel, and the frames until the text is in its new size.
    let turns = (0..40)
        .flat_map(|nth| {
            desk.style.font.size = 14.0 + nth as f32 / 4.0;
            (0..8).map(|_| desk.frame(Vec::new())).collect::<Vec<_>>()
        })
        .collect();
    story("a new type size every 8 frames", turns, desk.incomplete);
    stories
}

/// About a megabyte of paragraphs.
fn megabyte() -> String {
    let mut text = String::new();
    let mut state = 1u32;
    while text.len() < 1_000_000 {
        let length = 20 + next(&mut state) % 160;
        for _ in 0..length {
            text.push_str(WORDS[next(&mut state) as usize % WORDS.len()]);
            text.push(' ');
        }
        text.push_str("\n\n");
    }
    text
}

fn next(state: &mut u32) -> u32 {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    *state >> 8
}

fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

fn provenance(at: u32) -> Provenance {
    match at % 4 {
        0 => Provenance::Tagger(Score::new(0.9)),
        1 => Provenance::Tagger(Score::new(0.4)),
        _ => Provenance::Person,
    }
}

fn blocks(text: &Text) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = 0;
    for line in text.as_str().split_inclusive('\n') {
        let span = text.span(
            BytePos::from_index(at),
            BytePos::from_index(at + line.len()),
        );
        if let Some(span) = span.ok().and_then(|span| text.trim(span)) {
            blocks.push(Block {
                span,
                path: Arc::from(""),
                link_permille: 0,
            });
        }
        at += line.len();
    }
    blocks
}

/// Evenly over the text; every fifth lies within a longer one.
fn entities(text: &Text, count: usize) -> Vec<Entity> {
    let mut found: Vec<Entity> = Vec::new();
    let step = text.len() / count.max(1);
    let span = |start: usize, length: usize| -> Option<Span> {
        let span = text
            .span(
                BytePos::from_index(start),
                BytePos::from_index(start + length),
            )
            .ok()?;
        text.trim(span)
    };
    for nth in 0..count {
        let start = nth * step;
        let (at, length) = if nth % 5 == 4 {
            (start - step + 4, 6)
        } else {
            (start, 24.min(step))
        };
        let label = label(["PERSON", "ORG", "GPE"][nth % 3]);
        found.extend(span(at, length).map(|span| Entity {
            span,
            label,
            provenance: provenance(nth as u32),
        }));
    }
    found.sort_by_key(|entity| entity.span);
    found
}

fn schema() -> Schema {
    let regions = ["body", "comment"].map(|name| RegionLabel {
        label: label(name),
        color: Rgb(30, 90, 190),
        key: None,
        enabled: true,
        tag_entities: true,
        separate: false,
        description: String::new(),
        examples: Vec::new(),
    });
    let entities = ["PERSON", "ORG", "GPE"].map(|name| EntityLabel {
        label: label(name),
        color: Rgb(180, 40, 90),
        key: None,
        enabled: true,
        tagger_types: Vec::new(),
        description: String::new(),
        examples: Vec::new(),
    });
    Schema::new(
        "bench".to_owned(),
        Nesting::Nested,
        regions.into(),
        entities.into(),
        String::new(),
    )
    .unwrap()
}

fn scrolling(criterion: &mut Criterion) {
    let mut desk = Desk::new(&megabyte(), 5000);
    desk.frame(Vec::new());
    let end = 250_000.0;
    criterion.bench_function(
        "article view: scroll a megabyte by 40 points a frame",
        |bencher| {
            bencher.iter_custom(|frames| {
                (0..frames)
                    .map(|_| {
                        if desk.view.scroll_offset() > end {
                            desk.view.set_scroll_offset(0.0);
                        }
                        desk.scroll(40.0)
                    })
                    .sum()
            });
        },
    );
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(50).without_plots();
    targets = scrolling
}

fn main() {
    table("one megabyte", &megabyte(), 5000);
    table(
        "one line of 200,000 characters without a space",
        &"abcdefghij".repeat(20_000),
        1000,
    );
    table(
        "Arabic, 200 KB",
        &"قال أحمد منصور إن الرصيف كلف 250 ألف يورو في عام 2024 كما يقول Tom أيضا. ".repeat(1600),
        1000,
    );
    benches();
    Criterion::default().configure_from_args().final_summary();
}
