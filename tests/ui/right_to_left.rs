//! Names tagged by mouse in Arabic and Hebrew articles: what is saved must be what was under the
//! pointer, to the letter.

use copydesk::model::{BytePos, Span, Text};
use copydesk::store::SqliteStore;
use copydesk::store::prelude::*;
use eframe::egui::{Event, Modifiers, PointerButton, Pos2, Rect, pos2, vec2};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::desk::Window;

const ARABIC: &str = "body| قالت نادية الحسيني إن البلدية ستدفع 250 ألف يورو في عام 2024 كما أكد مكتب BBC News في بيروت.\n\
                      body| وأضاف وليد: «الرصيف رقم ٤٢ سيُفتح قريبًا (إن شاء الله)» لقناة i24NEWS.";
const HEBREW: &str = "body| ראש העיר משה כהן-לוי אמר ביום שני כי 140 סירות של Maersk Line יעגנו ברציף 7 בחיפה.\n\
                      body| \"לא ברור מתי\", הוסיפה ד\"ר רות אבן־עזרא (מפלגת העבודה) ל-Reuters בשעה 18:05.";

/// Where a grapheme of the text is.
fn rect_of(window: &Window, at: usize, grapheme: &str) -> Rect {
    let app = window.harness.state().0.as_ref().unwrap();
    let article = window.state().article.as_ref().unwrap().article();
    let span = span(&article.text, at, grapheme.len());
    app.rect_of(span).expect("it is on the screen")
}

fn span(text: &Text, at: usize, length: usize) -> Span {
    let (start, end) = (BytePos::from_index(at), BytePos::from_index(at + length));
    text.span(start, end).unwrap()
}

fn button(pos: Pos2, pressed: bool, modifiers: Modifiers) -> Event {
    Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers,
    }
}

/// The place just inside the edge of a character at which one begins, or ends, to read it.
fn edge(rect: Rect, from_right: bool, begin: bool) -> Pos2 {
    let x = if from_right == begin {
        rect.right() - 0.2 * rect.width()
    } else {
        rect.left() + 0.2 * rect.width()
    };
    pos2(x, rect.center().y)
}

/// Drags the mouse over these words, to the letter with Alt, and tags them by key.
fn tag(window: &mut Window, words: &str, exact: bool, key: &str) {
    let text = window
        .state()
        .article
        .as_ref()
        .unwrap()
        .article()
        .text
        .clone();
    let start = text.as_str().find(words).unwrap();
    let graphemes: Vec<(usize, &str)> = words.grapheme_indices(true).collect();
    let (first, last) = (graphemes[0], graphemes[graphemes.len() - 1]);
    let turned = |grapheme: &str| {
        grapheme
            .chars()
            .any(|c| ('\u{590}'..'\u{8ff}').contains(&c) && !('\u{660}'..='\u{669}').contains(&c))
    };
    let from = edge(
        rect_of(window, start + first.0, first.1),
        turned(first.1),
        true,
    );
    let to = edge(
        rect_of(window, start + last.0, last.1),
        turned(last.1),
        false,
    );
    let modifiers = if exact {
        Modifiers::ALT
    } else {
        Modifiers::NONE
    };
    let harness = &mut window.harness;
    harness.event(Event::ModifiersChanged(modifiers));
    harness.hover_at(from);
    harness.event(button(from, true, modifiers));
    harness.step();
    for pos in [from + (to - from) * 0.5 + vec2(0.0, 1.0), to] {
        harness.hover_at(pos);
        harness.step();
    }
    harness.event(button(to, false, modifiers));
    harness.step();
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    harness.run_steps(40);
    window.press(key);
}

/// The entities that are on disk: label, words, code points from and to.
fn saved(window: &mut Window) -> Vec<(String, String, usize, usize)> {
    window.until_saved();
    let store = SqliteStore::open(&window.dataset()).unwrap();
    let key = window.state().article.as_ref().unwrap().key;
    let article = store.article(key).unwrap();
    let stored = store.annotations(&article, key).unwrap();
    let annotation = &stored
        .iter()
        .find(|stored| stored.owner.is("maria"))
        .unwrap()
        .annotation;
    let text = &article.text;
    let of = |entity: &copydesk::model::Entity| {
        let points = |at: BytePos| text.as_str()[..at.index()].chars().count();
        (
            entity.label.to_string(),
            text.slice(entity.span).to_owned(),
            points(entity.span.start()),
            points(entity.span.end()),
        )
    };
    annotation.entities().iter().map(of).collect()
}

fn check(article: &str, names: &[(&str, bool, &str, &str)]) {
    let mut window = Window::over(&[article]);
    window.until_fonts_are_loaded();
    let text = window
        .state()
        .article
        .as_ref()
        .unwrap()
        .article()
        .text
        .clone();
    for &(words, exact, key, _) in names {
        tag(&mut window, words, exact, key);
    }
    let mut expected: Vec<(String, String, usize, usize)> = names
        .iter()
        .map(|&(words, _, _, label)| {
            let start = text.as_str()[..text.as_str().find(words).unwrap()]
                .chars()
                .count();
            (
                label.to_owned(),
                words.to_owned(),
                start,
                start + words.chars().count(),
            )
        })
        .collect();
    expected.sort_by_key(|name| name.2);
    assert_eq!(saved(&mut window), expected);
}

#[test]
fn names_tagged_by_mouse_in_an_arabic_article_are_saved_with_their_own_offsets() {
    check(
        ARABIC,
        &[
            ("نادية الحسيني", false, "1", "PERSON"),
            ("BBC News", false, "2", "ORG"),
            ("بيروت", false, "3", "GPE"),
            // A part of a word: the name without the conjunction or the preposition that is written
            // with it.
            ("وليد", false, "1", "PERSON"),
            ("رصيف", true, "4", "LOC"),
            ("قناة", true, "2", "ORG"),
            ("i24NEWS", false, "2", "ORG"),
        ],
    );
}

#[test]
fn names_tagged_by_mouse_in_a_hebrew_article_are_saved_with_their_own_offsets() {
    check(
        HEBREW,
        &[
            ("משה כהן-לוי", false, "1", "PERSON"),
            ("Maersk Line", false, "2", "ORG"),
            // "in Haifa": the place without its preposition.
            ("חיפה", true, "3", "GPE"),
            ("רות אבן־עזרא", false, "1", "PERSON"),
            ("עבודה", true, "2", "ORG"),
            ("Reuters", false, "2", "ORG"),
        ],
    );
}
