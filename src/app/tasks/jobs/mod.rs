//! Work that takes over a second, on a named thread, with progress and cancel.
//!
//! | file | holds |
//! | --- | --- |
//! | `checks` | checks of all finished work, by the models and between annotators |
//! | `job` | a job, its progress, and how it is started |
//! | `outcome` | what a job brings |
//! | `merging` | merging datasets and files of records |
//! | `opening` | opening a dataset, and adding articles to it |
//! | `output` | exports and pictures of charts |
//! | `splitting` | splitting the work among annotators |
//! | `suggesting` | other programs that suggest |
//! | `reviewing` | comparing the annotators of all articles |
//! | `teams` | opening the file of a team's member |
//! | `relabelling` | changes of the schema, of names and of duplicates |

mod checks;
mod job;
mod merge_choice;
mod merging;
mod opening;
mod outcome;
mod output;
mod relabelling;
mod reviewing;
mod splitting;
mod suggesting;
mod teams;

pub use checks::{check_with_models, dismiss_doubt, measure_agreement};
pub use job::{Job, JobKind, SessionTask, ThreadTask};
pub use merge_choice::{MergeChoice, MergeInput};
pub use merging::{merge_into, preview_merge_of};
pub use opening::{OpenOptions, import, open, place_sample};
pub use outcome::{CountedChange, JobOutcome, OpenedDataset, OpenedTeam};
pub use output::{export, save_plot};
pub use relabelling::{
    change_schema, copy_labels, count_schema_change, look_up_name, relabel_name, undo_relabelling,
};
pub use reviewing::{compare_annotators, finish_unanimous};
pub use splitting::split_work_of;
pub use suggesting::{compare_suggesters, suggest_for_open};
pub use teams::{OpenTeam, open_team};
