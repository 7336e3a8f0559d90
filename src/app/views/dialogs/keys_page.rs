//! The page of the settings that shows which key does what, and changes it.

use egui::{Align, Layout, RichText, Ui};
use egui_material_icons::icons;

use super::shared::matches_all;
use crate::app::command::{Bindings, Chord, Command, Group};
use crate::app::state::{KeySlot, KeysMessage, KeysPage, Message, State};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;

/// Width of the page, in points.
pub const WIDTH: f32 = 640.0;
/// Height of a row, in points.
const ROW: f32 = 28.0;

/// Draws the page.
pub fn show(ui: &mut Ui, state: &State, theme: &Theme, page: &KeysPage, out: &mut Vec<Message>) {
    let mut say = |message| out.push(Message::Keys(message));
    let mut query = page.query.clone();
    let field = ui.add(
        egui::TextEdit::singleline(&mut query)
            .hint_text("Find a command or key")
            .desired_width(f32::INFINITY)
            .margin(egui::Margin::symmetric(10, 7)),
    );
    field.widget_info(|| {
        egui::WidgetInfo::labeled(
            egui::accesskit::Role::SearchInput,
            true,
            "Find a command or key",
        )
    });
    let idle = page.waiting.is_none() && page.clash.is_none();
    if idle && ui.memory(|memory| memory.focused().is_none()) {
        field.request_focus();
    }
    if query != page.query {
        say(KeysMessage::Query(query));
    }
    ui.add_space(4.0);
    let (bindings, _) = Bindings::read(&state.settings.keys);
    let schema = state.schema();
    let all = Command::all(schema);
    let height = (ui.ctx().content_rect().height() - 280.0).clamp(120.0, 480.0);
    egui::ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let mut found = false;
            for group in Group::ALL {
                let rows: Vec<Command> = all
                    .iter()
                    .copied()
                    .filter(|command| command.group() == group)
                    .filter(|command| matches(state, *command, &page.query))
                    .collect();
                if rows.is_empty() {
                    continue;
                }
                found = true;
                widgets::heading(ui, theme, &group.title().to_uppercase());
                for command in rows {
                    row(ui, state, theme, page, &bindings, command, &mut say);
                }
            }
            if !found {
                ui.add_space(12.0);
                ui.label(RichText::new("No matching command or key").color(theme.faint));
            }
        });
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.button("Export settings…").clicked() {
            say(KeysMessage::AskExport);
        }
        if ui.button("Import settings…").clicked() {
            say(KeysMessage::AskImport);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let changed = !state.settings.keys.is_empty();
            let reset = egui::Button::new("Reset all keys");
            if ui.add_enabled(changed, reset).clicked() {
                say(KeysMessage::ResetAll);
            }
        });
    });
}

fn matches(state: &State, command: Command, query: &str) -> bool {
    let keys: Vec<String> = state
        .keymap
        .keys_of(command)
        .iter()
        .map(|key| key.show())
        .collect();
    let words = format!("{} {}", command.label(state.schema()), keys.join(" "));
    matches_all(&words, query)
}

fn row(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    page: &KeysPage,
    bindings: &Bindings,
    command: Command,
    say: &mut impl FnMut(KeysMessage),
) {
    let schema = state.schema();
    let label = command.label(schema);
    let waits = page.waiting.filter(|slot| slot.command == command);
    let keys = if command.is_of_schema() {
        command.default_keys(schema)
    } else {
        bindings.keys_of(command)
    };
    let size = egui::vec2(ui.available_width(), ROW);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.add_space(14.0);
        if command.is_of_schema() {
            ui.label(RichText::new("from the schema").small().color(theme.faint));
            for key in &keys {
                widgets::key_cap(ui, theme, &key.show());
            }
        } else {
            let name = format!("Reset the keys of “{label}”");
            let reset = ui.add_enabled_ui(bindings.is_changed(command), |ui| {
                widgets::icon_button(ui, icons::ICON_RESTART_ALT, &name)
            });
            if reset.inner.clicked() {
                say(KeysMessage::Reset(command));
            }
            let nth = keys.len();
            let name = format!("Another key for “{label}”");
            if waits.is_some_and(|slot| slot.nth == nth) {
                waiting(ui, theme);
            } else if widgets::icon_button(ui, icons::ICON_ADD, &name).clicked() {
                say(KeysMessage::WaitFor(KeySlot { command, nth }));
            }
            for (nth, &chord) in keys.iter().enumerate().rev() {
                let slot = KeySlot { command, nth };
                if waits == Some(slot) {
                    waiting(ui, theme);
                } else {
                    key(ui, state, theme, slot, chord, &label, say);
                }
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.label(command.icon().rich_text().size(16.0).color(theme.faint));
            ui.add(
                egui::Label::new(label.as_str())
                    .truncate()
                    .selectable(false),
            );
        });
    });
    if let Some((slot, chord, holder)) = page.clash
        && slot.command == command
    {
        clash(ui, state, theme, chord, holder, say);
    }
}

fn waiting(ui: &mut Ui, theme: &Theme) {
    let words = RichText::new("press the new key (Esc cancels)").color(theme.accent);
    ui.label(words.small());
}

fn key(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    slot: KeySlot,
    chord: Chord,
    label: &str,
    say: &mut impl FnMut(KeysMessage),
) {
    // A label of this dataset may have the key: then it is said, and does not look as if it worked.
    let holder = state
        .keymap
        .get(chord)
        .filter(|holder| *holder != slot.command);
    let color = if holder.is_some() {
        theme.warn
    } else {
        theme.ink
    };
    let words = RichText::new(chord.show()).size(12.0).color(color);
    let button = egui::Button::new(words)
        .fill(theme.paper)
        .stroke(egui::Stroke::new(1.0, theme.line))
        .corner_radius(4.0)
        .min_size(egui::vec2(24.0, 20.0));
    let response = ui.add(button);
    let name = format!("Key {} of “{label}”", chord.show());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &name));
    let response = response.on_hover_ui(|ui| {
        if let Some(holder) = holder {
            let words = format!(
                "In this dataset, {} does something else: {}",
                chord.show(),
                holder.label(state.schema())
            );
            ui.label(RichText::new(words).color(theme.warn));
        }
        ui.label("Click to change, right-click to remove");
    });
    if response.secondary_clicked()
        || (response.has_focus() && ui.input(|i| i.key_pressed(egui::Key::Delete)))
    {
        say(KeysMessage::Remove(slot));
    } else if response.clicked() {
        say(KeysMessage::WaitFor(slot));
    }
}

fn clash(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    chord: Chord,
    holder: Command,
    say: &mut impl FnMut(KeysMessage),
) {
    let name = holder.label(state.schema());
    let of_schema = holder.is_of_schema();
    let words = if of_schema {
        format!("{} belongs to the schema: {name}", chord.show())
    } else {
        format!("{} is already used: {name}", chord.show())
    };
    egui::Frame::new()
        .fill(theme.accent_ground)
        .corner_radius(6.0)
        .inner_margin(egui::Margin::symmetric(10, 5))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(icons::ICON_WARNING.rich_text().size(16.0).color(theme.warn));
                ui.label(RichText::new(words).color(theme.ink));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.add_space(14.0);
                    if of_schema {
                        if ui.button("Cancel").clicked() {
                            say(KeysMessage::Keep);
                        }
                        return;
                    }
                    if ui.button("Keep").clicked() {
                        say(KeysMessage::Keep);
                    }
                    if ui.button("Reassign").clicked() {
                        say(KeysMessage::TakeOver);
                    }
                });
            });
        });
}
