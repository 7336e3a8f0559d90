//! Stories of use, end to end, in one binary.

mod crash;
mod desk;
mod samples;
mod store;
