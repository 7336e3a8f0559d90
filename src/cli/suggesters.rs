//! `copydesk suggesters`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Subcommand;
use serde_json::{Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared;
use crate::dataset::Dataset;
use crate::dataset::suggesters::{
    AllowedCommands, BUILT_IN, Comparison, LabelSource, PoolSetup, SuggestReport, SuggesterConfig,
    SuggesterPool, SuggesterScores, SuggesterSettings, TIME_LIMIT_S, compare, suggest_for_open,
};
use crate::formats::metadata::suggested_by::SuggestedTask;
use crate::model::figures::{counted, number};
use crate::model::{Label, Schema};

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

/// A time limit in seconds.
#[derive(Clone, Copy, Debug)]
struct TimeLimit(u64);

impl std::fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}s", self.0)
    }
}

impl std::str::FromStr for TimeLimit {
    type Err = String;

    fn from_str(words: &str) -> Result<Self, String> {
        let (digits, unit) = match words.find(|c: char| !c.is_ascii_digit()) {
            Some(at) => words.split_at(at),
            None => (words, "s"),
        };
        let factor = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err("expected a time such as 30s or 2m".to_owned()),
        };
        let count: u64 = digits
            .parse()
            .map_err(|_no_number| "expected a time such as 30s or 2m".to_owned())?;
        Ok(Self(count.saturating_mul(factor)))
    }
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

// -- consent -------------------------------------------------------------------------------------

fn allowed_file() -> Result<PathBuf> {
    AllowedCommands::path().context("this system has no place for settings")
}

fn allow_commands(dataset: &Path, commands: &[String]) -> Result<()> {
    let file = allowed_file()?;
    let mut allowed = AllowedCommands::load(&file)?;
    for command in commands {
        allowed.allow(dataset, command);
    }
    allowed.save(&file)
}

fn allow(path: &Path, names: &[String], console: &mut Console) -> Result<()> {
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
fn pool(dataset: &Dataset, needed: &[SuggesterConfig]) -> Result<SuggesterPool> {
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

// -- work ----------------------------------------------------------------------------------------

fn ask_all(path: &Path, console: &mut Console) -> Result<Ended> {
    let mut dataset = Dataset::open(path)?;
    let settings = SuggesterSettings::load(dataset.store())?;
    let used: Vec<SuggesterConfig> = settings.used().cloned().collect();
    ensure!(
        !used.is_empty(),
        "no suggester is used for any label\nhint: copydesk suggesters use {} LABEL=NAME",
        path.display()
    );
    let pool = pool(&dataset, &used)?;
    console.start("articles");
    let cancel = cancel_on_signal();
    let report = suggest_for_open(&pool, dataset.store_mut(), console, &cancel);
    pool.close();
    console.clear();
    let report = report?;
    told(&report, console);
    Ok(match (&report.stopped, report.cancelled, report.failed) {
        (Some(why), ..) => bail!("{why}"),
        (None, true, _) => Ended::Stopped,
        (None, false, 0) => Ended::Well,
        (None, false, _) => Ended::BadInput,
    })
}

fn told(report: &SuggestReport, console: &mut Console) {
    for problem in &report.problems {
        console.message(problem);
    }
    let mut parts = vec![format!(
        "asked about {}",
        counted(report.articles, "article", "articles")
    )];
    parts.push(format!("{} with new suggestions", number(report.changed)));
    if report.failed > 0 {
        parts.push(format!("{} without an answer", number(report.failed)));
    }
    if report.refused > 0 {
        let spans = counted(report.refused as u64, "span", "spans");
        parts.push(format!("{spans} refused"));
    }
    if report.cancelled {
        parts.push("stopped early".to_owned());
    }
    console.message(&parts.join("; "));
}

fn compare_all(
    path: &Path,
    most: usize,
    use_best: bool,
    json: bool,
    console: &mut Console,
) -> Result<Ended> {
    let dataset = Dataset::open_to_read(path)?;
    let settings = SuggesterSettings::load(dataset.store())?;
    let pool = pool(&dataset, &settings.suggesters)?;
    console.start("answers");
    let cancel = cancel_on_signal();
    let compared = compare(&pool, dataset.store(), most, console, &cancel);
    pool.close();
    console.clear();
    drop(dataset);
    let Some(comparison) = shared::unless_stopped(compared, console, "stopped")? else {
        return Ok(Ended::Stopped);
    };
    if json {
        console.raw_data(&format!("{:#}\n", as_json(&comparison)))?;
    } else {
        console.data(&table(&comparison))?;
    }
    if use_best {
        change(path, |settings, _| {
            for (source, name) in comparison.best() {
                settings.choose(&source, &name)?;
            }
            Ok(())
        })?;
        console.message("the best suggester is used for each label from now on");
    }
    let failed = comparison.rows.iter().any(|row| row.failed > 0);
    Ok(if failed { Ended::BadInput } else { Ended::Well })
}

// -- words ---------------------------------------------------------------------------------------

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

/// The comparison as a table.
fn table(comparison: &Comparison) -> String {
    let mut out = String::new();
    for task in [SuggestedTask::Entities, SuggestedTask::Regions] {
        let rows: Vec<&SuggesterScores> = comparison
            .rows
            .iter()
            .filter(|row| row.task == task)
            .collect();
        if rows.is_empty() {
            continue;
        }
        let labels = comparison.labels(task);
        let articles = counted(comparison.articles as u64, "article", "articles");
        out.push_str(&format!("{}, F1 on {articles}\n", task_words(task)));
        let names = labels.iter().map(|label| format!("{:>9}", label.as_str()));
        let names: String = names.collect();
        out.push_str(&format!("  {:<42}      all{names}    saved\n", "suggester"));
        for row in rows {
            let name = match row.model.is_empty() {
                true => row.name.clone(),
                false => format!("{} ({})", row.name, row.model),
            };
            let labels = labels.iter().map(|label| percent(row.f1_of(label)));
            let labels: String = labels.collect();
            out.push_str(&format!(
                "  {name:<42}{}{labels}{:>9.1}\n",
                percent(row.f1()),
                row.saved_per_100()
            ));
            if row.failed > 0 {
                out.push_str(&format!(
                    "    {} without an answer, such as {}\n",
                    counted(row.failed, "article", "articles"),
                    row.problems.first().map_or("", String::as_str)
                ));
            }
        }
    }
    out.push_str("saved: edits that an annotator saves for 100 entities or regions\n");
    let best: Vec<String> = comparison
        .best()
        .into_iter()
        .map(|(source, name)| match source {
            LabelSource::Regions => format!("regions={name}"),
            LabelSource::Entity(label) => format!("{label}={name}"),
        })
        .collect();
    if !best.is_empty() {
        out.push_str(&format!("best: {}\n", best.join(" ")));
    }
    out
}

fn percent(share: Option<f64>) -> String {
    match share {
        Some(share) => format!("{:>9.1}", share * 100.0),
        None => format!("{:>9}", "-"),
    }
}

fn as_json(comparison: &Comparison) -> Value {
    let rows = comparison.rows.iter().map(|row| {
        let labels: serde_json::Map<String, Value> = row
            .labels
            .0
            .iter()
            .map(|(label, counts)| {
                let scores = json!({
                    "precision": counts.precision(),
                    "recall": counts.recall(),
                    "f1": counts.f1(),
                    "gold": counts.gold,
                });
                (label.as_str().to_owned(), scores)
            })
            .collect();
        json!({
            "name": row.name,
            "model": row.model,
            "task": task_words(row.task),
            "competes": row.competes,
            "f1": row.f1(),
            "labels": labels,
            "gold": row.gold,
            "edits": row.edits,
            "edits_without": row.edits_without,
            "saved_per_100": row.saved_per_100(),
            "failed": row.failed,
            "refused": row.refused,
            "problems": row.problems,
        })
    });
    let best: serde_json::Map<String, Value> = comparison
        .best()
        .into_iter()
        .map(|(source, name)| match source {
            LabelSource::Regions => ("regions".to_owned(), name.into()),
            LabelSource::Entity(label) => (label.as_str().to_owned(), name.into()),
        })
        .collect();
    json!({
        "articles": comparison.articles,
        "rows": rows.collect::<Vec<_>>(),
        "best": best,
    })
}

#[cfg(test)]
mod tests {
    use super::TimeLimit;

    #[test]
    fn a_time_limit_is_written_with_its_unit() {
        let read = |words: &str| words.parse::<TimeLimit>().map(|limit| limit.0);
        assert_eq!(read("30s"), Ok(30));
        assert_eq!(read("30"), Ok(30));
        assert_eq!(read("2m"), Ok(120));
        for words in ["", "s", "2d", "-3s", "1.5s", "99999999999999999999s"] {
            assert!(read(words).is_err(), "{words}");
        }
    }
}
