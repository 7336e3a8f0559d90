//! Stories of use, end to end, in one binary.

mod adjudication;
mod agreement;
mod annotators;
mod architecture;
mod bounded;
mod circles;
mod cli;
mod crash;
mod docs;
mod drift;
mod dumps;
mod formats;
mod history;
mod hostile;
mod learning;
mod merge;
mod other_articles;
mod remarks;
mod samples;
mod schema;
mod session;
mod sites;
mod slips;
mod store;
mod vocabulary;
