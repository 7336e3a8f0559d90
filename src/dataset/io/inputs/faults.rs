//! Problems of inputs as a whole.

use std::io;
use std::path::Path;

use crate::formats::reading::growth::is_too_large;
use crate::formats::{self, Code, Fault, Problem};

pub(super) fn problem(name: &str, fault: Fault) -> Problem {
    Problem {
        source: name.to_owned(),
        line: None,
        fault,
    }
}

pub(super) fn unreadable(path: &Path, why: &str) -> Problem {
    problem(
        &path.display().to_string(),
        Fault::new(Code::Unreadable, format!("cannot be read: {why}")),
    )
}

/// Returns the system's message, without its number.
pub(super) fn explain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::IsADirectory => "it is a folder".into(),
        _ => error.to_string(),
    }
}

/// Calls a reader of a format. If it panics, its own code or a library's, only this input is
/// rejected.
pub(super) fn caught<T>(read: impl FnOnce() -> io::Result<T>) -> Result<T, Fault> {
    match formats::reading::catch_panic::catch_panic(read) {
        Some(read) => read.map_err(|error| read_fault(&error)),
        None => Err(Fault::new(
            Code::BadRecord,
            "the file is damaged: its reader gave up",
        )),
    }
}

pub(super) fn read_fault(error: &io::Error) -> Fault {
    if is_too_large(error) {
        return Fault::new(Code::Bomb, error.to_string())
            .with_hint("decompress the file yourself if you trust it");
    }
    match error.kind() {
        // What the decompressor says; a plain file gives none of these.
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            Fault::new(
                Code::BadGzip,
                format!("the compressed data are damaged or cut off: {error}"),
            )
        }
        _ => Fault::new(
            Code::Unreadable,
            format!("cannot be read: {}", explain(error)),
        ),
    }
}
