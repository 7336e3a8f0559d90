//! A story for each key of the table.

use std::sync::Arc;

use copydesk::app::{
    Bindings, Chord, Command, Dialog, Effect, Keymap, KeysMessage, Message, PathPurpose, State,
};
use copydesk::dataset::Settings;
use copydesk::edit::Selection;
use copydesk::model::{BytePos, Status};
use copydesk::store::ArticleKey;

use egui::Key;
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

const STORY: &str = "nav?0.9    | Home\n           |\nbody?0.9   | Ada Lovelace spoke in Paris.\n           |\n\
                     body?0.4   | Later Ada left Paris for London.\n           |\ncomment?0.8| Well said, Ada!";

fn story() -> Window {
    Window::over(&[STORY, "body?0.9| The second article."])
}

#[test]
fn down_and_up_step_from_block_to_block() {
    let mut window = story();
    let block = |window: &Window| window.state().article.as_ref().unwrap().block;
    assert_eq!(block(&window), 0);
    window.press("↓ j");
    assert_eq!(block(&window), 2);
    window.press("k");
    assert_eq!(block(&window), 1);
    window.press("↑ ↑ ↑");
    assert_eq!(block(&window), 0);
    window.press("↓ Shift+↓ Shift+↓");
    assert_eq!(window.state().article.as_ref().unwrap().blocks(), 1..4);
    window.press("Shift+↑");
    assert_eq!(window.state().article.as_ref().unwrap().blocks(), 1..3);
    window.press("Esc");
    assert_eq!(window.state().article.as_ref().unwrap().blocks().len(), 1);
}

#[test]
fn a_region_key_labels_the_block_and_goes_on() {
    let mut window = story();
    window.press("b");
    window.expect(
        "body| Home\n|\nbody?0.9| Ada Lovelace spoke in Paris.\n|\nbody?0.4| Later Ada left Paris for London.\n|\ncomment?0.8| Well said, Ada!",
    );
    assert_eq!(window.state().article.as_ref().unwrap().block, 1);
    window.press("c Shift+↓ n");
    window.expect("body| Home\n|\ncomment| Ada Lovelace spoke in Paris.\n|\nnav| Later Ada left Paris for London.\n+|\n+| Well said, Ada!");
    window.until_saved();
    assert_eq!(
        window
            .state()
            .article
            .as_ref()
            .unwrap()
            .session
            .annotation()
            .status(),
        Status::Started
    );
}

#[test]
fn with_shift_from_here_to_the_end() {
    let mut window = story();
    window.press("↓ ↓ Shift+n");
    window.expect("nav?0.9| Home\n|\nbody?0.9| Ada Lovelace spoke in Paris.\n|\nnav| Later Ada left Paris for London.\n+|\n+| Well said, Ada!");
}

#[test]
fn s_splits_at_the_caret_and_m_merges_with_the_region_before() {
    let mut window = story();
    window.press("↓ → → s");
    window.expect(
        "nav?0.9| Home\n|\nbody| Ada Lovelace\\\n|  \\\nbody| spoke in Paris.\n|\nbody?0.4| Later Ada left Paris for London.\n|\ncomment?0.8| Well said, Ada!",
    );
    window.press("m");
    window.expect("nav?0.9| Home\n|\nbody| Ada Lovelace spoke in Paris.\n|\nbody?0.4| Later Ada left Paris for London.\n|\ncomment?0.8| Well said, Ada!");
}

#[test]
fn the_caret_goes_by_word_and_with_alt_by_character_and_shift_selects() {
    let mut window = story();
    window.press("↓ → Shift+→ 2");
    assert!(
        window.annotation().contains("Ada {ORG Lovelace} spoke"),
        "{}",
        window.annotation()
    );
    window.press("Esc → ← ← Shift+→ Shift+→ 1");
    assert!(
        window.annotation().contains("{PERSON Ada Lovelace} spoke"),
        "{}",
        window.annotation()
    );
    window.press("Esc Alt+→ Alt+Shift+→");
    assert!(window.shown().contains("A«d»a"), "{}", window.shown());
    window.press("Alt+Shift+← Shift+←");
    assert!(
        window.shown().contains("«{PERSON A»da Lovelace}"),
        "{}",
        window.shown()
    );
}

#[test]
fn ctrl_and_an_arrow_go_by_sentence_and_shift_selects_it() {
    let mut window = Window::over(&["body| Mr. Smith left. He came back.\n|\nbody| It rained."]);
    window.press("Ctrl+→");
    assert!(window.shown().contains("‸He came"), "{}", window.shown());
    window.press("Ctrl+Shift+→");
    assert!(
        window.shown().contains("«He came back.»"),
        "{}",
        window.shown()
    );
    window.press("Ctrl+→");
    assert!(window.shown().contains("‸It rained"), "{}", window.shown());
    window.press("Ctrl+← Ctrl+← Ctrl+←");
    assert!(window.shown().contains("‸Mr. Smith"), "{}", window.shown());
}

#[test]
fn a_digit_tags_the_word_or_the_selection_and_changes_a_tag() {
    let mut window = story();
    window.press("↓ 1");
    assert!(
        window.annotation().contains("{PERSON Ada} Lovelace"),
        "{}",
        window.annotation()
    );
    window.press("2");
    assert!(
        window.annotation().contains("{ORG Ada} Lovelace"),
        "{}",
        window.annotation()
    );
}

#[test]
fn a_tags_every_further_occurrence() {
    let mut window = story();
    window.press("↓ 1 a");
    assert_eq!(
        window.annotation().matches("{PERSON Ada}").count(),
        3,
        "{}",
        window.annotation()
    );
    assert!(
        window.notices().contains("2 later occurrences"),
        "{}",
        window.notices()
    );
    window.press("Ctrl+Z");
    assert_eq!(
        window.annotation().matches("{PERSON Ada}").count(),
        1,
        "one stroke takes all of them back"
    );
}

#[test]
fn delete_removes_the_entity_and_then_the_region() {
    let mut window = story();
    window.press("↓ 1 Delete");
    assert!(!window.annotation().contains("PERSON"));
    // The caret in the text is no region that is selected; the block is.
    window.press("Backspace");
    assert!(
        window.annotation().contains("body?0.9   | Ada"),
        "{}",
        window.annotation()
    );
    window.press("↑ ↓ Backspace");
    window.expect("nav?0.9| Home\n|\n| Ada Lovelace spoke in Paris.\n|\nbody?0.4| Later Ada left Paris for London.\n|\ncomment?0.8| Well said, Ada!");
}

#[test]
fn tab_goes_to_what_is_unsure_and_enter_confirms_it() {
    let mut window = story();
    window.press("Tab");
    assert_eq!(window.state().article.as_ref().unwrap().block, 2);
    window.press("Enter");
    assert!(
        window.annotation().contains("body       | Later"),
        "{}",
        window.annotation()
    );
    window.press("Tab");
    assert!(
        window.notices().contains("No unsure suggestions"),
        "{}",
        window.notices()
    );
    window.press("Ctrl+Z Shift+Tab");
    assert_eq!(window.state().article.as_ref().unwrap().block, 2);
}

#[test]
fn ctrl_enter_vouches_saves_and_goes_on() {
    let mut window = story();
    window.done();
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|article| article.key == ArticleKey(2))
    });
    window.press("Ctrl+PgUp");
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|article| article.key == ArticleKey(1))
    });
    assert_eq!(
        window
            .state()
            .article
            .as_ref()
            .unwrap()
            .session
            .annotation()
            .status(),
        Status::Done
    );
    window.expect("nav| Home\n|\nbody| Ada Lovelace spoke in Paris.\n+|\n+| Later Ada left Paris for London.\n|\ncomment| Well said, Ada!");
}

#[test]
fn skip_and_flag_with_a_remark() {
    let mut window = story();
    window.press("Ctrl+Shift+Enter");
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|article| article.key == ArticleKey(2))
    });
    window.press("Ctrl+Alt+Enter");
    assert!(matches!(window.state().dialog, Some(Dialog::Flag { .. })));
    window.harness.event(egui::Event::Text("odd".to_owned()));
    window.harness.run_steps(2);
    window.press("Enter");
    window.harness.run_steps(3);
    let article = window.state().article.as_ref().unwrap();
    assert_eq!(article.session.annotation().status(), Status::Flagged);
    assert_eq!(article.session.annotation().remarks()[0].text, "odd");
    window.press("Ctrl+PgUp");
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|article| article.key == ArticleKey(1))
    });
    assert_eq!(
        window
            .state()
            .article
            .as_ref()
            .unwrap()
            .session
            .annotation()
            .status(),
        Status::Skipped
    );
}

#[test]
fn next_and_previous_article_change_no_status() {
    let mut window = story();
    window.press("Ctrl+PgDn");
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|article| article.key == ArticleKey(2))
    });
    window.press("Ctrl+PgDn");
    window.until(|state| state.offers_unfinished);
    assert!(
        window.notices().contains("End of list. 2 still to do"),
        "{}",
        window.notices()
    );
    window.press("Ctrl+PgUp");
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|article| article.key == ArticleKey(1))
    });
    assert_eq!(
        window
            .state()
            .article
            .as_ref()
            .unwrap()
            .session
            .annotation()
            .status(),
        Status::Todo
    );
}

#[test]
fn undo_and_redo_reach_back_to_the_beginning_over_a_restart() {
    let mut window = story();
    let before = window.annotation();
    window.press("↓ 1 a c n");
    let after = window.annotation();
    window.until_saved();
    window.reopen();
    assert_eq!(window.annotation(), after);
    window.press("Ctrl+Z Ctrl+Z Ctrl+Z Ctrl+Z Ctrl+Z");
    assert_eq!(window.annotation(), before);
    window.press("Ctrl+Shift+Z Ctrl+Shift+Z Ctrl+Y Ctrl+Shift+Z Ctrl+Shift+Z");
    assert_eq!(window.annotation(), after);
}

#[test]
fn ctrl_f_finds_in_the_article_and_ctrl_shift_f_in_the_dataset() {
    let mut window = story();
    window.press("Ctrl+F");
    window.harness.run_steps(2);
    window.harness.event(egui::Event::Text("paris".to_owned()));
    window.harness.run_steps(3);
    let hits = window
        .state()
        .article
        .as_ref()
        .unwrap()
        .find
        .as_ref()
        .unwrap()
        .hits
        .len();
    assert_eq!(hits, 2);
    window.press("Esc Ctrl+Shift+F");
    window.harness.run_steps(2);
    window.harness.event(egui::Event::Text("second".to_owned()));
    window.until(|state| {
        state
            .dataset
            .as_ref()
            .is_some_and(|dataset| dataset.keys.len() == 1)
    });
}

#[test]
fn f1_shows_the_keys_and_ctrl_p_finds_commands() {
    let mut window = story();
    window.press("F1");
    assert_eq!(window.state().dialog, Some(Dialog::Help));
    window.press("Esc Ctrl+P");
    assert!(matches!(
        window.state().dialog,
        Some(Dialog::Palette { .. })
    ));
    window
        .harness
        .event(egui::Event::Text("label nav".to_owned()));
    window.harness.run_steps(2);
    window.press("Enter");
    window.harness.run_steps(2);
    assert_eq!(window.state().dialog, None);
    assert!(
        window.annotation().starts_with("nav        | Home"),
        "{}",
        window.annotation()
    );
}

#[test]
fn ctrl_o_asks_for_files_and_with_shift_for_a_folder() {
    // The system's dialog itself is the frame's business: it would open on the screen of whoever
    // runs the tests.
    let mut state = State::new(Settings::default(), Arc::new(|| {}));
    let keys = Keymap::new(None, &Bindings::default());
    for (key, effect) in [
        (Chord::ctrl(Key::O), Effect::AskPath(PathPurpose::Open)),
        (
            Chord::ctrl(Key::O).with_shift(),
            Effect::AskPath(PathPurpose::OpenFolder),
        ),
    ] {
        state.dispatch(Message::Run(keys.get(key).unwrap()));
        assert_eq!(std::mem::take(&mut state.effects), [effect]);
    }
}

#[test]
fn the_menu_of_a_place_does_what_the_keys_do_and_a_key_puts_it_away() {
    let mut window = story();
    window.press("↓");
    let at = window.harness.get_by_label("Article").rect().center_top() + egui::vec2(0.0, 60.0);
    let open_menu = |window: &mut Window| {
        for pressed in [true, false] {
            window.harness.event(egui::Event::PointerMoved(at));
            window.harness.event(egui::Event::PointerButton {
                pos: at,
                button: egui::PointerButton::Secondary,
                pressed,
                modifiers: egui::Modifiers::NONE,
            });
            window.harness.run_steps(2);
        }
    };
    let shown = |window: &Window| {
        window
            .harness
            .query_all_by_label("Split the region at the caret")
            .next()
            .is_some()
    };
    open_menu(&mut window);
    assert!(shown(&window));
    let before = window.shown();
    window.press("Esc");
    assert!(!shown(&window) && window.shown() == before);
    open_menu(&mut window);
    window
        .harness
        .get_all_by_label("Label as comment")
        .last()
        .unwrap()
        .click();
    window.harness.run_steps(3);
    assert!(!shown(&window));
    assert!(
        window.annotation().contains("comment"),
        "{}",
        window.annotation()
    );
}

#[test]
fn keys_pressed_before_the_next_article_is_there_are_meant_for_it() {
    let mut window = story();
    window.press("Ctrl+Enter"); // the check names something; Done again accepts it
    for (key, modifiers) in [
        (Key::Enter, Chord::ctrl(Key::Enter).modifiers()),
        (Key::N, egui::Modifiers::NONE),
    ] {
        window.harness.key_press_modifiers(modifiers, key);
    }
    window.harness.step();
    window.until(|state| {
        let second = state.article.as_ref().filter(|a| a.key == ArticleKey(2));
        second.is_some_and(|article| article.effort.edits > 0)
    });
    window.expect("nav| The second article.");
    window.press("Ctrl+PgUp");
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|a| a.key == ArticleKey(1))
    });
    let done = window.state().article.as_ref().unwrap();
    assert_eq!(
        done.session.history().standing_edits(),
        1,
        "done, and nothing else"
    );
}

#[test]
fn letters_typed_into_a_field_label_nothing() {
    let mut window = story();
    let before = window.annotation();
    window.press("Ctrl+Shift+F");
    window.harness.run_steps(2);
    window.press("b n 1 Delete");
    assert_eq!(window.annotation(), before);
}

#[test]
fn w_hops_to_the_next_name_that_is_not_tagged() {
    let mut window = Window::over(&[
        "nav?0.9| Home\n|\nbody?0.9| Ada Lovelace spoke in Paris. Later Ada left Paris, and came back later.",
    ]);
    window.press("w");
    assert!(
        window.shown().contains("«Ada Lovelace» spoke"),
        "{}",
        window.shown()
    );
    window.press("1 w 3 w");
    assert!(
        window.shown().contains("Later «Ada» left"),
        "{}",
        window.shown()
    );
    window.press("1 a w");
    assert!(
        window.shown().contains("left «Paris», and"),
        "{}",
        window.shown()
    );
    window.press("Shift+w");
    assert!(
        window.notices().contains("No untagged names above"),
        "{}",
        window.notices()
    );
    window.press("3 w");
    assert!(
        window.notices().contains("No more untagged names"),
        "{}",
        window.notices()
    );
}

#[test]
fn w_comes_back_in_long_paragraphs_without_spaces() {
    for sentence in [
        "他在北京会见了记者并回答了有关经济的问题。",
        "東京都の知事は記者会見で新しい計画を説明した。",
        "กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย",
    ] {
        let paragraph = sentence.repeat(30_000 / sentence.len());
        let mut window = Window::over(&[&format!("body| {paragraph}\nbody| Ada left.")]);
        window.press("w");
        assert!(window.shown().contains("«Ada»"), "{sentence}");
        window.press("1 Shift+w");
        assert!(
            window.notices().contains("No untagged names above"),
            "{}",
            window.notices()
        );
        window.press("→ ← Ctrl+Home → Shift+→");
    }
}

#[test]
fn home_and_end_stay_in_the_block_and_ctrl_goes_by_region() {
    let mut window = story();
    let block = |window: &Window| window.state().article.as_ref().unwrap().block;
    window.press("↓ End ← Shift+End 3");
    assert!(
        window.annotation().contains("in {GPE Paris}."),
        "{}",
        window.annotation()
    );
    window.press("Ctrl+Z Home Shift+→ Shift+→ 1");
    assert!(
        window.annotation().contains("{PERSON Ada Lovelace} spoke"),
        "{}",
        window.annotation()
    );
    window.press("Ctrl+End");
    assert_eq!(block(&window), 3);
    window.press("Ctrl+Home");
    assert_eq!(block(&window), 0);
    window.press("Ctrl+↓ Ctrl+↓");
    assert_eq!(block(&window), 2, "an unsure region stands apart");
    window.press("b Ctrl+↑ Ctrl+↑");
    assert_eq!(block(&window), 1);
}

/// Opens the page of keys and finds a command there.
fn show_keys(window: &mut Window, query: &str) {
    window.press("Ctrl+,");
    window.harness.get_by_label("Keys").click();
    window.harness.run_steps(3);
    window.harness.event(egui::Event::Text(query.to_owned()));
    window.harness.run_steps(3);
}

fn key_of(window: &Window, command: Command) -> String {
    window.state().keymap.shown(command)
}

#[test]
fn a_key_is_changed_in_the_settings_and_shown_wherever_keys_are_shown() {
    let mut window = story();
    show_keys(&mut window, "split");
    let key = "Key s of “Split the region at the caret”";
    window.harness.get_by_label(key).click();
    window.harness.run_steps(2);
    // Ctrl is pressed first, and is not the key that is waited for.
    window.harness.key_down(Key::ControlLeft);
    window.harness.run_steps(2);
    window.press("Ctrl+Alt+X");
    window.harness.run_steps(2);
    assert_eq!(window.state().settings.keys["split-region"], ["Ctrl+Alt+X"]);
    window.press("Esc ↓ → → s");
    assert!(!window.annotation().contains("Lovelace\\"), "s is free");
    window.press("Ctrl+Alt+X");
    assert!(
        window.annotation().contains("Lovelace\\"),
        "{}",
        window.annotation()
    );
    assert_eq!(
        key_of(&window, Command::SplitRegion),
        "Ctrl+Alt+x".replace('x', "X")
    );
}

#[test]
fn a_key_that_is_taken_is_told_and_can_be_taken_over_or_left() {
    let mut window = story();
    show_keys(&mut window, "split");
    let split = "Key s of “Split the region at the caret”";
    let wait_and_press = |window: &mut Window, keys: &str| {
        window.harness.get_by_label(split).click();
        window.harness.run_steps(2);
        window.press(keys);
        window.harness.run_steps(2);
    };
    wait_and_press(&mut window, "Esc");
    assert!(
        matches!(&window.state().dialog, Some(Dialog::Keys(page)) if page.waiting.is_none()),
        "Escape leaves the key, not the page"
    );
    wait_and_press(&mut window, "m");
    window
        .harness
        .get_by_label("m is already used: Merge the region with the one above");
    window.harness.get_by_label("Keep").click();
    window.harness.run_steps(2);
    assert_eq!(key_of(&window, Command::MergeRegion), "m");
    assert_eq!(key_of(&window, Command::SplitRegion), "s");
    wait_and_press(&mut window, "m");
    window.harness.get_by_label("Reassign").click();
    window.harness.run_steps(2);
    assert_eq!(key_of(&window, Command::MergeRegion), "");
    assert_eq!(key_of(&window, Command::SplitRegion), "m");

    // A label's key is the schema's: it is told, and cannot be taken from here.
    let split = "Key m of “Split the region at the caret”";
    window.harness.get_by_label(split).click();
    window.harness.run_steps(2);
    window.press("b");
    window.harness.run_steps(2);
    window
        .harness
        .get_by_label("b belongs to the schema: Label as body");
    window.harness.get_by_label("Cancel").click();
    window.harness.run_steps(2);
    window.harness.get_by_label("Reset all keys").click();
    window.harness.run_steps(2);
    assert_eq!(key_of(&window, Command::MergeRegion), "m");
    assert!(window.state().settings.keys.is_empty());
}

#[test]
fn settings_go_to_a_file_and_come_from_one_with_their_keys() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let mut window = story();
    let mut settings = window.state().settings.clone();
    settings.text_size = 21.0;
    settings
        .keys
        .insert("undo".to_owned(), vec!["Ctrl+U".to_owned()]);
    window.send(Message::Settings(Box::new(settings)));
    window.send(Message::Keys(KeysMessage::Export(file.clone())));
    let told = |state: &State| {
        state
            .notices
            .list()
            .iter()
            .any(|n| n.words.contains("mine.toml"))
    };
    window.until(told);

    let mut other = story();
    let mut words = std::fs::read_to_string(&file).unwrap();
    words.push_str("fly = [\"f\"]\nredo = [\"Hyper+r\"]\n");
    other.send(Message::Keys(KeysMessage::Import(file, Ok(words))));
    other.until(told);
    other.harness.run_steps(2);
    assert_eq!(key_of(&other, Command::Undo), "Ctrl+U");
    assert_eq!(key_of(&other, Command::Redo), "Ctrl+Shift+Z");
    assert_eq!(other.state().settings.text_size, 21.0);
    assert!(
        other.notices().contains("no command \"fly\"") && other.notices().contains("Hyper+r"),
        "{}",
        other.notices()
    );
}

#[test]
fn what_a_would_tag_is_seen_before_and_a_second_a_takes_it_back() {
    let mut window = story();
    let more = |window: &Window| window.state().occurrences.spans().len();
    assert_eq!(more(&window), 0);
    window.press("↓ 1");
    window.harness.run_steps(2);
    assert_eq!(more(&window), 2);
    window.harness.get_by_label("a: 2 more");
    let before = window.annotation();
    window.press("a");
    window.harness.run_steps(2);
    assert_eq!(more(&window), 0, "all are tagged");
    assert_eq!(window.annotation().matches("{PERSON Ada}").count(), 3);
    assert!(
        window.notices().contains("a again undoes it"),
        "{}",
        window.notices()
    );
    window.press("a");
    assert_eq!(window.annotation(), before);
    window.press("a");
    assert_eq!(window.annotation().matches("{PERSON Ada}").count(), 3);
    // Not right after: then there is nothing further to tag, and nothing is taken back.
    window.press("→ ← a");
    assert_eq!(window.annotation().matches("{PERSON Ada}").count(), 3);
    assert!(
        window.notices().contains("No later occurrences"),
        "{}",
        window.notices()
    );
}

#[test]
fn what_a_would_tag_in_a_long_article_is_found_in_the_background() {
    let lines = "\nbody| Ada Lovelace met Ada again and went on to write of it at some length."
        .repeat(2000);
    let mut window = Window::over(&[&format!("body| Ada wrote.{lines}")]);
    window.press("1");
    window.until(|state| state.occurrences.spans().len() == 4000);
    window.press("a");
    assert_eq!(window.annotation().matches("{PERSON Ada}").count(), 4001);
}

#[test]
fn entities_that_cut_a_token_are_seen_while_they_can_be_changed() {
    let mut window = Window::over(&[
        "body| {ORG Port} of {GPE Kent}-born {PERSON Ada} spoke.",
        "body?0.9| The {ORG Bank}s were closed.",
    ]);
    let cut = |window: &Window| window.state().token_alignment.spans().len();
    assert_eq!(cut(&window), 0, "nobody asked");
    window.send(Message::Tokenizer("whitespace".to_owned()));
    window.until(|state| state.token_alignment.spans().len() == 1);
    window.harness.run_steps(2);
    window.harness.get_by_label("1 entity cuts a token");
    // At the caret it says why; and made as long as the token, it fits.
    let at = |word: &str| {
        let text = &window.state().article.as_ref().unwrap().article().text;
        BytePos::from_index(text.as_str().find(word).unwrap())
    };
    let (start, end) = (at("Kent"), at(" Ada"));
    window.send(Message::Select(Selection::caret(start)));
    window.harness.run_steps(2);
    window
        .harness
        .get_by_label("Cuts a token: it ends inside the token “Kent-born”");
    window.press("Delete");
    window.until(|state| state.token_alignment.spans().is_empty());
    window.send(Message::Select(Selection::new(start, end)));
    window.press("3");
    window.until_saved();
    window.harness.run_steps(3);
    assert_eq!(cut(&window), 0);
    // Of the next article, too, and of what no tokenizer is the settings say so.
    window.done();
    window.until(|state| state.token_alignment.spans().len() == 1);
    window.send(Message::Tokenizer("/nowhere/tokenizer.json".to_owned()));
    window.until(|state| state.token_alignment.fault().is_some());
    assert_eq!(cut(&window), 0);
    window.press("Ctrl+,");
    window
        .harness
        .get_by_label_contains("Cannot use this tokenizer: it is none of tagger");
}

#[test]
fn an_edge_is_moved_by_a_word_with_one_key() {
    let mut window =
        Window::over(&["body| Then Ada Lovelace, Countess of Kent, spoke.\nnav?0.9| Home"]);
    let has = |window: &Window, words: &str| {
        assert!(
            window.annotation().contains(words),
            "{}",
            window.annotation()
        );
    };
    window.press("→ 1 ]");
    has(&window, "{PERSON Ada Lovelace},");
    window.press("] . .");
    has(&window, "{PERSON Ada Lovelace, Countess of Kent},");
    window.press("Alt+] Alt+. Alt+]");
    has(&window, "{PERSON Ada Lovelace},");
    window.press("[");
    has(&window, "{PERSON Then Ada Lovelace},");
    window.press("Alt+[ Alt+,");
    has(&window, "Ada {PERSON Lovelace},");
    window.press("Alt+]");
    has(&window, "Ada {PERSON Lovelace},");
    assert!(
        window.notices().contains("Nothing would be left"),
        "{}",
        window.notices()
    );
    // With the block selected at whose end the region ends, it is the region's edge.
    window.press("Delete ↓ ↑ ]");
    window.expect("body| Then Ada Lovelace, Countess of Kent, spoke.\n+| Home");
    window.press("Alt+]");
    window.expect("body| Then Ada Lovelace, Countess of Kent, spoke.\n    | Home");
}

#[test]
fn the_menu_is_opened_walked_and_used_by_keys_alone() {
    let mut window = story();
    let gone = |window: &Window| {
        let item = "As body from here to the end";
        window.harness.query_all_by_label(item).next().is_none()
    };
    window.press("↓ Shift+F10");
    window.harness.run_steps(2);
    assert!(!gone(&window));
    let before = window.shown();
    window.press("Esc");
    window.harness.run_steps(2);
    assert!(gone(&window) && window.shown() == before);
    // Second line of the left column; then the first of the right one.
    window.press("Shift+F10 ↓ Enter");
    window.harness.run_steps(2);
    window.expect("nav?0.9| Home\n|\ncomment| Ada Lovelace spoke in Paris.\n|\nbody?0.4| Later Ada left Paris for London.\n|\ncomment?0.8| Well said, Ada!");
    window.press("Shift+F10 → Enter");
    window.harness.run_steps(2);
    assert!(gone(&window));
    assert!(
        window.annotation().contains("{PERSON Later} Ada"),
        "{}",
        window.annotation()
    );
}

#[test]
fn ctrl_c_copies_the_selected_text() {
    let mut window = story();
    window.press("↓ Shift+→ Shift+→");
    window.harness.event(egui::Event::Copy);
    window.harness.step();
    let copied = |window: &Window| {
        let commands = &window.harness.output().platform_output.commands;
        commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(words) => Some(words.clone()),
            _ => None,
        })
    };
    let mut found = copied(&window);
    for _ in 0..3 {
        window.harness.step();
        found = found.or_else(|| copied(&window));
    }
    assert_eq!(found.as_deref(), Some("Ada Lovelace"));
}

#[test]
fn fields_take_composed_input_and_no_key_does_a_command_meanwhile() {
    use egui::{Event, ImeEvent};
    let mut window = Window::over(&["body| 東京都に住む。"]);
    let before = window.annotation();
    window.press("Ctrl+F");
    window.harness.run_steps(2);
    let preedit = |text: &str| {
        Event::Ime(ImeEvent::Preedit {
            text: text.to_owned(),
            active_range_chars: None,
        })
    };
    window.harness.event(preedit("とう"));
    window.harness.run_steps(2);
    // Keys that choose among what the input method offers, as some systems tell of them.
    window.press("Ctrl+Enter b F1");
    assert!(window.state().article.as_ref().unwrap().find.is_some());
    assert_eq!(window.state().dialog, None);
    window
        .harness
        .event(Event::Ime(ImeEvent::Commit("東京".to_owned())));
    window.harness.run_steps(3);
    let find = window.state().article.as_ref().unwrap().find.clone();
    let find = find.unwrap();
    assert_eq!((find.words.as_str(), find.hits.len()), ("東京", 1));
    assert_eq!(window.annotation(), before);
    window.press("Esc");
    assert!(window.state().article.as_ref().unwrap().find.is_none());
}

#[test]
fn every_command_has_a_key_and_shows_it() {
    let window = story();
    let state = window.state();
    for command in Command::all(state.schema()) {
        let key = state.shown_key(command);
        let without = matches!(command, Command::Tag(at) if at >= 10);
        assert!(without || !key.is_empty(), "{command:?}");
        assert!(
            state.hint(command).ends_with(&format!("({key})")) || key.is_empty(),
            "{command:?}"
        );
    }
}

#[test]
fn a_right_click_in_the_gutter_is_about_the_block_and_the_menu_does_all_that_keys_do() {
    let mut window = story();
    let article = window.harness.get_by_label("Article").rect();
    let text = window
        .harness
        .get_by_label("body (unsure): Later Ada left Paris for London.")
        .rect();
    let at = egui::pos2(text.left() - 30.0, text.center().y);
    assert!(article.contains(at));
    for pressed in [true, false] {
        window.harness.event(egui::Event::PointerMoved(at));
        window.harness.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Secondary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
        window.harness.run_steps(2);
    }
    assert_eq!(window.state().article.as_ref().unwrap().block, 2);
    for words in [
        "Label as body",
        "As nav from here to the end",
        "Split the region at the caret",
        "Merge with the region above",
        "Confirm the suggestion",
        "Reject the suggestion",
        "Tag as PERSON",
        "Tag all later occurrences",
        "End one word later",
        "Remark…",
    ] {
        let item = window.harness.query_all_by_label(words).next();
        assert!(item.is_some(), "{words}");
    }
    window
        .harness
        .get_all_by_label("As nav from here to the end")
        .next()
        .unwrap()
        .click();
    window.harness.run_steps(3);
    window.expect("nav?0.9| Home\n|\nbody?0.9| Ada Lovelace spoke in Paris.\n|\nnav| Later Ada left Paris for London.\n+|\n+| Well said, Ada!");
}

#[test]
fn the_settings_are_changed_by_keys_alone() {
    let mut window = story();
    window.press("Ctrl+,");
    window.harness.run_steps(2);
    let size = window.state().settings.text_size;
    // Around the dialog until a slider has the keyboard: Tab stays within it.
    for _ in 0..40 {
        window.press("Tab");
        let focused = window.harness.query_all_by_label("Text size");
        if focused.into_iter().any(|node| node.is_focused()) {
            break;
        }
    }
    window.press("→ →");
    window.harness.run_steps(2);
    assert!(window.state().settings.text_size > size);
    window.press("Esc Ctrl+K");
    assert!(matches!(window.state().dialog, Some(Dialog::Keys(_))));
}

#[test]
fn f8_turns_the_lists_beside_the_article() {
    let mut window = story();
    let shown = |window: &Window, words: &str| {
        let mut found = window.harness.query_all_by(|node| {
            let chosen = node.toggled() == Some(egui::accesskit::Toggled::True);
            chosen && node.label().is_some_and(|l| l.starts_with(words))
        });
        found.next().is_some()
    };
    assert!(shown(&window, "Entities"));
    window.press("F8");
    assert!(shown(&window, "Regions"));
    window.press("F8 F8");
    assert!(shown(&window, "Remarks"));
    window.press("F8");
    assert!(shown(&window, "History"));
    window.press("Shift+F8 Shift+F8 Shift+F8 Shift+F8 Shift+F8 Shift+F8");
    assert!(shown(&window, "Remarks"), "five lists, and around again");
}

#[test]
fn a_piece_is_carved_out_of_a_block_and_neighbours_flow_together_and_are_cut() {
    let mut window =
        Window::over(&["nav?0.9| One two three four.\n|\nnav?0.9| Five six.\n|\nnav?0.9| Seven."]);
    // Two blocks in a row, one key each: one region. Shift+arrow takes both at once, to the same
    // end.
    window.press("b b");
    window.expect("body| One two three four.\n+|\n+| Five six.\n|\nnav?0.9| Seven.");
    window.press("Ctrl+Z Ctrl+Z ↑ ↑ Shift+↓ b");
    window.expect("body| One two three four.\n+|\n+| Five six.\n|\nnav?0.9| Seven.");
    // Cut at a block's start by going there.
    window.press("↑ s");
    window.expect("body| One two three four.\n|\nbody| Five six.\n|\nnav?0.9| Seven.");
    // Carved out of the middle of a block: what is left keeps its label on both sides.
    window.press("↑ → Shift+→ Shift+→ c");
    window.expect("body| One\\\n|  \\\ncomment| two three\\\n|  \\\nbody| four.\n|\nbody| Five six.\n|\nnav?0.9| Seven.");
}
