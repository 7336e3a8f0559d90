//! What an export would do, before anything is written: how many records, what would be lost, and the first few of them.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use super::Dataset;
use super::export::{Cancelled, ExportOptions, ExportReport, chosen_keys, each, export_to_file};
use super::export_choice::{Existing, ExportChoice};
use super::kept_export::kept_name;
use super::pipeline::End;
use super::progress::{CancelFlag, Progress};
use super::writing::{Encoding, Outgoing};
use crate::formats::{Losses, Shape, Target, native};
use crate::model::Schema;
use crate::store::Store;

/// So many records are shown.
const RECORDS: usize = 3;
/// So many characters of a line are shown: its beginning and its end.
const LINE: usize = 480;
/// So many lines are shown.
const LINES: usize = 60;

/// What an export would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportPlan {
    /// How many records it would write.
    pub records: u64,
    /// How many articles the choice leaves out.
    pub left_out: u64,
    /// Of how many articles one person's work would be taken and another's passed over, though nobody decided between them.
    pub passed_over: u64,
    /// How many entities lie outside the regions that are asked for.
    pub entities_left_out: u64,
    /// What the format cannot hold.
    pub losses: Losses,
    /// The first records, as they would be written.
    pub preview: Vec<PreviewFile>,
    /// Whether the format is binary, so that the preview shows the same records as JSONL.
    pub is_binary: bool,
    /// Who has worked on the dataset.
    pub annotators: Vec<String>,
    /// The file that the dataset keeps up to date beside itself.
    pub kept: Option<String>,
}

/// A file of a preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewFile {
    /// Its name in the folder; empty for an export that is one file.
    pub name: String,
    /// What is in it, long lines shortened in the middle.
    pub text: String,
}

/// By what a file is known to be as an export left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    bytes: u64,
    /// Since 1970, in milliseconds.
    changed_ms: i64,
}

impl Stamp {
    /// Of a file; `None` if there is none.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path)
            .ok()
            .filter(std::fs::Metadata::is_file)?;
        let since = found
            .modified()
            .ok()?
            .duration_since(SystemTime::UNIX_EPOCH);
        Some(Self {
            bytes: found.len(),
            changed_ms: i64::try_from(since.ok()?.as_millis()).ok()?,
        })
    }
}

/// Whether something that is there already may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replace {
    /// Nothing may.
    Never,
    /// A file may that is as an export left it, and what an export wrote into a folder.
    Unchanged(Option<Stamp>),
    /// Whoever chose it was asked.
    Asked,
}

/// How an export to a chosen place ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    /// It is written.
    Written {
        /// What was done.
        report: ExportReport,
        /// Where it is.
        to: PathBuf,
        /// By what the file is known.
        stamp: Option<Stamp>,
    },
    /// Something is there that nobody has said may be replaced; nothing was written.
    WouldReplace(Existing),
}

/// Looks what an export of the dataset at `path` would do. Writes nothing.
///
/// # Errors
/// If the choice cannot be carried out, for people; or [`Cancelled`].
pub fn plan(
    path: &Path,
    choice: &ExportChoice,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<ExportPlan> {
    let dataset = Dataset::open_to_read(path)?;
    let store = dataset.store();
    let schema = store.schema()?;
    let options = choice.options(&schema)?;
    let mut plan = count(store, &options, progress, cancel)?;
    let samples = std::mem::take(&mut plan.1);
    let mut plan = plan.0;
    let encoding = Encoding::new(options.format, options.write());
    match show(&encoding, &schema, &samples) {
        Some(files) => plan.preview = files,
        None => {
            plan.is_binary = true;
            let as_text = Encoding::new(&native::Jsonl, options.write());
            plan.preview = show(&as_text, &schema, &samples).unwrap_or_default();
        }
    }
    let annotators = store.facets()?.annotators;
    plan.annotators = annotators.into_iter().map(|(name, _)| name).collect();
    plan.kept = kept_name(store);
    Ok(plan)
}

/// Exports the dataset at `path` as it was chosen.
///
/// # Errors
/// As [`plan`], or if the destination must not or cannot be written; it is then as it was.
pub fn export_as_chosen(
    path: &Path,
    choice: &ExportChoice,
    replace: Replace,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Exported> {
    let dataset = Dataset::open_to_read(path)?;
    let store = dataset.store();
    let to = choice.destination(path)?;
    let existing = choice.existing(path, kept_name(store).as_deref())?;
    let may = match (existing, replace) {
        (Existing::Nothing, _) | (_, Replace::Asked) => true,
        // Of a folder only what an export wrote there, and nobody has changed since, gives way.
        (Existing::Folder, Replace::Unchanged(_)) => true,
        (Existing::File, Replace::Unchanged(stamp)) => stamp.is_some() && stamp == Stamp::of(&to),
        (_, Replace::Never) => false,
    };
    if !may {
        return Ok(Exported::WouldReplace(existing));
    }
    let options = choice.options(&store.schema()?)?;
    let report = export_to_file(store, &to, &options, progress, cancel)?;
    let stamp = Stamp::of(&to);
    Ok(Exported::Written { report, to, stamp })
}

/// What a worker counted, and the first records that it saw.
type Counted = (Losses, Vec<Outgoing>);

/// Counts what an export would write and lose, and keeps the first records.
fn count(
    store: &dyn Store,
    options: &ExportOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<(ExportPlan, Vec<Outgoing>)> {
    let keys = chosen_keys(store, options)?;
    progress.expect(keys.len() as u64);
    let encoding = Encoding::new(options.format, options.write());
    let holds_all = encoding.holds_all();
    let mut plan = ExportPlan::default();
    let mut samples = Vec::new();
    let work = move |made: &mut super::export::Made<Counted>, _key, record: Outgoing| {
        if !holds_all {
            let losses = &mut made.value.0;
            losses.look(encoding.format, &record.view(), &encoding.options);
        }
        if made.value.1.len() < RECORDS {
            made.value.1.push(record);
        }
    };
    let end = each(store, &keys, options, cancel, work, |made| {
        let (losses, first) = made.value;
        plan.losses.append(losses);
        plan.records += made.report.records;
        plan.left_out += made.report.left_out;
        plan.passed_over += made.report.passed_over;
        plan.entities_left_out += made.report.entities_left_out;
        samples.extend(first);
        samples.truncate(RECORDS);
        progress.advance(plan.records + plan.left_out, 0);
        Ok(())
    })?;
    if end == End::Cancelled {
        bail!(Cancelled);
    }
    Ok((plan, samples))
}

/// Files that are being written, in memory.
#[derive(Clone, Default)]
struct Files(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Files {
    fn append(&self, name: &str, bytes: &[u8]) {
        if let Ok(mut files) = self.0.lock() {
            files
                .entry(name.to_owned())
                .or_default()
                .extend_from_slice(bytes);
        }
    }
}

/// One of them.
struct OneFile {
    files: Files,
    name: String,
}

impl Write for OneFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.files.append(&self.name, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A target in memory.
struct InMemory {
    files: Files,
    stream: OneFile,
}

impl Target for InMemory {
    fn out(&mut self) -> &mut dyn Write {
        &mut self.stream
    }

    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        self.files.append(path, b"");
        Ok(Box::new(OneFile {
            files: self.files.clone(),
            name: path.to_owned(),
        }))
    }
}

/// Some records as they would be written; `None` if that is no text.
fn show(encoding: &Encoding, schema: &Schema, records: &[Outgoing]) -> Option<Vec<PreviewFile>> {
    let files = Files::default();
    let frame = encoding.format.frame();
    if encoding.one_by_one {
        let mut bytes = frame.head.as_bytes().to_vec();
        for (at, record) in records.iter().enumerate() {
            let between = if at > 0 { frame.between } else { "" };
            bytes.extend_from_slice(between.as_bytes());
            encoding
                .format
                .write(&record.view(), &encoding.options, &mut bytes);
        }
        bytes.extend_from_slice(frame.foot.as_bytes());
        files.append("", &bytes);
    } else {
        let mut writer = encoding.format.writer(&encoding.options, Some(schema))?;
        let mut target = InMemory {
            files: files.clone(),
            stream: OneFile {
                files: files.clone(),
                name: String::new(),
            },
        };
        for record in records {
            writer.add("", &record.view(), &mut target).ok()?;
        }
        writer.finish(&mut target).ok()?;
    }
    let files = std::mem::take(&mut *files.0.lock().ok()?);
    let is_folder = encoding.format.shape() == Shape::Folder;
    let mut shown = Vec::new();
    let mut lines = LINES;
    for (name, bytes) in files {
        if is_folder && name.is_empty() {
            continue;
        }
        let text = String::from_utf8(bytes)
            .ok()
            .filter(|text| !text.contains('\0'))?;
        if lines == 0 {
            continue;
        }
        let text: Vec<String> = text.lines().take(lines).map(shortened).collect();
        lines -= text.len();
        shown.push(PreviewFile {
            name,
            text: text.join("\n"),
        });
    }
    Some(shown)
}

/// A line with its middle left out, if it is long: the labels often stand at its end.
fn shortened(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    if chars.len() <= LINE {
        return line.to_owned();
    }
    let (half, end) = (LINE / 2, chars.len() - LINE / 2);
    let beginning: String = chars.iter().take(half).collect();
    let ending: String = chars.iter().skip(end).collect();
    format!("{beginning} … {ending}")
}
