//! Opening a dataset, and adding articles to one.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::job::{JobKind, Meter, SessionTask, ThreadTask};
use super::outcome::{JobOutcome, OpenedDataset, OpenedTeam};
use crate::dataset::config::{built_in_schemas, sample_dataset};
use crate::dataset::session::{Exporter, SessionHandle, SessionSetup, SuggesterSetup};
use crate::dataset::suggesters::{AllowedCommands, SuggesterPlan};
use crate::dataset::team::TeamPack;
use crate::dataset::{
    CancelFlag, Clock as _, Dataset, ImportOptions, ImportReport, Input, KeptExport, OpenTarget,
    ReviewSettings, SystemClock, WorkMode, full_path,
};
use crate::store::Store;

/// Who opens a dataset, and what is done in the background while it is open.
pub struct OpenOptions {
    /// Who works in it.
    pub annotator: String,
    /// Whether its JSONL export is kept up to date.
    pub keep_export: bool,
    /// Whether the models learn from what is done.
    pub learn: bool,
    /// Whether entities are suggested.
    pub tag: bool,
    /// The file with the commands that may run; `None`: none may.
    pub allowed_file: Option<PathBuf>,
}

/// Opens a dataset, or a folder or files of articles, made into a dataset beside them.
#[must_use]
pub fn open(paths: Vec<PathBuf>, options: OpenOptions) -> ThreadTask {
    ThreadTask::new(JobKind::Open, move |meter, cancel| {
        let opened = open_now(&paths, options, meter, cancel)?;
        Ok(JobOutcome::Opened(Box::new(opened)))
    })
}

/// Makes the sample dataset in this folder, if it is not there.
#[must_use]
pub fn place_sample(folder: PathBuf) -> ThreadTask {
    ThreadTask::new(JobKind::PlaceSample, move |_, _| {
        Ok(JobOutcome::SamplePlaced(sample_dataset::place(&folder)?))
    })
}

/// Adds files and folders to the open dataset.
#[must_use]
pub fn import(paths: Vec<PathBuf>) -> SessionTask {
    SessionTask::new(JobKind::Import, move |store, meter, cancel| {
        let report = import_into(store, &paths, meter, cancel)?;
        Ok(JobOutcome::Imported(
            report,
            std::mem::take(&mut meter.problems),
        ))
    })
}

pub(super) fn open_now(
    paths: &[PathBuf],
    options: OpenOptions,
    meter: &mut Meter,
    cancel: &CancelFlag,
) -> anyhow::Result<OpenedDataset> {
    let first = paths.first().context("nothing was chosen")?;
    let mut imported = None;
    let dataset = match OpenTarget::of(first)? {
        // By its full path, so that where one was is found again however the dataset is named next
        // time.
        OpenTarget::Dataset(path) => Dataset::open(&full_path(&path))?,
        OpenTarget::Articles { dataset, .. } => {
            // Several files are one dataset, named after the folder that they lie in.
            let path = match (paths, first.parent()) {
                ([_], _) | (_, None) => dataset,
                (_, Some(folder)) => match OpenTarget::of(folder)? {
                    OpenTarget::Dataset(path) | OpenTarget::Articles { dataset: path, .. } => path,
                },
            };
            let (mut dataset, _made) = Dataset::open_or_create(&path, built_in_schemas::news)?;
            let report = import_into(dataset.store_mut(), paths, meter, cancel)?;
            if report.added + report.refused + report.new_work > 0 {
                imported = Some((report, std::mem::take(&mut meter.problems)));
            }
            dataset
        }
    };
    // Who packed a dataset may have put anything beside it.
    let at_home = dataset.store().is_at_home()?;
    let exporter = if options.keep_export && at_home {
        Some(exporter(&dataset)?)
    } else {
        None
    };
    let path = dataset.path().to_owned();
    let earlier = dataset.earlier().map(Path::to_path_buf);
    let schema = dataset.store().schema()?;
    let mode = WorkMode::load(dataset.store())?;
    let review = ReviewSettings::load(dataset.store())?;
    let plan = SuggesterPlan::load(dataset.store())?;
    // A file that cannot be read allows nothing; the window asks again.
    let allowed = options.allowed_file.as_deref().map(AllowedCommands::load);
    let allowed = allowed.transpose().unwrap_or_default().unwrap_or_default();
    let team = team_of(&dataset)?;
    let setup = SessionSetup {
        // Only the work of the member is sent.
        annotator: match &team {
            Some(team) => team.member.clone(),
            None => options.annotator,
        },
        now_ms: || SystemClock.now_ms(),
        exporter,
        learn: options.learn,
        tag: options.tag,
        wake: meter.wake.clone(),
        store: dataset.into_store(),
    };
    let suggesters = SuggesterSetup {
        dataset: path.clone(),
        allowed: allowed.clone(),
    };
    let session = SessionHandle::start_with_suggesters(setup, suggesters)?;
    Ok(OpenedDataset {
        name: name_of(&path),
        imported,
        earlier,
        schema,
        path,
        session,
        team,
        asks_export: options.keep_export && !at_home,
        mode,
        plan,
        allowed,
        review,
    })
}

/// The team that a dataset is from.
fn team_of(dataset: &Dataset) -> anyhow::Result<Option<OpenedTeam>> {
    let Some(pack) = TeamPack::load(dataset.store())? else {
        return Ok(None);
    };
    Ok(Some(OpenedTeam {
        address: pack.server_address()?,
        member: pack.member,
        password: None,
        by_address: false,
    }))
}

fn import_into(
    store: &mut dyn Store,
    paths: &[PathBuf],
    meter: &mut Meter,
    cancel: &CancelFlag,
) -> anyhow::Result<ImportReport> {
    let inputs: Vec<Input> = paths
        .iter()
        .map(|path| Input::new(path.as_os_str()))
        .collect();
    crate::dataset::import(store, &inputs, &ImportOptions::default(), meter, cancel)
}

/// Keeps the JSONL beside the dataset up to date.
fn exporter(dataset: &Dataset) -> anyhow::Result<Exporter> {
    let kept = KeptExport::new(dataset.path(), dataset.store().writer()?);
    Ok(Box::new(move |store| kept.write(store)))
}

fn name_of(path: &Path) -> String {
    path.file_stem()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
