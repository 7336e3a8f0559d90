//! What writers share.

pub mod file_names;
pub mod json_lines;
pub mod pages;
pub mod parquet_columns;
