//! What a failure means for the exchange.

use super::status::Line;
use crate::store::StoreError;
use crate::team::TeamError;

/// What a failure means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The dataset was closed; there is nothing to do any more.
    Closed,
    /// The connection is like this now.
    Line(Line),
}

impl Failure {
    pub(super) fn of(error: &anyhow::Error) -> Self {
        if let Some(StoreError::Stopped) = error.downcast_ref() {
            return Self::Closed;
        }
        let Some(team) = error.downcast_ref::<TeamError>() else {
            return Self::Line(Line::Refused {
                why: format!("{error:#}"),
            });
        };
        Self::Line(match team {
            TeamError::NoPassword { .. } => Line::SignIn { why: None },
            TeamError::Login { .. } | TeamError::Denied { .. } => Line::SignIn {
                why: Some(team.to_string()),
            },
            _ if team.can_retry() => Line::Offline {
                why: team.to_string(),
            },
            _ => Line::Refused {
                why: team.to_string(),
            },
        })
    }
}
