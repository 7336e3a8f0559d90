//! What the headlines of a site have in common, such as its name: it tells no row from another, and
//! is cut.

use std::collections::HashMap;

use crate::store::ArticleRow;

/// What is between a headline and the name of its site.
const MARKS: [&str; 7] = [" - ", " | ", " – ", " — ", " · ", " :: ", " » "];
/// How many rows of a site must share a part before it is cut.
const LEAST: usize = 3;

/// The first and last parts of the headlines seen, by site.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    sites: HashMap<String, Site>,
}

#[derive(Clone, Debug, Default)]
struct Site {
    rows: usize,
    parts: HashMap<String, usize>,
}

impl Shared {
    /// Counts a row that was not seen before.
    pub fn count(&mut self, row: &ArticleRow) {
        let site = self.sites.entry(row.site.clone()).or_default();
        site.rows += 1;
        for part in [first(&row.headline), last(&row.headline)]
            .into_iter()
            .flatten()
        {
            *site.parts.entry(part.to_owned()).or_default() += 1;
        }
    }

    /// A headline without what most rows of its site have.
    #[must_use]
    pub fn cut<'a>(&self, row: &'a ArticleRow) -> &'a str {
        let Some(site) = self.sites.get(&row.site) else {
            return &row.headline;
        };
        let is_common = |part: &str| {
            let count = site.parts.get(part).copied().unwrap_or(0);
            count >= LEAST && count * 5 >= site.rows * 3
        };
        let mut words = row.headline.as_str();
        if let Some(part) = last(words).filter(|part| is_common(part)) {
            words = without_mark_at_end(words.strip_suffix(part).unwrap_or(words));
        }
        if let Some(part) = first(words).filter(|part| is_common(part)) {
            words = without_mark_at_start(words.strip_prefix(part).unwrap_or(words));
        }
        if words.trim().is_empty() {
            &row.headline
        } else {
            words.trim()
        }
    }
}

fn first(headline: &str) -> Option<&str> {
    let end = MARKS.iter().filter_map(|mark| headline.find(mark)).min()?;
    headline.get(..end)
}

fn last(headline: &str) -> Option<&str> {
    let ends = MARKS
        .iter()
        .filter_map(|mark| Some(headline.rfind(mark)? + mark.len()));
    headline.get(ends.max()?..)
}

fn without_mark_at_end(words: &str) -> &str {
    MARKS
        .iter()
        .find_map(|mark| words.strip_suffix(mark))
        .unwrap_or(words)
}

fn without_mark_at_start(words: &str) -> &str {
    MARKS
        .iter()
        .find_map(|mark| words.strip_prefix(mark))
        .unwrap_or(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;
    use crate::store::ArticleKey;

    fn row(key: i64, headline: &str, site: &str) -> ArticleRow {
        ArticleRow {
            key: ArticleKey(key),
            id: key.to_string(),
            headline: headline.to_owned(),
            status: Status::Todo,
            text_len: 10,
            site: site.to_owned(),
            language: String::new(),
            unsure: 0,
            open_remarks: 0,
        }
    }

    #[test]
    fn the_name_of_a_site_is_cut_where_most_of_its_headlines_have_it() {
        let rows = [
            row(1, "Storm closes the ferry | Courier", "courier.org"),
            row(2, "Library hours - a letter | Courier", "courier.org"),
            row(3, "Courier", "courier.org"),
            row(4, "Council meets | Courier", "courier.org"),
            row(5, "Storm | Herald", "herald.org"),
        ];
        let mut shared = Shared::default();
        for row in &rows {
            shared.count(row);
        }
        let cut: Vec<&str> = rows.iter().map(|row| shared.cut(row)).collect();
        assert_eq!(
            cut,
            [
                "Storm closes the ferry",
                "Library hours - a letter",
                "Courier",
                "Council meets",
                "Storm | Herald"
            ]
        );
    }
}
