//! The rows of an article: its blocks, cut at the edges of regions.

use crate::extract;
use crate::formats::{Capabilities, FormatSpec, RecordSplit, RecordUnit, RecordView, WriteOptions};
use crate::model::{Block, Label, Span};

/// A block, or the part of one that lies in a region.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockRow<'a> {
    /// Its number in the article, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// Its place in the text.
    pub span: Span,
    /// The label of its region, if it is in one.
    pub label: Option<&'a Label>,
    /// The score of a region that no person confirmed, if scores are written.
    pub score: Option<f64>,
    /// The path of its element in the page; empty for plain text.
    pub path: &'a str,
    /// How much of it is link text, from 0 to 1.
    pub link_share: f64,
}

impl BlockRow<'_> {
    /// Returns the name of its element, such as `p`; empty for plain text.
    #[must_use]
    pub fn tag(&self) -> &str {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        last.split('[').next().unwrap_or_default()
    }

    /// Returns how many elements it is inside.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.path
            .split('/')
            .filter(|element| !element.is_empty())
            .count()
    }
}

/// Calls `take` with each row of an article.
pub(in crate::formats) fn each(
    record: &RecordView<'_>,
    options: &WriteOptions,
    mut take: impl FnMut(&BlockRow<'_>),
) {
    let (text, annotation) = (&record.article.text, record.annotation);
    let made;
    let blocks: &[Block] = if record.article.blocks.is_empty() {
        made = extract::blocks_of_text(text);
        &made
    } else {
        &record.article.blocks
    };
    let mut pieces: Vec<(Span, usize, Option<usize>)> = Vec::with_capacity(blocks.len());
    let regions = annotation.regions();
    for (nth, block) in blocks.iter().enumerate() {
        let mut rest = Some(block.span);
        let from = regions.partition_point(|region| region.span.end() <= block.span.start());
        for (number, region) in regions.iter().enumerate().skip(from) {
            let Some(left) = rest else { break };
            let Some(inside) = left.intersection(region.span) else {
                break;
            };
            let before = left.before(inside.start());
            pieces.extend(before.map(|before| (before, nth, None)));
            pieces.push((inside, nth, Some(number)));
            rest = left.from(inside.end());
        }
        pieces.extend(rest.map(|rest| (rest, nth, None)));
    }
    // The text between two regions may be only white space.
    let pieces: Vec<_> = pieces
        .into_iter()
        .filter_map(|(span, nth, region)| Some((text.trim(span)?, nth, region)))
        .collect();
    for (index, (span, nth, region)) in pieces.iter().enumerate() {
        let region = region.and_then(|number| regions.get(number));
        let Some(block) = blocks.get(*nth) else {
            continue;
        };
        take(&BlockRow {
            number: index + 1,
            of: pieces.len(),
            span: *span,
            label: region.map(|region| &region.label),
            score: region
                .and_then(|region| region.provenance.score())
                .filter(|_| options.scores)
                .map(crate::model::Score::value),
            path: &block.path,
            link_share: f64::from(block.link_permille) / 1000.0,
        });
    }
}

/// The declaration that all formats of blocks share: they hold blocks and are only written.
pub(in crate::formats) const SPEC: FormatSpec = FormatSpec {
    capabilities: Capabilities {
        reads: false,
        writes: true,
        text: false,
        regions: true,
        entities: false,
        nesting: false,
        cuts: true,
        status: true,
        remarks: false,
        scores: true,
        metadata: true,
    },
    records: RecordSplit::Custom,
    unit: RecordUnit::Block,
    ..FormatSpec::DEFAULT
};
