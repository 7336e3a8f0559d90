//! What is named on the command line or dropped on the window, made a stream of pieces: files, folders, globs,
//! standard input; gzip read through; the format found by name or content.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;

use crate::formats::detect;
use crate::formats::reading::encoding::{EncodingReport, Utf8Reader};
use crate::formats::reading::growth::{Growth, is_too_large};
use crate::formats::reading::peek::PeekReader;
use crate::formats::windows::join::WindowJoiner;
use crate::formats::{self, Bounds, Code, Fault, Format, Problem, RawRecord, RawRecords};

/// At most so many pieces go to a worker at once, …
const BATCH_PIECES: usize = 128;
/// … or so many bytes, if that is less.
const BATCH_BYTES: usize = 1 << 20;

/// Something that was named as input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input: `-`.
    Stdin,
    /// A file, a folder or a glob.
    Path(PathBuf),
    /// What came through a pipe, kept in a file so that it can be read again.
    Kept {
        /// What the pipe is called.
        name: String,
        /// The file.
        file: PathBuf,
    },
}

impl Input {
    /// From a word of the command line.
    #[must_use]
    pub fn new(word: &std::ffi::OsStr) -> Self {
        if word == "-" {
            Self::Stdin
        } else {
            Self::Path(word.into())
        }
    }

    /// Whether it can be read from its beginning more than once, as a pipe cannot.
    #[must_use]
    pub fn can_be_read_again(&self) -> bool {
        match self {
            Self::Stdin => false,
            Self::Kept { .. } => true,
            Self::Path(path) => !path.exists() || path.is_file() || path.is_dir(),
        }
    }

    /// The input as one that can be read again, and what must be kept for that. What comes through a pipe is copied into a temporary
    /// file; `None` where nothing had to be.
    ///
    /// # Errors
    /// If the pipe cannot be read or the file not be written.
    pub(crate) fn kept(&self) -> io::Result<Option<(Self, tempfile::TempPath)>> {
        if self.can_be_read_again() {
            return Ok(None);
        }
        let mut copy = tempfile::NamedTempFile::new()?;
        let name = match self {
            Self::Path(path) => {
                io::copy(&mut File::open(path)?, &mut copy)?;
                path.display().to_string()
            }
            Self::Stdin | Self::Kept { .. } => {
                io::copy(&mut io::stdin().lock(), &mut copy)?;
                "-".to_owned()
            }
        };
        let path = copy.into_temp_path();
        let file = path.to_path_buf();
        Ok(Some((Self::Kept { name, file }, path)))
    }

    /// Whether there is anything of that name; a glob may match nothing.
    #[must_use]
    pub fn exists(&self) -> bool {
        match self {
            Self::Stdin | Self::Kept { .. } => true,
            Self::Path(path) => path.exists() || as_glob(path).is_some(),
        }
    }
}

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

/// All inputs as one stream of batches. Nothing is opened before it is its turn.
pub(crate) struct Inputs {
    waiting: VecDeque<Input>,
    walk: Option<(PathBuf, ignore::Walk)>,
    matches: Option<glob::Paths>,
    open: Option<(Arc<Origin>, Box<dyn RawRecords>)>,
    /// The name of the stream that is open, and what is noticed of its encoding.
    noticed: Option<(String, EncodingReport)>,
    /// What is to be told before anything else.
    to_tell: VecDeque<Problem>,
    format: Option<&'static dyn Format>,
    bounds: Bounds,
    bytes_read: Arc<AtomicU64>,
    /// Files of unknown kinds, and links, in the folder that is being walked.
    left_out: (u64, String),
    links: u64,
    /// Pieces that were handed out.
    given: u64,
}

impl Inputs {
    /// `format` is what all of them are; `None` finds out for each.
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
            to_tell: VecDeque::new(),
            format,
            bounds,
            bytes_read: Arc::default(),
            left_out: (0, String::new()),
            links: 0,
            given: 0,
        }
    }

    /// The next batch; `None` when all inputs are at their ends.
    pub(crate) fn next(&mut self) -> Option<Item> {
        loop {
            if self.open.is_none()
                && let Some((name, noticed)) = self.noticed.take()
                && let Some(fault) = noticed.fault()
            {
                self.to_tell.push_back(problem(&name, fault));
            }
            if let Some(problem) = self.to_tell.pop_front() {
                return Some(Item::Problem(problem));
            }
            if let Some((origin, mut pieces)) = self.open.take() {
                let (batch, problem) = self.batch(&origin, &mut *pieces);
                match problem {
                    // The stream broke: what was read of it counts, and the next input has its turn.
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

    /// Pieces as far as a batch goes; at a slow pipe, as far as they are there.
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
                let walk = ignore::WalkBuilder::new(path)
                    .standard_filters(false)
                    .hidden(true) // what begins with a dot is not an article
                    .sort_by_file_name(Ord::cmp)
                    .build();
                self.walk = Some((path.to_path_buf(), walk));
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

    /// The next file of the glob or the folder that is under way.
    fn next_walked(&mut self) -> Option<Result<PathBuf, Problem>> {
        if let Some((root, walk)) = &mut self.walk {
            let root = root.clone();
            for entry in walk.by_ref() {
                match entry {
                    Err(error) => {
                        let path = path_of(&error).unwrap_or(&root).to_path_buf();
                        let why = error.io_error().map_or_else(|| error.to_string(), explain);
                        return Some(Err(unreadable(&path, &why)));
                    }
                    Ok(entry) => {
                        let kind = entry.file_type();
                        if kind.is_some_and(|kind| kind.is_symlink()) {
                            self.links += 1; // following them could lead anywhere, and round in circles
                        } else if kind.is_some_and(|kind| kind.is_file()) {
                            let path = entry.into_path();
                            if is_text_of_another(&path) {
                                continue; // read with the file that it belongs to
                            }
                            if is_dataset(&path) || is_card(&path) || !takes(self.format, &path) {
                                if self.left_out.0 == 0 {
                                    self.left_out.1 = path.display().to_string();
                                }
                                self.left_out.0 += 1;
                            } else {
                                return Some(Ok(path));
                            }
                        }
                    }
                }
            }
            self.walk = None;
            let (files, first) = std::mem::take(&mut self.left_out);
            let links = std::mem::take(&mut self.links);
            if files > 0 || links > 0 {
                let mut told = Vec::new();
                match files {
                    0 => {}
                    1 => told.push(format!("1 file of another kind ({first})")),
                    _ => told.push(format!("{files} files of other kinds (such as {first})")),
                }
                if links > 0 {
                    told.push(format!(
                        "{links} symbolic {}",
                        if links == 1 { "link" } else { "links" }
                    ));
                }
                let fault = Fault::new(Code::LeftOut, format!("{} left out", told.join(" and ")));
                return Some(Err(problem(&root.display().to_string(), fault)));
            }
        }
        if let Some(matches) = &mut self.matches {
            match matches.next() {
                Some(Ok(path)) if path.is_dir() => self.waiting.push_front(Input::Path(path)),
                Some(Ok(path)) => return Some(Ok(path)),
                Some(Err(error)) => {
                    return Some(Err(unreadable(error.path(), &explain(error.error()))));
                }
                None => self.matches = None,
            }
        }
        None
    }

    /// Opens a file that says nothing without the one beside it: both are read at once.
    ///
    /// The one beside it is nothing that anybody named, so it is treated like what is found in a folder: a link is not followed,
    /// and what is no file (a pipe, a device) is not opened.
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
        // Each of the two has an encoding of its own.
        let to_tell = &mut self.to_tell;
        let mut utf8 = |path: &Path| -> Result<Vec<u8>, Problem> {
            let (bytes, fault) = formats::reading::encoding::to_utf8(&read(path)?)
                .map_err(|error| unreadable(path, &explain(&error)))?;
            to_tell.extend(fault.map(|fault| problem(&path.display().to_string(), fault)));
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
        let counted = Counted {
            inner: input,
            bytes: Arc::clone(&self.bytes_read),
        };
        let mut input: PeekReader<Box<dyn Read + Send>> = PeekReader::new(Box::new(counted));
        if input.peek(shows_gzip).map_err(at)?.starts_with(&GZIP) {
            let before = self.bytes_read.load(Ordering::Relaxed);
            let guarded = Guarded {
                inner: Members(Some(GzDecoder::new(input))),
                compressed: Arc::clone(&self.bytes_read),
                before,
                growth: Growth::default(),
            };
            input = PeekReader::new(Box::new(guarded));
        }
        let format = match (self.format, named) {
            (Some(format), _) => format,
            (None, Some(named)) if !detect::is_open(named) => named,
            (None, named) => {
                detect::by_content(input.peek(detect::shows_content).map_err(at)?, named)
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

/// What is left of a stream that broke: its problem, told after the pieces before it.
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

fn problem(name: &str, fault: Fault) -> Problem {
    Problem {
        source: name.to_owned(),
        line: None,
        fault,
    }
}

fn unreadable(path: &Path, why: &str) -> Problem {
    problem(
        &path.display().to_string(),
        Fault::new(Code::Unreadable, format!("cannot be read: {why}")),
    )
}

/// What the system says, without its number.
fn explain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::IsADirectory => "it is a folder".into(),
        _ => error.to_string(),
    }
}

/// What a reader gives. One that panics, its own or a library's, refuses its input and no other.
fn caught<T>(read: impl FnOnce() -> io::Result<T>) -> Result<T, Fault> {
    match formats::reading::catch_panic::catch_panic(read) {
        Some(read) => read.map_err(|error| read_fault(&error)),
        None => Err(Fault::new(
            Code::BadRecord,
            "the file is damaged: its reader gave up",
        )),
    }
}

fn read_fault(error: &io::Error) -> Fault {
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

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

/// The path as a pattern, if it has the characters of one.
fn as_glob(path: &Path) -> Option<String> {
    let pattern = path.to_str()?;
    pattern
        .contains(['*', '?', '['])
        .then(|| pattern.to_owned())
}

fn is_known(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| formats::by_file_name(&name.to_string_lossy()).is_some())
}

/// Whether a file that was found in a folder is one of those that are asked for.
fn takes(format: Option<&'static dyn Format>, path: &Path) -> bool {
    match format {
        None => is_known(path) || is_export(path),
        // What lies in a folder as one export has files of other kinds beside.
        Some(format) if format.spec().shape == formats::OutputShape::Folder => {
            let ending = path.extension().map(|ending| ending.to_string_lossy());
            let known = format.spec().extensions.iter();
            let mut last = known.filter_map(|ending| ending.rsplit('.').next());
            last.any(|known| ending.as_deref() == Some(known))
        }
        Some(_) => true,
    }
}

/// Whether a file whose ending says little is an export of a tool, by how it begins.
fn is_export(path: &Path) -> bool {
    /// Enough to hold the first record of most.
    const HEAD: u64 = 1 << 20;

    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    let may_be = ending.is_some_and(|ending| {
        ["json", "tsv", "csv", "xml", "xmi"]
            .iter()
            .any(|known| ending == *known)
    });
    if !may_be {
        return false;
    }
    let mut head = Vec::new();
    File::open(path).is_ok_and(|file| file.take(HEAD).read_to_end(&mut head).is_ok())
        && detect::recognised(&head).is_some()
}

/// Whether a file is the card of the dataset that lies in its folder, and no article.
fn is_card(path: &Path) -> bool {
    let is_readme = path
        .file_name()
        .is_some_and(|name| name.eq_ignore_ascii_case("README.md"));
    let beside = |name: &str| path.with_file_name(name).exists();
    is_readme && (beside(".copydesk-export") || beside("data"))
}

/// Whether a file is the text that belongs to another file beside it.
fn is_text_of_another(path: &Path) -> bool {
    formats::ALL.iter().any(|format| {
        let extensions = format.spec().extensions.iter();
        format
            .spec()
            .companion
            .is_some_and(|ending| path.extension().is_some_and(|found| found == ending))
            && extensions
                .map(|extension| path.with_extension(extension))
                .any(|other| other.exists())
    })
}

fn is_dataset(path: &Path) -> bool {
    let name = path.to_string_lossy();
    [".copydesk", ".copydesk-wal", ".copydesk-shm", ".backup"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// Counts what is read.
struct Counted {
    inner: Box<dyn Read + Send>,
    bytes: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// What a member of gzip begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Whether enough was seen of a stream to know whether it is gzip.
fn shows_gzip(head: &[u8]) -> bool {
    head.len() >= 2 || head.first().is_some_and(|first| *first != GZIP[0])
}

/// The members of a gzip stream, one after the other. What follows the last is passed over, as by gzip itself: downloads and
/// tapes are padded.
struct Members(Option<GzDecoder<PeekReader<Box<dyn Read + Send>>>>);

impl Read for Members {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.0 {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if let Some(member) = self.0.take() {
                let mut rest = member.into_inner();
                if rest.peek(shows_gzip)?.starts_with(&GZIP) {
                    self.0 = Some(GzDecoder::new(rest));
                }
            }
        }
        Ok(0)
    }
}

/// Stops compressed data that grow beyond all reason.
struct Guarded {
    inner: Members,
    compressed: Arc<AtomicU64>,
    before: u64,
    growth: Growth,
}

impl Read for Guarded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let compressed = self.compressed.load(Ordering::Relaxed);
        self.growth.set_read(compressed.saturating_sub(self.before));
        self.growth.make(read as u64)?;
        Ok(read)
    }
}
