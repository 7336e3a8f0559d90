//! How far annotators agree: figures for each pair, and what is left out. A click on a number lists
//! the articles behind it.

use egui::{RichText, Ui};

use super::panel;
use crate::app::state::{Message, OpenDataset, State};
use crate::app::tasks::jobs::JobKind;
use crate::app::ui::theme::{Theme, strong_family};
use crate::dataset::report::pair_agreement::{
    AgreementOfPair, DifferingPlaces, DisagreementKind, MeasuredAgreement,
};
use crate::model::{Label, figures};
use crate::quality::agreement::{Figure, Layer};
use crate::store::{ArticleKey, Chosen};

/// The panel; nothing where nobody has finished work on an article of somebody else.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    dataset: &OpenDataset,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let made = dataset.agreement.made.as_deref();
    let made = made.filter(|made| !made.shared.is_empty() || !made.left_out.is_empty());
    let Some(made) = made else { return };
    panel(theme).show(ui, |ui| {
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 6.0);
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let title = RichText::new("Agreement").family(strong_family()).size(15.0);
            ui.label(title).on_hover_text(
                "Only finished work counts that an annotator did without seeing a colleague's labels.",
            );
            if state.job(JobKind::Agreement).is_some() {
                ui.spinner();
            }
        });
        summary(ui, made, theme, out);
        if !made.pairs.is_empty() {
            pairs(ui, &made.pairs, theme, out);
        }
        if !made.kinds.is_empty() {
            ui.add_space(4.0);
            ui.label(RichText::new("What they differ on").color(theme.faint));
            kinds(ui, &made.kinds, theme, out);
        }
        left_out(ui, made, theme, out);
    });
}

fn summary(ui: &mut Ui, made: &MeasuredAgreement, theme: &Theme, out: &mut Vec<Message>) {
    ui.horizontal_wrapped(|ui| {
        let count = figures::count(made.shared.len(), "article");
        let caption = "Finished by several annotators";
        number(ui, &count, caption, &made.shared, theme, out);
        ui.label("finished independently by several annotators; regions α");
        figure(ui, &made.headline.alpha);
        ui.label("· entities F1");
        figure(ui, &made.headline.f1);
        if made.imported > 0 {
            let words = figures::counted(made.imported, "annotation", "annotations");
            let words = format!("· {words} imported, whose independence only the file vouches for");
            ui.label(RichText::new(words).color(theme.faint));
        }
    });
}

fn pairs(ui: &mut Ui, pairs: &[AgreementOfPair], theme: &Theme, out: &mut Vec<Message>) {
    egui::Grid::new("agreement of pairs")
        .spacing([22.0, 4.0])
        .show(ui, |ui| {
            for head in [
                "annotators",
                "articles",
                "regions α",
                "regions differ",
                "entities F1",
                "entities differ",
            ] {
                ui.label(RichText::new(head).small().color(theme.faint));
            }
            ui.end_row();
            for pair in pairs {
                let (one, other) = &pair.annotators;
                let names = format!("{one} and {other}");
                ui.label(&names);
                let count = figures::number(pair.articles.len() as u64);
                let caption = format!("Finished by {names}");
                number(ui, &count, &caption, &pair.articles, theme, out);
                figure(ui, &pair.alpha);
                let caption = format!("{names} differ on regions");
                places(ui, &pair.regions, &caption, theme, out);
                figure(ui, &pair.f1);
                let caption = format!("{names} differ on entities");
                places(ui, &pair.entities, &caption, theme, out);
                ui.end_row();
            }
        });
}

fn kinds(ui: &mut Ui, kinds: &[DisagreementKind], theme: &Theme, out: &mut Vec<Message>) {
    egui::Grid::new("kinds of disagreement")
        .spacing([22.0, 4.0])
        .show(ui, |ui| {
            for kind in kinds {
                let what = match kind.layer {
                    Layer::Regions => "regions",
                    Layer::Entities => "entities",
                };
                let (one, other) = (name(&kind.labels.0), name(&kind.labels.1));
                let words = match one == other {
                    true => format!("{one}, other edges"),
                    false => format!("{one} or {other}"),
                };
                ui.label(RichText::new(what).color(theme.faint));
                ui.label(&words);
                let caption = format!("Differ: {words}");
                places(ui, &kind.places, &caption, theme, out);
                ui.end_row();
            }
        });
}

fn left_out(ui: &mut Ui, made: &MeasuredAgreement, theme: &Theme, out: &mut Vec<Message>) {
    if made.left_out.is_empty() {
        return;
    }
    ui.add_space(4.0);
    ui.label(RichText::new("Left out").color(theme.faint));
    for left in &made.left_out {
        ui.horizontal(|ui| {
            let count = figures::counted(left.count as u64, "annotation", "annotations");
            let caption = format!("Left out: {}", left.why);
            number(ui, &count, &caption, &left.articles, theme, out);
            ui.label(RichText::new(&left.why).color(theme.faint));
        });
    }
}

fn name(label: &Option<Label>) -> &str {
    label.as_ref().map_or("nothing", Label::as_str)
}

/// A figure, or a dash that says why there is none.
fn figure(ui: &mut Ui, figure: &Figure) {
    match figure {
        Ok(figure) => ui.label(RichText::new(format!("{figure:.2}")).family(strong_family())),
        Err(why) => ui.label("–").on_hover_text(why.to_string()),
    };
}

fn places(
    ui: &mut Ui,
    places: &DifferingPlaces,
    caption: &str,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let count = match places.count {
        0 => "none".to_owned(),
        count => figures::count(count, "place"),
    };
    number(ui, &count, caption, &places.articles, theme, out);
}

/// A number; a click lists the articles behind it.
fn number(
    ui: &mut Ui,
    words: &str,
    caption: &str,
    articles: &[ArticleKey],
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    if articles.is_empty() {
        ui.label(words);
        return;
    }
    let button = egui::Button::new(RichText::new(words).color(theme.accent));
    let response = ui.add(button.frame_when_inactive(false).min_size(egui::Vec2::ZERO));
    response.widget_info(|| {
        let name = format!("{caption}: {words}");
        egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name)
    });
    if response.on_hover_text("List the articles").clicked() {
        let chosen = Chosen::new(caption, articles.to_vec());
        out.push(Message::ShowArticles(chosen));
    }
}
