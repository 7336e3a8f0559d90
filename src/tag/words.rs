//! The words of an article: each token with everything that is known about it by itself.

use std::ops::Range;

use super::lexicon::{Lexicon, LexiconEntry, WordHash, arabic, part};
use super::{sentences, tokens};

/// The bits of a word's shape.
pub mod shape {
    /// Begins with a capital.
    pub const CAPITALISED: u8 = 1;
    /// Two letters or more, all of them capitals.
    pub const ALL_CAPITALS: u8 = 2;
    /// Has a digit.
    pub const DIGIT: u8 = 4;
    /// Has a letter in lower case.
    pub const LOWERCASE: u8 = 8;
    /// Has no letter and no digit.
    pub const SIGN: u8 = 16;
    /// Has a sign in it, such as a hyphen or an apostrophe.
    pub const MIXED: u8 = 32;
    /// Has letters of a script without case.
    pub const CASELESS: u8 = 64;
    /// Has a capital after its first letter, and letters in lower case.
    pub const CAMEL: u8 = 128;
}

/// A token with everything that is known about it.
#[derive(Clone, Debug, Default)]
pub struct Word {
    /// Its span, in bytes.
    pub bytes: Range<usize>,
    /// The hash of the word as it is written.
    pub form: u64,
    /// The hash of the word in lower case.
    pub lower: u64,
    /// Its shape: bits of [`shape`].
    pub shape: u8,
    /// The hash of its pattern, such as "Xxx-9". Runs of one kind count as two.
    pub pattern: u32,
    /// The hashes of its first two and three, and last two, three and four characters in lower
    /// case; 0 if it is not longer.
    pub affixes: [u32; 5],
    /// Its entry in the lexicon.
    pub known: LexiconEntry,
    /// The lists of names that it is in: bits of [`part`].
    pub names: u8,
    /// The lists of the name that it may be a case form of.
    pub stem: u8,
    /// The lists that the phrase around it is in.
    pub phrase: u8,
    /// Whether it is in such a phrase without beginning it.
    pub in_phrase: bool,
    /// Whether it is the first word of its sentence; signs do not count.
    pub first: bool,
    /// The label, reliability and count of the confirmed name that it is in, as
    /// [`super::gazetteer`] encodes them; 0 if there is none.
    pub gazetteer: u16,
    /// Whether it is in such a name without beginning it.
    pub in_gazetteer_name: bool,
    /// Its first character, if it is an ASCII sign.
    pub sign: u8,
    /// The token that it is a part of, if that was cut into characters.
    pub token: Option<TokenPart>,
}

/// A character as a part of its token.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenPart {
    /// The hash of the token.
    pub whole: u64,
    /// The hash of the token up to this character.
    pub head: u64,
    /// The hash of the token after this character.
    pub tail: u64,
    /// Whether the character is all of the token, its first, its last or another one.
    pub place: u8,
}

impl Word {
    /// Whether it begins with a capital.
    #[must_use]
    pub fn is_capitalised(&self) -> bool {
        self.shape & shape::CAPITALISED != 0
    }
}

/// The words of an article in their sentences.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// The words, in order.
    pub all: Vec<Word>,
    /// The sentences, as ranges of words. Together they hold every word.
    pub sentences: Vec<Range<usize>>,
}

/// The longest phrase to look up, in words.
const LONGEST_PHRASE: usize = 6;

impl Words {
    /// Reads the `pieces` of a text, in order. No sentence crosses the end of its piece.
    #[must_use]
    pub fn read(text: &str, pieces: &[Range<usize>], lexicon: &Lexicon) -> Self {
        let (mut all, mut sentences) = (Vec::new(), Vec::new());
        let (mut tokens, mut parts, mut firsts) = (Vec::new(), Vec::new(), Vec::new());
        let is_name = |word: &str| lexicon.name(WordHash::lower(word)) != 0;
        let rarity = |word: &str| lexicon.word(WordHash::lower(word)).rarity;
        for piece in pieces {
            let Some(inside) = text.get(piece.clone()) else {
                continue;
            };
            tokens::tokenize_into(inside, &mut tokens);
            // For each token its first word.
            firsts.clear();
            for token in &tokens {
                firsts.push(all.len());
                let bytes = piece.start + token.start..piece.start + token.end;
                tokens::parts::parts(text, &bytes, is_name, rarity, &mut parts);
                let from = all.len();
                all.extend(parts.iter().map(|part| word(text, part.clone(), lexicon)));
                find_token_parts(text, &bytes, &mut all[from..]);
            }
            firsts.push(all.len());
            let found = sentences::sentences(inside, &tokens);
            sentences.extend(
                found
                    .into_iter()
                    .map(|range| firsts[range.start]..firsts[range.end]),
            );
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
                let may_begin = word.shape & (shape::CAPITALISED | shape::CASELESS) != 0
                    || (word.names != 0 && word.known.capital_rate > 3);
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
        let mut hash = WordHash::default();
        hash.push_lower(&text[self.all[from].bytes.clone()]);
        let mut found = None;
        // A word with a hyphen is listed with the phrases.
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
            let mut what = lexicon.phrase(hash.finish());
            if word.token.is_some() {
                what |= lexicon.name(hash.finish());
            }
            if what != 0 {
                found = Some((at + 1, what));
            }
        }
        found
    }
}

/// Notes the token that characters are parts of.
fn find_token_parts(text: &str, token: &Range<usize>, parts: &mut [Word]) {
    let form = &text[token.clone()];
    if form.is_ascii() || !tokens::parts::is_cut_into_characters(form) {
        return;
    }
    let hash = |range: Range<usize>| {
        let mut hash = WordHash::default();
        hash.bytes(text[range].as_bytes());
        hash.finish()
    };
    let whole = hash(token.clone());
    let last = parts.len() - 1;
    for (nth, part) in parts.iter_mut().enumerate() {
        part.token = Some(TokenPart {
            whole,
            head: hash(token.start..part.bytes.end),
            tail: hash(part.bytes.end..token.end),
            place: match (nth, last) {
                (0, 0) => 0,
                (0, _) => 1,
                (nth, last) if nth == last => 2,
                _ => 3,
            },
        });
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
            if word.shape & (shape::CAPITALISED | shape::CASELESS) != 0 {
                word.stem = lexicon.stem(form);
            }
        }
    }
    word.bytes = bytes;
    word
}

/// A hash of 32 bits (FNV-1a) for affixes and patterns. Shipped weights depend on it.
#[derive(Clone, Copy)]
struct ShortHash(u32);

impl ShortHash {
    const START: Self = Self(0x811c_9dc5);

    fn add(self, unit: u32) -> Self {
        Self((self.0 ^ unit).wrapping_mul(0x0100_0193))
    }
}

/// A letter for the script of a character without case, in patterns.
fn script_of(c: char) -> char {
    match c {
        'ぁ'..='ゟ' => 'h',
        'ァ'..='ヿ' => 'k',
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => 'z',
        _ => 'c',
    }
}

/// Which end of a word an affix is at.
#[derive(Clone, Copy)]
enum End {
    Front = 1,
    Back = 2,
}

fn affix(bytes: &[u8], end: End) -> u32 {
    let start = ShortHash(ShortHash::START.0 ^ end as u32);
    let hash = bytes.iter().fold(start, |hash, byte| {
        hash.add(u32::from(byte.to_ascii_lowercase()))
    });
    hash.0 | 1
}

/// What the characters of a word are, counted, and their pattern.
struct Characters {
    all: usize,
    capitals: usize,
    lower: usize,
    caseless: usize,
    digits: usize,
    signs: usize,
    pattern: ShortHash,
    last: u32,
    run: u8,
}

impl Characters {
    fn new() -> Self {
        Self {
            all: 0,
            capitals: 0,
            lower: 0,
            caseless: 0,
            digits: 0,
            signs: 0,
            pattern: ShortHash::START,
            last: 0,
            run: 0,
        }
    }

    fn add_ascii(&mut self, byte: u8) {
        let (count, kind) = match byte {
            b'A'..=b'Z' => (&mut self.capitals, b'X'),
            b'a'..=b'z' => (&mut self.lower, b'x'),
            b'0'..=b'9' => (&mut self.digits, b'9'),
            _ => (&mut self.signs, byte),
        };
        *count += 1;
        self.add_kind(u32::from(kind));
    }

    fn add(&mut self, c: char) {
        let (count, kind) = if c.is_uppercase() {
            (&mut self.capitals, 'X')
        } else if c.is_lowercase() {
            (&mut self.lower, 'x')
        } else if c.is_alphabetic() {
            (&mut self.caseless, script_of(c))
        } else if c.is_numeric() {
            (&mut self.digits, '9')
        } else {
            (&mut self.signs, if c == '’' { '\'' } else { c })
        };
        *count += 1;
        self.add_kind(u32::from(kind));
    }

    fn add_kind(&mut self, kind: u32) {
        self.all += 1;
        self.run = if kind == self.last {
            (self.run + 1).min(2)
        } else {
            0
        };
        if self.run < 2 {
            self.pattern = self.pattern.add(kind);
        }
        self.last = kind;
    }

    /// The bits of [`shape`].
    fn shape(&self, is_capitalised: bool) -> u8 {
        let bits = [
            (is_capitalised, shape::CAPITALISED),
            (self.capitals > 1 && self.lower == 0, shape::ALL_CAPITALS),
            (self.digits > 0, shape::DIGIT),
            (self.lower > 0, shape::LOWERCASE),
            (self.is_sign(), shape::SIGN),
            (self.signs > 0 && !self.is_sign(), shape::MIXED),
            (self.caseless > 0, shape::CASELESS),
            (
                self.lower > 0 && self.capitals > usize::from(is_capitalised),
                shape::CAMEL,
            ),
        ];
        bits.iter()
            .filter(|(is, _)| *is)
            .fold(0, |shape, (_, bit)| shape | bit)
    }

    fn is_sign(&self) -> bool {
        self.signs == self.all
    }
}

fn ascii(form: &[u8]) -> Word {
    let (mut exact, mut lower) = (WordHash::default(), WordHash::default());
    let mut characters = Characters::new();
    for &byte in form {
        exact.byte(byte);
        lower.byte(byte.to_ascii_lowercase());
        characters.add_ascii(byte);
    }
    let len = form.len();
    let is_sign = characters.is_sign();
    let mut affixes = [0; 5];
    if len > 2 && !is_sign {
        affixes[0] = affix(&form[..2], End::Front);
        affixes[2] = affix(&form[len - 2..], End::Back);
        if len > 3 {
            affixes[1] = affix(&form[..3], End::Front);
            affixes[3] = affix(&form[len - 3..], End::Back);
        }
        if len > 4 {
            affixes[4] = affix(&form[len - 4..], End::Back);
        }
    }
    Word {
        form: exact.finish(),
        lower: lower.finish(),
        shape: characters.shape(form[0].is_ascii_uppercase()),
        pattern: characters.pattern.0,
        affixes,
        sign: if is_sign { form[0] } else { 0 },
        ..Word::default()
    }
}

fn other(form: &str) -> Word {
    let mut exact = WordHash::default();
    exact.bytes(form.as_bytes());
    let mut characters = Characters::new();
    for c in form.chars() {
        characters.add(c);
    }
    let is_arabic = form.chars().any(arabic::is_letter);
    let mut affixes = [0; 5];
    if !characters.is_sign() {
        let lower = if is_arabic {
            form.chars().filter_map(arabic::plain).collect()
        } else {
            form.to_lowercase()
        };
        let edges: Vec<usize> = lower.char_indices().map(|(at, _)| at).collect();
        let ends = [
            (End::Front, 2),
            (End::Front, 3),
            (End::Back, 2),
            (End::Back, 3),
            (End::Back, 4),
        ];
        for (slot, (end, length)) in affixes.iter_mut().zip(ends) {
            if edges.len() > length {
                let bytes = lower.as_bytes();
                *slot = match end {
                    End::Front => affix(&bytes[..edges[length]], end),
                    End::Back => affix(&bytes[edges[edges.len() - length]..], end),
                };
            }
        }
    }
    let is_capitalised = form.chars().next().is_some_and(char::is_uppercase);
    Word {
        form: exact.finish(),
        lower: WordHash::lower(form),
        shape: characters.shape(is_capitalised),
        pattern: if is_arabic {
            arabic_pattern(form).0
        } else {
            characters.pattern.0
        },
        affixes,
        ..Word::default()
    }
}

/// The pattern of an Arabic word, which has no capitals: whether it has the article, how it ends, and
/// whether it is long.
fn arabic_pattern(form: &str) -> ShortHash {
    let plain: String = form.chars().filter_map(arabic::plain).collect();
    let rest = plain.strip_prefix("ال");
    let stem = rest.unwrap_or(&plain);
    let endings = ["يه", "ه", "ي", "ات", "ون", "ين", "ان", "ا"];
    let ending = endings.iter().position(|ending| stem.ends_with(ending));
    let length = stem.chars().count().min(6) / 2;
    ShortHash::START
        .add(u32::from('ا'))
        .add(u32::from(rest.is_some()))
        .add(ending.map_or(9, |nth| nth as u32))
        .add(length as u32)
}

/// Whether the lexicon lists the word as a name and rather a name than anything else.
#[must_use]
pub fn is_likely_name(word: &Word) -> bool {
    (word.names != 0 || word.phrase != 0) && word.known.capital_rate >= 5
        || word.names & (part::COUNTRY | part::DEMONYM) != 0
}
