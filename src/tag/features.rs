//! What a model is told about each word: itself, its neighbours, the run of capitals that it stands in, and what the rest of
//! the article shows of it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use super::words::{Word, Words, is_likely_name, shape};
use crate::learn::chain::Rows;
use crate::model::hash::{GOLDEN, StableHash};

/// Maps by hashes that are good already.
pub type ByHash<T> = HashMap<u64, T, BuildHasherDefault<AsIs>>;

/// A hasher of what is a hash.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = StableHash::resume(self.0).bytes(bytes).finish();
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// A run of words that are written large, with small words inside it such as "of".
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    start: u32,
    end: u32,
    /// What the lexicon says of any of its words: parts of phrases and of names.
    any: u64,
}

/// An article as features are made of it.
pub struct Reading<'a> {
    /// Its words.
    pub words: &'a Words,
    /// For each word the run of capitals that it is in; an empty one if it is in none.
    runs: Vec<Run>,
    /// For each sentence whether it has capitals, and whether nearly everything in it is written large.
    cases: Vec<Case>,
    /// Where words are that are written large somewhere.
    places: ByHash<Places>,
    /// Acronyms and what they stand for: hash of the last word, and of the whole.
    acronyms: ByHash<Range<u32>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Plain,
    /// No capital in it.
    Small,
    /// A headline: nearly all words begin with a capital.
    Headline,
    /// All capitals.
    Capitals,
}

/// Where a word is in an article.
#[derive(Clone, Debug, Default)]
struct Places {
    /// So often it is written in small letters.
    small: u16,
    /// So often it is written large where nothing else asks for it.
    large: u16,
    /// The first few places where it is written large.
    at: [u32; PLACES],
    count: u8,
}

const PLACES: usize = 5;

impl<'a> Reading<'a> {
    /// Reads an article.
    #[must_use]
    pub fn new(words: &'a Words) -> Self {
        let cases: Vec<Case> = words
            .sentences
            .iter()
            .map(|sentence| case(&words.all[sentence.clone()]))
            .collect();
        let mut reading = Self {
            runs: runs(words),
            cases,
            places: ByHash::default(),
            acronyms: ByHash::default(),
            words,
        };
        reading.find_places();
        reading.find_acronyms();
        reading
    }

    fn find_places(&mut self) {
        if self.words.sentences.len() < 2 {
            return;
        }
        for (sentence, case) in self.words.sentences.iter().zip(&self.cases) {
            for at in sentence.clone() {
                let word = &self.words.all[at];
                if word.is_large() && word.shape & (shape::SIGN | shape::DIGIT) == 0 {
                    let places = self.places.entry(word.lower).or_default();
                    if *case == Case::Plain && !word.first {
                        places.large = places.large.saturating_add(1);
                    }
                    if usize::from(places.count) < PLACES {
                        places.at[usize::from(places.count)] = at as u32;
                        places.count += 1;
                    }
                }
            }
        }
        for (sentence, case) in self.words.sentences.iter().zip(&self.cases) {
            if *case == Case::Small {
                continue;
            }
            for word in &self.words.all[sentence.clone()] {
                if word.shape & shape::SMALL != 0
                    && !word.is_large()
                    && let Some(places) = self.places.get_mut(&word.lower)
                {
                    places.small = places.small.saturating_add(1);
                }
            }
        }
    }

    /// "World Health Organization (WHO)", and the other way round.
    fn find_acronyms(&mut self) {
        let all = &self.words.all;
        for at in 1..all.len().saturating_sub(1) {
            if all[at].sign != b'(' || all[at + 1].shape & shape::CAPITALS == 0 {
                continue;
            }
            let letters = all[at + 1].bytes.len();
            let mut start = at;
            let mut large = 0;
            while start > 0 && large < letters && at - start < 10 {
                start -= 1;
                if all[start].is_large() {
                    large += 1;
                } else if all[start].shape & shape::SIGN != 0
                    && !matches!(all[start].sign, b'&' | b'-' | b'.')
                {
                    start += 1;
                    break;
                }
            }
            while start < at && !all[start].is_large() {
                start += 1;
            }
            if large >= 2 && large + 2 >= letters {
                self.acronyms
                    .insert(all[at + 1].lower, start as u32..at as u32);
            }
        }
    }

    /// The features of a sentence, by its number.
    pub fn features(&self, sentence: usize, gate: &Gate, bits: u32, rows: &mut Rows) {
        rows.clear();
        let range = self.words.sentences[sentence].clone();
        let case = self.cases[sentence];
        for at in range.clone() {
            if gate.lets(self, at, &range, case) {
                let mut maker = Maker::new(bits, &mut rows.features);
                self.word_features(at, &range, case, &mut maker);
            }
            rows.ends.push(rows.features.len() as u32);
        }
    }

    fn word_features(&self, at: usize, range: &Range<usize>, case: Case, out: &mut Maker) {
        let all = &self.words.all;
        let none = Word::default();
        let near = |by: isize| -> &Word {
            match at.checked_add_signed(by) {
                Some(there) if range.contains(&there) => &all[there],
                _ => &none,
            }
        };
        // The word before, past the point of "Mr." and "J.".
        let mut back = 1;
        if at > range.start + 1
            && all[at - 1].sign == b'.'
            && all[at - 2].bytes.end == all[at - 1].bytes.start
        {
            back = 2;
        }
        let (w, a, b, aa, bb) = (near(0), near(-back), near(1), near(-back - 1), near(2));
        let case_bits = case as u64;
        let pos = u64::from(w.first) | case_bits << 1;
        out.add(0, 1);
        // -- the word itself
        out.add(1, w.form);
        out.add(2, w.lower);
        out.add(3, u64::from(w.pattern));
        out.add(4, u64::from(w.shape) | pos << 8);
        for (nth, affix) in w.affixes.iter().enumerate() {
            if *affix != 0 {
                out.add(5 + nth as u64, u64::from(*affix));
            }
        }
        let k = w.known;
        out.add(10, u64::from(k.fine) | u64::from(w.is_large()) << 16);
        out.add(11, u64::from(k.middle) | pos << 16);
        out.add(12, u64::from(k.coarse) | u64::from(w.shape) << 16);
        out.add(
            13,
            u64::from(k.large) | pos << 8 | u64::from(w.is_large()) << 16,
        );
        out.add(14, u64::from(k.rare) | u64::from(w.shape) << 8);
        out.add(15, u64::from(w.names) | u64::from(w.is_large()) << 8);
        let names = u64::from(w.names);
        for bit in 0..8 {
            if names >> bit & 1 == 1 {
                out.add(16, bit | pos << 8);
            }
        }
        for (nth, code) in k.codes.into_iter().enumerate() {
            out.add(
                104 + nth as u64,
                u64::from(code) | u64::from(w.is_large()) << 16,
            );
        }
        if w.phrase != 0 {
            out.add(17, u64::from(w.phrase) | u64::from(w.in_phrase) << 8);
        }
        if w.told != 0 {
            let told = u64::from(w.told) | u64::from(w.told_later) << 16;
            out.add(100, told);
            out.add(101, told & 0x1003f);
            out.add(102, told | u64::from(w.shape) << 20);
        }
        if (a.told | b.told) != 0 {
            out.add(
                103,
                u64::from(a.told & 0x3f)
                    | u64::from(b.told & 0x3f) << 16
                    | u64::from(w.is_large()) << 32,
            );
        }
        // -- its neighbours
        for (nth, n) in [(0_u64, a), (1, b), (2, aa), (3, bb)] {
            out.add(20 + nth, n.lower);
            out.add(
                24 + nth,
                u64::from(n.known.middle) | u64::from(n.is_large()) << 16,
            );
            out.add(
                28 + nth,
                u64::from(n.shape) | u64::from(n.sign) << 8 | u64::from(w.is_large()) << 16,
            );
            if n.names | n.phrase != 0 {
                out.add(32 + nth, u64::from(n.names) | u64::from(n.phrase) << 8);
            }
        }
        for (nth, n) in [(0_u64, a), (1, b)] {
            out.add(36 + nth, u64::from(n.affixes[3]));
            out.add(
                38 + nth,
                u64::from(n.known.fine) | u64::from(n.is_large()) << 16,
            );
            out.add(40 + nth, n.lower ^ w.lower.rotate_left(17));
            out.add(
                42 + nth,
                u64::from(n.known.middle) << 16
                    | u64::from(k.middle)
                    | u64::from(w.is_large()) << 32,
            );
            out.add(44 + nth, n.lower ^ u64::from(w.shape) << 3);
            out.add(
                46 + nth,
                u64::from(n.known.coarse) << 16 | u64::from(w.names) | u64::from(w.phrase) << 32,
            );
            out.add(
                48 + nth,
                u64::from(n.names) << 16 | names | u64::from(w.is_large()) << 32,
            );
        }
        out.add(
            50,
            u64::from(a.shape) | u64::from(w.shape) << 8 | u64::from(b.shape) << 16,
        );
        out.add(
            51,
            u64::from(a.pattern) << 24 ^ u64::from(w.pattern) ^ u64::from(b.pattern) << 8,
        );
        // What is written together: OCR and some guidelines keep a comma with its name.
        let glued = |left: &Word, right: &Word| left.bytes.end == right.bytes.start;
        out.add(
            58,
            u64::from(glued(near(-1), w))
                | u64::from(glued(w, b)) << 1
                | u64::from(w.sign) << 8
                | u64::from(a.shape) << 16
                | u64::from(b.shape) << 24,
        );
        out.add(52, a.lower ^ b.lower.rotate_left(9));
        out.add(53, aa.lower.rotate_left(9) ^ a.lower);
        out.add(54, b.lower ^ bb.lower.rotate_left(9));
        out.add(
            55,
            u64::from(a.known.middle) | u64::from(b.known.middle) << 16,
        );
        out.add(
            56,
            u64::from(aa.known.coarse) << 16 | u64::from(a.known.middle),
        );
        out.add(
            57,
            u64::from(bb.known.coarse) << 16 | u64::from(b.known.middle),
        );
        // -- the run of capitals
        let run = self.runs[at];
        if run.end > run.start {
            let (start, end) = (run.start as usize, run.end as usize);
            let (head, first) = (&all[end - 1], &all[start]);
            let length = (end - start).min(6) as u64;
            let place = if end - start == 1 {
                0
            } else if at == start {
                1
            } else if at == end - 1 {
                2
            } else {
                3
            };
            let before = start
                .checked_sub(1)
                .filter(|b| *b >= range.start)
                .map_or(&none, |b| &all[b]);
            let after = if end < range.end { &all[end] } else { &none };
            out.add(60, length | place << 8 | pos << 16);
            out.add(61, head.lower ^ place);
            out.add(62, u64::from(head.known.middle) | place << 16);
            out.add(63, first.lower ^ place);
            out.add(
                64,
                u64::from(first.known.middle) | u64::from(first.names) << 16 | place << 32,
            );
            out.add(65, before.lower ^ place);
            out.add(66, after.lower ^ place);
            out.add(67, u64::from(before.known.middle) | place << 16);
            out.add(68, u64::from(after.known.middle) | place << 16);
            out.add(69, u64::from(head.affixes[3]) ^ place);
            out.add(
                70,
                u64::from(first.names) | u64::from(head.names) << 8 | place << 16 | length << 24,
            );
            out.add(71, run.any | place << 8);
            out.add(
                72,
                u64::from(before.known.coarse)
                    | u64::from(first.known.coarse) << 8
                    | u64::from(head.known.coarse) << 16
                    | length << 24,
            );
        }
        // -- the rest of the article
        if let Some(places) = self.places.get(&w.lower) {
            let small = u64::from(places.small.min(3));
            let large = u64::from(places.large.min(3));
            out.add(
                80,
                small | large << 4 | u64::from(w.is_large()) << 8 | pos << 12,
            );
            let mut others = 0;
            for &other in &places.at[..usize::from(places.count)] {
                let other = other as usize;
                if other == at {
                    continue;
                }
                others += 1;
                if others > 4 {
                    break;
                }
                let run = self.runs[other];
                let before = other.checked_sub(1).map_or(&none, |b| &all[b]);
                let after = all.get(other + 1).unwrap_or(&none);
                out.add(81, before.lower);
                out.add(82, after.lower);
                out.add(83, u64::from(before.known.middle));
                out.add(84, u64::from(after.known.middle));
                if run.end > run.start + 1 {
                    let (start, end) = (run.start as usize, run.end as usize);
                    let place = if other == start {
                        1
                    } else if other == end - 1 {
                        2
                    } else {
                        3
                    };
                    out.add(85, all[end - 1].lower ^ place);
                    out.add(86, u64::from(all[start].names) | place << 8);
                    out.add(
                        87,
                        u64::from(all[start].known.middle)
                            | u64::from(all[end - 1].known.middle) << 16
                            | place << 32,
                    );
                    out.add(88, place | ((end - start).min(5) as u64) << 8);
                    if start > 0 {
                        out.add(89, u64::from(all[start - 1].known.middle) | place << 16);
                    }
                }
            }
        }
        if let Some(long) = self.acronyms.get(&w.lower)
            && w.shape & shape::CAPITALS != 0
        {
            let head = &all[long.end as usize - 1];
            out.add(90, 1);
            out.add(91, head.lower);
            out.add(92, u64::from(head.known.middle));
        }
    }
}

/// Makes features.
pub struct Maker<'a> {
    shift: u32,
    out: &'a mut Vec<u32>,
}

impl<'a> Maker<'a> {
    /// For a model with two to the power of `bits` rows.
    pub fn new(bits: u32, out: &'a mut Vec<u32>) -> Self {
        Self {
            shift: 64 - bits,
            out,
        }
    }

    /// Adds a feature of a kind.
    #[inline]
    pub fn add(&mut self, kind: u64, value: u64) {
        let mut hash =
            (value ^ (kind + 1).wrapping_mul(GOLDEN)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        hash ^= hash >> 32;
        hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
        self.out.push((hash >> self.shift) as u32);
    }
}

fn row(kind: u64, value: u64, bits: u32) -> u32 {
    let mut rows = Vec::with_capacity(1);
    Maker::new(bits, &mut rows).add(kind, value);
    rows[0]
}

/// The row that every word has.
#[must_use]
pub fn everywhere(bits: u32) -> u32 {
    row(0, 1, bits)
}

/// The rows of words that the lexicon lists as parts of such names (bits of `part`), one of them each, and of their phrases.
#[must_use]
pub fn rows_of_names(parts: u8, bits: u32) -> Vec<u32> {
    let each = (0..8_u64).filter(|bit| parts >> bit & 1 == 1);
    let alone = each.flat_map(|bit| (0..8_u64).map(move |pos| row(16, bit | pos << 8, bits)));
    let phrases = (0..512_u64)
        .filter(|phrase| *phrase as u8 & parts != 0)
        .map(|phrase| row(17, phrase, bits));
    alone.chain(phrases).collect()
}

/// The rows of the words of a run of capitals that ends with this one, in small letters.
#[must_use]
pub fn rows_of_head(word: &str, bits: u32) -> Vec<u32> {
    let hash = super::lexicon::Hash::lower(word);
    (0..4).map(|place| row(61, hash ^ place, bits)).collect()
}

/// Which words can be part of a name at all. The others are not looked at, which is most of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gate {
    /// Words in small letters, and signs, that were seen inside names.
    inner: ByHash<()>,
}

impl Gate {
    /// Lets these words through beside those that are written large: hashes of their small letters.
    pub fn new(words: impl IntoIterator<Item = u64>) -> Self {
        Self {
            inner: words.into_iter().map(|word| (word, ())).collect(),
        }
    }

    /// Lets one more word through.
    pub fn add(&mut self, word: u64) {
        self.inner.insert(word, ());
    }

    /// Whether a word is let through already.
    pub fn has(&self, word: u64) -> bool {
        self.inner.contains_key(&word)
    }

    /// Lets a word through no longer.
    pub fn remove(&mut self, word: u64) {
        self.inner.remove(&word);
    }

    /// The words that it lets through, in no order.
    pub fn words(&self) -> impl Iterator<Item = u64> + '_ {
        self.inner.keys().copied()
    }

    fn lets(&self, reading: &Reading, at: usize, range: &Range<usize>, case: Case) -> bool {
        let all = &reading.words.all;
        let word = &all[at];
        if word.shape & (shape::LARGE | shape::CASELESS | shape::CAMEL | shape::CAPITALS) != 0 {
            return true;
        }
        if word.told != 0 {
            return true;
        }
        // "Ka-ki": what a hyphen ties to a large word, and the hyphen.
        let tied = |there: usize| {
            there > range.start && all[there - 1].bytes.end == all[there].bytes.start
        };
        let large_before = |there: usize| there > range.start && all[there - 1].is_large();
        let tail = word.sign != b'-'
            && tied(at)
            && all[at - 1].sign == b'-'
            && tied(at - 1)
            && large_before(at - 1);
        let hyphen = word.sign == b'-' && tied(at) && large_before(at);
        if tail || hyphen {
            return true;
        }
        if matches!(word.sign, b'.' | b',') && !self.inner.contains_key(&word.lower) {
            return false;
        }
        if case == Case::Small && (is_likely_name(word) || self.inner.contains_key(&word.lower)) {
            return true;
        }
        if is_likely_name(word) && word.shape & shape::SIGN == 0 {
            return true;
        }
        // What stands between large words, or after or before one.
        let large =
            |there: usize| all[there].shape & (shape::LARGE | shape::CASELESS | shape::CAMEL) != 0;
        self.inner.contains_key(&word.lower)
            && ((at > range.start && large(at - 1))
                || (at + 1 < range.end && large(at + 1))
                || (at > range.start + 1 && large(at - 2))
                || (at + 2 < range.end && large(at + 2)))
    }
}

fn case(words: &[Word]) -> Case {
    let (mut large, mut small, mut capitals, mut letters) = (0, 0, 0, 0);
    for word in words {
        if word.shape & (shape::SIGN | shape::DIGIT) != 0 {
            continue;
        }
        letters += 1;
        if word.shape & shape::CAPITALS != 0 {
            capitals += 1;
        }
        if word.is_large() {
            large += 1;
        } else if word.known.rare > 1 && word.shape & shape::SMALL != 0 {
            small += 1;
        }
    }
    if large == 0 {
        Case::Small
    } else if capitals * 10 >= letters * 7 && letters >= 3 {
        Case::Capitals
    } else if letters >= 4 && large >= 3 && small * 5 <= large {
        Case::Headline
    } else {
        Case::Plain
    }
}

fn runs(words: &Words) -> Vec<Run> {
    let all = &words.all;
    let mut runs = vec![Run::default(); all.len()];
    for sentence in &words.sentences {
        let mut at = sentence.start;
        while at < sentence.end {
            if !all[at].is_large() {
                at += 1;
                continue;
            }
            let start = at;
            let mut end = at + 1;
            while end < sentence.end {
                if all[end].is_large() {
                    end += 1;
                    continue;
                }
                // "J. K. Rowling", "Marks & Spencer", "Bank of England", "University of the Arts".
                let mut next = end;
                while next < sentence.end && next - end < 2 && joins(&all[next], &all[next - 1]) {
                    next += 1;
                }
                if next > end && next < sentence.end && all[next].is_large() {
                    end = next + 1;
                } else {
                    break;
                }
            }
            let any = all[start..end].iter().fold(0, |any, word| {
                any | u64::from(word.phrase | word.names & 0xe0)
            });
            let run = Run {
                start: start as u32,
                end: end as u32,
                any,
            };
            runs[start..end].fill(run);
            at = end;
        }
    }
    runs
}

/// Whether a small word or sign may stand inside a name.
fn joins(word: &Word, before: &Word) -> bool {
    if word.sign != 0 {
        return match word.sign {
            b'&' | b'-' => true,
            b'.' => before.bytes.len() <= 2 && before.bytes.end == word.bytes.start,
            _ => false,
        };
    }
    JOINING.with(|joining| joining.contains(&word.lower))
}

thread_local! {
    static JOINING: [u64; 18] = [
        "of", "the", "de", "la", "del", "van", "von", "der", "den", "bin", "al", "el", "di", "da", "du", "y", "for", "des",
    ]
    .map(super::lexicon::Hash::lower);
}
