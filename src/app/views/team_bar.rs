//! The two saved states of a team's file in the status bar: here, and for the team.

use egui::{RichText, Ui};
use egui_material_icons::icons;

use crate::app::command::Command;
use crate::app::state::{Message, State, TeamFile};
use crate::app::ui::theme::Theme;
use crate::dataset::team::sync::Line;
use crate::model::figures;

/// How it is with the team, in few words: the sign, the words, and more words for the tooltip.
struct Words {
    icon: egui_material_icons::MaterialIcon,
    words: String,
    more: String,
    color: egui::Color32,
    command: Command,
}

/// Draws the state of the exchange with the team. A click tries again, or signs in.
pub(super) fn show(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let Some(team) = state.team() else { return };
    let Words {
        icon,
        words,
        more,
        color,
        command,
    } = words_of(state, team, theme);
    let shown = RichText::new(format!("{} {words}", icon.codepoint)).color(color);
    let button = egui::Button::new(shown).frame(false);
    let response = ui.add(button);
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, words.clone())
    });
    let response = response.on_hover_ui(|ui| {
        ui.set_max_width(380.0);
        ui.label(&more);
        ui.label(
            RichText::new(state.hint(command))
                .small()
                .color(theme.faint),
        );
    });
    if response.clicked() {
        out.push(Message::Run(command));
    }
    let problems = team.status.problems().len();
    if problems > 0 {
        let words = format!("{problems} not accepted");
        let words = RichText::new(words).color(theme.bad);
        let label = egui::Label::new(words).sense(egui::Sense::click());
        let hint = "The team does not have this work. A click lists the articles; your work is safe in this file.";
        if ui.add(label).on_hover_text(hint).clicked() {
            out.push(Message::Run(Command::TeamProblems));
        }
    }
}

fn words_of(state: &State, team: &TeamFile, theme: &Theme) -> Words {
    // What is not on disk here is not with the team either.
    let waiting = team.waiting().max(state.unsaved().min(1));
    let safe = match waiting {
        0 => "nothing waiting".to_owned(),
        n => format!("{} waiting, safe in this file", figures::number(n as u64)),
    };
    let location = team.address.location();
    match &team.status.line {
        Line::Connecting => Words {
            icon: icons::ICON_SYNC,
            words: match waiting {
                0 => "Connecting to the team…".to_owned(),
                _ => format!("Connecting · {safe}"),
            },
            more: format!("Connecting to {location}. Your work is saved in this file meanwhile."),
            color: theme.faint,
            command: Command::TeamSend,
        },
        Line::Connected if waiting == 0 => Words {
            icon: icons::ICON_CLOUD_DONE,
            words: "Saved for the team".to_owned(),
            more: format!("Everything in this file is also on the server, {location}."),
            color: theme.good,
            command: Command::TeamSend,
        },
        Line::Connected => Words {
            icon: icons::ICON_CLOUD_UPLOAD,
            words: format!("Saved for the team ({} waiting)", figures::number(waiting as u64)),
            more: format!(
                "{} in this file and on the way to {location}.",
                figures::counted(waiting as u64, "edit is", "edits are")
            ),
            color: theme.faint,
            command: Command::TeamSend,
        },
        Line::Offline { why } => Words {
            icon: icons::ICON_CLOUD_OFF,
            words: format!("No connection · {safe}"),
            more: format!(
                "Go on working: everything is saved in this file, and is sent when there is a connection again. Copydesk keeps trying.\n{why}"
            ),
            color: theme.warn,
            command: Command::TeamSend,
        },
        Line::SignIn { why } => Words {
            icon: icons::ICON_LOGIN,
            words: match why {
                Some(_) => format!("Sign in again · {safe}"),
                None => format!("Not signed in · {safe}"),
            },
            more: format!(
                "Everything is saved in this file. It is sent to the team once you have signed in.\n{}",
                why.as_deref().unwrap_or_default()
            ),
            color: theme.warn,
            command: Command::TeamSignIn,
        },
        Line::Refused { why } => Words {
            icon: icons::ICON_SYNC_PROBLEM,
            words: format!("Not sent · {safe}"),
            more: format!("Everything is saved in this file.\n{why}"),
            color: theme.bad,
            command: Command::TeamSend,
        },
        Line::Elsewhere => Words {
            icon: icons::ICON_SYNC,
            words: "Sent by another window".to_owned(),
            more: "Another window or command has this file open and sends the work in it, also that of this window.".to_owned(),
            color: theme.faint,
            command: Command::TeamSend,
        },
    }
}
