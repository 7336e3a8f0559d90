//! Near-duplicates: texts that two sites publish with other headlines, cuts and menus.
//!
//! MinHash (A. Broder, "On the resemblance and containment of documents", 1997) over shingles of
//! five words, and banding to find the pairs (J. Leskovec, A. Rajaraman, J. Ullman, "Mining of
//! Massive Datasets", ch. 3). Only lines of eight words and more count, if there are such: menus
//! are the same on every page of a site, and say nothing of its story. 126 hashes in 42 bands of 3
//! find 99.6 % of the pairs that share half of their shingles, and all but one in a million of
//! those that share four fifths. What is found depends on the texts alone: no chance, no order of
//! threads.

use crate::model::hash::{StableHash, mix};

/// So many hashes are kept of a text.
const HASHES: usize = BANDS * ROWS;
const BANDS: usize = 42;
const ROWS: usize = 3;
/// Words in a shingle.
const SHINGLE: usize = 5;
/// Lines with fewer words do not count, if there are others.
const LINE_WORDS: usize = 8;
/// Of many that look alike, each is compared with so many of the first, and so many of those just
/// before it.
const COMPARED: usize = 8;

/// Texts that share so much of what they say are near-duplicates.
pub const NEAR: f64 = 0.5;

/// The signature of a text: 252 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature([u16; HASHES]);

impl Signature {
    /// Returns the signature of a text; `None` if it has too few words to be compared.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut words: Vec<u64> = Vec::new();
        let mut line: Vec<u64> = Vec::new();
        for all in [false, true] {
            for words_of in text.lines() {
                line.clear();
                line.extend(hashed_words(words_of));
                if all || line.len() >= LINE_WORDS {
                    words.append(&mut line);
                }
            }
            if words.len() >= SHINGLE {
                break;
            }
            words.clear();
        }
        if words.len() < SHINGLE {
            return None;
        }
        let mut least = [u64::MAX; HASHES];
        for shingle in words.windows(SHINGLE) {
            let whole = shingle
                .iter()
                .fold(0_u64, |hash, word| mix(hash ^ word).wrapping_add(*word));
            let (mut hash, step) = (mix(whole), mix(whole ^ 0x5bd1_e995) | 1);
            // Double hashing: 126 hashes for the price of two.
            for least in &mut least {
                *least = (*least).min(hash);
                hash = mix(hash.wrapping_add(step));
            }
        }
        // Of which shingle a minimum is, sixteen bits tell well enough: two in 65,536 that differ
        // look the same.
        Some(Self(least.map(|hash| mix(hash) as u16)))
    }

    /// The share of two texts that is the same, from 0 to 1; right to within a tenth in 97 of 100
    /// cases.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        let same = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        same as f64 / HASHES as f64
    }

    fn band(&self, band: usize) -> u64 {
        let rows = self.0.iter().skip(band * ROWS).take(ROWS);
        rows.fold(0, |key, hash| key << 16 | u64::from(*hash))
    }
}

/// The words of a line, each as a hash, without regard to case.
fn hashed_words(line: &str) -> impl Iterator<Item = u64> + '_ {
    line.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let lower = word.chars().flat_map(char::to_lowercase);
            lower
                .fold(StableHash::new(), |hash, c| hash.unit(u64::from(c)))
                .finish()
        })
}

/// Two texts that are near-duplicates, by their places in the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The one that comes first.
    pub first: u32,
    /// The other.
    pub second: u32,
    /// The likeness, from 0 to 1.
    pub likeness: f64,
}

/// The pairs of near-duplicates, sorted by the second, then the first. Whether two texts are a pair
/// depends on nothing that comes after the second: texts that are added take no pair away and make
/// none among those before.
#[must_use]
pub fn pairs(signatures: &[Option<Signature>]) -> Vec<Pair> {
    let mut found: Vec<(u32, u32)> = Vec::new();
    for band in 0..BANDS {
        let mut keys: Vec<(u64, u32)> = (0_u32..)
            .zip(signatures)
            .filter_map(|(index, signature)| Some((signature.as_ref()?.band(band), index)))
            .collect();
        keys.sort_unstable();
        for alike in keys.chunk_by(|a, b| a.0 == b.0) {
            for (place, &(_, second)) in alike.iter().enumerate() {
                let firsts = 0..place.min(COMPARED);
                let lasts = place.saturating_sub(COMPARED).max(COMPARED)..place;
                for other in firsts.chain(lasts) {
                    found.push((second, alike[other].1));
                }
            }
        }
        // Bands find the same pairs again and again.
        if found.len() > 1 << 22 {
            found.sort_unstable();
            found.dedup();
        }
    }
    found.sort_unstable();
    found.dedup();
    let at = |index: u32| signatures.get(index as usize).and_then(Option::as_ref);
    found
        .into_iter()
        .filter_map(|(second, first)| {
            let likeness = at(first)?.likeness(at(second)?);
            (likeness >= NEAR).then_some(Pair {
                first,
                second,
                likeness,
            })
        })
        .collect()
}

/// Groups of texts that are near-duplicates of one another, directly or by way of others, each
/// sorted; in the order of their first. What is like no other is in no group.
#[must_use]
pub fn groups(count: usize, pairs: &[Pair]) -> Vec<Vec<u32>> {
    let mut parent: Vec<u32> = (0..count as u32).collect();
    fn root(parent: &mut [u32], mut at: u32) -> u32 {
        while parent[at as usize] != at {
            let above = parent[parent[at as usize] as usize];
            parent[at as usize] = above;
            at = above;
        }
        at
    }
    for pair in pairs {
        let (a, b) = (
            root(&mut parent, pair.first),
            root(&mut parent, pair.second),
        );
        // The first represents its group.
        parent[a.max(b) as usize] = a.min(b);
    }
    let mut members: std::collections::BTreeMap<u32, Vec<u32>> = std::collections::BTreeMap::new();
    for index in 0..count as u32 {
        let top = root(&mut parent, index);
        members.entry(top).or_default().push(index);
    }
    members
        .into_values()
        .filter(|group| group.len() > 1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORY: &str = "The ferry between the two islands was closed on Monday after waves of five metres broke over its pier.\n\
        Nobody was hurt, the harbour master said, but forty lorries had to wait on the road until the evening of the next day.\n\
        The company that runs the ferry has asked the government to build a higher wall, as it has done every winter since 2011.\n\
        A spokesman for the ministry of works said that a study of the sea bed would be finished before the end of the summer.";

    fn menu(site: &str) -> String {
        (0..40).map(|n| format!("{site} section {n}\n")).collect()
    }

    fn signature(text: &str) -> Option<Signature> {
        Signature::of(text)
    }

    #[test]
    fn wire_copy_is_found_behind_menus_and_headlines() {
        let one = format!("{}Storm closes ferry\n{STORY}", menu("Malta Post"));
        let shorter: Vec<&str> = STORY.lines().take(3).collect();
        let other = format!(
            "{}Ferry shut\n{}\nMore from us",
            menu("Gozo Daily"),
            shorter.join("\n")
        );
        let another_story = format!(
            "{}{}",
            menu("Malta Post"),
            "Council votes on the new budget for the schools of the island \
            after a debate of nine hours in which every party spoke at length about buses and about books and very little else."
        );
        let all = [
            signature(&one),
            signature(&another_story),
            signature(&other),
            signature("Too short"),
            signature(STORY),
        ];
        let pairs = pairs(&all);
        let told: Vec<(u32, u32)> = pairs.iter().map(|pair| (pair.first, pair.second)).collect();
        assert_eq!(told, [(0, 2), (0, 4), (2, 4)]);
        assert_eq!(groups(all.len(), &pairs), [[0, 2, 4]]);
        assert_eq!(all[3], None);
    }

    #[test]
    fn what_is_added_changes_no_earlier_pair() {
        let texts: Vec<String> = (0..60)
            .map(|n| {
                let lines: Vec<&str> = STORY.lines().collect();
                format!(
                    "{}\n{} number {n} of a series that goes on and on without an end",
                    lines[n % 4],
                    lines[n / 2 % 4]
                )
            })
            .collect();
        let signatures: Vec<_> = texts.iter().map(|text| signature(text)).collect();
        let whole = pairs(&signatures);
        for length in [1, 7, 30, 59] {
            let before: Vec<Pair> = whole
                .iter()
                .copied()
                .filter(|pair| (pair.second as usize) < length)
                .collect();
            assert_eq!(pairs(&signatures[..length]), before);
        }
        assert!(!whole.is_empty());
    }

    #[test]
    fn likeness_is_close_to_what_is_shared() {
        let words: Vec<String> = (0..3000).map(|n| format!("word{n}")).collect();
        for shared in [500, 1000, 1500] {
            // Each of 2,000 words; the shingles in both over those in either.
            let one = words[..2000].join(" ");
            let other = words[2000 - shared..4000 - shared.max(1000)].join(" ");
            let (a, b) = (
                2000 - 4,
                words[2000 - shared..4000 - shared.max(1000)].len() - 4,
            );
            let both = shared - 4;
            let truth = both as f64 / (a + b - both) as f64;
            let found = signature(&one)
                .unwrap()
                .likeness(&signature(&other).unwrap());
            assert!((found - truth).abs() < 0.12, "{found} for {truth}");
        }
    }
}
