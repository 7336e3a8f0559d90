//! Articles into a dataset and out again.

use std::io::Write as _;

use super::program::{Desk, record};

const STORY: &str = "Storm keeps ferries in port\n\nMALTA, Tuesday. The ferry to Gozo stayed in port as winds reached 90 kilometres an hour, \
                     the harbour master said, and it will not sail before Thursday.\n\nPrevious article\n";
const PAGE: &str = "<!DOCTYPE html><html lang=en><head><title>Bridge opens</title></head><body><nav><a href=/>Home</a></nav>\
                    <article><h1>Bridge opens</h1><p>The new bridge over the Elbe opened on Monday after four years of work, \
                    the city of Dresden said in a statement.</p></article></body></html>";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn a_folder_of_articles() -> Desk {
    let desk = Desk::new();
    desk.write("in/a/storm.txt", STORY)
        .write("in/bridge.html", PAGE)
        .write(
            "in/records.jsonl.gz",
            gzip(record("r1", "Malta waits.").as_bytes()),
        )
        .write("in/photo.jpg", b"\xff\xd8\xff\xe0")
        .write("in/.hidden.txt", "not an article");
    desk
}

#[test]
fn what_follows_the_members_of_a_gzip_file_is_passed_over() {
    let desk = Desk::new();
    let (one, two) = (record("r1", "Malta waits."), record("r2", "Gozo waits."));
    let members = [gzip(one.as_bytes()), gzip(two.as_bytes())].concat();
    desk.write("padded.jsonl.gz", [&members[..], &[0; 512]].concat())
        .write("signed.jsonl.gz", [&members[..], b"-- signed"].concat());
    for file in ["padded.jsonl.gz", "signed.jsonl.gz"] {
        let run = desk.run(&["convert", file]);
        assert_eq!(run.code, Some(0), "{file}: {}", run.stderr);
        assert_eq!(run.stdout, format!("{one}{two}"), "{file}");
    }
}

#[test]
fn a_folder_becomes_a_dataset_and_coming_again_adds_nothing() {
    let desk = a_folder_of_articles();
    let warning = "in: W108 1 file of another kind (in/photo.jpg) left out\n";
    desk.run(&["import", "news.copydesk", "in"]).well(
        "",
        &format!("created the dataset news.copydesk\n{warning}added 3 articles; 1 warning\n"),
    );
    desk.run(&["import", "news.copydesk", "in"]).well(
        "",
        &format!("{warning}added 0 articles; 3 were already in the dataset; 1 warning\n"),
    );
    // Not under another name either, nor out of a glob or standard input.
    desk.write("copy.txt", STORY);
    desk.run(&["import", "news.copydesk", "*.txt"])
        .well("", "added 0 articles; 1 was already in the dataset\n");
    desk.run_with(&["import", "news.copydesk", "-"], STORY.as_bytes())
        .well("", "added 0 articles; 1 was already in the dataset\n");

    let stats = desk.run(&["stats", "news.copydesk", "--json"]);
    let stats: serde_json::Value = serde_json::from_str(&stats.stdout).unwrap();
    assert_eq!(
        stats["articles"],
        serde_json::json!({"total": 3, "todo": 2, "started": 0, "done": 1, "skipped": 0, "flagged": 0})
    );
    assert_eq!(
        stats["annotators"],
        serde_json::json!({"maria": {"articles": 1, "done": 1, "imported": 1}})
    );
    assert_eq!(
        stats["entities"]["GPE"],
        serde_json::json!({"spans": 1, "chars": 5, "suggestions": 0})
    );
    let suggested = |label: &str| stats["regions"][label]["suggestions"].as_u64().unwrap_or(0);
    assert!(suggested("body") + suggested("nav") >= 2, "{stats}");
    let table = desk.run(&["stats", "news.copydesk"]);
    assert_eq!(table.code, Some(0));
    assert!(
        table
            .stdout
            .starts_with("articles                3\n  todo                  2    66.7 %\n"),
        "{}",
        table.stdout
    );
}

#[test]
fn each_article_says_where_it_is_from_and_what_the_extractor_makes_of_it() {
    let desk = a_folder_of_articles();
    desk.run(&["import", "news.copydesk", "in"]);
    let export = desk.run(&["export", "news.copydesk", "--status", "any"]);
    assert_eq!(
        (export.code, export.stderr.as_str()),
        (Some(0), "exported 3 records\n")
    );
    let records: Vec<serde_json::Value> = export
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(records.len(), 3);
    assert!(records[0]["id"].as_str().unwrap().starts_with("storm-"));
    assert_eq!(records[0]["source"], "in/a/storm.txt");
    assert_eq!(records[0]["text"], STORY);
    assert_eq!(
        (&records[1]["source"], &records[1]["language"]),
        (&"in/bridge.html".into(), &"en".into())
    );
    assert_eq!(records[1]["meta"]["title"], "Bridge opens");
    assert!(
        records[1]["blocks"][0]["path"]
            .as_str()
            .unwrap()
            .contains("body"),
        "{}",
        records[1]
    );
    assert_eq!(
        (&records[2]["id"], &records[2]["annotator"]),
        (&"r1".into(), &"maria".into())
    );
    assert!(records[2].get("blocks").is_none());
    for record in &records[..2] {
        let regions = record["regions"].as_array().unwrap();
        assert!(!regions.is_empty(), "{record}");
        for region in regions {
            assert!(
                ["body", "comment", "nav"].contains(&region["label"].as_str().unwrap()),
                "{region}"
            );
            assert!(
                region["score"].as_f64().is_some(),
                "a suggestion says how sure it is: {region}"
            );
        }
    }
}

#[test]
fn what_was_exported_comes_in_again_and_goes_out_as_the_same_bytes() {
    let desk = a_folder_of_articles();
    desk.write(
        "hard.jsonl",
        record(
            "hard",
            "Malta 😀 👩\u{200d}👩\u{200d}👧 e\u{301} \u{a0} שלום \\u0000 \\r\\n 𝄞\u{2028}",
        ),
    );
    desk.run(&["import", "one.copydesk", "in", "hard.jsonl"]);
    desk.run(&[
        "export",
        "one.copydesk",
        "--status",
        "any",
        "--out",
        "one.jsonl",
    ])
    .well("", "exported 4 records\n");
    desk.run(&["import", "two.copydesk", "one.jsonl"])
        .well("", "created the dataset two.copydesk\nadded 4 articles\n");
    desk.run(&[
        "export",
        "two.copydesk",
        "--status",
        "any",
        "--out",
        "two.jsonl",
    ])
    .well("", "exported 4 records\n");
    // What is only suggested is suggested anew, and the second dataset has no markup of the page to
    // see.
    let without_scores = |name: &str| -> Vec<serde_json::Value> {
        let lines = desk.read(name);
        let records = lines.lines().map(|line| {
            let mut record: serde_json::Value = serde_json::from_str(line).unwrap();
            for list in ["regions", "entities"] {
                for span in record[list].as_array_mut().unwrap() {
                    span.as_object_mut().unwrap().remove("score");
                }
            }
            record
        });
        records.collect()
    };
    assert_eq!(without_scores("one.jsonl"), without_scores("two.jsonl"));
    for name in ["one", "two"] {
        let dataset = format!("{name}.copydesk");
        desk.run(&["export", &dataset, "--out", &format!("{name}-done.jsonl")])
            .well("", "exported 2 records\n");
    }
    assert_eq!(desk.read("one-done.jsonl"), desk.read("two-done.jsonl"));
    // Into the dataset that it came from, it brings nothing new.
    desk.run(&["import", "one.copydesk", "one.jsonl"])
        .well("", "added 0 articles; 4 were already in the dataset\n");
    desk.run(&["validate", "one.jsonl", "--schema", "news"])
        .well("", "4 records: 0 faults, 0 warnings\n");
}

#[test]
fn records_of_another_annotator_join_and_other_labels_are_told_of() {
    let desk = Desk::new();
    let mine = record("r1", "Malta waits.");
    desk.write("maria.jsonl", &mine)
        .write("joe.jsonl", mine.replace("maria", "joe"))
        .write("other.jsonl", mine.replace("GPE", "ORG"))
        .write("taken.jsonl", record("r1", "Gozo waits."))
        .write("twin.jsonl", record("r2", "Malta waits."));
    desk.run(&["import", "d.copydesk", "maria.jsonl"]);
    desk.run(&["import", "d.copydesk", "joe.jsonl"]).well(
        "",
        "added 0 articles; 1 was already in the dataset and got new labels\n",
    );
    desk.run(&["import", "d.copydesk", "other.jsonl"]).well(
        "",
        "other.jsonl:1: W107 r1 is in the dataset already, with other labels by maria; those of the record were not taken\n\
         added 0 articles; 1 was already in the dataset; 1 warning\n",
    );
    desk.run(&["import", "d.copydesk", "taken.jsonl"]).ended(
        3,
        "",
        "taken.jsonl:1: E017 the id r1 belongs to another text already\nadded 0 articles; 1 was refused\n",
    );
    desk.run(&["import", "d.copydesk", "twin.jsonl"]).well(
        "",
        "twin.jsonl:1: W111 the text of r2 is in the dataset already, as r1; it was not added again\n\
         added 0 articles; 1 was already in the dataset; 1 warning\n",
    );
    let by = |who: &str| {
        desk.run(&["export", "d.copydesk", "--annotator", who])
            .stdout
    };
    assert_eq!(by("maria"), mine);
    assert_eq!(by("joe"), mine.replace("maria", "joe"));
    assert_eq!(by("nobody"), "");
}

#[test]
fn work_on_an_article_may_come_in_one_file_with_it() {
    let desk = Desk::new();
    let work = record("r1", "Malta waits.");
    desk.write(
        "in.jsonl",
        format!("{{\"id\":\"r1\",\"text\":\"Malta waits.\"}}\n{work}"),
    );
    desk.run(&["import", "d.copydesk", "in.jsonl"]).well(
        "",
        "created the dataset d.copydesk\nadded 1 article; 1 was already in the dataset and got new labels\n",
    );
    // What the article is, stays as it came first; the labels are what is new.
    let expected = work.replace("\"en\"", "\"\"");
    desk.run(&["export", "d.copydesk"])
        .well(&expected, "exported 1 record\n");
}

#[test]
fn an_export_holds_what_was_asked_for() {
    let desk = Desk::new();
    let text = "Home\\nMalta 😀 waits.";
    let with = |id: &str, status: &str| {
        format!(
            "{{\"id\":\"{id}\",\"text\":\"{text} {id}\",\"regions\":[{{\"start\":0,\"end\":4,\"label\":\"nav\"}},\
             {{\"start\":5,\"end\":18,\"label\":\"body\"}}],\"entities\":[{{\"start\":0,\"end\":4,\"label\":\"LOC\"}},\
             {{\"start\":11,\"end\":12,\"label\":\"ORG\"}}],\"status\":\"{status}\",\"annotator\":\"maria\"}}\n"
        )
    };
    desk.write(
        "in.jsonl",
        [
            with("a", "done"),
            with("b", "skipped"),
            with("c", "flagged"),
        ]
        .concat(),
    );
    desk.run(&["import", "d.copydesk", "in.jsonl"])
        .well("", "created the dataset d.copydesk\nadded 3 articles\n");

    let ids = |words: &[&str]| {
        let run = desk.run(&[&["export", "d.copydesk"], words].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let id = |line: &str| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        run.stdout.lines().map(id).collect::<String>()
    };
    assert_eq!(ids(&[]), "a");
    assert_eq!(ids(&["--status", "skipped,flagged"]), "bc");
    assert_eq!(ids(&["--status", "any"]), "abc");
    assert_eq!(ids(&["--status", "todo"]), "");

    let body = desk.run(&[
        "export",
        "d.copydesk",
        "--regions",
        "body",
        "--offsets",
        "utf16",
    ]);
    assert_eq!(
        body.stderr,
        "exported 1 record; left out 1 entity outside these regions\n"
    );
    assert!(body.stdout.contains("\"regions\":[{\"start\":5,\"end\":19,\"label\":\"body\"}],\"entities\":[{\"start\":11,\"end\":13,\"label\":\"ORG\"}]"), "{}", body.stdout);
    let bytes = desk.run(&["export", "d.copydesk", "--offsets", "byte"]);
    assert!(
        bytes
            .stdout
            .contains("{\"start\":11,\"end\":15,\"label\":\"ORG\"}"),
        "{}",
        bytes.stdout
    );
    desk.write("utf16.jsonl", &body.stdout);
    let read = desk.run(&["validate", "utf16.jsonl", "--offsets", "utf16"]);
    assert_eq!(read.stderr, "1 record: 0 faults, 0 warnings\n");
    desk.run(&["export", "d.copydesk", "--regions", "head"]).ended(
        1,
        "",
        "error: the dataset has no region label head\nhint: it has body, comment, nav, title, byline, caption, related, ad\n",
    );
}

#[test]
fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
    let desk = Desk::new();
    desk.write("in.jsonl", record("a", "Malta waits."))
        .write("out.jsonl", "old");
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    desk.run(&["export", "d.copydesk", "--out", "out.jsonl"])
        .well("", "exported 1 record\n");
    assert_eq!(desk.read("out.jsonl"), desk.read("in.jsonl"));
    assert!(
        !desk.files().iter().any(|name| name.ends_with(".tmp")),
        "{:?}",
        desk.files()
    );
    let nowhere = desk.run(&["export", "d.copydesk", "--out", "no/such/folder.jsonl"]);
    assert_eq!(nowhere.code, Some(1));
    assert!(
        nowhere
            .stderr
            .starts_with("error: cannot write no/such/folder.jsonl"),
        "{}",
        nowhere.stderr
    );
}

#[test]
fn a_schema_is_shown_changed_and_checked() {
    let desk = Desk::new();
    desk.write("in.jsonl", record("a", "Malta waits."));
    let news = desk.run(&["schema", "show", "news"]);
    assert_eq!(news.code, Some(0));
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    assert_eq!(
        desk.run(&["schema", "show", "d.copydesk"]).stdout,
        news.stdout
    );

    desk.write(
        "mine.toml",
        "name = \"mine\"\n\n[[regions]]\nlabel = \"body\"\ncolor = \"#123456\"\n",
    )
    .write("how.md", "# How\n");
    desk.run(&[
        "schema",
        "set",
        "d.copydesk",
        "mine.toml",
        "--guidelines",
        "how.md",
    ])
    .well(
        "",
        "the dataset now has 1 region label and 0 entity labels\n\
         warning: 1 span is labelled GPE, which is no longer in the schema\n",
    );
    let shown = "name = \"mine\"\nnesting = \"flat\"\nguidelines = \"\"\"\n# How\n\"\"\"\n\n[[regions]]\nlabel = \"body\"\ncolor = \"#123456\"\n";
    desk.run(&["schema", "show", "d.copydesk"]).well(shown, "");
    // What is shown can be set; without guidelines of its own, a file leaves those of the dataset.
    desk.write("shown.toml", shown);
    desk.run(&["schema", "set", "d.copydesk", "shown.toml"]);
    desk.run(&["schema", "set", "d.copydesk", "mine.toml"]);
    desk.run(&["schema", "show", "d.copydesk"]).well(shown, "");

    desk.write(
        "bad.toml",
        "name = \"bad\"\n\n[[regions]]\nlabel = \"body\"\ncolor = \"blue\"\n",
    );
    desk.run(&["schema", "set", "d.copydesk", "bad.toml"]).ended(
        1,
        "",
        "error: bad.toml is not a schema: line 3: body: the colour \"blue\" is not written like \"#56b4e9\"\n",
    );
    desk.run(&["import", "d.copydesk", "in.jsonl", "--schema", "mine.toml"]).ended(
        1,
        "",
        "error: the dataset d.copydesk exists and keeps its schema\nhint: `copydesk schema set` changes it\n",
    );
    desk.run(&["import", "e.copydesk", "in.jsonl", "--schema", "mine.toml"])
        .well(
            "",
            "created the dataset e.copydesk\n\
         in.jsonl:1: W105 the label GPE is not in the schema, here for the first time; it is kept\n\
         added 1 article; 1 warning\n",
        );
}

#[test]
fn a_label_is_renamed_in_every_annotation_and_none_is_removed_unasked() {
    let desk = Desk::new();
    desk.write("in.jsonl", record("a", "Malta waits."));
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    let news = desk.run(&["schema", "show", "news"]).stdout;
    desk.write("places.toml", news.replace("\"GPE\"", "\"PLACE\""));
    let rename = [
        "schema",
        "set",
        "d.copydesk",
        "places.toml",
        "--rename",
        "GPE=PLACE",
    ];
    desk.run(&[&rename[..], &["--dry-run"]].concat()).well(
        "",
        "would touch GPE → PLACE: 1 entity in 1 article by 1 annotator\n",
    );
    desk.run(&["schema", "show", "d.copydesk"]).well(&news, "");
    desk.run(&rename).well(
        "",
        "GPE → PLACE: 1 entity in 1 article by 1 annotator\n\
         the dataset now has 8 region labels and 18 entity labels\n",
    );
    let export = desk.run(&["export", "d.copydesk"]).stdout;
    assert!(
        export.contains("\"PLACE\"") && !export.contains("\"GPE\""),
        "{export}"
    );

    // A label that goes with its spans is asked for twice.
    let start = news.find("[[entities]]\nlabel = \"GPE\"").unwrap();
    let end = start + 1 + news[start + 1..].find("[[entities]]").unwrap();
    let without = format!("{}{}", &news[..start], &news[end..]);
    desk.write("without.toml", without);
    let remove = [
        "schema",
        "set",
        "d.copydesk",
        "without.toml",
        "--remove",
        "PLACE",
    ];
    let refused = desk.run(&remove);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
    assert_eq!(desk.run(&["export", "d.copydesk"]).stdout, export);
    desk.run(&[&remove[..], &["--yes"]].concat()).well(
        "",
        "Deletes PLACE and its 1 entity in 1 article by 1 annotator\n\
         the dataset now has 8 region labels and 17 entity labels\n",
    );
    let export = desk.run(&["export", "d.copydesk"]).stdout;
    assert!(export.contains("\"entities\":[]"), "{export}");
    desk.run(&["schema", "set", "d.copydesk", "news", "--rename", "NOTHING=ORG"]).ended(
        1,
        "",
        "error: the schema has no label NOTHING\nhint: for a label that only annotations have, write region:NOTHING or entity:NOTHING\n",
    );
}
