//! Parts of a dataset, to train, to choose and to test with, such that nothing in one gives away
//! something in another.
//!
//! An article's part is drawn by a hash of the seed and of its group: itself, its site, or its day.
//! So it depends on nothing else, and stays what it is when articles are added. Near-duplicates are
//! looked at in the order in which the articles came:
//!
//! - Without groups, an article goes where its earlier near-duplicate is.
//! - Where it cannot, because its group is elsewhere, or because it is near to articles of two
//!   parts, it goes into no part, and is counted. The other way, an article that was in a part
//!   would have to change it, or two parts would know of each other.

use super::near::Pair;

/// The parts and their shares.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    parts: Vec<(String, f64)>,
}

impl Shares {
    /// From `train=0.8,dev=0.1,test=0.1`.
    ///
    /// # Errors
    /// A message for people.
    pub fn parse(words: &str) -> Result<Self, String> {
        let mut parts: Vec<(String, f64)> = Vec::new();
        for word in words.split(',') {
            let (name, share) = word
                .split_once('=')
                .ok_or_else(|| format!("{word:?} is not like train=0.8"))?;
            let name = name.trim();
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if name.is_empty() || !name.chars().all(fits) {
                return Err(format!(
                    "a part's name has letters, digits, - and _: {name:?}"
                ));
            }
            if parts.iter().any(|(known, _)| known == name) {
                return Err(format!("the part {name} is there twice"));
            }
            let share: f64 = share
                .trim()
                .parse()
                .ok()
                .filter(|share| (0.0..=1.0).contains(share))
                .ok_or_else(|| format!("{share:?} is no share from 0 to 1"))?;
            parts.push((name.to_owned(), share));
        }
        let sum: f64 = parts.iter().map(|(_, share)| share).sum();
        if (sum - 1.0).abs() > 1e-6 {
            return Err(format!("the shares come to {sum}, not to 1"));
        }
        Ok(Self { parts })
    }

    /// The names of the parts.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.parts.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The part that a hash draws.
    fn draw(&self, hash: u64) -> usize {
        let at = hash as f64 / (u64::MAX as f64 + 1.0);
        let mut end = 0.0;
        for (index, (_, share)) in self.parts.iter().enumerate() {
            end += share;
            if at < end {
                return index;
            }
        }
        // A rounding error away from the end: the last part that has a share.
        let last = self.parts.iter().rposition(|(_, share)| *share > 0.0);
        last.unwrap_or_default()
    }
}

/// The part of each article, in the order in which they came; `None` where it can be in none.
/// `hashes` are of seed and group; `pairs` as [`super::near::pairs`] gives them; `free`: whether an
/// article may go where its near-duplicate is.
#[must_use]
pub fn assign(hashes: &[u64], pairs: &[Pair], shares: &Shares, free: bool) -> Vec<Option<usize>> {
    let mut parts: Vec<Option<usize>> = Vec::with_capacity(hashes.len());
    let mut pairs = pairs.iter().peekable();
    for (index, hash) in hashes.iter().enumerate() {
        let mut near: Vec<usize> = Vec::new();
        while let Some(pair) = pairs.next_if(|pair| pair.second as usize == index) {
            near.extend(parts.get(pair.first as usize).copied().flatten());
        }
        near.sort_unstable();
        near.dedup();
        let own = shares.draw(*hash);
        parts.push(match (near.as_slice(), free) {
            ([], _) => Some(own),
            ([part], true) => Some(*part),
            ([part], false) => (*part == own).then_some(own),
            _ => None,
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shares_are_read_and_checked() {
        let shares = Shares::parse("train=0.8,dev=0.1, test=0.1").unwrap();
        assert_eq!(shares.names(), ["train", "dev", "test"]);
        assert_eq!(
            [
                shares.draw(0),
                shares.draw(u64::MAX / 20 * 17),
                shares.draw(u64::MAX)
            ],
            [0, 1, 2]
        );
        for wrong in [
            "train",
            "train=0.8",
            "a=0.5,a=0.5",
            "../x=1",
            "a=2,b=-1",
            "=1",
            "",
        ] {
            assert!(Shares::parse(wrong).is_err(), "{wrong}");
        }
    }

    fn pair(first: u32, second: u32) -> Pair {
        Pair {
            first,
            second,
            likeness: 1.0,
        }
    }

    #[test]
    fn near_duplicates_go_together_or_nowhere() {
        let shares = Shares::parse("a=0.5,b=0.5").unwrap();
        let (a, b) = (0, u64::MAX);
        let pairs = [pair(0, 2), pair(0, 3), pair(1, 3), pair(3, 4)];
        assert_eq!(
            assign(&[a, b, b, a, a], &pairs, &shares, true),
            [Some(0), Some(1), Some(0), None, Some(0)]
        );
        assert_eq!(
            assign(&[a, b, b, a, a], &pairs, &shares, false),
            [Some(0), Some(1), None, None, Some(0)]
        );
    }

    proptest! {
        #[test]
        fn no_pair_is_in_two_parts_and_nothing_changes_when_articles_are_added(
            hashes in prop::collection::vec(any::<u64>(), 1..40),
            near in prop::collection::vec((0_u32..40, 0_u32..40), 0..60),
            free in any::<bool>(),
        ) {
            let shares = Shares::parse("train=0.6,dev=0.2,test=0.2").unwrap();
            let mut pairs: Vec<Pair> = near
                .into_iter()
                .filter(|(a, b)| a != b && (*a.max(b) as usize) < hashes.len())
                .map(|(a, b)| pair(a.min(b), a.max(b)))
                .collect();
            pairs.sort_by_key(|pair| (pair.second, pair.first));
            let parts = assign(&hashes, &pairs, &shares, free);
            for pair in &pairs {
                let (a, b) = (parts[pair.first as usize], parts[pair.second as usize]);
                prop_assert!(a.is_none() || b.is_none() || a == b);
            }
            let length = hashes.len() / 2;
            let before: Vec<Pair> = pairs.iter().copied().filter(|pair| (pair.second as usize) < length).collect();
            prop_assert_eq!(&assign(&hashes[..length], &before, &shares, free)[..], &parts[..length]);
        }
    }
}
