//! Full-text search in any script.
//!
//! SQLite's tokenizer cuts at white space and punctuation, folds case and takes accents off Latin
//! letters. What it does not do is done here, to the text and to the words searched for alike:
//! scripts without spaces (Chinese, Japanese, Thai, Khmer…) are cut into single characters, which a
//! search then wants side by side, so that any part of a sentence is found; Greek loses its accents
//! and Russian the dots of its ё, which many don't write; and the optional vowel marks of Arabic
//! and Hebrew go.

use std::borrow::Cow;
use std::ops::Range;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fault;

/// Bytes of text after which a step of filling ends, so that a writer who waits gets its turn soon.
const STEP_BYTES: usize = 1 << 18;

/// Tells the index to gather more in memory before it writes a piece: four times fewer pieces to
/// merge in an import.
pub(super) fn tune(conn: &Connection) -> Result<(), Fault> {
    conn.execute(
        "INSERT INTO search (search, rank) VALUES ('hashsize', 16777216)",
        [],
    )?;
    Ok(())
}

/// Returns the number of articles that are not in the index.
pub(super) fn missing(conn: &Connection) -> Result<u64, Fault> {
    let missing: i64 = conn
        .prepare_cached(
            "SELECT (SELECT COALESCE(MAX(key), 0) FROM article) - upto FROM search_progress",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(missing).unwrap_or(0))
}

/// Takes some further articles into the index: one step of filling, within a transaction. Tells how
/// many are left.
pub(super) fn fill_step(conn: &Connection) -> Result<u64, Fault> {
    let mut read = conn.prepare_cached(
        "SELECT a.key, a.title, b.text FROM article a JOIN article_body b ON b.article = a.key
         WHERE a.key > (SELECT upto FROM search_progress) ORDER BY a.key",
    )?;
    let mut add =
        conn.prepare_cached("INSERT INTO search (rowid, title, text) VALUES (?1, ?2, ?3)")?;
    let mut taken = 0;
    let mut upto: Option<i64> = None;
    let mut rows = read.query([])?;
    while taken < STEP_BYTES
        && let Some(row) = rows.next()?
    {
        let (key, title, text): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        add.execute(params![key, for_index(&title), for_index(&text)])?;
        taken += title.len() + text.len();
        upto = Some(key);
    }
    drop(rows);
    if let Some(upto) = upto {
        conn.prepare_cached("UPDATE search_progress SET upto = ?1")?
            .execute([upto])?;
    }
    missing(conn)
}

/// What is given to the tokenizer in place of `text`.
pub(super) fn for_index(text: &str) -> Cow<'_, str> {
    // All characters concerned are above U+0370; the lead bytes of UTF-8 say so at memory speed.
    if text.bytes().all(|byte| byte < 0xCD) {
        return Cow::Borrowed(text);
    }
    let mut cut = String::with_capacity(text.len() + text.len() / 2);
    for c in text.chars() {
        if stands_alone(c) {
            cut.push(' ');
            cut.push(c);
            cut.push(' ');
        } else if !is_optional_mark(c) {
            cut.push(plain(c));
        }
    }
    Cow::Owned(cut)
}

/// A Greek letter without its accents, an `е` for a `ё`; any other character as it is.
fn plain(c: char) -> char {
    match c {
        'ά' | 'Ά' => 'α',
        'έ' | 'Έ' => 'ε',
        'ή' | 'Ή' => 'η',
        'ί' | 'Ί' | 'ϊ' | 'Ϊ' | 'ΐ' => 'ι',
        'ό' | 'Ό' => 'ο',
        'ύ' | 'Ύ' | 'ϋ' | 'Ϋ' | 'ΰ' => 'υ',
        'ώ' | 'Ώ' => 'ω',
        'ς' => 'σ',
        'ё' | 'Ё' => 'е',
        _ => c,
    }
}

/// Letters of scripts that write no spaces between words. (Korean does.)
fn stands_alone(c: char) -> bool {
    matches!(u32::from(c),
        0x0E01..=0x0E30 | 0x0E32..=0x0E33 | 0x0E40..=0x0E46 // Thai; vowels above and below stay with their consonant
        | 0x0E81..=0x0EB0 | 0x0EB2..=0x0EB3 | 0x0EBD..=0x0EC6 // Lao
        | 0x1000..=0x102A | 0x103F // Myanmar
        | 0x1780..=0x17B3 // Khmer
        | 0x2E80..=0x2FDF | 0x3005..=0x3007 // radicals, iteration marks
        | 0x3041..=0x30FF | 0x31F0..=0x31FF // kana
        | 0x3100..=0x312F // bopomofo
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF // Han
        | 0xFF66..=0xFF9F // half-width kana
    )
}

/// Vowel points of Hebrew and Arabic, and the stroke that stretches Arabic words.
fn is_optional_mark(c: char) -> bool {
    matches!(u32::from(c), 0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7
        | 0x0610..=0x061A | 0x0640 | 0x064B..=0x065F | 0x0670)
}

/// The search for all of some words, in SQLite's query language; `None` if there is no word in
/// them.
///
/// A bare word finds what begins with it; what is in quotes is found as it is, side by
/// side. A word of one or two letters is found as a whole: what begins with it is nearly
/// everything.
pub(super) fn query(words: &str) -> Option<String> {
    build(words, true)
}

/// The same, but every word as a whole.
pub(super) fn exact_query(words: &str) -> Option<String> {
    build(words, false)
}

fn build(words: &str, prefixes: bool) -> Option<String> {
    let mut query = String::new();
    // Odd pieces are between quotes; an open quote reaches to the end.
    for (number, piece) in words.split(['"', '“', '”', '„']).enumerate() {
        if number % 2 == 1 {
            push_phrase(&mut query, piece, false);
        } else {
            for word in piece.split_whitespace() {
                push_phrase(&mut query, word, prefixes && may_go_on(word));
            }
        }
    }
    (!query.is_empty()).then_some(query)
}

/// Whether a word also finds words that begin with it.
fn may_go_on(word: &str) -> bool {
    let mut letters = word.chars().rev().filter(|c| c.is_alphanumeric());
    letters.next().is_some_and(|last| {
        let syllable = matches!(last, '\u{AC00}'..='\u{D7A3}'); // one of Korean's says as much as three letters
        !stands_alone(last) && (syllable || letters.nth(1).is_some())
    })
}

fn push_phrase(query: &mut String, words: &str, prefix: bool) {
    if !words.chars().any(char::is_alphanumeric) {
        return;
    }
    if !query.is_empty() {
        query.push(' '); // all of them: AND
    }
    query.push('"'); // in quotes, nothing is an operator
    query.extend(
        for_index(words)
            .chars()
            .filter(|c| !c.is_control() && *c != '"'),
    );
    query.push('"');
    if prefix {
        query.push('*');
    }
}

// -- where the words are --------------------------------------------------------------------

/// Finds the places of words in texts by the same tokenizer that the index has: texts are put into
/// a small index of their own, asked the same question, and forgotten.
#[derive(Debug)]
pub(super) struct Marker {
    conn: Connection,
}

/// Before and after a hit, in what SQLite gives back; each is one byte, and so can take the place
/// of itself in a text.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

impl Marker {
    pub(super) fn new() -> Result<Self, Fault> {
        let conn = Connection::open_in_memory()?;
        conn.execute_batch(concat!(
            "CREATE VIRTUAL TABLE looked_at USING fts5 (title, text, ",
            "tokenize = \"unicode61 remove_diacritics 2 categories 'L* N* M* Co'\")"
        ))?;
        Ok(Self { conn })
    }

    /// Finds the words of a query in a title and a text.
    pub(super) fn places(&mut self, query: &str, title: &str, text: &str) -> Result<Places, Fault> {
        let look = self.conn.transaction()?; // rolled back at the end: the next text finds the index empty
        let blank = |text: &str| for_index(text).replace([OPEN, CLOSE], " ");
        look.prepare_cached("INSERT INTO looked_at (rowid, title, text) VALUES (1, ?1, ?2)")?
            .execute(params![blank(title), blank(text)])?;
        let marked: Option<(String, String)> = look
            .prepare_cached(
                "SELECT highlight(looked_at, 0, char(1), char(2)), highlight(looked_at, 1, char(1), char(2))
                 FROM looked_at WHERE looked_at MATCH ?1",
            )?
            .query_row([query], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (in_title, in_text) = marked.unwrap_or_default();
        Ok(Places {
            title: places(title, &marks_of(&in_title)),
            text: places(text, &marks_of(&in_text)),
        })
    }
}

/// The byte ranges of words, sorted and disjoint.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) title: Vec<Range<usize>>,
    pub(super) text: Vec<Range<usize>>,
}

/// The byte ranges of marks in the marked text.
fn marks_of(marked: &str) -> Vec<Range<usize>> {
    let mut marks = Vec::new();
    let (mut marks_before, mut from) = (0, 0);
    for (at, byte) in marked.bytes().enumerate() {
        if byte == OPEN as u8 {
            from = at - marks_before;
            marks_before += 1;
        } else if byte == CLOSE as u8 {
            marks.push(from..at - marks_before);
            marks_before += 1;
        }
    }
    marks
}

/// From bytes of what the tokenizer was given to bytes of the text itself: the way of
/// [`for_index`], walked again.
fn places(text: &str, marks: &[Range<usize>]) -> Vec<Range<usize>> {
    if marks.is_empty() {
        return Vec::new();
    }
    if matches!(for_index(text), Cow::Borrowed(_)) {
        return marks.to_vec();
    }
    let mut places = Vec::with_capacity(marks.len());
    let mut marks = marks.iter().peekable();
    let mut cut = 0;
    let mut open: Option<usize> = None;
    let mut end_of_last = 0;
    for (at, c) in text.char_indices() {
        // What the tokenizer saw of this character: from `from` to `cut`.
        let from = if stands_alone(c) { cut + 1 } else { cut };
        cut = if stands_alone(c) {
            cut + 2 + c.len_utf8()
        } else if is_optional_mark(c) {
            cut
        } else {
            cut + plain(c).len_utf8()
        };
        let seen = from..if stands_alone(c) { cut - 1 } else { cut };
        if let Some(start) = open
            && marks.peek().is_none_or(|mark| seen.start >= mark.end)
            && !is_optional_mark(c)
        {
            places.push(start..end_of_last);
            open = None;
            marks.next();
        }
        if open.is_none()
            && !seen.is_empty()
            && marks
                .peek()
                .is_some_and(|mark| mark.start < seen.end && seen.start < mark.end)
        {
            open = Some(at);
        }
        if open.is_some() {
            end_of_last = at + c.len_utf8();
        }
    }
    if let Some(start) = open {
        places.push(start..end_of_last);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_prefixes_and_quotes_make_phrases() {
        assert_eq!(query("Ada  Love").as_deref(), Some(r#""Ada"* "Love"*"#));
        assert_eq!(exact_query("Ada  Love").as_deref(), Some(r#""Ada" "Love""#));
        assert_eq!(query(r#"xyz "a b""#).as_deref(), Some(r#""xyz"* "a b""#));
        assert_eq!(query("„a b” x").as_deref(), Some(r#""a b" "x""#));
        assert_eq!(
            query(r#"open "quote"#).as_deref(),
            Some(r#""open"* "quote""#)
        );
    }

    #[test]
    fn no_word_is_no_search_and_operators_are_words() {
        assert_eq!(query("  - & \"\" "), None);
        assert_eq!(query("a OR b*").as_deref(), Some(r#""a" "OR" "b*""#));
        assert_eq!(query("\0a\nb").as_deref(), Some(r#""a" "b""#));
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_characters() {
        assert_eq!(query("東京").as_deref(), Some(r#"" 東  京 ""#));
        assert_eq!(for_index("in 東京"), "in  東  京 ");
        assert_eq!(for_index("مُحَمَّد"), "محمد");
        assert!(matches!(for_index("Zürich Łódź"), Cow::Borrowed(_)));
    }

    fn found(words: &str, text: &str) -> Vec<String> {
        let mut marker = Marker::new().unwrap();
        let hits = marker.places(&query(words).unwrap(), "", text).unwrap();
        assert!(hits.title.is_empty());
        hits.text
            .into_iter()
            .map(|hit| text[hit].to_owned())
            .collect()
    }

    #[test]
    fn hits_stand_where_the_words_stand_in_the_text_itself() {
        assert_eq!(
            found("zurich", "In Zürich, ZURICH, zu"),
            ["Zürich", "ZURICH"]
        );
        assert_eq!(
            found("ferr", "The ferries and the ferry"),
            ["ferries", "ferry"]
        );
        assert_eq!(
            found("\"the ferry\"", "The ferries and the ferry"),
            ["the ferry"]
        );
        assert_eq!(
            found("東京", "記者は東京で。東と京。東京"),
            ["東京", "東京"]
        );
        assert_eq!(found("المعهد", "قال المَعْهَد أمس ال"), ["المَعْهَد"]);
        assert_eq!(found("שלום", "אמר שָׁלוֹם."), ["שָׁלוֹם"]);
        assert_eq!(found("αθηνα", "Στην Αθήνα σήμερα"), ["Αθήνα"]);
        assert_eq!(found("cafe", "un cafe\u{301} noir"), ["cafe\u{301}"]);
        assert_eq!(found("one two", "one \u{1} and \u{2} two"), ["one", "two"]);
    }

    #[test]
    fn a_title_has_hits_of_its_own_and_nothing_is_left_of_the_text_before() {
        let mut marker = Marker::new().unwrap();
        let ferry = query("ferry").unwrap();
        let hits = marker.places(&ferry, "A ferry", "the ferry").unwrap();
        assert_eq!((hits.title[0].clone(), hits.text[0].clone()), (2..7, 4..9));
        assert_eq!((hits.title.len(), hits.text.len()), (1, 1));
        let nothing = marker.places(&ferry, "", "a boat").unwrap();
        assert_eq!(nothing, Places::default());
    }
}
