//! The rows in view. Only they are asked for and drawn, however long the list is.

use std::ops::Range;

use egui::{FontId, Rect, RichText, Sense, Ui, pos2, vec2};
use egui_material_icons::icons;

use super::scroll::Scroll;
use super::team_line;
use crate::app::state::headline_parts::Shared;
use crate::app::state::{Message, OpenDataset, State};
use crate::app::ui::text_line;
use crate::app::ui::text_line::Style;
use crate::app::ui::theme;
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::model::figures;
use crate::store::{ArticleKey, ArticleRow, Found};

/// Height of a row, in points: plain, and with what a search found.
const PLAIN: f32 = 48.0;
const FOUND: f32 = 90.0;

/// Height of the rows of a list, in points.
pub(super) fn height(dataset: &OpenDataset) -> f32 {
    if dataset.filter.is_search() {
        FOUND
    } else {
        PLAIN
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "what the pane remembers, lent field by field"
)]
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    dataset: &OpenDataset,
    scroll: &mut Scroll,
    shown: &mut (Option<ArticleKey>, Option<usize>, u64),
    typing: bool,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let row_height = height(dataset);
    let open = dataset
        .loading
        .or(state.article.as_ref().map(|article| article.key));
    let chosen = dataset.listing.chosen;
    // The list follows what was opened, and where the keys are; not the wheel.
    let newest = dataset.listing.version;
    if shown.2 != newest {
        *shown = (None, chosen, newest);
        if dataset.filter.is_search() {
            shown.0 = open; // hits are looked through from the first
            scroll.go_to_top();
        }
    }
    if open != shown.0 {
        shown.0 = open;
        if let Some(place) = open.and_then(|key| dataset.place_of(key)) {
            scroll.reveal(place, row_height);
        }
    }
    if chosen != shown.1 {
        shown.1 = chosen;
        if let Some(place) = chosen {
            scroll.reveal(place, row_height);
        }
    }
    let view = scroll.show(ui, dataset.keys.len(), row_height, theme);
    let page = scroll.page(row_height);
    if page != dataset.listing.page {
        out.push(Message::ListPage(page));
    }
    ask(dataset, view.first..view.end, out);
    let visible = dataset.keys.get(view.first..view.end).unwrap_or_default();
    let mut top = view.top;
    let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(view.rect));
    inner.set_clip_rect(view.rect.intersect(ui.clip_rect()));
    for (nth, key) in visible.iter().enumerate() {
        let rect = Rect::from_min_size(
            pos2(view.rect.left(), top),
            vec2(view.rect.width(), row_height),
        );
        let standing = Standing {
            open: open == Some(*key),
            chosen: typing && chosen == Some(view.first + nth),
        };
        row(&mut inner, dataset, *key, rect, standing, theme, out);
        top += row_height;
    }
}

/// Asks for what is in view and not there, and for one page more than is seen, so that scrolling
/// finds it there.
fn ask(dataset: &OpenDataset, view: Range<usize>, out: &mut Vec<Message>) {
    let keys = &dataset.keys;
    let visible = keys.get(view.clone()).unwrap_or_default();
    let missing =
        |key: &&ArticleKey| !dataset.rows.contains_key(key) && !dataset.asked.contains(key);
    if visible.iter().any(|key| missing(&key)) {
        let to = (view.end + visible.len()).min(keys.len());
        out.push(Message::WantRows(
            keys.get(view.start..to).unwrap_or_default().to_vec(),
        ));
    }
    let listing = &dataset.listing;
    if dataset.filter.is_search()
        && visible
            .iter()
            .any(|key| !listing.found.contains_key(key) && !listing.asked.contains(key))
    {
        out.push(Message::WantFound(visible.to_vec()));
    }
}

/// How a row is set apart from the others.
#[derive(Clone, Copy)]
struct Standing {
    /// Its article is open.
    open: bool,
    /// The keys are at it.
    chosen: bool,
}

fn row(
    ui: &mut Ui,
    dataset: &OpenDataset,
    key: ArticleKey,
    rect: Rect,
    Standing { open, chosen }: Standing,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let response = ui.interact(rect, ui.scope_id().with(key), Sense::click());
    let row = dataset.rows.get(&key);
    let found = dataset
        .filter
        .is_search()
        .then(|| dataset.listing.found.get(&key))
        .flatten();
    response.widget_info(|| {
        let mut name = row.map_or_else(
            || "Article".to_owned(),
            |row| {
                let remarks = match row.open_remarks {
                    0 => String::new(),
                    n => format!(", {}", figures::counted(n, "open remark", "open remarks")),
                };
                let team = match team_line::of_article(dataset, key) {
                    Some((words, _)) => format!(", {words}"),
                    None => String::new(),
                };
                format!("{} ({}{remarks}{team})", row.headline, row.status.as_str())
            },
        );
        if let Some(found) = found {
            name.push_str(": ");
            name.push_str(&found.context.words);
        }
        egui::WidgetInfo::selected(egui::accesskit::Role::ListItem, true, open, name)
    });
    if response.clicked() {
        out.push(Message::OpenArticle(key));
    }
    let card = rect.shrink2(vec2(0.0, 1.0));
    if open {
        ui.painter().rect_filled(card, 6.0, theme.accent_ground);
        let edge = Rect::from_min_size(card.min + vec2(0.0, 8.0), vec2(3.0, card.height() - 16.0));
        ui.painter().rect_filled(edge, 1.5, theme.accent);
    } else if response.hovered() || chosen {
        ui.painter()
            .rect_filled(card, 6.0, theme.panel.lerp_to_gamma(theme.ink, 0.06));
    }
    if chosen {
        ui.painter().rect_stroke(
            card,
            6.0,
            egui::Stroke::new(1.5, theme.accent),
            egui::StrokeKind::Inside,
        );
    }
    let Some(row) = row else { return };
    let team = team_line::of_article(dataset, key);
    paint(
        ui,
        card,
        row,
        &dataset.listing.shared,
        found,
        open,
        team,
        theme,
    );
    if response.hovered() {
        response.on_hover_ui(|ui| {
            tooltip(ui, row, theme);
            if let Some(words) = team_line::about(dataset, key) {
                ui.label(words);
            }
        });
    }
}

#[expect(clippy::too_many_arguments, reason = "what one row is painted from")]
fn paint(
    ui: &Ui,
    card: Rect,
    row: &ArticleRow,
    shared: &Shared,
    found: Option<&Found>,
    open: bool,
    team: Option<(&'static str, bool)>,
    theme: &Theme,
) {
    let painter = ui.painter().with_clip_rect(card.intersect(ui.clip_rect()));
    let sign = widgets::status_icon(row.status);
    painter.text(
        card.min + vec2(10.0, 8.0),
        egui::Align2::LEFT_TOP,
        sign.codepoint,
        widgets::icon_font(sign, 16.0),
        widgets::status_color(row.status, theme),
    );
    let left = card.left() + 34.0;
    let width = card.right() - 8.0 - left;
    let plain = |size: f32, ink| Style {
        font: FontId::proportional(size),
        ink,
        marked_ink: theme.ink,
        marked_ground: theme.hit_ground(),
    };
    let mut title = plain(13.5, theme.ink);
    if open {
        title.font = FontId::new(13.5, theme::strong_family());
    }
    let (words, marks) = match found {
        Some(found) => (
            found.headline.words.as_str(),
            found.headline.marks.as_slice(),
        ),
        None => (shared.cut(row), &[][..]),
    };
    let at = pos2(left, card.top() + 7.0);
    text_line::paint(&painter, at, width, 1, words, marks, &title);
    let mut y = card.top() + 26.0;
    if let Some(found) = found {
        let context = &found.context;
        let style = plain(12.0, theme.faint);
        text_line::paint(
            &painter,
            pos2(left, y),
            width,
            2,
            &context.words,
            &context.marks,
            &style,
        );
    }
    if card.height() > PLAIN {
        y = card.bottom() - 22.0;
    }
    let faint = plain(11.5, theme.faint);
    let mut right = String::new();
    if row.unsure > 0 {
        right = format!("{} unsure", row.unsure);
    }
    let mut room = width;
    if let Some((words, is_grave)) = team {
        let ink = if is_grave { theme.bad } else { theme.accent };
        let galley = painter.layout_no_wrap(words.to_owned(), FontId::proportional(11.5), ink);
        room -= galley.size().x + 8.0;
        painter.galley(pos2(left + width - galley.size().x, y), galley, ink);
        right.clear();
    }
    if !right.is_empty() {
        let galley = painter.layout_no_wrap(right, FontId::proportional(11.5), theme.warn);
        room -= galley.size().x + 8.0;
        painter.galley(pos2(left + width - galley.size().x, y), galley, theme.warn);
    }
    if row.open_remarks > 0 {
        let sign = icons::ICON_CHAT_BUBBLE;
        let font = widgets::icon_font(sign, 13.0);
        let galley = painter.layout_no_wrap(sign.codepoint.to_owned(), font, theme.accent);
        room -= galley.size().x + 8.0;
        let at = pos2(left + room + 8.0 - 4.0, y);
        painter.galley(at, galley, theme.accent);
    }
    let details = details(row, found.map(|found| found.hits));
    text_line::paint(&painter, pos2(left, y), room, 1, &details, &[], &faint);
}

fn details(row: &ArticleRow, hits: Option<usize>) -> String {
    let mut parts = Vec::new();
    match hits {
        Some(0) => parts.push("in the title".to_owned()),
        Some(hits) => parts.push(figures::count(hits, "hit")),
        None => parts.push(row.status.as_str().to_owned()),
    }
    if !row.site.is_empty() {
        parts.push(row.site.clone());
    }
    if !row.language.is_empty() {
        parts.push(row.language.clone());
    }
    parts.push(size(row.text_len));
    parts.join(" · ")
}

fn tooltip(ui: &mut Ui, row: &ArticleRow, theme: &Theme) {
    let width = 420.0;
    ui.set_max_width(width);
    let style = Style {
        font: FontId::proportional(13.5),
        ink: theme.ink,
        marked_ink: theme.ink,
        marked_ground: theme.hit_ground(),
    };
    let at = ui.cursor().min;
    let height = text_line::paint(ui.painter(), at, width, 4, &row.headline, &[], &style);
    ui.allocate_space(vec2(width, height + 2.0));
    let mut words = format!("{} · {}", row.status.as_str(), size(row.text_len));
    if row.open_remarks > 0 {
        words.push_str(" · ");
        words.push_str(&figures::counted(
            row.open_remarks,
            "open remark",
            "open remarks",
        ));
    }
    for part in [&row.site, &row.language, &row.id] {
        if !part.is_empty() {
            words.push_str(" · ");
            words.push_str(part);
        }
    }
    ui.label(RichText::new(words).small().color(theme.faint));
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
