//! All articles by their headline, without holding a million headlines in memory.
//!
//! Headlines are read a piece at a time: first the first piece of each; then, where several begin
//! alike, their next piece; and so on. 32 bytes an article, however long the headlines are.

use std::cmp::Reverse;

use rusqlite::Connection;

use super::fault::Fault;
use crate::store::ArticleKey;

/// Bytes of a headline that are compared at a time.
const PIECE: usize = 20;

/// Pieces after which headlines count as alike: those in the list are at most 200 characters long.
const MOST_PIECES: usize = 40;

/// An article with the next piece of its headline.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    /// The number of rows that certainly precede it.
    rank: u32,
    piece: [u8; PIECE],
    key: i64,
}

/// The wanted articles by headline, whatever its case, and by the order of import where headlines
/// are alike.
pub(super) fn sorted(
    conn: &Connection,
    descending: bool,
    wanted: impl Fn(ArticleKey) -> bool,
) -> Result<Vec<ArticleKey>, Fault> {
    let mut statement = conn.prepare_cached("SELECT key, headline FROM article ORDER BY key")?;
    let mut lines: Vec<Line> = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key = row.get(0)?;
        if wanted(ArticleKey(key)) {
            let headline = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            lines.push(Line {
                rank: 0,
                piece: piece(headline, 0),
                key,
            });
        }
    }
    drop(rows);
    lines.sort_unstable();
    for number in 1..MOST_PIECES {
        let undecided = rank(&mut lines);
        if undecided.is_empty() {
            break;
        }
        if undecided.len() * 16 > lines.len() {
            // Most of them: the table in its own order is quicker than a look at each.
            let mut by_key = undecided;
            by_key.sort_unstable_by_key(|&at| lines.get(at as usize).map(|line| line.key));
            let mut rows = statement.query([])?;
            let mut next = by_key.into_iter().peekable();
            while let Some(row) = rows.next()? {
                let Some(line) = next.peek().and_then(|&at| lines.get_mut(at as usize)) else {
                    break;
                };
                if line.key == row.get::<_, i64>(0)? {
                    let headline = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
                    line.piece = piece(headline, number);
                    next.next();
                }
            }
        } else {
            let mut one = conn.prepare_cached("SELECT headline FROM article WHERE key = ?1")?;
            for at in undecided {
                if let Some(line) = lines.get_mut(at as usize) {
                    line.piece = one.query_row([line.key], |row| {
                        Ok(piece(row.get_ref(0)?.as_str()?, number))
                    })?;
                }
            }
        }
        lines.sort_unstable();
    }
    if descending {
        rank(&mut lines);
        lines.sort_unstable_by_key(|line| (Reverse(line.rank), line.key));
    }
    Ok(lines.into_iter().map(|line| ArticleKey(line.key)).collect())
}

/// Turns what is sorted into ranks, and gives the places of those that are alike so far and may go
/// on.
fn rank(lines: &mut [Line]) -> Vec<u32> {
    let mut undecided = Vec::new();
    let mut start = 0;
    while start < lines.len() {
        let first = lines[start];
        let same = lines[start..]
            .iter()
            .take_while(|line| (line.rank, line.piece) == (first.rank, first.piece))
            .count();
        let goes_on = first.piece[PIECE - 1] != 0;
        for (at, line) in lines.iter_mut().enumerate().skip(start).take(same) {
            line.rank = start as u32;
            if same > 1 && goes_on {
                undecided.push(at as u32);
            }
            line.piece = [0; PIECE];
        }
        start += same;
    }
    undecided
}

/// A piece of a headline as it is compared: small letters; signs and spaces before the first letter
/// do not count.
fn piece(headline: &str, number: usize) -> [u8; PIECE] {
    let mut piece = [0; PIECE];
    let letters = headline.trim_start_matches(|c: char| !c.is_alphanumeric());
    let mut bytes = 0;
    let (from, to) = (number * PIECE, (number + 1) * PIECE);
    'headline: for c in letters.chars().flat_map(char::to_lowercase) {
        let mut utf8 = [0; 4];
        for byte in c.encode_utf8(&mut utf8).bytes() {
            if bytes >= to {
                break 'headline;
            }
            if bytes >= from {
                piece[bytes - from] = byte;
            }
            bytes += 1;
        }
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_that_begin_alike_are_told_apart_by_what_follows() {
        let long = "The harbour council of Port Ellery votes on the ferry, again: ";
        let mut titles = vec![
            "zebra".to_owned(),
            "Zebra".to_owned(),
            "«Apple»".to_owned(),
            String::new(),
            "Örebro".to_owned(),
            "東京".to_owned(),
        ];
        for n in (0..50).rev() {
            titles.push(format!("{long}{n:02}"));
            titles.push(format!("{} {n:02}", long.repeat(3)));
        }
        titles.push(long.to_owned());
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(
            "CREATE TABLE article (key INTEGER PRIMARY KEY, headline TEXT NOT NULL)",
        )
        .unwrap();
        for title in &titles {
            conn.execute("INSERT INTO article (headline) VALUES (?1)", [title])
                .unwrap();
        }
        let folded = |title: &str| {
            title
                .trim_start_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase()
        };
        let mut expected: Vec<(String, i64)> = titles.iter().map(|t| folded(t)).zip(1..).collect();
        expected.sort();
        let expected: Vec<ArticleKey> = expected.into_iter().map(|(_, k)| ArticleKey(k)).collect();
        assert_eq!(sorted(&conn, false, |_| true).unwrap(), expected);
        let mut backwards = sorted(&conn, true, |_| true).unwrap();
        let alike = backwards.iter().position(|key| key.0 == 1).unwrap();
        assert_eq!(
            backwards[alike + 1],
            ArticleKey(2),
            "in the order of import all the same"
        );
        backwards.swap(alike, alike + 1);
        backwards.reverse();
        assert_eq!(backwards, expected);
        let even = |key: ArticleKey| key.0 % 2 == 0;
        let half: Vec<ArticleKey> = expected.into_iter().filter(|k| even(*k)).collect();
        assert_eq!(sorted(&conn, false, even).unwrap(), half);
    }
}
