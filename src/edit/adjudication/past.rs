//! The decisions that a history holds.

use std::collections::BTreeMap;

use super::decision::Decision;
use crate::edit::{Edit, Entry, LabelKind};
use crate::model::Span;

/// The decisions that a history leaves, in reading order, in the names that labels have now.
#[must_use]
pub fn decisions_in(entries: &[Entry]) -> Vec<Decision> {
    let mut made: BTreeMap<(Span, LabelKind), Decision> = BTreeMap::new();
    for edit in entries.iter().flat_map(|entry| &entry.transaction.edits) {
        match edit {
            Edit::Decide(change) => {
                let key = (change.place.span, change.place.kind);
                match &change.to {
                    Some(decision) => made.insert(key, decision.clone()),
                    None => made.remove(&key),
                };
            }
            Edit::Renamed { kind, from, to } => {
                for decision in made.values_mut() {
                    decision
                        .relabel(&|of, label| (of == *kind && label == from).then(|| to.clone()));
                }
            }
            _ => {}
        }
    }
    made.into_values().collect()
}
