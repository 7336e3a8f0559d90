//! The types that all other modules share: text, span, region, entity, label, schema, annotation.
//!
//! Nothing here reads a file, knows a format, a clock or a screen. Besides the standard library,
//! only `site` uses crates. Values are valid by construction: a span is not empty and lies on
//! character boundaries of its text, regions never overlap, entities never cross.

pub mod annotation;
pub mod article;
pub mod figures;
pub mod hash;
pub mod label;
pub mod notation;
pub mod offset;
pub mod owner;
pub mod printable;
pub mod provenance;
pub mod remark;
pub mod rng;
pub mod schema;
pub mod site;
pub mod started_from;
pub mod status;
pub mod text;

pub use annotation::{Annotation, AnnotationError, Entity, Region};
pub use article::{Article, ArticleId, Block, Metadata};
pub use hash::stable_hash;
pub use label::{Label, LabelError};
pub use offset::{BytePos, CharPos, Span, Utf16Pos};
pub use owner::Owner;
pub use provenance::{Provenance, Score, SuggesterId};
pub use remark::{Answer, Remark, Signature};
pub use rng::Rng;
pub use schema::{EntityLabel, Nesting, RegionLabel, Rgb, Schema, SchemaError};
pub use site::Site;
pub use started_from::StartedFrom;
pub use status::Status;
pub use text::{SpanError, Text};
