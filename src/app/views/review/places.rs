//! The list of the open article's places, beside the text.

use egui::{Align, Layout, RichText, Ui, vec2};
use egui_material_icons::{MaterialIcon, icons};

use crate::app::command::Command;
use crate::app::state::review::{PlaceState, shortened};
use crate::app::state::{Message, OpenReview, State};
use crate::app::ui::theme::{Theme, strong_family};
use crate::app::ui::widgets;
use crate::dataset::ReviewSettings;
use crate::edit::LabelKind;
use crate::edit::adjudication::Threshold;
use crate::model::figures::counted;

/// Height of a place in the list, in points.
const ROW: f32 = 44.0;

/// Draws the list.
pub fn show_places(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let Some(review) = state.shown_review() else {
        nothing(ui, state, theme);
        return;
    };
    let disputed: Vec<usize> = review.disputed().collect();
    let open = review.open();
    head(ui, state, review, disputed.len(), open, theme, out);
    ui.add_space(6.0);
    if disputed.is_empty() {
        let words = "The annotators agree on this whole article.";
        ui.label(RichText::new(words).color(theme.faint));
        return;
    }
    let here = review.here();
    let place = here.and_then(|here| disputed.iter().position(|at| *at == here));
    let id = ui.scope_id().with("places at");
    let shown: Option<usize> = ui.data(|data| data.get_temp(id));
    let mut area = egui::ScrollArea::vertical()
        .auto_shrink(false)
        .id_salt("places");
    if let Some(place) = place.filter(|place| shown != Some(*place)) {
        ui.data_mut(|data| data.insert_temp(id, place));
        let top = place as f32 * ROW;
        area = area.vertical_scroll_offset((top - ui.available_height() / 3.0).max(0.0));
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    area.show_rows(ui, ROW, disputed.len(), |ui, rows| {
        for &at in disputed.get(rows).unwrap_or_default() {
            row(ui, review, at, here == Some(at), theme, out);
        }
    });
}

fn nothing(ui: &mut Ui, state: &State, theme: &Theme) {
    let words = if state.article.is_some() && !state.is_loading() {
        "Fewer than two annotators have finished this article independently. Choose another one in the list."
    } else {
        "Choose an article in the list."
    };
    ui.add(egui::Label::new(RichText::new(words).color(theme.faint)).wrap());
}

fn head(
    ui: &mut Ui,
    state: &State,
    review: &OpenReview,
    disputed: usize,
    open: usize,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    ui.horizontal(|ui| {
        let words = if open == 0 {
            "Every place is decided".to_owned()
        } else {
            format!(
                "{open} of {} open",
                counted(disputed as u64, "place", "places")
            )
        };
        ui.add(egui::Label::new(RichText::new(words).family(strong_family())).truncate());
        ui.add_space(8.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            settings(ui, state, theme, out);
            let command = Command::DecideByMajority;
            ui.add_enabled_ui(open > 0, |ui| {
                let hint = state.hint(command);
                if widgets::icon_button(ui, command.icon(), &hint).clicked() {
                    out.push(Message::Run(command));
                }
            });
        });
    });
    let mut names: Vec<String> = review
        .work
        .inputs()
        .iter()
        .map(|input| review.name(&input.annotator))
        .collect();
    names.sort();
    let words = format!("Finished by {}", names.join(", "));
    ui.add(egui::Label::new(RichText::new(words).color(theme.faint)).truncate());
    if !review.reopened.is_empty() {
        let places = counted(review.reopened.len() as u64, "place", "places");
        let words = format!(
            "{places} open again: an annotator has changed something there. All other decisions are kept."
        );
        ui.add(egui::Label::new(RichText::new(words).color(theme.warn)).wrap());
    }
}

/// What the lead decides for the whole dataset.
fn settings(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let sign = icons::ICON_SETTINGS.rich_text().size(18.0).color(theme.ink);
    let menu = ui.menu_button(sign, |ui| {
        ui.set_width(320.0);
        let old = state.review_settings();
        let mut new: ReviewSettings = old.clone();
        ui.checkbox(&mut new.hides_names, "Hide the annotators' names");
        ui.checkbox(
            &mut new.shows_changes,
            "Show annotators what was changed, and why",
        );
        ui.horizontal(|ui| {
            ui.label("A majority is more than");
            let share = new.threshold.unwrap_or(Threshold::HALF).share() * 100.0;
            let mut percent = share.round();
            let drag = egui::DragValue::new(&mut percent)
                .range(0.0..=99.0)
                .suffix(" %");
            if ui.add(drag).changed() {
                new.threshold = Threshold::new(percent / 100.0);
            }
        });
        if new != *old {
            out.push(Message::ReviewSettings(Box::new(new)));
        }
    });
    menu.response.widget_info(|| {
        let words = "Settings of the review";
        egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, words)
    });
}

fn sign(state: PlaceState, theme: &Theme) -> (MaterialIcon, egui::Color32) {
    match state {
        PlaceState::Open => (icons::ICON_RADIO_BUTTON_UNCHECKED, theme.warn),
        PlaceState::Reopened => (icons::ICON_REPLAY, theme.warn),
        PlaceState::Taken(_) => (icons::ICON_CHECK_CIRCLE, theme.good),
        PlaceState::Majority(_) => (icons::ICON_HOW_TO_VOTE, theme.good),
        PlaceState::Nobody => (icons::ICON_BLOCK, theme.good),
        PlaceState::Own => (icons::ICON_EDIT, theme.good),
    }
}

fn row(
    ui: &mut Ui,
    review: &OpenReview,
    at: usize,
    is_here: bool,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let Some(place) = review.work.places().get(at) else {
        return;
    };
    let words = shortened(review.work.text().slice(place.span));
    let outcome = review.outcome_words(at);
    let mut labels: Vec<&str> = Vec::new();
    for version in &place.versions {
        for one in &version.spans {
            if !labels.contains(&one.label.as_str()) {
                labels.push(one.label.as_str());
            }
        }
        if version.spans.is_empty() && !labels.contains(&"–") {
            labels.push("–");
        }
    }
    let labels = labels.join(" / ");
    let (mut inner, response) = widgets::row(ui, theme, ROW, is_here);
    response.widget_info(|| {
        let name = format!("{words}: {labels}, {outcome}");
        egui::WidgetInfo::selected(egui::accesskit::Role::ListItem, true, is_here, name)
    });
    if response.clicked() {
        out.push(Message::GoToPlace(place.id()));
    }
    let (icon, color) = sign(review.state(at), theme);
    inner.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.label(icon.rich_text().size(17.0).color(color));
        let size = vec2(ui.available_width(), ROW);
        ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(4.0);
            let quoted = match place.kind {
                LabelKind::Entity => words.clone(),
                LabelKind::Region => format!("¶ {words}"),
            };
            ui.add(
                egui::Label::new(RichText::new(quoted).color(theme.ink))
                    .truncate()
                    .selectable(false),
            );
            let about = RichText::new(format!("{labels} · {outcome}"))
                .size(12.0)
                .color(theme.faint);
            ui.add(egui::Label::new(about).truncate().selectable(false));
        });
    });
}
