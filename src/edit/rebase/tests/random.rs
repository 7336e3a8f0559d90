//! Random changes of two copies.

use proptest::prelude::*;

use super::*;
use crate::model::Region;

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
    let now = copy.session.annotation().clone();
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
            if let Some(undone) = copy.session.undo(Selection::default(), copy.now_ms) {
                undone.unwrap();
            }
        }
        Act::Redo => {
            if let Some(redone) = copy.session.redo(Selection::default(), copy.now_ms) {
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
        mine.session.annotation(),
        other.session.annotation(),
        both.session.annotation(),
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
        let at_base = mine.session.annotation().clone();
        let mut other = mine.elsewhere();
        here.iter().for_each(|act| perform(&mut mine, act));
        there.iter().for_each(|act| perform(&mut other, act));
        let (mut both, rebased) = mine.on(base, &other);
        check(&at_base, &mine, &other, &both, &rebased.left_out);
        // The server has the other history and what is sent after it: these lead to the same.
        let mut sent = other.entries().to_vec();
        sent.extend(both.entries()[rebased.has_other..].iter().cloned());
        prop_assert_eq!(&replay(&both.text(), &sent).unwrap(), both.session.annotation());
        // The other computer changes it once more, from what is on the server.
        let annotation = replay(&both.text(), &sent).unwrap();
        let session = Session::new(article(WORDS), annotation, History::replay(sent));
        let second_base = both.entries().len();
        let mut other = Copy {
            session,
            now_ms: other.now_ms,
        };
        let at_base = both.session.annotation().clone();
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
        while let Some(undone) = both.session.undo(Selection::default(), 1) {
            undone.unwrap();
        }
    }
}
