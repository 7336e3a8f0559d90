//! Two copies of one annotation, changed apart, become one in which nothing is lost or doubled.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::edit::{Selection, Session, plan};
use crate::model::{
    Article, ArticleId, Entity, Label, Metadata, Provenance, Region, Remark, Span, Status, notation,
};

const WORDS: &str = "Ada met Ben in Gozo\n+| while Cleo sailed to Malta at noon.";

fn article(words: &str) -> Arc<Article> {
    Arc::new(Article {
        id: ArticleId::new("a1").unwrap(),
        text: Text::new(words),
        blocks: Vec::new(),
        meta: Metadata::default(),
    })
}

fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

fn span(text: &Text, words: &str) -> Span {
    let at = text.as_str().find(words).unwrap() as u32;
    text.span(at.into_pos(), (at + words.len() as u32).into_pos())
        .unwrap()
}

trait IntoPos {
    fn into_pos(self) -> crate::model::BytePos;
}

impl IntoPos for u32 {
    fn into_pos(self) -> crate::model::BytePos {
        crate::model::BytePos(self)
    }
}

fn entity(text: &Text, words: &str, name: &str) -> Entity {
    Entity {
        span: span(text, words),
        label: label(name),
        provenance: Provenance::Person,
    }
}

/// A copy in which somebody works.
#[derive(Clone)]
struct Copy(Session);

impl Copy {
    fn new() -> Self {
        Self(Session::new(
            article(WORDS),
            Annotation::default(),
            History::default(),
        ))
    }

    fn text(&self) -> Text {
        self.0.article().text.clone()
    }

    fn does(&mut self, action: Action, edits: Vec<Edit>) -> bool {
        let none = Selection::default();
        self.0
            .apply(action, Transaction { edits }, none, none, 1)
            .is_ok()
    }

    fn tags(&mut self, words: &str, name: &str) {
        let entity = entity(&self.text(), words, name);
        assert!(self.does(Action::Tag, vec![Edit::AddEntity(entity)]));
    }

    fn retags(&mut self, words: &str, from: &str, to: &str) {
        let [from, to] = [from, to].map(|name| entity(&self.text(), words, name));
        let edits = vec![Edit::RemoveEntity(from), Edit::AddEntity(to)];
        assert!(self.does(Action::Retag, edits));
    }

    fn sets(&mut self, to: Status) {
        let from = self.0.annotation().status();
        assert!(self.does(Action::SetStatus, vec![Edit::SetStatus { from, to }]));
    }

    fn says(&mut self, words: &str) {
        let index = self.0.annotation().remarks().len();
        let remark = Remark::new(None, words);
        assert!(self.does(Action::Remark, vec![Edit::AddRemark { index, remark }]));
    }

    fn entries(&self) -> &[Entry] {
        self.0.history().entries()
    }

    /// This copy with the changes since `base` on top of another one; and what did not fit.
    fn on(&self, base: usize, other: &Self) -> (Self, Rebased) {
        let own = OwnCopy {
            history: self.entries(),
            base,
            is_other_older: false,
        };
        let there = OtherCopy {
            history: other.entries(),
            annotation: other.0.annotation(),
        };
        let rebased = rebase(&self.text(), own, there, 9).unwrap();
        let mut all = self.entries().to_vec();
        all.extend(rebased.entries.iter().cloned());
        let at_other = replay(&self.text(), &all[..rebased.has_other]).unwrap();
        assert_eq!(&at_other, other.0.annotation());
        let annotation = replay(&self.text(), &all).unwrap();
        let session = Session::new(article(WORDS), annotation, History::replay(all));
        (Self(session), rebased)
    }

    fn shown(&self) -> Vec<String> {
        let text = self.text();
        let entities = self.0.annotation().entities().iter();
        entities
            .map(|one| format!("{} {}", one.label, text.slice(one.span)))
            .collect()
    }
}

#[test]
fn changes_of_different_places_are_all_there() {
    let mut desk = Copy::new();
    desk.tags("Ada", "PERSON");
    let base = desk.entries().len();
    let mut train = desk.clone();
    desk.tags("Gozo", "GPE");
    desk.says("at the desk");
    train.tags("Malta", "GPE");
    train.retags("Ada", "PERSON", "ORG");
    train.says("on the train");
    train.sets(Status::Done);
    let (both, rebased) = train.on(base, &desk);
    assert_eq!(both.shown(), ["ORG Ada", "GPE Gozo", "GPE Malta"]);
    assert_eq!(both.0.annotation().status(), Status::Done);
    let remarks: Vec<&str> = both
        .0
        .annotation()
        .remarks()
        .iter()
        .map(|one| &*one.text)
        .collect();
    assert_eq!(remarks.len(), 2, "{remarks:?}");
    assert_eq!(rebased.left_out, []);
    // It reads as if she had done one after the other, and can be undone step by step.
    assert_eq!(both.0.history().standing_edits(), 1 + 2 + 4);
}

#[test]
fn what_both_changed_stays_as_it_is_there_and_is_named() {
    let mut desk = Copy::new();
    desk.tags("Gozo", "GPE");
    let base = desk.entries().len();
    let mut train = desk.clone();
    desk.retags("Gozo", "GPE", "ORG");
    desk.tags("Ada", "PERSON");
    desk.sets(Status::Done);
    train.retags("Gozo", "GPE", "PERSON");
    train.tags("Ada", "PERSON");
    train.tags("Ben", "PERSON");
    train.sets(Status::Skipped);
    let (both, rebased) = train.on(base, &desk);
    assert_eq!(both.shown(), ["PERSON Ada", "PERSON Ben", "ORG Gozo"]);
    assert_eq!(both.0.annotation().status(), Status::Done);
    let text = both.text();
    let clash = Edit::AddEntity(entity(&text, "Gozo", "PERSON"));
    let status = Edit::SetStatus {
        from: Status::Todo,
        to: Status::Skipped,
    };
    assert_eq!(rebased.left_out, [clash, status]);
}

#[test]
fn of_many_changes_in_one_those_are_left_out_that_clash() {
    let mut desk = Copy::new();
    let mut train = desk.clone();
    desk.tags("Ben", "ORG");
    let text = train.text();
    let everywhere =
        ["Ada", "Ben", "Cleo"].map(|name| Edit::AddEntity(entity(&text, name, "PERSON")));
    assert!(train.does(Action::TagEverywhere, everywhere.to_vec()));
    let (both, rebased) = train.on(0, &desk);
    assert_eq!(both.shown(), ["PERSON Ada", "ORG Ben", "PERSON Cleo"]);
    assert_eq!(rebased.left_out, [everywhere[1].clone()]);
}

#[test]
fn both_began_with_the_same_suggestions_which_are_there_once() {
    let suggested = notation::parse(
        "body| {PERSON?.9 Ada} met Ben in Gozo\nwhile Cleo sailed to Malta at noon.",
    );
    let start = plan::start_from(&suggested.unwrap().annotation);
    let mut desk = Copy::new();
    let text = desk.text();
    assert_eq!(start.apply(&text, &mut Annotation::default()), Ok(()));
    let mut train = desk.clone();
    for copy in [&mut desk, &mut train] {
        assert!(copy.does(Action::Start, start.edits.clone()));
    }
    desk.tags("Ben", "PERSON");
    train.tags("Gozo", "GPE");
    let (both, rebased) = train.on(0, &desk);
    assert_eq!(both.shown(), ["PERSON Ada", "PERSON Ben", "GPE Gozo"]);
    assert_eq!(rebased.entries.len(), 3, "{rebased:#?}");
}

#[test]
fn put_on_top_again_after_a_crash_nothing_is_doubled() {
    let mut desk = Copy::new();
    let mut train = desk.clone();
    desk.says("same words");
    desk.tags("Ben", "PERSON");
    train.says("same words");
    train.tags("Gozo", "GPE");
    let (both, first) = train.on(0, &desk);
    let (again, second) = both.on(0, &desk);
    assert_eq!(second.entries, []);
    assert_eq!(second.has_other, first.has_other);
    assert_eq!(again.0.annotation(), both.0.annotation());
    assert_eq!(again.0.annotation().remarks().len(), 1);
}

#[test]
fn a_copy_that_lost_its_last_changes_gets_them_again() {
    let mut desk = Copy::new();
    desk.tags("Ada", "PERSON");
    let old = desk.clone();
    desk.tags("Ben", "PERSON");
    let base = desk.entries().len();
    desk.tags("Gozo", "GPE");
    let own = OwnCopy {
        history: desk.entries(),
        base,
        is_other_older: true,
    };
    let there = OtherCopy {
        history: old.entries(),
        annotation: old.0.annotation(),
    };
    let rebased = rebase(&desk.text(), own, there, 9).unwrap();
    assert_eq!((rebased.entries.len(), rebased.has_other), (0, 1));
}

/// What somebody does to a copy; whatever does not fit is not done.
#[derive(Clone, Debug)]
enum Act {
    Tag(usize, usize, usize),
    Untag(usize),
    Retag(usize, usize),
    Region(usize, usize, usize),
    Unregion(usize),
    Status(Status),
    Remark(usize),
    Unremark(usize),
    Undo,
    Redo,
}

const NAMES: [&str; 3] = ["PERSON", "GPE", "ORG"];

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..12_usize, 1..4_usize, 0..3_usize).prop_map(|(a, b, c)| Act::Tag(a, b, c)),
        2 => (0..9_usize).prop_map(Act::Untag),
        3 => (0..9_usize, 0..3_usize).prop_map(|(a, b)| Act::Retag(a, b)),
        3 => (0..12_usize, 1..6_usize, 0..3_usize).prop_map(|(a, b, c)| Act::Region(a, b, c)),
        2 => (0..9_usize).prop_map(Act::Unregion),
        2 => prop_oneof![
            Just(Status::Started),
            Just(Status::Done),
            Just(Status::Skipped),
            Just(Status::Flagged)
        ].prop_map(Act::Status),
        2 => (0..4_usize).prop_map(Act::Remark),
        1 => (0..4_usize).prop_map(Act::Unremark),
        3 => Just(Act::Undo),
        1 => Just(Act::Redo),
    ]
}

fn words_at(text: &Text, from: usize, many: usize) -> Option<Span> {
    let words: Vec<(usize, &str)> = text
        .as_str()
        .split_whitespace()
        .map(|word| {
            (
                word.as_ptr() as usize - text.as_str().as_ptr() as usize,
                word,
            )
        })
        .collect();
    let first = words.get(from % words.len())?;
    let last = words.get((from % words.len() + many - 1).min(words.len() - 1))?;
    text.span(
        (first.0 as u32).into_pos(),
        ((last.0 + last.1.len()) as u32).into_pos(),
    )
    .ok()
}

fn perform(copy: &mut Copy, act: &Act) {
    let text = copy.text();
    let now = copy.0.annotation().clone();
    let pick = |at: usize, of: usize| at.checked_rem(of);
    let provenance = Provenance::Person;
    match *act {
        Act::Tag(from, many, name) => {
            let span = words_at(&text, from, many).unwrap();
            let label = label(NAMES[name]);
            let entity = Entity {
                span,
                label,
                provenance,
            };
            copy.does(Action::Tag, vec![Edit::AddEntity(entity)]);
        }
        Act::Untag(at) => {
            if let Some(at) = pick(at, now.entities().len()) {
                let gone = now.entities()[at].clone();
                copy.does(Action::RemoveEntity, vec![Edit::RemoveEntity(gone)]);
            }
        }
        Act::Retag(at, name) => {
            if let Some(at) = pick(at, now.entities().len()) {
                let from = now.entities()[at].clone();
                let to = Entity {
                    label: label(NAMES[name]),
                    ..from.clone()
                };
                copy.does(
                    Action::Retag,
                    vec![Edit::RemoveEntity(from), Edit::AddEntity(to)],
                );
            }
        }
        Act::Region(from, many, name) => {
            let span = words_at(&text, from, many).unwrap();
            let label = label(["body", "nav", "comment"][name]);
            let mut edits: Vec<Edit> = now
                .regions_in(span)
                .iter()
                .cloned()
                .map(Edit::RemoveRegion)
                .collect();
            edits.push(Edit::AddRegion(Region {
                span,
                label,
                provenance,
            }));
            copy.does(Action::LabelRegion, edits);
        }
        Act::Unregion(at) => {
            if let Some(at) = pick(at, now.regions().len()) {
                let gone = now.regions()[at].clone();
                copy.does(Action::RemoveRegion, vec![Edit::RemoveRegion(gone)]);
            }
        }
        Act::Status(to) => {
            let from = now.status();
            copy.does(Action::SetStatus, vec![Edit::SetStatus { from, to }]);
        }
        Act::Remark(at) => {
            let remark = Remark::new(None, ["one", "two", "three", "four"][at]);
            let index = at.min(now.remarks().len());
            copy.does(Action::Remark, vec![Edit::AddRemark { index, remark }]);
        }
        Act::Unremark(at) => {
            if let Some(index) = pick(at, now.remarks().len()) {
                let remark = now.remarks()[index].clone();
                copy.does(Action::Remark, vec![Edit::RemoveRemark { index, remark }]);
            }
        }
        Act::Undo => {
            if let Some(undone) = copy.0.undo(Selection::default(), 1) {
                undone.unwrap();
            }
        }
        Act::Redo => {
            if let Some(redone) = copy.0.redo(Selection::default(), 1) {
                redone.unwrap();
            }
        }
    }
}

fn is_in(annotation: &Annotation, edit: &Edit) -> bool {
    match edit {
        Edit::AddEntity(one) => annotation.entity(one.span, &one.label).is_some(),
        Edit::AddRegion(one) => {
            let mut all = annotation.regions().iter();
            all.any(|other| (other.span, &other.label) == (one.span, &one.label))
        }
        _ => true,
    }
}

/// Checks the copy that was put on top of the other one against both and the base.
fn check(base: &Annotation, mine: &Copy, other: &Copy, both: &Copy, left_out: &[Edit]) {
    let (mine, other, now) = (
        mine.0.annotation(),
        other.0.annotation(),
        both.0.annotation(),
    );
    let added = |from: &Annotation| {
        let edits = way::difference(base, from).edits;
        let adds = |edit: &Edit| matches!(edit, Edit::AddEntity(_) | Edit::AddRegion(_));
        edits.into_iter().filter(adds).collect::<Vec<_>>()
    };
    for edit in added(mine) {
        // Whatever she added is there, or is named.
        assert!(
            is_in(now, &edit) || left_out.contains(&edit),
            "lost: {edit:?}"
        );
    }
    for edit in added(other) {
        // What the other copy added is untouched.
        assert!(is_in(now, &edit), "lost of the other: {edit:?}");
    }
    for remark in other
        .remarks()
        .iter()
        .filter(|one| !base.remarks().contains(one))
    {
        assert!(
            now.remarks().contains(remark),
            "lost of the other: {remark:?}"
        );
    }
    for remark in mine
        .remarks()
        .iter()
        .filter(|one| !base.remarks().contains(one))
    {
        assert!(now.remarks().contains(remark), "lost: {remark:?}");
        let many = |of: &Annotation| of.remarks().iter().filter(|one| *one == remark).count();
        assert!(many(now) <= many(mine) + many(other), "doubled: {remark:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn nothing_is_lost_or_doubled_and_everything_can_be_undone(
        first in proptest::collection::vec(act(), 0..8),
        here in proptest::collection::vec(act(), 0..10),
        there in proptest::collection::vec(act(), 0..10),
        later in proptest::collection::vec(act(), 0..5),
    ) {
        let mut mine = Copy::new();
        first.iter().for_each(|act| perform(&mut mine, act));
        let base = mine.entries().len();
        let at_base = mine.0.annotation().clone();
        let mut other = mine.clone();
        here.iter().for_each(|act| perform(&mut mine, act));
        there.iter().for_each(|act| perform(&mut other, act));
        let (mut both, rebased) = mine.on(base, &other);
        check(&at_base, &mine, &other, &both, &rebased.left_out);
        // The server has the other history and what is sent after it: these lead to the same.
        let mut sent = other.entries().to_vec();
        sent.extend(both.entries()[rebased.has_other..].iter().cloned());
        prop_assert_eq!(&replay(&both.text(), &sent).unwrap(), both.0.annotation());
        // The other computer changes it once more, from what is on the server.
        let annotation = replay(&both.text(), &sent).unwrap();
        let session = Session::new(article(WORDS), annotation, History::replay(sent));
        let second_base = both.entries().len();
        let mut other = Copy(session);
        let at_base = both.0.annotation().clone();
        for act in &later {
            // What was undone before may be another step there.
            if !matches!(act, Act::Undo | Act::Redo) {
                perform(&mut other, act);
            }
        }
        perform(&mut both, &Act::Tag(3, 1, 2));
        let (third, rebased) = both.on(second_base, &other);
        check(&at_base, &both, &other, &third, &rebased.left_out);
        both = third;
        while let Some(undone) = both.0.undo(Selection::default(), 1) {
            undone.unwrap();
        }
    }
}
