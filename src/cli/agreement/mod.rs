//! `copydesk agreement`.

mod json;
mod table;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, InputOptions};
use crate::dataset::io::sources::WorkSource;
use crate::dataset::report::agreement::{AgreementOptions, Compared, agreement, agreement_of};
use crate::dataset::report::html;
use crate::dataset::report::quality::GoldAnnotations;
use crate::dataset::{self, Calendar, CancelFlag, Dataset, ImportOptions};
use crate::model::Schema;

/// Measure how far annotators agree, in a dataset or between files of which each holds one person's
/// work
///
/// Only finished work counts that was done without seeing a colleague's labels; what is left out is
/// counted and named. Regions are compared by characters that are not white space, entities by
/// spans. Sums are pooled over articles before ratios are made. `docs/agreement.md` explains each
/// figure.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk agreement news.copydesk\n  copydesk agreement ada.jsonl ben.jsonl --json | jq '.all.regions'\n  copydesk agreement news.copydesk --list | grep ORG"
)]
pub(super) struct Args {
    /// A dataset, or files of records, datasets or both; a record that names no annotator is its
    /// file's
    #[arg(required = true, value_name = "DATASET|FILE")]
    inputs: Vec<OsString>,
    #[command(flatten)]
    input: InputOptions,
    /// As JSON, with every figure, the articles and the places behind them
    #[arg(long)]
    json: bool,
    /// List each place where two annotators differ instead, tab-separated: regions or entities,
    /// article, start and end in code points, first annotator, second annotator, label of the
    /// first, label of the second, words
    #[arg(long, conflicts_with = "json")]
    list: bool,
    /// Also write a report to send: one page with everything in it
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Also compare each annotator with finished annotations that are known to be right: a dataset or
    /// a file of records. Annotators need not know which articles these are
    #[arg(long, value_name = "DATASET|FILE")]
    gold: Option<OsString>,
    /// Leave gamma out, which takes most of the time
    #[arg(long)]
    no_gamma: bool,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    let inputs = shared::existing(&args.inputs)?;
    if let Some(out) = &args.html {
        dataset::check_output(out, args.inputs.iter().map(Path::new))?;
    }
    let sources: Vec<WorkSource> = inputs.into_iter().map(WorkSource::new).collect();
    console.start("articles");
    let cancel = cancel_on_signal();
    let import = ImportOptions {
        format: args.input.format(),
        read: args.input.read(),
        jobs: 0,
    };
    let mut refused_gold = 0;
    let gold = match &args.gold {
        None => None,
        Some(file) => match read_gold(file, &import, console, &cancel)? {
            Some((gold, refused)) => {
                refused_gold = refused;
                Some(gold)
            }
            None => return Ok(Ended::Stopped),
        },
    };
    let options = AgreementOptions {
        gamma: !(args.no_gamma || args.list),
        gold,
    };
    let mut schema = None;
    let found = match sources.as_slice() {
        [WorkSource::Dataset(path)] => {
            let dataset = Dataset::open_to_read(path)?;
            schema = Some(dataset.store().schema()?);
            agreement(dataset.store(), &options, console, &cancel)
        }
        sources => agreement_of(sources, &import, &options, console, &cancel),
    };
    console.clear();
    let Some(compared) = shared::unless_stopped(found, console, "stopped")? else {
        return Ok(Ended::Stopped);
    };
    for (file, name) in &compared.named_by_file {
        console.message(&format!(
            "{file} names no annotator: taken for {name}, as the file is called"
        ));
    }
    let calendar = Calendar::of_the_system();
    if let Some(path) = &args.html {
        write_html(path, &args.inputs, &compared, &calendar, schema.as_ref())?;
    }
    if args.json {
        let told = json::of(&compared, &calendar);
        console.data(&format!("{told:#}\n"))?;
    } else if args.list {
        console.data(&table::places(&compared))?;
    } else {
        console.data(&table::of(&compared, &calendar))?;
    }
    Ok(match compared.faults.refused + refused_gold {
        0 => Ended::Well,
        _ => Ended::BadInput,
    })
}

/// Reads gold, and says how many of its records were refused; `None` if it was stopped.
fn read_gold(
    file: &OsString,
    import: &ImportOptions,
    console: &mut Console,
    cancel: &CancelFlag,
) -> Result<Option<(Arc<GoldAnnotations>, u64)>> {
    let inputs = shared::existing(std::slice::from_ref(file))?;
    let Some(input) = inputs.into_iter().next() else {
        bail!("--gold names no file");
    };
    let found = GoldAnnotations::read(&WorkSource::new(input), import, console, cancel);
    let Some((gold, faults)) = shared::unless_stopped(found, console, "stopped")? else {
        return Ok(None);
    };
    if gold.is_empty() {
        bail!(
            "{} has no finished annotation to compare with",
            Path::new(file).display()
        );
    }
    Ok(Some((Arc::new(gold), faults.refused)))
}

fn write_html(
    path: &Path,
    inputs: &[OsString],
    compared: &Compared,
    calendar: &Calendar,
    schema: Option<&Schema>,
) -> Result<()> {
    let name = match inputs {
        [one] => Path::new(one).file_stem().unwrap_or_default(),
        _ => "agreement".as_ref(),
    };
    let name = name.to_string_lossy();
    let page = html::agreement_page(&name, compared, calendar, schema);
    dataset::write_picture(path, page.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}
