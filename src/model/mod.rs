//! The words of the house: text, span, region, entity, label, schema, annotation.
//!
//! Nothing here reads a file, knows a format, a clock or a screen. Besides the standard library, only `site` uses crates.
//! What these types can hold is valid by construction: an offset lies on a character boundary of its text,
//! a span is not empty, regions never overlap, entities never cross.

pub mod annotation;
pub mod article;
pub mod figures;
pub mod hash;
pub mod label;
pub mod notation;
pub mod offset;
pub mod printable;
pub mod provenance;
pub mod rng;
pub mod schema;
pub mod site;
pub mod started_from;
pub mod text;

pub use annotation::{
    Annotation, AnnotationError, Answer, Entity, Region, Remark, Signature, Status,
};
pub use article::{Article, ArticleId, Block, Metadata};
pub use hash::stable_hash;
pub use label::{Label, LabelError};
pub use offset::{BytePos, CharPos, Span, Utf16Pos};
pub use provenance::{Provenance, Score};
pub use rng::Rng;
pub use schema::{EntityLabel, Nesting, RegionLabel, Rgb, Schema, SchemaError};
pub use site::Site;
pub use started_from::StartedFrom;
pub use text::{SpanError, Text};
