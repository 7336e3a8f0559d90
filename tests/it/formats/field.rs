//! Files as people have them, which lie outside the repository: each folder says in `expected.txt`
//! what is right. Skipped where they are absent. Inputs of the same kinds are made in the tests of
//! each format.

use std::path::PathBuf;

use serde_json::Value;

use crate::cli::program::Desk;

/// What a file gave.
struct Given {
    records: Vec<Value>,
    told: String,
}

impl Given {
    /// The label and the words of each entity of a record.
    fn entities(&self, nth: usize) -> Vec<String> {
        let record = &self.records[nth];
        let text: Vec<char> = record["text"].as_str().unwrap().chars().collect();
        let entities = record["entities"].as_array().unwrap().iter();
        let entities = entities.map(|entity| {
            let at = |name: &str| entity[name].as_u64().unwrap() as usize;
            let words: String = text[at("start")..at("end")].iter().collect();
            format!("{} {words}", entity["label"].as_str().unwrap())
        });
        entities.collect()
    }

    fn text(&self, nth: usize) -> &str {
        self.records[nth]["text"].as_str().unwrap()
    }
}

fn field() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/field");
    if !folder.exists() {
        println!("skipped: no files in {}", folder.display());
        return None;
    }
    Some(folder)
}

/// A file as `convert` reads it.
fn given(file: &str, format: &str) -> Option<Given> {
    let path = field()?.join(file);
    let desk = Desk::new();
    let run = desk.run(&["convert", path.to_str().unwrap(), "--from", format]);
    assert_eq!(run.code, Some(0), "{file}: {}", run.stderr);
    let records = run.stdout.lines();
    Some(Given {
        records: records
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
        told: run.stderr,
    })
}

#[test]
fn pages_of_a_crawl_that_was_cut_short_give_what_came() {
    for file in ["boundary", "gzip-inside", "inside", "whole"] {
        let Some(given) = given(&format!("01-warc-chunks-cut/{file}.warc"), "warc") else {
            return;
        };
        let text = given.text(0);
        assert!(
            text.contains("the night ferry will stop at the end of the month."),
            "{file}: {text}"
        );
        assert!(
            !text.contains("b4") && !text.contains('\u{fffd}'),
            "{file}: {text}"
        );
        assert_eq!(
            given.told.contains("W121"),
            file != "whole",
            "{file}: {}",
            given.told
        );
    }
}

#[test]
fn deflate_is_read_with_and_without_its_head() {
    for file in ["raw", "zlib"] {
        let Some(given) = given(&format!("03-warc-raw-deflate/{file}.warc"), "warc") else {
            return;
        };
        assert!(
            given
                .text(0)
                .contains("Mayor Ilse Brandow told the council"),
            "{file}: {}",
            given.text(0)
        );
        assert!(!given.told.contains("W121"), "{file}: {}", given.told);
    }
}

#[test]
fn layers_of_webanno_and_uima_give_their_spans_and_no_relations() {
    let Some(layer) = given("12-tsv-no-feature/layer.tsv", "webanno-tsv") else {
        return;
    };
    assert_eq!(
        layer.entities(0),
        ["Person Ilse Brandow", "Person Weel", "LOC Kelmsby"]
    );
    for (file, format) in [("rel.xmi", "cas-xmi"), ("rel.cas.json", "cas-json")] {
        let cas = given(&format!("14-cas-relation/{file}"), format).unwrap();
        assert_eq!(cas.entities(0), ["PER Ilse Brandow", "ORG Nordlin Lines"]);
        assert!(
            cas.told.contains("W103") && cas.told.contains("relation"),
            "{}",
            cas.told
        );
    }
}

#[test]
fn labels_under_other_names_are_found() {
    for file in ["bare", "ne", "norne"] {
        let Some(treebank) = given(&format!("16-conllu-name/{file}.conllu"), "conllu") else {
            return;
        };
        assert_eq!(
            treebank.entities(0),
            ["PER Finn Eilertsen", "LOC Oslo"],
            "{file}"
        );
    }
    let lists = given("19-hf-dict-of-lists/seq.parquet", "parquet").unwrap();
    assert_eq!(
        lists.entities(0),
        ["PER Ilse Brandow", "ORG Nordlin Lines", "LOC Kelmsby"]
    );
}

#[test]
fn brat_spans_cover_the_words_that_they_name() {
    for (file, expected) in [
        ("crlf", &["PER Ilse", "LOC Kelmsby", "PER Weel"][..]),
        ("emoji", &["PER Ilse Brandow", "ORG Nordlin"]),
        ("bom", &["PER Ilse Brandow", "ORG Nordlin"]),
        ("frag", &["LOC south Kelmsby"]),
    ] {
        let Some(given) = given(&format!("23-brat-offsets/{file}.ann"), "brat") else {
            return;
        };
        assert_eq!(given.entities(0), expected, "{file}");
        assert_eq!(
            given.told.contains("W112"),
            file == "frag",
            "{}",
            given.told
        );
        if file == "frag" {
            assert!(given.records[0].to_string().contains("see map"));
        }
    }
}

#[test]
fn label_studio_gives_the_newest_annotation_and_tells_what_it_leaves() {
    let Some(export) = given("24-label-studio/export.json", "label-studio") else {
        return;
    };
    assert_eq!(
        export.entities(0),
        [
            "Mayor Ilse Brandow",
            "PER Ilse Brandow",
            "ORG Nordlin Lines"
        ]
    );
    for kind in ["relation", "textarea", "choices", "annotations"] {
        assert!(export.told.contains(kind), "{kind}: {}", export.told);
    }
    assert_eq!(export.entities(1), ["ORG Nordlin Lines"]);
    assert_eq!(export.records[1]["entities"][0]["score"], 0.61);
    assert_eq!(export.entities(2), ["PER Weel"]);
    assert_eq!(export.records[2]["annotator"], "2");
}

#[test]
fn answers_to_single_questions_label_what_they_accept() {
    let Some(teach) = given("25-prodigy-binary/teach.jsonl", "prodigy") else {
        return;
    };
    let all: Vec<Vec<String>> = (0..3).map(|nth| teach.entities(nth)).collect();
    assert_eq!(
        all,
        [vec!["ORG Nordlin Lines"], vec![], vec!["GPE Kelmsby"]]
    );
    assert!(teach.told.contains("rejected"), "{}", teach.told);
    let merged = given("25-prodigy-binary/merged.jsonl", "prodigy").unwrap();
    assert_eq!(merged.entities(0), ["PERSON Ilse", "GPE Kelmsby"]);
}

#[test]
fn a_story_that_a_script_unhides_is_read() {
    let Some(page) = given("05-html-visibility-hidden/wechat.html", "html") else {
        return;
    };
    for words in [
        "港口办公室星期二表示",
        "市长林海对议会说",
        "北线航运公司",
        "持有十月船票的乘客",
    ] {
        assert!(page.text(0).contains(words), "{words}: {}", page.text(0));
    }
}

#[test]
fn a_page_without_its_story_takes_the_declared_one_or_is_told() {
    let Some(page) = given("11-html-json-only/jsonld.html", "html") else {
        return;
    };
    assert!(
        page.text(0).contains("The harbour office in Kelmsby said")
            && page.text(0).contains("until the fifteenth."),
        "{}",
        page.text(0)
    );
    assert_eq!(page.records[0]["meta"]["text_from"], "articleBody");
    assert!(page.told.contains("W109"), "{}", page.told);
    let empty = given("11-html-json-only/next.html", "html").unwrap();
    assert!(
        empty.told.contains("W109") && empty.told.contains("no-story"),
        "{}",
        empty.told
    );
}

#[test]
fn tables_of_spreadsheets_are_read_in_any_encoding() {
    for (file, told) in [
        ("cp1252", true),
        ("utf16", false),
        ("bom-sep", false),
        ("bom", false),
    ] {
        let Some(table) = given(&format!("22-csv-excel/{file}.csv"), "auto") else {
            return;
        };
        assert_eq!(table.records.len(), 2, "{file}");
        assert!(
            table.text(0).starts_with(
                "Die Bürgermeisterin Grete Möller sagte:\n„Die Fähre fährt nicht mehr“"
            ) || table.text(0).starts_with(
                "Die Bürgermeisterin Grete Möller sagte:\r\n„Die Fähre fährt nicht mehr“"
            ),
            "{file}: {:?}",
            table.text(0)
        );
        assert_eq!(table.text(1), "Zweiter Artikel, mit Komma");
        assert_eq!(table.told.contains("W101"), told, "{file}: {}", table.told);
    }
    let quoted = given("22-csv-excel/quoted-head.csv", "csv").unwrap();
    assert_eq!(quoted.text(0), "Ein Satz; mit Strichpunkt");
    let capital = given("22-csv-excel/capital-head.csv", "csv").unwrap();
    assert_eq!(capital.text(0), "The night ferry stops.");
    assert_eq!(capital.records[0]["id"], "1");
    let desk = Desk::new();
    let path = field().unwrap().join("22-csv-excel/chinese-head.csv");
    let run = desk.run(&["convert", path.to_str().unwrap()]);
    assert_eq!(run.code, Some(3));
    assert!(
        run.stderr.contains("编号") && run.stderr.contains("正文"),
        "{}",
        run.stderr
    );
}

#[test]
fn one_bad_byte_costs_one_character_and_is_told() {
    for (file, bad) in [
        ("control.html", 1),
        ("stray.html", 1),
        ("cut.html", 1),
        ("cut.txt", 1),
    ] {
        let Some(page) = given(&format!("33-utf8-one-bad-byte/{file}"), "auto") else {
            return;
        };
        let text = page.text(0);
        assert_eq!(text.matches('\u{fffd}').count(), bad, "{file}: {text}");
        assert!(
            text.contains('“') && text.contains('”') && !text.contains('â'),
            "{file}: {text}"
        );
        assert!(page.told.contains("W101"), "{file}: {}", page.told);
    }
}
