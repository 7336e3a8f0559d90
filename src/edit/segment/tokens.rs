//! Cuts a stretch of text without white space into words.

use std::ops::Range;
use std::sync::LazyLock;

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};
use unicode_segmentation::UnicodeSegmentation as _;

use super::{is_grapheme_boundary, work};

/// A word in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) bytes: Range<usize>,
    /// Whether it only clings to the word before it: a possessive `'s`.
    pub(super) clings: bool,
}

/// Dictionaries and models for scripts without spaces. They are in the program; this only says
/// which are used.
static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_auto(WordBreakInvariantOptions::default()));

/// The words of a stretch without white space.
pub(super) fn words_in(string: &str, stretch: Range<usize>) -> Vec<Word> {
    let base = stretch.start;
    work::count(stretch.len());
    let piece = &string[stretch];
    let atoms = atoms(piece);
    let mut words: Vec<Word> = Vec::with_capacity(atoms.len());
    let mut nth = 0;
    while nth < atoms.len() {
        let first = nth;
        while nth + 1 < atoms.len() && joined(piece, &atoms, first, nth) {
            nth += 1;
        }
        let mut bytes = atoms[first].start..atoms[nth].end;
        let floor = words.last().map_or(0, |word| word.bytes.end - base);
        bytes.start = lead(piece, floor, &bytes);
        let with_tail = tail(piece, &bytes);
        if is_grapheme_boundary(string, base + with_tail) {
            bytes.end = with_tail;
        }
        let is_whole = |at: usize| is_grapheme_boundary(string, base + at);
        if !is_whole(bytes.start) || !is_whole(bytes.end) {
            nth += 1;
            continue; // a mark that clings to the white space before it, or to a sign after it
        }
        let clings = is_possessive(piece, &bytes);
        if clings {
            // With its apostrophe.
            let apostrophe = piece[..bytes.start].chars().next_back();
            bytes.start -= apostrophe.map_or(0, char::len_utf8);
        }
        words.push(Word {
            bytes: base + bytes.start..base + bytes.end,
            clings,
        });
        nth += 1;
    }
    words
}

/// The pieces with letters or digits that words are put together from.
pub(super) fn atoms(piece: &str) -> Vec<Range<usize>> {
    let mut atoms: Vec<Range<usize>> = Vec::new();
    let mut run: Option<Range<usize>> = None;
    for (start, token) in piece.split_word_bound_indices() {
        let end = start + token.len();
        if token.chars().all(is_unspaced) {
            match &mut run {
                Some(run) => run.end = end,
                None => run = Some(start..end),
            }
            continue;
        }
        if let Some(run) = run.take() {
            unspaced(piece, run, &mut atoms);
        }
        if token.chars().any(char::is_alphanumeric) {
            let mut from = start;
            for cut in cuts(token) {
                atoms.push(from..start + cut.start);
                from = start + cut.end;
            }
            atoms.push(from..end);
        }
    }
    if let Some(run) = run {
        unspaced(piece, run, &mut atoms);
    }
    atoms.retain(|atom| !atom.is_empty());
    atoms
}

/// Cuts a run of a script without spaces.
pub(super) fn unspaced(piece: &str, run: Range<usize>, atoms: &mut Vec<Range<usize>>) {
    let words = &piece[run.clone()];
    let mut from = 0;
    for to in SEGMENTER.segment_str(words) {
        if to == 0 || !is_grapheme_boundary(words, to) {
            continue;
        }
        if words[from..to].chars().any(char::is_alphanumeric) {
            atoms.push(run.start + from..run.start + to);
        }
        from = to;
    }
}

/// Where a word of Unicode's is more than one of ours: what lies between the parts.
pub(super) fn cuts(token: &str) -> Vec<Range<usize>> {
    let mut cuts = Vec::new();
    for (at, c) in token.char_indices() {
        let (before, after) = (&token[..at], &token[at + c.len_utf8()..]);
        let next = after.chars().next();
        let capital = next.is_some_and(char::is_uppercase);
        let cut = match c {
            // "O'Brien's" is O'Brien and 's; "l'Élysée" is l' and Élysée, but "L'Oréal" and
            // "O'Brien" are one.
            '\'' | '’' => {
                matches!(after, "s" | "S")
                    || (capital && before.chars().all(char::is_lowercase) && !before.is_empty())
            }
            // "said.The": two sentences that were glued together, not a name like "Ph.D".
            '.' => {
                capital
                    && after.chars().nth(1).is_some_and(char::is_lowercase)
                    && before
                        .chars()
                        .rev()
                        .take(3)
                        .filter(|c| c.is_lowercase())
                        .count()
                        == 3
            }
            _ => false,
        };
        if cut {
            cuts.push(at..at + c.len_utf8());
        }
    }
    cuts
}

/// Whether the atom `nth` and the next one belong to one word that begins with the atom `first`.
pub(super) fn joined(piece: &str, atoms: &[Range<usize>], first: usize, nth: usize) -> bool {
    let (a, b) = (&piece[atoms[nth].clone()], &piece[atoms[nth + 1].clone()]);
    let mut between = piece[atoms[nth].end..atoms[nth + 1].start].chars();
    let (Some(joint), None) = (between.next(), between.next()) else {
        return false;
    };
    let (last, next) = (a.chars().next_back(), b.chars().next());
    let (Some(last), Some(next)) = (last, next) else {
        return false;
    };
    match joint {
        '-' | '‐' | '‑' | '\u{5be}' => {
            // Hebrew's "ו-BBC", "ב-2019": letters without case and others are two words.
            if is_caseless(last) != is_caseless(next) {
                return false;
            }
            let starts_large = a.chars().next().is_some_and(char::is_uppercase);
            let later = || {
                // A chain of that many hyphens is no name.
                (nth + 2..atoms.len().min(nth + 8))
                    .take_while(|&at| is_hyphen_between(piece, &atoms[at - 1], &atoms[at]))
                    .any(|at| piece[atoms[at].clone()].starts_with(char::is_uppercase))
            };
            if starts_large && next.is_lowercase() {
                later() // "Aix-en-Provence", but not "UK-based"
            } else if a.chars().all(char::is_lowercase) && next.is_uppercase() {
                // "al-Assad", the end of "Aix-en-Provence", but not "pro-Russian"
                first < nth || is_article(a)
            } else {
                true
            }
        }
        '&' | '_' | '@' => true,
        '·' | '‧' => !next.is_numeric(),
        '・' => is_katakana(last) && is_katakana(next),
        // "US$5": the sign belongs to the amount, and so does the country before it.
        c => is_currency(c) && last.is_uppercase() && next.is_numeric(),
    }
}

pub(super) fn is_hyphen_between(piece: &str, a: &Range<usize>, b: &Range<usize>) -> bool {
    matches!(&piece[a.end..b.start], "-" | "‐" | "‑")
}

/// The Arabic article and its like, which belong to the name after them.
pub(super) fn is_article(word: &str) -> bool {
    const ARTICLES: [&str; 20] = [
        "al", "el", "ad", "an", "ar", "as", "at", "az", "ash", "adh", "ath", "ul", "ur", "us",
        "ud", "ed", "es", "bin", "ibn", "abu",
    ];
    ARTICLES.contains(&word)
}

/// Letters of scripts that know no capitals, other than those without spaces.
pub(super) fn is_caseless(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase()
}

/// Where a word begins with the sign before it: "€5", "#MeToo", "@user".
pub(super) fn lead(piece: &str, floor: usize, word: &Range<usize>) -> usize {
    let Some(before) = piece.get(floor..word.start) else {
        return word.start;
    };
    let mut signs = before.chars().rev();
    let (Some(sign), earlier) = (signs.next(), signs.next()) else {
        return word.start;
    };
    let first = piece[word.clone()].chars().next();
    let amount = is_currency(sign) && first.is_some_and(char::is_numeric);
    let handle = matches!(sign, '#' | '@')
        && first.is_some_and(char::is_alphanumeric)
        && (earlier.is_some() || floor == 0);
    if amount || handle {
        word.start - sign.len_utf8()
    } else {
        word.start
    }
}

/// Where a word ends with what belongs to it: the last point of "U.S.", the sign of "5%" and "5€",
/// the plus of "Canal+".
pub(super) fn tail(piece: &str, word: &Range<usize>) -> usize {
    let letters = &piece[word.clone()];
    let mut after = piece[word.end..].chars();
    let (next, beyond) = (after.next(), after.next());
    let last = letters.chars().next_back();
    match next {
        Some('.') if is_initials(letters) || keeps_point(letters) => word.end + 1,
        Some(c @ ('%' | '‰')) if last.is_some_and(char::is_numeric) => word.end + c.len_utf8(),
        Some(c)
            if is_currency(c)
                && last.is_some_and(char::is_numeric)
                && !beyond.is_some_and(char::is_numeric) =>
        {
            word.end + c.len_utf8()
        }
        Some('+') if last.is_some_and(char::is_alphabetic) => {
            let pluses = piece[word.end..].chars().take_while(|c| *c == '+').count();
            let beyond = piece[word.end + pluses..].chars().next();
            if pluses <= 2 && !beyond.is_some_and(char::is_alphanumeric) {
                word.end + pluses
            } else {
                word.end
            }
        }
        _ => word.end,
    }
}

/// "U.S", "a.m": single letters with points between, so that the last point belongs to it.
pub(super) fn is_initials(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|part| part.chars().count() == 1)
}

/// Words that are never written without their point, and whose point belongs to the name.
pub(super) fn keeps_point(word: &str) -> bool {
    ["Inc", "Corp", "Co", "Ltd", "Bros", "Jr", "Sr", "Ph.D"].contains(&word)
}

pub(super) fn is_possessive(piece: &str, word: &Range<usize>) -> bool {
    matches!(&piece[word.clone()], "s" | "S")
        && piece[..word.start].ends_with(['\'', '’'])
        && piece[..word.start]
            .chars()
            .rev()
            .nth(1)
            .is_some_and(char::is_alphanumeric)
}

pub(super) fn is_currency(c: char) -> bool {
    matches!(
        c,
        '$' | '¢' | '£' | '¤' | '¥' | '֏' | '؋' | '৲' | '৳' | '฿' | '₠'
            ..='⃀' | '＄' | '￠' | '￡' | '￥'
    )
}

pub(super) fn is_katakana(c: char) -> bool {
    matches!(c, 'ァ'..='ヺ' | 'ー')
}

/// Han, kana, Thai, Lao, Khmer, Myanmar: scripts written without spaces between words.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E01..=0x0E3A | 0x0E40..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3005..=0x3007
        | 0x3041..=0x309F | 0x30A1..=0x30FA | 0x30FC..=0x30FF | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}
