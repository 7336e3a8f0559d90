//! `copydesk mode`.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::Ended;
use super::console::Console;
use crate::dataset::{Dataset, WorkMode};

/// Show or set whether annotators start from suggestions or from a colleague's labels
///
/// In the mode `independent`, the default, each annotator starts from the suggestions and does not
/// see the labels of others. In the mode `review NAME`, others start from the articles that NAME
/// has finished; unchanged labels remain NAME's. Agreement counts independent work only. Labels
/// imported with an annotator's name belong to that annotator; without a name they are suggestions.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk mode news.copydesk\n  copydesk mode news.copydesk review maria\n  copydesk mode news.copydesk independent"
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// The mode to set [default: print the current mode]
    #[arg(value_enum)]
    mode: Option<Word>,
    /// The annotator whose labels are reviewed
    name: Option<String>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Word {
    /// Each annotator starts from the suggestions
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
            bail!(
                "the mode independent takes no name, but got {name}\nhint: copydesk mode DATASET independent"
            )
        }
        (Some(Word::Review), None) => {
            bail!(
                "the mode review needs the name of an annotator\nhint: copydesk mode DATASET review NAME"
            )
        }
        (Some(Word::Review), Some(name)) => WorkMode::Review(name.trim().to_owned()),
    };
    let mut dataset = Dataset::open(&args.dataset)?;
    if let WorkMode::Review(name) = &mode {
        let names = dataset.store().facets()?.annotators;
        if !names.iter().any(|(known, _)| known == name) {
            let names: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
            let hint = if names.is_empty() {
                "nobody has labelled anything in it yet".to_owned()
            } else {
                format!("its annotators are {}", names.join(", "))
            };
            bail!("there is no annotator {name:?} in this dataset\nhint: {hint}");
        }
    }
    mode.save(dataset.store_mut())?;
    console.message(&match &mode {
        WorkMode::Independent => {
            "independent: each annotator starts from the suggestions".to_owned()
        }
        WorkMode::Review(name) => {
            format!("review: other annotators start from the articles that {name} has finished")
        }
    });
    Ok(Ended::Well)
}
