//! The history of one article for people: who changed what, when, with the old and the new value.

use std::collections::BTreeMap;

pub use crate::edit::Action;
use crate::edit::adjudication::DecisionChange;
use crate::edit::{Edit, EntryKind, LabelKind, Transaction};
use crate::model::{Article, Entity, Label, Provenance, Region, Remark, Span, StartedFrom, Status};
use crate::store::{ArticleKey, PastEntry, Store, StoreError};

/// One step of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryStep {
    /// Its place in the dataset's stream of changes.
    pub seq: i64,
    /// Whose annotation it changed.
    pub annotator: String,
    /// When, in milliseconds since 1970, UTC; 0 if nobody knows.
    pub at_ms: i64,
    /// Whether it did something, or took something back.
    pub kind: EntryKind,
    /// What it did; for an undo or redo, what it took back or did again.
    pub action: Action,
    /// What the annotation started from; of the first step of an annotation only.
    pub started_from: Option<StartedFrom>,
    /// What it changed, in the order of the change.
    pub changes: Vec<Change>,
}

/// A span with its label and who put it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// Where.
    pub span: Span,
    /// The label.
    pub label: Label,
    /// Who put it there.
    pub provenance: Provenance,
}

/// What one step changed: the old value and the new one. Never are both of them missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A region.
    Region(Option<Labelled>, Option<Labelled>),
    /// An entity.
    Entity(Option<Labelled>, Option<Labelled>),
    /// The status.
    Status(Status, Status),
    /// A remark.
    Remark(Option<Remark>, Option<Remark>),
    /// A label's name, in the schema.
    Renamed(LabelKind, Label, Label),
    /// A decision between annotators.
    Decision(Box<DecisionChange>),
}

impl Change {
    /// Returns its place in the text, the new one first.
    #[must_use]
    pub fn place(&self) -> Option<Span> {
        match self {
            Self::Region(old, new) | Self::Entity(old, new) => {
                new.as_ref().or(old.as_ref()).map(|it| it.span)
            }
            Self::Remark(old, new) => new.as_ref().or(old.as_ref()).and_then(|it| it.at),
            Self::Decision(change) => Some(change.place.span),
            Self::Status(..) | Self::Renamed(..) => None,
        }
    }

    /// Returns whether a person confirmed a suggestion.
    #[must_use]
    pub fn takes_suggestion(&self) -> bool {
        match self {
            Self::Region(Some(old), Some(new)) | Self::Entity(Some(old), Some(new)) => {
                old.provenance.is_suggestion() && !new.provenance.is_suggestion()
            }
            _ => false,
        }
    }
}

impl HistoryStep {
    /// Makes a step from a stored entry; `is_first` if it is the first of this annotator.
    #[must_use]
    pub fn of(past: PastEntry, is_first: bool) -> Self {
        let entry = past.entry;
        Self {
            seq: past.seq.0,
            annotator: past.annotator,
            at_ms: entry.at_ms,
            kind: entry.kind,
            action: entry.action,
            started_from: is_first.then_some(entry.started_from),
            changes: changes(&entry.transaction),
        }
    }

    /// Describes what was done: "tagged", "undid: tagged".
    #[must_use]
    pub fn title(&self) -> String {
        let done = match (self.action, &self.started_from) {
            (Action::Start, from) => {
                return match from {
                    Some(from) => started_from(from),
                    None => "started".to_owned(),
                };
            }
            (Action::SetStatus, _) => match self.changes.iter().find_map(status) {
                Some((_, to)) if self.kind != EntryKind::Undo => format!("marked it {to}"),
                Some((from, _)) => format!("marked it {from}"),
                None => words(self.action).to_owned(),
            },
            (Action::Remark, _) => match self.changes.first() {
                Some(Change::Remark(old, new)) => {
                    // What an undo takes back is named, not what is left.
                    let (old, new) = match self.kind {
                        EntryKind::Undo => (new, old),
                        EntryKind::Edit | EntryKind::Redo => (old, new),
                    };
                    remarked(old.as_ref(), new.as_ref()).to_owned()
                }
                _ => words(Action::Remark).to_owned(),
            },
            (action, _) => words(action).to_owned(),
        };
        match self.kind {
            EntryKind::Edit => done,
            EntryKind::Undo => format!("undid: {done}"),
            EntryKind::Redo => format!("redid: {done}"),
        }
    }

    /// Returns the place of its first change that has one.
    #[must_use]
    pub fn place(&self) -> Option<Span> {
        self.changes.iter().find_map(Change::place)
    }
}

fn status(change: &Change) -> Option<(&'static str, &'static str)> {
    match change {
        Change::Status(from, to) => Some((from.as_str(), to.as_str())),
        _ => None,
    }
}

/// Describes a change of a remark.
fn remarked(old: Option<&Remark>, new: Option<&Remark>) -> &'static str {
    match (old, new) {
        (None, _) => "wrote a remark",
        (_, None) => "removed a remark",
        (Some(old), Some(new)) if new.answers.len() > old.answers.len() => "answered a remark",
        (Some(old), Some(new)) if old.is_open() && !new.is_open() => "resolved a remark",
        (Some(old), Some(new)) if !old.is_open() && new.is_open() => "reopened a remark",
        _ => words(Action::Remark),
    }
}

/// Describes what an annotation started from.
#[must_use]
pub fn started_from(from: &StartedFrom) -> String {
    match from {
        StartedFrom::Nothing => "started from the bare text".to_owned(),
        StartedFrom::Suggestions { .. } => "started from the suggestions".to_owned(),
        StartedFrom::Person { annotator, .. } => format!("started from {annotator}'s labels"),
        StartedFrom::People { .. } => {
            let people: Vec<&str> = from.people().collect();
            format!("started from the labels of {}", people.join(", "))
        }
        StartedFrom::Import => "imported".to_owned(),
        StartedFrom::Unknown => "started from labels that nobody noted".to_owned(),
    }
}

fn words(action: Action) -> &'static str {
    match action {
        Action::Start => "started",
        Action::LabelRegion => "labelled a region",
        Action::SplitRegion => "split a region",
        Action::MergeRegions => "merged regions",
        Action::MoveRegionEdge => "moved a region's edge",
        Action::RemoveRegion => "removed a region",
        Action::Tag => "tagged",
        Action::Retag => "changed a tag",
        Action::TagEverywhere => "tagged everywhere",
        Action::MoveEntityEdge => "moved an entity's edge",
        Action::RemoveEntity => "removed an entity",
        Action::RelabelName => "relabelled a name in many articles",
        Action::Confirm => "took a suggestion",
        Action::SetStatus => "set the status",
        Action::Remark => "changed a remark",
        Action::RenameLabels => "schema: renamed labels",
        Action::RemoveLabels => "schema: removed labels",
        Action::Suggest => "got suggestions",
        Action::Adjudicate => "decided between annotators",
    }
}

/// Reads the history of an article, oldest first; of all annotators, or of one.
///
/// # Errors
/// If there is no such article, or it is damaged.
pub fn article_history(
    store: &dyn Store,
    article: &Article,
    key: ArticleKey,
    annotator: Option<&str>,
) -> Result<Vec<HistoryStep>, StoreError> {
    let mut seen: BTreeMap<String, ()> = BTreeMap::new();
    let mut steps = Vec::new();
    for past in store.timeline(article, key)? {
        if annotator.is_some_and(|wanted| wanted != past.annotator) {
            continue;
        }
        let is_first = seen.insert(past.annotator.clone(), ()).is_none();
        steps.push(HistoryStep::of(past, is_first));
    }
    Ok(steps)
}

/// Lists the changes of a transaction; a removed and an added label in one place make one change.
fn changes(transaction: &Transaction) -> Vec<Change> {
    let mut regions = Pairs::default();
    let mut entities = Pairs::default();
    let mut remarks: Vec<(usize, Option<Remark>, Option<Remark>)> = Vec::new();
    let mut others = Vec::new();
    for edit in &transaction.edits {
        match edit {
            Edit::AddRegion(region) => regions.new.push(of_region(region)),
            Edit::RemoveRegion(region) => regions.old.push(of_region(region)),
            Edit::AddEntity(entity) => entities.new.push(of_entity(entity)),
            Edit::RemoveEntity(entity) => entities.old.push(of_entity(entity)),
            Edit::SetStatus { from, to } => others.push(Change::Status(*from, *to)),
            Edit::RemoveRemark { index, remark } => {
                remarks.push((*index, Some(remark.clone()), None));
            }
            Edit::AddRemark { index, remark } => match remarks.last_mut() {
                Some((at, Some(_), new @ None)) if at == index => *new = Some(remark.clone()),
                _ => remarks.push((*index, None, Some(remark.clone()))),
            },
            Edit::Renamed { kind, from, to } => {
                others.push(Change::Renamed(*kind, from.clone(), to.clone()));
            }
            Edit::Decide(change) => others.push(Change::Decision(change.clone())),
        }
    }
    let mut found = others;
    found.extend(regions.changes(Change::Region));
    found.extend(entities.changes(Change::Entity));
    found.extend(
        remarks
            .into_iter()
            .map(|(_, old, new)| Change::Remark(old, new)),
    );
    found
}

fn of_region(region: &Region) -> Labelled {
    Labelled {
        span: region.span,
        label: region.label.clone(),
        provenance: region.provenance,
    }
}

fn of_entity(entity: &Entity) -> Labelled {
    Labelled {
        span: entity.span,
        label: entity.label.clone(),
        provenance: entity.provenance,
    }
}

/// What goes and what comes.
#[derive(Default)]
struct Pairs {
    old: Vec<Labelled>,
    new: Vec<Labelled>,
}

impl Pairs {
    /// Pairs each addition with the removal that it replaces: of the same span, or else the first
    /// that it overlaps.
    fn changes(
        self,
        change: fn(Option<Labelled>, Option<Labelled>) -> Change,
    ) -> impl Iterator<Item = Change> {
        let mut old: Vec<Option<Labelled>> = self.old.into_iter().map(Some).collect();
        let mut exact: BTreeMap<Span, Vec<usize>> = BTreeMap::new();
        for (at, one) in old.iter().flatten().enumerate() {
            exact.entry(one.span).or_default().push(at);
        }
        let mut pairs: Vec<(Option<Labelled>, Option<Labelled>)> = Vec::new();
        for new in self.new {
            let same = exact.get_mut(&new.span).and_then(Vec::pop);
            pairs.push((same.and_then(|at| old[at].take()), Some(new)));
        }
        for (before, after) in &mut pairs {
            let (None, Some(new)) = (&before, &after) else {
                continue;
            };
            let touched = old
                .iter_mut()
                .find(|one| one.as_ref().is_some_and(|one| one.span.overlaps(new.span)));
            *before = touched.and_then(Option::take);
        }
        pairs.extend(old.into_iter().flatten().map(|gone| (Some(gone), None)));
        pairs.sort_by_key(|(before, after)| {
            let one = after.as_ref().or(before.as_ref());
            one.map(|one| one.span)
        });
        pairs
            .into_iter()
            .filter(|(before, after)| before != after)
            .map(move |(before, after)| change(before, after))
    }
}

/// Finds at most three ids that resemble one that the dataset does not have.
///
/// # Errors
/// If they cannot be read.
pub fn similar_ids(store: &dyn Store, id: &str) -> Result<Vec<String>, StoreError> {
    /// How many articles are looked at.
    const MOST: usize = 50_000;
    const PAGE: usize = 1_000;
    let wanted = id.trim().to_lowercase();
    let mut found = Vec::new();
    let mut after = None;
    for _ in 0..MOST / PAGE {
        let rows = store.page(&crate::store::Filter::default(), after, PAGE)?;
        let Some(last) = rows.last() else { break };
        after = Some(last.key);
        for row in rows {
            let known = row.id.to_lowercase();
            if !wanted.is_empty() && (known.contains(&wanted) || wanted.contains(&known)) {
                found.push(row.id);
            }
            if found.len() == 3 {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BytePos, Score, Signature, Text};

    const TEXT: &str = "Ada Lovelace met Bob.";

    fn entity(words: &str, label: &str, provenance: Provenance) -> Entity {
        let at = TEXT.find(words).unwrap();
        let end = BytePos::from_index(at + words.len());
        Entity {
            span: Text::new(TEXT).span(BytePos::from_index(at), end).unwrap(),
            label: Label::new(label).unwrap(),
            provenance,
        }
    }

    fn told(edits: Vec<Edit>) -> Vec<String> {
        let show = |one: &Option<Labelled>| match one {
            Some(one) => format!("{} {}", one.label, &TEXT[one.span.range()]),
            None => "nothing".to_owned(),
        };
        changes(&Transaction { edits })
            .iter()
            .map(|change| match change {
                Change::Entity(old, new) | Change::Region(old, new) => {
                    let taken = if change.takes_suggestion() {
                        " (taken)"
                    } else {
                        ""
                    };
                    format!("{} -> {}{taken}", show(old), show(new))
                }
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn what_goes_and_what_comes_in_its_place_are_one_change() {
        let person = Provenance::Person;
        let guess = Provenance::Tagger(Score::new(0.7));
        let (ada, lovelace) = ("Ada", "Ada Lovelace");
        // The label changes, the edge moves, a suggestion is taken, one more comes and one more
        // goes.
        assert_eq!(
            told(vec![
                Edit::RemoveEntity(entity(ada, "ORG", person)),
                Edit::AddEntity(entity(ada, "PERSON", person)),
            ]),
            ["ORG Ada -> PERSON Ada"]
        );
        assert_eq!(
            told(vec![
                Edit::RemoveEntity(entity(ada, "PERSON", person)),
                Edit::AddEntity(entity(lovelace, "PERSON", person)),
                Edit::AddEntity(entity("Bob", "PERSON", person)),
            ]),
            ["PERSON Ada -> PERSON Ada Lovelace", "nothing -> PERSON Bob"]
        );
        assert_eq!(
            told(vec![
                Edit::RemoveEntity(entity("Bob", "PERSON", guess)),
                Edit::RemoveEntity(entity(ada, "PERSON", guess)),
                Edit::AddEntity(entity(ada, "PERSON", person)),
            ]),
            ["PERSON Ada -> PERSON Ada (taken)", "PERSON Bob -> nothing"]
        );
        // Put back as it was, it is no change.
        let same = entity(ada, "PERSON", person);
        assert_eq!(
            told(vec![
                Edit::RemoveEntity(same.clone()),
                Edit::AddEntity(same)
            ]),
            [""; 0]
        );
    }

    #[test]
    fn a_step_says_what_was_done_with_a_remark_and_what_was_undone() {
        let asked = Remark::new(None, "Who?");
        let answered = Remark {
            answers: vec![crate::model::Answer {
                text: "Ada.".to_owned(),
                written: Signature::default(),
            }],
            ..asked.clone()
        };
        let resolved = Remark {
            resolved: Some(Signature::default()),
            ..answered.clone()
        };
        let title = |kind, old: Option<&Remark>, new: Option<&Remark>| {
            HistoryStep {
                seq: 1,
                annotator: "maria".to_owned(),
                at_ms: 1,
                kind,
                action: Action::Remark,
                started_from: None,
                changes: vec![Change::Remark(old.cloned(), new.cloned())],
            }
            .title()
        };
        let (asked, answered, resolved) = (Some(&asked), Some(&answered), Some(&resolved));
        let edit = EntryKind::Edit;
        assert_eq!(title(edit, None, asked), "wrote a remark");
        assert_eq!(title(edit, asked, answered), "answered a remark");
        assert_eq!(title(edit, answered, resolved), "resolved a remark");
        assert_eq!(title(edit, resolved, answered), "reopened a remark");
        assert_eq!(title(edit, asked, None), "removed a remark");
        let undo = EntryKind::Undo;
        assert_eq!(title(undo, answered, asked), "undid: answered a remark");
        assert_eq!(title(undo, asked, None), "undid: wrote a remark");
        let redo = EntryKind::Redo;
        assert_eq!(title(redo, asked, answered), "redid: answered a remark");
    }

    #[test]
    fn a_remark_that_is_rewritten_is_one_change() {
        let remark = |text: &str| Remark::new(None, text);
        let edits = vec![
            Edit::RemoveRemark {
                index: 0,
                remark: remark("a"),
            },
            Edit::AddRemark {
                index: 0,
                remark: remark("b"),
            },
            Edit::AddRemark {
                index: 1,
                remark: remark("c"),
            },
        ];
        assert_eq!(
            changes(&Transaction { edits }),
            [
                Change::Remark(Some(remark("a")), Some(remark("b"))),
                Change::Remark(None, Some(remark("c"))),
            ]
        );
    }
}
