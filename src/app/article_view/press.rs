//! A mouse button that is held down.

use eframe::egui::Pos2;

use super::hit_test::DragTarget;

/// A button that is held down.
#[derive(Clone, Debug)]
pub(super) struct Press {
    pub target: DragTarget,
    pub start: Pos2,
    pub moved: bool,
    /// The last selection that was reported.
    pub told: Option<(u32, u32)>,
}
