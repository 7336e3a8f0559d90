//! Pages and texts with what is expected of them: `NAME` beside `NAME.expected`, in the notation of
//! `model::notation`. `UPDATE=1` writes what is found; read the difference before you commit it.

use std::path::{Path, PathBuf};

use super::{core, schema};
use crate::extract::{Extraction, SourceKind, extract};
use crate::model::{Annotation, Provenance, Status, notation};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn read(name: &str, labels: &crate::model::Schema) -> Extraction {
    let bytes = std::fs::read(folder().join(name)).unwrap();
    extract(&bytes, SourceKind::guess(&bytes, Some(name)), labels)
}

/// The labels alone: scores change with every weight.
fn labelled(extraction: &Extraction) -> String {
    let mut regions = extraction.regions.clone();
    for region in &mut regions {
        region.provenance = Provenance::Person;
    }
    let annotation = Annotation::from_parts(
        &extraction.text,
        regions,
        Vec::new(),
        Status::Todo,
        Vec::new(),
    )
    .unwrap();
    notation::print(&extraction.text, &annotation, None)
}

#[test]
fn the_corpus_is_labelled_as_expected() {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".txt") || name.ends_with(".html"))
        .collect();
    names.sort();
    assert!(names.len() >= 8, "the corpus is gone");
    let mut faults = Vec::new();
    for name in names {
        let found = labelled(&read(&name, &core()));
        let path = folder().join(format!("{name}.expected"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if expected != found {
            faults.push(format!("{name}: expected\n{expected}\nfound\n{found}"));
        }
    }
    assert!(
        faults.is_empty(),
        "{}\nIf this is right: UPDATE=1 cargo test corpus",
        faults.join("\n")
    );
}

#[test]
fn a_schema_with_more_labels_gets_more() {
    let rich = schema(&[
        "body", "comment", "nav", "title", "byline", "caption", "related", "ad",
    ]);
    let extraction = read("modern.html", &rich);
    let words = |label: &str| -> Vec<&str> {
        extraction
            .regions
            .iter()
            .filter(|region| region.label == *label)
            .map(|region| extraction.text.slice(region.span))
            .collect()
    };
    assert_eq!(words("title"), ["Orchard saved by its neighbours"]);
    assert_eq!(words("byline"), ["By Tilda Moor 3 September 2021"]);
    assert_eq!(
        words("caption"),
        ["Pickers in the old orchard. Photo: Valley Observer"]
    );
    assert_eq!(words("related").len(), 1);
    let poor = read("modern.html", &schema(&["body", "comment"]));
    assert!(poor.regions.iter().all(|region| region.label != *"nav"));
}

#[test]
fn a_page_tells_its_title_address_and_language() {
    let meta = read("modern.html", &core()).meta;
    assert_eq!(meta.title, "Orchard saved by its neighbours");
    assert_eq!(meta.language, "en");
    assert_eq!(meta.url, "https://valley-observer.example/orchard");
    assert_eq!(
        meta.other.get("byline").map(String::as_str),
        Some("Tilda Moor")
    );
}

#[test]
fn blocks_know_where_they_came_from() {
    let extraction = read("modern.html", &core());
    let of = |words: &str| {
        extraction
            .blocks
            .iter()
            .find(|block| extraction.text.slice(block.span).starts_with(words))
            .unwrap()
    };
    assert_eq!(
        &*of("They paid ninety").path,
        "html/body/main[1]/article[1]/div[1]/p[2]"
    );
    assert_eq!(of("They paid ninety").link_permille, 0);
    assert_eq!(of("Cider festival").link_permille, 1000);
}
