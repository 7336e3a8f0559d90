//! The lexicons of the tagger: clusters of words that are used alike, how often a word is
//! capitalised, how common it is, and lists of names. There is one for each language.
//!
//! `scripts/tagger-lexicon` makes the file for English from openly licensed packages and describes
//! its layout, `scripts/tagger-lexicons` those for the other languages. [`Lexicon::of`] decodes a
//! file when its language is first needed.

pub mod arabic;
mod hash;
mod packs;
mod table;

use std::sync::LazyLock;

pub use hash::WordHash;
pub use packs::{LANGUAGES, pack_size};
use table::Table;

/// The bytes of the English lexicon.
const ENGLISH: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/assets/tagger/lexicon.bin"
));

/// The English lexicon. Its names are [`ENGLISH_NAMES`].
static SHIPPED: LazyLock<Lexicon> = LazyLock::new(|| {
    let words = Parts::of(ENGLISH).and_then(Lexicon::words_of);
    Lexicon {
        shared: &ENGLISH_ALONE,
        ..words.unwrap_or_default()
    }
});

/// The names of the English lexicon, which the other languages use too.
static ENGLISH_NAMES: LazyLock<NameLists> = LazyLock::new(|| {
    let names = Parts::of(ENGLISH).and_then(NameLists::of);
    names.unwrap_or_default()
});

/// The lists that the English lexicon reads.
static ENGLISH_ALONE: [&LazyLock<NameLists>; 1] = [&ENGLISH_NAMES];

/// The first bytes of a file. Then comes its version: [`ENGLISH_VERSION`] or [`PACK_VERSION`].
const MAGIC: &[u8; 7] = b"cdlex\0\0";

/// The version of a file with a cluster and codes for each word.
const ENGLISH_VERSION: u8 = 4;

/// The version of a file whose words may have no cluster, with stems of names.
const PACK_VERSION: u8 = 5;

/// The lists of names, as bits.
pub mod part {
    /// A person's first name.
    pub const FIRST: u8 = 1;
    /// A person's last name.
    pub const LAST: u8 = 2;
    /// A town.
    pub const CITY: u8 = 4;
    /// A country.
    pub const COUNTRY: u8 = 8;
    /// A state, county, continent or other place.
    pub const REGION: u8 = 16;
    /// A company or other organisation.
    pub const ORG: u8 = 32;
    /// A sports team.
    pub const TEAM: u8 = 64;
    /// A people, by its country.
    pub const DEMONYM: u8 = 128;
}

/// The parts of a file.
struct Parts<'a> {
    version: u8,
    all: Vec<&'a [u8]>,
}

impl<'a> Parts<'a> {
    /// Cuts the bytes of a file. `None` if they are no lexicon.
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (version, mut rest) = bytes.strip_prefix(MAGIC)?.split_first()?;
        let count = match *version {
            ENGLISH_VERSION => 4,
            PACK_VERSION => 6,
            _ => return None,
        };
        let mut all = Vec::with_capacity(count);
        for _ in 0..count {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            let (part, after) = after.split_at_checked(length)?;
            rest = after;
            all.push(part);
        }
        Some(Self {
            version: *version,
            all,
        })
    }
}

/// Names and phrases, by their hashes.
#[derive(Clone, Debug, Default)]
struct NameLists {
    names: Table<1>,
    phrases: Table<1>,
}

impl NameLists {
    fn of(parts: Parts<'_>) -> Option<Self> {
        Some(Self {
            names: Table::read(parts.all[2])?,
            phrases: Table::read(parts.all[3])?,
        })
    }
}

/// Words with their values.
#[derive(Clone, Debug)]
enum WordTable {
    /// Cluster, capitals and rarity, and three codes.
    Coded(Table<5>),
    /// Cluster plus one, or 0, capitals and rarity.
    Plain(Table<2>),
}

impl Default for WordTable {
    fn default() -> Self {
        Self::Plain(Table::default())
    }
}

/// Words, names and phrases of a language, by their hashes.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    clusters: Vec<[u8; 2]>,
    words: WordTable,
    /// Its own names. A name without kinds is denied: other lists have it, but here it is none.
    own: NameLists,
    /// The names of other languages.
    shared: &'static [&'static LazyLock<NameLists>],
    /// The beginnings of names whose endings change.
    stems: Table<1>,
    /// The largest number of characters after a stem.
    longest_ending: u8,
}

/// The entry of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LexiconEntry {
    /// Its cluster of at most 1,024, counted from 1; 0 if it has none.
    pub fine: u16,
    /// Its cluster of at most 256, counted from 1; 0 if it has none.
    pub middle: u16,
    /// Its cluster of at most 64, counted from 1; 0 if it has none.
    pub coarse: u16,
    /// How often it is capitalised, from 1 (hardly ever) to 7 (always); 0 if that is unknown.
    pub capital_rate: u8,
    /// How rare it is, from 1 (very common) to 8; 0 if it has no entry.
    pub rarity: u8,
    /// The nearest of 256 points in three views of its vector, counted from 1; 0 if it has none.
    pub codes: [u16; 3],
}

impl Lexicon {
    /// The English lexicon.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The lexicon of a language, by its BCP 47 tag, such as `de` or `pt-BR`. `None` if the program
    /// ships none.
    ///
    /// It is decoded at the first call, which takes some milliseconds.
    #[must_use]
    pub fn of(tag: &str) -> Option<&'static Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("en") {
            return Some(&SHIPPED);
        }
        packs::lexicon(primary)
    }

    /// Reads the bytes of a file. `None` if they are no lexicon.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let words = Self::words_of(Parts::of(bytes)?)?;
        Some(Self {
            own: NameLists::of(Parts::of(bytes)?)?,
            ..words
        })
    }

    /// Reads everything but names and phrases.
    fn words_of(parts: Parts<'_>) -> Option<Self> {
        let all = &parts.all;
        let is_pack = parts.version == PACK_VERSION;
        Some(Self {
            clusters: all[0]
                .chunks_exact(2)
                .map(|pair| [pair[0], pair[1]])
                .collect(),
            words: if is_pack {
                WordTable::Plain(Table::read(all[1])?)
            } else {
                WordTable::Coded(Table::read(all[1])?)
            },
            stems: if is_pack {
                Table::read(all[4])?
            } else {
                Table::default()
            },
            longest_ending: if is_pack { *all[5].first()? } else { 0 },
            ..Self::default()
        })
    }

    /// The entry of a word, by the hash of its lower case.
    #[must_use]
    pub fn word(&self, hash: u64) -> LexiconEntry {
        let (value, fine, codes) = match &self.words {
            WordTable::Coded(words) => {
                let Some([low, high, codes @ ..]) = words.get(hash) else {
                    return LexiconEntry::default();
                };
                let value = u16::from_le_bytes([low, high]);
                let codes = codes.map(|code| u16::from(code) + 1);
                (value, (value & 1023) + 1, codes)
            }
            WordTable::Plain(words) => {
                let Some(bytes) = words.get(hash) else {
                    return LexiconEntry::default();
                };
                let value = u16::from_le_bytes(bytes);
                (value, value & 1023, [0; 3])
            }
        };
        let wider = fine.checked_sub(1).map_or([0; 2], |nth| {
            let pair = self.clusters.get(usize::from(nth)).copied();
            pair.unwrap_or_default()
                .map(|cluster| u16::from(cluster) + 1)
        });
        LexiconEntry {
            fine,
            middle: wider[0],
            coarse: wider[1],
            capital_rate: (value >> 10 & 7) as u8,
            rarity: (value >> 13) as u8 + 1,
            codes,
        }
    }

    /// The lists that a word is in, by the hash of its lower case: bits of [`part`].
    #[must_use]
    pub fn name(&self, hash: u64) -> u8 {
        if let Some([kinds]) = self.own.names.get(hash) {
            return kinds;
        }
        let shared = self.shared.iter();
        shared.fold(0, |kinds, lists| {
            kinds | lists.names.get(hash).unwrap_or_default()[0]
        })
    }

    /// The lists that a phrase is in, by the hash of its lower case with single spaces: bits of
    /// [`part`].
    #[must_use]
    pub fn phrase(&self, hash: u64) -> u8 {
        if let Some([kinds]) = self.own.phrases.get(hash) {
            return kinds;
        }
        let shared = self.shared.iter();
        shared.fold(0, |kinds, lists| {
            kinds | lists.phrases.get(hash).unwrap_or_default()[0]
        })
    }

    /// The lists of the names that a word may be a case form of, such as "Москвой" of "Москва": bits
    /// of [`part`]. The longest stem counts. 0 in languages without case forms.
    ///
    /// Stems are less reliable than [`Lexicon::name`], which does not look at them.
    #[must_use]
    pub fn stem(&self, word: &str) -> u8 {
        /// The least number of characters of a stem.
        const SHORTEST: usize = 3;

        if self.longest_ending == 0 {
            return 0;
        }
        let mut hash = WordHash::default();
        let longest = usize::from(self.longest_ending);
        let count = word.chars().count();
        let mut kinds = 0;
        for (nth, (at, c)) in word.char_indices().enumerate() {
            if nth >= SHORTEST && nth + longest >= count && count <= 40 {
                kinds = self
                    .stems
                    .get(hash.finish())
                    .map_or(kinds, |found| found[0]);
            }
            hash.push_lower(&word[at..at + c.len_utf8()]);
        }
        self.stems
            .get(hash.finish())
            .map_or(kinds, |found| found[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lexicon_knows_words_and_lists_of_names() {
        let lexicon = Lexicon::shipped();
        let name = |word: &str| lexicon.name(WordHash::lower(word));
        assert_ne!(name("Sergei") & part::FIRST, 0);
        assert_ne!(name("Smith") & part::LAST, 0);
        assert_ne!(name("France") & part::COUNTRY, 0);
        assert_ne!(
            lexicon.phrase(WordHash::lower("New York City")) & part::CITY,
            0
        );
        assert_eq!(name("zzqqxx"), 0);
        let (the, paris) = (
            lexicon.word(WordHash::lower("the")),
            lexicon.word(WordHash::lower("Paris")),
        );
        assert!(
            the.fine > 0 && the.rarity < paris.rarity,
            "{the:?} {paris:?}"
        );
        assert!(
            paris.capital_rate > 5 && the.capital_rate < 3,
            "{the:?} {paris:?}"
        );
        assert_eq!(
            lexicon.word(WordHash::lower("zzqqxx")),
            LexiconEntry::default()
        );
    }

    #[test]
    fn other_files_are_refused() {
        assert!(Lexicon::read(b"").is_none());
        assert!(Lexicon::read(b"cdlex\0\0\x04\xff\xff\xff\xff").is_none());
    }
}
