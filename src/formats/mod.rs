//! Files of articles and labels: bytes in and out. One file a format, one trait, capabilities declared.
//!
//! Reading goes in two steps, so that the second can run on all cores: [`Format::pieces`] cuts a stream into
//! pieces, one a record, in constant memory; [`Format::parse`] makes a [`Record`] of a piece. What is wrong is a
//! [`Fault`] with a code, never a panic, and stops no other record.
//!
//! Writing likewise: [`Format::write`] makes bytes of a record on any core, and they are put one after the other. What
//! cannot be written so, because a file holds all records at once or each record has files of its own, has a
//! [`Writer`]. What a target cannot hold is counted before it is written: [`contract`].
//!
//! In reading order: [`problem`], [`record`], [`native`] (JSONL, the format of export), [`contract`], `draft` and `marks` (a foreign
//! record being read), [`facts`] (what travels as metadata), [`tokens`], [`outside`] and [`windows`] (what of an article is written) and
//! [`join`] (what was cut, read back); then the formats, each in its file.

pub mod ahead;
mod attributes;
pub mod blocks;
pub mod caught;
pub mod contract;
mod counting;
mod csv_rows;
pub mod detect;
mod draft;
pub mod encoding;
pub mod facts;
pub mod growth;
pub mod html;
pub mod join;
pub mod lines;
mod marks;
pub mod misfit;
pub mod native;
mod objects;
pub mod outside;
pub mod pages;
mod parquet_guard;
pub mod problem;
pub mod record;
pub mod schema_toml;
mod spec;
pub mod text;
pub mod time;
pub mod tokenizer_json;
pub mod tokens;
pub mod windows;

pub mod brat;
pub mod cas;
pub mod conll;
pub mod conllu;
pub mod doccano;
pub mod gliner;
pub mod hf;
pub mod html_regions;
mod hypertext;
pub mod label_studio;
pub mod labelbuddy;
pub mod prodigy;
pub mod region_text;
mod rows;
pub mod spacy;
pub mod spans;
pub mod suggested_by;
pub mod table;
pub mod warc;
pub mod web_annotation;
pub mod webanno_tsv;

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::sync::Arc;

pub use blocks::Unit;
pub use contract::{Loss, Losses};
pub use misfit::{Misfit, misfits, misfits_in};
pub use outside::{EntityRegions, Outside, Unlabelled};
pub use pages::{FindPage, Pages};
pub use problem::{Code, Fault, Problem};
pub use record::{Content, OffsetUnit, Parsed, Record, RecordView};
pub use spec::{Capabilities, FormatSpec, Frame, RecordSplit, Shape};
pub use tokenizer_json::TokenizerFile;
pub use tokens::Tokenizer;
pub use windows::Windows;

use crate::model::{Annotation, Label, Schema};

/// How much is read at once. All input is hostile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The longest article, in bytes of the file or of the text.
    pub article_bytes: usize,
    /// The longest line, in bytes: an article's text with its escapes and labels.
    pub line_bytes: usize,
    /// The longest file that can only be read as a whole, in bytes.
    pub file_bytes: usize,
}

impl Default for Bounds {
    /// 64 MiB an article, 256 MiB a line: hundreds of novels, and far from what an editor is pleasant with.
    /// 2 GiB a file that holds all its records in one piece.
    fn default() -> Self {
        Self {
            article_bytes: 64 << 20,
            line_bytes: 256 << 20,
            file_bytes: 2 << 30,
        }
    }
}

/// How records are read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The unit in which the input counts, where its format leaves that open.
    pub offsets: OffsetUnit,
    /// How much is read at once.
    pub bounds: Bounds,
    /// Which labels are regions, where a format has one list for all spans; `None`: the usual names.
    pub regions: Option<Arc<[Label]>>,
}

impl ReadOptions {
    /// The labels that are taken for regions if nobody says which are.
    pub const USUAL_REGIONS: [&str; 9] = [
        "body", "comment", "nav", "title", "headline", "byline", "caption", "related", "ad",
    ];

    /// Whether a label is one of a region.
    #[must_use]
    pub fn is_region(&self, label: &str) -> bool {
        match &self.regions {
            Some(labels) => labels.iter().any(|known| known == label),
            None => Self::USUAL_REGIONS.contains(&label),
        }
    }
}

/// How records are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// The unit in which the output counts, where its format leaves that open.
    pub offsets: OffsetUnit,
    /// Whether what no person has vouched for carries its score.
    pub scores: bool,
    /// How text is cut into tokens, where the format has tokens.
    pub tokenizer: Tokenizer,
    /// Where the pages of articles are found, for formats that write pages.
    pub pages: Option<Pages>,
    /// What becomes of text that nobody looked at for entities; `None`: what suits the format.
    pub outside: Option<Outside>,
    /// In which regions entities are annotated; `None`: as the record says, or as usual.
    pub entity_regions: Option<EntityRegions>,
    /// Whether records have only the regions that were asked for, so that in one without regions nothing is annotated.
    pub regions_chosen: bool,
    /// How large windows are; `None`: as suits the format.
    pub windows: Option<Windows>,
    /// How many tokens a window repeats of the one before.
    pub stride: usize,
    /// The labels of all records, for formats that number them: [`Format::numbers_labels`].
    pub labels: Labels,
}

/// Labels of records, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// Of regions.
    pub regions: BTreeSet<Label>,
    /// Of entities.
    pub entities: BTreeSet<Label>,
}

impl Labels {
    /// Adds those of an annotation.
    pub fn add(&mut self, annotation: &Annotation) {
        for region in annotation.regions() {
            if !self.regions.contains(&region.label) {
                self.regions.insert(region.label.clone());
            }
        }
        for entity in annotation.entities() {
            if !self.entities.contains(&entity.label) {
                self.entities.insert(entity.label.clone());
            }
        }
    }

    /// Adds others.
    pub fn append(&mut self, mut other: Self) {
        self.regions.append(&mut other.regions);
        self.entities.append(&mut other.entities);
    }
}

/// One record's bytes, cut from a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The line on which it stands, from 1; `None` if it is the whole file.
    pub line: Option<u64>,
    /// Its bytes, or why there are none.
    pub bytes: Result<Vec<u8>, Fault>,
}

/// A stream cut into pieces.
pub trait Pieces: Send {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// If the stream cannot be read further; then it ends here.
    fn next(&mut self) -> io::Result<Option<Piece>>;

    /// Whether the next piece is there already, so that asking for it does not wait for the other end of a pipe.
    fn is_ready(&self) -> bool;
}

/// Where a [`Writer`] writes.
pub trait Target {
    /// The one file of [`Shape::Stream`].
    fn out(&mut self) -> &mut dyn Write;

    /// A new file of [`Shape::Folder`], by its path in it with `/`; folders on its way are made.
    ///
    /// # Errors
    /// If it cannot be made.
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>>;
}

/// Writes records where bytes cannot be put one after the other.
pub trait Writer {
    /// Takes a record of a part of the dataset: `train`, `dev`, `test`, or `""` if it is not split. Gives whether it is
    /// written: false for one of which the format can hold nothing, as [`Format::losses`] counted.
    ///
    /// # Errors
    /// If it cannot be written.
    fn add(
        &mut self,
        part: &str,
        record: &RecordView<'_>,
        target: &mut dyn Target,
    ) -> io::Result<bool>;

    /// Writes what had to wait for the last record.
    ///
    /// # Errors
    /// If it cannot be written.
    fn finish(self: Box<Self>, target: &mut dyn Target) -> io::Result<()>;
}

/// A format: how records are read from bytes and written to bytes.
pub trait Format: Sync {
    /// What the format declares of itself.
    fn spec(&self) -> &'static FormatSpec;

    /// Splits a stream into pieces, as [`FormatSpec::records`] says.
    ///
    /// # Errors
    /// If the beginning of the stream cannot be read, or the format is only written.
    fn pieces<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn Pieces + 'a>> {
        Ok(match self.spec().records {
            RecordSplit::WholeFile => Box::new(lines::Whole::new(input, bounds)),
            RecordSplit::Lines => Box::new(lines::Lines::new(input, bounds)?),
            RecordSplit::JsonObjects => Box::new(objects::Objects::new(input, bounds)?),
            RecordSplit::Custom => {
                return Err(io::Error::new(io::ErrorKind::Unsupported, self.not_read()));
            }
        })
    }

    /// Makes a record of a piece's bytes.
    ///
    /// # Errors
    /// What is wrong with it. A format that is only written refuses everything.
    fn parse(&self, _bytes: Vec<u8>, _options: &ReadOptions) -> Result<Parsed, Fault> {
        Err(Fault::new(Code::BadRecord, self.not_read()))
    }

    /// The message of a format that is only written.
    #[doc(hidden)]
    fn not_read(&self) -> String {
        format!("{} is written and not read", self.spec().name)
    }

    /// Appends the parts of an article to `out`, as one record; see [`FormatSpec::makes_windows`].
    fn write_parts(&self, parts: &[RecordView<'_>], options: &WriteOptions, out: &mut Vec<u8>) {
        for part in parts {
            self.write(part, options, out);
        }
    }

    /// Appends the work of several annotators on one article to `out`, as one record; see
    /// [`FormatSpec::unites_annotators`].
    fn write_annotators(
        &self,
        records: &[RecordView<'_>],
        options: &WriteOptions,
        out: &mut Vec<u8>,
    ) {
        for record in records {
            self.write(record, options, out);
        }
    }

    /// Appends a record to `out`.
    ///
    /// Formats that are only read, or have a [`Format::writer`], append nothing.
    fn write(&self, _record: &RecordView<'_>, _options: &WriteOptions, _out: &mut Vec<u8>) {}

    /// The writer that replaces [`Format::write`]. `schema` is the dataset's, if there is one.
    fn writer(&self, _options: &WriteOptions, _schema: Option<&Schema>) -> Option<Box<dyn Writer>> {
        None
    }

    /// The configuration that the other program needs to show an export with the labels of a schema.
    fn configuration(&self, _schema: &Schema) -> Option<String> {
        None
    }

    /// Counts the losses of a record that its [`Capabilities`] do not already imply.
    fn losses(&self, _record: &RecordView<'_>, _options: &WriteOptions, _losses: &mut Losses) {}
}

/// Formats are known by their names.
impl PartialEq for dyn Format {
    fn eq(&self, other: &Self) -> bool {
        self.spec().name == other.spec().name
    }
}

impl Eq for dyn Format {}

impl std::fmt::Debug for dyn Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.spec().name)
    }
}

/// A file and the one beside it, as one stream: the length of the first in decimal digits, a line feed, both.
#[must_use]
pub fn paired(first: &[u8], beside: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{}\n", first.len()).into_bytes();
    bytes.extend_from_slice(first);
    bytes.extend_from_slice(beside);
    bytes
}

/// Both files of such a stream.
fn unpaired(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    let length: usize = str::from_utf8(bytes.get(..end)?).ok()?.parse().ok()?;
    bytes.get(end + 1..)?.split_at_checked(length)
}

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
    &hf::HuggingFace,
    &hf::Parquet,
    &table::Csv,
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
    &spans::CSV,
    &spans::TSV,
];

/// The formats that can be read, in the order of the help.
pub fn readable() -> impl Iterator<Item = &'static dyn Format> {
    ALL.into_iter()
        .filter(|format| format.spec().capabilities.reads)
}

/// The formats that can be written, in the order of the help.
pub fn writable() -> impl Iterator<Item = &'static dyn Format> {
    ALL.into_iter()
        .filter(|format| format.spec().capabilities.writes)
}

/// How the names of files end that can be read, each once; of endings with a dot in them, such as `conll.gz`, the last part.
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

/// The format of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    ALL.into_iter().find(|format| format.spec().name == name)
}

/// The format that a file's name tells, without regard to a `.gz` at its end.
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
    // `a.html.corrected.txt` is dragnet's, though `txt` is known too. Of two that have the same ending, the later one is meant.
    ALL.into_iter()
        .filter(|format| longest(format).is_some())
        .max_by_key(longest)
}

/// The first byte that is neither white space nor part of a byte-order mark.
fn first_character(head: &[u8]) -> Option<u8> {
    // NULs go, so that UTF-16 shows its first character too.
    head.iter().copied().find(|byte| {
        !byte.is_ascii_whitespace() && !matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff)
    })
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod window_tests;

#[cfg(test)]
mod names {
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

    #[test]
    fn the_first_bytes_tell_the_format_of_a_stream() {
        assert_eq!(
            detect::by_content(b"  \n{\"text\":1}", None).spec().name,
            "jsonl"
        );
        assert_eq!(
            detect::by_content(b"\xff\xfe{\0\"\0", None).spec().name,
            "jsonl"
        );
        assert_eq!(
            detect::by_content(b"<!DOCTYPE html><p>x", None).spec().name,
            "html"
        );
        assert_eq!(
            detect::by_content(b"Storm closes ferry", None).spec().name,
            "text"
        );
        assert_eq!(detect::by_content(b"", None).spec().name, "text");
    }
}
