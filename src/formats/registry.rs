//! All formats, found by name or by file name.

use super::articles::{csv, html, text, warc};
use super::tools::{
    brat, cas, conll, conllu, doccano, gliner, html_regions, hugging_face, label_studio,
    labelbuddy, prodigy, region_text, spacy, span_table, web_annotation, webanno_tsv,
};
use super::{Format, native};

/// All formats, in the order of the help.
pub static ALL: [&dyn Format; 26] = [
    &text::PlainText,
    &html_regions::HtmlRegions,
    &html::Html,
    &native::Jsonl,
    &prodigy::Prodigy,
    &doccano::Doccano,
    &label_studio::TEXT,
    &label_studio::HYPERTEXT,
    &spacy::DocBin,
    &hugging_face::HuggingFace,
    &hugging_face::Parquet,
    &csv::Csv,
    &warc::Warc,
    &conll::Conll,
    &conllu::Conllu,
    &brat::Brat,
    &labelbuddy::Labelbuddy,
    &gliner::Gliner,
    &web_annotation::WebAnnotation,
    &cas::JSON,
    &cas::XMI,
    &webanno_tsv::WebAnnoTsv,
    &region_text::Trafilatura,
    &region_text::Dragnet,
    &span_table::CSV,
    &span_table::TSV,
];

/// Returns the formats that can be read, in the order of the help.
pub fn readable() -> impl Iterator<Item = &'static dyn Format> {
    ALL.into_iter()
        .filter(|format| format.spec().capabilities.reads)
}

/// Returns the formats that can be written, in the order of the help.
pub fn writable() -> impl Iterator<Item = &'static dyn Format> {
    ALL.into_iter()
        .filter(|format| format.spec().capabilities.writes)
}

/// Returns the file name extensions that can be read, sorted and without duplicates. Of an
/// extension with a dot, such as `conll.gz`, the last part is returned.
#[must_use]
pub fn readable_endings() -> Vec<&'static str> {
    let mut endings: Vec<&str> = readable()
        .flat_map(|format| format.spec().extensions)
        .filter_map(|ending| ending.rsplit('.').next())
        .chain(["gz"])
        .collect();
    endings.sort_unstable();
    endings.dedup();
    endings
}

/// Returns the format of a name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    ALL.into_iter().find(|format| format.spec().name == name)
}

/// Returns the format of a file name. A `.gz` at its end is ignored.
#[must_use]
pub fn by_file_name(name: &str) -> Option<&'static dyn Format> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let longest = |format: &&'static dyn Format| {
        let known = format.spec().extensions.iter();
        let fits = known.filter(|extension| {
            name.strip_suffix(**extension)
                .is_some_and(|rest| rest.ends_with('.'))
        });
        fits.map(|extension| extension.len()).max()
    };
    // `a.html.corrected.txt` is dragnet's, though `txt` is known too. Of two equal extensions the
    // later format wins.
    ALL.into_iter()
        .filter(|format| longest(format).is_some())
        .max_by_key(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_readable_format_has_its_endings_in_the_table() {
        let endings = readable_endings();
        for format in readable() {
            for ending in format.spec().extensions {
                let last = ending.rsplit('.').next().unwrap();
                assert!(endings.contains(&last), "{}: {ending}", format.spec().name);
            }
        }
        for ending in [
            "txt", "html", "jsonl", "csv", "parquet", "warc", "conllu", "spacy", "gz",
        ] {
            assert!(endings.contains(&ending), "{ending} in {endings:?}");
        }
        assert!(writable().all(|format| format.spec().name != "warc"));
    }

    #[test]
    fn names_and_endings_tell_the_format() {
        assert_eq!(
            by_file_name("a/Story.HTML").map(|format| format.spec().name),
            Some("html")
        );
        assert_eq!(
            by_file_name("records.jsonl.gz").map(|format| format.spec().name),
            Some("jsonl")
        );
        assert_eq!(
            by_file_name("notes.txt").map(|format| format.spec().name),
            Some("text")
        );
        assert_eq!(
            by_file_name("photo.jpg").map(|format| format.spec().name),
            None
        );
        assert_eq!(by_file_name("gz").map(|format| format.spec().name), None);
        for format in ALL {
            assert_eq!(
                by_name(format.spec().name).map(|format| format.spec().name),
                Some(format.spec().name)
            );
        }
    }
}
