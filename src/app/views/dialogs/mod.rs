//! The dialogs over the frame: palette, help, settings, flag. One at a time; Escape closes it.

mod export_page;
mod keys_page;
mod path_page;
mod places_page;

use egui::{Align, Key, Layout, RichText, Ui};

use super::people;
use crate::app::command::{Command, Group};
use crate::app::state::{Dialog, KeysMessage, Leaving, Message, OpenDataset, State};
use crate::app::ui::theme::Look;
use crate::app::ui::widgets;
use crate::dataset::{Settings, Theme, WorkMode};
use crate::formats::Tokenizer;
use crate::model::figures;

/// Draws the dialog that is open.
pub fn show(ctx: &egui::Context, state: &State, look: &Look, out: &mut Vec<Message>) {
    let Some(dialog) = &state.dialog else { return };
    if *dialog == Dialog::Schema {
        return; // it remembers more between frames than a dialog does
    }
    let modal = egui::Modal::new(egui::Id::unique("dialog"))
        .frame(egui::Frame::popup(&ctx.global_style()).inner_margin(egui::Margin::same(18)))
        .show(ctx, |ui| {
            widgets::outlined(ui, look);
            match dialog {
                Dialog::Palette { query, chosen } => palette(ui, state, look, query, *chosen, out),
                Dialog::Export(form) => export_page::show(ui, state, look, form, out),
                Dialog::Path(form) => path_page::show(ui, state, look, form, out),
                Dialog::Places(form) => places_page::show(ui, state, look, form, out),
                Dialog::Help => help(ui, state, look, out),
                Dialog::Settings => settings(ui, state, look, out),
                Dialog::Keys(page) => {
                    ui.set_width(keys_page::WIDTH.min(ui.ctx().content_rect().width() - 80.0));
                    settings_title(ui, true, out);
                    keys_page::show(ui, state, look, page, out);
                }
                Dialog::Name(typed) => people::name_dialog(ui, state, typed, look, out),
                Dialog::Flag { remark } => flag(ui, look, remark, out),
                Dialog::Remark(draft) => {
                    super::inspector::write_remark(ui, state, look, draft, out);
                }
                Dialog::ForgetLearnt => forget_learnt(ui, state, look, out),
                Dialog::Unsaved => unsaved(ui, state, look, out),
                Dialog::Lost => lost(ui, state, look, out),
                Dialog::Schema => {}
            }
        });
    if modal.should_close() {
        out.push(Message::Dialog(None));
    }
}

fn palette(
    ui: &mut Ui,
    state: &State,
    look: &Look,
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
                    look,
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
                ui.label(RichText::new("No matching command").color(look.faint));
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
                .color(look.faint),
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

fn matches_all(label: &str, query: &str) -> bool {
    let label = label.to_lowercase();
    query
        .split_whitespace()
        .all(|word| label.contains(&word.to_lowercase()))
}

pub(crate) fn title(ui: &mut Ui, words: &str, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        ui.label(
            RichText::new(words)
                .heading()
                .family(crate::app::ui::theme::strong_family()),
        );
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::icon_button(ui, egui_material_icons::icons::ICON_CLOSE, "Close (Esc)")
                .clicked()
            {
                out.push(Message::Dialog(None));
            }
        });
    });
    ui.add_space(4.0);
}

/// The title of the settings, with their pages.
fn settings_title(ui: &mut Ui, keys: bool, out: &mut Vec<Message>) {
    title(ui, "Settings", out);
    ui.horizontal(|ui| {
        if ui.selectable_label(!keys, "General").clicked() {
            out.push(Message::Dialog(Some(Dialog::Settings)));
        }
        if ui.selectable_label(keys, "Keys").clicked() {
            out.push(Message::Keys(KeysMessage::Show));
        }
    });
    ui.add_space(8.0);
}

fn help(ui: &mut Ui, state: &State, look: &Look, out: &mut Vec<Message>) {
    let screen = ui.ctx().content_rect();
    let wide = screen.width() >= 1180.0;
    let widest = if wide { 1240.0 } else { 920.0 };
    ui.set_width((screen.width() - 120.0).clamp(360.0, widest));
    title(ui, "Keys", out);
    let all = Command::all(state.schema());
    // What one does all day comes first.
    let work = vec![
        Group::Regions,
        Group::Entities,
        Group::Suggestions,
        Group::Article,
    ];
    let columns = if wide {
        vec![work, vec![Group::Move], vec![Group::Program]]
    } else {
        vec![work, vec![Group::Move, Group::Program]]
    };
    let height = screen.height() - 170.0;
    egui::ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 28.0;
            ui.columns(columns.len(), |uis| {
                for (ui, groups) in uis.iter_mut().zip(&columns) {
                    ui.spacing_mut().item_spacing = egui::vec2(8.0, 2.0);
                    for &group in groups {
                        widgets::heading(ui, look, &group.title().to_uppercase());
                        for &command in all.iter().filter(|command| command.group() == group) {
                            help_row(ui, state, look, command);
                        }
                        ui.add_space(6.0);
                    }
                }
                if let Some(ui) = uis.last_mut() {
                    widgets::heading(ui, look, "MOUSE");
                    ui.with_layout(Layout::top_down(Align::Min), |ui| {
                        ui.spacing_mut().item_spacing.y = 4.0;
                        for words in MOUSE {
                            ui.add(egui::Label::new(RichText::new(words).color(look.faint)).wrap());
                        }
                    });
                }
            });
        });
}

/// What the mouse does.
const MOUSE: [&str; 6] = [
    "Drag to select text by words; hold Alt to select, and label, by characters.",
    "Double-click selects a word, three clicks a sentence, four a block; Shift+click extends.",
    "Click the letter beside the text to select its block, Shift+click to extend to there.",
    "Right-click the text or the margin for everything you can do there.",
    "Drag the edge of a region or entity to move it; click it to move it with [ and ].",
    "Drop files or a folder on the window to open them.",
];

fn help_row(ui: &mut Ui, state: &State, look: &Look, command: Command) {
    let keys: Vec<String> = state
        .keymap
        .keys_of(command)
        .iter()
        .map(|chord| chord.show())
        .collect();
    if keys.is_empty() {
        return;
    }
    let row = egui::vec2(ui.available_width(), 22.0);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for key in keys.iter().rev() {
            widgets::key_cap(ui, look, key);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let label = command.label(state.schema());
            ui.add(egui::Label::new(label).truncate().selectable(false));
        });
    });
}

fn settings(ui: &mut Ui, state: &State, look: &Look, out: &mut Vec<Message>) {
    let room = ui.ctx().content_rect().width() - 80.0;
    ui.set_width(room.min(560.0));
    settings_title(ui, false, out);
    let mut new: Settings = state.settings.clone();
    // A low window scrolls.
    let height = ui.ctx().content_rect().height() - 150.0;
    egui::ScrollArea::vertical()
        .max_height(height.max(120.0))
        .show(ui, |ui| {
            egui::Grid::new("settings")
                .num_columns(2)
                .min_col_width(120.0)
                .spacing([20.0, 14.0])
                .show(ui, |ui| {
                    annotator_row(ui, look, &mut new);
                    if let Some(dataset) = &state.dataset {
                        let label = ui.label("Start from");
                        start_from(ui, dataset, &state.settings.annotator, look, out)
                            .labelled_by(label.id);
                        ui.end_row();
                    }
                    display_rows(ui, look, &mut new);
                    suggestion_row(ui, state, look, &mut new, out);
                    tokenizer_row(ui, state, look, &mut new, out);
                });
        });
    if new != state.settings {
        out.push(Message::Settings(Box::new(new)));
    }
}

/// A few words below a setting.
fn note(ui: &mut Ui, color: egui::Color32, words: &str) {
    ui.label(RichText::new(words).small().color(color));
}

fn annotator_row(ui: &mut Ui, look: &Look, new: &mut Settings) {
    let label = ui.label("Annotator");
    ui.vertical(|ui| {
        let id = egui::Id::unique("annotator name");
        // Typed here, taken over when the field is left: each letter would otherwise be an annotator of its own.
        let mut name = ui
            .data(|data| data.get_temp::<String>(id))
            .unwrap_or_else(|| new.annotator.clone());
        let field = ui.text_edit_singleline(&mut name).labelled_by(label.id);
        if field.lost_focus() && !name.trim().is_empty() {
            name.trim().clone_into(&mut new.annotator);
            ui.data_mut(|data| data.remove::<String>(id));
        } else {
            ui.data_mut(|data| data.insert_temp(id, name));
        }
        note(ui, look.faint, "Saved with each of your annotations.");
    });
    ui.end_row();
}

fn display_rows(ui: &mut Ui, look: &Look, new: &mut Settings) {
    ui.label("Theme");
    ui.vertical(|ui| {
        ui.horizontal(|ui| {
            for (theme, words) in [
                (Theme::System, "System"),
                (Theme::Light, "Light"),
                (Theme::Dark, "Dark"),
            ] {
                ui.selectable_value(&mut new.theme, theme, words);
            }
        });
        ui.checkbox(&mut new.high_contrast, "High contrast");
    });
    ui.end_row();

    let label = ui.label("Interface scale");
    let slider = egui::Slider::new(&mut new.zoom, 0.5..=3.0)
        .step_by(0.05)
        .custom_formatter(|n, _| format!("{:.0} %", n * 100.0));
    widgets::slider(ui, look, slider).labelled_by(label.id);
    ui.end_row();

    let label = ui.label("Text size");
    let slider = egui::Slider::new(&mut new.text_size, 10.0..=40.0)
        .step_by(0.5)
        .suffix(" pt");
    widgets::slider(ui, look, slider).labelled_by(label.id);
    ui.end_row();

    let label = ui.label("Articles");
    ui.checkbox(&mut new.fold, "Fold long navigation")
        .labelled_by(label.id);
    ui.end_row();
}

fn suggestion_row(
    ui: &mut Ui,
    state: &State,
    look: &Look,
    new: &mut Settings,
    out: &mut Vec<Message>,
) {
    let label = ui.label("Suggestions");
    ui.vertical(|ui| {
        ui.checkbox(&mut new.learn, "Learn from finished articles")
            .labelled_by(label.id);
        ui.checkbox(&mut new.tag, "Suggest entities when an article is opened");
        if state.dataset.is_some() {
            note(ui, look.faint, &learnt_words(state));
            if ui.button("Reset the models…").clicked() {
                out.push(Message::Run(Command::ForgetLearnt));
            }
        }
    });
    ui.end_row();
}

fn tokenizer_row(
    ui: &mut Ui,
    state: &State,
    look: &Look,
    new: &mut Settings,
    out: &mut Vec<Message>,
) {
    let label = ui.label("Tokenizer check");
    ui.vertical(|ui| {
        ui.horizontal(|ui| {
            let chosen = match new.tokenizer.as_str() {
                "" => "Off".to_owned(),
                name => short_name(name),
            };
            egui::ComboBox::from_id_salt("tokenizer")
                .selected_text(chosen)
                .show_ui(ui, |ui| {
                    ui.selectable_value(&mut new.tokenizer, String::new(), "Off");
                    for named in Tokenizer::NAMED {
                        let name = named.as_str().to_owned();
                        ui.selectable_value(&mut new.tokenizer, name, named.as_str());
                    }
                })
                .response
                .labelled_by(label.id);
            if ui.button("Choose tokenizer.json…").clicked() {
                out.push(Message::PickTokenizer);
            }
        });
        match state.misfits.fault() {
            Some(fault) => note(ui, look.bad, &format!("Cannot use this tokenizer: {fault}")),
            None => note(
                ui,
                look.faint,
                "Underlines entities that begin or end inside a token.",
            ),
        }
    });
    ui.end_row();
}

/// What annotators of the open dataset start from: a setting of the dataset, not of the person.
fn start_from(
    ui: &mut Ui,
    dataset: &OpenDataset,
    annotator: &str,
    look: &Look,
    out: &mut Vec<Message>,
) -> egui::Response {
    if dataset.listing.facets.is_none() {
        out.push(Message::WantFacets);
    }
    let words = |mode: &WorkMode| match mode {
        WorkMode::Independent => "the suggestions".to_owned(),
        WorkMode::Review(name) => format!("{name}'s labels, to review them"),
    };
    let facets = dataset.listing.facets.iter();
    let names = facets.flat_map(|facets| facets.annotators.iter().map(|(name, _)| name));
    let mut mode = dataset.mode.clone();
    ui.vertical(|ui| {
        let chosen = egui::ComboBox::from_id_salt("start from")
            .width(260.0)
            .selected_text(words(&mode))
            .show_ui(ui, |ui| {
                let independent = WorkMode::Independent;
                let label = words(&independent);
                ui.selectable_value(&mut mode, independent, label);
                for name in names.filter(|name| *name != annotator) {
                    let review = WorkMode::Review(name.clone());
                    let label = words(&review);
                    ui.selectable_value(&mut mode, review, label);
                }
            });
        let help = match mode {
            WorkMode::Independent => "Nobody sees other annotators' labels. For everyone who opens this dataset.",
            WorkMode::Review(_) => "What a reviewer does not change stays the colleague's. For everyone who opens this dataset.",
        };
        ui.label(RichText::new(help).small().color(look.faint));
        if mode != dataset.mode {
            out.push(Message::Mode(mode));
        }
        chosen.response
    })
    .inner
}

/// The last part of a path.
fn short_name(path: &str) -> String {
    let name = std::path::Path::new(path).file_name();
    name.map_or_else(
        || path.to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// What the models have learnt from the dataset.
fn learnt_words(state: &State) -> String {
    match state.dataset.as_ref().map(|dataset| dataset.learnt) {
        None | Some(0) => "The models are in their initial state.".to_owned(),
        Some(n) => format!(
            "The models have learnt from {} of this dataset.",
            figures::count(n, "done article")
        ),
    }
}

fn forget_learnt(ui: &mut Ui, state: &State, look: &Look, out: &mut Vec<Message>) {
    ui.set_width(440.0);
    title(ui, "Reset the models?", out);
    ui.label(learnt_words(state));
    ui.add_space(4.0);
    ui.label(
        "Suggestions go back to the built-in models, which learn from what you finish from now on. \
         Your labels stay as they are.",
    );
    ui.add_space(4.0);
    ui.label(RichText::new("This cannot be undone.").color(look.warn));
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
fn waiting(ui: &mut Ui, state: &State, look: &Look) {
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
    ui.label(RichText::new(why).color(look.faint));
}

/// Asks before the dataset is closed while work on it is under way.
fn busy(ui: &mut Ui, state: &State, look: &Look, out: &mut Vec<Message>) {
    let what = match &state.leaving {
        Some((Leaving::Close, _)) => "Close the dataset?",
        _ => "Close the window?",
    };
    title(ui, what, out);
    for job in &state.jobs {
        ui.label(format!("Still at work: {}", job.words()));
    }
    let words = "All your changes are saved. Once the work is finished, Copydesk closes by itself.";
    ui.label(RichText::new(words).color(look.faint));
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

fn unsaved(ui: &mut Ui, state: &State, look: &Look, out: &mut Vec<Message>) {
    ui.set_width(480.0);
    if state.unsaved() == 0 && state.is_busy() {
        busy(ui, state, look, out);
        return;
    }
    let what = match &state.leaving {
        Some((Leaving::Open(_), _)) => "Open another dataset without saving?",
        Some((Leaving::Close, _)) => "Close the dataset without saving?",
        _ => "Close the window without saving?",
    };
    title(ui, what, out);
    waiting(ui, state, look);
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
        let words = RichText::new("Discard").color(look.bad);
        if ui
            .button(words)
            .on_hover_text("Lose the unsaved changes")
            .clicked()
        {
            out.push(Message::Discard);
        }
    });
}

fn lost(ui: &mut Ui, state: &State, look: &Look, out: &mut Vec<Message>) {
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
        _ => waiting(ui, state, look),
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

fn flag(ui: &mut Ui, look: &Look, remark: &str, out: &mut Vec<Message>) {
    ui.set_width(440.0);
    title(ui, "Flag this article", out);
    ui.label(RichText::new("What needs a second look?").color(look.faint));
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_palette_finds_commands_by_any_of_their_words() {
        assert!(super::matches_all(
            "Label as body from here to the end",
            "end body"
        ));
        assert!(!super::matches_all("Label as body", "comment"));
    }
}
