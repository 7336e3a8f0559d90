//! Another schema for a dataset that is worked on: what it would touch, and doing it.
//!
//! Labels that only get another name, or are merged into another one, take their spans along, in every annotation and
//! in the suggestions, in one transaction of the store. Everything else leaves annotations as they are: a label that
//! is switched off or that the schema no longer knows keeps its spans, and the window still shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Result, bail};

use crate::dataset::io::article_reader::{Batches, each_batch};
use crate::dataset::io::ordered::End;
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::edit::{Action, Edit, Entry, EntryKind, Selection, Transaction};
pub use crate::edit::{LabelKind, Relabel};
use crate::model::figures::counted;
use crate::model::{Annotation, Entity, Label, Nesting, Schema, StartedFrom};
use crate::store::{
    ArticleKey, ChangeSeq, Filter, LabelUse, OUTDATED_SETTING, Rewrite, Store, StoreError,
    StoredAnnotation,
};

/// So many articles go to a worker at once.
const BATCH_ARTICLES: usize = 128;

/// Another schema, with what becomes of the labels that it renames or no longer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaChange {
    /// The schema as it shall be.
    pub schema: Schema,
    /// Which labels take their spans to another name, and which go with their spans. A label that the schema no
    /// longer has and that is not named here keeps its spans.
    pub relabel: Relabel,
    /// The schema that it was made from; if the dataset has another one by now, the change is refused. `None`:
    /// whatever it has.
    pub based_on: Option<Box<Schema>>,
}

/// What happens to the spans of a label, or to articles, when the schema changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// They get another label.
    Moved(LabelKind, Label, Label),
    /// They are removed; each annotator can undo it in an article.
    Removed(LabelKind, Label),
    /// They keep a label that the schema no longer has.
    Orphaned(LabelKind, Label),
    /// They keep a label that is switched off now.
    SwitchedOff(LabelKind, Label),
    /// Entities lie inside others where the schema no longer allows it; they stay.
    Nested,
    /// Entities stand in regions of this label, where they are no longer tagged; they stay.
    OutOfPlace(Label),
}

/// What a change touches, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// What happens.
    pub effect: Effect,
    /// To how many regions or entities that annotators have in their work.
    pub spans: u64,
    /// In how many articles.
    pub articles: u64,
    /// By how many annotators.
    pub annotators: u64,
    /// To how many suggestions in articles that nobody has begun, or that annotators began with.
    pub suggestions: u64,
}

impl Touched {
    /// Whether work of annotators goes away.
    #[must_use]
    pub fn loses(&self) -> bool {
        matches!(self.effect, Effect::Removed(..)) && self.spans > 0
    }
}

impl fmt::Display for Touched {
    /// `body → story: 812 regions in 431 articles by 2 annotators, 90 suggestions`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, what, then) = match &self.effect {
            Effect::Moved(kind, from, to) => (*kind, format!("{from} → {to}"), ""),
            Effect::Removed(kind, label) => (*kind, format!("Deletes {label} and its "), ""),
            Effect::Orphaned(kind, label) => (
                *kind,
                format!("{label} is no longer a label"),
                "; they keep it",
            ),
            Effect::SwitchedOff(kind, label) => {
                (*kind, format!("{label} is disabled"), "; they keep it")
            }
            Effect::Nested => (
                LabelKind::Entity,
                "nesting is not allowed".to_owned(),
                "; nested entities stay",
            ),
            Effect::OutOfPlace(label) => (
                LabelKind::Entity,
                format!("no entities in {label}"),
                "; they stay",
            ),
        };
        f.write_str(&what)?;
        if !matches!(self.effect, Effect::Removed(..)) {
            f.write_str(": ")?;
        }
        if self.spans > 0 {
            let (one, many) = match kind {
                LabelKind::Region => ("region", "regions"),
                LabelKind::Entity => ("entity", "entities"),
            };
            write!(
                f,
                "{} in {} by {}",
                counted(self.spans, one, many),
                counted(self.articles, "article", "articles"),
                counted(self.annotators, "annotator", "annotators")
            )?;
            if self.suggestions > 0 {
                f.write_str(", ")?;
            }
        }
        if self.suggestions > 0 || self.spans == 0 {
            f.write_str(&counted(self.suggestions, "suggestion", "suggestions"))?;
        }
        f.write_str(then)
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// How many annotations got other labels.
    pub annotations: u64,
    /// The stretch of the stream of changes: after the first place, up to the second.
    pub changes: (ChangeSeq, ChangeSeq),
    /// Whether what was marked done before may lack labels now: see [`SchemaChange::outdates`].
    pub outdates: bool,
}

impl SchemaChange {
    /// A schema in which no label has another name than before.
    #[must_use]
    pub fn to(schema: Schema) -> Self {
        Self {
            schema,
            relabel: Relabel::default(),
            based_on: None,
        }
    }

    /// Checks that labels move to labels that are there, and that none goes that stays.
    ///
    /// # Errors
    /// With what is wrong, for people.
    pub fn check(&self) -> Result<()> {
        for ((kind, from), to) in &self.relabel.moved {
            if !has(&self.schema, *kind, to) {
                bail!("{from} cannot become {to}: the new schema has no such label");
            }
            if self.relabel.removed.contains(&(*kind, from.clone())) {
                bail!("{from} cannot be both moved and removed");
            }
            let taken_along = self.relabel.moved.contains_key(&(*kind, to.clone()));
            if has(&self.schema, *kind, from) && !self.takes_place(*kind, from) && !taken_along {
                bail!("{from} cannot be moved to {to}: the new schema still has {from}");
            }
        }
        for (kind, label) in &self.relabel.removed {
            if has(&self.schema, *kind, label) {
                bail!("{label} cannot be removed: the new schema still has it");
            }
        }
        Ok(())
    }

    /// Whether what was marked done under the old schema may lack labels now: a label is new or switched on, or entities are tagged in other
    /// regions. A label that only has another name is not new.
    #[must_use]
    pub fn outdates(&self, old: &Schema) -> bool {
        let is_new = |kind: LabelKind, label: &Label| {
            is_on(&self.schema, kind, label.as_str()) == Some(true)
                && is_on(old, kind, label.as_str()) != Some(true)
                && !self.takes_over(kind, label)
        };
        let is_tagged_anew = |label: &Label, tags: bool| {
            old.region(label.as_str())
                .is_some_and(|before| before.tag_entities != tags)
        };
        self.schema.regions().iter().any(|region| {
            is_new(LabelKind::Region, &region.label)
                || region.enabled && is_tagged_anew(&region.label, region.tag_entities)
        }) || self
            .schema
            .entities()
            .iter()
            .any(|entity| is_new(LabelKind::Entity, &entity.label))
    }

    /// Whether some label's spans get this name.
    fn takes_over(&self, kind: LabelKind, label: &Label) -> bool {
        let mut moved = self.relabel.moved.iter();
        moved.any(|((of, _), to)| *of == kind && to == label)
    }

    /// Whether some other label takes this one's name.
    fn takes_place(&self, kind: LabelKind, label: &Label) -> bool {
        self.relabel
            .moved
            .iter()
            .any(|((of, _), to)| *of == kind && to == label)
    }

    /// What happens to a span's label, if anything that is worth a word.
    fn effect(&self, old: &Schema, kind: LabelKind, label: &Label) -> Option<Effect> {
        let key = (kind, label.clone());
        if let Some(to) = self.relabel.moved.get(&key) {
            return Some(Effect::Moved(kind, label.clone(), to.clone()));
        }
        if self.relabel.removed.contains(&key) {
            return Some(Effect::Removed(kind, label.clone()));
        }
        match (
            is_on(old, kind, label.as_str()),
            is_on(&self.schema, kind, label.as_str()),
        ) {
            (_, None) => Some(Effect::Orphaned(kind, label.clone())),
            (Some(true), Some(false)) => Some(Effect::SwitchedOff(kind, label.clone())),
            _ => None,
        }
    }

    fn forbids_nesting(&self, old: &Schema) -> bool {
        old.nesting() == Nesting::Nested && self.schema.nesting() == Nesting::Flat
    }

    fn out_of_place(&self, old: &Schema) -> Vec<Label> {
        let tagged = |schema: &Schema, label: &Label| {
            schema
                .region(label.as_str())
                .map(|region| region.tag_entities)
        };
        old.regions()
            .iter()
            .map(|region| &region.label)
            .filter(|label| {
                tagged(old, label) == Some(true) && tagged(&self.schema, label) == Some(false)
            })
            .cloned()
            .collect()
    }

    /// The labels whose spans may be worth a word.
    fn concerned(&self, old: &Schema) -> Vec<Label> {
        let mut labels = self.relabel.labels();
        let regions = old.regions().iter().map(|r| (LabelKind::Region, &r.label));
        let entities = old.entities().iter().map(|e| (LabelKind::Entity, &e.label));
        for (kind, label) in regions.chain(entities) {
            if self.effect(old, kind, label).is_some() {
                labels.insert(label.clone());
            }
        }
        labels.extend(self.out_of_place(old));
        labels.into_iter().collect()
    }
}

fn has(schema: &Schema, kind: LabelKind, label: &Label) -> bool {
    is_on(schema, kind, label.as_str()).is_some()
}

/// Whether a label is switched on; `None` if the schema has none of that name.
fn is_on(schema: &Schema, kind: LabelKind, label: &str) -> Option<bool> {
    match kind {
        LabelKind::Region => schema.region(label).map(|region| region.enabled),
        LabelKind::Entity => schema.entity(label).map(|entity| entity.enabled),
    }
}

#[derive(Default)]
struct Count {
    spans: u64,
    articles: BTreeSet<ArticleKey>,
    annotators: BTreeSet<String>,
    suggestions: u64,
}

type Counts = BTreeMap<Effect, Count>;

/// Counts what a change would touch, and changes nothing. Only what is not zero is told.
///
/// # Errors
/// If the dataset cannot be read, or the work was cancelled.
pub fn touched(
    store: &dyn Store,
    change: &SchemaChange,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Vec<Touched>> {
    let old = store.schema()?;
    let nests = change.forbids_nesting(&old);
    let mut keys: Vec<ArticleKey> = if nests {
        store.keys(&Filter::default())?
    } else {
        match change.concerned(&old) {
            labels if labels.is_empty() => Vec::new(),
            labels => {
                let users = store.users_of(&labels)?;
                users.into_iter().map(|(key, _)| key).collect()
            }
        }
    };
    keys.dedup();
    progress.expect(keys.len() as u64);
    let change = change.clone();
    let out_of_place = change.out_of_place(&old);
    let work = move |store: &dyn Store, keys: &[ArticleKey]| -> Result<(usize, Counts)> {
        let mut counts = Counts::new();
        for key in keys {
            let article = store.article(*key)?;
            for stored in store.annotations(&article, *key)? {
                count(
                    &mut counts,
                    &old,
                    &change,
                    &out_of_place,
                    nests,
                    *key,
                    &stored,
                );
            }
        }
        Ok((keys.len(), counts))
    };
    let mut sum = Counts::new();
    let mut done = 0;
    let batches = Batches::of(BATCH_ARTICLES);
    let end = each_batch(store, keys, batches, cancel, work, |(articles, counts)| {
        done += articles as u64;
        progress.advance(done, 0);
        for (effect, count) in counts {
            let all = sum.entry(effect).or_default();
            all.spans += count.spans;
            all.suggestions += count.suggestions;
            all.articles.extend(count.articles);
            all.annotators.extend(count.annotators);
        }
        Ok(())
    })?;
    if end == End::Cancelled {
        bail!("stopped; nothing was changed");
    }
    Ok(sum
        .into_iter()
        .map(|(effect, count)| Touched {
            effect,
            spans: count.spans,
            articles: count.articles.len() as u64,
            annotators: count.annotators.len() as u64,
            suggestions: count.suggestions,
        })
        .collect())
}

fn count(
    counts: &mut Counts,
    old: &Schema,
    change: &SchemaChange,
    out_of_place: &[Label],
    nests: bool,
    key: ArticleKey,
    stored: &StoredAnnotation,
) {
    let mut one = |effect: Effect| {
        let count = counts.entry(effect).or_default();
        if stored.owner.is_nobody() {
            count.suggestions += 1;
        } else {
            count.spans += 1;
            count.articles.insert(key);
            let name = stored.owner.as_str();
            if !count.annotators.contains(name) {
                count.annotators.insert(name.to_owned());
            }
        }
    };
    let annotation = &stored.annotation;
    for region in annotation.regions() {
        if let Some(effect) = change.effect(old, LabelKind::Region, &region.label) {
            one(effect);
        }
        if out_of_place.contains(&region.label) {
            for _ in annotation.entities_in(region.span) {
                one(Effect::OutOfPlace(region.label.clone()));
            }
        }
    }
    for entity in annotation.entities() {
        if let Some(effect) = change.effect(old, LabelKind::Entity, &entity.label) {
            one(effect);
        }
    }
    if nests {
        for _ in 0..nested(annotation.entities()) {
            one(Effect::Nested);
        }
    }
}

/// How many entities lie inside another one.
fn nested(entities: &[Entity]) -> usize {
    let mut reach = None;
    entities
        .iter()
        .filter(|entity| {
            let inside = reach.is_some_and(|end| entity.span.start() < end);
            reach = reach.max(Some(entity.span.end()));
            inside
        })
        .count()
}

/// Gives the dataset its new schema, and the spans their new labels: all or nothing.
///
/// # Errors
/// If the change contradicts itself, the dataset cannot be written, or the work was cancelled. Nothing has changed then.
pub fn change_schema(
    store: &mut dyn Store,
    change: &SchemaChange,
    at_ms: i64,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Changed> {
    change.check()?;
    let old = store.schema()?;
    if let Some(base) = &change.based_on
        && **base != old
    {
        bail!("another program changed them; look at them again");
    }
    let labels: Vec<Label> = change.relabel.labels().into_iter().collect();
    let mut annotations = 0;
    let mut fault = None;
    let mut expected = false;
    let outcome = store.change_schema(&change.schema, &labels, &mut |use_: LabelUse<'_>| {
        if cancel.is_cancelled() {
            return Rewrite::Stop;
        }
        if !std::mem::replace(&mut expected, true) {
            progress.expect(use_.of as u64);
        }
        progress.advance(use_.done as u64, 0);
        match rewritten(&change.relabel, &use_, at_ms) {
            Ok(Rewrite::Leave) => Rewrite::Leave,
            Ok(rewrite) => {
                annotations += 1;
                rewrite
            }
            Err(error) => {
                fault = Some(error);
                Rewrite::Stop
            }
        }
    });
    match (outcome, fault) {
        (_, Some(fault)) => Err(fault),
        (Err(StoreError::Stopped), None) => bail!("stopped; nothing was changed"),
        (Err(error), None) => Err(error.into()),
        (Ok(changes), None) => {
            let outdates = change.outdates(&old);
            if outdates {
                let mark = changes.1.0.to_string();
                store.set_setting(OUTDATED_SETTING, Some(&mark))?;
            }
            Ok(Changed {
                annotations,
                changes,
                outdates,
            })
        }
    }
}

fn rewritten(relabel: &Relabel, use_: &LabelUse<'_>, at_ms: i64) -> Result<Rewrite> {
    let stored = use_.stored;
    let mut annotation = stored.annotation.clone();
    let mut entries = Vec::new();
    let mut apply = |action: Action, transaction: Transaction, annotation: &mut Annotation| {
        if transaction.is_empty() {
            return Ok(());
        }
        if let Err(error) = transaction.apply(&use_.article.text, annotation) {
            bail!("article {}: {error}; nothing was changed", use_.article.id);
        }
        entries.push(Entry {
            kind: EntryKind::Edit,
            action,
            transaction,
            before: Selection::default(),
            after: Selection::default(),
            at_ms,
            started_from: StartedFrom::Unknown,
        });
        Ok(())
    };
    let renaming = relabel.renaming(&annotation);
    apply(Action::RenameLabels, renaming, &mut annotation)?;
    let removal = relabel.removal(&annotation);
    apply(Action::RemoveLabels, removal, &mut annotation)?;
    let names_only = entries
        .iter()
        .flat_map(|entry| &entry.transaction.edits)
        .all(|edit| matches!(edit, Edit::Renamed { .. }));
    // Suggestions have no history that would need to know the new names.
    if entries.is_empty() || (names_only && stored.owner.is_nobody()) {
        return Ok(Rewrite::Leave);
    }
    Ok(Rewrite::To {
        entries,
        annotation,
    })
}
