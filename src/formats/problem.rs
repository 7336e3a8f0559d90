//! What can be wrong with input, each with a code that never changes its meaning.
//!
//! A **fault** (`E…`) keeps a record out; a **warning** (`W…`) tells what was changed or not kept.

use std::fmt;

use crate::model::printable;

/// The kind of a problem. Codes are only ever added: scripts look for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The line is not JSON.
    NotJson,
    /// The line is JSON, but not an object.
    NotAnObject,
    /// There is neither a text nor a page in the record.
    NoText,
    /// A field holds the wrong kind of value.
    WrongType,
    /// The id is blank, too long, or holds control characters.
    BadId,
    /// The status is none of the five words.
    BadStatus,
    /// The time is not RFC 3339.
    BadTime,
    /// The line is longer than a line may be.
    LineTooLong,
    /// The article is longer than an article may be.
    TextTooLong,
    /// An offset lies beyond the text or inside a character.
    OutOfRange,
    /// A span ends where or before it starts.
    EmptySpan,
    /// Two regions overlap.
    Overlap,
    /// Two entities cross.
    Crossing,
    /// The same span has the same label twice.
    Duplicate,
    /// A span holds nothing but white space.
    Blank,
    /// A label's name is no label.
    BadLabel,
    /// The id is taken by another text.
    IdTaken,
    /// A file or folder cannot be read.
    Unreadable,
    /// The compressed data are damaged.
    BadGzip,
    /// The compressed data blow up beyond all reason.
    Bomb,
    /// The file is something else than text: a picture, a program, an archive.
    NotText,
    /// There is nothing in the file.
    EmptyFile,
    /// The record itself says that its input was bad.
    ErrorRecord,
    /// Labels point into a page whose text is not given.
    LabelsWithoutText,
    /// The record has labels in fields that its format does not read.
    LabelsNotRead,
    /// The record is of a version of its format that this program does not know.
    UnknownFormat,
    /// The program met a fault of its own.
    Internal,
    /// Bytes that are no text were replaced.
    InvalidBytes,
    /// Half characters (lone surrogates) were replaced.
    LoneSurrogates,
    /// Fields that are not strings were not kept.
    NotKept,
    /// Blocks do not fit the text; it was cut anew.
    BadBlocks,
    /// A label is not in the schema.
    UnknownLabel,
    /// The text is empty.
    EmptyText,
    /// The article is there already, and the labels that came with it differ.
    LabelsNotImported,
    /// Files of other kinds, or links, were left out.
    LeftOut,
    /// What the extractor has to say about a page or text.
    Extractor,
    /// A record has no id.
    NoId,
    /// The same text is there already, under another id.
    SameText,
    /// A span of another tool's record could not be taken.
    SpanLeftOut,
    /// A span begins or ends inside what a reader sees as one sign.
    CutSign,
    /// A span has white space at its edges.
    EdgeSpace,
    /// The same words have two labels.
    TwoLabels,
    /// A name is tagged in one place and not in another.
    Missed,
    /// An entity lies where entities are not tagged.
    OutsideTagged,
    /// An entity is too long to be one.
    LongEntity,
    /// A name has another label than in most other articles.
    OddLabel,
    /// A name that other articles have tagged is not tagged.
    MissedName,
    /// The file beside this one, which holds its text, is missing.
    NoTextBeside,
    /// The record is not what its format says a record is.
    BadRecord,
    /// The record was cut short; what there is of it was taken.
    CutShort,
    /// Text of a finished record lies in no region.
    NoRegion,
    /// An entity has punctuation at its edges that is not part of a name.
    EdgeMark,
    /// An entity reaches over the edge of a region.
    OverEdge,
    /// A label is switched off in the schema.
    LabelOff,
    /// A finished record holds a suggestion that the models are unsure of.
    Unsure,
}

impl Code {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 55] = [
        Self::NotJson,
        Self::NotAnObject,
        Self::NoText,
        Self::WrongType,
        Self::BadId,
        Self::BadStatus,
        Self::BadTime,
        Self::LineTooLong,
        Self::TextTooLong,
        Self::OutOfRange,
        Self::EmptySpan,
        Self::Overlap,
        Self::Crossing,
        Self::Duplicate,
        Self::Blank,
        Self::BadLabel,
        Self::IdTaken,
        Self::Unreadable,
        Self::BadGzip,
        Self::Bomb,
        Self::NotText,
        Self::EmptyFile,
        Self::ErrorRecord,
        Self::LabelsWithoutText,
        Self::NoTextBeside,
        Self::BadRecord,
        Self::LabelsNotRead,
        Self::UnknownFormat,
        Self::Internal,
        Self::InvalidBytes,
        Self::LoneSurrogates,
        Self::NotKept,
        Self::BadBlocks,
        Self::UnknownLabel,
        Self::EmptyText,
        Self::LabelsNotImported,
        Self::LeftOut,
        Self::Extractor,
        Self::NoId,
        Self::SameText,
        Self::SpanLeftOut,
        Self::CutSign,
        Self::EdgeSpace,
        Self::TwoLabels,
        Self::Missed,
        Self::OutsideTagged,
        Self::LongEntity,
        Self::OddLabel,
        Self::MissedName,
        Self::CutShort,
        Self::NoRegion,
        Self::EdgeMark,
        Self::OverEdge,
        Self::LabelOff,
        Self::Unsure,
    ];

    /// The code, such as `E012`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.entry().0
    }

    /// What it means, in a sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.entry().1
    }

    /// Whether it keeps the record out.
    #[must_use]
    pub fn is_fault(self) -> bool {
        self.as_str().starts_with('E')
    }

    fn entry(self) -> (&'static str, &'static str) {
        match self {
            Self::NotJson => ("E001", "the line is not JSON"),
            Self::NotAnObject => ("E002", "the line is JSON, but not an object"),
            Self::NoText => ("E003", "the record has no text and no html"),
            Self::WrongType => ("E004", "a field holds the wrong kind of value"),
            Self::BadId => (
                "E005",
                "the id is blank, too long or holds control characters",
            ),
            Self::BadStatus => (
                "E006",
                "the status is none of todo, started, done, skipped, flagged",
            ),
            Self::BadTime => ("E007", "the time is not RFC 3339"),
            Self::LineTooLong => ("E008", "the line is too long"),
            Self::TextTooLong => ("E009", "the article is too long"),
            Self::OutOfRange => (
                "E010",
                "an offset lies beyond the text or inside a character",
            ),
            Self::EmptySpan => ("E011", "a span is empty or turned round"),
            Self::Overlap => ("E012", "two regions overlap"),
            Self::Crossing => ("E013", "two entities cross"),
            Self::Duplicate => ("E014", "the same span has the same label twice"),
            Self::Blank => ("E015", "a span holds nothing but white space"),
            Self::BadLabel => ("E016", "a label's name cannot be used"),
            Self::IdTaken => ("E017", "the id belongs to another text already"),
            Self::Unreadable => ("E018", "a file or folder cannot be read"),
            Self::BadGzip => ("E019", "the compressed data are damaged"),
            Self::Bomb => ("E020", "the compressed data blow up beyond all reason"),
            Self::NotText => ("E021", "the file is not text"),
            Self::EmptyFile => ("E022", "the file is empty"),
            Self::ErrorRecord => ("E023", "the record says that its input was bad"),
            Self::LabelsWithoutText => ("E024", "labels point into a page whose text is not given"),
            Self::NoTextBeside => ("E025", "the file beside it that holds its text is missing"),
            Self::BadRecord => ("E026", "the record is not what its format says a record is"),
            Self::LabelsNotRead => (
                "E027",
                "the record has labels in fields that its format does not read",
            ),
            Self::UnknownFormat => (
                "E028",
                "the record is of a version of its format that this program does not know",
            ),
            Self::Internal => ("E099", "a fault of this program"),
            Self::InvalidBytes => (
                "W101",
                "bytes that are no text were replaced by U+FFFD, or the encoding was guessed",
            ),
            Self::LoneSurrogates => (
                "W102",
                "half characters (lone surrogates) were replaced by U+FFFD",
            ),
            Self::NotKept => ("W103", "fields were not kept: only strings are"),
            Self::BadBlocks => ("W104", "the blocks do not fit the text, which was cut anew"),
            Self::UnknownLabel => ("W105", "a label is not in the schema"),
            Self::EmptyText => ("W106", "the text is empty"),
            Self::LabelsNotImported => (
                "W107",
                "the article was there already; the labels that came with it differ and were not taken",
            ),
            Self::LeftOut => ("W108", "files of other kinds, or links, were left out"),
            Self::Extractor => ("W109", "what the extractor noticed"),
            Self::NoId => ("W110", "the record has no id; one is made from its content"),
            Self::SameText => ("W111", "the same text is there already, under another id"),
            Self::SpanLeftOut => ("W112", "a span of another tool's record could not be taken"),
            Self::CutSign => (
                "W113",
                "a span begins or ends inside what a reader sees as one sign",
            ),
            Self::EdgeSpace => ("W114", "a span has white space at its edges"),
            Self::TwoLabels => ("W115", "the same words have two labels in one article"),
            Self::Missed => ("W116", "a name is tagged in one place and not in another"),
            Self::OutsideTagged => ("W117", "an entity lies where entities are not tagged"),
            Self::LongEntity => ("W118", "an entity is too long to be one"),
            Self::OddLabel => (
                "W119",
                "a name has another label than in most other articles",
            ),
            Self::MissedName => (
                "W120",
                "a name that is tagged in other articles is not tagged here",
            ),
            Self::CutShort => (
                "W121",
                "the record was cut short; what there is of it was taken",
            ),
            Self::NoRegion => ("W122", "text of a finished record lies in no region"),
            Self::EdgeMark => (
                "W123",
                "an entity has punctuation at its edges that is not part of a name",
            ),
            Self::OverEdge => ("W124", "an entity reaches over the edge of a region"),
            Self::LabelOff => ("W125", "a label is switched off in the schema"),
            Self::Unsure => (
                "W126",
                "a finished record holds a suggestion that the models are unsure of",
            ),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong, without the place: that is known where the input is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind.
    pub code: Code,
    /// What happened and, where it helps, what to do; for people.
    pub message: String,
}

impl Fault {
    /// A problem of that kind.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.message)
    }
}

/// A fault or warning, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, `-` for standard input.
    pub source: String,
    /// The line in it, from 1; `None` where the whole file is meant.
    pub line: Option<u64>,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for Problem {
    /// `file:line: E012 message`, which editors and terminals can follow. It is one line, whatever the names in it hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", printable::line(&self.source))?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        let Fault { code, message } = &self.fault;
        write!(f, " {code} {}", printable::line(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(codes, sorted);
    }

    #[test]
    fn a_problem_is_one_line_that_no_terminal_obeys() {
        let problem = Problem {
            source: "a\u{1b}[2J\nb.jsonl".into(),
            line: None,
            fault: Fault::new(
                Code::NotKept,
                "not kept: \u{1b}]0;x\u{7}, \u{202e}y\nc.jsonl:1: E001",
            ),
        };
        let shown = problem.to_string();
        assert!(!shown.contains(printable::is_control), "{shown:?}");
        assert!(shown.contains(r"not kept: \u001b]0;x\u0007, \u202ey\u000ac.jsonl"));
    }

    #[test]
    fn a_problem_reads_like_a_compilers() {
        let problem = Problem {
            source: "a.jsonl".into(),
            line: Some(7),
            fault: Fault::new(Code::Overlap, "regions[1] overlaps regions[0]"),
        };
        assert_eq!(
            problem.to_string(),
            "a.jsonl:7: E012 regions[1] overlaps regions[0]"
        );
    }
}
