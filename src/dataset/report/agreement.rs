//! How far annotators agree, in a dataset or between files of which each holds one person's work.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;

use super::calendar::{Calendar, Day};
use super::quality::{GoldAnnotations, Quality};
use crate::dataset::ImportOptions;
use crate::dataset::io::article_reader::{Batches, each_batch};
use crate::dataset::io::ordered::{End, ordered, workers};
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::io::sources::{self, Depth, Faults, WorkSource};
use crate::formats::{Code, Fault, Problem};
use crate::model::{Annotation, StartedFrom, Status, Text};
use crate::quality::agreement::{
    ArticleFigures, FinishedWork, Headline, LeftOutBecause, Measures, Report, headline,
};
use crate::store::{ArticleKey, Filter, Store};

/// The number of articles that go to a worker at once; few, because gamma takes long.
const BATCH_ARTICLES: usize = 8;
/// The standard error that gamma of one article may have.
const PRECISION: f64 = 0.002;
/// The number of articles beyond which gamma of each may be less precise, since their mean is not.
const PRECISE_ARTICLES: usize = 50;
/// The least precision.
const COARSE: f64 = 0.01;

/// What was compared, and what was left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared {
    /// The figures.
    pub report: Report,
    /// What does not count, in the order of the articles' ids.
    pub left_out: Vec<LeftOutWork>,
    /// How many of the annotations that count came by an import, whose independence only the file
    /// vouches for.
    pub imported: u64,
    /// How much could not be read.
    pub faults: Faults,
    /// Files that name no annotator, with the name that was made of the file's.
    pub named_by_file: BTreeMap<String, String>,
    /// How far each annotator agrees with the adjudicated version.
    pub quality: Quality,
    /// How far each annotator agrees with the gold, if there is some.
    pub gold: Option<Quality>,
}

/// An annotation that does not count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOutWork {
    /// The id of the article.
    pub article: String,
    /// Whose it is.
    pub annotator: String,
    /// Why.
    pub because: LeftOutBecause,
}

/// The agreement on what was finished on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct OnDay {
    /// The day on which the last annotator finished the articles.
    pub day: Day,
    /// The figures of these articles.
    pub figures: Headline,
}

impl Compared {
    /// The agreement by the day on which articles were finished, oldest first.
    #[must_use]
    pub fn by_day(&self, calendar: &Calendar) -> Vec<OnDay> {
        let mut days: BTreeMap<Day, Vec<&ArticleFigures>> = BTreeMap::new();
        for article in self.report.shared().filter(|one| one.finished_at_ms != 0) {
            let day = calendar.day(article.finished_at_ms);
            days.entry(day).or_default().push(article);
        }
        let days = days.into_iter();
        days.map(|(day, articles)| OnDay {
            day,
            figures: headline(articles),
        })
        .collect()
    }
}

/// What is measured.
#[derive(Clone, Debug, Default)]
pub struct AgreementOptions {
    /// Whether gamma is measured, which takes longest.
    pub gamma: bool,
    /// What annotators are compared with besides each other.
    pub gold: Option<Arc<GoldAnnotations>>,
}

/// Compares the annotators of a dataset.
///
/// # Errors
/// If the dataset cannot be read, or [`Cancelled`].
pub fn agreement(
    store: &dyn Store,
    options: &AgreementOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Compared> {
    let keys = store.keys(&Filter::default())?;
    progress.expect(keys.len() as u64);
    let measures = measures(options.gamma, keys.len());
    let gold = options.gold.clone();
    let work = move |store: &dyn Store, keys: &[ArticleKey]| {
        let mut measured = Measured::with(gold.clone());
        for key in keys {
            let article = store.article(*key)?;
            let stored = store.annotations(&article, *key)?.into_iter();
            let people = stored.filter(|one| one.owner.is_person());
            let work = people.map(|one| Own {
                annotator: one.owner.as_str().to_owned(),
                at_ms: one.updated_at_ms,
                started_from: one.started_from,
                annotation: one.annotation,
            });
            let work: Vec<Own> = work.collect();
            measured.add(article.id.as_str(), &article.text, &work, measures);
        }
        Ok(measured)
    };
    let mut all = Measured::with(options.gold.clone());
    let batches = Batches::of(BATCH_ARTICLES);
    let end = each_batch(store, keys, batches, cancel, work, |measured| {
        all.merge(measured);
        progress.advance(all.looked_at, 0);
        Ok(())
    })?;
    all.compared(end)
}

/// Compares annotators whose work is in several sources, such as one file a person. An annotator's
/// name is that of the record, or else that of the file.
///
/// # Errors
/// If a dataset cannot be read, or [`Cancelled`]. What is wrong with a record is reported.
pub fn agreement_of(
    sources: &[WorkSource],
    import: &ImportOptions,
    options: &AgreementOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Compared> {
    let mut gathered: BTreeMap<String, Gathered> = BTreeMap::new();
    let mut named_by_file = BTreeMap::new();
    let (mut taken_ids, mut older) = (Vec::new(), Vec::new());
    let mut faults = sources::read(
        sources,
        import,
        Depth::Annotations,
        progress,
        cancel,
        &mut |found| {
            let id = found.article.id.to_string();
            let of_article = gathered.entry(id.clone()).or_insert_with(|| Gathered {
                text: found.article.text.clone(),
                work: BTreeMap::new(),
            });
            if of_article.text != found.article.text {
                taken_ids.push(Problem {
                    source: found.source.to_string(),
                    line: found.line,
                    fault: Fault::new(
                        Code::IdTaken,
                        format!("the id {id} belongs to another text already"),
                    ),
                });
                return Ok(());
            }
            for work in found.work {
                let annotator = if work.annotator.is_empty() {
                    let name = name_of(&found.source);
                    named_by_file.insert(found.source.to_string(), name.clone());
                    name
                } else {
                    work.annotator
                };
                let own = Own {
                    annotator: annotator.clone(),
                    at_ms: work.at_ms,
                    started_from: work.started_from,
                    annotation: work.annotation,
                };
                if of_article.gives_way(own) {
                    older.push(LeftOutWork {
                        article: id.clone(),
                        annotator,
                        because: LeftOutBecause::Older,
                    });
                }
            }
            Ok(())
        },
    )?;
    for problem in taken_ids {
        faults.report(&problem, progress);
    }
    let measures = measures(options.gamma, gathered.len());
    let articles: Vec<(String, Gathered)> = gathered.into_iter().collect();
    progress.expect(articles.len() as u64);
    let gold = options.gold.clone();
    let work = move |articles: Vec<(String, Gathered)>| {
        let mut measured = Measured::with(gold.clone());
        for (id, Gathered { text, work }) in articles {
            let work: Vec<Own> = work.into_values().collect();
            measured.add(&id, &text, &work, measures);
        }
        measured
    };
    let mut articles = articles.into_iter();
    let source = move || {
        let batch: Vec<_> = articles.by_ref().take(BATCH_ARTICLES).collect();
        (!batch.is_empty()).then_some(batch)
    };
    let mut all = Measured::with(options.gold.clone());
    let end = ordered(source, workers(0, work), cancel, |measured| {
        all.merge(measured);
        progress.advance(all.looked_at, 0);
        Ok(())
    })?;
    let mut compared = all.compared(end)?;
    compared.left_out.extend(older);
    compared.left_out.sort();
    compared.faults = faults;
    compared.named_by_file = named_by_file;
    Ok(compared)
}

fn measures(gamma: bool, articles: usize) -> Measures {
    let many = (articles as f64 / PRECISE_ARTICLES as f64).max(1.0).sqrt();
    Measures {
        gamma: gamma.then(|| (PRECISION * many).min(COARSE)),
    }
}

/// The newest finished adjudication of an article.
fn adjudicated(work: &[Own]) -> Option<&Own> {
    let finished = work.iter().filter(|own| {
        own.started_from.is_adjudication() && own.annotation.status() == Status::Done
    });
    finished.max_by_key(|own| (own.at_ms, &own.annotator))
}

/// The name of a file without its folder and endings.
fn name_of(source: &str) -> String {
    let name = Path::new(source).file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    let name = name.split('.').next().unwrap_or_default().trim();
    if name.is_empty() { "?" } else { name }.to_owned()
}

/// An article with the work on it, from wherever it came.
struct Gathered {
    text: Text,
    work: BTreeMap<String, Own>,
}

impl Gathered {
    /// Adds an annotator's work, and says whether some of it gave way to newer work of the same
    /// annotator.
    fn gives_way(&mut self, own: Own) -> bool {
        let old = self.work.get(&own.annotator);
        if old.is_some_and(|old| *old == own) {
            return false;
        }
        let is_second = old.is_some();
        if old.is_none_or(|old| old.at_ms <= own.at_ms) {
            self.work.insert(own.annotator.clone(), own);
        }
        is_second
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Own {
    annotator: String,
    at_ms: i64,
    started_from: StartedFrom,
    annotation: Annotation,
}

/// What a worker found.
#[derive(Default)]
struct Measured {
    looked_at: u64,
    annotators: BTreeSet<String>,
    articles: Vec<ArticleFigures>,
    left_out: Vec<LeftOutWork>,
    imported: u64,
    quality: Quality,
    gold: Option<(Arc<GoldAnnotations>, Quality)>,
}

impl Measured {
    fn with(gold: Option<Arc<GoldAnnotations>>) -> Self {
        let about = |gold: Arc<GoldAnnotations>| {
            let quality = Quality {
                reference: gold.len() as u64,
                ..Quality::default()
            };
            (gold, quality)
        };
        Self {
            gold: gold.map(about),
            ..Self::default()
        }
    }

    fn add(&mut self, id: &str, text: &Text, work: &[Own], measures: Measures) {
        self.looked_at += 1;
        let (mut counting, mut imported) = (Vec::new(), 0);
        for own in work {
            let status = own.annotation.status();
            let because = LeftOutBecause::of(&own.annotator, &own.started_from, status);
            // A reviewer is no annotator to be compared.
            if !matches!(
                because,
                Some(LeftOutBecause::Review | LeftOutBecause::Unknown)
            ) {
                self.annotators.insert(own.annotator.clone());
            }
            match because {
                Some(LeftOutBecause::NotDone(Status::Todo)) => {}
                Some(because) => self.left_out.push(LeftOutWork {
                    article: id.to_owned(),
                    annotator: own.annotator.clone(),
                    because,
                }),
                None => {
                    imported += u64::from(own.started_from == StartedFrom::Import);
                    counting.push(FinishedWork {
                        annotator: &own.annotator,
                        at_ms: own.at_ms,
                        annotation: &own.annotation,
                    });
                }
            }
        }
        if counting.len() > 1 {
            self.imported += imported;
        }
        if let Some(reference) = adjudicated(work) {
            self.quality.reference += 1;
            self.quality.add(id, text, &counting, &reference.annotation);
        }
        if let Some((gold, quality)) = &mut self.gold
            && let Some(reference) = gold.of(text)
        {
            quality.add(id, text, &counting, reference);
        }
        if !work.is_empty() {
            let figures = ArticleFigures::measure(id, text, &counting, measures);
            self.articles.push(figures);
        }
    }

    fn merge(&mut self, other: Self) {
        self.looked_at += other.looked_at;
        self.annotators.extend(other.annotators);
        self.articles.extend(other.articles);
        self.left_out.extend(other.left_out);
        self.imported += other.imported;
        self.quality.reference += other.quality.reference;
        self.quality.merge(other.quality);
        if let (Some((_, gold)), Some((_, other))) = (&mut self.gold, other.gold) {
            gold.merge(other);
        }
    }

    fn compared(mut self, end: End) -> Result<Compared> {
        if end == End::Cancelled {
            return Err(Cancelled.into());
        }
        self.left_out.sort();
        Ok(Compared {
            report: Report::new(self.annotators.into_iter().collect(), self.articles),
            left_out: self.left_out,
            imported: self.imported,
            quality: self.quality,
            gold: self.gold.map(|(_, quality)| quality),
            faults: Faults::default(),
            named_by_file: BTreeMap::new(),
        })
    }
}
