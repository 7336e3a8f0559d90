//! Places that are alike: the same words with the same versions.

use super::decision::Choice;
use super::place::{LabelledSpan, Place};
use crate::model::{BytePos, Span, Text};

/// The numbers of the other places like the one numbered `of`: the same kind, the same covered
/// text, and the same versions, whoever has them.
#[must_use]
pub fn same_as(text: &Text, places: &[Place], of: usize) -> Vec<usize> {
    let Some(place) = places.get(of) else {
        return Vec::new();
    };
    let words = text.slice(place.span);
    let alike = |(at, other): (usize, &Place)| {
        let is_alike = at != of
            && other.kind == place.kind
            && other.span.len() == place.span.len()
            && text.slice(other.span) == words
            && has_same_versions(text, place, other);
        is_alike.then_some(at)
    };
    places.iter().enumerate().filter_map(alike).collect()
}

/// A choice for one place as a choice for another of the same length with the same versions.
///
/// `None` if the other place has no such version.
#[must_use]
pub fn translate(text: &Text, choice: &Choice, from: &Place, to: &Place) -> Option<Choice> {
    match choice {
        Choice::Unanimous | Choice::Majority { .. } | Choice::Nobody => Some(choice.clone()),
        Choice::Version(at) => {
            let spans = moved(text, &from.versions.get(*at)?.spans, from.span, to.span)?;
            to.version_with(&spans).map(Choice::Version)
        }
        Choice::Own(spans) => moved(text, spans, from.span, to.span).map(Choice::Own),
    }
}

/// Whether both places have the same sets of spans, by their distance from the start of the place.
fn has_same_versions(text: &Text, one: &Place, other: &Place) -> bool {
    one.versions.len() == other.versions.len()
        && one.versions.iter().all(|version| {
            moved(text, &version.spans, one.span, other.span)
                .is_some_and(|spans| other.version_with(&spans).is_some())
        })
}

/// Spans at one place as spans at another; `None` if they do not fit the text there.
fn moved(text: &Text, spans: &[LabelledSpan], from: Span, to: Span) -> Option<Vec<LabelledSpan>> {
    let distance = i64::from(to.start().0) - i64::from(from.start().0);
    let shift = |pos: BytePos| u32::try_from(i64::from(pos.0) + distance).ok().map(BytePos);
    let shifted = |one: &LabelledSpan| {
        let (start, end) = (shift(one.span.start())?, shift(one.span.end())?);
        Some(LabelledSpan {
            span: text.span(start, end).ok()?,
            label: one.label.clone(),
        })
    };
    spans.iter().map(shifted).collect()
}
