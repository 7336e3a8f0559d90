//! Resolves the spans of other tools.
//!
//! A span has offsets in one or two units, the quoted text, or both. Tools check neither, so both
//! are checked against the text. A span that does not fit is left out and reported.

use std::ops::Range;

use serde_json::Value;

use crate::formats::OffsetUnit;
use crate::formats::metadata::span_attributes;
use crate::formats::reading::json_objects::excerpt;
use crate::formats::reading::offset_convention::visible_chars;
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};

/// The start and end of a span, unchecked.
pub(in crate::formats) type RawOffsets = (i64, i64);

/// A span of another tool.
#[derive(Clone, Copy, Debug)]
pub(in crate::formats) struct ForeignSpan<'m> {
    pub(in crate::formats) kind: SpanKind,
    pub(in crate::formats) label: &'m str,
    /// The score of a model; `None` for a person's work.
    pub(in crate::formats) score: Option<f64>,
    /// Its offsets and their unit.
    pub(in crate::formats) at: Option<(RawOffsets, OffsetUnit)>,
    /// Its offsets in another unit. Both must lead to the same place.
    pub(in crate::formats) also: Option<(RawOffsets, OffsetUnit)>,
    /// The text that it covers, white space aside.
    ///
    /// If the text is elsewhere, the offsets are tried as UTF-16, which many web programs use, and
    /// with CR LF counted as one character.
    pub(in crate::formats) quote: Option<&'m str>,
    /// Whether the quoted text is searched for if the offsets do not lead to it.
    pub(in crate::formats) seek: bool,
}

impl<'m> ForeignSpan<'m> {
    /// Creates a span with only offsets.
    pub(in crate::formats) fn new(
        kind: SpanKind,
        label: &'m str,
        at: Option<RawOffsets>,
        unit: OffsetUnit,
    ) -> Self {
        Self {
            kind,
            label,
            score: None,
            at: at.map(|at| (at, unit)),
            also: None,
            quote: None,
            seek: false,
        }
    }

    /// Adds the score of a model.
    pub(in crate::formats) fn scored(self, score: Option<f64>) -> Self {
        Self { score, ..self }
    }
}

/// Returns the offsets in two fields of an object.
pub(in crate::formats) fn raw_offsets(value: &Value, start: &str, end: &str) -> Option<RawOffsets> {
    Some((value.get(start)?.as_i64()?, value.get(end)?.as_i64()?))
}

impl RecordBuilder<'_> {
    /// Adds a span, or leaves it out and reports why. `raw` is its source.
    pub(in crate::formats) fn add_foreign(&mut self, foreign: &ForeignSpan<'_>, raw: &Value) {
        self.forget_last();
        match self.resolve_span(foreign) {
            Ok(ResolvedSpan::Offsets((start, end), unit)) => {
                self.add(foreign.kind, start, end, foreign.label, unit, foreign.score);
            }
            Ok(ResolvedSpan::Bytes(range)) => {
                self.add_bytes(foreign.kind, range, foreign.label, foreign.score);
            }
            Err(why) => self.leave_out(&excerpt(raw), why),
        }
        self.add_attributes(span_attributes::of_span(raw));
    }

    fn resolve_span(&self, foreign: &ForeignSpan<'_>) -> Result<ResolvedSpan, &'static str> {
        let fits = |(start, end): RawOffsets, unit| {
            self.span(start, end, unit).is_some_and(|span| {
                let found_words = self.text.slice(span);
                foreign
                    .quote
                    .is_none_or(|quote| visible_chars(found_words).eq(visible_chars(quote)))
            })
        };
        if let (Some((at, unit)), Some((other, other_unit))) = (foreign.at, foreign.also) {
            let one = self.span(at.0, at.1, unit);
            if one.is_some() && one != self.span(other.0, other.1, other_unit) {
                return Err("its offsets in two units disagree");
            }
        }
        let said = foreign.at.or(foreign.also);
        let Some(quote) = foreign.quote else {
            let (at, unit) = said.ok_or("it has no offsets")?;
            return Ok(ResolvedSpan::Offsets(at, unit));
        };
        if let Some((at, unit)) = said {
            for unit in [unit, OffsetUnit::Utf16] {
                if fits(at, unit) {
                    return Ok(ResolvedSpan::Offsets(at, unit));
                }
            }
            let agrees = |range: &Range<usize>| {
                let found_words = self.text.as_str().get(range.clone());
                found_words
                    .is_some_and(|found_words| visible_chars(found_words).eq(visible_chars(quote)))
            };
            let crlf_once = self.crlf_once(unit).iter();
            let found = crlf_once.filter_map(|places| places.range(&self.text, at.0, at.1));
            if let Some(range) = found.into_iter().find(agrees) {
                return Ok(ResolvedSpan::Bytes(range));
            }
        }
        if foreign.seek {
            let near = said.map_or(0, |((start, _), _)| start.try_into().unwrap_or(0));
            let found = find(self.text.as_str(), quote, near);
            return found
                .map(ResolvedSpan::Bytes)
                .ok_or("the text does not contain its words");
        }
        match said {
            None => Err("it has no offsets"),
            // A span outside the text is reported as such.
            Some((at, unit)) if self.span(at.0, at.1, unit).is_none() => {
                Ok(ResolvedSpan::Offsets(at, unit))
            }
            Some(_) => Err("the text has other words at its offsets"),
        }
    }
}

/// The place of a span.
enum ResolvedSpan {
    Offsets(RawOffsets, OffsetUnit),
    Bytes(Range<usize>),
}

/// Finds quoted text, white space aside, and returns its bytes. Of several places, the one nearest
/// to the character `near` wins.
fn find(text: &str, words: &str, near: usize) -> Option<Range<usize>> {
    let wanted: String = visible_chars(words).collect();
    if wanted.is_empty() {
        return None;
    }
    let mut bare = String::with_capacity(text.len());
    // The place in the text of each byte of `bare`, and the number of characters before it.
    let mut places = Vec::with_capacity(text.len());
    for (nth, (at, c)) in text.char_indices().enumerate() {
        if !c.is_whitespace() {
            bare.push(c);
            places.extend((0..c.len_utf8()).map(|byte| (at + byte, nth)));
        }
    }
    let hits = memchr::memmem::find_iter(bare.as_bytes(), wanted.as_bytes());
    let nearest = hits.min_by_key(|hit| {
        places
            .get(*hit)
            .map_or(usize::MAX, |place| place.1.abs_diff(near))
    })?;
    let start = places.get(nearest)?.0;
    let last = places.get(nearest + wanted.len() - 1)?.0;
    Some(start..last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Code, Parsed, ReadOptions};

    const TEXT: &str = "A😀 Angela Merkel visited Paris.";

    fn taken(foreign: &ForeignSpan<'_>) -> Result<String, String> {
        let options = ReadOptions::default();
        let mut builder = RecordBuilder::new(TEXT.to_owned(), &options).unwrap();
        builder.add_foreign(foreign, &Value::from("raw"));
        let Parsed { record, warnings } = builder.finish();
        match record.annotation.entities() {
            [entity] => Ok(TEXT[entity.span.range()].to_owned()),
            _ => {
                assert_eq!(warnings[0].code, Code::SpanLeftOut);
                Err(warnings[0].message.clone())
            }
        }
    }

    #[test]
    fn what_offsets_and_words_say_is_held_against_the_text() {
        let unit = OffsetUnit::Codepoint;
        let plain = ForeignSpan::new(SpanKind::Entity, "GPE", Some((25, 30)), unit);
        assert_eq!(taken(&plain), Ok("Paris".into()));
        let bytes = Some(((28, 33), OffsetUnit::Byte));
        assert_eq!(
            taken(&ForeignSpan {
                also: bytes,
                ..plain
            }),
            Ok("Paris".into())
        );
        let only_bytes = ForeignSpan {
            at: None,
            also: bytes,
            ..plain
        };
        assert_eq!(taken(&only_bytes), Ok("Paris".into()));
        let other = Some(((27, 33), OffsetUnit::Byte));
        assert!(
            taken(&ForeignSpan {
                also: other,
                ..plain
            })
            .is_err()
        );

        // The offsets of a browser, with the quoted text.
        let quoted = ForeignSpan {
            at: Some(((26, 31), unit)),
            quote: Some("Paris"),
            ..plain
        };
        assert_eq!(taken(&quoted), Ok("Paris".into()));
        let wrong = ForeignSpan {
            at: Some(((2, 7), unit)),
            ..quoted
        };
        assert!(
            taken(&wrong)
                .unwrap_err()
                .ends_with("the text has other words at its offsets")
        );
        assert_eq!(
            taken(&ForeignSpan {
                seek: true,
                ..wrong
            }),
            Ok("Paris".into())
        );
        let nowhere = ForeignSpan {
            at: None,
            quote: Some("Rome"),
            seek: true,
            ..plain
        };
        assert!(
            taken(&nowhere)
                .unwrap_err()
                .ends_with("the text does not contain its words")
        );

        let outside = ForeignSpan {
            at: Some(((3000, 3005), unit)),
            ..quoted
        };
        assert!(taken(&outside).is_err());
        assert!(taken(&ForeignSpan { at: None, ..plain }).is_err());
        assert!(
            taken(&ForeignSpan {
                at: Some(((-1, 3), unit)),
                ..plain
            })
            .is_err()
        );
    }

    #[test]
    fn offsets_of_a_browser_that_counts_crlf_once_are_recognised_by_the_words() {
        let options = ReadOptions::default();
        let text = "One 😀\r\ntwo\r\nParis.";
        let mut builder = RecordBuilder::new(text.to_owned(), &options).unwrap();
        let unit = OffsetUnit::Codepoint;
        // Characters, then UTF-16 units, both with two line breaks that count once.
        for (start, label) in [(10, "A"), (11, "B")] {
            let foreign = ForeignSpan {
                quote: Some("Paris"),
                ..ForeignSpan::new(SpanKind::Entity, label, Some((start, start + 5)), unit)
            };
            builder.add_foreign(&foreign, &Value::from("raw"));
        }
        let wrong = ForeignSpan {
            quote: Some("Paris"),
            ..ForeignSpan::new(SpanKind::Entity, "C", Some((9, 14)), unit)
        };
        builder.add_foreign(&wrong, &Value::from("raw"));
        let parsed = builder.finish();
        let found = parsed.record.annotation.entities().iter();
        let found: Vec<_> = found
            .map(|e| (e.label.as_str(), &text[e.span.range()]))
            .collect();
        assert_eq!(found, [("A", "Paris"), ("B", "Paris")]);
        assert_eq!(parsed.warnings.len(), 1);
    }

    #[test]
    fn words_are_found_over_white_space_and_nearest_first() {
        let text = "Paris,\nAngela\n Merkel, Paris";
        assert_eq!(find(text, "Angela Merkel", 0), Some(7..21));
        assert_eq!(find(text, "Paris", 20), Some(23..28));
        assert_eq!(find(text, "  ", 0), None);
    }
}
