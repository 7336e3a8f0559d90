//! What narrows the list: typed (`site:example.org`), chosen in the menu, shown as chips; and the
//! order.

use egui::{Align, AtomExt as _, Layout, RichText, Ui};
use egui_material_icons::icons;

use crate::app::state::{Message, OpenDataset};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::model::{Label, Status, figures};
use crate::store::{Filter, Order, OrderBy};

/// How many sites, languages and annotators the menu shows.
const IN_MENU: usize = 12;

/// What the filters by contents are called.
const UNSURE: &str = "unsure suggestions";
const OUTDATED: &str = "done before labels changed";
const DOUBTED: &str = "doubted by the models";
const DISPUTED: &str = "annotators disagree";

// -- typed ------------------------------------------------------------------------------------

/// Something that a filter asks besides words.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Narrow {
    Status(Status),
    Site(String),
    Language(String),
    Annotator(String),
    OpenRemark,
    Label(Label),
    Unsure,
    Outdated,
    Doubted,
    Disputed,
}

impl Narrow {
    /// What a typed word asks: `is:done`, `site:example.org`.
    fn parse(word: &str) -> Option<Self> {
        let (name, value) = word.split_once(':')?;
        let value = value.trim();
        if value.is_empty() {
            return None;
        }
        match name.to_ascii_lowercase().as_str() {
            "has" if ["remark", "remarks"].contains(&value) => Some(Self::OpenRemark),
            "is" | "status" => match value.to_ascii_lowercase().as_str() {
                "unsure" => Some(Self::Unsure),
                "outdated" => Some(Self::Outdated),
                "doubted" => Some(Self::Doubted),
                "disputed" => Some(Self::Disputed),
                status => Status::parse(status).map(Self::Status),
            },
            "label" => Label::new(value).ok().map(Self::Label),
            "site" => Some(Self::Site(value.to_lowercase())),
            "lang" | "language" => Some(Self::Language(value.to_owned())),
            "by" | "annotator" => Some(Self::Annotator(value.to_owned())),
            _ => None,
        }
    }

    fn into(self, filter: &mut Filter) {
        match self {
            Self::Status(status) => filter.status = Some(status),
            Self::Site(site) => filter.site = Some(site),
            Self::Language(language) => filter.language = Some(language),
            Self::Annotator(annotator) => filter.annotator = Some(annotator),
            Self::OpenRemark => filter.open_remark = true,
            Self::Label(label) => filter.label = Some(label),
            Self::Unsure => filter.unsure = true,
            Self::Outdated => filter.outdated = true,
            Self::Doubted => filter.doubted = true,
            Self::Disputed => filter.disputed = true,
        }
    }
}

/// Moves what was typed in full out of the field and into the filter: a space ends it, or Enter.
pub(super) fn take_typed(words: &mut String, entered: bool, filter: &mut Filter) {
    if !words.contains(':') {
        return;
    }
    let ended = entered || words.ends_with(char::is_whitespace);
    let typed: Vec<&str> = words.split_whitespace().collect();
    let mut left = Vec::new();
    for (nth, word) in typed.iter().enumerate() {
        let whole = nth + 1 < typed.len() || ended;
        match Narrow::parse(word) {
            Some(narrow) if whole => narrow.into(filter),
            _ => left.push(*word),
        }
    }
    if left.len() < typed.len() {
        *words = left.join(" ");
    }
}

/// What of the field is searched for: not a filter that is still being typed.
pub(super) fn words_of(field: &str) -> String {
    let last = field.split_whitespace().next_back().unwrap_or_default();
    let words = match last.split_once(':') {
        Some((name, value))
            if !field.ends_with(char::is_whitespace)
                && (Narrow::parse(last).is_some()
                    || value.is_empty() && Narrow::parse(&format!("{name}:done")).is_some()
                    || matches!(name, "is" | "status" | "has")) =>
        {
            field.trim_end().strip_suffix(last).unwrap_or(field)
        }
        _ => field,
    };
    words.trim().to_owned()
}

// -- chips ------------------------------------------------------------------------------------

/// What the list is narrowed by, each with a way to take it away.
pub(super) fn chips(ui: &mut Ui, filter: &mut Filter, theme: &Theme) {
    if !filter.is_narrow() {
        return;
    }
    ui.add_space(6.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
        let gone = |ui: &mut Ui, words: &str| chip(ui, words, theme);
        if let Some(only) = &filter.only
            && gone(ui, only.caption())
        {
            filter.only = None;
        }
        if let Some(status) = filter.status
            && gone(ui, status.as_str())
        {
            filter.status = None;
        }
        if filter.open_remark && gone(ui, "open remark") {
            filter.open_remark = false;
        }
        for (name, value) in [
            ("site", &mut filter.site),
            ("language", &mut filter.language),
            ("by", &mut filter.annotator),
        ] {
            if let Some(words) = value
                && gone(ui, &format!("{name}: {words}"))
            {
                *value = None;
            }
        }
        if let Some(label) = &filter.label
            && gone(ui, &format!("label: {label}"))
        {
            filter.label = None;
        }
        if filter.unsure && gone(ui, UNSURE) {
            filter.unsure = false;
        }
        for (name, wanted) in [
            (OUTDATED, &mut filter.outdated),
            (DOUBTED, &mut filter.doubted),
            (DISPUTED, &mut filter.disputed),
        ] {
            if *wanted && gone(ui, name) {
                *wanted = false;
            }
        }
    });
}

/// True if it was taken away.
fn chip(ui: &mut Ui, words: &str, theme: &Theme) -> bool {
    let mut shown: String = words.chars().take(34).collect();
    if shown.len() < words.len() {
        shown.push('…');
    }
    let words_on_it = format!("{shown}  {}", icons::ICON_CLOSE.codepoint);
    let button = egui::Button::new(RichText::new(words_on_it).size(12.0).color(theme.ink))
        .fill(theme.accent_ground)
        .corner_radius(10.0)
        .min_size(egui::vec2(0.0, 22.0));
    let name = format!("Remove the filter: {words}");
    let response = ui.add(button).on_hover_text(&name);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &name));
    response.clicked()
}

// -- the menu ---------------------------------------------------------------------------------

/// The button that opens all there is to filter by.
pub(super) fn menu(
    ui: &mut Ui,
    dataset: &OpenDataset,
    filter: &mut Filter,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let ink = if filter.is_narrow() {
        theme.accent
    } else {
        theme.ink
    };
    let icon = icons::ICON_FILTER_LIST.rich_text().size(18.0).color(ink);
    let button = egui::Button::new(icon)
        .frame_when_inactive(false)
        .min_size(egui::vec2(28.0, 28.0));
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(236.0);
        ui.set_max_width(236.0);
        if dataset.listing.facets.is_none() {
            out.push(Message::WantFacets);
        }
        egui::ScrollArea::vertical()
            .max_height(560.0)
            .min_scrolled_height(480.0)
            .show(ui, |ui| options(ui, dataset, filter, theme));
    });
    let name = "Filter the list";
    let response = response.on_hover_text(name);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name));
}

fn options(ui: &mut Ui, dataset: &OpenDataset, filter: &mut Filter, theme: &Theme) {
    ui.spacing_mut().item_spacing.y = 1.0;
    widgets::heading(ui, theme, "STATUS");
    for status in Status::ALL {
        let on = filter.status == Some(status);
        if option(
            ui,
            status.as_str(),
            Some(dataset.counts.of(status)),
            on,
            theme,
        ) {
            filter.status = (!on).then_some(status);
        }
    }
    contents_options(ui, filter, theme);
    let Some(facets) = &dataset.listing.facets else {
        ui.add_space(8.0);
        ui.spinner();
        return;
    };
    for (heading, found, chosen) in [
        ("SITE", &facets.sites, &mut filter.site),
        ("LANGUAGE", &facets.languages, &mut filter.language),
        ("ANNOTATOR", &facets.annotators, &mut filter.annotator),
    ] {
        if found.is_empty() {
            continue;
        }
        widgets::heading(ui, theme, heading);
        for (name, count) in found.iter().take(IN_MENU) {
            let on = chosen.as_deref() == Some(name);
            if option(ui, name, Some(*count), on, theme) {
                *chosen = (!on).then(|| name.clone());
            }
        }
        if found.len() > IN_MENU {
            let words = match heading {
                "SITE" => "more: search for site:…",
                "LANGUAGE" => "more: search for lang:…",
                _ => "more: search for by:…",
            };
            ui.label(RichText::new(words).small().color(theme.faint));
        }
    }
    label_options(ui, dataset, filter, theme);
}

/// What is in the annotations.
fn contents_options(ui: &mut Ui, filter: &mut Filter, theme: &Theme) {
    widgets::heading(ui, theme, "TO LOOK AT");
    if option(ui, UNSURE, None, filter.unsure, theme) {
        filter.unsure = !filter.unsure;
    }
    if option(ui, "open remark", None, filter.open_remark, theme) {
        filter.open_remark = !filter.open_remark;
    }
    for (name, wanted) in [
        (OUTDATED, &mut filter.outdated),
        (DOUBTED, &mut filter.doubted),
        (DISPUTED, &mut filter.disputed),
    ] {
        if option(ui, name, None, *wanted, theme) {
            *wanted = !*wanted;
        }
    }
}

fn label_options(ui: &mut Ui, dataset: &OpenDataset, filter: &mut Filter, theme: &Theme) {
    widgets::heading(ui, theme, "LABEL");
    let schema = &dataset.schema;
    let entities = schema.entities().iter().map(|e| (e.enabled, &e.label));
    let regions = schema.regions().iter().map(|r| (r.enabled, &r.label));
    for (_, label) in entities.chain(regions).filter(|(enabled, _)| *enabled) {
        let on = filter.label.as_ref() == Some(label);
        if option(ui, label.as_str(), None, on, theme) {
            filter.label = (!on).then(|| label.clone());
        }
    }
}

/// A line of the menu, with how many articles it would leave where that is known; true if it was
/// clicked.
fn option(ui: &mut Ui, name: &str, count: Option<u64>, on: bool, theme: &Theme) -> bool {
    let shown = count.map(figures::number).unwrap_or_default();
    let sign = if on { icons::ICON_CHECK.codepoint } else { "" };
    let button = egui::Button::new((
        egui::Atom::from(RichText::new(sign).size(14.0)).atom_size(egui::vec2(16.0, 16.0)),
        name.to_owned(),
        egui::Atom::grow(),
        RichText::new(shown).color(theme.faint),
    ))
    .frame_when_inactive(false)
    .min_size(egui::vec2(ui.available_width().min(236.0), 24.0));
    let response = ui.add(button);
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::accesskit::Role::MenuItemCheckBox, true, on, name)
    });
    response.clicked()
}

// -- how many, and in which order -------------------------------------------------------------

/// How many articles the list holds, and in which order.
pub(super) fn caption(ui: &mut Ui, dataset: &OpenDataset, theme: &Theme, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        let listing = &dataset.listing;
        let n = dataset.keys.len() as u64;
        let mut words = if !dataset.listed {
            "reading…".to_owned()
        } else if listing.begun {
            "searching…".to_owned()
        } else if dataset.filter.is_search() || dataset.filter.is_narrow() {
            let all = dataset.counts.total().max(n);
            format!("{} of {}", figures::number(n), figures::number(all))
        } else {
            figures::count(n as usize, "article")
        };
        if dataset.filter.is_search() && listing.unindexed > 0 && !listing.begun {
            words.push_str(" · indexing");
        }
        let label = ui.label(RichText::new(words).size(12.0).color(theme.faint));
        if dataset.filter.is_search() && listing.unindexed > 0 {
            label.on_hover_text(format!(
                "{} articles are still being indexed; the list grows as they are.",
                figures::number(listing.unindexed)
            ));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            order(ui, dataset.order, theme, out);
        });
    });
}

fn order(ui: &mut Ui, order: Order, theme: &Theme, out: &mut Vec<Message>) {
    let arrow = if order.descending {
        icons::ICON_ARROW_DOWNWARD
    } else {
        icons::ICON_ARROW_UPWARD
    };
    let words = format!("{}  {}", name(order.by), arrow.codepoint);
    let button = egui::Button::new(RichText::new(words).size(12.0).color(theme.faint))
        .frame_when_inactive(false);
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(180.0);
        ui.set_max_width(180.0);
        widgets::heading(ui, theme, "SORT BY");
        for by in OrderBy::ALL {
            let on = order.by == by;
            if ui
                .selectable_label(on, name(by))
                .on_hover_text(explain(by))
                .clicked()
            {
                let descending = match by {
                    // Most people look for the newest change, and for what the models are least
                    // sure of.
                    OrderBy::Changed | OrderBy::Unsure | OrderBy::Doubt | OrderBy::Disagreement => {
                        true
                    }
                    _ => false,
                };
                let descending = if on { !order.descending } else { descending };
                out.push(Message::SetOrder(Order { by, descending }));
            }
        }
        ui.separator();
        if ui.selectable_label(false, turned(order)).clicked() {
            let descending = !order.descending;
            out.push(Message::SetOrder(Order {
                descending,
                ..order
            }));
        }
    });
    let name = format!("Sorted by {}", name(order.by));
    let response = response.on_hover_text("Sort the list");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &name));
}

/// What turning the order round is called.
fn turned(order: Order) -> &'static str {
    let (up, down) = match order.by {
        OrderBy::Import => ("First imported first", "Last imported first"),
        OrderBy::Title | OrderBy::Site => ("A to Z", "Z to A"),
        OrderBy::Status => ("Todo first", "Flagged first"),
        OrderBy::Length => ("Shortest first", "Longest first"),
        OrderBy::Changed => ("Oldest change first", "Newest change first"),
        OrderBy::Unsure => ("Least unsure first", "Most unsure first"),
        OrderBy::Doubt => ("Least doubtful first", "Most doubtful first"),
        OrderBy::Disagreement => ("Most alike first", "Most disputed first"),
    };
    if order.descending { up } else { down }
}

fn name(by: OrderBy) -> &'static str {
    match by {
        OrderBy::Import => "import",
        OrderBy::Title => "title",
        OrderBy::Status => "status",
        OrderBy::Length => "length",
        OrderBy::Changed => "last change",
        OrderBy::Unsure => "unsure",
        OrderBy::Site => "site",
        OrderBy::Doubt => "doubt",
        OrderBy::Disagreement => "disagreement",
    }
}

fn explain(by: OrderBy) -> &'static str {
    match by {
        OrderBy::Import => "In the order of import",
        OrderBy::Title => "By headline",
        OrderBy::Status => "todo, started, done, skipped, flagged",
        OrderBy::Length => "By text length",
        OrderBy::Changed => "By when they were last edited",
        OrderBy::Unsure => "By number of unsure suggestions",
        OrderBy::Site => "By site",
        OrderBy::Doubt => "By how much the models doubt the labels of finished articles",
        OrderBy::Disagreement => "By how much annotators differ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(field: &str, entered: bool) -> (String, Filter) {
        let mut words = field.to_owned();
        let mut filter = Filter::default();
        take_typed(&mut words, entered, &mut filter);
        filter.words = words_of(&words);
        (words, filter)
    }

    #[test]
    fn a_filter_that_was_typed_in_full_leaves_the_field() {
        let (words, filter) = typed("ferry site:Example.org is:done storm", false);
        assert_eq!(words, "ferry storm");
        assert_eq!(filter.site.as_deref(), Some("example.org"));
        assert_eq!(filter.status, Some(Status::Done));
        assert_eq!(filter.words, "ferry storm");
        let (words, filter) = typed("lang:de", true);
        assert_eq!(
            (words.as_str(), filter.language.as_deref()),
            ("", Some("de"))
        );
    }

    #[test]
    fn labels_remarks_and_what_is_to_be_looked_at_are_typed_too() {
        let (words, filter) = typed("ferry label:ORG is:unsure has:remark is:outdated", true);
        assert_eq!(words, "ferry");
        let wanted = Filter {
            words: "ferry".into(),
            label: Label::new("ORG").ok(),
            unsure: true,
            open_remark: true,
            outdated: true,
            ..Filter::default()
        };
        assert_eq!(filter, wanted);
        for field in ["ferry label:", "ferry has:rem"] {
            assert_eq!(typed(field, false).1.words, "ferry", "{field}");
        }
    }

    #[test]
    fn a_filter_that_is_being_typed_is_not_searched_for() {
        let (words, filter) = typed("ferry site:exa", false);
        assert_eq!(words, "ferry site:exa");
        assert_eq!(
            filter,
            Filter {
                words: "ferry".into(),
                ..Filter::default()
            }
        );
        for field in ["ferry site:", "ferry is:fla", "ferry by:"] {
            assert_eq!(typed(field, false).1.words, "ferry", "{field}");
        }
    }

    #[test]
    fn what_only_looks_like_a_filter_is_words() {
        for field in ["at 12:30 today", "a:b", "\"two words", "site: x"] {
            let (words, filter) = typed(field, true);
            assert_eq!(words, field);
            assert_eq!(filter.words, field);
        }
    }
}
