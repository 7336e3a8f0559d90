//! The labels of a team, and what they were called before.
//!
//! Annotations keep the version of the labels under which they were made. Readers apply the renames
//! of later versions, so that work done offline under old names arrives like any other.

use std::collections::BTreeSet;

use super::Result;
use super::connection::{Server, params};
use crate::edit::{Action, Entry, EntryKind, LabelKind, Relabel, Selection};
use crate::model::{Annotation, AnnotationError, Label, Schema, StartedFrom, Text};
use crate::store::codec;

/// The version of the labels with which a team dataset begins.
pub const FIRST_SCHEMA: i64 = 1;

/// A change of the labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamSchemaChange {
    /// The version that it made.
    pub version: i64,
    /// The labels and guidelines since.
    pub schema: Schema,
    /// The labels that it renamed.
    pub relabel: Relabel,
    /// When it was made, in milliseconds since 1970 by the server's clock.
    pub at_ms: i64,
}

impl Server {
    /// Returns the labels and guidelines with their version; `None` if the dataset is still to be
    /// made.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn schema_with_version(&self) -> Result<Option<(Schema, i64)>> {
        let sql = "SELECT schema_toml, schema_version FROM copydesk.dataset";
        let rows = self.query(sql, Vec::new())?;
        if rows.is_empty() {
            return Ok(None);
        }
        let toml: String = self.get(rows.first(), 0)?;
        let schema = codec::read_schema(&toml)
            .map_err(|error| self.damaged(format!("the schema: {error}")))?;
        Ok(Some((schema, self.get(rows.first(), 1)?)))
    }

    /// Replaces the labels and guidelines, and returns their new version. Labels that are renamed
    /// are so in all work, also in work that arrives later under the old names.
    ///
    /// # Errors
    /// If the login is not a manager, or [`TeamError::Conflict`](super::TeamError::Conflict) if the
    /// labels are not at the version `expected`.
    pub fn change_schema(&self, expected: i64, schema: &Schema, relabel: &Relabel) -> Result<i64> {
        let toml = codec::write_schema(schema).map_err(|error| self.refused(error.to_string()))?;
        let renames: Vec<[&str; 3]> = relabel
            .moved
            .iter()
            .map(|((kind, from), to)| [kind.as_str(), from.as_str(), to.as_str()])
            .collect();
        let renames = serde_json::to_string(&renames)
            .map_err(|error| self.refused(format!("the renames cannot be written: {error}")))?;
        let rows = self.query(
            "SELECT copydesk.change_schema($1, $2, $3)",
            params![expected, toml, renames],
        )?;
        self.get(rows.first(), 0)
    }

    /// Returns the changes of the labels after a version, oldest first.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn schema_changes_after(&self, version: i64) -> Result<Vec<TeamSchemaChange>> {
        let rows = self.query(
            "SELECT version, schema_toml, renames, (extract(epoch FROM at) * 1000)::bigint
             FROM copydesk.schema_change WHERE version > $1 ORDER BY version",
            params![version],
        )?;
        rows.iter()
            .map(|row| {
                let row = Some(row);
                let version = self.get(row, 0)?;
                let damaged = |what: String| self.damaged(format!("the labels {version}: {what}"));
                let toml: String = self.get(row, 1)?;
                let renames: String = self.get(row, 2)?;
                Ok(TeamSchemaChange {
                    version,
                    schema: codec::read_schema(&toml).map_err(|e| damaged(e.to_string()))?,
                    relabel: relabel_of(&renames).map_err(damaged)?,
                    at_ms: self.get(row, 3)?,
                })
            })
            .collect()
    }
}

fn relabel_of(renames: &str) -> std::result::Result<Relabel, String> {
    let renames: Vec<[String; 3]> =
        serde_json::from_str(renames).map_err(|error| error.to_string())?;
    let mut relabel = Relabel::default();
    for [kind, from, to] in renames {
        let kind = LabelKind::parse(&kind).ok_or_else(|| format!("unknown kind {kind:?}"))?;
        let label = |name: &str| Label::new(name).map_err(|error| error.to_string());
        relabel.moved.insert((kind, label(&from)?), label(&to)?);
    }
    Ok(relabel)
}

/// Gives an annotation that was made under `version` the names that labels have now. Returns the
/// history entries that did so, one for each change that renames a label which the annotation or
/// its history, given as JSON lines, has.
///
/// # Errors
/// If the renamed labels do not fit, which no annotation that fits its text brings about.
pub fn rename_labels(
    changes: &[TeamSchemaChange],
    version: i64,
    text: &Text,
    annotation: &mut Annotation,
    history: &[String],
) -> std::result::Result<Vec<Entry>, AnnotationError> {
    let mut entries = Vec::new();
    let mut new_names: BTreeSet<Label> = BTreeSet::new();
    for change in changes.iter().filter(|change| change.version > version) {
        let moved = &change.relabel.moved;
        let is_used = moved.keys().any(|(_, from)| {
            new_names.contains(from)
                || annotation.regions().iter().any(|one| one.label == *from)
                || annotation.entities().iter().any(|one| one.label == *from)
                || history.iter().any(|line| line.contains(from.as_str()))
        });
        if !is_used {
            continue;
        }
        let transaction = change.relabel.renaming(annotation);
        transaction.apply(text, annotation)?;
        new_names.extend(moved.values().cloned());
        entries.push(Entry {
            kind: EntryKind::Edit,
            action: Action::RenameLabels,
            transaction,
            before: Selection::default(),
            after: Selection::default(),
            at_ms: change.at_ms,
            started_from: StartedFrom::Unknown,
        });
    }
    Ok(entries)
}
