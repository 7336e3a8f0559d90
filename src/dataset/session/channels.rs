//! What the threads of a session send to each other.

use std::sync::Arc;

use super::messages::{LearnerRequest, Loaded, WriterRequest};
use crate::dataset::suggesters::KnownModel;
use crate::model::Schema;
use crate::store::{ModelSnapshot, Revision, Store, Suggestions};

/// A job, called once on its thread: with a store, or with the reason why there is none.
pub(super) type Job = Box<dyn FnOnce(anyhow::Result<&mut dyn Store>) + Send>;

/// Part of a job that the writer runs; not called if the dataset takes no changes.
pub(super) type Write = Box<dyn FnOnce(&mut dyn Store) + Send>;

/// What reaches the writer.
pub(super) enum ToWriter {
    /// From the window.
    Window(WriterRequest),
    /// From the learner, to be written.
    Learner(LearnerOutput),
    /// Starts a job.
    StartJob(Job),
    /// Starts work that goes on as long as the dataset is open.
    StartCompanion(Job),
    /// From a job, to be written.
    JobWrite(Write),
    /// A job has ended.
    JobEnded,
    /// The window is closing: it sends nothing more. The writer ends when the last job has.
    Close,
}

/// What the learner has to be written.
pub(super) enum LearnerOutput {
    /// New suggestions, with the schema they were made under.
    Suggestions(Arc<Schema>, Vec<Suggestions>),
    /// Suggestions of other programs, with the schema they were made under and the programs.
    OfPrograms(Arc<Schema>, Vec<Suggestions>, Vec<KnownModel>),
    /// The dataset's copy of a model.
    Model(ModelSnapshot),
    /// Removes the models; nothing done before this time is learnt from again.
    Reset(i64),
}

/// What reaches the learner.
pub(super) enum ToLearner {
    /// From the window.
    Window(LearnerRequest),
    /// Something was done, changed or reopened: there may be something to learn or to forget.
    Changed,
    /// An article is being opened for the first time: make its suggestions, then reply to the
    /// window.
    Open(Box<Loaded>, SuggestionUpdate),
    /// The dataset has other suggesters, or other ones are used.
    Suggesters,
    /// The dataset has another schema.
    Schema(Arc<Schema>),
}

/// Whether the suggestions an annotator starts from may still change.
#[derive(Clone, Copy, Debug)]
pub(super) enum SuggestionUpdate {
    /// No person has touched the article: the models may improve on this revision.
    Refresh(Revision),
    /// They stay as they were when the first annotator came.
    Keep,
}
