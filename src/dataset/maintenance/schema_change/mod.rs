//! Changes of the schema of a dataset in use: counting their effects, and making them.
//!
//! Labels that only get another name, or are merged into another one, take their spans along, in
//! every annotation and in the suggestions, in one transaction of the store. Everything else leaves
//! annotations as they are: a label that is switched off or that the schema no longer knows keeps
//! its spans, and the window still shows them.

mod apply;
mod change;
mod effects;

pub use self::apply::{Changed, change_schema};
pub use self::change::SchemaChange;
pub use self::effects::{Effect, Touched, touched};
pub use crate::edit::{LabelKind, Relabel};
