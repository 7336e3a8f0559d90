//! Mouse, screen reader and keys: what the view says of what the annotator does.

use copydesk::app::article_view::ViewEvent;
use copydesk::edit::Edge;
use copydesk::model::{BytePos, Text};
use eframe::egui::{Event, Key, Modifiers, PointerButton, pos2, vec2};
use egui_kittest::kittest::Queryable as _;

use super::desk::{Screen, button, click, drag, screen, screen_of};

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
fn two_clicks_take_the_word_three_the_sentence_four_the_block() {
    let mut screen = screen("body| The U.S. Army of Mr. Smith left. It came back.\nnav| Home");
    let pos = screen.state().place("Smith", 0).center();
    click(&mut screen, pos, Modifiers::NONE);
    click(&mut screen, pos, Modifiers::NONE);
    assert_eq!(screen.state().selected(), "Smith");
    click(&mut screen, pos, Modifiers::NONE);
    assert_eq!(
        screen.state().selected(),
        "The U.S. Army of Mr. Smith left."
    );
    for _ in 0..2 {
        click(&mut screen, pos, Modifiers::NONE);
        assert_eq!(
            screen.state().selected(),
            "The U.S. Army of Mr. Smith left. It came back."
        );
    }
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
            exact: false,
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
            pos,
            gutter: false,
        }]
    );
}

const NEST: &str = "body| The {ORG Ministry of the {GPE Republic of {GPE?.9 Malta}}} said so.";

fn clicked(screen: &Screen<'_>) -> Vec<String> {
    let desk = screen.state();
    desk.events
        .iter()
        .filter_map(|event| match event {
            ViewEvent::EntityClicked { entity } => Some(
                desk.words(entity.span.start(), entity.span.end())
                    .to_owned(),
            ),
            _ => None,
        })
        .collect()
}

#[test]
fn further_clicks_at_a_place_take_what_is_around_it_and_alt_does_so_at_once() {
    let mut screen = screen(NEST);
    let malta = screen.state().place("Malta", 0).center();
    for _ in 0..4 {
        click(&mut screen, malta, Modifiers::NONE);
        screen.run_steps(40); // slower than a double click
    }
    let nest = [
        "Malta",
        "Republic of Malta",
        "Ministry of the Republic of Malta",
        "Malta",
    ];
    assert_eq!(clicked(&screen), nest);
    let republic = screen.state().place("Republic", 0).center();
    click(&mut screen, republic, Modifiers::ALT);
    assert_eq!(clicked(&screen)[4], "Ministry of the Republic of Malta");
}

#[test]
fn each_of_three_nested_entities_has_a_chip_that_can_be_clicked() {
    let mut screen = screen(NEST);
    for (words, label) in [("Ministry", "ORG"), ("Republic", "GPE"), ("Malta", "GPE")] {
        let place = screen.state().place(words, 0);
        let chip = place.left_top() + vec2(6.0, -2.0);
        click(&mut screen, chip, Modifiers::NONE);
        screen.run_steps(40);
        let last = clicked(&screen).pop().unwrap();
        assert!(last.starts_with(words), "{label}: {last}");
    }
}

#[test]
fn a_region_edge_that_is_dragged_beyond_the_view_scrolls_and_the_ground_follows() {
    let lines: Vec<String> = (0..60)
        .map(|nth| format!("Line {nth} of the story."))
        .collect();
    let text = Text::new(&lines.join("\n"));
    let first = text
        .span(BytePos(0), BytePos::from_index(lines[0].len()))
        .unwrap();
    let region = copydesk::model::Region {
        span: first,
        label: copydesk::model::Label::new("body").unwrap(),
        provenance: copydesk::model::Provenance::Person,
    };
    let mut screen = screen_of(text.clone(), vec![region], Vec::new());
    let x = screen.state().view.bars_at().unwrap();
    let end = pos2(x, screen.state().place("Line 0", 0).bottom());
    screen.hover_at(end);
    screen.event(button(end, true, Modifiers::NONE));
    screen.step();
    screen.hover_at(pos2(x, 400.0));
    screen.hover_at(pos2(x, 660.0));
    screen.run_steps(60);
    // While it is held, the paragraphs that it passes are shown as its own.
    let visible = screen.state().view.visible();
    let passed = &text.as_str()[visible.start.index()..visible.end.index()];
    let passed: Vec<&str> = passed.lines().collect();
    let last_but_two = passed[passed.len() - 3];
    let name = format!("body: {last_but_two}");
    let its_own = screen.query_by_label(&name);
    let offset = screen.state().view.scroll_offset();
    assert!(its_own.is_some(), "{last_but_two} at {offset}");
    screen.event(button(pos2(x, 660.0), false, Modifiers::NONE));
    screen.step();
    let moved = screen.state().events.iter().find_map(|event| match event {
        ViewEvent::RegionEdgeMoved {
            edge: Edge::End,
            to,
            ..
        } => Some(*to),
        _ => None,
    });
    assert!(moved.unwrap().index() > text.as_str().find(last_but_two).unwrap());
    assert!(screen.state().view.scroll_offset() > 100.0);
}

#[test]
fn letters_without_a_font_are_named() {
    // There is no font of the system behind egui's own in these tests.
    let screen = screen("body| मुंबई बंदरगाह and กรุงเทพ");
    let lacking: Vec<&str> = screen
        .state()
        .view
        .lacking_scripts()
        .iter()
        .map(|script| script.name)
        .collect();
    assert_eq!(lacking, ["Devanagari"], "one for each paragraph is enough");
    let plain = super::desk::screen("body| Plain words, naïve café, Привет, Ελλάδα.");
    assert!(plain.state().view.lacking_scripts().is_empty());
}
