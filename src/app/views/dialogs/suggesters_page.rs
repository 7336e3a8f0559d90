//! The page of the settings about suggesters: other programs that suggest in this dataset.

use egui::{RichText, Ui};

use super::comparison_table;
use crate::app::state::{Dialog, Message, OpenDataset, State, SuggestersMessage, SuggestersPage};
use crate::app::tasks::jobs::JobKind;
use crate::app::ui::theme;
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::dataset::suggesters::{
    BUILT_IN, LabelSource, SuggesterConfig, SuggesterSettings, TIME_LIMITS_S,
};
use crate::formats::metadata::suggested_by::SuggestedTask;
use crate::model::Schema;

/// Width of the page, in points.
pub const WIDTH: f32 = 720.0;
/// Width of a list of suggesters to choose from, in points.
const CHOICE_WIDTH: f32 = 118.0;
/// Space between a label and its list, and between a list and the next label, in points.
const CHOICE_GAP: f32 = 12.0;
/// How many suggestions of a test are shown.
const SHOWN: usize = 8;

/// Draws the page.
pub fn show(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    page: &SuggestersPage,
    out: &mut Vec<Message>,
) {
    let Some(dataset) = &state.dataset else {
        ui.label("Open a dataset first: suggesters belong to a dataset.");
        return;
    };
    let height = (ui.ctx().content_rect().height() - 170.0).max(160.0);
    egui::ScrollArea::vertical()
        .max_height(height)
        // The dialog is as high as its content was before: it grows with this page.
        .min_scrolled_height(height)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            let words = "Other programs that suggest in this dataset. Their commands run on this machine, in the folder of the dataset.";
            ui.label(RichText::new(words).color(theme.faint));
            ui.add_space(6.0);
            for suggester in &dataset.suggesters.settings.suggesters {
                card(ui, state, dataset, theme, suggester, out);
            }
            add_form(ui, theme, page, out);
            ui.add_space(8.0);
            if !dataset.suggesters.settings.suggesters.is_empty() {
                uses(ui, dataset, theme, out);
                ui.add_space(8.0);
                work(ui, state, theme, out);
            }
            if let Some(comparison) = &dataset.suggesters.comparison {
                ui.add_space(8.0);
                comparison_table::show(ui, theme, comparison, out);
            }
        });
}

fn say(out: &mut Vec<Message>, message: SuggestersMessage) {
    out.push(Message::Suggesters(message));
}

fn task_words(task: SuggestedTask) -> &'static str {
    match task {
        SuggestedTask::Regions => "regions",
        SuggestedTask::Entities => "entities",
    }
}

/// A suggester with how it is doing.
fn card(
    ui: &mut Ui,
    state: &State,
    dataset: &OpenDataset,
    theme: &Theme,
    suggester: &SuggesterConfig,
    out: &mut Vec<Message>,
) {
    let suggesters = &dataset.suggesters;
    let name = &suggester.name;
    let status = suggesters.status.get(name);
    egui::Frame::new()
        .stroke(egui::Stroke::new(1.0, theme.line))
        .corner_radius(6.0)
        .inner_margin(10)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new(name).family(theme::strong_family()));
                let uses = suggesters.settings.uses_of(name, &dataset.schema);
                let uses = match uses.is_empty() {
                    true => "not used yet".to_owned(),
                    false => format!("used for {}", uses.join(", ")),
                };
                let words = format!(
                    "{}, {uses}, at most {} s per article",
                    task_words(suggester.task),
                    suggester.time_limit_s
                );
                ui.label(RichText::new(words).color(theme.faint));
            });
            ui.label(RichText::new(&suggester.command).monospace().small());
            let model = status.map_or("", |status| status.model.as_str());
            if !model.is_empty() {
                ui.label(
                    RichText::new(format!("Runs {model}"))
                        .small()
                        .color(theme.faint),
                );
            }
            if let Some(error) = status
                .map(|status| &status.last_error)
                .filter(|e| !e.is_empty())
            {
                ui.label(RichText::new(format!("Last error: {error}")).color(theme.bad));
            }
            ui.horizontal(|ui| {
                if suggesters.allowed.allows(&dataset.path, &suggester.command) {
                    let is_busy = suggesters.testing.is_some();
                    let can_test = state.article.is_some() && !is_busy;
                    let test = egui::Button::new("Test with the open article");
                    if ui.add_enabled(can_test, test).clicked() {
                        say(out, SuggestersMessage::Test(name.clone()));
                    }
                    if suggesters.testing.as_ref() == Some(name) {
                        ui.spinner();
                    }
                } else {
                    let words = "May not run on this machine yet";
                    ui.label(RichText::new(words).color(theme.warn));
                    if ui.button("Allow…").clicked() {
                        say(out, SuggestersMessage::AskConsent);
                    }
                }
                let remove = ui.button("Remove");
                remove.widget_info(|| {
                    let words = format!("Remove {name}");
                    egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, words)
                });
                if remove.clicked() {
                    say(out, SuggestersMessage::Remove(name.clone()));
                }
            });
            if let Some(test) = suggesters.test.as_ref().filter(|test| test.name == *name) {
                test_outcome(ui, theme, test);
            }
        });
    ui.add_space(6.0);
}

fn test_outcome(ui: &mut Ui, theme: &Theme, test: &crate::dataset::session::SuggesterTest) {
    match &test.outcome {
        Err(why) => {
            ui.label(RichText::new(format!("Test failed: {why}")).color(theme.bad));
        }
        Ok((model, words)) => {
            let found = match words.len() {
                0 => "nothing".to_owned(),
                _ => words
                    .iter()
                    .take(SHOWN)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join("; "),
            };
            let more = words.len().saturating_sub(SHOWN);
            let more = match more {
                0 => String::new(),
                more => format!("; and {more} more"),
            };
            let words = format!("{model} suggests in {:.1} s: {found}{more}", test.seconds());
            ui.label(RichText::new(words).color(theme.good));
        }
    }
}

/// The form for a new suggester.
fn add_form(ui: &mut Ui, theme: &Theme, page: &SuggestersPage, out: &mut Vec<Message>) {
    let mut new = page.clone();
    widgets::heading(ui, theme, "ADD A SUGGESTER");
    let mut add = false;
    egui::Grid::new("new suggester")
        .num_columns(2)
        .min_col_width(110.0)
        .spacing([12.0, 8.0])
        .show(ui, |ui| {
            let label = ui.label("Name");
            let hint = egui::TextEdit::singleline(&mut new.name).hint_text("spacy");
            ui.add(hint.desired_width(200.0)).labelled_by(label.id);
            ui.end_row();
            let label = ui.label("Command");
            let hint = egui::TextEdit::singleline(&mut new.command)
                .hint_text("python3 spacy_ner.py en_core_web_md")
                .font(egui::TextStyle::Monospace);
            ui.add(hint.desired_width(f32::INFINITY))
                .labelled_by(label.id);
            ui.end_row();
            ui.label("Suggests");
            ui.horizontal(|ui| {
                for task in [SuggestedTask::Entities, SuggestedTask::Regions] {
                    ui.selectable_value(&mut new.task, task, task_words(task));
                }
                ui.add_space(16.0);
                let label = ui.label("Time limit per article");
                let seconds = egui::DragValue::new(&mut new.time_limit_s)
                    .range(TIME_LIMITS_S)
                    .suffix(" s");
                ui.add(seconds).labelled_by(label.id);
                ui.add_space(16.0);
                add = ui.button("Add").clicked();
            });
            ui.end_row();
        });
    if let Some(fault) = &page.fault {
        ui.label(RichText::new(fault).color(theme.bad));
    }
    if add {
        new.fault = None;
        say(out, SuggestersMessage::Add(Box::new(new)));
    } else if new != *page {
        out.push(Message::Dialog(Some(Dialog::Suggesters(Box::new(new)))));
    }
}

/// Who suggests what.
fn uses(ui: &mut Ui, dataset: &OpenDataset, theme: &Theme, out: &mut Vec<Message>) {
    let settings = &dataset.suggesters.settings;
    widgets::heading(ui, theme, "WHO SUGGESTS WHAT");
    let schema: &Schema = &dataset.schema;
    let mut sources = vec![LabelSource::Regions];
    let labels = schema.entities().iter().filter(|label| label.enabled);
    sources.extend(labels.map(|label| LabelSource::Entity(label.label.clone())));
    let choices: Vec<Choice<'_>> = sources
        .into_iter()
        .filter_map(|source| Choice::of(settings, source))
        .collect();
    let columns = columns(ui, &choices);
    egui::Grid::new("who suggests what")
        .spacing([CHOICE_GAP, 8.0])
        .show(ui, |ui| {
            for (nth, choice) in choices.into_iter().enumerate() {
                if nth > 0 && nth % columns == 0 {
                    ui.end_row();
                }
                choice.show(ui, out);
            }
        });
}

/// A label with the suggesters that it may have.
struct Choice<'a> {
    source: LabelSource,
    words: String,
    used: &'a str,
    names: Vec<&'a str>,
}

impl<'a> Choice<'a> {
    /// The choice for a label; `None` if no suggester is for its task.
    fn of(settings: &'a SuggesterSettings, source: LabelSource) -> Option<Self> {
        let (task, words, used) = match &source {
            LabelSource::Regions => (
                SuggestedTask::Regions,
                "regions".to_owned(),
                settings.regions.as_deref(),
            ),
            LabelSource::Entity(label) => (
                SuggestedTask::Entities,
                label.as_str().to_owned(),
                settings.of_label(label),
            ),
        };
        let names = settings.suggesters.iter().filter(|one| one.task == task);
        let names: Vec<&str> = names.map(|one| one.name.as_str()).collect();
        (!names.is_empty()).then_some(Self {
            source,
            words,
            used: used.unwrap_or(BUILT_IN),
            names,
        })
    }

    fn show(self, ui: &mut Ui, out: &mut Vec<Message>) {
        let mut chosen = self.used;
        let label = ui.label(&self.words);
        egui::ComboBox::from_id_salt(("suggester of", &self.words))
            .selected_text(chosen)
            .width(CHOICE_WIDTH)
            .truncate()
            .show_ui(ui, |ui| {
                for name in [BUILT_IN].into_iter().chain(self.names) {
                    ui.selectable_value(&mut chosen, name, name);
                }
            })
            .response
            .labelled_by(label.id);
        if chosen != self.used {
            let chosen = chosen.to_owned();
            say(out, SuggestersMessage::Choose(self.source, chosen));
        }
    }
}

/// How many labels with their suggesters fit side by side, so that none is parted from its label.
fn columns(ui: &Ui, choices: &[Choice<'_>]) -> usize {
    let width = |choice: &Choice<'_>| {
        let words = egui::WidgetText::from(&choice.words);
        let wrap = Some(egui::TextWrapMode::Extend);
        let font = egui::TextStyle::Body;
        words.into_galley(ui, wrap, f32::INFINITY, font).size().x
    };
    let widest = choices.iter().map(width).fold(0.0, f32::max);
    let one = widest + CHOICE_WIDTH + 2.0 * CHOICE_GAP;
    ((ui.available_width() + CHOICE_GAP) / one).floor().max(1.0) as usize
}

/// The buttons for work on many articles.
fn work(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    ui.horizontal_wrapped(|ui| {
        for (kind, words, message) in [
            (
                JobKind::SuggestForOpen,
                "Suggest for all open articles",
                SuggestersMessage::SuggestForOpen,
            ),
            (
                JobKind::CompareSuggesters,
                "Compare on the finished articles",
                SuggestersMessage::Compare,
            ),
        ] {
            match state.job(kind) {
                None => {
                    if ui.button(words).clicked() {
                        say(out, message);
                    }
                }
                Some((at, job)) => {
                    ui.spinner();
                    ui.label(RichText::new(job.words()).color(theme.faint));
                    if ui.button("Stop").clicked() {
                        out.push(Message::Cancel(at));
                    }
                }
            }
        }
    });
}
