//! `copydesk suggesters compare`.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::super::console::{Console, cancel_on_signal};
use super::super::{Ended, shared};
use super::consent::pool;
use super::{change, task_words};
use crate::dataset::Dataset;
use crate::dataset::suggesters::{
    Comparison, LabelSource, SuggesterScores, SuggesterSettings, compare,
};
use crate::formats::metadata::suggested_by::SuggestedTask;
use crate::model::figures::counted;

pub(super) fn compare_all(
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
