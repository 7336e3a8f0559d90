//! What the models learn from a dataset: its own copy of each, which goes on from the shipped weights with every done
//! article.
//!
//! A copy is a function of the shipped weights and the **lessons**, the done annotations of persons, in the order in which
//! they were learnt; nothing else is in it. So it can be thrown away and made again, and an article is forgotten by going
//! back to before it was learnt from, and learning again what came after. Snapshots make that way short.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::extract::learned::Looks;
use crate::extract::sites::{Sites, site_of};
use crate::extract::{Reading, RegionModel};
use crate::learn::{Example, Learner};
use crate::model::{
    Annotation, Article, Entity, Provenance, Region, Schema, Span, Status, figures,
};
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
/// So many examples of pages, and of texts, are kept: what the learners go over again, also after a short way back.
const RECENT: usize = Learner::remembers() + 2 * SNAPSHOT;

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

/// Why a region or an entity has its label, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons {
    /// The article.
    pub key: ArticleKey,
    /// Where it is.
    pub span: Span,
    /// What the model makes of it, in a sentence.
    pub verdict: String,
    /// What speaks for the label, the weightiest first; sentences without their full stops.
    pub pros: Vec<String>,
    /// What speaks against it.
    pub cons: Vec<String>,
    /// What of that was learnt from this dataset.
    pub learnt: Vec<String>,
}

/// The region model as a dataset has it, with what it remembers of the dataset's sites.
pub struct RegionPupil {
    base: Arc<RegionModel>,
    base_name: String,
    page: Option<Learner>,
    text: Option<Learner>,
    sites: Sites,
    /// What it has learnt from, in order.
    lessons: Vec<Lesson>,
    /// So many of these are in the memory of sites, and their examples with the learners; the others, which it learnt
    /// from before the window was opened, are yet to be recalled.
    recalled: usize,
    /// The last examples, and whether there were more, of texts and of pages.
    recent: VecDeque<Recent>,
    had_more: [bool; 2],
    /// What the learners had learnt, by how many lessons.
    snapshots: BTreeMap<usize, Vec<u8>>,
    model: Arc<RegionModel>,
}

/// An example, by the number of its lesson.
struct Recent {
    lesson: usize,
    is_page: bool,
    example: Example,
}

/// What a lesson teaches.
struct Taught {
    is_page: bool,
    example: Example,
    reading: Reading,
    site: String,
    said: Vec<Region>,
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
            sites: Sites::default(),
            base_name: blake3::hash(&base.write()).to_hex().to_string(),
            lessons: Vec::new(),
            recalled: 0,
            recent: VecDeque::new(),
            had_more: [false; 2],
            snapshots: BTreeMap::new(),
            model: Arc::clone(&base),
            base,
        }
    }

    /// What it has learnt from, in order.
    #[must_use]
    pub fn lessons(&self) -> &[Lesson] {
        &self.lessons
    }

    /// How many lessons of former sittings are yet to be recalled, before it can learn more.
    #[must_use]
    pub fn to_recall(&self) -> usize {
        self.lessons.len() - self.recalled
    }

    /// Forgets all.
    pub fn forget(&mut self) {
        *self = Self::new(Arc::clone(&self.base));
    }

    // -- what the dataset keeps --------------------------------------------------------------

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

    /// Puts the weights back, without the examples that are gone over again.
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
        if bytes.is_empty() {
            Ok(())
        } else {
            Err("what was learnt does not fit the model".to_owned())
        }
    }

    // -- learning and forgetting -------------------------------------------------------------

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
        // Until all is learnt again, the old model is better than half of the new one.
        let model = Arc::clone(&self.model);
        match last {
            Some((count, bytes)) if self.restore(&bytes).is_ok() => {
                for lesson in &self.lessons[count..] {
                    self.sites.forget(&lesson.key.to_string());
                }
                self.lessons.truncate(count);
                self.snapshots.insert(count, bytes);
                self.recent.retain(|recent| recent.lesson < count);
                self.recalled = self.recalled.min(count);
                if !self.is_enough() {
                    self.recall_anew();
                }
                self.remember();
            }
            _ => self.forget(),
        }
        self.model = model;
    }

    /// Whether the examples that are left are all that the learners would have by now.
    fn is_enough(&self) -> bool {
        let count = |is_page| self.recent.iter().filter(|r| r.is_page == is_page).count();
        [false, true].into_iter().all(|is_page| {
            !self.had_more[usize::from(is_page)] || count(is_page) >= Learner::remembers()
        })
    }

    fn recall_anew(&mut self) {
        self.sites = Sites::default();
        self.recent.clear();
        self.had_more = [false; 2];
        self.recalled = 0;
    }

    /// Gives the learners the examples that they go over again, once all are recalled.
    fn remember(&mut self) {
        if self.to_recall() > 0 {
            return;
        }
        for (learner, is_page) in [(&mut self.page, true), (&mut self.text, false)] {
            let of_kind = self
                .recent
                .iter()
                .filter(|recent| recent.is_page == is_page);
            if let Some(learner) = learner {
                learner.remember(of_kind.map(|recent| recent.example.clone()));
            }
        }
    }

    /// Recalls one lesson of a former sitting.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn recall(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        let Some(lesson) = self.lessons.get(self.recalled).cloned() else {
            return Ok(());
        };
        let taught = self.taught(store, &lesson)?;
        if let Some(taught) = taught {
            self.take_in(self.recalled, &lesson, taught);
        }
        self.recalled += 1;
        self.remember();
        Ok(())
    }

    /// Leaves one lesson out that cannot be recalled.
    pub fn pass_over(&mut self) {
        self.recalled = (self.recalled + 1).min(self.lessons.len());
        self.remember();
    }

    fn take_in(&mut self, at: usize, lesson: &Lesson, taught: Taught) {
        let article = lesson.key.to_string();
        self.sites
            .learn(&taught.site, &article, &taught.reading, &taught.said, &[]);
        let is_page = taught.is_page;
        self.recent.push_back(Recent {
            lesson: at,
            is_page,
            example: taught.example,
        });
        let of_kind = |recent: &Recent| recent.is_page == is_page;
        if self.recent.iter().filter(|recent| of_kind(recent)).count() > RECENT
            && let Some(oldest) = self.recent.iter().position(of_kind)
        {
            self.recent.remove(oldest);
            self.had_more[usize::from(is_page)] = true;
        }
    }

    /// Learns from one lesson. What is gone or changed meanwhile, or too long, teaches nothing. All former ones are
    /// recalled.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn learn(&mut self, store: &dyn Store, lesson: &Lesson) -> Result<(), StoreError> {
        let before = self.lessons.len();
        let bytes = self.bytes();
        if let Some(taught) = self.taught(store, lesson)? {
            let learner = if taught.is_page {
                &mut self.page
            } else {
                &mut self.text
            };
            if let Some(learner) = learner {
                learner.learn(taught.example.clone());
            }
            self.take_in(before, lesson, taught);
        }
        // One from before the last lesson, since that is the one that is taken back, and every so many.
        self.snapshots
            .retain(|count, _| count.is_multiple_of(SNAPSHOT));
        self.snapshots.insert(before, bytes);
        while self.snapshots.len() > SNAPSHOTS {
            self.snapshots.pop_first();
        }
        self.skip(lesson);
        Ok(())
    }

    /// Counts a lesson as learnt that cannot be learnt from.
    pub fn skip(&mut self, lesson: &Lesson) {
        self.lessons.push(lesson.clone());
        self.recalled += 1;
    }

    /// What a lesson teaches.
    fn taught(&self, store: &dyn Store, lesson: &Lesson) -> Result<Option<Taught>, StoreError> {
        let article = match store.article(lesson.key) {
            Err(StoreError::NoSuchArticle(_)) => return Ok(None),
            article => article?,
        };
        if article.text.len() > MOST_BYTES {
            return Ok(None);
        }
        let stored = store.annotations(&article, lesson.key)?;
        let Some(of_lesson) = stored.into_iter().find(|stored| {
            stored.annotator == lesson.annotator
                && stored.revision == lesson.revision
                && stored.annotation.status() == Status::Done
        }) else {
            return Ok(None);
        };
        let reading = self.read(store, lesson.key, &article)?;
        let base = if reading.is_page {
            &self.base.page
        } else {
            &self.base.text
        };
        let Some(base) = base else {
            return Ok(None);
        };
        let said = of_lesson.annotation.regions();
        let mut example = reading.example(&article.text, said, base.labels());
        example.sequence = reading.seen_by(base).into_owned();
        Ok(Some(Taught {
            is_page: reading.is_page,
            example,
            reading,
            site: site_of(&article.meta.url).unwrap_or_default().to_owned(),
            said: said.to_vec(),
        }))
    }

    // -- telling why -------------------------------------------------------------------------

    /// Why a region has the label that it has, as the models see it now.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn why(
        &self,
        store: &dyn Store,
        key: ArticleKey,
        region: &Region,
    ) -> Result<Reasons, StoreError> {
        let article = store.article(key)?;
        let mut told = Reasons {
            key,
            span: region.span,
            verdict: String::new(),
            pros: Vec::new(),
            cons: Vec::new(),
            learnt: Vec::new(),
        };
        if article.text.len() > MOST_BYTES {
            "The article is too long to be looked at again.".clone_into(&mut told.verdict);
            return Ok(told);
        }
        let reading = self.read(store, key, &article)?;
        let of = |model: &RegionModel, reading: &Reading| {
            let looks = if reading.is_page {
                model.page.as_ref()
            } else {
                model.text.as_ref()
            };
            looks.and_then(|looks| reading.why(looks, region.span, region.label.as_str()))
        };
        let Some(why) = of(&self.model, &reading) else {
            told.verdict = format!(
                "The model does not know {}: a rule made by hand, or what was said on other pages of the site, \
                 suggested it.",
                region.label
            );
            return Ok(told);
        };
        let percent = |score: f64| (score * 100.0).round();
        told.verdict = if why.score >= why.rival_score {
            format!(
                "The model is {} % sure of {}, and gives {} {} %.",
                percent(why.score),
                why.label,
                why.rival,
                percent(why.rival_score)
            )
        } else {
            format!(
                "The model would say {}, and is {} % sure of that.",
                why.rival,
                percent(why.rival_score)
            )
        };
        for reason in why.reasons {
            let side = if reason.weight > 0.0 {
                &mut told.pros
            } else {
                &mut told.cons
            };
            side.push(reason.words);
        }
        // At first it knew neither these lessons nor this site.
        let kept = store.kept(key)?;
        let unreminded = Reading::of_article(&article, kept.as_deref());
        let first = of(&self.base, &unreminded);
        if let Some(first) = first.filter(|_| !self.lessons.is_empty()) {
            let was = if first.score >= first.rival_score {
                (first.label, first.score)
            } else {
                (first.rival, first.rival_score)
            };
            let is = if why.score >= why.rival_score {
                (why.label, why.score)
            } else {
                (why.rival, why.rival_score)
            };
            if was.0 != is.0 {
                told.learnt.push(format!(
                    "What was done in this dataset decided: at first it would have said {}",
                    was.0
                ));
            } else if (was.1 - is.1).abs() >= 0.05 {
                told.learnt.push(format!(
                    "What was done in this dataset made it {} sure: at first it was {} %",
                    if is.1 > was.1 { "more" } else { "less" },
                    percent(was.1)
                ));
            }
            let all = figures::count(self.lessons.len(), "done article");
            let site = site_of(&article.meta.url);
            let here = site.map_or(0, |site| self.sites.scorecard(site).pages);
            told.learnt.push(match (here, site) {
                (here, Some(site)) if here > 0 && here == self.lessons.len() as u64 => {
                    format!("It has learnt from {all} from {site}")
                }
                (1.., Some(site)) => {
                    format!("It has learnt from {all}, {here} of them from {site}")
                }
                _ => format!("It has learnt from {all}, none of this site"),
            });
        }
        Ok(told)
    }

    // -- suggesting --------------------------------------------------------------------------

    /// An article as the model sees it, reminded of what was said about others of its site.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn read(
        &self,
        store: &dyn Store,
        key: ArticleKey,
        article: &Article,
    ) -> Result<Reading, StoreError> {
        let kept = store.kept(key)?;
        let mut reading = Reading::of_article(article, kept.as_deref());
        let looks = if reading.is_page {
            &self.base.page
        } else {
            &self.base.text
        };
        if let (Some(looks), Some(site)) = (looks, site_of(&article.meta.url))
            && self.sites.knows(site)
        {
            let reminders = self.sites.recall(site, &reading);
            reading.remind(&reminders, looks.labels());
        }
        Ok(reading)
    }

    /// The regions that the model suggests for an article by now; `None` where it is too long to be looked at again.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn suggest(
        &self,
        store: &dyn Store,
        key: ArticleKey,
        article: &Article,
        schema: &Schema,
    ) -> Result<Option<Vec<Region>>, StoreError> {
        if article.text.len() > MOST_BYTES {
            return Ok(None);
        }
        let reading = self.read(store, key, article)?;
        Ok(Some(reading.suggest(&self.model, schema)))
    }
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

/// The guess with other regions and entities.
#[must_use]
pub fn guess_of(
    article: &Article,
    regions: Vec<Region>,
    entities: Vec<Entity>,
) -> Option<Annotation> {
    Annotation::from_parts(&article.text, regions, entities, Status::Todo, Vec::new()).ok()
}
