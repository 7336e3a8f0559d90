//! The words of an article as the tagger sees them: each token with all that can be said of it by itself.

use std::ops::Range;

use super::lexicon::{Hash, Known, Lexicon, part};
use super::{sentences, tokens};

/// How a word is written, as bits.
pub mod shape {
    /// Begins with a capital.
    pub const LARGE: u8 = 1;
    /// Two letters or more, all of them capitals.
    pub const CAPITALS: u8 = 2;
    /// Has a digit.
    pub const DIGIT: u8 = 4;
    /// Has a small letter.
    pub const SMALL: u8 = 8;
    /// Has neither letter nor digit.
    pub const SIGN: u8 = 16;
    /// Has a sign in it: a hyphen, point or apostrophe.
    pub const MIXED: u8 = 32;
    /// Has letters that know no capitals.
    pub const CASELESS: u8 = 64;
    /// Has a capital after its first letter, and small ones too.
    pub const CAMEL: u8 = 128;
}

/// A token and what can be said of it by itself.
#[derive(Clone, Debug, Default)]
pub struct Word {
    /// Where it is, in bytes.
    pub bytes: Range<usize>,
    /// A hash of it as it is written.
    pub form: u64,
    /// A hash of it in small letters.
    pub lower: u64,
    /// How it is written, bits of [`shape`].
    pub shape: u8,
    /// How it is written, letter by letter: a hash of "Xxx-9" and the like, rows of one kind cut to two.
    pub pattern: u32,
    /// Hashes of its first two and three, and last two, three and four characters in small letters; 0 if it is no longer.
    pub affixes: [u32; 5],
    /// What the lexicon knows.
    pub known: Known,
    /// What the word is part of, bits of [`part`].
    pub names: u8,
    /// What the phrase that it stands in is.
    pub phrase: u8,
    /// It is in such a phrase, but not the first of it.
    pub in_phrase: bool,
    /// The first of its sentence that is no sign.
    pub first: bool,
    /// What people have taken the name for that it is part of, as `names` says; 0: it is part of none that they confirmed.
    pub told: u16,
    /// It is in such a name, but not the first of it.
    pub told_later: bool,
    /// Its first character, if it is ASCII and a sign.
    pub sign: u8,
}

impl Word {
    /// Whether it begins with a capital.
    #[must_use]
    pub fn is_large(&self) -> bool {
        self.shape & shape::LARGE != 0
    }
}

/// The words of an article, and where its sentences are among them.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// The words in order.
    pub all: Vec<Word>,
    /// The sentences, as ranges of words; together they hold every word.
    pub sentences: Vec<Range<usize>>,
}

/// The longest phrase that is looked for, in words.
const LONGEST_PHRASE: usize = 6;

impl Words {
    /// Reads the `pieces` of a text, in order; no sentence goes beyond its piece.
    #[must_use]
    pub fn read(text: &str, pieces: &[Range<usize>], lexicon: &Lexicon) -> Self {
        let (mut all, mut sentences, mut tokens) = (Vec::new(), Vec::new(), Vec::new());
        for piece in pieces {
            let Some(inside) = text.get(piece.clone()) else {
                continue;
            };
            tokens::tokenize_into(inside, &mut tokens);
            let before = all.len();
            let found = sentences::sentences(inside, &tokens);
            sentences.extend(
                found
                    .into_iter()
                    .map(|range| before + range.start..before + range.end),
            );
            all.extend(tokens.drain(..).map(|token| {
                let bytes = piece.start + token.start..piece.start + token.end;
                word(text, bytes, lexicon)
            }));
        }
        for sentence in &sentences {
            let words = &mut all[sentence.clone()];
            if let Some(first) = words.iter_mut().find(|word| word.shape & shape::SIGN == 0) {
                first.first = true;
            }
        }
        let mut words = Self { all, sentences };
        words.find_phrases(text, lexicon);
        words
    }

    fn find_phrases(&mut self, text: &str, lexicon: &Lexicon) {
        for sentence in self.sentences.clone() {
            let mut at = sentence.start;
            while at < sentence.end {
                let word = &self.all[at];
                let may_begin = word.is_large() || (word.names != 0 && word.known.large > 3);
                let longest = if may_begin {
                    self.longest_phrase(text, lexicon, at, sentence.end)
                } else {
                    None
                };
                let Some((end, what)) = longest else {
                    at += 1;
                    continue;
                };
                for (nth, word) in self.all[at..end].iter_mut().enumerate() {
                    word.phrase = what;
                    word.in_phrase = nth > 0;
                }
                at = end;
            }
        }
    }

    fn longest_phrase(
        &self,
        text: &str,
        lexicon: &Lexicon,
        from: usize,
        limit: usize,
    ) -> Option<(usize, u8)> {
        let mut hash = Hash::default();
        hash.push_lower(&text[self.all[from].bytes.clone()]);
        let mut found = None;
        // A word with a hyphen in it is listed among the phrases.
        if self.all[from].shape & shape::MIXED != 0 {
            let what = lexicon.phrase(hash.finish());
            if what != 0 {
                found = Some((from + 1, what));
            }
        }
        for at in from + 1..limit.min(from + LONGEST_PHRASE) {
            let word = &self.all[at];
            if word.bytes.start > self.all[at - 1].bytes.end {
                hash.byte(b' ');
            }
            hash.push_lower(&text[word.bytes.clone()]);
            let what = lexicon.phrase(hash.finish());
            if what != 0 {
                found = Some((at + 1, what));
            }
        }
        found
    }
}

fn word(text: &str, bytes: Range<usize>, lexicon: &Lexicon) -> Word {
    let form = &text[bytes.clone()];
    let mut word = if form.is_ascii() {
        ascii(form.as_bytes())
    } else {
        other(form)
    };
    if word.shape & shape::SIGN == 0 {
        word.known = lexicon.word(word.lower);
        if word.shape & shape::DIGIT == 0 {
            word.names = lexicon.name(word.lower);
        }
    }
    word.bytes = bytes;
    word
}

fn affix(bytes: &[u8], kind: u32) -> u32 {
    let mut hash = 0x811c_9dc5_u32 ^ kind;
    for &byte in bytes {
        hash = (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193);
    }
    hash | 1
}

fn ascii(form: &[u8]) -> Word {
    let (mut exact, mut lower) = (Hash::default(), Hash::default());
    let (mut capitals, mut small, mut digits, mut signs) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut pattern = 0x811c_9dc5_u32;
    let (mut last, mut run) = (0_u8, 0_u8);
    for &byte in form {
        exact.byte(byte);
        lower.byte(byte.to_ascii_lowercase());
        let kind = match byte {
            b'A'..=b'Z' => {
                capitals += 1;
                b'X'
            }
            b'a'..=b'z' => {
                small += 1;
                b'x'
            }
            b'0'..=b'9' => {
                digits += 1;
                b'9'
            }
            _ => {
                signs += 1;
                byte
            }
        };
        run = if kind == last { run + 1 } else { 0 };
        run = run.min(2);
        if run < 2 {
            pattern = (pattern ^ u32::from(kind)).wrapping_mul(0x0100_0193);
        }
        last = kind;
    }
    let len = form.len();
    let mut shape = 0;
    if form[0].is_ascii_uppercase() {
        shape |= shape::LARGE;
    }
    if capitals > 1 && small == 0 {
        shape |= shape::CAPITALS;
    }
    if digits > 0 {
        shape |= shape::DIGIT;
    }
    if small > 0 {
        shape |= shape::SMALL;
        if capitals > usize::from(form[0].is_ascii_uppercase()) {
            shape |= shape::CAMEL;
        }
    }
    if signs == len {
        shape |= shape::SIGN;
    } else if signs > 0 {
        shape |= shape::MIXED;
    }
    let mut affixes = [0; 5];
    if len > 2 && signs < len {
        affixes[0] = affix(&form[..2], 1);
        affixes[2] = affix(&form[len - 2..], 2);
        if len > 3 {
            affixes[1] = affix(&form[..3], 1);
            affixes[3] = affix(&form[len - 3..], 2);
        }
        if len > 4 {
            affixes[4] = affix(&form[len - 4..], 2);
        }
    }
    Word {
        form: exact.finish(),
        lower: lower.finish(),
        shape,
        pattern,
        affixes,
        sign: if signs == len { form[0] } else { 0 },
        ..Word::default()
    }
}

fn other(form: &str) -> Word {
    let mut exact = Hash::default();
    exact.bytes(form.as_bytes());
    let (mut capitals, mut small, mut digits, mut signs, mut caseless, mut count) =
        (0, 0, 0, 0, 0, 0);
    let mut pattern = 0x811c_9dc5_u32;
    let (mut last, mut run) = (0_u32, 0_u8);
    for c in form.chars() {
        count += 1;
        let kind = if c.is_uppercase() {
            capitals += 1;
            u32::from(b'X')
        } else if c.is_lowercase() {
            small += 1;
            u32::from(b'x')
        } else if c.is_alphabetic() {
            caseless += 1;
            u32::from(b'c')
        } else if c.is_numeric() {
            digits += 1;
            u32::from(b'9')
        } else {
            signs += 1;
            if c == '’' {
                u32::from(b'\'')
            } else {
                u32::from(c)
            }
        };
        run = if kind == last { (run + 1).min(2) } else { 0 };
        if run < 2 {
            pattern = (pattern ^ kind).wrapping_mul(0x0100_0193);
        }
        last = kind;
    }
    let large = form.chars().next().is_some_and(char::is_uppercase);
    let mut shape = 0;
    for (is, bit) in [
        (large, shape::LARGE),
        (capitals > 1 && small == 0, shape::CAPITALS),
        (digits > 0, shape::DIGIT),
        (small > 0, shape::SMALL),
        (signs == count, shape::SIGN),
        (signs > 0 && signs < count, shape::MIXED),
        (caseless > 0, shape::CASELESS),
        (small > 0 && capitals > usize::from(large), shape::CAMEL),
    ] {
        if is {
            shape |= bit;
        }
    }
    let lower_form = form.to_lowercase();
    let mut affixes = [0; 5];
    if signs < count {
        let edges: Vec<usize> = lower_form.char_indices().map(|(at, _)| at).collect();
        let len = edges.len();
        for (slot, front, take) in [
            (0, true, 2),
            (1, true, 3),
            (2, false, 2),
            (3, false, 3),
            (4, false, 4),
        ] {
            if len > take {
                affixes[slot] = if front {
                    affix(&lower_form.as_bytes()[..edges[take]], 1)
                } else {
                    affix(&lower_form.as_bytes()[edges[len - take]..], 2)
                };
            }
        }
    }
    Word {
        form: exact.finish(),
        lower: Hash::lower(form),
        shape,
        pattern,
        affixes,
        ..Word::default()
    }
}

/// Whether the lexicon thinks this a name more than anything else.
#[must_use]
pub fn is_likely_name(word: &Word) -> bool {
    (word.names != 0 || word.phrase != 0) && word.known.large >= 5
        || word.names & (part::COUNTRY | part::DEMONYM) != 0
}
