//! The choices of the export form: remembered for the next time, and checked before work begins.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use super::export::ExportOptions;
use super::tokenizer::tokenizer;
use crate::dataset::config::annotators::Annotators;
use crate::dataset::io::output::check_output;
use crate::dataset::io::page_folder::PageFolder;
use crate::dataset::maintenance::near_duplicates::{SplitBy, SplitOptions};
use crate::formats::{self, Format, OffsetUnit, OutputShape, Outside, Tokenizer, Windows, native};
use crate::model::{Label, Schema, Status};
use crate::quality::split::Shares;

/// An export as somebody chose it. Fields hold what was typed, so that a form can show it again;
/// [`ExportChoice::options`] reads them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportChoice {
    /// The name of the format.
    pub format: String,
    /// The words of the statuses; empty for any.
    pub statuses: Vec<String>,
    /// The word for whose work is taken where an article has several annotations.
    pub annotators: String,
    /// Only this annotator's work, whatever the name; empty for what the word says.
    pub annotator: String,
    /// Only these regions, if any are named.
    pub regions: Option<Vec<String>>,
    /// Into which parts.
    pub split: Option<SplitChoice>,
    /// A tokenizer by its name, or the path of a model's file.
    pub tokenizer: String,
    /// The word for what becomes of text that nobody looked at for entities; empty for what suits
    /// the format.
    pub outside: String,
    /// How large windows are: the word, or a number of tokens; empty for what suits the format.
    pub windows: String,
    /// The folder of pages, for formats that write pages.
    pub pages: String,
    /// The word of the unit in which records count.
    pub offsets: String,
    /// Whether what no person has vouched for carries its score.
    pub scores: bool,
    /// Whether the dataset's card goes into the folder.
    pub card: bool,
    /// Where to.
    pub to: String,
}

/// A split as somebody chose it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SplitChoice {
    /// Such as `train=0.8,dev=0.1,test=0.1`.
    pub shares: String,
    /// The word for what stays together.
    pub by: String,
    /// A number.
    pub seed: String,
}

impl Default for SplitChoice {
    fn default() -> Self {
        Self {
            shares: "train=0.8,dev=0.1,test=0.1".to_owned(),
            by: SplitBy::Article.as_str().to_owned(),
            seed: "0".to_owned(),
        }
    }
}

impl Default for ExportChoice {
    /// Done annotations, as JSONL.
    fn default() -> Self {
        Self {
            format: native::Jsonl.spec().name.to_owned(),
            statuses: vec![Status::Done.as_str().to_owned()],
            annotators: Annotators::default().to_string(),
            annotator: String::new(),
            regions: None,
            split: None,
            tokenizer: Tokenizer::default().as_str().to_owned(),
            outside: String::new(),
            windows: String::new(),
            pages: String::new(),
            offsets: OffsetUnit::default().as_str().to_owned(),
            scores: false,
            card: false,
            to: String::new(),
        }
    }
}

/// What is at a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Nothing.
    Nothing,
    /// A file; an export would replace it.
    File,
    /// A folder with something in it; what an earlier export wrote there would be replaced, the
    /// rest stays.
    Folder,
}

impl ExportChoice {
    /// Returns the first choice for a dataset: `NAME-export.jsonl` beside it.
    #[must_use]
    pub fn beside(dataset: &Path) -> Self {
        let mut choice = Self::default();
        choice.to = choice.suggested(dataset).display().to_string();
        choice
    }

    /// Returns the format.
    ///
    /// # Errors
    /// If none has this name.
    pub fn format(&self) -> Result<&'static dyn Format> {
        formats::by_name(&self.format)
            .filter(|format| format.spec().capabilities.writes)
            .with_context(|| format!("no export format is called {:?}", self.format))
    }

    /// Returns whether the export is a folder of files.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.split.is_some()
            || self
                .format()
                .is_ok_and(|format| format.spec().shape == OutputShape::Folder)
    }

    /// Suggests a path beside the dataset that fits the format.
    #[must_use]
    pub fn suggested(&self, dataset: &Path) -> PathBuf {
        let stem = dataset.file_stem().unwrap_or_default().to_string_lossy();
        let name = match self.format() {
            Ok(format) if !self.is_folder() => {
                format!("{stem}-export.{}", format.spec().extension())
            }
            _ => format!("{stem}-{}", self.format),
        };
        dataset.with_file_name(name)
    }

    /// Sets the format.
    pub fn set_format(&mut self, format: &dyn Format, dataset: &Path) {
        let before = self.clone();
        self.format = format.spec().name.to_owned();
        self.rename(&before, dataset);
    }

    /// Updates the suggested name, unless the user has typed another.
    pub fn rename(&mut self, before: &Self, dataset: &Path) {
        let was_suggested = before.to.trim().is_empty()
            || before.destination(dataset).ok() == Some(before.suggested(dataset));
        if self.to == before.to && was_suggested {
            self.to = self.suggested(dataset).display().to_string();
        }
    }

    /// Returns the destination as a full path; a relative one is resolved from the dataset's
    /// folder.
    ///
    /// # Errors
    /// If nothing is named.
    pub fn destination(&self, dataset: &Path) -> Result<PathBuf> {
        let typed = self.to.trim();
        if typed.is_empty() {
            bail!(
                "name a {}",
                if self.is_folder() { "folder" } else { "file" }
            );
        }
        let folder = dataset.parent().unwrap_or(Path::new(""));
        Ok(folder.join(crate::dataset::io::path_completion::expanded(typed)))
    }

    /// Returns the options of the export. Reads the file of a tokenizer, if one is named.
    ///
    /// # Errors
    /// The first thing that is wrong with the choice, for people.
    pub fn options(&self, schema: &Schema) -> Result<ExportOptions> {
        let format = self.format()?;
        let statuses = self.statuses()?;
        let options = ExportOptions {
            format,
            annotators: self.annotators(),
            regions: self.regions(schema)?,
            offsets: OffsetUnit::ALL
                .into_iter()
                .find(|unit| unit.as_str() == self.offsets)
                .unwrap_or_default(),
            // What is done is vouched for as a whole; of anything else a reader must be able to
            // tell who says so.
            scores: self.scores || statuses != [Status::Done],
            statuses,
            tokenizer: match format.spec().has_tokens {
                true => tokenizer(&self.tokenizer)
                    .map_err(|why| anyhow::anyhow!("tokenizer {}: {why}", self.tokenizer))?,
                false => Tokenizer::default(),
            },
            outside: Outside::ALL
                .into_iter()
                .find(|outside| format.spec().has_tokens && outside.as_str() == self.outside),
            windows: match self.windows.trim() {
                "" => None,
                _ if !format.spec().has_tokens => None,
                word => {
                    Some(Windows::parse(word).map_err(|why| anyhow::anyhow!("windows: {why}"))?)
                }
            },
            pages: None,
            split: self.split.as_ref().map(SplitChoice::options).transpose()?,
            card: self.card && self.is_folder(),
            ..ExportOptions::default()
        };
        if !format.spec().needs_pages {
            return Ok(options);
        }
        let pages = crate::dataset::io::path_completion::expanded(self.pages.trim());
        if !pages.is_dir() {
            bail!(
                "{} needs the pages that the articles were read from\nhint: choose the folder with the pages",
                format.spec().name
            );
        }
        Ok(ExportOptions {
            pages: Some(PageFolder::pages(&pages)),
            ..options
        })
    }

    /// Returns whose work is exported.
    #[must_use]
    pub fn annotators(&self) -> Annotators {
        let name = self.annotator.trim();
        if !name.is_empty() {
            return Annotators::Named(name.to_owned());
        }
        let mut words = Annotators::WORDS.into_iter();
        words
            .find(|word| word.to_string() == self.annotators)
            .unwrap_or_default()
    }

    fn statuses(&self) -> Result<Vec<Status>> {
        self.statuses
            .iter()
            .map(|word| Status::parse(word).with_context(|| format!("there is no status {word:?}")))
            .collect()
    }

    fn regions(&self, schema: &Schema) -> Result<Option<Vec<Label>>> {
        let Some(words) = &self.regions else {
            return Ok(None);
        };
        if words.is_empty() {
            bail!(
                "no region is chosen, so nothing would be exported\nhint: choose at least one region, or export all text"
            );
        }
        let known = |word: &String| {
            let label = schema.region(word).map(|region| region.label.clone());
            label.with_context(|| format!("the dataset has no region label {word}"))
        };
        words.iter().map(known).collect::<Result<_>>().map(Some)
    }

    /// Returns what is at the destination now; `kept` is the name of the export that the dataset
    /// keeps up to date.
    ///
    /// # Errors
    /// If an export must not, or cannot, be written there: the words say why, and what to do.
    pub fn existing(&self, dataset: &Path, kept: Option<&str>) -> Result<Existing> {
        let to = self.destination(dataset)?;
        check_output(&to, [dataset])?;
        let is_kept = to
            .file_name()
            .is_some_and(|name| Some(name) == kept.map(std::ffi::OsStr::new));
        if is_kept && to.parent() == dataset.parent() {
            bail!(
                "{} is kept up to date by the dataset itself\nhint: choose another name",
                to.display()
            );
        }
        match std::fs::metadata(&to) {
            Ok(found) if found.is_dir() && !self.is_folder() => bail!(
                "{} is a folder, and {} is written as one file\nhint: add a file name",
                to.display(),
                self.format
            ),
            Ok(found) if found.is_file() && self.is_folder() => bail!(
                "{} is a file, and this export is a folder of files\nhint: choose another name",
                to.display()
            ),
            Ok(found) if found.is_dir() => {
                let is_empty =
                    std::fs::read_dir(&to).is_ok_and(|mut entries| entries.next().is_none());
                Ok(if is_empty {
                    Existing::Nothing
                } else {
                    Existing::Folder
                })
            }
            Ok(_) => Ok(Existing::File),
            Err(_) => {
                let folder = to.parent().unwrap_or(Path::new("."));
                if !folder.is_dir() {
                    bail!(
                        "there is no folder {}\nhint: choose a folder that exists",
                        folder.display()
                    );
                }
                Ok(Existing::Nothing)
            }
        }
    }
}

impl SplitChoice {
    /// Returns the split.
    ///
    /// # Errors
    /// What is wrong with what was typed.
    pub fn options(&self) -> Result<SplitOptions> {
        let shares = Shares::parse(&self.shares).map_err(|why| {
            anyhow::anyhow!("parts: {why}\nhint: write train=0.8,dev=0.1,test=0.1")
        })?;
        let by = SplitBy::ALL.into_iter().find(|by| by.as_str() == self.by);
        let seed = self.seed.trim();
        Ok(SplitOptions {
            shares,
            seed: seed.parse().with_context(|| {
                format!("seed: {seed:?} is not a whole number\nhint: write a number such as 1")
            })?,
            by: by.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Dataset;
    use crate::dataset::config::built_in_schemas;

    fn choice(to: &str) -> ExportChoice {
        ExportChoice {
            to: to.to_owned(),
            ..ExportChoice::default()
        }
    }

    #[test]
    fn what_was_typed_becomes_options_or_words_that_say_what_is_wrong() {
        let schema = built_in_schemas::news().unwrap();
        let good = ExportChoice {
            format: "conll".to_owned(),
            statuses: vec!["done".into(), "flagged".into()],
            annotator: " maria ".to_owned(),
            regions: Some(vec!["body".into()]),
            split: Some(SplitChoice {
                seed: "7".to_owned(),
                by: "site".to_owned(),
                ..SplitChoice::default()
            }),
            tokenizer: "whitespace".to_owned(),
            ..ExportChoice::default()
        };
        let options = good.options(&schema).unwrap();
        assert_eq!(options.statuses, [Status::Done, Status::Flagged]);
        assert_eq!(options.annotators, Annotators::Named("maria".to_owned()));
        let all = ExportChoice {
            annotators: "all".to_owned(),
            ..ExportChoice::default()
        };
        assert_eq!(all.annotators(), Annotators::All);
        assert_eq!(ExportChoice::default().annotators(), Annotators::default());
        assert_eq!(options.tokenizer, Tokenizer::Whitespace);
        assert_eq!((options.outside, options.windows), (None, None));
        let cut = ExportChoice {
            outside: "negative".to_owned(),
            windows: "128".to_owned(),
            ..good.clone()
        };
        let cut = cut.options(&schema).unwrap();
        assert_eq!(cut.outside, Some(Outside::Negative));
        assert_eq!(cut.windows, Some(Windows::Tokens(128)));
        assert!(options.scores, "not only what is done");
        let split = options.split.unwrap();
        assert_eq!((split.seed, split.by), (7, SplitBy::Site));
        let wrong = |change: &dyn Fn(&mut ExportChoice)| {
            let mut bad = good.clone();
            change(&mut bad);
            bad.options(&schema).unwrap_err().to_string()
        };
        let split = |shares: &str, seed: &str| SplitChoice {
            shares: shares.to_owned(),
            seed: seed.to_owned(),
            ..SplitChoice::default()
        };
        assert!(wrong(&|c| c.format = "warc".into()).contains("warc"));
        assert!(wrong(&|c| c.regions = Some(vec!["byline2".into()])).contains("byline2"));
        assert!(wrong(&|c| c.regions = Some(Vec::new())).contains("no region"));
        assert!(wrong(&|c| c.split = Some(split("train=2", "0"))).contains("train=0.8"));
        assert!(wrong(&|c| c.split = Some(split("all=1", "x"))).contains("whole number"));
        assert!(wrong(&|c| c.tokenizer = "/no/such.json".into()).contains("no such file"));
        assert!(wrong(&|c| c.windows = "0".into()).contains("windows"));
        assert!(wrong(&|c| c.format = "html-regions".into()).contains("folder"));
    }

    #[test]
    fn no_export_takes_the_place_of_the_datasets_own_files() {
        let folder = tempfile::tempdir().unwrap();
        let dataset = folder.path().join("news.copydesk");
        drop(Dataset::create(&dataset, &built_in_schemas::news().unwrap()).unwrap());
        std::fs::write(folder.path().join("old.jsonl"), "old").unwrap();
        std::fs::create_dir(folder.path().join("corpus")).unwrap();
        std::fs::write(folder.path().join("corpus/notes"), "mine").unwrap();
        let kept = Some("news.jsonl");
        let is = |choice: &ExportChoice| choice.existing(&dataset, kept).map_err(|e| e.to_string());
        assert_eq!(is(&choice("new.jsonl")), Ok(Existing::Nothing));
        assert_eq!(is(&choice("old.jsonl")), Ok(Existing::File));
        for (to, words) in [
            ("", "name a file"),
            ("news.copydesk", "cannot write"),
            ("./news.jsonl", "kept up to date"),
            ("corpus", "is a folder"),
            ("nowhere/new.jsonl", "there is no folder"),
        ] {
            let why = is(&choice(to)).unwrap_err();
            assert!(why.contains(words), "{to}: {why}");
        }
        let parts = |to: &str| ExportChoice {
            split: Some(SplitChoice::default()),
            ..choice(to)
        };
        assert_eq!(is(&parts("corpus")), Ok(Existing::Folder));
        assert_eq!(is(&parts("parts")), Ok(Existing::Nothing));
        assert!(is(&parts("old.jsonl")).unwrap_err().contains("is a file"));
    }

    #[test]
    fn another_format_takes_its_own_ending_and_leaves_a_name_that_was_chosen() {
        let dataset = Path::new("/data/news.copydesk");
        let mut choice = ExportChoice::beside(dataset);
        assert_eq!(choice.to, "/data/news-export.jsonl");
        let format = |name| formats::by_name(name).unwrap();
        choice.set_format(format("spacy"), dataset);
        assert_eq!(choice.to, "/data/news-export.spacy");
        choice.set_format(format("brat"), dataset);
        assert_eq!(choice.to, "/data/news-brat");
        choice.set_format(format("jsonl"), dataset);
        let whole = choice.clone();
        choice.split = Some(SplitChoice::default());
        choice.rename(&whole, dataset);
        assert_eq!(choice.to, "/data/news-jsonl");
        choice.to = "/elsewhere/mine".to_owned();
        choice.set_format(format("jsonl"), dataset);
        assert_eq!(choice.to, "/elsewhere/mine");
    }
}
