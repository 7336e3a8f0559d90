//! Descriptions of a dataset: statistics, dashboard, card, history, HTML report.

pub mod agreement;
pub mod article_history;
pub mod calendar;
pub mod dashboard;
pub(crate) mod dataset_card;
pub mod html;
pub mod model_check;
pub mod outcome;
pub mod pair_agreement;
pub mod part_count;
pub mod quality;
pub mod stats;
