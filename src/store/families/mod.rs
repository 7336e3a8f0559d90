//! What a store can do, one trait for each kind of data.

mod annotations;
mod articles;
mod changes;
mod lists;
mod models;
mod outcomes;
mod schema;

pub use annotations::AnnotationStore;
pub use articles::ArticleStore;
pub use changes::ChangeStore;
pub use lists::ListStore;
pub use models::ModelStore;
pub use outcomes::OutcomeStore;
pub use schema::SchemaStore;
