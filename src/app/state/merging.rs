//! A merge that is being chosen: what goes in, where it goes, and what would come of it.

use crate::app::tasks::jobs::MergeChoice;
use crate::dataset::maintenance::merge::MergeReport;

/// What is typed and chosen in the dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeForm {
    /// What is merged.
    pub choice: MergeChoice,
    /// Whether a file dialog was asked for, and none can be opened.
    pub no_dialog: bool,
}

/// What a merge would do, or why that is not known.
#[derive(Default)]
pub struct MergePreview {
    /// The choice that was counted last.
    pub of: Option<MergeChoice>,
    /// What came of it; `None` while it is being counted.
    pub outcome: Option<Result<MergeReport, String>>,
}

impl MergePreview {
    /// Returns what a choice would do, if that is known.
    #[must_use]
    pub fn known(&self, choice: &MergeChoice) -> Option<&Result<MergeReport, String>> {
        let is_it = self.of.as_ref() == Some(choice);
        self.outcome.as_ref().filter(|_| is_it)
    }
}
