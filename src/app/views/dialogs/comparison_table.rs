//! The table that compares suggesters on finished articles.

use egui::{Align, Layout, RichText, Ui};

use crate::app::state::{Message, SuggestersMessage};
use crate::app::ui::theme;
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::dataset::suggesters::{Comparison, LabelSource, SuggesterScores};
use crate::formats::metadata::suggested_by::SuggestedTask;
use crate::model::{Label, figures};

/// Width of the column with the names of suggesters, in points.
const NAME: f32 = 190.0;

/// Draws the table, with a button that uses the best suggester for each label.
pub(super) fn show(ui: &mut Ui, theme: &Theme, comparison: &Comparison, out: &mut Vec<Message>) {
    let heading = format!(
        "COMPARED ON {}",
        figures::count(comparison.articles, "finished article").to_uppercase()
    );
    widgets::heading(ui, theme, &heading);
    let best = comparison.best();
    for (task, id) in [
        (SuggestedTask::Entities, "entities compared"),
        (SuggestedTask::Regions, "regions compared"),
    ] {
        let rows: Vec<&SuggesterScores> = comparison
            .rows
            .iter()
            .filter(|row| row.task == task)
            .collect();
        if !rows.is_empty() {
            table(ui, theme, comparison, (task, id), &rows, &best);
            ui.add_space(6.0);
        }
    }
    let words = "F1 of exact entities, or of the characters of regions, in per cent. Saved: edits that an annotator saves for 100 entities or regions. The built-in models are scored on articles that they were not trained on.";
    ui.label(RichText::new(words).small().color(theme.faint));
    ui.add_space(4.0);
    let button = egui::Button::new("Use the best per label");
    if ui.add_enabled(!best.is_empty(), button).clicked() {
        out.push(Message::Suggesters(SuggestersMessage::UseBest));
    }
}

fn table(
    ui: &mut Ui,
    theme: &Theme,
    comparison: &Comparison,
    (task, id): (SuggestedTask, &str),
    rows: &[&SuggesterScores],
    best: &[(LabelSource, String)],
) {
    let labels = comparison.labels(task);
    let figure = |ui: &mut Ui, words: String, is_best: bool| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = RichText::new(words);
            ui.label(match is_best {
                true => words.family(theme::strong_family()).color(theme.good),
                false => words,
            });
        });
    };
    egui::ScrollArea::horizontal().id_salt(id).show(ui, |ui| {
        egui::Grid::new(id)
            .striped(true)
            .spacing([14.0, 6.0])
            .show(ui, |ui| {
                let faint = |words: &str| RichText::new(words).small().color(theme.faint);
                ui.label(faint("suggester"));
                let names = labels.iter().map(|label| label.as_str());
                for words in ["all"].into_iter().chain(names).chain(["saved"]) {
                    // Over the last digits of the figures.
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.label(faint(words));
                    });
                }
                ui.end_row();
                for row in rows {
                    ui.vertical(|ui| {
                        ui.set_min_width(NAME);
                        ui.label(&row.name);
                        if !row.model.is_empty() && row.model != row.name {
                            let words = RichText::new(&row.model).small();
                            ui.label(words.color(theme.faint));
                        }
                        if let Some(problem) = row.problems.first() {
                            let words = format!(
                                "{} without an answer, such as {problem}",
                                figures::count(row.failed as usize, "article")
                            );
                            ui.label(RichText::new(words).small().color(theme.bad));
                        }
                    });
                    figure(ui, percent(row.f1()), false);
                    for label in &labels {
                        let is_best = row.competes && is_chosen(best, task, label, &row.name);
                        figure(ui, percent(row.f1_of(label)), is_best);
                    }
                    figure(ui, format!("{:.1}", row.saved_per_100()), false);
                    ui.end_row();
                }
            });
    });
}

fn is_chosen(
    best: &[(LabelSource, String)],
    task: SuggestedTask,
    label: &Label,
    name: &str,
) -> bool {
    best.iter().any(|(source, chosen)| {
        chosen == name
            && match source {
                LabelSource::Regions => task == SuggestedTask::Regions,
                LabelSource::Entity(of) => task == SuggestedTask::Entities && of == label,
            }
    })
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1}", share * 100.0))
}
