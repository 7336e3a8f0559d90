//! Previews an export before anything is written: the number of records, the losses, and the first
//! records.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use super::export::{ExportOptions, ExportReport, chosen_keys, each, export_to_file, suggester};
use super::export_choice::{Existing, ExportChoice};
use super::kept_export::kept_name;
use crate::dataset::Dataset;
use crate::dataset::io::ordered::End;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::transfer::record_writer::{Encoding, Outgoing};
use crate::formats::{ExportTarget, Losses, OutputShape, native, windows};
use crate::model::Schema;
use crate::model::figures::counted;
use crate::store::Store;

/// How many records are shown.
const RECORDS: usize = 3;
/// How many characters of a line are shown: its beginning and its end.
const LINE: usize = 480;
/// How many lines of a record are shown.
const LINES: usize = 16;

/// What an export would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportPlan {
    /// How many records it would write.
    pub records: u64,
    /// How many articles the choice leaves out.
    pub left_out: u64,
    /// Of how many articles one person's work would be taken and another's passed over, though
    /// nobody decided between them.
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

/// A file of a preview, or a record of an export that is one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewFile {
    /// Its name in the folder; empty for a record of one file.
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
    /// Returns the stamp of a file; `None` if there is none.
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

/// Previews an export of the dataset at `path`. Writes nothing.
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
            windows::count_losses(encoding.format, &record.view(), &encoding.options, losses);
        }
        if made.value.1.len() < RECORDS {
            made.value.1.push(record);
        }
    };
    let suggester = suggester(store, options, cancel)?;
    let end = each(store, &keys, options, &suggester, cancel, work, |made| {
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

impl ExportTarget for InMemory {
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

/// Returns some records as they would be written; `None` if that is not text.
fn show(encoding: &Encoding, schema: &Schema, records: &[Outgoing]) -> Option<Vec<PreviewFile>> {
    // As an export cuts them, with what it leaves out.
    let parts = records.iter().flat_map(|record| encoding.parts_of(record));
    let records: &[Outgoing] = &parts.collect::<Vec<_>>();
    if encoding.one_by_one {
        return show_one_by_one(encoding, records);
    }
    let files = Files::default();
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
    let of_records: BTreeSet<String> = files.0.lock().ok()?.keys().cloned().collect();
    writer.finish(&mut target).ok()?;
    let files = std::mem::take(&mut *files.0.lock().ok()?);
    let is_folder = encoding.format.spec().shape == OutputShape::Folder;
    // What belongs to the folder as a whole, such as a configuration, comes after the records.
    let mut files: Vec<(String, Vec<u8>)> = files.into_iter().collect();
    files.sort_by_key(|(name, _)| !of_records.contains(name));
    let mut shown = Vec::new();
    for (name, bytes) in files {
        if is_folder && name.is_empty() {
            continue;
        }
        let text = String::from_utf8(bytes)
            .ok()
            .filter(|text| !text.contains('\0'))?;
        let text = beginning(&text);
        shown.push(PreviewFile { name, text });
    }
    shown.truncate(2 * RECORDS); // such as the text and the labels of each
    Some(shown)
}

/// Shows records of a format that writes them one after the other.
fn show_one_by_one(encoding: &Encoding, records: &[Outgoing]) -> Option<Vec<PreviewFile>> {
    let frame = encoding.format.spec().frame;
    let mut shown = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let before = if at > 0 { frame.between } else { frame.head };
        let mut bytes = before.as_bytes().to_vec();
        encoding
            .format
            .write(&record.view(), &encoding.options, &mut bytes);
        let text = String::from_utf8(bytes).ok()?;
        if text.trim().is_empty() {
            continue; // nothing of it can be written; that is counted as a loss
        }
        shown.push(PreviewFile {
            name: String::new(),
            text: beginning(&text),
        });
    }
    Some(shown)
}

/// Returns the first lines of a text, each shortened, and the number of the rest.
fn beginning(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().take(LINES).map(shortened).collect();
    let more = text.lines().count().saturating_sub(LINES);
    if more > 0 {
        lines.push(format!(
            "… and {}",
            counted(more as u64, "more line", "more lines")
        ));
    }
    lines.join("\n")
}

/// Shortens a long line in its middle, since labels are often at its end.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::config::built_in_schemas;
    use crate::dataset::{ImportOptions, Input, Silent, import};

    /// A dataset of five articles that nobody has touched.
    fn dataset(folder: &Path) -> PathBuf {
        let path = folder.join("news.copydesk");
        let mut dataset = Dataset::create(&path, &built_in_schemas::news().unwrap()).unwrap();
        for n in 0..5 {
            let text = format!("Story {n}: Ada Lovelace spoke in Paris.\n\nIt rained all day.");
            std::fs::write(folder.join(format!("{n}.txt")), text).unwrap();
        }
        let inputs: Vec<Input> = (0..5)
            .map(|n| Input::Path(folder.join(format!("{n}.txt"))))
            .collect();
        let options = ImportOptions::default();
        let cancel = CancelFlag::default();
        let store = dataset.store_mut();
        import(store, &inputs, &options, &mut Silent, &cancel).unwrap();
        path
    }

    fn choice(format: &str) -> ExportChoice {
        ExportChoice {
            format: format.to_owned(),
            statuses: Vec::new(),
            to: "out".to_owned(),
            ..ExportChoice::default()
        }
    }

    #[test]
    fn a_plan_says_what_an_export_then_does_in_every_format() {
        let folder = tempfile::tempdir().unwrap();
        let path = dataset(folder.path());
        for format in crate::formats::writable().filter(|format| !format.spec().needs_pages) {
            let name = format.spec().name;
            let choice = choice(name);
            let cancel = CancelFlag::default();
            let planned = plan(&path, &choice, &mut Silent, &cancel).unwrap();
            assert_eq!(planned.records, 5, "{name}");
            let shown = planned
                .preview
                .iter()
                .any(|file| file.text.contains("Lovelace") || file.text.contains(" … "));
            let is_lost = planned.preview.is_empty() && !planned.losses.is_empty();
            assert!(shown || is_lost, "{name}: {:?}", planned.preview);
            assert_eq!(
                planned.is_binary,
                ["spacy", "hf-parquet"].contains(&name),
                "{name}"
            );
            let exported =
                export_as_chosen(&path, &choice, Replace::Asked, &mut Silent, &cancel).unwrap();
            let Exported::Written { report, to, .. } = exported else {
                panic!("{name} was not written");
            };
            assert_eq!(report.losses, planned.losses, "{name}");
            assert_eq!(to, folder.path().join("out"));
            match to.is_dir() {
                true => std::fs::remove_dir_all(to).unwrap(),
                false => std::fs::remove_file(to).unwrap(),
            }
        }
    }

    #[test]
    fn nothing_is_replaced_unless_it_is_as_it_was_left_or_somebody_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = dataset(folder.path());
        let choice = choice("jsonl");
        let out = folder.path().join("out");
        let export = |replace| {
            let cancel = CancelFlag::default();
            export_as_chosen(&path, &choice, replace, &mut Silent, &cancel).unwrap()
        };
        let Exported::Written { stamp, .. } = export(Replace::Never) else {
            panic!("nothing was in the way");
        };
        let refused = Exported::WouldReplace(Existing::File);
        assert_eq!(export(Replace::Never), refused);
        assert_eq!(export(Replace::Unchanged(None)), refused);
        assert!(matches!(
            export(Replace::Unchanged(stamp)),
            Exported::Written { .. }
        ));
        std::fs::write(&out, "by hand").unwrap();
        assert_eq!(export(Replace::Unchanged(stamp)), refused);
        assert_eq!(std::fs::read(&out).unwrap(), b"by hand");
        assert!(matches!(export(Replace::Asked), Exported::Written { .. }));
    }

    #[test]
    fn a_plan_can_be_stopped_and_a_long_line_shows_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = dataset(folder.path());
        let cancel = CancelFlag::default();
        cancel.cancel();
        let stopped = plan(&path, &choice("conll"), &mut Silent, &cancel).unwrap_err();
        assert!(stopped.is::<Cancelled>(), "{stopped:#}");
        let line = format!("{}label", "ä".repeat(2000));
        let short = shortened(&line);
        assert!(
            short.ends_with("label") && short.chars().count() < 500,
            "{short}"
        );
        assert_eq!(beginning(&"x\n".repeat(40)).lines().count(), LINES + 1);
    }
}
