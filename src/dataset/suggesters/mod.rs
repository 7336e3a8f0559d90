//! Other programs that suggest regions and entities.
//!
//! A suggester is a command. It reads native records, one a line, and prints an answer for each. A
//! dataset stores its suggesters and which of them is used for each label. No command of a dataset
//! runs before the user of this machine has allowed it.
//!
//! | file | holds |
//! | --- | --- |
//! | `config` | the setting of a dataset |
//! | `consent` | the commands that the user has allowed |
//! | `process` | a running program, and the limits on it |
//! | `answer`, `marked_text` | checking what it printed |
//! | `supervisor` | starting it again after a failure |
//! | `pool` | the suggesters of an open dataset |
//! | `plan` | which stored suggestions are kept, and by whom they are |
//! | `run` | suggesting for many articles |
//! | `compare` | comparing suggesters on finished articles |

mod answer;
mod compare;
mod config;
mod consent;
mod marked_text;
mod plan;
mod pool;
mod process;
mod run;
mod supervisor;

pub use answer::SuggestedSpans;
#[cfg(feature = "fuzz")]
pub use answer::read_answer;
pub use compare::{BUILT_IN_TRAINED, Comparison, SuggesterScores, compare};
pub use config::{
    BUILT_IN, LabelSource, SETTING, SuggesterConfig, SuggesterSettings, TIME_LIMIT_S, TIME_LIMITS_S,
};
pub use consent::AllowedCommands;
pub use plan::{KNOWN_SETTING, KnownModel, KnownModels, SuggesterPlan};
pub use pool::{PoolSetup, SuggesterPool};
pub use process::{Launch, Limits, NoAnswer, SuggesterProcess};
pub use run::{SuggestReport, suggest_for_open};
pub use supervisor::{SuggestError, SuggesterStatus};

pub(crate) use run::{Asked, ask_all, write_suggestions};
