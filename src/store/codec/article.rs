//! An article's blocks, and the rest of its metadata.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{CodecError, Result, VERSION, len, read, span, write};
use crate::model::{Block, Text};

/// The longest that all paths of an article are together when read: a short text could claim to
/// hold long ones.
const MAX_PATH_BYTES: usize = 1 << 30;

#[derive(Serialize, Deserialize)]
struct BlocksDto<'a> {
    v: u32,
    /// Each DOM path once, as `[bytes shared with the path before, the rest]`: neighbours differ in
    /// the last steps.
    paths: Vec<(usize, Cow<'a, str>)>,
    /// `[bytes since the block before, length, index into the paths, link permille]`.
    blocks: Vec<(u32, u32, usize, u16)>,
}

/// An article's blocks as JSON. They must be sorted, as an article's blocks are.
///
/// # Errors
/// If they are not sorted, or overlap.
pub fn write_blocks(blocks: &[Block]) -> Result<String> {
    let mut paths: Vec<(usize, Cow<'_, str>)> = Vec::new();
    let mut before = "";
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut end = 0;
    let mut dtos = Vec::with_capacity(blocks.len());
    for block in blocks {
        let gap = block.span.start().0.checked_sub(end).ok_or_else(|| {
            CodecError::new(format_args!(
                "the blocks overlap at {:?} or are not sorted",
                block.span
            ))
        })?;
        let place = *places.entry(&block.path).or_insert_with(|| {
            let shared = shared_prefix(before, &block.path);
            paths.push((shared, Cow::Borrowed(&block.path[shared..])));
            before = &block.path;
            paths.len() - 1
        });
        dtos.push((gap, len(block.span), place, block.link_permille));
        end = block.span.end().0;
    }
    write(&BlocksDto {
        v: VERSION,
        paths,
        blocks: dtos,
    })
}

/// Returns the length of the common prefix of two strings, in whole characters.
fn shared_prefix(a: &str, b: &str) -> usize {
    a.chars()
        .zip(b.chars())
        .take_while(|(a, b)| a == b)
        .map(|(c, _)| c.len_utf8())
        .sum()
}

/// The blocks of `text` from JSON.
///
/// # Errors
/// If it is not what [`write_blocks`] writes, or does not fit the text.
pub fn read_blocks(json: &str, text: &Text) -> Result<Vec<Block>> {
    let dto: BlocksDto<'_> = read(json)?;
    let mut paths: Vec<Arc<str>> = Vec::with_capacity(dto.paths.len());
    let mut total = 0;
    for (shared, rest) in &dto.paths {
        let before = paths.last().map_or("", |path| path);
        let kept = before
            .get(..*shared)
            .ok_or_else(|| CodecError::new("a path shares more than there is"))?;
        total += kept.len() + rest.len();
        if total > MAX_PATH_BYTES {
            return Err(CodecError::new("the paths of the blocks are too long"));
        }
        paths.push([kept, rest].concat().into());
    }
    let mut end: u32 = 0;
    dto.blocks
        .into_iter()
        .map(|(gap, len, place, link_permille)| {
            let start = end
                .checked_add(gap)
                .ok_or_else(|| CodecError::new("a block begins beyond all texts"))?;
            let span = span(text, start, len)?;
            end = span.end().0;
            Ok(Block {
                span,
                path: paths
                    .get(place)
                    .cloned()
                    .ok_or_else(|| CodecError::new(format_args!("no path has number {place}")))?,
                link_permille,
            })
        })
        .collect()
}

/// Writes the other metadata of an article as a JSON object of strings.
///
/// # Errors
/// None that the types allow; serde's signature has one.
pub fn write_other(other: &BTreeMap<String, String>) -> Result<String> {
    write(other)
}

/// Reads the other metadata of an article.
///
/// # Errors
/// If it is not a JSON object of strings.
pub fn read_other(json: &str) -> Result<BTreeMap<String, String>> {
    serde_json::from_str(json).map_err(CodecError::new)
}
