//! Which label a block deserves, by rules.

use super::features::Hints;
use super::merge::{LabelledBlock, merge_runs};
use crate::model::{Block, Label, Region, Schema, Score, Text};

/// Suggests regions for the blocks of a text; `hints` has one entry for each block.
pub(super) fn suggest(
    text: &Text,
    blocks: &[Block],
    _hints: &[Hints],
    _title: &str,
    schema: &Schema,
) -> Vec<Region> {
    let labelled: Vec<LabelledBlock> = blocks
        .iter()
        .map(|block| {
            let words = text.slice(block.span);
            let is_prose =
                words.split_whitespace().count() >= 8 && words.ends_with(['.', '!', '?', '"', '”']);
            LabelledBlock {
                span: block.span,
                label: Label::new(if is_prose { "body" } else { "nav" }).ok(),
                score: Score::new(0.7),
                group: None,
            }
        })
        .collect();
    merge_runs(text, &labelled, schema)
}
