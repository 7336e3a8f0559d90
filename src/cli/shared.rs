//! Options that several commands have.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};

use super::console::Console;
use crate::dataset;
use crate::dataset::config::built_in_schemas;
use crate::dataset::training::entities;
use crate::dataset::training::entities::TagModel;
use crate::dataset::training::regions::evaluate::RegionScores;
use crate::dataset::training::regions::gold::Gold;
use crate::dataset::training::regions::train::RegionModel;
use crate::dataset::{CancelFlag, Cancelled, Input, PageFolder, PartCount, SplitBy};
use crate::formats::{self, Format, Losses, OffsetUnit, Pages, schema_toml};
use crate::model::figures::{counted, number};
use crate::model::{Label, Schema, Status};

/// How input is read.
#[derive(Debug, Args)]
pub(super) struct InputOptions {
    /// What the input is
    #[arg(long, default_value = "auto", value_parser = PossibleValuesParser::new(
        std::iter::once(PossibleValue::new("auto").help("by the file's name where that is plain, else by its first record"))
            .chain(formats::ALL.into_iter().filter(|f| f.spec().capabilities.reads).map(possible))
    ))]
    from: String,
    /// The unit in which records of the input count, where their format leaves that open
    #[arg(long, value_enum, default_value_t, value_name = "UNIT")]
    input_offsets: Offsets,
    /// Which labels are regions, where a format has one list for all spans [default: those of the schema, or the usual names]
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

/// The formats that can be written, for clap.
pub(super) fn written_formats() -> PossibleValuesParser {
    let written = formats::ALL.into_iter().filter(|format| {
        format.spec().capabilities.writes || formats::blocks::by_name(format.spec().name).is_some()
    });
    PossibleValuesParser::new(written.map(possible))
}

/// What a record is made of, for clap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum UnitOption {
    /// An article, or a window of one
    #[default]
    Article,
    /// A block of an article, with the label of its region: a table for classifiers
    Block,
}

/// The format that is written under a name, of articles or of blocks.
pub(super) fn written(name: &str, unit: UnitOption) -> Result<&'static dyn Format> {
    let blocks = formats::blocks::by_name(name);
    let articles = formats::by_name(name).filter(|format| format.spec().capabilities.writes);
    match unit {
        UnitOption::Block => blocks.with_context(|| {
            let known = formats::blocks::NAMES.join(", ");
            format!("{name} does not hold blocks\nhint: choose one of {known}")
        }),
        UnitOption::Article if articles.is_none() && blocks.is_some() => anyhow::bail!(
            "{name} is written of blocks alone\nhint: add --unit block, or choose another format"
        ),
        UnitOption::Article => articles.context("the format is not known"),
    }
}

/// A format with what it is, as the help lists it.
fn possible(format: &'static dyn Format) -> PossibleValue {
    PossibleValue::new(format.spec().name).help(format.spec().summary)
}

/// Where the pages of articles are found, if the format has a use for them.
pub(super) fn pages(format: &dyn Format, folder: Option<&Path>) -> Result<Option<Pages>> {
    let name = format.spec().name;
    match folder {
        None if format.spec().needs_pages => anyhow::bail!(
            "{name} writes the pages that the articles were read from: name their folder with --pages"
        ),
        Some(_) if !format.spec().needs_pages => {
            anyhow::bail!("--pages is for formats that write pages, and {name} does not")
        }
        Some(folder) if !folder.is_dir() => {
            anyhow::bail!("there is no folder {}", folder.display())
        }
        folder => Ok(folder.map(PageFolder::pages)),
    }
}

/// Says which files of a folder were left as they are, since they are not from an export or were changed since.
pub(super) fn tell_left(console: &mut Console, out: &Path, left: &[String]) {
    if !left.is_empty() {
        console.say(&format!(
            "left {} in {} that {} not as an export wrote {}: {}",
            counted(left.len() as u64, "file", "files"),
            out.display(),
            if left.len() == 1 { "is" } else { "are" },
            if left.len() == 1 { "it" } else { "them" },
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

/// How much of the input was refused, and how much was only told, for the last line of a command.
pub(super) fn tell_faults(parts: &mut Vec<String>, refused: u64, warnings: u64) {
    if refused > 0 {
        parts.push(format!("{} refused", counted(refused, "was", "were")));
    }
    if warnings > 0 {
        parts.push(counted(warnings, "warning", "warnings"));
    }
}

/// Says that somebody stopped a run, if that is how it ended, and what that means; `None` then.
pub(super) fn unless_stopped<T>(
    result: Result<T>,
    console: &mut Console,
    words: &str,
) -> Result<Option<T>> {
    match result {
        Err(error) if error.is::<Cancelled>() => {
            console.say(words);
            Ok(None)
        }
        other => other.map(Some),
    }
}

/// Says what a format could not hold.
pub(super) fn tell_losses(console: &mut Console, format: &dyn Format, losses: &Losses) {
    if !losses.is_empty() {
        console.say(&format!("{} cannot hold:", format.spec().name));
        for line in losses.to_string().lines() {
            console.say(&format!("  {line}"));
        }
    }
}

/// What to add to a number of articles that are written as more records than they are.
pub(super) fn in_windows(articles: u64, windows: u64) -> String {
    if windows > articles {
        format!(" in {}", counted(windows, "part", "parts"))
    } else {
        String::new()
    }
}

/// A schema by the name of a shipped one, or from a TOML file; `guidelines` is a Markdown file.
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

/// A model of regions from a file; without one, the model that the program ships.
pub(super) fn model(path: Option<&Path>) -> Result<Arc<RegionModel>> {
    match path {
        None => Ok(Arc::new(
            dataset::training::regions::train::shipped().clone(),
        )),
        Some(path) => dataset::training::regions::train::load(path).map(Arc::new),
    }
}

/// A model of entities from a file; without one, the model that the program ships.
pub(super) fn tagger(path: Option<&Path>) -> Result<Arc<TagModel>> {
    match path {
        None => Ok(Arc::new(entities::shipped().clone())),
        Some(path) => entities::load(path).map(Arc::new),
    }
}

/// The models of these files, each of whichever kind it is; where none is of a kind, the model that the program ships.
pub(super) fn models(paths: &[PathBuf]) -> Result<(Arc<RegionModel>, Arc<TagModel>)> {
    let (mut regions, mut tags) = (None, None);
    for path in paths {
        let twice = |kind: &str| {
            format!(
                "{} is a second model of {kind}, and one is used",
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

/// A table of how right entities are.
pub(super) fn entity_table(name: &str, scores: &entities::evaluate::EntityScores) -> String {
    let mut out = format!(
        "{name}: {}\n  {:<12} precision  recall      F1       gold\n",
        counted(scores.articles, "article", "articles"),
        "exact spans"
    );
    let tally = &scores.score.entity_spans;
    let micro = tally.micro();
    let lines = tally
        .0
        .iter()
        .map(|(label, counts)| (label.as_str(), *counts));
    for (label, counts) in lines.chain(std::iter::once(("all", micro))) {
        out.push_str(&format!(
            "    {label:<12} {:.4}  {:.4}  {:.4} {:>10}\n",
            counts.precision(),
            counts.recall(),
            counts.f1().unwrap_or(0.0),
            counts.gold
        ));
    }
    let edits = scores.score.entity_edits;
    out.push_str(&format!(
        "  edits for 100 entities: {:.1} (add {}, delete {}, relabel {}, boundary {})\n",
        100.0 * edits.total() as f64 / micro.gold.max(1) as f64,
        edits.add,
        edits.delete,
        edits.relabel,
        edits.boundary
    ));
    out.push_str("  score        suggestions    right\n");
    for (tenth, (all, right)) in scores.trust.iter().enumerate() {
        if *all > 0 {
            out.push_str(&format!(
                "    {:.1} to {:.1} {all:>12} {:>7.1} %\n",
                tenth as f64 / 10.0,
                (tenth + 1) as f64 / 10.0,
                100.0 * *right as f64 / *all as f64
            ));
        }
    }
    let sum = |of: &dyn Fn(&(u64, u64)) -> u64| scores.trust.iter().map(of).sum::<u64>();
    let (all, wrong) = (sum(&|tenth| tenth.0), sum(&|tenth| tenth.0 - tenth.1));
    let (unsure, right) = scores.unsure;
    let share = |part: u64, whole: u64| 100.0 * part as f64 / whole.max(1) as f64;
    out.push_str(&format!(
        "  unsure: {:.1} % of the suggestions; {:.1} % of them wrong, which is {:.1} % of all that are wrong\n",
        share(unsure, all),
        share(unsure - right, unsure),
        share(unsure - right, wrong)
    ));
    out
}

/// Gold records of entities: articles that people tagged.
pub(super) fn entity_gold(
    words: &[OsString],
    console: &mut Console,
    cancel: &CancelFlag,
) -> Result<(Vec<entities::gold::Gold>, u64)> {
    entities::gold::Gold::read_all(&existing(words)?, OffsetUnit::Codepoint, console, cancel)
}

/// The inputs, all of which are there: a name that was mistyped stops a command before it does anything.
pub(super) fn existing(words: &[OsString]) -> Result<Vec<Input>> {
    let inputs: Vec<Input> = words.iter().map(|word| Input::new(word)).collect();
    if let Some((_, word)) = inputs.iter().zip(words).find(|(input, _)| !input.exists()) {
        anyhow::bail!(
            "there is no such file or folder: {}",
            word.to_string_lossy()
        );
    }
    Ok(inputs)
}

/// What a command is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Task {
    /// Which text is story, comment or navigation
    #[default]
    Regions,
    /// Who and what is named
    Entities,
}

/// What belongs together in a split.
pub(super) fn split_by(word: &str) -> Result<SplitBy, String> {
    let known = SplitBy::ALL.map(SplitBy::as_str).join(", ");
    SplitBy::ALL
        .into_iter()
        .find(|by| by.as_str() == word)
        .ok_or_else(|| format!("it is none of {known}"))
}

/// What is in each part: one line a label, one column a part.
pub(super) fn balance(parts: &[PartCount]) -> String {
    let mut out = format!("{:<24}", "");
    for part in parts {
        let _ = write!(out, "{:>18}", part.name);
    }
    let mut line = |name: &str, of: &dyn Fn(&PartCount) -> u64, all: &dyn Fn(&PartCount) -> u64| {
        let _ = write!(out, "\n{name:<24}");
        for part in parts {
            let (count, all) = (of(part), all(part));
            let share = 100.0 * count as f64 / all.max(1) as f64;
            let _ = write!(out, "{:>10} {share:>5.1} %", number(count));
        }
    };
    let total: u64 = parts.iter().map(|part| part.articles).sum();
    line("articles", &|part| part.articles, &|_| total);
    type Counts = fn(&PartCount) -> &BTreeMap<Label, u64>;
    let kinds: [Counts; 2] = [|part| &part.regions, |part| &part.entities];
    for counts in kinds {
        let labels: BTreeSet<&Label> = parts.iter().flat_map(|part| counts(part).keys()).collect();
        for label in labels {
            line(
                &format!("  {label}"),
                &|part| counts(part).get(label).copied().unwrap_or_default(),
                &|part| counts(part).values().sum(),
            );
        }
    }
    out
}

/// A status; `None` for any.
pub(super) fn status(word: &str) -> Result<Option<Status>, String> {
    if word == "any" {
        return Ok(None);
    }
    let known = Status::ALL.map(Status::as_str).join(", ");
    Status::parse(word)
        .map(Some)
        .ok_or_else(|| format!("it is none of {known}, any"))
}

/// The statuses that are asked for; none: any.
pub(super) fn statuses(asked: &[Option<Status>]) -> Vec<Status> {
    if asked.contains(&None) {
        return Vec::new();
    }
    asked.iter().copied().flatten().collect()
}

/// A table of how right labels are.
pub(super) fn score_table(name: &str, scores: &RegionScores) -> String {
    let mut out = format!(
        "{name}: {}\n",
        counted(scores.articles, "article", "articles")
    );
    for (title, tally) in [
        ("characters", &scores.score.region_chars),
        ("exact spans", &scores.score.region_spans),
    ] {
        out.push_str(&format!(
            "  {title:<12} precision  recall      F1       gold   macro F1 {:.4}, micro F1 {:.4}\n",
            tally.macro_f1().unwrap_or(0.0),
            tally.micro().f1().unwrap_or(0.0)
        ));
        for (label, counts) in &tally.0 {
            out.push_str(&format!(
                "    {:<12} {:.4}  {:.4}  {:.4} {:>10}\n",
                label.as_str(),
                counts.precision(),
                counts.recall(),
                counts.f1().unwrap_or(0.0),
                counts.gold
            ));
        }
    }
    out
}

/// Gold records: articles that people labelled.
pub(super) fn gold(
    words: &[OsString],
    console: &mut Console,
    cancel: &CancelFlag,
) -> Result<(Vec<Gold>, u64)> {
    Gold::read_all(&existing(words)?, OffsetUnit::Codepoint, console, cancel)
}

/// A short text file, or standard input.
fn read(path: &Path) -> Result<String> {
    let bytes = bounded(path, schema_toml::MAX_BYTES + 1)?;
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))
}

/// The beginning of a file, or of standard input: so many bytes.
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

/// How many threads may work, or models be trained at once.
pub(super) const MOST_JOBS: usize = 1024;

/// A whole number within bounds, as a parser of an option.
pub(super) fn whole<const LEAST: usize, const MOST: usize>(word: &str) -> Result<usize, String> {
    let number: usize = word
        .trim()
        .parse()
        .map_err(|_no_number| format!("it is no whole number from {LEAST} to {MOST}"))?;
    if (LEAST..=MOST).contains(&number) {
        Ok(number)
    } else {
        Err(format!("it must be from {LEAST} to {MOST}"))
    }
}

/// A number of threads: 0 is one for each core.
pub(super) fn jobs(word: &str) -> Result<usize, String> {
    whole::<0, MOST_JOBS>(word)
}

/// A number that is at least 0 and can be reckoned with, as a parser of an option.
pub(super) fn amount(word: &str) -> Result<f64, String> {
    const MOST: f64 = 1e9;
    let number: f64 = word
        .trim()
        .parse()
        .map_err(|_no_number| "it is no number".to_owned())?;
    if (0.0..=MOST).contains(&number) {
        Ok(number)
    } else {
        Err(format!("it must be a number from 0 to {MOST}"))
    }
}

/// The same, but more than 0.
pub(super) fn amount_above_0(word: &str) -> Result<f64, String> {
    match amount(word)? {
        0.0 => Err("it must be more than 0".to_owned()),
        number => Ok(number),
    }
}

#[cfg(test)]
mod options {
    use super::*;

    #[test]
    fn numbers_that_are_none_are_no_options() {
        for word in ["nan", "NaN", "inf", "-inf", "-1", "1e99", "", "x"] {
            assert!(
                amount(word).is_err() && amount_above_0(word).is_err(),
                "{word}"
            );
        }
        assert_eq!(amount("0"), Ok(0.0));
        assert!(amount_above_0("0").is_err());
        assert_eq!(amount_above_0("0.5"), Ok(0.5));
        for word in ["4000000000", "-1", "1.5", "nan", "99999999999999999999999"] {
            assert!(
                whole::<0, 100>(word).is_err() && jobs(word).is_err(),
                "{word}"
            );
        }
        assert_eq!(whole::<0, 100>("100"), Ok(100));
    }
}
