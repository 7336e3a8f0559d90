//! Search in the article.

use crate::app::state::{Effect, Find, State};
use crate::edit::Selection;
use crate::model::{BytePos, Span, Text};

impl State {
    pub(super) fn find(&mut self, words: String) {
        let Some(article) = &mut self.article else {
            return;
        };
        let hits = occurrences(&article.article().text, &words);
        let from = match &article.find {
            Some(find) => find.from,
            None => article.selection.start(),
        };
        let current = hits.iter().position(|hit| hit.start() >= from).unwrap_or(0);
        let hit = hits.get(current).copied();
        article.find = Some(Find {
            words,
            hits,
            current,
            from,
        });
        // The hit is selected while one types, so that Escape and a label's key tag it.
        let selection = hit.map_or(Selection::caret(from), Selection::of);
        self.select(selection);
        self.effects.push(Effect::Jump(selection.start()));
    }

    pub(super) fn next_hit(&mut self, forward: bool) {
        let Some(article) = &mut self.article else {
            return;
        };
        let Some(find) = &mut article.find else {
            return;
        };
        let count = find.hits.len();
        if count == 0 {
            return;
        }
        find.current = if forward {
            (find.current + 1) % count
        } else {
            (find.current + count - 1) % count
        };
        let Some(hit) = find.hits.get(find.current).copied() else {
            return;
        };
        self.select(Selection::of(hit));
        self.effects.push(Effect::Jump(hit.start()));
    }
}

/// Where words are in a text, whatever their case; at most 10,000 places.
fn occurrences(text: &Text, words: &str) -> Vec<Span> {
    let words = words.trim();
    if words.is_empty() {
        return Vec::new();
    }
    let string = text.as_str();
    let span = |start: usize, end: usize| {
        text.span(BytePos::from_index(start), BytePos::from_index(end))
            .ok()
    };
    // Lower-casing keeps offsets for ASCII only; other scripts are searched as they are written.
    if string.is_ascii() && words.is_ascii() {
        let (string, words) = (string.to_ascii_lowercase(), words.to_ascii_lowercase());
        return string
            .match_indices(&words)
            .take(10_000)
            .filter_map(|(at, hit)| span(at, at + hit.len()))
            .collect();
    }
    let lower: Vec<char> = words.chars().flat_map(char::to_lowercase).collect();
    let first = lower.first().copied().unwrap_or_default();
    let may_begin = |c: char| {
        if c.is_ascii() {
            c.to_ascii_lowercase() == first
        } else {
            c.to_lowercase().next() == Some(first)
        }
    };
    string
        .char_indices()
        .filter(|&(_, c)| may_begin(c))
        .filter_map(|(at, _)| {
            let mut wanted = lower.iter();
            let mut next = wanted.next();
            for (offset, c) in string[at..].char_indices() {
                for c in c.to_lowercase() {
                    if Some(&c) != next {
                        return None;
                    }
                    next = wanted.next();
                }
                if next.is_none() {
                    return span(at, at + offset + c.len_utf8());
                }
            }
            None
        })
        .take(10_000)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_does_not_mind_case_in_any_script() {
        let text = Text::new("Ärger in Zürich, ÄRGER überall, ärger");
        let words: Vec<&str> = occurrences(&text, "ärger")
            .into_iter()
            .map(|s| text.slice(s))
            .collect();
        assert_eq!(words, ["Ärger", "ÄRGER", "ärger"]);
        let text = Text::new("one ONE two");
        assert_eq!(occurrences(&text, "One").len(), 2);
        assert_eq!(occurrences(&text, " ").len(), 0);
    }
}
