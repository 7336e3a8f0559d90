//! An input as a user names it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Something that was named as input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input: `-`.
    Stdin,
    /// A file, a folder or a glob.
    Path(PathBuf),
    /// What came through a pipe, kept in a file so that it can be read again.
    Kept {
        /// What the pipe is called.
        name: String,
        /// The file.
        file: PathBuf,
    },
}

impl Input {
    /// Parses an argument of the command line.
    #[must_use]
    pub fn new(word: &std::ffi::OsStr) -> Self {
        if word == "-" {
            Self::Stdin
        } else {
            Self::Path(word.into())
        }
    }

    /// Returns whether it can be read more than once, unlike a pipe.
    #[must_use]
    pub fn can_be_read_again(&self) -> bool {
        match self {
            Self::Stdin => false,
            Self::Kept { .. } => true,
            Self::Path(path) => !path.exists() || path.is_file() || path.is_dir(),
        }
    }

    /// Copies an input that comes through a pipe into a temporary file, so that it can be read
    /// again.
    ///
    /// Returns the input to read instead, and the file to keep for that; `None` for other inputs.
    ///
    /// # Errors
    /// If the pipe cannot be read or the file not be written.
    pub(crate) fn kept(&self) -> io::Result<Option<(Self, tempfile::TempPath)>> {
        if self.can_be_read_again() {
            return Ok(None);
        }
        let mut copy = tempfile::NamedTempFile::new()?;
        let name = match self {
            Self::Path(path) => {
                io::copy(&mut File::open(path)?, &mut copy)?;
                path.display().to_string()
            }
            Self::Stdin | Self::Kept { .. } => {
                io::copy(&mut io::stdin().lock(), &mut copy)?;
                "-".to_owned()
            }
        };
        let path = copy.into_temp_path();
        let file = path.to_path_buf();
        Ok(Some((Self::Kept { name, file }, path)))
    }

    /// Returns whether a file, folder or glob of that name exists; a glob may match nothing.
    #[must_use]
    pub fn exists(&self) -> bool {
        match self {
            Self::Stdin | Self::Kept { .. } => true,
            Self::Path(path) => path.exists() || as_glob(path).is_some(),
        }
    }
}

/// Returns the path as a glob pattern, if it has the characters of one.
pub(super) fn as_glob(path: &Path) -> Option<String> {
    let pattern = path.to_str()?;
    pattern
        .contains(['*', '?', '['])
        .then(|| pattern.to_owned())
}
