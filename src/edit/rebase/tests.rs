//! Two copies of one annotation, changed apart, become one in which nothing is lost or doubled.

mod random;

use std::sync::Arc;

use super::*;
use crate::edit::{Selection, Session, plan};
use crate::model::{
    Article, ArticleId, Entity, Label, Metadata, Provenance, Remark, Span, Status, notation,
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
struct Copy {
    session: Session,
    /// What its clock says.
    now_ms: i64,
}

impl Copy {
    fn new() -> Self {
        Self {
            session: Session::new(article(WORDS), Annotation::default(), History::default()),
            now_ms: 1,
        }
    }

    /// The same on another computer.
    fn elsewhere(&self) -> Self {
        Self {
            now_ms: self.now_ms + 1,
            ..self.clone()
        }
    }

    fn text(&self) -> Text {
        self.session.article().text.clone()
    }

    fn does(&mut self, action: Action, edits: Vec<Edit>) -> bool {
        let none = Selection::default();
        self.session
            .apply(action, Transaction { edits }, none, none, self.now_ms)
            .is_ok()
    }

    fn tags(&mut self, words: &str, name: &str) {
        let entity = entity(&self.text(), words, name);
        assert!(self.does(Action::Tag, vec![Edit::AddEntity(entity)]));
    }

    fn untags(&mut self, words: &str, name: &str) {
        let entity = entity(&self.text(), words, name);
        assert!(self.does(Action::RemoveEntity, vec![Edit::RemoveEntity(entity)]));
    }

    fn takes_back(&mut self) {
        let undone = self.session.undo(Selection::default(), self.now_ms);
        undone.unwrap().unwrap();
    }

    fn retags(&mut self, words: &str, from: &str, to: &str) {
        let [from, to] = [from, to].map(|name| entity(&self.text(), words, name));
        let edits = vec![Edit::RemoveEntity(from), Edit::AddEntity(to)];
        assert!(self.does(Action::Retag, edits));
    }

    fn sets(&mut self, to: Status) {
        let from = self.session.annotation().status();
        assert!(self.does(Action::SetStatus, vec![Edit::SetStatus { from, to }]));
    }

    fn says(&mut self, words: &str) {
        let index = self.session.annotation().remarks().len();
        let remark = Remark::new(None, words);
        assert!(self.does(Action::Remark, vec![Edit::AddRemark { index, remark }]));
    }

    fn entries(&self) -> &[Entry] {
        self.session.history().entries()
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
            annotation: other.session.annotation(),
        };
        let rebased = rebase(&self.text(), own, there, 9).unwrap();
        let mut all = self.entries().to_vec();
        all.extend(rebased.entries.iter().cloned());
        let at_other = replay(&self.text(), &all[..rebased.has_other]).unwrap();
        assert_eq!(&at_other, other.session.annotation());
        let annotation = replay(&self.text(), &all).unwrap();
        let session = Session::new(article(WORDS), annotation, History::replay(all));
        let now_ms = self.now_ms;
        (Self { session, now_ms }, rebased)
    }

    fn shown(&self) -> Vec<String> {
        let text = self.text();
        let entities = self.session.annotation().entities().iter();
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
    let mut train = desk.elsewhere();
    desk.tags("Gozo", "GPE");
    desk.says("at the desk");
    train.tags("Malta", "GPE");
    train.retags("Ada", "PERSON", "ORG");
    train.says("on the train");
    train.sets(Status::Done);
    let (both, rebased) = train.on(base, &desk);
    assert_eq!(both.shown(), ["ORG Ada", "GPE Gozo", "GPE Malta"]);
    assert_eq!(both.session.annotation().status(), Status::Done);
    let remarks: Vec<&str> = both
        .session
        .annotation()
        .remarks()
        .iter()
        .map(|one| &*one.text)
        .collect();
    assert_eq!(remarks.len(), 2, "{remarks:?}");
    assert_eq!(rebased.left_out, []);
    // It reads as if she had done one after the other, and can be undone step by step.
    assert_eq!(both.session.history().standing_edits(), 1 + 2 + 4);
}

#[test]
fn what_both_changed_stays_as_it_is_there_and_is_named() {
    let mut desk = Copy::new();
    desk.tags("Gozo", "GPE");
    let base = desk.entries().len();
    let mut train = desk.elsewhere();
    desk.retags("Gozo", "GPE", "ORG");
    desk.tags("Ada", "PERSON");
    desk.sets(Status::Done);
    train.retags("Gozo", "GPE", "PERSON");
    train.tags("Ada", "PERSON");
    train.tags("Ben", "PERSON");
    train.sets(Status::Skipped);
    let (both, rebased) = train.on(base, &desk);
    assert_eq!(both.shown(), ["PERSON Ada", "PERSON Ben", "ORG Gozo"]);
    assert_eq!(both.session.annotation().status(), Status::Done);
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
    let mut train = desk.elsewhere();
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
        "body| {PERSON?.9 Ada} met Ben in Gozo\n+| while Cleo sailed to Malta at noon.",
    );
    let start = plan::start_from(&suggested.unwrap().annotation);
    let mut desk = Copy::new();
    let text = desk.text();
    assert_eq!(start.apply(&text, &mut Annotation::default()), Ok(()));
    let mut train = desk.elsewhere();
    for copy in [&mut desk, &mut train] {
        assert!(copy.does(Action::Start, start.edits.clone()));
    }
    desk.tags("Ben", "PERSON");
    train.tags("Gozo", "GPE");
    let (both, rebased) = train.on(0, &desk);
    assert_eq!(both.shown(), ["PERSON Ada", "PERSON Ben", "GPE Gozo"]);
    // Back by one undo, on by what the other copy did, and her own change again.
    let kinds: Vec<EntryKind> = rebased.entries.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [EntryKind::Undo, EntryKind::Edit, EntryKind::Edit]);
    assert_eq!(
        rebased.entries[1].transaction,
        desk.entries()[1].transaction
    );
}

#[test]
fn what_a_person_labelled_takes_the_place_of_suggestions_of_the_other_copy() {
    let begun = |marked: &str| {
        let start = plan::start_from(&notation::parse(marked).unwrap().annotation);
        let mut copy = Copy::new();
        assert!(copy.does(Action::Start, start.edits));
        copy
    };
    // The models suggested other things there.
    let rest = "met {GPE?.3 Ben} in Gozo\n+| while Cleo sailed to Malta at noon.";
    let mut desk = begun(&format!("body| {{ORG?.4 Ada}} {rest}"));
    let mut train =
        begun(&format!("body| {{PERSON?.9 Ada met}} {rest}").replace("Ada met} met", "Ada met}"));
    desk.tags("Cleo", "ORG");
    train.tags("Malta", "GPE");
    let text = train.text();
    let suggested = |copy: &Copy, words: &str| {
        let span = span(&text, words);
        let found = copy
            .session
            .annotation()
            .entities()
            .iter()
            .find(|one| one.span == span);
        found.unwrap().clone()
    };
    let old = suggested(&train, "Ben");
    let confirmed = Entity {
        provenance: Provenance::Person,
        ..old.clone()
    };
    assert!(train.does(
        Action::Confirm,
        vec![Edit::RemoveEntity(old), Edit::AddEntity(confirmed)]
    ));
    let old = suggested(&train, "Ada met");
    let new = vec![
        Edit::RemoveEntity(old),
        Edit::AddEntity(entity(&text, "Ada", "PERSON")),
    ];
    assert!(train.does(Action::MoveEntityEdge, new));
    let (both, rebased) = train.on(0, &desk);
    assert_eq!(rebased.left_out, []);
    assert_eq!(
        both.shown(),
        ["PERSON Ada", "GPE Ben", "ORG Cleo", "GPE Malta"]
    );
    let entities = both.session.annotation().entities();
    assert!(
        entities
            .iter()
            .all(|one| one.provenance == Provenance::Person)
    );
}

#[test]
fn put_on_top_again_after_a_crash_nothing_is_doubled() {
    let mut desk = Copy::new();
    let mut train = desk.elsewhere();
    desk.says("same words");
    desk.tags("Ben", "PERSON");
    train.says("same words");
    train.tags("Gozo", "GPE");
    let (both, first) = train.on(0, &desk);
    let (again, second) = both.on(0, &desk);
    assert_eq!(second.entries, []);
    assert_eq!(second.has_other, first.has_other);
    assert_eq!(again.session.annotation(), both.session.annotation());
    assert_eq!(again.session.annotation().remarks().len(), 1);
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
        annotation: old.session.annotation(),
    };
    let rebased = rebase(&desk.text(), own, there, 9).unwrap();
    assert_eq!((rebased.entries.len(), rebased.has_other), (0, 1));
}

#[test]
fn what_is_taken_back_here_stays_if_the_other_copy_came_to_it_by_itself() {
    let mut desk = Copy::new();
    desk.tags("Ada", "PERSON");
    desk.untags("Ada", "PERSON");
    let base = desk.entries().len();
    let mut train = desk.elsewhere();
    desk.takes_back();
    desk.takes_back();
    train.takes_back();
    let (both, rebased) = desk.on(base, &train);
    assert_eq!(both.shown(), ["PERSON Ada"]);
    assert_eq!(rebased.left_out, []);
}

#[test]
fn what_was_sent_before_and_is_taken_back_goes() {
    let mut desk = Copy::new();
    desk.tags("Ada", "PERSON");
    let sent = desk.clone();
    desk.untags("Ada", "PERSON");
    let (both, rebased) = desk.on(0, &sent);
    assert_eq!(both.shown(), [""; 0]);
    assert_eq!(rebased.has_other, 1);
}
