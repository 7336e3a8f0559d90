//! A name across the whole dataset: its labels and places, and relabelling many places as one step.

mod relabel;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;

use crate::dataset::config::work_mode::WorkMode;
use crate::dataset::io::article_reader::{Batches, each_batch};
use crate::dataset::io::ordered::End;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::session::starting_point;
use crate::edit::{NamePlace, Scope};
use crate::model::{Article, Label, Schema, Span, Status};
use crate::store::{ArticleKey, Filter, Order, Store};

pub use relabel::{Relabelled, Relabelling, UndoneRelabelling, relabel_name, undo_relabelling};

/// How many articles go to a worker at once.
const BATCH_ARTICLES: usize = 64;
/// How many places are listed at most.
pub const MOST_PLACES: usize = 50_000;
/// How much of the text is shown on either side of the name, in characters.
const AROUND: usize = 60;

/// An occurrence of a name, with the text around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameOccurrence {
    /// Returns the article.
    pub key: ArticleKey,
    /// Where in it, and with which label.
    pub at: NamePlace,
    /// The text before it, on one line.
    pub before: String,
    /// The text after it, on one line.
    pub after: String,
    /// Whether the label is a suggestion that nobody has confirmed.
    pub is_suggestion: bool,
    /// Whether the annotator has an annotation of the article: only there it can be relabelled.
    pub is_started: bool,
    /// How far the annotator is with the article.
    pub status: Status,
    /// The article's headline.
    pub headline: Arc<str>,
}

/// One name over the whole dataset, as one annotator sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameView {
    /// The name.
    pub name: String,
    /// Where it is, in the order of import and of the text.
    pub places: Vec<NameOccurrence>,
    /// The places with each label, by their positions in `places`, the most frequent label first;
    /// `None` (not tagged) last.
    pub by_label: Vec<(Option<Label>, Vec<usize>)>,
    /// Whether there are more places than are listed.
    pub is_cut: bool,
}

impl NameView {
    fn new(name: &str, places: Vec<NameOccurrence>, is_cut: bool) -> Self {
        let mut groups: BTreeMap<Option<Label>, Vec<usize>> = BTreeMap::new();
        for (at, place) in places.iter().enumerate() {
            groups.entry(place.at.label.clone()).or_default().push(at);
        }
        let mut by_label: Vec<_> = groups.into_iter().collect();
        by_label.sort_by_key(|(label, places)| (label.is_none(), std::cmp::Reverse(places.len())));
        Self {
            name: name.to_owned(),
            places,
            by_label,
            is_cut,
        }
    }

    /// Counts what another label for these places would change; `None` removes the label.
    #[must_use]
    pub fn preview(&self, chosen: &[usize], to: Option<&Label>) -> Preview {
        let mut preview = Preview::default();
        let mut last = None;
        for place in chosen.iter().filter_map(|at| self.places.get(*at)) {
            let is_so = place.at.label.as_ref() == to && !place.is_suggestion;
            if is_so {
                preview.so_already += 1;
            } else if !place.is_started {
                preview.not_started += 1;
            } else {
                preview.places.push((place.key, place.at.clone()));
                preview.articles += u64::from(last.replace(place.key) != Some(place.key));
            }
        }
        preview
    }
}

/// What another label for some places would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// The places that change.
    pub places: Vec<(ArticleKey, NamePlace)>,
    /// In how many articles they are.
    pub articles: u64,
    /// How many places are as they shall be.
    pub so_already: u64,
    /// How many are in articles that the annotator has not begun: they stay as they are.
    pub not_started: u64,
}

/// Finds a name in all articles, exactly as written; untagged, only as whole words.
///
/// The labels are the annotator's own; in articles that the annotator has not begun, those that the
/// annotator would start from.
///
/// # Errors
/// If the dataset cannot be read, or [`Cancelled`].
pub fn look_up(
    store: &dyn Store,
    name: &str,
    annotator: &str,
    mode: &WorkMode,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<NameView> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(NameView::default());
    }
    let keys = candidates(store, name)?;
    progress.expect(keys.len() as u64);
    let reader = Reader {
        name: name.to_owned(),
        annotator: annotator.to_owned(),
        mode: mode.clone(),
        schema: store.schema()?,
    };
    let work =
        move |store: &dyn Store, keys: &[ArticleKey]| -> Result<(usize, Vec<NameOccurrence>)> {
            let mut places = Vec::new();
            for key in keys {
                reader.read(store, *key, &mut places)?;
            }
            Ok((keys.len(), places))
        };
    let mut places: Vec<NameOccurrence> = Vec::new();
    let mut is_cut = false;
    let mut done = 0;
    let batches = Batches::of(BATCH_ARTICLES);
    let end = each_batch(store, keys, batches, cancel, work, |(articles, found)| {
        done += articles as u64;
        progress.advance(done, 0);
        let room = MOST_PLACES - places.len();
        is_cut |= found.len() > room;
        places.extend(found.into_iter().take(room));
        Ok(())
    })?;
    if end == End::Cancelled {
        return Err(Cancelled.into());
    }
    add_headlines(store, &mut places)?;
    Ok(NameView::new(name, places, is_cut))
}

/// Lists the articles that may have the name, by the full-text index; all articles for a name that
/// it cannot find.
fn candidates(store: &dyn Store, name: &str) -> Result<Vec<ArticleKey>> {
    let is_plain = name.chars().any(char::is_alphanumeric)
        && !name.contains(['"', '“', '”', '„'])
        && store.unindexed()? == 0;
    let words = if is_plain { name } else { "" };
    let filter = Filter {
        words: words.to_owned(),
        ..Filter::default()
    };
    Ok(store.list(&filter, Order::default())?)
}

struct Reader {
    name: String,
    annotator: String,
    mode: WorkMode,
    schema: Schema,
}

impl Reader {
    fn read(
        &self,
        store: &dyn Store,
        key: ArticleKey,
        places: &mut Vec<NameOccurrence>,
    ) -> Result<()> {
        let article = store.article(key)?;
        if !article.text.as_str().contains(&self.name) {
            return Ok(());
        }
        let stored = store.annotations(&article, key)?;
        let own = stored
            .iter()
            .find(|stored| stored.owner.is(&self.annotator));
        let started_from;
        let annotation = match own {
            Some(own) => &own.annotation,
            None => {
                started_from = starting_point(&article, &stored, &self.annotator, &self.mode);
                &started_from.annotation
            }
        };
        let scope = Scope {
            article: &article,
            annotation,
            schema: &self.schema,
        };
        let untagged = scope.untagged_places(&self.name).into_iter();
        let mut found: Vec<(NamePlace, bool)> = untagged
            .map(|span| (NamePlace { span, label: None }, false))
            .collect();
        for entity in annotation.entities() {
            if article.text.slice(entity.span) == self.name {
                let label = Some(entity.label.clone());
                let at = NamePlace {
                    span: entity.span,
                    label,
                };
                found.push((at, entity.provenance.is_suggestion()));
            }
        }
        found.sort();
        places.extend(found.into_iter().map(|(at, is_suggestion)| {
            let (before, after) = around(&article, at.span);
            NameOccurrence {
                key,
                at,
                before,
                after,
                is_suggestion,
                is_started: own.is_some(),
                status: annotation.status(),
                headline: "".into(),
            }
        }));
        Ok(())
    }
}

/// Returns the text before and after a span, each on one line.
fn around(article: &Article, span: Span) -> (String, String) {
    let text = article.text.as_str();
    let block = article
        .block_at(span.start())
        .and_then(|at| article.blocks.get(at))
        .map(|block| block.span);
    let from = block.map_or(0, |block| block.start().index());
    let to = block.map_or(text.len(), |block| block.end().index());
    let piece = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let head = piece(from, span.start().index());
    let tail = piece(span.end().index(), to.max(span.end().index()));
    let cut = head.char_indices().rev().nth(AROUND - 1);
    let before = match cut {
        Some((at, _)) if at > 0 => {
            let piece = &head[at..];
            // Not from the middle of a word, where words have borders.
            let word = piece.find(char::is_whitespace).unwrap_or(0);
            format!("…{}", piece[word..].trim_start())
        }
        _ => head.to_owned(),
    };
    let after = match tail.char_indices().nth(AROUND) {
        Some((at, _)) => {
            let piece = &tail[..at];
            let word = piece.rfind(char::is_whitespace).unwrap_or(at);
            format!("{}…", &piece[..word])
        }
        None => tail.to_owned(),
    };
    let line = |words: String| words.replace(['\n', '\r', '\t'], " ");
    (line(before), line(after))
}

fn add_headlines(store: &dyn Store, places: &mut [NameOccurrence]) -> Result<()> {
    let mut keys: Vec<ArticleKey> = places.iter().map(|place| place.key).collect();
    keys.dedup();
    let rows = store.rows(&keys)?;
    let headlines: BTreeMap<ArticleKey, Arc<str>> = rows
        .into_iter()
        .map(|row| (row.key, row.headline.into()))
        .collect();
    for place in places {
        if let Some(headline) = headlines.get(&place.key) {
            place.headline = Arc::clone(headline);
        }
    }
    Ok(())
}
