//! Long runs of what surrounds a story (menus, boxes, lists of links), of which the article view
//! shows the first line alone.
//!
//! Nothing is folded that somebody should see before the article is done: what the models are
//! unsure of, what reads as prose (a missed comment, say), main headings, entities, and places with
//! remarks. A fold opens when the caret or the selection comes into it, and when anything in it
//! gets another label. It is made when the article opens and never under the annotator's hands.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::model::{Annotation, Article, Block, BytePos, Label, Region};

/// An article with more blocks above its story opens at the story.
const FAR: usize = 3;
/// A run of so many blocks stays as it is.
const SHORT_RUN: usize = 6;
/// Articles with more blocks are not folded: this is worked out between two frames.
const MOST_BLOCKS: usize = 5_000;
/// How much of a block is looked at, in bytes.
const LOOKED_AT: usize = 300;
/// How many words make prose, even without a full stop.
const PROSE: usize = 30;
/// How many words make prose if they end like a sentence.
const SENTENCE: usize = 9;

/// Whether a region with this label surrounds the story.
#[must_use]
pub fn is_furniture(label: &Label) -> bool {
    const NAMES: [&str; 6] = ["nav", "navigation", "boilerplate", "related", "ad", "ads"];
    NAMES
        .iter()
        .any(|name| label.as_str().eq_ignore_ascii_case(name))
}

/// The blocks of an article that are not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folds {
    hidden: Vec<Range<usize>>,
    /// The version of the annotation that they were compared with last.
    seen: u64,
}

impl Folds {
    /// Folds the long runs of an article's furniture.
    #[must_use]
    pub fn of(article: &Article, annotation: &Annotation, version: u64) -> Self {
        let blocks = &article.blocks;
        let mut hidden = Vec::new();
        if blocks.len() <= MOST_BLOCKS {
            let busy = busy(article, annotation);
            let mut run = 0..0;
            for (at, block) in blocks.iter().enumerate() {
                if !busy.contains(&at) && may_hide(article, annotation, block) {
                    run = if run.end == at {
                        run.start..at + 1
                    } else {
                        at..at + 1
                    };
                    continue;
                }
                hidden.extend(hidden_of(&run));
                run = 0..0;
            }
            hidden.extend(hidden_of(&run));
        }
        Self {
            hidden,
            seen: version,
        }
    }

    /// The hidden blocks, in order.
    #[must_use]
    pub fn hidden(&self) -> &[Range<usize>] {
        &self.hidden
    }

    /// How many blocks are hidden.
    #[must_use]
    pub fn count(&self) -> usize {
        self.hidden.iter().map(ExactSizeIterator::len).sum()
    }

    /// Opens every fold that holds one of these blocks.
    pub fn open(&mut self, blocks: &Range<usize>) {
        self.hidden
            .retain(|fold| fold.end <= blocks.start || blocks.end <= fold.start);
    }

    /// Opens every fold in which something has another label than before; gives how many blocks
    /// that shows.
    pub fn follow(&mut self, article: &Article, annotation: &Annotation, version: u64) -> usize {
        if std::mem::replace(&mut self.seen, version) == version {
            return 0;
        }
        let before = self.count();
        self.hidden
            .retain(|fold| is_furniture_throughout(article, annotation, fold));
        before - self.count()
    }
}

/// The block with which the story begins, if it is not in sight where the article begins.
#[must_use]
pub fn story_start(article: &Article, annotation: &Annotation) -> Option<usize> {
    let story = annotation
        .regions()
        .iter()
        .find(|region| !is_furniture(&region.label))?;
    let block = article.block_at(story.span.start())?;
    (block > FAR).then_some(block)
}

/// What is hidden of a run: all but its first block, if it is long.
fn hidden_of(run: &Range<usize>) -> Option<Range<usize>> {
    (run.len() > SHORT_RUN).then(|| run.start + 1..run.end)
}

/// The blocks that hold an entity, or of which a remark speaks.
fn busy(article: &Article, annotation: &Annotation) -> BTreeSet<usize> {
    let entities = annotation.entities().iter().map(|entity| entity.span);
    let remarks = annotation.remarks().iter().filter_map(|remark| remark.at);
    let mut busy = BTreeSet::new();
    for span in entities.chain(remarks) {
        let last = BytePos(span.end().0.saturating_sub(1));
        if let (Some(from), Some(to)) = (article.block_at(span.start()), article.block_at(last)) {
            busy.extend(from..=to);
        }
    }
    busy
}

fn may_hide(article: &Article, annotation: &Annotation, block: &Block) -> bool {
    let regions = annotation.regions_in(block.span);
    let [region] = regions else { return false };
    region.span.contains(block.span)
        && is_furniture(&region.label)
        && !region.provenance.is_unsure()
        && block.heading_level() != Some(1)
        && !is_prose(article.text.slice(block.span))
}

/// Whether a block reads as a story or a comment does.
fn is_prose(words: &str) -> bool {
    let mut end = words.len().min(LOOKED_AT);
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    let seen = words.get(..end).unwrap_or_default();
    if end < words.len() {
        return true; // no menu says so much in one block
    }
    let count = seen.split_whitespace().count();
    let ends = seen
        .trim_end_matches(['"', '”', '’', '»', ')'])
        .ends_with(['.', '!', '?', '…', '。', '！', '？', '।', '؟']);
    // Scripts without spaces: one "word" of a dozen letters.
    let dense = count <= 2 && seen.chars().filter(|c| *c >= '\u{2e80}').count() >= 20;
    count >= PROSE || (ends && (count >= SENTENCE || dense))
}

fn is_furniture_throughout(
    article: &Article,
    annotation: &Annotation,
    fold: &Range<usize>,
) -> bool {
    let blocks = article.blocks.get(fold.clone()).unwrap_or_default();
    let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else {
        return false;
    };
    let Ok(span) = article.text.span(first.span.start(), last.span.end()) else {
        return false;
    };
    let regions: &[Region] = annotation.regions_in(span);
    let mut covered = span.start();
    for region in regions {
        let between = article
            .text
            .as_str()
            .get(covered.index()..region.span.start().index());
        let gap = between.is_some_and(|between| !between.trim().is_empty());
        if gap || !is_furniture(&region.label) || region.provenance.is_unsure() {
            return false;
        }
        covered = covered.max(region.span.end());
    }
    covered >= span.end() && annotation.entities_in(span).next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ArticleId;
    use crate::model::notation;

    fn made(notated: &str) -> (Article, Annotation) {
        let notated = notation::parse(notated).unwrap();
        let blocks = crate::extract::blocks_of_text(&notated.text);
        let article = Article {
            id: ArticleId::new("a").unwrap(),
            text: notated.text,
            blocks,
            meta: crate::model::Metadata::default(),
        };
        (article, notated.annotation)
    }

    fn menu(lines: usize) -> String {
        (0..lines)
            .map(|n| format!("nav?0.9| Item {n}\n|\n"))
            .collect()
    }

    #[test]
    fn a_long_menu_shows_its_first_line_and_a_short_one_all() {
        let (article, annotation) = made(&format!("{}body?0.9| The story begins here.", menu(9)));
        let folds = Folds::of(&article, &annotation, 0);
        assert_eq!(folds.hidden(), [1..9]);
        let (article, annotation) = made(&format!("{}body?0.9| The story begins here.", menu(6)));
        assert!(Folds::of(&article, &annotation, 0).hidden().is_empty());
    }

    #[test]
    fn an_article_opens_at_its_story_if_that_is_far_from_the_top() {
        let (article, annotation) = made(&format!("{}body?0.9| The story begins here.", menu(9)));
        assert_eq!(story_start(&article, &annotation), Some(9));
        let (article, annotation) = made(&format!("{}body?0.9| The story begins here.", menu(3)));
        assert_eq!(story_start(&article, &annotation), None);
        let (article, annotation) = made(&menu(9));
        assert_eq!(
            story_start(&article, &annotation),
            None,
            "there is no story"
        );
    }

    #[test]
    fn what_is_doubted_or_reads_as_prose_is_never_hidden() {
        let doubted = format!("{}nav?0.4| Share\n|\n{}body| Story.", menu(4), menu(4));
        let (article, annotation) = made(&doubted);
        assert!(Folds::of(&article, &annotation, 0).hidden().is_empty());
        let comment = "nav?0.94| I have lived here for ten years and nobody asked us.\n|\n";
        let (article, annotation) = made(&format!("{}{comment}{}body| Story.", menu(4), menu(4)));
        assert!(Folds::of(&article, &annotation, 0).hidden().is_empty());
    }

    #[test]
    fn a_fold_opens_where_the_selection_comes_into_it_and_where_a_label_changes() {
        let source = format!(
            "{}body?0.9| The story begins here.\n|\n{}",
            menu(9),
            menu(9)
        );
        let (article, annotation) = made(&source);
        let mut folds = Folds::of(&article, &annotation, 0);
        assert_eq!(folds.hidden(), [1..9, 11..19]);
        assert_eq!(folds.count(), 16);
        folds.open(&(0..1));
        assert_eq!(folds.count(), 16, "the first line is not in the fold");
        folds.open(&(4..5));
        assert_eq!(folds.hidden(), [11..19]);
        let changed = source.replacen(
            "nav?0.9| Item 3\n|\nnav?0.9| Item 4",
            "nav?0.9| Item 3\n|\nbody| Item 4",
            2,
        );
        let (_, changed) = made(&changed);
        assert_eq!(folds.follow(&article, &changed, 1), 8);
        assert!(folds.hidden().is_empty());
    }
}
