//! The features of each word: itself, its neighbours, the run of capitalised words that it is in,
//! and its other occurrences in the article.
//!
//! [`templates`] declares them, `context` finds what they need to know of an article,
//! [`candidates`] says which words have any.

pub mod candidates;
mod context;
pub mod plain_words;
mod sport;
pub mod templates;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use super::lexicon::WordHash;
use super::words::{TokenPart, Word, shape};
use crate::learn::perceptron::FeatureRows;
use crate::model::hash::{GOLDEN, StableHash};
use candidates::CandidateFilter;
pub use context::ArticleContext;
use context::SentenceCase;
use templates::{self as t, Template};

/// A map whose keys are hashes already.
pub type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Unhashed>>;

/// A hasher that returns a hash as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unhashed(u64);

impl Hasher for Unhashed {
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

/// Turns features into numbers of rows.
struct Hashed<'a> {
    shift: u32,
    rows: &'a mut Vec<u32>,
}

impl Hashed<'_> {
    #[inline]
    fn add(&mut self, template: Template, value: u64) {
        self.rows.push(row(template.number, value, self.shift));
    }

    #[inline]
    fn add_at(&mut self, template: Template, position: u64, value: u64) {
        self.rows
            .push(row(template.number + position, value, self.shift));
    }
}

/// The row of a feature. Shipped weights depend on it.
#[inline]
fn row(number: u64, value: u64, shift: u32) -> u32 {
    const MULTIPLIER: u64 = 0xd6e8_feb8_6659_fd93;
    let mut hash = (value ^ (number + 1).wrapping_mul(GOLDEN)).wrapping_mul(MULTIPLIER);
    hash ^= hash >> 32;
    (hash.wrapping_mul(MULTIPLIER) >> shift) as u32
}

/// The row of a feature in a model with 2^`bits` rows.
fn row_of(template: Template, value: u64, bits: u32) -> u32 {
    row(template.number, value, 64 - bits)
}

/// The row of the feature that every word has.
#[must_use]
pub fn bias_row(bits: u32) -> u32 {
    row_of(t::BIAS, 1, bits)
}

/// The rows of words that are in any of these lists (bits of `lexicon::part`), and of their
/// phrases.
#[must_use]
pub fn rows_of_lists(parts: u8, bits: u32) -> Vec<u32> {
    let each = (0..8_u64).filter(|bit| parts >> bit & 1 == 1);
    let alone =
        each.flat_map(|bit| (0..8_u64).map(move |place| row_of(t::LIST, bit | place << 8, bits)));
    let phrases = (0..512_u64)
        .filter(|phrase| *phrase as u8 & parts != 0)
        .map(|phrase| row_of(t::PHRASE, phrase, bits));
    alone.chain(phrases).collect()
}

/// The row of a word in a confirmed name, by what [`super::gazetteer`] encodes, and whether the word
/// begins the name.
#[must_use]
pub fn row_of_confirmed(gazetteer: u16, begins: bool, bits: u32) -> u32 {
    let value = u64::from(gazetteer) | u64::from(!begins) << 16;
    row_of(t::CONFIRMED, value, bits)
}

/// The rows of words in a run of capitalised words that ends with `word` (in lower case).
#[must_use]
pub fn rows_of_head(word: &str, bits: u32) -> Vec<u32> {
    let hash = WordHash::lower(word);
    (0..4)
        .map(|place| row_of(t::RUN_HEAD, hash ^ place, bits))
        .collect()
}

impl ArticleContext<'_> {
    /// Makes the features of a sentence. Words that are no candidates for names have none.
    pub fn features(
        &self,
        sentence: usize,
        candidates: &CandidateFilter,
        bits: u32,
        rows: &mut FeatureRows,
    ) {
        rows.clear();
        let range = self.words.sentences[sentence].clone();
        let case = self.cases[sentence];
        for at in range.clone() {
            if candidates.accepts(self, at, &range, case) {
                let mut out = Hashed {
                    shift: 64 - bits,
                    rows: &mut rows.features,
                };
                self.word_features(at, &range, case, &mut out);
            }
            rows.ends.push(rows.features.len() as u32);
        }
    }

    fn word_features(&self, at: usize, range: &Range<usize>, case: SentenceCase, out: &mut Hashed) {
        let none = Word::default();
        let window = Window::new(&self.words.all, at, range, &none);
        let place = u64::from(window.word.first) | (case as u64) << 1;
        add_word(window.word, place, out);
        add_lexicon(window.word, place, out);
        window.add_confirmed(out);
        window.add_neighbours(out);
        window.add_combinations(out);
        self.add_run(at, range, place, &none, out);
        self.add_occurrences(at, place, &none, out);
        self.add_acronym(window.word, out);
        self.add_sport(at, &window, out);
        if let Some(token) = window.word.token {
            self.add_token(token, at, range, out);
        }
    }

    /// The token that the character is a part of, and the characters and tokens around it.
    fn add_token(&self, token: TokenPart, at: usize, range: &Range<usize>, out: &mut Hashed) {
        let all = &self.words.all;
        let lower = |by: isize| match at.checked_add_signed(by) {
            Some(there) if range.contains(&there) => all[there].lower,
            _ => 0,
        };
        let place = u64::from(token.place);
        out.add(t::TOKEN, token.whole ^ place);
        out.add(t::TOKEN_HEAD, token.head);
        out.add(t::TOKEN_TAIL, token.tail);
        out.add(t::TOKEN_PLACE, place | u64::from(all[at].pattern) << 8);
        let start = (range.start..=at)
            .rev()
            .find(|at| all[*at].token.is_none_or(|token| token.place < 2))
            .unwrap_or(at);
        let end = (at..range.end)
            .find(|at| {
                all[*at]
                    .token
                    .is_none_or(|token| matches!(token.place, 0 | 2))
            })
            .map_or(range.end, |end| end + 1);
        let whole = |at: usize| {
            let word = &all[at];
            word.token.map_or(word.lower, |token| token.whole)
        };
        let before = if start > range.start {
            whole(start - 1)
        } else {
            0
        };
        let after = if end < range.end { whole(end) } else { 0 };
        out.add(t::TOKEN_BEFORE, before ^ place);
        out.add(t::TOKEN_AFTER, after ^ place);
        out.add(
            t::TOKEN_PAIR_BEFORE,
            before.rotate_left(9) ^ token.whole ^ place,
        );
        out.add(
            t::TOKEN_PAIR_AFTER,
            after.rotate_left(9) ^ token.whole ^ place,
        );
        let three = |a: u64, b: u64, c: u64| a.rotate_left(9) ^ b.rotate_left(18) ^ c;
        out.add(t::THREE_TO_HERE, three(lower(-2), lower(-1), lower(0)));
        out.add(t::THREE_AROUND, three(lower(-1), lower(0), lower(1)));
        out.add(t::THREE_FROM_HERE, three(lower(0), lower(1), lower(2)));
        out.add(t::THIRD_BEFORE, lower(-3));
        out.add(t::THIRD_AFTER, lower(3));
    }

    /// The run of capitalised words that the word is in.
    fn add_run(&self, at: usize, range: &Range<usize>, place: u64, none: &Word, out: &mut Hashed) {
        let run = self.runs[at];
        if run.is_empty() {
            return;
        }
        let all = &self.words.all;
        let (start, end) = (run.start as usize, run.end as usize);
        let (head, first) = (&all[end - 1], &all[start]);
        let length = (end - start).min(6) as u64;
        let position = if end - start == 1 {
            0
        } else {
            run.position(at)
        };
        let before = start
            .checked_sub(1)
            .filter(|before| *before >= range.start)
            .map_or(none, |before| &all[before]);
        let after = if end < range.end { &all[end] } else { none };
        out.add(t::RUN, length | position << 8 | place << 16);
        out.add(t::RUN_HEAD, head.lower ^ position);
        out.add(t::RUN_HEAD_CLUSTER, middle(head) | position << 16);
        out.add(t::RUN_FIRST, first.lower ^ position);
        out.add(
            t::RUN_FIRST_CLUSTER,
            middle(first) | names(first) << 16 | position << 32,
        );
        out.add(t::RUN_BEFORE, before.lower ^ position);
        out.add(t::RUN_AFTER, after.lower ^ position);
        out.add(t::RUN_CLUSTER_BEFORE, middle(before) | position << 16);
        out.add(t::RUN_CLUSTER_AFTER, middle(after) | position << 16);
        out.add(t::RUN_HEAD_SUFFIX, u64::from(head.affixes[3]) ^ position);
        out.add(
            t::RUN_LISTS,
            names(first) | names(head) << 8 | position << 16 | length << 24,
        );
        out.add(t::RUN_ANY_LIST, run.lists | position << 8);
        out.add(
            t::RUN_CLUSTERS,
            coarse(before) | coarse(first) << 8 | coarse(head) << 16 | length << 24,
        );
    }

    /// The other occurrences of the word in the article.
    fn add_occurrences(&self, at: usize, place: u64, none: &Word, out: &mut Hashed) {
        let all = &self.words.all;
        let word = &all[at];
        let Some(occurrences) = self.occurrences.get(&word.lower) else {
            return;
        };
        let in_lower_case = u64::from(occurrences.in_lower_case.min(3));
        let capitalised = u64::from(occurrences.capitalised.min(3));
        out.add(
            t::COUNTS,
            in_lower_case | capitalised << 4 | capital(word) << 8 | place << 12,
        );
        let others = occurrences.first().filter(|other| *other != at);
        for other in others.take(4) {
            let before = other.checked_sub(1).map_or(none, |before| &all[before]);
            let after = all.get(other + 1).unwrap_or(none);
            out.add(t::THERE_BEFORE, before.lower);
            out.add(t::THERE_AFTER, after.lower);
            out.add(t::THERE_CLUSTER_BEFORE, middle(before));
            out.add(t::THERE_CLUSTER_AFTER, middle(after));
            let run = self.runs[other];
            let (start, end) = (run.start as usize, run.end as usize);
            if end <= start + 1 {
                continue;
            }
            let position = run.position(other);
            let (head, first) = (&all[end - 1], &all[start]);
            out.add(t::THERE_HEAD, head.lower ^ position);
            out.add(t::THERE_LISTS, names(first) | position << 8);
            out.add(
                t::THERE_CLUSTERS,
                middle(first) | middle(head) << 16 | position << 32,
            );
            out.add(t::THERE_RUN, position | ((end - start).min(5) as u64) << 8);
            if start > 0 {
                out.add(
                    t::THERE_RUN_BEFORE,
                    middle(&all[start - 1]) | position << 16,
                );
            }
        }
    }

    /// What the word is in an article about sport, where places are teams.
    fn add_sport(&self, at: usize, window: &Window<'_>, out: &mut Hashed) {
        if self.sport == 0 {
            return;
        }
        let word = window.word;
        let own = names(word) | u64::from(word.phrase) << 8 | capital(word) << 16;
        let own = own | self.sport << 20;
        let run = self.runs[at];
        out.add(t::SPORT, own);
        out.add(
            t::SPORT_RUN,
            run.lists | u64::from(run.end - run.start).min(5) << 16 | self.sport << 20,
        );
        out.add(t::SPORT_AFTER, own | coarse(window.after) << 24);
        out.add(t::SPORT_BEFORE, own ^ window.before.lower);
    }

    /// The name that the word is an acronym of.
    fn add_acronym(&self, word: &Word, out: &mut Hashed) {
        if let Some(long) = self.acronyms.get(&word.lower)
            && word.shape & shape::ALL_CAPITALS != 0
        {
            let head = &self.words.all[long.end as usize - 1];
            out.add(t::ACRONYM, 1);
            out.add(t::ACRONYM_HEAD, head.lower);
            out.add(t::ACRONYM_CLUSTER, middle(head));
        }
    }
}

/// A word with its neighbours; words outside of the sentence are empty.
struct Window<'a> {
    word: &'a Word,
    before: &'a Word,
    after: &'a Word,
    two_before: &'a Word,
    two_after: &'a Word,
    /// The word right before it, even if that is the full stop of an abbreviation.
    last: &'a Word,
}

impl<'a> Window<'a> {
    fn new(all: &'a [Word], at: usize, range: &Range<usize>, none: &'a Word) -> Self {
        let near = |by: isize| match at.checked_add_signed(by) {
            Some(there) if range.contains(&there) => &all[there],
            _ => none,
        };
        // The word before skips the full stop of "Mr." and "J.".
        let is_abbreviated = at > range.start + 1
            && all[at - 1].sign == b'.'
            && all[at - 2].bytes.end == all[at - 1].bytes.start;
        let back = if is_abbreviated { 2 } else { 1 };
        Self {
            word: near(0),
            before: near(-back),
            after: near(1),
            two_before: near(-back - 1),
            two_after: near(2),
            last: near(-1),
        }
    }

    /// The names that were confirmed in the dataset.
    fn add_confirmed(&self, out: &mut Hashed) {
        let word = self.word;
        if word.gazetteer != 0 {
            let value = u64::from(word.gazetteer) | u64::from(word.in_gazetteer_name) << 16;
            out.add(t::CONFIRMED, value);
            out.add(t::CONFIRMED_LABEL, value & 0x1003f);
            out.add(t::CONFIRMED_SHAPE, value | u64::from(word.shape) << 20);
        }
        if (self.before.gazetteer | self.after.gazetteer) != 0 {
            let label = |word: &Word| u64::from(word.gazetteer & 0x3f);
            out.add(
                t::CONFIRMED_NEIGHBOURS,
                label(self.before) | label(self.after) << 16 | capital(word) << 32,
            );
        }
    }

    /// Each neighbour by itself and with the word.
    fn add_neighbours(&self, out: &mut Hashed) {
        let word = self.word;
        let all = [self.before, self.after, self.two_before, self.two_after];
        for (nth, near) in (0..).zip(all) {
            out.add_at(t::NEAR_WORD, nth, near.lower);
            out.add_at(t::NEAR_CLUSTER, nth, middle(near) | capital(near) << 16);
            out.add_at(
                t::NEAR_SHAPE,
                nth,
                u64::from(near.shape) | u64::from(near.sign) << 8 | capital(word) << 16,
            );
            if near.names | near.phrase != 0 {
                out.add_at(
                    t::NEAR_LISTS,
                    nth,
                    names(near) | u64::from(near.phrase) << 8,
                );
            }
        }
        for (nth, near) in [(0, self.before), (1, self.after)] {
            out.add_at(t::NEXT_SUFFIX, nth, u64::from(near.affixes[3]));
            out.add_at(
                t::NEXT_FINE_CLUSTER,
                nth,
                u64::from(near.known.fine) | capital(near) << 16,
            );
            out.add_at(t::WORD_PAIR, nth, near.lower ^ word.lower.rotate_left(17));
            out.add_at(
                t::CLUSTER_PAIR,
                nth,
                middle(near) << 16 | middle(word) | capital(word) << 32,
            );
            out.add_at(
                t::NEXT_WORD_SHAPE,
                nth,
                near.lower ^ u64::from(word.shape) << 3,
            );
            out.add_at(
                t::NEXT_CLUSTER_LISTS,
                nth,
                coarse(near) << 16 | names(word) | u64::from(word.phrase) << 32,
            );
            out.add_at(
                t::LISTS_PAIR,
                nth,
                names(near) << 16 | names(word) | capital(word) << 32,
            );
        }
    }

    /// Several words together.
    fn add_combinations(&self, out: &mut Hashed) {
        let (word, before, after) = (self.word, self.before, self.after);
        let shape = |word: &Word| u64::from(word.shape);
        let pattern = |word: &Word| u64::from(word.pattern);
        out.add(
            t::SHAPES,
            shape(before) | shape(word) << 8 | shape(after) << 16,
        );
        out.add(
            t::PATTERNS,
            pattern(before) << 24 ^ pattern(word) ^ pattern(after) << 8,
        );
        // OCR and some guidelines keep a comma with its name.
        let glued = |left: &Word, right: &Word| u64::from(left.bytes.end == right.bytes.start);
        out.add(
            t::GLUED,
            glued(self.last, word)
                | glued(word, after) << 1
                | u64::from(word.sign) << 8
                | shape(before) << 16
                | shape(after) << 24,
        );
        out.add(t::AROUND, before.lower ^ after.lower.rotate_left(9));
        out.add(
            t::TWO_BEFORE,
            self.two_before.lower.rotate_left(9) ^ before.lower,
        );
        out.add(
            t::TWO_AFTER,
            after.lower ^ self.two_after.lower.rotate_left(9),
        );
        out.add(t::CLUSTERS_AROUND, middle(before) | middle(after) << 16);
        out.add(
            t::CLUSTERS_BEFORE,
            coarse(self.two_before) << 16 | middle(before),
        );
        out.add(
            t::CLUSTERS_AFTER,
            coarse(self.two_after) << 16 | middle(after),
        );
    }
}

/// The word by itself.
fn add_word(word: &Word, place: u64, out: &mut Hashed) {
    out.add(t::BIAS, 1);
    out.add(t::FORM, word.form);
    out.add(t::WORD, word.lower);
    out.add(t::PATTERN, u64::from(word.pattern));
    out.add(t::SHAPE, u64::from(word.shape) | place << 8);
    for (nth, affix) in (0..).zip(word.affixes) {
        if affix != 0 {
            out.add_at(t::AFFIX, nth, u64::from(affix));
        }
    }
}

/// The entries of the lexicon for the word.
fn add_lexicon(word: &Word, place: u64, out: &mut Hashed) {
    let known = word.known;
    out.add(t::FINE_CLUSTER, u64::from(known.fine) | capital(word) << 16);
    out.add(t::MIDDLE_CLUSTER, middle(word) | place << 16);
    out.add(
        t::COARSE_CLUSTER,
        coarse(word) | u64::from(word.shape) << 16,
    );
    out.add(
        t::CAPITAL_RATE,
        u64::from(known.capital_rate) | place << 8 | capital(word) << 16,
    );
    out.add(
        t::FREQUENCY,
        u64::from(known.rarity) | u64::from(word.shape) << 8,
    );
    out.add(t::LISTS, names(word) | capital(word) << 8);
    for bit in 0..8 {
        if word.names >> bit & 1 == 1 {
            out.add(t::LIST, bit | place << 8);
        }
    }
    if word.stem != 0 {
        out.add(t::STEM, u64::from(word.stem) | capital(word) << 8);
        for bit in 0..8 {
            if word.stem >> bit & 1 == 1 {
                out.add(t::STEM_LIST, bit | place << 8);
            }
        }
    }
    for (nth, code) in (0..).zip(known.codes) {
        out.add_at(t::CODE, nth, u64::from(code) | capital(word) << 16);
    }
    if word.phrase != 0 {
        out.add(
            t::PHRASE,
            u64::from(word.phrase) | u64::from(word.in_phrase) << 8,
        );
    }
}

fn capital(word: &Word) -> u64 {
    u64::from(word.is_capitalised())
}

fn middle(word: &Word) -> u64 {
    u64::from(word.known.middle)
}

fn coarse(word: &Word) -> u64 {
    u64::from(word.known.coarse)
}

fn names(word: &Word) -> u64 {
    u64::from(word.names)
}
