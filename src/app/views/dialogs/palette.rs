//! The palette: all commands, with a search field.

use egui::{Key, RichText, Ui};

use super::shared::matches_all;
use crate::app::command::Command;
use crate::app::state::{Dialog, Message, State};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;

pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    query: &str,
    chosen: usize,
    out: &mut Vec<Message>,
) {
    ui.set_width(460.0);
    let schema = state.schema();
    let mut words = query.to_owned();
    let mut chosen = chosen;
    let (down, up, enter) = ui.input_mut(|i| {
        (
            i.consume_key(egui::Modifiers::NONE, Key::ArrowDown),
            i.consume_key(egui::Modifiers::NONE, Key::ArrowUp),
            i.consume_key(egui::Modifiers::NONE, Key::Enter),
        )
    });
    let field = ui.add(
        egui::TextEdit::singleline(&mut words)
            .hint_text("What do you want to do?")
            .desired_width(f32::INFINITY)
            .margin(egui::Margin::symmetric(10, 8)),
    );
    field.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::SearchInput, true, "Find a command")
    });
    field.request_focus();
    let matches: Vec<Command> = Command::all(schema)
        .into_iter()
        .filter(|command| *command != Command::Palette && state.allows(*command))
        .filter(|command| matches_all(&command.label(schema), &words))
        .collect();
    if words != query {
        chosen = 0;
    }
    let last = matches.len().saturating_sub(1);
    chosen = match (down, up) {
        (true, _) => (chosen + 1).min(last),
        (_, true) => chosen.saturating_sub(1),
        _ => chosen.min(last),
    };
    ui.add_space(4.0);
    let mut run = None;
    let height = (ui.ctx().content_rect().height() - 160.0).clamp(120.0, 420.0);
    egui::ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for (at, &command) in matches.iter().enumerate() {
                let response = widgets::command_row(
                    ui,
                    theme,
                    command,
                    &command.label(schema),
                    &state.shown_key(command),
                    at == chosen,
                );
                if at == chosen && (down || up) {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    run = Some(command);
                }
            }
            if matches.is_empty() {
                ui.label(RichText::new("No matching command").color(theme.faint));
            }
        });
    // What a label is for, without a mouse to rest on it.
    let about = matches
        .get(chosen)
        .and_then(|command| command.description(schema));
    ui.add_space(4.0);
    ui.allocate_ui(egui::vec2(460.0, 34.0), |ui| {
        ui.set_min_height(34.0);
        ui.label(
            RichText::new(about.unwrap_or_default())
                .small()
                .color(theme.faint),
        );
    });
    if enter {
        run = matches.get(chosen).copied();
    }
    match run {
        Some(command) => {
            out.push(Message::Dialog(None));
            out.push(Message::Run(command));
        }
        None if words != query || down || up => {
            out.push(Message::Dialog(Some(Dialog::Palette {
                query: words,
                chosen,
            })));
        }
        None => {}
    }
}
