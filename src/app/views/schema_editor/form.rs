//! The list of labels on the left, and the fields of the one that is chosen on the right.

use egui::{Align, Color32, Key, Layout, Modifiers, RichText, Sense, Ui, vec2};
use egui_material_icons::icons;

use super::draft::{Draft, LabelDraft};
use super::faults::{Fault, Field};
use super::palette::PALETTE;
use crate::app::ui::theme;
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::edit::LabelKind;
use crate::model::Rgb;

/// The region labels that are suggested in a dataset in which nothing was labelled yet.
const SUGGESTED: [&str; 3] = ["body", "comment", "nav"];

/// Height of a label in the list, in points.
const ROW: f32 = 28.0;

/// The list, with what adds to it.
pub(super) fn names(
    ui: &mut Ui,
    theme: &Theme,
    draft: &mut Draft,
    faults: &[Fault],
    chosen: &mut Option<(LabelKind, usize)>,
    focus_name: &mut bool,
) {
    ui.horizontal(|ui| {
        let label = ui.label(RichText::new("Schema").color(theme.faint));
        ui.add(egui::TextEdit::singleline(&mut draft.name).desired_width(150.0))
            .labelled_by(label.id);
    });
    for kind in [LabelKind::Region, LabelKind::Entity] {
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            let words = match kind {
                LabelKind::Region => "REGIONS",
                LabelKind::Entity => "ENTITIES",
            };
            widgets::heading(ui, theme, words);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let (words, name) = match kind {
                    LabelKind::Region => ("Add", "Add a region label"),
                    LabelKind::Entity => ("Add", "Add an entity label"),
                };
                let words = format!("+ {words}");
                let button = ui.add(egui::Button::new(RichText::new(words).size(12.5)));
                button.widget_info(|| {
                    egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name)
                });
                if button.clicked() {
                    let at = draft.add(kind);
                    *chosen = Some((kind, at));
                    *focus_name = true;
                }
            });
        });
        let mut shift = None;
        for at in 0..draft.labels(kind).len() {
            let Some(label) = draft.labels_mut(kind).get_mut(at) else {
                continue;
            };
            let grave = faults
                .iter()
                .any(|fault| fault.grave && fault.at == Some((kind, at)));
            let here = *chosen == Some((kind, at));
            let response = name_row(ui, theme, label, here, grave);
            if response.clicked() || response.gained_focus() {
                *chosen = Some((kind, at));
            }
            if response.has_focus() {
                let by = ui.input_mut(|i| {
                    let down = i.consume_key(Modifiers::ALT, Key::ArrowDown);
                    let up = i.consume_key(Modifiers::ALT, Key::ArrowUp);
                    isize::from(down) - isize::from(up)
                });
                if by != 0 {
                    shift = Some((at, by));
                }
            }
        }
        if let Some((at, by)) = shift {
            *chosen = Some((kind, draft.shift(kind, at, by)));
        }
        if kind == LabelKind::Entity {
            ui.add_space(4.0);
            ui.checkbox(&mut draft.nested, "Allow nested entities");
        }
    }
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let field = egui::DragValue::new(&mut draft.blind_percent)
            .range(0.0..=100.0)
            .speed(0.5)
            .max_decimals(1)
            .suffix(" %");
        let hover = "Annotators label these articles without help, so that the suggestions can be measured fairly";
        let label = ui.label("Show no suggestions on").on_hover_text(hover);
        ui.add(field).labelled_by(label.id);
        ui.label("of articles (to measure bias)");
    });
    ui.checkbox(&mut draft.require_check, "Done needs a clean check")
        .on_hover_text(
            "An article in which the check before Done finds something can be skipped or flagged, but not marked done",
        );
    taken_out(ui, theme, draft, chosen);
}

fn taken_out(
    ui: &mut Ui,
    theme: &Theme,
    draft: &mut Draft,
    chosen: &mut Option<(LabelKind, usize)>,
) {
    if draft.gone.is_empty() {
        return;
    }
    widgets::heading(ui, theme, "DELETED LABELS");
    let mut back = None;
    for (at, gone) in draft.gone.iter().enumerate() {
        ui.horizontal(|ui| {
            ui.add_space(6.0);
            ui.label(
                RichText::new(&gone.label.name)
                    .color(theme.faint)
                    .strikethrough(),
            );
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let name = format!("Restore {}", gone.label.name);
                if widgets::icon_button(ui, icons::ICON_UNDO, &name).clicked() {
                    back = Some(at);
                }
            });
        });
    }
    if let Some(at) = back {
        let kind = draft.gone.get(at).map(|gone| gone.kind);
        draft.put_back(at);
        *chosen = kind.map(|kind| (kind, draft.labels(kind).len() - 1));
    }
}

fn name_row(
    ui: &mut Ui,
    theme: &Theme,
    label: &LabelDraft,
    here: bool,
    grave: bool,
) -> egui::Response {
    let (mut row, response) = widgets::row(ui, theme, ROW, here);
    let name = if label.name.trim().is_empty() {
        "(no name)"
    } else {
        label.name.trim()
    };
    response.widget_info(|| {
        let words = if label.enabled {
            format!("Label {name}")
        } else {
            format!("Label {name}, disabled")
        };
        egui::WidgetInfo::selected(egui::accesskit::Role::ListItem, true, here, words)
    });
    if response.has_focus() {
        ui.painter().rect_stroke(
            response.rect,
            6.0,
            egui::Stroke::new(1.0, theme.accent),
            egui::StrokeKind::Inside,
        );
    }
    if grave {
        row.label(icons::ICON_ERROR.rich_text().size(15.0).color(theme.bad));
    }
    if label.enabled {
        widgets::key_cap(&mut row, theme, label.key.trim());
    } else {
        row.label(RichText::new("off").small().color(theme.faint));
    }
    row.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let (swatch, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::empty());
        let color = theme.mark(label.color);
        let painter = ui.painter();
        if label.enabled {
            painter.rect_filled(swatch, 3.0, color);
        } else {
            let stroke = egui::Stroke::new(1.5, color);
            painter.rect_stroke(swatch, 3.0, stroke, egui::StrokeKind::Inside);
        }
        let ink = if label.enabled {
            theme.ink
        } else {
            theme.faint
        };
        ui.add(
            egui::Label::new(RichText::new(name).color(ink))
                .truncate()
                .selectable(false),
        );
    });
    response
}

/// The fields of the label that is chosen.
pub(super) fn fields(
    ui: &mut Ui,
    theme: &Theme,
    draft: &mut Draft,
    faults: &[Fault],
    chosen: &mut Option<(LabelKind, usize)>,
    focus_name: &mut bool,
) {
    let Some((kind, at)) = *chosen else {
        hint(ui, theme, "Choose a label on the left, or add one.");
        return;
    };
    let count = draft.labels(kind).len();
    let Some(label) = draft.labels_mut(kind).get_mut(at) else {
        hint(ui, theme, "Choose a label on the left, or add one.");
        return;
    };
    let of = |field: Field| {
        faults
            .iter()
            .find(|fault| fault.at == Some((kind, at)) && fault.field == field)
    };
    let width = (ui.available_width() - 12.0).max(200.0);
    ui.set_width(width);
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            let id = caption(ui, theme, "Name");
            let field = ui
                .add(egui::TextEdit::singleline(&mut label.name).desired_width(width - 120.0))
                .labelled_by(id);
            if std::mem::take(focus_name) {
                field.request_focus();
            }
        });
        ui.vertical(|ui| {
            let id = caption(ui, theme, "Key");
            ui.add(egui::TextEdit::singleline(&mut label.key).desired_width(44.0))
                .labelled_by(id);
        });
    });
    for field in [Field::Name, Field::Key] {
        if let Some(fault) = of(field) {
            let color = if fault.grave { theme.bad } else { theme.warn };
            ui.label(RichText::new(&fault.words).color(color));
        }
    }
    if let Some(was) = label.was.as_ref().filter(|was| *was != label.name.trim()) {
        let words = format!("All {was} spans will be renamed.");
        ui.label(RichText::new(words).small().color(theme.faint));
    }
    ui.add_space(8.0);
    color(ui, theme, label, width);
    ui.add_space(8.0);
    ui.checkbox(&mut label.enabled, "Enabled")
        .on_hover_text("Annotators can use it, and the models may suggest it");
    if kind == LabelKind::Region && label.enabled && !SUGGESTED.contains(&label.name.trim()) {
        hint(ui, theme, "Suggested once you have labelled some.");
    }
    if kind == LabelKind::Region {
        ui.checkbox(&mut label.tag_entities, "Tag entities in these regions");
        ui.checkbox(&mut label.separate, "Never merge neighbours (comments)");
    }
    if kind == LabelKind::Entity {
        ui.add_space(8.0);
        let id = caption(ui, theme, "Tagger types for this label (empty: by name)");
        ui.add(
            egui::TextEdit::singleline(&mut label.tagger_types)
                .hint_text("PER, ORG, LOC, DATE, MONEY, PERCENT, NORP")
                .desired_width(width),
        )
        .labelled_by(id);
    }
    ui.add_space(8.0);
    let id = caption(
        ui,
        theme,
        "Description (one sentence, shown with the label)",
    );
    ui.add(
        egui::TextEdit::multiline(&mut label.description)
            .desired_width(width)
            .desired_rows(2),
    )
    .labelled_by(id);
    ui.add_space(8.0);
    let id = caption(ui, theme, "Examples, one per line");
    ui.add(
        egui::TextEdit::multiline(&mut label.examples)
            .desired_width(width)
            .desired_rows(4),
    )
    .labelled_by(id);
    ui.add_space(12.0);
    let mut action = None;
    ui.horizontal(|ui| {
        let (first, last) = (at == 0, at + 1 == count);
        for (icon, words, possible, by) in [
            (
                icons::ICON_ARROW_UPWARD,
                "Move up (Alt+↑ in the list)",
                !first,
                -1,
            ),
            (
                icons::ICON_ARROW_DOWNWARD,
                "Move down (Alt+↓ in the list)",
                !last,
                1,
            ),
        ] {
            ui.add_enabled_ui(possible, |ui| {
                if widgets::icon_button(ui, icon, words).clicked() {
                    action = Some(by);
                }
            });
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = format!("{}  Delete label", icons::ICON_DELETE.codepoint);
            let button = egui::Button::new(RichText::new(words).color(theme.bad));
            let hover = "Its spans stay until you choose what to do with them";
            if ui.add(button).on_hover_text(hover).clicked() {
                action = Some(0);
            }
        });
    });
    match action {
        Some(0) => {
            draft.take_out(kind, at);
            let left = draft.labels(kind).len();
            *chosen = (left > 0).then(|| (kind, at.min(left - 1)));
        }
        Some(by) => *chosen = Some((kind, draft.shift(kind, at, by))),
        None => {}
    }
}

fn hint(ui: &mut Ui, theme: &Theme, words: &str) {
    ui.label(RichText::new(words).color(theme.faint));
}

fn caption(ui: &mut Ui, theme: &Theme, words: &str) -> egui::Id {
    ui.label(RichText::new(words).size(12.0).color(theme.faint))
        .id
}

fn color(ui: &mut Ui, theme: &Theme, label: &mut LabelDraft, width: f32) {
    caption(ui, theme, "Colour");
    ui.horizontal_wrapped(|ui| {
        ui.set_max_width(width);
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        for color in PALETTE {
            let (rect, response) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::click());
            let name = format!("Colour {color}");
            let here = label.color == color;
            response.widget_info(|| {
                egui::WidgetInfo::selected(egui::accesskit::Role::RadioButton, true, here, &name)
            });
            let fill = Color32::from_rgb(color.0, color.1, color.2);
            ui.painter().rect_filled(rect.shrink(3.0), 5.0, fill);
            if here || response.has_focus() {
                ui.painter().rect_stroke(
                    rect,
                    7.0,
                    egui::Stroke::new(2.0, theme.accent),
                    egui::StrokeKind::Inside,
                );
            }
            if response.clicked() {
                label.color = color;
            }
        }
        ui.add_space(6.0);
        let mut rgb = [label.color.0, label.color.1, label.color.2];
        let picker = ui.color_edit_button_srgb(&mut rgb);
        picker.widget_info(|| {
            egui::WidgetInfo::labeled(egui::accesskit::Role::ColorWell, true, "Any other colour")
        });
        label.color = Rgb(rgb[0], rgb[1], rgb[2]);
    });
    ui.horizontal(|ui| {
        // As it will look, on both grounds: the window keeps the contrast.
        for theme in [&Theme::LIGHT, &Theme::DARK] {
            let name = label.name.trim();
            egui::Frame::new()
                .fill(theme.tint(label.color))
                .corner_radius(5)
                .inner_margin(egui::Margin::symmetric(10, 4))
                .show(ui, |ui| {
                    ui.label(
                        RichText::new(if name.is_empty() { "label" } else { name })
                            .color(theme.mark(label.color))
                            .family(theme::strong_family()),
                    );
                    ui.label(RichText::new("as it looks").color(theme.ink));
                });
        }
    });
}
