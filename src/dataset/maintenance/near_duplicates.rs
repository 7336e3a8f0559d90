//! Near-duplicates in a dataset, and splits that keep them in one part.

use std::collections::HashMap;

use anyhow::Result;

use crate::dataset::io::article_reader::{Batches, each_batch};
use crate::dataset::io::ordered::End;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::model::{Metadata, Site};
use crate::quality::near::{self, Pair, Signature};
use crate::quality::split::{self, Shares};
use crate::store::{ArticleKey, Filter, Store};

/// How many articles go to a worker at once.
const BATCH_ARTICLES: usize = 128;

/// What belongs together in a split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SplitBy {
    /// Each article for itself.
    #[default]
    Article,
    /// All articles of a site: its metadata's `site`, or the one of its address.
    Site,
    /// All articles of a day: the first ten characters of its metadata's `date` or `published`.
    Date,
}

impl SplitBy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Article, Self::Site, Self::Date];

    /// The word in commands.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Site => "site",
            Self::Date => "date",
        }
    }
}

/// How a dataset is split.
#[derive(Clone, Debug, PartialEq)]
pub struct SplitOptions {
    /// The parts.
    pub shares: Shares,
    /// Another seed gives another split.
    pub seed: u64,
    /// What belongs together.
    pub by: SplitBy,
}

/// An article as compared with others.
pub(crate) struct Looked {
    id: String,
    headline: String,
    group: Option<String>,
    pub(crate) signature: Option<Signature>,
}

impl Looked {
    /// Prepares an article for comparison.
    pub(crate) fn at(article: &crate::model::Article, by: SplitBy) -> Self {
        Self {
            signature: Signature::of(article.text.as_str()),
            group: group(&article.meta, by),
            headline: article.headline(),
            id: article.id.to_string(),
        }
    }
}

/// Prepares all articles of a dataset for comparison, in the order in which they came.
pub(crate) fn look(
    store: &dyn Store,
    by: SplitBy,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<(Vec<ArticleKey>, Vec<Looked>)> {
    let mut keys = store.keys(&Filter::default())?;
    keys.sort_unstable();
    progress.expect(keys.len() as u64);
    let work = move |store: &dyn Store, keys: &[ArticleKey]| -> Result<Vec<Looked>> {
        let look =
            |key: &ArticleKey| -> Result<Looked> { Ok(Looked::at(&store.article(*key)?, by)) };
        keys.iter().map(look).collect()
    };
    let mut all = Vec::with_capacity(keys.len());
    let batches = Batches::of(BATCH_ARTICLES);
    let end = each_batch(store, keys.clone(), batches, cancel, work, |looked| {
        all.extend(looked);
        progress.advance(all.len() as u64, 0);
        Ok(())
    })?;
    if end == End::Cancelled {
        return Err(Cancelled.into());
    }
    Ok((keys, all))
}

/// Returns the group of an article; `None` if it has none.
fn group(meta: &Metadata, by: SplitBy) -> Option<String> {
    let found = match by {
        SplitBy::Article => None,
        SplitBy::Site => meta
            .other
            .get("site")
            .cloned()
            .or_else(|| Some(Site::of_url(&meta.url)?.name().to_owned())),
        SplitBy::Date => ["date", "published", "published_at"]
            .iter()
            .find_map(|name| meta.other.get(*name))
            .map(|date| date.chars().take(10).collect()),
    };
    found
        .map(|group| group.trim().to_lowercase())
        .filter(|group| !group.is_empty())
}

/// The part of each article.
#[derive(Debug, Default)]
pub(crate) struct Split {
    /// Those that are near to articles of another part are in none.
    pub(crate) parts: HashMap<ArticleKey, usize>,
}

/// Draws the part of each article of a dataset, of all that it holds, so that nothing changes as
/// more of them are done.
pub(crate) fn split(
    store: &dyn Store,
    options: &SplitOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Split> {
    let (keys, all) = look(store, options.by, progress, cancel)?;
    let parts = assign(all, options);
    let parts = keys
        .into_iter()
        .zip(parts)
        .filter_map(|(key, part)| Some((key, part?)));
    Ok(Split {
        parts: parts.collect(),
    })
}

/// Assigns each of these articles to a part, in the order in which they came.
pub(crate) fn assign(all: Vec<Looked>, options: &SplitOptions) -> Vec<Option<usize>> {
    let hashes: Vec<u64> = all
        .iter()
        .map(|looked| {
            let (kind, name) = match &looked.group {
                Some(group) => (options.by.as_str(), group.as_str()),
                None => ("article", looked.id.as_str()),
            };
            let words = format!("{}\0{kind}\0{name}", options.seed);
            let bytes = *blake3::hash(words.as_bytes()).as_bytes();
            let (first, _) = bytes.split_at(8);
            first.try_into().map_or(0, u64::from_le_bytes)
        })
        .collect();
    let signatures: Vec<Option<Signature>> =
        all.into_iter().map(|looked| looked.signature).collect();
    let pairs = near::pairs(&signatures);
    let free = options.by == SplitBy::Article;
    split::assign(&hashes, &pairs, &options.shares, free)
}

/// An article of a group of near-duplicates.
#[derive(Clone, Debug, PartialEq)]
pub struct Copy {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub headline: String,
    /// How much of what it says is in the one of the group that it is most like, from 0 to 1.
    pub likeness: f64,
}

/// Finds the groups of near-duplicates in a dataset, each in the order in which its articles came.
///
/// # Errors
/// If the dataset cannot be read, or [`Cancelled`].
pub fn duplicates(
    store: &dyn Store,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Vec<Vec<Copy>>> {
    let (_, mut all) = look(store, SplitBy::Article, progress, cancel)?;
    let signatures: Vec<Option<Signature>> = all
        .iter_mut()
        .map(|looked| looked.signature.take())
        .collect();
    let pairs: Vec<Pair> = near::pairs(&signatures);
    let mut most = vec![0.0_f64; all.len()];
    for pair in &pairs {
        for at in [pair.first, pair.second] {
            if let Some(most) = most.get_mut(at as usize) {
                *most = most.max(pair.likeness);
            }
        }
    }
    let copy = |at: u32| {
        let looked = all.get(at as usize)?;
        Some(Copy {
            id: looked.id.clone(),
            headline: looked.headline.clone(),
            likeness: most.get(at as usize).copied().unwrap_or_default(),
        })
    };
    Ok(near::groups(all.len(), &pairs)
        .into_iter()
        .map(|group| group.into_iter().filter_map(copy).collect())
        .collect())
}
