//! Stories of the screen.
