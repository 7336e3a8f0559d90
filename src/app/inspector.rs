//! The right-hand panel: labels with their keys, the regions and entities of the article, guidelines, remarks.

use egui::{Align, Color32, Layout, RichText, Sense, Ui};
use egui_material_icons::icons;

use super::command::Command;
use super::dispatch::Message;
use super::state::{Doubt, OpenArticle, State};
use super::theme::Look;
use super::widgets;
use crate::model::{Provenance, Rgb, Schema};

/// Height of a row of a list, in points.
const ROW: f32 = 24.0;
/// The colour of a label that the schema does not know.
const UNKNOWN: Rgb = Rgb(128, 128, 128);

/// Which list is shown below the labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Entities,
    Regions,
    Guidelines,
    Remarks,
}

/// What the panel remembers between frames.
#[derive(Default)]
pub struct InspectorPane {
    tab: Tab,
    /// What is being typed as a remark, and for which version of which article.
    remark: String,
    remark_of: Option<(i64, u64)>,
}

impl InspectorPane {
    /// Draws the panel.
    pub fn show(&mut self, ui: &mut Ui, state: &State, look: &Look, out: &mut Vec<Message>) {
        let Some(schema) = state.schema() else { return };
        ui.columns(2, |columns| {
            if let [left, right] = columns {
                region_labels(left, state, schema, look, out);
                entity_labels(right, state, schema, look, out);
            }
        });
        ui.add_space(6.0);
        ui.separator();
        let Some(article) = &state.article else {
            return;
        };
        let annotation = article.session.annotation();
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.spacing_mut().button_padding.x = 6.0;
            for (tab, words) in [
                (
                    Tab::Entities,
                    format!("Entities {}", annotation.entities().len()),
                ),
                (
                    Tab::Regions,
                    format!("Regions {}", annotation.regions().len()),
                ),
                (Tab::Guidelines, "Guide".to_owned()),
                (
                    Tab::Remarks,
                    match annotation.remarks().len() {
                        0 => "Remarks".to_owned(),
                        n => format!("Remarks {n}"),
                    },
                ),
            ] {
                if ui.selectable_label(self.tab == tab, words).clicked() {
                    self.tab = tab;
                }
            }
        });
        ui.add_space(4.0);
        match self.tab {
            Tab::Entities => entities(ui, article, schema, look, out),
            Tab::Regions => regions(ui, article, schema, look, out),
            Tab::Guidelines => guidelines(ui, schema),
            Tab::Remarks => self.remarks(ui, article, out),
        }
    }

    fn remarks(&mut self, ui: &mut Ui, article: &OpenArticle, out: &mut Vec<Message>) {
        let stamp = (article.key.0, article.version);
        if self.remark_of != Some(stamp) {
            self.remark_of = Some(stamp);
            self.remark = article
                .session
                .annotation()
                .remarks()
                .iter()
                .rev()
                .find(|remark| remark.at.is_none())
                .map_or(String::new(), |remark| remark.text.clone());
        }
        let field = ui.add(
            egui::TextEdit::multiline(&mut self.remark)
                .hint_text("A note on this article, for whoever works on it next")
                .desired_width(f32::INFINITY)
                .desired_rows(5),
        );
        field.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::accesskit::Role::MultilineTextInput,
                true,
                "Remark on the article",
            )
        });
        if field.lost_focus() {
            out.push(Message::SetRemark(self.remark.clone()));
        }
        for remark in article.session.annotation().remarks().iter().rev().skip(1) {
            ui.label(&remark.text);
        }
    }
}

fn region_labels(ui: &mut Ui, state: &State, schema: &Schema, look: &Look, out: &mut Vec<Message>) {
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
        label_row(ui, state, schema, look, command, &about, out);
    }
}

fn entity_labels(ui: &mut Ui, state: &State, schema: &Schema, look: &Look, out: &mut Vec<Message>) {
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
        label_row(ui, state, schema, look, Command::Tag(at), &about, out);
    }
}

struct About<'a> {
    name: &'a str,
    color: Rgb,
    description: &'a str,
    examples: &'a [String],
    chosen: bool,
}

fn label_row(
    ui: &mut Ui,
    state: &State,
    schema: &Schema,
    look: &Look,
    command: Command,
    about: &About<'_>,
    out: &mut Vec<Message>,
) {
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
    response.on_hover_ui(|ui| {
        ui.set_max_width(300.0);
        ui.label(RichText::new(command.label(Some(schema))).family(super::theme::strong_family()));
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
    });
}

fn entities(
    ui: &mut Ui,
    article: &OpenArticle,
    schema: &Schema,
    look: &Look,
    out: &mut Vec<Message>,
) {
    let all = article.session.annotation().entities();
    let unsure = all.iter().filter(|e| e.provenance.is_unsure()).count();
    if all.is_empty() {
        ui.label(
            RichText::new("Select a name in the text and press its label's digit.")
                .color(look.faint),
        );
        return;
    }
    if unsure > 0 {
        ui.label(RichText::new(format!("{unsure} unsure (Tab)")).color(look.warn));
    }
    let current = article.entity();
    list(ui, "entities", all.len(), |ui, at| {
        let Some(entity) = all.get(at) else { return };
        let color = schema.entity(entity.label.as_str()).map(|l| l.color);
        let row = SpanRow {
            words: one_line(article.article().text.slice(entity.span)),
            label: entity.label.as_str(),
            color: color.unwrap_or(UNKNOWN),
            provenance: entity.provenance,
            chosen: current == Some(entity),
        };
        if row.show(ui, look) {
            out.push(Message::GoTo(Doubt::Entity(entity.clone())));
        }
    });
}

fn regions(
    ui: &mut Ui,
    article: &OpenArticle,
    schema: &Schema,
    look: &Look,
    out: &mut Vec<Message>,
) {
    let all = article.session.annotation().regions();
    let current = article.region();
    list(ui, "regions", all.len(), |ui, at| {
        let Some(region) = all.get(at) else { return };
        let color = schema.region(region.label.as_str()).map(|l| l.color);
        let row = SpanRow {
            words: one_line(article.article().text.slice(region.span)),
            label: region.label.as_str(),
            color: color.unwrap_or(UNKNOWN),
            provenance: region.provenance,
            chosen: current == Some(region),
        };
        if row.show(ui, look) {
            out.push(Message::GoTo(Doubt::Region(region.clone())));
        }
    });
}

/// Rows of equal height, of which only those in view are drawn.
fn list(ui: &mut Ui, name: &str, count: usize, mut row: impl FnMut(&mut Ui, usize)) {
    ui.spacing_mut().item_spacing.y = 2.0;
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .id_salt(name)
        .show_rows(ui, ROW, count, |ui, range| {
            for at in range {
                row(ui, at);
            }
        });
}

struct SpanRow<'a> {
    words: String,
    label: &'a str,
    color: Rgb,
    provenance: Provenance,
    chosen: bool,
}

impl SpanRow<'_> {
    /// Draws the row; true if it was clicked.
    fn show(&self, ui: &mut Ui, look: &Look) -> bool {
        let (rect, response) =
            ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW), Sense::click());
        response.widget_info(|| {
            egui::WidgetInfo::selected(
                egui::accesskit::Role::ListItem,
                true,
                self.chosen,
                format!("{}: {}", self.label, self.words),
            )
        });
        if self.chosen {
            ui.painter().rect_filled(rect, 6.0, look.accent_ground);
        } else if response.hovered() {
            ui.painter()
                .rect_filled(rect, 6.0, look.panel.lerp_to_gamma(look.ink, 0.06));
        }
        let mut row = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(rect.shrink2(egui::vec2(6.0, 0.0)))
                .layout(Layout::right_to_left(Align::Center)),
        );
        row.spacing_mut().item_spacing.x = 6.0;
        row.label(
            RichText::new(self.label)
                .small()
                .color(look.mark(self.color)),
        );
        if self.provenance.is_unsure() {
            row.label(
                icons::ICON_QUESTION_MARK
                    .rich_text()
                    .size(13.0)
                    .color(look.warn),
            );
        } else if self.provenance.is_suggestion() {
            row.label(
                icons::ICON_AUTO_AWESOME
                    .rich_text()
                    .size(13.0)
                    .color(look.faint),
            );
        }
        row.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(
                egui::Label::new(RichText::new(&self.words).color(look.ink))
                    .truncate()
                    .selectable(false),
            );
        });
        response.clicked()
    }
}

fn one_line(words: &str) -> String {
    words
        .split_whitespace()
        .take(14)
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(120)
        .collect()
}

/// The guidelines, with headings told from text. (Pictures and the rest of Markdown come with the guidelines pane.)
fn guidelines(ui: &mut Ui, schema: &Schema) {
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .id_salt("guidelines")
        .show(ui, |ui| {
            for line in schema.guidelines().lines() {
                let text = line.trim_start_matches('#');
                let depth = line.len() - text.len();
                match depth {
                    0 if line.trim().is_empty() => ui.add_space(4.0),
                    0 => {
                        ui.add(
                            egui::Label::new(text.trim().replace("**", "").replace('`', "")).wrap(),
                        );
                    }
                    depth => {
                        ui.add_space(6.0);
                        ui.label(
                            RichText::new(text.trim())
                                .family(super::theme::strong_family())
                                .size(if depth == 1 { 16.0 } else { 14.0 }),
                        );
                    }
                }
            }
        });
}
