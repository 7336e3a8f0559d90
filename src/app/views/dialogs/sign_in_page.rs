//! Signing in to a team.

use egui::{Key, Modifiers, RichText, Ui};

use super::shared::title;
use crate::app::state::{Dialog, Message, SignInForm, State, TeamMessage};
use crate::app::ui::theme::Theme;
use crate::dataset::team::{ServerAddress, local_file};
use crate::model::figures;

/// Width of the dialog, in points.
const WIDTH: f32 = 520.0;

pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    form: &SignInForm,
    out: &mut Vec<Message>,
) {
    ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 80.0));
    let heading = if form.is_open {
        "Sign in to the team"
    } else {
        "Open team"
    };
    title(ui, heading, out);
    let mut new = form.clone();
    // Escape belongs to the dialog, Enter to the button.
    let entered = ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter));
    let first = ui.memory(|memory| memory.focused().is_none());
    let address = ui.label("Address");
    let field = egui::TextEdit::singleline(&mut new.address)
        .hint_text("postgres://NAME@HOST/DATABASE")
        .interactive(!form.is_open)
        .desired_width(f32::INFINITY);
    let address = ui.add(field).labelled_by(address.id);
    ui.add_space(6.0);
    let password = ui.label("Password");
    let field = egui::TextEdit::singleline(&mut new.password.0)
        .password(true)
        .hint_text("from PGPASSWORD or ~/.pgpass, if empty")
        .desired_width(f32::INFINITY);
    let password = ui.add(field).labelled_by(password.id);
    if first {
        let knows_address = form.is_open || form.parse().is_ok();
        if knows_address {
            password.request_focus();
        } else {
            address.request_focus();
        }
    }
    if !form.is_open {
        ui.add_space(6.0);
        let root = ui.label("Root certificate (a file; empty for ~/.postgresql/root.crt)");
        let field =
            egui::TextEdit::singleline(&mut new.root_certificate).desired_width(f32::INFINITY);
        ui.add(field).labelled_by(root.id);
    }
    ui.add_space(8.0);
    if let Some(why) = &form.why {
        ui.label(RichText::new(why).color(theme.bad));
        ui.add_space(4.0);
    }
    about(ui, state, theme, &new);
    ui.add_space(10.0);
    let mut sends = entered;
    ui.horizontal(|ui| {
        let verb = if form.is_open { "Sign in" } else { "Open" };
        let button = egui::Button::new(verb).fill(theme.accent_ground);
        sends |= ui.add(button).clicked();
        if ui.button("Cancel").clicked() {
            out.push(Message::Dialog(None));
            sends = false;
        }
    });
    if sends {
        new.why = None;
        out.push(Message::Team(TeamMessage::SignIn(Box::new(new))));
    } else if new != *form {
        out.push(Message::Dialog(Some(Dialog::SignIn(Box::new(new)))));
    }
}

/// Says where the work is, and what happens to the password.
fn about(ui: &mut Ui, state: &State, theme: &Theme, form: &SignInForm) {
    let faint = |words: String| RichText::new(words).small().color(theme.faint);
    match (state.team().filter(|_| form.is_open), form.parse()) {
        (Some(team), _) => {
            let waiting = figures::counted(team.waiting() as u64, "edit waits", "edits wait");
            let words =
                format!("{waiting} for the team; all are safe in this file, signed in or not.");
            ui.label(faint(words));
        }
        (None, Ok(address)) => file_of(ui, state, &address, theme),
        (None, Err(_)) => {}
    }
    let words = "The password is kept in memory while the window is open, and nowhere else.";
    ui.label(faint(words.to_owned()));
}

fn file_of(ui: &mut Ui, state: &State, address: &ServerAddress, theme: &Theme) {
    let Some(folder) = &state.team_access.folder else {
        return;
    };
    let file = local_file(folder, address);
    let words = format!("Your work is saved in {}", file.display());
    ui.label(RichText::new(words).small().color(theme.faint));
}
