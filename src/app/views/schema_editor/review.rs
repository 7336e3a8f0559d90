//! What the change would touch, and what becomes of the labels that were taken out.

use egui::{Color32, RichText, Ui};
use egui_material_icons::{MaterialIcon, icons};

use super::draft::{Draft, Fate, Gone};
use crate::app::ui::theme;
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::dataset::Touched;
use crate::dataset::maintenance::schema_change::Effect;

/// Draws the page; true if a choice was made, so that it has to be counted again.
pub(super) fn show(
    ui: &mut Ui,
    theme: &Theme,
    draft: &mut Draft,
    counted: Option<&Result<Vec<Touched>, String>>,
) -> bool {
    let mut chose = false;
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .id_salt("review")
        .show(ui, |ui| {
            ui.label(
                RichText::new("Changes to the dataset")
                    .size(15.0)
                    .family(theme::strong_family()),
            );
            ui.add_space(6.0);
            match counted {
                None => {
                    ui.horizontal(|ui| {
                        ui.spinner();
                        ui.label(RichText::new("Counting…").color(theme.faint));
                    });
                }
                Some(Err(why)) => {
                    ui.label(RichText::new(why).color(theme.bad));
                }
                Some(Ok(touched)) if touched.is_empty() => {
                    ui.label(RichText::new("No existing labels are affected.").color(theme.faint));
                }
                Some(Ok(touched)) => {
                    for touched in touched {
                        line(ui, theme, touched);
                    }
                }
            }
            for words in guideline_lines(draft) {
                note(ui, theme, &words);
            }
            ui.add_space(6.0);
            ui.label(
                RichText::new(
                    "Labels are renamed in all articles at once; earlier edits can still be undone. \
                     Undo brings deleted spans back, article by article.",
                )
                .small()
                .color(theme.faint),
            );
            chose = fates(ui, theme, draft);
        });
    chose
}

/// What becomes of the guidelines.
fn guideline_lines(draft: &Draft) -> Vec<String> {
    let after = draft.guidelines_after();
    let renamed = after.renamed.iter();
    let renamed = renamed.map(|(from, to)| format!("Guidelines: heading “{from}” becomes “{to}”"));
    let removed = after.removed.iter();
    let removed = removed.map(|heading| format!("Guidelines: deletes the section “{heading}”"));
    renamed.chain(removed).collect()
}

fn note(ui: &mut Ui, theme: &Theme, words: &str) {
    boxed(ui, theme, icons::ICON_MENU_BOOK, theme.faint, words);
}

fn line(ui: &mut Ui, theme: &Theme, touched: &Touched) {
    let (icon, color) = match touched.effect {
        Effect::Removed(..) => (icons::ICON_DELETE, theme.bad),
        Effect::Moved(..) => (icons::ICON_ARROW_FORWARD, theme.accent),
        _ => (icons::ICON_INFO, theme.faint),
    };
    boxed(ui, theme, icon, color, &touched.to_string());
}

fn boxed(ui: &mut Ui, theme: &Theme, icon: MaterialIcon, color: Color32, words: &str) {
    egui::Frame::new()
        .fill(theme.paper)
        .corner_radius(6)
        .inner_margin(egui::Margin::symmetric(12, 7))
        .show(ui, |ui| {
            ui.set_width(ui.available_width() - 8.0);
            ui.horizontal(|ui| {
                ui.label(icon.rich_text().size(17.0).color(color));
                ui.add(egui::Label::new(words).wrap());
            });
        });
}

fn fates(ui: &mut Ui, theme: &Theme, draft: &mut Draft) -> bool {
    if draft.gone.is_empty() {
        return false;
    }
    let mut chose = false;
    widgets::heading(ui, theme, "DELETED LABELS");
    let targets: Vec<(crate::edit::LabelKind, String)> = [
        crate::edit::LabelKind::Region,
        crate::edit::LabelKind::Entity,
    ]
    .into_iter()
    .flat_map(|kind| {
        let labels = draft.labels(kind).iter();
        labels.map(move |label| (kind, label.name.trim().to_owned()))
    })
    .collect();
    egui::Grid::new("fates")
        .num_columns(2)
        .spacing([20.0, 8.0])
        .show(ui, |ui| {
            for gone in &mut draft.gone {
                ui.label(RichText::new(&gone.label.name).family(theme::strong_family()));
                let names: Vec<&str> = targets
                    .iter()
                    .filter(|(kind, _)| *kind == gone.kind)
                    .map(|(_, name)| name.as_str())
                    .collect();
                ui.horizontal(|ui| chose |= fate(ui, gone, &names));
                ui.end_row();
            }
        });
    chose
}

fn fate(ui: &mut Ui, gone: &mut Gone, names: &[&str]) -> bool {
    let before = gone.fate.clone();
    let name = gone.label.name.clone();
    ui.radio_value(&mut gone.fate, Fate::SwitchOff, "Keep spans, hide label");
    let moves = matches!(gone.fate, Fate::Move(_));
    if ui.radio(moves, "Move spans to…").clicked() && !moves {
        let first = names.first().copied().unwrap_or_default();
        gone.fate = Fate::Move(first.to_owned());
    }
    let to = match &gone.fate {
        Fate::Move(to) => to.clone(),
        _ => "…".to_owned(),
    };
    let combo = egui::ComboBox::from_id_salt(("to", &name))
        .selected_text(to)
        .show_ui(ui, |ui| {
            for other in names {
                let here = gone.fate == Fate::Move((*other).to_owned());
                if ui.selectable_label(here, *other).clicked() {
                    gone.fate = Fate::Move((*other).to_owned());
                }
            }
        });
    combo.response.widget_info(|| {
        egui::WidgetInfo::labeled(
            egui::accesskit::Role::ComboBox,
            true,
            format!("Where the spans of {name} move to"),
        )
    });
    ui.radio_value(&mut gone.fate, Fate::Remove, "Delete spans");
    gone.fate != before
}
