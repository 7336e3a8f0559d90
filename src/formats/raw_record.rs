//! Records as bytes, before they are parsed.

use std::io::{self, Read};

use super::Fault;

/// A stream that a format reads.
pub type Input<'a> = Box<dyn Read + Send + 'a>;

/// A stream of records that are not parsed yet.
pub type RawRecordStream<'a> = Box<dyn RawRecords + 'a>;

/// The bytes of a record, before it is parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRecord {
    /// The line where it begins, from 1; `None` if it is the whole file.
    pub line: Option<u64>,
    /// Its bytes, or why they could not be read.
    pub bytes: Result<Vec<u8>, Fault>,
}

/// A stream of records before they are parsed.
pub trait RawRecords: Send {
    /// Returns the next record; `None` at the end.
    ///
    /// # Errors
    /// If the stream cannot be read further. It ends here.
    fn next(&mut self) -> io::Result<Option<RawRecord>>;

    /// Returns whether the next record is available without waiting, for example for a pipe.
    fn is_ready(&self) -> bool;
}
