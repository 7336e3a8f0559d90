//! Who works here, and whose labels are on the screen: the strip over the article, the question for
//! a name.

use egui::{RichText, Ui};
use egui_material_icons::icons;

use crate::app::state::{Dialog, Message, OpenArticle, OpenDataset, State};
use crate::app::ui::theme::Theme;
use crate::dataset::WorkMode;
use crate::model::StartedFrom;

/// What the strip over the article says of whose labels are shown; `None` where they are the
/// annotator's own.
#[must_use]
pub fn whose_labels(
    dataset: &OpenDataset,
    article: Option<&OpenArticle>,
    annotator: &str,
) -> Option<String> {
    let from = article.map(|article| article.session.history().started_from());
    let begun_from = from.and_then(StartedFrom::person);
    let begun_from = begun_from.filter(|name| *name != annotator);
    let Some(name) = dataset.mode.colleague_of(annotator) else {
        if let Some(name) = begun_from {
            return Some(format!("You began this article from {name}'s labels"));
        }
        let names = article.map(|article| &article.imported_by)?;
        let names = names.join(" and ");
        return (!names.is_empty()).then(|| {
            format!("Labels by {names} were imported and are not shown: you work independently")
        });
    };
    let mut words = format!("Reviewing {name}'s labels");
    match article {
        Some(article) if begun_from != Some(name) => {
            words.push_str(&if article.revision.0 > 0 {
                format!(" · you labelled this article yourself, without {name}'s labels")
            } else {
                format!(" · {name} has not finished this article")
            });
        }
        _ => {}
    }
    Some(words)
}

/// The strip that says whose labels are on the screen.
pub fn strip(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let annotator = &state.settings.annotator;
    let article = state.article.as_ref();
    let Some(dataset) = &state.dataset else {
        return;
    };
    let Some(words) = whose_labels(dataset, article, annotator) else {
        return;
    };
    let reviews = dataset.mode.colleague_of(annotator).is_some();
    ui.horizontal_wrapped(|ui| {
        let icon = if reviews {
            icons::ICON_RATE_REVIEW
        } else {
            icons::ICON_INFO
        };
        ui.label(icon.rich_text().size(16.0).color(theme.accent));
        ui.label(words);
        if reviews {
            let hint = "Everyone starts from the suggestions again; your reviewed articles stay";
            if ui.button("End the review").on_hover_text(hint).clicked() {
                out.push(Message::Mode(WorkMode::Independent));
            }
        } else {
            for name in article
                .map(|article| &*article.imported_by)
                .unwrap_or_default()
            {
                let hint = format!("Start from {name}'s labels in all articles of this dataset");
                if ui
                    .button(format!("Review {name}'s labels"))
                    .on_hover_text(hint)
                    .clicked()
                {
                    out.push(Message::Mode(WorkMode::Review(name.clone())));
                }
            }
        }
    });
}

/// Asks who works here, at the first start. It waits and blocks nothing.
pub fn ask_name(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    ui.horizontal_wrapped(|ui| {
        ui.label(
            icons::ICON_PERSON
                .rich_text()
                .size(16.0)
                .color(theme.accent),
        );
        let label = ui.label("Your name (saved with your annotations):");
        let id = egui::Id::unique("first name");
        let mut name = ui
            .data(|data| data.get_temp::<String>(id))
            .unwrap_or_else(|| state.settings.annotator.clone());
        let field = egui::TextEdit::singleline(&mut name).desired_width(180.0);
        let field = ui.add(field).labelled_by(label.id);
        let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        let can = is_name(&name);
        let pressed = ui
            .add_enabled(can, egui::Button::new("Save name"))
            .clicked();
        if can && (entered || pressed) {
            ui.data_mut(|data| data.remove::<String>(id));
            out.push(Message::Name(name.trim().to_owned()));
        } else {
            ui.data_mut(|data| data.insert_temp(id, name));
        }
    });
}

/// The dialog that changes who works here.
pub fn name_dialog(ui: &mut Ui, state: &State, typed: &str, theme: &Theme, out: &mut Vec<Message>) {
    ui.set_width(380.0);
    ui.heading("Who is annotating?");
    ui.add_space(4.0);
    let words = "Saved with each of your annotations. Another name starts as a new annotator.";
    ui.label(RichText::new(words).color(theme.faint));
    ui.add_space(8.0);
    let mut name = typed.to_owned();
    let label = ui.label("Name");
    let field = ui
        .add(egui::TextEdit::singleline(&mut name).desired_width(f32::INFINITY))
        .labelled_by(label.id);
    let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
    if !entered && !ui.memory(|memory| memory.focused().is_some()) {
        field.request_focus();
    }
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        let can = is_name(&name);
        let words = match name.trim() {
            same if same == state.settings.annotator => "Keep this name".to_owned(),
            "" => "Use this name".to_owned(),
            other => format!("Work as {other}"),
        };
        let pressed = ui.add_enabled(can, egui::Button::new(words)).clicked();
        if can && (entered || pressed) {
            out.push(Message::Name(name.trim().to_owned()));
        } else if ui.button("Cancel").clicked() {
            out.push(Message::Dialog(None));
        } else if name != typed {
            out.push(Message::Dialog(Some(Dialog::Name(name.clone()))));
        }
    });
}

/// Whether somebody can be called this.
fn is_name(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty() && name.len() <= 200 && !name.chars().any(char::is_control)
}
