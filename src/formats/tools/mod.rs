//! The formats of other tools, a file or folder each.

pub mod brat;
pub mod cas;
pub mod conll;
pub mod conllu;
pub mod doccano;
pub mod gliner;
pub mod html_regions;
pub mod hugging_face;
pub mod label_studio;
pub mod labelbuddy;
pub mod prodigy;
pub mod region_text;
pub mod spacy;
pub mod span_table;
pub mod web_annotation;
pub mod webanno_tsv;
