//! What the article view shows, and what it says of the annotator's hands.

mod desk;
mod hands;
mod scripts;
mod scrolling;
