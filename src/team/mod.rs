//! The dataset of a team on a PostgreSQL server: its schema, members, queue and saves.
//!
//! A [`Server`] is a connection with a time limit on every call. The rules of the queue and of saves
//! are functions of the database (`assets/migrations/postgres/`), so that they hold for every
//! client, also for one that speaks SQL by itself. `dataset::team` builds the use cases on this.

mod address;
mod articles;
mod backup;
mod connection;
mod error;
mod format;
mod lines;
mod migrate;
mod passwords;
mod people;
mod progress;
mod queue;
mod review;
mod schema;
mod tls;
mod work;

pub use crate::store::Location;
pub use address::{ServerAddress, TlsMode};
pub use articles::{QueuedArticle, ServerArticle, ServerDataset, UploadCounts};
pub use backup::{dump, restore_dump};
pub use connection::{Head, Server};
pub use error::{Result, TeamError};
pub use format::FORMAT;
pub use lines::{read_line, write_lines};
pub use migrate::migrate;
pub use passwords::{AskPassword, Password, find_password, random_password};
pub use people::{Member, MemberAdded, TeamRole};
pub use progress::{MemberProgress, TeamProgress};
pub use queue::{LEASE_SECONDS, Lease, QueueOrder};
pub use review::{SavedAdjudication, ServerAdjudication};
pub use schema::{FIRST_SCHEMA, TeamSchemaChange, rename_labels};
pub use work::{MemberWork, Saved, ServerSave, WorkOutcome};
