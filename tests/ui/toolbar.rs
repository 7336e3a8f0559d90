//! The bar above the panels.

use egui::accesskit::Role;
use egui::{Rect, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

/// How high the bar is, in points.
const BAR: f32 = 45.0;

#[test]
fn no_tool_lies_upon_another_at_any_width() {
    let mut window = Window::over(&["body| Ada spoke."]);
    for width in (720..1500).step_by(20) {
        window.harness.set_size(vec2(width as f32, 600.0));
        window.harness.run_steps(4);
        let buttons = window.harness.query_all_by_role(Role::Button);
        let places = buttons.map(|button| button.rect());
        let tools: Vec<Rect> = places.filter(|rect| rect.bottom() < BAR).collect();
        assert!(tools.len() > 4, "{tools:?}");
        for (nth, tool) in tools.iter().enumerate() {
            let on_it = tools[nth + 1..]
                .iter()
                .find(|other| other.intersects(tool.shrink(1.0)));
            assert_eq!(on_it, None, "on {tool:?}, at width {width}");
        }
    }
}
