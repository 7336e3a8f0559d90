//! The declaration of a format: [`FormatSpec`].

use super::{Windows, WriteOptions};
use crate::formats::Tokenizer;

/// The declaration of a format: its name, what it can hold, and how it is read and written.
///
/// Each format has a constant, based on [`FormatSpec::DEFAULT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatSpec {
    /// The name after `--from` and `--format`.
    pub name: &'static str,
    /// One line for the help.
    pub summary: &'static str,
    /// The file name extensions by which it is recognised: lower case, without the dot.
    pub extensions: &'static [&'static str],
    /// The extension of a written file, if it is not the first of `extensions`.
    pub written_extension: Option<&'static str>,
    /// What it can hold.
    pub capabilities: Capabilities,
    /// How a file is split into records.
    pub records: RecordSplit,
    /// The extension of the file beside each one that holds its text.
    ///
    /// The format then reads both as one stream: see [`paired`](super::paired).
    pub companion: Option<&'static str>,
    /// Whether its reader takes bytes in any encoding.
    ///
    /// True for binary files, and for articles, whose encoding is detected later. All other readers
    /// get UTF-8 from [`encoding`](crate::formats::reading::encoding).
    pub reads_bytes: bool,
    /// Whether an export is one file or a folder.
    pub shape: OutputShape,
    /// The text around the records of a stream.
    pub frame: StreamFrame,
    /// Whether a record is an article or a block.
    pub unit: RecordUnit,
    /// Whether it writes the pages that articles were read from, and so needs
    /// [`WriteOptions::pages`].
    pub needs_pages: bool,
    /// Whether its output depends on [`WriteOptions::tokenizer`].
    pub has_tokens: bool,
    /// Whether it numbers labels, and so needs all of them before the first record:
    /// [`WriteOptions::labels`].
    pub numbers_labels: bool,
    /// How it represents text that nobody checked for entities.
    pub unlabelled: Unlabelled,
    /// The default size of windows.
    pub windows: Windows,
    /// The default size of windows if the tokenizer is a model's own and cuts words into pieces.
    pub windows_of_pieces: Option<Windows>,
    /// Whether it makes windows itself and writes the parts of an article as one record.
    ///
    /// The format then implements [`Format::write_parts`](super::Format::write_parts).
    pub makes_windows: bool,
    /// Whether one record can hold the work of several annotators.
    ///
    /// The format then implements [`Format::write_annotators`](super::Format::write_annotators).
    pub unites_annotators: bool,
}

impl FormatSpec {
    /// A format that is only read, with one article per file.
    pub const DEFAULT: Self = Self {
        name: "",
        summary: "",
        extensions: &[],
        written_extension: None,
        capabilities: Capabilities::ARTICLES,
        records: RecordSplit::WholeFile,
        companion: None,
        reads_bytes: false,
        shape: OutputShape::Stream,
        frame: StreamFrame::NONE,
        unit: RecordUnit::Article,
        needs_pages: false,
        has_tokens: false,
        numbers_labels: false,
        unlabelled: Unlabelled::SpansOnly,
        windows: Windows::Off,
        windows_of_pieces: None,
        makes_windows: false,
        unites_annotators: false,
    };

    /// The extension of a written file.
    #[must_use]
    pub fn extension(&self) -> &'static str {
        self.written_extension
            .or(self.extensions.first().copied())
            .unwrap_or("jsonl")
    }

    /// Whether a file holds many records. Otherwise it is one article.
    #[must_use]
    pub fn holds_many(&self) -> bool {
        !matches!(self.records, RecordSplit::WholeFile | RecordSplit::LongFile)
    }

    /// The default size of windows with the tokenizer of these options.
    #[must_use]
    pub fn default_windows(&self, options: &WriteOptions) -> Windows {
        match (self.windows_of_pieces, &options.tokenizer) {
            (Some(windows), Tokenizer::File(_)) => windows,
            _ => self.windows,
        }
    }
}

/// What a format can hold. An export counts and reports the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Articles can be read from it.
    pub reads: bool,
    /// Annotations can be written to it.
    pub writes: bool,
    /// It holds the exact text, including white space.
    pub text: bool,
    /// It holds regions.
    pub regions: bool,
    /// It holds entities.
    pub entities: bool,
    /// Entities may nest, and one span may have two labels.
    pub nesting: bool,
    /// A span may begin or end inside a token.
    pub cuts: bool,
    /// It holds the status, the annotator and the time.
    pub status: bool,
    /// It holds remarks.
    pub remarks: bool,
    /// It distinguishes suggestions from a person's work by their scores.
    pub scores: bool,
    /// It holds the id and metadata.
    pub metadata: bool,
}

impl Capabilities {
    /// Those of a format that holds articles without labels and is only read.
    pub const ARTICLES: Self = Self {
        reads: true,
        writes: false,
        text: true,
        regions: false,
        entities: false,
        nesting: false,
        cuts: true,
        status: false,
        remarks: false,
        scores: false,
        metadata: false,
    };

    /// Those of a format that holds everything a dataset holds.
    pub const EVERYTHING: Self = Self {
        reads: true,
        writes: true,
        text: true,
        regions: true,
        entities: true,
        nesting: true,
        cuts: true,
        status: true,
        remarks: true,
        scores: true,
        metadata: true,
    };
}

/// How a file is split into records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordSplit {
    /// The file is one record.
    WholeFile,
    /// The file is one record and much longer than its text, because it has lines for each token.
    LongFile,
    /// Each line is a record.
    Lines,
    /// Each JSON object is a record, whether on a line, over many lines, or in a list.
    JsonObjects,
    /// The format has many records and implements
    /// [`Format::raw_records`](super::Format::raw_records).
    Custom,
}

/// How an export lies on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputShape {
    /// One file, or a pipe.
    Stream,
    /// A folder of files.
    Folder,
}

/// The text around and between records that are written one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamFrame {
    /// At the beginning.
    pub head: &'static str,
    /// Between two records.
    pub between: &'static str,
    /// At the end.
    pub foot: &'static str,
}

impl StreamFrame {
    /// No text at all.
    pub const NONE: Self = Self {
        head: "",
        between: "",
        foot: "",
    };

    /// The brackets and commas of a JSON list.
    pub const JSON_LIST: Self = Self {
        head: "[\n",
        between: ",\n",
        foot: "\n]\n",
    };
}

/// The content of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordUnit {
    /// An article, or a window of one.
    #[default]
    Article,
    /// A block.
    Block,
}

/// How a format represents text outside the annotated regions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlabelled {
    /// The format lists spans and says nothing about other text.
    SpansOnly,
    /// Each token has a label or none; unknown tokens cannot be marked.
    NotMarked,
    /// Unknown tokens are marked, and programs understand that.
    Marked,
    /// Unknown tokens can be marked, but common programs fail on them, so they are only written on
    /// request.
    MarkedIfAsked,
}
