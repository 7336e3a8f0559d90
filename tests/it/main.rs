//! Stories of use, end to end, in one binary.

mod desk;
mod samples;
mod store;
