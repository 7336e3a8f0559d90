//! The bar below the panels: what is saved, what is under way, and who works here.

use egui::{Align, Layout, RichText, Ui};
use egui_material_icons::icons;

use super::team_bar;
use crate::app::command::Command;
use crate::app::state::{Dialog, Message, OpenArticle, State, Tab};
use crate::app::ui::theme::Theme;
use crate::dataset::SUPPORTED_LANGUAGES;
use crate::model::figures;

/// The language is named only where there is this much room, in points.
const LANGUAGE_ROOM: f32 = 560.0;

/// The bar below the panels.
pub(crate) fn show(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        work(ui, state, out);
        if state.tab != Tab::Dashboard
            && let Some(article) = &state.article
        {
            progress(ui, state, article, theme, out);
        } else {
            team_bar::show(ui, state, theme, out);
        }
        reported_change(ui, state, theme, out);
        suggestions(ui, state, theme, out);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            annotator_and_export(ui, state, theme, out);
        });
    });
}

/// Background work that is under way.
fn work(ui: &mut Ui, state: &State, out: &mut Vec<Message>) {
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
}

/// How far the open article is.
fn progress(
    ui: &mut Ui,
    state: &State,
    article: &OpenArticle,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    saved(ui, state, article, theme);
    dot(ui, theme);
    if state.team().is_some() {
        team_bar::show(ui, state, theme, out);
        dot(ui, theme);
    }
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

/// What is to be known of the suggestions in the open article.
fn suggestions(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    if let Some(words) = state
        .lacks_suggestions()
        .filter(|_| state.tab == Tab::Annotate)
    {
        dot(ui, theme);
        let label = ui.label(RichText::new(words).color(theme.warn));
        label.on_hover_text(format!(
            "The tagger that comes with Copydesk is trained and measured for {} languages, which `copydesk languages` lists. It learns others from the articles that you finish.",
            SUPPORTED_LANGUAGES.len()
        ));
    }
    if let Some(words) = state
        .language_quality()
        .filter(|_| state.tab == Tab::Annotate && ui.available_width() > LANGUAGE_ROOM)
    {
        dot(ui, theme);
        ui.label(RichText::new(words).color(theme.faint)).on_hover_text(
            "Measured on articles that the shipped model had not seen. The models learn more from the articles that you finish. `copydesk languages` lists all languages.",
        );
    }
    occurrences(ui, state, theme, out);
    token_alignment(ui, state, theme);
    if state
        .article
        .as_ref()
        .is_some_and(|article| article.is_blind)
    {
        dot(ui, theme);
        ui.label(RichText::new("No suggestions on this article").color(theme.faint))
            .on_hover_text("The schema reserves some articles for unbiased evaluation.");
    }
}

fn annotator_and_export(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let name = &state.settings.annotator;
    let words = format!("{}  {name}", icons::ICON_PERSON.codepoint);
    let button = egui::Button::new(RichText::new(words).color(theme.faint)).frame(false);
    let response = ui
        .add(button)
        .on_hover_text("Your name is saved with everything you label. Click to change it.");
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
        let label = egui::Label::new(words)
            .truncate()
            .sense(egui::Sense::click());
        let key = state.shown_key(Command::Export);
        let response = ui.add(label).on_hover_text(format!(
            "The finished articles, kept up to date beside the dataset. A click exports in any format ({key})."
        ));
        if response.clicked() {
            out.push(Message::Run(Command::Export));
        }
    }
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
fn reported_change(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
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
fn token_alignment(ui: &mut Ui, state: &State, theme: &Theme) {
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
        let words = match state.team() {
            Some(_) => "Saved here",
            None => "Saved",
        };
        (icons::ICON_CHECK, words, theme.good)
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
pub(super) fn duration(ms: i64) -> String {
    let seconds = ms / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
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
