//! The article on the screen: a reading column with its regions and entities, made to be labelled.
//!
//! The view shows a [`Scene`] and says what the annotator did as [`ViewEvent`]s; it changes no
//! annotation. It lays out only the paragraphs that are visible, so that an article of a megabyte
//! costs no more than a short one. Spans are painted around the text and never take part in its
//! layout: tagging moves no letter.
//!
//! | file | holds |
//! | --- | --- |
//! | `paragraphs`, `heights`, `scroll` | the text in pieces, how tall each is, which part is shown |
//! | `paragraph_layout`, `layout`, `geometry` | laying out a paragraph, and where every character of it is |
//! | `typesetter`, `typeset_job`, `typeset`, `glyphs` | the same for text from right to left, which egui does not know |
//! | `opening` | room between two rows, for what the window shows about a place |
//! | `scripts` | what to say of letters that no font has |
//! | `headings`, `folded` | the page's headings; the line that represents what is not shown |
//! | `page`, `spans`, `show` | what is on the screen in this frame |
//! | `scene`, `event`, `view` | what is shown, what the annotator did, and the view itself |
//! | `input`, `press`, `hit_test` | the pointer, and what it can drag |
//! | `paint_regions`, `paint_text`, `scrollbar`, `style` | the looks |
//! | `access` | the same for screen readers |

mod access;
mod event;
mod folded;
pub mod geometry;
mod glyphs;
mod headings;
mod heights;
mod hit_test;
mod input;
pub mod layout;
mod opening;
mod page;
mod paint_regions;
mod paint_text;
pub mod paragraph_layout;
mod paragraphs;
mod press;
mod scene;
mod scripts;
mod scroll;
mod scrollbar;
mod show;
mod spans;
pub mod style;
mod typeset;
mod typeset_job;
mod typesetter;
mod view;

pub use self::event::ViewEvent;
pub use self::opening::Opening;
pub use self::scene::{Ring, Scene};
pub use self::scripts::Script;
pub use self::style::{EntityStyle, RegionStyle, Standing, ViewPalette, ViewStyle};
pub use self::view::ArticleView;
