//! Checks of output paths, so that no dataset or input is overwritten.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::dataset::EXTENSION;
use crate::store::{is_same_file, refuse_dataset, write_atomically};

/// Writes a file as a whole: it has its former content until the new one is complete.
///
/// # Errors
/// If it cannot be written.
pub fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    write_atomically(path, |out| out.write_all(content))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Rejects an output that is a dataset or one of the inputs of the same run, before any work is
/// done.
///
/// A folder among the inputs includes all files in it. Arguments that name no file, such as `-`,
/// are ignored.
///
/// # Errors
/// If it is one; the words say which and what to do.
pub fn check_output<'a>(out: &Path, inputs: impl IntoIterator<Item = &'a Path>) -> Result<()> {
    if out.as_os_str() == "-" {
        return Ok(());
    }
    refuse_dataset(out).with_context(|| format!("cannot write {}", out.display()))?;
    let Ok(target) = out.canonicalize() else {
        return Ok(()); // nothing is there yet
    };
    let special = !target.is_file() && !target.is_dir();
    for input in inputs {
        if special || input.as_os_str() == "-" {
            continue;
        }
        for input in matches(input) {
            let Ok(whole) = input.canonicalize() else {
                continue;
            };
            let is_input = is_same_file(&target, &whole)
                || (whole.is_dir() && target.starts_with(&whole))
                || (target.is_dir() && whole.starts_with(&target));
            if is_input {
                bail!(
                    "cannot write {}: it would replace {}, which is an input of this run\nhint: name another file",
                    out.display(),
                    input.display()
                );
            }
        }
    }
    Ok(())
}

/// Returns the files of an argument of the command line.
fn matches(word: &Path) -> Vec<PathBuf> {
    if word.exists() {
        return vec![word.to_path_buf()];
    }
    let Some(pattern) = word.to_str() else {
        return Vec::new();
    };
    glob::glob(pattern)
        .map(|found| found.flatten().collect())
        .unwrap_or_default()
}

/// Rejects the name of a copy that lacks the extension of datasets, since it would not be found
/// again.
///
/// # Errors
/// If it does not.
pub fn check_copy_target(to: &Path) -> Result<()> {
    if to
        .extension()
        .is_none_or(|extension| extension != EXTENSION)
    {
        bail!(
            "a dataset's name ends in .{EXTENSION}; did you mean {}?",
            crate::dataset::with_extension(to, EXTENSION).display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_known_however_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("in/deep")).unwrap();
        std::fs::write(at("in/deep/a.jsonl"), "a").unwrap();
        std::fs::write(at("b.jsonl"), "b").unwrap();
        let refused = |out: &str, input: &str| {
            check_output(&at(out), [at(input).as_path()])
                .err()
                .is_some_and(|error| error.to_string().contains("input of this run"))
        };
        assert!(refused("b.jsonl", "b.jsonl"));
        assert!(refused("b.jsonl", "in/../b.jsonl"));
        assert!(refused("b.jsonl", "*.jsonl"));
        assert!(refused("in/deep/a.jsonl", "in"));
        assert!(refused("in", "in/deep/a.jsonl"));
        assert!(!refused("c.jsonl", "b.jsonl"));
        assert!(!refused("in/new.jsonl", "in"));
        assert!(!refused("b.jsonl", "in"));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(at("b.jsonl"), at("link")).unwrap();
            std::fs::hard_link(at("b.jsonl"), at("hard")).unwrap();
            assert!(refused("link", "b.jsonl") && refused("b.jsonl", "link"));
            assert!(refused("hard", "b.jsonl"));
        }
        assert!(check_output(Path::new("-"), [Path::new("-")]).is_ok());
    }
}
