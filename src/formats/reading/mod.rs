//! Shared by readers: streams, encodings, and the building of records.

pub mod catch_panic;
pub mod companion;
pub mod csv_rows;
pub mod documents;
pub mod encoding;
pub mod growth;
pub mod iob_tags;
pub mod json_objects;
pub mod lines;
pub mod offset_convention;
pub mod parquet_guard;
pub mod peek;
pub mod record_builder;
pub mod resolve_span;
pub mod table_row;
