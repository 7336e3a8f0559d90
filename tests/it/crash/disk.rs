//! A disk in memory, to which a program's traced system calls happen, and whose power can be cut.
//!
//! What POSIX promises is what it keeps, and no more: the bytes of a file after `fsync` or
//! `fdatasync`, the names in a folder after `fsync` of the folder. Of what came later, any part may
//! survive: writes in any combination, of each write any of its sectors; of the changes to names
//! the first few (file systems journal those in order).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use copydesk::model::Rng;

/// The calls that change files. Those that the disk does not know make [`parse`] fail rather than
/// be overlooked.
pub const CALLS: &str = "trace=open,openat,creat,close,lseek,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,\
    fallocate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,sendfile,copy_file_range";

/// Bytes that a disk writes whole or not at all.
const SECTOR: usize = 512;

/// What the program did.
#[derive(Debug)]
pub enum Event {
    /// A file came into being under a name, or was opened and emptied.
    Open {
        name: String,
        create: bool,
        empty: bool,
    },
    Write {
        name: String,
        at: usize,
        bytes: Vec<u8>,
    },
    Resize {
        name: String,
        len: usize,
    },
    Sync {
        name: String,
    },
    SyncFolder,
    Rename {
        from: String,
        to: String,
    },
    Unlink {
        name: String,
    },
    /// A line that it printed.
    Said(String),
}

/// How far the disk does what it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Honesty {
    Honest,
    /// As if SQLite did not sync its log.
    SyncsAllButTheLog,
    NeverSyncs,
}

#[derive(Clone)]
enum Pending {
    Write { at: usize, bytes: Vec<u8> },
    Resize(usize),
}

#[derive(Clone, Default)]
struct File {
    synced: Vec<u8>,
    pending: Vec<Pending>,
}

enum Naming {
    Set(String, usize),
    Unlink(String),
    Rename(String, String),
}

/// The disk.
pub struct Disk {
    honesty: Honesty,
    files: Vec<File>,
    /// Names as the program sees them.
    names: BTreeMap<String, usize>,
    synced_names: BTreeMap<String, usize>,
    pending_names: Vec<Naming>,
}

fn apply_name(names: &mut BTreeMap<String, usize>, naming: &Naming) {
    match naming {
        Naming::Set(name, file) => {
            names.insert(name.clone(), *file);
        }
        Naming::Unlink(name) => {
            names.remove(name);
        }
        Naming::Rename(from, to) => {
            if let Some(file) = names.remove(from) {
                names.insert(to.clone(), file);
            }
        }
    }
}

fn write_at(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if content.len() < at + bytes.len() {
        content.resize(at + bytes.len(), 0);
    }
    content[at..at + bytes.len()].copy_from_slice(bytes);
}

impl Disk {
    pub fn new(honesty: Honesty) -> Self {
        Self {
            honesty,
            files: Vec::new(),
            names: BTreeMap::new(),
            synced_names: BTreeMap::new(),
            pending_names: Vec::new(),
        }
    }

    fn name(&mut self, naming: Naming) {
        apply_name(&mut self.names, &naming);
        self.pending_names.push(naming);
    }

    fn file(&mut self, name: &str) -> &mut File {
        let file = *self
            .names
            .get(name)
            .unwrap_or_else(|| panic!("no file {name}"));
        &mut self.files[file]
    }

    pub fn happen(&mut self, event: &Event) {
        match event {
            Event::Said(_) => {}
            Event::Open {
                name,
                create,
                empty,
            } => {
                if !self.names.contains_key(name) {
                    assert!(create, "{name} was opened, but never made");
                    self.files.push(File::default());
                    self.name(Naming::Set(name.clone(), self.files.len() - 1));
                }
                if *empty {
                    self.file(name).pending.push(Pending::Resize(0));
                }
            }
            Event::Write { name, at, bytes } => self.file(name).pending.push(Pending::Write {
                at: *at,
                bytes: bytes.clone(),
            }),
            Event::Resize { name, len } => self.file(name).pending.push(Pending::Resize(*len)),
            Event::Sync { name } => {
                let lie = match self.honesty {
                    Honesty::Honest => false,
                    Honesty::SyncsAllButTheLog => name.ends_with("-wal"),
                    Honesty::NeverSyncs => true,
                };
                if !lie {
                    let file = self.file(name);
                    for pending in std::mem::take(&mut file.pending) {
                        match pending {
                            Pending::Write { at, bytes } => write_at(&mut file.synced, at, &bytes),
                            Pending::Resize(len) => file.synced.resize(len, 0),
                        }
                    }
                }
            }
            Event::SyncFolder => {
                if self.honesty != Honesty::NeverSyncs {
                    for naming in std::mem::take(&mut self.pending_names) {
                        apply_name(&mut self.synced_names, &naming);
                    }
                }
            }
            Event::Rename { from, to } => self.name(Naming::Rename(from.clone(), to.clone())),
            Event::Unlink { name } => self.name(Naming::Unlink(name.clone())),
        }
    }

    /// Writes what is left after a power cut into an empty folder.
    pub fn cut(mut self, folder: &Path, rng: &mut Rng) {
        let kept = match rng.below(3) {
            0 => 0,
            1 => self.pending_names.len(),
            _ => rng.below(self.pending_names.len() + 1),
        };
        for naming in &self.pending_names[..kept] {
            apply_name(&mut self.synced_names, naming);
        }
        // Nothing, all, any writes, or any sectors of any writes.
        let luck = rng.below(4);
        for (name, file) in &self.synced_names {
            let file = &self.files[*file];
            let mut content = file.synced.clone();
            for pending in &file.pending {
                let keep = match luck {
                    0 => false,
                    1 => true,
                    _ => rng.below(2) == 0,
                };
                match pending {
                    Pending::Resize(len) if keep => content.resize(*len, 0),
                    Pending::Resize(_) => {}
                    Pending::Write { at, bytes } if luck == 3 => {
                        for (number, sector) in bytes.chunks(SECTOR).enumerate() {
                            if rng.below(2) == 0 {
                                write_at(&mut content, at + number * SECTOR, sector);
                            }
                        }
                    }
                    Pending::Write { at, bytes } if keep => write_at(&mut content, *at, bytes),
                    Pending::Write { .. } => {}
                }
            }
            if name.ends_with("-shm") {
                // SQLite's index of the log is shared memory; what a crash leaves of it is
                // anything.
                content = (0..content.len()).map(|_| rng.below(256) as u8).collect();
            }
            fs::write(folder.join(name), content).unwrap();
        }
    }
}

// -- reading what strace wrote ----------------------------------------------------------------

/// The events in `folder` from a log of `strace -f -y -xx`.
pub fn parse(log: &str, folder: &Path) -> Vec<Event> {
    let folder = folder.display().to_string();
    let mut events = Vec::new();
    // By descriptor, the offset of the next plain write. The program is asked to use one thread.
    let mut offsets: BTreeMap<u64, usize> = BTreeMap::new();
    for line in log.lines() {
        if line.contains("<unfinished") || line.contains("resumed>") {
            assert!(
                !line.contains(&hex(&folder)) && !line.contains(&folder),
                "interleaved: {line:.200}"
            );
            continue;
        }
        if let Some(call) = Call::parse(line) {
            call.events(&folder, &mut offsets, &mut events);
        }
    }
    events
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4);
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first == b'\\' && tail.first() == Some(&b'x') {
            let digits = std::str::from_utf8(&tail[1..3]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &tail[3..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    bytes
}

/// One system call that succeeded.
struct Call<'a> {
    name: &'a str,
    arguments: Vec<&'a str>,
    result: &'a str,
}

impl<'a> Call<'a> {
    /// `None` for a call that failed, a signal, or the end of the process.
    fn parse(line: &'a str) -> Option<Self> {
        let line = line
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start();
        let (name, rest) = line.split_once('(')?;
        let (arguments, result) = rest.rsplit_once(") = ").or_else(|| {
            // strace pads short calls.
            let (arguments, result) = rest.rsplit_once('=')?;
            Some((arguments.trim_end().strip_suffix(')')?, result.trim_start()))
        })?;
        if name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            || result.starts_with('-')
        {
            return None;
        }
        // Everything within quotes is \x.., so that a comma separates arguments.
        Some(Self {
            name,
            arguments: arguments.split(", ").collect(),
            result,
        })
    }

    fn number(&self, argument: usize) -> usize {
        self.arguments[argument].parse().unwrap()
    }

    fn bytes(&self, argument: usize) -> Vec<u8> {
        let quoted = self.arguments[argument];
        assert!(quoted.ends_with('"'), "cut short by strace: {}", self.name);
        let bytes = unhex(quoted.trim_matches('"'));
        let written = self
            .result
            .split_whitespace()
            .next()
            .unwrap()
            .parse()
            .unwrap();
        bytes[..written].to_vec()
    }

    /// `3</path>` as descriptor and path.
    fn descriptor(text: &str) -> Option<(u64, String)> {
        let (number, path) = text.split_once('<')?;
        let path = path.trim_end().strip_suffix('>')?;
        Some((number.parse().ok()?, String::from_utf8(unhex(path)).ok()?))
    }

    fn quoted_path(&self, argument: usize) -> String {
        String::from_utf8(unhex(self.arguments[argument].trim_matches('"'))).unwrap()
    }

    fn events(&self, folder: &str, offsets: &mut BTreeMap<u64, usize>, events: &mut Vec<Event>) {
        let inside = |path: &str| -> Option<String> {
            Some(path.strip_prefix(folder)?.strip_prefix('/')?.to_owned())
        };
        match self.name {
            "openat" | "open" | "creat" => {
                let Some((number, path)) = Self::descriptor(self.result) else {
                    return;
                };
                offsets.insert(number, 0);
                let flags = self
                    .arguments
                    .iter()
                    .find(|a| a.starts_with("O_"))
                    .copied()
                    .unwrap_or_default();
                if let Some(name) = inside(&path) {
                    assert!(!flags.contains("O_APPEND"), "not modelled: {flags}");
                    events.push(Event::Open {
                        name,
                        create: flags.contains("O_CREAT") || self.name == "creat",
                        empty: flags.contains("O_TRUNC") || self.name == "creat",
                    });
                }
            }
            "rename" | "link" => self.rename(0, 1, &inside, events),
            "renameat" | "renameat2" => self.rename(1, 3, &inside, events),
            "unlink" => {
                events.extend(inside(&self.quoted_path(0)).map(|name| Event::Unlink { name }));
            }
            "unlinkat" => {
                events.extend(inside(&self.quoted_path(1)).map(|name| Event::Unlink { name }));
            }
            call => {
                let Some((number, path)) = self.arguments.first().and_then(|a| Self::descriptor(a))
                else {
                    return;
                };
                if call == "write" && number == 1 {
                    let said = String::from_utf8(self.bytes(1)).unwrap();
                    events.extend(said.lines().map(|line| Event::Said(line.to_owned())));
                    return;
                }
                if path == folder && matches!(call, "fsync" | "fdatasync") {
                    events.push(Event::SyncFolder);
                    return;
                }
                let Some(name) = inside(&path) else {
                    return;
                };
                let offset = offsets.entry(number).or_default();
                match call {
                    "close" => {}
                    "lseek" => *offset = self.result.parse().unwrap(),
                    "write" => {
                        let bytes = self.bytes(1);
                        let at = *offset;
                        *offset += bytes.len();
                        events.push(Event::Write { name, at, bytes });
                    }
                    "pwrite64" => events.push(Event::Write {
                        name,
                        at: self.number(3),
                        bytes: self.bytes(1),
                    }),
                    "ftruncate" => events.push(Event::Resize {
                        name,
                        len: self.number(1),
                    }),
                    "fsync" | "fdatasync" => events.push(Event::Sync { name }),
                    other => panic!("not modelled: {other}"),
                }
            }
        }
    }

    fn rename(
        &self,
        from: usize,
        to: usize,
        inside: &dyn Fn(&str) -> Option<String>,
        events: &mut Vec<Event>,
    ) {
        assert!(!self.name.starts_with("link"), "not modelled: link");
        if let (Some(from), Some(to)) = (
            inside(&self.quoted_path(from)),
            inside(&self.quoted_path(to)),
        ) {
            events.push(Event::Rename { from, to });
        }
    }
}
