//! The threads behind an open dataset.
//!
//! A [`SessionHandle`] sends requests and receives [`Reply`]s; it never blocks. Each request enum
//! belongs to one thread, and the handle routes a request by its type:
//!
//! | thread | requests | work |
//! | --- | --- | --- |
//! | `writer` | [`WriterRequest`] | the only one that writes the store: edits, settings, outcomes, the writes of jobs |
//! | `readers` | [`RowRequest`], [`ListRequest`], [`LookupRequest`] | the article list, and searches in it |
//! | `learner` | [`LearnerRequest`] | trains the models, suggests, explains |
//! | `suggesters` | [`SuggesterRequest`] | asks other programs for suggestions |
//! | `dashboard` | [`DashboardRequest`] | gathers the figures of the dashboard |
//! | `exporter` | | keeps the export up to date |
//! | jobs | [`SessionHandle::start_job`] | imports, relabelling and other long work |
//!
//! Replies arrive in the order of their requests per thread. An edit is acknowledged
//! ([`Reply::Saved`]) once the store has it on disk; until then the writer holds it, and tries
//! again while the disk refuses.

mod channels;
mod dashboard;
mod exporter;
mod handle;
mod jobs;
mod learner;
mod messages;
mod outcomes;
mod rankings;
mod readers;
mod replies;
mod rescue;
mod starting_point;
mod suggesters;
mod text_languages;
mod trace;
pub(crate) mod unopened;
mod writer;

pub use self::exporter::{EXPORTED_SEQ, Exporter};
pub use self::handle::{SessionHandle, SessionSetup};
pub use self::messages::{
    Copied, DashboardRequest, LearnerRequest, ListRequest, Loaded, LookupRequest, Opened, Reply,
    Request, RowRequest, Save, SuggesterRequest, SuggesterTest, WriterRequest,
};
pub use self::rankings::{RankedBy, Ranks};
pub use self::replies::{NowMs, Wake};
pub(crate) use self::starting_point::of_colleague;
pub use self::starting_point::{StartingPoint, start_entry, starting_point};
pub use self::suggesters::SuggesterSetup;
