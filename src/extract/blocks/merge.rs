//! Merges labelled blocks into regions.

use crate::model::{Label, Provenance, Region, Schema, Score, Span, Text};

/// A block with a score below this is not merged with its neighbours, so that the window can point
/// at it.
pub const UNSURE_BELOW: f64 = 0.6;

/// A block with its predicted label.
#[derive(Clone, Debug)]
pub struct LabelledBlock {
    /// The block's span.
    pub span: Span,
    /// The label. A label that the schema lacks or has disabled makes no region.
    pub label: Option<Label>,
    /// The extractor's confidence.
    pub score: Score,
    /// Blocks with the same number belong together, such as the paragraphs of a comment, and are
    /// merged even if unsure.
    pub group: Option<u32>,
}

/// Makes regions of labelled blocks, which are in text order.
///
/// Neighbours of one label become one region from the first to the last, with the least of their
/// scores, except that labels whose neighbours stay separate are joined only within a group, and
/// that a block with a score under [`UNSURE_BELOW`] is joined only within its group.
#[must_use]
pub fn merge_runs(text: &Text, labelled: &[LabelledBlock], schema: &Schema) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    let mut before: Option<&LabelledBlock> = None;
    for block in labelled {
        let known = block
            .label
            .as_ref()
            .and_then(|label| schema.region(label.as_str()))
            .filter(|known| known.enabled);
        let (Some(known), Some(span)) = (known, text.trim(block.span)) else {
            before = None;
            continue;
        };
        let joins = before.is_some_and(|before| {
            if before.label != block.label {
                return false;
            }
            if before.group.is_some() || block.group.is_some() {
                return before.group == block.group;
            }
            let sure = before.score.value() >= UNSURE_BELOW && block.score.value() >= UNSURE_BELOW;
            sure && !known.separate
        });
        match regions.last_mut() {
            Some(last) if joins && last.span.end() <= span.start() => {
                last.span = last.span.cover(span);
                let least = last
                    .provenance
                    .score()
                    .unwrap_or(Score::ONE)
                    .min(block.score);
                last.provenance = Provenance::Extractor(least);
            }
            // Regions must not overlap; the first one is kept.
            Some(last) if last.span.overlaps(span) => {}
            _ => regions.push(Region {
                span,
                label: known.label.clone(),
                provenance: Provenance::Extractor(block.score),
            }),
        }
        before = Some(block);
    }
    regions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::tests::schema;
    use crate::model::BytePos;

    /// Blocks from lines of label, score, group and words; what becomes of them, as lines of label,
    /// score and words.
    fn merged(lines: &[(&str, f64, Option<u32>, &str)], labels: &[&str]) -> Vec<String> {
        let words: Vec<&str> = lines.iter().map(|line| line.3).collect();
        let text = Text::new(&words.join("\n"));
        let mut start = 0;
        let blocks: Vec<LabelledBlock> = lines
            .iter()
            .map(|(label, score, group, words)| {
                let end = start + words.len();
                let span = text
                    .span(BytePos::from_index(start), BytePos::from_index(end))
                    .unwrap();
                start = end + 1;
                LabelledBlock {
                    span,
                    label: Label::new(label).ok(),
                    score: Score::new(*score),
                    group: *group,
                }
            })
            .collect();
        merge_runs(&text, &blocks, &schema(labels))
            .iter()
            .map(|region| {
                let score = region.provenance.score().unwrap().value();
                format!(
                    "{} {score} {}",
                    region.label,
                    text.slice(region.span).replace('\n', "/")
                )
            })
            .collect()
    }

    const CORE: &[&str] = &["body", "comment", "nav"];

    #[test]
    fn neighbours_of_one_label_become_one_region_with_the_least_score() {
        let lines = [
            ("nav", 0.9, None, "a"),
            ("body", 0.95, None, "b"),
            ("body", 0.7, None, "c"),
            ("body", 0.8, None, "d"),
        ];
        assert_eq!(merged(&lines, CORE), ["nav 0.9 a", "body 0.7 b/c/d"]);
    }

    #[test]
    fn what_is_unsure_stays_by_itself() {
        let lines = [
            ("body", 0.9, None, "a"),
            ("body", 0.59, None, "b"),
            ("body", 0.9, None, "c"),
            ("body", 0.9, None, "d"),
        ];
        assert_eq!(
            merged(&lines, CORE),
            ["body 0.9 a", "body 0.59 b", "body 0.9 c/d"]
        );
    }

    #[test]
    fn comments_stay_apart_and_their_paragraphs_together() {
        let lines = [
            ("comment", 0.9, Some(1), "a"),
            ("comment", 0.55, Some(1), "b"),
            ("comment", 0.9, Some(2), "c"),
            ("comment", 0.9, None, "d"),
            ("comment", 0.9, None, "e"),
        ];
        assert_eq!(
            merged(&lines, CORE),
            [
                "comment 0.55 a/b",
                "comment 0.9 c",
                "comment 0.9 d",
                "comment 0.9 e"
            ]
        );
    }

    #[test]
    fn a_label_that_the_schema_lacks_gives_no_region_and_parts_its_neighbours() {
        let lines = [
            ("body", 0.9, None, "a"),
            ("nav", 0.9, None, "b"),
            ("body", 0.9, None, "c"),
        ];
        assert_eq!(
            merged(&lines, &["body", "comment"]),
            ["body 0.9 a", "body 0.9 c"]
        );
    }
}
