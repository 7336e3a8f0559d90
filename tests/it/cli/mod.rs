//! Stories of the commands, told with the real program: what goes in, what comes out on both streams, how it ends.

mod data;
mod filter;
pub mod program;
mod words;
