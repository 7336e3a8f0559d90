//! A member's work as the server has it, read like any other input.

use anyhow::{Context as _, Result};

use crate::dataset::io::sources::SourceWork;
use crate::edit::Entry;
use crate::model::{Annotation, Article, StartedFrom};
use crate::store::codec;
use crate::team::{MemberWork, TeamSchemaChange, read_line, rename_labels};

/// Reads a member's work, which is checked like any other input: a member may send what she likes.
/// If the history does not lead to the annotation, the annotation is taken without it. Labels get the
/// names that they have now.
///
/// # Errors
/// If the annotation cannot be read.
pub(super) fn whole_work(
    article: &Article,
    work: &MemberWork,
    renames: &[TeamSchemaChange],
) -> Result<SourceWork> {
    let mut annotation = codec::read_annotation(&work.doc, &article.text).with_context(|| {
        format!(
            "the annotation of {} by {} cannot be read",
            article.id, work.annotator
        )
    })?;
    let entries: Result<Vec<Entry>, _> = work
        .lines
        .iter()
        .map(|line| read_line(line, &article.text))
        .collect();
    let history = entries.unwrap_or_default();
    let leads_there = replay(article, &history).is_some_and(|reached| reached == annotation);
    let mut history = if leads_there { history } else { Vec::new() };
    let version = work.schema_version;
    let renamed = rename_labels(
        renames,
        version,
        &article.text,
        &mut annotation,
        &work.lines,
    )
    .with_context(|| format!("the labels of {} cannot be renamed", article.id))?;
    if !history.is_empty() {
        history.extend(renamed);
    }
    let started_from = history.first().map(|entry| entry.started_from.clone());
    Ok(SourceWork {
        annotator: work.annotator.clone(),
        at_ms: work.saved_at_ms,
        started_from: started_from.unwrap_or(StartedFrom::Import),
        annotation,
        history,
        active_ms: work.active_ms,
    })
}

/// The annotation to which history entries lead; `None` if they do not fit.
pub(super) fn replay(article: &Article, entries: &[Entry]) -> Option<Annotation> {
    let mut annotation = Annotation::default();
    for entry in entries {
        entry
            .transaction
            .apply(&article.text, &mut annotation)
            .ok()?;
    }
    Some(annotation)
}
