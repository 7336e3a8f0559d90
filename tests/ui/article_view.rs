//! What the article view shows, and what it says of the annotator's hands.
#![allow(clippy::unwrap_used, reason = "helpers of tests may stop a test")]

use copydesk::app::article_view::{ArticleView, Scene, ViewEvent, ViewStyle};
use copydesk::edit::{Edge, Selection, segment};
use copydesk::model::{
    Article, ArticleId, Block, BytePos, Entity, EntityLabel, Label, Metadata, Nesting, Region,
    RegionLabel, Rgb, Schema, Span, Text, notation,
};
use eframe::egui::{self, Event, Key, Modifiers, PointerButton, Pos2, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

/// A shell around the view, as small as can be: it keeps what the view says, and selects what was selected.
struct Desk {
    article: Article,
    regions: Vec<Region>,
    entities: Vec<Entity>,
    selection: Selection,
    style: ViewStyle,
    view: ArticleView,
    events: Vec<ViewEvent>,
    editable: bool,
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
            highlights: &[],
            style: &self.style,
            editable: self.editable,
        };
        let events = self.view.show(ui, &scene);
        for event in events {
            match &event {
                ViewEvent::Select { anchor, head } => {
                    self.selection = Selection::new(*anchor, *head);
                }
                ViewEvent::CaretAt(pos) => self.selection = Selection::caret(*pos),
                _ => {}
            }
            self.events.push(event);
        }
    }

    fn words(&self, start: BytePos, end: BytePos) -> &str {
        &self.article.text.as_str()[start.index()..end.index()]
    }

    fn selected(&self) -> &str {
        self.words(self.selection.start(), self.selection.end())
    }

    /// The events but for those of mere attention.
    fn deeds(&self) -> Vec<&ViewEvent> {
        let attention = |event: &&ViewEvent| {
            matches!(event, ViewEvent::Focused | ViewEvent::EntityHovered { .. })
        };
        self.events
            .iter()
            .filter(|event| !attention(event))
            .collect()
    }

    /// The middle of the first row of the `nth` occurrence of some words.
    fn place(&self, words: &str, nth: usize) -> Rect {
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

type Screen<'a> = Harness<'a, Desk>;

fn screen<'a>(notated: &str) -> Screen<'a> {
    let parsed = notation::parse(notated).unwrap();
    let (regions, entities) = (
        parsed.annotation.regions().to_vec(),
        parsed.annotation.entities().to_vec(),
    );
    screen_of(parsed.text, regions, entities)
}

fn screen_of<'a>(text: Text, regions: Vec<Region>, entities: Vec<Entity>) -> Screen<'a> {
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

fn button(pos: Pos2, pressed: bool, modifiers: Modifiers) -> Event {
    Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers,
    }
}

fn click(screen: &mut Screen<'_>, pos: Pos2, modifiers: Modifiers) {
    screen.event(Event::ModifiersChanged(modifiers));
    screen.event(Event::PointerMoved(pos));
    screen.event(button(pos, true, modifiers));
    screen.event(button(pos, false, modifiers));
    screen.event(Event::ModifiersChanged(Modifiers::NONE));
    screen.run();
}

/// Presses at the first place, moves over the others and lets go at the last.
fn drag(screen: &mut Screen<'_>, path: &[Pos2], modifiers: Modifiers) {
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

const STORY: &str = "\
nav    | Front page
body   | The {PERSON Ada Lovelace} sailed at noon.
body?.9| The {ORG?.4 Port of {GPE Valletta}} said so.
+      | It did not say why.
comment| Who asked {PERSON?.9 Ada}?
       | Nobody.";

#[test]
fn each_visible_paragraph_and_entity_can_be_found_with_its_label() {
    let screen = screen(STORY);
    screen.get_by_label("nav: Front page");
    screen.get_by_label("body: The Ada Lovelace sailed at noon.");
    screen.get_by_label("body (suggested): It did not say why.");
    screen.get_by_label("no region: Nobody.");
    screen.get_by_label("PERSON: Ada Lovelace");
    screen.get_by_label("ORG (unsure): Port of Valletta");
    screen.get_by_label("GPE: Valletta");
    screen.get_by_label("PERSON (suggested): Ada");
}

#[test]
fn a_click_on_an_entity_names_the_innermost_one() {
    let mut screen = screen(STORY);
    let valletta = screen.state().place("Valletta", 0).center();
    click(&mut screen, valletta, Modifiers::NONE);
    let port = screen.state().place("Port", 0).center();
    click(&mut screen, port, Modifiers::NONE);
    let clicked: Vec<String> = screen
        .state()
        .events
        .iter()
        .filter_map(|event| match event {
            ViewEvent::EntityClicked { entity } => Some(entity.label.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(clicked, ["GPE", "ORG"]);
}

#[test]
fn a_screen_reader_can_press_paragraphs_and_entities() {
    let mut screen = screen(STORY);
    screen.get_by_label("GPE: Valletta").click_accesskit();
    screen.run();
    screen
        .get_by_label("comment: Who asked Ada?")
        .click_accesskit();
    screen.run();
    let deeds = screen.state().deeds();
    assert!(
        matches!(deeds[0], ViewEvent::EntityClicked { entity } if entity.label == "GPE"),
        "{deeds:?}"
    );
    assert!(
        matches!(
            deeds[1],
            ViewEvent::BlockClicked {
                index: 4,
                extend: false
            }
        ),
        "{deeds:?}"
    );
}

#[test]
fn a_selection_drawn_over_a_paragraph_break_takes_whole_words() {
    let mut screen = screen(STORY);
    let (from, to) = (
        screen.state().place("Lovelace", 0).center(),
        screen.state().place("Port", 0).center(),
    );
    drag(
        &mut screen,
        &[from, from + vec2(30.0, 5.0), to],
        Modifiers::NONE,
    );
    assert_eq!(
        screen.state().selected(),
        "Lovelace sailed at noon.\nThe Port"
    );
    let ViewEvent::CaretAt(_) = screen.state().deeds()[0] else {
        panic!(
            "a press puts the caret down first: {:?}",
            screen.state().deeds()
        );
    };
}

#[test]
fn a_selection_drawn_backwards_keeps_the_word_that_it_began_on() {
    let mut screen = screen(STORY);
    let (from, to) = (
        screen.state().place("noon", 0).center(),
        screen.state().place("Ada", 0).center(),
    );
    drag(
        &mut screen,
        &[from, from - vec2(30.0, 0.0), to],
        Modifiers::NONE,
    );
    assert_eq!(screen.state().selected(), "Ada Lovelace sailed at noon");
    let selection = screen.state().selection;
    assert!(selection.head < selection.anchor);
}

#[test]
fn with_alt_a_selection_stops_between_any_two_characters() {
    let mut screen = screen(STORY);
    let place = screen.state().place("velac", 0);
    let (from, to) = (
        place.left_center() + vec2(0.5, 0.0),
        place.right_center() - vec2(0.5, 0.0),
    );
    drag(&mut screen, &[from, place.center(), to], Modifiers::ALT);
    assert_eq!(screen.state().selected(), "velac");
}

#[test]
fn a_double_click_takes_the_word_and_a_triple_click_the_line() {
    let mut screen = screen(STORY);
    let pos = screen.state().place("Lovelace", 0).center();
    click(&mut screen, pos, Modifiers::NONE);
    click(&mut screen, pos, Modifiers::NONE);
    assert_eq!(screen.state().selected(), "Lovelace");
    click(&mut screen, pos, Modifiers::NONE);
    assert_eq!(
        screen.state().selected(),
        "The Ada Lovelace sailed at noon."
    );
}

#[test]
fn shift_and_a_click_extend_the_selection() {
    let mut screen = screen(STORY);
    let from = screen.state().place("sailed", 0).left_center();
    click(&mut screen, from, Modifiers::NONE);
    let to = screen.state().place("why", 0).center();
    click(&mut screen, to, Modifiers::SHIFT);
    assert_eq!(
        screen.state().selected(),
        "sailed at noon.\nThe Port of Valletta said so.\nIt did not say why"
    );
}

#[test]
fn the_gutter_selects_blocks_and_with_shift_extends() {
    let mut screen = screen(STORY);
    let beside = |screen: &Screen<'_>, words| {
        let place = screen.state().place(words, 0);
        pos2(
            place.left() - 200.0_f32.min(place.left() - 110.0),
            place.center().y,
        )
    };
    let column = screen.get_by_label("nav: Front page").rect().left();
    let first = pos2(column - 30.0, beside(&screen, "Front").y);
    let second = pos2(column - 30.0, beside(&screen, "Valletta").y);
    click(&mut screen, first, Modifiers::NONE);
    click(&mut screen, second, Modifiers::SHIFT);
    let deeds = screen.state().deeds();
    assert_eq!(
        deeds,
        [
            &ViewEvent::BlockClicked {
                index: 0,
                extend: false
            },
            &ViewEvent::BlockClicked {
                index: 2,
                extend: true
            },
        ]
    );
}

#[test]
fn a_dragged_entity_edge_is_told_once_when_it_is_let_go() {
    let mut screen = screen(STORY);
    let entity = screen.state().place("Ada Lovelace", 0);
    let to = screen.state().place("sailed", 0).right_center();
    // The handles are there once the pointer has come to the entity.
    screen.hover_at(entity.center());
    screen.run();
    let handle = entity.right_center() + vec2(2.0, 0.0);
    drag(
        &mut screen,
        &[handle, handle + vec2(20.0, 0.0), to - vec2(4.0, 0.0)],
        Modifiers::NONE,
    );
    let deeds = screen.state().deeds();
    let [
        ViewEvent::EntityEdgeMoved {
            entity,
            edge: Edge::End,
            to,
        },
    ] = deeds[..]
    else {
        panic!("one event, on release: {deeds:?}");
    };
    assert_eq!(
        screen.state().words(entity.span.start(), *to),
        "Ada Lovelace sailed"
    );
}

#[test]
fn a_dragged_region_edge_snaps_to_blocks_in_the_gutter_and_to_words_in_the_text() {
    let mut screen = screen(STORY);
    let column = screen.get_by_label("nav: Front page").rect().left();
    let bar = column - 8.0;
    // The lower end of the comment's bar, to below the line of nobody.
    let comment = screen.get_by_label_contains("comment:").rect();
    let nobody = screen.get_by_label("no region: Nobody.").rect();
    let handle = pos2(bar, comment.bottom() - 5.0);
    drag(
        &mut screen,
        &[
            handle,
            handle + vec2(0.0, 8.0),
            pos2(bar, nobody.bottom() - 3.0),
        ],
        Modifiers::NONE,
    );
    // The same end, to a word of its own line.
    let word = screen.state().place("asked", 0).right_center();
    drag(
        &mut screen,
        &[handle, handle + vec2(8.0, 0.0), word - vec2(6.0, 0.0)],
        Modifiers::NONE,
    );
    let moved: Vec<String> = screen
        .state()
        .deeds()
        .into_iter()
        .map(|event| match event {
            ViewEvent::RegionEdgeMoved {
                region,
                edge: Edge::End,
                to,
            } => screen.state().words(region.span.start(), *to).to_owned(),
            other => panic!("only edges were moved: {other:?}"),
        })
        .collect();
    assert_eq!(moved, ["Who asked Ada?\nNobody.", "Who asked"]);
}

#[test]
fn escape_gives_a_dragged_edge_up() {
    let mut screen = screen(STORY);
    let entity = screen.state().place("Ada Lovelace", 0);
    screen.hover_at(entity.center());
    screen.run();
    let handle = entity.right_center() + vec2(2.0, 0.0);
    screen.event(button(handle, true, Modifiers::NONE));
    screen.hover_at(handle + vec2(60.0, 0.0));
    screen.run();
    assert!(screen.state().view.is_dragging());
    screen.key_press(Key::Escape);
    screen.event(button(handle, false, Modifiers::NONE));
    screen.run();
    assert_eq!(screen.state().deeds(), Vec::<&ViewEvent>::new());
}

#[test]
fn what_may_not_be_edited_has_no_edges_to_drag() {
    let mut screen = screen(STORY);
    screen.state_mut().editable = false;
    let entity = screen.state().place("Ada Lovelace", 0);
    screen.hover_at(entity.center());
    screen.run();
    let handle = entity.right_center() + vec2(2.0, 0.0);
    drag(
        &mut screen,
        &[handle, handle + vec2(60.0, 0.0)],
        Modifiers::NONE,
    );
    let moved = screen
        .state()
        .events
        .iter()
        .any(|event| matches!(event, ViewEvent::EntityEdgeMoved { .. }));
    assert!(!moved, "{:?}", screen.state().events);
}

#[test]
fn regions_that_share_a_row_each_have_their_part_of_the_gutter() {
    let mut screen = screen("nav| 8Previous article\\\nbody|  Israeli kamikaze drones");
    let row = screen
        .get_by_label("nav | body: 8Previous article Israeli kamikaze drones")
        .rect();
    click(
        &mut screen,
        pos2(row.left() - 30.0, row.top() + 6.0),
        Modifiers::NONE,
    );
    click(
        &mut screen,
        pos2(row.left() - 30.0, row.bottom() - 6.0),
        Modifiers::NONE,
    );
    let deeds = screen.state().deeds();
    assert!(
        matches!(
            deeds[..],
            [
                ViewEvent::BlockClicked { index: 0, .. },
                ViewEvent::BlockClicked { index: 1, .. }
            ]
        ),
        "{deeds:?}"
    );
}

#[test]
fn no_click_ever_splits_a_character() {
    let text = "A 👨‍👩‍👧‍👦 family, a 🇲🇹 flag, cafe\u{301}, office, हिन्दी क्षि, กำลัง, Việt, 👍🏽!";
    let mut screen = screen_of(Text::new(text), Vec::new(), Vec::new());
    let row = screen.get_by_label_contains("no region: A").rect();
    let at = |step: u8| pos2(row.left() + 10.0 + f32::from(step) * 2.5, row.center().y);
    for step in (0..220).step_by(4) {
        click(&mut screen, at(step), Modifiers::NONE);
        screen.run_steps(25); // or the next click counts as the second of two
    }
    screen.event(Event::ModifiersChanged(Modifiers::ALT));
    screen.event(button(at(0), true, Modifiers::ALT));
    (0..220).for_each(|step| screen.hover_at(at(step)));
    screen.run();
    let mut heads = Vec::new();
    for event in &screen.state().events {
        let (ViewEvent::Select { head, .. } | ViewEvent::CaretAt(head)) = event else {
            continue;
        };
        assert!(
            segment::is_grapheme_boundary(text, head.index()),
            "{event:?}"
        );
        heads.push(*head);
    }
    heads.sort();
    heads.dedup();
    assert!(heads.len() > 45, "{heads:?}");
}

/// Selects a word by dragging over it and by a double click; the bytes must be those of the word.
fn word_can_be_selected(screen: &mut Screen<'_>, word: &str) {
    let place = screen.state().place(word, 0);
    drag(
        screen,
        &[
            place.center() - vec2(4.0, 0.0),
            place.center(),
            place.center() + vec2(4.0, 0.0),
        ],
        Modifiers::NONE,
    );
    assert_eq!(screen.state().selected(), word, "dragged over");
    screen.run_steps(40); // or the two clicks that follow count as the third and fourth
    click(screen, place.center(), Modifiers::NONE);
    click(screen, place.center(), Modifiers::NONE);
    assert_eq!(screen.state().selected(), word, "double-clicked");
    screen.run_steps(40);
}

#[test]
fn a_word_selected_by_mouse_in_arabic_has_the_right_bytes() {
    let mut screen = screen(
        "body| قال {PERSON أحمد منصور} إن الرصيف كلف 250 ألف يورو في عام 2024 كما يقول Tom أيضا في تعليقه الطويل جدا على المقال الأول",
    );
    for word in ["منصور", "الرصيف", "250", "2024", "Tom", "تعليقه", "المقال"]
    {
        word_can_be_selected(&mut screen, word);
    }
}

#[test]
fn a_word_selected_by_mouse_in_hebrew_has_the_right_bytes() {
    let mut screen =
        screen("body| ראש העיר {PERSON משה כהן} אמר ביום שני כי 140 סירות של BBC יעגנו ברציף החדש");
    for word in ["משה", "כהן", "140", "סירות", "BBC", "החדש"] {
        word_can_be_selected(&mut screen, word);
    }
}

#[test]
fn right_to_left_text_is_read_from_the_right() {
    let screen = screen("body| אלף 12 בית Ada גימל");
    let left = |word| screen.state().place(word, 0).left();
    let order = [
        left("אלף"),
        left("12"),
        left("בית"),
        left("Ada"),
        left("גימל"),
    ];
    assert!(order.is_sorted_by(|a, b| a > b), "{order:?}");
    // A number inside is not turned round.
    assert!(left("1") < left("2"));
}

#[test]
fn a_selection_over_both_directions_is_one_range_of_bytes() {
    let mut screen = screen("body| The mayor משה כהן said no to that.");
    let (from, to) = (
        screen.state().place("mayor", 0).center(),
        screen.state().place("said", 0).center(),
    );
    drag(
        &mut screen,
        &[from, from + vec2(20.0, 0.0), to],
        Modifiers::NONE,
    );
    assert_eq!(screen.state().selected(), "mayor משה כהן said");
}

#[test]
fn an_empty_article_and_one_of_a_single_character_can_be_clicked() {
    for text in ["", "x", "\n", "\u{301}"] {
        let mut screen = screen_of(Text::new(text), Vec::new(), Vec::new());
        click(&mut screen, pos2(450.0, 40.0), Modifiers::NONE);
        click(&mut screen, pos2(450.0, 600.0), Modifiers::NONE);
        drag(
            &mut screen,
            &[pos2(300.0, 30.0), pos2(400.0, 60.0), pos2(500.0, 400.0)],
            Modifiers::NONE,
        );
        assert!(
            screen.state().selection.end().index() <= text.len(),
            "{text:?}"
        );
    }
}

#[test]
fn only_what_is_visible_of_a_megabyte_is_laid_out() {
    let text =
        Text::new(&"Twelve boats lay at the quay of Port Ellery that night.\n\n".repeat(18_000));
    let mut screen = screen_of(text, Vec::new(), Vec::new());
    assert!(
        screen.state().view.laid_out() < 60,
        "{} at the start",
        screen.state().view.laid_out()
    );
    for step in 0..50 {
        screen
            .state_mut()
            .view
            .set_scroll_offset(f64::from(step) * 12_000.0);
        screen.step();
    }
    let laid_out = screen.state().view.laid_out();
    assert!(laid_out < 50 * 60, "{laid_out} after fifty jumps");
    screen
        .get_all_by_label("no region: Twelve boats lay at the quay of Port Ellery that night.")
        .next()
        .unwrap();
}

#[test]
fn one_line_of_two_hundred_thousand_characters_can_be_read_and_selected_to_its_end() {
    let text = Text::new(&"abcdefghij".repeat(20_000));
    let mut screen = screen_of(text.clone(), Vec::new(), Vec::new());
    assert!(screen.state().view.laid_out() < 5);
    screen.state_mut().view.scroll_to_pos(text.end());
    screen.run();
    assert_eq!(screen.state().view.visible().end, text.end());
    let span = text.span(BytePos(199_990), BytePos(199_995)).unwrap();
    let place = screen
        .state()
        .view
        .rect_of(span)
        .expect("the end is visible");
    drag(
        &mut screen,
        &[
            place.left_center() + vec2(0.5, 0.0),
            place.center(),
            place.right_center() - vec2(0.5, 0.0),
        ],
        Modifiers::ALT,
    );
    assert_eq!(screen.state().selected(), "abcde");
}

fn numbered(lines: usize) -> Text {
    let lines: Vec<String> = (0..lines)
        .map(|nth| {
            format!(
                "Line {nth} {}",
                "of some length that wraps ".repeat(nth % 13)
            )
        })
        .collect();
    Text::new(&lines.join("\n"))
}

fn span_of(text: &Text, words: &str) -> Span {
    let at = text.as_str().find(words).unwrap();
    text.span(
        BytePos::from_index(at),
        BytePos::from_index(at + words.len()),
    )
    .unwrap()
}

#[test]
fn what_is_asked_for_comes_into_view_from_anywhere() {
    let text = numbered(3000);
    let mut screen = screen_of(text.clone(), Vec::new(), Vec::new());
    for words in [
        "Line 2500 ",
        "Line 17 ",
        "Line 2999 ",
        "Line 0 ",
        "Line 1234 ",
    ] {
        let span = span_of(&text, words);
        screen.state_mut().view.scroll_to(span);
        screen.run();
        let place = screen.state().view.rect_of(span).expect(words);
        assert!(
            place.top() > 0.0 && place.bottom() < 640.0,
            "{words} at {place:?}"
        );
        // Asking again for what is in view moves nothing.
        screen.state_mut().view.scroll_to(span);
        screen.run();
        assert_eq!(screen.state().view.rect_of(span), Some(place));
    }
}

#[test]
fn what_one_reads_stays_in_place_while_one_scrolls_up_into_unmeasured_text() {
    let text = numbered(3000);
    let mut screen = screen_of(text.clone(), Vec::new(), Vec::new());
    let span = span_of(&text, "Line 1500 ");
    screen.state_mut().view.scroll_to(span);
    screen.run();
    let before = screen.state().view.rect_of(span).unwrap().top();
    let wheel = |delta: f32| Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, delta),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };
    screen.hover_at(pos2(450.0, 300.0));
    screen.run();
    screen.event(wheel(90.0));
    screen.run_steps(60);
    let after = screen.state().view.rect_of(span).unwrap().top();
    assert!(
        (after - before - 90.0).abs() < 1.0,
        "moved by {} instead of 90",
        after - before
    );
}

#[test]
fn a_new_width_keeps_the_place_that_one_reads() {
    let text = numbered(3000);
    let mut screen = screen_of(text.clone(), Vec::new(), Vec::new());
    let span = span_of(&text, "Line 1500 ");
    screen.state_mut().view.scroll_to(span);
    screen.run();
    for width in [500.0, 1300.0, 700.0] {
        screen.set_size(vec2(width, 640.0));
        screen.run();
        assert!(
            screen.state().view.rect_of(span).is_some(),
            "at width {width}"
        );
    }
}

#[test]
fn the_keys_of_the_page_scroll_only_with_the_focus_and_without_modifiers() {
    let mut screen = screen_of(numbered(300), Vec::new(), Vec::new());
    let offset = |screen: &Screen<'_>| screen.state().view.scroll_offset();
    let start = offset(&screen);
    screen.key_press(Key::PageDown);
    screen.run();
    assert_eq!(offset(&screen), start, "nothing has the focus yet");
    click(&mut screen, pos2(450.0, 300.0), Modifiers::NONE);
    assert!(screen.state().events.contains(&ViewEvent::Focused));
    screen.key_press_modifiers(Modifiers::CTRL, Key::PageDown);
    screen.run();
    assert_eq!(offset(&screen), start, "with a modifier it is the shell's");
    screen.key_press(Key::PageDown);
    screen.run();
    assert!(offset(&screen) > start + 400.0);
    screen.key_press(Key::End);
    screen.run();
    assert_eq!(
        screen.state().view.visible().end,
        screen.state().article.text.end()
    );
    screen.key_press(Key::Home);
    screen.run();
    assert_eq!(offset(&screen), start);
}

#[test]
fn a_drag_to_the_edge_scrolls_and_goes_on_selecting() {
    let mut screen = screen_of(numbered(300), Vec::new(), Vec::new());
    let from = screen.state().place("Line 1 ", 0).left_center() + vec2(4.0, 0.0);
    screen.hover_at(from);
    screen.event(button(from, true, Modifiers::NONE));
    screen.hover_at(pos2(450.0, 300.0));
    screen.hover_at(pos2(450.0, 660.0));
    screen.step();
    screen.run_steps(40);
    screen.event(button(pos2(450.0, 660.0), false, Modifiers::NONE));
    screen.run();
    assert!(screen.state().view.scroll_offset() > 300.0);
    let selected = screen.state().selected();
    assert!(
        selected.starts_with("Line 1 ") && selected.lines().count() > 8,
        "{}",
        selected.lines().count()
    );
}

#[test]
fn a_context_menu_is_asked_for_at_its_place() {
    let mut screen = screen(STORY);
    let pos = screen.state().place("noon", 0).left_center() + vec2(1.0, 0.0);
    screen.hover_at(pos);
    for pressed in [true, false] {
        screen.event(Event::PointerButton {
            pos,
            button: PointerButton::Secondary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    screen.run();
    let noon = screen.state().article.text.as_str().find("noon").unwrap();
    let deeds = screen.state().deeds();
    assert_eq!(
        deeds,
        [&ViewEvent::ContextMenu {
            at: BytePos::from_index(noon),
            pos
        }]
    );
}
