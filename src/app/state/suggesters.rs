//! The suggesters of the open dataset, as the window shows them.

use std::collections::BTreeMap;

use crate::dataset::session::SuggesterTest;
use crate::dataset::suggesters::{
    AllowedCommands, Comparison, KnownModels, LabelSource, SuggesterSettings, SuggesterStatus,
    TIME_LIMIT_S,
};
use crate::formats::metadata::suggested_by::SuggestedTask;
use crate::store::ArticleKey;

/// The suggesters of a dataset with what is known of them.
#[derive(Debug, Default)]
pub struct Suggesters {
    /// The suggesters and what they are used for.
    pub settings: SuggesterSettings,
    /// The models that have suggested something.
    pub known: KnownModels,
    /// The commands that may run on this machine.
    pub allowed: AllowedCommands,
    /// How each suggester is doing, once it was asked.
    pub status: BTreeMap<String, SuggesterStatus>,
    /// What the last one that was tried out said.
    pub test: Option<SuggesterTest>,
    /// The one that is being tried out.
    pub testing: Option<String>,
    /// An article that got suggestions while it was being opened: it is opened again.
    pub reload: Option<ArticleKey>,
    /// How the suggesters compared on the finished articles.
    pub comparison: Option<Comparison>,
}

/// The page of the settings about suggesters: what is typed for a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestersPage {
    /// Its name.
    pub name: String,
    /// What it suggests.
    pub task: SuggestedTask,
    /// Its command.
    pub command: String,
    /// Its time limit in seconds.
    pub time_limit_s: u64,
    /// Why it cannot be added.
    pub fault: Option<String>,
}

impl Default for SuggestersPage {
    fn default() -> Self {
        Self {
            name: String::new(),
            task: SuggestedTask::Entities,
            command: String::new(),
            time_limit_s: TIME_LIMIT_S,
            fault: None,
        }
    }
}

/// What the page about suggesters asks for.
#[derive(Debug)]
pub enum SuggestersMessage {
    /// Show it.
    Show,
    /// Add the suggester that was typed. Who types a command allows it.
    Add(Box<SuggestersPage>),
    /// Remove a suggester.
    Remove(String),
    /// Use a suggester for a label or for regions.
    Choose(LabelSource, String),
    /// Ask a suggester about the open article, and store nothing.
    Test(String),
    /// Ask whether the commands of this dataset may run.
    AskConsent,
    /// They may.
    Allow,
    /// Ask all suggesters about all articles that nobody has opened.
    SuggestForOpen,
    /// Compare the suggesters on the finished articles.
    Compare,
    /// Use the best one for each label.
    UseBest,
}
