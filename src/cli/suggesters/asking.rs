//! `copydesk suggesters run`.

use std::path::Path;

use anyhow::{Result, bail, ensure};

use super::super::Ended;
use super::super::console::{Console, cancel_on_signal};
use super::consent::pool;
use crate::dataset::Dataset;
use crate::dataset::suggesters::{
    SuggestReport, SuggesterConfig, SuggesterSettings, suggest_for_open,
};
use crate::model::figures::{counted, number};

pub(super) fn ask_all(path: &Path, console: &mut Console) -> Result<Ended> {
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
    report_to(&report, console);
    Ok(match (&report.stopped, report.cancelled, report.failed) {
        (Some(why), ..) => bail!("{why}"),
        (None, true, _) => Ended::Stopped,
        (None, false, 0) => Ended::Well,
        (None, false, _) => Ended::BadInput,
    })
}

fn report_to(report: &SuggestReport, console: &mut Console) {
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
