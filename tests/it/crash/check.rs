//! Whether a dataset holds all that was acknowledged.

use copydesk::store::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use copydesk::model::Annotation;
use copydesk::store::{ArticleKey, Filter, SqliteStore};

use super::script;

/// What the script said until the crash.
#[derive(Default)]
pub struct Acknowledged {
    created: bool,
    added: BTreeSet<String>,
    setting: usize,
    export: usize,
    /// By article and annotator, by revision: the mark of the annotation.
    commits: BTreeMap<(i64, String), BTreeMap<usize, String>>,
    /// How often the script was interrupted: each time, one step may have been done and not yet
    /// acknowledged.
    crashes: usize,
}

impl Acknowledged {
    /// Nothing yet, for a script that will have been interrupted so often when it is checked.
    pub fn after(crashes: usize) -> Self {
        Self {
            crashes,
            ..Self::default()
        }
    }

    /// The script was interrupted.
    pub fn crashed(&mut self) {
        self.crashes += 1;
    }

    /// Takes a line of the script's output down; `false` if it is not one of its own.
    pub fn hear(&mut self, line: &str) -> bool {
        // What the test harness prints before it ends without a line break.
        let Some((_, said)) = line.split_once("ACK ") else {
            return false;
        };
        let mut words = said.split(' ').map(str::to_owned);
        let mut next = || words.next().unwrap();
        match next().as_str() {
            "created" => self.created = true,
            "setting" => self.setting = next().parse().unwrap(),
            "export" => self.export = next().parse().unwrap(),
            "added" => self.added.extend(words),
            "commit" => {
                let (key, annotator) = (next().parse().unwrap(), next());
                let (revision, mark) = (next().parse().unwrap(), next());
                let commits = self.commits.entry((key, annotator)).or_default();
                commits.insert(revision, mark);
            }
            other => panic!("{other}"),
        }
        true
    }

    /// How many changes to annotations were acknowledged.
    pub fn commits(&self) -> usize {
        self.commits.values().map(BTreeMap::len).sum()
    }
}

/// Opens what is left and compares.
pub fn check(folder: &Path, acknowledged: &Acknowledged) -> Result<(), String> {
    check_export(folder, acknowledged)?;
    let path = folder.join(script::DATASET);
    if !path.exists() {
        return if acknowledged.created {
            Err("the dataset is gone".to_owned())
        } else {
            Ok(())
        };
    }
    // The next start says nothing is wrong.
    let store = SqliteStore::open(&path).map_err(|error| format!("cannot be opened: {error}"))?;
    let faults = store.faults().map_err(|error| error.to_string())?;
    if !faults.is_empty() {
        return Err(faults.join("\n"));
    }
    check_rest(&store, acknowledged).map_err(|error| format!("{error:#}"))
}

fn check_export(folder: &Path, acknowledged: &Acknowledged) -> Result<(), String> {
    let begun = fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .flatten()
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains(script::EXPORT) && name.ends_with(".tmp"))
        .count();
    if begun > 1 {
        return Err(format!("{begun} exports that were begun lie about"));
    }
    let text = match fs::read_to_string(folder.join(script::EXPORT)) {
        Ok(text) => text,
        Err(_) if acknowledged.export == 0 => return Ok(()),
        Err(error) => return Err(format!("the export: {error}")),
    };
    // The one that was acknowledged, or one that was finished just before a crash.
    let may_be = acknowledged.export..=acknowledged.export + acknowledged.crashes;
    if may_be
        .into_iter()
        .any(|number| script::export_of(number) == text)
    {
        Ok(())
    } else {
        Err(format!(
            "the export has {} bytes that make no export at or after number {}",
            text.len(),
            acknowledged.export
        ))
    }
}

fn check_rest(store: &SqliteStore, acknowledged: &Acknowledged) -> anyhow::Result<()> {
    for id in &acknowledged.added {
        let Some(key) = store.find(id)? else {
            anyhow::bail!("article {id} is lost");
        };
        anyhow::ensure!(
            store.article(key)? == script::article_of(id).article,
            "article {id} is another"
        );
    }
    let setting: usize = store
        .setting(script::COUNTER)?
        .map_or(Ok(0), |value| value.parse())?;
    anyhow::ensure!(
        (acknowledged.setting..=acknowledged.setting + acknowledged.crashes).contains(&setting),
        "the setting is {setting}, not {}",
        acknowledged.setting
    );
    for ((key, annotator), marks) in &acknowledged.commits {
        let key = ArticleKey(*key);
        let article = store.article(key)?;
        let mut annotation = Annotation::default();
        let history = store.history(&article, key, annotator)?;
        for (revision, entry) in (1..).zip(&history) {
            entry.transaction.apply(&article.text, &mut annotation)?;
            if let Some(mark) = marks.get(&revision) {
                anyhow::ensure!(
                    script::mark(&annotation) == *mark,
                    "revision {revision} of {annotator} on {key} is another"
                );
            }
        }
        let newest = marks.keys().last().copied().unwrap_or(0);
        anyhow::ensure!(
            history.len() >= newest,
            "revision {newest} of {annotator} on {key} is lost, {} are left",
            history.len()
        );
    }
    // Nothing came out of nowhere either.
    let mut stored = 0;
    for key in store.keys(&Filter::default())? {
        let article = store.article(key)?;
        for work in store.annotations(&article, key)? {
            stored += usize::try_from(work.revision.0)?;
        }
    }
    anyhow::ensure!(
        stored <= acknowledged.commits() + acknowledged.crashes,
        "{stored} changes are there, {} were acknowledged",
        acknowledged.commits()
    );
    Ok(())
}
