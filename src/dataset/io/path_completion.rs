//! Completes a path that somebody types.

use std::fs;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use crate::dataset::EXTENSION;

/// How many entries of a folder are read.
pub const AT_MOST: usize = 5000;

/// Something in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathEntry {
    /// Its name.
    pub name: String,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// Expands `~` at the beginning of a path to the user's home folder.
#[must_use]
pub fn expanded(typed: &str) -> PathBuf {
    let home = || directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_path_buf());
    match typed.strip_prefix('~') {
        Some("") => home().unwrap_or_else(|| typed.into()),
        Some(rest) if rest.starts_with(is_separator) => match home() {
            Some(home) => home.join(rest.trim_start_matches(is_separator)),
            None => typed.into(),
        },
        _ => typed.into(),
    }
}

fn is_separator(c: char) -> bool {
    c == '/' || c == MAIN_SEPARATOR
}

/// Splits what is typed after its last separator: a folder, and the beginning of a name in it.
#[must_use]
pub fn cut(typed: &str) -> (&str, &str) {
    match typed.rfind(is_separator) {
        // Separators are ASCII: the place after one is a boundary.
        Some(at) => typed.split_at_checked(at + 1).unwrap_or((typed, "")),
        None => ("", typed),
    }
}

/// Returns the folder of what is typed; a relative path is resolved from `base`.
#[must_use]
pub fn folder_of(base: &Path, typed: &str) -> PathBuf {
    base.join(expanded(cut(typed).0))
}

/// Lists a folder: folders first, then by name; empty if it cannot be read.
#[must_use]
pub fn list(folder: &Path) -> Vec<PathEntry> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut entries: Vec<PathEntry> = entries
        .take(AT_MOST)
        .flatten()
        .filter(|entry| !is_beside_a_dataset(&entry.file_name().to_string_lossy()))
        .filter_map(|entry| {
            Some(PathEntry {
                name: entry.file_name().into_string().ok()?,
                // Through a link, as opening it would go.
                is_folder: entry.path().is_dir(),
            })
        })
        .collect();
    entries.sort_by_cached_key(|entry| {
        (
            !entry.is_folder,
            entry.name.to_lowercase(),
            entry.name.clone(),
        )
    });
    entries
}

/// Whether a name is that of a file which a dataset has beside it while it is open: nobody wants to
/// choose one.
fn is_beside_a_dataset(name: &str) -> bool {
    ["-wal", "-shm", "-journal"].iter().any(|end| {
        name.strip_suffix(end)
            .is_some_and(|dataset| dataset.ends_with(&format!(".{EXTENSION}")))
    })
}

/// Returns the entries that match what is typed, ignoring case. Hidden ones match only if it begins
/// with a dot.
pub fn matching<'a>(
    entries: &'a [PathEntry],
    typed: &str,
) -> impl Iterator<Item = &'a PathEntry> + use<'a> {
    let stem = cut(typed).1.to_lowercase();
    entries.iter().filter(move |entry| {
        entry.name.to_lowercase().starts_with(&stem)
            && (stem.starts_with('.') || !entry.name.starts_with('.'))
    })
}

/// Replaces the last name of what is typed by an entry; a separator follows a folder.
#[must_use]
pub fn completed(typed: &str, entry: &PathEntry) -> String {
    let end = if entry.is_folder { "/" } else { "" };
    format!("{}{}{end}", cut(typed).0, entry.name)
}

/// Returns the common beginning of all entries that match; `None` if it is no longer than what is
/// typed.
#[must_use]
pub fn completed_by_all(typed: &str, entries: &[PathEntry]) -> Option<String> {
    let fitting: Vec<&PathEntry> = matching(entries, typed).collect();
    let completed = match &*fitting {
        [] => return None,
        [one] => completed(typed, one),
        [first, rest @ ..] => {
            let mut common: String = first.name.clone();
            for entry in rest {
                let agree = common.chars().zip(entry.name.chars());
                let agree = agree.take_while(|(a, b)| a == b).map(|(a, _)| a);
                common = agree.collect();
            }
            format!("{}{common}", cut(typed).0)
        }
    };
    (completed.len() > typed.len() || (fitting.len() == 1 && completed != typed))
        .then_some(completed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_completed_name_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["articles", "archive"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        for name in [
            "news.copydesk",
            "news.copydesk-wal",
            "Notes.txt",
            ".hidden",
            "ärger.txt",
        ] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let entries = list(&folder_of(folder.path(), ""));
        let names = |typed: &str| -> Vec<String> {
            matching(&entries, typed)
                .map(|entry| entry.name.clone())
                .collect()
        };
        assert_eq!(
            names(""),
            [
                "archive",
                "articles",
                "news.copydesk",
                "Notes.txt",
                "ärger.txt"
            ]
        );
        assert_eq!(names("n"), ["news.copydesk", "Notes.txt"]);
        assert_eq!(names(".h"), [".hidden"]);
        assert_eq!(names("x"), [""; 0]);
        let all = |typed: &str| completed_by_all(typed, &entries);
        assert_eq!(all("a").as_deref(), Some("ar"));
        assert_eq!(all("ar"), None, "both are possible");
        assert_eq!(all("arc").as_deref(), Some("archive/"));
        assert_eq!(all("no").as_deref(), Some("Notes.txt"));
        assert_eq!(all("ä").as_deref(), Some("ärger.txt"));
        assert_eq!(all("Notes.txt"), None);
        assert_eq!(all("x"), None);
    }

    #[test]
    fn what_is_typed_begins_where_the_dataset_is_or_at_home() {
        let base = Path::new("/data");
        assert_eq!(folder_of(base, "ar"), Path::new("/data"));
        assert_eq!(folder_of(base, "in/ar"), Path::new("/data/in"));
        assert_eq!(folder_of(base, "/tmp/x"), Path::new("/tmp"));
        let home = directories::BaseDirs::new()
            .unwrap()
            .home_dir()
            .to_path_buf();
        assert_eq!(folder_of(base, "~/x"), home);
        assert_eq!(expanded("~x"), Path::new("~x"));
        assert_eq!(cut("/tmp/"), ("/tmp/", ""));
        assert_eq!(list(Path::new("/no/such/folder")), []);
    }
}
