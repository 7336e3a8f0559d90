//! The article for screen readers and for tests: a node for each visible paragraph, with the labels of its regions,
//! and one for each visible entity.

use eframe::egui::accesskit::{Action, Role};
use eframe::egui::{Id, Rect, Sense, Ui, WidgetInfo};

use super::page::Page;
use super::show::Shown;
use super::style::Standing;
use super::{Scene, ViewEvent};

pub(super) fn describe(
    ui: &Ui,
    id: Id,
    page: &Page,
    scene: &Scene<'_>,
    shown: &Shown<'_>,
    bounds: &[(usize, std::ops::Range<u32>)],
    events: &mut Vec<ViewEvent>,
) {
    let text = scene.article.text.as_str();
    for ((index, rect), (_, bytes)) in page.paragraphs.iter().zip(bounds) {
        let words = text
            .get(bytes.start as usize..bytes.end as usize)
            .unwrap_or_default()
            .trim();
        if words.is_empty() {
            continue;
        }
        let id = id.with(("paragraph", index));
        let response = ui.interact(rect.intersect(page.view), id, Sense::empty());
        response.widget_info(|| {
            let mut labels: Vec<String> = Vec::new();
            for region in &shown.regions {
                if region.bytes.start < bytes.end && bytes.start < region.bytes.end {
                    labels.push(format!("{}{}", region.region.label, aside(region.standing)));
                }
            }
            let label = if labels.is_empty() {
                "no region".to_owned()
            } else {
                labels.join(" | ")
            };
            WidgetInfo::labeled(Role::Paragraph, true, format!("{label}: {words}"))
        });
        if ui.input(|input| input.has_accesskit_action_request(id, Action::Click))
            && let Some(block) = scene.article.block_at(crate::model::BytePos(bytes.start))
        {
            events.push(ViewEvent::BlockClicked {
                index: block,
                extend: false,
            });
        }
    }
    for entity in &shown.entities {
        let Some(rect) = entity.rects.iter().copied().reduce(Rect::union) else {
            continue;
        };
        // The first row alone where it wraps: the middle of the union may lie on other words.
        let rect = if entity.rects.len() > 1 {
            entity.rects[0]
        } else {
            rect
        };
        let visible = rect.intersect(page.view);
        if !visible.is_positive() {
            continue;
        }
        let id = id.with(("entity", entity.index));
        let response = ui.interact(visible, id, Sense::empty());
        response.widget_info(|| {
            let words = scene.article.text.slice(entity.entity.span);
            let label = format!("{}{}: {words}", entity.entity.label, aside(entity.standing));
            WidgetInfo::labeled(Role::Mark, true, label)
        });
        if ui.input(|input| input.has_accesskit_action_request(id, Action::Click)) {
            events.push(ViewEvent::EntityClicked {
                entity: entity.entity.clone(),
            });
        }
    }
}

fn aside(standing: Standing) -> &'static str {
    match standing {
        Standing::Confirmed => "",
        Standing::Suggested => " (suggested)",
        Standing::Unsure => " (unsure)",
    }
}
