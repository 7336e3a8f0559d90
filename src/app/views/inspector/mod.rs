//! The right-hand panel: labels with their keys, the regions and entities of the article,
//! guidelines, remarks, history.

mod history;
mod labels;
mod lists;
mod remarks;
mod span_rows;

use egui::Ui;

pub use remarks::write_remark;

use super::guidelines::Guide;
use crate::app::command::Command;
use crate::app::state::{Message, OpenArticle, State};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::dataset::Calendar;
use crate::model::Label;

/// The tabs with their counts want so much room, in points.
const TABS: f32 = 284.0;

/// A count in few characters: `4.7k`.
fn short_count(n: usize) -> String {
    match n {
        0..1_000 => n.to_string(),
        1_000..10_000 => format!("{:.1}k", n as f64 / 1e3),
        _ => format!("{}k", n / 1_000),
    }
}

/// Which list is shown below the labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Entities,
    Regions,
    Guidelines,
    Remarks,
    History,
}

impl Tab {
    const ALL: [Self; 5] = [
        Self::Entities,
        Self::Regions,
        Self::Guidelines,
        Self::Remarks,
        Self::History,
    ];
}

/// What the panel remembers between frames.
pub struct InspectorPane {
    tab: Tab,
    entities: lists::SpanList,
    regions: lists::SpanList,
    guide: Guide,
    /// The label under the mouse, in the frame before.
    hovered: Option<Label>,
    /// The label that the guidelines were last opened at.
    guide_of: Option<Label>,
    /// In whose hours times are shown.
    calendar: Calendar,
    /// Whether the guidelines follow the caret from label to label.
    follows: bool,
}

impl Default for InspectorPane {
    fn default() -> Self {
        Self {
            tab: Tab::default(),
            entities: lists::SpanList::default(),
            regions: lists::SpanList::default(),
            guide: Guide::default(),
            hovered: None,
            guide_of: None,
            calendar: Calendar::of_the_system(),
            follows: true,
        }
    }
}

impl InspectorPane {
    /// Opens the guidelines at the label under the mouse, or else at this one.
    pub fn show_guide(&mut self, label: Option<Label>) {
        self.tab = Tab::Guidelines;
        self.guide_of = None;
        if let Some(label) = self.hovered.clone().or(label) {
            self.open_guide_at(label);
        }
    }

    /// Shows the remarks.
    pub fn show_remarks(&mut self) {
        self.tab = Tab::Remarks;
    }

    /// Shows the history.
    pub fn show_history(&mut self) {
        self.tab = Tab::History;
    }

    /// Puts the keyboard into the search field of the entities or regions.
    pub fn focus_search(&mut self) {
        match self.tab {
            Tab::Regions => self.regions.focus(),
            _ => {
                self.tab = Tab::Entities;
                self.entities.focus();
            }
        }
    }

    /// Ends a search among the entities or regions that the keyboard is in.
    pub fn end_search(&mut self) {
        self.entities.end_search();
        self.regions.end_search();
    }

    fn open_guide_at(&mut self, label: Label) {
        if let Some(section) = self.guide.section_about(label.as_str()) {
            self.guide.jump(section);
        }
        self.guide_of = Some(label);
    }

    /// Shows the next of the lists, or the previous one.
    pub fn turn(&mut self, forward: bool) {
        let all = Tab::ALL;
        let at = all.iter().position(|tab| *tab == self.tab).unwrap_or(0);
        let step = if forward { 1 } else { all.len() - 1 };
        self.tab = all[(at + step) % all.len()];
    }

    /// Draws the panel.
    pub fn show(&mut self, ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
        let (Some(schema), Some(dataset)) = (state.schema(), &state.dataset) else {
            return;
        };
        let folder = dataset.path.parent().unwrap_or(&dataset.path);
        self.guide.set(schema.guidelines(), folder);
        self.hovered = None;
        ui.columns(2, |columns| {
            if let [left, right] = columns {
                let region = labels::region_labels(left, state, schema, theme, out);
                let entity = labels::entity_labels(right, state, schema, theme, out);
                self.hovered = entity.or(region);
            }
        });
        ui.add_space(6.0);
        ui.separator();
        let Some(article) = &state.article else {
            return;
        };
        self.tabs(ui, state, article);
        ui.add_space(4.0);
        let who = &|provenance| state.suggested_by(provenance);
        match self.tab {
            Tab::Entities => self
                .entities
                .entities(ui, article, &dataset.schema, theme, who, out),
            Tab::Regions => self
                .regions
                .regions(ui, article, &dataset.schema, theme, who, out),
            Tab::Guidelines => self.guidelines(ui, state, article, theme, out),
            Tab::Remarks => remarks::show(ui, state, article, &self.calendar, theme, out),
            Tab::History => history::show(ui, state, article, &self.calendar, theme, out),
        }
    }

    fn tabs(&mut self, ui: &mut Ui, state: &State, article: &OpenArticle) {
        let annotation = article.session.annotation();
        // In a narrow panel the counts are left out, so that the names stay in one line.
        let wide = ui.available_width() >= TABS;
        let counted = |name: &str, n: usize| match n {
            0 => name.to_owned(),
            n if wide => format!("{name} {}", short_count(n)),
            _ => name.to_owned(),
        };
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.spacing_mut().button_padding.x = 3.0;
            for (tab, words) in [
                (
                    Tab::Entities,
                    counted("Entities", annotation.entities().len()),
                ),
                (Tab::Regions, counted("Regions", annotation.regions().len())),
                (Tab::Guidelines, "Guide".to_owned()),
                (Tab::Remarks, counted("Remarks", annotation.open_remarks())),
            ] {
                if ui.selectable_label(self.tab == tab, words).clicked() {
                    self.tab = tab;
                }
            }
            let icon = egui_material_icons::icons::ICON_HISTORY;
            let name = "History";
            let shown = ui
                .selectable_label(self.tab == Tab::History, icon.rich_text().size(15.0))
                .on_hover_text(state.hint(Command::History));
            let selected = self.tab == Tab::History;
            shown.widget_info(|| {
                egui::WidgetInfo::selected(egui::accesskit::Role::Button, true, selected, name)
            });
            if shown.clicked() {
                self.tab = Tab::History;
            }
        });
    }

    fn guidelines(
        &mut self,
        ui: &mut Ui,
        state: &State,
        article: &OpenArticle,
        theme: &Theme,
        out: &mut Vec<Message>,
    ) {
        ui.horizontal(|ui| {
            widgets::outlined(ui, theme);
            ui.checkbox(&mut self.follows, "Follow the caret")
                .on_hover_text("Show the guidelines of the label at the caret");
            let edit = Command::Schema;
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let hint = state.hint(edit);
                if widgets::icon_button(ui, egui_material_icons::icons::ICON_EDIT, &hint).clicked()
                {
                    out.push(Message::Run(edit));
                }
                let headings: Vec<(usize, usize, String)> = self
                    .guide
                    .headings()
                    .map(|(at, depth, words)| (at, depth, words.to_owned()))
                    .collect();
                let shown = egui::ComboBox::from_id_salt("headings")
                    .selected_text("Go to…")
                    .height(420.0)
                    .show_ui(ui, |ui| {
                        for (at, depth, words) in headings {
                            let indent = "   ".repeat(depth.saturating_sub(1));
                            if ui
                                .selectable_label(false, format!("{indent}{words}"))
                                .clicked()
                            {
                                self.guide.jump(at);
                            }
                        }
                    });
                shown.response.widget_info(|| {
                    egui::WidgetInfo::labeled(
                        egui::accesskit::Role::ComboBox,
                        true,
                        "Go to a heading",
                    )
                });
            });
        });
        ui.add_space(2.0);
        let in_use = article
            .entity()
            .map(|entity| &entity.label)
            .or_else(|| article.region().map(|region| &region.label));
        if self.follows
            && let Some(label) = in_use
            && self.guide_of.as_ref() != Some(label)
        {
            self.open_guide_at(label.clone());
        }
        self.guide.show(ui, theme, "guidelines");
    }
}
