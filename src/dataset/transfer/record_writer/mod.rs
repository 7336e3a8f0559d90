//! Writes records of any source in any format, whole or not at all.
//!
//! They are encoded on all cores and put together on the caller's thread, into a stream, a file or
//! a folder.

mod encoding;
mod sink;

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

pub(crate) use self::encoding::{Encoded, Encoding, Outgoing};
use self::sink::OutputPlace;
pub(crate) use self::sink::{Put, Sink};
use crate::formats::{Losses, OutputShape};
use crate::model::Schema;
use crate::store::{write_atomically, write_folder_atomically};

/// The destination of an export.
pub enum Destination<'a> {
    /// Standard output, or anything that takes bytes.
    Stream(&'a mut dyn Write),
    /// A file or a folder, whole or not at all; what is no file, such as a pipe or a device, is
    /// written to directly.
    Path(&'a Path),
}

/// Opens the destination, calls `fill` with the sink for records, and closes it. Returns what
/// `fill` returned and what was written.
///
/// # Errors
/// What `fill` says, or that the destination cannot be written; a file or folder is then as it was.
pub(crate) fn write_to<T>(
    destination: Destination<'_>,
    encoding: &Encoding,
    schema: Option<&Schema>,
    names: &[String],
    fill: impl FnOnce(&mut Sink<'_>) -> Result<T>,
) -> Result<(T, Put)> {
    let work = |place: OutputPlace<'_>| -> Result<(T, Put)> {
        let mut sink = Sink::new(place, encoding.clone(), schema.cloned(), names.to_vec())?;
        let value = fill(&mut sink)?;
        let put = sink.finish()?;
        Ok((value, put))
    };
    let path = match destination {
        Destination::Stream(stream) => {
            if names.len() > 1 {
                bail!(
                    "several parts cannot be written to one stream\nhint: name a folder with --out"
                );
            }
            return work(OutputPlace::Stream(stream));
        }
        Destination::Path(path) => path,
    };
    let special = fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir());
    let in_folder = encoding.format.spec().shape == OutputShape::Folder || names.len() > 1;
    if special {
        let file = fs::OpenOptions::new().write(true).open(path);
        let mut out =
            BufWriter::new(file.with_context(|| format!("cannot write {}", path.display()))?);
        let done = work(OutputPlace::Stream(&mut out))?;
        out.flush()
            .with_context(|| format!("cannot write {}", path.display()))?;
        return Ok(done);
    }
    // Carried past the I/O error that these closures must give.
    let mut why = None;
    let mut kept = |result: Result<(T, Put)>| {
        result.map_err(|error| {
            why = Some(error);
            io::Error::other("the export stopped")
        })
    };
    let written = if in_folder {
        write_folder_atomically(path, |folder| kept(work(OutputPlace::Folder(folder))))
            .map(|((value, put), left)| (value, Put { left, ..put }))
    } else {
        write_atomically(path, |out| kept(work(OutputPlace::Stream(out))))
    };
    match (written, why) {
        (Ok(done), _) => Ok(done),
        (Err(_), Some(why)) => {
            Err(why).with_context(|| format!("nothing was written to {}", path.display()))
        }
        (Err(error), None) => {
            Err(error).with_context(|| format!("cannot write {}; it is as it was", path.display()))
        }
    }
}

/// The error of `--strict`: the format cannot hold everything.
#[derive(Debug, thiserror::Error)]
#[error(
    "{format} cannot hold all of it, and --strict asks for that; nothing was written:\n{losses}"
)]
pub struct Strict {
    /// Returns the format.
    pub format: &'static str,
    /// What would be lost.
    pub losses: Losses,
}
