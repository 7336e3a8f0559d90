//! The general settings.

use egui::{RichText, Ui};

use super::shared::{learnt_words, short_name, title};
use crate::app::command::Command;
use crate::app::state::{Dialog, KeysMessage, Message, OpenDataset, State, SuggestersMessage};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::dataset::{Settings, Theme as ThemeSetting, WorkMode};
use crate::formats::Tokenizer;

/// A page of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SettingsTab {
    General,
    Keys,
    Suggesters,
}

/// The title of the settings, with their pages.
pub(super) fn settings_title(ui: &mut Ui, state: &State, tab: SettingsTab, out: &mut Vec<Message>) {
    title(ui, "Settings", out);
    ui.horizontal(|ui| {
        let is = |other| tab == other;
        if ui
            .selectable_label(is(SettingsTab::General), "General")
            .clicked()
        {
            out.push(Message::Dialog(Some(Dialog::Settings)));
        }
        if ui.selectable_label(is(SettingsTab::Keys), "Keys").clicked() {
            out.push(Message::Keys(KeysMessage::Show));
        }
        if state.dataset.is_some()
            && ui
                .selectable_label(is(SettingsTab::Suggesters), "Suggesters")
                .clicked()
        {
            out.push(Message::Suggesters(SuggestersMessage::Show));
        }
    });
    ui.add_space(8.0);
}

/// Draws the settings of this user, and what annotators of the open dataset start from.
pub(super) fn show(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let room = ui.ctx().content_rect().width() - 80.0;
    ui.set_width(room.min(560.0));
    settings_title(ui, state, SettingsTab::General, out);
    let mut new: Settings = state.settings.clone();
    // A low window scrolls.
    let height = ui.ctx().content_rect().height() - 150.0;
    egui::ScrollArea::vertical()
        .max_height(height.max(120.0))
        .show(ui, |ui| {
            egui::Grid::new("settings")
                .num_columns(2)
                .min_col_width(120.0)
                .spacing([20.0, 14.0])
                .show(ui, |ui| {
                    annotator_row(ui, theme, &mut new);
                    if let Some(dataset) = &state.dataset {
                        let label = ui.label("Start from");
                        start_from(ui, dataset, &state.settings.annotator, theme, out)
                            .labelled_by(label.id);
                        ui.end_row();
                    }
                    display_rows(ui, theme, &mut new);
                    suggestion_row(ui, state, theme, &mut new, out);
                    tokenizer_row(ui, state, theme, &mut new, out);
                    team_row(ui, theme, &mut new);
                });
        });
    if new != state.settings {
        out.push(Message::Settings(Box::new(new)));
    }
}

/// A few words below a setting.
fn note(ui: &mut Ui, color: egui::Color32, words: &str) {
    ui.label(RichText::new(words).small().color(color));
}

fn annotator_row(ui: &mut Ui, theme: &Theme, new: &mut Settings) {
    let label = ui.label("Annotator");
    ui.vertical(|ui| {
        let id = egui::Id::unique("annotator name");
        // Typed here, taken over when the field is left: each letter would otherwise be an
        // annotator of its own.
        let mut name = ui
            .data(|data| data.get_temp::<String>(id))
            .unwrap_or_else(|| new.annotator.clone());
        let field = ui.text_edit_singleline(&mut name).labelled_by(label.id);
        if field.lost_focus() && !name.trim().is_empty() {
            name.trim().clone_into(&mut new.annotator);
            ui.data_mut(|data| data.remove::<String>(id));
        } else {
            ui.data_mut(|data| data.insert_temp(id, name));
        }
        note(ui, theme.faint, "Saved with each of your annotations.");
    });
    ui.end_row();
}

fn display_rows(ui: &mut Ui, theme: &Theme, new: &mut Settings) {
    ui.label("Theme");
    ui.vertical(|ui| {
        ui.horizontal(|ui| {
            for (theme, words) in [
                (ThemeSetting::System, "System"),
                (ThemeSetting::Light, "Light"),
                (ThemeSetting::Dark, "Dark"),
            ] {
                ui.selectable_value(&mut new.theme, theme, words);
            }
        });
        ui.checkbox(&mut new.high_contrast, "High contrast");
    });
    ui.end_row();

    let label = ui.label("Interface scale");
    let slider = egui::Slider::new(&mut new.zoom, 0.5..=3.0)
        .step_by(0.05)
        .custom_formatter(|n, _| format!("{:.0} %", n * 100.0));
    widgets::slider(ui, theme, slider).labelled_by(label.id);
    ui.end_row();

    let label = ui.label("Text size");
    let slider = egui::Slider::new(&mut new.text_size, 10.0..=40.0)
        .step_by(0.5)
        .suffix(" pt");
    widgets::slider(ui, theme, slider).labelled_by(label.id);
    ui.end_row();

    let label = ui.label("Articles");
    ui.checkbox(&mut new.fold, "Fold long navigation")
        .labelled_by(label.id);
    ui.end_row();
}

fn suggestion_row(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    new: &mut Settings,
    out: &mut Vec<Message>,
) {
    let label = ui.label("Suggestions");
    ui.vertical(|ui| {
        ui.checkbox(&mut new.learn, "Learn from finished articles")
            .labelled_by(label.id);
        ui.checkbox(&mut new.tag, "Suggest entities when an article is opened");
        if state.dataset.is_some() {
            note(ui, theme.faint, &learnt_words(state));
            if ui.button("Reset the models…").clicked() {
                out.push(Message::Run(Command::ForgetLearnt));
            }
        }
    });
    ui.end_row();
}

fn tokenizer_row(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    new: &mut Settings,
    out: &mut Vec<Message>,
) {
    let label = ui.label("Tokenizer check");
    ui.vertical(|ui| {
        ui.horizontal(|ui| {
            let chosen = match new.tokenizer.as_str() {
                "" => "Off".to_owned(),
                name => short_name(name),
            };
            egui::ComboBox::from_id_salt("tokenizer")
                .selected_text(chosen)
                .show_ui(ui, |ui| {
                    ui.selectable_value(&mut new.tokenizer, String::new(), "Off");
                    for named in Tokenizer::NAMED {
                        let name = named.as_str().to_owned();
                        ui.selectable_value(&mut new.tokenizer, name, named.as_str());
                    }
                })
                .response
                .labelled_by(label.id);
            if ui.button("Choose tokenizer.json…").clicked() {
                out.push(Message::PickTokenizer);
            }
        });
        match state.token_alignment.fault() {
            Some(fault) => note(
                ui,
                theme.bad,
                &format!("Cannot use this tokenizer: {fault}"),
            ),
            None => note(
                ui,
                theme.faint,
                "Underlines entities that begin or end inside a token.",
            ),
        }
    });
    ui.end_row();
}

fn team_row(ui: &mut Ui, theme: &Theme, new: &mut Settings) {
    let label = ui.label("In a team");
    ui.vertical(|ui| {
        let most = Settings::MOST_ARTICLES_AHEAD;
        let field = egui::DragValue::new(&mut new.articles_ahead)
            .range(1..=most)
            .suffix(" articles ahead");
        ui.add(field).labelled_by(label.id);
        note(
            ui,
            theme.faint,
            "How many unfinished articles of the queue the file of a team holds for you.",
        );
    });
    ui.end_row();
}

/// What annotators of the open dataset start from: a setting of the dataset, not of the person.
fn start_from(
    ui: &mut Ui,
    dataset: &OpenDataset,
    annotator: &str,
    theme: &Theme,
    out: &mut Vec<Message>,
) -> egui::Response {
    if dataset.listing.facets.is_none() {
        out.push(Message::WantFacets);
    }
    let words = |mode: &WorkMode| match mode {
        WorkMode::Independent => "the suggestions".to_owned(),
        WorkMode::Review(name) => format!("{name}'s labels, to review them"),
    };
    let facets = dataset.listing.facets.iter();
    let names = facets.flat_map(|facets| facets.annotators.iter().map(|(name, _)| name));
    let mut mode = dataset.mode.clone();
    ui.vertical(|ui| {
        let chosen = egui::ComboBox::from_id_salt("start from")
            .width(260.0)
            .selected_text(words(&mode))
            .show_ui(ui, |ui| {
                let independent = WorkMode::Independent;
                let label = words(&independent);
                ui.selectable_value(&mut mode, independent, label);
                for name in names.filter(|name| *name != annotator) {
                    let review = WorkMode::Review(name.clone());
                    let label = words(&review);
                    ui.selectable_value(&mut mode, review, label);
                }
            });
        let help = match mode {
            WorkMode::Independent => "Nobody sees other annotators' labels. For everyone who opens this dataset.",
            WorkMode::Review(_) => "What a reviewer does not change stays the colleague's. For everyone who opens this dataset.",
        };
        ui.label(RichText::new(help).small().color(theme.faint));
        if mode != dataset.mode {
            out.push(Message::Mode(mode));
        }
        chosen.response
    })
    .inner
}
