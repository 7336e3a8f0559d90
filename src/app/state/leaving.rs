//! What takes the open dataset away.

use std::path::PathBuf;

/// What takes the open dataset away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// The window closes.
    Quit,
    /// The dataset is closed.
    Close,
    /// Others are opened in its place.
    Open(Vec<PathBuf>),
}
