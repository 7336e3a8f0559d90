//! A field for a path: as one types, what it may become is listed below it. `Tab` completes, the
//! arrows choose.

use std::path::Path;

use egui::{Id, Key, Modifiers, RichText, Ui};
use egui_material_icons::icons;

use crate::app::tasks::path_listings::PathListings;
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::dataset::io::path_completion as completion;
use crate::dataset::io::path_completion::PathEntry;

/// How many names are listed.
const LISTED: usize = 8;
/// Height of a name in the list, in points.
const ROW: f32 = 24.0;

/// What a field asks for.
pub struct PathField<'a> {
    /// By which it is known between frames.
    pub id: Id,
    /// What it is, for screen readers.
    pub label: &'a str,
    /// Where a path begins that is not a whole one.
    pub base: &'a Path,
    /// Whether only folders fit.
    pub only_folders: bool,
    /// How wide it is, in points.
    pub width: f32,
    /// Whether the list has a place of its own below the field, rather than lying over what is
    /// there.
    pub own_place: bool,
}

/// What came of it in this frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PathTyped {
    /// Whether Enter was pressed with nothing chosen in the list.
    pub entered: bool,
    /// Whether it has the keyboard.
    pub has_focus: bool,
}

/// The keys that are the field's while it has the keyboard.
#[derive(Default)]
struct Pressed {
    tab: bool,
    down: bool,
    up: bool,
    enter: bool,
}

impl PathField<'_> {
    /// Draws the field, and the list of what fits below it.
    pub fn show(
        &self,
        ui: &mut Ui,
        theme: &Theme,
        listings: &PathListings,
        path: &mut String,
    ) -> PathTyped {
        let had_focus = ui.memory(|memory| memory.has_focus(self.id));
        let pressed = if had_focus {
            take_keys(ui)
        } else {
            Pressed::default()
        };
        let folder = completion::folder_of(self.base, path);
        let listing = listings.of(&folder).cloned().unwrap_or_default();
        let fitting: Vec<&PathEntry> = completion::matching(&listing, path)
            .filter(|entry| entry.is_folder || !self.only_folders)
            .take(LISTED + 1)
            .collect();
        let chosen_id = self.id.with("chosen");
        let mut chosen: Option<usize> = ui.data(|data| data.get_temp(chosen_id));
        let last = fitting.len().min(LISTED).checked_sub(1);
        chosen = match (pressed.down, pressed.up, chosen, last) {
            (_, _, _, None) => None,
            (true, _, None, Some(_)) => Some(0),
            (true, _, Some(at), Some(last)) => Some((at + 1).min(last)),
            (_, true, at, _) => at.and_then(|at| at.checked_sub(1)),
            (_, _, at, Some(last)) => at.map(|at| at.min(last)),
        };
        let picked = chosen.and_then(|at| fitting.get(at));
        let mut typed = PathTyped::default();
        let mut taken: Option<String> = None;
        if pressed.tab || (pressed.enter && picked.is_some()) {
            taken = match picked {
                Some(entry) => Some(completion::completed(path, entry)),
                None => completion::completed_by_all(path, &listing),
            };
            if taken.is_none() {
                ui.memory_mut(|memory| memory.move_focus(egui::FocusDirection::Next));
            }
        } else {
            typed.entered = pressed.enter;
        }
        let before = path.clone();
        let field = ui.add(
            egui::TextEdit::singleline(path)
                .id(self.id)
                .lock_focus(true)
                .desired_width(self.width)
                .margin(egui::Margin::symmetric(8, 5)),
        );
        field.widget_info(|| {
            let mut info = egui::WidgetInfo::text_edit(true, &before, path.as_str(), "");
            info.label = Some(self.label.to_owned());
            info
        });
        if *path != before {
            chosen = None;
        }
        typed.has_focus = field.has_focus();
        if field.gained_focus() {
            field.scroll_to_me(None);
        }
        if self.own_place {
            let at = self.list_below(ui, theme, &fitting, chosen);
            let picked = at.and_then(|at| fitting.get(at));
            taken = taken.or_else(|| picked.map(|entry| completion::completed(path, entry)));
        } else if typed.has_focus && taken.is_none() {
            let at = self.list(&field, theme, &fitting, chosen);
            taken = at
                .and_then(|at| fitting.get(at))
                .map(|entry| completion::completed(path, entry));
        }
        if let Some(whole) = taken {
            *path = whole;
            chosen = None;
            self.caret_to_end(ui, path);
            field.request_focus();
        }
        ui.data_mut(|data| match chosen {
            Some(at) => {
                data.insert_temp(chosen_id, at);
            }
            None => {
                data.remove::<usize>(chosen_id);
            }
        });
        typed
    }

    /// The names that fit, in a place of their own; gives the one that was clicked.
    fn list_below(
        &self,
        ui: &mut Ui,
        theme: &Theme,
        fitting: &[&PathEntry],
        chosen: Option<usize>,
    ) -> Option<usize> {
        ui.add_space(4.0);
        let size = egui::vec2(self.width + 16.0, ROW * (LISTED as f32 + 1.0));
        ui.allocate_ui_with_layout(size, egui::Layout::top_down(egui::Align::Min), |ui| {
            ui.set_min_size(size);
            names(ui, theme, fitting, chosen)
        })
        .inner
    }

    /// The names that fit, below the field; gives the one that was clicked.
    fn list(
        &self,
        field: &egui::Response,
        theme: &Theme,
        fitting: &[&PathEntry],
        chosen: Option<usize>,
    ) -> Option<usize> {
        if fitting.is_empty() {
            return None;
        }
        let mut clicked = None;
        egui::Popup::from_response(field)
            .id(self.id.with("list"))
            .open(true)
            .close_behavior(egui::PopupCloseBehavior::IgnoreClicks)
            .gap(2.0)
            .width(field.rect.width())
            .show(|ui| {
                ui.set_width(field.rect.width() - 12.0);
                clicked = names(ui, theme, fitting, chosen);
            });
        clicked
    }

    fn caret_to_end(&self, ui: &Ui, path: &str) {
        use egui::text::{CCursor, CCursorRange};
        let mut state =
            egui::widgets::text_edit::TextEditState::load(ui.ctx(), self.id).unwrap_or_default();
        let end = CCursor::new(path.chars().count());
        state.cursor.set_char_range(Some(CCursorRange::one(end)));
        state.store(ui.ctx(), self.id);
    }
}

/// The first names of a list; gives the one that was clicked.
fn names(
    ui: &mut Ui,
    theme: &Theme,
    fitting: &[&PathEntry],
    chosen: Option<usize>,
) -> Option<usize> {
    ui.spacing_mut().item_spacing.y = 1.0;
    let mut clicked = None;
    for (at, entry) in fitting.iter().take(LISTED).enumerate() {
        if name(ui, theme, entry, chosen == Some(at)).clicked() {
            clicked = Some(at);
        }
    }
    let words = match fitting.len() {
        0 => "Nothing here begins so",
        n if n > LISTED => "… and more. Tab completes, ↓ chooses",
        _ => "Tab completes, ↓ chooses",
    };
    ui.label(RichText::new(words).size(11.0).color(theme.faint));
    clicked
}

fn take_keys(ui: &Ui) -> Pressed {
    ui.input_mut(|input| Pressed {
        tab: input.consume_key(Modifiers::NONE, Key::Tab),
        down: input.consume_key(Modifiers::NONE, Key::ArrowDown),
        up: input.consume_key(Modifiers::NONE, Key::ArrowUp),
        enter: input.consume_key(Modifiers::NONE, Key::Enter),
    })
}

fn name(ui: &mut Ui, theme: &Theme, entry: &PathEntry, chosen: bool) -> egui::Response {
    let (mut row, response) = widgets::row(ui, theme, ROW, chosen);
    response.widget_info(|| {
        egui::WidgetInfo::selected(
            egui::accesskit::Role::ListBoxOption,
            true,
            chosen,
            &entry.name,
        )
    });
    row.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
        let icon = if entry.is_folder {
            icons::ICON_FOLDER
        } else {
            icons::ICON_DRAFT
        };
        ui.label(icon.rich_text().size(15.0).color(theme.faint));
        let name = RichText::new(&entry.name).color(theme.ink);
        ui.add(egui::Label::new(name).truncate().selectable(false));
    });
    response
}
