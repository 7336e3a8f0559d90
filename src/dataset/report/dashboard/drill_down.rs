//! The articles behind a mark of a chart.

use super::counts::{DatasetCounts, Fact};
use crate::dataset::report::calendar::Day;
use crate::model::Label;
use crate::store::{ArticleKey, LabelKind};

/// What the articles behind a mark of a chart have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DrillDown {
    /// Done on these days, both included, by this annotator or by anybody.
    Days {
        /// By whom.
        annotator: Option<String>,
        /// From this day.
        from: Day,
        /// To this day.
        to: Day,
    },
    /// Done, with this label in them.
    Label {
        /// A region's or an entity's.
        kind: LabelKind,
        /// Which.
        label: Label,
    },
    /// Done in this time, in milliseconds, the end left out.
    Time {
        /// From.
        from_ms: i64,
        /// To.
        to_ms: i64,
    },
    /// Done with a number of edits in this range, both included.
    Edits {
        /// From.
        from: u64,
        /// To.
        to: u64,
    },
    /// The guess scored so much, in tenths, both included.
    Score {
        /// At regions or at entities.
        kind: LabelKind,
        /// From.
        from: u8,
        /// To.
        to: u8,
    },
    /// Done, from this site.
    Site(String),
    /// With a remark that nobody has settled.
    OpenRemarks,
    /// By the order in which they became done, from 0, both included.
    Order {
        /// From.
        from: usize,
        /// To.
        to: usize,
    },
}

impl DrillDown {
    /// Describes it, for the heading of the article list.
    #[must_use]
    pub fn caption(&self) -> String {
        match self {
            Self::Days {
                annotator,
                from,
                to,
            } => {
                let days = if from == to {
                    from.short()
                } else {
                    format!("{} – {}", from.short(), to.short())
                };
                match annotator {
                    Some(name) => format!("Done by {name}, {days}"),
                    None => format!("Done {days}"),
                }
            }
            Self::Label { label, .. } => format!("Done, with {label}"),
            Self::Site(site) => format!("Done, from {site}"),
            Self::OpenRemarks => "With open remarks".to_owned(),
            Self::Time { from_ms, to_ms } => {
                format!("Took {}", time_words(*from_ms, *to_ms))
            }
            Self::Edits { from, to } => format!("Took {} edits", edit_words(*from, *to)),
            Self::Score { kind, from, to } => {
                let what = match kind {
                    LabelKind::Region => "Regions",
                    LabelKind::Entity => "Entities",
                };
                let to = if *to >= 10 { 10 } else { to + 1 };
                format!("{what} {} – {} % right", from * 10, to * 10)
            }
            Self::Order { from, to } => {
                if from == to {
                    format!("Finished article {}", from + 1)
                } else {
                    format!("Finished articles {} – {}", from + 1, to + 1)
                }
            }
        }
    }

    /// Finds the done articles that it describes, in order. Those with a label, a site or open
    /// remarks the store finds.
    pub(super) fn articles(&self, counts: &DatasetCounts) -> Vec<ArticleKey> {
        let wanted = |at: usize, fact: &Fact| match self {
            Self::Days {
                annotator,
                from,
                to,
            } => {
                fact.day.is_some_and(|day| (*from..=*to).contains(&day))
                    && annotator
                        .as_ref()
                        .is_none_or(|name| counts.annotators.get(fact.annotator) == Some(name))
            }
            Self::Time { from_ms, to_ms } => {
                fact.active_ms > 0 && (*from_ms..*to_ms).contains(&fact.active_ms)
            }
            Self::Edits { from, to } => (*from..=*to).contains(&fact.edits),
            Self::Score { kind, from, to } => {
                let score = match kind {
                    LabelKind::Region => fact.regions,
                    LabelKind::Entity => fact.entities,
                };
                score.is_some_and(|score| (*from..=*to).contains(&tenth(score)))
            }
            Self::Order { from, to } => (*from..=*to).contains(&at),
            Self::Label { .. } | Self::Site(_) | Self::OpenRemarks => false,
        };
        let mut keys: Vec<ArticleKey> = counts
            .done
            .iter()
            .enumerate()
            .filter(|(at, fact)| wanted(*at, fact))
            .map(|(_, fact)| fact.key)
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// Formats a range of times: `30–60 s`, `2–4 min`.
pub(super) fn time_words(from_ms: i64, to_ms: i64) -> String {
    let (from, to) = (from_ms / 1000, to_ms / 1000);
    match (from, to) {
        (0, to) if to <= 60 => format!("under {to} s"),
        (from, _) if to_ms == i64::MAX => format!("over {} min", from / 60),
        (from, to) if to <= 60 => format!("{from}–{to} s"),
        (from, to) => format!("{}–{} min", from / 60, to / 60),
    }
}

/// Formats a range of edits: `3–5`.
pub(super) fn edit_words(from: u64, to: u64) -> String {
    match (from, to) {
        (from, u64::MAX) => format!("over {}", from.saturating_sub(1)),
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from}–{to}"),
    }
}

/// Returns the tenth of a score: 0 to 9, and 10 for a perfect one.
pub(super) fn tenth(score: f64) -> u8 {
    (score.clamp(0.0, 1.0) * 10.0 + 1e-9).floor() as u8
}
