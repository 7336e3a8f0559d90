//! One name over the whole dataset: how often it has which label, where, and another label for many places at once.

use std::sync::Arc;

use egui::{Align, Event, FontId, Key, Layout, Modifiers, Rect, RichText, Sense, Ui, pos2, vec2};
use egui_material_icons::icons;

use super::shared::title;
use crate::app::command::{Chord, Command};
use crate::app::state::names::{PlacesForm, row_words};
use crate::app::state::{Dialog, Message, PlacesMessage, State};
use crate::app::tasks::jobs::JobKind;
use crate::app::ui::theme::{Theme, strong_family};
use crate::app::ui::{text_line, widgets};
use crate::dataset::maintenance::name_view::{
    MOST_PLACES, NameOccurrence, NameView, Preview, Relabelling,
};
use crate::model::figures;
use crate::model::{Label, Rgb, Schema};

/// Widths and heights, in points.
const WIDTH: f32 = 860.0;
const ROW: f32 = 46.0;
const TICK: f32 = 30.0;
const LABEL: f32 = 104.0;
/// The colour of a label that the schema does not know.
const UNKNOWN: Rgb = Rgb(128, 128, 128);

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

fn toggle(form: &mut PlacesForm, at: usize) {
    let chosen = Arc::make_mut(&mut form.chosen);
    if !chosen.remove(&at) {
        chosen.insert(at);
    }
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

fn color_of(schema: Option<&Schema>, label: &Label) -> Rgb {
    let known = schema.and_then(|schema| schema.entity(label.as_str()));
    known.map_or(UNKNOWN, |known| known.color)
}

// -- the places -------------------------------------------------------------------------------

#[expect(
    clippy::too_many_arguments,
    reason = "what the page knows, lent piece by piece"
)]
fn list<'a>(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    view: &'a NameView,
    rows: &[usize],
    (height, moved): (f32, bool),
    new: &mut PlacesForm,
    open: &mut Option<&'a NameOccurrence>,
) {
    if rows.is_empty() {
        let words = format!("“{}” is in no text where entities are tagged.", view.name);
        ui.label(RichText::new(words).color(theme.faint));
        return;
    }
    let frame = egui::Frame::new()
        .fill(theme.paper)
        .stroke(egui::Stroke::new(1.0, theme.line))
        .corner_radius(6);
    frame.show(ui, |ui| {
        egui::ScrollArea::vertical()
            .id_salt((&view.name, &new.shown))
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink([false, true])
            .show_viewport(ui, |ui, viewport| {
                let width = ui.available_width();
                let total = rows.len() as f32 * ROW;
                ui.set_height(total);
                let origin = ui.max_rect().left_top();
                let rect_of = |nth: usize| {
                    let at = origin + vec2(0.0, nth as f32 * ROW);
                    Rect::from_min_size(at, vec2(width, ROW))
                };
                if moved {
                    ui.scroll_to_rect(rect_of(new.row), None);
                }
                let first = (viewport.top() / ROW).floor().max(0.0) as usize;
                let end = ((viewport.bottom() / ROW).ceil() as usize).min(rows.len());
                for nth in first..end {
                    let Some(place) = rows.get(nth).and_then(|at| view.places.get(*at)) else {
                        continue;
                    };
                    let is_chosen = new.chosen.contains(&rows[nth]);
                    let clicked = row(
                        ui,
                        state,
                        theme,
                        view,
                        place,
                        rect_of(nth),
                        (is_chosen, new.row == nth),
                    );
                    match clicked {
                        Some(true) => {
                            toggle(new, rows[nth]);
                            new.row = nth;
                        }
                        Some(false) => *open = Some(place),
                        None => {}
                    }
                }
            });
    });
}

/// A row; true if it was chosen or no longer is, false if it was clicked to be opened.
fn row(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    view: &NameView,
    place: &NameOccurrence,
    rect: Rect,
    (is_chosen, is_here): (bool, bool),
) -> Option<bool> {
    let id = ui.scope_id().with((
        place.key.0,
        place.at.span.start().0,
        place.at.label.as_ref(),
    ));
    let response = ui.interact(rect, id, Sense::click());
    let words = row_words(&view.name, place);
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::accesskit::Role::ListItem, true, is_here, &words)
    });
    let box_rect = Rect::from_min_size(rect.min, vec2(TICK, ROW));
    let tick = ui.interact(box_rect, id.with("choose"), Sense::click());
    tick.widget_info(|| {
        let name = format!("Choose {words}");
        egui::WidgetInfo::selected(egui::accesskit::Role::CheckBox, true, is_chosen, &name)
    });
    let painter = ui.painter();
    let inner = rect.shrink2(vec2(3.0, 1.0));
    if is_here {
        painter.rect_filled(inner, 6.0, theme.accent_ground);
    } else if response.hovered() || tick.hovered() {
        let ground = theme.paper.lerp_to_gamma(theme.ink, 0.05);
        painter.rect_filled(inner, 6.0, ground);
    }
    let (icon, ink) = if is_chosen {
        (icons::ICON_CHECK_BOX, theme.accent)
    } else {
        (icons::ICON_CHECK_BOX_OUTLINE_BLANK, theme.faint)
    };
    painter.text(
        box_rect.center(),
        egui::Align2::CENTER_CENTER,
        icon.codepoint,
        widgets::icon_font(icon, 18.0),
        ink,
    );
    let left = rect.left() + TICK;
    label_sign(ui, state, theme, place, pos2(left, rect.top() + 6.0));
    let at = pos2(left + LABEL, rect.top() + 5.0);
    let room = rect.right() - 12.0 - at.x;
    let context = format!("{}{}{}", place.before, view.name, place.after);
    let mark = place.before.len()..place.before.len() + view.name.len();
    let style = |size: f32, ink| text_line::Style {
        font: FontId::proportional(size),
        ink,
        marked_ink: theme.ink,
        marked_ground: theme.highlight,
    };
    text_line::paint(
        ui.painter(),
        at,
        room,
        1,
        &context,
        &[mark],
        &style(13.5, theme.ink),
    );
    let mut below = format!("{} · {}", place.headline, place.status.as_str());
    if !place.is_started {
        below = format!("{} · not started by you: stays as it is", place.headline);
    }
    let at = pos2(at.x, rect.top() + 25.0);
    text_line::paint(
        ui.painter(),
        at,
        room,
        1,
        &below,
        &[],
        &style(11.5, theme.faint),
    );
    if tick.clicked() {
        return Some(true);
    }
    response.clicked().then_some(false)
}

/// The label of a place, dashed around if nobody has confirmed it.
fn label_sign(ui: &Ui, state: &State, theme: &Theme, place: &NameOccurrence, at: egui::Pos2) {
    let (words, color) = match &place.at.label {
        Some(label) => (label.as_str(), theme.mark(color_of(state.schema(), label))),
        None => ("untagged", theme.faint),
    };
    let swatch = Rect::from_min_size(at + vec2(2.0, 4.0), vec2(9.0, 9.0));
    let painter = ui.painter();
    if place.at.label.is_none() || place.is_suggestion {
        let stroke = egui::Stroke::new(1.2, color);
        painter.rect_stroke(swatch, 2.0, stroke, egui::StrokeKind::Inside);
    } else {
        painter.rect_filled(swatch, 2.0, color);
    }
    let style = text_line::Style {
        font: FontId::proportional(12.5),
        ink: if place.at.label.is_some() {
            theme.ink
        } else {
            theme.faint
        },
        marked_ink: theme.ink,
        marked_ground: theme.highlight,
    };
    text_line::paint(
        painter,
        at + vec2(17.0, 0.0),
        LABEL - 24.0,
        1,
        words,
        &[],
        &style,
    );
    if place.is_suggestion {
        let style = text_line::Style {
            font: FontId::proportional(11.0),
            ink: theme.faint,
            ..style
        };
        text_line::paint(
            painter,
            at + vec2(17.0, 19.0),
            LABEL - 24.0,
            1,
            "suggested",
            &[],
            &style,
        );
    }
}

// -- another label ----------------------------------------------------------------------------

/// The labels to pick from, or what the picked one would change; the step, with whether its button was clicked.
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
