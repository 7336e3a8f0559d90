//! The remarks of the article, and the dialog in which one is written.

use egui::{Align, Key, Layout, RichText, Sense, Ui};
use egui_material_icons::icons;

use crate::app::command::Command;
use crate::app::state::{Dialog, Message, OpenArticle, RemarkDraft, State};
use crate::app::ui::theme;
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::app::views::dialogs::shared;
use crate::dataset::Calendar;
use crate::model::{Remark, Signature, Span};

/// The list, each remark with the words it is about.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    article: &OpenArticle,
    calendar: &Calendar,
    theme: &Theme,
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
                .color(theme.faint),
        );
        return;
    }
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .id_salt("remarks")
        .show(ui, |ui| {
            for (at, remark) in remarks.iter().enumerate() {
                thread(ui, article, at, remark, calendar, theme, out);
                ui.add_space(2.0);
            }
        });
}

/// A remark with its answers and what can be done with it.
fn thread(
    ui: &mut Ui,
    article: &OpenArticle,
    at: usize,
    remark: &Remark,
    calendar: &Calendar,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let chosen = article.remark == Some(at);
    let edge = if chosen { theme.accent } else { theme.paper };
    let ink = if remark.is_open() {
        theme.ink
    } else {
        theme.faint
    };
    egui::Frame::new()
        .fill(theme.paper)
        .stroke(egui::Stroke::new(1.5, edge))
        .corner_radius(6)
        .inner_margin(8)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            head(ui, article, at, remark, theme, out);
            ui.add(egui::Label::new(RichText::new(&remark.text).color(ink)).wrap());
            if let Some(written) = &remark.written {
                signed(ui, written, calendar, theme);
            }
            for answer in &remark.answers {
                ui.add_space(4.0);
                ui.horizontal_top(|ui| {
                    let sign = icons::ICON_SUBDIRECTORY_ARROW_RIGHT.rich_text();
                    ui.label(sign.size(14.0).color(theme.faint));
                    ui.vertical(|ui| {
                        let words = RichText::new(&answer.text).color(ink);
                        ui.add(egui::Label::new(words).wrap());
                        signed(ui, &answer.written, calendar, theme);
                    });
                });
            }
            ui.add_space(4.0);
            foot(ui, at, remark, calendar, theme, out);
        });
}

/// What it is about, and the signs to edit and delete it.
fn head(
    ui: &mut Ui,
    article: &OpenArticle,
    at: usize,
    remark: &Remark,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let about = about(article, remark.at);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::icon_button(ui, icons::ICON_DELETE, "Delete remark").clicked() {
                out.push(Message::RemoveRemark(at));
            }
            if widgets::icon_button(ui, icons::ICON_EDIT, "Edit remark").clicked() {
                out.push(Message::EditRemark(at));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let words = RichText::new(&about).small().color(theme.faint);
                let label = egui::Label::new(words)
                    .truncate()
                    .selectable(false)
                    .sense(Sense::click());
                if ui.add(label).clicked() {
                    out.push(Message::ChooseRemark(at));
                }
            });
        });
    });
}

/// Answer and resolve; or who has resolved it.
fn foot(
    ui: &mut Ui,
    at: usize,
    remark: &Remark,
    calendar: &Calendar,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    if let Some(resolved) = &remark.resolved {
        ui.horizontal(|ui| {
            ui.label(
                icons::ICON_CHECK_CIRCLE
                    .rich_text()
                    .size(14.0)
                    .color(theme.accent),
            );
            let words = format!("Resolved by {}", name_and_time(resolved, calendar));
            let label = egui::Label::new(RichText::new(words).small().color(theme.faint));
            ui.add(label.truncate());
        });
    }
    ui.horizontal(|ui| {
        widgets::outlined(ui, theme);
        if ui.button("Answer").clicked() {
            out.push(Message::AnswerRemark(at));
        }
        let words = if remark.is_open() {
            "Resolve"
        } else {
            "Reopen"
        };
        if ui.button(words).clicked() {
            out.push(Message::ResolveRemark(at));
        }
    });
}

fn signed(ui: &mut Ui, signature: &Signature, calendar: &Calendar, theme: &Theme) {
    let words = RichText::new(name_and_time(signature, calendar));
    let label = egui::Label::new(words.small().color(theme.faint));
    ui.add(label.truncate());
}

fn name_and_time(signature: &Signature, calendar: &Calendar) -> String {
    let moment = calendar.moment(signature.at_ms);
    match (signature.by.as_str(), moment.as_str()) {
        (by, "") => by.to_owned(),
        ("", moment) => moment.to_owned(),
        (by, moment) => format!("{by} · {moment}"),
    }
}

/// What a remark is about, in words.
fn about(article: &OpenArticle, at: Option<Span>) -> String {
    match at {
        None => "on the article".to_owned(),
        Some(span) => format!(
            "“{}”",
            super::span_rows::one_line(article.article().text.slice(span))
        ),
    }
}

/// The dialog.
pub fn write_remark(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    draft: &RemarkDraft,
    out: &mut Vec<Message>,
) {
    ui.set_width(460.0);
    let new = draft.old.is_none();
    let title = match (draft.answers, new) {
        (Some(_), _) => "Answer",
        (None, true) => "Remark",
        (None, false) => "Edit remark",
    };
    shared::title(ui, title, out);
    widgets::outlined(ui, theme);
    let mut now = draft.clone();
    let send = ui.input_mut(|i| {
        i.consume_key(egui::Modifiers::NONE, Key::Enter)
            || i.consume_key(egui::Modifiers::COMMAND, Key::Enter)
    });
    let Some(article) = &state.article else {
        return;
    };
    let remarks = article.session.annotation().remarks();
    if let Some(remark) = draft.answers.and_then(|at| remarks.get(at)) {
        let last = remark.answers.last().map(|answer| &answer.text);
        let words = RichText::new(last.unwrap_or(&remark.text)).color(theme.faint);
        ui.add(egui::Label::new(words).wrap());
    } else {
        ui.label(RichText::new("On").small().color(theme.faint));
    }
    for (at, place) in draft.places.iter().enumerate() {
        let words = match place {
            None => "the whole article".to_owned(),
            Some(span) => {
                let words = article.article().text.slice(*span);
                let line = super::span_rows::one_line(words);
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
            .add(egui::Button::new(save).fill(theme.accent_ground))
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
                .color(theme.faint),
        );
    });
    if now != *draft && !send {
        out.push(Message::Dialog(Some(Dialog::Remark(Box::new(now)))));
    }
}
