//! The hyperparameters of learning in a dataset. They were compared on streams of articles of
//! several kinds: `docs/tagger.md`.

/// The hyperparameters of learning in a dataset.
pub(super) struct OnlineHyperparameters {
    /// The number of candidate words to train on after each article, so that it takes at most a
    /// tenth of a second.
    pub(super) words: usize,
    /// The largest number of passes over the articles.
    pub(super) rounds: usize,
    /// The score that the right tags must have more than wrong ones, for each wrong word.
    pub(super) margin: f32,
    /// The addition to the margin for each missed word of a name.
    pub(super) missed: f32,
    /// The same for names with labels that the base model does not know.
    pub(super) missed_new: f32,
    /// The factor of changes to the weights of such labels.
    pub(super) new_step: f32,
    /// The first size of a change.
    pub(super) step: f32,
    /// The weight of the base model in the average, as a number of sentences.
    pub(super) base: f32,
}

/// For a base model that knows some of the labels: they are kept and corrected.
pub(super) const FROM_BASE: OnlineHyperparameters = OnlineHyperparameters {
    words: 40_000,
    rounds: 6,
    margin: 15.0,
    missed: 2.0,
    missed_new: 10.0,
    new_step: 3.0,
    step: 0.15,
    base: 1000.0,
};

/// For a base model that knows none of the labels: most errors are missed names, and there is time
/// for more passes.
pub(super) const FROM_NOTHING: OnlineHyperparameters = OnlineHyperparameters {
    words: 100_000,
    rounds: 12,
    margin: 3.0,
    missed: 20.0,
    missed_new: 20.0,
    new_step: 1.0,
    step: 1.0,
    base: 0.0,
};
