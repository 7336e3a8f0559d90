//! Records on their way into files, of whatever source they come and in whatever format they go: encoded on all cores,
//! put together on the caller's thread, into a stream, a file, or a folder, whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};

use crate::formats::{
    ExportTarget, Format, Labels, Losses, OutputShape, RecordView, RecordWriter, WriteOptions,
    native, windows,
};
use crate::model::{Annotation, Article, Schema};
use crate::store::{write_atomically, write_folder_atomically};

/// One article with one annotation, on its way out.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) article: Article,
    pub(crate) annotation: Annotation,
    pub(crate) annotator: String,
    pub(crate) updated_at_ms: i64,
    /// Other annotators' work on the article that goes into the same record.
    pub(crate) others: Vec<Outgoing>,
}

impl Outgoing {
    /// A part of it.
    fn of_part(&self, part: windows::Part) -> Self {
        Self {
            article: part.article,
            annotation: part.annotation,
            annotator: self.annotator.clone(),
            updated_at_ms: self.updated_at_ms,
            others: Vec::new(),
        }
    }

    pub(crate) fn view(&self) -> RecordView<'_> {
        RecordView {
            article: &self.article,
            annotation: &self.annotation,
            annotator: &self.annotator,
            updated_at_ms: self.updated_at_ms,
        }
    }
}

/// How records are encoded; shared by the workers.
#[derive(Clone)]
pub(crate) struct Encoding {
    pub(crate) format: &'static dyn Format,
    pub(crate) options: Arc<WriteOptions>,
    /// Whether the format writes records one after the other; else they go to its writer as they are.
    pub(crate) one_by_one: bool,
}

impl Encoding {
    pub(crate) fn new(format: &'static dyn Format, options: WriteOptions) -> Self {
        Self {
            format,
            one_by_one: format.writer(&options, None).is_none(),
            options: Arc::new(options),
        }
    }

    /// Whether nothing can be lost: only the native record holds all that a dataset does, as long as it is whole.
    pub(crate) fn holds_all(&self) -> bool {
        self.format.spec().name == native::Jsonl.spec().name
            && self.options.outside.is_none()
            && self.options.windows.is_none()
    }
}

impl Encoding {
    /// With the labels of all records that will come.
    pub(crate) fn with_labels(self, labels: Labels) -> Self {
        let options = WriteOptions {
            labels,
            ..(*self.options).clone()
        };
        Self {
            options: Arc::new(options),
            ..self
        }
    }
}

impl Encoding {
    /// The records as which an article is written.
    pub(crate) fn parts_of(&self, record: &Outgoing) -> Vec<Outgoing> {
        match windows::cut(self.format, &record.view(), &self.options) {
            None => vec![record.clone()],
            Some(cut) => cut
                .parts
                .into_iter()
                .map(|part| record.of_part(part))
                .collect(),
        }
    }
}

/// Some records, encoded as far as that goes.
#[derive(Default)]
pub(crate) struct Encoded {
    /// By the number of the part of the dataset.
    bytes: BTreeMap<usize, Bytes>,
    records: Vec<(usize, Outgoing)>,
    /// Articles that are written as several records: how many records of [`Encoded::records`] each has, by its first.
    windows: BTreeMap<usize, usize>,
}

/// Records, one after the other.
#[derive(Default)]
struct Bytes {
    bytes: Vec<u8>,
    records: u64,
    articles: u64,
}

impl Encoded {
    /// Adds an article of a part of the dataset, as one record or as several.
    pub(crate) fn add(&mut self, encoding: &Encoding, part: usize, record: Outgoing) {
        let (format, options) = (encoding.format, &*encoding.options);
        let cut = windows::cut(format, &record.view(), options);
        if !encoding.one_by_one {
            let Some(cut) = cut else {
                self.records.push((part, record));
                return;
            };
            self.windows.insert(self.records.len(), cut.parts.len());
            let windows = cut.parts.into_iter();
            self.records
                .extend(windows.map(|window| (part, record.of_part(window))));
            return;
        }
        let bytes = self.bytes.entry(part).or_default();
        let before = bytes.records;
        let view = record.view();
        match &cut {
            None if !record.others.is_empty() => {
                let mut all = vec![view];
                all.extend(record.others.iter().map(Outgoing::view));
                bytes.add(format, |out| format.write_annotators(&all, options, out));
            }
            None => bytes.add(format, |out| format.write(&view, options, out)),
            Some(cut) => {
                let parts: Vec<_> = cut.parts.iter().map(|part| part.view(&view)).collect();
                if format.spec().makes_windows {
                    bytes.add(format, |out| format.write_parts(&parts, options, out));
                } else {
                    for part in &parts {
                        bytes.add(format, |out| format.write(part, options, out));
                    }
                }
            }
        }
        bytes.articles += u64::from(bytes.records > before);
    }
}

impl Bytes {
    /// Adds what `write` writes as a record; nothing, if it writes nothing, which was counted as a loss.
    fn add(&mut self, format: &dyn Format, write: impl FnOnce(&mut Vec<u8>)) {
        let before = self.bytes.len();
        if self.records > 0 {
            let between = format.spec().frame.between;
            self.bytes.extend_from_slice(between.as_bytes());
        }
        let start = self.bytes.len();
        write(&mut self.bytes);
        if self.bytes.len() == start {
            self.bytes.truncate(before);
        } else {
            self.records += 1;
        }
    }
}

/// Where records go.
pub(crate) enum OutputPlace<'a> {
    /// A pipe, a device, or a file that is being written.
    Stream(&'a mut dyn Write),
    /// A folder that is being written.
    Folder(&'a Path),
}

/// What was put into a destination.
#[derive(Clone, Debug, Default)]
pub(crate) struct Put {
    /// Bytes written, of what is one stream.
    pub(crate) bytes: u64,
    /// Articles written.
    pub(crate) records: u64,
    /// Records of which they are made; more than articles where these are cut into windows.
    pub(crate) windows: u64,
    /// Files of a folder that are not from an export of ours, or were changed since, and that were left as they are.
    pub(crate) left: Vec<String>,
}

/// Puts encoded records together.
pub(crate) struct Sink<'a> {
    place: OutputPlace<'a>,
    encoding: Encoding,
    schema: Option<Schema>,
    /// The names of the parts; one that is empty if there is but one.
    names: Vec<String>,
    parts: BTreeMap<usize, Part>,
    /// What writes a whole folder.
    folder: Option<Box<dyn RecordWriter>>,
    /// A file that goes into the folder beside what the format writes, unless it writes one of that name itself.
    beside: Option<(&'static str, Vec<u8>)>,
    /// Bytes written, as far as they are counted.
    pub(crate) bytes: u64,
    /// Articles written. Some formats can hold nothing of some.
    pub(crate) records: u64,
    /// Records of which they are made.
    windows: u64,
}

/// A part of a dataset that is a stream.
#[derive(Default)]
struct Part {
    file: Option<BufWriter<File>>,
    writer: Option<Box<dyn RecordWriter>>,
    records: u64,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(
        place: OutputPlace<'a>,
        encoding: Encoding,
        schema: Option<Schema>,
        names: Vec<String>,
    ) -> Result<Self> {
        let shape = encoding.format.spec().shape;
        let streams = shape == OutputShape::Stream;
        let folder = match (&place, shape) {
            (OutputPlace::Stream(_), OutputShape::Folder) => bail!(
                "{} is a folder of files; name one with --out",
                encoding.format.spec().name
            ),
            (OutputPlace::Folder(_), OutputShape::Folder) => {
                encoding.format.writer(&encoding.options, schema.as_ref())
            }
            _ => None,
        };
        let mut sink = Self {
            place,
            encoding,
            schema,
            names,
            parts: BTreeMap::new(),
            folder,
            beside: None,
            bytes: 0,
            records: 0,
            windows: 0,
        };
        if streams {
            for part in 0..sink.names.len() {
                sink.begin(part)?; // a part without records is a file too
            }
        }
        Ok(sink)
    }

    fn begin(&mut self, number: usize) -> io::Result<()> {
        let mut part = Part::default();
        if let OutputPlace::Folder(folder) = &self.place {
            let name = self.names.get(number).map_or("", String::as_str);
            let name = format!("{name}.{}", self.encoding.format.spec().extension());
            part.file = Some(BufWriter::new(File::create(folder.join(name))?));
        }
        if self.encoding.one_by_one {
            let head = self.encoding.format.spec().frame.head;
            out(&mut part, &mut self.place).write_all(head.as_bytes())?;
            self.bytes += head.len() as u64;
        } else {
            part.writer = self
                .encoding
                .format
                .writer(&self.encoding.options, self.schema.as_ref());
        }
        self.parts.insert(number, part);
        Ok(())
    }

    pub(crate) fn take(&mut self, encoded: Encoded) -> io::Result<()> {
        let between = self.encoding.format.spec().frame.between;
        for (number, made) in encoded.bytes {
            let Some(part) = self.parts.get_mut(&number).filter(|_| made.records > 0) else {
                continue;
            };
            let follows = part.records > 0;
            part.records += made.records;
            self.records += made.articles;
            self.windows += made.records;
            let bytes = made.bytes;
            let out = out(part, &mut self.place);
            if follows && !between.is_empty() {
                out.write_all(between.as_bytes())?;
                self.bytes += between.len() as u64;
            }
            out.write_all(&bytes)?;
            self.bytes += bytes.len() as u64;
        }
        // How many records of an article are still to come, and whether one of them was written.
        let (mut of_article, mut counted) = (0, false);
        for (index, (number, record)) in encoded.records.into_iter().enumerate() {
            if of_article == 0 {
                of_article = encoded.windows.get(&index).copied().unwrap_or(1).max(1);
                counted = false;
            }
            of_article -= 1;
            let mut count = |written: bool| {
                self.windows += u64::from(written);
                self.records += u64::from(written && !counted);
                counted |= written;
            };
            let name = self.names.get(number).cloned().unwrap_or_default();
            if let Some(writer) = &mut self.folder {
                let OutputPlace::Folder(folder) = &self.place else {
                    continue;
                };
                let written = writer.add(
                    &name,
                    &record.view(),
                    &mut FolderTarget {
                        folder,
                        none: io::sink(),
                    },
                )?;
                count(written);
            } else if let Some(part) = self.parts.get_mut(&number)
                && let Some(mut writer) = part.writer.take()
            {
                let mut target = StreamTarget {
                    out: Counting {
                        inner: out(part, &mut self.place),
                        bytes: &mut self.bytes,
                    },
                };
                let written = writer.add(&name, &record.view(), &mut target)?;
                part.writer = Some(writer);
                count(written);
            }
        }
        Ok(())
    }

    /// Adds a file to the folder that is being written.
    pub(crate) fn add_file(&mut self, name: &'static str, bytes: Vec<u8>) -> Result<()> {
        if matches!(self.place, OutputPlace::Stream(_)) {
            bail!("{name} wants a folder: split the dataset, or choose a format that is one");
        }
        self.beside = Some((name, bytes));
        Ok(())
    }

    /// Writes what had to wait for the last record.
    pub(crate) fn finish(mut self) -> io::Result<Put> {
        if let (Some(writer), OutputPlace::Folder(folder)) = (self.folder.take(), &self.place) {
            writer.finish(&mut FolderTarget {
                folder,
                none: io::sink(),
            })?;
        }
        for (_, mut part) in std::mem::take(&mut self.parts) {
            if let Some(writer) = part.writer.take() {
                let mut target = StreamTarget {
                    out: Counting {
                        inner: out(&mut part, &mut self.place),
                        bytes: &mut self.bytes,
                    },
                };
                writer.finish(&mut target)?;
            } else {
                let foot = self.encoding.format.spec().frame.foot;
                out(&mut part, &mut self.place).write_all(foot.as_bytes())?;
                self.bytes += foot.len() as u64;
            }
            if let Some(mut file) = part.file {
                file.flush()?;
            }
        }
        if let (Some((name, bytes)), OutputPlace::Folder(folder)) =
            (self.beside.take(), &self.place)
        {
            let path = folder.join(name);
            if !path.exists() {
                fs::write(path, bytes)?;
            }
        }
        Ok(Put {
            bytes: self.bytes,
            records: self.records,
            windows: self.windows,
            left: Vec::new(),
        })
    }
}

/// Where a part is written.
fn out<'b>(part: &'b mut Part, place: &'b mut OutputPlace<'_>) -> &'b mut dyn Write {
    match (&mut part.file, place) {
        (Some(file), _) => file,
        (None, OutputPlace::Stream(stream)) => *stream,
        // A part of a folder has its file from the beginning; nothing is written here.
        (None, OutputPlace::Folder(_)) => nowhere(),
    }
}

fn nowhere() -> &'static mut io::Sink {
    Box::leak(Box::new(io::sink())) // of no size, so nothing is leaked
}

/// Counts what is written.
struct Counting<'b> {
    inner: &'b mut dyn Write,
    bytes: &'b mut u64,
}

impl Write for Counting<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        *self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

struct StreamTarget<'b> {
    out: Counting<'b>,
}

impl ExportTarget for StreamTarget<'_> {
    fn out(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        Err(io::Error::other(format!("{path} is no part of a stream")))
    }
}

struct FolderTarget<'b> {
    folder: &'b Path,
    none: io::Sink,
}

impl ExportTarget for FolderTarget<'_> {
    fn out(&mut self) -> &mut dyn Write {
        &mut self.none
    }

    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        let mut whole = PathBuf::from(self.folder);
        for part in path.split('/') {
            if part.is_empty() || part == ".." || part == "." || part.contains('\\') {
                return Err(io::Error::other(format!("{path} would leave the folder")));
            }
            whole.push(part);
        }
        if let Some(folder) = whole.parent() {
            fs::create_dir_all(folder)?;
        }
        // Not buffered: nobody would hear of an error in the last bytes.
        Ok(Box::new(File::create(whole)?))
    }
}

/// Where an export is asked to go.
pub enum Destination<'a> {
    /// Standard output, or anything that takes bytes.
    Stream(&'a mut dyn Write),
    /// A file or a folder, whole or not at all; what is no file, such as a pipe or a device, is written to directly.
    Path(&'a Path),
}

/// Opens the destination, lets `fill` put records into the sink, and closes it; gives what `fill` gave and what was
/// written.
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
                bail!("several parts cannot go into one stream; name a folder with --out");
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

/// The losses that a target would have were told, and the user wants none.
#[derive(Debug, thiserror::Error)]
#[error(
    "{format} cannot hold all of it, and --strict asks for that; nothing was written:\n{losses}"
)]
pub struct Strict {
    /// The format.
    pub format: &'static str,
    /// What would be lost.
    pub losses: Losses,
}
