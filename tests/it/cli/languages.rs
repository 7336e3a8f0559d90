//! `languages`: in which languages entities are suggested, and how well.

use serde_json::Value;

use super::program::Desk;

#[test]
fn languages_are_listed_with_their_figures() {
    let run = Desk::new().run(&["languages"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let english = run.stdout.lines().find(|line| line.starts_with("en "));
    let english = english.unwrap_or_else(|| panic!("no English in {}", run.stdout));
    assert!(
        english.contains("English") && english.contains("news"),
        "{english}"
    );
}

#[test]
fn scripts_choose_languages_by_their_figures() {
    let run = Desk::new().run(&["languages", "--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let languages: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let english = languages
        .iter()
        .find(|language| language["tag"] == "en")
        .unwrap();
    assert_eq!(english["name"], "English");
    assert_eq!(english["recognised"], true);
    assert!(english["pack_bytes"].as_u64().unwrap() > 1_000_000);
    for language in &languages {
        let figures = language["figures"].as_array().unwrap();
        assert_eq!(language["f1"], figures[0]["f1"], "{language}");
        for figure in figures {
            let f1 = figure["f1"].as_f64().unwrap();
            assert!((0.0..=100.0).contains(&f1), "{language}");
            assert!(figure["entities"].as_u64().unwrap() > 0, "{language}");
        }
    }
}
