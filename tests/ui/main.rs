//! Stories of the screen.

mod article_view;
