//! The story that a page declares in its metadata: `articleBody` in JSON-LD, and the description in
//! its head.
//!
//! Blocks are compared with it, but it never replaces the text: it may be cut short, stale, or
//! another page's.

use crate::extract::FastSet;
use crate::model::hash::fx_step;

/// How many declarations of a page are read.
const MOST: usize = 8;

/// The longest declared story, in bytes; the rest is not read.
const LONGEST: usize = 1 << 20;

/// The words of what a page declares, by threes.
#[derive(Debug, Default)]
pub struct Declared {
    body: FastSet<u64>,
    /// How many words the declared story has.
    words: usize,
    description: FastSet<u64>,
}

impl Declared {
    /// Reads a page's source; `description` is what its head says.
    pub fn read(html: &str, description: &str) -> Self {
        let mut declared = Self::default();
        for at in memchr::memmem::find_iter(html.as_bytes(), b"\"articleBody\"").take(MOST) {
            let rest = html
                .get(at + b"\"articleBody\"".len()..)
                .unwrap_or_default();
            if let Some(value) = rest
                .trim_start()
                .strip_prefix(':')
                .and_then(|rest| rest.trim_start().strip_prefix('"'))
            {
                let story = unescaped(value);
                declared.words = declared.words.max(threes(&story, |three| {
                    declared.body.insert(three);
                }));
            }
        }
        threes(description, |three| {
            declared.description.insert(three);
        });
        declared
    }

    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty() && self.description.is_empty()
    }

    /// Returns how much of a block is in the declared story, from 1 to 4, plus 4 if that is a long
    /// one; 0 if nothing is declared; and [`DESCRIPTION`] if it repeats the page's description.
    pub fn of(&self, block: &str) -> u8 {
        let (mut all, mut in_body, mut in_description) = (0_usize, 0_usize, 0_usize);
        let words = threes(block, |three| {
            all += 1;
            in_body += usize::from(self.body.contains(&three));
            in_description += usize::from(self.description.contains(&three));
        });
        if all == 0 {
            return 0;
        }
        let share = |found: usize| found as f64 / all as f64;
        let mut known = 0;
        if !self.body.is_empty() {
            let part = [0.2, 0.6, 0.9]
                .iter()
                .filter(|edge| share(in_body) >= **edge)
                .count();
            known = 1 + part as u8 + if self.words >= LONG { 4 } else { 0 };
        }
        if !self.description.is_empty() && share(in_description) >= 0.8 && words >= 6 {
            known |= DESCRIPTION;
        }
        known
    }
}

/// The declared stories as written, with line feeds and tags.
pub(super) fn stories(html: &str) -> Vec<String> {
    let mut stories = Vec::new();
    for at in memchr::memmem::find_iter(html.as_bytes(), BODY).take(MOST) {
        let rest = html.get(at + BODY.len()..).unwrap_or_default();
        let value = rest
            .trim_start()
            .strip_prefix(':')
            .and_then(|rest| rest.trim_start().strip_prefix('"'));
        stories.extend(value.and_then(json_string));
    }
    stories
}

/// A JSON string up to its quotation mark; `None` if it is broken or endless.
fn json_string(value: &str) -> Option<String> {
    let mut end = 0;
    let bytes = value.as_bytes();
    loop {
        end += memchr::memchr2(b'"', b'\\', bytes.get(end..LONGEST.min(bytes.len()))?)?;
        if bytes.get(end) == Some(&b'"') {
            break;
        }
        end += 2;
    }
    // Many write line feeds as they are, which JSON forbids.
    let raw = value
        .get(..end)?
        .replace('\n', "\\n")
        .replace(['\r', '\t'], " ");
    serde_json::from_str(&format!("\"{raw}\"")).ok()
}

/// A story without its tags.
pub(super) fn plain(story: &str) -> String {
    let mut out = String::with_capacity(story.len());
    let mut in_tag = false;
    for c in story.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                out.push(' ');
            }
            c if !in_tag => out.push(c),
            _ => {}
        }
    }
    out
}

/// How much of a story is in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overlap {
    /// At least a part of it.
    Some,
    /// Less than a tenth.
    NearlyNone,
    /// It has too few words to tell, or is written without spaces.
    Unknown,
}

/// Compares a story with a text, by three words at a time; without spaces between words, by pieces
/// of it.
pub(super) fn overlap(story: &str, text: &str) -> Overlap {
    let story = plain(story);
    let mut in_text = FastSet::default();
    threes(text, |three| {
        in_text.insert(three);
    });
    let (mut all, mut found) = (0_usize, 0_usize);
    let words = threes(&story, |three| {
        all += 1;
        found += usize::from(in_text.contains(&three));
    });
    // Chinese and Japanese have no spaces: runs of letters between signs are compared.
    if words * 12 < story.chars().count() {
        let pieces = story.split(|c: char| !c.is_alphanumeric());
        let pieces: Vec<&str> = pieces.filter(|piece| piece.chars().count() >= 4).collect();
        let found = pieces.iter().filter(|piece| text.contains(**piece)).count();
        return match pieces.len() {
            0..3 => Overlap::Unknown,
            all if found * 10 < all => Overlap::NearlyNone,
            _ => Overlap::Some,
        };
    }
    match all {
        0..20 => Overlap::Unknown,
        _ if found * 10 < all => Overlap::NearlyNone,
        _ => Overlap::Some,
    }
}

/// How a page names the declared story.
const BODY: &[u8] = b"\"articleBody\"";

/// Marks a block that says what the page's description says.
pub(in crate::extract) const DESCRIPTION: u8 = 16;

/// A story of this many words is more than a first paragraph.
const LONG: usize = 120;

/// Calls back with the hash of every three consecutive words, and returns the number of words.
fn threes(text: &str, mut give: impl FnMut(u64)) -> usize {
    let mut last = [0_u64; 3];
    let mut words = 0;
    let mut take = |hash: u64| {
        last = [last[1], last[2], hash];
        words += 1;
        if words >= 3 {
            give(last.iter().fold(0, |sum: u64, hash| {
                (sum.rotate_left(21) ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            }));
        }
    };
    if text.is_ascii() {
        // The same words and the same hashes, without asking what each letter is.
        for word in text.as_bytes().split(|byte| !byte.is_ascii_alphanumeric()) {
            if !word.is_empty() {
                take(hashed(word, IN_LOWER_CASE));
            }
        }
    } else {
        let mut lower = String::new();
        for word in text.split(|c: char| !c.is_alphanumeric()) {
            if !word.is_empty() {
                lower.clear();
                lower.extend(word.chars().flat_map(char::to_lowercase));
                take(hashed(lower.as_bytes(), 0));
            }
        }
    }
    words
}

/// Lower-cases ASCII letters; digits stay.
const IN_LOWER_CASE: u64 = 0x2020_2020_2020_2020;

/// A word as a hash, eight bytes at a time; `mark` is set in each byte.
fn hashed(word: &[u8], mark: u64) -> u64 {
    let (eights, rest) = word.as_chunks::<8>();
    let hash = eights.iter().fold(0, |hash, eight| {
        fx_step(hash, u64::from_le_bytes(*eight) | mark)
    });
    let mask = mark & !(u64::MAX << (8 * rest.len()));
    let rest = rest
        .iter()
        .rev()
        .fold(0, |eight, byte| eight << 8 | u64::from(*byte));
    fx_step(hash, rest | mask).rotate_left(word.len() as u32)
}

/// Reads a JSON string up to its quotation mark, without tags, as far as it is valid.
fn unescaped(value: &str) -> String {
    let mut out = String::new();
    let mut chars = value.char_indices();
    let mut in_tag = false;
    while let Some((at, c)) = chars.next() {
        if at > LONGEST {
            break;
        }
        let c = match c {
            '"' => break,
            '\\' => match chars.next() {
                Some((_, 'u')) => {
                    let digits = value.get(at + 2..at + 6).unwrap_or_default();
                    let code = u32::from_str_radix(digits, 16).ok();
                    for _ in 0..4 {
                        chars.next();
                    }
                    code.and_then(char::from_u32).unwrap_or(' ')
                }
                Some((_, 'n' | 'r' | 't')) => ' ',
                Some((_, c)) => c,
                None => break,
            },
            c => c,
        };
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                out.push(' ');
            }
            c if !in_tag => out.push(c),
            _ => {}
        }
    }
    out.replace("&nbsp;", " ")
        .replace("&amp;", "&")
        .replace("&quot;", "\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_story_is_known_again() {
        let declared = Declared::read(
            r#"<script type="application/ld+json">{"articleBody" : "<p>The f\u0065rry\nstays \"in\" the harbour.<\/p> All week."}</script>"#,
            "Nobody leaves the island before Monday, the captain says",
        );
        assert_eq!(declared.of("The ferry stays “in” the harbour."), 4);
        assert_eq!(declared.of("Read more about the harbour."), 1);
        assert_eq!(declared.of("Share"), 0);
        assert_eq!(
            declared.of("Nobody leaves the island before Monday, the captain says."),
            1 | DESCRIPTION
        );
        assert_eq!(declared.of("Nobody leaves the island."), 1);
    }

    proptest::proptest! {
        #[test]
        fn a_word_is_the_same_in_any_case(word in "[A-Za-z0-9]{1,30}", other in "[A-Za-z0-9]{1,30}") {
            let lower = |word: &str| hashed(word.to_ascii_lowercase().as_bytes(), 0);
            proptest::prop_assert_eq!(hashed(word.as_bytes(), IN_LOWER_CASE), lower(&word));
            proptest::prop_assert_eq!(lower(&word) == lower(&other), word.eq_ignore_ascii_case(&other));
        }
    }

    #[test]
    fn what_is_broken_is_read_as_well_as_it_goes() {
        for html in [
            r#""articleBody""#,
            r#""articleBody":"#,
            r#""articleBody":"\"#,
            r#""articleBody":"\u12"#,
            r#""articleBody":"\u12é"#,
            r#""articleBody":"<b"#,
            r#""articleBody": ["no", "string"]"#,
        ] {
            assert_eq!(
                Declared::read(html, "").of("one two three") & DESCRIPTION,
                0
            );
        }
        assert!(Declared::read("<p>no story</p>", "").is_empty());
    }
}
