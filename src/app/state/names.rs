//! One name over the whole dataset, as the window knows it: what was found, what waits, and the
//! last step, which can be taken back.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::dataset::maintenance::name_view::{NameOccurrence, NameView, Relabelled, Relabelling};
use crate::model::Label;

/// What the window knows about names over the whole dataset.
#[derive(Default)]
pub struct Names {
    /// What the last look-up found.
    pub found: Option<Arc<NameView>>,
    /// What is to be done once all changes are on disk.
    pub(crate) wanted: Option<Wanted>,
    /// The last step, which can be taken back as one.
    pub last: Option<Relabelled>,
    /// Whether nothing was changed since that step.
    pub is_newest: bool,
}

/// What waits until all changes are on disk.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    LookUp(String),
    Relabel(Box<Relabelling>),
    Undo(Box<Relabelled>),
}

/// The dialog that shows a name over the whole dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlacesForm {
    /// What was typed.
    pub typed: String,
    /// The name that is shown.
    pub name: String,
    /// Which label's places are shown; `None` shows all.
    pub shown: Option<Option<Label>>,
    /// The row that the keys are at.
    pub row: usize,
    /// The places that are chosen, by their positions in [`NameView::places`].
    pub chosen: Arc<BTreeSet<usize>>,
    /// The label that was picked for them and is yet to be confirmed; `None` within removes the
    /// label.
    pub target: Option<Option<Label>>,
}

impl PlacesForm {
    /// For this name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self {
            typed: name.to_owned(),
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// The places whose rows are shown.
    #[must_use]
    pub fn rows(&self, view: &NameView) -> Vec<usize> {
        match &self.shown {
            None => (0..view.places.len()).collect(),
            Some(label) => view
                .by_label
                .iter()
                .find(|(of, _)| of == label)
                .map(|(_, places)| places.clone())
                .unwrap_or_default(),
        }
    }

    /// The places that a label is meant for: those that are chosen, or else those that are shown.
    #[must_use]
    pub fn meant(&self, view: &NameView) -> Vec<usize> {
        if self.chosen.is_empty() {
            self.rows(view)
        } else {
            self.chosen.iter().copied().collect()
        }
    }
}

/// What a row says to a screen reader.
#[must_use]
pub fn row_words(name: &str, place: &NameOccurrence) -> String {
    let label = place.at.label.as_ref().map_or("untagged", Label::as_str);
    format!(
        "{label}: {}{name}{} ({})",
        place.before, place.after, place.headline
    )
}
