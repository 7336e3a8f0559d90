//! A shell around the article view, as small as can be, and a hand for its mouse.

use copydesk::app::article_view::{ArticleView, Ring, Scene, ViewEvent, ViewStyle};
use copydesk::edit::Selection;
use copydesk::model::{
    Article, ArticleId, Block, BytePos, Entity, EntityLabel, Label, Metadata, Nesting, Region,
    RegionLabel, Rgb, Schema, Text, notation,
};
use eframe::egui::{self, Event, Modifiers, PointerButton, Pos2, Rect, vec2};
use egui_kittest::Harness;

/// A shell around the view, as small as can be: it keeps what the view says, and selects what was
/// selected.
pub struct Desk {
    pub article: Article,
    pub regions: Vec<Region>,
    pub entities: Vec<Entity>,
    pub selection: Selection,
    pub style: ViewStyle,
    pub view: ArticleView,
    pub events: Vec<ViewEvent>,
    pub editable: bool,
}

impl Desk {
    fn show(&mut self, ui: &mut egui::Ui) {
        let scene = Scene {
            article: &self.article,
            regions: &self.regions,
            entities: &self.entities,
            revision: 0,
            selection: self.selection,
            current_block: None,
            block_selection: 0..0,
            ring: Ring::Nothing,
            highlights: &[],
            folded: &[],
            occurrences: None,
            misaligned: &[],
            style: &self.style,
            editable: self.editable,
        };
        let events = self.view.show(ui, &scene);
        for event in events {
            match &event {
                ViewEvent::Select { anchor, head, .. } => {
                    self.selection = Selection::new(*anchor, *head);
                }
                ViewEvent::CaretAt(pos) => self.selection = Selection::caret(*pos),
                _ => {}
            }
            self.events.push(event);
        }
    }

    pub fn words(&self, start: BytePos, end: BytePos) -> &str {
        &self.article.text.as_str()[start.index()..end.index()]
    }

    pub fn selected(&self) -> &str {
        self.words(self.selection.start(), self.selection.end())
    }

    /// The events but for those of mere attention.
    pub fn deeds(&self) -> Vec<&ViewEvent> {
        let attention = |event: &&ViewEvent| {
            matches!(event, ViewEvent::Focused | ViewEvent::EntityHovered { .. })
        };
        self.events
            .iter()
            .filter(|event| !attention(event))
            .collect()
    }

    /// The middle of the first row of the `nth` occurrence of some words.
    pub fn place(&self, words: &str, nth: usize) -> Rect {
        let (at, _) = self
            .article
            .text
            .as_str()
            .match_indices(words)
            .nth(nth)
            .expect("the words stand in the article");
        let end = BytePos::from_index(at + words.len());
        let span = self
            .article
            .text
            .span(BytePos::from_index(at), end)
            .unwrap();
        self.view.rect_of(span).expect("the words are visible")
    }
}

pub type Screen<'a> = Harness<'a, Desk>;

pub fn screen<'a>(notated: &str) -> Screen<'a> {
    let parsed = notation::parse(notated).unwrap();
    let (regions, entities) = (
        parsed.annotation.regions().to_vec(),
        parsed.annotation.entities().to_vec(),
    );
    screen_of(parsed.text, regions, entities)
}

pub fn screen_of<'a>(text: Text, regions: Vec<Region>, entities: Vec<Entity>) -> Screen<'a> {
    let article = Article {
        id: ArticleId::new("story").unwrap(),
        blocks: blocks(&text, &regions),
        text,
        meta: Metadata::default(),
    };
    let desk = Desk {
        view: ArticleView::new(&article),
        regions,
        entities,
        selection: Selection::default(),
        style: ViewStyle::of_schema(&schema(), false),
        events: Vec::new(),
        editable: true,
        article,
    };
    let mut screen = Harness::builder()
        .with_size(vec2(900.0, 640.0))
        .with_step_dt(1.0 / 60.0)
        .allow_missing_glyphs()
        .build_ui_state(|ui, desk: &mut Desk| desk.show(ui), desk);
    screen.step();
    while ArticleView::are_fonts_loading(&screen.ctx) {
        std::thread::sleep(std::time::Duration::from_millis(5));
        screen.step();
    }
    // Letters that egui does not know come into sight a few in each frame.
    screen.run_steps(40);
    screen.run();
    screen
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
            path: "".into(),
            link_permille: 0,
        })
        .collect()
}

fn schema() -> Schema {
    let regions = [("body", 'b'), ("comment", 'c'), ("nav", 'n')].map(|(name, key)| RegionLabel {
        label: Label::new(name).unwrap(),
        color: Rgb(30, 90, 190),
        key: Some(key),
        enabled: true,
        tag_entities: true,
        separate: false,
        description: String::new(),
        examples: Vec::new(),
    });
    let entities = ["PERSON", "ORG", "GPE"].map(|name| EntityLabel {
        label: Label::new(name).unwrap(),
        color: Rgb(180, 40, 90),
        key: None,
        enabled: true,
        tagger_types: Vec::new(),
        description: String::new(),
        examples: Vec::new(),
    });
    Schema::new(
        "test".to_owned(),
        Nesting::Nested,
        regions.into(),
        entities.into(),
        String::new(),
    )
    .unwrap()
}

pub fn button(pos: Pos2, pressed: bool, modifiers: Modifiers) -> Event {
    Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers,
    }
}

pub fn click(screen: &mut Screen<'_>, pos: Pos2, modifiers: Modifiers) {
    screen.event(Event::ModifiersChanged(modifiers));
    screen.event(Event::PointerMoved(pos));
    screen.event(button(pos, true, modifiers));
    screen.event(button(pos, false, modifiers));
    screen.event(Event::ModifiersChanged(Modifiers::NONE));
    screen.run();
}

/// Presses at the first place, moves over the others and lets go at the last.
pub fn drag(screen: &mut Screen<'_>, path: &[Pos2], modifiers: Modifiers) {
    let (first, last) = (path[0], path[path.len() - 1]);
    screen.event(Event::ModifiersChanged(modifiers));
    screen.event(Event::PointerMoved(first));
    screen.event(button(first, true, modifiers));
    for &pos in &path[1..] {
        screen.event(Event::PointerMoved(pos));
    }
    screen.event(button(last, false, modifiers));
    screen.event(Event::ModifiersChanged(Modifiers::NONE));
    screen.run();
}
