//! Options that several commands have.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};

use super::console::Console;
use crate::dataset;
use crate::dataset::config::built_in_schemas;
use crate::dataset::training::entities;
use crate::dataset::training::entities::Models;
use crate::dataset::training::regions::gold::Gold;
use crate::dataset::training::regions::train::RegionModel;
use crate::dataset::{CancelFlag, Cancelled, Input, PageFolder};
use crate::formats::{self, Format, Losses, OffsetUnit, Pages, schema_toml};
use crate::model::figures::counted;
use crate::model::{Label, Schema};

/// Options for reading input.
#[derive(Debug, Args)]
pub(super) struct InputOptions {
    /// The input format
    #[arg(long, default_value = "auto", value_parser = PossibleValuesParser::new(
        std::iter::once(PossibleValue::new("auto").help("by the name of the file, or by its first record"))
            .chain(formats::ALL.into_iter().filter(|f| f.spec().capabilities.reads).map(possible))
    ))]
    from: String,
    /// The unit of offsets in the input, for formats that do not define it
    #[arg(long, value_enum, default_value_t, value_name = "UNIT")]
    input_offsets: Offsets,
    /// The region labels, for formats with one list of spans [default: those of the schema, or
    /// common names]
    #[arg(long, value_delimiter = ',', value_name = "LABEL", value_parser = |word: &str| Label::new(word))]
    region_labels: Option<Vec<Label>>,
}

impl InputOptions {
    pub(super) fn format(&self) -> Option<&'static dyn Format> {
        formats::by_name(&self.from)
    }

    pub(super) fn read(&self) -> formats::ReadOptions {
        formats::ReadOptions {
            offsets: self.input_offsets.unit(),
            regions: self.region_labels.as_deref().map(Into::into),
            ..formats::ReadOptions::default()
        }
    }
}

/// A unit of offsets.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Offsets {
    /// Unicode code points, as Python counts
    #[default]
    Codepoint,
    /// UTF-16 units, as JavaScript and Java count
    Utf16,
    /// Bytes of UTF-8, as Rust and Go count
    Byte,
}

impl Offsets {
    pub(super) fn unit(self) -> OffsetUnit {
        match self {
            Self::Codepoint => OffsetUnit::Codepoint,
            Self::Utf16 => OffsetUnit::Utf16,
            Self::Byte => OffsetUnit::Byte,
        }
    }
}

/// The names of the formats that can be written, for clap.
pub(super) fn written_formats() -> PossibleValuesParser {
    let written = formats::ALL.into_iter().filter(|format| {
        format.spec().capabilities.writes || formats::blocks::by_name(format.spec().name).is_some()
    });
    PossibleValuesParser::new(written.map(possible))
}

/// What one record holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum UnitOption {
    /// An article, or a window of it
    #[default]
    Article,
    /// A block of an article with the label of its region, as a table for classifiers
    Block,
}

/// Returns the output format of this name, for articles or blocks.
pub(super) fn written(name: &str, unit: UnitOption) -> Result<&'static dyn Format> {
    let blocks = formats::blocks::by_name(name);
    let articles = formats::by_name(name).filter(|format| format.spec().capabilities.writes);
    match unit {
        UnitOption::Block => blocks.with_context(|| {
            let known = formats::blocks::NAMES.join(", ");
            format!("{name} does not hold blocks\nhint: choose one of {known}")
        }),
        UnitOption::Article if articles.is_none() && blocks.is_some() => anyhow::bail!(
            "{name} holds only blocks\nhint: add --unit block, or choose another format"
        ),
        UnitOption::Article => articles.context("the format is not known"),
    }
}

/// Describes a format for the help.
fn possible(format: &'static dyn Format) -> PossibleValue {
    PossibleValue::new(format.spec().name).help(format.spec().summary)
}

/// Returns the folder of original pages, if the format needs it.
pub(super) fn pages(format: &dyn Format, folder: Option<&Path>) -> Result<Option<Pages>> {
    let name = format.spec().name;
    match folder {
        None if format.spec().needs_pages => {
            anyhow::bail!("{name} writes the original pages\nhint: name their folder with --pages")
        }
        Some(_) if !format.spec().needs_pages => {
            anyhow::bail!("--pages is only for formats that write pages, and {name} does not")
        }
        Some(folder) if !folder.is_dir() => {
            anyhow::bail!("there is no folder {}", folder.display())
        }
        folder => Ok(folder.map(PageFolder::pages)),
    }
}

/// Reports files in the output folder that an export did not write, or that changed since.
pub(super) fn report_kept_files(console: &mut Console, out: &Path, left: &[String]) {
    if !left.is_empty() {
        console.message(&format!(
            "kept {} in {} that {} not from an export, or changed since: {}",
            counted(left.len() as u64, "file", "files"),
            out.display(),
            if left.len() == 1 { "is" } else { "are" },
            dataset::names(left)
        ));
    }
}

/// Refuses an output that is a dataset or one of the inputs.
pub(super) fn check_output<'a>(
    out: &Path,
    words: impl IntoIterator<Item = &'a OsString>,
    files: impl IntoIterator<Item = Option<&'a PathBuf>>,
) -> Result<()> {
    let words = words.into_iter().map(Path::new);
    let files = files.into_iter().flatten().map(PathBuf::as_path);
    dataset::check_output(out, words.chain(files))
}

/// Adds the numbers of refused inputs and warnings to the last line of a command.
pub(super) fn add_faults(parts: &mut Vec<String>, refused: u64, warnings: u64) {
    if refused > 0 {
        parts.push(format!("{} refused", counted(refused, "was", "were")));
    }
    if warnings > 0 {
        parts.push(counted(warnings, "warning", "warnings"));
    }
}

/// Reports a run that the user stopped, with `words`, and returns `None` for it.
pub(super) fn unless_stopped<T>(
    result: Result<T>,
    console: &mut Console,
    words: &str,
) -> Result<Option<T>> {
    match result {
        Err(error) if error.is::<Cancelled>() => {
            console.message(words);
            Ok(None)
        }
        other => other.map(Some),
    }
}

/// Reports what a format could not hold.
pub(super) fn report_losses(console: &mut Console, format: &dyn Format, losses: &Losses) {
    if !losses.is_empty() {
        console.message(&format!("{} cannot hold:", format.spec().name));
        for line in losses.to_string().lines() {
            console.message(&format!("  {line}"));
        }
    }
}

/// Returns " in N parts" if articles are written as more records than they are.
pub(super) fn in_windows(articles: u64, windows: u64) -> String {
    if windows > articles {
        format!(" in {}", counted(windows, "part", "parts"))
    } else {
        String::new()
    }
}

/// Returns a built-in schema by name, or reads one from a TOML file; `guidelines` is a Markdown
/// file.
pub(super) fn schema(name: &Path, guidelines: Option<&PathBuf>) -> Result<Schema> {
    if guidelines.is_none()
        && let Some(shipped) = name.to_str().and_then(built_in_schemas::by_name)
    {
        return Ok(shipped);
    }
    let guidelines = guidelines.map(|path| read(path)).transpose()?;
    if let Some(shipped) = name.to_str().and_then(built_in_schemas::by_name) {
        let toml = schema_toml::print(&shipped);
        return schema_toml::parse(&toml, guidelines.as_deref())
            .context("the shipped schema is damaged");
    }
    let toml = read(name)?;
    schema_toml::parse(&toml, guidelines.as_deref())
        .with_context(|| format!("{} is not a schema", name.display()))
}

/// Reads a region model, or returns the built-in one.
pub(super) fn model(path: Option<&Path>) -> Result<Arc<RegionModel>> {
    match path {
        None => Ok(Arc::new(
            dataset::training::regions::train::shipped().clone(),
        )),
        Some(path) => dataset::training::regions::train::load(path).map(Arc::new),
    }
}

/// Reads an entity model, or returns the built-in ones.
pub(super) fn tagger(path: Option<&Path>) -> Result<Models> {
    match path {
        None => Ok(Models::Shipped),
        Some(path) => entities::load(path).map(|model| Models::One(Arc::new(model))),
    }
}

/// Reads models of either kind; a kind without a file gets the built-in model.
pub(super) fn models(paths: &[PathBuf]) -> Result<(Arc<RegionModel>, Models)> {
    let (mut regions, mut tags) = (None, None);
    for path in paths {
        let twice = |kind: &str| {
            format!(
                "{} is a second model of {kind}\nhint: name one model of each kind",
                path.display()
            )
        };
        if entities::is_model(path)? {
            anyhow::ensure!(tags.is_none(), twice("entities"));
            tags = Some(tagger(Some(path))?);
        } else {
            anyhow::ensure!(regions.is_none(), twice("regions"));
            regions = Some(model(Some(path))?);
        }
    }
    Ok((
        regions.map_or_else(|| model(None), Ok)?,
        tags.map_or_else(|| tagger(None), Ok)?,
    ))
}

/// Reads gold records for entities.
pub(super) fn entity_gold(
    words: &[OsString],
    console: &mut Console,
    cancel: &CancelFlag,
) -> Result<(Vec<entities::gold::Gold>, u64)> {
    let inputs = existing(words)?;
    Ok(entities::gold::Gold::read_all(
        &inputs,
        OffsetUnit::Codepoint,
        console,
        cancel,
    ))
}

/// Checks that all inputs exist, so that a mistyped name stops a command before it does anything.
pub(super) fn existing(words: &[OsString]) -> Result<Vec<Input>> {
    let inputs: Vec<Input> = words.iter().map(|word| Input::new(word)).collect();
    if let Some((_, word)) = inputs.iter().zip(words).find(|(input, _)| !input.exists()) {
        anyhow::bail!("there is no file or folder {}", word.to_string_lossy());
    }
    Ok(inputs)
}

/// The task of a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Task {
    /// Which text is story, comment or navigation
    #[default]
    Regions,
    /// Named people, organisations, places and so on
    Entities,
}

/// Reads gold records for regions.
pub(super) fn gold(
    words: &[OsString],
    console: &mut Console,
    cancel: &CancelFlag,
) -> Result<(Vec<Gold>, u64)> {
    let inputs = existing(words)?;
    Ok(Gold::read_all(
        &inputs,
        OffsetUnit::Codepoint,
        console,
        cancel,
    ))
}

/// Reads a short text file or standard input.
fn read(path: &Path) -> Result<String> {
    let bytes = bounded(path, schema_toml::MAX_BYTES + 1)?;
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))
}

/// Reads at most `bytes` bytes of a file or of standard input.
fn bounded(path: &Path, bytes: usize) -> Result<Vec<u8>> {
    use std::io::Read as _;

    let mut out = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .take(bytes as u64)
            .read_to_end(&mut out)
            .context("cannot read standard input")?;
    } else {
        let cannot = || format!("cannot read {}", path.display());
        let file = std::fs::File::open(path).with_context(cannot)?;
        let mut file = file.take(bytes as u64);
        file.read_to_end(&mut out).with_context(cannot)?;
    }
    Ok(out)
}
