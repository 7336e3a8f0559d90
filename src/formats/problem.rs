//! Problems of input. Each has a code that never changes its meaning.
//!
//! A **fault** (`E…`) keeps a record out. A **warning** (`W…`) reports what was changed or not
//! kept.

use std::fmt;

use crate::model::printable;

/// Declares the codes: the name, the code and the meaning of each.
macro_rules! codes {
    ($($name:ident = $code:literal, $meaning:literal;)*) => {
        /// The kind of a problem. Codes are never removed or reused, because scripts look for them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!($code, ": ", $meaning, ".")] $name,)*
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
    NotJson = "E001", "the line is not JSON";
    NotAnObject = "E002", "the line is JSON, but not an object";
    NoText = "E003", "the record has no text and no html";
    WrongType = "E004", "a field has a value of the wrong type";
    BadId = "E005", "the id is blank, too long or contains control characters";
    BadStatus = "E006", "the status is not one of todo, started, done, skipped, flagged";
    BadTime = "E007", "the time is not in RFC 3339 format";
    LineTooLong = "E008", "the line is too long";
    TextTooLong = "E009", "the article is too long";
    OutOfRange = "E010", "an offset is outside the text or inside a character";
    EmptySpan = "E011", "a span ends at or before its start";
    Overlap = "E012", "two regions overlap";
    Crossing = "E013", "two entities cross";
    Duplicate = "E014", "the same span has the same label twice";
    Blank = "E015", "a span contains only white space";
    BadLabel = "E016", "a label has an invalid name";
    IdTaken = "E017", "the id already belongs to another text";
    Unreadable = "E018", "a file or folder cannot be read";
    BadGzip = "E019", "the compressed data is damaged";
    Bomb = "E020", "the compressed data grows too much";
    NotText = "E021", "the file is not text";
    EmptyFile = "E022", "the file is empty";
    ErrorRecord = "E023", "the record reports that its input was bad";
    LabelsWithoutText = "E024", "labels point into a page whose text is not given";
    NoTextBeside = "E025", "the companion file with the text is missing";
    BadRecord = "E026", "the record does not follow its format";
    LabelsNotRead = "E027", "the record has labels in fields that its format does not read";
    UnknownFormat = "E028", "this program does not know the version of the record's format";
    Internal = "E099", "an internal error of this program";
    InvalidBytes = "W101", "invalid bytes were replaced by U+FFFD, or the encoding was guessed";
    LoneSurrogates = "W102", "lone surrogates were replaced by U+FFFD";
    NotKept = "W103", "fields were not kept: only strings are";
    BadBlocks = "W104", "the blocks do not fit the text, which was cut again";
    UnknownLabel = "W105", "a label is not in the schema";
    EmptyText = "W106", "the text is empty";
    LabelsNotImported = "W107", "the article exists already; its labels differ and were not imported";
    LeftOut = "W108", "files of other kinds, or links, were left out";
    Extractor = "W109", "a warning of the extractor";
    NoId = "W110", "the record has no id; one is made from its content";
    SameText = "W111", "the same text exists already, under another id";
    SpanLeftOut = "W112", "a span of another tool's record could not be imported";
    CutSign = "W113", "a span begins or ends inside a character that readers see as one";
    EdgeSpace = "W114", "a span has white space at its edges";
    TwoLabels = "W115", "the same words have two labels in one article";
    Missed = "W116", "a name is tagged in one place and not in another";
    OutsideTagged = "W117", "an entity is outside the regions where entities are tagged";
    LongEntity = "W118", "an entity is unusually long";
    OddLabel = "W119", "a name has a different label than in most other articles";
    MissedName = "W120", "a name that is tagged in other articles is not tagged here";
    CutShort = "W121", "the record was cut short; the available part was imported";
    NoRegion = "W122", "text of a finished record is in no region";
    EdgeMark = "W123", "an entity has punctuation at its edges that is not part of a name";
    OverEdge = "W124", "an entity crosses the edge of a region";
    LabelOff = "W125", "a label is disabled in the schema";
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

/// A problem without its place, which only the reader of the input knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind.
    pub code: Code,
    /// What happened, for people.
    pub message: String,
    /// What to do about it, for people.
    pub hint: Option<String>,
}

impl Fault {
    /// Creates a problem of a kind.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.message)
    }
}

/// A problem and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file; `-` is standard input.
    pub source: String,
    /// The line in it, from 1; `None` for the whole file.
    pub line: Option<u64>,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for Problem {
    /// Prints `file:line: E012 message`, which editors and terminals can follow, and a line `hint:
    /// …` if there is a hint.
    ///
    /// Line breaks and control characters in names and messages are escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", printable::line(&self.source))?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        let Fault {
            code,
            message,
            hint,
        } = &self.fault;
        write!(f, " {code} {}", printable::line(message))?;
        match hint {
            Some(hint) => write!(f, "\nhint: {}", printable::line(hint)),
            None => Ok(()),
        }
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

    #[test]
    fn a_hint_has_its_own_line() {
        let fault = Fault::new(Code::UnknownFormat, "version 2").with_hint("update\nCopydesk");
        let problem = Problem {
            source: "a.jsonl".into(),
            line: Some(1),
            fault,
        };
        assert_eq!(
            problem.to_string(),
            "a.jsonl:1: E028 version 2\nhint: update\\u000aCopydesk"
        );
    }
}
