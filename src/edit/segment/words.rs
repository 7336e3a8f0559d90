//! Words, as an annotator means them.

use std::ops::Range;
use std::sync::LazyLock;

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};
use unicode_segmentation::UnicodeSegmentation as _;

use super::{floor_grapheme, is_grapheme_boundary, work};
use crate::model::{BytePos, Span, Text};

/// So many bytes without white space are looked at together. A longer run is cut at multiples of this.
const LONGEST: usize = 2048;

/// Dictionaries and models for scripts without spaces. They are in the program; this only says which are used.
static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_auto(WordBreakInvariantOptions::default()));

/// A word in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    bytes: Range<usize>,
    /// Whether it only clings to the word before it: a possessive `'s`.
    clings: bool,
}

/// The word at `pos`: the one that holds it, or else the one that ends there. `None` between words.
///
/// A word is what one would tag with one stroke:
///
/// - Parts of a name stay together: "Jean-Luc", "Coca-Cola", "O'Brien", "L'Oréal", "AT&T", "al-Assad", "Aix-en-Provence".
/// - What only leans on a name stays outside: the `'s` of "O'Brien's", the "led" of "U.S.-led", the "based" of "UK-based",
///   the "pro" of "pro-Russian", the "l'" of "l'Élysée", the Hebrew prefix of "ו-BBC".
/// - The last point belongs to "U.S.", "p.m.", "Inc." and "Jr.", and to no other word.
/// - An amount has its sign, "€5m", "3.5%"; an address is whole, "e-mail@x.org"; so are "#MeToo" and "@user".
/// - Chinese, Japanese, Thai, Lao, Khmer and Burmese, which are written without spaces, are cut by dictionary or model.
#[must_use]
pub fn word_at(text: &Text, pos: BytePos) -> Option<Span> {
    let string = text.as_str();
    let at = floor_grapheme(string, pos.index());
    let holds = |at: usize| {
        let words = words_in(string, stretch(string, at)?);
        words.into_iter().find(|word| word.bytes.contains(&at))
    };
    let ends = || {
        let before = string[..at].chars().next_back()?;
        let words = words_in(string, stretch(string, at - before.len_utf8())?);
        words.into_iter().find(|word| word.bytes.end == at)
    };
    let word = holds(at).or_else(ends)?;
    span(text, &word.bytes)
}

/// All words of a span, in order; those that reach over its edges are left out. For short spans: its cost grows with them.
#[must_use]
pub fn words_of(text: &Text, within: Span) -> Vec<Span> {
    let string = text.as_str();
    let mut words = Vec::new();
    let mut at = within.start().index();
    while let Some(next) = next_stretch(string, at, within.end().index()) {
        words.extend(
            words_in(string, next.clone())
                .iter()
                .filter_map(|word| span(text, &word.bytes))
                .filter(|word| within.contains(*word)),
        );
        at = next.end;
    }
    words
}

/// The next place where a word ends, going forward from `pos`; never beyond `limit`.
#[must_use]
pub fn next_word_end(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    let string = text.as_str();
    let (mut at, limit_at) = (floor_grapheme(string, pos.index()), limit.index());
    while let Some(next) = next_stretch(string, at, limit_at) {
        let ends = |word: Word| (word.bytes.end > pos.index()).then_some(word.bytes.end);
        if let Some(end) = words_in(string, next.clone()).into_iter().find_map(ends) {
            return BytePos::from_index(end.min(limit_at));
        }
        at = next.end;
    }
    limit
}

/// The next place where a word begins, going forward from `pos`; never beyond `limit`.
#[must_use]
pub fn next_word_start(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    let string = text.as_str();
    let (mut at, limit_at) = (floor_grapheme(string, pos.index()), limit.index());
    while let Some(next) = next_stretch(string, at, limit_at) {
        let begins = |word: Word| {
            (word.bytes.start > pos.index() && !word.clings).then_some(word.bytes.start)
        };
        if let Some(start) = words_in(string, next.clone()).into_iter().find_map(begins) {
            return BytePos::from_index(start.min(limit_at));
        }
        at = next.end;
    }
    limit
}

/// The last place where a word begins, going back from `pos`; never before `limit`.
#[must_use]
pub fn prev_word_start(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    let string = text.as_str();
    let mut at = floor_grapheme(string, pos.index());
    while at > limit.index() {
        let before = string[..at].trim_end();
        let Some(last) = before.char_indices().next_back().map(|(last, _)| last) else {
            break;
        };
        let Some(piece) = stretch(string, last) else {
            break;
        };
        let begins = |word: &Word| word.bytes.start < pos.index() && !word.clings;
        let words = words_in(string, piece.clone());
        if let Some(word) = words.iter().rev().find(|word| begins(word)) {
            return BytePos::from_index(word.bytes.start.max(limit.index()));
        }
        at = piece.start;
    }
    limit
}

/// The last place where a word ends, going back from `pos`; never before `limit`.
#[must_use]
pub fn prev_word_end(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    let string = text.as_str();
    let mut at = floor_grapheme(string, pos.index());
    while at > limit.index() {
        let before = string[..at].trim_end();
        let Some(last) = before.char_indices().next_back().map(|(last, _)| last) else {
            break;
        };
        let Some(piece) = stretch(string, last) else {
            break;
        };
        let words = words_in(string, piece.clone());
        let ends = |word: &&Word| word.bytes.end < pos.index();
        if let Some(word) = words.iter().rev().find(ends) {
            return BytePos::from_index(word.bytes.end.max(limit.index()));
        }
        at = piece.start;
    }
    limit
}

fn span(text: &Text, bytes: &Range<usize>) -> Option<Span> {
    text.span(
        BytePos::from_index(bytes.start),
        BytePos::from_index(bytes.end),
    )
    .ok()
}

/// The first stretch that ends after `at` and begins before `limit`.
fn next_stretch(string: &str, at: usize, limit: usize) -> Option<Range<usize>> {
    let rest = string.get(at..limit)?;
    let ahead = rest.find(|c: char| !c.is_whitespace())?;
    stretch(string, at + ahead)
}

/// The characters around `at` up to the next white space on both sides, or a piece of them: the same piece from wherever in it
/// one looks. `None` on white space and at the end. `at` is a character boundary.
fn stretch(string: &str, at: usize) -> Option<Range<usize>> {
    if string[at..].chars().next().is_none_or(char::is_whitespace) {
        return None;
    }
    let from = string.floor_char_boundary(at.saturating_sub(LONGEST));
    let to = string.floor_char_boundary(at + LONGEST).max(at);
    let before = string[from..at].rfind(char::is_whitespace).map(|space| {
        let wide = string[from + space..]
            .chars()
            .next()
            .map_or(1, char::len_utf8);
        from + space + wide
    });
    let after = string[at..to]
        .find(char::is_whitespace)
        .map(|space| at + space);
    work::count(after.unwrap_or(to) - before.unwrap_or(from));
    let start = before.or((from == 0).then_some(0));
    let end = after.or((to == string.len()).then_some(to));
    if let (Some(start), Some(end)) = (start, end)
        && end - start <= LONGEST
    {
        return Some(start..end);
    }
    let cut = |nth: usize| floor_grapheme(string, (nth * LONGEST).min(string.len()));
    // A cut is moved back to a border, beyond `at` if a grapheme is long.
    let mut nth = at / LONGEST;
    while cut(nth + 1) <= at {
        nth += 1;
    }
    let piece = cut(nth)..cut(nth + 1);
    let start = start.map_or(piece.start, |start| start.max(piece.start));
    let end = end.map_or(piece.end, |end| end.min(piece.end));
    (start <= at && at < end).then_some(start..end)
}

/// The words of a stretch without white space.
fn words_in(string: &str, stretch: Range<usize>) -> Vec<Word> {
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
fn atoms(piece: &str) -> Vec<Range<usize>> {
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
fn unspaced(piece: &str, run: Range<usize>, atoms: &mut Vec<Range<usize>>) {
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
fn cuts(token: &str) -> Vec<Range<usize>> {
    let mut cuts = Vec::new();
    for (at, c) in token.char_indices() {
        let (before, after) = (&token[..at], &token[at + c.len_utf8()..]);
        let next = after.chars().next();
        let capital = next.is_some_and(char::is_uppercase);
        let cut = match c {
            // "O'Brien's" is O'Brien and 's; "l'Élysée" is l' and Élysée, but "L'Oréal" and "O'Brien" are one.
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
fn joined(piece: &str, atoms: &[Range<usize>], first: usize, nth: usize) -> bool {
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

fn is_hyphen_between(piece: &str, a: &Range<usize>, b: &Range<usize>) -> bool {
    matches!(&piece[a.end..b.start], "-" | "‐" | "‑")
}

/// The Arabic article and its like, which belong to the name after them.
fn is_article(word: &str) -> bool {
    const ARTICLES: [&str; 20] = [
        "al", "el", "ad", "an", "ar", "as", "at", "az", "ash", "adh", "ath", "ul", "ur", "us",
        "ud", "ed", "es", "bin", "ibn", "abu",
    ];
    ARTICLES.contains(&word)
}

/// Letters of scripts that know no capitals, other than those without spaces.
fn is_caseless(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase()
}

/// Where a word begins with the sign before it: "€5", "#MeToo", "@user".
fn lead(piece: &str, floor: usize, word: &Range<usize>) -> usize {
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

/// Where a word ends with what belongs to it: the last point of "U.S.", the sign of "5%" and "5€", the plus of "Canal+".
fn tail(piece: &str, word: &Range<usize>) -> usize {
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

fn is_possessive(piece: &str, word: &Range<usize>) -> bool {
    matches!(&piece[word.clone()], "s" | "S")
        && piece[..word.start].ends_with(['\'', '’'])
        && piece[..word.start]
            .chars()
            .rev()
            .nth(1)
            .is_some_and(char::is_alphanumeric)
}

fn is_currency(c: char) -> bool {
    matches!(
        c,
        '$' | '¢' | '£' | '¤' | '¥' | '֏' | '؋' | '৲' | '৳' | '฿' | '₠'
            ..='⃀' | '＄' | '￠' | '￡' | '￥'
    )
}

fn is_katakana(c: char) -> bool {
    matches!(c, 'ァ'..='ヺ' | 'ー')
}

/// Han, kana, Thai, Lao, Khmer, Myanmar: scripts written without spaces between words.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E01..=0x0E3A | 0x0E40..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3005..=0x3007
        | 0x3041..=0x309F | 0x30A1..=0x30FA | 0x30FC..=0x30FF | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The word at the bar.
    fn word(marked: &str) -> String {
        let at = marked.find('|').unwrap_or(0);
        let text = Text::new(&marked.replace('|', ""));
        word_at(&text, BytePos::from_index(at))
            .map_or(String::new(), |span| text.slice(span).to_owned())
    }

    fn words(string: &str) -> Vec<String> {
        let text = Text::new(string);
        let whole = text.whole().unwrap();
        let words = words_of(&text, whole);
        words.iter().map(|w| text.slice(*w).to_owned()).collect()
    }

    #[test]
    fn parts_of_a_name_stay_together() {
        for (marked, wanted) in [
            ("in Je|an-Luc's house", "Jean-Luc"),
            ("Mr O'Br|ien's hat", "O'Brien"),
            ("Mr O’Br|ien’s hat", "O’Brien"),
            ("AT&|T rose", "AT&T"),
            ("the R&|D of it", "R&D"),
            ("Coca|-Cola", "Coca-Cola"),
            ("by L'O|réal", "L'Oréal"),
            ("Bashar al-A|ssad fled", "al-Assad"),
            ("in Aix-e|n-Provence-based", "Aix-en-Provence"),
            ("a F-|16 crashed", "F-16"),
            ("of Covid-|19 in", "Covid-19"),
            ("Zürich|er See", "Züricher"),
            ("to e-ma|il@x.org now", "e-mail@x.org"),
            ("a rise of 3|.5 points", "3.5"),
            ("some 1,|200 men", "1,200"),
            ("תל-א|ביב", "תל-אביב"),
        ] {
            assert_eq!(word(marked), wanted, "{marked}");
        }
    }

    #[test]
    fn what_leans_on_a_name_stays_outside() {
        for (marked, wanted) in [
            ("O'Brien'|s hat", "'s"),
            ("the U|.S.-led force", "U.S."),
            ("the U.S.-l|ed force", "led"),
            ("UK|-based", "UK"),
            ("Russia|-backed", "Russia"),
            ("pro-Rus|sian", "Russian"),
            ("anti-T|rump", "Trump"),
            ("à l'Él|ysée", "Élysée"),
            ("Giscard d’Es|taing", "Estaing"),
            ("הודעת ו-B|BC", "BBC"),
            ("הודעת ו|-BBC", "ו"),
            ("ב-20|19", "2019"),
            ("he said.T|he end", "The"),
            ("in Paris|.", "Paris"),
            ("(Paris|)", "Paris"),
            ("“Ada|”", "Ada"),
            ("no | word", ""),
        ] {
            assert_eq!(word(marked), wanted, "{marked}");
        }
    }

    #[test]
    fn points_and_signs_belong_to_those_that_need_them() {
        for (marked, wanted) in [
            ("the |U.S. said", "U.S."),
            ("the U.S|., said", "U.S."),
            ("at 5 p|.m. on", "p.m."),
            ("by J|.K. Rowling", "J.K."),
            ("Apple I|nc. said", "Inc."),
            ("a Ph.|D. thesis", "Ph.D."),
            ("lost €5|m in", "€5m"),
            ("lost |€5m in", "€5m"),
            ("some US$5|bn", "US$5bn"),
            ("by 3|.5%,", "3.5%"),
            ("for 5|€.", "5€"),
            ("on #Me|Too", "#MeToo"),
            ("by @us|er:", "@user"),
            ("on Canal|+.", "Canal+"),
            ("2|+2", "2"),
        ] {
            assert_eq!(word(marked), wanted, "{marked}");
        }
    }

    #[test]
    fn scripts_without_spaces_have_words_too() {
        assert_eq!(
            words("习近平在北京会见了记者。"),
            ["习", "近平", "在", "北京", "会见", "了", "记者"]
        );
        assert_eq!(word("東京都|に住む"), "に");
        assert_eq!(word("日本の安|倍晋三首相"), "安倍");
        assert_eq!(word("バラク・オ|バマ大統領"), "バラク・オバマ");
        let thai = words("กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย");
        assert!(
            thai.len() > 4 && thai.concat().ends_with("ประเทศไทย"),
            "{thai:?}"
        );
        assert_eq!(words("BBC中文报道"), ["BBC", "中文", "报道"]);
    }

    #[test]
    fn the_caret_steps_from_word_to_word_in_any_script() {
        for (string, wanted) in [
            ("“Ada” Lovelace, spoke.", &["Ada", "Lovelace", "spoke"][..]),
            (" O'Brien's  hat", &["O'Brien", "hat"]),
            ("北京会见了记者。", &["会见", "了", "记者"]),
        ] {
            let text = Text::new(string);
            let mut at = BytePos(0);
            let mut words = Vec::new();
            while at < text.end() {
                at = next_word_start(&text, at, text.end());
                words.extend(
                    word_at(&text, at)
                        .filter(|w| w.start() == at)
                        .map(|w| text.slice(w).to_owned()),
                );
            }
            assert_eq!(words, wanted);
        }
    }

    #[test]
    fn words_step_forward_and_back_within_a_block() {
        let text = Text::new("Ada Lovelace spoke.");
        let at = |n| BytePos(n);
        assert_eq!(next_word_end(&text, at(0), text.end()), at(3));
        assert_eq!(next_word_end(&text, at(3), text.end()), at(12));
        assert_eq!(next_word_end(&text, at(18), text.end()), at(19));
        assert_eq!(prev_word_start(&text, at(19), at(0)), at(13));
        assert_eq!(prev_word_start(&text, at(13), at(0)), at(4));
        assert_eq!(prev_word_start(&text, at(4), at(4)), at(4));
        assert_eq!(prev_word_end(&text, at(19), at(0)), at(18));
        assert_eq!(prev_word_end(&text, at(12), at(0)), at(3));
        assert_eq!(prev_word_end(&text, at(3), at(0)), at(0));
    }

    #[test]
    fn a_line_without_a_space_costs_no_more_than_another() {
        let text = Text::new(&"x中.y".repeat(50_000));
        let mut at = BytePos(0);
        work::take();
        for _ in 0..200 {
            at = next_word_start(&text, at, text.end());
            assert!(word_at(&text, BytePos(text.end().0 / 2 + 1)).is_some());
            let done = work::take();
            assert!(done < 64 << 10, "{done}");
        }
    }

    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("U.S.-led".to_owned()),
            Just("O'Brien's".to_owned()),
            Just("北京会见了".to_owned()),
            Just("กรุงเทพ".to_owned()),
            Just("バラク・オバマ".to_owned()),
            Just("e\u{301}".to_owned()),
            Just("👩‍👩‍👧".to_owned()),
            Just("ו-BBC".to_owned()),
            Just("US$5m+".to_owned()),
            "[a-zA-Z'.&@#%+-]{1,6}",
            "\\PC{1,4}",
            "[ \n]{1,2}",
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        /// Words never overlap, cut no grapheme, hold no white space, and are the same from wherever in them one looks.
        #[test]
        fn words_are_sound_in_any_text(string in texts()) {
            let text = Text::new(&string);
            let Some(whole) = text.whole() else { return Ok(()) };
            let mut last = 0;
            for word in words_of(&text, whole) {
                let (start, end) = (word.start().index(), word.end().index());
                prop_assert!(start >= last);
                prop_assert!(is_grapheme_boundary(text.as_str(), start), "{:?}", text.slice(word));
                prop_assert!(is_grapheme_boundary(text.as_str(), end), "{:?}", text.slice(word));
                prop_assert!(text.slice(word).chars().any(char::is_alphanumeric));
                for (at, _) in text.slice(word).char_indices() {
                    let here = BytePos::from_index(start + at);
                    if is_grapheme_boundary(text.as_str(), here.index()) {
                        prop_assert_eq!(word_at(&text, here), Some(word));
                    }
                }
                last = end;
            }
        }

        /// Going forward and back always arrives.
        #[test]
        fn steps_always_come_to_an_end(string in texts()) {
            let text = Text::new(&string);
            let mut at = BytePos(0);
            while at < text.end() {
                let next = next_word_start(&text, at, text.end());
                prop_assert!(next > at);
                at = next;
            }
            while at > BytePos(0) {
                let next = prev_word_start(&text, at, BytePos(0));
                prop_assert!(next < at);
                at = next;
            }
            while at < text.end() {
                let next = next_word_end(&text, at, text.end());
                prop_assert!(next > at);
                at = next;
            }
        }
    }
}
