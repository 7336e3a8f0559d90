//! Puts encoded records together: in a stream, or in the files of a folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::encoding::{Encoded, Encoding};
use crate::formats::{ExportTarget, OutputShape, RecordWriter};
use crate::model::Schema;

/// The place to which records are written.
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
    /// Files of a folder that are not from an export of ours, or were changed since, and that were
    /// left as they are.
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
    /// A file that goes into the folder beside what the format writes, unless it writes one of that
    /// name itself.
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
            bail!(
                "{name} can only be written into a folder\nhint: split the dataset, or choose a format that is a folder"
            );
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

/// Returns the output of a part.
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
