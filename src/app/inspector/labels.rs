//! The labels with their keys, descriptions and examples.

use egui::{Align, Color32, Layout, RichText, Sense, Ui};

use crate::app::command::Command;
use crate::app::dispatch::Message;
use crate::app::state::{OpenArticle, State};
use crate::app::theme::Look;
use crate::app::widgets;
use crate::model::{Label, Rgb, Schema};

/// The region labels; gives the one under the mouse.
pub(super) fn region_labels(
    ui: &mut Ui,
    state: &State,
    schema: &Schema,
    look: &Look,
    out: &mut Vec<Message>,
) -> Option<Label> {
    let mut hovered = None;
    widgets::heading(ui, look, "REGIONS");
    let current = state
        .article
        .as_ref()
        .and_then(OpenArticle::region)
        .map(|r| &r.label);
    for (at, label) in schema
        .regions()
        .iter()
        .enumerate()
        .filter(|(_, label)| label.enabled)
    {
        let command = Command::LabelRegion(at);
        let about = About {
            name: label.label.as_str(),
            color: label.color,
            description: &label.description,
            examples: &label.examples,
            chosen: current == Some(&label.label),
        };
        if label_row(ui, state, schema, look, command, &about, out) {
            hovered = Some(label.label.clone());
        }
    }
    hovered
}

/// The entity labels; gives the one under the mouse.
pub(super) fn entity_labels(
    ui: &mut Ui,
    state: &State,
    schema: &Schema,
    look: &Look,
    out: &mut Vec<Message>,
) -> Option<Label> {
    let mut hovered = None;
    widgets::heading(ui, look, "ENTITIES");
    let current = state
        .article
        .as_ref()
        .and_then(OpenArticle::entity)
        .map(|e| &e.label);
    for (at, label) in schema
        .entities()
        .iter()
        .enumerate()
        .filter(|(_, label)| label.enabled)
    {
        let about = About {
            name: label.label.as_str(),
            color: label.color,
            description: &label.description,
            examples: &label.examples,
            chosen: current == Some(&label.label),
        };
        if label_row(ui, state, schema, look, Command::Tag(at), &about, out) {
            hovered = Some(label.label.clone());
        }
    }
    hovered
}

struct About<'a> {
    name: &'a str,
    color: Rgb,
    description: &'a str,
    examples: &'a [String],
    chosen: bool,
}

/// One label; true if the mouse is over it.
fn label_row(
    ui: &mut Ui,
    state: &State,
    schema: &Schema,
    look: &Look,
    command: Command,
    about: &About<'_>,
    out: &mut Vec<Message>,
) -> bool {
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), 26.0), Sense::click());
    response.widget_info(|| {
        egui::WidgetInfo::selected(
            egui::accesskit::Role::Button,
            command.is_possible(state),
            about.chosen,
            command.label(Some(schema)),
        )
    });
    if response.clicked() {
        out.push(Message::Run(command));
    }
    let ground = if about.chosen {
        look.accent_ground
    } else if response.hovered() {
        look.panel.lerp_to_gamma(look.ink, 0.06)
    } else {
        Color32::TRANSPARENT
    };
    ui.painter().rect_filled(rect, 6.0, ground);
    let mut row = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(rect.shrink2(egui::vec2(6.0, 0.0)))
            .layout(Layout::right_to_left(Align::Center)),
    );
    row.spacing_mut().item_spacing.x = 6.0;
    widgets::key_cap(&mut row, look, &state.shown_key(command));
    row.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let (swatch, _) = ui.allocate_exact_size(egui::vec2(10.0, 10.0), Sense::empty());
        ui.painter()
            .rect_filled(swatch, 3.0, look.mark(about.color));
        let name = RichText::new(about.name).size(12.5).color(look.ink);
        ui.add(egui::Label::new(name).truncate().selectable(false));
    });
    let hovered = response.hovered();
    response.on_hover_ui(|ui| {
        ui.set_max_width(300.0);
        ui.label(
            RichText::new(command.label(Some(schema))).family(crate::app::theme::strong_family()),
        );
        if !about.description.is_empty() {
            ui.label(about.description);
        }
        for example in about.examples {
            ui.label(
                RichText::new(format!("“{example}”"))
                    .color(look.faint)
                    .italics(),
            );
        }
        let key = state.shown_key(Command::Guide);
        ui.label(
            RichText::new(format!("{key}: the guidelines on it"))
                .small()
                .color(look.faint),
        );
    });
    hovered
}
