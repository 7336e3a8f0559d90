//! How the work on a dataset is to be split among annotators.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::dataset::io::path_completion;
use crate::dataset::maintenance::split_work::WorkSplit;

/// What is typed and chosen in the dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitForm {
    /// The names of the annotators, with commas, semicolons or line breaks between them.
    pub annotators: String,
    /// How many of them get each article.
    pub overlap: usize,
    /// The folder in which the datasets are made.
    pub folder: String,
    /// Whether a file dialog was asked for, and none can be opened.
    pub no_dialog: bool,
}

/// Why the work cannot be split like this yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SplitProblem {
    /// There are fewer than two annotators.
    TooFewAnnotators,
    /// Two annotators have this name.
    SameName(String),
    /// No folder is named.
    NoFolder,
}

impl Default for SplitForm {
    fn default() -> Self {
        Self {
            annotators: String::new(),
            overlap: 2,
            folder: String::new(),
            no_dialog: false,
        }
    }
}

impl SplitForm {
    /// Returns the names that are typed, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let names = self.annotators.split([',', ';', '\n']);
        let names = names.map(|name| name.trim().to_owned());
        names.filter(|name| !name.is_empty()).collect()
    }

    /// Returns how many annotators get each article: never more than there are.
    #[must_use]
    pub fn overlap(&self) -> usize {
        self.overlap.clamp(1, self.names().len().max(1))
    }

    /// Returns the folder, from where a path that is not whole begins.
    #[must_use]
    pub fn folder(&self, base: &Path) -> PathBuf {
        base.join(path_completion::expanded(self.folder.trim()))
    }

    /// Returns who gets what.
    ///
    /// # Errors
    /// What is still missing or wrong.
    pub fn split(&self) -> Result<WorkSplit, SplitProblem> {
        let annotators = self.names();
        if annotators.len() < 2 {
            return Err(SplitProblem::TooFewAnnotators);
        }
        let mut seen = BTreeSet::new();
        if let Some(name) = annotators.iter().find(|name| !seen.insert(*name)) {
            return Err(SplitProblem::SameName(name.clone()));
        }
        if self.folder.trim().is_empty() {
            return Err(SplitProblem::NoFolder);
        }
        Ok(WorkSplit {
            annotators,
            overlap: self.overlap(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(annotators: &str, overlap: usize) -> SplitForm {
        SplitForm {
            annotators: annotators.to_owned(),
            overlap,
            folder: "packs".to_owned(),
            no_dialog: false,
        }
    }

    #[test]
    fn names_are_parted_by_commas_or_lines_and_may_hold_spaces() {
        let form = form(" Ada B. , ben;\ncleo,, ", 2);
        assert_eq!(form.names(), ["Ada B.", "ben", "cleo"]);
        assert_eq!(form.folder(Path::new("/data")), Path::new("/data/packs"));
    }

    #[test]
    fn nobody_gets_an_article_twice() {
        assert_eq!(form("ada, ben", 5).split().unwrap().overlap, 2);
        assert_eq!(form("ada, ben", 0).split().unwrap().overlap, 1);
    }

    #[test]
    fn what_is_missing_is_said() {
        assert_eq!(form("ada", 1).split(), Err(SplitProblem::TooFewAnnotators));
        let same = SplitProblem::SameName("ada".to_owned());
        assert_eq!(form("ada, ben, ada", 2).split(), Err(same));
        let nowhere = SplitForm {
            folder: " ".to_owned(),
            ..form("ada, ben", 2)
        };
        assert_eq!(nowhere.split(), Err(SplitProblem::NoFolder));
    }
}
