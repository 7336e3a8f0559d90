//! A mouse button that is held down.

use eframe::egui::Pos2;

use super::hit_test::Grip;

/// A button that is held down.
#[derive(Clone, Debug)]
pub(super) struct Press {
    pub grip: Grip,
    pub start: Pos2,
    pub moved: bool,
    /// The last selection that was reported.
    pub told: Option<(u32, u32)>,
}
