//! The fields of the export dialog: where it goes, and what is written.

use egui::{Align, Layout, RichText, Ui};

use super::shared::short_name;
use crate::app::state::{ExportForm, OpenDataset, State};
use crate::app::ui::theme::Theme;
use crate::app::views::path_field::PathField;
use crate::dataset::config::annotators::Annotators;
use crate::dataset::maintenance::near_duplicates::SplitBy;
use crate::dataset::{ExportChoice, SplitChoice};
use crate::formats::{OffsetUnit, Outside, Tokenizer};
use crate::model::Status;
use crate::model::figures::counted;

/// Width of the names of the fields, in points.
const NAMES: f32 = 84.0;

/// What was asked for in this frame.
#[derive(Default)]
pub(super) struct Wanted {
    pub begin: bool,
    pub browse: bool,
}

pub(super) fn destination_id() -> egui::Id {
    egui::Id::unique("export destination")
}

/// A row of the form: its name, and what is chosen there.
fn row(ui: &mut Ui, theme: &Theme, name: &str, contents: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        let place = egui::vec2(NAMES, 22.0);
        ui.allocate_ui_with_layout(place, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(NAMES);
            ui.label(RichText::new(name).color(theme.faint));
        });
        ui.vertical(|ui| contents(ui));
    });
    ui.add_space(3.0);
}

pub(super) fn fields(
    ui: &mut Ui,
    state: &State,
    dataset: &OpenDataset,
    theme: &Theme,
    form: &mut ExportForm,
    wanted: &mut Wanted,
) {
    if let Ok(format) = form.choice.format() {
        row(ui, theme, "Format", |ui| {
            ui.add(
                egui::Label::new(RichText::new(format.spec().summary).color(theme.faint)).wrap(),
            );
        });
    }
    let base = state.base_of_paths();
    destination(ui, state, theme, &base, form, wanted);
    row(ui, theme, "Articles", |ui| {
        statuses(ui, &mut form.choice.statuses);
    });
    row(ui, theme, "Annotators", |ui| {
        annotators(ui, state, theme, &mut form.choice);
    });
    row(ui, theme, "Regions", |ui| {
        regions(ui, dataset, &mut form.choice.regions);
    });
    row(ui, theme, "Parts", |ui| parts(ui, &mut form.choice.split));
    let format = form.choice.format().ok();
    if format.is_some_and(|format| format.spec().has_tokens) {
        row(ui, theme, "Tokens", |ui| {
            tokens(ui, state, &mut form.choice.tokenizer);
            outside_and_windows(ui, &mut form.choice);
        });
    }
    row(ui, theme, "Records", |ui| {
        ui.horizontal_wrapped(|ui| {
            offsets(ui, &mut form.choice.offsets);
            ui.checkbox(&mut form.choice.scores, "Scores of suggestions");
            if form.choice.is_folder() {
                ui.checkbox(&mut form.choice.card, "Dataset card (README.md)");
            }
        });
    });
    if format.is_some_and(|format| format.spec().needs_pages) {
        row(ui, theme, "Pages", |ui| {
            let field = PathField {
                id: egui::Id::unique("export pages"),
                label: "Folder of the pages",
                base: &base,
                only_folders: true,
                width: ui.available_width() - 16.0,
                own_place: false,
            };
            field.show(ui, theme, &state.path_listings, &mut form.choice.pages);
            let words = "The folder with the HTML files that the articles were read from";
            ui.label(RichText::new(words).small().color(theme.faint));
        });
    }
}

/// Where it goes.
fn destination(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    base: &std::path::Path,
    form: &mut ExportForm,
    wanted: &mut Wanted,
) {
    let name = if form.choice.is_folder() {
        "Folder"
    } else {
        "File"
    };
    row(ui, theme, name, |ui| {
        ui.horizontal(|ui| {
            let field = PathField {
                id: destination_id(),
                label: "Destination",
                base,
                only_folders: form.choice.is_folder(),
                width: ui.available_width() - 108.0,
                own_place: false,
            };
            let typed = field.show(ui, theme, &state.path_listings, &mut form.choice.to);
            wanted.begin |= typed.entered;
            wanted.browse |= ui.button("Browse…").clicked();
        });
        if form.no_dialog {
            let words = "No file dialog can be opened here (no desktop portal, no zenity). Type the path; Tab completes it.";
            ui.label(RichText::new(words).small().color(theme.warn));
        }
    });
}

fn statuses(ui: &mut Ui, chosen: &mut Vec<String>) {
    let is_on = |chosen: &[String], status: Status| {
        chosen.is_empty() || chosen.iter().any(|word| word == status.as_str())
    };
    ui.horizontal_wrapped(|ui| {
        for status in Status::ALL {
            let mut on = is_on(chosen, status);
            if !ui.checkbox(&mut on, status.as_str()).changed() {
                continue;
            }
            let mut now: Vec<String> = Status::ALL
                .into_iter()
                .filter(|other| {
                    if *other == status {
                        on
                    } else {
                        is_on(chosen, *other)
                    }
                })
                .map(|status| status.as_str().to_owned())
                .collect();
            if now.is_empty() {
                now.push(status.as_str().to_owned()); // an export of nothing is none
            }
            if now.len() == Status::ALL.len() {
                now.clear();
            }
            *chosen = now;
        }
    });
}

fn annotators(ui: &mut Ui, state: &State, theme: &Theme, choice: &mut ExportChoice) {
    let plan = state.export_planner.plan();
    let mut names = plan.map(|plan| plan.annotators.clone()).unwrap_or_default();
    if !choice.annotator.is_empty() && !names.contains(&choice.annotator) {
        names.push(choice.annotator.clone());
    }
    let words = |annotators: &Annotators| match annotators {
        Annotators::AdjudicatedOrNewest => "Adjudicated, else the newest".to_owned(),
        Annotators::Newest => "The newest of each article".to_owned(),
        Annotators::Adjudicated => "Only adjudicated".to_owned(),
        Annotators::All => "All, one record each".to_owned(),
        Annotators::Named(name) => format!("Only {name}"),
    };
    let chosen = choice.annotators();
    let named = names.into_iter().filter(|name| !name.is_empty());
    let all = Annotators::WORDS
        .into_iter()
        .chain(named.map(Annotators::Named));
    egui::ComboBox::from_id_salt("export annotators")
        .selected_text(words(&chosen))
        .width(240.0)
        .show_ui(ui, |ui| {
            for one in all {
                if !ui.selectable_label(chosen == one, words(&one)).clicked() {
                    continue;
                }
                choice.annotator.clear();
                match one {
                    Annotators::Named(name) => choice.annotator = name,
                    word => choice.annotators = word.to_string(),
                }
            }
        });
    if let Some(articles) = plan.map(|plan| plan.passed_over).filter(|n| *n > 0) {
        let articles = counted(articles, "article", "articles");
        let words = format!("{articles} by several annotators: of each, the newest is taken");
        ui.label(RichText::new(words).small().color(theme.warn));
    }
}

fn regions(ui: &mut Ui, dataset: &OpenDataset, chosen: &mut Option<Vec<String>>) {
    ui.horizontal_wrapped(|ui| {
        let mut all = chosen.is_none();
        if ui.checkbox(&mut all, "all").changed() {
            let labels = dataset
                .schema
                .regions()
                .iter()
                .filter(|region| region.enabled);
            *chosen = (!all).then(|| labels.map(|r| r.label.as_str().to_owned()).collect());
        }
        let Some(labels) = chosen else { return };
        for region in dataset.schema.regions() {
            let name = region.label.as_str();
            let mut on = labels.iter().any(|label| label == name);
            if ui.checkbox(&mut on, name).changed() {
                labels.retain(|label| label != name);
                if on {
                    labels.push(name.to_owned());
                }
            }
        }
    });
}

fn parts(ui: &mut Ui, split: &mut Option<SplitChoice>) {
    let mut on = split.is_some();
    if ui
        .checkbox(&mut on, "Split into parts, such as train and test")
        .changed()
    {
        *split = on.then(SplitChoice::default);
    }
    let Some(split) = split else { return };
    ui.horizontal_wrapped(|ui| {
        let shares = egui::TextEdit::singleline(&mut split.shares).desired_width(210.0);
        ui.add(shares).widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::accesskit::Role::TextInput,
                true,
                "Shares of the parts",
            )
        });
        let words = |by: &str| match by {
            "site" => "keep sites together",
            "date" => "keep days together",
            _ => "by article",
        };
        egui::ComboBox::from_id_salt("export split by")
            .selected_text(words(&split.by))
            .width(150.0)
            .show_ui(ui, |ui| {
                for by in SplitBy::ALL {
                    let by = by.as_str().to_owned();
                    let shown = words(&by);
                    ui.selectable_value(&mut split.by, by, shown);
                }
            });
        ui.label("Seed");
        let seed = egui::TextEdit::singleline(&mut split.seed).desired_width(50.0);
        ui.add(seed)
            .on_hover_text("Another number gives another split")
            .widget_info(|| {
                egui::WidgetInfo::labeled(egui::accesskit::Role::TextInput, true, "Seed")
            });
    });
}

fn tokens(ui: &mut Ui, state: &State, chosen: &mut String) {
    let mut known: Vec<String> = Tokenizer::NAMED.iter().map(ToString::to_string).collect();
    for other in [&state.settings.tokenizer, &*chosen] {
        if !other.is_empty() && !known.contains(other) {
            known.push(other.clone());
        }
    }
    egui::ComboBox::from_id_salt("export tokenizer")
        .selected_text(short_name(chosen))
        .width(220.0)
        .show_ui(ui, |ui| {
            for name in known {
                let shown = short_name(&name);
                ui.selectable_value(chosen, name, shown);
            }
        })
        .response
        .on_hover_text(
            "How text is cut into tokens. A model's tokenizer.json is chosen in the settings.",
        );
}

/// What becomes of text that nobody looked at, and how large the records are.
fn outside_and_windows(ui: &mut Ui, choice: &mut ExportChoice) {
    let words = |outside: &str| match outside {
        "missing" => "Unlabelled text: as unknown",
        "omit" => "Unlabelled text: left out",
        "negative" => "Unlabelled text: as no entity",
        _ => "Unlabelled text: as suits the format",
    };
    ui.horizontal_wrapped(|ui| {
        egui::ComboBox::from_id_salt("export outside")
            .selected_text(words(&choice.outside))
            .width(250.0)
            .show_ui(ui, |ui| {
                for outside in [""].into_iter().chain(Outside::ALL.map(Outside::as_str)) {
                    ui.selectable_value(&mut choice.outside, outside.to_owned(), words(outside));
                }
            })
            .response
            .on_hover_text("Text outside the regions in which entities are annotated");
        ui.label("Windows");
        let field = egui::TextEdit::singleline(&mut choice.windows)
            .hint_text("usual")
            .desired_width(80.0);
        ui.add(field)
            .on_hover_text("A number of tokens, sentences, or off; empty for what suits the format")
            .widget_info(|| {
                egui::WidgetInfo::labeled(egui::accesskit::Role::TextInput, true, "Windows")
            });
    });
}

fn offsets(ui: &mut Ui, chosen: &mut String) {
    let words = |unit: &str| match unit {
        "utf16" => "Offsets in UTF-16 (JavaScript)",
        "byte" => "Offsets in bytes",
        _ => "Offsets in characters (Python)",
    };
    egui::ComboBox::from_id_salt("export offsets")
        .selected_text(words(chosen))
        .width(220.0)
        .show_ui(ui, |ui| {
            for unit in OffsetUnit::ALL {
                let unit = unit.as_str().to_owned();
                let shown = words(&unit);
                ui.selectable_value(chosen, unit, shown);
            }
        });
}
