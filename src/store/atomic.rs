//! Writing a file so that there is never half of it: beside its target, synced, then renamed over
//! it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::guard::refuse_dataset;

/// Random letters and digits in the name of a temporary file.
const RANDOM: usize = 6;

/// Writes a file whole or not at all: until this returns, `path` is what it was before; after, it
/// is the new file, also after a power cut. What `write` gives is given back.
///
/// A symbolic link is followed, and an existing file keeps its permissions. What is no file, such
/// as a pipe or a device, is written to directly.
///
/// # Errors
/// If `path` is a dataset, or what `write`, the disk or the system says. The target is then as it
/// was, and nothing is left beside it. (If the program is killed, `.NAME.….tmp` stays; the next
/// write to the same target removes it.)
pub fn write_atomically<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<T>,
) -> io::Result<T> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        let device = File::options().write(true).open(path)?;
        let mut buffer = BufWriter::with_capacity(1 << 16, &device);
        let value = write(&mut buffer)?;
        buffer.flush()?;
        return Ok(value);
    }
    let target = fs::canonicalize(path).unwrap_or_else(|_new| path.to_path_buf());
    write_over(&target, write, |_| Ok(()))
}

/// As [`write_atomically`], but a symbolic link at `path` is replaced rather than followed, and
/// `before` is called with the complete new file just before it takes its place.
///
/// # Errors
/// As [`write_atomically`], or what `before` says.
pub fn replace_atomically<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<T>,
    before: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<T> {
    write_over(path, write, before)
}

fn write_over<T>(
    target: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<T>,
    before: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<T> {
    refuse_dataset(target)?;
    let temp = Beside::new(target)?;
    let mut buffer = BufWriter::with_capacity(1 << 16, temp.file());
    let value = write(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    if let Ok(old) = fs::metadata(target) {
        temp.file().set_permissions(old.permissions())?;
    }
    temp.file().sync_all()?;
    before(temp.path())?;
    temp.persist(target)?;
    sync_folder(target)?;
    Ok(value)
}

/// A temporary file in the folder of a target, which goes when it is dropped, and the parts beside
/// it.
///
/// It is locked as long as its owner lives. By that it is told from one that a killed program left,
/// which the next one for the same target removes. A file system without locks cannot tell, and
/// keeps it.
pub(super) struct Beside {
    // Fields are dropped in this order: the parts go while the lock is still held.
    parts: Parts,
    file: NamedTempFile,
}

/// The files and folders whose names begin with that of a temporary file.
struct Parts {
    of: PathBuf,
    used: bool,
}

impl Drop for Parts {
    fn drop(&mut self) {
        if self.used {
            remove_parts(&self.of);
        }
    }
}

impl Beside {
    /// A new one, with the permissions of any new file. What killed programs left for the same
    /// target goes.
    pub(super) fn new(target: &Path) -> io::Result<Self> {
        clear_left_over(target);
        loop {
            let file = temp_file(target)?;
            let _no_locks_here = file.as_file().try_lock();
            // Somebody who cleared up may have taken it away before it was locked.
            if file.path().exists() {
                return Ok(Self {
                    parts: Parts {
                        of: file.path().to_path_buf(),
                        used: false,
                    },
                    file,
                });
            }
        }
    }

    pub(super) fn file(&self) -> &File {
        self.file.as_file()
    }

    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// The path of a part: a further temporary file or folder. It goes with this one.
    pub(super) fn part(&mut self, name: &str) -> PathBuf {
        self.parts.used = true;
        part_of(self.path(), name)
    }

    /// Lets the file take the place of `target`.
    fn persist(self, target: &Path) -> io::Result<()> {
        self.file.persist(target).map_err(|error| error.error)?;
        Ok(())
    }
}

/// A folder beside a target, for files that are worked on before one of them takes its place.
///
/// It goes when it is dropped. If the program is killed, the next write to the same target removes
/// it.
pub struct WorkFolder {
    path: PathBuf,
    _locked: Beside,
}

impl WorkFolder {
    /// Makes an empty folder beside `target`.
    ///
    /// # Errors
    /// If the folder of `target` cannot be written.
    pub fn beside(target: &Path) -> io::Result<Self> {
        let mut locked = Beside::new(target)?;
        let path = locked.part("work");
        fs::create_dir(&path)?;
        Ok(Self {
            path,
            _locked: locked,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn part_of(file: &Path, name: &str) -> PathBuf {
    let mut part = file.as_os_str().to_owned();
    part.push("-");
    part.push(name);
    part.into()
}

fn temp_file(target: &Path) -> io::Result<NamedTempFile> {
    let mut prefix = std::ffi::OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp").rand_bytes(RANDOM);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What any new file gets; the system takes the umask off. Without it only the owner could
        // read an export.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder_of(target))
}

/// The part of a folder export that holds the folder as it was before; see [`super::folder`].
pub(super) const OLD: &str = "old";

/// Removes what killed programs left beside `target`. What cannot be removed does no harm.
pub(super) fn clear_left_over(target: &Path) {
    let Some(name) = target.file_name().map(|name| name.to_string_lossy()) else {
        return;
    };
    for file in fs::read_dir(folder_of(target))
        .into_iter()
        .flatten()
        .flatten()
    {
        let other = file.file_name().to_string_lossy().into_owned();
        let random = other
            .strip_prefix('.')
            .and_then(|other| other.strip_prefix(&*name))
            .and_then(|rest| rest.strip_prefix('.'))
            .and_then(|rest| rest.strip_suffix(".tmp"));
        let ours = random.is_some_and(|random| {
            random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        // Not a link, nor a pipe, at which opening would wait.
        let is_file = file.file_type().is_ok_and(|kind| kind.is_file());
        if ours
            && is_file
            && let Ok(left) = File::options().write(true).open(file.path())
            && left.try_lock().is_ok()
        {
            // Killed between the two renames that exchange a folder, only the old one is there.
            let old = part_of(&file.path(), OLD);
            if old.is_dir() && !target.exists() && fs::rename(&old, target).is_err() {
                continue;
            }
            remove_parts(&file.path());
            let _harmless = fs::remove_file(file.path());
        }
    }
}

fn remove_parts(of: &Path) {
    let Some(name) = of.file_name().map(|name| name.to_string_lossy()) else {
        return;
    };
    for part in fs::read_dir(folder_of(of)).into_iter().flatten().flatten() {
        let is_part = part
            .file_name()
            .to_string_lossy()
            .strip_prefix(&*name)
            .is_some_and(|rest| rest.starts_with('-'));
        if !is_part {
            continue;
        }
        let _harmless = match part.file_type() {
            Ok(kind) if kind.is_dir() => fs::remove_dir_all(part.path()),
            _ => fs::remove_file(part.path()),
        };
    }
}

/// Makes a rename in the folder of `path` survive a power cut. Windows has no such call, and needs
/// none.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder_of(path))?.sync_all()?;
    }
    Ok(())
}

pub(super) fn folder_of(path: &Path) -> PathBuf {
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
        let left = folder.path().join(".export.jsonl.Ab12Cd.tmp");
        let busy = folder.path().join(".export.jsonl.Cd34Ef.tmp");
        let mine = folder.path().join(".export.jsonl");
        let journal = folder.path().join(".export.jsonl.Ab12Cd.tmp-journal");
        let others = folder.path().join(".export.jsonl.gz.Ab12Cd.tmp");
        for file in [&left, &journal, &busy, &mine, &others] {
            fs::write(file, "half").unwrap();
        }
        let held = File::open(&busy).unwrap();
        held.lock().unwrap();
        write_atomically(&path, |file| file.write_all(b"new")).unwrap();
        assert!(!left.exists() && !journal.exists());
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

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_stays_one() {
        use std::os::unix::fs::FileTypeExt as _;
        write_atomically(Path::new("/dev/null"), |file| file.write_all(b"new")).unwrap();
        let kind = fs::metadata("/dev/null").unwrap().file_type();
        assert!(kind.is_char_device());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_where_it_is_not_to_be_followed() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        let link = folder.path().join("link");
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        replace_atomically(&link, |file| file.write_all(b"new"), |_| Ok(())).unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "old");
        assert_eq!(fs::read_to_string(&link).unwrap(), "new");
        assert!(!fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn a_dataset_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("news.copydesk");
        let mut header = b"SQLite format 3\0".to_vec();
        header.resize(68, 0);
        header.extend_from_slice(b"Cpyd");
        fs::write(&path, &header).unwrap();
        fs::write(folder.path().join("news.copydesk-wal"), "edits").unwrap();
        for name in [
            "news.copydesk",
            "news.copydesk-wal",
            "news.copydesk-journal",
        ] {
            let refused = write_atomically(&folder.path().join(name), |file| file.write_all(b"{}"));
            assert!(
                refused.unwrap_err().to_string().contains("dataset"),
                "{name}"
            );
        }
        assert_eq!(fs::read(&path).unwrap(), header);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
