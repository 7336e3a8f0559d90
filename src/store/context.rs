//! The context of search hits: one or two lines cut from the text.

use std::collections::BTreeMap;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::ArticleKey;

/// Characters of context in total, and before the first hit.
const WIDTH: usize = 180;
const BEFORE: usize = 22;
/// Within so many characters after the first hit others count: about what a narrow list shows on
/// two lines.
const REACH: usize = 60;

/// A line to be shown, with what is marked in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// The words; no line breaks.
    pub words: String,
    /// What is marked, as bytes of `words`: sorted, not empty, on character boundaries.
    pub marks: Vec<Range<usize>>,
}

/// What a search found in an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which article.
    pub key: ArticleKey,
    /// The headline.
    pub headline: Marked,
    /// The stretch of the text that holds most of what was searched for; no words if only the title
    /// has them.
    pub context: Marked,
    /// The number of hits in the text.
    pub hits: usize,
}

/// Cuts the context of hits out of a text: the stretch that holds the most different words, the
/// first of them if there are several. `hits` are sorted bytes of `text`.
pub(super) fn around(text: &str, hits: &[Range<usize>]) -> Marked {
    let Some(best) = best_start(text, hits) else {
        return Marked::default();
    };
    let mut start = step(text, best, BEFORE, false);
    // Not into another paragraph, and not from the middle of a word.
    if let Some(at) = text[start..best].rfind('\n') {
        start += at + 1;
    } else if start > 0 {
        start += word_edge(&text[start..best]);
    }
    let mut end = step(text, start, WIDTH, true);
    if end < text.len() {
        let last = hits
            .iter()
            .rfind(|hit| hit.end <= end)
            .map_or(start, |hit| hit.end);
        let tail = &text[last.max(start)..end];
        if let Some(at) = tail.rfind(char::is_whitespace) {
            end = last.max(start) + at;
        }
    }
    let mut marked = Marked::default();
    if text[..start].ends_with(|c: char| c != '\n') {
        marked.words.push('…');
    }
    squeeze(text, start..end, hits, &mut marked);
    if !text[end..]
        .trim_start_matches([' ', '\t'])
        .starts_with('\n')
        && !text[end..].trim().is_empty()
    {
        marked.words.push('…');
    }
    marked
}

/// A whole line with its hits.
pub(super) fn whole(text: &str, hits: &[Range<usize>]) -> Marked {
    let mut marked = Marked::default();
    squeeze(text, 0..text.len(), hits, &mut marked);
    marked
}

/// The hit from which on most of what was searched for comes within reach. A word counts the more
/// the rarer it is here: who searches for "the coast" wants to see the coast.
fn best_start(text: &str, hits: &[Range<usize>]) -> Option<usize> {
    /// The most words of a stretch that are considered.
    const TOGETHER: usize = 12;
    let mut counts: BTreeMap<String, (usize, f64)> = BTreeMap::new();
    let words: Vec<usize> = hits
        .iter()
        .map(|hit| {
            let word = text.get(hit.clone()).unwrap_or_default().to_lowercase();
            let next = counts.len();
            let entry = counts.entry(word).or_insert((next, 0.0));
            entry.1 += 1.0;
            entry.0
        })
        .collect();
    let mut weights = vec![0.0; counts.len()];
    for (nth, count) in counts.into_values() {
        if let Some(weight) = weights.get_mut(nth) {
            *weight = 1.0 / count;
        }
    }
    let bytes_each = (text.len() / text.chars().count().max(1)).max(1);
    let mut best: Option<(f64, usize)> = None;
    let mut seen = Vec::with_capacity(TOGETHER);
    for (nth, hit) in hits.iter().enumerate() {
        let reach = hit.start + REACH * bytes_each;
        seen.clear();
        // The first counts twice: with the rarest the context begins.
        let weight = |word: usize| weights.get(word).copied().unwrap_or(0.0);
        let mut score = words.get(nth).map_or(0.0, |word| weight(*word));
        for (other, word) in hits.iter().zip(&words).skip(nth).take(TOGETHER) {
            if other.end > reach {
                break;
            }
            if !seen.contains(word) {
                seen.push(*word);
                score += weight(*word);
            }
        }
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, hit.start));
        }
    }
    best.map(|(_, start)| start)
}

/// Moves `at` by this many characters, to a grapheme boundary.
fn step(text: &str, at: usize, characters: usize, forward: bool) -> usize {
    if forward {
        let mut graphemes = text[at..].grapheme_indices(true);
        graphemes
            .nth(characters)
            .map_or(text.len(), |(to, _)| at + to)
    } else {
        let mut graphemes = text[..at].grapheme_indices(true).rev();
        graphemes
            .nth(characters.saturating_sub(1))
            .map_or(0, |(to, _)| to)
    }
}

/// The first place in `words` where a word begins after a space; 0 if there is none near.
fn word_edge(words: &str) -> usize {
    words
        .char_indices()
        .skip_while(|(_, c)| !c.is_whitespace())
        .find(|(_, c)| !c.is_whitespace())
        .map_or(0, |(at, _)| at)
}

/// Appends a stretch of text, each run of white space as one space, and its hits.
fn squeeze(text: &str, range: Range<usize>, hits: &[Range<usize>], out: &mut Marked) {
    let first = hits.partition_point(|hit| hit.end <= range.start);
    let mut hits = hits[first..]
        .iter()
        .filter(|hit| hit.start < range.end)
        .peekable();
    let mut open: Option<usize> = None;
    let mut space = true;
    for (at, c) in text[range.clone()].char_indices() {
        let at = range.start + at;
        while let Some(hit) = hits.peek() {
            if let Some(from) = open
                && at >= hit.end
            {
                push_mark(out, from);
                open = None;
                hits.next();
            } else if open.is_none() && at >= hit.start {
                open = Some(out.words.len());
                break;
            } else {
                break;
            }
        }
        if c.is_whitespace() || c.is_control() {
            if !space {
                out.words.push(' ');
            }
            space = true;
        } else {
            out.words.push(c);
            space = false;
        }
    }
    if let Some(from) = open {
        push_mark(out, from);
    }
    let trimmed = out.words.trim_end().len();
    out.words.truncate(trimmed);
    for mark in &mut out.marks {
        mark.end = mark.end.min(trimmed);
    }
    out.marks.retain(|mark| mark.start < mark.end);
}

fn push_mark(out: &mut Marked, from: usize) {
    if from < out.words.len() {
        out.marks.push(from..out.words.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(text: &str, words: &[&str]) -> Vec<Range<usize>> {
        let mut hits: Vec<Range<usize>> = words
            .iter()
            .flat_map(|word| text.match_indices(word).map(|(at, hit)| at..at + hit.len()))
            .collect();
        hits.sort_by_key(|hit| hit.start);
        hits
    }

    fn shown(text: &str, words: &[&str]) -> String {
        let marked = around(text, &hits(text, words));
        let mut shown = marked.words.clone();
        for mark in marked.marks.iter().rev() {
            shown.insert(mark.end, ']');
            shown.insert(mark.start, '[');
        }
        shown
    }

    #[test]
    fn a_short_text_is_shown_whole_and_on_one_line() {
        assert_eq!(
            shown("The ferry\tsailed.", &["ferry"]),
            "The [ferry] sailed."
        );
        assert_eq!(
            shown("Nav\n\nThe ferry sailed.\nMore", &["ferry"]),
            "The [ferry] sailed. More"
        );
        assert_eq!(around("nothing", &[]), Marked::default());
    }

    #[test]
    fn the_stretch_with_the_most_words_is_chosen() {
        let filler = "word ".repeat(80);
        let text = format!("A ferry came. {filler}Then the ferry met a storm. {filler}");
        let shown = shown(&text, &["ferry", "storm"]);
        assert!(shown.contains("the [ferry] met a [storm]."), "{shown}");
        assert!(
            shown.starts_with("…word") && shown.ends_with("word…"),
            "{shown}"
        );
    }

    #[test]
    fn a_rare_word_is_worth_more_than_many_frequent_ones() {
        let filler = "the boat, then them all, there. ".repeat(40);
        let text = format!("{filler}We met at the coast, he said. {filler}");
        let shown = shown(&text, &["the", "coast", "said"]);
        assert!(shown.contains("[coast], he [said]."), "{shown}");
    }

    #[test]
    fn any_script_is_cut_between_characters() {
        let text = "記者会見で東京都知事は述べた。".repeat(40);
        let marked = around(&text, &hits(&text, &["東京"]));
        assert!(marked.words.chars().count() <= WIDTH + 2);
        assert!(
            marked
                .marks
                .iter()
                .all(|m| &marked.words[m.clone()] == "東京")
        );
        let text = "e\u{301}".repeat(500) + " שָׁלוֹם " + &"👨‍👩‍👧".repeat(100);
        let marked = around(&text, &hits(&text, &["שָׁלוֹם"]));
        assert_eq!(marked.marks.len(), 1);
        assert!(!marked.words.trim_start_matches('…').starts_with('\u{301}'));
    }

    #[test]
    fn marks_that_touch_or_end_the_line_are_whole() {
        assert_eq!(shown("a bb", &["bb"]), "a [bb]");
        let text = "東京都";
        let marked = whole(text, &[0..3, 3..6]);
        assert_eq!(marked.marks, [0..3, 3..6]);
    }
}
