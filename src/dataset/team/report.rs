//! What became of work that was sent.

use anyhow::Result;

use super::conflict::Merged;
use crate::team::{TeamError, WorkOutcome};

/// What became of the work in a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendReport {
    /// History entries that the server acknowledged now.
    pub entries: usize,
    /// Articles of the pack by what became of them: the id, and the outcome of the last save.
    pub articles: Vec<(String, WorkOutcome)>,
    /// Articles that the member changed in another file, too, with both changes in one now.
    pub merged: Vec<Merged>,
    /// Articles whose work was changed elsewhere, and cannot be put on top of that now. It stays in
    /// the file.
    pub conflicts: Vec<String>,
    /// Articles that the server does not accept, and why. The work stays in the file.
    pub refused: Vec<(String, String)>,
    /// Other annotators who worked in the file, with the number of articles. Their work was not
    /// sent.
    pub others: Vec<(String, usize)>,
    /// Whether the server had been restored from a backup, so that all saves were sent again.
    pub was_restored: bool,
    /// Adjudicated articles some of whose annotators have changed their work since, with their
    /// names.
    pub inputs_changed: Vec<(String, Vec<String>)>,
    /// Whether the manager changed the labels since, so that the file got the new ones.
    pub labels_changed: bool,
    /// Open articles, whose leases were renewed.
    pub open: i64,
}

impl SendReport {
    /// Returns the ids of the articles with this outcome.
    #[must_use]
    pub fn with(&self, outcome: WorkOutcome) -> Vec<&str> {
        let found = self.articles.iter().filter(|(_, one)| *one == outcome);
        found.map(|(id, _)| id.as_str()).collect()
    }

    /// Notes what became of the saves of an article. Only errors that concern other articles, too,
    /// are passed on.
    pub(super) fn note(&mut self, id: &str, sent: Result<usize>) -> Result<()> {
        match sent {
            Ok(entries) => self.entries += entries,
            Err(error) => match error.downcast_ref::<TeamError>() {
                Some(TeamError::Conflict { .. }) => self.conflicts.push(id.to_owned()),
                Some(refused @ (TeamError::NotAssigned { .. } | TeamError::Refused { .. })) => {
                    self.refused.push((id.to_owned(), refused.to_string()));
                }
                _ => return Err(error),
            },
        }
        Ok(())
    }
}
