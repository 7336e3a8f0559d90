//! Adjudication: decides between the annotations that several people made of one article.
//!
//! Pure, like the rest of [`crate::edit`]. [`find_places`] lists where the annotations agree and
//! where they differ, [`Adjudication`] holds the decisions while they are made, and [`resolve`]
//! turns decisions into an annotation. Each place is decided exactly once: places on which all
//! agree by themselves, others by hand, by a majority, or like another place.
//!
//! | module | holds |
//! | --- | --- |
//! | `place` | places and the versions that annotators have of them |
//! | `decision` | what was chosen for a place, how, and why |
//! | `past` | the decisions that a history holds |
//! | `work` | all places of an article with their decisions |
//! | `resolve` | from decisions to an annotation |
//! | `reconcile` | which decisions hold after an annotator has changed something |
//! | `same` | places that are alike |
//! | `changes` | what adjudication changed of one annotator's work |

mod changes;
mod decision;
mod past;
mod place;
mod reconcile;
mod resolve;
mod same;
mod work;

pub use changes::{AdjudicatedChange, changes_of, labels_transaction, start_with_decisions};
pub use decision::{Choice, Decision, DecisionChange, How, InputRevision, Threshold};
pub use past::decisions_in;
pub use place::{AdjudicationInput, LabelledSpan, Place, PlaceId, Version, find_places};
pub use reconcile::{Reconciled, Reopened, reconcile};
pub use resolve::{Resolved, Unresolved, resolve};
pub use same::{same_as, translate};
pub use work::Adjudication;

#[cfg(test)]
mod tests;
