//! Exports as training data: what nobody looked at is no negative, windows lead back, blocks are
//! rows, numbers of labels stay.

use serde_json::{Value, json};

use crate::cli::program::Desk;

/// A region's label, its text, and the names in it with their labels.
type Piece<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

/// A record of a page in pieces.
fn page(id: &str, pieces: &[Piece<'_>]) -> String {
    let (mut text, mut regions, mut entities) = (String::new(), Vec::new(), Vec::new());
    for (label, words, names) in pieces {
        if !text.is_empty() {
            text.push('\n');
        }
        let base = text.chars().count();
        for (name, kind) in *names {
            let start = base + words[..words.find(name).unwrap()].chars().count();
            entities
                .push(json!({"start": start, "end": start + name.chars().count(), "label": kind}));
        }
        text.push_str(words);
        regions.push(json!({"start": base, "end": text.chars().count(), "label": label}));
    }
    let record = json!({
        "id": id, "text": text, "regions": regions, "entities": entities, "status": "done", "annotator": "maria",
        "updated_at": "2026-11-22T18:24:05Z",
    });
    format!("{record}\n")
}

fn mixed() -> String {
    page(
        "a",
        &[
            ("nav", "Home Ada Borg wins", &[]),
            (
                "body",
                "Ada Borg left Gozo.",
                &[("Ada Borg", "PERSON"), ("Gozo", "GPE")],
            ),
            ("nav", "More by Karl Weel here", &[("Karl Weel", "PERSON")]),
            ("comment", "I met Borg.", &[("Borg", "PERSON")]),
        ],
    )
}

/// The words and tags of a CoNLL file.
fn tags(conll: &str) -> Vec<String> {
    let lines = conll
        .lines()
        .filter(|line| !(line.is_empty() || line.starts_with('-')));
    lines.map(|line| line.replace(" -X- -X- ", "/")).collect()
}

#[test]
fn the_same_name_in_the_navigation_is_no_negative() {
    let desk = Desk::new();
    desk.write("in.jsonl", mixed());
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    let export =
        |more: &[&str]| desk.run(&[&["export", "d.copydesk", "--format", "conll"], more].concat());
    let run = export(&[]);
    let kept = [
        "Ada/B-PERSON",
        "Borg/I-PERSON",
        "left/O",
        "Gozo/B-GPE",
        "./O",
        "Karl/B-PERSON",
        "Weel/I-PERSON",
        "I/O",
        "met/O",
        "Borg/B-PERSON",
        "./O",
    ];
    assert_eq!(tags(&run.stdout), kept, "{}", run.stdout);
    assert!(
        run.stderr.contains(
            "7 tokens left out: they are outside the regions where entities are annotated"
        ),
        "{}",
        run.stderr
    );
    let run = export(&["--outside", "negative"]);
    assert!(tags(&run.stdout).contains(&"Home/O".to_owned()));
    assert!(
        !run.stderr.contains("because they are in no region"),
        "{}",
        run.stderr
    );
    assert_eq!(export(&["--strict", "--out", "strict.conll"]).code, Some(1));
    assert_eq!(export(&["--outside", "never"]).code, Some(2));

    // The whole text stays where the format can say that a part of it is unknown, and where it says
    // nothing of it.
    for format in ["spacy", "jsonl", "brat"] {
        let out = format!("out-{format}");
        desk.run(&["export", "d.copydesk", "--format", format, "--out", &out]);
        let back = desk.run(&["convert", &out, "--from", format]);
        let back: Value = serde_json::from_str(back.stdout.lines().next().unwrap()).unwrap();
        assert!(
            back["text"].as_str().unwrap().starts_with("Home"),
            "{format}"
        );
        assert_eq!(back["entities"].as_array().unwrap().len(), 4, "{format}");
    }
    // Whoever asks for some regions alone gets no other text as a negative either.
    let run = export(&["--regions", "comment"]);
    assert_eq!(tags(&run.stdout), ["I/O", "met/O", "Borg/B-PERSON", "./O"]);
}

#[test]
fn the_schema_travels_with_records_or_is_given() {
    let desk = Desk::new();
    let schema = "name = \"ours\"\n\
        [[regions]]\nlabel = \"story\"\nkey = \"y\"\ncolor = \"#112233\"\n\
        [[regions]]\nlabel = \"body\"\nkey = \"b\"\ncolor = \"#112244\"\ntag_entities = false\n\
        [[entities]]\nlabel = \"PERSON\"\nkey = \"1\"\ncolor = \"#445566\"\n";
    desk.write("ours.toml", schema).write(
        "in.jsonl",
        page(
            "a",
            &[
                ("body", "Home", &[]),
                ("story", "Ada Borg left.", &[("Ada Borg", "PERSON")]),
            ],
        ),
    );
    let run = desk.run(&["import", "d.copydesk", "in.jsonl", "--schema", "ours.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    desk.run(&["export", "d.copydesk", "--out", "out.jsonl"]);
    let record: Value = serde_json::from_str(&desk.read("out.jsonl")).unwrap();
    assert_eq!(record["meta"]["entity_regions"], "[\"story\"]");
    let story = ["Ada/B-PERSON", "Borg/I-PERSON", "left/O", "./O"];
    let convert = |more: &[&str]| {
        let run = desk.run(&[&["convert", "out.jsonl", "--to", "conll"], more].concat());
        tags(&run.stdout)
    };
    assert_eq!(
        convert(&[]),
        story,
        "the record says in which regions there are entities"
    );
    let body = ["Home/O", "Ada/B-PERSON", "Borg/I-PERSON"];
    assert_eq!(
        convert(&["--schema", "news"]),
        body,
        "a schema that is given wins"
    );
    assert_eq!(convert(&["--schema", "ours.toml"]), story);
}

#[test]
fn windows_lead_back_and_come_back_as_one_article() {
    let desk = Desk::new();
    let sentences: Vec<String> = (0..60)
        .map(|n| format!("On day {n} the storm closed the ferry and Ada Borg spoke."))
        .collect();
    let words = sentences.join(" ");
    let article = page(
        "long",
        &[
            ("body", &words, &[("Ada Borg", "PERSON")]),
            ("comment", "No.", &[]),
        ],
    );
    desk.write("in.jsonl", &article);
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    for (format, most) in [("gliner", 384), ("prodigy", 100)] {
        let size = most.to_string();
        let mut export = vec!["export", "d.copydesk", "--format", format, "--out", format];
        if format == "prodigy" {
            export.extend(["--windows", &size]);
        }
        let run = desk.run(&export);
        assert!(
            run.stderr.contains("exported 1 record in "),
            "{}",
            run.stderr
        );
        let file = desk.read(format);
        let windows: Vec<Value> = match format {
            "gliner" => serde_json::from_str(&file).unwrap(),
            _ => file
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
        };
        assert!(windows.len() > 1, "{format}");
        for (nth, window) in windows.iter().enumerate() {
            let tokens = window["tokenized_text"]
                .as_array()
                .or(window["tokens"].as_array());
            assert!(tokens.unwrap().len() <= most, "{format}");
            let facts = if format == "gliner" {
                &window["copydesk"]
            } else {
                &window["meta"]
            };
            assert_eq!(facts["window_of"], "long");
            assert_eq!(facts["id"], format!("long#{}", nth + 1));
        }
        let back = desk.run(&["convert", format, "--from", format]);
        assert_eq!(back.stdout.lines().count(), 1, "{format}: {}", back.stdout);
        let back: Value = serde_json::from_str(&back.stdout).unwrap();
        assert_eq!(back["id"], "long");
        let entity = &back["entities"][0];
        let text: Vec<char> = back["text"].as_str().unwrap().chars().collect();
        let at = |name: &str| entity[name].as_u64().unwrap() as usize;
        assert_eq!(
            text[at("start")..at("end")].iter().collect::<String>(),
            "Ada Borg"
        );
        if format == "prodigy" {
            let record: Value = serde_json::from_str(&article).unwrap();
            assert_eq!(
                (&back["text"], &back["regions"]),
                (&record["text"], &record["regions"])
            );
        }
    }
    let conll = desk
        .run(&[
            "export",
            "d.copydesk",
            "--format",
            "conll",
            "--windows",
            "40",
        ])
        .stdout;
    let blocks = conll
        .split("\n\n")
        .skip(1)
        .map(|block| block.lines().count());
    assert!(blocks.clone().all(|tokens| tokens <= 40) && blocks.max() > Some(26));
    let run = desk.run(&[
        "export",
        "d.copydesk",
        "--format",
        "gliner",
        "--stride",
        "500",
    ]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("hint: choose a number below 384"),
        "{}",
        run.stderr
    );
}

#[test]
fn blocks_are_rows_for_classifiers() {
    let desk = Desk::new();
    desk.write("in.jsonl", mixed()).write(
        "page.html",
        "<html><body><nav><a href=x>Home</a></nav><div><p>Storm closes ferry, and two people were hurt in the port of Gozo.</p></div></body></html>",
    );
    desk.run(&["import", "d.copydesk", "in.jsonl", "page.html"]);
    let export = |format: &str, out: &str| {
        let words = [
            "export",
            "d.copydesk",
            "--unit",
            "block",
            "--status",
            "any",
            "--format",
            format,
            "--out",
            out,
        ];
        let run = desk.run(&words);
        assert_eq!(run.code, Some(0), "{format}: {}", run.stderr);
        run.stderr
    };
    let told = export("jsonl", "blocks.jsonl");
    assert!(told.contains("4 entities left out"), "{told}");
    let rows: Vec<Value> = desk
        .read("blocks.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of_a: Vec<_> = rows.iter().filter(|row| row["article"] == "a").collect();
    let labels: Vec<_> = of_a
        .iter()
        .map(|row| row["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["nav", "body", "nav", "comment"]);
    assert_eq!(
        (&of_a[1]["text"], &of_a[1]["start"]),
        (&json!("Ada Borg left Gozo."), &json!(19))
    );
    assert_eq!(
        (&of_a[1]["block"], &of_a[1]["path"]),
        (&json!(2), &json!("")),
        "bare text has no markup"
    );
    let story = rows
        .iter()
        .find(|row| row["text"].as_str().unwrap().starts_with("Storm"))
        .unwrap();
    assert_eq!(story["tag"], "p");
    assert!(story["depth"].as_u64() >= Some(3), "{story}");
    let link = rows.iter().find(|row| row["text"] == "Home").unwrap();
    assert!(link["link_share"].as_f64() > Some(0.9), "{link}");

    export("csv", "blocks.csv");
    export("parquet", "blocks.parquet");
    export("spacy", "blocks.spacy");
    assert_eq!(desk.read("blocks.csv").lines().count(), 1 + rows.len());
    let back = desk.run(&["convert", "blocks.parquet", "--from", "parquet"]);
    let texts: Vec<Value> = back
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(texts.len(), rows.len(), "{}", back.stderr);
    assert_eq!(texts[1]["text"], rows[1]["text"]);
    let converted = desk.run(&["convert", "in.jsonl", "--to", "csv", "--unit", "block"]);
    assert_eq!(converted.stdout.lines().count(), 5, "{}", converted.stdout);

    let run = desk.run(&["export", "d.copydesk", "--format", "csv"]);
    assert!(
        run.stderr.contains("hint: add --unit block"),
        "{}",
        run.stderr
    );
    let run = desk.run(&[
        "export",
        "d.copydesk",
        "--format",
        "brat",
        "--unit",
        "block",
    ]);
    assert!(
        run.stderr
            .contains("hint: choose one of jsonl, csv, parquet, spacy"),
        "{}",
        run.stderr
    );
}

#[test]
fn labels_have_the_same_numbers_whichever_record_comes_first() {
    let desk = Desk::new();
    let one = page("a", &[("body", "Gozo waits.", &[("Gozo", "GPE")])]);
    let two = page(
        "b",
        &[
            ("comment", "Ada Borg.", &[("Ada Borg", "PERSON")]),
            ("ad", "Buy Acme.", &[("Acme", "ORG")]),
        ],
    );
    desk.write("one.jsonl", format!("{one}{two}"))
        .write("two.jsonl", format!("{two}{one}"));
    let names = |words: &[&str], stdin: &[u8]| {
        let run = desk.run_with(
            &[words, &["--to", "hf-parquet", "--out", "hf"]].concat(),
            stdin,
        );
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let card = desk.read("hf/README.md");
        let lists = card.lines().filter(|line| line.contains("labels: "));
        lists.map(str::to_owned).collect::<Vec<_>>()
    };
    let sorted = [
        "Region labels: `ad`, `body`, `comment`.",
        "Entity labels: `GPE`, `ORG`, `PERSON`.",
    ];
    assert_eq!(names(&["convert", "one.jsonl"], b""), sorted);
    assert_eq!(names(&["convert", "two.jsonl"], b""), sorted);
    let piped = format!("{two}{one}");
    assert_eq!(
        names(&["convert", "-", "--from", "jsonl"], piped.as_bytes()),
        sorted,
        "also from a pipe"
    );
    let with_schema = names(&["convert", "two.jsonl", "--schema", "news"], b"");
    assert!(
        with_schema[0].starts_with("Region labels: `body`, `comment`, `nav`"),
        "{with_schema:?}"
    );
    assert!(
        with_schema[1].starts_with("Entity labels: `PERSON`, `ORG`, `GPE`"),
        "{with_schema:?}"
    );

    desk.write(
        "many.jsonl",
        (0..40_u32)
            .map(|n| {
                // No two are alike, or they would be kept in one part.
                let words = (0..30_u32).map(|k| format!("word{}", (n * 7919 + k * 104_729) % 9973));
                let words = words.collect::<Vec<_>>().join(" ");
                page(
                    &format!("n{n}"),
                    &[("body", &format!("{words} of Gozo."), &[("Gozo", "GPE")])],
                )
            })
            .collect::<String>(),
    );
    desk.run(&["import", "d.copydesk", "many.jsonl"]);
    let run = desk.run(&[
        "export",
        "d.copydesk",
        "--format",
        "hf-parquet",
        "--split",
        "train=0.6,dev=0.4",
        "--out",
        "hub",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        desk.path("hub/data/validation-00000-of-00001.parquet")
            .exists()
    );
    assert!(desk.read("hub/README.md").contains("- split: validation\n"));
}
