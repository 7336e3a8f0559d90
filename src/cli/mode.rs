//! `copydesk mode`.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::Ended;
use super::console::Console;
use crate::dataset::{Dataset, WorkMode};

/// Show or set what annotators of a dataset start from: the suggestions alone, or a colleague's labels
///
/// A dataset is independent unless it is set to review: each annotator starts from the suggestions and sees nothing of the
/// others' labels. In a dataset that is set to review NAME, whoever else opens an article that NAME has finished starts from
/// NAME's labels; those that stay as they are go on saying that they are NAME's. Agreement counts independent work only.
/// Labels that were imported with an annotator's name are that annotator's; imported without a name, they are suggestions.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk mode news.copydesk\n  copydesk mode news.copydesk review maria\n  copydesk mode news.copydesk independent"
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// The mode to set; without it, the mode is printed
    #[arg(value_enum)]
    mode: Option<Word>,
    /// Whose labels are reviewed
    name: Option<String>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Word {
    /// Each annotator starts from the suggestions alone
    Independent,
    /// Annotators start from NAME's labels
    Review,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    let mode = match (args.mode, &args.name) {
        (None, _) => {
            let dataset = Dataset::open_to_read(&args.dataset)?;
            let words = match WorkMode::load(dataset.store())? {
                WorkMode::Independent => "independent\n".to_owned(),
                WorkMode::Review(name) => format!("review {name}\n"),
            };
            console.data(&words)?;
            return Ok(Ended::Well);
        }
        (Some(Word::Independent), None) => WorkMode::Independent,
        (Some(Word::Independent), Some(name)) => {
            bail!("an independent dataset reviews nobody, so {name} has no place here")
        }
        (Some(Word::Review), None) => {
            bail!("whose labels are to be reviewed?\nhint: copydesk mode DATASET review NAME")
        }
        (Some(Word::Review), Some(name)) => WorkMode::Review(name.trim().to_owned()),
    };
    let mut dataset = Dataset::open(&args.dataset)?;
    if let WorkMode::Review(name) = &mode {
        let names = dataset.store().facets()?.annotators;
        if !names.iter().any(|(known, _)| known == name) {
            let names: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
            let hint = if names.is_empty() {
                "nobody has labelled anything in this dataset yet".to_owned()
            } else {
                format!("these have: {}", names.join(", "))
            };
            bail!("{name:?} has labelled nothing in this dataset\nhint: {hint}");
        }
    }
    mode.save(dataset.store_mut())?;
    console.say(&match &mode {
        WorkMode::Independent => {
            "independent: each annotator starts from the suggestions alone".to_owned()
        }
        WorkMode::Review(name) => {
            format!("review: other annotators start from the articles that {name} has finished")
        }
    });
    Ok(Ended::Well)
}
