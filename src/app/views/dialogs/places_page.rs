//! One name over the whole dataset: how often it has which label, where, and another label for many
//! places at once.

use std::sync::Arc;

use egui::{Align, Event, Key, Layout, Modifiers, RichText, Ui, vec2};

use super::places_list::{ROW, color_of, list, toggle};
use super::shared::title;
use crate::app::command::{Chord, Command};
use crate::app::state::names::PlacesForm;
use crate::app::state::{Dialog, Message, PlacesMessage, State};
use crate::app::tasks::jobs::JobKind;
use crate::app::ui::theme::{Theme, strong_family};
use crate::dataset::maintenance::name_view::{MOST_PLACES, NameView, Preview, Relabelling};
use crate::model::{Label, Schema, figures};

/// Widths and heights, in points.
const WIDTH: f32 = 860.0;
/// What the keys asked for.
#[derive(Default)]
struct Pressed {
    rows: isize,
    page: isize,
    /// To the first row, or to the last.
    end: Option<bool>,
    chips: isize,
    tick: bool,
    tick_all: bool,
    enter: bool,
    find: bool,
    /// A label, or none.
    target: Option<Option<Label>>,
}

pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    form: &PlacesForm,
    out: &mut Vec<Message>,
) {
    let screen = ui.ctx().content_rect();
    ui.set_width(WIDTH.min(screen.width() - 80.0));
    title(ui, "A name in all articles", out);
    let mut new = form.clone();
    let id = egui::Id::unique("name to look up");
    let is_typing = ui.memory(|memory| memory.has_focus(id));
    let pressed = keys(ui, state, is_typing);
    name_field(ui, id, &mut new, pressed.find, out);
    let Some(view) = state
        .names
        .found
        .as_ref()
        .filter(|view| view.name == form.name)
    else {
        waiting(ui, state, theme, form, out);
        keep(form, new, out);
        return;
    };
    chips(ui, view, state.schema(), theme, &pressed, &mut new);
    if new.shown != form.shown {
        new.row = 0;
    }
    let rows = new.rows(view);
    let height = (screen.height() - 330.0).clamp(3.0 * ROW, 10.0 * ROW);
    let moved = move_row(&pressed, &mut new, rows.len(), (height / ROW) as isize);
    if pressed.tick_all {
        let all = rows.iter().copied().collect();
        new.chosen = Arc::new(if *new.chosen == all {
            Default::default()
        } else {
            all
        });
    }
    if pressed.tick
        && let Some(at) = rows.get(new.row)
    {
        toggle(&mut new, *at);
    }
    let mut open = None;
    list(
        ui,
        state,
        theme,
        view,
        &rows,
        (height, moved),
        &mut new,
        &mut open,
    );
    if view.is_cut {
        let words = format!(
            "Only the first {} places are listed.",
            figures::number(MOST_PLACES as u64)
        );
        ui.label(RichText::new(words).color(theme.warn));
    }
    ui.add_space(6.0);
    if let Some(target) = pressed.target.clone() {
        new.target = Some(target);
    }
    let step = foot(ui, state, theme, view, &mut new);
    if let Some(step) = step.filter(|(_, clicked)| *clicked || pressed.enter) {
        out.push(Message::Places(PlacesMessage::Relabel(Box::new(step.0))));
        return;
    }
    if pressed.enter && new.target.is_none() {
        open = rows.get(new.row).and_then(|at| view.places.get(*at));
    }
    if let Some(place) = open {
        out.push(Message::Places(PlacesMessage::GoTo(
            place.key,
            place.at.span,
        )));
        return;
    }
    keep(form, new, out);
}

fn keep(form: &PlacesForm, new: PlacesForm, out: &mut Vec<Message>) {
    let is_open = out
        .iter()
        .all(|message| !matches!(message, Message::Dialog(_) | Message::Places(_)));
    if new != *form && is_open {
        out.push(Message::Dialog(Some(Dialog::Places(Box::new(new)))));
    }
}

// -- keys -------------------------------------------------------------------------------------

fn keys(ui: &mut Ui, state: &State, is_typing: bool) -> Pressed {
    ui.input_mut(|input| {
        let mut pressed = Pressed::default();
        let mut count = |key| input.count_and_consume_key(Modifiers::NONE, key) as isize;
        pressed.rows = count(Key::ArrowDown) - count(Key::ArrowUp);
        pressed.page = count(Key::PageDown) - count(Key::PageUp);
        if is_typing {
            return pressed;
        }
        pressed.chips = count(Key::ArrowRight) - count(Key::ArrowLeft);
        if count(Key::Home) > 0 {
            pressed.end = Some(false);
        }
        if count(Key::End) > 0 {
            pressed.end = Some(true);
        }
        pressed.tick = count(Key::Space) % 2 == 1;
        pressed.enter = count(Key::Enter) > 0;
        if count(Key::Delete) + count(Key::Backspace) > 0 {
            pressed.target = Some(None);
        }
        pressed.tick_all = input.consume_key(Modifiers::COMMAND, Key::A);
        pressed.find = input.consume_key(Modifiers::COMMAND, Key::F);
        let chords = input.events.iter().filter_map(|event| match event {
            Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } => Some(Chord::of(*key, *modifiers)),
            // On some keyboards digits are typed with Shift.
            Event::Text(text) => Key::from_name(&text.to_uppercase()).map(Chord::plain),
            _ => None,
        });
        for chord in chords {
            if let Some(Command::Tag(at)) = state.keymap.get(chord) {
                let label = state
                    .dataset
                    .as_ref()
                    .and_then(|data| data.entity_label(at));
                pressed.target = label.cloned().map(Some).or(pressed.target);
            }
        }
        pressed
    })
}

/// Moves to another row; whether it did.
fn move_row(pressed: &Pressed, new: &mut PlacesForm, count: usize, page: isize) -> bool {
    let last = count.saturating_sub(1);
    let before = new.row;
    new.row = match pressed.end {
        Some(false) => 0,
        Some(true) => last,
        None => new
            .row
            .saturating_add_signed(pressed.rows + pressed.page * page)
            .min(last),
    };
    new.row != before
}

// -- the name ---------------------------------------------------------------------------------

fn name_field(
    ui: &mut Ui,
    id: egui::Id,
    new: &mut PlacesForm,
    wants_focus: bool,
    out: &mut Vec<Message>,
) {
    ui.horizontal(|ui| {
        let label = ui.label("Name");
        let field = egui::TextEdit::singleline(&mut new.typed)
            .id(id)
            .hint_text("exactly as it is written")
            .desired_width(ui.available_width() - 90.0);
        let field = ui.add(field).labelled_by(label.id);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if wants_focus || new.name.is_empty() && !entered {
            field.request_focus();
        }
        let name = new.typed.trim();
        let can = !name.is_empty();
        let clicked = ui.add_enabled(can, egui::Button::new("Look up")).clicked();
        if can && (clicked || entered) {
            out.push(Message::Places(PlacesMessage::LookUp(name.to_owned())));
        }
    });
    ui.add_space(6.0);
}

/// While the articles are looked through.
fn waiting(ui: &mut Ui, state: &State, theme: &Theme, form: &PlacesForm, out: &mut Vec<Message>) {
    if form.name.is_empty() {
        let words = "Shows where a name is in the dataset, and with which labels.";
        ui.label(RichText::new(words).color(theme.faint));
        return;
    }
    ui.horizontal(|ui| {
        ui.spinner();
        let Some((at, job)) = state.job(JobKind::LookUpName) else {
            ui.label("Saving your last changes…");
            return;
        };
        ui.label(job.words());
        if let Some(part) = job.part() {
            let bar = egui::ProgressBar::new(part);
            ui.add(bar.desired_width(160.0).desired_height(6.0));
        }
        if ui.button("Cancel").clicked() {
            out.push(Message::Cancel(at));
            out.push(Message::Dialog(None));
        }
    });
}

// -- which label's places ---------------------------------------------------------------------

fn chips(
    ui: &mut Ui,
    view: &NameView,
    schema: Option<&Schema>,
    theme: &Theme,
    pressed: &Pressed,
    new: &mut PlacesForm,
) {
    let mut all: Vec<(Option<Option<Label>>, usize)> = vec![(None, view.places.len())];
    let groups = view.by_label.iter();
    all.extend(groups.map(|(label, places)| (Some(label.clone()), places.len())));
    let here = all.iter().position(|(of, _)| *of == new.shown);
    let last = all.len() - 1;
    let here = here.unwrap_or(0).saturating_add_signed(pressed.chips);
    new.shown = all[here.min(last)].0.clone();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for (of, count) in &all {
            let name = match of {
                None => "All",
                Some(None) => "untagged",
                Some(Some(label)) => label.as_str(),
            };
            let is_shown = *of == new.shown;
            let words = format!("{name} {}", figures::number(*count as u64));
            let ink = if is_shown { theme.ink } else { theme.faint };
            let line = match of {
                Some(Some(label)) => theme.mark(color_of(schema, label)),
                _ => theme.line,
            };
            let ground = if is_shown {
                theme.accent_ground
            } else {
                theme.paper
            };
            let button = egui::Button::new(RichText::new(&words).color(ink))
                .fill(ground)
                .stroke(egui::Stroke::new(1.0, line))
                .corner_radius(9);
            let response = ui.add(button);
            response.widget_info(|| {
                egui::WidgetInfo::selected(egui::accesskit::Role::Tab, true, is_shown, &words)
            });
            if response.clicked() {
                new.shown.clone_from(of);
            }
        }
    });
    ui.add_space(6.0);
}

// -- the places -------------------------------------------------------------------------------

// -- another label ----------------------------------------------------------------------------

/// The labels to pick from, or what the picked one would change; the step, with whether its button
/// was clicked.
fn foot(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    view: &NameView,
    new: &mut PlacesForm,
) -> Option<(Relabelling, bool)> {
    let meant = new.meant(view);
    match new.target.clone() {
        None => {
            pick(ui, state, theme, new, meant.len());
            None
        }
        Some(target) => {
            let preview = view.preview(&meant, target.as_ref());
            confirm(ui, theme, view, preview, target, new)
        }
    }
}

fn pick(ui: &mut Ui, state: &State, theme: &Theme, new: &mut PlacesForm, meant: usize) {
    let Some(schema) = state.schema() else { return };
    let which = if new.chosen.is_empty() {
        format!("Label all {} shown as:", figures::number(meant as u64))
    } else {
        format!("Label {} chosen as:", figures::number(meant as u64))
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        ui.label(which);
        let labels = schema.entities().iter().enumerate();
        for (at, label) in labels.filter(|(_, label)| label.enabled) {
            let key = state.shown_key(Command::Tag(at));
            let words = match key.as_str() {
                "" => label.label.to_string(),
                key => format!("{} ({key})", label.label),
            };
            let line = egui::Stroke::new(1.0, theme.mark(label.color));
            let button = egui::Button::new(RichText::new(&words).size(12.5)).stroke(line);
            if ui.add_enabled(meant > 0, button).clicked() {
                new.target = Some(Some(label.label.clone()));
            }
        }
        let button = egui::Button::new(RichText::new("Remove the label (Del)").size(12.5));
        if ui.add_enabled(meant > 0, button).clicked() {
            new.target = Some(None);
        }
    });
    ui.add_space(4.0);
    let words =
        "Enter opens the place · Space chooses it · Ctrl+A chooses all · ← → show one label";
    ui.label(RichText::new(words).small().color(theme.faint));
}

fn confirm(
    ui: &mut Ui,
    theme: &Theme,
    view: &NameView,
    preview: Preview,
    target: Option<Label>,
    new: &mut PlacesForm,
) -> Option<(Relabelling, bool)> {
    let count = preview.places.len();
    let places = figures::count(count, "place");
    let articles = figures::counted(preview.articles, "article", "articles");
    let untagged = preview.places.iter().filter(|(_, at)| at.label.is_none());
    let untagged = untagged.count();
    let mut words = match (&target, count) {
        (_, 0) => "Nothing would change.".to_owned(),
        (Some(to), _) => format!("“{}” becomes {to} at {places} in {articles}.", view.name),
        (None, _) => format!("“{}” loses its label at {places} in {articles}.", view.name),
    };
    if untagged > 0 && untagged < count {
        words += &format!(" {untagged} of them not tagged now.");
    }
    let mut notes = Vec::new();
    if preview.not_started > 0 {
        let places = figures::counted(preview.not_started, "place is", "places are");
        notes.push(format!(
            "{places} in articles you have not started: no change there."
        ));
    }
    if preview.so_already > 0 {
        let is_so = match &target {
            Some(to) => format!("{to} already"),
            None => "without a label already".to_owned(),
        };
        notes.push(format!("{} {is_so}.", figures::number(preview.so_already)));
    }
    ui.label(RichText::new(words).family(strong_family()));
    if !notes.is_empty() {
        ui.label(RichText::new(notes.join(" ")).color(theme.faint));
    }
    ui.add_space(4.0);
    let verb = match &target {
        Some(to) => format!("Relabel as {to} (Enter)"),
        None => "Remove the label (Enter)".to_owned(),
    };
    let mut clicked = false;
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let button = egui::Button::new(verb).fill(theme.accent_ground);
        clicked = ui.add_enabled(count > 0, button).clicked();
        if ui.button("Back (Esc)").clicked() {
            new.target = None;
        }
        let words = "One step: Undo takes all of it back.";
        ui.label(RichText::new(words).small().color(theme.faint));
    });
    let step = Relabelling {
        name: view.name.clone(),
        to: target,
        places: preview.places,
    };
    (count > 0).then_some((step, clicked))
}
