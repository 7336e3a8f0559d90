//! A path is asked for in the window itself: where no file dialog can be opened, and for who would
//! rather type.

use egui::{Key, RichText, Ui};

use super::shared::title;
use crate::app::state::{Dialog, Message, PathForm, State};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::app::views::path_field::PathField;
use crate::dataset::io::path_completion as completion;

/// Width of the dialog, in points.
const WIDTH: f32 = 560.0;

pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    form: &PathForm,
    out: &mut Vec<Message>,
) {
    ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 80.0));
    widgets::outlined(ui, theme);
    title(ui, form.purpose.title(), out);
    if form.no_dialog {
        let words = "No file dialog can be opened here: there is no desktop portal and no zenity. Type the path instead.";
        ui.label(RichText::new(words).color(theme.warn));
        ui.add_space(4.0);
    }
    let mut new = form.clone();
    let base = state.base_of_paths();
    let id = egui::Id::unique("path dialog");
    let first = ui.memory(|memory| memory.focused().is_none());
    let field = PathField {
        id,
        label: "Path",
        base: &base,
        only_folders: form.purpose == crate::app::state::PathPurpose::OpenFolder,
        width: ui.available_width() - 16.0,
        own_place: true,
    };
    let typed = field.show(ui, theme, &state.path_listings, &mut new.path);
    if first {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    if new.path != form.path {
        new.fault = None;
    }
    ui.add_space(4.0);
    let words = match &form.fault {
        Some(fault) => RichText::new(fault).color(theme.bad),
        None => RichText::new("~ is your home folder")
            .small()
            .color(theme.faint),
    };
    ui.label(words);
    ui.add_space(8.0);
    let mut entered = typed.entered;
    ui.horizontal(|ui| {
        let verb = egui::Button::new(form.purpose.verb()).fill(theme.accent_ground);
        entered |= ui.add(verb).clicked();
        if ui.button("Cancel").clicked() {
            out.push(Message::Dialog(None));
        }
    });
    entered |= ui.input_mut(|i| i.consume_key(egui::Modifiers::COMMAND, Key::Enter));
    if entered {
        let missing = new.purpose.must_exist() && is_missing(state, &base, &new.path);
        let path = base.join(completion::expanded(new.path.trim()));
        if new.path.trim().is_empty() {
            new.fault = Some("Type the path of a file or folder.".to_owned());
        } else if missing {
            new.fault = Some(format!("There is no file or folder {}.", path.display()));
        } else {
            out.push(Message::Dialog(None));
            out.push(new.purpose.chosen(path));
            return;
        }
    }
    if new != *form {
        out.push(Message::Dialog(Some(Dialog::Path(Box::new(new)))));
    }
}

/// Whether the folder is known, and has nothing of this name.
fn is_missing(state: &State, base: &std::path::Path, path: &str) -> bool {
    let name = completion::cut(path).1.trim_end();
    let listing = state.path_listings.of(&completion::folder_of(base, path));
    let is_there = |entries: &[completion::PathEntry]| {
        name.is_empty()
            || name == "."
            || name == ".."
            || name == "~"
            || entries.iter().any(|entry| entry.name == name)
    };
    listing.is_some_and(|entries| entries.len() < completion::AT_MOST && !is_there(entries))
}
