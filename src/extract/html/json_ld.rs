//! Metadata of an article in JSON-LD (schema.org `Article` and its kinds): headline, authors, date,
//! language.

use serde_json::Value;

use super::one_line::tidy;

/// How many scripts of a page are read, and how long each may be, in bytes.
const MOST: usize = 12;
const LONGEST: usize = 1 << 20;
/// How deep articles may be in lists and graphs.
const DEEPEST: usize = 8;

/// The values; empty where the page has none.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct JsonLd {
    pub headline: String,
    pub byline: String,
    pub date: String,
    pub language: String,
}

impl JsonLd {
    /// Reads a page's source. Scripts that are not JSON are skipped, as browsers do.
    pub fn read(html: &str) -> Self {
        let mut linked = Self::default();
        for at in memchr::memmem::find_iter(html.as_bytes(), b"application/ld+json").take(MOST) {
            let rest = html.get(at..).unwrap_or_default();
            let Some((_, script)) = rest.split_once('>') else {
                break;
            };
            // A `</` inside a string is no end.
            let is_end = |at: &usize| {
                let name = script.as_bytes().get(at + 2..at + 8);
                name.is_some_and(|name| name.eq_ignore_ascii_case(b"script"))
            };
            let end = memchr::memmem::find_iter(script.as_bytes(), b"</").find(is_end);
            let script = &script[..end.unwrap_or(script.len())];
            if script.len() <= LONGEST
                && let Ok(value) = serde_json::from_str::<Value>(script.trim())
            {
                linked.take(&value, 0);
            }
        }
        linked
    }

    fn take(&mut self, value: &Value, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        if let Value::Array(values) = value {
            values.iter().for_each(|value| self.take(value, depth + 1));
            return;
        }
        let Value::Object(fields) = value else { return };
        if fields.get("@type").is_some_and(is_article) {
            let text = |name: &str| fields.get(name).and_then(Value::as_str).map(tidy);
            for (slot, found) in [
                (&mut self.headline, text("headline")),
                (&mut self.byline, fields.get("author").map(names)),
                (&mut self.date, text("datePublished")),
                (&mut self.language, text("inLanguage")),
            ] {
                if slot.is_empty() {
                    *slot = found.unwrap_or_default();
                }
            }
        }
        for name in ["@graph", "mainEntity", "mainEntityOfPage"] {
            if let Some(inner) = fields.get(name) {
                self.take(inner, depth + 1);
            }
        }
    }
}

/// `Article`, `NewsArticle`, `BlogPosting` and the like, alone or in a list.
fn is_article(kind: &Value) -> bool {
    match kind {
        Value::String(kind) => {
            kind.ends_with("Article") || kind.ends_with("Posting") || kind == "Report"
        }
        Value::Array(kinds) => kinds.iter().any(is_article),
        _ => false,
    }
}

/// The names of an `author`: a string, an object with a name, or a list of them. Addresses do not
/// count.
fn names(author: &Value) -> String {
    match author {
        Value::String(name) if !name.contains("://") => tidy(name),
        Value::Object(fields) => fields.get("name").map(names).unwrap_or_default(),
        Value::Array(authors) => {
            let found: Vec<String> = authors
                .iter()
                .take(20)
                .map(names)
                .filter(|name| !name.is_empty())
                .collect();
            found.join(", ")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> JsonLd {
        JsonLd::read(&format!(
            r#"<p>x</p><script type="application/ld+json">{json}</script><p>y</p>"#
        ))
    }

    #[test]
    fn an_article_in_a_graph_is_found() {
        let linked = of(r#"{"@context":"https://schema.org","@graph":[
            {"@type":"WebSite","name":"The Firth"},
            {"@type":["NewsArticle"],"headline":"Storm  closes\nthe ferry","inLanguage":"en-GB","datePublished":"2026-01-21T07:20:00Z",
             "author":[{"@type":"Person","name":"Ada Holm"},{"name":"Ben Carter"},"https://example.org/desk"]}]}"#);
        assert_eq!(linked.headline, "Storm closes the ferry");
        assert_eq!(linked.byline, "Ada Holm, Ben Carter");
        assert_eq!(linked.date, "2026-01-21T07:20:00Z");
        assert_eq!(linked.language, "en-GB");
    }

    #[test]
    fn what_is_broken_or_about_something_else_is_passed_over() {
        for json in [
            "",
            "{",
            "[]",
            r#"{"@type":"Organization","name":"The Firth"}"#,
            r#"{"@type":"NewsArticle","author":7,"headline":[]}"#,
        ] {
            assert_eq!(of(json), JsonLd::default(), "{json}");
        }
        assert_eq!(
            JsonLd::read(
                r#"<script type="application/ld+json">{"@type":"Article","headline":"</b>"}"#
            )
            .headline,
            "</b>"
        );
        assert_eq!(JsonLd::read("application/ld+json"), JsonLd::default());
    }

    #[test]
    fn the_first_article_counts() {
        let linked = of(
            r#"[{"@type":"BlogPosting","headline":"One"},{"@type":"BlogPosting","headline":"Two","author":"Ada"}]"#,
        );
        assert_eq!(
            (linked.headline.as_str(), linked.byline.as_str()),
            ("One", "Ada")
        );
    }
}
