//! What the models learn from a dataset: its own copy of each, which goes on from the shipped weights with every done
//! article.
//!
//! A copy is a function of the shipped weights and the **lessons**, the done annotations of persons, in the order in which
//! they were learnt; nothing else is in it. So it can be thrown away and made again, and an article is forgotten by going
//! back to before it was learnt from, and learning again what came after. Snapshots make that way short.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::extract::learned::Looks;
use crate::extract::{Reading, RegionModel};
use crate::learn::{Example, Learner};
use crate::model::{Annotation, Article, Provenance, Region, Schema, Status};
use crate::store::{ArticleKey, Learnt, Lesson, ModelKind, Store, StoreError};

/// No more than so many lessons count: the newest.
pub const MOST_LESSONS: usize = 1000;
/// From longer texts, in bytes, nothing is learnt, and their suggestions stay as they came: it would take too long.
pub const MOST_BYTES: usize = 1 << 20;
/// The setting of a dataset that says before when there is nothing to learn from, milliseconds since 1970 UTC: what was
/// to be forgotten.
pub const LEARN_AFTER: &str = "learn_after";
/// After so many lessons there is a snapshot.
const SNAPSHOT: usize = 8;
/// So many snapshots are kept.
const SNAPSHOTS: usize = 24;

/// What there is to learn from now, oldest first: of each article the newest done annotation.
///
/// # Errors
/// If the dataset cannot be read.
pub fn lessons(store: &dyn Store) -> Result<Vec<Lesson>, StoreError> {
    let after = store.setting(LEARN_AFTER)?;
    let after = after.and_then(|ms| ms.parse().ok()).unwrap_or(i64::MIN);
    let mut lessons = store.lessons(after, MOST_LESSONS)?;
    let mut seen = HashSet::new();
    lessons.retain(|lesson| seen.insert(lesson.key));
    lessons.reverse();
    Ok(lessons)
}

/// The region model as a dataset has it.
pub struct RegionPupil {
    base: Arc<RegionModel>,
    base_name: String,
    page: Option<Learner>,
    text: Option<Learner>,
    /// What it has learnt from, in order.
    lessons: Vec<Lesson>,
    /// By how many lessons it had learnt from.
    snapshots: BTreeMap<usize, Vec<u8>>,
    /// Whether the last examples are with the learners.
    remembers: bool,
    model: Arc<RegionModel>,
}

impl RegionPupil {
    /// One that has learnt nothing yet.
    #[must_use]
    pub fn new(base: Arc<RegionModel>) -> Self {
        let learner = |looks: &Option<Looks>| {
            let looks = looks.as_ref()?;
            Some(Learner::new(looks.last().clone()))
        };
        Self {
            page: learner(&base.page),
            text: learner(&base.text),
            base_name: blake3::hash(&base.write()).to_hex().to_string(),
            lessons: Vec::new(),
            snapshots: BTreeMap::new(),
            remembers: true,
            model: Arc::clone(&base),
            base,
        }
    }

    /// The model as it is by now.
    #[must_use]
    pub fn model(&self) -> &Arc<RegionModel> {
        &self.model
    }

    /// What it has learnt from, in order.
    #[must_use]
    pub fn lessons(&self) -> &[Lesson] {
        &self.lessons
    }

    /// Forgets all.
    pub fn forget(&mut self) {
        *self = Self::new(Arc::clone(&self.base));
    }

    /// Goes on from what the dataset kept. What is of other weights, or damaged, is no loss: it is learnt again.
    pub fn resume(&mut self, learnt: Learnt) {
        self.forget();
        if learnt.base != self.base_name || learnt.kind != ModelKind::Regions {
            return;
        }
        if self.restore(&learnt.bytes).is_err() {
            self.forget();
            return;
        }
        self.snapshots.insert(learnt.lessons.len(), learnt.bytes);
        self.lessons = learnt.lessons;
        self.publish();
    }

    /// What the dataset is to keep.
    #[must_use]
    pub fn learnt(&self) -> Learnt {
        Learnt {
            kind: ModelKind::Regions,
            base: self.base_name.clone(),
            lessons: self.lessons.clone(),
            bytes: self.bytes(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for learner in [&self.page, &self.text].into_iter().flatten() {
            learner.write(&mut bytes);
        }
        bytes
    }

    /// Puts the weights back; the last examples come with the next lesson.
    fn restore(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        let bytes = &mut bytes;
        for (learner, looks) in [
            (&mut self.page, &self.base.page),
            (&mut self.text, &self.base.text),
        ] {
            if let Some(looks) = looks {
                *learner = Some(Learner::resume(looks.last().clone(), bytes, [])?);
            }
        }
        self.remembers = false;
        if bytes.is_empty() {
            Ok(())
        } else {
            Err("what was learnt does not fit the model".to_owned())
        }
    }

    /// Makes the model anew from what was learnt; [`RegionPupil::learn`] alone does not.
    pub fn publish(&mut self) {
        let with = |base: &Option<Looks>, learner: &Option<Learner>| {
            let (base, learner) = (base.as_ref()?, learner.as_ref()?);
            let model = learner.model().clone();
            Some(match base.second {
                Some(_) => Looks {
                    first: base.first.clone(),
                    second: Some(model),
                },
                None => Looks {
                    first: model,
                    second: None,
                },
            })
        };
        self.model = Arc::new(RegionModel {
            page: with(&self.base.page, &self.page),
            text: with(&self.base.text, &self.text),
        });
    }

    /// Forgets what is no longer so: goes back to before the first lesson that is not in `now`. Gives what of `now` is
    /// to be learnt next, in order, and whether something was forgotten.
    pub fn catch_up(&mut self, now: &[Lesson]) -> (Vec<Lesson>, bool) {
        let still: HashSet<&Lesson> = now.iter().collect();
        let oldest = now.first().filter(|_| now.len() >= MOST_LESSONS);
        // What is only too old to be named is not forgotten.
        let holds = |lesson: &Lesson| {
            still.contains(lesson) || oldest.is_some_and(|oldest| lesson.at_ms < oldest.at_ms)
        };
        let wrong = self.lessons.iter().position(|lesson| !holds(lesson));
        if let Some(wrong) = wrong {
            self.go_back(wrong);
        }
        let known: HashSet<&Lesson> = self.lessons.iter().collect();
        let next = now.iter().filter(|lesson| !known.contains(lesson));
        (next.cloned().collect(), wrong.is_some())
    }

    /// Goes back to a snapshot of no more than so many lessons.
    fn go_back(&mut self, most: usize) {
        self.snapshots.split_off(&(most + 1));
        let last = self.snapshots.pop_last();
        let model = Arc::clone(&self.model);
        match last {
            Some((count, bytes)) if self.restore(&bytes).is_ok() => {
                self.lessons.truncate(count);
                self.snapshots.insert(count, bytes);
            }
            _ => self.forget(),
        }
        // Until all is learnt again, the old model is better than half of the new one.
        self.model = model;
    }

    /// Learns from one lesson. What is gone or changed meanwhile, or too long, teaches nothing.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn learn(&mut self, store: &dyn Store, lesson: &Lesson) -> Result<(), StoreError> {
        self.remember(store)?;
        let before = self.lessons.len();
        let bytes = self.bytes();
        if let Some((is_page, example)) = self.example(store, lesson, |_| true)? {
            let learner = if is_page {
                &mut self.page
            } else {
                &mut self.text
            };
            if let Some(learner) = learner {
                learner.learn(example);
            }
        }
        // One from before the last lesson, since that is the one that is taken back, and every so many.
        self.snapshots
            .retain(|count, _| count.is_multiple_of(SNAPSHOT));
        self.snapshots.insert(before, bytes);
        while self.snapshots.len() > SNAPSHOTS {
            self.snapshots.pop_first();
        }
        self.lessons.push(lesson.clone());
        Ok(())
    }

    /// Counts a lesson as learnt that cannot be learnt from.
    pub fn skip(&mut self, lesson: &Lesson) {
        self.lessons.push(lesson.clone());
    }

    /// Brings the learners the examples that they go over again.
    fn remember(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        if self.remembers {
            return Ok(());
        }
        let (mut pages, mut texts) = (Vec::new(), Vec::new());
        for lesson in self.lessons.iter().rev() {
            let (page_wanted, text_wanted) = (
                pages.len() < Learner::remembers(),
                texts.len() < Learner::remembers(),
            );
            if !page_wanted && !text_wanted {
                break;
            }
            let wanted = |is_page| if is_page { page_wanted } else { text_wanted };
            match self.example(store, lesson, wanted)? {
                Some((true, example)) => pages.push(example),
                Some((false, example)) => texts.push(example),
                None => {}
            }
        }
        for (learner, examples) in [(&mut self.page, pages), (&mut self.text, texts)] {
            if let Some(learner) = learner {
                learner.remember(examples.into_iter().rev());
            }
        }
        self.remembers = true;
        Ok(())
    }

    /// What a lesson teaches, and whether that is about a page; only if that is wanted.
    fn example(
        &self,
        store: &dyn Store,
        lesson: &Lesson,
        wanted: impl Fn(bool) -> bool,
    ) -> Result<Option<(bool, Example)>, StoreError> {
        let article = match store.article(lesson.key) {
            Err(StoreError::NoSuchArticle(_)) => return Ok(None),
            article => article?,
        };
        let is_page = article.blocks.iter().any(|block| !block.path.is_empty());
        if article.text.len() > MOST_BYTES || !wanted(is_page) {
            return Ok(None);
        }
        let stored = store.annotations(&article, lesson.key)?;
        let Some(of_lesson) = stored.iter().find(|stored| {
            stored.annotator == lesson.annotator
                && stored.revision == lesson.revision
                && stored.annotation.status() == Status::Done
        }) else {
            return Ok(None);
        };
        let reading = read(store, lesson.key, &article)?;
        let base = if reading.is_page {
            &self.base.page
        } else {
            &self.base.text
        };
        let Some(base) = base else {
            return Ok(None);
        };
        let regions = of_lesson.annotation.regions();
        let mut example = reading.example(&article.text, regions, base.labels());
        example.sequence = reading.seen_by(base).into_owned();
        Ok(Some((reading.is_page, example)))
    }
}

/// Reads an article as the models see it.
///
/// # Errors
/// If the dataset cannot be read.
pub fn read(store: &dyn Store, key: ArticleKey, article: &Article) -> Result<Reading, StoreError> {
    let kept = store.kept(key)?;
    Ok(Reading::of_article(article, kept.as_deref()))
}

/// Whether an annotation is a machine's guess and nothing else, so that a better guess may take its place. What came
/// with the article is not.
#[must_use]
pub fn is_guess(annotation: &Annotation) -> bool {
    annotation.status() == Status::Todo
        && annotation.remarks().is_empty()
        && annotation
            .regions()
            .iter()
            .all(|region| matches!(region.provenance, Provenance::Extractor(_)))
        && annotation
            .entities()
            .iter()
            .all(|entity| matches!(entity.provenance, Provenance::Tagger(_)))
}

/// The guess with other regions.
#[must_use]
pub fn with_regions(
    article: &Article,
    guess: &Annotation,
    regions: Vec<Region>,
) -> Option<Annotation> {
    let entities = guess.entities().to_vec();
    Annotation::from_parts(&article.text, regions, entities, Status::Todo, Vec::new()).ok()
}

/// The regions that a model suggests for an article; `None` where it is too long to be looked at again.
///
/// # Errors
/// If the dataset cannot be read.
pub fn suggest(
    store: &dyn Store,
    key: ArticleKey,
    article: &Article,
    model: &RegionModel,
    schema: &Schema,
) -> Result<Option<Vec<Region>>, StoreError> {
    if article.text.len() > MOST_BYTES {
        return Ok(None);
    }
    let reading = read(store, key, article)?;
    Ok(Some(reading.suggest(model, schema)))
}
