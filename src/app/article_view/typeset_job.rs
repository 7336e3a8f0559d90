//! What typesetting starts from.

use std::sync::{Mutex, MutexGuard, PoisonError};

use eframe::egui::epaint::text::FontsView;

use super::paragraph_layout::{LayoutParams, Letter};

/// Locks a mutex, also after a panic of another thread.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A paragraph to be typeset.
#[derive(Clone, PartialEq)]
pub(super) struct TypesetJob {
    /// The first byte, in the article.
    pub base: u32,
    pub params: LayoutParams,
    /// Where egui would put a letter in a line of this height.
    pub letter: Option<Letter>,
    pub text: String,
}

impl TypesetJob {
    pub(super) fn new(
        fonts: &mut FontsView<'_>,
        params: &LayoutParams,
        text: &str,
        base: u32,
    ) -> Self {
        let sample = fonts.layout_job(params.job("x", f32::INFINITY));
        let glyph = sample.rows.first().and_then(|row| row.glyphs.first());
        Self {
            base,
            params: params.clone(),
            letter: glyph.map(Letter::of),
            text: text.to_owned(),
        }
    }
}
