//! The system's fonts, for characters that the shipped fonts lack.

use std::sync::atomic::{AtomicBool, Ordering};

use egui::epaint::text::{FallbackRequest, FontInsert, FontProvider};
use egui_system_font_provider::SystemFontProvider;

use crate::formats::reading::catch_panic::catch_panic;

/// The provider of eframe, which panics on a system without any font.
pub(super) struct SystemFonts {
    provider: SystemFontProvider,
    are_missing: AtomicBool,
}

impl SystemFonts {
    /// Starts a thread that lists the fonts.
    pub(super) fn new() -> Self {
        Self {
            provider: SystemFontProvider::new(),
            are_missing: AtomicBool::new(false),
        }
    }
}

impl FontProvider for SystemFonts {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        if self.are_missing.load(Ordering::Relaxed) {
            return None;
        }
        let found = catch_panic(|| self.provider.font_for(request));
        if found.is_none() {
            tracing::warn!(
                "the system has no fonts: scripts that the shipped fonts lack are shown as boxes"
            );
            self.are_missing.store(true, Ordering::Relaxed);
        }
        found.flatten()
    }
}
