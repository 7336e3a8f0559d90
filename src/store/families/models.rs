//! The dataset's copies of models.

use crate::store::{ModelKind, ModelSnapshot, Result};

/// Keeps the dataset's copies of models.
pub trait ModelStore {
    /// Returns the dataset's copy of a model, if there is one.
    ///
    /// # Errors
    /// If it cannot be read, or is damaged.
    fn load_model(&self, kind: ModelKind) -> Result<Option<ModelSnapshot>>;

    /// Saves the dataset's copy of a model, replacing the earlier one.
    ///
    /// # Errors
    /// If it cannot be written.
    fn save_model(&mut self, model: &ModelSnapshot) -> Result<()>;

    /// Deletes the dataset's copies of all models.
    ///
    /// # Errors
    /// If they cannot be deleted.
    fn forget_models(&mut self) -> Result<()>;
}
