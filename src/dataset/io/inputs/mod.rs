//! Inputs as a stream of pieces: files, folders, globs and standard input.
//!
//! Gzip is decompressed, and the format is found by name or content.

mod faults;
mod gzip;
mod input;
mod walk;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use self::faults::{caught, explain, problem, read_fault, unreadable};
use self::gzip::decompressed;
pub use self::input::Input;
use self::input::as_glob;
use self::walk::FolderWalk;
use crate::formats::detect;
use crate::formats::reading::encoding::{EncodingReport, Utf8Reader};
use crate::formats::windows::join::WindowJoiner;
use crate::formats::{self, Bounds, Code, Fault, Format, Problem, RawRecord, RawRecords};

/// How many pieces go to a worker at once, …
const BATCH_PIECES: usize = 128;
/// … or how many bytes, if that is less.
const BATCH_BYTES: usize = 1 << 20;

/// Where pieces come from.
#[derive(Clone)]
pub(crate) struct Origin {
    /// The file as it was named; `-` for standard input.
    pub(crate) name: String,
    /// Its format.
    pub(crate) format: &'static dyn Format,
}

/// Some pieces of one origin, or what is wrong with an input as a whole.
pub(crate) enum Item {
    Batch(Batch),
    Problem(Problem),
}

/// Some pieces of one origin, in order.
pub(crate) struct Batch {
    pub(crate) origin: Arc<Origin>,
    pub(crate) pieces: Vec<RawRecord>,
    /// How many pieces came before, over all inputs.
    pub(crate) before: u64,
    /// Bytes of input read so far, over all inputs, as they lie on disk.
    pub(crate) bytes_read: u64,
}

/// All inputs as one stream of batches. Each input is opened when the one before has ended.
pub(crate) struct Inputs {
    waiting: VecDeque<Input>,
    walk: Option<FolderWalk>,
    matches: Option<glob::Paths>,
    open: Option<(Arc<Origin>, Box<dyn RawRecords>)>,
    /// The name of the stream that is open, and what is noticed of its encoding.
    noticed: Option<(String, EncodingReport)>,
    /// Problems to be reported before anything else.
    to_report: VecDeque<Problem>,
    format: Option<&'static dyn Format>,
    bounds: Bounds,
    bytes_read: Arc<AtomicU64>,
    /// Pieces that were handed out.
    given: u64,
}

impl Inputs {
    /// Makes a stream of inputs; `format` is that of all of them, or `None` to detect it for each.
    pub(crate) fn new(
        inputs: &[Input],
        format: Option<&'static dyn Format>,
        bounds: Bounds,
    ) -> Self {
        Self {
            waiting: inputs.iter().cloned().collect(),
            walk: None,
            matches: None,
            open: None,
            noticed: None,
            to_report: VecDeque::new(),
            format,
            bounds,
            bytes_read: Arc::default(),
            given: 0,
        }
    }

    /// Returns the next batch; `None` at the end of all inputs.
    pub(crate) fn next(&mut self) -> Option<Item> {
        loop {
            if self.open.is_none()
                && let Some((name, noticed)) = self.noticed.take()
                && let Some(fault) = noticed.fault()
            {
                self.to_report.push_back(problem(&name, fault));
            }
            if let Some(problem) = self.to_report.pop_front() {
                return Some(Item::Problem(problem));
            }
            if let Some((origin, mut pieces)) = self.open.take() {
                let (batch, problem) = self.batch(&origin, &mut *pieces);
                match problem {
                    // The stream broke: what was read of it counts, and the next input has its
                    // turn.
                    Some(problem) if batch.is_empty() => return Some(Item::Problem(problem)),
                    Some(problem) => {
                        let broken = Broken(Some(problem));
                        self.open = Some((Arc::clone(&origin), Box::new(broken)));
                    }
                    None if batch.is_empty() => continue,
                    None => self.open = Some((Arc::clone(&origin), pieces)),
                }
                let before = self.given;
                self.given += batch.len() as u64;
                return Some(Item::Batch(Batch {
                    origin,
                    pieces: batch,
                    before,
                    bytes_read: self.bytes_read.load(Ordering::Relaxed),
                }));
            }
            if let Some(found) = self.next_walked() {
                match found {
                    Ok(path) => {
                        if let Err(problem) = self.open_file(&path) {
                            return Some(Item::Problem(problem));
                        }
                    }
                    Err(problem) => return Some(Item::Problem(problem)),
                }
                continue;
            }
            match self.waiting.pop_front()? {
                Input::Stdin => {
                    if let Err(problem) = self.open_stream("-", None, Box::new(io::stdin())) {
                        return Some(Item::Problem(problem));
                    }
                }
                Input::Kept { name, file } => {
                    let opened = File::open(&file)
                        .map_err(|error| unreadable(Path::new(&name), &explain(&error)))
                        .and_then(|file| {
                            let format = self.format.or_else(|| formats::by_file_name(&name));
                            self.open_stream(&name, format, Box::new(file))
                        });
                    if let Err(problem) = opened {
                        return Some(Item::Problem(problem));
                    }
                }
                Input::Path(path) => {
                    if let Err(problem) = self.begin(&path) {
                        return Some(Item::Problem(problem));
                    }
                }
            }
        }
    }

    /// Reads a batch of pieces; from a slow pipe, those that are available.
    fn batch(
        &self,
        origin: &Origin,
        pieces: &mut dyn RawRecords,
    ) -> (Vec<RawRecord>, Option<Problem>) {
        let mut batch = Vec::new();
        let mut bytes = 0;
        loop {
            match caught(|| pieces.next()) {
                Ok(None) => return (batch, None),
                Ok(Some(piece)) => {
                    bytes += piece.bytes.as_ref().map_or(0, Vec::len);
                    batch.push(piece);
                }
                Err(fault) => return (batch, Some(problem(&origin.name, fault))),
            }
            if batch.len() >= BATCH_PIECES || bytes >= BATCH_BYTES || !pieces.is_ready() {
                return (batch, None);
            }
        }
    }

    fn begin(&mut self, path: &Path) -> Result<(), Problem> {
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                self.walk = Some(FolderWalk::new(path, self.format));
                Ok(())
            }
            Ok(_) => self.open_file(path),
            Err(error) => match as_glob(path).filter(|_| error.kind() == io::ErrorKind::NotFound) {
                Some(pattern) => {
                    let matches = glob::glob(&pattern).map_err(|error| {
                        unreadable(path, &format!("the pattern is wrong: {error}"))
                    })?;
                    let mut matches = matches.peekable();
                    if matches.peek().is_none() {
                        return Err(unreadable(path, "no file matches"));
                    }
                    drop(matches);
                    self.matches = glob::glob(&pattern).ok();
                    Ok(())
                }
                None => Err(unreadable(path, &explain(&error))),
            },
        }
    }

    /// Returns the next file of the folder or glob that is being read.
    fn next_walked(&mut self) -> Option<Result<PathBuf, Problem>> {
        if let Some(walk) = &mut self.walk {
            match walk.next() {
                Some(found) => return Some(found),
                None => self.walk = None,
            }
        }
        match self.matches.as_mut()?.next() {
            Some(Ok(path)) if path.is_dir() => self.waiting.push_front(Input::Path(path)),
            Some(Ok(path)) => return Some(Ok(path)),
            Some(Err(error)) => {
                return Some(Err(unreadable(error.path(), &explain(error.error()))));
            }
            None => self.matches = None,
        }
        None
    }

    /// Opens a file together with its companion file, such as annotations beside their text.
    ///
    /// The one beside it is nothing that anybody named, so it is treated like what is found in a
    /// folder: a link is not followed, and what is no file (a pipe, a device) is not opened.
    fn open_pair(
        &mut self,
        path: &Path,
        format: &'static dyn Format,
        ending: &str,
    ) -> Result<(), Problem> {
        let name = path.display().to_string();
        let beside = path.with_extension(ending);
        let bound = self.bounds.article_bytes;
        let read = |path: &Path| -> Result<Vec<u8>, Problem> {
            let file = File::open(path).map_err(|error| unreadable(path, &explain(&error)))?;
            let mut bytes = Vec::new();
            file.take(bound as u64 + 1)
                .read_to_end(&mut bytes)
                .map_err(|error| unreadable(path, &explain(&error)))?;
            if bytes.len() > bound {
                let fault = formats::reading::lines::too_long(bound);
                return Err(problem(&path.display().to_string(), fault));
            }
            Ok(bytes)
        };
        let found = std::fs::symlink_metadata(&beside).map(|found| found.file_type());
        match found {
            Ok(kind) if kind.is_file() => {}
            Ok(kind) => {
                let what = if kind.is_symlink() {
                    "a symbolic link, which is not followed"
                } else {
                    "no file"
                };
                let why = format!("its text, {}, is {what}", beside.display());
                return Err(problem(&name, Fault::new(Code::Unreadable, why)));
            }
            Err(_) => {
                let why = format!("its text should lie beside it, as {}", beside.display());
                return Err(problem(&name, Fault::new(Code::NoTextBeside, why)));
            }
        }
        // Each of the two has its own encoding.
        let to_report = &mut self.to_report;
        let mut utf8 = |path: &Path| -> Result<Vec<u8>, Problem> {
            let (bytes, fault) = formats::reading::encoding::to_utf8(&read(path)?)
                .map_err(|error| unreadable(path, &explain(&error)))?;
            to_report.extend(fault.map(|fault| problem(&path.display().to_string(), fault)));
            Ok(bytes)
        };
        let bytes = formats::paired(&utf8(path)?, &utf8(&beside)?);
        self.open_stream(&name, Some(format), Box::new(io::Cursor::new(bytes)))
    }

    fn open_file(&mut self, path: &Path) -> Result<(), Problem> {
        if crate::store::is_dataset(path) {
            let why = "it is a dataset; `copydesk export` gives its records";
            return Err(unreadable(path, why));
        }
        let format = self
            .format
            .or_else(|| formats::by_file_name(&path.display().to_string()));
        if let Some((format, ending)) =
            format.and_then(|format| Some((format, format.spec().companion?)))
        {
            return self.open_pair(path, format, ending);
        }
        let file = File::open(path).map_err(|error| unreadable(path, &explain(&error)))?;
        let name = path.display().to_string();
        // A file that is one article and far too long need not be read to say so.
        let format = self.format.or_else(|| formats::by_file_name(&name));
        let length = file
            .metadata()
            .ok()
            .filter(std::fs::Metadata::is_file)
            .map_or(0, |found| found.len());
        let whole = format.is_some_and(|format| !format.spec().holds_many());
        if whole && !name.ends_with(".gz") && length > self.bounds.article_bytes as u64 {
            return Err(problem(
                &name,
                formats::reading::lines::too_long(self.bounds.article_bytes),
            ));
        }
        self.open_stream(&name, format, Box::new(file))
    }

    fn open_stream(
        &mut self,
        name: &str,
        named: Option<&'static dyn Format>,
        input: Box<dyn Read + Send>,
    ) -> Result<(), Problem> {
        let at = |error: io::Error| problem(name, read_fault(&error));
        let mut input = decompressed(input, &self.bytes_read).map_err(at)?;
        let format = match (self.format, named) {
            (Some(format), _) => format,
            (None, Some(named)) if !detect::is_open(named) => named,
            (None, named) => {
                detect::by_content(input.peek(detect::shows_content()).map_err(at)?, named)
            }
        };
        let noticed = EncodingReport::default();
        self.noticed = Some((name.to_owned(), noticed.clone()));
        let input: Box<dyn Read + Send> = if format.spec().reads_bytes {
            Box::new(input)
        } else {
            let decoding = Utf8Reader::new(input, noticed);
            // A native record that is broken is named by its own line.
            let is_native = format == (&formats::native::Jsonl as &dyn Format);
            Box::new(if is_native {
                decoding.keeping_broken()
            } else {
                decoding
            })
        };
        let pieces = caught(|| format.raw_records(input, self.bounds))
            .map_err(|fault| problem(name, fault))?;
        let pieces: Box<dyn RawRecords> = if format.spec().holds_many() {
            Box::new(WindowJoiner::new(pieces, self.bounds))
        } else {
            pieces
        };
        let origin = Origin {
            name: name.to_owned(),
            format,
        };
        self.open = Some((Arc::new(origin), pieces));
        Ok(())
    }
}

/// The rest of a stream that broke: its problem, reported after the pieces before it.
struct Broken(Option<Problem>);

impl RawRecords for Broken {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        Ok(self.0.take().map(|problem| RawRecord {
            line: None,
            bytes: Err(problem.fault),
        }))
    }

    fn is_ready(&self) -> bool {
        false
    }
}
