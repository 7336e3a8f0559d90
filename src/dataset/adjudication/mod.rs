//! Adjudication in a dataset: between the finished, independent annotations of an article.
//!
//! The pure core is [`crate::edit::adjudication`]. The result is an annotation of the adjudicator,
//! which starts from the inputs ([`StartedFrom::People`](crate::model::StartedFrom)); its history
//! holds the decisions, so that they are saved, undone, merged and exported with it.
//!
//! | module | does |
//! | --- | --- |
//! | `inputs` | chooses the annotations between which is decided |
//! | `article` | opens one article for adjudication and makes the entries of its history |
//! | `bulk` | decides whole datasets by rule, and lists what is open |
//! | `list` | lists the articles that can be adjudicated |
//! | `changes` | reports what adjudication changed of one annotator's work |

mod article;
mod bulk;
mod changes;
mod inputs;
mod list;

pub use crate::edit::adjudication::{
    AdjudicatedChange, Choice, Decision, How, LabelledSpan, Place, PlaceId, Threshold, Version,
};

pub(crate) use self::article::other_adjudicator;
pub use self::article::{
    AdjudicationFault, ArticleAdjudication, LoadedAdjudication, NotAdjudicated,
};
pub use self::bulk::{
    AdjudicationOptions, AdjudicationReport, AdjudicationRule, ArticleState, OpenPlace,
    PlaceCounts, adjudicate,
};
pub use self::changes::{ChangedArticle, changes_for, of_article};
pub use self::inputs::{ChosenInputs, LeftOutInput};
pub use self::list::{ReviewRow, review_rows};

/// Describes how a decision came out, such as "the version of ada and ben".
#[must_use]
pub fn in_words(decision: &Decision) -> String {
    let names = || {
        let version = decision.version();
        let version = version.and_then(|at| decision.place.versions.get(at));
        let names = version.map_or(&[][..], |version| &version.annotators);
        let names: Vec<&str> = names.iter().map(|name| &**name).collect();
        names.join(", ")
    };
    match &decision.choice {
        Choice::Unanimous => "all agree".to_owned(),
        Choice::Majority { threshold } => {
            format!("majority over {}: {}", threshold.share(), names())
        }
        Choice::Version(_) => format!("version of {}", names()),
        Choice::Nobody => "nobody is right".to_owned(),
        Choice::Own(_) => "own version".to_owned(),
    }
}
