//! The strip over an article whose labels the models doubt, and the signs at the doubted places.

use egui::{Align, Layout, RichText, Ui};
use egui_material_icons::icons;

use crate::app::article_view::ArticleView;
use crate::app::command::Command;
use crate::app::state::{Message, OpenArticle, State};
use crate::app::ui::theme::{Theme, strong_family};
use crate::dataset::report::model_check::{Doubt, LabelKind};
use crate::edit::segment;
use crate::model::{BytePos, figures};

/// The strip, if a label of the open article is doubted and the check before Done is not shown.
pub fn show(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let (Some(dataset), Some(article)) = (&state.dataset, &state.article) else {
        return;
    };
    let doubts = dataset.doubts.of(article);
    if doubts.is_empty() || state.check.is_shown(article) || state.check.is_awaited() {
        return;
    }
    let here = dataset.doubts.here(article);
    let frame = egui::Frame::new()
        .fill(theme.panel.lerp_to_gamma(theme.accent, 0.10))
        .inner_margin(egui::Margin::symmetric(12, 7));
    let strip = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 4.0);
        ui.horizontal(|ui| {
            let icon = icons::ICON_TROUBLESHOOT.rich_text();
            ui.label(icon.size(17.0).color(theme.accent));
            let count = match here {
                Some(here) => format!("{} of {}", here + 1, doubts.len()),
                None => figures::counted(doubts.len() as u64, "label", "labels"),
            };
            let words = format!("Doubted by the models: {count}");
            ui.label(RichText::new(words).family(strong_family()));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                button(ui, state, Command::NextDoubt, "Next", true, out);
                let is_here = here.is_some();
                button(
                    ui,
                    state,
                    Command::DoubtIsRight,
                    "It is right",
                    is_here,
                    out,
                );
            });
        });
        if let Some(doubt) = here.and_then(|here| doubts.get(here)) {
            reasons(ui, doubt, theme);
        }
    });
    let rect = strip.response.rect;
    let line = egui::Stroke::new(1.0, theme.line);
    ui.painter().hline(rect.x_range(), rect.bottom(), line);
    ui.add_space(-ui.spacing().item_spacing.y);
}

fn reasons(ui: &mut Ui, doubt: &Doubt, theme: &Theme) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(doubt.in_short()).color(theme.ink));
        let words = RichText::new(format!("“{}”", doubt.words)).color(theme.faint);
        ui.add(egui::Label::new(words).truncate());
    });
    let why = doubt.why.join(". ");
    let words = RichText::new(&why).small().color(theme.faint);
    ui.add(egui::Label::new(words).truncate())
        .on_hover_text(doubt.why.join(".\n"));
}

fn button(
    ui: &mut Ui,
    state: &State,
    command: Command,
    words: &str,
    enabled: bool,
    out: &mut Vec<Message>,
) {
    let words = match state.shown_key(command) {
        key if key.is_empty() => words.to_owned(),
        key => format!("{words} ({key})"),
    };
    if ui.add_enabled(enabled, egui::Button::new(words)).clicked() {
        out.push(Message::Run(command));
    }
}

/// A sign in the margin for each doubt in view, with why on hover; a line under what is doubted as
/// an entity.
pub fn signs(
    ui: &mut Ui,
    view: &ArticleView,
    state: &State,
    article: &OpenArticle,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let Some(dataset) = &state.dataset else {
        return;
    };
    let doubts = dataset.doubts.of(article);
    let Some(x) = view.right_margin().filter(|_| !doubts.is_empty()) else {
        return;
    };
    let here = dataset.doubts.here(article);
    let text = &article.article().text;
    let mut taken: Vec<f32> = Vec::new();
    for (nth, doubt) in doubts.iter().enumerate() {
        let first = segment::next_grapheme(text.as_str(), doubt.span.start().index());
        let first = text.span(doubt.span.start(), BytePos::from_index(first));
        let Some(row) = first.ok().and_then(|span| view.rect_of(span)) else {
            continue;
        };
        if doubt.task == LabelKind::Entity
            && let Some(words) = view.rect_of(doubt.span)
        {
            let stroke = egui::Stroke::new(2.0, theme.warn);
            let y = words.bottom() + 5.0;
            let ends = [egui::pos2(words.left(), y), egui::pos2(words.right(), y)];
            let line = egui::Shape::dotted_line(&ends, theme.warn, 4.0, stroke.width / 2.0);
            ui.painter().extend(line);
        }
        let same_row = taken.iter().filter(|y| (**y - row.top()).abs() < 4.0);
        let shift = same_row.count() as f32 * 22.0;
        taken.push(row.top());
        let sign = egui::Rect::from_center_size(
            egui::pos2(x + 14.0 + shift, row.center().y),
            egui::vec2(20.0, 20.0),
        );
        let id = ui.scope_id().with(("doubt", doubt.mark));
        let response = ui.interact(sign, id, egui::Sense::click());
        response.widget_info(|| {
            let words = format!("Doubt: {} {}", doubt.in_short(), doubt.words);
            egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, words)
        });
        let is_here = here == Some(nth);
        let color = if is_here || response.hovered() {
            theme.accent
        } else {
            theme.warn
        };
        let icon = icons::ICON_TROUBLESHOOT.rich_text().size(16.0).color(color);
        ui.put(sign, egui::Label::new(icon).selectable(false));
        if response.clicked() {
            out.push(Message::GoToDoubt(doubt.mark));
        }
        response.on_hover_ui(|ui| {
            ui.set_max_width(360.0);
            ui.label(RichText::new(doubt.in_short()).family(strong_family()));
            for why in &doubt.why {
                ui.label(why);
            }
        });
    }
}
