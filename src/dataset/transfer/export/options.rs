//! What an export writes, and what it reports.

use crate::dataset::config::annotators::Annotators;
use crate::dataset::maintenance::near_duplicates::SplitOptions;
use crate::dataset::report::part_count::PartCount;
use crate::formats::{
    Format, Labels, Losses, OffsetUnit, Outside, Pages, Tokenizer, Windows, WriteOptions, native,
};
use crate::model::{Label, Status};

/// What is exported, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportOptions {
    /// Returns the format.
    pub format: &'static dyn Format,
    /// Only articles whose annotation has one of these; empty: all, also those that nobody has
    /// touched.
    pub statuses: Vec<Status>,
    /// Whose work is taken where an article has several annotations.
    pub annotators: Annotators,
    /// Only regions with these labels, and entities inside them; `None`: all.
    pub regions: Option<Vec<Label>>,
    /// The unit in which the records count.
    pub offsets: OffsetUnit,
    /// Whether what no person has vouched for carries its score.
    pub scores: bool,
    /// How text is cut into tokens, where the format has tokens.
    pub tokenizer: Tokenizer,
    /// Where the pages of articles are found, for formats that write pages:
    /// [`crate::dataset::PageFolder`].
    pub pages: Option<Pages>,
    /// What becomes of text that nobody looked at for entities; `None`: what suits the format.
    pub outside: Option<Outside>,
    /// How large windows are; `None`: as suits the format.
    pub windows: Option<Windows>,
    /// How many tokens a window repeats of the one before.
    pub stride: usize,
    /// Whether to refuse where the format cannot hold all.
    pub strict: bool,
    /// Into which parts; `None`: all in one.
    pub split: Option<SplitOptions>,
    /// Whether to write the dataset's card, `README.md`, into the folder; where the format is none
    /// and nothing is split, there is no folder, and this is an error.
    pub card: bool,
    /// How many threads work; 0: one for each core.
    pub jobs: usize,
}

impl Default for ExportOptions {
    /// Done annotations, as training data.
    fn default() -> Self {
        Self {
            format: &native::Jsonl,
            statuses: vec![Status::Done],
            annotators: Annotators::default(),
            regions: None,
            offsets: OffsetUnit::default(),
            scores: false,
            tokenizer: Tokenizer::default(),
            pages: None,
            outside: None,
            windows: None,
            stride: 0,
            strict: false,
            split: None,
            card: false,
            jobs: 0,
        }
    }
}

impl ExportOptions {
    /// Returns the options of the format. A record names the regions of its entities itself, if
    /// they are not the usual ones.
    pub(crate) fn write(&self) -> WriteOptions {
        WriteOptions {
            offsets: self.offsets,
            scores: self.scores,
            tokenizer: self.tokenizer.clone(),
            pages: self.pages.clone(),
            outside: self.outside,
            entity_regions: None,
            regions_chosen: self.regions.is_some(),
            windows: self.windows,
            stride: self.stride,
            labels: Labels::default(),
        }
    }
}

/// What an export did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportReport {
    /// Articles written.
    pub records: u64,
    /// Records of which they are made; more than articles where these are cut into windows.
    pub windows: u64,
    /// Articles that the options left out.
    pub left_out: u64,
    /// Articles of which one person's work was taken and another's passed over, though nobody
    /// decided between them.
    pub passed_over: u64,
    /// Entities that lay outside the regions that were asked for, and were left out.
    pub entities_left_out: u64,
    /// Bytes written, of what is one stream.
    pub bytes: u64,
    /// What the format cannot hold.
    pub losses: Losses,
    /// Articles that are in no part, because they are near-duplicates of articles in another.
    pub in_no_part: u64,
    /// What is in each part, if there are parts.
    pub parts: Vec<PartCount>,
    /// Files of the folder that are not from an export, or were changed since, and that were left
    /// as they are.
    pub left: Vec<String>,
}

impl ExportReport {
    /// An empty report on these parts.
    pub(super) fn of_parts(names: &[String]) -> Self {
        Self {
            parts: names.iter().map(|name| PartCount::named(name)).collect(),
            ..Self::default()
        }
    }

    /// Adds the articles of a batch.
    pub(super) fn add(&mut self, batch: Self) {
        self.records += batch.records;
        self.left_out += batch.left_out;
        self.passed_over += batch.passed_over;
        self.in_no_part += batch.in_no_part;
        self.entities_left_out += batch.entities_left_out;
        for (sum, part) in self.parts.iter_mut().zip(batch.parts) {
            sum.add(part);
        }
    }
}
