//! All alike in bulk, by majority, and how decisions travel.

use super::*;

#[test]
fn what_is_open_is_listed_and_nothing_is_written() {
    let desk = team();
    let told = adjudicate(&desk, &[]);
    assert_eq!(told["written"], false);
    let articles = &told["articles"];
    assert_eq!(
        (&articles["open"], &articles["ready"], &articles["too_few"]),
        (&json!(1), &json!(1), &json!(1))
    );
    // Of storm: the region; of rain: the region and Oslo.
    assert_eq!(told["places"]["unanimous"], 3);
    assert_eq!(told["places"]["open"], 4);
    assert_eq!(
        told["left_out"],
        json!([{"article": "calm", "annotator": "ben", "why": "not finished (started)"}])
    );
    let lines = well(desk.run(&["adjudicate", "d.copydesk", "--as", "lead", "--list"]));
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(
        lines[0],
        "entity\tstorm\t2\t7\tMalmö\tGPE Malmö (ada, cleo) | ORG Malmö (ben)"
    );
    assert_eq!(
        lines[1],
        "entity\tstorm\t12\t24\tAda Lovelace\tPERSON Ada Lovelace (ada, cleo) | PERSON Ada (ben)"
    );
    assert_eq!(
        lines[2],
        "entity\tstorm\t28\t32\tRome\tGPE Rome (ada, ben) | - (cleo)"
    );
    assert_eq!(lines.len(), 4);
    assert_eq!(
        export(
            &desk,
            "d.copydesk",
            &["--annotators", "lead", "--status", "any"]
        ),
        [json!(null); 0]
    );
}

#[test]
fn all_alike_articles_are_finished_in_bulk_and_come_first_in_exports() {
    let desk = team();
    let told = adjudicate(&desk, &["--unanimous"]);
    assert_eq!(
        (&told["articles"]["finished"], &told["articles"]["open"]),
        (&json!(1), &json!(1))
    );
    // Nobody has begun what is open.
    let all = export(
        &desk,
        "d.copydesk",
        &["--annotators", "lead", "--status", "any"],
    );
    assert_eq!(all.len(), 1);
    assert_eq!(
        (&all[0]["id"], &all[0]["status"]),
        (&json!("rain"), &json!("done"))
    );
    let adjudication = &all[0]["adjudication"];
    assert_eq!(
        adjudication["inputs"][2],
        json!({"annotator": "cleo", "revision": 1})
    );
    assert_eq!(adjudication["decisions"], json!([]));
    let preferred = export(&desk, "d.copydesk", &[]);
    let who: Vec<&str> = preferred
        .iter()
        .map(|one| one["annotator"].as_str().unwrap())
        .collect();
    assert_eq!(who, ["cleo", "lead", "ada"]);
    // A second run has nothing to do.
    let again = adjudicate(&desk, &["--unanimous"]);
    assert_eq!(
        (
            &again["articles"]["already_finished"],
            &again["articles"]["finished"]
        ),
        (&json!(1), &json!(0))
    );
    let human = squeezed(&well(desk.run(&[
        "adjudicate",
        "d.copydesk",
        "--as",
        "lead",
    ])));
    assert!(
        human.contains("3 articles that somebody has begun finished before 1 "),
        "{human}"
    );
    assert!(human.contains("not finished (started) 1"), "{human}");
}

#[test]
fn a_majority_is_taken_with_its_account() {
    let desk = team();
    let told = adjudicate(&desk, &["--majority", "0.5"]);
    assert_eq!(told["articles"]["finished"], 2);
    assert_eq!(
        told["places"],
        json!({"total": 7, "unanimous": 3, "majority": 4, "by_hand": 0, "same_as_another": 0, "open": 0, "reopened": 0})
    );
    let all = export(&desk, "d.copydesk", &["--annotators", "adjudicated"]);
    let storm = all.iter().find(|one| one["id"] == "storm").unwrap();
    assert_eq!(
        entities(storm),
        ["GPE Malmö", "PERSON Ada Lovelace", "GPE Rome", "GPE Malmö"]
    );
    let decisions = storm["adjudication"]["decisions"].as_array().unwrap();
    assert_eq!(decisions.len(), 4);
    let rome = &decisions[2];
    assert_eq!(
        (&rome["choice"], &rome["threshold"], &rome["how"]),
        (&json!("majority"), &json!(0.5), &json!("rule"))
    );
    assert_eq!(
        rome["options"][1],
        json!({"annotators": ["cleo"], "spans": []})
    );
    let in_bytes = export(
        &desk,
        "d.copydesk",
        &["--annotators", "adjudicated", "--offsets", "byte"],
    );
    let storm = in_bytes.iter().find(|one| one["id"] == "storm").unwrap();
    assert_eq!(storm["adjudication"]["decisions"][0]["start"], 5);

    // Two thirds are not more than two thirds.
    let other = team();
    let told = adjudicate(&other, &["--majority", "0.67"]);
    assert_eq!(
        (&told["places"]["open"], &told["articles"]["open"]),
        (&json!(4), &json!(1))
    );

    // What was changed of ben's work, and why.
    let lines = well(desk.run(&["adjudicate", "d.copydesk", "--changes", "ben"]));
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(
        lines[0],
        "entity\tstorm\t2\t7\tMalmö\tORG Malmö\tGPE Malmö\tmajority over 0.5: ada, cleo\t"
    );
    assert_eq!(lines.len(), 3);
    let told = json_of(desk.run(&["adjudicate", "d.copydesk", "--changes", "cleo", "--json"]));
    assert_eq!(
        told["articles"][0]["changes"][0]["after"],
        json!([{"start": 28, "end": 32, "label": "GPE", "words": "Rome"}])
    );
    assert_eq!(
        told["articles"][1],
        json!({"article": "rain", "adjudicator": "lead", "changes": []})
    );
    let nobody = json_of(desk.run(&["adjudicate", "d.copydesk", "--changes", "zoe", "--json"]));
    assert_eq!(nobody["articles"], json!([]));
    // The history tells it, too.
    let history = well(desk.run(&["history", "d.copydesk", "storm", "--annotator", "lead"]));
    assert!(
        history.contains("started from the labels of ada, ben, cleo"),
        "{history}"
    );
    assert!(history.contains("decided between annotators"), "{history}");
}

#[test]
fn decisions_travel_with_records_and_merges() {
    let desk = team();
    adjudicate(&desk, &["--majority", "0.5"]);
    let all = ["--annotators", "all", "--status", "any", "--out"];
    well(desk.run(&[&["export", "d.copydesk"][..], &all, &["out.jsonl"]].concat()));
    well(desk.run(&["import", "e.copydesk", "out.jsonl"]));
    well(desk.run(&[&["export", "e.copydesk"][..], &all, &["again.jsonl"]].concat()));
    assert_eq!(desk.read("again.jsonl"), desk.read("out.jsonl"));
    assert!(desk.read("out.jsonl").contains("\"adjudication\":{"));
    let valid = desk.run(&["validate", "out.jsonl"]);
    assert_eq!(
        (valid.code, valid.stderr.contains("not kept")),
        (Some(0), false),
        "{}",
        valid.stderr
    );
    // The import knows that nothing is open, and what the adjudicator decided.
    let told = json_of(desk.run(&["adjudicate", "e.copydesk", "--as", "lead", "--json"]));
    assert_eq!(told["articles"]["already_finished"], 2);
    assert_eq!(told["places"]["majority"], 4);
    // Merged from the dataset and from the file.
    for (out, input) in [("m.copydesk", "d.copydesk"), ("n.copydesk", "out.jsonl")] {
        well(desk.run(&["merge", out, input]));
        let told = json_of(desk.run(&["adjudicate", out, "--as", "lead", "--json"]));
        assert_eq!(told["articles"]["already_finished"], 2, "{out}");
        assert_eq!(told["places"]["majority"], 4, "{out}");
    }
    for dataset in ["d.copydesk", "e.copydesk", "m.copydesk", "n.copydesk"] {
        let store = SqliteStore::open(&desk.path(dataset)).unwrap();
        assert_eq!(store.faults().unwrap(), Vec::<String>::new(), "{dataset}");
    }
}

#[test]
fn who_has_annotated_cannot_adjudicate_and_two_do_not_adjudicate_one_article() {
    let desk = team();
    let run = desk.run(&["adjudicate", "d.copydesk", "--as", "cleo", "--unanimous"]);
    assert_eq!(run.code, Some(0));
    assert!(
        squeezed(&run.stdout).contains("annotated by the adjudicator 2"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr
            .contains("hint: adjudicate under another name with --as NAME"),
        "{}",
        run.stderr
    );
    adjudicate(&desk, &["--unanimous"]);
    let told = json_of(desk.run(&[
        "adjudicate",
        "d.copydesk",
        "--as",
        "chief",
        "--majority",
        "0.5",
        "--json",
    ]));
    assert_eq!(
        (
            &told["articles"]["by_another"],
            &told["articles"]["finished"]
        ),
        (&json!(1), &json!(1))
    );
    for bad in [
        &["--majority", "1"][..],
        &["--majority", "half"],
        &["--majority", "0.5", "--changes", "ada"],
        &["--as", " "],
    ] {
        let run = desk.run(&[&["adjudicate", "d.copydesk"], bad].concat());
        assert!(matches!(run.code, Some(1 | 2)), "{bad:?}: {}", run.stderr);
    }
}

#[test]
fn each_annotator_has_a_quality_figure_after_and_before_adjudication() {
    let desk = team();
    let gold = record(
        "storm",
        "expert",
        "done",
        STORM,
        &[
            ("Malmö", "ORG"),
            ("Ada", "PERSON"),
            ("Rome", "GPE"),
            ("Malmö", "ORG"),
        ],
    );
    desk.write("gold.jsonl", gold);
    let told = json_of(desk.run(&[
        "agreement",
        "d.copydesk",
        "--no-gamma",
        "--json",
        "--gold",
        "gold.jsonl",
    ]));
    assert_eq!(told["quality"]["reference_articles"], 0);
    let gold = &told["gold"];
    assert_eq!(
        (&gold["reference_articles"], &gold["articles"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(gold["annotators"]["ben"]["entities"]["exact"]["f1"], 1.0);
    assert_eq!(gold["annotators"]["ada"]["entities"]["exact"]["f1"], 0.25);
    assert_eq!(
        gold["annotators"]["cleo"]["places"]
            .as_array()
            .unwrap()
            .len(),
        4
    );

    adjudicate(&desk, &["--majority", "0.5"]);
    let told = json_of(desk.run(&["agreement", "d.copydesk", "--no-gamma", "--json"]));
    let quality = &told["quality"];
    assert_eq!(
        (
            &quality["reference_articles"],
            &quality["articles"],
            &told["gold"]
        ),
        (&json!(2), &json!(2), &json!(null))
    );
    let ada = &quality["annotators"]["ada"];
    assert_eq!(
        (
            &ada["articles"],
            &ada["entities"]["exact"]["f1"],
            &ada["regions"]["same"]
        ),
        (&json!(2), &json!(1.0), &json!(51))
    );
    let ben = &quality["annotators"]["ben"]["entities"]["exact"];
    assert_eq!(
        (&ben["hits"], &ben["f1"], &ben["precision"], &ben["recall"]),
        (&json!(2), &json!(0.4), &json!(0.4), &json!(0.4))
    );
    let place = &quality["annotators"]["ben"]["places"][0];
    assert_eq!(
        (&place["annotator"], &place["reference"], &place["words"]),
        (&json!("ORG"), &json!("GPE"), &json!("Malmö"))
    );
    let human = well(desk.run(&["agreement", "d.copydesk", "--no-gamma"]));
    assert!(
        human.contains("agreement with the adjudicated version (2 articles, 2 done independently)"),
        "{human}"
    );
    // The adjudicator is not compared with the others.
    assert_eq!(told["annotators"], json!(["ada", "ben", "cleo"]));
    let none = desk.run(&["agreement", "d.copydesk", "--gold", "nothing.jsonl"]);
    assert_eq!(none.code, Some(1));
}
