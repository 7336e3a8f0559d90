//! What was done in the article, newest first; each line goes to its place.

use egui::{RichText, Sense, Ui, vec2};

use crate::app::state::{Message, OpenArticle, State};
use crate::app::ui::theme;
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::dataset::Calendar;
use crate::dataset::adjudication::in_words;
use crate::dataset::report::article_history::{Change, HistoryStep, Labelled};
use crate::edit::adjudication::{AdjudicatedChange, Choice, LabelledSpan};
use crate::edit::{Action, EntryKind, Selection};
use crate::model::Article;

/// Height of a line, in points.
const LINE: f32 = 52.0;

/// The list.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    article: &OpenArticle,
    calendar: &Calendar,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    if article.past.asked != Some(article.saved) {
        out.push(Message::WantHistory);
    }
    let Some(steps) = &article.past.steps else {
        ui.spinner();
        return;
    };
    if steps.is_empty() {
        ui.label(RichText::new("Nobody has changed this article yet.").color(theme.faint));
        return;
    }
    if let Some(changes) = article.past.adjudicated.as_deref() {
        adjudicated(ui, article.article(), changes, theme, out);
    }
    let own = &state.settings.annotator;
    let review = state.adjudication.as_ref();
    let review = review.filter(|review| review.key == article.key);
    let hides_names = state.review_settings().hides_names;
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .id_salt("history")
        .show_rows(ui, LINE, steps.len(), |ui, rows| {
            for step in rows.filter_map(|row| steps.iter().rev().nth(row)) {
                let by = (step.annotator != *own).then(|| match review {
                    Some(review) => review.name_in_history(&step.annotator),
                    None if hides_names => "somebody else".to_owned(),
                    None => step.annotator.clone(),
                });
                line(ui, article.article(), step, by, calendar, theme, out);
            }
        });
}

/// What adjudication changed of the annotator's work, and why.
fn adjudicated(
    ui: &mut Ui,
    article: &Article,
    changes: &[AdjudicatedChange],
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    /// How high the list becomes before it scrolls, in points.
    const HIGHEST: f32 = 240.0;
    if changes.is_empty() {
        return;
    }
    widgets::heading(ui, theme, "WHAT ADJUDICATION CHANGED");
    egui::ScrollArea::vertical()
        .id_salt("adjudicated")
        .max_height(HIGHEST)
        .auto_shrink([false, true])
        .show_rows(ui, LINE, changes.len(), |ui, rows| {
            for change in changes.get(rows).unwrap_or_default() {
                adjudicated_line(ui, article, change, theme, out);
            }
        });
    ui.add_space(4.0);
    widgets::heading(ui, theme, "HISTORY");
}

fn adjudicated_line(
    ui: &mut Ui,
    article: &Article,
    change: &AdjudicatedChange,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let labels = |spans: &[LabelledSpan]| match spans {
        [] => "no label".to_owned(),
        spans => {
            let one = |one: &LabelledSpan| match one.span == change.place.span {
                true => one.label.to_string(),
                false => format!("{} “{}”", one.label, short(article.text.slice(one.span))),
            };
            spans.iter().map(one).collect::<Vec<_>>().join(", ")
        }
    };
    let words = format!("“{}”", short(article.text.slice(change.place.span)));
    let what = format!("{} → {}", labels(&change.before), labels(&change.after));
    let why = match (&change.decision.reason, &change.decision.choice) {
        (Some(reason), _) => reason.clone(),
        (None, Choice::Majority { .. }) => "decided by majority".to_owned(),
        (None, _) => "no reason given".to_owned(),
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    response.widget_info(|| {
        let name = format!("{words}: {what}, {why}");
        egui::WidgetInfo::labeled(egui::accesskit::Role::ListItem, true, name)
    });
    if response.hovered() || response.has_focus() {
        let ground = theme.panel.lerp_to_gamma(theme.ink, 0.06);
        ui.painter()
            .rect_filled(rect.shrink2(vec2(0.0, 1.0)), 6.0, ground);
    }
    if response.clicked() {
        out.push(Message::Reveal(Selection::of(change.place.span)));
    }
    let inner = rect.shrink2(vec2(8.0, 3.0));
    let layout = egui::Layout::top_down(egui::Align::Min);
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(inner).layout(layout));
    ui.spacing_mut().item_spacing.y = 0.0;
    for words in [
        RichText::new(words).size(13.0).color(theme.ink),
        RichText::new(what).size(12.5).color(theme.ink),
        RichText::new(why).small().color(theme.faint),
    ] {
        ui.add(egui::Label::new(words).truncate().selectable(false));
    }
}

/// One step; `by` says who made it, unless it was the annotator of this window.
fn line(
    ui: &mut Ui,
    article: &Article,
    step: &HistoryStep,
    by: Option<String>,
    calendar: &Calendar,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    let title = step.title();
    let what = summary(article, step);
    let moment = calendar.moment(step.at_ms);
    let when = match by {
        Some(name) => format!("{name} · {moment}"),
        None => moment,
    };
    response.widget_info(|| {
        let name = format!("{title}: {what}, {when}");
        egui::WidgetInfo::labeled(egui::accesskit::Role::ListItem, true, name)
    });
    let place = step.place();
    if response.hovered() || response.has_focus() {
        let ground = theme.panel.lerp_to_gamma(theme.ink, 0.06);
        ui.painter()
            .rect_filled(rect.shrink2(vec2(0.0, 1.0)), 6.0, ground);
    }
    if response.clicked()
        && let Some(span) = place
    {
        out.push(Message::Reveal(Selection::of(span)));
    }
    let inner = rect.shrink2(vec2(8.0, 3.0));
    let layout = egui::Layout::top_down(egui::Align::Min);
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(inner).layout(layout));
    ui.spacing_mut().item_spacing.y = 0.0;
    let put = |ui: &mut Ui, words: RichText| {
        ui.add(egui::Label::new(words).truncate().selectable(false));
    };
    let mut head = RichText::new(capital(&title)).color(theme.ink);
    if step.kind == EntryKind::Edit {
        head = head.family(theme::strong_family());
    }
    put(&mut ui, head.size(13.0));
    if !what.is_empty() {
        put(&mut ui, RichText::new(what).size(12.5).color(theme.ink));
    }
    put(&mut ui, RichText::new(when).small().color(theme.faint));
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The first change in words, and how many more there are.
fn summary(article: &Article, step: &HistoryStep) -> String {
    if step.action == Action::Start {
        let count =
            |wanted: fn(&Change) -> bool| step.changes.iter().filter(|it| wanted(it)).count();
        let regions = count(|it| matches!(it, Change::Region(..)));
        let entities = count(|it| matches!(it, Change::Entity(..)));
        return format!("regions: {regions}, entities: {entities}");
    }
    let told = step
        .changes
        .iter()
        .filter(|change| !matches!(change, Change::Status(..)));
    let mut words = told.clone().map(|change| words(article, change));
    let Some(first) = words.next() else {
        return String::new();
    };
    match told.count() {
        1 => first,
        n => format!("{first} and {} more", n - 1),
    }
}

fn words(article: &Article, change: &Change) -> String {
    let quoted = |one: &Labelled| format!("“{}”", short(article.text.slice(one.span)));
    match change {
        Change::Region(Some(old), Some(new)) | Change::Entity(Some(old), Some(new)) => {
            let label = if old.label == new.label {
                new.label.to_string()
            } else {
                format!("{} → {}", old.label, new.label)
            };
            if old.span == new.span {
                format!("{label} {}", quoted(new))
            } else {
                format!("{label} {} → {}", quoted(old), quoted(new))
            }
        }
        Change::Region(None, Some(new)) | Change::Entity(None, Some(new)) => {
            format!("+ {} {}", new.label, quoted(new))
        }
        Change::Region(Some(old), None) | Change::Entity(Some(old), None) => {
            format!("− {} {}", old.label, quoted(old))
        }
        Change::Remark(old, new) => {
            let remark = new.as_ref().or(old.as_ref());
            remark.map_or_else(String::new, |remark| {
                let last = remark.answers.last().map(|answer| &answer.text);
                format!("“{}”", short(last.unwrap_or(&remark.text)))
            })
        }
        Change::Renamed(_, from, to) => format!("{from} → {to}"),
        Change::Decision(change) => {
            let decided = change.to.as_ref().map(in_words);
            let place = article.text.slice(change.place.span);
            let decided = decided.unwrap_or_else(|| "open again".to_owned());
            format!("“{}”: {decided}", short(place))
        }
        Change::Region(None, None) | Change::Entity(None, None) | Change::Status(..) => {
            String::new()
        }
    }
}

/// The beginning of a text, in one line.
fn short(words: &str) -> String {
    const MOST: usize = 48;
    let start: String = words.chars().take(MOST * 2).collect();
    let line = start.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
