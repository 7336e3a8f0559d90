//! Effort: what an article, and a label, took. Edits follow from the history; time is what was
//! active.

use std::collections::BTreeMap;

use crate::edit::{Action, Edit, Entry, LabelKind};
use crate::model::{Label, Span, Status};

/// A pause longer than this does not count as work, in milliseconds.
pub const PAUSE_MS: i64 = 30_000;

/// How much of the time between two signs of life counts as work, in milliseconds: all of it, or,
/// after a pause of [`PAUSE_MS`] or more, and where the clock was set back, nothing.
#[must_use]
pub fn counted(passed_ms: i64) -> i64 {
    if (0..PAUSE_MS).contains(&passed_ms) {
        passed_ms
    } else {
        0
    }
}

/// The effort for one label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LabelEffort {
    /// Edits that were about it.
    pub edits: u64,
    /// Milliseconds before these edits, back to the edit before, pauses left out.
    pub active_ms: i64,
}

/// The effort of one annotator on one article, from the history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// The annotator's changes, with undo and redo; starting, status changes and confirmations by
    /// Done are not edits.
    pub edits: u64,
    /// When the first line was written, milliseconds since 1970 UTC.
    pub first_ms: Option<i64>,
    /// When the last line was written, milliseconds since 1970 UTC.
    pub last_ms: Option<i64>,
    /// When it became done, if it still is; milliseconds since 1970 UTC.
    pub done_ms: Option<i64>,
    /// By region label.
    pub regions: BTreeMap<Label, LabelEffort>,
    /// By entity label.
    pub entities: BTreeMap<Label, LabelEffort>,
}

impl Effort {
    /// Counts a history, oldest line first.
    #[must_use]
    pub fn of(entries: &[Entry]) -> Self {
        let mut effort = Self::default();
        for entry in entries {
            effort.push(entry);
        }
        effort
    }

    /// Counts one more line.
    pub fn push(&mut self, entry: &Entry) {
        let passed = self.last_ms.map_or(0, |last| counted(entry.at_ms - last));
        self.first_ms.get_or_insert(entry.at_ms);
        self.last_ms = Some(entry.at_ms);
        for edit in &entry.transaction.edits {
            if let Edit::SetStatus { to, .. } = edit {
                self.done_ms = (*to == Status::Done).then_some(entry.at_ms);
            }
        }
        match entry.action {
            Action::RenameLabels => return self.rename(&entry.transaction.edits),
            // The schema's and the models', not the annotator's; and one step over many articles is
            // no work on each.
            Action::Start
            | Action::SetStatus
            | Action::RemoveLabels
            | Action::RelabelName
            | Action::Suggest => return,
            _ => {}
        }
        self.edits += 1;
        let Some((is_region, label)) = about(&entry.transaction.edits) else {
            return;
        };
        let labels = if is_region {
            &mut self.regions
        } else {
            &mut self.entities
        };
        let effort = labels.entry(label.clone()).or_default();
        effort.edits += 1;
        effort.active_ms += passed;
    }
}

impl Effort {
    /// Moves the effort of labels to their new names; all names change at once.
    fn rename(&mut self, edits: &[Edit]) {
        for (kind, labels) in [
            (LabelKind::Region, &mut self.regions),
            (LabelKind::Entity, &mut self.entities),
        ] {
            let new_name = |label: &Label| {
                edits.iter().find_map(|edit| match edit {
                    Edit::Renamed { kind: of, from, to } if *of == kind && from == label => {
                        Some(to.clone())
                    }
                    _ => None,
                })
            };
            for (label, effort) in std::mem::take(labels) {
                let sum = labels.entry(new_name(&label).unwrap_or(label)).or_default();
                sum.edits += effort.edits;
                sum.active_ms += effort.active_ms;
            }
        }
    }
}

/// Which label a change is about, and whether it is a region's: the one that gains the most text;
/// if none gains, the one that loses the most; if only the provenance changes, the first.
fn about(edits: &[Edit]) -> Option<(bool, &Label)> {
    let mut order: Vec<(bool, &Label)> = Vec::new();
    let mut gain: BTreeMap<(bool, &Label), i64> = BTreeMap::new();
    let mut count = |is_region: bool, label, span: Span, sign: i64| {
        let key = (is_region, label);
        if !gain.contains_key(&key) {
            order.push(key);
        }
        *gain.entry(key).or_default() += sign * span.len() as i64;
    };
    for edit in edits {
        match edit {
            Edit::AddRegion(region) => count(true, &region.label, region.span, 1),
            Edit::RemoveRegion(region) => count(true, &region.label, region.span, -1),
            Edit::AddEntity(entity) => count(false, &entity.label, entity.span, 1),
            Edit::RemoveEntity(entity) => count(false, &entity.label, entity.span, -1),
            Edit::SetStatus { .. }
            | Edit::AddRemark { .. }
            | Edit::RemoveRemark { .. }
            | Edit::Renamed { .. }
            | Edit::Decide(_) => {}
        }
    }
    let gain_of = |key: &(bool, &Label)| gain.get(key).copied().unwrap_or_default();
    // The first of equals: `max_by_key` would take the last.
    let most = order.iter().rev().max_by_key(|key| gain_of(key))?;
    if gain_of(most) > 0 {
        return Some(*most);
    }
    order.iter().rev().min_by_key(|key| gain_of(key)).copied()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::edit::plan;
    use crate::edit::{Edge, History, Scope, Selection, Session, Transaction};
    use crate::model::{Article, ArticleId, BytePos, Metadata, Schema, notation};

    const SCHEMA: &str = "name = 's'\n[[region]]\nlabel = 'body'\ncolor = '#000000'\n\
        [[region]]\nlabel = 'nav'\ncolor = '#000000'\n[[entity]]\nlabel = 'PERSON'\n\
        color = '#000000'\n[[entity]]\nlabel = 'ORG'\ncolor = '#000000'\n";

    /// An annotator at work with a watch.
    struct Story {
        session: Session,
        schema: Schema,
        now: i64,
    }

    impl Story {
        fn begin(marked: &str) -> Self {
            let notated = notation::parse(marked).unwrap();
            let article = Article {
                id: ArticleId::new("a").unwrap(),
                blocks: Vec::new(),
                text: notated.text,
                meta: Metadata::default(),
            };
            let start = Entry {
                kind: crate::edit::EntryKind::Edit,
                action: Action::Start,
                transaction: plan::start_from(&notated.annotation),
                before: Selection::default(),
                after: Selection::default(),
                at_ms: 1_000,
                started_from: crate::model::StartedFrom::Unknown,
            };
            Self {
                session: Session::new(
                    Arc::new(article),
                    notated.annotation,
                    History::replay([start]),
                ),
                schema: crate::store::codec::read_schema(SCHEMA).unwrap(),
                now: 1_000,
            }
        }

        fn after(
            &mut self,
            ms: i64,
            action: Action,
            plan: impl FnOnce(&Scope<'_>) -> Transaction,
        ) -> &mut Self {
            self.now += ms;
            let scope = Scope {
                article: self.session.article(),
                annotation: self.session.annotation(),
                schema: &self.schema,
            };
            let transaction = plan(&scope);
            let here = Selection::default();
            self.session
                .apply(action, transaction, here, here, self.now)
                .unwrap();
            self
        }

        fn effort(&self) -> Effort {
            Effort::of(self.session.history().entries())
        }
    }

    fn span(scope: &Scope<'_>, words: &str) -> Span {
        let text = &scope.article.text;
        let at = text.as_str().find(words).unwrap();
        text.span(
            BytePos::from_index(at),
            BytePos::from_index(at + words.len()),
        )
        .unwrap()
    }

    fn label(name: &str) -> Label {
        Label::new(name).unwrap()
    }

    #[test]
    fn pauses_do_not_count() {
        assert_eq!(counted(29_999), 29_999);
        assert_eq!(counted(PAUSE_MS), 0);
        assert_eq!(counted(-5), 0, "the clock was set back");
    }

    #[test]
    fn edits_and_time_go_to_the_label_they_are_about() {
        let mut story = Story::begin("body?0.9| Ada met Acme\nnav?0.9| Menu");
        story
            .after(4_000, Action::Tag, |scope| {
                scope.tag(span(scope, "Ada"), &label("PERSON")).unwrap()
            })
            .after(2_000, Action::Tag, |scope| {
                scope.tag(span(scope, "Acme"), &label("PERSON")).unwrap()
            })
            .after(60_000, Action::Retag, |scope| {
                let entity = scope.annotation.entities().last().unwrap();
                scope.retag(entity, &label("ORG")).unwrap()
            })
            .after(1_000, Action::MoveEntityEdge, |scope| {
                let entity = scope.annotation.entities().last().unwrap();
                let to = BytePos(entity.span.start().0 + 2);
                scope.move_entity_edge(entity, Edge::End, to).unwrap()
            })
            .after(3_000, Action::LabelRegion, |scope| {
                scope
                    .label_span(span(scope, "Menu"), &label("body"))
                    .unwrap()
            })
            .after(500, Action::Confirm, |scope| {
                scope
                    .confirm_region(&scope.annotation.regions()[0])
                    .unwrap()
            })
            .after(500, Action::SetStatus, |scope| scope.done().unwrap());
        let effort = story.effort();
        assert_eq!(effort.edits, 6, "done is no edit");
        assert_eq!(effort.first_ms, Some(1_000));
        assert_eq!(effort.done_ms, effort.last_ms);
        let of = |labels: &BTreeMap<Label, LabelEffort>, name: &str| {
            labels
                .get(name)
                .map(|effort| (effort.edits, effort.active_ms))
        };
        assert_eq!(of(&effort.entities, "PERSON"), Some((2, 6_000)));
        assert_eq!(
            of(&effort.entities, "ORG"),
            Some((2, 1_000)),
            "a minute's pause does not count"
        );
        assert_eq!(of(&effort.regions, "body"), Some((2, 3_500)));
        assert_eq!(of(&effort.regions, "nav"), None, "it only lost");
    }

    #[test]
    fn a_label_takes_its_effort_along_when_it_is_renamed() {
        let mut story = Story::begin("body?0.9| Ada met Acme");
        story
            .after(4_000, Action::Tag, |scope| {
                scope.tag(span(scope, "Ada"), &label("PERSON")).unwrap()
            })
            .after(2_000, Action::Tag, |scope| {
                scope.tag(span(scope, "Acme"), &label("ORG")).unwrap()
            })
            .after(2_000, Action::RenameLabels, |_| Transaction {
                edits: vec![
                    Edit::Renamed {
                        kind: LabelKind::Entity,
                        from: label("PERSON"),
                        to: label("ORG"),
                    },
                    Edit::Renamed {
                        kind: LabelKind::Entity,
                        from: label("ORG"),
                        to: label("GROUP"),
                    },
                ],
            });
        let effort = story.effort();
        let edits = |name: &str| effort.entities.get(name).map(|e| (e.edits, e.active_ms));
        assert_eq!(
            effort.edits, 2,
            "the schema's change is not the annotator's"
        );
        assert_eq!(edits("ORG"), Some((1, 4_000)));
        assert_eq!(edits("GROUP"), Some((1, 2_000)));
        assert_eq!(edits("PERSON"), None);
    }

    #[test]
    fn what_is_taken_back_is_effort_too_and_no_longer_done() {
        let mut story = Story::begin("body?0.9| Ada met Acme");
        story.after(1_000, Action::Tag, |scope| {
            scope.tag(span(scope, "Ada"), &label("PERSON")).unwrap()
        });
        story.after(1_000, Action::SetStatus, |scope| scope.done().unwrap());
        story
            .session
            .undo(Selection::default(), 5_000)
            .unwrap()
            .unwrap();
        assert_eq!(story.effort().done_ms, None);
        assert_eq!(story.effort().edits, 1, "neither done nor its undo is one");
        story
            .session
            .undo(Selection::default(), 6_000)
            .unwrap()
            .unwrap();
        let effort = story.effort();
        assert_eq!(effort.edits, 2);
        assert_eq!(effort.entities.get("PERSON").map(|e| e.edits), Some(2));
    }
}
