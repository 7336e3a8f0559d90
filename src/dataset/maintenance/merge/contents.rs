//! What the inputs of a merge hold, by content, and the choice among it. Every choice depends on
//! what there is, not on the order in which it came.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use super::{MergeReport, RefusedArticle, SetAside};
use crate::dataset::io::sources::{SourceArticle, SourceWork};
use crate::dataset::transfer::import::{put_decisions, put_started_from};
use crate::formats::{Format as _, RecordView, WriteOptions, native};
use crate::model::{Annotation, Article, ArticleId, Label, Metadata, Span, StartedFrom};
use crate::store::NewArticle;

/// The number of records without an annotator that are named.
const NAMELESS: usize = 5;

/// One content, with all that the inputs have on it.
#[derive(Default)]
struct Content {
    articles: Vec<Article>,
    sources: BTreeSet<String>,
    kept: Vec<u8>,
    suggestions: Option<(Ranked, Annotation)>,
    work: BTreeMap<String, Vec<SourceWork>>,
}

impl Content {
    /// The first of the ids that the inputs have for it.
    fn id(&self) -> Option<&ArticleId> {
        self.articles.iter().map(|article| &article.id).min()
    }
}

/// What tells two things apart that are equally new, so that the choice does not depend on their
/// order.
type Ranked = (bool, String);

/// All inputs, by content.
#[derive(Default)]
pub(super) struct Gathered {
    contents: BTreeMap<String, Content>,
    /// Records with labels that name no annotator: the file, the line, the id.
    nameless: Vec<(String, Option<u64>, String)>,
}

/// An article with its work, as it will be in the dataset.
pub(super) struct Merged {
    pub(super) new: NewArticle,
    /// In the order in which it was done.
    pub(super) work: Vec<SourceWork>,
}

/// A report in the making, with the records that go beside the dataset.
#[derive(Default)]
pub(super) struct MergeDraft {
    pub(super) report: MergeReport,
    pub(super) lines: BTreeSet<String>,
}

impl Gathered {
    /// Adds an article of an input. `names` says whose the records of a file are that name nobody.
    pub(super) fn add(&mut self, found: SourceArticle, names: &BTreeMap<String, String>) {
        let SourceArticle {
            source,
            line,
            article,
            content_hash,
            kept,
            suggestions,
            work,
        } = found;
        let content = self.contents.entry(content_hash).or_default();
        let id = article.id.to_string();
        content.sources.insert(source.to_string());
        if kept > content.kept {
            content.kept = kept;
        }
        if suggestions != Annotation::default() {
            let rank = (true, format!("{suggestions:?}"));
            if content
                .suggestions
                .as_ref()
                .is_none_or(|(old, _)| *old < rank)
            {
                content.suggestions = Some((rank, suggestions));
            }
        }
        for mut work in work {
            if work.annotator.is_empty()
                && let Some(name) = names.get(&*source)
            {
                work.annotator.clone_from(name);
            }
            if work.annotator.is_empty() {
                self.nameless.push((source.to_string(), line, id.clone()));
                continue;
            }
            let of_annotator = content.work.entry(work.annotator.clone()).or_default();
            if !of_annotator.contains(&work) {
                of_annotator.push(work);
            }
        }
        if !content.articles.contains(&article) {
            content.articles.push(article);
        }
    }

    /// Refuses records with labels that name no annotator.
    ///
    /// # Errors
    /// If there are any.
    pub(super) fn check_names(&self) -> Result<()> {
        let Some((first, ..)) = self.nameless.first() else {
            return Ok(());
        };
        let named: Vec<String> = self
            .nameless
            .iter()
            .take(NAMELESS)
            .map(|(source, line, id)| match line {
                Some(line) => format!("{source}:{line} ({id})"),
                None => format!("{source} ({id})"),
            })
            .collect();
        let more = self.nameless.len().saturating_sub(NAMELESS);
        let more = if more > 0 {
            format!(", and {more} more")
        } else {
            String::new()
        };
        bail!(
            "records with labels name no annotator: {}{more}\nhint: say whose they are with --annotator {first}=NAME",
            named.join(", ")
        );
    }

    /// Decides which id each content has and whose work is kept.
    pub(super) fn choose(self) -> (Vec<Merged>, MergeDraft) {
        let mut draft = MergeDraft::default();
        // A content goes under the first of its ids. If others would too, the one with the smallest
        // hash does.
        let mut owners: BTreeMap<ArticleId, String> = BTreeMap::new();
        for (hash, content) in &self.contents {
            if let Some(id) = content.id() {
                owners.entry(id.clone()).or_insert_with(|| hash.clone());
            }
        }
        let mut merged = Vec::with_capacity(self.contents.len());
        for (hash, content) in self.contents {
            let Some(id) = content.id().cloned() else {
                continue;
            };
            let is_refused = owners.get(&id) != Some(&hash);
            let Some(article) = one_of(&content.articles, id) else {
                continue;
            };
            let mut work = Vec::with_capacity(content.work.len());
            for (annotator, versions) in content.work {
                let (newest, older) = newest(versions);
                for old in older.into_iter().filter(|old| !say_the_same(old, &newest)) {
                    draft.set_aside(&article, &annotator, &old, &newest);
                }
                work.push(newest);
            }
            if is_refused {
                draft.refuse(&article, &work, content.sources);
                continue;
            }
            work.sort_by(|a, b| (a.at_ms, &a.annotator).cmp(&(b.at_ms, &b.annotator)));
            draft.report.articles += 1;
            draft.report.annotations += work.len() as u64;
            merged.push(Merged {
                new: NewArticle {
                    article,
                    content_hash: hash,
                    kept: content.kept,
                    suggestions: content
                        .suggestions
                        .map(|(_, found)| found)
                        .unwrap_or_default(),
                    imported: None,
                },
                work,
            });
        }
        merged.sort_by(|a, b| a.new.article.id.cmp(&b.new.article.id));
        draft.report.set_aside.sort();
        draft.report.refused.sort();
        (merged, draft)
    }
}

impl MergeDraft {
    fn set_aside(
        &mut self,
        article: &Article,
        annotator: &str,
        old: &SourceWork,
        kept: &SourceWork,
    ) {
        self.report.set_aside.push(SetAside {
            article: article.id.to_string(),
            annotator: annotator.to_owned(),
            at_ms: old.at_ms,
            kept_at_ms: kept.at_ms,
        });
        self.lines.insert(line(article, old));
    }

    fn refuse(&mut self, article: &Article, work: &[SourceWork], sources: BTreeSet<String>) {
        self.report.refused.push(RefusedArticle {
            article: article.id.to_string(),
            sources: sources.into_iter().collect(),
        });
        if work.is_empty() {
            let nobodys = SourceWork {
                annotator: String::new(),
                at_ms: 0,
                started_from: StartedFrom::Import,
                annotation: Annotation::default(),
                history: Vec::new(),
                active_ms: 0,
            };
            self.lines.insert(line(article, &nobodys));
        }
        for work in work {
            self.lines.insert(line(article, work));
        }
    }
}

/// The article that the inputs have, under one id. What one of them does not know of it, another
/// may.
fn one_of(articles: &[Article], id: ArticleId) -> Option<Article> {
    let first = articles.first()?;
    let mut meta = Metadata::default();
    let known = |field: &dyn Fn(&Metadata) -> &String| {
        let values = articles.iter().map(|one| field(&one.meta));
        let known = values.filter(|value| !value.is_empty()).min();
        known.cloned().unwrap_or_default()
    };
    meta.title = known(&|meta| &meta.title);
    meta.language = known(&|meta| &meta.language);
    meta.url = known(&|meta| &meta.url);
    meta.source = known(&|meta| &meta.source);
    for (name, value) in articles.iter().flat_map(|one| &one.meta.other) {
        let known = meta
            .other
            .entry(name.clone())
            .or_insert_with(|| value.clone());
        if value < known {
            known.clone_from(value);
        }
    }
    // Blocks with paths are those of a page; those of a bare text are made anew.
    let blocks = articles.iter().map(|one| &one.blocks);
    let blocks = blocks.max_by_key(|blocks| {
        let paths = blocks.iter().filter(|block| !block.path.is_empty());
        (paths.count(), format!("{blocks:?}"))
    });
    Some(Article {
        id,
        text: first.text.clone(),
        blocks: blocks.cloned().unwrap_or_default(),
        meta,
    })
}

/// The newest of an annotator's versions, and the others.
fn newest(mut versions: Vec<SourceWork>) -> (SourceWork, Vec<SourceWork>) {
    if versions.len() > 1 {
        // Of versions that are equally new, one with a history says more; the rest only has to be
        // the same in any order.
        versions.sort_by_cached_key(|work| {
            (
                work.at_ms,
                format!("{:?}", said(&work.annotation)),
                work.history.len(),
                format!("{work:?}"),
            )
        });
    }
    let last = versions.pop();
    (last.unwrap_or_else(nobody), versions)
}

/// Never needed: every annotator has a version.
fn nobody() -> SourceWork {
    SourceWork {
        annotator: String::new(),
        at_ms: 0,
        started_from: StartedFrom::Unknown,
        annotation: Annotation::default(),
        history: Vec::new(),
        active_ms: 0,
    }
}

/// What an annotation says, wherever it has it from.
fn said(annotation: &Annotation) -> impl PartialEq + std::fmt::Debug + '_ {
    let regions = annotation.regions().iter();
    let regions: Vec<(Span, &Label)> = regions.map(|one| (one.span, &one.label)).collect();
    let entities = annotation.entities().iter();
    let entities: Vec<(Span, &Label)> = entities.map(|one| (one.span, &one.label)).collect();
    (
        annotation.status(),
        regions,
        entities,
        annotation.remarks().to_vec(),
    )
}

fn say_the_same(one: &SourceWork, other: &SourceWork) -> bool {
    said(&one.annotation) == said(&other.annotation)
}

/// A record of work that is not in the dataset.
fn line(article: &Article, work: &SourceWork) -> String {
    let mut article = article.clone();
    if !work.started_from.is_independent() {
        put_started_from(&mut article.meta, &work.started_from);
        put_decisions(&mut article, &work.started_from, &work.history);
    }
    let record = RecordView {
        article: &article,
        annotation: &work.annotation,
        annotator: &work.annotator,
        updated_at_ms: work.at_ms,
    };
    let mut bytes = Vec::new();
    native::Jsonl.write(&record, &WriteOptions::default(), &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
