//! What of the team's queue is the member's, above the list.

use egui::{RichText, Ui};
use egui_material_icons::icons;

use crate::app::command::Command;
use crate::app::state::{Message, OpenDataset, State, TeamFile};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::dataset::team::sync::{Line, Standing};
use crate::model::figures;
use crate::store::ArticleKey;

/// Draws the line; nothing where the dataset is of no team.
pub(super) fn show(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let Some(team) = state.team() else { return };
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(icons::ICON_GROUPS.rich_text().size(16.0).color(theme.faint));
        let words = words_of(team);
        let label = egui::Label::new(RichText::new(words).color(theme.faint)).truncate();
        let room = (ui.available_width() - 30.0).max(40.0);
        ui.scope(|ui| {
            ui.set_max_width(room);
            let mut about = "Open: taken from the team's queue, and nobody else's for now. \"extra\": finished after others had finished it; kept, too.".to_owned();
            if !team.status.here.is_empty() {
                about.push_str(&format!("\nConnected now: {}.", team.status.here.join(", ")));
            }
            ui.add(label).on_hover_text(about);
        });
        menu(ui, state, theme, out);
    });
}

fn words_of(team: &TeamFile) -> String {
    let number = |n: usize| figures::number(n as u64);
    let status = &team.status;
    let mut words = format!(
        "{} open · {} done",
        number(status.open),
        number(status.finished)
    );
    if let Some(Ok(progress)) = &team.progress {
        words.push_str(&format!(
            " · team {} of {}",
            figures::number(progress.complete.unsigned_abs()),
            figures::number(progress.articles.unsigned_abs())
        ));
    }
    if status.line == Line::Connected {
        words.push_str(&here(&status.here));
    }
    if status.nothing_left && status.open == 0 && status.line == Line::Connected {
        words.push_str(" · nothing left for you");
    }
    words
}

/// Who else is connected, as far as there is room.
fn here(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => format!(" · {one} is here"),
        [one, two] => format!(" · {one} and {two} are here"),
        all => format!(" · {} others are here", figures::number(all.len() as u64)),
    }
}

fn menu(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let sign = icons::ICON_MORE_HORIZ
        .rich_text()
        .size(17.0)
        .color(theme.faint);
    let menu = ui.menu_button(sign, |ui| {
        ui.set_width(380.0);
        ui.spacing_mut().item_spacing.y = 1.0;
        for command in [
            Command::TakeMore,
            Command::TakeAlong,
            Command::GiveBack,
            Command::TeamProblems,
            Command::TeamSend,
            Command::TeamSignIn,
        ] {
            if !state.allows(command) {
                continue;
            }
            let label = command.label(state.schema());
            let key = state.shown_key(command);
            if widgets::command_row(ui, theme, command, &label, &key, false).clicked() {
                out.push(Message::Run(command));
                ui.close();
            }
        }
    });
    let named = || egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, "Team");
    menu.response.widget_info(named);
    menu.response.on_hover_text("Articles of the team");
}

/// What a row says of an article's place in the team, with whether that is grave; nothing of those
/// that are simply open or done.
pub(super) fn of_article(dataset: &OpenDataset, key: ArticleKey) -> Option<(&'static str, bool)> {
    let standing = dataset.team.as_ref()?.status.standings.get(&key)?;
    match standing {
        Standing::Open { .. } | Standing::Done | Standing::Skipped => None,
        Standing::Extra => Some(("extra", false)),
        Standing::Late => Some(("late", false)),
        Standing::GivenBack => Some(("given back", false)),
        Standing::Conflict => Some(("changed elsewhere", true)),
        Standing::NotAccepted(_) => Some(("not accepted", true)),
    }
}

/// The same in whole sentences, with what to do, for the tooltip.
pub(super) fn about(dataset: &OpenDataset, key: ArticleKey) -> Option<String> {
    let standing = dataset.team.as_ref()?.status.standings.get(&key)?;
    Some(match standing {
        Standing::Open { .. } | Standing::Done | Standing::Skipped => return None,
        Standing::Extra => {
            "Extra: others have finished this article meanwhile. Your work is kept beside theirs.".to_owned()
        }
        Standing::Late => "Late: the article was closed before. Your work is kept.".to_owned(),
        Standing::GivenBack => {
            "No longer yours: given back, or its time ran out. If you work on it all the same, your work is kept.".to_owned()
        }
        Standing::Conflict => {
            "You changed this article on another computer, too, with newer labels than this file has. This version is safe in this file. \
             Close the file and open it again by the team's address: then it gets the labels, and both changes come into one."
                .to_owned()
        }
        Standing::NotAccepted(why) => format!(
            "The team does not accept this work; it stays in this file, and can be exported. {why}"
        ),
    })
}
