//! The bar above (name, tools) and the bar below (saved state, place, effort), and the search bar of the article.

use egui::{Align, Layout, RichText, Ui};
use egui_material_icons::icons;

use crate::app::command::Command;
use crate::app::state::{Dialog, Message, OpenArticle, OpenDataset, State, Tab};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::model::{Status, figures};

/// A bar that is narrower has its rarer tools in a menu, in points.
const NARROW: f32 = 1080.0;
/// One that is narrower still has fewer tools, and no name of the program, in points.
const NARROWEST: f32 = 900.0;
/// What is in the menu of a narrow bar.
const RARE: [Command; 14] = [
    Command::Skip,
    Command::Flag,
    Command::OpenFiles,
    Command::OpenFolder,
    Command::OpenPath,
    Command::Import,
    Command::SaveCopy,
    Command::Export,
    Command::Palette,
    Command::Help,
    Command::Settings,
    Command::ToggleTheme,
    Command::ToggleList,
    Command::ToggleInspector,
];

/// The bar above the panels.
pub fn top(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let narrow = ui.available_width() < NARROW;
    let narrowest = ui.available_width() < NARROWEST;
    ui.horizontal_centered(|ui| {
        if !narrowest || state.dataset.is_none() {
            ui.label(
                RichText::new("Copydesk")
                    .family(crate::app::ui::theme::strong_family())
                    .size(14.5),
            );
        }
        if let Some(dataset) = &state.dataset {
            if !narrowest {
                ui.label(RichText::new("·").color(theme.faint));
            }
            ui.scope(|ui| {
                ui.set_max_width(if narrow { 130.0 } else { 260.0 });
                ui.add(egui::Label::new(&dataset.name).truncate())
                    .on_hover_text(dataset.path.display().to_string());
            });
        }
        ui.add_space(8.0);
        if !narrow {
            for command in [
                Command::OpenFiles,
                Command::OpenFolder,
                Command::SaveCopy,
                Command::Export,
            ] {
                tool(ui, state, command, out);
            }
            ui.add_space(8.0);
        }
        for command in [Command::Undo, Command::Redo, Command::FindInArticle] {
            tool(ui, state, command, out);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            tabs(ui, state, theme, out);
            if narrow {
                rare_tools(ui, state, theme, narrowest, out);
            } else {
                for command in [
                    Command::ToggleInspector,
                    Command::ToggleList,
                    Command::ToggleTheme,
                    Command::Settings,
                    Command::Help,
                    Command::Palette,
                ] {
                    tool(ui, state, command, out);
                }
            }
            ui.add_space(8.0);
            if state.article.is_some() && state.tab == Tab::Annotate {
                done_button(ui, state, theme, out);
                let rarer = [Command::Flag, Command::Skip];
                for command in rarer.into_iter().filter(|_| !narrowest) {
                    tool(ui, state, command, out);
                }
                for command in [Command::NextArticle, Command::PreviousArticle] {
                    tool(ui, state, command, out);
                }
            }
        });
    });
}

/// The button that finishes the article; it looks done when the article is.
fn done_button(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let status = state
        .article
        .as_ref()
        .map(|article| article.session.annotation().status());
    let is_done = status == Some(Status::Done);
    let (icon, ink, ground) = if is_done {
        (icons::ICON_CHECK_CIRCLE, theme.paper, theme.good)
    } else {
        (icons::ICON_CHECK, theme.ink, theme.accent_ground)
    };
    let words = RichText::new(format!("{}  Done", icon.codepoint)).color(ink);
    let hint = if is_done {
        format!("This article is done. {}", state.hint(Command::Done))
    } else {
        state.hint(Command::Done)
    };
    let response = ui
        .add(egui::Button::new(words).fill(ground))
        .on_hover_text(hint);
    // The sign is a letter of a private alphabet, which no screen reader can say.
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::accesskit::Role::Button, true, is_done, "Done")
    });
    if response.clicked() {
        out.push(Message::Run(Command::Done));
    }
}

/// The menu of a narrow bar.
fn rare_tools(ui: &mut Ui, state: &State, theme: &Theme, narrowest: bool, out: &mut Vec<Message>) {
    let sign = icons::ICON_MORE_VERT
        .rich_text()
        .size(18.0)
        .color(theme.ink);
    let menu = ui.menu_button(sign, |ui| {
        ui.set_width(300.0);
        ui.spacing_mut().item_spacing.y = 1.0;
        for command in RARE
            .into_iter()
            .filter(|command| narrowest || !matches!(command, Command::Skip | Command::Flag))
            .filter(|command| state.allows(*command))
        {
            let label = command.label(state.schema());
            let key = state.shown_key(command);
            if widgets::command_row(ui, theme, command, &label, &key, false).clicked() {
                out.push(Message::Run(command));
                ui.close();
            }
        }
    });
    let named = || egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, "More");
    menu.response.widget_info(named);
}

/// The screens of the dataset; the one that is shown stands out.
fn tabs(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    if state.dataset.is_none() {
        return;
    }
    egui::Frame::new()
        .fill(theme.panel.lerp_to_gamma(theme.ink, 0.06))
        .corner_radius(8)
        .inner_margin(egui::Margin::same(2))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (tab, command) in [
                (Tab::Dashboard, Command::ShowDashboard),
                (Tab::Annotate, Command::ShowAnnotate),
            ] {
                let chosen = state.tab == tab;
                let words = command.label(state.schema());
                let ink = if chosen { theme.ink } else { theme.faint };
                let ground = if chosen {
                    theme.paper
                } else {
                    egui::Color32::TRANSPARENT
                };
                let button = egui::Button::new(RichText::new(&words).color(ink))
                    .fill(ground)
                    .corner_radius(6);
                let response = ui.add(button).on_hover_text(state.hint(command));
                response.widget_info(|| {
                    egui::WidgetInfo::selected(egui::accesskit::Role::Tab, true, chosen, &words)
                });
                if response.clicked() {
                    out.push(Message::Run(command));
                }
            }
        });
    ui.add_space(6.0);
}

fn tool(ui: &mut Ui, state: &State, command: Command, out: &mut Vec<Message>) {
    ui.add_enabled_ui(state.allows(command), |ui| {
        if widgets::icon_button(ui, command.icon(), &state.hint(command)).clicked() {
            out.push(Message::Run(command));
        }
    });
}

/// The bar below the panels.
pub fn status(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for (at, job) in state.jobs.iter().enumerate() {
            ui.spinner();
            ui.label(job.words());
            if let Some(part) = job.part() {
                ui.add(
                    egui::ProgressBar::new(part)
                        .desired_width(120.0)
                        .desired_height(6.0),
                );
            }
            if ui.small_button("Cancel").clicked() {
                out.push(Message::Cancel(at));
            }
            ui.separator();
        }
        if state.tab == Tab::Dashboard
            && let Some(board) = state.dataset.as_ref().map(|dataset| &dataset.board)
            && board.asked
        {
            ui.spinner();
            ui.label("Loading the dashboard…");
            if let Some(part) = board.part {
                let bar = egui::ProgressBar::new(part);
                ui.add(bar.desired_width(120.0).desired_height(6.0));
            }
        }
        if let Some(article) = state
            .article
            .as_ref()
            .filter(|_| state.tab == Tab::Annotate)
        {
            saved(ui, state, article, theme);
            dot(ui, theme);
            let blocks = article.article().blocks.len();
            if blocks > 0 {
                ui.label(format!(
                    "block {} of {}",
                    article.block + 1,
                    figures::number(blocks as u64)
                ));
                dot(ui, theme);
            }
            effort(ui, article, theme);
            let unsure = article.unsure();
            if unsure > 0 {
                dot(ui, theme);
                let words = RichText::new(format!(
                    "{unsure} unsure ({})",
                    state.shown_key(Command::NextUnsure)
                ))
                .color(theme.warn);
                if ui
                    .add(egui::Label::new(words).sense(egui::Sense::click()))
                    .clicked()
                {
                    out.push(Message::Run(Command::NextUnsure));
                }
            }
        }
        told(ui, state, theme, out);
        if let Some(words) = state
            .lacks_suggestions()
            .filter(|_| state.tab == Tab::Annotate)
        {
            dot(ui, theme);
            ui.label(RichText::new(words).color(theme.warn)).on_hover_text(
                "The tagger that comes with Copydesk is trained and measured for English. It learns other languages from the articles that you finish.",
            );
        }
        occurrences(ui, state, theme, out);
        misfits(ui, state, theme);
        if state
            .article
            .as_ref()
            .is_some_and(|article| article.is_blind)
        {
            dot(ui, theme);
            ui.label(RichText::new("No suggestions on this article").color(theme.faint))
                .on_hover_text("The schema reserves some articles for unbiased evaluation.");
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = &state.settings.annotator;
            let words = format!("{}  {name}", icons::ICON_PERSON.codepoint);
            let button = egui::Button::new(RichText::new(words).color(theme.faint)).frame(false);
            let response = ui
                .add(button)
                .on_hover_text("Your name stands in all that you label. Click to change it");
            response.widget_info(|| {
                let words = format!("Annotator {name}");
                egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, words)
            });
            if response.clicked() {
                out.push(Message::Dialog(Some(Dialog::Name(name.clone()))));
            }
            if let Some(exported) = state.dataset.as_ref().and_then(|d| d.exported.as_ref()) {
                dot(ui, theme);
                let words = RichText::new(exported).color(theme.faint);
                let label = egui::Label::new(words).truncate().sense(egui::Sense::click());
                let key = state.shown_key(Command::Export);
                let response = ui.add(label).on_hover_text(format!(
                    "The finished articles, kept up to date beside the dataset. A click exports in any format ({key})."
                ));
                if response.clicked() {
                    out.push(Message::Run(Command::Export));
                }
            }
        });
    });
}

/// Whether the export of a dataset from elsewhere may be kept beside it.
pub fn ask_export(ui: &mut Ui, dataset: &OpenDataset, theme: &Theme, out: &mut Vec<Message>) {
    ui.horizontal_wrapped(|ui| {
        ui.label(icons::ICON_INFO.rich_text().size(16.0).color(theme.accent));
        ui.label(format!(
            "This dataset comes from elsewhere. Save its finished articles to {}.jsonl next to it?",
            dataset.name
        ));
        if ui.button("Keep it up to date").clicked() {
            out.push(Message::KeepExport(true));
        }
        if ui.button("Do not write").clicked() {
            out.push(Message::KeepExport(false));
        }
    });
}

/// Edits and time on the article, all sittings together; which labels took them, in the tooltip.
fn effort(ui: &mut Ui, article: &OpenArticle, theme: &Theme) {
    let effort = &article.effort;
    let edits = ui.label(figures::count(effort.edits as usize, "edit"));
    dot(ui, theme);
    let time = ui.label(duration(article.earlier_ms + article.active_ms));
    edits.union(time).on_hover_ui(|ui| {
        ui.set_max_width(320.0);
        let here = effort.edits.saturating_sub(article.earlier_edits) as usize;
        ui.label(format!(
            "This session: {} in {}",
            figures::count(here, "edit"),
            duration(article.active_ms)
        ));
        if article.earlier_ms > 0 || article.earlier_edits > 0 {
            ui.label(format!(
                "Before: {} in {}",
                figures::count(article.earlier_edits as usize, "edit"),
                duration(article.earlier_ms)
            ));
        }
        let labels = effort.regions.iter().chain(&effort.entities);
        let mut labels: Vec<_> = labels.collect();
        labels.sort_by_key(|(_, effort)| std::cmp::Reverse(effort.edits));
        if !labels.is_empty() {
            ui.add_space(4.0);
        }
        egui::Grid::new("effort")
            .spacing([16.0, 2.0])
            .show(ui, |ui| {
                for (label, effort) in labels {
                    ui.label(label.as_str());
                    ui.label(figures::count(effort.edits as usize, "edit"));
                    ui.label(RichText::new(duration(effort.active_ms)).color(theme.faint));
                    ui.end_row();
                }
            });
        let words = "Pauses over 30 seconds do not count.";
        ui.label(RichText::new(words).small().color(theme.faint));
    });
}

/// The last change that may not have been seen, and the way back.
fn told(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let Some(told) = state
        .reported_change()
        .filter(|_| state.tab == Tab::Annotate)
    else {
        return;
    };
    dot(ui, theme);
    ui.scope(|ui| {
        ui.set_max_width((ui.available_width() - 64.0).max(40.0));
        let words = RichText::new(&told.words).color(theme.ink);
        ui.add(egui::Label::new(words).truncate())
            .on_hover_text(&told.words);
    });
    let undo = ui
        .small_button("Undo")
        .on_hover_text(state.hint(Command::Undo));
    undo.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, "Undo this change")
    });
    if undo.clicked() {
        out.push(Message::Run(Command::Undo));
    }
}

/// How many further occurrences one key would tag; a click does it.
fn occurrences(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let (more, Some(_)) = (state.occurrences.spans().len(), state.occurrences.entity()) else {
        return;
    };
    if more == 0 {
        return;
    }
    dot(ui, theme);
    let key = match state.shown_key(Command::TagEverywhere) {
        key if key.is_empty() => "everywhere".to_owned(),
        key => key,
    };
    let words = RichText::new(format!("{key}: {} more", figures::number(more as u64)));
    let label = egui::Label::new(words.color(theme.accent)).sense(egui::Sense::click());
    let response = ui
        .add(label)
        .on_hover_text(state.hint(Command::TagEverywhere));
    if response.clicked() {
        out.push(Message::Run(Command::TagEverywhere));
    }
}

/// How many entities the chosen tokenizer cannot represent; of the one at the caret, why.
fn misfits(ui: &mut Ui, state: &State, theme: &Theme) {
    let Some(article) = &state.article else {
        return;
    };
    let words = match state.token_alignment.fault() {
        Some(fault) => format!("Tokenizer check failed: {fault}"),
        None => {
            let here = article.entity();
            let reason = here.and_then(|entity| state.token_alignment.reason(entity.span));
            match (reason, state.token_alignment.spans().len()) {
                (Some(reason), _) => format!("Cuts a token: {reason}"),
                (None, 0) => return,
                (None, 1) => "1 entity cuts a token".to_owned(),
                (None, count) => format!("{count} entities cut a token"),
            }
        }
    };
    dot(ui, theme);
    ui.add(egui::Label::new(RichText::new(words).color(theme.warn)).truncate())
        .on_hover_text(format!(
            "Tokenizer: {}, chosen in the settings. Exports with these tokens leave such entities out.",
            state.settings.tokenizer
        ));
}

fn saved(ui: &mut Ui, state: &State, article: &OpenArticle, theme: &Theme) {
    let waits = match &state.dataset {
        Some(dataset) => match &dataset.lost {
            Some(why) => why,
            None => &dataset.save_waits,
        },
        None => return,
    };
    let (icon, words, color) = if !waits.is_empty() {
        (icons::ICON_ERROR, "Not saved", theme.bad)
    } else if article.is_saved() {
        (icons::ICON_CHECK, "Saved", theme.good)
    } else {
        (icons::ICON_SYNC, "Saving…", theme.faint)
    };
    let response = ui.label(RichText::new(format!("{} {words}", icon.codepoint)).color(color));
    if !waits.is_empty() {
        response.on_hover_text(waits);
    }
}

fn dot(ui: &mut Ui, theme: &Theme) {
    ui.label(RichText::new("·").color(theme.faint));
}

/// Time in words: `1 min 12 s`.
#[must_use]
pub fn duration(ms: i64) -> String {
    let seconds = ms / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// The search bar over the article.
pub fn find(ui: &mut Ui, state: &State, focus: &mut bool, theme: &Theme, out: &mut Vec<Message>) {
    let Some(find) = state
        .article
        .as_ref()
        .and_then(|article| article.find.as_ref())
    else {
        return;
    };
    ui.horizontal(|ui| {
        ui.label(icons::ICON_SEARCH.rich_text().size(16.0).color(theme.faint));
        let mut words = find.words.clone();
        let field = ui.add(
            egui::TextEdit::singleline(&mut words)
                .hint_text("find in the article")
                .desired_width(240.0),
        );
        field.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::accesskit::Role::TextInput,
                true,
                "Find in the article",
            )
        });
        if std::mem::take(focus) {
            field.request_focus();
        }
        if words != find.words {
            out.push(Message::Find(words));
        }
        let (enter, back) = ui.input(|i| (i.key_pressed(egui::Key::Enter), i.modifiers.shift));
        if field.lost_focus() && enter {
            out.push(Message::NextHit(!back));
            field.request_focus();
        }
        let words = match (find.hits.len(), find.words.trim()) {
            (_, "") => String::new(),
            (0, _) => "no matches".to_owned(),
            (n, _) => format!("{} of {}", find.current + 1, figures::number(n as u64)),
        };
        ui.label(RichText::new(words).color(theme.faint));
        if widgets::icon_button(
            ui,
            icons::ICON_KEYBOARD_ARROW_UP,
            "Previous hit (Shift+Enter)",
        )
        .clicked()
        {
            out.push(Message::NextHit(false));
        }
        if widgets::icon_button(ui, icons::ICON_KEYBOARD_ARROW_DOWN, "Next hit (Enter)").clicked() {
            out.push(Message::NextHit(true));
        }
        if widgets::icon_button(ui, icons::ICON_CLOSE, "Close search (Esc)").clicked() {
            out.push(Message::EndFind);
        }
    });
}

#[cfg(test)]
mod tests {
    #[test]
    fn time_is_told_as_people_tell_it() {
        assert_eq!(super::duration(12_300), "12 s");
        assert_eq!(super::duration(72_000), "1 min 12 s");
        assert_eq!(super::duration(3_720_000), "1 h 2 min");
    }
}
