//! Whether a write-ahead log belongs to the file beside which it lies.
//!
//! SQLite takes any log of the right name for the file's own. Each transaction of ours counts up a
//! stamp that also names the dataset (`0005_log_stamp.sql`), so that each log holds the page of the
//! stamp. A log belongs to its file if both name the same dataset, and the file's count lies
//! between that of the log's first transaction, less one, and that of its last: a log is begun anew
//! only when the file has all of it, and a checkpoint brings the file at most up to its end.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _};

use super::descriptors::Descriptor;
use super::fault::Fault;

const MARKER: &[u8] = b"copydesk-stamp:";
/// Hexadecimal digits of a dataset's id, and of a count.
const ID_DIGITS: usize = 32;
const COUNT_DIGITS: usize = 16;

/// Pages of a file that are searched for its stamp if SQLite does not know the page.
const SEARCHED_PAGES: u32 = 256;

/// Which dataset, and how many transactions it has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) dataset: String,
    pub(super) commits: u64,
}

/// Counts the stamp up; to be called in each transaction that writes.
pub(super) fn count_up(conn: &Connection) -> Result<(), Fault> {
    let counted = conn
        .prepare_cached(
            "UPDATE log_stamp SET commits = commits + 1, stamp = substr(stamp, 1, 48) || printf('%016x', commits + 1)
             WHERE typeof(commits) = 'integer' AND length(stamp) = 64",
        )?
        .execute([])?;
    if counted == 1 {
        Ok(())
    } else {
        Err(Fault::Damaged("the stamp of its log is gone".to_owned()))
    }
}

/// Gives a copy a new identity, so that the log of one dataset is never used for the other.
pub(super) fn rename(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute(
        "UPDATE log_stamp SET commits = commits + 1,
             stamp = 'copydesk-stamp:' || lower(hex(randomblob(16))) || ':' || printf('%016x', commits + 1)",
        [],
    )?;
    Ok(())
}

/// The page on which the stamp is; `None` in a dataset of an older format.
pub(super) fn page_of_stamp(conn: &Connection) -> rusqlite::Result<Option<u32>> {
    conn.query_row(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'log_stamp'",
        [],
        |row| row.get(0),
    )
    .optional()
}

/// The stamp in the file itself, without what is in a log.
pub(super) fn stamp_in_file(held: &Descriptor, page: u32) -> io::Result<Option<Stamp>> {
    let size = page_size(held)?;
    let at = u64::from(page.saturating_sub(1)) * size as u64;
    Ok(find_stamp(&held.read(at, size)?))
}

fn page_size(held: &Descriptor) -> io::Result<usize> {
    let header = held.read(16, 2)?;
    Ok(match *header.as_slice() {
        [0, 1] => 65_536,
        [high, low] => usize::from(u16::from_be_bytes([high, low])),
        _ => 0,
    })
}

/// Returns why a log does not belong to the file; `None` if it seems to.
pub(super) fn mismatch(
    conn: &Connection,
    held: &Descriptor,
    log: &Path,
) -> io::Result<Option<&'static str>> {
    // Read under a transaction: as long as it lasts, nobody begins the log anew. If SQLite sees
    // nonsense, the file's own bytes still tell.
    let page = conn
        .execute_batch("BEGIN")
        .and_then(|()| page_of_stamp(conn));
    let found = compare(page.ok().flatten(), held, log);
    let _ended_already = conn.execute_batch("ROLLBACK");
    found
}

fn compare(page: Option<u32>, held: &Descriptor, log: &Path) -> io::Result<Option<&'static str>> {
    let size = page_size(held)?;
    let page = match page {
        Some(page) => Some(page),
        None => (1..=SEARCHED_PAGES).find(|page| matches!(stamp_in_file(held, *page), Ok(Some(_)))),
    };
    let in_file = match page {
        Some(page) => stamp_in_file(held, page)?,
        None => None,
    };
    let Some(log) = Log::read(log, page)? else {
        return Ok(None); // nothing in it that SQLite would use
    };
    if log.page_size != size {
        return Ok(Some("its pages have another size"));
    }
    Ok(match (in_file, log.stamps) {
        // A dataset of an older format, or one that was just brought up to date.
        (None, None) => None,
        (None, Some((first, _))) if first.commits == 0 => None,
        (None, Some(_)) => Some("the file is older than its log"),
        (Some(_), None) => Some("it is that of another file"),
        (Some(file), Some((first, last))) => {
            if file.dataset != first.dataset || file.dataset != last.dataset {
                Some("it is that of another dataset")
            } else if file.commits + 1 < first.commits {
                Some("the file is older than its log")
            } else if file.commits > last.commits {
                Some("it is older than the file")
            } else {
                None
            }
        }
    })
}

/// What is in a log.
struct Log {
    page_size: usize,
    /// The stamps of its first and its last transaction.
    stamps: Option<(Stamp, Stamp)>,
}

impl Log {
    /// Reads what is committed in a log, as SQLite's recovery does; `None` if that is nothing.
    /// <https://sqlite.org/fileformat2.html#walformat>
    fn read(path: &Path, stamp_page: Option<u32>) -> io::Result<Option<Self>> {
        let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
        let mut header = [0; 32];
        if file.read_exact(&mut header).is_err() {
            return Ok(None);
        }
        let word = |bytes: &[u8], at: usize| -> u32 {
            let bytes = bytes.get(at..at + 4).and_then(|word| word.try_into().ok());
            u32::from_be_bytes(bytes.unwrap_or_default())
        };
        let big_endian = match word(&header, 0) {
            0x377f_0682 => false,
            0x377f_0683 => true,
            _ => return Ok(None),
        };
        let page_size = word(&header, 8) as usize;
        if !(512..=65_536).contains(&page_size) || !page_size.is_power_of_two() {
            return Ok(None);
        }
        let mut sum = Checksum {
            big_endian,
            sums: (0, 0),
        };
        sum.add(&header[..24]);
        if sum.sums != (word(&header, 24), word(&header, 28)) {
            return Ok(None);
        }
        let mut frame = vec![0; 24 + page_size];
        let mut committed = false;
        let (mut stamps, mut pending): (Option<(Stamp, Stamp)>, Option<Stamp>) = (None, None);
        while file.read_exact(&mut frame).is_ok() {
            let (about, page) = frame.split_at(24);
            if about.get(8..16) != header.get(16..24) {
                break;
            }
            sum.add(&about[..8]);
            sum.add(page);
            if sum.sums != (word(about, 16), word(about, 20)) {
                break;
            }
            if Some(word(about, 0)) == stamp_page {
                pending = find_stamp(page).or(pending);
            }
            if word(about, 4) != 0 {
                committed = true;
                if let Some(stamp) = pending.take() {
                    stamps = Some(match stamps {
                        None => (stamp.clone(), stamp),
                        Some((first, _)) => (first, stamp),
                    });
                }
            }
        }
        Ok(committed.then_some(Self { page_size, stamps }))
    }
}

/// The checksum of a log, over all of it so far.
struct Checksum {
    big_endian: bool,
    sums: (u32, u32),
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        for pair in bytes.chunks_exact(8) {
            let word = |at: usize| -> u32 {
                let word = pair.get(at..at + 4).and_then(|word| word.try_into().ok());
                let word: [u8; 4] = word.unwrap_or_default();
                if self.big_endian {
                    u32::from_be_bytes(word)
                } else {
                    u32::from_le_bytes(word)
                }
            };
            let (one, two) = (word(0), word(4));
            self.sums.0 = self.sums.0.wrapping_add(one).wrapping_add(self.sums.1);
            self.sums.1 = self.sums.1.wrapping_add(two).wrapping_add(self.sums.0);
        }
    }
}

/// The stamp on a page. What SQLite has freed still has older ones in it: the highest count is the
/// one that holds.
fn find_stamp(page: &[u8]) -> Option<Stamp> {
    let mut newest: Option<Stamp> = None;
    let mut rest = page;
    while let Some(at) = rest
        .windows(MARKER.len())
        .position(|window| window == MARKER)
    {
        rest = rest.get(at + MARKER.len()..)?;
        let stamp = parse(rest);
        if let Some(stamp) = stamp
            && newest
                .as_ref()
                .is_none_or(|newest| newest.commits < stamp.commits)
        {
            newest = Some(stamp);
        }
    }
    newest
}

fn parse(digits: &[u8]) -> Option<Stamp> {
    let dataset = std::str::from_utf8(digits.get(..ID_DIGITS)?).ok()?;
    let count = digits.get(ID_DIGITS..ID_DIGITS + 1 + COUNT_DIGITS)?;
    let count = std::str::from_utf8(count).ok()?.strip_prefix(':')?;
    if !dataset.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    Some(Stamp {
        dataset: dataset.to_owned(),
        commits: u64::from_str_radix(count, 16).ok()?,
    })
}
