//! `copydesk history`: who changed what in an article, for people and for programs.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests that are no test functions themselves"
)]

use copydesk::edit::Action;
use serde_json::{Value, json};

use crate::annotators::{AtWork, dataset, two_independent_annotators};
use crate::cli::program;

fn told(folder: &program::Desk, words: &[&str]) -> Value {
    let run = folder.run(&[&["history", "d.copydesk"], words, &["--json"]].concat());
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn each_change_is_told_with_its_old_and_new_value_oldest_first() {
    let folder = dataset();
    let mut maria = AtWork::open(&folder.path("d.copydesk"), "maria");
    maria.tag("Ada");
    maria.apply(Action::Remark, |scope| scope.add_remark(None, "Which Ada?"));
    maria.apply(Action::Remark, |scope| {
        scope.change_remark(0, None, "Which Ada is this?")
    });
    maria.undo();
    maria.redo();
    maria.done();

    let history = told(&folder, &["one"]);
    assert_eq!(history["id"], "one");
    let steps = history["steps"].as_array().unwrap();
    let what: Vec<(&Value, &Value)> = steps
        .iter()
        .map(|step| (&step["kind"], &step["action"]))
        .collect();
    assert_eq!(
        what,
        [
            (&json!("edit"), &json!("start")),
            (&json!("edit"), &json!("tag")),
            (&json!("edit"), &json!("remark")),
            (&json!("edit"), &json!("remark")),
            (&json!("undo"), &json!("remark")),
            (&json!("redo"), &json!("remark")),
            (&json!("edit"), &json!("set-status")),
        ]
    );
    let from = json!({"what": "suggestions", "revision": 0});
    assert_eq!(steps[0]["started_from"], from);
    assert_eq!(steps[1]["started_from"], Value::Null);
    assert!(steps.iter().all(|step| step["annotator"] == "maria"));
    let seqs: Vec<i64> = steps
        .iter()
        .filter_map(|step| step["seq"].as_i64())
        .collect();
    assert!(seqs.is_sorted(), "{seqs:?}");
    let ada = json!({"start": 0, "end": 3, "text": "Ada", "label": "PERSON", "by": "person"});
    let tagged = json!({"what": "entity", "old": null, "new": ada, "suggestion_taken": false});
    let tag_changes = steps[1]["changes"].as_array().unwrap();
    assert!(tag_changes.contains(&tagged), "{tag_changes:?}");
    let (first, second) = (
        json!({"words": "Which Ada?"}),
        json!({"words": "Which Ada is this?"}),
    );
    let rewritten = json!([{"what": "remark", "old": first, "new": second}]);
    assert_eq!(steps[3]["changes"], rewritten);
    let back = json!([{"what": "remark", "old": second, "new": first}]);
    assert_eq!(steps[4]["changes"], back);
    assert_eq!(steps[4]["at"], "1970-01-01T00:00:02Z");
    // Done takes the suggested regions.
    let done = steps[6]["changes"].as_array().unwrap();
    assert!(done.contains(&json!({"what": "status", "old": "todo", "new": "done"})));
    let taken = done
        .iter()
        .filter(|change| change["suggestion_taken"] == true);
    assert_eq!(taken.count(), 2);

    let table = folder.run(&["history", "d.copydesk", "one"]).stdout;
    for line in [
        "  maria  started from the suggestions: 2 regions\n",
        "+ entity PERSON \"Ada\" 0..3\n",
        "1970-01-01T00:00:02Z  maria  undid: changed a remark: remark \"Which Ada is this?\" → \"Which Ada?\"\n",
        "1970-01-01T00:00:03Z  maria  redid: changed a remark: remark \"Which Ada?\" → \"Which Ada is this?\"\n",
        "  maria  marked it done\n",
        "    region body \"Ada met Bob in town.\" 0..20 (suggestion taken)\n",
    ] {
        assert!(table.contains(line), "{line}: {table}");
    }
}

#[test]
fn several_annotators_are_told_apart() {
    let folder = two_independent_annotators();
    let history = told(&folder, &["one"]);
    let steps = history["steps"].as_array().unwrap();
    let starts = steps.iter().filter(|step| step["action"] == "start");
    let names: Vec<&Value> = starts.map(|step| &step["annotator"]).collect();
    assert_eq!(names, ["maria", "paul"]);
    let pauls = told(&folder, &["one", "--annotator", "paul"]);
    let pauls = pauls["steps"].as_array().unwrap();
    assert!(pauls.iter().all(|step| step["annotator"] == "paul"));
    assert_eq!(pauls.len() * 2, steps.len());
    let nobody = folder.run(&["history", "d.copydesk", "one", "--annotator", "olga"]);
    nobody.ended(
        1,
        "",
        "error: the annotator \"olga\" has not changed this article\nhint: its annotators are maria, paul\n",
    );
}

#[test]
fn an_id_that_is_not_there_is_named_with_those_like_it() {
    let folder = dataset();
    folder.run(&["history", "d.copydesk", "One"]).ended(
        1,
        "",
        "error: there is no article with the id \"One\" in d.copydesk\nhint: similar ids: one\n",
    );
    let unlike = folder.run(&["history", "d.copydesk", "storm"]);
    assert_eq!(unlike.code, Some(1));
    assert!(unlike.stderr.contains(
        "\nhint: `copydesk export DATASET --status any` prints records with the field `id`"
    ));
    let untouched = folder.run(&["history", "d.copydesk", "one"]);
    untouched.well("", "nobody has changed this article\n");
    assert_eq!(told(&folder, &["one"])["steps"], json!([]));
}

/// Two texts in the sources have one id: the dataset has the first, import named the second, and
/// history tells of the first.
#[test]
fn an_id_that_came_twice_is_that_of_the_first() {
    let desk = program::Desk::new();
    let (one, two) = (
        program::record("same", "Paris is here."),
        program::record("same", "Milan is there."),
    );
    desk.write("a.jsonl", one + &two);
    let import = desk.run(&["import", "d.copydesk", "a.jsonl"]);
    assert_eq!(import.code, Some(3));
    assert!(import.stderr.contains("E017"), "{}", import.stderr);
    let history = told(&desk, &["same"]);
    let steps = history["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0]["started_from"], json!({"what": "import"}));
    assert_eq!(steps[0]["at"], "2026-11-22T18:24:05Z");
    let changes = steps[0]["changes"].as_array().unwrap();
    let city = changes.iter().find(|change| change["what"] == "entity");
    assert_eq!(city.unwrap()["new"]["text"], "Paris");
}

#[test]
fn nothing_that_a_terminal_obeys_comes_through() {
    let desk = program::Desk::new();
    let text = "Par\\u001b[2Jis \\u202eis here.";
    let record = program::record("evil", text).replace("maria", "m\\u001b]0;x\\u0007aria");
    desk.write("a.jsonl", record);
    assert_eq!(desk.run(&["import", "d.copydesk", "a.jsonl"]).code, Some(0));
    for words in [
        &["history", "d.copydesk", "evil"][..],
        &["history", "d.copydesk", "evil", "--json"],
    ] {
        let run = desk.run(words);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let bad: Vec<char> = run
            .stdout
            .chars()
            .filter(|c| *c != '\n' && (c.is_control() || *c == '\u{202e}'))
            .collect();
        assert!(bad.is_empty(), "{}", run.stdout);
    }
    // And the JSON still says what the annotator's name is.
    assert_eq!(
        told(&desk, &["evil"])["steps"][0]["annotator"],
        "m\u{1b}]0;x\u{7}aria"
    );
}
