//! Questions before something is lost, and the remark of a flag.

use egui::{Key, RichText, Ui};

use super::shared::{learnt_words, title};
use crate::app::state::{Dialog, Leaving, Message, ReasonForm, State, TeamMessage};
use crate::app::ui::theme::Theme;
use crate::model::figures;

pub(super) fn forget_learnt(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    ui.set_width(440.0);
    title(ui, "Reset the models?", out);
    ui.label(learnt_words(state));
    ui.add_space(4.0);
    ui.label(
        "Suggestions go back to the built-in models, which learn from what you finish from now on. \
         Your labels stay as they are.",
    );
    ui.add_space(4.0);
    ui.label(RichText::new("This cannot be undone.").color(theme.warn));
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.button("Reset").clicked() {
            out.push(Message::ForgetLearnt);
        }
        let keep = ui.button("Cancel");
        keep.request_focus();
        if keep.clicked() {
            out.push(Message::Dialog(None));
        }
    });
}

/// How many changes wait, and why.
fn waiting(ui: &mut Ui, state: &State, theme: &Theme) {
    let changes = state.unsaved();
    let verb = if changes == 1 { "is" } else { "are" };
    ui.label(format!(
        "{} {verb} not saved yet.",
        figures::count(changes, "change")
    ));
    let why = state.dataset.as_ref().map(|dataset| {
        dataset
            .lost
            .as_deref()
            .unwrap_or(dataset.save_waits.as_str())
    });
    let why = why.filter(|why| !why.is_empty());
    let why = why.unwrap_or("The disk is slow, or another program is using the dataset.");
    ui.label(RichText::new(why).color(theme.faint));
}

/// Asks before the dataset is closed while work on it is under way.
fn busy(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let what = match &state.leaving {
        Some((Leaving::Close, _)) => "Close the dataset?",
        _ => "Close the window?",
    };
    title(ui, what, out);
    for job in &state.jobs {
        ui.label(format!("Still at work: {}", job.words()));
    }
    let words = "All your changes are saved. Once the work is finished, Copydesk closes by itself.";
    ui.label(RichText::new(words).color(theme.faint));
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.button("Stay").clicked() {
            out.push(Message::Dialog(None));
        }
        let stop = ui
            .button("Stop the work and close")
            .on_hover_text("What is finished stays");
        if stop.clicked() {
            out.push(Message::Discard);
        }
    });
}

pub(super) fn unsaved(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    ui.set_width(480.0);
    if state.unsaved() == 0 && state.is_busy() {
        busy(ui, state, theme, out);
        return;
    }
    let what = match &state.leaving {
        Some((Leaving::Open(_), _)) => "Open another dataset without saving?",
        Some((Leaving::Close, _)) => "Close the dataset without saving?",
        _ => "Close the window without saving?",
    };
    title(ui, what, out);
    waiting(ui, state, theme);
    ui.add_space(4.0);
    ui.label("Copydesk keeps trying, and continues by itself once everything is saved.");
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        let wait = ui
            .button("Wait")
            .on_hover_text("Stay here; nothing is lost");
        if wait.clicked() {
            out.push(Message::Dialog(None));
        }
        if ui.button("Save a copy elsewhere…").clicked() {
            out.push(Message::SaveCopy);
        }
        let words = RichText::new("Discard").color(theme.bad);
        if ui
            .button(words)
            .on_hover_text("Lose the unsaved changes")
            .clicked()
        {
            out.push(Message::Discard);
        }
    });
}

/// Work that waits for the team, before the window closes.
pub(super) fn team_waits(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    ui.set_width(480.0);
    title(ui, "Close the window?", out);
    let waiting = state.team().map_or(0, |team| team.waiting());
    ui.label(format!(
        "{} not with the team yet. Everything is safe in this file, and is sent when you open it again.",
        figures::counted(waiting as u64, "edit is", "edits are")
    ));
    if let Some(team) = state.team() {
        let file = state.dataset.as_ref().map(|dataset| dataset.path.display());
        let about = match file {
            Some(file) => format!("{} · {file}", team.address.location()),
            None => team.address.location().to_string(),
        };
        ui.label(RichText::new(about).small().color(theme.faint));
    }
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        let close = ui.button("Close");
        close.request_focus();
        if close.clicked() {
            out.push(Message::Team(TeamMessage::LeaveAnyway));
        }
        if ui.button("Stay").clicked() {
            out.push(Message::Dialog(None));
        }
    });
}

pub(super) fn lost(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    ui.set_width(480.0);
    title(ui, "Changes are no longer saved", out);
    match state.unsaved() {
        0 => {
            let why = state
                .dataset
                .as_ref()
                .and_then(|dataset| dataset.lost.as_deref());
            ui.label(why.unwrap_or_default());
        }
        _ => waiting(ui, state, theme),
    }
    ui.add_space(4.0);
    ui.label(
        "This window still holds your work. Save a copy to continue in it, or put the file back and your work \
         is saved there.",
    );
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        let copy = ui.button("Save a copy…");
        copy.request_focus();
        if copy.clicked() {
            out.push(Message::SaveCopy);
        }
        if ui.button("Continue").clicked() {
            out.push(Message::Dialog(None));
        }
    });
}

/// The reason of a decision.
pub(super) fn reason(ui: &mut Ui, theme: &Theme, form: &ReasonForm, out: &mut Vec<Message>) {
    ui.set_width(440.0);
    title(ui, "Why is it decided so?", out);
    let about =
        "The reason is kept with the decision. Annotators can read it, if the lead lets them.";
    ui.label(RichText::new(about).color(theme.faint));
    ui.add_space(4.0);
    let mut new = form.clone();
    let send = ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Enter));
    let field = egui::TextEdit::singleline(&mut new.words).desired_width(f32::INFINITY);
    let field = ui.add(field);
    field.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::TextInput, true, "Reason")
    });
    field.request_focus();
    ui.add_space(8.0);
    let mut keep = send;
    ui.horizontal(|ui| {
        keep |= ui.button("Keep").clicked();
        if ui.button("Cancel").clicked() {
            out.push(Message::Dialog(None));
        }
    });
    if keep {
        out.push(Message::GiveReason(form.place, new.words));
    } else if new != *form {
        out.push(Message::Dialog(Some(Dialog::Reason(Box::new(new)))));
    }
}

pub(super) fn flag(ui: &mut Ui, theme: &Theme, remark: &str, out: &mut Vec<Message>) {
    ui.set_width(440.0);
    title(ui, "Flag this article", out);
    ui.label(RichText::new("What needs a second look?").color(theme.faint));
    let mut words = remark.to_owned();
    let send = ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Enter));
    let field = ui.add(
        egui::TextEdit::multiline(&mut words)
            .desired_width(f32::INFINITY)
            .desired_rows(3),
    );
    field.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::MultilineTextInput, true, "Remark")
    });
    field.request_focus();
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.button("Flag, next article").clicked() || send {
            out.push(Message::FlagWith(words.clone()));
        }
        if ui.button("Cancel").clicked() {
            out.push(Message::Dialog(None));
        }
    });
    if words != remark && !send {
        out.push(Message::Dialog(Some(Dialog::Flag { remark: words })));
    }
}
