//! Full-text search in any script.
//!
//! SQLite's tokenizer cuts at white space and punctuation, folds case and takes accents off Latin letters. What it does
//! not do is done here, to the text and to the words searched for alike: scripts without spaces (Chinese, Japanese,
//! Thai, Khmer…) are cut into single characters, which a search then wants side by side, so that any part of a sentence
//! is found; Greek loses its accents and Russian the dots of its ё, which many don't write; and the optional vowel
//! marks of Arabic and Hebrew go.

use std::borrow::Cow;

use rusqlite::{Connection, params};

use super::fault::Fault;

/// Bytes of text after which a step of filling ends, so that a writer who waits gets its turn soon.
const STEP_BYTES: usize = 1 << 20;

/// Tells the index to gather more in memory before it writes a piece: four times fewer pieces to merge in an import.
pub(super) fn tune(conn: &Connection) -> Result<(), Fault> {
    conn.execute(
        "INSERT INTO search (search, rank) VALUES ('hashsize', 16777216)",
        [],
    )?;
    Ok(())
}

/// How many articles are not in the index yet.
pub(super) fn missing(conn: &Connection) -> Result<u64, Fault> {
    let missing: i64 = conn
        .prepare_cached(
            "SELECT (SELECT COALESCE(MAX(key), 0) FROM article) - upto FROM search_progress",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(missing).unwrap_or(0))
}

/// Takes some further articles into the index: one step of filling, within a transaction. Tells how many are left.
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

/// The search for all of some words, in SQLite's query language; `None` if there is no word in them.
///
/// A bare word finds what begins with it; what stands in quotes is found as it stands, side by side.
pub(super) fn query(words: &str) -> Option<String> {
    let mut query = String::new();
    // Odd pieces stood between quotes; an open quote reaches to the end.
    for (number, piece) in words.split(['"', '“', '”', '„']).enumerate() {
        if number % 2 == 1 {
            push_phrase(&mut query, piece, false);
        } else {
            for word in piece.split_whitespace() {
                push_phrase(&mut query, word, true);
            }
        }
    }
    (!query.is_empty()).then_some(query)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_prefixes_and_quotes_make_phrases() {
        assert_eq!(query("Ada  Love").as_deref(), Some(r#""Ada"* "Love"*"#));
        assert_eq!(query(r#"x "a b""#).as_deref(), Some(r#""x"* "a b""#));
        assert_eq!(query("„a b” x").as_deref(), Some(r#""a b" "x"*"#));
        assert_eq!(
            query(r#"open "quote"#).as_deref(),
            Some(r#""open"* "quote""#)
        );
    }

    #[test]
    fn no_word_is_no_search_and_operators_are_words() {
        assert_eq!(query("  - & \"\" "), None);
        assert_eq!(query("a OR b*").as_deref(), Some(r#""a"* "OR"* "b*"*"#));
        assert_eq!(query("\0a\nb").as_deref(), Some(r#""a"* "b"*"#));
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_characters() {
        assert_eq!(query("東京").as_deref(), Some(r#"" 東  京 "*"#));
        assert_eq!(for_index("in 東京"), "in  東  京 ");
        assert_eq!(for_index("مُحَمَّد"), "محمد");
        assert!(matches!(for_index("Zürich Łódź"), Cow::Borrowed(_)));
    }
}
