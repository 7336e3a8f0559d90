//! Shared by writers.

pub mod file_names;
pub mod json_lines;
pub mod pages;
pub mod parquet_columns;
