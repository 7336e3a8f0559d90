//! Options that say what of an article goes into formats of tokens.

use anyhow::{Result, bail};
use clap::Args;

use crate::formats::{Format, Outside, Windows, WriteOptions};

/// What of an article is written, and in how many records.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(super) struct TokenOptions {
    /// What becomes of text in regions without entities, at which nobody looked: missing (unknown, or where the format cannot say
    /// so, left out), omit (left out), or negative (text in which no entity is) [default: missing; hf-parquet: omit]
    #[arg(long, value_name = "HOW", value_parser = Outside::parse)]
    outside: Option<Outside>,
    /// Cut articles into windows: sentences, so many tokens (whole sentences, and never inside an entity), or off [default:
    /// 384 for gliner, 256 for hf-parquet, sentences for conll, else off]
    #[arg(long, value_name = "SIZE", value_parser = Windows::parse)]
    windows: Option<Windows>,
    /// How many tokens of a window the next one repeats, in whole sentences
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    stride: usize,
}

impl TokenOptions {
    /// The options with these, if the format can have them.
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
                    "--stride wants windows of a number of tokens\nhint: add --windows {}",
                    (2 * self.stride).max(256)
                ),
            }
        }
        Ok(write)
    }
}
