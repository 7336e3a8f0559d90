//! The window for those who don't see it: everything has a name, and an article can be annotated
//! through the accessibility tree alone.

use copydesk::app::{Command, Message};
use copydesk::model::Status;
use copydesk::store::SqliteStore;
use copydesk::store::prelude::*;
use eframe::egui::Event;
use eframe::egui::accesskit::{
    Action, ActionData, ActionRequest, NodeId, Role, TextPosition, TextSelection, TreeId,
};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::desk::Window;

const STORY: &str = "nav?0.9    | Home\n           |\nbody?0.4   | Ada Lovelace spoke in Paris.\n           |\n\
                     comment?0.9| قالت نادية الحسيني شكرا";

/// Presses what has this name, as a screen reader does.
#[track_caller]
fn press(window: &mut Window, name: &str) {
    window.harness.get_by_label(name).click_accesskit();
    window.harness.run_steps(3);
}

/// Asks to select these words, as a screen reader does: by nodes and characters, never by places on
/// the screen.
#[track_caller]
fn select(window: &mut Window, words: &str) {
    let holds = |value: Option<String>| value.is_some_and(|value| value.contains(words));
    let run = window
        .harness
        .get_by(|node| node.role() == Role::TextRun && holds(node.value()));
    let value = run.value().unwrap();
    let (node, _) = run.accesskit_node().locate();
    let before = &value[..value.find(words).unwrap()];
    let at = before.graphemes(true).count();
    let position = |character_index| TextPosition {
        node,
        character_index,
    };
    let selection = TextSelection {
        anchor: position(at),
        focus: position(at + words.graphemes(true).count()),
    };
    let article: NodeId = window
        .harness
        .get_by_role_and_label(Role::Document, "Article")
        .accesskit_node()
        .locate()
        .0;
    window
        .harness
        .event(Event::AccessKitActionRequest(ActionRequest {
            action: Action::SetTextSelection,
            target_tree: TreeId::ROOT,
            target_node: article,
            data: Some(ActionData::SetTextSelection(selection)),
        }));
    window.harness.run_steps(3);
}

#[test]
fn an_article_is_annotated_through_the_accessibility_tree_alone() {
    let mut window = Window::over(&[STORY, "body?0.9| The second article."]);
    window.until_fonts_are_loaded();
    press(&mut window, "nav (suggested): Home");
    press(&mut window, "Label as nav");
    press(&mut window, "body (unsure): Ada Lovelace spoke in Paris.");
    press(&mut window, "Label as body");
    select(&mut window, "Ada Lovelace");
    press(&mut window, "Tag as PERSON");
    select(&mut window, "Paris");
    press(&mut window, "Tag as GPE");
    select(&mut window, "نادية الحسيني");
    press(&mut window, "Tag as PERSON");
    let key = window.state().article.as_ref().unwrap().key;
    press(&mut window, "Done");
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|article| article.key != key)
    });
    window
        .harness
        .get_by_label("body (suggested): The second article.");
    window.until_saved();

    let store = SqliteStore::open(&window.dataset()).unwrap();
    let article = store.article(key).unwrap();
    let stored = store.annotations(&article, key).unwrap();
    let annotation = &stored
        .iter()
        .find(|stored| stored.owner.is("maria"))
        .unwrap()
        .annotation;
    assert_eq!(annotation.status(), Status::Done);
    let text = &article.text;
    let names: Vec<(String, &str)> = annotation
        .entities()
        .iter()
        .map(|entity| (entity.label.to_string(), text.slice(entity.span)))
        .collect();
    let name = |label: &str, words: &'static str| (label.to_owned(), words);
    assert_eq!(
        names,
        [
            name("PERSON", "Ada Lovelace"),
            name("GPE", "Paris"),
            name("PERSON", "نادية الحسيني")
        ]
    );
    let regions: Vec<String> = annotation
        .regions()
        .iter()
        .map(|region| region.label.to_string())
        .collect();
    assert_eq!(regions, ["nav", "body", "comment"]);
}

#[test]
fn what_is_selected_is_told_as_it_stands_in_the_text() {
    let mut window = Window::over(&[STORY]);
    select(&mut window, "Lovelace");
    let article = window
        .harness
        .get_by_role_and_label(Role::Document, "Article");
    let selection = article
        .accesskit_node()
        .raw_text_selection()
        .copied()
        .unwrap();
    assert_eq!(selection.anchor.character_index, 4);
    assert_eq!(selection.focus.character_index, 12);
    // Screen readers ask for the words of the selection through the tree.
    let node = article.accesskit_node();
    assert_eq!(node.text_selection().unwrap().text(), "Lovelace");
}

/// What can be pressed, typed into or turned on has a name in each view and dialog.
#[test]
fn nothing_that_one_can_act_on_is_without_a_name() {
    let mut window = Window::over(&[STORY, "body?0.9| The second article."]);
    let mut places = vec![("article".to_owned(), None)];
    let opens = [
        Command::Palette,
        Command::Help,
        Command::Settings,
        Command::Flag,
        Command::FindInArticle,
    ];
    places.extend(opens.map(|command| (format!("{command:?}"), Some(command))));
    for (place, command) in places {
        if let Some(command) = command {
            window.send(Message::Run(command));
        }
        window.harness.run_steps(6);
        let nameless: Vec<String> = window
            .harness
            .root()
            .children_recursive()
            .filter(|node| {
                let node = node.accesskit_node();
                let acts = matches!(
                    node.role(),
                    Role::Button
                        | Role::CheckBox
                        | Role::RadioButton
                        | Role::ComboBox
                        | Role::Slider
                        | Role::SpinButton
                        | Role::TextInput
                        | Role::SearchInput
                        | Role::MultilineTextInput
                        | Role::MenuItem
                        | Role::Link
                        | Role::Tab
                        | Role::ColorWell
                );
                // Icons are letters of a private alphabet, which no screen reader can say.
                let sayable = |label: String| {
                    label
                        .chars()
                        .any(|c| c.is_alphanumeric() && !('\u{e000}'..'\u{f900}').contains(&c))
                };
                acts && !node.label().is_some_and(sayable)
            })
            .map(|node| format!("{:?} at {:?}", node.accesskit_node().role(), node.rect()))
            .collect();
        assert!(nameless.is_empty(), "{place}: {nameless:#?}");
        window.press("Esc");
    }
}
