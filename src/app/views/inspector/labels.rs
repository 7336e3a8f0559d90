//! The labels with their keys, descriptions and examples.

use egui::{Align, Layout, RichText, Sense, Ui};

use crate::app::command::Command;
use crate::app::state::{Message, OpenArticle, State};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::model::{Label, Rgb, Schema};

/// A column that is narrower gives its room to the names, in points.
const NARROW: f32 = 132.0;

/// The region labels; gives the one under the mouse.
pub(super) fn region_labels(
    ui: &mut Ui,
    state: &State,
    schema: &Schema,
    theme: &Theme,
    out: &mut Vec<Message>,
) -> Option<Label> {
    widgets::heading(ui, theme, "REGIONS");
    let region = state.article.as_ref().and_then(OpenArticle::region);
    let labels = schema.regions().iter().enumerate();
    let rows = labels
        .filter(|(_, label)| label.enabled)
        .map(|(at, label)| About {
            command: Command::LabelRegion(at),
            label: &label.label,
            color: label.color,
            description: &label.description,
            examples: &label.examples,
            chosen: region.is_some_and(|region| region.label == label.label),
        });
    label_rows(ui, state, schema, theme, rows, out)
}

/// The entity labels; gives the one under the mouse.
pub(super) fn entity_labels(
    ui: &mut Ui,
    state: &State,
    schema: &Schema,
    theme: &Theme,
    out: &mut Vec<Message>,
) -> Option<Label> {
    widgets::heading(ui, theme, "ENTITIES");
    let entity = state.article.as_ref().and_then(OpenArticle::entity);
    let labels = schema.entities().iter().enumerate();
    let rows = labels
        .filter(|(_, label)| label.enabled)
        .map(|(at, label)| About {
            command: Command::Tag(at),
            label: &label.label,
            color: label.color,
            description: &label.description,
            examples: &label.examples,
            chosen: entity.is_some_and(|entity| entity.label == label.label),
        });
    label_rows(ui, state, schema, theme, rows, out)
}

fn label_rows<'a>(
    ui: &mut Ui,
    state: &State,
    schema: &Schema,
    theme: &Theme,
    rows: impl Iterator<Item = About<'a>>,
    out: &mut Vec<Message>,
) -> Option<Label> {
    let mut hovered = None;
    for about in rows {
        if label_row(ui, state, schema, theme, &about, out) {
            hovered = Some(about.label.clone());
        }
    }
    hovered
}

struct About<'a> {
    command: Command,
    label: &'a Label,
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
    theme: &Theme,
    about: &About<'_>,
    out: &mut Vec<Message>,
) -> bool {
    let command = about.command;
    // In a narrow panel the name has the room.
    let narrow = ui.available_width() < NARROW;
    let (margin, swatch_width) = if narrow { (3.0, 4.0) } else { (8.0, 10.0) };
    let (mut row, response) = widgets::row_inside(ui, theme, 26.0, about.chosen, margin);
    if narrow {
        row.spacing_mut().item_spacing.x = 4.0;
    }
    response.widget_info(|| {
        egui::WidgetInfo::selected(
            egui::accesskit::Role::Button,
            state.allows(command),
            about.chosen,
            command.label(Some(schema)),
        )
    });
    if response.clicked() {
        out.push(Message::Run(command));
    }
    widgets::key_cap(&mut row, theme, &state.shown_key(command));
    row.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let (swatch, _) = ui.allocate_exact_size(egui::vec2(swatch_width, 10.0), Sense::empty());
        ui.painter()
            .rect_filled(swatch, swatch_width * 0.3, theme.mark(about.color));
        let name = RichText::new(about.label.as_str())
            .size(if narrow { 12.0 } else { 12.5 })
            .color(theme.ink);
        ui.add(egui::Label::new(name).truncate().selectable(false));
    });
    let hovered = response.hovered();
    response.on_hover_ui(|ui| {
        ui.set_max_width(300.0);
        ui.label(
            RichText::new(command.label(Some(schema)))
                .family(crate::app::ui::theme::strong_family()),
        );
        if !about.description.is_empty() {
            ui.label(about.description);
        }
        for example in about.examples {
            ui.label(
                RichText::new(format!("“{example}”"))
                    .color(theme.faint)
                    .italics(),
            );
        }
        let key = state.shown_key(Command::Guide);
        ui.label(
            RichText::new(format!("{key}: guidelines"))
                .small()
                .color(theme.faint),
        );
    });
    hovered
}
