//! Labels and guidelines: the dialog in which a team's rules are written. What it would touch in
//! the dataset is counted before anything changes.

mod change;
mod draft;
mod faults;
mod form;
mod palette;
mod review;

use std::sync::Arc;

use egui::{Align, Layout, RichText, Sense, Ui, vec2};
use egui_material_icons::icons;

use super::guidelines::Guide;
use crate::app::state::{Dialog, Message, State};
use crate::app::ui::theme;
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::dataset::SchemaChange;
use crate::dataset::config::built_in_schemas;
use crate::edit::LabelKind;
use crate::model::Schema;
use draft::Draft;
use faults::Fault;

/// What the dialog shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    #[default]
    Labels,
    Guidelines,
    /// What the change would touch.
    Review,
}

/// The dialog with what it remembers between frames.
#[derive(Default)]
pub struct SchemaEditor {
    draft: Option<Draft>,
    /// What the draft was made from.
    of: Option<Arc<Schema>>,
    page: Page,
    /// The label whose fields are shown.
    chosen: Option<(LabelKind, usize)>,
    focus_name: bool,
    guide: Guide,
    /// The change that was sent to be counted, or made.
    asked: Option<Box<SchemaChange>>,
    /// How many frames ago the change was sent to be made.
    sent: Option<u8>,
    faults: Vec<Fault>,
    stale: bool,
}

impl SchemaEditor {
    /// Draws the dialog, if it is open. What was typed stays when it is closed, until it is saved
    /// or thrown away.
    pub fn show(
        &mut self,
        ctx: &egui::Context,
        state: &State,
        theme: &Theme,
        out: &mut Vec<Message>,
    ) {
        let Some(dataset) = &state.dataset else {
            *self = Self::default();
            return;
        };
        if state.dialog != Some(Dialog::Schema) {
            if self.sent.is_some() || !self.is_dirty() {
                *self = Self::default();
            } else if self.page == Page::Review {
                self.page = Page::Labels;
            }
            return;
        }
        let schema = Arc::clone(&dataset.schema);
        let other = self.of.as_ref().is_none_or(|of| !Arc::ptr_eq(of, &schema));
        if other && !self.is_dirty() {
            let chosen = self.chosen;
            *self = Self {
                draft: Some(Draft::of(&schema)),
                chosen: chosen.or(Some((LabelKind::Region, 0))),
                of: Some(Arc::clone(&schema)),
                stale: true,
                ..Self::default()
            };
        }
        let screen = ctx.content_rect();
        let size = vec2(
            (screen.width() - 72.0).clamp(480.0, 1080.0),
            (screen.height() - 88.0).clamp(360.0, 760.0),
        );
        let modal = egui::Modal::new(egui::Id::unique("schema editor"))
            .frame(egui::Frame::popup(&ctx.global_style()).inner_margin(egui::Margin::same(18)))
            .show(ctx, |ui| {
                ui.set_width(size.x);
                ui.set_height(size.y);
                self.contents(ui, state, &schema, theme, out);
            });
        if modal.should_close() {
            out.push(Message::Dialog(None));
        }
    }

    fn is_dirty(&self) -> bool {
        match (&self.draft, &self.of) {
            (Some(draft), Some(of)) => *draft != Draft::of(of),
            _ => false,
        }
    }

    fn contents(
        &mut self,
        ui: &mut Ui,
        state: &State,
        schema: &Arc<Schema>,
        theme: &Theme,
        out: &mut Vec<Message>,
    ) {
        widgets::outlined(ui, theme);
        self.head(ui, schema, theme, out);
        ui.separator();
        ui.add_space(2.0);
        if std::mem::take(&mut self.stale) {
            self.faults = self.draft.as_ref().map(Draft::faults).unwrap_or_default();
        }
        let before = self.draft.clone();
        let room = ui.available_height() - 52.0;
        let body = vec2(ui.available_width(), room);
        ui.allocate_ui_with_layout(body, Layout::top_down(Align::Min), |ui| {
            ui.set_min_size(body);
            match self.page {
                Page::Labels => self.labels(ui, theme),
                Page::Guidelines => self.guidelines(ui, state, theme),
                Page::Review => self.review(ui, state, theme, out),
            }
        });
        if self.draft != before {
            self.stale = true;
            if self.page != Page::Review {
                self.asked = None; // what is being counted is no longer what is meant
            }
        }
        ui.separator();
        self.foot(ui, state, theme, out);
    }

    fn head(&mut self, ui: &mut Ui, schema: &Schema, theme: &Theme, out: &mut Vec<Message>) {
        ui.horizontal(|ui| {
            ui.label(
                RichText::new("Labels and guidelines")
                    .heading()
                    .family(theme::strong_family()),
            );
            ui.add_space(16.0);
            if self.page != Page::Review {
                for (page, words) in [(Page::Labels, "Labels"), (Page::Guidelines, "Guidelines")] {
                    if ui.selectable_label(self.page == page, words).clicked() {
                        self.page = page;
                    }
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if widgets::icon_button(ui, icons::ICON_CLOSE, "Close (Esc)").clicked() {
                    out.push(Message::Dialog(None));
                }
                if self.page == Page::Review {
                    return;
                }
                ui.menu_button("Start from…", |ui| {
                    ui.label(
                        RichText::new("Labels with the same name are kept")
                            .small()
                            .color(theme.faint),
                    );
                    for name in built_in_schemas::NAMES {
                        if ui.button(name).clicked()
                            && let (Some(draft), Some(preset)) =
                                (&mut self.draft, built_in_schemas::by_name(name))
                        {
                            draft.start_from(&preset, schema);
                            self.chosen = Some((LabelKind::Region, 0));
                        }
                    }
                });
            });
        });
    }

    fn foot(&mut self, ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
        let grave = self.faults.iter().find(|fault| fault.grave).cloned();
        let dirty = self.is_dirty();
        let overtaken = match (&self.of, &state.dataset) {
            (Some(of), Some(dataset)) => **of != *dataset.schema,
            _ => false,
        };
        let waits = self.asked.is_some() && self.page != Page::Review;
        ui.add_space(4.0);
        // On the left: notices come up on the right.
        ui.horizontal(|ui| {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let strong = |words: &str| {
                    egui::Button::new(RichText::new(words).family(theme::strong_family()))
                        .fill(theme.accent_ground)
                };
                match self.page {
                    Page::Review => {
                        let ready = grave.is_none()
                            && self.sent.is_none()
                            && matches!(self.counted(state), Some(Ok(_)));
                        if ui.add_enabled(ready, strong("Apply changes")).clicked() {
                            self.send(out);
                        }
                        if ui
                            .add_enabled(self.sent.is_none(), egui::Button::new("Back"))
                            .clicked()
                        {
                            self.page = Page::Labels;
                            self.asked = None;
                        }
                    }
                    _ => {
                        let ready =
                            dirty && grave.is_none() && !waits && self.sent.is_none() && !overtaken;
                        if ui.add_enabled(ready, strong("Save")).clicked() {
                            self.ask(out);
                        }
                        if ui
                            .add_enabled(dirty, egui::Button::new("Discard changes"))
                            .clicked()
                        {
                            let page = self.page;
                            *self = Self {
                                page,
                                ..Self::default()
                            };
                        }
                    }
                }
                ui.add_space(8.0);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if self.sent.is_some() || waits {
                        ui.spinner();
                        let words = if self.sent.is_some() {
                            "Saving the labels…"
                        } else {
                            "Counting affected labels…"
                        };
                        ui.label(RichText::new(words).color(theme.faint));
                    } else if overtaken {
                        let words =
                            "Another program changed the labels. “Discard changes” loads them.";
                        ui.label(RichText::new(words).color(theme.warn));
                    } else if let Some(fault) = grave {
                        let words = fault.at.and_then(|(kind, at)| {
                            let label = self.draft.as_ref()?.labels(kind).get(at)?;
                            let name = label.name.trim();
                            (!name.is_empty()).then(|| format!("{name}: {}", fault.words))
                        });
                        let words = words.unwrap_or(fault.words);
                        let words = format!("{}  {words}", icons::ICON_ERROR.codepoint);
                        let label = egui::Label::new(RichText::new(words).color(theme.bad))
                            .truncate()
                            .sense(Sense::click());
                        if ui.add(label).clicked() && fault.at.is_some() {
                            self.page = Page::Labels;
                            self.chosen = fault.at;
                        }
                    } else if dirty && self.page != Page::Review {
                        ui.label(RichText::new("Unsaved changes").color(theme.faint));
                    }
                });
            });
        });
        self.follow(state, out);
    }

    /// Asks what the change would touch.
    /// Whether a section of the guidelines goes with its label.
    fn deletes_guidelines(&self) -> bool {
        let draft = self.draft.as_ref();
        draft.is_some_and(|draft| !draft.guidelines_after().removed.is_empty())
    }

    fn ask(&mut self, out: &mut Vec<Message>) {
        if let Some(Ok(change)) = self.draft.as_ref().map(Draft::change) {
            let mut change = Box::new(change);
            change.based_on = self.of.as_deref().cloned().map(Box::new);
            self.asked = Some(change.clone());
            out.push(Message::CountSchemaChange(change));
        }
    }

    /// What the change that was asked about would touch, once it is counted.
    fn counted<'a>(
        &self,
        state: &'a State,
    ) -> Option<&'a Result<Vec<crate::dataset::Touched>, String>> {
        let (change, counted) = state.touched.as_ref()?;
        (Some(change) == self.asked.as_ref()).then_some(counted)
    }

    fn send(&mut self, out: &mut Vec<Message>) {
        if let Some(change) = self.asked.clone() {
            self.sent = Some(0);
            out.push(Message::ChangeSchema(change));
        }
    }

    /// Goes on when the background has answered: straight away where nothing is touched.
    fn follow(&mut self, state: &State, out: &mut Vec<Message>) {
        if let Some(frames) = self.sent {
            // Where it succeeds, the dialog is closed; it failed if it is open and nobody works on
            // it any more.
            let works = frames < 2 || state.is_changing_schema();
            self.sent = works.then(|| frames.saturating_add(1));
            return;
        }
        if self.page == Page::Review {
            return;
        }
        match self.counted(state) {
            Some(Ok(touched)) if touched.is_empty() && !self.deletes_guidelines() => self.send(out),
            Some(_) => self.page = Page::Review,
            None => {}
        }
    }

    fn labels(&mut self, ui: &mut Ui, theme: &Theme) {
        let Some(draft) = &mut self.draft else { return };
        let height = ui.available_height();
        ui.horizontal_top(|ui| {
            ui.allocate_ui_with_layout(vec2(330.0, height), Layout::top_down(Align::Min), |ui| {
                ui.set_min_size(vec2(330.0, height));
                column(ui, "labels", |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    form::names(
                        ui,
                        theme,
                        draft,
                        &self.faults,
                        &mut self.chosen,
                        &mut self.focus_name,
                    );
                });
            });
            ui.separator();
            ui.vertical(|ui| {
                column(ui, "fields", |ui| {
                    form::fields(
                        ui,
                        theme,
                        draft,
                        &self.faults,
                        &mut self.chosen,
                        &mut self.focus_name,
                    );
                });
            });
        });
    }

    fn guidelines(&mut self, ui: &mut Ui, state: &State, theme: &Theme) {
        let Some(draft) = &mut self.draft else { return };
        let height = ui.available_height();
        ui.columns(2, |columns| {
            let [left, right] = columns else { return };
            left.label(
                RichText::new("Markdown. The heading named after a label is shown with it.")
                    .small()
                    .color(theme.faint),
            );
            egui::ScrollArea::vertical()
                .auto_shrink(false)
                .max_height(height - 28.0)
                .id_salt("markdown")
                .show(left, |ui| {
                    let field = ui.add(
                        egui::TextEdit::multiline(&mut draft.guidelines)
                            .code_editor()
                            .desired_width(f32::INFINITY)
                            .desired_rows(((height - 40.0) / 16.0).max(4.0) as usize),
                    );
                    field.widget_info(|| {
                        egui::WidgetInfo::labeled(
                            egui::accesskit::Role::MultilineTextInput,
                            true,
                            "Guidelines in Markdown",
                        )
                    });
                });
            right.label(
                RichText::new("As annotators see them")
                    .small()
                    .color(theme.faint),
            );
            if let Some(dataset) = &state.dataset {
                let folder = dataset.path.parent().unwrap_or(&dataset.path);
                self.guide.set(&draft.guidelines, folder);
            }
            egui::Frame::new()
                .fill(theme.paper)
                .corner_radius(6)
                .inner_margin(12)
                .show(right, |ui| {
                    ui.set_height(height - 52.0);
                    self.guide.show(ui, theme, "preview");
                });
        });
    }

    fn review(&mut self, ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
        let counted = self.counted(state);
        let Some(draft) = &mut self.draft else { return };
        if review::show(ui, theme, draft, counted) {
            self.stale = true;
            self.ask(out);
        }
    }
}

/// One of the two halves of a page, scrolled by itself.
fn column(ui: &mut Ui, name: &str, contents: impl FnOnce(&mut Ui)) {
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .id_salt(name)
        .show(ui, contents);
}
