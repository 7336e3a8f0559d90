//! Opens a window with one article, to try the article view alone.
//!
//! `cargo run --example article_view -- [--dark] [--big]`

use std::sync::Arc;

use copydesk::app::article_view::{ArticleView, Ring, Scene, ViewEvent, ViewStyle};
use copydesk::edit::{Edge, Selection};
use copydesk::model::{
    Article, ArticleId, Block, BytePos, Entity, EntityLabel, Label, Metadata, Nesting, Region,
    RegionLabel, Rgb, Schema, Span, Text, notation,
};
use eframe::egui;

const STORY: &str = "\
nav   | Front page\\
nav   |  World\\
nav   |  Politics
nav?.4| Most read: Ferry strike enters third week
      |
title | Harbour town argues over who may moor at its new quay

byline| By {PERSON Ines Calder}, {GPE Port Ellery}
      |
body  | {GPE Port Ellery} opened a new quay on Monday, and by noon the quarrel over it had filled the council chamber. {PERSON Marta Lindqvist}, who runs the ferry line {ORG?.9 Northern Crossing}, said the berths had been promised to her in {DATE spring}; the harbour master, {PERSON?.45 Osei Boateng}, denied that anything had been signed.
      |
body  | “We have letters,” {PERSON?.8 Lindqvist} told reporters outside the {ORG University of {GPE Port Ellery}} {FAC Maritime Hall}. “And the {ORG?.5 {GPE?.55 Ellery} Fishermen’s Guild} has letters too, which is rather the point.” The guild, founded in {DATE 1911}, speaks for 140 boats.
      |
body  | The {ORG EU} paid for two thirds of the work. A spokesman in {GPE Brussels} said the {ORG EU} “takes no position on moorings”, but that {GPE Norway} and the {GPE U.K.} had asked for the same rules; the {ORG Ministry of Transport} did not answer a request for comment before this article went to press.
      |
body?.8 | A decision is expected next week.
nav?.9| 8Previous article\\
nav?.5|  Lighthouse keeper retires after forty years
      |
comment| Tom R.: My grandfather moored there for free. Ask {PERSON Boateng}'s father.
comment| quayside_kate: so the letters exist? {PERSON?.7 Lindqvist} should print them
comment?.55| קייט: מי שילם על הרציף החדש? {ORG?.9 האיחוד} שילם 140 אלף
+     | قال {PERSON?.9 أحمد منصور} إن الرصيف كلف 250 ألف يورو في عام 2024، وهذا كثير جدا على مدينة صغيرة مثل هذه المدينة، كما يقول Tom R. أيضا في تعليقه.
nav   | Share this article
";

const REGIONS: [(&str, char, Rgb); 5] = [
    ("body", 'b', Rgb(0x1f, 0x5f, 0xbf)),
    ("comment", 'c', Rgb(0x8a, 0x3f, 0xa8)),
    ("nav", 'n', Rgb(0x5f, 0x66, 0x70)),
    ("title", 't', Rgb(0x0b, 0x72, 0x6b)),
    ("byline", 'y', Rgb(0x8a, 0x5a, 0x00)),
];
const ENTITIES: [(&str, char, Rgb); 5] = [
    ("PERSON", '1', Rgb(0xb0, 0x2a, 0x5b)),
    ("ORG", '2', Rgb(0x14, 0x5f, 0xb8)),
    ("GPE", '3', Rgb(0x1b, 0x74, 0x3a)),
    ("DATE", '4', Rgb(0x6a, 0x4b, 0xb5)),
    ("FAC", '5', Rgb(0x9a, 0x50, 0x0c)),
];

struct Demo {
    article: Article,
    regions: Vec<Region>,
    entities: Vec<Entity>,
    revision: u64,
    selection: Selection,
    block: usize,
    blocks: std::ops::Range<usize>,
    hits: Vec<Span>,
    style: ViewStyle,
    view: ArticleView,
}

impl Demo {
    fn new(dark: bool, big: bool) -> anyhow::Result<Self> {
        let parsed = notation::parse(&if big {
            STORY.repeat(600)
        } else {
            STORY.to_owned()
        })?;
        let text = parsed.text;
        let article = Article {
            id: ArticleId::new("demo").ok_or_else(|| anyhow::anyhow!("an id"))?,
            blocks: blocks(&text, parsed.annotation.regions()),
            text,
            meta: Metadata::default(),
        };
        let hits = article.text.as_str().match_indices("letters");
        let hits = hits.filter_map(|(at, word)| {
            let end = BytePos::from_index(at + word.len());
            article.text.span(BytePos::from_index(at), end).ok()
        });
        let hits = hits.collect();
        Ok(Self {
            regions: parsed.annotation.regions().to_vec(),
            entities: parsed.annotation.entities().to_vec(),
            revision: 0,
            selection: Selection::default(),
            block: 5,
            blocks: 0..0,
            hits,
            style: ViewStyle::of_schema(&schema()?, dark),
            view: ArticleView::new(&article),
            article,
        })
    }

    fn apply(&mut self, event: ViewEvent) {
        match event {
            ViewEvent::Select { anchor, head, .. } => self.selection = Selection::new(anchor, head),
            ViewEvent::CaretAt(pos) => {
                self.selection = Selection::caret(pos);
                self.block = self.article.block_at(pos).unwrap_or_default();
            }
            ViewEvent::BlockClicked { index, extend } => {
                self.blocks = if extend {
                    index.min(self.block)..index.max(self.block) + 1
                } else {
                    index..index + 1
                };
                self.block = if extend { self.block } else { index };
            }
            ViewEvent::EntityEdgeMoved {
                entity, edge, to, ..
            } => {
                let text = &self.article.text;
                let moved = match edge {
                    Edge::Start => text.span(to, entity.span.end()),
                    Edge::End => text.span(entity.span.start(), to),
                };
                if let (Ok(span), Some(old)) =
                    (moved, self.entities.iter_mut().find(|old| **old == entity))
                {
                    old.span = span;
                    self.entities.sort_by_key(|entity| entity.span);
                    self.revision += 1;
                }
            }
            _ => {}
        }
    }
}

impl eframe::App for Demo {
    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        let scene = Scene {
            article: &self.article,
            regions: &self.regions,
            entities: &self.entities,
            revision: self.revision,
            selection: self.selection,
            current_block: Some(self.block),
            block_selection: self.blocks.clone(),
            ring: Ring::Nothing,
            highlights: &self.hits,
            occurrences: None,
            misaligned: &[],
            folded: &[],
            style: &self.style,
            editable: true,
        };
        let events = self.view.show(ui, &scene);
        for event in events {
            self.apply(event);
        }
    }
}

/// Every line is a block, and so is every region that begins inside one.
fn blocks(text: &Text, regions: &[Region]) -> Vec<Block> {
    let mut cuts: Vec<usize> = regions
        .iter()
        .map(|region| region.span.start().index())
        .collect();
    cuts.extend(text.as_str().match_indices('\n').map(|(at, _)| at + 1));
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    let spans = cuts.windows(2).filter_map(|cut| {
        let span = text
            .span(BytePos::from_index(cut[0]), BytePos::from_index(cut[1]))
            .ok()?;
        text.trim(span)
    });
    spans
        .map(|span| Block {
            span,
            path: Arc::from(""),
            link_permille: 0,
        })
        .collect()
}

fn schema() -> anyhow::Result<Schema> {
    let mut regions = Vec::new();
    for (name, key, color) in REGIONS {
        regions.push(RegionLabel {
            label: Label::new(name)?,
            color,
            key: Some(key),
            enabled: true,
            tag_entities: true,
            separate: name == "comment",
            description: String::new(),
            examples: Vec::new(),
        });
    }
    let mut entities = Vec::new();
    for (name, key, color) in ENTITIES {
        entities.push(EntityLabel {
            label: Label::new(name)?,
            color,
            key: Some(key),
            enabled: true,
            tagger_types: Vec::new(),
            description: String::new(),
            examples: Vec::new(),
        });
    }
    Ok(Schema::new(
        "demo".to_owned(),
        Nesting::Nested,
        regions,
        entities,
        String::new(),
    )?)
}

fn main() -> anyhow::Result<()> {
    let flag = |name: &str| std::env::args().any(|arg| arg == name);
    let demo = Demo::new(flag("--dark"), flag("--big"))?;
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default().with_inner_size([1000.0, 820.0]),
        ..Default::default()
    };
    eframe::run_native("Article view", options, Box::new(|_| Ok(Box::new(demo))))
        .map_err(|error| anyhow::anyhow!("the window could not be opened: {error}"))
}
