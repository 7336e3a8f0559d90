//! Splits the articles of a dataset among annotators who work without a server: one dataset a
//! person.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use crate::dataset::config::work_mode::WorkMode;
use crate::dataset::io::article_builder::content_hash;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::io::sources::SourceWork;
use crate::dataset::maintenance::merge::put_work;
use crate::dataset::suggesters::{KnownModels, SuggesterSettings};
use crate::dataset::{Dataset, EXTENSION};
use crate::model::Annotation;
use crate::store::{Added, ArticleKey, Filter, ModelKind, ModelSnapshot, NewArticle, Store};

/// The number of articles that go into one transaction.
const BATCH_ARTICLES: usize = 200;

/// Who gets what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkSplit {
    /// The annotators; each gets a dataset.
    pub annotators: Vec<String>,
    /// How many of them get each article.
    pub overlap: usize,
}

/// A dataset that was made for an annotator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// Whose it is.
    pub annotator: String,
    /// Where it is.
    pub path: PathBuf,
    /// How many articles it has.
    pub articles: u64,
}

/// Makes a dataset for each annotator in a folder, with the schema, the suggestions and the models
/// of `store`. Every article goes to exactly [`WorkSplit::overlap`] annotators; how many each gets
/// differs by one at most. The same dataset and names give the same split.
///
/// Who has work on an article keeps it: the article and the work go into that annotator's dataset
/// before others are chosen. Nobody gets a colleague's work.
///
/// # Errors
/// If the names or the overlap make no sense, a file is there already, the disk says so, or
/// [`Cancelled`]. Then no file was made.
pub fn split_work(
    store: &dyn Store,
    folder: &Path,
    split: &WorkSplit,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Vec<Pack>> {
    let annotators = names(split)?;
    let paths = paths(folder, &annotators)?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let made = fill(store, &annotators, &paths, split.overlap, progress, cancel);
    if made.is_err() {
        for path in &paths {
            // What was made so far is of no use; if it cannot be removed either, the first error
            // says more.
            let _ = fs::remove_file(path);
        }
    }
    made
}

/// The names in order, each once.
fn names(split: &WorkSplit) -> Result<Vec<String>> {
    let trimmed = split.annotators.iter().map(|name| name.trim().to_owned());
    let names: BTreeSet<String> = trimmed.collect();
    ensure!(
        names.len() == split.annotators.len() && !names.contains(""),
        "every annotator needs a name that nobody else has: {}",
        split.annotators.join(", ")
    );
    ensure!(
        (1..=names.len()).contains(&split.overlap),
        "an article cannot go to {} of {} annotators\nhint: --overlap is at least 1 and at most the number of annotators",
        split.overlap,
        names.len()
    );
    Ok(names.into_iter().collect())
}

/// A file for each annotator.
fn paths(folder: &Path, annotators: &[String]) -> Result<Vec<PathBuf>> {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let mut paths = Vec::with_capacity(annotators.len());
    for name in annotators {
        let allowed = |c: char| {
            if c.is_alphanumeric() || "-_ ".contains(c) {
                c
            } else {
                '_'
            }
        };
        let file: String = name.chars().map(allowed).collect();
        // Some file systems take both for one.
        if let Some(other) = taken.insert(file.to_lowercase(), name) {
            bail!(
                "the datasets of {other} and {name} would have one file name\nhint: give one of them another name"
            );
        }
        let path = folder.join(format!("{file}.{EXTENSION}"));
        if path.exists() {
            bail!(
                "{} is there already\nhint: name an empty folder, or move the file away",
                path.display()
            );
        }
        paths.push(path);
    }
    Ok(paths)
}

/// An annotator's dataset while it is filled.
struct Filling {
    dataset: Dataset,
    waiting: Vec<(NewArticle, Option<SourceWork>)>,
    articles: u64,
}

impl Filling {
    fn flush(&mut self) -> Result<()> {
        let (articles, work): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().unzip();
        if articles.is_empty() {
            return Ok(());
        }
        self.articles += articles.len() as u64;
        let store = self.dataset.store_mut();
        let added = store.add_articles(&articles)?;
        for ((added, work), article) in added.into_iter().zip(work).zip(articles) {
            match (added, work) {
                (Added::New(key), Some(work)) => put_work(store, key, &article, &work)?,
                (Added::New(_), None) => {}
                _ => bail!("the article {} is in the dataset twice", article.article.id),
            }
        }
        Ok(())
    }
}

fn fill(
    store: &dyn Store,
    annotators: &[String],
    paths: &[PathBuf],
    overlap: usize,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Vec<Pack>> {
    let schema = store.schema()?;
    let mode = WorkMode::load(store)?;
    let mut packs = Vec::with_capacity(paths.len());
    for path in paths {
        let mut dataset = Dataset::create(path, &schema)?;
        // Nobody's work is there to be reviewed, so everybody works independently.
        if mode == WorkMode::Independent {
            mode.save(dataset.store_mut())?;
        }
        // The commands run only once the annotator has allowed them.
        SuggesterSettings::load(store)?.save(dataset.store_mut())?;
        KnownModels::copy(store, dataset.store_mut())?;
        for kind in [ModelKind::Regions, ModelKind::Entities] {
            if let Some(model) = store.load_model(kind)? {
                let model = ModelSnapshot {
                    trained_on: Vec::new(),
                    ..model
                };
                dataset.store_mut().save_model(&model)?;
            }
        }
        packs.push(Filling {
            dataset,
            waiting: Vec::new(),
            articles: 0,
        });
    }
    let keys = store.keys(&Filter::default())?;
    progress.expect(keys.len() as u64);
    let mut loads = vec![0_u64; annotators.len()];
    for (done, key) in (1_u64..).zip(keys) {
        if cancel.is_cancelled() {
            return Err(Cancelled.into());
        }
        let (article, mut work) = read(store, key)?;
        let has_work = |name: &String| work.contains_key(name);
        let chosen = choose(
            article.article.id.as_str(),
            annotators,
            has_work,
            &loads,
            overlap,
        );
        for at in chosen {
            let (Some(pack), Some(name)) = (packs.get_mut(at), annotators.get(at)) else {
                continue;
            };
            if let Some(load) = loads.get_mut(at) {
                *load += 1;
            }
            pack.waiting.push((article.clone(), work.remove(name)));
            if pack.waiting.len() >= BATCH_ARTICLES {
                pack.flush()?;
            }
        }
        progress.advance(done, 0);
    }
    let mut made = Vec::with_capacity(packs.len());
    for ((mut pack, path), annotator) in packs.into_iter().zip(paths).zip(annotators) {
        pack.flush()?;
        made.push(Pack {
            annotator: annotator.clone(),
            path: path.clone(),
            articles: pack.articles,
        });
    }
    Ok(made)
}

/// An article as it is in the dataset, and the work on it by annotator.
fn read(store: &dyn Store, key: ArticleKey) -> Result<(NewArticle, BTreeMap<String, SourceWork>)> {
    let article = store.article(key)?;
    let mut suggestions = Annotation::default();
    let mut work = BTreeMap::new();
    for stored in store.annotations(&article, key)? {
        if stored.owner.is_nobody() {
            suggestions = stored.annotation;
        } else {
            let whole = SourceWork::whole(store, &article, key, stored)?;
            work.insert(whole.annotator.clone(), whole);
        }
    }
    let new = NewArticle {
        content_hash: content_hash(&article.id, &article.text),
        kept: store.kept(key)?.unwrap_or_default(),
        article,
        suggestions,
        imported: None,
    };
    Ok((new, work))
}

/// The annotators who get an article, by their places: those who have work on it first, then those
/// who have the fewest articles, then by a hash, so that every two of them come to share articles.
fn choose(
    id: &str,
    annotators: &[String],
    has_work: impl Fn(&String) -> bool,
    loads: &[u64],
    overlap: usize,
) -> Vec<usize> {
    let mut order: Vec<usize> = (0..annotators.len()).collect();
    order.sort_by_cached_key(|at| {
        let name = annotators.get(*at);
        let words = format!("{id}\n{}", name.map_or("", String::as_str));
        let hash = *blake3::hash(words.as_bytes()).as_bytes();
        (
            !name.is_some_and(&has_work),
            loads.get(*at).copied().unwrap_or_default(),
            hash,
        )
    });
    order.truncate(overlap);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_split_is_balanced_and_every_two_share_articles() {
        let annotators: Vec<String> = ["ada", "ben", "cleo", "dan", "eve"]
            .map(str::to_owned)
            .to_vec();
        for overlap in 1..=5 {
            let mut loads = vec![0_u64; 5];
            let mut pairs = BTreeSet::new();
            for article in 0..101 {
                let id = format!("article {article}");
                let chosen = choose(&id, &annotators, |_| false, &loads, overlap);
                assert_eq!(chosen.iter().collect::<BTreeSet<_>>().len(), overlap);
                for at in &chosen {
                    loads[*at] += 1;
                    pairs.extend(chosen.iter().filter(|other| at < *other).map(|o| (*at, *o)));
                }
            }
            let (least, most) = (loads.iter().min(), loads.iter().max());
            assert!(most.unwrap() - least.unwrap() <= 1, "{loads:?}");
            assert_eq!(pairs.len(), if overlap == 1 { 0 } else { 10 });
        }
    }

    #[test]
    fn who_has_work_on_an_article_keeps_it() {
        let annotators = ["ada", "ben", "cleo"].map(str::to_owned).to_vec();
        let has_work = |name: &String| name == "cleo";
        let chosen = choose("a", &annotators, has_work, &[0, 0, 9], 2);
        assert_eq!(chosen.first(), Some(&2));
    }

    #[test]
    fn names_and_overlap_must_make_sense() {
        let split = |names: &[&str], overlap| WorkSplit {
            annotators: names.iter().map(|name| (*name).to_owned()).collect(),
            overlap,
        };
        assert!(names(&split(&["ada", " ada"], 1)).is_err());
        assert!(names(&split(&["ada", ""], 1)).is_err());
        assert!(names(&split(&["ada", "ben"], 3)).is_err());
        assert!(names(&split(&["ada", "ben"], 0)).is_err());
        assert_eq!(names(&split(&["b", "a"], 2)).unwrap(), ["a", "b"]);
        let folder = Path::new("nowhere");
        let same = ["Ana/B", "ana_b"].map(str::to_owned);
        assert!(paths(folder, &same).is_err());
    }
}
