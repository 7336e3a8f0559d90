//! Which commands may run, and the pool of those that do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};

use super::super::console::Console;
use crate::dataset::Dataset;
use crate::dataset::suggesters::{
    AllowedCommands, PoolSetup, SuggesterConfig, SuggesterPool, SuggesterSettings,
};

pub(super) fn allowed_file() -> Result<PathBuf> {
    AllowedCommands::path().context("this system has no place for settings")
}

pub(super) fn allow_commands(dataset: &Path, commands: &[String]) -> Result<()> {
    let file = allowed_file()?;
    let mut allowed = AllowedCommands::load(&file)?;
    for command in commands {
        allowed.allow(dataset, command);
    }
    allowed.save(&file)
}

pub(super) fn allow(path: &Path, names: &[String], console: &mut Console) -> Result<()> {
    let dataset = Dataset::open_to_read(path)?;
    let settings = SuggesterSettings::load(dataset.store())?;
    for name in names {
        ensure!(settings.get(name).is_some(), "there is no suggester {name}");
    }
    let chosen = settings.suggesters.iter();
    let chosen = chosen.filter(|one| names.is_empty() || names.contains(&one.name));
    let commands: Vec<String> = chosen.map(|one| one.command.clone()).collect();
    allow_commands(path, &commands)?;
    for command in &commands {
        console.message(&format!("may run now: {command}"));
    }
    Ok(())
}

/// Makes the pool of a dataset, if all these commands may run.
pub(super) fn pool(dataset: &Dataset, needed: &[SuggesterConfig]) -> Result<SuggesterPool> {
    let (path, store) = (dataset.path(), dataset.store());
    let settings = SuggesterSettings::load(store)?;
    let allowed = AllowedCommands::load(&allowed_file()?)?;
    let missing: Vec<String> = needed
        .iter()
        .filter(|one| !allowed.allows(path, &one.command))
        .map(|one| format!("  {}: {}", one.name, one.command))
        .collect();
    ensure!(
        missing.is_empty(),
        "these commands of the dataset have not been allowed on this machine:\n{}\nhint: if you trust them: copydesk suggesters allow {}",
        missing.join("\n"),
        path.display()
    );
    Ok(SuggesterPool::new(PoolSetup {
        dataset: path.to_path_buf(),
        settings,
        schema: Arc::new(store.schema()?),
        allowed,
        report: Box::new(|_status| {}),
    }))
}
