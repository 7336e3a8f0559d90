//! Stories of teams, each on a PostgreSQL server of its own making: a private folder, loopback, a
//! free port. Without PostgreSQL they are skipped, with a message.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "clippy knows tests, but not the functions that tests share"
)]

mod annotator;
mod attacks;
mod commands;
mod faults;
mod labels;
mod manager;
mod proxy;
mod queue;
mod reference;
mod review;
mod scale;
mod scenarios;
mod server;
mod tls;
mod two_files;
mod window;
