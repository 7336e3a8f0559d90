//! Carries labels from an old layout of an article over to a new one: the words are the same, the
//! white space may not be.

use copydesk::model::notation::Notated;
use copydesk::model::{Annotation, BytePos, Entity, Region, Text};

/// Beyond so many differing characters, no attempt is made.
const MAX_DIFFERENCES: usize = 3000;

/// The labels of `old`, put on `text`.
///
/// White space does not count. Text that is new inside a region joins it; text that is new between
/// two regions gets no label, so that a person sees it. Neighbouring regions of one label become
/// one, except comments. An entity whose first or last character is gone is dropped.
///
/// # Errors
/// If the texts differ in more than [`MAX_DIFFERENCES`] characters, or less than four fifths of the
/// old one is left: then they are not two layouts of one article, and labels would be lost.
pub fn carry_over(old: &Notated, text: &Text) -> Result<Annotation, String> {
    let before = Letters::of(old.text.as_str());
    let after = Letters::of(text.as_str());
    let pairs = align(&before.chars, &after.chars).ok_or_else(|| {
        format!("more than {MAX_DIFFERENCES} characters differ: mark it up by hand")
    })?;
    if pairs.len() * 5 < before.chars.len() * 4 {
        return Err("more than a fifth of the text is gone: mark it up by hand".to_owned());
    }
    let mut new_of_old = vec![None; before.chars.len()];
    for (old_at, new_at) in &pairs {
        new_of_old[*old_at] = Some(*new_at);
    }

    // Which old region each new letter belongs to.
    let mut owner: Vec<Option<usize>> = vec![None; after.chars.len()];
    for (index, region) in old.annotation.regions().iter().enumerate() {
        let letters = before.within(region.span.start().index(), region.span.end().index());
        let mut last: Option<usize> = None;
        for new_at in letters.filter_map(|at| new_of_old[at]) {
            owner[last.map_or(new_at, |last| last + 1)..=new_at].fill(Some(index));
            last = Some(new_at);
        }
    }

    let mut regions: Vec<Region> = Vec::new();
    let mut last_owner = None;
    for (at, mine) in owner.iter().enumerate() {
        if let Some(index) = mine {
            let template = &old.annotation.regions()[*index];
            let (start, end) = after.bytes(at, at);
            match regions.last_mut() {
                Some(open)
                    if last_owner.is_some()
                        && open.label == template.label
                        && (template.label != "comment" || last_owner == *mine) =>
                {
                    open.span = text.span(open.span.start(), end).unwrap();
                }
                _ => regions.push(Region {
                    span: text.span(start, end).unwrap(),
                    ..template.clone()
                }),
            }
        }
        last_owner = *mine;
    }

    let mut entities = Vec::new();
    for entity in old.annotation.entities() {
        let mut letters = before.within(entity.span.start().index(), entity.span.end().index());
        let first = letters.next();
        let last = letters.next_back().or(first);
        let place = |at: Option<usize>| new_of_old[at?];
        if let (Some(first), Some(last)) = (place(first), place(last)) {
            let (start, end) = after.bytes(first, last);
            entities.push(Entity {
                span: text.span(start, end).unwrap(),
                ..entity.clone()
            });
        }
    }
    Annotation::from_parts(text, regions, entities, old.annotation.status(), Vec::new())
        .map_err(|e| e.to_string())
}

/// The characters of a text that are not white space, with the byte at which each begins.
struct Letters {
    chars: Vec<char>,
    starts: Vec<usize>,
}

impl Letters {
    fn of(text: &str) -> Self {
        let (starts, chars) = text
            .char_indices()
            .filter(|(_, c)| !c.is_whitespace())
            .unzip();
        Self { chars, starts }
    }

    /// The letters between two bytes, as indices.
    fn within(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        self.starts.partition_point(|at| *at < start)..self.starts.partition_point(|at| *at < end)
    }

    /// The bytes from the start of one letter to the end of another.
    fn bytes(&self, first: usize, last: usize) -> (BytePos, BytePos) {
        let end = self.starts[last] + self.chars[last].len_utf8();
        (
            BytePos::from_index(self.starts[first]),
            BytePos::from_index(end),
        )
    }
}

/// Pairs of equal characters, ascending in both: a shortest edit script by Myers' greedy algorithm.
/// `None` if it takes more than [`MAX_DIFFERENCES`] edits.
fn align(a: &[char], b: &[char]) -> Option<Vec<(usize, usize)>> {
    let get = |row: &[usize], centre: usize, k: isize| row[centre.wrapping_add_signed(k)];
    // How far into `a` each diagonal (place in a minus place in b) has been followed; and that
    // before each round.
    let centre = MAX_DIFFERENCES + 1;
    let mut reach = vec![0_usize; 2 * centre + 1];
    let mut rounds: Vec<Vec<usize>> = Vec::new();
    for edits in 0..=MAX_DIFFERENCES {
        rounds.push(reach[centre - edits - 1..=centre + edits + 1].to_vec());
        let widest = edits.cast_signed();
        for k in (-widest..=widest).step_by(2) {
            let mut x = if goes_down(&reach, centre, k, widest) {
                get(&reach, centre, k + 1)
            } else {
                get(&reach, centre, k - 1) + 1
            };
            let mut y = x.wrapping_add_signed(-k);
            while x < a.len() && y < b.len() && a[x] == b[y] {
                (x, y) = (x + 1, y + 1);
            }
            reach[centre.wrapping_add_signed(k)] = x;
            if x >= a.len() && y >= b.len() {
                return Some(walk_back(&rounds, a.len(), b.len()));
            }
        }
    }
    None
}

/// Whether the best way onto diagonal `k` is an insertion from the one above, rather than a
/// deletion from the one below.
fn goes_down(reach: &[usize], centre: usize, k: isize, widest: isize) -> bool {
    let at = centre.wrapping_add_signed(k);
    k == -widest || (k != widest && reach[at - 1] < reach[at + 1])
}

/// The equal pairs on the way to the end, from what was reached before each round.
fn walk_back(rounds: &[Vec<usize>], mut x: usize, mut y: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (edits, reach) in rounds.iter().enumerate().rev() {
        let centre = edits + 1; // of the slice that was kept
        let k = x.cast_signed() - y.cast_signed();
        let from = if goes_down(reach, centre, k, edits.cast_signed()) {
            k + 1
        } else {
            k - 1
        };
        let (old_x, old_y) = if edits == 0 {
            (0, 0)
        } else {
            let old_x = reach[centre.wrapping_add_signed(from)];
            (old_x, old_x.wrapping_add_signed(-from))
        };
        while x > old_x && y > old_y {
            (x, y) = (x - 1, y - 1);
            pairs.push((x, y));
        }
        (x, y) = (old_x, old_y);
    }
    pairs.reverse();
    pairs
}

#[test]
fn labels_follow_their_words_into_a_new_layout() {
    let old = copydesk::model::notation::parse(
        "nav    | Menu\\\nnav    | Home\nbody   | {GPE Malta} waits.\n+      | And {PERSON Ada} sails.\ncomment| One\ncomment| Two",
    )
    .unwrap();
    let text = Text::new("Menu Home\n\nMalta\u{a0}waits.Share\nAnd Ada sails.\nNew line\nOne Two");
    let carried = carry_over(&old, &text).unwrap();
    let expected = "nav    | Menu Home\n       |\nbody   | {GPE Malta}\u{a0}waits.Share\n+      | And {PERSON Ada} sails.\n       | New line\ncomment| One\\\n       |  \\\ncomment| Two\n";
    assert_eq!(
        copydesk::model::notation::print(&text, &carried, None),
        expected
    );
}

#[test]
fn labels_are_not_carried_to_another_text() {
    let old = copydesk::model::notation::parse("body| A story about {GPE Malta}.").unwrap();
    assert!(carry_over(&old, &Text::new("A story")).is_err());
}
