//! `copydesk train`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::figures_json;
use super::shared;
use super::tables;
use super::values;
use crate::dataset::training::entities;
use crate::dataset::training::regions::train;
use crate::dataset::training::regions::train::RegionTrainingOptions;
use crate::dataset::{CancelFlag, write_picture};
use crate::model::figures::counted;

/// Train a region or entity model and print its scores on held-out sites
///
/// Reads native records; a record with "html" beside its text also trains the features of pages.
/// For the scores, the sites (the field "site", or the site of "url") are divided into folds, and
/// each fold is labelled by a model trained on the others. The same records, options and seed give
/// the same bytes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk export news.copydesk --out gold.jsonl && copydesk train gold.jsonl --out news.crf\n  copydesk prelabel new/ --model news.crf"
)]
pub(super) struct Args {
    /// Labelled records; gzip is decompressed
    #[arg(required = true, value_name = "GOLD.jsonl")]
    gold: Vec<OsString>,
    /// The model file to write [default: only print the scores]
    #[arg(long, value_name = "MODEL")]
    out: Option<PathBuf>,
    /// What to train
    #[arg(long, alias = "only", value_enum, default_value_t, value_name = "TASK")]
    task: shared::Task,
    /// Number of folds for held-out scores; 0 prints no scores
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = values::whole::<0, 1000>)]
    folds: usize,
    /// Seed for dividing the sites into folds
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// L2 penalty towards the initial weights; larger values give a simpler model [default: 250 for
    /// pages, 20 for texts; less with few records]
    #[arg(long, value_name = "X", value_parser = values::amount)]
    l2: Option<f64>,
    /// How much more a long block of a page weighs than a short one
    #[arg(long, value_name = "X", default_value_t = train::defaults().page.learn.cost, value_parser = values::amount)]
    cost: f64,
    /// Cost of a missed comment, relative to a comment where there is none [default: 1.3]
    #[arg(long, alias = "missed", value_name = "X", value_parser = values::amount)]
    missed_comment_cost: Option<f64>,
    /// Number of passes over the training data [default: 12 for pages, 25 for texts]
    #[arg(long, value_name = "N", value_parser = values::whole::<1, 10_000>)]
    rounds: Option<usize>,
    /// Initial learning rate
    #[arg(long, value_name = "X", default_value_t = train::defaults().page.learn.rate, value_parser = values::amount_above_0)]
    rate: f64,
    /// Features to leave out, to measure their effect
    #[arg(long, alias = "without", value_name = "FEATURE", value_delimiter = ',')]
    without_feature: Vec<String>,
    /// Prediction passes over each article; the second one uses the labels of the first [default: 2
    /// for texts of more than 60 blocks, else 1]
    #[arg(long, alias = "looks", value_name = "1|2", value_parser = values::whole::<1, 2>)]
    passes: Option<usize>,
    /// A folder for the suggestions on held-out sites: texts.jsonl, pages.jsonl
    #[arg(long, value_name = "FOLDER")]
    suggested: Option<PathBuf>,
    /// A folder for the models that the program ships: one of all languages, and a pack for each
    #[arg(long, value_name = "FOLDER", hide = true, conflicts_with = "out")]
    languages: Option<PathBuf>,
    /// A folder of voice models, voice-0.bin and so on: one for each fold, trained without it
    #[arg(long, value_name = "FOLDER", hide = true)]
    voices: Option<PathBuf>,
    /// The share of the characters of held-out sites that the scores show as unsure
    #[arg(long, value_name = "SHARE", default_value_t = 0.15, hide = true, value_parser = values::amount_above_0)]
    unsure: f64,
    /// A folder of trained models, regions.crf and regions-0.crf and so on: those in it are not
    /// trained again, and those that are not in it are written. Made from other records or options,
    /// they give wrong scores
    #[arg(long, value_name = "FOLDER", hide = true)]
    trained: Option<PathBuf>,
    /// Number of models trained in parallel [default: one per core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = values::jobs)]
    jobs: usize,
    /// Print the scores as JSON
    #[arg(long)]
    json: bool,
}

/// The files of `--suggested`: suggestions for texts and for pages.
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
        kind.missed = args.missed_comment_cost.unwrap_or(kind.missed);
        kind.passes = args.passes.unwrap_or(kind.passes);
    }
    let options = RegionTrainingOptions {
        kinds,
        folds: args.folds,
        seed: args.seed,
        without: args.without_feature.clone(),
        jobs: args.jobs,
        voices: args.voices.as_deref().map_or(Ok(Vec::new()), read_voices)?,
        unsure: args.unsure,
        trained: match &args.trained {
            Some(folder) => read_trained(folder, args.folds)?,
            None => train::TrainedModels::default(),
        },
    };
    let outcome = train::train_regions(&gold, &options, console, &cancel)?;
    if let Some(folder) = &args.trained {
        write_trained(folder, &outcome)?;
    }
    console.clear();
    let (figures, table) = region_report(&outcome, options.folds);
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
        console.raw_data(&format!("{figures:#}\n"))?;
    } else {
        console.data(&table)?;
    }
    Ok(if bad > 0 {
        Ended::BadInput
    } else {
        Ended::Well
    })
}

/// Returns the held-out scores as JSON and as a table.
fn region_report(outcome: &train::TrainedRegions, folds: usize) -> (Value, String) {
    let mut figures = json!({
        "task": "regions",
        "texts": outcome.texts,
        "pages": outcome.pages,
        "sites": outcome.sites,
        "labels": outcome.model.labels(),
        "held_out": {},
    });
    let mut table = format!(
        "{} and {} of {}, labels: {}\n",
        counted(outcome.texts as u64, "text", "texts"),
        counted(outcome.pages as u64, "page", "pages"),
        counted(outcome.sites as u64, "site", "sites"),
        outcome.model.labels().join(", ")
    );
    if folds >= 2 {
        for (name, scores) in [
            ("texts, held out", &outcome.held_out.texts),
            ("pages, held out", &outcome.held_out.pages),
        ] {
            let [core, full] = scores;
            if core.articles > 0 {
                let kind = name.split(',').next().unwrap_or(name);
                figures["held_out"][kind] = json!({
                    "core": figures_json::regions(core),
                    "full": figures_json::regions(full),
                });
                table.push_str(&tables::score_table(&format!("{name}, core"), core));
                table.push_str(&tables::score_table(&format!("{name}, every label"), full));
            }
        }
    }
    (figures, table)
}

/// Returns the path of the model that leaves out a fold, or of the one from all records.
fn trained_path(folder: &Path, left_out: Option<usize>) -> PathBuf {
    folder.join(left_out.map_or("regions.crf".into(), |fold| format!("regions-{fold}.crf")))
}

/// Reads the trained models of a folder, as far as it has them.
fn read_trained(folder: &Path, folds: usize) -> Result<train::TrainedModels> {
    let read = |left_out| {
        let path = trained_path(folder, left_out);
        path.exists().then(|| train::load(&path)).transpose()
    };
    let mut models = train::TrainedModels {
        whole: read(None)?,
        ..Default::default()
    };
    for fold in 0..folds {
        let Some(model) = read(Some(fold))? else {
            break;
        };
        models.without.push(model);
    }
    Ok(models)
}

/// Writes the models for [`read_trained`].
fn write_trained(folder: &Path, outcome: &train::TrainedRegions) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    train::save(&outcome.model, &trained_path(folder, None))?;
    for (fold, model) in outcome.without.iter().enumerate() {
        train::save(model, &trained_path(folder, Some(fold)))?;
    }
    Ok(())
}

/// Reads the voice models of a folder, by number.
fn read_voices(folder: &Path) -> Result<Vec<train::VoiceModel>> {
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
    if let Some(folder) = &args.languages {
        run_languages(args, folder, &gold, console, cancel)?;
        return Ok(if bad > 0 {
            Ended::BadInput
        } else {
            Ended::Well
        });
    }
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
        report.push_str(&tables::entity_table("held out", &outcome.held_out));
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

/// Writes what was suggested on held-out sites, as records with offsets of code points.
fn write_entities(
    folder: &Path,
    suggested: &[entities::train_languages::Suggested<'_>],
) -> Result<()> {
    let path = folder.join("entities.jsonl");
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let mut lines = String::new();
    for entities::train_languages::Suggested { gold, found } in suggested {
        let entities: Vec<Value> = found
            .entities()
            .iter()
            .map(|entity| {
                json!({
                    "start": gold.text.char_of_byte(entity.span.start()).0,
                    "end": gold.text.char_of_byte(entity.span.end()).0,
                    "label": entity.label.as_str(),
                    "score": entity.provenance.score().map(crate::model::Score::value),
                })
            })
            .collect();
        let record = json!({"id": gold.id, "entities": entities});
        lines.push_str(&format!("{record}\n"));
    }
    crate::dataset::io::output::write_whole(&path, lines.as_bytes())
}

/// Writes the models of all languages, or prints their scores on held-out sites if there are folds.
fn run_languages(
    args: &Args,
    folder: &Path,
    gold: &[entities::gold::Gold],
    console: &mut Console,
    cancel: &CancelFlag,
) -> Result<()> {
    let languages = entities::train_languages::MultilingualGold::new(gold, args.jobs)?;
    if args.folds >= 2 {
        let (sets, suggested) = languages.held_out(args.folds, console, cancel)?;
        console.clear();
        if let Some(folder) = &args.suggested {
            write_entities(folder, &suggested)?;
        }
        return console.data(&tables::set_table(&sets));
    }
    let models = languages.train(console, cancel)?;
    console.clear();
    let files = models.save(folder)?.into_iter();
    let report: Vec<String> = files
        .map(|(name, size)| format!("{name}\t{size} bytes\n"))
        .collect();
    console.data(&report.concat())
}
