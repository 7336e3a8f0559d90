//! Labels, guidelines, remarks and the lists, as a team uses them.

use copydesk::store::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

use copydesk::app::Dialog;
use copydesk::dataset::maintenance::schema_change::{LabelKind, Relabel};
use copydesk::dataset::{CancelFlag, SchemaChange, Silent, change_schema};
use copydesk::formats::schema_toml;
use copydesk::model::{Label, Schema};
use copydesk::store::SqliteStore;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::desk::Window;

const STORY: &str = "nav?0.9    | Home\n           |\nbody?0.9   | Ada Lovelace spoke in Paris.\n           |\n\
                     comment?0.8| Well said, Ada!";

fn story() -> Window {
    Window::over(&[STORY, "body?0.9| The second article."])
}

/// Types into what has the keyboard, after everything in it is selected.
fn retype(window: &mut Window, words: &str) {
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.step();
    window.harness.event(Event::Text(words.to_owned()));
    window.harness.run_steps(2);
}

fn focus(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).focus();
    window.harness.run_steps(2);
}

fn region_names(window: &Window) -> Vec<String> {
    let schema: &Schema = window.state().schema().unwrap();
    let names = schema
        .regions()
        .iter()
        .map(|region| region.label.to_string());
    names.take(3).collect()
}

#[test]
fn a_label_is_renamed_and_moved_by_keyboard_and_the_open_article_follows() {
    let mut window = story();
    window.press("↓ b ↓ 1");
    window.until_saved();
    window.press("Ctrl+l");
    assert_eq!(window.state().dialog, Some(Dialog::Schema));
    focus(&mut window, "Label body");
    window
        .harness
        .key_press_modifiers(Modifiers::ALT, Key::ArrowDown);
    window.harness.run_steps(2);
    focus(&mut window, "Name");
    retype(&mut window, "story");
    focus(&mut window, "Key");
    retype(&mut window, "c");
    assert!(
        window
            .harness
            .query_by_label("comment has the key c already")
            .is_some()
    );
    retype(&mut window, "x");
    window.harness.get_by_label("Save").click();
    window.harness.run_steps(2);
    window.until(|state| state.touched.is_some());
    window.harness.run_steps(3);
    let told = window
        .harness
        .get_by_label_contains("body → story: 1 region in 1 article by 1 annotator");
    assert!(told.accesskit_node().label().is_some() || told.value().is_some());
    window.harness.get_by_label("Apply changes").click();
    window.until(|state| state.dialog.is_none() && state.jobs.is_empty());
    window.until(|state| !state.is_loading());
    assert_eq!(region_names(&window), ["comment", "story", "nav"]);
    let shown = window.annotation();
    assert!(
        shown.contains("story") && !shown.contains("body"),
        "{shown}"
    );
    // The new key works, and what was done under the old name is undone under the new one.
    window.press("Ctrl+Z Ctrl+Z");
    assert!(
        window.annotation().contains("story?0.9  | Ada"),
        "{}",
        window.annotation()
    );
    window.press("x");
    window.until_saved();
    assert!(
        !window.annotation().contains("body"),
        "{}",
        window.annotation()
    );
    window.press("Ctrl+PgDn");
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|article| article.key.0 == 2)
    });
    window.expect("story?0.9| The second article.");
}

#[test]
fn what_was_typed_survives_the_dialog_and_a_harmless_change_is_made_at_once() {
    let mut window = story();
    window.press("Ctrl+l");
    focus(
        &mut window,
        "Description (one sentence, shown with the label)",
    );
    retype(&mut window, "What the newsroom wrote.");
    window.press("Esc");
    assert_eq!(window.state().dialog, None);
    window.press("Ctrl+l");
    window.harness.get_by_label("Save").click();
    window.until(|state| state.dialog.is_none() && state.jobs.is_empty());
    let schema = window.state().schema().unwrap();
    assert_eq!(schema.regions()[0].description, "What the newsroom wrote.");
    window.press("Ctrl+l");
    assert!(window.harness.query_by_label("Unsaved changes").is_none());
}

#[test]
fn a_label_says_what_it_is_suggested_for() {
    let mut window = story();
    window.press("Ctrl+l");
    focus(&mut window, "Label ORG");
    focus(&mut window, "Tagger types for this label (empty: by name)");
    retype(&mut window, "LOC, norp");
    window.harness.get_by_label("Save").click();
    window.until(|state| {
        state
            .schema()
            .and_then(|schema| schema.entity("ORG"))
            .is_some_and(|label| label.tagger_types == ["LOC", "norp"])
    });
}

#[test]
fn a_label_that_is_taken_out_asks_what_becomes_of_its_spans() {
    let mut window = story();
    window.press("↓ 1");
    window.until_saved();
    window.press("Ctrl+l");
    focus(&mut window, "Label PERSON");
    window.harness.get_by_label_contains("Delete label").click();
    window.harness.run_steps(2);
    window.harness.get_by_label("Save").click();
    window.until(|state| state.touched.is_some());
    window.harness.run_steps(3);
    let words = "PERSON is disabled: 1 entity in 1 article by 1 annotator; they keep it";
    assert!(window.harness.query_by_label(words).is_some());
    window.harness.get_by_label("Move spans to…").click();
    window.harness.run_steps(2);
    window.until(|state| state.touched.is_some());
    window.harness.run_steps(3);
    let words = "PERSON → ORG: 1 entity in 1 article by 1 annotator";
    assert!(window.harness.query_by_label(words).is_some());
    window.harness.get_by_label("Apply changes").click();
    window.until(|state| state.dialog.is_none() && state.jobs.is_empty());
    window.until(|state| !state.is_loading());
    assert!(
        window.annotation().contains("{ORG Ada}"),
        "{}",
        window.annotation()
    );
}

#[test]
fn a_schema_that_another_program_changes_comes_to_this_window() {
    let mut window = story();
    window.press("↓ b");
    window.until_saved();
    let mut store = SqliteStore::open(&window.path()).unwrap();
    let toml = schema_toml::print_with_guidelines(&store.schema().unwrap());
    let label = |name: &str| Label::new(name).unwrap();
    let change = SchemaChange {
        schema: schema_toml::parse(&toml.replace("\"body\"", "\"story\""), None).unwrap(),
        relabel: Relabel {
            moved: BTreeMap::from([((LabelKind::Region, label("body")), label("story"))]),
            removed: BTreeSet::new(),
        },
        based_on: None,
    };
    change_schema(&mut store, &change, 1, &mut Silent, &CancelFlag::default()).unwrap();
    window.until(|state| {
        state
            .schema()
            .is_some_and(|schema| schema.region("story").is_some())
    });
    window.until(|state| {
        let article = state.article.as_ref();
        let regions = article.map(|article| article.session.annotation().regions());
        regions.is_some_and(|regions| regions.iter().all(|region| region.label != *"body"))
    });
    assert!(
        window.notices().contains("by another program"),
        "{}",
        window.notices()
    );
}

#[test]
fn the_guidelines_open_at_the_label_at_the_caret_and_follow_it() {
    let mut window = story();
    let org = "Companies, agencies, ministries, parliaments";
    let comment = "Readers' comments under the article.";
    let shows =
        |window: &Window, words: &str| window.harness.query_by_label_contains(words).is_some();
    window.press("↓ 2 F4");
    window.harness.run_steps(8);
    assert!(shows(&window, org) && !shows(&window, comment));
    window.press("Esc ↓");
    window.harness.run_steps(8);
    assert!(shows(&window, comment), "the guidelines follow the caret");
}

#[test]
fn a_remark_on_a_name_is_written_undone_kept_and_shown_in_the_margin() {
    let mut window = story();
    window.press("↓ 1 Ctrl+m");
    window.harness.event(Event::Text("A person?".to_owned()));
    window.harness.run_steps(2);
    window.press("Enter");
    window.until_saved();
    let remarks = |window: &Window| -> Vec<(Option<String>, String)> {
        let article = window.state().article.as_ref().unwrap();
        let text = &article.article().text;
        let remarks = article.session.annotation().remarks().iter();
        remarks
            .map(|remark| {
                let at = remark.at.map(|span| text.slice(span).to_owned());
                (at, remark.text.clone())
            })
            .collect()
    };
    let ada = (Some("Ada".to_owned()), "A person?".to_owned());
    assert_eq!(remarks(&window), std::slice::from_ref(&ada));
    assert!(window.harness.query_by_label("Remark: A person?").is_some());
    window.press("Ctrl+Z");
    assert_eq!(remarks(&window), []);
    window.press("Ctrl+Shift+Z");
    window.until_saved();
    window.reopen();
    assert_eq!(remarks(&window), [ada]);
    window.harness.get_by_label("Remark: A person?").click();
    window.harness.run_steps(2);
    retype(&mut window, "Yes, a person.");
    window.press("Enter");
    assert_eq!(remarks(&window)[0].1, "Yes, a person.");
    window.harness.get_by_label("Remarks 1").click();
    window.harness.run_steps(2);
    window.harness.get_by_label("Delete remark").click();
    window.harness.run_steps(2);
    assert_eq!(remarks(&window), []);
}

#[test]
fn the_same_name_is_one_line_that_unfolds_by_keyboard() {
    let mut window =
        Window::over(&["body?0.9| Ada met Ada, Ada and Ada; Bo met Cy, Di, Ed and Flo."]);
    window.press("1 a");
    window.press("Ctrl+i");
    let rows =
        |window: &Window, words: &str| window.harness.query_all_by_label_contains(words).count();
    assert_eq!(rows(&window, "PERSON: Ada ×4"), 1);
    let folded = rows(&window, "PERSON: Ada");
    window.harness.key_press(Key::ArrowDown);
    window.harness.run_steps(2);
    window.harness.key_press(Key::ArrowRight);
    window.harness.run_steps(3);
    assert_eq!(rows(&window, "PERSON: Ada"), folded + 4);
    for _ in 0..3 {
        window.harness.key_press(Key::ArrowDown);
        window.harness.run_steps(2);
    }
    window.harness.key_press(Key::Enter);
    window.harness.run_steps(3);
    let article = window.state().article.as_ref().unwrap();
    let third = article.session.annotation().entities()[2].span.start();
    assert_eq!(article.selection.head, third);
}

#[test]
fn two_people_who_edit_the_labels_do_not_overwrite_each_other() {
    let mut window = story();
    window.press("Ctrl+l");
    focus(
        &mut window,
        "Description (one sentence, shown with the label)",
    );
    retype(&mut window, "Mine.");
    let mut store = SqliteStore::open(&window.path()).unwrap();
    let toml = schema_toml::print_with_guidelines(&store.schema().unwrap());
    let theirs = schema_toml::parse(&toml.replace("\"news\"", "\"theirs\""), None).unwrap();
    let change = SchemaChange::to(theirs.clone());
    change_schema(&mut store, &change, 1, &mut Silent, &CancelFlag::default()).unwrap();
    window.until(|state| {
        state
            .schema()
            .is_some_and(|schema| schema.name() == "theirs")
    });
    window.harness.run_steps(2);
    let words = "Another program changed the labels. “Discard changes” loads them.";
    assert!(window.harness.query_by_label(words).is_some());
    window.harness.get_by_label("Discard changes").click();
    window.harness.run_steps(3);
    assert!(window.harness.query_by_label(words).is_none());
    assert_eq!(store.schema().unwrap(), theirs);
    // Where both save at once, the second is refused.
    let mut late = SchemaChange::to(schema_toml::parse(&toml, None).unwrap());
    late.based_on = Some(Box::new(late.schema.clone()));
    let refused = change_schema(&mut store, &late, 1, &mut Silent, &CancelFlag::default());
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("another program changed them")
    );
}

#[test]
fn finished_articles_are_looked_at_again_after_a_label_was_added() {
    let mut window = story();
    window.done();
    window
        .until(|state| !state.is_loading() && state.article.as_ref().is_some_and(|a| a.key.0 == 2));
    window.until(|state| state.dataset.as_ref().is_some_and(|data| data.unsaved == 0));
    let schema = window.state().schema().unwrap().clone();
    let mut toml = schema_toml::print_with_guidelines(&schema);
    let new = "\n[[entities]]\nlabel = \"SHIP\"\ncolor = \"#336699\"\n";
    toml.push_str(new);
    let change = SchemaChange::to(schema_toml::parse(&toml, None).unwrap());
    window.send(copydesk::app::Message::ChangeSchema(Box::new(change)));
    window.until(|state| state.jobs.is_empty());
    window.harness.run_steps(2);
    assert!(
        window
            .notices()
            .contains("1 finished article was labelled before this change"),
        "{}",
        window.notices()
    );
    window.harness.get_by_label("Show them").click();
    window.harness.run_steps(2);
    let keys = |window: &Window| {
        let dataset = window.state().dataset.as_ref().unwrap();
        let keys: Vec<i64> = dataset.keys.iter().map(|key| key.0).collect();
        keys
    };
    window.until(|state| !state.dataset.as_ref().unwrap().listing.is_awaited);
    assert_eq!(keys(&window), [1]);
    assert!(!window.notices().contains("labelled before"));
    window.harness.run_steps(2);
    window
        .harness
        .get_by_label("Remove the filter: done before labels changed");
    window.press("Ctrl+Shift+F Enter");
    window.until(|state| {
        let article = state.article.as_ref();
        !state.is_loading() && article.is_some_and(|a| a.key.0 == 1 && a.is_outdated)
    });
    // Done again, though nothing was changed: it leaves the list.
    window.done();
    window.until(|state| state.dataset.as_ref().unwrap().keys.is_empty());
    let mut store = SqliteStore::open(&window.path()).unwrap();
    store.view_as("maria");
    let key = copydesk::store::ArticleKey(1);
    let article = store.article(key).unwrap();
    let last = store.history(&article, key, "maria").unwrap();
    assert_eq!(
        last.last().unwrap().action,
        copydesk::edit::Action::SetStatus
    );
    assert!(!store.is_outdated(key, "maria").unwrap());
}
