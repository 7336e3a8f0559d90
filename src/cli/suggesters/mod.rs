//! `copydesk suggesters`.

mod asking;
mod comparison;
mod consent;
mod time_limit;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use clap::Subcommand;
use serde_json::{Value, json};

use super::console::Console;
use super::{Ended, shared};
use crate::dataset::Dataset;
use crate::dataset::suggesters::{
    AllowedCommands, BUILT_IN, LabelSource, SuggesterConfig, SuggesterSettings, TIME_LIMIT_S,
};
use crate::formats::metadata::suggested_by::SuggestedTask;
use crate::model::{Label, Schema};
use asking::ask_all;
use comparison::compare_all;
use consent::{allow, allow_commands, allowed_file};
use time_limit::TimeLimit;

/// Let other programs suggest in a dataset, and compare them
///
/// A suggester is a command that reads records and prints suggestions; docs/suggesters.md describes
/// it. The dataset stores it, but the command of a dataset runs on this machine only once you have
/// added or allowed it here.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk suggesters add news.copydesk spacy --command 'python3 spacy_ner.py en_core_web_md'\n  copydesk suggesters compare news.copydesk           # on the finished articles\n  copydesk suggesters use news.copydesk PERSON=spacy ORG=copydesk\n  copydesk suggesters run news.copydesk               # for all articles that nobody has opened"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the suggesters of a dataset and what they are used for
    List {
        /// The dataset
        dataset: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a suggester, and allow its command on this machine
    Add {
        /// The dataset
        dataset: PathBuf,
        /// Its name in the dataset, such as spacy
        name: String,
        /// What it suggests
        #[arg(long, value_enum, default_value = "entities", value_name = "TASK")]
        task: shared::Task,
        /// The command, for the system's shell. It runs in the folder of the dataset
        #[arg(long, value_name = "COMMAND")]
        command: String,
        /// How long it may take for an article, such as 30s or 2m
        #[arg(long, value_name = "TIME", default_value_t = TimeLimit(TIME_LIMIT_S))]
        time_limit: TimeLimit,
    },
    /// Remove a suggester; the built-in models take over its labels
    Remove {
        /// The dataset
        dataset: PathBuf,
        /// Its name
        name: String,
    },
    /// Choose which suggester is used for a label
    Use {
        /// The dataset
        dataset: PathBuf,
        /// An entity label, or `regions`, or `all` for all entity labels, and the suggester;
        /// `copydesk` for the built-in models
        #[arg(required = true, value_name = "LABEL=NAME")]
        choices: Vec<String>,
    },
    /// Allow the commands of a dataset from elsewhere on this machine
    Allow {
        /// The dataset
        dataset: PathBuf,
        /// The suggesters [default: all]
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Ask the suggesters about all articles that nobody has opened
    Run {
        /// The dataset
        dataset: PathBuf,
    },
    /// Compare the suggesters on the finished articles
    Compare {
        /// The dataset
        dataset: PathBuf,
        /// How many articles to use, the newest first
        #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
        articles: u32,
        /// Use the best suggester for each label from now on
        #[arg(long)]
        use_best: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    match args.what {
        What::List { dataset, json } => list(&dataset, json, console)?,
        What::Add {
            dataset,
            name,
            task,
            command,
            time_limit,
        } => {
            let new = SuggesterConfig {
                name,
                task: match task {
                    shared::Task::Regions => SuggestedTask::Regions,
                    shared::Task::Entities => SuggestedTask::Entities,
                },
                command,
                time_limit_s: time_limit.0,
            };
            add(&dataset, new, console)?;
        }
        What::Remove { dataset, name } => {
            change(&dataset, |settings, _| settings.remove(&name))?;
            console.message(&format!("removed {name}"));
        }
        What::Use { dataset, choices } => {
            change(&dataset, |settings, schema| {
                choices
                    .iter()
                    .try_for_each(|one| choose(settings, schema, one))
            })?;
            list(&dataset, false, console)?;
        }
        What::Allow { dataset, names } => allow(&dataset, &names, console)?,
        What::Run { dataset } => return ask_all(&dataset, console),
        What::Compare {
            dataset,
            articles,
            use_best,
            json,
        } => {
            let most = usize::try_from(articles).unwrap_or(usize::MAX);
            return compare_all(&dataset, most, use_best, json, console);
        }
    }
    Ok(Ended::Well)
}

/// Changes the suggesters of a dataset.
fn change(
    path: &Path,
    change: impl FnOnce(&mut SuggesterSettings, &Schema) -> Result<()>,
) -> Result<()> {
    let mut dataset = Dataset::open(path)?;
    let mut settings = SuggesterSettings::load(dataset.store())?;
    change(&mut settings, &dataset.store().schema()?)?;
    settings.save(dataset.store_mut())?;
    Ok(())
}

fn add(path: &Path, new: SuggesterConfig, console: &mut Console) -> Result<()> {
    let (name, command) = (new.name.clone(), new.command.clone());
    change(path, |settings, _| settings.add(new))?;
    allow_commands(path, &[command])?;
    console.message(&format!(
        "added {name}; it is not used yet\nhint: copydesk suggesters use {} PERSON={name}",
        path.display()
    ));
    Ok(())
}

/// Takes a choice such as `PERSON=spacy`.
fn choose(settings: &mut SuggesterSettings, schema: &Schema, words: &str) -> Result<()> {
    let Some((what, name)) = words.split_once('=') else {
        bail!("{words}: expected LABEL=NAME, such as PERSON={BUILT_IN}");
    };
    let enabled = schema.entities().iter().filter(|label| label.enabled);
    match what {
        "regions" => settings.choose(&LabelSource::Regions, name),
        "all" => enabled
            .map(|label| LabelSource::Entity(label.label.clone()))
            .try_for_each(|source| settings.choose(&source, name)),
        label => {
            ensure!(
                schema.entity(label).is_some(),
                "the schema has no entity label {label}\nhint: it has {}",
                enabled
                    .map(|label| label.label.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            );
            settings.choose(&LabelSource::Entity(Label::new(label)?), name)
        }
    }
}

fn task_words(task: SuggestedTask) -> &'static str {
    match task {
        SuggestedTask::Regions => "regions",
        SuggestedTask::Entities => "entities",
    }
}

fn list(path: &Path, json: bool, console: &mut Console) -> Result<()> {
    let dataset = Dataset::open_to_read(path)?;
    let settings = SuggesterSettings::load(dataset.store())?;
    let schema = dataset.store().schema()?;
    let allowed = AllowedCommands::load(&allowed_file()?)?;
    let uses = |name: &str| settings.uses_of(name, &schema);
    if json {
        let mut rows = vec![json!({"name": BUILT_IN, "used_for": uses(BUILT_IN)})];
        rows.extend(settings.suggesters.iter().map(|one| {
            json!({
                "name": one.name,
                "task": task_words(one.task),
                "command": one.command,
                "time_limit_s": one.time_limit_s,
                "allowed": allowed.allows(path, &one.command),
                "used_for": uses(&one.name),
            })
        }));
        return console.raw_data(&format!("{:#}\n", Value::from(rows)));
    }
    let used_for = |name: &str| match uses(name) {
        uses if uses.is_empty() => "not used".to_owned(),
        uses => uses.join(", "),
    };
    let mut out = format!("{BUILT_IN}\tbuilt in\t{}\n", used_for(BUILT_IN));
    for one in &settings.suggesters {
        let may = match allowed.allows(path, &one.command) {
            true => "",
            false => "\tnot allowed on this machine",
        };
        out.push_str(&format!(
            "{}\t{}\t{}\t{} s\t{}{may}\n",
            one.name,
            task_words(one.task),
            used_for(&one.name),
            one.time_limit_s,
            one.command
        ));
    }
    console.data(&out)
}
