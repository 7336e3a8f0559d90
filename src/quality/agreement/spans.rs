//! How far two annotators have the same spans.
//!
//! Exact spans agree in start, end and label. Their F1 is the mean pairwise positive specific
//! agreement; for spans there is no chance agreement to take off, because the number of places
//! without a span is not known (G. Hripcsak and A. Rothschild, "Agreement, the F-measure, and
//! reliability in information retrieval", 2005).

use std::collections::BTreeMap;

use super::units::{Confusion, Piece, outermost};
use crate::model::{Annotation, Label, Text};
use crate::quality::score::{Counts, Tally};

/// Compares exact spans by label: the first annotator's count as guessed, the second's as gold.
pub(super) fn exact(ours: &[Piece<'_>], theirs: &[Piece<'_>]) -> Tally {
    let mut tally = Tally::default();
    let key = |piece: &Piece<'_>| (piece.start, std::cmp::Reverse(piece.end));
    for piece in ours {
        let from = theirs.partition_point(|other| key(other) < key(piece));
        let like = theirs.get(from..).unwrap_or_default().iter();
        let hit = like
            .take_while(|other| key(other) == key(piece))
            .any(|other| other.label == piece.label);
        let counts = Counts {
            hits: u64::from(hit),
            guessed: 1,
            gold: 0,
        };
        tally.add(piece.label, counts);
    }
    for piece in theirs {
        let counts = Counts {
            gold: 1,
            ..Counts::default()
        };
        tally.add(piece.label, counts);
    }
    tally
}

/// Counts the greatest number of pairs of spans, each span in at most one, that have the same label
/// and a character in common (H. Kuhn, "The Hungarian method for the assignment problem", 1955).
pub(super) fn relaxed(ours: &[Piece<'_>], theirs: &[Piece<'_>]) -> u64 {
    let longest = theirs.iter().map(|piece| piece.end - piece.start).max();
    let longest = longest.unwrap_or_default();
    let near: Vec<Vec<usize>> = ours
        .iter()
        .map(|piece| {
            let from = piece.start.saturating_sub(longest);
            let from = theirs.partition_point(|other| other.start < from);
            let to = theirs.partition_point(|other| other.start < piece.end);
            (from..to)
                .filter(|at| {
                    theirs
                        .get(*at)
                        .is_some_and(|other| other.label == piece.label && other.end > piece.start)
                })
                .collect()
        })
        .collect();
    let mut partner: Vec<Option<usize>> = vec![None; theirs.len()];
    let mut pairs = 0;
    for at in 0..ours.len() {
        let mut tried = vec![false; theirs.len()];
        pairs += u64::from(pair_up(at, &near, &mut partner, &mut tried));
    }
    pairs
}

/// Finds a partner for a span, asking others to take another one if they must.
fn pair_up(
    at: usize,
    near: &[Vec<usize>],
    partner: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for other in near.get(at).into_iter().flatten() {
        if tried.get(*other).copied().unwrap_or(true) {
            continue;
        }
        tried[*other] = true;
        let taken = partner.get(*other).copied().flatten();
        if taken.is_none_or(|holder| pair_up(holder, near, partner, tried)) {
            partner[*other] = Some(at);
            return true;
        }
    }
    false
}

/// Compares sets of a character and a label, so that each label of nested spans counts.
pub(super) fn characters(ours: &[Piece<'_>], theirs: &[Piece<'_>]) -> Counts {
    let (ours, theirs) = (stretches(ours), stretches(theirs));
    let length = |stretches: &BTreeMap<&Label, Vec<(u32, u32)>>| {
        let all = stretches.values().flatten();
        all.map(|(start, end)| u64::from(end - start)).sum()
    };
    let mut hits = 0;
    for (label, stretches) in &ours {
        let others = theirs.get(label).map_or(&[][..], Vec::as_slice);
        let (mut one, mut other) = (0, 0);
        while let (Some(a), Some(b)) = (stretches.get(one), others.get(other)) {
            let (start, end) = (a.0.max(b.0), a.1.min(b.1));
            hits += u64::from(end.saturating_sub(start));
            one += usize::from(a.1 <= b.1);
            other += usize::from(b.1 <= a.1);
        }
    }
    Counts {
        hits,
        guessed: length(&ours),
        gold: length(&theirs),
    }
}

/// The text that each label covers.
fn stretches<'a>(pieces: &[Piece<'a>]) -> BTreeMap<&'a Label, Vec<(u32, u32)>> {
    let mut found: BTreeMap<&Label, Vec<(u32, u32)>> = BTreeMap::new();
    for piece in pieces {
        let of_label = found.entry(piece.label).or_default();
        match of_label.last_mut() {
            Some(last) if piece.start <= last.1 => last.1 = last.1.max(piece.end),
            _ => of_label.push((piece.start, piece.end)),
        }
    }
    found
}

/// What each annotator calls the words of a text: the label of the first outermost entity that has
/// a character of it.
pub(super) fn words(text: &Text, one: &Annotation, other: &Annotation) -> Confusion {
    let of = |annotation: &Annotation| -> Vec<(usize, usize, Label)> {
        let pieces: Vec<Piece<'_>> = annotation
            .entities()
            .iter()
            .map(|entity| Piece {
                start: entity.span.start().0,
                end: entity.span.end().0,
                label: &entity.label,
            })
            .collect();
        let kept = outermost(&pieces).into_iter();
        kept.map(|piece| {
            (
                piece.start as usize,
                piece.end as usize,
                piece.label.clone(),
            )
        })
        .collect()
    };
    let people = [of(one), of(other)];
    let mut at = [0, 0];
    let mut confusion = Confusion::new();
    let whole = text.as_str();
    for word in whole.split_whitespace() {
        let start = word.as_ptr() as usize - whole.as_ptr() as usize;
        let end = start + word.len();
        let mut values = people.iter().zip(&mut at).map(|(spans, at)| {
            while spans.get(*at).is_some_and(|span| span.1 <= start) {
                *at += 1;
            }
            let span = spans.get(*at).filter(|span| span.0 < end);
            span.map(|(_, _, label)| label.clone())
        });
        let both = (values.next().flatten(), values.next().flatten());
        *confusion.entry(both).or_default() += 1;
    }
    confusion
}

/// One of the four ways in which nervaluate compares entities; its names are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lenience {
    /// Same start, end and label.
    Strict,
    /// Same start and end.
    Exact,
    /// Same start and end, or half a point for a character in common; labels do not count.
    Partial,
    /// Same label and a character in common.
    EntType,
}

impl Lenience {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Strict, Self::Exact, Self::Partial, Self::EntType];

    /// Its name there.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Exact => "exact",
            Self::Partial => "partial",
            Self::EntType => "ent_type",
        }
    }
}

/// Half points that the second annotator's spans get when they are compared with the first one's in
/// order, each of them taken once, as nervaluate 1.2 does.
pub(super) fn lenient(ours: &[Piece<'_>], theirs: &[Piece<'_>], by: Lenience) -> u64 {
    let mut taken = vec![false; ours.len()];
    let mut points = 0;
    for piece in theirs {
        let free = || {
            let ours = ours.iter().enumerate();
            ours.filter(|(at, _)| !taken.get(*at).copied().unwrap_or(true))
        };
        let overlaps = |own: &Piece<'_>| own.start < piece.end && piece.start < own.end;
        let is_right = |own: &Piece<'_>| {
            let same = (own.start, own.end) == (piece.start, piece.end);
            match by {
                Lenience::Strict => same && own.label == piece.label,
                Lenience::Exact | Lenience::Partial => same,
                Lenience::EntType => own.label == piece.label && overlaps(own),
            }
        };
        let distance = |own: &Piece<'_>| {
            own.start.abs_diff(piece.start) as usize + own.end.abs_diff(piece.end) as usize
        };
        let right = free()
            .filter(|(_, own)| is_right(own))
            .min_by_key(|(at, own)| (distance(own), *at));
        let near = free().find(|(_, own)| overlaps(own));
        let (at, more) = match (right, near) {
            (Some((at, _)), _) => (at, 2),
            (None, Some((at, _))) => (at, u64::from(by == Lenience::Partial)),
            (None, None) => continue,
        };
        points += more;
        if let Some(taken) = taken.get_mut(at) {
            *taken = true;
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::super::units::Ruler;
    use super::*;
    use crate::model::notation;

    fn with(one: &str, other: &str, check: impl Fn(&[Piece<'_>], &[Piece<'_>])) {
        let (one, other) = (
            notation::parse(one).unwrap(),
            notation::parse(other).unwrap(),
        );
        assert_eq!(one.text, other.text);
        let ruler = Ruler::new(&one.text, [&one.annotation, &other.annotation]);
        check(
            &ruler.solid_entities(&one.annotation),
            &ruler.solid_entities(&other.annotation),
        );
    }

    const ONE: &str = "body| {ORG Bank of {GPE Malta}} and {PERSON Ada} {PERSON Bo}";
    const OTHER: &str = "body| {ORG Bank} of {GPE Malta} and {PERSON Ada Bo}";

    #[test]
    fn spans_are_the_same_in_start_end_and_label() {
        with(ONE, OTHER, |ours, theirs| {
            let all = exact(ours, theirs).micro();
            assert_eq!((all.hits, all.guessed, all.gold), (1, 4, 3));
        });
    }

    #[test]
    fn a_span_is_paired_once_however_many_it_overlaps() {
        with(ONE, OTHER, |ours, theirs| {
            // Ada Bo overlaps Ada and Bo, and counts once.
            assert_eq!(relaxed(ours, theirs), 3);
            // ORG 11 and 4, GPE 5 and 5, PERSON 5 and 5 characters.
            let counts = characters(ours, theirs);
            assert_eq!((counts.hits, counts.guessed, counts.gold), (14, 21, 14));
        });
    }

    #[test]
    fn the_greatest_matching_moves_a_partner_on() {
        // The first long span could take the only partner of the second.
        let one = "body| {X aa bb cc}";
        let other = "body| {X aa {X bb} cc}";
        with(one, other, |ours, theirs| {
            assert_eq!(relaxed(ours, theirs), 1);
            assert_eq!(relaxed(theirs, ours), 1);
        });
    }

    #[test]
    fn lenience_counts_in_half_points() {
        with(ONE, OTHER, |ours, theirs| {
            let points = Lenience::ALL.map(|by| lenient(ours, theirs, by));
            // Bank takes Bank of Malta; Malta is Malta; Ada Bo takes Ada.
            assert_eq!(points, [2, 2, 4, 6]);
        });
    }

    #[test]
    fn words_have_the_label_of_the_outer_entity() {
        let (one, other) = (
            notation::parse(ONE).unwrap(),
            notation::parse(OTHER).unwrap(),
        );
        let found = words(&one.text, &one.annotation, &other.annotation);
        let label = |name: &str| Label::new(name).ok();
        assert_eq!(found[&(label("ORG"), label("ORG"))], 1);
        assert_eq!(found[&(label("ORG"), None)], 1);
        assert_eq!(found[&(label("ORG"), label("GPE"))], 1);
        assert_eq!(found[&(label("PERSON"), label("PERSON"))], 2);
        assert_eq!(found[&(None, None)], 1);
    }
}
