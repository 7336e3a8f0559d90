//! Changes that the person may not have seen are named in the bar below, with a way back.

use crate::app::state::{Focus, OpenArticle, ReportedChange, State};
use crate::edit::{Action, Edit, Entry, Transaction};
use crate::model::{Entity, Label, Span, figures};

impl State {
    /// How to name a change, if it has to be named: what goes as a whole, what moves an edge of a
    /// region, what makes another entity give way, and all that is not wholly on the screen.
    pub(super) fn words_for(&self, action: Action, transaction: &Transaction) -> Option<String> {
        let article = self.article.as_ref()?;
        if matches!(action, Action::SetStatus | Action::Remark | Action::Start) {
            return None;
        }
        let extent = transaction.extent()?;
        if let Some(words) = gave_way(article, action, transaction) {
            return Some(words);
        }
        let is_in_view = self
            .view_now()
            .is_none_or(|view| view.start <= extent.start() && extent.end() <= view.end);
        let always = matches!(
            action,
            Action::RemoveRegion | Action::MoveRegionEdge | Action::MergeRegions
        );
        (always || !is_in_view).then(|| words(article, action, transaction, extent))
    }

    /// Names a change that was just made, or takes the name of the one before it away.
    pub(super) fn report_change(&mut self, words: Option<String>) {
        self.told = words
            .zip(self.article.as_ref())
            .map(|(words, article)| ReportedChange {
                words,
                key: article.key,
                version: article.version,
            });
    }

    /// What is named in the bar below now.
    #[must_use]
    pub fn reported_change(&self) -> Option<&ReportedChange> {
        let (told, article) = (self.told.as_ref()?, self.article.as_ref()?);
        ((told.key, told.version) == (article.key, article.version)).then_some(told)
    }

    /// Selects the blocks again that a change was made to, when that change is taken back.
    pub(super) fn select_blocks_again(&mut self, entry: &Entry) {
        let of_regions = matches!(
            entry.action,
            Action::LabelRegion | Action::RemoveRegion | Action::MergeRegions
        );
        let Some(article) = self.article.as_mut().filter(|_| of_regions) else {
            return;
        };
        let block = article.article().blocks.get(article.block);
        if article.selection.is_caret()
            && block.is_some_and(|block| block.span.start() == article.selection.head)
        {
            article.focus = Focus::blocks();
        }
    }
}

/// The entities that a change takes away although nobody has pointed at them.
fn gave_way(article: &OpenArticle, action: Action, transaction: &Transaction) -> Option<String> {
    let mut added = transaction.edits.iter().filter_map(|edit| match edit {
        Edit::AddEntity(new) => Some(new),
        _ => None,
    });
    let (Some(new), None) = (added.next(), added.next()) else {
        return None;
    };
    let removed: Vec<&Entity> = transaction
        .edits
        .iter()
        .filter_map(|edit| match edit {
            Edit::RemoveEntity(old) => Some(old),
            _ => None,
        })
        .collect();
    // The one whose edge was moved is the current one, or, where the mouse took hold of another,
    // one that keeps its other edge.
    let current = article.entity().filter(|entity| removed.contains(entity));
    let is_moved = |old: &Entity| match current {
        Some(current) => old == current,
        None => {
            let keeps_an_edge =
                old.span.start() == new.span.start() || old.span.end() == new.span.end();
            action == Action::MoveEntityEdge && old.label == new.label && keeps_an_edge
        }
    };
    let lost: Vec<&Entity> = removed
        .iter()
        .copied()
        .filter(|old| !is_moved(old) && old.span != new.span)
        .collect();
    let text = &article.article().text;
    match lost.as_slice() {
        [] => None,
        [one] => Some(format!(
            "{} “{}” gave way",
            one.label,
            shortened(text.slice(one.span))
        )),
        several => Some(format!(
            "{} gave way",
            figures::counted(several.len() as u64, "entity", "entities")
        )),
    }
}

fn words(article: &OpenArticle, action: Action, transaction: &Transaction, extent: Span) -> String {
    let label = label_of(transaction);
    let label = label.map_or("label", Label::as_str);
    let text = &article.article().text;
    let extent = text.trim(extent).unwrap_or(extent);
    let blocks = article.article().blocks.iter();
    let blocks = blocks.filter(|block| block.span.overlaps(extent)).count();
    let blocks = figures::count(blocks, "block");
    match action {
        Action::RemoveRegion => format!("Removed {label} from {blocks}"),
        Action::MoveRegionEdge => {
            let words = shortened(text.slice(extent));
            let holder = transaction.edits.iter().find_map(|edit| match edit {
                Edit::AddRegion(new) if new.span.overlaps(extent) => Some(&new.label),
                _ => None,
            });
            match holder {
                Some(label) => format!("“{words}” is {label} now"),
                None => format!("“{words}” is in no region now"),
            }
        }
        Action::MergeRegions => format!("Merged with the region before: {label}"),
        Action::SplitRegion => format!("Split {label}"),
        Action::LabelRegion => format!("Labelled {blocks} {label}"),
        Action::Confirm => format!("Confirmed {label}"),
        Action::TagEverywhere => format!("Tagged further occurrences {label}"),
        Action::RemoveEntity => format!("Removed {label} “{}”", shortened(text.slice(extent))),
        _ => format!("Tagged “{}” {label}", shortened(text.slice(extent))),
    }
}

/// The label that a change puts somewhere, or else takes away.
fn label_of(transaction: &Transaction) -> Option<&Label> {
    let edits = || transaction.edits.iter();
    let put = edits().find_map(|edit| match edit {
        Edit::AddEntity(new) => Some(&new.label),
        _ => None,
    });
    let region = || {
        let came = |label: &Label| {
            !edits().any(|edit| matches!(edit, Edit::RemoveRegion(old) if old.label == *label))
        };
        let new = edits().find_map(|edit| match edit {
            Edit::AddRegion(new) if came(&new.label) => Some(&new.label),
            _ => None,
        });
        new.or_else(|| {
            edits().find_map(|edit| match edit {
                Edit::RemoveRegion(old) => Some(&old.label),
                _ => None,
            })
        })
    };
    put.or_else(region).or_else(|| {
        edits().find_map(|edit| match edit {
            Edit::RemoveEntity(old) => Some(&old.label),
            _ => None,
        })
    })
}

/// The first words of a stretch of text, on one line.
fn shortened(words: &str) -> String {
    const MOST: usize = 32;
    let mut line: String = String::new();
    for word in words.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().take(MOST));
        if line.chars().count() > MOST {
            line = line.chars().take(MOST).collect();
            line.push('…');
            break;
        }
    }
    line
}
