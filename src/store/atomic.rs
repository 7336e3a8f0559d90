//! Writing a file so that there is never half of it: beside its target, synced, then renamed over it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Writes a file whole or not at all: until this returns, `path` is what it was before; after, it is the new file,
/// also after a power cut. What `write` gives is given back.
///
/// A symbolic link is followed, and an existing file keeps its permissions.
///
/// # Errors
/// What `write`, the disk or the system says; the target is then as it was, and nothing is left beside it.
/// (If the program is killed, `.NAME.….tmp` stays; the next time clears it away.)
pub fn write_atomically<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<T>,
) -> io::Result<T> {
    let target = fs::canonicalize(path).unwrap_or_else(|_new| path.to_path_buf());
    clear_left_over(&target);
    let temp = beside(&target)?;
    // By its lock, a file that is being written is known from one that a killed program left. A file system without
    // locks has no such knowledge, and keeps the left-over.
    let _no_locks_here = temp.as_file().try_lock();
    let mut buffer = BufWriter::with_capacity(1 << 16, temp.as_file());
    let value = write(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    if let Ok(old) = fs::metadata(&target) {
        temp.as_file().set_permissions(old.permissions())?;
    }
    temp.as_file().sync_all()?;
    temp.persist(&target).map_err(|error| error.error)?;
    sync_folder(&target)?;
    Ok(value)
}

/// The file by which a folder is known that [`write_folder_atomically`] wrote.
const MARK: &str = ".copydesk-export";

/// Writes a folder whole or not at all: `write` fills a new one beside it, which then takes its place. What stood there
/// before goes, but only if it was empty or written by this function: nobody's own files are ever taken away.
///
/// # Errors
/// What `write`, the disk or the system says, or that the folder holds something else; it is then as it was.
pub fn write_folder_atomically<T>(
    path: &Path,
    write: impl FnOnce(&Path) -> io::Result<T>,
) -> io::Result<T> {
    let target = fs::canonicalize(path).unwrap_or_else(|_new| path.to_path_buf());
    match fs::read_dir(&target) {
        Ok(mut inside) => {
            if inside.next().is_some() && !target.join(MARK).exists() {
                return Err(io::Error::new(
                    io::ErrorKind::AlreadyExists,
                    "the folder holds other files; name a new one",
                ));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut prefix = std::ffi::OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push(".");
    let temp = tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(".tmp")
        .tempdir_in(folder(&target))?;
    let new = temp.path().join("new");
    fs::create_dir(&new)?; // unlike the folder around it, with the permissions of any new folder
    let value = write(&new)?;
    fs::write(
        new.join(MARK),
        "Written by Copydesk. An export into this folder takes its place.\n",
    )?;
    sync_all(&new)?;
    let old = temp.path().join("old");
    let replaced = target.exists();
    if replaced {
        fs::rename(&target, &old)?;
    }
    if let Err(error) = fs::rename(&new, &target) {
        if replaced {
            fs::rename(&old, &target)?;
        }
        return Err(error);
    }
    sync_folder(&target)?;
    Ok(value)
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

/// Removes what programs that were killed left beside `target`. What cannot be removed does no harm.
fn clear_left_over(target: &Path) {
    let Some(name) = target.file_name().map(|name| name.to_string_lossy()) else {
        return;
    };
    for file in fs::read_dir(folder(target)).into_iter().flatten().flatten() {
        let other = file.file_name().to_string_lossy().into_owned();
        let ours = other
            .strip_prefix('.')
            .and_then(|other| other.strip_prefix(&*name))
            .is_some_and(|rest| rest.starts_with('.') && rest.ends_with(".tmp"));
        if ours
            && let Ok(left) = File::options().write(true).open(file.path())
            && left.try_lock().is_ok()
        {
            let _harmless = fs::remove_file(file.path());
        }
    }
}

/// A temporary file in the folder of `target`, with the permissions of any new file, that goes when it is dropped.
pub(super) fn beside(target: &Path) -> io::Result<NamedTempFile> {
    let mut prefix = std::ffi::OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What any new file gets; the system takes the umask off. Without it only the owner could read an export.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder(target))
}

/// Makes a rename in the folder of `path` survive a power cut. Windows has no such call, and needs none.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder(path))?.sync_all()?;
    }
    Ok(())
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_file_takes_the_place_of_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export.jsonl");
        fs::write(&path, "old").unwrap();
        let lines = write_atomically(&path, |file| {
            file.write_all(b"new\n")?;
            Ok(1)
        });
        assert_eq!(lines.unwrap(), 1);
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_takes_the_place_of_an_earlier_export_and_of_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export");
        for words in ["one", "two"] {
            write_folder_atomically(&path, |new| {
                fs::create_dir(new.join("deep"))?;
                fs::write(new.join("deep").join(words), words)
            })
            .unwrap();
        }
        assert!(path.join("deep/two").exists() && !path.join("deep/one").exists());
        let failed: io::Result<()> =
            write_folder_atomically(&path, |_| Err(io::Error::other("no more")));
        assert!(failed.is_err() && path.join("deep/two").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

        let own = folder.path().join("own");
        fs::create_dir(&own).unwrap();
        fs::write(own.join("thesis.txt"), "precious").unwrap();
        let refused = write_folder_atomically(&own, |new| fs::write(new.join("a"), "a"));
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert!(own.join("thesis.txt").exists() && !own.join("a").exists());
    }

    #[test]
    fn a_writer_that_fails_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export.jsonl");
        fs::write(&path, "old").unwrap();
        let failed: io::Result<()> = write_atomically(&path, |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_program_left_goes_and_what_another_is_writing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export.jsonl");
        let left = folder.path().join(".export.jsonl.Ab12.tmp");
        let busy = folder.path().join(".export.jsonl.Cd34.tmp");
        let mine = folder.path().join(".export.jsonl");
        let others = folder.path().join(".other.jsonl.Ab12.tmp");
        for file in [&left, &busy, &mine, &others] {
            fs::write(file, "half").unwrap();
        }
        let held = File::open(&busy).unwrap();
        held.lock().unwrap();
        write_atomically(&path, |file| file.write_all(b"new")).unwrap();
        assert!(!left.exists());
        assert!(busy.exists() && mine.exists() && others.exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        let link = folder.path().join("link");
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write_atomically(&link, |file| file.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        let mode = fs::metadata(&real).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
}
