//! The remarks of the article, and the dialog in which one is written.

use egui::{Align, Key, Layout, RichText, Sense, Ui};
use egui_material_icons::icons;

use crate::app::command::Command;
use crate::app::dialogs;
use crate::app::dispatch::Message;
use crate::app::state::{Dialog, OpenArticle, RemarkDraft, State};
use crate::app::theme::{self, Look};
use crate::app::widgets;
use crate::edit::Selection;
use crate::model::Span;

/// The list, each remark with the words it is about.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    article: &OpenArticle,
    look: &Look,
    out: &mut Vec<Message>,
) {
    let new = Command::Remark;
    let words = format!("+ {}", new.label(None));
    let hint = state.shown_key(new);
    if ui.button(words).on_hover_text(hint).clicked() {
        out.push(Message::Run(new));
    }
    ui.add_space(4.0);
    let remarks = article.session.annotation().remarks();
    if remarks.is_empty() {
        ui.label(
            RichText::new("No remarks yet. A remark is a note for the next person.")
                .color(look.faint),
        );
        return;
    }
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .id_salt("remarks")
        .show(ui, |ui| {
            for (at, remark) in remarks.iter().enumerate() {
                let about = about(article, remark.at);
                egui::Frame::new()
                    .fill(look.paper)
                    .corner_radius(6)
                    .inner_margin(8)
                    .show(ui, |ui| {
                        ui.set_width(ui.available_width());
                        ui.horizontal(|ui| {
                            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                                if widgets::icon_button(ui, icons::ICON_DELETE, "Delete remark")
                                    .clicked()
                                {
                                    out.push(Message::RemoveRemark(at));
                                }
                                if widgets::icon_button(ui, icons::ICON_EDIT, "Edit remark")
                                    .clicked()
                                {
                                    out.push(Message::EditRemark(at));
                                }
                                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                                    let words = RichText::new(&about).small().color(look.faint);
                                    let label = egui::Label::new(words)
                                        .truncate()
                                        .selectable(false)
                                        .sense(Sense::click());
                                    if ui.add(label).clicked()
                                        && let Some(span) = remark.at
                                    {
                                        out.push(Message::Reveal(Selection::of(span)));
                                    }
                                });
                            });
                        });
                        ui.add(egui::Label::new(&remark.text).wrap());
                    });
                ui.add_space(2.0);
            }
        });
}

/// What a remark is about, in words.
fn about(article: &OpenArticle, at: Option<Span>) -> String {
    match at {
        None => "on the article".to_owned(),
        Some(span) => format!(
            "“{}”",
            super::lists::one_line(article.article().text.slice(span))
        ),
    }
}

/// The dialog.
pub fn write_remark(
    ui: &mut Ui,
    state: &State,
    look: &Look,
    draft: &RemarkDraft,
    out: &mut Vec<Message>,
) {
    ui.set_width(460.0);
    let new = draft.old.is_none();
    dialogs::title(ui, if new { "Remark" } else { "Edit remark" }, out);
    widgets::outlined(ui, look);
    let mut now = draft.clone();
    let send = ui.input_mut(|i| {
        i.consume_key(egui::Modifiers::NONE, Key::Enter)
            || i.consume_key(egui::Modifiers::COMMAND, Key::Enter)
    });
    let Some(article) = &state.article else {
        return;
    };
    ui.label(RichText::new("On").small().color(look.faint));
    for (at, place) in draft.places.iter().enumerate() {
        let words = match place {
            None => "the whole article".to_owned(),
            Some(span) => {
                let words = article.article().text.slice(*span);
                let line = super::lists::one_line(words);
                let short: String = line.chars().take(48).collect();
                let more = if short.len() < line.len() { "…" } else { "" };
                format!("“{short}{more}”")
            }
        };
        ui.radio_value(&mut now.chosen, at, words);
    }
    ui.add_space(6.0);
    let field = ui.add(
        egui::TextEdit::multiline(&mut now.words)
            .hint_text("A note for the next person")
            .desired_width(f32::INFINITY)
            .desired_rows(4)
            .return_key(Some(egui::KeyboardShortcut::new(
                egui::Modifiers::SHIFT,
                Key::Enter,
            ))),
    );
    field.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::MultilineTextInput, true, "Remark")
    });
    field.request_focus();
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        let save = RichText::new("Save").family(theme::strong_family());
        if ui
            .add(egui::Button::new(save).fill(look.accent_ground))
            .clicked()
            || send
        {
            out.push(Message::PutRemark(Box::new(now.clone())));
        }
        if ui.button("Cancel").clicked() {
            out.push(Message::Dialog(None));
        }
        ui.label(
            RichText::new("Enter saves, Shift+Enter starts a new line")
                .small()
                .color(look.faint),
        );
    });
    if now != *draft && !send {
        out.push(Message::Dialog(Some(Dialog::Remark(Box::new(now)))));
    }
}
