//! Finds split points inside a line, where a scraper glued two texts together: `Previous
//! articleStorm closes ferry`, `ShareTweet`, `…on the deal.The minister…`.
//!
//! A candidate is a place without a space where a lower-case letter, a digit or the end of a
//! sentence meets a capital. Most candidates are names (`JavaScript`, `McDonald`, `iPhone`), so a
//! split needs more evidence: a menu phrase before it, two menu words, a lower-case word that
//! continues with a capital, or a full stop after a word. The text around a candidate that is read
//! is bounded, so the work is linear.

use crate::extract::features::char_kind::CharKind;
use crate::extract::features::words;

/// How far before a candidate a phrase is searched, in bytes.
const CONTEXT: usize = 60;

/// How far after a candidate a word is read, in characters.
const WORD: usize = 24;

/// The shortest line that can count as glued together of many texts, in bytes.
const GLUED: usize = 160;

/// Returns the byte offsets at which new blocks begin in a line, in order, at most `most`. None is
/// at white space.
///
/// A line that is clearly glued together of many texts, such as a whole page without line feeds,
/// needs less evidence, and is split between sentences, too.
pub fn split_points(line: &str, most: usize) -> Vec<usize> {
    if !may_hold_seam(line) {
        return Vec::new(); // most lines
    }
    let mut cuts = Cuts::default();
    let mut start = 0;
    for word in line.split(char::is_whitespace) {
        if may_hold_seam(word) {
            seams_in_word(line, start, word, most, &mut cuts);
        }
        start += word.len();
        start += line[start..].chars().next().map_or(0, char::len_utf8);
    }
    let Cuts {
        mut plain,
        mut likely,
    } = cuts;
    let is_glued = plain.len() >= 2 || (plain.len() == 1 && likely.len() >= 3);
    if is_glued && line.len() >= GLUED {
        plain.append(&mut likely);
        sentences(line, &mut plain);
        plain.sort_unstable();
        plain.truncate(most);
    }
    plain
}

#[derive(Default)]
struct Cuts {
    plain: Vec<usize>,
    /// Weak candidates, which count if the line has others.
    likely: Vec<usize>,
}

/// Adds where a sentence begins after another.
fn sentences(line: &str, cuts: &mut Vec<usize>) {
    let mut has_ended = false;
    let mut start = 0;
    for word in line.split(char::is_whitespace) {
        if has_ended && word.starts_with(|c: char| c.is_uppercase() || is_opening(c) || c == '"') {
            cuts.push(start);
        }
        if !word.is_empty() {
            // Not behind an initial or a short form.
            let bare = word.trim_end_matches(is_closing);
            has_ended = bare.strip_suffix(is_end_mark).is_some_and(|word| {
                word.chars().rev().take_while(|c| c.is_lowercase()).count() >= 3
            });
        }
        start += word.len();
        start += line[start..].chars().next().map_or(0, char::len_utf8);
    }
}

/// For each byte, whether it may begin a block after certain bytes (1: a capital, 2: a digit), and
/// whether it may come before such bytes (the same bits, shifted by two).
const SEAM_SIDES: [u8; 256] = {
    // A character beyond ASCII may be on both sides.
    let mut sides = [0xf; 256];
    let mut byte = 0;
    while byte < 128 {
        let c = byte as u8;
        let mut side = 0;
        if c.is_ascii_uppercase() {
            side |= 1;
        }
        if c.is_ascii_digit() {
            side |= 2;
        }
        if c.is_ascii_lowercase() || c == b':' {
            side |= 3 << 2;
        }
        if c.is_ascii_digit() || matches!(c, b'.' | b'!' | b'?' | b'"' | b'\'' | b')') {
            side |= 1 << 2;
        }
        sides[byte] = side;
        byte += 1;
    }
    sides
};

/// A quick test for words and lines without any candidate.
fn may_hold_seam(words: &str) -> bool {
    let (mut before, mut found) = (0, 0);
    for byte in words.bytes() {
        let sides = SEAM_SIDES[usize::from(byte)];
        found |= before & sides;
        before = sides >> 2;
    }
    if found == 0 || words.is_ascii() {
        return found != 0;
    }
    let mut rest = words.chars().skip(1);
    rest.any(|c| CharKind::of(c).is_uppercase() || c.is_ascii_digit() || is_opening(c))
}

fn seams_in_word(line: &str, start: usize, word: &str, most: usize, cuts: &mut Cuts) {
    let mut token = Token {
        start,
        ..Token::default()
    };
    let mut before = None;
    for (at, c) in word.char_indices().map(|(at, c)| (start + at, c)) {
        if cuts.plain.len() >= most {
            break;
        }
        if let Some(previous) = before
            && at > token.start
        {
            if is_seam(line, &token, previous, c, at) {
                cuts.plain.push(at);
                token = Token {
                    start: at,
                    ..Token::default()
                };
            } else if is_likely_seam(line, &token, previous, c, at) {
                cuts.likely.push(at);
            }
        }
        token.see(c);
        before = Some(c);
    }
}

/// The state of the word before a candidate, so that no word is read twice.
#[derive(Default)]
struct Token {
    start: usize,
    /// Lower-case letters in a row up to here.
    lower_run: usize,
    /// The `lower_run` before the punctuation up to here.
    lower_before_mark: usize,
    /// Nothing but lower-case letters so far.
    all_lower: bool,
    /// Nothing but digits, colons and full stops so far, and how many.
    digits: usize,
    other_than_digits: bool,
    /// It holds what addresses, handles and code hold.
    is_address: bool,
}

impl Token {
    fn see(&mut self, c: char) {
        let first = self.digits == 0 && !self.other_than_digits;
        if c.is_ascii_digit() || (!first && matches!(c, ':' | '.')) {
            self.digits += 1;
        } else {
            self.other_than_digits = true;
        }
        if c.is_lowercase() {
            self.all_lower = first || self.all_lower;
            self.lower_run += 1;
        } else {
            self.all_lower = false;
            if is_end_mark(c) || is_closing(c) {
                self.lower_before_mark = self.lower_before_mark.max(self.lower_run);
            } else {
                self.lower_before_mark = 0;
            }
            self.lower_run = 0;
        }
        self.is_address |= matches!(c, '/' | '@' | '#' | '_' | '=' | '<' | '>' | '{' | '\\');
    }
}

fn is_end_mark(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…')
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '”' | '’' | '\'' | ')' | '»' | '“')
}

fn is_opening(c: char) -> bool {
    matches!(c, '“' | '„' | '«' | '‘')
}

fn is_seam(line: &str, token: &Token, previous: char, c: char, at: usize) -> bool {
    let rest = line.get(at..).unwrap_or_default();
    let opens = c.is_uppercase() || is_opening(c);
    if token.is_address {
        return false;
    }
    if previous.is_lowercase() || previous == ':' {
        let is_digit_seam = c.is_ascii_digit()
            && rest
                .chars()
                .take(WORD)
                .find(|c| !c.is_ascii_digit())
                .is_some_and(char::is_uppercase);
        if (opens || is_digit_seam) && follows_glued_phrase(line, at) {
            return true;
        }
    }
    if !c.is_uppercase() {
        return false;
    }
    let mut after = rest.chars().skip(1);
    let goes_on_lower = after.next().is_some_and(char::is_lowercase)
        && after.next().is_some_and(char::is_lowercase);
    if previous.is_lowercase() {
        if token.all_lower && token.lower_run >= 4 && goes_on_lower {
            return true;
        }
        return words::is_ui(&first_word(line, token.start)) && words::is_ui(&first_word(line, at));
    }
    if is_end_mark(previous) || is_closing(previous) {
        let next = first_word(line, at);
        let is_domain = matches!(
            next.as_str(),
            "com" | "org" | "net" | "js" | "de" | "ru" | "io"
        );
        let starts_sentence = goes_on_lower || rest.chars().nth(1).is_some_and(char::is_whitespace);
        let ended = line
            .get(token.start..at)
            .is_some_and(|word| word.trim_end_matches(is_closing).ends_with(is_end_mark));
        return ended && token.lower_before_mark >= 3 && starts_sentence && !is_domain;
    }
    // A year or a time of day with a sentence glued to it.
    previous.is_ascii_digit() && !token.other_than_digits && token.digits >= 4 && goes_on_lower
}

/// Returns true for a weak candidate.
fn is_likely_seam(line: &str, token: &Token, previous: char, c: char, at: usize) -> bool {
    if token.is_address || !c.is_uppercase() {
        return false;
    }
    let mut after = line.get(at..).unwrap_or_default().chars().skip(1);
    let (next, third) = (after.next(), after.next());
    let both = |is: fn(char) -> bool| next.is_some_and(is) && third.is_some_and(is);
    let begins_word = both(char::is_lowercase) || both(char::is_uppercase);
    begins_word
        && (previous.is_ascii_digit()
            || is_end_mark(previous)
            || is_closing(previous)
            || (previous.is_lowercase() && token.lower_run >= 3))
}

/// Returns true if a menu phrase ends at `at`.
fn follows_glued_phrase(line: &str, at: usize) -> bool {
    let mut from = at.saturating_sub(CONTEXT);
    while !line.is_char_boundary(from) {
        from += 1;
    }
    let before = line.get(from..at).unwrap_or_default().to_lowercase();
    words::ends_in_glued_phrase(before.trim_end_matches(':'))
}

/// The word that begins at `at`, up to the next capital, digits before it left out, in lower case.
fn first_word(line: &str, at: usize) -> String {
    let rest = line.get(at..).unwrap_or_default().chars().take(WORD);
    let mut word = String::new();
    for (index, c) in rest.skip_while(char::is_ascii_digit).enumerate() {
        if !c.is_alphabetic() || (index > 0 && c.is_uppercase()) {
            break;
        }
        word.extend(c.to_lowercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::split_points;

    /// The line with a bar at each cut.
    fn cut(line: &str) -> String {
        let mut out = String::new();
        let mut from = 0;
        for at in split_points(line, usize::MAX) {
            out.push_str(&line[from..at]);
            out.push('|');
            from = at;
        }
        out.push_str(&line[from..]);
        out
    }

    proptest::proptest! {
        #[test]
        fn the_quick_test_misses_no_candidate(
            line in "([a-z]{1,5}|[A-Z][a-z]{1,4}|[0-9]{1,4}|Share|[ ]|[.:!?\"')]|[éÄ“’„]){0,14}",
        ) {
            let (mut cuts, mut start) = (super::Cuts::default(), 0);
            for word in line.split(' ') {
                super::seams_in_word(&line, start, word, usize::MAX, &mut cuts);
                start += word.len() + 1;
            }
            if !super::may_hold_seam(&line) {
                proptest::prop_assert!(cuts.plain.is_empty() && cuts.likely.is_empty());
            }
        }
    }

    #[test]
    fn what_scrapers_glue_is_cut() {
        for expected in [
            "3Previous article|Harbour master resigns over lost ferry",
            "3Next article|“We were lucky”, says captain",
            "Share|Tweet",
            "Share|Tweet|Email|Print",
            "Advertisement|The minister said on Monday that",
            "Read more|Storm closes port",
            "Next article|4Previous article|Fog",
            "the end of the deal.|The minister",
            "he said.”|The minister",
            "13 Nov 2017|Russian officials said",
            "ends in a lower-case word|The next thing",
            "Lesen Sie auch:|Sturm schließt Hafen",
            "Читайте также|Шторм закрыл порт",
            "Article précédent|Le port est fermé",
        ] {
            assert_eq!(cut(&expected.replace('|', "")), expected);
        }
    }

    #[test]
    fn a_whole_page_on_one_line_is_cut_more_finely() {
        let expected = "Home|Share|Tweet|The port stays closed, the harbour master said on Monday. |\
            The storm is still over the bay. |Nobody leaves, she added. |Photo: Getty Images|The ferry is safe.|\
            Related: Fog holds up the mail";
        assert_eq!(cut(&expected.replace('|', "")), expected);
    }

    #[test]
    fn a_paragraph_with_one_missing_space_is_cut_there_alone() {
        let expected = "The port stays closed, the harbour master said on Monday.|The storm is still over the bay. \
            Nobody leaves, she added, and nobody comes, as long as the wind blows from the north. The ferry is safe.";
        assert_eq!(cut(&expected.replace('|', "")), expected);
    }

    #[test]
    fn names_stay_whole() {
        for line in [
            "The iPhone, the iPad and a MacBook Pro on YouTube",
            "Ronald McDonald, PhD, uses LaTeX and JavaScript at i24NEWS",
            "eBay and macOS, tvOS, openSUSE, SharePoint, HomePod, FaceTime",
            "https://example.org/someThing/readMore @someBody #someThing",
            "the U.S.Army, St.Louis, Amazon.com, Node.js and e.g.This",
            "7Eleven 3Com 4Chan 20th Century",
            "DiCaprio MacDonald O'Neill LeBron DeVos iOS",
            "Штаб-квартира ООН",
            "日本語の文章。次の文章。",
        ] {
            assert_eq!(cut(line), line);
        }
    }
}
