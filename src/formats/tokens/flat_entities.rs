//! The entities that flat tags of tokens can represent.

use std::ops::Range;

use super::covered;
use crate::formats::RecordView;
use crate::model::{BytePos, Label, Span};

/// Returns the entities that flat tags can represent, as ranges of tokens.
pub(in crate::formats) fn outermost<'a>(
    record: &RecordView<'a>,
    tokens: &[Span],
) -> Vec<(Range<usize>, &'a Label)> {
    let mut out: Vec<(Range<usize>, &Label)> = Vec::new();
    let mut end = BytePos(0);
    for entity in record.annotation.entities() {
        if entity.span.start() < end {
            continue; // inside the one before
        }
        end = entity.span.end();
        if let Some(range) = covered(&record.article.text, tokens, entity.span) {
            out.push((range, &entity.label));
        }
    }
    out
}
