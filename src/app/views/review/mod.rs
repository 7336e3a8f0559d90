//! The Review tab: the articles that several annotators have finished, the places where they
//! differ, and who has what at a place, as lanes in the text.

mod articles;
mod lanes;
mod marks;
mod places;

pub use articles::ReviewList;
pub use lanes::{opening, show_lanes};
pub use marks::show_marks;
pub use places::show_places;
