//! Options for formats with a label per token.

use anyhow::{Result, bail};
use clap::Args;

use crate::formats::{Format, Outside, Windows, WriteOptions};

/// Which text of an article is written, and in how many records.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(super) struct TokenOptions {
    /// How to write text in regions where entities are not annotated: missing (unknown, or left out
    /// if the format cannot say so), omit (left out), or negative (no entity) [default: missing;
    /// for hf-parquet: omit]
    #[arg(long, value_name = "HOW", value_parser = Outside::parse)]
    outside: Option<Outside>,
    /// Cut articles into windows: sentences, a number of tokens (whole sentences, never inside an
    /// entity), or off [default: 384 for gliner, 256 for hf-parquet, sentences for conll, else off]
    #[arg(long, value_name = "SIZE", value_parser = Windows::parse)]
    windows: Option<Windows>,
    /// Number of tokens that a window repeats from the one before, in whole sentences
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    stride: usize,
}

impl TokenOptions {
    /// Adds these options to `write`, if the format supports them.
    pub(super) fn apply(self, format: &dyn Format, write: WriteOptions) -> Result<WriteOptions> {
        let write = WriteOptions {
            outside: self.outside,
            windows: self.windows,
            stride: self.stride,
            ..write
        };
        if format.spec().needs_pages && (self.outside.is_some() || self.windows.is_some()) {
            bail!(
                "{} writes whole pages\nhint: leave out --outside and --windows",
                format.spec().name
            );
        }
        if self.stride > 0 {
            match Windows::of(format, &write) {
                Windows::Tokens(size) if self.stride < size => {}
                Windows::Tokens(size) => bail!(
                    "--stride {} repeats a whole window of {size} tokens\nhint: choose a number below {size}",
                    self.stride
                ),
                _ => bail!(
                    "--stride needs windows of a number of tokens\nhint: add --windows {}",
                    (2 * self.stride).max(256)
                ),
            }
        }
        Ok(write)
    }
}
