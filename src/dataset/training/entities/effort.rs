//! Counts the edits of an annotator who goes through an article from left to right and repeats each
//! edit everywhere.
//!
//! Adding or resizing an entity adds one on every later free occurrence of the same words. Deleting
//! or relabelling one does the same wherever the same words have the same label. Undoing a wrong
//! repeat costs one edit, which is repeated, too.

use std::collections::BTreeSet;

use super::gold::Gold;
use crate::model::Annotation;

/// A labelled span, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelledSpan {
    /// Its first byte.
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
    /// Its label, as an index into the labels in the order of their names.
    pub label: usize,
}

impl LabelledSpan {
    fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    fn same_place(&self, other: &Self) -> bool {
        (self.start, self.end) == (other.start, other.end)
    }
}

/// Counts the edits from `guess` to `gold` in `text`.
#[must_use]
pub fn edits_everywhere(
    text: &str,
    gold: &BTreeSet<LabelledSpan>,
    guess: &BTreeSet<LabelledSpan>,
) -> u64 {
    let mut now = guess.clone();
    let mut edits = 0;
    // Each round corrects the leftmost error, so that the loop ends. The bound is a safeguard.
    let bound = 16 * (gold.len() + guess.len() + 16) as u64;
    while edits < bound
        && let Some(edit) = SpanEdit::next(gold, &now)
    {
        edits += 1;
        edit.apply_everywhere(text, &mut now);
    }
    edits
}

/// One edit: a wrong span goes, a right one comes, or both.
struct SpanEdit {
    right: Option<LabelledSpan>,
    wrong: Option<LabelledSpan>,
}

impl SpanEdit {
    /// Finds the first place that is wrong.
    fn next(gold: &BTreeSet<LabelledSpan>, now: &BTreeSet<LabelledSpan>) -> Option<Self> {
        let missing: Vec<LabelledSpan> = gold.difference(now).copied().collect();
        let extra: Vec<LabelledSpan> = now.difference(gold).copied().collect();
        let firsts = missing.first().into_iter().chain(extra.first());
        let first = firsts.map(|mark| mark.start).min()?;
        let turns = |from: &LabelledSpan, to: &LabelledSpan| {
            from.same_place(to) || (from.label == to.label && from.overlaps(to))
        };
        let find = |among: &[LabelledSpan], of: &LabelledSpan| {
            let same = among.iter().find(|other| other.same_place(of));
            same.or_else(|| among.iter().find(|other| turns(other, of)))
                .copied()
        };
        let (right, wrong) = match missing.iter().find(|mark| mark.start == first) {
            Some(right) => (Some(*right), find(&extra, right)),
            None => {
                let wrong = extra[0];
                (find(&missing, &wrong), Some(wrong))
            }
        };
        Some(Self { right, wrong })
    }

    /// Makes the edit, and repeats it wherever the same words follow.
    fn apply_everywhere(&self, text: &str, now: &mut BTreeSet<LabelledSpan>) {
        let ends = self.right.iter().chain(&self.wrong).map(|mark| mark.end);
        let here = ends.max().unwrap_or(0);
        if let Some(wrong) = self.wrong {
            now.remove(&wrong);
        }
        if let Some(right) = self.right {
            now.insert(right);
        }
        let same_place = matches!((self.right, self.wrong), (Some(right), Some(wrong)) if right.same_place(&wrong));
        if let Some(wrong) = self.wrong {
            self.correct_elsewhere(text, now, wrong, same_place, here);
        }
        if let Some(right) = self.right
            && !same_place
        {
            for start in occurrences(text, &text[right.start..right.end], here) {
                let mark = LabelledSpan {
                    start,
                    end: start + (right.end - right.start),
                    label: right.label,
                };
                if !now.iter().any(|other| other.overlaps(&mark)) {
                    now.insert(mark);
                }
            }
        }
    }

    /// Removes or corrects spans after `here` that have the words and the label of the wrong one.
    fn correct_elsewhere(
        &self,
        text: &str,
        now: &mut BTreeSet<LabelledSpan>,
        wrong: LabelledSpan,
        same_place: bool,
        here: usize,
    ) {
        let words = &text[wrong.start..wrong.end];
        let is_same = |mark: &&LabelledSpan| {
            mark.start >= here && mark.label == wrong.label && &text[mark.start..mark.end] == words
        };
        let again: Vec<LabelledSpan> = now.iter().filter(is_same).copied().collect();
        for mark in again {
            let Some(right) = self.right else {
                now.remove(&mark);
                continue;
            };
            if same_place {
                now.remove(&mark);
                now.insert(LabelledSpan {
                    label: right.label,
                    ..mark
                });
                continue;
            }
            // The same wider or narrower words there?
            let start = (mark.start + right.start).checked_sub(wrong.start);
            let wanted = &text[right.start..right.end];
            if let Some(start) = start.filter(|start| *start >= here)
                && text.get(start..start + wanted.len()) == Some(wanted)
            {
                now.remove(&mark);
                now.insert(LabelledSpan {
                    start,
                    end: start + wanted.len(),
                    label: right.label,
                });
            }
        }
    }
}

/// The occurrences of words from `from` on, except inside longer words.
fn occurrences<'a>(text: &'a str, words: &'a str, from: usize) -> impl Iterator<Item = usize> + 'a {
    let edge = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let (first, last) = (edge(words.chars().next()), edge(words.chars().next_back()));
    let mut at = from;
    std::iter::from_fn(move || {
        loop {
            let start = at + text.get(at..)?.find(words)?;
            let end = start + words.len();
            at = start + words.chars().next().map_or(1, char::len_utf8);
            let glued = (first && edge(text[..start].chars().next_back()))
                || (last && edge(text[end..].chars().next()));
            if !glued {
                return Some(start);
            }
        }
    })
}

/// The edits from what was found to the gold if each is repeated everywhere.
pub(super) fn everywhere(gold: &Gold, found: &Annotation) -> u64 {
    let labels: BTreeSet<&str> = [&gold.annotation, found]
        .into_iter()
        .flat_map(|annotation| {
            annotation
                .entities()
                .iter()
                .map(|entity| entity.label.as_str())
        })
        .collect();
    let marks = |annotation: &Annotation| -> BTreeSet<LabelledSpan> {
        annotation
            .entities()
            .iter()
            .map(|entity| LabelledSpan {
                start: entity.span.start().index(),
                end: entity.span.end().index(),
                label: labels
                    .iter()
                    .position(|label| *label == entity.label.as_str())
                    .unwrap_or(0),
            })
            .collect()
    };
    edits_everywhere(gold.text.as_str(), &marks(&gold.annotation), &marks(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Ada met Bob. Ada left. Bob and Ada Byron stayed; Bobby did not.";

    fn marks(spans: &[(&str, usize, usize)]) -> BTreeSet<LabelledSpan> {
        spans
            .iter()
            .map(|(words, nth, label)| {
                let start = TEXT.match_indices(words).nth(*nth).unwrap().0;
                LabelledSpan {
                    start,
                    end: start + words.len(),
                    label: *label,
                }
            })
            .collect()
    }

    #[test]
    fn one_edit_does_the_same_everywhere_and_wrong_repeats_are_undone() {
        let gold = marks(&[
            ("Ada", 0, 1),
            ("Ada", 1, 1),
            ("Bob", 0, 1),
            ("Bob", 1, 1),
            ("Ada Byron", 0, 1),
        ]);
        assert_eq!(edits_everywhere(TEXT, &gold, &gold), 0);
        // One edit for both Adas, one for both Bobs, and one that extends "Ada" to "Ada Byron".
        assert_eq!(edits_everywhere(TEXT, &gold, &BTreeSet::new()), 3);
        let other = marks(&[
            ("Ada", 0, 2),
            ("Ada", 1, 2),
            ("Bob", 0, 1),
            ("Bob", 1, 1),
            ("Ada Byron", 0, 1),
        ]);
        assert_eq!(edits_everywhere(TEXT, &gold, &other), 1);
        let extra = marks(&[
            ("Ada", 0, 1),
            ("Ada", 1, 1),
            ("Bob", 0, 1),
            ("Bob", 1, 1),
            ("Ada Byron", 0, 1),
            ("stayed", 0, 1),
        ]);
        assert_eq!(edits_everywhere(TEXT, &gold, &extra), 1);
        // The deletion is repeated on the second Bob, which is then added again.
        let only = marks(&[("Bob", 1, 1)]);
        assert_eq!(
            edits_everywhere(TEXT, &only, &marks(&[("Bob", 0, 1), ("Bob", 1, 1)])),
            2
        );
    }
}
