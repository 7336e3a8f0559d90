//! Stories of the commands, told with the real program: what goes in, what comes out on both
//! streams, how it ends.

#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

mod data;
mod entities;
mod filter;
mod languages;
mod learn;
mod lint;
mod log;
mod outputs;
pub mod program;
mod suggesters;
mod words;
