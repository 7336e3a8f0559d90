//! Other programs of the system: whether they are there, and the one that shows a folder.

use std::path::Path;
use std::process::{Command, Stdio};

/// Whether a program of this name is found where the system looks for programs.
#[must_use]
pub fn is_there(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| is_program(&folder.join(name)))
}

fn is_program(path: &Path) -> bool {
    let Ok(found) = path.metadata() else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        found.is_file() && found.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    found.is_file()
}

/// Shows a file in its folder, or a folder, by the system's own program; gives whether one did.
/// Waits for it to answer.
#[must_use]
pub fn show(path: &Path) -> bool {
    let folder = if path.is_dir() {
        path
    } else {
        path.parent().unwrap_or(path)
    };
    let mut opener = if cfg!(target_os = "macos") {
        let mut opener = Command::new("open");
        opener.arg("-R").arg(path);
        opener
    } else if cfg!(windows) {
        let mut opener = Command::new("explorer");
        opener.arg(folder);
        opener
    } else if is_there("xdg-open") {
        let mut opener = Command::new("xdg-open");
        opener.arg(folder);
        opener
    } else {
        return false;
    };
    let status = opener
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // The file manager of Windows answers 1 when all is well.
    status.is_ok_and(|status| status.success() || cfg!(windows))
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn a_program_is_found_and_what_is_none_is_not() {
        assert!(super::is_there("sh"));
        assert!(!super::is_there("no-such-program-of-copydesk"));
        assert!(!super::is_there(""), "a folder is no program");
    }
}
