//! What becomes of spans whose labels a schema renames, merges or gives up.
//!
//! A rename is the schema's, not the annotator's: it is never undone from within an article, and
//! what was done before it is undone under the new names. A removal takes work away, so that it can
//! be undone like any edit.

use std::collections::{BTreeMap, BTreeSet};

use super::label_kind::LabelKind;
use super::{Edit, Transaction};
use crate::model::{Annotation, Entity, Label, Region};

/// Labels that get another name, and labels that go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relabel {
    /// Old names with new ones, all at once: two labels may swap theirs, several may become one.
    pub moved: BTreeMap<(LabelKind, Label), Label>,
    /// Labels that go, with the spans that have them.
    pub removed: BTreeSet<(LabelKind, Label)>,
}

impl Relabel {
    /// Whether it does nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.moved.is_empty() && self.removed.is_empty()
    }

    /// All labels that it moves or removes.
    #[must_use]
    pub fn labels(&self) -> BTreeSet<Label> {
        let moved = self.moved.keys().map(|(_, label)| label.clone());
        let removed = self.removed.iter().map(|(_, label)| label.clone());
        moved.chain(removed).collect()
    }

    fn target(&self, kind: LabelKind, label: &Label) -> Option<&Label> {
        self.moved.get(&(kind, label.clone()))
    }

    /// Renames the labels of the spans, and records the new names in the history.
    /// Empty if no label is moved. A span keeps its provenance: a suggestion is still one.
    #[must_use]
    pub fn renaming(&self, annotation: &Annotation) -> Transaction {
        let mut edits: Vec<Edit> = self
            .moved
            .iter()
            .map(|((kind, from), to)| Edit::Renamed {
                kind: *kind,
                from: from.clone(),
                to: to.clone(),
            })
            .collect();
        let regions: Vec<(&Region, &Label)> = annotation
            .regions()
            .iter()
            .filter_map(|region| Some((region, self.target(LabelKind::Region, &region.label)?)))
            .collect();
        for (region, _) in &regions {
            edits.push(Edit::RemoveRegion((*region).clone()));
        }
        for (region, to) in regions {
            edits.push(Edit::AddRegion(Region {
                label: to.clone(),
                ..region.clone()
            }));
        }
        let entities: Vec<(&Entity, &Label)> = annotation
            .entities()
            .iter()
            .filter_map(|entity| Some((entity, self.target(LabelKind::Entity, &entity.label)?)))
            .collect();
        for (entity, _) in &entities {
            edits.push(Edit::RemoveEntity((*entity).clone()));
        }
        // Where two labels become one, a name that had both is tagged once.
        let moves = |entity: &Entity| self.target(LabelKind::Entity, &entity.label).is_some();
        let mut taken: BTreeSet<_> = BTreeSet::new();
        for (entity, to) in &entities {
            let stands = annotation
                .entity(entity.span, to)
                .is_some_and(|old| !moves(old));
            if !stands && taken.insert((entity.span, (*to).clone())) {
                edits.push(Edit::AddEntity(Entity {
                    label: (*to).clone(),
                    ..(*entity).clone()
                }));
            }
        }
        Transaction { edits }
    }

    /// Takes away the spans whose labels go; empty if there are none.
    #[must_use]
    pub fn removal(&self, annotation: &Annotation) -> Transaction {
        let goes = |kind: LabelKind, label: &Label| self.removed.contains(&(kind, label.clone()));
        let regions = annotation
            .regions()
            .iter()
            .filter(|region| goes(LabelKind::Region, &region.label))
            .cloned()
            .map(Edit::RemoveRegion);
        let entities = annotation
            .entities()
            .iter()
            .filter(|entity| goes(LabelKind::Entity, &entity.label))
            .cloned()
            .map(Edit::RemoveEntity);
        Transaction {
            edits: regions.chain(entities).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::edit::{Action, Entry, EntryKind, History, Scope, Selection, Session, plan};
    use crate::model::{
        Article, ArticleId, BytePos, EntityLabel, Metadata, Nesting, RegionLabel, Rgb, Schema,
        notation,
    };

    fn label(name: &str) -> Label {
        Label::new(name).unwrap()
    }

    fn schema(regions: &[&str], entities: &[&str]) -> Schema {
        let regions = regions.iter().map(|name| RegionLabel {
            label: label(name),
            color: Rgb(0, 0, 0),
            key: None,
            enabled: true,
            tag_entities: true,
            separate: false,
            description: String::new(),
            examples: Vec::new(),
        });
        let entities = entities.iter().map(|name| EntityLabel {
            label: label(name),
            color: Rgb(0, 0, 0),
            key: None,
            enabled: true,
            tagger_types: Vec::new(),
            description: String::new(),
            examples: Vec::new(),
        });
        Schema::new(
            "s".into(),
            Nesting::Nested,
            regions.collect(),
            entities.collect(),
            String::new(),
        )
        .unwrap()
    }

    fn session(marked: &str) -> Session {
        let notated = notation::parse(marked).unwrap();
        let start = Entry {
            kind: EntryKind::Edit,
            action: Action::Start,
            transaction: plan::start_from(&notated.annotation),
            before: Selection::default(),
            after: Selection::default(),
            at_ms: 0,
            started_from: crate::model::StartedFrom::Unknown,
        };
        let article = Article {
            id: ArticleId::new("a").unwrap(),
            blocks: Vec::new(),
            text: notated.text,
            meta: Metadata::default(),
        };
        Session::new(
            Arc::new(article),
            notated.annotation,
            History::replay([start]),
        )
    }

    fn shown(session: &Session) -> String {
        notation::print(&session.article().text, session.annotation(), None)
    }

    fn tag(session: &mut Session, schema: &Schema, words: &str, name: &str) {
        let text = &session.article().text;
        let at = text.as_str().find(words).unwrap();
        let span = text
            .span(
                BytePos::from_index(at),
                BytePos::from_index(at + words.len()),
            )
            .unwrap();
        let scope = Scope {
            article: session.article(),
            annotation: session.annotation(),
            schema,
        };
        let plan = scope.tag(span, &label(name)).unwrap();
        let here = Selection::default();
        session.apply(Action::Tag, plan, here, here, 1).unwrap();
    }

    fn relabel(session: &mut Session, change: &Relabel) {
        let here = Selection::default();
        let renaming = change.renaming(session.annotation());
        if !renaming.is_empty() {
            session
                .apply(Action::RenameLabels, renaming, here, here, 2)
                .unwrap();
        }
        let removal = change.removal(session.annotation());
        if !removal.is_empty() {
            session
                .apply(Action::RemoveLabels, removal, here, here, 2)
                .unwrap();
        }
    }

    fn moved(moves: &[(LabelKind, &str, &str)]) -> Relabel {
        Relabel {
            moved: moves
                .iter()
                .map(|(kind, from, to)| ((*kind, label(from)), label(to)))
                .collect(),
            removed: BTreeSet::new(),
        }
    }

    fn undo_all(session: &mut Session) -> usize {
        let mut count = 0;
        while let Some(undone) = session.undo(Selection::default(), 9) {
            undone.unwrap();
            count += 1;
        }
        count
    }

    #[test]
    fn what_was_done_before_a_rename_is_undone_under_the_new_name() {
        let old = schema(&["body"], &["PERSON", "ORG"]);
        let mut session = session("body?0.9| Ada met Reuters in Rome.");
        tag(&mut session, &old, "Ada", "PERSON");
        tag(&mut session, &old, "Reuters", "ORG");
        relabel(
            &mut session,
            &moved(&[
                (LabelKind::Region, "body", "story"),
                (LabelKind::Entity, "PERSON", "HUMAN"),
            ]),
        );
        assert_eq!(
            shown(&session),
            "story?0.9| {HUMAN Ada} met {ORG Reuters} in Rome.\n"
        );
        assert_eq!(undo_all(&mut session), 2, "the rename itself is no step");
        assert_eq!(shown(&session), "story?0.9| Ada met Reuters in Rome.\n");
        while let Some(redone) = session.redo(Selection::default(), 9) {
            redone.unwrap();
        }
        assert_eq!(
            shown(&session),
            "story?0.9| {HUMAN Ada} met {ORG Reuters} in Rome.\n"
        );
        // The history alone gives what is, and goes on where it was left.
        let mut replayed = Annotation::default();
        for entry in session.history().entries() {
            entry
                .transaction
                .apply(&session.article().text, &mut replayed)
                .unwrap();
        }
        assert_eq!(&replayed, session.annotation());
        let again = History::replay(session.history().entries().to_vec());
        assert_eq!(&again, session.history());
    }

    #[test]
    fn two_labels_swap_their_names_and_swap_back() {
        let old = schema(&["body"], &["A", "B"]);
        let mut session = session("body| one two");
        tag(&mut session, &old, "one", "A");
        tag(&mut session, &old, "two", "B");
        let swap = moved(&[(LabelKind::Entity, "A", "B"), (LabelKind::Entity, "B", "A")]);
        relabel(&mut session, &swap);
        assert_eq!(shown(&session), "body| {B one} {A two}\n");
        relabel(&mut session, &swap);
        assert_eq!(shown(&session), "body| {A one} {B two}\n");
        relabel(&mut session, &swap);
        assert_eq!(undo_all(&mut session), 2);
        assert_eq!(shown(&session), "body| one two\n");
    }

    #[test]
    fn labels_that_become_one_tag_a_name_once_and_undo_gets_to_the_end() {
        let old = schema(&["body"], &["ORG", "TEAM", "GPE"]);
        let mut session = session("body| {ORG Rome} and {TEAM {GPE Turin}} met");
        tag(&mut session, &old, "met", "TEAM");
        relabel(
            &mut session,
            &moved(&[
                (LabelKind::Entity, "TEAM", "ORG"),
                (LabelKind::Entity, "GPE", "ORG"),
            ]),
        );
        assert_eq!(
            shown(&session),
            "body| {ORG Rome} and {ORG Turin} {ORG met}\n"
        );
        assert_eq!(undo_all(&mut session), 1);
        assert_eq!(shown(&session), "body| {ORG Rome} and {ORG Turin} met\n");
    }

    #[test]
    fn what_a_removal_took_comes_back_with_one_undo() {
        let mut session = session("body| {EVENT Easter} in {GPE Rome}\nad| Buy");
        let change = Relabel {
            moved: BTreeMap::new(),
            removed: BTreeSet::from([
                (LabelKind::Entity, label("EVENT")),
                (LabelKind::Region, label("ad")),
            ]),
        };
        let before = shown(&session);
        relabel(&mut session, &change);
        assert_eq!(shown(&session), "body| Easter in {GPE Rome}\n    | Buy\n");
        assert_eq!(undo_all(&mut session), 1);
        assert_eq!(shown(&session), before);
    }
}
