//! The tagger: text in, entities out.
//!
//! In reading order: [`tokens`] and [`sentences`] cut a text.

pub mod sentences;
pub mod tokens;
