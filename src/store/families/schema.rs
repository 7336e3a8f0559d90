//! The schema and the settings.

use crate::model::{Label, Schema};
use crate::store::{ArticleKey, ChangeSeq, LabelUse, Result, Rewrite};

/// Keeps the schema and the settings.
pub trait SchemaStore {
    /// Returns the schema.
    ///
    /// # Errors
    /// If it cannot be read.
    fn schema(&self) -> Result<Schema>;

    /// Replaces the schema.
    ///
    /// # Errors
    /// If it cannot be written.
    fn set_schema(&mut self, schema: &Schema) -> Result<()>;

    /// Returns the articles and annotators whose annotation or history uses one of these labels, in
    /// the order of the articles; for suggestions the annotator is empty. May include some that do
    /// not use them.
    ///
    /// # Errors
    /// If it cannot be read.
    fn users_of(&self, labels: &[Label]) -> Result<Vec<(ArticleKey, String)>>;

    /// Replaces the schema and rewrites the annotations that use one of `labels`, in one synced
    /// transaction.
    ///
    /// Revisions increase; the times and authors of the last changes stay. Returns the range of the
    /// changes: after the first position, up to the second.
    ///
    /// # Errors
    /// [`StoreError::Stopped`](crate::store::StoreError::Stopped) if `rewrite` asks for it, or if it cannot be written. Nothing has
    /// changed then.
    fn change_schema(
        &mut self,
        schema: &Schema,
        labels: &[Label],
        rewrite: &mut dyn FnMut(LabelUse<'_>) -> Rewrite,
    ) -> Result<(ChangeSeq, ChangeSeq)>;

    /// Returns a setting of the dataset.
    ///
    /// # Errors
    /// If it cannot be read.
    fn setting(&self, name: &str) -> Result<Option<String>>;

    /// Sets a setting, or removes it.
    ///
    /// # Errors
    /// If it cannot be written.
    fn set_setting(&mut self, name: &str, value: Option<&str>) -> Result<()>;
}
