//! The tokenizer: what the tagger labels, and what formats with tokens are written with.
//!
//! A token is a part of a word that an annotator selects (`edit::segment`): where a word begins or
//! ends, so does a token, with the exception of elided articles. Between two tokens is nothing but
//! white space, so the text can be put together again from tokens and gaps.
//!
//! - Parts of a name stay together: "Jean-Luc", "O'Brien", "AT&T", "al-Assad", "Aix-en-Provence",
//!   "Covid-19".
//! - Parts that are no name are separate: the "'s" of "O'Brien's", "-" and "led" of "U.S.-led",
//!   "pro" and "-" of "pro-Russian". An elided article keeps its apostrophe: "l'" and "Élysée".
//! - The last full stop belongs to "U.S.", "p.m.", "Inc." and "Jr."; elsewhere it is a token.
//! - Amounts, handles and addresses are whole: "€5m", "US$5bn", "3.5%", "1,200", "#MeToo", "@user",
//!   "e-mail@x.org".
//! - Every other sign is a token. A run of the same sign ("...", "--") is one token, and so is a
//!   grapheme cluster.
//! - Chinese, Japanese, Thai, Lao, Khmer and Burmese, which are written without spaces, are cut by
//!   dictionaries and models (`icu_segmenter`).

mod characters;
pub(super) mod parts;
#[cfg(test)]
mod tests;
mod unspaced;

use std::ops::Range;

use unicode_segmentation::GraphemeCursor;

pub(super) use characters::is_currency;
use characters::{
    ASCII, CharKind, is_article, is_caseless, is_initials, keeps_full_stop, kind_of, may_combine,
};

/// Returns the tokens of a text, in order, as ranges of bytes.
///
/// They do not overlap, none is empty, and all lie on boundaries of grapheme clusters.
#[must_use]
pub fn tokenize(text: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::with_capacity(text.len() / 5 + 4);
    tokenize_into(text, &mut tokens);
    tokens
}

/// Puts the tokens of a text into a vector, which is cleared first.
pub fn tokenize_into(text: &str, tokens: &mut Vec<Range<usize>>) {
    tokens.clear();
    let mut scan = Scan {
        text,
        bytes: text.as_bytes(),
        tokens,
    };
    let mut at = 0;
    while at < scan.bytes.len() {
        at = scan.next(at);
    }
}

/// A text that is being cut.
struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    tokens: &'a mut Vec<Range<usize>>,
}

impl Scan<'_> {
    /// The character at `at` with its length. `None` at the end.
    fn char_at(&self, at: usize) -> Option<(char, usize)> {
        let byte = *self.bytes.get(at)?;
        if byte < 128 {
            return Some((char::from(byte), 1));
        }
        let c = self.text.get(at..)?.chars().next()?;
        Some((c, c.len_utf8()))
    }

    fn kind_at(&self, at: usize) -> CharKind {
        match self.bytes.get(at) {
            Some(&byte) if byte < 128 => ASCII[usize::from(byte)],
            _ => self
                .char_at(at)
                .map_or(CharKind::Blank, |(c, _)| kind_of(c)),
        }
    }

    /// Reads the token or white space at `at`. Returns its end.
    fn next(&mut self, at: usize) -> usize {
        let Some((c, width)) = self.char_at(at) else {
            return self.bytes.len();
        };
        match kind_of(c) {
            CharKind::Blank => at + width,
            CharKind::Word => self.word(at, at),
            CharKind::Unspaced => self.unspaced(at),
            CharKind::Sign => {
                let after = self.char_at(at + width).map(|(c, _)| c);
                let amount = is_currency(c) && after.is_some_and(char::is_numeric);
                // "#MeToo", but not "a#b".
                let handle = matches!(c, '#' | '@')
                    && self.kind_at(at + width) == CharKind::Word
                    && after.is_some_and(char::is_alphanumeric)
                    && !self.follows_word(at);
                if amount || handle {
                    self.word(at, at + width)
                } else {
                    self.sign(at, c, width)
                }
            }
        }
    }

    /// Whether a token of letters or digits ends at `at`.
    fn follows_word(&self, at: usize) -> bool {
        self.tokens.last().is_some_and(|last| {
            last.end == at && self.text[last.clone()].chars().any(char::is_alphanumeric)
        })
    }

    fn push(&mut self, token: Range<usize>) {
        if !token.is_empty() {
            self.tokens.push(token);
        }
    }

    fn sign(&mut self, at: usize, c: char, width: usize) -> usize {
        let mut end = at + width;
        if width == 1 {
            while self.bytes.get(end) == Some(&self.bytes[at])
                && !matches!(c, '(' | ')' | '[' | ']' | '#' | '@' | '$')
            {
                end += 1;
            }
        }
        end = self.whole(end);
        self.push(at..end);
        end
    }

    /// The next boundary of a grapheme cluster at or after `at`.
    fn whole(&self, at: usize) -> usize {
        match self.bytes.get(at) {
            None => at,
            // ASCII combines only with characters of a few scripts.
            Some(&byte) if byte < 128 && !may_combine(&self.text[..at]) => at,
            Some(_) => {
                let quick = self
                    .char_at(at)
                    .is_some_and(|(c, _)| matches!(c, '\u{a1}'..='\u{a9}' | '\u{ae}'..='\u{2ff}' | '\u{2010}'..='\u{2027}'));
                let before_is_plain = at > 0 && self.bytes[at - 1] < 128;
                if quick && before_is_plain {
                    return at;
                }
                let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
                if cursor.is_boundary(self.text, 0).unwrap_or(true) {
                    at
                } else {
                    cursor
                        .next_boundary(self.text, 0)
                        .ok()
                        .flatten()
                        .unwrap_or(self.text.len())
                }
            }
        }
    }

    /// The end of the atom at `at`: letters and digits with the marks on them.
    fn atom(&self, mut at: usize) -> usize {
        loop {
            while let Some(&byte) = self.bytes.get(at)
                && byte < 128
                && ASCII[usize::from(byte)] == CharKind::Word
            {
                at += 1;
            }
            let Some((c, width)) = self.char_at(at) else {
                return at;
            };
            match kind_of(c) {
                CharKind::Word => at += width,
                CharKind::Blank => return self.whole(at),
                CharKind::Unspaced | CharKind::Sign => {
                    let end = self.whole(at);
                    if end == at {
                        return at;
                    }
                    at = end;
                }
            }
        }
    }

    /// Reads a word that begins at `start` (its sign) and whose first letter or digit is at `from`.
    /// Returns its end.
    fn word(&mut self, start: usize, from: usize) -> usize {
        let mut word = Partial {
            start,
            first: from,
            end: self.atom(from),
            hyphens: 0,
            is_plain: true,
        };
        while let Some(joint) = self.joint(&word) {
            match self.join(&mut word, &joint) {
                Joined::Yes => {}
                Joined::No => break,
                Joined::Finished(end) => return end,
            }
        }
        let end = self.tail(word.start, from, word.end);
        self.push(word.start..end);
        end
    }

    /// The sign after a partial word, if letters or digits follow it.
    fn joint(&self, word: &Partial) -> Option<Joint> {
        let (sign, width) = self.char_at(word.end)?;
        let next_at = word.end + width;
        if self.kind_at(word.end) != CharKind::Sign || self.kind_at(next_at) != CharKind::Word {
            return None;
        }
        Some(Joint {
            sign,
            next_at,
            last: self.text[word.first..word.end].chars().next_back()?,
            next: self.char_at(next_at)?.0,
        })
    }

    /// Joins the next atom to a word, if the sign between them joins.
    fn join(&mut self, word: &mut Partial, joint: &Joint) -> Joined {
        let &Joint {
            sign,
            next_at,
            last,
            next,
        } = joint;
        let own = word.first..word.end;
        let (is_joined, is_new_atom) = match sign {
            '\'' | '’' => return self.join_apostrophe(word, joint),
            '.' => {
                let letters = last.is_alphabetic() && next.is_alphabetic();
                let digits = last.is_numeric() && next.is_numeric();
                word.is_plain = false;
                let joins = digits || (letters && !self.is_glued(own, next_at));
                (joins, false)
            }
            ',' | ';' => (last.is_numeric() && next.is_numeric(), false),
            '·' | '‧' => (!next.is_numeric(), true),
            '-' | '‐' | '‑' | '\u{5be}' => {
                let joins = self.is_hyphenated(own, joint, word.hyphens);
                word.hyphens += usize::from(joins);
                (joins, true)
            }
            '&' | '@' => (true, true),
            sign => {
                let joins = is_currency(sign) && last.is_uppercase() && next.is_numeric();
                (joins, true)
            }
        };
        if !is_joined {
            return Joined::No;
        }
        if is_new_atom {
            word.first = next_at;
            word.is_plain = true;
        }
        word.end = self.atom(next_at);
        Joined::Yes
    }

    /// Joins "O'Brien", and cuts "l'Élysée" and "O'Brien's".
    fn join_apostrophe(&mut self, word: &mut Partial, joint: &Joint) -> Joined {
        let &Joint {
            next_at,
            last,
            next,
            ..
        } = joint;
        let after = self.atom(next_at);
        let is_s = matches!(next, 's' | 'S') && after == next_at + 1;
        let both = |is: fn(char) -> bool| is(last) && is(next);
        let joins = both(char::is_alphabetic) || both(char::is_numeric);
        // "1990's" and "O'Brien's", but not "'s-Hertogenbosch".
        if is_s && !(joins && self.has_another_apostrophe(after)) {
            self.push(word.start..word.end);
            self.push(word.end..after);
            return Joined::Finished(after);
        }
        if !joins {
            return Joined::No;
        }
        let is_elided = next.is_uppercase()
            && word.is_plain
            && self.text[word.first..word.end]
                .chars()
                .all(char::is_lowercase);
        if is_elided {
            self.push(word.start..next_at);
            word.start = next_at;
            word.first = next_at;
            word.hyphens = 0;
        } else {
            word.is_plain = false;
        }
        word.end = after;
        Joined::Yes
    }

    /// Whether another apostrophe with letters follows.
    fn has_another_apostrophe(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), Some(b'\'')) && self.kind_at(at + 1) == CharKind::Word
    }

    /// Whether two sentences were glued together, as in "said.The", unlike "Ph.D".
    fn is_glued(&self, before: Range<usize>, after: usize) -> bool {
        let mut next = self.text[after..].chars();
        next.next().is_some_and(char::is_uppercase)
            && next.next().is_some_and(char::is_lowercase)
            && self.text[before]
                .chars()
                .rev()
                .take(3)
                .filter(|c| c.is_lowercase())
                .count()
                == 3
    }

    /// Whether a hyphen joins the atom before it and the one after it to one word, in which there
    /// are `hyphens` already.
    fn is_hyphenated(&self, before: Range<usize>, joint: &Joint, hyphens: usize) -> bool {
        let &Joint {
            next_at,
            last,
            next,
            ..
        } = joint;
        // Hebrew "ו-BBC" and "ב-2019" are two words each: one has letters without case.
        if is_caseless(last) != is_caseless(next) {
            return false;
        }
        let before = &self.text[before];
        let is_capitalised = before.chars().next().is_some_and(char::is_uppercase);
        if is_capitalised && next.is_lowercase() {
            // "Aix-en-Provence", but not "UK-based". A chain of more hyphens is no name.
            let mut at = self.atom(next_at);
            for _ in 0..6 {
                let Some((c, width)) = self.char_at(at) else {
                    return false;
                };
                if !matches!(c, '-' | '‐' | '‑') || self.kind_at(at + width) != CharKind::Word {
                    return false;
                }
                if self
                    .char_at(at + width)
                    .is_some_and(|(c, _)| c.is_uppercase())
                {
                    return true;
                }
                at = self.atom(at + width);
            }
            false
        } else if next.is_uppercase() && before.chars().all(char::is_lowercase) {
            // "al-Assad" and the end of "Aix-en-Provence", but not "pro-Russian".
            hyphens > 0 || is_article(before)
        } else {
            true
        }
    }

    /// The end of a word with the signs that belong to it: the last full stop of "U.S.", the signs
    /// of "5%" and "5€", the plus of "Canal+".
    fn tail(&self, start: usize, from: usize, end: usize) -> usize {
        let Some((sign, width)) = self.char_at(end) else {
            return end;
        };
        if self.kind_at(end) != CharKind::Sign {
            return end;
        }
        let last = self.text[from..end].chars().next_back();
        let beyond = self.char_at(end + width).map(|(c, _)| c);
        let with_tail = match sign {
            '.' if is_initials(&self.text[start..end])
                || keeps_full_stop(&self.text[start..end]) =>
            {
                end + 1
            }
            '%' | '‰' if last.is_some_and(char::is_numeric) => end + width,
            c if is_currency(c)
                && last.is_some_and(char::is_numeric)
                && !beyond.is_some_and(char::is_numeric) =>
            {
                end + width
            }
            '+' if last.is_some_and(char::is_alphabetic) => {
                let pluses = 1 + usize::from(beyond == Some('+'));
                if matches!(
                    self.kind_at(end + pluses),
                    CharKind::Word | CharKind::Unspaced
                ) || self.bytes.get(end + pluses) == Some(&b'+')
                {
                    end
                } else {
                    end + pluses
                }
            }
            _ => end,
        };
        if self.whole(with_tail) == with_tail {
            with_tail
        } else {
            end
        }
    }
}

/// A word that is being read.
struct Partial {
    start: usize,
    /// The start of its last atom.
    first: usize,
    end: usize,
    /// The number of atoms that were joined by hyphens.
    hyphens: usize,
    /// Whether no apostrophe or full stop is in the last atom.
    is_plain: bool,
}

/// A sign between two atoms.
struct Joint {
    sign: char,
    /// The start of the next atom.
    next_at: usize,
    /// The characters beside the sign.
    last: char,
    next: char,
}

/// Whether a sign joined two atoms to one word.
enum Joined {
    Yes,
    No,
    /// The word ended here, and its tokens were added.
    Finished(usize),
}
