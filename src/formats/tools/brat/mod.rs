//! brat's standoff format: a folder with a `.txt` and an `.ann` file for each article. Offsets are
//! code points.
//!
//! A span with line breaks is written in fragments (`0 10;11 20`), because brat does not allow line
//! breaks in spans. Fragments separated by white space are read as one span. Each span repeats its
//! text. If the text differs, the offsets are read as UTF-16, as bytes, or with CR LF counted once,
//! whichever fits most spans of the file. A span that still does not fit is left out.
//!
//! Regions have the attribute `Region`. Metadata is in a note on the first annotation, or on the
//! document. Characters that brat does not allow in labels are replaced.

mod read;
mod write;

use self::read::read_notes;
use self::write::{BratFolder, is_in_fragments, type_name};
use crate::formats::reading::companion::unpaired;
use crate::formats::reading::record_builder::RecordBuilder;
use crate::formats::{
    Capabilities, Code, Fault, Format, FormatSpec, Loss, Losses, OffsetUnit, OutputShape, Parsed,
    ReadOptions, RecordView, RecordWriter, WriteOptions,
};
use crate::model::Schema;

/// brat's standoff.
#[derive(Clone, Copy, Debug)]
pub struct Brat;

pub(super) const UNIT: OffsetUnit = OffsetUnit::Codepoint;
pub(super) const REGION: &str = "Region";
/// The note with the metadata.
pub(super) const METADATA_NOTE: &str = "CopydeskFacts";

const SPEC: FormatSpec = FormatSpec {
    name: "brat",
    summary: "brat's standoff: a folder of .ann files and their .txt files",
    extensions: &["ann"],
    capabilities: Capabilities {
        scores: false,
        ..Capabilities::EVERYTHING
    },
    companion: Some("txt"),
    shape: OutputShape::Folder,
    ..FormatSpec::DEFAULT
};

impl Format for Brat {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let Some((notes, text)) = unpaired(&bytes) else {
            return Err(Fault::new(
                Code::NoTextBeside,
                "the .ann file needs the .txt file of the same name beside it",
            ));
        };
        let Ok(text) = str::from_utf8(text) else {
            return Err(Fault::new(Code::NotText, "the .txt file is not UTF-8"));
        };
        let notes = String::from_utf8_lossy(notes);
        let notes = notes.trim_start_matches('\u{feff}');
        // A text written by this program may begin with U+FEFF.
        let bare = match text.strip_prefix('\u{feff}') {
            Some(bare) if !notes.contains(METADATA_NOTE) => bare,
            _ => text,
        };
        let mut builder = RecordBuilder::new(bare.to_owned(), options)?;
        read_notes(&mut builder, notes, bare.len() < text.len());
        Ok(builder.finish())
    }

    fn writer(
        &self,
        _options: &WriteOptions,
        schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        let mut files = BratFolder::default();
        for label in schema.into_iter().flat_map(Schema::regions) {
            files.names.insert(type_name(&label.label));
        }
        for label in schema.into_iter().flat_map(Schema::entities) {
            files.names.insert(type_name(&label.label));
        }
        Some(Box::new(files))
    }

    fn losses(&self, record: &RecordView<'_>, _options: &WriteOptions, losses: &mut Losses) {
        let text = &record.article.text;
        let annotation = record.annotation;
        let regions = annotation.regions().iter().map(|r| (r.span, &r.label));
        let entities = annotation.entities().iter().map(|e| (e.span, &e.label));
        for (span, label) in regions.chain(entities) {
            if type_name(label) != label.as_str() {
                losses.add_span(Loss::Renamed, record.article, span);
            }
            // Fragments are trimmed, so white space at the edges of the span is lost.
            if is_in_fragments(text, span) && text.trim(span) != Some(span) {
                losses.add_span(Loss::Moved, record.article, span);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{paired, tests::entities_and_warnings};

    fn reported(text: &str, notes: &str) -> (Vec<(String, String)>, Vec<String>) {
        entities_and_warnings(&Brat, paired(notes.as_bytes(), text.as_bytes()))
    }

    #[test]
    fn the_words_of_spans_show_how_their_offsets_count() {
        let both = vec![
            ("Weel".to_owned(), "PER".to_owned()),
            ("Oslo".into(), "LOC".into()),
        ];
        for (text, notes, why) in [
            (
                "😀 Weel left\r\nOslo.",
                "T1\tPER 2 6\tWeel\nT2\tLOC 13 17\tOslo\n",
                "characters",
            ),
            (
                "😀 Weel left\r\nOslo.",
                "T1\tPER 2 6\tWeel\nT2\tLOC 12 16\tOslo\n",
                "CR LF once",
            ),
            (
                "😀 Weel left\r\nOslo.",
                "T1\tPER 3 7\tWeel\r\nT2\tLOC 13 17\tOslo\r\n",
                "UTF-16, CR LF once",
            ),
            (
                "😀 Weel left\nOslo.",
                "T1\tPER 3 7\tWeel\nT2\tLOC 13 17\tOslo\n",
                "UTF-16",
            ),
            (
                "😀 Weel left\nOslo.",
                "T1\tPER 5 9\tWeel\nT2\tLOC 15 19\tOslo\n",
                "bytes",
            ),
            (
                "\u{feff}Weel left Oslo.",
                "T1\tPER 0 4\tWeel\nT2\tLOC 10 14\tOslo\n",
                "a mark that is not counted",
            ),
            (
                "\u{feff}Weel left Oslo.",
                "\u{feff}T1\tPER 1 5\tWeel\nT2\tLOC 11 15\tOslo\n",
                "a mark that is counted",
            ),
        ] {
            assert_eq!(reported(text, notes), (both.clone(), vec![]), "{why}");
        }
    }

    #[test]
    fn a_span_over_other_words_is_left_out_by_name() {
        let (spans, warnings) = reported(
            "Weel left Oslo\nfor New\nYork.",
            "T1\tPER 0 4\tWeel\nT2\tLOC 9 13\tOslo\nT3\tLOC 19 22;23 27\tNew York\nT4\tLOC 10 14\n",
        );
        let expected = [("Weel", "PER"), ("Oslo", "LOC"), ("New\nYork", "LOC")];
        let expected: Vec<(String, String)> = expected
            .into_iter()
            .map(|(words, label)| (words.into(), label.into()))
            .collect();
        assert_eq!(spans, expected);
        let [warning] = &warnings[..] else {
            panic!("one is wanted: {warnings:?}");
        };
        assert!(
            warning.starts_with("W112")
                && warning.contains("T2")
                && warning.ends_with("the text has other words at its offsets"),
            "{warning}"
        );
    }
}
