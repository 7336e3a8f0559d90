//! Other tools' formats, as a user meets them: what goes out, what it says, what comes back.

use std::collections::{BTreeMap, BTreeSet};

use copydesk::formats::{ALL, Format, OutputShape, Unlabelled};
use serde_json::Value;

use crate::cli::program::Desk;

/// Two sites print one story of an agency; others print their own.
fn articles(range: std::ops::Range<usize>) -> String {
    let mut lines = String::new();
    for n in range {
        let (story, site) = (n / 2, n % 2);
        let body: Vec<String> = (0..6)
            .map(|line| {
                let day = (story * 7 + line) % 31;
                format!("Line {line} of story {story} tells at some length what happened on day {day} to a ferry numbered {story}{line}.")
            })
            .collect();
        // Every third story is printed by both.
        let text = if story % 3 == 0 || site == 0 {
            body.join("\\n")
        } else {
            format!(
                "The council of town {n} met to speak of {n} roads, {n} buses and the price of {n} loaves of bread for once."
            )
        };
        lines.push_str(&format!(
            "{{\"id\":\"a{n}\",\"text\":\"Site {site} menu\\n{text}\",\"regions\":[{{\"start\":0,\"end\":11,\"label\":\"nav\"}}],\
             \"status\":\"done\",\"annotator\":\"maria\",\"meta\":{{\"site\":\"site{}\"}}}}\n",
            n % 7
        ));
    }
    lines
}

fn parts(desk: &Desk, folder: &str) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    for part in ["train", "dev", "test"] {
        for line in desk.read(&format!("{folder}/{part}.jsonl")).lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            let id = record["id"].as_str().unwrap().to_owned();
            assert_eq!(
                parts.insert(id, part.to_owned()),
                None,
                "one article is in two parts"
            );
        }
    }
    parts
}

#[test]
fn a_split_keeps_copies_together_and_stays_when_articles_are_added() {
    let desk = Desk::new();
    desk.write("in.jsonl", articles(0..120));
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    let split = |out: &str, more: &[&str]| {
        let words = [
            &[
                "export",
                "d.copydesk",
                "--split",
                "train=0.6,dev=0.2,test=0.2",
                "--out",
                out,
            ],
            more,
        ]
        .concat();
        let run = desk.run(&words);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stderr
    };
    let told = split("one", &[]);
    assert!(
        told.contains("train") && told.contains("articles") && told.contains("nav"),
        "{told}"
    );
    let before = parts(&desk, "one");
    assert_eq!(before.len(), 120);
    assert_eq!(before.values().collect::<BTreeSet<_>>().len(), 3);
    for story in (0..60).step_by(3) {
        let (one, other) = (format!("a{}", 2 * story), format!("a{}", 2 * story + 1));
        assert_eq!(
            before[&one], before[&other],
            "story {story} is in two parts"
        );
    }
    split("again", &[]);
    assert_eq!(parts(&desk, "again"), before);
    split("other", &["--seed", "7"]);
    assert_ne!(parts(&desk, "other"), before);

    desk.write("more.jsonl", articles(120..180));
    desk.run(&["import", "d.copydesk", "more.jsonl"]);
    split("later", &[]);
    let after = parts(&desk, "later");
    assert!(after.len() > 170);
    for (id, part) in &before {
        assert_eq!(after.get(id), Some(part), "{id} has moved");
    }

    split("sites", &["--split-by", "site"]);
    let mut by_site: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for (id, part) in parts(&desk, "sites") {
        let n: usize = id[1..].parse().unwrap();
        by_site.entry(n % 7).or_default().insert(part);
    }
    assert!(
        by_site.values().all(|parts| parts.len() == 1),
        "{by_site:?}"
    );

    let run = desk.run(&["export", "d.copydesk", "--split", "train=0.6,dev=0.3"]);
    assert_eq!(
        run.code,
        Some(2),
        "shares that do not come to 1 are wrong usage"
    );
    let split = ["export", "d.copydesk", "--split", "train=0.6,dev=0.4"];
    assert_eq!(desk.run(&split).code, Some(2));
    let run = desk.run(&[&split[..], &["--out", "-"]].concat());
    assert!(
        run.stderr.contains("name a folder with --out"),
        "{}",
        run.stderr
    );
}

#[test]
fn copies_are_listed_as_groups() {
    let desk = Desk::new();
    desk.write("in.jsonl", articles(0..12));
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    let run = desk.run(&["dedupe", "d.copydesk"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (Some(0), "2 groups of near-duplicates, 4 articles\n")
    );
    let lines: Vec<Vec<&str>> = run
        .stdout
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    let told: Vec<(&str, &str)> = lines.iter().map(|line| (line[0], line[2])).collect();
    assert_eq!(told, [("1", "a0"), ("1", "a1"), ("2", "a6"), ("2", "a7")]);
    let run = desk.run(&["dedupe", "d.copydesk", "--json"]);
    let first: Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(first["articles"][1]["id"], "a1");
}

#[test]
fn every_format_goes_out_of_a_dataset_and_comes_back() {
    let desk = Desk::new();
    let text = "Home\\nA😀 Angela Merkel visited Paris.\\nI agree.";
    desk.write(
        "in.jsonl",
        format!(
            "{{\"format\":\"copydesk/1\",\"id\":\"a\",\"text\":\"{text}\",\"regions\":[{{\"start\":0,\"end\":4,\"label\":\"nav\"}},\
             {{\"start\":5,\"end\":36,\"label\":\"body\"}},{{\"start\":37,\"end\":45,\"label\":\"comment\"}}],\
             \"entities\":[{{\"start\":8,\"end\":21,\"label\":\"PERSON\"}},{{\"start\":30,\"end\":35,\"label\":\"GPE\"}}],\
             \"status\":\"done\",\"annotator\":\"maria\",\"updated_at\":\"2026-11-22T18:24:05Z\",\"language\":\"en\",\
             \"url\":\"https://x.org/a\",\"source\":\"s\",\"suggested_by\":[],\"meta\":{{\"byline\":\"J. Doe\"}}}}\n"
        ),
    );
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    let record: Value = serde_json::from_str(&desk.read("in.jsonl")).unwrap();
    let mut tried = 0;
    // What writes pages wants some: see the stories of pages.
    let written =
        |format: &&&dyn Format| format.spec().capabilities.writes && !format.spec().needs_pages;
    for format in ALL.iter().filter(written) {
        let (name, can) = (format.spec().name, format.spec().capabilities);
        let out = format!("out-{name}");
        // The navigation is text without entities: where that can be a negative alone, the usual
        // export leaves it out.
        let export = ["export", "d.copydesk", "--format", name, "--out", &out];
        let whole = ["--outside", "negative", "--windows", "off"];
        let run = desk.run(&[&export[..], &whole].concat());
        assert_eq!(run.code, Some(0), "{name}: {}", run.stderr);
        if !can.reads {
            continue;
        }
        tried += 1;
        let run = desk.run(&["convert", &out, "--from", name]);
        assert_eq!(run.code, Some(0), "{name}: {}", run.stderr);
        let back: Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
        if can.text && can.regions && can.metadata {
            assert_eq!(back, record, "{name}");
        }
        if can.entities {
            let words = |record: &Value| -> Vec<(String, String)> {
                let text: Vec<char> = record["text"].as_str().unwrap().chars().collect();
                let spans = record["entities"].as_array().unwrap().iter();
                let at = |span: &Value, name: &str| span[name].as_u64().unwrap() as usize;
                spans
                    .map(|span| {
                        let words = text[at(span, "start")..at(span, "end")].iter().collect();
                        (span["label"].as_str().unwrap().to_owned(), words)
                    })
                    .collect()
            };
            assert_eq!(words(&back), words(&record), "{name}");
            let out = format!("usual-{name}");
            let run = desk.run(&["export", "d.copydesk", "--format", name, "--out", &out]);
            let leaves_out = matches!(
                format.spec().unlabelled,
                Unlabelled::NotMarked | Unlabelled::MarkedIfAsked
            );
            let told =
                "1 token left out: it is outside the regions where entities are annotated (a)";
            assert_eq!(
                run.stderr.contains(told),
                leaves_out,
                "{name}: {}",
                run.stderr
            );
            let run = desk.run(&["convert", &out, "--from", name]);
            let back: Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
            assert_eq!(words(&back), words(&record), "{name}");
            let home = back["text"].as_str().unwrap().contains("Home");
            assert_eq!(home, !leaves_out, "{name}");
        }
    }
    assert!(tried > 15);
}

#[test]
fn crawls_and_tables_are_read_as_articles() {
    let desk = Desk::new();
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<title>T</title><p>Storm closes ferry, the harbour master says.";
    let warc = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:5>\r\nWARC-Target-URI: https://a.org/x\r\n\
         Content-Type: application/http\r\nContent-Length: {}\r\n\r\n{page}\r\n\r\n",
        page.len()
    );
    desk.write("crawl.warc", &warc).write(
        "table.csv",
        "id,text,url\nt1,\"Council votes, at last\",https://b.org\n",
    );
    desk.run(&["import", "d.copydesk", "crawl.warc", "table.csv"])
        .well("", "created the dataset d.copydesk\nadded 2 articles\n");
    let run = desk.run(&["export", "d.copydesk", "--status", "any"]);
    let records: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (&records[0]["id"], &records[0]["url"]),
        (&"5".into(), &"https://a.org/x".into())
    );
    assert_eq!(
        records[0]["text"],
        "Storm closes ferry, the harbour master says."
    );
    assert_eq!(
        (&records[1]["id"], &records[1]["text"]),
        (&"t1".into(), &"Council votes, at last".into())
    );
}

#[test]
fn an_export_into_a_folder_spares_what_others_put_there() {
    let desk = Desk::new();
    desk.write("in.jsonl", articles(0..4))
        .write("mine/thesis.txt", "precious");
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    let run = desk.run(&["export", "d.copydesk", "--format", "brat", "--out", "mine"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("holds other files"), "{}", run.stderr);
    assert_eq!(desk.read("mine/thesis.txt"), "precious");
    for _ in 0..2 {
        let run = desk.run(&["export", "d.copydesk", "--format", "brat", "--out", "ours"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
    assert_eq!(
        desk.files()
            .iter()
            .filter(|name| name.contains("ours"))
            .count(),
        1
    );
}

#[test]
fn a_span_of_another_tool_that_cannot_be_taken_is_told() {
    let desk = Desk::new();
    desk.write(
        "admin.jsonl",
        "{\"id\":1,\"text\":\"Malta waits\",\"label\":[[0,5,\"GPE\"],[3,9,\"ORG\"],[0,500,\"X\"],[2,1,\"Y\"]]}\n",
    );
    let run = desk.run(&["convert", "admin.jsonl", "--from", "doccano"]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.stdout
            .contains("\"entities\":[{\"start\":0,\"end\":5,\"label\":\"GPE\"}]"),
        "{}",
        run.stdout
    );
    for why in [
        "it crosses another",
        "offset 500 lies beyond the text",
        "the span is empty",
    ] {
        assert!(
            run.stderr.contains("admin.jsonl:1: W112") && run.stderr.contains(why),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn the_lint_names_slips_and_edges_are_mended() {
    let desk = Desk::new();
    desk.write(
        "in.jsonl",
        "{\"id\":\"a\",\"text\":\"Malta waits. In Malta nobody waits for Gozo .\",\"regions\":[],\"entities\":[\
         {\"start\":0,\"end\":5,\"label\":\"GPE\"},{\"start\":39,\"end\":44,\"label\":\"GPE\"}],\"status\":\"done\"}\n",
    );
    desk.run(&["validate", "in.jsonl"])
        .well("", "1 record: 0 faults, 0 warnings\n");
    desk.run(&["validate", "in.jsonl", "--lint"]).well(
        "in.jsonl:1: W116 GPE 16..21 \"Malta\" is tagged elsewhere in the article, but not here\n\
         in.jsonl:1: W114 GPE 39..44 \"Gozo \" has white space at its edges\n",
        "1 record: 0 faults, 2 warnings\n",
    );
    let run = desk.run(&["convert", "in.jsonl", "--repair", "--out", "mended.jsonl"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (Some(0), "converted 1 record; 1 span repaired\n")
    );
    assert!(
        desk.read("mended.jsonl")
            .contains("{\"start\":39,\"end\":43,\"label\":\"GPE\"}")
    );
}

#[test]
fn the_lint_finds_what_the_window_checks_before_done() {
    let desk = Desk::new();
    let text = "Ada lives. November and Ada. Menu Graz. Lost line.";
    let region = |start: usize, end: usize, label: &str| {
        format!("{{\"start\":{start},\"end\":{end},\"label\":\"{label}\"}}")
    };
    let regions = [region(0, 28, "body"), region(29, 39, "nav")].join(",");
    let entities = [
        region(0, 3, "PERSON"),
        region(9, 19, "DATE"),
        region(34, 38, "GPE"),
    ]
    .join(",");
    let record = |status: &str| {
        format!(
            "{{\"id\":\"{status}\",\"text\":\"{text}\",\"regions\":[{regions}],\"entities\":[{entities}],\"status\":\"{status}\"}}\n"
        )
    };
    desk.write("in.jsonl", record("done") + &record("started"));
    // An article that is not finished yet may have text without a label.
    let both = |line: usize| {
        format!(
            "in.jsonl:{line}: W123 DATE 9..19 \". November\" has punctuation at its edges that is not part of a name\n\
             in.jsonl:{line}: W116 PERSON 24..27 \"Ada\" is tagged elsewhere in the article, but not here\n\
             in.jsonl:{line}: W117 GPE 34..38 \"Graz\" lies in no region in which entities are tagged\n"
        )
    };
    let lost = "in.jsonl:1: W122 text 40..50 \"Lost line.\" lies in no region\n";
    desk.run(&["validate", "in.jsonl", "--schema", "news", "--lint"])
        .well(
            &format!("{}{lost}{}", both(1), both(2)),
            "2 records: 0 faults, 7 warnings\n",
        );
}

#[test]
fn the_lint_compares_records_with_each_other() {
    let desk = Desk::new();
    let mut lines: Vec<String> = (0..5)
        .map(|n| {
            format!("{{\"id\":\"a{n}\",\"text\":\"Gozo waits, {n}.\",\"entities\":[{{\"start\":0,\"end\":4,\"label\":\"GPE\"}}],\"status\":\"done\"}}")
        })
        .collect();
    lines.push("{\"id\":\"b\",\"text\":\"Gozo won.\",\"entities\":[{\"start\":0,\"end\":4,\"label\":\"ORG\"}],\"status\":\"done\"}".into());
    for n in 0..5 {
        lines.push(format!(
            "{{\"id\":\"c{n}\",\"text\":\"To Gozo, {n}\",\"status\":\"done\"}}"
        ));
    }
    lines.push("{\"id\":\"d\",\"text\":\"To Gozo, not looked at\"}".into());
    desk.write("in.jsonl", lines.join("\n"));
    desk.run(&["validate", "in.jsonl", "--lint"]).well(
        "in.jsonl:6: W119 ORG 0..4 \"Gozo\" has another label in most other records (GPE in 5 of 6 places)\n\
         in.jsonl:7: W122 text 0..10 \"To Gozo, 0\" lies in no region\n\
         in.jsonl:7: W120 GPE 3..7 \"Gozo\" is tagged in other records, but not here (tagged 5 times)\n\
         in.jsonl:8: W122 text 0..10 \"To Gozo, 1\" lies in no region\n\
         in.jsonl:8: W120 GPE 3..7 \"Gozo\" is tagged in other records, but not here (tagged 5 times)\n\
         in.jsonl:9: W122 text 0..10 \"To Gozo, 2\" lies in no region\n\
         in.jsonl:9: W120 GPE 3..7 \"Gozo\" is tagged in other records, but not here (tagged 5 times)\n\
         in.jsonl:10: W122 text 0..10 \"To Gozo, 3\" lies in no region\n\
         in.jsonl:11: W122 text 0..10 \"To Gozo, 4\" lies in no region\n",
        "12 records: 0 faults, 9 warnings\n",
    );
    let piped = desk.run_with(&["validate", "-", "--lint"], lines.join("\n").as_bytes());
    assert!(
        piped.stderr.contains("a pipe can be read only once"),
        "{}",
        piped.stderr
    );
}

#[test]
fn a_report_stands_alone() {
    let desk = Desk::new();
    desk.write(
        "in.jsonl",
        articles(0..12).replace("site0", "<script>alert(1)</script>"),
    );
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    let run = desk.run(&["stats", "d.copydesk", "--html", "report.html"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let page = desk.read("report.html");
    assert!(page.contains("<svg") && page.contains("<h1>d</h1>") && page.contains("</html>"));
    assert!(
        page.contains("No article was done by two annotators independently.")
            && !page.contains("alpha"),
        "one annotator agrees with nobody"
    );
    assert!(!page.contains("<pre"), "it is no copy of what is printed");
    for fetched in ["<script", "src=\"http", "href=\"http", "@import"] {
        assert!(!page.contains(fetched), "{fetched}");
    }
}

/// A tokenizer of single letters: `vo|t|e|s` is no word to it.
const LETTERS: &str = r#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
"pre_tokenizer":{"type":"Split","pattern":{"Regex":"\\p{Lu}\\p{Ll}+|."},"behavior":"Isolated","invert":false},
"post_processor":null,"decoder":null,"model":{"type":"WordLevel","vocab":{"?":0},"unk_token":"?"}}"#;

#[test]
fn a_models_own_tokens_are_written_and_what_they_cut_is_told() {
    let desk = Desk::new();
    desk.write("letters.json", LETTERS).write(
        "in.jsonl",
        "{\"id\":\"a\",\"text\":\"Malta waits in Cologne\",\"entities\":[{\"start\":0,\"end\":5,\"label\":\"GPE\"},\
         {\"start\":15,\"end\":18,\"label\":\"ORG\"}],\"annotator\":\"maria\",\"status\":\"done\"}\n",
    );
    let convert = |to: &str, out: &str, more: &[&str]| {
        let words = [
            &[
                "convert",
                "in.jsonl",
                "--to",
                to,
                "--tokenizer",
                "letters.json",
                "--out",
                out,
            ],
            more,
        ];
        desk.run(&words.concat())
    };
    let run = convert("conll", "out.conll", &[]);
    assert!(
        run.stderr
            .contains("1 span that cuts a token left out (a: \"Col\")"),
        "{}",
        run.stderr
    );
    let tokens: Vec<String> = desk
        .read("out.conll")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("-DOCSTART-"))
        .map(|line| line.replace(" -X- -X- ", "/"))
        .collect();
    assert_eq!(
        tokens,
        [
            "Malta/B-GPE",
            "w/O",
            "a/O",
            "i/O",
            "t/O",
            "s/O",
            "i/O",
            "n/O",
            "Cologne/O"
        ]
    );
    let run = convert("hf-parquet", "hf", &[]);
    assert!(
        run.stderr
            .contains("1 entity that cuts a token, missing from `ner_tags`"),
        "{}",
        run.stderr
    );
    assert_eq!(
        convert("gliner", "strict.json", &["--strict"]).code,
        Some(1)
    );

    let bad = desk.run(&[
        "convert",
        "in.jsonl",
        "--to",
        "conll",
        "--tokenizer",
        "in.jsonl",
    ]);
    assert_eq!(bad.code, Some(2));
    assert!(
        bad.stderr
            .contains("in.jsonl is not a readable tokenizer.json"),
        "{}",
        bad.stderr
    );
    let none = desk.run(&[
        "convert",
        "in.jsonl",
        "--to",
        "conll",
        "--tokenizer",
        "nltk",
    ]);
    assert!(
        none.stderr.contains("there is no such file"),
        "{}",
        none.stderr
    );
}

#[test]
fn a_labelled_story_gives_its_labels_to_copies_that_nobody_has_touched() {
    let desk = Desk::new();
    let story = "The ferry between Malta and Gozo was closed on Monday after waves of five metres broke over the pier.\\n\
        Nobody was hurt, the harbour master Ada Borg said, but forty lorries had to wait on the road until the evening.";
    let at = |text: &str, words: &str| {
        let text = text.replace("\\n", "\n");
        let start = text[..text.find(words).unwrap()].chars().count();
        format!(
            "\"start\":{start},\"end\":{}",
            start + words.chars().count()
        )
    };
    let done = format!("Home\\n{story}");
    desk.write(
        "in.jsonl",
        [
            format!(
                "{{\"id\":\"first\",\"text\":\"{done}\",\"regions\":[{{\"start\":0,\"end\":4,\"label\":\"nav\"}},{{\"start\":5,\"end\":{},\"label\":\"body\"}}],\
                 \"entities\":[{{{},\"label\":\"GPE\"}},{{{},\"label\":\"PERSON\"}}],\"status\":\"done\",\"annotator\":\"maria\"}}",
                done.replace("\\n", "\n").chars().count(),
                at(&done, "Gozo"),
                at(&done, "Ada Borg"),
            ),
            format!("{{\"id\":\"copy\",\"text\":\"Sport\\nShut!\\n{}\\nMore news\"}}", story.replace("Ada Borg", "Ada M. Borg")),
            format!("{{\"id\":\"begun\",\"text\":\"{story}\",\"annotator\":\"ben\",\"status\":\"started\"}}"),
            "{\"id\":\"other\",\"text\":\"Council votes on the price of bread.\"}".to_owned(),
        ]
        .join("\n"),
    );
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    let run = desk.run(&["dedupe", "d.copydesk", "--project-labels"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout, "copy\tfirst\t0.98\t2\t1\t0\n");
    assert!(
        run.stderr
            .ends_with("1 copy got labels; 1 label to check\n"),
        "{}",
        run.stderr
    );

    let run = desk.run(&[
        "export",
        "d.copydesk",
        "--status",
        "started",
        "--annotator",
        "maria",
    ]);
    let record: Value = serde_json::from_str(run.stdout.trim()).unwrap();
    assert_eq!(record["id"], "copy");
    let text: Vec<char> = record["text"].as_str().unwrap().chars().collect();
    let told = |kind: &str| -> Vec<String> {
        let spans = record[kind].as_array().unwrap().iter();
        spans
            .map(|span| {
                let (start, end) = (
                    span["start"].as_u64().unwrap(),
                    span["end"].as_u64().unwrap(),
                );
                let words: String = text[start as usize..end as usize].iter().collect();
                format!(
                    "{} {words} {}",
                    span["label"].as_str().unwrap(),
                    span["score"]
                )
            })
            .collect()
    };
    assert_eq!(
        told("entities"),
        ["GPE Gozo null", "PERSON Ada M. Borg 0.3"]
    );
    let body: Vec<String> = told("regions")
        .into_iter()
        .filter(|r| r.starts_with("body The ferry"))
        .collect();
    assert!(
        body.len() == 1 && body[0].ends_with("evening. null"),
        "{body:?}"
    );

    // Work that is there stays, and a second run finds nothing more to do.
    let again = desk.run(&["dedupe", "d.copydesk", "--project-labels", "--json"]);
    assert_eq!(again.stdout, "");
}

#[test]
fn a_card_tells_what_a_dataset_holds_and_how_far_its_annotators_agree() {
    let desk = Desk::new();
    let record = |who: &str, label: &str| {
        format!(
            "{{\"id\":\"a\",\"text\":\"Home\\nMalta waits\",\"regions\":[{{\"start\":0,\"end\":4,\"label\":\"nav\"}},{{\"start\":5,\"end\":16,\"label\":\"{label}\"}}],\
             \"entities\":[{{\"start\":5,\"end\":10,\"label\":\"GPE\"}}],\"status\":\"done\",\"annotator\":\"{who}\",\"language\":\"en\"}}\n"
        )
    };
    desk.write(
        "in.jsonl",
        record("maria", "body") + &record("ben", "comment"),
    );
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    let run = desk.run(&[
        "stats",
        "d.copydesk",
        "--card",
        "card.md",
        "--html",
        "report.html",
    ]);
    assert!(
        run.stdout
            .contains("  ben, maria                    1     0.286     0.222         1.000\n"),
        "{}",
        run.stdout
    );
    let report = desk.read("report.html");
    for words in [
        "<th scope=\"row\">ben and maria</th><td class=\"n\">1</td><td class=\"n\">28.6 %</td><td class=\"n\">0.222</td><td class=\"n\">100.0 %</td>",
        "Malta <span class=\"soft\">×1</span>",
        "half have at most 16,",
    ] {
        assert!(report.contains(words), "{words}");
    }
    let card = desk.read("card.md");
    assert!(
        card.starts_with("---\npretty_name: ") && card.contains("language:\n- \"en\"\n"),
        "{card}"
    );
    assert!(
        card.contains("Annotators: 2.") && card.contains("F1 1.000"),
        "{card}"
    );

    let split = [
        "export",
        "d.copydesk",
        "--split",
        "train=0.5,dev=0.5",
        "--card",
        "--out",
        "parts",
    ];
    assert_eq!(desk.run(&split).code, Some(0));
    let card = desk.read("parts/README.md");
    assert!(
        card.contains("  - split: validation\n    path: \"dev.jsonl\"\n"),
        "{card}"
    );
    assert!(
        card.contains("| articles |") && card.contains("| `GPE` |"),
        "{card}"
    );
    let one_file = desk.run(&["export", "d.copydesk", "--card", "--out", "one.jsonl"]);
    assert_eq!(one_file.code, Some(1), "{}", one_file.stderr);
}

#[test]
fn label_studio_is_told_the_labels() {
    let desk = Desk::new();
    for (format, control, object) in [
        (
            "label-studio",
            "Labels",
            "<Text name=\"text\" value=\"$text\"/>",
        ),
        (
            "label-studio-html",
            "HyperTextLabels",
            "<HyperText name=\"text\" value=\"$html\"/>",
        ),
    ] {
        let run = desk.run(&["schema", "show", "news", "--for", format]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        for part in [
            &format!("<{control} name=\"region\" toName=\"text\">"),
            "<Label value=\"body\" background=\"#",
            "<Label value=\"PERSON\" background=\"#",
            object,
        ] {
            assert!(run.stdout.contains(part), "{part}\n{}", run.stdout);
        }
    }
    desk.run(&["schema", "show", "news", "--for", "conll"])
        .ended(1, "", "error: conll has no configuration for labels\n");
}

/// The cells of the rows of a page's table whose head begins with these words.
fn table(page: &str, head: &str) -> Vec<Vec<String>> {
    let rows = page.lines().skip_while(|line| !line.starts_with(head));
    let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells = row.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

#[test]
fn the_page_on_formats_says_what_the_formats_say() {
    let page = include_str!("../../../docs/formats.md");
    let all = table(page, "| name | what | read |");
    let outside = table(page, "| format | usual |");
    for format in ALL {
        let name = format!("`{}`", format.spec().name);
        let row = all.iter().find(|row| row[0].contains(&name));
        let row = row.unwrap_or_else(|| panic!("{name} is missing"));
        let can = format.spec().capabilities;
        assert_eq!(row[2] == "✓", can.reads, "{name} is read");
        let written = match (can.writes, format.spec().shape) {
            (false, _) => "–",
            (true, OutputShape::Stream) => "a file",
            (true, OutputShape::Folder) => "a folder",
        };
        if row[3] != "blocks: a file" {
            assert_eq!(row[3], written, "{name} is written");
        }
        let told = outside.iter().find(|row| row[0].contains(&name));
        let usual = told.map(|row| row[1].as_str());
        let expected = match format.spec().unlabelled {
            Unlabelled::SpansOnly => None,
            Unlabelled::Marked => Some("`missing`"),
            Unlabelled::NotMarked | Unlabelled::MarkedIfAsked => Some("`omit`"),
        };
        assert_eq!(usual, expected, "what {name} does with other text");
    }
}
