//! What jobs bring.

use std::path::PathBuf;

use super::merge_choice::MergeChoice;
use crate::dataset::adjudication::{AdjudicationReport, ReviewRow};
use crate::dataset::maintenance::merge::MergeReport;
use crate::dataset::maintenance::name_view::{NameView, Relabelled, UndoneRelabelling};
use crate::dataset::maintenance::schema_change::Changed;
use crate::dataset::maintenance::split_work::Pack;
use crate::dataset::report::model_check::KeptCheck;
use crate::dataset::report::pair_agreement::MeasuredAgreement;
use crate::dataset::session::SessionHandle;
use crate::dataset::suggesters::{
    AllowedCommands, Comparison, KnownModels, SuggestReport, SuggesterPlan,
};
use crate::dataset::team::{Password, ServerAddress};
use crate::dataset::{
    ExportChoice, Exported, ImportReport, LabelledCopy, ReviewSettings, SchemaChange, Touched,
    WorkMode,
};
use crate::model::Schema;

/// A change of the schema with what it would touch, or why that could not be counted.
pub type CountedChange = (Box<SchemaChange>, Result<Vec<Touched>, String>);

/// What a job brings when it ends well. The path names the dataset that it was done in.
pub enum JobOutcome {
    /// A dataset is open.
    Opened(Box<OpenedDataset>),
    /// The file of a team's member could not be made: the address, and why; no reason if a password
    /// is needed.
    TeamNotOpened(Box<ServerAddress>, Option<String>),
    /// The sample dataset is in this file.
    SamplePlaced(PathBuf),
    /// Articles were added, with the first few problems.
    Imported(ImportReport, Vec<String>),
    /// A chart was saved as this file.
    PlotSaved(PathBuf),
    /// An export, as it was chosen, has ended.
    Exported(PathBuf, Box<ExportChoice>, Box<Exported>),
    /// The labels that a change of the schema would touch.
    ChangeCounted(CountedChange),
    /// The schema was changed; the number is how many finished articles may lack labels now.
    SchemaChanged(Box<SchemaChange>, Changed, usize),
    /// The articles to review.
    AnnotatorsCompared(PathBuf, Vec<ReviewRow>),
    /// Articles on which all agree were finished.
    UnanimousFinished(PathBuf, Box<AdjudicationReport>),
    /// Labels were copied to duplicates.
    LabelsCopied(Vec<LabelledCopy>),
    /// Other programs were asked about all open articles; the models that have suggested.
    SuggestedForOpen(Box<SuggestReport>, KnownModels),
    /// Suggesters were compared.
    SuggestersCompared(Box<Comparison>),
    /// A name was looked up.
    NameFound(PathBuf, Box<NameView>),
    /// A name was relabelled.
    Relabelled(PathBuf, Box<Relabelled>),
    /// What a merge would do was counted, or why that could not be.
    MergeCounted(Box<MergeChoice>, Result<MergeReport, String>),
    /// Work was merged into this dataset.
    Merged(PathBuf, MergeReport),
    /// The work was split into these datasets in a folder.
    WorkSplit(PathBuf, Vec<Pack>),
    /// A relabelling was taken back.
    RelabellingUndone(PathBuf, Box<Relabelled>, Box<UndoneRelabelling>),
    /// The models checked finished work.
    ModelChecked(PathBuf, Box<KeptCheck>),
    /// A doubt was dismissed.
    DoubtDismissed,
    /// The agreement of annotators was measured.
    AgreementMeasured(PathBuf, Box<MeasuredAgreement>),
}

/// A dataset that was opened.
pub struct OpenedDataset {
    /// Its name, without the path.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// Its labels.
    pub schema: Schema,
    /// The threads that read and write it.
    pub session: SessionHandle,
    /// What was added to it, with the first few problems, if articles were.
    pub imported: Option<(ImportReport, Vec<String>)>,
    /// The copy of it in its earlier format, if opening it brought it up to date.
    pub earlier: Option<PathBuf>,
    /// Whether it comes from elsewhere, and nobody has said that its export may be written beside
    /// it.
    pub asks_export: bool,
    /// How its annotators work beside each other.
    pub mode: WorkMode,
    /// Its suggesters, and the models that have suggested.
    pub plan: SuggesterPlan,
    /// The commands that may run on this machine.
    pub allowed: AllowedCommands,
    /// How their work is reviewed.
    pub review: ReviewSettings,
    /// The team that its articles are from.
    pub team: Option<OpenedTeam>,
}

/// The team of a dataset that was opened.
pub struct OpenedTeam {
    /// The address, without a password.
    pub address: ServerAddress,
    /// The login, under which the session works.
    pub member: String,
    /// A password that was typed.
    pub password: Option<Password>,
    /// Whether the dataset was opened by the address of the team, and not by its file.
    pub by_address: bool,
}
