//! Brings a file of a team up to date with changed labels.

use anyhow::Result;

use super::link::Link;
use super::pack::TeamPack;
use crate::dataset::io::clock::{Clock as _, SystemClock};
use crate::dataset::io::progress::{CancelFlag, Silent};
use crate::dataset::maintenance::schema_change::{SchemaChange, change_schema};
use crate::store::Store;
use crate::team::{Head, ServerArticle, TeamSchemaChange, rename_labels};

/// Gives a pack the labels that the team has now. Work that was done under old names is renamed
/// here, and keeps the version under which it was done for when it is sent. Interrupted and called
/// again, it goes on where it was. Returns whether the labels changed.
///
/// # Errors
/// If the server cannot be asked or the file cannot be written.
pub(super) fn update_labels(
    link: &mut Link,
    store: &mut dyn Store,
    pack: &mut TeamPack,
    head: &Head,
    cancel: &CancelFlag,
) -> Result<bool> {
    if head.schema_version <= pack.schema_version {
        return Ok(false);
    }
    let since = pack.schema_version;
    let changes = link.call(cancel, |server| server.schema_changes_after(since))?;
    for change in changes {
        if store.schema()? != change.schema {
            for noted in pack.articles.values_mut() {
                let Some(key) = store.find(&noted.id)? else {
                    continue;
                };
                let article = store.article(key)?;
                let entries = store.history(&article, key, &pack.member)?.len();
                noted.note_schema(change.version, entries);
            }
            pack.save(store)?;
            let local = SchemaChange {
                schema: change.schema,
                relabel: change.relabel,
                based_on: None,
            };
            change_schema(store, &local, SystemClock.now_ms(), &mut Silent, cancel)?;
        }
        pack.schema_version = change.version;
        pack.save(store)?;
    }
    Ok(true)
}

/// Gives the suggestions of an article the names that labels have now.
///
/// # Errors
/// If they do not fit the text.
pub(super) fn rename_suggestions(
    article: &mut ServerArticle,
    renames: &[TeamSchemaChange],
) -> Result<()> {
    let new = &mut article.article;
    let text = &new.article.text;
    let version = article.schema_version;
    rename_labels(renames, version, text, &mut new.suggestions, &[])?;
    Ok(())
}
