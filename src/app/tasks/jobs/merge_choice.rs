//! What is to be merged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::dataset::EXTENSION;
use crate::dataset::io::path_completion;

/// Datasets and files of records, and the dataset that they become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeChoice {
    /// What goes in, without the dataset at `out`.
    pub inputs: Vec<MergeInput>,
    /// The dataset to make, or to merge into.
    pub out: String,
}

/// One thing that goes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeInput {
    /// A dataset or a file of records.
    pub path: PathBuf,
    /// Whose the records are that name nobody.
    pub annotator: String,
}

impl MergeInput {
    /// Returns true if it has the ending of a dataset: its work has names.
    #[must_use]
    pub fn is_dataset(&self) -> bool {
        let ending = self.path.extension();
        ending.is_some_and(|ending| ending == EXTENSION)
    }
}

impl MergeChoice {
    /// Adds what is not there already.
    pub fn add(&mut self, paths: Vec<PathBuf>) {
        for path in paths {
            if !self.inputs.iter().any(|input| input.path == path) {
                self.inputs.push(MergeInput {
                    path,
                    annotator: String::new(),
                });
            }
        }
    }

    /// Returns the dataset to make, from where a path that is not whole begins.
    #[must_use]
    pub fn target(&self, base: &Path) -> PathBuf {
        let typed = path_completion::expanded(self.out.trim());
        let mut path = base.join(typed);
        if path.extension().is_none() {
            path.set_extension(EXTENSION);
        }
        path
    }

    /// Returns whose the records are that name nobody, by file.
    #[must_use]
    pub fn names(&self) -> BTreeMap<String, String> {
        let named = self.inputs.iter().filter_map(|input| {
            let name = input.annotator.trim();
            (!name.is_empty()).then(|| (input.path.display().to_string(), name.to_owned()))
        });
        named.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_added_once_and_a_name_without_ending_becomes_a_dataset() {
        let mut choice = MergeChoice {
            out: "team".to_owned(),
            ..MergeChoice::default()
        };
        choice.add(vec!["a.jsonl".into(), "a.jsonl".into()]);
        choice.add(vec!["a.jsonl".into(), "b.copydesk".into()]);
        assert_eq!(choice.inputs.len(), 2);
        assert!(!choice.inputs[0].is_dataset() && choice.inputs[1].is_dataset());
        assert_eq!(
            choice.target(Path::new("/data")),
            Path::new("/data/team.copydesk")
        );
        choice.inputs[0].annotator = " ada ".to_owned();
        assert_eq!(choice.names()["a.jsonl"], "ada");
    }
}
