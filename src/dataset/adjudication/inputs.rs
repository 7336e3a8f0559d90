//! Which annotations of an article are decided between.

use crate::edit::adjudication::AdjudicationInput;
use crate::model::Status;
use crate::quality::agreement::LeftOutBecause;
use crate::store::StoredAnnotation;

/// The annotations of an article that adjudication decides between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChosenInputs {
    /// The finished, independent ones, in the order of the annotators' names.
    pub inputs: Vec<AdjudicationInput>,
    /// The others that somebody has begun, in the order of the annotators' names.
    pub left_out: Vec<LeftOutInput>,
}

/// An annotation that adjudication does not consider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutInput {
    /// Whose it is.
    pub annotator: String,
    /// Why.
    pub because: LeftOutBecause,
}

impl ChosenInputs {
    /// Chooses among all annotations of an article. Adjudicated ones are neither inputs nor left
    /// out.
    #[must_use]
    pub fn of(stored: &[StoredAnnotation]) -> Self {
        let mut chosen = Self::default();
        for one in stored.iter().filter(|one| one.owner.is_person()) {
            if one.started_from.is_adjudication() {
                continue;
            }
            let (annotator, status) = (one.owner.as_str(), one.annotation.status());
            match LeftOutBecause::of(annotator, &one.started_from, status) {
                Some(LeftOutBecause::NotDone(Status::Todo)) => {}
                Some(because) => chosen.left_out.push(LeftOutInput {
                    annotator: annotator.to_owned(),
                    because,
                }),
                None => chosen.inputs.push(AdjudicationInput {
                    annotator: annotator.into(),
                    revision: one.revision.0,
                    annotation: one.annotation.clone(),
                }),
            }
        }
        chosen.inputs.sort_by(|a, b| a.annotator.cmp(&b.annotator));
        chosen
            .left_out
            .sort_by(|a, b| a.annotator.cmp(&b.annotator));
        chosen
    }
}
