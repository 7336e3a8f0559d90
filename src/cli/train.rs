//! `copydesk train`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared;
use crate::dataset::entities;
use crate::dataset::train::{self, Options};
use crate::dataset::{CancelFlag, write_picture};
use crate::model::figures::counted;

/// Train the region model from labelled records, and say how good it is on sites that it has not seen
///
/// The records are native ones; one with "html" beside its text teaches what the page looks like, too. Held-out
/// scores come from parts of the sites (of "site", or the host of "url"), each labelled by a model that learnt from the others.
/// The same records, options and seed give the same bytes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk export news.copydesk --out gold.jsonl && copydesk train gold.jsonl --out news.crf\n  copydesk prelabel new/ --model news.crf"
)]
pub(super) struct Args {
    /// Labelled records; gzip is read through
    #[arg(required = true, value_name = "GOLD.jsonl")]
    gold: Vec<OsString>,
    /// Where to write the model [default: only measure]
    #[arg(long, value_name = "MODEL")]
    out: Option<PathBuf>,
    /// What to learn
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    only: shared::Only,
    /// In how many parts the sites are dealt out to measure with; 0 measures nothing
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = shared::whole::<0, 1000>)]
    folds: usize,
    /// By which the sites are dealt out
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How dear it is to leave the rules' weights: the larger, the plainer the model; less with few records
    #[arg(long, value_name = "X", default_value_t = train::defaults().l2, value_parser = shared::amount)]
    l2: f64,
    /// How much more a long block of a page counts than a short one
    #[arg(long, value_name = "X", default_value_t = train::defaults().cost, value_parser = shared::amount)]
    cost: f64,

    /// How much more it costs to miss a comment than to see one where there is none
    #[arg(long, value_name = "X", default_value_t = train::MISSED_COMMENT, value_parser = shared::amount)]
    missed: f64,
    /// How often each article is gone over [default: what was found best]
    #[arg(long, value_name = "N", value_parser = shared::whole::<1, 10_000>)]
    rounds: Option<usize>,
    /// How large the first steps are
    #[arg(long, value_name = "X", default_value_t = train::defaults().rate, value_parser = shared::amount_above_0)]
    rate: f64,
    /// Clues to do without, to see what they are worth
    #[arg(long, value_name = "CLUE", value_delimiter = ',')]
    without: Vec<String>,
    /// How often the model looks: the second look sees what the first took everything for
    #[arg(long, value_name = "1|2", default_value_t = 1, value_parser = shared::whole::<1, 2>)]
    looks: usize,
    /// A folder for what was suggested on sites that were not seen: texts.jsonl, pages.jsonl
    #[arg(long, value_name = "FOLDER")]
    suggested: Option<PathBuf>,
    /// How many models are trained at once [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = shared::jobs)]
    jobs: usize,
}

/// The files of `--suggested`: what was suggested in texts, and in pages.
const SUGGESTED: [&str; 2] = ["texts.jsonl", "pages.jsonl"];

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    let suggested = |folder: &PathBuf| SUGGESTED.map(|name| folder.join(name));
    let suggested = args.suggested.as_ref().map(suggested);
    for out in args.out.iter().chain(suggested.iter().flatten()) {
        shared::check_output(out, &args.gold, [])?;
    }
    let cancel = cancel_on_signal();
    console.start("records");
    if args.only == shared::Only::Entities {
        return run_entities(args, console, &cancel);
    }
    let (gold, bad) = shared::gold(&args.gold, console, &cancel)?;
    let mut learn = train::defaults();
    (learn.l2, learn.cost) = (args.l2, args.cost);
    (learn.rounds, learn.rate) = (args.rounds.unwrap_or(learn.rounds), args.rate);
    let options = Options {
        learn,
        folds: args.folds,
        seed: args.seed,
        without: args.without.clone(),
        missed: args.missed,
        looks: args.looks,
        jobs: args.jobs,
    };
    let outcome = train::train_regions(&gold, &options, console, &cancel)?;
    console.clear();
    let mut report = format!(
        "{} and {} of {}, labels: {}\n",
        counted(outcome.texts as u64, "text", "texts"),
        counted(outcome.pages as u64, "page", "pages"),
        counted(outcome.sites as u64, "site", "sites"),
        outcome.model.labels().join(", ")
    );
    if options.folds >= 2 {
        for (name, scores) in [
            ("texts, held out", &outcome.held_out.texts),
            ("pages, held out", &outcome.held_out.pages),
        ] {
            let [core, full] = scores;
            if core.articles > 0 {
                report.push_str(&shared::score_table(&format!("{name}, core"), core));
                report.push_str(&shared::score_table(&format!("{name}, every label"), full));
            }
        }
    }
    if let Some(folder) = &args.suggested {
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            write_picture(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
        };
        for (name, records) in SUGGESTED.iter().zip(&outcome.held_out.suggested) {
            write(name, records)?;
        }
    }
    if let Some(path) = &args.out {
        train::save(&outcome.model, path)?;
    }
    console.data(&report)?;
    Ok(if bad > 0 {
        Ended::BadInput
    } else {
        Ended::Well
    })
}

fn run_entities(args: &Args, console: &mut Console, cancel: &CancelFlag) -> Result<Ended> {
    let (gold, bad) = shared::entity_gold(&args.gold, console, cancel)?;
    let mut options = entities::train::Options {
        seed: args.seed,
        ..Default::default()
    };
    options.rounds = args.rounds.unwrap_or(options.rounds);
    let outcome =
        entities::train::train_entities(&gold, &options, args.folds, args.jobs, console, cancel)?;
    console.clear();
    let mut report = format!(
        "{} with {}, labels: {}\n",
        counted(outcome.articles as u64, "article", "articles"),
        counted(outcome.entities as u64, "entity", "entities"),
        outcome.model.types.join(", ")
    );
    if args.folds >= 2 {
        report.push_str(&shared::entity_table("held out", &outcome.held_out));
    }
    if let Some(path) = &args.out {
        entities::save(&outcome.model, path)?;
    }
    console.data(&report)?;
    Ok(if bad > 0 {
        Ended::BadInput
    } else {
        Ended::Well
    })
}
