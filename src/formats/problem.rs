//! What can be wrong with input, each with a code that never changes its meaning.
//!
//! A **fault** (`E…`) keeps a record out; a **warning** (`W…`) tells what was changed or not kept.

use std::fmt;

use crate::model::printable;

/// Declares the codes: for each its name, the code and its meaning.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $meaning:literal;)*) => {
        /// The kind of a problem. Codes are never removed or reused, because scripts look for them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// All codes, in order.
            pub const ALL: [Self; [$($code),*].len()] = [$(Self::$name),*];

            /// Returns the code, such as `E012`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// Returns the meaning of the code, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $meaning,)*
                }
            }
        }
    };
}

codes! {
    /// The line is not JSON.
    NotJson = "E001", "the line is not JSON";
    /// The line is JSON, but not an object.
    NotAnObject = "E002", "the line is JSON, but not an object";
    /// The record has no text and no html.
    NoText = "E003", "the record has no text and no html";
    /// A field has a value of the wrong type.
    WrongType = "E004", "a field has a value of the wrong type";
    /// The id is blank, too long or contains control characters.
    BadId = "E005", "the id is blank, too long or contains control characters";
    /// The status is not one of todo, started, done, skipped, flagged.
    BadStatus = "E006", "the status is not one of todo, started, done, skipped, flagged";
    /// The time is not in RFC 3339 format.
    BadTime = "E007", "the time is not in RFC 3339 format";
    /// The line is too long.
    LineTooLong = "E008", "the line is too long";
    /// The article is too long.
    TextTooLong = "E009", "the article is too long";
    /// An offset is outside the text or inside a character.
    OutOfRange = "E010", "an offset is outside the text or inside a character";
    /// A span ends at or before its start.
    EmptySpan = "E011", "a span ends at or before its start";
    /// Two regions overlap.
    Overlap = "E012", "two regions overlap";
    /// Two entities cross.
    Crossing = "E013", "two entities cross";
    /// The same span has the same label twice.
    Duplicate = "E014", "the same span has the same label twice";
    /// A span contains only white space.
    Blank = "E015", "a span contains only white space";
    /// A label has an invalid name.
    BadLabel = "E016", "a label has an invalid name";
    /// The id already belongs to another text.
    IdTaken = "E017", "the id already belongs to another text";
    /// A file or folder cannot be read.
    Unreadable = "E018", "a file or folder cannot be read";
    /// The compressed data is damaged.
    BadGzip = "E019", "the compressed data is damaged";
    /// The compressed data grows too much.
    Bomb = "E020", "the compressed data grows too much";
    /// The file is not text.
    NotText = "E021", "the file is not text";
    /// The file is empty.
    EmptyFile = "E022", "the file is empty";
    /// The record reports that its input was bad.
    ErrorRecord = "E023", "the record reports that its input was bad";
    /// Labels point into a page whose text is not given.
    LabelsWithoutText = "E024", "labels point into a page whose text is not given";
    /// The companion file with the text is missing.
    NoTextBeside = "E025", "the companion file with the text is missing";
    /// The record does not follow its format.
    BadRecord = "E026", "the record does not follow its format";
    /// The record has labels in fields that its format does not read.
    LabelsNotRead = "E027", "the record has labels in fields that its format does not read";
    /// This program does not know the version of the record's format.
    UnknownFormat = "E028", "this program does not know the version of the record's format";
    /// An internal error of this program.
    Internal = "E099", "an internal error of this program";
    /// Invalid bytes were replaced by U+FFFD, or the encoding was guessed.
    InvalidBytes = "W101", "invalid bytes were replaced by U+FFFD, or the encoding was guessed";
    /// Lone surrogates were replaced by U+FFFD.
    LoneSurrogates = "W102", "lone surrogates were replaced by U+FFFD";
    /// Fields were not kept: only strings are.
    NotKept = "W103", "fields were not kept: only strings are";
    /// The blocks do not fit the text, which was cut again.
    BadBlocks = "W104", "the blocks do not fit the text, which was cut again";
    /// A label is not in the schema.
    UnknownLabel = "W105", "a label is not in the schema";
    /// The text is empty.
    EmptyText = "W106", "the text is empty";
    /// The article exists already; its labels differ and were not imported.
    LabelsNotImported = "W107", "the article exists already; its labels differ and were not imported";
    /// Files of other kinds, or links, were left out.
    LeftOut = "W108", "files of other kinds, or links, were left out";
    /// A warning of the extractor.
    Extractor = "W109", "a warning of the extractor";
    /// The record has no id; one is made from its content.
    NoId = "W110", "the record has no id; one is made from its content";
    /// The same text exists already, under another id.
    SameText = "W111", "the same text exists already, under another id";
    /// A span of another tool's record could not be imported.
    SpanLeftOut = "W112", "a span of another tool's record could not be imported";
    /// A span begins or ends inside a character that readers see as one.
    CutSign = "W113", "a span begins or ends inside a character that readers see as one";
    /// A span has white space at its edges.
    EdgeSpace = "W114", "a span has white space at its edges";
    /// The same words have two labels in one article.
    TwoLabels = "W115", "the same words have two labels in one article";
    /// A name is tagged in one place and not in another.
    Missed = "W116", "a name is tagged in one place and not in another";
    /// An entity is outside the regions where entities are tagged.
    OutsideTagged = "W117", "an entity is outside the regions where entities are tagged";
    /// An entity is unusually long.
    LongEntity = "W118", "an entity is unusually long";
    /// A name has a different label than in most other articles.
    OddLabel = "W119", "a name has a different label than in most other articles";
    /// A name that is tagged in other articles is not tagged here.
    MissedName = "W120", "a name that is tagged in other articles is not tagged here";
    /// The record was cut short; the available part was imported.
    CutShort = "W121", "the record was cut short; the available part was imported";
    /// Text of a finished record is in no region.
    NoRegion = "W122", "text of a finished record is in no region";
    /// An entity has punctuation at its edges that is not part of a name.
    EdgeMark = "W123", "an entity has punctuation at its edges that is not part of a name";
    /// An entity crosses the edge of a region.
    OverEdge = "W124", "an entity crosses the edge of a region";
    /// A label is disabled in the schema.
    LabelOff = "W125", "a label is disabled in the schema";
    /// A finished record contains a suggestion that the models are unsure of.
    Unsure = "W126", "a finished record contains a suggestion that the models are unsure of";
}

impl Code {
    /// Returns whether a problem of this kind keeps the record out.
    #[must_use]
    pub fn is_fault(self) -> bool {
        self.as_str().starts_with('E')
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
