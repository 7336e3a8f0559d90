//! Writing a folder so that there is never half of it, and nobody's own files are taken away.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::time::SystemTime;

use super::atomic::{Beside, OLD, sync_folder};
use super::guard::refuse_dataset;

/// The file by which a folder is known that [`write_folder_atomically`] wrote. It lists the files
/// with their hashes.
const MANIFEST: &str = ".copydesk-export";

/// The first line of a manifest.
const HEADING: &str = "Written by Copydesk. The next export into this folder replaces the files below that are unchanged.";

/// The most names in a message.
const LISTED: usize = 5;

/// Writes a folder whole or not at all: `write` fills a new one beside it, which then takes its
/// place.
///
/// Of an earlier export in `path`, the files that are unchanged go; a manifest with hashes says
/// which. All other files stay where they are. Gives what `write` gave, and the names of those
/// other files.
///
/// # Errors
/// If the folder holds files and no manifest, if a file that is not ours is in the way of a new
/// one, or what `write`, the disk or the system says. The folder is then as it was.
pub fn write_folder_atomically<T>(
    path: &Path,
    write: impl FnOnce(&Path) -> io::Result<T>,
) -> io::Result<(T, Vec<String>)> {
    let target = fs::canonicalize(path).unwrap_or_else(|_new| path.to_path_buf());
    refuse_dataset(&target)?;
    let mut temp = Beside::new(&target)?;
    let before = Contents::of(&target)?;
    let new = temp.part("new");
    fs::create_dir(&new)?;
    let value = write(&new)?;
    let manifest = manifest(&new)?;
    for other in before.others.keys() {
        let taken = new.join(other);
        if taken.symlink_metadata().is_ok() {
            // Folders of the same name are one folder; files are not.
            return Err(in_the_way(&before, &new));
        }
    }
    fs::write(new.join(MANIFEST), manifest)?;
    sync_all(&new)?;
    // In both folders before they are exchanged, so that a kill at no moment leaves a file in
    // neither.
    for (other, found) in &before.others {
        if found.is_file {
            let place = new.join(other);
            make_folder_of(&place)?;
            let old = target.join(other);
            if fs::hard_link(&old, &place).is_err() {
                fs::copy(&old, &place)?;
            }
        }
    }
    exchange(&target, &new, &temp.part(OLD), &before)?;
    Ok((value, before.others.into_keys().collect()))
}

/// Puts `new` in the place of `target`, and what is in neither the manifest nor `new` after it.
fn exchange(target: &Path, new: &Path, old: &Path, before: &Contents) -> io::Result<()> {
    let replaced = target.exists();
    if replaced {
        fs::rename(target, old)?;
    }
    if let Err(error) = fs::rename(new, target) {
        if replaced {
            fs::rename(old, target)?;
        }
        return Err(error);
    }
    if replaced {
        // Links and the like, and what came while the export was written.
        for (name, found) in walk(old)? {
            let known = before.ours.get(&name) == Some(&found)
                || (found.is_file && before.others.get(&name) == Some(&found))
                || name == MANIFEST;
            if !known {
                let mut place = target.join(&name);
                if place.symlink_metadata().is_ok() {
                    place = target.join(format!("{name}.changed"));
                }
                make_folder_of(&place)?;
                fs::rename(old.join(&name), place)?;
            }
        }
    }
    sync_folder(target)
}

/// The contents of a folder before an export.
#[derive(Default)]
struct Contents {
    /// Files that the last export wrote and that are unchanged, by their names.
    ours: BTreeMap<String, Found>,
    /// All others.
    others: BTreeMap<String, Found>,
}

/// A file as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    is_file: bool,
    bytes: u64,
    changed: Option<SystemTime>,
}

impl Contents {
    fn of(target: &Path) -> io::Result<Self> {
        let found = match walk(target) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        if found.is_empty() {
            return Ok(Self::default());
        }
        let Some(written) = read_manifest(&target.join(MANIFEST))? else {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "the folder holds other files; name a new one",
            ));
        };
        let mut contents = Self::default();
        for (name, file) in found {
            if name == MANIFEST {
                continue;
            }
            let unchanged = match written.get(&name) {
                Some((bytes, hash)) if file.is_file && file.bytes == *bytes => {
                    hash_of(&target.join(&name))? == *hash
                }
                _ => false,
            };
            if unchanged {
                contents.ours.insert(name, file);
            } else {
                contents.others.insert(name, file);
            }
        }
        Ok(contents)
    }
}

/// All files under a folder, by their names with `/` between. Links are not followed.
fn walk(folder: &Path) -> io::Result<Vec<(String, Found)>> {
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let own = entry.file_name();
            let own = own.to_str().ok_or_else(|| {
                io::Error::other(format!(
                    "the folder holds a file with a name that is not Unicode: {}",
                    entry.path().display()
                ))
            })?;
            let name = format!("{prefix}{own}");
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push((entry.path(), format!("{name}/")));
                continue;
            }
            let about = entry.path().symlink_metadata()?;
            files.push((
                name,
                Found {
                    is_file: kind.is_file(),
                    bytes: about.len(),
                    changed: about.modified().ok(),
                },
            ));
        }
    }
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(files)
}

fn manifest(folder: &Path) -> io::Result<String> {
    let mut lines = format!("{HEADING}\n");
    for (name, found) in walk(folder)? {
        let hash = hash_of(&folder.join(&name))?;
        // Last on its line, and as JSON, since names may hold anything.
        let name = serde_json::Value::from(name);
        lines.push_str(&format!("{hash} {} {name}\n", found.bytes));
    }
    Ok(lines)
}

/// Size and hash of each file that the last export wrote; `None` if there is no such list.
fn read_manifest(path: &Path) -> io::Result<Option<BTreeMap<String, (u64, String)>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut files = BTreeMap::new();
    for (at, line) in BufReader::new(file).lines().enumerate() {
        let line = line?;
        if at == 0 {
            if line != HEADING {
                return Ok(None); // an older Copydesk's mark, which lists nothing
            }
            continue;
        }
        let mut parts = line.splitn(3, ' ');
        if let (Some(hash), Some(bytes), Some(name)) = (parts.next(), parts.next(), parts.next())
            && let (Ok(bytes), Ok(name)) = (bytes.parse(), serde_json::from_str(name))
        {
            files.insert(name, (bytes, hash.to_owned()));
        }
    }
    Ok(Some(files))
}

fn hash_of(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// The error for files that are not ours, or were changed, where new ones would be.
fn in_the_way(before: &Contents, new: &Path) -> io::Error {
    let names: Vec<&str> = before
        .others
        .keys()
        .filter(|other| new.join(other).symlink_metadata().is_ok())
        .map(String::as_str)
        .collect();
    let words = format!(
        "files there were changed since Copydesk wrote them, or are not from it, and the export would replace them: {}\n\
         hint: move them away, or name a new folder",
        list(&names)
    );
    io::Error::new(io::ErrorKind::AlreadyExists, words)
}

/// The first few names, and how many more there are.
#[must_use]
pub fn list(names: &[impl AsRef<str>]) -> String {
    let mut words: Vec<String> = names
        .iter()
        .take(LISTED)
        .map(|name| name.as_ref().escape_debug().to_string())
        .collect();
    if names.len() > LISTED {
        words.push(format!("and {} more", names.len() - LISTED));
    }
    words.join(", ")
}

fn make_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => fs::create_dir_all(folder),
        None => Ok(()),
    }
}

/// Syncs all files of a folder.
fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        } else {
            File::open(entry.path())?.sync_all()?;
        }
    }
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn export(path: &Path, files: &[(&str, &str)]) -> io::Result<Vec<String>> {
        let written = write_folder_atomically(path, |new| {
            for (name, words) in files {
                let place = new.join(name);
                make_folder_of(&place)?;
                File::create(place)?.write_all(words.as_bytes())?;
            }
            Ok(())
        })?;
        Ok(written.1)
    }

    fn nothing_else_in(folder: &Path) {
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    }

    #[test]
    fn an_export_takes_the_place_of_an_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export");
        for name in ["deep/one", "deep/two"] {
            assert_eq!(export(&path, &[(name, "x")]).unwrap(), [""; 0]);
        }
        assert!(path.join("deep/two").exists() && !path.join("deep/one").exists());
        let failed: io::Result<((), _)> =
            write_folder_atomically(&path, |_| Err(io::Error::other("no more")));
        assert!(failed.is_err() && path.join("deep/two").exists());
        nothing_else_in(folder.path());
    }

    #[test]
    fn what_people_put_or_corrected_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export");
        export(&path, &[("a.ann", "machine"), ("b.ann", "machine")]).unwrap();
        fs::write(path.join("notes.txt"), "mine").unwrap();
        fs::create_dir(path.join("more")).unwrap();
        fs::write(path.join("more/thesis.txt"), "mine").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("notes.txt", path.join("link")).unwrap();
        fs::write(path.join("a.ann"), "corrected").unwrap();

        let refused = export(&path, &[("a.ann", "machine 2")]).unwrap_err();
        assert!(refused.to_string().contains("a.ann"), "{refused}");
        assert_eq!(fs::read_to_string(path.join("a.ann")).unwrap(), "corrected");
        assert!(path.join("b.ann").exists());

        let left = export(&path, &[("c.ann", "machine 2")]).unwrap();
        assert!(left.contains(&"a.ann".to_owned()) && left.contains(&"notes.txt".to_owned()));
        assert_eq!(fs::read_to_string(path.join("a.ann")).unwrap(), "corrected");
        assert_eq!(fs::read_to_string(path.join("notes.txt")).unwrap(), "mine");
        assert!(path.join("more/thesis.txt").exists() && path.join("c.ann").exists());
        #[cfg(unix)]
        assert!(path.join("link").symlink_metadata().unwrap().is_symlink());
        assert!(!path.join("b.ann").exists(), "ours and unchanged");
        // They are nobody's export later either.
        assert!(export(&path, &[]).unwrap().contains(&"a.ann".to_owned()));
        assert!(path.join("a.ann").exists());
        nothing_else_in(folder.path());
    }

    #[test]
    fn a_folder_of_other_files_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("own");
        fs::create_dir(&own).unwrap();
        fs::write(own.join("thesis.txt"), "precious").unwrap();
        for mark in [
            None,
            Some("Written by Copydesk. An export into this folder takes its place.\n"),
        ] {
            if let Some(mark) = mark {
                fs::write(own.join(MANIFEST), mark).unwrap();
            }
            let refused = export(&own, &[("a", "a")]).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
            assert!(own.join("thesis.txt").exists() && !own.join("a").exists());
        }
        nothing_else_in(folder.path());
    }

    #[test]
    fn killed_between_the_renames_the_old_folder_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export");
        export(&path, &[("a.ann", "machine")]).unwrap();
        fs::write(path.join("notes.txt"), "mine").unwrap();
        let left = folder.path().join(".export.Ab12Cd.tmp");
        fs::write(&left, "").unwrap();
        fs::rename(&path, folder.path().join(".export.Ab12Cd.tmp-old")).unwrap();
        fs::create_dir(folder.path().join(".export.Ab12Cd.tmp-new")).unwrap();
        let left = export(&path, &[("b.ann", "machine")]).unwrap();
        assert_eq!(left, ["notes.txt"]);
        assert!(path.join("b.ann").exists() && !path.join("a.ann").exists());
        nothing_else_in(folder.path());
    }
}
