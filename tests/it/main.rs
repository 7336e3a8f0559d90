//! Stories of use, end to end, in one binary.

mod architecture;
mod bounded;
mod cli;
mod crash;
mod desk;
mod formats;
mod hostile;
mod learning;
mod samples;
mod schema;
mod store;
