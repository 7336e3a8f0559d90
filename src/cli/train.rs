//! `copydesk train`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::figures_json;
use super::shared;
use crate::dataset::training::entities;
use crate::dataset::training::regions::train;
use crate::dataset::training::regions::train::RegionTrainingOptions;
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
    #[arg(long, alias = "only", value_enum, default_value_t, value_name = "TASK")]
    task: shared::Task,
    /// In how many parts the sites are dealt out to measure with; 0 measures nothing
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = shared::whole::<0, 1000>)]
    folds: usize,
    /// By which the sites are dealt out
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// L2 penalty towards the rules' weights; larger values give a simpler model [default: 250 for pages, 20 for texts; less with few records]
    #[arg(long, value_name = "X", value_parser = shared::amount)]
    l2: Option<f64>,
    /// How much more a long block of a page counts than a short one
    #[arg(long, value_name = "X", default_value_t = train::defaults().page.learn.cost, value_parser = shared::amount)]
    cost: f64,

    /// How much more it costs to miss a comment than to see one where there is none [default: 1.3]
    #[arg(long, alias = "missed-comment-cost", value_name = "X", value_parser = shared::amount)]
    missed: Option<f64>,
    /// How often each article is gone over [default: 12 for pages, 25 for texts]
    #[arg(long, value_name = "N", value_parser = shared::whole::<1, 10_000>)]
    rounds: Option<usize>,
    /// How large the first steps are
    #[arg(long, value_name = "X", default_value_t = train::defaults().page.learn.rate, value_parser = shared::amount_above_0)]
    rate: f64,
    /// Clues to do without, to see what they are worth
    #[arg(long, value_name = "CLUE", value_delimiter = ',')]
    without: Vec<String>,
    /// Passes over each article: the second one sees what the first took everything for [default: 2 for texts of over 60 blocks, else 1]
    #[arg(long, alias = "looks", value_name = "1|2", value_parser = shared::whole::<1, 2>)]
    passes: Option<usize>,
    /// A folder for what was suggested on sites that were not seen: texts.jsonl, pages.jsonl
    #[arg(long, value_name = "FOLDER")]
    suggested: Option<PathBuf>,
    /// A folder of voice models, voice-0.bin and so on: for each fold of the records the one that has heard nothing of it
    #[arg(long, value_name = "FOLDER", hide = true)]
    voices: Option<PathBuf>,
    /// How many models are trained at once [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = shared::jobs)]
    jobs: usize,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
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
    if args.task == shared::Task::Entities {
        return run_entities(args, console, &cancel);
    }
    let (gold, bad) = shared::gold(&args.gold, console, &cancel)?;
    let mut kinds = train::defaults();
    for kind in [&mut kinds.page, &mut kinds.long_text, &mut kinds.short_text] {
        let learn = &mut kind.learn;
        (learn.cost, learn.rate) = (args.cost, args.rate);
        learn.l2 = args.l2.unwrap_or(learn.l2);
        learn.rounds = args.rounds.unwrap_or(learn.rounds);
        kind.missed = args.missed.unwrap_or(kind.missed);
        kind.passes = args.passes.unwrap_or(kind.passes);
    }
    let options = RegionTrainingOptions {
        kinds,
        folds: args.folds,
        seed: args.seed,
        without: args.without.clone(),
        jobs: args.jobs,
        voices: args.voices.as_deref().map_or(Ok(Vec::new()), read_voices)?,
    };
    let outcome = train::train_regions(&gold, &options, console, &cancel)?;
    console.clear();
    let mut told = json!({
        "task": "regions",
        "texts": outcome.texts,
        "pages": outcome.pages,
        "sites": outcome.sites,
        "labels": outcome.model.labels(),
        "held_out": {},
    });
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
                let kind = name.split(',').next().unwrap_or(name);
                told["held_out"][kind] = json!({
                    "core": figures_json::regions(core),
                    "full": figures_json::regions(full),
                });
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
    if args.json {
        console.raw_data(&format!("{told:#}\n"))?;
    } else {
        console.data(&report)?;
    }
    Ok(if bad > 0 {
        Ended::BadInput
    } else {
        Ended::Well
    })
}

/// Reads the voice models of a folder, by number.
fn read_voices(folder: &std::path::Path) -> Result<Vec<train::VoiceModel>> {
    let mut voices = Vec::new();
    loop {
        let path = folder.join(format!("voice-{}.bin", voices.len()));
        if !path.exists() && !voices.is_empty() {
            return Ok(voices);
        }
        let bytes =
            std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let read = train::VoiceModel::read(&bytes);
        voices.push(read.map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))?);
    }
}

fn run_entities(args: &Args, console: &mut Console, cancel: &CancelFlag) -> Result<Ended> {
    let (gold, bad) = shared::entity_gold(&args.gold, console, cancel)?;
    let mut options = entities::train::Hyperparameters {
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
    if args.json {
        let held_out = (args.folds >= 2).then(|| figures_json::entities(&outcome.held_out));
        let told = json!({
            "task": "entities",
            "articles": outcome.articles,
            "entities": outcome.entities,
            "labels": outcome.model.types,
            "held_out": held_out,
        });
        console.raw_data(&format!("{told:#}\n"))?;
    } else {
        console.data(&report)?;
    }
    Ok(if bad > 0 {
        Ended::BadInput
    } else {
        Ended::Well
    })
}
