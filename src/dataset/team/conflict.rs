//! The same annotation changed in two files of one member: her changes here are put on top of those
//! that were sent first.

use anyhow::{Context as _, Result};

use super::link::Link;
use super::pack::{PackArticle, TeamPack};
use super::works::whole_work;
use crate::dataset::io::clock::{Clock as _, SystemClock};
use crate::dataset::io::progress::CancelFlag;
use crate::edit::{Action, Edit, OtherCopy, OwnCopy, Rebased, rebase};
use crate::model::{Annotation, Article, Text};
use crate::store::{ArticleKey, Commit, Revision, Store, StoreError};
use crate::team::FIRST_SCHEMA;

/// How much of a text is quoted.
const QUOTED_CHARS: usize = 30;

/// An article whose work was changed in another file, too, and is now one again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The id of the article.
    pub article: String,
    /// The changes of this file that do not fit the other one's, for people. They are in the
    /// history of the file.
    pub left_out: Vec<String>,
}

/// What became of an attempt to put work of two files together.
pub(super) enum Resolution {
    /// It is one now.
    Merged(Merged),
    /// The server has nothing that the file lacks: what is left follows it.
    Follows,
    /// Somebody saved in the file meanwhile: the next attempt knows better.
    Later,
    /// It cannot be done now: the server's work has labels that the file does not know yet.
    Not,
}

/// A save that the server did not take, because it has other work.
pub(super) struct Clash<'a> {
    pub(super) article: &'a Article,
    pub(super) key: ArticleKey,
    /// The number of the article on the server.
    pub(super) number: i64,
    /// How many entries of the history come before the save.
    pub(super) base: usize,
    /// Whether the server was restored from a backup.
    pub(super) was_restored: bool,
}

/// Puts the changes of the file on top of what the server has. Nothing is sent yet.
///
/// # Errors
/// If the server cannot be asked or the file cannot be written. Interrupted and called again, it
/// doubles nothing.
pub(super) fn resolve(
    link: &mut Link,
    store: &mut dyn Store,
    pack: &mut TeamPack,
    clash: &Clash<'_>,
    cancel: &CancelFlag,
) -> Result<Resolution> {
    let Some(mut noted) = pack.articles.get(&clash.number).cloned() else {
        return Ok(Resolution::Not);
    };
    let id = noted.id.clone();
    let works = link.call(cancel, |server| server.works(&[clash.number], true))?;
    let Some(work) = works.into_iter().find(|work| work.article == clash.number) else {
        // The backup has none of it.
        noted.revision = 0;
        noted.sent = 0;
        noted.saves.clear();
        put_notes(store, pack, clash.number, noted)?;
        return Ok(Resolution::Follows);
    };
    if work.schema_version > pack.schema_version {
        return Ok(Resolution::Not);
    }
    let mut renames = link.call(cancel, |server| server.schema_changes_after(FIRST_SCHEMA))?;
    renames.retain(|change| change.version <= pack.schema_version);
    let theirs = whole_work(clash.article, &work, &renames)?;

    let stored = store.annotations(clash.article, clash.key)?;
    let own = stored.iter().find(|one| one.owner.is(&pack.member));
    let (revision, annotation) = match own {
        Some(own) => (own.revision, own.annotation.clone()),
        None => (Revision(0), Annotation::default()),
    };
    let history = store.history(clash.article, clash.key, &pack.member)?;
    let own = OwnCopy {
        history: &history,
        base: clash.base,
        is_other_older: clash.was_restored,
    };
    let there = OtherCopy {
        history: &theirs.history,
        annotation: &theirs.annotation,
    };
    let rebased = rebase(&clash.article.text, own, there, SystemClock.now_ms())
        .with_context(|| format!("the history of {id} does not fit"))?;
    let place = (clash.article, clash.key, pack.member.as_str());
    if !append(store, place, revision, annotation, &rebased)? {
        return Ok(Resolution::Later);
    }
    // What renamed the labels of the server's work here is sent with the next edit.
    let way = rebased.has_other.saturating_sub(history.len());
    let way = rebased.entries.iter().take(way).rev();
    let renaming = way.take_while(|entry| entry.action == Action::RenameLabels);
    let renamed = theirs.history.len().saturating_sub(work.lines.len());
    // Saves that the server has lost are made anew from the history.
    noted.saves.retain(|save| save.to <= clash.base);
    noted.revision = work.revision;
    noted.sent = rebased.has_other - renaming.count().min(renamed);
    put_notes(store, pack, clash.number, noted)?;
    if rebased.entries.is_empty() {
        return Ok(Resolution::Follows);
    }
    let text = &clash.article.text;
    let left_out = rebased.left_out.iter();
    Ok(Resolution::Merged(Merged {
        article: id,
        left_out: left_out.map(|edit| in_words(edit, text)).collect(),
    }))
}

/// Appends entries to the member's history. Returns false if somebody saved meanwhile: then the next
/// attempt knows better.
fn append(
    store: &mut dyn Store,
    (article, key, member): (&Article, ArticleKey, &str),
    revision: Revision,
    mut annotation: Annotation,
    rebased: &Rebased,
) -> Result<bool> {
    if rebased.entries.is_empty() {
        return Ok(true);
    }
    for entry in &rebased.entries {
        entry
            .transaction
            .apply(&article.text, &mut annotation)
            .with_context(|| format!("the changes of {} do not fit", article.id))?;
    }
    let commit = Commit {
        key,
        annotator: member,
        expected: revision,
        entries: &rebased.entries,
        annotation: &annotation,
    };
    match store.commit(&commit, SystemClock.now_ms()) {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn put_notes(
    store: &mut dyn Store,
    pack: &mut TeamPack,
    number: i64,
    mut noted: PackArticle,
) -> Result<()> {
    noted.pending = None;
    pack.articles.insert(number, noted);
    pack.save(store)
}

/// A change in words, such as `GPE “Gozo”`.
fn in_words(edit: &Edit, text: &Text) -> String {
    let quoted = |words: &str| {
        let line = words.lines().next().unwrap_or_default();
        let short: String = line.chars().take(QUOTED_CHARS).collect();
        match short.len() < words.len() {
            true => format!("“{}…”", short.trim_end()),
            false => format!("“{short}”"),
        }
    };
    match edit {
        Edit::AddRegion(one) => format!("{} {}", one.label, quoted(text.slice(one.span))),
        Edit::AddEntity(one) => format!("{} {}", one.label, quoted(text.slice(one.span))),
        Edit::RemoveRegion(one) => {
            format!("removal of {} {}", one.label, quoted(text.slice(one.span)))
        }
        Edit::RemoveEntity(one) => {
            format!("removal of {} {}", one.label, quoted(text.slice(one.span)))
        }
        Edit::SetStatus { to, .. } => format!("status {}", to.as_str()),
        Edit::AddRemark { remark, .. } => format!("remark {}", quoted(&remark.text)),
        Edit::RemoveRemark { remark, .. } => format!("removal of remark {}", quoted(&remark.text)),
        Edit::Renamed { from, to, .. } => format!("{from} renamed {to}"),
        Edit::Decide(_) => "a decision".to_owned(),
    }
}
